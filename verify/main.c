/* SPDX-License-Identifier: Apache-2.0 */
#include "programs.h"

#include <string.h>

#define PROGRAMS_MAX 128

static struct explore_program programs[PROGRAMS_MAX];
static size_t n_programs;

static void add(const struct explore_program *some, unsigned n)
{
	memcpy(&programs[n_programs], some, n * sizeof(*some));
	n_programs += n;
}

int main(int argc, char **argv)
{
	add(event_programs, n_event_programs);
	add(spsc_programs, n_spsc_programs);
	add(mpmc_programs, n_mpmc_programs);
	add(classic_programs, n_classic_programs);
	add(pool_programs, n_pool_programs);
	return explore_main(argc, argv, programs, n_programs);
}
