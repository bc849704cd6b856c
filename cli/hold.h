/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Output that cannot be written yet, because it is not its job's turn. All jobs together hold at
 * most `limit` bytes in memory, the rest in the spill file. When there is no room in either, a
 * chunk stays where it is, and since its worker has but two of them, the job soon waits.
 *
 * Each job first fills an open block of up to block_size bytes; only full blocks, and what is left
 * at the job's end, are given a place. So pieces are few and large, however little a job prints at
 * a time. Used by one thread.
 */
#ifndef CLI_HOLD_H
#define CLI_HOLD_H

#include "map.h"
#include "sink.h"
#include "spill.h"

struct piece_of_output;

/* What one job has printed so far, in order: placed pieces, then the open block, then the parked.
 */
struct held {
	struct piece_of_output *first, *last;
	struct piece_of_output *open;
	struct chunk *parked[CHUNKS_PER_JOB];
	size_t n_parked;
	struct job *job; /* NULL from its end on */
	bool ended;
	struct held *next_stuck, *next_done; /* the writer's lists */
};

struct hold {
	size_t used, limit; /* bytes of memory, in placed pieces and everything around them */
	size_t block_size;
	struct spill spill;
	char *block; /* to read spilled pieces back */
	int error;   /* why the last piece found no place; 0: it did */
};

void hold_init(struct hold *hold, size_t limit, size_t block_size);
void hold_fini(struct hold *hold);

struct held *held_new(struct hold *hold, struct job *job);
void held_free(struct hold *hold, struct held *held); /* with what is still in it */

/* Takes what the chunk contains. False: it was parked, because there is no room; see hold->error.
 */
bool hold_put(struct hold *hold, struct held *held, struct chunk *chunk);

/* Tries again to take the first parked chunk: as hold_put. The chunk is the caller's to give back.
 */
struct chunk *hold_retry(struct hold *hold, struct held *held);

/* No more chunks will come. False: what is left has no place yet; call again when there is room. */
bool hold_end(struct hold *hold, struct held *held);

/*
 * Writes all and empties it; parked chunks stay in the list and are the caller's to give back. 0,
 * or a negative errno when something that was spilled cannot be read back: it is lost.
 */
int hold_write(struct hold *hold, struct held *held, struct sink *sink);

/* Writes the runs of a chunk. */
void write_runs(struct sink *sink, const char *bytes, size_t length);

#endif
