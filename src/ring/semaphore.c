/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bounded buffer as Dijkstra wrote it: a semaphore counts the room, another the items, and a
 * third, of one, gives turns at the buffer. It is built from nothing else.
 *
 * A thread takes a token of its side, then its turn; a producer that has put an item posts a token
 * to the consumers, and the other way round. Tokens of items are at most the items inside while the
 * ring is open, so who holds one finds an item. The end posts one token more to each side: who
 * finds that the ring has ended posts the token it holds again, for the next one, so that one token
 * in turn wakes everybody who waits or ever will.
 *
 * Source: E. W. Dijkstra, Cooperating sequential processes, EWD 123, 1965.
 */
#include "ring/form.h"

#include "base/thread.h"

#include <leat/ring_inline.h>

#include <errno.h>

struct semaphores {
	struct leat_ring ring;
	leat__semaphore room, items;
	leat__semaphore turn; /* guards all that follows, and ring.ended and ring.producers */
	char *write_at, *read_at;
	struct leat__tally tally;
};

/* Half of what a semaphore counts: room for the tokens of the end, and none to worry about. */
#define CAPACITY_MAX (LEAT__SEMAPHORE_MAX / 2)

size_t leat__semaphore_footprint(const leat_ring_options *options)
{
	if (options->capacity > CAPACITY_MAX)
		return 0;
	return leat__bytes(sizeof(struct semaphores), options->capacity, options->item_size);
}

int leat__semaphore_ring_init(leat_ring *ring, const leat_ring_options *options)
{
	struct semaphores *q = (struct semaphores *)ring;

	leat__semaphore_init(&q->room, (unsigned)options->capacity);
	leat__semaphore_init(&q->items, 0);
	leat__semaphore_init(&q->turn, 1);
	ring->stride = options->item_size;
	ring->items = (char *)(q + 1);
	ring->items_end = ring->items + options->capacity * options->item_size;
	q->write_at = q->read_at = ring->items;
	q->tally = (struct leat__tally){ 0 };
	return 0;
}

static size_t inside(const struct semaphores *q)
{
	return (size_t)(q->tally.pushed - q->tally.popped);
}

void leat__semaphore_ring_fini(leat_ring *ring)
{
	struct semaphores *q = (struct semaphores *)ring;

	leat__drop(ring, q->read_at, inside(q));
	leat__semaphore_fini(&q->turn);
	leat__semaphore_fini(&q->items);
	leat__semaphore_fini(&q->room);
}

static void begin_turn(struct semaphores *q)
{
	leat__semaphore_wait(&q->turn, LEAT_FOREVER);
}

static void end_turn(struct semaphores *q)
{
	leat__semaphore_post(&q->turn);
}

static void post_n(leat__semaphore *semaphore, size_t n)
{
	while (n--)
		leat__semaphore_post(semaphore);
}

/* Waits for one token and takes up to n that are there; how many, or -EAGAIN or -ETIMEDOUT. */
static ssize_t take_tokens(struct semaphores *q, leat__semaphore *side, size_t n,
                           leat_deadline until, uint64_t *sleeps)
{
	size_t taken = 1;
	int result = leat__semaphore_wait(side, LEAT_NOW);

	if (result && until != LEAT_NOW) {
		begin_turn(q);
		++*sleeps;
		end_turn(q);
		result = leat__semaphore_wait(side, until);
	}
	if (result)
		return result;
	while (taken < n && leat__semaphore_wait(side, LEAT_NOW) == 0)
		taken++;
	return (ssize_t)taken;
}

static int refusal(const struct semaphores *q)
{
	return q->ring.ended & LEAT__CANCELLED ? -ECANCELED : -EPIPE;
}

/* One round of a push: as many of n as there is room for at once. `result` as take_tokens returned
 * it. */
static ssize_t put(struct semaphores *q, const char *items, ssize_t result)
{
	size_t tokens = result > 0 ? (size_t)result : 0;

	begin_turn(q);
	if (q->ring.ended) {
		result = refusal(q);
	} else if (tokens) {
		q->write_at =
		        leat__copy_in(&q->ring, q->write_at, items, tokens * q->ring.item_size);
		q->tally.pushed += tokens;
	}
	end_turn(q);
	/* what was put goes to the consumers; tokens of a ring that has ended to the next producer
	 */
	post_n(result > 0 ? &q->items : &q->room, tokens);
	return result;
}

ssize_t leat__semaphore_push_n(leat_ring *ring, const char *items, size_t n, leat_deadline until)
{
	struct semaphores *q = (struct semaphores *)ring;
	size_t done = 0;
	ssize_t result = 0;

	while (done < n) {
		result = take_tokens(q, &q->room, n - done, until, &q->tally.producer_sleeps);
		result = put(q, items + done * ring->item_size, result);
		if (result < 0)
			break;
		done += (size_t)result;
	}
	return done ? (ssize_t)done : result;
}

ssize_t leat__semaphore_pop_n(leat_ring *ring, char *items, size_t n, leat_deadline until)
{
	struct semaphores *q = (struct semaphores *)ring;
	ssize_t result = take_tokens(q, &q->items, n, until, &q->tally.consumer_sleeps);
	size_t tokens = result > 0 ? (size_t)result : 0;
	size_t taken = 0;

	begin_turn(q);
	if (q->ring.ended && (inside(q) == 0 || (q->ring.ended & LEAT__CANCELLED))) {
		result = refusal(q);
	} else if (tokens) {
		/* fewer than tokens only if one of them is the token of the end */
		taken = tokens < inside(q) ? tokens : inside(q);
		q->read_at = leat__copy_out(ring, q->read_at, items, taken * ring->item_size);
		q->tally.popped += taken;
		result = (ssize_t)taken;
	}
	end_turn(q);
	post_n(&q->room, taken);
	post_n(&q->items, tokens - taken);
	return result;
}

/* In a turn; the tokens are the caller's to post, behind it. */
static bool end(struct semaphores *q, uint32_t mark)
{
	bool news = (q->ring.ended | mark) != q->ring.ended;

	q->ring.ended |= mark;
	return news;
}

static void post_end(struct semaphores *q)
{
	leat__semaphore_post(&q->room);
	leat__semaphore_post(&q->items);
}

void leat__semaphore_end(leat_ring *ring, uint32_t mark)
{
	struct semaphores *q = (struct semaphores *)ring;
	bool news;

	begin_turn(q);
	news = end(q, mark);
	end_turn(q);
	if (news)
		post_end(q);
}

int leat__semaphore_join(leat_ring *ring)
{
	struct semaphores *q = (struct semaphores *)ring;
	int result = 0;

	begin_turn(q);
	if (ring->ended)
		result = refusal(q);
	else if (ring->producers == INT32_MAX)
		result = -EOVERFLOW;
	else
		ring->producers++;
	end_turn(q);
	return result;
}

void leat__semaphore_leave(leat_ring *ring)
{
	struct semaphores *q = (struct semaphores *)ring;
	bool news = false;

	begin_turn(q);
	if (ring->producers > 0 && --ring->producers == 0)
		news = end(q, LEAT__CLOSED);
	end_turn(q);
	if (news)
		post_end(q);
}

void leat__semaphore_tally(const leat_ring *ring, struct leat__tally *tally)
{
	/* reading takes a turn too */
	struct semaphores *q = (struct semaphores *)(uintptr_t)ring;

	begin_turn(q);
	*tally = q->tally;
	end_turn(q);
}
