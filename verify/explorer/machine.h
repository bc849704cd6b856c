/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a state of a program consists of: the program's memory, the stacks of its threads, and this
 * machine. Together they are all that the future depends on, so a state can be set aside, taken up
 * again, and recognised (state.c).
 *
 * Memory is that of C11 without load buffering, in the operational form of views. A word has a row
 * of messages, one for each store that somebody may still read, in modification order. A view says
 * for each word from which message on one may read. A thread has a view, a message has the view that
 * whoever acquires it gets. Sources: J. Kang et al., A promising semantics for relaxed-memory
 * concurrency, 2017 (views; here without promises); O. Lahav et al., Repairing sequential consistency
 * in C/C++11, 2017 (the model, RC11, that this is the operational form of).
 *
 * Plain data must be ordered by happens-before. Views carry that, too: a bit for each plain word
 * says that the last write of it is known, and one for each word and thread that its last read is.
 */
#ifndef EXPLORE_MACHINE_H
#define EXPLORE_MACHINE_H

#include "explorer.h"

#include <stdio.h>

#define THREADS           EXPLORE_THREADS_MAX
#define WORDS             104 /* atomic words that a program may use */
#define MESSAGES          40  /* of a word, readable at one time */
#define PLAIN_WORDS       64
#define STACK_SIZE        16384
#define ARENA_SIZE        65536
#define TRANSITIONS       256  /* out of one state */
#define WAKES_FOR_NOTHING 2    /* of a thread; each may add a message, so there must be an end */
#define STEPS_MAX         4000 /* of one schedule */

struct view {
	uint8_t at[WORDS];      /* the oldest readable message */
	uint64_t written;       /* plain words whose last write is known */
	uint64_t read[THREADS]; /* plain words whose last read by that thread is known */
};

struct message {
	uint64_t value;
	struct view view;
	bool taken; /* the next message is that of a read-modify-write of this one */
	/* only to tell the tale: */
	int8_t thread;
	uint32_t step;
	const struct explore_site *site;
};

struct request {
	struct explore_site *site;
	char *address; /* the word, the object */
	char *other;   /* a second one: the mutex of a condition variable; where to copy from */
	uint64_t value, expected;
	int64_t until;
	uint64_t result;
	uint8_t op;
	uint8_t size;
};

enum status {
	READY,    /* its request can be performed, if what it needs is there */
	SLEEPING, /* on a futex or a condition variable */
	PAUSED,   /* until somebody does something */
	BARRIER,  /* in a membarrier that has not reached everybody */
	DONE,
	DEAD
};

struct thread {
	void *sp;
	struct request request; /* what it is about to do */
	struct request late;    /* a store put off by mistake: site NULL if there is none */
	struct request behind;  /* what the thread goes on from, or asks for, behind that store */
	struct view now;        /* what it has to respect */
	struct view acquired;   /* what an acquire fence adds */
	struct view released;   /* what its relaxed stores pass on: as of its last release fence */
	void *local;
	uint64_t stack_hash[2];
	uint8_t status;
	uint8_t waits_for; /* BARRIER: bits of the threads not reached yet */
	bool fresh;        /* reads only the newest: nothing else can happen any more */
	uint8_t woken_for_nothing;
	bool changed; /* PAUSED: something has happened since */
	bool held;    /* its store waits for a membarrier to reach it first */
};

struct machine {
	struct thread threads[THREADS];
	unsigned n_threads;
	int running;  /* the thread that made the last step; -1: none yet */
	int must_run; /* the next step is this thread's; -1: anybody's */
	unsigned kills;
	unsigned preemptions, old_reads; /* so far, where they are bounded */
	int64_t clock;
	struct view order;         /* what seq_cst fences have seen */
	struct view ended;         /* what threads that ended knew: their stores have got through */
	uint64_t written;          /* plain words that somebody may not know the last write of */
	uint64_t reading[THREADS]; /* the same of reads */
	uint8_t n_messages[WORDS]; /* 0: untouched since init */
	struct message messages[WORDS][MESSAGES];
	/* only to tell the tale: */
	uint32_t step;
	const char *failure;
};

/* What can happen next. */
enum transition_kind { STEP, TIME_OUT, WAKE_FOR_NOTHING, REACH, TICK, KILL, HOLD };

struct transition {
	uint8_t kind; /* enum transition_kind */
	uint8_t thread;
	uint8_t choice;
};

/* There is one of each. */
extern struct machine machine;
extern const struct explore_program *program;
extern char explore__stacks[THREADS][STACK_SIZE];
extern char explore__arena[ARENA_SIZE];
extern size_t explore__arena_used;

/* setup.c */
void setup_program(const struct explore_program *p); /* and runs each thread to its first request */
void judge_end(void);

/* memory.c: the memory model. Ways are how many outcomes an operation of the thread may have now;
 * perform takes one of them, 0 the most usual. */
unsigned memory_ways(const struct thread *thread);
void memory_perform(struct thread *thread, unsigned way);
void memory_fence(struct thread *thread, enum explore_order order);
void memory_ended(const struct thread *thread);
void memory_order_ended(void); /* as if all who have ended had fenced */
void memory_plain(struct thread *thread, char *address, size_t size, bool write);
void memory_forget(void); /* what nobody can read any more */
void memory_reset(void);  /* for another program */
uint64_t memory_newest(char *address, size_t size);
void memory_put_newest(struct thread *thread, char *address, size_t size, uint64_t value,
                       bool acquires, bool releases);
void memory_let_know(struct thread *thread, const struct view *view);
unsigned memory_words(void); /* how many are known */

/* operations.c */
extern void *explorer_sp; /* where the explorer goes on while a thread runs */

/* transitions.c: what can happen next. */
unsigned list_transitions(struct transition *list); /* 0: the end, a deadlock, or somebody_held */
bool everybody_ended(void);
bool somebody_held(void); /* for a membarrier that never came: of no interest */
extern bool runs_on;      /* movers are moved */
extern int old_reads_max; /* reads in a schedule of what is not the newest; -1: any number */
bool has_weak_ways(const struct request *asked);
bool moves_right(const struct thread *thread); /* what it has just done */
bool may_be_killed(unsigned thread);
bool sleeps_on(const struct thread *thread, const char *address);
unsigned sleepers(const char *address);
/* Whether the request of a sleeping thread commutes with what was done. */
bool may_commute(unsigned sleeping, const struct request *done);

/* threads.c: steps. */
void run_to_request(unsigned thread);
void perform(struct transition transition);

/* state.c */
struct hash {
	uint64_t low, high;
};
size_t state_size_max(void);
size_t state_save(void *to);
void state_load(const void *from);
void state_stack_changed(unsigned thread);
struct hash state_hash(bool preemptions_count);

/* trace.c */
extern bool tracing;
void trace_step(const struct thread *thread, const char *format, ...)
        __attribute__((format(printf, 2, 3)));
const char *trace_source(const struct message *message);
const char *order_name(unsigned order);
const char *op_name(unsigned op);
const char *place(const struct explore_site *site);

/* A schedule fails, for this reason; the first one counts. */
void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* sites.c */
enum mistake {
	NO_MISTAKE,
	SKIPPED,    /* it is left out */
	UNCOMPARED, /* a futex sleeps whatever the word is */
	LATE        /* a store comes behind the thread's next operation */
};

void site_use(struct explore_site *site);
extern struct explore_site *sites;

/* outcomes.c */
void outcomes_clear(void);
bool outcomes_match(const char *expected, FILE *report);
void outcomes_print(FILE *to);

#endif
