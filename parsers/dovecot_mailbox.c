/* SPDX-License-Identifier: MIT */
/* Dovecot: what a user did behind the login (mail_log plugin), and how the
 * conversation ended. */
#include "parsers/dovecot.h"

static const struct slice ends[] = {
	AG_TEXT("Logged out"),
	AG_TEXT("Disconnected"),
	AG_TEXT("Connection closed"),
	AG_TEXT("Server shutting down"),
	AG_TEXT("Disconnect"),
};

static bool end_line(struct dv *d)
{
	struct event *e;
	size_t i;

	for (i = 0; i < sizeof ends / sizeof *ends; i++)
		if (slice_starts(d->body, ends[i]))
			break;
	if (i == sizeof ends / sizeof *ends)
		return false;
	e = dv_add(d, ACTION_DISCONNECT,
	           d->session.len ? ROLE_SESSION_CLOSES : 0, d->service);
	ag_set(e, EV_USER, d->user);
	ag_set(e, EV_COUNTERS, d->body);
	dv_set_session(e, d->session);
	return true;
}

/* "expunge: box=INBOX, uid=12, msgid=<…>, size=1234", "copy from INBOX: box=Trash,
 * uid=3, msgid=…". Subject and from may follow the msgid, so that what stands
 * behind it is not read. */
static bool action_line(struct dv *d)
{
	size_t at = AG_FIND(d->body, ": box=");
	struct slice s, box;
	struct event *e;

	if (at == SLICE_NONE || at > 80)
		return false;
	s = slice_from(d->body, at + 6);
	box = slice_to(s, AG_FIND(s, ", uid="));
	e = dv_add(d, ACTION_INFO, 0, d->service);
	ag_set(e, EV_USER, d->user);
	ag_set(e, EV_PLACE, box);
	ag_set(e, EV_VERDICT, slice_to(d->body, at));
	at = AG_FIND(s, ", msgid=");
	if (at != SLICE_NONE && AG_STARTS(slice_from(s, at + 8), "<")) {
		s = slice_from(s, at + 8);
		ag_set_message_id(e, slice_to(s, slice_chr(s, '>') + 1));
	}
	dv_set_session(e, d->session);
	return true;
}

bool dv_mailbox(struct dv *d)
{
	if (end_line(d) || action_line(d))
		return true;
	if (!d->level && !AG_STARTS(d->body, "sieve: "))
		return false;
	ag_set(dv_add(d, ACTION_INFO, 0, d->service), EV_USER, d->user);
	return true;
}
