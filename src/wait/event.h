/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An event count: where threads sleep until a condition may have become true, while those who make
 * it true only load a word as long as nobody sleeps.
 *
 * Recipe
 *     signalling side                      waiting side
 *     make the condition true (store)      leat__event_announce
 *     leat__fence_light                      (ends with leat__fence_heavy)
 *     load state; somebody asleep:         condition true? leat__event_leave, done
 *       leat__event_signal                 leat__event_sleep
 *                                          leat__event_leave, look at the condition again
 *
 * Of the signaller's load and the waiter's look at the condition at least one sees the other's
 * store: base/barrier.h. So nobody sleeps on a condition that is true without being signalled.
 *
 * `state` counts those who are asleep and those who were notified and have not left yet. A signal
 * moves one from the first count to the second and wakes one thread; so one signal is sent for one
 * condition, and while a woken thread is on its way the signalling side sees that nobody is asleep
 * and pays nothing. Counts are anonymous: a waiter that leaves takes away a notification if there
 * is one, be it its own or not. The count of those asleep can therefore be too high for a while,
 * never too low:
 *
 *     invariant: the threads that sleep and were not woken <= count of those asleep.
 *
 * A signal moves one thread out of the left side and one out of the right. A thread that leaves was
 * on the left or was woken; it takes one from the notified, and the right side stays while the left
 * side shrinks or stays; or, with none notified, one from the right side, where it is itself (if it
 * had been woken and its notification taken by another, that other left the right side one too
 * high).
 *
 * Source of the idea of event counts: D. P. Reed and R. K. Kanodia, Synchronization with
 * eventcounts and sequencers, 1979.
 */
#ifndef LEAT_WAIT_EVENT_H
#define LEAT_WAIT_EVENT_H

#include "base/atomic.h"

#include <leat/ring.h>

/* A process that may use one processor only never spins on it. */
void leat__event_init(struct leat__event *event);

/* Says that the caller is about to sleep and returns the key for leat__event_sleep. Everything that
 * the caller looks at after this is either new enough, or its writer will signal. */
uint32_t leat__event_announce(struct leat__event *event, bool fences);

/* Sleeps until signalled after the announcement, or until the deadline; may return for nothing. */
void leat__event_sleep(struct leat__event *event, uint32_t key, leat_deadline until);

/* Takes the announcement back: once for each, slept or not. */
void leat__event_leave(struct leat__event *event);

/* Wakes one, if one is asleep. */
void leat__event_signal(struct leat__event *event);

/* Wakes all and sets `mark` (LEAT__EVENT_ENDED or 0) in the state. */
void leat__event_end(struct leat__event *event, uint64_t mark);

#endif
