/* SPDX-License-Identifier: MIT */
/* export UNIT: rows into a file with a manifest beside it. */
#include "commands/common.h"
#include "model/report/export.h"

#include <time.h>

static int64_t now_us(const struct options *o)
{
	struct timespec t;

	if (o->now_us != TIME_NONE)
		return o->now_us;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * US_SECOND + t.tv_nsec / 1000;
}

static enum exit_status export_rows(struct work *w, const struct options *o,
                                    FILE *out, struct err *err)
{
	struct export x = { .path = o->output, .case_path = o->case_path,
		.query = &w->query, .filter = w->filter->text,
		.limit = o->limit, .raw = o->raw_csv, .now = now_us(o) };
	uint64_t rows;

	x.format = o->format_given ? options_format(o, out)
	                           : writer_format_find("csv");
	x.columns = options_columns(o, w->query.unit, w, &x.ncolumns, err);
	if (!x.columns)
		return EXIT_USAGE;
	if (!export_write(w->engine, &x, &rows, NULL, err))
		return EXIT_CASE;
	fprintf(out, "%s: %llu %s, hashed in %s.manifest.json\n", o->output,
	        (unsigned long long)rows, units[w->query.unit].name, o->output);
	return rows ? EXIT_DONE : EXIT_NOTHING;
}

static enum exit_status export_run(const struct options *o, FILE *out,
                                   struct err *err)
{
	struct work w = { 0 };
	enum exit_status status;
	enum unit unit;

	if (o->nargs != 1 || !unit_find(o->args[0], &unit) || !o->output) {
		err_set(err, "export needs a unit and a file: mailspoor export "
		        "messages -c CASE -o FILE");
		return EXIT_USAGE;
	}
	if (o->format_given && o->format != FORMAT_CSV &&
	    o->format != FORMAT_JSON) {
		err_set(err, "export writes csv or json");
		return EXIT_USAGE;
	}
	status = work_open(&w, o, unit, err);
	if (status == EXIT_DONE)
		status = export_rows(&w, o, out, err);
	work_close(&w);
	return status;
}

const struct command command_export = {
	.name = "export",
	.synopsis = "export UNIT -c CASE -o FILE",
	.about = "rows into a file, with a manifest of hashes beside it",
	.run = export_run,
};
