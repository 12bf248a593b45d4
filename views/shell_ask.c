/* SPDX-License-Identifier: MIT */
/* Questions to the case: what the shown step wants and has not, one open
 * question a slot; answers go to the step that asked. */
#include "views/shell_private.h"

#include "base/alloc.h"
#include "tui/loop.h"

#include <stdlib.h>

/* A page in front of a list leaves SLOT_PAGE to the list, which goes on loading
 * while J and K of Trace walk through it. */
static struct step *step_of_slot(const struct shell *sh, enum slot slot)
{
	struct step *top = shell_top(sh);
	bool page = (top->view->flags & VIEW_PAGE) && sh->nsteps > 1;

	if (slot != SLOT_PAGE || !page)
		return top;
	return sh->steps[sh->nsteps - 2]->view->list ? sh->steps[sh->nsteps - 2]
	                                             : top;
}

static void shell_wants(const struct shell *sh, struct wants *w)
{
	struct step *top = shell_top(sh), *below = step_of_slot(sh, SLOT_PAGE);

	memset(w, 0, sizeof *w);
	if (top->view->wants)
		top->view->wants(top, w);
	if (below != top) {
		struct wants *list = mem_alloc(sizeof *list);

		below->view->wants(below, list);
		w->slot[SLOT_PAGE] = list->slot[SLOT_PAGE];
		free(list);
	}
}

static void pending_clear(struct pending *p)
{
	filter_unref(p->request.filter);
	*p = (struct pending){ 0 };
}

void shell_cancel(struct shell *sh, enum slot slot)
{
	if (!sh->pending[slot].on)
		return;
	worker_cancel(sh->worker, slot);
	pending_clear(&sh->pending[slot]);
}

void shell_ask(struct shell *sh, enum slot slot, const struct want *w,
               struct filter *f)
{
	struct pending *p = &sh->pending[slot];

	pending_clear(p);
	p->on = true;
	p->serial = ++sh->serials;
	p->since = loop_now();
	p->request = w->request;
	p->request.serial = p->serial;
	p->request.filter = f ? filter_ref(f) : NULL;
	memcpy(p->filter, w->filter, sizeof p->filter);
	sh->asked++;
	worker_ask(sh->worker, slot, &p->request);
}

/* The filter that goes with W: its own text, or the step's. */
static struct filter *filter_of(struct shell *sh, const struct step *s,
                                const struct want *w)
{
	struct filter_context c = shell_filter_context(sh);
	struct err err;

	if (!w->filter[0])
		return filter_ref(s->filter);
	return filter_parse(slice_str(w->filter), &c, &err);
}

static bool is_pending(const struct pending *p, const struct step *s,
                       const struct want *w)
{
	struct request r = w->request;

	r.filter = s->filter;
	return p->on && p->step == s->serial &&
	       request_same(&p->request, p->filter, &r, w->filter);
}

static void refresh_slot(struct shell *sh, const struct wants *w,
                         enum slot slot)
{
	struct step *s = step_of_slot(sh, slot);
	const struct want *want = &w->slot[slot];
	struct filter *f;

	if (!want->on || (step_is_fresh(s, w, slot) &&
	                  s->answers[slot]->epoch == sh->epoch)) {
		shell_cancel(sh, slot);
		return;
	}
	if (is_pending(&sh->pending[slot], s, want))
		return;
	f = filter_of(sh, s, want);
	if (!f)
		return;
	shell_ask(sh, slot, want, f);
	sh->pending[slot].step = s->serial;
	filter_unref(f);
}

void shell_refresh(struct shell *sh)
{
	struct wants *w = mem_alloc(sizeof *w);

	shell_keep_marks(sh, false);
	shell_fit(sh, shell_top(sh));
	shell_wants(sh, w);
	for (int i = 0; i < SLOT_NUMBER; i++)
		if (i != SLOT_PROMPT && i != SLOT_INFO)
			refresh_slot(sh, w, (enum slot)i);
	free(w);
	shell_why_update(sh);
}

static struct step *find_step(const struct shell *sh, uint64_t serial)
{
	for (size_t i = 0; i < sh->nsteps; i++)
		if (sh->steps[i]->serial == serial)
			return sh->steps[i];
	return NULL;
}

static void store_answer(struct shell *sh, enum slot slot, struct reply *r)
{
	struct pending *p = &sh->pending[slot];
	struct step *s = find_step(sh, p->step);
	struct answer *a;

	if (!s) {
		reply_free(r);
		pending_clear(p);
		return;
	}

	a = answer_new(&p->request, p->filter, r);
	a->epoch = sh->epoch;
	pending_clear(p);
	step_set_answer(s, slot, a);
	/* what a list shows beside its rows fails with less noise */
	if (!r->ok && !r->cancelled &&
	    (slot == SLOT_PAGE || (s->view->flags & VIEW_PAGE)))
		shell_error(sh, "%s", r->err.text);
	if (s->view->arrived)
		s->view->arrived(s, slot);
}

static void take_prompt(struct shell *sh, struct reply *r)
{
	switch (sh->prompt_use) {
	case USE_FILTER: shell_filter_reply(sh, r); return;
	case USE_FIND: shell_find_reply(sh, r); return;
	case USE_WHY: shell_why_reply(sh, r); return;
	case USE_FIELDS: shell_fields_reply(sh, r); return;
	case USE_MARKS: shell_marks_reply(sh, r); return;
	case USE_EXPORT: shell_export_reply(sh, r); return;
	case USE_NONE: break;
	}
	reply_free(r);
}

static void take(struct shell *sh, enum slot slot, struct reply *r)
{
	struct pending *p = &sh->pending[slot];

	if (!p->on || r->serial != p->serial) {
		reply_free(r);
		return;
	}
	if (slot != SLOT_PROMPT && slot != SLOT_INFO) {
		store_answer(sh, slot, r);
		return;
	}
	pending_clear(p);
	if (slot == SLOT_INFO)
		shell_info_reply(sh, r);
	else
		take_prompt(sh, r);
}

void shell_ready(struct shell *sh)
{
	for (int i = 0; i < SLOT_NUMBER; i++) {
		struct reply *r;

		while ((r = worker_take(sh->worker, (enum slot)i)))
			take(sh, (enum slot)i, r);
	}
	shell_refresh(sh);
}

/* Whether the answer of SLOT is what the screen shows first. */
static bool is_main(enum slot slot)
{
	return slot == SLOT_PAGE || slot == SLOT_COUNT_ROWS ||
	       slot == SLOT_HISTOGRAM ||
	       (slot >= SLOT_PARTS && slot <= SLOT_PARTS_END);
}

int64_t shell_busy_ms(const struct shell *sh)
{
	int64_t oldest = -1, now = loop_now();

	for (int i = 0; i < SLOT_NUMBER; i++) {
		const struct pending *p = &sh->pending[i];

		if (is_main((enum slot)i) && p->on && now - p->since > oldest)
			oldest = now - p->since;
	}
	if (sh->pending[SLOT_PROMPT].on && sh->prompt_use == USE_FIND &&
	    now - sh->pending[SLOT_PROMPT].since > oldest)
		oldest = now - sh->pending[SLOT_PROMPT].since;
	return oldest;
}

/* Whether the answer of SLOT is to another question than the one that is open;
 * a case that grows is asked the same again: that is none. */
static bool is_superseded(const struct shell *sh, enum slot slot)
{
	const struct pending *p = &sh->pending[slot];
	const struct answer *a = shell_top(sh)->answers[slot];

	return p->on && (!a || !request_same(&a->asked, a->filter, &p->request,
	                                     p->filter));
}

bool shell_is_stale(const struct shell *sh, enum slot slot)
{
	return is_superseded(sh, slot) &&
	       loop_now() - sh->pending[slot].since >= SHELL_STALE_MS;
}

bool shell_is_any_stale(const struct shell *sh)
{
	for (int i = 0; i < SLOT_NUMBER; i++)
		if (is_main((enum slot)i) && shell_is_stale(sh, (enum slot)i))
			return true;
	return false;
}

/* A number beside a filter that it does not belong to would be a wrong one: it
 * goes at once, where rows wait until it is clear that the answer takes long. */
bool shell_is_counted(const struct shell *sh)
{
	const struct reply *r = step_reply(shell_top(sh), SLOT_COUNT_ROWS);

	return r && r->ok && !is_superseded(sh, SLOT_COUNT_ROWS);
}

/* The question ends without an answer, so that it is not asked again. */
static void give_up(struct shell *sh, enum slot slot)
{
	struct pending *p = &sh->pending[slot];
	struct reply *r;
	uint64_t serial = p->serial;

	if (!p->on)
		return;
	worker_cancel(sh->worker, slot);
	r = mem_alloc(sizeof *r);
	r->kind = p->request.kind;
	r->serial = serial;
	r->cancelled = true;
	err_set(&r->err, "stopped");
	store_answer(sh, slot, r);
}

void shell_stop(struct shell *sh)
{
	bool page = sh->pending[SLOT_PAGE].on &&
	            sh->pending[SLOT_PAGE].step == shell_top(sh)->serial;

	if (sh->prompt_use == USE_FIND && sh->pending[SLOT_PROMPT].on) {
		shell_cancel(sh, SLOT_PROMPT);
		sh->find_by = 0;
		shell_say(sh, "search stopped");
		return;
	}
	if (shell_busy_ms(sh) < 0) {
		shell_say(sh, "nothing is running; Q quits");
		return;
	}
	if (page && sh->nsteps > 1 && shell_is_stale(sh, SLOT_PAGE)) {
		shell_back(sh);
		shell_say(sh, "stopped; back to the rows before");
		return;
	}
	for (int i = 0; i < SLOT_NUMBER; i++)
		if (is_main((enum slot)i))
			give_up(sh, (enum slot)i);
	shell_say(sh, "stopped");
}

void shell_reload(struct shell *sh, const char *path)
{
	if (path)
		worker_reopen(sh->worker, path);
	sh->epoch++;
	shell_info_start(sh);
}

bool shell_is_busy(const struct shell *sh)
{
	for (int i = 0; i < SLOT_NUMBER; i++)
		if (sh->pending[i].on)
			return true;
	return sh->job || (sh->mode == MODE_FILTER && sh->edit.due >= 0);
}

uint64_t shell_asked(const struct shell *sh)
{
	return sh->asked;
}
