/* SPDX-License-Identifier: MIT */
/* Where the servers of the case are, learnt from settings, handoffs and names. */
#include "model/trace/place.h"

#include "base/alloc.h"
#include "model/trace/deny.h"

#define OWN_WORD 1000 /* a host's own name is as good as many handoffs */

bool place_is_loopback(struct slice ip)
{
	return slice_starts(ip, SLICE("127.")) || slice_eq(ip, SLICE("::1"));
}

static struct slice without_dot(struct slice name)
{
	return name.len && name.ptr[name.len - 1] == '.'
		       ? slice_to(name, name.len - 1)
		       : name;
}

uint64_t place_name_key(struct slice name)
{
	uint64_t h = UINT64_C(14695981039346656037);

	name = without_dot(name);
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.ptr[i];

		if (c >= 'A' && c <= 'Z')
			c = (unsigned char)(c + 32);
		h = (h ^ c) * UINT64_C(1099511628211);
	}
	return name.len ? key_of(h) : 0;
}

static bool is_numeric(struct slice name)
{
	return !name.len || slice_chr(name, ':') != SLICE_NONE ||
	       name.ptr[0] == '[' ||
	       (name.ptr[name.len - 1] >= '0' &&
		name.ptr[name.len - 1] <= '9');
}

struct slice place_domain(struct slice name)
{
	size_t dot = slice_chr(name, '.');

	if (is_numeric(name) || dot == SLICE_NONE)
		return slice_of(NULL, 0);
	return without_dot(slice_from(name, dot + 1));
}

uint64_t place_domain_key(uint32_t server, struct slice domain)
{
	return key_of(hash_mix(place_name_key(domain), server + UINT64_C(1)));
}

static void add_domain(struct places *p, uint32_t server, struct slice name,
		       uint32_t times)
{
	struct slice domain = place_domain(name);

	if (domain.len)
		*map_add(&p->domains, place_domain_key(server, domain), 0) +=
			times;
}

/* Given ----------------------------------------------------------------------- */

void places_given(struct derive *d)
{
	const struct trace_settings *s = &d->in->settings;

	for (size_t i = 0; i < s->nservers; i++) {
		const struct server_name *n = &s->servers[i];
		uint64_t key = place_name_key(n->name);

		if (key && n->server.len)
			*map_add(&d->places.given, key, 0) =
				d->sink->word(d->sink->arg, n->server);
	}
}

uint32_t place_given(const struct derive *d, struct slice name)
{
	const struct map *given = &d->places.given;
	uint64_t key = given->n ? place_name_key(name) : 0;
	const uint32_t *server = key ? map_find(given, key) : NULL;

	return server ? *server : 0;
}

/* Machines -------------------------------------------------------------------- */

static bool add_machine(struct derive *d, uint32_t server)
{
	struct places *p = &d->places;
	uint32_t *known = map_add(&p->by_server, server + UINT64_C(1), NONE32);
	uint64_t key = place_name_key(word_text(d, server));

	if (*known != NONE32)
		return false;
	*known = p->n;
	GROW(p->machines, p->n, p->cap);
	p->machines[p->n] = (struct machine){.server = server};
	if (key)
		map_add(&p->by_name, key, p->n);
	p->n++;
	return true;
}

/* A server that logs no transaction has a log all the same. */
static void add_machines(struct derive *d)
{
	for (uint32_t i = 0; i < d->ntxns; i++) {
		const struct txn *t = &d->txns[i];
		uint32_t g;

		if ((i && t->server == t[-1].server) ||
		    !add_machine(d, t->server) || !t->nfrags)
			continue;
		/* the host as it calls itself may be its whole name */
		g = d->txn_frags[t->frags];
		add_domain(&d->places, t->server,
			   word_text(d, word_in(d->pieces[d->frag_piece[g]],
						derive_fragment(d, g)->host)),
			   OWN_WORD);
	}
	for (size_t i = 0; i < d->coverage.n; i++)
		if (d->coverage.list[i].server)
			add_machine(d, d->coverage.list[i].server);
}

static struct machine *find_machine(const struct places *p, uint32_t server)
{
	const uint32_t *at = map_find(&p->by_server, server + UINT64_C(1));

	return at ? &p->machines[*at] : NULL;
}

const struct machine *place_machine(const struct derive *d, uint32_t server)
{
	return find_machine(&d->places, server);
}

static struct machine *look_name_up(const struct derive *d, uint32_t word)
{
	const struct places *p = &d->places;
	struct slice name = word_text(d, word);
	uint32_t given = place_given(d, name);
	const uint32_t *at;

	if (given)
		return find_machine(p, given);
	if (is_numeric(name))
		return NULL;
	at = map_find(&p->by_name, place_name_key(slice_cut(&name, '.')));
	return at ? &p->machines[*at] : NULL;
}

const struct machine *place_machine_named(const struct derive *d,
					  uint32_t word)
{
	const uint32_t *known;

	if (!word)
		return NULL;
	known = map_find(&d->places.labels, word);
	if (known)
		return *known ? &d->places.machines[*known - 1] : NULL;
	return look_name_up(d, word);
}

/* The same, kept for the next time. */
static struct machine *machine_named(struct derive *d, uint32_t word)
{
	struct places *p = &d->places;
	struct machine *m;
	uint32_t *known;

	if (!word)
		return NULL;
	known = map_add(&p->labels, word, NONE32);
	if (*known == NONE32) {
		m = look_name_up(d, word);
		*known = m ? (uint32_t)(m - p->machines) + 1 : 0;
	}
	return *known ? &p->machines[*known - 1] : NULL;
}

/* Seats ------------------------------------------------------------------------- */

static struct seat *add_seat(struct places *p, uint32_t ip, uint32_t server)
{
	uint32_t *first = map_add(&p->by_ip, ip, NONE32);
	struct seat *s;

	for (uint32_t i = *first; i != NONE32; i = p->seats[i].next)
		if (p->seats[i].server == server)
			return &p->seats[i];
	GROW(p->seats, p->nseats, p->cseats);
	s = &p->seats[p->nseats];
	*s = (struct seat){.server = server, .next = *first};
	*first = p->nseats++;
	return s;
}

uint32_t place_relay_ip(const struct derive *d, uint32_t att)
{
	return word_in(d->pieces[d->att_piece[att]],
		       derive_attempt(d, att)->relay_ip);
}

uint32_t place_relay_name(const struct derive *d, uint32_t att)
{
	return word_in(d->pieces[d->att_piece[att]],
		       derive_attempt(d, att)->relay_name);
}

/* Each machine has the loopback: it shows nothing. */
static bool shows(const struct derive *d, uint32_t ip)
{
	return ip && !place_is_loopback(word_text(d, ip));
}

/* A handoff shows where both servers are. */
static void learn(struct derive *d, const struct link *k)
{
	struct places *p = &d->places;
	const struct txn *from = &d->txns[k->from], *to = &d->txns[k->to];
	struct machine *a = find_machine(p, from->server);
	struct machine *b = find_machine(p, to->server);
	uint32_t ip = place_relay_ip(d, k->att);

	/* what a server tells its own submission agent shows nothing of others */
	if (!a || !b || a == b)
		return;
	map_add(&p->answers, to->server + UINT64_C(1), 1);
	if (shows(d, ip)) {
		add_seat(p, ip, to->server)->relay++;
		b->relay_shown++;
	}
	if (shows(d, to->client_ip)) {
		add_seat(p, to->client_ip, from->server)->client++;
		a->client_shown++;
	}
	add_domain(p, to->server, word_text(d, place_relay_name(d, k->att)), 1);
	add_domain(p, from->server, word_text(d, to->client_name), 1);
}

static void learn_links(struct derive *d)
{
	for (uint32_t i = 0; i < d->nlinks; i++) {
		const struct link *k = &d->links[i];

		if (k->class == CLASS_CONFIRMED && k->kind == LINK_HANDOFF &&
		    k->att != NONE32 && k->evidence & E(1) &&
		    !deny_envelope(d, k))
			learn(d, k);
	}
}

/* Names ----------------------------------------------------------------------------- */

static void count_relay(struct derive *d, uint32_t att)
{
	const struct attempt *a = derive_attempt(d, att);
	uint32_t ip = place_relay_ip(d, att);
	struct machine *m;
	struct seat *s;

	/* where a message was taken, or may have been */
	if (d->atts[att].copy || !ip ||
	    (a->action != ACTION_RELAY &&
	     (a->action != ACTION_DEFER || a->code > 0)))
		return;
	m = machine_named(d, place_relay_name(d, att));
	if (!m)
		return;
	s = add_seat(&d->places, ip, m->server);
	if (++s->relay_named > m->relay_most)
		m->relay_most = s->relay_named;
}

static void count_client(struct derive *d, const struct txn *t)
{
	struct machine *m;
	struct seat *s;

	if (!t->nfrags || t->refused || !t->client_ip ||
	    t->edges & PART_OBSERVED || t->flags & (ROW_PROBE | ROW_COPY))
		return;
	m = machine_named(d, t->client_name);
	if (!m)
		return;
	s = add_seat(&d->places, t->client_ip, m->server);
	if (++s->client_named > m->client_most)
		m->client_most = s->client_named;
}

void places_learn(struct derive *d)
{
	add_machines(d);
	learn_links(d);
	for (uint32_t i = 0; i < d->natts; i++)
		count_relay(d, i);
	for (uint32_t i = 0; i < d->ntxns; i++)
		count_client(d, &d->txns[i]);
}

void places_release(struct places *p)
{
	free(p->machines);
	free(p->seats);
	map_release(&p->given);
	map_release(&p->spelled);
	map_release(&p->by_server);
	map_release(&p->by_name);
	map_release(&p->labels);
	map_release(&p->by_ip);
	map_release(&p->answers);
	map_release(&p->domains);
}
