/* SPDX-License-Identifier: MIT */
/* Draws Trace: the message, the tree, the records of the chosen step. */
#include "views/trace.h"

#include "base/civil.h"
#include "model/report/trace_latency.h"
#include "model/report/trace_report.h"
#include "model/store/rows.h"
#include "views/shell_info.h"

#include <stdlib.h>

static struct trace_plan make_plan(const struct window *w, int nodes,
                                   bool proof)
{
	struct trace_plan p = { .head = w->rows >= 8 ? 2 : 1,
		          .wide = w->cols >= TRACE_WIDE };
	int left;

	p.tree = p.head + (w->rows >= 16);
	p.detail = w->rows - 1;
	left = p.detail - p.tree - 2; /* the rule and the lines' title */
	p.tree_rows = left - left / 2;
	/* its proof is what is asked for: the tree keeps the step and a few */
	if (proof && p.tree_rows > left / 4)
		p.tree_rows = left > 8 ? left / 4 : 1;
	if (nodes < p.tree_rows)
		p.tree_rows = nodes > 1 ? nodes : 1;
	p.rule = p.tree + p.tree_rows;
	p.lines = p.rule + 2;
	p.line_rows = p.detail - p.lines;
	if (p.line_rows < 0)
		p.line_rows = 0;
	return p;
}

/* ---- the message ------------------------------------------------------- */

static void add_quoted(struct strbuf *out, struct slice subject)
{
	struct strbuf text = { 0 };

	text_decode_2047(&text, subject);
	strbuf_add_char(out, '"');
	strbuf_add_slice(out, strbuf_slice(&text));
	strbuf_add_char(out, '"');
	strbuf_release(&text);
}

static int cells_of(struct slice text)
{
	struct strbuf clean = { 0 };
	int width;

	text_sanitise(&clean, text);
	width = text_width(strbuf_slice(&clean));
	strbuf_release(&clean);
	return width;
}

/* TEXT in at most MOST cells and two blanks behind; returns the next column. */
static int put_cell(const struct window *w, int row, int col, int most,
                    enum tone tone, enum text_cut cut, struct slice text)
{
	int width = cells_of(text);

	if (width > most)
		width = most;
	if (width <= 0)
		return col;
	return window_text(w, row, col, width, tone, cut, text) + 2;
}

static void add_recipients(struct strbuf *out, const struct trace *t, bool wide)
{
	const struct result *r = t->recipients;

	if (!wide || !r) {
		text_add_number(out, tree_number(t->journey, 0, "recipients"));
		return;
	}
	for (size_t i = 0; i < r->nrows && i < 20; i++) {
		strbuf_add_str(out, i ? ", " : "");
		strbuf_add_slice(out, tree_text(r, i, "address"));
	}
}

static int draw_message_id(const struct window *w, struct slice mid, int most)
{
	int col = 1;

	if (!mid.len)
		return window_put(w, 0, col, TONE_FAINT, "no message-id") + 2;
	col = window_put(w, 0, col, TONE_STRONG, "⟨");
	col = put_cell(w, 0, col, most, TONE_STRONG, TEXT_CUT_MIDDLE, mid) - 2;
	return window_put(w, 0, col, TONE_STRONG, "⟩") + 2;
}

/* The subject takes what size, sender and the number of recipients leave. */
static int draw_subject(const struct window *w, int col, struct slice subject,
                        int others)
{
	struct strbuf text = { 0 };
	int room = w->cols - 1 - col - others;

	if (!subject.len || room < 8)
		return col;
	add_quoted(&text, subject);
	col = put_cell(w, 0, col, room, TONE_NORMAL, TEXT_CUT_END,
	               strbuf_slice(&text));
	strbuf_release(&text);
	return col;
}

static void draw_message(const struct window *w, const struct trace *t,
                         bool wide)
{
	const struct result *j = t->journey;
	struct slice sender = tree_text(j, 0, "sender");
	struct strbuf size = { 0 }, to = { 0 };
	int most = w->cols / 3, col, from;

	if (!sender.ptr)
		sender = SLICE("sender not logged");
	if (tree_number(j, 0, "size") > 0) {
		text_add_number(&size, tree_number(j, 0, "size"));
		strbuf_add_str(&size, wide ? " bytes" : " B");
	}
	strbuf_addf(&to, "%s ", theme_sign(w->theme, SIGN_ARROW_RIGHT));
	add_recipients(&to, t, wide);
	from = cells_of(sender) < most ? cells_of(sender) : most;
	col = draw_message_id(w, tree_text(j, 0, "message_id"),
	                      w->cols * 2 / 5);
	col = draw_subject(w, col, tree_text(j, 0, "subject"),
	                   (int)size.len + from + 6 +
	                           (wide ? w->cols / 4 : cells_of(strbuf_slice(&to))));
	col = put_cell(w, 0, col, 16, TONE_NORMAL, TEXT_CUT_END,
	               strbuf_slice(&size));
	if (from > w->cols - col - 6)
		from = w->cols - col - 6;
	col = put_cell(w, 0, col, from, TONE_NORMAL, TEXT_CUT_ADDRESS, sender);
	put_cell(w, 0, col - 1, w->cols - col + 1, TONE_NORMAL, TEXT_CUT_END,
	         strbuf_slice(&to));
	strbuf_release(&size);
	strbuf_release(&to);
}

static const struct {
	enum outcome outcome;
	enum sign sign;
	enum tone tone;
} counts[] = {
	{ OUTCOME_DELIVERED, SIGN_DELIVERED, TONE_GOOD },
	{ OUTCOME_RELAYED, SIGN_RELAYED, TONE_GOOD },
	{ OUTCOME_FAILED, SIGN_FAILED, TONE_BAD },
	{ OUTCOME_REFUSED, SIGN_REFUSED, TONE_BAD },
	{ OUTCOME_WITHHELD, SIGN_WITHHELD, TONE_BAD },
	{ OUTCOME_DELAYED, SIGN_DELAYED, TONE_WAIT },
	{ OUTCOME_UNKNOWN, SIGN_UNKNOWN, TONE_UNSURE },
};

/* Refused and withheld share a sign, so the word stays where there is room. */
static int draw_counts(const struct window *w, int col, const struct result *j,
                       bool words)
{
	struct strbuf text = { 0 };

	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		const char *name = outcome_name(counts[i].outcome);
		int64_t n = tree_number(j, 0, name);

		if (!n)
			continue;
		strbuf_reset(&text);
		strbuf_addf(&text, "%s ", theme_sign(w->theme, counts[i].sign));
		text_add_number(&text, n);
		if (words)
			strbuf_addf(&text, " %s", name);
		col = window_put(w, 1, col, counts[i].tone,
		                 strbuf_text(&text)) + 2;
	}
	strbuf_release(&text);
	return col;
}

/* "3 servers   "; those whose log is not here are counted behind. */
static void add_servers(struct strbuf *out, const struct trace *t)
{
	struct slice names = tree_text(t->journey, 0, "servers");
	size_t n = 0;

	while (names.len)
		n += slice_cut(&names, ' ').len > 0;
	if (n)
		strbuf_addf(out, "%zu server%s   ", n, n == 1 ? "" : "s");
}

static int draw_recipients_count(const struct window *w, int col,
                                 const struct result *j)
{
	int64_t n = tree_number(j, 0, "recipients");
	struct strbuf text = { 0 };

	text_add_number(&text, n);
	strbuf_addf(&text, " recipient%s:", n == 1 ? "" : "s");
	col = window_put(w, 1, col, TONE_NORMAL, strbuf_text(&text)) + 1;
	strbuf_release(&text);
	return col;
}

static bool is_named_before(const struct result *m, size_t row,
                            struct slice name)
{
	for (size_t i = 0; i < row; i++)
		if (slice_eq(tree_text(m, i, "wanted"), name) &&
		    slice_eq(tree_text(m, i, "kind"), SLICE("no log")))
			return true;
	return false;
}

/* "? 2 no log": servers that the message was handed to and that have no log in
 * this case. */
static int draw_missing_count(const struct window *w, int col,
                              const struct trace *t)
{
	const struct result *m = t->missing;
	struct strbuf text = { 0 };
	struct slice before = { NULL, 0 };
	int64_t n = 0, other = 0;

	for (size_t i = 0; m && i < m->nrows; i++) {
		struct slice name = tree_text(m, i, "wanted");

		if (!slice_eq(tree_text(m, i, "kind"), SLICE("no log")))
			other++;
		else if (!slice_eq(name, before))
			n += !is_named_before(m, i, name);
		before = name;
	}
	strbuf_addf(&text, "%s ", theme_sign(w->theme, SIGN_UNKNOWN));
	text_add_number(&text, n ? n : other);
	strbuf_add_str(&text, n ? " no log" : " contradictory");
	if ((n || other) && col + text_width(strbuf_slice(&text)) < w->cols)
		col = window_put(w, 1, col, TONE_UNSURE, strbuf_text(&text)) + 2;
	strbuf_release(&text);
	return col;
}

/* Not a number where the clocks leave none. */
static void add_latency(struct strbuf *out, const struct trace *t, bool wide)
{
	struct latency l = trace_latency(t);

	if (l.state == LATENCY_NO_DELIVERY)
		return;
	strbuf_add_str(out, "  ");
	if (l.state != LATENCY_KNOWN)
		strbuf_add_str(out, "latency ");
	else if (wide)
		strbuf_add_str(out, "took ");
	latency_add(out, &l);
}

static void draw_summary(const struct window *w, const struct step *s,
                         const struct look *look, bool wide)
{
	const struct trace *t = trace_of(s);
	int64_t first = tree_number(t->journey, 0, "first_utc");
	struct strbuf text = { 0 };
	int col;

	if (wide)
		add_servers(&text, t);
	text_add_number(&text, (int64_t)t->transactions->nrows);
	strbuf_addf(&text, " transaction%s",
	            t->transactions->nrows == 1 ? "" : "s");
	add_latency(&text, t, wide);
	col = window_put(w, 1, 1, TONE_NORMAL, strbuf_text(&text)) + 3;
	strbuf_reset(&text);
	if (wide)
		col = draw_recipients_count(w, col, t->journey);
	col = draw_counts(w, col, t->journey, w->cols >= 72);
	col = draw_missing_count(w, col, t) + 1;
	if (first) {
		struct times times = look->times;

		if (times.mode == TIMES_LOGGED || times.mode == TIMES_CORRECTED)
			times.mode = TIMES_UTC;
		strbuf_add_str(&text, wide ? "first accepted " : "");
		times_add(&times, first, 0, &text);
		strbuf_addf(&text, " %s", times_name(&times));
		if (col + text_width(strbuf_slice(&text)) < w->cols)
			col = window_put(w, 1, col, TONE_FAINT,
			                 strbuf_text(&text)) + 3;
	}
	strbuf_reset(&text);
	trace_add_clocks(&text, t);
	if (col + text_width(strbuf_slice(&text)) < w->cols)
		window_text(w, 1, col, w->cols - col, TONE_NORMAL, TEXT_CUT_END,
		            strbuf_slice(&text));
	strbuf_release(&text);
}

/* ---- the tree ---------------------------------------------------------- */

/* Widths of the columns at the right; 0: dropped. */
struct right {
	int evidence, id;
	int deepest; /* what is deeper is drawn at this depth, and says so */
};

static int draw_branches(const struct window *w, int row, const struct tree *t,
                         size_t node, bool sure, int deepest)
{
	const struct tree_node *n = &t->nodes[node];
	const struct theme *th = w->theme;
	char number[32];
	int col = 1;

	if (n->level > deepest) {
		snprintf(number, sizeof number, "%d ", n->level);
		col = window_put(w, row, 1 + 2 * (deepest - 1), TONE_FAINT,
		                 theme_sign(th, SIGN_TREE_LAST));
		return window_put(w, row, col, TONE_FAINT, number);
	}
	for (int d = 1; d < n->depth; d++, col += 2)
		if (n->bars >> d & 1)
			window_put(w, row, col, TONE_FAINT,
			           theme_sign(th, SIGN_TREE_DOWN));
	if (n->depth == 0)
		return col;
	if (n->kind == NODE_FILTER) {
		if (!n->last)
			window_put(w, row, col, TONE_FAINT,
			           theme_sign(th, SIGN_TREE_DOWN));
		return col + 2;
	}
	window_put(w, row, col, TONE_FAINT,
	           theme_sign(th, n->last ? SIGN_TREE_LAST : SIGN_TREE_FORK));
	window_put(w, row, col + 1, TONE_FAINT,
	           theme_sign(th, sure ? SIGN_TREE_DASH : SIGN_TREE_DOTS));
	return col + 2;
}

static void draw_node(const struct window *w, int row,
                      const struct telling *to, size_t node,
                      const struct right *right)
{
	const struct trace_state *st = to->step->state;
	const struct tree_node *n = &st->tree.nodes[node];
	bool chosen = node == st->node;
	struct node_text text;
	int col, end = w->cols;

	node_text_make(&text, to, node);
	col = draw_branches(w, row, &st->tree, node, text.sure, right->deepest);
	col = window_put(w, row, col, text.tone,
	                 theme_sign(w->theme, text.sign)) + 1;
	if (n->folded)
		strbuf_add_str(&text.text, "  (folded, l opens)");
	if (right->id && (text.id.ptr || text.evidence.len ||
	                  n->kind == NODE_TRANSACTION)) {
		end -= right->id;
		window_text_right(w, row, end, right->id, TONE_NORMAL, text.id);
		end--;
	}
	if (text.evidence.len && right->evidence) {
		end -= right->evidence;
		window_text(w, row, end, right->evidence,
		            text.sure ? TONE_PROOF : TONE_UNSURE, TEXT_CUT_END,
		            strbuf_slice(&text.evidence));
		end--;
	}
	window_text(w, row, col, end - col,
	            n->kind == NODE_RELATED ? TONE_FAINT : TONE_NORMAL,
	            TEXT_CUT_END, strbuf_slice(&text.text));
	node_text_release(&text);
	if (!chosen)
		return;
	window_put(w, row, 0, TONE_NORMAL, ">");
	if (!st->in_lines) {
		window_tone(w, row, 0, w->cols, TONE_CURSOR);
		window_cursor(w, row, 0, false);
	}
}

static void widen(int *width, struct slice text, int most)
{
	int own = text_width(text);

	if (own > *width)
		*width = own < most ? own : most;
}

static void widen_by_ids(const struct result *r, int *width, int most)
{
	for (size_t i = 0; r && i < r->nrows; i++)
		widen(width, tree_text(r, i, "queue_id"), most);
}

#define TREE_LEAST 26 /* cells of the tree; ids, then evidence give way */
#define TEXT_LEAST 24 /* of a line, behind its branches */

/* A queue id up to 17 cells is never cut (UI.md §4): its column drops. */
static void drop_columns(struct right *r, int cols)
{
	if (cols - r->id - r->evidence - 2 < TREE_LEAST)
		r->id = 0;
	if (cols - r->id - r->evidence - 2 < TREE_LEAST)
		r->evidence = 0;
	r->deepest = (cols - r->id - r->evidence - 2 - TEXT_LEAST) / 2;
	if (r->deepest < 2)
		r->deepest = 2;
}

static struct right right_columns(const struct telling *to, int cols)
{
	const struct trace_state *st = to->step->state;
	const struct trace *t = trace_of(to->step);
	struct right r = { .evidence = 2, .id = 8 };
	struct strbuf text = { 0 };

	widen_by_ids(t->transactions, &r.id, to->wide ? 30 : 17);
	widen_by_ids(step_result(to->step, TRACE_OTHERS), &r.id,
	             to->wide ? 30 : 17);
	for (size_t i = 0; i < st->tree.n; i++) {
		strbuf_reset(&text);
		node_add_evidence(&text, t, &st->tree.nodes[i], to->wide);
		widen(&r.evidence, strbuf_slice(&text),
		      to->wide ? TRACE_EVIDENCE_WIDE : TRACE_EVIDENCE);
	}
	strbuf_release(&text);
	drop_columns(&r, cols);
	return r;
}

static int visible_before(const struct tree *t, size_t node)
{
	int n = 0;

	for (size_t i = 0; i < node; i++)
		n += !tree_is_hidden(t, i);
	return n;
}

static void draw_tree(const struct window *w, const struct telling *to,
                      const struct trace_plan *p)
{
	struct trace_state *st = to->step->state;
	struct right right = right_columns(to, w->cols);
	struct table_cursor c = { .row = visible_before(&st->tree, st->node),
		                  .top = st->tree_top };
	int i = 0;

	st->tree_rows = p->tree_rows;
	table_move(&c, 0, (int64_t)tree_visible(&st->tree), p->tree_rows);
	st->tree_top = (int)c.top;
	for (size_t node = 0; node < st->tree.n; node++) {
		if (tree_is_hidden(&st->tree, node))
			continue;
		if (i >= c.top && i < c.top + p->tree_rows)
			draw_node(w, p->tree + i - (int)c.top, to, node, &right);
		i++;
	}
}

/* What was noted on the line under the cursor, on the message at its first step. */
static void add_notes(struct strbuf *out, const struct telling *to)
{
	const struct trace_state *st = to->step->state;
	struct trace_line *lines;
	size_t n, at = (size_t)st->lines.row;
	bool any = false;

	if (!st->in_lines) {
		any = st->node == 0 && look_add_notes(to->look, UNIT_MESSAGES,
		                                      st->shown, out);
	} else {
		n = trace_lines(to->step, &lines);
		any = at < n && look_add_notes(to->look, UNIT_EVENTS,
		                               lines[at].from->ids[lines[at].row],
		                               out);
		free(lines);
	}
	if (any)
		strbuf_add_str(out, "   ");
}

static void draw_detail(const struct window *w, const struct telling *to,
                        int row)
{
	struct strbuf text = { 0 };

	add_notes(&text, to);
	node_add_detail(&text, to);
	window_text(w, row, 1, w->cols - 1, TONE_NORMAL, TEXT_CUT_END,
	            strbuf_slice(&text));
	strbuf_release(&text);
}

/* The last line says what all of it does not mean: it always has a place. */
static void draw_paragraphs(const struct window *w, struct slice text)
{
	size_t end = slice_rchr(slice_to(text, text.len - 1), '\n');
	struct slice last = slice_from(text, end + 1);
	int row = w->rows > 10, most = w->rows - 3;

	text = slice_to(text, end);
	while (text.len && row < most)
		row += window_text_wrapped(w, row, 1, w->cols - 2, most - row,
		                           TONE_NORMAL, slice_cut(&text, '\n'));
	if (text.len)
		window_put(w, row - 1, 1, TONE_FAINT,
		           theme_sign(w->theme, SIGN_ELLIPSIS));
	window_text_wrapped(w, row, 1, w->cols - 2, w->rows - row, TONE_NORMAL,
	                    slice_cut(&last, '\n'));
}

static void draw_absent(const struct window *w, const struct step *s,
                        const struct look *look)
{
	const struct trace_state *st = s->state;
	const struct reply *r = step_reply(s, TRACE_SLOT);
	struct strbuf text = { 0 };

	if (r && !r->ok) {
		window_put(w, 1, 1, TONE_ERROR, "error:");
		window_text_wrapped(w, 1, 8, w->cols - 9, 4, TONE_NORMAL,
		                    slice_str(r->err.text));
	} else if (st->searched && !st->nfound) {
		trace_add_nothing(&text, slice_str(st->id), look->sources,
		                  look->gaps);
		draw_paragraphs(w, strbuf_slice(&text));
	}
	strbuf_release(&text);
}

void trace_draw(const struct step *s, const struct look *look,
                const struct window *w)
{
	const struct trace_state *st = s->state;
	struct telling to = { .step = s, .look = look, .theme = w->theme,
		              .wide = w->cols >= TRACE_WIDE };
	struct trace_plan p;

	window_cursor(w, 0, 0, false);
	if (!trace_of(s) || !st->tree.n) {
		draw_absent(w, s, look);
		return;
	}
	p = make_plan(w, (int)tree_visible(&st->tree),
	              st->in_lines && st->pairs);
	draw_message(w, trace_of(s), p.wide);
	if (p.head > 1)
		draw_summary(w, s, look, p.wide);
	draw_tree(w, &to, &p);
	trace_draw_lower(w, s, &p);
	draw_detail(w, &to, p.detail);
}
