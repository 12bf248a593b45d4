/* SPDX-License-Identifier: MIT */
/* The history: steps are pushed by what changes the screen, Esc goes back
 * (UI.md §2). */
#include "views/shell_private.h"

#include "base/alloc.h"

#include <stdlib.h>

static size_t index_of(const struct view *v)
{
	size_t i = 0;

	while (views[i] && views[i] != v)
		i++;
	return i;
}

struct memory *shell_memory(struct shell *sh, const struct view *v)
{
	return &sh->memory[index_of(v)];
}

static void shell_remember(struct shell *sh, const struct step *s)
{
	struct memory *m = &sh->memory[index_of(s->view)];

	if (!views[index_of(s->view)])
		return;
	*m = (struct memory){ .known = true, .place = s->place,
		              .sort = s->sort, .descending = s->descending,
		              .order = m->order };
}

static void shell_recall(struct shell *sh, struct step *s)
{
	const struct memory *m = &sh->memory[index_of(s->view)];

	s->order = m->order;
	if (!m->known)
		return;
	s->place = m->place;
	s->place.base = -1;
	s->place.owed = 0;
	s->place.anchor = (struct anchor){ .kind = ANCHOR_FIRST };
	if (s->place.id)
		s->place.anchor = (struct anchor){ .kind = ANCHOR_ROW,
			                           .id = s->place.id };
	s->sort = m->sort;
	s->descending = m->descending;
}

/* The oldest but the first is forgotten. */
static void forget_oldest(struct shell *sh)
{
	step_free(sh->steps[1]);
	memmove(sh->steps + 1, sh->steps + 2,
	        (sh->nsteps - 2) * sizeof *sh->steps);
	sh->nsteps--;
}

void shell_push(struct shell *sh, struct step *s)
{
	if (sh->nsteps)
		shell_remember(sh, shell_top(sh));
	if (sh->nsteps >= SHELL_STEPS)
		forget_oldest(sh);
	s->serial = ++sh->step_serials;
	GROW(sh->steps, sh->nsteps, sh->csteps);
	sh->steps[sh->nsteps++] = s;
}

struct step *shell_fork(struct shell *sh)
{
	return step_copy(shell_top(sh));
}

void shell_back(struct shell *sh)
{
	if (sh->nsteps < 2) {
		shell_say(sh, "first step; Q quits");
		return;
	}
	shell_remember(sh, shell_top(sh));
	step_free(sh->steps[--sh->nsteps]);
}

static struct step *pane_step(struct shell *sh, const struct view *v)
{
	struct step *s = step_new(v, filter_ref(shell_top(sh)->filter));

	s->from = shell_top(sh)->from;
	s->to = shell_top(sh)->to;
	shell_recall(sh, s);
	return s;
}

void shell_pane(struct shell *sh, const struct view *v)
{
	struct step *s, *top = shell_top(sh);
	struct target none = { 0 };

	if (top->view == v) {
		shell_say(sh, "%s is open", v->name);
		return;
	}
	s = pane_step(sh, v);
	if (v->open && !v->open(s, &none, NULL)) {
		step_free(s);
		return;
	}
	s->by_pane_key = true;
	/* 3 4 5 and Esc goes to where 3 was pressed */
	if (top->by_pane_key) {
		shell_remember(sh, top);
		step_free(sh->steps[--sh->nsteps]);
	}
	if (sh->nsteps && shell_top(sh)->view == v &&
	    slice_eq(shell_top(sh)->filter->text, s->filter->text)) {
		step_free(s); /* back where the pane keys began */
		return;
	}
	shell_push(sh, s);
}

void shell_next_pane(struct shell *sh, int by)
{
	size_t n = 0, at = 0;

	while (views[n] && views[n]->digit) {
		if (views[n] == shell_top(sh)->view)
			at = n;
		n++;
	}
	if (n)
		shell_pane(sh, views[(at + n + (size_t)(by + (int)n)) % n]);
}

void shell_open(struct shell *sh, const struct view *v, const struct target *t)
{
	struct filter_context c = shell_filter_context(sh);
	struct filter *f;
	struct step *s;
	struct err err;

	if (!v) {
		shell_say(sh, "that is not in this version");
		return;
	}
	f = t->filter.ptr ? filter_parse(t->filter, &c, &err)
	                  : filter_ref(shell_top(sh)->filter);
	if (!f) {
		shell_error(sh, "%s", err.text);
		return;
	}
	s = step_new(v, f);
	s->from = shell_top(sh)->from;
	s->to = shell_top(sh)->to;
	s->order = shell_memory(sh, v)->order;
	if (t->label.len)
		snprintf(s->label, sizeof s->label, "%.*s", SLICE_FMT(t->label));
	if (v->open && !v->open(s, t, &err)) {
		shell_error(sh, "%s", err.text);
		step_free(s);
		return;
	}
	shell_push(sh, s);
}

bool shell_set_filter(struct shell *sh, struct slice text)
{
	struct filter_context c = shell_filter_context(sh);
	struct err err;
	struct filter *f = filter_parse(text, &c, &err);
	struct step *s;

	if (!f) {
		shell_error(sh, "%s", err.text);
		return false;
	}
	if (slice_eq(f->text, shell_top(sh)->filter->text)) {
		filter_unref(f);
		return true;
	}
	s = shell_fork(sh);
	filter_unref(s->filter);
	s->filter = f;
	s->place.base = -1;
	s->place.owed = 0;
	s->place.anchor = (struct anchor){ .kind = ANCHOR_FIRST };
	if (s->place.id)
		s->place.anchor = (struct anchor){ .kind = ANCHOR_ROW,
			                           .id = s->place.id };
	shell_push(sh, s);
	return true;
}

bool shell_neighbour(struct shell *sh, int delta, struct row_ref *ref,
                     bool *last)
{
	struct step *list;
	struct place before;
	const struct result *r;

	*last = true;
	if (sh->nsteps < 2)
		return false;
	list = sh->steps[sh->nsteps - 2];
	r = step_result(list, SLOT_PAGE);
	if (!list->view->list || !r || !r->nrows)
		return false;
	before = list->place;
	*last = delta > 0 ? !r->after : !r->before;
	list->view->act(sh, list, delta > 0 ? ACT_DOWN : ACT_UP, SLICE(""));
	list->place.owed = 0;
	return list->place.id != before.id && list->view->ref(list, ref);
}
