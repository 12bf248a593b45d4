/* SPDX-License-Identifier: MIT */
/* Zeek's own form: tab-separated, with or without its header. A header may come
 * again with other columns in one file, so a record finds its columns by their
 * number; the layout keeps every "#fields" that the sample showed. */
#include "parsers/stamp.h"
#include "parsers/zeek.h"

#define COLUMNS_MAX 64

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char *const field_names[ZEEK_FIELDS] = {
	[ZEEK_TS] = "ts",
	[ZEEK_UID] = "uid",
	[ZEEK_ORIG_H] = "id.orig_h",
	[ZEEK_ORIG_P] = "id.orig_p",
	[ZEEK_RESP_H] = "id.resp_h",
	[ZEEK_RESP_P] = "id.resp_p",
	[ZEEK_TRANS_DEPTH] = "trans_depth",
	[ZEEK_HELO] = "helo",
	[ZEEK_MAILFROM] = "mailfrom",
	[ZEEK_RCPTTO] = "rcptto",
	[ZEEK_DATE] = "date",
	[ZEEK_FROM] = "from",
	[ZEEK_TO] = "to",
	[ZEEK_CC] = "cc",
	[ZEEK_REPLY_TO] = "reply_to",
	[ZEEK_MSG_ID] = "msg_id",
	[ZEEK_IN_REPLY_TO] = "in_reply_to",
	[ZEEK_SUBJECT] = "subject",
	[ZEEK_X_ORIGINATING_IP] = "x_originating_ip",
	[ZEEK_FIRST_RECEIVED] = "first_received",
	[ZEEK_SECOND_RECEIVED] = "second_received",
	[ZEEK_LAST_REPLY] = "last_reply",
	[ZEEK_PATH] = "path",
	[ZEEK_USER_AGENT] = "user_agent",
	[ZEEK_TLS] = "tls",
	[ZEEK_FUIDS] = "fuids",
	[ZEEK_IS_WEBMAIL] = "is_webmail",
};

enum zeek_field zeek_field(struct slice name)
{
	for (int i = 0; i < ZEEK_FIELDS; i++)
		if (slice_eq(name, slice_str(field_names[i])))
			return (enum zeek_field)i;
	/* before 2.0 */
	return slice_eq(name, SLICE("mid")) ? ZEEK_TRANS_DEPTH : ZEEK_FIELDS;
}

/* The columns of a release without a header: all begin and go on alike. */
struct shape {
	size_t n;
	bool cc, tls, fuids, webmail;
};

static const struct shape shapes[] = {
	{ 23, false, false, false, false }, /* up to 2.1 */
	{ 24, false, false, false, true },
	{ 25, false, false, true, true }, /* 2.2, 2.3 */
	{ 26, false, true, true, true },  /* 2.4 */
	{ 26, true, true, true, false },  /* from 2.5, without policy script */
	{ 27, true, true, true, true },
};

/* Sets of columns: which field stands where. */
struct map_of {
	enum zeek_field field[COLUMNS_MAX];
	size_t n;
};

static struct map_of shape_map(const struct shape *s)
{
	struct map_of m = { .n = 0 };

	for (int i = 0; i <= ZEEK_USER_AGENT; i++)
		if (i != ZEEK_CC || s->cc)
			m.field[m.n++] = (enum zeek_field)i;
	if (s->tls)
		m.field[m.n++] = ZEEK_TLS;
	if (s->fuids)
		m.field[m.n++] = ZEEK_FUIDS;
	if (s->webmail)
		m.field[m.n++] = ZEEK_IS_WEBMAIL;
	while (m.n < s->n) /* entity, mime_type */
		m.field[m.n++] = ZEEK_FIELDS;
	return m;
}

static struct map_of map_of_names(const struct slice *names, size_t n)
{
	struct map_of m = { .n = n < COLUMNS_MAX ? n : COLUMNS_MAX };

	for (size_t i = 0; i < m.n; i++)
		m.field[i] = zeek_field(names[i]);
	return m;
}

static bool all_of(struct slice s, const char *set)
{
	for (size_t i = 0; i < s.len; i++)
		if (!s.ptr[i] || !strchr(set, s.ptr[i]))
			return false;
	return s.len > 0;
}

static bool is_unset(struct slice s)
{
	return slice_eq(s, SLICE("-")) || s.len == 0;
}

/* A column holds what its field can hold. */
static bool value_fits(enum zeek_field f, struct slice s)
{
	uint64_t n;

	if (f == ZEEK_ORIG_H || f == ZEEK_RESP_H)
		return all_of(s, "0123456789abcdefABCDEF.:");
	if (f == ZEEK_ORIG_P || f == ZEEK_RESP_P)
		return slice_u64(s, &n) && n < 65536;
	if (f == ZEEK_TRANS_DEPTH)
		return slice_u64(s, &n) || is_unset(s);
	if (f == ZEEK_TLS || f == ZEEK_IS_WEBMAIL)
		return is_unset(s) || slice_eq(s, SLICE("T")) ||
		       slice_eq(s, SLICE("F"));
	return true;
}

static bool map_fits(const struct map_of *m, const struct slice *cell, size_t n)
{
	for (size_t i = 0; i < n && i < m->n; i++)
		if (!value_fits(m->field[i], cell[i]))
			return false;
	return m->n == n;
}

static size_t split(struct slice line, char separator, struct slice *cell)
{
	size_t n = 0;

	while (n < COLUMNS_MAX) {
		size_t at = slice_chr(line, separator);

		cell[n++] = slice_to(line, at == SLICE_NONE ? line.len : at);
		if (at == SLICE_NONE)
			break;
		line = slice_from(line, at + 1);
	}
	return n;
}

/* The layout's columns are header lines: "#fields" begins a set of names,
 * "#unset_field" and the like have their value behind them. */
static struct slice header_value(const struct layout *l, struct slice key,
                                 struct slice absent)
{
	for (size_t i = 0; i + 1 < l->ncolumns; i++)
		if (slice_eq(l->columns[i], key))
			return l->columns[i + 1];
	return absent;
}

/* The set of names behind START; false if there is none. */
static bool next_names(const struct layout *l, size_t *start, size_t *n)
{
	size_t i = *start + *n;

	while (i < l->ncolumns &&
	       !slice_eq(l->columns[i], SLICE("#fields")))
		i++;
	if (i >= l->ncolumns)
		return false;
	*start = ++i;
	while (i < l->ncolumns &&
	       !slice_eq(l->columns[i], SLICE("#fields")))
		i++;
	*n = i - *start;
	return true;
}

/* Which field stands in which cell; false: no set fits, M is the best guess. */
static bool find_map(const struct layout *l, const struct slice *cell, size_t n,
                     struct map_of *m)
{
	size_t start = 0, count = 0;

	while (next_names(l, &start, &count)) {
		*m = map_of_names(l->columns + start, count);
		if (map_fits(m, cell, n))
			return true;
	}
	for (size_t i = 0; i < COUNT(shapes); i++) {
		struct map_of known = shape_map(&shapes[i]);

		if (map_fits(&known, cell, n)) {
			*m = known;
			return true;
		}
	}
	start = count = 0;
	if (next_names(l, &start, &count)) /* a line that is cut */
		*m = map_of_names(l->columns + start, count);
	else
		*m = shape_map(&shapes[COUNT(shapes) - 1]);
	return false;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "\x2c" is a comma. */
static struct slice unescape(struct slice s, struct arena *arena)
{
	char *start, *to;

	if (slice_find(s, SLICE("\\x")) == SLICE_NONE)
		return s;
	start = to = arena_bytes(arena, s.len);
	for (size_t i = 0; i < s.len;) {
		if (s.ptr[i] == '\\' && i + 3 < s.len && s.ptr[i + 1] == 'x' &&
		    hex(s.ptr[i + 2]) >= 0 && hex(s.ptr[i + 3]) >= 0) {
			*to++ = (char)(hex(s.ptr[i + 2]) * 16 +
			               hex(s.ptr[i + 3]));
			i += 4;
			continue;
		}
		*to++ = s.ptr[i++];
	}
	return slice_of(start, (size_t)(to - start));
}

static void set_cell(const struct layout *l, struct zeek *z, enum zeek_field f,
                     struct slice cell, struct arena *arena)
{
	struct slice set = header_value(l, SLICE("#set_separator"), SLICE(","));
	char comma = set.len ? *set.ptr : ',';

	if (slice_eq(cell, header_value(l, SLICE("#unset_field"), SLICE("-"))))
		return;
	if (slice_eq(cell,
	             header_value(l, SLICE("#empty_field"), SLICE("(empty)")))) {
		if (f != ZEEK_RCPTTO && f != ZEEK_FUIDS && f != ZEEK_PATH)
			zeek_set(z, f, SLICE(""), arena);
		return;
	}
	/* only of a list is a comma its own; within an address it is \x2c */
	while (f == ZEEK_RCPTTO && slice_chr(cell, comma) != SLICE_NONE)
		zeek_set(z, f, unescape(slice_cut(&cell, comma), arena), arena);
	zeek_set(z, f, unescape(cell, arena), arena);
}

static char separator_of(const struct layout *l)
{
	return l->separator ? l->separator : '\t';
}

void zeek_read_tsv(const struct layout *l, struct slice line, struct zeek *z,
                   struct arena *arena)
{
	struct slice cell[COLUMNS_MAX];
	struct map_of m;
	size_t n = split(line, separator_of(l), cell);

	z->damaged = !find_map(l, cell, n, &m);
	for (size_t i = 0; i < n && i < m.n; i++)
		if (m.field[i] != ZEEK_FIELDS &&
		    (!z->damaged || value_fits(m.field[i], cell[i])))
			set_cell(l, z, m.field[i], cell[i], arena);
}

/* Framing ------------------------------------------------------------------ */

/* A stamp by its looks: "1332014962.270000". */
static bool is_epoch(struct slice s)
{
	size_t dot = slice_chr(s, '.');

	return dot >= 9 && dot <= 11 && dot != SLICE_NONE && s.len > dot + 1 &&
	       s.len <= dot + 10 && all_of(slice_to(s, dot), "0123456789") &&
	       all_of(slice_from(s, dot + 1), "0123456789");
}

/* A line without any header: FORMATS §6. */
static bool is_bare_record(struct slice line)
{
	struct slice cell[COLUMNS_MAX];
	size_t n = split(line, '\t', cell);
	uint64_t depth;

	if (n < 23 || !is_epoch(cell[0]) || !slice_u64(cell[6], &depth))
		return false;
	for (size_t i = 0; i < COUNT(shapes); i++) {
		struct map_of m = shape_map(&shapes[i]);

		if (map_fits(&m, cell, n))
			return true;
	}
	return false;
}

/* "#fields\tts\tuid…" of this log: others of the sensor lack these. */
static bool is_own_header(struct slice line)
{
	return slice_starts(line, SLICE("#fields")) &&
	       slice_find(line, SLICE("last_reply")) != SLICE_NONE &&
	       slice_find(line, SLICE("rcptto")) != SLICE_NONE;
}

static int detect(const struct sample *s)
{
	int lines = 0, bare = 0;

	for (int i = 0; i < 3; i++) {
		struct slice part = s->part[i];

		for (int n = 0; part.len && n < 200; n++) {
			struct slice line = slice_cut(&part, '\n');

			if (is_own_header(line))
				return 98;
			if (line.len == 0 || *line.ptr == '#')
				continue;
			lines++;
			bare += is_bare_record(line);
		}
	}
	return lines && bare * 10 >= lines * 8 ? 95 : 0;
}

struct learner {
	struct layout *l;
	size_t cap;
};

static void add_column(struct learner *x, struct slice text)
{
	struct layout *l = x->l;
	struct slice *grown;

	if (l->ncolumns == x->cap) {
		x->cap = x->cap ? 2 * x->cap : 64;
		grown = arena_alloc(&l->memory, x->cap * sizeof *grown);
		if (l->ncolumns)
			memcpy(grown, l->columns, l->ncolumns * sizeof *grown);
		l->columns = grown;
	}
	l->columns[l->ncolumns++] = arena_slice(&l->memory, text);
}

/* "#separator \x09": written in its escape, a blank behind the key. */
static void learn_separator(struct layout *l, struct slice value)
{
	struct slice c = unescape(slice_trim(value), &l->memory);

	if (c.len == 1 && *c.ptr && *c.ptr != '\n')
		l->separator = *c.ptr;
}

static bool knows_fields(const struct layout *l, struct slice line)
{
	struct slice cell[COLUMNS_MAX];
	size_t start = 0, n = 0, k = split(line, separator_of(l), cell) - 1;

	while (next_names(l, &start, &n)) {
		size_t i = 0;

		while (i < n && i < k &&
		       slice_eq(l->columns[start + i], cell[i + 1]))
			i++;
		if (i == n && n == k)
			return true;
	}
	return false;
}

static void learn_line(struct learner *x, struct slice line)
{
	static const char *const keys[] = { "#set_separator", "#empty_field",
		                            "#unset_field" };
	struct slice cell[COLUMNS_MAX];
	size_t n;

	if (line.len && line.ptr[line.len - 1] == '\r')
		line.len--;
	if (slice_starts(line, SLICE("#separator ")))
		learn_separator(x->l, slice_from(line, 11));
	n = split(line, separator_of(x->l), cell);
	for (size_t i = 0; i < COUNT(keys) && n > 1; i++) {
		if (!slice_eq(cell[0], slice_str(keys[i])) ||
		    header_value(x->l, cell[0], slice_of(NULL, 0)).ptr)
			continue;
		/* before all names, or they would end in it */
		if (header_value(x->l, SLICE("#fields"), slice_of(NULL, 0)).ptr)
			continue;
		add_column(x, cell[0]);
		add_column(x, cell[1]);
	}
	if (!slice_eq(cell[0], SLICE("#fields")) || knows_fields(x->l, line))
		return;
	for (size_t i = 0; i < n; i++)
		add_column(x, cell[i]);
}

static bool learn(const struct sample *s, struct layout *l)
{
	struct learner x = { .l = l };

	l->parser = parser_find(SLICE("zeek"));
	l->separator = '\t';
	for (int i = 0; i < 3; i++) {
		struct slice part = s->part[i];

		while (part.len && l->ncolumns < 1024) {
			struct slice line = slice_cut(&part, '\n');

			if (line.len && *line.ptr == '#')
				learn_line(&x, line);
		}
	}
	return true;
}

static enum cut next(const struct layout *l, struct slice bytes, bool last,
                     struct record *r)
{
	enum cut cut = framing_next_line(l, bytes, last, r);

	if (cut == CUT_RECORD && r->raw.len && *r->raw.ptr == '#')
		r->flags |= RECORD_HEADER;
	return cut;
}

bool zeek_time(struct slice s, struct stamp *t)
{
	uint64_t whole, part = 0;
	size_t dot = slice_chr(s, '.'), digits;

	if (dot == SLICE_NONE)
		dot = s.len;
	t->has = STAMP_ABSOLUTE | STAMP_FRACTION;
	if (dot < 9 || dot > 16 || !slice_u64(slice_to(s, dot), &whole)) {
		if (stamp_iso(s, t) != s.len || !s.len)
			return false;
		/* of a sensor that says no zone: it counts in UTC */
		t->has |= STAMP_ZONE;
		return true;
	}
	digits = dot < s.len ? s.len - dot - 1 : 0;
	if (digits && !slice_u64(slice_to(slice_from(s, dot + 1), 6), &part))
		return false;
	for (size_t i = digits; i < 6; i++)
		part *= 10;
	if (dot <= 11)
		t->us = (int64_t)(whole * 1000000 + part);
	else if (dot <= 13)
		t->us = (int64_t)(whole * 1000 + part / 1000);
	else
		t->us = (int64_t)whole;
	return true;
}

/* The stamp stands first, unless a header says otherwise. */
static struct slice stamp_of(const struct layout *l, struct slice line)
{
	struct slice cell[COLUMNS_MAX];
	struct map_of m;
	size_t at = slice_chr(line, separator_of(l)), n;

	if (at != SLICE_NONE && is_epoch(slice_to(line, at)))
		return slice_to(line, at);
	n = split(line, separator_of(l), cell);
	(void)find_map(l, cell, n, &m);
	for (size_t i = 0; i < n && i < m.n; i++)
		if (m.field[i] == ZEEK_TS)
			return cell[i];
	return slice_of(NULL, 0);
}

static void peel(const struct layout *l, struct record *r, struct arena *arena)
{
	struct slice ts = stamp_of(l, r->raw);

	(void)arena;
	r->time_raw = r->host = r->program = r->pid = slice_of(NULL, 0);
	r->body = r->raw;
	if (zeek_time(ts, &r->time))
		r->time_raw = ts;
	else
		r->time = (struct stamp){ TIME_NONE, 0 };
}

static const struct framing_example examples[] = {
	{ "1332014962.270000\tCw1\t192.0.2.1\t41000\t198.51.100.2\t25\t1\t"
	  "h.example\t<a@example.com>\t<b@example.org>\t-\t-\t-\t-\t-\t-\t-\t-\t"
	  "-\t-\t221 bye\t198.51.100.2,192.0.2.1\t-\t(empty)\tF",
	  "1332014962.270000||||"
	  "1332014962.270000\tCw1\t192.0.2.1\t41000\t198.51.100.2\t25\t1\t"
	  "h.example\t<a@example.com>\t<b@example.org>\t-\t-\t-\t-\t-\t-\t-\t-\t"
	  "-\t-\t221 bye\t198.51.100.2,192.0.2.1\t-\t(empty)\tF" },
};

const struct framing framing_zeek = {
	.name = "zeek",
	.about = "smtp.log of a Zeek sensor, tab-separated, with or without header",
	.detect = detect,
	.learn = learn,
	.next = next,
	.peel = peel,
	.examples = examples,
	.nexamples = COUNT(examples),
};
