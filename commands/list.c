/* SPDX-License-Identifier: MIT */
/* list UNIT: the rows of a view, filtered, sorted, in any format. */
#include "commands/common.h"

static bool write_row(void *arg, const struct cell *cells, size_t n, int64_t id)
{
	struct writer *w = arg;

	(void)n;
	(void)id;
	writer_row(w, cells);
	return !ferror(w->out);
}

static enum exit_status list_rows(struct work *w, const struct options *o,
                                  FILE *out, struct err *err)
{
	struct writer writer;
	const char *const *columns;
	size_t n;
	bool ok;

	columns = options_columns(o, w->query.unit, w, &n, err);
	if (!columns)
		return EXIT_USAGE;
	writer_begin(&writer, options_format(o, out), out, columns, n, o->raw_csv);
	ok = engine_each(w->engine, &w->query, columns, o->limit, write_row,
	                 &writer, NULL, err);
	if (!writer_end(&writer) && ok)
		ok = err_set(err, "the rows could not all be written: is the disk "
		             "full, the pipe closed?");
	if (!ok)
		return EXIT_CASE;
	return writer.rows ? EXIT_DONE : EXIT_NOTHING;
}

static enum exit_status list_run(const struct options *o, FILE *out,
                                 struct err *err)
{
	struct work w = { 0 };
	enum exit_status status;
	enum unit unit;

	if (o->nargs != 1 || !unit_find(o->args[0], &unit)) {
		struct strbuf names = { 0 };

		for (int i = 0; i < UNIT_COUNT; i++)
			strbuf_addf(&names, "%s%s", i ? ", " : "", units[i].name);
		err_set(err, "list needs one unit: %s", strbuf_text(&names));
		strbuf_release(&names);
		return EXIT_USAGE;
	}
	status = work_open(&w, o, unit, err);
	if (status == EXIT_DONE && w.query.sort &&
	    !column_exists(unit, w.query.sort)) {
		err_set(err, "%s cannot be sorted by %s: it has no such column",
		        units[unit].name, w.query.sort);
		status = EXIT_USAGE;
	}
	if (status == EXIT_DONE)
		status = list_rows(&w, o, out, err);
	work_close(&w);
	return status;
}

const struct command command_list = {
	.name = "list",
	.synopsis = "list UNIT -c CASE",
	.about = "the rows of a view: messages, recipients, attempts, events …",
	.run = list_run,
};
