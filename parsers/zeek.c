/* SPDX-License-Identifier: MIT */
/* Zeek smtp.log: what a sensor saw of a conversation between two servers. Not a
 * word of a server, but an observation of one: it proves that the answer was
 * given, and says what became of the message only where that answer was the one
 * to the message. */
#include "parsers/ids/id.h"
#include "parsers/mail.h"
#include "parsers/zeek.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

void zeek_set(struct zeek *z, enum zeek_field f, struct slice value,
              struct arena *arena)
{
	struct slice *grown;

	if (!z->value[f].ptr)
		z->value[f] = value;
	if (f != ZEEK_RCPTTO || !value.len)
		return;
	if (z->nrcpt == ZEEK_RCPT_MAX) {
		z->damaged = true;
		return;
	}
	if (z->nrcpt == z->crcpt) {
		z->crcpt = z->crcpt ? 2 * z->crcpt : 8;
		grown = arena_alloc(arena, z->crcpt * sizeof *grown);
		if (z->nrcpt)
			memcpy(grown, z->rcpt, z->nrcpt * sizeof *grown);
		z->rcpt = grown;
	}
	z->rcpt[z->nrcpt++] = value;
}

/* "<a@example.com>" before 2.5, "a@example.com" since; ESMTP parameters may
 * follow the bracket. */
static struct slice address(struct slice s)
{
	size_t close;

	s = slice_trim(s);
	close = slice_rchr(s, '>');
	if (s.len < 2 || *s.ptr != '<' || close == SLICE_NONE ||
	    (close + 1 < s.len && s.ptr[close + 1] != ' '))
		return s;
	return slice_from(slice_to(s, close), 1);
}

struct reply {
	struct slice text, dsn; /* absent if there is none */
	int code;               /* 0 */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "5.1.1" before a blank or the end. */
static struct slice dsn_at(struct slice s)
{
	size_t n = 0, dots = 0;

	while (n < s.len && (is_digit(s.ptr[n]) || s.ptr[n] == '.'))
		dots += s.ptr[n++] == '.';
	if (dots != 2 || n < 5 || n > 9 || (n < s.len && s.ptr[n] != ' ') ||
	    !strchr("245", *s.ptr) || s.ptr[1] != '.' || s.ptr[n - 1] == '.')
		return slice_of(NULL, 0);
	return slice_to(s, n);
}

static struct reply read_reply(struct slice s)
{
	struct reply r = { .text = s };

	if (s.len < 3 || !is_digit(s.ptr[0]) || !is_digit(s.ptr[1]) ||
	    !is_digit(s.ptr[2]) ||
	    (s.len > 3 && s.ptr[3] != ' ' && s.ptr[3] != '-'))
		return r;
	r.code = (s.ptr[0] - '0') * 100 + (s.ptr[1] - '0') * 10 + s.ptr[2] - '0';
	if (r.code < 200 || r.code > 599)
		r.code = 0;
	if (s.len > 4)
		r.dsn = dsn_at(slice_from(s, 4));
	return r;
}

static bool says(struct slice s, const char *word)
{
	return slice_find_nocase(s, slice_str(word)) != SLICE_NONE;
}

/* Whether the content went over the wire: headers were seen, or a body. */
static bool had_data(const struct zeek *z)
{
	static const enum zeek_field of[] = {
		ZEEK_DATE, ZEEK_FROM, ZEEK_TO, ZEEK_CC, ZEEK_MSG_ID,
		ZEEK_SUBJECT, ZEEK_FIRST_RECEIVED, ZEEK_FUIDS,
	};

	for (size_t i = 0; i < COUNT(of); i++)
		if (z->value[of[i]].len)
			return true;
	return false;
}

/* What servers say to the final dot and to nothing else. */
static bool took_message(const struct reply *r)
{
	return id_next_of_reply(r->text).len || says(r->text, "queued") ||
	       says(r->text, "message accepted") ||
	       says(r->text, "accepted for delivery") ||
	       slice_starts(r->dsn, SLICE("2.6."));
}

/* What they say to other commands: MAIL, RCPT, RSET, NOOP, EHLO. */
static bool is_other_yes(const struct reply *r)
{
	static const char *const words[] = {
		"sender", "recipient", "reset", "flushed", "hello", "pleased",
		"rcpt", "help", "sent", "size", "begin",
	};

	/* the whole of Postfix's answer to RSET and NOOP */
	if (slice_starts(r->dsn, SLICE("2.1.")) ||
	    slice_eq(slice_trim(r->text), SLICE("250 2.0.0 Ok")))
		return true;
	for (size_t i = 0; i < COUNT(words); i++)
		if (says(r->text, words[i]))
			return true;
	return false;
}

/* FORMATS §6: the last reply of the transaction. 221 says goodbye, 354 asks for
 * what never came, a syntax error behind the data is about another command. */
static enum action action_of(const struct zeek *z, const struct reply *r)
{
	bool data = had_data(z);

	if (r->code >= 500)
		return data && r->code <= 504 ? ACTION_INFO : ACTION_REJECT;
	if (r->code >= 400)
		return data && r->code == 421 ? ACTION_INFO : ACTION_TEMPFAIL;
	if (r->code == 250 && z->nrcpt &&
	    (took_message(r) || (data && !is_other_yes(r))))
		return ACTION_RELAY;
	if (slice_eq(z->value[ZEEK_TLS], SLICE("T")) ||
	    slice_eq(z->value[ZEEK_TLS], SLICE("true")))
		return ACTION_TLS;
	return ACTION_INFO;
}

static void put(struct event *e, enum event_field to, const struct zeek *z,
                enum zeek_field from)
{
	if (z->value[from].ptr)
		event_set(e, to, z->value[from]);
}

static void put_port(struct event *e, enum event_field to, struct slice s)
{
	uint64_t n;

	if (slice_u64(s, &n) && n < 65536)
		event_set_number(e, to, (int64_t)n);
}

static void put_reply(struct event *e, const struct reply *r)
{
	struct slice id;

	if (!r->text.ptr)
		return;
	event_set(e, EV_REPLY, r->text);
	if (r->code)
		event_set_number(e, EV_CODE, r->code);
	if (r->dsn.ptr)
		event_set(e, EV_DSN, r->dsn);
	id = id_next_of_reply(r->text);
	if (!id.len || e->action != ACTION_RELAY)
		return;
	event_set(e, EV_NEXT_QUEUE_ID, id);
}

/* The tail of a name or id in brackets, "<>" where it was logged empty. */
static struct slice or_empty(struct slice s, struct arena *arena)
{
	s = address(s);
	return s.len ? s : arena_slice(arena, SLICE("<>"));
}

static void put_envelope(struct event *e, const struct zeek *z,
                         struct arena *arena)
{
	put(e, EV_HELO, z, ZEEK_HELO);
	put(e, EV_SUBJECT, z, ZEEK_SUBJECT);
	put(e, EV_HEADER_FROM, z, ZEEK_FROM);
	put(e, EV_SESSION_ID, z, ZEEK_UID);
	if (z->value[ZEEK_MAILFROM].ptr)
		event_set(e, EV_SENDER,
		          or_empty(z->value[ZEEK_MAILFROM], arena));
	if (z->value[ZEEK_MSG_ID].ptr)
		event_set(e, EV_MESSAGE_ID,
		          or_empty(z->value[ZEEK_MSG_ID], arena));
	put_port(e, EV_CLIENT_PORT, z->value[ZEEK_ORIG_P]);
	put_port(e, EV_RELAY_PORT, z->value[ZEEK_RESP_P]);
	put(e, EV_CLIENT_IP, z, ZEEK_ORIG_H);
	put(e, EV_RELAY_IP, z, ZEEK_RESP_H);
	if (z->value[ZEEK_LAST_REPLY].ptr)
		put(e, EV_SAID_BY, z, ZEEK_RESP_H);
}

static void put_tls(struct event *e, const struct zeek *z, struct arena *arena)
{
	struct slice tls = z->value[ZEEK_TLS];

	/* which version only ssl.log knows; what follows cannot be seen here */
	if (slice_eq(tls, SLICE("T")) || slice_eq(tls, SLICE("true")))
		event_set(e, EV_TLS, arena_slice(arena, SLICE("STARTTLS")));
}

/* A conversation of which no envelope was seen (a scan, all of it behind
 * STARTTLS) is a session and no message. */
static bool is_mail(const struct zeek *z, enum action a)
{
	return z->nrcpt || had_data(z) ||
	       (z->value[ZEEK_MAILFROM].ptr &&
	        (a == ACTION_REJECT || a == ACTION_TEMPFAIL));
}

static struct event *add_event(struct events *out, const struct zeek *z,
                               const struct reply *r, struct slice id,
                               struct arena *arena)
{
	struct event *e = events_add(out);

	e->action = action_of(z, r);
	e->roles = ROLE_OBSERVED | (r->text.ptr ? ROLE_ATTEMPT : 0u) |
	           (z->damaged ? ROLE_DAMAGED : 0u);
	event_set(e, EV_QUEUE_ID, id);
	put_envelope(e, z, arena);
	put_tls(e, z, arena);
	put_reply(e, r);
	if (e->action == ACTION_REJECT && had_data(z))
		event_set(e, EV_STAGE,
		          arena_slice(arena, SLICE("END-OF-MESSAGE")));
	if (is_mail(z, e->action))
		event_add_key(e, KEY_QUEUE, REL_OWN, LINK_OBSERVED, id);
	event_add_key(e, KEY_SESSION, REL_OWN, LINK_OBSERVED,
	              z->value[ZEEK_UID]);
	return e;
}

/* One transaction a record: (uid, trans_depth). */
static struct slice name_of(const struct zeek *z, struct arena *arena)
{
	struct slice depth = z->value[ZEEK_TRANS_DEPTH];

	if (!depth.len)
		return z->value[ZEEK_UID];
	return arena_printf(arena, "%.*s/%.*s",
	                    SLICE_FMT(slice_to(z->value[ZEEK_UID], 256)),
	                    SLICE_FMT(slice_to(depth, 32)));
}

static enum parse parse(const struct layout *l, const struct record *r,
                        struct arena *arena, struct events *out)
{
	struct slice line = slice_trim(r->body), id;
	struct zeek z = { .nrcpt = 0 };
	struct reply reply;
	size_t i = 0;

	if (line.len && *line.ptr == '{')
		zeek_read_json(line, &z, arena);
	else
		zeek_read_tsv(l, r->body, &z, arena);
	if (!z.value[ZEEK_UID].len || !z.value[ZEEK_RESP_H].len)
		return PARSE_NO;
	reply = read_reply(z.value[ZEEK_LAST_REPLY]);
	id = name_of(&z, arena);
	do {
		struct event *e = add_event(out, &z, &reply, id, arena);

		if (i == 0 && is_mail(&z, e->action))
			e->roles |= ROLE_OPENS | ROLE_CLOSES;
		if (i == z.nrcpt)
			break;
		/* nobody answered: still somebody was to get it */
		e->roles |= ROLE_ATTEMPT;
		event_set(e, EV_RECIPIENT, address(z.rcpt[i]));
	} while (++i < z.nrcpt);
	return z.damaged ? PARSE_DAMAGED : PARSE_OK;
}

static bool claims(struct slice program)
{
	(void)program;
	return false; /* its framings choose it */
}

static const struct parser_example examples[] = {
	{ "1332014962.270000\tCw1\t192.0.2.1\t41000\t198.51.100.2\t25\t1\th.e"
	  "xample\t<a@example.com>\t<b@example.org>\tSat, 17 Mar 2012 "
	  "20:09:22 +0000\tA <a@example.com>\tb@example.org\t-\t<m1@example.c"
	  "om>\t-\thi\t-\t-\t-\t221 2.0.0 Bye\t198.51.100.2,192.0.2.1\t-\tF1"
	  "\tF",
	  "info queue_id=Cw1/1 message_id=m1@example.com "
	  "sender=a@example.com recipient=b@example.org client_ip=192.0.2.1 "
	  "helo=h.example relay_ip=198.51.100.2 dsn=2.0.0 reply=\"221 2.0.0 "
	  "Bye\" said_by=198.51.100.2 subject=hi header_from=\"A "
	  "<a@example.com>\" session_id=Cw1 client_port=41000 relay_port=25 "
	  "code=221 roles=opens,closes,attempt,observed session:own=Cw1" },
	{ "1332014962.270000\tCw2\t192.0.2.1\t41000\t198.51.100.2\t25\t1\th.e"
	  "xample\t<a@example.com>\t<b@example.org>,<c\\x2cd@example.org>\t-"
	  "\tA <a@example.com>\t-\t-\t<m2@example.com>\t-\ttab\\x09in\t-\t-\t"
	  "-\t250 2.0.0 Ok: queued as 1E2891CA025\t198.51.100.2,192.0.2.1\t-"
	  "\tF1\tF",
	  "relay queue_id=Cw2/1 message_id=m2@example.com "
	  "sender=a@example.com recipient=b@example.org client_ip=192.0.2.1 "
	  "helo=h.example relay_ip=198.51.100.2 dsn=2.0.0 reply=\"250 2.0.0 "
	  "Ok: queued as 1E2891CA025\" said_by=198.51.100.2 "
	  "subject=tab\\x09in header_from=\"A <a@example.com>\" "
	  "next_queue_id=1E2891CA025 session_id=Cw2 client_port=41000 "
	  "relay_port=25 code=250 roles=opens,closes,attempt,observed "
	  "session:own=Cw2 & relay queue_id=Cw2/1 message_id=m2@example.com "
	  "sender=a@example.com recipient=c,d@example.org "
	  "client_ip=192.0.2.1 helo=h.example relay_ip=198.51.100.2 "
	  "dsn=2.0.0 reply=\"250 2.0.0 Ok: queued as 1E2891CA025\" "
	  "said_by=198.51.100.2 subject=tab\\x09in header_from=\"A "
	  "<a@example.com>\" next_queue_id=1E2891CA025 session_id=Cw2 "
	  "client_port=41000 relay_port=25 code=250 roles=attempt,observed "
	  "session:own=Cw2" },
	{ "1332014962.270000\tCw3\t192.0.2.1\t41000\t198.51.100.2\t25\t2\t-\t"
	  "<>\t<nobody@example.org>\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t550 5.1.1 "
	  "<nobody@example.org>: user unknown\t198.51.100.2,192.0.2.1\t-\t(em"
	  "pty)\tF",
	  "reject queue_id=Cw3/2 sender=<> recipient=nobody@example.org "
	  "client_ip=192.0.2.1 relay_ip=198.51.100.2 dsn=5.1.1 reply=\"550 "
	  "5.1.1 <nobody@example.org>: user unknown\" said_by=198.51.100.2 "
	  "session_id=Cw3 client_port=41000 relay_port=25 code=550 "
	  "roles=opens,closes,attempt,observed session:own=Cw3" },
	{ "1332014962.270000\tCw4\t192.0.2.1\t41000\t198.51.100.2\t25\t1\tnma"
	  "p.scanme.org\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t502 5.5.2 "
	  "Error: command not recognized\t198.51.100.2,192.0.2.1\t-\t(empty)"
	  "\tF",
	  "reject queue_id=Cw4/1 client_ip=192.0.2.1 helo=nmap.scanme.org "
	  "relay_ip=198.51.100.2 dsn=5.5.2 reply=\"502 5.5.2 Error: command "
	  "not recognized\" said_by=198.51.100.2 session_id=Cw4 "
	  "client_port=41000 relay_port=25 code=502 "
	  "roles=attempt,observed session:own=Cw4" },
	{ "1332014962.270000\tCw5\t192.0.2.1\t41000\t198.51.100.2\t25\t1\th\t"
	  "<a@example.com>\t<root+:\"|sleep 5 #\">\t-\t-\t-\t-\t-\t-\t-\t-\t-"
	  "\t-\t451 4.7.1 try again\t198.51.100.2,192.0.2.1\t-\t(empty)\tF",
	  "tempfail queue_id=Cw5/1 sender=a@example.com "
	  "recipient=\"root+:\\\"|sleep 5 #\\\"\" client_ip=192.0.2.1 helo=h "
	  "relay_ip=198.51.100.2 dsn=4.7.1 reply=\"451 4.7.1 try again\" "
	  "said_by=198.51.100.2 session_id=Cw5 client_port=41000 "
	  "relay_port=25 code=451 roles=opens,closes,attempt,observed "
	  "session:own=Cw5" },
	{ "1332014962.270000\tCw6\t192.0.2.1\t41000\t198.51.100.2\t25\t1\th\t"
	  "<a@example.com>\t<b@example.org>\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-"
	  "\t198.51.100.2,192.0.2.1\t-\t(empty)\tF",
	  "info queue_id=Cw6/1 sender=a@example.com recipient=b@example.org "
	  "client_ip=192.0.2.1 helo=h relay_ip=198.51.100.2 "
	  "session_id=Cw6 client_port=41000 "
	  "relay_port=25 roles=opens,closes,attempt,observed session:own=Cw6" },
	{ "{\"_path\":\"smtp\",\"ts\":\"2018-03-24T17:15:21.789543Z\",\"uid\""
	  ":\"Cw7\",\"id.orig_h\":\"192.0.2.1\",\"id.orig_p\":38041,\"id.resp"
	  "_h\":\"198.51.100.2\",\"id.resp_p\":25,\"trans_depth\":1,\"helo\":"
	  "\"h.example\",\"last_reply\":\"220 2.0.0 "
	  "Ready\",\"tls\":true,\"fuids\":[]}",
	  "tls queue_id=Cw7/1 client_ip=192.0.2.1 helo=h.example "
	  "relay_ip=198.51.100.2 dsn=2.0.0 reply=\"220 2.0.0 Ready\" "
	  "said_by=198.51.100.2 tls=STARTTLS session_id=Cw7 "
	  "client_port=38041 relay_port=25 code=220 "
	  "roles=attempt,observed session:own=Cw7" },
	{ "{\"@timestamp\":\"2018-03-24T17:15:21.789Z\",\"source\":{\"ip\":\""
	  "192.0.2.1\",\"port\":38041},\"destination\":{\"ip\":\"198.51.100.2"
	  "\",\"port\":25},\"zeek\":{\"session_id\":\"Cw8\",\"smtp\":{\"trans"
	  "action_depth\":1,\"helo\":\"h.example\",\"mail_from\":\"a@example."
	  "com\",\"rcpt_to\":[\"b@example.org\",\"c@example.org\"],\"subject"
	  "\":\"caf\\u00e9 \\ud83d\",\"last_reply\":\"250 OK "
	  "id=1pgobK-001mwq-ED\",\"fuids\":[\"F1\"]}}}",
	  "relay queue_id=Cw8/1 sender=a@example.com recipient=b@example.org "
	  "client_ip=192.0.2.1 helo=h.example relay_ip=198.51.100.2 "
	  "reply=\"250 OK id=1pgobK-001mwq-ED\" said_by=198.51.100.2 "
	  "subject=\"café �\" next_queue_id=1pgobK-001mwq-ED session_id=Cw8 "
	  "client_port=38041 relay_port=25 code=250 "
	  "roles=opens,closes,attempt,observed session:own=Cw8 & relay "
	  "queue_id=Cw8/1 sender=a@example.com recipient=c@example.org "
	  "client_ip=192.0.2.1 helo=h.example relay_ip=198.51.100.2 "
	  "reply=\"250 OK id=1pgobK-001mwq-ED\" said_by=198.51.100.2 "
	  "subject=\"café �\" next_queue_id=1pgobK-001mwq-ED session_id=Cw8 "
	  "client_port=38041 relay_port=25 code=250 roles=attempt,observed "
	  "session:own=Cw8" },
};

const struct parser parser_zeek = {
	.name = "zeek",
	.about = "Zeek smtp.log: what a sensor saw on the wire",
	.claims = claims,
	.parse = parse,
	.life = LIFE_CLOSES,
	.examples = examples,
	.nexamples = COUNT(examples),
};
