/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands of leat share. */
#ifndef CLI_H
#define CLI_H

#include <stddef.h>

/* Exit statuses of every command; a command's page says which it uses. */
enum {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_CANNOT_RUN = 126,
	EXIT_NOT_FOUND = 127
};

/* One line of the table of commands in main.c. argv[0] is the command's name, as "leat map". */
struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
};

int cmd_map(int argc, char **argv);

/* Prints "leat map: ..." on stderr with one write; the text brings its newline. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Memory, or the end of the process with a message: a command has nothing to undo without memory.
 */
void *must_alloc(size_t size);
void *must_realloc(void *memory, size_t size);

#endif
