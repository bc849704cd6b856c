/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layout and the fast paths of the two lock-free rings, for code that is compiled into callers
 * (LEAT_RING_OF) and for the library itself, which share this text. Nothing here is for callers to
 * use by name but LEAT_RING_OF, which <leat/ring.h> describes. Any change of a struct below raises
 * LEAT__RING_LAYOUT.
 *
 * One to one (leat__spsc)
 *
 * A producer owns `tail`, a consumer owns `head`, both free-running counts of items. Each side
 * keeps what is its alone on lines that the other never touches, with a copy of how far it may go;
 * it looks at the other's published counter only when it has come that far. The consumer publishes
 * what it freed every `batch` items; that much more room is there, so `capacity` items always fit.
 * Sources: L. Lamport, Specifying concurrent program modules, 1983; cached counters: J. Giacomoni
 * et al., FastForward, 2008, and P. P. C. Lee et al., A lock-free, cache-efficient shared ring
 * buffer, 2009.
 *
 * Any to any (leat__mpmc)
 *
 * Each slot has a sequence word that says whose turn it is. A thread claims a position with one
 * compare-and-swap and then owns its slot. Positions go in steps of two; the odd bit of `tail` is
 * the mark of a closed ring, of `head` that of a cancelled one, and makes every claim fail.
 * Source: D. Vyukov, Bounded MPMC queue, 2010.
 *
 * Waiting is in `not_empty` and `not_full`: the fast side, having published, only loads a word, and
 * the order of the two is the sleeper's to pay for (doc/design/waiting.md).
 */
#ifndef LEAT_RING_INLINE_H
#define LEAT_RING_INLINE_H

#include <leat/ring.h>

#include <errno.h>
#include <string.h>

/* The library brings its own operations, which are the same, through its door to the machine. */
#ifndef LEAT__DOOR
#define LEAT__ORDER_relaxed             __ATOMIC_RELAXED
#define LEAT__ORDER_acquire             __ATOMIC_ACQUIRE
#define LEAT__ORDER_release             __ATOMIC_RELEASE
#define LEAT__LOAD(word, order)         __atomic_load_n((word), LEAT__ORDER_##order)
#define LEAT__STORE(word, value, order) __atomic_store_n((word), (value), LEAT__ORDER_##order)
#define LEAT__COMPARE_EXCHANGE_WEAK(word, expected, value, order)                                  \
	__atomic_compare_exchange_n((word), (expected), (value), 1, LEAT__ORDER_##order,           \
	                            __ATOMIC_RELAXED)
#define LEAT__FENCE_LIGHT(fences)  leat__inline_fence(fences)
#define LEAT__COPY(to, from, size) __builtin_memcpy((to), (from), (size))

#if defined(__x86_64__) || defined(__i386__)
#define LEAT__PAUSE() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define LEAT__PAUSE() __asm__ volatile("isb" ::: "memory")
#else
#define LEAT__PAUSE() __asm__ volatile("" ::: "memory")
#endif

/* As leat__fence_light of src/base/barrier.h, which tells why and for whom it is enough. */
static inline void leat__inline_fence(int fences)
{
	if (!fences) {
		__atomic_signal_fence(__ATOMIC_SEQ_CST);
		return;
	}
#if defined(__SANITIZE_THREAD__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wtsan"
#endif
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
#if defined(__SANITIZE_THREAD__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
}
#endif

#define LEAT__RING_LAYOUT 1u
#define LEAT__LINE        64 /* bytes that a processor moves at once */
#define LEAT__APART                                                                                \
	__attribute__((aligned(LEAT_RING_ALIGN))) /* two lines: they are fetched in pairs */
#define LEAT__LIKELY(x)   __builtin_expect(!!(x), 1)
#define LEAT__UNLIKELY(x) __builtin_expect(!!(x), 0)

#ifdef __cplusplus
extern "C" {
#endif

/* Where the threads of one side sleep: see src/wait/event.h. */
struct leat__event {
	uint64_t state;    /* LEAT__EVENT_...: who sleeps, who was woken */
	uint32_t sequence; /* what they sleep on */
	uint32_t spin_ns;  /* how long it has been worth while to spin first */
	uint64_t sleeps;
	uint32_t long_sleeps; /* in a row */
};

#define LEAT__EVENT_ASLEEP      ((uint64_t)1) /* unit of the count of those nobody has woken */
#define LEAT__EVENT_ASLEEP_MASK ((uint64_t)0x7fffffff)
#define LEAT__EVENT_ENDED       ((uint64_t)0x80000000) /* the ring is closed or cancelled */
#define LEAT__EVENT_NOTIFIED    ((uint64_t)1 << 32)    /* unit of the count of those on their way */
#define LEAT__EVENT_ATTENTION   (LEAT__EVENT_ASLEEP_MASK | LEAT__EVENT_ENDED)

enum leat__form { LEAT__SPSC, LEAT__MPMC, LEAT__LOCKED, LEAT__SEMAPHORES };

enum { LEAT__CLOSED = 1, LEAT__CANCELLED = 2 }; /* of `ended` */

struct leat_ring {
	/* Written at birth, but for `ended` and `producers`. */
	uint8_t form;    /* enum leat__form */
	uint8_t fences;  /* full fences on both sides: the kernel has no membarrier for us */
	uint8_t strict;  /* any to any: there are more slots than items may be inside */
	uint32_t ended;  /* LEAT__CLOSED, LEAT__CANCELLED; written by close and cancel */
	char *items;     /* the first slot */
	char *items_end; /* behind the last */
	size_t item_size;
	size_t stride;   /* bytes from slot to slot */
	uint64_t mask;   /* any to any: slots - 1 */
	uint64_t room;   /* one to one: items that fit beyond what the consumer has published */
	uint64_t batch;  /* one to one: the consumer publishes every so many items */
	size_t ahead;    /* bytes that the producer prefetches ahead; 0: not at all */
	size_t capacity; /* as asked */
	void (*drop)(void *item, void *drop_arg);
	void *drop_arg;
	const char *name;
	uint32_t producers; /* counted producers: see src/ring/ring.c */

	LEAT__APART struct leat__event not_empty; /* consumers wait for it */
	LEAT__APART struct leat__event not_full;  /* producers wait for it */
};

struct leat__spsc {
	struct leat_ring ring;

	struct {          /* the producer's alone */
		char *at; /* the slot of tail */
		uint64_t tail;
		uint64_t limit; /* tail may grow to here without a look at head */
	} LEAT__APART producer;

	LEAT__APART uint64_t tail; /* published by the producer */

	struct {          /* the consumer's; others read head, to count */
		char *at; /* the slot of head */
		uint64_t head;
		uint64_t available; /* head may grow to here without a look at tail */
		uint64_t publish;   /* when head gets here it is published */
		uint32_t pace;      /* pauses before the next look, while items flow */
		uint32_t flowing;   /* the last look found something */
	} LEAT__APART consumer;

	LEAT__APART uint64_t head; /* published by the consumer */

	LEAT__APART uint64_t
	        sealed; /* where tail ends once the ring is closed; see src/ring/spsc.c */
};

#define LEAT__UNSEALED UINT64_MAX

struct leat__mpmc {
	struct leat_ring ring;
	LEAT__APART uint64_t tail; /* 2 x items pushed, | LEAT__END_MARK when closed */
	LEAT__APART uint64_t head; /* 2 x items popped, | LEAT__END_MARK when cancelled */
};

#define LEAT__END_MARK ((uint64_t)1)
#define LEAT__STEP     ((uint64_t)2)

struct leat__slot {        /* its item follows it */
	uint64_t sequence; /* position: free for it; + LEAT__STEP: holds its item */
};

/* The parts of the fast paths that are rare, in the library. */
LEAT_API int leat__ring_new_typed(leat_ring **ring, const leat_ring_options *options,
                                  uint32_t layout);
LEAT_API int leat__ring_push_waiting(leat_ring *ring, const void *item, leat_deadline until);
LEAT_API int leat__ring_pop_waiting(leat_ring *ring, void *item, leat_deadline until);
LEAT_API int leat__ring_pushed(leat_ring *ring);  /* somebody sleeps, or the ring has ended */
LEAT_API void leat__ring_popped(leat_ring *ring); /* somebody sleeps */
/* Finishes an end that was begun; one-to-one: where tail ends. */
LEAT_API uint64_t leat__ring_seal(leat_ring *ring);

#ifdef __cplusplus
}
#endif

/* Asks for a line that will be written soon. A hint: any address is fine. */
static inline void leat__prefetch_write(const void *address)
{
#if defined(__x86_64__)
	__asm__ volatile("prefetchw %0" : : "m"(*(const char *)address));
#else
	__builtin_prefetch(address, 1);
#endif
}

/* What a call answers that knows that the ring has ended. */
static inline int leat__end_error(const leat_ring *ring)
{
	/* R2, acquire, pairs with R1 in ring.c: what came before the end */
	return LEAT__LOAD(&ring->ended, acquire) & LEAT__CANCELLED ? -ECANCELED : -EPIPE;
}

/* What a push answers that finds no room, and a pop that finds the ring cancelled. The seal is for
 * who is told so to be told so again: `ended` is marked before the word that a push looks at. */
static inline int leat__spsc_refusal(struct leat__spsc *q)
{
	if (LEAT__LIKELY(!LEAT__LOAD(&q->ring.ended, relaxed)))
		return -EAGAIN;
	leat__ring_seal(&q->ring);
	return leat__end_error(&q->ring);
}

/* 0; -EAGAIN: full; -EPIPE; -ECANCELED. size is the ring's item_size. */
static inline int leat__spsc_push(struct leat__spsc *q, const void *item, size_t size)
{
	char *at = q->producer.at;
	char *next = at + size;
	uint64_t tail = q->producer.tail;

	if (LEAT__UNLIKELY(tail == q->producer.limit)) {
		/* S2, pairs with S3 in pop: what was read from the slots that are free again */
		uint64_t limit = LEAT__LOAD(&q->head, acquire) + q->ring.room;

		if (limit == tail)
			return leat__spsc_refusal(q);
		q->producer.limit = limit;
	}
	if (q->ring.ahead && ((uintptr_t)at & (LEAT__LINE - 1)) < size) {
		char *later = at + q->ring.ahead;

		leat__prefetch_write(later < q->ring.items_end
		                             ? later
		                             : later - (q->ring.items_end - q->ring.items));
	}
	if (next == q->ring.items_end)
		next = q->ring.items;
	LEAT__COPY(at, item, size);
	q->producer.at = next;
	q->producer.tail = tail + 1;
	/* S1, pairs with S4 in pop: publishes the slot; the consumer may read it from here on */
	LEAT__STORE(&q->tail, tail + 1, release);
	LEAT__FENCE_LIGHT(q->ring.fences);
	/* S5, relaxed: between S1 and this load stands the fence, whose partner is the heavy fence
	 * of a consumer that goes to sleep (wait.c) and of whoever seals the ring (spsc.c) */
	if (LEAT__UNLIKELY(LEAT__LOAD(&q->ring.not_empty.state, relaxed) & LEAT__EVENT_ATTENTION))
		return leat__ring_pushed(&q->ring);
	return 0;
}

/*
 * A consumer that is faster than its producer takes the line of `tail` away from it for an item or
 * two at a time, and both crawl at the speed of the transfer. So while items flow, and only then,
 * it pauses before a look, longer as long as a look brings little. A reply that is waited for does
 * not flow: a look in vain comes before it.
 */
#define LEAT__PACE_MAX    8
#define LEAT__LOOK_LITTLE 16 /* items */
#define LEAT__LOOK_MUCH   64

static inline void leat__spsc_adapt(struct leat__spsc *q, uint64_t found)
{
	if (found < LEAT__LOOK_LITTLE && q->consumer.pace < LEAT__PACE_MAX)
		q->consumer.pace++;
	else if (found > LEAT__LOOK_MUCH && q->consumer.pace > 0)
		q->consumer.pace--;
}

/* Learns how far the producer has come. 0: something is there. */
static inline int leat__spsc_look(struct leat__spsc *q)
{
	uint64_t tail;

	for (uint32_t i = 0; q->consumer.flowing && i < q->consumer.pace; i++)
		LEAT__PAUSE();
	/* S4, pairs with S1 in push */
	tail = LEAT__LOAD(&q->tail, acquire);
	LEAT__FENCE_LIGHT(q->ring.fences);
	/* relaxed: the fence's partner is the heavy fence of the seal. A tail that was not counted
	 * there is seen only by who also sees the mark here, and then goes by the seal; so does who
	 * has seen an older tail and then the mark. */
	if (LEAT__UNLIKELY(LEAT__LOAD(&q->ring.ended, relaxed))) {
		tail = leat__ring_seal(&q->ring);
		if (tail == q->consumer.available)
			return leat__end_error(&q->ring);
	}
	q->consumer.flowing = tail != q->consumer.available;
	if (!q->consumer.flowing)
		return -EAGAIN;
	leat__spsc_adapt(q, tail - q->consumer.available);
	q->consumer.available = tail;
	return 0;
}

/* The consumer has taken items and its head is at a multiple of the batch: the producer may know.
 */
static inline void leat__spsc_publish(struct leat__spsc *q, uint64_t head)
{
	q->consumer.publish = head + q->ring.batch;
	/* S3, pairs with S2 in push: the slots up to here may be written again */
	LEAT__STORE(&q->head, head, release);
	LEAT__FENCE_LIGHT(q->ring.fences);
	/* relaxed: as S5 */
	if (LEAT__UNLIKELY(LEAT__LOAD(&q->ring.not_full.state, relaxed) & LEAT__EVENT_ASLEEP_MASK))
		leat__ring_popped(&q->ring);
}

/* 0; -EAGAIN: empty; -EPIPE: closed and drained; -ECANCELED. size is the ring's item_size. */
static inline int leat__spsc_pop(struct leat__spsc *q, void *item, size_t size)
{
	char *at = q->consumer.at;
	char *next = at + size;
	uint64_t head = q->consumer.head;

	/* relaxed: a cancel that happened before this call is seen in any case */
	if (LEAT__UNLIKELY(LEAT__LOAD(&q->ring.ended, relaxed) & LEAT__CANCELLED))
		return leat__spsc_refusal(q);
	if (LEAT__UNLIKELY(head == q->consumer.available)) {
		int result = leat__spsc_look(q);

		if (result)
			return result;
	}
	if (next == q->ring.items_end)
		next = q->ring.items;
	LEAT__COPY(item, at, size);
	q->consumer.at = next;
	/* relaxed: who counts items from outside learns nothing else by it */
	LEAT__STORE(&q->consumer.head, head + 1, relaxed);
	if (LEAT__UNLIKELY(head + 1 == q->consumer.publish))
		leat__spsc_publish(q, head + 1);
	return 0;
}

static inline struct leat__slot *leat__mpmc_slot(const struct leat__mpmc *q, uint64_t position,
                                                 size_t stride)
{
	return (struct leat__slot *)(void *)(q->ring.items +
	                                     ((position / LEAT__STEP) & q->ring.mask) * stride);
}

static inline void *leat__slot_item(struct leat__slot *slot)
{
	return slot + 1;
}

/* Slots for items of a size keep their sequence words aligned. */
static inline size_t leat__mpmc_stride(size_t size)
{
	return sizeof(struct leat__slot) + ((size + 7) & ~(size_t)7);
}

/* A ring with more slots than its capacity is full by count. Positions only grow, so if there was
 * no room as `tail` was, none was when it was loaded. Meanwhile others may have pushed and popped:
 * with head beyond an old tail the count is negative, and the claim that follows fails. */
static inline int leat__mpmc_no_room(const struct leat__mpmc *q, uint64_t tail)
{
	uint64_t head;

	if (!q->ring.strict)
		return 0;
	/* relaxed: it orders nothing; the slot's own sequence says whether it may be written */
	head = LEAT__LOAD(&q->head, relaxed) & ~LEAT__END_MARK;
	return (int64_t)(tail - head) >= (int64_t)(LEAT__STEP * q->ring.capacity);
}

/* What a push answers that cannot claim its position: full, or tail is odd. */
static inline int leat__mpmc_refusal(struct leat__mpmc *q)
{
	/* M5, acquire, pairs with M9 in mpmc.c: with the mark comes `ended` */
	if (!(LEAT__LOAD(&q->tail, acquire) & LEAT__END_MARK))
		return -EAGAIN;
	leat__ring_seal(
	        &q->ring); /* who is told so is told so by every later call, pops included */
	return leat__end_error(&q->ring);
}

/* 0; -EAGAIN: full, or the slot's last consumer is still reading; -EPIPE; -ECANCELED. */
static inline int leat__mpmc_push(struct leat__mpmc *q, const void *item, size_t size)
{
	size_t stride = leat__mpmc_stride(size);
	/* relaxed: the slot's sequence tells whether this is the tail of now */
	uint64_t tail = LEAT__LOAD(&q->tail, relaxed);
	struct leat__slot *slot;

	for (;;) {
		int64_t ahead;

		slot = leat__mpmc_slot(q, tail, stride);
		/* M2, pairs with M3 in pop: what was read from this slot a lap ago */
		ahead = (int64_t)(LEAT__LOAD(&slot->sequence, acquire) - tail);
		if (LEAT__UNLIKELY(ahead < 0)) /* full, or tail is odd */
			return leat__mpmc_refusal(q);
		if (LEAT__UNLIKELY(ahead > 0)) {
			tail = LEAT__LOAD(&q->tail, relaxed);
			continue;
		}
		if (LEAT__UNLIKELY(leat__mpmc_no_room(q, tail)))
			return leat__mpmc_refusal(q);
		/* relaxed: a claim hands nothing over; the slot is ours by it, M2 made it free */
		if (LEAT__LIKELY(LEAT__COMPARE_EXCHANGE_WEAK(&q->tail, &tail, tail + LEAT__STEP,
		                                             relaxed)))
			break;
	}
	LEAT__COPY(leat__slot_item(slot), item, size);
	/* M1, pairs with M4 in pop: publishes the slot */
	LEAT__STORE(&slot->sequence, tail + LEAT__STEP, release);
	LEAT__FENCE_LIGHT(q->ring.fences);
	/* relaxed: as S5 */
	if (LEAT__UNLIKELY(LEAT__LOAD(&q->ring.not_empty.state, relaxed) & LEAT__EVENT_ASLEEP_MASK))
		return leat__ring_pushed(&q->ring);
	return 0;
}

/* Why nothing can be popped at head: cancelled, closed and drained, or nothing is there yet. */
static inline int leat__mpmc_nothing(const struct leat__mpmc *q, uint64_t head)
{
	if (head & LEAT__END_MARK) {
		/* M6, acquire, pairs with M7 in mpmc.c: what came before the cancel. Once marked,
		 * always marked. */
		(void)LEAT__LOAD(&q->head, acquire);
		return -ECANCELED;
	}
	/* M5, as above */
	if (LEAT__LOAD(&q->tail, acquire) == (head | LEAT__END_MARK))
		return leat__end_error(&q->ring);
	return -EAGAIN; /* also when tail is further: a push that is still under way will be popped
	                 */
}

/* 0; -EAGAIN: empty, or the push at the head is under way; -EPIPE: closed and drained; -ECANCELED.
 */
static inline int leat__mpmc_pop(struct leat__mpmc *q, void *item, size_t size)
{
	size_t stride = leat__mpmc_stride(size);
	/* relaxed: as in push */
	uint64_t head = LEAT__LOAD(&q->head, relaxed);
	struct leat__slot *slot;

	for (;;) {
		int64_t ahead;

		slot = leat__mpmc_slot(q, head, stride);
		/* M4, pairs with M1 in push: the item */
		ahead = (int64_t)(LEAT__LOAD(&slot->sequence, acquire) - (head + LEAT__STEP));
		if (LEAT__UNLIKELY(ahead < 0)) /* empty, or head is odd */
			return leat__mpmc_nothing(q, head);
		if (LEAT__UNLIKELY(ahead > 0)) {
			head = LEAT__LOAD(&q->head, relaxed);
			continue;
		}
		if (LEAT__LIKELY(LEAT__COMPARE_EXCHANGE_WEAK(&q->head, &head, head + LEAT__STEP,
		                                             relaxed)))
			break;
	}
	LEAT__COPY(item, leat__slot_item(slot), size);
	/* M3, pairs with M2 in push: frees the slot for the position one lap on */
	LEAT__STORE(&slot->sequence, head + LEAT__STEP * (q->ring.mask + 1), release);
	LEAT__FENCE_LIGHT(q->ring.fences);
	/* relaxed: as S5 */
	if (LEAT__UNLIKELY(LEAT__LOAD(&q->ring.not_full.state, relaxed) & LEAT__EVENT_ASLEEP_MASK))
		leat__ring_popped(&q->ring);
	return 0;
}

/* The form that new gives a lock-free ring with these flags. */
static inline int leat__is_spsc(uint32_t flags)
{
	const uint32_t both = LEAT_RING_SINGLE_PRODUCER | LEAT_RING_SINGLE_CONSUMER;

	return (flags & both) == both;
}

static inline int leat__typed_push(leat_ring *ring, const void *item, size_t size, uint32_t flags,
                                   leat_deadline until)
{
	int result = leat__is_spsc(flags)
	                     ? leat__spsc_push((struct leat__spsc *)(void *)ring, item, size)
	                     : leat__mpmc_push((struct leat__mpmc *)(void *)ring, item, size);

	if (LEAT__LIKELY(result != -EAGAIN || until == LEAT_NOW))
		return result;
	return leat__ring_push_waiting(ring, item, until);
}

static inline int leat__typed_pop(leat_ring *ring, void *item, size_t size, uint32_t flags,
                                  leat_deadline until)
{
	int result = leat__is_spsc(flags)
	                     ? leat__spsc_pop((struct leat__spsc *)(void *)ring, item, size)
	                     : leat__mpmc_pop((struct leat__mpmc *)(void *)ring, item, size);

	if (LEAT__LIKELY(result != -EAGAIN || until == LEAT_NOW))
		return result;
	return leat__ring_pop_waiting(ring, item, until);
}

static inline int leat__typed_new(leat_ring **ring, size_t capacity, size_t size, uint32_t flags)
{
	leat_ring_options options;

	memset(&options, 0, sizeof(options));
	options.size = sizeof(options);
	options.flags = flags;
	options.capacity = capacity;
	options.item_size = size;
	return leat__ring_new_typed(ring, &options, LEAT__RING_LAYOUT);
}

#define LEAT_RING_OF(name, type, flags)                                                            \
	struct name;                                                                               \
	static inline __attribute__((unused)) leat_ring *name##_ring(struct name *ring)            \
	{                                                                                          \
		return (leat_ring *)(void *)ring;                                                  \
	}                                                                                          \
	static inline __attribute__((unused)) int name##_new(struct name **ring, size_t capacity)  \
	{                                                                                          \
		leat_ring *made;                                                                   \
		int result = leat__typed_new(&made, capacity, sizeof(type), (flags));              \
                                                                                                   \
		if (result == 0)                                                                   \
			*ring = (struct name *)(void *)made;                                       \
		return result;                                                                     \
	}                                                                                          \
	static inline __attribute__((unused)) void name##_free(struct name *ring)                  \
	{                                                                                          \
		leat_ring_free(name##_ring(ring));                                                 \
	}                                                                                          \
	static inline __attribute__((unused)) int name##_push(struct name *ring, type const *item, \
	                                                      leat_deadline until)                 \
	{                                                                                          \
		return leat__typed_push(name##_ring(ring), item, sizeof(type), (flags), until);    \
	}                                                                                          \
	static inline __attribute__((unused)) int name##_pop(struct name *ring, type *item,        \
	                                                     leat_deadline until)                  \
	{                                                                                          \
		return leat__typed_pop(name##_ring(ring), item, sizeof(type), (flags), until);     \
	}                                                                                          \
	static inline __attribute__((unused))                                                      \
	ssize_t name##_push_n(struct name *ring, type const *items, size_t n, leat_deadline until) \
	{                                                                                          \
		return leat_ring_push_n(name##_ring(ring), items, n, until);                       \
	}                                                                                          \
	static inline __attribute__((unused))                                                      \
	ssize_t name##_pop_n(struct name *ring, type *items, size_t n, leat_deadline until)        \
	{                                                                                          \
		return leat_ring_pop_n(name##_ring(ring), items, n, until);                        \
	}                                                                                          \
	static inline __attribute__((unused)) void name##_close(struct name *ring)                 \
	{                                                                                          \
		leat_ring_close(name##_ring(ring));                                                \
	}                                                                                          \
	static inline __attribute__((unused)) void name##_cancel(struct name *ring)                \
	{                                                                                          \
		leat_ring_cancel(name##_ring(ring));                                               \
	}                                                                                          \
	struct name

#endif
