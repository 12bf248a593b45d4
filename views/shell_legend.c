/* SPDX-License-Identifier: MIT */
/* The last line: what keys would do here, or a message, or a prompt. */
#include "views/shell_private.h"

#include "views/list.h"

#define LEGEND_KEYS 16

struct entry {
	const struct key_row *row;
	const char *label;
};

static bool add_entry(const struct shell *sh, struct entry *list, size_t *n,
                      const struct key_row *r, const char *label)
{
	if (!r || *n >= LEGEND_KEYS || !shell_can(sh, r))
		return false;
	list[*n].row = r;
	list[(*n)++].label = label;
	return true;
}

static const char *label_of(const struct key_row *r, bool wide)
{
	return wide && r->label_wide ? r->label_wide : r->label;
}

static void own_legend(const struct shell *sh, bool wide, struct entry *list,
                       size_t *n)
{
	const struct step *s = shell_top(sh);
	const struct view *v = s->view;

	for (const struct legend *g = v->legend; g->act; g++) {
		const struct key_row *r = key_of(v->context, g->act);
		const char *label = wide && g->label_wide ? g->label_wide
		                                          : g->label;

		if (g->act == ACT_OPEN && v->list && list_open_label(s))
			label = list_open_label(s);
		if (r)
			add_entry(sh, list, n, r,
			          label ? label : label_of(r, wide));
	}
}

static void ranked_legend(const struct shell *sh, bool wide, struct entry *list,
                          size_t *n)
{
	enum context c = shell_top(sh)->view->context;

	for (int rank = 1; rank <= 20; rank++)
		for (const struct key_row *r = key_rows; r->act; r++)
			if (r->rank == rank && r->label &&
			    (r->where & (1u << c)))
				add_entry(sh, list, n, r, label_of(r, wide));
}

static int entry_text(const struct entry *e, struct strbuf *out)
{
	strbuf_reset(out);
	if (e->row->keys[0])
		key_add_names(e->row, 1, out);
	else
		strbuf_addf(out, ":%s", e->row->command);
	return text_width(strbuf_slice(out)) + 1 +
	       text_width(slice_str(e->label));
}

static int legend_width(const struct entry *list, size_t n, int gap)
{
	struct strbuf key = { 0 };
	int width = 1;

	for (size_t i = 0; i < n; i++)
		width += entry_text(&list[i], &key) + (i ? gap : 0);
	strbuf_release(&key);
	return width;
}

static void put_entries(const struct window *w, int row,
                        const struct entry *list, size_t n, int gap)
{
	struct strbuf key = { 0 };
	int col = 1;

	for (size_t i = 0; i < n; i++) {
		entry_text(&list[i], &key);
		col = window_put(w, row, col, TONE_KEY, strbuf_text(&key));
		col = window_put(w, row, col + 1, TONE_NORMAL, list[i].label);
		col += gap;
	}
	strbuf_release(&key);
}

/* As many as fit; the last of the list (help) is the last to go. */
static void draw_legend(const struct shell *sh, const struct window *w, int row)
{
	struct entry list[LEGEND_KEYS];
	bool wide = w->cols >= 120;
	int gap = wide ? 3 : 2;
	size_t n = 0, most = wide ? 14 : 8;

	if (shell_top(sh)->view->legend)
		own_legend(sh, wide, list, &n);
	else
		ranked_legend(sh, wide, list, &n);
	while (n > 1 && (n > most || legend_width(list, n, gap) >= w->cols)) {
		list[n - 2] = list[n - 1];
		n--;
	}
	put_entries(w, row, list, n, gap);
}

/* The tags that there are, while there is room for them. */
static void draw_tags(const struct shell *sh, const struct window *w, int row,
                      int col)
{
	struct strbuf text = { 0 };
	int typed = text_width(strbuf_slice(&sh->line.text));
	int room = w->cols - 2 - (col + typed + 2);

	if (sh->keep.name.len) {
		strbuf_addf(&text, "Tab: %s  -TAG takes off",
		            strbuf_text(&sh->keep.name));
		if (room >= 12)
			window_text_right(w, row, col + typed + 2, room,
			                  TONE_FAINT, strbuf_slice(&text));
	}
	strbuf_release(&text);
}

static void draw_line(const struct shell *sh, const struct window *w, int row)
{
	int col = window_put(w, row, 1, TONE_STRONG, sh->line_title);
	const char *sign = theme_sign(w->theme, SIGN_CRUMB);

	if (strcmp(sh->line_title, ":") != 0)
		col = window_put(w, row, col + 1, TONE_NORMAL, sign) + 1;
	prompt_draw(&sh->line, w, row, col, w->cols - col - 1, 1);
	if (sh->line_act == ACT_TAG)
		draw_tags(sh, w, row, col);
}

static void put_hint(const struct window *w, int row, const char *text)
{
	window_put(w, row, 1, TONE_NORMAL, text);
}

static void draw_filter_hint(const struct shell *sh, const struct window *w,
                             int row)
{
	if (sh->edit.good)
		put_hint(w, row, w->cols >= 80
			? "Tab take  ↑ ↓ choose  ^p ^n history  ^w word  "
			  "^u all  ^y value here  Esc leave"
			: "Enter apply  Tab take  Esc leave");
	else
		put_hint(w, row, w->cols >= 68
			? "the last good filter still applies   Enter try again"
			  "   Esc leave"
			: "Enter try again  Esc leave");
}

static void draw_message(const struct shell *sh, const struct window *w,
                         int row)
{
	int col = 1;

	if (sh->message_is_error)
		col = window_put(w, row, col, TONE_ERROR, "error: ");
	window_text(w, row, col, w->cols - col - 1, TONE_NORMAL, TEXT_CUT_END,
	            strbuf_slice(&sh->message));
}

void shell_legend_draw(const struct shell *sh, const struct window *w, int row)
{
	const struct list *l = shell_top(sh)->view->list;

	switch (sh->mode) {
	case MODE_PROMPT: draw_line(sh, w, row); return;
	case MODE_FILTER:
		if (sh->message.len)
			draw_message(sh, w, row);
		else
			draw_filter_hint(sh, w, row);
		return;
	case MODE_DROP:
		put_hint(w, row, "which term? 1-9 drops that one  "
		                 "r the last  Esc none");
		return;
	case MODE_MENU:
		if (sh->message.len)
			draw_message(sh, w, row);
		else
			put_hint(w, row, sh->menu.kind == MENU_COLUMNS
				? "Space show, hide  J K move  Enter do  "
				  "Esc leave"
				: "Space tick up to three  Enter group  "
				  "Esc leave");
		return;
	case MODE_EXPORT:
		if (sh->message.len)
			draw_message(sh, w, row);
		else
			put_hint(w, row, w->cols >= 72
				? "j k line  ← → choose  Tab next  type in file  "
				  "Enter export  Esc leave"
				: "Enter export  Esc leave");
		return;
	case MODE_FIELDS:
	case MODE_LOG:
		put_hint(w, row, "j k scroll  Esc close");
		return;
	case MODE_LIST:
	case MODE_CONFIRM: break;
	}
	if (sh->message.len)
		draw_message(sh, w, row);
	else if (sh->indexing && !sh->stopping && l && l->head)
		put_hint(w, row, w->cols >= 80
			? "Tab other panes: what is read so far (≥)  "
			  "^C stop, keep what is read  ? keys"
			: "^C stop, keep what is read");
	else if (shell_why_is_shown(sh))
		put_hint(w, row, "Enter try it  r drop the term  "
		                 "\\ edit the filter  Esc back  ? keys");
	else
		draw_legend(sh, w, row);
}
