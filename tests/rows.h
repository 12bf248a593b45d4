/* SPDX-License-Identifier: MIT */
/* Derivations without evidence: logs in a language made for tests, cut into
 * pieces at will, and a sink that keeps the rows.
 *
 * A line: TIME HOST FIELD…, blanks between. TIME is "@1000.5" (UTC seconds),
 * "~0203010112" (month … second, neither year nor zone) or "=20140203010112"
 * (no zone); "!…" is a line that no parser knows, "" a blank one. FIELD is
 * NAME=VALUE with the names of v_event ("queue_id" only tells, q= is the key), or
 *   do=ACTION  roles=opens,closes  q=ID  s=SESSION
 *   child=KIND:ID parent=KIND:ID original=KIND:ID hop=KIND:ID network=ID
 *   named=MID made=MID from=MID (message-ids as keys: own, a notice made, its
 *   cause)
 * "_" stands for a blank in values of reply=. */
#ifndef TESTS_ROWS_H
#define TESTS_ROWS_H

#include "model/trace/assemble.h"
#include "model/trace/trace.h"

struct rows {
	struct intern words;
	struct trace_source *sources;
	size_t nsources, csources;
	struct piece **pieces;
	size_t npieces, cpieces;
	struct trace_settings settings;
	struct stretch *stretches;
	size_t nstretches;

	struct session_row *sessions;
	size_t nsessions, csessions;
	struct transaction_row *transactions;
	size_t ntransactions, ctransactions;
	struct delivery_row *deliveries;
	size_t ndeliveries, cdeliveries;
	struct attempt_row *attempts;
	size_t nattempts, cattempts;
	struct link_row *links;
	size_t nlinks, clinks;
	struct evidence_row *evidence;
	size_t nevidence, cevidence;
	struct journey_row *journeys;
	size_t njourneys, cjourneys;
	struct recipient_row *recipients;
	size_t nrecipients, crecipients;
	struct related_row *related;
	size_t nrelated, crelated;
	struct coverage_row *coverage;
	size_t ncoverage, ccoverage;
	struct missing_row *missing; /* what was searched is malloced */
	size_t nmissing, cmissing;
	struct finding_row *findings; /* their texts are malloced */
	size_t nfindings, cfindings;
	struct finding_place *places;
	size_t nplaces, cplaces;
	struct trial_row *trials;
	size_t ntrials, ctrials;
	struct clock_row *clocks;
	size_t nclocks, cclocks;
	size_t agents; /* sessions whose lines are a transaction's */
	size_t owned, unowned; /* fragments and sessions with, without id */
	bool idle; /* lines read from now on have no closing ones */
};

void rows_init(struct rows *r);
void rows_release(struct rows *r);
/* A source with LINES ('\n' between), in pieces of PER_PIECE records. */
struct trace_source *rows_add(struct rows *r, const char *lines,
                              unsigned per_piece);
void rows_shuffle(struct rows *r, unsigned seed);
/* Bytes and back: what a store would do to a piece. */
void rows_recode(struct rows *r);
void rows_derive(struct rows *r); /* stretches first, unless there are some */

const char *rows_word(const struct rows *r, uint32_t word); /* "" absent */
const struct transaction_row *rows_txn(const struct rows *r, const char *server,
                                       const char *queue_id,
                                       uint32_t generation);
const struct recipient_row *rows_rcpt(const struct rows *r, const char *address);
/* All rows by natural keys, sorted: equal for equal answers. malloced. */
char *rows_print(const struct rows *r);

#endif
