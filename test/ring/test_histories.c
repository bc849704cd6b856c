/* SPDX-License-Identifier: Apache-2.0 */
/* Recorded histories of the form that the command line names, checked for FIFO-linearizability. */
#include "conformance/transfer.h"
#include "support/run.h"

#include <stdio.h>

/* A run that is ended at any moment is a short one: many of them. */
static unsigned runs_of(const struct form *form, enum transfer_end end)
{
	return end == TRANSFER_CLOSES ? 1 : scaled(form_share(form, 20));
}

static void record(const struct form *form, enum transfer_wait wait, enum transfer_end end,
                   unsigned batch)
{
	struct combination c = { 0 };
	uint64_t operations = 0, refusals = 0;

	while (combination_next_of_size(&c, form, 8)) {
		const struct history_rules rules = {
			.capacity = c.capacity,
			.admitted = combination_admitted(&c),
			.half_way = form->half_way,
		};
		struct transfer transfer = {
			.ops = form->ops,
			.options = combination_options(&c),
			.producers = c.producers,
			.consumers = c.consumers,
			.per_producer = scaled(form_share(form, c.capacity < 64 ? 6000 : 30000)),
			.batch = batch,
			.delay = 100,
			.wait = wait,
			.end = end,
			.rules = &rules,
			.seed = run_seed() + c.index,
		};

		for (unsigned run = 0; run < runs_of(form, end); run++, transfer.seed++) {
			struct transfer_counts counts;
			struct verdict verdict = transfer_run(&transfer, &counts);

			if (verdict.text[0])
				fail_msg("%s: %s", c.name, verdict.text);
			operations += counts.pushed + counts.popped;
			refusals += counts.empty + counts.full;
		}
	}
	print_message("# %llu pushes and pops, %llu answers of empty and full\n",
	              (unsigned long long)operations, (unsigned long long)refusals);
	assert_true(operations > 0);
	assert_true(refusals > 0 || end != TRANSFER_CLOSES);
}

static void polling_is_linearizable(void **state)
{
	record(*state, TRANSFER_POLLS, TRANSFER_CLOSES, 0);
}

static void all_ways_of_waiting_are_linearizable(void **state)
{
	record(*state, TRANSFER_MIXES, TRANSFER_CLOSES, 0);
}

static void batches_are_linearizable(void **state)
{
	record(*state, TRANSFER_MIXES, TRANSFER_CLOSES, 6);
}

static void close_at_any_moment_is_linearizable(void **state)
{
	record(*state, TRANSFER_MIXES, TRANSFER_CLOSED, 0);
}

static void cancel_at_any_moment_is_linearizable(void **state)
{
	record(*state, TRANSFER_MIXES, TRANSFER_CANCELLED, 3);
}

static const struct form *form;

static int choose_form(void **state)
{
	*state = (void *)(uintptr_t)form;
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(polling_is_linearizable),
		cmocka_unit_test(all_ways_of_waiting_are_linearizable),
		cmocka_unit_test(batches_are_linearizable),
		cmocka_unit_test(close_at_any_moment_is_linearizable),
		cmocka_unit_test(cancel_at_any_moment_is_linearizable),
	};

	form = form_from(argc, argv);
	run_begin();
	return cmocka_run_group_tests_name(form->name, tests, choose_form, NULL);
}
