/* SPDX-License-Identifier: MIT */
/* Where a message leaves the queue and comes back without any id: through a
 * command, as a list manager does it, and as a notice that no line names. What
 * is left are server, time and what the sender wrote: links of several
 * candidates stay possible, and of none of them anything is said. */
#include "model/trace/link.h"

#include "base/alloc.h"

#define MANAGER_WITHIN (10 * US_MINUTE) /* a list manager may have a queue */
#define NOTICE_WITHIN (2 * US_MINUTE)
#define STAMP US_SECOND /* stamps may lack the fraction */
#define LOOK_MAX 256

struct local {
	struct linker *l;
	struct pair *txns; /* submitted on their server, by server and time */
	size_t n, cap;
};

static bool is_null(const struct derive *d, uint32_t word)
{
	return slice_eq(word_text(d, word), SLICE("<>"));
}

static bool is_local(const struct derive *d, const struct txn *t)
{
	struct slice ip = word_text(d, t->client_ip);
	struct slice name = word_text(d, t->client_name);

	return slice_starts(ip, SLICE("127.")) || slice_eq(ip, SLICE("::1")) ||
	       (!ip.len && (slice_eq(name, SLICE("local")) ||
			    slice_eq(name, SLICE("localhost"))));
}

static void index_local(struct local *x)
{
	struct derive *d = x->l->d;

	for (uint32_t i = 0; i < d->ntxns; i++) {
		const struct txn *t = &d->txns[i];

		if (!t->nfrags || t->opened == TIME_NONE || !is_local(d, t))
			continue;
		GROW(x->txns, x->n, x->cap);
		x->txns[x->n++] = (struct pair){pair_time(t->opened), i};
	}
	if (!x->n)
		return;
	/* by time first: the second sort is stable */
	pairs_sort(x->txns, x->n);
	for (size_t i = 0; i < x->n; i++)
		x->txns[i].key = d->txns[x->txns[i].value].server;
	pairs_sort(x->txns, x->n);
}

/* The first that was submitted on SERVER at TIME or later. */
static size_t first_from(const struct local *x, uint32_t server, int64_t time)
{
	const struct derive *d = x->l->d;
	size_t lo = 0, hi = x->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct pair *p = &x->txns[mid];

		if (p->key < server ||
		    (p->key == server && d->txns[p->value].opened < time))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

#define BEST_MAX 8

/* The candidates that fit best, all of the same score. */
struct best {
	struct candidate {
		uint32_t txn;
		int64_t gap;
		unsigned evidence;
	} list[BEST_MAX];
	unsigned n;
	int score;
};

static void better(struct best *b, int score, struct candidate c)
{
	if (score < b->score)
		return;
	if (score > b->score)
		b->n = 0;
	b->score = score;
	if (b->n < BEST_MAX)
		b->list[b->n++] = c;
}

static bool same_id(const struct derive *d, const struct txn *a,
		    const struct txn *b)
{
	struct slice x = derive_message_id(d, a), y = derive_message_id(d, b);

	return x.len && !slice_eq(x, SLICE("<>")) && slice_eq(x, y);
}

/* "LIST-bounces", "owner-LIST", "LIST-bounces+bob=partner.example" for LIST: how
 * list managers make a sender of their list's address. */
static bool is_of_list(struct slice sender, struct slice list, bool any_domain)
{
	static const char *const words[] = {"bounce", "owner", "admin",
					    "return", "request", "errors"};
	size_t at = slice_rchr(sender, '@'), of = slice_rchr(list, '@');
	struct slice name;
	size_t part;

	if (at == SLICE_NONE || of == SLICE_NONE || !of)
		return false;
	if (!any_domain &&
	    !slice_eq_nocase(slice_from(sender, at), slice_from(list, of)))
		return false;
	sender = slice_to(sender, at);
	name = slice_to(list, of);
	part = slice_find(sender, name);
	if (part == SLICE_NONE || sender.len == name.len)
		return false;
	if (part && !strchr("-+=.", sender.ptr[part - 1]))
		return false;
	part += name.len;
	if (part < sender.len && !strchr("-+=.", sender.ptr[part]))
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_find(sender, slice_str(words[i])) != SLICE_NONE)
			return true;
	return false;
}

/* "command: /usr/bin/x", "|/usr/bin/x", "mailman": no mailbox, no file. */
static bool is_command(struct slice place)
{
	return slice_starts(place, SLICE("command")) ||
	       slice_starts(place, SLICE("|")) ||
	       slice_starts(place, SLICE("\"|")) ||
	       slice_starts(place, SLICE("pipe"));
}

static bool went_to_command(const struct derive *d, const struct del *v)
{
	const struct attempt *a;

	/* a delivery agent that was run says what it did */
	if (v->last == NONE32 || v->link != NONE32 ||
	    d->atts[v->last].utc == TIME_NONE ||
	    d->atts[v->last].agent != NONE32)
		return false;
	a = derive_attempt(d, v->last);
	return (a->action == ACTION_DELIVER || a->action == ACTION_EXPAND) &&
	       is_command(word_text(
		       d, word_in(d->pieces[d->att_piece[v->last]], a->place)));
}

/* What was submitted while the command ran, or by what it left behind. */
static struct best find_child(const struct local *x, const struct del *v)
{
	const struct derive *d = x->l->d;
	const struct txn *from = &d->txns[v->txn];
	int64_t transfer = derive_attempt(d, v->last)->transfer;
	int64_t end = d->atts[v->last].utc;
	int64_t start = end - STAMP - (transfer > 0 ? transfer : 0);
	struct slice list = word_text(d, v->orig ? v->orig : v->recipient);
	struct best b = {.n = 0};

	for (size_t i = first_from(x, from->server, start), look = LOOK_MAX;
	     i < x->n && x->txns[i].key == from->server && look; i++, look--) {
		uint32_t k = x->txns[i].value;
		const struct txn *to = &d->txns[k];
		bool ran = to->opened <= end + STAMP;
		bool id = same_id(d, from, to);
		/* a manager may post under a domain of its own */
		bool named = is_of_list(word_text(d, to->sender), list, ran);
		int score = 4 * id + 2 * named + ran;

		if (to->opened > end + MANAGER_WITHIN)
			break;
		if (k == v->txn || to->up != NONE32 || !score ||
		    (is_null(d, to->sender) && !id))
			continue;
		better(&b, score,
		       (struct candidate){k, to->opened - end,
					  E(6) | (id ? E(5) : 0) |
						  (named ? E(7) : 0)});
	}
	return b;
}

static void link_command(struct local *x, struct del *v)
{
	struct best b = find_child(x, v);

	for (unsigned i = 0; i < b.n; i++) {
		const struct candidate *k = &b.list[i];

		v->link = link_claim(
			x->l,
			&(struct claim){
				.from = v->txn,
				.to = k->txn,
				.kind = LINK_EXPANSION,
				/* the network alone is no proof */
				.class = b.n > 1 ? CLASS_POSSIBLE
					 : k->evidence == E(6)
						 ? CLASS_PROBABLE
						 : CLASS_CONFIRMED,
				.evidence = k->evidence,
				.att = v->last,
				.key = NONE32,
				.good = b.score * GOOD_STEP - llabs(k->gap),
			});
	}
}

static void link_commands(struct local *x)
{
	struct derive *d = x->l->d;

	for (uint32_t i = 0; i < d->ndels; i++)
		if (went_to_command(d, &d->dels[i]))
			link_command(x, &d->dels[i]);
	/* another delivery may have taken it since */
	for (uint32_t i = 0; i < d->ndels; i++) {
		struct del *v = &d->dels[i];
		const struct link *k =
			v->link == NONE32 ? NULL : &d->links[v->link];

		if (!k || k->kind != LINK_EXPANSION || v->goes_on)
			continue;
		v->goes_on = k->class == CLASS_CONFIRMED;
		if (!v->goes_on)
			v->link = NONE32;
	}
}

static bool has_notice(const struct map *told, uint32_t txn)
{
	return map_find(told, txn + UINT64_C(1)) != NULL;
}

/* The failed transaction whose sender this null-sender message is for. */
static struct best find_failed(const struct local *x, const struct map *told,
			       const struct pair *failed, size_t n, uint32_t to)
{
	const struct derive *d = x->l->d;
	const struct txn *t = &d->txns[to];
	uint32_t address = d->dels[t->dels].recipient;
	size_t i = pairs_find(failed, n, hash_mix(t->server, address));
	struct best b = {.n = 0};

	for (size_t look = 0; i < n && look < LOOK_MAX &&
			      failed[i].key == hash_mix(t->server, address);
	     i++, look++) {
		const struct del *v = &d->dels[failed[i].value];
		int64_t gap = t->opened - d->atts[v->last].utc;

		if (v->txn == to || gap < -STAMP || gap > NOTICE_WITHIN ||
		    has_notice(told, v->txn))
			continue;
		if (b.n && b.list[b.n - 1].txn == v->txn)
			continue;
		/* within a second of it any may be the cause */
		better(&b, gap <= STAMP ? 2 : 1,
		       (struct candidate){v->txn, gap, E(6) | E(7)});
	}
	return b;
}

static struct pair *index_failed(const struct derive *d, size_t *count)
{
	struct pair *p = NULL;
	size_t n = 0, cap = 0;

	for (uint32_t i = 0; i < d->ndels; i++) {
		const struct del *v = &d->dels[i];
		const struct txn *t = &d->txns[v->txn];

		if (v->outcome != OUTCOME_FAILED || v->last == NONE32 ||
		    !t->sender || is_null(d, t->sender) ||
		    d->atts[v->last].utc == TIME_NONE)
			continue;
		GROW(p, n, cap);
		p[n++] = (struct pair){hash_mix(t->server, t->sender), i};
	}
	if (n)
		pairs_sort(p, n);
	*count = n;
	return p;
}

/* Transactions of which a line says that a notice was made. */
static void told_notices(const struct derive *d, struct map *told)
{
	for (uint32_t i = 0; i < d->nlinks; i++)
		if (d->links[i].kind == LINK_BOUNCE)
			map_add(told, d->links[i].from + UINT64_C(1), 1);
}

/* A failure has one notice: once it is known, the others are not about it. */
static void claim_notice(struct local *x, struct map *told,
			 const struct best *b, uint32_t to)
{
	if (b->n == 1)
		map_add(told, b->list[0].txn + UINT64_C(1), 1);
	for (unsigned i = 0; i < b->n; i++) {
		struct claim c = {
			.from = b->list[i].txn,
			.to = to,
			.kind = LINK_BOUNCE,
			.class = b->n > 1 ? CLASS_POSSIBLE : CLASS_CONFIRMED,
			.evidence = b->list[i].evidence,
			.att = NONE32,
			.key = NONE32,
			.good = GOOD_STEP - b->list[i].gap,
		};

		link_claim(x->l, &c);
	}
}

static void link_notices(struct local *x)
{
	struct derive *d = x->l->d;
	struct map told = {0};
	size_t n;
	struct pair *failed = index_failed(d, &n);

	told_notices(d, &told);
	/* those at hand first */
	for (size_t i = 0; i < 2 * x->n && n; i++) {
		uint32_t to = x->txns[i % x->n].value;
		const struct txn *t = &d->txns[to];
		struct best b;

		if (t->up != NONE32 || t->ndels != 1 || !is_null(d, t->sender))
			continue;
		b = find_failed(x, &told, failed, n, to);
		if (i >= x->n || b.score > 1)
			claim_notice(x, &told, &b, to);
	}
	free(failed);
	map_release(&told);
}

void link_locals(struct linker *l)
{
	struct local x = {.l = l};

	index_local(&x);
	if (x.n) {
		link_made(l, x.txns, x.n);
		link_commands(&x);
		link_notices(&x);
	}
	free(x.txns);
}
