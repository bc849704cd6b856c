/* SPDX-License-Identifier: Apache-2.0 */
/* The set of outcomes that a program's ends have reported. */
#include "machine.h"

#include <stdarg.h>
#include <string.h>

#define OUTCOMES    64
#define OUTCOME_MAX 64

static char outcomes[OUTCOMES][OUTCOME_MAX];
static unsigned n_outcomes;

void outcomes_clear(void)
{
	n_outcomes = 0;
}

static bool is_known(const char *text)
{
	for (unsigned i = 0; i < n_outcomes; i++)
		if (strcmp(outcomes[i], text) == 0)
			return true;
	return false;
}

void explore_outcome(const char *format, ...)
{
	char text[OUTCOME_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (is_known(text))
		return;
	if (n_outcomes == OUTCOMES) {
		fail("more than %d outcomes", OUTCOMES);
		return;
	}
	strcpy(outcomes[n_outcomes++], text);
}

/* Takes the next line off *list, into text; false: there is none. */
static bool next_line(const char **list, char *text)
{
	size_t length = strcspn(*list, "\n");

	if (length == 0 || length >= OUTCOME_MAX)
		return false;
	memcpy(text, *list, length);
	text[length] = '\0';
	*list += length + ((*list)[length] == '\n');
	return true;
}

static bool is_expected(const char *text, const char *expected)
{
	char line[OUTCOME_MAX];

	while (next_line(&expected, line))
		if (strcmp(line, text) == 0)
			return true;
	return false;
}

bool outcomes_match(const char *expected, FILE *report)
{
	char line[OUTCOME_MAX];
	const char *rest = expected;
	bool match = true;

	for (unsigned i = 0; i < n_outcomes; i++)
		if (!is_expected(outcomes[i], expected)) {
			fprintf(report, "# came out, and should not: %s\n", outcomes[i]);
			match = false;
		}
	while (next_line(&rest, line))
		if (!is_known(line)) {
			fprintf(report, "# did not come out, and should: %s\n", line);
			match = false;
		}
	return match;
}

void outcomes_print(FILE *to)
{
	for (unsigned i = 0; i < n_outcomes; i++)
		fprintf(to, "# outcome: %s\n", outcomes[i]);
}
