/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"

#include "cli.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SMALLEST_WINDOW = 65536, BATCH = 32 };

static uint64_t window_size(size_t n_jobs)
{
	uint64_t size = SMALLEST_WINDOW;
	while (size < (uint64_t)n_jobs * 8)
		size *= 2;
	return size;
}

/* Of the buffer, the chunks and the open blocks of all jobs may take half. */
static size_t hold_limit(const struct map *map)
{
	size_t moving = map->n_jobs * (CHUNKS_PER_JOB + 1) * map->chunk_size;
	return map->options->buffer > moving ? map->options->buffer - moving : 0;
}

void output_init(struct output *o, struct map *map)
{
	*o = (struct output){ .map = map };
	sink_init(&o->sink);
	hold_init(&o->hold, hold_limit(map), map->chunk_size);
	bar_init(&o->bar, map->options->bar, map->input_bytes);
	if (o->bar.on) {
		o->sink.before = bar_before;
		o->sink.before_arg = &o->bar;
	}
	o->window_size = window_size(map->n_jobs);
	o->window = calloc(o->window_size, sizeof(struct held *));
	if (!o->window)
		o->window = must_alloc(o->window_size * sizeof(struct held *));
	o->withheld = must_alloc(map->n_jobs * sizeof(struct job *));
	o->barred = must_alloc(map->n_jobs * sizeof(struct job *));
	o->tally.begun_ns = now_ns();
	if (map->options->words) {
		const size_t per_job = map->options->items_per_job;
		o->tally.total = (map->options->n_words + per_job - 1) / per_job;
		o->tally.total_known = true;
	}
}

void output_fini(struct output *o)
{
	sink_fini(&o->sink);
	hold_fini(&o->hold);
	tally_fini(&o->tally);
	free(o->window);
	free(o->withheld);
	free(o->barred);
}

/* The lists: short, and rarely used. */

static void add_stuck(struct output *o, struct held *held)
{
	struct held **at = &o->stuck;
	if (!o->stuck)
		running_bar(&o->map->running, true);
	for (; *at; at = &(*at)->next_stuck)
		if (*at == held)
			return;
	held->next_stuck = NULL;
	*at = held;
}

static void remove_stuck(struct output *o, struct held *held)
{
	for (struct held **at = &o->stuck; *at; at = &(*at)->next_stuck) {
		if (*at == held) {
			*at = held->next_stuck;
			if (!o->stuck)
				running_bar(&o->map->running, false);
			return;
		}
	}
}

/* Giving back. */

/* May a job start that is so far ahead of the turn? */
static bool window_is_full(const struct output *o)
{
	return !o->map->options->as_done &&
	       tally_ended(&o->tally) - o->turn + 2 * o->map->n_jobs >= o->window_size;
}

static void give_job_back(struct output *o, struct job *job)
{
	o->withheld[o->n_withheld++] = job;
}

/*
 * To the reader, which so fills new ones: but not while none should start. Each time it has to wake
 * up for it, so it gets as many at once as run at a time; as many again still wait to start.
 */
static void give_withheld_back(struct output *o)
{
	if (o->n_withheld < o->map->options->jobs || o->stuck || window_is_full(o))
		return;
	leat_ring_push_n(o->map->free_jobs, o->withheld, o->n_withheld, LEAT_FOREVER);
	o->n_withheld = 0;
}

static void give_chunk_back(struct chunk *chunk)
{
	leat_ring_push(chunk->job->free_chunks, &chunk, LEAT_FOREVER);
}

/* The job has ended, and nothing of it is parked: others may have it. */
static void let_go(struct output *o, struct held *held)
{
	struct job *job = held->job;
	held->job = NULL;
	if (job && held->ended)
		give_job_back(o, job);
}

/* Holding. */

static void tell_stuck(struct output *o)
{
	if (o->told_stuck)
		return;
	o->told_stuck = true;
	bar_hide(&o->bar);
	if (o->hold.error == -ENOBUFS)
		say("--buffer is too small to keep track of the output of so many jobs: no job "
		    "starts until some of it is written\n");
	else
		say("output waits for its turn and does not fit into --buffer, nor into a file in "
		    "%s: %s; jobs wait until there is room, and no job starts meanwhile. Give more "
		    "--buffer, or a roomier TMPDIR\n",
		    o->hold.spill.folder, strerror(-o->hold.error));
}

static void hold_chunk(struct output *o, struct held *held, struct chunk *chunk)
{
	if (hold_put(&o->hold, held, chunk)) {
		give_chunk_back(chunk);
		return;
	}
	add_stuck(o, held);
	tell_stuck(o);
}

/* Room has come: tries those that are stuck again, first come first served. */
static void retry_stuck(struct output *o)
{
	struct held *next;
	for (struct held *held = o->stuck; held; held = next) {
		next = held->next_stuck;
		for (struct chunk *chunk; (chunk = hold_retry(&o->hold, held)) != NULL;)
			give_chunk_back(chunk);
		if (held->n_parked > 0 || (held->ended && !hold_end(&o->hold, held)))
			return;
		remove_stuck(o, held);
		if (held->ended)
			let_go(o, held);
	}
}

/* Writes all that is held of a job, and forgets it. */
static void write_held(struct output *o, struct held *held)
{
	int result = hold_write(&o->hold, held, &o->sink);
	if (result < 0) {
		say("output that waited in a file in %s cannot be read back and is lost: %s\n",
		    o->hold.spill.folder, strerror(-result));
		o->failed = true;
		running_stop(&o->map->running, STOP_OUTPUT);
	}
	for (size_t i = 0; i < held->n_parked; i++)
		give_chunk_back(held->parked[i]);
	remove_stuck(o, held);
	if (held->job)
		held->job->held = NULL;
	let_go(o, held);
	held_free(&o->hold, held);
}

/* The order of the items. */

static struct held **place(struct output *o, uint64_t number)
{
	return &o->window[number & (o->window_size - 1)];
}

/* Writes what has its turn now, up to the first job that still runs, whose turn then begins. */
static void advance(struct output *o)
{
	for (;;) {
		struct held **at = place(o, o->turn);
		struct held *held = *at;
		if (!held)
			return;
		bool ended = held == &o->silent || held->ended;
		*at = NULL;
		if (held != &o->silent)
			write_held(o, held);
		if (!ended)
			return;
		o->turn++;
	}
}

/* As they are done. */

static void go_live(struct output *o, struct held *held)
{
	o->live = held->job;
	write_held(o, held);
}

static void add_done(struct output *o, struct held *held)
{
	held->next_done = NULL;
	if (o->done_first)
		o->done_last->next_done = held;
	else
		o->done_first = held;
	o->done_last = held;
}

static void write_done(struct output *o)
{
	while (o->done_first) {
		struct held *held = o->done_first;
		o->done_first = held->next_done;
		write_held(o, held);
	}
}

/* What the messages mean, in either order. */

static bool has_turn(const struct output *o, const struct job *job)
{
	return o->map->options->as_done ? o->live == job : o->turn == job->number;
}

static void let_barred_go(struct output *o)
{
	size_t left = 0;
	for (size_t i = 0; i < o->n_barred; i++) {
		struct job *job = o->barred[i];
		const int go = 1;
		if (!o->stuck || has_turn(o, job))
			leat_ring_push(job->slot->go, &go, LEAT_FOREVER);
		else
			o->barred[left++] = job;
	}
	o->n_barred = left;
}

/* After each step: whatever can move, moves. */
static void settle(struct output *o)
{
	if (!o->map->options->as_done)
		advance(o);
	else if (!o->live)
		write_done(o);
	retry_stuck(o);
	if (o->map->options->as_done && !o->live && o->stuck && !o->stuck->ended)
		go_live(o, o->stuck);
	give_withheld_back(o);
	let_barred_go(o);
}

static struct held *held_of(struct output *o, struct job *job)
{
	if (!job->held) {
		job->held = held_new(&o->hold, job);
		if (!o->map->options->as_done)
			*place(o, job->number) = job->held;
	}
	return job->held;
}

static void take_chunk(struct output *o, struct job *job, struct chunk *chunk)
{
	if (!chunk)
		return;
	if (has_turn(o, job)) {
		write_runs(&o->sink, chunk->bytes, chunk->length);
		give_chunk_back(chunk);
	} else {
		hold_chunk(o, held_of(o, job), chunk);
	}
}

static void end_in_turn(struct output *o, struct job *job)
{
	if (o->map->options->as_done)
		o->live = NULL;
	else
		o->turn++;
	give_job_back(o, job);
}

static void end_silently(struct output *o, struct job *job)
{
	if (!o->map->options->as_done)
		*place(o, job->number) = &o->silent;
	give_job_back(o, job);
}

static void end_held(struct output *o, struct job *job)
{
	struct held *held = job->held;
	job->held = NULL;
	if (hold_end(&o->hold, held)) {
		let_go(o, held);
	} else {
		add_stuck(o, held);
		tell_stuck(o);
	}
	if (o->map->options->as_done)
		add_done(o, held);
}

static void end_job(struct output *o, struct job *job, struct chunk *chunk)
{
	tally_add(&o->tally, job);
	/* With nobody's turn, a job that ended has it: its output comes in one piece. */
	if (o->map->options->as_done && !o->live) {
		if (job->held)
			go_live(o, job->held);
		o->live = job;
	}
	take_chunk(o, job, chunk);
	if (has_turn(o, job))
		end_in_turn(o, job);
	else if (job->held)
		end_held(o, job);
	else
		end_silently(o, job);
}

static void take_message(struct output *o, const struct message *message)
{
	switch (message->kind) {
	case MESSAGE_STARTED:
		o->tally.started++;
		return;
	case MESSAGE_BARRED:
		o->barred[o->n_barred++] = message->job;
		break;
	case MESSAGE_OUTPUT:
		take_chunk(o, message->job, message->chunk);
		break;
	case MESSAGE_END:
		end_job(o, message->job, message->chunk);
		break;
	case MESSAGE_NO_MORE:
		o->tally.total = message->n_jobs;
		o->tally.total_known = true;
		o->no_more = true;
		return;
	}
	settle(o);
}

/* The output cannot be written: the jobs stop. Said once; a reader that went away is no error. */
static void check_sink(struct output *o)
{
	for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
		int error = o->sink.error[fd];
		if (!error || o->failed || o->broken_pipe)
			continue;
		if (error == EPIPE) {
			o->broken_pipe = true;
		} else {
			o->failed = true;
			bar_hide(&o->bar);
			say("cannot write to standard %s: %s\n",
			    fd == STDOUT_FILENO ? "output" : "error", strerror(error));
		}
		running_stop(&o->map->running, STOP_OUTPUT);
	}
}

static bool all_done(const struct output *o)
{
	return o->no_more && tally_ended(&o->tally) == o->tally.total;
}

/* Takes what there is; if there is nothing, writes what was gathered and waits. */
static ssize_t next_messages(struct output *o, struct message *messages)
{
	ssize_t n = leat_ring_pop_n(o->map->results, messages, BATCH, LEAT_NOW);
	while (n < 0) {
		sink_flush(&o->sink);
		check_sink(o);
		int64_t next = bar_draw(&o->bar, &o->tally);
		n = leat_ring_pop_n(o->map->results, messages, BATCH, next);
	}
	return n;
}

void *output_run(void *argument)
{
	struct output *o = argument;
	struct message messages[BATCH];
	while (!all_done(o)) {
		ssize_t n = next_messages(o, messages);
		for (ssize_t i = 0; i < n; i++)
			take_message(o, &messages[i]);
		check_sink(o);
	}
	sink_flush(&o->sink);
	check_sink(o);
	bar_hide(&o->bar);
	return NULL;
}
