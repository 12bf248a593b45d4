/* SPDX-License-Identifier: MIT */
/* In which order the records of a piece happened, where their times do not
 * follow: stretches of a log that were swapped or put together in the wrong
 * order go back to their places. */
#include "base/alloc.h"
#include "base/hash.h"
#include "model/trace/assembly.h"

#include <limits.h>

/* Stretches that were moved are few; a clock that steps often is none. */
#define RUNS_MAX 128 /* of all hosts */

/* A record and when it happened: no earlier than the one before it in its run
 * of lines. */
struct turn {
	int64_t time;
	uint32_t record, run, host;
};

/* Two hosts in one file have two clocks. */
struct clock_at {
	int64_t high;
	uint32_t run;
};

/* What the walk along the lines knows. */
struct turns {
	struct map hosts;
	struct clock_at *clock;
	size_t n, cap;
	uint32_t runs;
	int64_t step; /* the shortest by which time went back */
};

static struct clock_at *clock_of(struct turns *w, uint64_t host)
{
	uint32_t *at = map_add(&w->hosts, host | 1, NONE32);

	if (*at == NONE32) {
		*at = (uint32_t)w->n;
		GROW(w->clock, w->n, w->cap);
		w->clock[w->n++] = (struct clock_at){TIME_NONE, w->runs++};
	}
	return &w->clock[*at];
}

static void turn_place(struct turns *w, struct turn *t, uint64_t host,
		       struct stamp now)
{
	struct clock_at *c = clock_of(w, host);

	if (c->high == TIME_NONE) {
		c->high = now.us;
	} else if (now.us < c->high - assemble_race(now.us, c->high)) {
		if (c->high - now.us < w->step)
			w->step = c->high - now.us;
		c->high = now.us;
		c->run = w->runs++;
	} else if (now.us > c->high) {
		c->high = now.us;
	}
	t->time = c->high;
	t->run = c->run;
	t->host = (uint32_t)(c - w->clock);
}

/* Those without a time of their own stay with the one before them. False if the
 * times cannot be told to be of one scale, or never go back. */
static bool turns_fill(struct assembler *a, struct turns *w, struct turn *t)
{
	const struct piece_lines *l = &a->piece->columns;
	unsigned scale = UINT_MAX;

	for (uint32_t i = 0; i < l->n; i++) {
		struct stamp now = stamp_unpack(l->time[i]);
		struct record r;

		t[i] = i ? t[i - 1] : (struct turn){.time = INT64_MIN};
		t[i].record = i;
		if (now.us == TIME_NONE)
			continue;
		if (scale == UINT_MAX)
			scale = now.has & STAMP_ABSOLUTE;
		arena_reset(&a->scratch);
		assemble_peel(a, i, &r);
		turn_place(w, &t[i], hash64(r.host), now);
		if ((now.has & STAMP_ABSOLUTE) != scale ||
		    w->runs > RUNS_MAX)
			return false;
	}
	return w->runs > w->n;
}

/* Runs on their way into one order. */
struct merge {
	const struct turn *turns;
	uint32_t *next;  /* by record: the next one of its run, NONE32 */
	uint32_t head[RUNS_MAX], tail[RUNS_MAX]; /* records; NONE32: empty */
	uint32_t last[RUNS_MAX]; /* by host: the run that told last, NONE32 */
	int64_t told[RUNS_MAX];  /* by host: when */
	int64_t gap; /* the longest where a host's next run goes on */
	size_t changes;
};

static void merge_fill(struct merge *m, uint32_t n)
{
	memset(m->head, 0xff, sizeof m->head);
	memset(m->last, 0xff, sizeof m->last);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t run = m->turns[i].run;

		m->next[i] = NONE32;
		if (m->head[run] == NONE32)
			m->head[run] = i;
		else
			m->next[m->tail[run]] = i;
		m->tail[run] = i;
	}
}

/* Where two tell of the same second, the one that is at it goes on. */
static uint32_t merge_run(const struct merge *m, uint32_t runs, uint32_t now)
{
	uint32_t best = m->head[now] == NONE32 ? NONE32 : now;

	for (uint32_t r = 0; r < runs; r++)
		if (m->head[r] != NONE32 &&
		    (best == NONE32 || m->turns[m->head[r]].time / US_SECOND <
					       m->turns[m->head[best]].time /
						       US_SECOND))
			best = r;
	return best;
}

static void merge_into(struct merge *m, uint32_t runs, uint32_t *order)
{
	uint32_t run = 0, n = 0;

	while ((run = merge_run(m, runs, run)) != NONE32) {
		uint32_t i = m->head[run];
		const struct turn *t = &m->turns[i];
		uint32_t *last = &m->last[t->host];

		if (*last != NONE32 && *last != run) {
			m->changes++;
			/* the first lines of all may tell no time */
			if (m->told[t->host] != INT64_MIN &&
			    t->time - m->told[t->host] > m->gap)
				m->gap = t->time - m->told[t->host];
		}
		*last = run;
		m->told[t->host] = t->time;
		order[n++] = i;
		m->head[run] = m->next[i];
	}
}

uint32_t *assemble_order(struct assembler *a)
{
	uint32_t n = a->piece->columns.n;
	struct turn *t = mem_resize(NULL, n * sizeof *t + 1);
	struct turns w = {.step = INT64_MAX};
	uint32_t *order = NULL;

	if (turns_fill(a, &w, t)) {
		struct merge m = {
			.turns = t,
			.next = mem_resize(NULL, n * sizeof *m.next + 1),
		};

		order = mem_resize(NULL, n * sizeof *order + 1);
		merge_fill(&m, n);
		merge_into(&m, w.runs, order);
		free(m.next);
		/* stretches that were moved lie in each other's gaps: they
		 * take turns hardly more often than time went back, and fit
		 * without a silence; those of a clock that was put back lie
		 * over each other */
		if (m.changes > 4 * (w.runs - w.n) || m.gap > w.step / 8) {
			free(order);
			order = NULL;
		}
	}
	map_release(&w.hosts);
	free(w.clock);
	free(t);
	return order;
}
