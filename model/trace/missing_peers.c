/* SPDX-License-Identifier: MIT */
/* Names and addresses of the servers whose logs are in the case. */
#include "base/alloc.h"
#include "model/trace/missing.h"

static void learn(struct peers *p, const struct derive *d, const struct link *k)
{
	const struct txn *from = &d->txns[k->from], *to = &d->txns[k->to];
	const struct piece *piece = d->pieces[d->att_piece[k->att]];
	const struct attempt *a = derive_attempt(d, k->att);
	uint32_t ip = word_in(piece, a->relay_ip);
	uint32_t name = word_in(piece, a->relay_name);

	if (ip) {
		*map_add(&p->by_ip, ip, 0) = to->server;
		map_add(&p->shown, to->server, 1);
	}
	if (name)
		*map_add(&p->by_name, name, 0) = to->server;
	if (to->client_ip) {
		uint32_t *known = map_add(&p->by_ip, to->client_ip, 0);

		if (!*known)
			*known = from->server;
		map_add(&p->shown, from->server, 1);
	}
}

void peers_make(struct derive *d, struct peers *p)
{
	*p = (struct peers){0};
	for (uint32_t i = 0; i < d->nlinks; i++) {
		const struct link *k = &d->links[i];

		if (k->class == CLASS_CONFIRMED && k->kind == LINK_HANDOFF &&
		    k->att != NONE32 && d->txns[k->from].server &&
		    d->txns[k->to].server &&
		    d->txns[k->from].server != d->txns[k->to].server)
			learn(p, d, k);
	}
	for (size_t i = 0; i < d->coverage.n; i++) {
		uint32_t server = d->coverage.list[i].server;
		struct slice name = word_text(d, server);

		if (name.len)
			*map_add(&p->servers, key_of(hash64(name)), 0) = server;
	}
}

void peers_release(struct peers *p)
{
	map_release(&p->by_ip);
	map_release(&p->by_name);
	map_release(&p->shown);
	map_release(&p->servers);
}

static uint32_t found(const struct map *m, uint64_t key)
{
	const uint32_t *at = key ? map_find(m, key) : NULL;

	return at ? *at : 0;
}

/* Many hosts are called "mail": a name alone means a server only as long as no
 * handoff has shown which address that has. */
uint32_t peers_relay(const struct derive *d, const struct peers *p,
		     uint32_t att)
{
	const struct piece *piece = d->pieces[d->att_piece[att]];
	const struct attempt *a = derive_attempt(d, att);
	uint32_t ip = word_in(piece, a->relay_ip);
	uint32_t name = word_in(piece, a->relay_name);
	struct slice text = word_text(d, name);
	uint32_t server = identity_given(d, word_text(d, ip));

	if (!server)
		server = identity_given(d, text);
	if (!server)
		server = found(&p->by_ip, ip);
	if (server)
		return server;
	if (!ip && found(&p->by_name, name))
		return found(&p->by_name, name);
	text = slice_cut(&text, '.');
	server = text.len ? found(&p->servers, key_of(hash64(text))) : 0;
	return server && !found(&p->shown, server) ? server : 0;
}

uint32_t peers_client(const struct derive *d, const struct peers *p,
		      const struct txn *t)
{
	uint32_t given = identity_given(d, word_text(d, t->client_ip));

	return given ? given : found(&p->by_ip, t->client_ip);
}
