/* SPDX-License-Identifier: MIT */
/* The order of the steps, and the numbering of parts through all pieces. */
#include "model/trace/derive.h"

#include "base/alloc.h"
#include "model/store/server_name.h"

static int piece_order(const void *a, const void *b)
{
	const struct piece *x = *(struct piece *const *)a;
	const struct piece *y = *(struct piece *const *)b;

	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

/* A piece and when its source begins. */
struct placed {
	uint32_t piece;
	uint32_t turn; /* among the pieces of its source */
	int64_t began;
};

static int placed_order(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	if (x->began != y->began)
		return x->began < y->began ? -1 : 1;
	return (x->turn > y->turn) - (x->turn < y->turn);
}

static int64_t piece_begin(const struct derive *d, const struct piece *p)
{
	int64_t first = TIME_NONE, last = TIME_NONE;

	if (p->first != TIME_NONE)
		first = clocks_utc(&d->clocks, p->source, p->first_line,
				   p->first, NULL);
	if (p->last != TIME_NONE)
		last = clocks_utc(&d->clocks, p->source,
				  p->first_line + p->lines - 1, p->last, NULL);
	if (first == TIME_NONE || (last != TIME_NONE && last < first))
		return last;
	return first;
}

/* Pieces in the order of their sources' time, as rotation wrote them, whatever
 * the names: what stands in two of them in the same second keeps its order. */
static void rank_pieces(struct derive *d)
{
	uint32_t n = d->npieces;
	struct placed *list = mem_alloc(n * sizeof *list + 1);

	d->rank = mem_alloc(n * sizeof *d->rank + 1);
	for (uint32_t i = 0, to; i < n; i = to) {
		int64_t began = TIME_NONE;

		for (to = i; to < n && d->pieces[to]->source ==
					       d->pieces[i]->source;
		     to++) {
			int64_t t = piece_begin(d, d->pieces[to]);

			if (began == TIME_NONE || (t != TIME_NONE && t < began))
				began = t;
		}
		for (uint32_t k = i; k < to; k++)
			list[k] = (struct placed){
				k, d->backwards[k] ? to - 1 - k + i : k, began};
	}
	qsort(list, n, sizeof *list, placed_order);
	for (uint32_t i = 0; i < n; i++)
		d->rank[list[i].piece] = i;
	free(list);
}

static const struct trace_source *source_of(const struct trace_input *in,
					    uint32_t id)
{
	for (size_t i = 0; i < in->nsources; i++)
		if (in->sources[i].id == id)
			return &in->sources[i];
	return NULL;
}

/* Newest first: a piece whose last stamp is older than its first one. */
static bool piece_is_backwards(const struct piece *p)
{
	int64_t back = 0, forth = 0;

	for (size_t i = 0; i < p->nfragments && i < 64; i++) {
		back += p->fragments[i].first_line > p->fragments[i].last_line;
		forth += p->fragments[i].first_line < p->fragments[i].last_line;
	}
	return back > forth;
}

/* Stretches of it were read in another order than they stand: neither forth nor
 * back. */
static bool piece_is_shuffled(const struct piece *p)
{
	size_t back = 0, n = 0;

	for (size_t i = 1; i < p->nfragments; i++, n++)
		back += p->fragments[i].first_line <
			p->fragments[i - 1].first_line;
	for (size_t i = 1; i < p->nattempts; i++, n++)
		back += p->attempts[i].line < p->attempts[i - 1].line;
	return back && back < n / 2;
}

static void number_parts(struct derive *d)
{
	size_t n = d->npieces + 1u;

	d->frag_base = mem_alloc(n * sizeof *d->frag_base);
	d->ses_base = mem_alloc(n * sizeof *d->ses_base);
	d->att_base = mem_alloc(n * sizeof *d->att_base);
	for (uint32_t i = 0; i < d->npieces; i++) {
		const struct piece *p = d->pieces[i];

		d->frag_base[i + 1] = d->frag_base[i] + (uint32_t)p->nfragments;
		d->ses_base[i + 1] = d->ses_base[i] + (uint32_t)p->nsessions;
		d->att_base[i + 1] = d->att_base[i] + (uint32_t)p->nattempts;
	}
	d->nfrags = d->frag_base[d->npieces];
	d->nparts = d->ses_base[d->npieces];
	d->natts = d->att_base[d->npieces];
}

static uint32_t *pieces_of(const uint32_t *base, uint32_t npieces)
{
	uint32_t *piece = mem_resize(NULL, base[npieces] * sizeof *piece + 1);

	for (uint32_t i = 0; i < npieces; i++)
		for (uint32_t g = base[i]; g < base[i + 1]; g++)
			piece[g] = i;
	return piece;
}

/* One order for all of a source. */
static void spread_shuffled(struct derive *d)
{
	for (uint32_t i = 1; i < d->npieces; i++)
		if (d->pieces[i]->source == d->pieces[i - 1]->source)
			d->shuffled[i] |= d->shuffled[i - 1];
	for (uint32_t i = d->npieces; i-- > 1;)
		if (d->pieces[i]->source == d->pieces[i - 1]->source)
			d->shuffled[i - 1] |= d->shuffled[i];
}

static void derive_init(struct derive *d)
{
	size_t n = d->in->npieces;

	d->npieces = (uint32_t)n;
	d->pieces = mem_alloc(n * sizeof *d->pieces + 1);
	d->sources = mem_alloc(n * sizeof *d->sources + 1);
	d->backwards = mem_alloc(n * sizeof *d->backwards + 1);
	d->shuffled = mem_alloc(n * sizeof *d->shuffled + 1);
	if (n) {
		memcpy(d->pieces, d->in->pieces, n * sizeof *d->pieces);
		qsort(d->pieces, n, sizeof *d->pieces, piece_order);
	}
	for (uint32_t i = 0; i < n; i++) {
		d->sources[i] = source_of(d->in, d->pieces[i]->source);
		d->backwards[i] = piece_is_backwards(d->pieces[i]);
		d->shuffled[i] = !d->backwards[i] &&
				 piece_is_shuffled(d->pieces[i]);
	}
	spread_shuffled(d);
	rank_pieces(d);
	d->lifetime = d->in->settings.max_lifetime > 0
			      ? d->in->settings.max_lifetime
			      : 6 * US_DAY;
	number_parts(d);
	d->frag_piece = pieces_of(d->frag_base, d->npieces);
	d->part_piece = pieces_of(d->ses_base, d->npieces);
	d->att_piece = pieces_of(d->att_base, d->npieces);
}

static void derive_release(struct derive *d)
{
	void *const all[] = {
		d->pieces,    d->sources,   d->backwards,  d->rank,
		d->shuffled,
		d->frag_base, d->ses_base,  d->att_base,  d->frag_piece, d->part_piece,
		d->att_piece, d->frag_utc,  d->frag_txn,   d->part_ses,
		d->txns,      d->txn_frags, d->txn_atts,   d->sess,
		d->ses_parts, d->atts,      d->dels,       d->links,
		d->ses_txn,   d->continues, d->jnys,      d->jny_txns,   d->rcps,
		d->txn_order, d->del_ids};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		free(all[i]);
	map_release(&d->servers);
	coverage_release(&d->coverage);
	offsets_release(&d->offsets);
	clocks_release(&d->clocks);
	places_release(&d->places);
}

bool trace_derive(const struct trace_input *in, const struct stretch *stretches,
		  size_t nstretches, struct row_sink *sink,
		  struct cancel *cancel, struct err *err)
{
	static void (*const steps[])(struct derive *) = {
		places_given,        servers_learn,       coverage_step,
		stitch_transactions, stitch_sessions,
		attempts_init,       attempts_copied,     attempts_unite,
		attempts_logins,     attempts_agents,
		refuse_transactions, deliver_attempts,    link_transactions,
		offsets_step,        link_unsaid,         corroborate_links,
		retry_transactions,  contradict_links,    journeys_make,
		journeys_direct,
	};
	struct derive d = {
		.in = in, .sink = sink, .cancel = cancel, .err = err};
	bool ok = true;

	clocks_init(&d.clocks, stretches, nstretches);
	derive_init(&d);
	for (size_t i = 0; i < sizeof steps / sizeof *steps && ok; i++) {
		steps[i](&d);
		if (cancel_asked(cancel))
			ok = err_set(err, "cancelled while linking; "
					  "what was read is in the case");
	}
	ok = ok && derive_emit(&d);
	derive_release(&d);
	return ok;
}

static inline void look(const struct derive *d)
{
	struct piece_pages *p = d->in->pages;

	if (!p || ++p->looks < PIECE_LOOKS)
		return;
	p->looks = 0;
	p->looked(p);
}

const struct fragment *derive_fragment(const struct derive *d, uint32_t g)
{
	uint32_t p = d->frag_piece[g];

	look(d);
	return &d->pieces[p]->fragments[g - d->frag_base[p]];
}

const struct session_part *derive_part(const struct derive *d, uint32_t g)
{
	uint32_t p = d->part_piece[g];

	look(d);
	return &d->pieces[p]->sessions[g - d->ses_base[p]];
}

const struct attempt *derive_attempt(const struct derive *d, uint32_t g)
{
	uint32_t p = d->att_piece[g];

	look(d);
	return &d->pieces[p]->attempts[g - d->att_base[p]];
}

int64_t derive_utc(const struct derive *d, uint32_t piece, uint32_t line,
		   int64_t stamp, bool *assumed)
{
	const struct piece *p = d->pieces[piece];

	return clocks_utc(&d->clocks, p->source, p->first_line + line, stamp,
			  assumed);
}

/* The server that the analyst says HOST is one name of; a word, 0 none. */
static uint32_t given_server(const struct derive *d, struct slice host)
{
	uint32_t given = host.len ? place_given(d, host) : 0;

	return given || !host.len ? given
				  : place_given(d, server_of_host(host));
}

/* Of lines without a host: by what stands beside the file, else by its name. */
static uint32_t file_server(struct derive *d, const struct trace_source *s)
{
	struct strbuf file = {0};
	struct slice name;
	uint32_t word;

	server_of_file(s->path, &file);
	word = server_beside(d, s, strbuf_slice(&file));
	if (!word) {
		name = server_folder(d, s, strbuf_slice(&file));
		if (!name.len)
			name = strbuf_slice(&file);
		word = name.len ? d->sink->word(d->sink->arg, name) : 0;
	}
	strbuf_release(&file);
	return word;
}

uint32_t derive_server(struct derive *d, uint32_t piece, uint32_t host)
{
	const struct trace_source *s = d->sources[piece];
	uint32_t word = word_in(d->pieces[piece], host);
	uint64_t key = (uint64_t)(d->pieces[piece]->source + 1u) << 32 | word;
	uint32_t *known = map_add(&d->servers, key, 0), server = 0;
	struct slice name = {0};

	if (*known)
		return *known;
	if (s && s->server.len)
		name = s->server;
	else if (word)
		name = server_of_host(word_text(d, word));
	if (word && !(s && s->server.len))
		server = given_server(d, word_text(d, word));
	if (!server && name.len && !(s && s->server.len))
		server = server_spelled(d, name);
	if (!server && name.len)
		server = d->sink->word(d->sink->arg, name);
	if (!server && s)
		server = file_server(d, s);
	/* which may have asked for others */
	*map_add(&d->servers, key, 0) = server;
	return server;
}

struct slice derive_queue_id(const struct derive *d, const struct txn *t)
{
	uint32_t g;

	if (!t->nfrags)
		return slice_of(NULL, 0);
	g = d->txn_frags[t->frags];
	return intern_get(&d->pieces[d->frag_piece[g]]->texts,
			  derive_fragment(d, g)->queue_id);
}

struct slice derive_message_id(const struct derive *d, const struct txn *t)
{
	if (t->mid_frag == NONE32)
		return slice_of(NULL, 0);
	return intern_get(&d->pieces[d->frag_piece[t->mid_frag]]->texts,
			  derive_fragment(d, t->mid_frag)->message_id);
}

struct slice derive_next_id(const struct derive *d, uint32_t att)
{
	return intern_get(&d->pieces[d->att_piece[att]]->texts,
			  derive_attempt(d, att)->next_id);
}

bool derive_loopback(const struct derive *d, uint32_t att)
{
	const struct attempt *a = derive_attempt(d, att);
	const struct piece *p = d->pieces[d->att_piece[att]];
	struct slice ip = word_text(d, word_in(p, a->relay_ip));
	struct slice name = word_text(d, word_in(p, a->relay_name));

	return slice_starts(ip, SLICE("127.")) || slice_eq(ip, SLICE("::1")) ||
	       slice_starts(name, SLICE("127.")) ||
	       slice_starts(name, SLICE("[127.")) ||
	       slice_eq_nocase(slice_to(name, 9), SLICE("localhost"));
}

uint64_t derive_address_hash(const struct derive *d, uint32_t word)
{
	struct slice s = word_text(d, word);
	uint64_t h = s.len;

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		h = hash_mix(h, c >= 'A' && c <= 'Z' ? c | 0x20u : c);
	}
	return h;
}

struct txn *derive_add_txn(struct derive *d)
{
	struct txn *t;

	GROW(d->txns, d->ntxns, d->ctxns);
	t = &d->txns[d->ntxns++];
	*t = (struct txn){
		.opened = TIME_NONE,
		.first = TIME_NONE,
		.last = TIME_NONE,
		.generation = 1,
		.session = NONE32,
		.mid_frag = NONE32,
		.nrcpt = -1,
		.up = NONE32,
	};
	return t;
}
