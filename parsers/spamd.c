/* SPDX-License-Identifier: MIT */
/* SpamAssassin's daemon: verdicts under the message-id alone. */
#include "parsers/agent.h"
#include "parsers/mail.h"

static bool claims(struct slice program)
{
	return slice_eq(program, SLICE("spamd"));
}

static void set_verdict(struct event *e, struct arena *arena, const char *v)
{
	event_set(e, EV_VERDICT, arena_slice(arena, slice_str(v)));
}

/* "bob:1001": whose rules it asked. */
static void set_user(struct event *e, struct slice s)
{
	size_t end = slice_rchr(s, ':');

	if (end != SLICE_NONE && end > 0)
		event_set(e, EV_USER, slice_to(s, end));
}

/* "…,user=bob,uid=1001,…,rport=46152" */
static void set_caller(struct event *e, struct slice s)
{
	size_t user = AG_FIND(s, ",user="), uid = AG_RFIND(s, ",uid=");
	size_t at = AG_RFIND(s, ",rport=");
	struct slice digits = slice_from(s, at == SLICE_NONE ? s.len : at + 7);
	int64_t port;

	if (user != SLICE_NONE && uid != SLICE_NONE && uid > user + 6)
		event_set(e, EV_USER,
		          slice_of(s.ptr + user + 6, uid - user - 6));
	if (ag_number(&digits, &port) && port > 0 && port < 65536)
		event_set_number(e, EV_CLIENT_PORT, port);
}

/* "result: Y 12 - SYMBOLS scantime=1.2,size=3456,user=u,uid=1001,…,mid=<M>,
 * bayes=0.9,autolearn=no": what stands in front of mid is spamd's own. */
static bool result_line(struct slice s, struct arena *arena, struct events *out)
{
	struct event *e;
	int64_t size;
	size_t at;

	if (!AG_SKIP(&s, "result: ") || s.len < 2 || s.ptr[1] != ' ' ||
	    (s.ptr[0] != 'Y' && s.ptr[0] != '.'))
		return false;
	e = events_add(out);
	set_verdict(e, arena, s.ptr[0] == 'Y' ? "SPAM" : "CLEAN");
	at = AG_FIND(s, ",size=");
	if (at != SLICE_NONE) {
		struct slice digits = slice_from(s, at + 6);

		if (ag_number(&digits, &size))
			event_set_number(e, EV_SIZE, size);
	}
	at = AG_FIND(s, ",mid=<");
	set_caller(e, slice_to(s, at));
	if (at == SLICE_NONE)
		return true;
	s = slice_from(s, at + 5);
	at = slice_rchr(s, '>');
	if (at != SLICE_NONE)
		ag_set_message_id(e, slice_to(s, at + 1));
	return true;
}

/* "processing message <M> for user:uid", "checking message …" */
static bool message_line(struct slice s, struct events *out)
{
	struct event *e;
	struct slice user;
	size_t end;

	if (!AG_SKIP(&s, "processing message ") &&
	    !AG_SKIP(&s, "checking message "))
		return false;
	e = events_add(out);
	end = AG_RFIND(s, " for ");
	user = slice_from(s, end == SLICE_NONE ? s.len : end + 5);
	set_user(e, user);
	s = slice_to(s, end);
	/* "(unknown)", "<M> aka <Resent>" */
	end = AG_RFIND(s, " aka ");
	s = slice_to(s, end);
	if (AG_STARTS(s, "<"))
		ag_set_message_id(e, s);
	return true;
}

/* "identified spam (12.3/5.0) for user:uid in 1.2 seconds, 3456 bytes." */
static bool score_line(struct slice s, struct arena *arena, struct events *out)
{
	bool spam = AG_STARTS(s, "identified spam (");
	struct event *e;
	int64_t size;
	size_t at;

	if (!spam && !AG_STARTS(s, "clean message ("))
		return false;
	e = events_add(out);
	set_verdict(e, arena, spam ? "SPAM" : "CLEAN");
	at = AG_FIND(s, ") for ");
	if (at != SLICE_NONE)
		set_user(e, slice_to(slice_from(s, at + 6),
		                     AG_RFIND(slice_from(s, at + 6), " in ")));
	at = AG_RFIND(s, ", ");
	if (at == SLICE_NONE)
		return true;
	s = slice_from(s, at + 2);
	if (ag_number(&s, &size) && AG_STARTS(s, " bytes"))
		event_set_number(e, EV_SIZE, size);
	return true;
}

/* "connection from …", "prefork: …", "dns: …": the daemon's own affairs. */
static bool is_own(struct slice s)
{
	size_t n = 0;

	while (n < s.len && n < 16 && (unsigned)(s.ptr[n] - 'a') < 26)
		n++;
	return n && AG_STARTS(slice_from(s, n), ": ");
}

static enum parse parse(const struct layout *l, const struct record *r,
                        struct arena *arena, struct events *out)
{
	struct slice s = r->body;

	(void)l;
	AG_SKIP(&s, "spamd: ");
	if (result_line(s, arena, out) || message_line(s, out) ||
	    score_line(s, arena, out))
		return ag_result(out, r->flags & RECORD_SPLIT);
	if (!is_own(r->body))
		return PARSE_NO;
	events_add(out);
	return ag_result(out, r->flags & RECORD_SPLIT);
}

static const struct parser_example examples[] = {
	{ "Mar 14 09:15:02 mx1 spamd[92]: spamd: result: Y 12 - "
	  "BAYES_99,SPF_FAIL "
	  "scantime=1.2,size=3456,user=bob,uid=1001,required_score=5.0,rhost"
	  "=localhost,raddr=127.0.0.1,rport=46152,mid=<m1@example.org>,bayes"
	  "=0.99,autolearn=no",
	  "info message_id=m1@example.org user=bob verdict=SPAM "
	  "client_port=46152 size=3456" },
	{ "Mar 14 09:15:02 mx1 spamd[92]: spamd: result: . -1 - DKIM_VALID "
	  "scantime=0.9,size=345,user=bob,uid=1001,required_score=5.0,rhost="
	  "127.0.0.1,raddr=127.0.0.1,rport=46152,mid=<m1@example.org>,autole"
	  "arn=ham",
	  "info message_id=m1@example.org user=bob verdict=CLEAN "
	  "client_port=46152 size=345" },
	{ "Mar 14 09:15:02 mx1 spamd[92]: spamd: processing message "
	  "<m1@example.org> for bob:1001",
	  "info message_id=m1@example.org user=bob" },
	{ "Mar 14 09:15:02 mx1 spamd[92]: spamd: identified spam (12.3/5.0) "
	  "for bob:1001 in 1.2 seconds, 3456 bytes.",
	  "info user=bob verdict=SPAM size=3456" },
	{ "Mar 14 09:15:02 mx1 spamd[92]: prefork: child states: II",
	  "info" },
};

const struct parser parser_spamd = {
	.name = "spamd",
	.about = "SpamAssassin's spamd",
	.life = 0,
	.claims = claims,
	.parse = parse,
	.examples = examples,
	.nexamples = sizeof examples / sizeof *examples,
};
