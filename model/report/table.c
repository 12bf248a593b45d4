/* SPDX-License-Identifier: MIT */
/* A table for a terminal: the first rows decide the widths, longer text is cut. */
#include "base/alloc.h"
#include "base/text.h"
#include "model/report/writer_formats.h"

#define TABLE_HELD 1000 /* rows that decide the widths */
#define TABLE_WIDEST 60 /* cells */

struct writer_table {
	struct strbuf held[TABLE_HELD]; /* texts of a row, NUL between them */
	size_t nheld;
	int *width;
	bool *right;
	bool open; /* widths are decided */
};

static void add_cell(struct writer *w, size_t i, struct slice text)
{
	const struct writer_table *t = w->table;
	bool last = i + 1 == w->ncolumns;
	struct strbuf fit = { 0 };
	int pad;

	text_fit(&fit, text, t->width[i], TEXT_CUT_END, "…");
	pad = t->width[i] - text_width(strbuf_slice(&fit));
	if (t->right[i])
		strbuf_addf(&w->line, "%*s", pad, "");
	strbuf_add_slice(&w->line, strbuf_slice(&fit));
	if (!t->right[i] && !last)
		strbuf_addf(&w->line, "%*s", pad, "");
	strbuf_add_str(&w->line, last ? "\n" : "  ");
	strbuf_release(&fit);
}

static void add_line(struct writer *w, struct slice texts)
{
	for (size_t i = 0; i < w->ncolumns; i++)
		add_cell(w, i, slice_cut(&texts, '\0'));
	writer_flush(w);
}

static void table_open(struct writer *w)
{
	struct writer_table *t = w->table;

	t->open = true;
	for (size_t i = 0; i < w->ncolumns; i++)
		add_cell(w, i, slice_str(w->columns[i]));
	writer_flush(w);
	for (size_t i = 0; i < t->nheld; i++) {
		add_line(w, strbuf_slice(&t->held[i]));
		strbuf_release(&t->held[i]);
	}
}

static void table_begin(struct writer *w)
{
	struct writer_table *t = mem_alloc(sizeof *t);

	t->width = mem_alloc((w->ncolumns + 1) * sizeof *t->width);
	t->right = mem_alloc((w->ncolumns + 1) * sizeof *t->right);
	for (size_t i = 0; i < w->ncolumns; i++)
		t->width[i] = (int)strlen(w->columns[i]);
	w->table = t;
}

static void widen(struct writer_table *t, size_t i, const struct cell *c,
                  struct slice text)
{
	int width = text_width(text);

	if (width > TABLE_WIDEST)
		width = TABLE_WIDEST;
	if (width > t->width[i])
		t->width[i] = width;
	t->right[i] |= c->is_number;
}

static void table_row(struct writer *w, const struct cell *cells)
{
	struct writer_table *t = w->table;
	struct strbuf texts = { 0 };

	for (size_t i = 0; i < w->ncolumns; i++) {
		size_t start = texts.len;

		text_sanitise(&texts, cells[i].text);
		if (!t->open)
			widen(t, i, &cells[i],
			      slice_from(strbuf_slice(&texts), start));
		strbuf_add_char(&texts, '\0');
	}
	if (!t->open && t->nheld < TABLE_HELD) {
		t->held[t->nheld++] = texts;
		return;
	}
	if (!t->open)
		table_open(w);
	add_line(w, strbuf_slice(&texts));
	strbuf_release(&texts);
}

static void table_end(struct writer *w)
{
	if (!w->table->open && w->rows)
		table_open(w);
	free(w->table->width);
	free(w->table->right);
	free(w->table);
}

const struct writer_format format_table = {
	.name = "table",
	.begin = table_begin,
	.row = table_row,
	.end = table_end,
};
