/* SPDX-License-Identifier: MIT */
/* Which way a message went, seen from the case's own domains and networks. */
#include "base/alloc.h"
#include "model/store/own.h"
#include "model/trace/derive.h"

struct own {
	const struct derive *d;
	struct own_rules rules;
	struct map seen; /* word of an address -> 1 own, 2 not */
};

static bool own_address(struct own *o, uint32_t word)
{
	uint32_t *seen = map_add(&o->seen, word + UINT64_C(1), 0);

	if (!*seen)
		*seen = own_has_address(&o->rules, word_text(o->d, word)) ? 1
		                                                          : 2;
	return *seen == 1;
}

static bool from_inside(const struct own *o, const struct txn *root)
{
	const struct own_root r = {
		.user = root->user != 0,
		.opened = root->opened != TIME_NONE,
		.ip = word_text(o->d, root->client_ip),
		.sender = word_text(o->d, root->sender),
	};

	return own_is_inside(&o->rules, &r);
}

static enum direction direction_of(struct own *o, const struct jny *j)
{
	const struct derive *d = o->d;
	bool own = false, other = false;

	for (uint32_t i = j->rcps; i < j->rcps + j->nrcps; i++) {
		if (own_address(o, d->rcps[i].address) ||
		    own_address(o, d->rcps[i].addressed_as))
			own = true;
		else
			other = true;
	}
	return own_direction(from_inside(o, &d->txns[j->root]), own, other);
}

void journeys_direct(struct derive *d)
{
	const struct trace_settings *s = &d->in->settings;
	struct own o = {.d = d};

	for (size_t i = 0; i < s->nown_domains; i++)
		own_rules_add(&o.rules, s->own_domains[i]);
	for (size_t i = 0; i < s->nown_networks; i++)
		own_rules_add(&o.rules, s->own_networks[i]);
	for (uint32_t j = 0; own_rules_direct(&o.rules) && j < d->njnys; j++) {
		struct jny *y = &d->jnys[j];

		y->direction = (uint8_t)direction_of(&o, y);
		for (uint32_t i = 0; i < y->ntxns; i++)
			d->txns[d->jny_txns[y->txns + i]].direction =
				y->direction;
	}
	map_release(&o.seen);
	own_rules_release(&o.rules);
}
