/* SPDX-License-Identifier: MIT */
/* Exim: what stands in front of a line, and what is said of a message besides
 * its arrival and deliveries, or of none. Grammar: spec.txt, "Log files", and
 * the log_write calls of receive.c, deliver.c, smtp_in.c; FORMATS.md §4. */
#include "parsers/exim.h"

#include "parsers/ids/id.h"
#include "parsers/mail.h"

static bool claims(struct slice program)
{
	return slice_eq(program, SLICE("exim")) ||
	       slice_eq(program, SLICE("exim4"));
}

struct event *ex_add(struct ex *p, enum action action, unsigned roles)
{
	struct event *e = events_add(p->out);

	e->action = action;
	e->roles = roles;
	event_set(e, EV_INSTANCE, arena_slice(p->arena, SLICE("exim")));
	if (p->qid.len) {
		event_set(e, EV_QUEUE_ID, p->qid);
		event_add_key(e, KEY_QUEUE, REL_OWN, LINK_HANDOFF, p->qid);
	}
	return e;
}

void ex_set_id_time(const struct ex *p, struct event *e)
{
	const struct id_family *family = id_family_find(SLICE("exim"));
	struct id id;

	if (family && family->decode(p->qid, TIME_NONE, &id) &&
	    id.has & ID_TIME)
		event_set_number(e, EV_ID_TIME, id.lo);
	/* a local message is taken by the process that made the id, too */
	if (e->roles & ROLE_OPENS && id_pid_differs(&id, p->r->pid))
		e->roles |= ROLE_PID_WRONG;
}

static bool take_id(struct slice *s, struct slice *id)
{
	size_t n = slice_chr(slice_to(*s, 24), ' ');

	if (n == SLICE_NONE || !id_is_exim(slice_to(*s, n)))
		return false;
	*id = slice_to(*s, n);
	*s = slice_from(*s, n + 1);
	return true;
}

/* "[2/3] ": syslog got a line too long for it; "[2\3] ": one of several lines.
 * The number of the piece, 0 if there is none. */
static unsigned take_piece(struct ex *p, struct slice *s)
{
	size_t end = slice_find(slice_to(*s, 12), SLICE("] "));
	struct slice in;
	size_t slash;
	uint64_t n, of;
	bool cut;

	if (end == SLICE_NONE || s->ptr[0] != '[')
		return 0;
	in = slice_of(s->ptr + 1, end - 1);
	slash = slice_chr(in, '/');
	cut = slash != SLICE_NONE;
	if (!cut)
		slash = slice_chr(in, '\\');
	if (slash == SLICE_NONE || !slice_u64(slice_to(in, slash), &n) ||
	    !slice_u64(slice_from(in, slash + 1), &of) || n == 0 || of < n)
		return 0;
	*s = slice_from(*s, end + 2);
	p->damaged = p->damaged || (cut && n < of);
	return n > 9999 ? 9999 : (unsigned)n;
}

/* Done by somebody, or for good. */
static bool message_talk(struct ex *p)
{
	static const struct {
		struct slice head;
		enum action action;
		unsigned roles;
	} table[] = {
		{ EX_TEXT("Completed"), ACTION_REMOVED, ROLE_CLOSES },
		{ EX_TEXT("removed by "), ACTION_REMOVED, ROLE_ADMIN },
		{ EX_TEXT("cancelled by timeout"), ACTION_EXPIRE, 0 },
		{ EX_TEXT("cancelled by "), ACTION_REMOVED, ROLE_ADMIN },
		{ EX_TEXT("frozen by ACL"), ACTION_HOLD, 0 },
		{ EX_TEXT("frozen by "), ACTION_HOLD, ROLE_ADMIN },
		{ EX_TEXT("Frozen "), ACTION_HOLD, 0 },
		{ EX_TEXT("*** Frozen "), ACTION_HOLD, 0 },
		{ EX_TEXT("unfrozen by "), ACTION_INFO, ROLE_ADMIN },
	};
	struct event *e;

	if (!p->qid.len)
		return false;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (!slice_starts(p->body, table[i].head))
			continue;
		e = ex_add(p, table[i].action, table[i].roles);
		if (table[i].action == ACTION_EXPIRE)
			event_set(e, EV_REPLY, p->body);
		return true;
	}
	/* whatever else: the id in front is Exim's own word */
	ex_add(p, ACTION_INFO, 0);
	return true;
}

/* What Exim says of itself. */
static bool talk(struct ex *p)
{
	static const struct slice heads[] = {
		EX_TEXT("exim "), EX_TEXT("Exim "), EX_TEXT("Start queue run: "),
		EX_TEXT("End queue run: "), EX_TEXT("no host name found for IP "),
		EX_TEXT("no IP address found for host "), EX_TEXT("cwd="),
		EX_TEXT("pid "), EX_TEXT("Warning: "), EX_TEXT("DKIM: "),
		EX_TEXT("daemon: "), EX_TEXT("SIGHUP received"),
		EX_TEXT("socket bind() "), EX_TEXT("listen() failed"),
		EX_TEXT("Failed to "), EX_TEXT("failed to "), EX_TEXT("Cannot "),
		EX_TEXT("SPF "), EX_TEXT("malware acl condition"),
		EX_TEXT("spam acl condition"), EX_TEXT("host name alias list "),
		EX_TEXT("lowest numbered MX record points to local host"),
		EX_TEXT("remote host address is the local host"),
		EX_TEXT("Message is frozen"), EX_TEXT("TLS cache "),
		EX_TEXT("unable to "), EX_TEXT("Unable to "),
		EX_TEXT("not enough free "), EX_TEXT("configuration file "),
		EX_TEXT("retry record deleted"), EX_TEXT("string_sprintf "),
		EX_TEXT("list matching "), EX_TEXT("DANE "), EX_TEXT("DNSSEC "),
		EX_TEXT("IPv6 socket creation failed"), EX_TEXT("SA: "),
		EX_TEXT("queue run: "), EX_TEXT("created log directory "),
	};

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		if (!slice_starts(p->body, heads[i]))
			continue;
		ex_add(p, ACTION_INFO, 0);
		return true;
	}
	return false;
}

/* The first line is the event; what follows are headers of a message, in which
 * anything may stand. */
static void split_lines(struct ex *p)
{
	size_t end = slice_chr(p->body, '\n');

	if (end == SLICE_NONE)
		return;
	p->rest = slice_from(p->body, end + 1);
	p->body = slice_to(p->body, end);
	if (p->body.len && p->body.ptr[p->body.len - 1] == '\r')
		p->body.len--;
}

/* "I Message-ID: <…>" of the headers behind a refusal */
static void set_headers(struct ex *p)
{
	const struct slice id = SLICE("I Message-ID: ");
	const struct slice subject = SLICE("  Subject: ");
	struct slice s = p->rest;

	while (s.len && p->out->n) {
		struct slice line = slice_cut(&s, '\n');
		struct event *e = &p->out->list[0];

		if (ex_skip(&line, id) && line.len > 2 && line.ptr[0] == '<' &&
		    line.ptr[line.len - 1] == '>')
			event_set(e, EV_MESSAGE_ID,
			          slice_of(line.ptr + 1, line.len - 2));
		else if (ex_skip(&line, subject) && line.len)
			event_set(e, EV_SUBJECT, line);
	}
}

static enum parse parse(const struct layout *l, const struct record *r,
                        struct arena *arena, struct events *out)
{
	struct ex p = { .r = r, .arena = arena, .out = out, .body = r->body };
	struct slice raw, pid = { NULL, 0 };
	struct stamp t;
	unsigned piece;
	size_t n;

	(void)l;
	p.pid = r->pid;
	p.damaged = r->flags & RECORD_SPLIT;
	split_lines(&p);
	piece = take_piece(&p, &p.body);
	if (piece > 1) {
		/* a piece says nothing by itself */
		ex_add(&p, ACTION_INFO, 0);
		return PARSE_OK;
	}
	/* syslog has a stamp of its own in front */
	n = r->host.len ? exim_stamp(p.body, &t, &raw, &pid) : 0;
	p.body = slice_from(p.body, n);
	if (!p.pid.len)
		p.pid = pid;
	take_id(&p.body, &p.qid);
	if (!ex_arrival(&p) && !ex_delivery(&p) && !ex_door(&p) &&
	    !message_talk(&p) && !talk(&p))
		return PARSE_NO;
	if (p.rest.len)
		set_headers(&p);
	if (!p.damaged)
		return PARSE_OK;
	for (size_t i = 0; i < out->n; i++)
		out->list[i].roles |= ROLE_DAMAGED;
	return PARSE_DAMAGED;
}

static const struct parser_example examples[] = {
	{ "2026-03-14 09:15:02 1w1L5G-0005Pl-04 <= alice@example.org "
	  "H=mail.example.org [192.0.2.25] P=esmtps "
	  "X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no S=4711 "
	  "id=a1@example.org T=\"Q1 \\\"final\\\"\" from "
	  "<alice@example.org> for bob@example.com carol@example.com",
	  "accept queue_id=1w1L5G-0005Pl-04 message_id=a1@example.org "
	  "sender=alice@example.org client_ip=192.0.2.25 "
	  "client_name=mail.example.org subject=\"Q1 \\\"final\\\"\" "
	  "tls=\"TLSv1.3 TLS_AES_256_GCM_SHA384\" instance=exim "
	  "size=4711 nrcpt=2 id_time=2026-03-14T09:14:58.002000Z "
	  "roles=opens,envelope message_id:own=a1@example.org" },
	{ "2026-03-14 09:15:02.318 +0100 [20817] 1w1L5G-0005Pl-04 <= "
	  "alice@example.org H=(laptop) [203.0.113.77]:40211 "
	  "I=[192.0.2.10]:587 P=esmtpsa "
	  "X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no A=plain:alice S=811 "
	  "M8S=0 RT=0.2s id=a2@example.org",
	  "accept queue_id=1w1L5G-0005Pl-04 message_id=a2@example.org "
	  "sender=alice@example.org client_ip=203.0.113.77 helo=laptop "
	  "user=alice auth_method=plain tls=\"TLSv1.3 "
	  "TLS_AES_256_GCM_SHA384\" instance=exim client_port=40211 "
	  "size=811 id_time=2026-03-14T09:14:58.002000Z "
	  "roles=opens,envelope session:own=[203.0.113.77]:40211 "
	  "message_id:own=a2@example.org & auth_ok "
	  "queue_id=1w1L5G-0005Pl-04 client_ip=203.0.113.77 helo=laptop "
	  "user=alice auth_method=plain instance=exim client_port=40211 "
	  "roles=attempt session:own=[203.0.113.77]:40211" },
	{ "2026-03-14 09:15:02 1w1L5G-0005Pl-05 <= <> R=1w1L5G-0005Pl-04 "
	  "U=Debian-exim P=local S=3234",
	  "accept queue_id=1w1L5G-0005Pl-05 sender=<> client_name=local "
	  "instance=exim size=3234 id_time=2026-03-14T09:14:58.002500Z "
	  "roles=opens,envelope queue:parent:bounce=1w1L5G-0005Pl-04" },
	{ "2026-03-14 09:15:02 1w1L5G-0005Pl-04 <= root@mx1.example.com "
	  "U=root P=local S=402 id=x9@mx1.local",
	  "accept queue_id=1w1L5G-0005Pl-04 message_id=x9@mx1.local "
	  "sender=root@mx1.example.com client_name=local user=root "
	  "instance=exim size=402 id_time=2026-03-14T09:14:58.002000Z "
	  "roles=opens,envelope message_id:own=x9@mx1.local" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 => bob@example.com "
	  "R=corp T=remote_smtp H=store.example.com [192.0.2.12]:25* "
	  "X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no K C=\"250 2.0.0 Ok: "
	  "2023 bytes queued as 9B9471EC3EA\" QT=1.5s DT=0.147s",
	  "relay queue_id=1w1L5G-0005Pl-04 recipient=bob@example.com "
	  "relay_ip=192.0.2.12 relay_name=store.example.com dsn=2.0.0 "
	  "reply=\"250 2.0.0 Ok: 2023 bytes queued as 9B9471EC3EA\" "
	  "said_by=store.example.com tls=\"TLSv1.3 "
	  "TLS_AES_256_GCM_SHA384\" next_queue_id=9B9471EC3EA "
	  "instance=exim relay_port=25 code=250 delay=1.5s "
	  "transfer=0.147s roles=attempt" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 -> joe@example.net "
	  "<sales@example.com> R=smart T=remote_smtp H=out.example.com "
	  "[192.0.2.13] C=\"250 OK id=1w1L5H-0005Pm-00\"",
	  "relay queue_id=1w1L5G-0005Pl-04 recipient=joe@example.net "
	  "orig_recipient=sales@example.com relay_ip=192.0.2.13 "
	  "relay_name=out.example.com reply=\"250 OK "
	  "id=1w1L5H-0005Pm-00\" said_by=out.example.com "
	  "next_queue_id=1w1L5H-0005Pm-00 instance=exim code=250 "
	  "id_time=2026-03-14T09:14:59.000000Z roles=attempt" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 => bob <bob@example.com> "
	  "R=localuser T=local_delivery",
	  "deliver queue_id=1w1L5G-0005Pl-04 recipient=bob@example.com "
	  "relay_name=local_delivery instance=exim roles=attempt" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 => /var/mail/archive "
	  "<all@example.com> R=system_aliases T=address_file",
	  "deliver queue_id=1w1L5G-0005Pl-04 recipient=/var/mail/archive "
	  "orig_recipient=all@example.com relay_name=address_file "
	  "place=/var/mail/archive instance=exim roles=attempt" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 => |/usr/bin/sort -u "
	  "<list@example.com> R=system_aliases T=address_pipe",
	  "deliver queue_id=1w1L5G-0005Pl-04 recipient=\"|/usr/bin/sort "
	  "-u\" orig_recipient=list@example.com relay_name=address_pipe "
	  "place=\"|/usr/bin/sort -u\" instance=exim roles=attempt" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 => :blackhole: "
	  "<null@example.com> R=system_aliases",
	  "discard queue_id=1w1L5G-0005Pl-04 recipient=null@example.com "
	  "instance=exim roles=attempt" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 => bob <bob@example.com> "
	  "R=dovecot T=dovecot_lmtp C=\"250 2.0.0 <bob@example.com> "
	  "qYyyBMsl9FRuZQAAA15QOA Saved\"",
	  "deliver queue_id=1w1L5G-0005Pl-04 recipient=bob@example.com "
	  "relay_name=dovecot_lmtp dsn=2.0.0 reply=\"250 2.0.0 "
	  "<bob@example.com> qYyyBMsl9FRuZQAAA15QOA Saved\" "
	  "said_by=dovecot_lmtp next_queue_id=qYyyBMsl9FRuZQAAA15QOA "
	  "instance=exim code=250 id_time=2015-03-02T08:56:43.078810Z "
	  "roles=attempt" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 ** nobody@example.com "
	  "R=corp T=remote_smtp H=store.example.com [192.0.2.12] CV=no: "
	  "SMTP error from remote mail server after RCPT "
	  "TO:<nobody@example.com>: 550 5.1.1 <nobody@example.com>: User "
	  "unknown",
	  "bounce queue_id=1w1L5G-0005Pl-04 recipient=nobody@example.com "
	  "relay_ip=192.0.2.12 relay_name=store.example.com dsn=5.1.1 "
	  "reply=\"550 5.1.1 <nobody@example.com>: User unknown\" "
	  "said_by=store.example.com instance=exim code=550 roles=attempt" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 ** gone@example.com "
	  "R=aliases: This person has left the company",
	  "bounce queue_id=1w1L5G-0005Pl-04 recipient=gone@example.com "
	  "reply=\"This person has left the company\" instance=exim "
	  "roles=attempt" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 ** bob@example.net: "
	  "retry timeout exceeded",
	  "expire queue_id=1w1L5G-0005Pl-04 recipient=bob@example.net "
	  "reply=\"retry timeout exceeded\" instance=exim roles=attempt" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 == bob@example.com "
	  "R=corp T=remote_smtp defer (111): Connection refused",
	  "defer queue_id=1w1L5G-0005Pl-04 recipient=bob@example.com "
	  "relay_name=remote_smtp reply=\"Connection refused\" "
	  "instance=exim roles=attempt" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 == bob@example.com "
	  "R=corp T=remote_smtp defer (-44) H=store.example.com "
	  "[192.0.2.12]:25 DT=1s: SMTP error from remote mail server "
	  "after RCPT TO:<bob@example.com>: 450 4.2.0 greylisted",
	  "defer queue_id=1w1L5G-0005Pl-04 recipient=bob@example.com "
	  "relay_ip=192.0.2.12 relay_name=store.example.com dsn=4.2.0 "
	  "reply=\"450 4.2.0 greylisted\" said_by=store.example.com "
	  "instance=exim relay_port=25 code=450 roles=attempt" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 Completed QT=5s",
	  "removed queue_id=1w1L5G-0005Pl-04 instance=exim roles=closes" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 frozen by ACL",
	  "hold queue_id=1w1L5G-0005Pl-04 instance=exim" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 removed by root",
	  "removed queue_id=1w1L5G-0005Pl-04 instance=exim roles=admin" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 cancelled by "
	  "timeout_frozen_after",
	  "expire queue_id=1w1L5G-0005Pl-04 reply=\"cancelled by "
	  "timeout_frozen_after\" instance=exim" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 no immediate delivery: "
	  "more than 10 messages received in one connection",
	  "info queue_id=1w1L5G-0005Pl-04 instance=exim" },
	{ "2026-03-14 09:15:02 H=h.example (x) [192.0.2.66] "
	  "F=<a@example.org> rejected RCPT <nobody@example.com>: relay "
	  "not permitted",
	  "reject sender=a@example.org recipient=nobody@example.com "
	  "client_ip=192.0.2.66 client_name=h.example helo=x "
	  "reply=\"relay not permitted\" stage=RCPT instance=exim "
	  "roles=attempt" },
	{ "2026-03-14 09:15:02 [77] H=h.example [192.0.2.66] "
	  "F=<a@example.org> temporarily rejected RCPT "
	  "<bob@example.com>: 4.3.2 Try again later",
	  "tempfail sender=a@example.org recipient=bob@example.com "
	  "client_ip=192.0.2.66 client_name=h.example dsn=4.3.2 "
	  "reply=\"4.3.2 Try again later\" stage=RCPT instance=exim "
	  "roles=attempt session:own=exim[77]" },
	{ "2026-03-14 09:15:02 1w1L5G-0005Pl-04 H=h.example [192.0.2.66] "
	  "F=<a@example.org> rejected after DATA: Content rejected",
	  "reject queue_id=1w1L5G-0005Pl-04 sender=a@example.org "
	  "client_ip=192.0.2.66 client_name=h.example reply=\"Content "
	  "rejected\" stage=END-OF-MESSAGE instance=exim "
	  "id_time=2026-03-14T09:14:58.002000Z roles=opens_weakly,attempt" },
	{ "2026-03-14 09:15:02 rejected EHLO from [192.0.2.66]: "
	  "syntactically invalid argument(s): a_b\\033c",
	  "reject client_ip=192.0.2.66 reply=\"syntactically invalid "
	  "argument(s): a_b\\\\033c\" stage=EHLO instance=exim "
	  "roles=attempt" },
	{ "2026-03-14 09:15:02 plain authenticator failed for h.example "
	  "(x) [192.0.2.66]:4711: 535 Incorrect authentication data "
	  "(set_id=carol)",
	  "auth_fail client_ip=192.0.2.66 client_name=h.example helo=x "
	  "user=carol auth_method=plain reply=\"535 Incorrect "
	  "authentication data\" instance=exim client_port=4711 code=535 "
	  "roles=attempt session:own=[192.0.2.66]:4711" },
	{ "2026-03-14 09:15:02 SMTP connection from [192.0.2.66]:4711 "
	  "I=[192.0.2.10]:25 (TCP/IP connection count = 1)",
	  "connect client_ip=192.0.2.66 instance=exim client_port=4711 "
	  "roles=session_opens session:own=[192.0.2.66]:4711" },
	{ "2026-03-14 09:15:02 SMTP connection from h.example "
	  "[192.0.2.66]:4711 I=[192.0.2.10]:25 closed by QUIT",
	  "disconnect client_ip=192.0.2.66 client_name=h.example "
	  "instance=exim client_port=4711 roles=session_closes "
	  "session:own=[192.0.2.66]:4711" },
	{ "2026-03-14 09:15:02 TLS error on connection from h.example "
	  "[192.0.2.66] (SSL_accept): error:0A0000C1",
	  "tls client_ip=192.0.2.66 client_name=h.example instance=exim" },
	{ "2026-03-14 09:15:02 Start queue run: pid=5227",
	  "info instance=exim" },
	{ "Mar 14 09:15:02 mx1 exim[20817]: 2026-03-14 09:15:02.318 "
	  "[20817] 1w1L5G-0005Pl-04 Completed",
	  "removed queue_id=1w1L5G-0005Pl-04 instance=exim roles=closes" },
	{ "Mar 14 09:15:02 mx1 exim[20817]: [2\\3] Envelope-from: "
	  "<a@example.org>",
	  "info instance=exim" },
};

const struct parser parser_exim = {
	.name = "exim",
	.about = "Exim: mainlog, rejectlog, paniclog and syslog",
	.life = LIFE_CLOSES,
	.claims = claims,
	.parse = parse,
	.examples = examples,
	.nexamples = sizeof examples / sizeof *examples,
};
