/* SPDX-License-Identifier: MIT */
/* The systemd journal as journalctl writes it with -o json and -o export: the
 * fields of syslog, each under its name. */
#include "parsers/json.h"
#include "parsers/wrap.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* What a record says of these; the first that is there counts. */
enum field {
	SOURCE_TIME, /* when the program sent it */
	TIME,        /* when the journal got it */
	HOST,
	IDENTIFIER,
	COMMAND,
	SYSLOG_PID,
	PID,
	MESSAGE,
	FIELDS,
};

static const char *const names[FIELDS] = {
	[SOURCE_TIME] = "_SOURCE_REALTIME_TIMESTAMP",
	[TIME] = "__REALTIME_TIMESTAMP",
	[HOST] = "_HOSTNAME",
	[IDENTIFIER] = "SYSLOG_IDENTIFIER",
	[COMMAND] = "_COMM",
	[SYSLOG_PID] = "SYSLOG_PID",
	[PID] = "_PID",
	[MESSAGE] = "MESSAGE",
};

struct entry {
	struct slice value[FIELDS]; /* absent if it is not there */
};

static enum field field_of(struct slice name)
{
	enum field f;

	for (f = 0; f < FIELDS; f++)
		if (slice_eq(name, slice_str(names[f])))
			break;
	return f;
}

static void take(struct entry *e, enum field f, struct slice value)
{
	if (!e->value[f].ptr)
		e->value[f] = value;
}

static bool read_time(struct slice s, struct record *r)
{
	uint64_t us;

	if (s.len < 13 || s.len > 17 || !slice_u64(s, &us))
		return false;
	r->time.us = (int64_t)us;
	r->time.has = STAMP_ABSOLUTE | STAMP_FRACTION;
	r->time_raw = s;
	return true;
}

static struct slice digits(struct slice s)
{
	uint64_t n;

	return slice_u64(s, &n) ? s : slice_of(NULL, 0);
}

static void fill(struct record *r, const struct entry *e)
{
	const struct slice *v = e->value;

	r->time = (struct stamp){ TIME_NONE, 0 };
	r->time_raw = slice_of(NULL, 0);
	if (!read_time(v[SOURCE_TIME], r))
		(void)read_time(v[TIME], r);
	r->host = v[HOST];
	r->program = v[IDENTIFIER].len ? v[IDENTIFIER] : v[COMMAND];
	r->pid = digits(v[SYSLOG_PID].len ? v[SYSLOG_PID] : v[PID]);
	r->body = v[MESSAGE].ptr ? v[MESSAGE] : r->raw;
}

/* JSON --------------------------------------------------------------------- */

/* A text that is no UTF-8 is a list of byte numbers. */
struct bytes {
	char *start, *to;
	bool list;
};

static void add_byte(struct bytes *b, const struct json *j,
                     const struct json_value *v, struct arena *arena)
{
	uint64_t n;

	if (!slice_u64(v->raw, &n) || n > 255)
		return;
	/* each takes two bytes at least: "7," */
	if (!b->list)
		b->start = b->to =
			arena_bytes(arena, (size_t)(j->end - v->raw.ptr) / 2 + 1);
	b->list = true;
	*b->to++ = (char)(unsigned char)n;
}

static void peel_json(const struct layout *l, struct record *r,
                      struct arena *arena)
{
	struct entry e = { .value = { { NULL, 0 } } };
	struct bytes b = { .list = false };
	struct json_value v;
	struct json j;

	(void)l;
	json_begin(&j, r->raw);
	while (json_next(&j, &v)) {
		enum field f = field_of(v.path);

		if (f == FIELDS || v.kind == JSON_WORD)
			continue;
		if (f == MESSAGE && v.kind == JSON_NUMBER)
			add_byte(&b, &j, &v, arena);
		else if (!e.value[f].ptr)
			e.value[f] = json_text(&v, arena);
	}
	if (b.list)
		take(&e, MESSAGE, slice_of(b.start, (size_t)(b.to - b.start)));
	fill(r, &e);
}

static int detect_json(const struct sample *s)
{
	int lines = 0, own = 0;

	for (int i = 0; i < 3; i++) {
		struct slice part = s->part[i];

		for (int n = 0; part.len && n < 100; n++) {
			struct slice line = slice_trim(slice_cut(&part, '\n'));

			if (!line.len)
				continue;
			lines++;
			own += *line.ptr == '{' &&
			       slice_find(line,
			                  SLICE("\"__REALTIME_TIMESTAMP\"")) !=
			               SLICE_NONE;
		}
	}
	return lines && own * 10 >= lines * 7 ? 97 : 0;
}

/* Export ------------------------------------------------------------------- */

/* One field at the start of *S, which goes behind it. False: the bytes end
 * inside, or a length is no length. */
static bool read_export(struct slice *s, struct slice *name, struct slice *value)
{
	size_t end = slice_chr(*s, '\n'), equals;
	uint64_t n = 0;

	if (end == SLICE_NONE)
		return false;
	*name = slice_to(*s, end);
	equals = slice_chr(*name, '=');
	if (equals != SLICE_NONE) {
		*value = slice_from(*name, equals + 1);
		*name = slice_to(*name, equals);
		*s = slice_from(*s, end + 1);
		return true;
	}
	/* "MESSAGE\n", eight bytes of length, the bytes, "\n" */
	*s = slice_from(*s, end + 1);
	if (s->len < 8)
		return false;
	for (int i = 7; i >= 0; i--)
		n = n << 8 | (unsigned char)s->ptr[i];
	*s = slice_from(*s, 8);
	if (n >= s->len || s->ptr[n] != '\n')
		return false;
	*value = slice_to(*s, (size_t)n);
	*s = slice_from(*s, (size_t)n + 1);
	return true;
}

/* Bytes of the entry at the start of S with the blank line that ends it; 0 if S
 * ends before. *BAD: a field is none, the blank line is only looked for. */
static size_t entry_length(struct slice s, bool *bad)
{
	struct slice rest = s, name, value;
	size_t end;

	*bad = false;
	while (rest.len && *rest.ptr != '\n' && !*bad)
		*bad = !read_export(&rest, &name, &value);
	if (rest.len && !*bad)
		return (size_t)(rest.ptr - s.ptr) + 1;
	end = *bad ? slice_find(s, SLICE("\n\n")) : SLICE_NONE;
	return end == SLICE_NONE ? 0 : end + 2;
}

/* Line ends of S; *LEN becomes shorter if they are more than a record holds. */
static uint32_t count_lines(struct slice s, size_t *len)
{
	const char *p = s.ptr, *end = s.ptr + s.len;
	uint32_t n = 0;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
		p++;
		if (++n == RECORD_LINES) {
			*len = (size_t)(p - s.ptr);
			return n;
		}
	}
	return n + (s.len && s.ptr[s.len - 1] != '\n');
}

static enum cut next_export(const struct layout *l, struct slice bytes,
                            bool last, struct record *r)
{
	struct slice room = slice_to(bytes, RECORD_MAX);
	size_t used;
	bool bad;

	(void)l;
	if (!bytes.len)
		return CUT_END;
	used = entry_length(room, &bad);
	/* a length may reach beyond what is there */
	if ((!used || bad) && !last && room.len < RECORD_MAX)
		return CUT_MORE;
	r->flags = 0;
	if (!used)
		r->flags |= room.len == RECORD_MAX ? RECORD_SPLIT : 0u;
	if (!used)
		used = room.len;
	r->lines = count_lines(slice_to(room, used), &used);
	r->length = (uint32_t)used;
	r->raw = slice_to(room, used);
	if (r->raw.ptr[used - 1] != '\n' && !(r->flags & RECORD_SPLIT))
		r->flags |= RECORD_NO_END;
	while (r->raw.len && r->raw.ptr[r->raw.len - 1] == '\n')
		r->raw.len--;
	if (!r->raw.len)
		r->flags |= RECORD_BLANK;
	return CUT_RECORD;
}

static void peel_export(const struct layout *l, struct record *r,
                        struct arena *arena)
{
	struct entry e = { .value = { { NULL, 0 } } };
	/* with the line end that ends its last field */
	struct slice rest = slice_of(r->raw.ptr, r->raw.len +
	                             (r->length > r->raw.len)), name, value;

	(void)l;
	(void)arena;
	while (rest.len && read_export(&rest, &name, &value)) {
		enum field f = field_of(name);

		if (f != FIELDS)
			take(&e, f, value);
	}
	fill(r, &e);
}

static int detect_export(const struct sample *s)
{
	struct slice head = slice_to(s->part[0], 16384), name, value;
	bool time = false;

	if (!slice_starts(head, SLICE("__CURSOR=")) &&
	    !slice_starts(head, SLICE("__REALTIME_TIMESTAMP=")))
		return 0;
	while (head.len && read_export(&head, &name, &value) && !time)
		time = slice_eq(name, slice_str(names[TIME]));
	return time ? 98 : 0;
}

static const struct framing_example examples_json[] = {
	{ "{\"__REALTIME_TIMESTAMP\":\"1773479702318204\",\"_HOSTNAME\":\"mx1\","
	  "\"SYSLOG_IDENTIFIER\":\"postfix/qmgr\",\"_PID\":\"2\",\"MESSAGE\":"
	  "\"CDB9F43623: removed\"}",
	  "1773479702318204|mx1|postfix/qmgr|2|CDB9F43623: removed" },
	{ "{\"__REALTIME_TIMESTAMP\":\"1773479702318204\",\"_COMM\":\"x\","
	  "\"_SOURCE_REALTIME_TIMESTAMP\":\"1773479702318100\","
	  "\"MESSAGE\":[104,105,32,255]}",
	  "1773479702318100||x||hi \377" },
	{ "{\"__REALTIME_TIMESTAMP\":\"1773479702318204\",\"MESSAGE\":null,"
	  "\"_HOSTNAME\":\"mx1\"}",
	  "1773479702318204|mx1|||{\"__REALTIME_TIMESTAMP\":"
	  "\"1773479702318204\",\"MESSAGE\":null,\"_HOSTNAME\":\"mx1\"}" },
};

static const struct framing_example examples_export[] = {
	{ "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1773479702318204\n_HOSTNAME=mx1\n"
	  "SYSLOG_IDENTIFIER=dovecot\nMESSAGE=lmtp(bob): saved=1\n\n",
	  "1773479702318204|mx1|dovecot||lmtp(bob): saved=1" },
};

const struct framing framing_journal_json = {
	.name = "journal-json",
	.about = "systemd journal, journalctl -o json",
	.detect = detect_json,
	.next = framing_next_line,
	.peel = peel_json,
	.examples = examples_json,
	.nexamples = COUNT(examples_json),
};

const struct framing framing_journal_export = {
	.name = "journal-export",
	.about = "systemd journal, journalctl -o export",
	.detect = detect_export,
	.next = next_export,
	.peel = peel_export,
	.examples = examples_export,
	.nexamples = COUNT(examples_export),
};
