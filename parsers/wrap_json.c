/* SPDX-License-Identifier: MIT */
/* Lines kept in JSON, one object a line: docker's json-file, Splunk's and
 * Elastic's exports. They differ in names alone. */
#include "parsers/json.h"
#include "parsers/stamp.h"
#include "parsers/wrap.h"
#include "parsers/zeek.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

enum part { LINE, TIME, HOST, PROGRAM, PID, OTHER };

/* Of several names of one part the first that a record has stands. */
struct name {
	const char *path;
	enum part part;
};

struct names {
	const struct name *list;
	size_t n;
	const char *proof; /* a name that its records have, and others not */
	bool host_wins, prompt;
};

static const struct name docker_names[] = {
	{ "log", LINE },
	{ "time", TIME },
	{ "stream", OTHER },
};

static const struct name splunk_names[] = {
	{ "result._raw", LINE },   { "_raw", LINE },
	{ "result._time", TIME },  { "_time", TIME },
	{ "result.host", HOST },   { "host", HOST },
};

static const struct name elastic_names[] = {
	{ "_source.event.original", LINE },
	{ "event.original", LINE },
	{ "_source.message", LINE },
	{ "message", LINE },
	{ "_source.@timestamp", TIME },
	{ "@timestamp", TIME },
	{ "_source.host.hostname", HOST },
	{ "_source.host.name", HOST },
	{ "host.hostname", HOST },
	{ "host.name", HOST },
	{ "_source.process.name", PROGRAM },
	{ "process.name", PROGRAM },
	{ "_source.process.pid", PID },
	{ "process.pid", PID },
};

static const struct names docker_json = {
	.list = docker_names,
	.n = COUNT(docker_names),
	.proof = "stream",
	.prompt = true,
};

/* Its time may be that of indexing: QUESTIONS §2, A7. */
static const struct names splunk_json = {
	.list = splunk_names,
	.n = COUNT(splunk_names),
	.host_wins = true,
};

static const struct names elastic_json = {
	.list = elastic_names,
	.n = COUNT(elastic_names),
};

struct values {
	struct slice text[OTHER];
	size_t rank[OTHER]; /* of the name that gave it, from 1 */
	bool proved;
};

static void take(struct values *to, const struct names *n,
                 const struct json_value *v, struct arena *arena)
{
	if (v->kind == JSON_WORD)
		return;
	if (n->proof && slice_eq(v->path, slice_str(n->proof)))
		to->proved = true;
	for (size_t i = 0; i < n->n; i++) {
		enum part p = n->list[i].part;

		if (p == OTHER || !slice_eq(v->path, slice_str(n->list[i].path)))
			continue;
		if (to->rank[p] && to->rank[p] <= i + 1)
			return;
		to->rank[p] = i + 1;
		to->text[p] = json_text(v, arena);
		return;
	}
}

static struct values read_values(const struct names *n, struct slice raw,
                                 struct arena *arena)
{
	struct values found = { .proved = n->proof == NULL };
	struct json_value v;
	struct json j;

	json_begin(&j, slice_trim(raw));
	while (json_next(&j, &v))
		take(&found, n, &v, arena);
	return found;
}

static bool unwrap(const struct names *n, struct slice raw,
                   struct arena *arena, struct wrapped *w)
{
	struct values v = read_values(n, raw, arena);
	struct slice line = v.text[LINE];
	uint64_t pid;

	if (!line.ptr || !v.proved)
		return false;
	while (line.len && line.ptr[line.len - 1] == '\n')
		line.len--;
	w->line = line;
	w->host = v.text[HOST];
	w->host_wins = n->host_wins;
	w->program = v.text[PROGRAM];
	w->pid = slice_u64(v.text[PID], &pid) ? v.text[PID] : slice_of(NULL, 0);
	w->prompt = n->prompt;
	if (zeek_time(v.text[TIME], &w->time))
		w->time_raw = v.text[TIME];
	else
		w->time.us = TIME_NONE;
	return true;
}

static bool unwrap_docker(const struct layout *l, struct slice raw,
                          struct arena *arena, struct wrapped *w)
{
	(void)l;
	return unwrap(&docker_json, raw, arena, w);
}

static bool unwrap_splunk(const struct layout *l, struct slice raw,
                          struct arena *arena, struct wrapped *w)
{
	(void)l;
	return unwrap(&splunk_json, raw, arena, w);
}

static bool unwrap_elastic(const struct layout *l, struct slice raw,
                           struct arena *arena, struct wrapped *w)
{
	(void)l;
	return unwrap(&elastic_json, raw, arena, w);
}

static const struct wrapping docker = { &framing_docker_json, unwrap_docker };
static const struct wrapping splunk = { &framing_splunk_json, unwrap_splunk };
static const struct wrapping elastic = { &framing_elastic_json,
	                                 unwrap_elastic };

/* Confidence FULL if most lines are objects that have what they must. */
static int detect(const struct sample *s, const struct names *n, int full)
{
	struct arena arena = { 0 };
	int lines = 0, own = 0;

	for (int i = 0; i < 3; i++) {
		struct slice part = s->part[i];

		for (int k = 0; part.len && k < 100; k++) {
			struct slice line = slice_trim(slice_cut(&part, '\n'));
			struct values v;

			if (line.len == 0)
				continue;
			lines++;
			if (*line.ptr != '{')
				continue;
			arena_reset(&arena);
			v = read_values(n, line, &arena);
			own += v.text[LINE].ptr && v.text[TIME].ptr && v.proved;
		}
	}
	arena_release(&arena);
	return lines && own * 10 >= lines * 7 ? full : 0;
}

static int detect_docker(const struct sample *s)
{
	return detect(s, &docker_json, 96);
}

static int detect_splunk(const struct sample *s)
{
	return detect(s, &splunk_json, 96);
}

static int detect_elastic(const struct sample *s)
{
	return detect(s, &elastic_json, 95);
}

static bool learn_docker(const struct sample *s, struct layout *l)
{
	wrap_learn(&docker, s, l);
	return true;
}

static bool learn_splunk(const struct sample *s, struct layout *l)
{
	wrap_learn(&splunk, s, l);
	return true;
}

static bool learn_elastic(const struct sample *s, struct layout *l)
{
	wrap_learn(&elastic, s, l);
	return true;
}

static void peel_docker(const struct layout *l, struct record *r,
                        struct arena *arena)
{
	wrap_peel(&docker, l, r, arena);
}

static void peel_splunk(const struct layout *l, struct record *r,
                        struct arena *arena)
{
	wrap_peel(&splunk, l, r, arena);
}

static void peel_elastic(const struct layout *l, struct record *r,
                         struct arena *arena)
{
	wrap_peel(&elastic, l, r, arena);
}

static const struct framing_example docker_examples[] = {
	{ "{\"log\":\"Mar 14 09:15:02 mx1 postfix/qmgr[2]: CDB9F43623: "
	  "removed\\n\",\"stream\":\"stdout\","
	  "\"time\":\"2026-03-14T09:15:02.318204123Z\"}",
	  "2026-03-14T09:15:02.318204123Z|mx1|postfix/qmgr|2|CDB9F43623: removed" },
};

static const struct framing_example splunk_examples[] = {
	{ "{\"preview\":false,\"result\":{\"_raw\":\"Mar 14 09:15:02 mx1 "
	  "postfix/qmgr[2]: CDB9F43623: removed\",\"_time\":\"2026-03-20 "
	  "10:00:00.000 UTC\",\"host\":\"gate7\"}}",
	  "Mar 14 09:15:02|gate7|postfix/qmgr|2|CDB9F43623: removed" },
};

static const struct framing_example elastic_examples[] = {
	{ "{\"_index\":\"mail\",\"_source\":{\"@timestamp\":"
	  "\"2026-03-20T10:00:00.000Z\",\"message\":\"Mar 14 09:15:02 mx1 "
	  "postfix/qmgr[2]: CDB9F43623: removed\"}}",
	  "Mar 14 09:15:02|mx1|postfix/qmgr|2|CDB9F43623: removed" },
	{ "{\"@timestamp\":\"2026-03-20T10:00:00.000Z\",\"host\":{\"name\":"
	  "\"mx1\"},\"process\":{\"name\":\"postfix/qmgr\",\"pid\":2},"
	  "\"message\":\"CDB9F43623: removed\"}",
	  "2026-03-20T10:00:00.000Z|mx1|postfix/qmgr|2|CDB9F43623: removed" },
};

const struct framing framing_docker_json = {
	.name = "docker-json",
	.about = "lines of a container as docker's json-file driver keeps them",
	.wraps = 1,
	.detect = detect_docker,
	.learn = learn_docker,
	.next = framing_next_line,
	.peel = peel_docker,
	.examples = docker_examples,
	.nexamples = COUNT(docker_examples),
};

const struct framing framing_splunk_json = {
	.name = "splunk-json",
	.about = "Splunk export, JSON lines with _raw",
	.wraps = 1,
	.detect = detect_splunk,
	.learn = learn_splunk,
	.next = framing_next_line,
	.peel = peel_splunk,
	.examples = splunk_examples,
	.nexamples = COUNT(splunk_examples),
};

const struct framing framing_elastic_json = {
	.name = "elastic-json",
	.about = "Elastic export, JSON lines with _source.message or message",
	.wraps = 1,
	.detect = detect_elastic,
	.learn = learn_elastic,
	.next = framing_next_line,
	.peel = peel_elastic,
	.examples = elastic_examples,
	.nexamples = COUNT(elastic_examples),
};
