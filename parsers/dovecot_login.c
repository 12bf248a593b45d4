/* SPDX-License-Identifier: MIT */
/* Dovecot: logins, failed ones, and what the authentication service says.
 *
 * A login process counts its client's failures and says so when the client
 * leaves ("auth failed, 3 attempts"): that many attempts. Lines of auth and
 * auth-worker (auth_verbose=yes) tell the same failures one by one; with a session
 * they are attempts too, which the trace unites with the count; without one they
 * come from another server's client (SASL for an MTA), which logs its own.
 * Sessions are named uniquely: no line opens or closes one here, so that lines of
 * two processes, which come in any order, stay together. */
#include "parsers/dovecot.h"
#include "parsers/ids/id.h"

/* "user=<U>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.2, mpid=3, TLS,
 * session=<S>" */
struct tail {
	struct slice user, method, rip, session;
	int64_t rport; /* -1 */
	bool tls;
};

/* The last place where what follows a user begins: all before it may be what
 * the client called himself. */
static size_t user_end(struct slice s)
{
	static const struct slice marks[] = { AG_TEXT(">, method="),
		                              AG_TEXT(">, rip=") };
	size_t end = SLICE_NONE;

	for (size_t i = 0; i < 2; i++) {
		size_t at = slice_rfind(s, marks[i]);

		/* "method=" comes before "rip=" and is absent without one */
		if (at != SLICE_NONE && (end == SLICE_NONE || at > end))
			end = at;
	}
	return end;
}

static struct slice word_behind(struct slice s, struct slice mark)
{
	size_t at = slice_find(s, mark);

	if (at == SLICE_NONE)
		return slice_of(NULL, 0);
	s = slice_from(s, at + mark.len);
	return slice_to(s, slice_chr(s, ','));
}

static bool read_tail(struct slice s, struct tail *t)
{
	size_t at;

	*t = (struct tail){ .rport = -1 };
	if (AG_SKIP(&s, "user=<")) {
		at = user_end(s);
		if (at == SLICE_NONE)
			return false;
		t->user = slice_to(s, at);
		s = slice_from(s, at + 1);
	}
	t->method = word_behind(s, SLICE("method="));
	t->rip = word_behind(s, SLICE("rip="));
	at = AG_FIND(s, "rport=");
	if (at != SLICE_NONE) {
		struct slice digits = slice_from(s, at + 6);

		if (!ag_number(&digits, &t->rport))
			t->rport = -1;
	}
	t->tls = AG_FIND(s, ", TLS") != SLICE_NONE;
	at = AG_RFIND(s, "session=<");
	if (at != SLICE_NONE) {
		t->session = slice_from(s, at + 9);
		t->session = slice_to(t->session, slice_chr(t->session, '>'));
	}
	return ag_is_ip(t->rip);
}

/* The session's id holds the client's address. */
static bool is_of_another(struct slice session, struct slice ip)
{
	const struct id_family *f = id_family_find(SLICE("dovecot login session"));
	struct id id;

	return f && ip.len && f->decode(session, TIME_NONE, &id) &&
	       !slice_eq_nocase(slice_str(id.ip), ip);
}

static void set_tail(struct event *e, const struct tail *t)
{
	ag_set(e, EV_USER, t->user);
	ag_set(e, EV_AUTH_METHOD, t->method);
	ag_set(e, EV_CLIENT_IP, t->rip);
	if (t->rport > 0 && t->rport < 65536)
		event_set_number(e, EV_CLIENT_PORT, t->rport);
	dv_set_session(e, t->session);
	if (is_of_another(t->session, t->rip))
		e->roles |= ROLE_ADDRESS_WRONG;
}

/* "(auth failed, 3 attempts in 12 secs)": how many, 0 if it tells of none. */
static int64_t failures(struct slice head)
{
	size_t at = AG_FIND(head, "(auth failed, ");
	int64_t n;

	if (at == SLICE_NONE)
		return AG_FIND(head, "proxy dest auth failed") != SLICE_NONE;
	head = slice_from(head, at + 14);
	if (!ag_number(&head, &n) || !AG_STARTS(head, " attempts"))
		return 0;
	return n;
}

/* "imap-login" serves "imap". */
static struct slice served(struct slice service)
{
	if (slice_ends(service, SLICE("-login")))
		service.len -= 6;
	return service;
}

/* Where "user=<" or the rest of the tail begins. */
static size_t find_tail(struct slice s)
{
	static const struct slice heads[] = { AG_TEXT(": user=<"),
		                              AG_TEXT(": method="),
		                              AG_TEXT(": rip=") };

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		size_t at = slice_find(s, heads[i]);

		if (at != SLICE_NONE)
			return at;
	}
	return SLICE_NONE;
}

static void login_failed(struct dv *d, const struct tail *t, struct slice head,
                         int64_t n)
{
	struct event *e = dv_add(d, ACTION_AUTH_FAIL, ROLE_ATTEMPT,
	                         served(d->service));
	size_t from = slice_chr(head, '(');

	set_tail(e, t);
	head = slice_from(head, from == SLICE_NONE ? 0 : from + 1);
	event_set(e, EV_REPLY, slice_to(head, slice_chr(head, ')')));
	event_set_number(e, EV_REPEAT, n);
}

static bool plain_line(struct dv *d)
{
	dv_add(d, ACTION_INFO, 0, served(d->service));
	return true;
}

static bool login_line(struct dv *d, struct slice head, const struct tail *t)
{
	int64_t n = failures(head);
	struct event *e;

	if (n) {
		login_failed(d, t, head, n);
		return true;
	}
	if (slice_eq(head, SLICE("Login")) ||
	    slice_eq(head, SLICE("Logged in")) ||
	    AG_FIND(head, "started proxying to ") != SLICE_NONE) {
		set_tail(dv_add(d, ACTION_AUTH_OK, ROLE_ATTEMPT,
		                served(d->service)),
		         t);
		return true;
	}
	e = dv_add(d, ACTION_DISCONNECT, 0, served(d->service));
	set_tail(e, t);
	ag_set(e, EV_REPLY, head);
	return true;
}

bool dv_login(struct dv *d)
{
	size_t at = find_tail(d->body);
	struct tail t;

	if (at == SLICE_NONE)
		return d->level && plain_line(d);
	if (read_tail(slice_from(d->body, at + 2), &t))
		return login_line(d, slice_to(d->body, at), &t);
	d->damaged = true;
	return plain_line(d);
}

/* "USER,192.0.2.1,<SESSION>", "USER,192.0.2.1,sasl:plain": read from behind,
 * since the user is whatever a client sent. */
static bool read_identity(struct slice s, struct tail *t)
{
	*t = (struct tail){ .rport = -1 };
	for (int i = 0; i < 4; i++) {
		size_t at = slice_rchr(s, ',');
		struct slice last = slice_from(s, at == SLICE_NONE ? 0 : at + 1);

		if (at == SLICE_NONE)
			return false;
		s = slice_to(s, at);
		if (last.len > 2 && last.ptr[0] == '<') {
			t->session = slice_of(last.ptr + 1, last.len - 2);
		} else if (AG_SKIP(&last, "sasl:")) {
			t->method = last;
		} else if (ag_is_ip(last)) {
			t->rip = last;
			t->user = s;
			return true;
		} else if (last.len) {
			return false;
		}
	}
	return false;
}

/* "conn unix:auth-worker (pid=1,uid=2): auth-worker<6>: " */
static void skip_connection(struct slice *s)
{
	size_t at;

	if (!AG_STARTS(*s, "conn unix:"))
		return;
	at = AG_FIND(*s, "): ");
	if (at == SLICE_NONE)
		return;
	*s = slice_from(*s, at + 3);
	if (AG_STARTS(*s, "auth")) {
		at = AG_FIND(*s, ">: ");
		if (at != SLICE_NONE && at < 24)
			*s = slice_from(*s, at + 3);
	}
	AG_SKIP(s, "Info: ");
}

static bool is_refusal(struct slice s)
{
	static const struct slice heads[] = {
		AG_TEXT("unknown user"),
		AG_TEXT("password mismatch"),
		AG_TEXT("invalid credentials"),
		AG_TEXT("pam_authenticate() failed"),
		AG_TEXT("pam_acct_mgmt() failed"),
		AG_TEXT("authentication failed"),
		AG_TEXT("allow_nets check failed"),
		AG_TEXT("login attempted with password having weak scheme"),
		AG_TEXT("account is locked"),
		AG_TEXT("user is disabled"),
		AG_TEXT("no password"),
	};

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		if (slice_eq_nocase(slice_to(s, heads[i].len), heads[i]))
			return true;
	return false;
}

/* What auth_verbose_passwords adds is no part of the answer. */
static struct slice without_password(struct slice s)
{
	size_t at = AG_FIND(s, " (given password:");

	if (at == SLICE_NONE)
		at = AG_FIND(s, " (SHA1 of given password:");
	return slice_to(s, at);
}

static void auth_failed(struct dv *d, const struct tail *t, struct slice why)
{
	struct event *e = dv_add(d, ACTION_AUTH_FAIL,
	                         t->session.len ? ROLE_ATTEMPT : 0,
	                         SLICE("auth"));

	set_tail(e, t);
	ag_set(e, EV_REPLY, without_password(why));
}

/* "sql(USER,IP,<SESSION>): unknown user"; 2.4 puts "<SESSION>" behind. */
static bool identity_line(struct dv *d, struct slice s)
{
	size_t open = slice_chr(s, '('), close;
	struct slice after;
	struct tail t;

	if (open == SLICE_NONE || open > 24)
		return false;
	close = AG_FIND(s, "): ");
	if (close == SLICE_NONE)
		close = AG_FIND(s, ")<");
	else if (AG_FIND(slice_to(s, close), ")<") != SLICE_NONE)
		close = AG_FIND(s, ")<");
	if (close == SLICE_NONE || close < open ||
	    !read_identity(slice_of(s.ptr + open + 1, close - open - 1), &t))
		return false;
	after = slice_from(s, close + 1);
	if (AG_SKIP(&after, "<")) {
		t.session = slice_cut(&after, '>');
	}
	if (!AG_SKIP(&after, ": "))
		return false;
	if (is_refusal(after))
		auth_failed(d, &t, after);
	else
		set_tail(dv_add(d, ACTION_INFO, 0, SLICE("auth")), &t);
	return true;
}

bool dv_auth(struct dv *d)
{
	struct slice s = d->body;

	skip_connection(&s);
	/* "auth: (USER,IP): …" and "auth(USER,IP,sasl:plain)<SESSION>: …" */
	if (identity_line(d, s) || identity_line(d, d->front))
		return true;
	dv_add(d, ACTION_INFO, 0, SLICE("auth"));
	return true;
}
