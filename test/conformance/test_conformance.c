/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the suite on the form that the command line names. */
#include "conformance/suite.h"

static const struct form *form;

static int choose_form(void **state)
{
	/* cmocka's state is not const, the tests treat it so. */
	*state = (void *)(uintptr_t)form;
	return 0;
}

int main(int argc, char **argv)
{
#define SUITE_LIST(name) cmocka_unit_test(name),
	const struct CMUnitTest tests[] = { SUITE(SUITE_LIST) };

	form = form_from(argc, argv);
	run_begin();
	return cmocka_run_group_tests_name(form->name, tests, choose_form, NULL);
}
