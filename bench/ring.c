/* SPDX-License-Identifier: Apache-2.0 */
/* The ring benchmark: tables of leat's rings beside the peers that are installed. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenario.h"

/* Written by Meson: RIVALS and ABSENT_RIVALS, each a list of calls. */
#include "rivals.h"

#define RIVAL(symbol) extern const struct rival symbol;
#define PROGRAM(title, path, can)
RIVALS
#undef RIVAL
#undef PROGRAM

static const struct rival programs[] = {
#define RIVAL(symbol)
#define PROGRAM(title, path, can) { .name = title, .program = path, .traits = can, .words = 1 },
	RIVALS
#undef RIVAL
#undef PROGRAM
#define ABSENT(title, install, can, item_words)                                                    \
	{ .name = title, .missing = install, .traits = can, .words = item_words },
	        ABSENT_RIVALS
#undef ABSENT
};

static const struct rival *const linked[] = {
#define RIVAL(symbol) &symbol,
#define PROGRAM(title, path, can)
	RIVALS
#undef RIVAL
#undef PROGRAM
};

enum {
	N_LINKED = sizeof(linked) / sizeof(*linked),
	N_PROGRAMS = sizeof(programs) / sizeof(*programs)
};

/* clang-format off */
static const struct scenario scenarios[] = {
	{ "one-to-one", "one to one, 8 bytes", "at least 3.0",
	  KIND_STREAM, CALLS_SPIN, SIDES_SINGLE, 1, 1, 1024, true },
	{ "one-to-one-64", "one to one, 64 bytes", "at least 6",
	  KIND_STREAM, CALLS_SPIN, SIDES_SINGLE, 1, 8, 1024, true },
	{ "any-one-to-one", "any-to-any rings used one to one, 8 bytes", "at least 4",
	  KIND_STREAM, CALLS_SPIN, SIDES_MANY, 1, 1, 1024, true },
	{ "two-to-two", "two to two, 8 bytes", "at least 2",
	  KIND_STREAM, CALLS_SPIN, SIDES_MANY, 2, 1, 1024, true },
	{ "four-to-four", "four to four, 8 bytes", "at least 2",
	  KIND_STREAM, CALLS_SPIN, SIDES_MANY, 4, 1, 1024, true },
	{ "sleeping-one", "calls that sleep, one to one, 8 bytes", "at least 12",
	  KIND_STREAM, CALLS_WAIT, SIDES_BOTH, 1, 1, 1024, false },
	{ "sleeping-two", "calls that sleep, two to two, 8 bytes", "at least 2.5",
	  KIND_STREAM, CALLS_WAIT, SIDES_MANY, 2, 1, 1024, false },
	{ "sleeping-four", "calls that sleep, four to four, 8 bytes", "at least 2.5",
	  KIND_STREAM, CALLS_WAIT, SIDES_MANY, 4, 1, 1024, false },
	{ "batch", "batches of 32, one to one, 8 bytes", "at least 2",
	  KIND_STREAM, CALLS_BATCH, SIDES_SINGLE, 1, 1, 1024, true },
	{ "any-batch", "batches of 32, any-to-any rings used one to one, 8 bytes", "at least 2",
	  KIND_STREAM, CALLS_BATCH, SIDES_MANY, 1, 1, 1024, true },
	{ "large", "a large buffer, one to one, 8 bytes", "at least 2",
	  KIND_STREAM, CALLS_SPIN, SIDES_SINGLE, 1, 1, 65536, true },
	{ "any-large", "a large buffer, any-to-any rings used one to one, 8 bytes", "at least 2",
	  KIND_STREAM, CALLS_SPIN, SIDES_MANY, 1, 1, 65536, true },
	{ "trip", "round trip of 8 bytes", "at most 1.0",
	  KIND_TRIP, CALLS_SPIN, SIDES_BOTH, 1, 1, 1024, true },
	{ "trip-sleeping", "round trip of 8 bytes after a sleep", "level",
	  KIND_TRIP_AFTER_SLEEP, CALLS_WAIT, SIDES_BOTH, 1, 1, 1024, false },
};
/* clang-format on */

enum { N_SCENARIOS = sizeof(scenarios) / sizeof(*scenarios) };

static struct {
	bool chosen[N_SCENARIOS], any_chosen, list;
	const char *rival; /* part of its name; NULL: all */
	unsigned rounds, run_ms;
} settings = { .rounds = 7, .run_ms = 150 };

static unsigned positive(const char *text, struct argp_state *state)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || value == 0 || value > 10000)
		argp_error(state, "%s: give a number from 1 to 10000", text);
	return (unsigned)value;
}

static void choose(const char *name, struct argp_state *state)
{
	for (size_t i = 0; i < N_SCENARIOS; i++) {
		if (strcmp(scenarios[i].name, name) == 0) {
			settings.chosen[i] = settings.any_chosen = true;
			return;
		}
	}
	argp_error(state, "%s: no such table; --list shows their names", name);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case 's':
		choose(arg, state);
		return 0;
	case 'r':
		settings.rounds = positive(arg, state);
		return 0;
	case 'm':
		settings.run_ms = positive(arg, state);
		return 0;
	case 'p':
		settings.rival = arg;
		return 0;
	case 'l':
		settings.list = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{ "table", 's', "NAME", 0, "Only this table; may be given again", 0 },
	{ "rounds", 'r', "N", 0, "Rounds over all rivals; the figures are medians (7)", 0 },
	{ "ms", 'm', "N", 0, "How long one measurement takes, about (150)", 0 },
	{ "rival", 'p', "TEXT", 0, "Only rivals whose name contains TEXT", 0 },
	{ "list", 'l', NULL, 0, "List tables and rivals, measure nothing", 0 },
	{ 0 }
};

static const struct argp parser = {
	options,
	parse,
	NULL,
	"Measures leat's rings beside the peers that are installed, in tables of million items a second.\v"
	"Quiet the machine first, and quote ratios: they hold where absolute figures drift. "
	"A wrong sum of items or a hang is an error; a figure never is.",
	NULL,
	NULL,
	NULL
};

static void list(const struct rival *const *rivals, size_t n)
{
	puts("tables:");
	for (size_t i = 0; i < N_SCENARIOS; i++)
		printf("  %-18s %s\n", scenarios[i].name, scenarios[i].title);
	puts("rivals:");
	for (size_t i = 0; i < n; i++)
		if (rivals[i]->missing)
			printf("  %-28s absent: %s\n", rivals[i]->name, rivals[i]->missing);
		else
			printf("  %-28s items of %u bytes\n", rivals[i]->name,
			       rivals[i]->words * 8);
}

static size_t select_rivals(const struct rival **rivals)
{
	size_t n = 0;

	for (size_t i = 0; i < N_LINKED + N_PROGRAMS; i++) {
		const struct rival *rival = i < N_LINKED ? linked[i] : &programs[i - N_LINKED];
		if (settings.rival == NULL || strstr(rival->name, settings.rival))
			rivals[n++] = rival;
	}
	return n;
}

static void print_machine(void)
{
	double load = 0;

	getloadavg(&load, 1);
	printf("%ld processors, load %.2f, medians of %u rounds and quartiles, %u ms a measurement.\n"
	       "*: not bounded. [w]: can only wait. [g]: stays in one thread of the system.\n"
	       "Ratio: to the best bounded peer of the table.\n"
	       "What other processes took meanwhile, a table says: from a few percent on, distrust it.\n",
	       sysconf(_SC_NPROCESSORS_ONLN), load, settings.rounds, settings.run_ms);
}

int main(int argc, char **argv)
{
	const struct rival *rivals[N_LINKED + N_PROGRAMS];
	size_t n;

	argp_err_exit_status = 2;
	argp_parse(&parser, argc, argv, 0, NULL, NULL);
	n = select_rivals(rivals);
	if (n == 0) {
		fprintf(stderr, "ring: no rival's name contains \"%s\"; --list shows them\n",
		        settings.rival);
		return 2;
	}
	if (settings.list) {
		list(rivals, n);
		return 0;
	}
	print_machine();
	for (size_t i = 0; i < N_SCENARIOS; i++)
		if (settings.chosen[i] || !settings.any_chosen)
			report_scenario(&scenarios[i], rivals, n, settings.rounds, settings.run_ms);
	return fflush(stdout) == 0 ? 0 : 1;
}
