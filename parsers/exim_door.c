/* SPDX-License-Identifier: MIT */
/* Exim: what happens at the door: refusals, logins, connections, TLS. */
#include "parsers/exim.h"

#include "parsers/answer.h"

/* "H=name (helo) [ip]:port F=<sender> …" or only the peer. A HELO may hold what
 * looks like the end of one: then the line can be read in two ways. */
static void read_peer(struct ex *p, struct slice *s, struct ex_fields *f)
{
	struct ex_fields other;
	struct slice again = *s;

	ex_fields(s, EX_DOOR, 0, f);
	if (!f->has_peer || !f->peer.helo.len)
		return;
	ex_fields(&again, EX_DOOR, 1, &other);
	if (!other.has_peer)
		return;
	/* only the last address is the server's word, but text that it writes
	 * behind the verb may hold some too */
	if (again.len && (EX_STARTS(again, " rejected ") ||
	                  EX_STARTS(again, " temporarily rejected "))) {
		p->damaged = true;
		if (!EX_STARTS(*s, " rejected ") &&
		    !EX_STARTS(*s, " temporarily rejected ")) {
			*f = other;
			*s = again;
		}
	}
}

/* A peer alone: what Exim writes behind one tells where it ends. */
static bool bare_peer(struct ex *p, struct slice *s, struct ex_peer *peer)
{
	static const struct slice behind[] = {
		EX_TEXT(": "), EX_TEXT(" I="), EX_TEXT(" closed by "),
		EX_TEXT(" lost"), EX_TEXT(" (TCP/IP "), EX_TEXT(" D="),
		EX_TEXT(" dropped: "), EX_TEXT(" refused"), EX_TEXT(" ("),
	};
	struct slice rest;

	for (unsigned nth = 0; nth < 8; nth++) {
		rest = *s;
		if (!ex_peer(&rest, nth, peer))
			break;
		p->damaged = p->damaged || nth;
		for (size_t i = 0; i < sizeof behind / sizeof *behind; i++) {
			if (!slice_starts(rest, behind[i]))
				continue;
			*s = rest;
			return true;
		}
	}
	return ex_peer(s, 0, peer);
}

static void set_client(struct ex *p, struct event *e, const struct ex_fields *f)
{
	if (f->has_peer) {
		ex_set_client(p, e, &f->peer);
	} else if (f->user.len) {
		event_set(e, EV_CLIENT_NAME,
		          arena_slice(p->arena, SLICE("local")));
		event_set(e, EV_USER, f->user);
	}
	if (f->sender.len)
		event_set(e, EV_SENDER, f->sender);
	if (f->tls.len)
		ex_set_tls(p, e, f->tls);
	if (f->auth.len) {
		struct slice auth = f->auth, method = slice_cut(&auth, ':');

		event_set(e, EV_AUTH_METHOD, method);
		if (auth.len)
			event_set(e, EV_USER, slice_to(auth, slice_chr(auth, ':')));
	}
}

/* What was asked, in words of RFC 5321; *S goes behind it. */
static struct slice take_stage(struct slice *s)
{
	static const struct {
		struct slice head, stage;
	} stages[] = {
		{ EX_TEXT("RCPT "), EX_TEXT("RCPT") },
		{ EX_TEXT("MAIL "), EX_TEXT("MAIL") },
		{ EX_TEXT("after DATA"), EX_TEXT("END-OF-MESSAGE") },
		{ EX_TEXT("DATA"), EX_TEXT("DATA") },
		{ EX_TEXT("during MIME ACL checks"), EX_TEXT("END-OF-MESSAGE") },
		{ EX_TEXT("after PRDR"), EX_TEXT("END-OF-MESSAGE") },
		{ EX_TEXT("by local_scan()"), EX_TEXT("END-OF-MESSAGE") },
		{ EX_TEXT("by DKIM ACL"), EX_TEXT("END-OF-MESSAGE") },
		{ EX_TEXT("by non-SMTP ACL"), EX_TEXT("END-OF-MESSAGE") },
		{ EX_TEXT("from <"), EX_TEXT("END-OF-MESSAGE") },
		{ EX_TEXT("connection in "), EX_TEXT("CONNECT") },
		{ EX_TEXT("connection from "), EX_TEXT("CONNECT") },
		{ EX_TEXT("connection"), EX_TEXT("CONNECT") },
		{ EX_TEXT("EHLO or HELO "), EX_TEXT("EHLO") },
		{ EX_TEXT("EHLO "), EX_TEXT("EHLO") },
		{ EX_TEXT("HELO "), EX_TEXT("HELO") },
		{ EX_TEXT("STARTTLS"), EX_TEXT("STARTTLS") },
		{ EX_TEXT("AUTH"), EX_TEXT("AUTH") },
		{ EX_TEXT("VRFY "), EX_TEXT("VRFY") },
		{ EX_TEXT("EXPN "), EX_TEXT("EXPN") },
		{ EX_TEXT("ETRN "), EX_TEXT("ETRN") },
		{ EX_TEXT("QUIT"), EX_TEXT("QUIT") },
	};

	for (size_t i = 0; i < sizeof stages / sizeof *stages; i++)
		if (ex_skip(s, stages[i].head))
			return stages[i].stage;
	return SLICE("UNKNOWN");
}

/* Behind the verb: "RCPT <b@example.com>: text", "after DATA: text". */
static void set_refusal(struct ex *p, struct event *e, struct slice s)
{
	struct slice stage = take_stage(&s), path;
	bool at_rcpt = slice_eq(stage, SLICE("RCPT"));
	size_t at;

	event_set(e, EV_STAGE, arena_slice(p->arena, stage));
	if (ex_path(&s, &path)) {
		if (at_rcpt)
			event_set(e, EV_RECIPIENT, path);
		else if (slice_eq(stage, SLICE("MAIL")) &&
		         !event_has(e, EV_SENDER))
			event_set(e, EV_SENDER, path);
	} else if (at_rcpt && s.len) {
		at = slice_find(s, SLICE(": "));
		path = slice_to(s, at);
		if (path.len)
			event_set(e, EV_RECIPIENT, path);
		s = slice_from(s, path.len);
	}
	at = slice_find(s, SLICE(": "));
	if (at == SLICE_NONE)
		return;
	s = slice_from(s, at + 2);
	if (!s.len)
		return;
	event_set(e, EV_REPLY, s);
	event_set_answer(e, s);
}

static bool take_verb(struct slice *s, enum action *action)
{
	static const struct {
		struct slice head;
		enum action action;
	} verbs[] = {
		{ EX_TEXT("rejected "), ACTION_REJECT },
		{ EX_TEXT("temporarily rejected "), ACTION_TEMPFAIL },
		{ EX_TEXT("discarded "), ACTION_DISCARD },
		{ EX_TEXT("refused: "), ACTION_TEMPFAIL },
	};

	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		if (!ex_skip(s, verbs[i].head))
			continue;
		*action = verbs[i].action;
		return true;
	}
	return false;
}

/* "sender verify fail for <x>: …": who wanted to send. */
static void set_verified(struct event *e, struct slice s)
{
	struct slice sender;

	if (!event_has(e, EV_SENDER) &&
	    (EX_SKIP(&s, "sender verify fail for ") ||
	     EX_SKIP(&s, "sender verify defer for ")) &&
	    s.len && s.ptr[0] == '<' && ex_path(&s, &sender))
		event_set(e, EV_SENDER, sender);
}

/* "H=… F=<…> rejected RCPT …", "U=carol rejected by non-SMTP ACL: …" */
static bool refusal(struct ex *p)
{
	struct slice s = arena_printf(p->arena, " %.*s", SLICE_FMT(p->body));
	struct ex_fields f;
	enum action action;
	struct event *e;

	if (!EX_STARTS(p->body, "H=") && !EX_STARTS(p->body, "U=") &&
	    !EX_STARTS(p->body, "F="))
		return false;
	read_peer(p, &s, &f);
	if (!f.has_peer && !f.user.len && !f.sender.len)
		return false;
	EX_SKIP(&s, " ");
	if (!take_verb(&s, &action)) {
		e = ex_add(p, ACTION_INFO, 0);
		/* of a delivery it is the next server */
		if (!p->qid.len || EX_STARTS(s, "Warning: "))
			set_client(p, e, &f);
		else if (f.peer.ip.len)
			event_set(e, EV_RELAY_IP, f.peer.ip);
		if (s.len)
			event_set(e, EV_REPLY, s);
		set_verified(e, s);
		return true;
	}
	e = ex_add(p, action,
	           ROLE_ATTEMPT | (p->qid.len ? ROLE_OPENS_WEAKLY : 0u));
	set_client(p, e, &f);
	if (p->qid.len)
		ex_set_id_time(p, e);
	set_refusal(p, e, s);
	return true;
}

/* "rejected EHLO from h (helo) [ip]: text", where no H= stands in front. */
static bool bare_refusal(struct ex *p)
{
	struct slice s = p->body;
	struct ex_fields f = { .peer = { .port = -1 } };
	enum action action;
	struct event *e;
	size_t at;

	if (!take_verb(&s, &action))
		return false;
	e = ex_add(p, action, ROLE_ATTEMPT);
	at = slice_find(s, SLICE(" from "));
	if (at != SLICE_NONE && at < 16) {
		struct slice peer = slice_from(s, at + 6);

		f.has_peer = ex_peer(&peer, 0, &f.peer);
	}
	at = slice_find(s, SLICE(" H="));
	if (!f.has_peer && at != SLICE_NONE) {
		struct slice peer = slice_from(s, at + 3);

		f.has_peer = ex_peer(&peer, 0, &f.peer);
	}
	set_client(p, e, &f);
	set_refusal(p, e, s);
	return true;
}

/* "plain authenticator failed for h (helo) [ip]:port: 535 Incorrect
 * authentication data (set_id=user)" */
static bool login(struct ex *p)
{
	const struct slice mark = SLICE(" authenticator failed for ");
	size_t at = slice_find(p->body, mark);
	struct slice s, user;
	struct ex_peer peer;
	struct event *e;

	if (at == SLICE_NONE ||
	    slice_chr(slice_to(p->body, at), ' ') != SLICE_NONE)
		return false;
	s = slice_from(p->body, at + mark.len);
	e = ex_add(p, ACTION_AUTH_FAIL, ROLE_ATTEMPT);
	event_set(e, EV_AUTH_METHOD, slice_to(p->body, at));
	EX_SKIP(&s, "H=");
	if (bare_peer(p, &s, &peer))
		ex_set_client(p, e, &peer);
	else
		p->damaged = true;
	at = slice_find(s, SLICE(": "));
	if (at == SLICE_NONE)
		return true;
	s = slice_from(s, at + 2);
	event_set_answer(e, s);
	at = slice_find(s, SLICE(" (set_id="));
	if (at != SLICE_NONE) {
		user = slice_from(s, at + sizeof " (set_id=" - 1);
		if (user.len && user.ptr[user.len - 1] == ')')
			user.len--;
		else
			p->damaged = true;
		if (user.len)
			event_set(e, EV_USER, user);
		s = slice_to(s, at);
	}
	if (s.len)
		event_set(e, EV_REPLY, s);
	return true;
}

/* "SMTP connection from [ip]:port I=… (TCP/IP connection count = 1)",
 * "… closed by QUIT" */
static bool connection(struct ex *p)
{
	struct slice s = p->body;
	struct ex_peer peer;
	struct event *e;
	bool opens;

	if (!EX_SKIP(&s, "SMTP connection from ") || !bare_peer(p, &s, &peer))
		return false;
	opens = slice_find(s, SLICE("(TCP/IP connection count = ")) !=
	        SLICE_NONE;
	e = ex_add(p, opens ? ACTION_CONNECT : ACTION_DISCONNECT,
	           opens ? ROLE_SESSION_OPENS : ROLE_SESSION_CLOSES);
	/* the daemon says it: its pid is nobody's conversation */
	if (opens && peer.port < 0)
		p->pid = slice_of(NULL, 0);
	ex_set_client(p, e, &peer);
	return true;
}

/* Words before a peer that stands anywhere in the line. */
static bool about_peer(struct ex *p)
{
	static const struct {
		struct slice head, mark;
		enum action action;
	} table[] = {
		{ EX_TEXT("TLS error on connection from "), EX_TEXT(" from "),
		  ACTION_TLS },
		{ EX_TEXT("TLS client disconnected"), EX_TEXT(" from "),
		  ACTION_TLS },
		{ EX_TEXT("TLS session: "), EX_TEXT(" from "), ACTION_TLS },
		{ EX_TEXT("SMTP call from "), EX_TEXT(" from "), ACTION_INFO },
		{ EX_TEXT("SMTP command timeout on "), EX_TEXT(" from "),
		  ACTION_INFO },
		{ EX_TEXT("SMTP data timeout "), EX_TEXT(" from "),
		  ACTION_INFO },
		{ EX_TEXT("unexpected disconnection "), EX_TEXT(" from "),
		  ACTION_INFO },
		{ EX_TEXT("no MAIL in SMTP connection "), EX_TEXT(" from "),
		  ACTION_INFO },
		{ EX_TEXT("SMTP protocol "), EX_TEXT(" H="), ACTION_INFO },
		{ EX_TEXT("SMTP syntax error "), EX_TEXT(" H="), ACTION_INFO },
		{ EX_TEXT("Connection from "), EX_TEXT(" from "),
		  ACTION_TEMPFAIL },
		{ EX_TEXT("connection from "), EX_TEXT(" from "), ACTION_INFO },
		{ EX_TEXT("unqualified "), EX_TEXT(" H="), ACTION_REJECT },
		{ EX_TEXT("ident connection to "), EX_TEXT(" to "),
		  ACTION_INFO },
	};
	size_t n = sizeof table / sizeof *table, i = 0, at;
	struct ex_peer peer;
	struct event *e;
	struct slice s;

	while (i < n && !slice_starts(p->body, table[i].head))
		i++;
	if (i == n)
		return false;
	e = ex_add(p, table[i].action, 0);
	/* behind what the client sent, if that is quoted there */
	at = table[i].mark.ptr[1] == 'H'
	             ? slice_rfind(p->body, table[i].mark)
	             : slice_find(arena_printf(p->arena, " %.*s",
	                                       SLICE_FMT(p->body)),
	                          table[i].mark);
	if (at == SLICE_NONE)
		return true;
	s = slice_from(p->body, at + table[i].mark.len -
	                                (table[i].mark.ptr[1] != 'H'));
	if (bare_peer(p, &s, &peer))
		ex_set_client(p, e, &peer);
	if (table[i].action == ACTION_REJECT) {
		/* "unqualified sender rejected: <x> H=…" */
		bool from = EX_STARTS(p->body, "unqualified sender ");
		struct slice at_path = slice_from(p->body,
		                                  slice_chr(p->body, '<'));
		struct slice path;

		e->roles = ROLE_ATTEMPT;
		event_set(e, EV_STAGE,
		          arena_slice(p->arena, from ? SLICE("MAIL")
		                                     : SLICE("RCPT")));
		event_set(e, EV_REPLY, slice_to(p->body,
		                                slice_chr(p->body, ':')));
		if (ex_path(&at_path, &path))
			event_set(e, from ? EV_SENDER : EV_RECIPIENT, path);
	}
	if (table[i].action == ACTION_TEMPFAIL) {
		if (slice_find(s, SLICE("refused")) == SLICE_NONE) {
			e->action = ACTION_INFO;
			return true;
		}
		e->roles = ROLE_ATTEMPT;
		event_set(e, EV_STAGE, arena_slice(p->arena, SLICE("CONNECT")));
		event_set(e, EV_REPLY, slice_trim(s));
	}
	return true;
}

bool ex_door(struct ex *p)
{
	if (refusal(p))
		return true;
	if (p->qid.len)
		return bare_refusal(p);
	return bare_refusal(p) || login(p) || connection(p) || about_peer(p);
}
