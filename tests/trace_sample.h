/* SPDX-License-Identifier: MIT */
/* The journey of UI.md: a filter pass, three recipients, a bounce. */
#ifndef TESTS_TRACE_SAMPLE_H
#define TESTS_TRACE_SAMPLE_H

#include "tests/results.h"

static const char *const journey_columns[] = { "journey_id", "first_utc",
	"last_utc", "message_id", "sender", "subject", "size", "recipients",
	"delivered", "relayed", "failed", "refused", "withheld", "delayed",
	"unknown", NULL };
static const char *const tx_columns[] = { "transaction_id", "journey_id",
	"server", "instance", "queue_id", "opened_utc", "closed_utc", "state",
	"client_name", "client_ip", "user", "nrcpt", NULL };
static const char *const delivery_columns[] = { "delivery_id",
	"transaction_id", "recipient", "outcome", "last_utc", NULL };
static const char *const link_columns[] = { "link_id", "from_transaction",
	"to_transaction", "kind", "class", "evidence", "lag_s", NULL };
static const char *const evidence_columns[] = { "link_id", "code",
	"from_source", "from_line", "to_source", "to_line", NULL };
static const char *const recipient_columns[] = { "recipient_id", "address",
	"addressed_as", "via", "outcome", "place", "server", "queue_id", "code",
	"dsn", "reply", "said_by", "relay_name", "relay_ip", "attempts", NULL };
static const char *const related_columns[] = { "journey_id", "how", NULL };
static const char *const event_columns[] = { "event_id", "time_raw",
	"source_id", "path", "line", "action", "recipient", "transaction_id",
	"raw", NULL };

static inline struct trace *sample_trace(void)
{
	struct trace *t = mem_alloc(sizeof *t);

	t->journey = make_result(journey_columns,
		"1|2026-03-10T09:16:21.318204Z|2026-03-10T09:16:27.200000Z|"
		"7d3c619a@corp.example|alice@corp.example|Invoice 4711|3127|3|"
		"1|1|1|0|0|0|0\n");
	t->transactions = make_result(tx_columns,
		"1|1|mail1|postfix|4fXwft2FgJzFpTn|2026-03-10T09:16:21.318204Z|"
		"2026-03-10T09:16:22.700000Z|complete|laptop.example|203.0.113.77|"
		"alice|3\n"
		"2|1|mail1|postfix|4fXwfv6PcPzFpV6|2026-03-10T09:16:22.761000Z|"
		"2026-03-10T09:16:24.000000Z|complete|localhost|127.0.0.1|-|3\n"
		"3|1|edge|postfix|9EB101A2C7|2026-03-10T09:16:24.000000Z|"
		"2026-03-10T09:16:26.610000Z|complete|mail1.corp.example|"
		"192.0.2.10|-|3\n"
		"4|1|mx|exim|1w1L5G-0005Pl-04|2026-03-10T09:16:25.000000Z|"
		"2026-03-10T09:16:27.000000Z|open|edge.corp.example|198.51.100.25|"
		"-|1\n");
	t->deliveries = make_result(delivery_columns,
		"1|1|bob@partner.example|relayed|2026-03-10T09:16:22.700000Z\n"
		"2|4|bob@partner.example|delivered|2026-03-10T09:16:27.000000Z\n"
		"3|3|eve@partner.example|failed|2026-03-10T09:16:26.610000Z\n"
		"4|3|carol@third.example|relayed|2026-03-10T09:16:26.610000Z\n");
	t->attempts = make_result(delivery_columns, "");
	t->links = make_result(link_columns,
		"1|1|2|filter|confirmed|E2|1.42\n"
		"2|2|3|handoff|confirmed|E1,E5|-\n"
		"3|3|4|handoff|confirmed|E1|-\n"
		"4|3|9|bounce|confirmed|E2|-\n"
		"5|3|8|handoff|possible|E5|-\n");
	t->evidence = make_result(evidence_columns,
		"2|E1|1|14231|2|8821\n"
		"2|E5|1|14204|2|8823\n");
	t->recipients = make_result(recipient_columns,
		"1|bob@partner.example|bob@partner.example|-|delivered|INBOX|mx|"
		"1w1L5G-0005Pl-04|250|2.0.0|Saved|mx|-|-|1\n"
		"2|carol@third.example|carol@third.example|-|relayed|-|edge|"
		"9EB101A2C7|250|2.0.0|Ok: queued as 3A91F2|mx.third.example|"
		"mx.third.example|192.0.2.7|1\n"
		"3|eve@partner.example|eve@partner.example|-|failed|-|edge|"
		"9EB101A2C7|550|5.1.1|user unknown|mx|mx.partner.example|"
		"198.51.100.30|1\n");
	t->related = make_result(related_columns, "5|bounce\n6|forward\n");
	return t;
}

/* Transactions of the related journeys: what a page of them gives. */
static inline struct result *sample_others(void)
{
	return make_result(tx_columns,
		"9|5|edge|postfix|4fXwg03xLmzFpX1|2026-03-10T09:16:26.700000Z|"
		"2026-03-10T09:16:26.900000Z|complete|-|-|-|1\n");
}

static inline struct result *sample_events(void)
{
	return make_result(event_columns,
		"1|Mar 10 04:16:21|1|logs/mail1.log|14203|accept|-|1|"
		"Mar 10 04:16:21 mail1 postfix/smtpd[16325]: 4fXwft2FgJzFpTn: "
		"client=laptop.example[203.0.113.77]\n"
		"2|Mar 10 04:16:22|1|logs/mail1.log|14208|accept|-|2|"
		"Mar 10 04:16:22 mail1 postfix/smtpd[16340]: 4fXwfv6PcPzFpV6: "
		"client=localhost[127.0.0.1]\n"
		"3|Mar 10 04:16:24|1|logs/mail1.log|14231|relay|"
		"bob@partner.example|2|Mar 10 04:16:24 mail1 postfix/smtp[16329]: "
		"4fXwfv6PcPzFpV6: to=<bob@partner.example>, status=sent (250 2.0.0 "
		"Ok: queued as 9EB101A2C7)\n"
		"4|Mar 10 04:16:24|1|logs/mail1.log|14231|relay|"
		"eve@partner.example|2|Mar 10 04:16:24 mail1 postfix/smtp[16329]: "
		"4fXwfv6PcPzFpV6: to=<bob@partner.example>, status=sent (250 2.0.0 "
		"Ok: queued as 9EB101A2C7)\n"
		"5|2026-03-10T09:16:26.402311+00:00|2|logs/edge.log|8821|accept|-|3|"
		"2026-03-10T09:16:26.402311+00:00 edge postfix/smtpd[771]: "
		"9EB101A2C7: client=mail1.corp.example[192.0.2.10]\n"
		"6|2026-03-10T09:16:26.410020+00:00|2|logs/edge.log|8823|info|-|3|"
		"2026-03-10T09:16:26.410020+00:00 edge postfix/cleanup[774]: "
		"9EB101A2C7: message-id=<7d3c619a@corp.example>\n"
		"7|2026-03-10T09:16:27.661900+00:00|2|logs/edge.log|8840|bounce|"
		"eve@partner.example|3|2026-03-10T09:16:27.661900+00:00 edge "
		"postfix/smtp[790]: 9EB101A2C7: to=<eve@partner.example>, "
		"status=bounced (host said: \x1b[2J 550 user unknown)\n");
}

static inline void drop_trace(struct trace *t)
{
	drop_result(t->journey);
	drop_result(t->transactions);
	drop_result(t->deliveries);
	drop_result(t->attempts);
	drop_result(t->links);
	drop_result(t->evidence);
	drop_result(t->recipients);
	drop_result(t->related);
	drop_result(t->missing);
	drop_result(t->clocks);
	drop_result(t->sources);
	free(t);
}

#endif
