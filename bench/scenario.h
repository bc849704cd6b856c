/* SPDX-License-Identifier: Apache-2.0 */
/* One table of the ring benchmark, and one measurement in it. */
#ifndef BENCH_SCENARIO_H
#define BENCH_SCENARIO_H

#include <stdbool.h>

#include "rival.h"

enum { MAX_THREADS = 8 }; /* of both sides */

enum scenario_kind { KIND_STREAM, KIND_TRIP, KIND_TRIP_AFTER_SLEEP };
enum scenario_sides { SIDES_SINGLE = 1, SIDES_MANY = 2, SIDES_BOTH = 3 };

struct scenario {
	const char *name;
	const char *title;
	const char *goal; /* for leat's best row, as its ratio to the best bounded peer */
	enum scenario_kind kind;
	enum rival_calls calls;
	enum scenario_sides sides;
	unsigned threads; /* a side */
	unsigned words;
	size_t capacity;
	bool pinned; /* each thread to a processor of its own, where there are enough */
};

/* Whether the rival can do what the scenario asks, were it installed. */
bool scenario_suits(const struct scenario *scenario, const struct rival *rival);

/*
 * Moves about n items (makes n trips) and tells nanoseconds for each; false: the rival is so slow
 * that it was stopped. A rival that loses, doubles or changes an item ends the program with an
 * error that names it, and so does a ring of ours that hangs.
 */
bool measure_once(const struct scenario *scenario, const struct rival *rival, uint64_t n,
                  double *ns_each);

/* The same in this process, with the sum of what came out. Returns nanoseconds for all n. */
double run_threads(const struct scenario *scenario, const struct rival *rival, uint64_t n,
                   uint64_t *sum);

/* The processors for the threads of the scenario, producers first, where each is to have its own
 * and there are enough; false: they go where the system puts them, and yield when they cannot go
 * on. */
bool own_processors(const struct scenario *scenario, int processors[MAX_THREADS]);

_Noreturn void bench_fail(const struct scenario *scenario, const struct rival *rival,
                          const char *what);

/* Measures all the rivals in turn, `rounds` times, and prints the table. */
void report_scenario(const struct scenario *scenario, const struct rival *const *rivals,
                     size_t n_rivals, unsigned rounds, unsigned run_ms);

#endif
