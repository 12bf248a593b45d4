/* SPDX-License-Identifier: MIT */
/* Tables and indexes of a case. The views, which are public, are in views.c. */
#include "model/store/schema.h"

const char *const schema_tables[] = {
	/* generation, case_id (random, hex), created (us), program */
	"CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID",

	/* One per struct source. exhibit is kept by the store; host (word: server
	 * whose lines these are), first, last (us) by the derivation. */
	"CREATE TABLE source(id INTEGER PRIMARY KEY, path NOT NULL, member,"
	" layout, format, format_basis, server, zone_given, year_given, kept,"
	" state, message, bytes, content_bytes, mtime, inode, hashed, sha256,"
	" content_sha256, copy_of, lines, event_lines, unknown_lines,"
	" copy_lines, other_lines, events, pieces, exhibit, host, first, last)",

	"CREATE TABLE source_version(source INTEGER NOT NULL, length, sha256,"
	" PRIMARY KEY(source, length)) WITHOUT ROWID",

	/* hash: low, high of struct hash128, 8 bytes each, least first. first and
	 * last are packed stamps. columns: piece_encode_columns, parts:
	 * piece_encode, both through pack_block. columns stand first so that
	 * reading them does not walk over the parts. */
	"CREATE TABLE piece(id INTEGER PRIMARY KEY, source NOT NULL,"
	" number NOT NULL, first_line, lines, records, offset, bytes, hash,"
	" event_lines, unknown_lines, other_lines, events, first, last,"
	" columns BLOB, parts BLOB)",
	"CREATE UNIQUE INDEX piece_key ON piece(source, number)",

	/* Text that cannot be read again in place: [offset, offset + bytes) of
	 * the unpacked stream, through pack_block. */
	"CREATE TABLE block(id INTEGER PRIMARY KEY, source NOT NULL,"
	" offset NOT NULL, bytes NOT NULL, packed BLOB)",
	"CREATE UNIQUE INDEX block_key ON block(source, offset)",

	"CREATE TABLE word(id INTEGER PRIMARY KEY, text NOT NULL)",

	/* The analyst's. Rows are only ever added. many: each value of the name
	 * counts; otherwise the newest. */
	"CREATE TABLE setting(id INTEGER PRIMARY KEY, name TEXT NOT NULL, value,"
	" basis, author, time, many)",
	/* source, line, record (number among the rows of that line), sha256 of the
	 * source then: where it is anchored; root_*: its message's first line; row,
	 * journey: of the rows as they are now; text NULL: what it replaces is
	 * gone; replaces: id of a note */
	"CREATE TABLE note(id INTEGER PRIMARY KEY, time, author, kind, unit,"
	" row, journey, source, line, record, sha256, root_source, root_line,"
	" citation, text, replaces)",
	/* sha256: of the sha256 of the row before and this row's texts */
	"CREATE TABLE audit(id INTEGER PRIMARY KEY, time, author, verb, detail,"
	" sha256)",
	"CREATE TABLE saved(id INTEGER PRIMARY KEY, time, author, name, filter,"
	" replaces)",
	NULL,
};

const char *const schema_derived[] = {
	/* to_line NULL: to the end; year NULL: not needed */
	"CREATE TABLE stretch(id INTEGER PRIMARY KEY, source, from_line,"
	" to_line, zone, zone_basis, year, year_basis)",

	"CREATE TABLE session(id INTEGER PRIMARY KEY, server, instance, service,"
	" client_ip, client_name, client_port, helo, user, auth_method, tls,"
	" counters, first, last, transactions, auth_ok, auth_fail, refused,"
	" flags)",

	/* said: where, counted from line: see row_said in rows.h */
	"CREATE TABLE tx(id INTEGER PRIMARY KEY, journey, session, server,"
	" instance, queue_id, generation, opened, closed, state, message_id,"
	" sender, header_from, client_ip, client_name, client_port, helo, user,"
	" tls, size, nrcpt, subject, direction, source, line, flags, said)",

	/* last_attempt: the one that decided; the answer is there */
	"CREATE TABLE delivery(id INTEGER PRIMARY KEY, tx, recipient,"
	" orig_recipient, attempts, first, last, outcome, last_attempt)",

	"CREATE TABLE attempt(id INTEGER PRIMARY KEY, time, source, line, offset,"
	" length, session, tx, delivery, action, code, dsn, reply, next_id,"
	" said_by, stage, place, recipient, relay_ip, relay_name, relay_port,"
	" delay, copies, flags, journey, server, sender, client_ip,"
	" client_name, helo, user)",

	/* evidence: bit n-1 for E n; told: likewise, those that have no row of
	 * their own; attempt: that says it */
	"CREATE TABLE link(id INTEGER PRIMARY KEY, from_tx, to_tx, kind, class,"
	" evidence, told, attempt, lag)",

	/* Only what link.told leaves out: read v_evidence, which tells the rest
	 * from the transactions and the attempt. to_text NULL: as from_text.
	 * is_id 1: both texts are the queue_id, 2: the message_id, of the
	 * link's to_tx */
	"CREATE TABLE evidence(id INTEGER PRIMARY KEY, link, code, from_source,"
	" from_line, to_source, to_line, is_id, from_text, to_text)",

	/* refused_only: never accepted, not counted in messages; message_id
	 * NULL: as its root's */
	"CREATE TABLE journey(id INTEGER PRIMARY KEY, first, last, root,"
	" message_id, sender, header_from, subject, size, client_ip,"
	" client_name, user, direction, servers, hops, recipients, delivered,"
	" relayed, failed, refused, withheld, delayed, unknown, refused_only,"
	" flags)",

	/* addressed_as NULL: as address */
	"CREATE TABLE recipient(id INTEGER PRIMARY KEY, journey, address,"
	" addressed_as, via, outcome, delivery, tx, last_attempt, attempts,"
	" first, last)",

	"CREATE TABLE related(id INTEGER PRIMARY KEY, journey, other, how)",

	"CREATE TABLE coverage(id INTEGER PRIMARY KEY, server, source, first,"
	" last, kind, lines)",

	/* within one stretch; lo, hi (us), drift (1e-9): NULL not known; n NULL: 0 */
	"CREATE TABLE clock(id INTEGER PRIMARY KEY, server, source, from_line,"
	" to_line, first, last, lo, hi, drift, n, reference)",
	/* Lines of a source that stand in the source OF too, first_line as
	 * of_line, and what they hold: v_source counts them as copies. */
	"CREATE TABLE copy(id INTEGER PRIMARY KEY, source, first_line, last_line,"
	" of, of_line, event_lines, unknown_lines, other_lines, events)",

	/* at, server, name, ip, recipient: words; searched: where, in which window,
	 * for what */
	"CREATE TABLE missing(id INTEGER PRIMARY KEY, journey, tx, kind, at,"
	" server, name, ip, recipient, queue_id, first, last, searched)",

	/* entity: what it is about; rows: how many rows made it fire */
	"CREATE TABLE finding(id INTEGER PRIMARY KEY, rule, severity, first,"
	" last, entity, explanation, innocent, \"rows\")",

	/* The lines that made it fire, FINDING_PLACES at most; source and line
	 * NULL: the message as a whole. */
	"CREATE TABLE place(id INTEGER PRIMARY KEY, finding, source, line,"
	" journey, tx)",
	/* How often a rule could be tried on the logs of a server. */
	"CREATE TABLE trial(id INTEGER PRIMARY KEY, rule, server, tried, fired,"
	" needs)",

	/* see owner_decode */
	"CREATE TABLE owner(id INTEGER PRIMARY KEY, source, piece,"
	" transactions BLOB, sessions BLOB)",
	NULL,
};

const char *const schema_derived_names[] = {
	"stretch", "session", "tx",        "delivery", "attempt",
	"link",    "evidence", "journey",  "recipient", "related",
	"coverage", "clock",   "missing",  "finding",  "owner",
	"copy",     "place",   "trial",     NULL,
};

const struct schema_index schema_indexes[] = {
	{ "tx_queue_id", "tx(queue_id) WHERE queue_id IS NOT NULL" },
	{ "tx_message_id", "tx(message_id) WHERE message_id IS NOT NULL" },
	{ "tx_journey", "tx(journey)" },
	{ "tx_session", "tx(session) WHERE session IS NOT NULL" },
	{ "delivery_tx", "delivery(tx)" },
	{ "attempt_tx", "attempt(tx) WHERE tx IS NOT NULL" },
	{ "attempt_session", "attempt(session) WHERE tx IS NULL AND"
	                     " session IS NOT NULL" },
	{ "attempt_time", "attempt(time)" },
	{ "link_from", "link(from_tx)" },
	{ "link_to", "link(to_tx)" },
	{ "evidence_link", "evidence(link)" },
	{ "journey_first", "journey(first)" },
	{ "recipient_journey", "recipient(journey)" },
	{ "recipient_address", "recipient(address)" },
	{ "related_journey", "related(journey)" },
	{ "coverage_source", "coverage(source)" },
	{ "missing_journey", "missing(journey)" },
	{ "place_finding", "place(finding)" },
	{ "place_journey", "place(journey)" },
	{ "clock_source", "clock(source)" },
	{ "stretch_source", "stretch(source)" },
	{ "copy_source", "copy(source)" },
	{ "owner_key", "owner(source, piece)" },
	{ NULL, NULL },
};
