/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same question as linearizable(), answered by trying every order: for a handful of operations.
 *
 * It knows how each kind of buffer takes its steps. With slots a push reserves its place and
 * publishes it later, a pop takes an item and frees its place later, and "empty" and "full" look at
 * the one place that is next. With claims a push takes room, puts its item, and counts it later; a
 * pop takes a count, then the oldest item, and gives its room back later; "empty" and "full" look
 * at the counts.
 */
#ifndef LEAT_TEST_ORACLE_H
#define LEAT_TEST_ORACLE_H

#include "conformance/linearizable.h"

#define ORACLE_MAX 8

/* True: some order explains the history. */
bool oracle_explains(const struct operation *history, size_t n, const struct history_rules *rules);

#endif
