/* SPDX-License-Identifier: MIT */
/* The proof of a step: for each item of evidence the two lines that it compares,
 * and what stands in both. */
#include "views/trace.h"

#include "base/alloc.h"

static bool same_lines(const struct result *e, size_t a, size_t b)
{
	static const char *const columns[] = { "from_source", "from_line",
		"to_source", "to_line" };

	for (size_t i = 0; i < 4; i++)
		if (tree_number(e, a, columns[i]) != tree_number(e, b, columns[i]))
			return false;
	return true;
}

#define CODES 12 /* TRACE.md §3: the smaller its number, the stronger it is */

static bool is_item(const struct result *e, size_t row, int64_t link, int code)
{
	char name[8];

	snprintf(name, sizeof name, "E%d", code);
	return tree_number(e, row, "link_id") == link &&
	       slice_eq(tree_text(e, row, "code"), slice_str(name));
}

/* Rows of the journey's events, then of the other transaction's. */
static bool find_record(const struct step *s, int64_t source, int64_t line,
                        struct trace_line *out)
{
	const struct result *from[] = { step_result(s, TRACE_EVENTS),
		step_result(s, TRACE_LINES) };

	for (size_t k = 0; k < 2 && line > 0; k++)
		for (size_t i = 0; from[k] && i < from[k]->nrows; i++)
			if (tree_number(from[k], i, "line") == line &&
			    tree_number(from[k], i, "source_id") == source) {
				out->from = from[k];
				out->row = i;
				return true;
			}
	return false;
}

struct pairs {
	const struct step *step;
	struct trace_line *list;
	size_t n, cap;
};

static bool is_listed(const struct pairs *p, const struct result *e, size_t row)
{
	for (size_t i = 0; i < p->n; i++)
		if (same_lines(e, p->list[i].evidence, row))
			return true;
	return false;
}

static void add_pair(struct pairs *p, const struct result *e, size_t row)
{
	for (int to = 0; to < 2; to++) {
		struct trace_line l = { .proof = true, .to = to,
			                .evidence = row };

		if (!find_record(p->step,
		                 tree_number(e, row, to ? "to_source"
		                                        : "from_source"),
		                 tree_number(e, row, to ? "to_line"
		                                        : "from_line"),
		                 &l))
			continue;
		GROW(p->list, p->n, p->cap);
		p->list[p->n++] = l;
	}
}

size_t trace_pairs(const struct step *s, struct trace_line **lines)
{
	const struct trace *t = trace_of(s);
	const struct tree_node *node = trace_node(s);
	struct pairs p = { .step = s };

	*lines = NULL;
	if (!t || !node || node->link == TREE_NONE || !t->evidence)
		return 0;
	for (int code = 1; code <= CODES; code++)
		for (size_t i = 0; i < t->evidence->nrows; i++)
			if (is_item(t->evidence, i, t->links->ids[node->link],
			            code) &&
			    !is_listed(&p, t->evidence, i))
				add_pair(&p, t->evidence, i);
	*lines = p.list;
	return p.n;
}

static void add_item(const struct result *e, size_t row, struct strbuf *out)
{
	struct slice code = tree_text(e, row, "code");
	struct slice from = tree_text(e, row, "from_text");
	struct slice to = tree_text(e, row, "to_text");

	strbuf_addf(out, "%.*s %s", SLICE_FMT(code), node_code_words(code));
	if (from.len)
		strbuf_addf(out, " %.*s", SLICE_FMT(from));
	if (to.len && !slice_eq(from, to))
		strbuf_addf(out, "%s %.*s", from.len ? " =" : "", SLICE_FMT(to));
}

void trace_add_proof(const struct step *s, const struct trace_line *l,
                     struct strbuf *out)
{
	const struct result *e = trace_of(s)->evidence;
	int64_t link = tree_number(e, l->evidence, "link_id");
	const char *between = "";

	for (int code = 1; code <= CODES; code++)
		for (size_t i = 0; i < e->nrows; i++) {
			if (!is_item(e, i, link, code) ||
			    !same_lines(e, i, l->evidence))
				continue;
			strbuf_add_str(out, between);
			add_item(e, i, out);
			between = ", ";
		}
}
