/* SPDX-License-Identifier: MIT */
/* What the files of the Exchange formats share: one row of any of its logs, its
 * cells by what they mean. Nobody else includes it. */
#ifndef PARSERS_EXCHANGE_H
#define PARSERS_EXCHANGE_H

#include "parsers/csv.h"
#include "parsers/parser.h"

extern const struct framing framing_exchange;
extern const struct framing framing_exchange_online;
extern const struct framing framing_exchange_json;

/* Whether COLUMN is NAME but for case, '-' and '_'; NAME has neither. */
bool ex_is_named(struct slice column, const char *name);

/* A cell's meaning. Every log and export names its columns in its own way:
 * "client-ip", "client_ip", "ClientIp" are one. */
enum ex_cell {
	/* message tracking */
	EX_TIME,
	EX_TIME_UTC, /* in UTC although no zone is written */
	EX_CLIENT_IP,
	EX_CLIENT_NAME,
	EX_SERVER_IP,
	EX_SERVER_NAME,
	EX_CONTEXT,
	EX_CONNECTOR, /* of protocol logs too */
	EX_SOURCE,
	EX_EVENT_ID,
	EX_INTERNAL_ID,
	EX_MESSAGE_ID,
	EX_NETWORK_ID,
	EX_RECIPIENT,
	EX_STATUS,
	EX_BYTES,
	EX_NRCPT,
	EX_RELATED,
	EX_REFERENCE,
	EX_SUBJECT,
	EX_SENDER,
	EX_RETURN_PATH,
	EX_INFO,
	EX_DIRECTION,
	EX_TENANT,
	EX_ORIG_CLIENT,
	EX_ORIG_SERVER,
	EX_CUSTOM,
	/* protocol logs */
	EX_SESSION,
	EX_SEQUENCE,
	EX_LOCAL,
	EX_REMOTE,
	EX_EVENT,
	EX_DATA,
	EX_USER,
	EX_DURATION,
	EX_COMMAND,
	EX_PARAMETERS,
	EX_CELLS
};

enum ex_table {
	EX_OTHER,    /* none of these: not read */
	EX_TRACKING, /* message tracking */
	EX_SMTP,     /* SMTP receive and send protocol */
	EX_MAILBOX,  /* IMAP4 and POP3 protocol */
};

struct ex_row {
	enum ex_table table;
	struct slice cell[EX_CELLS]; /* absent where there is no column */
	bool damaged;                /* cut, or more cells than columns */
};

void ex_row_read(const struct layout *l, struct slice raw, struct arena *arena,
                 struct ex_row *out);
/* The table that columns of these names make. */
enum ex_table ex_table_of(const struct csv_columns *c);

static inline bool ex_has(const struct ex_row *r, enum ex_cell c)
{
	return r->cell[c].len > 0;
}

/* The server that wrote a row, by its short name; absent if the row has none. */
struct slice ex_writer(const struct ex_row *r);

/* Whether a failure or a delay names the next server as "server". */
bool ex_names_remote(const struct ex_row *r);

/* "name=value" inside "S:name=value;S:…": the value, or absent. */
struct slice ex_property(struct slice s, struct slice name);
/* "550 5.1.1 …", "{LED=550 …};…": sets EV_REPLY and what stands at its start.
 * The class of the answer, 0 if there is none. */
int ex_set_reply(struct event *e, struct slice reply);
/* "192.0.2.1:25", "[2001:db8::1]:25": false if it is none. */
bool ex_endpoint(struct slice s, struct slice *ip, int64_t *port);

#endif
