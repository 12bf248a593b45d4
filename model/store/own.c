/* SPDX-License-Identifier: MIT */
/* What is own: domains on label boundaries, networks, addresses. */
#include "model/store/own.h"

#include "base/alloc.h"

void own_rules_add(struct own_rules *r, struct slice value)
{
	struct own_rule *rule;

	if (!value.len)
		return;
	GROW(r->list, r->n, r->cap);
	rule = &r->list[r->n++];
	*rule = (struct own_rule){ .text = value };
	rule->is_net = ip_parse(value, &rule->net);
	r->nnets += rule->is_net;
}

void own_rules_release(struct own_rules *r)
{
	free(r->list);
	*r = (struct own_rules){ 0 };
}

bool own_has_ip(const struct own_rules *r, struct slice ip)
{
	struct ip_net net;

	if (!ip.len || !ip_parse(ip, &net))
		return false;
	for (size_t i = 0; i < r->n; i++)
		if (r->list[i].is_net && ip_in(&net, &r->list[i].net))
			return true;
	return false;
}

bool own_has_address(const struct own_rules *r, struct slice address)
{
	if (slice_rchr(address, '@') == SLICE_NONE)
		return address.len && !slice_eq(address, SLICE("<>"));
	for (size_t i = 0; i < r->n; i++) {
		struct slice own = r->list[i].text;

		if (r->list[i].is_net)
			continue;
		if (slice_chr(own, '@') != SLICE_NONE
		            ? slice_eq_nocase(own, address)
		            : domain_within(address_domain(address), own))
			return true;
	}
	return false;
}

bool own_is_inside(const struct own_rules *r, const struct own_root *root)
{
	if (root->user || !root->ip.len ||
	    slice_starts(root->ip, SLICE("127.")) ||
	    slice_eq(root->ip, SLICE("::1")))
		return root->opened || own_has_address(r, root->sender);
	if (r->nnets)
		return own_has_ip(r, root->ip);
	return own_has_address(r, root->sender);
}

enum direction own_direction(bool inside, bool own, bool other)
{
	if (!own && !other)
		return DIRECTION_UNKNOWN;
	if (inside)
		return other ? DIRECTION_OUTBOUND : DIRECTION_INTERNAL;
	return own ? DIRECTION_INBOUND : DIRECTION_UNKNOWN;
}
