/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of <leat/ring.h> that make a ring, end it, and look at it; push and pop: transfer.c. */
#include "ring/form.h"

#include "base/options.h"
#include "wait/event.h"

#include <leat/ring_inline.h>

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

_Static_assert(sizeof(((struct leat_ring *)0)->producers) == 4 &&
                       offsetof(struct leat_ring, not_empty) == LEAT_RING_ALIGN,
               "what is written at birth stands on the first two lines");
_Static_assert(sizeof(leat_ring_options) == 56, "the options of release 0.1");

#define ALL_FLAGS                                                                                  \
	(LEAT_RING_SINGLE_PRODUCER | LEAT_RING_SINGLE_CONSUMER | LEAT_RING_EXACT |                 \
	 LEAT_RING_PRIORITY_INHERIT)

static int check(leat_ring_options *to, const leat_ring_options *from)
{
	int result = leat__options_copy(to, sizeof(*to), sizeof(*to), from);

	if (result)
		return result;
	if ((to->flags & ~(uint32_t)ALL_FLAGS) || to->sync > LEAT_SYNC_SEMAPHORE)
		return -EINVAL;
	if ((to->flags & LEAT_RING_PRIORITY_INHERIT) && to->sync != LEAT_SYNC_MUTEX)
		return -EINVAL;
	if (to->capacity == 0 || to->item_size == 0 || to->producers > INT_MAX)
		return -EINVAL;
	return 0;
}

static enum leat__form form_of(const leat_ring_options *options)
{
	if (options->sync == LEAT_SYNC_MUTEX)
		return LEAT__LOCKED;
	if (options->sync == LEAT_SYNC_SEMAPHORE)
		return LEAT__SEMAPHORES;
	return leat__is_spsc(options->flags) ? LEAT__SPSC : LEAT__MPMC;
}

size_t leat__bytes(size_t head, uint64_t n, size_t slot)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, slot, &bytes) ||
	    __builtin_add_overflow(bytes, head, &bytes) || bytes > PTRDIFF_MAX - LEAT_RING_ALIGN)
		return 0;
	return (bytes + LEAT_RING_ALIGN - 1) & ~(size_t)(LEAT_RING_ALIGN - 1);
}

static size_t footprint(const leat_ring_options *checked)
{
	switch (form_of(checked)) {
	case LEAT__SPSC:
		return leat__spsc_footprint(checked);
	case LEAT__MPMC:
		return leat__mpmc_footprint(checked);
	case LEAT__LOCKED:
		return leat__locked_footprint(checked);
	case LEAT__SEMAPHORES:
		return leat__semaphore_footprint(checked);
	}
	return 0;
}

static int init_form(leat_ring *ring, const leat_ring_options *checked)
{
	switch ((enum leat__form)ring->form) {
	case LEAT__SPSC:
		return leat__spsc_init(ring, checked);
	case LEAT__MPMC:
		return leat__mpmc_init(ring, checked);
	case LEAT__LOCKED:
		return leat__locked_init(ring, checked);
	case LEAT__SEMAPHORES:
		return leat__semaphore_ring_init(ring, checked);
	}
	return -EINVAL;
}

static int init(leat_ring *ring, const leat_ring_options *checked)
{
	*ring = (struct leat_ring){
		.form = (uint8_t)form_of(checked),
		.item_size = checked->item_size,
		.capacity = checked->capacity,
		.drop = checked->drop,
		.drop_arg = checked->drop_arg,
		.name = checked->name,
		.producers = checked->producers,
	};
	if (checked->sync == LEAT_SYNC_LOCK_FREE)
		ring->fences = leat__barrier_needs_fences();
	leat__event_init(&ring->not_empty);
	leat__event_init(&ring->not_full);
	return init_form(ring, checked);
}

size_t leat_ring_footprint(const leat_ring_options *options)
{
	leat_ring_options checked;

	return check(&checked, options) == 0 ? footprint(&checked) : 0;
}

int leat_ring_init(void *memory, size_t memory_size, const leat_ring_options *options,
                   leat_ring **ring)
{
	leat_ring_options checked;
	int result = check(&checked, options);
	size_t needed = result == 0 ? footprint(&checked) : 0;

	if (result)
		return result;
	if (!ring || !memory || (uintptr_t)memory % LEAT_RING_ALIGN || !needed ||
	    memory_size < needed)
		return -EINVAL;
	result = init(memory, &checked);
	if (result == 0)
		*ring = memory;
	return result;
}

int leat_ring_new(leat_ring **ring, const leat_ring_options *options)
{
	leat_ring_options checked;
	leat_ring *made;
	int result = check(&checked, options);
	size_t needed = result == 0 ? footprint(&checked) : 0;

	if (result)
		return result;
	if (!ring || !needed)
		return -EINVAL;
	made = aligned_alloc(LEAT_RING_ALIGN, needed);
	if (!made)
		return -ENOMEM;
	result = init(made, &checked);
	if (result) {
		free(made);
		return result;
	}
	*ring = made;
	return 0;
}

int leat__ring_new_typed(leat_ring **ring, const leat_ring_options *options, uint32_t layout)
{
	if (layout != LEAT__RING_LAYOUT)
		return -EPROTONOSUPPORT;
	return leat_ring_new(ring, options);
}

void leat_ring_fini(leat_ring *ring)
{
	if (!ring)
		return;
	switch ((enum leat__form)ring->form) {
	case LEAT__SPSC:
		leat__spsc_fini(ring);
		return;
	case LEAT__MPMC:
		leat__mpmc_fini(ring);
		return;
	case LEAT__LOCKED:
		leat__locked_fini(ring);
		return;
	case LEAT__SEMAPHORES:
		leat__semaphore_ring_fini(ring);
		return;
	}
}

void leat_ring_free(leat_ring *ring)
{
	leat_ring_fini(ring);
	free(ring);
}

void leat__drop(leat_ring *ring, char *at, uint64_t n)
{
	if (!ring->drop)
		return;
	for (; n; n--) {
		ring->drop(at, ring->drop_arg);
		at += ring->stride;
		if (at == ring->items_end)
			at = ring->items;
	}
}

char *leat__copy_in(leat_ring *ring, char *at, const char *from, size_t bytes)
{
	size_t straight = (size_t)(ring->items_end - at);

	if (bytes < straight) {
		LEAT__COPY(at, from, bytes);
		return at + bytes;
	}
	LEAT__COPY(at, from, straight);
	LEAT__COPY(ring->items, from + straight, bytes - straight);
	return ring->items + (bytes - straight);
}

char *leat__copy_out(leat_ring *ring, char *at, char *to, size_t bytes)
{
	size_t straight = (size_t)(ring->items_end - at);

	if (bytes < straight) {
		LEAT__COPY(to, at, bytes);
		return at + bytes;
	}
	LEAT__COPY(to, at, straight);
	LEAT__COPY(to + straight, ring->items, bytes - straight);
	return ring->items + (bytes - straight);
}

/* The end. */

static void end_lock_free(leat_ring *ring, uint32_t mark)
{
	/* R1, release, pairs with R2: what came before the end. It stands before the marks that
	 * calls look at, so that who finds one of those knows why. */
	leat__fetch_or(&ring->ended, mark, release);
	if (ring->form == LEAT__SPSC)
		leat__spsc_end(ring);
	else
		leat__mpmc_end(ring);
}

static void end(leat_ring *ring, uint32_t mark)
{
	switch ((enum leat__form)ring->form) {
	case LEAT__SPSC:
	case LEAT__MPMC:
		end_lock_free(ring, mark);
		return;
	case LEAT__LOCKED:
		leat__locked_end(ring, mark);
		return;
	case LEAT__SEMAPHORES:
		leat__semaphore_end(ring, mark);
		return;
	}
}

void leat_ring_close(leat_ring *ring)
{
	end(ring, LEAT__CLOSED);
}

void leat_ring_cancel(leat_ring *ring)
{
	end(ring, LEAT__CLOSED | LEAT__CANCELLED);
}

/* `producers` of a lock-free ring: how many have joined; or this mark: the last has left. */
#define PRODUCERS_OVER ((uint32_t)1 << 31)

static int join(leat_ring *ring)
{
	uint32_t joined;

	do {
		/* R4, acquire, pairs with R3: what the producers did before the last of them left */
		joined = leat__load(&ring->producers, acquire);
		/* relaxed: an end that came before this call is seen in any case */
		if ((joined & PRODUCERS_OVER) || leat__load(&ring->ended, relaxed))
			return leat__end_error(ring);
		if (joined + 1 == PRODUCERS_OVER)
			return -EOVERFLOW;
		/* relaxed: the count alone matters */
	} while (!leat__compare_exchange_weak(&ring->producers, &joined, joined + 1, relaxed));
	return 0;
}

static void leave(leat_ring *ring)
{
	uint32_t joined = leat__load(&ring->producers, relaxed); /* the exchange checks it */
	uint32_t left;

	do {
		if ((joined & ~PRODUCERS_OVER) == 0)
			return;
		left = joined == 1 ? PRODUCERS_OVER : joined - 1;
		/* R3, release, and acquire for the last one: it closes for all, so what each did
		 * before it left comes before the end */
	} while (!leat__compare_exchange_weak(&ring->producers, &joined, left, acq_rel));
	if (left == PRODUCERS_OVER)
		leat_ring_close(ring);
}

int leat_ring_producer_join(leat_ring *ring)
{
	if (ring->form == LEAT__LOCKED)
		return leat__locked_join(ring);
	if (ring->form == LEAT__SEMAPHORES)
		return leat__semaphore_join(ring);
	return join(ring);
}

void leat_ring_producer_leave(leat_ring *ring)
{
	if (ring->form == LEAT__LOCKED)
		leat__locked_leave(ring);
	else if (ring->form == LEAT__SEMAPHORES)
		leat__semaphore_leave(ring);
	else
		leave(ring);
}

/* What can be seen from outside. */

static void tally(const leat_ring *ring, struct leat__tally *tally)
{
	switch ((enum leat__form)ring->form) {
	case LEAT__SPSC:
		leat__spsc_tally(ring, tally);
		return;
	case LEAT__MPMC:
		leat__mpmc_tally(ring, tally);
		return;
	case LEAT__LOCKED:
		leat__locked_tally(ring, tally);
		return;
	case LEAT__SEMAPHORES:
		leat__semaphore_tally(ring, tally);
		return;
	}
}

static size_t inside(const struct leat__tally *tally)
{
	return (size_t)(tally->pushed - tally->popped);
}

size_t leat_ring_count(const leat_ring *ring)
{
	struct leat__tally now;

	tally(ring, &now);
	return inside(&now);
}

size_t leat_ring_capacity(const leat_ring *ring)
{
	return ring->capacity;
}

int leat_ring_stats(const leat_ring *ring, leat_ring_stats_t *stats)
{
	struct leat__tally now;
	leat_ring_stats_t full = { 0 };

	tally(ring, &now);
	full.pushed = now.pushed;
	full.popped = now.popped;
	full.producer_sleeps = now.producer_sleeps;
	full.consumer_sleeps = now.consumer_sleeps;
	full.count = inside(&now);
	full.capacity = ring->capacity;
	return leat__stats_copy(stats, &full, sizeof(full));
}
