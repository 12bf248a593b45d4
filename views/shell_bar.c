/* SPDX-License-Identifier: MIT */
/* The lines above the rows: title, panes, filter, strip. */
#include "views/shell_private.h"

#include "tui/chart.h"
#include "views/bars.h"
#include "views/list.h"

#define LABEL 10 /* " filter › " */

static int put_right(const struct window *w, int row, const char *text)
{
	int col = w->cols - text_width(slice_str(text));

	window_put(w, row, col < 0 ? 0 : col, TONE_NORMAL, text);
	return col;
}

/* Title -------------------------------------------------------------------- */

static void add_busy(const struct shell *sh, struct strbuf *out)
{
	int64_t busy = shell_busy_ms(sh);

	if (busy < SHELL_STALE_MS)
		return;
	busy = busy / SHELL_BUSY_MS * SHELL_BUSY_MS;
	strbuf_addf(out, "busy %lld.%lld s, ^C stops  ", (long long)(busy / 1000),
	            (long long)(busy % 1000 / 100));
}

static void add_status(const struct shell *sh, int room, struct strbuf *out)
{
	size_t start;

	add_busy(sh, out);
	if (sh->indexing)
		strbuf_add_str(out, sh->stopping ? "stopping  " : "indexing  ");
	if (sh->marks.n) {
		text_add_number(out, (int64_t)sh->marks.n);
		strbuf_add_str(out, " marked  ");
	}
	start = out->len;
	shell_info_title(sh, room - (int)start, out);
}

static void add_title_right(const struct shell *sh, int room,
                            struct strbuf *out)
{
	const struct step *s = shell_top(sh);
	struct times page = { sh->page_times, sh->times.zone };

	if (s->view->flags & VIEW_PAGE) {
		add_busy(sh, out);
		if (s->view->context == CONTEXT_TRACE)
			strbuf_addf(out, "%s  ", times_name(&page));
		if (s->view->title) {
			s->view->title(s, out);
			strbuf_add_str(out, "  ");
		}
	} else {
		struct look look;

		shell_look(sh, &look);
		add_status(sh, room, out);
		strbuf_addf(out, "%s  ", times_name(&look.times));
	}
	strbuf_add_str(out, "? help");
}

/* The step from which the path is told: the last one that a pane key made. */
static size_t path_start(const struct shell *sh)
{
	size_t i = sh->nsteps - 1;

	while (i > 0 && !sh->steps[i]->by_pane_key)
		i--;
	return i;
}

static struct slice step_name(const struct step *s)
{
	return s->label[0] ? slice_str(s->label) : slice_str(s->view->name);
}

static void add_path(const struct shell *sh, const struct theme *t, size_t from,
                     struct strbuf *out)
{
	const struct step *before = NULL;

	for (size_t i = from; i < sh->nsteps; i++) {
		const struct step *s = sh->steps[i];

		if (before && before->view == s->view &&
		    strcmp(before->label, s->label) == 0)
			continue;
		strbuf_addf(out, " %s ", theme_sign(t, SIGN_CRUMB));
		strbuf_add_slice(out, step_name(s));
		before = s;
	}
}

/* Case and last step always show; what is between becomes "…". */
static void add_crumbs(const struct shell *sh, const struct theme *t, int room,
                       struct strbuf *out)
{
	struct strbuf path = { 0 };
	int head;

	if (sh->rows >= 30)
		strbuf_add_str(out, "mailspoor  ");
	strbuf_add_str(out, sh->case_name);
	head = text_width(strbuf_slice(out));
	add_path(sh, t, path_start(sh), &path);
	if (head + text_width(strbuf_slice(&path)) > room) {
		strbuf_reset(&path);
		if (path_start(sh) + 1 < sh->nsteps)
			strbuf_addf(&path, " %s %s", theme_sign(t, SIGN_CRUMB),
			            theme_sign(t, SIGN_ELLIPSIS));
		add_path(sh, t, sh->nsteps - 1, &path);
	}
	strbuf_add_slice(out, strbuf_slice(&path));
	strbuf_release(&path);
}

void shell_title_draw(const struct shell *sh, const struct window *w)
{
	struct strbuf left = { 0 }, right = { 0 };
	int least = 30 < w->cols / 2 ? 30 : w->cols / 2, col;

	add_title_right(sh, w->cols - least, &right);
	col = put_right(w, 0, strbuf_text(&right));
	add_crumbs(sh, w->theme, col - 3, &left);
	window_text(w, 0, 1, col - 3, TONE_STRONG, TEXT_CUT_END,
	            strbuf_slice(&left));
	strbuf_release(&left);
	strbuf_release(&right);
}

/* Panes -------------------------------------------------------------------- */

static int panes_width(bool brief)
{
	int width = 1;

	for (size_t i = 0; views[i]; i++)
		if (views[i]->digit)
			width += 4 + (int)strlen(brief ? views[i]->brief
			                               : views[i]->name);
	return width;
}

/* Below 76 columns: digits, and the name of the open one. */
static const char *pane_name(const struct view *v, bool open, int size)
{
	if (open || size == 2)
		return v->name;
	return size == 1 ? v->brief : "";
}

static int panes_size(int cols)
{
	return panes_width(false) <= cols ? 2 : panes_width(true) <= cols ? 1 : 0;
}

/* The text of pane V, which begins at the column returned; *COL, where the one
 * before ends, moves behind it. A bracket takes the place of the blank between
 * two. */
static int pane_place(const struct view *v, bool open, int size, int *col,
                      struct strbuf *text)
{
	const char *name = pane_name(v, open, size);
	int start = open ? *col : *col + 1;

	strbuf_reset(text);
	strbuf_addf(text, "%s%c%s%s%s", open ? "[" : "", v->digit,
	            *name ? " " : "", name, open ? "]" : "");
	*col = start + (int)text->len - (open ? 1 : 0) + (size == 2);
	return start;
}

void shell_panes_draw(const struct shell *sh, const struct window *w, int row)
{
	struct strbuf text = { 0 };
	int col = 0;

	for (size_t i = 0; views[i]; i++) {
		bool open = views[i] == shell_top(sh)->view;
		int start;

		if (!views[i]->digit)
			continue;
		start = pane_place(views[i], open, panes_size(w->cols), &col,
		                   &text);
		window_put(w, row, start, open ? TONE_HEADING : TONE_NORMAL,
		           strbuf_text(&text));
	}
	strbuf_release(&text);
}

const struct view *shell_pane_at(const struct shell *sh, int at)
{
	const struct view *found = NULL;
	struct strbuf text = { 0 };
	int col = 0;

	for (size_t i = 0; views[i] && !found; i++) {
		int start;

		if (!views[i]->digit)
			continue;
		start = pane_place(views[i], views[i] == shell_top(sh)->view,
		                   panes_size(sh->cols), &col, &text);
		if (at >= start && at < start + (int)text.len)
			found = views[i];
	}
	strbuf_release(&text);
	return found;
}

/* Filter bar --------------------------------------------------------------- */

static void add_count_extra(const struct count *n, int room, struct strbuf *out)
{
	struct strbuf extra = { 0 };

	if (n->refused) {
		strbuf_add_str(&extra, " + ");
		text_add_number(&extra, (int64_t)n->refused);
		strbuf_add_str(&extra, " refused");
	}
	if (n->hidden) {
		strbuf_add_str(&extra, "  hidden: ");
		text_add_number(&extra, (int64_t)n->hidden);
	}
	if (text_width(strbuf_slice(out)) + text_width(strbuf_slice(&extra)) <=
	    room)
		strbuf_add_slice(out, strbuf_slice(&extra));
	strbuf_release(&extra);
}

static const char *unit_word(const struct step *s)
{
	return units[list_counted(s)].name;
}

/* "21,704 of 48,210 messages", "… of 48,210 messages". */
static void add_count(const struct shell *sh, const struct theme *t, int room,
                      struct strbuf *out)
{
	const struct step *s = shell_top(sh);
	const struct reply *r = step_reply(s, SLOT_COUNT_ROWS);
	bool stale = !shell_is_counted(sh);
	const char *unit = unit_word(s);

	if (r && !r->ok && !r->cancelled)
		return;
	if (!r || (!r->ok && r->cancelled)) {
		strbuf_addf(out, "%s %s", theme_sign(t, SIGN_ELLIPSIS), unit);
		return;
	}
	if (!stale && !s->filter->nterms) {
		strbuf_add_str(out, sh->indexing ? "≥ " : "all ");
		text_add_number(out, (int64_t)r->count.total);
	} else {
		if (stale)
			strbuf_add_str(out, theme_sign(t, SIGN_ELLIPSIS));
		else {
			if (!r->count.exact || sh->indexing)
				strbuf_add_str(out, "≥ ");
			text_add_number(out, (int64_t)r->count.n);
		}
		strbuf_add_str(out, " of ");
		text_add_number(out, (int64_t)r->count.total);
	}
	strbuf_addf(out, " %s", unit);
	if (!stale)
		add_count_extra(&r->count, room, out);
}

/* Which term is at a cell of the bar. */
struct term_hit {
	int line, col;
	size_t term;
};

/* Draws the terms, or only counts the lines if W is NULL. The first line has
 * FIRST cells. HIT: NULL, or gets the term that is there. */
static int put_terms(const struct shell *sh, const struct window *w, int row,
                     int first, int most, struct term_hit *hit)
{
	const struct filter *f = shell_top(sh)->filter;
	int line = 0, col = 0, cells = sh->cols - LABEL;

	for (size_t i = 0; i < f->nterms; i++) {
		struct slice term = slice_of(f->text.ptr + f->terms[i].start,
		                             f->terms[i].len);
		bool number = sh->mode == MODE_DROP && f->nterms > 1 && i < 9;
		int width = text_width(term) + (number ? 2 : 0);
		int room = line ? cells : first;
		char digit[24];

		if (col && col + 1 + width > room && line + 1 < most) {
			line++;
			col = 0;
			room = cells;
		} else if (col) {
			col++;
		}
		if (width > room - col)
			width = room - col;
		if (w && number) {
			snprintf(digit, sizeof digit, "%zu:", i + 1);
			window_put(w, row + line, LABEL + col, TONE_KEY, digit);
		}
		if (w && width > (number ? 2 : 0))
			window_text(w, row + line,
			            LABEL + col + (number ? 2 : 0),
			            width - (number ? 2 : 0), TONE_STRONG,
			            TEXT_CUT_MIDDLE, term);
		if (hit && hit->line == line && hit->col >= LABEL + col &&
		    hit->col < LABEL + col + width)
			hit->term = i;
		col += width > 0 ? width : 0;
	}
	return line + 1;
}

static int bar_room(const struct shell *sh, const struct strbuf *count)
{
	return sh->cols - LABEL - text_width(strbuf_slice(count)) - 1;
}

/* Cells that a count takes: the longest that this case can show. */
static void add_longest_count(const struct shell *sh, struct strbuf *out)
{
	const struct reply *r = step_reply(shell_top(sh), SLOT_COUNT_ROWS);
	int64_t total = r && r->ok ? (int64_t)r->count.total : 0;

	text_add_number(out, total);
	strbuf_add_str(out, " of ");
	text_add_number(out, total);
	strbuf_addf(out, " %s", unit_word(shell_top(sh)));
	if (r && r->ok)
		add_count_extra(&r->count, sh->cols / 2, out);
}

int shell_filter_lines(const struct shell *sh)
{
	struct strbuf count = { 0 };
	int most = sh->rows < 20 ? 1 : 3, lines;

	if (sh->mode == MODE_FILTER)
		return shell_filter_edit_lines(sh, most);
	add_longest_count(sh, &count);
	lines = put_terms(sh, NULL, 0, bar_room(sh, &count), most, NULL);
	strbuf_release(&count);
	return lines;
}

size_t shell_term_at(const struct shell *sh, int line, int col)
{
	struct term_hit hit = { .line = line, .col = col,
		                .term = shell_top(sh)->filter->nterms };
	struct strbuf longest = { 0 };

	add_longest_count(sh, &longest);
	put_terms(sh, NULL, 0, bar_room(sh, &longest),
	          sh->rows < 20 ? 1 : 3, &hit);
	strbuf_release(&longest);
	return hit.term;
}

static void put_label(const struct window *w, int row)
{
	struct strbuf label = { 0 };

	strbuf_addf(&label, "filter %s", theme_sign(w->theme, SIGN_CRUMB));
	window_put(w, row, 1, TONE_NORMAL, strbuf_text(&label));
	strbuf_release(&label);
}

void shell_bar_draw(const struct shell *sh, const struct window *w, int row,
                    int rows)
{
	struct strbuf count = { 0 }, longest = { 0 };

	put_label(w, row);
	add_longest_count(sh, &longest);
	if (shell_top(sh)->filter->nterms)
		put_terms(sh, w, row, bar_room(sh, &longest), rows, NULL);
	else
		window_put(w, row, LABEL, TONE_NORMAL, "none");
	add_count(sh, w->theme, shell_top(sh)->filter->nterms
	                                ? text_width(strbuf_slice(&longest))
	                                : w->cols - LABEL - 6, &count);
	put_right(w, row, strbuf_text(&count));
	strbuf_release(&count);
	strbuf_release(&longest);
}

/* Strip -------------------------------------------------------------------- */

static void put_strip(const struct shell *sh, const struct window *w, int row,
                      const struct histogram *h, const char *name,
                      const uint64_t *values)
{
	struct strbuf text = { 0 };
	uint64_t max = bars_highest(values, h->n);
	int col = 1, bars = (int)h->n;

	if (name)
		col = 1 + (int)sizeof "blocked ";
	if (name)
		window_put(w, row, 1, TONE_NORMAL, name);
	bars_add_label(h, &sh->times, h->from, &text);
	col = window_put(w, row, col, TONE_NORMAL, strbuf_text(&text)) + 1;
	if (bars > w->cols - col)
		bars = w->cols - col;
	chart_strip(w, row, col, values, (size_t)bars, max);
	strbuf_reset(&text);
	bars_add_label(h, &sh->times, h->from + h->bucket * (int64_t)h->n, &text);
	strbuf_add_str(&text, "  ");
	if (name && strcmp(name, "blocked") == 0)
		strbuf_add_str(&text, "own scale");
	else
		bars_add_length(h->bucket, &text);
	strbuf_add_str(&text, max ? ", max " : "  nothing");
	if (max)
		text_add_number(&text, (int64_t)max);
	window_put(w, row, col + bars + 1, TONE_NORMAL, strbuf_text(&text));
	strbuf_release(&text);
}

void shell_strip_draw(const struct shell *sh, const struct window *w, int row,
                      int rows)
{
	const struct reply *r = step_reply(shell_top(sh), SLOT_HISTOGRAM);
	const struct histogram *h = r && r->ok ? r->histogram : NULL;

	if (!rows || !h || !h->n)
		return;
	put_strip(sh, w, row, h, rows > 1 ? "all" : NULL, h->all);
	if (rows > 1)
		put_strip(sh, w, row + 1, h, "blocked", h->blocked);
}
