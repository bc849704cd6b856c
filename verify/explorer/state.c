/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A state as bytes: to come back to, and to recognise. Equal bytes of memory, stacks and machine have
 * the same future, whatever led to them; so nothing has to be explored twice, and a loop that changes
 * nothing ends where it began.
 */
#include "machine.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

static size_t stack_used(unsigned t)
{
	return (size_t)(explore__stacks[t] + STACK_SIZE - (char *)machine.threads[t].sp);
}

void state_stack_changed(unsigned t)
{
	XXH128_hash_t hash = XXH3_128bits(machine.threads[t].sp, stack_used(t));

	machine.threads[t].stack_hash[0] = hash.low64;
	machine.threads[t].stack_hash[1] = hash.high64;
}

/* Saving and loading walk over the same pieces. */

static bool has_stack(const struct thread *thread)
{
	return thread->status != DONE && thread->status != DEAD;
}

static char *put(char *to, const void *from, size_t size)
{
	memcpy(to, from, size);
	return to + size;
}

static const char *get(const char *from, void *to, size_t size)
{
	memcpy(to, from, size);
	return from + size;
}

#define HEAD offsetof(struct machine, messages)

size_t state_size_max(void)
{
	return sizeof(machine) + sizeof(explore__stacks) + ARENA_SIZE + program->memory_size;
}

size_t state_save(void *buffer)
{
	char *to = put(buffer, &machine, HEAD);

	to = put(to, &machine.step, sizeof(machine.step));
	for (unsigned w = 0, n = memory_words(); w < n; w++)
		to = put(to, machine.messages[w],
		         machine.n_messages[w] * sizeof(machine.messages[w][0]));
	to = put(to, program->memory, program->memory_size);
	to = put(to, explore__arena, explore__arena_used);
	for (unsigned t = 0; t < machine.n_threads; t++)
		if (has_stack(&machine.threads[t]))
			to = put(to, machine.threads[t].sp, stack_used(t));
	return (size_t)(to - (char *)buffer);
}

void state_load(const void *buffer)
{
	const char *from = get(buffer, &machine, HEAD);

	from = get(from, &machine.step, sizeof(machine.step));
	machine.failure = NULL;
	for (unsigned w = 0; w < WORDS; w++)
		if (machine.n_messages[w])
			from = get(from, machine.messages[w],
			           machine.n_messages[w] * sizeof(machine.messages[w][0]));
	from = get(from, program->memory, program->memory_size);
	from = get(from, explore__arena, explore__arena_used);
	for (unsigned t = 0; t < machine.n_threads; t++)
		if (has_stack(&machine.threads[t])) {
			memset((char *)machine.threads[t].sp - 1024, 0, 1024);
			from = get(from, machine.threads[t].sp, stack_used(t));
		}
}

/* Hashing leaves out what only tells the tale, and writes down equal things equally. */

static char canonical[sizeof(struct machine) + 2 * ARENA_SIZE];

static char *put_view(char *to, const struct view *view)
{
	to = put(to, view->at, memory_words());
	to = put(to, &view->written, sizeof(view->written));
	return put(to, view->read, machine.n_threads * sizeof(view->read[0]));
}

static char *put_request(char *to, const struct thread *thread)
{
	const struct request *request = &thread->request;
	struct {
		const void *site, *address, *other;
		uint64_t value, expected;
		int64_t until;
		uint64_t op_and_size;
	} all = { request->site,
		  request->address,
		  request->other,
		  request->value,
		  request->expected,
		  request->until,
		  (uint64_t)request->op << 8 | request->size };

	to = put(to, &all, sizeof(all));
	/* the result of a condition variable's wait, known before it has the mutex */
	if (request->op == EXPLORE_LOCK)
		to = put(to, &request->result, sizeof(request->result));
	if (thread->late.site)
		to = put(to, &thread->late, sizeof(thread->late));
	if (thread->behind.site)
		to = put(to, &thread->behind, sizeof(thread->behind));
	return to;
}

static char *put_thread(char *to, const struct thread *thread)
{
	uint8_t flags[6] = { thread->status,
		             thread->waits_for,
		             thread->fresh,
		             thread->held,
		             thread->woken_for_nothing,
		             thread->status == PAUSED && thread->changed };

	to = put(to, flags, sizeof(flags));
	if (!has_stack(thread))
		return put_view(to, &thread->now);
	to = put(to, thread->stack_hash, sizeof(thread->stack_hash));
	to = put(to, &thread->local, sizeof(thread->local));
	to = put_request(to, thread);
	to = put_view(to, &thread->now);
	to = put_view(to, &thread->acquired);
	return put_view(to, &thread->released);
}

static bool says_nothing(const struct message *message)
{
	static const struct view nothing;

	return memcmp(&message->view, &nothing, sizeof(nothing)) == 0;
}

static char *put_word(char *to, unsigned word)
{
	const struct message *messages = machine.messages[word];
	uint16_t head[2] = { (uint16_t)word, machine.n_messages[word] };

	if (head[1] == 0 || (head[1] == 1 && says_nothing(messages)))
		return to; /* its value is in the memory */
	to = put(to, head, sizeof(head));
	for (unsigned m = 0; m < head[1]; m++) {
		to = put(to, &messages[m].value, sizeof(messages[m].value));
		*to++ = messages[m].taken;
		to = put_view(to, &messages[m].view);
	}
	return to;
}

struct hash state_hash(bool preemptions_count)
{
	char *to = canonical;
	XXH128_hash_t hash;

	to = put(to, program->memory, program->memory_size);
	to = put(to, explore__arena, explore__arena_used);
	for (unsigned t = 0; t < machine.n_threads; t++)
		to = put_thread(to, &machine.threads[t]);
	for (unsigned w = 0, n = memory_words(); w < n; w++)
		to = put_word(to, w);
	to = put(to, &machine.must_run, sizeof(machine.must_run));
	to = put(to, &machine.clock, sizeof(machine.clock));
	to = put(to, &machine.kills, sizeof(machine.kills));
	to = put(to, machine.order.at, memory_words());
	to = put(to, machine.ended.at, memory_words());
	to = put(to, &machine.written, sizeof(machine.written));
	to = put(to, machine.reading, machine.n_threads * sizeof(machine.reading[0]));
	to = put(to, &machine.old_reads, sizeof(machine.old_reads));
	if (preemptions_count) {
		to = put(to, &machine.preemptions, sizeof(machine.preemptions));
		to = put(to, &machine.running, sizeof(machine.running));
	}
	hash = XXH3_128bits(canonical, (size_t)(to - canonical));
	return (struct hash){ hash.low64, hash.high64 };
}
