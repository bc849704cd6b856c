/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The working process: makes the rings, the pool and the threads, and then only listens to the
 * watcher. Its main thread is where processes end up that lost their parent (the kernel gives them
 * to the first thread of the subreaper), so that it can reap them without taking the jobs, which
 * are the children of the workers.
 */
#include "map.h"
#include "output.h"
#include "watcher.h"

#include "cli.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How long jobs that nobody waits for any more may take to obey SIGTERM, and we to end after
 * SIGKILL. */
#define GRACE_MS      10000
#define LAST_GRACE_MS 1000

/* How long a program may take to be loaded before Ctrl-Z leaves it out. */
#define STARTING_MS 1000

#define REAP_EVERY_MS 100

struct work {
	struct map map;
	struct output output;
	pthread_t reader, writer;
	int control;
	int done_fd;              /* readable: the writer has returned */
	int signal_fd;            /* readable: we ourselves were told to end */
	int child_fd;             /* readable: a process has ended */
	leat_deadline deaf_until; /* for that; LEAT_NOW: listening */
	int signal;               /* the first that told us to stop; 0: none */
	leat_deadline deadline;
	bool killed;
};

static void *write_output(void *argument)
{
	struct work *work = argument;
	output_run(&work->output);
	const uint64_t one = 1;
	while (write(work->done_fd, &one, sizeof one) < 0 && errno == EINTR)
		;
	return NULL;
}

static bool is_ignored(int signal)
{
	struct sigaction action;
	return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

/* Blocks the signals in all threads: they wait to be read from the descriptor. */
static int signals_as_fd(const int *signals, size_t n)
{
	sigset_t set;
	sigemptyset(&set);
	for (size_t i = 0; i < n; i++)
		if (!is_ignored(signals[i]))
			sigaddset(&set, signals[i]);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/*
 * SIGCHLD says that a process has ended: one that lost its parent, or a job's. Those are the
 * workers' to reap, who learn of it otherwise. So as not to be woken by each of them, this thread
 * listens again only after a while.
 */
static void reap_orphans(struct work *work)
{
	struct signalfd_siginfo info;
	while (read(work->child_fd, &info, sizeof info) == sizeof info)
		;
	while (waitpid(-1, NULL, WNOHANG | __WNOTHREAD) > 0)
		;
	work->deaf_until = leat_after_ms(REAP_EVERY_MS);
}

static void kill_jobs(struct work *work)
{
	running_kill(&work->map.running);
	work->killed = true;
	work->deadline = leat_after_ms(LAST_GRACE_MS);
}

/* The watcher is gone: so is, at once, all that we started. */
static _Noreturn void end_at_once(struct work *work, int status)
{
	running_stop(&work->map.running, STOP_SIGNAL);
	running_kill(&work->map.running);
	kill_descendants();
	/* Past everything that would still look at the threads: they run. */
	syscall(SYS_exit_group, status);
	abort();
}

/*
 * Stops the jobs and then this process, which the watcher sees and does likewise. A job that is
 * just starting is waited for, since with this process stopped nobody would stop it; but not for
 * ever.
 */
static void stop_and_continue(struct work *work)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	for (int i = 0; i < STARTING_MS && !running_pause(&work->map.running); i++)
		nanosleep(&pause, NULL);
	kill(getpid(), SIGSTOP);
	running_resume(&work->map.running);
}

static void take_signal(struct work *work, int signal)
{
	if (signal == SIGTSTP) {
		stop_and_continue(work);
		return;
	}
	bool again = running_stop_reason(&work->map.running) != STOP_NONE;
	if (work->signal == 0)
		work->signal = signal;
	running_stop(&work->map.running, STOP_SIGNAL);
	if (signal == SIGQUIT || (signal == SIGINT && again))
		kill_jobs(work);
}

static void hear_watcher(struct work *work)
{
	unsigned char signals[64];
	ssize_t n = read(work->control, signals, sizeof signals);
	if (n == 0)
		end_at_once(work, 128 + SIGKILL);
	for (ssize_t i = 0; i < n; i++)
		take_signal(work, signals[i]);
}

/* Something made the work stop. Unless it was a person who may ask again, patience has an end;
 * after SIGHUP there is no terminal to ask from. */
static void hear_stop(struct work *work)
{
	uint64_t count;
	if (read(work->map.running.main_fd, &count, sizeof count) < 0)
		return;
	if ((work->signal == 0 || work->signal == SIGHUP) && work->deadline == LEAT_FOREVER)
		work->deadline = leat_after_ms(GRACE_MS);
}

/* A signal to us, not to the watcher, such as one to all of a group: it is the same, and counts
 * once. */
static void hear_signal(struct work *work)
{
	struct signalfd_siginfo info;
	while (read(work->signal_fd, &info, sizeof info) == sizeof info)
		take_signal(work, (int)info.ssi_signo);
}

static int status_of(const struct work *work)
{
	const struct tally *tally = &work->output.tally;
	if (work->signal)
		return 128 + work->signal;
	if (work->output.broken_pipe)
		return 128 + SIGPIPE;
	if (work->map.input_error)
		return EXIT_USAGE;
	return tally->failed || tally->stopped || work->output.failed ? EXIT_FAILED : EXIT_DONE;
}

static int milliseconds_until(leat_deadline deadline)
{
	if (deadline == LEAT_FOREVER)
		return -1;
	int64_t left = deadline - now_ns();
	return left > 0 ? (int)(left / 1000000) + 1 : 0;
}

/* How long to wait, and whether for ended processes. */
static int set_timeout(struct work *work, struct pollfd *child)
{
	if (work->deaf_until != LEAT_NOW && now_ns() >= work->deaf_until)
		work->deaf_until = LEAT_NOW;
	const bool deaf = work->deaf_until != LEAT_NOW;
	child->fd = deaf ? -1 : work->child_fd;
	return milliseconds_until(deaf && work->deaf_until < work->deadline ? work->deaf_until
	                                                                    : work->deadline);
}

/* The time that was given has passed. */
static void lose_patience(struct work *work)
{
	if (now_ns() < work->deadline)
		return;
	if (work->killed)
		end_at_once(work, work->signal ? 128 + work->signal : EXIT_FAILED);
	kill_jobs(work);
	/* What was printed before is still wanted, however slowly it is taken. */
	if (running_stop_reason(&work->map.running) == STOP_FAILED_JOB)
		work->deadline = LEAT_FOREVER;
}

/* Until all jobs have ended and everything is written. */
static void listen_until_done(struct work *work)
{
	struct pollfd fds[] = { { .fd = work->control, .events = POLLIN },
		                { .fd = work->map.running.main_fd, .events = POLLIN },
		                { .fd = work->child_fd, .events = POLLIN },
		                { .fd = work->signal_fd, .events = POLLIN },
		                { .fd = work->done_fd, .events = POLLIN } };
	do {
		int n = poll(fds, 5, set_timeout(work, &fds[2]));
		if (n < 0)
			continue;
		if (n == 0)
			lose_patience(work);
		if (fds[0].revents)
			hear_watcher(work);
		if (fds[1].revents)
			hear_stop(work);
		if (fds[2].revents)
			reap_orphans(work);
		if (fds[3].revents)
			hear_signal(work);
	} while (!fds[4].revents);
}

static void summarise(struct work *work)
{
	struct tally *tally = &work->output.tally;
	if (work->output.broken_pipe && !work->signal)
		return;
	if (work->map.input_error)
		say("%s\n", work->map.input_error);
	if (tally->failed || work->signal || work->output.bar.on)
		tally_print(tally, work->map.options, work->signal);
}

static int init(struct work *work, const struct map_options *options, int control)
{
	*work = (struct work){ .control = control, .deadline = LEAT_FOREVER };
	static const int child[] = { SIGCHLD }, told[] = { SIGTERM, SIGHUP };
	pthread_sigmask(SIG_SETMASK, NULL, &work->map.job_mask);
	work->child_fd = signals_as_fd(child, 1);
	work->signal_fd = signals_as_fd(told, 2);
	work->done_fd = eventfd(0, EFD_CLOEXEC);
	if (work->done_fd < 0 || work->child_fd < 0 || work->signal_fd < 0)
		return -errno;
	int result = map_init(&work->map, options);
	if (result == 0)
		output_init(&work->output, &work->map);
	return result;
}

static int start_threads(struct work *work)
{
	int error = pthread_create(&work->writer, NULL, write_output, work);
	if (!error)
		error = pthread_create(&work->reader, NULL, map_reader, &work->map);
	return -error;
}

int map_work(const struct map_options *options, int control)
{
	static struct work work;
	int result = init(&work, options, control);
	if (result == 0)
		result = start_threads(&work);
	if (result < 0) {
		say("cannot set up %zu jobs at a time: %s; give a smaller -j, or raise the limits "
		    "(ulimit -u, ulimit -v)\n",
		    options->jobs,
		    result == -EAGAIN ? "the system refuses more threads" : leat_strerror(result));
		_exit(EXIT_FAILED);
	}
	listen_until_done(&work);
	pthread_join(work.reader, NULL);
	pthread_join(work.writer, NULL);
	leat_pool_free(work.map.pool);
	summarise(&work);
	int status = status_of(&work);
	output_fini(&work.output);
	map_fini(&work.map);
	return status;
}
