/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void say(const char *format, ...)
{
	char line[4096];
	static const char prefix[] = "leat map: ";
	int length = snprintf(line, sizeof line, "%s", prefix);
	va_list arguments;
	va_start(arguments, format);
	int more = vsnprintf(line + length, sizeof line - (size_t)length, format, arguments);
	va_end(arguments);
	if (more < 0)
		return;
	length += more;
	if ((size_t)length >= sizeof line) {
		length = (int)sizeof line - 1;
		line[length - 1] = '\n';
	}
	if (write(STDERR_FILENO, line, (size_t)length) < 0) {
		/* There is nobody left to tell. */
	}
}

void *must_alloc(size_t size)
{
	return must_realloc(NULL, size);
}

void *must_realloc(void *memory, size_t size)
{
	void *more = realloc(memory, size ? size : 1);
	if (!more) {
		say("out of memory: fewer jobs at a time (-j) or a smaller --buffer may help\n");
		_exit(EXIT_FAILED);
	}
	return more;
}
