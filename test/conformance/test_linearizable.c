/* SPDX-License-Identifier: Apache-2.0 */
/* The checker checked: hand-made histories of each pattern, good and bad, and all that chance
 * makes. */
#include "conformance/oracle.h"
#include "support/run.h"

#define LENGTH(array)         (sizeof(array) / sizeof((array)[0]))
#define CHECK(history, rules) linearizable(history, LENGTH(history), rules, &culprit)

/* What a history is written in: begin, end, and the value. */
#define PUSH(begin, end, value)                                                                    \
	{                                                                                          \
		begin, end, value, OPERATION_PUSH, false                                           \
	}
#define POP(begin, end, value)                                                                     \
	{                                                                                          \
		begin, end, value, OPERATION_POP, false                                            \
	}
#define EMPTY(begin, end)                                                                          \
	{                                                                                          \
		begin, end, 0, OPERATION_EMPTY, false                                              \
	}
#define CLOSED(begin, end)                                                                         \
	{                                                                                          \
		begin, end, 0, OPERATION_EMPTY, true                                               \
	}
#define FULL(begin, end)                                                                           \
	{                                                                                          \
		begin, end, 0, OPERATION_FULL, false                                               \
	}

#define REFUSED_PUSH(begin, end)                                                                   \
	{                                                                                          \
		begin, end, 0, OPERATION_REFUSED_PUSH, false                                       \
	}
#define REFUSED_POP(begin, end)                                                                    \
	{                                                                                          \
		begin, end, 0, OPERATION_REFUSED_POP, false                                        \
	}

static const struct history_rules two = { .capacity = 2, .admitted = 2 };
static const struct history_rules two_half_way = { .capacity = 2,
	                                           .admitted = 2,
	                                           .half_way = HALF_WAY_HOLDS_A_SLOT };
static const struct history_rules two_claimed = { .capacity = 2,
	                                          .admitted = 2,
	                                          .half_way = HALF_WAY_HOLDS_A_CLAIM };
static struct operation culprit;

static void a_history_of_nothing_is_good(void **state)
{
	(void)state;
	assert_int_equal(linearizable(NULL, 0, &two, &culprit), FINDING_NONE);
}

static void one_after_another_is_good(void **state)
{
	const struct operation history[] = { EMPTY(1, 2),  PUSH(3, 4, 7), PUSH(5, 6, 8),
		                             FULL(7, 8),   POP(9, 10, 7), POP(11, 12, 8),
		                             EMPTY(13, 14) };

	(void)state;
	assert_int_equal(CHECK(history, &two), FINDING_NONE);
}

static void a_value_from_nowhere_is_found(void **state)
{
	const struct operation history[] = { PUSH(1, 2, 7), POP(3, 4, 8) };

	(void)state;
	assert_int_equal(CHECK(history, &two), FINDING_NEVER_PUSHED);
	assert_int_equal(culprit.value, 8);
}

static void a_value_that_comes_twice_is_found(void **state)
{
	const struct operation history[] = { PUSH(1, 2, 7), POP(3, 4, 7), POP(5, 6, 7) };

	(void)state;
	assert_int_equal(CHECK(history, &two), FINDING_POPPED_TWICE);
}

static void a_value_pushed_twice_is_refused(void **state)
{
	const struct operation history[] = { PUSH(1, 2, 7), PUSH(3, 4, 7), POP(5, 6, 7) };

	(void)state;
	assert_int_equal(CHECK(history, &two), FINDING_PUSHED_TWICE);
}

static void a_pop_before_its_push_is_found(void **state)
{
	const struct operation history[] = { POP(1, 2, 7), PUSH(3, 4, 7) };

	(void)state;
	assert_int_equal(CHECK(history, &two), FINDING_POPPED_BEFORE_PUSHED);
}

static void a_pop_during_its_push_is_good(void **state)
{
	const struct operation history[] = { POP(1, 3, 7), PUSH(3, 4, 7) };

	(void)state;
	assert_int_equal(CHECK(history, &two), FINDING_NONE);
}

static void overtaking_is_found(void **state)
{
	const struct operation history[] = { PUSH(1, 2, 7), PUSH(3, 4, 8), POP(5, 6, 8),
		                             POP(7, 8, 7) };

	(void)state;
	assert_int_equal(CHECK(history, &two), FINDING_OVERTAKEN);
	assert_int_equal(culprit.value, 8);
}

static void overtaking_one_that_never_came_out_is_found(void **state)
{
	const struct operation history[] = { PUSH(1, 2, 7), PUSH(3, 4, 8), POP(5, 6, 8) };

	(void)state;
	assert_int_equal(CHECK(history, &two), FINDING_OVERTAKEN);
}

static void pushes_that_overlap_may_come_out_either_way(void **state)
{
	const struct operation history[] = { PUSH(1, 3, 7), PUSH(2, 4, 8), POP(5, 6, 8),
		                             POP(7, 8, 7) };

	(void)state;
	assert_int_equal(CHECK(history, &two), FINDING_NONE);
}

static void pops_that_overlap_may_come_out_either_way(void **state)
{
	const struct operation history[] = { PUSH(1, 2, 7), PUSH(3, 4, 8), POP(5, 7, 8),
		                             POP(6, 8, 7) };

	(void)state;
	assert_int_equal(CHECK(history, &two), FINDING_NONE);
}

static void empty_while_a_value_stays_is_found(void **state)
{
	const struct operation history[] = { PUSH(1, 2, 7), EMPTY(3, 4), POP(5, 6, 7) };

	(void)state;
	assert_int_equal(CHECK(history, &two), FINDING_FALSE_EMPTY);
	assert_int_equal(culprit.begin, 3);
}

static void empty_while_values_relieve_each_other_is_found(void **state)
{
	const struct operation history[] = { PUSH(1, 2, 7), EMPTY(3, 9), PUSH(4, 5, 8),
		                             POP(6, 7, 7), POP(10, 11, 8) };

	(void)state;
	assert_int_equal(CHECK(history, &two), FINDING_FALSE_EMPTY);
}

static void empty_in_the_moment_between_two_values_is_good(void **state)
{
	const struct operation history[] = { PUSH(1, 2, 7), EMPTY(3, 9), PUSH(5, 6, 8),
		                             POP(6, 7, 7), POP(10, 11, 8) };

	(void)state;
	assert_int_equal(CHECK(history, &two), FINDING_NONE);
}

static void empty_is_excused_by_a_push_half_way_in_front(void **state)
{
	const struct operation history[] = { PUSH(1, 9, 7), PUSH(2, 3, 8), EMPTY(4, 5),
		                             POP(10, 11, 7), POP(12, 13, 8) };

	(void)state;
	assert_int_equal(CHECK(history, &two), FINDING_FALSE_EMPTY);
	assert_int_equal(CHECK(history, &two_half_way), FINDING_NONE);
}

static void empty_is_not_excused_by_a_push_behind_what_is_inside(void **state)
{
	const struct operation history[] = { PUSH(1, 2, 7), PUSH(3, 9, 8), EMPTY(4, 5),
		                             POP(10, 11, 7), POP(12, 13, 8) };

	(void)state;
	assert_int_equal(CHECK(history, &two_half_way), FINDING_FALSE_EMPTY);
}

static void empty_is_not_excused_by_a_push_that_has_ended(void **state)
{
	const struct operation history[] = { PUSH(1, 3, 7), PUSH(2, 3, 8), EMPTY(4, 5) };

	(void)state;
	assert_int_equal(CHECK(history, &two_half_way), FINDING_FALSE_EMPTY);
}

/* 7 is claimed by the pop that then takes 8, because another came in between. */
static void empty_is_excused_by_a_pop_that_claimed_what_is_inside(void **state)
{
	const struct operation history[] = { PUSH(1, 2, 7), POP(3, 12, 8), EMPTY(4, 5),
		                             PUSH(6, 7, 8), POP(8, 9, 7) };

	(void)state;
	assert_int_equal(CHECK(history, &two_half_way), FINDING_FALSE_EMPTY);
	assert_int_equal(CHECK(history, &two_claimed), FINDING_NONE);
}

static void empty_is_not_excused_by_fewer_claims_than_are_inside(void **state)
{
	const struct operation history[] = { PUSH(1, 2, 6), PUSH(1, 2, 7), POP(3, 14, 8),
		                             EMPTY(4, 5),   POP(8, 9, 6),  PUSH(10, 11, 8),
		                             POP(12, 13, 7) };

	(void)state;
	assert_int_equal(CHECK(history, &two_claimed), FINDING_FALSE_EMPTY);
}

static void the_last_answer_of_a_closed_buffer_is_never_excused(void **state)
{
	const struct operation history[] = { PUSH(1, 9, 7), PUSH(2, 3, 8), CLOSED(4, 5) };

	(void)state;
	assert_int_equal(CHECK(history, &two_half_way), FINDING_FALSE_EMPTY);
}

static void full_with_room_is_found(void **state)
{
	const struct operation history[] = { PUSH(1, 2, 7), PUSH(3, 4, 8), POP(5, 6, 7), FULL(7, 8),
		                             PUSH(9, 10, 9) };

	(void)state;
	assert_int_equal(CHECK(history, &two), FINDING_FALSE_FULL);
	assert_int_equal(culprit.begin, 7);
}

static void full_while_a_push_is_under_way_is_good(void **state)
{
	const struct operation history[] = { PUSH(1, 2, 7), PUSH(3, 9, 8), FULL(4, 5) };

	(void)state;
	assert_int_equal(CHECK(history, &two), FINDING_NONE);
}

static void full_is_excused_by_a_pop_half_way_in_front(void **state)
{
	const struct operation history[] = { PUSH(1, 2, 7), PUSH(3, 4, 8), POP(5, 12, 7),
		                             POP(6, 7, 8), FULL(9, 10) };
	const struct history_rules strict = { .capacity = 2, .admitted = 2 };

	(void)state;
	assert_int_equal(CHECK(history, &strict), FINDING_FALSE_FULL);
	assert_int_equal(CHECK(history, &two_half_way), FINDING_NONE);
}

static void full_is_not_excused_by_a_pop_behind_what_left(void **state)
{
	const struct operation history[] = { PUSH(1, 2, 7), PUSH(3, 4, 8), POP(5, 6, 7),
		                             POP(7, 12, 8), FULL(9, 10) };

	(void)state;
	assert_int_equal(CHECK(history, &two_half_way), FINDING_FALSE_FULL);
}

static void full_is_excused_by_a_push_that_claimed_the_last_room(void **state)
{
	const struct operation history[] = { PUSH(1, 2, 7), REFUSED_PUSH(3, 6), FULL(4, 5) };
	const struct operation apart[] = { PUSH(1, 2, 7), FULL(3, 4), REFUSED_PUSH(5, 6) };

	(void)state;
	assert_int_equal(CHECK(history, &two_half_way), FINDING_FALSE_FULL);
	assert_int_equal(CHECK(history, &two_claimed), FINDING_NONE);
	assert_int_equal(CHECK(apart, &two_claimed), FINDING_FALSE_FULL);
}

static void empty_is_excused_by_a_refused_pop_that_held_the_claim(void **state)
{
	const struct operation history[] = { PUSH(1, 2, 7), REFUSED_POP(3, 6), EMPTY(4, 5) };
	const struct operation apart[] = { PUSH(1, 2, 7), EMPTY(3, 4), REFUSED_POP(5, 6) };

	(void)state;
	assert_int_equal(CHECK(history, &two_half_way), FINDING_FALSE_EMPTY);
	assert_int_equal(CHECK(history, &two_claimed), FINDING_NONE);
	assert_int_equal(CHECK(apart, &two_claimed), FINDING_FALSE_EMPTY);
}

static void more_than_are_admitted_is_found(void **state)
{
	const struct operation history[] = { PUSH(1, 2, 7), PUSH(3, 4, 8), PUSH(5, 6, 9) };
	const struct history_rules slack = { .capacity = 2, .admitted = 3 };

	(void)state;
	assert_int_equal(CHECK(history, &two), FINDING_TOO_MANY);
	assert_int_equal(CHECK(history, &slack), FINDING_NONE);
}

/* Pushes in order of their values; the rest takes any of them, mostly one that is still to be had.
 */
static size_t chance_history(struct random *random, struct operation *history, bool with_full)
{
	size_t n = 2 + random_below(random, 5), pushes = 0, pops = 0;

	for (size_t i = 0; i < n; i++) {
		struct operation *operation = &history[i];
		uint64_t dice = random_below(random, with_full ? 10 : 8);

		operation->begin = random_below(random, 12);
		operation->end = operation->begin + random_below(random, 6);
		operation->strict = false;
		operation->value = 0;
		operation->kind = dice < 4   ? OPERATION_PUSH
		                  : dice < 7 ? OPERATION_POP
		                  : dice < 8 ? OPERATION_EMPTY
		                             : OPERATION_FULL;
		if (operation->kind == OPERATION_PUSH)
			operation->value = (uint32_t)pushes++;
		if (operation->kind == OPERATION_POP)
			operation->value = (uint32_t)pops++;
	}
	return n;
}

struct tally {
	unsigned bad, missed, accused;
};

static struct tally compare_with_oracle(struct random *random, const struct history_rules *rules,
                                        bool with_full, unsigned rounds)
{
	struct operation history[ORACLE_MAX];
	struct tally tally = { 0 };

	for (unsigned i = 0; i < rounds; i++) {
		size_t n = chance_history(random, history, with_full);
		bool found = linearizable(history, n, rules, &culprit) != FINDING_NONE;
		bool explained = oracle_explains(history, n, rules);

		tally.bad += !explained;
		tally.missed += !explained && !found;
		tally.accused += explained && found;
	}
	print_message("# %u histories, %u bad, %u of them not seen\n", rounds, tally.bad,
	              tally.missed);
	return tally;
}

static void agrees_with_trying_every_order(void **state)
{
	const struct history_rules endless = { .capacity = ORACLE_MAX, .admitted = ORACLE_MAX };
	struct random random = { run_seed() };
	struct tally tally = compare_with_oracle(&random, &endless, false, scaled(60000));

	(void)state;
	assert_int_equal(tally.accused, 0);
	assert_int_equal(tally.missed, 0);
	assert_true(tally.bad > 0);
}

static void never_accuses_a_bounded_buffer(void **state)
{
	struct random random = { run_seed() + 1 };

	(void)state;
	for (size_t capacity = 1; capacity <= 3; capacity++) {
		const struct history_rules rules = { .capacity = capacity, .admitted = capacity };
		struct tally tally = compare_with_oracle(&random, &rules, true, scaled(20000));

		assert_int_equal(tally.accused, 0);
		assert_true(tally.missed < tally.bad / 10);
	}
}

static void never_accuses_half_way(enum half_way half_way)
{
	struct random random = { run_seed() + half_way };

	for (size_t capacity = 1; capacity <= 3; capacity++) {
		const struct history_rules rules = { capacity, capacity, half_way };
		struct tally tally = compare_with_oracle(&random, &rules, true, scaled(20000));

		assert_int_equal(tally.accused, 0);
		assert_true(tally.missed < tally.bad / 10);
	}
}

static void never_accuses_a_buffer_of_slots(void **state)
{
	(void)state;
	never_accuses_half_way(HALF_WAY_HOLDS_A_SLOT);
}

static void never_accuses_a_buffer_of_claims(void **state)
{
	(void)state;
	never_accuses_half_way(HALF_WAY_HOLDS_A_CLAIM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_history_of_nothing_is_good),
		cmocka_unit_test(one_after_another_is_good),
		cmocka_unit_test(a_value_from_nowhere_is_found),
		cmocka_unit_test(a_value_that_comes_twice_is_found),
		cmocka_unit_test(a_value_pushed_twice_is_refused),
		cmocka_unit_test(a_pop_before_its_push_is_found),
		cmocka_unit_test(a_pop_during_its_push_is_good),
		cmocka_unit_test(overtaking_is_found),
		cmocka_unit_test(overtaking_one_that_never_came_out_is_found),
		cmocka_unit_test(pushes_that_overlap_may_come_out_either_way),
		cmocka_unit_test(pops_that_overlap_may_come_out_either_way),
		cmocka_unit_test(empty_while_a_value_stays_is_found),
		cmocka_unit_test(empty_while_values_relieve_each_other_is_found),
		cmocka_unit_test(empty_in_the_moment_between_two_values_is_good),
		cmocka_unit_test(empty_is_excused_by_a_push_half_way_in_front),
		cmocka_unit_test(empty_is_not_excused_by_a_push_behind_what_is_inside),
		cmocka_unit_test(empty_is_not_excused_by_a_push_that_has_ended),
		cmocka_unit_test(empty_is_excused_by_a_pop_that_claimed_what_is_inside),
		cmocka_unit_test(empty_is_not_excused_by_fewer_claims_than_are_inside),
		cmocka_unit_test(the_last_answer_of_a_closed_buffer_is_never_excused),
		cmocka_unit_test(full_with_room_is_found),
		cmocka_unit_test(full_while_a_push_is_under_way_is_good),
		cmocka_unit_test(full_is_excused_by_a_pop_half_way_in_front),
		cmocka_unit_test(full_is_not_excused_by_a_pop_behind_what_left),
		cmocka_unit_test(full_is_excused_by_a_push_that_claimed_the_last_room),
		cmocka_unit_test(empty_is_excused_by_a_refused_pop_that_held_the_claim),
		cmocka_unit_test(more_than_are_admitted_is_found),
		cmocka_unit_test(agrees_with_trying_every_order),
		cmocka_unit_test(never_accuses_a_bounded_buffer),
		cmocka_unit_test(never_accuses_a_buffer_of_slots),
		cmocka_unit_test(never_accuses_a_buffer_of_claims),
	};

	run_begin();
	return cmocka_run_group_tests_name("linearizable", tests, NULL, NULL);
}
