/* SPDX-License-Identifier: MIT */
/* amavis: what the content filter found, and where the message went from it.
 *
 * "(AMID) Passed CLEAN {RelayedInbound}, [IP]:port <S> -> <R>,<R2>, Queue-ID: Q,
 * Message-ID: <M>, mail_id: I, Hits: n, size: n, queued_as: Q2, n ms". The name
 * of a banned file, the sender and the message-id are the sender's: they are left
 * out where they make a second reading possible. A blocked message is answered
 * with 250 all the same, so that these lines tell its fate. */
#include "parsers/agent.h"

#include "parsers/ids/id.h"
#include "parsers/mail.h"

struct am {
	const struct record *r;
	struct arena *arena;
	struct events *out;
	struct slice body;     /* behind "(AMID) " */
	struct slice session;  /* AMID, or absent */
	struct slice category; /* "CLEAN", "BANNED (…)" */
	struct slice actions;  /* "BouncedInbound,Quarantined", or absent */
	struct slice verb;     /* from "Blocked" to the actions' end */
	struct slice ip;       /* of the client, or absent */
	int64_t port;          /* -1 */
	struct slice sender, recipients;
	struct slice quarantine, qid, message_id, next, mail_id;
	int64_t size;          /* -1 */
	bool damaged;
};

static bool claims(struct slice program)
{
	return slice_eq(program, SLICE("amavis")) ||
	       slice_eq(program, SLICE("amavisd")) ||
	       slice_eq(program, SLICE("amavisd-new"));
}

/* "<R1>,<R2>" at the start of *S; false if there is not even one. */
static bool take_addresses(struct slice *s, struct slice *all)
{
	struct slice start = *s, one;

	if (!ag_address(s, &one))
		return false;
	while (AG_STARTS(*s, ",<")) {
		struct slice next = slice_from(*s, 1);

		if (!ag_address(&next, &one))
			break;
		*s = next;
	}
	*all = slice_to(start, (size_t)(s->ptr - start.ptr));
	return true;
}

/* "<S> -> <R1>,<R2>" */
static bool take_envelope(struct slice *s, struct am *a)
{
	struct slice rest = *s;

	if (!ag_address(&rest, &a->sender) || !AG_SKIP(&rest, " -> ") ||
	    !take_addresses(&rest, &a->recipients))
		return false;
	*s = rest;
	return true;
}

/* "MYNETS LOCAL [192.0.2.1]:4711 [192.0.2.2] ": policy banks, who handed it
 * over, where it came from. */
static void take_client(struct slice *s, struct am *a)
{
	size_t end;

	a->port = -1;
	while (s->len && s->ptr[0] != '<' && s->ptr[0] != '[') {
		end = slice_chr(*s, ' ');
		if (end == SLICE_NONE)
			return;
		*s = slice_from(*s, end + 1);
	}
	while (AG_STARTS(*s, "[")) {
		struct slice ip;

		end = slice_chr(*s, ']');
		if (end == SLICE_NONE)
			return;
		ip = slice_of(s->ptr + 1, end - 1);
		AG_SKIP(&ip, "IPv6:");
		*s = slice_from(*s, end + 1);
		if (!a->ip.len && ag_is_ip(ip)) {
			a->ip = ip;
			if (AG_SKIP(s, ":") && !ag_number(s, &a->port))
				a->port = -1;
		}
		end = slice_chr(*s, ' ');
		if (end == SLICE_NONE)
			return;
		*s = slice_from(*s, end + 1);
	}
}

static bool is_word(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!((s.ptr[i] >= 'A' && s.ptr[i] <= 'Z') ||
		      (s.ptr[i] >= 'a' && s.ptr[i] <= 'z') || s.ptr[i] == ',' ||
		      s.ptr[i] == '-'))
			return false;
	return s.len > 0;
}

/* All of what follows the category, from " {" or ", " on. */
static bool read_middle(struct slice s, struct am *a, struct slice *rest)
{
	size_t end;

	if (AG_SKIP(&s, " {")) {
		end = slice_chr(s, '}');
		if (end == SLICE_NONE || !is_word(slice_to(s, end)))
			return false;
		a->actions = slice_to(s, end);
		s = slice_from(s, end + 1);
	}
	if (!AG_SKIP(&s, ", "))
		return false;
	a->verb.len = (size_t)(s.ptr - 2 - a->verb.ptr);
	take_client(&s, a);
	if (!take_envelope(&s, a))
		return false;
	*rest = s;
	return true;
}

/* "INFECTED (name)", "BANNED (…)": what stands in the parentheses may imitate
 * all that follows; then nothing of it is believed. */
static bool read_found(struct slice s, struct am *a, struct slice *rest)
{
	struct am best = *a;
	unsigned n = 0;

	for (size_t i = 0; i < s.len; i++) {
		struct am now = *a;
		struct slice after;

		if (s.ptr[i] != ')' ||
		    !read_middle(slice_from(s, i + 1), &now, &after))
			continue;
		if (n++)
			continue;
		now.category = slice_to(a->category,
		                        (size_t)(s.ptr + i + 1 -
		                                 a->category.ptr));
		best = now;
		*rest = after;
	}
	if (!n)
		return false;
	*a = best;
	if (n > 1) {
		a->damaged = true;
		*rest = slice_of(NULL, 0);
		a->ip = a->sender = a->recipients = *rest;
		a->category.len = (size_t)(s.ptr - a->category.ptr);
		a->verb.len = (size_t)(s.ptr - a->verb.ptr);
	}
	return true;
}

/* "Passed CATEGORY", "Blocked CATEGORY (…)": then the middle. */
static bool read_verb(struct slice s, struct am *a, struct slice *rest)
{
	size_t n = 0;

	a->verb = s;
	if (!AG_SKIP(&s, "Passed ") && !AG_SKIP(&s, "Blocked "))
		return false;
	a->category = s;
	while (n < s.len && (s.ptr[n] == '-' || s.ptr[n] == '_' ||
	                     (s.ptr[n] >= 'A' && s.ptr[n] <= 'Z')))
		n++;
	if (!n)
		return false;
	s = slice_from(s, n);
	if (AG_STARTS(s, " (") || AG_STARTS(s, "("))
		return read_found(s, a, rest);
	a->category.len = n;
	return read_middle(s, a, rest);
}

/* ", quarantine: X, Queue-ID: Q" stand before all that the sender wrote. */
static void read_pairs(struct slice s, struct am *a)
{
	size_t at, tail, again;

	a->size = -1;
	if (AG_SKIP(&s, ", quarantine: "))
		a->quarantine = slice_to(s, AG_FIND(s, ", "));
	s = slice_from(s, a->quarantine.len);
	if (AG_SKIP(&s, ", Queue-ID: ")) {
		a->qid = slice_to(s, slice_chr(s, ','));
		s = slice_from(s, a->qid.len);
	}
	tail = AG_FIND(s, ", mail_id: ");
	again = AG_RFIND(s, ", mail_id: ");
	if (AG_SKIP(&s, ", Message-ID: ")) {
		size_t skipped = sizeof ", Message-ID: " - 1;

		if (again != SLICE_NONE)
			again -= skipped;
		at = AG_FIND(s, ", Resent-Message-ID: ");
		if (at == SLICE_NONE || (again != SLICE_NONE && at > again))
			at = again;
		a->message_id = slice_to(s, at);
		if (tail != SLICE_NONE)
			tail -= skipped;
	}
	if (again == SLICE_NONE)
		return;
	if (tail != again) {
		a->damaged = true;
		a->message_id = slice_of(NULL, 0);
		return;
	}
	s = slice_from(s, again);
	a->mail_id = slice_from(s, sizeof ", mail_id: " - 1);
	a->mail_id = slice_to(a->mail_id, slice_chr(a->mail_id, ','));
	/* a subject may follow where the template was changed */
	s = slice_to(s, AG_FIND(s, ", Subject: "));
	at = AG_FIND(s, ", size: ");
	if (at != SLICE_NONE) {
		struct slice digits = slice_from(s, at + 8);

		if (!ag_number(&digits, &a->size))
			a->size = -1;
	}
	at = AG_FIND(s, ", queued_as: ");
	if (at != SLICE_NONE) {
		a->next = slice_from(s, at + 13);
		a->next = slice_to(a->next, slice_chr(a->next, ','));
	}
}

static bool holds(struct slice s, const char *word)
{
	return slice_find(s, slice_str(word)) != SLICE_NONE;
}

/* What becomes of the recipients; an MTA that is told no logs that itself. */
static enum action fate_of(const struct am *a, unsigned *roles)
{
	*roles = 0;
	if (AG_STARTS(a->verb, "Passed "))
		return ACTION_INFO;
	if (holds(a->actions, "Rejected"))
		return ACTION_REJECT;
	if (holds(a->actions, "TempFailed"))
		return ACTION_TEMPFAIL;
	*roles = a->recipients.len ? ROLE_ATTEMPT : 0;
	if (holds(a->actions, "Bounced") && !holds(a->actions, "NoBounce"))
		return ACTION_BOUNCE;
	return a->quarantine.len || holds(a->actions, "Quarantined")
	               ? ACTION_QUARANTINE
	               : ACTION_DISCARD;
}

/* The file's name in "BANNED (type,.ext,.ext,name)": behind the types. */
static struct slice banned_name(struct slice category)
{
	struct slice s;
	size_t at = slice_chr(category, '(');

	if (!AG_STARTS(category, "BANNED") || at == SLICE_NONE)
		return slice_of(NULL, 0);
	s = slice_of(category.ptr + at + 1, category.len - at - 2);
	if (slice_chr(slice_to(s, slice_chr(s, ',')), '/') != SLICE_NONE)
		slice_cut(&s, ',');
	while (AG_STARTS(s, ".") && slice_chr(s, ',') != SLICE_NONE)
		slice_cut(&s, ',');
	return s;
}

/* "Q2/Q3": one for each time it was handed over. A reply that is there is the
 * verdict's and names no id. */
static void add_next(struct event *e, struct slice next)
{
	while (next.len) {
		struct slice id = slice_cut(&next, '/');

		if (!event_has(e, EV_NEXT_QUEUE_ID) && !event_has(e, EV_REPLY))
			event_set(e, EV_NEXT_QUEUE_ID, id);
		event_add_key(e, KEY_QUEUE, REL_NEXT_HOP, LINK_FILTER, id);
	}
}

/* Without the queue id (mail submitted on this host, other templates) the
 * message-id says which message it was, and the client's answer is the same. */
static void add_named(const struct am *a, struct event *e)
{
	struct slice mid = event_text(e, EV_MESSAGE_ID);
	bool refusal = e->action == ACTION_REJECT ||
	               e->action == ACTION_TEMPFAIL;

	if (a->qid.len || !a->recipients.len || !mid.len || refusal ||
	    slice_eq(mid, SLICE("<>")))
		return;
	e->roles |= ROLE_ATTEMPT;
	event_add_key(e, KEY_SESSION, REL_OWN, LINK_HANDOFF, a->session);
	event_add_key(e, KEY_MESSAGE_ID, REL_OWN, LINK_HANDOFF, mid);
}

/* The notice to the sender is "<VS" + mail_id + "@host>" (notify_sender). */
static void add_notice(const struct am *a, struct event *e)
{
	struct slice id = a->mail_id;

	if (e->action == ACTION_BOUNCE && id.len)
		event_add_key(e, KEY_MESSAGE_ID, REL_CHILD, LINK_BOUNCE,
		              arena_printf(a->arena, "VS%.*s", (int)id.len,
		                           id.ptr));
}

static struct event *add_verdict(struct am *a, struct slice recipient)
{
	unsigned roles;
	enum action action = fate_of(a, &roles);
	struct event *e = events_add(a->out);

	e->action = action;
	e->roles = roles;
	ag_own(e, a->qid);
	ag_set_message_id(e, a->message_id);
	add_named(a, e);
	add_notice(a, e);
	ag_set(e, EV_SENDER, a->sender);
	ag_set(e, EV_RECIPIENT, recipient);
	ag_set(e, EV_CLIENT_IP, a->ip);
	if (a->ip.len && a->port > 0 && a->port < 65536)
		event_set_number(e, EV_CLIENT_PORT, a->port);
	ag_set(e, EV_ATTACHMENT, banned_name(a->category));
	ag_set(e, EV_VERDICT, a->category);
	if (action != ACTION_INFO)
		ag_set(e, EV_REPLY, a->verb);
	ag_set(e, EV_PLACE, a->quarantine);
	if (a->size >= 0)
		event_set_number(e, EV_SIZE, a->size);
	return e;
}

static bool verdict_line(struct am *a)
{
	struct slice rest, all, one;
	bool first = true;

	if (!read_verb(a->body, a, &rest))
		return false;
	read_pairs(rest, a);
	if (!ag_is_queue_id(a->qid))
		a->qid = slice_of(NULL, 0);
	if (!a->recipients.len) {
		add_verdict(a, slice_of(NULL, 0));
		return true;
	}
	for (all = a->recipients; ag_address(&all, &one);
	     all = slice_from(all, 1)) {
		struct event *e = add_verdict(a, one);

		if (first)
			add_next(e, a->next);
		first = false;
	}
	return true;
}

/* "250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 …": back to a queue here. */
static bool is_local(struct slice reply)
{
	return holds(reply, " from MTA(smtp:[127.0.0.1]:") ||
	       holds(reply, " from MTA(smtp:[::1]:") ||
	       holds(reply, " from MTA([127.0.0.1]:");
}

/* "MAIL_ID FWD from <S> -> <R>, BODY=7BIT 250 2.0.0 from MTA(…): 250 … queued as
 * Q2", SEND for what amavis itself writes, "FWD via SMTP: <S> -> <R>". */
static bool forward_line(struct am *a)
{
	static const struct slice marks[] = {
		AG_TEXT("FWD from "), AG_TEXT("SEND from "),
		AG_TEXT("FWD via SMTP: "), AG_TEXT("SEND via SMTP: "),
	};
	struct slice s, reply, next;
	struct event *e;
	size_t at = SLICE_NONE, i;

	for (i = 0; i < sizeof marks / sizeof *marks; i++) {
		at = slice_find(slice_to(a->body, 60), marks[i]);
		if (at != SLICE_NONE)
			break;
	}
	if (at == SLICE_NONE)
		return false;
	s = slice_from(a->body, at + marks[i].len);
	if (!take_envelope(&s, a))
		return false;
	at = AG_FIND(s, " 250 ");
	reply = at == SLICE_NONE ? slice_of(NULL, 0) : slice_from(s, at + 1);
	next = id_next_of_reply(reply);
	e = events_add(a->out);
	if (is_local(reply) && ag_is_queue_id(next))
		ag_own(e, next);
	ag_set(e, EV_SENDER, a->sender);
	s = a->recipients;
	if (ag_address(&s, &reply) && !s.len)
		event_set(e, EV_RECIPIENT, reply);
	return true;
}

/* "ESMTP :10024 /var/…: <S> -> <R> SIZE=3127 …", "Checking: MAIL_ID [IP] <S> ->
 * <R>", "local delivery: <S> -> <quarantine>, mbx=…" */
static bool envelope_line(struct am *a)
{
	static const struct slice heads[] = {
		AG_TEXT("ESMTP"),     AG_TEXT("SMTP"),
		AG_TEXT("LMTP"),      AG_TEXT("UTF8SMTP"),
		AG_TEXT("UTF8LMTP"),  AG_TEXT("Checking: "),
		AG_TEXT("local delivery: "),
	};
	struct slice s;
	struct event *e;
	size_t i, at;

	for (i = 0; i < sizeof heads / sizeof *heads; i++)
		if (slice_starts(a->body, heads[i]))
			break;
	if (i == sizeof heads / sizeof *heads)
		return false;
	e = events_add(a->out);
	at = slice_chr(a->body, '<');
	s = slice_from(a->body, at == SLICE_NONE ? a->body.len : at);
	if (!take_envelope(&s, a))
		return true;
	event_set(e, EV_SENDER, a->sender);
	s = a->recipients;
	if (ag_address(&s, &a->recipients) && !s.len)
		event_set(e, EV_RECIPIENT, a->recipients);
	return true;
}

/* Says nothing of a message that the line at its end does not say. */
static bool other_line(struct am *a)
{
	static const struct slice heads[] = {
		AG_TEXT("p.path "),    AG_TEXT("extra modules loaded"),
		AG_TEXT("(!)"),        AG_TEXT("(!!)"),
		AG_TEXT("TIMING"),     AG_TEXT("size: "),
		AG_TEXT("spam-tag"),   AG_TEXT("SPAM-TAG"),
		AG_TEXT("SPAM"),       AG_TEXT("INFECTED"),
		AG_TEXT("run_av "),    AG_TEXT("ask_av"),
		AG_TEXT("virus_scan"), AG_TEXT("WARN"),
		AG_TEXT("NOTICE"),     AG_TEXT("Open relay"),
		AG_TEXT("Cached "),    AG_TEXT("cached "),
		AG_TEXT("dkim: "),     AG_TEXT("DKIM"),
		AG_TEXT("truncating"), AG_TEXT("mangling"),
		AG_TEXT("penpals"),    AG_TEXT("collect_"),
		AG_TEXT("inspect_"),   AG_TEXT("do_"),
		AG_TEXT("SA "),        AG_TEXT("bounce "),
		AG_TEXT("DSN"),        AG_TEXT("lookup"),
		AG_TEXT("policy "),    AG_TEXT("loaded "),
		AG_TEXT("wbl: "),      AG_TEXT("Turning "),
		AG_TEXT("(about to "), AG_TEXT("quarantine"),
		AG_TEXT("Amavis::"),   AG_TEXT("header: "),
		AG_TEXT("check_"),     AG_TEXT("BAD HEADER"),
	};

	return AG_OF_ITSELF(a->body, heads, a->out);
}

/* "(01331-14) ", "(01331-14-2) " */
static bool take_session(struct am *a)
{
	size_t n = 1;

	if (!AG_STARTS(a->body, "("))
		return false;
	while (n < a->body.len &&
	       (ag_digit(a->body.ptr[n]) || a->body.ptr[n] == '-'))
		n++;
	if (n < 4 || !AG_STARTS(slice_from(a->body, n), ") "))
		return false;
	a->session = slice_of(a->body.ptr + 1, n - 1);
	a->body = slice_from(a->body, n + 2);
	return true;
}

static enum parse parse(const struct layout *l, const struct record *r,
                        struct arena *arena, struct events *out)
{
	struct am a = { .r = r, .arena = arena, .out = out, .body = r->body };

	(void)l;
	a.damaged = r->flags & RECORD_SPLIT;
	if (!take_session(&a)) {
		/* about the program itself */
		if (AG_STARTS(a.body, "Passed ") ||
		    AG_STARTS(a.body, "Blocked "))
			return PARSE_NO;
		events_add(out);
		return PARSE_OK;
	}
	if (!(verdict_line(&a) || forward_line(&a) || envelope_line(&a) ||
	      other_line(&a)))
		return PARSE_NO;
	for (size_t i = 0; i < out->n; i++)
		event_set(&out->list[i], EV_SESSION_ID, a.session);
	return ag_result(out, a.damaged);
}

static const struct parser_example examples[] = {
	{ "Mar 14 09:15:03 mx1 amavis[777]: (00777-04) Passed CLEAN "
	  "{RelayedInbound}, [203.0.113.77]:51544 [203.0.113.77] "
	  "<alice@example.org> -> <bob@example.com>, Queue-ID: "
	  "4fXwft2FgJzFpTn, Message-ID: <a1@example.org>, mail_id: "
	  "kQ2dX0yTz1aB, Hits: -0.2, size: 3127, queued_as: 4fXwfv6PcPzFpV6, "
	  "1420 ms",
	  "info queue_id=4fXwft2FgJzFpTn message_id=a1@example.org "
	  "sender=alice@example.org recipient=bob@example.com "
	  "client_ip=203.0.113.77 verdict=CLEAN "
	  "next_queue_id=4fXwfv6PcPzFpV6 session_id=00777-04 "
	  "client_port=51544 size=3127 queue:next_hop:filter=4fXwfv6PcPzFpV6" },
	{ "Mar 14 09:15:03 mx1 amavis[777]: (00777-05) Passed SPAMMY "
	  "{RelayedTaggedInbound,Quarantined}, MYNETS LOCAL "
	  "[2001:db8::9]:51544 <> -> <bob@example.com>,<eve@example.com>, "
	  "quarantine: k/spam-kQ2dX0yTz1aB.gz, Queue-ID: 9B9471EC3EA, "
	  "mail_id: kQ2dX0yTz1aB, Hits: 5.1, size: 3127, queued_as: "
	  "BD48A1EC408/BD48A1EC409, dkim_sd=s1:example.org, 1420 ms",
	  "info queue_id=9B9471EC3EA sender=<> recipient=bob@example.com "
	  "client_ip=2001:db8::9 place=k/spam-kQ2dX0yTz1aB.gz verdict=SPAMMY "
	  "next_queue_id=BD48A1EC408 session_id=00777-05 client_port=51544 "
	  "size=3127 queue:next_hop:filter=BD48A1EC408 "
	  "queue:next_hop:filter=BD48A1EC409 & info queue_id=9B9471EC3EA "
	  "sender=<> recipient=eve@example.com client_ip=2001:db8::9 "
	  "place=k/spam-kQ2dX0yTz1aB.gz verdict=SPAMMY session_id=00777-05 "
	  "client_port=51544 size=3127" },
	{ "Mar 14 09:15:03 mx1 amavis[777]: (00777-06) Blocked BANNED "
	  "(application/octet-stream,.exe,.exe-ms,invoice, final.exe) "
	  "{BouncedInbound,Quarantined}, [192.0.2.16]:60321 "
	  "<gus@example.org> -> <bob@example.com>, quarantine: "
	  "p/banned-p8bZyGhFfxDD, Queue-ID: 9B9471EC3EA, Message-ID: "
	  "<m2@example.org>, mail_id: p8bZyGhFfxDD, Hits: -, size: 660, 145 "
	  "ms",
	  "bounce queue_id=9B9471EC3EA message_id=m2@example.org "
	  "sender=gus@example.org recipient=bob@example.com "
	  "client_ip=192.0.2.16 reply=\"Blocked BANNED "
	  "(application/octet-stream,.exe,.exe-ms,invoice, final.exe) "
	  "{BouncedInbound,Quarantined}\" place=p/banned-p8bZyGhFfxDD "
	  "attachment=\"invoice, final.exe\" verdict=\"BANNED "
	  "(application/octet-stream,.exe,.exe-ms,invoice, final.exe)\" "
	  "session_id=00777-06 client_port=60321 size=660 roles=attempt "
	  "message_id:child:bounce=VSp8bZyGhFfxDD" },
	{ "Mar 14 09:15:03 mx1 amavis[777]: (00777-07) Blocked INFECTED "
	  "(Eicar-Test-Signature) {DiscardedInbound,Quarantined}, "
	  "[192.0.2.16]:1434 [192.0.2.17] <gus@example.org> -> "
	  "<bob@example.com>, quarantine: 2/virus-26W2lJY63nCZ, Queue-ID: "
	  "9B9471EC3EA, Message-ID: <m3@example.org>, mail_id: 26W2lJY63nCZ, "
	  "Hits: -, size: 28646, 104 ms",
	  "quarantine queue_id=9B9471EC3EA message_id=m3@example.org "
	  "sender=gus@example.org recipient=bob@example.com "
	  "client_ip=192.0.2.16 reply=\"Blocked INFECTED "
	  "(Eicar-Test-Signature) {DiscardedInbound,Quarantined}\" "
	  "place=2/virus-26W2lJY63nCZ verdict=\"INFECTED "
	  "(Eicar-Test-Signature)\" session_id=00777-07 client_port=1434 "
	  "size=28646 roles=attempt" },
	{ "Mar 14 09:15:03 mx1 amavis[777]: (00777-08) Blocked SPAM "
	  "{DiscardedInbound}, [192.0.2.16]:1434 <gus@example.org> -> "
	  "<bob@example.com>, Queue-ID: 9B9471EC3EA, Message-ID: "
	  "<m4@example.org>, mail_id: 26W2lJY63nCZ, Hits: 31.2, size: 2864, "
	  "104 ms",
	  "discard queue_id=9B9471EC3EA message_id=m4@example.org "
	  "sender=gus@example.org recipient=bob@example.com "
	  "client_ip=192.0.2.16 reply=\"Blocked SPAM {DiscardedInbound}\" "
	  "verdict=SPAM session_id=00777-08 client_port=1434 size=2864 "
	  "roles=attempt" },
	/* two lines run into one: the verdict's reply names no id */
	{ "Mar 14 09:15:03 mx1 amavis[777]: (00777-08) Blocked SPAM "
	  "{DiscardedInbound}, [192.0.2.16]:1434 <gus@example.org> -> "
	  "<bob@example.com>, Queue-ID: 9B9471EC3EA, Message-ID: "
	  "<m4@example.org>, mail_id: 26W2lJY63nCZ, Hits: 31.2, size: 2864, "
	  "queued_as: BD48A1EC408, 104 ms",
	  "discard queue_id=9B9471EC3EA message_id=m4@example.org "
	  "sender=gus@example.org recipient=bob@example.com "
	  "client_ip=192.0.2.16 reply=\"Blocked SPAM {DiscardedInbound}\" "
	  "verdict=SPAM session_id=00777-08 client_port=1434 size=2864 "
	  "roles=attempt queue:next_hop:filter=BD48A1EC408" },
	{ "Mar 14 09:15:03 mx1 amavis[777]: (00777-09) Blocked SPAM "
	  "{RejectedInbound,Quarantined}, [192.0.2.16]:1434 "
	  "<gus@example.org> -> <bob@example.com>, quarantine: "
	  "k/spam-26W2lJY63nCZ.gz, Message-ID: <m5@example.org>, mail_id: "
	  "26W2lJY63nCZ, Hits: 31.2, size: 2864, 104 ms",
	  "reject message_id=m5@example.org sender=gus@example.org "
	  "recipient=bob@example.com client_ip=192.0.2.16 reply=\"Blocked "
	  "SPAM {RejectedInbound,Quarantined}\" place=k/spam-26W2lJY63nCZ.gz "
	  "verdict=SPAM session_id=00777-09 client_port=1434 size=2864" },
	{ "Mar 14 09:15:03 mx1 amavis[777]: (00777-10) Passed CLEAN, "
	  "[192.0.2.16] <gus@example.org> -> <bob@example.com>, Message-ID: "
	  "<m6@example.org>, mail_id: 26W2lJY63nCZ, Hits: -1.9, size: 2864, "
	  "queued_as: BD48A1EC408, 104 ms",
	  "info message_id=m6@example.org sender=gus@example.org "
	  "recipient=bob@example.com client_ip=192.0.2.16 verdict=CLEAN "
	  "next_queue_id=BD48A1EC408 session_id=00777-10 size=2864 "
	  "roles=attempt session:own=00777-10 message_id:own=m6@example.org "
	  "queue:next_hop:filter=BD48A1EC408" },
	{ "Mar 14 09:15:03 mx1 amavis[777]: (00777-11) Blocked SPAM "
	  "{BouncedOutbound,Quarantined}, LOCAL <gus@example.com> -> "
	  "<bob@example.org>, quarantine: k/spam-26W2lJY63nCZ.gz, Message-ID: "
	  "<m7@example.com>, mail_id: 26W2lJY63nCZ, Hits: 31.2, size: 2864, "
	  "104 ms",
	  "bounce message_id=m7@example.com sender=gus@example.com "
	  "recipient=bob@example.org reply=\"Blocked SPAM "
	  "{BouncedOutbound,Quarantined}\" place=k/spam-26W2lJY63nCZ.gz "
	  "verdict=SPAM session_id=00777-11 size=2864 roles=attempt "
	  "session:own=00777-11 message_id:own=m7@example.com "
	  "message_id:child:bounce=VS26W2lJY63nCZ" },
	{ "Mar 14 09:15:03 mx1 amavis[777]: (00777-04) kQ2dX0yTz1aB FWD from "
	  "<alice@example.org> -> <bob@example.com>, BODY=7BIT 250 2.0.0 "
	  "from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as "
	  "4fXwfv6PcPzFpV6",
	  "info queue_id=4fXwfv6PcPzFpV6 sender=alice@example.org "
	  "recipient=bob@example.com session_id=00777-04" },
	{ "Mar 14 09:15:03 mx1 amavis[777]: (00777-04) FWD via SMTP: "
	  "<alice@example.org> -> <bob@example.com>,BODY=7BIT 250 2.0.0 from "
	  "MTA(smtp:[192.0.2.3]:10025): 250 2.0.0 Ok: queued as "
	  "4fXwfv6PcPzFpV6",
	  "info sender=alice@example.org recipient=bob@example.com "
	  "session_id=00777-04" },
	{ "Mar 14 09:15:03 mx1 amavis[777]: (00777-04) Checking: "
	  "kQ2dX0yTz1aB [203.0.113.77] <alice@example.org> -> "
	  "<bob@example.com>",
	  "info sender=alice@example.org recipient=bob@example.com "
	  "session_id=00777-04" },
	{ "Mar 14 09:15:03 mx1 amavis[777]: (00777-04) ESMTP :10024 "
	  "/var/lib/amavis/tmp/amavis-20260314T091503-00777-JgZ7VQ54: "
	  "<alice@example.org> -> <bob@example.com> SIZE=3127 Received: from "
	  "mx1.example.com ([127.0.0.1]) by localhost",
	  "info sender=alice@example.org recipient=bob@example.com "
	  "session_id=00777-04" },
	{ "Mar 14 09:15:03 mx1 amavis[777]: (00777-06) p.path BANNED:1 "
	  "bob@example.com: \"P=p003,L=1,M=multipart/mixed | "
	  "P=p002,L=1/2,M=application/octet-stream,T=exe,N=x.exe\", "
	  "matching_key=\"x\"",
	  "info session_id=00777-06" },
	{ "Mar 14 09:00:00 mx1 amavis[770]: No ext program for   .zst, "
	  "tried: unzstd",
	  "info" },
};

const struct parser parser_amavis = {
	.name = "amavis",
	.about = "amavisd-new: verdicts of the content filter",
	.life = 0,
	.claims = claims,
	.parse = parse,
	.examples = examples,
	.nexamples = sizeof examples / sizeof *examples,
};
