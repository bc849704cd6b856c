/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads push values through a buffer, other threads take them out, and all is written down; then
 * it is judged. The judge is a function of what was written down alone, and its verdict is a
 * sentence: the suite wants none, the tests with wrong queues want one.
 */
#ifndef LEAT_TEST_TRANSFER_H
#define LEAT_TEST_TRANSFER_H

#include "conformance/buffer.h"
#include "conformance/linearizable.h"

#define TRANSFER_THREADS 4 /* on each side, at most */

enum transfer_wait {
	TRANSFER_WAITS, /* with a deadline far away: reaching it is an error */
	TRANSFER_POLLS, /* LEAT_NOW */
	TRANSFER_MIXES  /* both, deadlines of some microseconds, and some that have passed */
};

enum transfer_end {
	TRANSFER_CLOSES,      /* the test, after all is pushed */
	TRANSFER_LAST_LEAVES, /* counted producers */
	TRANSFER_CLOSED,      /* by another thread, while all push and pop */
	TRANSFER_CANCELLED    /* so too */
};

struct transfer {
	const struct buffer_ops *ops;
	leat_ring_options options; /* drop and drop_arg are the transfer's */
	unsigned producers, consumers;
	unsigned per_producer; /* values; the item size bounds how many there are */
	unsigned batch;        /* 0: one by one; else up to so many at once */
	unsigned delay;        /* random rounds of nothing between calls, at most */
	enum transfer_wait wait;
	enum transfer_end end;
	unsigned patience_ms; /* until a waiting call counts as stuck; 0: 40 seconds */
	/* When not NULL: each operation is stamped, and the history is checked against these. */
	const struct history_rules *rules;
	uint64_t seed;
};

/* Empty: all is well. Else what went wrong. */
struct verdict {
	char text[160];
};

/* What went through, for tests that want to know that something did. */
struct transfer_counts {
	uint64_t pushed, popped, dropped, empty, full;
};

struct verdict transfer_run(const struct transfer *transfer, struct transfer_counts *counts);

#endif
