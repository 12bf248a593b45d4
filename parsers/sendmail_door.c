/* SPDX-License-Identifier: MIT */
/* Sendmail: refusals, milters, logins and connections. */
#include "parsers/sendmail.h"

#include "parsers/answer.h"

static struct slice literal(struct sm *p, struct slice text)
{
	return arena_slice(p->arena, text);
}

static enum action refused_as(int class)
{
	return class == 4 ? ACTION_TEMPFAIL : ACTION_REJECT;
}

/* A refusal at STAGE with what the client was told, if that was logged. */
static struct event *refuse(struct sm *p, struct slice stage, struct slice reply)
{
	struct event *e = sm_add(p, ACTION_REJECT, ROLE_ATTEMPT,
	                         SM_MESSAGE | SM_SESSION);

	if (stage.len)
		event_set(e, EV_STAGE, literal(p, stage));
	if (reply.len) {
		event_set(e, EV_REPLY, reply);
		e->action = refused_as(event_set_answer(e, reply));
	}
	return e;
}

/* Rulesets ------------------------------------------------------------------ */

struct ruleset {
	struct slice name, arg1, arg2, relay, verdict;
};

/* What the client said ends at Sendmail's own words behind it. */
static bool read_arg(struct sm *p, struct slice *s, struct slice *arg)
{
	struct slice rest = *s;
	size_t at, other;

	if (rest.len && rest.ptr[0] == '<' && sm_address(&rest, arg) &&
	    (SM_STARTS(rest, ", arg2=") || SM_STARTS(rest, ", relay="))) {
		*s = rest;
		return true;
	}
	at = slice_find(*s, SLICE(", relay="));
	other = slice_find(*s, SLICE(", arg2="));
	if (at == SLICE_NONE)
		return false;
	if (slice_find(slice_from(*s, at + 1), SLICE(", relay=")) != SLICE_NONE)
		p->damaged = true;
	*arg = slice_to(*s, other < at ? other : at);
	*s = slice_from(*s, arg->len);
	return true;
}

static bool read_ruleset(struct sm *p, struct slice s, struct ruleset *r)
{
	size_t end = slice_find(s, SLICE(", arg1="));
	size_t at;

	if (end == SLICE_NONE)
		return false;
	r->name = slice_to(s, end);
	s = slice_from(s, end + 7);
	if (!read_arg(p, &s, &r->arg1))
		return false;
	if (SM_SKIP(&s, ", arg2=")) {
		at = slice_find(s, SLICE(", relay="));
		r->arg2 = slice_to(s, at);
		s = slice_from(s, at);
	}
	if (!SM_SKIP(&s, ", relay="))
		return false;
	at = slice_find(s, SLICE(", "));
	r->relay = slice_to(s, at);
	r->verdict = at == SLICE_NONE ? slice_of(NULL, 0)
	                              : slice_from(s, at + 2);
	return true;
}

static struct slice stage_of(struct slice name)
{
	static const struct {
		struct slice name, stage;
	} stages[] = {
		{ SM_TEXT("check_rcpt"), SM_TEXT("RCPT") },
		{ SM_TEXT("check_mail"), SM_TEXT("MAIL") },
		{ SM_TEXT("check_relay"), SM_TEXT("CONNECT") },
		{ SM_TEXT("check_data"), SM_TEXT("DATA") },
		{ SM_TEXT("check_eom"), SM_TEXT("END-OF-MESSAGE") },
		{ SM_TEXT("check_etrn"), SM_TEXT("ETRN") },
		{ SM_TEXT("check_vrfy"), SM_TEXT("VRFY") },
		{ SM_TEXT("check_expn"), SM_TEXT("EXPN") },
	};

	for (size_t i = 0; i < sizeof stages / sizeof *stages; i++)
		if (slice_eq(name, stages[i].name))
			return stages[i].stage;
	return slice_of(NULL, 0);
}

static void set_arguments(struct event *e, const struct ruleset *r)
{
	struct sm_peer peer = sm_peer(r->relay);

	sm_set_client(e, &peer);
	if (!r->arg1.len)
		return;
	if (slice_eq(r->name, SLICE("check_rcpt")))
		event_set(e, EV_RECIPIENT, r->arg1);
	else if (slice_eq(r->name, SLICE("check_mail")))
		event_set(e, EV_SENDER, r->arg1);
}

/* "ruleset=check_rcpt, arg1=<…>, relay=…, reject=550 5.7.1 …" */
static bool ruleset_line(struct sm *p)
{
	struct ruleset r = { 0 };
	struct slice s = p->body, verdict;
	struct event *e;

	if (!SM_SKIP(&s, "ruleset="))
		return false;
	if (!read_ruleset(p, s, &r)) {
		p->damaged = true;
		sm_add(p, ACTION_INFO, 0, SM_SESSION);
		return true;
	}
	verdict = r.verdict;
	if (SM_SKIP(&verdict, "reject=")) {
		e = refuse(p, stage_of(r.name), verdict);
		set_arguments(e, &r);
		return true;
	}
	e = refuse(p, stage_of(r.name), slice_of(NULL, 0));
	set_arguments(e, &r);
	if (SM_SKIP(&verdict, "quarantine=")) {
		e->action = ACTION_QUARANTINE;
		event_set(e, EV_REPLY, verdict);
	} else if (SM_STARTS(verdict, "discard")) {
		e->action = ACTION_DISCARD;
	} else {
		e->action = ACTION_INFO;
		e->roles = 0;
	}
	return true;
}

/* "<nobody@example.com>... User unknown" */
static bool address_line(struct sm *p)
{
	struct slice s = p->body, address;
	struct event *e;
	bool size;

	if (!p->qid.len || !s.len || s.ptr[0] != '<' ||
	    !sm_address(&s, &address) || !SM_SKIP(&s, "... "))
		return false;
	size = SM_STARTS(s, "Message size") || SM_STARTS(s, "Sender ");
	e = refuse(p, size ? SLICE("MAIL") : SLICE("RCPT"), s);
	event_set(e, size ? EV_SENDER : EV_RECIPIENT, address);
	return true;
}

/* "collect: relay=…, from=<…>, info=…, where=header, status=tempfail" */
static bool collect_line(struct sm *p)
{
	struct slice s = p->body, status, where, info, from;
	struct sm_peer peer;
	struct event *e;

	if (!SM_SKIP(&s, "collect: relay=") ||
	    !sm_cut_last(&s, SLICE(", status="), &status) ||
	    !sm_cut_last(&s, SLICE(", where="), &where) ||
	    !sm_cut_last(&s, SLICE(", info="), &info))
		return false;
	e = refuse(p, SLICE("DATA"), info);
	e->action = SM_STARTS(status, "temp") ? ACTION_TEMPFAIL : ACTION_REJECT;
	if (!SM_STARTS(status, "temp") && !SM_STARTS(status, "rej")) {
		e->action = ACTION_INFO;
		e->roles = 0;
	}
	peer = sm_peer(slice_to(s, slice_find(s, SLICE(", from="))));
	sm_set_client(e, &peer);
	s = slice_from(s, slice_find(s, SLICE(", from=")));
	if (SM_SKIP(&s, ", from=") && sm_address(&s, &from))
		event_set(e, EV_SENDER, from);
	return true;
}

bool sm_refusal(struct sm *p)
{
	return ruleset_line(p) || address_line(p) || collect_line(p);
}

/* Milters ------------------------------------------------------------------- */

/* "header Subject: from OLD to NEW": NEW mostly holds OLD, and both may hold
 * " to ". */
static struct slice new_subject(struct sm *p, struct slice s)
{
	struct slice found = slice_of(NULL, 0);
	size_t n = 0;

	if (!SM_SKIP(&s, " from "))
		return slice_trim(s);
	for (size_t at = 0; at < s.len; at++) {
		if (!SM_STARTS(slice_from(s, at), " to "))
			continue;
		found = slice_from(s, at + 4);
		n++;
		if (slice_ends(found, slice_to(s, at)))
			return found;
	}
	if (n > 1)
		p->damaged = true;
	return n == 1 ? found : slice_of(NULL, 0);
}

/* "add: header: Subject: x", "change: header Subject: from a to b" */
static void header_change(struct sm *p, struct slice s)
{
	struct event *e = sm_add(p, ACTION_INFO, 0, SM_MESSAGE);
	size_t at = slice_find(s, SLICE("header"));
	struct slice subject;

	s = slice_from(s, at);
	if (!SM_SKIP(&s, "header"))
		return;
	SM_SKIP(&s, ":");
	if (!SM_SKIP(&s, " Subject:"))
		return;
	subject = new_subject(p, s);
	if (subject.len)
		event_set(e, EV_SUBJECT, subject);
}

/* "data", "to=<R>", "from=<S>", "helo=x", "connect: host=h, addr=a"; behind
 * "action=" the name of the step alone */
static void set_milter_stage(struct sm *p, struct event *e, struct slice s)
{
	struct slice address;

	if (SM_SKIP(&s, "to=") || SM_SKIP(&s, "rcpt=")) {
		event_set(e, EV_STAGE, literal(p, SLICE("RCPT")));
		if (sm_address(&s, &address))
			event_set(e, EV_RECIPIENT, address);
	} else if (SM_SKIP(&s, "from=")) {
		event_set(e, EV_STAGE, literal(p, SLICE("MAIL")));
		if (sm_address(&s, &address))
			event_set(e, EV_SENDER, address);
	} else if (SM_SKIP(&s, "helo=")) {
		event_set(e, EV_STAGE, literal(p, SLICE("HELO")));
		if (s.len)
			event_set(e, EV_HELO, s);
	} else if (SM_STARTS(s, "rcpt")) {
		event_set(e, EV_STAGE, literal(p, SLICE("RCPT")));
	} else if (SM_STARTS(s, "mail")) {
		event_set(e, EV_STAGE, literal(p, SLICE("MAIL")));
	} else if (SM_STARTS(s, "helo")) {
		event_set(e, EV_STAGE, literal(p, SLICE("HELO")));
	} else if (SM_STARTS(s, "connect")) {
		event_set(e, EV_STAGE, literal(p, SLICE("CONNECT")));
	} else {
		event_set(e, EV_STAGE, literal(p, SLICE("END-OF-MESSAGE")));
	}
}

/* Said of the connection, before MAIL: its id may never be a message's. */
static bool is_of_connection(struct slice s)
{
	static const struct slice heads[] = {
		SM_TEXT("no active filter"), SM_TEXT("connect"), SM_TEXT("helo"), SM_TEXT("init success"),
		SM_TEXT("init failed"), SM_TEXT("initialization failed"),
		SM_TEXT("error connecting to filter"), SM_TEXT("negotiate"),
	};

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		if (slice_starts(s, heads[i]))
			return true;
	return false;
}

static bool milter_verdict(struct sm *p, struct slice s, struct slice name)
{
	unsigned of = is_of_connection(s) ? SM_SESSION
	                                  : SM_MESSAGE | SM_SESSION;
	struct slice reply = slice_of(NULL, 0);
	struct event *e;
	enum action action;

	if (sm_cut_last(&s, SLICE(", reject="), &reply))
		action = ACTION_REJECT;
	else if (sm_cut_last(&s, SLICE(", tempfail"), &reply))
		action = ACTION_TEMPFAIL;
	else if (sm_cut_last(&s, SLICE(", discard"), &reply))
		action = ACTION_DISCARD;
	else if (sm_cut_last(&s, SLICE("quarantine="), &reply))
		action = ACTION_QUARANTINE;
	else
		return false;
	e = sm_add(p, action, ROLE_ATTEMPT, of);
	if (reply.len) {
		event_set(e, EV_REPLY, reply);
		if (event_set_answer(e, reply) == 4 && action == ACTION_REJECT)
			e->action = ACTION_TEMPFAIL;
	}
	if (name.len)
		event_set(e, EV_SAID_BY, name);
	set_milter_stage(p, e, s);
	return true;
}

/* "Milter (name): data, reject=…", "Milter: to=<R>, reject=…", "Milter change:
 * header …", "Milter insert (1): header: …", "milter=name, action=x, reject=…" */
bool sm_milter(struct sm *p)
{
	struct slice s = p->body, name = slice_of(NULL, 0);
	bool change;
	size_t at;

	if (SM_SKIP(&s, "milter=")) {
		at = slice_find(s, SLICE(", "));
		name = slice_to(s, at);
		s = slice_from(s, at);
		SM_SKIP(&s, ", action=");
		SM_SKIP(&s, ", ");
	} else if (SM_SKIP(&s, "Milter")) {
		change = SM_STARTS(s, " add") || SM_STARTS(s, " insert") ||
		         SM_STARTS(s, " change") || SM_STARTS(s, " delete");
		if (change) {
			header_change(p, s);
			return true;
		}
		if (SM_SKIP(&s, " (")) {
			at = slice_chr(s, ')');
			name = slice_to(s, at);
			s = slice_from(s, name.len);
			SM_SKIP(&s, ")");
		}
		SM_SKIP(&s, ": ");
	} else {
		return false;
	}
	if (milter_verdict(p, s, name))
		return true;
	sm_add(p, ACTION_INFO, 0,
	       is_of_connection(s) ? SM_SESSION
	       : p->qid.len        ? SM_MESSAGE
	                           : SM_NOTHING);
	return true;
}

/* Sessions ------------------------------------------------------------------ */

/* ", KEY=value" anywhere in S. */
static struct slice value_of(struct slice s, struct slice mark)
{
	size_t at = slice_find(s, mark);

	if (at == SLICE_NONE)
		return slice_of(NULL, 0);
	s = slice_from(s, at + mark.len);
	return slice_to(s, slice_find(s, SLICE(", ")));
}

/* "AUTH=server, relay=NAME [IP], authid=U, mech=PLAIN, bits=0" */
static bool login(struct sm *p)
{
	struct slice s = p->body, user, method;
	struct sm_peer peer;
	struct event *e;

	if (!SM_SKIP(&s, "AUTH=server, relay="))
		return false;
	e = sm_add(p, ACTION_AUTH_OK, ROLE_ATTEMPT, SM_SESSION);
	peer = sm_peer(slice_to(s, slice_find(s, SLICE(", "))));
	sm_set_client(e, &peer);
	/* the client chose the name: it ends at the last mark behind it */
	if (sm_cut_last(&s, SLICE(", mech="), &method)) {
		method = slice_to(method, slice_chr(method, ','));
		if (method.len)
			event_set(e, EV_AUTH_METHOD, method);
	} else {
		p->damaged = true;
	}
	s = slice_from(s, slice_find(s, SLICE(", authid=")));
	user = s;
	if (SM_SKIP(&user, ", authid=") && user.len)
		event_set(e, EV_USER, user);
	return true;
}

/* "AUTH failure (LOGIN): authentication failure (-13) SASL(-13): …, user=U,
 * relay=NAME [IP]" */
static bool failed_login(struct sm *p)
{
	struct slice s = p->body, relay, user, method;
	struct sm_peer peer;
	struct event *e;

	if (!SM_SKIP(&s, "AUTH failure ("))
		return false;
	method = slice_to(s, slice_chr(s, ')'));
	e = sm_add(p, ACTION_AUTH_FAIL, ROLE_ATTEMPT, SM_SESSION);
	if (method.len)
		event_set(e, EV_AUTH_METHOD, method);
	s = slice_from(s, method.len);
	SM_SKIP(&s, "): ");
	if (sm_cut_last(&s, SLICE(", relay="), &relay)) {
		peer = sm_peer(relay);
		sm_set_client(e, &peer);
	} else {
		p->damaged = true;
	}
	if (sm_cut_last(&s, SLICE(", user="), &user) && user.len)
		event_set(e, EV_USER, user);
	if (s.len)
		event_set(e, EV_REPLY, s);
	return true;
}

/* "STARTTLS=server, relay=…, version=TLSv1.3, verify=NO, cipher=X, bits=…" */
static bool tls(struct sm *p)
{
	struct slice s = p->body, version, cipher;
	struct sm_peer peer;
	struct event *e;
	bool server = SM_SKIP(&s, "STARTTLS=server, relay=");

	if (!server && !SM_SKIP(&s, "STARTTLS=client, relay="))
		return false;
	version = value_of(s, SLICE(", version="));
	if (!version.len)
		return false;
	cipher = value_of(s, SLICE(", cipher="));
	peer = sm_peer(slice_to(s, slice_find(s, SLICE(", "))));
	e = sm_add(p, ACTION_TLS, 0, server ? SM_SESSION : SM_NOTHING);
	if (server)
		sm_set_client(e, &peer);
	else
		sm_set_relay(e, &peer);
	event_set(e, EV_TLS,
	          cipher.len ? arena_printf(p->arena, "%.*s %.*s",
	                                    SLICE_FMT(version),
	                                    SLICE_FMT(cipher))
	                     : version);
	return true;
}

/* What stands in front of, or behind, the peer's name. */
static const struct {
	struct slice mark;
	bool before; /* MARK PEER, else PEER MARK */
	enum action action;
	unsigned roles;
} lines[] = {
	{ SM_TEXT(" did not issue MAIL/EXPN/VRFY/ETRN during connection"),
	  false, ACTION_DISCONNECT, ROLE_SESSION_CLOSES },
	{ SM_TEXT("lost input channel from "), true, ACTION_INFO, 0 },
	{ SM_TEXT("timeout waiting for input from "), true, ACTION_INFO, 0 },
	{ SM_TEXT("connect from "), true, ACTION_CONNECT, ROLE_SESSION_OPENS },
	{ SM_TEXT("Null connection from "), true, ACTION_DISCONNECT,
	  ROLE_SESSION_CLOSES },
	{ SM_TEXT("disconnect from "), true, ACTION_DISCONNECT,
	  ROLE_SESSION_CLOSES },
	{ SM_TEXT("rejecting commands from "), true, ACTION_REJECT,
	  ROLE_ATTEMPT },
	{ SM_TEXT(": possible SMTP attack: "), false, ACTION_INFO, 0 },
	{ SM_TEXT(": Possible SMTP RCPT flood"), false, ACTION_INFO, 0 },
	{ SM_TEXT(": probable open proxy: "), false, ACTION_INFO, 0 },
	{ SM_TEXT(": EXPN "), false, ACTION_INFO, 0 },
	{ SM_TEXT(": VRFY "), false, ACTION_INFO, 0 },
	{ SM_TEXT(": expn "), false, ACTION_INFO, 0 },
	{ SM_TEXT(": vrfy "), false, ACTION_INFO, 0 },
	{ SM_TEXT(": ETRN "), false, ACTION_INFO, 0 },
};

/* Ends of a peer's name in front of what Sendmail says on. */
static struct slice peer_text(struct slice s)
{
	static const struct slice ends[] = {
		SM_TEXT(" to "),  SM_TEXT(" due to "), SM_TEXT(" during "),
		SM_TEXT(" after "), SM_TEXT(" while "), SM_TEXT(", "),
	};
	size_t end = s.len;

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t at = slice_find(s, ends[i]);

		if (at < end)
			end = at;
	}
	return slice_to(s, end);
}

static bool connection(struct sm *p)
{
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct slice s = p->body;
		struct sm_peer peer;
		struct event *e;
		size_t at;

		if (lines[i].before) {
			if (!sm_skip(&s, lines[i].mark))
				continue;
			s = peer_text(s);
		} else {
			at = slice_find(s, lines[i].mark);
			if (at == SLICE_NONE || at == 0)
				continue;
			s = slice_to(s, at);
		}
		peer = sm_peer(s);
		e = sm_add(p, lines[i].action, lines[i].roles, SM_SESSION);
		sm_set_client(e, &peer);
		if (lines[i].action == ACTION_REJECT) {
			event_set(e, EV_STAGE, literal(p, SLICE("CONNECT")));
			event_set(e, EV_REPLY, p->body);
		}
		return true;
	}
	return false;
}

bool sm_session(struct sm *p)
{
	return login(p) || failed_login(p) || tls(p) || connection(p);
}
