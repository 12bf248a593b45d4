/* SPDX-License-Identifier: MIT */
/* What each line of the tree says, in words of the logs and of RFC 3464. */
#include "views/trace.h"

#include "base/civil.h"
#include "model/store/rows.h"
#include "parsers/event.h"

#include <stdlib.h>

static const struct result *others_of(const struct step *s)
{
	return step_result(s, TRACE_OTHERS);
}

const struct result *trace_transaction(const struct step *s,
                                       const struct tree_node *n, size_t *row)
{
	const struct trace *t = trace_of(s);

	*row = tree_row_of(t->transactions, n->transaction);
	if (*row != TREE_NONE)
		return t->transactions;
	*row = tree_row_of(others_of(s), n->transaction);
	return *row == TREE_NONE ? NULL : others_of(s);
}

/* ---- evidence ---------------------------------------------------------- */

/* TRACE.md §3; what each kind of evidence compares */
static const struct {
	const char *code, *words;
} evidence_words[] = {
	{ "E1", "queued as" },    { "E2", "id in and out" },
	{ "E3", "network id" },   { "E4", "sensor" },
	{ "E5", "msgid" },        { "E6", "addresses" },
	{ "E7", "envelope" },     { "E8", "size" },
	{ "E9", "subject" },      { "E10", "helo" },
	{ "E11", "tls" },         { "E12", "msgid names host" },
};

static const char *words_of(struct slice code)
{
	for (size_t i = 0; i < sizeof evidence_words / sizeof *evidence_words;
	     i++)
		if (slice_eq(code, slice_str(evidence_words[i].code)))
			return evidence_words[i].words;
	return "";
}

void node_add_codes(struct strbuf *out, struct slice codes, bool words)
{
	const char *between = "";

	while (codes.len) {
		struct slice code = slice_cut(&codes, ',');

		strbuf_add_str(out, between);
		strbuf_add_slice(out, code);
		if (words && *words_of(code))
			strbuf_addf(out, " %s", words_of(code));
		between = words ? ", " : " ";
	}
}

const char *node_code_words(struct slice code)
{
	return words_of(code);
}

static size_t count_codes(struct slice codes)
{
	size_t n = 0;

	for (; codes.len; n++)
		slice_cut(&codes, ',');
	return n;
}

/* The first N of the codes; "+2" for the rest. */
static void add_first_codes(struct strbuf *out, struct slice codes, size_t n,
                            bool words)
{
	struct slice rest = codes;
	size_t all = count_codes(codes);

	for (size_t i = 0; i < n; i++)
		slice_cut(&rest, ',');
	if (n < all)
		codes = slice_to(codes, codes.len - rest.len - 1);
	node_add_codes(out, codes, words);
	if (n < all)
		strbuf_addf(out, " +%zu", all - n);
}

/* As many as fit into MOST cells, the strongest first: their numbers are in that
 * order. */
static void add_fitting_codes(struct strbuf *out, struct slice codes, int most,
                              bool words)
{
	size_t start = out->len, n = count_codes(codes);

	add_first_codes(out, codes, n, words);
	while (n > 1 &&
	       text_width(slice_from(strbuf_slice(out), start)) > most) {
		out->len = start;
		add_first_codes(out, codes, --n, words);
	}
}

void node_add_evidence(struct strbuf *out, const struct trace *t,
                       const struct tree_node *n, bool wide)
{
	size_t start = out->len;
	int most = wide ? TRACE_EVIDENCE_WIDE : TRACE_EVIDENCE;

	if (n->link == TREE_NONE)
		return;
	if (wide) {
		strbuf_add_slice(out, tree_text(t->links, n->link, "class"));
		strbuf_add_str(out, "  ");
	}
	add_fitting_codes(out, tree_text(t->links, n->link, "evidence"),
	                  most - text_width(slice_from(strbuf_slice(out), start)),
	                  wide);
}

static bool link_is_sure(const struct trace *t, size_t link)
{
	return link == TREE_NONE ||
	       slice_eq(tree_text(t->links, link, "class"),
	                slice_str(link_class_name(CLASS_CONFIRMED)));
}

/* ---- transactions ------------------------------------------------------ */

static void add_client(struct strbuf *out, const struct result *r, size_t row)
{
	struct slice name = tree_text(r, row, "client_name");
	struct slice ip = tree_text(r, row, "client_ip");

	if (name.len) {
		strbuf_add_char(out, ' ');
		strbuf_add_slice(out, name);
	}
	if (ip.len) {
		strbuf_add_str(out, " [");
		strbuf_add_slice(out, ip);
		strbuf_add_char(out, ']');
	}
}

/* The server that handed it over, if its log is here. */
static struct slice server_before(const struct step *s,
                                  const struct tree_node *n)
{
	const struct trace_state *st = s->state;
	size_t p = n->parent;

	while (p != TREE_NONE && st->tree.nodes[p].kind == NODE_MANY)
		p = st->tree.nodes[p].parent;
	if (p == TREE_NONE || st->tree.nodes[p].kind != NODE_TRANSACTION)
		return slice_of(NULL, 0);
	return tree_text(trace_of(s)->transactions, st->tree.nodes[p].row,
	                 "server");
}

/* Where it came from: "← mail1 [192.0.2.10]"; nothing within one server. */
static void add_origin(struct strbuf *out, const struct telling *to,
                       const struct tree_node *n)
{
	const struct result *r = trace_of(to->step)->transactions;
	struct slice before = server_before(to->step, n);
	struct slice user = tree_text(r, n->row, "user");
	struct slice ip = tree_text(r, n->row, "client_ip");

	if (!before.len && !ip.len && !user.len &&
	    !tree_text(r, n->row, "client_name").len)
		return;
	if (before.len && !ip.len &&
	    slice_eq(before, tree_text(r, n->row, "server")))
		return;
	strbuf_addf(out, " %s", theme_sign(to->theme, SIGN_ARROW_LEFT));
	if (before.len) {
		strbuf_addf(out, " %.*s", SLICE_FMT(before));
		if (ip.len)
			strbuf_addf(out, " [%.*s]", SLICE_FMT(ip));
		return;
	}
	add_client(out, r, n->row);
	if (user.len)
		strbuf_addf(out, "%s %.*s", to->wide ? ", user" : "",
		            SLICE_FMT(user));
}

/* Any kind of link but a handoff is said: "expansion". */
static void add_kind(struct strbuf *out, const struct trace *t, size_t link)
{
	struct slice kind = tree_text(t->links, link, "kind");

	if (link != TREE_NONE &&
	    !slice_eq(kind, slice_str(link_kind_name(LINK_HANDOFF))))
		strbuf_addf(out, " %.*s", SLICE_FMT(kind));
}

static void add_more(struct strbuf *out, const struct result *r, size_t row)
{
	int64_t nrcpt = tree_number(r, row, "nrcpt");
	struct slice tls = tree_text(r, row, "tls");

	if (nrcpt > 1)
		strbuf_addf(out, ", %lld recipients", (long long)nrcpt);
	/* "TLSv1.3 with cipher …": the version is enough here */
	if (tls.len)
		strbuf_addf(out, ", %.*s", SLICE_FMT(slice_cut(&tls, ' ')));
}

void node_add_state(struct strbuf *out, const struct result *r, size_t row)
{
	static const struct {
		enum transaction_state state;
		const char *words;
	} said[] = {
		{ STATE_OPEN, ", still queued where the log ends" },
		{ STATE_TRUNCATED, ", its beginning is not in these logs" },
		{ STATE_LOST, ", no end in these logs" },
		{ STATE_REFUSED, ", refused" },
		{ STATE_OBSERVED, ", seen by a sensor" },
	};
	struct slice state = tree_text(r, row, "state");

	for (size_t i = 0; i < sizeof said / sizeof *said; i++)
		if (slice_eq(state,
		             slice_str(transaction_state_name(said[i].state))))
			strbuf_add_str(out, said[i].words);
}

/* The record in which a filter said what it found, among those of TRANSACTION. */
static size_t verdict_row(const struct result *events, int64_t transaction)
{
	for (size_t i = 0; events && i < events->nrows; i++)
		if (tree_number(events, i, "transaction_id") == transaction &&
		    tree_text(events, i, "verdict").len)
			return i;
	return TREE_NONE;
}

/* "filter amavis 1.42 s, CLEAN": from the queue into it and out of it. */
static void add_pass(struct strbuf *out, const struct telling *to,
                     const struct tree_node *n)
{
	const struct trace *t = trace_of(to->step);
	const struct result *events = step_result(to->step, TRACE_EVENTS);
	struct slice lag = tree_text(t->links, n->link, "lag_s");
	size_t row = verdict_row(events, tree_number(t->links, n->link,
	                                             "from_transaction"));

	if (row == TREE_NONE)
		row = verdict_row(events, n->transaction);
	strbuf_add_str(out, " filter");
	if (row != TREE_NONE)
		strbuf_addf(out, " %.*s",
		            SLICE_FMT(tree_text(events, row, "program")));
	if (lag.len)
		strbuf_addf(out, " %.*s s", SLICE_FMT(lag));
	if (row != TREE_NONE)
		strbuf_addf(out, ", %.*s",
		            SLICE_FMT(tree_text(events, row, "verdict")));
}

static void make_transaction(struct node_text *out, const struct telling *to,
                             const struct tree_node *n)
{
	const struct trace *t = trace_of(to->step);
	const struct result *r = t->transactions;
	struct slice instance = tree_text(r, n->row, "instance");

	out->id = tree_text(r, n->row, "queue_id");
	trace_add_time(&out->text, to, n->transaction,
	               tree_number(r, n->row, "opened_utc"));
	if (n->kind == NODE_FILTER) {
		out->sign = SIGN_FILTER;
		add_pass(&out->text, to, n);
		node_add_state(&out->text, r, n->row);
		return;
	}
	out->sign = SIGN_TRANSACTION;
	strbuf_add_char(&out->text, ' ');
	strbuf_add_slice(&out->text, tree_text(r, n->row, "server"));
	if (to->wide && instance.len)
		strbuf_addf(&out->text, "/%.*s", SLICE_FMT(instance));
	add_kind(&out->text, t, n->link);
	add_origin(&out->text, to, n);
	node_add_state(&out->text, r, n->row);
	if (to->wide)
		add_more(&out->text, r, n->row);
	if (slice_eq(tree_text(r, n->row, "state"),
	             slice_str(transaction_state_name(STATE_REFUSED)))) {
		out->sign = SIGN_REFUSED;
		out->tone = TONE_BAD;
	}
}

/* ---- recipients -------------------------------------------------------- */

static const struct {
	enum sign sign;
	enum tone tone;
} outcome_looks[OUTCOME_COUNT] = {
	[OUTCOME_DELIVERED] = { SIGN_DELIVERED, TONE_GOOD },
	[OUTCOME_RELAYED] = { SIGN_RELAYED, TONE_GOOD },
	[OUTCOME_FAILED] = { SIGN_FAILED, TONE_BAD },
	[OUTCOME_REFUSED] = { SIGN_REFUSED, TONE_BAD },
	[OUTCOME_WITHHELD] = { SIGN_WITHHELD, TONE_BAD },
	[OUTCOME_DELAYED] = { SIGN_DELAYED, TONE_WAIT },
	[OUTCOME_UNKNOWN] = { SIGN_UNKNOWN, TONE_UNSURE },
};

static enum outcome outcome_of(struct slice name)
{
	for (int i = 0; i < OUTCOME_COUNT; i++)
		if (slice_eq(name, slice_str(outcome_name((enum outcome)i))))
			return (enum outcome)i;
	return OUTCOME_UNKNOWN;
}

void node_add_part(struct strbuf *out, const char *before, struct slice s)
{
	if (!s.len)
		return;
	strbuf_add_str(out, before);
	strbuf_add_slice(out, s);
}

/* "mx.third.example [192.0.2.7]" */
static void add_relay(struct strbuf *out, const struct result *r, size_t row)
{
	struct slice name = tree_text(r, row, "relay_name");
	struct slice ip = tree_text(r, row, "relay_ip");

	if (!name.len && !ip.len)
		return;
	strbuf_add_str(out, " by");
	node_add_part(out, " ", name);
	if (ip.len)
		strbuf_addf(out, " [%.*s]", SLICE_FMT(ip));
}

static void add_answer(struct strbuf *out, const struct result *r, size_t row,
                       enum outcome o)
{
	struct slice code = tree_text(r, row, "code");

	node_add_part(out, "  ", code);
	node_add_part(out, code.len ? " " : "  ", tree_text(r, row, "dsn"));
	strbuf_addf(out, "  %s", outcome_name(o));
	if (o == OUTCOME_RELAYED) {
		add_relay(out, r, row);
		strbuf_add_str(out, "; no log of what it did then");
		return;
	}
	node_add_part(out, ", ", tree_text(r, row, "place"));
	if (o == OUTCOME_DELIVERED)
		return;
	node_add_part(out, ", said by ", tree_text(r, row, "said_by"));
	node_add_part(out, ": ", tree_text(r, row, "reply"));
}

/* Siblings' addresses end in one column; there may be thousands of them. */
#define NEIGHBOURS 30
static int address_width(const struct step *s, size_t node, int most)
{
	const struct trace_state *st = s->state;
	const struct result *r = trace_of(s)->recipients;
	int width = 0;

	size_t first = node > NEIGHBOURS ? node - NEIGHBOURS : 0;

	for (size_t i = first; i < st->tree.n && i < node + NEIGHBOURS; i++) {
		const struct tree_node *n = &st->tree.nodes[i];
		int own;

		if (n->kind != NODE_RECIPIENT ||
		    n->parent != st->tree.nodes[node].parent)
			continue;
		own = text_width(tree_text(r, n->row, "address"));
		if (own > width && own <= most)
			width = own;
	}
	return width;
}

/* No line says it of this recipient. */
static bool is_inferred(const struct result *r, size_t row)
{
	return slice_eq(tree_text(r, row, "via"), SLICE("merged"));
}

/* Where the answer stands: "  mx.log:50311". */
static void add_answer_lines(struct strbuf *out, const struct step *s,
                             size_t node)
{
	struct trace_line *lines;
	size_t n = trace_lines_of(s, node, &lines), shown = 0;

	for (size_t i = 0; i < n && shown < 2; i++)
		if (lines[i].proof) {
			strbuf_add_str(out, shown++ ? ", " : "  ");
			trace_add_citation(s, &lines[i], out);
		}
	free(lines);
}

static void make_recipient(struct node_text *out, const struct telling *to,
                           size_t node)
{
	const struct step *s = to->step;
	bool wide = to->wide;
	const struct trace_state *st = s->state;
	const struct tree_node *n = &st->tree.nodes[node];
	const struct result *r = trace_of(s)->recipients;
	struct slice address = tree_text(r, n->row, "address");
	enum outcome o = outcome_of(tree_text(r, n->row, "outcome"));
	int64_t attempts = tree_number(r, n->row, "attempts");
	int pad = address_width(s, node, wide ? 48 : 32) - text_width(address);

	out->sign = outcome_looks[o].sign;
	out->tone = outcome_looks[o].tone;
	strbuf_add_slice(&out->text, address.ptr ? address : SLICE("?"));
	for (int i = 0; i < pad; i++)
		strbuf_add_char(&out->text, ' ');
	add_answer(&out->text, r, n->row, o);
	if (is_inferred(r, n->row))
		strbuf_add_char(&out->text, '~');
	if (attempts > 1)
		strbuf_addf(&out->text, ", %lld attempts", (long long)attempts);
	if (wide && !is_inferred(r, n->row))
		node_add_part(&out->text, ", via ", tree_text(r, n->row, "via"));
	if (wide)
		add_answer_lines(&out->text, s, node);
}

/* "4,997 recipients  delivered", "12 missing hops  mx.third.example: no log …" */
static void make_many(struct node_text *out, const struct telling *to,
                      const struct tree_node *n)
{
	const struct trace *t = trace_of(to->step);

	text_add_number(&out->text, (int64_t)n->many);
	if (n->of == NODE_RECIPIENT) {
		enum outcome o =
			outcome_of(tree_text(t->recipients, n->row, "outcome"));

		out->sign = outcome_looks[o].sign;
		out->tone = outcome_looks[o].tone;
		strbuf_addf(&out->text, " recipients %s%s", outcome_name(o),
		            is_inferred(t->recipients, n->row) ? "~" : "");
		return;
	}
	if (n->of == NODE_TRANSACTION) {
		out->sign = SIGN_TRANSACTION;
		strbuf_add_str(&out->text, " transactions on ");
		strbuf_add_slice(&out->text,
		                 tree_text(t->transactions, n->row, "server"));
		add_kind(&out->text, t, n->link);
		return;
	}
	out->sign = SIGN_UNKNOWN;
	out->tone = TONE_UNSURE;
	out->sure = false;
	strbuf_add_str(&out->text, " ids of ");
	strbuf_add_slice(&out->text, tree_text(t->missing, n->row, "wanted"));
	node_add_part(&out->text, ": ", tree_text(t->missing, n->row, "why"));
}

/* ---- what belongs to it without being it ------------------------------- */

void node_add_message(struct strbuf *out, const struct telling *to,
                        int64_t journey, bool time)
{
	const struct step *s = to->step;
	struct times times = to->look->times;
	const struct result *m = step_result(s, TRACE_MESSAGES);
	size_t row = tree_row_of(m, journey);
	struct slice subject = tree_text(m, row, "subject");

	if (row == TREE_NONE)
		return;
	if (subject.len) {
		strbuf_add_str(out, "  \"");
		text_decode_2047(out, subject);
		strbuf_add_char(out, '"');
	}
	node_add_part(out, "  from ", tree_text(m, row, "sender"));
	if (!time || !tree_number(m, row, "first_utc"))
		return;
	if (times.mode == TIMES_LOGGED || times.mode == TIMES_CORRECTED)
		times.mode = TIMES_UTC;
	strbuf_add_str(out, "  ");
	times_add(&times, tree_number(m, row, "first_utc"), 0, out);
	strbuf_addf(out, " %s", times_name(&times));
}

/* What became of the other message: " ✓ 1 delivered". */
static void add_fate(struct strbuf *out, const struct telling *to,
                     int64_t journey)
{
	const struct result *m = step_result(to->step, TRACE_MESSAGES);
	size_t row = tree_row_of(m, journey);

	for (int o = 0; row != TREE_NONE && o < OUTCOME_COUNT; o++) {
		const char *name = outcome_name((enum outcome)o);
		int64_t n = tree_number(m, row, name);

		if (n)
			strbuf_addf(out, " %s %lld %s",
			            theme_sign(to->theme, outcome_looks[o].sign),
			            (long long)n, name);
	}
}

static void make_linked(struct node_text *out, const struct telling *to,
                        const struct tree_node *n)
{
	const struct step *s = to->step;
	const struct trace *t = trace_of(s);
	const struct result *r;
	size_t row;

	out->sure = link_is_sure(t, n->link);
	out->sign = out->sure ? SIGN_TRANSACTION : SIGN_UNKNOWN;
	out->tone = out->sure ? TONE_NORMAL : TONE_UNSURE;
	r = trace_transaction(s, n, &row);
	if (r) {
		trace_add_time(&out->text, to, n->transaction,
		               tree_number(r, row, "opened_utc"));
		strbuf_add_char(&out->text, ' ');
	}
	if (!out->sure) {
		strbuf_add_slice(&out->text,
		                 tree_text(t->links, n->link, "class"));
		strbuf_add_char(&out->text, ' ');
	}
	strbuf_add_slice(&out->text, tree_text(t->links, n->link, "kind"));
	if (n->backwards)
		strbuf_add_str(&out->text, " of another message");
	if (r) {
		node_add_part(&out->text, n->backwards ? ", " : " on ",
		         tree_text(r, row, "server"));
		out->id = tree_text(r, row, "queue_id");
	}
	if (!n->backwards)
		add_fate(&out->text, to, n->journey);
	node_add_message(&out->text, to, n->journey, !r);
}

/* "mx.third.example [192.0.2.7]: no log of this server" */
static void make_missing(struct node_text *out, const struct telling *to,
                         const struct tree_node *n)
{
	const struct result *m = trace_of(to->step)->missing;
	struct slice ip = tree_text(m, n->row, "ip");
	struct slice name = tree_text(m, n->row, "wanted");

	out->sign = SIGN_UNKNOWN;
	out->tone = TONE_UNSURE;
	out->sure = false;
	strbuf_add_slice(&out->text, name.len ? name : ip);
	if (name.len && ip.len && to->wide)
		strbuf_addf(&out->text, " [%.*s]", SLICE_FMT(ip));
	node_add_part(&out->text, ": ", tree_text(m, n->row, "why"));
	out->id = tree_text(m, n->row, "queue_id");
}

static void make_related(struct node_text *out, const struct telling *to,
                         const struct tree_node *n)
{
	const struct step *s = to->step;
	const struct result *r = trace_of(s)->related;

	out->sign = SIGN_ARROW_RIGHT;
	out->tone = TONE_FAINT;
	strbuf_add_str(&out->text, "related");
	node_add_part(&out->text, ": ", tree_text(r, n->row, "how"));
	if (tree_row_of(step_result(s, TRACE_MESSAGES), n->journey) == TREE_NONE)
		strbuf_addf(&out->text, ", journey %lld",
		            (long long)n->journey);
	node_add_message(&out->text, to, n->journey, true);
	strbuf_add_str(&out->text, "  (R opens it)");
}

void node_text_make(struct node_text *out, const struct telling *to,
                    size_t node)
{
	const struct trace_state *st = to->step->state;
	const struct tree_node *n = &st->tree.nodes[node];

	*out = (struct node_text){ .sure = true };
	switch (n->kind) {
	case NODE_TRANSACTION:
	case NODE_FILTER: make_transaction(out, to, n); break;
	case NODE_RECIPIENT: make_recipient(out, to, node); break;
	case NODE_LINKED: make_linked(out, to, n); break;
	case NODE_MISSING: make_missing(out, to, n); break;
	case NODE_RELATED: make_related(out, to, n); break;
	case NODE_MANY: make_many(out, to, n); break;
	}
	node_add_evidence(&out->evidence, trace_of(to->step), n, to->wide);
}

void node_text_release(struct node_text *n)
{
	strbuf_release(&n->text);
	strbuf_release(&n->evidence);
}
