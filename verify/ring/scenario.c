/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario.h"

#include "base/barrier.h"

#include <errno.h>

#define PRODUCERS_MAX 3
#define CONSUMERS_MAX 3
#define ITEMS_MAX     8
#define ENDERS_MAX    2

/* Items are of one byte in what is remembered: producer << 4 | number from 1. */
struct memory {
	leat_ring *ring;
	int8_t pushed[PRODUCERS_MAX][ITEMS_MAX]; /* what each push answered; 1: not tried */
	uint8_t popped[CONSUMERS_MAX][ITEMS_MAX];
	uint8_t n_popped[CONSUMERS_MAX];
	int8_t last_answer[CONSUMERS_MAX]; /* of the pop that was a consumer's last */
	/* Plain data, written before the end and read by whoever is told of it: a race unless the
	 * ring orders the two. */
	uint64_t parting[PRODUCERS_MAX]; /* by each producer before it leaves */
	uint64_t reason[ENDERS_MAX];     /* by who closes or cancels */
};

char scenario_memory[SCENARIO_MEMORY] __attribute__((aligned(64)));
_Static_assert(sizeof(struct memory) <= SCENARIO_MEMORY, "room for the memory of a scenario");

static struct memory *memory(void)
{
	return (struct memory *)(void *)scenario_memory;
}

static const struct scenario *scenario(void)
{
	return explore_argument();
}

static uint64_t item_of(unsigned producer, unsigned number)
{
	return producer << 4 | (number + 1);
}

/* Moves so many items through the new ring. */
static void grow_old(uint64_t age)
{
	uint64_t item = 0;

	for (uint64_t i = 0; i < age; i++) {
		leat_ring_push(memory()->ring, &item, LEAT_NOW);
		leat_ring_pop(memory()->ring, &item, LEAT_NOW);
	}
}

void scenario_init(void)
{
	const struct scenario *s = scenario();
	leat_ring_options options = LEAT_RING_OPTIONS_INIT;

	leat__barrier_use_fences(s->fences);
	options.flags = s->flags;
	options.sync = s->sync;
	options.capacity = s->capacity;
	options.item_size = sizeof(uint64_t);
	options.producers = s->ender == LAST_LEAVES ? s->producers : 0;
	explore_check(leat_ring_new(&memory()->ring, &options) == 0);
	grow_old(s->age);
	for (unsigned p = 0; p < PRODUCERS_MAX; p++)
		for (unsigned i = 0; i < ITEMS_MAX; i++)
			memory()->pushed[p][i] = 1;
}

/* Answers for one item each, from the one call of a batch. */
static int push_batch(const struct scenario *s, unsigned p, unsigned first, unsigned n)
{
	uint64_t items[ITEMS_MAX];
	ssize_t went;

	for (unsigned i = 0; i < n; i++)
		items[i] = item_of(p, first + i);
	went = leat_ring_push_n(memory()->ring, items, n, s->push_until);
	explore_check(went != 0 && went <= (ssize_t)n);
	for (unsigned i = 0; i < n; i++)
		memory()->pushed[p][first + i] = (int8_t)(went < 0            ? went
		                                          : (ssize_t)i < went ? 0
		                                                              : 1);
	return went < 0 ? (int)went : went == (ssize_t)n ? 0 : -EINTR;
}

static int push_one(const struct scenario *s, unsigned p, unsigned i)
{
	uint64_t item = item_of(p, i);
	int answer = leat_ring_push(memory()->ring, &item, s->push_until);

	memory()->pushed[p][i] = (int8_t)answer;
	return answer;
}

static bool is_end(int answer)
{
	return answer == -EPIPE || answer == -ECANCELED;
}

/* Somebody is told that the ring has ended: it is true, and what came before the end is seen. */
static void told(const struct scenario *s, int answer)
{
	bool cancelled = answer == -ECANCELED;

	if (s->ender == LAST_LEAVES)
		for (unsigned p = 0; p < s->producers; p++)
			explore_check(explore_read(&memory()->parting[p]) == 1);
	if (s->ender == CANCELLER || s->ender == CLOSER || s->ender == EITHER)
		explore_check(explore_read(&memory()->reason[cancelled && s->ender == EITHER]) ==
		              1);
	explore_check(cancelled ? s->ender == CANCELLER || s->ender == EITHER
	                        : s->ender != CANCELLER);
}

/* The answers that may follow when somebody was told of the end: the same, or a cancel after a
 * close. */
static void told_again(const struct scenario *s, int before, int answer)
{
	explore_check(answer == before ||
	              (s->ender == EITHER && before == -EPIPE && answer == -ECANCELED));
	told(s, answer);
}

/* Whoever was told asks in the ways that it has not been told in. */
static void insist(const struct scenario *s, int before, bool popped)
{
	uint64_t item = 0;

	if (!s->insists)
		return;
	told_again(s, before, leat_ring_producer_join(memory()->ring));
	if (popped && !(s->flags & LEAT_RING_SINGLE_PRODUCER))
		told_again(s, before, leat_ring_push(memory()->ring, &item, LEAT_NOW));
	if (!popped && before == -ECANCELED && !(s->flags & LEAT_RING_SINGLE_CONSUMER))
		told_again(s, before, leat_ring_pop(memory()->ring, &item, LEAT_NOW));
}

static void produce(const struct scenario *s, unsigned p)
{
	unsigned step = s->batch && !s->pushes_one ? s->batch : 1;
	int ended = 0;

	for (unsigned i = 0; i < s->items; i += step) {
		int answer =
		        step > 1 ? push_batch(s, p, i, s->items - i < step ? s->items - i : step)
		                 : push_one(s, p, i);

		/* who was refused once is refused always */
		if (ended)
			told_again(s, ended, answer);
		else if (is_end(answer))
			told(s, answer);
		if (is_end(answer)) {
			insist(s, answer, false);
			ended = answer;
		}
		explore_check(answer == 0 || is_end(answer) || answer == -EINTR ||
		              answer == (s->push_until == LEAT_NOW ? -EAGAIN : -ETIMEDOUT));
	}
	if (s->ender == LAST_LEAVES) {
		explore_write(&memory()->parting[p], 1);
		leat_ring_producer_leave(memory()->ring);
	}
}

static void took(unsigned c, const uint64_t *items, ssize_t n)
{
	struct memory *m = memory();

	for (ssize_t i = 0; i < n; i++) {
		explore_check(m->n_popped[c] < ITEMS_MAX);
		m->popped[c][m->n_popped[c]++] = (uint8_t)items[i];
	}
}

static void consume(const struct scenario *s, unsigned c)
{
	uint64_t items[ITEMS_MAX];
	unsigned batch = s->pops_one ? 0 : s->batch;
	unsigned taken = 0;
	ssize_t n = 0;

	while (taken < s->takes) {
		n = batch ? leat_ring_pop_n(memory()->ring, items, batch, s->pop_until)
		          : leat_ring_pop(memory()->ring, items, s->pop_until);
		if (n < 0)
			break;
		explore_check(batch ? n > 0 : n == 0);
		n = batch ? n : 1;
		took(c, items, n);
		taken += (unsigned)n;
	}
	memory()->last_answer[c] = (int8_t)(n < 0 ? n : 0);
	explore_check(n >= 0 || is_end((int)n) ||
	              n == (s->pop_until == LEAT_NOW ? -EAGAIN : -ETIMEDOUT));
	if (n < 0 && is_end((int)n)) {
		uint64_t item;

		told(s, (int)n);
		told_again(s, (int)n, leat_ring_pop(memory()->ring, &item, LEAT_NOW));
		insist(s, (int)n, true);
	}
}

static unsigned enders(const struct scenario *s)
{
	switch (s->ender) {
	case NOBODY:
	case LAST_LEAVES:
		return 0;
	case CLOSER:
	case CANCELLER:
		return 1;
	case TWO_CLOSERS:
	case EITHER:
		return 2;
	}
	return 0;
}

static void put_an_end(const struct scenario *s, unsigned e)
{
	explore_write(&memory()->reason[e], 1);
	if (s->ender == CANCELLER || (s->ender == EITHER && e == 1))
		leat_ring_cancel(memory()->ring);
	else
		leat_ring_close(memory()->ring);
}

static void join(const struct scenario *s)
{
	int answer = leat_ring_producer_join(memory()->ring);

	if (answer)
		told(s, answer);
}

static void tally(const struct scenario *s)
{
	size_t count = leat_ring_count(memory()->ring);

	explore_check(count <= s->capacity && count <= s->producers * s->items);
}

void scenario_run(unsigned thread)
{
	const struct scenario *s = scenario();

	if (thread < s->producers)
		produce(s, thread);
	else if ((thread -= s->producers) < s->consumers)
		consume(s, thread);
	else if ((thread -= s->consumers) < enders(s))
		put_an_end(s, thread);
	else if (s->joiner)
		join(s);
	else
		tally(s);
}

/* The end. */

/* How often an item was popped. */
static unsigned times_popped(uint8_t item)
{
	unsigned times = 0;

	for (unsigned c = 0; c < scenario()->consumers; c++)
		for (unsigned i = 0; i < memory()->n_popped[c]; i++)
			times += memory()->popped[c][i] == item;
	return times;
}

/* Each consumer gets the items of a producer in the order in which they were pushed. */
static void check_order(void)
{
	for (unsigned c = 0; c < scenario()->consumers; c++)
		for (unsigned i = 0; i < memory()->n_popped[c]; i++)
			for (unsigned j = i + 1; j < memory()->n_popped[c]; j++)
				explore_check(memory()->popped[c][i] >> 4 !=
				                      memory()->popped[c][j] >> 4 ||
				              memory()->popped[c][i] < memory()->popped[c][j]);
}

static bool somebody_drained(void)
{
	for (unsigned c = 0; c < scenario()->consumers; c++)
		if (memory()->last_answer[c] == -EPIPE)
			return true;
	return false;
}

/* What was pushed with success and not popped is still inside, in order; returns how many. */
static unsigned check_inside(void)
{
	unsigned inside = 0;

	for (unsigned p = 0; p < scenario()->producers; p++)
		for (unsigned i = 0; i < scenario()->items; i++) {
			unsigned times = times_popped((uint8_t)item_of(p, i));
			int answer = memory()->pushed[p][i];

			explore_check(times <= (answer == 0));
			inside += answer == 0 && times == 0;
		}
	return inside;
}

/* Who was told that there is no room: at some time so many were inside. */
static void check_full(void)
{
	unsigned went = 0, told = 0;

	for (unsigned p = 0; p < scenario()->producers; p++)
		for (unsigned i = 0; i < scenario()->items; i++) {
			int answer = memory()->pushed[p][i];

			went += answer == 0;
			told += answer == -EAGAIN || answer == -ETIMEDOUT;
		}
	explore_check(told == 0 || went >= scenario()->capacity);
}

void scenario_end(void)
{
	unsigned inside = check_inside();

	check_order();
	check_full();
	explore_check(leat_ring_count(memory()->ring) == inside);
	explore_check(inside <= scenario()->capacity);
	if (somebody_drained())
		explore_check(inside == 0);
	leat_ring_free(memory()->ring);
}
