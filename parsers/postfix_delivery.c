/* SPDX-License-Identifier: MIT */
/* Postfix: what became of a recipient, and what clients say on the way. */
#include "parsers/ids/id.h"
#include "parsers/postfix.h"

struct delivery {
	struct slice to, orig_to, relay, dsn, tls, status, reply;
	struct pf_peer peer;
	struct slice place; /* relay without brackets: socket, "local", service */
	int64_t delay, transfer;
	int64_t sum, rounding; /* of "delays="; -1 absent */
	bool damaged;
};

static bool to_follows(struct slice rest)
{
	return PF_STARTS(rest, ", relay=") || PF_STARTS(rest, ", orig_to=");
}

/* "<a@b>" or, as collectors may rewrite it, bare up to the comma. */
static bool read_recipient(struct slice *s, struct slice *to)
{
	size_t end;

	if (s->len && s->ptr[0] == '<')
		return pf_address(s, to_follows, to);
	end = PF_FIND(*s, ", ");
	if (end == SLICE_NONE || end == 0)
		return false;
	*to = slice_to(*s, end);
	*s = slice_from(*s, end);
	return true;
}

/* How far a delay may be from what it stands for: two digits, at most two of
 * them behind the point (log_adhoc.c). */
static int64_t rounding_of(int64_t delay)
{
	if (delay >= 10 * US_SECOND)
		return US_SECOND;
	return delay >= US_SECOND ? US_SECOND / 10 : US_SECOND / 100;
}

/* "a/b/c/d": connection set-up and transmission are the last two. */
static void read_delays(struct slice s, struct delivery *d)
{
	int64_t part[4], sum = 0, rounding = 0;

	for (int i = 0; i < 4; i++) {
		if (!pf_seconds(slice_cut(&s, '/'), &part[i]))
			return;
		sum += part[i];
		rounding += rounding_of(part[i]);
	}
	d->transfer = part[2] + part[3];
	d->sum = sum;
	d->rounding = rounding;
}

static bool sum_is_wrong(const struct delivery *d)
{
	int64_t gap = d->sum - d->delay;

	if (d->sum < 0 || d->delay < 0)
		return false;
	return (gap < 0 ? -gap : gap) > d->rounding + rounding_of(d->delay);
}

/* "NAME[IP]:port", "NAME[/path/socket]", "local", a pipe's name, "none". */
static void read_relay(struct delivery *d)
{
	struct slice s = d->relay;

	d->peer.port = -1;
	if (slice_eq(s, SLICE("none")))
		return;
	if (pf_peer(&s, &d->peer)) {
		if (d->peer.ip.len == 0) {
			s = slice_from(d->relay, d->peer.name.len + 1);
			d->place = slice_to(s, slice_chr(s, ']'));
		}
		return;
	}
	d->place = d->relay;
}

/* Nothing but the record's length, which some collectors add. */
static bool ends_line(struct slice s)
{
	s = slice_trim(s);
	for (size_t i = 0; i < s.len; i++)
		if (!pf_digit(s.ptr[i]))
			return false;
	return true;
}

static void read_status(struct slice s, struct delivery *d)
{
	const char *close;
	size_t n = slice_chr(s, ' ');

	d->status = slice_to(s, n);
	s = slice_from(s, d->status.len);
	if (!PF_SKIP(&s, " (")) {
		d->damaged = true;
		return;
	}
	close = memrchr(s.ptr, ')', s.len);
	d->damaged = !close ||
	             !ends_line(slice_from(s, (size_t)(close - s.ptr) + 1));
	d->reply = d->damaged ? s : slice_to(s, (size_t)(close - s.ptr));
}

static void read_field(struct slice s, struct delivery *d)
{
	if (PF_SKIP(&s, "relay="))
		d->relay = s;
	else if (PF_SKIP(&s, "delay="))
		(void)pf_seconds(s, &d->delay);
	else if (PF_SKIP(&s, "delays="))
		read_delays(s, d);
	else if (PF_SKIP(&s, "dsn="))
		d->dsn = s;
	else if (PF_SKIP(&s, "tls="))
		d->tls = s;
}

/* Behind the addresses stand only Postfix's own words up to the status. */
static bool read_fields(struct slice s, struct delivery *d)
{
	while (PF_SKIP(&s, ", ")) {
		const char *end;

		if (PF_SKIP(&s, "status=")) {
			read_status(s, d);
			return true;
		}
		end = memchr(s.ptr, ',', s.len);
		if (!end)
			break;
		read_field(slice_to(s, (size_t)(end - s.ptr)), d);
		s = slice_from(s, (size_t)(end - s.ptr));
	}
	d->damaged = true;
	return true;
}

static bool read_delivery(struct slice s, struct delivery *d)
{
	*d = (struct delivery){ .delay = -1, .transfer = -1, .sum = -1 };
	if (!PF_SKIP(&s, "to="))
		return false;
	if (!read_recipient(&s, &d->to)) {
		d->damaged = true;
		return true;
	}
	if (PF_SKIP(&s, ", orig_to=") && !read_recipient(&s, &d->orig_to)) {
		d->damaged = true;
		return true;
	}
	return read_fields(s, d);
}

/* What a remote server answered, and who it was. */
struct said {
	struct pf_answer answer;
	struct slice by, stage;
	bool remote;
};

static struct slice stage_of(struct slice reply)
{
	size_t at = slice_rfind(reply, SLICE("(in reply to "));
	struct slice s;

	if (at == SLICE_NONE)
		return slice_of(NULL, 0);
	s = slice_from(reply, at + sizeof "(in reply to " - 1);
	s = slice_to(s, slice_chr(s, ')'));
	if (slice_ends(s, SLICE(" command")))
		s.len -= sizeof " command" - 1;
	return s;
}

/* "host NAME[IP] said: 550 …", "host NAME[IP] refused to talk to me: 554 …",
 * "SASL authentication failed; server NAME[IP] said: 535 …" */
static bool quotes_host(struct slice s, struct said *said)
{
	struct pf_peer peer;

	PF_SKIP(&s, "delivery temporarily suspended: ");
	if (!PF_SKIP(&s, "host ") &&
	    !PF_SKIP(&s, "SASL authentication failed; server "))
		return false;
	if (!pf_peer(&s, &peer) || (!PF_SKIP(&s, " said: ") &&
	                            !PF_SKIP(&s, " refused to talk to me: ")))
		return false;
	said->answer = pf_answer(s);
	said->by = peer.name.len ? peer.name : peer.ip;
	said->stage = stage_of(s);
	said->remote = true;
	return true;
}

/* Only clients speak to servers: the output of a command may look like one. */
static bool speaks_smtp(const struct pf *p)
{
	return p->daemon == PF_SMTP || p->daemon == PF_LMTP ||
	       p->daemon == PF_ERROR;
}

static struct said who_said(const struct pf *p, const struct delivery *d)
{
	struct said said = { .answer = { .code = -1 } };

	if (d->reply.len < 3 || !speaks_smtp(p))
		return said;
	if (!pf_digit(d->reply.ptr[0])) {
		quotes_host(d->reply, &said);
		return said;
	}
	said.answer = pf_answer(d->reply);
	if (said.answer.code < 0)
		return said;
	said.by = d->place.len       ? d->place
	          : d->peer.name.len ? d->peer.name
	                             : d->peer.ip;
	said.remote = true;
	return said;
}

/* A delivery agent answers for a mailbox; a filter or another server names what
 * it queued. */
static bool agent_answers(const struct delivery *d, struct slice next)
{
	if (slice_ends(d->reply, SLICE(" Saved")))
		return true;
	if (PF_FIND(d->reply, "queued as ") != SLICE_NONE)
		return false;
	if (PF_FIND(d->reply, "SESSIONID=<") != SLICE_NONE ||
	    PF_FIND(d->reply, "Delivery OK") != SLICE_NONE ||
	    PF_FIND(d->reply, "LMTP") != SLICE_NONE)
		return true;
	return next.len == 0 && d->place.len > 0;
}

/* amavis answers "250 2.5.0 Ok, id=01332-19, BOUNCE" and "250 2.7.0 Ok,
 * discarded, id=…" also where nobody gets the message. */
static enum action filter_verdict(struct slice s)
{
	struct pf_answer a = pf_answer(s);

	if (a.code != 250 || a.dsn.len == 0)
		return ACTION_RELAY;
	s = slice_from(s, 4 + a.dsn.len);
	if (PF_STARTS(s, " Ok, discarded, id="))
		return ACTION_DISCARD;
	return PF_STARTS(s, " Ok, id=") && slice_ends(s, SLICE(", BOUNCE"))
	               ? ACTION_BOUNCE
	               : ACTION_RELAY;
}

static struct slice between(struct slice s, struct slice head, struct slice tail)
{
	size_t end;

	if (!pf_skip(&s, head))
		return slice_of(NULL, 0);
	end = tail.len ? pf_find(s, tail) : s.len;
	return slice_to(s, end);
}

/* "delivered to command: /usr/bin/x", "delivered to mailbox", "delivered via
 * dovecot service (…)": where a local agent put it. */
static struct slice place_of(struct slice reply)
{
	struct slice s = between(reply, SLICE("delivered via "),
	                         SLICE(" service"));

	if (s.len == 0)
		s = between(reply, SLICE("delivered to "), slice_of(NULL, 0));
	return s;
}

static void sent_here(struct event *e, const struct delivery *d)
{
	struct slice child = between(d->reply, SLICE("forwarded as "),
	                             slice_of(NULL, 0));

	e->action = ACTION_DELIVER;
	if (child.len == 0) {
		struct slice place = place_of(d->reply);

		if (place.len)
			event_set(e, EV_PLACE, place);
		/* "sent", but nobody has it */
		if (slice_eq(place, SLICE("file: /dev/null")))
			e->action = ACTION_DISCARD;
		return;
	}
	e->action = ACTION_REDIRECT;
	event_set(e, EV_PLACE, slice_to(d->reply, sizeof "forwarded" - 1));
	if (pf_is_id(child))
		event_add_key(e, KEY_QUEUE, REL_CHILD, LINK_ALIAS, child);
}

/* Most answers end in "queued as QID": no other reading of them is tried. */
static struct slice postfix_next(struct slice reply)
{
	const struct slice mark = SLICE("queued as ");
	const char *blank = memrchr(reply.ptr, ' ', reply.len);
	size_t at = blank ? (size_t)(blank - reply.ptr) + 1 : 0;
	struct slice id = slice_from(reply, at);

	if (at < mark.len || memcmp(blank + 1 - mark.len, mark.ptr, mark.len) != 0)
		return slice_of(NULL, 0);
	return pf_is_id(id) ? id : slice_of(NULL, 0);
}

static struct slice next_hop(const struct pf *p, struct event *e,
                             struct slice reply)
{
	struct slice next = reply.len ? postfix_next(reply) : reply;
	int64_t near, when;

	if (next.len) {
		pf_set_id_time(e, next);
		return next;
	}
	next = id_next_of_reply(reply);
	if (next.len == 0)
		return next;
	near = p->r->time.has & STAMP_YEAR ? p->r->time.us : TIME_NONE;
	when = id_time_of_reply(reply, near);
	if (when != TIME_NONE)
		event_set_number(e, EV_ID_TIME, when);
	return next;
}

static void sent_on(const struct pf *p, struct event *e,
                    const struct delivery *d)
{
	struct slice next = next_hop(p, e, d->reply);

	if (p->daemon == PF_LMTP && agent_answers(d, next)) {
		e->action = ACTION_DELIVER;
		/* the agent's session: its own lines name it */
		if (next.len)
			event_set(e, EV_NEXT_QUEUE_ID, next);
		return;
	}
	e->action = filter_verdict(d->reply);
	if (next.len && e->action == ACTION_RELAY)
		event_set(e, EV_NEXT_QUEUE_ID, next);
}

static void sent(const struct pf *p, struct event *e, const struct delivery *d)
{
	if (p->daemon == PF_DISCARD ||
	    (slice_eq(d->relay, SLICE("none")) && p->daemon != PF_LOCAL))
		e->action = ACTION_DISCARD;
	else if (p->daemon == PF_LOCAL || p->daemon == PF_PIPE)
		sent_here(e, d);
	else
		sent_on(p, e, d);
}

static enum action action_of_dsn(struct slice dsn)
{
	if (dsn.len && dsn.ptr[0] == '2')
		return ACTION_RELAY;
	return dsn.len && dsn.ptr[0] == '5' ? ACTION_BOUNCE : ACTION_DEFER;
}

/* A soft bounce stays in the queue (soft_bounce = yes): it is a deferral. */
static void set_status(const struct pf *p, struct event *e,
                       const struct delivery *d)
{
	static const struct {
		struct slice word;
		enum action action;
	} words[] = {
		{ PF_TEXT("deferred"), ACTION_DEFER },
		{ PF_TEXT("bounced"), ACTION_BOUNCE },
		{ PF_TEXT("expired"), ACTION_EXPIRE },
		{ PF_TEXT("force-expired"), ACTION_EXPIRE },
		{ PF_TEXT("SOFTBOUNCE"), ACTION_DEFER },
		{ PF_TEXT("softbounce"), ACTION_DEFER },
	};

	e->roles |= ROLE_ATTEMPT;
	if (slice_eq(d->status, SLICE("sent"))) {
		sent(p, e, d);
		return;
	}
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (slice_eq(d->status, words[i].word)) {
			e->action = words[i].action;
			return;
		}
	}
	if (slice_ends(d->status, SLICE("deliverable"))) {
		e->roles = (e->roles & ~(unsigned)ROLE_ATTEMPT) | ROLE_PROBE;
		return;
	}
	e->action = action_of_dsn(d->dsn);
	pf_damage(e);
}

static void set_fields(struct event *e, const struct delivery *d)
{
	if (d->to.len)
		event_set(e, EV_RECIPIENT, d->to);
	if (d->orig_to.len)
		event_set(e, EV_ORIG_RECIPIENT, d->orig_to);
	pf_set_relay(e, &d->peer);
	if (d->place.len)
		event_set(e, EV_RELAY_NAME, d->place);
	if (d->tls.len)
		event_set(e, EV_TLS, d->tls);
	if (d->reply.len)
		event_set(e, EV_REPLY, d->reply);
	if (d->delay >= 0)
		event_set_number(e, EV_DELAY, d->delay);
	if (d->transfer >= 0)
		event_set_number(e, EV_TRANSFER, d->transfer);
	if (sum_is_wrong(d))
		e->roles |= ROLE_SUM_WRONG;
}

static void set_said(struct event *e, const struct said *said)
{
	if (!said->remote)
		return;
	pf_set_answer(e, &said->answer);
	if (said->by.len)
		event_set(e, EV_SAID_BY, said->by);
	if (said->stage.len)
		event_set(e, EV_STAGE, said->stage);
}

bool pf_delivery(struct pf *p)
{
	struct delivery d;
	struct said said;
	struct event *e;

	if (!read_delivery(p->body, &d))
		return false;
	read_relay(&d);
	if (p->daemon == PF_NONE)
		pf_shape_delivery(p, d.relay, &d.peer);
	said = who_said(p, &d);
	e = pf_add(p, ACTION_INFO, 0);
	set_fields(e, &d);
	set_said(e, &said);
	if (d.dsn.len)
		event_set(e, EV_DSN, d.dsn);
	if (d.status.len)
		set_status(p, e, &d);
	if (d.damaged)
		pf_damage(e);
	return true;
}

/* "connect to NAME[IP]:25: Connection refused" */
static bool client_connect(struct pf *p)
{
	struct slice s = p->body;
	struct pf_peer peer;
	struct event *e;

	if (!PF_SKIP(&s, "connect to ") || !pf_peer(&s, &peer) ||
	    !PF_SKIP(&s, ": "))
		return false;
	e = pf_add(p, ACTION_INFO, 0);
	pf_set_relay(e, &peer);
	event_set(e, EV_REPLY, s);
	return true;
}

/* "lost connection with NAME[IP] while …", "conversation with NAME[IP] timed
 * out while …": one host of several failed; the status line tells the end. */
static bool client_lost(struct pf *p)
{
	struct slice s = p->body;
	struct pf_peer peer;
	struct event *e;

	if (!PF_SKIP(&s, "lost connection with ") &&
	    !PF_SKIP(&s, "conversation with "))
		return false;
	e = pf_add(p, ACTION_INFO, 0);
	if (pf_peer(&s, &peer))
		pf_set_relay(e, &peer);
	event_set(e, EV_REPLY, p->body);
	return true;
}

/* "host NAME[IP] said: 421 … (in reply to MAIL FROM command)" */
static bool client_host(struct pf *p)
{
	struct said said = { 0 };
	struct slice s = p->body;
	struct pf_peer peer;
	struct event *e;

	if (!quotes_host(s, &said))
		return false;
	e = pf_add(p, ACTION_INFO, 0);
	if (PF_SKIP(&s, "host ") && pf_peer(&s, &peer))
		pf_set_relay(e, &peer);
	set_said(e, &said);
	event_set(e, EV_REPLY, p->body);
	return true;
}

/* "to=<…>" with a queue id came to pf_delivery already. */
bool pf_client(struct pf *p)
{
	return client_connect(p) || client_host(p) || client_lost(p) ||
	       pf_tls(p);
}
