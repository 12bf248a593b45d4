/* SPDX-License-Identifier: MIT */
/* Links with their evidence, related journeys and the owners of lines as rows. */
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

/* The evidence that v_evidence tells from the rows of transactions and attempt:
 * all but keys that stand in lines of their own. */
static unsigned told_of(const struct derive *d, const struct link *k)
{
	unsigned told = k->evidence;

	told &= ~E(4);
	if (k->key != NONE32)
		told &= ~(E(2) | E(3));
	if (k->att == NONE32)
		told &= ~E(1);
	else if (!d->atts[k->att].id) /* a copy has no row */
		told &= ~(E(1) | E(6));
	return told;
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
			.told = told_of(d, k),
		};

		if (!d->sink->link(d->sink->arg, &r, d->err))
			return false;
	}
	return true;
}

/* Where each end stands: its own line unless another one says it. */
static struct evidence_row evidence_base(const struct derive *d, uint32_t i,
					 unsigned code)
{
	const struct link *k = &d->links[i];
	const struct txn *from = &d->txns[k->from], *to = &d->txns[k->to];

	return (struct evidence_row){
		.link = i + 1,
		.code = code,
		.from_source = txn_source(d, from),
		.from_line = txn_line(d, from),
		.to_source = txn_source(d, to),
		.to_line = txn_line(d, to),
	};
}

static void from_attempt(const struct derive *d, uint32_t att,
			 struct evidence_row *r)
{
	const struct piece *p = d->pieces[d->att_piece[att]];

	r->from_source = p->source;
	r->from_line = p->first_line + derive_attempt(d, att)->line;
}

static void evidence_key(const struct derive *d, const struct link *k,
			 struct evidence_row *r)
{
	const struct piece *p;
	const struct piece_key *key;
	bool down;

	if (k->key == NONE32)
		return;
	p = d->pieces[k->key_piece];
	key = &p->keys[k->key];
	down = key->relation == REL_CHILD || key->relation == REL_NEXT_HOP;
	if (down) {
		r->from_source = p->source;
		r->from_line = p->first_line + key->line;
	} else {
		r->to_source = p->source;
		r->to_line = p->first_line + key->line;
	}
	r->from_text = down ? intern_get(&p->texts, key->text)
			    : derive_queue_id(d, &d->txns[k->from]);
	r->to_text = down ? derive_queue_id(d, &d->txns[k->to])
			  : intern_get(&p->texts, key->text);
}

static void evidence_text(const struct derive *d, const struct link *k,
			  struct evidence_row *r)
{
	const struct txn *from = &d->txns[k->from], *to = &d->txns[k->to];
	const struct piece *p;

	switch (r->code) {
	case 1:
		from_attempt(d, k->att, r);
		r->from_text = derive_next_id(d, k->att);
		r->to_text = derive_queue_id(d, to);
		break;
	case 2:
	case 3:
		evidence_key(d, k, r);
		break;
	case 4:
		if (k->att != NONE32)
			from_attempt(d, k->att, r);
		r->from_text = k->att != NONE32 ? derive_next_id(d, k->att)
						: derive_queue_id(d, from);
		r->to_text = slice_of(NULL, 0);
		if (to->ndels && d->dels[to->dels].last != NONE32)
			r->to_text = derive_next_id(d, d->dels[to->dels].last);
		break;
	case 5:
		r->from_text = derive_message_id(d, from);
		r->to_text = derive_message_id(d, to);
		break;
	case 6:
		if (k->att == NONE32) {
			r->from_text = word_text(d, from->client_ip);
			r->to_text = word_text(d, to->client_ip);
			break;
		}
		from_attempt(d, k->att, r);
		p = d->pieces[d->att_piece[k->att]];
		r->from_text = word_text(
			d, word_in(p, derive_attempt(d, k->att)->relay_name));
		r->to_text = word_text(d, to->server);
		break;
	case 7:
		r->from_text = word_text(d, from->sender);
		r->to_text = word_text(d, to->sender);
		break;
	default:
		break;
	}
}

bool emit_evidence(struct derive *d)
{
	for (uint32_t i = 0; i < d->nlinks; i++) {
		const struct link *k = &d->links[i];

		for (unsigned code = 1; code <= 12; code++) {
			struct evidence_row r;

			if (!(k->evidence & E(code)))
				continue;
			r = evidence_base(d, i, code);
			evidence_text(d, k, &r);
			if (!d->sink->evidence(d->sink->arg, &r, d->err))
				return false;
		}
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
