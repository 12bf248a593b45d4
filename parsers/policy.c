/* SPDX-License-Identifier: MIT */
/* Policy daemons that an MTA asks at RCPT: postgrey and policyd-spf. They give
 * no answer to the client: the MTA's own refusal is the attempt. */
#include "parsers/agent.h"
#include "parsers/mail.h"

static bool claims(struct slice program)
{
	return slice_eq(program, SLICE("postgrey")) ||
	       slice_eq(program, SLICE("policyd-spf"));
}

/* Sets F to what stands between FROM (the first) and TO (the last behind it): a
 * value may hold either. The rest begins at TO. */
static bool between(struct slice *s, struct slice from, struct slice to,
                    struct slice *value)
{
	size_t start = slice_find(*s, from), end;

	if (start == SLICE_NONE)
		return false;
	start += from.len;
	end = to.len ? slice_rfind(slice_from(*s, start), to) : SLICE_NONE;
	*value = slice_to(slice_from(*s, start), end);
	*s = slice_from(*s, end == SLICE_NONE ? s->len : start + end);
	return true;
}

/* "action=greylist, reason=new, client_name=mail.example.org,
 * client_address=192.0.2.7/32, sender=a@example.org, recipient=b@example.com" */
static bool postgrey_line(const struct record *r, struct arena *arena,
                          struct events *out)
{
	struct slice s = r->body, qid = { NULL, 0 }, v;
	struct event *e;

	ag_take_queue_id(&s, &qid);
	if (!AG_STARTS(s, "action="))
		return false;
	e = events_add(out);
	ag_own(e, qid);
	s = slice_from(s, 7);
	ag_set(e, EV_VERDICT, slice_to(s, slice_chr(s, ',')));
	if (AG_FIND(s, ", reason=") != SLICE_NONE) {
		v = slice_from(s, AG_FIND(s, ", reason=") + 9);
		ag_set(e, EV_REPLY, slice_to(v, AG_FIND(v, ", ")));
	}
	if (between(&s, SLICE("client_name="), SLICE(", client_address="), &v))
		ag_set(e, EV_CLIENT_NAME, v);
	if (AG_SKIP(&s, ", client_address=") || AG_SKIP(&s, "client_address=")) {
		v = slice_to(s, slice_chr(s, ','));
		v = slice_to(v, slice_chr(v, '/'));
		if (ag_is_ip(v))
			event_set(e, EV_CLIENT_IP, v);
	}
	if (between(&s, SLICE(", sender="), SLICE(", recipient="), &v))
		ag_set_sender(e, arena, v);
	if (AG_SKIP(&s, ", recipient="))
		ag_set(e, EV_RECIPIENT, s);
	return true;
}

static bool postgrey_own(struct slice s, struct events *out)
{
	static const struct slice heads[] = {
		AG_TEXT("cleaning "),    AG_TEXT("Process Backgrounded"),
		AG_TEXT("Setting "),     AG_TEXT("Binding "),
		AG_TEXT("whitelisted: "), AG_TEXT("warning: "),
		AG_TEXT("Resolved "),    AG_TEXT("postgrey "),
		AG_TEXT("Starting"),     AG_TEXT("20"),
		AG_TEXT("Pid_file"),     AG_TEXT("rm "),
	};

	return AG_OF_ITSELF(s, heads, out);
}

/* The words of RFC 7208, in any case. */
static const char *spf_verdict(struct slice word)
{
	static const struct {
		const char *word, *verdict;
	} words[] = {
		{ "pass", "spf pass" },
		{ "fail", "spf fail" },
		{ "softfail", "spf softfail" },
		{ "neutral", "spf neutral" },
		{ "none", "spf none" },
		{ "permerror", "spf permerror" },
		{ "temperror", "spf temperror" },
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_eq_nocase(word, slice_str(words[i].word)))
			return words[i].verdict;
	return NULL;
}

/* "identity=mailfrom; client-ip=IP; helo=H; envelope-from=S; receiver=R": what a
 * client says (HELO, sender) may hold the marks too; the last are real, and two
 * of the same leave it open. */
static bool set_spf(struct event *e, struct arena *arena, struct slice s)
{
	const struct slice from = SLICE("; envelope-from=");
	struct slice v;
	bool sure = slice_find(s, from) == slice_rfind(s, from);

	if (between(&s, SLICE("client-ip="), slice_of(NULL, 0), &v)) {
		s = v;
		v = slice_to(v, slice_chr(v, ';'));
		if (ag_is_ip(v))
			event_set(e, EV_CLIENT_IP, v);
	}
	if (!sure)
		return false;
	if (between(&s, SLICE("; helo="), from, &v))
		ag_set(e, EV_HELO, v);
	if (between(&s, from, SLICE("; receiver="), &v))
		ag_set_sender(e, arena, v);
	if (AG_SKIP(&s, "; receiver=")) {
		v = slice_trim(slice_to(s, slice_chr(s, ';')));
		/* "  Reject action: 550 5.7.23" of an Action: line */
		v = slice_to(v, slice_find(v, SLICE("  ")));
		if (slice_chr(v, '@') != SLICE_NONE)
			event_set(e, EV_RECIPIENT, v);
	}
	return true;
}

/* "prepend Received-SPF: Pass (mailfrom) identity=…", "Pass; identity=…",
 * "550 5.7.23 Message rejected due to: SPF fail - not authorized. …" */
static bool spf_line(const struct record *r, struct arena *arena,
                     struct events *out, bool *damaged)
{
	static const struct slice own[] = {
		AG_TEXT("Starting"), AG_TEXT("Config: "), AG_TEXT("Read line: "),
		AG_TEXT("Not checking"), AG_TEXT("spfcheck: "),
		AG_TEXT("Found the end of entry"), AG_TEXT("Normal exit"),
		AG_TEXT("Traceback"), AG_TEXT("Cached data"),
		AG_TEXT("Skipping"), AG_TEXT("Action: "), AG_TEXT("Header type"),
		AG_TEXT("Peruser "),
	};
	struct slice s = r->body, word;
	const char *verdict;
	struct event *e;
	size_t n = 0;

	if (AG_STARTS(s, "550 5.7.23 ") || AG_STARTS(s, "450 4.7.24 ")) {
		e = events_add(out);
		event_set(e, EV_REPLY, s);
		return true;
	}
	AG_SKIP(&s, "Action: ");
	if (!AG_SKIP(&s, "prepend ") && !AG_SKIP(&s, "prepend: Text: "))
		AG_SKIP(&s, "Prepend ");
	AG_SKIP(&s, "Received-SPF: ");
	while (n < s.len && (unsigned)((s.ptr[n] | 32) - 'a') < 26)
		n++;
	word = slice_to(s, n);
	verdict = spf_verdict(word);
	if (verdict) {
		e = events_add(out);
		event_set(e, EV_VERDICT, arena_slice(arena, slice_str(verdict)));
		*damaged = *damaged || !set_spf(e, arena, slice_from(s, n));
		return true;
	}
	return AG_OF_ITSELF(r->body, own, out);
}

static enum parse parse(const struct layout *l, const struct record *r,
                        struct arena *arena, struct events *out)
{
	bool damaged = r->flags & RECORD_SPLIT;

	(void)l;
	if (slice_eq(r->program, SLICE("postgrey"))) {
		if (!postgrey_line(r, arena, out) && !postgrey_own(r->body, out))
			return PARSE_NO;
	} else if (!spf_line(r, arena, out, &damaged)) {
		return PARSE_NO;
	}
	return ag_result(out, damaged);
}

static const struct parser_example examples[] = {
	{ "Mar 14 09:15:02 mx1 postgrey[90]: action=greylist, reason=new, "
	  "client_name=mail.example.org, client_address=192.0.2.7/32, "
	  "sender=a@example.org, recipient=bob@example.com",
	  "info sender=a@example.org recipient=bob@example.com "
	  "client_ip=192.0.2.7 client_name=mail.example.org reply=new "
	  "verdict=greylist" },
	{ "Mar 14 09:15:02 mx1 postgrey[90]: action=pass, reason=triplet "
	  "found, delay=412, client_name=mail.example.org, "
	  "client_address=2001:db8::7, sender=, recipient=bob@example.com",
	  "info sender=<> recipient=bob@example.com client_ip=2001:db8::7 "
	  "client_name=mail.example.org reply=\"triplet found\" verdict=pass" },
	{ "Mar 14 09:15:02 mx1 postgrey[90]: 9B9471EC3EA: action=pass, "
	  "reason=client whitelist, client_name=unknown, "
	  "client_address=192.0.2.7, sender=a@example.org, "
	  "recipient=bob@example.com",
	  "info queue_id=9B9471EC3EA sender=a@example.org "
	  "recipient=bob@example.com client_ip=192.0.2.7 client_name=unknown "
	  "reply=\"client whitelist\" verdict=pass" },
	{ "Mar 14 09:15:02 mx1 postgrey[90]: cleaning up old logs...",
	  "info" },
	{ "Mar 14 09:15:02 mx1 policyd-spf[91]: prepend Received-SPF: "
	  "Softfail (mailfrom) identity=mailfrom; client-ip=192.0.2.7; "
	  "helo=mail.example.org; envelope-from=a@example.org; "
	  "receiver=bob@example.com",
	  "info sender=a@example.org recipient=bob@example.com "
	  "client_ip=192.0.2.7 helo=mail.example.org verdict=\"spf softfail\"" },
	{ "Mar 14 09:15:02 mx1 policyd-spf[91]: Action: prepend: Text: "
	  "Received-SPF: Permerror (mailfrom) identity=mailfrom; "
	  "client-ip=192.0.2.7; helo=mail.example.org; "
	  "envelope-from=a@example.org; receiver=bob@example.com  Reject "
	  "action: 550 5.7.23",
	  "info sender=a@example.org recipient=bob@example.com "
	  "client_ip=192.0.2.7 helo=mail.example.org verdict=\"spf permerror\"" },
	{ "Mar 14 09:15:02 mx1 policyd-spf[91]: Pass; identity=helo; "
	  "client-ip=192.0.2.7; helo=mail.example.org; envelope-from=; "
	  "receiver=<UNKNOWN>",
	  "info sender=<> client_ip=192.0.2.7 helo=mail.example.org "
	  "verdict=\"spf pass\"" },
	{ "Mar 14 09:15:02 mx1 policyd-spf[91]: 550 5.7.23 Message rejected "
	  "due to: SPF fail - not authorized. Please see "
	  "http://www.openspf.net/Why?s=mfrom;id=a@example.org;ip=192.0.2.7;"
	  "r=bob@example.com",
	  "info reply=\"550 5.7.23 Message rejected due to: SPF fail - not "
	  "authorized. Please see "
	  "http://www.openspf.net/Why?s=mfrom;id=a@example.org;ip=192.0.2.7;"
	  "r=bob@example.com\"" },
};

const struct parser parser_policy = {
	.name = "policy",
	.about = "postgrey and policyd-spf: greylisting and SPF at RCPT",
	.life = 0,
	.claims = claims,
	.parse = parse,
	.examples = examples,
	.nexamples = sizeof examples / sizeof *examples,
};
