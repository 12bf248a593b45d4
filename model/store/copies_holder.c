/* SPDX-License-Identifier: MIT */
/* The servers of each source, from its coverage or as the analyst said. */
#include "model/store/copies_holder.h"

#include "base/alloc.h"
#include "model/store/engine_private.h"
#include "model/store/server_name.h"

/* A name of a server whose lines a source has. */
struct owned {
	uint32_t source;
	uint64_t server;
};

struct owned_list {
	struct owned *list;
	size_t n, cap;
};

static bool load_list(struct holders *h, struct engine *e, struct err *err)
{
	sqlite3_stmt *q;
	int code;

	if (!sql_prepare(e->db, e->path,
	                 "SELECT id,first,last,lines FROM source"
	                 " WHERE copy_of IS NULL AND first IS NOT NULL ORDER BY id",
	                 &q, err))
		return false;
	while ((code = sqlite3_step(q)) == SQLITE_ROW) {
		GROW(h->list, h->n, h->cap);
		h->list[h->n++] = (struct holder){
			.id = (uint32_t)sqlite3_column_int64(q, 0),
			.first = sqlite3_column_int64(q, 1),
			.last = sqlite3_column_int64(q, 2),
			.lines = (uint64_t)sqlite3_column_int64(q, 3),
		};
	}
	sqlite3_finalize(q);
	return code == SQLITE_DONE || engine_failed(e, err);
}

static bool load_owned(struct owned_list *o, struct engine *e,
                       struct err *err)
{
	sqlite3_stmt *q;
	int code;

	if (!sql_prepare(e->db, e->path,
	                 "SELECT DISTINCT c.source,coalesce(nullif(s.server,''),"
	                 "w.text) FROM coverage c JOIN source s ON s.id=c.source"
	                 " LEFT JOIN word w ON w.id=c.server",
	                 &q, err))
		return false;
	while ((code = sqlite3_step(q)) == SQLITE_ROW) {
		GROW(o->list, o->n, o->cap);
		o->list[o->n++] = (struct owned){
			(uint32_t)sqlite3_column_int64(q, 0),
			server_hash(sql_column_slice(q, 1)),
		};
	}
	sqlite3_finalize(q);
	return code == SQLITE_DONE || engine_failed(e, err);
}

static bool load_names(struct holders *h, struct engine *e, struct err *err)
{
	sqlite3_stmt *q;
	int code;

	if (!sql_prepare(e->db, e->path,
	                 "SELECT substr(name,8),rtrim(value,'.') FROM v_setting"
	                 " WHERE substr(name,1,7)='server.' AND basis='given'",
	                 &q, err))
		return false;
	while ((code = sqlite3_step(q)) == SQLITE_ROW) {
		GROW(h->names, h->nnames, h->cnames);
		h->names[h->nnames++] = (struct holder_name){
			server_hash(sql_column_slice(q, 1)),
			server_hash(sql_column_slice(q, 0)),
		};
	}
	sqlite3_finalize(q);
	return code == SQLITE_DONE || engine_failed(e, err);
}

static int by_owned(const void *a, const void *b)
{
	const struct owned *x = a, *y = b;

	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return (x->server > y->server) - (x->server < y->server);
}

static void give_servers(struct holders *h, struct owned_list *o)
{
	size_t at = 0;

	if (o->n)
		qsort(o->list, o->n, sizeof *o->list, by_owned);
	h->servers = mem_alloc(o->n * sizeof *h->servers + 1);
	for (size_t i = 0; i < o->n; i++)
		h->servers[i] = o->list[i].server;
	for (size_t i = 0; i < h->n; i++) {
		struct holder *k = &h->list[i];

		while (at < o->n && o->list[at].source < k->id)
			at++;
		k->servers = h->servers + at;
		while (at < o->n && o->list[at].source == k->id) {
			at++;
			k->nservers++;
		}
	}
}

bool holders_load(struct holders *h, struct engine *e, struct err *err)
{
	struct owned_list owned = { 0 };
	bool ok = load_list(h, e, err) && load_owned(&owned, e, err) &&
	          load_names(h, e, err);

	if (ok)
		give_servers(h, &owned);
	free(owned.list);
	return ok;
}

void holders_release(struct holders *h)
{
	free(h->list);
	free(h->servers);
	free(h->names);
	*h = (struct holders){ 0 };
}

const struct holder *holder_of(const struct holders *h, uint32_t id)
{
	size_t i = 0;

	while (h->list[i].id != id)
		i++;
	return &h->list[i];
}

static const uint64_t *given(const struct holders *h, uint64_t name)
{
	for (size_t i = 0; i < h->nnames; i++)
		if (h->names[i].name == name)
			return &h->names[i].server;
	return NULL;
}

uint64_t holder_server(const struct holders *h, struct slice host)
{
	uint64_t name = server_hash(server_of_host(host));
	const uint64_t *server = NULL;

	if (h->nnames)
		server = given(h, server_hash(host));
	if (!server)
		server = given(h, name);
	return server ? *server : name;
}

bool holders_share(const struct holder *a, const struct holder *b,
                   int64_t first, int64_t last)
{
	size_t i = 0, k = 0;

	if (a->first > last + US_SECOND || a->last + US_SECOND < first)
		return false;
	while (i < a->nservers && k < b->nservers) {
		if (a->servers[i] == b->servers[k])
			return true;
		if (a->servers[i] < b->servers[k])
			i++;
		else
			k++;
	}
	return false;
}
