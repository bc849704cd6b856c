/* SPDX-License-Identifier: Apache-2.0 */
#include "wait/wait.h"

#include "base/clock.h"
#include "base/processors.h"

#include <errno.h>

/*
 * To sleep costs the sleeper a barrier on all processors and its waker a system call, some 10
 * microseconds together, and then some 50 until it runs. To spin for about as long as that costs is
 * at most twice as dear as the best choice, whatever comes; less than that is right when spinning
 * has been in vain lately.
 */
#define SPIN_NS_MIN    500
#define SPIN_NS_MAX    10000
#define PAUSES_LOG_MAX 3
#ifndef LEAT__WAIT_YIELDS
#define LEAT__WAIT_YIELDS 4
#endif

/*
 * After some sleeps in a row that were far longer than all that comes before a sleep, the next
 * waits sleep at once, but for one in sixteen. What is waited for takes its time then, and spinning
 * and yielding are worse than useless: they keep a processor busy that somebody else could use, and
 * the kernel takes it for busy too and starts others elsewhere.
 */
#define LONG_SLEEP_NS   100000
#define LONG_SLEEPS_MAX 4
#define TRY_EVERY       16

void leat__wait_begin(struct leat__wait *wait, struct leat__event *event, leat_deadline until,
                      bool fences)
{
	*wait = (struct leat__wait){ .event = event, .until = until, .fences = fences };
}

static void spun(struct leat__event *event, bool in_vain)
{
	uint32_t ns = leat__hint(&event->spin_ns);

	ns = in_vain ? ns - ns / 4 : ns + ns / 2;
	if (ns < SPIN_NS_MIN)
		ns = SPIN_NS_MIN;
	if (ns > SPIN_NS_MAX)
		ns = SPIN_NS_MAX;
	leat__set_hint(&event->spin_ns, ns);
}

static void slept(struct leat__event *event, int64_t ns)
{
	uint32_t before = leat__hint(&event->long_sleeps);

	if (ns < LONG_SLEEP_NS)
		leat__set_hint(&event->long_sleeps, 0);
	else if (before < LONG_SLEEPS_MAX)
		leat__set_hint(&event->long_sleeps, before + 1);
}

static bool sleeps_at_once(struct leat__event *event)
{
	return leat__hint(&event->long_sleeps) == LONG_SLEEPS_MAX &&
	       leat__hint(&event->sleeps) % TRY_EVERY != 0;
}

static int announce(struct leat__wait *wait)
{
	if (leat__expired(wait->until))
		return -ETIMEDOUT;
	wait->key = leat__event_announce(wait->event, wait->fences);
	wait->phase = LEAT__WAIT_ANNOUNCED;
	wait->announced = true;
	return 0;
}

static int begin(struct leat__wait *wait)
{
	uint32_t spin_ns;

	if (wait->until == LEAT_NOW)
		return -EAGAIN;
	if (leat__expired(wait->until))
		return -ETIMEDOUT;
	if (sleeps_at_once(wait->event))
		return announce(wait);
	spin_ns = leat__hint(&wait->event->spin_ns);
	wait->phase = spin_ns ? LEAT__WAIT_SPIN : LEAT__WAIT_YIELD;
	if (spin_ns)
		wait->spin_until = leat__now_ns() + spin_ns;
	return 0;
}

static int spin(struct leat__wait *wait)
{
	unsigned pauses = 1u << (wait->round < PAUSES_LOG_MAX ? wait->round : PAUSES_LOG_MAX);

	for (unsigned i = 0; i < pauses; i++)
		leat__pause();
	if (++wait->round > PAUSES_LOG_MAX && leat__now_ns() >= wait->spin_until) {
		spun(wait->event, true);
		wait->phase = LEAT__WAIT_YIELD;
		wait->round = 0;
	}
	return 0;
}

static int yield(struct leat__wait *wait)
{
	if (wait->round++ >= LEAT__WAIT_YIELDS)
		return announce(wait);
	leat__yield();
	return 0;
}

static int sleep_until_signalled(struct leat__wait *wait)
{
	int64_t begin_ns = leat__now_ns();

	leat__event_sleep(wait->event, wait->key, wait->until);
	slept(wait->event, leat__now_ns() - begin_ns);
	leat__event_leave(wait->event);
	wait->phase = LEAT__WAIT_WOKEN;
	return 0;
}

int leat__wait_step(struct leat__wait *wait)
{
	switch ((enum leat__wait_phase)wait->phase) {
	case LEAT__WAIT_FIRST:
		return begin(wait);
	case LEAT__WAIT_SPIN:
		return spin(wait);
	case LEAT__WAIT_YIELD:
		return yield(wait);
	case LEAT__WAIT_ANNOUNCED:
		return sleep_until_signalled(wait);
	case LEAT__WAIT_WOKEN:
		return announce(wait);
	}
	return -EINVAL;
}

static void stop(struct leat__wait *wait)
{
	if (wait->phase == LEAT__WAIT_SPIN)
		spun(wait->event, false);
	else if (wait->phase == LEAT__WAIT_ANNOUNCED)
		leat__event_leave(wait->event);
	wait->phase = LEAT__WAIT_FIRST;
	wait->round = 0;
}

void leat__wait_again(struct leat__wait *wait)
{
	stop(wait);
}

bool leat__wait_end(struct leat__wait *wait)
{
	stop(wait);
	return wait->announced;
}
