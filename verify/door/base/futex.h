/* SPDX-License-Identifier: Apache-2.0 */
/* The door of src/base/futex.h, with the explorer behind it. */
#ifndef LEAT_BASE_FUTEX_H
#define LEAT_BASE_FUTEX_H

#include "explorer.h"

#include <leat/leat.h>

#define leat__futex_wait(word, expected, until) explore_futex_wait(word, expected, until)
#define leat__futex_wake(word, n)               explore_futex_wake(word, n)

#endif
