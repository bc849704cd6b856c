/* SPDX-License-Identifier: Apache-2.0 */
#include "conformance/linearizable.h"

#include <assert.h>
#include <stdlib.h>

#define NEVER UINT64_MAX

/* A value's stay. Certainly inside: in the open interval (in.end, out.begin). Possibly: from
 * in.begin to out.end. A value that stayed has out at NEVER. */
struct stay {
	struct operation in, out;
};

struct interval {
	uint64_t begin, end;
};

struct check {
	const struct history_rules *rules;
	struct stay *stays; /* by in.begin */
	size_t n;
	/* The same stays by in.end, with the latest out.begin among the first i+1. */
	struct interval *settled;
	uint64_t *settled_until;
	/* The latest in.end, and the latest out.end, among the first i+1 of an order by begin. */
	uint64_t *pushing_until;
	struct interval *pops; /* by begin */
	uint64_t *popping_until;
	size_t n_pops;
	/* Each in order: in.begin, in.end, out.begin, out.end, and of those who were certainly
	 * inside for a while in.end and out.begin again. */
	uint64_t *begins, *ends, *takes, *leaves, *certain_from, *certain_to;
	size_t n_certain;
	struct refused {
		uint64_t *begins, *ends; /* each in order */
		size_t n;
	} pushes_refused, pops_refused;
	struct operation *culprit;
};

/* Arrays of at least one element: a history of nothing is one too. A test without memory is over.
 */
static void *array(size_t n, size_t size)
{
	void *memory = calloc(n + 1, size);

	assert(memory);
	return memory;
}

static int compare(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int by_value_then_kind(const void *a, const void *b)
{
	const struct operation *x = a, *y = b;

	return x->value != y->value ? compare(x->value, y->value) : compare(x->kind, y->kind);
}

static int by_in_begin(const void *a, const void *b)
{
	return compare(((const struct stay *)a)->in.begin, ((const struct stay *)b)->in.begin);
}

static int by_begin(const void *a, const void *b)
{
	return compare(((const struct interval *)a)->begin, ((const struct interval *)b)->begin);
}

static int by_number(const void *a, const void *b)
{
	return compare(*(const uint64_t *)a, *(const uint64_t *)b);
}

/* How many of n numbers in order are smaller than limit. */
static size_t count_below(const uint64_t *numbers, size_t n, uint64_t limit)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (numbers[middle] < limit)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The same for intervals in order of their begin. */
static size_t count_begun_below(const struct interval *intervals, size_t n, uint64_t limit)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (intervals[middle].begin < limit)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Joins each push with the pop of its value: at most one of each. */
static enum finding pair_up(struct check *check, struct operation *moves, size_t n)
{
	static const struct operation stayed = { NEVER, NEVER, 0, OPERATION_POP, false };

	qsort(moves, n, sizeof(*moves), by_value_then_kind);
	for (size_t i = 0; i < n; i++) {
		bool again = i && moves[i - 1].value == moves[i].value;

		*check->culprit = moves[i];
		if (moves[i].kind == OPERATION_PUSH) {
			if (again)
				return FINDING_PUSHED_TWICE;
			check->stays[check->n++] = (struct stay){ moves[i], stayed };
		} else if (!again) {
			return FINDING_NEVER_PUSHED;
		} else if (moves[i - 1].kind == OPERATION_POP) {
			return FINDING_POPPED_TWICE;
		} else {
			check->stays[check->n - 1].out = moves[i];
		}
	}
	qsort(check->stays, check->n, sizeof(*check->stays), by_in_begin);
	return FINDING_NONE;
}

static void sort_numbers(uint64_t *numbers, size_t n)
{
	qsort(numbers, n, sizeof(*numbers), by_number);
}

/* The stamps of all stays, kind by kind. */
static void prepare_stamps(struct check *check)
{
	for (size_t i = 0; i < check->n; i++) {
		const struct stay *stay = &check->stays[i];

		check->begins[i] = stay->in.begin;
		check->ends[i] = stay->in.end;
		check->takes[i] = stay->out.begin;
		check->leaves[i] = stay->out.end;
		if (stay->in.end >= stay->out.begin)
			continue;
		check->certain_from[check->n_certain] = stay->in.end;
		check->certain_to[check->n_certain++] = stay->out.begin;
	}
	sort_numbers(check->begins, check->n);
	sort_numbers(check->ends, check->n);
	sort_numbers(check->takes, check->n);
	sort_numbers(check->leaves, check->n);
	sort_numbers(check->certain_from, check->n_certain);
	sort_numbers(check->certain_to, check->n_certain);
}

static struct refused collect_refused(const struct operation *history, size_t n, uint32_t kind)
{
	struct refused refused = { array(n, sizeof(uint64_t)), array(n, sizeof(uint64_t)), 0 };

	for (size_t i = 0; i < n; i++) {
		if (history[i].kind != kind)
			continue;
		refused.begins[refused.n] = history[i].begin;
		refused.ends[refused.n++] = history[i].end;
	}
	sort_numbers(refused.begins, refused.n);
	sort_numbers(refused.ends, refused.n);
	return refused;
}

static void free_refused(struct refused *refused)
{
	free(refused->begins);
	free(refused->ends);
}

/* The tables that the patterns are looked up in. */
static void prepare(struct check *check)
{
	uint64_t latest = 0;

	prepare_stamps(check);

	for (size_t i = 0; i < check->n; i++) {
		const struct stay *stay = &check->stays[i];

		latest = stay->in.end > latest ? stay->in.end : latest;
		check->pushing_until[i] = latest;
		check->settled[i] = (struct interval){ stay->in.end, stay->out.begin };
		if (stay->out.end != NEVER)
			check->pops[check->n_pops++] =
			        (struct interval){ stay->out.begin, stay->out.end };
	}
	qsort(check->settled, check->n, sizeof(*check->settled), by_begin);
	qsort(check->pops, check->n_pops, sizeof(*check->pops), by_begin);
	latest = 0;
	for (size_t i = 0; i < check->n; i++) {
		latest = check->settled[i].end > latest ? check->settled[i].end : latest;
		check->settled_until[i] = latest;
	}
	latest = 0;
	for (size_t i = 0; i < check->n_pops; i++) {
		latest = check->pops[i].end > latest ? check->pops[i].end : latest;
		check->popping_until[i] = latest;
	}
}

/* The latest begin of a pop among all values whose push ended before `time`; 0: there is none. */
static uint64_t older_stay_until(const struct check *check, uint64_t time)
{
	size_t older = count_begun_below(check->settled, check->n, time);

	return older ? check->settled_until[older - 1] : 0;
}

/* b came out wholly before a did, although a went in wholly before b. */
static enum finding find_disorder(struct check *check)
{
	for (size_t i = 0; i < check->n; i++) {
		const struct stay *stay = &check->stays[i];

		*check->culprit = stay->out;
		if (stay->out.end < stay->in.begin)
			return FINDING_POPPED_BEFORE_PUSHED;
		if (older_stay_until(check, stay->in.begin) > stay->out.end)
			return FINDING_OVERTAKEN;
	}
	return FINDING_NONE;
}

/*
 * Makes of the stays the times at which something was certainly inside: intervals that do not
 * touch. Two that meet in one point leave that point free: pop, "empty" and push may all stand
 * there.
 */
static size_t certain_times(const struct check *check, struct interval *times)
{
	size_t n = 0;

	for (size_t i = 0; i < check->n; i++) {
		const struct interval *next = &check->settled[i];

		if (next->begin >= next->end)
			continue;
		if (n == 0 || next->begin >= times[n - 1].end)
			times[n++] = *next;
		else if (next->end > times[n - 1].end)
			times[n - 1].end = next->end;
	}
	return n;
}

/*
 * Excused by a push that was under way together with the answer, unless a value that had gone in
 * before that push began stayed throughout the time they have in common: it stands in front.
 */
static bool push_under_way(const struct check *check, const struct operation *empty)
{
	for (size_t i = count_below(check->begins, check->n, empty->end + 1); i > 0; i--) {
		const struct operation *push = &check->stays[i - 1].in;
		uint64_t together = push->end < empty->end ? push->end : empty->end;

		if (check->pushing_until[i - 1] < empty->begin)
			return false;
		if (push->end >= empty->begin && older_stay_until(check, push->begin) <= together)
			return true;
	}
	return false;
}

/* How many operations are under way at a time, of those with these begins and ends. */
static size_t under_way(const uint64_t *begins, const uint64_t *ends, size_t n, uint64_t time)
{
	return count_below(begins, n, time + 1) - count_below(ends, n, time);
}

static size_t refused_under_way(const struct refused *refused, uint64_t time)
{
	return under_way(refused->begins, refused->ends, refused->n, time);
}

/* Whether no more are certainly inside at a time than pushes and pops are under way. */
static bool all_claimed(const struct check *check, uint64_t time)
{
	size_t pushing = under_way(check->begins, check->ends, check->n, time);
	size_t popping = under_way(check->takes, check->leaves, check->n, time) +
	                 refused_under_way(&check->pops_refused, time);
	size_t inside = count_below(check->certain_from, check->n_certain, time) -
	                count_below(check->certain_to, check->n_certain, time + 1);

	return inside <= pushing + popping;
}

/* Does it hold at some time of the answer? The counts change in its favour only where an operation
 * begins: at its own begin, or at one of these. */
static bool holds_at_some_begin(const struct check *check, const struct operation *answer,
                                const uint64_t *begins, size_t n,
                                bool (*holds)(const struct check *, uint64_t))
{
	for (size_t i = count_below(begins, n, answer->begin); i < n && begins[i] <= answer->end;
	     i++)
		if (holds(check, begins[i]))
			return true;
	return holds(check, answer->begin);
}

static bool claimed_under_way(const struct check *check, const struct operation *empty)
{
	const struct refused *refused = &check->pops_refused;

	return holds_at_some_begin(check, empty, check->begins, check->n, all_claimed) ||
	       holds_at_some_begin(check, empty, check->takes, check->n, all_claimed) ||
	       holds_at_some_begin(check, empty, refused->begins, refused->n, all_claimed);
}

static bool empty_is_excused(const struct check *check, const struct operation *empty)
{
	if (empty->strict || check->rules->half_way == HALF_WAY_HIDES_NOTHING)
		return false;
	if (check->rules->half_way == HALF_WAY_HOLDS_A_SLOT)
		return push_under_way(check, empty);
	return claimed_under_way(check, empty);
}

static enum finding find_false_empty(struct check *check, const struct operation *history, size_t n)
{
	struct interval *times = array(check->n, sizeof(*times));
	size_t n_times = certain_times(check, times);
	enum finding found = FINDING_NONE;

	for (size_t i = 0; i < n && found == FINDING_NONE; i++) {
		const struct operation *empty = &history[i];
		size_t before;

		if (empty->kind != OPERATION_EMPTY)
			continue;
		before = count_begun_below(times, n_times, empty->begin);
		if (before == 0 || times[before - 1].end <= empty->end)
			continue;
		if (empty_is_excused(check, empty))
			continue;
		*check->culprit = *empty;
		found = FINDING_FALSE_EMPTY;
	}
	free(times);
	return found;
}

/* Whether as many as fit may have been inside at a time. */
static bool may_be_full(const struct check *check, uint64_t time)
{
	return under_way(check->begins, check->leaves, check->n, time) >= check->rules->capacity;
}

/* The same with those who held a claim and gave it back. */
static bool may_be_claimed_full(const struct check *check, uint64_t time)
{
	return under_way(check->begins, check->leaves, check->n, time) +
	               refused_under_way(&check->pushes_refused, time) >=
	       check->rules->capacity;
}

/*
 * Excused by a pop that was under way together with the answer, if with all that may have left
 * behind it, and not before it, the buffer may have been full.
 */
static bool pop_under_way(const struct check *check, const struct operation *full)
{
	for (size_t i = count_begun_below(check->pops, check->n_pops, full->end + 1); i > 0; i--) {
		const struct interval *pop = &check->pops[i - 1];
		uint64_t together = pop->end < full->end ? pop->end : full->end;
		size_t begun, gone;

		if (check->popping_until[i - 1] < full->begin)
			return false;
		if (pop->end < full->begin)
			continue;
		begun = count_below(check->begins, check->n, together + 1);
		gone = count_below(check->leaves, check->n, pop->begin);
		if (begun - gone >= check->rules->capacity)
			return true;
	}
	return false;
}

static bool full_is_excused(const struct check *check, const struct operation *full)
{
	const struct refused *refused = &check->pushes_refused;

	if (check->rules->half_way == HALF_WAY_HIDES_NOTHING)
		return false;
	if (check->rules->half_way == HALF_WAY_HOLDS_A_SLOT)
		return pop_under_way(check, full);
	return holds_at_some_begin(check, full, check->begins, check->n, may_be_claimed_full) ||
	       holds_at_some_begin(check, full, refused->begins, refused->n, may_be_claimed_full);
}

static enum finding find_false_full(struct check *check, const struct operation *history, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct operation *full = &history[i];

		if (full->kind != OPERATION_FULL ||
		    holds_at_some_begin(check, full, check->begins, check->n, may_be_full) ||
		    full_is_excused(check, full))
			continue;
		*check->culprit = *full;
		return FINDING_FALSE_FULL;
	}
	return FINDING_NONE;
}

/* Just behind the end of each push, among the values that were certainly inside for a while. */
static enum finding find_too_many(struct check *check)
{
	for (size_t i = 0; i < check->n_certain; i++) {
		uint64_t time = check->certain_from[i];
		size_t gone = count_below(check->certain_to, check->n_certain, time + 1);

		if (i + 1 <= gone + check->rules->admitted)
			continue;
		*check->culprit = (struct operation){ time, time, 0, OPERATION_PUSH, false };
		return FINDING_TOO_MANY;
	}
	return FINDING_NONE;
}

static enum finding find_any(struct check *check, const struct operation *history, size_t n)
{
	enum finding found;

	prepare(check);
	found = find_disorder(check);
	if (found == FINDING_NONE)
		found = find_false_empty(check, history, n);
	if (found == FINDING_NONE)
		found = find_false_full(check, history, n);
	if (found == FINDING_NONE)
		found = find_too_many(check);
	return found;
}

static size_t copy_moves(struct operation *moves, const struct operation *history, size_t n)
{
	size_t n_moves = 0;

	for (size_t i = 0; i < n; i++)
		if (history[i].kind == OPERATION_PUSH || history[i].kind == OPERATION_POP)
			moves[n_moves++] = history[i];
	return n_moves;
}

enum finding linearizable(const struct operation *history, size_t n,
                          const struct history_rules *rules, struct operation *culprit)
{
	struct operation *moves = array(n, sizeof(*moves));
	size_t n_moves = copy_moves(moves, history, n);
	struct check check = {
		.rules = rules,
		.culprit = culprit,
		.stays = array(n_moves, sizeof(struct stay)),
		.settled = array(n_moves, sizeof(struct interval)),
		.settled_until = array(n_moves, sizeof(uint64_t)),
		.pushing_until = array(n_moves, sizeof(uint64_t)),
		.pops = array(n_moves, sizeof(struct interval)),
		.popping_until = array(n_moves, sizeof(uint64_t)),
		.begins = array(n_moves, sizeof(uint64_t)),
		.ends = array(n_moves, sizeof(uint64_t)),
		.takes = array(n_moves, sizeof(uint64_t)),
		.leaves = array(n_moves, sizeof(uint64_t)),
		.certain_from = array(n_moves, sizeof(uint64_t)),
		.certain_to = array(n_moves, sizeof(uint64_t)),
		.pushes_refused = collect_refused(history, n, OPERATION_REFUSED_PUSH),
		.pops_refused = collect_refused(history, n, OPERATION_REFUSED_POP),
	};
	enum finding found = pair_up(&check, moves, n_moves);

	if (found == FINDING_NONE)
		found = find_any(&check, history, n);
	free_refused(&check.pops_refused);
	free_refused(&check.pushes_refused);
	free(check.certain_to);
	free(check.certain_from);
	free(check.leaves);
	free(check.takes);
	free(check.ends);
	free(check.begins);
	free(check.popping_until);
	free(check.pops);
	free(check.pushing_until);
	free(check.settled_until);
	free(check.settled);
	free(check.stays);
	free(moves);
	return found;
}

const char *finding_name(enum finding finding)
{
	static const char *const names[] = {
		[FINDING_NONE] = "linearizable",
		[FINDING_PUSHED_TWICE] = "a value was pushed twice",
		[FINDING_NEVER_PUSHED] = "a value was popped that was never pushed",
		[FINDING_POPPED_TWICE] = "a value was popped twice",
		[FINDING_POPPED_BEFORE_PUSHED] = "a value was popped before it was pushed",
		[FINDING_OVERTAKEN] = "a value overtook an older one",
		[FINDING_FALSE_EMPTY] = "a pop was told empty while a value was inside",
		[FINDING_FALSE_FULL] = "a push was told full while there was room",
		[FINDING_TOO_MANY] = "more values were inside than may be",
	};

	return names[finding];
}
