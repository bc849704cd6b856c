/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is a recorded history one of a bounded FIFO queue?
 *
 * Each operation took effect at one point between its begin and its end. The check looks for the
 * patterns that no such choice of points explains (T. A. Henzinger, A. Sezgin, V. Vafeiadis:
 * Aspect-Oriented Linearizability Proofs, 2013), in n log n steps, for histories in which no value
 * is pushed twice. Without "full" answers the patterns are complete: a history with none of them is
 * linearizable. With "full" answers a finding is still certain, but some wrong answers need more
 * than counting to be seen.
 *
 * Equal stamps count as overlapping.
 */
#ifndef LEAT_TEST_LINEARIZABLE_H
#define LEAT_TEST_LINEARIZABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum operation_kind {
	OPERATION_PUSH,  /* succeeded */
	OPERATION_POP,   /* succeeded */
	OPERATION_EMPTY, /* a pop that was told that nothing is inside */
	OPERATION_FULL,  /* a push that was told that there is no room */
	/* Ended by close or cancel; of a batch one for each item. They count where claims are held.
	 */
	OPERATION_REFUSED_PUSH,
	OPERATION_REFUSED_POP
};

struct operation {
	uint64_t begin, end;
	uint32_t value; /* of PUSH and POP */
	uint32_t kind;
	/* EMPTY: true answers only, whatever the rules allow: the last answer of a closed buffer.
	 */
	bool strict;
};

/*
 * What "empty" and "full" may mean while another operation is under way, which was preempted
 * half-way. All other patterns hold in any case.
 */
enum half_way {
	HALF_WAY_HIDES_NOTHING,
	/* Each item has its slot, taken in order. "Empty": a push is under way that may stand in
	 * front of all that is inside. "Full": a pop is under way that may stand in front of all
	 * that left. */
	HALF_WAY_HOLDS_A_SLOT,
	/* Items and room are counted, and claimed before they are moved. "Empty": no more are
	 * inside than pushes and pops are under way. */
	HALF_WAY_HOLDS_A_CLAIM
};

struct history_rules {
	size_t capacity; /* that many always fit */
	size_t admitted; /* never more than that many inside */
	enum half_way half_way;
};

enum finding {
	FINDING_NONE,
	FINDING_PUSHED_TWICE, /* the test's own mistake: values must differ */
	FINDING_NEVER_PUSHED,
	FINDING_POPPED_TWICE,
	FINDING_POPPED_BEFORE_PUSHED,
	FINDING_OVERTAKEN,
	FINDING_FALSE_EMPTY,
	FINDING_FALSE_FULL,
	FINDING_TOO_MANY
};

/* What is wrong with the history; the pattern found first, and the operation that shows it. */
enum finding linearizable(const struct operation *history, size_t n,
                          const struct history_rules *rules, struct operation *culprit);

/* In words. */
const char *finding_name(enum finding finding);

#endif
