/* SPDX-License-Identifier: MIT */
/* OpenDKIM and OpenDMARC: milters that sign, verify and judge under the MTA's
 * queue id, "QID: DKIM-Signature field added (s=sel, d=example.com)". */
#include "parsers/agent.h"
#include "parsers/mail.h"

static bool claims(struct slice program)
{
	static const struct slice names[] = {
		AG_TEXT("opendkim"), AG_TEXT("opendmarc"),
		AG_TEXT("dkim-filter"), AG_TEXT("openarc"),
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_eq(program, names[i]))
			return true;
	return false;
}

/* What a line is about, by how it ends or begins; a domain in it is named by
 * the sender. */
static const struct {
	struct slice text;
	bool ends;
	const char *verdict;
} found[] = {
	{ AG_TEXT("DKIM-Signature field added"), false, "dkim signed" },
	{ AG_TEXT("DKIM-Signature header added"), false, "dkim signed" },
	{ AG_TEXT("DKIM verification successful"), false, "dkim pass" },
	{ AG_TEXT("bad signature data"), false, "dkim fail" },
	{ AG_TEXT("no signature data"), false, "dkim none" },
	{ AG_TEXT("signature processing failed"), false, "dkim fail" },
	{ AG_TEXT("key retrieval failed"), false, "dkim temperror" },
	{ AG_TEXT("external host "), false, "external host" },
	{ AG_TEXT("ADSP"), false, "adsp" },
};

/* "example.org pass", "SPF(mailfrom): example.org fail" */
static const char *dmarc_verdict(struct slice s)
{
	static const struct {
		struct slice word;
		const char *dmarc, *spf;
	} words[] = {
		{ AG_TEXT("pass"), "dmarc pass", "spf pass" },
		{ AG_TEXT("fail"), "dmarc fail", "spf fail" },
		{ AG_TEXT("none"), "dmarc none", "spf none" },
		{ AG_TEXT("softfail"), "dmarc softfail", "spf softfail" },
		{ AG_TEXT("neutral"), "dmarc neutral", "spf neutral" },
		{ AG_TEXT("temperror"), "dmarc temperror", "spf temperror" },
		{ AG_TEXT("permerror"), "dmarc permerror", "spf permerror" },
		{ AG_TEXT("tempfail"), "dmarc temperror", "spf temperror" },
	};
	bool spf = AG_SKIP(&s, "SPF(mailfrom): ") || AG_SKIP(&s, "SPF(helo): ");
	struct slice domain = slice_cut(&s, ' ');

	for (size_t i = 0; domain.len && i < sizeof words / sizeof *words; i++)
		if (slice_eq(s, words[i].word))
			return spf ? words[i].spf : words[i].dmarc;
	return NULL;
}

static const char *verdict_of(struct slice program, struct slice s)
{
	if (slice_eq(program, SLICE("opendmarc")))
		return dmarc_verdict(s);
	for (size_t i = 0; i < sizeof found / sizeof *found; i++)
		if (slice_starts(s, found[i].text))
			return found[i].verdict;
	if (AG_STARTS(s, "s=") && AG_FIND(s, " SSL") != SLICE_NONE)
		return "dkim fail";
	return NULL;
}

/* "external host NAME attempted to send as DOMAIN" */
static void set_host(struct event *e, struct slice s)
{
	size_t end;

	if (!AG_SKIP(&s, "external host "))
		return;
	end = AG_FIND(s, " attempted to send as ");
	if (end != SLICE_NONE)
		ag_set(e, EV_CLIENT_NAME, slice_to(s, end));
}

/* Of the program, not of a message. */
static bool is_own(struct slice s)
{
	static const struct slice heads[] = {
		AG_TEXT("OpenDKIM Filter"), AG_TEXT("OpenDMARC Filter"),
		AG_TEXT("Sendmail DKIM"),   AG_TEXT("OpenARC Filter"),
		AG_TEXT("ignored "),        AG_TEXT("ignoring "),
		AG_TEXT("implicit "),       AG_TEXT("trusted "),
		AG_TEXT("mi_stop"),         AG_TEXT("configuration "),
		AG_TEXT("signing "),        AG_TEXT("not "),
	};

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		if (slice_starts(s, heads[i]))
			return true;
	return AG_FIND(s, "starting (args: ") != SLICE_NONE ||
	       AG_FIND(s, "terminating with status") != SLICE_NONE;
}

static enum parse parse(const struct layout *l, const struct record *r,
                        struct arena *arena, struct events *out)
{
	struct slice s = r->body, qid;
	const char *verdict;
	struct event *e;

	(void)l;
	if (!ag_take_queue_id(&s, &qid)) {
		if (!is_own(s))
			return PARSE_NO;
		events_add(out);
		return ag_result(out, r->flags & RECORD_SPLIT);
	}
	e = events_add(out);
	ag_own(e, qid);
	verdict = verdict_of(r->program, s);
	if (verdict)
		event_set(e, EV_VERDICT, arena_slice(arena, slice_str(verdict)));
	set_host(e, s);
	return ag_result(out, r->flags & RECORD_SPLIT);
}

static const struct parser_example examples[] = {
	{ "Mar 14 09:15:02 mx1 opendkim[88]: 9B9471EC3EA: DKIM-Signature "
	  "field added (s=s1, d=example.com)",
	  "info queue_id=9B9471EC3EA verdict=\"dkim signed\"" },
	{ "Mar 14 09:15:02 mx1 opendkim[88]: 9B9471EC3EA: DKIM verification "
	  "successful",
	  "info queue_id=9B9471EC3EA verdict=\"dkim pass\"" },
	{ "Mar 14 09:15:02 mx1 opendkim[88]: 9B9471EC3EA: s=s1 d=example.org "
	  "SSL error:04091068:rsa routines:int_rsa_verify:bad signature",
	  "info queue_id=9B9471EC3EA verdict=\"dkim fail\"" },
	{ "Mar 14 09:15:02 mx1 opendkim[88]: 4fXwft2FgJzFpTn: external host "
	  "mail.example.org attempted to send as example.com",
	  "info queue_id=4fXwft2FgJzFpTn client_name=mail.example.org "
	  "verdict=\"external host\"" },
	{ "Mar 14 09:15:02 mx1 opendkim[88]: 9B9471EC3EA: mail.example.org "
	  "[192.0.2.7] not internal",
	  "info queue_id=9B9471EC3EA" },
	{ "Mar 14 09:00:00 mx1 opendkim[88]: OpenDKIM Filter v2.11.0 "
	  "starting (args: -x /etc/opendkim.conf)",
	  "info" },
	{ "Mar 14 09:15:02 mx1 opendmarc[89]: 9B9471EC3EA: example.org fail",
	  "info queue_id=9B9471EC3EA verdict=\"dmarc fail\"" },
	{ "Mar 14 09:15:02 mx1 opendmarc[89]: 9B9471EC3EA: SPF(mailfrom): "
	  "example.org pass",
	  "info queue_id=9B9471EC3EA verdict=\"spf pass\"" },
};

const struct parser parser_dkim = {
	.name = "dkim",
	.about = "OpenDKIM and OpenDMARC: signatures and verdicts",
	.life = 0,
	.claims = claims,
	.parse = parse,
	.examples = examples,
	.nexamples = sizeof examples / sizeof *examples,
};
