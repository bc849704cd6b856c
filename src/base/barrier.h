/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The asymmetric barrier: two threads that each store one word and then load the other's must not
 * both miss the other's store. A full fence on both sides does it, and costs the fast side as much
 * as the slow one. Here the slow side pays for both: its heavy fence makes the kernel run a full
 * barrier on every processor where a thread of this process runs (membarrier, Linux 4.14), so that
 * the fast side's light fence need only keep the compiler from reordering.
 *
 * Recipe
 *     fast side                            slow side
 *     store A                              store B
 *     leat__fence_light(fences)            leat__fence_heavy(fences)
 *     load B                               load A
 *
 * Where the kernel refuses membarrier from the start, `fences` is true for every ring and both
 * fences are full ones. Where it refuses later (a seccomp filter), the heavy fence sleeps a
 * millisecond instead, many times longer than a store stays in a processor's buffer, and new rings
 * use fences.
 *
 * No plain data is ordered by these fences alone: what they order are atomic words.
 * ThreadSanitizer, which models neither, therefore needs no happens-before edge from them, and gets
 * none: an edge would hide races.
 */
#ifndef LEAT_BASE_BARRIER_H
#define LEAT_BASE_BARRIER_H

#include <stdbool.h>

/* Whether rings made now have to use full fences on both sides. Asks the kernel once. */
bool leat__barrier_needs_fences(void);

/* For tests: makes rings born from now on use fences (or, off, ask the kernel again). */
void leat__barrier_use_fences(bool on);

/* The kernel's barrier, or its substitute. */
void leat__barrier_kernel(void);

static inline void leat__fence_full(void)
{
#if defined(__SANITIZE_THREAD__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wtsan" /* gcc says that it does not model it; see above */
#endif
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
#if defined(__SANITIZE_THREAD__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
}

static inline void leat__fence_light(bool fences)
{
	if (fences)
		leat__fence_full();
	else
		__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static inline void leat__fence_heavy(bool fences)
{
	if (fences)
		leat__fence_full();
	else
		leat__barrier_kernel();
}

#endif
