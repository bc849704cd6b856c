/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A temporary file without a name, for output that does not fit into memory. It is made at the
 * first write, in $TMPDIR or /tmp. What has been released is given back to the file system where
 * that can. Used by one thread.
 */
#ifndef CLI_SPILL_H
#define CLI_SPILL_H

#include <stddef.h>
#include <stdint.h>

struct spill {
	int fd;
	const char *folder;
	uint64_t end;  /* where the next piece goes */
	uint64_t held; /* bytes of pieces that were not released */
};

void spill_init(struct spill *spill);
void spill_fini(struct spill *spill);

/* 0 and the place of the piece, or a negative errno and nothing has happened. */
int spill_write(struct spill *spill, const void *bytes, size_t length, uint64_t *at);
int spill_read(const struct spill *spill, void *bytes, size_t length, uint64_t at);
void spill_release(struct spill *spill, size_t length, uint64_t at);

#endif
