/* SPDX-License-Identifier: Apache-2.0 */
/* The life of one job, on a worker of the pool: start the command, collect what it prints, report.
 */
#include "map.h"
#include "quote.h"
#include "spawn.h"
#include "tally.h"

#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * How long output may lie with the worker before it is sent, in ms. Most short commands print and
 * end within it: then everything goes in one message, with the end.
 */
#define LINGER_MS 2

/* When the system has no room for one more process: how long until the next try, and after how many in
 * a row without a job of ours running to give up. */
#define NO_ROOM_MS    20
#define NO_ROOM_TRIES 50

/* Of a command that failed: what is reported of it. */
#define COMMAND_BYTES ((size_t)16 * 1024)

enum { OUT, ERR, N_STREAMS };

struct run {
	struct job *job;
	struct slot *slot;
	int pidfd;
	int ends[N_STREAMS][2]; /* pipes: read and write end */
	struct chunk *chunk;    /* being filled; NULL: none */
	leat_deadline send_by;  /* it has been lying here long enough */
	size_t last_run;        /* where its last header is */
	int last_stream;
	char last_error_byte; /* of stderr: does it end in a newline? */
};

static void send(struct run *run, enum message_kind kind)
{
	map_send(run->job->map,
	         (struct message){ .kind = kind, .job = run->job, .chunk = run->chunk });
	run->chunk = NULL;
}

/* Waits until the writer gives a chunk back: this is how output that nobody takes stops the job. */
static void take_chunk(struct run *run)
{
	leat_ring_pop(run->job->free_chunks, &run->chunk, LEAT_FOREVER);
	if (!run->chunk->bytes)
		run->chunk->bytes = must_alloc(run->job->map->chunk_size);
	run->chunk->length = 0;
	run->send_by = leat_after_ms(LINGER_MS);
	run->last_stream = -1;
}

/* Where the next bytes of the stream go, in a chunk with room for some; how many in *room. */
static char *room_for(struct run *run, int stream, size_t *room)
{
	const size_t size = run->job->map->chunk_size;
	if (run->chunk && run->chunk->length + sizeof(run_header) >= size)
		send(run, MESSAGE_OUTPUT);
	if (!run->chunk)
		take_chunk(run);
	size_t used = run->chunk->length + (run->last_stream == stream ? 0 : sizeof(run_header));
	*room = size - used;
	return run->chunk->bytes + used;
}

/* Says that n bytes of the stream are now where room_for pointed. */
static void filled(struct run *run, int stream, size_t n)
{
	struct chunk *chunk = run->chunk;
	run_header header = 0;
	if (run->last_stream == stream) {
		memcpy(&header, chunk->bytes + run->last_run, sizeof header);
	} else {
		run->last_run = chunk->length;
		run->last_stream = stream;
		chunk->length += sizeof header;
		header = stream == ERR;
	}
	header += (run_header)n << 1;
	memcpy(chunk->bytes + run->last_run, &header, sizeof header);
	chunk->length += n;
	if (stream == ERR)
		run->last_error_byte = chunk->bytes[chunk->length - 1];
}

/* Reads once, at most `limit`. 0: there was nothing after all. */
static size_t read_stream(struct run *run, int stream, size_t limit)
{
	size_t room;
	char *to = room_for(run, stream, &room);
	ssize_t n = read(run->ends[stream][0], to, room < limit ? room : limit);
	if (n <= 0)
		return 0;
	filled(run, stream, (size_t)n);
	return (size_t)n;
}

/*
 * The command has ended. Takes what is in the pipe now, and no more: what it left running in the
 * background may hold the pipe open, and even go on writing.
 */
static void drain(struct run *run, int stream)
{
	int left = 0;
	if (ioctl(run->ends[stream][0], FIONREAD, &left) < 0)
		return;
	while (left > 0) {
		size_t n = read_stream(run, stream, (size_t)left);
		if (n == 0)
			return;
		left -= (int)n;
	}
}

static int linger_ms(const struct run *run)
{
	int64_t left = run->send_by - now_ns();
	return left > 0 ? (int)(left / 1000000) + 1 : 0;
}

/*
 * Collects until the command has ended. The pidfd comes first: poll looks at it before the pipes,
 * so when it reports the end, what it says about the pipes is of a later time. Our write ends stay
 * open meanwhile, so that one thing alone wakes us at the end of a silent command.
 */
static void collect(struct run *run)
{
	struct pollfd fds[] = { { .fd = run->pidfd, .events = POLLIN },
		                { .fd = run->ends[OUT][0], .events = POLLIN },
		                { .fd = run->ends[ERR][0], .events = POLLIN } };
	for (;;) {
		int n = poll(fds, 3, run->chunk ? linger_ms(run) : -1);
		const bool ended = n > 0 && fds[0].revents != 0;
		for (int stream = OUT; stream <= ERR; stream++) {
			if (n <= 0 || !fds[1 + stream].revents)
				continue;
			if (ended)
				drain(run, stream);
			else
				read_stream(run, stream, SIZE_MAX);
		}
		if (ended)
			return;
		if (run->chunk && linger_ms(run) == 0)
			send(run, MESSAGE_OUTPUT);
	}
}

static void reset(struct run *run)
{
	run->pidfd = -1;
	for (int stream = OUT; stream <= ERR; stream++)
		run->ends[stream][0] = run->ends[stream][1] = -1;
}

static void close_all(struct run *run)
{
	for (int stream = OUT; stream <= ERR; stream++)
		for (int end = 0; end < 2; end++)
			if (run->ends[stream][end] >= 0)
				close(run->ends[stream][end]);
	if (run->pidfd >= 0)
		close(run->pidfd);
	reset(run);
}

/* Adds text of ours to the job's stderr, so that it comes where the job's own messages are. */
static void add_error(struct run *run, const char *text, size_t length)
{
	while (length > 0) {
		size_t room;
		char *to = room_for(run, ERR, &room);
		size_t n = length < room ? length : room;
		memcpy(to, text, n);
		filled(run, ERR, n);
		text += n;
		length -= n;
	}
}

static void append_number(struct strings *s, uint64_t number)
{
	char digits[24];
	snprintf(digits, sizeof digits, "%" PRIu64, number);
	strings_append_text(s, digits);
}

/* The whole of it is for pasting: more than COMMAND_BYTES no terminal takes well. */
static void append_command(struct strings *s, const struct strings *arguments)
{
	const size_t begin = s->length;
	quote_append_command(s, arguments);
	if (s->length - begin <= COMMAND_BYTES)
		return;
	const size_t more = s->length - begin - COMMAND_BYTES;
	s->length -= more;
	strings_append_text(s, " ... (and ");
	append_number(s, more);
	strings_append_text(s, " bytes more)");
}

/* "leat map: job 3 failed with exit status 1: sh -c 'exit 1' a" */
static void report(struct run *run, const char *how, const char *reason)
{
	struct strings line = { 0 };
	if (run->last_error_byte != '\n')
		strings_append_text(&line, "\n");
	strings_append_text(&line, "leat map: job ");
	append_number(&line, run->job->number + 1);
	strings_append_text(&line, how);
	strings_append_text(&line, reason);
	strings_append_text(&line, ": ");
	append_command(&line, &run->slot->arguments);
	strings_append_text(&line, "\n");
	add_error(run, line.bytes, line.length);
	strings_free(&line);
}

static void set_failed(struct run *run)
{
	struct strings items = { 0 };
	quote_append_list(&items, &run->job->items, 0);
	strings_end(&items);
	run->job->again = items.bytes;
	items.bytes = NULL;
	strings_free(&items);
	run->job->outcome = JOB_FAILED;
	if (run->job->map->options->fail_fast)
		running_stop(&run->job->map->running, STOP_FAILED_JOB);
}

static void not_started(struct run *run, int error)
{
	report(run, " could not be started: ", strerror(error));
	set_failed(run);
}

static void ended(struct run *run, int status, bool stopped)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		run->job->outcome = JOB_DONE;
		return;
	}
	if (stopped) {
		run->job->outcome = JOB_STOPPED;
		return;
	}
	char number[16];
	snprintf(number, sizeof number, "%d",
	         WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	if (WIFEXITED(status)) {
		report(run, " failed with exit status ", number);
	} else {
		const char *name = sigabbrev_np(WTERMSIG(status));
		report(run, name ? " was ended by SIG" : " was ended by signal ",
		       name ? name : number);
	}
	set_failed(run);
}

/* The pipes and the process, whose id it returns, or a negative errno. */
static int start(struct run *run)
{
	struct map *map = run->job->map;
	struct strings *arguments = &run->slot->arguments;
	template_expand(&map->template, &run->job->items, run->job->number + 1, run->slot->number,
	                arguments);
	char *found = NULL;
	int result = map->program ? 0 : find_command(strings_at(arguments, 0), &found);
	if (result < 0)
		return result;
	if (pipe2(run->ends[OUT], O_CLOEXEC) < 0 || pipe2(run->ends[ERR], O_CLOEXEC) < 0) {
		free(found);
		return -errno;
	}
	struct spawn s = { .path = map->program ? map->program : found,
		           .argv = strings_vector(arguments),
		           .out = run->ends[OUT][1],
		           .err = run->ends[ERR][1],
		           .mask = &map->job_mask };
	pid_t pid = spawn(&s, run->slot->stack);
	free(found);
	run->pidfd = s.pidfd;
	return pid;
}

/*
 * A limit on processes, or on memory, is no fault of the job: as long as other jobs of ours run, there
 * will be room when one of them ends. -ECANCELED: meanwhile it was no longer to start.
 */
static int start_when_there_is_room(struct run *run)
{
	const struct timespec pause = { .tv_nsec = NO_ROOM_MS * 1000000 };
	int result, tries = NO_ROOM_TRIES;
	while ((result = start(run)) == -EAGAIN || result == -ENOMEM) {
		tries = running_any(&run->job->map->running) ? NO_ROOM_TRIES : tries - 1;
		if (tries == 0)
			return result;
		close_all(run);
		running_started(run->slot, 0);
		nanosleep(&pause, NULL);
		if (running_admits_now(run->slot) != ADMITS)
			return -ECANCELED;
	}
	return result;
}

/* While there is no room for more output the writer lets go only the job whose turn it is. */
static bool admitted(struct run *run)
{
	enum admission admission = running_admits(run->slot);
	if (admission == BARS) {
		int go;
		send(run, MESSAGE_BARRED);
		leat_ring_pop(run->slot->go, &go, LEAT_FOREVER);
		admission = running_admits_now(run->slot);
	}
	return admission == ADMITS;
}

static void run_in_slot(struct run *run)
{
	struct map *map = run->job->map;
	if (!admitted(run)) {
		run->job->outcome = JOB_DROPPED;
		return;
	}
	if (map->options->bar)
		send(run, MESSAGE_STARTED);
	int result = start_when_there_is_room(run);
	running_started(run->slot, result > 0 ? result : 0);
	if (result == -ECANCELED) {
		run->job->outcome = JOB_DROPPED;
	} else if (result < 0) {
		not_started(run, -result);
	} else {
		collect(run);
		bool stopped;
		int status = running_reap(run->slot, &stopped);
		ended(run, status, stopped);
	}
	close_all(run);
}

void job_run(void *argument)
{
	struct run run = { .job = argument, .last_stream = -1, .last_error_byte = '\n' };
	reset(&run);
	struct map *map = run.job->map;
	leat_ring_pop(map->free_slots, &run.slot, LEAT_FOREVER);
	run.job->slot = run.slot;
	run_in_slot(&run);
	leat_ring_push(map->free_slots, &run.slot, LEAT_FOREVER);
	send(&run, MESSAGE_END);
}
