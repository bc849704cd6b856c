/* SPDX-License-Identifier: Apache-2.0 */
#include "wait/event.h"

#include "base/futex.h"
#include "base/processors.h"

#include <limits.h>

#define SPIN_NS_AT_FIRST 10000

void leat__event_init(struct leat__event *event)
{
	bool alone =
	        leat__processors() == 1; /* then nobody can make the condition true meanwhile */

	*event = (struct leat__event){ .spin_ns = alone ? 0 : SPIN_NS_AT_FIRST };
}

uint32_t leat__event_announce(struct leat__event *event, bool fences)
{
	/* E1, acquire, pairs with E2: a key taken after a signal comes with what was signalled, and
	 * the announcement is behind it: whoever is signalled by count will find it changed. */
	uint32_t key = leat__load(&event->sequence, acquire);

	/* E3, relaxed: a number; the fence orders it with what the caller looks at next, and lets it
	 * see what came before the state that was counted in (E5: the ring has ended) */
	leat__fetch_add(&event->state, LEAT__EVENT_ASLEEP, relaxed);
	leat__fence_heavy(fences); /* partner: the light fence of push and pop */
	return key;
}

void leat__event_sleep(struct leat__event *event, uint32_t key, leat_deadline until)
{
	leat__count(&event->sleeps);
	leat__futex_wait(&event->sequence, key, until);
}

void leat__event_leave(struct leat__event *event)
{
	uint64_t state = leat__load(&event->state, relaxed); /* the exchange below checks it */
	uint64_t left;

	do
		left = state >= LEAT__EVENT_NOTIFIED ? state - LEAT__EVENT_NOTIFIED
		                                     : state - LEAT__EVENT_ASLEEP;
	/* E6, acquire, pairs with E4 and E5: what the signaller made true. Who gives up at its
	 * deadline with a signal taken sees that there is something to pass on. */
	while (!leat__compare_exchange_weak(&event->state, &state, left, acquire));
}

static void wake(struct leat__event *event, int n)
{
	/* E2, release, pairs with E1: the state was changed before it; the kernel compares after it
	 */
	leat__fetch_add(&event->sequence, 1, release);
	leat__futex_wake(&event->sequence, n);
}

void leat__event_signal(struct leat__event *event)
{
	uint64_t state = leat__load(&event->state, relaxed); /* the exchange below checks it */

	do
		if (!(state & LEAT__EVENT_ASLEEP_MASK))
			return;
	/* E4, release, pairs with E6 */
	while (!leat__compare_exchange_weak(
	        &event->state, &state, state - LEAT__EVENT_ASLEEP + LEAT__EVENT_NOTIFIED, release));
	wake(event, 1);
}

void leat__event_end(struct leat__event *event, uint64_t mark)
{
	uint64_t state = leat__load(&event->state, relaxed); /* the exchange below checks it */
	uint64_t all;

	do {
		uint64_t asleep = state & LEAT__EVENT_ASLEEP_MASK;

		all = (state | mark) - asleep + asleep * LEAT__EVENT_NOTIFIED;
		/* E5, release, pairs with E6, with the heavy fence behind E3 and, for the mark, with
		 * that of the seal (spsc.c) */
	} while (!leat__compare_exchange_weak(&event->state, &state, all, release));
	wake(event, INT_MAX);
}
