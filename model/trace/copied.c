/* SPDX-License-Identifier: MIT */
/* Lines that stand in an earlier source, too: what they say is the same answer
 * and the same conversation told again. */
#include "base/alloc.h"
#include "model/trace/derive.h"

static const struct copy_run *run_at(const struct derive *d, uint32_t source,
				     uint64_t line)
{
	const struct copy_list *l = d->in->copies;
	size_t lo = 0, hi = l ? l->n : 0;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct copy_run *r = &l->list[mid];

		if (r->source < source ||
		    (r->source == source && r->last_line < line))
			lo = mid + 1;
		else
			hi = mid;
	}
	return l && lo < l->n && l->list[lo].source == source &&
			       l->list[lo].first_line <= line
		       ? &l->list[lo]
		       : NULL;
}

bool derive_is_copied(const struct derive *d, uint32_t piece, uint32_t line)
{
	const struct piece *p = d->pieces[piece];

	return d->in->copies && d->in->copies->n &&
	       run_at(d, p->source, p->first_line + line);
}

/* Source, line and number of the event: exact up to 2^24 lines a number. */
static uint64_t place_key(uint32_t source, uint64_t line, uint32_t ordinal)
{
	return key_of(hash_mix(hash_mix(source, line), ordinal));
}

static void index_places(const struct derive *d, struct map *places)
{
	for (uint32_t g = 0; g < d->natts; g++) {
		const struct attempt *a = derive_attempt(d, g);
		const struct piece *p = d->pieces[d->att_piece[g]];

		map_add(places,
			place_key(p->source, p->first_line + a->line,
				  a->ordinal),
			g);
	}
}

void attempts_copied(struct derive *d)
{
	struct map places = {0};

	if (!d->in->copies || !d->in->copies->n)
		return;
	index_places(d, &places);
	for (uint32_t g = 0; g < d->natts; g++) {
		const struct attempt *a = derive_attempt(d, g);
		const struct piece *p = d->pieces[d->att_piece[g]];
		uint64_t line = p->first_line + a->line;
		const struct copy_run *r = run_at(d, p->source, line);
		uint32_t *of;

		if (!r)
			continue;
		d->atts[g].copy = true;
		of = map_find(&places,
			      place_key(r->of,
					r->of_line + (line - r->first_line),
					a->ordinal));
		if (of)
			d->atts[*of].copies++;
	}
	map_release(&places);
}
