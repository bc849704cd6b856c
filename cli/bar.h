/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bar on a terminal: one line at the bottom, drawn by the thread that writes the output, at
 * most ten times a second, and taken away before anything else is written.
 */
#ifndef CLI_BAR_H
#define CLI_BAR_H

#include "tally.h"

struct bar {
	bool on, color;
	bool shown;
	bool at_line_start; /* is the cursor there? */
	bool is_terminal[3];
	uint64_t input_bytes; /* the size of a file on stdin; 0: not known */
	int64_t drawn_ns;
};

/* Puts the bar's line, of less than `columns` columns, into text. */
void bar_format(char *text, size_t size, const struct bar *bar, const struct tally *tally,
                int64_t now, int columns);

void bar_init(struct bar *bar, bool wanted, uint64_t input_bytes);
void bar_hide(struct bar *bar);

/* Draws if it is time for it. Returns when it next will be: the deadline of the writer's wait. */
int64_t bar_draw(struct bar *bar, const struct tally *tally);

/* For sink.before. */
void bar_before(void *bar, int fd, char last);

#endif
