/* SPDX-License-Identifier: MIT */
/* Zone and year of sources whose lines lack them: given, from ids, from
 * replies, from siblings, from the file's name and time, else assumed. */
#include "model/trace/stretch.h"

#include "base/alloc.h"
#include "model/store/stretch.h"

struct dater {
	const struct trace_input *in;
	struct dated *list;
	size_t n;
	const struct piece **pieces; /* by source and number */
};

static int piece_order(const void *a, const void *b)
{
	const struct piece *x = *(const struct piece *const *)a;
	const struct piece *y = *(const struct piece *const *)b;

	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

static void read_sources(struct dater *t, const struct row_sink *words)
{
	const struct trace_input *in = t->in;

	t->pieces = mem_alloc(in->npieces * sizeof *t->pieces + 1);
	for (size_t i = 0; i < in->npieces; i++)
		t->pieces[i] = in->pieces[i];
	if (in->npieces)
		qsort(t->pieces, in->npieces, sizeof *t->pieces, piece_order);
	t->list = mem_alloc(in->nsources * sizeof *t->list + 1);
	for (size_t i = 0; i < in->nsources; i++) {
		struct dated *x = &t->list[t->n];
		size_t from = 0, to;

		while (from < in->npieces &&
		       t->pieces[from]->source != in->sources[i].id)
			from++;
		for (to = from; to < in->npieces &&
				t->pieces[to]->source == in->sources[i].id;)
			to++;
		if (from == to)
			continue;
		x->source = &in->sources[i];
		x->pieces = t->pieces + from;
		x->npieces = to - from;
		dated_read(x, words, in->pages);
		t->n++;
	}
}

static void take_given(struct dated *x)
{
	char zone[64];
	struct slice given = x->source->zone;

	if (given.len && given.len < sizeof zone && x->lacks_zone) {
		memcpy(zone, given.ptr, given.len);
		zone[given.len] = '\0';
		dated_add_zone(x, 1, zone);
		x->zone_known = true;
		x->zone_basis = BASIS_GIVEN;
	}
	if (x->source->year && x->lacks_year) {
		x->year = x->source->year;
		x->year_basis = BASIS_GIVEN;
	}
}

static int64_t offset_of(const struct dated *x)
{
	int64_t us = 0;

	if (x->nzones)
		clock_fixed(x->zones[x->nzones - 1].zone, &us);
	return us;
}

/* The first year of X that puts its last line at or just before END; one with a
 * 29th of February where it needs one. */
static int year_before(const struct dated *x, int64_t end)
{
	struct civil c;
	int last;

	civil_of(end, &c);
	last = c.year;
	if (clock_in_year(x->last, last) - offset_of(x) > end)
		last--;
	for (int k = 0; k < 8 && x->leap_roll != SIZE_MAX; k++, last--)
		if (civil_is_leap(last - (int)x->nrolls + (int)x->leap_roll))
			break;
	return last - (int)x->nrolls;
}

/* UTC of the last line, TIME_NONE if its year is not known. */
static int64_t end_of(const struct dated *x)
{
	if (x->lacks_year)
		return x->year ? clock_in_year(x->last,
					       x->year + (int)x->nrolls)
			       : TIME_NONE;
	return x->to;
}

static int64_t start_of(const struct dated *x)
{
	if (x->lacks_year)
		return x->year ? clock_in_year(x->first, x->year) : TIME_NONE;
	return x->from;
}

static int64_t now_limit(const struct dater *t)
{
	int64_t now = t->in->settings.now;

	return now == TIME_NONE ? INT64_MAX : now + US_DAY;
}

/* The year that brings X nearest to its sibling, and not after now. */
static int year_near(const struct dater *t, const struct dated *x,
		     const struct dated *sibling)
{
	int64_t a = start_of(sibling), b = end_of(sibling),
		best_gap = INT64_MAX;
	struct civil c;
	int best = 0;

	civil_of(b, &c);
	for (int last = c.year + 1; last >= c.year - 1; last--) {
		int first = last - (int)x->nrolls;
		int64_t to = clock_in_year(x->last, last);
		int64_t from = clock_in_year(x->first, first);
		int64_t gap = from > b ? from - b : to < a ? a - to : 0;

		if (to > now_limit(t) || gap >= best_gap ||
		    (x->leap_roll != SIZE_MAX &&
		     !civil_is_leap(first + (int)x->leap_roll)))
			continue;
		best_gap = gap;
		best = first;
	}
	return best;
}

static bool is_solid(enum stretch_basis b)
{
	return b == BASIS_LINE || b == BASIS_HEADER || b == BASIS_ID ||
	       b == BASIS_REPLY || b == BASIS_HANDOFF || b == BASIS_GIVEN ||
	       b == BASIS_COPY;
}

/* A year that some other source knows by itself. */
static void year_of_siblings(const struct dater *t, struct dated *x,
			     bool same_server)
{
	for (size_t i = 0; i < t->n && !x->year; i++) {
		const struct dated *s = &t->list[i];

		if (s == x || end_of(s) == TIME_NONE ||
		    start_of(s) == TIME_NONE ||
		    (s->lacks_year && !is_solid(s->year_basis)) ||
		    (same_server && !slice_eq_nocase(s->server, x->server)))
			continue;
		x->year = year_near(t, x, s);
		x->year_basis = BASIS_SIBLING;
	}
}

/* The zone that most other sources know by themselves. */
static void zone_of_siblings(const struct dater *t, struct dated *x,
			     bool same_server)
{
	const char *best = NULL;
	size_t most = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct dated *s = &t->list[i];
		size_t n = 0;

		if (s == x || !s->nzones || !is_solid(s->zone_basis) ||
		    (same_server && !slice_eq_nocase(s->server, x->server)))
			continue;
		for (size_t k = 0; k < t->n; k++)
			n += t->list[k].nzones &&
			     is_solid(t->list[k].zone_basis) &&
			     strcmp(t->list[k].zones[0].zone,
				    s->zones[0].zone) == 0;
		if (n > most) {
			most = n;
			best = s->zones[s->nzones - 1].zone;
		}
	}
	if (!best)
		return;
	{
		char zone[64];

		memcpy(zone, best, sizeof zone);
		dated_add_zone(x, 1, zone);
	}
	x->zone_known = true;
	x->zone_basis = BASIS_SIBLING;
}

static bool digits(const char *s, size_t n, int *value)
{
	*value = 0;
	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		*value = *value * 10 + (s[i] - '0');
	}
	return true;
}

/* "maillog-20140209", "mail.log.2014-02-03.gz": the end of that day. */
static int64_t date_of_name(struct slice path)
{
	size_t slash = slice_rchr(path, '/');
	int y, m, d;

	if (slash != SLICE_NONE)
		path = slice_from(path, slash + 1);
	for (size_t i = 0; i + 8 <= path.len; i++) {
		const char *s = path.ptr + i;
		size_t dash = s[4] == '-' || s[4] == '_' || s[4] == '.';

		if (i && s[-1] >= '0' && s[-1] <= '9')
			continue;
		if (i + 8 + 2 * dash > path.len || !digits(s, 4, &y) ||
		    !digits(s + 4 + dash, 2, &m) ||
		    !digits(s + 6 + 2 * dash, 2, &d) || (dash && s[7] != s[4]))
			continue;
		if (y >= 1980 && y < 2100 && m >= 1 && m <= 12 && d >= 1 &&
		    d <= 31)
			return (civil_days(y, m, d) + 1) * US_DAY;
	}
	return TIME_NONE;
}

static void year_of_file(const struct dater *t, struct dated *x)
{
	int64_t end = date_of_name(x->source->path);

	x->year_basis = BASIS_FILE_NAME;
	if (end == TIME_NONE) {
		end = x->source->mtime;
		x->year_basis = BASIS_MTIME;
	}
	if (end == TIME_NONE) {
		end = t->in->settings.now;
		x->year_basis = BASIS_ASSUMED;
	}
	if (end == TIME_NONE)
		end = civil_days(STAMP_NO_YEAR + 1, 1, 1) * US_DAY;
	/* where the zone is not known, a day may be missing */
	if (!x->zone_known)
		end += US_DAY / 2;
	if (end > now_limit(t))
		end = now_limit(t);
	x->year = year_before(x, end);
}

static void decide(struct dater *t, const struct row_sink *words)
{
	for (size_t i = 0; i < t->n; i++)
		take_given(&t->list[i]);
	dated_copies(t->list, t->n, t->in, words);
	for (size_t i = 0; i < t->n; i++)
		dated_vote(&t->list[i]);
	dated_handoffs(t->list, t->n);
	for (int same = 1; same >= 0; same--)
		for (size_t i = 0; i < t->n; i++) {
			struct dated *x = &t->list[i];

			if (x->lacks_zone && !x->zone_known)
				zone_of_siblings(t, x, same);
			if (x->lacks_year && !x->year && x->last != TIME_NONE)
				year_of_siblings(t, x, same);
		}
	for (size_t i = 0; i < t->n; i++) {
		struct dated *x = &t->list[i];

		if (x->lacks_zone && !x->zone_known) {
			x->zone_basis = BASIS_ASSUMED;
			dated_add_zone(x, 1, "+00:00");
		}
		if (x->lacks_year && !x->year && x->last != TIME_NONE)
			year_of_file(t, x);
	}
}

static void add_stretch(struct stretch_list *out, const struct dated *x,
			uint64_t line, size_t zone, size_t year)
{
	struct stretch *s;

	GROW(out->list, out->n, out->cap);
	s = &out->list[out->n];
	*s = (struct stretch){
		.source = x->source->id,
		.from_line = line,
		.to_line = UINT64_MAX,
		.zone_basis = x->lacks_zone ? x->zone_basis : BASIS_LINE,
		.year = x->lacks_year ? x->year + (int)year : 0,
		.year_basis = x->lacks_year ? x->year_basis : BASIS_LINE,
	};
	if (x->nzones)
		memcpy(s->zone, x->zones[zone].zone, sizeof s->zone);
	if (out->n && s[-1].source == s->source)
		s[-1].to_line = line - 1;
	out->n++;
}

/* A new stretch wherever the zone or the year changes. */
void dated_stretches(const struct dated *x, struct stretch_list *out)
{
	size_t zone = 0, year = 0;
	uint64_t line = 1;

	for (;;) {
		uint64_t next = UINT64_MAX;

		while (zone + 1 < x->nzones && x->zones[zone + 1].line <= line)
			zone++;
		while (year < x->nrolls && x->rolls[year] <= line)
			year++;
		add_stretch(out, x, line, zone, year);
		if (zone + 1 < x->nzones)
			next = x->zones[zone + 1].line;
		if (x->lacks_year && year < x->nrolls && x->rolls[year] < next)
			next = x->rolls[year];
		if (next == UINT64_MAX)
			return;
		line = next;
	}
}

bool trace_stretches(const struct trace_input *in, const struct row_sink *words,
		     struct stretch **out, size_t *n, struct err *err)
{
	struct dater t = {.in = in};
	struct stretch_list list = {0};

	(void)err;
	read_sources(&t, words);
	decide(&t, words);
	for (size_t i = 0; i < t.n; i++)
		if (t.list[i].stamped)
			dated_stretches(&t.list[i], &list);
	for (size_t i = 0; i < t.n; i++)
		dated_release(&t.list[i]);
	free(t.list);
	free(t.pieces);
	*out = list.list;
	*n = list.n;
	return true;
}
