/* SPDX-License-Identifier: Apache-2.0 */
#include "spawn.h"

#include "cli.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/*
 * ThreadSanitizer puts its own clone in the place of the C library's, which takes every child for
 * that of a fork and changes, in the memory that we share, what it knows of the calling thread. It
 * leaves this name alone.
 */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer) && !defined(__SANITIZE_THREAD__)
#define __SANITIZE_THREAD__ 1
#endif
#endif
#ifdef __SANITIZE_THREAD__
int __clone(int (*function)(void *), void *stack, int flags, void *argument, ...);
#define clone __clone
#endif

struct child {
	const struct spawn *spawn;
	volatile int error; /* written by the child, read when it has gone */
};

/*
 * Runs in the child, in the parent's memory: system calls only, and not through functions that a
 * sanitizer has replaced, since they would take the child for the parent's thread.
 */
__attribute__((no_sanitize("address", "thread", "undefined"))) static int child_main(void *argument)
{
	struct child *child = argument;
	const struct spawn *s = child->spawn;
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, s->mask, NULL, (size_t)_NSIG / 8);
	syscall(SYS_setpgid, 0, 0);
	if (syscall(SYS_dup3, s->out, STDOUT_FILENO, 0) < 0 ||
	    syscall(SYS_dup3, s->err, STDERR_FILENO, 0) < 0)
		goto failed;
	syscall(SYS_execve, s->path, s->argv, environ);
	if (errno == ENOEXEC) {
		static char shell[] = "/bin/sh";
		s->argv[-1] = shell;
		s->argv[0] = (char *)(size_t)s->path;
		syscall(SYS_execve, shell, s->argv - 1, environ);
	}
failed:
	child->error = errno;
	return EXIT_NOT_FOUND; /* clone ends the child with it */
}

pid_t spawn(struct spawn *s, void *stack)
{
	struct child child = { .spawn = s };
	s->pidfd = -1;
	pid_t pid = clone(child_main, (char *)stack + SPAWN_STACK_SIZE,
	                  CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &child, &s->pidfd);
	if (pid < 0)
		return -errno;
	if (child.error == 0)
		return pid;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	close(s->pidfd);
	s->pidfd = -1;
	return -child.error;
}

static int try_path(const char *path)
{
	struct stat status;
	if (stat(path, &status) < 0)
		return errno == EACCES ? -EACCES : -ENOENT;
	if (!S_ISREG(status.st_mode) || access(path, X_OK) < 0)
		return -EACCES;
	return 0;
}

static char *join(const char *folder, size_t length, const char *name)
{
	char *path = must_alloc(length + strlen(name) + 2);
	memcpy(path, folder, length);
	if (length > 0)
		path[length++] = '/';
	strcpy(path + length, name);
	return path;
}

int find_command(const char *name, char **path)
{
	if (!*name)
		return -ENOENT;
	const char *folders = strchr(name, '/') ? "" : getenv("PATH");
	if (!folders)
		folders = "/bin:/usr/bin";
	int worst = -ENOENT;
	for (;;) {
		size_t length = strcspn(folders, ":");
		char *candidate = join(folders, length, name);
		int result = try_path(candidate);
		if (result == 0) {
			*path = candidate;
			return 0;
		}
		free(candidate);
		if (result == -EACCES)
			worst = result;
		folders += length;
		if (*folders++ == '\0')
			return worst;
	}
}
