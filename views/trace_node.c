/* SPDX-License-Identifier: MIT */
/* What each line of the tree says, in words of the logs and of RFC 3464. */
#include "views/trace.h"

#include "base/civil.h"
#include "model/store/rows.h"
#include "parsers/event.h"

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

/* ---- times ------------------------------------------------------------- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Where "hh:mm:ss" begins; SLICE_NONE: the stamp is a number or a date alone. */
static size_t clock_in(struct slice s)
{
	for (size_t i = 0; i + 8 <= s.len; i++)
		if (is_digit(s.ptr[i]) && is_digit(s.ptr[i + 1]) &&
		    s.ptr[i + 2] == ':' && is_digit(s.ptr[i + 3]) &&
		    is_digit(s.ptr[i + 4]) && s.ptr[i + 5] == ':' &&
		    is_digit(s.ptr[i + 6]) && is_digit(s.ptr[i + 7]))
			return i;
	return SLICE_NONE;
}

/* The day in front: "Mar 10 ", "03-10 ". */
static struct slice day_before(struct slice raw, size_t at)
{
	size_t start = at > 7 ? at - 7 : 0;

	if (at >= 6 && (raw.ptr[at - 1] == 'T' || raw.ptr[at - 4] == '-'))
		start = at - 6;
	return slice_of(raw.ptr + start, at - start);
}

/* Of ".318204" the first three digits, with the point. */
static size_t fraction_length(struct slice s)
{
	size_t n = 1;

	if (!s.len || (s.ptr[0] != '.' && s.ptr[0] != ','))
		return 0;
	while (n < s.len && n < 4 && is_digit(s.ptr[n]))
		n++;
	return n > 1 ? n : 0;
}

void trace_add_logged(struct strbuf *out, struct slice raw, bool day,
                      bool fraction)
{
	size_t at = clock_in(raw), end;

	if (at == SLICE_NONE) {
		strbuf_add_slice(out, raw);
		return;
	}
	if (day && at > 0) {
		strbuf_add_slice(out, day_before(raw, at));
		if (out->ptr[out->len - 1] == 'T')
			out->ptr[out->len - 1] = ' ';
	}
	end = at + 8;
	if (fraction)
		end += fraction_length(slice_from(raw, end));
	strbuf_add_slice(out, slice_of(raw.ptr + at, end - at));
}

static bool takes_days(const struct step *s)
{
	const struct result *j = trace_of(s)->journey;

	return tree_number(j, 0, "first_utc") / US_DAY !=
	       tree_number(j, 0, "last_utc") / US_DAY;
}

/* The stamp of the first record of TRANSACTION; absent if it is not here. */
static struct slice logged_of(const struct step *s, int64_t transaction)
{
	const struct result *r = step_result(s, TRACE_EVENTS);

	for (size_t i = 0; r && i < r->nrows; i++)
		if (tree_number(r, i, "transaction_id") == transaction)
			return tree_text(r, i, "time_raw");
	return slice_of(NULL, 0);
}

void trace_add_time(struct strbuf *out, const struct telling *to,
                    int64_t transaction, int64_t us)
{
	const struct step *s = to->step;
	const struct look *look = to->look;
	bool wide = to->wide, day = takes_days(s);
	struct slice raw = look->times.mode == TIMES_LOGGED
	                           ? logged_of(s, transaction)
	                           : slice_of(NULL, 0);
	struct strbuf text = { 0 };

	if (raw.len) {
		trace_add_logged(out, raw, day, wide);
		return;
	}
	if (!us || us == TIME_NONE) {
		strbuf_add_str(out, "--:--:--");
		return;
	}
	if (look->times.mode == TIMES_CORRECTED) {
		trace_add_corrected(out, to, transaction, us);
		return;
	}
	times_add(&look->times, us, wide ? 3 : 0, &text);
	/* "2026-03-10 09:16:21" */
	strbuf_add_slice(out, slice_from(strbuf_slice(&text), day ? 5 : 11));
	if (look->times.mode == TIMES_LOGGED)
		strbuf_add_char(out, 'Z'); /* its stamp is not known here */
	strbuf_release(&text);
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

static void add_codes(struct strbuf *out, struct slice codes, bool wide)
{
	const char *between = "";

	while (codes.len) {
		struct slice code = slice_cut(&codes, ',');

		strbuf_add_str(out, between);
		strbuf_add_slice(out, code);
		if (wide && *words_of(code))
			strbuf_addf(out, " %s", words_of(code));
		between = wide ? ", " : " ";
	}
}

/* Handoffs and filter passes are drawn as such, and a linked transaction's text
 * begins with its kind. */
static bool kind_is_seen(const struct tree_node *n, struct slice kind)
{
	return n->kind == NODE_LINKED ||
	       slice_eq(kind, slice_str(link_kind_name(LINK_HANDOFF))) ||
	       slice_eq(kind, slice_str(link_kind_name(LINK_FILTER)));
}

void node_add_evidence(struct strbuf *out, const struct trace *t,
                       const struct tree_node *n, bool wide)
{
	size_t link = n->link;
	struct slice class, kind;

	if (link == TREE_NONE)
		return;
	class = tree_text(t->links, link, "class");
	kind = tree_text(t->links, link, "kind");
	if (wide) {
		strbuf_add_slice(out, class);
		strbuf_add_str(out, "  ");
	}
	if (!kind_is_seen(n, kind)) {
		strbuf_add_slice(out, kind);
		strbuf_add_char(out, ' ');
	}
	add_codes(out, tree_text(t->links, link, "evidence"), wide);
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
static struct slice server_before(const struct step *s, size_t link)
{
	const struct trace *t = trace_of(s);
	size_t row;

	if (link == TREE_NONE)
		return slice_of(NULL, 0);
	row = tree_row_of(t->transactions,
	                  tree_number(t->links, link, "from_transaction"));
	return tree_text(t->transactions, row, "server");
}

static void add_origin(struct strbuf *out, const struct telling *to,
                       const struct tree_node *n)
{
	const struct result *r = trace_of(to->step)->transactions;
	size_t row = n->row;
	struct slice before = server_before(to->step, n->link);
	struct slice user = tree_text(r, row, "user");

	if (!before.len && !tree_text(r, row, "client_ip").len &&
	    !tree_text(r, row, "client_name").len && !user.len)
		return;
	strbuf_addf(out, " %s", theme_sign(to->theme, SIGN_ARROW_LEFT));
	if (before.len) {
		struct slice ip = tree_text(r, row, "client_ip");

		strbuf_add_char(out, ' ');
		strbuf_add_slice(out, before);
		if (ip.len)
			strbuf_addf(out, " [%.*s]", SLICE_FMT(ip));
		return;
	}
	add_client(out, r, row);
	if (user.len)
		strbuf_addf(out, " %.*s", SLICE_FMT(user));
}

static void add_state(struct strbuf *out, const struct result *r, size_t row)
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

/* "filter pass 1.42 s": the step from the queue into it and out of it. */
static void add_pass(struct strbuf *out, const struct result *links, size_t link)
{
	struct slice lag = tree_text(links, link, "lag_s");

	strbuf_add_str(out, " filter pass");
	if (lag.len)
		strbuf_addf(out, " %.*s s", SLICE_FMT(lag));
}

static void make_transaction(struct node_text *out, const struct telling *to,
                             const struct tree_node *n)
{
	const struct trace *t = trace_of(to->step);
	const struct result *r = t->transactions;
	struct slice instance = tree_text(r, n->row, "instance");

	out->sign = n->kind == NODE_FILTER ? SIGN_FILTER : SIGN_TRANSACTION;
	trace_add_time(&out->text, to, n->transaction,
	               tree_number(r, n->row, "opened_utc"));
	strbuf_add_char(&out->text, ' ');
	strbuf_add_slice(&out->text, tree_text(r, n->row, "server"));
	if (to->wide && instance.len)
		strbuf_addf(&out->text, "/%.*s", SLICE_FMT(instance));
	if (n->kind == NODE_FILTER)
		add_pass(&out->text, t->links, n->link);
	else
		add_origin(&out->text, to, n);
	add_state(&out->text, r, n->row);
	if (slice_eq(tree_text(r, n->row, "state"),
	             slice_str(transaction_state_name(STATE_REFUSED)))) {
		out->sign = SIGN_REFUSED;
		out->tone = TONE_BAD;
	}
	out->id = tree_text(r, n->row, "queue_id");
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

static void add_part(struct strbuf *out, const char *before, struct slice s)
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
	add_part(out, " ", name);
	if (ip.len)
		strbuf_addf(out, " [%.*s]", SLICE_FMT(ip));
}

static void add_answer(struct strbuf *out, const struct result *r, size_t row,
                       enum outcome o)
{
	struct slice code = tree_text(r, row, "code");

	add_part(out, "  ", code);
	add_part(out, code.len ? " " : "  ", tree_text(r, row, "dsn"));
	strbuf_addf(out, "  %s", outcome_name(o));
	if (o == OUTCOME_RELAYED) {
		add_relay(out, r, row);
		strbuf_add_str(out, "; no log of what it did then");
		return;
	}
	add_part(out, ", ", tree_text(r, row, "place"));
	if (o == OUTCOME_DELIVERED)
		return;
	add_part(out, ", said by ", tree_text(r, row, "said_by"));
	add_part(out, ": ", tree_text(r, row, "reply"));
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
	/* no line says it of this recipient */
	if (slice_eq(tree_text(r, n->row, "via"), SLICE("merged")))
		strbuf_add_char(&out->text, '~');
	if (attempts > 1)
		strbuf_addf(&out->text, ", %lld attempts", (long long)attempts);
	if (wide)
		add_part(&out->text, ", via ", tree_text(r, n->row, "via"));
}

/* ---- what belongs to it without being it ------------------------------- */

static void add_message(struct strbuf *out, const struct telling *to,
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
	add_part(out, "  from ", tree_text(m, row, "sender"));
	if (!time || !tree_number(m, row, "first_utc"))
		return;
	if (times.mode == TIMES_LOGGED || times.mode == TIMES_CORRECTED)
		times.mode = TIMES_UTC;
	strbuf_add_str(out, "  ");
	times_add(&times, tree_number(m, row, "first_utc"), 0, out);
	strbuf_addf(out, " %s", times_name(&times));
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
		add_part(&out->text, n->backwards ? ", " : " on ",
		         tree_text(r, row, "server"));
		out->id = tree_text(r, row, "queue_id");
	}
	add_message(&out->text, to, n->journey, !r);
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
	add_part(&out->text, ": ", tree_text(m, n->row, "why"));
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
	add_part(&out->text, ": ", tree_text(r, n->row, "how"));
	if (tree_row_of(step_result(s, TRACE_MESSAGES), n->journey) == TREE_NONE)
		strbuf_addf(&out->text, ", journey %lld",
		            (long long)n->journey);
	add_message(&out->text, to, n->journey, true);
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
	}
	node_add_evidence(&out->evidence, trace_of(to->step), n, to->wide);
}

void node_text_release(struct node_text *n)
{
	strbuf_release(&n->text);
	strbuf_release(&n->evidence);
}

/* ---- detail ------------------------------------------------------------ */

static void add_transaction_detail(struct strbuf *out, const struct telling *to,
                                   const struct tree_node *n)
{
	const struct step *s = to->step;
	const struct result *r;
	size_t row;
	int64_t opened, closed, nrcpt;
	bool refused;

	r = trace_transaction(s, n, &row);
	if (!r)
		return;
	refused = slice_eq(tree_text(r, row, "state"),
	                   slice_str(transaction_state_name(STATE_REFUSED)));
	opened = tree_number(r, row, "opened_utc");
	closed = tree_number(r, row, "closed_utc");
	nrcpt = tree_number(r, row, "nrcpt");
	strbuf_add_slice(out, tree_text(r, row, "server"));
	strbuf_add_str(out, refused ? ": refused " : ": accepted ");
	trace_add_time(out, to, n->transaction, opened);
	if (!refused && closed && opened && closed >= opened) {
		strbuf_add_str(out, ", done after ");
		duration_add(out, closed - opened);
	}
	if (!refused)
		add_state(out, r, row);
	if (nrcpt)
		strbuf_addf(out, "; %lld recipient%s", (long long)nrcpt,
		            nrcpt == 1 ? "" : "s");
	if (n->link != TREE_NONE) {
		strbuf_add_str(out, "; ");
		strbuf_add_slice(out, tree_text(trace_of(s)->links, n->link,
		                                "class"));
		strbuf_add_str(out, " by ");
		add_codes(out, tree_text(trace_of(s)->links, n->link,
		                         "evidence"), true);
	}
}

static void add_recipient_detail(struct strbuf *out, const struct step *s,
                                 const struct tree_node *n)
{
	const struct result *r = trace_of(s)->recipients;
	struct slice address = tree_text(r, n->row, "address");
	struct slice as = tree_text(r, n->row, "addressed_as");

	strbuf_add_slice(out, address);
	if (!slice_eq_nocase(address, as))
		add_part(out, ", addressed as ", as);
	add_part(out, ": ", tree_text(r, n->row, "outcome"));
	add_part(out, " at ", tree_text(r, n->row, "server"));
	add_part(out, "; ", tree_text(r, n->row, "reply"));
	add_part(out, ", said by ", tree_text(r, n->row, "said_by"));
}

static void add_missing_detail(struct strbuf *out, const struct step *s,
                               const struct tree_node *n)
{
	const struct result *m = trace_of(s)->missing;

	add_part(out, "", tree_text(m, n->row, "kind"));
	add_part(out, ": ", tree_text(m, n->row, "wanted"));
	add_part(out, " ", tree_text(m, n->row, "queue_id"));
	add_part(out, ", look from ", tree_text(m, n->row, "from_utc"));
	add_part(out, " to ", tree_text(m, n->row, "to_utc"));
	add_part(out, "; searched: ", tree_text(m, n->row, "searched"));
}

void node_add_detail(struct strbuf *out, const struct telling *to)
{
	const struct step *s = to->step;
	const struct tree_node *n = trace_node(s);

	if (!n)
		return;
	switch (n->kind) {
	case NODE_TRANSACTION:
	case NODE_FILTER:
	case NODE_LINKED: add_transaction_detail(out, to, n); break;
	case NODE_RECIPIENT: add_recipient_detail(out, s, n); break;
	case NODE_MISSING: add_missing_detail(out, s, n); break;
	case NODE_RELATED:
		strbuf_add_str(out, "another message that belongs to this one");
		add_message(out, to, n->journey, true);
		break;
	}
}
