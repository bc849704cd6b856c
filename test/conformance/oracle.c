/* SPDX-License-Identifier: Apache-2.0 */
#include "conformance/oracle.h"

#define STEPS 3 /* claim, move, release */

struct place {
	uint32_t value;
	bool published, freed;
};

struct search {
	const struct operation *history;
	size_t n;
	const struct history_rules *rules;
	unsigned progress[ORACLE_MAX]; /* steps taken, up to STEPS */
	size_t ticket[ORACLE_MAX];
	struct place places[ORACLE_MAX];
	size_t tail, head;
	size_t room, items; /* unclaimed: with claims only */
};

/* Nothing that ended before this operation began is still open. */
static bool may_begin(const struct search *search, size_t which)
{
	for (size_t i = 0; i < search->n; i++)
		if (search->progress[i] != STEPS &&
		    search->history[i].end < search->history[which].begin)
			return false;
	return true;
}

static bool by_claims(const struct search *search)
{
	return search->rules->half_way == HALF_WAY_HOLDS_A_CLAIM;
}

static bool full(const struct search *search, size_t limit)
{
	if (by_claims(search))
		return search->room == 0;
	return search->tail >= limit && !search->places[search->tail - limit].freed;
}

static bool empty(const struct search *search)
{
	if (by_claims(search))
		return search->items == 0;
	return search->head == search->tail || !search->places[search->head].published;
}

/* The answers "empty" and "full" take one step. */
static bool answer(struct search *search, size_t which)
{
	const struct operation *operation = &search->history[which];

	search->progress[which] = STEPS;
	if (operation->kind == OPERATION_FULL)
		return full(search, search->rules->capacity);
	return operation->strict ? search->head == search->tail : empty(search);
}

static bool claim(struct search *search, bool push)
{
	if (push ? full(search, search->rules->admitted) : empty(search))
		return false;
	if (push)
		search->room--;
	else
		search->items--;
	return true;
}

/* Takes the next position. False: the item there is another one. */
static bool move(struct search *search, size_t which, bool push)
{
	uint32_t value = search->history[which].value;

	if (!push && search->places[search->head].value != value)
		return false;
	search->ticket[which] = push ? search->tail++ : search->head++;
	if (push)
		search->places[search->ticket[which]] = (struct place){ value, false, false };
	return true;
}

static void release(struct search *search, size_t which, bool push)
{
	struct place *place = &search->places[search->ticket[which]];

	if (push) {
		place->published = true;
		search->items++;
	} else {
		place->freed = true;
		search->room++;
	}
}

/* The next step of an operation, and with it those that no other comes between: with slots the
 * claim is the move; without half-way all three are one. False: it cannot be taken here. */
static bool step(struct search *search, size_t which)
{
	const struct operation *operation = &search->history[which];
	bool push = operation->kind == OPERATION_PUSH;

	if (search->progress[which] == 0) {
		if (!may_begin(search, which))
			return false;
		if (operation->kind != OPERATION_PUSH && operation->kind != OPERATION_POP)
			return answer(search, which);
		if (!claim(search, push))
			return false;
		search->progress[which]++;
		if (by_claims(search))
			return true;
	}
	if (search->progress[which] == 1) {
		if (!move(search, which, push))
			return false;
		search->progress[which]++;
		if (search->rules->half_way != HALF_WAY_HIDES_NOTHING)
			return true;
	}
	release(search, which, push);
	search->progress[which]++;
	return true;
}

static bool explore(const struct search *search)
{
	bool all_done = true;

	for (size_t i = 0; i < search->n; i++) {
		struct search next = *search;

		if (search->progress[i] == STEPS)
			continue;
		all_done = false;
		if (step(&next, i) && explore(&next))
			return true;
	}
	return all_done;
}

bool oracle_explains(const struct operation *history, size_t n, const struct history_rules *rules)
{
	struct search search = { .history = history, .n = n, .rules = rules };

	search.room = rules->admitted;
	return explore(&search);
}
