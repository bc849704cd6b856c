/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of <leat/ring.h> that move items, and the waiting of the lock-free forms. */
#include "ring/form.h"

#include "wait/wait.h"

#include <leat/ring_inline.h>

#include <errno.h>
#include <limits.h>

/* What the inline fast paths call. */

int leat__ring_pushed(leat_ring *ring)
{
	if (ring->form == LEAT__SPSC)
		return leat__spsc_pushed(ring);
	leat__event_signal(&ring->not_empty);
	return 0;
}

uint64_t leat__ring_seal(leat_ring *ring)
{
	if (ring->form == LEAT__SPSC)
		return leat__spsc_seal(ring);
	leat__mpmc_seal(ring);
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
/* A count of the past can only err if somebody has popped since, who looks for sleepers too. */
static void pass_on_room(leat_ring *ring)
{
	bool by_slots = ring->form == LEAT__MPMC && !ring->strict;

	if (leat_ring_count(ring) < (by_slots ? ring->mask + 1 : ring->capacity))
		leat__event_signal(&ring->not_full);
}

/* Of a ring that was closed over a push that was still under way, even the end has to be passed on:
 * consumers that waited for that push sleep again after close has woken them. */
static void pass_on_item(leat_ring *ring)
{
	/* relaxed: who slept since the end has seen it (E1), and the mark is all there is to know */
	if (leat_ring_count(ring) > 0 || leat__load(&ring->ended, relaxed))
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
 * The fast paths are the callers' own (LEAT_RING_OF), with the size of a pointer as a constant,
 * since most rings are of pointers. Each stands in a function of its own, so that none saves
 * registers for the sake of another.
 */

#define SPSC  (LEAT_RING_SINGLE_PRODUCER | LEAT_RING_SINGLE_CONSUMER)
#define MPMC  0
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
