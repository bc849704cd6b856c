/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of <leat/ring.h>: options, the choice of the form, and the waiting of the lock-free
 * forms. */
#include "ring/form.h"

#include "base/options.h"
#include "wait/wait.h"

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
	made->owned = true;
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
	if (!ring)
		return;
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

/* What the inline fast paths call. */

int leat__ring_pushed(leat_ring *ring)
{
	if (ring->form == LEAT__SPSC)
		return leat__spsc_pushed(ring);
	leat__event_signal(&ring->not_empty);
	return 0;
}

void leat__ring_popped(leat_ring *ring)
{
	leat__event_signal(&ring->not_full);
}

/* Waiting. The lock-free forms share it: a try, and a step of the wait when it would have to wait.
 */

static ssize_t push_some(leat_ring *ring, const char *items, size_t n)
{
	return ring->form == LEAT__SPSC ? leat__spsc_push_n(ring, items, n)
	                                : leat__mpmc_push_n(ring, items, n);
}

static ssize_t pop_some(leat_ring *ring, char *items, size_t n)
{
	return ring->form == LEAT__SPSC ? leat__spsc_pop_n(ring, items, n)
	                                : leat__mpmc_pop_n(ring, items, n);
}

/* The signal that woke this thread may have been for two: whoever has been waiting wakes the next
 * as long as there is something for it, and it does the same. */
static void pass_on_room(leat_ring *ring)
{
	if (leat_ring_count(ring) < ring->capacity)
		leat__event_signal(&ring->not_full);
}

/* Of a ring that was closed over a push that was still under way, even the end has to be passed on:
 * consumers that waited for that push sleep again after close has woken them. */
static void pass_on_item(leat_ring *ring)
{
	if (leat_ring_count(ring) > 0 || leat__load(&ring->ended, acquire))
		leat__event_signal(&ring->not_empty);
}

static ssize_t push_waiting(leat_ring *ring, const char *items, size_t n, leat_deadline until)
{
	struct leat__wait wait;
	size_t done = 0;
	ssize_t result;

	leat__wait_begin(&wait, &ring->not_full, until, ring->fences);
	for (;;) {
		result = push_some(ring, items + done * ring->item_size, n - done);
		if (result > 0) {
			done += (size_t)result;
			if (done == n)
				break;
			leat__wait_again(&wait);
		} else if (result != -EAGAIN || (result = leat__wait_step(&wait)) != 0) {
			break;
		}
	}
	if (leat__wait_end(&wait))
		pass_on_room(ring);
	return done ? (ssize_t)done : result;
}

static ssize_t pop_waiting(leat_ring *ring, char *items, size_t n, leat_deadline until)
{
	struct leat__wait wait;
	ssize_t result;

	leat__wait_begin(&wait, &ring->not_empty, until, ring->fences);
	do
		result = pop_some(ring, items, n);
	while (result == -EAGAIN && (result = leat__wait_step(&wait)) == 0);
	if (leat__wait_end(&wait))
		pass_on_item(ring);
	return result;
}

ssize_t leat_ring_push_n(leat_ring *ring, const void *items, size_t n, leat_deadline until)
{
	if (n == 0 || n > SSIZE_MAX)
		return n ? -EINVAL : 0;
	switch ((enum leat__form)ring->form) {
	case LEAT__SPSC:
	case LEAT__MPMC:
		return push_waiting(ring, items, n, until);
	case LEAT__LOCKED:
		return leat__locked_push_n(ring, items, n, until);
	case LEAT__SEMAPHORES:
		return leat__semaphore_push_n(ring, items, n, until);
	}
	return -EINVAL;
}

ssize_t leat_ring_pop_n(leat_ring *ring, void *items, size_t n, leat_deadline until)
{
	if (n == 0 || n > SSIZE_MAX)
		return n ? -EINVAL : 0;
	switch ((enum leat__form)ring->form) {
	case LEAT__SPSC:
	case LEAT__MPMC:
		return pop_waiting(ring, items, n, until);
	case LEAT__LOCKED:
		return leat__locked_pop_n(ring, items, n, until);
	case LEAT__SEMAPHORES:
		return leat__semaphore_pop_n(ring, items, n, until);
	}
	return -EINVAL;
}

/* One of one, as the calls for single items answer. */
static int single(ssize_t went)
{
	return went > 0 ? 0 : (int)went;
}

int leat__ring_push_waiting(leat_ring *ring, const void *item, leat_deadline until)
{
	return single(push_waiting(ring, item, 1, until));
}

int leat__ring_pop_waiting(leat_ring *ring, void *item, leat_deadline until)
{
	return single(pop_waiting(ring, item, 1, until));
}

/*
 * The fast paths are the callers' own (LEAT_RING_OF), with the size of a pointer as a constant, since
 * most rings are of pointers. Each stands in a function of its own, so that none saves registers for
 * the sake of another.
 */

#define SPSC (LEAT_RING_SINGLE_PRODUCER | LEAT_RING_SINGLE_CONSUMER)
#define MPMC 0
#define APART __attribute__((noinline))

static APART int push_mpmc_pointer(leat_ring *ring, const void *item, leat_deadline until)
{
	return leat__typed_push(ring, item, sizeof(void *), MPMC, until);
}

static APART int pop_mpmc_pointer(leat_ring *ring, void *item, leat_deadline until)
{
	return leat__typed_pop(ring, item, sizeof(void *), MPMC, until);
}

static APART int push_any(leat_ring *ring, const void *item, leat_deadline until)
{
	switch ((enum leat__form)ring->form) {
	case LEAT__SPSC:
		return leat__typed_push(ring, item, ring->item_size, SPSC, until);
	case LEAT__MPMC:
		return leat__typed_push(ring, item, ring->item_size, MPMC, until);
	case LEAT__LOCKED:
		return single(leat__locked_push_n(ring, item, 1, until));
	case LEAT__SEMAPHORES:
		return single(leat__semaphore_push_n(ring, item, 1, until));
	}
	return -EINVAL;
}

static APART int pop_any(leat_ring *ring, void *item, leat_deadline until)
{
	switch ((enum leat__form)ring->form) {
	case LEAT__SPSC:
		return leat__typed_pop(ring, item, ring->item_size, SPSC, until);
	case LEAT__MPMC:
		return leat__typed_pop(ring, item, ring->item_size, MPMC, until);
	case LEAT__LOCKED:
		return single(leat__locked_pop_n(ring, item, 1, until));
	case LEAT__SEMAPHORES:
		return single(leat__semaphore_pop_n(ring, item, 1, until));
	}
	return -EINVAL;
}

int leat_ring_push(leat_ring *ring, const void *item, leat_deadline until)
{
	if (ring->item_size == sizeof(void *)) {
		if (ring->form == LEAT__SPSC)
			return leat__typed_push(ring, item, sizeof(void *), SPSC, until);
		if (ring->form == LEAT__MPMC)
			return push_mpmc_pointer(ring, item, until);
	}
	return push_any(ring, item, until);
}

int leat_ring_pop(leat_ring *ring, void *item, leat_deadline until)
{
	if (ring->item_size == sizeof(void *)) {
		if (ring->form == LEAT__SPSC)
			return leat__typed_pop(ring, item, sizeof(void *), SPSC, until);
		if (ring->form == LEAT__MPMC)
			return pop_mpmc_pointer(ring, item, until);
	}
	return pop_any(ring, item, until);
}

/* The end. `producers` of a lock-free ring: how many have joined, or this mark. */
#define PRODUCERS_OVER ((uint32_t)1 << 31)

static void end(leat_ring *ring, uint32_t mark)
{
	switch ((enum leat__form)ring->form) {
	case LEAT__SPSC:
		leat__fetch_or(&ring->producers, PRODUCERS_OVER, relaxed);
		leat__spsc_end(ring, mark);
		return;
	case LEAT__MPMC:
		leat__fetch_or(&ring->producers, PRODUCERS_OVER, relaxed);
		leat__mpmc_end(ring, mark);
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

/* All relaxed: the count alone matters; what a producer pushed is ordered by the pushes. */
static int join(leat_ring *ring)
{
	uint32_t joined = leat__load(&ring->producers, relaxed);

	do {
		if (joined & PRODUCERS_OVER)
			return leat__end_error(ring);
		if (joined + 1 == PRODUCERS_OVER)
			return -EOVERFLOW;
	} while (!leat__compare_exchange_weak(&ring->producers, &joined, joined + 1, relaxed));
	return 0;
}

static void leave(leat_ring *ring)
{
	uint32_t joined = leat__load(&ring->producers, relaxed);
	uint32_t left;

	do {
		if (joined == 0 || (joined & ~PRODUCERS_OVER) == 0)
			return;
		left = joined == 1 ? PRODUCERS_OVER : joined - 1;
	} while (!leat__compare_exchange_weak(&ring->producers, &joined, left, relaxed));
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
