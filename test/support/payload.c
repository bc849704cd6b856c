/* SPDX-License-Identifier: Apache-2.0 */
#include "support/payload.h"

static size_t value_bytes(size_t item_size)
{
	return item_size < sizeof(uint32_t) ? item_size : sizeof(uint32_t);
}

static unsigned char byte_at(size_t i, size_t item_size, uint32_t value)
{
	if (i < value_bytes(item_size))
		return (unsigned char)(value >> (8 * i));
	return (unsigned char)((value * 2654435761u >> (i % 25)) + i);
}

uint64_t payload_values(size_t item_size)
{
	return (uint64_t)1 << (8 * value_bytes(item_size));
}

void payload_fill(void *item, size_t item_size, uint32_t value)
{
	unsigned char *bytes = item;

	for (size_t i = 0; i < item_size; i++)
		bytes[i] = byte_at(i, item_size, value);
}

bool payload_read(const void *item, size_t item_size, uint32_t *value)
{
	const unsigned char *bytes = item;
	uint32_t read = 0;

	for (size_t i = 0; i < value_bytes(item_size); i++)
		read |= (uint32_t)bytes[i] << (8 * i);
	for (size_t i = 0; i < item_size; i++)
		if (bytes[i] != byte_at(i, item_size, read))
			return false;
	*value = read;
	return true;
}
