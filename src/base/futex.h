/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sleeping on a word. The kernel compares the word with what the sleeper expects and puts it to
 * sleep in one step, so a wake that follows a change of the word is never missed.
 */
#ifndef LEAT_BASE_FUTEX_H
#define LEAT_BASE_FUTEX_H

#include <leat/leat.h>

/* Sleeps while *word is expected, until woken or the deadline; may return for nothing. */
void leat__futex_wait(uint32_t *word, uint32_t expected, leat_deadline until);

/* Wakes up to n threads that sleep on the word, those of higher priority first. */
void leat__futex_wake(uint32_t *word, int n);

#endif
