/* SPDX-License-Identifier: MIT */
/* Splunk's CSV export: the line is the cell "_raw", and may hold line ends. Its
 * "_time" may be the time of indexing and stands only where the line has none;
 * its host is the one that the line came from. */
#include "parsers/csv.h"
#include "parsers/wrap.h"
#include "parsers/zeek.h"

static bool unwrap(const struct layout *l, struct slice raw,
                   struct arena *arena, struct wrapped *w)
{
	struct csv_columns names;
	struct csv cells;
	struct slice time;

	csv_cut(raw, ',', arena, &cells);
	names = csv_columns(l, cells.n);
	w->line = csv_cell(&cells, csv_find(&names, SLICE("_raw")));
	if (!w->line.ptr)
		return false;
	w->host = csv_cell(&cells, csv_find(&names, SLICE("host")));
	w->host_wins = true;
	time = csv_cell(&cells, csv_find(&names, SLICE("_time")));
	if (zeek_time(time, &w->time))
		w->time_raw = time;
	else
		w->time.us = TIME_NONE;
	return true;
}

static const struct wrapping splunk = { &framing_splunk_csv, unwrap };

/* The header is the first line that is not blank. */
static struct slice header_of(const struct sample *s)
{
	struct slice rest = csv_skip_bom(s->part[0]);
	struct record r = { 0 };

	while (rest.len && csv_next(NULL, rest, true, &r) == CUT_RECORD) {
		if (!(r.flags & RECORD_BLANK))
			return r.raw;
		rest = slice_from(rest, r.length);
	}
	return slice_of(NULL, 0);
}

static int detect(const struct sample *s)
{
	struct slice header = header_of(s);
	struct arena arena = { 0 };
	struct csv cells;
	bool raw = false, time = false;

	if (slice_find(header, SLICE("_raw")) == SLICE_NONE)
		return 0;
	csv_cut(header, ',', &arena, &cells);
	for (size_t i = 0; i < cells.n; i++) {
		struct slice name = csv_cell(&cells, i);

		raw = raw || slice_eq(name, SLICE("_raw"));
		time = time || slice_eq(name, SLICE("_time"));
	}
	arena_release(&arena);
	return raw && (time || cells.n == 1) ? 98 : 0;
}

static bool learn(const struct sample *s, struct layout *l)
{
	l->separator = ',';
	csv_add_table(l, header_of(s));
	wrap_learn(&splunk, s, l);
	return true;
}

static enum cut next(const struct layout *l, struct slice bytes, bool last,
                     struct record *r)
{
	enum cut cut = csv_next(l, bytes, last, r);

	if (cut == CUT_RECORD && csv_is_header(l, r->raw))
		r->flags |= RECORD_HEADER;
	return cut;
}

static void peel(const struct layout *l, struct record *r, struct arena *arena)
{
	wrap_peel(&splunk, l, r, arena);
}

static const struct framing_example examples[] = {
	{ "_raw,_time,host\n\"Mar 14 09:15:02 mx1 postfix/qmgr[2]: CDB9F43623: "
	  "removed\",2026-03-20T10:00:00.000+0000,gate7",
	  "Mar 14 09:15:02|gate7|postfix/qmgr|2|CDB9F43623: removed" },
};

const struct framing framing_splunk_csv = {
	.name = "splunk-csv",
	.about = "Splunk export, CSV with _raw",
	.wraps = 1,
	.detect = detect,
	.learn = learn,
	.next = next,
	.peel = peel,
	.examples = examples,
	.nexamples = sizeof examples / sizeof *examples,
};
