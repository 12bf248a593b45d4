/* SPDX-License-Identifier: MIT */
/* JSON Lines: one object a row. Only writing, so a library would be more code
 * than this; what comes out is plain UTF-8 whatever the log held. */
#include "base/text.h"
#include "model/report/writer_formats.h"

static void add_character(struct strbuf *out, uint32_t c, struct slice bytes)
{
	if (c == TEXT_BAD)
		strbuf_addf(out, "\\\\x%02x", (unsigned char)*bytes.ptr);
	else if (c == '"' || c == '\\')
		strbuf_addf(out, "\\%c", (char)c);
	else if (!text_char_is_active(c))
		strbuf_add_slice(out, bytes);
	else if (c < 0x10000)
		strbuf_addf(out, "\\u%04x", c);
	else
		strbuf_addf(out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
		            0xdc00 + ((c - 0x10000) & 0x3ff));
}

void json_add_string(struct strbuf *out, struct slice s)
{
	if (!s.ptr) {
		strbuf_add_str(out, "null");
		return;
	}
	strbuf_add_char(out, '"');
	while (s.len) {
		struct slice before = s;
		uint32_t c = text_next(&s);

		add_character(out, c, slice_to(before, before.len - s.len));
	}
	strbuf_add_char(out, '"');
}

void json_add_cell(struct strbuf *out, const struct cell *c)
{
	if (c->is_number && c->text.ptr)
		strbuf_add_slice(out, c->text);
	else
		json_add_string(out, c->text);
}

static void json_nothing(struct writer *w)
{
	(void)w;
}

static void json_row(struct writer *w, const struct cell *cells)
{
	strbuf_add_char(&w->line, '{');
	for (size_t i = 0; i < w->ncolumns; i++) {
		strbuf_addf(&w->line, "%s\"%s\":", i ? "," : "", w->columns[i]);
		json_add_cell(&w->line, &cells[i]);
	}
	strbuf_add_str(&w->line, "}\n");
	writer_flush(w);
}

const struct writer_format format_json = {
	.name = "json",
	.begin = json_nothing,
	.row = json_row,
	.end = json_nothing,
};
