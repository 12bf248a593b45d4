/* SPDX-License-Identifier: MIT */
/* What the title tells of the case: sources, assumed zones, gaps. */
#include "views/shell_info.h"

#include "views/shell_private.h"

#include "base/civil.h"

#define INFO_ROWS 1000
#define INFO_NOTE_ROWS 100000

static void ask_rows(struct shell *sh, enum unit unit, const char *filter)
{
	struct want w = { .on = true };
	struct filter_context c = shell_filter_context(sh);
	struct filter *f = filter_parse(slice_str(filter), &c, NULL);

	w.request.kind = REQUEST_PAGE;
	w.request.query.unit = unit;
	w.request.query.from = w.request.query.to = TIME_NONE;
	w.request.anchor.kind = ANCHOR_FIRST;
	w.request.after = unit == UNIT_NOTES ? INFO_NOTE_ROWS : INFO_ROWS;
	shell_ask(sh, SLOT_INFO, &w, f);
	filter_unref(f);
}

void shell_info_start(struct shell *sh)
{
	sh->info_stage = INFO_SOURCES;
	ask_rows(sh, UNIT_SOURCES, "");
}

void shell_info_reply(struct shell *sh, struct reply *r)
{
	struct reply **const places[] = { [INFO_SOURCES] = &sh->sources,
		                          [INFO_GAPS] = &sh->gaps,
		                          [INFO_CLOCKS] = &sh->clocks,
		                          [INFO_NOTES] = &sh->notes,
		                          [INFO_SETTINGS] = &sh->settings };
	struct reply **place;

	if (sh->info_stage == INFO_DONE) {
		reply_free(r);
		return;
	}
	place = places[sh->info_stage];

	if (r->ok && r->result) {
		reply_free(*place);
		*place = r;
	} else {
		reply_free(r);
	}
	switch (sh->info_stage) {
	case INFO_SOURCES:
		sh->info_stage = INFO_GAPS;
		ask_rows(sh, UNIT_COVERAGE, "kind:gap,suppressed,truncated");
		return;
	case INFO_GAPS:
		sh->info_stage = INFO_CLOCKS;
		ask_rows(sh, UNIT_CLOCKS, "");
		return;
	case INFO_CLOCKS:
		sh->info_stage = INFO_DONE;
		/* what the analyst adds waits until the logs are read */
		if (sh->indexing)
			return;
		sh->info_stage = INFO_NOTES;
		ask_rows(sh, UNIT_NOTES, "");
		return;
	case INFO_NOTES:
		shell_keep_arrived(sh);
		sh->info_stage = INFO_SETTINGS;
		ask_rows(sh, UNIT_SETTINGS, "");
		return;
	case INFO_SETTINGS:
		shell_columns_arrived(sh);
		sh->info_stage = INFO_DONE;
		return;
	case INFO_DONE: sh->info_stage = INFO_DONE; return;
	}
}

/* Neither written in the evidence nor given by the analyst. */
bool basis_is_assumed(struct slice basis)
{
	return basis.len && !slice_eq(basis, SLICE("line")) &&
	       !slice_eq(basis, SLICE("copy")) &&
	       !slice_eq(basis, SLICE("header")) &&
	       !slice_eq(basis, SLICE("given"));
}

/* Whether every source's COLUMN is assumed: then the heading says so. */
static bool all_assumed(const struct look *look, const char *column)
{
	const struct result *r = look->sources;
	size_t n = 0;

	for (size_t i = 0; r && i < r->nrows; i++) {
		const struct cell *c = result_cell(r, i, column);

		if (c && c->text.len && !basis_is_assumed(c->text))
			return false;
		n += c && c->text.len;
	}
	return n > 0;
}

bool look_year_is_assumed(const struct look *look)
{
	return all_assumed(look, "year_basis");
}

bool look_zone_is_assumed(const struct look *look)
{
	return all_assumed(look, "zone_basis");
}

static bool is_of_row(const struct result *r, size_t i, enum unit u, int64_t id)
{
	const struct cell *row = result_cell(r, i, "row_id");

	return row->text.ptr && row->number == id &&
	       slice_eq(result_cell(r, i, "unit")->text,
	                slice_str(units[u].name));
}

static void add_said(const struct result *r, enum unit u, int64_t id,
                     const char *kind, struct strbuf *out)
{
	bool tag = strcmp(kind, "tag") == 0;
	size_t n = 0;

	for (size_t i = 0; i < r->nrows; i++) {
		struct slice by = result_cell(r, i, "author")->text;

		if (!is_of_row(r, i, u, id) ||
		    !slice_eq(result_cell(r, i, "kind")->text, slice_str(kind)))
			continue;
		strbuf_addf(out, "%s", n++ && tag ? ", " : tag ? " tag " : " note ");
		if (!tag && by.len)
			strbuf_addf(out, "(%.*s) ", SLICE_FMT(by));
		strbuf_add_slice(out, result_cell(r, i, "text")->text);
	}
	if (n)
		strbuf_add_char(out, ' ');
}

bool look_add_notes(const struct look *look, enum unit u, int64_t id,
                    struct strbuf *out)
{
	if (!look->notes || !look->noted || u >= UNIT_COUNT ||
	    !marks_has(look->noted, u, id))
		return false;
	strbuf_add_char(out, '+');
	add_said(look->notes, u, id, "tag", out);
	add_said(look->notes, u, id, "note", out);
	return true;
}

void look_add_citation(const struct look *look, uint32_t source, uint64_t line,
                       struct strbuf *out)
{
	const struct result *r = look ? look->sources : NULL;

	for (size_t i = 0; r && i < r->nrows; i++)
		if (r->ids[i] == (int64_t)source) {
			strbuf_add_slice(out,
			                 result_cell(r, i, "exhibit")->text);
			strbuf_addf(out, ":%llu", (unsigned long long)line);
			return;
		}
	strbuf_addf(out, "source %u:%llu", (unsigned)source,
	            (unsigned long long)line);
}

/* Zones that no line of the source speaks for: what ids and replies of its own
 * lines tell is inferred, not assumed. */
static size_t assumed_zones(const struct result *r)
{
	static const char *const told[] = { "id", "reply", "handoff" };
	size_t n = 0;

	for (size_t i = 0; i < r->nrows; i++) {
		const struct cell *c = result_cell(r, i, "zone_basis");
		bool assumed = c && basis_is_assumed(c->text);

		for (size_t k = 0; assumed && k < 3; k++)
			assumed = !slice_eq(c->text, slice_str(told[k]));
		n += assumed;
	}
	return n;
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

void shell_info_title(const struct shell *sh, int width, struct strbuf *out)
{
	const struct result *s = sh->sources ? sh->sources->result : NULL;
	const struct result *g = sh->gaps ? sh->gaps->result : NULL;
	size_t start = out->len, zones;

	if (!s)
		return;
	zones = assumed_zones(s);
	if (width >= 45)
		strbuf_addf(out, "%zu source%s  ", s->nrows, plural(s->nrows));
	if (zones && width >= 30)
		strbuf_addf(out, "%zu zone%s assumed  ", zones, plural(zones));
	if (g && g->nrows)
		strbuf_addf(out, "%zu gap%s  ", g->nrows, plural(g->nrows));
	if (width < 10)
		out->len = start;
}
