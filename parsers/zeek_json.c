/* SPDX-License-Identifier: MIT */
/* Zeek's records as JSON, one a line: dotted keys, a nested id, the names of
 * ECS (zeek.smtp.…, source.ip) and of others that carry them on. */
#include "parsers/json.h"
#include "parsers/zeek.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct {
	const char *path;
	enum zeek_field field;
} names[] = {
	{ "@timestamp", ZEEK_TS },
	{ "zeek.session_id", ZEEK_UID },
	{ "log.id.uid", ZEEK_UID },
	{ "source.ip", ZEEK_ORIG_H },
	{ "source.port", ZEEK_ORIG_P },
	{ "destination.ip", ZEEK_RESP_H },
	{ "destination.port", ZEEK_RESP_P },
	{ "transaction_depth", ZEEK_TRANS_DEPTH },
	{ "mail_from", ZEEK_MAILFROM },
	{ "rcpt_to", ZEEK_RCPTTO },
	{ "recipient_to", ZEEK_RCPTTO },
};

static enum zeek_field field_of(struct slice path)
{
	static const struct slice fronts[] = {
		{ "zeek.smtp.", 10 }, { "smtp.", 5 }, { "zeek.", 5 },
	};
	struct slice name = path;
	enum zeek_field f;

	for (size_t i = 0; i < COUNT(fronts); i++)
		if (slice_starts(path, fronts[i])) {
			name = slice_from(path, fronts[i].len);
			break;
		}
	f = zeek_field(name);
	for (size_t i = 0; i < COUNT(names) && f == ZEEK_FIELDS; i++)
		if (slice_eq(path, slice_str(names[i].path)) ||
		    slice_eq(name, slice_str(names[i].path)))
			f = names[i].field;
	return f;
}

static bool is_null(const struct json_value *v)
{
	return v->kind == JSON_WORD && slice_eq(v->raw, SLICE("null"));
}

void zeek_read_json(struct slice text, struct zeek *z, struct arena *arena)
{
	struct json_value v;
	struct json j;

	json_begin(&j, text);
	while (json_next(&j, &v)) {
		enum zeek_field f = field_of(v.path);

		/* the sensor's ts stands before a shipper's @timestamp */
		if (f == ZEEK_FIELDS || is_null(&v) ||
		    (f == ZEEK_TS && z->value[f].ptr && *v.path.ptr == '@'))
			continue;
		if (f == ZEEK_TS)
			z->value[f] = slice_of(NULL, 0);
		zeek_set(z, f, json_text(&v, arena), arena);
	}
	z->damaged = j.bad;
}

static bool is_record(struct slice line)
{
	unsigned has = 0;
	struct json_value v;
	struct json j;

	if (line.len < 2 || *line.ptr != '{')
		return false;
	json_begin(&j, line);
	while (json_next(&j, &v)) {
		enum zeek_field f = field_of(v.path);

		if (f != ZEEK_FIELDS)
			has |= 1u << f;
	}
	return has >> ZEEK_UID & 1 && has >> ZEEK_RESP_H & 1 &&
	       has >> ZEEK_TRANS_DEPTH & 1 &&
	       has & (1u << ZEEK_HELO | 1u << ZEEK_LAST_REPLY |
	              1u << ZEEK_MAILFROM | 1u << ZEEK_RCPTTO |
	              1u << ZEEK_TLS | 1u << ZEEK_FUIDS);
}

static int detect(const struct sample *s)
{
	int lines = 0, own = 0;

	for (int i = 0; i < 3; i++) {
		struct slice part = s->part[i];

		for (int n = 0; part.len && n < 100; n++) {
			struct slice line = slice_trim(slice_cut(&part, '\n'));

			if (line.len == 0)
				continue;
			if (*line.ptr != '{' && !own)
				return 0;
			lines++;
			own += is_record(line);
		}
	}
	return lines && own * 2 > lines ? 96 : 0;
}

static bool learn(const struct sample *s, struct layout *l)
{
	(void)s;
	l->parser = parser_find(SLICE("zeek"));
	return true;
}

static void peel(const struct layout *l, struct record *r, struct arena *arena)
{
	struct json_value v;
	struct json j;

	(void)l;
	r->time = (struct stamp){ TIME_NONE, 0 };
	r->time_raw = r->host = r->program = r->pid = slice_of(NULL, 0);
	r->body = r->raw;
	json_begin(&j, slice_trim(r->raw));
	while (json_next(&j, &v)) {
		struct slice text;

		/* the sensor's name, where the exporter adds it */
		if (slice_eq(v.path, SLICE("_system_name")) ||
		    slice_eq(v.path, SLICE("observer.name")))
			r->host = json_text(&v, arena);
		if (field_of(v.path) != ZEEK_TS ||
		    (r->time_raw.ptr && *v.path.ptr == '@'))
			continue;
		text = json_text(&v, arena);
		if (zeek_time(text, &r->time))
			r->time_raw = text;
	}
	if (!r->time_raw.ptr)
		r->time = (struct stamp){ TIME_NONE, 0 };
}

#define LINE                                                                   \
	"{\"ts\":1332014962.27,\"uid\":\"Cw1\",\"id\":{\"orig_h\":\"192.0.2.1\"," \
	"\"resp_h\":\"198.51.100.2\"},\"trans_depth\":1,\"helo\":\"h.example\"}"

static const struct framing_example examples[] = {
	{ LINE, "1332014962.27||||" LINE },
};

const struct framing framing_zeek_json = {
	.name = "zeek-json",
	.about = "smtp.log of a Zeek sensor as JSON lines, also as ECS",
	.detect = detect,
	.learn = learn,
	.next = framing_next_line,
	.peel = peel,
	.examples = examples,
	.nexamples = COUNT(examples),
};
