/* SPDX-License-Identifier: MIT */
/* trace ID: what happened to a message, over all servers, with the proof. */
#include "commands/common.h"

#include "base/alloc.h"
#include "base/civil.h"
#include "model/report/trace_report.h"

#define FOUND 64 /* journeys that one id may name */

/* Event ids of a journey's transactions. */
static struct result *journey_events(struct work *w, int64_t journey,
                                     struct err *err)
{
	static const char *const columns[] = { "event_id", "transaction_id", NULL };
	struct query q = { .unit = UNIT_EVENTS, .hidden = true,
		.from = TIME_NONE, .to = TIME_NONE };
	struct anchor first = { .kind = ANCHOR_FIRST };
	struct filter_context none = { 0 };
	struct strbuf text = { 0 };
	struct filter *f;
	struct result *r = NULL;

	strbuf_addf(&text, "journey:%lld", (long long)journey);
	f = filter_parse(strbuf_slice(&text), &none, err);
	if (f) {
		q.where = f->where;
		r = engine_page(w->engine, &q, &first, 0, 100000, columns, NULL, err);
	}
	filter_unref(f);
	strbuf_release(&text);
	return r;
}

static bool write_trace(struct work *w, const struct options *o, FILE *out,
                        int64_t journey, struct err *err)
{
	struct trace *t = engine_trace(w->engine, journey, NULL, err);
	struct result *events = NULL;
	struct strbuf text = { 0 };

	if (!t)
		return false;
	if (o->format == FORMAT_JSON) {
		events = journey_events(w, journey, err);
		if (events)
			trace_add_json(&text, t, events);
	} else if (o->format == FORMAT_DOT) {
		trace_add_dot(&text, t);
	} else {
		trace_add_text(&text, t);
	}
	fwrite(strbuf_text(&text), 1, text.len, out);
	strbuf_release(&text);
	trace_free(t);
	result_free(events);
	return o->format != FORMAT_JSON || events;
}

static enum exit_status trace_one(struct work *w, const struct options *o,
                                  FILE *out, struct err *err)
{
	int64_t found[FOUND];
	size_t n;

	if (!engine_find_journeys(w->engine, slice_str(o->args[0]), found, FOUND,
	                          &n, NULL, err))
		return EXIT_CASE;
	for (size_t i = 0; i < n && i < FOUND; i++)
		if (!write_trace(w, o, out, found[i], err))
			return EXIT_CASE;
	if (n > FOUND)
		fprintf(stderr, "mailspoor: %zu journeys have that id; the first %d "
		        "are shown, list messages -f mid:… lists all\n", n, FOUND);
	return n ? EXIT_DONE : EXIT_NOTHING;
}

/* The engine answers one question at a time: ids first, traces then. */
struct ids {
	int64_t *list;
	size_t n, cap;
};

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
