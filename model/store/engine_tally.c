/* SPDX-License-Identifier: MIT */
/* Groups whose numbers open exactly: outcomes of what is counted, and rows that
 * stand under each of several values of a field (any machine of a message). */
#include "model/store/engine_private.h"

#define TALLIES 5

/* In the order of engine_groups: delivered, relayed, delayed, blocked, unknown. */
static const char *const of_message[TALLIES] = {
	"j.delivered>0", "j.relayed>0", "j.delayed>0",
	"j.failed+j.refused+j.withheld>0", "j.unknown>0",
};
static const char *const of_recipient[TALLIES] = {
	"r.outcome=0", "r.outcome=1", "r.outcome=5", "r.outcome IN(2,3,4)",
	"r.outcome=6",
};
static const char *const of_attempt[TALLIES] = {
	"a.action=13", "a.action=14", "a.action=15",
	"a.action IN(8,9,10,11,12,16,17)",
	"a.action NOT IN(8,9,10,11,12,13,14,15,16,17)",
};

static void add_tally(const char *id, const char *condition, bool several,
                      struct strbuf *out)
{
	if (several)
		strbuf_addf(out, ",count(DISTINCT iif(%s,%s,NULL))", condition,
		            id);
	else
		strbuf_addf(out, ",total(%s)", condition);
}

bool tally_add(enum unit u, bool several, bool by_recipient, struct strbuf *out)
{
	const char *const *list = u == UNIT_ATTEMPTS ? of_attempt
	                          : u == UNIT_RECIPIENTS || by_recipient
	                                  ? of_recipient
	                                  : of_message;
	struct strbuf accepted = { 0 };

	if (u != UNIT_MESSAGES && u != UNIT_RECIPIENTS && u != UNIT_ATTEMPTS)
		return false;
	for (size_t i = 0; i < TALLIES; i++) {
		strbuf_reset(&accepted);
		strbuf_addf(&accepted, "(%s)%s", list[i],
		            u == UNIT_MESSAGES ? " AND j.refused_only IS NOT 1"
		                               : "");
		add_tally(unit_sqls[u].id, strbuf_text(&accepted), several, out);
	}
	strbuf_release(&accepted);
	if (u == UNIT_MESSAGES)
		add_tally("j.id", "j.refused_only=1", several, out);
	else
		strbuf_add_str(out, ",NULL");
	return true;
}

/* Several values ------------------------------------------------------------ */

/* Rows of (id of U, word) of one alternative; of those with a great alias
 * (journey, word). */
static bool add_values(enum unit u, struct slice sql, struct strbuf *out)
{
	unsigned bits = alias_bits(sql);

	if (bits < 1u << 8) {
		strbuf_addf(out, "SELECT %s AS g,%.*s AS w FROM ",
		            unit_sqls[u].id, SLICE_FMT(sql));
		unit_add_from(u, bits, out);
		return true;
	}
	if (u != UNIT_MESSAGES && u != UNIT_RECIPIENTS)
		return false;
	if (bits == alias_bits(SLICE("T.")))
		strbuf_addf(out, "SELECT T.journey AS g,%.*s AS w FROM tx T",
		            SLICE_FMT(sql));
	else
		strbuf_addf(out,
		            "SELECT coalesce(A.journey,AT.journey) AS g,"
		            "%.*s AS w FROM attempt A LEFT JOIN tx AT"
		            " ON AT.id=A.tx LEFT JOIN delivery AD"
		            " ON AD.id=A.delivery", SLICE_FMT(sql));
	return true;
}

/* The + takes the type off the id: with it SQLite would make no index of H. */
bool several_join(const struct field *f, enum unit u, size_t i,
                  struct strbuf *joins)
{
	const struct field_source *s = field_in(f, u);
	struct slice expr = slice_str(s ? s->expr : "");
	struct strbuf text = { 0 };
	struct field_item item;
	size_t n = 0, great = 0;
	bool ok = true;

	while (ok && field_item_next(&expr, &item)) {
		ok = slice_eq(item.kind, SLICE("word")) ||
		     slice_eq(item.kind, SLICE("domain"));
		great += alias_bits(item.sql) >= 1u << 8;
		strbuf_add_str(&text, n++ ? " UNION " : "");
		ok = ok && add_values(u, item.sql, &text);
	}
	ok = ok && (great ? great == n : n > 1);
	if (ok)
		strbuf_addf(joins, " LEFT JOIN (SELECT g,w FROM (%s) WHERE w"
		                   " IS NOT NULL) H%zu ON H%zu.g=+%s",
		            strbuf_text(&text), i, i,
		            great ? unit_sqls[u].journey : unit_sqls[u].id);
	strbuf_release(&text);
	return ok;
}
