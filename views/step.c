/* SPDX-License-Identifier: MIT */
/* Steps and the answers that they share: what Esc brings back. */
#include "views/step.h"

#include "base/alloc.h"
#include "base/civil.h"

#include <stdlib.h>

struct step *step_new(const struct view *v, struct filter *f)
{
	struct step *s = mem_alloc(sizeof *s);

	s->view = v;
	s->unit = v->unit;
	s->filter = f;
	s->from = s->to = TIME_NONE;
	s->place.base = -1;
	s->place.height = 1;
	return s;
}

struct step *step_copy(const struct step *s)
{
	struct step *copy = mem_copy(s, sizeof *s);

	filter_ref(copy->filter);
	for (int i = 0; i < SLOT_NUMBER; i++)
		if (copy->answers[i])
			copy->answers[i]->refs++;
	copy->state = NULL;
	copy->why = NULL;
	copy->by_pane_key = false;
	return copy;
}

static void step_forget_answers(struct step *s)
{
	for (int i = 0; i < SLOT_NUMBER; i++)
		step_set_answer(s, (enum slot)i, NULL);
}

void step_free(struct step *s)
{
	if (!s)
		return;
	if (s->view->close)
		s->view->close(s);
	step_forget_answers(s);
	why_free(s->why);
	filter_unref(s->filter);
	free(s);
}

struct answer *answer_new(const struct request *asked, const char *filter,
                          struct reply *r)
{
	struct answer *a = mem_alloc(sizeof *a);

	a->refs = 1;
	a->asked = *asked;
	if (a->asked.filter)
		filter_ref(a->asked.filter);
	snprintf(a->filter, sizeof a->filter, "%s", filter);
	a->reply = r;
	return a;
}

void answer_unref(struct answer *a)
{
	if (!a || --a->refs)
		return;
	filter_unref(a->asked.filter);
	reply_free(a->reply);
	free(a);
}

void step_set_answer(struct step *s, enum slot slot, struct answer *a)
{
	answer_unref(s->answers[slot]);
	s->answers[slot] = a;
}

const struct reply *step_reply(const struct step *s, enum slot slot)
{
	return s->answers[slot] ? s->answers[slot]->reply : NULL;
}

const struct result *step_result(const struct step *s, enum slot slot)
{
	const struct reply *r = step_reply(s, slot);

	return r && r->ok ? r->result : NULL;
}

struct want *want_add(struct wants *w, enum slot slot, enum request_kind kind)
{
	struct want *want = &w->slot[slot];

	*want = (struct want){ .on = true };
	want->request.kind = kind;
	want->request.query.from = want->request.query.to = TIME_NONE;
	return want;
}

static bool text_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool query_same(const struct query *a, const struct query *b)
{
	if (a->unit != b->unit || a->hidden != b->hidden ||
	    !text_same(a->sort, b->sort) || a->descending != b->descending ||
	    a->ngroups != b->ngroups || a->counted != b->counted ||
	    a->nshown != b->nshown || a->bucket != b->bucket ||
	    a->from != b->from || a->to != b->to || a->exact != b->exact)
		return false;
	for (size_t i = 0; i < a->ngroups; i++)
		if (a->groups[i] != b->groups[i])
			return false;
	for (size_t i = 0; i < a->nshown; i++)
		if (a->shown[i] != b->shown[i])
			return false;
	return true;
}

static struct slice filter_text(const struct request *r, const char *own)
{
	if (own[0])
		return slice_str(own);
	return r->filter ? r->filter->text : SLICE("");
}

bool request_same(const struct request *a, const char *filter_a,
                  const struct request *b, const char *filter_b)
{
	return a->kind == b->kind && query_same(&a->query, &b->query) &&
	       a->anchor.kind == b->anchor.kind &&
	       a->anchor.id == b->anchor.id &&
	       a->anchor.time == b->anchor.time && a->before == b->before &&
	       a->after == b->after && a->limit == b->limit &&
	       a->bars == b->bars && a->columns == b->columns &&
	       a->field == b->field && strcmp(a->text, b->text) == 0 &&
	       a->id == b->id && a->source == b->source &&
	       a->line == b->line &&
	       slice_eq(filter_text(a, filter_a), filter_text(b, filter_b));
}

bool step_is_fresh(const struct step *s, const struct wants *w, enum slot slot)
{
	const struct answer *a = s->answers[slot];
	struct request r = w->slot[slot].request;

	if (!a)
		return false;
	r.filter = s->filter;
	return request_same(&a->asked, a->filter, &r, w->slot[slot].filter);
}
