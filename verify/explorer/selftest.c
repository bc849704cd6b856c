/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The explorer is checked against itself. Programs made at random are explored plainly, every order and
 * every value one by one, and then with each reduction alone and with all of them. The sets of outcomes
 * have to be equal, and so has whether something fails.
 *
 * usage: selftest [PROGRAMS [SEED]]
 *
 * Program i of a seed is program 0 of seed + i, so what fails can be looked at alone.
 */
#include "search.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define THREADS_MAX      3
#define SHARED_WORDS     3
#define OPERATIONS_MAX   6     /* of a thread, with its lock and unlock */
#define SCHEDULES_MAX    10000 /* of the plain exploration; programs with more are passed over */
#define OUTCOMES_MAX     4096
#define PROGRAMS_DEFAULT 2000
#define SEED_DEFAULT     14000

struct operation {
	struct explore_site site;
	unsigned word, value, expected;
	bool conditional; /* only if the thread's last result is not 0 */
	bool is_recorded; /* what is not leaves more states equal */
};

static struct operation operations[THREADS_MAX][OPERATIONS_MAX];
static unsigned n_operations[THREADS_MAX];

static struct {
	uint32_t words[SHARED_WORDS], mutex;
	uint64_t data;
	uint8_t results[THREADS_MAX][OPERATIONS_MAX];
} memory __attribute__((aligned(64)));

/* What is explored. */

static unsigned perform_one(struct operation *o, int64_t until)
{
	uint32_t *word = &memory.words[o->word], expected = o->expected;

	switch (o->site.op) {
	case EXPLORE_COMPARE_EXCHANGE:
	case EXPLORE_COMPARE_EXCHANGE_WEAK:
		if (explore__compare_exchange(&o->site, word, sizeof(*word), &expected, o->value))
			return 8 + o->expected;
		return expected & 7;
	case EXPLORE_READ:
	case EXPLORE_WRITE:
		return (unsigned)explore__access(&o->site, &memory.data, sizeof(memory.data),
		                                 o->value);
	case EXPLORE_LOCK:
	case EXPLORE_UNLOCK:
		return (unsigned)explore__do(&o->site, &memory.mutex, NULL, 0, 0);
	case EXPLORE_FENCE:
	case EXPLORE_MEMBARRIER:
	case EXPLORE_NOW:
	case EXPLORE_FUTEX_WAIT:
	case EXPLORE_FUTEX_WAKE:
		return (unsigned)explore__do(&o->site, word, NULL, o->value, until);
	default:
		return (unsigned)explore__access(&o->site, word, sizeof(*word), o->value);
	}
}

static void run(unsigned thread)
{
	int64_t until = *(const int64_t *)explore_argument();
	unsigned seen = 0;

	for (unsigned i = 0; i < n_operations[thread]; i++) {
		struct operation *o = &operations[thread][i];

		if (o->conditional && !seen)
			continue;
		seen = perform_one(o, until);
		if (o->is_recorded)
			memory.results[thread][i] = (uint8_t)seen;
	}
}

/* Outcomes: sets of numbers. */

struct outcomes {
	uint64_t of[OUTCOMES_MAX];
	unsigned n;
};

static struct outcomes *seen_now;

static bool has(const struct outcomes *set, uint64_t outcome)
{
	for (unsigned i = 0; i < set->n; i++)
		if (set->of[i] == outcome)
			return true;
	return false;
}

static void end(void)
{
	uint64_t outcome = UINT64_C(0xcbf29ce484222325);
	const unsigned char *bytes = (const unsigned char *)&memory;

	/* what a thread has only read dies with it */
	for (unsigned t = 0; t < THREADS_MAX; t++)
		if (machine.threads[t].status == DEAD)
			memset(memory.results[t], 0, sizeof(memory.results[t]));
	/* FNV-1a: G. Fowler, L. C. Noll, K.-P. Vo, 1991; all that the program has left behind */
	for (size_t i = 0; i < sizeof(memory); i++)
		outcome = (outcome ^ bytes[i]) * UINT64_C(0x100000001b3);
	if (has(seen_now, outcome))
		return;
	if (seen_now->n == OUTCOMES_MAX)
		fail("more than %d outcomes", OUTCOMES_MAX);
	else
		seen_now->of[seen_now->n++] = outcome;
}

/* Making programs. */

static uint64_t random_state;

static unsigned draw(unsigned n)
{
	/* xorshift64*: G. Marsaglia, Xorshift RNGs, 2003 */
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (unsigned)((random_state * UINT64_C(0x2545f4914f6cdd1d) >> 33) % n);
}

/*
 * Each program is made of a few kinds of operations only, so that they meet more often. (A. Groce et al., Swarm
 * testing, 2012.)
 */
#define PALETTE 6

static struct {
	unsigned words;  /* at most SHARED_WORDS */
	bool is_relaxed; /* but for fences */
	uint8_t ops[PALETTE];
} style;

static void draw_style(void)
{
	static const uint8_t ops[] = {
		EXPLORE_LOAD,       EXPLORE_LOAD,       EXPLORE_LOAD,
		EXPLORE_LOAD,       EXPLORE_STORE,      EXPLORE_STORE,
		EXPLORE_STORE,      EXPLORE_STORE,      EXPLORE_EXCHANGE,
		EXPLORE_FETCH_ADD,  EXPLORE_FETCH_SUB,  EXPLORE_COMPARE_EXCHANGE,
		EXPLORE_FENCE,      EXPLORE_FENCE,      EXPLORE_COMPARE_EXCHANGE_WEAK,
		EXPLORE_FETCH_OR,   EXPLORE_FUTEX_WAIT, EXPLORE_FUTEX_WAKE,
		EXPLORE_MEMBARRIER, EXPLORE_MEMBARRIER, EXPLORE_NOW
	};

	style.words = draw(4) ? 2 : SHARED_WORDS;
	style.is_relaxed = draw(3) == 0;
	style.ops[0] = EXPLORE_LOAD;
	style.ops[1] = draw(4) ? EXPLORE_STORE : EXPLORE_EXCHANGE;
	for (unsigned i = 2; i < PALETTE; i++)
		style.ops[i] = ops[draw(sizeof(ops))];
	if (draw(3) == 0)
		style.ops[PALETTE - 1] = EXPLORE_MEMBARRIER;
}

static unsigned draw_order(unsigned op)
{
	static const uint8_t of_loads[] = { EXPLORE_relaxed, EXPLORE_acquire, EXPLORE_seq_cst };
	static const uint8_t of_stores[] = { EXPLORE_relaxed, EXPLORE_release, EXPLORE_seq_cst };

	if (style.is_relaxed && op != EXPLORE_FENCE)
		return EXPLORE_relaxed;
	if (op == EXPLORE_LOAD)
		return of_loads[draw(3)];
	if (op == EXPLORE_STORE)
		return of_stores[draw(3)];
	if (op == EXPLORE_FENCE)
		return draw(3) ? EXPLORE_seq_cst : EXPLORE_acquire + draw(3);
	return draw(5);
}

static unsigned draw_op(void)
{
	if (draw(24) == 0)
		return draw(2) ? EXPLORE_READ : EXPLORE_WRITE;
	return style.ops[draw(PALETTE)];
}

static void add_operation(unsigned thread, unsigned op)
{
	static const char *const names[] = { "x", "y", "z" };
	struct operation *o = &operations[thread][n_operations[thread]++];
	struct explore_site *next = o->site.next;
	bool known = o->site.known; /* it stays in the list of those used */

	*o = (struct operation){ .word = draw(style.words),
		                 .value = 1 + draw(2),
		                 .expected = draw(2),
		                 .is_recorded = draw(3) > 0,
		                 .conditional = op != EXPLORE_UNLOCK && op != EXPLORE_LOCK &&
		                                draw(6) == 0 };
	if (op == EXPLORE_FUTEX_WAIT)
		o->value = draw(2);
	if (op == EXPLORE_FUTEX_WAKE && draw(2))
		o->value = INT_MAX;
	o->site = (struct explore_site){ .file = "selftest",
		                         .line = (uint16_t)(100 * thread + n_operations[thread]),
		                         .text = names[o->word],
		                         .op = (uint8_t)op,
		                         .known = known,
		                         .next = next };
	o->site.order = o->site.effective = (uint8_t)draw_order(op);
}

static void make_thread(unsigned thread, unsigned n)
{
	unsigned lock_at = draw(10) ? n : draw(n);

	n_operations[thread] = 0;
	for (unsigned i = 0; i < n; i++) {
		if (i == lock_at)
			add_operation(thread, EXPLORE_LOCK);
		add_operation(thread, draw_op());
	}
	if (lock_at < n)
		add_operation(thread, EXPLORE_UNLOCK);
}

static bool has_op(unsigned threads, unsigned op)
{
	for (unsigned t = 0; t < threads; t++)
		for (unsigned i = 0; i < n_operations[t]; i++)
			if (operations[t][i].site.op == op)
				return true;
	return false;
}

static struct explore_program make_program(uint64_t seed)
{
	static int64_t until;
	struct explore_program made = { .name = "random",
		                        .about = "a program made at random",
		                        .run = run,
		                        .end = end,
		                        .memory = &memory,
		                        .memory_size = sizeof(memory),
		                        .argument = &until };

	random_state = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15);
	for (unsigned i = 0; i < 8; i++)
		draw(2);
	made.threads = 2 + draw(2);
	draw_style();
	for (unsigned t = 0; t < made.threads; t++)
		make_thread(t, made.threads == 2 ? 2 + draw(3) : 1 + draw(3));
	made.membarrier = has_op(made.threads, EXPLORE_MEMBARRIER);
	made.barrier_at_once = draw(4) == 0;
	if (has_op(made.threads, EXPLORE_FUTEX_WAIT) || has_op(made.threads, EXPLORE_NOW))
		made.ticks = draw(2);
	made.spurious = draw(4) == 0;
	if (draw(12) == 0) {
		made.kills = 1;
		made.killable = 1u << draw(made.threads);
	}
	until = made.ticks ? 1 : INT64_MAX;
	return made;
}

static void print_program(const struct explore_program *p)
{
	printf("# ticks %u, spurious %d, at once %d, kills %u of %x\n", p->ticks, p->spurious,
	       p->barrier_at_once, p->kills, p->killable);
	for (unsigned t = 0; t < p->threads; t++)
		for (unsigned i = 0; i < n_operations[t]; i++) {
			const struct operation *o = &operations[t][i];

			printf("# T%u: %s%s %s, %s, value %u, expected %u\n", t,
			       o->conditional ? "if the last result is not 0: " : "",
			       op_name(o->site.op), o->site.text, order_name(o->site.order),
			       o->value, o->expected);
		}
}

/* Comparing. */

struct way {
	const char *name;
	bool merge, sleep_sets, movers;
};

static const struct way ways[] = {
	{ "plain", false, false, false },
	{ "merging", true, false, false },
	{ "sleep sets", false, true, false },
	{ "movers", false, false, true },
	{ "merging, sleep sets", true, true, false },
	{ "merging, movers", true, false, true },
	{ "sleep sets, movers", false, true, true },
	{ "all", true, true, true },
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

static struct search_result result;
static uint64_t steps[WAYS];

static enum search_end explore(const struct explore_program *p, unsigned way, struct outcomes *seen)
{
	struct search_options options = { .schedules = SCHEDULES_MAX,
		                          .preemptions = -1,
		                          .old_reads = -1,
		                          .merge = ways[way].merge,
		                          .sleep_sets = ways[way].sleep_sets };

	runs_on = ways[way].movers;
	seen->n = 0;
	seen_now = seen;
	search_all(p, &options, &result);
	steps[way] += result.steps;
	return result.end;
}

static bool is_subset(const struct outcomes *of, const struct outcomes *all)
{
	for (unsigned i = 0; i < of->n; i++)
		if (!has(all, of->of[i]))
			return false;
	return true;
}

struct count {
	unsigned compared, failing, too_large, wrong;
	uint64_t outcomes;
};

static void check_program(uint64_t seed, struct count *count)
{
	static struct outcomes plain, reduced;
	struct explore_program made = make_program(seed);
	enum search_end expected = explore(&made, 0, &plain);

	if (expected == LIMITED) {
		count->too_large++;
		return;
	}
	count->compared++;
	count->failing += expected == FAILED;
	count->outcomes += plain.n;
	for (unsigned way = 1; way < WAYS; way++) {
		enum search_end got = explore(&made, way, &reduced);

		if (got == LIMITED) /* what fails plainly may have more before it fails so */
			continue;
		/* what fails is not explored further */
		if (got == expected &&
		    (got == FAILED || (is_subset(&plain, &reduced) && is_subset(&reduced, &plain))))
			continue;
		count->wrong++;
		printf("# seed %llu, %s: %u outcomes%s%s; plainly %u%s\n", (unsigned long long)seed,
		       ways[way].name, reduced.n, got == FAILED ? ", and fails: " : "",
		       got == FAILED ? result.failure : "", plain.n,
		       expected == FAILED ? ", and fails" : "");
		print_program(&made);
	}
}

static uint64_t number(const char *text)
{
	char *rest;
	uint64_t n = strtoull(text, &rest, 0);

	if (*rest || !*text) {
		fprintf(stderr, "usage: selftest [PROGRAMS [SEED]]\n");
		exit(2);
	}
	return n;
}

int main(int argc, char **argv)
{
	uint64_t programs = argc > 1 ? number(argv[1]) : PROGRAMS_DEFAULT;
	uint64_t seed = argc > 2 ? number(argv[2]) : SEED_DEFAULT;
	struct count count = { 0 };
	bool good;

	for (uint64_t i = 0; i < programs; i++)
		check_program(seed + i, &count);
	printf("# %llu programs from seed %llu: %u compared (%u fail, %llu outcomes), %u too large\n",
	       (unsigned long long)programs, (unsigned long long)seed, count.compared,
	       count.failing, (unsigned long long)count.outcomes, count.too_large);
	for (unsigned way = 0; way < WAYS; way++)
		printf("# %-20s %12llu steps\n", ways[way].name, (unsigned long long)steps[way]);
	good = count.wrong == 0 && count.compared > 0;
	printf("%sok 1 - reductions_lose_no_outcome\n1..1\n", good ? "" : "not ");
	return good ? 0 : 1;
}
