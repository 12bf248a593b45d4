/* SPDX-License-Identifier: MIT */
/* rspamd: one line for each message it judged, through syslog or in a file of its
 * own ("YYYY-MM-DD HH:MM:SS #PID(worker) <tag>; module; function: …").
 *
 * "id: <M>, qid: <Q>, ip: IP, user: U, from: <S>, (default: F (no action):
 * [1.20/15.00] [SYMBOLS]), len: N, …": the message-id stands first and the sender
 * may hold anything; what can be read in two ways is left out. The MTA logs what
 * it did with the verdict. */
#include "parsers/agent.h"
#include "parsers/mail.h"
#include "parsers/rspamd.h"
#include "parsers/stamp.h"

static bool claims(struct slice program)
{
	return slice_eq(program, SLICE("rspamd"));
}

/* "Q>, ip: " behind the mark at AT: where it is the daemon's own. */
static bool is_qid(struct slice s, size_t at, struct slice *qid)
{
	struct slice rest = slice_from(s, at);
	size_t end = slice_chr(slice_to(rest, 41), '>');

	if (end == SLICE_NONE || !AG_STARTS(slice_from(rest, end), ">, ip: "))
		return false;
	*qid = slice_to(rest, end);
	return true;
}

/* How often ", qid: <Q>, ip: " stands in S; *AT is where the first begins. */
static unsigned find_qid(struct slice s, size_t *at, struct slice *qid)
{
	const struct slice mark = SLICE(", qid: <");
	unsigned n = 0;

	for (size_t from = 0; from < s.len;) {
		size_t i = slice_find(slice_from(s, from), mark);
		struct slice found;

		if (i == SLICE_NONE)
			break;
		i += from;
		from = i + mark.len;
		if (!is_qid(s, from, &found))
			continue;
		if (!n++) {
			*at = i;
			*qid = found;
		}
	}
	return n;
}

static bool is_action(struct slice s)
{
	static const struct slice actions[] = {
		AG_TEXT("no action"),    AG_TEXT("greylist"),
		AG_TEXT("add header"),   AG_TEXT("rewrite subject"),
		AG_TEXT("soft reject"),  AG_TEXT("reject"),
		AG_TEXT("discard"),      AG_TEXT("quarantine"),
	};

	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
		if (slice_eq(s, actions[i]))
			return true;
	return false;
}

/* ", (default: F (no action): [": false if two such leave it open. */
static bool read_action(struct slice s, struct slice *action)
{
	const struct slice mark = SLICE(", (default: ");
	bool one = true;

	for (size_t at = slice_find(s, mark); at != SLICE_NONE;
	     at = slice_find(s, mark)) {
		struct slice rest;
		size_t end;

		s = slice_from(s, at + mark.len);
		if (s.len < 4 || !AG_STARTS(slice_from(s, 1), " ("))
			continue;
		rest = slice_from(s, 3);
		end = AG_FIND(slice_to(rest, 40), "): [");
		if (end == SLICE_NONE || !is_action(slice_to(rest, end)))
			continue;
		one = one && !action->len;
		*action = slice_to(rest, end);
	}
	return one;
}

/* "IP, user: U, from: <S>, " behind ", ip: ". */
static void set_envelope(struct event *e, struct slice s)
{
	struct slice v = slice_to(s, slice_chr(s, ','));
	size_t at;

	if (ag_is_ip(v))
		event_set(e, EV_CLIENT_IP, v);
	s = slice_from(s, v.len);
	if (AG_SKIP(&s, ", user: ")) {
		at = AG_FIND(s, ", from: <");
		if (at == SLICE_NONE)
			return;
		event_set(e, EV_USER, slice_to(s, at));
		s = slice_from(s, at);
	}
	if (AG_SKIP(&s, ", from: ") && ag_address(&s, &v))
		event_set(e, EV_SENDER, v);
}

/* ", len: N, time: …, rcpts: <r1,r2>, mime_rcpts: …" */
static void set_rest(struct event *e, struct slice s)
{
	size_t at = AG_FIND(s, "), len: ");
	struct slice v;
	int64_t size;

	if (at == SLICE_NONE)
		return;
	s = slice_from(s, at + 8);
	v = s;
	if (ag_number(&v, &size))
		event_set_number(e, EV_SIZE, size);
	at = AG_FIND(s, ", rcpts: <");
	if (at == SLICE_NONE)
		return;
	s = slice_from(s, at + 10);
	s = slice_to(s, slice_chr(s, '>'));
	if (slice_chr(s, ',') == SLICE_NONE)
		ag_set(e, EV_RECIPIENT, s);
}

static bool task_line(struct slice s, struct events *out, bool *damaged)
{
	struct slice qid = { NULL, 0 }, action = { NULL, 0 };
	struct event *e;
	size_t at = AG_FIND(s, "rspamd_task_write_log: "), end = 0;
	unsigned n;

	if (at == SLICE_NONE || at > 64)
		return false;
	s = slice_from(s, at + 23);
	if (!AG_SKIP(&s, "id: "))
		return false;
	e = events_add(out);
	n = find_qid(s, &end, &qid);
	if (n == 1) {
		if (ag_is_queue_id(qid))
			ag_own(e, qid);
		ag_set_message_id(e, slice_to(s, end));
		s = slice_from(s, end + 8 + qid.len + 7);
		set_envelope(e, s);
	}
	/* mail that came without a queue id has no qid at all */
	if (n > 1 || !read_action(s, &action)) {
		*damaged = true;
		return true;
	}
	ag_set(e, EV_VERDICT, action);
	set_rest(e, s);
	return true;
}

/* "<tag>; module; function: …", "(main) …": all its lines have that form. */
static bool is_own(struct slice s)
{
	size_t at;

	if (AG_STARTS(s, "("))
		return AG_FIND(slice_to(s, 40), ") ") != SLICE_NONE;
	at = AG_FIND(slice_to(s, 80), ">; ");
	return AG_STARTS(s, "<") && at != SLICE_NONE;
}

static enum parse parse(const struct layout *l, const struct record *r,
                        struct arena *arena, struct events *out)
{
	bool damaged = r->flags & RECORD_SPLIT;

	(void)l;
	(void)arena;
	if (task_line(r->body, out, &damaged))
		return ag_result(out, damaged);
	if (!is_own(r->body))
		return PARSE_NO;
	events_add(out);
	return ag_result(out, damaged);
}

static const struct parser_example examples[] = {
	{ "Mar 14 09:15:02 mx1 rspamd[94]: <f3d1a2>; task; "
	  "rspamd_task_write_log: id: <m1@example.org>, qid: <9B9471EC3EA>, "
	  "ip: 192.0.2.7, user: bob@example.com, from: <a@example.org>, "
	  "(default: T (reject): [17.20/15.00] "
	  "[BAYES_SPAM(5.10){100.00%;},R_SPF_FAIL(1.00){-all;}]), len: 3456, "
	  "time: 123.4ms, dns req: 12, digest: "
	  "<d41d8cd98f00b204e9800998ecf8427e>, rcpts: <bob@example.com>, "
	  "mime_rcpts: <bob@example.com,>",
	  "info queue_id=9B9471EC3EA message_id=m1@example.org "
	  "sender=a@example.org recipient=bob@example.com "
	  "client_ip=192.0.2.7 user=bob@example.com verdict=reject size=3456" },
	{ "2026-03-14 09:15:02 #123(rspamd_proxy) <f3d1a2>; task; "
	  "rspamd_task_write_log: id: <m2@example.org>, qid: "
	  "<4fXwft2FgJzFpTn>, ip: 2001:db8::7, from: <>, (default: F (no "
	  "action): [1.20/15.00] [MIME_GOOD(-0.10){text/plain;}]), len: 345, "
	  "time: 12.4ms, dns req: 1, digest: "
	  "<d41d8cd98f00b204e9800998ecf8427e>, rcpts: "
	  "<bob@example.com,eve@example.com>",
	  "info queue_id=4fXwft2FgJzFpTn message_id=m2@example.org sender=<> "
	  "client_ip=2001:db8::7 verdict=\"no action\" size=345" },
	{ "Mar 14 09:15:02 mx1 rspamd[94]: <f3d1a2>; proxy; "
	  "proxy_accept_socket: accepted milter connection from 127.0.0.1 "
	  "port 4711",
	  "info" },
};

const struct parser parser_rspamd = {
	.name = "rspamd",
	.about = "rspamd: verdicts, in syslog or in its own file",
	.life = 0,
	.claims = claims,
	.parse = parse,
	.examples = examples,
	.nexamples = sizeof examples / sizeof *examples,
};

/* Its own file -------------------------------------------------------------- */

/* "2026-03-14 09:15:02 #123(normal) " at the start of S: its bytes, 0 none. */
static size_t file_front(struct slice s, struct record *r)
{
	struct slice rest;
	struct stamp t;
	size_t n = stamp_iso(s, &t), end;

	if (!n)
		return 0;
	rest = slice_from(s, n);
	if (!AG_SKIP(&rest, " #"))
		return 0;
	r->time = t;
	r->time_raw = slice_to(s, n);
	r->pid = slice_to(rest, slice_chr(rest, '('));
	if (!r->pid.len || r->pid.len > 10)
		return 0;
	for (size_t i = 0; i < r->pid.len; i++)
		if (!ag_digit(r->pid.ptr[i]))
			return 0;
	end = AG_FIND(rest, ") ");
	if (end == SLICE_NONE || end > 40)
		return 0;
	return (size_t)(rest.ptr - s.ptr) + end + 2;
}

static void peel(const struct layout *l, struct record *r, struct arena *arena)
{
	size_t n;

	(void)l;
	r->host = r->program = r->pid = r->time_raw = slice_of(NULL, 0);
	r->time = (struct stamp){ TIME_NONE, 0 };
	r->body = r->raw;
	n = file_front(r->raw, r);
	if (!n) {
		r->pid = r->time_raw = slice_of(NULL, 0);
		r->time = (struct stamp){ TIME_NONE, 0 };
		return;
	}
	r->program = arena_slice(arena, SLICE("rspamd"));
	r->body = slice_from(r->raw, n);
}

static int detect(const struct sample *s)
{
	unsigned lines = 0, mine = 0;

	for (int i = 0; i < 3; i++) {
		struct slice rest = s->part[i];

		while (rest.len && lines < 2000) {
			struct slice line = slice_cut(&rest, '\n');
			struct record r;

			if (!line.len)
				continue;
			lines++;
			mine += file_front(line, &r) > 0;
		}
	}
	return mine && mine * 2 >= lines ? 95 : 0;
}

static const struct framing_example framing_examples[] = {
	{ "2026-03-14 09:15:02 #123(normal) <abcdef>; task; "
	  "rspamd_task_process: done",
	  "2026-03-14 09:15:02||rspamd|123|<abcdef>; task; "
	  "rspamd_task_process: done" },
};

const struct framing framing_rspamd = {
	.name = "rspamd",
	.about = "rspamd's own log file",
	.file = "rspamd",
	.detect = detect,
	.next = framing_next_line,
	.peel = peel,
	.examples = framing_examples,
	.nexamples = sizeof framing_examples / sizeof *framing_examples,
};
