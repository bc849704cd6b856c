/* SPDX-License-Identifier: Apache-2.0 */
#include "template.h"

#include "cli.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { TEXT, ITEM, STEM, BASE, DIRECTORY, BASE_STEM, JOB, SLOT };

struct piece {
	enum kind kind;
	const char *text;
	size_t length;
};

static const struct {
	const char *text;
	enum kind kind;
} replacements[] = {
	{ "{}", ITEM },        { "{.}", STEM }, { "{/}", BASE }, { "{//}", DIRECTORY },
	{ "{/.}", BASE_STEM }, { "{#}", JOB },  { "{%}", SLOT },
};

#define N_REPLACEMENTS (sizeof replacements / sizeof replacements[0])

static bool match(const char *at, enum kind *kind, size_t *length)
{
	for (size_t i = 0; i < N_REPLACEMENTS; i++) {
		*length = strlen(replacements[i].text);
		if (!strncmp(at, replacements[i].text, *length)) {
			*kind = replacements[i].kind;
			return true;
		}
	}
	return false;
}

static void add_piece(struct template *t, enum kind kind, const char *text, size_t length)
{
	if (length == 0)
		return;
	t->pieces = must_realloc(t->pieces, (t->n_pieces + 1) * sizeof *t->pieces);
	t->pieces[t->n_pieces++] = (struct piece){ kind, text, length };
}

static struct template_word cut(struct template *t, const char *word)
{
	struct template_word cut = { .first_piece = t->n_pieces };
	const char *text = word;
	for (const char *at = strchr(word, '{'); at; at = strchr(at, '{')) {
		enum kind kind;
		size_t length;
		if (!match(at, &kind, &length)) {
			at++;
			continue;
		}
		add_piece(t, TEXT, text, (size_t)(at - text));
		add_piece(t, kind, at, length);
		cut.replaces = true;
		cut.per_item |= kind != JOB && kind != SLOT;
		at = text = at + length;
	}
	add_piece(t, TEXT, text, strlen(text));
	cut.n_pieces = t->n_pieces - cut.first_piece;
	return cut;
}

void template_init(struct template *t, char *const *command, size_t n_words)
{
	*t = (struct template){ .n_words = n_words, .append_items = true };
	t->words = must_alloc(n_words * sizeof *t->words);
	for (size_t i = 0; i < n_words; i++) {
		t->words[i] = cut(t, command[i]);
		t->append_items &= !t->words[i].replaces;
	}
}

void template_fini(struct template *t)
{
	free(t->words);
	free(t->pieces);
}

/* {2}, {-1}, {2/}, {2.}, {2//}, {2/.} */
static size_t positional(const char *at)
{
	static const char *const ends[] = { "}", "/}", ".}", "//}", "/.}" };
	const char *digits = at + 1 + (at[1] == '-');
	const char *end = digits + strspn(digits, "0123456789");
	if (end == digits)
		return 0;
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		if (!strncmp(end, ends[i], strlen(ends[i])))
			return (size_t)(end - at) + strlen(ends[i]);
	return 0;
}

static size_t perl_expression(const char *at)
{
	if (at[1] != '=')
		return 0;
	const char *end = strstr(at + 2, "=}");
	return end ? (size_t)(end + 2 - at) : 0;
}

const char *template_unsupported(const char *word, size_t *length)
{
	for (const char *at = strchr(word, '{'); at; at = strchr(at + 1, '{')) {
		*length = positional(at);
		if (*length == 0)
			*length = perl_expression(at);
		if (*length)
			return at;
	}
	return NULL;
}

static size_t base_of(const char *item, size_t length)
{
	while (length > 0 && item[length - 1] != '/')
		length--;
	return length;
}

/* The length without the last extension: from the last dot of the last component. */
static size_t stem_of(const char *item, size_t length)
{
	size_t base = base_of(item, length);
	for (size_t i = length; i > base; i--)
		if (item[i - 1] == '.')
			return i - 1;
	return length;
}

/* As dirname(1) has it; "a/" lies in ".". */
static void append_directory(struct strings *to, const char *item, size_t length)
{
	bool absolute = length > 0 && item[0] == '/';
	while (length > 0 && item[length - 1] == '/')
		length--;
	length = base_of(item, length);
	while (length > 0 && item[length - 1] == '/')
		length--;
	if (length > 0)
		strings_append(to, item, length);
	else
		strings_append(to, absolute ? "/" : ".", 1);
}

static void append_number(struct strings *to, uint64_t number)
{
	char digits[24];
	int length = snprintf(digits, sizeof digits, "%" PRIu64, number);
	strings_append(to, digits, (size_t)length);
}

struct expansion {
	const struct template *t;
	const struct strings *items;
	uint64_t job;
	unsigned slot;
	struct strings *to;
};

static void append_piece(const struct expansion *e, const struct piece *piece, size_t item_index)
{
	const char *item = "";
	size_t length = 0;
	if (item_index < e->items->n) {
		item = strings_at(e->items, item_index);
		length = strings_length(e->items, item_index);
	}
	size_t base = base_of(item, length);
	switch (piece->kind) {
	case TEXT:
		strings_append(e->to, piece->text, piece->length);
		break;
	case ITEM:
		strings_append(e->to, item, length);
		break;
	case STEM:
		strings_append(e->to, item, stem_of(item, length));
		break;
	case BASE:
		strings_append(e->to, item + base, length - base);
		break;
	case DIRECTORY:
		append_directory(e->to, item, length);
		break;
	case BASE_STEM:
		strings_append(e->to, item + base, stem_of(item, length) - base);
		break;
	case JOB:
		append_number(e->to, e->job);
		break;
	case SLOT:
		append_number(e->to, e->slot);
		break;
	}
}

static void append_word(const struct expansion *e, const struct template_word *word, size_t item)
{
	const struct piece *piece = e->t->pieces + word->first_piece;
	for (size_t i = 0; i < word->n_pieces; i++)
		append_piece(e, piece + i, item);
	strings_end(e->to);
}

void template_expand(const struct template *t, const struct strings *items, uint64_t job,
                     unsigned slot, struct strings *to)
{
	const struct expansion e = { t, items, job, slot, to };
	strings_clear(to);
	for (size_t i = 0; i < t->n_words; i++) {
		size_t times = t->words[i].per_item ? items->n : 1;
		for (size_t item = 0; item < times; item++)
			append_word(&e, &t->words[i], item);
	}
	for (size_t i = 0; t->append_items && i < items->n; i++)
		strings_add(to, strings_at(items, i), strings_length(items, i));
}
