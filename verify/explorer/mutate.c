/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mistakes made on purpose. If exploration notices none of the possible mistakes at a place, then either the
 * programs do not exercise the place, or it is stronger than it need be.
 */
#include "search.h"

#include <stdlib.h>
#include <string.h>

#define PROGRAMS_MAX 128
#define MUTANTS_MAX  1024

/* What a program takes without mistakes, so that the quick ones are tried first. */
struct trial {
	const struct explore_program *program;
	uint64_t schedules;
};

static struct trial trials[PROGRAMS_MAX];
static size_t n_trials;

/* A mistake at a place. Header code is compiled into several files: the same place may be several sites. */
struct mutant {
	const struct explore_site *at;
	uint8_t order, mistake;
	bool used[PROGRAMS_MAX]; /* the place, by this trial */
};

static struct mutant mutants[MUTANTS_MAX];
static size_t n_mutants;

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool same_place(const struct explore_site *a, const struct explore_site *b)
{
	return a->line == b->line && a->op == b->op && strcmp(a->file, b->file) == 0 &&
	       strcmp(a->text, b->text) == 0;
}

/* The same mistake, at an operation of the same text in the same file. */
static bool reads_the_same(const struct mutant *a, const struct mutant *b)
{
	return a->at->op == b->at->op && a->at->order == b->at->order && a->order == b->order &&
	       a->mistake == b->mistake && strcmp(a->at->text, b->at->text) == 0 &&
	       strcmp(base_name(a->at->file), base_name(b->at->file)) == 0;
}

/* As it stands in the list of those reviewed: without line numbers, which change; the second of the same
 * text in its file is told apart by (2). */
static void describe(const struct mutant *mutant, char *text, size_t size)
{
	static const char *const mistakes[] = { "", "left out", "does not compare", "comes late" };
	const struct explore_site *at = mutant->at;
	unsigned nth = 1;
	int n = snprintf(text, size, "%s: %s%s%s: ", base_name(at->file), op_name(at->op),
	                 *at->text ? " " : "", at->text);

	if (mutant->mistake)
		n += snprintf(text + n, size - (size_t)n, "%s", mistakes[mutant->mistake]);
	else
		n += snprintf(text + n, size - (size_t)n, "%s -> %s", order_name(at->order),
		              order_name(mutant->order));
	for (const struct mutant *m = mutants; m < mutant; m++)
		nth += reads_the_same(m, mutant);
	if (nth > 1)
		snprintf(text + n, size - (size_t)n, " (%u)", nth);
}

static void add_mutant(const struct explore_site *at, unsigned order, unsigned mistake)
{
	for (size_t i = 0; i < n_mutants; i++)
		if (same_place(mutants[i].at, at) && mutants[i].order == order &&
		    mutants[i].mistake == mistake)
			return;
	if (n_mutants == MUTANTS_MAX) {
		fprintf(stderr, "explore: more than %d mutants\n", MUTANTS_MAX);
		exit(2);
	}
	mutants[n_mutants++] = (struct mutant){ at, (uint8_t)order, (uint8_t)mistake, { 0 } };
}

static void add_orders(const struct explore_site *site)
{
	bool loads = site->op != EXPLORE_STORE, stores = site->op != EXPLORE_LOAD;

	switch (site->order) {
	case EXPLORE_seq_cst:
		add_mutant(site,
		           loads && stores ? EXPLORE_acq_rel
		           : loads         ? EXPLORE_acquire
		                           : EXPLORE_release,
		           NO_MISTAKE);
		break;
	case EXPLORE_acq_rel:
		add_mutant(site, EXPLORE_acquire, NO_MISTAKE);
		add_mutant(site, EXPLORE_release, NO_MISTAKE);
		break;
	case EXPLORE_acquire:
	case EXPLORE_release:
		add_mutant(site, EXPLORE_relaxed, NO_MISTAKE);
		break;
	default:
		break;
	}
}

static void add_mutants(const struct explore_site *site)
{
	switch (site->op) {
	case EXPLORE_FUTEX_WAIT:
		add_mutant(site, site->order, UNCOMPARED);
		return;
	case EXPLORE_MEMBARRIER:
	case EXPLORE_FUTEX_WAKE:
	case EXPLORE_SIGNAL:
	case EXPLORE_BROADCAST:
	case EXPLORE_SEMAPHORE_POST:
		add_mutant(site, site->order, SKIPPED);
		return;
	case EXPLORE_STORE:
		add_mutant(site, site->order, LATE);
		add_orders(site);
		return;
	default:
		if (site->op <= EXPLORE_FENCE)
			add_orders(site);
		return;
	}
}

static int by_name(const void *a, const void *b)
{
	const struct mutant *left = a, *right = b;
	int files = strcmp(base_name(left->at->file), base_name(right->at->file));

	return files ? files : (int)left->at->line - (int)right->at->line;
}

static int by_schedules(const void *a, const void *b)
{
	const struct trial *left = a, *right = b;

	return (left->schedules > right->schedules) - (left->schedules < right->schedules);
}

static void forget_use(void)
{
	for (struct explore_site *site = sites; site; site = site->next)
		site->used = false;
}

/* Which trials come to the place at all. */
static void note_use(size_t trial)
{
	for (struct explore_site *site = sites; site; site = site->next)
		for (size_t i = 0; site->used && i < n_mutants; i++)
			if (same_place(mutants[i].at, site))
				mutants[i].used[trial] = true;
}

static struct search_result result;

static bool try_without_mistakes(const struct explore_program *programs, size_t n,
                                 const struct search_options *options)
{
	for (size_t i = 0; i < n; i++) {
		if (!is_wanted(&programs[i]))
			continue;
		if (n_trials == PROGRAMS_MAX) {
			fprintf(stderr, "explore: more than %d programs\n", PROGRAMS_MAX);
			exit(2);
		}
		search_all(&programs[i], options, &result);
		if (!is_as_it_should(&programs[i], &result)) {
			printf("Bail out! %s fails without any mistake\n", programs[i].name);
			return false;
		}
		trials[n_trials++] = (struct trial){ &programs[i], result.schedules };
	}
	qsort(trials, n_trials, sizeof(trials[0]), by_schedules);
	for (struct explore_site *site = sites; site; site = site->next)
		add_mutants(site);
	qsort(mutants, n_mutants, sizeof(mutants[0]), by_name);
	for (size_t t = 0; t < n_trials; t++) {
		struct search_options few = *options;

		few.schedules = 2000;
		forget_use();
		search_all(trials[t].program, &few, &result);
		note_use(t);
	}
	return true;
}

static void make_mistake(const struct mutant *mutant, bool make)
{
	for (struct explore_site *site = sites; site; site = site->next)
		if (same_place(mutant->at, site)) {
			site->effective = make ? mutant->order : site->order;
			site->mistake = make ? mutant->mistake : NO_MISTAKE;
		}
}

/* The program that notices; NULL: none does. */
static const struct explore_program *who_notices(const struct mutant *mutant,
                                                 const struct search_options *options)
{
	const struct explore_program *found = NULL;

	make_mistake(mutant, true);
	for (size_t t = 0; t < n_trials && !found; t++) {
		if (!mutant->used[t])
			continue;
		search_all(trials[t].program, options, &result);
		if (result.end == FAILED || !is_as_it_should(trials[t].program, &result))
			found = trials[t].program;
	}
	make_mistake(mutant, false);
	return found;
}

/* Whether the list has the mutant; *reason is what it says. */
static bool is_reviewed(const char *list, const char *mutant, char *reason, size_t size)
{
	FILE *file = list ? fopen(list, "r") : NULL;
	char line[1024];
	size_t length = strlen(mutant);
	bool found = false;

	if (list && !file) {
		fprintf(stderr, "explore: cannot read %s\n", list);
		exit(2);
	}
	while (file && !found && fgets(line, sizeof(line), file))
		if (strncmp(line, mutant, length) == 0 && strncmp(line + length, " # ", 3) == 0) {
			found = true;
			snprintf(reason, size, "%.*s", (int)strcspn(line + length + 3, "\n"),
			         line + length + 3);
		}
	if (file)
		fclose(file);
	return found;
}

static bool check_mutant(const struct mutant *mutant, unsigned number,
                         const struct search_options *options, const char *reviewed,
                         unsigned *noticed)
{
	const struct explore_program *by = who_notices(mutant, options);
	char text[512], reason[512] = "";
	bool listed;

	describe(mutant, text, sizeof(text));
	listed = is_reviewed(reviewed, text, reason, sizeof(reason));
	*noticed += by != NULL;
	if (by && listed)
		printf("# in the list of those that nothing notices, but %s does\n", by->name);
	if (by)
		printf("# %s\n", result.failure);
	printf("%sok %u - line %u of %s%s%s\n", (by != NULL) == listed ? "not " : "", number,
	       mutant->at->line, text, by ? "; noticed by " : "; nothing notices",
	       by ? by->name : "");
	if (!by && listed)
		printf("# %s\n", reason);
	fflush(stdout);
	return (by != NULL) != listed;
}

/* Whether the line of the list is one of the mutants; what follows the # is its reason. */
static bool is_mutant(const char *line)
{
	char text[512];

	for (size_t i = 0; i < n_mutants; i++) {
		describe(&mutants[i], text, sizeof(text));
		if (strncmp(line, text, strlen(text)) == 0 &&
		    strncmp(line + strlen(text), " # ", 3) == 0)
			return true;
	}
	return false;
}

/* How many lines of the list are of no mistake that can be made: the source has changed. */
static unsigned check_list(const char *list)
{
	FILE *file = list ? fopen(list, "r") : NULL;
	char line[1024];
	unsigned stale = 0;

	while (file && fgets(line, sizeof(line), file))
		if (!is_mutant(line)) {
			printf("# no such mistake, or no reason: %s", line);
			stale++;
		}
	if (file)
		fclose(file);
	return stale;
}

int mutate(const struct explore_program *programs, size_t n, const struct search_options *options,
           const char *reviewed, unsigned part, unsigned parts)
{
	unsigned noticed = 0, tried = 0, wrong = 0;
	double began = seconds_now();

	if (!try_without_mistakes(programs, n, options))
		return 1;
	for (size_t i = 0; i < n_mutants; i++) {
		if (i % parts != part)
			continue;
		tried++;
		if (!check_mutant(&mutants[i], tried, options, reviewed, &noticed))
			wrong++;
	}
	if (check_list(reviewed) > 0) {
		printf("not ok %u - every line of the list is a mistake that can be made\n",
		       ++tried);
		wrong++;
	}
	printf("# %u of %u mistakes were noticed; %.0f s\n", noticed, tried, seconds_now() - began);
	if (tried == 0)
		printf("Bail out! there was nothing to get wrong\n");
	printf("1..%u\n", tried);
	return wrong || tried == 0 ? 1 : 0;
}
