/* SPDX-License-Identifier: MIT */
/* Draws why nothing was found. */
#include "views/shell_private.h"

#include "views/list.h"

/* Terms of usual length stand whole before their numbers. */
static int count_col(const struct window *w)
{
	return w->cols >= 120 ? 60 : w->cols >= 76 ? 36 : w->cols - 14;
}

static void put_number(const struct window *w, int row, bool known, uint64_t n,
                       uint64_t refused)
{
	struct strbuf text = { 0 };

	if (known)
		text_add_number(&text, (int64_t)n);
	else
		strbuf_add_str(&text, theme_sign(w->theme, SIGN_ELLIPSIS));
	window_text_right(w, row, count_col(w), 10, TONE_NORMAL,
	                  strbuf_slice(&text));
	strbuf_reset(&text);
	if (known && refused) {
		strbuf_add_str(&text, "+ ");
		text_add_number(&text, (int64_t)refused);
		strbuf_add_str(&text, " refused");
	}
	window_text(w, row, count_col(w) + 11, w->cols - count_col(w) - 12,
	            TONE_NORMAL, TEXT_CUT_END, strbuf_slice(&text));
	strbuf_release(&text);
}

static void put_cursor(const struct window *w, int row, bool here)
{
	if (!here)
		return;
	window_put(w, row, 2, TONE_STRONG, ">");
	window_cursor(w, row, 2, true);
}

static void put_term(const struct step *s, const struct window *w, int row,
                     size_t i)
{
	const struct why_term *t = &s->why->terms[i];
	struct strbuf like = { 0 };

	put_cursor(w, row, s->why->cursor == i);
	window_text(w, row, 4, count_col(w) - 5, TONE_NORMAL, TEXT_CUT_MIDDLE,
	            shell_why_term(s, i));
	put_number(w, row, t->has_alone, t->alone, t->alone_refused);
	if (t->like.len) {
		strbuf_add_str(&like, "like it: ");
		strbuf_add_slice(&like, strbuf_slice(&t->like));
		strbuf_add_str(&like, " (");
		text_add_number(&like, (int64_t)t->like_count);
		strbuf_add_str(&like, ")");
		window_text(w, row, count_col(w) + 13, w->cols - count_col(w) - 14,
		            TONE_NORMAL, TEXT_CUT_MIDDLE, strbuf_slice(&like));
	}
	strbuf_release(&like);
}

static void put_without(const struct step *s, const struct window *w, int row,
                        size_t i)
{
	const struct why_term *t = &s->why->terms[i];
	struct strbuf text = { 0 };

	put_cursor(w, row, s->why->cursor == s->why->nterms + i);
	strbuf_add_str(&text, "without ");
	strbuf_add_slice(&text, shell_why_term(s, i));
	window_text(w, row, 4, count_col(w) - 5, TONE_NORMAL, TEXT_CUT_MIDDLE,
	            strbuf_slice(&text));
	put_number(w, row, t->has_without, t->without, t->without_refused);
	strbuf_release(&text);
}

static const char *gap_words(struct slice kind)
{
	if (slice_eq(kind, SLICE("suppressed")))
		return "says itself that lines were lost,";
	if (slice_eq(kind, SLICE("truncated")))
		return "could not be read to its end: nothing";
	return "has a gap";
}

/* "in raw lines  12  Enter searches" */
static void put_raw(const struct shell *sh, const struct window *w, int row)
{
	const struct why *why = shell_top(sh)->why;
	struct strbuf text = { 0 };
	bool here = shell_why_raw(sh, &text);
	int col = count_col(w) + 13;

	strbuf_release(&text);
	if (!here)
		return;
	put_cursor(w, row, why->cursor + 1 == shell_why_lines(sh));
	window_text(w, row, 4, count_col(w) - 5, TONE_NORMAL, TEXT_CUT_END,
	            SLICE("in raw lines"));
	if (why->has_raw || why->stage != WHY_DONE)
		put_number(w, row, why->has_raw, why->raw, 0);
	window_text(w, row, col, w->cols - col - 1, TONE_FAINT, TEXT_CUT_END,
	            SLICE("Enter searches the lines"));
}

/* The time that the filter and the zoom leave. */
static void narrow(const struct predicate *p, int64_t *from, int64_t *to)
{
	const struct term_value *v = p && p->nvalues ? p->values : NULL;
	bool time = p && p->kind == PRED_TERM && p->field &&
	            p->field->type == FIELD_TIME && v;

	if (p && p->kind == PRED_AND) {
		narrow(p->left, from, to);
		narrow(p->right, from, to);
	}
	if (!time)
		return;
	if (strcmp(p->field->name, "after") == 0)
		*from = v->number > *from ? v->number : *from;
	else if (strcmp(p->field->name, "before") == 0)
		*to = v->number < *to ? v->number : *to;
	else if (strcmp(p->field->name, "time") == 0 && p->op == TERM_EQUAL &&
	         p->nvalues == 1) {
		*from = v->number > *from ? v->number : *from;
		*to = v->number_to < *to ? v->number_to : *to;
	}
}

static void add_gap(const struct shell *sh, const struct result *r, size_t i,
                    struct strbuf *out)
{
	strbuf_add_slice(out, result_cell(r, i, "server")->text);
	strbuf_addf(out, " %s from ",
	            gap_words(result_cell(r, i, "kind")->text));
	times_add(&sh->times, result_cell(r, i, "from_utc")->number, 0, out);
	strbuf_add_str(out, " to ");
	times_add(&sh->times, result_cell(r, i, "to_utc")->number, 0, out);
	strbuf_addf(out, " %s", times_name(&sh->times));
}

/* Gaps within the time that is asked for. */
static int put_gaps(const struct shell *sh, const struct window *w, int row,
                    int last)
{
	const struct result *r = sh->gaps ? sh->gaps->result : NULL;
	const struct step *s = shell_top(sh);
	struct strbuf text = { 0 };
	int64_t from = s->from == TIME_NONE ? INT64_MIN : s->from;
	int64_t to = s->to == TIME_NONE ? INT64_MAX : s->to;

	narrow(s->filter->where, &from, &to);
	for (size_t i = 0; r && i < r->nrows && row < last; i++) {
		if (result_cell(r, i, "to_utc")->number < from ||
		    result_cell(r, i, "from_utc")->number >= to)
			continue;
		strbuf_reset(&text);
		add_gap(sh, r, i, &text);
		window_text(w, row++, 2, w->cols - 3, TONE_NORMAL, TEXT_CUT_END,
		            strbuf_slice(&text));
	}
	strbuf_release(&text);
	return row;
}

/* What narrows beside the filter: zoom, probes that are hidden. */
static int put_narrowed(const struct shell *sh, const struct window *w, int row,
                        int last)
{
	const struct step *s = shell_top(sh);
	const struct reply *n = step_reply(s, SLOT_COUNT_ROWS);
	struct strbuf text = { 0 };

	if (row < last && (s->from != TIME_NONE || s->to != TIME_NONE))
		window_put(w, row++, 2, TONE_NORMAL,
		           "Only within the time zoomed in on; Z zooms out.");
	if (row < last && n && n->ok && n->count.hidden) {
		text_add_number(&text, (int64_t)n->count.hidden);
		strbuf_addf(&text, " that match%s hidden: probes and copies.",
		            n->count.hidden == 1 ? "es is" : " are");
		window_put(w, row++, 2, TONE_NORMAL, strbuf_text(&text));
	}
	strbuf_release(&text);
	return row;
}

static bool is_first(const struct result *r, size_t i)
{
	struct slice server = result_cell(r, i, "server")->text;

	for (size_t k = 0; k < i; k++)
		if (slice_eq_nocase(result_cell(r, k, "server")->text, server))
			return false;
	return server.len;
}

/* "Logs of edge, mail1 are here: what others did cannot be seen." */
static void put_servers(const struct shell *sh, const struct window *w, int row)
{
	const struct result *r = sh->sources ? sh->sources->result : NULL;
	struct strbuf text = { 0 };
	size_t n = 0;

	strbuf_add_str(&text, "Logs of ");
	for (size_t i = 0; r && i < r->nrows; i++)
		if (is_first(r, i)) {
			strbuf_add_str(&text, n++ ? ", " : "");
			strbuf_add_slice(&text,
			                 result_cell(r, i, "server")->text);
		}
	strbuf_add_str(&text, " are here; what other servers did cannot be "
	                      "seen.");
	if (n)
		window_text_wrapped(w, row, 2, w->cols - 3, 2, TONE_NORMAL,
		                    strbuf_slice(&text));
	strbuf_release(&text);
}

static void put_searched(const struct shell *sh, const struct window *w, int row)
{
	const struct result *r = sh->sources ? sh->sources->result : NULL;
	struct strbuf text = { 0 };
	int64_t lines = 0, unknown = 0;
	size_t servers = 0;

	if (!r)
		return;
	for (size_t i = 0; i < r->nrows; i++) {
		lines += result_cell(r, i, "lines")->number;
		unknown += result_cell(r, i, "unknown_lines")->number;
		servers += is_first(r, i);
	}
	strbuf_addf(&text, "looked in %zu server%s, %zu source%s, ", servers,
	            servers == 1 ? "" : "s", r->nrows, r->nrows == 1 ? "" : "s");
	text_add_number(&text, lines);
	strbuf_add_str(&text, " lines, ");
	text_add_number(&text, unknown);
	strbuf_add_str(&text, " of them unknown");
	window_text(w, row, 1, w->cols - 2, TONE_NORMAL, TEXT_CUT_END,
	            strbuf_slice(&text));
	strbuf_release(&text);
}

void shell_why_draw(const struct shell *sh, const struct window *w)
{
	const struct step *s = shell_top(sh);
	const struct why *why = s->why;
	bool low = w->rows < 14; /* no room for blanks between the parts */
	int row = low ? 0 : 1, last = w->rows - 2;
	struct strbuf text = { 0 };

	window_clear(w);
	strbuf_addf(&text, "None of the %s match%s.", units[s->unit].name,
	            why->nterms > 1 ? "; each term alone" : "");
	window_put(w, row, 2, TONE_NORMAL, strbuf_text(&text));
	row += low ? 1 : 2;
	for (size_t i = 0; i < why->nterms && row < last; i++)
		put_term(s, w, row++, i);
	row += !low;
	for (size_t i = 0; why->nterms > 1 && i < why->nterms && row < last; i++)
		put_without(s, w, row++, i);
	if (row < last)
		put_raw(sh, w, row++);
	row = put_narrowed(sh, w, row + !low, last);
	row = put_gaps(sh, w, row, last);
	if (row < last - 1)
		put_servers(sh, w, row);
	put_searched(sh, w, w->rows - 2);
	window_put(w, w->rows - 1, 1, TONE_NORMAL,
	           "0 = not in these logs, not \"did not happen\"");
	strbuf_release(&text);
}
