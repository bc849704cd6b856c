/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of every program, and TAP. */
#include "search.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>

static struct arguments {
	struct search_options search;
	const char *program; /* NULL: all */
	const char *replay;
	const char *reviewed;
	unsigned part, parts;
	bool list, random, mutate, quiet, all_outcomes;
} arguments;

static const struct argp_option options_known[] = {
	{ "list", 'l', 0, 0, "List the programs", 0 },
	{ "program", 'p', "NAME", 0,
	  "Only this one; or, with * at the end of NAME, those that begin so", 0 },
	{ "random", 'r', 0, 0, "Random schedules instead of all; give --schedules or --seconds",
	  1 },
	{ "seed", 's', "N", 0, "The first random schedule is number N (1)", 1 },
	{ "changes", 'c', "N", 0, "Changes of priority in a random schedule (3)", 1 },
	{ "preemptions", 'b', "N", 0, "At most N preemptions in a schedule", 2 },
	{ "old-reads", 'w', "N", 0, "At most N reads in a schedule of what is not the newest", 2 },
	{ "unbounded", 'u', 0, 0, "Whatever bounds a program has of its own", 2 },
	{ "deeper", 'd', "N", 0, "Bounds of the programs' own are wider by N", 2 },
	{ "memory", 'x', "MIB", 0,
	  "At most so much for the states seen: later ones are not remembered", 2 },
	{ "schedules", 'n', "N", 0, "At most N schedules of a program", 2 },
	{ "seconds", 't', "N", 0, "At most N seconds for a program", 2 },
	{ "no-merge", 'M', 0, 0, "Go on from a state though it was seen before", 3 },
	{ "no-sleep-sets", 'S', 0, 0, "Explore both orders of what commutes", 3 },
	{ "no-movers", 'V', 0, 0, "Nor take loads and stores for movers", 3 },
	{ "replay", 'R', "SCHEDULE", 0, "Tell this schedule, as a failure has printed it; needs -p",
	  4 },
	{ "mutate", 'm', "REVIEWED", OPTION_ARG_OPTIONAL,
	  "Make mistakes (each memory order weakened, operations left out), one at a time, and say what "
	  "notices; the file REVIEWED lists those that nothing has to notice",
	  5 },
	{ "part", 'P', "K/N", 0, "Of the mistakes only every Nth, from the Kth", 5 },
	{ "outcomes", 'o', 0, 0, "Print how it came out, each different way once", 6 },
	{ "quiet", 'q', 0, 0, "Do not tell the failing schedule", 6 },
	{ 0 }
};

static uint64_t number(const char *text, struct argp_state *state)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 0);

	if (*end || *text == '-' || !*text)
		argp_error(state, "%s is not a number", text);
	return n;
}

static error_t parse(int key, char *text, struct argp_state *state)
{
	switch (key) {
	case 'l':
		arguments.list = true;
		return 0;
	case 'p':
		arguments.program = text;
		return 0;
	case 'r':
		arguments.random = true;
		return 0;
	case 's':
		arguments.search.seed = number(text, state);
		return 0;
	case 'c':
		arguments.search.changes = (unsigned)number(text, state);
		return 0;
	case 'b':
		arguments.search.preemptions = (int)number(text, state);
		return 0;
	case 'w':
		arguments.search.old_reads = (int)number(text, state);
		return 0;
	case 'u':
		arguments.search.unbounded = true;
		return 0;
	case 'd':
		arguments.search.deeper = (unsigned)number(text, state);
		return 0;
	case 'x':
		arguments.search.memory = number(text, state) << 20;
		return 0;
	case 'n':
		arguments.search.schedules = number(text, state);
		return 0;
	case 't':
		arguments.search.seconds = (double)number(text, state);
		return 0;
	case 'M':
		arguments.search.merge = false;
		return 0;
	case 'S':
		arguments.search.sleep_sets = false;
		return 0;
	case 'V':
		runs_on = false;
		return 0;
	case 'R':
		arguments.replay = text;
		return 0;
	case 'm':
		arguments.mutate = true;
		arguments.reviewed = text;
		return 0;
	case 'P':
		if (sscanf(text, "%u/%u", &arguments.part, &arguments.parts) != 2 ||
		    arguments.part < 1 || arguments.part > arguments.parts)
			argp_error(state, "%s is no part: say 1/2 or 2/2, for example", text);
		return 0;
	case 'o':
		arguments.all_outcomes = true;
		return 0;
	case 'q':
		arguments.quiet = true;
		return 0;
	case ARGP_KEY_END:
		if (arguments.random && !arguments.search.schedules &&
		    arguments.search.seconds == 0)
			argp_error(state,
			           "random schedules have no end: give --schedules or --seconds");
		if (arguments.replay && !arguments.program)
			argp_error(state, "say with --program whose schedule it is");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Schedules as text: one word a step, the kind's letter, the thread and the way. */

static const char kinds[] = "sowrtkh";

static void print_schedule(const struct transition *schedule, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		printf("%s%c%u.%u", i ? "," : "", kinds[schedule[i].kind], schedule[i].thread,
		       schedule[i].choice);
}

static unsigned parse_schedule(const char *text, struct transition *schedule)
{
	unsigned n = 0, thread, choice;
	int length;
	char kind;

	while (*text && n < STEPS_MAX) {
		const char *found;

		if (sscanf(text, "%c%u.%u%n", &kind, &thread, &choice, &length) != 3 ||
		    !(found = strchr(kinds, kind)) || thread >= THREADS) {
			fprintf(stderr, "explore: this is no schedule: %s\n", text);
			exit(2);
		}
		schedule[n++] = (struct transition){ (uint8_t)(found - kinds), (uint8_t)thread,
			                             (uint8_t)choice };
		text += length;
		text += *text == ',';
	}
	return n;
}

static void search(const struct explore_program *p, struct search_result *result)
{
	if (arguments.random)
		search_random(p, &arguments.search, result);
	else
		search_all(p, &arguments.search, result);
}

static void print_result(const struct explore_program *p, const struct search_result *result)
{
	static const char *const ends[] = { "exhausted", "exhausted within the bound",
		                            "stopped at the limit", "failed" };

	printf("# %s: %s\n", p->name, p->about);
	printf("# %s: %s; %llu schedules (%llu complete, %llu merged, %llu pruned), %llu states, %llu "
	       "steps, %.1f s\n",
	       p->name, ends[result->end], (unsigned long long)result->schedules,
	       (unsigned long long)result->complete, (unsigned long long)result->merged,
	       (unsigned long long)result->pruned, (unsigned long long)result->states,
	       (unsigned long long)result->steps, result->seconds);
}

static void tell(const struct explore_program *p, const struct search_result *result)
{
	printf("# %s: %s\n", p->name, result->failure);
	if (arguments.random)
		printf("# seed %llu\n", (unsigned long long)result->seed);
	search_replay(p, result->schedule, result->n_steps);
	printf("# --program %s --replay ", p->name);
	print_schedule(result->schedule, result->n_steps);
	printf("\n");
}

bool is_as_it_should(const struct explore_program *p, const struct search_result *result)
{
	if (p->fails)
		return result->end == FAILED && strstr(result->failure, p->fails);
	if (result->end == FAILED)
		return false;
	if (result->complete == 0) {
		printf("# no schedule came to the end of the program\n");
		return false;
	}
	return !p->outcomes || outcomes_match(p->outcomes, stdout);
}

static bool check(const struct explore_program *p, unsigned number_of_test)
{
	static struct search_result result;
	bool good;

	search(p, &result);
	print_result(p, &result);
	good = is_as_it_should(p, &result);
	if (result.end == FAILED && (!good || arguments.program) && !arguments.quiet)
		tell(p, &result);
	if (arguments.all_outcomes)
		outcomes_print(stdout);
	printf("%sok %u - %s\n", good ? "" : "not ", number_of_test, p->name);
	fflush(stdout);
	return good;
}

bool is_wanted(const struct explore_program *p)
{
	size_t length = arguments.program ? strlen(arguments.program) : 0;

	if (length > 0 && arguments.program[length - 1] == '*')
		return strncmp(arguments.program, p->name, length - 1) == 0;
	return !arguments.program || strcmp(arguments.program, p->name) == 0;
}

static int replay(const struct explore_program *p)
{
	struct transition schedule[STEPS_MAX];
	unsigned n = parse_schedule(arguments.replay, schedule);

	search_replay(p, schedule, n);
	return machine.failure ? 1 : 0;
}

int explore_main(int argc, char **argv, const struct explore_program *programs, size_t n)
{
	const struct argp argp = { options_known, parse,
		                   NULL,          "Explores the programs and prints TAP.",
		                   NULL,          NULL,
		                   NULL };
	unsigned count = 0, failed = 0;

	arguments.search = (struct search_options){ .preemptions = -1,
		                                    .old_reads = -1,
		                                    .merge = true,
		                                    .sleep_sets = true,
		                                    .seed = 1,
		                                    .changes = 3 };
	arguments.part = arguments.parts = 1;
	argp_err_exit_status = 2;
	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	if (arguments.mutate)
		return mutate(programs, n, &arguments.search, arguments.reviewed,
		              arguments.part % arguments.parts, arguments.parts);
	for (size_t i = 0; i < n; i++) {
		if (!is_wanted(&programs[i]))
			continue;
		count++;
		if (arguments.list)
			printf("%-24s %s\n", programs[i].name, programs[i].about);
		else if (arguments.replay)
			return replay(&programs[i]);
		else if (!check(&programs[i], count))
			failed++;
	}
	if (count == 0) {
		fprintf(stderr, "explore: there is no program %s; --list shows what there is\n",
		        arguments.program ? arguments.program : "");
		return 2;
	}
	if (!arguments.list)
		printf("1..%u\n", count);
	return failed ? 1 : 0;
}
