/* SPDX-License-Identifier: Apache-2.0 */
/* What the threads of a transfer write down: made by transfer.c, read by judge.c. */
#ifndef LEAT_TEST_RECORD_H
#define LEAT_TEST_RECORD_H

#include "conformance/transfer.h"
#include "support/payload.h"
#include "support/run.h"

#include <stdatomic.h>

#define BATCH_MAX 96

struct log {
	struct operation *operations;
	size_t n, room;
};

/* Written by its own thread, and read when that has been joined. */
struct worker {
	struct run *run;
	struct thread thread;
	struct random random;
	struct log log;
	const char *wrong; /* what this thread saw that may not be */
	long code;         /* and the result with it */
	unsigned index, done;
	uint64_t popped, empty, full;
	uint64_t refused_at;   /* when the first refusal had returned; UINT64_MAX: none */
	uint64_t last_success; /* when the last call that succeeded began */
	unsigned char items[BATCH_MAX * PAYLOAD_MAX];
};

struct run {
	const struct transfer *transfer;
	void *buffer;
	size_t item_size;
	unsigned per_producer;
	bool stamped, raced;
	leat_deadline limit;
	pthread_barrier_t gate;
	_Atomic unsigned progress;        /* of the first producer, while the end is near */
	_Atomic(struct worker *) culprit; /* the first whom something went wrong for */
	struct worker producers[TRANSFER_THREADS], consumers[TRANSFER_THREADS], ender;
	struct worker dropped; /* no thread: what was dropped is logged here */
	uint64_t ended_at; /* when close or cancel had returned; UINT64_MAX: it was not called */
};

void log_operation(struct log *log, struct operation operation);

/* All threads have been joined, the buffer is destroyed. */
struct verdict judge(struct run *run);

#endif
