/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What threads ask for, on their own stacks. A thread leaves its request where the explorer finds it, and goes on
 * when it has been performed. In init and end there is one thread, and memory is plain.
 */
#include "fiber.h"
#include "machine.h"

#include <errno.h>
#include <string.h>

void *explorer_sp;

static struct thread *self(void)
{
	return &machine.threads[machine.running];
}

static uint64_t request(struct request asked)
{
	struct thread *thread = self();

	thread->request = asked;
	explore__switch(&thread->sp, explorer_sp);
	return self()->request.result;
}

static bool inside(void)
{
	return machine.running >= 0;
}

int explore_self(void)
{
	return machine.running;
}

void **explore_local(void)
{
	static void *of_init;

	return inside() ? &self()->local : &of_init;
}

static uint64_t access_alone(struct request *asked)
{
	uint64_t old = 0, new;

	memcpy(&old, asked->address, asked->size);
	new = asked->value;
	switch (asked->op) {
	case EXPLORE_LOAD:
	case EXPLORE_READ:
		return old;
	case EXPLORE_FETCH_ADD:
		new = old + new;
		break;
	case EXPLORE_FETCH_SUB:
		new = old - new;
		break;
	case EXPLORE_FETCH_OR:
		new = old | new;
		break;
	case EXPLORE_FETCH_AND:
		new = old &new;
		break;
	default:
		break;
	}
	memcpy(asked->address, &new, asked->size);
	return old;
}

uint64_t explore__access(struct explore_site *site, const void *word, size_t size, uint64_t value)
{
	struct request asked = { .site = site,
		                 .address = (char *)(uintptr_t)word,
		                 .value = value,
		                 .op = site->op,
		                 .size = (uint8_t)size };

	return inside() ? request(asked) : access_alone(&asked);
}

bool explore__compare_exchange(struct explore_site *site, void *word, size_t size, void *expected,
                               uint64_t value)
{
	struct request asked = {
		.site = site, .address = word, .value = value, .op = site->op, .size = (uint8_t)size
	};

	memcpy(&asked.expected, expected, size);
	if (!inside()) {
		uint64_t old = 0;

		memcpy(&old, word, size);
		if (old == asked.expected) {
			memcpy(word, &value, size);
			return true;
		}
		memcpy(expected, &old, size);
		return false;
	}
	request(asked);
	memcpy(expected, &self()->request.expected, size);
	return self()->request.value;
}

static uint64_t do_alone(struct explore_site *site, uint32_t *object)
{
	switch (site->op) {
	case EXPLORE_LOCK:
		*object = 1;
		return 0;
	case EXPLORE_UNLOCK:
		*object = 0;
		return 0;
	case EXPLORE_SEMAPHORE_WAIT:
		if (*object == 0)
			return (uint64_t)-EAGAIN;
		--*object;
		return 0;
	case EXPLORE_SEMAPHORE_POST:
		++*object;
		return 0;
	default:
		return 0;
	}
}

uint64_t explore__do(struct explore_site *site, const void *object, const void *other,
                     uint64_t value, int64_t until)
{
	struct request asked = { .site = site,
		                 .address = (char *)(uintptr_t)object,
		                 .other = (char *)(uintptr_t)other,
		                 .value = value,
		                 .until = until,
		                 .op = site->op,
		                 .size = sizeof(uint32_t) };

	return inside() ? request(asked) : do_alone(site, (uint32_t *)(uintptr_t)object);
}

static bool is_shared(const void *address)
{
	const char *at = address, *memory = program->memory;

	return (at >= memory && at < memory + program->memory_size) ||
	       (at >= explore__arena && at < explore__arena + explore__arena_used);
}

void explore__copy(struct explore_site *site, void *to, const void *from, size_t size)
{
	struct request asked = { .site = site, .value = size, .op = EXPLORE_READ };

	if (inside() && size && is_shared(from)) {
		asked.address = (char *)(uintptr_t)from;
		asked.size = UINT8_MAX; /* the size is in value */
		request(asked);
	}
	if (inside() && size && is_shared(to)) {
		asked.op = EXPLORE_WRITE;
		asked.address = to;
		asked.size = UINT8_MAX;
		request(asked);
	}
	memcpy(to, from, size);
}

void explore_fail(const char *what, const char *file, int line)
{
	fail("%s (%s:%d)", what, file, line);
	if (inside())
		request((struct request){ .op = EXPLORE_FAIL });
}
