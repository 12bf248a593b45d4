/* SPDX-License-Identifier: MIT */
/* The zone of a source that does not say it, and where it changes: hints and the
 * jumps of the wall clock are read in order as the cheapest story of zones. */
#include "base/alloc.h"
#include "model/store/stretch.h"
#include "model/trace/map.h"
#include "model/trace/stretch.h"

#define QUARTER (15 * US_MINUTE)
#define OFFSETS (2 * ZONE_OFFSET_MAX / QUARTER + 1)
#define STATES 12 /* zones that one source may have had */
#define VOTED 8   /* of these by votes; the others by jumps */

/* What a story costs. An id of the host itself weighs more than what others say;
 * without a jump of the wall clock that allows it a change is hardly true. */
#define OWN_WEIGHT 8
#define OTHER_WEIGHT 2
#define CHANGE 6
#define CHANGE_IN_SILENCE 10
#define CHANGE_UNSEEN 24
#define CHANGE_EXPECTED (-1)

/* Zones with summer time change it in the night to Sunday, but for a few that
 * do so on a day beside it; all but Lord Howe by an hour. */
#define NIGHT_END 5                     /* o'clock */
#define SLOW (10 * US_MINUTE)           /* at most between two lines */
#define PROMPT (2 * US_MINUTE)
#define LORD_HOWE_SUMMER (11 * US_HOUR)

static bool is_night_of_change(const struct dated *x, const struct turn *t)
{
	struct civil c;
	int64_t day;

	civil_of(t->before, &c);
	if (c.hour >= NIGHT_END || !x->year_told)
		return c.hour < NIGHT_END;
	day = clock_in_year(t->before, x->year_told) / US_DAY;
	/* 1 January 1970 was a Thursday */
	day = (day % 7 + 7 + 4) % 7;
	return day == 0 || day == 6 || day == 5;
}

/* By how much the clock was most likely moved at T, 0 if nothing speaks for that. */
static int64_t expected_move(const struct dated *x, const struct turn *t,
			     int64_t zone)
{
	int64_t jump = t->after - t->before, hour = t->before % US_HOUR;

	if (!is_night_of_change(x, t))
		return 0;
	if (jump >= -US_HOUR - US_SECOND && jump <= -US_HOUR + SLOW)
		return -US_HOUR;
	if (zone == LORD_HOWE_SUMMER && jump >= -US_HOUR / 2 - US_SECOND &&
	    jump <= -US_HOUR / 2 + SLOW)
		return -US_HOUR / 2;
	if (t->busy && jump >= US_HOUR && jump <= US_HOUR + 2 * PROMPT &&
	    hour >= US_HOUR - PROMPT && t->after % US_HOUR <= PROMPT)
		return US_HOUR;
	return 0;
}

static int change_cost(const struct dated *x, const struct turn *t,
		       int64_t from, int64_t to)
{
	int64_t moved = to - from, jump = t->after - t->before;

	if (moved == expected_move(x, t, from))
		return CHANGE_EXPECTED;
	/* time itself went on by JUMP - MOVED */
	if (jump - moved < -US_MINUTE)
		return CHANGE_UNSEEN;
	if (moved > 0)
		return jump <= moved + SLOW ? CHANGE : CHANGE_IN_SILENCE;
	return jump < 0 ? CHANGE : CHANGE_IN_SILENCE;
}

/* The story ------------------------------------------------------------------------ */

struct story {
	struct dated *x;
	bool own_only;
	int64_t zone[STATES];
	int nzones;
	int cost[STATES];
	uint8_t *back; /* by step and state: the state before */
	uint64_t *line; /* by step */
	size_t nsteps;
};

static bool is_heard(const struct story *s, const struct vote *v)
{
	return v->zone && (vote_is_own(v) || (!s->own_only && v->heard));
}

static int weight(const struct vote *v)
{
	return vote_is_own(v) ? OWN_WEIGHT : OTHER_WEIGHT;
}

static void add_zone(struct story *s, int64_t zone)
{
	for (int i = 0; i < s->nzones; i++)
		if (s->zone[i] == zone)
			return;
	if (s->nzones < STATES && llabs(zone) <= ZONE_OFFSET_MAX)
		s->zone[s->nzones++] = zone;
}

/* The zones most votes name; false if these scatter. */
static bool find_zones(struct story *s)
{
	const struct dated *x = s->x;
	unsigned count[OFFSETS] = {0}, all = 0;

	for (size_t i = 0; i < x->nvotes; i++) {
		const struct vote *v = &x->votes[i];

		if (!is_heard(s, v))
			continue;
		count[(v->offset + ZONE_OFFSET_MAX) / QUARTER] +=
			(unsigned)weight(v);
		all += (unsigned)weight(v);
	}
	while (s->nzones < VOTED) {
		size_t best = 0;

		for (size_t i = 1; i < OFFSETS; i++)
			if (count[i] > count[best])
				best = i;
		if (!count[best] || (!s->nzones && count[best] * 3 < all))
			break;
		add_zone(s, (int64_t)best * QUARTER - ZONE_OFFSET_MAX);
		count[best] = 0;
	}
	if (!s->nzones)
		return false;
	for (size_t i = 0; i < x->nturns; i++) {
		int64_t moved = expected_move(x, &x->turns[i], s->zone[0]);

		if (moved)
			add_zone(s, s->zone[0] + moved);
	}
	return true;
}

/* The cheapest way to be in zone TO behind the turn T, NULL none, if the costs
 * were WAS; LEAST is the cheapest of these. */
static void arrive(struct story *s, const struct turn *t, const int *was,
		   int least, int to, uint8_t *back)
{
	*back = (uint8_t)to;
	if (was[least] + CHANGE_UNSEEN < s->cost[to]) {
		s->cost[to] = was[least] + CHANGE_UNSEEN;
		*back = (uint8_t)least;
	}
	for (int from = 0; t && from < s->nzones; from++) {
		int c = was[from];

		if (from == to)
			continue;
		c += change_cost(s->x, t, s->zone[from], s->zone[to]);
		if (c < s->cost[to]) {
			s->cost[to] = c;
			*back = (uint8_t)from;
		}
	}
}

static void step(struct story *s, uint64_t line, const struct turn *t)
{
	uint8_t *back = &s->back[s->nsteps * STATES];
	int was[STATES], least = 0;

	memcpy(was, s->cost, sizeof was);
	for (int i = 1; i < s->nzones; i++)
		if (was[i] < was[least])
			least = i;
	s->line[s->nsteps++] = line;
	for (int to = 0; to < s->nzones; to++)
		arrive(s, t, was, least, to, &back[to]);
}

static void run(struct story *s)
{
	const struct dated *x = s->x;
	size_t turn = 0;

	for (size_t i = 0; i < x->nvotes; i++) {
		const struct vote *v = &x->votes[i];

		if (!is_heard(s, v))
			continue;
		for (; turn < x->nturns && x->turns[turn].line <= v->line;
		     turn++)
			step(s, x->turns[turn].line, &x->turns[turn]);
		step(s, v->line, NULL);
		for (int k = 0; k < s->nzones; k++)
			s->cost[k] += s->zone[k] == v->offset ? 0 : weight(v);
	}
	for (; turn < x->nturns; turn++)
		step(s, x->turns[turn].line, &x->turns[turn]);
}

/* Back through the steps, into X's zones. */
static void tell(struct story *s)
{
	struct dated *x = s->x;
	int *at = mem_alloc((s->nsteps + 1) * sizeof *at);
	int best = 0;

	for (int i = 1; i < s->nzones; i++)
		if (s->cost[i] < s->cost[best])
			best = i;
	at[s->nsteps] = best;
	for (size_t i = s->nsteps; i--;)
		at[i] = s->back[i * STATES + (size_t)at[i + 1]];
	x->nzones = 0;
	dated_add_offset(x, 1, s->zone[at[0]]);
	for (size_t i = 0; i < s->nsteps; i++)
		if (at[i + 1] != at[i])
			dated_add_offset(x, s->line[i], s->zone[at[i + 1]]);
	free(at);
}

static bool make_story(struct dated *x, bool own_only)
{
	struct story s = {.x = x, .own_only = own_only};
	size_t most = x->nvotes + x->nturns + 1;
	bool known = find_zones(&s);

	if (!known)
		return false;
	s.back = mem_alloc(most * STATES);
	s.line = mem_alloc(most * sizeof *s.line);
	run(&s);
	tell(&s);
	free(s.back);
	free(s.line);
	return true;
}

/* Who is heard ---------------------------------------------------------------------- */

struct witness {
	uint32_t n, agree;
};

static int64_t zone_at(const struct dated *x, uint64_t line)
{
	int64_t us = 0;
	size_t i = x->nzones;

	while (i > 1 && x->zones[i - 1].line > line)
		i--;
	if (i)
		clock_fixed(x->zones[i - 1].zone, &us);
	return us;
}

static struct witness *witness_of(struct map *m, struct witness **list,
				  const struct vote *v, size_t *n, size_t *cap)
{
	uint32_t *at = map_add(m, ((uint64_t)v->who << 2 | v->kind) + 1,
			       UINT32_MAX);

	if (*at == UINT32_MAX) {
		GROW(*list, *n, *cap);
		(*list)[*n] = (struct witness){0};
		*at = (uint32_t)(*n)++;
	}
	return &(*list)[*at];
}

/* Where the own ids tell the zone, others are heard that mostly agree; one whose own
 * clock or zone is wrong never does. A change of zone that the own ids do not
 * show leaves at least some agreeing. */
static void hear_others(struct dated *x, bool own)
{
	struct map m = {0};
	struct witness *list = NULL;
	size_t n = 0, cap = 0;

	for (size_t i = 0; own && i < x->nvotes; i++) {
		const struct vote *v = &x->votes[i];
		struct witness *w;

		if (!v->zone || vote_is_own(v))
			continue;
		w = witness_of(&m, &list, v, &n, &cap);
		w->n++;
		w->agree += zone_at(x, v->line) == v->offset;
	}
	for (size_t i = 0; i < x->nvotes; i++) {
		struct vote *v = &x->votes[i];
		const struct witness *w;

		v->heard = !own;
		if (!own || !v->zone || vote_is_own(v))
			continue;
		w = witness_of(&m, &list, v, &n, &cap);
		v->heard = w->agree && w->agree * 10 >= w->n;
	}
	free(list);
	map_release(&m);
}

void dated_vote_zone(struct dated *x)
{
	bool own = make_story(x, true);

	hear_others(x, own);
	if (!make_story(x, false))
		return;
	x->zone_known = true;
	x->zone_basis = own ? BASIS_ID : BASIS_HANDOFF;
	for (size_t i = 0; i < x->nvotes; i++) {
		const struct vote *v = &x->votes[i];

		if (v->zone && v->kind == VOTE_COPY)
			x->zone_basis = BASIS_COPY;
		if (v->zone && v->heard && v->kind == VOTE_OTHER && !own)
			x->zone_basis = BASIS_REPLY;
	}
}

/* What is told ---------------------------------------------------------------------- */

/* Index of the last turn at or before LINE plus one. */
static size_t span_of(const struct dated *x, uint64_t line)
{
	size_t lo = 0, hi = x->nturns;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (x->turns[mid].line <= line)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool could_change(const struct turn *t)
{
	int64_t jump = t->after - t->before;

	return jump < 0 || jump >= US_HOUR / 2;
}

void dated_mark_told(struct dated *x)
{
	free(x->told);
	x->told = mem_alloc(x->nturns + 1);
	x->untold = 0;
	for (size_t i = 0; i < x->nvotes; i++)
		if (x->votes[i].zone &&
		    (x->votes[i].heard || vote_is_own(&x->votes[i])))
			x->told[span_of(x, x->votes[i].line)] = 1;
	/* short silences in which nothing can have changed carry on */
	for (size_t i = 1; i <= x->nturns; i++)
		if (x->told[i - 1] && !could_change(&x->turns[i - 1]))
			x->told[i] = 1;
	for (size_t i = x->nturns; i--;)
		if (x->told[i + 1] && !could_change(&x->turns[i]))
			x->told[i] = 1;
	for (size_t i = 0; i <= x->nturns; i++)
		x->untold += !x->told[i];
}

bool dated_is_told(const struct dated *x, uint64_t line)
{
	if (!x->lacks_zone || x->zone_basis == BASIS_GIVEN)
		return true;
	return x->zone_known && x->told && x->told[span_of(x, line)];
}
