/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel refuses membarrier: from the start, or only later, as in a process that installs a
 * seccomp filter when it has set itself up. A filter cannot be taken back, so one run of this
 * program is one case: test_refused EPERM|ENOSYS early|late.
 */
#include "conformance/transfer.h"
#include "support/run.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define REQUESTS 4000

static int refusal; /* what membarrier shall return */
static bool late;

/* For all threads of the process. 0, or the errno of the attempt. */
static int refuse_membarrier(void)
{
	struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_membarrier, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)refusal),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { .len = 4, .filter = program };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return errno;
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter))
		return errno;
	return syscall(SYS_membarrier, 0, 0) == -1 && errno == refusal ? 0 : ENOTSUP;
}

/* The same in a child, which takes the filter with it: whether it can be done here. An emulator may
 * know no filters, or let them change nothing. Negative: there is no telling. */
static int try_refusal(void)
{
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(refuse_membarrier());
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

/* Two rings that are older than the filter, with a thread at work between them all the time. */
struct pipe {
	struct thread thread;
	leat_ring *in, *out;
	uint64_t moved;
	int result;
};

static struct pipe pipes[2];

static void move_all(void *arg)
{
	struct pipe *pipe = arg;
	struct random random = { ~run_seed() };
	uint64_t item;

	while ((pipe->result = leat_ring_pop(pipe->in, &item, soon())) == 0) {
		pipe->moved++;
		random_clutter(&random, 50);
		if (leat_ring_push(pipe->out, &item, soon()))
			break;
	}
}

static leat_ring *make_ring(uint32_t flags)
{
	leat_ring_options options = LEAT_RING_OPTIONS_INIT;
	leat_ring *ring;

	options.flags = flags;
	options.capacity = 2;
	options.item_size = sizeof(uint64_t);
	return leat_ring_new(&ring, &options) ? NULL : ring;
}

static void ask(struct pipe *pipe, unsigned n)
{
	struct random random = { run_seed() };
	uint64_t item = 0;

	for (uint64_t i = 0; i < n; i++) {
		leat_deadline limit = soon();

		assert_int_equal(leat_ring_push(pipe->in, &i, limit), 0);
		random_delay(&random, 20000);
		random_clutter(&random, 50);
		assert_int_equal(leat_ring_pop(pipe->out, &item, limit), 0);
		assert_int_equal(item, i);
		assert_true(leat_after_ns(0) < limit);
	}
}

static int start_pipes(void **state)
{
	const uint32_t flags[] = { LEAT_RING_SINGLE_PRODUCER | LEAT_RING_SINGLE_CONSUMER, 0 };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		pipes[i].in = make_ring(flags[i]);
		pipes[i].out = make_ring(flags[i]);
		thread_start(&pipes[i].thread, move_all, &pipes[i]);
	}
	return 0;
}

static void older_rings_wake_before(void **state)
{
	(void)state;
	ask(&pipes[0], scaled(REQUESTS));
	ask(&pipes[1], scaled(REQUESTS));
}

/* The threads of the pipes sleep, or are about to, when the filter comes. */
static void the_kernel_refuses_from_now_on(void **state)
{
	(void)state;
	if (late)
		assert_int_equal(refuse_membarrier(), 0);
	assert_int_equal(syscall(SYS_membarrier, 0, 0), -1);
	assert_int_equal(errno, refusal);
}

static void older_rings_wake_after(void **state)
{
	(void)state;
	ask(&pipes[0], scaled(REQUESTS));
	ask(&pipes[1], scaled(REQUESTS));
}

static void older_rings_end(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		leat_ring_close(pipes[i].in);
		thread_join(&pipes[i].thread);
		assert_int_equal(pipes[i].result, -EPIPE);
		assert_int_equal(pipes[i].moved, 2 * scaled(REQUESTS));
		leat_ring_free(pipes[i].in);
		leat_ring_free(pipes[i].out);
	}
}

static void new_rings_lose_nothing(void **state)
{
	(void)state;
	for (size_t f = 0; f < 2; f++) { /* the two lock-free forms */
		struct combination c = { 0 };

		while (combination_next_of_size(&c, &forms[f], 24)) {
			struct transfer transfer = {
				.ops = &ring_buffer,
				.options = combination_options(&c),
				.producers = c.producers,
				.consumers = c.consumers,
				.per_producer = scaled(300),
				.delay = 5000,
				.wait = c.index % 2 ? TRANSFER_WAITS : TRANSFER_MIXES,
				.end = c.index % 3 ? TRANSFER_CLOSES : TRANSFER_CLOSED,
				.seed = run_seed() + c.index,
			};
			struct transfer_counts counts;
			struct verdict verdict = transfer_run(&transfer, &counts);

			if (verdict.text[0])
				fail_msg("%s: %s", c.name, verdict.text);
		}
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(older_rings_wake_before),
		cmocka_unit_test(the_kernel_refuses_from_now_on),
		cmocka_unit_test(older_rings_wake_after),
		cmocka_unit_test(older_rings_end),
		cmocka_unit_test(new_rings_lose_nothing),
	};
	int error;

	refusal = argc == 3 && strcmp(argv[1], "EPERM") == 0 ? EPERM : ENOSYS;
	late = argc == 3 && strcmp(argv[2], "late") == 0;
	error = try_refusal();
	if (error > 0) {
		printf("1..0 # SKIP no seccomp filters here: %s\n", strerror(error));
		return 0;
	}
	if (error || (!late && refuse_membarrier())) {
		printf("Bail out! a filter that refuses membarrier: %s\n", strerror(errno));
		return 1;
	}
	run_begin();
	return cmocka_run_group_tests_name("refused", tests, start_pipes, NULL);
}
