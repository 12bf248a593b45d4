/* SPDX-License-Identifier: MIT */
/* Space, M and *: rows are marked by their ids, those that are not loaded too. */
#include "views/shell_private.h"

#include "views/list.h"

#define MARK_MOST 10000 /* rows at once */

/* The id alone, of units that have pages of more rows than are loaded. */
static const char *const ids[UNIT_COUNT][2] = {
	[UNIT_MESSAGES] = { "journey_id" },
	[UNIT_RECIPIENTS] = { "recipient_id" },
	[UNIT_ATTEMPTS] = { "attempt_id" },
	[UNIT_EVENTS] = { "event_id" },
	[UNIT_SOURCES] = { "source_id" },
};

void shell_mark(struct shell *sh)
{
	struct step *s = shell_top(sh);
	struct row_ref ref = { 0 };
	bool on;

	if (!s->view->ref || !s->view->ref(s, &ref) || !ref.id) {
		shell_say(sh, "there is no row to mark");
		return;
	}
	ref.unit = list_mark_unit(s);
	on = !marks_has(&sh->marks, ref.unit, ref.id);
	marks_set(&sh->marks, ref.unit, ref.id, on);
	sh->marks.last = (struct mark){ ref.unit, on ? ref.id : 0 };
	sh->keep.marks_changed = true;
	s->view->act(sh, s, ACT_DOWN, SLICE(""));
}

/* Asks for the ids around the cursor, or from the first row on. */
static void ask_ids(struct shell *sh, bool all)
{
	const struct step *s = shell_top(sh);
	const struct list *l = s->view->list;
	struct want w = { .on = true, .request.kind = REQUEST_PAGE };

	w.request.query = (struct query){ .unit = s->unit, .counted = s->unit,
		                          .sort = s->sort ? s->sort : l->sort,
		                          .descending = s->descending,
		                          .from = s->from, .to = s->to };
	w.request.columns = ids[s->unit];
	w.request.after = MARK_MOST;
	if (!all) {
		w.request.before = MARK_MOST;
		w.request.anchor = (struct anchor){ .kind = ANCHOR_ROW,
			                            .id = s->place.id };
	}
	sh->prompt_use = USE_MARKS;
	sh->mark_all = all;
	shell_ask(sh, SLOT_PROMPT, &w, s->filter);
}

static size_t row_of(const struct step *s, const struct result *r, int64_t id)
{
	size_t i = 0;

	while (i < r->nrows && list_row_id(s, r, i) != id)
		i++;
	return i;
}

static void say_rows(struct shell *sh, size_t n, const char *what)
{
	struct strbuf text = { 0 };

	text_add_number(&text, (int64_t)n);
	strbuf_addf(&text, " row%s %s", n == 1 ? "" : "s", what);
	shell_say(sh, "%s", strbuf_text(&text));
	strbuf_release(&text);
}

static bool mark_between(struct shell *sh, const struct result *r)
{
	const struct step *s = shell_top(sh);
	size_t from = row_of(s, r, sh->marks.last.id);
	size_t to = row_of(s, r, s->place.id), least, most;

	if (from == r->nrows || to == r->nrows)
		return false;
	least = from < to ? from : to;
	most = from < to ? to : from;
	for (size_t i = least; i <= most; i++)
		marks_set(&sh->marks, list_mark_unit(s), list_row_id(s, r, i),
		          true);
	sh->keep.marks_changed = true;
	say_rows(sh, most - least + 1, "marked");
	return true;
}

void shell_mark_range(struct shell *sh)
{
	const struct step *s = shell_top(sh);
	const struct result *r = step_result(s, SLOT_PAGE);

	if (!r || !r->nrows || !sh->marks.last.id ||
	    sh->marks.last.unit != list_mark_unit(s))
		shell_say(sh, "mark the other end with Space first");
	else if (!mark_between(sh, r) && !s->ngroups && ids[s->unit][0])
		ask_ids(sh, false);
}

static void mark_rows(struct shell *sh, const struct result *r)
{
	const struct step *s = shell_top(sh);
	size_t marked = 0;

	for (size_t i = 0; i < r->nrows; i++)
		marked += marks_has(&sh->marks, list_mark_unit(s),
		                    list_row_id(s, r, i));
	for (size_t i = 0; i < r->nrows; i++)
		marks_set(&sh->marks, list_mark_unit(s), list_row_id(s, r, i),
		          marked < r->nrows);
	sh->keep.marks_changed = true;
	say_rows(sh, r->nrows, marked < r->nrows ? "marked" : "unmarked");
}

void shell_mark_all(struct shell *sh)
{
	const struct step *s = shell_top(sh);
	const struct result *r = step_result(s, SLOT_PAGE);

	if (!r || !r->nrows)
		shell_say(sh, "there is no row to mark");
	else if (!r->before && !r->after)
		mark_rows(sh, r);
	else if (ids[s->unit][0])
		ask_ids(sh, true);
	else
		shell_say(sh, "too many rows to mark at once; filter until "
		              "they fit");
}

void shell_marks_reply(struct shell *sh, struct reply *r)
{
	const struct step *s = shell_top(sh);

	if (!r->ok || !s->view->list || r->result->unit != s->unit) {
		if (!r->ok && !r->cancelled)
			shell_error(sh, "%s", r->err.text);
	} else if (sh->mark_all && r->result->after) {
		shell_say(sh, "more than %d rows; filter until they fit",
		          MARK_MOST);
	} else if (sh->mark_all) {
		mark_rows(sh, r->result);
	} else if (!mark_between(sh, r->result)) {
		shell_say(sh, "the other end is more than %d rows away or not "
		              "in this list", MARK_MOST);
	}
	reply_free(r);
}
