/* SPDX-License-Identifier: MIT */
/* What the files of the engine share. Used by one thread at a time. */
#ifndef MODEL_STORE_ENGINE_PRIVATE_H
#define MODEL_STORE_ENGINE_PRIVATE_H

#include "base/alloc.h"
#include "base/civil.h"
#include "model/store/engine.h"
#include "model/store/match.h"
#include "model/store/rows.h"
#include "model/store/store_sql.h"

struct text_store; /* evidence and pieces: engine_text.h */

/* The dictionary in memory: text by number, read once and then only what is
 * new. */
struct words {
	struct slice *text; /* text[0] is unused */
	uint32_t n, cap;    /* highest number; room */
	struct arena memory;
	uint32_t *fold;  /* the first word that differs in ASCII case only */
	uint32_t *rank;  /* place in the order of text */
	uint32_t *domain; /* index of domains, 0 none */
	struct slice *domains;
	uint32_t nfold, nrank, ndomain; /* words that these were made for */
};

#define KEPT 16

struct engine {
	sqlite3 *db;
	char *path;
	struct cancel *cancel; /* of the call that runs, or NULL */
	struct words words;
	uint64_t generation;
	int64_t last_piece;
	struct slice *own;
	size_t nown;
	struct arena own_memory;
	bool own_known;
	/* rows of the case by unit, as of COUNTED_AT; -1 not counted */
	struct totals {
		int64_t all, hidden, refused;
	} totals[UNIT_COUNT];
	int64_t hidden_journeys, hidden_txs; /* -1 not counted */
	struct text_store *text;
	/* of one trace, kept for the next: see engine_trace.c */
	struct kept_statement {
		uint64_t text; /* its hash */
		sqlite3_stmt *stmt;
	} kept[KEPT];
};

/* Starts a call: one snapshot of the case for all its statements, CANCEL looked
 * at while they run. */
bool engine_begin(struct engine *e, struct cancel *cancel, struct err *err);
void engine_end(struct engine *e);
/* ERR for a statement that failed: cancelled, or SQLite's reason. false. */
bool engine_failed(struct engine *e, struct err *err);
bool engine_cancelled(struct engine *e, struct err *err); /* true: ERR set */

bool engine_need_words(struct engine *e, struct err *err);
bool engine_need_own(struct engine *e, struct err *err);
struct slice engine_word(const struct engine *e, uint32_t id);
uint32_t words_fold(struct engine *e, uint32_t id);
uint32_t words_rank(struct engine *e, uint32_t id);
struct slice words_domain(struct engine *e, uint32_t id);
void words_release(struct words *w);

void engine_add_functions(struct engine *e);

/* SQL under construction -------------------------------------------------- */

struct sql_param {
	enum { PARAM_NUMBER, PARAM_TEXT, PARAM_POINTER } kind;
	int64_t number;
	struct slice text; /* borrowed */
	void *pointer;
};

/* Numbers of words (or of sources) that a term stands for. */
struct id_set {
	uint32_t *ids; /* ascending */
	size_t n, cap;
	uint8_t *bits; /* if it is large: bit per id */
	uint32_t nbits;
};

/* A statement's text with its parameters and what these point to. */
struct sql {
	struct strbuf text;
	struct sql_param *params;
	size_t nparams, cparams;
	struct id_set **sets;
	size_t nsets, csets;
	struct matcher **matchers;
	size_t nmatchers, cmatchers;
	struct arena memory;
};
void sql_release(struct sql *s);
/* Appends "?N" for a new parameter to OUT. */
void sql_add_number(struct sql *s, struct strbuf *out, int64_t n);
void sql_add_text(struct sql *s, struct strbuf *out, struct slice t);
void sql_add_pointer(struct sql *s, struct strbuf *out, void *p);
sqlite3_stmt *sql_make(struct sql *s, struct engine *e, struct err *err);
void id_set_add(struct id_set *s, uint32_t id);
/* " IN (…)" or the like for EXPR; "0" for the empty set. */
void sql_add_set(struct sql *s, struct strbuf *out, struct slice expr,
                 struct id_set *set);

/* Terms ------------------------------------------------------------------- */

/* One alternative of a field's expression. */
struct field_item {
	struct slice kind, sql;
};
/* Takes the next off *EXPR; false at its end. */
bool field_item_next(struct slice *expr, struct field_item *item);

struct compiler {
	struct engine *engine;
	struct sql *sql;
	enum unit unit;
	struct err *err;
	bool joined; /* the base joins its recipients: terms stay together */
	bool inherited; /* a value that is not there may match */
};

/* The condition of one alternative, over its own SQL. */
bool term_condition(struct compiler *c, const struct predicate *t,
                    const struct field *f, const struct field_item *item,
                    struct strbuf *out);

/* Statements --------------------------------------------------------------- */

/* FROM and WHERE of a query's rows; the fragments share SQL's parameters. */
struct rows_sql {
	struct sql sql;
	struct strbuf from, where;
	unsigned used;      /* aliases that FROM joins */
	struct slice joins; /* more of FROM; borrowed */
	struct strbuf time; /* SQL of its time, us; empty: none */
	enum unit unit;
};
/* HIDDEN: probes and copies too, whatever the query says. JOINED: aliases that
 * FROM must join; terms then hold of the joined rows. */
bool rows_sql_make(struct engine *e, const struct query *q, bool hidden,
                   unsigned joined, struct rows_sql *out, struct err *err);
void rows_sql_release(struct rows_sql *r);
/* "SELECT what FROM … WHERE …" into R->sql.text, emptied first. */
void rows_sql_select(struct rows_sql *r, const char *what);

/* The condition P in UNIT, over the unit's base alias. *USED gets the bits of
 * aliases that the base must join. */
bool where_add(struct compiler *c, const struct predicate *p,
               struct strbuf *out, unsigned *used);
/* "j" … the aliases, as bits. */
unsigned alias_bits(struct slice sql);

struct unit_sql {
	const char *base;   /* "journey j" */
	const char *id;     /* "j.id" */
	const char *journey; /* expression of its journey, NULL none */
	const char *hidden; /* condition of hidden rows, NULL none */
	bool view;          /* base is the view, as v */
};
extern const struct unit_sql unit_sqls[UNIT_COUNT];
/* FROM of UNIT with the aliases USED. */
void unit_add_from(enum unit u, unsigned used, struct strbuf *out);

/* SQL of the column's value to sort UNIT's rows by; NULL: by time. *USED gets
 * the aliases. False: no such column. */
bool sort_sql(struct engine *e, enum unit u, const char *column,
              struct strbuf *out, unsigned *used, struct err *err);
/* The first alternative of F in UNIT. */
bool first_item(const struct field *f, enum unit u, struct field_item *item);
/* Whether the rows of the unit that are hidden are any at all. */
bool unit_has_hidden(struct engine *e, enum unit u);

/* ",sum" of each outcome and of refused mail, counting rows of U. SEVERAL: a row
 * may stand in several rows of FROM. BY_RECIPIENT: these hold recipients, whose
 * own outcome counts. False: U has none. */
bool tally_add(enum unit u, bool several, bool by_recipient, struct strbuf *out);
/* " LEFT JOIN … HI": all values of a field with several alternatives, or of which
 * a row has several, as words HI.w; absent only where a row has none. False: F
 * has one, or not as words. */
bool several_join(const struct field *f, enum unit u, size_t i,
                  struct strbuf *joins);

/* Fills `matching` and `recipient` of a page of messages, if it has them. */
bool engine_matching(struct engine *e, const struct query *q, struct result *r,
                     struct err *err);

struct result *result_new(struct engine *e, enum unit u);
void result_set_columns(struct result *r, const char *const *names, size_t n);
/* One more row; its cells, absent. *CAP counts rows. */
struct cell *result_add_row(struct result *r, int64_t id, size_t *cap);
/* The value in column I, text copied to MEMORY if that is not NULL. */
void cell_read(sqlite3_stmt *stmt, int i, bool is_time, struct arena *memory,
               struct cell *out);
bool column_is_time(const char *name);
/* SELECT of COLUMNS (NULL: all) of a unit's view for one id, bound as ?1. */
sqlite3_stmt *row_statement(struct engine *e, enum unit u,
                            const char *const *columns, struct err *err);
void cell_number(struct arena *memory, struct cell *out, int64_t n);
void cell_time(struct arena *memory, struct cell *out, int64_t us);

#endif
