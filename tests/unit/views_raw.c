/* SPDX-License-Identifier: MIT */
/* The raw line page: marks, wrapping, bytes, hostile lines. */
#include "tests/tui.h"
#include "tests/results.h"

#include "views/raw.h"

static const char *const line_columns[] = { "line", "offset", "length",
	"action", "journey_id", "raw", NULL };
static const char *const source_columns[] = { "source_id", "path", "exhibit",
	"sha256", "lines", NULL };
static const char *const message_columns[] = { "event_id", "source_id", "line",
	"program", "action", "queue_id", "client_ip", "user", NULL };

struct page {
	struct screen *screen;
	struct step step;
	struct raw_state state;
	struct reply lines, source, message;
	struct answer answers[3];
	struct look look;
};

extern const struct view view_raw;

static const char sample[] =
	"14201|100|70|connect|-|Mar 10 04:16:20 mail1 postfix/smtpd[16325]: "
	"connect from laptop.example[203.0.113.77]\n"
	"14203|200|118|accept|7|Mar 10 04:16:21 mail1 postfix/smtpd[16325]: "
	"4fXwft2FgJzFpTn: client=laptop.example[203.0.113.77], "
	"sasl_method=PLAIN, sasl_username=alice\n"
	"14204|320|50|info|7|Mar 10 04:16:21 mail1 postfix/cleanup[16328]: "
	"4fXwft2FgJzFpTn: message-id=<a@corp.example>\n"
	"14205|380|50|unknown|-|\x1b[2J\x1b]52;c;ZXZpbA==\x07 \xe2\x80\xae \xff\n"
	"14206|440|50|removed|7|Mar 10 04:16:24 mail1 postfix/qmgr[1482]: "
	"4fXwft2FgJzFpTn: removed\n";

static void open_page(struct page *p, int rows, int cols)
{
	*p = (struct page){ .screen = open_screen(rows + 1, cols) };
	p->lines = (struct reply){ .ok = true,
		.result = make_result(line_columns, sample) };
	p->source = (struct reply){ .ok = true,
		.result = make_result(source_columns,
			"3|logs/mail1.log|-|9f31c7e2aa04b1d9|181220\n") };
	p->message = (struct reply){ .ok = true,
		.result = make_result(message_columns,
			"1|3|14203|postfix/smtpd|accept|4fXwft2FgJzFpTn|"
			"203.0.113.77|alice\n"
			"2|3|14204|-|info|4fXwft2FgJzFpTn|-|-\n"
			"3|3|14206|-|removed|4fXwft2FgJzFpTn|-|-\n"
			"4|9|20000|-|removed|4fXwft2FgJzFpTn|-|-\n") };
	p->answers[0].reply = &p->lines;
	p->answers[1].reply = &p->source;
	p->answers[2].reply = &p->message;
	p->step.view = &view_raw;
	p->step.state = &p->state;
	p->step.answers[RAW_LINES] = &p->answers[0];
	p->step.answers[RAW_SOURCE] = &p->answers[1];
	p->step.answers[RAW_MESSAGE] = &p->answers[2];
	p->state.source = 3;
	p->state.line = p->state.anchor = p->state.opened = 14203;
	view_raw.arrived(&p->step, RAW_LINES);
}

static struct window draw_page(struct page *p)
{
	/* as in the shell, the page is not the last line */
	struct window all = screen_window(p->screen);
	struct window w = window_part(&all, 0, 0, all.rows - 1, all.cols);

	window_clear(&w);
	view_raw.draw(&p->step, &p->look, &w);
	return w;
}

static void act(struct page *p, enum act a)
{
	assert_true(view_raw.act(NULL, &p->step, a, slice_of(NULL, 0)));
}

static void close_page(struct page *p)
{
	strbuf_release(&p->state.find);
	drop_result(p->lines.result);
	drop_result(p->source.result);
	drop_result(p->message.result);
	screen_close(p->screen);
}

static void page_at_80_columns(void **state)
{
	struct page p;
	struct window w;

	(void)state;
	open_page(&p, 22, 80);
	assert_int_equal(p.state.journey, 7);
	w = draw_page(&p);
	assert_line(&w, 0, " logs/mail1.log  line 14,203 of 181,220  offset 200"
	            " + 118 bytes");
	assert_line(&w, 2, "  14201  Mar 10 04:16:20 mail1 postfix/smtpd[16325]:"
	            " connect from laptop.example");
	assert_line(&w, 3, "         [203.0.113.77]");
	assert_line(&w, 4, "> 14203│ Mar 10 04:16:21 mail1 postfix/smtpd[16325]:"
	            " 4fXwft2FgJzFpTn: client=lap");
	assert_line(&w, 5, "       │ top.example[203.0.113.77], "
	            "sasl_method=PLAIN, sasl_username=alice");
	assert_line(&w, 21, " read as: postfix/smtpd, accept, queue id "
	            "4fXwft2FgJzFpTn, client 203.0.113.77,…");
	close_page(&p);
}

static void keys_walk_the_message(void **state)
{
	struct page p;

	(void)state;
	open_page(&p, 22, 80);
	draw_page(&p);
	act(&p, ACT_FIND_NEXT);
	assert_int_equal(p.state.line, 14204);
	act(&p, ACT_FIND_NEXT);
	assert_int_equal(p.state.line, 14206);
	act(&p, ACT_FIND_PREVIOUS);
	act(&p, ACT_FIND_PREVIOUS);
	assert_int_equal(p.state.line, 14203);
	act(&p, ACT_UP);
	assert_int_equal(p.state.line, 14201);
	act(&p, ACT_UP);
	assert_int_equal(p.state.line, 14201);
	act(&p, ACT_PAGE_DOWN);
	assert_int_equal(p.state.line, 14206);
	act(&p, ACT_LAST);
	assert_int_equal(p.state.line, 181220);
	assert_int_equal(p.state.anchor, 181220);
	act(&p, ACT_FIRST);
	assert_int_equal(p.state.anchor, 1);
	close_page(&p);
}

static void bytes_are_shown_as_they_are(void **state)
{
	struct page p;
	struct window w;

	(void)state;
	open_page(&p, 22, 80);
	p.state.line = 14205;
	act(&p, ACT_HEX);
	w = draw_page(&p);
	assert_line(&w, 8, "        380  1b 5b 32 4a 1b 5d 35 32 3b 63 3b 5a 58 5a"
	            " 70 62  .[2J.]52;c;ZXZpb");
	close_page(&p);
}

static void without_gutter_only_log_bytes_stand_there(void **state)
{
	struct page p;
	struct window w;

	(void)state;
	open_page(&p, 22, 80);
	act(&p, ACT_GUTTER);
	act(&p, ACT_WRAP);
	w = draw_page(&p);
	assert_line(&w, 2, "Mar 10 04:16:20 mail1 postfix/smtpd[16325]: connect "
	            "from laptop.example[203.0.1…");
	close_page(&p);
}

static void changed_evidence_is_said(void **state)
{
	struct page p;
	struct window w;

	(void)state;
	open_page(&p, 22, 80);
	p.lines.ok = false;
	snprintf(p.lines.err.text, sizeof p.lines.err.text,
	         "logs/mail1.log has changed since it was indexed\x1b[2J");
	w = draw_page(&p);
	assert_line(&w, 1, " error: logs/mail1.log has changed since it was "
	            "indexed\\x1b[2J");
	close_page(&p);
}

static void any_size_can_be_drawn(void **state)
{
	static const int sizes[][2] = { { 1, 10 }, { 2, 40 }, { 4, 40 },
		{ 10, 40 }, { 22, 80 }, { 46, 160 }, { 98, 300 } };

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (int modes = 0; modes < 8; modes++) {
			struct strbuf all = { 0 };
			struct page p;
			struct window w;
			struct slice s;

			open_page(&p, sizes[i][0], sizes[i][1]);
			p.state.hex = modes & 1;
			p.state.cut = modes & 2;
			p.state.bare = modes & 4;
			p.state.line = 14205;
			strbuf_add_str(&p.state.find, "mail1");
			w = draw_page(&p);
			for (int row = 0; row < w.rows; row++)
				window_line(&w, row, &all);
			s = strbuf_slice(&all);
			while (s.len)
				assert_false(text_char_is_active(text_next(&s)));
			strbuf_release(&all);
			close_page(&p);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(page_at_80_columns),
		cmocka_unit_test(keys_walk_the_message),
		cmocka_unit_test(bytes_are_shown_as_they_are),
		cmocka_unit_test(without_gutter_only_log_bytes_stand_there),
		cmocka_unit_test(changed_evidence_is_said),
		cmocka_unit_test(any_size_can_be_drawn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
