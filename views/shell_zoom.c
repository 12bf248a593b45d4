/* SPDX-License-Identifier: MIT */
/* Zoom: a term of time in the filter, so that nothing is narrowed unseen. */
#include "views/shell_private.h"

#include "base/civil.h"
#include "views/bars.h"
#include "views/list.h"
#include "views/pane.h"

void shell_zoom(struct shell *sh, int64_t from, int64_t to)
{
	struct strbuf term = { 0 };

	pane_add_time(from, to, &term);
	shell_combine(sh, strbuf_slice(&term));
	strbuf_release(&term);
}

/* First and last time of the case. */
static bool case_span(const struct shell *sh, int64_t *from, int64_t *to)
{
	const struct result *r = sh->sources ? sh->sources->result : NULL;

	*from = *to = TIME_NONE;
	for (size_t i = 0; r && i < r->nrows; i++) {
		const struct cell *a = result_cell(r, i, "first_utc");
		const struct cell *b = result_cell(r, i, "last_utc");

		if (a->text.ptr && (*from == TIME_NONE || a->number < *from))
			*from = a->number;
		if (b->text.ptr && (*to == TIME_NONE || b->number >= *to))
			*to = b->number + 1;
	}
	return *from != TIME_NONE && *to != TIME_NONE;
}

/* The filter's term of time; its number, or how many terms there are. */
static size_t find_time(const struct shell *sh, int64_t *from, int64_t *to)
{
	const struct filter *f = shell_top(sh)->filter;
	struct filter_context c = shell_filter_context(sh);
	size_t i;

	for (i = 0; i < f->nterms; i++) {
		struct filter *term =
			filter_parse(slice_of(f->text.ptr + f->terms[i].start,
		                              f->terms[i].len), &c, NULL);

		if (term)
			pane_time_range(term, from, to);
		filter_unref(term);
		if (term && (*from != TIME_NONE || *to != TIME_NONE))
			break;
	}
	return i;
}

/* Three times as long around the same middle; all, if that is no more. */
void shell_zoom_out(struct shell *sh)
{
	const struct filter *f = shell_top(sh)->filter;
	struct strbuf text = { 0 };
	int64_t from = TIME_NONE, to = TIME_NONE, first, last, length;
	size_t term = find_time(sh, &from, &to);
	bool known = case_span(sh, &first, &last);

	if (term >= f->nterms) {
		shell_say(sh, "all of the time is shown");
		return;
	}
	filter_without(f, term, &text);
	length = to - from;
	if (known && from != TIME_NONE && to != TIME_NONE &&
	    (from - length > first || to + length < last)) {
		if (text.len)
			strbuf_add_char(&text, ' ');
		pane_add_time(from - length, to + length, &text);
	}
	shell_set_filter(sh, slice_str(strbuf_text(&text)));
	strbuf_release(&text);
}

/* The bar of the strip that holds the row; of a group all of its time. */
static bool row_time(const struct shell *sh, int64_t *from, int64_t *to)
{
	const struct step *s = shell_top(sh);
	const struct reply *r = step_reply(s, SLOT_HISTOGRAM);
	const char *time = s->ngroups ? "first" : units[s->unit].time;
	struct list_row row;
	const struct cell *a, *b;

	if (!list_current(s, NULL, &row))
		return false;
	a = time ? result_cell(row.result, row.row, time) : NULL;
	b = s->ngroups ? result_cell(row.result, row.row, "last") : a;
	if (!a || !b || !a->text.ptr || !b->text.ptr)
		return false;
	*from = a->number;
	*to = b->number + 1;
	if (r && r->ok && r->histogram && bars_at(r->histogram, *from) >= 0) {
		const struct histogram *h = r->histogram;
		int64_t over = (*to - 1 - h->from) % h->bucket;

		*from = bars_start(h, (size_t)bars_at(h, *from));
		*to += h->bucket - over - 1;
	}
	return true;
}

void shell_zoom_row(struct shell *sh)
{
	int64_t from, to;

	if (row_time(sh, &from, &to))
		shell_zoom(sh, from, to);
	else
		shell_say(sh, "this row has no time to zoom to");
}

/* x of a list: the same rows over time, in lanes by what they are. */
void shell_chart(struct shell *sh)
{
	const struct step *s = shell_top(sh);
	struct target t = { .unit = &units[list_counted(s)] };

	if (s->ngroups)
		t.groups[0] = s->groups[0];
	else if (s->unit == UNIT_EVENTS || s->unit == UNIT_ATTEMPTS)
		t.groups[0] = field_find(SLICE("action"));
	shell_open(sh, view_find("Timeline"), &t);
}
