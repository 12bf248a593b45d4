/* SPDX-License-Identifier: MIT */
/* What a daemon counts when a client leaves is a checksum of the session's lines
 * (TRACE §7, T4): "mail=1 rcpt=1/3 data=1 commands=6" means one message taken and
 * two recipients refused. */
#include "base/alloc.h"
#include "model/trace/finding.h"

#define LONG_SESSION (30 * US_MINUTE)

/* What lines tell of a session. */
struct lines {
	uint32_t opened, refused;
};

/* What it says of itself. */
struct counters {
	uint64_t taken, given; /* messages whose content was taken, MAIL */
	uint64_t pieces;       /* of contents: one message or more */
	uint64_t refused;      /* recipients */
	uint64_t failed;       /* commands of any kind */
};

/* "1", or "1/3": of three one was taken. */
static void add_count(struct slice value, uint64_t *taken, uint64_t *refused)
{
	uint64_t good, all;

	if (!slice_u64(slice_cut(&value, '/'), &good))
		return;
	*taken += good;
	if (slice_u64(value, &all) && all >= good)
		*refused += all - good;
}

static struct counters read_counters(struct slice s)
{
	struct counters c = {0};

	while (s.len) {
		struct slice value = slice_cut(&s, ' ');
		struct slice name = slice_cut(&value, '=');
		uint64_t none = 0;

		if (slice_eq(name, SLICE("data")))
			add_count(value, &c.taken, &none);
		else if (slice_eq(name, SLICE("bdat")))
			add_count(value, &c.pieces, &none);
		else if (slice_eq(name, SLICE("commands")))
			add_count(value, &none, &c.failed);
		else if (slice_eq(name, SLICE("mail")))
			add_count(value, &c.given, &none);
		else if (slice_eq(name, SLICE("rcpt")))
			add_count(value, &none, &c.refused);
	}
	c.taken += c.pieces > 0;
	return c;
}

/* Most sessions end with the same few words. */
#define REMEMBERED 256
struct remembered {
	uint32_t word;
	struct counters counters;
};

static struct counters counters_of(struct remembered *all, uint32_t word,
				   struct slice text)
{
	struct remembered *r = &all[word % REMEMBERED];

	if (r->word != word)
		*r = (struct remembered){word, read_counters(text)};
	return r->counters;
}

static struct lines *count_lines(const struct derive *d)
{
	struct lines *of = mem_alloc(d->nsess * sizeof *of + 1);

	for (uint32_t i = 0; i < d->ntxns; i++) {
		const struct txn *t = &d->txns[i];

		if (t->session != NONE32 && t->edges & PART_OPENED)
			of[t->session].opened++;
	}
	for (uint32_t g = 0; g < d->natts; g++) {
		const struct attempt *a = derive_attempt(d, g);

		if (d->atts[g].ses != NONE32 && !d->atts[g].copy &&
		    (a->action == ACTION_REJECT ||
		     a->action == ACTION_TEMPFAIL))
			of[d->atts[g].ses].refused += a->repeat;
	}
	return of;
}

/* Of the part that sums up S: where it ends. */
struct end {
	uint32_t piece;
	const struct session_part *part;
	uint32_t word; /* of its counters, 0 none */
	struct slice counters;
	unsigned edges; /* of all parts */
};

static bool find_end(const struct derive *d, const struct ses *s, struct end *e)
{
	*e = (struct end){.part = NULL};
	for (uint32_t k = 0; k < s->nparts; k++) {
		uint32_t g = d->ses_parts[s->parts + k];
		const struct session_part *x = derive_part(d, g);

		e->edges |= x->edges;
		if (!(x->edges & PART_SESSION_CLOSED))
			continue;
		e->piece = d->part_piece[g];
		e->part = x;
		if (!x->counters)
			continue;
		e->word = word_in(d->pieces[e->piece], x->counters);
		e->counters = word_text(d, e->word);
	}
	return e->part != NULL;
}

static void fire(struct finding_list *l, enum finding_rule rule,
		 const struct ses *s, const struct end *e)
{
	struct derive *d = l->d;
	const struct piece *p = d->pieces[e->piece];
	int64_t at = derive_utc(d, e->piece, e->part->last_line, e->part->last,
				NULL);
	struct firing f = {
		.rule = rule,
		.server = s->server,
		.from = at,
		.to = at,
		.name = word_text(d, word_in(p, e->part->client_ip)),
	};

	finding_add_line(finding_fire(l, &f), p->source,
			 p->first_line + e->part->last_line, NULL);
}

static void begin_text(struct finding_list *l, const struct end *e)
{
	strbuf_reset(&l->text);
	strbuf_addf(&l->text, "the session ends with \"%.*s\", but its lines ",
		    SLICE_FMT(e->counters));
}

static void check_counters(struct finding_list *l, const struct ses *s,
			   const struct end *e, const struct lines *n,
			   const struct counters *said)
{
	struct counters c = *said;

	finding_tried(l, RULE_SESSION, s->server, 1);
	finding_tried(l, RULE_REFUSALS, s->server, 1);
	if (n->opened < c.taken || n->opened > c.given) {
		begin_text(l, e);
		strbuf_addf(&l->text, "tell of %u messages: consistent with "
				      "lines that were %s",
			    n->opened,
			    n->opened < c.taken ? "taken out" : "put in");
		fire(l, RULE_SESSION, s, e);
	} else if (n->refused < c.refused && c.failed == c.refused) {
		begin_text(l, e);
		strbuf_addf(&l->text, "tell of %u refusals", n->refused);
		fire(l, RULE_REFUSALS, s, e);
	}
}

/* KNOWN: its process was seen before. */
static void check_session(struct finding_list *l, const struct ses *s,
			  const struct lines *n, bool known,
			  struct remembered *all)
{
	struct derive *d = l->d;
	struct counters c;
	struct end e;
	int64_t at;

	if (s->copied || !find_end(d, s, &e))
		return;
	if (e.edges & PART_SESSION_OPENED) {
		finding_tried(l, RULE_NO_CONNECT, s->server, 1);
		if (!e.counters.len)
			return;
		c = counters_of(all, e.word, e.counters);
		check_counters(l, s, &e, n, &c);
		return;
	}
	at = derive_utc(d, e.piece, e.part->first_line, e.part->first, NULL);
	if (at == TIME_NONE || known ||
	    !coverage_holds(&d->coverage, s->server, at - LONG_SESSION, at))
		return;
	finding_tried(l, RULE_NO_CONNECT, s->server, 1);
	strbuf_reset(&l->text);
	strbuf_add_str(&l->text, "a client leaves that never came, though the "
				 "log covers the half hour before");
	fire(l, RULE_NO_CONNECT, s, &e);
}

/* A process serves one client at a time: whose key comes again was let go. */
static uint64_t key_of_session(const struct derive *d, const struct ses *s)
{
	uint32_t g = d->ses_parts[s->parts];
	const struct piece *p = d->pieces[d->part_piece[g]];

	return key_of(hash_mix(
		hash64(intern_get(&p->texts, derive_part(d, g)->key)),
		s->server));
}

static void fire_endless(struct finding_list *l, const struct ses *s)
{
	struct derive *d = l->d;
	uint32_t g = d->ses_parts[s->parts + s->nparts - 1];
	struct end e = {
		.piece = d->part_piece[g],
		.part = derive_part(d, g),
	};

	strbuf_reset(&l->text);
	strbuf_add_str(&l->text, "a client came, and the process that served "
				 "it went on with another: no line says that "
				 "the first one left");
	fire(l, RULE_NO_DISCONNECT, s, &e);
}

static void fire_beginless(struct finding_list *l, const struct ses *s)
{
	struct end e;

	if (!find_end(l->d, s, &e))
		return;
	strbuf_reset(&l->text);
	strbuf_add_str(&l->text, "a client leaves that never came, though the "
				 "log covers the time since the process let "
				 "another one go");
	fire(l, RULE_NO_CONNECT, s, &e);
}

static unsigned edges_of(const struct derive *d, const struct ses *s)
{
	unsigned edges = 0;

	for (uint32_t k = 0; k < s->nparts; k++)
		edges |= derive_part(d, d->ses_parts[s->parts + k])->edges;
	return edges;
}

/* Whether the process was seen before, with nothing missing in between. */
static bool check_order(struct finding_list *l, struct map *last, uint32_t i)
{
	struct derive *d = l->d;
	const struct ses *s = &d->sess[i], *o;
	struct ses_span a, b;
	uint32_t *at;

	if (s->copied || !(edges_of(d, s) &
			   (PART_SESSION_OPENED | PART_SESSION_CLOSED)))
		return false;
	at = map_add(last, key_of_session(d, s), i);
	o = &d->sess[*at];
	if (*at == i)
		return false;
	*at = i;
	ses_span(d, o, &a);
	ses_span(d, s, &b);
	if (a.last == TIME_NONE || b.first == TIME_NONE ||
	    !coverage_holds(&d->coverage, s->server, a.last, b.first))
		return false;
	finding_tried(l, RULE_NO_DISCONNECT, s->server, 1);
	if (!(edges_of(d, o) & PART_SESSION_CLOSED))
		fire_endless(l, o);
	else if (!(edges_of(d, s) & PART_SESSION_OPENED))
		fire_beginless(l, s);
	return true;
}

void findings_sessions(struct finding_list *l)
{
	struct derive *d = l->d;
	struct lines *of = count_lines(d);
	struct remembered *all = mem_alloc(REMEMBERED * sizeof *all);
	struct map last = {0};

	for (uint32_t i = 0; i < d->nsess; i++) {
		bool known = check_order(l, &last, i);

		check_session(l, &d->sess[i], &of[i], known, all);
	}
	map_release(&last);
	free(all);
	free(of);
}
