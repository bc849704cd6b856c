/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <errno.h>
#include <pthread.h>

#define NS_PER_S  1000000000
#define NS_PER_MS 1000000

int64_t leat__now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

void leat__sleep_ns(int64_t ns)
{
	struct timespec until = leat__timespec(leat_after_ns(ns));
	int cancel;

	/* no call of leat is a cancellation point */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
	pthread_setcancelstate(cancel, NULL);
}

bool leat__expired(leat_deadline until)
{
	if (until == LEAT_FOREVER)
		return false;
	return until <= LEAT_NOW || leat__now_ns() >= until;
}

struct timespec leat__timespec(leat_deadline until)
{
	struct timespec time = { 0 };

	if (until > 0) {
		time.tv_sec = until / NS_PER_S;
		time.tv_nsec = until % NS_PER_S;
	}
	return time;
}

leat_deadline leat_after_ns(int64_t ns)
{
	leat_deadline until;

	if (__builtin_add_overflow(leat__now_ns(), ns, &until) || until == LEAT_FOREVER)
		return LEAT_FOREVER - 1; /* only upwards: now is positive */
	return until == LEAT_NOW ? -1 : until;
}

leat_deadline leat_after_ms(int64_t ms)
{
	int64_t ns;

	if (__builtin_mul_overflow(ms, (int64_t)NS_PER_MS, &ns))
		ns = ms > 0 ? INT64_MAX : INT64_MIN;
	return leat_after_ns(ns);
}
