/* SPDX-License-Identifier: Apache-2.0 */
/* The writer: the one consumer of what the workers send, and the only one who writes the output. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "bar.h"
#include "hold.h"
#include "map.h"
#include "sink.h"
#include "tally.h"

struct output {
	struct map *map;
	struct sink sink;
	struct hold hold;
	struct tally tally;
	struct bar bar;

	/*
	 * In the order of the items: the job `turn` is written as it prints. For each job after it
	 * the window says whether anything came: NULL, nothing yet; silent, it ended well and
	 * printed nothing; else what it printed so far.
	 */
	uint64_t turn;
	struct held **window;
	uint64_t window_size; /* a power of two */
	struct held silent;

	/*
	 * --as-done: a job is written when it has ended. Only if there is no room to hold the
	 * output of all that run, one of them gets its turn before its end; those that end
	 * meanwhile wait in the list.
	 */
	struct job *live;
	struct held *done_first, *done_last;

	struct held *stuck; /* those with something that found no room */
	bool told_stuck;
	struct job **barred; /* jobs that wait to start until nobody is stuck */
	size_t n_barred;
	struct job **withheld; /* jobs that are not given back, or not yet */
	size_t n_withheld;
	uint64_t n_loud;  /* messages seen that were not quiet */
	bool no_more;     /* the number of jobs is known for good */
	bool broken_pipe; /* nobody reads the output any more */
	bool failed;      /* output was lost */
};

void output_init(struct output *o, struct map *map);
void output_fini(struct output *o);

/* The thread: returns when all jobs have ended and everything is written. Its argument is the
 * output. */
void *output_run(void *output);

#endif
