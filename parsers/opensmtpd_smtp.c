/* SPDX-License-Identifier: MIT */
/* OpenSMTPD: what clients do, and what is taken from them or refused. */
#include "parsers/opensmtpd.h"

#include "parsers/answer.h"

/* "address=192.0.2.25 host=mail.example.org" at the end of a line */
static void set_client(struct os *p, struct event *e, struct slice s)
{
	struct slice address, ip, host;

	if (!OS_SKIP(&s, "address="))
		return;
	address = slice_cut(&s, ' ');
	if (slice_eq(address, SLICE("local"))) {
		event_set(e, EV_CLIENT_NAME,
		          arena_slice(p->arena, SLICE("local")));
		return;
	}
	ip = os_ip(address);
	if (ip.len)
		event_set(e, EV_CLIENT_IP, ip);
	if (!OS_SKIP(&s, "host="))
		return;
	host = slice_cut(&s, ' ');
	if (host.len > 2 && host.ptr[0] == '<')
		host = slice_of(host.ptr + 1, host.len - 2); /* <unknown> */
	if (host.len && !os_ip(host).len)
		event_set(e, EV_CLIENT_NAME, host);
}

/* "user=U address=… host=… result=ok": the user is what the client sent. */
static bool authentication(struct os *p, struct slice s)
{
	size_t at = slice_rfind(s, SLICE(" result="));
	struct slice result, client = slice_of(NULL, 0);
	struct event *e;
	bool ok;

	if (at == SLICE_NONE || !OS_SKIP(&s, "user="))
		return false;
	at -= sizeof "user=" - 1;
	result = slice_from(s, at + sizeof " result=" - 1);
	s = slice_to(s, at);
	at = slice_rfind(s, SLICE(" address="));
	if (at != SLICE_NONE) {
		client = slice_from(s, at + 1);
		s = slice_to(s, at);
	}
	ok = slice_eq(result, SLICE("ok"));
	e = os_add(p, ok ? ACTION_AUTH_OK : ACTION_AUTH_FAIL, ROLE_ATTEMPT);
	if (s.len)
		event_set(e, EV_USER, s);
	if (!ok)
		event_set(e, EV_REPLY, result);
	set_client(p, e, client);
	return true;
}

/* "msgid=8hex size=N nrcpt=N proto=ESMTP": taken. */
static bool message(struct os *p, struct slice s)
{
	struct slice id, size, nrcpt;
	struct event *e;
	int64_t n;

	if (!OS_SKIP(&s, "msgid=") || !os_hex(&s, 8, &id) ||
	    !OS_SKIP(&s, " size=") || !os_until(&s, SLICE(" nrcpt="), &size))
		return false;
	nrcpt = slice_cut(&s, ' ');
	e = os_add(p, ACTION_ACCEPT, ROLE_OPENS | ROLE_ENVELOPE);
	event_set(e, EV_SERVICE, arena_slice(p->arena, SLICE("smtp")));
	os_set_message(e, id);
	if (os_number(size, &n))
		event_set_number(e, EV_SIZE, n);
	if (os_number(nrcpt, &n))
		event_set_number(e, EV_NRCPT, n);
	return true;
}

/* Releases before 6.4 say all in one line, with "ndest". */
static bool old_message(struct os *p, struct slice s)
{
	struct slice client, id, from, to, text;
	struct event *e;
	size_t at = slice_find(s, SLICE(" msgid="));
	int64_t n;

	if (at == SLICE_NONE)
		return false;
	client = slice_to(s, at);
	s = slice_from(s, at + sizeof " msgid=" - 1);
	if (!os_hex(&s, 8, &id) || !OS_SKIP(&s, " from=") ||
	    !os_address(p, &s, SLICE(" to="), &from) ||
	    !os_address(p, &s, SLICE(" size="), &to))
		return false;
	e = os_add(p, ACTION_ACCEPT, ROLE_OPENS | ROLE_ENVELOPE);
	event_set(e, EV_SERVICE, arena_slice(p->arena, SLICE("smtp")));
	os_set_message(e, id);
	set_client(p, e, client);
	event_set(e, EV_SENDER, from);
	event_set(e, EV_RECIPIENT, to);
	if (os_number(slice_cut(&s, ' '), &n))
		event_set_number(e, EV_SIZE, n);
	if (OS_SKIP(&s, "ndest="))
		text = slice_cut(&s, ' ');
	else
		text = slice_of(NULL, 0);
	if (os_number(text, &n))
		event_set_number(e, EV_NRCPT, n);
	return true;
}

/* "evpid=16hex from=<S> to=<R>" */
static bool envelope(struct os *p, struct slice s)
{
	struct slice id, from, to;
	struct event *e;

	if (!OS_SKIP(&s, "evpid=") || !os_hex(&s, 16, &id) ||
	    !OS_SKIP(&s, " from=") ||
	    !os_address(p, &s, SLICE(" to="), &from) ||
	    s.len < 2 || s.ptr[0] != '<')
		return false;
	if (s.ptr[s.len - 1] != '>')
		p->damaged = true;
	to = slice_of(s.ptr + 1, s.len - (s.ptr[s.len - 1] == '>' ? 2 : 1));
	e = os_add(p, ACTION_INFO, 0);
	os_set_message(e, id);
	event_set(e, EV_SENDER, from);
	if (to.len)
		event_set(e, EV_RECIPIENT, to);
	return true;
}

/* "<…>" behind "MAIL FROM:", without what ESMTP adds. */
static struct slice path_of(struct slice s)
{
	bool quoted = false;

	while (s.len && s.ptr[0] == ' ')
		s = slice_from(s, 1);
	if (!s.len || s.ptr[0] != '<')
		return slice_of(NULL, 0);
	for (size_t i = 1; i < s.len; i++) {
		if (s.ptr[i] == '\\' && quoted)
			i++;
		else if (s.ptr[i] == '"')
			quoted = !quoted;
		else if (s.ptr[i] == '>' && !quoted)
			return i == 1 ? slice_to(s, 2)
			              : slice_of(s.ptr + 1, i - 1);
	}
	return slice_of(NULL, 0);
}

/* What was asked, in words of RFC 5321. */
static void set_stage(struct os *p, struct event *e, struct slice command)
{
	static const struct {
		struct slice head, stage;
	} stages[] = {
		{ OS_TEXT("MAIL FROM:"), OS_TEXT("MAIL") },
		{ OS_TEXT("RCPT TO:"), OS_TEXT("RCPT") },
		{ OS_TEXT("EHLO"), OS_TEXT("EHLO") },
		{ OS_TEXT("HELO"), OS_TEXT("HELO") },
		{ OS_TEXT("DATA"), OS_TEXT("DATA") },
		{ OS_TEXT("AUTH"), OS_TEXT("AUTH") },
		{ OS_TEXT("STARTTLS"), OS_TEXT("STARTTLS") },
		{ OS_TEXT("VRFY"), OS_TEXT("VRFY") },
		{ OS_TEXT(""), OS_TEXT("UNKNOWN") },
	};
	struct slice stage = slice_of(NULL, 0), path;
	size_t i = 0;

	while (slice_find_nocase(slice_to(command, stages[i].head.len),
	                         stages[i].head) != 0)
		i++;
	stage = stages[i].stage;
	path = path_of(slice_from(command, stages[i].head.len));
	if (command.ptr && !command.len)
		stage = SLICE("CONNECT"); /* refused before it said a word */
	else if (slice_eq(command, SLICE(".")))
		stage = SLICE("END-OF-MESSAGE");
	event_set(e, EV_STAGE, arena_slice(p->arena, stage));
	if (i == 0 && path.len)
		event_set(e, EV_SENDER, path);
	else if (i == 1 && path.len)
		event_set(e, EV_RECIPIENT, path);
}

/* 'command="RCPT TO:<…>" result="550 …"'. Both are the client's words in part:
 * an answer repeats the command. */
static bool failed_command(struct os *p, struct slice s)
{
	const struct slice mark = SLICE("\" result=\"");
	struct slice command = slice_of(NULL, 0), reply;
	size_t at;
	struct event *e;
	int class;

	if (OS_SKIP(&s, "command=\"")) {
		at = slice_rfind(s, mark);
		if (at == SLICE_NONE)
			return false;
		p->damaged = p->damaged || slice_find(s, mark) != at;
		command = slice_to(s, at);
		s = slice_from(s, at + mark.len);
	} else if (!OS_SKIP(&s, "result=\"")) {
		return false;
	}
	reply = s;
	if (reply.len && reply.ptr[reply.len - 1] == '"')
		reply.len--;
	else
		p->damaged = true;
	e = os_add(p, ACTION_REJECT, ROLE_ATTEMPT);
	class = event_set_answer(e, reply);
	e->action = class == 4 ? ACTION_TEMPFAIL : ACTION_REJECT;
	event_set(e, EV_REPLY, reply);
	set_stage(p, e, command);
	/* a line of its own says whose login it was */
	if (slice_eq(e->text[EV_STAGE], SLICE("AUTH")) &&
	    event_number(e, EV_CODE, 0) == 535) {
		e->action = ACTION_INFO;
		e->roles = 0;
	}
	return true;
}

bool os_smtp(struct os *p, struct slice s)
{
	struct event *e;

	if (OS_SKIP(&s, "connected ")) {
		e = os_add(p, ACTION_CONNECT, ROLE_SESSION_OPENS);
		event_set(e, EV_SERVICE, arena_slice(p->arena, SLICE("smtp")));
		set_client(p, e, s);
		return true;
	}
	if (OS_SKIP(&s, "disconnected") || OS_SKIP(&s, "closed")) {
		os_add(p, ACTION_DISCONNECT, ROLE_SESSION_CLOSES);
		return true;
	}
	if (OS_SKIP(&s, "message "))
		return message(p, s) || old_message(p, s);
	if (OS_SKIP(&s, "envelope "))
		return envelope(p, s);
	if (OS_SKIP(&s, "authentication "))
		return authentication(p, s);
	if (OS_SKIP(&s, "failed-command ") || OS_SKIP(&s, "bad-input "))
		return failed_command(p, s);
	if (OS_SKIP(&s, "tls ciphers=") || OS_SKIP(&s, "tls "))
		os_set_tls(p, os_add(p, ACTION_TLS, 0), s);
	else if (OS_SKIP(&s, "starttls "))
		os_add(p, ACTION_TLS, 0);
	else if (OS_SKIP(&s, "client-cert-check ") || OS_SKIP(&s, "cert-check "))
		os_add(p, ACTION_INFO, 0);
	else
		return false;
	return true;
}
