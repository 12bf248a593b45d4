/* SPDX-License-Identifier: MIT */
/* Looking up units and fields, and the columns of the public views. */
#include "model/store/engine.h"

const struct unit_info units[UNIT_COUNT] = {
	[UNIT_MESSAGES] = { "messages", "v_journey", "journey_id", "first_utc",
	                    "one message over all servers" },
	[UNIT_RECIPIENTS] = { "recipients", "v_recipient", "recipient_id",
	                      "first_utc", "one final recipient of a message" },
	[UNIT_TRANSACTIONS] = { "transactions", "v_transaction",
	                        "transaction_id", "opened_utc",
	                        "one server's responsibility for a message" },
	[UNIT_DELIVERIES] = { "deliveries", "v_delivery", "delivery_id",
	                      "first_utc",
	                      "what became of one recipient of a transaction" },
	[UNIT_ATTEMPTS] = { "attempts", "v_attempt", "attempt_id", "time_utc",
	                    "one answer given or got" },
	[UNIT_SESSIONS] = { "sessions", "v_session", "session_id", "first_utc",
	                    "one conversation on one server" },
	[UNIT_EVENTS] = { "events", "v_event", "event_id", "time_utc",
	                  "one thing that a log line says" },
	[UNIT_LINKS] = { "links", "v_link", "link_id", NULL,
	                 "a step from one transaction to another" },
	[UNIT_EVIDENCE] = { "evidence", "v_evidence", "link_id", NULL,
	                    "what a link rests on" },
	[UNIT_CLOCKS] = { "clocks", "v_clock", "source_id", "from_utc",
	                  "zone, year and clock of a run of lines" },
	[UNIT_COVERAGE] = { "coverage", "v_coverage", "source_id", "from_utc",
	                    "times that the logs cover, and gaps" },
	[UNIT_SOURCES] = { "sources", "v_source", "source_id", "first_utc",
	                   "one evidence file" },
	[UNIT_FINDINGS] = { "findings", "v_finding", "finding_id", "first_utc",
	                    "a rule that fired" },
	[UNIT_NOTES] = { "notes", "v_note", "note_id", "time_utc",
	                 "what the analyst wrote" },
	[UNIT_SETTINGS] = { "settings", "v_setting", "name", "time_utc",
	                    "what the case is read with" },
	[UNIT_AUDIT] = { "audit", "v_audit", "audit_id", "time_utc",
	                 "what was done with the case" },
	[UNIT_MISSING] = { "missing", "v_missing", "missing_id", "from_utc",
	                   "what the logs should hold, or contradict" },
	[UNIT_WANTED] = { "wanted", "v_wanted", "wanted_id", "from_utc",
	                  "servers whose logs should be asked for" },
	[UNIT_TRIALS] = { "trials", "v_trial", "trial_id", NULL,
	                  "how often each rule could be tried, and fired" },
};

bool unit_find(const char *name, enum unit *u)
{
	for (int i = 0; i < UNIT_COUNT; i++) {
		if (strcmp(units[i].name, name) != 0)
			continue;
		*u = (enum unit)i;
		return true;
	}
	return false;
}

static bool has_name(const struct field *f, struct slice name)
{
	struct slice rest = slice_str(f->aliases);

	if (slice_eq_nocase(name, slice_str(f->name)))
		return true;
	while (rest.len > 0) {
		struct slice alias = slice_cut(&rest, ' ');

		if (alias.len > 0 && slice_eq_nocase(name, alias))
			return true;
	}
	return false;
}

const struct field *field_find(struct slice name)
{
	for (size_t i = 0; fields[i]; i++)
		if (has_name(fields[i], name))
			return fields[i];
	return NULL;
}

const struct field_source *field_in(const struct field *f, enum unit u)
{
	for (const struct field_source *s = f->sources; s->column || s->expr; s++)
		if (s->unit == u)
			return s;
	return NULL;
}

#define COLUMNS(...) (const char *const[]){ __VA_ARGS__, NULL }

static const char *const *const unit_columns[UNIT_COUNT] = {
	[UNIT_MESSAGES] = COLUMNS(
		"journey_id", "first_utc", "last_utc", "message_id", "sender",
		"header_from", "subject", "size", "client_ip", "client_name",
		"user", "direction", "servers", "hops", "recipients",
		"delivered", "relayed", "failed", "refused", "withheld",
		"delayed", "unknown"),
	[UNIT_RECIPIENTS] = COLUMNS(
		"recipient_id", "journey_id", "address", "addressed_as", "via",
		"outcome", "place", "server", "queue_id", "code", "dsn",
		"reply", "said_by", "relay_name", "relay_ip", "attempts",
		"first_utc", "last_utc"),
	[UNIT_TRANSACTIONS] = COLUMNS(
		"transaction_id", "journey_id", "session_id", "server",
		"instance", "queue_id", "generation", "opened_utc",
		"closed_utc", "state", "message_id", "sender", "header_from",
		"client_ip", "client_port", "client_name", "helo", "user",
		"tls", "size", "nrcpt", "subject", "direction"),
	[UNIT_DELIVERIES] = COLUMNS(
		"delivery_id", "transaction_id", "journey_id", "recipient",
		"orig_recipient", "attempts", "first_utc", "last_utc",
		"outcome", "place", "code", "dsn", "reply", "said_by",
		"relay_ip", "relay_name", "relay_port", "next_queue_id",
		"delay"),
	[UNIT_ATTEMPTS] = COLUMNS(
		"attempt_id", "time_utc", "source_id", "line", "offset",
		"length", "server", "session_id", "transaction_id",
		"delivery_id", "journey_id", "action", "stage", "sender",
		"recipient", "client_ip", "client_name", "helo", "user",
		"relay_ip", "relay_name", "code", "dsn", "reply", "said_by",
		"delay", "copies"),
	[UNIT_SESSIONS] = COLUMNS(
		"session_id", "server", "instance", "service", "client_ip",
		"client_port", "client_name", "helo", "user", "auth_method",
		"tls", "first_utc", "last_utc", "transactions", "auth_ok",
		"auth_fail", "refused", "counters"),
	[UNIT_EVENTS] = COLUMNS(
		"event_id", "time_utc", "time_raw", "time_basis", "source_id",
		"path", "sha256", "line", "offset", "length", "server",
		"program", "pid", "action", "queue_id", "message_id", "sender",
		"recipient", "orig_recipient", "client_ip", "client_port",
		"client_name", "helo", "user", "relay_ip", "relay_name",
		"relay_port", "code", "dsn", "reply", "size", "nrcpt",
		"subject", "header_from", "attachment", "verdict", "delay",
		"tls", "next_queue_id", "session_id", "transaction_id",
		"journey_id", "raw"),
	[UNIT_LINKS] = COLUMNS("link_id", "from_transaction", "to_transaction",
	                       "kind", "class", "evidence", "lag_s"),
	[UNIT_EVIDENCE] = COLUMNS("link_id", "code", "from_source", "from_line",
	                          "to_source", "to_line", "from_text",
	                          "to_text"),
	[UNIT_CLOCKS] = COLUMNS(
		"server", "source_id", "from_line", "to_line", "zone",
		"zone_basis", "year", "year_basis", "from_utc", "to_utc",
		"offset_lo_s", "offset_hi_s", "drift_ppm", "n", "reference"),
	[UNIT_COVERAGE] = COLUMNS("server", "source_id", "from_utc", "to_utc",
	                          "kind", "lines"),
	[UNIT_SOURCES] = COLUMNS(
		"source_id", "path", "member", "exhibit", "format",
		"format_basis", "sha256", "content_sha256", "bytes",
		"mtime_utc", "lines", "event_lines", "unknown_lines",
		"copy_lines", "other_lines", "events", "first_utc", "last_utc",
		"server", "zone", "zone_basis", "year_basis", "state"),
	[UNIT_FINDINGS] = COLUMNS("finding_id", "rule", "severity", "first_utc",
	                          "last_utc", "entity", "explanation",
	                          "innocent", "rows"),
	[UNIT_NOTES] = COLUMNS("note_id", "time_utc", "author", "kind", "unit",
	                       "row_id", "citation", "text", "replaces"),
	[UNIT_SETTINGS] = COLUMNS("name", "value", "basis", "author",
	                          "time_utc"),
	[UNIT_MISSING] = COLUMNS("missing_id", "journey_id", "transaction_id",
	                         "kind", "server", "wanted", "ip", "queue_id",
	                         "recipient", "from_utc", "to_utc", "why",
	                         "searched"),
	[UNIT_WANTED] = COLUMNS("wanted_id", "wanted", "ip", "from_utc",
	                        "to_utc", "messages", "ids", "queue_ids",
	                        "why"),
	[UNIT_TRIALS] = COLUMNS("trial_id", "rule", "server", "tried", "fired",
	                        "needs"),
	[UNIT_AUDIT] = COLUMNS("audit_id", "time_utc", "author", "verb",
	                       "detail", "sha256"),
};

const char *const *engine_columns(enum unit u)
{
	return unit_columns[u];
}
