/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LEAT_BASE_CLOCK_H
#define LEAT_BASE_CLOCK_H

#include <leat/leat.h>

#include <stdbool.h>
#include <time.h>

/* Nanoseconds on CLOCK_MONOTONIC. */
int64_t leat__now_ns(void);

/* Sleeps that long, whatever signals arrive. */
void leat__sleep_ns(int64_t ns);

/* Whether the deadline has passed. LEAT_NOW has, LEAT_FOREVER never. */
bool leat__expired(leat_deadline until);

/* The same point in time for calls that take a timespec; a time before 0 becomes 0. */
struct timespec leat__timespec(leat_deadline until);

#endif
