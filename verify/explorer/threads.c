/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the threads of a program ask for, and what can happen next. A thread runs, on its own stack,
 * up to its next request and no further; a step performs the request and lets it run on to the one
 * behind it. What concerns nobody else (a fence of its own, plain data, the clock) is done on the
 * way.
 */
#include "fiber.h"
#include "machine.h"

#include <errno.h>
#include <string.h>

#define ZEROED 1024 /* bytes below a stack, so that frames do not show what was there before */

static void *explorer_sp;

static struct thread *self(void)
{
	return &machine.threads[machine.running];
}

/* On the thread's stack: what all operations come to. */

static uint64_t request(struct request asked)
{
	struct thread *thread = self();

	thread->request = asked;
	explore__switch(&thread->sp, explorer_sp);
	return self()->request.result;
}

static bool inside(void)
{
	return machine.running >= 0;
}

int explore_self(void)
{
	return machine.running;
}

void **explore_local(void)
{
	static void *of_init;

	return inside() ? &self()->local : &of_init;
}

/* In init and end there is one thread, and memory is plain. */
static uint64_t access_alone(struct request *asked)
{
	uint64_t old = 0, new;

	memcpy(&old, asked->address, asked->size);
	new = asked->value;
	switch (asked->op) {
	case EXPLORE_LOAD:
	case EXPLORE_READ:
		return old;
	case EXPLORE_FETCH_ADD:
		new = old + new;
		break;
	case EXPLORE_FETCH_SUB:
		new = old - new;
		break;
	case EXPLORE_FETCH_OR:
		new = old | new;
		break;
	case EXPLORE_FETCH_AND:
		new = old &new;
		break;
	default:
		break;
	}
	memcpy(asked->address, &new, asked->size);
	return old;
}

uint64_t explore__access(struct explore_site *site, const void *word, size_t size, uint64_t value)
{
	struct request asked = { .site = site,
		                 .address = (char *)(uintptr_t)word,
		                 .value = value,
		                 .op = site->op,
		                 .size = (uint8_t)size };

	return inside() ? request(asked) : access_alone(&asked);
}

bool explore__compare_exchange(struct explore_site *site, void *word, size_t size, void *expected,
                               uint64_t value)
{
	struct request asked = {
		.site = site, .address = word, .value = value, .op = site->op, .size = (uint8_t)size
	};

	memcpy(&asked.expected, expected, size);
	if (!inside()) {
		uint64_t old = 0;

		memcpy(&old, word, size);
		if (old == asked.expected) {
			memcpy(word, &value, size);
			return true;
		}
		memcpy(expected, &old, size);
		return false;
	}
	request(asked);
	memcpy(expected, &self()->request.expected, size);
	return self()->request.value;
}

static uint64_t do_alone(struct explore_site *site, uint32_t *object)
{
	switch (site->op) {
	case EXPLORE_LOCK:
		*object = 1;
		return 0;
	case EXPLORE_UNLOCK:
		*object = 0;
		return 0;
	case EXPLORE_SEMAPHORE_WAIT:
		if (*object == 0)
			return (uint64_t)-EAGAIN;
		--*object;
		return 0;
	case EXPLORE_SEMAPHORE_POST:
		++*object;
		return 0;
	default:
		return 0;
	}
}

uint64_t explore__do(struct explore_site *site, const void *object, const void *other,
                     uint64_t value, int64_t until)
{
	struct request asked = { .site = site,
		                 .address = (char *)(uintptr_t)object,
		                 .other = (char *)(uintptr_t)other,
		                 .value = value,
		                 .until = until,
		                 .op = site->op,
		                 .size = sizeof(uint32_t) };

	return inside() ? request(asked) : do_alone(site, (uint32_t *)(uintptr_t)object);
}

static bool is_shared(const void *address)
{
	const char *at = address, *memory = program->memory;

	return (at >= memory && at < memory + program->memory_size) ||
	       (at >= explore__arena && at < explore__arena + explore__arena_used);
}

void explore__copy(struct explore_site *site, void *to, const void *from, size_t size)
{
	struct request asked = { .site = site, .value = size, .op = EXPLORE_READ };

	if (inside() && size && is_shared(from)) {
		asked.address = (char *)(uintptr_t)from;
		asked.size = UINT8_MAX; /* the size is in value */
		request(asked);
	}
	if (inside() && size && is_shared(to)) {
		asked.op = EXPLORE_WRITE;
		asked.address = to;
		asked.size = UINT8_MAX;
		request(asked);
	}
	memcpy(to, from, size);
}

void explore_fail(const char *what, const char *file, int line)
{
	fail("%s (%s:%d)", what, file, line);
	if (inside())
		request((struct request){ .op = EXPLORE_FAIL });
}

/* On the explorer's stack. */

static bool may_be_killed(unsigned t)
{
	return machine.kills < program->kills && (program->killable >> t & 1);
}

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

static bool sleeps_on(const struct thread *thread, const char *address)
{
	return thread->status == SLEEPING && thread->request.address == address;
}

static unsigned sleepers(const char *address)
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
static bool has_weak_ways(const struct request *asked)
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

static bool moves_right(const struct thread *thread)
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

/* Steps. */

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

static bool futex_wait(struct thread *thread, unsigned way)
{
	memory_perform(thread, way);
	if (thread->request.result != thread->request.value &&
	    thread->request.site->mistake != UNCOMPARED) {
		trace_step(thread, "returns: the word is %llu",
		           (unsigned long long)thread->request.result);
		return true;
	}
	trace_step(thread, "sleeps: the word is %llu", (unsigned long long)thread->request.result);
	thread->status = SLEEPING;
	return false;
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

/* false: the thread does not go on for now. */
static bool perform_request(struct thread *thread, unsigned way)
{
	struct request *asked = &thread->request;
	unsigned woken;

	switch (asked->op) {
	case EXPLORE_FENCE:
		memory_fence(thread, asked->site->effective);
		trace_step(thread, "done");
		return true;
	case EXPLORE_MEMBARRIER:
		barrier(thread);
		return thread->status != BARRIER;
	case EXPLORE_FUTEX_WAIT:
		return futex_wait(thread, way);
	case EXPLORE_FUTEX_WAKE:
		memory_fence(thread, EXPLORE_seq_cst);
		woken = sleepers(asked->address);
		trace_step(thread, "wakes %u of %u",
		           asked->value < woken ? (unsigned)asked->value : woken, woken);
		asked->result = wake_sleepers(asked->address, way, asked->value >= woken);
		return true;
	case EXPLORE_LOCK:
		trace_step(thread, "done");
		memory_put_newest(thread, asked->address, asked->size, 1, true, false);
		return true;
	case EXPLORE_UNLOCK:
		trace_step(thread, "done");
		memory_put_newest(thread, asked->address, asked->size, 0, false, true);
		return true;
	case EXPLORE_CONDITION_WAIT:
		condition_wait(thread);
		return false;
	case EXPLORE_SIGNAL:
	case EXPLORE_BROADCAST:
		woken = sleepers(asked->address);
		trace_step(thread, "%u wait", woken);
		wake_sleepers(asked->address, way, asked->op == EXPLORE_BROADCAST);
		return true;
	case EXPLORE_SEMAPHORE_WAIT:
		semaphore_wait(thread);
		return true;
	case EXPLORE_SEMAPHORE_POST:
		asked->value = memory_newest(asked->address, asked->size) + 1;
		trace_step(thread, "-> %llu", (unsigned long long)asked->value);
		memory_put_newest(thread, asked->address, asked->size, asked->value, false, true);
		return true;
	case EXPLORE_JOIN:
		if (asked->value < program->threads && !program->kills)
			fail("only a thread made by explore_thread can be joined");
		memory_let_know(thread, &machine.threads[asked->value].now);
		trace_step(thread, "T%llu has ended", (unsigned long long)asked->value);
		return true;
	case EXPLORE_ALIVE:
		asked->result = machine.threads[asked->value].status != DEAD;
		if (!asked->result) /* the kernel's word that it is dead comes after all it did */
			memory_let_know(thread, &machine.threads[asked->value].now);
		trace_step(thread, "T%llu: %s", (unsigned long long)asked->value,
		           asked->result ? "yes" : "no");
		return true;
	case EXPLORE_WRITE:
		perform_local(thread);
		return true;
	case EXPLORE_NOW:
		asked->result = (uint64_t)machine.clock;
		trace_step(thread, "= %lld", (long long)machine.clock);
		return true;
	case EXPLORE_PAUSE:
		trace_step(thread, "done");
		thread->status = PAUSED;
		thread->changed = false;
		return false;
	case EXPLORE_END:
		end(thread);
		return false;
	case EXPLORE_FAIL:
		return false;
	default:
		memory_perform(thread, way);
		return true;
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

	if (!perform_request(thread, way))
		return;
	if (thread->behind.site) { /* this was the late store */
		bool is_done = !may_wait(thread->behind.op);

		thread->request = thread->behind;
		thread->behind.site = NULL;
		if (!is_done)
			return;
	} else if (thread->late.site) {
		turn_to_late_store(thread);
		return;
	}
	if (moves_right(thread))
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
