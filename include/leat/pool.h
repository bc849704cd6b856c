/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pool: worker threads that run tasks from a bounded backlog.
 *
 * A task is a function and its argument. Each task that was submitted with success is run exactly
 * once, by one worker (or by a submitting worker itself, see leat_pool_submit), or dropped by
 * cancel. Workers take tasks in the order in which they were submitted.
 */
#ifndef LEAT_POOL_H
#define LEAT_POOL_H

#include <leat/leat.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Owned by whoever made it. */
typedef struct leat_pool leat_pool;

typedef struct leat_pool_options {
	uint32_t size;    /* sizeof(leat_pool_options): see leat.h */
	uint32_t flags;   /* 0 */
	uint32_t workers; /* threads; 0: as many as processors that this process may use */
	uint32_t sync;    /* enum leat_sync, of its ring */
	size_t backlog;   /* tasks that may wait, exactly; 0: 1024 */
	/* Called for each task that cancel left undone, by a worker. May be NULL. */
	void (*drop)(void *arg);
	const char *name; /* of the workers, as a debugger shows it: 15 bytes of it. May be NULL */
} leat_pool_options;

#ifdef __cplusplus
#define LEAT_POOL_OPTIONS_INIT                                                                     \
	{                                                                                          \
		sizeof(leat_pool_options), 0, 0, 0, 0, 0, 0                                        \
	}
#else
#define LEAT_POOL_OPTIONS_INIT                                                                     \
	{                                                                                          \
		.size = sizeof(leat_pool_options)                                                  \
	}
#endif

/*
 * Makes a pool and starts its workers, which inherit the caller's signal mask. options may be NULL.
 * -EINVAL: options of a wrong size, an unknown flag or sync, a backlog that overflows. -ENOMEM.
 * -EAGAIN: the system refuses so many threads.
 */
LEAT_API int leat_pool_new(leat_pool **pool, const leat_pool_options *options);

/*
 * Hands over a task, waiting for room in the backlog until the deadline. 0; -EAGAIN: the backlog is
 * full and `until` is LEAT_NOW; -ETIMEDOUT; -EPIPE: closed; -ECANCELED; -EINVAL: task is NULL.
 *
 * From a worker of the same pool it never waits, since the workers are who make room: with the
 * backlog full the task runs at once, inside the call, up to 64 of them inside each other; then
 * -EAGAIN, whatever the deadline.
 */
LEAT_API int leat_pool_submit(leat_pool *pool, void (*task)(void *arg), void *arg,
                              leat_deadline until);

/*
 * Waits until every task that was submitted before the call has ended: not for an empty moment, so
 * it returns although others go on submitting. 0; -EAGAIN: some have not and `until` is LEAT_NOW;
 * -ETIMEDOUT; -ECANCELED: all have ended, but the pool was cancelled and some may have been
 * dropped; -EDEADLK: from a worker of the same pool.
 */
LEAT_API int leat_pool_wait(leat_pool *pool, leat_deadline until);

/* Refuses further tasks; those in the backlog are run. Again is nothing. */
LEAT_API void leat_pool_close(leat_pool *pool);

/* Refuses further tasks and drops those in the backlog; those that run finish. Again is nothing. */
LEAT_API void leat_pool_cancel(leat_pool *pool);

/*
 * Closes, lets the workers finish, joins them, and frees the pool. NULL is fine. Not from a worker
 * of the same pool, and no other thread may be inside a call or make one later.
 */
LEAT_API void leat_pool_free(leat_pool *pool);

#ifdef __cplusplus
}
#endif

#endif
