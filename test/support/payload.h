/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items whose every byte follows from one value, so that a torn, stale or foreign item is seen.
 *
 * The value itself stands in the first bytes (up to 4); each byte after them is made from it.
 */
#ifndef LEAT_TEST_PAYLOAD_H
#define LEAT_TEST_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The largest item of the tests, in bytes. */
#define PAYLOAD_MAX 200

/* How many different values an item of that size can hold. */
uint64_t payload_values(size_t item_size);

void payload_fill(void *item, size_t item_size, uint32_t value);

/* The value of an item. False: some byte is not what the value makes. */
bool payload_read(const void *item, size_t item_size, uint32_t *value);

#endif
