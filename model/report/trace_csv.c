/* SPDX-License-Identifier: MIT */
/* A journey as rows of one table: for spreadsheets. */
#include "model/report/trace_private.h"
#include "model/report/writer.h"

/* In the order of trace_csv_header. */
enum column {
	COL_JOURNEY, COL_PART, COL_TRANSACTION, COL_FROM_TRANSACTION, COL_TIME,
	COL_UNTIL, COL_SERVER, COL_INSTANCE, COL_QUEUE_ID, COL_STATE, COL_CLIENT,
	COL_CLIENT_IP, COL_USER, COL_KIND, COL_CLASS, COL_EVIDENCE, COL_FROM_LINE,
	COL_TO_LINE, COL_LAG, COL_ADDRESS, COL_OUTCOME, COL_PLACE, COL_CODE,
	COL_DSN, COL_REPLY, COL_SAID_BY, COL_WHY, COL_COUNT
};

const char trace_csv_header[] =
	"journey,part,transaction,from_transaction,time,until,server,instance,"
	"queue_id,state,client,client_ip,user,kind,class,evidence,from_line,"
	"to_line,lag_s,address,outcome,place,code,dsn,reply,said_by,why\r\n";

/* Where a column of a part comes from. */
struct member {
	enum column column;
	const char *name;
};

static const struct member transaction[] = {
	{ COL_TRANSACTION, "transaction_id" }, { COL_TIME, "opened_utc" },
	{ COL_UNTIL, "closed_utc" }, { COL_SERVER, "server" },
	{ COL_INSTANCE, "instance" }, { COL_QUEUE_ID, "queue_id" },
	{ COL_STATE, "state" }, { COL_CLIENT, "client_name" },
	{ COL_CLIENT_IP, "client_ip" }, { COL_USER, "user" },
	{ COL_COUNT, NULL },
};
static const struct member link[] = {
	{ COL_TRANSACTION, "to_transaction" },
	{ COL_FROM_TRANSACTION, "from_transaction" }, { COL_KIND, "kind" },
	{ COL_CLASS, "class" }, { COL_EVIDENCE, "evidence" },
	{ COL_LAG, "lag_s" }, { COL_COUNT, NULL },
};
static const struct member recipient[] = {
	{ COL_TIME, "last_utc" }, { COL_SERVER, "server" },
	{ COL_QUEUE_ID, "queue_id" }, { COL_ADDRESS, "address" },
	{ COL_OUTCOME, "outcome" }, { COL_PLACE, "place" },
	{ COL_CODE, "code" }, { COL_DSN, "dsn" }, { COL_REPLY, "reply" },
	{ COL_SAID_BY, "said_by" }, { COL_COUNT, NULL },
};
static const struct member missing[] = {
	{ COL_TRANSACTION, "transaction_id" }, { COL_TIME, "from_utc" },
	{ COL_UNTIL, "to_utc" }, { COL_SERVER, "wanted" },
	{ COL_QUEUE_ID, "queue_id" }, { COL_CLIENT_IP, "ip" },
	{ COL_KIND, "kind" }, { COL_ADDRESS, "recipient" }, { COL_WHY, "why" },
	{ COL_COUNT, NULL },
};
static const struct member related[] = {
	{ COL_TRANSACTION, "journey_id" }, { COL_KIND, "how" },
	{ COL_COUNT, NULL },
};

static void add_row(struct strbuf *out, const struct cell *cells, bool raw)
{
	for (int i = 0; i < COL_COUNT; i++) {
		if (i)
			strbuf_add_char(out, ',');
		csv_add(out, &cells[i], raw);
	}
	strbuf_add_str(out, "\r\n");
}

static void fill(struct cell *cells, const struct trace *t, const char *part,
                 const struct result *r, size_t row, const struct member *m)
{
	cells[COL_JOURNEY] = *result_cell(t->journey, 0, "journey_id");
	cells[COL_PART].text = slice_str(part);
	for (; m->name; m++) {
		const struct cell *c = result_cell(r, row, m->name);

		if (c)
			cells[m->column] = *c;
	}
}

static void add_rows(struct strbuf *out, const struct trace *t,
                     const char *part, const struct result *r,
                     const struct member *m, bool raw)
{
	for (size_t i = 0; r && i < r->nrows; i++) {
		struct cell cells[COL_COUNT] = { 0 };

		fill(cells, t, part, r, i, m);
		add_row(out, cells, raw);
	}
}

static void add_evidence(struct strbuf *out, const struct trace *t, bool raw)
{
	struct lookup links = trace_by_number(t->links, "link_id");
	const struct result *e = t->evidence;

	for (size_t i = 0; i < e->nrows; i++) {
		struct cell cells[COL_COUNT] = { 0 };
		struct strbuf from = { 0 }, to = { 0 };
		uint64_t id = (uint64_t)trace_number(e, i, "link_id");
		const struct place *p = lookup_find(&links, id);

		if (p && p < links.places + links.n && p->key == id)
			fill(cells, t, "evidence", t->links, p->row, link);
		trace_add_cited(&from, t, i, "from", false);
		trace_add_cited(&to, t, i, "to", false);
		cells[COL_EVIDENCE].text = trace_text(e, i, "code");
		cells[COL_LAG] = (struct cell){ 0 };
		cells[COL_FROM_LINE].text = strbuf_slice(&from);
		cells[COL_TO_LINE].text = strbuf_slice(&to);
		add_row(out, cells, raw);
		strbuf_release(&from);
		strbuf_release(&to);
	}
	lookup_release(&links);
}

void trace_add_csv(struct strbuf *out, const struct trace *t,
                   const struct result *events, bool raw)
{
	(void)events;
	add_rows(out, t, "transaction", t->transactions, transaction, raw);
	add_rows(out, t, "link", t->links, link, raw);
	add_evidence(out, t, raw);
	add_rows(out, t, "recipient", t->recipients, recipient, raw);
	add_rows(out, t, "missing", t->missing, missing, raw);
	add_rows(out, t, "related", t->related, related, raw);
}
