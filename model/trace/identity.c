/* SPDX-License-Identifier: MIT */
/* Names and addresses of servers, given and shown. Many hosts are called "mail"
 * or stand behind one address: what is shown counts how often, and an address
 * that only a machine itself has shows nothing. */
#include "model/trace/identity.h"

#include "base/strbuf.h"
#include "model/trace/deny.h"

static uint64_t name_key(struct slice name)
{
	char text[256];

	if (name.len && name.ptr[name.len - 1] == '.')
		name.len--;
	if (!name.len || name.len > sizeof text)
		return 0;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		text[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	return key_of(hash64(slice_of(text, name.len)));
}

static uint64_t pair_key(uint32_t server, uint32_t word)
{
	return key_of(hash_mix(server + UINT64_C(1), word));
}

void identities_given(struct derive *d)
{
	const struct trace_settings *s = &d->in->settings;

	for (size_t i = 0; i < s->nservers; i++) {
		const struct server_name *n = &s->servers[i];
		uint64_t key = name_key(n->name);

		if (key && n->server.len)
			*map_add(&d->names.given, key, 0) =
				d->sink->word(d->sink->arg, n->server);
	}
}

/* "127.0.0.1", "::1", "localhost", sockets: each machine has them. */
static bool is_of_any(struct slice name)
{
	return !name.len || slice_starts(name, SLICE("127.")) ||
	       slice_eq(name, SLICE("::1")) || name.ptr[0] == '/' ||
	       name.ptr[0] == '[' || slice_eq_nocase(name, SLICE("unknown")) ||
	       slice_eq_nocase(name, SLICE("local")) ||
	       slice_eq_nocase(slice_to(name, 9), SLICE("localhost"));
}

static void show(struct derive *d, uint32_t server, uint32_t word)
{
	uint32_t *of;

	if (!word || !server || is_of_any(word_text(d, word)))
		return;
	++*map_add(&d->names.pairs, pair_key(server, word), 0);
	of = map_add(&d->names.words, word, server);
	if (*of != server)
		*of = IDENTITY_SHARED;
}

static bool shows(const struct derive *d, const struct link *k)
{
	return k->class == CLASS_CONFIRMED && k->kind == LINK_HANDOFF &&
	       k->att != NONE32 && k->evidence & E(1) &&
	       d->txns[k->from].server != d->txns[k->to].server &&
	       !deny_envelope(d, k);
}

void identities_learn(struct derive *d)
{
	for (uint32_t i = 0; i < d->nlinks; i++) {
		const struct link *k = &d->links[i];
		const struct txn *from, *to;
		const struct attempt *a;
		const struct piece *p;

		if (!shows(d, k))
			continue;
		from = &d->txns[k->from];
		to = &d->txns[k->to];
		a = derive_attempt(d, k->att);
		p = d->pieces[d->att_piece[k->att]];
		show(d, to->server, word_in(p, a->relay_ip));
		show(d, to->server, word_in(p, a->relay_name));
		show(d, from->server, to->client_ip);
		show(d, from->server, to->client_name);
	}
}

void identities_release(struct identities *n)
{
	map_release(&n->given);
	map_release(&n->spelled);
	map_release(&n->pairs);
	map_release(&n->words);
}

uint32_t identity_given(const struct derive *d, struct slice name)
{
	uint64_t key = d->names.given.n ? name_key(name) : 0;
	const uint32_t *server = key ? map_find(&d->names.given, key) : NULL;

	return server ? *server : 0;
}

bool identity_is_name(const struct derive *d, uint32_t server,
		      struct slice host)
{
	struct slice name = word_text(d, server);
	uint32_t given = identity_given(d, host);

	if (given)
		return given == server;
	if (is_of_any(host) || !name.len)
		return false;
	return slice_eq_nocase(host, name) ||
	       slice_eq_nocase(slice_cut(&host, '.'), name);
}

bool identity_is(const struct derive *d, uint32_t server, uint32_t word,
		 uint32_t least)
{
	const uint32_t *n;

	if (!word || !server)
		return false;
	if (identity_is_name(d, server, word_text(d, word)))
		return true;
	n = map_find(&d->names.pairs, pair_key(server, word));
	return n && *n >= least;
}
