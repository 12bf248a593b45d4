/* SPDX-License-Identifier: MIT */
/* State of the Trace page, shared by its keys (trace.c), its drawing
 * (trace_draw.c, trace_node.c) and the lines below (trace_lines.c). */
#ifndef VIEWS_TRACE_H
#define VIEWS_TRACE_H

#include "views/trace_tree.h"
#include "views/view.h"

#define TRACE_FOUND 64

struct trace_state {
	char id[512];    /* that was typed; "" none */
	int64_t found[TRACE_FOUND]; /* the journeys that it names */
	size_t nfound, at;
	bool searched;
	int64_t journey; /* wanted; 0: not found yet */
	int64_t shown;   /* that the tree is of, 0 none */
	struct tree tree;
	size_t node;          /* of the tree, under the cursor */
	struct table_cursor lines; /* of the lower half */
	int tree_top;         /* first visible node on the screen */
	int tree_rows, line_rows; /* as last drawn */
	bool in_lines;        /* the lower half has the focus */
	bool pairs;           /* … and shows the proof alone, line by line */
	int64_t owed;         /* rows to move when the tree is here */
	bool proof;           /* go to the first proving line when it is here */
	struct strbuf find;
};

/* Slots of the step. */
#define TRACE_SLOT SLOT_COUNT_ROWS    /* REQUEST_TRACE */
#define TRACE_MESSAGES SLOT_HISTOGRAM /* the related journeys */
#define TRACE_EVENTS SLOT_DETAIL      /* events of the journey */
#define TRACE_LINES SLOT_RAW          /* of the chosen transaction, if not there */
#define TRACE_OTHERS SLOT_RANK        /* transactions of related journeys */

const struct trace *trace_of(const struct step *s); /* NULL: not here yet */
const struct tree_node *trace_node(const struct step *s); /* NULL: none */

/* Row of the node's transaction, in the trace or in the related journeys; NULL:
 * not here. */
const struct result *trace_transaction(const struct step *s,
                                       const struct tree_node *n, size_t *row);

/* A record shown below the tree: a row of an events result. */
struct trace_line {
	const struct result *from;
	size_t row;
	bool proof; /* it proves the chosen step */
	bool to;    /* of a pair: the line of the server that took it */
	size_t evidence; /* of a pair: its first row of evidence */
};
/* The lines of the chosen step; *LINES is to be freed. */
size_t trace_lines(const struct step *s, struct trace_line **lines);
size_t trace_lines_of(const struct step *s, size_t node,
                      struct trace_line **lines);
/* "edge.log:8821"; the path's end is as long as it takes to tell sources of
 * this trace apart. */
void trace_add_citation(const struct step *s, const struct trace_line *l,
                        struct strbuf *out);
/* Whether the chosen step's lines are all there. */
bool trace_lines_complete(const struct step *s);

/* One line of the tree, without its sign and branches. WIDE from 120 columns. */
struct node_text {
	enum sign sign;
	enum tone tone;
	bool sure;             /* not: drawn dotted, with ? */
	struct strbuf text;    /* log text: goes through window_text */
	struct strbuf evidence; /* "E1 E5", wide "confirmed  E1 queued as" */
	struct slice id;       /* queue id */
};

/* For whom a line is written. */
struct telling {
	const struct step *step;
	const struct look *look;
	const struct theme *theme;
	bool wide; /* words instead of codes */
};
void node_text_make(struct node_text *out, const struct telling *to,
                    size_t node);
#define TRACE_EVIDENCE 12 /* cells of the column of the evidence */
#define TRACE_EVIDENCE_WIDE 48
/* What stands in that column: the codes that fit, how many there are more. */
void node_add_evidence(struct strbuf *out, const struct trace *t,
                       const struct tree_node *n, bool wide);
/* All codes of "E1,E5": "E1 E5", with words "E1 queued as, E5 msgid". */
void node_add_codes(struct strbuf *out, struct slice codes, bool words);
const char *node_code_words(struct slice code); /* "" not known */
/* Parts of such lines. BEFORE and S, unless S is empty. */
void node_add_part(struct strbuf *out, const char *before, struct slice s);
/* ", no end in these logs": of a transaction. */
void node_add_state(struct strbuf *out, const struct result *r, size_t row);
/* Subject, sender and, if asked for, time of a related journey. */
void node_add_message(struct strbuf *out, const struct telling *to,
                      int64_t journey, bool time);
void node_text_release(struct node_text *n);
/* The detail line: what the chosen step says in full. */
void node_add_detail(struct strbuf *out, const struct telling *to);
/* Clock time of a transaction's first record, as the times mode wants it; US
 * where its stamp is not known. */
void trace_add_time(struct strbuf *out, const struct telling *to,
                    int64_t transaction, int64_t us);
/* The same, corrected: "≈09:16:24.3±0.2"; ≈ where the order of two servers is open. */
void trace_add_corrected(struct strbuf *out, const struct telling *to,
                         int64_t transaction, int64_t us);
/* "clocks: edge +2.4 s, mx -7.1 s": those that are known to be wrong. */
void trace_add_clocks(struct strbuf *out, const struct trace *t);
/* The time out of a stamp as it was logged: "04:16:24", with the day where the
 * message took longer than one. */
void trace_add_logged(struct strbuf *out, struct slice raw, bool day,
                      bool fraction);

/* The lines of the chosen step's evidence: of each pair the one of the server that
 * handed it over, then the other's, as far as they are here; *LINES is to be
 * freed. Items on the same two lines are one pair. */
size_t trace_pairs(const struct step *s, struct trace_line **lines);
/* "E1 queued as 9EB101A2C7, E6 addresses 10.0.0.25 = 198.51.100.25" */
void trace_add_proof(const struct step *s, const struct trace_line *l,
                     struct strbuf *out);

#define TRACE_WIDE 120 /* columns from which words replace codes */

/* Rows of the window where the parts stand. */
struct trace_plan {
	int head, tree, tree_rows, rule, lines, line_rows, detail;
	bool wide;
};
void trace_draw_lower(const struct window *w, const struct step *s,
                      const struct trace_plan *p);
void trace_draw(const struct step *s, const struct look *look,
                const struct window *w);

#endif
