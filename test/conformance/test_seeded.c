/* SPDX-License-Identifier: Apache-2.0 */
/* The suite checked: queues that are wrong on purpose must be found, the right one must not. */
#include "conformance/seeded.h"
#include "conformance/transfer.h"
#include "support/run.h"

#include <string.h>

#define PATIENCE_MS     20000 /* of the queue that is right */
#define LITTLE_PATIENCE 400   /* of those that are to get stuck */
#define ANY_WORDS       ""    /* a bug of many faces: torn, stale, left behind */
#define TRIES           400

static const struct history_rules rules = { .capacity = 3, .admitted = 3 };

static struct verdict try_once(enum seeded_bug bug, const struct transfer *like, unsigned round)
{
	struct transfer transfer = *like;
	struct transfer_counts counts;

	transfer.ops = &seeded_buffer;
	transfer.options = (leat_ring_options){ .capacity = 3, .item_size = 24 };
	transfer.producers = 2;
	transfer.consumers = 2;
	transfer.per_producer = transfer.per_producer ? transfer.per_producer : 300;
	transfer.patience_ms = bug ? LITTLE_PATIENCE : PATIENCE_MS;
	transfer.seed = run_seed() + round;
	seeded_choose(bug);
	return transfer_run(&transfer, &counts);
}

/* In as many tries as chance may take: the bug is there in each, but not always where it shows. */
static void must_find(enum seeded_bug bug, const struct transfer *like, const char *words)
{
	struct verdict verdict = { "" };

	for (unsigned i = 0; i < TRIES; i++) {
		verdict = try_once(bug, like, i);
		if (verdict.text[0])
			break;
	}
	print_message("# %s: %s\n", seeded_name(bug), verdict.text[0] ? verdict.text : "not found");
	if (!verdict.text[0] || !strstr(verdict.text, words))
		fail_msg("%s: the verdict should say '%s'", seeded_name(bug), words);
}

static const struct transfer polls = { .wait = TRANSFER_POLLS, .rules = &rules };
static const struct transfer mixes = { .wait = TRANSFER_MIXES, .rules = &rules };
static const struct transfer waits = { .wait = TRANSFER_WAITS };
static const struct transfer closed = { .wait = TRANSFER_MIXES, .end = TRANSFER_CLOSED };
static const struct transfer cancelled = { .wait = TRANSFER_MIXES, .end = TRANSFER_CANCELLED };

static void the_right_one_passes(void **state)
{
	const struct transfer *const all[] = { &polls, &mixes, &waits, &closed, &cancelled };

	(void)state;
	for (unsigned i = 0; i < 5 * scaled(20); i++) {
		struct verdict verdict = try_once(SEEDED_NONE, all[i % 5], i);

		if (verdict.text[0])
			fail_msg("way %u: %s", i % 5, verdict.text);
	}
}

#define FINDS(bug, like, words)                                                                    \
	(void)state;                                                                               \
	must_find(bug, &(like), words)

static void publishing_before_writing_is_found(void **state)
{
	FINDS(SEEDED_PUBLISH_BEFORE_WRITE, polls, ANY_WORDS);
}

static void last_in_first_out_is_found(void **state)
{
	FINDS(SEEDED_LAST_IN_FIRST_OUT, waits, "overtaken");
}

static void delivering_twice_is_found(void **state)
{
	FINDS(SEEDED_DELIVERS_TWICE, waits, "twice");
}

static void forgetting_an_item_is_found(void **state)
{
	FINDS(SEEDED_FORGETS_AN_ITEM, polls, "lost");
}

static void a_push_behind_the_end_is_found(void **state)
{
	FINDS(SEEDED_CLOSE_BESIDE, closed, ANY_WORDS);
}

static void a_close_that_forgets_is_found(void **state)
{
	FINDS(SEEDED_CLOSE_FORGETS, closed, "left behind");
}

static void a_consumer_left_asleep_is_found(void **state)
{
	FINDS(SEEDED_WAKES_NO_CONSUMER, waits, "wake-up was lost");
}

static void a_producer_left_asleep_is_found(void **state)
{
	FINDS(SEEDED_WAKES_NO_PRODUCER, waits, "wake-up was lost");
}

static void a_false_empty_is_found(void **state)
{
	FINDS(SEEDED_SAYS_EMPTY, polls, "told empty");
}

static void a_false_full_is_found(void **state)
{
	FINDS(SEEDED_SAYS_FULL, polls, "told full");
}

static void one_item_too_many_is_found(void **state)
{
	FINDS(SEEDED_ADMITS_ONE_MORE, polls, "more values were inside");
}

static void a_wrong_error_is_found(void **state)
{
	FINDS(SEEDED_TIMES_OUT_AS_FULL, mixes, "this deadline does not have");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_right_one_passes),
		cmocka_unit_test(publishing_before_writing_is_found),
		cmocka_unit_test(last_in_first_out_is_found),
		cmocka_unit_test(delivering_twice_is_found),
		cmocka_unit_test(forgetting_an_item_is_found),
		cmocka_unit_test(a_push_behind_the_end_is_found),
		cmocka_unit_test(a_close_that_forgets_is_found),
		cmocka_unit_test(a_consumer_left_asleep_is_found),
		cmocka_unit_test(a_producer_left_asleep_is_found),
		cmocka_unit_test(a_false_empty_is_found),
		cmocka_unit_test(a_false_full_is_found),
		cmocka_unit_test(one_item_too_many_is_found),
		cmocka_unit_test(a_wrong_error_is_found),
	};

	run_begin();
	return cmocka_run_group_tests_name("seeded", tests, NULL, NULL);
}
