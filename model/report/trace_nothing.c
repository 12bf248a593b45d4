/* SPDX-License-Identifier: MIT */
/* Nothing found is a statement too: about these logs, and about no more. */
#include "base/text.h"
#include "model/report/trace_private.h"

static void add(struct strbuf *out, const char *before, struct slice s)
{
	if (!s.len)
		return;
	strbuf_add_str(out, before);
	text_sanitise(out, s);
}

/* "2026-03-10T09:16:21.318204Z" to the second. */
static struct slice to_second(struct slice time)
{
	return slice_to(time, time.len < 19 ? time.len : 19);
}

static void add_totals(struct strbuf *out, const struct result *s)
{
	int64_t lines = 0, unknown = 0;

	for (size_t i = 0; s && i < s->nrows; i++) {
		lines += trace_number(s, i, "lines");
		unknown += trace_number(s, i, "unknown_lines");
	}
	text_add_number(out, s ? (int64_t)s->nrows : 0);
	strbuf_addf(out, " source%s, ", s && s->nrows == 1 ? "" : "s");
	text_add_number(out, lines);
	strbuf_add_str(out, " lines; not in the text of the ");
	text_add_number(out, unknown);
	strbuf_add_str(out, " that no parser knows\n");
}

static void add_source(struct strbuf *out, const struct result *s, size_t row)
{
	struct slice state = trace_text(s, row, "state");

	add(out, "  ", trace_text(s, row, "server"));
	add(out, "  ", trace_text(s, row, "exhibit"));
	add(out, "  ", to_second(trace_text(s, row, "first_utc")));
	add(out, "Z … ", to_second(trace_text(s, row, "last_utc")));
	strbuf_add_str(out, trace_text(s, row, "last_utc").len ? "Z"
	                                                       : "  no time");
	if (!slice_eq(state, SLICE("ok")))
		add(out, ", ", state);
	strbuf_add_char(out, '\n');
}

static void add_gap(struct strbuf *out, const struct result *g, size_t row)
{
	add(out, "  ", trace_text(g, row, "kind"));
	add(out, "  ", trace_text(g, row, "server"));
	add(out, "  ", to_second(trace_text(g, row, "from_utc")));
	add(out, "Z … ", to_second(trace_text(g, row, "to_utc")));
	strbuf_add_str(out, "Z\n");
}

void trace_add_nothing(struct strbuf *out, struct slice id,
                       const struct result *sources, const struct result *gaps)
{
	strbuf_add_str(out, "No message of this case has the id ");
	text_sanitise(out, id);
	strbuf_add_str(out, ".\nSearched as message-id, queue id, id given by the "
	                    "next server,\nSERVER/QUEUEID, EXHIBIT:LINE and "
	                    "#EVENT in\n");
	add_totals(out, sources);
	for (size_t i = 0; sources && i < sources->nrows; i++)
		add_source(out, sources, i);
	for (size_t i = 0; gaps && i < gaps->nrows; i++)
		add_gap(out, gaps, i);
	strbuf_add_str(out, "The filter raw:");
	text_sanitise(out, id);
	strbuf_add_str(out, " of events searches the text of all lines\n"
	                    "Not in these logs does not mean that it did not "
	                    "happen.\n");
}
