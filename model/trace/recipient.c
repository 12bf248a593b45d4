/* SPDX-License-Identifier: MIT */
/* Final recipients of a journey: deliveries from which no link leads on, those
 * of the same address taken together. */
#include "base/alloc.h"
#include "model/trace/link.h"

#define CHAIN_MAX 64  /* hops over which an address is followed back */
#define LOOK_MAX 4096 /* deliveries of a hop that are looked through */

/* The better an outcome, the more it tells of a recipient that has several. */
static int rank(enum outcome o)
{
	static const int ranks[OUTCOME_COUNT] = {
		[OUTCOME_DELIVERED] = 6, [OUTCOME_RELAYED] = 5,
		[OUTCOME_FAILED] = 4,    [OUTCOME_WITHHELD] = 3,
		[OUTCOME_REFUSED] = 2,   [OUTCOME_DELAYED] = 1,
		[OUTCOME_UNKNOWN] = 0,
	};

	return ranks[o];
}

/* The agent's word is more than the answer that it gave. */
static enum action last_action(const struct derive *d, const struct del *v)
{
	uint32_t last = v->last;

	if (last == NONE32)
		return ACTION_UNKNOWN;
	if (d->atts[last].agent != NONE32)
		last = d->atts[last].agent;
	return derive_attempt(d, last)->action;
}

/* Whether the server that a sensor heard tells what became of it. */
static bool is_witness(const struct derive *d, const struct txn *t,
		       enum outcome *o)
{
	const struct txn *heard;
	uint32_t from;

	if (t->up == NONE32)
		return false;
	from = d->links[t->up].from;
	heard = &d->txns[from];
	if (heard->ndels || d->continues[from])
		return true;
	if (*o == OUTCOME_RELAYED)
		*o = heard->state == STATE_OPEN ? OUTCOME_DELAYED
						: OUTCOME_UNKNOWN;
	return false;
}

/* What became of all that TXN was given, if it is the same for each; *DEL is one
 * of the deliveries that say so. */
static bool common_fate(const struct derive *d, uint32_t txn, unsigned depth,
			enum outcome *o, uint32_t *del)
{
	const struct txn *t = &d->txns[txn];
	uint32_t known = *del;

	if (!t->ndels || !depth)
		return false;
	for (uint32_t i = t->dels; i < t->dels + t->ndels; i++) {
		const struct del *v = &d->dels[i];

		if (v->goes_on) {
			if (!common_fate(d, d->links[v->link].to, depth - 1, o,
					 &known))
				return false;
			continue;
		}
		if (known != NONE32 && v->outcome != *o)
			return false;
		*o = v->outcome;
		known = i;
	}
	*del = known;
	return true;
}

/* RFC 5321 section 4.1.2: of a quoted local part that needs no quotes the same
 * mailbox is meant as without them. Gives its length with the quotes, or 0. */
static size_t needless_quotes(struct slice s)
{
	size_t n = 1;

	if (s.len < 4 || s.ptr[0] != '"')
		return 0;
	for (; n < s.len && s.ptr[n] != '"'; n++)
		if ((unsigned char)s.ptr[n] <= ' ' ||
		    strchr("()<>[]:;@\\,\x7f", s.ptr[n]) ||
		    (s.ptr[n] == '.' &&
		     (n == 1 || s.ptr[n - 1] == '.' || s.ptr[n + 1] == '"')))
			return 0;
	return n > 1 && n + 1 < s.len && s.ptr[n + 1] == '@' ? n + 1 : 0;
}

/* What is equal of all forms of one address. */
static void fold(struct strbuf *out, struct slice s)
{
	size_t quoted = needless_quotes(s);

	strbuf_reset(out);
	for (size_t i = 0; i < s.len; i++)
		if (!quoted || (i && i != quoted - 1))
			strbuf_add_char(out,
					s.ptr[i] >= 'A' && s.ptr[i] <= 'Z'
						? (char)(s.ptr[i] + 32)
						: s.ptr[i]);
}

static uint64_t address_key(const struct derive *d, uint32_t word,
			    struct strbuf *scratch)
{
	fold(scratch, word_text(d, word));
	return key_of(hash64(strbuf_slice(scratch)));
}

static bool names(const struct derive *d, const struct txn *t, uint32_t address)
{
	struct strbuf scratch = {0};
	uint64_t key = address_key(d, address, &scratch);
	bool found = false;

	for (uint32_t i = t->dels; i < t->dels + t->ndels && !found; i++)
		found = address_key(d, d->dels[i].recipient, &scratch) == key ||
			address_key(d, d->dels[i].orig, &scratch) == key;
	strbuf_release(&scratch);
	return found;
}

/* A server that was given more recipients than it names has merged those that
 * are one mailbox there: the fate of all is that of each. *DEL says so. */
static bool is_merged(const struct derive *d, const struct del *v,
		      enum outcome *o, uint32_t *del)
{
	const struct link *k = &d->links[v->link];
	const struct txn *to = &d->txns[k->to];

	if (!to->ndels || k->carried <= to->ndels || to->nrcpt < 0 ||
	    (uint32_t)to->nrcpt > to->ndels || names(d, to, v->recipient))
		return false;
	*del = NONE32;
	if (common_fate(d, k->to, CHAIN_MAX, o, del))
		return true;
	*o = OUTCOME_UNKNOWN;
	*del = NONE32;
	return true;
}

/* Whether another transaction of the journey tells the rest; if not, *O is what
 * is known, and *DEL the delivery that tells it if V does not. */
static bool is_told_elsewhere(const struct derive *d, const struct del *v,
			      enum outcome *o, uint32_t *del)
{
	const struct txn *to;
	enum action a = last_action(d, v);

	*o = v->outcome;
	if (d->txns[v->txn].state == STATE_OBSERVED)
		return is_witness(d, &d->txns[v->txn], o);
	if (v->goes_on && d->links[v->link].kind == LINK_RETRY)
		return true;
	if (v->goes_on && is_merged(d, v, o, del))
		return false;
	if (v->goes_on) {
		to = &d->txns[d->links[v->link].to];
		if (to->ndels || d->continues[d->links[v->link].to])
			return true;
		*o = to->state == STATE_OPEN ? OUTCOME_DELAYED
					     : OUTCOME_UNKNOWN;
		return false;
	}
	/* only addressed: where a child has it, the address is the same */
	if (v->last == NONE32)
		return false;
	/* made new by an operator, or expanded: the children have it */
	if ((v->outcome == OUTCOME_DELAYED || a == ACTION_EXPAND) &&
	    d->continues[v->txn])
		return true;
	if (a == ACTION_EXPAND ||
	    (a == ACTION_RELAY && derive_loopback(d, v->last)))
		*o = OUTCOME_UNKNOWN;
	return false;
}

/* The delivery of the hop above that led to this transaction. */
static const struct del *delivery_above(const struct derive *d, uint32_t link,
					uint32_t address)
{
	const struct txn *t = &d->txns[d->links[link].from];
	const struct del *only = NULL;
	unsigned n = 0;

	for (uint32_t i = 0; i < t->ndels && i < LOOK_MAX; i++) {
		const struct del *v = &d->dels[t->dels + i];

		if (v->link != link)
			continue;
		if (same_address(d, v->recipient, address))
			return v;
		only = v;
		n++;
	}
	return n == 1 ? only : NULL;
}

static struct slice domain_of(const struct derive *d, uint32_t word)
{
	struct slice s = word_text(d, word);
	size_t at = slice_rchr(s, '@');

	return at == SLICE_NONE ? slice_of(NULL, 0) : slice_from(s, at);
}

/* The domain of what was handed over by the link: absent if there are two. */
static struct slice domain_over(const struct derive *d, uint32_t link)
{
	const struct txn *t = &d->txns[d->links[link].from];
	struct slice all = slice_of(NULL, 0);

	for (uint32_t i = 0; i < t->ndels && i < LOOK_MAX; i++) {
		const struct del *v = &d->dels[t->dels + i];
		struct slice one = domain_of(d, v->recipient);

		if (v->link != link || !one.len)
			continue;
		if (all.len && !slice_eq_nocase(all, one))
			return slice_of(NULL, 0);
		all = one;
	}
	return all;
}

/* "@example.com" by which this server knew the user that V names. */
static struct slice local_domain(const struct derive *d, const struct del *v)
{
	struct slice domain = domain_of(d, v->orig);
	uint32_t up = d->txns[v->txn].up;

	for (unsigned steps = 0; !domain.len && steps < 4; steps++) {
		if (up == NONE32 || !link_joins(d->links[up].kind))
			break;
		domain = domain_over(d, up);
		up = d->txns[d->links[up].from].up;
	}
	return domain;
}

static bool is_user(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (strchr("@/|:<>\" ", s.ptr[i]))
			return false;
	return s.len > 0;
}

/* The address of a delivery; of a mere user that of its server's mail. */
static uint32_t address_of(struct derive *d, const struct del *v)
{
	struct slice user = word_text(d, v->recipient), domain;
	struct strbuf whole = {0};
	uint32_t word;

	if (!is_user(user))
		return v->recipient;
	domain = local_domain(d, v);
	if (!domain.len)
		return v->recipient;
	strbuf_add_slice(&whole, user);
	strbuf_add_slice(&whole, domain);
	word = d->sink->word(d->sink->arg, strbuf_slice(&whole));
	strbuf_release(&whole);
	return word;
}

/* How the first hop knew the recipient, and what changed it on the way. */
static void follow_back(const struct derive *d, struct rcp *r)
{
	const struct del *v = &d->dels[r->own];
	uint32_t t = v->txn, up;

	r->addressed_as = v->orig ? v->orig : v->recipient;
	for (unsigned steps = 0; steps < CHAIN_MAX; steps++) {
		up = d->txns[t].up;
		if (up == NONE32 || !link_joins(d->links[up].kind))
			break;
		if (d->links[up].kind == LINK_ALIAS ||
		    d->links[up].kind == LINK_EXPANSION)
			r->via = (uint8_t)(d->links[up].kind + 1);
		v = delivery_above(d, up, r->addressed_as);
		if (v)
			r->addressed_as = v->orig ? v->orig : v->recipient;
		t = d->links[up].from;
	}
	if (same_address(d, r->addressed_as, d->dels[r->own].recipient))
		r->addressed_as = r->address;
	if (!r->via && !same_address(d, r->addressed_as, r->address))
		r->via = LINK_ALIAS + 1;
	if (r->own != r->del)
		r->via = VIA_MERGED;
}

static int64_t time_of(const struct derive *d, uint32_t att)
{
	return att == NONE32 ? TIME_NONE : d->atts[att].utc;
}

static void begins(const struct derive *d, struct rcp *r, uint32_t att)
{
	int64_t time = time_of(d, att);

	if (time != TIME_NONE && (r->first == TIME_NONE || time < r->first))
		r->first = time;
}

/* DEL as the journey's recipient, whose fate BY tells. */
static void add_delivery(struct derive *d, uint32_t j, uint32_t del, uint32_t by,
			 enum outcome o, struct map *known,
			 struct strbuf *scratch)
{
	const struct del *v = &d->dels[del];
	uint32_t address = address_of(d, v);
	uint32_t *at = map_add(known, address_key(d, address, scratch),
			       d->nrcps);
	struct rcp *r;

	if (*at == d->nrcps) {
		GROW(d->rcps, d->nrcps, d->crcps);
		d->rcps[d->nrcps++] = (struct rcp){
			.own = del,
			.del = by,
			.address = address,
			.journey = j,
			.first = TIME_NONE,
			.last = time_of(d, d->dels[by].last),
			.outcome = (uint8_t)o,
		};
		d->jnys[j].nrcps++;
	}
	r = &d->rcps[*at];
	if (rank(o) > rank(r->outcome)) {
		r->own = del;
		r->del = by;
		r->last = time_of(d, d->dels[by].last);
		r->outcome = (uint8_t)o;
	}
	r->attempts += v->attempts;
	begins(d, r, v->first);
}

/* What was put off at the door counts as earlier attempts. */
static void add_retries(struct derive *d, const struct txn *t,
			struct map *known, struct strbuf *scratch)
{
	for (uint32_t i = 0; i < t->ndels; i++) {
		const struct del *v = &d->dels[t->dels + i];
		uint32_t *at;

		if (!v->goes_on || d->links[v->link].kind != LINK_RETRY)
			continue;
		at = map_find(known, address_key(d, v->recipient, scratch));
		if (!at)
			continue;
		d->rcps[*at].attempts += v->attempts;
		begins(d, &d->rcps[*at], v->first);
	}
}

void journey_recipients(struct derive *d, uint32_t j)
{
	struct jny *y = &d->jnys[j];
	struct map known = {0};
	struct strbuf scratch = {0};
	enum outcome o;

	y->rcps = d->nrcps;
	for (uint32_t i = 0; i < y->ntxns; i++) {
		const struct txn *t = &d->txns[d->jny_txns[y->txns + i]];

		for (uint32_t k = t->dels; k < t->dels + t->ndels; k++) {
			uint32_t by = NONE32;

			if (!is_told_elsewhere(d, &d->dels[k], &o, &by))
				add_delivery(d, j, k, by == NONE32 ? k : by, o,
					     &known, &scratch);
		}
	}
	for (uint32_t i = y->rcps; i < d->nrcps; i++) {
		follow_back(d, &d->rcps[i]);
		map_add(&known,
			address_key(d, d->rcps[i].addressed_as, &scratch), i);
	}
	for (uint32_t i = 0; i < y->ntxns && y->ntxns > 1; i++)
		add_retries(d, &d->txns[d->jny_txns[y->txns + i]], &known,
			    &scratch);
	map_release(&known);
	strbuf_release(&scratch);
}
