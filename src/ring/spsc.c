/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One producer to one consumer. The layout, the single push and the single pop are in
 * <leat/ring_inline.h>; here are birth, batches and the end.
 *
 * The end. Any thread may close, while the producer goes on with plain stores that no
 * compare-and-swap guards. So the end is a fact that is established once, `sealed`: the tail beyond
 * which nothing counts.
 *
 *     closer                               producer
 *     marks `ended` and not_empty          S1 stores tail
 *     heavy fence                          light fence
 *     reads tail, proposes it as sealed    loads not_empty; marked: compares its tail with sealed
 *
 * Either the closer reads the new tail, or the producer sees the mark. A producer that sees it
 * looks up what was sealed: with its item inside it has succeeded; without, it takes its tail back
 * and has been refused. A consumer that reads a tail which the closer did not see also sees the
 * mark (the same fences, by way of the tail), and then goes by the seal as well. Anybody who needs
 * the seal and finds none proposes one, after the same marks and fence, so nobody waits for a
 * closer that was preempted; the first proposal stands.
 */
#include "ring/form.h"

#include "wait/event.h"

#include <leat/ring_inline.h>

/* Below this a consumer that publishes late gains nothing and a prefetch would fetch what it reads.
 */
#define BATCH_FROM  64
#define AHEAD_BYTES 512

static uint64_t batch_of(const leat_ring_options *options)
{
	if ((options->flags & LEAT_RING_EXACT) || options->capacity < BATCH_FROM)
		return 1;
	return options->capacity / 8;
}

/* A producer gives up when `room` items are beyond what the consumer has published; of those it has
 * taken up to batch - 1 already, so at least capacity are really inside. */
static uint64_t room_of(const leat_ring_options *options)
{
	return options->capacity + batch_of(options) - 1;
}

size_t leat__spsc_footprint(const leat_ring_options *options)
{
	if (options->capacity > UINT64_MAX / 2)
		return 0;
	return leat__bytes(sizeof(struct leat__spsc), room_of(options), options->item_size);
}

int leat__spsc_init(leat_ring *ring, const leat_ring_options *options)
{
	struct leat__spsc *q = (struct leat__spsc *)ring;
	size_t bytes = room_of(options) * options->item_size;

	ring->room = room_of(options);
	ring->batch = batch_of(options);
	ring->stride = options->item_size;
	ring->items = (char *)(q + 1);
	ring->items_end = ring->items + bytes;
	ring->ahead = bytes >= 8 * AHEAD_BYTES ? AHEAD_BYTES : 0;
	q->producer.at = q->consumer.at = ring->items;
	q->producer.tail = q->tail = q->consumer.head = q->head = q->consumer.available = 0;
	q->producer.limit = ring->room;
	q->consumer.publish = ring->batch;
	q->consumer.pace = q->consumer.flowing = 0;
	q->sealed = LEAT__UNSEALED;
	return 0;
}

/* relaxed loads: a count, or nobody is inside any more */
static uint64_t tail_of(const struct leat__spsc *q)
{
	uint64_t tail = leat__load(&q->tail, relaxed);
	uint64_t sealed = leat__load(&q->sealed, relaxed);

	return tail < sealed ? tail : sealed;
}

void leat__spsc_fini(leat_ring *ring)
{
	struct leat__spsc *q = (struct leat__spsc *)ring;

	leat__drop(ring, q->consumer.at, tail_of(q) - q->consumer.head);
}

void leat__spsc_tally(const leat_ring *ring, struct leat__tally *tally)
{
	const struct leat__spsc *q = (const struct leat__spsc *)ring;

	/* relaxed, so the two may be of different times, but not of an impossible one */
	tally->popped = leat__load(&q->consumer.head, relaxed);
	tally->pushed = tail_of(q);
	if (tally->pushed < tally->popped)
		tally->pushed = tally->popped;
	if (tally->pushed - tally->popped > ring->room)
		tally->popped = tally->pushed - ring->room;
	tally->producer_sleeps = leat__hint(&ring->not_full.sleeps);
	tally->consumer_sleeps = leat__hint(&ring->not_empty.sleeps);
}

ssize_t leat__spsc_push_n(leat_ring *ring, const char *items, size_t n)
{
	struct leat__spsc *q = (struct leat__spsc *)ring;
	uint64_t tail = q->producer.tail;
	int result = 0;

	if (q->producer.limit - tail < n)
		/* S2, as in the single push */
		q->producer.limit = leat__load(&q->head, acquire) + ring->room;
	if (q->producer.limit - tail < n)
		n = q->producer.limit - tail;
	if (n == 0)
		return leat__spsc_refusal(q);
	q->producer.at = leat__copy_in(ring, q->producer.at, items, n * ring->item_size);
	q->producer.tail = tail + n;
	leat__store(&q->tail, tail + n, release); /* S1 */
	leat__fence_light(ring->fences);
	if (leat__load(&ring->not_empty.state, relaxed) & LEAT__EVENT_ATTENTION) /* S5 */
		result = leat__spsc_pushed(ring);
	return result ? result : (ssize_t)n;
}

ssize_t leat__spsc_pop_n(leat_ring *ring, char *items, size_t n)
{
	struct leat__spsc *q = (struct leat__spsc *)ring;
	uint64_t head = q->consumer.head;
	int result = 0;

	if (leat__load(&ring->ended, relaxed) & LEAT__CANCELLED)
		return leat__spsc_refusal(q);
	if (q->consumer.available - head < n)
		result = leat__spsc_look(q);
	if (q->consumer.available == head)
		return result;
	if (q->consumer.available - head < n)
		n = q->consumer.available - head;
	q->consumer.at = leat__copy_out(ring, q->consumer.at, items, n * ring->item_size);
	leat__store(&q->consumer.head, head + n, relaxed); /* as in the single pop */
	if ((int64_t)(head + n - q->consumer.publish) >= 0)
		leat__spsc_publish(q, head + n);
	return (ssize_t)n;
}

/* The producer has published up to producer.tail and found the ring ended. */
static int settle(struct leat__spsc *q)
{
	uint64_t sealed = leat__spsc_seal(&q->ring);
	uint64_t beyond = q->producer.tail - sealed;
	size_t bytes = beyond * q->ring.item_size;

	if (q->producer.tail <= sealed)
		return 0;
	if (bytes > (size_t)(q->producer.at - q->ring.items))
		q->producer.at += q->ring.items_end - q->ring.items;
	q->producer.at -= bytes;
	q->producer.tail = sealed; /* nobody goes by a published tail beyond the seal */
	return leat__end_error(&q->ring);
}

int leat__spsc_pushed(leat_ring *ring)
{
	/* relaxed: what came before the mark is seen behind the seal, by S6 or the heavy fence */
	if (leat__load(&ring->not_empty.state, relaxed) & LEAT__EVENT_ENDED)
		return settle((struct leat__spsc *)ring);
	leat__event_signal(&ring->not_empty);
	return 0;
}

uint64_t leat__spsc_seal(leat_ring *ring)
{
	struct leat__spsc *q = (struct leat__spsc *)ring;
	/* S6, acquire, pairs with S7: with it come the items up to there, and `ended` */
	uint64_t sealed = leat__load(&q->sealed, acquire);
	uint64_t tail;

	if (sealed != LEAT__UNSEALED)
		return sealed;
	leat__event_end(&ring->not_empty, LEAT__EVENT_ENDED);
	leat__fence_heavy(ring->fences); /* partners: the light fences behind S1 and S4 */
	/* S8, acquire, pairs with S1: the items up to there */
	tail = leat__load(&q->tail, acquire);
	/* S7, release, pairs with S6 */
	if (leat__compare_exchange(&q->sealed, &sealed, tail, release))
		return tail;
	return leat__load(&q->sealed, acquire); /* S6 */
}

void leat__spsc_end(leat_ring *ring)
{
	leat__event_end(&ring->not_empty, LEAT__EVENT_ENDED);
	leat__spsc_seal(ring);
	leat__event_end(&ring->not_full, 0);
}
