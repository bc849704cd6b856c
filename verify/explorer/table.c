/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set of states: 120 bits of each one's hash, open addressing. That two states among n are taken for
 * one has a probability of n * n / 2^121: for a billion states, one in 10^18.
 */
#include "search.h"

#include <stdlib.h>
#include <string.h>

struct entry {
	uint64_t low; /* 0: free */
	uint8_t high[7], byte;
};

static struct entry *entries;
static uint64_t mask, used, bytes_most;
static bool is_full;

static void must(const void *memory)
{
	if (memory)
		return;
	fprintf(stderr, "explore: out of memory for %llu states; bound the search (--help)\n",
	        (unsigned long long)used);
	exit(2);
}

void table_clear(uint64_t bytes_max)
{
	free(entries);
	used = 0;
	is_full = false;
	bytes_most = bytes_max;
	mask = ((uint64_t)1 << 16) - 1;
	entries = calloc(mask + 1, sizeof(*entries));
	must(entries);
}

static struct entry *place_in(struct entry *in, uint64_t in_mask, uint64_t low, const uint8_t *high)
{
	for (uint64_t i = low;; i++) {
		struct entry *entry = &in[i & in_mask];

		if (entry->low == 0 || (entry->low == low && memcmp(entry->high, high, 7) == 0))
			return entry;
	}
}

/* While it grows there are two tables. */
static bool may_grow(void)
{
	return !bytes_most || (mask + 1) * 3 * sizeof(*entries) <= bytes_most;
}

bool table_is_full(void)
{
	return is_full;
}

static void grow(void)
{
	uint64_t larger_mask = mask * 2 + 1;
	struct entry *larger = calloc(larger_mask + 1, sizeof(*larger));

	must(larger);
	for (uint64_t i = 0; i <= mask; i++)
		if (entries[i].low)
			*place_in(larger, larger_mask, entries[i].low, entries[i].high) =
			        entries[i];
	free(entries);
	entries = larger;
	mask = larger_mask;
}

uint8_t *table_find(struct hash hash, uint8_t fresh, bool *is_new)
{
	uint64_t low = hash.low ? hash.low : 1;
	uint8_t high[7];
	struct entry *entry;

	if (used * 4 > mask * 3 && may_grow())
		grow();
	memcpy(high, &hash.high, sizeof(high));
	entry = place_in(entries, mask, low, high);
	*is_new = entry->low == 0;
	if (*is_new && used * 4 > mask * 3) {
		static uint8_t forgotten;

		is_full = true;
		forgotten = fresh;
		return &forgotten;
	}
	if (*is_new) {
		entry->low = low;
		memcpy(entry->high, high, sizeof(high));
		entry->byte = fresh;
		used++;
	}
	return &entry->byte;
}
