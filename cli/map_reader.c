/* SPDX-License-Identifier: Apache-2.0 */
/* The reader: the producer of jobs. */
#include "map.h"

/*
 * Fills the job with its items. False: there are none left, or none are wanted, or they cannot be
 * read; a group of items that such an end cuts short is not run.
 */
static bool fill(struct map *map, struct job *job)
{
	int result = ITEMS_ONE;
	strings_clear(&job->items);
	while (result == ITEMS_ONE && job->items.n < map->options->items_per_job)
		result = items_next(&map->items, &job->items, &map->input_error);
	job->n_bytes_before = map->items.n_bytes;
	return job->items.n > 0 && (result == ITEMS_ONE || result == ITEMS_END);
}

/*
 * A job comes from the ring before its items are read, so the number of jobs bounds what is read
 * ahead. The backlog of the pool has room for all of them: only the ring ever waits.
 */
void *map_reader(void *argument)
{
	struct map *map = argument;
	uint64_t n = 0;
	while (running_stop_reason(&map->running) == STOP_NONE) {
		struct job *job;
		leat_ring_pop(map->free_jobs, &job, LEAT_FOREVER);
		if (!fill(map, job))
			break;
		job->number = n++;
		leat_pool_submit(map->pool, job_run, job, LEAT_FOREVER);
	}
	items_close(&map->items);
	map_send(map, (struct message){ .kind = MESSAGE_NO_MORE, .n_jobs = n });
	return NULL;
}
