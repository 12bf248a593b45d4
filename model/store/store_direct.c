/* SPDX-License-Identifier: MIT */
/* Directions of mail, decided anew from the rows: no evidence is read for it. */
#include "base/alloc.h"
#include "model/store/own.h"
#include "model/store/store_private.h"

struct turned {
	int64_t journey;
	enum direction direction;
};

struct direct {
	struct store *store;
	struct own_rules rules;
	struct arena texts; /* of the rules */
	uint8_t *seen;      /* by word: 0 not yet, 1 own address, 2 other */
	int64_t journey;    /* of the rows being read, 0 none yet */
	int before;
	struct own_root root;
	bool own, other;
	struct turned *list;
	size_t n, cap;
};

static bool load_rules(struct direct *d, struct err *err)
{
	struct store *s = d->store;
	sqlite3_stmt *q = NULL;
	int code;

	if (!sql_prepare(s->db, store_name(s),
	                 "SELECT value FROM v_setting WHERE name GLOB 'own.*'"
	                 " AND basis='given'",
	                 &q, err))
		return false;
	while ((code = sqlite3_step(q)) == SQLITE_ROW)
		own_rules_add(&d->rules,
		              arena_slice(&d->texts, sql_column_slice(q, 0)));
	sqlite3_finalize(q);
	return code == SQLITE_DONE || sql_err(err, s->db, store_name(s));
}

static bool is_own(struct direct *d, uint32_t word)
{
	if (!word || word > store_words(d->store))
		return false;
	if (!d->seen[word])
		d->seen[word] = own_has_address(&d->rules,
		                                store_word_text(d->store, word))
		                        ? 1
		                        : 2;
	return d->seen[word] == 1;
}

static void decide(struct direct *d)
{
	enum direction now = DIRECTION_UNKNOWN;

	if (!d->journey)
		return;
	if (own_rules_direct(&d->rules))
		now = own_direction(own_is_inside(&d->rules, &d->root), d->own,
		                    d->other);
	if ((int)now == d->before)
		return;
	GROW(d->list, d->n, d->cap);
	d->list[d->n++] = (struct turned){ d->journey, now };
}

static uint32_t word_at(sqlite3_stmt *q, int i)
{
	return (uint32_t)sql_column_number(q, i, 0);
}

static struct slice text_at(struct direct *d, sqlite3_stmt *q, int i)
{
	uint32_t word = word_at(q, i);

	return word ? store_word_text(d->store, word) : slice_of(NULL, 0);
}

static void take_row(struct direct *d, sqlite3_stmt *q)
{
	int64_t journey = sqlite3_column_int64(q, 0);

	if (journey != d->journey) {
		decide(d);
		d->journey = journey;
		d->before = sqlite3_column_int(q, 1);
		d->own = d->other = false;
		d->root = (struct own_root){
			.user = word_at(q, 2) != 0,
			.ip = text_at(d, q, 3),
			.opened = sqlite3_column_type(q, 4) != SQLITE_NULL,
			.sender = text_at(d, q, 5),
		};
	}
	if (!sqlite3_column_int(q, 8))
		return; /* without a recipient */
	if (is_own(d, word_at(q, 6)) || is_own(d, word_at(q, 7)))
		d->own = true;
	else
		d->other = true;
}

static bool look_at_rows(struct direct *d, struct err *err)
{
	struct store *s = d->store;
	sqlite3_stmt *q = NULL;
	int code;

	if (!sql_prepare(s->db, store_name(s),
	                 "SELECT j.id, coalesce(j.direction,0), t.user,"
	                 " t.client_ip, t.opened, t.sender, r.address,"
	                 " r.addressed_as, coalesce(r.id,0) FROM journey j"
	                 " LEFT JOIN tx t ON t.id=j.root"
	                 " LEFT JOIN recipient r ON r.journey=+j.id"
	                 " ORDER BY j.id",
	                 &q, err))
		return false;
	while ((code = sqlite3_step(q)) == SQLITE_ROW)
		take_row(d, q);
	decide(d);
	sqlite3_finalize(q);
	return code == SQLITE_DONE || sql_err(err, s->db, store_name(s));
}

static bool write_rows(struct direct *d, const char *text, struct err *err)
{
	struct store *s = d->store;
	sqlite3_stmt *q = NULL;
	bool good = sql_prepare(s->db, store_name(s), text, &q, err);

	for (size_t i = 0; good && i < d->n; i++) {
		sqlite3_bind_int64(q, 1, d->list[i].journey);
		sqlite3_bind_int(q, 2, (int)d->list[i].direction);
		good = sql_step(q, store_name(s), err);
	}
	sqlite3_finalize(q);
	return good;
}

bool store_direct(struct store *s, struct err *err)
{
	struct direct d = { .store = s };
	bool good = store_load_words(s, err) && load_rules(&d, err);

	if (good) {
		d.seen = mem_alloc((size_t)store_words(s) + 1);
		good = look_at_rows(&d, err);
	}
	good = good &&
	       write_rows(&d, "UPDATE journey SET direction=?2 WHERE id=?1",
	                  err) &&
	       write_rows(&d, "UPDATE tx SET direction=?2 WHERE journey=?1", err);
	own_rules_release(&d.rules);
	arena_release(&d.texts);
	free(d.seen);
	free(d.list);
	return good;
}
