/* SPDX-License-Identifier: Apache-2.0 */
#include "conformance/record.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct verdict say(const char *what, unsigned long value)
{
	struct verdict verdict;

	snprintf(verdict.text, sizeof(verdict.text), "%s (%ld)", what, (long)value);
	return verdict;
}

static bool good(const struct verdict *verdict)
{
	return verdict->text[0] == '\0';
}

static struct verdict judge_threads(const struct run *run)
{
	const struct worker *culprit = run->culprit;

	return culprit ? say(culprit->wrong, (unsigned long)culprit->code) : (struct verdict){ "" };
}

/* Marks the values that came out in one log. */
static struct verdict mark_out(const struct run *run, const struct log *log, bool *out)
{
	for (size_t i = 0; i < log->n; i++) {
		const struct operation *pop = &log->operations[i];

		if (pop->kind != OPERATION_POP)
			continue;
		if (pop->value / run->per_producer >= run->transfer->producers ||
		    pop->value % run->per_producer >=
		            run->producers[pop->value / run->per_producer].done)
			return say("an item came out that did not go in", pop->value);
		if (out[pop->value])
			return say("an item came out twice", pop->value);
		out[pop->value] = true;
	}
	return (struct verdict){ "" };
}

static struct verdict find_lost(const struct run *run, const bool *out)
{
	for (unsigned p = 0; p < run->transfer->producers; p++)
		for (unsigned i = 0; i < run->producers[p].done; i++)
			if (!out[p * run->per_producer + i])
				return say("an item was lost", p * run->per_producer + i);
	return (struct verdict){ "" };
}

static struct verdict judge_once(const struct run *run)
{
	bool *out = calloc((size_t)run->per_producer * run->transfer->producers + 1, sizeof(*out));
	struct verdict verdict = { "" };

	assert(out);
	for (unsigned i = 0; i < run->transfer->consumers && good(&verdict); i++)
		verdict = mark_out(run, &run->consumers[i].log, out);
	if (good(&verdict))
		verdict = mark_out(run, &run->dropped.log, out);
	if (good(&verdict))
		verdict = find_lost(run, out);
	free(out);
	return verdict;
}

/* In one log the items of a producer come in its order, from `next` on. */
static struct verdict follow(const struct run *run, const struct log *log, unsigned *next)
{
	for (size_t i = 0; i < log->n; i++) {
		const struct operation *pop = &log->operations[i];
		unsigned producer = pop->value / run->per_producer;
		unsigned number = pop->value % run->per_producer;

		if (pop->kind != OPERATION_POP)
			continue;
		if (number < next[producer])
			return say("an item was overtaken by one of its own producer", pop->value);
		next[producer] = number + 1;
	}
	return (struct verdict){ "" };
}

/* Per consumer; and what was dropped follows on all that was popped. */
static struct verdict judge_order(const struct run *run)
{
	unsigned latest[TRANSFER_THREADS] = { 0 };
	struct verdict verdict = { "" };

	for (unsigned i = 0; i < run->transfer->consumers && good(&verdict); i++) {
		unsigned next[TRANSFER_THREADS] = { 0 };

		verdict = follow(run, &run->consumers[i].log, next);
		for (unsigned p = 0; p < TRANSFER_THREADS; p++)
			latest[p] = next[p] > latest[p] ? next[p] : latest[p];
	}
	return good(&verdict) ? follow(run, &run->dropped.log, latest) : verdict;
}

/* Consumers go on until they are told that a closed buffer is drained. */
static struct verdict judge_rest(const struct run *run)
{
	const struct log *dropped = &run->dropped.log;

	if (run->transfer->end == TRANSFER_CANCELLED || dropped->n == 0)
		return (struct verdict){ "" };
	return say("an item was left behind in a drained buffer", dropped->operations[0].value);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static struct verdict judge_side(const struct run *run, const struct worker *side, uint64_t end,
                                 const char *what)
{
	for (unsigned i = 0; i < TRANSFER_THREADS; i++)
		end = earlier(end, side[i].refused_at);
	for (unsigned i = 0; run->stamped && i < TRANSFER_THREADS; i++)
		if (side[i].last_success > end)
			return say(what, i);
	return (struct verdict){ "" };
}

/* Over all threads of a side: nothing succeeds that began after one was refused, or after the call
 * that ended the buffer had returned. Consumers of a closed one go on until it is drained. */
static struct verdict judge_end(const struct run *run)
{
	bool cancelled = run->transfer->end == TRANSFER_CANCELLED;
	struct verdict verdict =
	        judge_side(run, run->producers, run->ended_at, "a push succeeded after the end");

	if (!good(&verdict))
		return verdict;
	return judge_side(run, run->consumers, cancelled ? run->ended_at : UINT64_MAX,
	                  "a pop succeeded after the end");
}

static void append(struct log *all, const struct log *log)
{
	for (size_t i = 0; i < log->n; i++)
		log_operation(all, log->operations[i]);
}

static struct verdict judge_history(const struct run *run)
{
	struct log all = { 0 };
	struct operation culprit = { 0 };
	enum finding finding;

	if (!run->transfer->rules)
		return (struct verdict){ "" };
	for (unsigned i = 0; i < TRANSFER_THREADS; i++) {
		append(&all, &run->producers[i].log);
		append(&all, &run->consumers[i].log);
	}
	finding = linearizable(all.operations, all.n, run->transfer->rules, &culprit);
	free(all.operations);
	return finding ? say(finding_name(finding), culprit.value) : (struct verdict){ "" };
}

struct verdict judge(struct run *run)
{
	struct verdict (*const parts[])(const struct run *) = {
		judge_threads, judge_once, judge_order, judge_rest, judge_end, judge_history,
	};
	struct verdict verdict = { "" };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && good(&verdict); i++)
		verdict = parts[i](run);
	return verdict;
}
