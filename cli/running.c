/* SPDX-License-Identifier: Apache-2.0 */
#include "running.h"

#include "cli.h"
#include "spawn.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int slot_init(struct slot *slot, unsigned number)
{
	*slot = (struct slot){ .number = number };
	pthread_mutex_init(&slot->lock, NULL);
	slot->stack = mmap(NULL, SPAWN_STACK_SIZE, PROT_READ | PROT_WRITE,
	                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (slot->stack == MAP_FAILED) {
		slot->stack = NULL;
		return -ENOMEM;
	}
	leat_ring_options options = LEAT_RING_OPTIONS_INIT;
	options.flags = LEAT_RING_SINGLE_PRODUCER | LEAT_RING_SINGLE_CONSUMER;
	options.capacity = 1;
	options.item_size = sizeof(int);
	return leat_ring_new(&slot->go, &options);
}

int running_init(struct running *running, size_t n_slots)
{
	*running = (struct running){ .n_slots = n_slots };
	pthread_mutex_init(&running->lock, NULL);
	running->slots = must_alloc(n_slots * sizeof *running->slots);
	memset(running->slots, 0, n_slots * sizeof *running->slots);
	for (size_t i = 0; i < n_slots; i++) {
		int result = slot_init(&running->slots[i], (unsigned)i + 1);
		if (result < 0)
			return result;
	}
	running->reader_fd = eventfd(0, EFD_CLOEXEC);
	running->main_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return running->reader_fd < 0 || running->main_fd < 0 ? -errno : 0;
}

void running_fini(struct running *running)
{
	for (size_t i = 0; i < running->n_slots; i++) {
		munmap(running->slots[i].stack, SPAWN_STACK_SIZE);
		strings_free(&running->slots[i].arguments);
		leat_ring_free(running->slots[i].go);
		pthread_mutex_destroy(&running->slots[i].lock);
	}
	free(running->slots);
	pthread_mutex_destroy(&running->lock);
	close(running->reader_fd);
	close(running->main_fd);
}

static enum admission admit(struct slot *slot, bool barred_too)
{
	pthread_mutex_lock(&slot->lock);
	enum admission admission = slot->stopped                 ? REFUSES
	                           : slot->barred && !barred_too ? BARS
	                                                         : ADMITS;
	slot->starting = admission == ADMITS;
	pthread_mutex_unlock(&slot->lock);
	return admission;
}

enum admission running_admits(struct slot *slot)
{
	return admit(slot, false);
}

enum admission running_admits_now(struct slot *slot)
{
	return admit(slot, true);
}

void running_bar(struct running *running, bool barred)
{
	for (size_t i = 0; i < running->n_slots; i++) {
		pthread_mutex_lock(&running->slots[i].lock);
		running->slots[i].barred = barred;
		pthread_mutex_unlock(&running->slots[i].lock);
	}
}

/* A stopped process acts on no signal but SIGKILL until it continues. */
static void send_signal(pid_t group, int signal)
{
	kill(-group, signal);
	if (signal == SIGTERM)
		kill(-group, SIGCONT);
}

void running_started(struct slot *slot, pid_t group)
{
	pthread_mutex_lock(&slot->lock);
	slot->starting = false;
	slot->group = group;
	if (group && slot->paused)
		kill(-group, SIGSTOP);
	if (group && slot->signal)
		send_signal(group, slot->signal);
	pthread_mutex_unlock(&slot->lock);
}

bool running_any(struct running *running)
{
	bool any = false;
	for (size_t i = 0; i < running->n_slots && !any; i++) {
		struct slot *slot = &running->slots[i];
		pthread_mutex_lock(&slot->lock);
		any = slot->group != 0;
		pthread_mutex_unlock(&slot->lock);
	}
	return any;
}

int running_reap(struct slot *slot, bool *stopped)
{
	int status = 0;
	pthread_mutex_lock(&slot->lock);
	while (waitpid(slot->group, &status, 0) < 0 && errno == EINTR)
		;
	slot->group = 0;
	*stopped = slot->signal != 0;
	pthread_mutex_unlock(&slot->lock);
	return status;
}

static void notify(int fd)
{
	const uint64_t one = 1;
	while (write(fd, &one, sizeof one) < 0 && errno == EINTR)
		;
}

static void stop_slot(struct slot *slot, int signal)
{
	pthread_mutex_lock(&slot->lock);
	slot->stopped = true;
	slot->signal = signal;
	if (slot->group)
		send_signal(slot->group, signal);
	pthread_mutex_unlock(&slot->lock);
}

void running_stop(struct running *running, enum stop_reason reason)
{
	pthread_mutex_lock(&running->lock);
	bool first = running->reason == STOP_NONE;
	if (first)
		running->reason = reason;
	pthread_mutex_unlock(&running->lock);
	if (!first)
		return;
	notify(running->reader_fd);
	for (size_t i = 0; i < running->n_slots; i++)
		stop_slot(&running->slots[i], SIGTERM);
	notify(running->main_fd);
}

enum stop_reason running_stop_reason(struct running *running)
{
	pthread_mutex_lock(&running->lock);
	enum stop_reason reason = running->reason;
	pthread_mutex_unlock(&running->lock);
	return reason;
}

void running_kill(struct running *running)
{
	for (size_t i = 0; i < running->n_slots; i++)
		stop_slot(&running->slots[i], SIGKILL);
}

bool running_pause(struct running *running)
{
	bool all = true;
	for (size_t i = 0; i < running->n_slots; i++) {
		struct slot *slot = &running->slots[i];
		pthread_mutex_lock(&slot->lock);
		slot->paused = true;
		all &= !slot->starting;
		if (slot->group)
			kill(-slot->group, SIGSTOP);
		pthread_mutex_unlock(&slot->lock);
	}
	return all;
}

void running_resume(struct running *running)
{
	for (size_t i = 0; i < running->n_slots; i++) {
		struct slot *slot = &running->slots[i];
		pthread_mutex_lock(&slot->lock);
		slot->paused = false;
		if (slot->group)
			kill(-slot->group, SIGCONT);
		pthread_mutex_unlock(&slot->lock);
	}
}
