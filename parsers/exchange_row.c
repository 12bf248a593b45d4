/* SPDX-License-Identifier: MIT */
/* Cells of Exchange's tables by what they mean. */
#include "parsers/exchange.h"

/* In the order of the logs, so that the next column is mostly the next row.
 * Names without '-' and '_', in lower case. */
static const struct {
	const char *name;
	enum ex_cell cell;
} names[] = {
	{ "datetime", EX_TIME },
	{ "clientip", EX_CLIENT_IP },
	{ "clienthostname", EX_CLIENT_NAME },
	{ "serverip", EX_SERVER_IP },
	{ "serverhostname", EX_SERVER_NAME },
	{ "sourcecontext", EX_CONTEXT },
	{ "connectorid", EX_CONNECTOR },
	{ "source", EX_SOURCE },
	{ "eventid", EX_EVENT_ID },
	{ "internalmessageid", EX_INTERNAL_ID },
	{ "messageid", EX_MESSAGE_ID },
	{ "networkmessageid", EX_NETWORK_ID },
	{ "recipientaddress", EX_RECIPIENT },
	{ "recipientstatus", EX_STATUS },
	{ "totalbytes", EX_BYTES },
	{ "recipientcount", EX_NRCPT },
	{ "relatedrecipientaddress", EX_RELATED },
	{ "reference", EX_REFERENCE },
	{ "messagesubject", EX_SUBJECT },
	{ "senderaddress", EX_SENDER },
	{ "returnpath", EX_RETURN_PATH },
	{ "messageinfo", EX_INFO },
	{ "directionality", EX_DIRECTION },
	{ "tenantid", EX_TENANT },
	{ "originalclientip", EX_ORIG_CLIENT },
	{ "originalserverip", EX_ORIG_SERVER },
	{ "customdata", EX_CUSTOM },
	{ "sessionid", EX_SESSION },
	{ "sequencenumber", EX_SEQUENCE },
	{ "localendpoint", EX_LOCAL },
	{ "remoteendpoint", EX_REMOTE },
	{ "event", EX_EVENT },
	{ "data", EX_DATA },
	{ "context", EX_CONTEXT },
	{ "seqnumber", EX_SEQUENCE },
	{ "sip", EX_LOCAL },
	{ "cip", EX_REMOTE },
	{ "user", EX_USER },
	{ "duration", EX_DURATION },
	{ "command", EX_COMMAND },
	{ "parameters", EX_PARAMETERS },
	{ "datetimeutc", EX_TIME_UTC }, /* message trace, extended */
	{ "timestamp", EX_TIME },   /* Get-MessageTrackingLog */
	{ "recipients", EX_RECIPIENT },
	{ "sender", EX_SENDER },
	{ "eventdata", EX_CUSTOM },
};
#define NAMES (sizeof names / sizeof *names)

bool ex_is_named(struct slice column, const char *name)
{
	for (size_t i = 0; i < column.len; i++) {
		char c = column.ptr[i];

		if (c == '-' || c == '_')
			continue;
		if (c >= 'A' && c <= 'Z')
			c = (char)(c + 'a' - 'A');
		/* log text may hold a NUL, which is not the name's end */
		if (!*name || *name++ != c)
			return false;
	}
	return *name == 0;
}

/* The meaning of COLUMN; *AT is where it stood in the table the last time. */
static enum ex_cell cell_of(struct slice column, size_t *at)
{
	for (size_t i = 0; i < NAMES; i++) {
		size_t k = (*at + i) % NAMES;

		if (ex_is_named(column, names[k].name)) {
			*at = k + 1;
			return names[k].cell;
		}
	}
	return EX_CELLS;
}

static enum ex_table table_of(const bool *has)
{
	if (has[EX_EVENT_ID] && has[EX_INTERNAL_ID] &&
	    (has[EX_TIME] || has[EX_TIME_UTC]))
		return EX_TRACKING;
	if (has[EX_SESSION] && has[EX_SEQUENCE] && has[EX_EVENT] && has[EX_DATA])
		return EX_SMTP;
	if (has[EX_SESSION] && has[EX_SEQUENCE] && has[EX_COMMAND])
		return EX_MAILBOX;
	return EX_OTHER;
}

enum ex_table ex_table_of(const struct csv_columns *c)
{
	bool has[EX_CELLS + 1] = { false };
	size_t at = 0;

	for (size_t i = 0; i < c->n; i++)
		has[cell_of(c->name[i], &at)] = true;
	return table_of(has);
}

void ex_row_read(const struct layout *l, struct slice raw, struct arena *arena,
                 struct ex_row *out)
{
	bool has[EX_CELLS + 1] = { false };
	struct csv_columns columns;
	struct csv c;
	size_t at = 0;

	*out = (struct ex_row){ .table = EX_OTHER };
	csv_cut(raw, l->separator ? l->separator : ',', arena, &c);
	columns = csv_columns(l, c.n);
	for (size_t i = 0; i < columns.n; i++) {
		enum ex_cell cell = cell_of(columns.name[i], &at);

		/* the first of two that mean the same */
		if (cell == EX_CELLS || has[cell])
			continue;
		has[cell] = true;
		out->cell[cell] = csv_cell(&c, i);
	}
	out->table = table_of(has);
	out->damaged = c.damaged || c.n != columns.n;
}

struct slice ex_property(struct slice s, struct slice name)
{
	while (s.len) {
		struct slice value = slice_cut(&s, ';');
		struct slice key = slice_trim(slice_cut(&value, '='));

		if (slice_starts(key, SLICE("S:")))
			key = slice_from(key, 2);
		if (slice_eq_nocase(key, name))
			return value;
	}
	return slice_of(NULL, 0);
}

bool ex_names_remote(const struct ex_row *r)
{
	return slice_eq(r->cell[EX_SOURCE], SLICE("SMTP")) &&
	       ex_has(r, EX_CLIENT_NAME) &&
	       (slice_eq(r->cell[EX_EVENT_ID], SLICE("FAIL")) ||
	        slice_eq(r->cell[EX_EVENT_ID], SLICE("DEFER")));
}

/* Rows of what a server sent or put away name it as the client. */
static bool writer_is_client(const struct ex_row *r)
{
	static const struct slice events[] = {
		{ "SEND", 4 },       { "SENDEXTERNAL", 12 },
		{ "SUBMIT", 6 },     { "SUBMITDEFER", 11 },
		{ "SUBMITFAIL", 10 }, { "DELIVER", 7 },
		{ "DUPLICATEDELIVER", 16 },
	};

	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		if (slice_eq(r->cell[EX_EVENT_ID], events[i]))
			return true;
	return ex_names_remote(r);
}

/* "EX01" of "EX01.example.com": rows of one server write either. An address stays
 * as it is. */
static struct slice first_label(struct slice host)
{
	size_t dot = slice_chr(host, '.');
	uint64_t n;

	return dot == 0 || slice_u64(slice_to(host, dot), &n)
	               ? host
	               : slice_to(host, dot);
}

struct slice ex_writer(const struct ex_row *r)
{
	struct slice client = r->cell[EX_CLIENT_NAME];
	struct slice server = r->cell[EX_SERVER_NAME];
	size_t at;

	if (r->table == EX_SMTP) {
		/* "EX01\Default EX01"; connectors that send have no server */
		at = slice_chr(r->cell[EX_CONNECTOR], '\\');
		return at == SLICE_NONE || at == 0
		               ? slice_of(NULL, 0)
		               : slice_to(r->cell[EX_CONNECTOR], at);
	}
	if (r->table != EX_TRACKING)
		return slice_of(NULL, 0);
	if (writer_is_client(r) ? client.len > 0 : server.len == 0)
		server = client;
	return server.len ? first_label(server) : slice_of(NULL, 0);
}

static int digit(struct slice s, size_t i)
{
	return i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9' ? s.ptr[i] - '0'
	                                                       : -1;
}

/* "5.1.1" at the start of S: its length, or 0. */
static size_t dsn_length(struct slice s)
{
	size_t n = 2, parts = 0;

	if (digit(s, 0) < 2 || digit(s, 0) > 5 || s.len < 5 || s.ptr[1] != '.')
		return 0;
	while (n < s.len && parts < 2) {
		size_t from = n;

		while (digit(s, n) >= 0)
			n++;
		if (n == from || n - from > 3)
			return 0;
		if (++parts < 2 && (n == s.len || s.ptr[n++] != '.'))
			return 0;
	}
	return parts == 2 && (n == s.len || s.ptr[n] == ' ' || s.ptr[n] == ';')
	               ? n
	               : 0;
}

int ex_set_reply(struct event *e, struct slice reply)
{
	struct slice s = reply;
	int class = 0;
	size_t n;

	if (reply.len == 0)
		return 0;
	event_set(e, EV_REPLY, reply);
	/* the last error of the queue: "[{LED=421 4.2.1 …};{FQDN=…}" */
	if (s.ptr[0] == '[')
		s = slice_from(s, 1);
	if (slice_starts(s, SLICE("{LED=")))
		s = slice_from(s, 5);
	if (digit(s, 0) >= 2 && digit(s, 0) <= 5 && digit(s, 1) >= 0 &&
	    digit(s, 2) >= 0 && (s.len == 3 || s.ptr[3] == ' ' ||
	                         s.ptr[3] == '-')) {
		class = digit(s, 0);
		event_set_number(e, EV_CODE,
		                 class * 100 + digit(s, 1) * 10 + digit(s, 2));
		s = slice_from(s, s.len > 3 ? 4 : 3);
	}
	n = dsn_length(s);
	if (n) {
		event_set(e, EV_DSN, slice_to(s, n));
		class = digit(s, 0);
	}
	return class;
}

bool ex_endpoint(struct slice s, struct slice *ip, int64_t *port)
{
	size_t colon = slice_rchr(s, ':');
	uint64_t n;

	if (colon == SLICE_NONE || !slice_u64(slice_from(s, colon + 1), &n) ||
	    n > 65535)
		return false;
	*ip = slice_to(s, colon);
	*port = (int64_t)n;
	if (ip->len > 2 && ip->ptr[0] == '[' && ip->ptr[ip->len - 1] == ']')
		*ip = slice_of(ip->ptr + 1, ip->len - 2);
	return ip->len > 0;
}
