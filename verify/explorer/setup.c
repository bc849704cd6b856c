/* SPDX-License-Identifier: Apache-2.0 */
/* The beginning and the end of a program. */
#include "fiber.h"
#include "machine.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct machine machine;
const struct explore_program *program;
char explore__stacks[THREADS][STACK_SIZE] __attribute__((aligned(64)));
char explore__arena[ARENA_SIZE] __attribute__((aligned(128)));
size_t explore__arena_used;

static struct {
	void *(*function)(void *);
	void *argument;
} started[THREADS];

void *explore_alloc(size_t size, size_t alignment)
{
	size_t at = (explore__arena_used + alignment - 1) & ~(alignment - 1);

	if (at + size > ARENA_SIZE) {
		fprintf(stderr, "explore: %s needs more than %d bytes\n", program->name,
		        ARENA_SIZE);
		exit(2);
	}
	explore__arena_used = at + size;
	return memset(explore__arena + at, 0, size);
}

unsigned explore_thread(void *(*function)(void *), void *argument)
{
	if (machine.n_threads == THREADS) {
		fprintf(stderr, "explore: %s needs more than %d threads\n", program->name, THREADS);
		exit(2);
	}
	started[machine.n_threads].function = function;
	started[machine.n_threads].argument = argument;
	return machine.n_threads++;
}

const void *explore_argument(void)
{
	return program->argument;
}

static void thread_main(void)
{
	unsigned t = (unsigned)explore_self();

	if (started[t].function)
		started[t].function(started[t].argument);
	else
		program->run(t);
	explore__do(EXPLORE_SITE_(END, "", relaxed), NULL, NULL, 0, 0);
}

void setup_program(const struct explore_program *p)
{
	program = p;
	memset(&machine, 0, sizeof(machine));
	memory_reset();
	memset(started, 0, sizeof(started));
	memset(explore__stacks, 0, sizeof(explore__stacks));
	explore__arena_used = 0;
	memset(p->memory, 0, p->memory_size);
	machine.n_threads = p->threads;
	machine.running = machine.must_run = -1;
	if (p->init)
		p->init();
	for (unsigned t = 0; t < machine.n_threads; t++)
		machine.threads[t].sp =
		        explore__prepare(explore__stacks[t], STACK_SIZE, thread_main);
	for (unsigned t = 0; t < machine.n_threads; t++)
		run_to_request(t);
	memory_forget();
}

void judge_end(void)
{
	machine.running = -1;
	if (program->end)
		program->end();
}

void fail(const char *format, ...)
{
	static char text[512];
	va_list arguments;

	if (machine.failure)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	machine.failure = text;
}
