/* SPDX-License-Identifier: Apache-2.0 */
#include "conformance/buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define SP    LEAT_RING_SINGLE_PRODUCER
#define SC    LEAT_RING_SINGLE_CONSUMER
#define EXACT LEAT_RING_EXACT

static int ring_make(void **buffer, const leat_ring_options *options)
{
	leat_ring *ring;
	int result = leat_ring_new(&ring, options);

	if (result == 0)
		*buffer = ring;
	return result;
}

static void ring_destroy(void *buffer)
{
	leat_ring_free(buffer);
}

static int ring_push(void *buffer, const void *item, leat_deadline until)
{
	return leat_ring_push(buffer, item, until);
}

static int ring_pop(void *buffer, void *item, leat_deadline until)
{
	return leat_ring_pop(buffer, item, until);
}

static ssize_t ring_push_n(void *buffer, const void *items, size_t n, leat_deadline until)
{
	return leat_ring_push_n(buffer, items, n, until);
}

static ssize_t ring_pop_n(void *buffer, void *items, size_t n, leat_deadline until)
{
	return leat_ring_pop_n(buffer, items, n, until);
}

static void ring_close(void *buffer)
{
	leat_ring_close(buffer);
}

static void ring_cancel(void *buffer)
{
	leat_ring_cancel(buffer);
}

static leat_ring *ring_itself(void *buffer)
{
	return buffer;
}

const struct buffer_ops ring_buffer = {
	.make = ring_make,
	.destroy = ring_destroy,
	.push = ring_push,
	.pop = ring_pop,
	.push_n = ring_push_n,
	.pop_n = ring_pop_n,
	.close = ring_close,
	.cancel = ring_cancel,
	.ring = ring_itself,
};

static const uint32_t one_to_one_flags[] = { SP | SC, SP | SC | EXACT };
static const uint32_t any_to_any_flags[] = { 0, SP, SC, EXACT, SP | EXACT, SC | EXACT };
static const uint32_t mutex_flags[] = { 0,
	                                SP,
	                                SC,
	                                SP | SC,
	                                EXACT,
	                                SP | EXACT,
	                                SC | EXACT,
	                                SP | SC | EXACT,
	                                LEAT_RING_PRIORITY_INHERIT };
static const uint32_t semaphore_flags[] = { 0,     SP,         SC,         SP | SC,
	                                    EXACT, SP | EXACT, SC | EXACT, SP | SC | EXACT };

#define FLAGS(array) .flags = array, .n_flags = LENGTH(array)

const struct form forms[] = {
	{ "one-to-one", &ring_buffer, LEAT_SYNC_LOCK_FREE, HALF_WAY_HIDES_NOTHING,
	  FLAGS(one_to_one_flags) },
	{ "any-to-any", &ring_buffer, LEAT_SYNC_LOCK_FREE, HALF_WAY_HOLDS_A_SLOT,
	  FLAGS(any_to_any_flags) },
	{ "mutex", &ring_buffer, LEAT_SYNC_MUTEX, HALF_WAY_HIDES_NOTHING, FLAGS(mutex_flags) },
	{ "semaphore", &ring_buffer, LEAT_SYNC_SEMAPHORE, HALF_WAY_HOLDS_A_CLAIM,
	  FLAGS(semaphore_flags) },
};
const size_t n_forms = LENGTH(forms);

const struct form *form_by_name(const char *name)
{
	for (size_t i = 0; i < n_forms; i++)
		if (strcmp(forms[i].name, name) == 0)
			return &forms[i];
	return NULL;
}

const struct form *form_from(int argc, char **argv)
{
	const struct form *form = argc == 2 ? form_by_name(argv[1]) : NULL;

	if (form)
		return form;
	printf("Bail out! usage: %s FORM, one of:", argv[0]);
	for (size_t i = 0; i < n_forms; i++)
		printf(" %s", forms[i].name);
	printf("\n");
	exit(2);
}

unsigned form_share(const struct form *form, unsigned work)
{
	return (unsigned)(work / form->n_flags);
}

static const size_t capacities[] = { 1, 2, 3, 7, 64, 1000 };
static const size_t item_sizes[] = { 1, 3, 8, 24, 64, 200 };

/* Takes the lowest digit off a mixed-radix number. */
static size_t digit(size_t *number, size_t radix)
{
	size_t low = *number % radix;

	*number /= radix;
	return low;
}

static void name_combination(struct combination *c)
{
	snprintf(c->name, sizeof(c->name), "%s%s%s%s%s, capacity %zu, %zu bytes, %u:%u",
	         c->form->name, c->flags & SP ? " SP" : "", c->flags & SC ? " SC" : "",
	         c->flags & EXACT ? " EXACT" : "",
	         c->flags & LEAT_RING_PRIORITY_INHERIT ? " PI" : "", c->capacity, c->item_size,
	         c->producers, c->consumers);
}

/* The thread counts turn with the index, shifted by what was taken off it, so that all pairs meet
 * all sizes sooner or later. */
static bool next(struct combination *c, const struct form *form, const size_t *sizes,
                 size_t n_sizes)
{
	size_t rest = c->index, turn;

	c->form = form;
	c->item_size = sizes[digit(&rest, n_sizes)];
	c->capacity = capacities[digit(&rest, LENGTH(capacities))];
	if (rest >= form->n_flags)
		return false;
	c->flags = form->flags[rest];
	turn = c->index + c->index / 16 + rest;
	c->producers = c->flags & SP ? 1 : 1 + (unsigned)digit(&turn, 4);
	c->consumers = c->flags & SC ? 1 : 1 + (unsigned)digit(&turn, 4);
	c->index++;
	name_combination(c);
	return true;
}

bool combination_next(struct combination *combination, const struct form *form)
{
	return next(combination, form, item_sizes, LENGTH(item_sizes));
}

bool combination_next_of_size(struct combination *combination, const struct form *form,
                              size_t item_size)
{
	return next(combination, form, &item_size, 1);
}

leat_ring_options combination_options(const struct combination *combination)
{
	leat_ring_options options = LEAT_RING_OPTIONS_INIT;

	options.flags = combination->flags;
	options.sync = combination->form->sync;
	options.capacity = combination->capacity;
	options.item_size = combination->item_size;
	return options;
}

size_t combination_admitted(const struct combination *combination)
{
	if (combination->form->sync != LEAT_SYNC_LOCK_FREE || combination->flags & EXACT ||
	    combination->capacity < 64)
		return combination->capacity;
	return combination->capacity + combination->capacity / 8;
}
