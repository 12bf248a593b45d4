/* SPDX-License-Identifier: MIT */
/* check: the evidence hashed again, and what the rules found in it. The case
 * itself is not changed. */
#include "base/text.h"
#include "commands/common.h"
#include "model/report/check.h"

static void print_source(const struct check_source *s, FILE *out)
{
	struct strbuf text = { 0 };

	text_sanitise(&text, slice_str(s->path));
	if (*s->member) {
		strbuf_add_char(&text, '/');
		text_sanitise(&text, slice_str(s->member));
	}
	fprintf(out, "%-12s %s\n",
	        s->now == SOURCE_OK      ? "unchanged"
	        : s->now == SOURCE_ERROR ? "not compared"
	                                 : source_state_name(s->now),
	        strbuf_text(&text));
	strbuf_release(&text);
}

static bool print_tests(struct engine *e, FILE *out, struct err *err)
{
	struct strbuf text = { 0 };
	bool ok = check_print_tests(e, &text, err);

	fputs(strbuf_text(&text), out);
	strbuf_release(&text);
	return ok;
}

static enum exit_status check_verb(const struct options *o, FILE *out,
                                   struct err *err)
{
	struct work w = { 0 };
	struct check c = { 0 };
	enum exit_status status = work_open(&w, o, UNIT_SOURCES, err);

	if (status == EXIT_DONE && !check_run(w.engine, &c, NULL, err))
		status = EXIT_CASE;
	for (size_t i = 0; i < c.n; i++)
		print_source(&c.list[i], out);
	if (status == EXIT_DONE && !print_tests(w.engine, out, err))
		status = EXIT_CASE;
	if (status == EXIT_DONE && (c.changed || c.missing || c.other)) {
		err_set(err, "%zu of %zu sources are not what the case was made "
		        "from", c.changed + c.missing + c.other, c.n);
		status = EXIT_CASE;
	}
	check_release(&c);
	work_close(&w);
	return status;
}

const struct command command_check = {
	.name = "check",
	.synopsis = "check -c CASE",
	.about = "hash the evidence again and say what changed or is missing; what "
	         "the logs cover, which tests of them were possible, what fired",
	.run = check_verb,
};
