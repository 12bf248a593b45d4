/* SPDX-License-Identifier: MIT */
/* Exchange's protocol logs of IMAP4 and POP3: who logged in, from where. */
#include "parsers/exchange.h"
#include "parsers/mail.h"

static bool claims(struct slice program)
{
	return slice_eq(program, SLICE("exchange/imap")) ||
	       slice_eq(program, SLICE("exchange/pop"));
}

/* The value of "NAME=value;…", in quotes or not, anywhere in S. */
static struct slice value_of(struct slice s, struct slice name)
{
	size_t at = slice_find(s, name);

	if (at == SLICE_NONE || (at && s.ptr[at - 1] != ';'))
		return slice_of(NULL, 0);
	s = slice_from(s, at + name.len);
	if (s.len && s.ptr[0] == '"') {
		s = slice_from(s, 1);
		return slice_to(s, slice_chr(s, '"'));
	}
	return slice_to(s, slice_chr(s, ';'));
}

/* "ok", "+OK …", "2 OK …" 1; "-ERR …", "2 NO …", "2 BAD …" -1; else 0. */
static int verdict_of(struct slice answer)
{
	for (int i = 0; i < 2 && answer.len; i++) {
		struct slice word = slice_cut(&answer, ' ');

		if (slice_eq_nocase(word, SLICE("ok")) ||
		    slice_eq_nocase(word, SLICE("+OK")))
			return 1;
		if (slice_eq_nocase(word, SLICE("-ERR")) ||
		    slice_eq_nocase(word, SLICE("NO")) ||
		    slice_eq_nocase(word, SLICE("BAD")))
			return -1;
	}
	return 0;
}

static bool is_login(struct slice command)
{
	static const struct slice logins[] = {
		{ "login", 5 }, { "authenticate", 12 }, { "auth", 4 },
		{ "pass", 4 },  { "apop", 4 },
	};

	for (size_t i = 0; i < sizeof logins / sizeof *logins; i++)
		if (slice_eq_nocase(command, logins[i]))
			return true;
	return false;
}

static void set(struct event *e, enum event_field f, struct slice s)
{
	if (s.len)
		event_set(e, f, s);
}

/* "Msg="AuthFailed:LogonDenied,User: alice"": whom a refused login meant. */
static struct slice user_in(struct slice context)
{
	struct slice s = value_of(context, SLICE("Msg="));
	size_t at = slice_find(s, SLICE("User: "));

	return at == SLICE_NONE ? slice_of(NULL, 0)
	                        : slice_trim(slice_from(s, at + 6));
}

static void read_login(const struct ex_row *row, struct event *e)
{
	struct slice context = row->cell[EX_CONTEXT];
	struct slice answer = value_of(context, SLICE("R="));
	int verdict = verdict_of(answer);

	/* the first step of a dialogue ends without a verdict */
	if (verdict == 0 && value_of(context, SLICE("ErrMsg=")).len)
		verdict = -1;
	set(e, EV_REPLY, answer);
	if (!event_has(e, EV_USER))
		set(e, EV_USER, user_in(context));
	if (slice_starts(row->cell[EX_COMMAND], SLICE("auth")))
		set(e, EV_AUTH_METHOD, slice_trim(row->cell[EX_PARAMETERS]));
	if (verdict == 0)
		return;
	e->action = verdict > 0 ? ACTION_AUTH_OK : ACTION_AUTH_FAIL;
	e->roles |= ROLE_ATTEMPT;
}

static void set_common(const struct ex_row *row, const struct record *r,
                       struct event *e)
{
	struct slice service = r->program, ip;
	int64_t port;

	slice_cut(&service, '/');
	set(e, EV_SERVICE, service);
	set(e, EV_USER, row->cell[EX_USER]);
	if (ex_endpoint(row->cell[EX_REMOTE], &ip, &port)) {
		event_set(e, EV_CLIENT_IP, ip);
		event_set_number(e, EV_CLIENT_PORT, port);
	}
	if (ex_has(row, EX_SESSION))
		event_set(e, EV_SESSION_ID, row->cell[EX_SESSION]);
	event_add_key(e, KEY_SESSION, REL_OWN, LINK_HANDOFF,
	              row->cell[EX_SESSION]);
	if (row->damaged)
		e->roles |= ROLE_DAMAGED;
}

static enum parse parse(const struct layout *l, const struct record *r,
                        struct arena *arena, struct events *out)
{
	struct slice command;
	struct ex_row row;
	struct event *e;

	ex_row_read(l, r->body, arena, &row);
	command = slice_trim(row.cell[EX_COMMAND]);
	if (row.table != EX_MAILBOX || command.len == 0)
		return PARSE_NO;
	e = events_add(out);
	set_common(&row, r, e);
	if (slice_eq_nocase(command, SLICE("OpenSession"))) {
		e->action = ACTION_CONNECT;
		e->roles |= ROLE_SESSION_OPENS;
	} else if (slice_eq_nocase(command, SLICE("CloseSession"))) {
		e->action = ACTION_DISCONNECT;
		e->roles |= ROLE_SESSION_CLOSES;
	} else if (is_login(command)) {
		read_login(&row, e);
	}
	return row.damaged ? PARSE_DAMAGED : PARSE_OK;
}

static const struct parser_example examples[] = {
	{ "2026-03-14T09:15:02.530Z,000000000000000E,2,192.0.2.10:143,"
	  "192.0.2.77:35070,alice,168,31,31,authenticate,PLAIN,\"R=\"\"2 NO "
	  "AUTHENTICATE failed.\"\";Msg=\"\"AuthFailed:LogonDenied,User: "
	  "alice\"\";ErrMsg=AuthFailed:LogonDenied\",",
	  "auth_fail client_ip=192.0.2.77 user=alice auth_method=PLAIN "
	  "reply=\"2 NO AUTHENTICATE failed.\" session_id=000000000000000E "
	  "service=imap client_port=35070 roles=attempt "
	  "session:own=000000000000000E" },
	{ "2026-03-14T09:15:02.530Z,000000000000000E,2,192.0.2.10:143,"
	  "192.0.2.77:35070,alice,168,31,31,login,alice *****,\"R=\"\"A1 OK "
	  "LOGIN completed.\"\";Msg=\"\"User:alice:4a1c0b2d\"\"\",",
	  "auth_ok client_ip=192.0.2.77 user=alice reply=\"A1 OK LOGIN "
	  "completed.\" session_id=000000000000000E service=imap "
	  "client_port=35070 roles=attempt session:own=000000000000000E" },
	{ "2026-03-14T09:15:02.530Z,000000000000000E,2,192.0.2.10:110,"
	  "192.0.2.77:35070,,168,31,31,pass,*****,\"R=\"\"-ERR Logon failure: "
	  "unknown user name or bad password.\"\";"
	  "Msg=\"\"AuthFailed:LogonDenied,User: bob\"\"\",",
	  "auth_fail client_ip=192.0.2.77 user=bob reply=\"-ERR Logon "
	  "failure: unknown user name or bad password.\" "
	  "session_id=000000000000000E service=pop client_port=35070 "
	  "roles=attempt session:own=000000000000000E" },
	{ "2026-03-14T09:15:02.530Z,000000000000000E,2,192.0.2.10:143,"
	  "192.0.2.77:35070,,168,31,31,OpenSession,,,",
	  "connect client_ip=192.0.2.77 session_id=000000000000000E "
	  "service=imap client_port=35070 roles=session_opens "
	  "session:own=000000000000000E" },
	{ "2026-03-14T09:15:02.530Z,000000000000000E,2,192.0.2.10:143,"
	  "192.0.2.77:35070,,168,31,31,CloseSession,,",
	  "disconnect client_ip=192.0.2.77 session_id=000000000000000E "
	  "service=imap client_port=35070 roles=session_closes "
	  "session:own=000000000000000E" },
};

const struct parser parser_exchange_mailbox = {
	.name = "exchange_mailbox",
	.about = "Exchange IMAP4 and POP3 protocol logs",
	.claims = claims,
	.parse = parse,
	.examples = examples,
	.nexamples = sizeof examples / sizeof *examples,
};
