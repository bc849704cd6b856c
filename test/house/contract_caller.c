/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A caller that names everything that is public, with the type that callers compile against. A
 * change that breaks a caller breaks this file first, when it is compiled as C11 and as C++17; so
 * nothing in it may be adapted to such a change. New names are added.
 */
#include <leat/leat.h>
#include <leat/pool.h>
#include <leat/ring.h>

#include <errno.h>
#include <stdio.h>

static leat_deadline (*const after_ns)(int64_t) = leat_after_ns;
static leat_deadline (*const after_ms)(int64_t) = leat_after_ms;
static const char *(*const version)(void) = leat_version;
static const char *(*const text_of)(int) = leat_strerror;

static int (*const ring_new)(leat_ring **, const leat_ring_options *) = leat_ring_new;
static void (*const ring_free)(leat_ring *) = leat_ring_free;
static size_t (*const ring_footprint)(const leat_ring_options *) = leat_ring_footprint;
static int (*const ring_init)(void *, size_t, const leat_ring_options *,
                              leat_ring **) = leat_ring_init;
static void (*const ring_fini)(leat_ring *) = leat_ring_fini;
static int (*const ring_push)(leat_ring *, const void *, leat_deadline) = leat_ring_push;
static int (*const ring_pop)(leat_ring *, void *, leat_deadline) = leat_ring_pop;
static ssize_t (*const ring_push_n)(leat_ring *, const void *, size_t,
                                    leat_deadline) = leat_ring_push_n;
static ssize_t (*const ring_pop_n)(leat_ring *, void *, size_t, leat_deadline) = leat_ring_pop_n;
static void (*const ring_close)(leat_ring *) = leat_ring_close;
static void (*const ring_cancel)(leat_ring *) = leat_ring_cancel;
static int (*const ring_join)(leat_ring *) = leat_ring_producer_join;
static void (*const ring_leave)(leat_ring *) = leat_ring_producer_leave;
static size_t (*const ring_count)(const leat_ring *) = leat_ring_count;
static size_t (*const ring_capacity)(const leat_ring *) = leat_ring_capacity;
static int (*const ring_stats)(const leat_ring *, leat_ring_stats_t *) = leat_ring_stats;

static int (*const pool_new)(leat_pool **, const leat_pool_options *) = leat_pool_new;
static int (*const pool_submit)(leat_pool *, void (*)(void *), void *,
                                leat_deadline) = leat_pool_submit;
static int (*const pool_wait)(leat_pool *, leat_deadline) = leat_pool_wait;
static void (*const pool_close)(leat_pool *) = leat_pool_close;
static void (*const pool_cancel)(leat_pool *) = leat_pool_cancel;
static void (*const pool_free)(leat_pool *) = leat_pool_free;

/* Fails to compile where it is false, in C11 and in C++17. */
#ifdef __cplusplus
#define STATIC_ASSERT(condition) static_assert(condition, #condition)
#else
#define STATIC_ASSERT(condition) _Static_assert(condition, #condition)
#endif

STATIC_ASSERT(LEAT_NOW == 0);
STATIC_ASSERT(LEAT_FOREVER == INT64_MAX);
STATIC_ASSERT(sizeof(leat_deadline) == 8 && (leat_deadline)-1 < 0);
STATIC_ASSERT(LEAT_SYNC_LOCK_FREE == 0 && LEAT_SYNC_MUTEX == 1 && LEAT_SYNC_SEMAPHORE == 2);
STATIC_ASSERT(LEAT_RING_SINGLE_PRODUCER == 1 && LEAT_RING_SINGLE_CONSUMER == 2);
STATIC_ASSERT(LEAT_RING_EXACT == 4);
STATIC_ASSERT(LEAT_RING_ALIGN == 128);
STATIC_ASSERT(LEAT_VERSION_MAJOR >= 0 && LEAT_VERSION_MINOR >= 0 && LEAT_VERSION_PATCH >= 0);

struct job {
	int number;
	char text[20];
};

LEAT_RING_OF(jobs, struct job, LEAT_RING_SINGLE_PRODUCER | LEAT_RING_SINGLE_CONSUMER);
LEAT_RING_OF(shared_jobs, struct job, 0);

static int (*const typed_new)(struct jobs **, size_t) = jobs_new;
static void (*const typed_free)(struct jobs *) = jobs_free;
static int (*const typed_push)(struct jobs *, const struct job *, leat_deadline) = jobs_push;
static int (*const typed_pop)(struct jobs *, struct job *, leat_deadline) = jobs_pop;
static ssize_t (*const typed_push_n)(struct jobs *, const struct job *, size_t,
                                     leat_deadline) = jobs_push_n;
static ssize_t (*const typed_pop_n)(struct jobs *, struct job *, size_t,
                                    leat_deadline) = jobs_pop_n;
static void (*const typed_close)(struct jobs *) = jobs_close;
static void (*const typed_cancel)(struct jobs *) = jobs_cancel;
static leat_ring *(*const typed_ring)(struct jobs *) = jobs_ring;

static int failures;

static void expect(int holds, const char *what)
{
	if (!holds) {
		printf("# %s\n", what);
		failures++;
	}
}

#define EXPECT(holds) expect(!!(holds), #holds)

static void drop(void *item, void *count)
{
	(void)item;
	++*(int *)count;
}

/* Every member, by a pointer of its exact type. */
static void fill_ring_options(leat_ring_options *options, int *dropped)
{
	uint32_t *size = &options->size, *flags = &options->flags, *sync = &options->sync;
	uint32_t *producers = &options->producers;
	size_t *capacity = &options->capacity, *item_size = &options->item_size;
	const char **name = &options->name;
	void (**dropper)(void *, void *) = &options->drop;
	void **drop_arg = &options->drop_arg;

	*size = sizeof(leat_ring_options);
	*flags = LEAT_RING_EXACT;
	*sync = LEAT_SYNC_MUTEX;
	*producers = 0;
	*capacity = 5;
	*item_size = sizeof(struct job);
	*name = "caller";
	*dropper = drop;
	*drop_arg = dropped;
}

static void check_stats(const leat_ring *ring)
{
	leat_ring_stats_t stats;
	uint32_t *size = &stats.size, *flags = &stats.flags;
	uint64_t *pushed = &stats.pushed, *popped = &stats.popped;
	uint64_t *producer_sleeps = &stats.producer_sleeps;
	uint64_t *consumer_sleeps = &stats.consumer_sleeps;
	uint64_t *count = &stats.count, *capacity = &stats.capacity;

	*size = sizeof(stats);
	EXPECT(ring_stats(ring, &stats) == 0);
	EXPECT(*flags == 0 && *pushed == 4 && *popped == 3);
	EXPECT(*producer_sleeps == 0 && *consumer_sleeps == 0);
	EXPECT(*count == 1 && *capacity == 5);
}

static void move_jobs(leat_ring *ring)
{
	struct job jobs[3] = { { 1, "a" }, { 2, "b" }, { 3, "c" } }, out[3];

	EXPECT(ring_join(ring) == 0);
	EXPECT(ring_push(ring, &jobs[0], LEAT_NOW) == 0);
	EXPECT(ring_push_n(ring, jobs, 3, after_ms(1000)) == 3);
	EXPECT(ring_pop(ring, &out[0], after_ns(1000000000)) == 0);
	EXPECT(ring_pop_n(ring, out, 2, LEAT_FOREVER) == 2 && out[1].number == 2);
	EXPECT(ring_count(ring) == 1 && ring_capacity(ring) == 5);
	check_stats(ring);
	ring_leave(ring);
	EXPECT(ring_push(ring, &jobs[0], LEAT_NOW) == -EPIPE);
	ring_close(ring);
	ring_cancel(ring);
	EXPECT(ring_pop(ring, &out[0], LEAT_NOW) == -ECANCELED);
}

static void check_ring(void)
{
	leat_ring_options options = LEAT_RING_OPTIONS_INIT;
	leat_ring *ring = NULL;
	int dropped = 0;

	fill_ring_options(&options, &dropped);
	EXPECT(ring_new(&ring, &options) == 0);
	move_jobs(ring);
	ring_free(ring);
	EXPECT(dropped == 1);
}

static void check_callers_memory(void)
{
	static struct {
		char bytes[1 << 16];
	} memory __attribute__((aligned(LEAT_RING_ALIGN)));
	leat_ring_options options = LEAT_RING_OPTIONS_INIT;
	leat_ring *ring = NULL;
	int dropped = 0;

	fill_ring_options(&options, &dropped);
	EXPECT(ring_footprint(&options) > 0 && ring_footprint(&options) <= sizeof(memory));
	EXPECT(ring_init(&memory, sizeof(memory), &options, &ring) == 0);
	move_jobs(ring);
	ring_fini(ring);
	EXPECT(dropped == 1);
}

static void check_typed_ring(void)
{
	struct job in[2] = { { 1, "a" }, { 2, "b" } }, out[2];
	struct jobs *ring = NULL;
	struct shared_jobs *shared = NULL;

	EXPECT(typed_new(&ring, 8) == 0);
	EXPECT(typed_push(ring, &in[0], LEAT_NOW) == 0);
	EXPECT(typed_push_n(ring, in, 2, LEAT_NOW) == 2);
	EXPECT(typed_pop(ring, &out[0], LEAT_NOW) == 0 && out[0].number == 1);
	EXPECT(ring_count(typed_ring(ring)) == 2);
	typed_close(ring);
	EXPECT(typed_pop_n(ring, out, 2, LEAT_NOW) == 2 && out[1].number == 2);
	EXPECT(typed_pop(ring, &out[0], LEAT_FOREVER) == -EPIPE);
	typed_cancel(ring);
	typed_free(ring);

	EXPECT(shared_jobs_new(&shared, 8) == 0);
	EXPECT(shared_jobs_push(shared, &in[1], LEAT_NOW) == 0);
	EXPECT(shared_jobs_pop(shared, &out[0], LEAT_NOW) == 0 && out[0].number == 2);
	shared_jobs_free(shared);
}

static void task(void *arg)
{
	*(int *)arg = 1;
}

static void check_pool(void)
{
	leat_pool_options options = LEAT_POOL_OPTIONS_INIT;
	uint32_t *size = &options.size, *flags = &options.flags, *workers = &options.workers;
	uint32_t *sync = &options.sync;
	size_t *backlog = &options.backlog;
	void (**dropper)(void *) = &options.drop;
	const char **name = &options.name;
	leat_pool *pool = NULL;
	int done = 0;

	EXPECT(*size == sizeof(leat_pool_options) && *flags == 0);
	*workers = 1;
	*sync = LEAT_SYNC_SEMAPHORE;
	*backlog = 3;
	*dropper = NULL;
	*name = "caller";
	EXPECT(pool_new(&pool, &options) == 0);
	EXPECT(pool_submit(pool, task, &done, LEAT_FOREVER) == 0);
	EXPECT(pool_wait(pool, LEAT_FOREVER) == 0 && done == 1);
	pool_close(pool);
	EXPECT(pool_submit(pool, task, &done, LEAT_FOREVER) == -EPIPE);
	pool_cancel(pool);
	pool_free(pool);
}

int main(void)
{
	printf("1..1\n");
	EXPECT(version() && text_of(-EPIPE));
	check_ring();
	check_callers_memory();
	check_typed_ring();
	check_pool();
	printf("%s 1 - a_caller_compiled_against_the_public_names_runs\n",
	       failures ? "not ok" : "ok");
	return failures != 0;
}
