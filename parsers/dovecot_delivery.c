/* SPDX-License-Identifier: MIT */
/* Dovecot: what became of a message that lmtp or lda took, and its Sieve.
 *
 * "msgid=<…>: saved mail to INBOX" is deliver_log_format with "%$" last: a sender
 * controls what stands in front, so that the last such words count. LMTP answers
 * its client with the session id, which makes these lines a second word on that
 * answer (attempts). lda is named by nobody: its user and message-id find the
 * delivery that ran it. Sieve names its action since 2.3.14: "msgid=<…>: redirect
 * action: forwarded to <…>". */
#include "parsers/dovecot.h"

#include "parsers/ids/id.h"

enum rest { REST_NONE, REST_PLACE, REST_QUOTED, REST_ADDRESS, REST_REPLY };

/* The most telling words first where one begins like another. */
static const struct said {
	struct slice words;
	enum action action;
	bool fate; /* of the recipient */
	enum rest rest;
} said_list[] = {
	{ AG_TEXT("saved mail to "), ACTION_DELIVER, true, REST_PLACE },
	{ AG_TEXT("stored mail into mailbox "), ACTION_DELIVER, true,
	  REST_QUOTED },
	{ AG_TEXT("forwarded to "), ACTION_REDIRECT, true, REST_ADDRESS },
	{ AG_TEXT("marked message to be discarded"), ACTION_DISCARD, true,
	  REST_NONE },
	{ AG_TEXT("Marked message to be discarded"), ACTION_DISCARD, true,
	  REST_NONE },
	{ AG_TEXT("rejected message"), ACTION_BOUNCE, true, REST_REPLY },
	{ AG_TEXT("rejected: "), ACTION_BOUNCE, true, REST_REPLY },
	{ AG_TEXT("rejected"), ACTION_BOUNCE, true, REST_NONE },
	{ AG_TEXT("refused message"), ACTION_BOUNCE, true, REST_REPLY },
	{ AG_TEXT("discarded duplicate "), ACTION_INFO, false, REST_NONE },
	{ AG_TEXT("discarded vacation "), ACTION_INFO, false, REST_NONE },
	{ AG_TEXT("discarded"), ACTION_DISCARD, true, REST_NONE },
	/* no fate, but a message made here */
	{ AG_TEXT("sent vacation response to "), ACTION_BOUNCE_GENERATED, true,
	  REST_ADDRESS },
	{ AG_TEXT("sent notification "), ACTION_INFO, false, REST_NONE },
	{ AG_TEXT("left message in mailbox "), ACTION_INFO, false,
	  REST_QUOTED },
	/* the answer to the client repeats these as 4xx or 5xx */
	{ AG_TEXT("save failed to "), ACTION_DEFER, false, REST_REPLY },
	{ AG_TEXT("failed to store into mailbox "), ACTION_DEFER, false,
	  REST_REPLY },
	{ AG_TEXT("failed to "), ACTION_INFO, false, REST_REPLY },
};

/* The last ": WORDS" of S: where the words begin. */
static const struct said *find_said(struct slice s, size_t *at, bool *twice)
{
	size_t n = 0;

	for (size_t end = s.len; end > 2;) {
		size_t colon = AG_RFIND(slice_to(s, end), ": ");
		struct slice rest;

		if (colon == SLICE_NONE)
			break;
		rest = slice_from(s, colon + 2);
		for (n = 0; n < sizeof said_list / sizeof *said_list; n++)
			if (slice_starts(rest, said_list[n].words))
				break;
		if (n < sizeof said_list / sizeof *said_list) {
			*at = colon + 2;
			break;
		}
		end = colon;
		n = 0;
	}
	if (s.len < 2 || *at == SLICE_NONE)
		return NULL;
	*twice = AG_FIND(slice_to(s, *at - 2), ": saved mail to ") !=
	         SLICE_NONE;
	return &said_list[n];
}

/* "'Junk'" or "'INBOX' (…)": a name may hold quotes itself. */
static struct slice quoted(struct slice s)
{
	size_t end;

	if (!AG_SKIP(&s, "'"))
		return s;
	end = slice_rchr(s, '\'');
	return slice_to(s, end);
}

/* WORDS and what follows them. */
static void set_rest(struct event *e, const struct said *what, struct slice words)
{
	struct slice s = slice_from(words, what->words.len);
	struct slice text;

	switch (what->rest) {
	case REST_NONE:
		break;
	case REST_PLACE:
		ag_set(e, EV_PLACE, s);
		break;
	case REST_QUOTED:
		ag_set(e, EV_PLACE, quoted(s));
		break;
	case REST_ADDRESS:
		if (ag_address(&s, &text))
			event_set(e, EV_PLACE, text);
		else
			ag_set(e, EV_PLACE, s);
		break;
	case REST_REPLY:
		ag_set(e, EV_REPLY, words);
		break;
	}
}

/* "fileinto", "redirect", "reject" … */
static bool is_lower(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < 'a' || s.ptr[i] > 'z')
			return false;
	return s.len > 0;
}

/* Cuts ": redirect action" off the end of HEAD. */
static void cut_action(struct slice *head)
{
	size_t at = AG_RFIND(*head, ": ");
	struct slice name;

	if (at == SLICE_NONE || !slice_ends(*head, SLICE(" action")))
		return;
	name = slice_from(*head, at + 2);
	if (is_lower(slice_to(name, name.len - (sizeof " action" - 1))))
		*head = slice_to(*head, at);
}

/* "msgid=<…>", "msgid=unspecified" if the message has none. */
static void set_head(struct dv *d, struct event *e, struct slice head)
{
	if (!AG_SKIP(&head, "msgid="))
		return;
	AG_SKIP(&head, "? ");
	cut_action(&head);
	if (slice_eq(head, SLICE("unspecified")))
		return;
	if (slice_ends(head, SLICE("...")))
		d->damaged = true;
	ag_set_message_id(e, head);
}

static void set_id_time(const struct dv *d, struct event *e)
{
	const struct id_family *f =
		id_family_find(SLICE("dovecot mail session"));
	struct id id;

	if (f && f->decode(d->session, TIME_NONE, &id) && id.has & ID_TIME)
		event_set_number(e, EV_ID_TIME, id.lo);
	if (f && f->decode(d->session, TIME_NONE, &id) &&
	    id_pid_differs(&id, d->r->pid))
		e->roles |= ROLE_PID_WRONG;
}

/* 2.2 writes the session behind the user: "lmtp(123, bob): SESSION: msgid=". */
static void take_session(struct dv *d, struct slice *s)
{
	size_t at = AG_FIND(*s, ": ");
	struct slice word = slice_to(*s, at);
	struct slice id = slice_to(word, slice_chr(word, ':'));

	/* "SESSION:2: " for the second recipient */
	if (at == SLICE_NONE || d->session.len || id.len != 22 ||
	    slice_chr(id, '=') != SLICE_NONE ||
	    slice_chr(id, ' ') != SLICE_NONE)
		return;
	d->session = word;
	*s = slice_from(*s, at + 2);
}

/* A run of lda is known by its session, before 2.3 by the message alone. */
static void set_run(struct dv *d, struct event *e, bool fate)
{
	struct slice mid = event_text(e, EV_MESSAGE_ID);

	if (!fate || !d->user.len || !mid.len || slice_eq(mid, SLICE("<>")))
		return;
	e->roles |= ROLE_ATTEMPT;
	if (d->session.len)
		dv_set_session(e, d->session);
	else
		event_add_key(e, KEY_SESSION, REL_OWN, LINK_HANDOFF, mid);
	event_add_key(e, KEY_MESSAGE_ID, REL_OWN, LINK_HANDOFF, mid);
}

static bool fate_line(struct dv *d, struct slice s)
{
	size_t at = SLICE_NONE;
	bool twice = false, lmtp = slice_eq(d->service, SLICE("lmtp"));
	const struct said *what;
	struct event *e;

	what = find_said(s, &at, &twice);
	if (!what)
		return false;
	if (twice)
		d->damaged = true;
	e = dv_add(d, what->action, 0, d->service);
	set_head(d, e, slice_to(s, at - 2));
	ag_set(e, EV_RECIPIENT, d->user);
	set_rest(e, what, slice_from(s, at));
	if (!lmtp) {
		set_run(d, e, what->fate);
		return true;
	}
	if (what->fate && d->session.len)
		e->roles = ROLE_ATTEMPT;
	dv_set_session(e, d->session);
	set_id_time(d, e);
	return true;
}

/* "Connect from local", "Disconnect from 192.0.2.1: Logged out (state=READY)" */
static bool connection_line(struct dv *d)
{
	struct slice s = d->body, ip;
	enum action action = ACTION_DISCONNECT;
	struct event *e;

	if (AG_SKIP(&s, "Connect from "))
		action = ACTION_CONNECT;
	else if (!AG_SKIP(&s, "Disconnect from "))
		return false;
	/* IPv6 addresses hold colons too */
	ip = slice_to(s, AG_FIND(s, ": "));
	e = dv_add(d, action, 0, d->service);
	if (ag_is_ip(ip))
		event_set(e, EV_CLIENT_IP, ip);
	else
		ag_set(e, EV_CLIENT_NAME, ip);
	if (action == ACTION_DISCONNECT)
		ag_set(e, EV_REPLY,
		       slice_trim(slice_from(s, ip.len + 1)));
	return true;
}

bool dv_delivery(struct dv *d)
{
	struct slice s = d->body;

	take_session(d, &s);
	AG_SKIP(&s, "sieve: ");
	if (connection_line(d) || fate_line(d, s))
		return true;
	if (!d->level && !AG_STARTS(d->body, "sieve: "))
		return false;
	ag_set(dv_add(d, ACTION_INFO, 0, d->service), EV_RECIPIENT, d->user);
	return true;
}
