/* SPDX-License-Identifier: MIT */
/* A server's address as relay and as client, from the two ends of confirmed
 * handoffs: the answer that names the next id was got at the one, the next server
 * saw the other. */
#include "model/report/trace_address.h"

#include "model/report/trace_private.h"
#include "model/store/match.h"
#include "model/store/rows.h"

#define SEEN 32 /* addresses of a server that are compared, on each side */

struct seen {
	struct slice ip[SEEN], of[SEEN];
	size_t n;
};

static size_t row_of(const struct trace *t, int64_t transaction)
{
	for (size_t i = 0; i < t->transactions->nrows; i++)
		if (t->transactions->ids[i] == transaction)
			return i;
	return SIZE_MAX;
}

/* The loopback is everybody's; what is no address cannot differ. */
static bool tells(struct slice ip)
{
	struct ip_net net;

	return ip.len && !slice_starts(ip, SLICE("127.")) &&
	       !slice_eq(ip, SLICE("::1")) && ip_parse(ip, &net);
}

static void add_seen(struct seen *s, struct slice ip, struct slice of)
{
	if (!tells(ip) || !of.len || s->n == SEEN)
		return;
	s->ip[s->n] = ip;
	s->of[s->n++] = of;
}

/* Where transaction FROM got the answer that names the id of TO. */
static struct slice relay_ip(const struct trace *t, size_t from, size_t to)
{
	const struct result *d = t->deliveries;
	struct slice id = trace_text(t->transactions, to, "queue_id");

	for (size_t i = 0; id.len && i < d->nrows; i++)
		if (trace_number(d, i, "transaction_id") ==
		            t->transactions->ids[from] &&
		    slice_eq(trace_text(d, i, "next_queue_id"), id))
			return trace_text(d, i, "relay_ip");
	return slice_of(NULL, 0);
}

static void see(const struct trace *t, size_t link, struct slice server,
                struct seen *relay, struct seen *client)
{
	size_t from = row_of(t, trace_number(t->links, link, "from_transaction"));
	size_t to = row_of(t, trace_number(t->links, link, "to_transaction"));
	struct slice a = trace_text(t->transactions, from, "server");
	struct slice b = trace_text(t->transactions, to, "server");

	if (slice_eq(a, b))
		return;
	if (slice_eq(b, server))
		add_seen(relay, relay_ip(t, from, to), a);
	if (slice_eq(a, server))
		add_seen(client, trace_text(t->transactions, to, "client_ip"), b);
}

static bool is_proven(const struct trace *t, size_t link)
{
	return slice_eq(trace_text(t->links, link, "class"),
	                slice_str(link_class_name(CLASS_CONFIRMED))) &&
	       slice_eq(trace_text(t->links, link, "kind"),
	                slice_str(link_kind_name(LINK_HANDOFF)));
}

static bool has(const struct seen *s, struct slice ip)
{
	for (size_t i = 0; i < s->n; i++)
		if (slice_eq_nocase(s->ip[i], ip))
			return true;
	return false;
}

static bool is_v6(struct slice ip)
{
	return slice_chr(ip, ':') != SLICE_NONE;
}

/* The first two that differ; false: none, or one address is on both sides. */
static bool differ(const struct seen *relay, const struct seen *client,
                   size_t *r, size_t *c)
{
	bool found = false;

	for (size_t i = relay->n; i-- > 0;) {
		if (has(client, relay->ip[i]))
			return false;
		for (size_t k = client->n; k-- > 0;)
			if (is_v6(relay->ip[i]) == is_v6(client->ip[k])) {
				*r = i;
				*c = k;
				found = true;
			}
	}
	return found;
}

bool trace_two_addresses(const struct trace *t, struct slice server,
                         struct two_addresses *out)
{
	struct seen relay = { .n = 0 }, client = { .n = 0 };
	size_t r, c;

	for (size_t i = 0; server.len && i < t->links->nrows; i++)
		if (is_proven(t, i))
			see(t, i, server, &relay, &client);
	if (!differ(&relay, &client, &r, &c))
		return false;
	*out = (struct two_addresses){
		.server = server,
		.relay_ip = relay.ip[r],
		.relay_of = relay.of[r],
		.client_ip = client.ip[c],
		.client_of = client.of[c],
	};
	return true;
}

void two_addresses_add(struct strbuf *out, const struct two_addresses *a)
{
	strbuf_addf(out, "addresses of %.*s: %.*s as relay of %.*s, %.*s as client "
	                 "of %.*s: address translation or two interfaces",
	            SLICE_FMT(a->server), SLICE_FMT(a->relay_ip),
	            SLICE_FMT(a->relay_of), SLICE_FMT(a->client_ip),
	            SLICE_FMT(a->client_of));
}

/* ---- of all servers of a message ------------------------------------------- */

bool trace_next_addresses(const struct trace *t, size_t *at,
                          struct two_addresses *out)
{
	const struct result *x = t->transactions;

	while (*at < x->nrows) {
		size_t row = (*at)++;
		struct slice server = trace_text(x, row, "server");
		bool seen = false;

		for (size_t k = 0; k < row && !seen; k++)
			seen = slice_eq(server, trace_text(x, k, "server"));
		if (!seen && trace_two_addresses(t, server, out))
			return true;
	}
	return false;
}
