/* SPDX-License-Identifier: MIT */
/* Where everything stands (UI.md §1), and the order of drawing. */
#include "views/shell_private.h"

#include "views/list.h"

#define TALL 30
#define LEAST_ROWS 12
#define LEAST_COLS 40

static bool shows_head(const struct shell *sh)
{
	const struct list *l = shell_top(sh)->view->list;

	return sh->indexing && l && l->head && l->head_rows;
}

static int detail_rows(const struct shell *sh)
{
	const struct list *l = shell_top(sh)->view->list;
	int rows;

	if (sh->rows < 20)
		return 1;
	if (sh->rows < TALL)
		return 2;
	rows = l ? l->detail_rows : shell_top(sh)->view->detail_rows;
	return rows ? rows : 2;
}

static void page_layout(const struct shell *sh, struct layout *l)
{
	l->body = 1;
	l->body_rows = sh->rows - 2;
	l->legend = sh->rows - 1;
}

static int strip_rows(const struct shell *sh)
{
	int rows = sh->rows < 16 ? 0 : sh->rows < TALL ? 1 : 2;

	if (shell_top(sh)->view->flags & VIEW_NO_STRIP)
		rows = 0;
	/* the help line of the filter takes its place */
	return sh->mode == MODE_FILTER && !rows ? 1 : rows;
}

void shell_layout(const struct shell *sh, struct layout *l)
{
	int row = 1;

	*l = (struct layout){ .tall = sh->rows >= TALL };
	if (shell_top(sh)->view->flags & VIEW_PAGE) {
		page_layout(sh, l);
		return;
	}
	if (sh->rows >= LEAST_ROWS)
		l->panes = row++;
	l->filter = row;
	l->filter_rows = shell_filter_lines(sh);
	l->strip_rows = strip_rows(sh);
	if (shows_head(sh) && !shell_top(sh)->filter->nterms)
		l->filter_rows = 0;
	row += l->filter_rows;
	l->strip = row;
	if (shows_head(sh))
		l->strip_rows = shell_top(sh)->view->list->head_rows;
	row += l->strip_rows;
	if (l->tall)
		l->rule = row++;
	l->body = row;
	l->legend = sh->rows - 1;
	l->detail_rows = detail_rows(sh);
	l->detail = l->legend - l->detail_rows;
	l->body_rows = l->detail - (l->tall ? 1 : 0) - l->body - 1;
}

/* Only events have times as they were written; the rest shows UTC. */
static struct times times_of(const struct shell *sh)
{
	const struct result *r = step_result(shell_top(sh), SLOT_PAGE);
	struct times t = sh->times;

	if (t.mode == TIMES_LOGGED &&
	    (!shell_top(sh)->view->list || !r || result_column(r, "time_raw") < 0))
		t.mode = TIMES_UTC;
	return t;
}

void shell_look(const struct shell *sh, struct look *out)
{
	const struct reply *s = sh->sources, *g = sh->gaps;
	struct layout l;

	shell_layout(sh, &l);
	*out = (struct look){ .times = times_of(sh),
		              .stale = shell_top(sh)->view->list
		                               ? shell_is_stale(sh, SLOT_PAGE)
		                               : shell_is_any_stale(sh),
		              .counted = shell_is_counted(sh),
		              .marks = &sh->marks,
		              .detail_rows = l.detail_rows,
		              .tall = l.tall };
	if (shell_top(sh)->view->flags & VIEW_PAGE)
		out->times.mode = sh->page_times;
	if (out->times.mode == TIMES_CORRECTED &&
	    shell_top(sh)->view->context != CONTEXT_TRACE)
		out->times.mode = TIMES_UTC;
	if (sh->found.len)
		out->found = strbuf_slice(&sh->found);
	out->sources = s ? s->result : NULL;
	out->gaps = g ? g->result : NULL;
	out->clocks = sh->clocks ? sh->clocks->result : NULL;
	out->settings = sh->settings ? sh->settings->result : NULL;
	out->noted = &sh->noted;
	out->notes = sh->notes ? sh->notes->result : NULL;
	out->progress = sh->indexing ? &sh->progress : NULL;
}

static void draw_rule(const struct window *w, int row)
{
	window_fill(w, row, 0, w->cols, TONE_NORMAL,
	            theme_sign(w->theme, SIGN_RULE));
}

static void draw_body(const struct shell *sh, const struct window *w,
                      const struct layout *l)
{
	const struct step *s = shell_top(sh);
	struct window body = window_part(w, l->body, 0, l->legend - l->body,
	                                 w->cols);
	struct look look;

	shell_look(sh, &look);
	s->view->draw(s, &look, &body);
	if (shell_why_is_shown(sh))
		shell_why_draw(sh, &body);
}

static void draw_top(const struct shell *sh, const struct window *w,
                     const struct layout *l)
{
	const struct step *s = shell_top(sh);
	struct look look;
	struct window head;

	if (l->panes)
		shell_panes_draw(sh, w, l->panes);
	if (sh->mode == MODE_FILTER) {
		shell_filter_draw(sh, w, l->filter,
		                  l->filter_rows + l->strip_rows);
	} else {
		if (l->filter_rows)
			shell_bar_draw(sh, w, l->filter, l->filter_rows);
		if (!shows_head(sh))
			shell_strip_draw(sh, w, l->strip, l->strip_rows);
	}
	if (shows_head(sh) && sh->mode != MODE_FILTER) {
		shell_look(sh, &look);
		head = window_part(w, l->strip, 0, l->strip_rows, w->cols);
		s->view->list->head(&look, &head);
	}
}

static void draw_too_small(const struct window *w)
{
	struct strbuf text = { 0 };

	strbuf_addf(&text, "terminal is %dx%d, needs %dx%d", w->cols, w->rows,
	            LEAST_COLS, LEAST_ROWS);
	window_put(w, 0, 0, TONE_NORMAL, strbuf_text(&text));
	strbuf_release(&text);
}

void shell_draw(struct shell *sh, const struct window *w)
{
	struct layout l;

	if (w->rows != sh->rows || w->cols != sh->cols)
		shell_resize(sh, w->rows, w->cols);
	window_cursor(w, 0, 0, false);
	if (w->rows < LEAST_ROWS || w->cols < LEAST_COLS) {
		draw_too_small(w);
		return;
	}
	shell_layout(sh, &l);
	shell_title_draw(sh, w);
	if (sh->mode == MODE_FIELDS || sh->mode == MODE_LOG) {
		struct window body = window_part(w, 1, 0, w->rows - 2, w->cols);

		if (sh->mode == MODE_FIELDS)
			shell_fields_draw(sh, &body);
		else
			shell_log_draw(sh, &body);
	} else {
		if (!(shell_top(sh)->view->flags & VIEW_PAGE))
			draw_top(sh, w, &l);
		draw_body(sh, w, &l);
		if (l.rule) {
			draw_rule(w, l.rule);
			draw_rule(w, l.detail - 1);
		}
		if (sh->mode == MODE_MENU) {
			struct window body = window_part(
				w, l.body, 0, l.legend - l.body, w->cols);

			shell_menu_draw(sh, &body);
		}
		if (sh->mode == MODE_EXPORT)
			shell_export_draw(sh, w);
		if (sh->mode == MODE_FILTER)
			shell_filter_list(sh, w, l.filter + l.filter_rows +
			                                 l.strip_rows);
	}
	shell_legend_draw(sh, w, l.legend);
}
