/* SPDX-License-Identifier: MIT */
/* Rules that fire on what was derived (TRACE §5, §7): indicators, never proof.
 * One table of rules, and a file per kind of evidence. Private to this folder. */
#ifndef MODEL_TRACE_FINDING_H
#define MODEL_TRACE_FINDING_H

#include "model/trace/derive.h"
#include "model/trace/missing.h"

enum finding_rule {
	RULE_NO_LOG,
	RULE_NOT_COVERED,
	RULE_ABSENT,
	RULE_UNSENT,
	RULE_STATUS,
	RULE_ENVELOPE,
	RULE_TIME,
	RULE_COUNT,
	RULE_LOST,
	RULE_TWICE,
	RULE_GAP,
	RULE_SUPPRESSED,
	RULE_BACK,
	RULE_OUT,
	RULE_ORPHAN,
	RULE_ENDLESS,
	RULE_FATELESS,
	RULE_NO_CONNECT,
	RULE_NO_DISCONNECT,
	RULE_SESSION,
	RULE_REFUSALS,
	RULE_ID_TIME,
	RULE_ID_SHAPE,
	RULE_INODE,
	RULE_PID,
	RULE_ADDRESS,
	RULE_DELAY,
	RULE_SUM,
	RULE_AGENT,
	RULE_RECIPIENTS,
	RULE_CLIENT,
	RULE_MANY,
	RULE_BEGINS,
	RULE_COUNT_OF
};

/* So many of a rule on one server stand alone; the others share one. Where more
 * than one in OFTEN cases of a rule on a server fire, it is a habit of that log:
 * all share one, of severity info. */
#define FINDING_SINGLES 20
#define FINDING_OFTEN 5

struct finding {
	enum finding_rule rule;
	uint32_t server;   /* word */
	bool rest;         /* of those beyond FINDING_SINGLES */
	bool gone;         /* another holds it */
	enum finding_severity severity;
	int64_t first, last;
	uint64_t rows;
	struct finding_place *places;
	size_t nplaces, cplaces;
	struct slice entity, text; /* of MEMORY */
};

/* How often a rule was tried on a server and fired. */
struct trial {
	enum finding_rule rule;
	uint32_t server;
	uint64_t tried, fired;
	uint32_t singles;
};

struct finding_list {
	struct derive *d;
	struct finding *list;
	size_t n, cap;
	struct trial *trials;
	size_t ntrials, ctrials;
	struct map by_trial;  /* rule and server -> trial */
	struct map by_group;  /* rule, server and group -> finding */
	struct arena memory;
	struct strbuf text;   /* of the explanation in the making */
};

/* Findings, the lines of each, and how often each rule was tried. */
bool emit_findings(struct derive *d, const struct missing_list *m);

/* RULE could be tried on SERVER N more times. */
void finding_tried(struct finding_list *l, enum finding_rule rule,
		   uint32_t server, uint64_t n);

/* A case of RULE. GROUP: those of one number are one finding, 0 stands alone. */
struct firing {
	enum finding_rule rule;
	uint32_t server;
	uint64_t group;
	int64_t from, to; /* us UTC, TIME_NONE */
	struct slice name; /* of what it is about, besides the server */
};
/* The finding of F, whose text is made of L->text if it is new; the caller adds
 * places. Valid until the next. */
struct finding *finding_fire(struct finding_list *l, const struct firing *f);

void finding_add_line(struct finding *f, uint32_t source, uint64_t line,
		      const struct txn *t);
void finding_add_txn(struct finding_list *l, struct finding *f,
		     const struct txn *t);   /* its opening line */
void finding_add_attempt(struct finding_list *l, struct finding *f,
			 uint32_t att);

/* The kinds of evidence. */
void findings_missing(struct finding_list *l, const struct missing_list *m);
void findings_twice(struct finding_list *l);
void findings_handoffs(struct finding_list *l);
void findings_coverage(struct finding_list *l, const struct missing_list *m);
void findings_signs(struct finding_list *l);
void findings_structure(struct finding_list *l);
void findings_sessions(struct finding_list *l);
void findings_ids(struct finding_list *l);
void findings_delays(struct finding_list *l);
void findings_agents(struct finding_list *l);

/* Mail that a rule on structure is about: not a copy, a probe, what a sensor saw,
 * or what was refused. */
static inline bool finding_is_mail(const struct txn *t)
{
	return t->nfrags && !t->refused && t->state != STATE_OBSERVED &&
	       !(t->flags & (ROW_PROBE | ROW_COPY));
}

#endif
