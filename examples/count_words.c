/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts the words of the files that are named as arguments, several files at a time.
 *
 * A pool runs one task for each file; each task pushes its result into a ring; the main thread pops
 * the results as they come. The ring is bounded, so a task waits while the main thread is behind;
 * so is the pool's backlog, so the names are handed over no faster than the files are read. The
 * tasks are the ring's counted producers: when the last of them leaves, the ring closes, and the
 * main thread's pop says that it is over.
 */
#include <leat/pool.h>
#include <leat/ring.h>

#include <ctype.h>
#include <pthread.h>
#include <stdio.h>

struct count {
	const char *file;
	long words; /* negative: the file could not be read */
};

LEAT_RING_OF(counts, struct count, LEAT_RING_SINGLE_CONSUMER);

static struct counts *results;
static leat_pool *pool;

static long words_in(const char *file)
{
	FILE *in = fopen(file, "r");
	long words = 0;
	int inside = 0, c;

	if (!in)
		return -1;
	while ((c = getc(in)) != EOF) {
		words += !inside && !isspace(c);
		inside = !isspace(c);
	}
	fclose(in);
	return words;
}

static void count(void *arg)
{
	struct count counted = { .file = arg, .words = words_in(arg) };

	counts_push(results, &counted, LEAT_FOREVER);
	leat_ring_producer_leave(counts_ring(results));
}

/* Hands the files over, in a thread of its own: the main thread takes the results. */
static void *submit_all(void *files)
{
	for (char **file = files; *file; file++) {
		leat_ring_producer_join(counts_ring(results));
		leat_pool_submit(pool, count, *file, LEAT_FOREVER);
	}
	leat_ring_producer_leave(counts_ring(results));
	return NULL;
}

int main(int argc, char **argv)
{
	struct count counted;
	pthread_t submitter;
	int failed = 0;

	if (counts_new(&results, 16) != 0 || leat_pool_new(&pool, NULL) != 0)
		return 1;
	leat_ring_producer_join(counts_ring(results)); /* the submitter is one of them */
	if (pthread_create(&submitter, NULL, submit_all, argv + (argc > 0)) != 0)
		return 1;
	while (counts_pop(results, &counted, LEAT_FOREVER) == 0) {
		if (counted.words >= 0)
			printf("%8ld %s\n", counted.words, counted.file);
		else
			fprintf(stderr, "cannot read %s\n", counted.file), failed = 1;
	}
	pthread_join(submitter, NULL);
	leat_pool_free(pool);
	counts_free(results);
	return failed;
}
