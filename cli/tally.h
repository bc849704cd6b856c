/* SPDX-License-Identifier: Apache-2.0 */
/* What became of the jobs, and the summary of it. Kept by the writer, read by others when it is
 * done. */
#ifndef CLI_TALLY_H
#define CLI_TALLY_H

#include "map.h"

#define AGAIN_ITEMS 20u

struct tally {
	int64_t begun_ns;
	uint64_t started; /* counted only with --bar */
	uint64_t done, failed, stopped, dropped;
	uint64_t n_bytes; /* of input, up to the job that came furthest */
	uint64_t total;   /* jobs; valid if total_known */
	bool total_known;
	/* The failed jobs that the summary names, with their items quoted. */
	struct again {
		uint64_t number;
		char *items;
	} again[AGAIN_ITEMS];
	size_t n_again, n_again_items, n_again_bytes;
};

int64_t now_ns(void);

void tally_add(struct tally *tally, struct job *job);
uint64_t tally_ended(const struct tally *tally);

/* Prints how many ran and failed and how to run those again. `signal`: what interrupted it, or 0.
 */
void tally_print(struct tally *tally, const struct map_options *options, int signal);
void tally_fini(struct tally *tally);

#endif
