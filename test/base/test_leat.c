/* SPDX-License-Identifier: Apache-2.0 */
/* What <leat/leat.h> promises for every call: deadlines, words for errors, the version. */
#include "support/run.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void a_deadline_lies_where_it_should(void **state)
{
	int64_t before = now_ns();
	leat_deadline ns = leat_after_ns(5000000000), ms = leat_after_ms(5000);
	int64_t after = now_ns();

	(void)state;
	assert_true(ns >= before + 5000000000 && ns <= after + 5000000000);
	assert_true(ms >= ns && ms <= after + 5000000000);
	ns = leat_after_ns(-1000);
	assert_true(ns >= before - 1000 && ns <= now_ns() - 1000);
}

static void a_deadline_saturates_and_is_never_a_special_value(void **state)
{
	const int64_t far[] = { INT64_MAX, INT64_MAX - 1, INT64_MAX / 2 * 2, INT64_MAX / 1000 };
	const int64_t past[] = { INT64_MIN, INT64_MIN + 1, INT64_MIN / 1000 };

	(void)state;
	for (size_t i = 0; i < sizeof(far) / sizeof(far[0]); i++) {
		assert_true(leat_after_ns(far[i]) > now_ns());
		assert_true(leat_after_ms(far[i]) > now_ns());
		assert_true(leat_after_ns(far[i]) != LEAT_FOREVER);
		assert_true(leat_after_ms(far[i]) != LEAT_FOREVER);
	}
	for (size_t i = 0; i < sizeof(past) / sizeof(past[0]); i++) {
		assert_true(leat_after_ns(past[i]) < now_ns());
		assert_true(leat_after_ms(past[i]) < 0);
		assert_true(leat_after_ns(past[i]) != LEAT_NOW);
	}
}

/* The clock cannot be stopped, so zero is aimed at until it must have been hit many times. */
static void a_deadline_in_the_past_is_never_now(void **state)
{
	(void)state;
	for (unsigned i = 0; i < scaled(200000); i++)
		for (int64_t off = -60; off <= 0; off += 3)
			assert_true(leat_after_ns(-now_ns() + off) != LEAT_NOW);
}

static void errors_have_words(void **state)
{
	const int special[] = { 0,          -EAGAIN, -ETIMEDOUT, -EPIPE,
		                -ECANCELED, -E2BIG,  -EOVERFLOW, -EPROTONOSUPPORT,
		                -EDEADLK,   -EINVAL, -ENOMEM };

	(void)state;
	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
		assert_non_null(leat_strerror(special[i]));
		assert_true(strlen(leat_strerror(special[i])) > 0);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(leat_strerror(special[i]),
			                        leat_strerror(special[j]));
	}
	for (int err = -200; err <= 0; err++)
		assert_non_null(leat_strerror(err));
	assert_string_equal(leat_strerror(-ENOENT), strerrordesc_np(ENOENT));
}

static void what_is_no_error_of_ours_has_words_too(void **state)
{
	const int odd[] = { 1, EINVAL, 100000, -100000, INT32_MAX, INT32_MIN };

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		assert_true(leat_strerror(odd[i]) && strlen(leat_strerror(odd[i])) > 0);
}

static void the_version_is_that_of_the_header(void **state)
{
	char version[32];

	(void)state;
	snprintf(version, sizeof(version), "%d.%d.%d", LEAT_VERSION_MAJOR, LEAT_VERSION_MINOR,
	         LEAT_VERSION_PATCH);
	assert_string_equal(leat_version(), version);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_deadline_lies_where_it_should),
		cmocka_unit_test(a_deadline_saturates_and_is_never_a_special_value),
		cmocka_unit_test(a_deadline_in_the_past_is_never_now),
		cmocka_unit_test(errors_have_words),
		cmocka_unit_test(what_is_no_error_of_ours_has_words_too),
		cmocka_unit_test(the_version_is_that_of_the_header),
	};

	run_begin();
	return cmocka_run_group_tests_name("leat", tests, NULL, NULL);
}
