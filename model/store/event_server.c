/* SPDX-License-Identifier: MIT */
/* What the analyst said of the host, else how the derivation spelled it, else
 * the folder, the file or the server beside that it chose: coverage knows these. */
#include "model/store/event_server.h"

#include "model/store/engine_text.h"
#include "model/store/server_name.h"
#include "model/store/store_sql.h"

/* ?1 source, ?2 host, ?3 host up to its dot, empty if it names no machine,
 * ?4 the file's name, ?5 its path between slashes. */
#define GIVEN(host) \
	"(SELECT substr(name,8) FROM v_setting WHERE basis='given'" \
	" AND substr(name,1,7)='server.' AND " host "<>''" \
	" AND rtrim(value,'.')=rtrim(" host ",'.') COLLATE NOCASE LIMIT 1)"
#define COVERED(where) \
	"(SELECT w.text FROM coverage c JOIN word w ON w.id=c.server" \
	" WHERE c.source=?1 AND " where " LIMIT 1)"
static const char find_text[] =
	"SELECT coalesce(" GIVEN("?2") "," GIVEN("?3") ","
	COVERED("?3<>'' AND w.text=?3 COLLATE NOCASE") ",nullif(?3,''),"
	COVERED("w.text=?4") ","
	COVERED("w.text<>'' AND instr(?5,'/'||w.text||'/')>0")
	",(SELECT min(w.text) FROM coverage c JOIN word w ON w.id=c.server"
	" WHERE c.source=?1 HAVING count(DISTINCT c.server)=1),?4)";

void event_server_release(struct event_server *v)
{
	sqlite3_finalize(v->find);
	for (size_t i = 0; i < EVENT_SERVERS; i++) {
		strbuf_release(&v->known[i].host);
		strbuf_release(&v->known[i].server);
	}
	*v = (struct event_server){ 0 };
}

static void bind(sqlite3_stmt *q, int i, struct slice s)
{
	sqlite3_bind_text64(q, i, s.len ? s.ptr : "", s.len, SQLITE_TRANSIENT,
	                    SQLITE_UTF8);
}

static void ask(struct event_server *v, const struct text_source *s,
                struct event_server_known *k)
{
	struct slice path = slice_str(s->member[0] ? s->member : s->path);
	struct slice host = strbuf_slice(&k->host);
	struct slice name = server_of_host(host);
	struct strbuf file = { 0 }, folders = { 0 };

	server_of_file(path, &file);
	strbuf_addf(&folders, "/%s/%s/", s->path, s->member);
	sqlite3_reset(v->find);
	sqlite3_bind_int64(v->find, 1, s->id);
	bind(v->find, 2, host);
	bind(v->find, 3, name);
	bind(v->find, 4, strbuf_slice(&file));
	bind(v->find, 5, strbuf_slice(&folders));
	if (sqlite3_step(v->find) == SQLITE_ROW)
		strbuf_add_slice(&k->server, sql_column_slice(v->find, 0));
	else
		strbuf_add_slice(&k->server, name.len ? name : strbuf_slice(&file));
	sqlite3_reset(v->find);
	strbuf_release(&file);
	strbuf_release(&folders);
}

struct slice event_server(struct event_server *v, sqlite3 *db,
                          const struct text_source *s, struct slice host)
{
	struct event_server_known *k;

	for (size_t i = 0; i < EVENT_SERVERS; i++)
		if (v->known[i].source == s->id &&
		    slice_eq(strbuf_slice(&v->known[i].host), host))
			return strbuf_slice(&v->known[i].server);
	if (!v->find && sqlite3_prepare_v2(db, find_text, -1, &v->find, NULL) !=
	                        SQLITE_OK)
		return host;
	k = &v->known[v->next++ % EVENT_SERVERS];
	k->source = s->id;
	strbuf_reset(&k->host);
	strbuf_reset(&k->server);
	strbuf_add_slice(&k->host, host);
	ask(v, s, k);
	return strbuf_slice(&k->server);
}
