/* SPDX-License-Identifier: Apache-2.0 */
#include "map.h"

#include "cli.h"
#include "quote.h"
#include "sink.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void print_command(const struct template *template, const struct strings *items,
                          uint64_t number, struct sink *sink)
{
	struct strings words = { 0 }, line = { 0 };
	template_expand(template, items, number, 1, &words);
	quote_append_command(&line, &words);
	strings_append(&line, "\n", 1);
	sink_write(sink, STDOUT_FILENO, line.bytes, line.length);
	strings_free(&words);
	strings_free(&line);
}

static int print_all(const struct map_options *options, const struct template *template,
                     struct sink *sink)
{
	struct items from = { .words = options->words,
		              .n_words = options->n_words,
		              .fd = STDIN_FILENO,
		              .stop_fd = -1,
		              .delimiter = options->nul ? '\0' : '\n' };
	struct strings items = { 0 };
	char *error = NULL;
	int result = ITEMS_ONE;
	for (uint64_t number = 1; result == ITEMS_ONE && !sink->error[STDOUT_FILENO]; number++) {
		strings_clear(&items);
		while (result == ITEMS_ONE && items.n < options->items_per_job)
			result = items_next(&from, &items, &error);
		if (items.n > 0 && !error)
			print_command(template, &items, number, sink);
	}
	sink_flush(sink);
	if (error)
		say("%s\n", error);
	free(error);
	free(from.bytes);
	strings_free(&items);
	return result == ITEMS_ERROR ? EXIT_USAGE : EXIT_DONE;
}

int map_dry_run(const struct map_options *options)
{
	struct template template;
	struct sink sink;
	template_init(&template, options->command, options->n_command);
	sink_init(&sink);
	int status = print_all(options, &template, &sink);
	if (sink.error[STDOUT_FILENO]) {
		say("cannot write to standard output: %s\n", strerror(sink.error[STDOUT_FILENO]));
		status = EXIT_FAILED;
	}
	sink_fini(&sink);
	template_fini(&template);
	return status;
}
