/* SPDX-License-Identifier: MIT */
/* The public views: names, columns and their order are DESIGN.md's contract.
 *
 * Words are fetched by scalar subqueries and not by joins: a column that a
 * query does not name then costs nothing, and count(*) reads one table. */
#include "model/store/schema.h"
#include "model/store/store.h"

#define WORD(id) "(SELECT text FROM word WHERE id=" id ")"
/* Floor, not truncation: times before 1970 keep their fraction. */
#define TIME(us)                                                            \
	"strftime('%Y-%m-%dT%H:%M:%S'," us "/1000000-(" us                  \
	"%1000000<0),'unixepoch')||'.'||substr(1000000+(" us                \
	"%1000000+1000000)%1000000,2)||'Z'"
#define SECONDS(us) us "/1e6"
#define TEXT(column) "nullif(" column ",'')"
#define LAST(t) "coalesce(" t ".last," t ".first)"
#define REPLY(a)                                                            \
	"CASE WHEN " a ".flags&64 THEN replace(" WORD(a ".reply") ",char(26),"   \
	"coalesce(" a ".next_id,'')) ELSE " WORD(a ".reply") " END"
#define EV(n, bit) "iif(evidence&" bit ",'E" n ",','')"

#define COPIES(sum)                                                         \
	"(SELECT coalesce(sum(" sum "),0) FROM copy WHERE source=s.id)"
#define LESS_COPIES(column)                                                 \
	"s." column "-" COPIES(column) " AS " column

static const char v_source[] =
	"SELECT s.id AS source_id, s.path AS path, " TEXT("s.member")
	" AS member, s.exhibit AS exhibit, " TEXT("s.format") " AS format, "
	TEXT("s.format_basis") " AS format_basis,"
	" iif(s.hashed,lower(hex(s.sha256)),NULL) AS sha256,"
	" iif(s.hashed,lower(hex(s.content_sha256)),NULL) AS content_sha256,"
	" s.bytes AS bytes, " TIME("s.mtime") " AS mtime_utc,"
	" coalesce(nullif(s.lines,0),c.lines,0) AS lines, "
	LESS_COPIES("event_lines") ", " LESS_COPIES("unknown_lines") ","
	" coalesce(nullif(s.copy_lines,0),c.lines,0)+" COPIES(
	"event_lines+unknown_lines+other_lines") " AS copy_lines, "
	LESS_COPIES("other_lines") ", " LESS_COPIES("events") ", "
	TIME("s.first") " AS first_utc, " TIME("s.last") " AS last_utc,"
	" coalesce(" TEXT("s.server") "," WORD("s.host") ") AS server,"
	" (SELECT group_concat(DISTINCT zone) FROM stretch"
	" WHERE source=s.id) AS zone,"
	" (SELECT group_concat(DISTINCT {basis zone_basis}) FROM stretch"
	" WHERE source=s.id) AS zone_basis,"
	" (SELECT group_concat(DISTINCT {basis year_basis}) FROM stretch"
	" WHERE source=s.id) AS year_basis,"
	" {source_state s.state} AS state"
	" FROM source s LEFT JOIN source c ON c.id=s.copy_of AND s.state=3";

static const char v_session[] =
	"SELECT s.id AS session_id, " WORD("s.server") " AS server, "
	WORD("s.instance") " AS instance, " WORD("s.service") " AS service, "
	WORD("s.client_ip") " AS client_ip, s.client_port AS client_port, "
	WORD("s.client_name") " AS client_name, " WORD("s.helo") " AS helo, "
	WORD("s.user") " AS user, " WORD("s.auth_method") " AS auth_method, "
	WORD("s.tls") " AS tls, " TIME("s.first") " AS first_utc, "
	TIME(LAST("s")) " AS last_utc, s.transactions AS transactions,"
	" s.auth_ok AS auth_ok, s.auth_fail AS auth_fail, s.refused AS refused, "
	WORD("s.counters") " AS counters FROM session s";

static const char v_attempt[] =
	"SELECT a.id AS attempt_id, " TIME("a.time") " AS time_utc,"
	" a.source AS source_id, a.line AS line, a.offset AS offset,"
	" a.length AS length, " WORD("coalesce(a.server,t.server)")
	" AS server, a.session AS session_id,"
	" a.tx AS transaction_id, a.delivery AS delivery_id,"
	" coalesce(a.journey,t.journey) AS journey_id,"
	" {action a.action} AS action, " WORD("a.stage") " AS stage, "
	WORD("coalesce(a.sender,t.sender)") " AS sender, "
	WORD("coalesce(a.recipient,d.recipient)") " AS recipient, "
	WORD("coalesce(a.client_ip,t.client_ip)") " AS client_ip, "
	WORD("coalesce(a.client_name,t.client_name)") " AS client_name, "
	WORD("coalesce(a.helo,t.helo)") " AS helo, "
	WORD("coalesce(a.user,t.user)") " AS user, "
	WORD("a.relay_ip") " AS relay_ip, " WORD("a.relay_name")
	" AS relay_name, a.code AS code, " WORD("a.dsn") " AS dsn, "
	REPLY("a") " AS reply, " WORD("a.said_by") " AS said_by, "
	SECONDS("a.delay") " AS delay, a.copies AS copies"
	" FROM attempt a LEFT JOIN tx t ON t.id=a.tx"
	" LEFT JOIN delivery d ON d.id=a.delivery";

static const char v_transaction[] =
	"SELECT t.id AS transaction_id, t.journey AS journey_id,"
	" t.session AS session_id, " WORD("t.server") " AS server, "
	WORD("t.instance") " AS instance, t.queue_id AS queue_id,"
	" t.generation AS generation, " TIME("t.opened") " AS opened_utc, "
	TIME("t.closed") " AS closed_utc, {state t.state} AS state,"
	" t.message_id AS message_id, " WORD("t.sender") " AS sender, "
	WORD("t.header_from") " AS header_from, " WORD("t.client_ip")
	" AS client_ip, t.client_port AS client_port, "
	WORD("t.client_name") " AS client_name, " WORD("t.helo") " AS helo, "
	WORD("t.user") " AS user, " WORD("t.tls") " AS tls, t.size AS size,"
	" t.nrcpt AS nrcpt, " WORD("t.subject") " AS subject,"
	" {direction t.direction} AS direction FROM tx t";

static const char v_delivery[] =
	"SELECT d.id AS delivery_id, d.tx AS transaction_id,"
	" t.journey AS journey_id, " WORD("d.recipient") " AS recipient, "
	WORD("d.orig_recipient") " AS orig_recipient, d.attempts AS attempts, "
	TIME("d.first") " AS first_utc, " TIME(LAST("d")) " AS last_utc,"
	" {outcome d.outcome} AS outcome, " WORD("a.place") " AS place,"
	" a.code AS code, " WORD("a.dsn") " AS dsn, " REPLY("a") " AS reply, "
	WORD("a.said_by") " AS said_by, " WORD("a.relay_ip") " AS relay_ip, "
	WORD("a.relay_name") " AS relay_name, a.relay_port AS relay_port,"
	" a.next_id AS next_queue_id, " SECONDS("a.delay") " AS delay"
	" FROM delivery d LEFT JOIN tx t ON t.id=d.tx"
	" LEFT JOIN attempt a ON a.id=d.last_attempt";

static const char v_link[] =
	"SELECT id AS link_id, from_tx AS from_transaction,"
	" to_tx AS to_transaction, {link kind} AS kind, {class class} AS class,"
	" nullif(rtrim(" EV("1", "1") "||" EV("2", "2") "||" EV("3", "4") "||"
	EV("4", "8") "||" EV("5", "16") "||" EV("6", "32") "||" EV("7", "64")
	"||" EV("8", "128") "||" EV("9", "256") "||" EV("10", "512") "||"
	EV("11", "1024") "||" EV("12", "2048") "||" EV("13", "4096") "||"
	EV("14", "8192") "||" EV("15", "16384") "||" EV("16", "32768")
	",','),'') AS evidence, " SECONDS("lag") " AS lag_s FROM link";

/* What E 1 and E 6 rest on stands in the line of an attempt, if there is one. */
#define IN_ATTEMPT "c.n IN(1,6) AND a.id IS NOT NULL"
#define TOLD_OR(told, stored) "iif(e.id IS NULL," told "," stored ")"
#define ID_OF_LINK(text)                                                    \
	"CASE e.is_id WHEN 1 THEN t.queue_id WHEN 2 THEN t.message_id"       \
	" ELSE " text " END"
/* transaction_row.said: how far below its own line X says it. */
#define SAID(x, shift) "(coalesce(" x ".said,0)>>" shift "&4095)"
#define SIZE_BELOW(x)                                                       \
	"iif(" SAID(x, "24") "=0," SAID(x, "12") "," SAID(x, "24") "-1)"
#define BELOW(x, e12, helo)                                                 \
	"CASE c.n WHEN 5 THEN " SAID(x, "0") " WHEN 7 THEN " SAID(x, "12")   \
	" WHEN 8 THEN " SIZE_BELOW(x) " WHEN 9 THEN " SAID(x, "36")          \
	" WHEN 10 THEN " helo " WHEN 12 THEN " e12 " ELSE 0 END"
#define PEER(name, ip) "(ifnull(" name ",'')||ifnull('['||" ip "||']',''))"
/* The recipient of the attempt, whose delivery may have it alone. */
#define ENVELOPE(x)                                                         \
	"(" WORD(x ".sender") "||ifnull(' -> '||" WORD(                      \
		"coalesce(a.recipient,(SELECT recipient FROM delivery"       \
		" WHERE id=a.delivery))") ",''))"
#define TEXTS(x, e1, e6, peer, e10, e12)                                    \
	"CASE c.n WHEN 1 THEN " e1 " WHEN 5 THEN " x ".message_id"           \
	" WHEN 6 THEN iif(a.id IS NULL," WORD(e6) "," peer ")"               \
	" WHEN 7 THEN " ENVELOPE(x) " WHEN 8 THEN " x ".size||''"            \
	" WHEN 9 THEN " WORD(x ".subject") " WHEN 10 THEN " WORD(e10)        \
	" WHEN 12 THEN " e12 " END"

static const char v_evidence[] =
	"SELECT l.id AS link_id, 'E'||c.n AS code, "
	TOLD_OR("iif(" IN_ATTEMPT ",a.source,f.source)", "e.from_source")
	" AS from_source, "
	TOLD_OR("nullif(iif(" IN_ATTEMPT ",a.line,f.line+"
	        BELOW("f", "0", "0") "),0)", "e.from_line")
	" AS from_line, " TOLD_OR("t.source", "e.to_source") " AS to_source, "
	TOLD_OR("nullif(t.line+" BELOW("t", SAID("t", "0"), SAID("t", "48"))
	        ",0)", "e.to_line") " AS to_line, "
	TOLD_OR(TEXTS("f", "a.next_id", "f.client_ip",
	              PEER(WORD("a.relay_name"), WORD("a.relay_ip")),
	              "f.server", "f.queue_id"),
	        ID_OF_LINK("e.from_text")) " AS from_text, "
	TOLD_OR(TEXTS("t", "t.queue_id", "t.client_ip",
	              PEER(WORD("t.client_name"), WORD("t.client_ip")),
	              "t.helo", "t.message_id"),
	        ID_OF_LINK("coalesce(e.to_text,e.from_text)")) " AS to_text"
	" FROM link l CROSS JOIN (SELECT 1 AS n UNION ALL SELECT 2"
	" UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5"
	" UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8"
	" UNION ALL SELECT 9 UNION ALL SELECT 10 UNION ALL SELECT 11"
	" UNION ALL SELECT 12) c LEFT JOIN evidence e ON e.link=l.id"
	" AND e.code=c.n LEFT JOIN tx f ON f.id=l.from_tx"
	" LEFT JOIN tx t ON t.id=l.to_tx LEFT JOIN attempt a ON a.id=l.attempt"
	" WHERE l.evidence&(1<<(c.n-1))"
	" AND (l.told&(1<<(c.n-1)) OR e.id IS NOT NULL)";

static const char v_journey[] =
	"SELECT j.id AS journey_id, " TIME("j.first") " AS first_utc, "
	TIME(LAST("j")) " AS last_utc, coalesce(j.message_id,"
	"(SELECT message_id FROM tx WHERE id=j.root)) AS message_id, "
	WORD("j.sender") " AS sender, " WORD("j.header_from")
	" AS header_from, " WORD("j.subject") " AS subject, j.size AS size, "
	WORD("j.client_ip") " AS client_ip, " WORD("j.client_name")
	" AS client_name, " WORD("j.user") " AS user,"
	" {direction j.direction} AS direction, " WORD("j.servers")
	" AS servers, j.hops AS hops, j.recipients AS recipients,"
	" j.delivered AS delivered, j.relayed AS relayed, j.failed AS failed,"
	" j.refused AS refused, j.withheld AS withheld, j.delayed AS delayed,"
	" j.unknown AS unknown FROM journey j";

static const char v_recipient[] =
	"SELECT r.id AS recipient_id, r.journey AS journey_id, "
	WORD("r.address") " AS address, "
	WORD("coalesce(r.addressed_as,r.address)") " AS addressed_as, "
	WORD("r.via") " AS via, {outcome r.outcome} AS outcome, "
	WORD("a.place") " AS place, " WORD("t.server") " AS server,"
	" t.queue_id AS queue_id, a.code AS code, " WORD("a.dsn") " AS dsn, "
	REPLY("a") " AS reply, " WORD("a.said_by") " AS said_by, "
	WORD("a.relay_name") " AS relay_name, " WORD("a.relay_ip")
	" AS relay_ip, r.attempts AS attempts, " TIME("r.first")
	" AS first_utc, " TIME(LAST("r")) " AS last_utc"
	" FROM recipient r LEFT JOIN tx t ON t.id=r.tx"
	" LEFT JOIN attempt a ON a.id=r.last_attempt";

/* A stretch's own times are known where it is its source's only one, or by its
 * clocks. Its number and that of its clock make the row's. */
#define ONLY(t)                                                             \
	"iif((SELECT count(*) FROM stretch WHERE source=s.id)=1,s." t ",NULL)"
static const char v_clock[] =
	"SELECT coalesce(" WORD("k.server") "," TEXT("s.server") ","
	WORD("s.host") ") AS server, c.source AS source_id,"
	" coalesce(k.from_line,c.from_line) AS from_line,"
	" coalesce(k.to_line,c.to_line,s.lines) AS to_line, " TEXT("c.zone")
	" AS zone, {basis c.zone_basis} AS zone_basis, c.year AS year,"
	" iif(c.year IS NULL,NULL,{basis c.year_basis}) AS year_basis, "
	TIME("coalesce(k.first," ONLY("first") ")") " AS from_utc, "
	TIME("coalesce(k.last," ONLY("last") ")") " AS to_utc, "
	SECONDS("k.lo") " AS offset_lo_s, " SECONDS("k.hi")
	" AS offset_hi_s, k.drift/1e3 AS drift_ppm, k.n AS n, "
	WORD("k.reference") " AS reference"
	" FROM stretch c JOIN source s ON s.id=c.source"
	" LEFT JOIN clock k ON k.source=c.source AND k.from_line>=c.from_line"
	" AND (c.to_line IS NULL OR k.from_line<=c.to_line)";

static const char v_coverage[] =
	"SELECT " WORD("server") " AS server, source AS source_id, "
	TIME("first") " AS from_utc, " TIME("coalesce(last,first)")
	" AS to_utc, CASE kind WHEN 0 THEN 'covered' WHEN 1 THEN 'gap'"
	" WHEN 2 THEN 'suppressed' WHEN 3 THEN 'truncated' END AS kind,"
	" lines AS lines FROM coverage";

/* Kind 0 to 2: evidence to ask for. */
#define WHY(kind)                                                           \
	"CASE " kind " WHEN 0 THEN 'no log of this server'"                  \
	" WHEN 1 THEN 'its log does not cover this time'"                    \
	" WHEN 2 THEN 'handed over, but its log does not have it'"           \
	" WHEN 3 THEN 'taken from this server, whose log does not have it'"  \
	" WHEN 4 THEN 'sent, says one log; refused, says the other'"         \
	" WHEN 5 THEN 'sender or message-id differ on both sides'"           \
	" WHEN 6 THEN 'its time contradicts all other handoffs'"             \
	" WHEN 7 THEN 'fewer recipients have a fate than were taken'"        \
	" WHEN 8 THEN 'no end in this log, which goes on' END"

static const char v_missing[] =
	"SELECT m.id AS missing_id, m.journey AS journey_id,"
	" m.tx AS transaction_id, {missing m.kind} AS kind, " WORD("m.at")
	" AS server, coalesce(" WORD("m.name") "," WORD("m.server")
	") AS wanted, " WORD("m.ip") " AS ip, m.queue_id AS queue_id, "
	WORD("m.recipient") " AS recipient, " TIME("m.first")
	" AS from_utc, " TIME(LAST("m")) " AS to_utc, " WHY("m.kind")
	" AS why, m.searched AS searched FROM missing m";

/* One row for each server that is to be asked, by its address, else its name. */
static const char v_wanted[] =
	"SELECT w.id AS wanted_id, coalesce(" WORD("w.name") ","
	WORD("w.server") ") AS wanted, " WORD("w.ip") " AS ip, "
	TIME("w.first") " AS from_utc, " TIME("w.last") " AS to_utc,"
	" w.messages AS messages, w.ids AS ids,"
	" (SELECT group_concat(queue_id,' ') FROM (SELECT DISTINCT queue_id"
	" FROM missing k WHERE k.kind<3 AND k.ip IS w.ip"
	" AND (w.ip IS NOT NULL OR k.name IS w.name)"
	" ORDER BY k.id LIMIT 20)) AS queue_ids, " WHY("w.kind") " AS why"
	" FROM (SELECT min(id) AS id, max(name) AS name, max(server) AS server,"
	" ip, min(first) AS first, max(coalesce(last,first)) AS last,"
	" count(DISTINCT journey) AS messages,"
	" count(DISTINCT queue_id) AS ids, min(kind) AS kind FROM missing"
	" WHERE kind<3 GROUP BY ip,iif(ip IS NULL,name,NULL)) w";

static const char v_finding[] =
	"SELECT id AS finding_id, rule AS rule, severity AS severity, "
	TIME("first") " AS first_utc, " TIME("coalesce(last,first)")
	" AS last_utc, entity AS entity, explanation AS explanation,"
	" innocent AS innocent, \"rows\" AS \"rows\" FROM finding";

/* The lines that made a finding fire; without a line the message as a whole. */
static const char v_finding_row[] =
	"SELECT p.finding AS finding_id, p.source AS source_id, p.line AS line,"
	" p.journey AS journey_id, p.tx AS transaction_id FROM place p";

/* Rules, and how often each could be tried on the logs of a server. */
static const char v_trial[] =
	"SELECT id AS trial_id, rule AS rule, " WORD("server") " AS server, tried AS tried,"
	" fired AS fired, needs AS needs FROM trial";

static const char v_setting[] =
	"SELECT s.name AS name, s.value AS value, s.basis AS basis,"
	" s.author AS author, " TIME("s.time") " AS time_utc FROM setting s"
	" WHERE s.basis IS NOT 'removed' AND NOT EXISTS(SELECT 1 FROM"
	" setting n WHERE n.name=s.name AND n.id>s.id AND"
	" (NOT s.many OR n.value=s.value))";

static const char v_note[] =
	"SELECT id AS note_id, " TIME("time") " AS time_utc, author AS author,"
	" kind AS kind, unit AS unit, row AS row_id, citation AS citation,"
	" text AS text, replaces AS replaces FROM note WHERE text IS NOT NULL"
	" AND id NOT IN(SELECT replaces FROM note WHERE replaces IS NOT NULL)";

static const char v_audit[] =
	"SELECT id AS audit_id, " TIME("time") " AS time_utc, author AS author,"
	" verb AS verb, detail AS detail, lower(hex(sha256)) AS sha256"
	" FROM audit";

const struct schema_view schema_views[] = {
	{ "v_source", v_source },
	{ "v_session", v_session },
	{ "v_attempt", v_attempt },
	{ "v_transaction", v_transaction },
	{ "v_delivery", v_delivery },
	{ "v_link", v_link },
	{ "v_evidence", v_evidence },
	{ "v_journey", v_journey },
	{ "v_recipient", v_recipient },
	{ "v_clock", v_clock },
	{ "v_coverage", v_coverage },
	{ "v_missing", v_missing },
	{ "v_wanted", v_wanted },
	{ "v_finding", v_finding },
	{ "v_finding_row", v_finding_row },
	{ "v_trial", v_trial },
	{ "v_setting", v_setting },
	{ "v_note", v_note },
	{ "v_audit", v_audit },
	{ NULL, NULL },
};

/* Names of numbers, from the functions that own them. */
static const char *name_action(unsigned i)
{
	return i < ACTION_COUNT ? action_name((enum action)i) : NULL;
}

static const char *name_state(unsigned i)
{
	return i < STATE_COUNT
	               ? transaction_state_name((enum transaction_state)i)
	               : NULL;
}

static const char *name_outcome(unsigned i)
{
	return i < OUTCOME_COUNT ? outcome_name((enum outcome)i) : NULL;
}

static const char *name_class(unsigned i)
{
	return i < CLASS_COUNT ? link_class_name((enum link_class)i) : NULL;
}

static const char *name_link(unsigned i)
{
	return i < LINK_KIND_COUNT ? link_kind_name((enum link_kind)i) : NULL;
}

static const char *name_direction(unsigned i)
{
	/* unknown is NULL in every view */
	return i + 1 < DIRECTION_COUNT
	               ? direction_name((enum direction)(i + 1))
	               : NULL;
}

static const char *name_basis(unsigned i)
{
	return i < BASIS_COUNT ? stretch_basis_name((enum stretch_basis)i)
	                       : NULL;
}

static const char *name_missing(unsigned i)
{
	return i < MISSING_COUNT_OF ? missing_kind_name((enum missing_kind)i)
	                            : NULL;
}

static const char *name_source_state(unsigned i)
{
	return i < SOURCE_STATE_COUNT ? source_state_name((enum source_state)i)
	                              : NULL;
}

struct enum_names {
	const char *key;
	unsigned first; /* number of name(0) */
	const char *(*name)(unsigned i);
};

static const struct enum_names enum_names[] = {
	{ "action", 0, name_action },
	{ "state", 0, name_state },
	{ "outcome", 0, name_outcome },
	{ "class", 0, name_class },
	{ "link", 0, name_link },
	{ "direction", 1, name_direction },
	{ "basis", 0, name_basis },
	{ "source_state", 0, name_source_state },
	{ "missing", 0, name_missing },
};

/* IN is "action a.action". */
static void add_case(struct strbuf *out, struct slice in)
{
	struct slice key = slice_cut(&in, ' ');
	const struct enum_names *e = NULL;

	for (size_t i = 0; i < sizeof enum_names / sizeof *enum_names; i++)
		if (slice_eq(key, slice_str(enum_names[i].key)))
			e = &enum_names[i];
	strbuf_addf(out, "CASE %.*s", SLICE_FMT(in));
	for (unsigned i = 0; e && e->name(i); i++)
		strbuf_addf(out, " WHEN %u THEN '%s'", e->first + i,
		            e->name(i));
	strbuf_add_str(out, " END");
}

void schema_view_sql(const struct schema_view *v, struct strbuf *out)
{
	struct slice rest = slice_str(v->select);

	strbuf_addf(out, "CREATE VIEW %s AS ", v->name);
	for (;;) {
		size_t open = slice_chr(rest, '{');

		if (open == SLICE_NONE)
			break;
		strbuf_add_slice(out, slice_to(rest, open));
		rest = slice_from(rest, open + 1);
		add_case(out, slice_cut(&rest, '}'));
	}
	strbuf_add_slice(out, rest);
}
