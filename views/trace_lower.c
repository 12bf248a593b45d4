/* SPDX-License-Identifier: MIT */
/* Draws the lower half of Trace: the records of the chosen step, or the two lines
 * that each item of its evidence stands on. */
#include "views/trace.h"

#include <stdlib.h>

/* ---- proof: both lines of each item of evidence --------------------------- */

/* "confirmed by 3: E1 queued as, E5 msgid, E6 addresses" */
static void draw_proof_title(const struct window *w, const struct step *s,
                             const struct trace_plan *p)
{
	const struct trace *t = trace_of(s);
	const struct tree_node *node = trace_node(s);
	struct strbuf text = { 0 };

	strbuf_addf(&text, "proof of this step: %.*s, ",
	            SLICE_FMT(tree_text(t->links, node->link, "class")));
	node_add_codes(&text, tree_text(t->links, node->link, "evidence"), true);
	window_text(w, p->rule + 1, 1, w->cols - 1, TONE_FAINT, TEXT_CUT_END,
	            strbuf_slice(&text));
	strbuf_release(&text);
}

#define PROOF_ROWS 4 /* that one record may take */

/* One record below its citation, in COLS columns from COL; rows it took. */
static int draw_side(const struct window *w, const struct step *s,
                     const struct trace_line *l, int row, int col, int cols,
                     bool chosen)
{
	struct strbuf text = { 0 };
	int most = w->rows - 1 - row, took = 1;

	trace_add_citation(s, l, &text);
	window_put(w, row, col, TONE_PROOF, theme_sign(w->theme, SIGN_PROOF));
	window_text(w, row, col + 1, cols - 2, TONE_PROOF, TEXT_CUT_LEFT,
	            strbuf_slice(&text));
	strbuf_release(&text);
	if (most > 1)
		took += window_text_wrapped(
			w, row + 1, col + 2, cols - 3,
			most - 1 < PROOF_ROWS ? most - 1 : PROOF_ROWS,
			TONE_NORMAL, tree_text(l->from, l->row, "raw"));
	if (chosen) {
		window_put(w, row, col - 1, TONE_NORMAL, ">");
		for (int i = 0; i < took; i++)
			window_tone(w, row + i, col - 1, cols, TONE_CURSOR);
		window_cursor(w, row, col - 1, false);
	}
	return took;
}

static int draw_heading(const struct window *w, const struct step *s,
                        const struct trace_line *l, int row)
{
	struct strbuf text = { 0 };

	trace_add_proof(s, l, &text);
	window_text(w, row, 1, w->cols - 1, TONE_STRONG, TEXT_CUT_END,
	            strbuf_slice(&text));
	strbuf_release(&text);
	return 1;
}

/* A pair has one heading; side by side where there is room. */
static int draw_pair(const struct window *w, const struct step *s,
                     const struct trace_line *l, size_t n, int row, size_t at)
{
	const struct trace_state *st = s->state;
	bool wide = w->cols >= TRACE_WIDE;
	int cols = wide ? w->cols / 2 - 1 : w->cols - 1, took = 0, least = row;
	size_t first = 0;

	row += draw_heading(w, s, l, row);
	/* no room for both: the chosen one */
	if (!wide && n == 2 && st->lines.row == (int64_t)at + 1 &&
	    w->rows - 1 - row < 2 * (PROOF_ROWS + 1))
		first = 1;
	for (size_t i = first; i < n && row < w->rows - 1; i++) {
		int own = draw_side(w, s, &l[i], row,
		                    wide ? 1 + (int)l[i].to * (cols + 1) : 1,
		                    cols, st->lines.row == (int64_t)(at + i));

		if (!wide)
			row += own;
		else if (own > took)
			took = own;
	}
	return row + took - least;
}

static size_t pair_length(const struct trace_line *lines, size_t n, size_t at)
{
	return at + 1 < n && lines[at + 1].evidence == lines[at].evidence ? 2 : 1;
}

/* Whether N lines have room at their longest. */
static bool pairs_fit(const struct window *w, const struct trace_plan *p,
                      size_t n)
{
	int one = PROOF_ROWS + 2; /* a heading and a citation are two more */

	if (w->cols < TRACE_WIDE)
		one = 2 * (PROOF_ROWS + 1) + 1;
	return (int)(n + 1) / 2 * one <= p->detail - p->lines;
}

/* From the pair at the top of the screen; the chosen one is always on it. */
static void draw_pairs(const struct window *w, const struct step *s,
                       const struct trace_plan *p,
                       const struct trace_line *lines, size_t n)
{
	struct trace_state *st = s->state;
	int row = p->lines;

	st->line_rows = 2; /* a page is a pair */
	table_move(&st->lines, 0, (int64_t)n, st->line_rows);
	for (size_t i = 0, len; i < n && row < p->detail; i += len) {
		len = pair_length(lines, n, i);
		/* what fits stands from the first on, else from the chosen */
		if ((int64_t)(i + len) <= st->lines.row &&
		    !pairs_fit(w, p, n))
			continue;
		row += draw_pair(w, s, &lines[i], len, row, i);
	}
	if (!n)
		window_put(w, p->lines, 1, TONE_FAINT,
		           "its lines are still being read, or belong to "
		           "another message");
}

/* ---- all lines of the step -------------------------------------------------- */

static void draw_lines_title(const struct window *w, const struct step *s,
                             const struct trace_plan *p, size_t n, bool proofs)
{
	const struct tree_node *node = trace_node(s);
	struct strbuf text = { 0 };
	const struct result *r;
	size_t row = TREE_NONE;

	if (((const struct trace_state *)s->state)->pairs) {
		draw_proof_title(w, s, p);
		return;
	}
	r = node ? trace_transaction(s, node, &row) : NULL;
	if (node && !node->transaction) {
		window_put(w, p->rule + 1, 1, TONE_FAINT,
		           "another message: Enter or R opens it");
		return;
	}
	strbuf_addf(&text, "lines of %.*s %.*s",
	            SLICE_FMT(tree_text(r, row, "server")),
	            SLICE_FMT(tree_text(r, row, "queue_id")));
	if (trace_lines_complete(s))
		strbuf_addf(&text, " (%zu)", n);
	else
		strbuf_addf(&text, " (%s %zu)",
		            step_reply(s, TRACE_EVENTS) ? "the first" : "reading,",
		            n);
	if (proofs)
		strbuf_addf(&text, "   %s proves this %s",
		            theme_sign(w->theme, SIGN_PROOF),
		            node && node->kind == NODE_RECIPIENT ? "answer"
		                                                 : "step");
	window_text(w, p->rule + 1, 1, w->cols - 1, TONE_FAINT, TEXT_CUT_END,
	            strbuf_slice(&text));
	strbuf_release(&text);
}

static int citation_width(const struct step *s, const struct trace_line *lines,
                          size_t n, int most)
{
	struct strbuf text = { 0 };
	int width = 8, own;

	for (size_t i = 0; i < n; i++) {
		strbuf_reset(&text);
		trace_add_citation(s, &lines[i], &text);
		own = text_width(strbuf_slice(&text));
		if (own > width)
			width = own < most ? own : most;
	}
	strbuf_release(&text);
	return width;
}

/* Draws one record; returns the rows it took. */
static int draw_line(const struct window *w, const struct step *s,
                     const struct trace_line *l, int row, int most, int cite)
{
	struct slice raw = tree_text(l->from, l->row, "raw");
	enum tone tone = l->proof ? TONE_PROOF : TONE_NORMAL;
	struct strbuf text = { 0 };
	int col = cite + 4, rows = w->cols >= TRACE_WIDE ? 4 : 1;

	if (l->proof)
		window_put(w, row, 1, tone, theme_sign(w->theme, SIGN_PROOF));
	trace_add_citation(s, l, &text);
	window_text(w, row, 2, cite, tone, TEXT_CUT_LEFT, strbuf_slice(&text));
	strbuf_release(&text);
	if (!raw.ptr)
		raw = SLICE("[evidence not here]");
	return window_text_wrapped(w, row, col, w->cols - col,
	                           rows < most ? rows : most, TONE_NORMAL, raw);
}

static void draw_all_lines(const struct window *w, const struct step *s,
                           const struct trace_plan *p,
                           const struct trace_line *lines, size_t n)
{
	struct trace_state *st = s->state;
	int row = p->lines, cite = citation_width(s, lines, n, w->cols / 4);
	struct table_cursor *c = &st->lines;

	table_move(c, 0, (int64_t)n, st->line_rows);
	for (size_t i = (size_t)c->top; i < n && row < p->detail; i++) {
		int took = draw_line(w, s, &lines[i], row, p->detail - row, cite);

		if (st->in_lines && (int64_t)i == c->row) {
			window_put(w, row, 0, TONE_NORMAL, ">");
			for (int k = 0; k < took; k++)
				window_tone(w, row + k, 0, w->cols, TONE_CURSOR);
			window_cursor(w, row, 0, false);
		} else if ((int64_t)i == c->row) {
			window_put(w, row, 0, TONE_NORMAL, ">");
		}
		row += took;
	}
}

static bool has_proof(const struct trace_line *lines, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (lines[i].proof)
			return true;
	return false;
}

static bool draw_lines_error(const struct window *w, const struct step *s,
                             const struct trace_plan *p)
{
	const struct reply *r = step_reply(s, TRACE_EVENTS);

	if (!r || r->ok || p->line_rows < 1)
		return false;
	window_put(w, p->lines, 1, TONE_ERROR, "error:");
	window_text_wrapped(w, p->lines, 8, w->cols - 9, p->line_rows,
	                    TONE_NORMAL, slice_str(r->err.text));
	return true;
}

void trace_draw_lower(const struct window *w, const struct step *s,
                      const struct trace_plan *p)
{
	struct trace_state *st = s->state;
	struct trace_line *lines;
	size_t n = trace_lines(s, &lines);

	/* records that wrap take up to four rows each */
	st->line_rows = p->wide ? p->line_rows / 3 : p->line_rows;
	if (st->line_rows < 1)
		st->line_rows = 1;
	window_fill(w, p->rule, 0, w->cols, TONE_FAINT,
	            theme_sign(w->theme, SIGN_RULE));
	draw_lines_title(w, s, p, n, has_proof(lines, n));
	if (!draw_lines_error(w, s, p) && st->pairs)
		draw_pairs(w, s, p, lines, n);
	else if (!draw_lines_error(w, s, p))
		draw_all_lines(w, s, p, lines, n);
	free(lines);
}
