/* SPDX-License-Identifier: MIT */
/* Postfix: sessions of the SMTP server, refusals, logins and TLS. */
#include "parsers/ids/id.h"
#include "parsers/postfix.h"

static bool server_connect(struct pf *p)
{
	struct slice s = p->body;
	struct pf_peer peer;
	struct event *e;

	if (!PF_SKIP(&s, "connect from "))
		return false;
	e = pf_add(p, ACTION_CONNECT, ROLE_SESSION_OPENS);
	if (pf_peer(&s, &peer))
		pf_set_client(e, &peer);
	else
		pf_damage(e);
	return true;
}

static bool server_disconnect(struct pf *p)
{
	struct slice s = p->body;
	struct pf_peer peer;
	struct event *e;

	if (!PF_SKIP(&s, "disconnect from "))
		return false;
	e = pf_add(p, ACTION_DISCONNECT, ROLE_SESSION_CLOSES);
	if (!pf_peer(&s, &peer)) {
		pf_damage(e);
		return true;
	}
	pf_set_client(e, &peer);
	s = slice_trim(s);
	if (s.len)
		event_set(e, EV_COUNTERS, s);
	return true;
}

/* Accepted mail ----------------------------------------------------------- */

struct login {
	struct slice method, user, original;
};

/* The order is fixed. sasl_sender is the client's own text (AUTH= of MAIL FROM):
 * what looks like a field behind it proves nothing. */
static void read_login(struct slice s, struct login *l)
{
	size_t end;

	*l = (struct login){ 0 };
	if (PF_SKIP(&s, ", sasl_method=")) {
		l->method = slice_to(s, PF_FIND(s, ", "));
		s = slice_from(s, l->method.len);
	}
	if (PF_SKIP(&s, ", sasl_username=")) {
		end = PF_FIND(s, ", sasl_sender=");
		if (end == SLICE_NONE)
			end = slice_rfind(s, SLICE(", orig_queue_id="));
		if (end == SLICE_NONE)
			end = slice_rfind(s, SLICE(", orig_client="));
		l->user = slice_to(s, end);
		s = slice_from(s, l->user.len);
	}
	if (PF_SKIP(&s, ", orig_queue_id="))
		l->original = slice_to(s, PF_FIND(s, ", "));
}

/* A success has no line of its own. */
static void add_auth_ok(struct pf *p, const struct pf_peer *peer,
                        const struct login *l)
{
	struct slice qid = p->qid;
	struct event *e;

	/* it belongs to the session, not to one of its messages */
	p->qid = slice_of(NULL, 0);
	e = pf_add(p, ACTION_AUTH_OK, ROLE_ATTEMPT);
	p->qid = qid;
	pf_set_client(e, peer);
	event_set(e, EV_USER, l->user);
	if (l->method.len)
		event_set(e, EV_AUTH_METHOD, l->method);
}

static int64_t id_time(struct slice qid)
{
	const struct id_family *family;
	struct id id;

	if (!id_is_postfix_long(qid))
		return TIME_NONE;
	family = id_family_find(SLICE("postfix long"));
	return family && family->decode(qid, TIME_NONE, &id) ? id.lo : TIME_NONE;
}

void pf_set_id_time(struct event *e, struct slice qid)
{
	int64_t us = id_time(qid);

	if (us != TIME_NONE)
		event_set_number(e, EV_ID_TIME, us);
}

static bool server_client(struct pf *p)
{
	struct slice s = p->body;
	struct pf_peer peer;
	struct login login;
	struct event *e;
	bool ok;

	if (!PF_SKIP(&s, "client="))
		return false;
	ok = pf_peer(&s, &peer);
	read_login(s, &login);
	/* before a proxy filter nothing is queued here yet */
	e = pf_add(p, p->qid.len ? ACTION_ACCEPT : ACTION_INFO,
	           p->qid.len ? ROLE_OPENS : 0);
	pf_set_client(e, &peer);
	if (login.method.len)
		event_set(e, EV_AUTH_METHOD, login.method);
	if (login.user.len)
		event_set(e, EV_USER, login.user);
	if (pf_is_id(login.original))
		event_add_key(e, KEY_QUEUE, REL_ORIGINAL, LINK_FILTER,
		              login.original);
	pf_set_id_time(e, p->qid);
	if (!ok)
		pf_damage(e);
	if (login.user.len)
		add_auth_ok(p, &peer, &login);
	return true;
}

/* Refusals ---------------------------------------------------------------- */

enum by { BY_CODE, BY_VERB };

static const struct verb {
	struct slice name;
	enum by by;
	enum action action;
	unsigned roles;
} verbs[] = {
	{ PF_TEXT("reject"), BY_CODE, ACTION_REJECT, ROLE_ATTEMPT },
	{ PF_TEXT("milter-reject"), BY_CODE, ACTION_REJECT, ROLE_ATTEMPT },
	{ PF_TEXT("proxy-reject"), BY_CODE, ACTION_REJECT, ROLE_ATTEMPT },
	{ PF_TEXT("hangup"), BY_CODE, ACTION_REJECT, ROLE_ATTEMPT },
	{ PF_TEXT("proxy-accept"), BY_VERB, ACTION_ACCEPT, ROLE_ATTEMPT },
	{ PF_TEXT("hold"), BY_VERB, ACTION_HOLD, ROLE_ATTEMPT },
	{ PF_TEXT("milter-hold"), BY_VERB, ACTION_HOLD, ROLE_ATTEMPT },
	{ PF_TEXT("discard"), BY_VERB, ACTION_DISCARD, ROLE_ATTEMPT },
	{ PF_TEXT("milter-discard"), BY_VERB, ACTION_DISCARD, ROLE_ATTEMPT },
	{ PF_TEXT("reject_warning"), BY_VERB, ACTION_INFO, 0 },
	{ PF_TEXT("warn"), BY_VERB, ACTION_INFO, 0 },
	{ PF_TEXT("warning"), BY_VERB, ACTION_INFO, 0 },
	{ PF_TEXT("info"), BY_VERB, ACTION_INFO, 0 },
	{ PF_TEXT("filter"), BY_VERB, ACTION_INFO, 0 },
	{ PF_TEXT("redirect"), BY_VERB, ACTION_INFO, 0 },
	{ PF_TEXT("prepend"), BY_VERB, ACTION_INFO, 0 },
	{ PF_TEXT("replace"), BY_VERB, ACTION_INFO, 0 },
	{ PF_TEXT("bcc"), BY_VERB, ACTION_INFO, 0 },
	{ PF_TEXT("delay"), BY_VERB, ACTION_INFO, 0 },
	{ PF_TEXT("permit"), BY_VERB, ACTION_INFO, 0 },
	{ PF_TEXT("client-first-reject"), BY_VERB, ACTION_INFO, 0 },
	{ PF_TEXT("abort"), BY_VERB, ACTION_INFO, 0 },
};

/* "VERB: " at the start of *S, which goes behind it. */
static const struct verb *take_verb(struct slice *s)
{
	size_t n = 0;

	while (n < s->len && n < 20 && s->ptr[n] != ':' && s->ptr[n] != ' ')
		n++;
	if (n + 1 >= s->len || s->ptr[n] != ':' || s->ptr[n + 1] != ' ')
		return NULL;
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		if (verbs[i].name.len == n &&
		    memcmp(verbs[i].name.ptr, s->ptr, n) == 0) {
			*s = slice_from(*s, n + 2);
			return &verbs[i];
		}
	}
	return NULL;
}

/* "RCPT", "END-OF-MESSAGE": bytes, 0 if none stands there. */
static size_t stage_length(struct slice s)
{
	size_t n = 0;

	while (n < s.len && n < 24 &&
	       ((s.ptr[n] >= 'A' && s.ptr[n] <= 'Z') || s.ptr[n] == '-'))
		n++;
	return n && (n == s.len || s.ptr[n] == ' ' || s.ptr[n] == ':') ? n : 0;
}

static bool address_ends(struct slice rest)
{
	return PF_STARTS(rest, ": ");
}

/* The text behind code and "<ADDR>: ". ADDR is the client's, may be quoted, and
 * is stepped over before the fields are looked for. */
static struct slice behind_address(struct slice s, struct slice *address)
{
	struct pf_answer a = pf_answer(s);

	*address = slice_of(NULL, 0);
	if (a.code >= 0)
		s = slice_from(s, 4);
	if (a.dsn.len)
		s = slice_trim(slice_from(s, a.dsn.len));
	if (s.len && s.ptr[0] == '<')
		pf_address(&s, address_ends, address);
	return s;
}

static bool names(const struct pf_tail *t, struct slice address)
{
	return slice_eq(t->recipient, address) ||
	       slice_eq(t->sender, address) || slice_eq(t->helo, address);
}

#define TAILS_TRIED 64 /* a hostile line may hold any number */

/* Where the fields begin: the "; " behind which all of the line is fields. Both
 * a remote server's words in the answer and the client's HELO can look like
 * fields; *DOUBT says that several places do. The first whose fields hold the
 * address that was refused is taken. SLICE_NONE if there is none. */
static size_t find_tail(struct slice text, struct slice address,
                        struct pf_tail *t, bool *doubt)
{
	size_t at = 0, found = SLICE_NONE;
	bool sure = false;

	*doubt = false;
	for (int tries = 0; tries < TAILS_TRIED; tries++) {
		size_t n = PF_FIND(slice_from(text, at), "; ");
		struct pf_tail here;

		if (n == SLICE_NONE)
			return found;
		at += n + 2;
		if (!pf_tail(slice_from(text, at), false, &here))
			continue;
		*doubt |= found != SLICE_NONE;
		if (found != SLICE_NONE && (sure || !names(&here, address)))
			continue;
		sure = address.len == 0 || names(&here, address);
		found = at - 2;
		*t = here;
	}
	*doubt = true;
	return found;
}

static enum action action_of(const struct verb *v, const struct pf_answer *a)
{
	if (v->by == BY_VERB)
		return v->action;
	if (a->code >= 0)
		return a->code < 500 ? ACTION_TEMPFAIL : ACTION_REJECT;
	return a->dsn.len && a->dsn.ptr[0] == '4' ? ACTION_TEMPFAIL
	                                          : ACTION_REJECT;
}

/* Fields that do not reach the end of the line: those that are whole. */
static size_t cut_tail(struct slice rest, struct event *e, struct pf_tail *t)
{
	size_t at = PF_FIND(rest, "; from=<");

	if (at == SLICE_NONE)
		return at;
	pf_damage(e);
	pf_tail(slice_from(rest, at + 2), false, t);
	t->helo = t->method = t->user = slice_of(NULL, 0);
	return at;
}

static void refusal_text(struct pf *p, struct event *e, const struct verb *v,
                         struct slice text)
{
	struct slice address, rest = behind_address(text, &address);
	struct pf_answer a = pf_answer(text);
	struct pf_tail t = { 0 };
	bool doubt;
	size_t end = find_tail(rest, address, &t, &doubt);

	if (end == SLICE_NONE)
		end = cut_tail(rest, e, &t);
	if (doubt)
		pf_damage(e);
	text = slice_to(text, end == SLICE_NONE
	                              ? text.len
	                              : (size_t)(rest.ptr - text.ptr) + end);
	e->action = action_of(v, &a);
	pf_set_answer(e, &a);
	pf_set_tail(e, &t);
	if (text.len)
		event_set(e, EV_REPLY, text);
	if (e->action == ACTION_ACCEPT) {
		struct slice next = id_next_of_reply(text);

		if (next.len)
			event_set(e, EV_NEXT_QUEUE_ID, next);
	}
	/* postscreen tells the reason where it answers 421 */
	if (p->daemon == PF_POSTSCREEN && a.code < 0 && v->by == BY_CODE)
		e->action = ACTION_TEMPFAIL;
}

bool pf_refusal(struct pf *p)
{
	struct slice s = p->body;
	const struct verb *v = take_verb(&s);
	size_t n = v ? stage_length(s) : 0;
	struct pf_peer peer;
	struct event *e;

	if (n == 0)
		return false;
	e = pf_add(p, v->by == BY_CODE ? ACTION_REJECT : v->action, v->roles);
	event_set(e, EV_STAGE, slice_to(s, n));
	s = slice_from(s, n);
	if (PF_SKIP(&s, " from ")) {
		if (!pf_peer(&s, &peer)) {
			pf_damage(e);
			return true;
		}
		pf_set_client(e, &peer);
	}
	if (PF_SKIP(&s, ": "))
		refusal_text(p, e, v, s);
	else if (s.len == 0)
		pf_damage(e);
	return true;
}

/* Logins ------------------------------------------------------------------ */

/* "NAME[IP]: SASL LOGIN authentication failed: REASON[, sasl_username=U]" */
static bool server_auth(struct pf *p)
{
	struct slice s = p->body, method;
	struct pf_peer peer;
	struct event *e;
	size_t end;

	if (!p->level || !pf_peer(&s, &peer) || !PF_SKIP(&s, ": SASL "))
		return false;
	method = slice_to(s, slice_chr(s, ' '));
	s = slice_from(s, method.len);
	if (!PF_SKIP(&s, " authentication failed"))
		return false;
	e = pf_add(p, ACTION_AUTH_FAIL, ROLE_ATTEMPT);
	pf_set_client(e, &peer);
	event_set(e, EV_AUTH_METHOD, method);
	if (!PF_SKIP(&s, ": "))
		return true;
	/* the reason is the server's own text, the login is the client's */
	end = PF_FIND(s, ", sasl_username=");
	if (end != SLICE_NONE && s.len > end + 16)
		event_set(e, EV_USER, slice_from(s, end + 16));
	s = slice_to(s, end);
	if (s.len)
		event_set(e, EV_REPLY, s);
	return true;
}

/* TLS --------------------------------------------------------------------- */

/* "TLSv1.3 with cipher C (256/256 bits) …" as "TLSv1.3 C". */
static struct slice tls_text(struct pf *p, struct slice s)
{
	struct slice version = slice_to(s, slice_chr(s, ' ')), cipher;
	char *copy;

	s = slice_from(s, version.len);
	if (!PF_SKIP(&s, " with cipher "))
		return version;
	cipher = slice_to(s, slice_chr(s, ' '));
	copy = arena_bytes(p->arena, version.len + 1 + cipher.len);
	memcpy(copy, version.ptr, version.len);
	copy[version.len] = ' ';
	memcpy(copy + version.len + 1, cipher.ptr, cipher.len);
	return slice_of(copy, version.len + 1 + cipher.len);
}

bool pf_tls(struct pf *p)
{
	struct slice s = p->body;
	struct pf_peer peer;
	struct event *e;
	bool from;
	size_t at;

	slice_cut(&s, ' ');
	if (!PF_SKIP(&s, "TLS connection ") ||
	    (!PF_SKIP(&s, "established ") && !PF_SKIP(&s, "reused ")))
		return false;
	from = PF_SKIP(&s, "from ");
	if (!from && !PF_SKIP(&s, "to "))
		return false;
	/* a connection to another server is not the client's session */
	if (!from)
		p->session = slice_of(NULL, 0);
	e = pf_add(p, ACTION_TLS, 0);
	if (!pf_peer(&s, &peer) || (at = PF_FIND(s, ": ")) == SLICE_NONE) {
		pf_damage(e);
		return true;
	}
	if (from)
		pf_set_client(e, &peer);
	else
		pf_set_relay(e, &peer);
	event_set(e, EV_TLS, tls_text(p, slice_from(s, at + 2)));
	return true;
}

/* The rest ---------------------------------------------------------------- */

/* "lost connection after RCPT from NAME[IP]", "timeout after DATA (12 bytes)
 * from …", "improper command pipelining after EHLO from …: …" */
static bool server_after(struct pf *p)
{
	static const struct slice heads[] = {
		PF_TEXT("lost connection after "),
		PF_TEXT("timeout after "),
		PF_TEXT("too many errors after "),
		PF_TEXT("improper command pipelining after "),
		PF_TEXT("bare <LF> received after "),
	};
	struct slice s = p->body;
	struct pf_peer peer;
	struct event *e;
	size_t i, n;

	for (i = 0; i < sizeof heads / sizeof *heads; i++)
		if (pf_skip(&s, heads[i]))
			break;
	if (i == sizeof heads / sizeof *heads)
		return false;
	e = pf_add(p, ACTION_INFO, 0);
	n = stage_length(s);
	if (n)
		event_set(e, EV_STAGE, slice_to(s, n));
	n = PF_FIND(s, " from ");
	s = n == SLICE_NONE ? s : slice_from(s, n + 6);
	if (n != SLICE_NONE && pf_peer(&s, &peer))
		pf_set_client(e, &peer);
	else
		pf_damage(e);
	return true;
}

/* "hostname H does not resolve to address IP: …": the name is only claimed. */
static bool server_name(struct pf *p)
{
	struct slice s = p->body, name, ip;
	struct event *e;

	if (!PF_SKIP(&s, "hostname "))
		return false;
	name = slice_to(s, slice_chr(s, ' '));
	s = slice_from(s, name.len);
	if (!PF_SKIP(&s, " does not resolve to address "))
		return false;
	ip = slice_to(s, PF_FIND(s, ": "));
	e = pf_add(p, ACTION_INFO, 0);
	if (ip.len)
		event_set(e, EV_CLIENT_IP, ip);
	return true;
}

/* "non-SMTP command from NAME[IP]: GET / HTTP/1.1", "Illegal address syntax
 * from NAME[IP] in MAIL command: <…>", "SSL_accept error from NAME[IP]: -1" */
static bool server_complaint(struct pf *p)
{
	static const struct slice heads[] = {
		PF_TEXT("non-SMTP command from "),
		PF_TEXT("Illegal address syntax from "),
		PF_TEXT("SSL_accept error from "),
		PF_TEXT("TLS SNI from "),
		PF_TEXT("setting up TLS connection from "),
	};
	struct slice s = p->body;
	struct pf_peer peer;
	struct event *e;

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		if (!pf_skip(&s, heads[i]))
			continue;
		e = pf_add(p, ACTION_INFO, 0);
		if (pf_peer(&s, &peer))
			pf_set_client(e, &peer);
		return true;
	}
	return false;
}

/* 'proxy 127.0.0.1:10023 rejected "MAIL FROM:<a@b> …": "501 5.5.2 …"': the
 * answer of the proxy, not the one that the client gets. */
static bool server_proxy(struct pf *p)
{
	struct slice s = p->body;
	struct pf_answer a;
	struct event *e;
	size_t at;

	if (!PF_SKIP(&s, "proxy ") || PF_FIND(s, " rejected \"") == SLICE_NONE)
		return false;
	at = slice_rfind(s, SLICE("\": \""));
	e = pf_add(p, ACTION_INFO, 0);
	if (at == SLICE_NONE)
		return true;
	s = slice_from(s, at + 4);
	if (slice_ends(s, SLICE("\"")))
		s.len--;
	a = pf_answer(s);
	pf_set_answer(e, &a);
	if (s.len)
		event_set(e, EV_REPLY, s);
	return true;
}

bool pf_smtpd(struct pf *p)
{
	switch (p->body.len ? p->body.ptr[0] : 0) {
	case 'c':
		if (server_client(p) || server_connect(p))
			return true;
		break;
	case 'd':
		if (server_disconnect(p))
			return true;
		break;
	default:
		break;
	}
	return pf_refusal(p) || server_auth(p) || pf_tls(p) ||
	       server_after(p) || server_complaint(p) || server_name(p) ||
	       server_proxy(p);
}
