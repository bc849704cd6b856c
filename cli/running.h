/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process groups that run now, one for each slot, and their end: whoever wants the work to stop
 * says so here, from any thread.
 *
 * A slot has a lock because its worker reaps a process, after which the kernel may give its number
 * to another, while the stopping thread sends a signal to that number. Nobody else takes the lock
 * of a slot, so it costs next to nothing.
 */
#ifndef CLI_RUNNING_H
#define CLI_RUNNING_H

#include "strings.h"

#include <leat/ring.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A place where one job at a time runs. What is not under the lock is its worker's. */
struct slot {
	unsigned number; /* from 1 */
	char *stack;     /* for spawn */
	struct strings arguments;
	leat_ring *go; /* an int arrives here when a job that had to wait may start */

	pthread_mutex_t lock;
	pid_t group;   /* 0: none */
	bool starting; /* one may come soon */
	bool stopped, barred, paused;
	int signal; /* the last one that was sent to stop */
};

enum stop_reason {
	STOP_NONE,
	STOP_SIGNAL,     /* leat was told to */
	STOP_FAILED_JOB, /* --fail-fast */
	STOP_OUTPUT      /* nobody reads the output, or it cannot be written */
};

struct running {
	struct slot *slots;
	size_t n_slots;
	int reader_fd; /* readable for ever once it stops */
	int main_fd;   /* an eventfd: readable after each change */

	pthread_mutex_t lock;
	enum stop_reason reason; /* the first */
};

int running_init(struct running *running, size_t n_slots); /* 0 or a negative errno */
void running_fini(struct running *running);

/* May a job start in this slot? If it ADMITS, running_started follows; BARS: not yet. */
enum admission { ADMITS, BARS, REFUSES };
enum admission running_admits(struct slot *slot);

/* The same, after it has been barred and was let go. */
enum admission running_admits_now(struct slot *slot);

/* From now on jobs are barred, or no more. */
void running_bar(struct running *running, bool barred);

/*
 * The job's group has started in this slot; 0: it could not. A signal that came meanwhile is sent
 * to it now.
 */
void running_started(struct slot *slot, pid_t group);

/* Whether a job runs now, in any slot. */
bool running_any(struct running *running);

/*
 * Reaps the leader, whose pidfd says that it has ended, and clears the slot. Returns its wait
 * status. True in *stopped: it was told to stop before it was reaped.
 */
int running_reap(struct slot *slot, bool *stopped);

/* No job starts any more; those that run get SIGTERM. Only the first call counts. */
void running_stop(struct running *running, enum stop_reason reason);

enum stop_reason running_stop_reason(struct running *running);

/* All get SIGKILL. */
void running_kill(struct running *running);

/* All are stopped until running_resume. False: some are just starting; they are stopped as soon as
 * they have, if this process lives on until then. */
bool running_pause(struct running *running);
void running_resume(struct running *running);

#endif
