/* SPDX-License-Identifier: Apache-2.0 */
/* What of src/base is functions, with the explorer behind it: clock, barrier, memory. */
#include "base/barrier.h"
#include "base/clock.h"

static bool fences;

bool leat__barrier_needs_fences(void)
{
	return fences;
}

void leat__barrier_use_fences(bool on)
{
	fences = on;
}

/* A deadline n passes at the nth tick. */

int64_t leat__now_ns(void)
{
	return explore_now();
}

bool leat__expired(leat_deadline until)
{
	return until != LEAT_FOREVER && explore_now() >= until;
}

/* src is compiled with its allocation renamed to these. */

void *leat__door_calloc(size_t n, size_t size);
void *leat__door_aligned_alloc(size_t alignment, size_t size);
void leat__door_free(void *memory);

void *leat__door_calloc(size_t n, size_t size)
{
	return explore_alloc(n * size, 16);
}

void *leat__door_aligned_alloc(size_t alignment, size_t size)
{
	return explore_alloc(size, alignment);
}

void leat__door_free(void *memory)
{
	(void)memory;
}
