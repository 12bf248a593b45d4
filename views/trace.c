/* SPDX-License-Identifier: MIT */
/* Trace: what happened to one message, over all servers, with the proof. */
#include "views/trace.h"

#include "base/alloc.h"
#include "base/civil.h"

#include <stdlib.h>

#define EVENTS 1000 /* records read at once; more are read step by step */

static const char *const event_columns[] = {
	"event_id", "time_utc", "time_raw", "source_id", "path", "line", "offset",
	"length", "server", "action", "recipient", "queue_id", "transaction_id",
	"journey_id", "program", "verdict", "raw", NULL
};

const struct trace *trace_of(const struct step *s)
{
	const struct reply *r = step_reply(s, TRACE_SLOT);

	if (!r || !r->ok || !r->trace || !r->trace->journey ||
	    !r->trace->journey->nrows || !r->trace->transactions)
		return NULL;
	return r->trace;
}

const struct tree_node *trace_node(const struct step *s)
{
	const struct trace_state *st = s->state;

	return st->node < st->tree.n ? &st->tree.nodes[st->node] : NULL;
}

/* ---- opening ----------------------------------------------------------- */

static bool trace_open(struct step *s, const struct target *t, struct err *err)
{
	struct trace_state *st;

	if (!t->row.journey && !t->text.len)
		return err_set(err, "this row belongs to no message, so there is "
		               "nothing to trace");
	if (t->text.len >= sizeof st->id)
		return err_set(err, "an id has at most %zu bytes",
		               sizeof st->id - 1);
	st = mem_alloc(sizeof *st);
	st->journey = t->row.journey;
	if (t->text.len)
		memcpy(st->id, t->text.ptr, t->text.len);
	s->state = st;
	snprintf(s->label, sizeof s->label, "trace");
	return true;
}

static void trace_close(struct step *s)
{
	struct trace_state *st = s->state;

	if (!st)
		return;
	tree_release(&st->tree);
	strbuf_release(&st->find);
	free(st);
	s->state = NULL;
}

/* ---- questions --------------------------------------------------------- */

static struct want *want_rows(struct wants *w, enum slot slot, enum unit unit,
                              size_t most)
{
	struct want *n = want_add(w, slot, REQUEST_PAGE);

	n->request.query.unit = unit;
	n->request.query.hidden = true;
	n->request.query.from = n->request.query.to = TIME_NONE;
	n->request.anchor.kind = ANCHOR_FIRST;
	n->request.after = most;
	return n;
}

/* "journey:4,7,9", as many as the filter holds. */
static bool name_related(const struct trace *t, char *filter, size_t size)
{
	const struct result *r = t->related;
	size_t len = 0;

	for (size_t i = 0; r && i < r->nrows && len + 24 < size; i++)
		len += (size_t)snprintf(filter + len, size - len, "%s%lld",
		                        i ? "," : "journey:",
		                        (long long)tree_number(r, i,
		                                               "journey_id"));
	return len > 0;
}

static void want_related(const struct step *s, struct wants *w)
{
	char filter[WANT_FILTER];
	struct want *n;

	if (!trace_of(s) ||
	    !name_related(trace_of(s), filter, sizeof filter))
		return;
	n = want_rows(w, TRACE_OTHERS, UNIT_TRANSACTIONS, 200);
	memcpy(n->filter, filter, sizeof filter);
	n = want_rows(w, TRACE_MESSAGES, UNIT_MESSAGES, 100);
	memcpy(n->filter, filter, sizeof filter);
}

/* The chosen transaction's records, if the journey's do not hold them. */
static void want_lines(const struct step *s, struct wants *w)
{
	const struct result *all = step_result(s, TRACE_EVENTS);
	const struct tree_node *node = trace_node(s);
	struct want *n;

	if (!node || !node->transaction || !all ||
	    (!all->after && node->kind != NODE_LINKED))
		return;
	n = want_rows(w, TRACE_LINES, UNIT_EVENTS, EVENTS);
	n->request.columns = event_columns;
	snprintf(n->filter, sizeof n->filter, "transaction:%lld",
	         (long long)node->transaction);
}

static void trace_wants(const struct step *s, struct wants *w)
{
	const struct trace_state *st = s->state;
	struct want *n;

	if (!st->journey) {
		n = want_add(w, TRACE_SLOT, REQUEST_FIND);
		memcpy(n->request.text, st->id, sizeof st->id);
		n->request.limit = TRACE_FOUND;
		return;
	}
	n = want_add(w, TRACE_SLOT, REQUEST_TRACE);
	n->request.id = st->journey;
	n = want_rows(w, TRACE_EVENTS, UNIT_EVENTS, EVENTS);
	n->request.columns = event_columns;
	snprintf(n->filter, sizeof n->filter, "journey:%lld",
	         (long long)st->journey);
	want_related(s, w);
	want_lines(s, w);
}

static void go_to_proof(const struct step *s)
{
	struct trace_state *st = s->state;
	struct trace_line *lines;
	size_t n = trace_lines(s, &lines);

	for (size_t i = 0; i < n; i++)
		if (lines[i].proof) {
			st->lines.row = (int64_t)i;
			st->proof = false;
			break;
		}
	table_move(&st->lines, 0, (int64_t)n, st->line_rows);
	free(lines);
}

static void choose(struct trace_state *st, size_t node)
{
	st->node = node;
	st->lines = (struct table_cursor){ 0 };
	st->proof = true; /* the lower half begins where the step is proved */
	st->pairs = false;
}

/* Into the lower half: the proof alone, if others' lines are a part of it. */
static void show_proof(const struct step *s)
{
	struct trace_state *st = s->state;
	const struct tree_node *n = trace_node(s);

	st->in_lines = st->proof = true;
	st->pairs = n && n->link != TREE_NONE;
	st->lines = (struct table_cursor){ 0 };
}

/* After a choice: to the first proving line, if it is here already. */
static void settle(const struct step *s)
{
	const struct trace_state *st = s->state;

	if (st->proof)
		go_to_proof(s);
}

static void move_in_tree(struct trace_state *st, int64_t by)
{
	size_t node = st->node;

	for (int64_t i = 0; i < (by < 0 ? -by : by); i++) {
		size_t next = tree_step(&st->tree, node, by < 0 ? -1 : 1);

		if (next == node)
			break;
		node = next;
	}
	if (node != st->node)
		choose(st, node);
}

/* Keys that were faster than the case. */
static void pay_moves(struct trace_state *st)
{
	int64_t by = st->owed;

	st->owed = 0;
	if (st->tree.n)
		move_in_tree(st, by);
}

/* The journeys that the typed id names. */
static void take_found(struct trace_state *st, const struct reply *r)
{
	st->searched = true;
	st->nfound = r->njourneys < TRACE_FOUND ? r->njourneys : TRACE_FOUND;
	memcpy(st->found, r->journeys, st->nfound * sizeof *st->found);
	if (st->nfound)
		st->journey = st->found[0];
}

static void trace_arrived(struct step *s, enum slot slot)
{
	struct trace_state *st = s->state;
	const struct reply *r = step_reply(s, slot);

	if (!st->journey && slot == TRACE_SLOT && r && r->ok &&
	    r->kind == REQUEST_FIND)
		take_found(st, r);
	if (!trace_of(s))
		return;
	if (slot == TRACE_SLOT || slot == TRACE_OTHERS) {
		int64_t journey = trace_of(s)->journey->ids[0];

		bool other = st->shown != journey;

		if (other) {
			tree_release(&st->tree);
			choose(st, 0);
		}
		st->shown = journey;
		tree_build(&st->tree, trace_of(s),
		           step_result(s, TRACE_OTHERS));
		if (st->node >= st->tree.n)
			st->node = 0;
		if (other)
			pay_moves(st);
		if (other && st->in_lines)
			show_proof(s);
	}
	if (slot == TRACE_EVENTS || slot == TRACE_LINES)
		settle(s);
}

/* ---- keys -------------------------------------------------------------- */

static size_t count_lines(const struct step *s)
{
	struct trace_line *lines;
	size_t n = trace_lines(s, &lines);

	free(lines);
	return n;
}

static void move_rows(struct step *s, int64_t by)
{
	struct trace_state *st = s->state;

	if (st->in_lines)
		table_move(&st->lines, by, (int64_t)count_lines(s),
		           st->line_rows);
	else
		move_in_tree(st, by);
}

static void fold(struct trace_state *st)
{
	struct tree_node *n = &st->tree.nodes[st->node];

	if (!n->folded && tree_has_children(&st->tree, st->node))
		n->folded = true;
	else if (n->parent != TREE_NONE)
		choose(st, n->parent);
}

static bool unfold(struct trace_state *st)
{
	struct tree_node *n = &st->tree.nodes[st->node];

	if (!n->folded && !tree_has_children(&st->tree, st->node))
		return false;
	if (!n->folded)
		choose(st, tree_step(&st->tree, st->node, 1));
	n->folded = false;
	return true;
}

static bool fold_or_unfold(struct step *s, enum act a)
{
	struct trace_state *st = s->state;
	bool did = !st->in_lines;

	if (did && a == ACT_LEFT)
		fold(st);
	else if (did)
		did = unfold(st);
	settle(s);
	return did;
}

static bool line_ref(const struct step *s, struct row_ref *out)
{
	const struct trace_state *st = s->state;
	struct trace_line *lines;
	size_t n = trace_lines(s, &lines);
	size_t i = st->in_lines ? (size_t)st->lines.row : 0;
	bool found = i < n;

	/* of a step: the record that proves it, else its first */
	for (size_t k = 0; !st->in_lines && k < n; k++)
		if (lines[k].proof) {
			i = k;
			break;
		}
	if (found) {
		const struct trace_line *l = &lines[i];

		out->source = (uint32_t)tree_number(l->from, l->row,
		                                    "source_id");
		out->line = (uint64_t)tree_number(l->from, l->row, "line");
		out->raw = tree_text(l->from, l->row, "raw");
		out->unit = UNIT_EVENTS;
		out->id = l->from->ids[l->row];
	}
	free(lines);
	return found;
}

/* What `y` copies: a queue id, an address, of a record its text. */
static struct slice node_value(const struct step *s)
{
	const struct trace *t = trace_of(s);
	const struct tree_node *n = trace_node(s);

	switch (n->kind) {
	case NODE_TRANSACTION:
	case NODE_FILTER:
		return tree_text(t->transactions, n->row, "queue_id");
	case NODE_RECIPIENT: return tree_text(t->recipients, n->row, "address");
	case NODE_LINKED: {
		const struct result *o = step_result(s, TRACE_OTHERS);

		return tree_text(o, tree_row_of(o, n->transaction), "queue_id");
	}
	case NODE_MISSING: return tree_text(t->missing, n->row, "queue_id");
	case NODE_MANY: return slice_of(NULL, 0);
	case NODE_RELATED: break;
	}
	return tree_text(t->related, n->row, "how");
}

static bool trace_ref(const struct step *s, struct row_ref *out)
{
	const struct trace_state *st = s->state;

	*out = (struct row_ref){ .unit = UNIT_MESSAGES, .id = st->journey };
	if (!trace_of(s) || !trace_node(s))
		return false;
	line_ref(s, out);
	if (!st->in_lines) {
		out->unit = UNIT_MESSAGES;
		out->id = st->journey;
	}
	out->journey = st->journey;
	out->value = st->in_lines ? out->raw : node_value(s);
	return true;
}

static void open_raw(struct shell *sh, const struct step *s)
{
	struct target t = { 0 };

	if (!line_ref(s, &t.row)) {
		shell_say(sh, "no record of this step is in these logs");
		return;
	}
	t.row.journey = ((const struct trace_state *)s->state)->journey;
	shell_open(sh, view_find(VIEW_NAME_RAW), &t);
}

static void open_related(struct shell *sh, const struct step *s, int64_t journey)
{
	struct target t = { .row = { .unit = UNIT_MESSAGES, .id = journey,
		                     .journey = journey } };

	shell_open(sh, s->view, &t);
}

/* What to ask for: of this message; if it lacks nothing, of the case. */
static void open_wanted(struct shell *sh, const struct step *s)
{
	const struct trace *trace = trace_of(s);
	const struct result *m = trace ? trace->missing : NULL;
	char filter[48];
	struct target t = { .filter = SLICE("") };

	if (!m || !m->nrows) {
		shell_open(sh, view_find(VIEW_NAME_WANTED), &t);
		shell_say(sh, "nothing is missing of this message; this is what "
		              "the case lacks");
		return;
	}
	snprintf(filter, sizeof filter, "journey:%lld",
	         (long long)((const struct trace_state *)s->state)->journey);
	t.filter = slice_str(filter);
	shell_open(sh, view_find(VIEW_NAME_MISSING), &t);
}

/* The request for the server of this hop; those of its other ids are listed too. */
static void open_request(struct shell *sh, const struct step *s,
                         const struct tree_node *n)
{
	const struct result *m = trace_of(s)->missing;
	const struct trace_state *st = s->state;
	struct strbuf filter = { 0 };
	struct target t = { 0 };

	strbuf_addf(&filter, "journey:%lld ", (long long)st->journey);
	if (tree_text(m, n->row, "queue_id").len && n->kind == NODE_MISSING)
		filter_add_term(&filter, field_find(SLICE("qid")),
		                tree_text(m, n->row, "queue_id"), false);
	else
		filter_add_term(&filter, field_find(SLICE("wanted")),
		                tree_text(m, n->row, "wanted"), false);
	t.filter = strbuf_slice(&filter);
	shell_open(sh, view_find(VIEW_NAME_MISSING), &t);
	strbuf_release(&filter);
}

/* The proof of a step stands in the lower half; of a line it is the line. */
static bool open_proof(struct shell *sh, struct step *s)
{
	struct trace_state *st = s->state;
	const struct tree_node *n = trace_node(s);

	if (st->in_lines) {
		open_raw(sh, s);
		return true;
	}
	if (n->kind == NODE_RELATED) {
		open_related(sh, s, n->journey);
		return true;
	}
	if (n->kind == NODE_MISSING ||
	    (n->kind == NODE_MANY && n->of == NODE_MISSING)) {
		open_request(sh, s, n);
		return true;
	}
	if (n->kind == NODE_MANY) {
		unfold(st);
		return true;
	}
	if (!n->transaction) {
		shell_say(sh, "no record of this step is in these logs");
		return true;
	}
	show_proof(s);
	settle(s);
	return true;
}

/* Unfolds what hides the node. */
static void reveal(struct trace_state *st, size_t node)
{
	for (size_t p = st->tree.nodes[node].parent; p != TREE_NONE;
	     p = st->tree.nodes[p].parent)
		st->tree.nodes[p].folded = false;
}

static bool go_related(struct shell *sh, struct step *s)
{
	struct trace_state *st = s->state;
	size_t found = TREE_NONE, n = 0;

	if (trace_node(s)->journey) {
		open_related(sh, s, trace_node(s)->journey);
		return true;
	}
	for (size_t i = st->tree.n; i-- > 0;)
		if (st->tree.nodes[i].journey) {
			found = i;
			n++;
		}
	if (n == 0)
		shell_say(sh, "no related message: no bounce, forward or resend of "
		          "it is known here");
	else if (n == 1)
		open_related(sh, s, st->tree.nodes[found].journey);
	else {
		st->in_lines = false;
		reveal(st, found);
		choose(st, found);
		shell_say(sh, "%zu related messages; R on one opens it", n);
	}
	return true;
}

/* Stays the same step: Esc goes back to the list, not through the messages. */
static bool go_neighbour(struct shell *sh, struct step *s, int delta)
{
	struct trace_state *st = s->state;
	struct row_ref ref = { 0 };
	bool last = false;

	if (st->nfound > 1) {
		st->at = (st->at + (delta > 0 ? 1 : st->nfound - 1)) %
		         st->nfound;
		st->journey = st->found[st->at];
		shell_say(sh, "%zu of %zu messages that this id names", st->at + 1,
		          st->nfound);
		return true;
	}
	if (!shell_neighbour(sh, delta, &ref, &last)) {
		shell_say(sh, last ? "the list ends here"
		                   : "no list of messages below this, or its rows "
		                     "are still being read");
		return true;
	}
	if (!ref.journey) {
		shell_say(sh, "the next row belongs to no message");
		return true;
	}
	st->journey = ref.journey; /* the old one stays until it is here */
	st->in_lines = false;
	return true;
}

static bool node_holds(const struct step *s, size_t node, struct slice text)
{
	struct look look = { .times = { .mode = TIMES_UTC } };
	struct theme plain = { .ascii = true };
	struct telling to = { .step = s, .look = &look, .theme = &plain,
		              .wide = true };
	struct node_text t;
	bool found;

	node_text_make(&t, &to, node);
	found = slice_find_nocase(strbuf_slice(&t.text), text) != SLICE_NONE ||
	        slice_find_nocase(t.id, text) != SLICE_NONE;
	node_text_release(&t);
	return found;
}

static bool find_node(struct step *s, int by, struct slice text)
{
	struct trace_state *st = s->state;
	size_t n = st->tree.n;

	for (size_t k = 1; k <= n; k++) {
		size_t i = (st->node + (by > 0 ? k : n - k)) % n;

		if (node_holds(s, i, text)) {
			reveal(st, i);
			choose(st, i);
			settle(s);
			return true;
		}
	}
	return false;
}

static bool find_line(struct step *s, int by, struct slice text)
{
	struct trace_state *st = s->state;
	struct trace_line *lines;
	size_t n = trace_lines(s, &lines);
	bool found = false;

	for (size_t k = 1; k <= n && !found; k++) {
		size_t i = ((size_t)st->lines.row + (by > 0 ? k : n - k)) % n;
		struct slice raw = tree_text(lines[i].from, lines[i].row, "raw");

		found = slice_find_nocase(raw, text) != SLICE_NONE;
		if (found)
			table_move(&st->lines, (int64_t)i - st->lines.row,
			           (int64_t)n, st->line_rows);
	}
	free(lines);
	return found;
}

static bool find(struct shell *sh, struct step *s, int by, struct slice arg)
{
	struct trace_state *st = s->state;
	struct slice text;

	if (arg.len) {
		strbuf_reset(&st->find);
		strbuf_add_slice(&st->find, arg);
	}
	text = strbuf_slice(&st->find);
	if (!text.len)
		shell_prompt(sh, "find", ACT_FIND, text);
	else if (!(st->in_lines ? find_line(s, by, text)
	                        : find_node(s, by, text)))
		shell_say(sh, "%.*s is not in this half", SLICE_FMT(text));
	return true;
}

static bool trace_move(struct step *s, enum act a)
{
	const struct trace_state *st = s->state;
	int page = st->in_lines ? st->line_rows : st->tree_rows;

	switch ((int)a) {
	case ACT_DOWN: move_rows(s, 1); return true;
	case ACT_UP: move_rows(s, -1); return true;
	case ACT_HALF_DOWN: move_rows(s, page / 2 + 1); return true;
	case ACT_HALF_UP: move_rows(s, -(page / 2 + 1)); return true;
	case ACT_PAGE_DOWN: move_rows(s, page); return true;
	case ACT_PAGE_UP: move_rows(s, -page); return true;
	case ACT_FIRST: move_rows(s, -1000000000); return true;
	case ACT_LAST: move_rows(s, 1000000000); return true;
	default: return false;
	}
}

/* The message is not here yet: what a fast hand types is kept. */
static bool act_early(struct shell *sh, struct trace_state *st, enum act a)
{
	if (st->searched && !st->nfound)
		return false;
	switch ((int)a) {
	case ACT_DOWN: st->owed++; return true;
	case ACT_UP: st->owed--; return true;
	case ACT_OPEN: st->in_lines = true; return true;
	case ACT_OTHER_HALF: st->in_lines = !st->in_lines; return true;
	case ACT_WANTED:
	case ACT_RAW:
	case ACT_RELATED:
	case ACT_FIND:
		shell_say(sh, "the message is still being read");
		return true;
	default: return false;
	}
}

static bool trace_act(struct shell *sh, struct step *s, enum act a,
                      struct slice arg)
{
	struct trace_state *st = s->state;

	if (a == ACT_NEXT_MESSAGE || a == ACT_PREVIOUS_MESSAGE)
		return go_neighbour(sh, s, a == ACT_NEXT_MESSAGE ? 1 : -1);
	if (!trace_of(s) || !trace_node(s))
		return act_early(sh, st, a);
	if (trace_move(s, a)) {
		settle(s);
		return true;
	}
	switch ((int)a) {
	case ACT_OPEN: return open_proof(sh, s);
	case ACT_RAW: open_raw(sh, s); return true;
	case ACT_OTHER_HALF:
		st->in_lines = !st->in_lines;
		st->pairs = false;
		settle(s);
		return true;
	case ACT_RELATED: return go_related(sh, s);
	case ACT_WANTED: open_wanted(sh, s); return true;
	case ACT_LEFT:
	case ACT_RIGHT: return fold_or_unfold(s, a);
	case ACT_FIND:
		if (!arg.len) {
			shell_prompt(sh, "find", ACT_FIND,
			             strbuf_slice(&st->find));
			return true;
		}
		return find(sh, s, 1, arg);
	case ACT_FIND_NEXT: return find(sh, s, 1, slice_of(NULL, 0));
	case ACT_FIND_PREVIOUS: return find(sh, s, -1, slice_of(NULL, 0));
	default: return false;
	}
}

static bool has_related(const struct step *s)
{
	const struct trace_state *st = s->state;

	for (size_t i = 0; i < st->tree.n; i++)
		if (st->tree.nodes[i].journey)
			return true;
	return false;
}

static bool trace_can(const struct step *s, enum act a)
{
	if (!trace_of(s))
		return a == ACT_HELP || a == ACT_BACK || a == ACT_WANTED ||
		       a == ACT_TRACE_ID;
	if (a == ACT_RELATED)
		return has_related(s);
	return true;
}

static const struct legend legend[] = {
	{ ACT_OPEN, "proof", "proof" },
	{ ACT_OTHER_HALF, "lines", "lines below" },
	{ ACT_RAW, "raw", "raw line" },
	{ ACT_NEXT_MESSAGE, "next msg", "next message" },
	{ ACT_PREVIOUS_MESSAGE, "previous", "previous message" },
	{ ACT_WANTED, "wanted", "wanted logs" },
	{ ACT_RELATED, "related", "related messages" },
	{ ACT_LEFT, "fold", "fold" },
	{ ACT_TIMES, "zone", "zone shown" },
	{ ACT_FIND, "find", "find" },
	{ ACT_COPY, "copy", "copy" },
	{ ACT_COPY_LINE, "copy line", "copy line and source" },
	{ ACT_EXPORT, "export", "export" },
	{ ACT_HELP, "keys", "keys" },
	{ ACT_NONE, NULL, NULL },
};

const struct view view_trace = {
	.name = VIEW_NAME_TRACE, .brief = "Trace", .flags = VIEW_PAGE,
	.unit = UNIT_MESSAGES, .context = CONTEXT_TRACE,
	.open = trace_open, .close = trace_close, .wants = trace_wants,
	.act = trace_act, .can = trace_can, .arrived = trace_arrived,
	.draw = trace_draw, .ref = trace_ref, .legend = legend,
};
