/* SPDX-License-Identifier: MIT */
/* Reads years and zones out of hints: an id or a reply carries UTC, its line
 * the wall time of whoever wrote it (TRACE §6). */
#include "model/trace/stretch.h"

#include "base/alloc.h"
#include "model/store/server_name.h"
#include "model/store/stretch.h"
#include "model/trace/map.h"

#define QUARTER (15 * US_MINUTE)
#define NEAR (5 * US_MINUTE) /* what clocks and waiting may add to an offset   \
			      */
/* An old mail log never goes back so far but at the turn of a year. */
#define ROLL_BACK (60 * US_DAY)
#define LEAP_DAY (59 * US_DAY) /* from the start of a leap year */

static int64_t round_quarter(int64_t us)
{
	int64_t half = us < 0 ? -QUARTER / 2 : QUARTER / 2;

	return (us + half) / QUARTER * QUARTER;
}

static bool vote_of(const struct piece *p, const struct time_hint *h,
		    struct vote *v)
{
	struct stamp t = stamp_unpack(h->written);
	struct civil c;
	int64_t diff = t.us - h->utc;

	*v = (struct vote){.line = p->first_line + h->line,
			   .kind = (enum vote_kind)h->kind,
			   .zone = !(t.has & STAMP_ZONE)};
	if (t.us == TIME_NONE || h->utc == TIME_NONE)
		return false;
	if (!(t.has & STAMP_YEAR)) {
		civil_of(h->utc, &c);
		diff = INT64_MAX;
		for (int y = c.year - 1; y <= c.year + 1; y++) {
			int64_t d = clock_in_year(t.us, y) - h->utc;

			if (llabs(d) >= llabs(diff))
				continue;
			diff = d;
			v->year = y;
		}
	}
	v->offset = round_quarter(diff);
	return llabs(v->offset) <= ZONE_OFFSET_MAX &&
	       llabs(diff - v->offset) <= NEAR &&
	       (!v->zone || v->offset == zone_near(v->offset));
}

static void see_undated(struct dated *x, int64_t us)
{
	int64_t start = civil_days(STAMP_NO_YEAR, 1, 1) * US_DAY;

	if (x->first == TIME_NONE)
		x->first = us;
	x->last = us;
	if (us - start >= LEAP_DAY && us - start < LEAP_DAY + US_DAY)
		x->leap_roll = x->nrolls;
}

static void see_stamp(struct dated *x, int64_t packed)
{
	struct stamp t = stamp_unpack(packed);

	if (t.us == TIME_NONE)
		return;
	x->stamped = true;
	if (!(t.has & STAMP_ZONE))
		x->lacks_zone = true;
	if (t.has & STAMP_YEAR) {
		if (x->from == TIME_NONE || t.us < x->from)
			x->from = t.us;
		if (x->to == TIME_NONE || t.us > x->to)
			x->to = t.us;
		return;
	}
	x->lacks_year = true;
	see_undated(x, t.us);
}

static void add_roll(struct dated *x, uint64_t line)
{
	if (x->nrolls && x->rolls[x->nrolls - 1] >= line)
		return;
	GROW(x->rolls, x->nrolls, x->crolls);
	x->rolls[x->nrolls++] = line;
}

static bool rolls_over(int64_t before, int64_t after)
{
	struct stamp a = stamp_unpack(before), b = stamp_unpack(after);

	return a.us != TIME_NONE && b.us != TIME_NONE &&
	       !(a.has & STAMP_YEAR) && !(b.has & STAMP_YEAR) &&
	       b.us < a.us - ROLL_BACK;
}

static void read_parts(struct dated *x, const struct piece *p)
{
	size_t jump = 0;

	see_stamp(x, p->first);
	for (size_t i = 0; i < p->nfragments; i++) {
		const struct fragment *f = &p->fragments[i];

		for (; jump < p->njumps && p->jumps[jump].line <= f->first_line;
		     jump++)
			if (rolls_over(p->jumps[jump].before,
				       p->jumps[jump].after))
				add_roll(x,
					 p->first_line + p->jumps[jump].line);
		see_stamp(x, f->first);
	}
	for (; jump < p->njumps; jump++)
		if (rolls_over(p->jumps[jump].before, p->jumps[jump].after))
			add_roll(x, p->first_line + p->jumps[jump].line);
	for (size_t i = 0; i < p->nattempts; i++)
		if (!(stamp_unpack(p->attempts[i].time).has & STAMP_ZONE))
			x->lacks_zone = x->lacks_zone ||
					p->attempts[i].time != STAMP_NONE;
	see_stamp(x, p->last);
}

/* Turns of the wall clock -------------------------------------------------------- */

#define BUSY 20 /* lines in the run before, which then is no silence */

/* The word of the host that wrote most. */
static uint32_t main_host(const struct dated *x)
{
	struct map lines = {0};
	uint32_t best = 0, most = 0;

	for (size_t i = 0; i < x->npieces; i++) {
		const struct piece *p = x->pieces[i];

		for (size_t k = 0; k < p->nruns; k++) {
			uint32_t host = p->word_ids[p->runs[k].host];
			uint32_t *n = map_add(&lines, (uint64_t)host + 1, 0);

			*n += p->runs[k].lines;
			if (*n <= most)
				continue;
			most = *n;
			best = host;
		}
	}
	map_release(&lines);
	return best;
}

static void see_run(struct dated *x, const struct piece *p,
		    const struct time_run *r, const struct time_run *was)
{
	struct stamp a = stamp_unpack(was->last), b = stamp_unpack(r->first);
	int64_t jump = b.us - a.us;

	if (a.us == TIME_NONE || b.us == TIME_NONE || a.has != b.has ||
	    (jump <= RUN_SILENCE && jump >= -RUN_BACK))
		return;
	GROW(x->turns, x->nturns, x->cturns);
	x->turns[x->nturns++] = (struct turn){
		.line = p->first_line + r->first_line,
		.before = a.us,
		.after = b.us,
		.busy = was->lines >= BUSY,
	};
}

static int turn_order(const void *a, const void *b)
{
	const struct turn *x = a, *y = b;

	return (x->line > y->line) - (x->line < y->line);
}

static void read_turns(struct dated *x)
{
	uint32_t host = main_host(x);
	const struct time_run *was = NULL;

	for (size_t i = 0; i < x->npieces; i++) {
		const struct piece *p = x->pieces[i];

		for (size_t k = 0; k < p->nruns; k++) {
			const struct time_run *r = &p->runs[k];

			if (p->word_ids[r->host] != host)
				continue;
			if (was)
				see_run(x, p, r, was);
			was = r;
		}
	}
	if (x->nturns)
		qsort(x->turns, x->nturns, sizeof *x->turns, turn_order);
}

static struct slice server_text(const struct dated *x,
				const struct row_sink *words)
{
	struct slice host = {NULL, 0};

	if (x->source && x->source->server.len)
		return x->source->server;
	for (size_t i = 0; i < x->npieces && !host.ptr; i++) {
		const struct piece *p = x->pieces[i];
		uint32_t w = p->nfragments  ? p->fragments[0].host
			     : p->nsessions ? p->sessions[0].host
			     : p->nruns     ? p->runs[0].host
					    : 0;

		if (w)
			host = words->word_text(words->arg, p->word_ids[w]);
	}
	host = server_of_host(host);
	return host.len || !x->source ? host : server_stem(x->source->path);
}

/* The word of the server that an attempt of LINE went to. */
static uint32_t asked_at(const struct piece *p, uint32_t line)
{
	size_t lo = 0, hi = p->nattempts;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (p->attempts[mid].line < line)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == p->nattempts || p->attempts[lo].line != line)
		return 0;
	return p->word_ids[p->attempts[lo].relay_name];
}

void dated_read(struct dated *x, const struct row_sink *words,
		struct piece_pages *pages)
{
	struct vote v;

	x->first = x->last = x->from = x->to = TIME_NONE;
	x->leap_roll = SIZE_MAX;
	for (size_t i = 0; i < x->npieces; i++) {
		const struct piece *p = x->pieces[i];

		if (i && rolls_over(x->pieces[i - 1]->last, p->first))
			add_roll(x, p->first_line);
		read_parts(x, p);
		for (size_t k = 0; k < p->nhints; k++) {
			if (!vote_of(p, &p->hints[k], &v))
				continue;
			v.who = asked_at(p, p->hints[k].line);
			GROW(x->votes, x->nvotes, x->cvotes);
			x->votes[x->nvotes++] = v;
		}
		if (pages)
			pages->looked(pages);
	}
	if (x->lacks_zone)
		read_turns(x);
	x->server = server_text(x, words);
}

void dated_release(struct dated *x)
{
	free(x->rolls);
	free(x->votes);
	free(x->turns);
	free(x->told);
	free(x->zones);
}

void dated_add_zone(struct dated *x, uint64_t line, const char *zone)
{
	size_t n = strlen(zone);

	GROW(x->zones, x->nzones, x->czones);
	x->zones[x->nzones].line = line;
	if (n >= sizeof x->zones->zone)
		n = sizeof x->zones->zone - 1;
	memcpy(x->zones[x->nzones].zone, zone, n);
	x->zones[x->nzones++].zone[n] = '\0';
}

void dated_add_offset(struct dated *x, uint64_t line, int64_t offset)
{
	struct strbuf text = {0};

	civil_add_offset(&text, (int32_t)(offset / US_SECOND));
	dated_add_zone(x, line, strbuf_text(&text));
	strbuf_release(&text);
}

static enum stretch_basis vote_basis(enum vote_kind kind)
{
	switch (kind) {
	case VOTE_OWN: return BASIS_ID;
	case VOTE_OTHER: return BASIS_REPLY;
	case VOTE_HANDOFF: return BASIS_HANDOFF;
	case VOTE_COPY: return BASIS_COPY;
	}
	return BASIS_ASSUMED;
}

/* Years that began before LINE. */
static int rolls_before(const struct dated *x, uint64_t line)
{
	int n = 0;

	while ((size_t)n < x->nrolls && x->rolls[n] <= line)
		n++;
	return n;
}

/* Boyer and Moore's majority: one year wins or none does by much. */
static void vote_year(struct dated *x, enum vote_kind kind)
{
	int best = 0;
	long lead = 0;

	for (size_t i = 0; i < x->nvotes; i++) {
		const struct vote *v = &x->votes[i];
		int year;

		if (v->kind != kind || !v->year)
			continue;
		year = v->year - rolls_before(x, v->line);
		if (!lead)
			best = year;
		lead += year == best ? 1 : -1;
	}
	if (!lead)
		return;
	x->year = best;
	x->year_basis = vote_basis(kind);
}

void dated_vote(struct dated *x)
{
	static const enum vote_kind kinds[] = {VOTE_COPY, VOTE_OWN, VOTE_OTHER,
					       VOTE_HANDOFF};

	for (size_t i = 0; i < 4 && x->lacks_year && !x->year; i++)
		vote_year(x, kinds[i]);
	x->year_told = x->year;
	if (x->lacks_zone && x->zone_basis != BASIS_GIVEN)
		dated_vote_zone(x);
	if (x->zone_known && x->zone_basis != BASIS_GIVEN)
		dated_mark_told(x);
}
