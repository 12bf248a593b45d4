/* SPDX-License-Identifier: MIT */
/* Cutting tables with separators and quotes. */
#include "parsers/csv.h"

static char separator_of(const struct layout *l)
{
	return l && l->separator ? l->separator : ',';
}

struct slice csv_skip_bom(struct slice s)
{
	return slice_starts(s, SLICE("\xef\xbb\xbf")) ? slice_from(s, 3) : s;
}

/* Where the quoted text that begins at S ends: behind its closing quote, or
 * SLICE_NONE. *LINES grows by the line ends in it. */
static size_t quoted_end(struct slice s, size_t at, uint32_t *lines)
{
	while (at < s.len) {
		char c = s.ptr[at++];

		if (c == '\n' && ++*lines > RECORD_LINES)
			return SLICE_NONE;
		if (c != '"')
			continue;
		if (at == s.len || s.ptr[at] != '"')
			return at;
		at++;
	}
	return SLICE_NONE;
}

/* The end of the first record of S: the place of its '\n', or S.len. False if S
 * ends inside quotes. */
static bool record_end(struct slice s, char separator, size_t *end,
                       uint32_t *lines)
{
	bool begins = true;
	size_t at = slice_starts(s, SLICE("\xef\xbb\xbf")) ? 3 : 0;

	for (; at < s.len && s.ptr[at] != '\n'; at++) {
		if (begins && s.ptr[at] == '"') {
			at = quoted_end(s, at + 1, lines);
			if (at == SLICE_NONE)
				return false;
			if (at == s.len)
				break;
			if (s.ptr[at] == '\n')
				break;
		}
		begins = s.ptr[at] == separator;
	}
	*end = at;
	return true;
}

/* The first line holds no quote that could open a cell: most do not. */
static bool is_plain(struct slice raw)
{
	return memchr(raw.ptr, '"', raw.len) == NULL;
}

static void set_record(struct slice bytes, size_t end, uint32_t lines,
                       struct record *r)
{
	r->lines = lines;
	r->flags = end == bytes.len ? RECORD_NO_END : 0;
	r->raw = slice_to(bytes, end);
	r->length = (uint32_t)(end + (end < bytes.len));
	if (end < bytes.len && end && bytes.ptr[end - 1] == '\r')
		r->raw.len--;
	if (memchr(r->raw.ptr, 0, r->raw.len))
		r->flags |= RECORD_NUL;
}

/* Each opening quote closes at the next odd run of quotes. A line left open to
 * the limit is followed by none within it, so none of those lines opens a cell:
 * no byte is looked at more than twice. */
enum cut csv_next(const struct layout *l, struct slice bytes, bool last,
                  struct record *r)
{
	struct slice room = slice_to(bytes, RECORD_MAX);
	enum cut cut = framing_next_line(l, bytes, last, r);
	uint32_t lines = 1;
	size_t end;

	if (cut != CUT_RECORD || is_plain(r->raw))
		return cut;
	if (!record_end(room, separator_of(l), &end, &lines)) {
		bool more = room.len < RECORD_MAX && !last &&
		            lines <= RECORD_LINES;

		return more ? CUT_MORE : CUT_RECORD;
	}
	if (end < room.len || (room.len < RECORD_MAX && last)) {
		set_record(room, end, lines, r);
		return CUT_RECORD;
	}
	return room.len < RECORD_MAX ? CUT_MORE : CUT_RECORD;
}

/* What stands in quotes, doubled ones made single. */
static struct slice unquote(struct slice s, struct arena *arena)
{
	char *out;
	size_t n = 0;

	if (is_plain(s))
		return s;
	out = arena_bytes(arena, s.len);
	for (size_t i = 0; i < s.len; i++) {
		out[n++] = s.ptr[i];
		if (s.ptr[i] == '"' && i + 1 < s.len && s.ptr[i + 1] == '"')
			i++;
	}
	return slice_of(out, n);
}

/* The cell at the start of *S, which is left behind its separator; false if it
 * was the last. */
static bool next_cell(struct slice *s, char separator, struct arena *arena,
                      struct csv *out, struct slice *cell)
{
	uint32_t lines = 0;
	size_t end, stop;

	if (s->len == 0 || s->ptr[0] != '"') {
		end = slice_chr(*s, separator);
		*cell = slice_to(*s, end);
		*s = slice_from(*s, end == SLICE_NONE ? end : end + 1);
		return end != SLICE_NONE;
	}
	end = quoted_end(*s, 1, &lines);
	if (end == SLICE_NONE) {
		out->damaged = true;
		*cell = unquote(slice_from(*s, 1), arena);
		*s = slice_of(s->ptr + s->len, 0);
		return false;
	}
	*cell = unquote(slice_of(s->ptr + 1, end - 2), arena);
	*s = slice_from(*s, end);
	stop = slice_chr(*s, separator);
	/* text behind the closing quote belongs to no cell */
	out->damaged |= s->len && stop != 0;
	*s = slice_from(*s, stop == SLICE_NONE ? stop : stop + 1);
	return stop != SLICE_NONE;
}

void csv_cut(struct slice raw, char separator, struct arena *arena,
             struct csv *out)
{
	struct slice cell;
	bool more = true;

	out->n = 0;
	out->damaged = false;
	raw = csv_skip_bom(raw);
	while (more) {
		more = next_cell(&raw, separator, arena, out, &cell);
		if (out->n < CSV_CELLS)
			out->cell[out->n] = cell;
		out->n++;
	}
}

struct slice csv_cell(const struct csv *c, size_t i)
{
	return i < c->n && i < CSV_CELLS ? c->cell[i] : slice_of(NULL, 0);
}

static bool is_mark(struct slice name)
{
	return slice_eq(name, SLICE(CSV_TABLE));
}

bool csv_is_day_first(const struct layout *l)
{
	return l->ncolumns && slice_eq(l->columns[0], SLICE(CSV_DAY_FIRST));
}

void csv_set_day_first(struct layout *l)
{
	struct slice *columns;

	if (csv_is_day_first(l))
		return;
	columns = arena_alloc(&l->memory, (l->ncolumns + 1) * sizeof *columns);
	if (l->ncolumns)
		memcpy(columns + 1, l->columns, l->ncolumns * sizeof *columns);
	columns[0] = SLICE(CSV_DAY_FIRST);
	l->columns = columns;
	l->ncolumns++;
}

/* The table that begins at column *AT, which is moved behind it. */
static bool next_table(const struct layout *l, size_t *at,
                       struct csv_columns *out)
{
	size_t first = *at, end;

	if (first == 0 && csv_is_day_first(l))
		first++;
	if (first < l->ncolumns && is_mark(l->columns[first]))
		first++;
	if (first >= l->ncolumns)
		return false;
	for (end = first; end < l->ncolumns && !is_mark(l->columns[end]);)
		end++;
	*out = (struct csv_columns){ l->columns + first, end - first };
	*at = end;
	return true;
}

struct csv_columns csv_columns(const struct layout *l, size_t n)
{
	struct csv_columns c, best = { 0 };
	size_t at = 0;

	while (next_table(l, &at, &c)) {
		if (c.n == n)
			return c;
		if (best.n < n || best.n == 0)
			best = c;
	}
	return best;
}

size_t csv_find(const struct csv_columns *c, struct slice name)
{
	for (size_t i = 0; i < c->n; i++)
		if (slice_eq_nocase(c->name[i], name))
			return i;
	return SLICE_NONE;
}

bool csv_add_table(struct layout *l, struct slice header)
{
	struct csv_columns known = { 0 };
	struct slice *columns;
	struct csv cells;
	size_t at = 0;

	csv_cut(header, separator_of(l), &l->memory, &cells);
	if (cells.n > CSV_CELLS)
		return false;
	while (next_table(l, &at, &known))
		if (known.n == cells.n)
			return false;
	columns = arena_alloc(&l->memory,
	                      (l->ncolumns + cells.n + 1) * sizeof *columns);
	if (l->ncolumns)
		memcpy(columns, l->columns, l->ncolumns * sizeof *columns);
	columns[l->ncolumns++] = SLICE(CSV_TABLE);
	for (size_t i = 0; i < cells.n; i++)
		columns[l->ncolumns++] = arena_slice(&l->memory, cells.cell[i]);
	l->columns = columns;
	return true;
}

bool csv_is_header(const struct layout *l, struct slice raw)
{
	struct csv_columns c = { 0 };
	size_t at = 0;

	raw = csv_skip_bom(raw);
	while (next_table(l, &at, &c)) {
		struct slice rest = raw;
		size_t i = 0;

		for (; i < c.n; i++) {
			struct slice cell = slice_cut(&rest, separator_of(l));

			if (cell.len >= 2 && cell.ptr[0] == '"' &&
			    cell.ptr[cell.len - 1] == '"')
				cell = slice_of(cell.ptr + 1, cell.len - 2);
			if (!slice_eq(cell, c.name[i]))
				break;
		}
		if (i == c.n && rest.len == 0)
			return true;
	}
	return false;
}
