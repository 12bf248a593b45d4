/* SPDX-License-Identifier: MIT */
/* What container tools put before a line: "docker logs -t" a stamp, compose the
 * service's name, CRI stamp and stream. Taken off once, then the line is read as
 * if it had stood there alone. */
#include "parsers/stamp.h"
#include "parsers/syslog.h"
#include "parsers/wrap.h"

#define SERVICE_MAX 64

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

/* "mail-1  | " */
static bool take_service(struct slice *s, struct slice *name)
{
	size_t n = 0, end;

	while (n < s->len && n < SERVICE_MAX && is_name_char(s->ptr[n]))
		n++;
	end = n;
	while (end < s->len && s->ptr[end] == ' ')
		end++;
	if (n == 0 || end == n || end >= s->len || s->ptr[end] != '|' ||
	    (end + 1 < s->len && s->ptr[end + 1] != ' '))
		return false;
	*name = slice_to(*s, n);
	*s = slice_from(*s, end + 2);
	return true;
}

/* "2026-03-14T09:15:02.318204123Z "; NANO: with all nine digits, as docker
 * always writes it and hardly anybody else. */
static bool take_stamp(struct slice *s, struct wrapped *w, bool *nano)
{
	struct stamp t;
	size_t n;

	if (s->len < 21 || s->ptr[4] != '-' || s->ptr[10] != 'T')
		return false;
	n = stamp_iso(*s, &t);
	if (n == 0 || n >= s->len || s->ptr[n] != ' ' ||
	    (t.has & STAMP_ABSOLUTE) != STAMP_ABSOLUTE)
		return false;
	*nano = n == 30 && s->ptr[29] == 'Z';
	w->time = t;
	w->time_raw = slice_to(*s, n);
	w->prompt = true;
	*s = slice_from(*s, n + 1);
	return true;
}

/* "stdout F " */
static bool take_stream(struct slice *s)
{
	struct slice rest = *s;
	struct slice word = slice_cut(&rest, ' ');

	if (!slice_eq(word, SLICE("stdout")) && !slice_eq(word, SLICE("stderr")))
		return false;
	if (rest.len < 1 || (*rest.ptr != 'F' && *rest.ptr != 'P') ||
	    (rest.len > 1 && rest.ptr[1] != ' '))
		return false;
	*s = slice_from(rest, 2);
	return true;
}

static bool unwrap(const struct layout *l, struct slice raw,
                   struct arena *arena, struct wrapped *w)
{
	struct slice s = raw, behind;
	bool service, stamp, nano = false;

	(void)l;
	(void)arena;
	service = take_service(&s, &w->host);
	behind = s;
	stamp = take_stamp(&s, w, &nano);
	if (stamp && take_stream(&s)) {
		w->line = s;
		return true;
	}
	/* a stamp of fewer digits may be syslog's own */
	if (stamp && !nano) {
		s = behind;
		w->time.us = TIME_NONE;
		stamp = false;
	}
	w->line = s;
	return service || stamp;
}

static const struct wrapping docker = { &framing_docker, unwrap };

/* Without a header of syslog behind the prefix the program's tag may still
 * stand there: a daemon in a container logs to its standard output. */
static void peel_tag(struct record *r, struct arena *arena)
{
	struct slice front = SLICE("2000-01-01T00:00:00Z ");
	struct slice line = r->body;
	struct record tag = { 0 };
	char *text;

	if (r->program.len || line.len > 65536)
		return;
	text = arena_bytes(arena, front.len + line.len);
	memcpy(text, front.ptr, front.len);
	if (line.len)
		memcpy(text + front.len, line.ptr, line.len);
	if (syslog_peel(slice_of(text, front.len + line.len), &tag) !=
	            SYSLOG_3339 ||
	    !tag.program.len || tag.host.len)
		return;
	r->program = tag.program;
	r->pid = tag.pid;
	r->body = tag.body;
}

static void peel(const struct layout *l, struct record *r, struct arena *arena)
{
	wrap_peel(&docker, l, r, arena);
	if (l->inner && l->inner->framing == &framing_line)
		peel_tag(r, arena);
}

static bool learn(const struct sample *s, struct layout *l)
{
	wrap_learn(&docker, s, l);
	return true;
}

/* Share of lines, 0..100, that begin as CRI or compose write them: nobody else
 * does. */
static int sure_share(const struct sample *s)
{
	struct slice part = s->part[0];
	int lines = 0, sure = 0;

	for (int n = 0; part.len && n < 200; n++) {
		struct slice line = slice_cut(&part, '\n'), name;
		struct wrapped w;
		bool nano;

		if (slice_trim(line).len == 0)
			continue;
		lines++;
		sure += take_service(&line, &name) ||
		        (take_stamp(&line, &w, &nano) && take_stream(&line));
	}
	return lines ? 100 * sure / lines : 0;
}

static int detect(const struct sample *s)
{
	const struct layout l = { .framing = &framing_docker };
	int share, inner = wrap_confidence(&docker, s, &l, &share);

	if (share < 80)
		return 0;
	if (inner >= 30)
		return inner < 91 ? inner + 3 : 94;
	return sure_share(s) >= 80 ? 91 : 0;
}

static const struct framing_example examples[] = {
	{ "2026-03-14T09:15:02.318204123Z Mar 14 09:15:02 mx1 postfix/qmgr[2]: "
	  "CDB9F43623: removed",
	  "2026-03-14T09:15:02.318204123Z|mx1|postfix/qmgr|2|CDB9F43623: removed" },
	{ "mail-1  | Mar 14 09:15:02 mx1 postfix/qmgr[2]: CDB9F43623: removed",
	  "Mar 14 09:15:02|mx1|postfix/qmgr|2|CDB9F43623: removed" },
	{ "mail-1  | 2026-03-14T09:15:02.318204123Z "
	  "2026-03-14T09:15:02+00:00 mx1 postfix/qmgr[2]: CDB9F43623: removed",
	  "2026-03-14T09:15:02+00:00|mx1|postfix/qmgr|2|CDB9F43623: removed" },
	{ "2026-03-14T09:15:02.3Z stdout F Mar 14 09:15:02 mx1 "
	  "postfix/qmgr[2]: CDB9F43623: removed",
	  "2026-03-14T09:15:02.3Z|mx1|postfix/qmgr|2|CDB9F43623: removed" },
	{ "2026-03-14T09:15:02.3Z stdout F postfix/qmgr[2]: CDB9F43623: removed",
	  "2026-03-14T09:15:02.3Z||postfix/qmgr|2|CDB9F43623: removed" },
};

const struct framing framing_docker = {
	.name = "docker",
	.about = "lines of a container: docker logs -t, docker compose, CRI",
	.wraps = 1,
	.detect = detect,
	.learn = learn,
	.next = framing_next_line,
	.peel = peel,
	.examples = examples,
	.nexamples = sizeof examples / sizeof *examples,
};
