/* SPDX-License-Identifier: MIT */
/* Names of sources for citations: given, else the shortest end of the path that
 * no other source has. */
#include "base/alloc.h"
#include "model/store/store_private.h"

#define PREFIX "exhibit."

struct exhibit {
	int64_t id;
	struct slice full;  /* path, "/" and member if there is one; owned */
	struct slice given; /* owned; absent: none */
	struct slice was;   /* owned: what is stored */
	size_t from;        /* the name is FULL from here */
};

struct exhibits {
	struct exhibit *list;
	size_t n, cap;
	struct arena memory;
};

static bool load(struct store *s, struct exhibits *x, struct err *err)
{
	sqlite3_stmt *q = NULL;
	int code;

	if (!sql_prepare(s->db, store_name(s),
	                 "SELECT id, path, member, exhibit FROM source", &q,
	                 err))
		return false;
	while ((code = sqlite3_step(q)) == SQLITE_ROW) {
		struct strbuf full = { 0 };
		struct slice member = sql_column_slice(q, 2);

		strbuf_add_slice(&full, sql_column_slice(q, 1));
		if (member.len) {
			strbuf_add_char(&full, '/');
			strbuf_add_slice(&full, member);
		}
		GROW(x->list, x->n, x->cap);
		x->list[x->n++] = (struct exhibit){
			.id = sqlite3_column_int64(q, 0),
			.full = arena_slice(&x->memory, strbuf_slice(&full)),
			.was = arena_slice(&x->memory, sql_column_slice(q, 3)),
		};
		strbuf_release(&full);
	}
	sqlite3_finalize(q);
	return code == SQLITE_DONE || sql_err(err, s->db, store_name(s));
}

/* WHICH is the path, its end after a slash, or a pattern over the path. */
static bool names(struct slice full, struct slice which)
{
	if (slice_eq(full, which) || slice_glob(full, which))
		return true;
	return which.len && full.len > which.len && slice_ends(full, which) &&
	       full.ptr[full.len - which.len - 1] == '/';
}

static bool load_given(struct store *s, struct exhibits *x, struct err *err)
{
	sqlite3_stmt *q = NULL;
	int code;

	if (!sql_prepare(s->db, store_name(s),
	                 "SELECT name, value FROM v_setting WHERE name"
	                 " GLOB '" PREFIX "*'",
	                 &q, err))
		return false;
	while ((code = sqlite3_step(q)) == SQLITE_ROW) {
		struct slice which = slice_from(sql_column_slice(q, 0),
		                                sizeof PREFIX - 1);
		struct slice value = arena_slice(&x->memory,
		                                 sql_column_slice(q, 1));

		for (size_t i = 0; i < x->n; i++)
			if (names(x->list[i].full, which))
				x->list[i].given = value;
	}
	sqlite3_finalize(q);
	return code == SQLITE_DONE || sql_err(err, s->db, store_name(s));
}

/* Bytes from the end that A and B have in common. */
static size_t common_end(struct slice a, struct slice b)
{
	size_t n = 0;

	while (n < a.len && n < b.len &&
	       a.ptr[a.len - 1 - n] == b.ptr[b.len - 1 - n])
		n++;
	return n;
}

static bool is_boundary(struct slice s, size_t end)
{
	return end == s.len || s.ptr[s.len - 1 - end] == '/';
}

/* The same in whole names: "a/mail.log" and "a.mail.log" have none. */
static size_t common_names(struct slice a, struct slice b)
{
	size_t n = common_end(a, b);

	while (n && !(is_boundary(a, n) && is_boundary(b, n)))
		n--;
	return n;
}

/* The Nth byte from the end: nothing, then a slash, before all others, so that
 * paths with common names stand side by side. */
static int byte_from_end(struct slice s, size_t n)
{
	unsigned char c;

	if (n >= s.len)
		return -2;
	c = (unsigned char)s.ptr[s.len - 1 - n];
	return c == '/' ? -1 : c;
}

static int compare_ends(const void *a, const void *b)
{
	const struct exhibit *x = a, *y = b;
	size_t n = common_end(x->full, y->full);
	int order = byte_from_end(x->full, n) - byte_from_end(y->full, n);

	return order ? order : x->id < y->id ? -1 : x->id > y->id;
}

/* Where the shortest end in whole names begins that is longer than SHARED. */
static size_t end_from(struct slice full, size_t shared)
{
	for (size_t i = full.len; i > 0; i--)
		if (full.ptr[i - 1] == '/' && full.len - i > shared)
			return i;
	return 0;
}

static void choose(struct exhibits *x)
{
	qsort(x->list, x->n, sizeof *x->list, compare_ends);
	for (size_t i = 0; i < x->n; i++) {
		size_t shared = 0, n;

		if (i)
			shared = common_names(x->list[i].full,
			                      x->list[i - 1].full);
		n = i + 1 < x->n ? common_names(x->list[i].full,
		                                x->list[i + 1].full)
		                 : 0;
		x->list[i].from = end_from(x->list[i].full,
		                           n > shared ? n : shared);
	}
}

/* The same path twice (read again as another source) is told apart by id. */
static bool has_twin(const struct exhibits *x, size_t i)
{
	struct slice full = x->list[i].full;

	return (i && slice_eq(full, x->list[i - 1].full)) ||
	       (i + 1 < x->n && slice_eq(full, x->list[i + 1].full));
}

static struct slice name_of(struct exhibits *x, size_t i)
{
	const struct exhibit *e = &x->list[i];
	struct slice end = slice_from(e->full, e->from);

	if (e->given.len)
		return e->given;
	if (!has_twin(x, i))
		return end;
	return arena_printf(&x->memory, "%.*s#%lld", SLICE_FMT(end),
	                    (long long)e->id);
}

static bool write_names(struct store *s, struct exhibits *x, struct err *err)
{
	sqlite3_stmt *q = NULL;
	bool good = sql_prepare(s->db, store_name(s),
	                        "UPDATE source SET exhibit=? WHERE id=?", &q,
	                        err);

	for (size_t i = 0; good && i < x->n; i++) {
		struct slice name = name_of(x, i);

		if (slice_eq(name, x->list[i].was))
			continue;
		sql_bind_slice(q, 1, name);
		sqlite3_bind_int64(q, 2, x->list[i].id);
		good = sql_step(q, store_name(s), err);
	}
	sqlite3_finalize(q);
	return good;
}

bool store_name_exhibits(struct store *s, struct err *err)
{
	struct exhibits x = { 0 };
	bool good = load(s, &x, err) && load_given(s, &x, err);

	if (good && x.n) {
		choose(&x);
		good = write_names(s, &x, err);
	}
	arena_release(&x.memory);
	free(x.list);
	return good;
}
