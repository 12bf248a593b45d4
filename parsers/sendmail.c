/* SPDX-License-Identifier: MIT */
/* Sendmail: ids, envelopes, notifications and what is said of no message.
 * Grammar: sm_syslog calls of envelope.c, queue.c, savemail.c; FORMATS.md §3. */
#include "parsers/sendmail.h"

#include "parsers/ids/id.h"
#include "parsers/mail.h"

static bool claims(struct slice program)
{
	static const struct slice heads[] = {
		SM_TEXT("sm-mta"), SM_TEXT("sm-msp-queue"), SM_TEXT("sm-que"),
		SM_TEXT("sm-acceptingconnections"), SM_TEXT("sendmail"),
	};

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		if (slice_starts(program, heads[i]) &&
		    (program.len == heads[i].len ||
		     program.ptr[heads[i].len] == '-'))
			return true;
	return false;
}

/* All Sendmails of a host are one instance. Ids hold time and pid, so that they
 * differ by themselves; one message may be taken by "sendmail" and delivered by
 * "sm-msp-queue", or go from one queue to another under its old id. */
struct event *sm_add(struct sm *p, enum action action, unsigned roles,
                     unsigned of)
{
	struct event *e = events_add(p->out);

	e->action = action;
	e->roles = roles;
	event_set(e, EV_INSTANCE, arena_slice(p->arena, SLICE("sendmail")));
	if (p->r->program.len)
		event_set(e, EV_SERVICE, p->r->program);
	if (p->qid.len) {
		event_set(e, EV_QUEUE_ID, p->qid);
		if (of & SM_MESSAGE)
			event_add_key(e, KEY_QUEUE, REL_OWN, LINK_HANDOFF,
			              p->qid);
	}
	if (of & SM_SESSION)
		event_add_key(e, KEY_SESSION, REL_OWN, LINK_HANDOFF,
		              p->session);
	return e;
}

void sm_set_id_time(const struct sm *p, struct event *e, struct slice qid)
{
	const struct id_family *family = id_family_find(SLICE("sendmail"));
	int64_t near = p->r->time.has & STAMP_YEAR ? p->r->time.us : TIME_NONE;
	struct id id;

	if (family && family->decode(qid, near, &id) && id.has & ID_TIME)
		event_set_number(e, EV_ID_TIME, id.lo);
	if (e->roles & ROLE_OPENS && id_pid_differs(&id, p->r->pid))
		e->roles |= ROLE_PID_WRONG;
}

/* "sm-mta[123]": a child serves one connection. */
static struct slice process_key(struct arena *arena, const struct record *r)
{
	if (r->pid.len == 0 || r->program.len == 0)
		return slice_of(NULL, 0);
	return arena_printf(arena, "%.*s[%.*s]", SLICE_FMT(r->program),
	                    SLICE_FMT(r->pid));
}

/* "ID: " at the start of *S. */
static bool take_id(struct slice *s, struct slice *id)
{
	size_t n = 0;

	while (n < s->len && n < 17 && s->ptr[n] != ':' && s->ptr[n] != '[')
		n++;
	if (n + 1 >= s->len || !id_is_sendmail(slice_to(*s, n)))
		return false;
	if (SM_STARTS(slice_from(*s, n), "[1]: ")) {
		*id = slice_to(*s, n);
		*s = slice_from(*s, n + 5);
		return true;
	}
	/* "ID[2]: …" goes on where a line was cut: it says nothing by itself */
	if (s->ptr[n] != ':' || s->ptr[n + 1] != ' ')
		return false;
	*id = slice_to(*s, n);
	*s = slice_from(*s, n + 2);
	return true;
}

/* "ID[2]: …" */
static bool continuation(struct sm *p)
{
	struct slice s = p->body, id;
	size_t n = slice_chr(s, '[');

	if (n > 16 || !id_is_sendmail(slice_to(s, n)))
		return false;
	id = slice_to(s, n);
	s = slice_from(s, n + 1);
	n = 0;
	while (n < s.len && n < 3 && sm_digit(s.ptr[n]))
		n++;
	if (n == 0 || !SM_STARTS(slice_from(s, n), "]: "))
		return false;
	p->qid = id;
	p->damaged = true;
	sm_add(p, ACTION_INFO, 0, SM_MESSAGE);
	return true;
}

/* Fields -------------------------------------------------------------------- */

static bool number_field(struct slice *s, struct slice head, int64_t *value)
{
	size_t n = 0;
	uint64_t number;
	struct slice rest = *s;

	if (!sm_skip(&rest, head))
		return false;
	while (n < rest.len && sm_digit(rest.ptr[n]))
		n++;
	if (!slice_u64(slice_to(rest, n), &number) || number > INT64_MAX)
		return false;
	*value = (int64_t)number;
	*s = slice_from(rest, n);
	return true;
}

struct envelope {
	struct slice sender, msgid, relay, method, proto;
	int64_t size, nrcpt; /* -1 absent */
};

/* ", class=-30, nrcpts=1" behind the size; *S goes behind it. */
static bool read_counts(struct slice *s, struct envelope *v)
{
	if (!number_field(s, SLICE(", size="), &v->size) ||
	    !SM_SKIP(s, ", class="))
		return false;
	SM_SKIP(s, "-");
	while (s->len && sm_digit(s->ptr[0]))
		*s = slice_from(*s, 1);
	/* priorities stand between in older releases: ", pri=30000" */
	if (SM_SKIP(s, ", pri="))
		while (s->len && sm_digit(s->ptr[0]))
			*s = slice_from(*s, 1);
	return number_field(s, SLICE(", nrcpts="), &v->nrcpt);
}

/* The sender may hold all that stands behind it, in quotes. */
static bool read_sender(struct sm *p, struct slice *s, struct envelope *v)
{
	struct slice rest = *s;
	size_t end = 0, next;

	if (sm_address(&rest, &v->sender) && SM_STARTS(rest, ", size=")) {
		*s = rest;
		return true;
	}
	/* "<Print Connections>", or a long one shortened in its middle */
	end = slice_find(*s, SLICE(", size="));
	if (end == SLICE_NONE || end == 0)
		return false;
	next = slice_find(slice_from(*s, end + 1), SLICE(", size="));
	p->damaged = p->damaged || next != SLICE_NONE;
	v->sender = slice_to(*s, end);
	if (v->sender.len > 2 && v->sender.ptr[0] == '<' &&
	    v->sender.ptr[end - 1] == '>')
		v->sender = slice_of(v->sender.ptr + 1, end - 2);
	*s = slice_from(*s, end);
	return true;
}

/* What Sendmail writes behind the message-id, from the end; the relay's name
 * comes from the DNS and holds no comma. What looks like another field of a
 * kind that was seen already belongs to the message-id. */
static void read_tail(struct slice s, struct envelope *v)
{
	static const struct slice marks[] = {
		SM_TEXT(", relay="),       SM_TEXT(", cipher="),
		SM_TEXT(", tls_version="), SM_TEXT(", auth="),
		SM_TEXT(", tls_verify="),  SM_TEXT(", daemon="),
		SM_TEXT(", proto="),       SM_TEXT(", bodytype="),
	};
	struct slice *const values[] = {
		&v->relay, NULL, NULL, &v->method, NULL, NULL, &v->proto, NULL,
	};

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		struct slice before = s, value;

		if (!sm_cut_last(&before, marks[i], &value) ||
		    (i && slice_chr(value, ',') != SLICE_NONE))
			continue;
		if (values[i])
			*values[i] = value;
		s = before;
	}
	if (SM_SKIP(&s, ", msgid="))
		v->msgid = s;
}

static void set_message_id(struct sm *p, struct event *e, struct slice id)
{
	bool opened = id.len && id.ptr[0] == '<';
	bool closed = id.len > 1 && id.ptr[id.len - 1] == '>';

	if (id.len == 0)
		return;
	if (opened && !closed) /* Sendmail cuts at 100 bytes */
		p->damaged = true;
	if (id.len > 2 && opened)
		id = slice_of(id.ptr + 1, id.len - (closed ? 2 : 1));
	event_set(e, EV_MESSAGE_ID, id);
	if (!p->damaged && !slice_eq(id, SLICE("<>")))
		event_add_key(e, KEY_MESSAGE_ID, REL_OWN, LINK_HANDOFF, id);
}

static void set_client(struct event *e, struct slice relay)
{
	struct sm_peer peer = sm_peer(relay);

	/* "[RESPONSE]", "[INTERNAL]": made here */
	sm_set_client(e, &peer);
	if (peer.user.len)
		event_set(e, EV_USER, peer.user);
}

/* Logged when the envelope is done, whether the message was taken or not. With
 * no recipient, or without a byte and a message-id, there never was a message. */
bool sm_from(struct sm *p)
{
	struct envelope v = { .size = -1, .nrcpt = -1 };
	struct slice s = p->body;
	struct event *e;
	bool none, whole;

	if (!p->qid.len || !SM_SKIP(&s, "from="))
		return false;
	whole = read_sender(p, &s, &v) && read_counts(&s, &v);
	if (whole)
		read_tail(s, &v);
	p->damaged = p->damaged || !whole;
	none = whole && (v.nrcpt == 0 || (v.size == 0 && !v.msgid.len));
	e = sm_add(p, ACTION_ACCEPT,
	           ROLE_OPENS | (none ? ROLE_CLOSES : ROLE_ENVELOPE),
	           v.proto.len ? SM_MESSAGE | SM_SESSION : SM_MESSAGE);
	if (none)
		e->action = ACTION_INFO;
	if (v.sender.len)
		event_set(e, EV_SENDER, v.sender);
	if (v.size >= 0)
		event_set_number(e, EV_SIZE, v.size);
	if (v.nrcpt >= 0)
		event_set_number(e, EV_NRCPT, v.nrcpt);
	if (v.method.len && !slice_eq(v.method, SLICE("NONE")))
		event_set(e, EV_AUTH_METHOD, v.method);
	set_client(e, v.relay);
	set_message_id(p, e, v.msgid);
	sm_set_id_time(p, e, p->qid);
	return true;
}

/* Two ids ------------------------------------------------------------------- */

/* The message ID begins with a line of another one. */
static struct event *born(struct sm *p, struct slice id)
{
	struct slice mine = p->qid;
	struct event *e;

	p->qid = id;
	e = sm_add(p, ACTION_INFO, ROLE_OPENS_WEAKLY, SM_MESSAGE);
	sm_set_id_time(p, e, id);
	p->qid = mine;
	return e;
}

static bool gives_up(struct slice s)
{
	return SM_STARTS(s, "sender notify: Cannot send message") ||
	       SM_STARTS(s, "return to sender: Cannot send message") ||
	       SM_STARTS(s, "DSN: Cannot send message");
}

/* "DSN: …", "clone: owner=x": the first id is the message, the second what was
 * made from it. */
static bool two_ids(struct sm *p)
{
	static const struct slice notes[] = {
		SM_TEXT("DSN: "), SM_TEXT("return to sender: "),
		SM_TEXT("sender notify: "), SM_TEXT("postmaster notify: "),
		SM_TEXT("warning: "),
	};
	struct slice s = p->body, child;
	struct event *e;

	if (!p->qid.len || !take_id(&s, &child))
		return false;
	if (SM_SKIP(&s, "clone: owner=")) {
		e = sm_add(p, ACTION_EXPAND, 0, SM_MESSAGE);
		event_add_key(e, KEY_QUEUE, REL_CHILD, LINK_ALIAS, child);
		e = born(p, child);
		if (s.len)
			event_set(e, EV_SENDER, s);
		return true;
	}
	for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
		if (!slice_starts(s, notes[i]))
			continue;
		if (gives_up(s))
			event_set(sm_add(p, ACTION_EXPIRE, 0, SM_MESSAGE),
			          EV_REPLY, s);
		e = sm_add(p, ACTION_BOUNCE_GENERATED, 0, SM_MESSAGE);
		event_set(e, EV_REPLY, slice_from(s, notes[i].len));
		event_add_key(e, KEY_QUEUE, REL_CHILD, LINK_BOUNCE, child);
		born(p, child);
		return true;
	}
	return false;
}

/* "split: count=2, ids=Q1, Q2", "clone of Q0" */
static bool split(struct sm *p)
{
	struct slice s = p->body;
	struct event *e;
	size_t at;

	if (!p->qid.len)
		return false;
	if (SM_SKIP(&s, "clone of ")) {
		struct slice id = slice_to(s, slice_chr(s, ','));

		e = sm_add(p, ACTION_INFO, ROLE_OPENS_WEAKLY, SM_MESSAGE);
		sm_set_id_time(p, e, p->qid);
		if (id_is_sendmail(id))
			event_add_key(e, KEY_QUEUE, REL_PARENT, LINK_EXPANSION,
			              id);
		else
			p->damaged = true;
		return true;
	}
	at = slice_find(s, SLICE(", ids="));
	if (!SM_STARTS(s, "split: count=") || at == SLICE_NONE)
		return false;
	s = slice_from(s, at + 6);
	if (!s.len)
		return false;
	while (s.len) {
		struct slice id = slice_trim(slice_cut(&s, ','));

		e = sm_add(p, ACTION_EXPAND, 0, SM_MESSAGE);
		if (!id_is_sendmail(id)) {
			p->damaged = true;
			continue;
		}
		event_add_key(e, KEY_QUEUE, REL_CHILD, LINK_EXPANSION, id);
		born(p, id);
	}
	return true;
}

/* What else is said of a message -------------------------------------------- */

/* "alias fwd => carol@example.com", "forward joe => …" */
static bool alias_line(struct sm *p)
{
	struct slice s = p->body, from, to;
	struct event *e;

	if ((!SM_SKIP(&s, "alias ") && !SM_SKIP(&s, "forward ")) ||
	    !sm_address(&s, &from) || !SM_SKIP(&s, " => "))
		return false;
	e = sm_add(p, ACTION_EXPAND, 0, SM_MESSAGE);
	event_set(e, EV_ORIG_RECIPIENT, from);
	if (sm_address(&s, &to) && s.len == 0)
		event_set(e, EV_RECIPIENT, to);
	return true;
}

static bool message_line(struct sm *p)
{
	struct slice s = p->body;
	struct event *e;

	if (!p->qid.len)
		return false;
	if (slice_eq(s, SLICE("discarded")) || SM_STARTS(s, "done; delay=")) {
		sm_add(p, ACTION_REMOVED, ROLE_CLOSES, SM_MESSAGE);
		return true;
	}
	if (SM_SKIP(&s, "Subject:") || SM_SKIP(&s, "subject=")) {
		e = sm_add(p, ACTION_INFO, 0, SM_MESSAGE);
		event_set(e, EV_SUBJECT, slice_trim(s));
		return true;
	}
	if (SM_SKIP(&s, "Saved message in ")) {
		e = sm_add(p, ACTION_INFO, 0, SM_MESSAGE);
		event_set(e, EV_PLACE, s);
		return true;
	}
	if (SM_SKIP(&s, "quarantine=") || SM_SKIP(&s, "quarantined: ")) {
		e = sm_add(p, ACTION_QUARANTINE, ROLE_ATTEMPT, SM_MESSAGE);
		event_set(e, EV_REPLY, s);
		return true;
	}
	return alias_line(p);
}

/* Said of mail that is submitted or sent here; an id alone may be that of a mere
 * connection. */
static bool is_of_message(struct slice s)
{
	return SM_STARTS(s, "SMTP outgoing connect") ||
	       (SM_STARTS(s, "Authentication-Warning: ") &&
	        slice_find(s, SLICE(" set sender to ")) != SLICE_NONE);
}

/* Lines that tell nothing of mail, or nothing that any question needs. */
static bool talk(struct sm *p)
{
	static const struct slice heads[] = {
		SM_TEXT("Authentication-Warning: "), SM_TEXT("SYSERR"),
		SM_TEXT("STARTTLS"), SM_TEXT("AUTH"), SM_TEXT("starting daemon"),
		SM_TEXT("stopping daemon"), SM_TEXT("restarting "),
		SM_TEXT("alias database "), SM_TEXT("rejecting connections on"),
		SM_TEXT("rejecting new messages"), SM_TEXT("accepting connections"),
		SM_TEXT("runqueue: "), SM_TEXT("grew WorkList"),
		SM_TEXT("gethostby"), SM_TEXT("getrequests: "),
		SM_TEXT("file descriptors missing"), SM_TEXT("My unqualified host"),
		SM_TEXT("unable to qualify "), SM_TEXT("error connecting to filter"),
		SM_TEXT("Losing "), SM_TEXT("putbody: "), SM_TEXT("putxline: "),
		SM_TEXT("makeconnection "), SM_TEXT("SMTP outgoing connect"),
		SM_TEXT("locked"), SM_TEXT("collect: "), SM_TEXT("timeout "),
		SM_TEXT("low on space"), SM_TEXT("hash map "), SM_TEXT("File "),
		SM_TEXT("error: "), SM_TEXT("warning: "), SM_TEXT("WARNING: "),
		SM_TEXT("SASL"), SM_TEXT("available mech"), SM_TEXT("tls_"),
		SM_TEXT("dropenvelope"), SM_TEXT("deliver: "), SM_TEXT("queueup"),
		SM_TEXT("dns "), SM_TEXT("unknown configuration"), SM_TEXT("OpenSSL"),
		SM_TEXT("MaxDaemonChildren"), SM_TEXT("deferring connections"),
		SM_TEXT("filling in "), SM_TEXT("sendmail: "), SM_TEXT("ldap"),
		SM_TEXT("forward "), SM_TEXT("NDBM map "), SM_TEXT("X-"),
		SM_TEXT("Recovered "), SM_TEXT("wrong number of "), SM_TEXT("ETRN"),
		SM_TEXT("EXPN"), SM_TEXT("VRFY"), SM_TEXT("Fixed "),
		SM_TEXT("possible"), SM_TEXT("daemon "), SM_TEXT("control "),
		SM_TEXT("engine="), SM_TEXT("started as: "),
		SM_TEXT("message size ("),
	};
	struct slice s = p->body;
	bool aliases = s.len && s.ptr[0] == '/' &&
	               slice_ends(s, SLICE(" bytes total"));

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		aliases = aliases || slice_starts(s, heads[i]);
	if (aliases)
		sm_add(p, ACTION_INFO, 0,
		       is_of_message(s) ? SM_MESSAGE : SM_NOTHING);
	return aliases;
}

static enum parse parse(const struct layout *l, const struct record *r,
                        struct arena *arena, struct events *out)
{
	struct sm p = { .r = r, .arena = arena, .out = out, .body = r->body };

	(void)l;
	p.session = process_key(arena, r);
	if (!take_id(&p.body, &p.qid))
		SM_SKIP(&p.body, "NOQUEUE: ");
	/* a long line was cut here; "ID[2]: …" goes on */
	p.damaged = r->flags & RECORD_SPLIT ||
	            (p.qid.len && slice_ends(p.body, SLICE("...")));
	if (!(sm_to(&p) || sm_from(&p) || sm_refusal(&p) || two_ids(&p) ||
	      sm_milter(&p) || sm_session(&p) || split(&p) ||
	      message_line(&p) || continuation(&p) || talk(&p)))
		return PARSE_NO;
	if (!p.damaged)
		return PARSE_OK;
	for (size_t i = 0; i < out->n; i++)
		out->list[i].roles |= ROLE_DAMAGED;
	return PARSE_DAMAGED;
}

static const struct parser_example examples[] = {
	{ "Mar 14 09:15:02 mx1 sm-mta[30211]: 62E9F2KY030211: "
	  "from=<a@example.org>, size=7779, class=-30, nrcpts=2, "
	  "msgid=<m1@example.org>, bodytype=8BITMIME, proto=ESMTP, "
	  "daemon=MTA, relay=mail.example.org [192.0.2.25] (may be forged)",
	  "accept queue_id=62E9F2KY030211 message_id=m1@example.org "
	  "sender=a@example.org client_ip=192.0.2.25 "
	  "client_name=mail.example.org instance=sendmail service=sm-mta "
	  "size=7779 nrcpt=2 id_time=2026-03-14T09:15:02.000000Z "
	  "roles=opens,envelope session:own=sm-mta[30211] "
	  "message_id:own=m1@example.org" },
	{ "Mar 14 09:15:02 mx1 sm-mta[30200]: started as: /usr/sbin/sendmail "
	  "-L sm-mta -bd -q20m",
	  "info instance=sendmail service=sm-mta" },
	{ "Mar 14 09:15:02 mx1 sm-mta[30211]: 62E9F2KY030211: message size "
	  "(217264) exceeds maximum (200000)",
	  "info queue_id=62E9F2KY030211 instance=sendmail service=sm-mta" },
	{ "Mar 14 09:15:02 mx1 sendmail[30210]: 62E9F2q1030210: from=carol, "
	  "size=189, class=0, nrcpts=1, msgid=<m2@mx1.example.com>, "
	  "relay=carol@localhost",
	  "accept queue_id=62E9F2q1030210 message_id=m2@mx1.example.com "
	  "sender=carol client_name=localhost user=carol instance=sendmail "
	  "service=sendmail size=189 nrcpt=1 "
	  "id_time=2026-03-14T09:15:02.000000Z roles=opens,envelope "
	  "message_id:own=m2@mx1.example.com" },
	{ "Mar 14 09:15:02 mx1 sm-mta[30212]: 62E9F2KZ030212: "
	  "from=<x@example.org>, size=0, class=0, nrcpts=0, proto=ESMTP, "
	  "daemon=MTA, relay=[192.0.2.66]",
	  "info queue_id=62E9F2KZ030212 sender=x@example.org "
	  "client_ip=192.0.2.66 instance=sendmail service=sm-mta size=0 "
	  "nrcpt=0 id_time=2026-03-14T09:15:02.000000Z roles=opens,closes "
	  "session:own=sm-mta[30212]" },
	{ "Mar 14 09:15:03 mx1 sm-mta[30213]: 62E9F2KY030211: "
	  "to=<bob@example.com>,<eve@example.com>, delay=00:00:01, "
	  "xdelay=00:00:01, mailer=local, pri=67779, dsn=2.0.0, stat=Sent",
	  "deliver queue_id=62E9F2KY030211 recipient=bob@example.com "
	  "relay_name=local dsn=2.0.0 reply=Sent instance=sendmail "
	  "service=sm-mta delay=1s transfer=1s roles=attempt & deliver "
	  "queue_id=62E9F2KY030211 recipient=eve@example.com "
	  "relay_name=local dsn=2.0.0 reply=Sent instance=sendmail "
	  "service=sm-mta delay=1s transfer=1s roles=attempt" },
	{ "Mar 14 09:15:03 mx1 sm-mta[30213]: 62E9F2KY030211: "
	  "to=<bob@example.net>, ctladdr=<carol@example.com> (502/502), "
	  "delay=4+20:26:43, xdelay=00:00:02, mailer=esmtp, pri=30481, "
	  "relay=mx.example.net. [192.0.2.11], dsn=2.0.0, stat=Sent (Ok: "
	  "queued as 9B9471EC3EA)",
	  "relay queue_id=62E9F2KY030211 recipient=bob@example.net "
	  "relay_ip=192.0.2.11 relay_name=mx.example.net dsn=2.0.0 "
	  "reply=\"Ok: queued as 9B9471EC3EA\" said_by=mx.example.net "
	  "next_queue_id=9B9471EC3EA instance=sendmail service=sm-mta "
	  "delay=419203s transfer=2s roles=attempt" },
	{ "Mar 14 09:15:03 mx1 sm-msp-queue[30214]: 62E9F2q1030210: "
	  "to=bob@example.net, ctladdr=carol (502/502), delay=00:00:01, "
	  "xdelay=00:00:00, mailer=relay, pri=30189, relay=[127.0.0.1] "
	  "[127.0.0.1], dsn=2.0.0, stat=Sent (62E9F2KY030211 Message "
	  "accepted for delivery)",
	  "relay queue_id=62E9F2q1030210 recipient=bob@example.net "
	  "relay_ip=127.0.0.1 dsn=2.0.0 reply=\"62E9F2KY030211 Message "
	  "accepted for delivery\" said_by=127.0.0.1 "
	  "next_queue_id=62E9F2KY030211 instance=sendmail "
	  "service=sm-msp-queue delay=1s transfer=0s "
	  "id_time=2026-03-14T09:15:02.000000Z roles=attempt" },
	{ "Mar 14 09:15:03 mx1 sm-mta[30213]: 62E9F2KY030211: "
	  "to=<bob@example.net>, delay=00:00:01, xdelay=00:00:00, "
	  "mailer=esmtp, pri=30394, relay=mx.example.net. [192.0.2.11], "
	  "dsn=4.7.1, reply=450 4.7.1 <bob@example.net>: greylisted, "
	  "stat=Deferred: 450 4.7.1 <bob@example.net>: greylisted",
	  "defer queue_id=62E9F2KY030211 recipient=bob@example.net "
	  "relay_ip=192.0.2.11 relay_name=mx.example.net dsn=4.7.1 "
	  "reply=\"450 4.7.1 <bob@example.net>: greylisted\" "
	  "said_by=mx.example.net instance=sendmail service=sm-mta code=450 "
	  "delay=1s transfer=0s roles=attempt" },
	{ "Mar 14 09:15:03 mx1 sm-mta[30213]: 62E9F2KY030211: to=nobody, "
	  "delay=00:00:01, xdelay=00:00:00, mailer=local, pri=30394, "
	  "dsn=5.1.1, stat=User unknown",
	  "bounce queue_id=62E9F2KY030211 recipient=nobody relay_name=local "
	  "dsn=5.1.1 reply=\"User unknown\" instance=sendmail service=sm-mta "
	  "delay=1s transfer=0s roles=attempt" },
	{ "Mar 14 09:15:03 mx1 sm-mta[30213]: 62E9F2KY030211: "
	  "to=\"|/usr/bin/sort -u\", ctladdr=<list@example.com> (1/0), "
	  "delay=00:00:01, xdelay=00:00:00, mailer=prog, pri=30394, "
	  "dsn=2.0.0, stat=Sent",
	  "deliver queue_id=62E9F2KY030211 recipient=\"\\\"|/usr/bin/sort "
	  "-u\\\"\" orig_recipient=list@example.com relay_name=prog "
	  "dsn=2.0.0 reply=Sent place=\"\\\"|/usr/bin/sort -u\\\"\" "
	  "instance=sendmail service=sm-mta delay=1s transfer=0s "
	  "roles=attempt" },
	{ "Mar 14 09:15:03 mx1 sm-mta[30211]: 62E9F2KY030211: "
	  "to=<bob@example.com>, delay=00:00:01, pri=37779, stat=Command "
	  "rejected",
	  "reject queue_id=62E9F2KY030211 recipient=bob@example.com "
	  "reply=\"Command rejected\" stage=DATA instance=sendmail "
	  "service=sm-mta delay=1s roles=attempt" },
	{ "Mar 14 09:15:03 mx1 sm-mta[30213]: 62E9F2KY030211: "
	  "62E9F3KZ030213: DSN: User unknown",
	  "bounce_generated queue_id=62E9F2KY030211 reply=\"User unknown\" "
	  "instance=sendmail service=sm-mta "
	  "queue:child:bounce=62E9F3KZ030213 & info queue_id=62E9F3KZ030213 "
	  "instance=sendmail service=sm-mta "
	  "id_time=2026-03-14T09:15:03.000000Z roles=opens_weakly" },
	{ "Mar 14 09:15:03 mx1 sm-mta[30213]: 62E9F2KY030211: "
	  "62E9F3KZ030213: sender notify: Cannot send message for 5 days",
	  "expire queue_id=62E9F2KY030211 reply=\"sender notify: Cannot send "
	  "message for 5 days\" instance=sendmail service=sm-mta & "
	  "bounce_generated queue_id=62E9F2KY030211 reply=\"Cannot send "
	  "message for 5 days\" instance=sendmail service=sm-mta "
	  "queue:child:bounce=62E9F3KZ030213 & info queue_id=62E9F3KZ030213 "
	  "instance=sendmail service=sm-mta "
	  "id_time=2026-03-14T09:15:03.000000Z roles=opens_weakly" },
	{ "Mar 14 09:15:03 mx1 sm-mta[30213]: 62E9F2KY030211: "
	  "62E9F3KZ030213: clone: owner=owner-list",
	  "expand queue_id=62E9F2KY030211 instance=sendmail service=sm-mta "
	  "queue:child:alias=62E9F3KZ030213 & info queue_id=62E9F3KZ030213 "
	  "sender=owner-list instance=sendmail service=sm-mta "
	  "id_time=2026-03-14T09:15:03.000000Z roles=opens_weakly" },
	{ "Mar 14 09:15:03 mx1 sm-mta[30213]: 62E9F2KY030211: split: "
	  "count=2, ids=62E9F3KZ030213, 62E9F3Ka030213",
	  "expand queue_id=62E9F2KY030211 instance=sendmail service=sm-mta "
	  "queue:child:expansion=62E9F3KZ030213 & info "
	  "queue_id=62E9F3KZ030213 instance=sendmail service=sm-mta "
	  "id_time=2026-03-14T09:15:03.000000Z roles=opens_weakly & expand "
	  "queue_id=62E9F2KY030211 instance=sendmail service=sm-mta "
	  "queue:child:expansion=62E9F3Ka030213 & info "
	  "queue_id=62E9F3Ka030213 instance=sendmail service=sm-mta "
	  "id_time=2026-03-14T09:15:03.000000Z roles=opens_weakly" },
	{ "Mar 14 09:15:02 mx1 sm-mta[30211]: 62E9F2KY030211: "
	  "ruleset=check_rcpt, arg1=<bob@example.net>, "
	  "relay=mail.example.org [192.0.2.25], reject=550 5.7.1 "
	  "<bob@example.net>... Relaying denied",
	  "reject queue_id=62E9F2KY030211 recipient=bob@example.net "
	  "client_ip=192.0.2.25 client_name=mail.example.org dsn=5.7.1 "
	  "reply=\"550 5.7.1 <bob@example.net>... Relaying denied\" "
	  "stage=RCPT instance=sendmail service=sm-mta code=550 "
	  "roles=attempt session:own=sm-mta[30211]" },
	{ "Mar 14 09:15:02 mx1 sm-mta[30211]: ruleset=check_relay, "
	  "arg1=h.example, arg2=192.0.2.66, relay=h.example [192.0.2.66], "
	  "reject=421 4.7.0 Connection rate limit exceeded.",
	  "tempfail client_ip=192.0.2.66 client_name=h.example dsn=4.7.0 "
	  "reply=\"421 4.7.0 Connection rate limit exceeded.\" stage=CONNECT "
	  "instance=sendmail service=sm-mta code=421 roles=attempt "
	  "session:own=sm-mta[30211]" },
	{ "Mar 14 09:15:02 mx1 sm-mta[30211]: 62E9F2KY030211: "
	  "<nobody@example.com>... User unknown",
	  "reject queue_id=62E9F2KY030211 recipient=nobody@example.com "
	  "reply=\"User unknown\" stage=RCPT instance=sendmail "
	  "service=sm-mta roles=attempt session:own=sm-mta[30211]" },
	{ "Mar 14 09:15:02 mx1 sm-mta[30211]: 62E9F2KY030211: collect: "
	  "relay=h.example, from=<a@example.org>, info=Bare carriage return "
	  "(CR) not allowed, where=header, status=tempfail",
	  "tempfail queue_id=62E9F2KY030211 sender=a@example.org "
	  "client_name=h.example reply=\"Bare carriage return (CR) not "
	  "allowed\" stage=DATA instance=sendmail service=sm-mta "
	  "roles=attempt session:own=sm-mta[30211]" },
	{ "Mar 14 09:15:02 mx1 sm-mta[30211]: 62E9F2KY030211: Milter (clam): "
	  "data, reject=554 5.7.1 Virus found",
	  "reject queue_id=62E9F2KY030211 dsn=5.7.1 reply=\"554 5.7.1 Virus "
	  "found\" said_by=clam stage=END-OF-MESSAGE instance=sendmail "
	  "service=sm-mta code=554 roles=attempt session:own=sm-mta[30211]" },
	{ "Mar 14 09:15:02 mx1 sm-mta[30211]: 62E9F2KY030211: Milter change: "
	  "header Subject: from Offer to you to [SPAM] Offer to you",
	  "info queue_id=62E9F2KY030211 subject=\"[SPAM] Offer to you\" "
	  "instance=sendmail service=sm-mta" },
	{ "Mar 14 09:15:02 mx1 sm-mta[30211]: AUTH=server, relay=h.example "
	  "[192.0.2.77], authid=carol, mech=PLAIN, bits=0",
	  "auth_ok client_ip=192.0.2.77 client_name=h.example user=carol "
	  "auth_method=PLAIN instance=sendmail service=sm-mta roles=attempt "
	  "session:own=sm-mta[30211]" },
	{ "Mar 14 09:15:02 mx1 sm-mta[30211]: 62E9F2KY030211: AUTH failure "
	  "(LOGIN): authentication failure (-13) SASL(-13): authentication "
	  "failure: checkpass failed, user=carol, relay=[192.0.2.66]",
	  "auth_fail queue_id=62E9F2KY030211 client_ip=192.0.2.66 user=carol "
	  "auth_method=LOGIN reply=\"authentication failure (-13) SASL(-13): "
	  "authentication failure: checkpass failed\" instance=sendmail "
	  "service=sm-mta roles=attempt session:own=sm-mta[30211]" },
	{ "Mar 14 09:15:02 mx1 sm-mta[30211]: STARTTLS=server, "
	  "relay=h.example [192.0.2.77], version=TLSv1.3, verify=NO, "
	  "cipher=TLS_AES_256_GCM_SHA384, bits=256/256",
	  "tls client_ip=192.0.2.77 client_name=h.example tls=\"TLSv1.3 "
	  "TLS_AES_256_GCM_SHA384\" instance=sendmail service=sm-mta "
	  "session:own=sm-mta[30211]" },
	{ "Mar 14 09:15:02 mx1 sm-mta[30211]: 62E9F2KY030211: [192.0.2.66] "
	  "did not issue MAIL/EXPN/VRFY/ETRN during connection to MTA",
	  "disconnect queue_id=62E9F2KY030211 client_ip=192.0.2.66 "
	  "instance=sendmail service=sm-mta roles=session_closes "
	  "session:own=sm-mta[30211]" },
	{ "Mar 14 09:15:02 mx1 sm-mta[30211]: NOQUEUE: connect from "
	  "h.example [IPv6:2001:db8::25]",
	  "connect client_ip=2001:db8::25 client_name=h.example "
	  "instance=sendmail service=sm-mta roles=session_opens "
	  "session:own=sm-mta[30211]" },
	{ "Mar 14 09:15:02 mx1 sm-mta[30211]: rejecting commands from "
	  "h.example [192.0.2.66] due to pre-greeting traffic after 0 seconds",
	  "reject client_ip=192.0.2.66 client_name=h.example "
	  "reply=\"rejecting commands from h.example [192.0.2.66] due to "
	  "pre-greeting traffic after 0 seconds\" stage=CONNECT "
	  "instance=sendmail service=sm-mta roles=attempt "
	  "session:own=sm-mta[30211]" },
	{ "Mar 14 09:15:02 mx1 sm-mta[30211]: 62E9F2KY030211: done; "
	  "delay=00:00:01, ntries=1",
	  "removed queue_id=62E9F2KY030211 instance=sendmail service=sm-mta "
	  "roles=closes" },
	{ "Mar 14 09:15:02 mx1 sm-mta[30211]: NOQUEUE: SYSERR(root): "
	  "opendaemonsocket: daemon MTA: cannot bind: Address already in use",
	  "info instance=sendmail service=sm-mta" },
};

const struct parser parser_sendmail = {
	.name = "sendmail",
	.about = "Sendmail, both its MTA and its submission queue",
	.claims = claims,
	.parse = parse,
	.examples = examples,
	.nexamples = sizeof examples / sizeof *examples,
};
