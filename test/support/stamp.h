/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Points in time that order the operations of different threads.
 *
 * An operation that ended before another began must be visible to it. A store may still sit in the
 * processor's store buffer when its call returns, so the end is taken behind a full barrier; and
 * the loads of a call may run ahead of a clock that is read before it, so what follows the begin is
 * held back until the clock has been read. ThreadSanitizer does not know fences: for it the barrier
 * is an exchange, which on the processors that it runs on is as strong.
 */
#ifndef LEAT_TEST_STAMP_H
#define LEAT_TEST_STAMP_H

#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define STAMP_BY_EXCHANGE 1
#endif
#elif defined(__SANITIZE_THREAD__)
#define STAMP_BY_EXCHANGE 1
#endif

static inline void stamp_barrier(void)
{
#ifdef STAMP_BY_EXCHANGE
	static _Thread_local _Atomic int barrier;

	atomic_exchange_explicit(&barrier, 1, memory_order_seq_cst);
#else
	atomic_thread_fence(memory_order_seq_cst);
#endif
}

/* Lets nothing that follows begin before all that stands before is done. */
static inline void stamp_hold_back(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__asm__ volatile("lfence" ::: "memory");
#elif defined(__aarch64__)
	__asm__ volatile("isb" ::: "memory");
#else
	stamp_barrier();
#endif
}

static inline uint64_t stamp_begin(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	stamp_hold_back();
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline uint64_t stamp_end(void)
{
	stamp_barrier();
	return stamp_begin();
}

#endif
