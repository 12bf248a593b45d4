/* SPDX-License-Identifier: MIT */
/* The Sources pane: evidence files, and the progress while they are read. */
#include "views/list.h"

#include "tui/chart.h"
#include "views/shell_info.h"

static void print_state(const struct list_row *r, const struct list_column *c,
                        struct strbuf *out)
{
	struct slice state = list_text(r, c->column);

	if (slice_eq(state, SLICE("error")))
		strbuf_add_str(out, "ERROR");
	else
		strbuf_add_slice(out, state);
}

static enum tone tone_state(const struct list_row *r)
{
	struct slice state = list_text(r, "state");

	if (slice_eq(state, SLICE("ok")) || slice_eq(state, SLICE("reading")))
		return TONE_NORMAL;
	return slice_eq(state, SLICE("copy")) ? TONE_FAINT : TONE_BAD;
}

/* "logs/lists.tar.xz//mail.log" */
static void print_path(const struct list_row *r, const struct list_column *c,
                       struct strbuf *out)
{
	struct slice member = list_text(r, "member");

	strbuf_add_slice(out, list_text(r, c->column));
	if (member.len) {
		strbuf_add_str(out, "//");
		strbuf_add_slice(out, member);
	}
}

static void add_dash(const struct list_row *r, struct strbuf *out)
{
	strbuf_add_str(out, theme_sign(r->theme, SIGN_DASH));
}

/* "rfc3164/postfix": below 120 columns the parser alone. */
static void print_format(const struct list_row *r, const struct list_column *c,
                         struct strbuf *out)
{
	struct slice format = list_text(r, c->column);
	size_t slash = slice_rchr(format, '/');

	if (!format.len)
		add_dash(r, out);
	else if (slash != SLICE_NONE && !r->wide)
		strbuf_add_slice(out, slice_from(format, slash + 1));
	else
		strbuf_add_slice(out, format);
}

static void print_or_dash(const struct list_row *r, const struct list_column *c,
                          struct strbuf *out)
{
	struct slice text = list_text(r, c->column);

	if (text.len)
		strbuf_add_slice(out, text);
	else
		add_dash(r, out);
}

/* "+01:00 ids", "UTC given"; ~ where it is only assumed. */
static void print_zone(const struct list_row *r, const struct list_column *c,
                       struct strbuf *out)
{
	struct slice basis = list_text(r, "zone_basis");

	print_or_dash(r, c, out);
	if (!basis.len)
		return;
	strbuf_addf(out, "%s %.*s", basis_is_assumed(basis) ? "~" : "",
	            SLICE_FMT(basis));
}

static void print_year(const struct list_row *r, const struct list_column *c,
                       struct strbuf *out)
{
	struct slice first = list_text(r, "first_utc");
	struct slice basis = list_text(r, c->column);

	strbuf_add_slice(out, slice_to(first, 4));
	if (basis.len)
		strbuf_addf(out, "%s %.*s", basis_is_assumed(basis) ? "~" : "",
		            SLICE_FMT(basis));
}

static void print_sha256(const struct list_row *r, const struct list_column *c,
                         struct strbuf *out)
{
	struct slice hash = list_text(r, c->column);

	if (hash.len < 8)
		return;
	strbuf_add_slice(out, slice_to(hash, 8));
}

static void print_moment(const struct list_row *r, const struct list_column *c,
                         struct strbuf *out)
{
	struct strbuf text = { 0 };

	if (!list_text(r, c->column).ptr)
		return;
	times_add(&r->look->times, list_number(r, c->column), 0, &text);
	strbuf_add(out, text.ptr + 5, 11); /* "03-10 09:16" */
	strbuf_release(&text);
}

static void print_gaps(const struct list_row *r, const struct list_column *c,
                       struct strbuf *out)
{
	const struct result *gaps = r->look->gaps;
	int64_t id = r->result->ids[r->row], n = 0;

	(void)c;
	for (size_t i = 0; gaps && i < gaps->nrows; i++) {
		const struct cell *s = result_cell(gaps, i, "source_id");

		n += s && s->number == id;
	}
	text_add_number(out, n);
}

static const struct list_column columns[] = {
	{ .shape = { .title = "state", .min = 7, .want = 8 },
	  .column = "state", .field = "state", .print = print_state,
	  .tone = tone_state },
	{ .shape = { .title = "source", .min = 16, .want = 36,
	             .cut = TEXT_CUT_LEFT },
	  .column = "path", .field = "source", .print = print_path },
	{ .shape = { .title = "format", .min = 8, .want = 8, .drop = 4 },
	  .want_wide = 18, .column = "format", .field = "format",
	  .print = print_format },
	{ .shape = { .title = "server", .min = 6, .want = 10, .drop = 5 },
	  .column = "server", .field = "server", .print = print_or_dash },
	{ .shape = { .title = "lines", .min = 9, .want = 11, .drop = 1,
	             .right = true },
	  .column = "lines", .print = list_print_number },
	{ .shape = { .title = "unknown", .min = 7, .want = 9, .drop = 2,
	             .right = true },
	  .column = "unknown_lines", .print = list_print_number,
	  .counts = "is:unread", .opens = "Events" },
	{ .shape = { .title = "zone", .min = 10, .want = 17, .drop = 3 },
	  .column = "zone", .print = print_zone },
	{ .shape = { .title = "year", .min = 9, .want = 14, .drop = 8 },
	  .column = "year_basis", .print = print_year },
	{ .shape = { .title = "sha256", .min = 8, .want = 8, .drop = 9 },
	  .column = "sha256", .print = print_sha256 },
	{ .shape = { .title = "first", .min = 11, .want = 11, .drop = 10 },
	  .column = "first_utc", .print = print_moment },
	{ .shape = { .title = "last", .min = 11, .want = 11, .drop = 11 },
	  .column = "last_utc", .print = print_moment },
	{ .shape = { .title = "gaps", .min = 4, .want = 4, .drop = 6,
	             .right = true },
	  .print = print_gaps },
	{ .shape = { .title = NULL } },
};

/* Detail ------------------------------------------------------------------- */

static void add_path(const struct list_row *r, struct strbuf *out)
{
	static const struct list_column path = { .column = "path" };
	struct slice basis = list_text(r, "format_basis");

	print_path(r, &path, out);
	strbuf_add_str(out, ": ");
	list_add_or(out, list_text(r, "format"), "no format");
	if (basis.len)
		strbuf_addf(out, " (%.*s)", SLICE_FMT(basis));
}

/* The ledger: every line is accounted for. */
static void add_ledger(const struct list_row *r, struct strbuf *out)
{
	static const struct { const char *column, *word; } parts[] = {
		{ "event_lines", "with events" }, { "unknown_lines", "unknown" },
		{ "copy_lines", "copies" }, { "other_lines", "other" },
	};

	text_add_number(out, list_number(r, "lines"));
	strbuf_add_str(out, " lines = ");
	for (size_t i = 0; i < 4; i++) {
		strbuf_add_str(out, i ? " + " : "");
		text_add_number(out, list_number(r, parts[i].column));
		strbuf_addf(out, " %s", parts[i].word);
	}
}

static void add_hash(const struct list_row *r, struct strbuf *out)
{
	list_add_or(out, slice_of(NULL, 0), "sha256  ");
	list_add_or(out, list_text(r, "sha256"), "(not hashed)");
	strbuf_add_str(out, "    ");
	text_add_number(out, list_number(r, "bytes"));
	strbuf_add_str(out, " bytes on disk");
}

static bool detail(const struct list_row *r, int n, struct strbuf *out)
{
	switch (n) {
	case 0: add_path(r, out); return true;
	case 1: add_ledger(r, out); return true;
	case 2: add_hash(r, out); return true;
	default: return false;
	}
}

/* Progress ------------------------------------------------------------------ */

static void add_rest(const struct index_progress *p, struct strbuf *out)
{
	double speed = p->seconds > 0 ? (double)p->bytes_done / p->seconds : 0;
	double left = speed > 0 && p->bytes_total > p->bytes_done
	                      ? (double)(p->bytes_total - p->bytes_done) / speed
	                      : 0;

	if (p->phase > INDEX_READING) {
		strbuf_add_str(out, p->phase == INDEX_LINKING
		                            ? "  linking hops"
		                            : "  storing");
		return;
	}
	strbuf_addf(out, "  %.1f MB/s  %d:%02d left", speed / 1e6,
	            (int)left / 60, (int)left % 60);
}

static void head(const struct look *look, const struct window *w)
{
	const struct index_progress *p = look->progress;
	struct strbuf text = { 0 };
	int bar = w->cols - 30;
	uint64_t total = p->bytes_total ? p->bytes_total : 1;
	uint64_t done = p->bytes_done < total ? p->bytes_done : total;

	chart_bar(w, 0, 1, bar, TONE_PROOF, done, total);
	strbuf_addf(&text, "%3d %%  %.1f of %.1f MB",
	            (int)(100.0 * (double)done / (double)total),
	            (double)p->bytes_done / 1e6, (double)p->bytes_total / 1e6);
	window_put(w, 0, bar + 3, TONE_NORMAL, strbuf_text(&text));
	strbuf_reset(&text);
	text_add_number(&text, (int64_t)p->lines);
	strbuf_add_str(&text, " lines");
	add_rest(p, &text);
	strbuf_addf(&text, "   %u of %u read, %u damaged, ",
	            (unsigned)p->sources_done, (unsigned)p->sources_total,
	            (unsigned)p->damaged);
	text_add_number(&text, (int64_t)p->unknown);
	strbuf_add_str(&text, " unknown");
	window_text(w, 1, 1, w->cols - 2, TONE_NORMAL, TEXT_CUT_END,
	            strbuf_slice(&text));
	strbuf_release(&text);
}

static const struct list list = {
	.columns = columns,
	.column = 5,
	.sort = "source_id",
	.opens = "Events",
	.opens_field = "source",
	.opens_column = "exhibit",
	.nothing = "No source is in this case.",
	.detail = detail,
	.detail_rows = 3,
	.head_rows = 2,
	.head = head,
	.strip_of_events = true,
};

static const struct legend legend[] = {
	{ ACT_OPEN, "its lines", "its lines" },
	{ ACT_ONLY, NULL, NULL },
	{ ACT_NOT, NULL, NULL },
	{ ACT_DROP_TERM, NULL, NULL },
	{ ACT_TIMES, NULL, NULL },
	{ ACT_SORT, NULL, NULL },
	{ ACT_FIELDS, "all fields", "all fields" },
	{ ACT_COPY, NULL, NULL },
	{ ACT_HELP, NULL, NULL },
	{ ACT_NONE, NULL, NULL },
};

const struct view view_sources = {
	.name = "Sources",
	.brief = "Srcs",
	.digit = '0',
	.unit = UNIT_SOURCES,
	.list = &list,
	.legend = legend,
	LIST_HOOKS,
};
