/* SPDX-License-Identifier: MIT */
/* What each handoff says of two clocks: the next server took the message within
 * the time in which the first one handed it over (TRACE §4). */
#include "base/alloc.h"
#include "model/trace/clock_offset.h"
#include "model/trace/derive.h"
#include "model/trace/link.h"
#include "parsers/ids/id.h"

#define LOG_LATE (US_SECOND / 100) /* a line is written a little later */
#define ROUNDED (US_SECOND / 100)  /* of two sums below a second */
#define ID_LATE (US_SECOND / 2) /* an id is made so long before its line */
#define FINE (US_SECOND / 1000)
#define FAR (26 * US_HOUR)      /* another year or a test: no clock */

static struct instant instant_of(int64_t utc, int64_t packed)
{
	struct stamp t = stamp_unpack(packed);
	bool fine = t.has & STAMP_FRACTION;

	return (struct instant){utc - (fine ? LOG_LATE : FINE),
				utc + (fine ? LOG_LATE : US_SECOND)};
}

/* A fraction in units of 500 us may as well be one of 5 ms behind a host's
 * number: TRACE §6.4. Nothing in the id tells. */
static struct instant instant_of_id(int64_t utc)
{
	int64_t fraction = utc % US_SECOND, second = utc - fraction;
	int64_t other = fraction / 500 % 200 * 5000;
	struct instant t = {utc - FINE, utc + FINE};

	if (fraction % 500)
		return t;
	if (second + other < t.lo)
		t.lo = second + other;
	if (second + other + 5000 > t.hi)
		t.hi = second + other + 5000;
	return t;
}

/* Two digits are written, or whole seconds. */
static int64_t widest(int64_t transfer)
{
	int64_t more = transfer < US_SECOND ? 0 : transfer / 20;

	return transfer + more + ROUNDED +
	       (transfer % US_SECOND == 0 ? US_SECOND : 0);
}

/* When attempt ATT of FROM was under way, by FROM's clock. */
bool offsets_handing(const struct derive *d, const struct txn *from,
		     uint32_t att, struct instant *out)
{
	const struct attempt *a = derive_attempt(d, att);
	int64_t utc = d->atts[att].utc, start = -OFFSET_OPEN;

	if (utc == TIME_NONE)
		return false;
	*out = instant_of(utc, a->time);
	if (from->opened != TIME_NONE && from->opened <= utc)
		start = from->opened - LOG_LATE;
	if (a->delay >= 0 && out->lo - widest(a->delay) > start)
		start = out->lo - widest(a->delay);
	if (a->transfer >= 0 && out->lo - widest(a->transfer) > start)
		start = out->lo - widest(a->transfer);
	out->lo = start;
	return true;
}

/* Whether an id made at UTC and a line stamped PACKED, at LINE, show one clock: the
 * line is written at once. Exim counts on from the start of the process by a clock
 * that is not set, so that its ids stay when its lines step or drift. */
static bool is_one_clock(int64_t utc, int64_t line, int64_t packed)
{
	struct instant t = instant_of(line, packed);

	return utc >= t.lo - ID_LATE && utc <= t.hi;
}

/* An id that carries the own clock finer than the line does. */
static bool own_id_time(const struct derive *d, const struct txn *t,
			int64_t packed, int64_t *utc)
{
	for (uint32_t i = 0; i < t->nfrags; i++) {
		const struct fragment *f =
			derive_fragment(d, d->txn_frags[t->frags + i]);

		if (f->id_time == TIME_NONE)
			continue;
		*utc = f->id_time;
		return f->id_time % US_SECOND != 0 && packed != STAMP_NONE &&
		       is_one_clock(f->id_time, t->opened, packed);
	}
	return false;
}

static bool opening_stamp(const struct derive *d, const struct txn *t,
			  int64_t *packed)
{
	for (uint32_t i = 0; i < t->nfrags; i++) {
		const struct fragment *f =
			derive_fragment(d, d->txn_frags[t->frags + i]);

		if (f->opened == STAMP_NONE)
			continue;
		*packed = f->opened;
		return true;
	}
	return false;
}

/* When TO was taken, by its own clock. */
bool offsets_taking(const struct derive *d, const struct txn *to,
		    struct instant *out)
{
	int64_t id, packed;

	if (to->opened == TIME_NONE || !opening_stamp(d, to, &packed))
		return false;
	*out = instant_of(to->opened, packed);
	if (!(stamp_unpack(packed).has & STAMP_FRACTION) &&
	    !map_find(&d->offsets.odd_ids, to->server + UINT64_C(1)) &&
	    own_id_time(d, to, packed, &id))
		*out = instant_of_id(id);
	return true;
}

static void add(struct offsets *o, uint32_t a, uint32_t b,
		const struct instant *window, const struct instant *taken)
{
	int64_t at[2] = {window->hi, taken->lo};

	if (llabs(taken->lo - window->hi) > FAR)
		return;
	offsets_add(o, a, b, at, taken->lo - window->hi,
		    window->lo <= -OFFSET_OPEN ? OFFSET_OPEN
					       : taken->hi - window->lo);
}

static void collect_links(struct derive *d, struct offsets *o)
{
	for (uint32_t i = 0; i < d->nlinks; i++) {
		const struct link *k = &d->links[i];
		const struct txn *from = &d->txns[k->from];
		const struct txn *to = &d->txns[k->to];
		struct instant window, taken;

		if (k->class != CLASS_CONFIRMED || k->att == NONE32 ||
		    !(k->evidence & E(1)) || k->kind != LINK_HANDOFF ||
		    from->server == to->server || !from->server ||
		    !to->server || !offsets_handing(d, from, k->att, &window) ||
		    !offsets_taking(d, to, &taken))
			continue;
		add(o, offsets_add_node(o, from->server, false),
		    offsets_add_node(o, to->server, false), &window, &taken);
	}
}

/* The last two labels: a big receiver answers under many names. */
static struct slice domain_of(struct slice name)
{
	size_t dots = 0;

	for (size_t i = name.len; i--;)
		if (name.ptr[i] == '.' && ++dots == 2)
			return slice_from(name, i + 1);
	return name;
}

static uint32_t attempt_at(const struct piece *p, uint32_t line)
{
	size_t lo = 0, hi = p->nattempts;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (p->attempts[mid].line < line)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == p->nattempts || p->attempts[lo].line != line)
		return NONE32;
	return (uint32_t)lo;
}

static bool is_time_of_id(struct slice id, int64_t utc)
{
	struct id x;

	if (!id.len)
		return false;
	for (size_t i = 0; id_families[i]; i++)
		if (id_families[i]->decode(id, utc, &x) && x.has & ID_TIME &&
		    x.lo / US_SECOND == utc / US_SECOND)
			return true;
	return false;
}

/* The answer of attempt ATT was given at UTC by the clock of who gave it. */
static void collect_answer(struct derive *d, struct offsets *o,
			   const struct map *known, uint32_t att, int64_t utc)
{
	const struct attempt *a = derive_attempt(d, att);
	const struct piece *p = d->pieces[d->att_piece[att]];
	struct slice name = word_text(d, word_in(p, a->relay_name));
	struct instant window, taken = {utc, utc + US_SECOND};
	bool of_id = is_time_of_id(derive_next_id(d, att), utc);
	const struct txn *from;
	uint32_t node;

	/* An id in whole seconds may tell when the session began, not when the
	 * message was taken (TRACE §6.3): it is no clock to measure by. */
	if (a->action != ACTION_RELAY || d->atts[att].txn == NONE32 ||
	    !name.len || derive_loopback(d, att) ||
	    (of_id && utc % US_SECOND == 0) ||
	    map_find(known, key_of(hash64(domain_of(name)))))
		return;
	from = &d->txns[d->atts[att].txn];
	if (!from->server || !offsets_handing(d, from, att, &window))
		return;
	if (utc % US_SECOND)
		taken = instant_of_id(utc);
	name = domain_of(name);
	node = offsets_add_node(o, d->sink->word(d->sink->arg, name), true);
	o->nodes[node].timed = o->nodes[node].timed || !of_id;
	add(o, offsets_add_node(o, from->server, false), node, &window, &taken);
}

/* Domains to which a handoff led whose other side has a log, by their words. */
static void add_known(struct derive *d, struct map *known)
{
	for (uint32_t i = 0; i < d->nlinks; i++) {
		uint32_t att = d->links[i].att;
		struct slice name;

		if (att == NONE32 || d->links[i].class != CLASS_CONFIRMED)
			continue;
		name = word_text(d, word_in(d->pieces[d->att_piece[att]],
					    derive_attempt(d, att)->relay_name));
		if (name.len)
			map_add(known, key_of(hash64(domain_of(name))), 1);
	}
}

static void collect_answers(struct derive *d, struct offsets *o)
{
	struct map known = {0};

	add_known(d, &known);
	for (uint32_t i = 0; i < d->npieces; i++) {
		const struct piece *p = d->pieces[i];

		for (size_t k = 0; k < p->nhints; k++) {
			const struct time_hint *h = &p->hints[k];
			uint32_t at = h->kind == HINT_OTHER
					      ? attempt_at(p, h->line)
					      : NONE32;

			if (at != NONE32)
				collect_answer(d, o, &known,
					       d->att_base[i] + at, h->utc);
		}
	}
	map_release(&known);
}

#define ODD_IDS 10 /* one in so many may be of a message that came slowly */

struct id_count {
	uint32_t server, ids, odd;
};

/* Servers whose ids often are not of the clock of their lines. */
static void find_odd_ids(struct derive *d, struct offsets *o)
{
	struct id_count *count = NULL;
	struct map at = {0};
	size_t n = 0, cap = 0;

	for (uint32_t i = 0; i < d->ntxns; i++) {
		const struct txn *t = &d->txns[i];
		int64_t packed, utc;
		uint32_t *k;
		bool one;

		if (t->opened == TIME_NONE || !opening_stamp(d, t, &packed))
			continue;
		utc = TIME_NONE;
		one = own_id_time(d, t, packed, &utc);
		if (utc == TIME_NONE || utc % US_SECOND == 0)
			continue;
		k = map_add(&at, t->server + UINT64_C(1), (uint32_t)n);
		if (*k == n) {
			GROW(count, n, cap);
			count[n++] = (struct id_count){t->server, 0, 0};
		}
		count[*k].ids++;
		count[*k].odd += !one;
	}
	for (size_t i = 0; i < n; i++)
		if (count[i].odd > 1 && count[i].odd * ODD_IDS > count[i].ids)
			map_add(&o->odd_ids, count[i].server + UINT64_C(1), 1);
	free(count);
	map_release(&at);
}

void offsets_collect(struct derive *d, struct offsets *o)
{
	find_odd_ids(d, o);
	collect_links(d, o);
	collect_answers(d, o);
}
