/* SPDX-License-Identifier: MIT */
/* Trace: the tree of a journey, and what it looks like. */
#include "tests/tui.h"
#include "tests/trace_sample.h"

#include "views/trace.h"

/* "0T1 1F2 …": depth, kind and row or transaction, in order. */
static void assert_tree(const struct tree *t, const char *wanted)
{
	static const char kinds[] = "TFRLX?M";
	struct strbuf out = { 0 };

	for (size_t i = 0; i < t->n; i++) {
		const struct tree_node *n = &t->nodes[i];
		long long what = n->kind == NODE_RECIPIENT ? (long long)n->row
		                 : n->kind == NODE_RELATED ? n->journey
		                                           : n->transaction;

		strbuf_addf(&out, "%s%d%c%lld%s", i ? " " : "", n->depth,
		            kinds[n->kind], what, n->last ? "." : "");
	}
	assert_string_equal(strbuf_text(&out), wanted);
	strbuf_release(&out);
}

static void tree_follows_the_links(void **state)
{
	struct trace *t = sample_trace();
	struct tree tree = { 0 };

	(void)state;
	tree_build(&tree, t, NULL);
	/* the filter pass stands in the row of its parent, what came out of it
	 * below the same parent; the bounce below the one that failed */
	assert_tree(&tree, "0T1. 1F2 1T3. 2T4 3R0. 2R1 2R2. 3L9 3L8. 0X5. 0X6.");
	tree_release(&tree);
	drop_trace(t);
}

static void bounce_is_not_listed_twice(void **state)
{
	struct trace *t = sample_trace();
	struct result *others = sample_others();
	struct tree tree = { 0 };

	(void)state;
	tree_build(&tree, t, others);
	assert_tree(&tree, "0T1. 1F2 1T3. 2T4 3R0. 2R1 2R2. 3L9 3L8. 0X6.");
	tree_release(&tree);
	drop_result(others);
	drop_trace(t);
}

static void folding_hides_what_is_below(void **state)
{
	struct trace *t = sample_trace();
	struct tree tree = { 0 };

	(void)state;
	tree_build(&tree, t, NULL);
	assert_int_equal(tree_visible(&tree), 11);
	tree.nodes[2].folded = true;
	assert_int_equal(tree_visible(&tree), 5);
	assert_int_equal(tree_step(&tree, 2, 1), 9);
	assert_int_equal(tree_step(&tree, 9, -1), 2);
	assert_int_equal(tree_step(&tree, 10, 1), 10);
	assert_int_equal(tree_step(&tree, 0, -1), 0);
	/* built anew, it is still folded */
	tree_build(&tree, t, NULL);
	assert_true(tree.nodes[2].folded);
	tree_release(&tree);
	drop_trace(t);
}

/* Links that contradict each other must neither hang nor lose a transaction. */
static void circles_and_orphans_are_shown(void **state)
{
	struct trace *t = sample_trace();
	struct tree tree = { 0 };

	(void)state;
	drop_result(t->links);
	t->links = make_result(link_columns,
		"1|1|2|handoff|confirmed|E1|-\n"
		"2|2|1|handoff|confirmed|E1|-\n"
		"3|3|3|handoff|confirmed|E1|-\n"
		"4|77|78|handoff|confirmed|E1|-\n");
	tree_build(&tree, t, NULL);
	/* no link leads to 3 and 4; 1 and 2 begin anywhere */
	assert_tree(&tree, "0T3. 1R1 1R2. 0T4. 1R0. 0T1. 1T2. 0X5. 0X6.");
	tree_release(&tree);
	drop_trace(t);
}

static void filters_in_a_circle_end(void **state)
{
	struct trace *t = sample_trace();
	struct tree tree = { 0 };

	(void)state;
	drop_result(t->links);
	t->links = make_result(link_columns,
		"1|1|2|filter|confirmed|E2|-\n"
		"2|2|1|filter|confirmed|E2|-\n");
	tree_build(&tree, t, NULL);
	assert_tree(&tree, "0T3. 1R1 1R2. 0T4. 1R0. 0T1. 1F2. 0X5. 0X6.");
	tree_release(&tree);
	drop_trace(t);
}

/* A list with a transaction for each member must not take the square of it. */
static void thousands_are_built_at_once(void **state)
{
	struct strbuf tx = { 0 }, links = { 0 }, ends = { 0 }, d = { 0 };
	struct trace *t = sample_trace();
	struct tree tree = { 0 };

	(void)state;
	strbuf_add_str(&tx, "1|1|s|-|Q1|2026-03-10T09:16:21Z|-|complete|"
	               "-|-|-|1\n");
	for (int i = 2; i <= 20000; i++) {
		strbuf_addf(&tx, "%d|1|s|-|Q%d|2026-03-10T09:16:21Z|-|complete|"
		            "-|-|-|1\n", i, i);
		strbuf_addf(&links, "%d|1|%d|expansion|confirmed|E2|-\n", i, i);
		strbuf_addf(&ends, "%d|u%d@example.org|-|-|delivered|-|s|Q%d|250|"
		            "-|-|-|-|-|1\n", i, i, i);
		strbuf_addf(&d, "%d|%d|U%d@example.org|delivered\n", i, i, i);
	}
	drop_result(t->transactions);
	drop_result(t->links);
	drop_result(t->recipients);
	drop_result(t->deliveries);
	t->transactions = make_result(tx_columns, strbuf_text(&tx));
	t->links = make_result(link_columns, strbuf_text(&links));
	t->recipients = make_result(recipient_columns, strbuf_text(&ends));
	t->deliveries = make_result(delivery_columns, strbuf_text(&d));
	tree_build(&tree, t, NULL);
	assert_int_equal(tree.n, 1 + 20000 + 19999 + 2);
	assert_int_equal(tree.nodes[1].kind, NODE_MANY);
	assert_int_equal(tree.nodes[1].of, NODE_TRANSACTION);
	assert_int_equal(tree.nodes[3].kind, NODE_RECIPIENT);
	assert_int_equal(tree.nodes[3].parent, 2);
	assert_int_equal(tree_visible(&tree), 4);
	tree_release(&tree);
	drop_trace(t);
	strbuf_release(&tx);
	strbuf_release(&links);
	strbuf_release(&ends);
	strbuf_release(&d);
}

/* 30 recipients, two of them failed; 25 of the others at one server without a
 * log. */
static struct trace *crowded_trace(void)
{
	static const char *const missing_columns[] = { "missing_id",
		"transaction_id", "kind", "wanted", "queue_id", "recipient",
		NULL };
	struct strbuf ends = { 0 }, missing = { 0 };
	struct trace *t = sample_trace();

	drop_result(t->transactions);
	drop_result(t->links);
	drop_result(t->recipients);
	t->transactions = make_result(tx_columns, "1|1|s|-|Q1|"
		"2026-03-10T09:16:21Z|-|complete|-|-|-|30\n");
	t->links = make_result(link_columns, "");
	for (int i = 1; i <= 30; i++) {
		strbuf_addf(&ends, "%d|u%d@example.org|-|-|%s|-|s|Q1|250|"
		            "-|-|-|-|-|1\n", i, i,
		            i == 3 || i == 20 ? "failed" : "relayed");
		if (i > 5)
			strbuf_addf(&missing, "%d|1|no log|mx.example|M%d|"
			            "u%d@example.org\n", i, i, i);
	}
	t->recipients = make_result(recipient_columns, strbuf_text(&ends));
	t->missing = make_result(missing_columns, strbuf_text(&missing));
	strbuf_release(&ends);
	strbuf_release(&missing);
	return t;
}

static void crowds_are_folded(void **state)
{
	struct trace *t = crowded_trace();
	struct tree tree = { 0 };

	(void)state;
	tree_build(&tree, t, NULL);
	/* the step, 28 relayed, two failed, 25 missing, two of the related */
	assert_int_equal(tree_visible(&tree), 7);
	assert_int_equal(tree.nodes[1].kind, NODE_MANY);
	assert_int_equal(tree.nodes[1].of, NODE_RECIPIENT);
	assert_int_equal(tree.nodes[1].many, 28);
	assert_int_equal(tree.nodes[30].row, 2);
	assert_int_equal(tree.nodes[31].row, 19);
	assert_int_equal(tree.nodes[32].of, NODE_MISSING);
	assert_int_equal(tree.nodes[32].many, 25);
	/* opened, it stays open when the tree is built anew */
	tree.nodes[1].folded = false;
	tree_build(&tree, t, NULL);
	assert_int_equal(tree_visible(&tree), 7 + 28);
	tree_release(&tree);
	drop_trace(t);
}

/* What is missing of few recipients stands below each. */
static void missing_hops_stand_below_their_recipient(void **state)
{
	static const char *const missing_columns[] = { "missing_id",
		"transaction_id", "kind", "wanted", "queue_id", "recipient",
		NULL };
	struct trace *t = sample_trace();
	struct tree tree = { 0 };

	(void)state;
	/* bob's hop; one of nobody who is known; one of no recipient */
	t->missing = make_result(missing_columns,
		"1|3|no log|mx.example|M1|BOB@partner.example\n"
		"2|3|no log|mx.example|M2|who@example.org\n"
		"3|3|count conflict|-|-|-\n");
	drop_result(t->links);
	t->links = make_result(link_columns, "");
	drop_result(t->recipients);
	t->recipients = make_result(recipient_columns,
		"1|bob@partner.example|-|-|relayed|-|edge|9EB101A2C7|250|"
		"-|-|-|-|-|1\n");
	tree_build(&tree, t, NULL);
	assert_tree(&tree, "0T1. 0T2. 0T3. 1R0 2?3. 1?3 1?3. 0T4. 0X5. 0X6.");
	tree_release(&tree);
	drop_trace(t);
}

/* Tries that were refused stand beside the one that was accepted. */
static void refused_tries_stand_below_who_tried(void **state)
{
	struct trace *t = sample_trace();
	struct tree tree = { 0 };

	(void)state;
	drop_result(t->transactions);
	drop_result(t->links);
	drop_result(t->recipients);
	t->recipients = make_result(recipient_columns, "");
	t->transactions = make_result(tx_columns,
		"1|1|out|-|Q1|2026-03-10T09:16:20Z|-|complete|-|-|-|1\n"
		"2|1|mx|-|-|2026-03-10T09:16:21Z|-|refused|-|-|-|1\n"
		"3|1|mx|-|-|2026-03-10T09:18:21Z|-|refused|-|-|-|1\n"
		"4|1|mx|-|Q4|2026-03-10T09:20:21Z|-|complete|-|-|-|1\n");
	/* in a row, and before the handoff is known */
	t->links = make_result(link_columns,
		"1|2|3|retry|confirmed|E6,E7|-\n"
		"2|3|4|retry|confirmed|E6,E7|-\n"
		"3|1|4|handoff|confirmed|E1|-\n");
	tree_build(&tree, t, NULL);
	assert_tree(&tree, "0T1. 1T2 1T3 1T4. 0X5. 0X6.");
	assert_int_equal(tree.nodes[1].link, 0);
	assert_int_equal(tree.nodes[3].link, 2);
	/* whoever tried has no log here; links in a circle end */
	drop_result(t->links);
	t->links = make_result(link_columns,
		"1|2|3|retry|confirmed|E6,E7|-\n"
		"2|3|2|retry|confirmed|E6,E7|-\n");
	tree_build(&tree, t, NULL);
	assert_tree(&tree, "0T1. 0T2. 0T3. 0T4. 0X5. 0X6.");
	tree_release(&tree);
	drop_trace(t);
}

static void generations_are_told_apart_by_their_delivery(void **state)
{
	struct trace *t = sample_trace();
	struct tree tree = { 0 };

	(void)state;
	drop_result(t->transactions);
	drop_result(t->links);
	t->links = make_result(link_columns, "");
	/* the same queue id twice; eve's delivery is the second one's */
	t->transactions = make_result(tx_columns,
		"2|1|edge|-|9EB101A2C7|2026-03-10T09:16:20Z|-|complete|-|-|-|1\n"
		"3|1|edge|-|9EB101A2C7|2026-03-10T09:16:21Z|-|complete|-|-|-|1\n");
	tree_build(&tree, t, NULL);
	assert_tree(&tree, "0T2. 0T3. 1R1 1R2. 0R0. 0X5. 0X6.");
	tree_release(&tree);
	drop_trace(t);
}

static void nothing_known_is_a_tree_too(void **state)
{
	struct trace t = { 0 };
	struct tree tree = { 0 };

	(void)state;
	t.transactions = make_result(tx_columns, "");
	tree_build(&tree, &t, NULL);
	assert_int_equal(tree.n, 0);
	assert_int_equal(tree_visible(&tree), 0);
	tree_release(&tree);
	drop_result(t.transactions);
}

static void a_long_chain_stays_drawable(void **state)
{
	struct strbuf tx = { 0 }, links = { 0 };
	struct trace *t = sample_trace();
	struct tree tree = { 0 };

	(void)state;
	for (int i = 1; i <= 300; i++) {
		strbuf_addf(&tx, "%d|1|s%d|-|Q%d|2026-03-10T09:16:21Z|-|complete|"
		            "-|-|-|1\n", i, i, i);
		strbuf_addf(&links, "%d|%d|%d|handoff|confirmed|E1|-\n", i, i,
		            i + 1);
	}
	drop_result(t->transactions);
	drop_result(t->links);
	t->transactions = make_result(tx_columns, strbuf_text(&tx));
	t->links = make_result(link_columns, strbuf_text(&links));
	tree_build(&tree, t, NULL);
	assert_true(tree.n >= 300);
	for (size_t i = 0; i < tree.n; i++)
		assert_in_range(tree.nodes[i].depth, 0, TREE_DEPTH);
	tree_release(&tree);
	drop_trace(t);
	strbuf_release(&tx);
	strbuf_release(&links);
}

static void logged_times_keep_their_form(void **state)
{
	static const struct {
		const char *raw;
		bool day, fraction;
		const char *wanted;
	} table[] = {
		{ "Mar 10 04:16:24", false, false, "04:16:24" },
		{ "Mar 10 04:16:24", true, true, "Mar 10 04:16:24" },
		{ "2026-03-10T09:16:26.402311+00:00", false, true,
		  "09:16:26.402" },
		{ "2026-03-10T09:16:26.402311+00:00", true, false,
		  "03-10 09:16:26" },
		{ "2026-03-10 09:16:26,4", false, true, "09:16:26,4" },
		{ "1394409384.1", true, true, "1394409384.1" },
		{ "04:16:24", true, false, "04:16:24" },
		{ "4:16:24", true, false, "4:16:24" },
		{ "", true, true, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct strbuf out = { 0 };

		trace_add_logged(&out, slice_str(table[i].raw), table[i].day,
		                 table[i].fraction);
		assert_string_equal(strbuf_text(&out), table[i].wanted);
		strbuf_release(&out);
	}
}

/* ---- on the screen ------------------------------------------------------ */

struct page {
	struct screen *screen;
	struct step step;
	struct trace_state state;
	struct reply trace, events, others;
	struct answer answers[3];
	struct look look;
};

extern const struct view view_trace;

static void open_page(struct page *p, int rows, int cols)
{
	*p = (struct page){ .screen = open_screen(rows + 1, cols) };
	p->trace = (struct reply){ .ok = true, .trace = sample_trace() };
	p->events = (struct reply){ .ok = true, .result = sample_events() };
	p->others = (struct reply){ .ok = true, .result = sample_others() };
	p->answers[0].reply = &p->trace;
	p->answers[1].reply = &p->events;
	p->answers[2].reply = &p->others;
	p->step.view = &view_trace;
	p->step.state = &p->state;
	p->step.answers[TRACE_SLOT] = &p->answers[0];
	p->step.answers[TRACE_EVENTS] = &p->answers[1];
	p->step.answers[TRACE_OTHERS] = &p->answers[2];
	p->state.journey = 1;
	p->look.times.mode = TIMES_LOGGED;
	view_trace.arrived(&p->step, TRACE_SLOT);
}

static struct window draw_page(struct page *p)
{
	/* as in the shell, the page is not the last line */
	struct window all = screen_window(p->screen);
	struct window w = window_part(&all, 0, 0, all.rows - 1, all.cols);

	window_clear(&w);
	view_trace.draw(&p->step, &p->look, &w);
	return w;
}

static void close_page(struct page *p)
{
	tree_release(&p->state.tree);
	drop_trace(p->trace.trace);
	drop_result(p->events.result);
	drop_result(p->others.result);
	screen_close(p->screen);
}

static void page_at_80_columns(void **state)
{
	struct page p;
	struct window w;

	(void)state;
	open_page(&p, 22, 80);
	p.state.node = 2;
	w = draw_page(&p);
	assert_line(&w, 0, " ⟨7d3c619a@corp.example⟩  \"Invoice 4711\"  3,127 B"
	            "  alice@corp.example → 3");
	/* three clocks, of which nothing is known */
	assert_line(&w, 1, " 4 transactions  latency not known   ✓ 1 delivered"
	            "  → 1 relayed  ✗ 1 failed");
	assert_line(&w, 3, " ● 04:16:21 mail1 ← laptop.example [203.0.113.77]"
	            " alice          4fXwft2FgJzFpTn");
	assert_line(&w, 4, " │ ○ 04:16:22 filter 1.42 s           "
	            "                    E2     4fXwfv6PcPzFpV6");
	assert_line(&w, 5, ">└─● 09:16:26 edge ← mail1 [192.0.2.10]"
	            "                   E1 E5       9EB101A2C7");
	assert_line(&w, 6, "   ├─● 09:16:25Z mx ← edge [198.51.100.25], still "
	            "queued… E1    1w1L5G-0005Pl-04");
	assert_line(&w, 13, ">=mail1.log:14231  Mar 10 04:16:24 mail1 postfix/"
	            "smtp[16329]: 4fXwfv6PcPzFpV6: …");
	assert_true(window_tone_is(&w, 5, 40, TONE_CURSOR));
	assert_false(window_tone_is(&w, 13, 40, TONE_CURSOR));
	/* the other half takes the focus; the tree keeps its > */
	p.state.in_lines = true;
	w = draw_page(&p);
	assert_false(window_tone_is(&w, 5, 40, TONE_CURSOR));
	assert_true(window_tone_is(&w, 13, 40, TONE_CURSOR));
	close_page(&p);
}

static void proof_of_the_step_is_marked(void **state)
{
	struct trace_line *lines;
	struct page p;
	size_t n;

	(void)state;
	open_page(&p, 22, 80);
	p.state.node = 2;
	n = trace_lines(&p.step, &lines);
	/* the sender's line of two events is one line, and comes first */
	assert_int_equal(n, 4);
	assert_true(lines[0].proof);
	assert_int_equal(tree_number(lines[0].from, lines[0].row, "line"), 14231);
	assert_true(lines[1].proof);
	assert_int_equal(tree_number(lines[1].from, lines[1].row, "line"), 8821);
	assert_true(lines[2].proof);
	assert_false(lines[3].proof);
	free(lines);
	/* of a recipient: the answer that names it */
	p.state.node = 6;
	n = trace_lines(&p.step, &lines);
	assert_int_equal(n, 3);
	assert_false(lines[0].proof);
	assert_true(lines[2].proof);
	free(lines);
	close_page(&p);
}

static void assert_inactive(const struct window *w)
{
	struct strbuf line = { 0 };
	struct slice s;

	for (int row = 0; row < w->rows; row++)
		window_line(w, row, &line);
	s = strbuf_slice(&line);
	while (s.len)
		assert_false(text_char_is_active(text_next(&s)));
	strbuf_release(&line);
}

/* Every size, every node, both halves: nothing breaks, nothing active. */
static void any_size_can_be_drawn(void **state)
{
	static const int sizes[][2] = { { 1, 40 }, { 3, 40 }, { 6, 20 },
		{ 10, 40 }, { 14, 60 }, { 22, 80 }, { 46, 160 }, { 98, 300 } };

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct page p;

		open_page(&p, sizes[i][0], sizes[i][1]);
		for (size_t node = 0; node < p.state.tree.n; node++)
			for (int half = 0; half < 3; half++) {
				struct window w;

				p.state.node = node;
				p.state.in_lines = half > 0;
				p.state.pairs =
					half == 2 && p.state.tree.nodes[node].link !=
				                             TREE_NONE;
				p.look.times.mode = (enum times_mode)(node % 3);
				w = draw_page(&p);
				assert_inactive(&w);
			}
		close_page(&p);
	}
}

static void hostile_names_break_nothing(void **state)
{
	struct page p;
	struct window w;

	(void)state;
	open_page(&p, 22, 80);
	drop_result(p.trace.trace->transactions);
	p.trace.trace->transactions = make_result(tx_columns,
		"1|1|\x1b[2J\xe2\x80\xae|\x07|\x9b" "31mQ|2026-03-10T09:16:21Z|-|"
		"complete|漢字漢字漢字漢字漢字漢字漢字漢字漢字|\x1b]0;x\x07|-|3\n");
	view_trace.arrived(&p.step, TRACE_SLOT);
	w = draw_page(&p);
	assert_inactive(&w);
	close_page(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tree_follows_the_links),
		cmocka_unit_test(bounce_is_not_listed_twice),
		cmocka_unit_test(folding_hides_what_is_below),
		cmocka_unit_test(circles_and_orphans_are_shown),
		cmocka_unit_test(filters_in_a_circle_end),
		cmocka_unit_test(thousands_are_built_at_once),
		cmocka_unit_test(crowds_are_folded),
		cmocka_unit_test(missing_hops_stand_below_their_recipient),
		cmocka_unit_test(refused_tries_stand_below_who_tried),
		cmocka_unit_test(generations_are_told_apart_by_their_delivery),
		cmocka_unit_test(nothing_known_is_a_tree_too),
		cmocka_unit_test(a_long_chain_stays_drawable),
		cmocka_unit_test(logged_times_keep_their_form),
		cmocka_unit_test(page_at_80_columns),
		cmocka_unit_test(proof_of_the_step_is_marked),
		cmocka_unit_test(any_size_can_be_drawn),
		cmocka_unit_test(hostile_names_break_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
