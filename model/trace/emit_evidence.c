/* SPDX-License-Identifier: MIT */
/* Evidence as rows: for each code the line on each side that says it, and what it
 * says. What stands in the rows of transactions and attempts is told by the view
 * from them; only the rest is stored. */
#include "base/strbuf.h"
#include "model/trace/emit.h"
#include "model/trace/link.h"
#include "model/trace/rewrite.h"

/* A line, and the source that it is in. */
struct where {
	uint32_t source;
	uint64_t line;
};

static bool says(const struct fragment *f, enum fragment_said what)
{
	switch (what) {
	case SAID_MESSAGE_ID: return f->message_id;
	case SAID_SENDER: return f->sender;
	case SAID_SIZE: return f->size >= 0;
	case SAID_SUBJECT: return f->subject;
	case SAID_HELO: return f->helo;
	case SAID_TLS: return f->tls;
	case SAID_COUNT: break;
	}
	return false;
}

static struct where own_line(const struct derive *d, const struct txn *t)
{
	return (struct where){txn_source(d, t), txn_line(d, t)};
}

static uint64_t said_line(const struct fragment *f, enum fragment_said what)
{
	return (uint64_t)((int64_t)f->first_line + f->said[what]);
}

/* The first line that says it; T's own where none is known. */
static struct where said_in(const struct derive *d, const struct txn *t,
			    enum fragment_said what)
{
	for (uint32_t i = 0; i < t->nfrags; i++) {
		uint32_t g = d->txn_frags[t->frags + i];
		const struct fragment *f = derive_fragment(d, g);
		const struct piece *p = d->pieces[d->frag_piece[g]];

		if (what == SAID_MESSAGE_ID ? g != t->mid_frag : !says(f, what))
			continue;
		if (f->said[what] == SAID_FAR)
			break;
		return (struct where){p->source,
				      p->first_line + said_line(f, what)};
	}
	return own_line(d, t);
}

/* ROW_SAID_FAR: not within the numbers. */
static uint64_t distance(const struct where *own, const struct where *at)
{
	uint64_t on = at->line - own->line;

	return at->source == own->source && on < ROW_SAID_FAR - 1
		       ? on
		       : ROW_SAID_FAR;
}

uint64_t said_pack(const struct derive *d, const struct txn *t)
{
	static const enum fragment_said of[ROW_SAID_COUNT] = {
		[ROW_SAID_MESSAGE_ID] = SAID_MESSAGE_ID,
		[ROW_SAID_SENDER] = SAID_SENDER,
		[ROW_SAID_SIZE] = SAID_SIZE,
		[ROW_SAID_SUBJECT] = SAID_SUBJECT,
		[ROW_SAID_HELO] = SAID_HELO,
	};
	struct where own = own_line(d, t);
	uint64_t said = 0, sender = 0;

	for (unsigned i = 0; i < ROW_SAID_COUNT; i++) {
		struct where at = said_in(d, t, of[i]);
		uint64_t on = distance(&own, &at);

		if (i == ROW_SAID_SENDER)
			sender = on;
		if (i == ROW_SAID_SIZE && on != ROW_SAID_FAR)
			on = on == sender ? 0 : on + 1;
		said |= on << i * ROW_SAID_BITS;
	}
	return said;
}

static bool is_far(uint64_t said, enum row_said what)
{
	return row_said(said, what) == ROW_SAID_FAR;
}

/* Bits whose lines the packed distances of both ends do not hold. */
static unsigned far_bits(const struct derive *d, const struct link *k)
{
	uint64_t a = said_pack(d, &d->txns[k->from]);
	uint64_t b = said_pack(d, &d->txns[k->to]);
	unsigned far = 0;

	if (is_far(a, ROW_SAID_MESSAGE_ID) || is_far(b, ROW_SAID_MESSAGE_ID))
		far |= E(5) | E(12);
	if (is_far(a, ROW_SAID_SENDER) || is_far(b, ROW_SAID_SENDER))
		far |= E(7) | E(8);
	if (is_far(a, ROW_SAID_SIZE) || is_far(b, ROW_SAID_SIZE))
		far |= E(8);
	if (is_far(a, ROW_SAID_SUBJECT) || is_far(b, ROW_SAID_SUBJECT))
		far |= E(9);
	return is_far(b, ROW_SAID_HELO) ? far | E(10) : far;
}

static uint32_t recipient_of(const struct derive *d, const struct link *k)
{
	return k->att == NONE32
		       ? 0
		       : word_in(d->pieces[d->att_piece[k->att]],
				 derive_attempt(d, k->att)->recipient);
}

/* Whether TO has the recipient as it is written in the attempt. */
static bool recipient_is_kept(const struct derive *d, const struct link *k)
{
	const struct txn *to = &d->txns[k->to];
	uint32_t word = recipient_of(d, k);

	for (uint32_t i = 0; word && i < to->ndels; i++)
		if (d->dels[to->dels + i].recipient == word ||
		    d->dels[to->dels + i].orig == word)
			return true;
	return !word;
}

unsigned evidence_told(const struct derive *d, const struct link *k)
{
	unsigned told = k->evidence & ~(E(4) | E(11));

	if (k->key != NONE32)
		told &= ~(E(2) | E(3));
	if (k->att == NONE32)
		told &= ~E(1);
	else if (!d->atts[k->att].id) /* a copy has no row */
		told &= ~(E(1) | E(6) | E(7));
	if (told & E(7) && !recipient_is_kept(d, k))
		told &= ~E(7);
	return told & ~far_bits(d, k);
}

/* The rows of one link in the making. */
struct telling {
	const struct derive *d;
	const struct link *link;
	const struct txn *from, *to;
	struct evidence_row row;
	struct strbuf *text; /* room for composed texts of both ends */
};

static void set_from(struct telling *x, struct where at, struct slice text)
{
	x->row.from_source = at.source;
	x->row.from_line = at.line;
	x->row.from_text = text;
}

static void set_to(struct telling *x, struct where at, struct slice text)
{
	x->row.to_source = at.source;
	x->row.to_line = at.line;
	x->row.to_text = text;
}

static struct where attempt_line(const struct derive *d, uint32_t att)
{
	const struct piece *p = d->pieces[d->att_piece[att]];

	return (struct where){p->source,
			      p->first_line + derive_attempt(d, att)->line};
}

static void tell_key(struct telling *x)
{
	const struct derive *d = x->d;
	const struct piece *p;
	const struct piece_key *key;
	struct where at;

	if (x->link->key == NONE32)
		return;
	p = d->pieces[x->link->key_piece];
	key = &p->keys[x->link->key];
	at = (struct where){p->source, p->first_line + key->line};
	if (key->relation == REL_CHILD || key->relation == REL_NEXT_HOP) {
		set_from(x, at, intern_get(&p->texts, key->text));
		x->row.to_text = derive_queue_id(d, x->to);
	} else {
		x->row.from_text = derive_queue_id(d, x->from);
		set_to(x, at, intern_get(&p->texts, key->text));
	}
}

static void tell_sensor(struct telling *x)
{
	const struct derive *d = x->d;
	uint32_t att = x->link->att;

	if (att == NONE32)
		x->row.from_text = derive_queue_id(d, x->from);
	else
		set_from(x, attempt_line(d, att), derive_next_id(d, att));
	if (x->to->ndels && d->dels[x->to->dels].last != NONE32)
		x->row.to_text =
			derive_next_id(d, d->dels[x->to->dels].last);
}

/* Both ends' texts are composed first: the buffer may move. */
static void set_composed(struct telling *x, size_t middle)
{
	struct slice all = strbuf_slice(x->text);

	x->row.from_text = slice_to(all, middle);
	x->row.to_text = slice_from(all, middle);
}

static void add_peer(struct telling *x, uint32_t name, uint32_t ip)
{
	struct slice n = word_text(x->d, name), i = word_text(x->d, ip);

	strbuf_add_slice(x->text, n);
	if (i.len)
		strbuf_addf(x->text, "[%.*s]", SLICE_FMT(i));
}

static void tell_network(struct telling *x)
{
	const struct derive *d = x->d;
	uint32_t att = x->link->att;
	const struct piece *p;
	size_t middle;

	if (att == NONE32) {
		x->row.from_text = word_text(d, x->from->client_ip);
		x->row.to_text = word_text(d, x->to->client_ip);
		return;
	}
	p = d->pieces[d->att_piece[att]];
	set_from(x, attempt_line(d, att), slice_of(NULL, 0));
	add_peer(x, word_in(p, derive_attempt(d, att)->relay_name),
		 word_in(p, derive_attempt(d, att)->relay_ip));
	middle = x->text->len;
	add_peer(x, x->to->client_name, x->to->client_ip);
	set_composed(x, middle);
}

static void add_envelope(struct telling *x, uint32_t sender, uint32_t rcpt)
{
	strbuf_add_slice(x->text, word_text(x->d, sender));
	if (rcpt)
		strbuf_addf(x->text, " -> %.*s",
			    SLICE_FMT(word_text(x->d, rcpt)));
}

/* TO's word for the recipient of the attempt. */
static uint32_t recipient_there(const struct telling *x, uint32_t word)
{
	const struct derive *d = x->d;
	int64_t at = txn_time(x->to);

	if (recipient_is_kept(d, x->link))
		return word;
	for (uint32_t i = 0; i < x->to->ndels; i++) {
		const struct del *v = &d->dels[x->to->dels + i];

		if (rewrite_same(word_text(d, v->recipient), word_text(d, word),
				 at))
			return v->recipient;
		if (v->orig &&
		    rewrite_same(word_text(d, v->orig), word_text(d, word), at))
			return v->orig;
	}
	return 0;
}

static void tell_envelope(struct telling *x)
{
	uint32_t rcpt = recipient_of(x->d, x->link);
	size_t middle;

	set_from(x, said_in(x->d, x->from, SAID_SENDER), slice_of(NULL, 0));
	set_to(x, said_in(x->d, x->to, SAID_SENDER), slice_of(NULL, 0));
	add_envelope(x, x->from->sender, rcpt);
	middle = x->text->len;
	add_envelope(x, x->to->sender, rcpt ? recipient_there(x, rcpt) : 0);
	set_composed(x, middle);
}

static void tell_size(struct telling *x, const struct txn_rest *a,
		      const struct txn_rest *b)
{
	size_t middle;

	set_from(x, said_in(x->d, x->from, SAID_SIZE), slice_of(NULL, 0));
	set_to(x, said_in(x->d, x->to, SAID_SIZE), slice_of(NULL, 0));
	strbuf_addf(x->text, "%lld", (long long)a->size);
	middle = x->text->len;
	strbuf_addf(x->text, "%lld", (long long)b->size);
	set_composed(x, middle);
}

/* Subject, HELO, TLS: words. */
static void tell_words(struct telling *x, const struct txn_rest *a,
		       const struct txn_rest *b)
{
	const struct derive *d = x->d;
	uint32_t att = x->link->att;

	if (x->row.code == 9) {
		set_from(x, said_in(d, x->from, SAID_SUBJECT),
			 word_text(d, a->subject));
		set_to(x, said_in(d, x->to, SAID_SUBJECT),
		       word_text(d, b->subject));
	} else if (x->row.code == 10) {
		x->row.from_text = word_text(d, x->from->server);
		set_to(x, said_in(d, x->to, SAID_HELO),
		       word_text(d, x->to->helo));
	} else if (att != NONE32) {
		set_from(x, attempt_line(d, att),
			 word_text(d, word_in(d->pieces[d->att_piece[att]],
					      derive_attempt(d, att)->tls)));
		set_to(x, said_in(d, x->to, SAID_TLS), word_text(d, b->tls));
	}
}

static void tell(struct telling *x)
{
	const struct derive *d = x->d;
	struct txn_rest a, b;

	switch (x->row.code) {
	case 1:
		set_from(x, attempt_line(d, x->link->att),
			 derive_next_id(d, x->link->att));
		x->row.to_text = derive_queue_id(d, x->to);
		return;
	case 2:
	case 3: tell_key(x); return;
	case 4: tell_sensor(x); return;
	case 5:
		set_from(x, said_in(d, x->from, SAID_MESSAGE_ID),
			 derive_message_id(d, x->from));
		set_to(x, said_in(d, x->to, SAID_MESSAGE_ID),
		       derive_message_id(d, x->to));
		return;
	case 6: tell_network(x); return;
	case 7: tell_envelope(x); return;
	case 12:
		x->row.from_text = derive_queue_id(d, x->from);
		set_to(x, said_in(d, x->to, SAID_MESSAGE_ID),
		       derive_message_id(d, x->to));
		return;
	default: break;
	}
	txn_rest(d, x->from, &a);
	txn_rest(d, x->to, &b);
	if (x->row.code == 8)
		tell_size(x, &a, &b);
	else
		tell_words(x, &a, &b);
}

static bool emit_of(struct derive *d, uint32_t i, struct strbuf *text)
{
	const struct link *k = &d->links[i];
	unsigned stored = k->evidence & ~evidence_told(d, k);
	struct telling x = {
		.d = d,
		.link = k,
		.from = &d->txns[k->from],
		.to = &d->txns[k->to],
		.text = text,
	};

	for (unsigned code = 1; code <= 12; code++) {
		if (!(stored & E(code)))
			continue;
		strbuf_reset(text);
		x.row = (struct evidence_row){.link = i + 1, .code = code};
		set_from(&x, own_line(d, x.from), slice_of(NULL, 0));
		set_to(&x, own_line(d, x.to), slice_of(NULL, 0));
		tell(&x);
		if (!d->sink->evidence(d->sink->arg, &x.row, d->err))
			return false;
	}
	return true;
}

bool emit_evidence(struct derive *d)
{
	struct strbuf text = {0};
	bool good = true;

	for (uint32_t i = 0; good && i < d->nlinks; i++)
		good = emit_of(d, i, &text);
	strbuf_release(&text);
	return good;
}
