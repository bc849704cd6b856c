/* SPDX-License-Identifier: Apache-2.0 */
/* One table: rounds over all rivals in turn, medians, quartiles and ratios. */
#include <stdio.h>
#include <stdlib.h>

#include "quiet.h"
#include "scenario.h"

enum { SLEEPING_TRIPS = 100 };

struct row {
	const struct rival *rival;
	double ns_each;  /* of the last measurement: how many items make the next one long enough */
	double *figures; /* one a round */
	double low, median, high;
	bool crawls;
};

bool scenario_suits(const struct scenario *scenario, const struct rival *rival)
{
	static const unsigned needed[] = { [CALLS_SPIN] = RIVAL_REFUSES,
		                           [CALLS_WAIT] = RIVAL_WAITS,
		                           [CALLS_BATCH] = RIVAL_BATCHES };
	const unsigned side = rival->traits & RIVAL_SINGLE ? SIDES_SINGLE : SIDES_MANY;

	return rival->words == scenario->words && (side & scenario->sides) &&
	       (rival->traits & needed[scenario->calls]);
}

static bool higher_is_better(const struct scenario *scenario)
{
	return scenario->kind == KIND_STREAM;
}

/* Million items a second, or nanoseconds a trip. */
static double figure(const struct scenario *scenario, double ns_each)
{
	return higher_is_better(scenario) ? 1e3 / ns_each : ns_each;
}

static uint64_t items_for(const struct scenario *scenario, double ns_each, unsigned run_ms)
{
	const double items = run_ms * 1e6 / ns_each;
	const double least = higher_is_better(scenario) ? 4.0 * (double)scenario->capacity : 100;

	if (scenario->kind == KIND_TRIP_AFTER_SLEEP)
		return SLEEPING_TRIPS;
	return (uint64_t)(items < least ? least : items);
}

static void measure(const struct scenario *scenario, struct row *row, uint64_t n)
{
	if (!row->crawls)
		row->crawls = !measure_once(scenario, row->rival, n, &row->ns_each);
}

/* The first runs are short and only find out how fast the rival is. */
static void calibrate(const struct scenario *scenario, struct row *row, unsigned run_ms)
{
	const double enough_ns = run_ms * 1e6 / 8;
	uint64_t n = items_for(scenario, 1e12, run_ms);

	measure(scenario, row, n);
	while (!row->crawls && row->ns_each * (double)n < enough_ns &&
	       scenario->kind != KIND_TRIP_AFTER_SLEEP) {
		n *= 8;
		measure(scenario, row, n);
	}
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double quantile(const double *sorted, unsigned n, double q)
{
	const double place = q * (n - 1);
	const unsigned below = (unsigned)place;

	if (below + 1 >= n)
		return sorted[n - 1];
	return sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]);
}

static void summarise(struct row *row, unsigned rounds)
{
	if (row->crawls)
		return;
	qsort(row->figures, rounds, sizeof(*row->figures), by_value);
	row->low = quantile(row->figures, rounds, 0.25);
	row->median = quantile(row->figures, rounds, 0.5);
	row->high = quantile(row->figures, rounds, 0.75);
}

static int fastest_first(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->crawls != y->crawls)
		return x->crawls - y->crawls;
	return (x->median < y->median) - (x->median > y->median);
}

static int quickest_first(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return x->crawls != y->crawls ? x->crawls - y->crawls : fastest_first(b, a);
}

/* Where nothing pins them, two green threads share one of the system's: no trip between threads. */
static bool stays_in_one_thread(const struct scenario *scenario, const struct rival *rival)
{
	return scenario->kind != KIND_STREAM && !scenario->pinned && rival->traits & RIVAL_GREEN;
}

static const struct row *best_bounded_peer(const struct scenario *scenario, const struct row *rows,
                                           size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!rows[i].crawls && !(rows[i].rival->traits & (RIVAL_OURS | RIVAL_UNBOUNDED)) &&
		    !stays_in_one_thread(scenario, rows[i].rival))
			return &rows[i];
	return NULL;
}

static const char *mark(const struct scenario *scenario, const struct rival *rival)
{
	if (rival->traits & RIVAL_UNBOUNDED)
		return "*";
	if (stays_in_one_thread(scenario, rival))
		return "[g]";
	return rival->traits & RIVAL_REFUSES ? "" : "[w]";
}

/* Three figures that mean something, and no exponents. */
static int decimals(double value)
{
	return value < 10 ? 2 : value < 100 ? 1 : 0;
}

static void print_row(const struct scenario *scenario, const struct row *row,
                      const struct row *best)
{
	if (row->crawls) {
		printf("  %-30s crawls: stopped after seconds with next to nothing done\n",
		       row->rival->name);
		return;
	}
	printf("  %-26s%-4s %10.*f  %9.*f - %-9.*f", row->rival->name, mark(scenario, row->rival),
	       decimals(row->median), row->median, decimals(row->low), row->low,
	       decimals(row->high), row->high);
	if (best && row->rival->traits & RIVAL_OURS)
		printf(" %6.2f x\n", row->median / best->median);
	else
		puts(row == best ? "   best" : "");
}

static void print_absent(const struct scenario *scenario, const struct rival *const *rivals,
                         size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (rivals[i]->missing && scenario_suits(scenario, rivals[i]))
			printf("  %-30s not installed (package %s)\n", rivals[i]->name,
			       rivals[i]->missing);
}

static void print_table(const struct scenario *scenario, struct row *rows, size_t n, double others)
{
	const bool stream = higher_is_better(scenario);
	const struct row *best;

	qsort(rows, n, sizeof(*rows), stream ? fastest_first : quickest_first);
	best = best_bounded_peer(scenario, rows, n);
	printf("\n%s: %s, capacity %zu; others took %.0f %%\n", scenario->name, scenario->title,
	       scenario->capacity, others);
	printf("  %-30s %10s  %-21s   ratio (goal: %s)\n", "", stream ? "M items/s" : "ns",
	       "    quartiles", scenario->goal);
	for (size_t i = 0; i < n; i++)
		print_row(scenario, &rows[i], best);
}

/* Takes turns, so that whatever disturbs the machine disturbs all. */
static void measure_rounds(const struct scenario *scenario, struct row *rows, size_t n,
                           unsigned rounds, unsigned run_ms)
{
	for (size_t i = 0; i < n; i++)
		calibrate(scenario, &rows[i], run_ms);
	for (unsigned round = 0; round < rounds; round++) {
		for (size_t i = 0; i < n; i++) {
			struct row *row = &rows[i];
			measure(scenario, row, items_for(scenario, row->ns_each, run_ms));
			row->figures[round] = figure(scenario, row->ns_each);
		}
	}
	for (size_t i = 0; i < n; i++)
		summarise(&rows[i], rounds);
}

void report_scenario(const struct scenario *scenario, const struct rival *const *rivals,
                     size_t n_rivals, unsigned rounds, unsigned run_ms)
{
	struct row *rows = calloc(n_rivals, sizeof(*rows));
	double *figures = calloc(n_rivals * rounds, sizeof(*figures));
	struct usage before;
	size_t n = 0;

	if (rows == NULL || figures == NULL) {
		fputs("ring: no memory for a table\n", stderr);
		exit(1);
	}
	for (size_t i = 0; i < n_rivals; i++) {
		if (rivals[i]->missing || !scenario_suits(scenario, rivals[i]))
			continue;
		rows[n] = (struct row){ .rival = rivals[i], .figures = figures + n * rounds };
		n++;
	}
	before = usage_now();
	measure_rounds(scenario, rows, n, rounds, run_ms);
	print_table(scenario, rows, n, percent_of_others(before));
	print_absent(scenario, rivals, n_rivals);
	fflush(stdout);
	free(figures);
	free(rows);
}
