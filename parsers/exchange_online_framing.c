/* SPDX-License-Identifier: MIT */
/* Reports of Exchange Online and Defender as CSV or as JSON, one a line. */
#include "parsers/exchange_online.h"

#include "parsers/json.h"
#include "parsers/stamp.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Without '-' and '_', in lower case: message trace, its enhanced summary,
 * EmailEvents. */
static const struct {
	const char *name;
	enum eo_cell cell;
} names[] = {
	{ "received", EO_TIME },
	{ "origintimestamputc", EO_TIME },
	{ "timestamp", EO_TIME },
	{ "senderaddress", EO_SENDER },
	{ "sendermailfromaddress", EO_SENDER },
	{ "senderfromaddress", EO_HEADER_FROM },
	{ "recipientaddress", EO_RECIPIENT },
	{ "recipientemailaddress", EO_RECIPIENT },
	{ "recipientstatus", EO_RECIPIENTS },
	{ "subject", EO_SUBJECT },
	{ "messagesubject", EO_SUBJECT },
	{ "status", EO_STATUS },
	{ "deliveryaction", EO_STATUS },
	{ "deliverylocation", EO_PLACE },
	{ "toip", EO_TO_IP },
	{ "fromip", EO_FROM_IP },
	{ "originalclientip", EO_FROM_IP },
	{ "senderipv4", EO_FROM_IP },
	{ "senderipv6", EO_FROM_IP6 },
	{ "size", EO_SIZE },
	{ "totalbytes", EO_SIZE },
	{ "messageid", EO_MESSAGE_ID },
	{ "internetmessageid", EO_MESSAGE_ID },
	{ "messagetraceid", EO_NETWORK_ID },
	{ "networkmessageid", EO_NETWORK_ID },
	{ "threattypes", EO_THREATS },
};

enum eo_cell eo_cell_of(struct slice name)
{
	for (size_t i = 0; i < COUNT(names); i++)
		if (ex_is_named(name, names[i].name))
			return names[i].cell;
	return EO_CELLS;
}

bool eo_is_report(const bool *has)
{
	return has[EO_TIME] && has[EO_NETWORK_ID] && has[EO_SENDER] &&
	       ((has[EO_RECIPIENT] && has[EO_STATUS]) || has[EO_RECIPIENTS]);
}

static void set_cell(struct eo_row *out, struct slice name, struct slice value)
{
	enum eo_cell c = eo_cell_of(name);

	if (c != EO_CELLS && !out->cell[c].ptr)
		out->cell[c] = value;
}

static void read_json(struct slice raw, struct arena *arena, struct eo_row *out)
{
	struct json_value v;
	struct json j;

	json_begin(&j, raw);
	while (json_next(&j, &v))
		if (v.kind != JSON_WORD)
			set_cell(out, v.path, json_text(&v, arena));
	out->damaged = j.bad;
}

void eo_row_read(const struct layout *l, struct slice raw, struct arena *arena,
                 struct eo_row *out)
{
	struct csv_columns columns;
	struct csv c;

	*out = (struct eo_row){ .damaged = false };
	if (slice_trim(raw).len && slice_trim(raw).ptr[0] == '{') {
		read_json(slice_trim(raw), arena, out);
		return;
	}
	csv_cut(raw, l->separator ? l->separator : ',', arena, &c);
	columns = csv_columns(l, c.n);
	for (size_t i = 0; i < columns.n; i++)
		set_cell(out, columns.name[i], csv_cell(&c, i));
	out->damaged = c.damaged || c.n != columns.n;
}

/* "/Date(1773479702000)/": milliseconds. */
static bool json_date(struct slice s, struct stamp *t)
{
	const struct slice head = SLICE("/Date(");
	uint64_t ms;

	if (!slice_starts(s, head) || !slice_ends(s, SLICE(")/")))
		return false;
	s = slice_of(s.ptr + head.len, s.len - head.len - 2);
	if (!slice_u64(s, &ms) || ms > UINT64_C(9999999999999))
		return false;
	*t = (struct stamp){ (int64_t)ms * 1000,
		             STAMP_ABSOLUTE | STAMP_FRACTION };
	return true;
}

bool eo_time(struct slice s, bool day_first, struct stamp *t)
{
	if (s.len > 8 && json_date(s, t))
		return true;
	if (s.len == 0 || (stamp_iso(s, t) != s.len &&
	                   stamp_local(s, day_first, t) != s.len))
		return false;
	/* no report says so, all are in UTC */
	t->has |= STAMP_ZONE;
	return true;
}

static void peel(const struct layout *l, struct record *r, struct arena *arena)
{
	struct eo_row row;

	r->time = (struct stamp){ TIME_NONE, 0 };
	r->time_raw = r->host = r->program = r->pid = slice_of(NULL, 0);
	r->body = r->raw;
	if (r->flags & (RECORD_HEADER | RECORD_BLANK))
		return;
	eo_row_read(l, r->raw, arena, &row);
	if (eo_time(row.cell[EO_TIME], csv_is_day_first(l), &r->time))
		r->time_raw = row.cell[EO_TIME];
	else
		r->time = (struct stamp){ TIME_NONE, 0 };
	/* one service, whatever the file is called */
	r->host = arena_slice(arena, SLICE("exchange-online"));
}

static char separator_in(struct slice header)
{
	static const char marks[] = { ',', ';', '\t' };

	for (size_t i = 0; i < COUNT(marks); i++)
		if (slice_chr(header, marks[i]) != SLICE_NONE)
			return marks[i];
	return ',';
}

static bool is_header(struct slice raw, struct csv *c, struct arena *arena)
{
	bool has[EO_CELLS + 1] = { false };

	csv_cut(raw, separator_in(raw), arena, c);
	for (size_t i = 0; i < c->n && i < CSV_CELLS; i++) {
		has[eo_cell_of(c->cell[i])] = true;
		/* the extended report is message tracking */
		if (ex_is_named(c->cell[i], "eventid"))
			return false;
	}
	/* keys of JSON look like quoted cells with text behind them */
	return !c->damaged && c->n <= CSV_CELLS && eo_is_report(has);
}

/* The header stands in the first lines: "#TYPE …" may come before it. */
static bool find_header(const struct sample *s, struct record *r,
                        struct slice *rest, struct csv *c, struct arena *arena)
{
	*rest = s->part[0];
	for (int i = 0; i < 3; i++) {
		if (csv_next(NULL, *rest, true, r) != CUT_RECORD)
			return false;
		*rest = slice_from(*rest, r->length);
		if (is_header(r->raw, c, arena))
			return true;
	}
	return false;
}

static int detect_csv(const struct sample *s)
{
	struct arena arena = { 0 };
	struct slice rest;
	struct record r;
	struct csv c;
	bool found = find_header(s, &r, &rest, &c, &arena);

	arena_release(&arena);
	return found ? 96 : 0;
}

/* Which of day and month comes first: as any date of the sample must have it;
 * if all could be either, as the marks are used: dots by those who begin with
 * the day, AM and PM by those who begin with the month. */
static bool day_first_in(const struct layout *l, struct slice rest)
{
	struct arena arena = { 0 };
	struct slice time = slice_of(NULL, 0);
	bool first = false;
	struct record r;

	while (csv_next(l, rest, true, &r) == CUT_RECORD) {
		struct eo_row row;
		int order;

		rest = slice_from(rest, r.length);
		arena_reset(&arena);
		eo_row_read(l, r.raw, &arena, &row);
		time = row.cell[EO_TIME];
		order = stamp_local_order(time);
		first = order > 0 || slice_chr(slice_to(time, 3), '.') !=
		                             SLICE_NONE;
		if (order)
			break;
	}
	arena_release(&arena);
	return first;
}

static bool learn_csv(const struct sample *s, struct layout *l)
{
	struct arena arena = { 0 };
	struct slice rest;
	struct record r;
	struct csv c;

	l->parser = parser_find(SLICE("exchange_online"));
	l->order = ORDER_NONE;
	if (find_header(s, &r, &rest, &c, &arena)) {
		l->separator = separator_in(r.raw);
		csv_add_table(l, r.raw);
		if (day_first_in(l, rest))
			csv_set_day_first(l);
	}
	arena_release(&arena);
	return true;
}

static enum cut next_csv(const struct layout *l, struct slice bytes, bool last,
                         struct record *r)
{
	enum cut c = csv_next(l, bytes, last, r);

	if (c == CUT_RECORD && (csv_is_header(l, r->raw) ||
	                        slice_starts(r->raw, SLICE("#TYPE "))))
		r->flags |= RECORD_HEADER;
	return c;
}

static bool is_json_report(struct slice line)
{
	bool has[EO_CELLS + 1] = { false };
	struct json_value v;
	struct json j;

	if (line.len < 2 || line.ptr[0] != '{')
		return false;
	json_begin(&j, line);
	while (json_next(&j, &v))
		has[eo_cell_of(v.path)] = true;
	return eo_is_report(has);
}

static int detect_json(const struct sample *s)
{
	struct slice rest = s->part[0];
	int n = 0, good = 0;

	for (; rest.len && n < 20; n++)
		good += is_json_report(slice_trim(slice_cut(&rest, '\n')));
	return n && good * 2 > n ? 96 : 0;
}

static bool learn_json(const struct sample *s, struct layout *l)
{
	(void)s;
	l->parser = parser_find(SLICE("exchange_online"));
	l->order = ORDER_NONE;
	return true;
}

#define HEAD "Received,SenderAddress,RecipientAddress,Status,MessageTraceId\n"
#define ROW                                                                    \
	"3/14/2026 9:15:02 AM,alice@example.org,bob@example.com,Delivered,"    \
	"3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56"
#define LINE                                                                   \
	"{\"Received\":\"/Date(1773479702000)/\",\"SenderAddress\":"           \
	"\"alice@example.org\",\"RecipientAddress\":\"bob@example.com\","      \
	"\"Status\":\"Delivered\",\"MessageTraceId\":"                         \
	"\"3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56\"}"

static const struct framing_example csv_examples[] = {
	{ HEAD ROW "\n", "3/14/2026 9:15:02 AM|exchange-online|||" ROW },
};

static const struct framing_example json_examples[] = {
	{ LINE, "/Date(1773479702000)/|exchange-online|||" LINE },
};

const struct framing framing_exchange_online = {
	.name = "exchange-online",
	.about = "message trace of Exchange Online, EmailEvents of Defender: CSV",
	.detect = detect_csv,
	.learn = learn_csv,
	.next = next_csv,
	.peel = peel,
	.examples = csv_examples,
	.nexamples = COUNT(csv_examples),
};

const struct framing framing_exchange_json = {
	.name = "exchange-online-json",
	.about = "the same reports as JSON, one a line",
	.detect = detect_json,
	.learn = learn_json,
	.next = framing_next_line,
	.peel = peel,
	.examples = json_examples,
	.nexamples = COUNT(json_examples),
};
