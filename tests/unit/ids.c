/* SPDX-License-Identifier: MIT */
/* Every example of every family, shapes, and what replies say. */
#include "parsers/ids/id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static int64_t time_of(const char *iso)
{
	int64_t us = TIME_NONE;
	int32_t offset;
	bool has_zone;

	if (iso && !civil_parse(slice_str(iso), &us, NULL, &has_zone, &offset))
		fail_msg("not a time: %s", iso);
	return us;
}

static void test_examples(void **state)
{
	(void)state;
	for (size_t f = 0; id_families[f]; f++) {
		const struct id_family *family = id_families[f];

		assert_true(family->nexamples > 0);
		for (size_t i = 0; i < family->nexamples; i++) {
			const struct id_example *e = &family->examples[i];
			struct strbuf text = { 0 };
			struct id id;

			if (!family->decode(slice_str(e->text),
			                    time_of(e->near), &id))
				fail_msg("%s: %s not decoded", family->name,
				         e->text);
			assert_string_equal(id.family, family->name);
			id_print(&id, &text);
			assert_string_equal(strbuf_text(&text), e->decoded);
			strbuf_release(&text);
		}
	}
}
int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_examples) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
