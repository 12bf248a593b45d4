/* SPDX-License-Identifier: MIT */
/* How Exchange frames its logs: "#Fields:" and lines of CSV; copies without the
 * header are known by their shape, exports of the shell by their names. */
#include "parsers/exchange.h"

#include "parsers/stamp.h"

/* FORMATS §5a: what each version writes. Where a header is out of sight, the
 * number of cells tells which. */
#define COLUMNS_2007_A \
	"date-time,client-ip,client-hostname,server-ip,server-hostname," \
	"source-context,connector-id,source,event-id,internal-message-id," \
	"message-id,"
#define COLUMNS_2007_B \
	"recipient-address,recipient-status,total-bytes,recipient-count," \
	"related-recipient-address,reference,message-subject,sender-address," \
	"return-path,message-info"
#define COLUMNS_2010 \
	",directionality,tenant-id,original-client-ip,original-server-ip," \
	"custom-data"
#define COLUMNS_2016 ",transport-traffic-type,log-id,schema-version"

static const char *const known_tables[] = {
	COLUMNS_2007_A "network-message-id," COLUMNS_2007_B COLUMNS_2010
		COLUMNS_2016,
	COLUMNS_2007_A "network-message-id," COLUMNS_2007_B COLUMNS_2010,
	COLUMNS_2007_A COLUMNS_2007_B COLUMNS_2010,
	COLUMNS_2007_A COLUMNS_2007_B,
	"date-time,connector-id,session-id,sequence-number,local-endpoint,"
	"remote-endpoint,event,data,context",
	"dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,"
	"command,parameters,context,puid",
	"dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,"
	"command,parameters,context",
};
#define KNOWN (sizeof known_tables / sizeof *known_tables)

static bool header_line(struct slice raw)
{
	static const struct slice heads[] = {
		{ "#Software:", 10 }, { "#Version:", 9 }, { "#Log-type:", 10 },
		{ "#Log-Type:", 10 }, { "#Date:", 6 },    { "#Fields:", 8 },
		{ "#TYPE ", 6 },
	};

	raw = csv_skip_bom(raw);
	if (raw.len == 0 || raw.ptr[0] != '#')
		return false;
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		if (slice_starts(raw, heads[i]))
			return true;
	return false;
}

/* The columns that a header line names, or absent. */
static struct slice fields_line(struct slice raw)
{
	const struct slice head = SLICE("#Fields:");

	raw = csv_skip_bom(raw);
	if (!slice_starts(raw, head))
		return slice_of(NULL, 0);
	raw = slice_trim(slice_from(raw, head.len));
	/* those of other servers are cut by blanks or TABs */
	return slice_chr(raw, ',') == SLICE_NONE ? slice_of(NULL, 0) : raw;
}

static bool is_hex16(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F')))
			return false;
	}
	return s.len == 16;
}

static bool is_capitals(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < 'A' || s.ptr[i] > 'Z')
			return false;
	return s.len > 2;
}

static bool is_event_sign(struct slice s)
{
	return s.len == 1 && strchr("+-<>*", s.ptr[0]);
}

static bool has_shape(const struct csv *c)
{
	struct stamp t;
	uint64_t n;

	if (c->damaged || stamp_iso(c->cell[0], &t) != c->cell[0].len ||
	    !(t.has & STAMP_ZONE))
		return false;
	switch (c->n) {
	case 21:
	case 26:
	case 27:
	case 30:
		return is_capitals(c->cell[7]) && is_capitals(c->cell[8]);
	case 9:
		return is_hex16(c->cell[2]) && slice_u64(c->cell[3], &n) &&
		       is_event_sign(c->cell[6]);
	case 12:
	case 13:
		return is_hex16(c->cell[1]) && slice_u64(c->cell[2], &n) &&
		       slice_u64(c->cell[6], &n) && slice_u64(c->cell[7], &n);
	default:
		return false;
	}
}

#define LOOK 5 /* records without a header that must have the shape */

static int confidence_of(const struct csv *c, struct slice raw)
{
	struct csv_columns names = { c->cell, c->n < CSV_CELLS ? c->n
		                                               : CSV_CELLS };

	if (slice_starts(csv_skip_bom(raw),
	                 SLICE("#Software: Microsoft Exchange")))
		return 98;
	if (has_shape(c))
		return 94;
	return ex_table_of(&names) != EX_OTHER ? 96 : 0;
}

static int detect(const struct sample *s)
{
	struct slice rest = s->part[0];
	struct arena arena = { 0 };
	int least = 0;
	struct record r;
	struct csv c;

	for (int i = 0; i < LOOK; rest = slice_from(rest, r.length)) {
		struct slice fields;
		int n;

		if (csv_next(NULL, rest, true, &r) != CUT_RECORD)
			break;
		if (r.flags & RECORD_BLANK)
			continue;
		fields = fields_line(r.raw);
		csv_cut(fields.len ? fields : r.raw, ',', &arena, &c);
		n = confidence_of(&c, r.raw);
		if (n > 94 || (n == 0 && !header_line(r.raw))) {
			least = n;
			break;
		}
		if (n)
			least = n;
		i++;
	}
	arena_release(&arena);
	return least;
}

static enum ex_table table_of(struct slice names)
{
	struct arena arena = { 0 };
	enum ex_table table = EX_OTHER;
	struct csv c;

	csv_cut(names, ',', &arena, &c);
	if (c.n <= CSV_CELLS)
		table = ex_table_of(&(struct csv_columns){ c.cell, c.n });
	arena_release(&arena);
	return table;
}

/* The header in front of an export, which has no "#Fields:". */
static void learn_names(struct slice raw, struct layout *l)
{
	if (table_of(raw) != EX_OTHER)
		csv_add_table(l, raw);
}

static void learn_part(struct slice rest, bool head, struct layout *l)
{
	bool first = head;
	struct record r;

	while (csv_next(l, rest, true, &r) == CUT_RECORD) {
		struct slice fields = fields_line(r.raw);

		rest = slice_from(rest, r.length);
		if (r.flags & RECORD_BLANK)
			continue;
		if (fields.len)
			csv_add_table(l, fields);
		else if (first && !header_line(r.raw))
			learn_names(r.raw, l);
		first = first && header_line(r.raw);
	}
}

/* Which log the first table is of; without one the first row tells. */
static enum ex_table log_of(const struct sample *s, const struct layout *l)
{
	struct csv_columns c = csv_columns(l, 0);
	struct arena arena = { 0 };
	struct record r;
	struct csv row = { .n = 0 };

	if (c.n)
		return ex_table_of(&c);
	if (csv_next(l, s->part[0], true, &r) == CUT_RECORD)
		csv_cut(r.raw, ',', &arena, &row);
	arena_release(&arena);
	return row.n == 9 ? EX_SMTP : row.n == 12 || row.n == 13 ? EX_MAILBOX
	                                                         : EX_TRACKING;
}

/* The head is cut from the first byte on, so that what looks like a header
 * there is one. The other parts may begin inside a quoted cell: what they say
 * comes last, when each known number of columns has its names. */
static bool learn(const struct sample *s, struct layout *l)
{
	enum ex_table log;

	learn_part(s->part[0], true, l);
	log = log_of(s, l);
	for (size_t i = 0; i < KNOWN; i++)
		/* a row that was cut must not look like one of another log */
		if (table_of(slice_str(known_tables[i])) == log)
			csv_add_table(l, slice_str(known_tables[i]));
	for (size_t i = 1; i < 3; i++)
		learn_part(s->part[i], false, l);
	return true;
}

static enum cut next(const struct layout *l, struct slice bytes, bool last,
                     struct record *r)
{
	enum cut c = csv_next(l, bytes, last, r);

	if (c != CUT_RECORD || r->raw.len == 0)
		return c;
	/* rows begin with the digits of a time */
	if ((r->raw.ptr[0] < '0' || r->raw.ptr[0] > '9') &&
	    (header_line(r->raw) || csv_is_header(l, r->raw)))
		r->flags |= RECORD_HEADER;
	return c;
}

static struct slice program_of(const struct ex_row *row, struct arena *arena)
{
	struct slice ip;
	int64_t port = 0;

	switch (row->table) {
	case EX_TRACKING:
		return arena_slice(arena, SLICE("exchange/tracking"));
	case EX_SMTP:
		return arena_slice(arena, SLICE("exchange/protocol"));
	case EX_MAILBOX:
		ex_endpoint(row->cell[EX_LOCAL], &ip, &port);
		return port == 110 || port == 995
		               ? arena_slice(arena, SLICE("exchange/pop"))
		               : arena_slice(arena, SLICE("exchange/imap"));
	case EX_OTHER:
		break;
	}
	return slice_of(NULL, 0);
}

static void peel_time(struct record *r, const struct ex_row *row)
{
	bool utc = ex_has(row, EX_TIME_UTC);
	struct slice s = row->cell[utc ? EX_TIME_UTC : EX_TIME];

	if (s.len == 0 || stamp_iso(s, &r->time) != s.len) {
		r->time = (struct stamp){ TIME_NONE, 0 };
		return;
	}
	r->time_raw = s;
	if (utc)
		r->time.has |= STAMP_ZONE;
}

static void peel(const struct layout *l, struct record *r, struct arena *arena)
{
	struct ex_row row;

	r->time = (struct stamp){ TIME_NONE, 0 };
	r->time_raw = r->host = r->program = r->pid = slice_of(NULL, 0);
	r->body = r->raw;
	if (r->flags & (RECORD_HEADER | RECORD_BLANK))
		return;
	ex_row_read(l, r->raw, arena, &row);
	if (row.table == EX_OTHER)
		return;
	peel_time(r, &row);
	r->host = ex_writer(&row);
	r->program = program_of(&row, arena);
}

static const struct framing_example examples[] = {
	{ "#Software: Microsoft Exchange Server\n#Fields: "
	  "date-time,connector-id,session-id,sequence-number,local-endpoint,"
	  "remote-endpoint,event,data,context\n"
	  "2026-03-14T09:15:02.318Z,EX01\\Default EX01,08DE81A9C2D5F0B1,0,"
	  "192.0.2.10:25,198.51.100.7:40112,+,,\n",
	  "2026-03-14T09:15:02.318Z|EX01|exchange/protocol||"
	  "2026-03-14T09:15:02.318Z,EX01\\Default EX01,08DE81A9C2D5F0B1,0,"
	  "192.0.2.10:25,198.51.100.7:40112,+,," },
	{ "2026-03-14T09:15:02.530Z,000000000000000E,2,192.0.2.10:143,"
	  "192.0.2.77:35070,alice,168,31,31,authenticate,PLAIN,R=OK,",
	  "2026-03-14T09:15:02.530Z||exchange/imap||2026-03-14T09:15:02.530Z,"
	  "000000000000000E,2,192.0.2.10:143,192.0.2.77:35070,alice,168,31,31,"
	  "authenticate,PLAIN,R=OK," },
};

const struct framing framing_exchange = {
	.name = "exchange",
	.about = "CSV under #Fields: of Exchange's transport and protocol logs",
	.detect = detect,
	.learn = learn,
	.next = next,
	.peel = peel,
	.examples = examples,
	.nexamples = sizeof examples / sizeof *examples,
};
