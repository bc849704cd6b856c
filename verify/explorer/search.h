/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLORE_SEARCH_H
#define EXPLORE_SEARCH_H

#include "machine.h"

struct search_options {
	uint64_t schedules; /* at most; 0: no bound */
	double seconds;     /* at most; 0: no bound */
	int preemptions;    /* at most, in one schedule; -1: no bound */
	int old_reads;      /* at most, in one schedule; -1: no bound */
	bool unbounded;     /* whatever bounds the program has */
	unsigned deeper;    /* so much wider than the program's are the bounds */
	uint64_t memory;    /* bytes, for the states seen; 0: all there is */
	bool merge;         /* do not go on from a state that has been seen */
	bool sleep_sets; /* nor in two orders that commute; not together with a preemption bound */
	/* random schedules */
	uint64_t seed;
	unsigned changes; /* of priority, in one schedule */
};

enum search_end { EXHAUSTED, BOUNDED, LIMITED, FAILED };

struct search_result {
	enum search_end end;
	uint64_t schedules; /* = complete + merged + pruned */
	uint64_t complete;  /* that came to the end of the program */
	uint64_t merged;    /* that came to a state seen before */
	uint64_t pruned;    /* that a sleep set has shown to be another order of one explored */
	uint64_t states, steps;
	double seconds;
	uint64_t seed;     /* of the failing random schedule */
	char failure[512]; /* why; then schedule has how */
	struct transition schedule[STEPS_MAX];
	unsigned n_steps;
};

/* Every schedule, depth first. */
void search_all(const struct explore_program *p, const struct search_options *options,
                struct search_result *result);

/* Random ones: each thread has a priority, which changes at a few random steps. Source: S. Burckhardt et
 * al., A randomized scheduler with probabilistic guarantees of finding bugs, 2010. */
void search_random(const struct explore_program *p, const struct search_options *options,
                   struct search_result *result);

/* One schedule, told step by step. */
void search_replay(const struct explore_program *p, const struct transition *schedule, unsigned n);

/* main.c: whether --program asks for it, and whether it has done what it should. */
bool is_wanted(const struct explore_program *p);
bool is_as_it_should(const struct explore_program *p, const struct search_result *result);

/*
 * mutate.c: weakens each memory order of the programs and makes other mistakes, one at a time, and explores
 * until something fails. Mistakes that nothing notices have to be among those of the file `reviewed`, which
 * gives each its reason; the file may be NULL. Of the mutants, those whose number is `part` modulo `parts`.
 */
int mutate(const struct explore_program *programs, size_t n, const struct search_options *options,
           const char *reviewed, unsigned part, unsigned parts);

double seconds_now(void);

/* table.c: the states seen, each with a byte. */
void table_clear(uint64_t bytes_max); /* 0: no bound */
bool table_is_full(void);             /* some states were not remembered */
/* The byte of the state; new ones get `fresh`, and *is_new. */
uint8_t *table_find(struct hash hash, uint8_t fresh, bool *is_new);

#endif
