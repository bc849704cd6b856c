/* SPDX-License-Identifier: Apache-2.0 */
/* What synchronises with what: fences and release sequences. */
#include "litmus.h"

/* Each thread has a line of its own. */
/* clang-format off */

/* MP again: x is the message, y the flag. */

LITMUS_2(mp_fences, "a fence before the flag and one behind it synchronise",
         SHOWS(ab, BITS_2_BUT_10),
         (W(x, 1, relaxed), F(release), W(y, 1, relaxed)),
         (R(a, y, relaxed), F(acquire), R(b, x, relaxed)));

LITMUS_2(mp_release_fence, "a fence synchronises with an acquiring load", SHOWS(ab, BITS_2_BUT_10),
         (W(x, 1, relaxed), F(release), W(y, 1, relaxed)),
         (R(a, y, acquire), R(b, x, relaxed)));

LITMUS_2(mp_acquire_fence, "a releasing store synchronises with a fence", SHOWS(ab, BITS_2_BUT_10),
         (W(x, 1, relaxed), W(y, 1, release)),
         (R(a, y, relaxed), F(acquire), R(b, x, relaxed)));

LITMUS_2(mp_one_fence, "one fence is none", SHOWS(ab, BITS_2),
         (W(x, 1, relaxed), F(release), W(y, 1, relaxed)),
         (R(a, y, relaxed), R(b, x, relaxed)));

LITMUS_2(mp_wrong_fences, "acquire does not release, nor release acquire", SHOWS(ab, BITS_2),
         (W(x, 1, relaxed), F(acquire), W(y, 1, relaxed)),
         (R(a, y, relaxed), F(release), R(b, x, relaxed)));

LITMUS_2(mp_late_fences, "behind the store and before the load they are of no use",
         SHOWS(ab, BITS_2),
         (W(x, 1, relaxed), W(y, 1, relaxed), F(seq_cst)),
         (F(seq_cst), R(a, y, relaxed), R(b, x, relaxed)));

LITMUS_2(fence_covers_all, "a release fence is for every store behind it",
         SHOWS(ab, "0 0\n0 1\n1 1\n2 1"),
         (W(x, 1, relaxed), F(release), W(y, 1, relaxed), W(y, 2, relaxed)),
         (R(a, y, acquire), R(b, x, relaxed)));

LITMUS_2(fence_not_after, "what a thread stores behind its release fence is not released",
         SHOWS(ab, BITS_2),
         (F(release), W(x, 1, relaxed), W(y, 1, relaxed)),
         (R(a, y, acquire), R(b, x, relaxed)));

/* y: 1 is the release; 10 found nothing, 11 found it. */
LITMUS_3(sequence_of_rmw, "a read-modify-write carries the release on",
         SHOWS(ab, "0 0\n0 1\n1 1\n10 0\n10 1\n11 1"),
         (W(x, 1, relaxed), W(y, 1, release)),
         (ADD(c, y, 10, relaxed)),
         (R(a, y, acquire), R(b, x, relaxed)));

LITMUS_3(sequence_of_store, "a store by another thread ends it",
         SHOWS(ab, "0 0\n0 1\n1 1\n2 0\n2 1"),
         (W(x, 1, relaxed), W(y, 1, release)),
         (W(y, 2, relaxed)),
         (R(a, y, acquire), R(b, x, relaxed)));

/* 2 0 is the difference: RC11 and C11 have the thread's own stores in the sequence. */
LITMUS_2(sequence_own_store, "a store by the same thread ends it (C++20)",
         SHOWS(ab, "0 0\n0 1\n1 1\n2 0\n2 1"),
         (W(x, 1, relaxed), W(y, 1, release), W(y, 2, relaxed)),
         (R(a, y, acquire), R(b, x, relaxed)));

/* The same with 12 0. Of 10, 11 and 12 only 11 found the release. */
LITMUS_3(sequence_store_between, "a store in between ends it, whatever follows (C++20)",
         SHOWS(ab, "0 0\n0 1\n1 1\n2 0\n2 1\n10 0\n10 1\n11 1\n12 0\n12 1"),
         (W(x, 1, relaxed), W(y, 1, release), W(y, 2, relaxed)),
         (ADD(c, y, 10, relaxed)),
         (R(a, y, acquire), R(b, x, relaxed)));

/* Two releases in one sequence: whoever sees 3 has both. 1 is T0's alone, 2 T1's alone. */
LITMUS_3(sequence_of_two, "an addition that releases joins the sequence it goes on with",
         SHOWS(abc, "0 0 0\n0 0 1\n0 1 0\n0 1 1\n1 1 0\n1 1 1\n2 0 1\n2 1 1\n3 1 1"),
         (W(x, 1, relaxed), ADD(d, y, 1, release)),
         (W(z, 1, relaxed), ADD(e, y, 2, release)),
         (R(a, y, acquire), R(b, x, relaxed), R(c, z, relaxed)));

/* 11 has T0's message but not T1's: that addition is in T0's sequence, and no release itself. */
LITMUS_3(sequence_relaxed_own, "a relaxed addition passes the sequence on, but not its own past",
         SHOWS(abc, "0 0 0\n0 0 1\n0 1 0\n0 1 1\n1 1 0\n1 1 1\n"
                   "10 0 0\n10 0 1\n10 1 0\n10 1 1\n11 1 0\n11 1 1"),
         (W(x, 1, relaxed), W(y, 1, release)),
         (W(z, 1, relaxed), ADD(d, y, 10, relaxed)),
         (R(a, y, acquire), R(b, x, relaxed), R(c, z, relaxed)));

/* To the standard a dependency is no order. */

LITMUS_2(mp_control, "a branch orders nothing", SHOWS(ab, "0 0\n1 0\n1 1"),
         (W(x, 1, relaxed), W(y, 1, release)),
         (R(a, y, relaxed), IF(m.a, R(b, x, relaxed))));

LITMUS_2(ppoca, "nor do a branch and what was stored behind it", SHOWS(abc, "0 0 0\n1 1 0\n1 1 1"),
         (W(x, 1, relaxed), F(seq_cst), W(y, 1, relaxed)),
         (R(a, y, relaxed), IF(m.a, (W(z, 1, relaxed), R(b, z, relaxed), R(c, x, relaxed)))));

LITMUS_2(ppoca_acquire, "an acquiring load does", SHOWS(abc, "0 0 0\n1 1 1"),
         (W(x, 1, relaxed), F(seq_cst), W(y, 1, relaxed)),
         (R(a, y, acquire), IF(m.a, (W(z, 1, relaxed), R(b, z, relaxed), R(c, x, relaxed)))));

const struct explore_program *const release_tests[] = {
	&mp_fences,
	&mp_release_fence,
	&mp_acquire_fence,
	&mp_one_fence,
	&mp_wrong_fences,
	&mp_late_fences,
	&fence_covers_all,
	&fence_not_after,
	&sequence_of_rmw,
	&sequence_of_store,
	&sequence_own_store,
	&sequence_store_between,
	&sequence_of_two,
	&sequence_relaxed_own,
	&mp_control,
	&ppoca,
	&ppoca_acquire,
	NULL,
};
