/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts a program in the cheapest way that is right: a child that borrows our memory until it
 * execs, on a stack of its own, while the calling thread sleeps (as vfork). Nothing is copied, and
 * an error of exec comes back through the shared memory.
 *
 * Signals: exec turns every caught signal back to its default. So a caller that catches signals
 * with handlers that do nothing, where it would ignore them, has nothing to restore in the child
 * but the mask.
 */
#ifndef CLI_SPAWN_H
#define CLI_SPAWN_H

#include <signal.h>
#include <stddef.h>
#include <sys/types.h>

enum { SPAWN_STACK_SIZE = 32 * 1024 };

struct spawn {
	const char *path;
	char **argv;          /* argv[-1] is ours: a script without #! is given to /bin/sh */
	int out, err;         /* what becomes its stdout and stderr */
	const sigset_t *mask; /* its signal mask */
	int pidfd;            /* out */
};

/*
 * Runs it in a process group of its own. Its stdin is ours. The process id, or a negative errno: of
 * the clone, or of exec, in which case nothing is left behind. `stack` is SPAWN_STACK_SIZE bytes
 * that nobody else uses meanwhile.
 */
pid_t spawn(struct spawn *s, void *stack);

/*
 * Where the command is, as execvp would find it. 0 and a string to free in *path; -ENOENT: there is
 * none; -EACCES: there is one which may not be run.
 */
int find_command(const char *name, char **path);

#endif
