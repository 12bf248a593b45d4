/* SPDX-License-Identifier: MIT */
/* The filter language: what it reads, what it refuses and where, and that what
 * it prints means the same. */
#include "model/ask/filter.h"

#include "base/civil.h"
#include "model/store/engine.h"
#include "model/store/match.h"
#include "model/store/piece.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct filter_context utc = { .last = INT64_C(1773480000000000) };

static struct filter *parse(const char *text)
{
	struct err err = { 0 };
	struct filter *f = filter_parse(slice_str(text), &utc, &err);

	if (!f)
		print_error("%s: %s (%zu)\n", text, err.text, err.column);
	assert_non_null(f);
	return f;
}

static void assert_prints(const char *text, const char *expected)
{
	struct filter *f = parse(text), *again;
	struct strbuf a = { 0 }, b = { 0 };

	filter_print(f->where, &a);
	assert_string_equal(strbuf_text(&a), expected);
	again = parse(strbuf_text(&a));
	filter_print(again->where, &b);
	assert_string_equal(strbuf_text(&b), expected);
	filter_unref(f);
	filter_unref(again);
	strbuf_release(&a);
	strbuf_release(&b);
}

static void prints(void **state)
{
	static const char *const same[] = {
		"", "bob", "from:bob@example.com", "from:<>", "sub*ect",
		"code:550", "code:5xx", "code:500..599", "code:502,503,550",
		"code:5xx,421", "size>1M", "size>=1K", "size<20", "size<=1.5M",
		"delay>=1h", "delay:1h..2h", "nrcpt>400", "hour:22..06",
		"hour:9,10", "weekday:sat,sun", "weekday:mon..fri",
		"from:bob or from:alice", "from:bob to:alice or to:carol",
		"from:bob (to:alice or to:carol)", "-from:bob", "-bob",
		"-(from:bob to:alice)", "-(from:bob or to:alice)",
		"none(to:own)", "all(to:own)", "-none(to:own code:550)",
		"none(to:a or to:b)", "subject:\"invoice due\"",
		"subject:\"*invoice due*\"", "subject:\"a\\*b\"",
		"subject:\"a\\\"b\"", "subject:\"\"", "\"two words\"",
		"reply~/greylist/i", "reply~/a\\/b c/", "raw~/(x|y)+/",
		"-reply~/x/", "has:user", "-has:user", "is:bounce",
		"is:inbound,internal", "ip:192.0.2.0/24", "ip:2001:db8::/32",
		"ip:192.0.2.*", "domain:example.com", "domain=example.com",
		"from=root", "own", "to:own", "-from:own",
		"outcome:failed,refused", "outcome:blocked", "action:reject",
		"state:lost", "class:confirmed", "anycode:4xx", "line:5..",
		"line:..5", "line:10..20", "source:mail.log", "tag:seen",
		"note:x", "finding:x", "journey:5", "drift_ppm>-5",
		"a b c d e", "a or b or c", "a (b or c) d", "user=\"own\"",
		"client:mx?.example.com", "\"from:bob\"", "\"-x\"", "\"or\"",
		"mid:abc@example.com", "dsn:5.7.*",
	};

	(void)state;
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		if (strcmp(same[i], "own") != 0)
			assert_prints(same[i], same[i]);
	assert_prints("  from:bob \t to:alice ", "from:bob to:alice");
	assert_prints("from:bob and to:alice", "from:bob to:alice");
	assert_prints("from:bob AND to:alice OR x", "from:bob to:alice or x");
	assert_prints("not from:bob", "-from:bob");
	assert_prints("not not bob", "--bob");
	assert_prints("((a)) (b (c d))", "a b c d");
	assert_prints("(a or (b or c))", "a or b or c");
	assert_prints("from!=bob", "-from=bob");
	assert_prints("sender:bob", "from:bob");
	assert_prints("mail_from:bob f:x t:y S:z", "from:bob from:x to:y subject:z");
	assert_prints("src_ip:192.0.2.1", "client_ip:192.0.2.1");
	assert_prints("sender_ip:192.0.2.1", "client_ip:192.0.2.1");
	assert_prints("dst_ip:192.0.2.1", "relay_ip:192.0.2.1");
	assert_prints("client_hostname:x", "helo:x");
	assert_prints("reply_code:550 reply_text:no", "code:550 reply:no");
	assert_prints("FROM:bob", "from:bob");
	assert_prints("from:<bob@example.com>", "from:bob@example.com");
	assert_prints("mid:<a@b>", "mid:a@b");
	assert_prints("<a@b>", "a@b");
	assert_prints("2001:db8::1", "\"2001:db8::1\"");
	assert_prints("size:>1M", "size>1M");
	assert_prints("size:>=1M", "size>=1M");
	assert_prints("outcome:FAILED", "outcome:failed");
	assert_prints("reply!~/x/", "-reply~/x/");
	assert_prints("a,b", "\"a,b\"");
	assert_prints("DOMAIN\\user", "\"DOMAIN\\\\user\"");
	assert_prints("subject:\"\\x1b[31m\"", "subject:\"\\x1b[31m\"");
}

static void times(void **state)
{
	(void)state;
	assert_prints("time:2014-02",
	              "time:2014-02-01T00:00:00Z..2014-03-01T00:00:00Z");
	assert_prints("time:2014-02-03T01:01",
	              "time:2014-02-03T01:01:00Z..2014-02-03T01:02:00Z");
	assert_prints("time:2026-03-10T08..2026-03-10T12",
	              "time:2026-03-10T08:00:00Z..2026-03-10T12:00:00Z");
	assert_prints("time:2014-02-03T01:01+01:00",
	              "time:2014-02-03T00:01:00Z..2014-02-03T00:02:00Z");
	assert_prints("after:2014-02", "time>=2014-02-01T00:00:00Z");
	assert_prints("before:2014-02", "time<2014-02-01T00:00:00Z");
	assert_prints("time>2014-02", "time>=2014-03-01T00:00:00Z");
	assert_prints("time<=2014-02", "time<2014-03-01T00:00:00Z");
	/* the last event is of 2026-03-14T09:20:00Z */
	assert_prints("time:-2h", "time:2026-03-14T07:20:00Z..");
	assert_prints("after:-20m", "time>=2026-03-14T09:00:00Z");
	assert_prints("time:-2h..-1h",
	              "time:2026-03-14T07:20:00Z..2026-03-14T08:20:00Z");
	assert_prints("time:..2014", "time:..2014-01-01T00:00:00Z");
	assert_prints("time:2014,2016",
	              "time:2014-01-01T00:00:00Z..2015-01-01T00:00:00Z,"
	              "2016-01-01T00:00:00Z..2017-01-01T00:00:00Z");
	assert_prints("time:2026-03-10T08:00:00.5Z",
	              "time:2026-03-10T08:00:00.500000Z.."
	              "2026-03-10T08:00:00.600000Z");
}

static void zones(void **state)
{
	struct err err;
	struct zone *z = zone_new(SLICE("+02:00"), &err);
	struct filter_context c = { .zone = z, .last = 0 };
	struct filter *f = filter_parse(SLICE("time:2014-02-03 hour:9"), &c,
	                                &err);

	(void)state;
	assert_non_null(f);
	assert_int_equal(f->where->left->values[0].number,
	                 civil_days(2014, 2, 3) * US_DAY - 2 * US_HOUR);
	assert_int_equal(f->where->left->values[1].number,
	                 civil_days(2014, 2, 4) * US_DAY - 2 * US_HOUR);
	zone_free(z);
	/* the filter has its own */
	assert_int_equal(zone_offset_at(f->where->right->zone, 0), 7200);
	filter_unref(f);
}

static void assert_fails(const char *text, size_t column, size_t width,
                         const char *part)
{
	struct err err = { 0 };
	struct filter *f = filter_parse(slice_str(text), &utc, &err);

	if (f)
		print_error("%s is taken\n", text);
	assert_null(f);
	if (err.column != column || err.width != width ||
	    !strstr(err.text, part))
		print_error("%s: %zu+%zu %s\n", text, err.column, err.width,
		            err.text);
	assert_int_equal(err.column, column);
	assert_int_equal(err.width, width);
	assert_non_null(strstr(err.text, part));
}

static void errors(void **state)
{
	struct err err;

	(void)state;
	assert_fails("from:corp.example code:55x size>1X", 24, 3,
	             "a code is 550, 5xx or 500..599");
	assert_null(filter_parse(SLICE("code:55x"), &utc, &err));
	assert_string_equal(err.text, "a code is 550, 5xx or 500..599");
	assert_fails("  code:55x", 8, 3, "a code is");
	assert_fails("from:b\xc3\xa4r code:55x", 15, 3, "a code is");
	assert_fails("code:550,55x", 10, 3, "a code is");
	assert_fails("code:", 6, 1, "a value is missing");
	assert_fails("code:550,", 10, 1, "a value is missing");
	assert_fails("nosuch:5", 1, 6, "no field is called nosuch");
	assert_fails("a nosuch:5", 3, 6, "no field");
	assert_fails("(a", 1, 1, "not closed");
	assert_fails("a)", 2, 1, "never opened");
	assert_fails("a ()", 3, 2, "empty");
	assert_fails("a or", 5, 1, "missing");
	assert_fails("or a", 1, 1, "missing");
	assert_fails("a or or b", 6, 1, "missing");
	assert_fails("a and", 6, 1, "");
	assert_fails("and a", 1, 3, "either side");
	assert_fails("not", 1, 3, "after not comes a term");
	assert_fails("a -", 3, 1, "after - comes a term");
	assert_fails("subject:\"x", 9, 2, "the quote has no end");
	assert_fails("subject:\"x\"y", 12, 1, "after a quoted value");
	assert_fails("size>1X", 6, 2, "a size is");
	assert_fails("size:x", 6, 1, "a size is");
	assert_fails("delay>x", 7, 1, "a duration is");
	assert_fails("time:yesterday", 6, 9, "a time is");
	assert_fails("time:2014-13", 6, 7, "a time is");
	assert_fails("hour:24", 6, 2, "an hour is");
	assert_fails("hour:..6", 6, 3, "an hour is");
	assert_fails("weekday:xx", 9, 2, "a weekday is");
	assert_fails("ip:300.1.1.1", 4, 9, "an ip is");
	assert_fails("ip:192.0.2.1/24", 4, 12, "an ip is");
	assert_fails("outcome:gone", 9, 4, "an outcome is delivered, relayed");
	assert_fails("is:nice", 4, 4, "after is: comes marked");
	assert_fails("has:nice", 5, 4, "no field is called nice");
	assert_fails("from>5", 5, 1, "from is not compared");
	assert_fails("outcome>failed", 8, 1, "outcome is not compared");
	assert_fails("size~/1/", 5, 1, "size takes no regex");
	assert_fails("from~x", 6, 1, "after ~ comes /regex/");
	assert_fails("from~/x", 6, 2, "a regex ends with");
	assert_fails("from~/(/", 6, 3, "");
	assert_fails("from~/x/g", 9, 1, "after a regex comes");
	assert_fails("size>1K,2K", 8, 1, "a comparison takes one value");
	assert_fails("line:..", 6, 2, "a number is");
	assert_fails("from:,", 6, 1, "a value is missing");
}

static void limits(void **state)
{
	struct strbuf b = { 0 };
	struct err err;

	(void)state;
	for (int i = 0; i < 200; i++)
		strbuf_add_char(&b, '(');
	assert_null(filter_parse(strbuf_slice(&b), &utc, &err));
	assert_non_null(strstr(err.text, "nested too deep"));
	strbuf_reset(&b);
	for (int i = 0; i < 60000; i++)
		strbuf_add_char(&b, '-');
	strbuf_add_char(&b, 'a');
	assert_null(filter_parse(strbuf_slice(&b), &utc, &err));
	assert_non_null(strstr(err.text, "nested too deep"));
	strbuf_reset(&b);
	for (int i = 0; i < 400; i++)
		strbuf_addf(&b, "a%d ", i);
	filter_unref(parse(strbuf_text(&b)));
	strbuf_add_str(&b, "one more");
	assert_null(filter_parse(strbuf_slice(&b), &utc, &err));
	assert_non_null(strstr(err.text, "400 terms"));
	strbuf_reset(&b);
	strbuf_add_str(&b, "code:550");
	for (int i = 0; i < 1001; i++)
		strbuf_add_str(&b, ",550");
	assert_null(filter_parse(strbuf_slice(&b), &utc, &err));
	strbuf_reset(&b);
	for (int i = 0; i < 70000; i++)
		strbuf_add_char(&b, 'a');
	assert_null(filter_parse(strbuf_slice(&b), &utc, &err));
	strbuf_release(&b);
}

/* Each single term as it comes back from a cell, for hostile texts too. */
static void add_term(void **state)
{
	static const struct slice values[] = {
		{ "bob@example.com", 15 }, { "bob", 3 }, { "<>", 2 }, { "", 0 },
		{ "a b", 3 }, { "own", 3 }, { "*", 1 }, { "a?b", 3 },
		{ "a\\*b", 4 }, { "\"", 1 }, { "\\", 1 }, { "\\x41", 4 },
		{ "\x1b]0;x\x07", 6 }, { "a\0b", 3 }, { "\xff\xfe", 2 },
		{ "\xe2\x80\xae", 3 }, { "x) or (y", 8 }, { "a,b", 3 },
		{ "-x", 2 }, { ">5", 2 }, { "<a@b>", 5 }, { "/x/", 3 },
		{ "~/x/", 4 }, { "from:x", 6 }, { "b\xc3\xa4r", 4 },
		{ "\n", 1 }, { "  ", 2 }, { "192.0.2.1", 9 }, { "1..2", 4 },
		{ "192.0.2.0/24", 12 }, { "' OR 1=1 --", 11 },
		{ "\"quoted local\"@example.com", 26 }, { "%s%n", 4 },
	};
	static const char *const names[] = { "from", "subject", "ip", "domain",
		                             "mid", "user", "client", "raw",
		                             "header", "server" };
	struct strbuf b = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
			const struct field *f = field_find(slice_str(names[k]));
			struct filter *p;
			struct matcher *m;

			strbuf_reset(&b);
			filter_add_term(&b, f, values[i], false);
			p = parse(strbuf_text(&b));
			assert_int_equal(p->where->kind, PRED_TERM);
			assert_ptr_equal(p->where->field, f);
			assert_int_equal(p->nterms, 1);
			assert_int_equal(p->where->nvalues, 1);
			assert_false(p->where->values[0].pattern);
			assert_false(p->where->values[0].own);
			if (!slice_eq(p->where->values[0].text, values[i]))
				print_error("%s\n", strbuf_text(&b));
			assert_true(slice_eq(p->where->values[0].text,
			                     values[i]));
			m = matcher_new(p->where, NULL, 0);
			assert_true(matcher_test(m, values[i]));
			matcher_free(m);
			filter_unref(p);
		}
	}
	strbuf_reset(&b);
	filter_add_term(&b, field_find(SLICE("user")), slice_of(NULL, 0), false);
	assert_string_equal(strbuf_text(&b), "-has:user");
	strbuf_reset(&b);
	filter_add_term(&b, field_find(SLICE("user")), slice_of(NULL, 0), true);
	assert_string_equal(strbuf_text(&b), "has:user");
	strbuf_reset(&b);
	filter_add_term(&b, field_find(SLICE("from")), SLICE("bob@example.com"),
	                true);
	assert_string_equal(strbuf_text(&b), "-from:bob@example.com");
	strbuf_reset(&b);
	filter_add_term(&b, field_find(SLICE("domain")), SLICE("example.com"),
	                false);
	assert_string_equal(strbuf_text(&b), "domain=example.com");
	strbuf_reset(&b);
	filter_add_term(&b, field_find(SLICE("reply")),
	                SLICE("250 ok: queued as \x1a"), false);
	assert_string_equal(strbuf_text(&b), "reply:\"250 ok: queued as *\"");
	strbuf_release(&b);
}

static void assert_combines(const char *text, const char *term,
                            const char *expected, const char *expected_replaced)
{
	struct strbuf out = { 0 }, replaced = { 0 };

	filter_combine(slice_str(text), slice_str(term), &out, &replaced);
	assert_string_equal(strbuf_text(&out), expected);
	assert_string_equal(strbuf_text(&replaced), expected_replaced);
	strbuf_release(&out);
	strbuf_release(&replaced);
}

static void combine(void **state)
{
	(void)state;
	assert_combines("", "from:bob", "from:bob", "");
	assert_combines("from:bob", "to:alice", "from:bob to:alice", "");
	assert_combines("from:bob", "from:bob", "from:bob", "");
	assert_combines("from:bob@example.com", "from:eve@example.com",
	                "from:eve@example.com", "from:bob@example.com");
	/* narrower, not other */
	assert_combines("from:example.com", "from:bob@example.com",
	                "from:example.com from:bob@example.com", "");
	assert_combines("-from:bob@example.com", "from:bob@example.com",
	                "from:bob@example.com", "-from:bob@example.com");
	assert_combines("from:bob@example.com", "-from:bob@example.com",
	                "-from:bob@example.com", "from:bob@example.com");
	assert_combines("-from:bob", "-from:eve", "-from:bob -from:eve", "");
	assert_combines("code:550 x", "code:451", "x code:451", "code:550");
	assert_combines("code:5xx", "code:550", "code:5xx code:550", "");
	assert_combines("server:mx1", "server:mx2", "server:mx1 server:mx2", "");
	assert_combines("is:bounce", "is:inbound", "is:bounce is:inbound", "");
	assert_combines("outcome:failed", "outcome:delivered",
	                "outcome:delivered", "outcome:failed");
	assert_combines("outcome:blocked", "outcome:failed",
	                "outcome:blocked outcome:failed", "");
	assert_combines("time:2014", "time:2014-02-03", "time:2014-02-03",
	                "time:2014");
	assert_combines("time:2014", "time:2016", "time:2016", "time:2014");
	assert_combines("a or b", "c", "(a or b) c", "");
	assert_combines("from:", "c", "from: c", "");
}

static void terms(void **state)
{
	struct filter *f = parse(" from:bob  -(a or b) \"x y\" none(to:own)");
	struct strbuf b = { 0 };

	(void)state;
	assert_int_equal(f->nterms, 4);
	filter_without(f, 1, &b);
	assert_string_equal(strbuf_text(&b), "from:bob \"x y\" none(to:own)");
	strbuf_reset(&b);
	filter_without(f, 3, &b);
	assert_string_equal(strbuf_text(&b), "from:bob -(a or b) \"x y\"");
	filter_unref(f);
	f = parse("a b or c");
	assert_int_equal(f->nterms, 1);
	assert_int_equal(f->terms[0].len, 8);
	filter_ref(f);
	filter_unref(f);
	filter_unref(f);
	strbuf_release(&b);
}

static void assert_word(const char *text, size_t cursor, const char *word,
                        const char *field)
{
	struct filter_word w;

	filter_word_at(slice_str(text), cursor, &w);
	assert_true(slice_eq(slice_of(text + w.start, w.len), slice_str(word)));
	if (!field) {
		assert_null(w.field);
		return;
	}
	assert_true(w.in_value);
	assert_string_equal(w.field->name, field);
}

static void words(void **state)
{
	(void)state;
	assert_word("", 0, "", NULL);
	assert_word("fro", 3, "fro", NULL);
	assert_word("from:bo", 2, "from", NULL);
	assert_word("from:bo", 7, "bo", "from");
	assert_word("from:", 5, "", "from");
	assert_word("-from:bo", 8, "bo", "from");
	assert_word("a code:550,55", 13, "55", "code");
	assert_word("a code:550,55", 8, "550", "code");
	assert_word("a (from:b", 9, "b", "from");
	assert_word("a  b", 2, "", NULL);
	assert_word("x:1", 3, "1", NULL);
	assert_word("subject:\"a b", 12, "\"a b", "subject");
	assert_word("reply~/a b/ from:c", 18, "c", "from");
	for (size_t i = 0; i < 40; i++) {
		struct filter_word w;
		struct slice s = SLICE("a \"b\\\" from:\"c\\");

		filter_word_at(s, i, &w);
		assert_true(i > s.len || w.start + w.len <= s.len);
	}
}

static bool matches(const char *filter, const char *text)
{
	struct filter *f = parse(filter);
	struct slice own[] = { SLICE("example.com"), SLICE("192.0.2.0/24"),
		               SLICE("root@localhost") };
	struct matcher *m = matcher_new(f->where, own, 3);
	bool yes = matcher_test(m, slice_str(text));

	matcher_free(m);
	filter_unref(f);
	return yes;
}

static void matching(void **state)
{
	(void)state;
	assert_true(matches("from:bob", "bob@example.com"));
	assert_true(matches("from:BOB", "bob"));
	assert_false(matches("from:bob", "bobby@example.com"));
	assert_false(matches("from=bob", "bob@example.com"));
	assert_true(matches("from:example.com", "bob@example.com"));
	assert_true(matches("from:example.com", "bob@mx.example.com"));
	assert_false(matches("from:example.com", "bob@badexample.com"));
	assert_false(matches("from:example", "bob@example"));
	assert_true(matches("from:*.example", "bob@corp.example"));
	assert_true(matches("to:bob*", "bobby@example.com"));
	assert_true(matches("domain:example.com", "x@a.example.com"));
	assert_false(matches("domain:example.com", "x@notexample.com"));
	assert_false(matches("domain=example.com", "x@a.example.com"));
	assert_true(matches("domain=example.com", "x@EXAMPLE.com"));
	assert_true(matches("ip:192.0.2.0/24", "192.0.2.77"));
	assert_false(matches("ip:192.0.2.0/24", "192.0.3.77"));
	assert_true(matches("ip:2001:db8::/32", "2001:db8:1::5"));
	assert_true(matches("ip:2001:db8::1", "2001:0DB8:0:0::1"));
	assert_true(matches("ip:192.0.2.1", "::ffff:192.0.2.1"));
	assert_true(matches("ip:192.0.2.*", "192.0.2.9"));
	assert_false(matches("ip:0.0.0.0/0", "2001:db8::1"));
	assert_false(matches("ip:0.0.0.0/0", "unknown"));
	assert_true(matches("from:own", "a@example.com"));
	assert_true(matches("from:own", "a@sub.example.com"));
	assert_true(matches("from:own", "root@localhost"));
	assert_false(matches("from:own", "a@example.org"));
	assert_false(matches("from:own", "<>"));
	assert_true(matches("ip:own", "192.0.2.5"));
	assert_true(matches("subject:\"*due*\"", "invoice DUE now"));
	assert_false(matches("subject:due", "due now"));
	assert_true(matches("due", "invoice DUE now"));
	assert_true(matches("d?e", "invoice DUE now"));
	assert_true(matches("reply~/queue[d]? /", "x queued as"));
	assert_false(matches("reply~/QUEUED/", "x queued as"));
	assert_true(matches("reply~/QUEUED/i", "x queued as"));
	assert_true(match_glob(SLICE("b\xc3\xa4r"), SLICE("b?r"), true));
	assert_false(match_glob(SLICE("aXb"), SLICE("axb"), false));
	/* a pattern made to be slow */
	assert_false(match_glob(
		SLICE("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
		SLICE("a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b"), true));
	assert_true(match_glob_with_hole(SLICE("queued as \x1a"), '\x1a',
	                                 SLICE("*as ABC"), true));
	assert_true(match_glob_with_hole(SLICE("queued as \x1a."), '\x1a',
	                                 SLICE("*as ABC.*"), true));
	assert_false(match_glob_with_hole(SLICE("queued as \x1a"), '\x1a',
	                                  SLICE("*mailbox full*"), true));
}

/* Every column of every view is a name that filters know there. */
static void columns(void **state)
{
	(void)state;
	for (int u = 0; u < UNIT_COUNT; u++) {
		const char *const *c = engine_columns((enum unit)u);

		for (; *c; c++) {
			const struct field *f = field_find(slice_str(*c));

			if (!f)
				print_error("no field for %s\n", *c);
			assert_non_null(f);
			/* E1 is no reply code */
			if (u == UNIT_EVIDENCE && strcmp(*c, "code") == 0)
				continue;
			if (!field_in(f, (enum unit)u))
				print_error("%s not in %s\n", *c, units[u].name);
			assert_non_null(field_in(f, (enum unit)u));
		}
	}
}

/* No name or alias is used twice, and every row is whole. */
static void table(void **state)
{
	(void)state;
	for (size_t i = 0; fields[i]; i++) {
		struct slice rest = slice_str(fields[i]->aliases);

		assert_true(fields[i]->about[0] != '\0');
		assert_ptr_equal(field_find(slice_str(fields[i]->name)),
		                 fields[i]);
		while (rest.len > 0) {
			struct slice alias = slice_cut(&rest, ' ');

			if (field_find(alias) != fields[i])
				print_error("%.*s\n", SLICE_FMT(alias));
			assert_ptr_equal(field_find(alias), fields[i]);
		}
	}
}

/* Random bytes made of the language's own: never a crash, and what is taken
 * prints as something that is taken and prints the same. */
static void noise(void **state)
{
	static const char *const parts[] = {
		"from", ":", "=", "\"", "\\", "(", ")", " ", "or", "not", "-",
		"none", "all", "code", "5xx", "..", ",", "*", "~/", "/", "i",
		"time", "2014-02", ">", "<", "has", "is", "own", "size", "1M",
		"\xff", "\x1b", "\n", "b\xc3\xa4r", "hour", "22..06", "x", "!",
		"ip", "192.0.2.1", "domain", "to", "?", "<>", " ", " ",
	};
	uint64_t seed = 1;
	struct strbuf b = { 0 }, once = { 0 }, twice = { 0 };
	unsigned taken = 0;

	(void)state;
	for (int round = 0; round < 100000; round++) {
		struct filter *f;
		struct err err;

		strbuf_reset(&b);
		for (unsigned n = 0; n < 2 + (seed >> 33) % 9; n++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			strbuf_add_str(&b, parts[(seed >> 40) %
			                         (sizeof parts / sizeof *parts)]);
		}
		f = filter_parse(strbuf_slice(&b), &utc, &err);
		if (!f) {
			assert_true(err.column > 0 && err.width > 0);
			continue;
		}
		taken++;
		strbuf_reset(&once);
		strbuf_reset(&twice);
		filter_print(f->where, &once);
		filter_unref(f);
		f = filter_parse(strbuf_slice(&once), &utc, &err);
		if (!f)
			print_error("[%s] -> [%s]: %s\n", strbuf_text(&b),
			            strbuf_text(&once), err.text);
		assert_non_null(f);
		filter_print(f->where, &twice);
		if (!slice_eq(strbuf_slice(&once), strbuf_slice(&twice)))
			print_error("[%s] -> [%s] -> [%s]\n", strbuf_text(&b),
			            strbuf_text(&once), strbuf_text(&twice));
		assert_true(slice_eq(strbuf_slice(&once), strbuf_slice(&twice)));
		filter_unref(f);
	}
	assert_true(taken > 1000);
	strbuf_release(&b);
	strbuf_release(&once);
	strbuf_release(&twice);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints),   cmocka_unit_test(times),
		cmocka_unit_test(zones),    cmocka_unit_test(errors),
		cmocka_unit_test(limits),   cmocka_unit_test(add_term),
		cmocka_unit_test(combine),  cmocka_unit_test(terms),
		cmocka_unit_test(words),    cmocka_unit_test(matching),
		cmocka_unit_test(columns),  cmocka_unit_test(table),
		cmocka_unit_test(noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
