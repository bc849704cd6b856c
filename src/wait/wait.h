/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thread's wait for a condition that it tests itself:
 *
 *     leat__wait_begin(&wait, event, until, fences);
 *     while ((result = try()) == -EAGAIN)
 *             if ((result = leat__wait_step(&wait)) != 0)
 *                     break;
 *     leat__wait_end(&wait);
 *
 * Each step waits a little longer than the one before it: it spins, for as long as that has paid on
 * this event lately; it lets other threads run; it announces itself on the event, after which the
 * caller tests once more; it sleeps. There is no call back and no lock.
 */
#ifndef LEAT_WAIT_WAIT_H
#define LEAT_WAIT_WAIT_H

#include "wait/event.h"

enum leat__wait_phase {
	LEAT__WAIT_FIRST,     /* nothing done yet */
	LEAT__WAIT_SPIN,      /* until spin_until */
	LEAT__WAIT_YIELD,     /* a few times */
	LEAT__WAIT_ANNOUNCED, /* the next step sleeps */
	LEAT__WAIT_WOKEN      /* the next step announces again */
};

struct leat__wait {
	struct leat__event *event;
	leat_deadline until;
	int64_t spin_until;
	uint32_t key;
	uint16_t round;
	uint8_t phase; /* enum leat__wait_phase */
	bool fences;
	bool announced; /* at any time of this wait */
};

void leat__wait_begin(struct leat__wait *wait, struct leat__event *event, leat_deadline until,
                      bool fences);

/* 0: test again; -EAGAIN: the deadline is LEAT_NOW; -ETIMEDOUT: it has passed. */
int leat__wait_step(struct leat__wait *wait);

/* Something was achieved but not all: waits begin anew. */
void leat__wait_again(struct leat__wait *wait);

/*
 * Once, whatever came of it. true: this thread had announced itself, so it may have taken the
 * signal that another one needs, and must pass it on (leat__event_signal) if the condition still
 * holds.
 */
bool leat__wait_end(struct leat__wait *wait);

#endif
