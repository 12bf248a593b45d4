/* SPDX-License-Identifier: MIT */
/* Sendmail: "to=<a>,<b>, delay=…, mailer=…, relay=…, dsn=…, stat=…", one event
 * for each recipient (deliver.c, logdelivery). */
#include "parsers/sendmail.h"

#include "parsers/answer.h"
#include "parsers/ids/id.h"

#define RECIPIENTS 64 /* of one line; Sendmail cuts it long before */

struct delivery {
	struct slice to[RECIPIENTS];
	size_t nto;
	struct slice control; /* ctladdr=, without the user's numbers */
	struct slice mailer, relay, dsn, reply, stat;
	int64_t delay, transfer; /* us, -1 absent */
	bool damaged;
};

/* "<a>,<b>" up to ", " and a field. What stands in quotes may look like one. */
static bool read_recipients(struct slice *s, struct delivery *d)
{
	struct slice rest = *s, to;

	for (;;) {
		if (!sm_address(&rest, &to))
			return false;
		if (d->nto == RECIPIENTS)
			d->damaged = true;
		else
			d->to[d->nto++] = to;
		if (rest.len < 2 || rest.ptr[0] != ',' || rest.ptr[1] == ' ')
			break;
		rest = slice_from(rest, 1);
	}
	SM_SKIP(&rest, "...");
	SM_SKIP(&rest, " [more]");
	*s = rest;
	return SM_STARTS(rest, ", ctladdr=") || SM_STARTS(rest, ", delay=");
}

/* An address without its quotes, or shortened in its middle. */
static bool guess_recipient(struct slice *s, struct delivery *d)
{
	size_t at = slice_find(*s, SLICE(", delay="));
	size_t control = slice_find(*s, SLICE(", ctladdr="));
	struct slice to;

	if (at == SLICE_NONE)
		at = slice_find(*s, SLICE(", stat="));
	if (control < at)
		at = control;
	if (at == SLICE_NONE || at == 0)
		return false;
	to = slice_to(*s, at);
	if (to.len > 2 && to.ptr[0] == '<' && to.ptr[at - 1] == '>')
		to = slice_of(to.ptr + 1, at - 2);
	d->to[0] = to;
	d->nto = 1;
	d->damaged = true;
	*s = slice_from(*s, at);
	return true;
}

/* "00:00:04", "4+20:26:43" */
static int64_t read_delay(struct slice s)
{
	uint64_t days = 0, part[3];
	size_t plus = slice_chr(s, '+');

	if (plus != SLICE_NONE) {
		if (!slice_u64(slice_to(s, plus), &days) || days > 36500)
			return -1;
		s = slice_from(s, plus + 1);
	}
	for (size_t i = 0; i < 3; i++)
		if (!slice_u64(slice_cut(&s, ':'), &part[i]) || part[i] > 9999)
			return -1;
	if (s.len)
		return -1;
	return ((int64_t)days * 86400 + (int64_t)part[0] * 3600 +
	        (int64_t)part[1] * 60 + (int64_t)part[2]) *
	       US_SECOND;
}

/* ", KEY=value" at the start of *S, up to the next comma and blank. */
static bool field(struct slice *s, struct slice mark, struct slice *value)
{
	struct slice rest = *s;
	size_t end;

	if (!sm_skip(&rest, mark))
		return false;
	end = slice_find(rest, SLICE(", "));
	*value = slice_to(rest, end);
	*s = slice_from(rest, value->len);
	return true;
}

/* "<a@b> (502/502)" */
static void read_control(struct slice *s, struct delivery *d)
{
	struct slice rest = *s, text;

	if (!SM_SKIP(&rest, ", ctladdr="))
		return;
	if (sm_address(&rest, &d->control)) {
		if (SM_STARTS(rest, " ("))
			rest = slice_from(rest, slice_chr(rest, ')') + 1);
		if (SM_STARTS(rest, ", ")) {
			*s = rest;
			return;
		}
	}
	d->control = slice_of(NULL, 0);
	d->damaged = true;
	field(s, SLICE(", ctladdr="), &text);
	*s = slice_from(*s, slice_find(*s, SLICE(", delay=")));
}

/* Sendmail's own fields first, in its order; then the other server's words. */
static bool read_fields(struct slice s, struct delivery *d)
{
	struct slice text;
	size_t at;

	read_control(&s, d);
	d->delay = field(&s, SLICE(", delay="), &text) ? read_delay(text) : -1;
	d->transfer = field(&s, SLICE(", xdelay="), &text) ? read_delay(text)
	                                                   : -1;
	field(&s, SLICE(", mailer="), &d->mailer);
	field(&s, SLICE(", tls_verify="), &text);
	field(&s, SLICE(", tls_version="), &text);
	field(&s, SLICE(", cipher="), &text);
	field(&s, SLICE(", pri="), &text);
	field(&s, SLICE(", relay="), &d->relay);
	field(&s, SLICE(", dsn="), &d->dsn);
	if (SM_SKIP(&s, ", quarantine="))
		s = slice_from(s, slice_find(s, SLICE(", stat=")));
	if (SM_SKIP(&s, ", reply=")) {
		at = slice_find(s, SLICE(", stat="));
		d->reply = slice_to(s, at);
		s = slice_from(s, at);
		/* the same words again, or two marks of which one is a lie */
		if (d->reply.len && slice_find(slice_from(s, 1),
		                               SLICE(", stat=")) != SLICE_NONE)
			d->damaged = true;
	}
	if (!SM_SKIP(&s, ", stat=") && !SM_SKIP(&s, ", status="))
		return false;
	d->stat = s;
	return true;
}

/* Outcome ------------------------------------------------------------------- */

static bool is_local(const struct delivery *d)
{
	static const struct slice mailers[] = {
		SM_TEXT("local"),    SM_TEXT("prog"),   SM_TEXT("*file*"),
		SM_TEXT("procmail"), SM_TEXT("cyrus"),  SM_TEXT("cyrusv2"),
		SM_TEXT("lmtp"),     SM_TEXT("dovecot"), SM_TEXT("*include*"),
	};
	static const struct slice senders[] = {
		SM_TEXT("esmtp"), SM_TEXT("relay"), SM_TEXT("smtp"),
		SM_TEXT("smtp8"), SM_TEXT("dsmtp"),
	};

	for (size_t i = 0; i < sizeof mailers / sizeof *mailers; i++)
		if (slice_eq(d->mailer, mailers[i]))
			return true;
	for (size_t i = 0; i < sizeof senders / sizeof *senders; i++)
		if (slice_eq(d->mailer, senders[i]))
			return false;
	return d->relay.len == 0;
}

/* A refusal of the message while it came in: no mailer was chosen. */
static enum action at_the_door(const struct delivery *d)
{
	char class = d->dsn.len ? d->dsn.ptr[0] : d->stat.ptr[0];

	return class == '4' ? ACTION_TEMPFAIL : ACTION_REJECT;
}

/* The enhanced code is Sendmail's own; the words may be another server's. */
static enum action outcome(const struct delivery *d)
{
	char class = d->dsn.len ? d->dsn.ptr[0] : 0;

	if (SM_STARTS(d->stat, "queued"))
		return ACTION_DEFER;
	if (SM_STARTS(d->stat, "quarantine"))
		return ACTION_QUARANTINE;
	if (slice_eq(d->mailer, SLICE("discard")) ||
	    SM_STARTS(d->stat, "discard"))
		return ACTION_DISCARD;
	if (class == '2' || (!class && SM_STARTS(d->stat, "Sent")))
		return is_local(d) ? ACTION_DELIVER : ACTION_RELAY;
	if (SM_STARTS(d->stat, "Deferred"))
		return ACTION_DEFER;
	if (SM_STARTS(d->stat, "Cannot send message ") ||
	    SM_STARTS(d->stat, "Message could not be delivered for "))
		return ACTION_EXPIRE;
	if (d->mailer.len == 0 && d->stat.len)
		return at_the_door(d);
	return class == '4' ? ACTION_DEFER : ACTION_BOUNCE;
}

static bool contradicts(const struct delivery *d)
{
	bool sent = SM_STARTS(d->stat, "Sent");

	return (d->dsn.len && d->dsn.ptr[0] != '2' && sent) ||
	       (d->dsn.len && d->dsn.ptr[0] == '2' && !sent &&
	        SM_STARTS(d->stat, "Deferred"));
}

/* "Sent (REPLY)": what stands between; "Deferred: REASON"; else all of it. */
static struct slice answer_of(const struct delivery *d)
{
	struct slice s = d->stat;

	if (d->reply.len)
		return d->reply;
	if (SM_SKIP(&s, "Sent (")) {
		if (s.len && s.ptr[s.len - 1] == ')')
			s.len--;
		return s;
	}
	SM_SKIP(&s, "Deferred: ");
	return s;
}

static void set_next(const struct sm *p, struct event *e, struct slice reply)
{
	struct slice next = id_next_of_reply(reply);
	int64_t near = p->r->time.has & STAMP_YEAR ? p->r->time.us : TIME_NONE;
	int64_t when = id_time_of_reply(reply, near);

	if (next.len)
		event_set(e, EV_NEXT_QUEUE_ID, next);
	if (when != TIME_NONE)
		event_set_number(e, EV_ID_TIME, when);
}

/* A program or file is the place; who had it called is the address. */
static void set_recipient(struct event *e, const struct delivery *d,
                          struct slice to)
{
	bool place = slice_eq(d->mailer, SLICE("prog")) ||
	             slice_eq(d->mailer, SLICE("*file*"));

	event_set(e, EV_RECIPIENT, to);
	if (!place)
		return;
	event_set(e, EV_PLACE, to);
	if (d->control.len)
		event_set(e, EV_ORIG_RECIPIENT, d->control);
}

static void add_one(struct sm *p, const struct delivery *d, struct slice to)
{
	struct sm_peer relay = sm_peer(d->relay);
	struct slice reply = answer_of(d);
	struct event *e = sm_add(p, outcome(d), ROLE_ATTEMPT, SM_MESSAGE);

	set_recipient(e, d, to);
	sm_set_relay(e, &relay);
	if (!event_has(e, EV_RELAY_NAME) && !event_has(e, EV_RELAY_IP) &&
	    d->mailer.len)
		event_set(e, EV_RELAY_NAME, d->mailer);
	if (reply.len) {
		event_set(e, EV_REPLY, reply);
		event_set_answer(e, reply);
	}
	/* a reason of its own is not the relay's word */
	if (d->relay.len && (d->reply.len || SM_STARTS(d->stat, "Sent ("))) {
		struct slice by = relay.name.len ? relay.name : relay.ip;

		if (by.len)
			event_set(e, EV_SAID_BY, by);
	}
	if (d->dsn.len)
		event_set(e, EV_DSN, d->dsn);
	if (d->delay >= 0)
		event_set_number(e, EV_DELAY, d->delay);
	if (d->transfer >= 0)
		event_set_number(e, EV_TRANSFER, d->transfer);
	if (e->action == ACTION_REJECT || e->action == ACTION_TEMPFAIL)
		event_set(e, EV_STAGE, arena_slice(p->arena, SLICE("DATA")));
	/* an id that was cut short is another id */
	if (e->action == ACTION_RELAY && slice_ends(d->stat, SLICE(")")))
		set_next(p, e, reply);
}

bool sm_to(struct sm *p)
{
	struct delivery d = { .nto = 0, .delay = -1, .transfer = -1 };
	struct slice s = p->body, start;

	if (!p->qid.len || !SM_SKIP(&s, "to="))
		return false;
	start = s;
	if (!read_recipients(&s, &d)) {
		s = start;
		d.nto = 0;
		if (!guess_recipient(&s, &d)) {
			p->damaged = true;
			sm_add(p, ACTION_INFO, 0, SM_MESSAGE);
			return true;
		}
	}
	if (!read_fields(s, &d)) {
		/* cut before the outcome: nothing is known of it */
		p->damaged = true;
		for (size_t i = 0; i < d.nto; i++)
			event_set(sm_add(p, ACTION_INFO, 0, SM_MESSAGE),
			          EV_RECIPIENT, d.to[i]);
		return true;
	}
	p->damaged = p->damaged || d.damaged || contradicts(&d) ||
	             (SM_STARTS(d.stat, "Sent (") &&
	              !slice_ends(d.stat, SLICE(")")));
	for (size_t i = 0; i < d.nto; i++)
		add_one(p, &d, d.to[i]);
	return true;
}
