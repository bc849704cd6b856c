/* SPDX-License-Identifier: Apache-2.0 */
#include "quiet.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec * 1e-6;
}

struct usage usage_now(void)
{
	enum { IDLE = 3, IOWAIT = 4, KINDS = 8 };
	const double tick = (double)sysconf(_SC_CLK_TCK);
	struct usage usage = { 0 };
	struct rusage mine;
	FILE *stat = fopen("/proc/stat", "r");

	if (stat == NULL) {
		perror("ring: /proc/stat, which says how quiet the machine is");
		exit(1);
	}
	if (fscanf(stat, "cpu") != 0) {
		fputs("ring: /proc/stat is not as this program knows it\n", stderr);
		exit(1);
	}
	for (int kind = 0; kind < KINDS; kind++) {
		double ticks = 0;

		if (fscanf(stat, "%lf", &ticks) != 1)
			break; /* an old kernel counts fewer kinds */
		usage.passed += ticks / tick;
		if (kind != IDLE && kind != IOWAIT)
			usage.machine += ticks / tick;
	}
	fclose(stat);
	getrusage(RUSAGE_CHILDREN, &mine);
	usage.mine = seconds(mine.ru_utime) + seconds(mine.ru_stime);
	return usage;
}

double percent_of_others(struct usage before)
{
	const struct usage now = usage_now();
	const double others = now.machine - before.machine - (now.mine - before.mine);
	const double passed = now.passed - before.passed;

	return others > 0 && passed > 0 ? others / passed * 100 : 0;
}
