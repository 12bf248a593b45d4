/* SPDX-License-Identifier: MIT */
/* The filter language of DESIGN.md §5: text to predicate and back, and what the
 * prompt needs: errors with columns, terms to drop, completion. No SQL. */
#ifndef MODEL_ASK_FILTER_H
#define MODEL_ASK_FILTER_H

#include "base/err.h"
#include "base/zone.h"
#include "model/store/query.h"

/* A filter: its text and what it means. Immutable and shared: counted. */
struct filter {
	struct slice text;              /* as typed, trimmed; "" matches all */
	const struct predicate *where;  /* NULL for "" */
	struct filter_span {            /* top-level terms, in order */
		size_t start, len;      /* bytes of text */
	} *terms;
	size_t nterms;
	struct arena memory;
	struct filter_owned *owned; /* regexes and zones, freed with it */
	_Atomic unsigned refs;
};

/* What a filter is read with. */
struct filter_context {
	const struct zone *zone; /* of time literals without one; NULL: UTC */
	int64_t last;            /* relative times count from here, us */
	/* the case's own domains and networks, for `own` */
	const struct slice *own;
	size_t nown;
	/* whether the case has any; if that is known, terms that need what is
	 * missing are errors: "to:own", "is:inbound" */
	bool own_known;
	size_t own_domains, own_networks;
};

/* One reference for the caller. NULL: ERR has column and width (in characters)
 * of the wrong text and what was expected: "a code is 550, 5xx or 500..599". */
struct filter *filter_parse(struct slice text, const struct filter_context *c,
                            struct err *err);
struct filter *filter_ref(struct filter *f);
void filter_unref(struct filter *f); /* NULL is fine */

/* What F means, written canonically: parses to the same predicate. */
void filter_print(const struct predicate *p, struct strbuf *out);

/* Text of a term: "from:bob@example.com", quoted where needed, "-" in front if
 * NOT. Any VALUE, hostile ones too, comes back as itself and as nothing more:
 * where "field:value" would match more than VALUE ("domain:example.com" takes
 * the names below it) it is "field=value". An absent VALUE, the (none) row of
 * groups, gives "-has:field". Of a reply, * and the place that ids were cut out
 * of stay wildcards, as groups show them. */
void filter_add_term(struct strbuf *out, const struct field *f,
                     struct slice value, bool not);
/* TEXT with TERM added; a term of the same field that contradicts it is
 * replaced (*REPLACED tells its text). */
void filter_combine(struct slice text, struct slice term, struct strbuf *out,
                    struct strbuf *replaced);
void filter_without(const struct filter *f, size_t term, struct strbuf *out);

/* The word at byte CURSOR of TEXT: what completion offers and the help line
 * explains. FIELD NULL: a field is to be named, or a bare word. */
struct filter_word {
	size_t start, len; /* of what completion replaces */
	const struct field *field;
	bool in_value;
};
void filter_word_at(struct slice text, size_t cursor, struct filter_word *out);

#endif
