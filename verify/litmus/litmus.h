/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a litmus test is written here. A thread is a list of operations in parentheses:
 *
 *	LITMUS_2(sb_relaxed, "nothing is forbidden", SHOWS(ab, BITS_2),
 *	         (W(x, 1, relaxed), R(a, y, relaxed)),
 *	         (W(y, 1, relaxed), R(b, x, relaxed)));
 *
 * x, y, z are atomic words, data and more are plain, a to e are where results go; all are 0 at
 * first. SHOWS names what is printed at the end, and all that may be printed. README.md has the
 * sources.
 */
#ifndef LITMUS_LITMUS_H
#define LITMUS_LITMUS_H

#include "explorer.h"

extern struct litmus_memory {
	uint32_t x, y, z, mutex, condition, a, b, c, d, e;
	uint64_t data, more; /* plain */
} m;

/* Memory operations: result first, as in a := x. */
#define W(word, value, order)            explore_store(&m.word, value, order)
#define R(result, word, order)           (m.result = explore_load(&m.word, order))
#define ADD(result, word, value, order)  (m.result = explore_fetch_add(&m.word, value, order))
#define SWAP(result, word, value, order) (m.result = explore_exchange(&m.word, value, order))
/* What was found goes to `found`, whether it was exchanged to `result`. */
#define CAS(result, found, word, value, order)                                                     \
	(m.result = explore_compare_exchange(&m.word, &m.found, value, order))
#define CAS_WEAK(result, found, word, value, order)                                                \
	(m.result = explore_compare_exchange_weak(&m.word, &m.found, value, order))
#define F(order)       explore_fence(order)
#define BARRIER        explore_membarrier()
#define SET(data, v)   explore_write(&m.data, v)
#define GET(result, d) (m.result = (uint32_t)explore_read(&m.d))
/* What follows depends on a result. */
#define IF(condition, operations) ((condition) ? (void)(operations) : (void)0)
/* Waits until the word is not 0. */
#define AWAIT(word, order)                                                                         \
	__extension__({                                                                            \
		while (explore_load(&m.word, order) == 0)                                          \
			explore_pause();                                                           \
	})

#define SHOWS(what, set) .end = show_##what, .outcomes = (set)
#define FAILS(text)      .fails = (text)
/* Behind one of these: a thread uses BARRIER. */
#define WITH_BARRIER , .membarrier = true

void show_a(void);
void show_ab(void);
void show_abc(void);
void show_abcd(void);
void show_ax(void);
void show_ay(void);
void show_abx(void);
void show_xy(void);
void show_data(void);

#define PROGRAM(name_, n, about_, ...)                                                             \
	static const struct explore_program name_ = { .name = #name_,                              \
		                                      .about = (about_),                           \
		                                      .threads = (n),                              \
		                                      .run = name_##_run,                          \
		                                      .memory = &m,                                \
		                                      .memory_size = sizeof(m),                    \
		                                      __VA_ARGS__ }

#define TEST_(name, n, about, t0, t1, t2, t3, ...)                                                 \
	static void name##_run(unsigned t)                                                         \
	{                                                                                          \
		if (t == 0)                                                                        \
			t0;                                                                        \
		else if (t == 1)                                                                   \
			t1;                                                                        \
		else if (t == 2)                                                                   \
			t2;                                                                        \
		else                                                                               \
			t3;                                                                        \
	}                                                                                          \
	PROGRAM(name, n, about, __VA_ARGS__)
#define NOTHING_ (void)0

#define LITMUS_2(name, about, how, t0, t1) TEST_(name, 2, about, t0, t1, NOTHING_, NOTHING_, how)

#define LITMUS_3(name, about, how, t0, t1, t2) TEST_(name, 3, about, t0, t1, t2, NOTHING_, how)

#define LITMUS_4(name, about, how, t0, t1, t2, t3) TEST_(name, 4, about, t0, t1, t2, t3, how)

/* Sets of outcomes: all, or all but one. */
#define BITS_2_BUT_00  "0 1\n1 0\n1 1"
#define BITS_2_BUT_10  "0 0\n0 1\n1 1"
#define BITS_2_BUT_11  "0 0\n0 1\n1 0"
#define BITS_2         BITS_2_BUT_11 "\n1 1"
#define BITS_3_BUT_100 "0 0 0\n0 0 1\n0 1 0\n0 1 1\n1 0 1\n1 1 0\n1 1 1"
#define BITS_3_BUT_110 "0 0 0\n0 0 1\n0 1 0\n0 1 1\n1 0 0\n1 0 1\n1 1 1"
#define BITS_3         BITS_3_BUT_110 "\n1 1 0"
#define BITS_4_BUT_1010                                                                            \
	"0 0 0 0\n0 0 0 1\n0 0 1 0\n0 0 1 1\n0 1 0 0\n0 1 0 1\n0 1 1 0\n0 1 1 1\n"                 \
	"1 0 0 0\n1 0 0 1\n1 0 1 1\n1 1 0 0\n1 1 0 1\n1 1 1 0\n1 1 1 1"
#define BITS_4 BITS_4_BUT_1010 "\n1 0 1 0"

/* The tests, by file; each list ends with NULL. */
extern const struct explore_program *const coherence_tests[];
extern const struct explore_program *const two_thread_tests[];
extern const struct explore_program *const release_tests[];
extern const struct explore_program *const more_thread_tests[];
extern const struct explore_program *const race_tests[];
extern const struct explore_program *const system_tests[];

#endif
