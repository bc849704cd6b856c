/* SPDX-License-Identifier: Apache-2.0 */
#include "fiber.h"

#include <stdint.h>
#include <string.h>

/* Saves the registers that a called function must keep, on the stack, and nothing else: floating
 * point control words never change here. */
#if defined(__x86_64__)
#define SAVED 6 /* rbp rbx r12 r13 r14 r15 */
__asm__(".text\n"
        ".globl explore__switch\n"
        ".type explore__switch, @function\n"
        "explore__switch:\n"
        "	pushq %rbp\n	pushq %rbx\n	pushq %r12\n	pushq %r13\n	pushq %r14\n	pushq %r15\n"
        "	movq %rsp, (%rdi)\n"
        "	movq %rsi, %rsp\n"
        "	popq %r15\n	popq %r14\n	popq %r13\n	popq %r12\n	popq %rbx\n	popq %rbp\n"
        "	ret\n"
        ".size explore__switch, . - explore__switch\n");

void *explore__prepare(void *stack, size_t size, void (*start)(void))
{
	uint64_t *sp = (uint64_t *)(void *)((char *)stack + size);

	*--sp = 0; /* where start would return to; and after the ret below, sp is as after a call */
	*--sp = (uint64_t)(uintptr_t)start;
	sp -= SAVED;
	memset(sp, 0, SAVED * sizeof(*sp));
	return sp;
}
#elif defined(__aarch64__)
#define SAVED 20 /* x19-x30, d8-d15 */
__asm__(".text\n"
        ".globl explore__switch\n"
        ".type explore__switch, %function\n"
        "explore__switch:\n"
        "	sub sp, sp, #160\n"
        "	stp x19, x20, [sp, #0]\n	stp x21, x22, [sp, #16]\n"
        "	stp x23, x24, [sp, #32]\n	stp x25, x26, [sp, #48]\n"
        "	stp x27, x28, [sp, #64]\n	stp x29, x30, [sp, #80]\n"
        "	stp d8, d9, [sp, #96]\n	stp d10, d11, [sp, #112]\n"
        "	stp d12, d13, [sp, #128]\n	stp d14, d15, [sp, #144]\n"
        "	mov x9, sp\n	str x9, [x0]\n	mov sp, x1\n"
        "	ldp x19, x20, [sp, #0]\n	ldp x21, x22, [sp, #16]\n"
        "	ldp x23, x24, [sp, #32]\n	ldp x25, x26, [sp, #48]\n"
        "	ldp x27, x28, [sp, #64]\n	ldp x29, x30, [sp, #80]\n"
        "	ldp d8, d9, [sp, #96]\n	ldp d10, d11, [sp, #112]\n"
        "	ldp d12, d13, [sp, #128]\n	ldp d14, d15, [sp, #144]\n"
        "	add sp, sp, #160\n"
        "	ret\n"
        ".size explore__switch, . - explore__switch\n");

void *explore__prepare(void *stack, size_t size, void (*start)(void))
{
	uint64_t *sp = (uint64_t *)(void *)((char *)stack + size) - SAVED;

	memset(sp, 0, SAVED * sizeof(*sp));
	sp[11] = (uint64_t)(uintptr_t)start; /* x30, where ret goes */
	return sp;
}
#else
#error "explore__switch has to be written for this processor"
#endif
