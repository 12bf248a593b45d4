/* SPDX-License-Identifier: MIT */
/* top FIELD[,FIELD…]: how often each combination of values occurs. */
#include "commands/common.h"

#include "base/civil.h"

static bool read_groups(struct work *w, const struct options *o, struct err *err)
{
	struct slice rest = slice_str(o->args[0]);

	while (rest.len) {
		struct slice name = slice_trim(slice_cut(&rest, ','));
		const struct field *f = field_find(name);

		if (!f)
			return err_set(err, "there is no field %.*s: see "
			               "mailspoor-filter(7)", SLICE_FMT(name));
		if (!field_in(f, w->query.unit))
			return err_set(err, "%s have no field %s", units[w->query.unit].name,
			               f->name);
		if (w->query.ngroups == QUERY_GROUPS)
			return err_set(err, "top takes up to %d fields", QUERY_GROUPS);
		w->query.groups[w->query.ngroups++] = f;
	}
	if (o->by_time && !duration_parse(slice_str(o->by_time), &w->query.bucket))
		return err_set(err, "--by-time %s is no length of time: 1h, 1d, 15m",
		               o->by_time);
	return w->query.ngroups > 0 ||
	       err_set(err, "top needs a field, as in: top from");
}

static enum exit_status write_result(const struct result *r,
                                     const struct options *o, FILE *out,
                                     struct err *err)
{
	struct writer writer;

	writer_begin(&writer, options_format(o, out), out, r->columns, r->ncolumns,
	             o->raw_csv);
	for (size_t i = 0; i < r->nrows; i++)
		writer_row(&writer, r->cells + i * r->ncolumns);
	if (!writer_end(&writer)) {
		err_set(err, "the rows could not all be written");
		return EXIT_CASE;
	}
	return r->nrows ? EXIT_DONE : EXIT_NOTHING;
}

static enum exit_status top_run(const struct options *o, FILE *out,
                                struct err *err)
{
	struct work w = { 0 };
	struct result *r;
	enum exit_status status;
	enum unit unit = UNIT_MESSAGES;

	if (o->nargs != 1 || (o->unit && !unit_find(o->unit, &unit))) {
		err_set(err, o->nargs != 1 ? "top needs fields, as in: top from,to"
		                           : "--unit takes messages, recipients, "
		                             "attempts, events …");
		return EXIT_USAGE;
	}
	status = work_open(&w, o, unit, err);
	if (status == EXIT_DONE && !read_groups(&w, o, err))
		status = EXIT_USAGE;
	if (status == EXIT_DONE) {
		r = engine_groups(w.engine, &w.query, o->limit, NULL, err);
		status = r ? write_result(r, o, out, err) : EXIT_CASE;
		result_free(r);
	}
	work_close(&w);
	return status;
}

const struct command command_top = {
	.name = "top",
	.synopsis = "top FIELD[,FIELD...] -c CASE",
	.about = "counts by fields, most frequent first",
	.run = top_run,
};
