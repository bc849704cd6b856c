/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any number of producers to any number of consumers. The layout, the single push and the single
 * pop are in <leat/ring_inline.h>; here are birth, batches and the end.
 *
 * Slots are a power of two, at least two of them (with one, "filled" and "free again" would be the
 * same sequence). If that is more than may be inside, `strict` makes pushes count.
 *
 * The end is a mark in the very words on which claims are made, so it is ordered with them: a push
 * is either claimed before the tail is marked, and then a pop finds it even if it is still under
 * way, or it is refused.
 */
#include "ring/form.h"

#include "wait/event.h"

#include <leat/ring_inline.h>

#define MORE_FROM 64 /* a ring from this capacity may admit an eighth more */

static uint64_t slots_of(const leat_ring_options *options)
{
	uint64_t slots = 2;

	while (slots < options->capacity)
		slots *= 2;
	return slots;
}

size_t leat__mpmc_footprint(const leat_ring_options *options)
{
	if (options->capacity > UINT64_MAX / 8 || options->item_size > PTRDIFF_MAX - 16)
		return 0;
	return leat__bytes(sizeof(struct leat__mpmc), slots_of(options),
	                   leat__mpmc_stride(options->item_size));
}

static uint64_t most_inside(const leat_ring_options *options)
{
	if ((options->flags & LEAT_RING_EXACT) || options->capacity < MORE_FROM)
		return options->capacity;
	return options->capacity + options->capacity / 8;
}

int leat__mpmc_init(leat_ring *ring, const leat_ring_options *options)
{
	struct leat__mpmc *q = (struct leat__mpmc *)ring;
	uint64_t slots = slots_of(options);

	ring->mask = slots - 1;
	ring->strict = slots > most_inside(options);
	ring->stride = leat__mpmc_stride(options->item_size);
	ring->items = (char *)(q + 1);
	ring->items_end = ring->items + slots * ring->stride;
	q->tail = q->head = 0;
	for (uint64_t position = 0; position < LEAT__STEP * slots; position += LEAT__STEP)
		leat__mpmc_slot(q, position, ring->stride)->sequence = position;
	return 0;
}

/* relaxed: a number; or nobody is inside any more */
static uint64_t position_of(const uint64_t *word)
{
	return leat__load(word, relaxed) & ~LEAT__END_MARK;
}

void leat__mpmc_fini(leat_ring *ring)
{
	struct leat__mpmc *q = (struct leat__mpmc *)ring;
	uint64_t head = position_of(&q->head);
	void *first = leat__slot_item(leat__mpmc_slot(q, head, ring->stride));
	uint64_t n = (position_of(&q->tail) - head) / LEAT__STEP;

	ring->items += sizeof(struct leat__slot); /* from item to item */
	ring->items_end += sizeof(struct leat__slot);
	leat__drop(ring, first, n);
}

void leat__mpmc_tally(const leat_ring *ring, struct leat__tally *tally)
{
	const struct leat__mpmc *q = (const struct leat__mpmc *)ring;

	uint64_t most = ring->strict ? ring->capacity : ring->mask + 1;

	/* The two may be of different times, but not of an impossible one. M8, acquire: head first,
	 * so that tail is not older than it wherever claims are seen in one order by all threads.
	 * C11 does not promise that of claims that are relaxed. */
	tally->popped = (leat__load(&q->head, acquire) & ~LEAT__END_MARK) / LEAT__STEP;
	tally->pushed = position_of(&q->tail) / LEAT__STEP;
	if (tally->pushed < tally->popped)
		tally->pushed = tally->popped;
	if (tally->pushed - tally->popped > most)
		tally->popped = tally->pushed - most;
	tally->producer_sleeps = leat__hint(&ring->not_full.sleeps);
	tally->consumer_sleeps = leat__hint(&ring->not_empty.sleeps);
}

/* How many slots in a row, up to n, stand at the turn that is `turn` for the first of them. */
static size_t run_of(const struct leat__mpmc *q, uint64_t position, uint64_t turn, size_t n)
{
	size_t run = 0;

	/* M2 or M4, as in the single push and pop, each for its slot */
	while (run < n && leat__load(&leat__mpmc_slot(q, position, q->ring.stride)->sequence,
	                             acquire) == turn) {
		run++;
		position += LEAT__STEP;
		turn += LEAT__STEP;
	}
	return run;
}

/* Whether the first slot is behind its turn, rather than ahead because `position` is old. */
static bool is_behind(const struct leat__mpmc *q, uint64_t position, uint64_t turn)
{
	/* relaxed: it only tells what to do next, and nothing is read from the slot */
	uint64_t sequence =
	        leat__load(&leat__mpmc_slot(q, position, q->ring.stride)->sequence, relaxed);

	return (int64_t)(sequence - turn) < 0;
}

static size_t room_for(const struct leat__mpmc *q, uint64_t tail, size_t n)
{
	uint64_t most = q->ring.strict ? q->ring.capacity : q->ring.mask + 1;
	/* an old tail may lie behind head; the claim below fails then */
	int64_t inside = (int64_t)(tail - position_of(&q->head)) / (int64_t)LEAT__STEP;
	uint64_t room;

	if (inside < 0)
		inside = 0;
	if (!q->ring.strict)
		return n < most ? n : most;
	room = (uint64_t)inside < most ? most - (uint64_t)inside : 0;
	return n < room ? n : room;
}

ssize_t leat__mpmc_push_n(leat_ring *ring, const char *items, size_t n)
{
	struct leat__mpmc *q = (struct leat__mpmc *)ring;
	uint64_t tail = leat__load(&q->tail, relaxed); /* as in the single push */
	size_t run;

	for (;;) {
		run = run_of(q, tail, tail, room_for(q, tail, n));
		if (run == 0) {
			if (is_behind(q, tail, tail) || leat__mpmc_no_room(q, tail))
				return leat__mpmc_refusal(q);
			tail = leat__load(&q->tail, relaxed);
		} else if (leat__compare_exchange_weak(&q->tail, &tail, tail + run * LEAT__STEP,
		                                       relaxed)) {
			break;
		}
	}
	for (size_t i = 0; i < run; i++, tail += LEAT__STEP) {
		struct leat__slot *slot = leat__mpmc_slot(q, tail, ring->stride);

		LEAT__COPY(leat__slot_item(slot), items + i * ring->item_size, ring->item_size);
		leat__store(&slot->sequence, tail + LEAT__STEP, release); /* M1 */
	}
	leat__fence_light(ring->fences);
	if (leat__load(&ring->not_empty.state, relaxed) & LEAT__EVENT_ASLEEP_MASK) /* S5 */
		leat__event_signal(&ring->not_empty);
	return (ssize_t)run;
}

ssize_t leat__mpmc_pop_n(leat_ring *ring, char *items, size_t n)
{
	struct leat__mpmc *q = (struct leat__mpmc *)ring;
	uint64_t head = leat__load(&q->head, relaxed); /* as in the single pop */
	size_t run;

	for (;;) {
		run = run_of(q, head, head + LEAT__STEP, n);
		if (run == 0) {
			if (is_behind(q, head, head + LEAT__STEP))
				return leat__mpmc_nothing(q, head);
			head = leat__load(&q->head, relaxed);
		} else if (leat__compare_exchange_weak(&q->head, &head, head + run * LEAT__STEP,
		                                       relaxed)) {
			break;
		}
	}
	for (size_t i = 0; i < run; i++, head += LEAT__STEP) {
		struct leat__slot *slot = leat__mpmc_slot(q, head, ring->stride);

		LEAT__COPY(items + i * ring->item_size, leat__slot_item(slot), ring->item_size);
		leat__store(&slot->sequence, head + LEAT__STEP * (ring->mask + 1),
		            release); /* M3 */
	}
	leat__fence_light(ring->fences);
	if (leat__load(&ring->not_full.state, relaxed) & LEAT__EVENT_ASLEEP_MASK) /* S5 */
		leat__event_signal(&ring->not_full);
	return (ssize_t)run;
}

void leat__mpmc_seal(leat_ring *ring)
{
	struct leat__mpmc *q = (struct leat__mpmc *)ring;

	/* R2: who marks head on behalf of another passes on what came before its cancel */
	if (leat__load(&ring->ended, acquire) & LEAT__CANCELLED)
		/* M7, release, pairs with M6: what came before the cancel */
		leat__fetch_or(&q->head, LEAT__END_MARK, release);
}

void leat__mpmc_end(leat_ring *ring)
{
	struct leat__mpmc *q = (struct leat__mpmc *)ring;

	/* M9, release, pairs with M5: `ended`, which says why. The marks come after it, tail before
	 * head; a push that finds the first sees to the second. So who is told that the ring has
	 * ended is told so by every later call. */
	leat__fetch_or(&q->tail, LEAT__END_MARK, release);
	leat__mpmc_seal(ring);
	leat__event_end(&ring->not_empty, 0);
	leat__event_end(&ring->not_full, 0);
}
