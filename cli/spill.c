/* SPDX-License-Identifier: Apache-2.0 */
#include "spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Pieces begin on a block, so that releasing one gives all of its blocks back. */
#define BLOCK ((uint64_t)4096)

void spill_init(struct spill *spill)
{
	const char *folder = getenv("TMPDIR");
	*spill = (struct spill){ .fd = -1, .folder = folder && *folder ? folder : "/tmp" };
}

void spill_fini(struct spill *spill)
{
	if (spill->fd >= 0)
		close(spill->fd);
}

/* Not every file system has files without a name. */
static int open_and_unlink(const char *folder)
{
	char *path;
	if (asprintf(&path, "%s/leat-XXXXXX", folder) < 0)
		return -1;
	int fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	free(path);
	return fd;
}

static int open_file(struct spill *spill)
{
	if (spill->fd >= 0)
		return 0;
	spill->fd = open(spill->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (spill->fd < 0)
		spill->fd = open_and_unlink(spill->folder);
	return spill->fd < 0 ? -errno : 0;
}

static uint64_t blocks(uint64_t length)
{
	return (length + BLOCK - 1) / BLOCK * BLOCK;
}

static void give_back(struct spill *spill, uint64_t length, uint64_t at)
{
	fallocate(spill->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)at,
	          (off_t)blocks(length));
}

int spill_write(struct spill *spill, const void *bytes, size_t length, uint64_t *at)
{
	int result = open_file(spill);
	if (result < 0)
		return result;
	for (size_t done = 0; done < length;) {
		ssize_t n = pwrite(spill->fd, (const char *)bytes + done, length - done,
		                   (off_t)(spill->end + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			result = -errno;
			give_back(spill, done, spill->end);
			return result;
		}
		done += (size_t)n;
	}
	*at = spill->end;
	spill->end += blocks(length);
	spill->held += length;
	return 0;
}

int spill_read(const struct spill *spill, void *bytes, size_t length, uint64_t at)
{
	for (size_t done = 0; done < length;) {
		ssize_t n =
		        pread(spill->fd, (char *)bytes + done, length - done, (off_t)(at + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		done += (size_t)n;
	}
	return 0;
}

void spill_release(struct spill *spill, size_t length, uint64_t at)
{
	spill->held -= length;
	if (spill->held > 0) {
		give_back(spill, length, at);
		return;
	}
	if (ftruncate(spill->fd, 0) == 0)
		spill->end = 0;
}
