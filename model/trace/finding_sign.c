/* SPDX-License-Identifier: MIT */
/* Lines that contradict themselves or their neighbours, as findings. */
#include "model/trace/finding.h"

#define RACE (2 * US_SECOND)

static const enum finding_rule rule_of[SIGN_COUNT] = {
	[SIGN_BACK] = RULE_BACK, [SIGN_OUT] = RULE_OUT,
	[SIGN_SUM] = RULE_SUM,   [SIGN_PID] = RULE_PID,
	[SIGN_ADDRESS] = RULE_ADDRESS,
};

static const char *const texts[SIGN_COUNT] = {
	[SIGN_SUM] = "the parts of the delay on this line do not make its "
		     "whole: consistent with a number that was changed",
	[SIGN_PID] = "the id names another process than the one that wrote the "
		     "line: consistent with a line that was made up",
	[SIGN_ADDRESS] = "the session's id holds another client address than "
			 "the line: consistent with an address that was "
			 "changed",
};

static void tell(const struct piece_sign *s, int64_t was, int64_t now,
		 struct strbuf *out)
{
	double gap = (double)(now - was) / US_SECOND;

	if (s->kind == SIGN_BACK)
		strbuf_addf(out, "from this line on the time is %.1f s before "
				 "that of the line in front of it: consistent "
				 "with a clock that was set, or with lines that "
				 "were put in or moved", -gap);
	else if (s->kind == SIGN_OUT)
		strbuf_addf(out, "this line alone does not fit between its "
				 "neighbours, it is %.1f s %s: consistent with "
				 "a time that was changed, or a line that was "
				 "put in", gap < 0 ? -gap : gap,
			    gap < 0 ? "too early" : "too late");
	else
		strbuf_add_str(out, texts[s->kind]);
}

static void fire_sign(struct finding_list *l, uint32_t piece,
		      const struct piece_sign *s)
{
	struct derive *d = l->d;
	const struct piece *p = d->pieces[piece];
	int64_t now = derive_utc(d, piece, s->line, s->time, NULL);
	int64_t was = derive_utc(d, piece, s->line ? s->line - 1 : 0,
				 s->before, NULL);
	struct firing f = {
		.rule = rule_of[s->kind],
		.server = derive_server(d, piece, s->host),
		.from = now,
		.to = now,
	};
	const struct txn *t = NULL;

	if (derive_is_copied(d, piece, s->line))
		return;
	/* the end of summer time goes back only as it is written */
	if (s->kind <= SIGN_OUT && now != TIME_NONE && was != TIME_NONE &&
	    (now > was ? now - was : was - now) <= US_SECOND)
		return;
	if (s->kind == SIGN_BACK && now >= was)
		return;
	strbuf_reset(&l->text);
	tell(s, was, now, &l->text);
	if (s->fragment != NONE32)
		t = &d->txns[d->frag_txn[d->frag_base[piece] + s->fragment]];
	if (t)
		f.name = derive_queue_id(d, t);
	finding_add_line(finding_fire(l, &f), p->source,
			 p->first_line + s->line, t);
}

/* A piece does not know the one before it. */
static void between(struct finding_list *l, uint32_t piece)
{
	struct derive *d = l->d;
	const struct piece *p = d->pieces[piece], *o = d->pieces[piece - 1];
	struct piece_sign s = {
		.kind = SIGN_BACK,
		.fragment = NONE32,
		.time = p->first,
		.before = o->last,
	};
	struct stamp was = stamp_unpack(o->last), now = stamp_unpack(p->first);

	if (o->source != p->source || !p->nruns || !o->nruns ||
	    d->backwards[piece] || was.us == TIME_NONE ||
	    now.us == TIME_NONE || was.has != now.has ||
	    was.us - now.us <= RACE ||
	    derive_server(d, piece, p->runs[0].host) !=
		    derive_server(d, piece - 1, o->runs[o->nruns - 1].host))
		return;
	for (size_t i = 1; i < p->nruns; i++)
		if (p->runs[i].host != p->runs[0].host)
			return;
	if (!(now.has & STAMP_YEAR) && was.us - now.us > 2 * US_DAY)
		return;
	s.host = p->runs[0].host;
	fire_sign(l, piece, &s);
}

void findings_signs(struct finding_list *l)
{
	struct derive *d = l->d;

	for (uint32_t i = 0; i < d->npieces; i++) {
		const struct piece *p = d->pieces[i];

		if (i)
			between(l, i);
		for (size_t k = 0; k < p->nsigns; k++)
			fire_sign(l, i, &p->signs[k]);
	}
}
