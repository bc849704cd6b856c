/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What ring.c and transfer.c ask of the four forms, each in a file of its own. A ring is never
 * behind a table of functions: they switch on its form.
 *
 * Of every form:
 *     footprint  bytes for a ring whose options were checked; 0: they overflow
 *     init       makes it in that memory, whose leat_ring is filled as far as it is common
 *     fini       nobody is inside any more: drops what is left, frees what init took
 *     tally      counters and sleeps; items inside are the difference of two of them
 *     end        mark is LEAT__CLOSED, or both; refuses, wakes. The lock-free forms find it in
 *                `ended` already
 *
 * The lock-free forms have tries, which never wait and return how many items went, or -EAGAIN,
 * -EPIPE, -ECANCELED; transfer.c waits for them. The classic forms wait by themselves.
 */
#ifndef LEAT_RING_FORM_H
#define LEAT_RING_FORM_H

#include "base/atomic.h" /* first: <leat/ring_inline.h> uses the door where there is one */

#include <leat/ring.h>

/* The ring's counters and sleeps, for its statistics. */
struct leat__tally {
	uint64_t pushed, popped, producer_sleeps, consumer_sleeps;
};

/* Drops n items from `at` on, in a buffer of the ring from its first slot round to its last. */
void leat__drop(leat_ring *ring, char *at, uint64_t n);

/* Copies bytes into (out of) such a buffer at a place; returns the place behind them. */
char *leat__copy_in(leat_ring *ring, char *at, const char *from, size_t bytes);
char *leat__copy_out(leat_ring *ring, char *at, char *to, size_t bytes);

/* Bytes for a head of a form and n slots of a size each; 0: overflow. */
size_t leat__bytes(size_t head, uint64_t n, size_t slot);

size_t leat__spsc_footprint(const leat_ring_options *options);
int leat__spsc_init(leat_ring *ring, const leat_ring_options *options);
void leat__spsc_fini(leat_ring *ring);
void leat__spsc_end(leat_ring *ring);
ssize_t leat__spsc_push_n(leat_ring *ring, const char *items, size_t n);
ssize_t leat__spsc_pop_n(leat_ring *ring, char *items, size_t n);
uint64_t leat__spsc_seal(leat_ring *ring); /* where tail ends, from now on */
int leat__spsc_pushed(leat_ring *ring);    /* the rare end of leat__spsc_push */
void leat__spsc_tally(const leat_ring *ring, struct leat__tally *tally);

size_t leat__mpmc_footprint(const leat_ring_options *options);
int leat__mpmc_init(leat_ring *ring, const leat_ring_options *options);
void leat__mpmc_fini(leat_ring *ring);
void leat__mpmc_end(leat_ring *ring);
void leat__mpmc_seal(leat_ring *ring); /* marks head, too, if the ring was cancelled */
ssize_t leat__mpmc_push_n(leat_ring *ring, const char *items, size_t n);
ssize_t leat__mpmc_pop_n(leat_ring *ring, char *items, size_t n);
void leat__mpmc_tally(const leat_ring *ring, struct leat__tally *tally);

size_t leat__locked_footprint(const leat_ring_options *options);
int leat__locked_init(leat_ring *ring, const leat_ring_options *options);
void leat__locked_fini(leat_ring *ring);
void leat__locked_end(leat_ring *ring, uint32_t mark);
ssize_t leat__locked_push_n(leat_ring *ring, const char *items, size_t n, leat_deadline until);
ssize_t leat__locked_pop_n(leat_ring *ring, char *items, size_t n, leat_deadline until);
int leat__locked_join(leat_ring *ring);
void leat__locked_leave(leat_ring *ring);
void leat__locked_tally(const leat_ring *ring, struct leat__tally *tally);

size_t leat__semaphore_footprint(const leat_ring_options *options);
int leat__semaphore_ring_init(leat_ring *ring, const leat_ring_options *options);
void leat__semaphore_ring_fini(leat_ring *ring);
void leat__semaphore_end(leat_ring *ring, uint32_t mark);
ssize_t leat__semaphore_push_n(leat_ring *ring, const char *items, size_t n, leat_deadline until);
ssize_t leat__semaphore_pop_n(leat_ring *ring, char *items, size_t n, leat_deadline until);
int leat__semaphore_join(leat_ring *ring);
void leat__semaphore_leave(leat_ring *ring);
void leat__semaphore_tally(const leat_ring *ring, struct leat__tally *tally);

#endif
