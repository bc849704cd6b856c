/* SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"

#include <string.h>

/*
 * Where addresses have their place in views. In a program places are given out once and for all, whatever
 * schedule is explored: so they say nothing about a state.
 */
static char *word_addresses[WORDS];
static uint8_t word_sizes[WORDS];
static unsigned n_words;
static char *plain_addresses[PLAIN_WORDS];
static unsigned n_plain;

void memory_reset(void)
{
	n_words = n_plain = 0;
}

unsigned memory_words(void)
{
	return n_words;
}

static unsigned word_at(char *address, size_t size)
{
	for (unsigned i = 0; i < n_words; i++)
		if (word_addresses[i] == address) {
			if (word_sizes[i] != size)
				fail("a word is accessed with two sizes");
			return i;
		}
	if (n_words == WORDS) {
		fail("the program has more than %d atomic words", WORDS);
		return 0;
	}
	word_addresses[n_words] = address;
	word_sizes[n_words] = (uint8_t)size;
	return n_words++;
}

static unsigned plain_at(char *address)
{
	for (unsigned i = 0; i < n_plain; i++)
		if (plain_addresses[i] == address)
			return i;
	if (n_plain == PLAIN_WORDS) {
		fail("the program has more than %d words of plain data", PLAIN_WORDS);
		return 0;
	}
	plain_addresses[n_plain] = address;
	return n_plain++;
}

static uint64_t peek(const char *address, size_t size)
{
	uint64_t value = 0;

	memcpy(&value, address, size); /* little endian, as both processors are */
	return value;
}

static uint64_t cut(uint64_t value, size_t size)
{
	return size == 8 ? value : value & (((uint64_t)1 << size * 8) - 1);
}

/* A word's messages; the first is what memory holds when it is touched first. */
static struct message *messages_of(unsigned word)
{
	struct message *messages = machine.messages[word];

	if (machine.n_messages[word] == 0) {
		memset(&messages[0], 0, sizeof(messages[0]));
		messages[0].value = peek(word_addresses[word], word_sizes[word]);
		messages[0].thread = -1;
		machine.n_messages[word] = 1;
	}
	return messages;
}

static void join(struct view *to, const struct view *from)
{
	for (unsigned i = 0; i < WORDS; i++)
		to->at[i] = to->at[i] > from->at[i] ? to->at[i] : from->at[i];
	to->written |= from->written;
	for (unsigned t = 0; t < THREADS; t++)
		to->read[t] |= from->read[t];
}

/* The order of seq_cst fences constrains what is read; it is no happens-before for plain data. */
static void join_order(struct view *to, const struct view *from)
{
	for (unsigned i = 0; i < WORDS; i++)
		to->at[i] = to->at[i] > from->at[i] ? to->at[i] : from->at[i];
}

void memory_let_know(struct thread *thread, const struct view *view)
{
	join(&thread->now, view);
}

static bool acquires(unsigned order)
{
	return order == EXPLORE_acquire || order == EXPLORE_acq_rel || order == EXPLORE_seq_cst;
}

static bool releases(unsigned order)
{
	return order == EXPLORE_release || order == EXPLORE_acq_rel || order == EXPLORE_seq_cst;
}

void memory_fence(struct thread *thread, enum explore_order order)
{
	if (acquires(order))
		join(&thread->now, &thread->acquired);
	if (order == EXPLORE_seq_cst) {
		join_order(&thread->now, &machine.order);
		join_order(&machine.order, &thread->now);
	}
	if (releases(order))
		thread->released = thread->now;
}

/* A membarrier need not reach a thread that has ended: its processor has been through a full barrier
 * since. To seq_cst fences its end is nothing special. */

void memory_ended(const struct thread *thread)
{
	join_order(&machine.ended, &thread->now);
}

void memory_order_ended(void)
{
	join_order(&machine.order, &machine.ended);
}

static void something_happened(const struct thread *by)
{
	for (unsigned t = 0; t < machine.n_threads; t++)
		if (&machine.threads[t] != by) {
			machine.threads[t].changed = true;
			machine.threads[t].fresh = false;
		}
}

static void read_message(struct thread *thread, unsigned word, unsigned i, unsigned order)
{
	const struct message *message = &machine.messages[word][i];

	if (thread->now.at[word] < i)
		thread->now.at[word] = (uint8_t)i;
	join(acquires(order) ? &thread->now : &thread->acquired, &message->view);
}

static void shift(struct view *view, unsigned word, unsigned from)
{
	if (view->at[word] >= from)
		view->at[word]++;
}

/* Makes room for a message at i: later ones move, in every view. */
static void make_room(unsigned word, unsigned i)
{
	struct message *messages = machine.messages[word];
	unsigned n = machine.n_messages[word];

	if (i == n)
		return;
	memmove(&messages[i + 1], &messages[i], (n - i) * sizeof(messages[0]));
	for (unsigned t = 0; t < machine.n_threads; t++) {
		shift(&machine.threads[t].now, word, i);
		shift(&machine.threads[t].acquired, word, i);
		shift(&machine.threads[t].released, word, i);
	}
	shift(&machine.order, word, i);
	shift(&machine.ended, word, i);
	for (unsigned w = 0; w < n_words; w++)
		for (unsigned m = 0; m < machine.n_messages[w]; m++)
			if (w != word || m != i)
				shift(&machine.messages[w][m].view, word, i);
	if (n > i)
		shift(&messages[n].view, word, i);
}

/* The message of a store (from: NULL) or of a read-modify-write of `from`. */
static void write_message(struct thread *thread, unsigned word, unsigned i, uint64_t value,
                          unsigned order, const struct view *from)
{
	struct message *message = &machine.messages[word][i];
	struct view continued;

	if (machine.n_messages[word] == MESSAGES) {
		fail("a word has more than %d values that may still be read", MESSAGES);
		return;
	}
	if (from)
		continued = *from;
	make_room(word, i);
	thread->now.at[word] = (uint8_t)i;
	*message = (struct message){ .value = value,
		                     .view = releases(order) ? thread->now : thread->released,
		                     .thread = (int8_t)(thread - machine.threads),
		                     .step = machine.step,
		                     .site = thread->request.site };
	message->view.at[word] = (uint8_t)i;
	if (from)
		join(&message->view, &continued); /* a release sequence goes on */
	if (order == EXPLORE_seq_cst && machine.order.at[word] < i)
		machine.order.at[word] = (uint8_t)i;
	machine.n_messages[word]++;
	if (i + 1 == machine.n_messages[word])
		memcpy(word_addresses[word], &value, word_sizes[word]);
	something_happened(thread);
}

/* From which message on the thread may read. */
static unsigned oldest(const struct thread *thread, unsigned word, unsigned order)
{
	unsigned from = thread->now.at[word];

	if (thread->fresh)
		return machine.n_messages[word] - 1u;
	if (order == EXPLORE_seq_cst && machine.order.at[word] > from)
		from = machine.order.at[word];
	return from;
}

static unsigned oldest_after_fence(const struct thread *thread, unsigned word)
{
	unsigned from = oldest(thread, word, EXPLORE_seq_cst);

	return thread->acquired.at[word] > from ? thread->acquired.at[word] : from;
}

/* Loads: the newest first. */

static unsigned load_ways(const struct thread *thread, unsigned word)
{
	messages_of(word);
	return machine.n_messages[word] - oldest(thread, word, thread->request.site->effective);
}

static void load(struct thread *thread, unsigned word, unsigned way)
{
	unsigned i = machine.n_messages[word] - 1u - way;
	const struct message *message = &machine.messages[word][i];

	thread->request.result = message->value;
	trace_step(thread, "= %llu%s%s", (unsigned long long)message->value,
	           way ? ", not the newest" : "", trace_source(message));
	read_message(thread, word, i, thread->request.site->effective);
}

/* Stores: at the end, or earlier in modification order; not between a message and the
 * read-modify-write that took it. */

static unsigned place_of(const struct thread *thread, unsigned word, unsigned way)
{
	unsigned first = oldest(thread, word, thread->request.site->effective) + 1u;

	for (unsigned i = machine.n_messages[word]; i >= first; i--) {
		if (machine.messages[word][i - 1].taken)
			continue;
		if (way-- == 0)
			return i;
	}
	return 0;
}

static unsigned store_ways(const struct thread *thread, unsigned word)
{
	unsigned ways = 0;

	messages_of(word);
	while (place_of(thread, word, ways) != 0)
		ways++;
	return ways;
}

static void store(struct thread *thread, unsigned word, unsigned way)
{
	const struct request *request = &thread->request;
	unsigned i = place_of(thread, word, way);
	uint64_t value = cut(request->value, request->size);

	trace_step(thread, ":= %llu%s", (unsigned long long)value,
	           way ? ", before a later one in modification order" : "");
	write_message(thread, word, i, value, request->site->effective, NULL);
}

/* Read-modify-writes: of any readable message that none has taken yet. */

static uint64_t modified(const struct request *request, uint64_t old)
{
	uint64_t value = request->value;

	switch (request->op) {
	case EXPLORE_FETCH_ADD:
		value = old + value;
		break;
	case EXPLORE_FETCH_SUB:
		value = old - value;
		break;
	case EXPLORE_FETCH_OR:
		value = old | value;
		break;
	case EXPLORE_FETCH_AND:
		value = old & value;
		break;
	default:
		break;
	}
	return cut(value, request->size);
}

enum modification { NONE, MODIFIES, FAILS, FAILS_FOR_NOTHING };

/* What reading message i would do. */
static enum modification modification_of(const struct request *request,
                                         const struct message *message)
{
	bool compares = request->op == EXPLORE_COMPARE_EXCHANGE ||
	                request->op == EXPLORE_COMPARE_EXCHANGE_WEAK;

	if (compares && message->value != request->expected)
		return FAILS;
	return message->taken ? NONE : MODIFIES;
}

static enum modification nth_modification(const struct thread *thread, unsigned word, unsigned way,
                                          unsigned *i)
{
	const struct request *request = &thread->request;
	unsigned first = oldest(thread, word, request->site->effective);
	unsigned first_relaxed = oldest(thread, word, EXPLORE_relaxed); /* as failing is */
	unsigned n = machine.n_messages[word];

	for (*i = n; (*i)-- > first_relaxed;) {
		enum modification what = modification_of(request, &machine.messages[word][*i]);

		if (what == NONE || (what == MODIFIES && *i < first))
			continue;
		if (way-- == 0)
			return what;
	}
	if (request->op == EXPLORE_COMPARE_EXCHANGE_WEAK)
		for (*i = n; (*i)-- > first_relaxed;)
			if (machine.messages[word][*i].value == request->expected && way-- == 0)
				return FAILS_FOR_NOTHING;
	*i = n - 1;
	return NONE;
}

static unsigned modify_ways(const struct thread *thread, unsigned word)
{
	unsigned ways = 0, i;

	messages_of(word);
	while (nth_modification(thread, word, ways, &i) != NONE)
		ways++;
	return ways;
}

static void modify(struct thread *thread, unsigned word, unsigned way)
{
	struct request *request = &thread->request;
	unsigned order = request->site->effective;
	unsigned i;
	enum modification what = nth_modification(thread, word, way, &i);
	struct message *message = &machine.messages[word][i];
	uint64_t value;

	request->expected = request->result = message->value;
	if (what != MODIFIES) {
		trace_step(thread, "fails%s: %llu%s",
		           what == FAILS_FOR_NOTHING ? " for nothing" : "",
		           (unsigned long long)message->value, trace_source(message));
		read_message(thread, word, i, EXPLORE_relaxed);
		request->value = false;
		return;
	}
	value = modified(request, message->value);
	trace_step(thread, "%llu -> %llu%s%s", (unsigned long long)message->value,
	           (unsigned long long)value,
	           i + 1u < machine.n_messages[word] ? ", not the newest" : "",
	           trace_source(message));
	read_message(thread, word, i, order);
	message->taken = true;
	write_message(thread, word, i + 1, value, order, &message->view);
	request->value = true;
}

/* A futex compares under the kernel's lock, behind a full barrier. */

static unsigned futex_ways(const struct thread *thread, unsigned word)
{
	messages_of(word);
	return machine.n_messages[word] - oldest_after_fence(thread, word);
}

static void futex_compare(struct thread *thread, unsigned word, unsigned way)
{
	unsigned i = machine.n_messages[word] - 1u - way;

	memory_fence(thread, EXPLORE_seq_cst);
	thread->request.result = machine.messages[word][i].value;
	read_message(thread, word, i, EXPLORE_relaxed);
}

unsigned memory_ways(const struct thread *thread)
{
	const struct request *request = &thread->request;
	unsigned word = word_at(request->address, request->size);

	switch (request->op) {
	case EXPLORE_LOAD:
		return load_ways(thread, word);
	case EXPLORE_STORE:
		return store_ways(thread, word);
	case EXPLORE_FUTEX_WAIT:
		return futex_ways(thread, word);
	default:
		return modify_ways(thread, word);
	}
}

void memory_perform(struct thread *thread, unsigned way)
{
	const struct request *request = &thread->request;
	unsigned word = word_at(request->address, request->size);

	messages_of(word);
	switch (request->op) {
	case EXPLORE_LOAD:
		load(thread, word, way);
		return;
	case EXPLORE_STORE:
		store(thread, word, way);
		return;
	case EXPLORE_FUTEX_WAIT:
		futex_compare(thread, word, way);
		return;
	default:
		modify(thread, word, way);
		return;
	}
}

uint64_t memory_newest(char *address, size_t size)
{
	unsigned word = word_at(address, size);

	return messages_of(word)[machine.n_messages[word] - 1].value;
}

void memory_put_newest(struct thread *thread, char *address, size_t size, uint64_t value,
                       bool acquire, bool release)
{
	unsigned word = word_at(address, size);
	unsigned i = (messages_of(word), machine.n_messages[word] - 1u);
	struct message *message = &machine.messages[word][i];

	read_message(thread, word, i, acquire ? EXPLORE_acquire : EXPLORE_relaxed);
	message->taken = true;
	write_message(thread, word, i + 1, value, release ? EXPLORE_release : EXPLORE_relaxed,
	              &message->view);
}

/* Plain data. */

static void for_all_views(void (*change)(struct view *, uint64_t, unsigned), uint64_t bit,
                          unsigned by)
{
	for (unsigned t = 0; t < machine.n_threads; t++) {
		change(&machine.threads[t].now, bit, by);
		change(&machine.threads[t].acquired, bit, by);
		change(&machine.threads[t].released, bit, by);
	}
	for (unsigned w = 0; w < n_words; w++)
		for (unsigned m = 0; m < machine.n_messages[w]; m++)
			change(&machine.messages[w][m].view, bit, by);
}

static void forget_write(struct view *view, uint64_t bits, unsigned by)
{
	(void)by;
	view->written &= ~bits;
}

static void forget_read(struct view *view, uint64_t bits, unsigned by)
{
	view->read[by] &= ~bits;
}

static void plain_word(struct thread *thread, char *address, bool write)
{
	unsigned self = (unsigned)(thread - machine.threads);
	uint64_t bit = (uint64_t)1 << plain_at(address);

	if ((machine.written & bit) && !(thread->now.written & bit))
		fail("a data race: %s at %s, not ordered after the write by another thread",
		     write ? "a write" : "a read", place(thread->request.site));
	if (!write) {
		for_all_views(forget_read, bit, self);
		thread->now.read[self] |= bit;
		machine.reading[self] |= bit;
		return;
	}
	for (unsigned t = 0; t < machine.n_threads; t++) {
		if (t != self && (machine.reading[t] & bit) && !(thread->now.read[t] & bit))
			fail("a data race: a write at %s, not ordered after the read by T%u",
			     place(thread->request.site), t);
		machine.reading[t] &= ~bit;
		for_all_views(forget_read, bit, t);
	}
	for_all_views(forget_write, bit, self);
	machine.written |= bit;
	thread->now.written |= bit;
}

void memory_plain(struct thread *thread, char *address, size_t size, bool write)
{
	uintptr_t first = (uintptr_t)address & ~(uintptr_t)7;
	uintptr_t end = (uintptr_t)address + size;

	for (uintptr_t at = first; at < end; at += 8)
		plain_word(thread, (char *)at, write);
}

/* Forgetting makes states equal whose differences cannot matter any more. */

static bool lives(const struct thread *thread)
{
	return thread->status != DONE && thread->status != DEAD;
}

static void sink(struct view *view, const uint8_t *by)
{
	for (unsigned i = 0; i < WORDS; i++)
		view->at[i] = view->at[i] > by[i] ? (uint8_t)(view->at[i] - by[i]) : 0;
}

static void forget_messages(const struct view *least)
{
	uint8_t by[WORDS] = { 0 };
	bool any = false;

	for (unsigned w = 0; w < n_words; w++) {
		unsigned n = machine.n_messages[w];

		if (n < 2 || least->at[w] == 0)
			continue;
		by[w] = least->at[w];
		any = true;
		memmove(&machine.messages[w][0], &machine.messages[w][by[w]],
		        (n - by[w]) * sizeof(machine.messages[w][0]));
		machine.n_messages[w] = (uint8_t)(n - by[w]);
	}
	if (!any)
		return;
	for (unsigned t = 0; t < machine.n_threads; t++) {
		sink(&machine.threads[t].now, by);
		sink(&machine.threads[t].acquired, by);
		sink(&machine.threads[t].released, by);
	}
	sink(&machine.order, by);
	sink(&machine.ended, by);
	for (unsigned w = 0; w < n_words; w++)
		for (unsigned m = 0; m < machine.n_messages[w]; m++)
			sink(&machine.messages[w][m].view, by);
}

static void forget_plain(uint64_t writes, const uint64_t *reads)
{
	if (writes)
		for_all_views(forget_write, writes, 0);
	machine.written &= ~writes;
	for (unsigned t = 0; t < machine.n_threads; t++) {
		if (!reads[t])
			continue;
		for_all_views(forget_read, reads[t], t);
		machine.reading[t] &= ~reads[t];
	}
}

void memory_forget(void)
{
	struct view least;
	uint64_t reads[THREADS];
	bool any = false;

	memset(&least, 0xff, sizeof(least));
	for (unsigned t = 0; t < machine.n_threads; t++) {
		const struct view *now = &machine.threads[t].now;

		if (!lives(&machine.threads[t]))
			continue;
		any = true;
		for (unsigned i = 0; i < WORDS; i++)
			least.at[i] = least.at[i] < now->at[i] ? least.at[i] : now->at[i];
		least.written &= now->written;
		/* who reads needs not know of its own read */
		for (unsigned u = 0; u < machine.n_threads; u++)
			least.read[u] &= u == t ? UINT64_MAX : now->read[u];
	}
	if (!any)
		return;
	forget_messages(&least);
	for (unsigned t = 0; t < machine.n_threads; t++)
		reads[t] = least.read[t] & machine.reading[t];
	forget_plain(least.written & machine.written, reads);
}
