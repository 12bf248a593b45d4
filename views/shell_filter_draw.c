/* SPDX-License-Identifier: MIT */
/* The filter bar while it is edited: text, help or error line, completion. */
#include "views/shell_private.h"

#define LABEL 10

static int put_right(const struct window *w, int row, const char *text)
{
	int col = w->cols - text_width(slice_str(text));

	return col < 0 ? 0 : (window_put(w, row, col, TONE_NORMAL, text), col);
}

static const char *plain_unit(const struct shell *sh)
{
	return units[shell_top(sh)->unit].name;
}

/* What stands at the right of the text while there is room. */
static void add_side(const struct shell *sh, struct strbuf *out)
{
	const struct reply *r = step_reply(shell_top(sh), SLOT_COUNT_ROWS);

	if (!shell_filter_shows_error(sh)) {
		strbuf_add_str(out, "Enter apply  Tab take  Esc leave");
		return;
	}
	if (!r || !r->ok)
		return;
	strbuf_add_str(out, "still ");
	text_add_number(out, (int64_t)r->count.n);
	strbuf_add_str(out, " of ");
	text_add_number(out, (int64_t)r->count.total);
	strbuf_addf(out, " %s", plain_unit(sh));
}

/* Carets under the wrong text and what was expected. */
static void put_error(const struct shell *sh, const struct window *w, int row)
{
	const struct err *e = &sh->edit.err;
	int col = LABEL + (e->column ? (int)e->column - 1 : 0);
	struct strbuf text = { 0 };
	int width;

	for (size_t i = 0; i < (e->width ? e->width : 1) && i < 40; i++)
		strbuf_add_char(&text, '^');
	strbuf_addf(&text, " column %zu: %s", e->column, e->text);
	width = text_width(strbuf_slice(&text));
	if (col + width > w->cols - 1)
		col = w->cols - 1 - width;
	if (col < 1)
		col = 1;
	window_text(w, row, col, w->cols - col, TONE_ERROR, TEXT_CUT_END,
	            strbuf_slice(&text));
	strbuf_release(&text);
}

static void put_help(const struct shell *sh, const struct window *w, int row)
{
	const struct filter_edit *e = &sh->edit;
	const struct field *f = e->word.field;
	struct strbuf text = { 0 }, count = { 0 };
	int col = w->cols;

	if (e->count && e->count->ok) {
		strbuf_add_str(&count, "would match ");
		strbuf_add_str(&count, e->count->count.exact ? "" : "≥ ");
		text_add_number(&count, (int64_t)e->count->count.n);
		strbuf_addf(&count, " %s", plain_unit(sh));
		col = put_right(w, row, strbuf_text(&count));
	}
	if (f)
		strbuf_addf(&text, "%s: %s", f->name, f->about);
	else
		strbuf_add_str(&text, "field:value, or a word; "
		                      "- in front means not");
	window_text(w, row, 1, col - 3, TONE_NORMAL, TEXT_CUT_END,
	            strbuf_slice(&text));
	strbuf_release(&text);
	strbuf_release(&count);
}

/* Cells of the text and the cursor behind it. */
static int edit_cells(const struct shell *sh)
{
	return text_width(strbuf_slice(&sh->edit.prompt.text)) + 1;
}

int shell_filter_edit_lines(const struct shell *sh, int most)
{
	int room = sh->cols - LABEL - 1;
	int lines = (edit_cells(sh) + room - 1) / room;

	return lines < most ? lines : most;
}

void shell_filter_draw(const struct shell *sh, const struct window *w, int row,
                       int rows)
{
	struct layout l;
	struct strbuf label = { 0 }, side = { 0 };
	int lines, width = w->cols - LABEL - 1, room;

	shell_layout(sh, &l);
	lines = rows - l.strip_rows;
	strbuf_addf(&label, "filter %s", theme_sign(w->theme, SIGN_CRUMB));
	window_put(w, row, 1, TONE_NORMAL, strbuf_text(&label));
	add_side(sh, &side);
	room = width - text_width(strbuf_slice(&side)) - 1;
	if (lines == 1 && side.len && edit_cells(sh) <= room) {
		put_right(w, row, strbuf_text(&side));
		width = room;
	}
	prompt_draw(&sh->edit.prompt, w, row, LABEL, width, lines);
	if (shell_filter_shows_error(sh))
		put_error(sh, w, row + lines);
	else
		put_help(sh, w, row + lines);
	strbuf_release(&label);
	strbuf_release(&side);
}

/* Completion --------------------------------------------------------------- */

static void add_field_entry(const struct field *f, struct strbuf *out)
{
	strbuf_addf(out, "%-13s %s", f->name, f->about);
}

static void add_value_entry(const struct shell *sh, size_t i, int wide,
                            struct strbuf *out)
{
	const struct result *r = sh->edit.values->result;
	const struct cell *c = &r->cells[i * r->ncolumns];
	struct strbuf clean = { 0 };
	int width;

	text_sanitise(&clean, c[0].text);
	text_fit(out, strbuf_slice(&clean), wide, TEXT_CUT_MIDDLE, "~");
	width = text_width(strbuf_slice(out));
	for (; width < wide; width++)
		strbuf_add_char(out, ' ');
	if (r->ncolumns > 1) {
		strbuf_add_str(out, "  ");
		text_add_number(out, c[1].number);
	}
	strbuf_release(&clean);
}

static int widest_value(const struct shell *sh, size_t n)
{
	const struct result *r = sh->edit.values->result;
	struct strbuf clean = { 0 };
	int wide = 4;

	for (size_t i = 0; i < n; i++) {
		int width;

		strbuf_reset(&clean);
		text_sanitise(&clean, r->cells[i * r->ncolumns].text);
		width = text_width(strbuf_slice(&clean));
		wide = width > wide ? width : wide;
	}
	strbuf_release(&clean);
	return wide > 40 ? 40 : wide;
}

void shell_filter_list(const struct shell *sh, const struct window *w, int row)
{
	const struct filter_edit *e = &sh->edit;
	size_t n = e->prompt.listed > 0 ? (size_t)e->prompt.listed : 0;
	struct slice before = slice_to(strbuf_slice(&e->prompt.text),
	                               e->word.start);
	int col = LABEL + text_width(before) - 1, width = 44, wide = 0;

	if (e->word.in_value && n)
		wide = widest_value(sh, n);
	if (wide)
		width = wide + 16;
	if (col + width > w->cols)
		col = w->cols - width;
	if (col < 0)
		col = 0;
	for (size_t i = 0; i < n; i++) {
		struct strbuf text = { 0 };

		strbuf_add_char(&text, (int)i == e->prompt.chosen ? '>' : ' ');
		if (e->word.in_value)
			add_value_entry(sh, i, wide, &text);
		else
			add_field_entry(e->listed[i], &text);
		window_text(w, row + (int)i, col, width,
		            (int)i == e->prompt.chosen ? TONE_CURSOR
		                                       : TONE_NORMAL,
		            TEXT_CUT_END, strbuf_slice(&text));
		strbuf_release(&text);
	}
}
