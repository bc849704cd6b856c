/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LEAT_BASE_PROCESSORS_H
#define LEAT_BASE_PROCESSORS_H

#if defined(__x86_64__) || defined(__i386__)
#define leat__pause() __builtin_ia32_pause()
#elif defined(__aarch64__)
/* isb rather than yield, which most cores treat as nothing: it really makes the loop wait a little
 */
#define leat__pause() __asm__ volatile("isb" ::: "memory")
#else
#define leat__pause() __asm__ volatile("" ::: "memory")
#endif

/* Lets another thread have this processor, if one wants it. */
void leat__yield(void);

/* How many processors the calling thread may run on; at least 1. */
unsigned leat__processors(void);

#endif
