/* SPDX-License-Identifier: MIT */
/* The case's own domains and networks, and which way mail went seen from them. */
#ifndef MODEL_STORE_OWN_H
#define MODEL_STORE_OWN_H

#include "model/store/match.h"
#include "model/store/rows.h"

struct own_rule {
	struct slice text; /* borrowed: "corp.example", "10.0.0.0/8", an address */
	struct ip_net net;
	bool is_net;
};

struct own_rules {
	struct own_rule *list; /* owned; own_rules_release */
	size_t n, cap, nnets;
};

void own_rules_add(struct own_rules *r, struct slice value);
void own_rules_release(struct own_rules *r);

/* Whether directions can be told: networks alone say nothing of recipients. */
static inline bool own_rules_direct(const struct own_rules *r)
{
	return r->n > r->nnets;
}

bool own_has_ip(const struct own_rules *r, struct slice ip);
/* On label boundaries; an address without a domain is of the server itself. */
bool own_has_address(const struct own_rules *r, struct slice address);

/* The transaction that a message began with. */
struct own_root {
	bool user, opened;       /* somebody logged in; its opening was logged */
	struct slice ip, sender; /* absent: not known */
};
bool own_is_inside(const struct own_rules *r, const struct own_root *root);
/* OWN, OTHER: whether there are own, other recipients. */
enum direction own_direction(bool inside, bool own, bool other);

#endif
