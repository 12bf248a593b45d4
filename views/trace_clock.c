/* SPDX-License-Identifier: MIT */
/* Corrected times in Trace: what the clock of a server was off is taken away, with
 * its uncertainty. Logged times stay what they are; this is a view. */
#include "views/trace.h"

#include "base/civil.h"

#include <math.h>
#include <stdlib.h>

/* Offset and half width, in s. */
struct correction {
	double offset, half;
};

static double seconds(const struct result *r, size_t row, const char *column)
{
	char text[64] = "";
	struct slice s = tree_text(r, row, column);

	if (s.len < sizeof text && s.len)
		memcpy(text, s.ptr, s.len);
	return strtod(text, NULL);
}

static bool correction_at(const struct trace *t, struct slice server, int64_t us,
                          struct correction *c)
{
	ptrdiff_t row = trace_clock(t, server, us);
	double lo, hi;

	if (row < 0)
		return false;
	lo = seconds(t->clocks, (size_t)row, "offset_lo_s");
	hi = seconds(t->clocks, (size_t)row, "offset_hi_s");
	/* a clock that may be right is left alone */
	if (lo <= 0 && hi >= 0)
		*c = (struct correction){ 0, fabs(fmax(-lo, hi)) }; /* never -0 */
	else
		*c = (struct correction){ (lo + hi) / 2, (hi - lo) / 2 };
	return true;
}

static size_t parent_of(const struct trace *t, size_t tx)
{
	int64_t id = t->transactions->ids[tx];

	for (size_t i = 0; i < t->links->nrows; i++)
		if (tree_number(t->links, i, "to_transaction") == id)
			return tree_row_of(t->transactions,
			                   tree_number(t->links, i,
			                               "from_transaction"));
	return TREE_NONE;
}

#define STEPS 64 /* links that are followed to give an order */
static bool is_above(const struct trace *t, size_t a, size_t b)
{
	for (int i = 0; i < STEPS && b != TREE_NONE; i++) {
		if (a == b)
			return true;
		b = parent_of(t, b);
	}
	return false;
}

#define COMPARED 40 /* transactions of a message whose order is looked at */

/* Another server's transaction may have been earlier or later, and no link
 * tells which. */
static bool is_order_open(const struct trace *t, size_t row, int64_t us,
                          const struct correction *own)
{
	const struct result *x = t->transactions;

	for (size_t i = 0; i < x->nrows && x->nrows <= COMPARED; i++) {
		int64_t other = tree_number(x, i, "opened_utc");
		struct correction c;
		double gap;

		if (i == row || !other ||
		    slice_eq(tree_text(x, i, "server"),
		             tree_text(x, row, "server")) ||
		    !correction_at(t, tree_text(x, i, "server"), other, &c))
			continue;
		gap = ((double)us / 1e6 - own->offset) -
		      ((double)other / 1e6 - c.offset);
		if (fabs(gap) <= own->half + c.half && !is_above(t, i, row) &&
		    !is_above(t, row, i))
			return true;
	}
	return false;
}

static const char *about(const struct telling *to)
{
	return to->theme->ascii ? "+-" : "±";
}

void trace_add_corrected(struct strbuf *out, const struct telling *to,
                         int64_t transaction, int64_t us)
{
	const struct trace *t = trace_of(to->step);
	size_t row = tree_row_of(t->transactions, transaction);
	struct slice server = tree_text(t->transactions, row, "server");
	struct times times = to->look->times;
	struct strbuf text = { 0 };
	struct correction c;

	if (row == TREE_NONE || !correction_at(t, server, us, &c)) {
		times_add(&times, us, to->wide ? 3 : 0, &text);
		strbuf_add_slice(out, slice_from(strbuf_slice(&text), 11));
		strbuf_addf(out, "%s?", about(to));
		strbuf_release(&text);
		return;
	}
	if (is_order_open(t, row, us, &c))
		strbuf_add_str(out, to->theme->ascii ? "~" : "≈");
	times_add(&times, us - (int64_t)(c.offset * 1e6), 1, &text);
	strbuf_add_slice(out, slice_from(strbuf_slice(&text), 11));
	strbuf_addf(out, "%s%.1f", about(to), c.half);
	strbuf_release(&text);
}

void trace_add_clocks(struct strbuf *out, const struct trace *t)
{
	const struct result *x = t->transactions;
	struct slice reference = { NULL, 0 };
	size_t n = 0;

	for (size_t i = 0; t->clocks && i < t->clocks->nrows; i++)
		if (tree_text(t->clocks, i, "reference").len)
			reference = tree_text(t->clocks, i, "reference");
	for (size_t i = 0; i < x->nrows && n < 4; i++) {
		struct slice server = tree_text(x, i, "server");
		struct correction c;
		bool seen = false;

		for (size_t k = 0; k < i && !seen; k++)
			seen = slice_eq(server, tree_text(x, k, "server"));
		if (seen ||
		    !correction_at(t, server, tree_number(x, i, "opened_utc"),
		                   &c) ||
		    fabs(c.offset) <= c.half)
			continue;
		strbuf_addf(out, "%s%.*s %+.1f s", n++ ? ", " : "clocks: ",
		            SLICE_FMT(server), c.offset);
	}
	if (n)
		strbuf_addf(out, " against %.*s", SLICE_FMT(reference));
}
