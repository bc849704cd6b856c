/* SPDX-License-Identifier: Apache-2.0 */
/* Order and completeness: what goes in comes out, once, in order, whole. */
#include "conformance/suite.h"
#include "conformance/transfer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 40

/* One thread against a counter: how many are inside, which value is next. */
struct model {
	const struct combination *combination;
	leat_ring *ring;
	struct random random;
	size_t inside, admitted;
	uint32_t in, out;
	unsigned char items[BATCH * PAYLOAD_MAX];
};

static uint32_t shown(const struct model *model, uint32_t value)
{
	return (uint32_t)(value % payload_values(model->combination->item_size));
}

/* As a batch of one would say it. */
static ssize_t count_of(int result)
{
	return result ? result : 1;
}

static void model_push(struct model *model, size_t n, bool batch)
{
	const struct combination *c = model->combination;
	ssize_t result;

	for (size_t i = 0; i < n; i++)
		payload_fill(model->items + i * c->item_size, c->item_size,
		             shown(model, model->in + (uint32_t)i));
	if (batch)
		result = leat_ring_push_n(model->ring, model->items, n, LEAT_NOW);
	else
		result = count_of(leat_ring_push(model->ring, model->items, LEAT_NOW));
	if (result == -EAGAIN) {
		require(c, model->inside >= c->capacity);
		return;
	}
	require(c, result > 0 && (size_t)result <= n);
	model->in += (uint32_t)result;
	model->inside += (size_t)result;
	require(c, model->inside <= model->admitted);
	require(c, (size_t)result == n || model->inside >= c->capacity);
}

static void model_pop(struct model *model, size_t n, bool batch)
{
	const struct combination *c = model->combination;
	size_t expected = n < model->inside ? n : model->inside;
	uint32_t value = 0;
	ssize_t result;

	if (batch)
		result = leat_ring_pop_n(model->ring, model->items, n, LEAT_NOW);
	else
		result = count_of(leat_ring_pop(model->ring, model->items, LEAT_NOW));
	require_equal(c, result, expected ? (ssize_t)expected : -EAGAIN);
	for (size_t i = 0; i < expected; i++) {
		require(c, payload_read(model->items + i * c->item_size, c->item_size, &value));
		require_equal(c, value, shown(model, model->out + (uint32_t)i));
	}
	model->out += (uint32_t)expected;
	model->inside -= expected;
}

/* Leans to one side for a while, so that the ring gets full and empty and stands everywhere. */
static void model_run(struct model *model, unsigned rounds)
{
	for (unsigned i = 0; i < rounds; i++) {
		bool lean_in = i / 64 % 2 == 0;
		bool push = random_below(&model->random, 4) ? lean_in : !lean_in;
		bool batch = random_below(&model->random, 2);
		size_t n = batch ? 1 + random_below(&model->random, BATCH) : 1;

		if (push)
			model_push(model, n, batch);
		else
			model_pop(model, n, batch);
		require_equal(model->combination, leat_ring_count(model->ring), model->inside);
	}
}

void a_single_thread_sees_an_exact_fifo(void **state)
{
	struct model *model = calloc(1, sizeof(*model));
	struct combination c = { 0 };

	assert_non_null(model);
	while (combination_next(&c, *state)) {
		leat_ring_options options = combination_options(&c);

		*model = (struct model){ .combination = &c, .admitted = combination_admitted(&c) };
		model->random.state = run_seed() + c.index;
		require_equal(&c, leat_ring_new(&model->ring, &options), 0);
		model_run(model, scaled(600));
		leat_ring_free(model->ring);
	}
	free(model);
}

static struct transfer plan(const struct combination *c)
{
	return (struct transfer){
		.ops = c->form->ops,
		.options = combination_options(c),
		.producers = c->producers,
		.consumers = c->consumers,
		.per_producer = scaled(form_share(c->form, c->capacity < 8 ? 300 : 2400)),
		.seed = run_seed() + c->index,
	};
}

static void carry_out(const struct combination *c, const struct transfer *transfer)
{
	struct transfer_counts counts;
	struct verdict verdict = transfer_run(transfer, &counts);

	if (verdict.text[0])
		fail_msg("%s: %s", c->name, verdict.text);
	require(c, counts.pushed > 0);
	require_equal(c, counts.pushed, counts.popped);
}

void waiting_threads_lose_and_double_nothing(void **state)
{
	struct combination c = { 0 };

	while (combination_next(&c, *state)) {
		struct transfer transfer = plan(&c);

		carry_out(&c, &transfer);
	}
}

void polling_threads_lose_and_double_nothing(void **state)
{
	struct combination c = { 0 };

	while (combination_next(&c, *state)) {
		struct transfer transfer = plan(&c);

		transfer.wait = TRANSFER_POLLS;
		carry_out(&c, &transfer);
	}
}

void batches_lose_and_double_nothing(void **state)
{
	struct combination c = { 0 };

	while (combination_next(&c, *state)) {
		struct transfer transfer = plan(&c);

		transfer.batch = c.capacity < 64 ? 10 : 90;
		transfer.per_producer *= 3;
		carry_out(&c, &transfer);
	}
}

void all_ways_of_waiting_work_together(void **state)
{
	struct combination c = { 0 };

	while (combination_next(&c, *state)) {
		struct transfer transfer = plan(&c);

		transfer.wait = TRANSFER_MIXES;
		transfer.batch = c.index % 2 ? 5 : 0;
		transfer.delay = 500;
		carry_out(&c, &transfer);
	}
}
