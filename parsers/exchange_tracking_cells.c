/* SPDX-License-Identifier: MIT */
/* What the cells of message tracking say: kinds of events, who the client was,
 * what the next server answered, which message it was made from. */
#include "parsers/exchange_tracking.h"

#include "parsers/ids/id.h"
#include "parsers/stamp.h"

#define KIND(name, act, what) { { name, sizeof(name) - 1 }, ACTION_##act, what }

/* FORMATS §5a. */
static const struct track_kind kinds[] = {
	KIND("RECEIVE", ACCEPT, TRACK_OPENS | TRACK_QUEUED),
	KIND("SUBMIT", ACCEPT, TRACK_APPEARS),
	KIND("SEND", RELAY, TRACK_FATE | TRACK_SENT),
	KIND("SENDEXTERNAL", RELAY, TRACK_FATE | TRACK_SENT),
	/* the delivery service of 2013 and later logs nothing before it */
	KIND("DELIVER", DELIVER, TRACK_FATE | TRACK_APPEARS),
	KIND("FAIL", BOUNCE, TRACK_FATE),
	KIND("DEFER", DEFER, TRACK_FATE),
	/* the mailbox asks again: no message object was made yet */
	KIND("SUBMITDEFER", DEFER, TRACK_APART),
	KIND("SUBMITFAIL", BOUNCE, TRACK_FATE),
	KIND("DROP", DISCARD, TRACK_FATE),
	KIND("BADMAIL", BOUNCE, TRACK_FATE),
	KIND("POISONMESSAGE", QUARANTINE, TRACK_FATE),
	KIND("EXPAND", EXPAND, TRACK_QUEUED),
	KIND("RESOLVE", INFO, TRACK_QUEUED),
	KIND("REDIRECT", REDIRECT, TRACK_QUEUED),
	KIND("TRANSFER", INFO, TRACK_APPEARS | TRACK_QUEUED),
	KIND("DSN", BOUNCE_GENERATED, TRACK_APPEARS | TRACK_QUEUED),
	KIND("HARECEIVE", INFO, TRACK_APART),
	KIND("HAREDIRECT", INFO, TRACK_APART),
	KIND("HAREDIRECTFAIL", INFO, TRACK_APART),
	KIND("HADISCARD", INFO, TRACK_APART),
	KIND("DUPLICATEDELIVER", INFO, TRACK_APART),
	KIND("DUPLICATEEXPAND", INFO, TRACK_APART),
	KIND("DUPLICATEREDIRECT", INFO, TRACK_APART),
	KIND("RESUBMIT", INFO, TRACK_APART),
	KIND("RESUBMITFAIL", INFO, TRACK_APART),
	KIND("RESUBMITDEFER", INFO, TRACK_APART),
};

/* AGENTINFO, PROCESS, THROTTLE, NOTIFYMAPI, MODERATE… and those to come: they
 * belong to the message and change no recipient's fate. */
static const struct track_kind other = KIND("", INFO, 0);

const struct track_kind *track_kind_of(struct slice event)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (slice_eq(event, kinds[i].event))
			return &kinds[i];
	return &other;
}

/* "HealthMailbox0123456789abcdef0123456789abcdef@…" and the two domains that
 * stand for no mail at all. */
static bool is_probe_address(struct slice s)
{
	const struct slice head = SLICE("HealthMailbox");
	size_t n = head.len;

	if (slice_eq_nocase(s, SLICE("inboundproxy@inboundproxy.com")) ||
	    slice_eq_nocase(s, SLICE("maildeliveryprobe@"
	                             "maildeliveryprobe.com")))
		return true;
	if (s.len < n + 33 || !slice_eq_nocase(slice_to(s, n), head))
		return false;
	for (; n < head.len + 32; n++) {
		char c = s.ptr[n];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
		      (c >= 'A' && c <= 'F')))
			return false;
	}
	return s.ptr[n] == '@';
}

/* A sender can call himself as he likes: mail to anyone else is mail. */
bool track_is_probe(const struct track *t)
{
	struct slice to = t->row->cell[EX_RECIPIENT];

	if (to.len == 0 || !is_probe_address(t->row->cell[EX_SENDER]))
		return false;
	while (to.len)
		if (!is_probe_address(slice_trim(slice_cut(&to, ';'))))
			return false;
	return true;
}

bool track_is_journal(const struct track *t)
{
	return slice_eq(t->row->cell[EX_SOURCE], SLICE("AGENT")) &&
	       slice_eq(t->row->cell[EX_EVENT_ID], SLICE("RECEIVE")) &&
	       slice_find(t->row->cell[EX_CONTEXT], SLICE("Journal")) !=
	               SLICE_NONE;
}

static bool is_loopback(struct slice ip)
{
	return slice_starts(ip, SLICE("127.")) || slice_eq(ip, SLICE("::1"));
}

/* The front end passes mail on to transport of the same server, which then sees
 * the server itself as the client. */
void track_client(const struct track *t, struct event *e)
{
	const struct ex_row *row = t->row;
	struct slice custom = row->cell[EX_CUSTOM];
	struct slice proxied = ex_property(custom, SLICE("ProxiedClientIPAddress"));
	struct slice helo = ex_property(custom, SLICE("ProxiedClientHostname"));
	struct slice ip = row->cell[EX_CLIENT_IP];
	bool own = ip.len == 0 || is_loopback(ip) ||
	           slice_eq(ip, row->cell[EX_SERVER_IP]);

	if (helo.len)
		event_set(e, EV_HELO, helo);
	if (!proxied.len && own)
		proxied = row->cell[EX_ORIG_CLIENT];
	if (proxied.len) {
		event_set(e, EV_CLIENT_IP, proxied);
		return;
	}
	if (ip.len)
		event_set(e, EV_CLIENT_IP, ip);
	if (ex_has(row, EX_CLIENT_NAME))
		event_set(e, EV_CLIENT_NAME, row->cell[EX_CLIENT_NAME]);
}

/* "08DE81A9C2D5F0B1;250 2.6.0 <m1@example.org> [InternalId=…, Hostname=…] …":
 * the answer behind the session's id; absent if there is none. */
static struct slice answer_in(struct slice context)
{
	struct slice rest = context, head = slice_cut(&rest, ';');
	struct id id;

	if (id_family_find(SLICE("exchange session"))
	            ->decode(head, TIME_NONE, &id))
		context = rest;
	return context.len > 3 && context.ptr[0] >= '2' &&
	                       context.ptr[0] <= '5' && context.ptr[3] == ' '
	               ? context
	               : slice_of(NULL, 0);
}

/* The value of "MARK=value]", "MARK=value}"; the last one is the server's. */
static struct slice value_in(struct slice reply, struct slice mark, char end)
{
	size_t at = slice_rfind(reply, mark);

	if (at == SLICE_NONE)
		return slice_of(NULL, 0);
	reply = slice_from(reply, at + mark.len);
	return slice_to(reply, slice_chr(reply, end));
}

static void set_text(struct event *e, enum event_field f, struct slice s)
{
	if (s.len)
		event_set(e, f, s);
}

/* Who was asked, and what it called the message. */
static void set_relay(const struct track *t, struct event *e,
                      struct slice answer)
{
	bool named = t->kind->does & TRACK_SENT || ex_names_remote(t->row);
	struct slice name = t->row->cell[EX_SERVER_NAME];
	struct slice ip = t->row->cell[EX_SERVER_IP];
	struct slice next = id_next_of_reply(answer);

	if (!named) {
		name = value_in(answer, SLICE("{FQDN="), '}');
		ip = value_in(answer, SLICE("{IP="), '}');
	} else if (name.len == 0) {
		name = value_in(answer, SLICE(", Hostname="), ']');
	}
	set_text(e, EV_RELAY_IP, ip);
	set_text(e, EV_RELAY_NAME, name);
	if (answer.len)
		set_text(e, EV_SAID_BY, name.len ? name : ip);
	if (next.len == 0)
		return;
	event_set(e, EV_NEXT_QUEUE_ID, next);
	event_add_key(e, KEY_QUEUE, REL_NEXT_HOP, LINK_HANDOFF, next);
}

void track_reply(const struct track *t, struct event *e, struct slice status)
{
	struct slice answer = answer_in(t->row->cell[EX_CONTEXT]);

	if (t->kind->does & TRACK_SENT) {
		/* the state of a recipient is the answer to RCPT; the one to
		 * the data names the next server's id */
		if (answer.len == 0)
			answer = status;
		ex_set_reply(e, answer);
		set_relay(t, e, answer);
		return;
	}
	if (e->action == ACTION_DELIVER) {
		/* a state that is no answer names the folder */
		if (status.len && status.ptr[0] >= '2' && status.ptr[0] <= '5')
			ex_set_reply(e, status);
		else
			set_text(e, EV_PLACE, status);
		return;
	}
	if (status.len == 0)
		status = answer;
	ex_set_reply(e, status);
	if (slice_eq(t->row->cell[EX_SOURCE], SLICE("SMTP")))
		set_relay(t, e, status);
}

void track_verdict(const struct track *t, struct event *e)
{
	struct slice custom = t->row->cell[EX_CUSTOM];
	size_t at = slice_find(custom, SLICE("|SCL="));

	if (at == SLICE_NONE)
		return;
	custom = slice_from(custom, at + 1);
	custom = slice_cut(&custom, '|');
	set_text(e, EV_VERDICT, slice_cut(&custom, ';'));
}

static const struct {
	struct slice event; /* or source, which says more */
	enum key_relation relation;
	enum link_kind link;
} references[] = {
	{ { "DSN", 3 }, REL_PARENT, LINK_BOUNCE },
	{ { "FAIL", 4 }, REL_CHILD, LINK_BOUNCE },
	{ { "TRANSFER", 8 }, REL_PARENT, LINK_EXPANSION },
	{ { "MAILBOXRULE", 11 }, REL_PARENT, LINK_FORWARD },
};

/* The message that this one was made from, or that was made from it: an id of
 * this server, or a message-id. */
void track_parent(const struct track *t, struct event *e)
{
	struct slice ref = t->row->cell[EX_REFERENCE];
	bool named = ref.len > 2 && ref.ptr[0] == '<' &&
	             ref.ptr[ref.len - 1] == '>';
	uint64_t n;

	if (!(named || slice_u64(ref, &n)) ||
	    slice_eq(ref, t->row->cell[EX_INTERNAL_ID]))
		return;
	if (named)
		ref = slice_of(ref.ptr + 1, ref.len - 2);
	for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
		struct slice name = references[i].event;

		if (!slice_eq(name, t->row->cell[EX_EVENT_ID]) &&
		    !slice_eq(name, t->row->cell[EX_SOURCE]))
			continue;
		event_add_key(e, named ? KEY_MESSAGE_ID : KEY_QUEUE,
		              references[i].relation, references[i].link, ref);
		return;
	}
}

/* The session that brought it, when the message object was made, and how long
 * it took up to here: message-info begins with the origin's time. */
void track_times(const struct track *t, struct event *e)
{
	struct slice session = t->row->cell[EX_CONTEXT];
	struct stamp origin;
	struct id id;

	session = slice_cut(&session, ';');
	if (id_family_find(SLICE("exchange session"))
	            ->decode(session, TIME_NONE, &id)) {
		event_set(e, EV_SESSION_ID, session);
		if (e->roles & ROLE_OPENS)
			event_add_key(e, KEY_SESSION, REL_OWN, LINK_HANDOFF,
			              session);
	}
	if (e->roles & (ROLE_OPENS | ROLE_OPENS_WEAKLY) &&
	    id_family_find(SLICE("exchange network-id"))
	            ->decode(t->row->cell[EX_NETWORK_ID], TIME_NONE, &id))
		event_set_number(e, EV_ID_TIME, id.lo);
	if (!(t->kind->does & TRACK_FATE) ||
	    stamp_iso(t->row->cell[EX_INFO], &origin) == 0 ||
	    !(origin.has & STAMP_ZONE) || !(t->r->time.has & STAMP_ZONE) ||
	    t->r->time.us == TIME_NONE || t->r->time.us < origin.us)
		return;
	event_set_number(e, EV_DELAY, t->r->time.us - origin.us);
}
