/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command with its replacement strings, cut into pieces once, and expanded for each job:
 *
 *     {}   the item            {/}  its base name       {#}  the number of the job, from 1
 *     {.}  without extension   {//} its directory       {%}  the number of the slot it runs
 * in, 1..j
 *     {/.} base name without extension
 *
 * A word that speaks of the item becomes one word for each item of the job. A command without any
 * replacement string gets the items as further words at its end.
 */
#ifndef CLI_TEMPLATE_H
#define CLI_TEMPLATE_H

#include "strings.h"

#include <stdbool.h>
#include <stdint.h>

struct piece;

struct template_word {
	size_t first_piece, n_pieces;
	bool per_item;
	bool replaces; /* any replacement string at all */
};

struct template
{
	struct template_word *words;
	size_t n_words;
	struct piece *pieces; /* point into the command */
	size_t n_pieces;
	bool append_items;
};

/* The words must outlive the template. */
void template_init(struct template *t, char *const *command, size_t n_words);
void template_fini(struct template *t);

/*
 * The first replacement string of GNU parallel in the word which this version does not have, such
 * as {2} or {= perl =}, as a pointer into the word, and its length; NULL if there is none.
 */
const char *template_unsupported(const char *word, size_t *length);

/* Replaces the content of `to` with the words of one job. */
void template_expand(const struct template *t, const struct strings *items, uint64_t job,
                     unsigned slot, struct strings *to);

#endif
