/* SPDX-License-Identifier: MIT */
/* What the logs of a case cover, and which tests of them were possible. */
#include "model/report/check.h"

#include "base/text.h"

static bool each(struct engine *e, enum unit u, const char *const *columns,
                 engine_row_fn fn, struct strbuf *out, struct err *err)
{
	struct query q = { .unit = u, .counted = u,
		           .from = TIME_NONE, .to = TIME_NONE };

	return engine_each(e, &q, columns, 0, fn, out, NULL, err);
}

static void add_cell(struct strbuf *out, const struct cell *c, int width)
{
	size_t from = out->len;

	text_sanitise(out, c->text);
	while (out->len < from + (size_t)width)
		strbuf_add_char(out, ' ');
	strbuf_add_char(out, ' ');
}

static bool add_coverage(void *arg, const struct cell *c, size_t n, int64_t id)
{
	struct strbuf *out = arg;

	(void)n;
	(void)id;
	strbuf_add_str(out, "  ");
	add_cell(out, &c[0], 12);
	add_cell(out, &c[1], 10);
	add_cell(out, &c[2], 0);
	add_cell(out, &c[3], 0);
	strbuf_add_str(out, " source ");
	add_cell(out, &c[4], 0);
	add_cell(out, &c[5], 0);
	strbuf_add_str(out, "lines\n");
	return true;
}

/* "0" and absent say that the rule was impossible: tell what it lacks. */
static bool add_trial(void *arg, const struct cell *c, size_t n, int64_t id)
{
	struct strbuf *out = arg;
	bool never = slice_eq(c[2].text, SLICE("0"));
	bool quiet = slice_eq(c[3].text, SLICE("0"));

	(void)n;
	(void)id;
	strbuf_add_str(out, "  ");
	add_cell(out, &c[0], 12);
	add_cell(out, &c[1], 20);
	if (never) {
		strbuf_add_str(out, "not possible: it needs ");
		add_cell(out, &c[4], 0);
	} else if (quiet) {
		strbuf_add_str(out, "passed, tried ");
		add_cell(out, &c[2], 0);
	} else {
		strbuf_add_str(out, "FIRED ");
		add_cell(out, &c[3], 0);
		strbuf_add_str(out, "of ");
		add_cell(out, &c[2], 0);
	}
	strbuf_add_char(out, '\n');
	return true;
}

static bool add_finding(void *arg, const struct cell *c, size_t n, int64_t id)
{
	struct strbuf *out = arg;

	(void)n;
	(void)id;
	strbuf_add_str(out, "  ");
	add_cell(out, &c[0], 8);
	add_cell(out, &c[1], 20);
	add_cell(out, &c[2], 0);
	strbuf_add_str(out, "\n           ");
	add_cell(out, &c[3], 0);
	strbuf_add_char(out, '\n');
	return true;
}

bool check_print_tests(struct engine *e, struct strbuf *out, struct err *err)
{
	static const char *const coverage[] = { "server", "kind", "from_utc",
		                                "to_utc", "source_id", "lines",
		                                NULL };
	static const char *const trials[] = { "server", "rule", "tried",
		                              "fired", "needs", NULL };
	static const char *const findings[] = { "severity", "rule", "entity",
		                                "explanation", NULL };

	strbuf_add_str(out, "\ncoverage (UTC)\n");
	if (!each(e, UNIT_COVERAGE, coverage, add_coverage, out, err))
		return false;
	strbuf_add_str(out, "\ntests: what fired is an indicator, no proof\n");
	if (!each(e, UNIT_TRIALS, trials, add_trial, out, err))
		return false;
	strbuf_add_str(out, "\nfindings\n");
	return each(e, UNIT_FINDINGS, findings, add_finding, out, err);
}
