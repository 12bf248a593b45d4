/* SPDX-License-Identifier: MIT */
/* Settings that the evidence suggests, made with the rows that they come from:
 * whose domains mailboxes here are of, and by which names and addresses confirmed
 * handoffs know the servers that wrote the logs. What the analyst has given or
 * taken back is not suggested. */
#include "base/alloc.h"
#include "model/store/match.h"
#include "model/store/store_private.h"

#define DOMAINS_MOST 50

/* A server is called by what its senders say of it (relay=NAME[IP]) and by what
 * its receivers saw (client=NAME[IP]); of addresses that only the machine itself
 * has, none tells servers apart. */
static const char servers[] =
	"INSERT INTO setting(name,value,basis,many)"
	" SELECT 'server.'||server, name, 'suggested', 1 FROM("
	"SELECT s.text AS server, n.text AS name, count(*) AS n FROM("
	"SELECT t.server AS server, a.relay_ip AS name FROM link l"
	" JOIN attempt a ON a.id=l.attempt JOIN tx t ON t.id=l.to_tx"
	" WHERE l.kind=0 AND l.class=0"
	" UNION ALL SELECT t.server, a.relay_name FROM link l"
	" JOIN attempt a ON a.id=l.attempt JOIN tx t ON t.id=l.to_tx"
	" WHERE l.kind=0 AND l.class=0"
	" UNION ALL SELECT f.server, t.client_ip FROM link l"
	" JOIN tx f ON f.id=l.from_tx JOIN tx t ON t.id=l.to_tx"
	" WHERE l.kind=0 AND l.class=0 AND f.server<>t.server"
	" UNION ALL SELECT f.server, t.client_name FROM link l"
	" JOIN tx f ON f.id=l.from_tx JOIN tx t ON t.id=l.to_tx"
	" WHERE l.kind=0 AND l.class=0 AND f.server<>t.server) x"
	" JOIN word s ON s.id=x.server JOIN word n ON n.id=x.name"
	" WHERE typeof(s.text)='text' AND typeof(n.text)='text'"
	" AND n.text NOT IN(s.text,'local','localhost','unknown','::1','')"
	" AND n.text NOT GLOB '127.*' AND n.text NOT GLOB '[[/]*'"
	" GROUP BY 1, 2) c"
	" WHERE NOT EXISTS(SELECT 1 FROM setting g WHERE"
	" g.name='server.'||c.server AND g.value=c.name)"
	" ORDER BY server, n DESC, name";

struct domain {
	struct slice name;
	int64_t n;
};

struct domains {
	struct domain *list;
	size_t n, cap;
	struct arena memory;
};

static void count_domain(struct domains *d, struct slice address, int64_t n)
{
	struct slice name = address_domain(address);

	if (slice_chr(address, '@') == SLICE_NONE || name.len > 255 ||
	    slice_chr(name, '.') == SLICE_NONE || *name.ptr == '[' ||
	    !sql_is_text(name))
		return;
	for (size_t i = 0; i < d->n; i++)
		if (slice_eq_nocase(d->list[i].name, name)) {
			d->list[i].n += n;
			return;
		}
	if (d->n >= DOMAINS_MOST)
		return;
	GROW(d->list, d->n, d->cap);
	d->list[d->n++] = (struct domain){ arena_slice(&d->memory, name), n };
}

static int compare(const void *a, const void *b)
{
	const struct domain *x = a, *y = b;

	return x->n != y->n ? (x->n < y->n ? 1 : -1)
	                    : slice_cmp(x->name, y->name);
}

static bool read_domains(struct store *s, struct domains *d, struct err *err)
{
	sqlite3_stmt *q = NULL;
	int code;

	if (!sql_prepare(s->db, store_name(s),
	                 "SELECT w.text, count(*) FROM recipient r JOIN word w"
	                 " ON w.id=r.address WHERE r.outcome=0"
	                 " GROUP BY r.address ORDER BY 2 DESC, 1",
	                 &q, err))
		return false;
	while ((code = sqlite3_step(q)) == SQLITE_ROW)
		count_domain(d, sql_column_slice(q, 0),
		             sqlite3_column_int64(q, 1));
	sqlite3_finalize(q);
	if (d->n)
		qsort(d->list, d->n, sizeof *d->list, compare);
	return code == SQLITE_DONE || sql_err(err, s->db, store_name(s));
}

static bool write_domains(struct store *s, const struct domains *d,
                          struct err *err)
{
	sqlite3_stmt *q = NULL;
	bool good = sql_prepare(s->db, store_name(s),
	                        "INSERT INTO setting(name,value,basis,many)"
	                        " SELECT 'own.domain', lower(?1), 'suggested', 1"
	                        " WHERE NOT EXISTS(SELECT 1 FROM setting WHERE"
	                        " name='own.domain' AND value=lower(?1))",
	                        &q, err);

	for (size_t i = 0; good && i < d->n; i++) {
		sql_bind_slice(q, 1, d->list[i].name);
		good = sql_step(q, store_name(s), err);
	}
	sqlite3_finalize(q);
	return good;
}

bool store_suggest(struct store *s, struct err *err)
{
	struct domains d = { 0 };
	bool good;

	good = sql_exec(s->db, store_name(s),
	                "DELETE FROM setting WHERE basis='suggested' AND many",
	                err) &&
	       sql_exec(s->db, store_name(s), servers, err) &&
	       read_domains(s, &d, err) && write_domains(s, &d, err);
	arena_release(&d.memory);
	free(d.list);
	return good;
}
