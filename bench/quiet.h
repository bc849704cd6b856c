/* SPDX-License-Identifier: Apache-2.0 */
/* How quiet the machine was while something was measured in child processes. */
#ifndef BENCH_QUIET_H
#define BENCH_QUIET_H

/* Seconds of processor time. */
struct usage {
	double machine, mine; /* used */
	double passed;        /* on all processors */
};

struct usage usage_now(void);

/* What the processors did since then for others, or lost to a neighbour behind the hypervisor. */
double percent_of_others(struct usage before);

#endif
