/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bounded buffer of fixed-size items between the threads of one process.
 *
 * A producer pushes copies of its items, a consumer pops them, in the order in which they went in.
 * While the ring is full a producer waits, while it is empty a consumer does; a waiting thread
 * sleeps and costs no processor. Four forms stand behind the same calls: one producer to one
 * consumer, any number to any number, the classic mutex with two condition variables, and
 * semaphores. The options choose; doc/design/ring.md tells how each works and what it costs.
 *
 * The end comes in one of three ways. close: producers are refused, consumers take what is left and
 * are then told that it is over. cancel: everybody is told at once. By itself: the last producer
 * that leaves closes the ring (see leat_ring_producer_join).
 *
 * Order. The ring is linearizable: an item that was pushed before another push began comes out
 * first. Two answers are weaker in two of the forms, while some other call is half-way (its thread
 * was preempted, say). Nothing is lost or reordered by it, and the call that is half-way has only
 * to go on. Any-to-any: a push that is half-way hides those behind it, so a pop may answer -EAGAIN,
 * or wait, although a later push is complete; a pop that is half-way does the same to a push.
 * Semaphores: a call that is half-way has claimed an item or room already, so another may answer
 * -EAGAIN, or wait, although it is still there.
 *
 * Signals: no call may be made in a signal handler. pthread_cancel: no call is a cancellation
 * point; a thread that is cancelled asynchronously inside a call leaves the ring unusable.
 */
#ifndef LEAT_RING_H
#define LEAT_RING_H

#include <leat/leat.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Owned by whoever made it, with leat_ring_new or leat_ring_init; used by all its threads. */
typedef struct leat_ring leat_ring;

enum {
	/* Only one thread at a time pushes: the caller's promise. One after another is fine if they
	 * synchronise in between. */
	LEAT_RING_SINGLE_PRODUCER = 1,
	/* Only one thread at a time pops. With both promises the ring takes its fastest form. */
	LEAT_RING_SINGLE_CONSUMER = 2,
	/* Never more than `capacity` items inside. Without it a lock-free ring of 64 or more may
	 * admit an eighth more, because it is faster so. */
	LEAT_RING_EXACT = 4,
	/* LEAT_SYNC_MUTEX only: its mutex hands the priority of a waiting thread to its holder,
	 * where the system can (-ENOTSUP where it cannot). For threads with real-time priorities.
	 */
	LEAT_RING_PRIORITY_INHERIT = 8
};

/* The alignment of memory given to leat_ring_init, in bytes. */
#define LEAT_RING_ALIGN 128

typedef struct leat_ring_options {
	uint32_t size;      /* sizeof(leat_ring_options): see leat.h */
	uint32_t flags;     /* LEAT_RING_... */
	uint32_t sync;      /* enum leat_sync */
	uint32_t producers; /* producers that have joined at birth; 0: none yet, and counting starts
	                     * with the first join */
	size_t capacity;    /* items, any number from 1 */
	size_t item_size;   /* bytes, any number from 1 */
	/* Called for each item that is still inside, in order, by the thread that calls free or
	 * fini, with a pointer to the item that is valid in the call. May be NULL. */
	void (*drop)(void *item, void *drop_arg);
	void *drop_arg;
	const char *name; /* for statistics and debuggers; not copied, must outlive the ring */
} leat_ring_options;

#ifdef __cplusplus
#define LEAT_RING_OPTIONS_INIT                                                                     \
	{                                                                                          \
		sizeof(leat_ring_options), 0, 0, 0, 0, 0, 0, 0, 0                                  \
	}
#else
#define LEAT_RING_OPTIONS_INIT                                                                     \
	{                                                                                          \
		.size = sizeof(leat_ring_options)                                                  \
	}
#endif

typedef struct leat_ring_stats_t {
	uint32_t size;   /* set by the caller: sizeof(leat_ring_stats_t) */
	uint32_t flags;  /* 0 */
	uint64_t pushed; /* items, since birth */
	uint64_t popped;
	uint64_t producer_sleeps; /* how often a producer gave up its processor to wait */
	uint64_t consumer_sleeps;
	uint64_t count;    /* items inside */
	uint64_t capacity; /* as in the options */
} leat_ring_stats_t;

/*
 * Makes a ring. -EINVAL: a size of zero, or so large that it overflows; an unknown flag or sync; an
 * option that contradicts another; LEAT_SYNC_SEMAPHORE with a capacity beyond INT_MAX / 2, for
 * which a semaphore cannot count; options NULL or of a wrong size. -E2BIG: see leat.h. -ENOMEM.
 * -ENOTSUP: see LEAT_RING_PRIORITY_INHERIT.
 */
LEAT_API int leat_ring_new(leat_ring **ring, const leat_ring_options *options);

/*
 * Drops what is still inside and frees the ring. NULL is fine. No other thread may be inside a call
 * or make one later: close or cancel, join the threads, then free.
 */
LEAT_API void leat_ring_free(leat_ring *ring);

/* The bytes that leat_ring_init needs for a ring with these options; 0: the options are invalid. */
LEAT_API size_t leat_ring_footprint(const leat_ring_options *options);

/*
 * Makes a ring in the caller's memory, which holds it until leat_ring_fini; nothing is allocated.
 * Errors as leat_ring_new; -EINVAL also for memory that is NULL, not aligned to LEAT_RING_ALIGN, or
 * smaller than the footprint. The memory may hold anything before, and belongs to one process.
 */
LEAT_API int leat_ring_init(void *memory, size_t memory_size, const leat_ring_options *options,
                            leat_ring **ring);

/* As leat_ring_free, for a ring made by leat_ring_init: the memory is the caller's again. */
LEAT_API void leat_ring_fini(leat_ring *ring);

/*
 * Copies one item in (out), waiting for room (for an item) until the deadline. 0; -EAGAIN: there
 * was none and `until` is LEAT_NOW; -ETIMEDOUT; -EPIPE, push: the ring is closed, pop: it is closed
 * and nothing is left; -ECANCELED. After any error nothing has happened.
 *
 * What was pushed with success is popped once, or dropped by free, or still inside.
 */
LEAT_API int leat_ring_push(leat_ring *ring, const void *item, leat_deadline until);
LEAT_API int leat_ring_pop(leat_ring *ring, void *item, leat_deadline until);

/*
 * The same for n items in a row. push_n waits until all went in; pop_n waits for the first and
 * takes what is there. Returns how many went, or the error when none did. n = 0 returns 0,
 * whatever the ring is. Items of
 * one push_n stay together where one producer owns the side or no other pushes meanwhile. -EINVAL:
 * n is so large that the result would not fit.
 */
LEAT_API ssize_t leat_ring_push_n(leat_ring *ring, const void *items, size_t n,
                                  leat_deadline until);
LEAT_API ssize_t leat_ring_pop_n(leat_ring *ring, void *items, size_t n, leat_deadline until);

/* Refuses producers from now on, lets consumers drain, wakes everybody. Again is nothing. */
LEAT_API void leat_ring_close(leat_ring *ring);

/* Every call from now on returns -ECANCELED, and so do those that wait. Items stay inside until
 * free drops them. Again is nothing. */
LEAT_API void leat_ring_cancel(leat_ring *ring);

/*
 * Counted producers: each joins before its first push and leaves after its last; the last one out
 * closes the ring. -EPIPE: the ring is closed, or the last has left. -ECANCELED. -EOVERFLOW: 2^31
 * producers. A leave without a join is ignored.
 */
LEAT_API int leat_ring_producer_join(leat_ring *ring);
LEAT_API void leat_ring_producer_leave(leat_ring *ring);

/* Items inside: exact while nobody pushes or pops, else a value of the recent past. */
LEAT_API size_t leat_ring_count(const leat_ring *ring);

/* As in the options. */
LEAT_API size_t leat_ring_capacity(const leat_ring *ring);

/* Fills stats up to stats->size; what is beyond ours becomes zero. -EINVAL: stats is NULL or its
 * size is too small for its header. */
LEAT_API int leat_ring_stats(const leat_ring *ring, leat_ring_stats_t *stats);

#ifdef __cplusplus
}
#endif

/*
 * LEAT_RING_OF(jobs, struct job, flags) makes a ring of struct job with types that the compiler
 * checks and a form that is fixed when the caller is compiled, so that the fast path of push and
 * pop is part of the caller's own code:
 *
 *     struct jobs;
 *     int     jobs_new(struct jobs **ring, size_t capacity);
 *     void    jobs_free(struct jobs *ring);
 *     int     jobs_push(struct jobs *ring, const struct job *item, leat_deadline until);
 *     int     jobs_pop(struct jobs *ring, struct job *item, leat_deadline until);
 *     ssize_t jobs_push_n(struct jobs *ring, const struct job *items, size_t n, leat_deadline
 * until); ssize_t jobs_pop_n(struct jobs *ring, struct job *items, size_t n, leat_deadline until);
 *     void    jobs_close(struct jobs *ring);
 *     void    jobs_cancel(struct jobs *ring);
 *     leat_ring *jobs_ring(struct jobs *ring);   for all the other calls
 *
 * flags are constant, of LEAT_RING_SINGLE_PRODUCER, LEAT_RING_SINGLE_CONSUMER and LEAT_RING_EXACT.
 * Errors are those of leat_ring_*, and from jobs_new -EPROTONOSUPPORT: the library that runs lays
 * its rings out otherwise than the header that the caller was compiled with; compile it again.
 */
#include <leat/ring_inline.h>

#endif
