/* SPDX-License-Identifier: Apache-2.0 */
/* A bounded buffer of a mutex and two conditions that is right, or wrong in one chosen way. */
#ifndef LEAT_TEST_SEEDED_H
#define LEAT_TEST_SEEDED_H

#include "conformance/buffer.h"

enum seeded_bug {
	SEEDED_NONE,
	SEEDED_PUBLISH_BEFORE_WRITE, /* counts an item, then writes it */
	SEEDED_LAST_IN_FIRST_OUT,
	SEEDED_DELIVERS_TWICE,    /* now and then */
	SEEDED_FORGETS_AN_ITEM,   /* now and then */
	SEEDED_CLOSE_BESIDE,      /* close is a flag that a push looked at before it began */
	SEEDED_CLOSE_FORGETS,     /* consumers of a closed buffer do not look for what is left */
	SEEDED_WAKES_NO_CONSUMER, /* ever */
	SEEDED_WAKES_NO_PRODUCER, /* ever */
	SEEDED_SAYS_EMPTY,        /* with one item inside, to who does not wait */
	SEEDED_SAYS_FULL,         /* with room for one, to who does not wait */
	SEEDED_ADMITS_ONE_MORE,
	SEEDED_TIMES_OUT_AS_FULL, /* answers a deadline with -EAGAIN */
	SEEDED_BUGS
};

/* Of the buffers that are made from now on. */
void seeded_choose(enum seeded_bug bug);

extern const struct buffer_ops seeded_buffer;

const char *seeded_name(enum seeded_bug bug);

#endif
