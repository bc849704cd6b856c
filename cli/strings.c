/* SPDX-License-Identifier: Apache-2.0 */
#include "strings.h"

#include "cli.h"

#include <stdlib.h>
#include <string.h>

void strings_clear(struct strings *s)
{
	s->length = 0;
	s->n = 0;
}

void strings_free(struct strings *s)
{
	free(s->bytes);
	free(s->starts);
	free(s->vector);
	memset(s, 0, sizeof *s);
}

static void make_room(struct strings *s, size_t more)
{
	if (s->room - s->length >= more)
		return;
	size_t room = s->room ? s->room : 128;
	while (room - s->length < more)
		room *= 2;
	s->bytes = must_realloc(s->bytes, room);
	s->room = room;
}

void strings_append(struct strings *s, const char *text, size_t length)
{
	make_room(s, length + 1);
	if (length)
		memcpy(s->bytes + s->length, text, length);
	s->length += length;
}

void strings_append_text(struct strings *s, const char *text)
{
	strings_append(s, text, strlen(text));
}

void strings_end(struct strings *s)
{
	make_room(s, 1);
	s->bytes[s->length++] = '\0';
	if (s->n + 2 > s->starts_room) {
		s->starts_room = s->starts_room ? s->starts_room * 2 : 8;
		s->starts = must_realloc(s->starts, s->starts_room * sizeof *s->starts);
	}
	if (s->n == 0)
		s->starts[0] = 0;
	s->starts[++s->n] = s->length;
}

void strings_add(struct strings *s, const char *text, size_t length)
{
	strings_append(s, text, length);
	strings_end(s);
}

const char *strings_at(const struct strings *s, size_t i)
{
	return s->bytes + s->starts[i];
}

size_t strings_length(const struct strings *s, size_t i)
{
	return s->starts[i + 1] - s->starts[i] - 1;
}

char **strings_vector(struct strings *s)
{
	if (s->n + 2 > s->vector_room) {
		s->vector_room = s->n + 2 > 16 ? (s->n + 2) * 2 : 16;
		free(s->vector);
		s->vector = must_alloc(s->vector_room * sizeof *s->vector);
	}
	for (size_t i = 0; i < s->n; i++)
		s->vector[i + 1] = s->bytes + s->starts[i];
	s->vector[s->n + 1] = NULL;
	return s->vector + 1;
}
