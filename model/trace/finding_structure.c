/* SPDX-License-Identifier: MIT */
/* Messages of which lines are missing (TRACE §7, T3): only where the log covers
 * the time at which those lines should stand. */
#include "base/alloc.h"
#include "model/trace/finding.h"

#define AROUND US_SECOND
#define AT_ONCE US_MINUTE /* a daemon closes what it has done within it */

struct structure {
	struct finding_list *l;
	bool *made; /* of each transaction: its own server made it of another */
};

/* When the message must have been there already, and since when a line of its
 * beginning can be missed. TIME_NONE: nothing tells. */
static int64_t born(const struct derive *d, const struct txn *t)
{
	int64_t at = TIME_NONE;

	if (t->opened != TIME_NONE)
		return t->opened;
	for (uint32_t i = t->dels; i < t->dels + t->ndels; i++) {
		uint32_t g = d->dels[i].last;
		int64_t x;

		if (g == NONE32 || derive_attempt(d, g)->delay < 0 ||
		    d->atts[g].utc == TIME_NONE)
			continue;
		x = d->atts[g].utc - derive_attempt(d, g)->delay;
		if (at == TIME_NONE || x < at)
			at = x;
	}
	return at;
}

/* Somebody tried to send it on: what is refused, held or thrown away at the door
 * never gets into the queue. */
static bool was_handled(const struct derive *d, const struct txn *t)
{
	for (uint32_t i = t->dels; i < t->dels + t->ndels; i++) {
		enum outcome o = d->dels[i].outcome;

		if (o != OUTCOME_REFUSED && o != OUTCOME_WITHHELD &&
		    d->dels[i].last != NONE32)
			return true;
	}
	return false;
}

/* What a daemon writes of itself: notices to the postmaster, and bounces. */
static bool is_own(const struct derive *d, const struct txn *t)
{
	struct slice s = word_text(d, t->sender);

	return slice_eq(s, SLICE("<>")) ||
	       slice_starts(s, SLICE("double-bounce@"));
}

/* NULL: nothing. */
static const char *lacking(const struct structure *s, const struct txn *t)
{
	const struct derive *d = s->l->d;
	bool handled = was_handled(d, t);

	if (t->opened == TIME_NONE)
		return t->edges & PART_ENVELOPE
			       ? "how it came in"
			       : "how it came in, and its sender";
	if (!(t->edges & PART_ENVELOPE) && handled)
		return "the one with its sender that is written before it is "
		       "sent on";
	if (t->edges & PART_TELLS_ID && t->edges & PART_ENVELOPE &&
	    t->mid_frag == NONE32)
		return "the one with its message-id";
	if (!(t->edges & PART_OPENED) && t->edges & PART_ENVELOPE &&
	    t->sender && !s->made[t - d->txns] && !is_own(d, t))
		return "who handed it in";
	return NULL;
}

static void fire_orphan(struct structure *s, const struct txn *t,
			const char *what, int64_t at)
{
	struct finding_list *l = s->l;
	struct derive *d = l->d;
	struct slice id = derive_queue_id(d, t);
	bool covered = at != TIME_NONE &&
		       coverage_holds(&d->coverage, t->server, at - AROUND,
				      t->first);
	struct firing f = {
		.rule = covered ? RULE_ORPHAN : RULE_BEGINS,
		.server = t->server,
		.group = covered ? 0 : 1,
		.from = t->first,
		.to = t->last,
	};

	strbuf_reset(&l->text);
	if (covered) {
		f.name = id;
		strbuf_addf(&l->text, "%.*s is delivered or removed, but a line "
				      "is not there: %s. The log covers the time "
				      "from ", SLICE_FMT(id), what);
		civil_add_iso(&l->text, at);
		strbuf_add_str(&l->text, " on: consistent with lines that were "
					 "taken out");
	} else {
		strbuf_add_str(&l->text, "messages whose beginning lies before "
					 "the log or in a gap of it");
	}
	finding_add_txn(l, finding_fire(l, &f), t);
}

static void check_beginning(struct structure *s, const struct txn *t)
{
	struct derive *d = s->l->d;
	int64_t at = born(d, t);
	const char *what;

	if (at == TIME_NONE && t->edges & PART_CLOSED &&
	    !(t->edges & (PART_ENVELOPE | PART_ADMIN)))
		at = t->first - AT_ONCE; /* who closes it has just sent it */
	if (at != TIME_NONE)
		finding_tried(s->l, RULE_ORPHAN, t->server, 1);
	if (t->edges & PART_ADMIN && !was_handled(d, t))
		return;
	what = lacking(s, t);
	if (what)
		fire_orphan(s, t, what, at);
}

static bool all_final(const struct derive *d, const struct txn *t)
{
	for (uint32_t i = t->dels; i < t->dels + t->ndels; i++)
		if (d->dels[i].outcome == OUTCOME_DELAYED ||
		    d->dels[i].last == NONE32)
			return false;
	return t->ndels && (t->nrcpt < 0 || (uint32_t)t->nrcpt <= t->ndels);
}

static void check_end(struct structure *s, const struct txn *t)
{
	struct finding_list *l = s->l;
	struct derive *d = l->d;
	struct firing f = {
		.rule = RULE_ENDLESS,
		.server = t->server,
		.from = t->last,
		.to = t->last,
		.name = derive_queue_id(d, t),
	};

	if (!all_final(d, t) || t->edges & PART_ADMIN ||
	    !was_handled(d, t) ||
	    !coverage_holds(&d->coverage, t->server, t->last,
			    t->last + AT_ONCE))
		return;
	finding_tried(l, RULE_ENDLESS, t->server, 1);
	if (t->edges & PART_CLOSED)
		return;
	strbuf_reset(&l->text);
	strbuf_addf(&l->text, "all recipients of %.*s have their answer, and no "
			      "line says that it left the queue",
		    SLICE_FMT(f.name));
	finding_add_txn(l, finding_fire(l, &f), t);
}

static void check_fate(struct structure *s, const struct txn *t)
{
	struct finding_list *l = s->l;
	struct derive *d = l->d;
	struct firing f = {
		.rule = RULE_FATELESS,
		.server = t->server,
		.from = t->first,
		.to = t->last,
		.name = derive_queue_id(d, t),
	};

	if (!(t->edges & PART_CLOSED) || !(t->edges & PART_ENVELOPE) ||
	    t->edges & PART_ADMIN || t->opened == TIME_NONE || t->nrcpt == 0 ||
	    !coverage_holds(&d->coverage, t->server, t->opened, t->last))
		return;
	finding_tried(l, RULE_FATELESS, t->server, 1);
	if (t->ndels)
		return;
	strbuf_reset(&l->text);
	strbuf_addf(&l->text, "%.*s was queued and removed, and no line says "
			      "what became of its recipients: consistent with "
			      "lines that were taken out",
		    SLICE_FMT(f.name));
	finding_add_txn(l, finding_fire(l, &f), t);
}

void findings_structure(struct finding_list *l)
{
	struct derive *d = l->d;
	struct structure s = {.l = l};

	s.made = mem_alloc(d->ntxns * sizeof *s.made + 1);
	for (uint32_t i = 0; i < d->nlinks; i++)
		if (d->links[i].kind != LINK_HANDOFF &&
		    d->links[i].kind != LINK_FILTER)
			s.made[d->links[i].to] = true;
	for (uint32_t i = 0; i < d->ntxns; i++) {
		const struct txn *t = &d->txns[i];

		if (!finding_is_mail(t) || t->edges & PART_IDLE)
			continue;
		check_beginning(&s, t);
		check_end(&s, t);
		check_fate(&s, t);
	}
	free(s.made);
}
