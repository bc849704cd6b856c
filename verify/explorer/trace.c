/* SPDX-License-Identifier: Apache-2.0 */
/* Telling a schedule to a person: one line a step. */
#include "machine.h"

#include <stdarg.h>
#include <string.h>

bool tracing;

const char *order_name(unsigned order)
{
	static const char *const names[] = { "relaxed", "acquire", "release", "acq_rel",
		                             "seq_cst" };

	return names[order];
}

const char *op_name(unsigned op)
{
	static const char *const names[EXPLORE_OPS] = {
		[EXPLORE_LOAD] = "load",
		[EXPLORE_STORE] = "store",
		[EXPLORE_EXCHANGE] = "exchange",
		[EXPLORE_FETCH_ADD] = "fetch_add",
		[EXPLORE_FETCH_SUB] = "fetch_sub",
		[EXPLORE_FETCH_OR] = "fetch_or",
		[EXPLORE_FETCH_AND] = "fetch_and",
		[EXPLORE_COMPARE_EXCHANGE] = "compare_exchange",
		[EXPLORE_COMPARE_EXCHANGE_WEAK] = "compare_exchange_weak",
		[EXPLORE_FENCE] = "fence",
		[EXPLORE_MEMBARRIER] = "membarrier",
		[EXPLORE_READ] = "read",
		[EXPLORE_WRITE] = "write",
		[EXPLORE_FUTEX_WAIT] = "futex_wait",
		[EXPLORE_FUTEX_WAKE] = "futex_wake",
		[EXPLORE_LOCK] = "lock",
		[EXPLORE_UNLOCK] = "unlock",
		[EXPLORE_CONDITION_WAIT] = "condition_wait",
		[EXPLORE_SIGNAL] = "signal",
		[EXPLORE_BROADCAST] = "broadcast",
		[EXPLORE_SEMAPHORE_WAIT] = "semaphore_wait",
		[EXPLORE_SEMAPHORE_POST] = "semaphore_post",
		[EXPLORE_JOIN] = "join",
		[EXPLORE_ALIVE] = "alive",
		[EXPLORE_PAUSE] = "pause",
		[EXPLORE_NOW] = "now",
		[EXPLORE_END] = "ends",
		[EXPLORE_FAIL] = "fails",
	};

	return names[op];
}

const char *place(const struct explore_site *site)
{
	static char text[2][160];
	static unsigned turn;
	const char *name;

	if (!site)
		return "the beginning";
	name = strrchr(site->file, '/');
	turn = !turn;
	snprintf(text[turn], sizeof(text[turn]), "%s:%u", name ? name + 1 : site->file, site->line);
	return text[turn];
}

const char *trace_source(const struct message *message)
{
	static char text[256];

	if (!tracing)
		return "";
	if (message->thread < 0)
		return " (from the beginning)";
	snprintf(text, sizeof(text), " (T%d's at %s, step %u)", message->thread,
	         place(message->site), message->step);
	return text;
}

static bool is_ordered(unsigned op)
{
	return op <= EXPLORE_FENCE;
}

void trace_step(const struct thread *thread, const char *format, ...)
{
	va_list arguments;

	if (!tracing)
		return;
	printf("# %4u  ", machine.step);
	if (thread) {
		const struct explore_site *site = thread->request.site;

		printf("T%d  %-22s ", (int)(thread - machine.threads), place(site));
		if (site) {
			printf("%s%s%s", op_name(thread->request.op), *site->text ? " " : "",
			       site->text);
			if (is_ordered(site->op))
				printf(", %s", order_name(site->effective));
			if (site->effective != site->order)
				printf(" (weakened)");
			printf(": ");
		}
	}
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
}
