/* SPDX-License-Identifier: Apache-2.0 */
/* The command leat: finds the command by its name in one table, and runs it. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <leat/leat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct command commands[] = {
	{ "map", cmd_map, "run a command for each item of the input, several at a time" },
};

#define N_COMMANDS (sizeof commands / sizeof commands[0])

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

/* Flushes what was printed; a full disk or a closed stdout is an error like any other. */
static int printed(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_DONE;
	fprintf(stderr, "leat: cannot write to standard output: %s\n", strerror(errno));
	return EXIT_FAILED;
}

static int print_help(void)
{
	printf("Examples:\n"
	       "  ls *.png | leat map convert {} {.}.jpg     one job a line, as many at a time\n"
	       "                                             as there are processors\n"
	       "  leat map -j4 gzip ::: *.log                items from the command line\n"
	       "\n"
	       "leat moves work from producers to consumers.\n"
	       "\n"
	       "Usage: leat COMMAND [options] ...\n"
	       "\n"
	       "Commands:\n");
	for (size_t i = 0; i < N_COMMANDS; i++)
		printf("  %-10s %s\n", commands[i].name, commands[i].summary);
	printf("\n"
	       "  leat help COMMAND     what a command does; also: leat COMMAND --help\n"
	       "  leat --version\n");
	return printed();
}

static int unknown(const char *name)
{
	fprintf(stderr, "leat: there is no command '%s'; 'leat --help' lists what there is\n",
	        name);
	return EXIT_USAGE;
}

static int run(const struct command *command, int argc, char **argv)
{
	char name[32];
	snprintf(name, sizeof name, "leat %s", command->name);
	argv[0] = name;
	return command->run(argc, argv);
}

static int help(int argc, char **argv)
{
	if (argc < 1)
		return print_help();
	const struct command *command = find(argv[0]);
	if (!command)
		return unknown(argv[0]);
	char option[] = "--help";
	char *arguments[] = { NULL, option, NULL };
	return run(command, 2, arguments);
}

/*
 * Puts /dev/null where a standard descriptor is closed, so that no pipe of ours lands there. The
 * mode is the wrong one on purpose for 0 and 1: using them still fails, and says so.
 */
static void fill_standard_descriptors(void)
{
	static const int modes[] = { O_WRONLY, O_RDONLY, O_WRONLY };
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", modes[fd]) < 0)
			_exit(EXIT_FAILED);
}

int main(int argc, char **argv)
{
	fill_standard_descriptors();
	if (argc < 2) {
		fprintf(stderr, "leat: a command is missing, as in: seq 3 | leat map echo\n"
		                "'leat --help' lists what there is\n");
		return EXIT_USAGE;
	}
	const char *name = argv[1];
	if (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "-?"))
		return print_help();
	if (!strcmp(name, "help"))
		return help(argc - 2, argv + 2);
	if (!strcmp(name, "--version") || !strcmp(name, "-V")) {
		printf("leat %s\n", leat_version());
		return printed();
	}
	const struct command *command = find(name);
	return command ? run(command, argc - 1, argv + 1) : unknown(name);
}
