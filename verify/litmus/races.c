/* SPDX-License-Identifier: Apache-2.0 */
/* Plain data, with and without what must order it, and the algorithms that live by that. */
#include "litmus.h"

/* Each thread has a line of its own. */
/* clang-format off */

LITMUS_2(race_none, "a message behind a flag is no race", SHOWS(ab, "0 0\n1 1"),
         (SET(data, 1), W(y, 1, release)),
         (R(a, y, acquire), IF(m.a, GET(b, data))));

LITMUS_2(race_relaxed_store, "the flag does not release", FAILS("data race"),
         (SET(data, 1), W(y, 1, relaxed)),
         (R(a, y, acquire), IF(m.a, GET(b, data))));

LITMUS_2(race_relaxed_load, "nobody acquires the flag", FAILS("data race"),
         (SET(data, 1), W(y, 1, release)),
         (R(a, y, relaxed), IF(m.a, GET(b, data))));

LITMUS_2(race_none_fences, "fences order plain data as well", SHOWS(ab, "0 0\n1 1"),
         (SET(data, 1), F(release), W(y, 1, relaxed)),
         (R(a, y, relaxed), F(acquire), IF(m.a, GET(b, data))));

LITMUS_2(race_late_fences, "not where they do not synchronise", FAILS("data race"),
         (SET(data, 1), W(y, 1, relaxed), F(seq_cst)),
         (F(seq_cst), R(a, y, relaxed), IF(m.a, GET(b, data))));

LITMUS_2(race_two_writes, "two writes race, even of the same value", FAILS("data race"),
         (SET(data, 1)),
         (SET(data, 1)));

LITMUS_2(race_two_reads, "two reads do not race", SHOWS(ab, "0 0"),
         (GET(a, data)),
         (GET(b, data)));

LITMUS_2(race_write_after_read, "who has read must say so before another writes",
         FAILS("data race"),
         (GET(a, data), W(y, 1, relaxed)),
         (AWAIT(y, acquire), SET(data, 1)));

LITMUS_2(race_none_after_read, "as it does here", SHOWS(a, "0"),
         (GET(a, data), W(y, 1, release)),
         (AWAIT(y, acquire), SET(data, 1)));

LITMUS_3(race_none_sequence, "a relaxed addition carries the release on",
         SHOWS(ab, "0 0\n1 0\n10 0\n11 1"),
         (SET(data, 1), W(y, 1, release)),
         (ADD(c, y, 10, relaxed)),
         (R(a, y, acquire), IF(m.a == 11, GET(b, data))));

LITMUS_3(race_broken_sequence, "a relaxed store of another thread does not", FAILS("data race"),
         (SET(data, 1), W(y, 1, release)),
         (IF(R(c, y, relaxed), W(y, 2, relaxed))),
         (R(a, y, acquire), IF(m.a == 2, GET(b, data))));

/* Double-checked locking. */
#define DOUBLE_CHECKED(order)                                                                      \
	do {                                                                                       \
		uint64_t found;                                                                    \
		if (explore_load(&m.x, order) == 0) {                                              \
			explore_lock(&m.mutex);                                                    \
			if (explore_load(&m.x, relaxed) == 0) {                                    \
				SET(data, 1);                                                      \
				W(x, 1, release);                                                  \
			}                                                                          \
			explore_unlock(&m.mutex);                                                  \
		}                                                                                  \
		found = explore_read(&m.data);                                                     \
		*(t ? &m.b : &m.a) = (uint32_t)found;                                              \
	} while (0)

static void double_checked_run(unsigned t)
{
	DOUBLE_CHECKED(acquire);
}

PROGRAM(double_checked, 2, "both find it made", SHOWS(ab, "1 1"));

static void double_checked_relaxed_run(unsigned t)
{
	DOUBLE_CHECKED(relaxed);
}

PROGRAM(double_checked_relaxed, 2, "the first check has to acquire", FAILS("data race"));

/* Dekker's way in, with giving up instead of waiting. */

LITMUS_2(dekker_fences, "not both get in", SHOWS(data, "0\n1\n2"),
         (W(x, 1, relaxed), F(seq_cst), R(a, y, relaxed), IF(!m.a, SET(data, 1))),
         (W(y, 1, relaxed), F(seq_cst), R(b, x, relaxed), IF(!m.b, SET(data, 2))));

LITMUS_2(dekker_seq_cst, "not both get in", SHOWS(data, "0\n1\n2"),
         (W(x, 1, seq_cst), R(a, y, seq_cst), IF(!m.a, SET(data, 1))),
         (W(y, 1, seq_cst), R(b, x, seq_cst), IF(!m.b, SET(data, 2))));

LITMUS_2(dekker_release_acquire, "both may get in", FAILS("data race"),
         (W(x, 1, release), R(a, y, acquire), IF(!m.a, SET(data, 1))),
         (W(y, 1, release), R(b, x, acquire), IF(!m.b, SET(data, 2))));

LITMUS_2(dekker_membarrier, "a membarrier on the slow side is enough",
         SHOWS(data, "0\n1\n2") WITH_BARRIER,
         (W(x, 1, relaxed), BARRIER, R(a, y, relaxed), IF(!m.a, SET(data, 1))),
         (W(y, 1, relaxed), R(b, x, relaxed), IF(!m.b, SET(data, 2))));

/* Peterson: x and y say who wants to get in, z who waits for the other. */
#define PETERSON(store, set_turn, order)                                                           \
	do {                                                                                       \
		uint32_t *mine = t ? &m.y : &m.x, *others = t ? &m.x : &m.y;                       \
		explore_store(mine, 1, store);                                                     \
		set_turn;                                                                          \
		while (explore_load(others, order) && explore_load(&m.z, order) == t)              \
			explore_pause();                                                           \
		explore_write(&m.data, explore_read(&m.data) + 1);                                 \
		explore_store(mine, 0, release);                                                   \
	} while (0)

static void peterson_seq_cst_run(unsigned t)
{
	PETERSON(seq_cst, W(z, t, seq_cst), seq_cst);
}

PROGRAM(peterson_seq_cst, 2, "one after the other", SHOWS(data, "2"));

static void peterson_release_acquire_run(unsigned t)
{
	PETERSON(release, W(z, t, release), acquire);
}

PROGRAM(peterson_release_acquire, 2, "needs seq_cst", FAILS("data race"));

/* The second exchange reads from the first, so the second thread knows that the first wants in. */
static void peterson_exchange_run(unsigned t)
{
	PETERSON(relaxed, (void)explore_exchange(&m.z, t, acq_rel), acquire);
}

PROGRAM(peterson_exchange, 2, "or an exchange", SHOWS(data, "2"));

static void spin_lock_run(unsigned t)
{
	(void)t;
	while (explore_exchange(&m.x, 1, acquire))
		explore_pause();
	explore_write(&m.data, explore_read(&m.data) + 1);
	W(x, 0, release);
}

PROGRAM(spin_lock, 2, "one after the other", SHOWS(data, "2"));

/* Seqlock: z is the sequence number, x and y the data. One try of the reader, valid or not. */

static void show_seqlock(void)
{
	if (m.a == m.d && m.a % 2 == 0)
		explore_outcome("%u %u", m.b, m.c);
	else
		explore_outcome("retry");
}

/* b or c = 1 brings z = 1, with the writer's fence, to d. */
LITMUS_2(seqlock, "what is valid belongs together", SHOWS(seqlock, "0 0\n1 1\nretry"),
         (W(z, 1, relaxed), F(release), W(x, 1, relaxed), W(y, 1, relaxed), W(z, 2, release)),
         (R(a, z, acquire), R(b, x, relaxed), R(c, y, relaxed), F(acquire), R(d, z, relaxed)));

LITMUS_2(seqlock_no_acquire_fence, "the reader's fence is needed", SHOWS(seqlock, BITS_2 "\nretry"),
         (W(z, 1, relaxed), F(release), W(x, 1, relaxed), W(y, 1, relaxed), W(z, 2, release)),
         (R(a, z, acquire), R(b, x, relaxed), R(c, y, relaxed), R(d, z, acquire)));

LITMUS_2(seqlock_no_release_fence, "the writer's fence is needed", SHOWS(seqlock, BITS_2 "\nretry"),
         (W(z, 1, release), W(x, 1, relaxed), W(y, 1, relaxed), W(z, 2, release)),
         (R(a, z, acquire), R(b, x, relaxed), R(c, y, relaxed), F(acquire), R(d, z, relaxed)));

/* d = 0 is what the writer's addition reads: then b and c happen before its stores. */
LITMUS_2(seqlock_rmw, "the reader may add 0 instead", SHOWS(seqlock, "0 0\n1 1\nretry"),
         (ADD(e, z, 1, acquire), W(x, 1, relaxed), W(y, 1, relaxed), W(z, 2, release)),
         (R(a, z, acquire), R(b, x, relaxed), R(c, y, relaxed), ADD(d, z, 0, release)));

LITMUS_2(seqlock_plain, "the data have to be atomic", FAILS("data race"),
         (W(z, 1, relaxed), F(release), SET(data, 1), W(z, 2, release)),
         (R(a, z, acquire), GET(b, data), F(acquire), R(d, z, relaxed)));

const struct explore_program *const race_tests[] = {
	&race_none,
	&race_relaxed_store,
	&race_relaxed_load,
	&race_none_fences,
	&race_late_fences,
	&race_two_writes,
	&race_two_reads,
	&race_write_after_read,
	&race_none_after_read,
	&race_none_sequence,
	&race_broken_sequence,
	&double_checked,
	&double_checked_relaxed,
	&dekker_fences,
	&dekker_seq_cst,
	&dekker_release_acquire,
	&dekker_membarrier,
	&peterson_seq_cst,
	&peterson_release_acquire,
	&peterson_exchange,
	&spin_lock,
	&seqlock,
	&seqlock_no_acquire_fence,
	&seqlock_no_release_fence,
	&seqlock_rmw,
	&seqlock_plain,
	NULL,
};
