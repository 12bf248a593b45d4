/* SPDX-License-Identifier: MIT */
/* OpenSMTPD: deliveries to other servers and to mailboxes here, and what the
 * queue gives up. */
#include "parsers/opensmtpd.h"

#include "parsers/answer.h"
#include "parsers/ids/id.h"

/* "1d2h3m4s", "0s" to us */
static bool duration(struct slice s, int64_t *us)
{
	static const struct {
		char unit;
		int64_t us;
	} units[] = {
		{ 'd', US_DAY }, { 'h', US_HOUR },
		{ 'm', US_MINUTE }, { 's', US_SECOND },
	};
	int64_t sum = 0, n;
	bool some = false;

	for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
		size_t at = slice_chr(s, units[u].unit);

		if (at == SLICE_NONE)
			continue;
		if (at > 9 || !os_number(slice_to(s, at), &n))
			return false;
		sum += n * units[u].us;
		s = slice_from(s, at + 1);
		some = true;
	}
	*us = sum;
	return some && !s.len;
}

struct delivery {
	struct slice id, sender, dest, rcpt;
	struct slice relay, user, delay, result, stat;
};

/* 'evpid=… from=<…> to=<…> rcpt=<…> ' */
static bool take_head(struct os *p, struct slice *s, struct delivery *d)
{
	return OS_SKIP(s, "evpid=") && os_hex(s, 16, &d->id) &&
	       OS_SKIP(s, " from=") &&
	       os_address(p, s, SLICE(" to="), &d->sender) &&
	       os_address(p, s, SLICE(" rcpt="), &d->dest) &&
	       os_address(p, s, SLICE(" "), &d->rcpt);
}

static struct event *add_delivery(struct os *p, const struct delivery *d)
{
	struct event *e = os_add(p, ACTION_DEFER, ROLE_ATTEMPT);
	int64_t us;

	os_set_message(e, d->id);
	event_set(e, EV_SENDER, d->sender);
	event_set(e, EV_RECIPIENT, d->dest);
	if (!slice_eq(d->rcpt, SLICE("-")) && !slice_eq(d->rcpt, d->dest))
		event_set(e, EV_ORIG_RECIPIENT, d->rcpt);
	if (d->stat.len)
		event_set(e, EV_REPLY, d->stat);
	if (duration(d->delay, &us))
		event_set_number(e, EV_DELAY, us);
	return e;
}

static enum action action_of(struct os *p, struct slice result, enum action ok)
{
	if (slice_eq(result, SLICE("Ok")))
		return ok;
	if (slice_eq(result, SLICE("PermFail")) ||
	    slice_eq(result, SLICE("Loop")))
		return ACTION_BOUNCE;
	if (!slice_eq(result, SLICE("TempFail")))
		p->damaged = true;
	return ACTION_DEFER;
}

/* "192.0.2.11 (mx.example.net)", or where it should go */
static void set_relay(struct event *e, struct slice relay)
{
	struct slice address = slice_cut(&relay, ' '), ip = os_ip(address);

	if (ip.len)
		event_set(e, EV_RELAY_IP, ip);
	else if (address.len && !slice_eq(address, SLICE("-")))
		event_set(e, EV_RELAY_NAME, address);
	if (relay.len > 2 && relay.ptr[0] == '(' &&
	    relay.ptr[relay.len - 1] == ')') {
		relay = slice_of(relay.ptr + 1, relay.len - 2);
		if (!os_ip(relay).len)
			event_set(e, EV_RELAY_NAME, relay);
	}
}

static void set_said(struct os *p, struct event *e, struct slice reply)
{
	int64_t near = p->r->time.has & STAMP_YEAR ? p->r->time.us : TIME_NONE;
	struct slice next = id_next_of_reply(reply), by;
	int64_t time = id_time_of_reply(reply, near);

	by = event_text(e, event_has(e, EV_RELAY_NAME) ? EV_RELAY_NAME
	                                               : EV_RELAY_IP);
	/* without a code it is this server's own word */
	if (!event_set_answer(e, reply) || !event_has(e, EV_RELAY_IP))
		return;
	event_set(e, EV_SAID_BY, by);
	if (next.len && e->action == ACTION_RELAY)
		event_set(e, EV_NEXT_QUEUE_ID, next);
	if (time != TIME_NONE)
		event_set_number(e, EV_ID_TIME, time);
}

/* … 'source="…" relay="…" delay=1s result="Ok" stat="250 …"' */
static bool mta_delivery(struct os *p, struct slice s)
{
	struct delivery d = { .delay = { NULL, 0 } };
	struct slice source;
	struct event *e;

	if (!take_head(p, &s, &d) || !OS_SKIP(&s, "source=\"") ||
	    !os_until(&s, SLICE("\" relay=\""), &source) ||
	    !os_until(&s, SLICE("\" delay="), &d.relay) ||
	    !os_until(&s, SLICE(" result=\""), &d.delay) ||
	    !os_until(&s, SLICE("\" stat=\""), &d.result))
		return false;
	d.stat = s;
	if (s.len && s.ptr[s.len - 1] == '"')
		d.stat.len--;
	else
		p->damaged = true;
	e = add_delivery(p, &d);
	e->action = action_of(p, d.result, ACTION_RELAY);
	event_set(e, EV_SERVICE, arena_slice(p->arena, SLICE("mta")));
	set_relay(e, d.relay);
	set_said(p, e, d.stat);
	return true;
}

/* The daemon's own user has no mailbox: an alias ran a command as that user. */
static bool is_daemon(struct slice user)
{
	return slice_eq(user, SLICE("opensmtpd")) ||
	       slice_eq(user, SLICE("_smtpd"));
}

/* … "user=U delay=0s result=Ok stat=Delivered". An alias keeps the address, and
 * only the user tells one mailbox from the other. */
bool os_mda(struct os *p, struct slice s)
{
	struct delivery d = { .delay = { NULL, 0 } };
	struct slice local;
	struct event *e;

	if (!OS_SKIP(&s, "delivery ") || !take_head(p, &s, &d) ||
	    !OS_SKIP(&s, "user=") ||
	    !os_until(&s, SLICE(" delay="), &d.user) ||
	    !os_until(&s, SLICE(" result="), &d.delay) ||
	    !os_until(&s, SLICE(" stat="), &d.result))
		return false;
	d.stat = s;
	e = add_delivery(p, &d);
	e->action = action_of(p, d.result, ACTION_DELIVER);
	event_set(e, EV_SERVICE, arena_slice(p->arena, SLICE("mda")));
	local = slice_to(d.dest, slice_rchr(d.dest, '@'));
	local = slice_to(local, slice_chr(local, '+'));
	if (is_daemon(d.user) && !slice_eq(d.user, local)) {
		event_set(e, EV_PLACE, arena_slice(p->arena, SLICE("command")));
	} else if (d.user.len && !slice_eq_nocase(d.user, local)) {
		event_set(e, EV_RECIPIENT, d.user);
		event_set(e, EV_ORIG_RECIPIENT, d.dest);
	}
	return true;
}

/* "smtp://192.0.2.11:25 host=mx.example.net" */
static void set_next(struct event *e, struct slice s)
{
	struct slice url = slice_cut(&s, ' '), ip;
	size_t at = slice_find(url, SLICE("://")), colon;
	int64_t port;

	url = slice_from(url, at == SLICE_NONE ? 0 : at + 3);
	colon = slice_rchr(url, ':');
	ip = os_ip(slice_to(url, colon));
	if (ip.len)
		event_set(e, EV_RELAY_IP, ip);
	if (colon != SLICE_NONE && os_number(slice_from(url, colon + 1), &port) &&
	    port > 0 && port < 65536)
		event_set_number(e, EV_RELAY_PORT, port);
	if (OS_SKIP(&s, "host=") && s.len && !os_ip(s).len)
		event_set(e, EV_RELAY_NAME, s);
}

bool os_mta(struct os *p, struct slice s)
{
	struct event *e;

	if (OS_SKIP(&s, "delivery "))
		return mta_delivery(p, s);
	if (OS_SKIP(&s, "connecting address=")) {
		e = os_add(p, ACTION_INFO, ROLE_SESSION_OPENS);
		event_set(e, EV_SERVICE, arena_slice(p->arena, SLICE("mta")));
		set_next(e, s);
	} else if (OS_SKIP(&s, "tls ciphers=")) {
		os_set_tls(p, os_add(p, ACTION_TLS, 0), s);
	} else if (OS_SKIP(&s, "disconnected") || OS_SKIP(&s, "closed")) {
		os_add(p, ACTION_INFO, ROLE_SESSION_CLOSES);
	} else if (OS_SKIP(&s, "error reason=")) {
		e = os_add(p, ACTION_INFO, 0);
		if (s.len)
			event_set(e, EV_REPLY, s);
	} else if (OS_SKIP(&s, "connected") || OS_SKIP(&s, "server-cert-check ") ||
	           OS_SKIP(&s, "cert-check ") || OS_SKIP(&s, "starttls ")) {
		os_add(p, ACTION_INFO, 0);
	} else {
		return false;
	}
	return true;
}

/* "relay: Expire for 16hex: from=<S>, to=<R>, rcpt=<O>, delay=4d, stat=Envelope
 * expired", "delivery: Remove for …" */
bool os_queue(struct os *p, struct slice s)
{
	struct delivery d = { .delay = { NULL, 0 } };
	struct event *e;

	if ((!OS_SKIP(&s, "relay: ") && !OS_SKIP(&s, "delivery: ")) ||
	    !os_until(&s, SLICE(" for "), &d.result) ||
	    !os_hex(&s, 16, &d.id) || !OS_SKIP(&s, ": from=") ||
	    !os_address(p, &s, SLICE(", to="), &d.sender) ||
	    !os_address(p, &s, SLICE(", rcpt="), &d.dest) ||
	    !os_address(p, &s, SLICE(", delay="), &d.rcpt) ||
	    !os_until(&s, SLICE(", stat="), &d.delay))
		return false;
	d.stat = s;
	if (slice_eq(d.sender, SLICE("@")))
		d.sender = arena_slice(p->arena, SLICE("<>"));
	e = add_delivery(p, &d);
	if (slice_eq(d.result, SLICE("Expire"))) {
		e->action = ACTION_EXPIRE;
	} else if (slice_eq(d.result, SLICE("Remove"))) {
		e->action = ACTION_REMOVED;
		e->roles = ROLE_ADMIN;
	} else {
		e->action = action_of(p, d.result, ACTION_INFO);
	}
	return true;
}
