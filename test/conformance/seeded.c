/* SPDX-License-Identifier: Apache-2.0 */
#include "conformance/seeded.h"

#include "support/payload.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Bytes are atomic, so that an early look is wrong and not also undefined. */
struct seeded {
	enum seeded_bug bug;
	pthread_mutex_t mutex;
	pthread_cond_t not_empty, not_full;
	size_t capacity, slots, item_size;
	uint64_t in, out, repeated;
	_Atomic bool closed;
	bool cancelled;
	void (*drop)(void *item, void *drop_arg);
	void *drop_arg;
	_Atomic unsigned char *items;
};

static enum seeded_bug chosen;

void seeded_choose(enum seeded_bug bug)
{
	chosen = bug;
}

static int seeded_make(void **buffer, const leat_ring_options *options)
{
	struct seeded *q = calloc(1, sizeof(*q));
	pthread_condattr_t monotonic;

	assert(q);
	q->bug = chosen;
	q->capacity = options->capacity;
	q->slots = options->capacity + 1;
	q->item_size = options->item_size;
	q->drop = options->drop;
	q->drop_arg = options->drop_arg;
	q->items = calloc(q->slots, q->item_size);
	assert(q->items);
	pthread_mutex_init(&q->mutex, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&q->not_empty, &monotonic);
	pthread_cond_init(&q->not_full, &monotonic);
	pthread_condattr_destroy(&monotonic);
	*buffer = q;
	return 0;
}

static void write_item(struct seeded *q, uint64_t position, const unsigned char *item)
{
	for (size_t i = 0; i < q->item_size; i++)
		atomic_store(&q->items[position % q->slots * q->item_size + i], item[i]);
}

static void read_item(struct seeded *q, uint64_t position, unsigned char *item)
{
	for (size_t i = 0; i < q->item_size; i++)
		item[i] = atomic_load(&q->items[position % q->slots * q->item_size + i]);
}

static void seeded_destroy(void *buffer)
{
	struct seeded *q = buffer;
	unsigned char item[PAYLOAD_MAX];

	for (; q->drop && q->out != q->in; q->out++) {
		read_item(q, q->out, item);
		q->drop(item, q->drop_arg);
	}
	pthread_cond_destroy(&q->not_empty);
	pthread_cond_destroy(&q->not_full);
	pthread_mutex_destroy(&q->mutex);
	free(q->items);
	free(q);
}

/* Once on a condition; the error when the deadline allows no more. */
static int wait_on(struct seeded *q, pthread_cond_t *condition, leat_deadline until)
{
	struct timespec absolute = { until / 1000000000, until % 1000000000 };

	if (until == LEAT_NOW)
		return -EAGAIN;
	if (until < 0 || pthread_cond_timedwait(condition, &q->mutex, &absolute))
		return q->bug == SEEDED_TIMES_OUT_AS_FULL ? -EAGAIN : -ETIMEDOUT;
	return 0;
}

static size_t room(const struct seeded *q, leat_deadline until)
{
	size_t admitted = q->capacity + (q->bug == SEEDED_ADMITS_ONE_MORE);
	size_t left = admitted - (size_t)(q->in - q->out);

	return q->bug == SEEDED_SAYS_FULL && until == LEAT_NOW && left == 1 ? 0 : left;
}

static int await_room(struct seeded *q, leat_deadline until)
{
	bool ignores_close = q->bug == SEEDED_CLOSE_BESIDE;
	int result = 0;

	while (room(q, until) == 0 && !q->closed) {
		if (result)
			return result;
		result = wait_on(q, &q->not_full, until);
	}
	if (q->cancelled)
		return -ECANCELED;
	return q->closed && !(ignores_close && room(q, until)) ? -EPIPE : 0;
}

/* Leaves others the time to come in between. */
static void dawdle(void)
{
	for (unsigned i = 0; i < 3; i++)
		sched_yield();
}

static void put(struct seeded *q, const void *item)
{
	bool was_empty = q->in == q->out;
	uint64_t position = q->in;

	if (q->bug == SEEDED_FORGETS_AN_ITEM && position % 17 == 5)
		return;
	if (q->bug == SEEDED_LAST_IN_FIRST_OUT && !was_empty) {
		unsigned char newest[PAYLOAD_MAX];

		read_item(q, position - 1, newest);
		write_item(q, position, newest);
		position--;
	}
	q->in++;
	if (q->bug == SEEDED_PUBLISH_BEFORE_WRITE) {
		pthread_mutex_unlock(&q->mutex);
		dawdle();
		pthread_mutex_lock(&q->mutex);
	}
	write_item(q, position, item);
	if (q->bug != SEEDED_WAKES_NO_CONSUMER)
		pthread_cond_signal(&q->not_empty);
}

static int seeded_push(void *buffer, const void *item, leat_deadline until)
{
	struct seeded *q = buffer;
	int result;

	if (q->bug == SEEDED_CLOSE_BESIDE) {
		if (q->closed)
			return q->cancelled ? -ECANCELED : -EPIPE;
		dawdle();
	}
	pthread_mutex_lock(&q->mutex);
	result = await_room(q, until);
	if (result == 0)
		put(q, item);
	pthread_mutex_unlock(&q->mutex);
	return result;
}

static size_t inside(const struct seeded *q, leat_deadline until)
{
	size_t n = (size_t)(q->in - q->out);

	if (q->bug == SEEDED_CLOSE_FORGETS && q->closed)
		return 0;
	return q->bug == SEEDED_SAYS_EMPTY && until == LEAT_NOW && n == 1 ? 0 : n;
}

static int await_item(struct seeded *q, leat_deadline until)
{
	int result = 0;

	while (inside(q, until) == 0 && !q->closed) {
		if (result)
			return result;
		result = wait_on(q, &q->not_empty, until);
	}
	if (q->cancelled)
		return -ECANCELED;
	return inside(q, LEAT_FOREVER) ? 0 : -EPIPE;
}

static int seeded_pop(void *buffer, void *item, leat_deadline until)
{
	struct seeded *q = buffer;
	int result;

	pthread_mutex_lock(&q->mutex);
	result = await_item(q, until);
	if (result == 0) {
		read_item(q, q->out, item);
		if (q->bug == SEEDED_DELIVERS_TWICE && q->out % 17 == 5 && q->repeated != q->out)
			q->repeated = q->out;
		else
			q->out++;
		if (q->bug != SEEDED_WAKES_NO_PRODUCER)
			pthread_cond_signal(&q->not_full);
	}
	pthread_mutex_unlock(&q->mutex);
	return result;
}

static ssize_t seeded_push_n(void *buffer, const void *items, size_t n, leat_deadline until)
{
	const struct seeded *q = buffer;
	size_t done = 0;
	int result = 0;

	for (; done < n; done++) {
		result = seeded_push(buffer, (const char *)items + done * q->item_size, until);
		if (result)
			break;
	}
	return done ? (ssize_t)done : result;
}

static ssize_t seeded_pop_n(void *buffer, void *items, size_t n, leat_deadline until)
{
	int result = n ? seeded_pop(buffer, items, until) : 0;

	return result ? result : n > 0;
}

static void end(struct seeded *q, bool cancelled)
{
	pthread_mutex_lock(&q->mutex);
	q->closed = true;
	q->cancelled |= cancelled;
	pthread_cond_broadcast(&q->not_empty);
	pthread_cond_broadcast(&q->not_full);
	pthread_mutex_unlock(&q->mutex);
}

static void seeded_close(void *buffer)
{
	end(buffer, false);
}

static void seeded_cancel(void *buffer)
{
	end(buffer, true);
}

const struct buffer_ops seeded_buffer = {
	.make = seeded_make,
	.destroy = seeded_destroy,
	.push = seeded_push,
	.pop = seeded_pop,
	.push_n = seeded_push_n,
	.pop_n = seeded_pop_n,
	.close = seeded_close,
	.cancel = seeded_cancel,
};

const char *seeded_name(enum seeded_bug bug)
{
	static const char *const names[SEEDED_BUGS] = {
		[SEEDED_NONE] = "none",
		[SEEDED_PUBLISH_BEFORE_WRITE] = "publishes before it writes",
		[SEEDED_LAST_IN_FIRST_OUT] = "last in, first out",
		[SEEDED_DELIVERS_TWICE] = "delivers twice",
		[SEEDED_FORGETS_AN_ITEM] = "forgets an item",
		[SEEDED_CLOSE_BESIDE] = "close beside the pushes",
		[SEEDED_CLOSE_FORGETS] = "close forgets what is left",
		[SEEDED_WAKES_NO_CONSUMER] = "wakes no consumer",
		[SEEDED_WAKES_NO_PRODUCER] = "wakes no producer",
		[SEEDED_SAYS_EMPTY] = "says empty",
		[SEEDED_SAYS_FULL] = "says full",
		[SEEDED_ADMITS_ONE_MORE] = "admits one more",
		[SEEDED_TIMES_OUT_AS_FULL] = "times out as full",
	};

	return names[bug];
}
