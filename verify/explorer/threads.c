/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Steps. A thread runs, on its own stack, up to its next request and no further; a step performs the request and
 * lets it run on to the one behind it. What concerns nobody else (a fence of its own, plain data, the clock) is
 * done on the way.
 */
#include "fiber.h"
#include "machine.h"

#include <errno.h>
#include <string.h>

#define ZEROED 1024 /* bytes below a stack, so that frames do not show what was there before */

/* What can be done at once, since no order of it with anything else matters. */
static bool is_local(const struct request *asked, unsigned t)
{
	if (asked->op == EXPLORE_WRITE) /* it may die before */
		return !may_be_killed(t) || asked->site->mistake == SKIPPED;
	if (asked->op == EXPLORE_READ)
		return true;
	if (asked->op == EXPLORE_FENCE)
		return asked->site->effective != EXPLORE_seq_cst || asked->site->mistake == SKIPPED;
	if (asked->op == EXPLORE_NOW)
		return machine.clock == (int64_t)program->ticks;
	if (asked->site && asked->site->mistake == LATE)
		return !machine.threads[t].late.site; /* one at a time */
	return asked->site && asked->site->mistake == SKIPPED;
}

static void perform_local(struct thread *thread)
{
	struct request *asked = &thread->request;

	if (asked->site)
		site_use(asked->site);
	if (asked->site && asked->site->mistake == SKIPPED) {
		asked->result = 0;
		return;
	}
	if (asked->site && asked->site->mistake == LATE) {
		thread->late = *asked;
		return;
	}
	if (asked->op == EXPLORE_NOW) {
		asked->result = (uint64_t)machine.clock;
		return;
	}
	if (asked->op == EXPLORE_FENCE) {
		memory_fence(thread, asked->site->effective);
		return;
	}
	memory_plain(thread, asked->address, asked->size == UINT8_MAX ? asked->value : asked->size,
	             asked->op == EXPLORE_WRITE);
	if (asked->size == UINT8_MAX)
		return;
	asked->result = 0;
	memcpy(&asked->result, asked->address, asked->size);
	if (asked->op == EXPLORE_WRITE)
		memcpy(asked->address, &asked->value, asked->size);
	trace_step(thread, "%s %llu", asked->op == EXPLORE_WRITE ? ":=" : "=",
	           (unsigned long long)(asked->op == EXPLORE_WRITE ? asked->value : asked->result));
}

void run_to_request(unsigned number)
{
	struct thread *thread = &machine.threads[number];
	int before = machine.running;

	machine.running = (int)number;
	do {
		explore__switch(&explorer_sp, thread->sp);
		memset((char *)thread->sp - ZEROED, 0, ZEROED);
		if (!is_local(&thread->request, number))
			break;
		perform_local(thread);
	} while (!machine.failure);
	if (thread->request.site)
		site_use(thread->request.site);
	machine.running = before;
	state_stack_changed(number);
}

static void go_on(unsigned t)
{
	machine.threads[t].status = READY;
	run_to_request(t);
}

static void wake(unsigned t)
{
	machine.threads[t].request.result = 0;
	machine.threads[t].changed = true;
	if (machine.threads[t].request.op == EXPLORE_CONDITION_WAIT) {
		/* it goes on when it has the mutex again */
		struct request *asked = &machine.threads[t].request;

		asked->op = EXPLORE_LOCK;
		asked->address = asked->other;
		machine.threads[t].status = READY;
		return;
	}
	go_on(t);
}

/* The nth sleeper, or all. */
static unsigned wake_sleepers(const char *address, unsigned nth, bool all)
{
	unsigned seen = 0, woken = 0;

	for (unsigned t = 0; t < machine.n_threads; t++) {
		if (!sleeps_on(&machine.threads[t], address))
			continue;
		if (all || seen == nth) {
			wake(t);
			woken++;
		}
		seen++;
	}
	return woken;
}

static void futex_wait(struct thread *thread, unsigned way)
{
	memory_perform(thread, way);
	if (thread->request.result != thread->request.value &&
	    thread->request.site->mistake != UNCOMPARED) {
		trace_step(thread, "returns: the word is %llu",
		           (unsigned long long)thread->request.result);
		return;
	}
	trace_step(thread, "sleeps: the word is %llu", (unsigned long long)thread->request.result);
	thread->status = SLEEPING;
}

static void condition_wait(struct thread *thread)
{
	struct request *asked = &thread->request;

	memory_put_newest(thread, asked->other, asked->size, 0, false, true);
	trace_step(thread, "unlocks and sleeps");
	thread->status = SLEEPING;
}

static void semaphore_wait(struct thread *thread)
{
	struct request *asked = &thread->request;
	uint64_t value = memory_newest(asked->address, asked->size);

	if (value > 0) {
		trace_step(thread, "%llu -> %llu", (unsigned long long)value,
		           (unsigned long long)value - 1);
		memory_put_newest(thread, asked->address, asked->size, value - 1, true, false);
		asked->result = 0;
		return;
	}
	asked->result = asked->until == 0 ? (uint64_t)-EAGAIN : (uint64_t)-ETIMEDOUT;
	trace_step(thread, "is 0: %s", asked->until == 0 ? "not now" : "its time is up");
}

static void reach_thread(struct thread *thread)
{
	memory_fence(thread, EXPLORE_seq_cst);
	thread->held = false;
}

static void barrier(struct thread *thread)
{
	if (!program->membarrier)
		fail("the program uses membarrier and does not say so");
	memory_order_ended();
	memory_fence(thread, EXPLORE_seq_cst);
	thread->waits_for = 0;
	for (unsigned t = 0; t < machine.n_threads; t++) {
		struct thread *other = &machine.threads[t];

		if (other == thread || other->status == DONE || other->status == DEAD)
			continue;
		if (program->barrier_at_once)
			reach_thread(other);
		else
			thread->waits_for |= (uint8_t)(1u << t);
	}
	memory_fence(thread, EXPLORE_seq_cst);
	trace_step(thread, thread->waits_for ? "begins" : "done");
	if (thread->waits_for)
		thread->status = BARRIER;
}

static void reach(struct thread *thread, unsigned t)
{
	reach_thread(&machine.threads[t]);
	thread->waits_for &= (uint8_t) ~(1u << t);
	trace_step(thread, "reaches T%u", t);
}

static void no_barrier_waits_for(unsigned t)
{
	for (unsigned u = 0; u < machine.n_threads; u++)
		machine.threads[u].waits_for &= (uint8_t) ~(1u << t);
}

static void end(struct thread *thread)
{
	unsigned t = (unsigned)(thread - machine.threads);

	thread->status = DONE;
	memory_ended(thread);
	if (t < program->threads && !program->kills) /* nobody will ask what it knew */
		memset(&thread->now, 0, sizeof(thread->now));
	memset(&thread->acquired, 0, sizeof(thread->acquired));
	memset(&thread->released, 0, sizeof(thread->released));
	no_barrier_waits_for(t);
	trace_step(thread, "done");
}

static void futex_wake(struct thread *thread, unsigned way)
{
	struct request *asked = &thread->request;
	unsigned asleep = sleepers(asked->address);

	memory_fence(thread, EXPLORE_seq_cst);
	trace_step(thread, "wakes %u of %u",
	           asked->value < asleep ? (unsigned)asked->value : asleep, asleep);
	asked->result = wake_sleepers(asked->address, way, asked->value >= asleep);
}

static void signal_condition(struct thread *thread, unsigned way)
{
	const struct request *asked = &thread->request;

	trace_step(thread, "%u wait", sleepers(asked->address));
	wake_sleepers(asked->address, way, asked->op == EXPLORE_BROADCAST);
}

static void lock(struct thread *thread, bool take)
{
	const struct request *asked = &thread->request;

	trace_step(thread, "done");
	memory_put_newest(thread, asked->address, asked->size, take, take, !take);
}

static void semaphore_post(struct thread *thread)
{
	struct request *asked = &thread->request;

	asked->value = memory_newest(asked->address, asked->size) + 1;
	trace_step(thread, "-> %llu", (unsigned long long)asked->value);
	memory_put_newest(thread, asked->address, asked->size, asked->value, false, true);
}

static void join(struct thread *thread)
{
	uint64_t other = thread->request.value;

	if (other < program->threads && !program->kills)
		fail("only a thread made by explore_thread can be joined");
	memory_let_know(thread, &machine.threads[other].now);
	trace_step(thread, "T%llu has ended", (unsigned long long)other);
}

static void ask_alive(struct thread *thread)
{
	uint64_t other = thread->request.value;
	bool alive = machine.threads[other].status != DEAD;

	thread->request.result = alive;
	if (!alive) /* the kernel's word that it is dead comes after all it did */
		memory_let_know(thread, &machine.threads[other].now);
	trace_step(thread, "T%llu: %s", (unsigned long long)other, alive ? "yes" : "no");
}

static void pause_thread(struct thread *thread)
{
	trace_step(thread, "done");
	thread->status = PAUSED;
	thread->changed = false;
}

/* The thread goes on from it if it is READY afterwards. */
static void perform_request(struct thread *thread, unsigned way)
{
	struct request *asked = &thread->request;

	switch (asked->op) {
	case EXPLORE_FENCE:
		memory_fence(thread, asked->site->effective);
		trace_step(thread, "done");
		return;
	case EXPLORE_MEMBARRIER:
		barrier(thread);
		return;
	case EXPLORE_FUTEX_WAIT:
		futex_wait(thread, way);
		return;
	case EXPLORE_FUTEX_WAKE:
		futex_wake(thread, way);
		return;
	case EXPLORE_LOCK:
	case EXPLORE_UNLOCK:
		lock(thread, asked->op == EXPLORE_LOCK);
		return;
	case EXPLORE_CONDITION_WAIT:
		condition_wait(thread);
		return;
	case EXPLORE_SIGNAL:
	case EXPLORE_BROADCAST:
		signal_condition(thread, way);
		return;
	case EXPLORE_SEMAPHORE_WAIT:
		semaphore_wait(thread);
		return;
	case EXPLORE_SEMAPHORE_POST:
		semaphore_post(thread);
		return;
	case EXPLORE_JOIN:
		join(thread);
		return;
	case EXPLORE_ALIVE:
		ask_alive(thread);
		return;
	case EXPLORE_WRITE:
		perform_local(thread);
		return;
	case EXPLORE_NOW:
		asked->result = (uint64_t)machine.clock;
		trace_step(thread, "= %lld", (long long)machine.clock);
		return;
	case EXPLORE_PAUSE:
		pause_thread(thread);
		return;
	case EXPLORE_END:
		end(thread);
		return;
	case EXPLORE_FAIL:
		return;
	default:
		memory_perform(thread, way);
		return;
	}
}

/* A store that was put off comes before an operation that may wait, and behind any other, which then is
 * what the thread goes on from. */

static bool may_wait(unsigned op)
{
	return op > EXPLORE_FENCE && op != EXPLORE_FUTEX_WAKE && op != EXPLORE_SIGNAL;
}

static void turn_to_late_store(struct thread *thread)
{
	thread->behind = thread->request;
	thread->request = thread->late;
	thread->late.site = NULL;
}

static void perform_and_go_on(struct thread *thread, unsigned way)
{
	unsigned t = (unsigned)(thread - machine.threads);
	bool was_late = thread->behind.site != NULL; /* the store is done last, and moves nothing */

	perform_request(thread, way);
	if (thread->status != READY || thread->request.op == EXPLORE_FAIL)
		return;
	if (was_late) {
		bool is_done = !may_wait(thread->behind.op);

		thread->request = thread->behind;
		thread->behind.site = NULL;
		if (!is_done)
			return;
	} else if (thread->late.site) {
		turn_to_late_store(thread);
		return;
	}
	if (!was_late && moves_right(thread))
		machine.must_run = (int)t;
	if (thread->request.op != EXPLORE_LOAD)
		thread->fresh = false;
	run_to_request(t);
	if (thread->late.site && may_wait(thread->request.op))
		turn_to_late_store(thread);
}

static void step(unsigned t, unsigned way)
{
	struct thread *thread = &machine.threads[t];

	machine.running = (int)t;
	if (old_reads_max >= 0 && way > 0 && thread->status == READY &&
	    has_weak_ways(&thread->request))
		machine.old_reads++;
	if (thread->status == PAUSED) {
		thread->fresh = !thread->changed && way == 0;
		go_on(t);
	} else if (thread->status == BARRIER) {
		memory_order_ended();
		memory_fence(thread, EXPLORE_seq_cst);
		trace_step(thread, "has reached everybody");
		go_on(t);
	} else {
		perform_and_go_on(thread, way);
	}
}

static void time_out(unsigned t)
{
	struct thread *thread = &machine.threads[t];
	bool on_condition = thread->request.op == EXPLORE_CONDITION_WAIT;

	trace_step(thread, "its time is up");
	wake(t);
	if (on_condition)
		thread->request.result = (uint64_t)-ETIMEDOUT;
}

static void kill_thread(unsigned t)
{
	trace_step(&machine.threads[t], "is killed");
	machine.threads[t].status = DEAD;
	memory_ended(&machine.threads[t]);
	machine.kills++;
	no_barrier_waits_for(t);
	for (unsigned u = 0; u < machine.n_threads; u++)
		machine.threads[u].changed = true;
}

void perform(struct transition transition)
{
	unsigned t = transition.thread;

	machine.step++;
	machine.must_run = -1;
	switch (transition.kind) {
	case STEP:
		step(t, transition.choice);
		break;
	case TIME_OUT:
		time_out(t);
		break;
	case WAKE_FOR_NOTHING:
		trace_step(&machine.threads[t], "wakes for nothing");
		machine.threads[t].woken_for_nothing++;
		wake(t);
		break;
	case REACH:
		reach(&machine.threads[t], transition.choice);
		break;
	case TICK:
		machine.clock++;
		trace_step(NULL, "the clock ticks: %lld", (long long)machine.clock);
		break;
	case KILL:
		kill_thread(t);
		break;
	case HOLD:
		machine.threads[t].held = true;
		trace_step(&machine.threads[t], "waits for a membarrier to reach it");
		break;
	}
	memory_forget();
}
