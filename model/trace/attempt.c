/* SPDX-License-Identifier: MIT */
/* Attempts find their transaction and session; the same answer told by several
 * sources of one server (collector and local copy, overlapping rotations)
 * becomes one. Two equal lines of one source stay two. */
#include "base/alloc.h"
#include "model/trace/derive.h"

void attempts_init(struct derive *d)
{
	d->atts = mem_alloc(d->natts * sizeof *d->atts + 1);
	for (uint32_t g = 0; g < d->natts; g++) {
		const struct attempt *a = derive_attempt(d, g);
		uint32_t piece = d->att_piece[g];
		struct att *t = &d->atts[g];

		t->utc = derive_utc(d, piece, a->line, a->time, &t->assumed);
		t->txn = t->ses = t->del = t->agent = NONE32;
		if (a->fragment != NONE32)
			t->txn = d->frag_txn[d->frag_base[piece] + a->fragment];
		if (a->session != NONE32)
			t->ses = d->part_ses[d->ses_base[piece] + a->session];
	}
}

uint32_t attempt_server(struct derive *d, uint32_t g)
{
	const struct att *t = &d->atts[g];

	if (t->txn != NONE32)
		return d->txns[t->txn].server;
	if (t->ses != NONE32)
		return d->sess[t->ses].server;
	return derive_server(d, d->att_piece[g], 0);
}

/* Servers that are told of by more than one source: value 1. */
static void find_shared(struct derive *d, struct map *shared)
{
	struct map first = {0};

	for (uint32_t g = 0; g < d->natts; g++) {
		uint32_t server = attempt_server(d, g);
		uint32_t source = d->pieces[d->att_piece[g]]->source;
		uint32_t *seen = map_add(&first, server + UINT64_C(1), source);

		if (*seen != source)
			*map_add(shared, server + UINT64_C(1), 1) = 1;
	}
	map_release(&first);
}

static uint64_t attempt_key(struct derive *d, uint32_t g)
{
	const struct attempt *a = derive_attempt(d, g);
	const struct piece *p = d->pieces[d->att_piece[g]];
	const struct att *t = &d->atts[g];
	const uint32_t words[] = {a->sender,   a->recipient,  a->client_ip,
				  a->relay_ip, a->relay_name, a->dsn,
				  a->reply,    a->stage};
	uint64_t key = hash_mix(attempt_server(d, g), (uint64_t)a->action);

	key = hash_mix(key, (uint64_t)(uint32_t)a->code);
	key = hash_mix(key, (uint64_t)t->txn << 32 | t->ses);
	key = hash_mix(key, (uint64_t)(t->utc / US_SECOND));
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		key = hash_mix(key, word_in(p, words[i]));
	if (a->next_id)
		key = hash_mix(key, hash64(intern_get(&p->texts, a->next_id)));
	return key;
}

#define UNITE_NEAR 64 /* equal answers of one second that are compared */

/* P are attempts that say the same within one second, in the order of reading.
 * The n-th of a source is the n-th of another. */
static void unite_run(struct derive *d, const struct pair *p, size_t n)
{
	uint32_t source = 0;
	size_t next = 0;

	for (size_t i = 0; i < n; i++) {
		struct att *t = &d->atts[p[i].value];
		uint32_t mine = d->pieces[d->att_piece[p[i].value]]->source;

		if (mine != source)
			next = 0;
		source = mine;
		if (t->copy)
			continue;
		for (size_t k = next; k < i && k < next + UNITE_NEAR; k++) {
			struct att *was = &d->atts[p[k].value];
			uint32_t piece = d->att_piece[p[k].value];

			if (was->copy || d->pieces[piece]->source == mine ||
			    !times_agree(was->utc, t->utc))
				continue;
			was->copies++;
			t->copy = true;
			next = k + 1;
			break;
		}
	}
}

void attempts_unite(struct derive *d)
{
	struct map shared = {0};
	struct pair *p;
	size_t n = 0;

	find_shared(d, &shared);
	p = mem_resize(NULL, (shared.n ? d->natts : 0) * sizeof *p + 1);
	for (uint32_t g = 0; shared.n && g < d->natts; g++) {
		if (d->atts[g].utc == TIME_NONE ||
		    !map_find(&shared, attempt_server(d, g) + UINT64_C(1)))
			continue;
		p[n].key = attempt_key(d, g);
		p[n++].value = g;
	}
	pairs_sort(p, n);
	for (size_t i = 0; i < n;) {
		size_t from = i;

		while (i < n && p[i].key == p[from].key)
			i++;
		if (i - from > 1)
			unite_run(d, p + from, i - from);
	}
	free(p);
	map_release(&shared);
}

/* A session logs in once as a user (RFC 4954: no AUTH after a successful one),
 * but some servers name the user again with each message: the first stays. */
void attempts_logins(struct derive *d)
{
	struct map first = {0};

	for (uint32_t g = 0; g < d->natts; g++) {
		const struct attempt *a = derive_attempt(d, g);
		struct att *t = &d->atts[g];
		uint32_t *was;

		if (a->action != ACTION_AUTH_OK || t->ses == NONE32 || t->copy)
			continue;
		was = map_add(&first,
			      (t->ses + UINT64_C(1)) << 32 |
				      word_in(d->pieces[d->att_piece[g]],
					      a->user),
			      g);
		if (*was == g)
			continue;
		if (t->utc < d->atts[*was].utc) {
			uint32_t later = *was;

			*was = g;
			t->copies = d->atts[later].copies;
			t = &d->atts[later];
		}
		t->copy = true;
		d->atts[*was].copies++;
	}
	map_release(&first);
}
