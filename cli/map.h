/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leat map, as its parts see it. The producer-consumer pattern twice over:
 *
 *     reader --(pool: jobs)--> workers --(results: messages)--> writer
 *       ^                       |    ^                            |
 *       |                       +----+ free slots                 |
 *       +-------------------- free jobs --------------------------+
 *
 * The reader (map_reader.c) fills jobs with items, the workers (job.c) run them, the writer
 * (output.c) writes what they print in the order of the items. There are 3 x j jobs in all, so that
 * a job which the writer does not give back is a job that does not start: this is how the end of
 * the room for output, and the bound on what is read ahead, reach the reader.
 */
#ifndef CLI_MAP_H
#define CLI_MAP_H

#include "map_items.h"
#include "running.h"
#include "strings.h"
#include "template.h"

#include <leat/pool.h>
#include <leat/ring.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct map_options {
	size_t jobs;
	size_t items_per_job;
	size_t buffer;
	bool nul, as_done, fail_fast, dry_run, bar;
	char *const *command;
	size_t n_command;
	char *const *words; /* after `:::`; NULL: items come from stdin */
	size_t n_words;
	char *const *own; /* our own arguments before the command, for the hint how to run again */
	size_t n_own;
};

/*
 * A piece of what a job printed, in the order in which it was read: runs of bytes, each after a
 * header that says how many and from which stream. A chunk belongs to the worker until it is sent
 * and to the writer until it comes back through job.free_chunks.
 */
struct chunk {
	struct job *job;
	char *bytes; /* map.chunk_size; allocated at the first use */
	size_t length;
};

enum { CHUNKS_PER_JOB = 2 };

typedef uint32_t run_header; /* length << 1 | (1: stderr) */

struct held;

/* Owned by one at a time: the reader, the pool, a worker, the writer, or the ring of free jobs. */
struct job {
	struct map *map;
	uint64_t number; /* from 0 */
	struct strings items;
	uint64_t n_bytes_before; /* of the input, up to and with its items */
	leat_ring *free_chunks;  /* of struct chunk *; the writer pushes, the worker pops */
	struct chunk chunks[CHUNKS_PER_JOB];

	struct slot *slot; /* where it runs, or waits to */

	/* What became of it: set by the worker, read by the writer from MESSAGE_END on. */
	enum { JOB_DONE, JOB_FAILED, JOB_STOPPED, JOB_DROPPED } outcome;
	char *again; /* its items, quoted; only if it failed */

	struct held *held; /* the writer's */
};

enum message_kind {
	MESSAGE_BARRED,  /* the job is to start, and waits until it is let go */
	MESSAGE_STARTED, /* only with --bar */
	MESSAGE_OUTPUT,  /* a chunk, and more may come */
	MESSAGE_END,     /* the job has ended; with its last chunk, if any */
	MESSAGE_NO_MORE  /* from the reader: so many jobs there are, and no more */
};

enum { MESSAGES_PER_JOB = 3 + CHUNKS_PER_JOB }; /* on their way at a time */

struct message {
	enum message_kind kind;
	struct job *job;
	struct chunk *chunk;
	uint64_t n_jobs;
};

/* The working process. Everything in it is set before the threads start. */
struct map {
	const struct map_options *options;
	struct template template;
	char *program; /* where the command is, if its name is the same for all jobs */
	struct items items;
	uint64_t input_bytes; /* the size of a file on stdin, for the bar; 0: not known */
	char *input_error;    /* the reader's; valid after MESSAGE_NO_MORE */
	size_t chunk_size;
	struct job *jobs;
	size_t n_jobs;
	leat_pool *pool;
	leat_ring *free_jobs;  /* of struct job *; the writer pushes, the reader pops */
	leat_ring *free_slots; /* of struct slot * */
	leat_ring *results;    /* of struct message; from anyone to the writer */
	struct running running;
	sigset_t job_mask; /* as it was when leat began */
};

/* 0 or a negative errno, after which there is nothing to do but to end. `map` is zero. */
int map_init(struct map *map, const struct map_options *options);
void map_fini(struct map *map);

/* Sends to the writer. */
void map_send(struct map *map, struct message message);

/* The thread that reads items and submits jobs; its argument is the map. */
void *map_reader(void *map);

/* The life of one job, as a task of the pool. */
void job_run(void *job);

/* Prints the commands instead of running them. Returns an exit status. */
int map_dry_run(const struct map_options *options);

/*
 * The working process: does it all and returns the exit status, 128 + n to end by signal n.
 * `control` is the pipe from the watcher, which sends the signals it got as bytes; its end is the
 * watcher's death.
 */
int map_work(const struct map_options *options, int control);

#endif
