/* SPDX-License-Identifier: Apache-2.0 */
/* The door of src/base/thread.h, with the explorer behind it. */
#ifndef LEAT_BASE_THREAD_H
#define LEAT_BASE_THREAD_H

#include "explorer.h"

#include <leat/leat.h>

#include <limits.h>

typedef uint32_t leat__mutex;
typedef uint32_t leat__condition;
typedef uint32_t leat__semaphore;
typedef unsigned leat__thread;

static inline int leat__mutex_init(leat__mutex *mutex, bool inherit)
{
	(void)inherit;
	*mutex = 0;
	return 0;
}

static inline int leat__condition_init(leat__condition *condition)
{
	*condition = 0;
	return 0;
}

#define LEAT__SEMAPHORE_MAX INT_MAX

static inline void leat__semaphore_init(leat__semaphore *semaphore, unsigned value)
{
	*semaphore = value;
}

#define leat__mutex_fini(mutex)         ((void)(mutex))
#define leat__mutex_lock(mutex)         explore_lock(mutex)
#define leat__mutex_unlock(mutex)       explore_unlock(mutex)
#define leat__condition_fini(condition) ((void)(condition))
#define leat__condition_wait(condition, mutex, until)                                              \
	explore_condition_wait(condition, mutex, until)
#define leat__condition_signal(condition)      explore_signal(condition)
#define leat__condition_broadcast(condition)   explore_broadcast(condition)
#define leat__semaphore_fini(semaphore)        ((void)(semaphore))
#define leat__semaphore_post(semaphore)        explore_semaphore_post(semaphore)
#define leat__semaphore_wait(semaphore, until) explore_semaphore_wait(semaphore, until)
#define leat__thread_join(thread)              explore_join(thread)
#define leat__thread_local()                   explore_local()

static inline int leat__thread_start(leat__thread *thread, void *(*run)(void *), void *arg,
                                     const char *name)
{
	(void)name;
	*thread = explore_thread(run, arg);
	return 0;
}

#endif
