/* SPDX-License-Identifier: Apache-2.0 */
/* Three and four threads: how knowledge travels, and whether all agree on an order. */
#include "litmus.h"

/* Each thread has a line of its own. */
/* clang-format off */

/* WRC, write to read causality: 1 1 0 */

LITMUS_3(wrc_relaxed, "nothing is forbidden", SHOWS(abc, BITS_3),
         (W(x, 1, relaxed)),
         (R(a, x, relaxed), W(y, 1, relaxed)),
         (R(b, y, relaxed), R(c, x, relaxed)));

/* what T1 has read happens before c: coherence, though x is not released */
LITMUS_3(wrc_release_acquire, "what one has read the next one knows", SHOWS(abc, BITS_3_BUT_110),
         (W(x, 1, relaxed)),
         (R(a, x, relaxed), W(y, 1, release)),
         (R(b, y, acquire), R(c, x, relaxed)));

LITMUS_3(wrc_fences, "the same with fences", SHOWS(abc, BITS_3_BUT_110),
         (W(x, 1, relaxed)),
         (R(a, x, relaxed), F(release), W(y, 1, relaxed)),
         (R(b, y, relaxed), F(acquire), R(c, x, relaxed)));

/* ISA2: 1 1 0 */

LITMUS_3(isa2_release_acquire, "knowledge goes from hand to hand", SHOWS(abc, BITS_3_BUT_110),
         (W(x, 1, relaxed), W(y, 1, release)),
         (R(a, y, acquire), W(z, 1, release)),
         (R(b, z, acquire), R(c, x, relaxed)));

LITMUS_3(isa2_relaxed_middle, "not if the middle hand is relaxed", SHOWS(abc, BITS_3),
         (W(x, 1, relaxed), W(y, 1, release)),
         (R(a, y, relaxed), W(z, 1, relaxed)),
         (R(b, z, acquire), R(c, x, relaxed)));

/* RC11 allows 1 1 0: the fences are ordered by c and x alone, T2's first, and no happens-before
 * leads back. The explorer takes steps in an order of po and rf, and so T0's fence is the first. */
LITMUS_3(isa2_fences_outside, "difference: fences are ordered as po and rf are",
         SHOWS(abc, BITS_3_BUT_110),
         (W(x, 1, relaxed), F(seq_cst), W(y, 1, relaxed)),
         (R(a, y, relaxed), W(z, 1, relaxed)),
         (R(b, z, relaxed), F(seq_cst), R(c, x, relaxed)));

/* RWC, read to write causality: 1 0 0 */

LITMUS_3(rwc_release_acquire, "nothing is forbidden", SHOWS(abc, BITS_3),
         (W(x, 1, release)),
         (R(a, x, acquire), R(b, y, acquire)),
         (W(y, 1, release), R(c, x, acquire)));

LITMUS_3(rwc_fences, "a fence makes known what was read before it", SHOWS(abc, BITS_3_BUT_100),
         (W(x, 1, relaxed)),
         (R(a, x, relaxed), F(seq_cst), R(b, y, relaxed)),
         (W(y, 1, relaxed), F(seq_cst), R(c, x, relaxed)));

LITMUS_3(rwc_one_fence, "one fence is none", SHOWS(abc, BITS_3),
         (W(x, 1, relaxed)),
         (R(a, x, acquire), R(b, y, acquire)),
         (W(y, 1, relaxed), F(seq_cst), R(c, x, relaxed)));

LITMUS_3(rwc_seq_cst, "seq_cst accesses have one order", SHOWS(abc, BITS_3_BUT_100),
         (W(x, 1, seq_cst)),
         (R(a, x, seq_cst), R(b, y, seq_cst)),
         (W(y, 1, seq_cst), R(c, x, seq_cst)));

/* W+RWC: 1 0 0 */

LITMUS_3(w_rwc_fences, "a fence makes known what was acquired before it",
         SHOWS(abc, BITS_3_BUT_100),
         (W(x, 1, relaxed), W(y, 1, release)),
         (R(a, y, acquire), F(seq_cst), R(b, z, relaxed)),
         (W(z, 1, relaxed), F(seq_cst), R(c, x, relaxed)));

LITMUS_3(w_rwc_relaxed, "and only that", SHOWS(abc, BITS_3),
         (W(x, 1, relaxed), W(y, 1, relaxed)),
         (R(a, y, acquire), F(seq_cst), R(b, z, relaxed)),
         (W(z, 1, relaxed), F(seq_cst), R(c, x, relaxed)));

/* IRIW, independent reads of independent writes: 1 0 1 0 */

LITMUS_4(iriw_relaxed, "nothing is forbidden", SHOWS(abcd, BITS_4),
         (W(x, 1, relaxed)),
         (R(a, x, relaxed), R(b, y, relaxed)),
         (W(y, 1, relaxed)),
         (R(c, y, relaxed), R(d, x, relaxed)));

LITMUS_4(iriw_release_acquire, "nothing is forbidden", SHOWS(abcd, BITS_4),
         (W(x, 1, release)),
         (R(a, x, acquire), R(b, y, acquire)),
         (W(y, 1, release)),
         (R(c, y, acquire), R(d, x, acquire)));

LITMUS_4(iriw_fences, "fences make readers agree", SHOWS(abcd, BITS_4_BUT_1010),
         (W(x, 1, relaxed)),
         (R(a, x, relaxed), F(seq_cst), R(b, y, relaxed)),
         (W(y, 1, relaxed)),
         (R(c, y, relaxed), F(seq_cst), R(d, x, relaxed)));

LITMUS_4(iriw_seq_cst, "seq_cst accesses have one order", SHOWS(abcd, BITS_4_BUT_1010),
         (W(x, 1, seq_cst)),
         (R(a, x, seq_cst), R(b, y, seq_cst)),
         (W(y, 1, seq_cst)),
         (R(c, y, seq_cst), R(d, x, seq_cst)));

/* RC11 allows 1 0 1 0: from x = 1 to b there is happens-before, but none of the kind that binds the
 * order of seq_cst accesses. C11 forbids it. Here that order is the order of steps. */
LITMUS_4(iriw_acq_sc, "difference: seq_cst accesses are ordered as happens-before is",
         SHOWS(abcd, BITS_4_BUT_1010),
         (W(x, 1, seq_cst)),
         (R(a, x, acquire), R(b, y, seq_cst)),
         (W(y, 1, seq_cst)),
         (R(c, y, acquire), R(d, x, seq_cst)));

/* Wherever T3's fence comes: at or before d it has x from T1, behind d it gives y to T1. */
LITMUS_4(iriw_membarrier, "a membarrier at one reader is enough",
         SHOWS(abcd, BITS_4_BUT_1010) WITH_BARRIER,
         (W(x, 1, relaxed)),
         (R(a, x, relaxed), BARRIER, R(b, y, relaxed)),
         (W(y, 1, relaxed)),
         (R(c, y, relaxed), R(d, x, relaxed)));

/*
 * Z6.U. RC11 allows 1 3 0 besides: x = 1 happens before the addition, which is before y = 3 in
 * modification order, which is before c, which is before x = 1; of the first of these RC11 makes no
 * order of seq_cst accesses. C11 forbids it. Here that order is the order of steps.
 * a = 0: the addition is the first of all, so b is 10 or a later 1 or 3. a = 1: b is 11, or 3 if
 * T2's store is the last. a = 3: T2's store was the first, c need not see x.
 */
LITMUS_3(z6u, "difference: seq_cst accesses are ordered as happens-before is",
         SHOWS(abc, "0 10 0\n0 10 1\n0 1 0\n0 1 1\n0 3 0\n0 3 1\n1 11 0\n1 11 1\n1 3 1\n"
                   "3 13 0\n3 13 1\n3 1 0\n3 1 1"),
         (W(x, 1, seq_cst), W(y, 1, release)),
         (ADD(a, y, 10, seq_cst), R(b, y, relaxed)),
         (W(y, 3, seq_cst), R(c, x, seq_cst)));

const struct explore_program *const more_thread_tests[] = {
	&wrc_relaxed,
	&wrc_release_acquire,
	&wrc_fences,
	&isa2_release_acquire,
	&isa2_relaxed_middle,
	&isa2_fences_outside,
	&rwc_release_acquire,
	&rwc_fences,
	&rwc_one_fence,
	&rwc_seq_cst,
	&w_rwc_fences,
	&w_rwc_relaxed,
	&iriw_relaxed,
	&iriw_release_acquire,
	&iriw_fences,
	&iriw_seq_cst,
	&iriw_acq_sc,
	&iriw_membarrier,
	&z6u,
	NULL,
};
