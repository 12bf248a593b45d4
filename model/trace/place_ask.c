/* SPDX-License-Identifier: MIT */
/* How sure an address is that of a server, and which servers it may be. */
#include "model/trace/link.h"
#include "model/trace/place.h"

#define USUAL 4 /* at least one in so many */

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

/* "localhost", "unknown", sockets: each machine has them. */
static bool is_of_any(struct slice name)
{
	return !name.len || place_is_loopback(name) || name.ptr[0] == '/' ||
	       name.ptr[0] == '[' || slice_eq_nocase(name, SLICE("unknown")) ||
	       slice_eq_nocase(name, SLICE("local")) ||
	       slice_eq_nocase(slice_to(name, 9), SLICE("localhost"));
}

bool place_is_name(const struct derive *d, uint32_t server, struct slice host)
{
	struct slice name = word_text(d, server);
	uint32_t given = place_given(d, host);

	if (given)
		return given == server;
	if (is_of_any(host) || !name.len)
		return false;
	return slice_eq_nocase(host, name) ||
	       slice_eq_nocase(slice_cut(&host, '.'), name);
}

bool place_answers(const struct derive *d, uint32_t server)
{
	return map_find(&d->places.answers, server + UINT64_C(1));
}

/* Levels ------------------------------------------------------------------------ */

/* What is known of an address: SERVER's seat there, and that of others. */
struct sitting {
	struct seat mine; /* zeroed: none */
	bool other_relay, other_client;
};

static uint32_t first_seat(const struct places *p, uint32_t ip)
{
	const uint32_t *at = ip ? map_find(&p->by_ip, ip) : NULL;

	return at ? *at : NONE32;
}

static struct sitting sitting_at(const struct places *p, uint32_t ip,
				 uint32_t server)
{
	struct sitting x = {0};

	for (uint32_t i = first_seat(p, ip); i != NONE32;
	     i = p->seats[i].next) {
		const struct seat *s = &p->seats[i];

		if (s->server == server) {
			x.mine = *s;
		} else {
			x.other_relay |= s->relay > 0;
			x.other_client |= s->client > 0;
		}
	}
	return x;
}

static uint32_t shown(const struct seat *s)
{
	return s->relay + s->client;
}

static bool usually(uint32_t n, uint32_t most)
{
	return n && (uint64_t)n * USUAL >= most;
}

static enum place_level named(bool holds)
{
	return holds ? PLACE_NAMED : PLACE_UNKNOWN;
}

/* The server that has the relay's address beyond doubt; 0: not known. */
static uint32_t sure_relay(const struct derive *d, uint32_t att)
{
	if (derive_loopback(d, att))
		return d->txns[d->atts[att].txn].server;
	return place_given(d, word_text(d, place_relay_ip(d, att)));
}

static uint32_t sure_client(const struct derive *d, const struct txn *t)
{
	struct slice ip = word_text(d, t->client_ip);

	return place_is_loopback(ip) ? t->server : place_given(d, ip);
}

enum place_level place_relay(const struct derive *d, uint32_t att,
			     uint32_t server, uint32_t least)
{
	const struct machine *m = place_machine(d, server);
	uint32_t ip = place_relay_ip(d, att), sure = sure_relay(d, att);
	struct sitting at;

	if (sure)
		return sure == server ? PLACE_KNOWN : PLACE_OTHER;
	at = sitting_at(&d->places, ip, server);
	if (at.mine.relay && shown(&at.mine) >= least)
		return PLACE_KNOWN;
	if (at.other_relay)
		return PLACE_OTHER;
	if (shown(&at.mine) >= least)
		return PLACE_KNOWN;
	/* handoffs show it elsewhere */
	if (!m || m->relay_shown > at.mine.relay)
		return PLACE_UNKNOWN;
	if (!ip)
		return named(place_machine_named(
				     d, place_relay_name(d, att)) == m);
	return named(usually(at.mine.relay_named, m->relay_most));
}

/* The name of a client is what its owner's name server says: of a domain that
 * is not known as the server's it says nothing. */
static bool has_own_name(const struct derive *d, const struct txn *t,
			 uint32_t server, uint32_t att, uint32_t least)
{
	struct slice name = word_text(d, t->client_name);
	struct slice domain = place_domain(name);
	const uint32_t *times;

	if (is_private(word_text(d, t->client_ip)))
		return true;
	if (!domain.len)
		return false;
	times = map_find(&d->places.domains, place_domain_key(server, domain));
	if (place_given(d, name) == server || (times && *times >= least))
		return true;
	if (att == NONE32)
		return false;
	name = word_text(d, place_relay_name(d, att));
	return slice_eq_nocase(domain, place_domain(name));
}

enum place_level place_client(const struct derive *d, const struct txn *t,
			      uint32_t server, uint32_t att, uint32_t least)
{
	const struct machine *m = place_machine(d, server);
	uint32_t sure = sure_client(d, t);
	struct sitting at;

	if (sure)
		return sure == server ? PLACE_KNOWN : PLACE_OTHER;
	at = sitting_at(&d->places, t->client_ip, server);
	if (shown(&at.mine) >= least)
		return PLACE_KNOWN;
	if (at.other_relay || at.other_client)
		return PLACE_OTHER;
	if (!m || m->client_shown > at.mine.client)
		return PLACE_UNKNOWN;
	if (usually(at.mine.relay_named, m->relay_most))
		return PLACE_NAMED;
	return named(usually(at.mine.client_named, m->client_most) &&
		     has_own_name(d, t, server, att, least));
}

enum network place_between(const struct derive *d, uint32_t att,
			   const struct txn *to, uint32_t least)
{
	uint32_t from = d->txns[d->atts[att].txn].server;
	enum place_level r = place_relay(d, att, to->server, least), c;

	/* the name of a relay vouches for its domain only if it is ours */
	c = place_client(d, to, from, r > PLACE_UNKNOWN ? att : NONE32, least);
	if (r == PLACE_OTHER || c == PLACE_OTHER)
		return NETWORK_NONE;
	return (enum network)((r > PLACE_UNKNOWN) + (c > PLACE_UNKNOWN));
}

/* Which it may be ----------------------------------------------------------------- */

unsigned places_of_relay(const struct derive *d, uint32_t att,
			 uint32_t list[PLACES_MAX])
{
	const struct places *p = &d->places;
	uint32_t ip = place_relay_ip(d, att);
	const struct machine *m;
	unsigned n = 0;

	list[0] = sure_relay(d, att);
	if (list[0])
		return 1;
	for (uint32_t i = first_seat(p, ip); i != NONE32 && n < PLACES_MAX;
	     i = p->seats[i].next)
		if (place_relay(d, att, p->seats[i].server, 1) > PLACE_UNKNOWN)
			list[n++] = p->seats[i].server;
	if (ip)
		return n;
	m = place_machine_named(d, place_relay_name(d, att));
	if (m && place_relay(d, att, m->server, 1) > PLACE_UNKNOWN)
		list[n++] = m->server;
	return n;
}

unsigned places_of_client(const struct derive *d, const struct txn *t,
			  uint32_t list[PLACES_MAX])
{
	const struct places *p = &d->places;
	unsigned n = 0;

	list[0] = sure_client(d, t);
	if (list[0])
		return 1;
	/* the relay's domain may still tell: looked at in pairs */
	for (uint32_t i = first_seat(p, t->client_ip);
	     i != NONE32 && n < PLACES_MAX; i = p->seats[i].next)
		list[n++] = p->seats[i].server;
	return n;
}

/* Of servers behind one address the one that is shown most often. */
static bool is_more(const struct derive *d, uint32_t ip, uint32_t a,
		    uint32_t b)
{
	struct sitting x = sitting_at(&d->places, ip, a);
	struct sitting y = sitting_at(&d->places, ip, b);

	return shown(&x.mine) > shown(&y.mine);
}

uint32_t place_at_relay(const struct derive *d, uint32_t att,
			enum place_level level, bool sole)
{
	uint32_t list[PLACES_MAX], best = 0, n;

	n = places_of_relay(d, att, list);
	while (n--) {
		if (place_relay(d, att, list[n], 1) < level)
			continue;
		if (best && sole)
			return 0;
		if (!best || is_more(d, place_relay_ip(d, att), list[n], best))
			best = list[n];
	}
	return best;
}

uint32_t place_at_client(const struct derive *d, const struct txn *t,
			 enum place_level level)
{
	uint32_t list[PLACES_MAX], best = 0, n;

	n = places_of_client(d, t, list);
	while (n--) {
		if (place_client(d, t, list[n], NONE32, 1) < level)
			continue;
		if (!best || is_more(d, t->client_ip, list[n], best))
			best = list[n];
	}
	return best;
}
