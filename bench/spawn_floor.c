/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor under every program that runs jobs: so many threads, each of which starts the command
 * with vfork, waits for it, and starts it again, until N have run. Prints jobs a second.
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_THREADS = 1024 };

static struct {
	long jobs, threads;
	char **command;
} settings = { .jobs = 1000, .threads = 2 };

static atomic_long started;
static atomic_long failed;

static long positive(const char *text, long most, struct argp_state *state)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || value < 1 || value > most)
		argp_error(state, "%s: give a number from 1 to %ld", text, most);
	return value;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case 'n':
		settings.jobs = positive(arg, 1000000000, state);
		return 0;
	case 'j':
		settings.threads = positive(arg, MAX_THREADS, state);
		return 0;
	case ARGP_KEY_ARGS:
		settings.command = state->argv + state->next;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "give the command to run, as a path");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* 0 when the command ran and succeeded. The child borrows our memory until it execs: vfork. */
static int run_once(char **command, int null)
{
	volatile int error = 0;
	int status;
	pid_t child = vfork();

	if (child == 0) {
		if (dup2(null, STDIN_FILENO) >= 0 && dup2(null, STDOUT_FILENO) >= 0)
			execv(command[0], command);
		error = errno;
		_exit(127);
	}
	if (child < 0)
		return errno;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return errno;
	return error ? error : status;
}

static void *run_jobs(void *arg)
{
	const int null = *(int *)arg;

	while (atomic_fetch_add(&started, 1) < settings.jobs)
		if (run_once(settings.command, null) != 0)
			atomic_fetch_add(&failed, 1);
	return NULL;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Seconds that all jobs took. */
static double run_all(int null)
{
	pthread_t threads[MAX_THREADS];
	const double began = now();

	for (long i = 0; i < settings.threads; i++) {
		int error = pthread_create(&threads[i], NULL, run_jobs, &null);
		if (error) {
			fprintf(stderr, "spawn_floor: cannot start a thread: %s\n",
			        strerror(error));
			exit(1);
		}
	}
	for (long i = 0; i < settings.threads; i++)
		pthread_join(threads[i], NULL);
	return now() - began;
}

int main(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "jobs", 'n', "N", 0, "How often to run the command (1000)", 0 },
		{ "threads", 'j', "N", 0, "How many at a time (2)", 0 },
		{ 0 }
	};
	static const struct argp parser = {
		options,
		parse,
		"COMMAND [ARG...]",
		"Runs a command as often and as fast as the system can, "
		"and prints how many a second.",
		NULL,
		NULL,
		NULL
	};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	double seconds;

	argp_err_exit_status = 2;
	argp_parse(&parser, argc, argv, ARGP_IN_ORDER, NULL, NULL);
	if (null < 0) {
		perror("spawn_floor: /dev/null");
		return 1;
	}
	if (run_once(settings.command, null) != 0) {
		fprintf(stderr, "spawn_floor: %s does not run, or fails; give its whole path\n",
		        settings.command[0]);
		return 1;
	}
	seconds = run_all(null);
	printf("%.1f\n", (double)settings.jobs / seconds);
	return atomic_load(&failed) == 0 ? 0 : 1;
}
