/* SPDX-License-Identifier: Apache-2.0 */
/* Two threads and two words: SB, MP, LB, S, R and 2+2W. */
#include "litmus.h"

/* Each thread has a line of its own. */
/* clang-format off */

/* SB, store buffering: 0 0 */

LITMUS_2(sb_relaxed, "nothing is forbidden", SHOWS(ab, BITS_2),
         (W(x, 1, relaxed), R(a, y, relaxed)),
         (W(y, 1, relaxed), R(b, x, relaxed)));

LITMUS_2(sb_release_acquire, "nothing is forbidden", SHOWS(ab, BITS_2),
         (W(x, 1, release), R(a, y, acquire)),
         (W(y, 1, release), R(b, x, acquire)));

LITMUS_2(sb_fences, "one of the two sees the other", SHOWS(ab, BITS_2_BUT_00),
         (W(x, 1, relaxed), F(seq_cst), R(a, y, relaxed)),
         (W(y, 1, relaxed), F(seq_cst), R(b, x, relaxed)));

LITMUS_2(sb_one_fence, "one fence is none", SHOWS(ab, BITS_2),
         (W(x, 1, relaxed), F(seq_cst), R(a, y, relaxed)),
         (W(y, 1, relaxed), R(b, x, relaxed)));

LITMUS_2(sb_weaker_fences, "acq_rel is not enough", SHOWS(ab, BITS_2),
         (W(x, 1, relaxed), F(acq_rel), R(a, y, relaxed)),
         (W(y, 1, relaxed), F(acq_rel), R(b, x, relaxed)));

LITMUS_2(sb_seq_cst, "one of the two sees the other", SHOWS(ab, BITS_2_BUT_00),
         (W(x, 1, seq_cst), R(a, y, seq_cst)),
         (W(y, 1, seq_cst), R(b, x, seq_cst)));

LITMUS_2(sb_seq_cst_stores, "the loads have to be seq_cst, too", SHOWS(ab, BITS_2),
         (W(x, 1, seq_cst), R(a, y, acquire)),
         (W(y, 1, seq_cst), R(b, x, acquire)));

LITMUS_2(sb_seq_cst_loads, "the stores have to be seq_cst, too", SHOWS(ab, BITS_2),
         (W(x, 1, release), R(a, y, seq_cst)),
         (W(y, 1, release), R(b, x, seq_cst)));

/* a = 0 puts the load before the fence, b = 0 the fence before the store */
LITMUS_2(sb_fence_and_seq_cst, "a fence goes together with seq_cst accesses",
         SHOWS(ab, BITS_2_BUT_00),
         (W(x, 1, seq_cst), R(a, y, seq_cst)),
         (W(y, 1, relaxed), F(seq_cst), R(b, x, relaxed)));

LITMUS_2(sb_exchanges, "exchanges of two words order nothing", SHOWS(ab, BITS_2),
         (SWAP(c, x, 1, acq_rel), R(a, y, acquire)),
         (SWAP(d, y, 1, acq_rel), R(b, x, acquire)));

/* the second addition reads from the first, and synchronises with it */
LITMUS_2(sb_one_word, "read-modify-writes of one word order all around them",
         SHOWS(ab, BITS_2_BUT_00),
         (W(x, 1, relaxed), ADD(c, z, 1, acq_rel), R(a, y, relaxed)),
         (W(y, 1, relaxed), ADD(d, z, 1, acq_rel), R(b, x, relaxed)));

LITMUS_2(sb_membarrier, "a membarrier here stands for a fence there",
         SHOWS(ab, BITS_2_BUT_00) WITH_BARRIER,
         (W(x, 1, relaxed), BARRIER, R(a, y, relaxed)),
         (W(y, 1, relaxed), R(b, x, relaxed)));

LITMUS_2(load_membarrier_store, "a membarrier comes between a load and the store behind it",
         SHOWS(ab, BITS_2) WITH_BARRIER,
         (R(a, x, relaxed), W(y, 1, relaxed)),
         (W(x, 1, relaxed), BARRIER, R(b, y, relaxed)));

static void sb_membarrier_at_once_run(unsigned t)
{
	sb_membarrier_run(t);
}

PROGRAM(sb_membarrier_at_once, 2, "the same, in one step", SHOWS(ab, BITS_2_BUT_00),
        .membarrier = true, .barrier_at_once = true);

/* MP, message passing: 1 0 */

LITMUS_2(mp_relaxed, "nothing is forbidden", SHOWS(ab, BITS_2),
         (W(x, 1, relaxed), W(y, 1, relaxed)),
         (R(a, y, relaxed), R(b, x, relaxed)));

LITMUS_2(mp_release_acquire, "who sees the flag sees the message", SHOWS(ab, BITS_2_BUT_10),
         (W(x, 1, relaxed), W(y, 1, release)),
         (R(a, y, acquire), R(b, x, relaxed)));

LITMUS_2(mp_release_only, "one side is not enough", SHOWS(ab, BITS_2),
         (W(x, 1, relaxed), W(y, 1, release)),
         (R(a, y, relaxed), R(b, x, relaxed)));

LITMUS_2(mp_acquire_only, "one side is not enough", SHOWS(ab, BITS_2),
         (W(x, 1, relaxed), W(y, 1, relaxed)),
         (R(a, y, acquire), R(b, x, relaxed)));

LITMUS_2(mp_seq_cst, "who sees the flag sees the message", SHOWS(ab, BITS_2_BUT_10),
         (W(x, 1, seq_cst), W(y, 1, seq_cst)),
         (R(a, y, seq_cst), R(b, x, seq_cst)));

/* T1 stores in the order in which T0 reads: between the loads there must be room for both. */
LITMUS_2(mp_backwards_seq_cst, "nothing is forbidden", SHOWS(ab, BITS_2),
         (W(x, 1, seq_cst), W(y, 1, seq_cst)),
         (R(a, x, seq_cst), R(b, y, seq_cst)));

/* RC11 allows 1 0 in the next two: y is relaxed on one side, so there is no happens-before, and the
 * order of seq_cst puts the load of x before its store. Here that order is the order of steps. */
LITMUS_2(mp_relaxed_flag_load, "difference: seq_cst accesses are ordered as po and rf are",
         SHOWS(ab, BITS_2_BUT_10),
         (W(x, 1, seq_cst), W(y, 1, release)),
         (R(a, y, relaxed), R(b, x, seq_cst)));

LITMUS_2(mp_relaxed_flag_store, "difference: seq_cst accesses are ordered as po and rf are",
         SHOWS(ab, BITS_2_BUT_10),
         (W(x, 1, seq_cst), W(y, 1, relaxed)),
         (R(a, y, acquire), R(b, x, seq_cst)));

/* LB, load buffering: 1 1. The standard allows lb_relaxed, RC11 does not. */

LITMUS_2(lb_relaxed, "po and rf make no circle", SHOWS(ab, BITS_2_BUT_11),
         (R(a, x, relaxed), W(y, 1, relaxed)),
         (R(b, y, relaxed), W(x, 1, relaxed)));

LITMUS_2(lb_release_acquire, "forbidden by the standard, too", SHOWS(ab, BITS_2_BUT_11),
         (R(a, x, acquire), W(y, 1, release)),
         (R(b, y, acquire), W(x, 1, release)));

LITMUS_2(lb_thin_air, "values do not come from nowhere", SHOWS(ab, "0 0"),
         (R(a, x, relaxed), W(y, m.a, relaxed)),
         (R(b, y, relaxed), W(x, m.b, relaxed)));

/* S: a = 1, and the store behind it is nevertheless the earlier: 1 2 */

LITMUS_2(s_relaxed, "nothing is forbidden", SHOWS(ax, "0 1\n0 2\n1 1\n1 2"),
         (W(x, 2, relaxed), W(y, 1, relaxed)),
         (R(a, y, relaxed), W(x, 1, relaxed)));

LITMUS_2(s_release_acquire, "what comes after in happens-before comes after in modification order",
         SHOWS(ax, "0 1\n0 2\n1 1"),
         (W(x, 2, relaxed), W(y, 1, release)),
         (R(a, y, acquire), W(x, 1, relaxed)));

/* R: the other's store is the earlier, and yet unseen: 0 2 */

LITMUS_2(r_relaxed, "nothing is forbidden", SHOWS(ay, "0 1\n0 2\n1 1\n1 2"),
         (W(x, 1, relaxed), W(y, 1, relaxed)),
         (W(y, 2, relaxed), R(a, x, relaxed)));

LITMUS_2(r_release_acquire, "nothing is forbidden: stores do not synchronise",
         SHOWS(ay, "0 1\n0 2\n1 1\n1 2"),
         (W(x, 1, release), W(y, 1, release)),
         (W(y, 2, release), R(a, x, acquire)));

LITMUS_2(r_fences, "modification order goes with the order of fences", SHOWS(ay, "0 1\n1 1\n1 2"),
         (W(x, 1, relaxed), F(seq_cst), W(y, 1, relaxed)),
         (W(y, 2, relaxed), F(seq_cst), R(a, x, relaxed)));

LITMUS_2(r_seq_cst, "modification order goes with the order of seq_cst accesses",
         SHOWS(ay, "0 1\n1 1\n1 2"),
         (W(x, 1, seq_cst), W(y, 1, seq_cst)),
         (W(y, 2, seq_cst), R(a, x, seq_cst)));

/* 2+2W: each thread's first store is the last of its word: 1 1 */

LITMUS_2(w2_relaxed, "nothing is forbidden", SHOWS(xy, "1 1\n1 2\n2 1\n2 2"),
         (W(x, 1, relaxed), W(y, 2, relaxed)),
         (W(y, 1, relaxed), W(x, 2, relaxed)));

LITMUS_2(w2_release, "nothing is forbidden", SHOWS(xy, "1 1\n1 2\n2 1\n2 2"),
         (W(x, 1, release), W(y, 2, release)),
         (W(y, 1, release), W(x, 2, release)));

LITMUS_2(w2_fences, "modification orders make no circle through fences", SHOWS(xy, "1 2\n2 1\n2 2"),
         (W(x, 1, relaxed), F(seq_cst), W(y, 2, relaxed)),
         (W(y, 1, relaxed), F(seq_cst), W(x, 2, relaxed)));

LITMUS_2(w2_seq_cst, "modification orders make no circle", SHOWS(xy, "1 2\n2 1\n2 2"),
         (W(x, 1, seq_cst), W(y, 2, seq_cst)),
         (W(y, 1, seq_cst), W(x, 2, seq_cst)));

const struct explore_program *const two_thread_tests[] = {
	&sb_relaxed,
	&sb_release_acquire,
	&sb_fences,
	&sb_one_fence,
	&sb_weaker_fences,
	&sb_seq_cst,
	&sb_seq_cst_stores,
	&sb_seq_cst_loads,
	&sb_fence_and_seq_cst,
	&sb_exchanges,
	&sb_one_word,
	&sb_membarrier,
	&sb_membarrier_at_once,
	&load_membarrier_store,
	&mp_relaxed,
	&mp_release_acquire,
	&mp_release_only,
	&mp_acquire_only,
	&mp_seq_cst,
	&mp_backwards_seq_cst,
	&mp_relaxed_flag_load,
	&mp_relaxed_flag_store,
	&lb_relaxed,
	&lb_release_acquire,
	&lb_thin_air,
	&s_relaxed,
	&s_release_acquire,
	&r_relaxed,
	&r_release_acquire,
	&r_fences,
	&r_seq_cst,
	&w2_relaxed,
	&w2_release,
	&w2_fences,
	&w2_seq_cst,
	NULL,
};
