/* SPDX-License-Identifier: MIT */
/* What is missing or contradictory as rows. */
#include "model/trace/emit.h"
#include "model/trace/finding.h"

static int row_order(const void *a, const void *b)
{
	const struct missing_row *x = a, *y = b;

	if (x->journey != y->journey)
		return x->journey < y->journey ? -1 : 1;
	if (x->transaction != y->transaction)
		return x->transaction < y->transaction ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return slice_cmp(x->queue_id, y->queue_id);
}

bool emit_missing(struct derive *d)
{
	struct missing_list m;
	bool ok = true;

	missing_make(d, &m);
	if (m.n)
		qsort(m.list, m.n, sizeof *m.list, row_order);
	for (size_t i = 0; i < m.n && ok; i++)
		ok = d->sink->missing(d->sink->arg, &m.list[i], d->err);
	ok = ok && emit_findings(d, &m);
	missing_release(&m);
	return ok;
}
