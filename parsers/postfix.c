/* SPDX-License-Identifier: MIT */
/* Postfix: which daemon, instance and queue id a line names, and who reads it.
 * Grammar: msg_syslog.c, log_adhoc.c and the daemons' sources; FORMATS.md §2. */
#include "parsers/postfix.h"

#include "parsers/mail.h"

static const struct {
	struct slice name;
	enum pf_daemon daemon;
} daemons[] = {
	{ PF_TEXT("smtpd"), PF_SMTPD },
	{ PF_TEXT("qmgr"), PF_QMGR },
	{ PF_TEXT("smtp"), PF_SMTP },
	{ PF_TEXT("cleanup"), PF_CLEANUP },
	{ PF_TEXT("lmtp"), PF_LMTP },
	{ PF_TEXT("local"), PF_LOCAL },
	{ PF_TEXT("virtual"), PF_LOCAL },
	{ PF_TEXT("pipe"), PF_PIPE },
	{ PF_TEXT("postscreen"), PF_POSTSCREEN },
	{ PF_TEXT("dnsblog"), PF_DNSBLOG },
	{ PF_TEXT("tlsproxy"), PF_TLSPROXY },
	{ PF_TEXT("bounce"), PF_BOUNCE },
	{ PF_TEXT("error"), PF_ERROR },
	{ PF_TEXT("retry"), PF_ERROR },
	{ PF_TEXT("pickup"), PF_PICKUP },
	{ PF_TEXT("anvil"), PF_ANVIL },
	{ PF_TEXT("discard"), PF_DISCARD },
	{ PF_TEXT("trace"), PF_BOUNCE },
	{ PF_TEXT("defer"), PF_BOUNCE },
	{ PF_TEXT("oqmgr"), PF_QMGR },
	{ PF_TEXT("nqmgr"), PF_QMGR },
	{ PF_TEXT("postsuper"), PF_POSTSUPER },
	{ PF_TEXT("scache"), PF_OTHER },
	{ PF_TEXT("master"), PF_OTHER },
	{ PF_TEXT("tlsmgr"), PF_OTHER },
	{ PF_TEXT("postfix-script"), PF_OTHER },
	{ PF_TEXT("trivial-rewrite"), PF_OTHER },
	{ PF_TEXT("proxymap"), PF_OTHER },
	{ PF_TEXT("verify"), PF_OTHER },
	{ PF_TEXT("postdrop"), PF_OTHER },
	{ PF_TEXT("sendmail"), PF_OTHER },
	{ PF_TEXT("postqueue"), PF_OTHER },
	{ PF_TEXT("postmap"), PF_OTHER },
	{ PF_TEXT("postalias"), PF_OTHER },
	{ PF_TEXT("postcat"), PF_OTHER },
	{ PF_TEXT("postconf"), PF_OTHER },
	{ PF_TEXT("postlock"), PF_OTHER },
	{ PF_TEXT("postkick"), PF_OTHER },
	{ PF_TEXT("postmulti"), PF_OTHER },
	{ PF_TEXT("postmulti-script"), PF_OTHER },
	{ PF_TEXT("post-install"), PF_OTHER },
	{ PF_TEXT("postlog"), PF_OTHER },
	{ PF_TEXT("postlogd"), PF_OTHER },
	{ PF_TEXT("posttls-finger"), PF_OTHER },
	{ PF_TEXT("nbdb_reindexd"), PF_OTHER },
	{ PF_TEXT("tlsrpt"), PF_OTHER },
	{ PF_TEXT("qmqpd"), PF_OTHER },
	{ PF_TEXT("flush"), PF_OTHER },
	{ PF_TEXT("showq"), PF_OTHER },
	{ PF_TEXT("fsstone"), PF_OTHER },
	{ PF_TEXT("spawn"), PF_OTHER },
};

/* Where the last component of a tag begins: 0 if it has only one. */
static size_t daemon_start(struct slice tag)
{
	const char *slash = tag.len ? memrchr(tag.ptr, '/', tag.len) : NULL;

	return slash ? (size_t)(slash - tag.ptr) + 1 : 0;
}

static bool same(const char *name, const char *word, size_t len)
{
	return memcmp(name, word, len) == 0;
}

/* The table again, for the few that write nearly every line. */
static enum pf_daemon busy_daemon(struct slice name)
{
	if (name.len == 4) {
		if (same(name.ptr, "qmgr", 4))
			return PF_QMGR;
		if (same(name.ptr, "smtp", 4))
			return PF_SMTP;
		return same(name.ptr, "lmtp", 4) ? PF_LMTP : PF_NONE;
	}
	if (name.len == 5 && same(name.ptr, "smtpd", 5))
		return PF_SMTPD;
	if (name.len == 7 && same(name.ptr, "cleanup", 7))
		return PF_CLEANUP;
	return PF_NONE;
}

static enum pf_daemon daemon_of(struct slice name)
{
	enum pf_daemon busy = busy_daemon(name);

	if (busy != PF_NONE)
		return busy;
	for (size_t i = 0; i < sizeof daemons / sizeof *daemons; i++)
		if (daemons[i].name.len == name.len &&
		    daemons[i].name.ptr[0] == name.ptr[0] &&
		    memcmp(daemons[i].name.ptr, name.ptr, name.len) == 0)
			return daemons[i].daemon;
	return PF_NONE;
}

static bool claims(struct slice program)
{
	size_t at = daemon_start(program);

	if (slice_eq(program, SLICE("postfix")))
		return true;
	return at > 1 && daemon_of(slice_from(program, at)) != PF_NONE;
}

struct event *pf_add(struct pf *p, enum action action, unsigned roles)
{
	struct event *e = events_add(p->out);

	e->action = action;
	e->roles = roles;
	event_set(e, EV_INSTANCE, p->instance);
	event_set(e, EV_SERVICE, p->service);
	if (p->qid.len) {
		event_set(e, EV_QUEUE_ID, p->qid);
		event_add_key(e, KEY_QUEUE, REL_OWN, LINK_HANDOFF, p->qid);
	}
	event_add_key(e, KEY_SESSION, REL_OWN, LINK_HANDOFF, p->session);
	return e;
}

/* "postfix-out/submission/smtpd": instance, service, daemon. */
static void split_tag(struct pf *p)
{
	struct slice tag = p->r->program;
	size_t at = daemon_start(tag), first = slice_chr(tag, '/');

	p->daemon = daemon_of(slice_from(tag, at));
	if (at == 0) {
		p->instance = p->service = tag;
		return;
	}
	p->instance = slice_to(tag, first);
	p->service = first + 1 == at
	                     ? slice_from(tag, at)
	                     : slice_of(tag.ptr + first + 1, at - first - 2);
}

/* "postfix/smtpd[16325]": a process serves one client at a time. */
static struct slice process_key(const struct pf *p)
{
	struct slice tag = p->r->program, pid = p->r->pid;
	char *copy;

	if (pid.len == 0)
		return slice_of(NULL, 0);
	if (pid.ptr == tag.ptr + tag.len + 1)
		return slice_of(tag.ptr, tag.len + pid.len + 2);
	copy = arena_bytes(p->arena, tag.len + pid.len + 2);
	memcpy(copy, tag.ptr, tag.len);
	copy[tag.len] = '[';
	memcpy(copy + tag.len + 1, pid.ptr, pid.len);
	copy[tag.len + 1 + pid.len] = ']';
	return slice_of(copy, tag.len + pid.len + 2);
}

static void skip_level(struct pf *p)
{
	struct slice *s = &p->body;

	p->level = PF_SKIP(s, "warning: ") || PF_SKIP(s, "error: ") ||
	           PF_SKIP(s, "fatal: ") || PF_SKIP(s, "panic: ");
}

/* "307DF802B3: ", "NOQUEUE: ". A word like "statistics: " is none. */
static void take_queue_id(struct pf *p)
{
	struct slice s = p->body, id;
	size_t n = 0, most = s.len < 26 ? s.len : 26;

	while (n < most && s.ptr[n] != ':' && s.ptr[n] != ' ')
		n++;
	if (n + 1 >= s.len || s.ptr[n] != ':' || s.ptr[n + 1] != ' ')
		return;
	id = slice_to(s, n);
	if (slice_eq(id, SLICE("NOQUEUE")))
		p->noqueue = true;
	else if (pf_is_id(id))
		p->qid = id;
	else
		return;
	p->body = slice_from(s, n + 2);
}

static bool dispatch(struct pf *p)
{
	switch (p->daemon) {
	case PF_SMTPD:
		return pf_smtpd(p);
	case PF_POSTSCREEN:
	case PF_DNSBLOG:
	case PF_TLSPROXY:
		return pf_postscreen(p);
	case PF_CLEANUP:
		return pf_cleanup(p);
	case PF_QMGR:
	case PF_PICKUP:
	case PF_BOUNCE:
	case PF_POSTSUPER:
	case PF_ANVIL:
		return pf_queue(p);
	case PF_SMTP:
	case PF_LMTP:
	case PF_LOCAL:
	case PF_PIPE:
	case PF_ERROR:
	case PF_DISCARD:
		return pf_client(p);
	case PF_OTHER:
	case PF_NONE:
		break;
	}
	return false;
}

static bool is_talk(const struct pf *p)
{
	static const struct slice heads[] = {
		PF_TEXT("table "),     PF_TEXT("connect to "),
		PF_TEXT("statistics: "), PF_TEXT("using backwards-compatible"),
		PF_TEXT("dict_"),      PF_TEXT("initializing the "),
		PF_TEXT("setting up TLS connection"),
		PF_TEXT("SSL_connect error"), PF_TEXT("SSL_accept error"),
		PF_TEXT("certificate verification failed"),
		PF_TEXT("server certificate verification failed"),
		PF_TEXT("Server certificate "), PF_TEXT("cannot "),
		PF_TEXT("TLS "),       PF_TEXT("SASL "), PF_TEXT("Unable to "),
	};

	if (p->daemon == PF_OTHER || p->daemon == PF_ANVIL || p->level ||
	    p->noqueue || p->qid.len)
		return true;
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		if (slice_starts(p->body, heads[i]))
			return true;
	return false;
}

static enum parse outcome(const struct pf *p)
{
	for (size_t i = 0; i < p->out->n; i++)
		if (p->out->list[i].roles & ROLE_DAMAGED)
			return PARSE_DAMAGED;
	return PARSE_OK;
}

static enum parse parse(const struct layout *l, const struct record *r,
                        struct arena *arena, struct events *out)
{
	struct pf p = { .r = r, .arena = arena, .out = out, .body = r->body };

	(void)l;
	split_tag(&p);
	if (p.body.len == 0)
		return PARSE_NO;
	skip_level(&p);
	take_queue_id(&p);
	if (p.daemon == PF_NONE)
		pf_shape(&p);
	if (p.daemon == PF_SMTPD)
		p.session = process_key(&p);
	if (!(p.qid.len && PF_STARTS(p.body, "to=") && pf_delivery(&p)) &&
	    !dispatch(&p)) {
		if (p.daemon == PF_NONE || !is_talk(&p))
			return PARSE_NO;
		pf_add(&p, ACTION_INFO, 0);
	}
	if (p.body.len == 0 || r->flags & RECORD_SPLIT)
		pf_damage(&out->list[0]);
	return outcome(&p);
}

static const struct parser_example examples[] = {
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: connect from unknown[192.0.2.1]",
	  "connect client_ip=192.0.2.1 client_name=unknown instance=postfix "
	  "service=smtpd roles=session_opens session:own=postfix/smtpd[16325]" },
	{ "Mar 14 09:15:02 mail1 postfix/submission/smtpd[2211]: "
	  "4fXwft2FgJzFpTn: client=laptop.example[203.0.113.77], "
	  "sasl_method=PLAIN, sasl_username=alice@example.com",
	  "accept queue_id=4fXwft2FgJzFpTn client_ip=203.0.113.77 "
	  "client_name=laptop.example user=alice@example.com "
	  "auth_method=PLAIN instance=postfix service=submission "
	  "id_time=2026-03-14T09:15:02.318204Z roles=opens "
	  "session:own=postfix/submission/smtpd[2211] & auth_ok "
	  "client_ip=203.0.113.77 client_name=laptop.example "
	  "user=alice@example.com auth_method=PLAIN instance=postfix "
	  "service=submission roles=attempt "
	  "session:own=postfix/submission/smtpd[2211]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: NOQUEUE: reject: RCPT "
	  "from unknown[192.0.2.1]: 550 5.1.1 <no@example.com>: Recipient "
	  "address rejected: User unknown in local recipient table; "
	  "from=<a@example.org> to=<no@example.com> proto=ESMTP "
	  "helo=<h.example>",
	  "reject sender=a@example.org recipient=no@example.com "
	  "client_ip=192.0.2.1 client_name=unknown helo=h.example dsn=5.1.1 "
	  "reply=\"550 5.1.1 <no@example.com>: Recipient address rejected: "
	  "User unknown in local recipient table\" stage=RCPT "
	  "instance=postfix service=smtpd code=550 roles=attempt "
	  "session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/cleanup[9]: 307DF802B3: "
	  "message-id=<a1@example.org>",
	  "info queue_id=307DF802B3 message_id=a1@example.org "
	  "instance=postfix service=cleanup roles=opens_weakly "
	  "message_id:own=a1@example.org" },
	{ "Feb  3 01:01:12 mx1 postfix/qmgr[9]: 307DF802B3: "
	  "from=<a@example.org>, size=1372, nrcpt=3 (queue active)",
	  "info queue_id=307DF802B3 sender=a@example.org instance=postfix "
	  "service=qmgr size=1372 nrcpt=3 roles=activates,envelope" },
	{ "Feb  3 01:01:14 mx1 postfix/smtp[16329]: 307DF802B3: "
	  "to=<bob@example.org>, relay=mail.example.org[192.0.2.11]:587, "
	  "delay=2, delays=0.06/0.07/0.77/1.1, dsn=2.0.0, status=sent (250 ok "
	  "1391410861 qp 14129 by x1.example.org)",
	  "relay queue_id=307DF802B3 recipient=bob@example.org "
	  "relay_ip=192.0.2.11 relay_name=mail.example.org dsn=2.0.0 "
	  "reply=\"250 ok 1391410861 qp 14129 by x1.example.org\" "
	  "said_by=mail.example.org next_queue_id=14129 instance=postfix "
	  "service=smtp relay_port=587 code=250 delay=2s transfer=1.87s "
	  "id_time=2014-02-03T07:01:01.000000Z roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/local[1]: 307DF802B3: "
	  "to=<list@example.com>, relay=local, delay=0.02, delays=0/0/0/0.01, "
	  "dsn=2.0.0, status=sent (forwarded as 2BF1C23A7B)",
	  "redirect queue_id=307DF802B3 recipient=list@example.com "
	  "relay_name=local dsn=2.0.0 reply=\"forwarded as 2BF1C23A7B\" "
	  "place=forwarded instance=postfix service=local delay=0.02s "
	  "transfer=0.01s roles=attempt queue:child:alias=2BF1C23A7B" },
	{ "Feb  3 01:01:14 mx1 postfix/bounce[1]: 307DF802B3: sender "
	  "non-delivery notification: 2BF1C23A7B",
	  "bounce_generated queue_id=307DF802B3 instance=postfix "
	  "service=bounce queue:child:bounce=2BF1C23A7B" },
	{ "Feb  3 01:01:12 mx1 postfix/qmgr[9]: 307DF802B3: removed",
	  "removed queue_id=307DF802B3 instance=postfix service=qmgr "
	  "roles=closes" },
};

const struct parser parser_postfix = {
	.name = "postfix",
	.about = "Postfix, all daemons and instances",
	.life = LIFE_CLOSES | LIFE_IDS_REUSED | LIFE_TELLS_ID,
	.claims = claims,
	.parse = parse,
	.examples = examples,
	.nexamples = sizeof examples / sizeof *examples,
};
