/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Depth first through the graph of states. Two things keep it from doing work twice:
 *
 * A state that was seen before is not gone on from: what it leads to is known.
 *
 * Sleep sets: where two requests of different threads commute, one order of them is enough. A thread is
 * put to sleep behind the step of another if its own steps have been explored before that one, and
 * sleeps as long as only steps follow that commute with its request. A state that is met again is
 * explored for those threads that slept each time before and do not now. Sources: P. Godefroid,
 * Partial-order methods for the verification of concurrent systems, 1996; P. Godefroid, G. J. Holzmann and
 * D. Pirottin, State-space caching revisited, 1995.
 */
#include "search.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct frame {
	size_t saved; /* where its state is; SIZE_MAX: it has one way out, and that is taken at once */
	unsigned depth;          /* steps up to here */
	unsigned first, n, next; /* its transitions */
	uint8_t sleep;           /* threads whose steps are not explored from here */
	bool left;               /* the machine has gone on from here */
};

static struct frame *frames;
static unsigned n_frames, max_frames;
static char *saved;
static size_t saved_used, saved_max;
static struct transition *transitions;
static unsigned n_transitions, max_transitions;
static struct transition path[STEPS_MAX];
static unsigned depth;
static const struct search_options *options;
static int preemptions_max;
static struct search_result *result;

double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void *larger(void *array, size_t size)
{
	void *grown = realloc(array, size);

	if (!grown) {
		fprintf(stderr, "explore: out of memory\n");
		exit(2);
	}
	return grown;
}

static void reserve(void)
{
	if (n_frames == max_frames) {
		max_frames = max_frames ? 2 * max_frames : 256;
		frames = larger(frames, max_frames * sizeof(*frames));
	}
	if (n_transitions + TRANSITIONS > max_transitions) {
		max_transitions = 2 * max_transitions + 2 * TRANSITIONS;
		transitions = larger(transitions, max_transitions * sizeof(*transitions));
	}
	if (saved_used + state_size_max() > saved_max) {
		saved_max = 2 * saved_max + 2 * state_size_max();
		saved = larger(saved, saved_max);
	}
}

static bool can_run_on(const struct transition *list, unsigned n)
{
	return n > 0 && list[0].kind == STEP && (int)list[0].thread == machine.running;
}

/* Drops the transitions that would be one preemption too many, and those of sleeping threads. */
static unsigned filter(struct transition *list, unsigned n, uint8_t sleep)
{
	bool may_go_on = can_run_on(list, n);
	bool may_preempt = preemptions_max < 0 || (int)machine.preemptions < preemptions_max;
	unsigned kept = 0;

	for (unsigned i = 0; i < n; i++) {
		if (list[i].kind == STEP && (sleep >> list[i].thread & 1))
			continue;
		if (list[i].kind == STEP && may_go_on && !may_preempt &&
		    (int)list[i].thread != machine.running)
			continue;
		list[kept++] = list[i];
	}
	return kept;
}

/*
 * false: there is nothing to explore from here that has not been. *done: who has run from here before.
 *
 * Who has run from here is not run again, but does not sleep behind the others for that. It would if the earlier
 * visit had gone on with all of them awake; but t, which sleeps no more, slept then, and so behind u's step it
 * was not explored either. If u slept behind t now, the order u t would be left out twice, each time on the
 * ground that the other one is explored.
 *
 * In a graph of states without cycles even that would do no harm, as every state has been reached by the time:
 * t slept because all that follows it from some earlier state was explored before. With cycles "before" may be
 * a state that is still being explored. So this follows Godefroid: asleep are those who slept each time.
 */
static bool is_news(uint8_t *sleep, uint8_t *done)
{
	bool is_new;
	uint8_t *byte = table_find(state_hash(preemptions_max >= 0), *sleep, &is_new);
	uint8_t slept = *byte;

	if (is_new) {
		result->states++;
		return true;
	}
	if ((slept & ~*sleep) == 0)
		return false;
	*done = (uint8_t)~slept;
	*sleep &= slept;
	*byte = *sleep;
	return true;
}

static void finish(void)
{
	if (somebody_held()) {
		result->pruned++;
		return;
	}
	if (!everybody_ended()) {
		fail("deadlock: nobody can go on, and not everybody has ended");
		return;
	}
	result->complete++;
	judge_end();
}

/* The machine has come to a state: looks whether it is worth while, and what can follow. */
static void enter(uint8_t sleep)
{
	struct frame *frame;
	struct transition *list;
	uint8_t done = 0;
	unsigned n;

	reserve();
	list = &transitions[n_transitions];
	n = list_transitions(list);
	if (machine.failure)
		return;
	if (n == 0) {
		finish();
		return;
	}
	if (depth == STEPS_MAX &&
	    table_is_full()) { /* perhaps a circle of states it has forgotten */
		result->pruned++;
		return;
	}
	if (depth == STEPS_MAX) {
		fail("a schedule has more than %d steps: the program does not end", STEPS_MAX);
		return;
	}
	/* in between, where there is little to gain, now and then, for the sake of loops */
	if (options->merge && (n > 1 || depth % 8 == 0) && !is_news(&sleep, &done)) {
		result->merged++;
		return;
	}
	n = filter(list, n, sleep | done);
	if (n == 0) {
		result->pruned++;
		return;
	}
	frame = &frames[n_frames++];
	*frame = (struct frame){
		.saved = SIZE_MAX, .depth = depth, .first = n_transitions, .n = n, .sleep = sleep
	};
	n_transitions += n;
	if (n > 1) {
		frame->saved = saved_used;
		saved_used += state_save(saved + saved_used);
	}
}

static void leave(void)
{
	struct frame *frame = &frames[--n_frames];

	n_transitions = frame->first;
	if (frame->saved != SIZE_MAX)
		saved_used = frame->saved;
}

/* Who sleeps behind this transition: those that sleep here or come before it, if they commute. */
static uint8_t sleep_behind(const struct frame *frame, struct transition taken)
{
	const struct request *done = &machine.threads[taken.thread].request;
	uint8_t before = frame->sleep, sleep = 0;

	if (!options->sleep_sets || preemptions_max >= 0 || taken.kind != STEP ||
	    machine.threads[taken.thread].status != READY)
		return 0;
	for (unsigned i = 0; i < frame->next; i++) {
		struct transition t = transitions[frame->first + i];

		if (t.kind == STEP && t.thread != taken.thread)
			before |= (uint8_t)(1u << t.thread);
	}
	for (unsigned t = 0; t < machine.n_threads; t++)
		if ((before >> t & 1) && t != taken.thread && may_commute(t, done))
			sleep |= (uint8_t)(1u << t);
	return sleep;
}

static void take_next(struct frame *frame)
{
	struct transition taken = transitions[frame->first + frame->next];
	uint8_t sleep;

	if (frame->left)
		state_load(saved + frame->saved);
	frame->left = true;
	depth = frame->depth;
	if (taken.kind == STEP && can_run_on(&transitions[frame->first], frame->n) &&
	    (int)taken.thread != machine.running)
		machine.preemptions++;
	sleep = sleep_behind(frame, taken);
	frame->next++;
	path[depth++] = taken;
	result->steps++;
	perform(taken);
	if (!machine.failure)
		enter(sleep);
}

static bool is_over(double began)
{
	result->schedules = result->complete + result->merged + result->pruned;
	if (options->schedules && result->schedules >= options->schedules)
		return true;
	return options->seconds > 0 && (result->steps & 1023) == 0 &&
	       seconds_now() - began > options->seconds;
}

static void take_failure(const struct transition *schedule, unsigned n)
{
	result->end = FAILED;
	snprintf(result->failure, sizeof(result->failure), "%s", machine.failure);
	memcpy(result->schedule, schedule, n * sizeof(*schedule));
	result->n_steps = n;
}

static int bound(const struct search_options *o, unsigned at_most)
{
	return o->unbounded || at_most == 0 ? -1 : (int)(at_most - 1 + o->deeper);
}

/* The narrower of two bounds; -1: none. */
static int narrower(int a, int b)
{
	return a < 0 ? b : b < 0 || a < b ? a : b;
}

static void begin(const struct explore_program *p, const struct search_options *o,
                  struct search_result *r)
{
	options = o;
	result = r;
	preemptions_max = narrower(o->preemptions, bound(o, p->preemptions));
	old_reads_max = narrower(o->old_reads, bound(o, p->old_reads));
	memset(r, 0, sizeof(*r));
	outcomes_clear();
	depth = 0;
	setup_program(p);
}

void search_all(const struct explore_program *p, const struct search_options *o,
                struct search_result *r)
{
	double began = seconds_now();

	n_frames = n_transitions = 0;
	saved_used = 0;
	table_clear(o->memory);
	begin(p, o, r);
	r->end = preemptions_max < 0 && old_reads_max < 0 ? EXHAUSTED : BOUNDED;
	if (!machine.failure)
		enter(0);
	while (n_frames > 0 && !machine.failure) {
		struct frame *frame = &frames[n_frames - 1];

		if (frame->next == frame->n) {
			leave();
		} else if (is_over(began)) {
			r->end = LIMITED;
			break;
		} else {
			take_next(frame);
		}
	}
	r->schedules = r->complete + r->merged + r->pruned;
	if (table_is_full())
		r->end = LIMITED;
	if (machine.failure)
		take_failure(path, depth);
	r->seconds = seconds_now() - began;
}

/* Random schedules. */

static uint64_t random_state;

static uint64_t draw(void)
{
	/* xorshift64*: G. Marsaglia, Xorshift RNGs, 2003 */
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return random_state * UINT64_C(0x2545f4914f6cdd1d);
}

struct priorities {
	int of[THREADS];
	unsigned change_at[16];
	int lowest;
};

static void draw_priorities(struct priorities *priorities, unsigned length)
{
	priorities->lowest = 0;
	for (unsigned t = 0; t < THREADS; t++)
		priorities->of[t] = 1 + (int)(draw() % 1000000);
	for (unsigned i = 0; i < options->changes && i < 16; i++)
		priorities->change_at[i] = 1 + (unsigned)(draw() % length);
}

static bool is_accident(unsigned kind)
{
	return kind == WAKE_FOR_NOTHING || kind == KILL || kind == TICK;
}

/* The enabled thread of the highest priority, with one of its ways: mostly the most usual. */
static struct transition draw_next(const struct priorities *priorities,
                                   const struct transition *list, unsigned n)
{
	unsigned best = 0, ways = 0;

	if (draw() % 16 == 0) { /* what no thread does */
		unsigned i = (unsigned)(draw() % n);

		if (list[i].kind != STEP)
			return list[i];
	}
	for (unsigned i = 1; i < n; i++) {
		if (is_accident(list[best].kind) ||
		    (!is_accident(list[i].kind) &&
		     priorities->of[list[i].thread] > priorities->of[list[best].thread]))
			best = i;
	}
	for (unsigned i = best;
	     i < n && list[i].kind == list[best].kind && list[i].thread == list[best].thread; i++)
		ways++;
	return list[best + (draw() % 3 == 0 ? draw() % ways : 0)];
}

/* A thread that runs into a wait gives way; so does, a few times, one at random. */
static void change_priorities(struct priorities *priorities)
{
	for (unsigned t = 0; t < machine.n_threads; t++)
		if (machine.threads[t].status == PAUSED)
			priorities->of[t] = --priorities->lowest;
	for (unsigned i = 0; i < options->changes && i < 16; i++)
		if (priorities->change_at[i] == machine.step && machine.running >= 0)
			priorities->of[machine.running] = --priorities->lowest;
}

static void run_random(unsigned length)
{
	struct transition list[TRANSITIONS];
	struct priorities priorities;
	unsigned n;

	depth = 0;
	draw_priorities(&priorities, length);
	while ((n = list_transitions(list)) > 0 && !machine.failure && depth < STEPS_MAX) {
		change_priorities(&priorities);
		path[depth] = draw_next(&priorities, list, n);
		result->steps++;
		perform(path[depth++]);
	}
	if (machine.failure || depth == STEPS_MAX)
		return; /* random waiting may take for ever: no failure, and no complete schedule */
	finish();
}

void search_random(const struct explore_program *p, const struct search_options *o,
                   struct search_result *r)
{
	double began = seconds_now();
	unsigned length = 60;
	void *start;

	begin(p, o, r);
	old_reads_max = -1;
	start = larger(NULL, state_size_max());
	state_save(start);
	r->end = LIMITED;
	for (uint64_t i = 0; !machine.failure; i++) {
		if (options->schedules && r->schedules >= options->schedules)
			break;
		if (options->seconds > 0 && (i & 255) == 0 &&
		    seconds_now() - began > options->seconds)
			break;
		state_load(start);
		r->seed = options->seed + i;
		random_state = (r->seed + 1) * UINT64_C(0x9e3779b97f4a7c15);
		run_random(length);
		if (depth > length)
			length = depth;
		r->schedules++;
	}
	if (machine.failure)
		take_failure(path, depth);
	free(start);
	r->seconds = seconds_now() - began;
}

void search_replay(const struct explore_program *p, const struct transition *schedule, unsigned n)
{
	struct transition list[TRANSITIONS];

	tracing = true;
	setup_program(p);
	for (unsigned i = 0; i < n && !machine.failure; i++) {
		list_transitions(list);
		perform(schedule[i]);
	}
	if (!machine.failure && list_transitions(list) == 0) {
		if (everybody_ended())
			judge_end();
		else
			fail("deadlock: nobody can go on, and not everybody has ended");
	}
	for (unsigned t = 0; t < machine.n_threads; t++) {
		static const char *const names[] = { "ready",           "asleep", "paused",
			                             "in a membarrier", "ended",  "killed" };
		const struct thread *thread = &machine.threads[t];

		if (thread->status != DONE)
			printf("#       T%u is %s at %s\n", t, names[thread->status],
			       place(thread->request.site));
	}
	printf("#       %s\n", machine.failure ? machine.failure : "nothing fails");
	tracing = false;
}
