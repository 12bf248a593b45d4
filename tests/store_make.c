/* SPDX-License-Identifier: MIT */
/* Cases for tests. */
#include "tests/store_make.h"

#include "base/alloc.h"

#include <dirent.h>
#include <sqlite3.h>
#include <unistd.h>

char *make_folder(void)
{
	const char *tmp = getenv("TMPDIR");
	struct strbuf path = { 0 };
	char *folder;

	strbuf_addf(&path, "%s/store-XXXXXX", tmp ? tmp : "/tmp");
	folder = strbuf_take(&path);
	if (!mkdtemp(folder))
		BUG("no folder for tests");
	return folder;
}

char *make_path(const char *folder, const char *name)
{
	struct strbuf path = { 0 };

	strbuf_addf(&path, "%s/%s", folder, name);
	return strbuf_take(&path);
}

void remove_folder(char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		char *path = make_path(folder, e->d_name);

		unlink(path);
		free(path);
	}
	if (dir)
		closedir(dir);
	rmdir(folder);
	free(folder);
}

void write_file(const char *path, const void *bytes, size_t n)
{
	FILE *f = fopen(path, "we");

	if (!f || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
		BUG("cannot write a file of a test");
}

char *read_whole(const char *path, size_t *n)
{
	FILE *f = fopen(path, "re");
	struct strbuf out = { 0 };
	size_t got;

	if (!f)
		return NULL;
	while ((got = fread(strbuf_room(&out, 65536), 1, 65536, f)) > 0)
		out.len += got;
	fclose(f);
	*n = out.len;
	return strbuf_take(&out);
}

static uint32_t text(struct intern *t, const char *fmt, unsigned a, unsigned b)
{
	struct strbuf s = { 0 };
	uint32_t id;

	/* the tests' own formats */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	strbuf_addf(&s, fmt, a, b);
#pragma GCC diagnostic pop
	id = intern_add(t, strbuf_slice(&s));
	strbuf_release(&s);
	return id;
}

static void add_fragment(struct piece *p, unsigned seed, unsigned i)
{
	struct fragment f = {
		.edges = PART_OPENED | PART_CLOSED,
		.host = intern_add(&p->words, SLICE("mx1")),
		.instance = intern_add(&p->words, SLICE("mta")),
		.queue_id = text(&p->texts, "4f%uQ%u", seed, i),
		.session = i ? NONE32 : 0,
		.first = (int64_t)seed * 8000000 + i * 8000,
		.last = (int64_t)seed * 8000000 + i * 8000 + 800,
		.opened = (int64_t)seed * 8000000 + i * 8000,
		.closed = STAMP_NONE,
		.first_line = i * 4,
		.last_line = i * 4 + 3,
		.opened_line = i * 4,
		.message_id = text(&p->texts, "m%u.%u@example.org", seed, i),
		.sender = text(&p->words, "user%u@example.%u", seed % 7, i),
		.client_ip = intern_add(&p->words, SLICE("192.0.2.7")),
		.client_port = -1,
		.nrcpt = 1,
		.size = 1000 + (int64_t)seed,
		.id_time = TIME_NONE,
	};

	GROW(p->fragments, p->nfragments, p->cfragments);
	p->fragments[p->nfragments++] = f;
}

static void add_attempt(struct piece *p, unsigned seed, unsigned i)
{
	struct attempt a = {
		.action = ACTION_RELAY,
		.flags = ATTEMPT_REPLY_CUT,
		.fragment = i % 2,
		.session = NONE32,
		.time = (int64_t)seed * 8000000 + i * 8000 + 400,
		.line = i * 2 + 1,
		.length = 100,
		.offset = p->offset + i * 200 + 100,
		.repeat = 1,
		.recipient = text(&p->words, "rcpt%u@example.%u", i, seed % 5),
		.reply = intern_add(&p->words, SLICE("250 queued as \x1a")),
		.next_id = text(&p->texts, "7a%u.%u", seed, i),
		.relay_port = 25,
		.code = 250,
		.delay = 1500000,
		.transfer = -1,
	};

	GROW(p->attempts, p->nattempts, p->cattempts);
	p->attempts[p->nattempts++] = a;
}

static void add_columns(struct piece *p, unsigned seed)
{
	struct piece_lines *c = &p->columns;

	c->n = 8;
	c->length = mem_alloc(8 * sizeof *c->length);
	c->class = mem_alloc(8);
	c->action = mem_alloc(8);
	c->events = mem_alloc(8 * sizeof *c->events);
	c->owner = mem_alloc(8 * sizeof *c->owner);
	c->time = mem_alloc(8 * sizeof *c->time);
	for (unsigned i = 0; i < 8; i++) {
		c->length[i] = 100;
		c->class[i] = i == 7 ? LINE_UNKNOWN : LINE_EVENT;
		c->events[i] = i == 7 ? 0 : 1;
		c->owner[i] = i < 4 ? 1 : 3;
		c->time[i] = (int64_t)seed * 8000000 + i * 800;
	}
}

struct piece *make_piece(uint32_t source, uint32_t number, unsigned seed)
{
	struct piece *p = piece_new();

	p->source = source;
	p->number = number;
	p->first_line = 1 + 8 * (uint64_t)number;
	p->lines = 8;
	p->offset = 800 * (uint64_t)number;
	p->bytes = 800;
	p->hash = (struct hash128){ seed, ~(uint64_t)seed };
	p->event_lines = 7;
	p->unknown_lines = 1;
	p->events = 7;
	p->first = (int64_t)seed * 8000000;
	p->last = (int64_t)seed * 8000000 + 5600;
	add_fragment(p, seed, 0);
	add_fragment(p, seed, 1);
	GROW(p->sessions, p->nsessions, p->csessions);
	p->sessions[p->nsessions++] = (struct session_part){
		.edges = PART_SESSION_OPENED,
		.host = intern_add(&p->words, SLICE("mx1")),
		.key = text(&p->texts, "mta/in[%u]%u", seed, 0),
		.client_port = 4242,
		.first = p->first,
		.last = p->last,
		.last_line = 3,
	};
	for (unsigned i = 0; i < 3; i++)
		add_attempt(p, seed, i);
	add_columns(p, seed);
	return p;
}

uint32_t make_source(struct store *s, const char *path)
{
	char *copy = mem_text(path);
	struct source src = { .path = copy, .mtime = TIME_NONE,
		              .state = SOURCE_READING };
	struct err err;

	if (!store_add_source(s, &src, &err))
		BUG(err.text);
	free(copy);
	return src.id;
}

struct maker {
	struct row_sink sink;
	struct err *err;
	uint32_t server, sender, recipient, reply, ip;
	int i;
	int64_t time;
};

static bool add_transaction(const struct maker *m)
{
	char queue_id[32], message_id[64];
	int q = snprintf(queue_id, sizeof queue_id, "4fQ%06d", m->i);
	int n = snprintf(message_id, sizeof message_id, "m%d@example.org",
	                 m->i);
	struct transaction_row t = {
		.id = m->i,
		.journey = m->i,
		.server = m->server,
		.queue_id = slice_of(queue_id, (size_t)q),
		.message_id = slice_of(message_id, (size_t)n),
		.generation = 1,
		.opened = m->time,
		.closed = TIME_NONE,
		.state = STATE_COMPLETE,
		.sender = m->sender,
		.client_ip = m->ip,
		.client_port = -1,
		.nrcpt = 1,
		.size = -1,
		.direction = DIRECTION_INBOUND,
		.source = 1,
		.line = 1,
	};

	return m->sink.transaction(m->sink.arg, &t, m->err);
}

static bool add_delivery(const struct maker *m)
{
	struct delivery_row d = {
		.id = m->i, .transaction = m->i, .journey = m->i,
		.recipient = m->recipient, .attempts = 1, .first = m->time,
		.last = m->time, .outcome = OUTCOME_RELAYED,
		.last_attempt = m->i,
	};

	return m->sink.delivery(m->sink.arg, &d, m->err);
}

static bool add_answer(const struct maker *m)
{
	char next[32];
	int n = snprintf(next, sizeof next, "7aQ%06d", m->i);
	struct attempt_row a = {
		.id = m->i, .time = m->time, .source = 1, .line = 2,
		.offset = 100, .length = 100, .transaction = m->i,
		.delivery = m->i, .journey = m->i, .action = ACTION_RELAY,
		.server = m->server, .sender = m->sender,
		.recipient = m->recipient, .reply = m->reply,
		.relay_ip = m->ip, .relay_port = 25, .code = 250,
		.next_id = slice_of(next, (size_t)n), .reply_cut = true,
		.delay = 1500000,
	};

	return m->sink.attempt(m->sink.arg, &a, m->err);
}

static bool add_link(const struct maker *m)
{
	struct link_row l = { .id = m->i / 2, .from = m->i - 1, .to = m->i,
		              .kind = LINK_HANDOFF, .class = CLASS_CONFIRMED,
		              .evidence = 1 | 1 << 4, .lag = -400000 };
	struct evidence_row e = { .link = m->i / 2, .code = 1,
		                  .from_source = 1, .to_source = 1,
		                  .from_line = 2, .to_line = 3,
		                  .from_text = SLICE("7aQ1"),
		                  .to_text = SLICE("7aQ1") };

	char queue_id[32];
	int n = snprintf(queue_id, sizeof queue_id, "4fQ%06d", m->i);

	if (m->i % 4 == 0) {
		e.code = 5;
		e.from_text = e.to_text = slice_of(queue_id, (size_t)n);
	}
	return m->i % 2 || (m->sink.link(m->sink.arg, &l, m->err) &&
	                    m->sink.evidence(m->sink.arg, &e, m->err));
}

static bool add_journey(const struct maker *m)
{
	char message_id[64];
	int n = snprintf(message_id, sizeof message_id, "m%d@example.org",
	                 m->i);
	struct journey_row j = {
		.id = m->i, .first = m->time, .last = m->time, .root = m->i,
		.message_id = slice_of(message_id, (size_t)n),
		.sender = m->sender, .size = -1, .recipients = 1,
		.outcomes = { [OUTCOME_RELAYED] = 1 },
	};

	return m->sink.journey(m->sink.arg, &j, m->err);
}

static bool add_recipient(const struct maker *m)
{
	struct recipient_row r = {
		.id = m->i, .journey = m->i, .address = m->recipient,
		.outcome = OUTCOME_RELAYED, .delivery = m->i,
		.transaction = m->i, .last_attempt = m->i, .attempts = 1,
		.first = m->time, .last = m->time,
	};

	return m->sink.recipient(m->sink.arg, &r, m->err);
}

static bool add_rows(struct maker *m, int n)
{
	static bool (*const steps[])(const struct maker *m) = {
		add_transaction, add_delivery, add_answer,
		add_link,        add_journey,  add_recipient,
	};

	for (size_t k = 0; k < sizeof steps / sizeof *steps; k++)
		for (m->i = 1; m->i <= n; m->i++) {
			m->time = INT64_C(1393000000) * US_SECOND +
			          m->i * US_SECOND + 5;
			if (!steps[k](m))
				return false;
		}
	return true;
}

bool make_rows(struct store *s, int n, struct err *err)
{
	struct maker m = { .err = err };
	struct stretch st = { .source = 1, .from_line = 1,
		              .to_line = UINT64_MAX, .zone = "+01:00",
		              .zone_basis = BASIS_ASSUMED, .year = 2014,
		              .year_basis = BASIS_MTIME };
	struct coverage_row c = { .source = 1, .kind = COVERAGE_COVERED,
		                  .lines = 8 };

	if (!store_derive_begin(s, &m.sink, err))
		return false;
	m.server = m.sink.word(m.sink.arg, SLICE("mx1"));
	m.sender = m.sink.word(m.sink.arg, SLICE("<>"));
	m.recipient = m.sink.word(m.sink.arg, SLICE("alice@example.org"));
	m.reply = m.sink.word(m.sink.arg, SLICE("250 queued as \x1a, fine"));
	m.ip = m.sink.word(m.sink.arg, SLICE("192.0.2.7"));
	c.server = m.server;
	c.from = INT64_C(1393000000) * US_SECOND;
	c.to = c.from + US_DAY;
	if (!add_rows(&m, n) || !m.sink.coverage(m.sink.arg, &c, err)) {
		store_derive_abort(s);
		return false;
	}
	return store_derive_commit(s, &st, 1, err);
}

static char *first_cell(sqlite3 *db, const char *query)
{
	sqlite3_stmt *q = NULL;
	struct strbuf out = { 0 };

	if (sqlite3_prepare_v2(db, query, -1, &q, NULL) == SQLITE_OK &&
	    sqlite3_step(q) == SQLITE_ROW) {
		const char *cell = (const char *)sqlite3_column_text(q, 0);

		strbuf_add_str(&out, cell ? cell : "NULL");
	} else {
		strbuf_addf(&out, "ERROR %s", sqlite3_errmsg(db));
	}
	sqlite3_finalize(q);
	return strbuf_take(&out);
}

char *ask(const char *path, const char *query)
{
	sqlite3 *db = NULL;
	char *cell;

	/* not read-only: a killed run's journal has to be rolled back */
	sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL);
	sqlite3_busy_timeout(db, 2000);
	cell = first_cell(db, query);
	sqlite3_close(db);
	return cell;
}
