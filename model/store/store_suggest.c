/* SPDX-License-Identifier: MIT */
/* Settings that the evidence suggests, made with the rows that they come from:
 * whose domains mailboxes here are of, and by which names and addresses confirmed
 * handoffs know the servers that wrote the logs. */
#include "base/alloc.h"
#include "model/store/match.h"
#include "model/store/store_rows.h"

#define DOMAINS_MOST 50

/* Gathered while rows are derived -------------------------------------------- */

/* A server is called by what its senders say of it (relay=NAME[IP]) and by what
 * its receivers saw (client=NAME[IP]). */
static void count_name(struct suggestions *s, uint32_t server, uint32_t name)
{
	const uint32_t pair[2] = { server, name };
	uint32_t at;

	if (!server || !name)
		return;
	at = intern_add(&s->names,
	                slice_of((const char *)pair, sizeof pair));
	while (s->counted < at) {
		GROW(s->counts, s->counted, s->ccounts);
		s->counts[s->counted++] = 0;
	}
	s->counts[at - 1]++;
}

void suggest_link(struct suggestions *s, const struct link_row *r,
                  const struct tx_known *from, const struct tx_known *to)
{
	if (r->kind != LINK_HANDOFF || r->class != CLASS_CONFIRMED)
		return;
	if (r->attempt) {
		count_name(s, to->server, r->relay_ip);
		count_name(s, to->server, r->relay_name);
	}
	if (from->server == to->server || !to->server)
		return;
	count_name(s, from->server, to->client_ip);
	count_name(s, from->server, to->client_name);
}

void suggest_recipient(struct suggestions *s, const struct recipient_row *r)
{
	if (r->outcome != OUTCOME_DELIVERED || !r->address)
		return;
	if (r->address >= s->naddresses) {
		size_t n = r->address + r->address / 2 + (size_t)64;

		s->addresses = mem_resize(s->addresses,
		                          n * sizeof *s->addresses);
		memset(s->addresses + s->naddresses, 0,
		       (n - s->naddresses) * sizeof *s->addresses);
		s->naddresses = n;
	}
	s->addresses[r->address]++;
}

void suggestions_release(struct suggestions *s)
{
	intern_release(&s->names);
	free(s->counts);
	free(s->addresses);
}

/* Written with them ----------------------------------------------------------- */

struct named {
	struct slice server, name;
	uint32_t n;
};

/* Of addresses that only the machine itself has, none tells servers apart. */
static bool tells_apart(struct slice server, struct slice name)
{
	static const char *const own[] = { "local", "localhost", "unknown",
		                           "::1", "" };

	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (slice_eq(name, slice_str(own[i])))
			return false;
	return sql_is_text(server) && sql_is_text(name) &&
	       !slice_eq(name, server) && !slice_starts(name, SLICE("127.")) &&
	       *name.ptr != '[' && *name.ptr != '/';
}

static int named_order(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = slice_cmp(x->server, y->server);

	if (!order)
		order = (x->n < y->n) - (x->n > y->n);
	return order ? order : slice_cmp(x->name, y->name);
}

/* The caller frees. */
static struct named *list_names(struct store *s, size_t *n)
{
	const struct suggestions *g = &s->derivation->suggestions;
	struct named *list = mem_alloc(g->counted * sizeof *list + 1);

	*n = 0;
	for (size_t i = 0; i < g->counted; i++) {
		uint32_t pair[2];
		struct named x = { .n = g->counts[i] };

		memcpy(pair, intern_get(&g->names, (uint32_t)i + 1).ptr,
		       sizeof pair);
		x.server = store_word_text(s, pair[0]);
		x.name = store_word_text(s, pair[1]);
		if (tells_apart(x.server, x.name))
			list[(*n)++] = x;
	}
	if (*n)
		qsort(list, *n, sizeof *list, named_order);
	return list;
}

/* What the analyst has given or taken back is not suggested. */
static const char add_setting[] =
	"INSERT INTO setting(name,value,basis,many)"
	" SELECT ?1, ?2, 'suggested', 1 WHERE NOT EXISTS("
	"SELECT 1 FROM setting WHERE name=?1 AND value=?2)";

static bool write_names(struct store *s, sqlite3_stmt *q, struct err *err)
{
	size_t n;
	struct named *list = list_names(s, &n);
	struct strbuf name = { 0 };
	bool good = true;

	for (size_t i = 0; good && i < n; i++) {
		strbuf_reset(&name);
		strbuf_add_str(&name, "server.");
		strbuf_add_slice(&name, list[i].server);
		sql_bind_slice(q, 1, strbuf_slice(&name));
		sql_bind_slice(q, 2, list[i].name);
		good = sql_step(q, store_name(s), err);
	}
	strbuf_release(&name);
	free(list);
	return good;
}

struct domain {
	struct slice name; /* as the address that was most written to has it */
	struct slice address;
	uint64_t most, n; /* of that address, of all */
};

struct domains {
	struct domain *list;
	size_t n, cap;
	struct intern known; /* in small letters */
	struct strbuf lower;
};

static struct slice lower(struct strbuf *b, struct slice s)
{
	strbuf_reset(b);
	strbuf_add_slice(b, s);
	for (size_t i = 0; i < b->len; i++)
		if (b->ptr[i] >= 'A' && b->ptr[i] <= 'Z')
			b->ptr[i] = (char)(b->ptr[i] + ('a' - 'A'));
	return strbuf_slice(b);
}

/* By number, then as text: a blob comes behind all texts. */
static int address_order(struct slice a, uint64_t na, struct slice b,
                         uint64_t nb)
{
	if (na != nb)
		return na < nb ? 1 : -1;
	if (sql_is_text(a) != sql_is_text(b))
		return sql_is_text(a) ? -1 : 1;
	return slice_cmp(a, b);
}

static void count_domain(struct domains *d, struct slice address, uint64_t n)
{
	struct slice name = address_domain(address);
	struct domain *x;
	uint32_t at;

	if (slice_chr(address, '@') == SLICE_NONE || name.len > 255 ||
	    slice_chr(name, '.') == SLICE_NONE || *name.ptr == '[' ||
	    !sql_is_text(name))
		return;
	at = intern_add(&d->known, lower(&d->lower, name));
	if (at > d->n) {
		GROW(d->list, d->n, d->cap);
		d->list[d->n++] = (struct domain){ 0 };
	}
	x = &d->list[at - 1];
	x->n += n;
	if (x->most && address_order(x->address, x->most, address, n) <= 0)
		return;
	x->name = name;
	x->address = address;
	x->most = n;
}

static int by_address(const void *a, const void *b)
{
	const struct domain *x = a, *y = b;

	return address_order(x->address, x->most, y->address, y->most);
}

static int by_count(const void *a, const void *b)
{
	const struct domain *x = a, *y = b;

	return x->n != y->n ? (x->n < y->n ? 1 : -1)
	                    : slice_cmp(x->name, y->name);
}

static void list_domains(struct store *s, struct domains *d)
{
	const struct suggestions *g = &s->derivation->suggestions;

	for (size_t i = 0; i < g->naddresses; i++)
		if (g->addresses[i])
			count_domain(d, store_word_text(s, (uint32_t)i),
			             g->addresses[i]);
	if (!d->n)
		return;
	qsort(d->list, d->n, sizeof *d->list, by_address);
	if (d->n > DOMAINS_MOST)
		d->n = DOMAINS_MOST;
	qsort(d->list, d->n, sizeof *d->list, by_count);
}

static bool write_domains(struct store *s, sqlite3_stmt *q, struct err *err)
{
	struct domains d = { 0 };
	bool good = true;

	list_domains(s, &d);
	for (size_t i = 0; good && i < d.n; i++) {
		sql_bind_slice(q, 1, SLICE("own.domain"));
		sql_bind_slice(q, 2, lower(&d.lower, d.list[i].name));
		good = sql_step(q, store_name(s), err);
	}
	intern_release(&d.known);
	strbuf_release(&d.lower);
	free(d.list);
	return good;
}

bool store_suggest(struct store *s, struct err *err)
{
	sqlite3_stmt *q = NULL;
	bool good;

	good = sql_exec(s->db, store_name(s),
	                "DELETE FROM setting WHERE basis='suggested' AND many",
	                err) &&
	       sql_prepare(s->db, store_name(s), add_setting, &q, err) &&
	       write_names(s, q, err) && write_domains(s, q, err);
	sqlite3_finalize(q);
	return good;
}
