/* SPDX-License-Identifier: Apache-2.0 */
#include "watcher.h"

#include "cli.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Those that are passed on. One that was ignored when leat began, as by nohup, stays so. */
static const int passed_on[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };

#define N_PASSED_ON (sizeof passed_on / sizeof passed_on[0])

static bool is_ignored(int signal)
{
	struct sigaction action;
	return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

static void watched_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGCHLD);
	for (size_t i = 0; i < N_PASSED_ON; i++)
		if (!is_ignored(passed_on[i]))
			sigaddset(set, passed_on[i]);
}

static void do_nothing(int signal)
{
	(void)signal;
}

/*
 * The working process gets the same signals from the terminal as the watcher does; they count once,
 * so it ignores them: by handlers that do nothing, which exec resets for the jobs. So it is with
 * SIGPIPE and SIGXFSZ, whose errors of write say all.
 */
static void ignore_signals(const sigset_t *watched)
{
	struct sigaction action = { .sa_handler = do_nothing, .sa_flags = SA_RESTART };
	for (size_t i = 0; i < N_PASSED_ON; i++)
		if (sigismember(watched, passed_on[i]))
			sigaction(passed_on[i], &action, NULL);
	if (!is_ignored(SIGPIPE))
		sigaction(SIGPIPE, &action, NULL);
	if (!is_ignored(SIGXFSZ))
		sigaction(SIGXFSZ, &action, NULL);
}

/* The parent of a process by /proc/PID/stat: "pid (name) state ppid ...", the name may hold
 * anything. */
static pid_t parent_of(const char *pid)
{
	char path[64], line[512];
	snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ssize_t n = read(fd, line, sizeof line - 1);
	close(fd);
	if (n <= 0)
		return -1;
	line[n] = '\0';
	const char *after_name = strrchr(line, ')');
	int parent = -1;
	if (!after_name || sscanf(after_name + 1, " %*c %d", &parent) != 1)
		return -1;
	return parent;
}

struct killed {
	int sent, refused; /* children that got the signal, and those that may not get it from us */
};

/* False: /proc cannot be read. */
static bool kill_children(struct killed *killed)
{
	DIR *all = opendir("/proc");
	if (!all)
		return false;
	*killed = (struct killed){ 0 };
	const pid_t self = getpid();
	for (struct dirent *entry; (entry = readdir(all)) != NULL;) {
		if (!isdigit((unsigned char)entry->d_name[0]) || parent_of(entry->d_name) != self)
			continue;
		if (kill((pid_t)atoi(entry->d_name), SIGKILL) == 0)
			killed->sent++;
		else if (errno == EPERM)
			killed->refused++;
	}
	closedir(all);
	return true;
}

/*
 * SIGCHLD is blocked in all threads; if it was meant for another's child, or came before, the next
 * round sees. Not by a waitpid that blocks: another thread may reap the child that was killed, and
 * what is left are the children of that one, which have come to us since and which nobody has killed.
 */
static void wait_for_child(void)
{
	const struct timespec at_most = { .tv_nsec = 10000000 };
	sigset_t child;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigtimedwait(&child, NULL, &at_most);
}

/* Each round kills one generation; the next comes to us as soon as its parents are dead. */
void kill_descendants(void)
{
	for (;;) {
		pid_t pid = waitpid(-1, NULL, __WALL | WNOHANG);
		if (pid > 0)
			continue;
		if (pid < 0 && errno != EINTR)
			return;
		struct killed killed;
		if (!kill_children(&killed)) {
			say("cannot read /proc to find what the jobs have left running\n");
			return;
		}
		if (killed.sent == 0 && killed.refused > 0) {
			say("what the jobs have left running as another user may not be killed, and "
			    "goes on\n");
			return;
		}
		wait_for_child();
	}
}

static void pass_on(int control, int signal)
{
	const char byte = (char)signal;
	while (write(control, &byte, 1) < 0 && errno == EINTR)
		;
}

/* Looks after the working process and whatever came to us. True: it has ended, with *status. */
static bool child_ended(pid_t worker, bool *stopping, int *status)
{
	pid_t pid;
	while ((pid = waitpid(-1, status, WNOHANG | WUNTRACED)) > 0) {
		if (pid != worker)
			continue;
		if (!WIFSTOPPED(*status))
			return true;
		/* It has stopped its jobs and itself, as we told it: now we do, and go on
		 * together. */
		if (*stopping) {
			kill(getpid(), SIGSTOP);
			kill(worker, SIGCONT);
		}
		*stopping = false;
	}
	return false;
}

static int watch(pid_t worker, int control, const sigset_t *watched)
{
	int status = 0;
	bool stopping = false;
	while (!child_ended(worker, &stopping, &status)) {
		int signal = sigwaitinfo(watched, NULL);
		if (signal > 0 && signal != SIGCHLD)
			pass_on(control, signal);
		stopping |= signal == SIGTSTP;
	}
	kill_descendants();
	return status;
}

/* As if the signal had ended us in the first place; without a core, which would show only this. */
static int die_by(int signal)
{
	const struct rlimit no_core = { 0, 0 };
	const struct sigaction action = { .sa_handler = SIG_DFL };
	setrlimit(RLIMIT_CORE, &no_core);
	sigaction(signal, &action, NULL);
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, signal);
	kill(getpid(), signal);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	return 128 + signal;
}

static int end_as(int status)
{
	if (WIFSIGNALED(status)) {
		say("the working process was ended by signal %d (%s), and its jobs with it\n",
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
		return die_by(WTERMSIG(status));
	}
	return WEXITSTATUS(status) > 128 ? die_by(WEXITSTATUS(status) - 128) : WEXITSTATUS(status);
}

/* What the jobs read and write is not ours: a pipe should end when the working process closes it.
 */
static void let_go_of_input_and_output(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	close(null);
}

int watcher_run(int (*work)(void *argument, int control), void *argument)
{
	int control[2];
	sigset_t watched, before;
	const struct sigaction by_default = { .sa_handler = SIG_DFL };
	sigaction(SIGCHLD, &by_default, NULL);
	watched_signals(&watched);
	sigprocmask(SIG_BLOCK, &watched, &before);
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 || pipe2(control, O_CLOEXEC) < 0) {
		say("cannot set up: %s\n", strerror(errno));
		return EXIT_FAILED;
	}
	pid_t worker = fork();
	if (worker < 0) {
		say("cannot fork: %s\n", strerror(errno));
		return EXIT_FAILED;
	}
	if (worker == 0) {
		close(control[1]);
		prctl(PR_SET_CHILD_SUBREAPER, 1);
		/* If it is stopped when the watcher is killed, it goes on, to end what it runs. */
		prctl(PR_SET_PDEATHSIG, SIGCONT);
		ignore_signals(&watched);
		sigprocmask(SIG_SETMASK, &before, NULL);
		exit(work(argument, control[0]));
	}
	/* It may have ended, by a signal of its own, when we pass one on. */
	const struct sigaction ignored = { .sa_handler = SIG_IGN };
	sigaction(SIGPIPE, &ignored, NULL);
	close(control[0]);
	fcntl(control[1], F_SETFL, O_NONBLOCK);
	let_go_of_input_and_output();
	return end_as(watch(worker, control[1], &watched));
}
