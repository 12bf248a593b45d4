/* SPDX-License-Identifier: MIT */
/* MailScanner: takes messages out of the MTA's hold queue and puts them back
 * under a new id, "Requeue: QID.A1B2C to QID2". ".A1B2C" is its own addition. */
#include "parsers/agent.h"
#include "parsers/mail.h"

static bool claims(struct slice program)
{
	return slice_eq(program, SLICE("MailScanner"));
}

/* "QID" or "QID.A1B2C" at the start of *S, up to a blank or comma. */
static bool take_id(struct slice *s, struct slice *qid)
{
	size_t n = 0;

	while (n < s->len && n < 40 && s->ptr[n] != ' ' && s->ptr[n] != ',')
		n++;
	*qid = slice_to(*s, n);
	*qid = slice_to(*qid, slice_chr(*qid, '.'));
	if (!ag_is_queue_id(*qid))
		return false;
	*s = slice_from(*s, n);
	return true;
}

/* "Requeue: QID.A1B2C to QID2" */
static bool requeue_line(struct slice s, struct events *out)
{
	struct slice from, to;
	struct event *e;

	if (!AG_SKIP(&s, "Requeue: ") || !take_id(&s, &from) ||
	    !AG_SKIP(&s, " to ") || !take_id(&s, &to))
		return false;
	e = events_add(out);
	ag_own(e, from);
	event_set(e, EV_NEXT_QUEUE_ID, to);
	event_add_key(e, KEY_QUEUE, REL_CHILD, LINK_REQUEUE, to);
	return true;
}

/* " from IP (SENDER) to DOMAIN is VERDICT, SpamAssassin (…)": a sender that holds
 * the marks himself is left out, and the rest with him. */
static bool set_message(struct event *e, struct arena *arena, struct slice s)
{
	size_t end;
	struct slice v;

	if (!AG_SKIP(&s, " from "))
		return true;
	v = slice_to(s, slice_chr(s, ' '));
	if (ag_is_ip(v))
		event_set(e, EV_CLIENT_IP, v);
	s = slice_from(s, v.len);
	if (!AG_SKIP(&s, " ("))
		return true;
	end = AG_FIND(s, ") to ");
	if (end == SLICE_NONE || end != AG_RFIND(s, ") to "))
		return false;
	ag_set_sender(e, arena, slice_to(s, end));
	s = slice_from(s, end + 5);
	end = AG_FIND(s, " is ");
	if (end == SLICE_NONE)
		return true;
	s = slice_from(s, end + 4);
	ag_set(e, EV_VERDICT, slice_to(s, AG_FIND(s, ", ")));
	return true;
}

static bool message_line(struct slice s, struct arena *arena, struct events *out,
                         bool *damaged)
{
	struct slice qid;
	struct event *e;

	if (!AG_SKIP(&s, "Message ") || !take_id(&s, &qid))
		return false;
	e = events_add(out);
	ag_own(e, qid);
	*damaged = *damaged || !set_message(e, arena, s);
	return true;
}

/* "Spam Actions: message QID actions are store,deliver", "Infected message QID
 * came from IP", "Non-delivery of spam: message QID from S to R with subject X" */
static bool about_line(struct slice s, struct events *out)
{
	static const struct slice heads[] = {
		AG_TEXT("Spam Actions: message "),
		AG_TEXT("High Spam Actions: message "),
		AG_TEXT("Non-Spam Actions: message "),
		AG_TEXT("MCP Actions: message "),
		AG_TEXT("Infected message "),
		AG_TEXT("Non-delivery of spam: message "),
		AG_TEXT("Non-delivery of nonspam: message "),
		AG_TEXT("Delivery of spam: message "),
		AG_TEXT("Delivery of nonspam: message "),
		AG_TEXT("Message "),
		AG_TEXT("RBL checks: "),
		AG_TEXT("SpamAssassin cache hit for message "),
	};
	struct slice qid;
	struct event *e;

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		struct slice rest = s;

		if (!ag_skip(&rest, heads[i]) || !take_id(&rest, &qid))
			continue;
		e = events_add(out);
		ag_own(e, qid);
		if (AG_SKIP(&rest, " actions are "))
			ag_set(e, EV_VERDICT, rest);
		else if (AG_SKIP(&rest, " came from ") && ag_is_ip(rest))
			event_set(e, EV_CLIENT_IP, rest);
		return true;
	}
	return false;
}

/* "Filename Checks: Windows/DOS Executable (QID.A1B2C file.exe)" */
static bool file_line(struct slice s, struct events *out)
{
	struct slice qid;
	struct event *e;
	size_t at, end;

	if (!AG_SKIP(&s, "Filename Checks: ") &&
	    !AG_SKIP(&s, "Filetype Checks: "))
		return false;
	at = AG_FIND(s, " (");
	end = slice_rchr(s, ')');
	e = events_add(out);
	if (at == SLICE_NONE || end == SLICE_NONE || end < at + 2)
		return true;
	ag_set(e, EV_VERDICT, slice_to(s, at));
	s = slice_of(s.ptr + at + 2, end - at - 2);
	if (!take_id(&s, &qid))
		return true;
	ag_own(e, qid);
	if (AG_SKIP(&s, " "))
		ag_set(e, EV_ATTACHMENT, s);
	return true;
}

/* Counts of a batch and the program's own affairs. */
static bool own_line(struct slice s, struct events *out)
{
	static const struct slice heads[] = {
		AG_TEXT("New Batch: "),     AG_TEXT("Uninfected: "),
		AG_TEXT("Cleaned: "),       AG_TEXT("Deleted "),
		AG_TEXT("Saved "),          AG_TEXT("Virus and Content Scanning"),
		AG_TEXT("Virus Scanning"),  AG_TEXT("Spam Checks: "),
		AG_TEXT("Batch "),          AG_TEXT("MailScanner "),
		AG_TEXT("Using "),          AG_TEXT("Reading "),
		AG_TEXT("Read "),           AG_TEXT("Config: "),
		AG_TEXT("SpamAssassin "),   AG_TEXT("Enabling "),
		AG_TEXT("Connected to "),   AG_TEXT("Expired "),
		AG_TEXT("Content Checks: "), AG_TEXT("Other Checks: "),
		AG_TEXT("Silent: "),        AG_TEXT("Notices: "),
		AG_TEXT("Completed "),      AG_TEXT("Logging "),
		AG_TEXT("Started "),        AG_TEXT("Initialising "),
		AG_TEXT("Closing "),        AG_TEXT("ClamAV"),
		AG_TEXT("Clamd::"),         AG_TEXT("Quarantined "),
		AG_TEXT("Making attempt "), AG_TEXT("Unscanned: "),
		AG_TEXT("Delivered "),      AG_TEXT("User's home directory"),
		AG_TEXT("Processing Attempts"), AG_TEXT("Found "),
		AG_TEXT("Commercial "),     AG_TEXT("Bayes"),
	};

	return AG_OF_ITSELF(s, heads, out);
}

static enum parse parse(const struct layout *l, const struct record *r,
                        struct arena *arena, struct events *out)
{
	bool damaged = r->flags & RECORD_SPLIT;

	(void)l;
	if (!(requeue_line(r->body, out) || message_line(r->body, arena, out, &damaged) ||
	      about_line(r->body, out) || file_line(r->body, out) ||
	      own_line(r->body, out)))
		return PARSE_NO;
	return ag_result(out, damaged);
}

static const struct parser_example examples[] = {
	{ "Mar 14 09:15:02 mx1 MailScanner[93]: New Batch: Scanning 1 "
	  "messages, 3456 bytes",
	  "info" },
	{ "Mar 14 09:15:02 mx1 MailScanner[93]: Message "
	  "4fXwft2FgJzFpTn.A1B2C from 192.0.2.7 (a@example.org) to "
	  "example.com is spam, SpamAssassin (not cached, score=25.5, "
	  "required 4, BAYES_99 5.0)",
	  "info queue_id=4fXwft2FgJzFpTn sender=a@example.org "
	  "client_ip=192.0.2.7 verdict=spam" },
	{ "Mar 14 09:15:02 mx1 MailScanner[93]: Message 9B9471EC3EA from "
	  "192.0.2.7 () to example.com is spam (blacklisted)",
	  "info queue_id=9B9471EC3EA sender=<> client_ip=192.0.2.7 "
	  "verdict=\"spam (blacklisted)\"" },
	{ "Mar 14 09:15:02 mx1 MailScanner[93]: Spam Actions: message "
	  "9B9471EC3EA.A1B2C actions are store",
	  "info queue_id=9B9471EC3EA verdict=store" },
	{ "Mar 14 09:15:02 mx1 MailScanner[93]: Requeue: 9B9471EC3EA.A1B2C "
	  "to BD48A1EC408",
	  "info queue_id=9B9471EC3EA next_queue_id=BD48A1EC408 "
	  "queue:child:requeue=BD48A1EC408" },
	{ "Mar 14 09:15:02 mx1 MailScanner[93]: Infected message "
	  "9B9471EC3EA.A1B2C came from 192.0.2.7",
	  "info queue_id=9B9471EC3EA client_ip=192.0.2.7" },
	{ "Mar 14 09:15:02 mx1 MailScanner[93]: Filename Checks: Windows/DOS "
	  "Executable (9B9471EC3EA.A1B2C invoice (1).exe)",
	  "info queue_id=9B9471EC3EA attachment=\"invoice (1).exe\" "
	  "verdict=\"Windows/DOS Executable\"" },
	{ "Mar 14 09:15:02 mx1 MailScanner[93]: Uninfected: Delivered 1 "
	  "messages",
	  "info" },
};

const struct parser parser_mailscanner = {
	.name = "mailscanner",
	.about = "MailScanner: verdicts, and the new id of what it puts back",
	.life = 0,
	.claims = claims,
	.parse = parse,
	.examples = examples,
	.nexamples = sizeof examples / sizeof *examples,
};
