/* SPDX-License-Identifier: MIT */
/* The key table and look-ups in it. */
#include "views/keys.h"

#include "tui/key.h"

const char *const key_groups[GROUP_COUNT] = {
	[GROUP_MOVE] = "MOVE",     [GROUP_GO] = "GO",
	[GROUP_FILTER] = "FILTER", [GROUP_FIND] = "FIND",
	[GROUP_SHOW] = "SHOW",     [GROUP_KEEP] = "KEEP",
	[GROUP_PROGRAM] = "PROGRAM",
};

/* Panes: the filter bar is theirs. LIST, alone, has rows of one kind. */
#define PANES (IN(LIST) | IN(OVERVIEW) | IN(TIMELINE))
#define PAGES (IN(TRACE) | IN(RAW) | IN(DOSSIER))
#define ROWS_OF (PANES | PAGES | IN(HELP))
#define FOUND_IN (IN(LIST) | IN(TRACE) | IN(RAW) | IN(HELP))
#define CASE_OF (PANES | PAGES)

/* Long because it is flat: a row per key, grouped as the help shows them. */
const struct key_row key_rows[] = {
	{ .act = ACT_DOWN, .where = ROWS_OF, .group = GROUP_MOVE,
	  .keys = { 'j', KEY_CODE_DOWN, CTRL('n') }, .help = "next row",
	  .command = "down" },
	{ .act = ACT_UP, .where = ROWS_OF, .group = GROUP_MOVE,
	  .keys = { 'k', KEY_CODE_UP, CTRL('p') }, .help = "previous row",
	  .command = "up" },
	{ .act = ACT_LEFT, .where = IN(LIST), .group = GROUP_MOVE,
	  .keys = { 'h', KEY_CODE_LEFT }, .help = "column to the left",
	  .command = "left" },
	{ .act = ACT_RIGHT, .where = IN(LIST), .group = GROUP_MOVE,
	  .keys = { 'l', KEY_CODE_RIGHT }, .help = "column to the right",
	  .command = "right" },
	{ .act = ACT_LEFT, .where = IN(OVERVIEW), .group = GROUP_MOVE,
	  .keys = { 'h', KEY_CODE_LEFT }, .help = "to the left",
	  .command = "left" },
	{ .act = ACT_RIGHT, .where = IN(OVERVIEW), .group = GROUP_MOVE,
	  .keys = { 'l', KEY_CODE_RIGHT }, .help = "to the right",
	  .command = "right" },
	{ .act = ACT_LEFT, .where = IN(TIMELINE), .group = GROUP_MOVE,
	  .keys = { 'h', KEY_CODE_LEFT }, .help = "bar before",
	  .command = "left" },
	{ .act = ACT_RIGHT, .where = IN(TIMELINE), .group = GROUP_MOVE,
	  .keys = { 'l', KEY_CODE_RIGHT }, .help = "next bar",
	  .command = "right" },
	{ .act = ACT_HALF_DOWN, .where = IN(TIMELINE), .group = GROUP_MOVE,
	  .keys = { CTRL('d'), KEY_CODE_PAGE_DOWN, CTRL('f') },
	  .help = "ten bars on", .command = "half-down" },
	{ .act = ACT_HALF_UP, .where = IN(TIMELINE), .group = GROUP_MOVE,
	  .keys = { CTRL('u'), KEY_CODE_PAGE_UP }, .help = "ten bars back",
	  .command = "half-up" },
	{ .act = ACT_LEFT, .where = IN(TRACE), .group = GROUP_MOVE,
	  .keys = { 'h', KEY_CODE_LEFT }, .help = "fold", .command = "fold" },
	{ .act = ACT_RIGHT, .where = IN(TRACE), .group = GROUP_MOVE,
	  .keys = { 'l', KEY_CODE_RIGHT }, .help = "unfold",
	  .command = "unfold" },
	{ .act = ACT_HALF_DOWN, .where = FOUND_IN | IN(OVERVIEW), .group = GROUP_MOVE,
	  .keys = { CTRL('d') }, .help = "half a page down",
	  .command = "half-down" },
	{ .act = ACT_HALF_UP, .where = FOUND_IN | IN(OVERVIEW), .group = GROUP_MOVE,
	  .keys = { CTRL('u') }, .help = "half a page up",
	  .command = "half-up" },
	{ .act = ACT_PAGE_DOWN, .where = FOUND_IN | IN(OVERVIEW), .group = GROUP_MOVE,
	  .keys = { KEY_CODE_PAGE_DOWN, CTRL('f') }, .help = "page down",
	  .command = "page-down" },
	{ .act = ACT_PAGE_UP, .where = FOUND_IN | IN(OVERVIEW), .group = GROUP_MOVE,
	  .keys = { KEY_CODE_PAGE_UP }, .help = "page up",
	  .command = "page-up" },
	{ .act = ACT_FIRST, .where = ROWS_OF, .group = GROUP_MOVE,
	  .keys = { 'g', KEY_CODE_HOME }, .help = "first row",
	  .command = "first" },
	{ .act = ACT_LAST, .where = ROWS_OF, .group = GROUP_MOVE,
	  .keys = { 'G', KEY_CODE_END }, .help = "last row",
	  .command = "last" },

	{ .act = ACT_OPEN, .where = IN(LIST) | IN(DOSSIER), .group = GROUP_GO,
	  .keys = { KEY_CODE_ENTER }, .help = "open what it counts",
	  .command = "open", .label = "open", .rank = 1 },
	{ .act = ACT_OPEN, .where = IN(OVERVIEW), .group = GROUP_GO,
	  .keys = { KEY_CODE_ENTER }, .help = "open what it counts",
	  .command = "open", .label = "open", .rank = 1 },
	{ .act = ACT_OPEN, .where = IN(TIMELINE), .group = GROUP_GO,
	  .keys = { KEY_CODE_ENTER }, .help = "open what the bar counts",
	  .command = "open", .label = "messages",
	  .label_wide = "its messages", .rank = 1 },
	{ .act = ACT_OPEN, .where = IN(TRACE), .group = GROUP_GO,
	  .keys = { KEY_CODE_ENTER }, .help = "proof of this step",
	  .command = "open", .label = "proof", .rank = 1 },
	{ .act = ACT_OPEN, .where = IN(HELP), .group = GROUP_GO,
	  .keys = { KEY_CODE_ENTER }, .help = "run this key",
	  .command = "open", .label = "run this key", .rank = 1 },
	{ .act = ACT_BACK, .where = ROWS_OF, .group = GROUP_GO,
	  .keys = { KEY_CODE_ESC, 'q', KEY_CODE_BACKSPACE },
	  .help = "one step back", .command = "back" },
	{ .act = ACT_PANE, .where = PANES, .group = GROUP_GO,
	  .keys = { '1', '2', '3', '4', '5', '6', '7', '8', '9', '0' },
	  .help = "pane, same filter", .command = "pane", .argument = "NAME" },
	{ .act = ACT_NEXT_PANE, .where = PANES, .group = GROUP_GO,
	  .keys = { KEY_CODE_TAB }, .help = "next pane",
	  .command = "next-pane" },
	{ .act = ACT_PREVIOUS_PANE, .where = PANES, .group = GROUP_GO,
	  .keys = { KEY_CODE_BACKTAB }, .help = "previous pane",
	  .command = "previous-pane" },
	{ .act = ACT_OTHER_HALF, .where = IN(TRACE), .group = GROUP_GO,
	  .keys = { KEY_CODE_TAB }, .help = "the other half",
	  .command = "half", .label = "lines", .rank = 2 },
	{ .act = ACT_NEXT_MESSAGE, .where = IN(TRACE), .group = GROUP_GO,
	  .keys = { 'J' }, .help = "next message of the list",
	  .command = "next-message", .label = "next msg",
	  .label_wide = "next message", .rank = 4 },
	{ .act = ACT_PREVIOUS_MESSAGE, .where = IN(TRACE), .group = GROUP_GO,
	  .keys = { 'K' }, .help = "previous message of the list",
	  .command = "previous-message" },
	{ .act = ACT_RELATED, .where = IN(TRACE), .group = GROUP_GO,
	  .keys = { 'R' }, .help = "related messages", .command = "related",
	  .label = "related", .rank = 6 },
	{ .act = ACT_TRACE, .where = IN(LIST) | IN(RAW), .group = GROUP_GO,
	  .keys = { 't' }, .help = "trace this message", .command = "trace",
	  .label = "trace", .rank = 10 },
	{ .act = ACT_TRACE_ID, .where = CASE_OF, .group = GROUP_GO,
	  .keys = { 'T' }, .help = "trace an id typed or pasted",
	  .command = "trace-id", .argument = "ID" },
	{ .act = ACT_RAW, .where = IN(LIST) | IN(TRACE), .group = GROUP_GO,
	  .keys = { 'o' }, .help = "raw line in context", .command = "raw",
	  .label = "raw", .label_wide = "raw line", .rank = 3 },
	{ .act = ACT_DOSSIER, .where = CASE_OF, .group = GROUP_GO,
	  .keys = { 'd' }, .help = "dossier of this value",
	  .command = "dossier", .argument = "VALUE", .label = "dossier",
	  .rank = 6 },
	{ .act = ACT_ASK, .where = CASE_OF, .group = GROUP_GO,
	  .keys = { 'A' }, .help = "ask a question", .command = "ask",
	  .later = true },
	{ .act = ACT_WANTED, .where = CASE_OF, .group = GROUP_GO,
	  .keys = { 'w' }, .help = "wanted logs: what to ask for",
	  .command = "wanted" },

	{ .act = ACT_EDIT_FILTER, .where = PANES, .group = GROUP_FILTER,
	  .keys = { '\\', '&', KEY_CODE_F1 + 3 }, .help = "edit the filter",
	  .command = "filter", .argument = "FILTER", .label = "filter",
	  .label_wide = "edit the filter", .rank = 9 },
	{ .act = ACT_ONLY, .where = PANES, .group = GROUP_FILTER,
	  .keys = { 'f' }, .help = "only this value", .command = "only",
	  .label = "only", .label_wide = "only this", .rank = 4 },
	{ .act = ACT_NOT, .where = PANES, .group = GROUP_FILTER,
	  .keys = { 'F' }, .help = "not this value", .command = "not",
	  .label = "not", .label_wide = "not this", .rank = 5 },
	{ .act = ACT_DROP_TERM, .where = PANES, .group = GROUP_FILTER,
	  .keys = { 'r' }, .help = "drop a term", .command = "drop",
	  .label = "drop term", .label_wide = "drop a term", .rank = 6 },

	{ .act = ACT_FIND, .where = FOUND_IN, .group = GROUP_FIND,
	  .keys = { '/' }, .help = "find in the rows", .command = "find",
	  .argument = "TEXT", .label = "find", .rank = 8 },
	{ .act = ACT_FIND_NEXT, .where = IN(TIMELINE), .group = GROUP_FIND,
	  .keys = { 'n' }, .help = "next finding", .command = "find-next",
	  .label = "next !", .label_wide = "next finding", .rank = 8 },
	{ .act = ACT_FIND_PREVIOUS, .where = IN(TIMELINE), .group = GROUP_FIND,
	  .keys = { 'N' }, .help = "previous finding",
	  .command = "find-previous" },
	{ .act = ACT_FIND_NEXT, .where = FOUND_IN, .group = GROUP_FIND,
	  .keys = { 'n', KEY_CODE_F1 + 2 }, .help = "next hit",
	  .command = "find-next" },
	{ .act = ACT_FIND_PREVIOUS, .where = FOUND_IN, .group = GROUP_FIND,
	  .keys = { 'N' }, .help = "previous hit",
	  .command = "find-previous" },

	{ .act = ACT_SORT, .where = IN(LIST), .group = GROUP_SHOW,
	  .keys = { 's' }, .help = "sort by this column, again reverses",
	  .command = "sort", .label = "sort", .rank = 7 },
	{ .act = ACT_SORT_DEFAULT, .where = IN(LIST), .group = GROUP_SHOW,
	  .keys = { 'S' }, .help = "the pane's own order",
	  .command = "sort-default" },
	{ .act = ACT_GROUP, .where = IN(LIST), .group = GROUP_SHOW,
	  .keys = { 'b' }, .help = "group by", .command = "group" },
	{ .act = ACT_UNIT, .where = IN(LIST), .group = GROUP_SHOW,
	  .keys = { 'U' }, .help = "unit that is counted", .command = "unit" },
	{ .act = ACT_TIMES, .where = CASE_OF, .group = GROUP_SHOW,
	  .keys = { 'u' }, .help = "UTC, own zone, as logged",
	  .command = "times", .label = "zone", .label_wide = "zone shown",
	  .rank = 11 },
	{ .act = ACT_UNIT, .where = IN(TIMELINE), .group = GROUP_SHOW,
	  .keys = { 'U' }, .help = "unit that is counted", .command = "unit",
	  .label = "unit", .rank = 12 },
	{ .act = ACT_CHART, .where = IN(LIST), .group = GROUP_SHOW,
	  .keys = { 'x' }, .help = "chart over time", .command = "chart" },
	{ .act = ACT_CHART, .where = IN(TIMELINE), .group = GROUP_SHOW,
	  .keys = { 'x' }, .help = "what the lanes are", .command = "lanes",
	  .argument = "FIELD", .label = "lanes", .rank = 5 },
	{ .act = ACT_SCALE, .where = IN(TIMELINE), .group = GROUP_SHOW,
	  .keys = { '=' }, .help = "one scale for all lanes, own ones",
	  .command = "scale", .label = "scale", .rank = 7 },
	{ .act = ACT_ZOOM_IN, .where = IN(LIST) | IN(TIMELINE),
	  .group = GROUP_SHOW, .keys = { 'z' },
	  .help = "zoom in on this time", .command = "zoom-in",
	  .label = "zoom", .label_wide = "zoom in", .rank = 14 },
	{ .act = ACT_ZOOM_OUT, .where = PANES, .group = GROUP_SHOW,
	  .keys = { 'Z' }, .help = "zoom out", .command = "zoom-out",
	  .label = "out", .label_wide = "zoom out", .rank = 15 },
	{ .act = ACT_COLUMNS, .where = IN(LIST), .group = GROUP_SHOW,
	  .keys = { 'c' }, .help = "columns", .command = "columns" },
	{ .act = ACT_FIELDS, .where = IN(LIST), .group = GROUP_SHOW,
	  .keys = { 'v' }, .help = "all fields of the row",
	  .command = "fields" },
	{ .act = ACT_HEX, .where = IN(RAW), .group = GROUP_SHOW,
	  .keys = { 'x' }, .help = "bytes as hex", .command = "hex",
	  .label = "hex", .rank = 9 },
	{ .act = ACT_WRAP, .where = IN(RAW), .group = GROUP_SHOW,
	  .keys = { 'W' }, .help = "wrap long lines", .command = "wrap" },
	{ .act = ACT_GUTTER, .where = IN(RAW), .group = GROUP_SHOW,
	  .keys = { '#' }, .help = "line numbers on, off",
	  .command = "gutter" },
	{ .act = ACT_ALL_PANES, .where = IN(HELP), .group = GROUP_SHOW,
	  .keys = { 'a' }, .help = "keys of all panes",
	  .command = "all-panes" },

	{ .act = ACT_MARK, .where = IN(TIMELINE), .group = GROUP_KEEP,
	  .keys = { ' ' }, .help = "start or drop a range", .command = "range",
	  .label = "range", .rank = 2 },
	{ .act = ACT_MARK, .where = IN(LIST), .group = GROUP_KEEP,
	  .keys = { ' ' }, .help = "mark, go down", .command = "mark",
	  .label = "mark", .rank = 7 },
	{ .act = ACT_MARK_RANGE, .where = IN(LIST), .group = GROUP_KEEP,
	  .keys = { 'M' }, .help = "mark from the last mark to here",
	  .command = "mark-range" },
	{ .act = ACT_MARK_ALL, .where = IN(LIST), .group = GROUP_KEEP,
	  .keys = { '*' }, .help = "mark all, or none if all are",
	  .command = "mark-all" },
	{ .act = ACT_TAG, .where = IN(LIST), .group = GROUP_KEEP,
	  .keys = { 'm' }, .help = "tag the marked rows or this one", .command = "tag",
	  .argument = "TAG" },
	{ .act = ACT_NOTE, .where = IN(LIST), .group = GROUP_KEEP,
	  .keys = { 'a' }, .help = "note on the marked rows or this one",
	  .command = "note", .argument = "TEXT" },
	{ .act = ACT_TAG, .where = IN(TRACE), .group = GROUP_KEEP,
	  .keys = { 'm' }, .help = "tag this message, below this line",
	  .command = "tag", .argument = "TAG" },
	{ .act = ACT_NOTE, .where = IN(TRACE), .group = GROUP_KEEP,
	  .keys = { 'a' }, .help = "note on this message, below on this line",
	  .command = "note", .argument = "TEXT" },
	{ .act = ACT_COPY, .where = CASE_OF, .group = GROUP_KEEP,
	  .keys = { 'y' }, .help = "copy the whole value", .command = "copy",
	  .label = "copy", .rank = 12 },
	{ .act = ACT_COPY_LINE, .where = CASE_OF, .group = GROUP_KEEP,
	  .keys = { 'Y' }, .help = "copy the raw line",
	  .command = "copy-line", .label = "copy line", .rank = 13 },
	{ .act = ACT_EXPORT, .where = CASE_OF, .group = GROUP_KEEP,
	  .keys = { 'e' }, .help = "export", .command = "export",
	  .argument = "FILE", .label = "export", .rank = 16 },
	{ .act = ACT_DISMISS, .where = IN(LIST), .group = GROUP_KEEP,
	  .keys = { 'D' }, .help = "dismiss; in the settings take it back",
	  .command = "dismiss" },

	{ .act = ACT_COMMAND, .where = ROWS_OF, .group = GROUP_PROGRAM,
	  .keys = { ':' }, .help = "command" },
	{ .act = ACT_GO_TO, .where = PANES, .group = GROUP_PROGRAM,
	  .help = "go to an id, an address, a text", .command = "go",
	  .argument = "TEXT" },
	{ .act = ACT_HELP, .where = ROWS_OF, .group = GROUP_PROGRAM,
	  .keys = { '?', KEY_CODE_F1 }, .help = "help", .command = "help",
	  .label = "keys", .rank = 20 },
	{ .act = ACT_MESSAGES, .where = ROWS_OF, .group = GROUP_PROGRAM,
	  .help = "messages so far", .command = "messages" },
	{ .act = ACT_STOP, .where = ROWS_OF, .group = GROUP_PROGRAM,
	  .keys = { CTRL('c') }, .help = "stop the query",
	  .command = "stop" },
	{ .act = ACT_REDRAW, .where = ROWS_OF, .group = GROUP_PROGRAM,
	  .keys = { CTRL('l') }, .help = "redraw", .command = "redraw" },
	{ .act = ACT_SUSPEND, .where = ROWS_OF, .group = GROUP_PROGRAM,
	  .keys = { CTRL('z') }, .help = "suspend", .command = "suspend" },
	{ .act = ACT_MOUSE, .where = ROWS_OF, .group = GROUP_PROGRAM,
	  .help = "mouse on, off", .command = "mouse" },
	{ .act = ACT_SET, .where = CASE_OF, .group = GROUP_PROGRAM,
	  .help = "own domains, servers, hours: show, set",
	  .command = "set", .argument = "NAME VALUE" },
	{ .act = ACT_KEEP, .where = CASE_OF, .group = GROUP_PROGRAM,
	  .help = "keep this case under a name", .command = "keep",
	  .argument = "FILE" },
	{ .act = ACT_ADD, .where = PANES, .group = GROUP_PROGRAM,
	  .help = "read one more log", .command = "add", .argument = "LOG" },
	{ .act = ACT_ZONE, .where = PANES, .group = GROUP_PROGRAM,
	  .help = "zone shown, or SOURCE=ZONE", .command = "zone",
	  .argument = "ZONE" },
	{ .act = ACT_YEAR, .where = PANES, .group = GROUP_PROGRAM,
	  .help = "year of a source", .command = "year",
	  .argument = "SOURCE=YYYY" },
	{ .act = ACT_SERVER, .where = PANES, .group = GROUP_PROGRAM,
	  .help = "server of a source", .command = "server",
	  .argument = "SOURCE=NAME" },
	{ .act = ACT_FORMAT, .where = PANES, .group = GROUP_PROGRAM,
	  .help = "format of a source", .command = "format",
	  .argument = "SOURCE=FORMAT" },
	{ .act = ACT_CHECK, .where = PANES, .group = GROUP_PROGRAM,
	  .help = "hash the evidence again", .command = "check" },
	{ .act = ACT_QUIT, .where = ROWS_OF, .group = GROUP_PROGRAM,
	  .keys = { 'Q', KEY_CODE_F1 + 9 }, .help = "quit",
	  .command = "quit" },
	{ .act = ACT_NONE },
};

static const char *const context_names[CONTEXT_COUNT] = {
	[CONTEXT_LIST] = "the lists",
	[CONTEXT_OVERVIEW] = "the Overview", [CONTEXT_TIMELINE] = "the Timeline",
	[CONTEXT_TRACE] = "Trace",
	[CONTEXT_RAW] = "the raw line", [CONTEXT_DOSSIER] = "a dossier",
	[CONTEXT_HELP] = "the help",
};

static bool row_has_key(const struct key_row *r, int key)
{
	for (size_t i = 0; i < 10 && r->keys[i]; i++)
		if (r->keys[i] == key)
			return true;
	return false;
}

const struct key_row *key_lookup(enum context c, int key)
{
	for (const struct key_row *r = key_rows; r->act; r++)
		if ((r->where & (1u << c)) && row_has_key(r, key))
			return r;
	return NULL;
}

const struct key_row *key_command(enum context c, struct slice name)
{
	for (const struct key_row *r = key_rows; r->act; r++)
		if ((r->where & (1u << c)) && r->command &&
		    slice_eq(slice_str(r->command), name))
			return r;
	return NULL;
}

const struct key_row *key_of(enum context c, enum act a)
{
	for (const struct key_row *r = key_rows; r->act; r++)
		if ((r->where & (1u << c)) && r->act == a)
			return r;
	return NULL;
}

static void add_places(unsigned where, struct strbuf *out)
{
	const char *between = "";

	for (unsigned c = 0; c < CONTEXT_COUNT; c++) {
		if (!(where & (1u << c)))
			continue;
		strbuf_addf(out, "%s%s", between, context_names[c]);
		between = ", ";
	}
}

void key_explain(enum context c, int key, struct strbuf *out)
{
	const struct key_row *here = key_lookup(c, key);
	char buf[8];

	strbuf_addf(out, "%s ", key_name(key, buf));
	if (here && here->later) {
		strbuf_addf(out, "(%s) is not in this version", here->help);
		return;
	}
	for (const struct key_row *r = key_rows; !here && r->act; r++)
		if (row_has_key(r, key)) {
			strbuf_addf(out, "(%s) works in ", r->help);
			add_places(r->where, out);
			return;
		}
	strbuf_add_str(out, "does nothing here; ? lists the keys");
}

void key_add_names(const struct key_row *r, size_t n, struct strbuf *out)
{
	char buf[8];

	for (size_t i = 0; i < n && i < 10 && r->keys[i]; i++)
		strbuf_addf(out, "%s%s", i ? " " : "",
		            key_name(r->keys[i], buf));
}
