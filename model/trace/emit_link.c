/* SPDX-License-Identifier: MIT */
/* Links and the owners of lines as rows. */
#include "base/alloc.h"
#include "model/trace/emit.h"
#include "model/trace/link.h"

/* From the start of the transmission to the acceptance. */
static int64_t lag_of(const struct derive *d, const struct link *k)
{
	const struct txn *to = &d->txns[k->to];
	int64_t sent, transfer;

	if (k->att == NONE32 || to->opened == TIME_NONE)
		return TIME_NONE;
	sent = d->atts[k->att].utc;
	transfer = derive_attempt(d, k->att)->transfer;
	if (sent == TIME_NONE)
		return TIME_NONE;
	return to->opened - (sent - (transfer > 0 ? transfer : 0));
}

static void add_relay(const struct derive *d, uint32_t att, struct link_row *r)
{
	const struct piece *p = d->pieces[d->att_piece[att]];
	const struct attempt *a = derive_attempt(d, att);

	r->relay_ip = word_in(p, a->relay_ip);
	r->relay_name = word_in(p, a->relay_name);
}

bool emit_links(struct derive *d)
{
	for (uint32_t i = 0; i < d->nlinks; i++) {
		const struct link *k = &d->links[i];
		struct link_row r = {
			.id = i + 1,
			.from = d->txns[k->from].id,
			.to = d->txns[k->to].id,
			.kind = k->kind,
			.class = k->class,
			.evidence = k->evidence,
			.lag = lag_of(d, k),
			.attempt = k->att == NONE32 ? 0 : d->atts[k->att].id,
			.told = evidence_told(d, k),
		};

		if (k->att != NONE32)
			add_relay(d, k->att, &r);
		if (!d->sink->link(d->sink->arg, &r, d->err))
			return false;
	}
	return true;
}

static int64_t session_id(const struct derive *d, uint32_t ses)
{
	return d->sess[ses].copied ? 0 : (int64_t)ses + 1;
}

static bool owners_of(struct derive *d, uint32_t i)
{
	const struct piece *p = d->pieces[i];
	int64_t *t = mem_alloc(p->nfragments * sizeof *t + 1);
	int64_t *s = mem_alloc(p->nsessions * sizeof *s + 1);
	int64_t *a = mem_alloc(p->nsessions * sizeof *a + 1);
	bool ok;

	for (size_t k = 0; k < p->nfragments; k++)
		t[k] = d->txns[d->frag_txn[d->frag_base[i] + k]].id;
	for (size_t k = 0; k < p->nsessions; k++) {
		uint32_t ses = d->part_ses[d->ses_base[i] + k];

		s[k] = session_id(d, ses);
		if (d->ses_txn[ses] != NONE32)
			a[k] = d->txns[d->ses_txn[ses]].id;
	}
	ok = d->sink->owners(d->sink->arg, p->source, p->number, t,
			     p->nfragments, s, a, p->nsessions, d->err);
	free(t);
	free(s);
	free(a);
	return ok;
}

bool emit_owners(struct derive *d)
{
	for (uint32_t i = 0; i < d->npieces; i++)
		if (!owners_of(d, i))
			return false;
	return true;
}
