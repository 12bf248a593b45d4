/* SPDX-License-Identifier: MIT */
/* The Hosts pane: a row per machine in any role (client, relay, server). Those
 * that wrote a log are marked, with what their logs say of themselves. */
#include "views/people.h"

#include "base/civil.h"

#include <stdlib.h>

/* The rows of ALL (v_source, v_coverage, v_clock) that are this server's. */
static size_t rows_of(const struct list_row *r, const struct result *all,
                      size_t rows[16])
{
	struct slice host = list_text(r, "host");
	size_t n = 0;

	for (size_t i = 0; all && host.ptr && i < all->nrows && n < 16; i++) {
		const struct cell *c = result_cell(all, i, "server");

		if (c && slice_eq_nocase(c->text, host))
			rows[n++] = i;
	}
	return n;
}

static struct slice text_of(const struct result *all, size_t row,
                            const char *column)
{
	const struct cell *c = result_cell(all, row, column);

	return c ? c->text : slice_of(NULL, 0);
}

static bool wrote_log(const struct list_row *r)
{
	size_t rows[16];

	return r->look && rows_of(r, r->look->sources, rows) > 0;
}

static void print_log(const struct list_row *r, const struct list_column *c,
                      struct strbuf *out)
{
	(void)c;
	strbuf_add_str(out, wrote_log(r) ? "yes" : theme_sign(r->theme, SIGN_DASH));
}

/* The parser of most lines: "rfc3164/postfix" is postfix. */
static void print_program(const struct list_row *r, const struct list_column *c,
                          struct strbuf *out)
{
	size_t rows[16], n = rows_of(r, r->look->sources, rows);
	struct slice format, before = { 0 };

	(void)c;
	for (size_t i = 0; i < n; i++) {
		size_t slash;

		format = text_of(r->look->sources, rows[i], "format");
		slash = slice_rchr(format, '/');
		if (slash != SLICE_NONE)
			format = slice_from(format, slash + 1);
		if (!format.len || slice_eq(format, before))
			continue;
		strbuf_add_str(out, before.len ? "," : "");
		strbuf_add_slice(out, format);
		before = format;
	}
	if (!n)
		strbuf_add_str(out, "no log");
}

static bool seconds_of(const struct result *r, size_t row, const char *column,
                       double *s)
{
	const struct cell *c = result_cell(r, row, column);

	if (!c || !c->text.ptr)
		return false;
	*s = strtod(c->text.ptr, NULL);
	return true;
}

#define STEADY 2.0 /* s that a clock's middle may move in all its rows */

/* "+2.4": seconds that its clock is ahead, "0.0" if it may be right, "drifts" if it
 * does not stay so; "?" not known. */
static void print_clock(const struct list_row *r, const struct list_column *c,
                        struct strbuf *out)
{
	const struct result *clocks = r->look->clocks;
	size_t rows[16], n = rows_of(r, clocks, rows), known = 0;
	double lo, hi, least = 0, most = 0, first = 0;

	(void)c;
	for (size_t i = 0; i < n; i++) {
		double mid;

		if (!seconds_of(clocks, rows[i], "offset_lo_s", &lo) ||
		    !seconds_of(clocks, rows[i], "offset_hi_s", &hi))
			continue;
		mid = (lo + hi) / 2;
		if (!known++) {
			first = lo <= 0 && hi >= 0 ? 0 : mid;
			least = most = mid;
		}
		least = mid < least ? mid : least;
		most = mid > most ? mid : most;
	}
	if (!known && wrote_log(r))
		strbuf_add_char(out, '?');
	else if (known && most - least > STEADY)
		strbuf_add_str(out, "drifts");
	else if (known)
		strbuf_addf(out, first > -.05 && first < .05 ? "0.0" : "%+.1f",
		            first);
}

static void print_gaps(const struct list_row *r, const struct list_column *c,
                       struct strbuf *out)
{
	size_t rows[16], n = rows_of(r, r->look->gaps, rows), gaps = 0;

	(void)c;
	for (size_t i = 0; i < n; i++)
		gaps += slice_eq(text_of(r->look->gaps, rows[i], "kind"),
		                 SLICE("gap"));
	if (wrote_log(r))
		strbuf_addf(out, "%zu", gaps);
}

/* "03-02…03-16": the first and the last event of its logs. */
static void print_coverage(const struct list_row *r,
                           const struct list_column *c, struct strbuf *out)
{
	const struct result *s = r->look->sources;
	size_t rows[16], n = rows_of(r, s, rows);
	int64_t first = TIME_NONE, last = TIME_NONE;
	struct strbuf from = { 0 }, to = { 0 };

	(void)c;
	for (size_t i = 0; i < n; i++) {
		const struct cell *a = result_cell(s, rows[i], "first_utc");
		const struct cell *b = result_cell(s, rows[i], "last_utc");

		if (a && a->text.ptr && (first == TIME_NONE || a->number < first))
			first = a->number;
		if (b && b->text.ptr && (last == TIME_NONE || b->number > last))
			last = b->number;
	}
	if (first != TIME_NONE && last != TIME_NONE) {
		times_add(&r->look->times, first, 0, &from);
		times_add(&r->look->times, last, 0, &to);
	}
	if (from.len >= 16 && to.len >= 16)
		strbuf_addf(out, "%.11s%s%.11s", strbuf_text(&from) + 5,
		            theme_sign(r->theme, SIGN_ELLIPSIS),
		            strbuf_text(&to) + 5);
	else if (!n)
		strbuf_add_str(out, "none");
	strbuf_release(&from);
	strbuf_release(&to);
}

static void print_zone(const struct list_row *r, const struct list_column *c,
                       struct strbuf *out)
{
	const struct result *s = r->look->sources;
	size_t rows[16], n = rows_of(r, s, rows);
	struct slice zone;

	(void)c;
	if (!n)
		return;
	zone = text_of(s, rows[0], "zone");
	list_add_or(out, zone, "");
	if (text_of(s, rows[0], "zone_basis").len)
		strbuf_addf(out, "%s(%.*s)", zone.len ? " " : "",
		            SLICE_FMT(text_of(s, rows[0], "zone_basis")));
}

static enum tone tone_host(const struct list_row *r)
{
	return wrote_log(r) ? TONE_STRONG : TONE_NORMAL;
}

static const struct list_column columns[] = {
	{ .shape = { .title = "host", .min = 18, .want = 30,
	             .cut = TEXT_CUT_LEFT },
	  .min_narrow = 20, .column = "host", .field = "host",
	  .print = people_print_name, .tone = tone_host },
	{ .shape = { .title = "log", .min = 4, .want = 4, .drop = 3 },
	  .print = print_log },
	{ .shape = { .title = "program", .min = 9, .want = 10, .drop = 12 },
	  .print = print_program },
	PEOPLE_COLUMN_COUNT,
	PEOPLE_COLUMN_PERCENT,
	PEOPLE_COLUMN_OVER_TIME,
	PEOPLE_COLUMNS_OUTCOMES,
	{ .shape = { .title = "clock", .min = 6, .want = 7, .drop = 4,
	             .right = true },
	  .print = print_clock },
	{ .shape = { .title = "gaps", .min = 4, .want = 4, .drop = 4,
	             .right = true },
	  .print = print_gaps },
	{ .shape = { .title = "coverage", .min = 23, .want = 23, .drop = 10 },
	  .print = print_coverage },
	{ .shape = { .title = "zone", .min = 12, .want = 16, .drop = 11 },
	  .print = print_zone },
	PEOPLE_COLUMNS_SEEN,
	{ .shape = { .title = NULL } },
};

/* "server.mx1" names what else that server is called. */
static void add_server(const struct list_row *r, struct strbuf *out)
{
	const struct result *all = r->look->settings;
	struct slice host = list_text(r, "host");

	for (size_t i = 0; all && host.ptr && i < all->nrows; i++) {
		struct slice name = text_of(all, i, "name");
		struct slice basis = text_of(all, i, "basis");

		if (!slice_starts(name, SLICE("server.")) ||
		    !slice_eq_nocase(text_of(all, i, "value"), host))
			continue;
		strbuf_addf(out, "; server %.*s (%.*s)",
		            SLICE_FMT(slice_from(name, 7)), SLICE_FMT(basis));
		return;
	}
	strbuf_add_str(out, "; no log of it here");
}

static bool detail(const struct list_row *r, int n, struct strbuf *out)
{
	if (n == 0) {
		bool more = people_detail(r, n, "host", out);

		if (!wrote_log(r))
			add_server(r, out);
		return more;
	}
	if (n > 1)
		return false;
	people_detail(r, n, "host", out);
	strbuf_add_str(out, ". It passes several: no sum of %");
	return true;
}

static const struct list list = {
	.columns = columns,
	.column = 0,
	.groups = { "host" },
	.counted = UNIT_MESSAGES,
	.units = people_units,
	.nothing = "No message is in this case.",
	.detail = detail,
	PEOPLE_LIST,
};

const struct view view_hosts = {
	.name = "Hosts",
	.brief = "Host",
	.digit = '6',
	.unit = UNIT_MESSAGES,
	.list = &list,
	.legend = people_legend,
	LIST_HOOKS,
};
