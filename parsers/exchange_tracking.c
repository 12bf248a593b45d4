/* SPDX-License-Identifier: MIT */
/* Message tracking of Exchange 2007 to 2019 and of Exchange Online's extended
 * message trace: one event for each recipient of a row. */
#include "parsers/exchange_tracking.h"

#include "parsers/mail.h"

static bool claims(struct slice program)
{
	return slice_eq(program, SLICE("exchange/tracking"));
}

/* Without the outer <>; "<>" stays, since empty is not absent. */
static struct slice bare(struct slice s)
{
	s = slice_trim(s);
	if (s.len > 2 && s.ptr[0] == '<' && s.ptr[s.len - 1] == '>')
		return slice_of(s.ptr + 1, s.len - 2);
	return s;
}

static void set(struct event *e, enum event_field f, struct slice s)
{
	if (s.len)
		event_set(e, f, s);
}

static void set_number(struct event *e, enum event_field f, struct slice s)
{
	uint64_t n;

	if (slice_u64(s, &n) && n <= INT64_MAX)
		event_set_number(e, f, (int64_t)n);
}

/* "SMTP" and the like; how a user sent it where the store tells that. */
static struct slice service_of(const struct ex_row *row)
{
	struct slice s = row->cell[EX_CONTEXT];
	size_t at = slice_find(s, SLICE("ClientType:"));

	if (at == SLICE_NONE)
		return row->cell[EX_SOURCE];
	s = slice_from(s, at + 11);
	return slice_trim(slice_cut(&s, ','));
}

static void set_keys(const struct track *t, struct event *e)
{
	const struct ex_row *row = t->row;
	struct slice id = row->cell[EX_INTERNAL_ID];
	struct slice mid = event_text(e, EV_MESSAGE_ID);
	uint64_t n;

	/* 0 stands where no message object was made yet */
	if (!slice_u64(id, &n) || n == 0)
		return;
	event_set(e, EV_QUEUE_ID, id);
	/* a copy's line must not make the mail itself one */
	if (t->kind->does & TRACK_APART)
		return;
	event_add_key(e, KEY_QUEUE, REL_OWN, LINK_HANDOFF, id);
	if (mid.len && !slice_eq(mid, SLICE("<>")))
		event_add_key(e, KEY_MESSAGE_ID, REL_OWN, LINK_HANDOFF, mid);
	event_add_key(e, KEY_NETWORK_ID, REL_OWN, LINK_HANDOFF,
	              row->cell[EX_NETWORK_ID]);
}

static unsigned roles_of(const struct track *t)
{
	unsigned does = t->kind->does, roles = 0;
	bool first = t->out->n == 0;

	if (does & TRACK_OPENS && first)
		roles |= ROLE_OPENS | ROLE_ENVELOPE;
	if (does & TRACK_APPEARS && first)
		roles |= ROLE_OPENS_WEAKLY;
	if (does & TRACK_APART || track_is_journal(t))
		roles |= ROLE_COPY;
	if (track_is_probe(t))
		roles |= ROLE_PROBE;
	if (t->row->damaged)
		roles |= ROLE_DAMAGED;
	return roles;
}

/* What all events of the row share. */
static struct event *add_event(const struct track *t)
{
	const struct ex_row *row = t->row;
	unsigned roles = roles_of(t);
	struct event *e = events_add(t->out);
	struct slice mid = bare(row->cell[EX_MESSAGE_ID]);
	struct slice from = bare(row->cell[EX_RETURN_PATH]);

	e->action = t->kind->action;
	e->roles = roles;
	set(e, EV_MESSAGE_ID, mid);
	set(e, EV_SENDER, from.len ? from : bare(row->cell[EX_SENDER]));
	set(e, EV_HEADER_FROM, bare(row->cell[EX_SENDER]));
	set(e, EV_SUBJECT, row->cell[EX_SUBJECT]);
	set(e, EV_SERVICE, service_of(row));
	event_set(e, EV_INSTANCE, arena_slice(t->arena, SLICE("exchange")));
	set_number(e, EV_SIZE, row->cell[EX_BYTES]);
	if (roles & ROLE_ENVELOPE)
		set_number(e, EV_NRCPT, row->cell[EX_NRCPT]);
	set_keys(t, e);
	if (t->kind->does & (TRACK_OPENS | TRACK_APPEARS) &&
	    !(t->kind->does & TRACK_FATE))
		track_client(t, e);
	track_times(t, e);
	track_parent(t, e);
	track_verdict(t, e);
	return e;
}

static bool is_discarded(struct slice status)
{
	/* a rule deleted it: the status of success with a failure */
	return status.len && status.ptr[0] == '2';
}

static void add_recipient(const struct track *t, struct slice to,
                          struct slice status)
{
	struct event *e = add_event(t);
	struct slice related = bare(t->row->cell[EX_RELATED]);

	set(e, EV_RECIPIENT, to);
	if (to.len && t->kind->does & TRACK_FATE && !(e->roles & ROLE_COPY))
		e->roles |= ROLE_ATTEMPT;
	if (to.len && t->kind->does & TRACK_QUEUED) {
		e->roles |= ROLE_ADDRESSED;
		if (!slice_eq(related, to))
			set(e, EV_ORIG_RECIPIENT, related);
	}
	if (t->kind->does & TRACK_FATE)
		track_reply(t, e, status);
	if (e->action == ACTION_BOUNCE && is_discarded(status))
		e->action = ACTION_DISCARD;
}

/* How the states of a row's recipients are told apart. */
enum states {
	STATES_ONE,    /* one for all */
	STATES_LISTED, /* as many as recipients, ';' between */
	STATES_CODED,  /* the same, but with ';' inside: each begins "250 " */
};

static bool is_code(struct slice s)
{
	return s.len > 3 && s.ptr[0] >= '2' && s.ptr[0] <= '5' &&
	       s.ptr[1] >= '0' && s.ptr[1] <= '9' && s.ptr[2] >= '0' &&
	       s.ptr[2] <= '9' && s.ptr[3] == ' ';
}

/* Cuts the first state off *S. What stands in braces belongs together:
 * "{LED=…};{FQDN=…}" of one recipient is in brackets if there are several. */
static struct slice cut_state(struct slice *s, enum states how)
{
	struct slice all = *s;
	int depth = 0;

	for (size_t i = 0; i < all.len && how != STATES_ONE; i++) {
		char c = all.ptr[i];

		depth += (c == '{' || c == '[') - (c == '}' || c == ']');
		if (c != ';' || depth > 0)
			continue;
		if (how == STATES_CODED && !is_code(slice_from(all, i + 1)))
			continue;
		*s = slice_from(all, i + 1);
		return slice_trim(slice_to(all, i));
	}
	*s = slice_from(all, how == STATES_ONE ? 0 : all.len);
	return slice_trim(all);
}

static enum states states_of(struct slice states, size_t recipients)
{
	for (int how = STATES_LISTED; how <= STATES_CODED; how++) {
		struct slice rest = states;
		size_t n = 0;

		for (; rest.len; n++)
			cut_state(&rest, (enum states)how);
		if (n == recipients)
			return (enum states)how;
	}
	return STATES_ONE;
}

static size_t count(struct slice s)
{
	size_t n = s.len > 0;

	for (size_t i = 0; i < s.len; i++)
		n += s.ptr[i] == ';';
	return n;
}

/* The server itself takes no more; only a forged row has. */
#define RECIPIENTS_MAX 10000

static enum parse parse(const struct layout *l, const struct record *r,
                        struct arena *arena, struct events *out)
{
	struct slice to, states;
	struct ex_row row;
	struct track t = { r, &row, arena, out, NULL };
	enum states how = STATES_ONE;

	ex_row_read(l, r->body, arena, &row);
	if (row.table != EX_TRACKING || !ex_has(&row, EX_EVENT_ID))
		return PARSE_NO;
	t.kind = track_kind_of(row.cell[EX_EVENT_ID]);
	to = row.cell[EX_RECIPIENT];
	states = row.cell[EX_STATUS];
	if (count(to) > 1)
		how = states_of(states, count(to));
	do {
		struct slice one = bare(slice_cut(&to, ';'));
		struct slice state = cut_state(&states, how);

		if (one.len || out->n == 0)
			add_recipient(&t, one, state);
	} while (to.len && out->n < RECIPIENTS_MAX);
	if (to.len)
		out->list[0].roles |= ROLE_DAMAGED;
	return row.damaged ? PARSE_DAMAGED : PARSE_OK;
}

static const struct parser_example examples[] = {
	{ "2026-03-14T09:15:02.318Z,198.51.100.7,mail.example.org,192.0.2.10,"
	  "EX01,08DE819FFEEE4380;2026-03-14T09:15:02.100Z;0,EX01\\Default "
	  "EX01,SMTP,RECEIVE,41399189774878,<m1@example.org>,bob@example.com;"
	  "carol@example.com,,2048,2,,,\"Hello, =world\",alice@example.org,"
	  "alice@example.org,0cA:",
	  "accept queue_id=41399189774878 message_id=m1@example.org "
	  "sender=alice@example.org recipient=bob@example.com "
	  "client_ip=198.51.100.7 client_name=mail.example.org "
	  "subject=\"Hello, =world\" header_from=alice@example.org "
	  "session_id=08DE819FFEEE4380 instance=exchange service=SMTP "
	  "size=2048 nrcpt=2 roles=opens,envelope,addressed "
	  "message_id:own=m1@example.org session:own=08DE819FFEEE4380 & "
	  "accept queue_id=41399189774878 message_id=m1@example.org "
	  "sender=alice@example.org recipient=carol@example.com "
	  "client_ip=198.51.100.7 client_name=mail.example.org "
	  "subject=\"Hello, =world\" header_from=alice@example.org "
	  "session_id=08DE819FFEEE4380 instance=exchange service=SMTP "
	  "size=2048 roles=addressed message_id:own=m1@example.org" },
	{ "2026-03-14T09:15:03.000Z,192.0.2.10,EX01.example.com,192.0.2.11,"
	  "EX02,,,STOREDRIVER,DELIVER,41399189774878,<m1@example.org>,"
	  "bob@example.com;carol@example.com,,2210,2,,,Hello,"
	  "alice@example.org,alice@example.org,2026-03-14T09:15:02.100Z;"
	  "LSRV=EX01.example.com:TOTAL=0,Incoming,,,,",
	  "deliver queue_id=41399189774878 message_id=m1@example.org "
	  "sender=alice@example.org recipient=bob@example.com subject=Hello "
	  "header_from=alice@example.org instance=exchange "
	  "service=STOREDRIVER size=2210 delay=0.9s roles=opens_weakly,"
	  "attempt message_id:own=m1@example.org & deliver "
	  "queue_id=41399189774878 message_id=m1@example.org "
	  "sender=alice@example.org recipient=carol@example.com subject=Hello "
	  "header_from=alice@example.org instance=exchange "
	  "service=STOREDRIVER size=2210 delay=0.9s roles=attempt "
	  "message_id:own=m1@example.org" },
	{ "2026-03-14T09:15:02.318Z,192.0.2.10,EX01.example.com,192.0.2.10,"
	  "EX01,08DE819FFEEE4380;2026-03-14T09:15:02.100Z;0,EX01\\Default "
	  "EX01,SMTP,RECEIVE,41399189774879,<m2@example.org>,"
	  "3f6d5c2b1a0948b7e6f508de81aa2c56,staff@example.com,,1356,1,,,,"
	  "alice@example.org,bounce@lists.example.org,0cA: ,Incoming,,"
	  "198.51.100.7,192.0.2.10,S:FirstForestHop=EX01.example.com;"
	  "S:ProxiedClientIPAddress=198.51.100.7;"
	  "S:ProxiedClientHostname=mail.example.org;"
	  "S:ProxyHop1=EX01.example.com(192.0.2.10)",
	  "accept queue_id=41399189774879 message_id=m2@example.org "
	  "sender=bounce@lists.example.org recipient=staff@example.com "
	  "client_ip=198.51.100.7 helo=mail.example.org "
	  "header_from=alice@example.org session_id=08DE819FFEEE4380 "
	  "instance=exchange service=SMTP size=1356 nrcpt=1 "
	  "id_time=2026-03-14T09:15:02.144614Z roles=opens,envelope,addressed "
	  "message_id:own=m2@example.org "
	  "network_id:own=3f6d5c2b1a0948b7e6f508de81aa2c56 "
	  "session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.400Z,,,,EX01,,,ROUTING,EXPAND,41399189774879,"
	  "<m2@example.org>,3f6d5c2b1a0948b7e6f508de81aa2c56,bob@example.com;"
	  "carol@example.net,250 2.1.5 RESOLVER.GRP.Expanded; distribution "
	  "list expanded;250 2.1.5 RESOLVER.GRP.Expanded; distribution list "
	  "expanded,1356,2,staff@example.com,,x,alice@example.org,"
	  "bounce@lists.example.org,,Incoming,,,,",
	  "expand queue_id=41399189774879 message_id=m2@example.org "
	  "sender=bounce@lists.example.org recipient=bob@example.com "
	  "orig_recipient=staff@example.com subject=x "
	  "header_from=alice@example.org instance=exchange service=ROUTING "
	  "size=1356 roles=addressed message_id:own=m2@example.org "
	  "network_id:own=3f6d5c2b1a0948b7e6f508de81aa2c56 & expand "
	  "queue_id=41399189774879 message_id=m2@example.org "
	  "sender=bounce@lists.example.org recipient=carol@example.net "
	  "orig_recipient=staff@example.com subject=x "
	  "header_from=alice@example.org instance=exchange service=ROUTING "
	  "size=1356 roles=addressed message_id:own=m2@example.org "
	  "network_id:own=3f6d5c2b1a0948b7e6f508de81aa2c56" },
	{ "2026-03-14T09:15:03.500Z,192.0.2.10,EX01,192.0.2.11,"
	  "EX02.example.com,\"08DE819FFEEE4391;250 2.6.0 <m2@example.org> "
	  "[InternalId=8589934593, Hostname=EX02.example.com] 2100 bytes in "
	  "0.120, 17.088 KB/sec Queued mail for delivery\",Intra-Organization "
	  "SMTP Send Connector,SMTP,SEND,41399189774879,<m2@example.org>,"
	  "3f6d5c2b1a0948b7e6f508de81aa2c56,bob@example.com,250 2.1.5 "
	  "Recipient OK,2100,1,,,x,alice@example.org,bounce@lists.example.org,"
	  "2026-03-14T09:15:02.100Z;LSRV=EX01.example.com:TOTAL-SMS=0.1,"
	  "Incoming,,,,S:E2ELatency=1.4,Email,,15.01.2507.006",
	  "relay queue_id=41399189774879 message_id=m2@example.org "
	  "sender=bounce@lists.example.org recipient=bob@example.com "
	  "relay_ip=192.0.2.11 relay_name=EX02.example.com dsn=2.6.0 "
	  "reply=\"250 2.6.0 <m2@example.org> [InternalId=8589934593, "
	  "Hostname=EX02.example.com] 2100 bytes in 0.120, 17.088 KB/sec "
	  "Queued mail for delivery\" said_by=EX02.example.com subject=x "
	  "header_from=alice@example.org next_queue_id=8589934593 "
	  "session_id=08DE819FFEEE4391 instance=exchange service=SMTP "
	  "code=250 size=2100 delay=1.4s roles=attempt "
	  "message_id:own=m2@example.org "
	  "network_id:own=3f6d5c2b1a0948b7e6f508de81aa2c56 "
	  "queue:next_hop:handoff=8589934593" },
	{ "2026-03-14T09:15:04.000Z,,,,EX01,,,ROUTING,FAIL,41399189774880,"
	  "<m3@example.org>,3f6d5c2b1a0948b7e6f508de81aa2c56,"
	  "nobody@example.com;gone@example.com,550 5.1.10 "
	  "RESOLVER.ADR.RecipientNotFound;550 5.1.1 "
	  "RESOLVER.ADR.RecipNotFound,900,2,,<n1@example.com>,x,"
	  "alice@example.org,alice@example.org,,Incoming,,,,,Email,,"
	  "15.01.2507.006",
	  "bounce queue_id=41399189774880 message_id=m3@example.org "
	  "sender=alice@example.org recipient=nobody@example.com dsn=5.1.10 "
	  "reply=\"550 5.1.10 RESOLVER.ADR.RecipientNotFound\" subject=x "
	  "header_from=alice@example.org instance=exchange service=ROUTING "
	  "code=550 size=900 roles=attempt message_id:own=m3@example.org "
	  "network_id:own=3f6d5c2b1a0948b7e6f508de81aa2c56 "
	  "message_id:child:bounce=n1@example.com & bounce "
	  "queue_id=41399189774880 message_id=m3@example.org "
	  "sender=alice@example.org recipient=gone@example.com dsn=5.1.1 "
	  "reply=\"550 5.1.1 RESOLVER.ADR.RecipNotFound\" subject=x "
	  "header_from=alice@example.org instance=exchange service=ROUTING "
	  "code=550 size=900 roles=attempt message_id:own=m3@example.org "
	  "network_id:own=3f6d5c2b1a0948b7e6f508de81aa2c56 "
	  "message_id:child:bounce=n1@example.com" },
	{ "2026-03-14T09:15:06.100Z,,,,EX01,,,DSN,DSN,41399189774890,"
	  "<n1@example.com>,,alice@example.org,,4000,1,,<m3@example.org>,"
	  "Undeliverable: x,postmaster@example.com,<>,,Incoming,,,,,Email,,"
	  "15.01.2507.006",
	  "bounce_generated queue_id=41399189774890 message_id=n1@example.com "
	  "sender=<> recipient=alice@example.org subject=\"Undeliverable: x\" "
	  "header_from=postmaster@example.com instance=exchange service=DSN "
	  "size=4000 roles=opens_weakly,addressed "
	  "message_id:own=n1@example.com "
	  "message_id:parent:bounce=m3@example.org" },
	{ "2026-03-14T09:15:10.500Z,,,,EX01,Mailbox Rules Agent,,MAILBOXRULE,"
	  "RECEIVE,8589934801,<f1@example.com>,,bob@example.net,,2300,1,,"
	  "8589934593,FW: x,bob@example.com,bob@example.com,,Incoming,,,,,"
	  "Email,,15.01.2507.006",
	  "accept queue_id=8589934801 message_id=f1@example.com "
	  "sender=bob@example.com recipient=bob@example.net subject=\"FW: x\" "
	  "header_from=bob@example.com instance=exchange service=MAILBOXRULE "
	  "size=2300 nrcpt=1 roles=opens,envelope,addressed "
	  "message_id:own=f1@example.com queue:parent:forward=8589934593" },
};

const struct parser parser_exchange_tracking = {
	.name = "exchange_tracking",
	.about = "Exchange message tracking (MSGTRK) and extended message trace",
	.claims = claims,
	.parse = parse,
	.examples = examples,
	.nexamples = sizeof examples / sizeof *examples,
};
