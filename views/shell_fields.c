/* SPDX-License-Identifier: MIT */
/* Two pages over the list: all fields of the row (v), messages so far. */
#include "views/shell_private.h"

#include "views/list.h"
#include "views/shell_info.h"

#define NAME_CELLS 17

void shell_fields_open(struct shell *sh)
{
	const struct step *s = shell_top(sh);
	struct want w = { .on = true };

	if (!s->place.id || s->ngroups) {
		shell_say(sh, "there is no row here");
		return;
	}
	sh->mode = MODE_FIELDS;
	sh->fields_top = 0;
	reply_free(sh->fields);
	sh->fields = NULL;
	w.request.kind = REQUEST_PAGE;
	w.request.query = (struct query){ .unit = s->unit,
		                          .hidden = true,
		                          .from = s->from, .to = s->to };
	w.request.anchor = (struct anchor){ .kind = ANCHOR_ROW,
		                            .id = s->place.id };
	sh->prompt_use = USE_FIELDS;
	shell_ask(sh, SLOT_PROMPT, &w, s->filter);
}

void shell_fields_reply(struct shell *sh, struct reply *r)
{
	reply_free(sh->fields);
	sh->fields = r;
}

/* The part of TEXT that fits into WIDTH cells; at least one character. */
static struct slice take_cells(struct slice *text, int width)
{
	struct slice rest = *text, part;
	int cells = 0;

	while (rest.len) {
		struct slice before = rest;
		uint32_t c = text_next(&rest);
		int w = text_char_width(c);

		if (cells && cells + w > width) {
			rest = before;
			break;
		}
		cells += w;
	}
	part = slice_of(text->ptr, text->len - rest.len);
	*text = rest;
	return part;
}

/* Draws the field from line ROW on (negative: above the window); returns the
 * line behind. */
static int put_field(const struct window *w, int row, const char *name,
                     struct slice value)
{
	struct strbuf clean = { 0 };
	struct slice rest;
	int width = w->cols - NAME_CELLS - 3;

	text_sanitise(&clean, value);
	rest = strbuf_slice(&clean);
	if (row >= 0 && row < w->rows)
		window_put(w, row, 1, TONE_FAINT, name);
	do {
		struct slice part = take_cells(&rest, width);

		if (row >= 0 && row < w->rows && part.len)
			window_text(w, row, NAME_CELLS + 2, width, TONE_NORMAL,
			            TEXT_CUT_END, part);
		row++;
	} while (rest.len);
	strbuf_release(&clean);
	return row;
}

static void put_notes(const struct shell *sh, const struct window *w, int row)
{
	const struct step *s = shell_top(sh);
	struct strbuf text = { 0 };
	struct look look;

	shell_look(sh, &look);
	if (s->view->list &&
	    look_add_notes(&look, list_mark_unit(s), s->place.id, &text))
		put_field(w, row, "analyst", strbuf_slice(&text));
	strbuf_release(&text);
}

void shell_fields_draw(const struct shell *sh, const struct window *w)
{
	const struct result *r = sh->fields && sh->fields->ok
	                                 ? sh->fields->result : NULL;
	int row = 1 - sh->fields_top;

	if (sh->fields && !sh->fields->ok)
		window_text(w, 1, 1, w->cols - 2, TONE_ERROR, TEXT_CUT_END,
		            slice_str(sh->fields->err.text));
	for (size_t i = 0; r && r->nrows && i < r->ncolumns; i++)
		if (r->cells[i].text.ptr)
			row = put_field(w, row, r->columns[i], r->cells[i].text);
	put_notes(sh, w, row);
}

void shell_fields_key(struct shell *sh, int key)
{
	switch (key) {
	case 'j': case KEY_CODE_DOWN: sh->fields_top++; break;
	case 'k': case KEY_CODE_UP: sh->fields_top--; break;
	case ' ': case KEY_CODE_PAGE_DOWN: sh->fields_top += sh->rows / 2; break;
	case KEY_CODE_PAGE_UP: sh->fields_top -= sh->rows / 2; break;
	case KEY_CODE_ESC: case 'q': case 'v': case KEY_CODE_BACKSPACE:
		sh->mode = MODE_LIST;
		shell_cancel(sh, SLOT_PROMPT);
		break;
	default: break;
	}
	if (sh->fields_top < 0)
		sh->fields_top = 0;
	if (sh->fields_top > 500)
		sh->fields_top = 500;
}

void shell_log_draw(const struct shell *sh, const struct window *w)
{
	size_t room = (size_t)(w->rows > 2 ? w->rows - 2 : 1);
	size_t first = sh->nlog > room ? sh->nlog - room : 0;

	if (!sh->nlog)
		window_put(w, 1, 1, TONE_NORMAL, "no messages so far");
	for (size_t i = first; i < sh->nlog; i++)
		window_text(w, 1 + (int)(i - first), 1, w->cols - 2,
		            TONE_NORMAL, TEXT_CUT_END, slice_str(sh->log[i]));
}
