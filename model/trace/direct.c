/* SPDX-License-Identifier: MIT */
/* Which way a message went, seen from the case's own domains and networks. */
#include "base/alloc.h"
#include "model/trace/derive.h"

#include <arpa/inet.h>

struct network {
	uint8_t address[16];
	unsigned bits;
};

struct own {
	const struct derive *d;
	struct network *networks;
	size_t nnetworks;
	struct map seen; /* word of an address -> 1 own, 2 not */
};

/* IPv4 as the IPv6 address that stands for it. */
static bool parse_ip(struct slice s, uint8_t out[16], unsigned *family_bits)
{
	char text[64];

	if (!s.len || s.len >= sizeof text)
		return false;
	memcpy(text, s.ptr, s.len);
	text[s.len] = '\0';
	memset(out, 0, 16);
	out[10] = out[11] = 0xff;
	*family_bits = 32;
	if (inet_pton(AF_INET, text, out + 12) == 1)
		return true;
	*family_bits = 128;
	return inet_pton(AF_INET6, text, out) == 1;
}

static bool parse_network(struct slice s, struct network *n)
{
	size_t slash = slice_chr(s, '/');
	uint64_t bits;
	unsigned family;

	if (!parse_ip(slash == SLICE_NONE ? s : slice_to(s, slash), n->address,
		      &family))
		return false;
	n->bits = 128;
	if (slash == SLICE_NONE)
		return true;
	if (!slice_u64(slice_from(s, slash + 1), &bits) || bits > family)
		return false;
	n->bits = (unsigned)bits + (128 - family);
	return true;
}

static bool in_network(const struct network *n, const uint8_t a[16])
{
	unsigned bytes = n->bits / 8, rest = n->bits % 8;

	if (memcmp(n->address, a, bytes) != 0)
		return false;
	return !rest || !((n->address[bytes] ^ a[bytes]) >> (8 - rest));
}

static bool own_ip(const struct own *o, uint32_t word)
{
	uint8_t a[16];
	unsigned family;

	if (!word || !parse_ip(word_text(o->d, word), a, &family))
		return false;
	for (size_t i = 0; i < o->nnetworks; i++)
		if (in_network(&o->networks[i], a))
			return true;
	return false;
}

/* On label boundaries; an address without a domain is of this server. */
static bool own_domain(const struct own *o, struct slice address)
{
	const struct trace_settings *s = &o->d->in->settings;
	size_t at = slice_rchr(address, '@');
	struct slice domain;

	if (at == SLICE_NONE)
		return address.len && !slice_eq(address, SLICE("<>"));
	domain = slice_from(address, at + 1);
	for (size_t i = 0; i < s->nown_domains; i++) {
		struct slice own = s->own_domains[i];

		if (!own.len || domain.len < own.len)
			continue;
		if (!slice_eq_nocase(slice_from(domain, domain.len - own.len),
				     own))
			continue;
		if (domain.len == own.len ||
		    domain.ptr[domain.len - own.len - 1] == '.')
			return true;
	}
	return false;
}

static bool own_address(struct own *o, uint32_t word)
{
	uint32_t *seen = map_add(&o->seen, word + UINT64_C(1), 0);

	if (!*seen)
		*seen = own_domain(o, word_text(o->d, word)) ? 1 : 2;
	return *seen == 1;
}

static bool from_inside(struct own *o, const struct txn *root)
{
	struct slice ip = word_text(o->d, root->client_ip);

	if (root->user || !ip.len || slice_starts(ip, SLICE("127.")) ||
	    slice_eq(ip, SLICE("::1")))
		return root->opened != TIME_NONE ||
		       own_address(o, root->sender);
	if (o->nnetworks)
		return own_ip(o, root->client_ip);
	return root->sender && own_address(o, root->sender);
}

static enum direction direction_of(struct own *o, const struct jny *j)
{
	const struct derive *d = o->d;
	unsigned own = 0, other = 0;

	for (uint32_t i = j->rcps; i < j->rcps + j->nrcps; i++) {
		if (own_address(o, d->dels[d->rcps[i].del].recipient) ||
		    own_address(o, d->rcps[i].addressed_as))
			own++;
		else
			other++;
	}
	if (!own && !other)
		return DIRECTION_UNKNOWN;
	if (from_inside(o, &d->txns[j->root]))
		return other ? DIRECTION_OUTBOUND : DIRECTION_INTERNAL;
	return own ? DIRECTION_INBOUND : DIRECTION_UNKNOWN;
}

void journeys_direct(struct derive *d)
{
	const struct trace_settings *s = &d->in->settings;
	struct own o = {.d = d};

	if (!s->nown_domains && !s->nown_networks)
		return;
	o.networks = mem_alloc(s->nown_networks * sizeof *o.networks + 1);
	for (size_t i = 0; i < s->nown_networks; i++)
		if (parse_network(s->own_networks[i], &o.networks[o.nnetworks]))
			o.nnetworks++;
	for (uint32_t j = 0; j < d->njnys; j++) {
		struct jny *y = &d->jnys[j];

		y->direction = (uint8_t)direction_of(&o, y);
		for (uint32_t i = 0; i < y->ntxns; i++)
			d->txns[d->jny_txns[y->txns + i]].direction =
				y->direction;
	}
	map_release(&o.seen);
	free(o.networks);
}
