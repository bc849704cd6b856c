/* SPDX-License-Identifier: Apache-2.0 */
#include "conformance/record.h"

#include "support/payload.h"
#include "support/stamp.h"

#include <assert.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void log_operation(struct log *log, struct operation operation)
{
	if (log->n == log->room) {
		log->room = log->room ? 2 * log->room : 256;
		log->operations = realloc(log->operations, log->room * sizeof(operation));
		assert(log->operations);
	}
	log->operations[log->n++] = operation;
}

static uint64_t begin_of(const struct run *run)
{
	return run->stamped ? stamp_begin() : 0;
}

static uint64_t end_of(const struct run *run)
{
	return run->stamped ? stamp_end() : 0;
}

/* Ends the whole transfer: the others would wait for this one. Only the first to give up is heard,
 * what goes wrong behind it follows from it. */
static void give_up(struct worker *worker, const char *wrong, long code)
{
	struct worker *nobody = NULL;

	worker->code = code;
	worker->wrong = wrong;
	atomic_compare_exchange_strong(&worker->run->culprit, &nobody, worker);
	worker->run->transfer->ops->close(worker->run->buffer);
}

static leat_deadline choose_deadline(struct worker *worker)
{
	const struct run *run = worker->run;

	if (run->transfer->wait == TRANSFER_WAITS)
		return run->limit;
	if (run->transfer->wait == TRANSFER_POLLS)
		return LEAT_NOW;
	switch (random_below(&worker->random, 8)) {
	case 0:
	case 1:
		return leat_after_ns((int64_t)random_below(&worker->random, 60000));
	case 2:
		return 1;
	case 3:
		return -5;
	case 4:
	case 5:
		return run->limit;
	default:
		return LEAT_NOW;
	}
}

/* Whatever it brought: a call that comes back at its far deadline was not woken when it should. */
static bool woken_by_deadline(struct worker *worker, leat_deadline until)
{
	if (until != worker->run->limit || leat_after_ns(0) < until)
		return false;
	give_up(worker, "waited in vain: a wake-up was lost", 0);
	return true;
}

/* Not now: is that an answer to this deadline, and is there time to ask again? */
static bool may_try_again(struct worker *worker, long result, leat_deadline until)
{
	if (result != (until == LEAT_NOW ? -EAGAIN : -ETIMEDOUT)) {
		give_up(worker, "a result that this deadline does not have", result);
		return false;
	}
	if (leat_after_ns(0) > worker->run->limit) {
		give_up(worker, "polled in vain", result);
		return false;
	}
	sched_yield();
	return true;
}

static bool is_end(const struct run *run, long result)
{
	return result == (run->transfer->end == TRANSFER_CANCELLED ? -ECANCELED : -EPIPE);
}

static long push_some(struct worker *worker, unsigned n, leat_deadline until)
{
	const struct run *run = worker->run;
	const struct buffer_ops *ops = run->transfer->ops;
	uint32_t value = worker->index * run->per_producer + worker->done;
	int result;

	for (unsigned i = 0; i < n; i++)
		payload_fill(worker->items + i * run->item_size, run->item_size, value + i);
	if (run->transfer->batch)
		return ops->push_n(run->buffer, worker->items, n, until);
	result = ops->push(run->buffer, worker->items, until);
	return result ? result : 1;
}

static long pop_some(struct worker *worker, unsigned n, leat_deadline until)
{
	const struct run *run = worker->run;
	const struct buffer_ops *ops = run->transfer->ops;
	int result;

	if (run->transfer->batch)
		return ops->pop_n(run->buffer, worker->items, n, until);
	result = ops->pop(run->buffer, worker->items, until);
	return result ? result : 1;
}

static unsigned choose_n(struct worker *worker, unsigned limit)
{
	unsigned batch = worker->run->transfer->batch;
	unsigned n = batch ? 1 + (unsigned)random_below(&worker->random, batch) : 1;

	return n < limit ? n : limit;
}

/* Once refused, refused for good: whatever is asked. */
static void check_end_stays(struct worker *worker,
                            long (*call)(struct worker *, unsigned, leat_deadline), long result)
{
	const leat_deadline untils[] = { LEAT_NOW, worker->run->limit, -1 };

	for (size_t i = 0; i < 3; i++) {
		long again = call(worker, 1, untils[i]);

		if (again != result)
			give_up(worker, "another result after the end", again);
	}
}

static void log_pushed(struct worker *worker, struct operation push, unsigned n)
{
	push.kind = OPERATION_PUSH;
	push.value = worker->index * worker->run->per_producer + worker->done;
	for (unsigned i = 0; i < n; i++, push.value++)
		log_operation(&worker->log, push);
	worker->done += n;
	/* relaxed: tells the ender a time, and orders nothing */
	if (worker->run->raced && worker->index == 0)
		atomic_store_explicit(&worker->run->progress, worker->done, memory_order_relaxed);
	worker->last_success = push.begin;
}

static void log_full(struct worker *worker, struct operation full)
{
	worker->full++;
	full.kind = OPERATION_FULL;
	if (worker->run->stamped)
		log_operation(&worker->log, full);
}

static void log_refused(struct worker *worker, struct operation refused, uint32_t kind, unsigned n)
{
	worker->refused_at = refused.end;
	refused.kind = kind;
	for (unsigned i = 0; i < n && worker->run->stamped; i++)
		log_operation(&worker->log, refused);
}

/* One call. False: this producer is done. */
static bool produce(struct worker *worker)
{
	const struct run *run = worker->run;
	leat_deadline until = choose_deadline(worker);
	unsigned n = choose_n(worker, run->per_producer - worker->done);
	struct operation operation = { .begin = begin_of(run) };
	long result = push_some(worker, n, until);

	operation.end = end_of(run);
	if (woken_by_deadline(worker, until))
		return false;
	if (result > 0 && result <= (long)n) {
		log_pushed(worker, operation, (unsigned)result);
		if (result == (long)n || run->raced)
			return true;
		if (until == run->limit)
			give_up(worker, "only a part went in although it could wait", result);
		log_full(worker, operation);
		return until != run->limit;
	}
	if (result == -EAGAIN || result == -ETIMEDOUT) {
		log_full(worker, operation);
		return may_try_again(worker, result, until);
	}
	log_refused(worker, operation, OPERATION_REFUSED_PUSH, n);
	if (!run->raced || !is_end(run, result))
		give_up(worker, "push failed", result);
	else
		check_end_stays(worker, push_some, result);
	return false;
}

static void produce_all(void *arg)
{
	struct worker *worker = arg;
	struct run *run = worker->run;
	bool counted = run->transfer->end == TRANSFER_LAST_LEAVES;

	pthread_barrier_wait(&run->gate);
	while (worker->done < run->per_producer && produce(worker))
		random_delay(&worker->random, run->transfer->delay);
	if (counted)
		leat_ring_producer_leave(run->transfer->ops->ring(run->buffer));
}

static bool log_popped(struct worker *worker, struct operation pop, unsigned n)
{
	const struct run *run = worker->run;

	pop.kind = OPERATION_POP;
	for (unsigned i = 0; i < n; i++) {
		if (!payload_read(worker->items + i * run->item_size, run->item_size, &pop.value)) {
			give_up(worker, "an item's bytes do not belong together", (long)pop.value);
			return false;
		}
		log_operation(&worker->log, pop);
		worker->popped++;
	}
	worker->last_success = pop.begin;
	return true;
}

static void log_empty(struct worker *worker, struct operation empty, bool strict)
{
	worker->empty++;
	empty.kind = OPERATION_EMPTY;
	empty.strict = strict;
	if (worker->run->stamped)
		log_operation(&worker->log, empty);
}

/* One call. False: this consumer is done. */
static bool consume(struct worker *worker)
{
	const struct run *run = worker->run;
	leat_deadline until = choose_deadline(worker);
	unsigned n = choose_n(worker, BATCH_MAX);
	struct operation operation = { .begin = begin_of(run) };
	long result = pop_some(worker, n, until);

	operation.end = end_of(run);
	if (woken_by_deadline(worker, until))
		return false;
	if (result > 0 && result <= (long)n)
		return log_popped(worker, operation, (unsigned)result);
	if (result == -EAGAIN || result == -ETIMEDOUT) {
		log_empty(worker, operation, false);
		return may_try_again(worker, result, until);
	}
	log_refused(worker, operation, OPERATION_REFUSED_POP, n);
	if (!is_end(run, result)) {
		give_up(worker, "pop failed", result);
		return false;
	}
	if (result == -EPIPE)
		log_empty(worker, operation, true);
	check_end_stays(worker, pop_some, result);
	return false;
}

static void consume_all(void *arg)
{
	struct worker *worker = arg;

	pthread_barrier_wait(&worker->run->gate);
	while (consume(worker))
		random_delay(&worker->random, worker->run->transfer->delay);
}

static void end_now(struct run *run)
{
	const struct buffer_ops *ops = run->transfer->ops;

	if (run->transfer->end == TRANSFER_CANCELLED)
		ops->cancel(run->buffer);
	else
		ops->close(run->buffer);
	run->ended_at = end_of(run);
}

/* Any moment will do: before the first call, and after the first producer has pushed so many. */
static void end_somewhere(void *arg)
{
	struct worker *worker = arg;
	struct run *run = worker->run;
	uint64_t target = random_next(&worker->random) >> (54 + random_below(&worker->random, 10));

	if (target > run->per_producer)
		target = run->per_producer;
	pthread_barrier_wait(&run->gate);
	while (atomic_load_explicit(&run->progress, memory_order_relaxed) < target &&
	       leat_after_ns(0) < run->limit)
		sched_yield();
	random_delay(&worker->random, 2000);
	end_now(run);
}

static void note_drop(void *item, void *drop_arg)
{
	struct worker *dropped = drop_arg;
	struct operation pop = { .kind = OPERATION_POP };

	if (payload_read(item, dropped->run->item_size, &pop.value))
		log_operation(&dropped->log, pop);
	else
		atomic_store(&dropped->run->culprit, dropped);
}

static void prepare_worker(struct run *run, struct worker *worker, unsigned index, uint64_t salt)
{
	worker->run = run;
	worker->index = index;
	worker->refused_at = UINT64_MAX;
	worker->random.state = run->transfer->seed ^ (salt + index) * 0x2545f4914f6cdd1du;
}

static bool prepare_run(struct run *run, const struct transfer *transfer)
{
	leat_ring_options options = transfer->options;
	uint64_t values = payload_values(options.item_size) / transfer->producers;

	run->transfer = transfer;
	run->item_size = options.item_size;
	run->per_producer =
	        transfer->per_producer < values ? transfer->per_producer : (unsigned)values;
	run->raced = transfer->end == TRANSFER_CLOSED || transfer->end == TRANSFER_CANCELLED;
	run->stamped = transfer->rules || run->raced;
	run->limit = transfer->patience_ms ? leat_after_ms(transfer->patience_ms) : soon();
	run->ended_at = UINT64_MAX;
	assert(transfer->batch <= BATCH_MAX && options.item_size <= PAYLOAD_MAX);
	for (unsigned i = 0; i < TRANSFER_THREADS; i++) {
		prepare_worker(run, &run->producers[i], i, 100);
		prepare_worker(run, &run->consumers[i], i, 200);
	}
	prepare_worker(run, &run->ender, 0, 300);
	prepare_worker(run, &run->dropped, 0, 400);
	run->dropped.wrong = "a dropped item's bytes do not belong together";
	options.drop = note_drop;
	options.drop_arg = &run->dropped;
	if (transfer->end == TRANSFER_LAST_LEAVES)
		options.producers = transfer->producers;
	return transfer->ops->make(&run->buffer, &options) == 0;
}

static void run_threads(struct run *run)
{
	const struct transfer *transfer = run->transfer;

	pthread_barrier_init(&run->gate, NULL,
	                     transfer->producers + transfer->consumers + run->raced);
	for (unsigned i = 0; i < transfer->producers; i++)
		thread_start(&run->producers[i].thread, produce_all, &run->producers[i]);
	for (unsigned i = 0; i < transfer->consumers; i++)
		thread_start(&run->consumers[i].thread, consume_all, &run->consumers[i]);
	if (run->raced)
		thread_start(&run->ender.thread, end_somewhere, &run->ender);
	for (unsigned i = 0; i < transfer->producers; i++)
		thread_join(&run->producers[i].thread);
	if (transfer->end == TRANSFER_CLOSES)
		end_now(run);
	for (unsigned i = 0; i < transfer->consumers; i++)
		thread_join(&run->consumers[i].thread);
	if (run->raced)
		thread_join(&run->ender.thread);
	pthread_barrier_destroy(&run->gate);
	transfer->ops->destroy(run->buffer);
}

static void count(const struct run *run, struct transfer_counts *counts)
{
	struct transfer_counts sum = { .dropped = run->dropped.log.n };

	for (unsigned i = 0; i < TRANSFER_THREADS; i++) {
		sum.pushed += run->producers[i].done;
		sum.full += run->producers[i].full;
		sum.popped += run->consumers[i].popped;
		sum.empty += run->consumers[i].empty;
	}
	*counts = sum;
}

struct verdict transfer_run(const struct transfer *transfer, struct transfer_counts *counts)
{
	struct run *run = calloc(1, sizeof(*run));
	struct verdict verdict = { "the buffer could not be made" };

	assert(run);
	if (prepare_run(run, transfer)) {
		run_threads(run);
		verdict = judge(run);
		count(run, counts);
	}
	for (unsigned i = 0; i < TRANSFER_THREADS; i++) {
		free(run->producers[i].log.operations);
		free(run->consumers[i].log.operations);
	}
	free(run->dropped.log.operations);
	free(run);
	return verdict;
}
