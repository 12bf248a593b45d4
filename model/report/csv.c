/* SPDX-License-Identifier: MIT */
/* CSV as RFC 4180 says, guarded against spreadsheets that run text cells. */
#include "base/text.h"
#include "model/report/writer_formats.h"

/* What a spreadsheet would run, also behind quotes and blanks. */
static bool begins_formula(struct slice s)
{
	static const char *const wide[] = { "\uff1d", "\uff0b", "\uff0d",
		"\uff20" }; /* full-width = + - @ */

	while (s.len && memchr(" \"'", *s.ptr, 3))
		s = slice_from(s, 1);
	if (s.len && memchr("=+-@\t\r", *s.ptr, 6))
		return true;
	for (size_t i = 0; i < 4; i++)
		if (slice_starts(s, slice_str(wide[i])))
			return true;
	return false;
}

static bool needs_quotes(struct slice s)
{
	return slice_chr(s, ',') != SLICE_NONE || slice_chr(s, '"') != SLICE_NONE ||
	       (s.len && (s.ptr[0] == ' ' || s.ptr[s.len - 1] == ' '));
}

void csv_add(struct strbuf *out, const struct cell *c, bool raw)
{
	struct strbuf text = { 0 };
	struct slice s;
	bool quote;

	if (!c->text.ptr)
		return;
	if (!c->is_number && !raw && begins_formula(c->text))
		strbuf_add_char(&text, '\'');
	text_escape(&text, c->text);
	s = strbuf_slice(&text);
	quote = needs_quotes(s);
	if (quote)
		strbuf_add_char(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '"')
			strbuf_add_char(out, '"');
		strbuf_add_char(out, s.ptr[i]);
	}
	if (quote)
		strbuf_add_char(out, '"');
	strbuf_release(&text);
}

static void csv_begin(struct writer *w)
{
	for (size_t i = 0; i < w->ncolumns; i++)
		strbuf_addf(&w->line, "%s%s", i ? "," : "", w->columns[i]);
	strbuf_add_str(&w->line, "\r\n");
	writer_flush(w);
}

static void csv_row(struct writer *w, const struct cell *cells)
{
	for (size_t i = 0; i < w->ncolumns; i++) {
		if (i)
			strbuf_add_char(&w->line, ',');
		csv_add(&w->line, &cells[i], w->raw);
	}
	strbuf_add_str(&w->line, "\r\n");
	writer_flush(w);
}

static void csv_end(struct writer *w)
{
	(void)w;
}

const struct writer_format format_csv = {
	.name = "csv",
	.begin = csv_begin,
	.row = csv_row,
	.end = csv_end,
};
