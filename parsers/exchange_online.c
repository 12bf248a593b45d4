/* SPDX-License-Identifier: MIT */
/* What Exchange Online and Defender report of a message: one row for each
 * recipient, or one with all of them. The service is one server, and the network
 * message id its name for the message. */
#include "parsers/exchange_online.h"

#include "parsers/ids/id.h"
#include "parsers/mail.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static bool claims(struct slice program)
{
	(void)program;
	return false; /* its framings choose it */
}

/* What became of a recipient. The words of an enhanced summary's list come in
 * the order of events: the last one that tells a fate counts. */
static const struct {
	const char *word;
	enum action action;
	bool fate;
} words[] = {
	{ "Delivered", ACTION_DELIVER, true },
	{ "Deliver", ACTION_DELIVER, true },
	{ "Send", ACTION_RELAY, true },
	{ "SendExternal", ACTION_RELAY, true },
	{ "Failed", ACTION_BOUNCE, true },
	{ "Fail", ACTION_BOUNCE, true },
	{ "Pending", ACTION_DEFER, true },
	{ "Defer", ACTION_DEFER, true },
	{ "Quarantined", ACTION_QUARANTINE, true },
	{ "Quarantine", ACTION_QUARANTINE, true },
	/* rejected or dropped as spam; what lands in Junk is Delivered */
	{ "FilteredAsSpam", ACTION_DISCARD, true },
	{ "Drop", ACTION_DISCARD, true },
	{ "Dropped", ACTION_DISCARD, true },
	{ "Expanded", ACTION_EXPAND, false },
	{ "Expand", ACTION_EXPAND, false },
	/* EmailEvents */
	{ "Junked", ACTION_DELIVER, true },
	{ "Replaced", ACTION_DELIVER, true },
	{ "Blocked", ACTION_QUARANTINE, true },
};

static bool fate_of(struct slice status, enum action *action, bool *fate)
{
	bool known = false;

	*action = ACTION_INFO;
	*fate = false;
	while (status.len) {
		struct slice word = slice_trim(slice_cut(&status, ','));

		for (size_t i = 0; i < COUNT(words); i++) {
			if (!slice_eq_nocase(word, slice_str(words[i].word)))
				continue;
			*action = words[i].action;
			*fate = words[i].fate;
			known = true;
		}
	}
	return known;
}

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

static void set_message(const struct eo_row *row, struct event *e,
                        struct arena *arena)
{
	struct slice id = row->cell[EO_NETWORK_ID];
	struct slice mid = bare(row->cell[EO_MESSAGE_ID]);
	struct slice ip = row->cell[EO_FROM_IP];
	struct id decoded;
	uint64_t n;

	set(e, EV_QUEUE_ID, id);
	set(e, EV_MESSAGE_ID, mid);
	set(e, EV_SENDER, bare(row->cell[EO_SENDER]));
	set(e, EV_HEADER_FROM, bare(row->cell[EO_HEADER_FROM]));
	set(e, EV_SUBJECT, row->cell[EO_SUBJECT]);
	set(e, EV_CLIENT_IP, ip.len ? ip : row->cell[EO_FROM_IP6]);
	set(e, EV_VERDICT, row->cell[EO_THREATS]);
	event_set(e, EV_INSTANCE, arena_slice(arena, SLICE("exchange-online")));
	if (slice_u64(row->cell[EO_SIZE], &n) && n && n <= INT64_MAX)
		event_set_number(e, EV_SIZE, (int64_t)n);
	event_add_key(e, KEY_QUEUE, REL_OWN, LINK_HANDOFF, id);
	if (!slice_eq(mid, SLICE("<>")))
		event_add_key(e, KEY_MESSAGE_ID, REL_OWN, LINK_HANDOFF, mid);
	event_add_key(e, KEY_NETWORK_ID, REL_OWN, LINK_HANDOFF, id);
	if (id_family_find(SLICE("exchange network-id"))
	            ->decode(id, TIME_NONE, &decoded))
		event_set_number(e, EV_ID_TIME, decoded.lo);
}

static void add_recipient(const struct eo_row *row, struct slice to,
                          struct slice status, struct arena *arena,
                          struct events *out)
{
	unsigned first = out->n == 0 ? ROLE_OPENS_WEAKLY : 0u;
	struct event *e = events_add(out);
	bool fate;

	/* where it was put tells how it was blocked */
	if (!slice_eq(status, SLICE("Blocked")) ||
	    !fate_of(row->cell[EO_PLACE], &e->action, &fate))
		fate_of(status, &e->action, &fate);
	e->roles = first | (row->damaged ? ROLE_DAMAGED : 0u);
	set_message(row, e, arena);
	set(e, EV_RECIPIENT, to);
	set(e, EV_REPLY, status);
	set(e, EV_PLACE, row->cell[EO_PLACE]);
	if (fate && to.len)
		e->roles |= ROLE_ATTEMPT;
	else if (to.len && slice_eq(status, SLICE("GettingStatus")))
		e->roles |= ROLE_ADDRESSED;
	if (row->cell[EO_TO_IP].len == 0)
		return;
	/* it was sent to another server, which says "Delivered" of its own */
	event_set(e, EV_RELAY_IP, row->cell[EO_TO_IP]);
	if (e->action == ACTION_DELIVER)
		e->action = ACTION_RELAY;
}

#define RECIPIENTS_MAX 10000 /* more than the service takes */

/* "a@b##Receive, Deliver;c@d##Receive, Fail" */
static void add_list(const struct eo_row *row, struct arena *arena,
                     struct events *out)
{
	struct slice rest = row->cell[EO_RECIPIENTS];

	while (rest.len && out->n < RECIPIENTS_MAX) {
		struct slice status = slice_cut(&rest, ';');
		size_t at = slice_find(status, SLICE("##"));
		struct slice to = slice_to(status, at);

		if (status.len == 0)
			continue;
		status = at == SLICE_NONE ? slice_of(NULL, 0)
		                          : slice_from(status, at + 2);
		add_recipient(row, bare(to), slice_trim(status), arena, out);
	}
	if (rest.len)
		out->list[0].roles |= ROLE_DAMAGED;
}

static enum parse parse(const struct layout *l, const struct record *r,
                        struct arena *arena, struct events *out)
{
	struct eo_row row;

	eo_row_read(l, r->body, arena, &row);
	if (row.cell[EO_NETWORK_ID].len == 0)
		return PARSE_NO;
	if (row.cell[EO_RECIPIENTS].len)
		add_list(&row, arena, out);
	else
		add_recipient(&row, bare(row.cell[EO_RECIPIENT]),
		              slice_trim(row.cell[EO_STATUS]), arena, out);
	if (out->n == 0)
		return PARSE_NO;
	return row.damaged ? PARSE_DAMAGED : PARSE_OK;
}

static const struct parser_example examples[] = {
	{ "Received,SenderAddress,RecipientAddress,Subject,Status,ToIP,FromIP,"
	  "Size,MessageId,MessageTraceId\n3/14/2026 9:15:02 AM,"
	  "alice@example.org,bob@example.com,\"Hello, =world\",Delivered,,"
	  "198.51.100.7,2048,<m1@example.org>,"
	  "3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56\n3/14/2026 9:15:02 AM,"
	  "alice@example.org,carol@example.net,Hello,Delivered,203.0.113.25,"
	  "198.51.100.7,2048,<m1@example.org>,"
	  "3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56\n",
	  "deliver queue_id=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 "
	  "message_id=m1@example.org sender=alice@example.org "
	  "recipient=bob@example.com client_ip=198.51.100.7 reply=Delivered "
	  "subject=\"Hello, =world\" instance=exchange-online size=2048 "
	  "id_time=2026-03-14T09:15:02.144614Z roles=opens_weakly,attempt "
	  "message_id:own=m1@example.org "
	  "network_id:own=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 & relay "
	  "queue_id=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 "
	  "message_id=m1@example.org sender=alice@example.org "
	  "recipient=carol@example.net client_ip=198.51.100.7 "
	  "relay_ip=203.0.113.25 reply=Delivered subject=Hello "
	  "instance=exchange-online size=2048 "
	  "id_time=2026-03-14T09:15:02.144614Z roles=opens_weakly,attempt "
	  "message_id:own=m1@example.org "
	  "network_id:own=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56" },
	{ "origin_timestamp_utc,sender_address,recipient_status,"
	  "message_subject,total_bytes,message_id,network_message_id,"
	  "original_client_ip,directionality,connector_id,"
	  "delivery_priority\n2026-03-14T09:15:02.1500000Z,alice@example.org,"
	  "\"bob@example.com##Receive, Deliver;carol@example.com##Receive, "
	  "Fail;dave@example.com##Receive, Expand, Send\",x,2048,"
	  "<m1@example.org>,3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56,198.51.100.7,"
	  "1,,Normal\n",
	  "deliver queue_id=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 "
	  "message_id=m1@example.org sender=alice@example.org "
	  "recipient=bob@example.com client_ip=198.51.100.7 reply=\"Receive, "
	  "Deliver\" subject=x instance=exchange-online size=2048 "
	  "id_time=2026-03-14T09:15:02.144614Z roles=opens_weakly,attempt "
	  "message_id:own=m1@example.org "
	  "network_id:own=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 & bounce "
	  "queue_id=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 "
	  "message_id=m1@example.org sender=alice@example.org "
	  "recipient=carol@example.com client_ip=198.51.100.7 reply=\"Receive,"
	  " Fail\" subject=x instance=exchange-online size=2048 "
	  "id_time=2026-03-14T09:15:02.144614Z roles=attempt "
	  "message_id:own=m1@example.org "
	  "network_id:own=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 & relay "
	  "queue_id=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 "
	  "message_id=m1@example.org sender=alice@example.org "
	  "recipient=dave@example.com client_ip=198.51.100.7 reply=\"Receive, "
	  "Expand, Send\" subject=x instance=exchange-online size=2048 "
	  "id_time=2026-03-14T09:15:02.144614Z roles=attempt "
	  "message_id:own=m1@example.org "
	  "network_id:own=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56" },
	{ "Timestamp,NetworkMessageId,InternetMessageId,SenderMailFromAddress,"
	  "SenderFromAddress,SenderIPv4,SenderIPv6,RecipientEmailAddress,"
	  "Subject,EmailDirection,DeliveryAction,DeliveryLocation,"
	  "ThreatTypes\n2026-03-14T09:15:02Z,"
	  "3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56,<m1@example.org>,"
	  "bounce@lists.example.org,ceo@example.com,198.51.100.7,,"
	  "bob@example.com,Pay now,Inbound,Junked,Junk folder,Phish\n",
	  "deliver queue_id=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 "
	  "message_id=m1@example.org sender=bounce@lists.example.org "
	  "recipient=bob@example.com client_ip=198.51.100.7 reply=Junked "
	  "place=\"Junk folder\" subject=\"Pay now\" "
	  "header_from=ceo@example.com verdict=Phish instance=exchange-online "
	  "id_time=2026-03-14T09:15:02.144614Z roles=opens_weakly,attempt "
	  "message_id:own=m1@example.org "
	  "network_id:own=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56" },
	{ "{\"Received\":\"/Date(1773479702000)/\","
	  "\"SenderAddress\":\"alice@example.org\","
	  "\"RecipientAddress\":\"bob@example.com\",\"Subject\":null,"
	  "\"Status\":\"Quarantined\",\"ToIP\":null,"
	  "\"FromIP\":\"198.51.100.7\",\"Size\":2048,"
	  "\"MessageId\":\"<m1@example.org>\","
	  "\"MessageTraceId\":\"3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56\"}",
	  "quarantine queue_id=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 "
	  "message_id=m1@example.org sender=alice@example.org "
	  "recipient=bob@example.com client_ip=198.51.100.7 reply=Quarantined "
	  "instance=exchange-online size=2048 "
	  "id_time=2026-03-14T09:15:02.144614Z roles=opens_weakly,attempt "
	  "message_id:own=m1@example.org "
	  "network_id:own=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56" },
};

const struct parser parser_exchange_online = {
	.name = "exchange_online",
	.about = "message trace of Exchange Online and Defender's EmailEvents",
	.claims = claims,
	.parse = parse,
	.examples = examples,
	.nexamples = COUNT(examples),
};
