/* SPDX-License-Identifier: MIT */
/* Draws the raw line page: where it is, the lines, its bytes, how it is read. */
#include "views/raw.h"

#include "parsers/event.h"

/* Where the parts stand. */
struct plan {
	int lines, rows; /* of text */
	int hex;         /* first row of the bytes; = end of the lines if none */
	int end;         /* rule above the detail */
	bool rules;
	int gutter;      /* cells in front of the text */
};

static int digits(uint64_t n)
{
	int d = 1;

	for (; n >= 10; n /= 10)
		d++;
	return d;
}

static struct plan make_plan(const struct window *w, const struct step *s,
                             const struct result *r)
{
	const struct raw_state *st = s->state;
	struct plan p = { .rules = w->rows >= 12 };

	p.lines = p.rules ? 2 : 1;
	p.end = w->rows - (p.rules ? 2 : 1);
	p.hex = p.end;
	if (st->hex)
		p.hex = p.lines + (p.end - p.lines) / 3;
	p.rows = p.hex - p.lines - (st->hex ? 1 : 0);
	if (!st->bare && r->nrows) {
		int width = digits((uint64_t)r->ids[r->nrows - 1]);

		p.gutter = (width < 5 ? 5 : width) + 4;
	}
	return p;
}

/* ---- where it is ------------------------------------------------------- */

static void add_state(struct strbuf *out, const struct step *s)
{
	const struct reply *lines = step_reply(s, RAW_LINES);
	struct slice sha = raw_text(step_result(s, RAW_SOURCE),
	                            raw_source_row(s), "sha256");

	if (sha.len >= 16)
		strbuf_addf(out, "  sha256 %.8s %.8s …", sha.ptr, sha.ptr + 8);
	if (lines && lines->ok)
		strbuf_add_str(out, "  unchanged since it was indexed");
}

static void draw_place(const struct window *w, const struct step *s,
                       const struct result *r, size_t row)
{
	const struct raw_state *st = s->state;
	const struct result *src = step_result(s, RAW_SOURCE);
	size_t at = raw_source_row(s);
	struct strbuf text = { 0 };
	int64_t lines = raw_number(src, at, "lines");
	int col, path;

	strbuf_add_str(&text, "  line ");
	text_add_number(&text, (int64_t)st->line);
	if (lines > 0) {
		strbuf_add_str(&text, " of ");
		text_add_number(&text, lines);
	}
	if (w->cols >= 60) {
		strbuf_add_str(&text, "  offset ");
		text_add_number(&text, raw_number(r, row, "offset"));
		strbuf_addf(&text, " + %lld bytes",
		            (long long)raw_number(r, row, "length"));
	}
	if (w->cols >= 120)
		add_state(&text, s);
	/* the path gives way: numbers are never cut */
	path = w->cols - 2 - text_width(strbuf_slice(&text));
	if (path > text_width(raw_text(src, at, "path")))
		path = text_width(raw_text(src, at, "path"));
	col = window_text(w, 0, 1, path, TONE_STRONG, TEXT_CUT_LEFT,
	                  raw_text(src, at, "path"));
	window_text(w, 0, col, w->cols - col, TONE_NORMAL, TEXT_CUT_END,
	            strbuf_slice(&text));
	strbuf_release(&text);
}

/* ---- lines ------------------------------------------------------------- */

static int height_of(const struct window *w, const struct step *s,
                     const struct plan *p, const struct result *r, size_t row)
{
	const struct raw_state *st = s->state;

	return window_wrapped_rows(w, w->cols - p->gutter,
	                           st->cut || p->rows < 4 ? 1 : p->rows,
	                           raw_text(r, row, "raw"));
}

static size_t row_of_line(const struct result *r, uint64_t line)
{
	size_t row = 0;

	while (row + 1 < r->nrows && (uint64_t)r->ids[row + 1] <= line)
		row++;
	return row;
}

/* The highest first row with which ROW is still seen, MARGIN rows below it. */
static size_t lowest_top(const struct window *w, const struct step *s,
                         const struct plan *p, const struct result *r,
                         size_t row, int margin)
{
	int used = height_of(w, s, p, r, row) + margin;

	while (row > 0) {
		used += height_of(w, s, p, r, row - 1);
		if (used > p->rows)
			break;
		row--;
	}
	return row;
}

static size_t place_top(const struct window *w, const struct step *s,
                        const struct plan *p, const struct result *r,
                        size_t cursor)
{
	struct raw_state *st = s->state;
	size_t top, lowest = lowest_top(w, s, p, r, cursor, 0);

	if (!st->top)
		top = lowest_top(w, s, p, r, cursor, p->rows / 2);
	else
		top = row_of_line(r, st->top);
	if (top > cursor)
		top = cursor;
	if (top < lowest)
		top = lowest;
	st->top = (uint64_t)r->ids[top];
	return top;
}

static bool of_message(const struct step *s, const struct result *r, size_t row)
{
	const struct raw_state *st = s->state;

	return st->journey &&
	       raw_number(r, row, "journey_id") == st->journey;
}

static void draw_gutter(const struct window *w, int at, int rows,
                        const struct plan *p, uint64_t line, bool same)
{
	struct strbuf text = { 0 };

	strbuf_addf(&text, "%llu", (unsigned long long)line);
	window_text_right(w, at, 2, p->gutter - 4, TONE_FAINT,
	                  strbuf_slice(&text));
	for (int i = 0; i < rows && same; i++)
		window_put(w, at + i, p->gutter - 2, TONE_PROOF,
		           theme_sign(w->theme, SIGN_SAME));
	strbuf_release(&text);
}

/* Marks what `/` looks for, where it stands within the first row. */
static void draw_hits(const struct window *w, int at, int col, int rows,
                      struct slice raw, struct slice wanted)
{
	struct strbuf clean = { 0 };
	int width = w->cols - col;
	size_t from = 0, hit;

	while (wanted.len && width > 0 &&
	       (hit = slice_find_nocase(slice_from(raw, from), wanted)) !=
	               SLICE_NONE) {
		int start;

		from += hit;
		strbuf_reset(&clean);
		text_sanitise(&clean, slice_to(raw, from));
		start = text_width(strbuf_slice(&clean));
		if (start / width >= rows)
			break;
		window_tone(w, at + start / width, col + start % width,
		            text_width(wanted), TONE_HIT);
		from += wanted.len;
	}
	strbuf_release(&clean);
}

static int draw_line(const struct window *w, const struct step *s,
                     const struct plan *p, const struct result *r, size_t row,
                     int at)
{
	const struct raw_state *st = s->state;
	struct slice raw = raw_text(r, row, "raw");
	int most = p->lines + p->rows - at;
	int rows = height_of(w, s, p, r, row);
	bool chosen = (uint64_t)r->ids[row] == st->line;

	rows = rows < most ? rows : most;
	if (!raw.ptr)
		raw = SLICE("[evidence not here]");
	window_text_wrapped(w, at, p->gutter, w->cols - p->gutter, rows,
	                    TONE_NORMAL, raw);
	if (p->gutter)
		draw_gutter(w, at, rows, p, (uint64_t)r->ids[row],
		            of_message(s, r, row));
	if (chosen) {
		if (p->gutter)
			window_put(w, at, 0, TONE_NORMAL, ">");
		for (int i = 0; i < rows; i++)
			window_tone(w, at + i, 0, w->cols, TONE_CURSOR);
		window_cursor(w, at, 0, false);
	}
	draw_hits(w, at, p->gutter, rows, raw, strbuf_slice(&st->find));
	return rows;
}

static void draw_lines(const struct window *w, const struct step *s,
                       const struct plan *p, const struct result *r, size_t row)
{
	struct raw_state *st = s->state;
	size_t i = place_top(w, s, p, r, row);
	int at = p->lines;

	st->rows = p->rows;
	for (; i < r->nrows && at < p->lines + p->rows; i++)
		at += draw_line(w, s, p, r, i, at);
}

/* ---- bytes ------------------------------------------------------------- */

/* One row of sixteen bytes: offset in the source, hex, letters. */
static void add_bytes(struct strbuf *out, struct slice s, uint64_t offset)
{
	strbuf_addf(out, " %10llu ", (unsigned long long)offset);
	for (size_t i = 0; i < 16; i++)
		if (i < s.len)
			strbuf_addf(out, " %02x", (unsigned char)s.ptr[i]);
		else
			strbuf_add_str(out, "   ");
	strbuf_add_str(out, "  ");
	for (size_t i = 0; i < s.len; i++)
		strbuf_add_char(out, s.ptr[i] >= ' ' && s.ptr[i] < 127
		                             ? s.ptr[i] : '.');
}

static void draw_hex(const struct window *w, const struct plan *p,
                     const struct result *r, size_t row)
{
	struct slice bytes = raw_text(r, row, "bytes");
	struct slice raw = bytes.ptr ? bytes : raw_text(r, row, "raw");
	uint64_t offset = (uint64_t)raw_number(r, row, "offset");
	struct strbuf text = { 0 };

	for (int at = p->hex; at < p->end; at++) {
		struct slice part = slice_to(raw, 16);

		if (!part.len)
			break;
		strbuf_reset(&text);
		if (at + 1 == p->end && raw.len > 16) {
			strbuf_addf(&text, " … %zu bytes more", raw.len);
			window_put(w, at, 0, TONE_FAINT, strbuf_text(&text));
			break;
		}
		add_bytes(&text, part, offset);
		window_text(w, at, 0, w->cols, TONE_NORMAL, TEXT_CUT_END,
		            strbuf_slice(&text));
		raw = slice_from(raw, part.len);
		offset += part.len;
	}
	strbuf_release(&text);
}

/* ---- how it is read ---------------------------------------------------- */

static void add_field(struct strbuf *out, const char *before,
                      const struct result *r, size_t row, const char *column)
{
	struct slice s = raw_text(r, row, column);

	if (!s.len)
		return;
	strbuf_add_str(out, before);
	strbuf_add_slice(out, s);
}

/* The record's event, if it is one of this message. */
static size_t event_of_line(const struct step *s)
{
	const struct raw_state *st = s->state;
	const struct result *r = step_result(s, RAW_MESSAGE);

	for (size_t i = 0; r && i < r->nrows; i++)
		if (raw_number(r, i, "source_id") == st->source &&
		    (uint64_t)raw_number(r, i, "line") == st->line)
			return i;
	return SIZE_MAX;
}

static void draw_read_as(const struct window *w, int at, const struct step *s,
                         const struct result *r, size_t row)
{
	const struct result *e = step_result(s, RAW_MESSAGE);
	size_t event = event_of_line(s);
	struct slice action = raw_text(r, row, "action");
	struct strbuf text = { 0 };

	strbuf_add_str(&text, "read as: ");
	if (event != SIZE_MAX) {
		static const struct {
			const char *before, *column;
		} parts[] = {
			{ ", ", "program" }, { ", ", "action" },
			{ ", queue id ", "queue_id" }, { ", client ", "client_ip" },
			{ ", user ", "user" }, { ", to ", "recipient" },
			{ ", ", "code" }, { " ", "dsn" },
			{ ", by ", "relay_name" },
		};

		size_t start = text.len;

		for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
			add_field(&text, text.len > start ? parts[i].before : "",
			          e, event, parts[i].column);
	} else if (slice_eq(action, slice_str(action_name(ACTION_UNKNOWN)))) {
		strbuf_add_str(&text, "unknown, no parser knows this line");
	} else if (action.len) {
		strbuf_add_slice(&text, action);
	} else {
		strbuf_add_str(&text, "no event of mail");
	}
	if (of_message(s, r, row))
		strbuf_addf(&text, "   %s = same message",
		            theme_sign(w->theme, SIGN_SAME));
	window_text(w, at, 1, w->cols - 1, TONE_NORMAL, TEXT_CUT_END,
	            strbuf_slice(&text));
	strbuf_release(&text);
}

static void draw_absent(const struct window *w, const struct step *s)
{
	const struct reply *r = step_reply(s, RAW_LINES);

	if (!r)
		return;
	if (r->ok) {
		window_put(w, 1, 1, TONE_NORMAL, "no such line in this source");
		return;
	}
	window_put(w, 1, 1, TONE_ERROR, "error:");
	window_text_wrapped(w, 1, 8, w->cols - 9, 4, TONE_NORMAL,
	                    slice_str(r->err.text));
}

void raw_draw(const struct step *s, const struct look *look,
              const struct window *w)
{
	const char *rule = theme_sign(w->theme, SIGN_RULE);
	const struct result *r;
	struct plan p;
	size_t row;

	(void)look;
	window_cursor(w, 0, 0, false);
	r = raw_lines(s, &row);
	if (!r) {
		draw_absent(w, s);
		return;
	}
	p = make_plan(w, s, r);
	draw_place(w, s, r, row);
	draw_lines(w, s, &p, r, row);
	if (p.hex < p.end) {
		window_fill(w, p.hex - 1, 0, w->cols, TONE_FAINT, rule);
		draw_hex(w, &p, r, row);
	}
	if (p.rules) {
		window_fill(w, 1, 0, w->cols, TONE_FAINT, rule);
		window_fill(w, p.end, 0, w->cols, TONE_FAINT, rule);
	}
	draw_read_as(w, w->rows - 1, s, r, row);
}
