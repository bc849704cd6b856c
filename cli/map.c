/* SPDX-License-Identifier: Apache-2.0 */
/* What the working process consists of, before the threads start and after they have ended. */
#include "map.h"
#include "spawn.h"

#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK_MIN = 4096, CHUNK_MAX = 64 * 1024, JOBS_PER_WORKER = 3 };

/* The ring has room for all that can be on its way, so this never waits. */
void map_send(struct map *map, struct message message)
{
	leat_ring_push(map->results, &message, LEAT_FOREVER);
}

static size_t chunk_size(const struct map *map)
{
	size_t size = map->options->buffer / 2 / (map->n_jobs * (CHUNKS_PER_JOB + 1));
	size = size < CHUNK_MIN ? CHUNK_MIN : size > CHUNK_MAX ? CHUNK_MAX : size;
	return size / CHUNK_MIN * CHUNK_MIN;
}

static int new_ring(leat_ring **ring, size_t capacity, size_t item_size)
{
	leat_ring_options options = LEAT_RING_OPTIONS_INIT;
	options.capacity = capacity;
	options.item_size = item_size;
	return leat_ring_new(ring, &options);
}

static int init_job(struct map *map, struct job *job)
{
	job->map = map;
	int result = new_ring(&job->free_chunks, CHUNKS_PER_JOB, sizeof(struct chunk *));
	if (result < 0)
		return result;
	for (int i = 0; i < CHUNKS_PER_JOB; i++) {
		struct chunk *chunk = &job->chunks[i];
		chunk->job = job;
		leat_ring_push(job->free_chunks, &chunk, LEAT_NOW);
	}
	return leat_ring_push(map->free_jobs, &job, LEAT_NOW);
}

static void fini_job(struct job *job)
{
	leat_ring_free(job->free_chunks);
	for (int i = 0; i < CHUNKS_PER_JOB; i++)
		free(job->chunks[i].bytes);
	strings_free(&job->items);
}

static int init_rings(struct map *map)
{
	const size_t n_slots = map->options->jobs;
	int result;
	if ((result = new_ring(&map->free_jobs, map->n_jobs, sizeof(struct job *))) < 0 ||
	    (result = new_ring(&map->free_slots, n_slots, sizeof(struct slot *))) < 0 ||
	    (result = new_ring(&map->results, map->n_jobs * MESSAGES_PER_JOB + 1,
	                       sizeof(struct message))) < 0)
		return result;
	for (size_t i = 0; i < n_slots; i++) {
		struct slot *slot = &map->running.slots[i];
		leat_ring_push(map->free_slots, &slot, LEAT_NOW);
	}
	for (size_t i = 0; i < map->n_jobs; i++)
		if ((result = init_job(map, &map->jobs[i])) < 0)
			return result;
	return 0;
}

/*
 * Items come from a copy of stdin, and stdin itself becomes /dev/null: the jobs inherit it as it
 * is.
 */
static int init_input(struct map *map)
{
	struct stat status;
	struct items *items = &map->items;
	*items = (struct items){ .words = map->options->words,
		                 .n_words = map->options->n_words,
		                 .fd = -1,
		                 .stop_fd = map->running.reader_fd,
		                 .delimiter = map->options->nul ? '\0' : '\n' };
	if (!items->words && (items->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)) < 0)
		return -errno;
	off_t at = lseek(STDIN_FILENO, 0, SEEK_CUR);
	bool is_file = fstat(STDIN_FILENO, &status) == 0 && S_ISREG(status.st_mode);
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0)
		return -errno;
	close(null);
	if (is_file && at >= 0 && status.st_size > at)
		map->input_bytes = (uint64_t)(status.st_size - at);
	return 0;
}

static int init_pool(struct map *map)
{
	leat_pool_options options = LEAT_POOL_OPTIONS_INIT;
	options.workers = (uint32_t)map->options->jobs;
	options.backlog = map->n_jobs;
	options.name = "job";
	return leat_pool_new(&map->pool, &options);
}

int map_init(struct map *map, const struct map_options *options)
{
	map->options = options;
	map->n_jobs = options->jobs * JOBS_PER_WORKER;
	map->chunk_size = chunk_size(map);
	map->jobs = calloc(map->n_jobs, sizeof *map->jobs);
	if (!map->jobs)
		return -ENOMEM;
	template_init(&map->template, options->command, options->n_command);
	if (!map->template.words[0].replaces)
		find_command(options->command[0], &map->program);
	int result = running_init(&map->running, options->jobs);
	if (result < 0 || (result = init_rings(map)) < 0 || (result = init_input(map)) < 0)
		return result;
	return init_pool(map);
}

void map_fini(struct map *map)
{
	for (size_t i = 0; i < map->n_jobs; i++)
		fini_job(&map->jobs[i]);
	free(map->jobs);
	free(map->items.bytes);
	free(map->input_error);
	free(map->program);
	template_fini(&map->template);
	leat_ring_free(map->free_jobs);
	leat_ring_free(map->free_slots);
	leat_ring_free(map->results);
	running_fini(&map->running);
}
