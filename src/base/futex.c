/* SPDX-License-Identifier: Apache-2.0 */
#include "base/futex.h"

#include "base/clock.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

void leat__futex_wait(uint32_t *word, uint32_t expected, leat_deadline until)
{
	struct timespec absolute = leat__timespec(until);

	/* WAIT_BITSET rather than WAIT: its time is absolute */
	syscall(SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, expected,
	        until == LEAT_FOREVER ? NULL : &absolute, NULL, FUTEX_BITSET_MATCH_ANY);
}

void leat__futex_wake(uint32_t *word, int n)
{
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, n, NULL, NULL, 0);
}
