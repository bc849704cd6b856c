/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the suite runs against: a table of calls, so that the same tests hold for leat_ring_*, for
 * typed rings, and for queues that are wrong on purpose.
 */
#ifndef LEAT_TEST_BUFFER_H
#define LEAT_TEST_BUFFER_H

#include "conformance/linearizable.h"

#include <leat/ring.h>
#include <stdbool.h>

struct buffer_ops {
	int (*make)(void **buffer, const leat_ring_options *options);
	void (*destroy)(void *buffer);
	int (*push)(void *buffer, const void *item, leat_deadline until);
	int (*pop)(void *buffer, void *item, leat_deadline until);
	ssize_t (*push_n)(void *buffer, const void *items, size_t n, leat_deadline until);
	ssize_t (*pop_n)(void *buffer, void *items, size_t n, leat_deadline until);
	void (*close)(void *buffer);
	void (*cancel)(void *buffer);
	/* The ring inside, for counted producers and statistics; NULL: there is none. */
	leat_ring *(*ring)(void *buffer);
};

extern const struct buffer_ops ring_buffer;

/* One of the library's forms, and which options choose it. */
struct form {
	const char *name;
	const struct buffer_ops *ops;
	uint32_t sync;
	enum half_way half_way; /* see struct history_rules */
	const uint32_t *flags;
	size_t n_flags;
};

extern const struct form forms[];
extern const size_t n_forms;

/* NULL: there is no such form. */
const struct form *form_by_name(const char *name);

/* The form that a test program's only argument names, or the end of the program. */
const struct form *form_from(int argc, char **argv);

/* The work that falls on each set of flags, of what one form gets in all. */
unsigned form_share(const struct form *form, unsigned work);

/*
 * One way to make a ring, and how many threads use it. Set it to zero, then call combination_next
 * until it returns false: it goes through flags x capacities x item sizes, and by turns through one
 * to four producers and consumers as far as the flags allow.
 */
struct combination {
	const struct form *form;
	uint32_t flags;
	size_t capacity, item_size;
	unsigned producers, consumers;
	size_t index;
	char name[96];
};

bool combination_next(struct combination *combination, const struct form *form);

/* The same for one item size, where the size makes no difference. */
bool combination_next_of_size(struct combination *combination, const struct form *form,
                              size_t item_size);

leat_ring_options combination_options(const struct combination *combination);

/* The most items that such a ring may hold. */
size_t combination_admitted(const struct combination *combination);

#endif
