/* SPDX-License-Identifier: Apache-2.0 */
/* Stacks to switch between. What a fiber is made of is its stack from `sp` up, and nothing else. */
#ifndef EXPLORE_FIBER_H
#define EXPLORE_FIBER_H

#include <stddef.h>

/* Goes on where `to` points, and leaves in *from where this one can go on. */
void explore__switch(void **from, void *to);

/* A stack that begins with start(), which must not return; returns its sp. */
void *explore__prepare(void *stack, size_t size, void (*start)(void));

#endif
