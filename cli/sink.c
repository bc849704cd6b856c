/* SPDX-License-Identifier: Apache-2.0 */
#include "sink.h"

#include "cli.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SINK_SIZE = 16 * 1024 };

void sink_init(struct sink *sink)
{
	*sink = (struct sink){ .bytes = must_alloc(SINK_SIZE), .fd = STDOUT_FILENO };
}

void sink_fini(struct sink *sink)
{
	free(sink->bytes);
}

/* Whoever shares the open file with us may have made it non-blocking. */
static void wait_writable(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLOUT };
	poll(&ready, 1, -1);
}

static void write_all(struct sink *sink, int fd, const char *bytes, size_t length)
{
	if (sink->error[fd] || length == 0)
		return;
	if (sink->before)
		sink->before(sink->before_arg, fd, bytes[length - 1]);
	while (length > 0) {
		ssize_t n = write(fd, bytes, length);
		if (n >= 0) {
			bytes += n;
			length -= (size_t)n;
		} else if (errno == EAGAIN) {
			wait_writable(fd);
		} else if (errno != EINTR) {
			sink->error[fd] = errno;
			return;
		}
	}
}

void sink_flush(struct sink *sink)
{
	write_all(sink, sink->fd, sink->bytes, sink->length);
	sink->length = 0;
}

void sink_write(struct sink *sink, int fd, const void *bytes, size_t length)
{
	if (fd != sink->fd || length > SINK_SIZE - sink->length)
		sink_flush(sink);
	sink->fd = fd;
	if (length >= SINK_SIZE) {
		write_all(sink, fd, bytes, length);
		return;
	}
	memcpy(sink->bytes + sink->length, bytes, length);
	sink->length += length;
}
