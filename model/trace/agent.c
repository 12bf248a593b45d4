/* SPDX-License-Identifier: MIT */
/* Delivery agents have no transactions: what one says of a recipient in a
 * session whose key the MTA's answer names is the same answer told again, with
 * the mailbox that took it. */
#include "base/alloc.h"
#include "model/trace/derive.h"

#define AGENT_NEAR (26 * US_HOUR) /* its zone may be unknown */
#define AGENT_LOOK 256

static struct slice session_key(const struct derive *d, uint32_t ses)
{
	uint32_t g = d->ses_parts[d->sess[ses].parts];

	return intern_get(&d->pieces[d->part_piece[g]]->texts,
			  derive_part(d, g)->key);
}

static bool is_fate(enum action a)
{
	return a == ACTION_DELIVER || a == ACTION_DISCARD ||
	       a == ACTION_REDIRECT || a == ACTION_QUARANTINE ||
	       a == ACTION_DEFER || a == ACTION_BOUNCE;
}

/* Answers of agents by the hash of their session's key. */
static struct pair *index_agents(const struct derive *d, size_t *count)
{
	struct pair *p = NULL;
	size_t n = 0, cap = 0;

	for (uint32_t g = 0; g < d->natts; g++) {
		const struct att *t = &d->atts[g];

		if (t->txn != NONE32 || t->ses == NONE32 || t->copy ||
		    !is_fate(derive_attempt(d, g)->action))
			continue;
		GROW(p, n, cap);
		p[n++] = (struct pair){hash64(session_key(d, t->ses)), g};
	}
	if (n)
		pairs_sort(p, n);
	*count = n;
	return p;
}

static struct slice recipient_of(const struct derive *d, uint32_t att)
{
	return word_text(d, word_in(d->pieces[d->att_piece[att]],
				    derive_attempt(d, att)->recipient));
}

/* Agents often know the user only, without the domain. */
static bool same_recipient(struct slice mta, struct slice agent)
{
	if (!agent.len || slice_eq_nocase(mta, agent))
		return true;
	if (slice_chr(agent, '@') != SLICE_NONE)
		return false;
	return slice_eq_nocase(slice_to(mta, slice_chr(mta, '@')), agent);
}

static bool fits(const struct derive *d, uint32_t mta, uint32_t agent)
{
	int64_t gap = d->atts[mta].utc - d->atts[agent].utc;

	return d->atts[agent].txn == NONE32 && gap <= AGENT_NEAR &&
	       gap >= -AGENT_NEAR &&
	       slice_eq(session_key(d, d->atts[agent].ses),
			derive_next_id(d, mta)) &&
	       same_recipient(recipient_of(d, mta), recipient_of(d, agent));
}

static void unite(struct derive *d, uint32_t mta, uint32_t agent)
{
	struct att *m = &d->atts[mta], *a = &d->atts[agent];

	a->txn = m->txn;
	if (m->agent != NONE32)
		return; /* a second word on it stays a row of its own */
	m->agent = agent;
	m->copies = (uint16_t)(m->copies + 1 + a->copies);
	a->copy = true;
}

void attempts_agents(struct derive *d)
{
	size_t n;
	struct pair *p = index_agents(d, &n);

	for (uint32_t g = 0; n && g < d->natts; g++) {
		const struct attempt *a = derive_attempt(d, g);
		uint64_t key;
		size_t i, look = AGENT_LOOK;

		if (!a->next_id || d->atts[g].txn == NONE32 || d->atts[g].copy)
			continue;
		key = hash64(derive_next_id(d, g));
		for (i = pairs_find(p, n, key);
		     i < n && p[i].key == key && look; i++, look--)
			if (fits(d, g, p[i].value))
				unite(d, g, p[i].value);
	}
	free(p);
}
