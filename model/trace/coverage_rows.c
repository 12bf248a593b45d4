/* SPDX-License-Identifier: MIT */
/* What was covered as rows; a source without a single time has one too. */
#include "model/trace/emit.h"

void coverage_step(struct derive *d)
{
	coverage_make(d, &d->coverage);
}

static bool has_rows(const struct coverage *c, uint32_t source)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->list[i].source == source)
			return true;
	return false;
}

static uint32_t piece_host(const struct piece *p)
{
	if (p->nfragments)
		return p->fragments[0].host;
	return p->nsessions ? p->sessions[0].host : 0;
}

static bool emit_timeless(struct derive *d)
{
	for (uint32_t i = 0; i < d->npieces;) {
		struct coverage_row r = {
			.source = d->pieces[i]->source,
			.server = derive_server(d, i, piece_host(d->pieces[i])),
			.from = TIME_NONE,
			.to = TIME_NONE,
			.kind = COVERAGE_COVERED,
		};

		for (; i < d->npieces && d->pieces[i]->source == r.source; i++)
			r.lines += d->pieces[i]->lines;
		if (!has_rows(&d->coverage, r.source) &&
		    !d->sink->coverage(d->sink->arg, &r, d->err))
			return false;
	}
	return true;
}

bool emit_coverage(struct derive *d)
{
	for (size_t i = 0; i < d->coverage.n; i++)
		if (!d->sink->coverage(d->sink->arg, &d->coverage.list[i],
				       d->err))
			return false;
	return emit_timeless(d);
}
