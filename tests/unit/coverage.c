/* SPDX-License-Identifier: MIT */
/* What the logs cover: silences that are unusual, files that stand in for each
 * other, notices of loss, ends that were cut. */
#include "base/alloc.h"
#include "tests/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* N lines of HOST every STEP seconds from FROM on. */
static void add_lines(struct strbuf *out, const char *host, int from, int n,
                      int step)
{
	for (int i = 0; i < n; i++)
		strbuf_addf(out, "@%d %s q=Q%d do=accept roles=opens\n",
		            from + i * step, host, from + i * step);
}

/* Bursts of five lines. */
static void add_bursts(struct strbuf *out, const char *host, int from, int n,
                       int step)
{
	for (int i = 0; i < n; i++)
		add_lines(out, host, from + i * step, 5, 1);
}

static char *print_coverage(const struct rows *r)
{
	static const char *const kinds[] = { "covered", "gap", "suppressed",
		                             "truncated" };
	struct strbuf out = { 0 };

	for (size_t i = 0; i < r->ncoverage; i++) {
		const struct coverage_row *c = &r->coverage[i];

		strbuf_addf(&out, "%s/%u %lld..%lld %s %llu\n",
		            rows_word(r, c->server), (unsigned)c->source,
		            (long long)(c->from / US_SECOND),
		            (long long)(c->to / US_SECOND), kinds[c->kind],
		            (unsigned long long)c->lines);
	}
	return strbuf_take(&out);
}

static void check(struct rows *r, const char *want)
{
	for (int again = 0; again < 2; again++) {
		char *got;

		rows_derive(r);
		got = print_coverage(r);
		assert_string_equal(got, want);
		free(got);
		if (!again)
			rows_recode(r);
		rows_shuffle(r, 7);
	}
	rows_release(r);
}

static void test_gap(void **state)
{
	(void)state;
	for (unsigned cut = 1; cut < 200; cut = cut * 3 + 2) {
		struct strbuf log = { 0 };
		struct rows r;

		add_lines(&log, "mx1", 100000, 60, 1);
		add_lines(&log, "mx1", 100359, 60, 1); /* just usual */
		add_lines(&log, "mx1", 100719, 60, 1); /* 301 s */
		rows_init(&r);
		rows_add(&r, strbuf_text(&log), cut);
		check(&r, "mx1/1 100000..100418 covered 120\n"
		          "mx1/1 100418..100719 gap 0\n"
		          "mx1/1 100719..100778 covered 60\n");
		strbuf_release(&log);
	}
}

/* Five lines every ten minutes: ten minutes of silence are no gap there, three
 * hours are. */
static void test_quiet_server(void **state)
{
	struct strbuf log = { 0 };
	struct rows r;

	(void)state;
	add_bursts(&log, "mx1", 100000, 20, 600);
	add_bursts(&log, "mx1", 100000 + 19 * 600 + 10800, 20, 600);
	rows_init(&r);
	rows_add(&r, strbuf_text(&log), 17);
	check(&r, "mx1/1 100000..111404 covered 100\n"
	          "mx1/1 111404..122200 gap 0\n"
	          "mx1/1 122200..133604 covered 100\n");
	strbuf_release(&log);
}

/* What one file of a server covers is no gap of it; a gap between rotated files
 * belongs to the later one. */
static void test_two_files(void **state)
{
	struct strbuf a = { 0 }, b = { 0 }, c = { 0 };
	struct rows r;

	(void)state;
	add_lines(&a, "mx1", 100000, 60, 1);
	add_lines(&a, "mx1", 101000, 60, 1);
	add_lines(&b, "mx1", 100050, 1000, 1);
	add_lines(&c, "mx1", 103000, 60, 1);
	rows_init(&r);
	rows_add(&r, strbuf_text(&a), 11);
	rows_add(&r, strbuf_text(&b), 13);
	rows_add(&r, strbuf_text(&c), 1000);
	check(&r, "mx1/1 100000..101059 covered 120\n"
	          "mx1/2 100050..101049 covered 1000\n"
	          "mx1/3 101059..103000 gap 0\n"
	          "mx1/3 103000..103059 covered 60\n");
	strbuf_release(&a);
	strbuf_release(&b);
	strbuf_release(&c);
}

/* A collector's file covers each host by itself; one that wrote no mail is no
 * mail server. */
static void test_collector(void **state)
{
	struct strbuf log = { 0 };
	struct rows r;

	(void)state;
	for (int i = 0; i < 600; i++) {
		strbuf_addf(&log, "@%d mx1 q=A%d do=accept roles=opens\n",
		            100000 + i, i);
		if (i < 100 || i >= 500)
			strbuf_addf(&log, "@%d mx2 q=B%d do=accept roles=opens\n",
			            100000 + i, i);
		strbuf_addf(&log, "@%d router roles=notmail do=unknown\n",
		            100000 + i);
	}
	rows_init(&r);
	rows_add(&r, strbuf_text(&log), 50);
	check(&r, "mx1/1 100000..100599 covered 600\n"
	          "mx2/1 100000..100099 covered 100\n"
	          "mx2/1 100099..100500 gap 0\n"
	          "mx2/1 100500..100599 covered 100\n");
	strbuf_release(&log);
}

static void test_notes_and_cuts(void **state)
{
	struct strbuf a = { 0 }, b = { 0 };
	struct rows r;

	(void)state;
	add_lines(&a, "mx1", 100000, 10, 1);
	strbuf_add_str(&a, "@100010 mx1 roles=gap do=info\n");
	add_lines(&b, "mx2", 100000, 200, 1);
	rows_init(&r);
	rows_add(&r, strbuf_text(&a), 4)->cut = true;
	rows_add(&r, strbuf_text(&b), 1000);
	check(&r, "mx1/1 100000..100010 covered 11\n"
	          "mx1/1 100010..100010 suppressed 0\n"
	          "mx1/1 100010..100199 truncated 0\n"
	          "mx2/2 100000..100199 covered 200\n");
	strbuf_release(&a);
	strbuf_release(&b);
}

/* A clock put back by an hour at the end of summer time: no gap, no time lost. */
static void test_summer_time(void **state)
{
	struct strbuf log = { 0 };
	struct rows r;
	struct stretch *zones = mem_alloc(2 * sizeof *zones);

	(void)state;
	for (int i = 0; i < 180; i++) { /* 01:30 … 03:00, 02:00 … 03:30 */
		int minute = i < 90 ? 90 + i : 120 + i - 90;

		strbuf_addf(&log, "=202610250%d%02d00 mx1 q=Q%d do=accept "
		                  "roles=opens\n", minute / 60, minute % 60, i);
	}
	rows_init(&r);
	rows_add(&r, strbuf_text(&log), 25);
	zones[0] = (struct stretch){ .source = 1, .from_line = 1, .to_line = 90,
		.zone = "+02:00", .zone_basis = BASIS_ID };
	zones[1] = (struct stretch){ .source = 1, .from_line = 91,
		.to_line = UINT64_MAX, .zone = "+01:00", .zone_basis = BASIS_ID };
	r.stretches = zones;
	r.nstretches = 2;
	check(&r, "mx1/1 1792884600..1792895340 covered 180\n");
	strbuf_release(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_quiet_server),
		cmocka_unit_test(test_two_files),
		cmocka_unit_test(test_collector),
		cmocka_unit_test(test_notes_and_cuts),
		cmocka_unit_test(test_summer_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
