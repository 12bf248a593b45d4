/* SPDX-License-Identifier: MIT */
/* Zone and year of lines whose copies carry them: the log of a server beside what
 * a collector wrote of the same lines. What is written outweighs what handoffs
 * say, which knows a clock that is hours off from a zone by nothing. */
#include "base/alloc.h"
#include "model/store/server_name.h"
#include "model/store/stretch.h"
#include "model/trace/map.h"
#include "model/trace/stretch.h"

/* A transaction or a session as one source tells it. */
struct told {
	uint64_t key; /* of all it says but the time */
	int64_t written; /* packed stamp of its first line */
	uint64_t line;
	uint32_t source; /* index in the list */
};

/* What sources have of a server's lines. */
#define WITHOUT_ZONE 1u
#define WITH_ZONE 2u

struct copied {
	struct dated *list;
	size_t n;
	const struct row_sink *words;
	struct map given;   /* hash of a name -> of the server it was given */
	struct map names;   /* host word -> hash of its server's name */
	struct map servers; /* that hash -> WITHOUT_ZONE, WITH_ZONE */
	struct told *told;
	size_t ntold, ctold;
};

static bool asks(const struct dated *x)
{
	return (x->lacks_zone && x->zone_basis != BASIS_GIVEN) ||
	       (x->lacks_year && !x->year);
}

/* Half of it, which is not 0. */
static uint32_t hash_name(struct slice name)
{
	uint32_t h = (uint32_t)server_hash(name);

	return h ? h : 1;
}

static void take_given(struct copied *c, const struct trace_settings *s)
{
	for (size_t i = 0; i < s->nservers; i++) {
		const struct server_name *n = &s->servers[i];

		if (n->server.len && n->name.len)
			*map_add(&c->given, hash_name(n->name), 0) =
				hash_name(n->server);
	}
}

static uint32_t server_of(const struct copied *c, struct slice host)
{
	struct slice name = server_of_host(host);
	const uint32_t *given = map_find(&c->given, hash_name(host));

	if (!given && name.len)
		given = map_find(&c->given, hash_name(name));
	if (given)
		return *given;
	return name.len ? hash_name(name) : 0;
}

/* The server that wrote HOST's lines in X, by its name; 0: none is known. */
static uint32_t server_at(struct copied *c, const struct dated *x,
			  uint32_t host)
{
	struct slice name = x->source->server;
	struct strbuf file = {0};
	uint32_t *known;

	if (name.len)
		return hash_name(name);
	if (!host) {
		server_of_file(x->source->path, &file);
		host = file.len ? hash_name(strbuf_slice(&file)) : 0;
		strbuf_release(&file);
		return host;
	}
	known = map_add(&c->names, host, 0);
	if (*known)
		return *known;
	*known = server_of(c, c->words->word_text(c->words->arg, host));
	return *known;
}

static uint64_t mix_text(uint64_t h, const struct piece *p, uint32_t text)
{
	return hash_mix(h, text ? hash64(intern_get(&p->texts, text)) : 0);
}

static uint64_t mix_word(uint64_t h, const struct piece *p, uint32_t word)
{
	return hash_mix(h, word ? p->word_ids[word] : 0);
}

/* All that its lines say, and how many seconds they took: equal for copies, and
 * for another transaction of that id only by design. */
static uint64_t key_of_fragment(const struct piece *p, const struct fragment *f,
				uint32_t server)
{
	int64_t took = stamp_unpack(f->last).us / US_SECOND -
		       stamp_unpack(f->first).us / US_SECOND;
	uint64_t h = mix_text(server, p, f->queue_id);

	h = mix_text(h, p, f->message_id);
	h = mix_word(h, p, f->instance);
	h = mix_word(h, p, f->sender);
	h = mix_word(h, p, f->client_ip);
	h = mix_word(h, p, f->client_name);
	h = mix_word(h, p, f->helo);
	h = mix_word(h, p, f->user);
	h = hash_mix(h, (uint64_t)f->size);
	h = hash_mix(h, (uint64_t)f->nrcpt);
	h = hash_mix(h, (uint64_t)took);
	return hash_mix(h, f->edges);
}

/* For sessions alone: logins, refusals. */
static uint64_t key_of_session(const struct piece *p,
			       const struct session_part *s, uint32_t server)
{
	int64_t took = stamp_unpack(s->last).us / US_SECOND -
		       stamp_unpack(s->first).us / US_SECOND;
	uint64_t h = mix_text(~(uint64_t)server, p, s->key);

	h = mix_word(h, p, s->instance);
	h = mix_word(h, p, s->service);
	h = mix_word(h, p, s->client_ip);
	h = mix_word(h, p, s->client_name);
	h = mix_word(h, p, s->helo);
	h = mix_word(h, p, s->user);
	h = mix_word(h, p, s->counters);
	h = hash_mix(h, (uint64_t)s->client_port);
	h = hash_mix(h, (uint64_t)took);
	return hash_mix(h, s->edges);
}

static unsigned kind_of(const struct dated *x, int64_t packed)
{
	struct stamp t = stamp_unpack(packed);

	if (t.us == TIME_NONE)
		return 0;
	if ((t.has & STAMP_ABSOLUTE) == STAMP_ABSOLUTE)
		return WITH_ZONE;
	return asks(x) ? WITHOUT_ZONE : 0;
}

static bool see_run(struct copied *c, const struct dated *x,
		    const struct piece *p, const struct time_run *r)
{
	uint32_t server = server_at(c, x, p->word_ids[r->host]), *kinds;

	if (!server)
		return false;
	kinds = map_add(&c->servers, server, 0);
	*kinds |= kind_of(x, r->first);
	return *kinds == (WITH_ZONE | WITHOUT_ZONE);
}

/* Whether there are servers of which sources have both kinds. */
static bool find_servers(struct copied *c)
{
	bool both = false;

	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->list[i].npieces; k++) {
			const struct piece *p = c->list[i].pieces[k];

			for (size_t j = 0; j < p->nruns; j++)
				both |= see_run(c, &c->list[i], p, &p->runs[j]);
		}
	return both;
}

/* An id alone may come again. */
static bool is_telling(const struct fragment *f)
{
	return f->queue_id && (f->message_id || f->sender || f->client_ip);
}

/* The server of HOST if sources have both kinds of its lines, else 0. */
static uint32_t shared_server(struct copied *c, uint32_t source, uint32_t host)
{
	uint32_t server = server_at(c, &c->list[source], host);
	const uint32_t *kinds = server ? map_find(&c->servers, server) : NULL;

	return kinds && *kinds == (WITH_ZONE | WITHOUT_ZONE) ? server : 0;
}

static void add(struct copied *c, const struct told *t)
{
	if (!kind_of(&c->list[t->source], t->written))
		return;
	GROW(c->told, c->ntold, c->ctold);
	c->told[c->ntold++] = *t;
}

static void add_piece(struct copied *c, uint32_t source, const struct piece *p)
{
	uint32_t server;

	for (size_t i = 0; i < p->nfragments; i++) {
		const struct fragment *f = &p->fragments[i];

		server = shared_server(c, source, p->word_ids[f->host]);
		if (server && is_telling(f))
			add(c, &(struct told){key_of_fragment(p, f, server),
					      f->first,
					      p->first_line + f->first_line,
					      source});
	}
	for (size_t i = 0; i < p->nsessions; i++) {
		const struct session_part *s = &p->sessions[i];

		server = shared_server(c, source, p->word_ids[s->host]);
		if (server && s->client_ip && s->key)
			add(c, &(struct told){key_of_session(p, s, server),
					      s->first,
					      p->first_line + s->first_line,
					      source});
	}
}

static int told_order(const void *a, const void *b)
{
	const struct told *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

/* By how much the stamp T lies before UTC in the year that brings it nearest. */
static int64_t ahead(struct stamp t, int64_t utc, int *year)
{
	int64_t best = t.us - utc;
	struct civil c;

	*year = 0;
	if (t.has & STAMP_YEAR)
		return best;
	civil_of(utc, &c);
	best = INT64_MAX;
	for (int y = c.year - 1; y <= c.year + 1; y++) {
		int64_t d = clock_in_year(t.us, y) - utc;

		if (llabs(d) >= llabs(best))
			continue;
		best = d;
		*year = y;
	}
	return best;
}

/* One second of the same clock, and a zone in use apart. */
static void vote(struct dated *x, const struct told *m, int64_t utc,
		 uint32_t who)
{
	struct vote v = {.line = m->line, .kind = VOTE_COPY, .who = who};
	struct stamp t = stamp_unpack(m->written);
	int64_t diff = ahead(t, utc, &v.year);

	v.zone = !(t.has & STAMP_ZONE);
	v.offset = zone_near(diff);
	if (llabs(diff - v.offset) >= US_SECOND)
		return;
	GROW(x->votes, x->nvotes, x->cvotes);
	x->votes[x->nvotes++] = v;
}

static bool has_zone(const struct told *m)
{
	return (stamp_unpack(m->written).has & STAMP_ABSOLUTE) ==
	       STAMP_ABSOLUTE;
}

/* Entries of one key, by source. One that stands twice in another source may be
 * the copy of either: it tells nothing. */
static void match(struct copied *c, const struct told *m, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct told *of = NULL;
		bool twice = false;

		for (size_t k = 0; k < n && !has_zone(&m[i]); k++) {
			if (!has_zone(&m[k]) || m[k].source == m[i].source)
				continue;
			twice = twice || (of && of->source == m[k].source);
			of = &m[k];
		}
		if (of && !twice)
			vote(&c->list[m[i].source], &m[i],
			     stamp_unpack(of->written).us, of->source + 1);
	}
}

static int vote_order(const void *a, const void *b)
{
	const struct vote *x = a, *y = b;

	return (x->line > y->line) - (x->line < y->line);
}

#define SAME 16 /* more of one key are no transactions that can be told apart */

static void match_all(struct copied *c)
{
	if (c->ntold)
		qsort(c->told, c->ntold, sizeof *c->told, told_order);
	for (size_t i = 0; i < c->ntold;) {
		size_t from = i;

		while (i < c->ntold && c->told[i].key == c->told[from].key)
			i++;
		if (i - from > 1 && i - from <= SAME)
			match(c, c->told + from, i - from);
	}
	for (size_t i = 0; i < c->n; i++)
		if (c->list[i].nvotes)
			qsort(c->list[i].votes, c->list[i].nvotes,
			      sizeof *c->list[i].votes, vote_order);
}

void dated_copies(struct dated *list, size_t n, const struct trace_input *in,
		  const struct row_sink *words)
{
	struct copied c = {.list = list, .n = n, .words = words};
	size_t asking = 0;

	for (size_t i = 0; i < n; i++)
		asking += asks(&list[i]);
	take_given(&c, &in->settings);
	if (asking && n > 1 && find_servers(&c)) {
		for (size_t i = 0; i < n; i++)
			for (size_t k = 0; k < list[i].npieces; k++) {
				add_piece(&c, (uint32_t)i, list[i].pieces[k]);
				if (in->pages)
					in->pages->looked(in->pages);
			}
		match_all(&c);
	}
	map_release(&c.given);
	map_release(&c.names);
	map_release(&c.servers);
	free(c.told);
}
