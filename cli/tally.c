/* SPDX-License-Identifier: Apache-2.0 */
#include "tally.h"

#include "cli.h"
#include "quote.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The items of the summary are for pasting: more than this no terminal takes well. */
#define AGAIN_BYTES ((size_t)16 * 1024)

int64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void keep_or_free(struct tally *tally, struct job *job)
{
	size_t bytes = strlen(job->again);
	if (tally->n_again < AGAIN_ITEMS && tally->n_again_items + job->items.n <= AGAIN_ITEMS &&
	    tally->n_again_bytes + bytes <= AGAIN_BYTES) {
		tally->again[tally->n_again++] = (struct again){ job->number, job->again };
		tally->n_again_items += job->items.n;
		tally->n_again_bytes += bytes;
	} else {
		free(job->again);
	}
	job->again = NULL;
}

void tally_add(struct tally *tally, struct job *job)
{
	switch (job->outcome) {
	case JOB_DONE:
		tally->done++;
		break;
	case JOB_FAILED:
		tally->failed++;
		keep_or_free(tally, job);
		break;
	case JOB_STOPPED:
		tally->stopped++;
		break;
	case JOB_DROPPED:
		tally->dropped++;
		break;
	}
	if (job->n_bytes_before > tally->n_bytes)
		tally->n_bytes = job->n_bytes_before;
}

uint64_t tally_ended(const struct tally *tally)
{
	return tally->done + tally->failed + tally->stopped + tally->dropped;
}

static int by_number(const void *a, const void *b)
{
	const struct again *one = a, *other = b;
	return one->number < other->number ? -1 : one->number > other->number;
}

static void append_words(struct strings *s, char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		strings_append_text(s, " ");
		quote_append(s, words[i], strlen(words[i]));
	}
}

static void append_again(struct strings *s, struct tally *tally, const struct map_options *options)
{
	qsort(tally->again, tally->n_again, sizeof tally->again[0], by_number);
	strings_append_text(s, "leat map: to run what failed again:\n    leat map");
	append_words(s, options->own, options->n_own);
	append_words(s, options->command, options->n_command);
	strings_append_text(s, " :::");
	for (size_t i = 0; i < tally->n_again; i++) {
		strings_append_text(s, " ");
		strings_append_text(s, tally->again[i].items);
	}
	strings_append_text(s, "\n");
	if (tally->failed > tally->n_again) {
		char more[96];
		snprintf(more, sizeof more, "leat map: and %" PRIu64 " more, named above\n",
		         tally->failed - tally->n_again);
		strings_append_text(s, more);
	}
}

static void append_count(struct strings *s, uint64_t n, const char *what)
{
	char text[64];
	if (n == 0)
		return;
	snprintf(text, sizeof text, ", %" PRIu64 " %s", n, what);
	strings_append_text(s, text);
}

static void append_counts(struct strings *s, const struct tally *tally, int signal)
{
	char text[128];
	if (signal) {
		snprintf(text, sizeof text,
		         "leat map: interrupted by SIG%s: ", sigabbrev_np(signal));
		strings_append_text(s, text);
	} else {
		strings_append_text(s, "leat map: ");
	}
	uint64_t ran = tally->done + tally->failed + tally->stopped;
	snprintf(text, sizeof text, "%" PRIu64 " %s ran in %.2f s", ran, ran == 1 ? "job" : "jobs",
	         (double)(now_ns() - tally->begun_ns) / 1e9);
	strings_append_text(s, text);
	append_count(s, tally->failed, "failed");
	append_count(s, tally->stopped, "stopped");
	strings_append_text(s, "\n");
}

void tally_print(struct tally *tally, const struct map_options *options, int signal)
{
	struct strings s = { 0 };
	append_counts(&s, tally, signal);
	if (tally->n_again > 0)
		append_again(&s, tally, options);
	if (write(STDERR_FILENO, s.bytes, s.length) < 0) {
		/* There is nobody left to tell. */
	}
	strings_free(&s);
}

void tally_fini(struct tally *tally)
{
	for (size_t i = 0; i < tally->n_again; i++)
		free(tally->again[i].items);
}
