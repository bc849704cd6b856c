/* SPDX-License-Identifier: Apache-2.0 */
#include "hold.h"

#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Whole runs, in memory or in the spill file. */
struct piece_of_output {
	struct piece_of_output *next;
	size_t length, room; /* room 0: spilled, at `at` */
	uint64_t at;
	char bytes[];
};

enum { SMALLEST_ROOM = 256 };

/* The memory to keep track of what was spilled goes beyond the limit, and is bounded too. */
enum { TRACK_MAX = 4 << 20 };

void hold_init(struct hold *hold, size_t limit, size_t block_size)
{
	*hold = (struct hold){ .limit = limit, .block_size = block_size };
	spill_init(&hold->spill);
}

void hold_fini(struct hold *hold)
{
	spill_fini(&hold->spill);
	free(hold->block);
}

struct held *held_new(struct hold *hold, struct job *job)
{
	struct held *held = must_alloc(sizeof *held);
	*held = (struct held){ .job = job };
	hold->used += sizeof *held;
	return held;
}

static size_t memory_of(const struct piece_of_output *piece)
{
	return sizeof *piece + piece->room;
}

static void drop_first(struct hold *hold, struct held *held)
{
	struct piece_of_output *piece = held->first;
	held->first = piece->next;
	hold->used -= memory_of(piece);
	if (piece->room == 0)
		spill_release(&hold->spill, piece->length, piece->at);
	free(piece);
}

void held_free(struct hold *hold, struct held *held)
{
	while (held->first)
		drop_first(hold, held);
	free(held->open);
	hold->used -= sizeof *held;
	free(held);
}

static void append(struct hold *hold, struct held *held, struct piece_of_output *piece)
{
	piece->next = NULL;
	if (held->first)
		held->last->next = piece;
	else
		held->first = piece;
	held->last = piece;
	hold->used += memory_of(piece);
}

/*
 * Moves what is in the open block to the spill file. The block stays for more: what keeps track of
 * the piece is allocated apart, so that small pieces do not keep the room of large ones from being
 * used.
 */
static int place_in_file(struct hold *hold, struct held *held)
{
	struct piece_of_output *open = held->open;
	uint64_t at;
	if (hold->used > hold->limit + TRACK_MAX)
		return -ENOBUFS;
	int result = spill_write(&hold->spill, open->bytes, open->length, &at);
	if (result < 0)
		return result;
	struct piece_of_output *piece = must_alloc(sizeof *piece);
	*piece = (struct piece_of_output){ .length = open->length, .at = at };
	append(hold, held, piece);
	open->length = 0;
	return 0;
}

/* Gives what is in the open block a place. False: there is none. */
static bool place_open(struct hold *hold, struct held *held)
{
	struct piece_of_output *open = held->open;
	if (!open || open->length == 0)
		return true;
	if (hold->used + sizeof *open + open->length > hold->limit) {
		hold->error = place_in_file(hold, held);
		return hold->error == 0;
	}
	if (open->room > open->length)
		open = must_realloc(open, sizeof *open + open->length);
	open->room = open->length;
	append(hold, held, open);
	held->open = NULL;
	return true;
}

static void append_to_open(struct hold *hold, struct held *held, const struct chunk *chunk)
{
	struct piece_of_output *open = held->open;
	size_t length = (open ? open->length : 0) + chunk->length;
	size_t room = open ? open->room : SMALLEST_ROOM;
	while (room < length)
		room *= 2;
	if (room > hold->block_size)
		room = hold->block_size;
	if (!open || room > open->room) {
		bool is_new = !open;
		open = must_realloc(open, sizeof *open + room);
		if (is_new)
			open->length = 0;
		open->room = room;
		held->open = open;
	}
	memcpy(open->bytes + open->length, chunk->bytes, chunk->length);
	open->length = length;
}

static bool take(struct hold *hold, struct held *held, const struct chunk *chunk)
{
	if (held->open && held->open->length + chunk->length > hold->block_size &&
	    !place_open(hold, held))
		return false;
	append_to_open(hold, held, chunk);
	return true;
}

bool hold_put(struct hold *hold, struct held *held, struct chunk *chunk)
{
	if (held->n_parked == 0 && take(hold, held, chunk))
		return true;
	held->parked[held->n_parked++] = chunk;
	return false;
}

struct chunk *hold_retry(struct hold *hold, struct held *held)
{
	if (held->n_parked == 0)
		return NULL;
	struct chunk *chunk = held->parked[0];
	if (!take(hold, held, chunk))
		return NULL;
	held->parked[0] = held->parked[1];
	held->n_parked--;
	return chunk;
}

bool hold_end(struct hold *hold, struct held *held)
{
	held->ended = true;
	if (held->n_parked > 0 || !place_open(hold, held))
		return false;
	free(held->open);
	held->open = NULL;
	return true;
}

void write_runs(struct sink *sink, const char *bytes, size_t length)
{
	while (length > 0) {
		run_header header;
		memcpy(&header, bytes, sizeof header);
		size_t n = header >> 1;
		sink_write(sink, header & 1 ? STDERR_FILENO : STDOUT_FILENO, bytes + sizeof header,
		           n);
		bytes += sizeof header + n;
		length -= sizeof header + n;
	}
}

static int write_piece(struct hold *hold, const struct piece_of_output *piece, struct sink *sink)
{
	if (piece->room > 0) {
		write_runs(sink, piece->bytes, piece->length);
		return 0;
	}
	if (!hold->block)
		hold->block = must_alloc(hold->block_size);
	int result = spill_read(&hold->spill, hold->block, piece->length, piece->at);
	if (result == 0)
		write_runs(sink, hold->block, piece->length);
	return result;
}

int hold_write(struct hold *hold, struct held *held, struct sink *sink)
{
	int result = 0;
	while (held->first) {
		int one = write_piece(hold, held->first, sink);
		if (one < 0)
			result = one;
		drop_first(hold, held);
	}
	if (held->open)
		write_runs(sink, held->open->bytes, held->open->length);
	free(held->open);
	held->open = NULL;
	for (size_t i = 0; i < held->n_parked; i++)
		write_runs(sink, held->parked[i]->bytes, held->parked[i]->length);
	return result;
}
