/* SPDX-License-Identifier: MIT */
/* A small case and the questions that tests ask it. */
#include "tests/asking.h"

#include "base/civil.h"
#include "model/ask/filter.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define MESSAGES 40

int asking_setup(void **state)
{
	static struct asking f;
	struct err err;

	small_case_make(&f.c, MESSAGES);
	f.e = engine_open(f.c.path, &err);
	*state = &f;
	return f.e ? 0 : -1;
}

int asking_teardown(void **state)
{
	struct asking *f = *state;

	engine_close(f->e);
	small_case_free(&f->c);
	return 0;
}

struct filter *asking_filter(const char *text)
{
	struct filter_context c = { .last = INT64_C(1789000000) * US_SECOND };
	struct err err;
	struct filter *f = filter_parse(slice_str(text), &c, &err);

	if (!f)
		fail_msg("%s: %s", text, err.text);
	return f;
}

struct query asking_query(enum unit u, const struct filter *f)
{
	return (struct query){ .unit = u, .counted = u, .from = TIME_NONE,
		               .to = TIME_NONE, .where = f ? f->where : NULL };
}

struct result *asking_all(struct engine *e, const struct query *q)
{
	struct anchor first = { .kind = ANCHOR_FIRST };
	struct err err = { 0 };
	struct result *r =
		engine_page(e, q, &first, 0, 100000, NULL, NULL, &err);

	if (!r)
		fail_msg("%s: %s", units[q->unit].name, err.text);
	assert_false(r->before);
	assert_false(r->after);
	return r;
}

struct count asking_count(struct engine *e, const struct query *q)
{
	struct count n;
	struct err err = { 0 };

	if (!engine_count(e, q, &n, NULL, &err))
		fail_msg("%s: %s", units[q->unit].name, err.text);
	return n;
}

size_t asking_rows(struct engine *e, enum unit u, const char *text)
{
	struct filter *f = asking_filter(text);
	struct query q = asking_query(u, f);
	struct result *r = asking_all(e, &q);
	struct count n = asking_count(e, &q);
	size_t rows = r->nrows;

	if (n.n + n.refused != rows)
		fail_msg("%s %s: %zu rows, %zu and %zu", units[u].name, text,
		         rows, (size_t)n.n, (size_t)n.refused);
	result_free(r);
	filter_unref(f);
	return rows;
}
