/* SPDX-License-Identifier: Apache-2.0 */
#include "bar.h"

#include "cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define INTERVAL_NS INT64_C(100000000)

enum { N_FIELDS = 6, SMALLEST_GRAPH = 12, LARGEST_GRAPH = 50 };

/* What the line says, most important first: what does not fit goes from the end. */
struct fields {
	char text[N_FIELDS][40];
	size_t n;
};

void bar_init(struct bar *bar, bool wanted, uint64_t input_bytes)
{
	const char *terminal = getenv("TERM");
	const char *no_color = getenv("NO_COLOR");
	bool dumb = !terminal || !strcmp(terminal, "dumb");
	*bar = (struct bar){ .on = wanted && !dumb && isatty(STDERR_FILENO),
		             .color = !no_color || !*no_color,
		             .at_line_start = true,
		             .input_bytes = input_bytes };
	for (int fd = 0; fd < 3; fd++)
		bar->is_terminal[fd] = isatty(fd);
}

/* How much of the work is done, 0 to 1; negative: nobody knows. */
static double fraction(const struct bar *bar, const struct tally *tally)
{
	if (tally->total_known)
		return tally->total ? (double)tally_ended(tally) / (double)tally->total : 1;
	if (bar->input_bytes > 0)
		return (double)tally->n_bytes / (double)bar->input_bytes;
	return -1;
}

static void format_time(char *text, size_t size, double seconds, const char *after)
{
	uint64_t s = (uint64_t)(seconds + 0.5);
	if (s >= 3600)
		snprintf(text, size, "%" PRIu64 ":%02u:%02u%s", s / 3600, (unsigned)(s / 60 % 60),
		         (unsigned)(s % 60), after);
	else
		snprintf(text, size, "%u:%02u%s", (unsigned)(s / 60), (unsigned)(s % 60), after);
}

static void format_count(char *text, size_t size, const struct tally *tally)
{
	if (tally->total_known)
		snprintf(text, size, "%" PRIu64 "/%" PRIu64, tally_ended(tally), tally->total);
	else
		snprintf(text, size, "%" PRIu64 " done", tally_ended(tally));
}

static struct fields collect(const struct tally *tally, double done, double seconds)
{
	struct fields f = { 0 };
	const uint64_t ended = tally_ended(tally);
	if (done >= 0)
		snprintf(f.text[f.n++], sizeof f.text[0], "%3d%%", (int)(done * 100));
	format_count(f.text[f.n++], sizeof f.text[0], tally);
	if (tally->failed > 0)
		snprintf(f.text[f.n++], sizeof f.text[0], "%" PRIu64 " failed", tally->failed);
	if (done > 0 && done < 1)
		format_time(f.text[f.n++], sizeof f.text[0], seconds * (1 - done) / done, " left");
	else
		format_time(f.text[f.n++], sizeof f.text[0], seconds, "");
	snprintf(f.text[f.n++], sizeof f.text[0], "%" PRIu64 " running",
	         tally->started + tally->dropped - ended);
	if (seconds > 0)
		snprintf(f.text[f.n++], sizeof f.text[0], "%.1f/s", (double)ended / seconds);
	return f;
}

static size_t append(char *text, size_t size, size_t length, const char *more)
{
	int n = snprintf(text + length, size - length, "%s", more);
	return n < 0 || (size_t)n >= size - length ? size - 1 : length + (size_t)n;
}

static size_t graph(char *text, size_t size, size_t width, double done)
{
	size_t full = (size_t)(done * (double)(width - 3) + 0.5);
	size_t length = append(text, size, 0, "[");
	for (size_t i = 0; i < width - 3; i++)
		length = append(text, size, length, i < full ? "#" : ".");
	return append(text, size, length, "] ");
}

void bar_format(char *text, size_t size, const struct bar *bar, const struct tally *tally,
                int64_t now, int columns)
{
	const double done = fraction(bar, tally);
	struct fields f = collect(tally, done, (double)(now - tally->begun_ns) / 1e9);
	const size_t room = columns > 1 ? (size_t)columns - 1 : 0;
	size_t length = 0, used = 0, n = 0;
	for (; n < f.n && used + (n ? 2 : 0) + strlen(f.text[n]) <= room; n++)
		used += (n ? 2 : 0) + strlen(f.text[n]);
	*text = '\0';
	if (done >= 0 && n == f.n && room - used >= SMALLEST_GRAPH)
		length = graph(text, size,
		               room - used < LARGEST_GRAPH ? room - used : LARGEST_GRAPH, done);
	for (size_t i = 0; i < n; i++) {
		const bool red = bar->color && strstr(f.text[i], "failed");
		length = append(text, size, length, i ? "  " : "");
		length = append(text, size, length, red ? "\033[31m" : "");
		length = append(text, size, length, f.text[i]);
		length = append(text, size, length, red ? "\033[m" : "");
	}
}

static void print(const char *text)
{
	if (write(STDERR_FILENO, text, strlen(text)) < 0) {
		/* The job's own output will meet the same error and report it. */
	}
}

void bar_hide(struct bar *bar)
{
	if (bar->shown)
		print("\r\033[K");
	bar->shown = false;
}

static int columns_of_terminal(void)
{
	struct winsize size;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return 80;
	return size.ws_col;
}

int64_t bar_draw(struct bar *bar, const struct tally *tally)
{
	if (!bar->on)
		return LEAT_FOREVER;
	int64_t now = now_ns();
	if (now - bar->drawn_ns < INTERVAL_NS)
		return bar->drawn_ns + INTERVAL_NS;
	bar->drawn_ns = now;
	/* The cursor stands where the last output ended: in the midst of a line is no room for us.
	 */
	if (bar->at_line_start) {
		char line[512], text[540];
		bar_format(line, sizeof line, bar, tally, now, columns_of_terminal());
		snprintf(text, sizeof text, "\r%s\033[K", line);
		print(text);
		bar->shown = true;
	}
	return now + INTERVAL_NS;
}

void bar_before(void *argument, int fd, char last)
{
	struct bar *bar = argument;
	if (!bar->is_terminal[fd])
		return;
	bar_hide(bar);
	bar->at_line_start = last == '\n';
}
