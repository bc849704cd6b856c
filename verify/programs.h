/* SPDX-License-Identifier: Apache-2.0 */
/* All that is explored of leat, by part. */
#ifndef VERIFY_PROGRAMS_H
#define VERIFY_PROGRAMS_H

#include "explorer.h"

/* The folder of the same name says what they show. */
extern const struct explore_program spsc_programs[], mpmc_programs[], classic_programs[],
        event_programs[], pool_programs[];
extern const unsigned n_spsc_programs, n_mpmc_programs, n_classic_programs, n_event_programs,
        n_pool_programs;

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
