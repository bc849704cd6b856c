/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LEAT_BASE_OPTIONS_H
#define LEAT_BASE_OPTIONS_H

#include <stddef.h>

/*
 * Copies the options that a caller gave, a struct that begins with a uint32_t of its size, into one
 * of ours: known bytes, of which the first `first` were there in the first release. Members that
 * the caller's struct lacks become zero, and the copy's size is ours. `from` may be NULL: all zero.
 * -EINVAL: smaller than first. -E2BIG: larger than ours with bytes behind that are not zero.
 */
int leat__options_copy(void *to, size_t known, size_t first, const void *from);

/* The way back: fills the caller's statistics, whose size member says how much of ours it has room
 * for and stays as it is; what we do not know becomes zero. -EINVAL: to is NULL or smaller than 8.
 */
int leat__stats_copy(void *to, const void *from, size_t known);

#endif
