/* SPDX-License-Identifier: MIT */
/* Dovecot 2.2 to 2.4: which service speaks, and for whom.
 *
 * "lmtp(USER)<PID><SESSION>: …" since 2.3, "lmtp(PID, USER): SESSION: …" before;
 * a level ("Info: ") where the log has no priority of its own. */
#include "parsers/dovecot.h"

#include "parsers/mail.h"

static bool claims(struct slice program)
{
	return slice_eq(program, SLICE("dovecot"));
}

struct event *dv_add(struct dv *d, enum action action, unsigned roles,
                     struct slice service)
{
	struct event *e = events_add(d->out);

	e->action = action;
	e->roles = roles;
	event_set(e, EV_INSTANCE, arena_slice(d->arena, SLICE("dovecot")));
	event_set(e, EV_SERVICE, arena_slice(d->arena, service));
	return e;
}

void dv_set_session(struct event *e, struct slice session)
{
	if (session.len == 0)
		return;
	event_set(e, EV_SESSION_ID, session);
	event_add_key(e, KEY_SESSION, REL_OWN, LINK_HANDOFF, session);
}

static bool is_digits(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ag_digit(s.ptr[i]))
			return false;
	return s.len > 0;
}

/* What "(…)" behind the service ends with: ")<" or "): ". */
static size_t args_end(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] != ')')
			continue;
		if (i + 1 < s.len && s.ptr[i + 1] == '<')
			return i;
		if (i + 2 < s.len && s.ptr[i + 1] == ':' &&
		    s.ptr[i + 2] == ' ')
			return i;
	}
	return SLICE_NONE;
}

/* "PID", "USER", "PID, USER" */
static void read_args(struct dv *d, struct slice s)
{
	size_t comma = AG_FIND(s, ", ");

	d->args = s;
	if (comma != SLICE_NONE && is_digits(slice_to(s, comma)))
		s = slice_from(s, comma + 2);
	if (!is_digits(s))
		d->user = s;
}

static bool read_front(struct dv *d, struct slice s)
{
	size_t n = 0, end;

	d->front = s;
	while (n < s.len && n < 24 &&
	       ((s.ptr[n] >= 'a' && s.ptr[n] <= 'z') || ag_digit(s.ptr[n]) ||
	        s.ptr[n] == '-' || s.ptr[n] == '_'))
		n++;
	if (n < 3)
		return false;
	d->service = slice_to(s, n);
	s = slice_from(s, n);
	if (AG_SKIP(&s, "(")) {
		end = args_end(s);
		if (end == SLICE_NONE)
			return false;
		read_args(d, slice_to(s, end));
		s = slice_from(s, end + 1);
	}
	while (AG_SKIP(&s, "<")) {
		struct slice word = slice_cut(&s, '>');

		if (!is_digits(word))
			d->session = word;
	}
	if (!AG_SKIP(&s, ": "))
		return false;
	d->body = s;
	return true;
}

static void read_level(struct dv *d)
{
	static const struct slice bad[] = { AG_TEXT("Warning: "),
		                            AG_TEXT("Error: "),
		                            AG_TEXT("Fatal: "),
		                            AG_TEXT("Panic: "),
		                            AG_TEXT("Debug: ") };

	AG_SKIP(&d->body, "Info: ");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (ag_skip(&d->body, bad[i]))
			d->level = true;
}

static bool is_service(const struct dv *d, const char *const *names)
{
	for (; *names; names++)
		if (slice_eq(d->service, slice_str(*names)))
			return true;
	return false;
}

/* Says nothing of a message or a login. */
static bool is_other(const struct dv *d)
{
	static const char *const names[] = {
		"master",       "config",   "log",      "anvil",
		"stats",        "director", "replicator", "aggregator",
		"indexer",      "indexer-worker", "dict", "dict-async",
		"ssl-params",   "ipc",      "doveadm",  "dns-client",
		"script-login", "old-stats", "quota-status", "doveconf",
		"health-check", "imap-hibernate", "welcome", NULL,
	};

	return is_service(d, names);
}

static bool dispatch(struct dv *d)
{
	static const char *const deliveries[] = { "lmtp", "lda", "deliver",
		                                  "dovecot-lda", "sieve",
		                                  NULL };
	static const char *const mailboxes[] = { "imap", "pop3", "submission",
		                                 "managesieve",
		                                 "imap-urlauth", NULL };

	if (is_service(d, deliveries))
		return dv_delivery(d);
	if (slice_ends(d->service, SLICE("-login")))
		return dv_login(d);
	if (slice_eq(d->service, SLICE("auth")) ||
	    slice_eq(d->service, SLICE("auth-worker")) ||
	    slice_eq(d->service, SLICE("auth-login")))
		return dv_auth(d);
	if (is_service(d, mailboxes))
		return dv_mailbox(d);
	if (!is_other(d))
		return false;
	dv_add(d, ACTION_INFO, 0, d->service);
	return true;
}

static enum parse parse(const struct layout *l, const struct record *r,
                        struct arena *arena, struct events *out)
{
	struct dv d = { .r = r, .arena = arena, .out = out };

	(void)l;
	if (!read_front(&d, r->body))
		return PARSE_NO;
	read_level(&d);
	d.damaged = r->flags & RECORD_SPLIT;
	if (!dispatch(&d))
		return PARSE_NO;
	return ag_result(out, d.damaged);
}

static const struct parser_example examples[] = {
	{ "2026-03-14T09:15:02.981225+01:00 mx1 dovecot: "
	  "lmtp(bob@example.com)<9246><SH2cOSLkAGseJAAAxNy1UQ>: "
	  "msgid=<m1@example.org>: saved mail to INBOX",
	  "deliver message_id=m1@example.org recipient=bob@example.com "
	  "place=INBOX session_id=SH2cOSLkAGseJAAAxNy1UQ instance=dovecot "
	  "service=lmtp id_time=2026-11-21T00:21:54.966557Z roles=attempt "
	  "session:own=SH2cOSLkAGseJAAAxNy1UQ" },
	{ "Mar 14 09:15:02 mx1 dovecot: "
	  "lmtp(bob)<9246><SH2cOSLkAGseJAAAxNy1UQ:R2>: sieve: "
	  "msgid=<m1@example.org>: stored mail into mailbox 'Junk'",
	  "deliver message_id=m1@example.org recipient=bob place=Junk "
	  "session_id=SH2cOSLkAGseJAAAxNy1UQ:R2 instance=dovecot "
	  "service=lmtp id_time=2026-11-21T00:21:54.966557Z roles=attempt "
	  "session:own=SH2cOSLkAGseJAAAxNy1UQ:R2" },
	{ "Mar 14 09:15:02 mx1 dovecot: lmtp(9246, bob): "
	  "SH2cOSLkAGseJAAAxNy1UQ:2: msgid=unspecified: saved mail to "
	  "Archive/2026",
	  "deliver recipient=bob place=Archive/2026 "
	  "session_id=SH2cOSLkAGseJAAAxNy1UQ:2 instance=dovecot service=lmtp "
	  "id_time=2026-11-21T00:21:54.966557Z roles=attempt "
	  "session:own=SH2cOSLkAGseJAAAxNy1UQ:2" },
	{ "Mar 14 09:15:02 mx1 dovecot: "
	  "lmtp(bob)<9246><SH2cOSLkAGseJAAAxNy1UQ>: sieve: "
	  "msgid=<m1@example.org>: forwarded to <bob@home.example>",
	  "redirect message_id=m1@example.org recipient=bob "
	  "place=bob@home.example session_id=SH2cOSLkAGseJAAAxNy1UQ "
	  "instance=dovecot service=lmtp id_time=2026-11-21T00:21:54.966557Z "
	  "roles=attempt session:own=SH2cOSLkAGseJAAAxNy1UQ" },
	{ "Mar 14 09:15:02 mx1 dovecot: "
	  "lmtp(bob)<9246><SH2cOSLkAGseJAAAxNy1UQ>: sieve: "
	  "msgid=<m1@example.org>: marked message to be discarded if not "
	  "explicitly delivered (discard action)",
	  "discard message_id=m1@example.org recipient=bob "
	  "session_id=SH2cOSLkAGseJAAAxNy1UQ instance=dovecot service=lmtp "
	  "id_time=2026-11-21T00:21:54.966557Z roles=attempt "
	  "session:own=SH2cOSLkAGseJAAAxNy1UQ" },
	{ "Mar 14 09:15:02 mx1 dovecot: "
	  "lmtp(bob)<9246><SH2cOSLkAGseJAAAxNy1UQ>: sieve: "
	  "msgid=<m1@example.org>: rejected message from <a@example.org> "
	  "(reject)",
	  "bounce message_id=m1@example.org recipient=bob reply=\"rejected "
	  "message from <a@example.org> (reject)\" "
	  "session_id=SH2cOSLkAGseJAAAxNy1UQ instance=dovecot service=lmtp "
	  "id_time=2026-11-21T00:21:54.966557Z roles=attempt "
	  "session:own=SH2cOSLkAGseJAAAxNy1UQ" },
	{ "Mar 14 09:15:02 mx1 dovecot: "
	  "lmtp(bob)<9246><SH2cOSLkAGseJAAAxNy1UQ>: sieve: "
	  "msgid=<m1@example.org>: sent vacation response to <a@example.org>",
	  "bounce_generated message_id=m1@example.org recipient=bob "
	  "place=a@example.org session_id=SH2cOSLkAGseJAAAxNy1UQ "
	  "instance=dovecot service=lmtp "
	  "id_time=2026-11-21T00:21:54.966557Z roles=attempt "
	  "session:own=SH2cOSLkAGseJAAAxNy1UQ" },
	{ "Nov 21 07:51:56 mx1 dovecot: "
	  "lmtp(fay)<189><SH2cOSLkAGseJAAAxNy1UQ>: sieve: "
	  "msgid=<m5@example.org>: redirect action: forwarded to "
	  "<fay@home.example>",
	  "redirect message_id=m5@example.org recipient=fay "
	  "place=fay@home.example session_id=SH2cOSLkAGseJAAAxNy1UQ "
	  "instance=dovecot service=lmtp id_time=2026-11-21T00:21:54.966557Z "
	  "roles=attempt session:own=SH2cOSLkAGseJAAAxNy1UQ" },
	{ "Nov 21 07:51:54 mx1 dovecot: "
	  "lmtp(eve)<189><SH2cOSLkAGseJAAAxNy1UQ>: sieve: "
	  "msgid=<m4@example.org>: discard action: Marked message to be "
	  "discarded if not explicitly delivered (discard action)",
	  "discard message_id=m4@example.org recipient=eve "
	  "session_id=SH2cOSLkAGseJAAAxNy1UQ instance=dovecot service=lmtp "
	  "id_time=2026-11-21T00:21:54.966557Z roles=attempt "
	  "session:own=SH2cOSLkAGseJAAAxNy1UQ" },
	{ "Mar 14 09:15:02 mx1 dovecot: "
	  "lmtp(bob)<9246><SH2cOSLkAGseJAAAxNy1UQ>: msgid=<m1@example.org>: "
	  "save failed to INBOX: Quota exceeded (mailbox for user is full)",
	  "defer message_id=m1@example.org recipient=bob reply=\"save failed "
	  "to INBOX: Quota exceeded (mailbox for user is full)\" "
	  "session_id=SH2cOSLkAGseJAAAxNy1UQ instance=dovecot service=lmtp "
	  "id_time=2026-11-21T00:21:54.966557Z "
	  "session:own=SH2cOSLkAGseJAAAxNy1UQ" },
	{ "Mar 14 09:15:02 mx1 dovecot: lda(bob)<9300><abcdefgh>: "
	  "msgid=<m1@example.org>: saved mail to INBOX",
	  "deliver message_id=m1@example.org recipient=bob place=INBOX "
	  "session_id=abcdefgh instance=dovecot service=lda roles=attempt "
	  "session:own=abcdefgh message_id:own=m1@example.org" },
	{ "Mar 14 09:15:02 mx1 dovecot: deliver(bob): msgid=<m1@example.org>: "
	  "saved mail to INBOX",
	  "deliver message_id=m1@example.org recipient=bob place=INBOX "
	  "instance=dovecot service=deliver roles=attempt "
	  "session:own=m1@example.org message_id:own=m1@example.org" },
	{ "Mar 14 09:15:02 mx1 dovecot: lmtp(9246): Connect from 192.0.2.7",
	  "connect client_ip=192.0.2.7 instance=dovecot service=lmtp" },
	{ "Mar 14 09:15:03 mx1 dovecot: lmtp(9246): Disconnect from local: "
	  "Logged out (state=READY)",
	  "disconnect client_name=local reply=\"Logged out (state=READY)\" "
	  "instance=dovecot service=lmtp" },
	{ "Mar 14 09:15:03 mx1 dovecot: "
	  "lmtp(bob)<9246><SH2cOSLkAGseJAAAxNy1UQ>: Warning: Created dotlock "
	  "file's timestamp is different",
	  "info recipient=bob instance=dovecot service=lmtp" },
	{ "Mar 14 09:15:04 mx1 dovecot: imap-login: Login: "
	  "user=<bob@example.com>, method=PLAIN, rip=192.0.2.9, "
	  "lip=192.0.2.1, mpid=18, TLS, session=<PeYcgjjOGOisEQAB>",
	  "auth_ok client_ip=192.0.2.9 user=bob@example.com "
	  "auth_method=PLAIN session_id=PeYcgjjOGOisEQAB instance=dovecot "
	  "service=imap roles=attempt session:own=PeYcgjjOGOisEQAB" },
	{ "Mar 14 09:15:04 mx1 dovecot: imap-login: Logged in: "
	  "user=<bob@example.com>, method=PLAIN, rip=192.0.2.9, "
	  "lip=192.0.2.1, mpid=18, TLS, session=<PeYcgjjOGOisEQAB>",
	  "auth_ok client_ip=192.0.2.9 user=bob@example.com "
	  "auth_method=PLAIN session_id=PeYcgjjOGOisEQAB instance=dovecot "
	  "service=imap roles=attempt session:own=PeYcgjjOGOisEQAB" },
	{ "Mar 14 09:15:05 mx1 dovecot[7508]: pop3-login: Info: "
	  "Disconnected: Connection closed (auth failed, 2 attempts in 30 "
	  "secs): user=<eve@example.com>, method=PLAIN, rip=198.51.100.7, "
	  "lip=192.0.2.1, TLS: Connection closed, session=<oEOptynOHNasEQAB>",
	  "auth_fail client_ip=198.51.100.7 user=eve@example.com "
	  "auth_method=PLAIN reply=\"auth failed, 2 attempts in 30 secs\" "
	  "session_id=oEOptynOHNasEQAB instance=dovecot service=pop3 "
	  "repeat=2 roles=attempt session:own=oEOptynOHNasEQAB" },
	{ "Mar 14 09:15:05 mx1 dovecot: imap-login: Login aborted: "
	  "Connection closed (auth failed, 3 attempts in 16 secs) "
	  "(auth_failed): user=<eve@example.com>, method=PLAIN, "
	  "rip=2001:db8::7, lip=2001:db8::1, TLS, session=<5Tfu2CnO3pKsEQAB>",
	  "auth_fail client_ip=2001:db8::7 user=eve@example.com "
	  "auth_method=PLAIN reply=\"auth failed, 3 attempts in 16 secs\" "
	  "session_id=5Tfu2CnO3pKsEQAB instance=dovecot service=imap "
	  "repeat=3 roles=attempt session:own=5Tfu2CnO3pKsEQAB" },
	{ "Mar 14 09:15:05 mx1 dovecot: imap-login: Disconnected (no auth "
	  "attempts in 0 secs): user=<>, rip=198.51.100.7, lip=192.0.2.1, "
	  "session=<HfdbgTjOEOisEQAB>",
	  "disconnect client_ip=198.51.100.7 reply=\"Disconnected (no auth "
	  "attempts in 0 secs)\" session_id=HfdbgTjOEOisEQAB "
	  "instance=dovecot service=imap session:own=HfdbgTjOEOisEQAB" },
	{ "Mar 14 09:15:06 mx1 dovecot: auth-worker(14864): conn "
	  "unix:auth-worker (pid=14830,uid=109): auth-worker<6>: "
	  "sql(eve@example.com,198.51.100.7,<oEOptynOHNasEQAB>): Password "
	  "mismatch (given password: secret)",
	  "auth_fail client_ip=198.51.100.7 user=eve@example.com "
	  "reply=\"Password mismatch\" session_id=oEOptynOHNasEQAB "
	  "instance=dovecot service=auth roles=attempt "
	  "session:own=oEOptynOHNasEQAB" },
	{ "Mar 14 09:15:06 mx1 dovecot: auth: "
	  "passwd-file(carol,198.51.100.7): unknown user",
	  "auth_fail client_ip=198.51.100.7 user=carol reply=\"unknown "
	  "user\" instance=dovecot service=auth" },
	{ "Mar 14 09:15:06 mx1 dovecot: "
	  "auth(eve@example.com,198.51.100.7,sasl:plain)<oEOptynOHNasEQAB>: "
	  "Password mismatch",
	  "auth_fail client_ip=198.51.100.7 user=eve@example.com "
	  "auth_method=plain reply=\"Password mismatch\" "
	  "session_id=oEOptynOHNasEQAB instance=dovecot service=auth "
	  "roles=attempt session:own=oEOptynOHNasEQAB" },
	{ "Mar 14 09:15:07 mx1 dovecot: "
	  "imap(bob@example.com)<18><PeYcgjjOGOisEQAB>: Disconnected: Logged "
	  "out in=83 out=1254 deleted=0 expunged=0",
	  "disconnect user=bob@example.com session_id=PeYcgjjOGOisEQAB "
	  "instance=dovecot service=imap counters=\"Disconnected: Logged out "
	  "in=83 out=1254 deleted=0 expunged=0\" roles=session_closes "
	  "session:own=PeYcgjjOGOisEQAB" },
	{ "Mar 14 09:15:07 mx1 dovecot: "
	  "imap(bob@example.com)<18><PeYcgjjOGOisEQAB>: expunge: box=INBOX, "
	  "uid=12, msgid=<m1@example.org>, size=1234",
	  "info message_id=m1@example.org user=bob@example.com place=INBOX "
	  "verdict=expunge session_id=PeYcgjjOGOisEQAB instance=dovecot "
	  "service=imap session:own=PeYcgjjOGOisEQAB" },
	{ "Mar 14 09:15:08 mx1 dovecot: master: Warning: Killed with signal "
	  "15 (by pid=1 uid=0 code=kill)",
	  "info instance=dovecot service=master" },
};

const struct parser parser_dovecot = {
	.name = "dovecot",
	.about = "Dovecot 2.2-2.4: lmtp, lda, Sieve, logins, auth",
	.life = 0,
	.claims = claims,
	.parse = parse,
	.examples = examples,
	.nexamples = sizeof examples / sizeof *examples,
};
