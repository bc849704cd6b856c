/* SPDX-License-Identifier: Apache-2.0 */
/* One word: coherence, and that read-modify-writes are one step. */
#include "litmus.h"

/* Each thread has a line of its own. */
/* clang-format off */

LITMUS_2(corr, "two reads do not go back in modification order", SHOWS(ab, BITS_2_BUT_10),
         (W(x, 1, relaxed)),
         (R(a, x, relaxed), R(b, x, relaxed)));

LITMUS_2(coww, "of two stores by one thread the second is the last, and seen second",
         SHOWS(abx, "0 0 2\n0 1 2\n0 2 2\n1 1 2\n1 2 2\n2 2 2"),
         (W(x, 1, relaxed), W(x, 2, relaxed)),
         (R(a, x, relaxed), R(b, x, relaxed)));

/* a = 2 puts 2 behind 1 */
LITMUS_2(cowr, "a thread reads its own store, or a later one", SHOWS(ax, "1 1\n1 2\n2 2"),
         (W(x, 1, relaxed), R(a, x, relaxed)),
         (W(x, 2, relaxed)));

LITMUS_2(corw, "a store comes after what the thread has read", SHOWS(ax, "0 1\n0 2\n2 1"),
         (R(a, x, relaxed), W(x, 1, relaxed)),
         (W(x, 2, relaxed)));

/* Only readers that saw both stores say anything about their order. */
static void corr_two_writers_end(void)
{
	bool saw_both = m.a && m.b && m.c && m.d && m.a != m.b && m.c != m.d;

	if (saw_both)
		show_abcd();
	else
		explore_outcome("-");
}

static void corr_two_writers_run(unsigned t)
{
	if (t < 2)
		W(x, t + 1, relaxed);
	else if (t == 2)
		R(a, x, relaxed), R(b, x, relaxed);
	else
		R(c, x, relaxed), R(d, x, relaxed);
}

PROGRAM(corr_two_writers, 4, "all threads see the stores to a word in one order",
        .end = corr_two_writers_end, .outcomes = "-\n1 2 1 2\n2 1 2 1");

/* As RWC on one word: T1 knows 1, and so places its own store behind it. */
LITMUS_3(coherence_over_three, "what was read before a store stays before it for all",
         SHOWS(abc, "0 0 0\n0 0 1\n0 0 2\n0 1 1\n0 1 2\n0 2 1\n0 2 2\n"
                   "1 0 0\n1 0 1\n1 0 2\n1 1 1\n1 1 2\n1 2 2"),
         (W(x, 1, relaxed)),
         (R(a, x, relaxed), W(x, 2, relaxed)),
         (R(b, x, relaxed), R(c, x, relaxed)));

LITMUS_2(rmw_two_adds, "no increment is lost", SHOWS(abx, "0 1 2\n1 0 2"),
         (ADD(a, x, 1, relaxed)),
         (ADD(b, x, 1, relaxed)));

LITMUS_3(rmw_three_adds, "no two increments find the same",
         SHOWS(abc, "0 1 2\n0 2 1\n1 0 2\n1 2 0\n2 0 1\n2 1 0"),
         (ADD(a, x, 1, relaxed)),
         (ADD(b, x, 1, relaxed)),
         (ADD(c, x, 1, relaxed)));

LITMUS_2(rmw_and_store, "no store comes between the two halves", SHOWS(ax, "0 1\n1 11"),
         (ADD(a, x, 10, relaxed)),
         (W(x, 1, relaxed)));

LITMUS_2(rmw_exchange, "one finds what the other has left", SHOWS(abx, "0 1 2\n2 0 1"),
         (SWAP(a, x, 1, relaxed)),
         (SWAP(b, x, 2, relaxed)));

/* The other's value is the only one that is not the expected 0. */
LITMUS_2(cas_strong, "just one of two succeeds", SHOWS(abx, "0 1 2\n1 0 1"),
         (CAS(a, c, x, 1, relaxed)),
         (CAS(b, d, x, 2, relaxed)));

LITMUS_2(cas_weak, "at most one of two succeeds", SHOWS(abx, "0 0 0\n0 1 2\n1 0 1"),
         (CAS_WEAK(a, c, x, 1, relaxed)),
         (CAS_WEAK(b, d, x, 2, relaxed)));

/* 1 0 0: the flag is there, yet the failure finds the old value, which has been taken since. A
 * success (b = 1) is before the addition, so the flag (a) has not been seen: po and rf make no
 * circle. */
LITMUS_2(cas_weak_old, "failing for nothing may read an old value",
         SHOWS(abc, "0 0 0\n0 0 1\n0 1 0\n1 0 0\n1 0 1"),
         (ADD(d, x, 1, relaxed), W(y, 1, relaxed)),
         (R(a, y, relaxed), CAS_WEAK(b, c, x, 5, relaxed)));

static void cas_failure_init(void)
{
	m.a = 5;
}

/* SB. Never equal, so a load: and relaxed, whatever the order of success. */
static void cas_failure_run(unsigned t)
{
	if (t == 0)
		W(x, 1, seq_cst), CAS(c, a, y, 6, seq_cst);
	else
		W(y, 1, seq_cst), R(b, x, seq_cst);
}

PROGRAM(cas_failure, 2, "a failure is a relaxed load, so that SB is allowed",
        .init = cas_failure_init, SHOWS(ab, BITS_2));

const struct explore_program *const coherence_tests[] = {
	&corr,
	&coww,
	&cowr,
	&corw,
	&corr_two_writers,
	&coherence_over_three,
	&rmw_two_adds,
	&rmw_three_adds,
	&rmw_and_store,
	&rmw_exchange,
	&cas_strong,
	&cas_weak,
	&cas_weak_old,
	&cas_failure,
	NULL,
};
