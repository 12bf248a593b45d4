/* SPDX-License-Identifier: MIT */
/* The table of rules, the list of what fired, and its rows. */
#include "model/trace/finding.h"

#include "base/alloc.h"

/* Fields in the order of the struct below. */
#define NOT_SEEN                                                               \
	"another machine or program behind the same address, a log that is "   \
	"filtered or split over files, a proxy that answered in its name"
#define CLOCK_SET                                                              \
	"a clock that was set or stepped, the end of summer time, a collector " \
	"that takes lines of several hosts or late"
#define NOT_LOGGED                                                             \
	"a level or filter that leaves lines out, facilities in files of "     \
	"their own, lines that the syslog daemon lost, a log that begins here"

static const struct rule {
	const char *name;
	enum finding_severity severity;
	const char *needs;
	const char *innocent;
} rules[RULE_COUNT_OF] = {
	[RULE_NO_LOG] = {"no-log", SEVERITY_INFO, "handoffs",
			 "its log is not part of the case"},
	[RULE_NOT_COVERED] = {"not-covered", SEVERITY_INFO, "handoffs",
			      "its log begins later, ends earlier or was "
			      "rotated away"},
	[RULE_ABSENT] = {"handed-over-absent", SEVERITY_HIGH,
			 "handoffs to a server whose log covers the time",
			 NOT_SEEN},
	[RULE_UNSENT] = {"present-not-sent", SEVERITY_HIGH,
			 "mail from a server whose log covers the time",
			 "another program or machine behind the address of the "
			 "sending server (NAT), a log that is filtered"},
	[RULE_STATUS] = {"status-conflict", SEVERITY_HIGH,
			 "refusals on one side, deliveries on the other",
			 "a second try that the other log does not hold, a "
			 "proxy between the two"},
	[RULE_ENVELOPE] = {"envelope-conflict", SEVERITY_MEDIUM,
			   "confirmed handoffs",
			   "an address or header that a server between "
			   "rewrote"},
	[RULE_TIME] = {"time-conflict", SEVERITY_MEDIUM,
		       "handoffs of servers whose clocks are known",
		       CLOCK_SET},
	[RULE_COUNT] = {"count-conflict", SEVERITY_LOW,
			"recipients counted when the message was queued",
			NOT_LOGGED},
	[RULE_LOST] = {"lost-in-server", SEVERITY_MEDIUM,
		       "a log that goes on for longer than mail is queued",
		       "a message still on hold, a queue that was moved"},
	[RULE_TWICE] = {"delivered-twice", SEVERITY_INFO, "message-ids",
			"a lost answer and a second try, a list and a direct "
			"copy, a sender that gives one id to several messages"},
	[RULE_GAP] = {"gap", SEVERITY_LOW, "times of lines",
		      "an outage or a restart, a file that was rotated away, a "
		      "quiet hour"},
	[RULE_SUPPRESSED] = {"suppressed", SEVERITY_LOW,
			     "the log's own word", "a rate limit"},
	[RULE_BACK] = {"time-back", SEVERITY_LOW, "times of lines", CLOCK_SET},
	[RULE_OUT] = {"line-out-of-order", SEVERITY_MEDIUM, "times of lines",
		      CLOCK_SET},
	[RULE_ORPHAN] = {"orphan", SEVERITY_MEDIUM,
			 "messages whose beginning the log covers", NOT_LOGGED},
	[RULE_ENDLESS] = {"no-end", SEVERITY_LOW,
			  "messages whose end the log covers", NOT_LOGGED},
	[RULE_FATELESS] = {"no-fate", SEVERITY_MEDIUM,
			   "messages that were removed from the queue",
			   "removed by hand, a delivery that is logged "
			   "elsewhere"},
	[RULE_NO_CONNECT] = {"no-connect", SEVERITY_LOW,
			     "sessions whose beginning the log covers",
			     NOT_LOGGED},
	[RULE_NO_DISCONNECT] = {"no-disconnect", SEVERITY_LOW,
				"sessions whose process serves another client "
				"after it",
				NOT_LOGGED},
	[RULE_SESSION] = {"session-count", SEVERITY_MEDIUM,
			  "sessions that are summed up when they end",
			  "a filter in front of the queue, which has the ids"},
	[RULE_REFUSALS] = {"session-refusals", SEVERITY_LOW,
			   "sessions that are summed up when they end",
			   "commands out of order or malformed, which are "
			   "counted and not logged"},
	[RULE_ID_TIME] = {"id-time", SEVERITY_MEDIUM, "ids that carry a time",
			  "a clock that was set in between, a queue moved from "
			  "another machine, a wrong zone or year"},
	[RULE_ID_SHAPE] = {"id-impossible", SEVERITY_MEDIUM,
			   "ids that carry a fraction of a second",
			   "the id of another program that looks alike"},
	[RULE_INODE] = {"inode-twice", SEVERITY_MEDIUM,
			"ids that carry the number of a file",
			"queues on two file systems, a queue moved from "
			"another machine"},
	[RULE_PID] = {"id-process", SEVERITY_MEDIUM,
		      "ids that carry a process number",
		      "name spaces of containers, an id passed on by a proxy"},
	[RULE_ADDRESS] = {"id-address", SEVERITY_LOW,
			  "session ids that carry the client's address",
			  "a proxy in front, which made the id"},
	[RULE_DELAY] = {"delay-conflict", SEVERITY_MEDIUM,
			"deliveries that state their delay",
			"a clock that was set while the message waited"},
	[RULE_SUM] = {"delay-sum", SEVERITY_MEDIUM,
		      "deliveries that state parts of their delay",
		      "a clock that was set while the message waited"},
	[RULE_AGENT] = {"agent-conflict", SEVERITY_MEDIUM,
			"deliveries that name the agent's session", NOT_LOGGED},
	[RULE_RECIPIENTS] = {"recipient-conflict", SEVERITY_MEDIUM,
			     "confirmed handoffs",
			     "an address that a server between rewrote, a "
			     "recipient that it added or left out"},
	[RULE_CLIENT] = {"client-conflict", SEVERITY_LOW,
			 "handoffs of servers that know each other's address",
			 "a server with several addresses"},
	[RULE_MANY] = {"too-many-fates", SEVERITY_LOW,
		       "recipients counted when the message was queued",
		       "recipients that were expanded after they were "
		       "counted"},
	[RULE_BEGINS] = {"begins-inside", SEVERITY_INFO,
			 "messages that are older than the log",
			 "every log begins somewhere"},
};

/* Trials ------------------------------------------------------------------------ */

static struct trial *trial_of(struct finding_list *l, enum finding_rule rule,
			      uint32_t server)
{
	uint64_t key = ((uint64_t)server << 8 | rule) + 1;
	uint32_t *at = map_add(&l->by_trial, key, NONE32);

	if (*at == NONE32) {
		*at = (uint32_t)l->ntrials;
		GROW(l->trials, l->ntrials, l->ctrials);
		l->trials[l->ntrials++] =
			(struct trial){.rule = rule, .server = server};
	}
	return &l->trials[*at];
}

void finding_tried(struct finding_list *l, enum finding_rule rule,
		   uint32_t server, uint64_t n)
{
	if (n)
		trial_of(l, rule, server)->tried += n;
}

/* So often that it says nothing of a single line. */
static bool is_habit(const struct trial *t)
{
	return t->fired >= FINDING_OFTEN &&
	       t->fired * FINDING_OFTEN > t->tried && t->tried;
}

/* Findings ---------------------------------------------------------------------- */

static struct finding *add(struct finding_list *l, const struct firing *f)
{
	struct slice server = word_text(l->d, f->server);
	struct finding *x;

	GROW(l->list, l->n, l->cap);
	x = &l->list[l->n++];
	*x = (struct finding){
		.rule = f->rule,
		.server = f->server,
		.severity = rules[f->rule].severity,
		.first = TIME_NONE,
		.last = TIME_NONE,
	};
	x->entity = arena_printf(&l->memory, "%.*s%s%.*s", SLICE_FMT(server),
				 f->name.len && server.len ? " " : "",
				 SLICE_FMT(f->name));
	x->text = arena_slice(&l->memory, strbuf_slice(&l->text));
	return x;
}

static void extend(struct finding *x, int64_t from, int64_t to)
{
	if (from != TIME_NONE && (x->first == TIME_NONE || from < x->first))
		x->first = from;
	if (to != TIME_NONE && (x->last == TIME_NONE || to > x->last))
		x->last = to;
}

/* The finding of F's group, made if there is none. */
static struct finding *add_group(struct finding_list *l, const struct firing *f,
				 uint64_t group)
{
	uint64_t key = hash_mix(group, (uint64_t)f->server << 8 | f->rule);
	uint32_t *at = map_add(&l->by_group, key_of(key), NONE32);

	if (*at == NONE32) {
		*at = (uint32_t)l->n;
		add(l, f);
	}
	return &l->list[*at];
}

struct finding *finding_fire(struct finding_list *l, const struct firing *f)
{
	struct trial *t = trial_of(l, f->rule, f->server);
	uint64_t group = f->group;
	struct finding *x;
	bool rest = false;

	t->fired++;
	if (!group && t->singles >= FINDING_SINGLES) {
		rest = true;
		group = UINT64_MAX;
	}
	if (!group) {
		t->singles++;
		x = add(l, f);
	} else {
		x = add_group(l, f, group);
		x->rest = rest;
	}
	x->rows++;
	extend(x, f->from, f->to);
	return x;
}

static void add_place(struct finding *f, const struct finding_place *p)
{
	if (f->nplaces >= FINDING_PLACES)
		return;
	GROW(f->places, f->nplaces, f->cplaces);
	f->places[f->nplaces++] = *p;
}

void finding_add_line(struct finding *f, uint32_t source, uint64_t line,
		      const struct txn *t)
{
	add_place(f, &(struct finding_place){
			     .source = source,
			     .line = line,
			     .journey = t ? t->journey : 0,
			     .transaction = t ? t->id : 0,
		     });
}

void finding_add_txn(struct finding_list *l, struct finding *f,
		     const struct txn *t)
{
	finding_add_line(f, txn_source(l->d, t), txn_line(l->d, t), t);
}

void finding_add_attempt(struct finding_list *l, struct finding *f,
			 uint32_t att)
{
	const struct derive *d = l->d;
	const struct piece *p = d->pieces[d->att_piece[att]];
	uint32_t txn = d->atts[att].txn;

	finding_add_line(f, p->source,
			 p->first_line + derive_attempt(d, att)->line,
			 txn == NONE32 ? NULL : &d->txns[txn]);
}

/* Rows -------------------------------------------------------------------------- */

static void merge(struct finding *into, struct finding *x)
{
	into->rows += x->rows;
	extend(into, x->first, x->last);
	for (size_t i = 0; i < x->nplaces; i++)
		add_place(into, &x->places[i]);
	x->gone = true;
}

/* What fires all the time is one finding, that a log has such a habit. */
static void settle_habit(struct finding_list *l, const struct trial *t)
{
	struct finding *into = NULL;

	for (size_t i = 0; i < l->n; i++) {
		struct finding *x = &l->list[i];

		if (x->rule != t->rule || x->server != t->server)
			continue;
		if (into) {
			merge(into, x);
			continue;
		}
		into = x;
		x->severity = SEVERITY_INFO;
		x->entity = arena_slice(&l->memory,
					word_text(l->d, t->server));
		x->text = arena_printf(
			&l->memory,
			"%llu of %llu: this is usual in the log, so a single "
			"case says little. The first: %.*s",
			(unsigned long long)t->fired,
			(unsigned long long)t->tried, SLICE_FMT(x->text));
	}
}

static void settle_rest(struct finding_list *l, struct finding *x)
{
	x->entity = arena_slice(&l->memory, word_text(l->d, x->server));
	x->text = arena_printf(&l->memory,
			       "%llu more of the same rule on this server, the "
			       "first of them: %.*s",
			       (unsigned long long)x->rows,
			       SLICE_FMT(x->text));
}

static int finding_order(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	int c;

	if (x->gone != y->gone)
		return x->gone ? 1 : -1;
	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	c = slice_cmp(x->entity, y->entity);
	return c ? c : slice_cmp(x->text, y->text);
}

static void settle(struct finding_list *l)
{
	for (size_t i = 0; i < l->ntrials; i++)
		if (is_habit(&l->trials[i]))
			settle_habit(l, &l->trials[i]);
	for (size_t i = 0; i < l->n; i++)
		if (l->list[i].rest && !l->list[i].gone)
			settle_rest(l, &l->list[i]);
	if (l->n)
		qsort(l->list, l->n, sizeof *l->list, finding_order);
	while (l->n && l->list[l->n - 1].gone)
		free(l->list[--l->n].places);
}

static bool emit_list(struct finding_list *l)
{
	struct derive *d = l->d;

	for (size_t i = 0; i < l->n; i++) {
		const struct finding *x = &l->list[i];
		struct finding_row r = {
			.id = (int64_t)i + 1,
			.rule = rules[x->rule].name,
			.severity = x->severity,
			.first = x->first,
			.last = x->last,
			.entity = x->entity,
			.explanation = x->text,
			.innocent = rules[x->rule].innocent,
			.rows = x->rows,
		};

		if (!d->sink->finding(d->sink->arg, &r, d->err))
			return false;
	}
	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->list[i].nplaces; k++) {
			struct finding_place *p = &l->list[i].places[k];

			p->finding = (int64_t)i + 1;
			if (!d->sink->place(d->sink->arg, p, d->err))
				return false;
		}
	return true;
}

static int trial_order(const void *a, const void *b)
{
	const struct trial *x = a, *y = b;

	if (x->server != y->server)
		return x->server < y->server ? -1 : 1;
	return (x->rule > y->rule) - (x->rule < y->rule);
}

/* Statements, which nothing tests; and rules that compare two numbers of a line,
 * of which nobody counts how often a line has both. */
static bool is_counted(enum finding_rule r)
{
	return r != RULE_NO_LOG && r != RULE_NOT_COVERED &&
	       r != RULE_SUPPRESSED && r != RULE_BEGINS && r != RULE_PID &&
	       r != RULE_ADDRESS;
}

static bool emit_trials(struct finding_list *l)
{
	struct derive *d = l->d;

	if (l->ntrials)
		qsort(l->trials, l->ntrials, sizeof *l->trials, trial_order);
	for (size_t i = 0; i < l->ntrials; i++) {
		const struct trial *t = &l->trials[i];
		struct trial_row r = {
			.rule = rules[t->rule].name,
			.server = t->server,
			.tried = t->tried > t->fired ? t->tried : t->fired,
			.fired = t->fired,
			.needs = rules[t->rule].needs,
		};

		if ((is_counted(t->rule) || t->fired) &&
		    !d->sink->trial(d->sink->arg, &r, d->err))
			return false;
	}
	return true;
}

static void release(struct finding_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->list[i].places);
	free(l->list);
	free(l->trials);
	map_release(&l->by_trial);
	map_release(&l->by_group);
	arena_release(&l->memory);
	strbuf_release(&l->text);
}

#define SERVERS_NOTED 256

/* A rule that could not be tried on a server is a row too: it was impossible. */
static void note_rules(struct finding_list *l)
{
	const struct coverage *c = &l->d->coverage;
	unsigned servers = 0;

	for (size_t i = 0; i < c->n && servers < SERVERS_NOTED; i++) {
		if (i && c->list[i].server == c->list[i - 1].server)
			continue;
		servers++;
		for (unsigned r = 0; r < RULE_COUNT_OF; r++)
			if (is_counted((enum finding_rule)r))
				trial_of(l, (enum finding_rule)r,
					 c->list[i].server);
	}
}

bool emit_findings(struct derive *d, const struct missing_list *m)
{
	struct finding_list l = {.d = d};
	bool ok;

	findings_missing(&l, m);
	findings_coverage(&l, m);
	findings_signs(&l);
	findings_structure(&l);
	findings_sessions(&l);
	findings_ids(&l);
	findings_delays(&l);
	findings_agents(&l);
	findings_twice(&l);
	findings_handoffs(&l);
	settle(&l);
	note_rules(&l);
	ok = emit_list(&l) && emit_trials(&l);
	release(&l);
	return ok;
}
