/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The door to the primitives of POSIX: mutex, condition variable, semaphore, thread. Thin, so that
 * an explorer can model them. All deadlines are leat's: absolute, on the monotonic clock.
 */
#ifndef LEAT_BASE_THREAD_H
#define LEAT_BASE_THREAD_H

#include <leat/leat.h>

#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>

typedef pthread_mutex_t leat__mutex;
typedef pthread_cond_t leat__condition;
typedef sem_t leat__semaphore;
typedef pthread_t leat__thread;

/* inherit: with priority inheritance; -ENOTSUP where the system has none. */
int leat__mutex_init(leat__mutex *mutex, bool inherit);
void leat__mutex_fini(leat__mutex *mutex);
void leat__mutex_lock(leat__mutex *mutex);
void leat__mutex_unlock(leat__mutex *mutex);

int leat__condition_init(leat__condition *condition);
void leat__condition_fini(leat__condition *condition);
/* Lets go of the mutex, sleeps, takes it again. -ETIMEDOUT, or 0, also for nothing. */
int leat__condition_wait(leat__condition *condition, leat__mutex *mutex, leat_deadline until);
void leat__condition_signal(leat__condition *condition);
void leat__condition_broadcast(leat__condition *condition);

/* The most that a semaphore counts. */
#define LEAT__SEMAPHORE_MAX SEM_VALUE_MAX

/* value: up to LEAT__SEMAPHORE_MAX */
void leat__semaphore_init(leat__semaphore *semaphore, unsigned value);
void leat__semaphore_fini(leat__semaphore *semaphore);
void leat__semaphore_post(leat__semaphore *semaphore);
/* 0; -EAGAIN at once when until is LEAT_NOW; -ETIMEDOUT, after one try. */
int leat__semaphore_wait(leat__semaphore *semaphore, leat_deadline until);

/* -EAGAIN where the system refuses. name: as debuggers show it, or NULL. */
int leat__thread_start(leat__thread *thread, void *(*run)(void *), void *arg, const char *name);
void leat__thread_join(leat__thread thread);

/* A word of the calling thread, NULL at first: who of the library the thread is. */
void **leat__thread_local(void);

#endif
