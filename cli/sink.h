/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes to stdout and stderr in the order of the calls, small pieces together. Used by one thread.
 * After an error on a descriptor what goes there is dropped, and the error is kept for the caller.
 */
#ifndef CLI_SINK_H
#define CLI_SINK_H

#include <stdbool.h>
#include <stddef.h>

struct sink {
	char *bytes; /* not yet written, all for one descriptor */
	size_t length;
	int fd;
	int error[3]; /* errno of the first failure, by descriptor */
	/* Called before anything is written, with the last byte that will be; may be NULL. */
	void (*before)(void *arg, int fd, char last);
	void *before_arg;
};

void sink_init(struct sink *sink);
void sink_fini(struct sink *sink);
void sink_write(struct sink *sink, int fd, const void *bytes, size_t length);
void sink_flush(struct sink *sink);

#endif
