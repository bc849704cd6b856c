/* SPDX-License-Identifier: Apache-2.0 */
/* Small programs whose results are known: the explorer must find them all, and no others. */
#include "litmus.h"

#include <stdio.h>
#include <stdlib.h>

#define TESTS_MAX 160

struct litmus_memory m;

void show_a(void)
{
	explore_outcome("%u", m.a);
}

void show_ab(void)
{
	explore_outcome("%u %u", m.a, m.b);
}

void show_abc(void)
{
	explore_outcome("%u %u %u", m.a, m.b, m.c);
}

void show_abcd(void)
{
	explore_outcome("%u %u %u %u", m.a, m.b, m.c, m.d);
}

void show_ax(void)
{
	explore_outcome("%u %u", m.a, m.x);
}

void show_ay(void)
{
	explore_outcome("%u %u", m.a, m.y);
}

void show_abx(void)
{
	explore_outcome("%u %u %u", m.a, m.b, m.x);
}

void show_xy(void)
{
	explore_outcome("%u %u", m.x, m.y);
}

void show_data(void)
{
	explore_outcome("%u", (unsigned)m.data);
}

int main(int argc, char **argv)
{
	static const struct explore_program *const *const lists[] = {
		coherence_tests,   two_thread_tests, release_tests,
		more_thread_tests, race_tests,       system_tests
	};
	static struct explore_program programs[TESTS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		for (const struct explore_program *const *at = lists[i]; *at; at++) {
			if (n == TESTS_MAX) {
				fprintf(stderr, "litmus: more than %d tests\n", TESTS_MAX);
				return 2;
			}
			programs[n++] = **at;
		}
	return explore_main(argc, argv, programs, n);
}
