/* SPDX-License-Identifier: MIT */
/* How the export dialog looks (UI.md §11). */
#include "views/shell_private.h"

#include <unistd.h>

#define BOX_ROWS 12
#define BOX_COLS 57
#define LABEL 11 /* where values stand */

struct form {
	const struct shell *sh;
	const struct export_dialog *d;
	struct window w;
	bool wide;
};

static void put_label(const struct form *f, int row, enum export_line line,
                      const char *label)
{
	bool here = f->d->line == line;

	window_put(&f->w, row, 1, TONE_NORMAL, here ? ">" : " ");
	window_put(&f->w, row, 2, TONE_NORMAL, label);
	if (!here)
		return;
	window_tone(&f->w, row, 1, LABEL - 2, TONE_CURSOR);
	if (line != EXPORT_FILE)
		window_cursor(&f->w, row, 1, true);
}

/* "(•) messages"; of a narrow dialog only what is chosen. Columns behind it. */
static int put_choice(const struct form *f, int row, int col, bool on,
                      const char *text)
{
	struct strbuf out = { 0 };

	if (!f->wide && !on)
		return col;
	strbuf_addf(&out, "(%s) %s", on ? "•" : " ", text);
	window_put(&f->w, row, col, TONE_NORMAL, strbuf_text(&out));
	col += text_width(strbuf_slice(&out)) + 2;
	strbuf_release(&out);
	return col;
}

static void put_rows(const struct form *f, int row)
{
	const struct reply *r = step_reply(shell_top(f->sh), SLOT_COUNT_ROWS);
	struct strbuf text = { 0 };
	int col = LABEL;

	if (f->d->has[EXPORT_MARKED]) {
		text_add_number(&text, (int64_t)f->d->nmarked);
		strbuf_add_str(&text, " marked");
		col = put_choice(f, row, col, f->d->rows == EXPORT_MARKED,
		                 strbuf_text(&text));
		strbuf_reset(&text);
	}
	if (r && r->ok && !(shell_top(f->sh)->view->flags & VIEW_PAGE)) {
		text_add_number(&text, (int64_t)(r->count.n +
		                                 r->count.refused));
		strbuf_add_char(&text, ' ');
	}
	strbuf_add_str(&text, shell_top(f->sh)->filter->nterms ? "filtered"
	                                                       : "all");
	col = put_choice(f, row, col, f->d->rows == EXPORT_FILTERED,
	                 strbuf_text(&text));
	if (f->d->has[EXPORT_THIS])
		put_choice(f, row, col, f->d->rows == EXPORT_THIS, "this");
	strbuf_release(&text);
}

static void put_as(const struct form *f, int row)
{
	int col = LABEL;

	for (size_t i = 0; i < f->d->nas; i++) {
		col = put_choice(f, row, col, f->d->chosen == i,
		                 f->d->has_traces && i == 0
		                         ? "traces"
		                         : units[f->d->as[i]].name);
		col -= f->d->nas > 3; /* four of them are closer */
	}
}

static void put_format(const struct form *f, int row)
{
	struct strbuf text = { 0 };

	strbuf_addf(&text, "[%-8s %s]  ", shell_export_format(f->d), "▾");
	if (strcmp(shell_export_format(f->d), "csv") == 0)
		strbuf_addf(&text, "[%c] %sguarded", f->d->raw ? ' ' : 'x',
		            f->wide ? "formulas " : "");
	window_put(&f->w, row, LABEL, TONE_NORMAL, strbuf_text(&text));
	strbuf_release(&text);
}

static void put_columns(const struct form *f, int row)
{
	const char *const *all = engine_columns(shell_export_unit(f->d));
	struct strbuf text = { 0 };
	size_t n = 0;
	int col;

	if (shell_export_is_traces(f->d)) {
		window_put(&f->w, row, LABEL, TONE_NORMAL, "those of a trace");
		return;
	}
	while (all[n])
		n++;
	strbuf_addf(&text, "all %zu", n);
	col = put_choice(f, row, LABEL, !f->d->only_shown, strbuf_text(&text));
	strbuf_reset(&text);
	strbuf_addf(&text, "the %zu shown", f->d->nshown);
	if (f->d->nshown && shell_export_unit(f->d) == f->d->own)
		put_choice(f, row, col, f->d->only_shown, strbuf_text(&text));
	strbuf_release(&text);
}

static void put_file(const struct form *f, int row)
{
	const struct prompt *p = &f->d->file;
	int width = f->w.cols - 2 - LABEL;

	if (f->d->line == EXPORT_FILE)
		prompt_draw(p, &f->w, row, LABEL, width, 1);
	else
		window_text(&f->w, row, LABEL, width, TONE_NORMAL,
		            TEXT_CUT_LEFT, strbuf_slice(&p->text));
}

static void put_place(const struct form *f, int row)
{
	struct strbuf path = { 0 }, text = { 0 };
	const char *state = "new file";
	struct slice folder;
	size_t slash;
	int col, room;

	shell_export_path(f->sh, &path);
	slash = slice_rchr(strbuf_slice(&path), '/');
	folder = slice_to(strbuf_slice(&path), slash == SLICE_NONE ? 0 : slash);
	if (f->d->beside_evidence)
		state = "beside the evidence: not there";
	else if (!shell_export_is_free(f->sh))
		state = "is there already";
	strbuf_addf(&text, "  (%s)", state);
	col = window_put(&f->w, row, LABEL, TONE_NORMAL, "in ");
	room = f->w.cols - 1 - col - text_width(strbuf_slice(&text));
	if (room > text_width(folder))
		room = text_width(folder);
	if (room > 0)
		col = window_text(&f->w, row, col, room, TONE_NORMAL,
		                  TEXT_CUT_LEFT, folder);
	window_put(&f->w, row, col, TONE_NORMAL, strbuf_text(&text));
	strbuf_release(&path);
	strbuf_release(&text);
}

static void add_gives(const struct form *f, struct strbuf *out)
{
	const struct reply *sources = f->sh->sources;
	size_t n = sources && sources->result ? sources->result->nrows : 0;

	if (f->d->failed) {
		strbuf_add_str(out, f->d->err.text);
		return;
	}
	if (!f->d->counted) {
		strbuf_add_str(out, theme_sign(f->w.theme, SIGN_ELLIPSIS));
		return;
	}
	text_add_number(out, (int64_t)f->d->gives);
	strbuf_addf(out, " %s%s%s; %zu source%s named",
	            shell_export_is_traces(f->d) ? "trace" : "row",
	            f->d->gives == 1 ? "" : "s",
	            strcmp(shell_export_format(f->d), "csv") == 0 ? " + header"
	                                                          : "",
	            n, n == 1 ? "" : "s");
	if (out->len + 13 < (size_t)(f->w.cols - LABEL))
		strbuf_add_str(out, ", with sha256");
}

static void put_gives(const struct form *f, int row)
{
	struct strbuf text = { 0 };

	add_gives(f, &text);
	window_text(&f->w, row, LABEL, f->w.cols - 1 - LABEL,
	            f->d->failed ? TONE_ERROR : TONE_NORMAL, TEXT_CUT_END,
	            strbuf_slice(&text));
	strbuf_release(&text);
}

static void put_form(const struct form *f)
{
	put_label(f, 1, EXPORT_ROWS, "rows");
	put_rows(f, 1);
	put_label(f, 2, EXPORT_AS, "as");
	put_as(f, 2);
	put_label(f, 3, EXPORT_FORMAT, "format");
	put_format(f, 3);
	put_label(f, 4, EXPORT_COLUMNS, "columns");
	put_columns(f, 4);
	window_put(&f->w, 5, 2, TONE_NORMAL, "times");
	window_put(&f->w, 5, LABEL, TONE_NORMAL, "UTC, ISO 8601");
	put_label(f, 6, EXPORT_FILE, "file");
	put_file(f, 6);
	put_place(f, 7);
	window_put(&f->w, 8, 2, TONE_NORMAL, "gives");
	put_gives(f, 8);
	if (f->w.rows >= BOX_ROWS && f->wide)
		window_put(&f->w, 10, 15, TONE_NORMAL,
		           "[ Enter export ]    Esc leave");
}

void shell_export_draw(const struct shell *sh, const struct window *w)
{
	struct form f = { .sh = sh, .d = &sh->export };
	int rows = BOX_ROWS, cols = BOX_COLS, top;

	if (rows > w->rows - 2)
		rows = w->rows - 2;
	if (cols > w->cols)
		cols = w->cols;
	f.wide = cols == BOX_COLS;
	top = (w->rows - rows) / 2 + (rows == BOX_ROWS);
	f.w = window_part(w, top, (w->cols - cols + 1) / 2, rows, cols);
	window_clear(&f.w);
	window_box(&f.w, "export");
	put_form(&f);
}
