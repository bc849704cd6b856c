/* SPDX-License-Identifier: Apache-2.0 */
#include "base/options.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

static uint32_t size_of(const void *sized)
{
	uint32_t size;

	memcpy(&size, sized, sizeof(size));
	return size;
}

int leat__options_copy(void *to, size_t known, size_t first, const void *from)
{
	uint32_t ours = (uint32_t)known;

	memset(to, 0, known);
	if (from) {
		const char *bytes = from;
		size_t size = size_of(from);

		if (size < first)
			return -EINVAL;
		for (size_t i = known; i < size; i++)
			if (bytes[i])
				return -E2BIG;
		memcpy(to, from, size < known ? size : known);
	}
	memcpy(to, &ours, sizeof(ours));
	return 0;
}

int leat__stats_copy(void *to, const void *from, size_t known)
{
	size_t size = to ? size_of(to) : 0;
	size_t head = sizeof(uint32_t);
	size_t copied = size < known ? size : known;

	if (size < 2 * head)
		return -EINVAL;
	memcpy((char *)to + head, (const char *)from + head, copied - head);
	memset((char *)to + copied, 0, size - copied);
	return 0;
}
