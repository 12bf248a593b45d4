/* SPDX-License-Identifier: MIT */
/* OpenSMTPD: who reads a line, and what the daemon says of itself. A message is
 * the first half of its envelopes' ids. Grammar: the log_info calls of
 * smtp_session.c, mta.c, mda.c and queue.c; FORMATS.md §7.14. */
#include "parsers/opensmtpd.h"

#include "parsers/mail.h"

static bool claims(struct slice program)
{
	return slice_eq(program, SLICE("smtpd"));
}

struct event *os_add(struct os *p, enum action action, unsigned roles)
{
	struct event *e = events_add(p->out);

	e->action = action;
	e->roles = roles;
	event_set(e, EV_INSTANCE, arena_slice(p->arena, SLICE("opensmtpd")));
	if (p->session.len) {
		event_set(e, EV_SESSION_ID, p->session);
		event_add_key(e, KEY_SESSION, REL_OWN, LINK_HANDOFF,
		              p->session);
	}
	return e;
}

void os_set_message(struct event *e, struct slice id)
{
	id = slice_to(id, 8);
	event_set(e, EV_QUEUE_ID, id);
	event_add_key(e, KEY_QUEUE, REL_OWN, LINK_HANDOFF, id);
}

/* What the daemon says of itself. */
static bool talk(struct os *p, struct slice s)
{
	static const struct slice heads[] = {
		OS_TEXT("info: "), OS_TEXT("warn: "), OS_TEXT("debug: "), OS_TEXT("fatal: "),
		OS_TEXT("queue: "), OS_TEXT("scheduler: "), OS_TEXT("smtp: "),
		OS_TEXT("smtp-in: "), OS_TEXT("smtp-out: "), OS_TEXT("mta: "),
		OS_TEXT("mda: "), OS_TEXT("lka: "), OS_TEXT("control: "), OS_TEXT("table-"),
		OS_TEXT("filter: "), OS_TEXT("ssl: "), OS_TEXT("parent: "),
		OS_TEXT("pony: "), OS_TEXT("ca: "), OS_TEXT("tls: "),
		OS_TEXT("commands executed from aliases run with "),
	};

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		if (!slice_starts(s, heads[i]))
			continue;
		os_add(p, ACTION_INFO, 0);
		return true;
	}
	return false;
}

static bool session_line(struct os *p, struct slice s)
{
	if (!os_hex(&s, 16, &p->session) || !OS_SKIP(&s, " "))
		return false;
	/* a session of none: the message had not come so far */
	if (slice_eq(p->session, SLICE("0000000000000000")))
		p->session = slice_of(NULL, 0);
	if (OS_SKIP(&s, "smtp ")) {
		OS_SKIP(&s, "event=");
		return os_smtp(p, s);
	}
	if (OS_SKIP(&s, "mta ")) {
		OS_SKIP(&s, "event=");
		return os_mta(p, s);
	}
	if (!OS_SKIP(&s, "mda "))
		return false;
	OS_SKIP(&s, "event=");
	return os_mda(p, s);
}

static enum parse parse(const struct layout *l, const struct record *r,
                        struct arena *arena, struct events *out)
{
	struct os p = { .r = r, .arena = arena, .out = out };

	(void)l;
	p.damaged = r->flags & RECORD_SPLIT;
	if (!session_line(&p, r->body) && !os_queue(&p, r->body) &&
	    !talk(&p, r->body))
		return PARSE_NO;
	if (!p.damaged)
		return PARSE_OK;
	for (size_t i = 0; i < out->n; i++)
		out->list[i].roles |= ROLE_DAMAGED;
	return PARSE_DAMAGED;
}

static const struct parser_example examples[] = {
	{ "Mar 14 09:15:02 vps1 smtpd[851]: info: OpenSMTPD 6.8.0p2 "
	  "starting",
	  "info instance=opensmtpd" },
	{ "Mar 14 09:15:02 vps1 smtpd[850]: commands executed from aliases "
	  "run with opensmtpd privileges",
	  "info instance=opensmtpd" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d0 smtp "
	  "connected address=192.0.2.25 host=mail.example.org",
	  "connect client_ip=192.0.2.25 client_name=mail.example.org "
	  "session_id=7ab7c87e67e099d0 instance=opensmtpd service=smtp "
	  "roles=session_opens session:own=7ab7c87e67e099d0" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d1 smtp "
	  "connected address=local host=vps1.example.com",
	  "connect client_name=local session_id=7ab7c87e67e099d1 "
	  "instance=opensmtpd service=smtp roles=session_opens "
	  "session:own=7ab7c87e67e099d1" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d0 smtp tls "
	  "ciphers=TLSv1.3:TLS_AES_256_GCM_SHA384:256",
	  "tls tls=\"TLSv1.3 TLS_AES_256_GCM_SHA384\" "
	  "session_id=7ab7c87e67e099d0 instance=opensmtpd "
	  "session:own=7ab7c87e67e099d0" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d0 smtp "
	  "authentication user=carol address=192.0.2.25 "
	  "host=mail.example.org result=permfail",
	  "auth_fail client_ip=192.0.2.25 client_name=mail.example.org "
	  "user=carol reply=permfail session_id=7ab7c87e67e099d0 "
	  "instance=opensmtpd roles=attempt session:own=7ab7c87e67e099d0" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d0 smtp "
	  "authentication user=carol result=ok",
	  "auth_ok user=carol session_id=7ab7c87e67e099d0 "
	  "instance=opensmtpd roles=attempt session:own=7ab7c87e67e099d0" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d0 smtp "
	  "message msgid=56088e9e size=1204 nrcpt=1 proto=ESMTP",
	  "accept queue_id=56088e9e session_id=7ab7c87e67e099d0 "
	  "instance=opensmtpd service=smtp size=1204 nrcpt=1 "
	  "roles=opens,envelope session:own=7ab7c87e67e099d0" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d0 smtp "
	  "envelope evpid=56088e9e7fa9a694 from=<a@example.org> "
	  "to=<bob@example.net>",
	  "info queue_id=56088e9e sender=a@example.org "
	  "recipient=bob@example.net session_id=7ab7c87e67e099d0 "
	  "instance=opensmtpd session:own=7ab7c87e67e099d0" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d0 smtp "
	  "failed-command command=\"RCPT TO:<nobody@example.com> "
	  "ORCPT=rfc822;nobody@example.com\" result=\"550 Invalid "
	  "recipient: <nobody@example.com>\"",
	  "reject recipient=nobody@example.com reply=\"550 Invalid "
	  "recipient: <nobody@example.com>\" stage=RCPT "
	  "session_id=7ab7c87e67e099d0 instance=opensmtpd code=550 "
	  "roles=attempt session:own=7ab7c87e67e099d0" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d0 smtp "
	  "disconnected reason=quit",
	  "disconnect session_id=7ab7c87e67e099d0 instance=opensmtpd "
	  "roles=session_closes session:own=7ab7c87e67e099d0" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c88295a2f347 mta "
	  "connecting address=smtp://192.0.2.11:25 host=mx.example.net",
	  "info relay_ip=192.0.2.11 relay_name=mx.example.net "
	  "session_id=7ab7c88295a2f347 instance=opensmtpd service=mta "
	  "relay_port=25 roles=session_opens session:own=7ab7c88295a2f347" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c88295a2f347 mta "
	  "connected",
	  "info session_id=7ab7c88295a2f347 instance=opensmtpd "
	  "session:own=7ab7c88295a2f347" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c88295a2f347 mta "
	  "delivery evpid=56088e9e7fa9a694 from=<a@example.org> "
	  "to=<bob@example.net> rcpt=<-> source=\"192.0.2.30\" "
	  "relay=\"192.0.2.11 (mx.example.net)\" delay=1s result=\"Ok\" "
	  "stat=\"250 2.0.0 Ok: queued as 9B9471EC3EA\"",
	  "relay queue_id=56088e9e sender=a@example.org "
	  "recipient=bob@example.net relay_ip=192.0.2.11 "
	  "relay_name=mx.example.net dsn=2.0.0 reply=\"250 2.0.0 Ok: "
	  "queued as 9B9471EC3EA\" said_by=mx.example.net "
	  "next_queue_id=9B9471EC3EA session_id=7ab7c88295a2f347 "
	  "instance=opensmtpd service=mta code=250 delay=1s "
	  "roles=attempt session:own=7ab7c88295a2f347" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c88295a2f347 mta "
	  "delivery evpid=56088e9e7fa9a694 from=<a@example.org> "
	  "to=<bob@example.net> rcpt=<fwd@example.com> "
	  "source=\"192.0.2.30\" relay=\"192.0.2.11 (mx.example.net)\" "
	  "delay=1m2s result=\"TempFail\" stat=\"450 4.7.1 "
	  "<bob@example.net>: greylisted\"",
	  "defer queue_id=56088e9e sender=a@example.org "
	  "recipient=bob@example.net orig_recipient=fwd@example.com "
	  "relay_ip=192.0.2.11 relay_name=mx.example.net dsn=4.7.1 "
	  "reply=\"450 4.7.1 <bob@example.net>: greylisted\" "
	  "said_by=mx.example.net session_id=7ab7c88295a2f347 "
	  "instance=opensmtpd service=mta code=450 delay=62s "
	  "roles=attempt session:own=7ab7c88295a2f347" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 0000000000000000 mta "
	  "delivery evpid=56088e9e7fa9a694 from=<a@example.org> "
	  "to=<bob@example.net> rcpt=<-> source=\"-\" "
	  "relay=\"example.net\" delay=1d4h result=\"PermFail\" "
	  "stat=\"Network error on destination MXs\"",
	  "bounce queue_id=56088e9e sender=a@example.org "
	  "recipient=bob@example.net relay_name=example.net "
	  "reply=\"Network error on destination MXs\" instance=opensmtpd "
	  "service=mta delay=100800s roles=attempt" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c888813a1c01 mda "
	  "delivery evpid=afc2d252898baf8b from=<> "
	  "to=<carol@example.com> rcpt=<carol@example.com> user=carol "
	  "delay=0s result=Ok stat=Delivered",
	  "deliver queue_id=afc2d252 sender=<> "
	  "recipient=carol@example.com reply=Delivered "
	  "session_id=7ab7c888813a1c01 instance=opensmtpd service=mda "
	  "delay=0s roles=attempt session:own=7ab7c888813a1c01" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c888813a1c03 mda "
	  "delivery evpid=afc2d252898baf8d from=<a@example.org> "
	  "to=<talk@example.com> rcpt=<talk@example.com> user=opensmtpd "
	  "delay=0s result=Ok stat=Delivered",
	  "deliver queue_id=afc2d252 sender=a@example.org "
	  "recipient=talk@example.com reply=Delivered place=command "
	  "session_id=7ab7c888813a1c03 instance=opensmtpd "
	  "service=mda delay=0s roles=attempt session:own=7ab7c888813a1c03" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c888813a1c02 mda "
	  "delivery evpid=afc2d252898baf8c from=<a@example.org> "
	  "to=<all@example.com> rcpt=<all@example.com> user=dave "
	  "delay=0s result=Ok stat=Delivered",
	  "deliver queue_id=afc2d252 sender=a@example.org recipient=dave "
	  "orig_recipient=all@example.com reply=Delivered "
	  "session_id=7ab7c888813a1c02 instance=opensmtpd service=mda "
	  "delay=0s roles=attempt session:own=7ab7c888813a1c02" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c88295a2f347 mta "
	  "disconnected reason=quit messages=1",
	  "info session_id=7ab7c88295a2f347 instance=opensmtpd "
	  "roles=session_closes session:own=7ab7c88295a2f347" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: relay: Expire for "
	  "56088e9e7fa9a694: from=<a@example.org>, to=<bob@example.net>, "
	  "rcpt=<->, delay=4d1s, stat=Envelope expired",
	  "expire queue_id=56088e9e sender=a@example.org "
	  "recipient=bob@example.net reply=\"Envelope expired\" "
	  "instance=opensmtpd delay=345601s roles=attempt" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d0 smtp "
	  "event=message address=192.0.2.25 host=mail.example.org "
	  "msgid=56088e9e from=<a@example.org> to=<bob@example.net> "
	  "size=1204 ndest=1 proto=ESMTP",
	  "accept queue_id=56088e9e sender=a@example.org "
	  "recipient=bob@example.net client_ip=192.0.2.25 "
	  "client_name=mail.example.org session_id=7ab7c87e67e099d0 "
	  "instance=opensmtpd service=smtp size=1204 nrcpt=1 "
	  "roles=opens,envelope session:own=7ab7c87e67e099d0" },
};

const struct parser parser_opensmtpd = {
	.name = "opensmtpd",
	.about = "OpenSMTPD: clients, mta and mda deliveries, the queue",
	.claims = claims,
	.parse = parse,
	.examples = examples,
	.nexamples = sizeof examples / sizeof *examples,
};
