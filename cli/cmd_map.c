/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of leat map. */
#include "map.h"
#include "quote.h"
#include "spawn.h"
#include "watcher.h"

#include "cli.h"

#include <argp.h>
#include <ctype.h>
#include <errno.h>
#include <leat/leat.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
	KEY_AS_DONE = 256,
	KEY_BUFFER,
	KEY_FAIL_FAST,
	KEY_DRY_RUN,
	KEY_BAR,
	KEY_USAGE,
	KEY_REFUSED /* and all after it: see refusals */
};

/* What a job costs in descriptors while it runs, two pipes and a pidfd, and what leat itself needs.
 */
enum { FDS_PER_JOB = 5, FDS_OF_LEAT = 16 };

static const char examples[] =
        "Examples:\n"
        "  ls *.png | leat map convert {} {.}.jpg      one job a line\n"
        "  find . -name '*.log' -print0 | leat map -0 gzip\n"
        "  leat map -j4 --bar sh -c 'make -C \"$1\" test' sh {} ::: one two three\n"
        "  seq 100 | leat map -n 10 echo job {#}: {}\n"
        "\n";

static const char doc[] =
        "Runs COMMAND for each item, several at a time, and prints what the jobs print in the "
        "order of the items. Items are the lines of standard input, or the words after ':::'. Jobs "
        "read /dev/null."
        "\v"
        "In COMMAND, {} is the item, {.} without its extension, {/} its base name, {//} its "
        "directory, {/.} its base name without extension, {#} the number of the job, {%} of the "
        "slot it runs in. Without any of these the items come at its end.\n"
        "\n"
        "Exit status: 0 all jobs succeeded; 1 a job failed, or output could not be written; 2 "
        "wrong use or unreadable items; 126 or 127 COMMAND cannot be run or is not found.\n"
        "\n"
        "The manual is leat-map(1).";

static const struct argp_option options[] = {
	{ "jobs", 'j', "N", 0, "Run N jobs at a time (as many as processors)", 0 },
	{ "max-args", 'n', "N", 0, "Give each job N items (1)", 0 },
	{ "null", '0', NULL, 0, "Items end with a NUL byte instead of a newline", 0 },
	{ "as-done", KEY_AS_DONE, NULL, 0, "Print a job's output when it ends, in any order", 0 },
	{ "buffer", KEY_BUFFER, "SIZE", 0,
	  "Hold up to SIZE of output that waits for its turn in memory, the rest in a file (64M)",
	  0 },
	{ "fail-fast", KEY_FAIL_FAST, NULL, 0, "Stop everything when a job fails", 0 },
	{ "dry-run", KEY_DRY_RUN, NULL, 0, "Print the commands and run nothing", 0 },
	{ "bar", KEY_BAR, NULL, 0, "Show progress, if standard error is a terminal", 0 },
	{ "help", '?', NULL, 0, "Print this", -1 },
	{ "version", 'V', NULL, 0, "Print the version", -1 },
	{ "usage", KEY_USAGE, NULL, OPTION_HIDDEN, NULL, -1 },
	{ 0 }
};

#define NOT_YET "is not in this version"

/* What one might try, and is refused by name. */
static const struct {
	const char *name;
	int letter;
	const char *why;
} refusals[] = {
	{ "keep-order", 'k', "is not needed: output comes in the order of the items" },
	{ "xargs", 'X', NOT_YET },
	{ "line", 0, NOT_YET },
	{ "tag", 0, NOT_YET },
	{ "retries", 0, NOT_YET },
	{ "backoff", 0, NOT_YET },
	{ "timeout", 0, NOT_YET },
	{ "halt", 0, NOT_YET "; --fail-fast stops at the first failure" },
	{ "joblog", 0, NOT_YET },
	{ "resume", 0, NOT_YET },
	{ "resume-failed", 0, NOT_YET },
	{ "results", 0, NOT_YET },
	{ "rate", 0, NOT_YET },
	{ "load", 0, NOT_YET },
	{ "memfree", 0, NOT_YET },
	{ "pipe", 0, NOT_YET },
	{ "block", 0, NOT_YET },
	{ "sh", 0, NOT_YET "; write: leat map sh -c '...' sh {}" },
	{ "json", 0, NOT_YET },
};

enum {
	N_OPTIONS = sizeof options / sizeof options[0],
	N_REFUSALS = sizeof refusals / sizeof refusals[0]
};

/* Both tables as argp wants them. */
static struct argp_option all_options[N_OPTIONS + N_REFUSALS];

static error_t parse_option(int key, char *argument, struct argp_state *state);

static const struct argp argp = { all_options, parse_option, "COMMAND [ARGUMENT...] [::: ITEM...]",
	                          doc,         NULL,         NULL,
	                          NULL };

static void collect_options(void)
{
	size_t n = 0;
	for (size_t i = 0; i < N_REFUSALS; i++)
		all_options[n++] = (struct argp_option){
			.name = refusals[i].name,
			.key = refusals[i].letter ? refusals[i].letter : KEY_REFUSED + (int)i,
			.arg = "?",
			.flags = OPTION_HIDDEN | OPTION_ARG_OPTIONAL,
		};
	memcpy(all_options + n, options, sizeof options);
}

static error_t refuse(int key, const struct argp_state *state)
{
	for (size_t i = 0; i < N_REFUSALS; i++) {
		if (refusals[i].letter && key == refusals[i].letter)
			argp_error(state, "-%c %s", key, refusals[i].why);
		if (key == KEY_REFUSED + (int)i)
			argp_error(state, "--%s %s", refusals[i].name, refusals[i].why);
	}
	return ARGP_ERR_UNKNOWN;
}

static size_t parse_count(const char *text, const char *option, const struct argp_state *state)
{
	char *end;
	errno = 0;
	unsigned long long n = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || n < 1 || n > 1000000000)
		argp_error(state, "%s takes a number from 1 to 1000000000, not '%s'", option, text);
	return (size_t)n;
}

static size_t parse_jobs(const char *text, const struct argp_state *state)
{
	if (*text == '+' || *text == '-' || strchr(text, '%'))
		argp_error(state,
		           "-j %s: numbers relative to the processors are not in this version; "
		           "give a number from 1",
		           text);
	return parse_count(text, "-j", state);
}

static size_t parse_size(const char *text, const struct argp_state *state)
{
	static const char units[] = "KMGT";
	char *end;
	errno = 0;
	unsigned long long n = strtoull(text, &end, 10);
	const char *unit = *end ? strchr(units, toupper((unsigned char)*end)) : NULL;
	unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
	if (unit)
		end++;
	if (*text < '0' || *text > '9' || *end || errno || n > SIZE_MAX >> shift)
		argp_error(state, "--buffer takes a size such as 64M or 1G, not '%s'", text);
	return (size_t)n << shift;
}

static void print_help(const struct argp_state *state)
{
	fputs(examples, stdout);
	argp_help(&argp, stdout,
	          ARGP_HELP_SHORT_USAGE | ARGP_HELP_PRE_DOC | ARGP_HELP_LONG | ARGP_HELP_POST_DOC,
	          state->name);
}

static _Noreturn void end_printing(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		exit(EXIT_DONE);
	say("cannot write to standard output: %s\n", strerror(errno));
	exit(EXIT_FAILED);
}

static void take_command(struct map_options *o, const struct argp_state *state)
{
	o->own = state->argv + 1;
	o->n_own = (size_t)state->next - 1;
	o->command = state->argv + state->next;
	size_t n = (size_t)(state->argc - state->next);
	while (o->n_command < n && strcmp(o->command[o->n_command], ":::") != 0)
		o->n_command++;
	if (o->n_command < n) {
		o->words = o->command + o->n_command + 1;
		o->n_words = n - o->n_command - 1;
	}
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct map_options *o = state->input;
	switch (key) {
	case 'j':
		o->jobs = parse_jobs(argument, state);
		return 0;
	case 'n':
		o->items_per_job = parse_count(argument, "-n", state);
		return 0;
	case '0':
		o->nul = true;
		return 0;
	case KEY_AS_DONE:
		o->as_done = true;
		return 0;
	case KEY_BUFFER:
		o->buffer = parse_size(argument, state);
		return 0;
	case KEY_FAIL_FAST:
		o->fail_fast = true;
		return 0;
	case KEY_DRY_RUN:
		o->dry_run = true;
		return 0;
	case KEY_BAR:
		o->bar = true;
		return 0;
	case '?':
		print_help(state);
		end_printing();
	case KEY_USAGE:
		argp_help(&argp, stdout, ARGP_HELP_USAGE, state->name);
		end_printing();
	case 'V':
		printf("leat %s\n", leat_version());
		end_printing();
	case ARGP_KEY_ARGS:
		take_command(o, state);
		return 0;
	default:
		return refuse(key, state);
	}
}

static int usage_error(const char *text, size_t length, const char *why)
{
	say("%.*s %s\n", (int)length, text, why);
	return EXIT_USAGE;
}

static int no_command(const struct map_options *o)
{
	if (o->words)
		say("a command is missing before ':::', as in: leat map echo ::: a b c\n");
	else
		say("a command is missing, as in: seq 3 | leat map echo\n");
	fputs("To run each line of the input as a command of its own: leat map sh -c {}\n", stderr);
	return EXIT_USAGE;
}

/* Other input sources of GNU parallel: ::::, :::+, ::::+ anywhere, and a second ::: */
static int check_sources(const struct map_options *o)
{
	const size_t n = o->n_command + (o->words ? o->n_words + 1 : 0);
	for (size_t i = 0; i < n; i++) {
		const char *word = o->command[i];
		if (!strcmp(word, "::::") || !strcmp(word, ":::+") || !strcmp(word, "::::+"))
			return usage_error(word, strlen(word),
			                   "as a source of items is not in this version");
		if (!strcmp(word, ":::") && i != o->n_command)
			return usage_error(word, strlen(word),
			                   "a second time is not in this version: give all items "
			                   "after the first");
	}
	return EXIT_DONE;
}

static int check_command(const struct map_options *o)
{
	if (o->n_command == 0)
		return no_command(o);
	for (size_t i = 0; i < o->n_command; i++) {
		size_t length;
		const char *found = template_unsupported(o->command[i], &length);
		if (found)
			return usage_error(found, length,
			                   "as a replacement string is not in this version");
	}
	return check_sources(o);
}

static int cannot_run(const char *command, int error)
{
	static const char hint[] =
	        "; words of a command are separate, or write: leat map sh -c '...'";
	struct strings name = { 0 };
	quote_append(&name, command, strlen(command));
	strings_end(&name);
	if (error == -EACCES)
		say("%s: cannot be run: %s\n", name.bytes, strerror(EACCES));
	else
		say("%s: command not found%s\n", name.bytes, strchr(command, ' ') ? hint : "");
	strings_free(&name);
	return error == -EACCES ? EXIT_CANNOT_RUN : EXIT_NOT_FOUND;
}

/* That the command is there, if its name is the same for all items. */
static int check_program(const struct map_options *o)
{
	struct template first;
	char *path = NULL;
	template_init(&first, o->command, 1);
	int result = first.words[0].replaces ? 0 : find_command(o->command[0], &path);
	template_fini(&first);
	free(path);
	return result ? cannot_run(o->command[0], result) : EXIT_DONE;
}

static int check_limits(const struct map_options *o)
{
	struct rlimit limit;
	const unsigned long long needed = (unsigned long long)o->jobs * FDS_PER_JOB + FDS_OF_LEAT;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= needed)
		return EXIT_DONE;
	say("-j %zu needs %llu open files, and the limit is %llu: 'ulimit -n %llu' raises it, or "
	    "give a smaller -j\n",
	    o->jobs, needed, (unsigned long long)limit.rlim_cur, needed);
	return EXIT_USAGE;
}

static size_t processors(void)
{
	cpu_set_t set;
	if (sched_getaffinity(0, sizeof set, &set) == 0)
		return (size_t)CPU_COUNT(&set);
	long n = sysconf(_SC_NPROCESSORS_ONLN);
	return n > 0 ? (size_t)n : 1;
}

static int work(void *argument, int control)
{
	return map_work(argument, control);
}

int cmd_map(int argc, char **argv)
{
	struct map_options o = { .items_per_job = 1, .buffer = (size_t)64 << 20 };
	argp_err_exit_status = EXIT_USAGE;
	collect_options();
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER | ARGP_NO_HELP, NULL, &o);
	if (o.jobs == 0)
		o.jobs = processors();
	int status = check_command(&o);
	if (status == EXIT_DONE && !o.words && isatty(STDIN_FILENO))
		say("items are read from the terminal, one a line; Ctrl-D ends them\n");
	if (status == EXIT_DONE && o.dry_run)
		return map_dry_run(&o);
	if (status == EXIT_DONE)
		status = check_program(&o);
	if (status == EXIT_DONE)
		status = check_limits(&o);
	return status == EXIT_DONE ? watcher_run(work, &o) : status;
}
