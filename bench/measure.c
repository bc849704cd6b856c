/* SPDX-License-Identifier: Apache-2.0 */
/* One measurement, in a process of its own, and the check of what came through. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scenario.h"

/* A peer may crawl, where more threads than processors wait for each other without sleeping; its
 * row then says so. In a ring of ours that is a hang. */
enum { PEER_LIMIT_MS = 3000, OUR_LIMIT_MS = 60000 };

void bench_fail(const struct scenario *scenario, const struct rival *rival, const char *what)
{
	fflush(stdout);
	fprintf(stderr, "ring: %s, %s: %s\n", scenario->title, rival->name, what);
	_exit(1);
}

/* "0,1", or "any". */
static const char *processor_list(const struct scenario *scenario, char list[MAX_THREADS * 12])
{
	int processors[MAX_THREADS];
	size_t length = 0;

	if (!own_processors(scenario, processors))
		return "any";
	for (unsigned i = 0; i < 2 * scenario->threads; i++)
		length += (size_t)sprintf(list + length, i ? ",%d" : "%d", processors[i]);
	return list;
}

/* PROGRAM KIND PRODUCERS-AND-AS-MANY-CONSUMERS CAPACITY ITEMS PROCESSORS prints nanoseconds and the
 * sum. */
static double run_program(const struct scenario *scenario, const struct rival *rival, uint64_t n,
                          uint64_t *sum)
{
	static const char *const kinds[] = { "stream", "trip", "trip-after-sleep" };
	char command[4096], list[MAX_THREADS * 12];
	double ns;
	FILE *out;
	int got;

	snprintf(command, sizeof(command), "'%s' %s-%s %u %zu %" PRIu64 " %s", rival->program,
	         kinds[scenario->kind], scenario->calls == CALLS_WAIT ? "wait" : "spin",
	         scenario->threads, scenario->capacity, n, processor_list(scenario, list));
	out = popen(command, "r");
	if (out == NULL)
		bench_fail(scenario, rival, "cannot start its program");
	got = fscanf(out, "%lf %" SCNu64, &ns, sum);
	if (pclose(out) != 0 || got != 2)
		bench_fail(scenario, rival, "its program failed");
	return ns;
}

/* In the child. */
static _Noreturn void measure_and_tell(const struct scenario *scenario, const struct rival *rival,
                                       uint64_t n, int to)
{
	uint64_t sum;
	double ns;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	ns = rival->program ? run_program(scenario, rival, n, &sum)
	                    : run_threads(scenario, rival, n, &sum);
	if (sum != n * (n + 1) / 2 * scenario->words)
		bench_fail(scenario, rival, "what came out is not what went in: the sum is wrong");
	_exit(write(to, &ns, sizeof(ns)) == sizeof(ns) ? 0 : 1);
}

/* Whether ns arrived in time. The child and what it started are gone afterwards. */
static bool listen_to(const struct scenario *scenario, const struct rival *rival, pid_t child,
                      int from, double *ns)
{
	struct pollfd told = { .fd = from, .events = POLLIN };
	const int limit_ms = rival->traits & RIVAL_OURS ? OUR_LIMIT_MS : PEER_LIMIT_MS;
	const bool in_time = poll(&told, 1, limit_ms) > 0;

	if (!in_time)
		kill(-child, SIGKILL);
	else if (read(from, ns, sizeof(*ns)) != sizeof(*ns))
		exit(1); /* the child has said why */
	waitpid(child, NULL, 0);
	if (!in_time && rival->traits & RIVAL_OURS)
		bench_fail(scenario, rival, "hangs: not done after a minute");
	return in_time;
}

bool measure_once(const struct scenario *scenario, const struct rival *rival, uint64_t n,
                  double *ns_each)
{
	const uint64_t whole = n / scenario->threads * scenario->threads;
	bool in_time;
	int ends[2];
	pid_t child;
	double ns;

	fflush(stdout);
	if (pipe(ends) != 0)
		bench_fail(scenario, rival, strerror(errno));
	child = fork();
	if (child < 0)
		bench_fail(scenario, rival, strerror(errno));
	if (child == 0)
		measure_and_tell(scenario, rival, whole, ends[1]);
	close(ends[1]);
	in_time = listen_to(scenario, rival, child, ends[0], &ns);
	close(ends[0]);
	if (in_time)
		*ns_each = ns / (double)whole;
	return in_time;
}
