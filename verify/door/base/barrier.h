/* SPDX-License-Identifier: Apache-2.0 */
/* The door of src/base/barrier.h, with the explorer behind it. */
#ifndef LEAT_BASE_BARRIER_H
#define LEAT_BASE_BARRIER_H

#include "explorer.h"

/* What rings made from now on use: the program's choice. */
bool leat__barrier_needs_fences(void);
void leat__barrier_use_fences(bool on);

/* The light fence keeps the compiler in order, and nothing else: a thread runs in order here anyway. */
#define leat__fence_light(fences)                                                                  \
	do {                                                                                       \
		if (fences)                                                                        \
			explore_fence(seq_cst);                                                    \
	} while (0)
#define leat__fence_heavy(fences)                                                                  \
	do {                                                                                       \
		if (fences)                                                                        \
			explore_fence(seq_cst);                                                    \
		else                                                                               \
			explore_membarrier();                                                      \
	} while (0)

#endif
