/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leat moves work from producers to consumers through bounded buffers.
 *
 * What holds for every call of the library:
 *
 * Results     0 or a count on success, a negative errno on failure. No call returns -EINTR.
 *             Outputs are written only on success.
 *
 * Options     A struct that the caller fills begins with its size, set by its _INIT macro. A
 *             smaller size than ours: the missing members are zero. A larger one: -E2BIG unless
 *             the members that this library does not know are zero. Size 0, or smaller than
 *             in the first release: -EINVAL. A NULL pointer to options: the defaults, where all
 *             members have one.
 *
 * Statistics  A struct that the library fills is filled up to the size that the caller gave.
 *
 * Threads     Every call may be made from any thread at any time, except where its description says
 *             otherwise. None is async-signal-safe unless it says so.
 *
 * fork        A child of fork that does not exec may use nothing of leat, not even free it.
 */
#ifndef LEAT_LEAT_H
#define LEAT_LEAT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LEAT_VERSION_MAJOR 0
#define LEAT_VERSION_MINOR 1
#define LEAT_VERSION_PATCH 0

#if defined(__GNUC__)
#define LEAT_API __attribute__((visibility("default")))
#else
#define LEAT_API
#endif

/*
 * A point in time until which a call may wait: nanoseconds on CLOCK_MONOTONIC. A deadline that has
 * passed, a negative one included, makes the call try once and then return -ETIMEDOUT.
 */
typedef int64_t leat_deadline;

#define LEAT_NOW     ((leat_deadline)0)         /* do not wait: -EAGAIN */
#define LEAT_FOREVER ((leat_deadline)INT64_MAX) /* wait as long as it takes */

/*
 * The deadline that lies ns nanoseconds (ms milliseconds) from now. Saturates at either end; never
 * returns LEAT_NOW or LEAT_FOREVER.
 */
LEAT_API leat_deadline leat_after_ns(int64_t ns);
LEAT_API leat_deadline leat_after_ms(int64_t ms);

/* The version of the library that runs, such as "0.1.0". Static storage. */
LEAT_API const char *leat_version(void);

/*
 * A short sentence for a result of this library: err is 0 or negative, as returned. Never NULL. The
 * words are leat's for the errors that mean something special here; for all others they are the C
 * library's, in static storage, in English.
 */
LEAT_API const char *leat_strerror(int err);

/* What a buffer is built from: the choices of leat_ring_options.sync and leat_pool_options.sync. */
enum leat_sync {
	LEAT_SYNC_LOCK_FREE = 0, /* atomics; waiters spin, then sleep on a futex */
	LEAT_SYNC_MUTEX = 1,     /* one mutex and two condition variables */
	LEAT_SYNC_SEMAPHORE = 2  /* semaphores alone */
};

#ifdef __cplusplus
}
#endif

#endif
