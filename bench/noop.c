/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cheapest job there is: it starts and ends. Without the C library, whose start-up asks the
 * processor what it can do, which costs more than the whole rest where a hypervisor answers.
 */
void _start(void);

void _start(void)
{
#if defined(__x86_64__)
	__asm__ volatile("syscall" : : "a"(60), "D"(0));
#elif defined(__aarch64__)
	register long number __asm__("x8") = 93;
	register long status __asm__("x0") = 0;

	__asm__ volatile("svc 0" : : "r"(number), "r"(status));
#else
#error "say here how a process exits on this machine"
#endif
	__builtin_unreachable();
}
