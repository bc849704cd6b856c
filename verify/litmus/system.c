/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel and the C library do: futexes, mutexes, condition variables, deaths. */
#include "litmus.h"

/* Each thread has a line of its own. */
/* clang-format off */

#define FOR_EVER    INT64_MAX
#define AT_ONCE     0
#define FIRST_TICK  1
#define NO_OUTCOMES .end = NULL

/* The waker sets x and asks whether somebody waits (y); the waiter does it the other way round. */

LITMUS_2(futex_fences, "no wake-up is lost", NO_OUTCOMES,
         (W(x, 1, relaxed), F(seq_cst), R(a, y, relaxed),
          IF(m.a, (ADD(c, z, 1, relaxed), explore_futex_wake(&m.z, 1)))),
         (R(d, z, relaxed), W(y, 1, relaxed), F(seq_cst), R(b, x, relaxed),
          IF(!m.b, explore_futex_wait(&m.z, m.d, FOR_EVER))));

LITMUS_2(futex_no_fence, "the waker needs a fence", FAILS("deadlock"),
         (W(x, 1, relaxed), R(a, y, relaxed),
          IF(m.a, (ADD(c, z, 1, relaxed), explore_futex_wake(&m.z, 1)))),
         (R(d, z, relaxed), W(y, 1, relaxed), F(seq_cst), R(b, x, relaxed),
          IF(!m.b, explore_futex_wait(&m.z, m.d, FOR_EVER))));

LITMUS_2(futex_same_value, "the word has to change", FAILS("deadlock"),
         (W(x, 1, relaxed), F(seq_cst), R(a, y, relaxed), IF(m.a, explore_futex_wake(&m.z, 1))),
         (R(d, z, relaxed), W(y, 1, relaxed), F(seq_cst), R(b, x, relaxed),
          IF(!m.b, explore_futex_wait(&m.z, m.d, FOR_EVER))));

static void futex_spurious_run(unsigned t)
{
	if (t == 0)
		W(x, 1, relaxed), explore_futex_wake(&m.x, 1);
	else
		while (R(a, x, relaxed) == 0)
			explore_futex_wait(&m.x, 0, FOR_EVER);
}

PROGRAM(futex_spurious, 2, "who wakes for nothing looks again", SHOWS(a, "1"), .spurious = true);

/* y: 0 free, 1 taken, 2 taken and somebody may wait. `mark` is what a waiter leaves. */
#define FUTEX_MUTEX(mark)                                                                          \
	do {                                                                                       \
		uint32_t none = 0;                                                                 \
		(void)t;                                                                           \
		if (!explore_compare_exchange(&m.y, &none, 1, acquire))                            \
			while (explore_exchange(&m.y, mark, acquire) != 0)                         \
				explore_futex_wait(&m.y, mark, FOR_EVER);                          \
		explore_write(&m.data, explore_read(&m.data) + 1);                                 \
		if (explore_exchange(&m.y, 0, release) == 2)                                       \
			explore_futex_wake(&m.y, 1);                                               \
	} while (0)

static void futex_mutex_run(unsigned t)
{
	FUTEX_MUTEX(2);
}

PROGRAM(futex_mutex, 2, "one after the other", SHOWS(data, "2"), .spurious = true);

static void futex_mutex_no_mark_run(unsigned t)
{
	FUTEX_MUTEX(1);
}

PROGRAM(futex_mutex_no_mark, 2, "who waits has to say so", FAILS("deadlock"));

static void mutex_run(unsigned t)
{
	(void)t;
	explore_lock(&m.mutex);
	explore_write(&m.data, explore_read(&m.data) + 1);
	explore_unlock(&m.mutex);
}

PROGRAM(mutex, 3, "one after the other", SHOWS(data, "3"));

static void mutex_one_side_run(unsigned t)
{
	if (t == 0)
		mutex_run(t);
	else
		SET(data, 1);
}

PROGRAM(mutex_one_side, 2, "the other has to take it, too", FAILS("data race"));

/* `more` is what is waited for, under the mutex; the signal comes before the unlock. */
static void condition_run(unsigned t)
{
	explore_lock(&m.mutex);
	if (t == 0) {
		while (!explore_read(&m.more))
			explore_condition_wait(&m.condition, &m.mutex, FOR_EVER);
		GET(a, data);
	} else {
		SET(data, 1);
		SET(more, 1);
		explore_signal(&m.condition);
	}
	explore_unlock(&m.mutex);
}

PROGRAM(condition, 2, "it comes, and is seen", SHOWS(a, "1"), .spurious = true);

static void condition_if(unsigned t)
{
	explore_lock(&m.mutex);
	if (t == 0) {
		if (!explore_read(&m.more))
			explore_condition_wait(&m.condition, &m.mutex, FOR_EVER);
		GET(a, more);
	} else {
		SET(more, 1);
		explore_signal(&m.condition);
	}
	explore_unlock(&m.mutex);
}

static void condition_if_not_spurious_run(unsigned t)
{
	condition_if(t);
}

PROGRAM(condition_if_not_spurious, 2, "only a signal wakes", SHOWS(a, "1"));

static void condition_if_spurious_run(unsigned t)
{
	condition_if(t);
}

PROGRAM(condition_if_spurious, 2, "what wakes for nothing has to look again", SHOWS(a, "0\n1"),
        .spurious = true);

static void condition_no_mutex_run(unsigned t)
{
	if (t == 0) {
		explore_lock(&m.mutex);
		if (!explore_load(&m.x, relaxed))
			explore_condition_wait(&m.condition, &m.mutex, FOR_EVER);
		explore_unlock(&m.mutex);
	} else {
		W(x, 1, relaxed);
		explore_signal(&m.condition);
	}
}

PROGRAM(condition_no_mutex, 2, "a signal between look and sleep is lost", FAILS("deadlock"));

static void wait_for_more(void)
{
	explore_lock(&m.mutex);
	while (!explore_read(&m.more))
		explore_condition_wait(&m.condition, &m.mutex, FOR_EVER);
	explore_unlock(&m.mutex);
}

static void set_more(void)
{
	explore_lock(&m.mutex);
	SET(more, 1);
	explore_unlock(&m.mutex);
}

static void condition_signal_run(unsigned t)
{
	if (t < 2) {
		wait_for_more();
	} else {
		set_more();
		explore_signal(&m.condition);
	}
}

PROGRAM(condition_signal, 3, "a signal wakes one of two", FAILS("deadlock"));

static void condition_broadcast_run(unsigned t)
{
	if (t < 2) {
		wait_for_more();
	} else {
		set_more();
		explore_broadcast(&m.condition);
	}
}

PROGRAM(condition_broadcast, 3, "a broadcast wakes both", NO_OUTCOMES);

static void condition_timed_run(unsigned t)
{
	if (t == 0) {
		explore_lock(&m.mutex);
		m.a = explore_condition_wait(&m.condition, &m.mutex, FIRST_TICK) != 0;
		explore_unlock(&m.mutex);
	} else {
		explore_signal(&m.condition);
	}
}

PROGRAM(condition_timed, 2, "it is woken, or its time is up", SHOWS(a, "0\n1"), .ticks = 1);

LITMUS_2(semaphore, "a post hands over what was before it", SHOWS(a, "1"),
         (SET(data, 1), explore_semaphore_post(&m.x)),
         ((void)explore_semaphore_wait(&m.x, FOR_EVER), GET(a, data)));

LITMUS_2(semaphore_at_once, "0 now, or not", SHOWS(a, "0\n1"),
         (explore_semaphore_post(&m.x)),
         (m.a = explore_semaphore_wait(&m.x, AT_ONCE) != 0));

LITMUS_3(semaphore_one_for_two, "a post is for one", FAILS("deadlock"),
         (explore_semaphore_post(&m.x)),
         ((void)explore_semaphore_wait(&m.x, FOR_EVER)),
         ((void)explore_semaphore_wait(&m.x, FOR_EVER)));

static void *join_other(void *argument)
{
	SET(data, 1);
	W(x, 1, relaxed);
	return argument;
}

static void join_init(void)
{
	m.c = explore_thread(join_other, NULL);
}

static void join_run(unsigned t)
{
	(void)t;
	explore_join(m.c);
	R(a, x, relaxed), GET(b, data);
}

PROGRAM(join, 1, "who has joined knows all that the other did", .init = join_init,
        SHOWS(ab, "1 1"));

/* Deaths. */

static void kill_anywhere_run(unsigned t)
{
	(void)t;
	W(x, 1, relaxed);
	W(y, 1, relaxed);
}

PROGRAM(kill_anywhere, 1, "stores are there up to a point", SHOWS(xy, "0 0\n1 0\n1 1"), .kills = 1,
        .killable = 1);

/* The mapping is shared: a dead process has written, or not yet. */
static void kill_before_plain_run(unsigned t)
{
	if (t == 0)
		W(x, 1, relaxed), SET(data, 1);
	else if (!explore_alive(0))
		m.a = 1, R(b, x, relaxed), GET(c, data);
}

PROGRAM(kill_before_plain, 2, "a thread dies before it writes plain data, too",
        SHOWS(abc, "0 0 0\n1 0 0\n1 1 0\n1 1 1"), .kills = 1, .killable = 1);

static void kill_with_mutex_run(unsigned t)
{
	mutex_run(t);
}

PROGRAM(kill_with_mutex, 2, "the dead do not unlock", FAILS("deadlock"), .kills = 1, .killable = 1);

/* x: who has it. T1 takes it from a dead T0, and what T0 did is before that. */
static void kill_take_over_run(unsigned t)
{
	uint32_t none = 0;

	if (t == 0) {
		if (!explore_compare_exchange(&m.x, &none, 1, acquire))
			return;
		SET(data, 1);
		W(x, 0, release);
		return;
	}
	while (!explore_compare_exchange(&m.x, &none, 2, acquire) && explore_alive(0)) {
		none = 0;
		explore_pause();
	}
	GET(a, data);
}

PROGRAM(kill_take_over, 2, "who asks whether the owner lives may take its place", SHOWS(a, "0\n1"),
        .kills = 1, .killable = 1);

const struct explore_program *const system_tests[] = {
	&futex_fences,
	&futex_no_fence,
	&futex_same_value,
	&futex_spurious,
	&futex_mutex,
	&futex_mutex_no_mark,
	&mutex,
	&mutex_one_side,
	&condition,
	&condition_if_not_spurious,
	&condition_if_spurious,
	&condition_no_mutex,
	&condition_signal,
	&condition_broadcast,
	&condition_timed,
	&semaphore,
	&semaphore_at_once,
	&semaphore_one_for_two,
	&join,
	&kill_anywhere,
	&kill_before_plain,
	&kill_with_mutex,
	&kill_take_over,
	NULL,
};
