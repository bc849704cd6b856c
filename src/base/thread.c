/* SPDX-License-Identifier: Apache-2.0 */
#include "base/thread.h"

#include "base/clock.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define THREAD_SANITIZER
#endif
#elif defined(__SANITIZE_THREAD__)
#define THREAD_SANITIZER
#endif

#ifdef THREAD_SANITIZER
void __tsan_acquire(void *object);
/* It knows sem_post but not sem_clockwait. */
#define SEMAPHORE_TAKEN(semaphore) __tsan_acquire(semaphore)
#else
#define SEMAPHORE_TAKEN(semaphore) ((void)(semaphore))
#endif

/* A failure of these calls on an object that is alive is a mistake of ours. */
static void must(int result)
{
	assert(result == 0);
	(void)result;
}

/* No call of leat is a cancellation point: a thread that ended inside one would take a lock with
 * it. */
static int uncancellable(void)
{
	int before;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
	return before;
}

int leat__mutex_init(leat__mutex *mutex, bool inherit)
{
	pthread_mutexattr_t attributes;
	int result;

	must(pthread_mutexattr_init(&attributes));
	result = inherit ? pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT) : 0;
	if (result == 0)
		result = pthread_mutex_init(mutex, &attributes);
	pthread_mutexattr_destroy(&attributes);
	return -result;
}

void leat__mutex_fini(leat__mutex *mutex)
{
	must(pthread_mutex_destroy(mutex));
}

void leat__mutex_lock(leat__mutex *mutex)
{
	must(pthread_mutex_lock(mutex));
}

void leat__mutex_unlock(leat__mutex *mutex)
{
	must(pthread_mutex_unlock(mutex));
}

int leat__condition_init(leat__condition *condition)
{
	pthread_condattr_t attributes;
	int result;

	must(pthread_condattr_init(&attributes));
	must(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC));
	result = pthread_cond_init(condition, &attributes);
	pthread_condattr_destroy(&attributes);
	return -result;
}

void leat__condition_fini(leat__condition *condition)
{
	must(pthread_cond_destroy(condition));
}

int leat__condition_wait(leat__condition *condition, leat__mutex *mutex, leat_deadline until)
{
	struct timespec absolute = leat__timespec(until);
	int cancel = uncancellable();
	int result;

	if (until == LEAT_FOREVER)
		result = pthread_cond_wait(condition, mutex);
	else
		result = pthread_cond_timedwait(condition, mutex, &absolute);
	pthread_setcancelstate(cancel, NULL);
	assert(result == 0 || result == ETIMEDOUT);
	return -result;
}

void leat__condition_signal(leat__condition *condition)
{
	must(pthread_cond_signal(condition));
}

void leat__condition_broadcast(leat__condition *condition)
{
	must(pthread_cond_broadcast(condition));
}

void leat__semaphore_init(leat__semaphore *semaphore, unsigned value)
{
	must(sem_init(semaphore, 0, value));
}

void leat__semaphore_fini(leat__semaphore *semaphore)
{
	must(sem_destroy(semaphore));
}

void leat__semaphore_post(leat__semaphore *semaphore)
{
	must(sem_post(semaphore));
}

static int semaphore_sleep(leat__semaphore *semaphore, leat_deadline until)
{
	struct timespec absolute = leat__timespec(until);
	int cancel = uncancellable();
	int result;

	do
		result = until == LEAT_FOREVER
		                 ? sem_wait(semaphore)
		                 : sem_clockwait(semaphore, CLOCK_MONOTONIC, &absolute);
	while (result != 0 && errno == EINTR);
	pthread_setcancelstate(cancel, NULL);
	return result == 0 ? 0 : -errno;
}

int leat__semaphore_wait(leat__semaphore *semaphore, leat_deadline until)
{
	int result = sem_trywait(semaphore) == 0 ? 0 : -errno;

	if (result == -EAGAIN && until != LEAT_NOW)
		result = semaphore_sleep(semaphore, until);
	if (result == 0)
		SEMAPHORE_TAKEN(semaphore);
	return result;
}

int leat__thread_start(leat__thread *thread, void *(*run)(void *), void *arg, const char *name)
{
	int result = pthread_create(thread, NULL, run, arg);
	char shown[16] = "";

	if (result == 0 && name) {
		strncpy(shown, name, sizeof(shown) - 1);
		pthread_setname_np(*thread, shown);
	}
	return -result;
}

void leat__thread_join(leat__thread thread)
{
	int cancel = uncancellable();

	must(pthread_join(thread, NULL));
	pthread_setcancelstate(cancel, NULL);
}

void **leat__thread_local(void)
{
	static _Thread_local void *word;

	return &word;
}
