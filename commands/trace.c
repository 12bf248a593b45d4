/* SPDX-License-Identifier: MIT */
/* trace ID: what happened to a message, over all servers, with the proof. */
#include "commands/common.h"

#include "base/alloc.h"
#include "base/civil.h"
#include "model/report/trace_report.h"

#include <unistd.h>

#define FOUND 64 /* journeys of one id that a terminal shows */

static const struct trace_form *form_of(const struct options *o)
{
	static const char *const names[] = { [FORMAT_TABLE] = "text",
		[FORMAT_CSV] = "csv", [FORMAT_JSON] = "json",
		[FORMAT_TEXT] = "text", [FORMAT_DOT] = "dot" };

	return trace_form_find(names[o->format]);
}

static bool write_trace(struct work *w, const struct options *o, FILE *out,
                        int64_t journey, struct err *err)
{
	struct strbuf text = { 0 };
	bool ok = trace_write(w->engine, form_of(o), journey, o->raw_csv, &text,
	                      NULL, err);

	if (ok)
		fwrite(strbuf_text(&text), 1, text.len, out);
	strbuf_release(&text);
	return ok;
}

static struct result *all_rows(struct work *w, enum unit unit,
                               const char *filter, struct err *err)
{
	struct filter_context none = { 0 };
	struct filter *f = filter_parse(slice_str(filter), &none, err);
	struct query q = { .unit = unit, .hidden = true, .from = TIME_NONE,
		.to = TIME_NONE, .where = f ? f->where : NULL };
	struct anchor first = { .kind = ANCHOR_FIRST };
	struct result *r = NULL;

	if (f)
		r = engine_page(w->engine, &q, &first, 0, 10000, NULL, NULL, err);
	filter_unref(f);
	return r;
}

/* Of text on standard output; else where messages go, and rows are rows. */
static bool tell_nothing(struct work *w, const struct options *o, FILE *out,
                         struct err *err)
{
	struct result *sources = all_rows(w, UNIT_SOURCES, "", err);
	struct result *gaps = sources ? all_rows(w, UNIT_COVERAGE,
	                                         "kind:gap,suppressed,truncated",
	                                         err)
	                              : NULL;
	struct strbuf text = { 0 };
	bool ok = sources && gaps;

	if (ok) {
		trace_add_nothing(&text, slice_str(o->args[0]), sources, gaps);
		fputs(strbuf_text(&text),
		      strcmp(form_of(o)->name, "text") == 0 ? out : stderr);
	}
	strbuf_release(&text);
	result_free(sources);
	result_free(gaps);
	return ok;
}

/* The engine answers one question at a time: ids first, traces then. */
struct ids {
	int64_t *list;
	size_t n, cap;
};

/* The first call says how many there are. */
static bool find_all(struct work *w, const struct options *o, struct ids *ids,
                     struct err *err)
{
	struct slice id = slice_str(o->args[0]);

	do {
		ids->cap = ids->n ? ids->n : FOUND;
		ids->list = mem_resize(ids->list, ids->cap * sizeof *ids->list);
		if (!engine_find_journeys(w->engine, id, ids->list, ids->cap,
		                          &ids->n, NULL, err)) {
			free(ids->list);
			return false;
		}
	} while (ids->n > ids->cap);
	if (!ids->n)
		free(ids->list);
	return true;
}

static enum exit_status trace_one(struct work *w, const struct options *o,
                                  FILE *out, struct err *err)
{
	struct ids ids = { 0 };
	size_t n, shown;
	bool ok = find_all(w, o, &ids, err);

	if (!ok)
		return EXIT_CASE;
	if (!ids.n)
		return tell_nothing(w, o, out, err) ? EXIT_NOTHING : EXIT_CASE;
	n = shown = ids.n;
	if (n > FOUND && isatty(fileno(out)) &&
	    strcmp(form_of(o)->name, "text") == 0)
		shown = FOUND;
	if (o->limit && shown > o->limit)
		shown = o->limit;
	for (size_t i = 0; ok && i < shown; i++)
		ok = write_trace(w, o, out, ids.list[i], err);
	free(ids.list);
	if (ok && shown < n)
		fprintf(stderr, "mailspoor: %zu journeys have that id; the first "
		        "%zu are shown, %s\n", n, shown,
		        o->limit ? "without --limit all are"
		                 : "--json or -o FILE gives all");
	return ok ? EXIT_DONE : EXIT_CASE;
}

static bool keep_id(void *arg, const struct cell *cells, size_t n, int64_t id)
{
	struct ids *ids = arg;

	(void)cells;
	(void)n;
	GROW(ids->list, ids->n, ids->cap);
	ids->list[ids->n++] = id;
	return true;
}

static enum exit_status trace_all(struct work *w, const struct options *o,
                                  FILE *out, struct err *err)
{
	static const char *const columns[] = { "journey_id", NULL };
	struct ids ids = { 0 };
	bool ok = engine_each(w->engine, &w->query, columns, o->limit, keep_id,
	                      &ids, NULL, err);

	for (size_t i = 0; ok && i < ids.n; i++)
		ok = write_trace(w, o, out, ids.list[i], err);
	free(ids.list);
	if (!ok)
		return EXIT_CASE;
	return ids.n ? EXIT_DONE : EXIT_NOTHING;
}

static enum exit_status trace_run(const struct options *o, FILE *out,
                                  struct err *err)
{
	struct work w = { 0 };
	enum exit_status status;

	if (o->all ? o->nargs != 0 : o->nargs != 1) {
		err_set(err, "trace needs one id (a message-id, a queue id, "
		        "SERVER/QUEUEID, EXHIBIT:LINE), or --all");
		return EXIT_USAGE;
	}
	status = work_open(&w, o, UNIT_MESSAGES, err);
	if (status == EXIT_DONE && form_of(o)->begin)
		fputs(form_of(o)->begin, out);
	if (status == EXIT_DONE)
		status = o->all ? trace_all(&w, o, out, err)
		                : trace_one(&w, o, out, err);
	work_close(&w);
	return status;
}

const struct command command_trace = {
	.name = "trace",
	.synopsis = "trace ID -c CASE",
	.about = "follow a message over all servers, with the proving lines",
	.run = trace_run,
};
