/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An explorer of concurrent C: runs the threads of a small program in every order, and lets every
 * load see every value that the C11 memory model allows. README.md tells how and what it shows.
 *
 * A program is a struct explore_program. Whatever its threads share they touch through the
 * operations below; in between they may do anything that depends on nothing but the program's
 * memory and their own stack (no malloc, no stdio, no thread-locals).
 */
#ifndef EXPLORE_EXPLORER_H
#define EXPLORE_EXPLORER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPLORE_THREADS_MAX 6
#define EXPLORE_AT_MOST(n)  ((n) + 1)

struct explore_program {
	const char *name;   /* one word */
	const char *about;  /* what holds in every schedule */
	unsigned threads;   /* 1 to EXPLORE_THREADS_MAX */
	void (*init)(void); /* makes the memory what it is before the threads start; runs once */
	void (*run)(unsigned thread);
	void (*end)(void);    /* judges the memory when all threads have ended; may be NULL */
	const void *argument; /* for those three: explore_argument */
	void *memory;         /* all that changes, apart from stacks and explore_alloc */
	size_t memory_size;
	const char *outcomes; /* exactly these come out, one a line; NULL: any */
	const char *fails;    /* a seeded mistake: exploration must fail with this in the text */
	unsigned preemptions; /* EXPLORE_AT_MOST(n) in a schedule; 0: no bound */
	unsigned old_reads;   /* EXPLORE_AT_MOST(n) reads in a schedule of what is not the newest */
	unsigned ticks;    /* how often the clock may tick; a deadline n passes at the nth tick */
	unsigned kills;    /* how many threads may be killed, at any step ... */
	unsigned killable; /* ... of these (bit t: thread t) */
	bool spurious;     /* sleepers may wake for nothing */
	bool membarrier;   /* it makes use of explore_membarrier */
	bool barrier_at_once; /* which reaches all threads in one step: fewer states, and a few
	                         behaviours less */
};

/*
 * Explores each program as the command line says (--help) and prints TAP. Returns an exit status: 0
 * if every program did what it should.
 */
int explore_main(int argc, char **argv, const struct explore_program *programs, size_t n);

/* Judging, in run and end. The text of a failure names what was expected. */
#define explore_check(condition)                                                                   \
	((condition) ? (void)0 : explore_fail(#condition, __FILE__, __LINE__))
void explore_fail(const char *what, const char *file, int line);
/* In end: how it came out, such as "1 0". Of litmus tests the set of these is the result. */
void explore_outcome(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Which thread is running; -1 in init and end. */
int explore_self(void);

/* The program's argument. */
const void *explore_argument(void);

/* Memory that belongs to the program's; zeroed. For init; what run gives back is not used again. */
void *explore_alloc(size_t size, size_t alignment);

/* In init: one thread more, which runs function(argument) instead of `run`. Returns its number. */
unsigned explore_thread(void *(*function)(void *), void *argument);

/*
 * Operations. Each call site is a place of its own, which the explorer can weaken (--mutate). Orders
 * are words: explore_load(&x, acquire). Words are of 1, 2, 4 or 8 bytes.
 */
enum explore_order {
	EXPLORE_relaxed,
	EXPLORE_acquire,
	EXPLORE_release,
	EXPLORE_acq_rel,
	EXPLORE_seq_cst
};

enum explore_op {
	EXPLORE_LOAD,
	EXPLORE_STORE,
	EXPLORE_EXCHANGE,
	EXPLORE_FETCH_ADD,
	EXPLORE_FETCH_SUB,
	EXPLORE_FETCH_OR,
	EXPLORE_FETCH_AND,
	EXPLORE_COMPARE_EXCHANGE,
	EXPLORE_COMPARE_EXCHANGE_WEAK,
	EXPLORE_FENCE,
	EXPLORE_MEMBARRIER,
	EXPLORE_READ,
	EXPLORE_WRITE,
	EXPLORE_FUTEX_WAIT,
	EXPLORE_FUTEX_WAKE,
	EXPLORE_LOCK,
	EXPLORE_UNLOCK,
	EXPLORE_CONDITION_WAIT,
	EXPLORE_SIGNAL,
	EXPLORE_BROADCAST,
	EXPLORE_SEMAPHORE_WAIT,
	EXPLORE_SEMAPHORE_POST,
	EXPLORE_JOIN,
	EXPLORE_ALIVE,
	EXPLORE_PAUSE,
	EXPLORE_NOW,
	EXPLORE_END,
	EXPLORE_FAIL,
	EXPLORE_OPS
};

/* A place in the source. */
struct explore_site {
	const char *file, *text; /* text: the operand as written */
	uint16_t line;
	uint8_t op;        /* enum explore_op */
	uint8_t order;     /* as written */
	uint8_t effective; /* as the explorer takes it */
	uint8_t mistake;   /* 0, or how the explorer does the operation wrong: mutate.c */
	bool known;
	bool used; /* by the program that is explored */
	struct explore_site *next;
};

#define EXPLORE_SITE_(op_, text_, order_)                                                          \
	__extension__({                                                                            \
		static struct explore_site site_ = { .file = __FILE__,                             \
			                             .text = text_,                                \
			                             .line = __LINE__,                             \
			                             .op = EXPLORE_##op_,                          \
			                             .order = EXPLORE_##order_,                    \
			                             .effective = EXPLORE_##order_ };              \
		&site_;                                                                            \
	})

uint64_t explore__access(struct explore_site *site, const void *word, size_t size, uint64_t value);
bool explore__compare_exchange(struct explore_site *site, void *word, size_t size, void *expected,
                               uint64_t value);
uint64_t explore__do(struct explore_site *site, const void *object, const void *other,
                     uint64_t value, int64_t until);
void explore__copy(struct explore_site *site, void *to, const void *from, size_t size);

#define EXPLORE_ACCESS_(op, text, word, value, order)                                              \
	__extension__({                                                                            \
		(__typeof__(*(word) + 0))explore__access(EXPLORE_SITE_(op, text, order), (word),   \
		                                         sizeof(*(word)), (uint64_t)(value));      \
	})

#define explore_load(word, order)             EXPLORE_ACCESS_(LOAD, #word, word, 0, order)
#define explore_store(word, value, order)     ((void)EXPLORE_ACCESS_(STORE, #word, word, value, order))
#define explore_exchange(word, value, order)  EXPLORE_ACCESS_(EXCHANGE, #word, word, value, order)
#define explore_fetch_add(word, value, order) EXPLORE_ACCESS_(FETCH_ADD, #word, word, value, order)
#define explore_fetch_sub(word, value, order) EXPLORE_ACCESS_(FETCH_SUB, #word, word, value, order)
#define explore_fetch_or(word, value, order)  EXPLORE_ACCESS_(FETCH_OR, #word, word, value, order)
#define explore_fetch_and(word, value, order) EXPLORE_ACCESS_(FETCH_AND, #word, word, value, order)
/* On failure *expected is what the word held, loaded relaxed; the weak form may fail for nothing. */
#define explore_compare_exchange(word, expected, value, order)                                     \
	explore__compare_exchange(EXPLORE_SITE_(COMPARE_EXCHANGE, #word, order), (word),           \
	                          sizeof(*(word)), (expected), (uint64_t)(value))
#define explore_compare_exchange_weak(word, expected, value, order)                                \
	explore__compare_exchange(EXPLORE_SITE_(COMPARE_EXCHANGE_WEAK, #word, order), (word),      \
	                          sizeof(*(word)), (expected), (uint64_t)(value))
#define explore_fence(order) ((void)explore__do(EXPLORE_SITE_(FENCE, "", order), NULL, NULL, 0, 0))
#define explore_membarrier()                                                                       \
	((void)explore__do(EXPLORE_SITE_(MEMBARRIER, "", seq_cst), NULL, NULL, 0, 0))

/* Plain data, of up to 8 bytes or, copied, of any size: unordered with a write, it is a race. What
 * different threads own must not share eight bytes. */
#define explore_read(data)         EXPLORE_ACCESS_(READ, #data, data, 0, relaxed)
#define explore_write(data, value) ((void)EXPLORE_ACCESS_(WRITE, #data, data, value, relaxed))
#define explore_copy(to, from, size)                                                               \
	explore__copy(EXPLORE_SITE_(READ, #to " <- " #from, relaxed), (to), (from), (size))

/* The kernel's futex; until: a tick, or INT64_MAX. */
#define explore_futex_wait(word, value, until)                                                     \
	((void)explore__do(EXPLORE_SITE_(FUTEX_WAIT, #word, seq_cst), (word), NULL, (value),       \
	                   (until)))
#define explore_futex_wake(word, n)                                                                \
	((void)explore__do(EXPLORE_SITE_(FUTEX_WAKE, #word, seq_cst), (word), NULL, (uint64_t)(n), \
	                   0))

/* POSIX. A mutex is a uint32_t of 0, a condition variable any address, a semaphore a uint32_t. */
#define explore_lock(mutex)                                                                        \
	((void)explore__do(EXPLORE_SITE_(LOCK, #mutex, acquire), (mutex), NULL, 0, 0))
#define explore_unlock(mutex)                                                                      \
	((void)explore__do(EXPLORE_SITE_(UNLOCK, #mutex, release), (mutex), NULL, 0, 0))
/* 0 or -ETIMEDOUT */
#define explore_condition_wait(condition, mutex, until)                                            \
	__extension__({                                                                            \
		(int)explore__do(EXPLORE_SITE_(CONDITION_WAIT, #condition, seq_cst), (condition),  \
		                 (mutex), 0, (until));                                             \
	})
#define explore_signal(condition)                                                                  \
	((void)explore__do(EXPLORE_SITE_(SIGNAL, #condition, relaxed), (condition), NULL, 0, 0))
#define explore_broadcast(condition)                                                               \
	((void)explore__do(EXPLORE_SITE_(BROADCAST, #condition, relaxed), (condition), NULL, 0, 0))
/* 0; -EAGAIN at once when until is 0; -ETIMEDOUT */
#define explore_semaphore_wait(semaphore, until)                                                   \
	__extension__({                                                                            \
		(int)explore__do(EXPLORE_SITE_(SEMAPHORE_WAIT, #semaphore, acquire), (semaphore),  \
		                 NULL, 0, (until));                                                \
	})
#define explore_semaphore_post(semaphore)                                                          \
	((void)explore__do(EXPLORE_SITE_(SEMAPHORE_POST, #semaphore, release), (semaphore), NULL,  \
	                   0, 0))

/* Waits until a thread made by explore_thread has ended; asks whether one was killed. */
#define explore_join(thread)                                                                       \
	((void)explore__do(EXPLORE_SITE_(JOIN, #thread, acquire), NULL, NULL, (thread), 0))
#define explore_alive(thread)                                                                      \
	((bool)explore__do(EXPLORE_SITE_(ALIVE, #thread, acquire), NULL, NULL, (thread), 0))

/* In a loop that waits: this round was in vain; the next makes sense after somebody did something. */
#define explore_pause() ((void)explore__do(EXPLORE_SITE_(PAUSE, "", relaxed), NULL, NULL, 0, 0))

/* Ticks since the start. */
#define explore_now() ((int64_t)explore__do(EXPLORE_SITE_(NOW, "", relaxed), NULL, NULL, 0, 0))

/* A word of the running thread, zero at first. */
void **explore_local(void);

#endif
