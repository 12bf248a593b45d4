/* SPDX-License-Identifier: MIT */
/* Zone and year of a source out of handoffs: the id that one log names in an
 * answer is the id that another log opened at nearly the same time. Looked at
 * only where ids and replies that carry time did not tell. */
#include "base/alloc.h"
#include "model/store/stretch.h"
#include "model/trace/map.h"
#include "model/trace/stretch.h"

/* A real clock is rarely wrong by more; a zone is one that is in use. */
#define CLOCK_WRONG (14 * US_MINUTE)
#define SAME_ID 32 /* more holders of one id are no help */

/* Offsets in use that are no whole hours, in minutes. */
static const int16_t odd_zones[] = {-570, -270, -210, -150, 210, 270, 330, 345,
				    390,  510,  525,  570,  630, 765, 825};

static bool near(int64_t us, int64_t zone, int64_t *best)
{
	if (llabs(us - zone) >= llabs(us - *best))
		return false;
	*best = zone;
	return true;
}

int64_t zone_near(int64_t us)
{
	int64_t best = -12 * US_HOUR;

	for (int h = -12; h <= 14; h++)
		near(us, h * US_HOUR, &best);
	for (size_t i = 0; i < sizeof odd_zones / sizeof *odd_zones; i++)
		near(us, odd_zones[i] * US_MINUTE, &best);
	return best;
}

/* An id as one side wrote it. */
struct mention {
	uint64_t hash;
	struct slice id;
	int64_t written; /* packed stamp */
	uint64_t line;
	uint32_t source; /* index in the list */
	bool opens;      /* else: an answer names it */
};

struct mentions {
	struct mention *list;
	size_t n, cap;
};

static void add(struct mentions *m, const struct mention *x)
{
	if (!x->id.len || x->written == STAMP_NONE)
		return;
	GROW(m->list, m->n, m->cap);
	m->list[m->n] = *x;
	m->list[m->n++].hash = hash64(x->id);
}

static void add_piece(struct mentions *m, uint32_t source,
		      const struct piece *p)
{
	for (size_t i = 0; i < p->nfragments; i++) {
		const struct fragment *f = &p->fragments[i];

		if (f->edges & (PART_OPENED | PART_OPENED_WEAKLY))
			add(m, &(struct mention){
				       .id = intern_get(&p->texts, f->queue_id),
				       .written = f->first,
				       .line = p->first_line + f->first_line,
				       .source = source,
				       .opens = true,
			       });
	}
	for (size_t i = 0; i < p->nattempts; i++) {
		const struct attempt *a = &p->attempts[i];

		if (a->next_id && a->action == ACTION_RELAY)
			add(m, &(struct mention){
				       .id = intern_get(&p->texts, a->next_id),
				       .written = a->time,
				       .line = p->first_line + a->line,
				       .source = source,
			       });
	}
}

static int mention_order(const void *a, const void *b)
{
	const struct mention *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

/* What the other side's time, KNOWN, says of the stamp of M. */
static void vote(struct dated *x, const struct mention *m, uint32_t who,
		 int64_t known)
{
	struct vote v = {.line = m->line, .kind = VOTE_HANDOFF, .who = who};
	struct stamp t = stamp_unpack(m->written);
	int64_t diff = t.us - known, least = INT64_MAX;
	struct civil c;

	v.zone = !(t.has & STAMP_ZONE);
	civil_of(known, &c);
	for (int y = c.year - 1; !(t.has & STAMP_YEAR) && y <= c.year + 1;
	     y++) {
		int64_t d = clock_in_year(t.us, y) - known;

		if (llabs(d) >= least)
			continue;
		least = llabs(d);
		diff = d;
		v.year = y;
	}
	v.offset = v.zone ? zone_near(diff) : 0;
	if (llabs(diff - v.offset) > CLOCK_WRONG)
		return;
	GROW(x->votes, x->nvotes, x->cvotes);
	x->votes[x->nvotes++] = v;
}

static bool is_dated(const struct dated *x)
{
	return (!x->lacks_zone || x->zone_known) &&
	       (!x->lacks_year || x->year);
}

/* Whether handoffs may tell something of X. */
static bool is_asking(const struct dated *x)
{
	return !is_dated(x) || (x->lacks_zone && x->untold &&
				x->zone_basis != BASIS_GIVEN);
}

/* What Y says of line M is known by itself; if not (LAX) it does for those of
 * which nothing is known. */
static bool is_usable(const struct dated *y, const struct mention *m,
		      const struct dated *x, bool lax)
{
	return is_dated(y) &&
	       (dated_is_told(y, m->line) || (lax && !is_dated(x)));
}

static void match(struct dated *list, const struct clocks *clocks,
		  const struct mention *m, size_t n, bool lax)
{
	for (size_t i = 0; i < n; i++) {
		struct dated *x = &list[m[i].source];

		for (size_t k = 0; k < n && is_asking(x); k++) {
			const struct dated *y = &list[m[k].source];
			int64_t known;

			if (m[k].opens == m[i].opens ||
			    m[k].source == m[i].source ||
			    !is_usable(y, &m[k], x, lax) ||
			    !slice_eq(m[k].id, m[i].id))
				continue;
			known = clocks_utc(clocks, y->source->id, m[k].line,
					   m[k].written, NULL);
			if (known != TIME_NONE)
				vote(x, &m[i], m[k].source + 1, known);
			break;
		}
	}
}

static int vote_order(const void *a, const void *b)
{
	const struct vote *x = a, *y = b;

	return (x->line > y->line) - (x->line < y->line);
}

/* Votes of handoffs are cast anew in each round. */
static void drop_votes(struct dated *x)
{
	size_t n = 0;

	for (size_t i = 0; i < x->nvotes; i++)
		if (x->votes[i].kind != VOTE_HANDOFF)
			x->votes[n++] = x->votes[i];
	x->nvotes = n;
}

static bool take_votes(struct dated *x)
{
	size_t untold = x->zone_known ? x->untold : SIZE_MAX;
	bool dated = is_dated(x);

	if (!x->nvotes)
		return false;
	qsort(x->votes, x->nvotes, sizeof *x->votes, vote_order);
	dated_vote(x);
	return is_dated(x) != dated || (x->zone_known && x->untold < untold);
}

/* One round; whether more became known of a source. */
static bool handoff_round(struct dated *list, size_t n,
			  const struct mentions *m, bool lax)
{
	struct stretch_list known = {0};
	struct clocks clocks;
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		if (is_dated(&list[i]) && list[i].stamped)
			dated_stretches(&list[i], &known);
		if (is_asking(&list[i]))
			drop_votes(&list[i]);
	}
	clocks_init(&clocks, known.list, known.n);
	for (size_t i = 0; i < m->n;) {
		size_t from = i;

		while (i < m->n && m->list[i].hash == m->list[from].hash)
			i++;
		if (i - from > 1 && i - from <= SAME_ID)
			match(list, &clocks, m->list + from, i - from, lax);
	}
	clocks_release(&clocks);
	free(known.list);
	for (size_t i = 0; i < n; i++)
		if (is_asking(&list[i]))
			any |= take_votes(&list[i]);
	return any;
}

void dated_handoffs(struct dated *list, size_t n)
{
	struct mentions m = {0};
	size_t asking = 0, known = 0;

	for (size_t i = 0; i < n; i++) {
		asking += is_asking(&list[i]);
		known += is_dated(&list[i]);
	}
	if (!asking || !known)
		return;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < list[i].npieces; k++)
			add_piece(&m, (uint32_t)i, list[i].pieces[k]);
	if (m.n)
		qsort(m.list, m.n, sizeof *m.list, mention_order);
	for (int lax = 0; lax <= 1; lax++)
		while (handoff_round(list, n, &m, lax))
			;
	free(m.list);
}
