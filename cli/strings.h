/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list of strings in one block of memory, which is kept from one use to the next: the items of a
 * job, the arguments of a command. Zero-initialise; owned by whoever holds it.
 */
#ifndef CLI_STRINGS_H
#define CLI_STRINGS_H

#include <stddef.h>

struct strings {
	char *bytes; /* the strings, a NUL after each */
	size_t length, room;
	size_t *starts; /* where each begins, and after the last where the next would */
	size_t n, starts_room;
	char **vector; /* see strings_vector */
	size_t vector_room;
};

void strings_clear(struct strings *s);
void strings_free(struct strings *s);

/* Adds to the string that is being made; strings_end ends it. */
void strings_append(struct strings *s, const char *text, size_t length);
void strings_append_text(struct strings *s, const char *text); /* up to its NUL */
void strings_end(struct strings *s);
void strings_add(struct strings *s, const char *text, size_t length);

const char *strings_at(const struct strings *s, size_t i);
size_t strings_length(const struct strings *s, size_t i);

/*
 * The list as execve wants it, valid until s changes. The element before the first is the caller's
 * to use: an interpreter may go there.
 */
char **strings_vector(struct strings *s);

#endif
