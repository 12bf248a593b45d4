/* SPDX-License-Identifier: MIT */
/* The mouse, if it is on: what a click and the wheel do. All of it is also on
 * keys. */
#include "views/shell_private.h"

#define WHEEL 3 /* rows that one notch moves */

static void wheel(struct shell *sh, bool up)
{
	for (int i = 0; i < WHEEL; i++)
		shell_do(sh, up ? ACT_UP : ACT_DOWN, SLICE(""), 0);
	strbuf_reset(&sh->message);
}

/* Lines of the frame; false: the body's. */
static bool click_frame(struct shell *sh, const struct layout *l, int row,
                        int col)
{
	const struct view *v;
	size_t term;

	if (shell_top(sh)->view->flags & VIEW_PAGE)
		return row < l->body || row >= l->legend;
	if (l->panes && row == l->panes) {
		v = shell_pane_at(sh, col);
		if (v)
			shell_pane(sh, v);
		return true;
	}
	if (row >= l->filter && row < l->filter + l->filter_rows) {
		term = shell_term_at(sh, row - l->filter, col);
		if (term < shell_top(sh)->filter->nterms)
			shell_drop(sh, term);
		return true;
	}
	return row < l->body || row >= l->legend;
}

void shell_mouse(struct shell *sh, const struct input *in)
{
	struct step *s = shell_top(sh);
	struct pointer p = { .col = in->mouse_col, .press = in->mouse_press,
		             .drag = in->mouse_drag };
	struct layout l;

	if (sh->mode != MODE_LIST)
		return;
	if (in->mouse_button == 4 || in->mouse_button == 5) {
		wheel(sh, in->mouse_button == 4);
		return;
	}
	/* other buttons are the terminal's */
	if (in->mouse_press && in->mouse_button != 1)
		return;
	if (in->mouse_press && !in->mouse_drag)
		strbuf_reset(&sh->message);
	shell_layout(sh, &l);
	p.row = in->mouse_row - l.body;
	if (p.press && !p.drag &&
	    click_frame(sh, &l, in->mouse_row, in->mouse_col))
		return;
	if (p.row >= 0 && s->view->mouse && !shell_why_is_shown(sh))
		s->view->mouse(sh, s, &p);
}
