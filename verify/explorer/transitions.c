/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can happen next: which threads can go on and in how many ways, what happens by itself, and which of all
 * this has to be looked at.
 */
#include "machine.h"

#include <string.h>

bool may_be_killed(unsigned t)
{
	return machine.kills < program->kills && (program->killable >> t & 1);
}

/* What a request needs before it can be performed. */

static bool time_is_up(const struct request *asked)
{
	return asked->until != INT64_MAX && machine.clock >= asked->until;
}

static bool is_enabled(const struct thread *thread)
{
	const struct request *asked = &thread->request;

	if (thread->status == PAUSED)
		return thread->changed;
	if (thread->status == BARRIER)
		return thread->waits_for == 0;
	if (thread->status != READY || thread->held)
		return false;
	switch (asked->op) {
	case EXPLORE_LOCK:
		return memory_newest(asked->address, asked->size) == 0;
	case EXPLORE_SEMAPHORE_WAIT:
		return asked->until == 0 || memory_newest(asked->address, asked->size) != 0 ||
		       time_is_up(asked);
	case EXPLORE_JOIN:
		return machine.threads[asked->value].status == DONE ||
		       machine.threads[asked->value].status == DEAD;
	default:
		return true;
	}
}

bool sleeps_on(const struct thread *thread, const char *address)
{
	return thread->status == SLEEPING && thread->request.address == address;
}

unsigned sleepers(const char *address)
{
	unsigned n = 0;

	for (unsigned t = 0; t < machine.n_threads; t++)
		n += sleeps_on(&machine.threads[t], address);
	return n;
}

static unsigned ways(const struct thread *thread)
{
	const struct request *asked = &thread->request;
	unsigned n;

	if (thread->status == BARRIER)
		return 1;
	switch (asked->op) {
	case EXPLORE_LOAD:
	case EXPLORE_STORE:
	case EXPLORE_EXCHANGE:
	case EXPLORE_FETCH_ADD:
	case EXPLORE_FETCH_SUB:
	case EXPLORE_FETCH_OR:
	case EXPLORE_FETCH_AND:
	case EXPLORE_COMPARE_EXCHANGE:
	case EXPLORE_COMPARE_EXCHANGE_WEAK:
	case EXPLORE_FUTEX_WAIT:
		return memory_ways(thread);
	case EXPLORE_FUTEX_WAKE:
		n = sleepers(asked->address);
		return asked->value < n && n > 0 ? n : 1; /* which one */
	case EXPLORE_SIGNAL:
		n = sleepers(asked->address);
		return n > 0 ? n : 1;
	default:
		return 1;
	}
}

bool everybody_ended(void)
{
	for (unsigned t = 0; t < machine.n_threads; t++)
		if (machine.threads[t].status != DONE && machine.threads[t].status != DEAD)
			return false;
	return true;
}

static void add(struct transition *list, unsigned *n, unsigned kind, unsigned thread,
                unsigned choice)
{
	if (*n == TRANSITIONS) {
		fail("more than %d things can happen next", TRANSITIONS);
		return;
	}
	list[(*n)++] = (struct transition){ (uint8_t)kind, (uint8_t)thread, (uint8_t)choice };
}

int old_reads_max = -1;

/* Of an access, where only the first way is that of a machine which has no memory model. */
bool has_weak_ways(const struct request *asked)
{
	return asked->op <= EXPLORE_COMPARE_EXCHANGE_WEAK || asked->op == EXPLORE_FUTEX_WAIT;
}

static void list_steps(struct transition *list, unsigned *n, unsigned t)
{
	const struct thread *thread = &machine.threads[t];
	unsigned all;

	if (!is_enabled(thread))
		return;
	all = ways(thread);
	if ((int)machine.old_reads == old_reads_max && has_weak_ways(&thread->request))
		all = 1;
	for (unsigned way = 0; way < all; way++)
		add(list, n, STEP, t, way);
}

static void list_time(struct transition *list, unsigned *n)
{
	for (unsigned t = 0; t < machine.n_threads; t++) {
		const struct thread *thread = &machine.threads[t];

		if (thread->status == SLEEPING && time_is_up(&thread->request))
			add(list, n, TIME_OUT, t, 0);
		if (thread->status == BARRIER)
			for (unsigned u = 0; u < machine.n_threads; u++)
				if (thread->waits_for >> u & 1)
					add(list, n, REACH, t, u);
	}
	if (machine.clock < (int64_t)program->ticks)
		add(list, n, TICK, 0, 0);
}

/* What happens for no reason, and must not be waited for. */
static void list_accidents(struct transition *list, unsigned *n)
{
	for (unsigned t = 0; t < machine.n_threads; t++) {
		const struct thread *thread = &machine.threads[t];

		if (program->spurious && thread->status == SLEEPING &&
		    thread->woken_for_nothing < WAKES_FOR_NOTHING)
			add(list, n, WAKE_FOR_NOTHING, t, 0);
		if (may_be_killed(t) && thread->status != DONE && thread->status != DEAD)
			add(list, n, KILL, t, 0);
	}
}

/*
 * Threads that wait in a loop, when nothing else can happen: what they wait for is either there and they
 * have not seen it, or never comes. Way 0 looks again with the newest values only, and if that is in vain
 * waits for ever; way 1 as any other time.
 */
static void list_paused(struct transition *list, unsigned *n)
{
	for (unsigned t = 0; t < machine.n_threads; t++)
		if (machine.threads[t].status == PAUSED && !machine.threads[t].fresh)
			for (unsigned way = 0; way < 2; way++)
				add(list, n, STEP, t, way);
}

/* What can come between a thread's load and its next step, and makes a difference to where the load
 * stands: a membarrier that reaches it. */
static void list_barriers_of(struct transition *list, unsigned *n, unsigned reached)
{
	for (unsigned t = 0; t < machine.n_threads; t++) {
		const struct thread *thread = &machine.threads[t];

		if (thread->status == BARRIER && (thread->waits_for >> reached & 1))
			add(list, n, REACH, t, reached);
		if (program->barrier_at_once && t != reached && thread->status == READY &&
		    thread->request.op == EXPLORE_MEMBARRIER)
			add(list, n, STEP, t, 0);
	}
}

/*
 * Movers. Of executions that differ only in where a step stands among steps of other threads, one is
 * enough. (R. J. Lipton, Reduction: a method of proving properties of parallel programs, 1975.)
 *
 * A load changes nothing but what its own thread knows, and what it has read stays readable for that
 * thread. So it may stand right before the thread's next step: a thread that has only read runs on. This is
 * what old values are good for: they make the moment of a load a matter of indifference.
 *
 * A store that is not seq_cst may stand right behind the thread's step before it: others may go on not to
 * read it, and put their stores before or behind it. So a thread that is about to store does so at once.
 *
 * The exception is a membarrier, which makes a difference to both. A load may stand right before one that
 * reaches its thread; a store right behind it: the thread is held until one comes, if one ever comes.
 *
 * Taking a mutex and giving it back are movers of the same two kinds; the end of a thread is of the second.
 *
 * All this lives on old values being free. Where their number is bounded nothing is moved: a thread that stops
 * before a store would else cost an old value for each load of the others until it goes on.
 */
bool runs_on = true;

static bool moves(void)
{
	return runs_on && old_reads_max < 0;
}

bool moves_right(const struct thread *thread)
{
	const struct request *done = &thread->request;

	switch (done->op) {
	case EXPLORE_LOAD: /* others may take the value away from one that is seq_cst */
		return done->site->effective != EXPLORE_seq_cst;
	case EXPLORE_LOCK: /* the owner may die */
		return !may_be_killed((unsigned)(thread - machine.threads));
	case EXPLORE_COMPARE_EXCHANGE:
	case EXPLORE_COMPARE_EXCHANGE_WEAK:
		return !done->value;
	default:
		return false;
	}
}

static bool moves_left(unsigned t)
{
	const struct thread *thread = &machine.threads[t];
	const struct request *asked = &thread->request;

	if (thread->status != READY || thread->held || may_be_killed(t))
		return false;
	if (asked->op == EXPLORE_STORE)
		return asked->site->effective != EXPLORE_seq_cst;
	if (asked->op == EXPLORE_END) /* a membarrier asks who has ended */
		return !program->membarrier;
	return asked->op == EXPLORE_UNLOCK;
}

static unsigned list_running_on(struct transition *list)
{
	unsigned n = 0, t = (unsigned)machine.must_run;

	list_steps(list, &n, t);
	if (n > 0)
		list_barriers_of(list, &n, t);
	return n;
}

static unsigned list_mover(struct transition *list)
{
	unsigned n = 0;

	for (unsigned t = 0; t < machine.n_threads; t++) {
		if (!moves_left(t))
			continue;
		list_steps(list, &n, t);
		if (program->membarrier && machine.threads[t].request.op != EXPLORE_END)
			add(list, &n, HOLD, t, 0);
		return n;
	}
	return 0;
}

bool somebody_held(void)
{
	for (unsigned t = 0; t < machine.n_threads; t++)
		if (machine.threads[t].held)
			return true;
	return false;
}

unsigned list_transitions(struct transition *list)
{
	unsigned last = machine.running < 0 ? 0 : (unsigned)machine.running;
	unsigned n = 0;

	if (moves() && machine.must_run >= 0)
		n = list_running_on(list);
	if (moves() && n == 0)
		n = list_mover(list);
	if (n > 0)
		return n;
	list_steps(list, &n, last);
	for (unsigned t = 0; t < machine.n_threads; t++)
		if (t != last)
			list_steps(list, &n, t);
	list_time(list, &n);
	if (n == 0 && !somebody_held())
		list_paused(list, &n);
	if (n > 0)
		list_accidents(list, &n);
	return n;
}

/* Whether two requests of different threads give the same state in either order. */

static bool has_fence(unsigned op)
{
	return op == EXPLORE_FENCE || op == EXPLORE_MEMBARRIER || op == EXPLORE_FUTEX_WAIT ||
	       op == EXPLORE_FUTEX_WAKE;
}

static bool is_access(unsigned op)
{
	return op <= EXPLORE_COMPARE_EXCHANGE_WEAK;
}

bool may_commute(unsigned sleeping, const struct request *done)
{
	const struct request *asked = &machine.threads[sleeping].request;

	if (machine.threads[sleeping].status != READY)
		return false;
	/* what follows a load follows at once, and need not commute */
	if (asked->op == EXPLORE_LOAD || asked->op == EXPLORE_STORE ||
	    asked->op == EXPLORE_COMPARE_EXCHANGE || asked->op == EXPLORE_COMPARE_EXCHANGE_WEAK)
		return false;
	if (has_fence(asked->op) && has_fence(done->op))
		return false;
	if (asked->op == EXPLORE_MEMBARRIER || done->op == EXPLORE_MEMBARRIER)
		return false;
	if ((!is_access(asked->op) && !has_fence(asked->op)) ||
	    (!is_access(done->op) && !has_fence(done->op)))
		return false;
	if (asked->site->effective == EXPLORE_seq_cst && done->site->effective == EXPLORE_seq_cst)
		return false;
	if (asked->op == EXPLORE_FENCE || done->op == EXPLORE_FENCE ||
	    asked->address != done->address)
		return true;
	return false;
}
