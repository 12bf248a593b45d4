/* SPDX-License-Identifier: MIT */
/* Nothing found is a statement: each term alone, what dropping it would give,
 * the nearest value, gaps. It never says that something did not happen. */
#include "views/shell_private.h"

#include "base/alloc.h"
#include "views/list.h"

#include <stdlib.h>

#define NEAR_VALUES 200
#define NEAR_BYTES 64 /* longer values are not compared */

void why_free(struct why *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->nterms; i++) {
		reply_free(w->terms[i].near);
		strbuf_release(&w->terms[i].like);
	}
	free(w->terms);
	free(w);
}

/* The page of the top step is here, is no older one, and is empty. */
static bool nothing_found(const struct shell *sh)
{
	const struct step *s = shell_top(sh);
	const struct result *r = step_result(s, SLOT_PAGE);

	return s->view->list && r && !r->nrows &&
	       s->filter->nterms && !sh->pending[SLOT_PAGE].on;
}

bool shell_why_is_shown(const struct shell *sh)
{
	return nothing_found(sh) && shell_top(sh)->why;
}

static void ask(struct shell *sh, struct want *w, struct slice text)
{
	struct filter_context c = shell_filter_context(sh);
	struct filter *f = filter_parse(text, &c, NULL);
	const struct step *s = shell_top(sh);

	if (!f)
		return;
	w->on = true;
	w->request.query.unit = w->request.query.counted = s->unit;
	w->request.query.from = s->from;
	w->request.query.to = s->to;
	sh->prompt_use = USE_WHY;
	shell_ask(sh, SLOT_PROMPT, w, f);
	s->why->asked = true;
	filter_unref(f);
}

static struct slice term_text(const struct step *s, size_t i)
{
	return slice_of(s->filter->text.ptr + s->filter->terms[i].start,
	                s->filter->terms[i].len);
}

static void ask_count(struct shell *sh, bool without)
{
	const struct step *s = shell_top(sh);
	struct want w = { .request.kind = REQUEST_COUNT };
	struct strbuf text = { 0 };

	if (without)
		filter_without(s->filter, s->why->next, &text);
	else
		strbuf_add_slice(&text, term_text(s, s->why->next));
	ask(sh, &w, strbuf_slice(&text));
	strbuf_release(&text);
}

/* The one value of a term that names a text; absent: there is none. */
static struct slice one_value(const struct filter *f, const struct field **field)
{
	const struct predicate *p = f ? f->where : NULL;

	*field = NULL;
	if (!p || p->kind != PRED_TERM || p->nvalues != 1 ||
	    (p->op != TERM_EQUAL && p->op != TERM_WORD) || p->values[0].own)
		return slice_of(NULL, 0);
	*field = p->field;
	return p->values[0].text;
}

static bool ask_near(struct shell *sh)
{
	const struct step *s = shell_top(sh);
	struct filter_context c = shell_filter_context(sh);
	struct filter *f = filter_parse(term_text(s, s->why->next), &c, NULL);
	struct want w = { .request.kind = REQUEST_VALUES };
	const struct field *field;
	struct slice value = one_value(f, &field);
	bool asks = field && value.len > 2 && field->type != FIELD_FLAG &&
	            !s->why->terms[s->why->next].alone;

	if (asks) {
		w.request.field = field;
		w.request.limit = NEAR_VALUES;
		snprintf(w.request.text, sizeof w.request.text, "%.*s",
		         value.len > 3 ? 3 : 1, value.ptr);
		ask(sh, &w, SLICE(""));
	}
	filter_unref(f);
	return asks;
}

/* Asks the next question, or is done. */
static void go_on(struct shell *sh)
{
	struct why *w = shell_top(sh)->why;

	while (w->stage != WHY_DONE) {
		if (w->next == w->nterms) {
			w->next = 0;
			w->stage++;
			continue;
		}
		if (w->stage == WHY_ALONE || (w->stage == WHY_WITHOUT &&
		                              w->nterms > 1)) {
			ask_count(sh, w->stage == WHY_WITHOUT);
			return;
		}
		if (w->stage == WHY_NEAR && ask_near(sh))
			return;
		w->next++;
	}
}

void shell_why_update(struct shell *sh)
{
	struct step *s = shell_top(sh);

	if (!nothing_found(sh) || sh->mode == MODE_FILTER)
		return;
	if (!s->why) {
		s->why = mem_alloc(sizeof *s->why);
		s->why->nterms = s->filter->nterms;
		s->why->terms = mem_alloc(s->why->nterms *
		                          sizeof *s->why->terms);
	}
	if (s->why->stage != WHY_DONE && !sh->pending[SLOT_PROMPT].on)
		go_on(sh);
}

/* Letters to change, insert or drop to make B of A. */
static size_t distance(struct slice a, struct slice b)
{
	size_t row[NEAR_BYTES + 1];

	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t change = corner + (a.ptr[i - 1] != b.ptr[j - 1]);
			size_t drop = row[j] + 1, add = row[j - 1] + 1;

			corner = row[j];
			row[j] = drop < add ? drop : add;
			if (change < row[j])
				row[j] = change;
		}
	}
	return row[b.len];
}

static void keep_nearest(struct shell *sh, struct why_term *t,
                         const struct result *r)
{
	struct filter_context c = shell_filter_context(sh);
	const struct step *s = shell_top(sh);
	struct filter *f = filter_parse(term_text(s, s->why->next), &c, NULL);
	const struct field *field;
	struct slice value = one_value(f, &field);
	size_t best = value.len / 3 + 2;

	for (size_t i = 0; r && i < r->nrows && value.len <= NEAR_BYTES; i++) {
		const struct cell *cell = &r->cells[i * r->ncolumns];
		size_t d;

		if (cell->text.len > NEAR_BYTES)
			continue;
		d = distance(value, cell->text);
		if (d >= best)
			continue;
		best = d;
		strbuf_reset(&t->like);
		strbuf_add_slice(&t->like, cell->text);
		t->like_count = r->ncolumns > 1 ? (uint64_t)cell[1].number : 0;
	}
	filter_unref(f);
}

void shell_why_reply(struct shell *sh, struct reply *r)
{
	struct why *w = shell_top(sh)->why;
	struct why_term *t;

	if (!w || !w->asked || w->next >= w->nterms) {
		reply_free(r);
		return;
	}
	t = &w->terms[w->next];
	if (r->ok && w->stage == WHY_ALONE) {
		t->alone = r->count.n;
		t->has_alone = true;
	} else if (r->ok && w->stage == WHY_WITHOUT) {
		t->without = r->count.n;
		t->has_without = true;
	} else if (r->ok && w->stage == WHY_NEAR) {
		keep_nearest(sh, t, r->result);
	}
	w->next++;
	w->asked = false;
	reply_free(r);
}

/* Lines that Enter can try -------------------------------------------------- */

static size_t line_count(const struct why *w)
{
	return w->nterms > 1 ? 2 * w->nterms : w->nterms;
}

static void try_line(struct shell *sh)
{
	const struct step *s = shell_top(sh);
	struct why *w = s->why;
	struct strbuf text = { 0 };

	if (w->cursor >= w->nterms)
		filter_without(s->filter, w->cursor - w->nterms, &text);
	else if (w->terms[w->cursor].like.len) {
		struct filter_context c = shell_filter_context(sh);
		struct filter *f = filter_parse(term_text(s, w->cursor), &c,
		                                NULL);
		const struct field *field;

		one_value(f, &field);
		if (field)
			filter_add_term(&text, field,
			                strbuf_slice(&w->terms[w->cursor].like),
			                false);
		filter_unref(f);
	} else {
		strbuf_add_slice(&text, term_text(s, w->cursor));
	}
	shell_set_filter(sh, strbuf_slice(&text));
	strbuf_release(&text);
}

bool shell_why_key(struct shell *sh, enum act a)
{
	struct step *s = shell_top(sh);
	struct why *w = s->why;
	struct strbuf text = { 0 };

	switch ((int)a) {
	case ACT_DOWN:
		if (w->cursor + 1 < line_count(w))
			w->cursor++;
		return true;
	case ACT_UP:
		if (w->cursor)
			w->cursor--;
		return true;
	case ACT_OPEN: try_line(sh); return true;
	case ACT_DROP_TERM:
		filter_without(s->filter, w->cursor % w->nterms, &text);
		shell_set_filter(sh, strbuf_slice(&text));
		strbuf_release(&text);
		return true;
	default: return false;
	}
}

/* Drawing ------------------------------------------------------------------ */

/* Terms of usual length stand whole before their numbers. */
static int count_col(const struct window *w)
{
	return w->cols >= 120 ? 60 : w->cols >= 76 ? 36 : w->cols - 14;
}

static void put_number(const struct window *w, int row, bool known, uint64_t n)
{
	struct strbuf text = { 0 };

	if (known)
		text_add_number(&text, (int64_t)n);
	else
		strbuf_add_str(&text, theme_sign(w->theme, SIGN_ELLIPSIS));
	window_text_right(w, row, count_col(w), 10, TONE_NORMAL,
	                  strbuf_slice(&text));
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
	            term_text(s, i));
	put_number(w, row, t->has_alone, t->alone);
	if (t->like.len) {
		strbuf_add_str(&like, "like it: ");
		strbuf_add_slice(&like, strbuf_slice(&t->like));
		strbuf_add_str(&like, " (");
		text_add_number(&like, (int64_t)t->like_count);
		strbuf_add_str(&like, ")");
		window_text(w, row, count_col(w) + 13, w->cols - count_col(w) - 14,
		            TONE_NORMAL, TEXT_CUT_END, strbuf_slice(&like));
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
	strbuf_add_slice(&text, term_text(s, i));
	window_text(w, row, 4, count_col(w) - 5, TONE_NORMAL, TEXT_CUT_MIDDLE,
	            strbuf_slice(&text));
	put_number(w, row, t->has_without, t->without);
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

static int put_gaps(const struct shell *sh, const struct window *w, int row,
                    int last)
{
	const struct result *r = sh->gaps ? sh->gaps->result : NULL;
	struct strbuf text = { 0 };

	for (size_t i = 0; r && i < r->nrows && row < last; i++) {
		strbuf_reset(&text);
		strbuf_add_slice(&text, result_cell(r, i, "server")->text);
		strbuf_addf(&text, " %s from ",
		            gap_words(result_cell(r, i, "kind")->text));
		times_add(&sh->times, result_cell(r, i, "from_utc")->number, 0,
		          &text);
		strbuf_add_str(&text, " to ");
		times_add(&sh->times, result_cell(r, i, "to_utc")->number, 0,
		          &text);
		strbuf_addf(&text, " %s", times_name(&sh->times));
		window_text(w, row++, 2, w->cols - 3, TONE_NORMAL, TEXT_CUT_END,
		            strbuf_slice(&text));
	}
	strbuf_release(&text);
	return row;
}

static void put_searched(const struct shell *sh, const struct window *w, int row)
{
	const struct result *r = sh->sources ? sh->sources->result : NULL;
	struct strbuf text = { 0 };
	int64_t lines = 0, unknown = 0;

	if (!r)
		return;
	for (size_t i = 0; i < r->nrows; i++) {
		lines += result_cell(r, i, "lines")->number;
		unknown += result_cell(r, i, "unknown_lines")->number;
	}
	strbuf_addf(&text, "looked in %zu source%s, ", r->nrows,
	            r->nrows == 1 ? "" : "s");
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
	int row = 2, last = w->rows - 3;
	struct strbuf text = { 0 };

	window_clear(w);
	strbuf_addf(&text, "None of the %s match%s.", units[s->unit].name,
	            why->nterms > 1 ? "; each term alone" : "");
	window_put(w, row, 2, TONE_NORMAL, strbuf_text(&text));
	row += 2;
	for (size_t i = 0; i < why->nterms && row < last; i++)
		put_term(s, w, row++, i);
	row++;
	for (size_t i = 0; why->nterms > 1 && i < why->nterms && row < last; i++)
		put_without(s, w, row++, i);
	put_gaps(sh, w, row + 1, last);
	put_searched(sh, w, w->rows - 2);
	window_put(w, w->rows - 1, 1, TONE_NORMAL,
	           "0 = not in these logs, not \"did not happen\"");
	strbuf_release(&text);
}
