/* SPDX-License-Identifier: MIT */
/* Log text into cells. What the sanitiser wrote for an active character is kept
 * apart from the same letters written by a log by moving it, while the text is
 * cut to its width, to where nothing else can be: each character there takes
 * one cell. That is the private use area, of which the sanitiser lets nothing
 * through; or, where the locale knows no Unicode, whose library then knows no
 * width there and where all that is not ASCII was escaped, other letters. */
#include "tui/window.h"

#include "tui/grid.h"
#include "tui/pen.h"

/* Bytes that one cell can take: a base and its marks. */
#define CELL_BYTES ((size_t)4 * (1 + PEN_MARKS))

static uint32_t moved(bool utf8)
{
	return utf8 ? 0xE000 : 0x180;
}

static void add_moved(struct strbuf *out, const char *text, size_t len,
                      bool utf8)
{
	for (size_t i = 0; i < len; i++)
		text_add_char(out, moved(utf8) + (unsigned char)text[i]);
}

static void add_moved_number(struct strbuf *out, uint32_t c, bool utf8)
{
	struct strbuf text = { 0 };

	strbuf_addf(&text, "<U+%04X>", (unsigned)c);
	add_moved(out, text.ptr, text.len, utf8);
	strbuf_release(&text);
}

/* How many bytes of CLEAN stand for the active character that begins there. */
static size_t escape_length(struct slice clean)
{
	size_t end = clean.ptr[0] == '\\' ? 4 : slice_chr(clean, '>') + 1;

	return end < clean.len ? end : clean.len;
}

/* Appends CLEAN, which is sanitised RAW, with the escapes moved, and with what
 * this terminal cannot show escaped too. */
static void add_marked(struct strbuf *out, struct slice raw, struct slice clean,
                       bool utf8)
{
	int marks = 0;

	while (raw.len && clean.len) {
		struct slice before = raw;
		uint32_t c = text_next(&raw);
		struct slice bytes = slice_of(before.ptr, before.len - raw.len);

		if (c == TEXT_BAD || !slice_starts(clean, bytes)) {
			size_t len = escape_length(clean);

			add_moved(out, clean.ptr, len, utf8);
			clean = slice_from(clean, len);
			marks = 0;
			continue;
		}
		clean = slice_from(clean, bytes.len);
		marks = text_char_width(c) > 0 ? 0 : marks + 1;
		if ((c >= 0x80 && !utf8) || marks > PEN_MARKS)
			add_moved_number(out, c, utf8);
		else
			strbuf_add_slice(out, bytes);
	}
}

/* A line can be a megabyte long and only some of it can be shown: enough from
 * each end that the cut falls where it would fall in the whole. */
static void add_ends(struct strbuf *out, struct slice text, int width,
                     enum text_cut cut)
{
	size_t most = CELL_BYTES * (size_t)(width + 8);
	size_t tail = text.len - most;

	if (cut != TEXT_CUT_LEFT)
		strbuf_add(out, text.ptr, most);
	if (cut == TEXT_CUT_END)
		return;
	while (tail < text.len && ((unsigned char)text.ptr[tail] & 0xC0) == 0x80)
		tail++;
	strbuf_add_slice(out, slice_from(text, tail));
}

static void fit(struct strbuf *out, const struct window *w, struct slice text,
                int width, enum text_cut cut)
{
	struct strbuf ends = { 0 }, clean = { 0 }, marked = { 0 };

	if (text.len > 2 * CELL_BYTES * (size_t)(width + 8)) {
		add_ends(&ends, text, width, cut);
		text = strbuf_slice(&ends);
	}
	text_sanitise(&clean, text);
	add_marked(&marked, text, strbuf_slice(&clean), w->theme->utf8);
	text_fit(out, strbuf_slice(&marked), width, cut,
	         theme_sign(w->theme, SIGN_ELLIPSIS));
	strbuf_release(&ends);
	strbuf_release(&clean);
	strbuf_release(&marked);
}

static void put_fitted(struct pen *p, struct slice text, enum tone tone)
{
	const struct theme *t = p->w->theme;
	uint32_t from = moved(t->utf8);

	while (text.len) {
		uint32_t c = text_next(&text);

		if (c >= from && c < from + 0x80)
			pen_char(p, c - from, t->attr[TONE_ESCAPED]);
		else
			pen_char(p, c, t->attr[tone]);
	}
	pen_end(p);
}

static void put_blanks(struct pen *p, int end)
{
	int n = end - p->col;

	while (n-- > 0)
		pen_char(p, ' ', p->w->theme->attr[TONE_NORMAL]);
	pen_end(p);
}

int window_text(const struct window *w, int row, int col, int width,
                enum tone tone, enum text_cut cut, struct slice text)
{
	struct strbuf fitted = { 0 };
	struct pen p;

	if (width <= 0)
		return col;
	p = pen_at(w, row, col, width);
	fit(&fitted, w, text, width, cut);
	put_fitted(&p, strbuf_slice(&fitted), tone);
	put_blanks(&p, col + width);
	strbuf_release(&fitted);
	return col + width;
}

int window_text_right(const struct window *w, int row, int col, int width,
                      enum tone tone, struct slice text)
{
	struct strbuf fitted = { 0 };
	struct pen p;

	if (width <= 0)
		return col;
	p = pen_at(w, row, col, width);
	fit(&fitted, w, text, width, TEXT_CUT_END);
	put_blanks(&p, col + width - text_width(strbuf_slice(&fitted)));
	put_fitted(&p, strbuf_slice(&fitted), tone);
	put_blanks(&p, col + width);
	strbuf_release(&fitted);
	return col + width;
}

/* TEXT, sanitised and marked, no more of it than ROWS lines can show. */
static void mark_for(struct strbuf *out, const struct window *w,
                     struct slice text, int width, int rows)
{
	size_t most = CELL_BYTES * (size_t)(width + 8) * (size_t)(rows + 1);
	struct strbuf clean = { 0 };

	text = slice_to(text, most);
	text_sanitise(&clean, text);
	add_marked(out, text, strbuf_slice(&clean), w->theme->utf8);
	strbuf_release(&clean);
}

/* Cuts from *S what one line of WIDTH cells holds. */
static struct slice cut_line(struct slice *s, int width)
{
	struct slice rest = *s, line;

	while (rest.len) {
		struct slice after = rest;
		int cells = text_char_width(text_next(&after));

		/* a line holds at least one, or nothing would ever end */
		if (cells > width && rest.len != s->len)
			break;
		width -= cells;
		rest = after;
	}
	line = slice_to(*s, s->len - rest.len);
	*s = rest;
	return line;
}

int window_wrapped_rows(const struct window *w, int width, int rows,
                        struct slice text)
{
	struct strbuf marked = { 0 };
	struct slice rest;
	int n = 0;

	if (width <= 0 || rows <= 0)
		return 1;
	mark_for(&marked, w, text, width, rows);
	rest = strbuf_slice(&marked);
	do {
		cut_line(&rest, width);
		n++;
	} while (rest.len && n < rows);
	strbuf_release(&marked);
	return n;
}

int window_text_wrapped(const struct window *w, int row, int col, int width,
                        int rows, enum tone tone, struct slice text)
{
	struct strbuf marked = { 0 }, fitted = { 0 };
	struct slice rest;
	int n = 0;

	if (width <= 0 || rows <= 0)
		return 1;
	mark_for(&marked, w, text, width, rows);
	rest = strbuf_slice(&marked);
	do {
		struct pen p = pen_at(w, row + n, col, width);

		strbuf_reset(&fitted);
		text_fit(&fitted, n + 1 < rows ? cut_line(&rest, width) : rest,
		         width, TEXT_CUT_END,
		         theme_sign(w->theme, SIGN_ELLIPSIS));
		put_fitted(&p, strbuf_slice(&fitted), tone);
		put_blanks(&p, col + width);
		n++;
	} while (rest.len && n < rows);
	strbuf_release(&marked);
	strbuf_release(&fitted);
	return n;
}
