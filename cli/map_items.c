/* SPDX-License-Identifier: Apache-2.0 */
#include "map_items.h"

#include "cli.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_SIZE 4096

/* The longest string that Linux takes as an argument (MAX_ARG_STRLEN of 32 pages of 4 KiB), its NUL
 * not counted. A longer item could not be handed to any command, so none is collected. */
#define ITEM_MAX ((size_t)32 * 4096 - 1)

static int fail(char **error, const char *text)
{
	*error = strdup(text);
	return ITEMS_ERROR;
}

static int fail_at(char **error, const struct items *items, const char *what)
{
	if (asprintf(error, "item %" PRIu64 " %s", items->n + 1, what) < 0)
		*error = NULL;
	return ITEMS_ERROR;
}

/* Makes room for one more read behind what is there. */
static void make_room(struct items *items)
{
	if (items->start > 0) {
		memmove(items->bytes, items->bytes + items->start, items->end - items->start);
		items->end -= items->start;
		items->start = 0;
	}
	if (items->room - items->end >= READ_SIZE)
		return;
	items->room = items->room ? items->room * 2 : (size_t)2 * READ_SIZE;
	items->bytes = must_realloc(items->bytes, items->room);
}

static int wait_readable(const struct items *items)
{
	struct pollfd fds[] = { { .fd = items->fd, .events = POLLIN },
		                { .fd = items->stop_fd, .events = POLLIN } };
	while (poll(fds, 2, -1) < 0)
		if (errno != EINTR)
			return ITEMS_ONE; /* read then says what is wrong */
	return fds[1].revents ? ITEMS_STOPPED : ITEMS_ONE;
}

/* ITEMS_ONE: there is more in the buffer; ITEMS_END: nothing more comes. */
static int read_more(struct items *items, char **error)
{
	make_room(items);
	for (;;) {
		if (wait_readable(items) == ITEMS_STOPPED)
			return ITEMS_STOPPED;
		ssize_t n = read(items->fd, items->bytes + items->end, READ_SIZE);
		if (n >= 0) {
			items->end += (size_t)n;
			return n > 0 ? ITEMS_ONE : ITEMS_END;
		}
		if (errno == EINTR || errno == EAGAIN)
			continue;
		char text[160];
		snprintf(text, sizeof text, "cannot read items from standard input: %s",
		         strerror(errno));
		return fail(error, text);
	}
}

static int give(struct items *items, struct strings *to, size_t length, size_t delimiter,
                char **error)
{
	const char *item = items->bytes + items->start;
	if (length > ITEM_MAX)
		return fail_at(error, items,
		               "is longer than 128 KiB, the longest argument that Linux takes; if "
		               "items are separated by NUL bytes, use -0");
	if (memchr(item, '\0', length))
		return fail_at(error, items,
		               "contains a NUL byte, which no argument can hold; if items are "
		               "separated by NUL bytes (find -print0), use -0");
	strings_add(to, item, length);
	items->start += length + delimiter;
	items->n++;
	items->n_bytes += length + delimiter;
	return ITEMS_ONE;
}

/* Where the item at the beginning of the buffer ends, if it does; `seen` bytes were looked at before. */
static char *find_end(const struct items *items, size_t seen)
{
	size_t held = items->end - items->start;
	if (held == seen)
		return NULL;
	return memchr(items->bytes + items->start + seen, items->delimiter, held - seen);
}

static int next_read(struct items *items, struct strings *to, char **error)
{
	size_t seen = 0;
	while (items->fd >= 0) {
		size_t held = items->end - items->start;
		char *end = find_end(items, seen);
		if (end)
			return give(items, to, (size_t)(end - items->bytes) - items->start, 1,
			            error);
		seen = held;
		if (held > ITEM_MAX)
			return give(items, to, held, 0, error);
		int result = read_more(items, error);
		if (result == ITEMS_END)
			items_close(items);
		else if (result != ITEMS_ONE)
			return result;
	}
	/* The last item may lack its delimiter. */
	if (items->end > items->start)
		return give(items, to, items->end - items->start, 0, error);
	return ITEMS_END;
}

int items_next(struct items *items, struct strings *to, char **error)
{
	if (!items->words)
		return next_read(items, to, error);
	if (items->next_word == items->n_words)
		return ITEMS_END;
	const char *word = items->words[items->next_word++];
	strings_add(to, word, strlen(word));
	items->n++;
	return ITEMS_ONE;
}

void items_close(struct items *items)
{
	if (items->fd >= 0)
		close(items->fd);
	items->fd = -1;
}
