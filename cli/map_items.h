/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where items come from: the lines (or NUL-ended strings) of a descriptor, or the words after
 * `:::`. A descriptor is read only when no complete item is left in the buffer, and one page at a
 * time, so that hardly more is taken from it than was asked for.
 */
#ifndef CLI_MAP_ITEMS_H
#define CLI_MAP_ITEMS_H

#include "strings.h"

#include <stdbool.h>
#include <stdint.h>

struct items {
	char *const *words; /* NULL: read fd */
	size_t n_words, next_word;
	int fd;      /* -1 once it has ended */
	int stop_fd; /* readable: no more items are wanted */
	char delimiter;
	char *bytes; /* what was read and not yet given out is from start to end */
	size_t start, end, room;
	uint64_t n, n_bytes; /* given out so far; n_bytes with delimiters */
};

enum {
	ITEMS_ERROR = -1, /* *error says what is wrong and what to do; free it */
	ITEMS_END = 0,
	ITEMS_ONE = 1,
	ITEMS_STOPPED = 2
};

/* Appends the next item to `to`. Waits for it, or until stop_fd is readable. */
int items_next(struct items *items, struct strings *to, char **error);

/* Gives the descriptor back, so that whoever writes into it learns that nobody reads. */
void items_close(struct items *items);

#endif
