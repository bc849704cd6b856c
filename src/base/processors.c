/* SPDX-License-Identifier: Apache-2.0 */
#include "base/processors.h"

#include <sched.h>
#include <unistd.h>

void leat__yield(void)
{
	sched_yield();
}

unsigned leat__processors(void)
{
	cpu_set_t set;
	long n;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		return (unsigned)CPU_COUNT(&set);
	n = sysconf(_SC_NPROCESSORS_ONLN); /* more than 1024: the set is too small for the kernel */
	return n > 0 ? (unsigned)n : 1;
}
