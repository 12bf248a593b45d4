/* SPDX-License-Identifier: MIT */
/* Which addresses the servers of the case have: shown by exact links, else by
 * the names that resolvers gave them. Anyone may name an own machine like one of
 * ours: a name counts for the addresses that it usually has, and of a client
 * only if its domain is the server's own or the address is a private one. */
#include "base/alloc.h"
#include "model/trace/unsaid.h"

#define USUAL 4 /* at least one in so many */

static bool is_loopback(struct slice ip)
{
	return slice_starts(ip, SLICE("127.")) || slice_eq(ip, SLICE("::1"));
}

/* RFC 1918, RFC 4193, link-local: nobody reaches us from elsewhere with it. */
static bool is_private(struct slice ip)
{
	uint64_t second;
	struct slice rest;

	if (slice_starts(ip, SLICE("10.")) ||
	    slice_starts(ip, SLICE("192.168.")) ||
	    slice_starts(ip, SLICE("169.254.")) ||
	    slice_starts(ip, SLICE("fe80:")))
		return true;
	if (slice_chr(ip, ':') != SLICE_NONE)
		return slice_starts(ip, SLICE("fd")) ||
		       slice_starts(ip, SLICE("fc"));
	if (!slice_starts(ip, SLICE("172.")))
		return false;
	rest = slice_from(ip, 4);
	return slice_u64(slice_cut(&rest, '.'), &second) && second >= 16 &&
	       second < 32;
}

static bool is_numeric(struct slice name)
{
	return !name.len || slice_chr(name, ':') != SLICE_NONE ||
	       name.ptr[0] == '[' ||
	       (name.ptr[name.len - 1] >= '0' &&
		name.ptr[name.len - 1] <= '9');
}

static uint64_t hash_lower(struct slice s)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c >= 'A' && c <= 'Z')
			c = (unsigned char)(c + 32);
		h = (h ^ c) * UINT64_C(1099511628211);
	}
	return key_of(h);
}

/* "corp.example" of "mx1.corp.example."; absent if that is no domain. */
static struct slice domain_of(struct slice name)
{
	size_t dot = slice_chr(name, '.');

	if (is_numeric(name) || dot == SLICE_NONE)
		return slice_of(NULL, 0);
	name = slice_from(name, dot + 1);
	if (name.len && name.ptr[name.len - 1] == '.')
		name.len--;
	return name;
}

static uint64_t domain_key(uint32_t server, struct slice domain)
{
	return key_of(hash_mix(hash_lower(domain), server + UINT64_C(1)));
}

static void add_domain(struct places *p, uint32_t server, struct slice name)
{
	struct slice domain = domain_of(name);

	if (domain.len)
		map_add(&p->domains, domain_key(server, domain), 1);
}

/* Machines -------------------------------------------------------------------- */

static void add_machine(const struct derive *d, struct places *p,
			const struct txn *t)
{
	uint32_t *known = map_add(&p->by_server, t->server + UINT64_C(1),
				  NONE32);
	struct slice name = word_text(d, t->server);
	uint32_t g;

	if (*known != NONE32)
		return;
	*known = p->n;
	GROW(p->machines, p->n, p->cap);
	p->machines[p->n] = (struct machine){.server = t->server};
	if (name.len)
		map_add(&p->by_name, hash_lower(name), p->n);
	p->n++;
	if (!t->nfrags)
		return;
	/* the host as it calls itself may be its whole name */
	g = d->txn_frags[t->frags];
	add_domain(p, t->server,
		   word_text(d, word_in(d->pieces[d->frag_piece[g]],
					derive_fragment(d, g)->host)));
}

static struct machine *machine_of(const struct places *p, uint32_t server)
{
	const uint32_t *at = map_find(&p->by_server, server + UINT64_C(1));

	return at ? &p->machines[*at] : NULL;
}

/* The server that is called like the first label of a host's name. */
static struct machine *machine_named(struct places *p, const struct derive *d,
				     uint32_t word)
{
	uint32_t *known, *at, given;
	struct slice name;

	if (!word)
		return NULL;
	known = map_add(&p->labels, word, NONE32);
	if (*known == NONE32) {
		name = word_text(d, word);
		given = identity_given(d, name);
		at = given ? map_find(&p->by_server, given + UINT64_C(1))
			   : NULL;
		if (!given && !is_numeric(name))
			at = map_find(&p->by_name,
				      hash_lower(slice_cut(&name, '.')));
		*known = at ? *at + 1 : 0;
	}
	return *known ? &p->machines[*known - 1] : NULL;
}

/* Seats ------------------------------------------------------------------------- */

static uint32_t first_seat(const struct places *p, uint32_t ip)
{
	const uint32_t *at = ip ? map_find(&p->by_ip, ip) : NULL;

	return at ? *at : NONE32;
}

static struct seat *find_seat(const struct places *p, uint32_t ip,
			      uint32_t server)
{
	for (uint32_t i = first_seat(p, ip); i != NONE32; i = p->seats[i].next)
		if (p->seats[i].server == server)
			return &p->seats[i];
	return NULL;
}

static struct seat *add_seat(struct places *p, uint32_t ip, uint32_t server)
{
	struct seat *s = find_seat(p, ip, server);
	uint32_t *first;

	if (s)
		return s;
	first = map_add(&p->by_ip, ip, NONE32);
	GROW(p->seats, p->nseats, p->cseats);
	s = &p->seats[p->nseats];
	*s = (struct seat){.server = server, .next = *first};
	*first = p->nseats++;
	return s;
}

static uint32_t relay_ip(const struct derive *d, uint32_t att)
{
	return word_in(d->pieces[d->att_piece[att]],
		       derive_attempt(d, att)->relay_ip);
}

static uint32_t relay_name(const struct derive *d, uint32_t att)
{
	return word_in(d->pieces[d->att_piece[att]],
		       derive_attempt(d, att)->relay_name);
}

/* A confirmed handoff shows where both servers are. */
static void learn(struct places *p, const struct derive *d,
		  const struct link *k)
{
	const struct txn *from = &d->txns[k->from], *to = &d->txns[k->to];
	struct machine *a = machine_of(p, from->server);
	struct machine *b = machine_of(p, to->server);
	uint32_t ip = relay_ip(d, k->att);

	if (!a || !b || a == b)
		return;
	/* what it tells its own submission agent shows nothing of others */
	map_add(&p->answers, to->server + UINT64_C(1), 1);
	if (ip) {
		add_seat(p, ip, to->server)->relay = true;
		b->relay_shown = true;
	}
	if (to->client_ip) {
		add_seat(p, to->client_ip, from->server)->client = true;
		a->client_shown = true;
	}
	add_domain(p, to->server, word_text(d, relay_name(d, k->att)));
	add_domain(p, from->server, word_text(d, to->client_name));
}

void places_make(const struct derive *d, struct places *p)
{
	*p = (struct places){0};
	for (uint32_t i = 0; i < d->ntxns; i++)
		if (i == 0 || d->txns[i].server != d->txns[i - 1].server)
			add_machine(d, p, &d->txns[i]);
	for (uint32_t i = 0; i < d->nlinks; i++) {
		const struct link *k = &d->links[i];

		if (k->class == CLASS_CONFIRMED && k->kind == LINK_HANDOFF &&
		    k->att != NONE32 && k->evidence & E(1))
			learn(p, d, k);
	}
}

void places_release(struct places *p)
{
	free(p->machines);
	free(p->seats);
	map_release(&p->by_server);
	map_release(&p->by_name);
	map_release(&p->labels);
	map_release(&p->by_ip);
	map_release(&p->answers);
	map_release(&p->domains);
}

void places_add_relay(struct places *p, const struct derive *d, uint32_t att)
{
	uint32_t ip = relay_ip(d, att);
	struct machine *m = machine_named(p, d, relay_name(d, att));
	struct seat *s;

	if (!m || !ip)
		return;
	s = add_seat(p, ip, m->server);
	s->relay_named++;
	if (s->relay_named > m->relay_most)
		m->relay_most = s->relay_named;
}

void places_add_client(struct places *p, const struct derive *d,
		       const struct txn *t)
{
	struct machine *m = machine_named(p, d, t->client_name);
	struct seat *s;

	if (!m || !t->client_ip)
		return;
	s = add_seat(p, t->client_ip, m->server);
	s->client_named++;
	if (s->client_named > m->client_most)
		m->client_most = s->client_named;
}

/* Levels ------------------------------------------------------------------------ */

static bool usually(uint32_t n, uint32_t most)
{
	return n && (uint64_t)n * USUAL >= most;
}

enum place_level place_relay(struct places *p, const struct derive *d,
			     uint32_t att, uint32_t server)
{
	uint32_t ip = relay_ip(d, att);
	struct machine *m = machine_of(p, server);
	const struct seat *mine = NULL;
	bool other = false;

	uint32_t given = identity_given(d, word_text(d, ip));

	if (derive_loopback(d, att))
		given = d->txns[d->atts[att].txn].server;
	if (given)
		return given == server ? PLACE_KNOWN : PLACE_OTHER;
	for (uint32_t i = first_seat(p, ip); i != NONE32;
	     i = p->seats[i].next) {
		const struct seat *s = &p->seats[i];

		if (s->server == server)
			mine = s;
		else if (s->relay)
			other = true;
	}
	if (mine && mine->relay)
		return PLACE_KNOWN;
	if (other)
		return PLACE_OTHER;
	if (mine && mine->client)
		return PLACE_KNOWN;
	if (!m || m->relay_shown)
		return PLACE_UNKNOWN;
	if (!ip)
		return machine_named(p, d, relay_name(d, att)) == m
			       ? PLACE_NAMED
			       : PLACE_UNKNOWN;
	return mine && usually(mine->relay_named, m->relay_most)
		       ? PLACE_NAMED
		       : PLACE_UNKNOWN;
}

/* The name of a client is what its owner's name server says: of a domain that
 * is not known as the server's it says nothing. */
static bool has_own_name(const struct places *p, const struct derive *d,
			 const struct txn *t, uint32_t server, uint32_t att)
{
	struct slice domain = domain_of(word_text(d, t->client_name));

	if (is_private(word_text(d, t->client_ip)))
		return true;
	if (!domain.len)
		return false;
	if (identity_given(d, word_text(d, t->client_name)) == server ||
	    map_find(&p->domains, domain_key(server, domain)))
		return true;
	return att != NONE32 &&
	       slice_eq_nocase(domain,
			       domain_of(word_text(d, relay_name(d, att))));
}

enum place_level place_client(struct places *p, const struct derive *d,
			      const struct txn *t, uint32_t server,
			      uint32_t att)
{
	struct machine *m = machine_of(p, server);
	const struct seat *mine = NULL;
	bool other = false;

	uint32_t given = identity_given(d, word_text(d, t->client_ip));

	if (is_loopback(word_text(d, t->client_ip)))
		given = t->server;
	if (given)
		return given == server ? PLACE_KNOWN : PLACE_OTHER;
	for (uint32_t i = first_seat(p, t->client_ip); i != NONE32;
	     i = p->seats[i].next) {
		const struct seat *s = &p->seats[i];

		if (s->server == server)
			mine = s;
		else if (s->relay || s->client)
			other = true;
	}
	if (mine && (mine->client || mine->relay))
		return PLACE_KNOWN;
	if (other)
		return PLACE_OTHER;
	if (!m || m->client_shown || !mine)
		return PLACE_UNKNOWN;
	if (usually(mine->relay_named, m->relay_most))
		return PLACE_NAMED;
	return usually(mine->client_named, m->client_most) &&
			       has_own_name(p, d, t, server, att)
		       ? PLACE_NAMED
		       : PLACE_UNKNOWN;
}

unsigned places_of_relay(struct places *p, const struct derive *d,
			 uint32_t att, uint32_t list[PLACES_MAX])
{
	uint32_t ip = relay_ip(d, att);
	struct machine *m;
	unsigned n = 0;

	list[0] = derive_loopback(d, att)
			  ? d->txns[d->atts[att].txn].server
			  : identity_given(d, word_text(d, ip));
	if (list[0])
		return 1;
	for (uint32_t i = first_seat(p, ip); i != NONE32 && n < PLACES_MAX;
	     i = p->seats[i].next)
		if (place_relay(p, d, att, p->seats[i].server) > PLACE_UNKNOWN)
			list[n++] = p->seats[i].server;
	if (ip)
		return n;
	m = machine_named(p, d, relay_name(d, att));
	if (m && place_relay(p, d, att, m->server) > PLACE_UNKNOWN)
		list[n++] = m->server;
	return n;
}

unsigned places_of_client(struct places *p, const struct derive *d,
			  const struct txn *t, uint32_t list[PLACES_MAX])
{
	unsigned n = 0;

	list[0] = is_loopback(word_text(d, t->client_ip))
			  ? t->server
			  : identity_given(d, word_text(d, t->client_ip));
	if (list[0])
		return 1;
	for (uint32_t i = first_seat(p, t->client_ip);
	     i != NONE32 && n < PLACES_MAX; i = p->seats[i].next) {
		const struct seat *s = &p->seats[i];

		/* the relay's domain may still tell: looked at in pairs */
		if (s->client || s->relay || s->client_named ||
		    s->relay_named)
			list[n++] = s->server;
	}
	return n;
}
