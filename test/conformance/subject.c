/* SPDX-License-Identifier: Apache-2.0 */
#include "conformance/suite.h"

#include <stdatomic.h>
#include <stdlib.h>

void require_equal_at(const struct combination *combination, long long got, long long want,
                      const char *what, const char *file, int line)
{
	if (got == want)
		return;
	print_error("%s: %s is %lld, not %lld\n", combination->name, what, got, want);
	_fail(file, line);
}

static void note_drop(void *item, void *drop_arg)
{
	struct subject *subject = drop_arg;
	uint32_t value = 0;

	if (!payload_read(item, subject->combination.item_size, &value) ||
	    subject->n_dropped == subject->room)
		subject->torn = true;
	else
		subject->dropped[subject->n_dropped++] = value;
}

void subject_make(struct subject *subject, const struct combination *combination, bool with_drop)
{
	leat_ring_options options = combination_options(combination);

	*subject = (struct subject){ .combination = *combination };
	subject->admitted = combination_admitted(combination);
	subject->room = 2 * subject->admitted + 64;
	subject->dropped = calloc(subject->room, sizeof(*subject->dropped));
	assert_non_null(subject->dropped);
	if (with_drop) {
		options.drop = note_drop;
		options.drop_arg = subject;
	}
	require_equal(combination, leat_ring_new(&subject->ring, &options), 0);
}

void subject_end(struct subject *subject)
{
	leat_ring_free(subject->ring);
	subject->ring = NULL;
}

void subject_free(struct subject *subject)
{
	leat_ring_free(subject->ring);
	free(subject->dropped);
}

/* Values go round where an item is too small for so many. */
static uint32_t shown(const struct subject *subject, uint32_t value)
{
	return (uint32_t)(value % payload_values(subject->combination.item_size));
}

static int try_push(struct subject *subject)
{
	unsigned char item[PAYLOAD_MAX];
	int result;

	payload_fill(item, subject->combination.item_size, shown(subject, subject->pushed));
	result = leat_ring_push(subject->ring, item, LEAT_NOW);
	subject->pushed += result == 0;
	return result;
}

void subject_push(struct subject *subject)
{
	require_equal(&subject->combination, try_push(subject), 0);
}

size_t subject_fill(struct subject *subject)
{
	size_t n = 0;

	while (try_push(subject) == 0)
		n++;
	return n;
}

void subject_pop(struct subject *subject, uint32_t value)
{
	unsigned char item[PAYLOAD_MAX];
	uint32_t popped = 0;

	require_equal(&subject->combination, leat_ring_pop(subject->ring, item, LEAT_NOW), 0);
	require(&subject->combination, payload_read(item, subject->combination.item_size, &popped));
	require_equal(&subject->combination, popped, shown(subject, value));
}

static void make_call(struct caller *caller, unsigned char *items)
{
	leat_ring *ring = caller->subject->ring;
	size_t size = caller->subject->combination.item_size;

	for (size_t i = 0; i < caller->n; i++)
		payload_fill(items + i * size, size,
		             shown(caller->subject, caller->value + (uint32_t)i));
	atomic_store(&caller->calling, true);
	if (caller->call == CALL_PUSH)
		caller->result = leat_ring_push(ring, items, soon());
	else if (caller->call == CALL_POP)
		caller->result = leat_ring_pop(ring, items, soon());
	else if (caller->call == CALL_PUSH_N)
		caller->result = leat_ring_push_n(ring, items, caller->n, soon());
	else
		caller->result = leat_ring_pop_n(ring, items, caller->n, soon());
	if ((caller->call == CALL_POP || caller->call == CALL_POP_N) && caller->result >= 0 &&
	    !payload_read(items, size, &caller->value))
		caller->result = -1000; /* no errno: torn */
}

static void call_once(void *arg)
{
	struct caller *caller = arg;
	unsigned char *items = calloc(caller->n, caller->subject->combination.item_size);
	leat_deadline late = soon();

	if (items)
		make_call(caller, items);
	else
		caller->result = -1001; /* no errno: the test has no memory */
	if (leat_after_ns(0) > late)
		caller->result = -1002; /* no errno: its deadline woke it, and nobody else */
	free(items);
	atomic_store(&caller->returned, true);
}

void caller_start(struct caller *caller, struct subject *subject, int call)
{
	caller->subject = subject;
	caller->call = call;
	caller->n = caller->n ? caller->n : 1;
	thread_start(&caller->thread, call_once, caller);
}

ssize_t caller_join(struct caller *caller)
{
	thread_join(&caller->thread);
	return caller->result;
}

static bool caller_sleeps(void *arg)
{
	struct caller *caller = arg;

	return atomic_load(&caller->calling) && thread_sleeps(&caller->thread);
}

bool callers_sleep(struct caller *callers, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (!wait_until(caller_sleeps, &callers[i]))
			return false;
	return true;
}
