/* SPDX-License-Identifier: MIT */
/* Nothing found is a statement: each term alone, what dropping it would give,
 * the nearest value, gaps. It never says that something did not happen. */
#include "views/shell_private.h"

#include "base/alloc.h"
#include "views/list.h"

#include <stdlib.h>

#define NEAR_VALUES 200
#define NEAR_BYTES 64 /* longer values are not compared */
#define WHY_RAW_BYTES (64 << 20)

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
	if (!w->request.query.unit) /* messages are unit 0 */
		w->request.query.unit = w->request.query.counted = s->unit;
	w->request.query.from = s->from;
	w->request.query.to = s->to;
	sh->prompt_use = USE_WHY;
	shell_ask(sh, SLOT_PROMPT, w, f);
	s->why->asked = true;
	filter_unref(f);
}

struct slice shell_why_term(const struct step *s, size_t i)
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
		strbuf_add_slice(&text, shell_why_term(s, s->why->next));
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
	struct filter *f = filter_parse(shell_why_term(s, s->why->next), &c, NULL);
	struct want w = { .request.kind = REQUEST_VALUES };
	const struct field *field;
	struct slice value = one_value(f, &field);
	bool asks = field && value.len > 2 && field->type != FIELD_FLAG &&
	            !s->why->terms[s->why->next].alone &&
	            !s->why->terms[s->why->next].alone_refused;

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

/* Raw lines --------------------------------------------------------------- */

/* The term that is looked for in the lines: the first that finds nothing, else
 * the first with a text. */
static bool raw_term(const struct shell *sh, bool alone, struct strbuf *out)
{
	const struct step *s = shell_top(sh);
	struct filter_context c = shell_filter_context(sh);

	for (size_t i = 0; i < s->why->nterms; i++) {
		struct filter *f = filter_parse(shell_why_term(s, i), &c, NULL);
		const struct field *field;
		struct slice value = one_value(f, &field);
		bool found = s->why->terms[i].alone ||
		             s->why->terms[i].alone_refused;

		if (value.len && !(alone && found) &&
		    !(field && (field->type == FIELD_FLAG ||
		                strcmp(field->name, "raw") == 0)))
			filter_add_term(out, field_find(SLICE("raw")), value,
			                false);
		filter_unref(f);
		if (out->len)
			return true;
	}
	return false;
}

bool shell_why_raw(const struct shell *sh, struct strbuf *out)
{
	return raw_term(sh, true, out) || raw_term(sh, false, out);
}

static int64_t evidence_bytes(const struct shell *sh)
{
	const struct result *r = sh->sources ? sh->sources->result : NULL;
	int64_t bytes = 0;

	for (size_t i = 0; r && i < r->nrows; i++)
		bytes += result_cell(r, i, "bytes")->number;
	return bytes;
}

/* Counted without being asked only where it takes no time to speak of. */
static bool ask_raw(struct shell *sh)
{
	struct want w = { .request.kind = REQUEST_COUNT };
	struct strbuf text = { 0 };
	struct why *why = shell_top(sh)->why;
	bool asks = evidence_bytes(sh) <= WHY_RAW_BYTES &&
	            shell_why_raw(sh, &text);

	if (asks) {
		w.request.query.unit = w.request.query.counted = UNIT_EVENTS;
		why->asked = false;
		ask(sh, &w, strbuf_slice(&text));
		asks = why->asked;
	}
	strbuf_release(&text);
	return asks;
}

/* Asks the next question, or is done. */
static void go_on(struct shell *sh)
{
	struct why *w = shell_top(sh)->why;

	while (w->stage != WHY_DONE) {
		if (w->stage == WHY_RAW) {
			if (!ask_raw(sh))
				w->stage = WHY_DONE;
			return;
		}
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
	struct filter *f = filter_parse(shell_why_term(s, s->why->next), &c, NULL);
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

	if (w && w->asked && w->stage == WHY_RAW) {
		w->has_raw = r->ok;
		w->raw = r->count.n;
		w->stage = WHY_DONE;
		w->asked = false;
		reply_free(r);
		return;
	}
	if (!w || !w->asked || w->next >= w->nterms) {
		reply_free(r);
		return;
	}
	t = &w->terms[w->next];
	if (r->ok && w->stage == WHY_ALONE) {
		t->alone = r->count.n;
		t->alone_refused = r->count.refused;
		t->has_alone = true;
	} else if (r->ok && w->stage == WHY_WITHOUT) {
		t->without = r->count.n;
		t->without_refused = r->count.refused;
		t->has_without = true;
	} else if (r->ok && w->stage == WHY_NEAR) {
		keep_nearest(sh, t, r->result);
	}
	w->next++;
	w->asked = false;
	reply_free(r);
}

/* Lines that Enter can try -------------------------------------------------- */

size_t shell_why_lines(const struct shell *sh)
{
	const struct why *w = shell_top(sh)->why;
	struct strbuf raw = { 0 };
	size_t n = w->nterms > 1 ? 2 * w->nterms : w->nterms;

	n += shell_why_raw(sh, &raw);
	strbuf_release(&raw);
	return n;
}

static bool is_raw_line(const struct why *w)
{
	return w->cursor >= (w->nterms > 1 ? 2 * w->nterms : w->nterms);
}

static void open_raw_lines(struct shell *sh)
{
	struct strbuf text = { 0 };
	struct target t = { 0 };

	shell_why_raw(sh, &text);
	t.filter = strbuf_slice(&text);
	shell_open(sh, view_find("Events"), &t);
	strbuf_release(&text);
}

static void try_line(struct shell *sh)
{
	const struct step *s = shell_top(sh);
	struct why *w = s->why;
	struct strbuf text = { 0 };

	if (is_raw_line(w)) {
		open_raw_lines(sh);
		return;
	}
	if (w->cursor >= w->nterms)
		filter_without(s->filter, w->cursor - w->nterms, &text);
	else if (w->terms[w->cursor].like.len) {
		struct filter_context c = shell_filter_context(sh);
		struct filter *f = filter_parse(shell_why_term(s, w->cursor), &c,
		                                NULL);
		const struct field *field;

		one_value(f, &field);
		if (field)
			filter_add_term(&text, field,
			                strbuf_slice(&w->terms[w->cursor].like),
			                false);
		filter_unref(f);
	} else {
		strbuf_add_slice(&text, shell_why_term(s, w->cursor));
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
		if (w->cursor + 1 < shell_why_lines(sh))
			w->cursor++;
		return true;
	case ACT_UP:
		if (w->cursor)
			w->cursor--;
		return true;
	case ACT_OPEN: try_line(sh); return true;
	case ACT_DROP_TERM:
		if (is_raw_line(w))
			return false;
		filter_without(s->filter, w->cursor % w->nterms, &text);
		shell_set_filter(sh, strbuf_slice(&text));
		strbuf_release(&text);
		return true;
	default: return false;
	}
}
