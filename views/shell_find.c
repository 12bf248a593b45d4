/* SPDX-License-Identifier: MIT */
/* `/`: the next row that a bare word of the filter language would match, told
 * with its number among all hits. */
#include "views/shell_private.h"

#include "views/list.h"

static void add_word(struct strbuf *out, struct slice text)
{
	strbuf_add_char(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '"' || text.ptr[i] == '\\')
			strbuf_add_char(out, '\\');
		strbuf_add_char(out, text.ptr[i]);
	}
	strbuf_add_char(out, '"');
}

/* The step's filter and the word. */
static struct filter *found_filter(struct shell *sh)
{
	struct filter_context c = shell_filter_context(sh);
	struct slice now = shell_top(sh)->filter->text;
	struct strbuf text = { 0 };
	struct filter *f;
	struct err err;

	if (now.len) {
		strbuf_add_char(&text, '(');
		strbuf_add_slice(&text, now);
		strbuf_add_str(&text, ") ");
	}
	add_word(&text, strbuf_slice(&sh->found));
	f = filter_parse(strbuf_slice(&text), &c, &err);
	if (!f)
		shell_error(sh, "%s", err.text);
	strbuf_release(&text);
	return f;
}

static void ask(struct shell *sh, struct want *w)
{
	struct filter *f = found_filter(sh);

	if (!f) {
		sh->find_by = 0;
		return;
	}
	w->on = true;
	sh->prompt_use = USE_FIND;
	shell_ask(sh, SLOT_PROMPT, w, f);
	filter_unref(f);
}

static void fill_query(const struct shell *sh, struct query *q)
{
	const struct step *s = shell_top(sh);
	const struct list *l = s->view->list;

	*q = (struct query){ .unit = s->unit, .counted = s->unit,
		             .sort = s->sort ? s->sort : l->sort,
		             .from = s->from, .to = s->to };
	q->descending = s->descending;
}

static void ask_row(struct shell *sh)
{
	struct want w = { 0 };
	const struct step *s = shell_top(sh);

	fill_query(sh, &w.request.query);
	w.request.kind = REQUEST_PAGE;
	/* backwards is forwards in the opposite order */
	if (sh->find_by < 0)
		w.request.query.descending = !w.request.query.descending;
	w.request.columns = list_needs(s);
	w.request.after = 1;
	if (sh->find_stage == FIND_ROW && s->place.id)
		w.request.anchor = (struct anchor){ .kind = ANCHOR_ROW,
			                            .id = s->place.id };
	ask(sh, &w);
}

static void ask_number(struct shell *sh, enum request_kind kind)
{
	struct want w = { 0 };

	fill_query(sh, &w.request.query);
	w.request.kind = kind;
	w.request.id = shell_top(sh)->place.id;
	ask(sh, &w);
}

static void say_hit(struct shell *sh, uint64_t rank)
{
	struct strbuf text = { 0 };

	strbuf_add_str(&text, "hit ");
	text_add_number(&text, (int64_t)rank + 1);
	strbuf_add_str(&text, " of ");
	text_add_number(&text, (int64_t)sh->find_hits);
	if (sh->find_wrapped)
		strbuf_add_str(&text, sh->find_by > 0
		                              ? ", from the top again"
		                              : ", from the end again");
	shell_say(sh, "%s", strbuf_text(&text));
	strbuf_release(&text);
	sh->find_by = 0;
}

static bool group_hits(const struct shell *sh, const struct result *r,
                       size_t row)
{
	const struct cell *c = &r->cells[row * r->ncolumns];

	for (size_t k = 0; k < shell_top(sh)->ngroups; k++)
		if (slice_find_nocase(c[k].text, strbuf_slice(&sh->found)) !=
		    SLICE_NONE)
			return true;
	return false;
}

/* Groups are all here: looked through as they are. */
static void find_in_groups(struct shell *sh, int by)
{
	struct step *s = shell_top(sh);
	const struct result *r = step_result(s, SLOT_PAGE);
	size_t n = r ? r->nrows : 0, at = (size_t)s->place.row, hits = 0;
	size_t rank = 0;

	for (size_t i = 1; i <= n; i++) {
		size_t row = (at + n + (by > 0 ? i : n - i)) % n;

		if (!group_hits(sh, r, row))
			continue;
		for (size_t k = 0; k < n; k++) {
			hits += group_hits(sh, r, k);
			rank += k < row && group_hits(sh, r, k);
		}
		list_go_to(s, list_row_id(s, r, row));
		sh->find_hits = hits;
		sh->find_by = by;
		sh->find_wrapped = by > 0 ? row <= at : row >= at;
		say_hit(sh, rank);
		return;
	}
	shell_say(sh, r ? "no row holds %s" : "not here yet: %s",
	          strbuf_text(&sh->found));
}

void shell_find_again(struct shell *sh, int by)
{
	if (!sh->found.len) {
		shell_say(sh, "nothing was looked for yet; / does");
		return;
	}
	if (shell_top(sh)->ngroups) {
		find_in_groups(sh, by);
		return;
	}
	sh->find_by = by;
	sh->find_stage = FIND_ROW;
	sh->find_wrapped = false;
	ask_row(sh);
}

void shell_find(struct shell *sh, struct slice text)
{
	if (!text.len) {
		shell_line_open(sh, "find", ACT_FIND, SLICE(""));
		return;
	}
	strbuf_reset(&sh->found);
	strbuf_add_slice(&sh->found, text);
	shell_find_again(sh, 1);
}

/* The first row that is not the one we stand on. */
static int64_t hit(const struct shell *sh, const struct result *r)
{
	for (size_t i = 0; i < r->nrows; i++)
		if (r->ids[i] != shell_top(sh)->place.id ||
		    sh->find_stage == FIND_WRAPPED)
			return r->ids[i];
	return 0;
}

static void row_came(struct shell *sh, const struct result *r)
{
	int64_t id = r ? hit(sh, r) : 0;

	if (!id && sh->find_stage == FIND_ROW) {
		sh->find_stage = FIND_WRAPPED;
		sh->find_wrapped = true;
		ask_row(sh);
		return;
	}
	if (!id) {
		sh->find_by = 0;
		shell_say(sh, "no row holds %s", strbuf_text(&sh->found));
		return;
	}
	list_go_to(shell_top(sh), id);
	sh->find_stage = FIND_COUNT;
	ask_number(sh, REQUEST_COUNT);
}

void shell_find_reply(struct shell *sh, struct reply *r)
{
	if (!r->ok || !sh->find_by || !shell_top(sh)->view->list) {
		if (!r->ok && !r->cancelled)
			shell_error(sh, "%s", r->err.text);
		sh->find_by = 0;
	} else if (r->kind == REQUEST_PAGE) {
		row_came(sh, r->result);
	} else if (r->kind == REQUEST_COUNT) {
		sh->find_hits = r->count.n + r->count.refused;
		sh->find_stage = FIND_RANK;
		ask_number(sh, REQUEST_RANK);
	} else {
		say_hit(sh, r->rank);
	}
	reply_free(r);
}
