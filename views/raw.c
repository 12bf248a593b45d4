/* SPDX-License-Identifier: MIT */
/* A raw line among its neighbours, as it stands in the evidence. */
#include "views/raw.h"

#include "base/alloc.h"
#include "base/civil.h"

#include <stdlib.h>

#define AROUND 300 /* lines asked for on each side */
#define NEAR 60    /* so near the end of what is loaded, more is asked for */

static const char *const source_columns[] = {
	"source_id", "path", "member", "exhibit", "sha256", "lines", "format",
	"server", "state", NULL
};
static const char *const event_columns[] = {
	"event_id", "source_id", "line", "program", "action", "queue_id",
	"client_ip", "user", "sender", "recipient", "code", "dsn", "relay_name",
	"message_id", NULL
};

struct slice raw_text(const struct result *r, size_t row, const char *column)
{
	const struct cell *c = r && row < r->nrows ? result_cell(r, row, column)
	                                           : NULL;

	return c ? c->text : slice_of(NULL, 0);
}

int64_t raw_number(const struct result *r, size_t row, const char *column)
{
	const struct cell *c = r && row < r->nrows ? result_cell(r, row, column)
	                                           : NULL;

	return c && c->text.ptr ? c->number : 0;
}

static uint64_t line_of(const struct result *r, size_t row)
{
	return (uint64_t)r->ids[row];
}

const struct result *raw_lines(const struct step *s, size_t *row)
{
	const struct raw_state *st = s->state;
	const struct result *r = step_result(s, RAW_LINES);

	if (!r || !r->nrows)
		return NULL;
	*row = 0;
	for (size_t i = 0; i < r->nrows && line_of(r, i) <= st->line; i++)
		*row = i;
	return r;
}

size_t raw_source_row(const struct step *s)
{
	const struct raw_state *st = s->state;
	const struct result *r = step_result(s, RAW_SOURCE);

	for (size_t i = 0; r && i < r->nrows; i++)
		if (r->ids[i] == st->source)
			return i;
	return SIZE_MAX;
}

/* ---- opening and questions --------------------------------------------- */

static bool raw_open(struct step *s, const struct target *t, struct err *err)
{
	struct raw_state *st;

	if (!t->row.source || !t->row.line)
		return err_set(err, "no single line of the evidence stands for "
		               "this row");
	st = mem_alloc(sizeof *st);
	st->source = t->row.source;
	st->line = st->anchor = st->opened = t->row.line;
	st->journey = t->row.journey;
	s->state = st;
	snprintf(s->label, sizeof s->label, "raw line");
	return true;
}

static void raw_close(struct step *s)
{
	struct raw_state *st = s->state;

	if (!st)
		return;
	strbuf_release(&st->find);
	free(st);
	s->state = NULL;
}

static struct want *want_rows(struct wants *w, enum slot slot, enum unit unit,
                              const char *const *columns, size_t most)
{
	struct want *n = want_add(w, slot, REQUEST_PAGE);

	n->request.query.unit = unit;
	n->request.query.hidden = true;
	n->request.query.from = n->request.query.to = TIME_NONE;
	n->request.anchor.kind = ANCHOR_FIRST;
	n->request.after = most;
	n->request.columns = columns;
	return n;
}

static void raw_wants(const struct step *s, struct wants *w)
{
	const struct raw_state *st = s->state;
	struct want *n = want_add(w, RAW_LINES, REQUEST_LINES);

	n->request.source = st->source;
	n->request.line = st->anchor;
	n->request.before = n->request.after = AROUND;
	n = want_rows(w, RAW_SOURCE, UNIT_SOURCES, source_columns, 0);
	n->request.anchor.kind = ANCHOR_ROW;
	n->request.anchor.id = st->source;
	/* any filter but the step's: it may leave this source out */
	snprintf(n->filter, sizeof n->filter, "source:*");
	if (!st->journey)
		return;
	n = want_rows(w, RAW_MESSAGE, UNIT_EVENTS, event_columns, 2000);
	snprintf(n->filter, sizeof n->filter, "journey:%lld",
	         (long long)st->journey);
}

static void raw_arrived(struct step *s, enum slot slot)
{
	struct raw_state *st = s->state;
	const struct result *r;
	size_t row;

	if (slot != RAW_LINES || !(r = raw_lines(s, &row)))
		return;
	if (st->line < line_of(r, 0) && !r->before)
		st->line = line_of(r, 0);
	if (!st->journey && line_of(r, row) == st->opened)
		st->journey = raw_number(r, row, "journey_id");
}

/* ---- keys -------------------------------------------------------------- */

static void go_to(struct step *s, size_t row)
{
	struct raw_state *st = s->state;
	const struct result *r = step_result(s, RAW_LINES);

	st->line = line_of(r, row);
	if ((row < NEAR && r->before) || (row + NEAR >= r->nrows && r->after))
		st->anchor = st->line;
}

static bool move_rows(struct step *s, int64_t by)
{
	const struct result *r;
	size_t row;

	r = raw_lines(s, &row);
	if (!r)
		return false;
	if (by < 0)
		row = row > (size_t)-by ? row - (size_t)-by : 0;
	else
		row = r->nrows - 1 - row > (size_t)by ? row + (size_t)by
		                                      : r->nrows - 1;
	go_to(s, row);
	return true;
}

/* g and G: what is not loaded is asked for. */
static bool go_to_end(struct step *s, bool last)
{
	struct raw_state *st = s->state;
	const struct result *sources = step_result(s, RAW_SOURCE);
	int64_t lines = raw_number(sources, raw_source_row(s), "lines");

	if (last && lines <= 0)
		return move_rows(s, AROUND * 2);
	st->line = last ? (uint64_t)lines : 1;
	st->anchor = st->line;
	return true;
}

static void go_to_line(struct raw_state *st, uint64_t line)
{
	st->line = st->anchor = line;
}

/* The next line of this message behind (before) the cursor in this source, out
 * of the message's records; 0 none. */
static uint64_t next_of_message(const struct step *s, int by)
{
	const struct raw_state *st = s->state;
	const struct result *r = step_result(s, RAW_MESSAGE);
	uint64_t best = 0;

	for (size_t i = 0; r && i < r->nrows; i++) {
		uint64_t line = (uint64_t)raw_number(r, i, "line");

		if (raw_number(r, i, "source_id") != st->source)
			continue;
		if (by > 0 ? line <= st->line : line >= st->line)
			continue;
		if (!best || (by > 0 ? line < best : line > best))
			best = line;
	}
	return best;
}

static bool go_in_message(struct shell *sh, struct step *s, int by)
{
	struct raw_state *st = s->state;
	uint64_t line = next_of_message(s, by);
	const struct result *r;
	size_t row;

	if (!st->journey) {
		shell_say(sh, "this line belongs to no message");
		return true;
	}
	if (!line) {
		shell_say(sh, "no %s line of this message in this source",
		          by > 0 ? "later" : "earlier");
		return true;
	}
	st->line = line;
	r = raw_lines(s, &row);
	if (!r || line_of(r, row) != line)
		go_to_line(st, line);
	else
		go_to(s, row);
	return true;
}

static bool find_text(struct shell *sh, struct step *s, int by)
{
	struct raw_state *st = s->state;
	struct slice text = strbuf_slice(&st->find);
	const struct result *r;
	size_t row;

	r = raw_lines(s, &row);
	if (!r)
		return false;
	for (size_t i = row; by > 0 ? ++i < r->nrows : i-- > 0;)
		if (slice_find_nocase(raw_text(r, i, "raw"), text) !=
		    SLICE_NONE) {
			go_to(s, i);
			return true;
		}
	shell_say(sh, "%.*s: no further hit between line %llu and %llu; raw: in "
	          "the filter searches all", SLICE_FMT(text),
	          (unsigned long long)line_of(r, 0),
	          (unsigned long long)line_of(r, r->nrows - 1));
	return true;
}

static bool find(struct shell *sh, struct step *s, struct slice arg)
{
	struct raw_state *st = s->state;

	if (!arg.len) {
		shell_prompt(sh, "find", ACT_FIND, strbuf_slice(&st->find));
		return true;
	}
	strbuf_reset(&st->find);
	strbuf_add_slice(&st->find, arg);
	return find_text(sh, s, 1);
}

static bool next(struct shell *sh, struct step *s, int by)
{
	const struct raw_state *st = s->state;

	return st->find.len ? find_text(sh, s, by) : go_in_message(sh, s, by);
}

static bool raw_act(struct shell *sh, struct step *s, enum act a,
                    struct slice arg)
{
	struct raw_state *st = s->state;
	int page = st->rows > 1 ? st->rows : 1;

	switch ((int)a) {
	case ACT_DOWN: return move_rows(s, 1);
	case ACT_UP: return move_rows(s, -1);
	case ACT_HALF_DOWN: return move_rows(s, page / 2 + 1);
	case ACT_HALF_UP: return move_rows(s, -(page / 2 + 1));
	case ACT_PAGE_DOWN: return move_rows(s, page);
	case ACT_PAGE_UP: return move_rows(s, -page);
	case ACT_FIRST: return go_to_end(s, false);
	case ACT_LAST: return go_to_end(s, true);
	case ACT_HEX: st->hex = !st->hex; return true;
	case ACT_WRAP: st->cut = !st->cut; return true;
	case ACT_GUTTER: st->bare = !st->bare; return true;
	case ACT_FIND: return find(sh, s, arg);
	case ACT_FIND_NEXT: return next(sh, s, 1);
	case ACT_FIND_PREVIOUS: return next(sh, s, -1);
	default: return false;
	}
}

static bool raw_ref(const struct step *s, struct row_ref *out)
{
	const struct raw_state *st = s->state;
	const struct result *r;
	size_t row;

	r = raw_lines(s, &row);
	*out = (struct row_ref){ .unit = UNIT_EVENTS, .source = st->source,
		                 .line = st->line };
	if (!r)
		return false;
	out->journey = raw_number(r, row, "journey_id");
	out->raw = out->value = raw_text(r, row, "raw");
	return true;
}

static void raw_title(const struct step *s, struct strbuf *out)
{
	(void)s;
	strbuf_add_str(out, "as logged");
}

static bool raw_can(const struct step *s, enum act a)
{
	struct row_ref ref;

	if (a == ACT_TIMES)
		return false; /* here stands what was logged, nothing else */

	if (a == ACT_TRACE)
		return raw_ref(s, &ref) && ref.journey;
	return true;
}

static const struct legend legend[] = {
	{ ACT_DOWN, "line", "line" },
	{ ACT_FIND_NEXT, "next of this message", "next of this message" },
	{ ACT_FIND_PREVIOUS, "previous", "previous" },
	{ ACT_FIND, "find", "find" },
	{ ACT_HEX, "hex", "hex" },
	{ ACT_COPY_LINE, "copy", "copy line and source" },
	{ ACT_TRACE, "trace", "trace" },
	{ ACT_WRAP, "wrap", "wrap" },
	{ ACT_GUTTER, "gutter", "gutter" },
	{ ACT_EXPORT, "export", "export" },
	{ ACT_HELP, "keys", "keys" },
	{ ACT_NONE, NULL, NULL },
};

const struct view view_raw = {
	.name = VIEW_NAME_RAW, .brief = "Raw", .flags = VIEW_PAGE, .unit = UNIT_EVENTS,
	.context = CONTEXT_RAW, .open = raw_open, .close = raw_close,
	.wants = raw_wants, .act = raw_act, .can = raw_can,
	.arrived = raw_arrived, .draw = raw_draw, .ref = raw_ref,
	.title = raw_title, .legend = legend,
};
