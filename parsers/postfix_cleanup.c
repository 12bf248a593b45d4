/* SPDX-License-Identifier: MIT */
/* Postfix: message-ids, header and body checks, milters of cleanup. */
#include "parsers/ids/id.h"
#include "parsers/postfix.h"

/* What a CSV or an escaped newline left behind the id. */
static struct slice trim_id(struct slice s)
{
	s = slice_trim(s);
	for (;;) {
		if (slice_ends(s, SLICE("#012")))
			s.len -= 4;
		else if (s.len && (s.ptr[s.len - 1] == ',' ||
		                   s.ptr[s.len - 1] == ' '))
			s.len--;
		else
			return s;
	}
}

/* Without one pair of <>, but "<>" stays. Odd forms stay as they
 * are: what is no id of form <…> must not look like one. */
static struct slice bare_id(struct slice s)
{
	s = trim_id(s);
	if (s.len > 2 && s.ptr[0] == '<' && s.ptr[s.len - 1] == '>')
		return slice_of(s.ptr + 1, s.len - 2);
	return s;
}

/* "YYYYMMDDhhmmss.QID@host", "QID@host": made here, so it says when. */
static void set_made_here(struct event *e, struct slice id, struct slice qid)
{
	const struct id_family *family;
	struct slice rest = id, local = slice_cut(&rest, '@');
	struct id decoded;

	if (!slice_ends(local, qid))
		return;
	if (local.len == qid.len) {
		pf_set_id_time(e, qid);
		return;
	}
	if (local.len != qid.len + 15 || local.ptr[14] != '.')
		return;
	family = id_family_find(SLICE("postfix message-id"));
	if (family && family->decode(id, TIME_NONE, &decoded) &&
	    decoded.has & ID_TIME)
		event_set_number(e, EV_ID_TIME, decoded.lo);
}

static bool message_id(struct pf *p)
{
	struct slice s = p->body, id;
	struct event *e;

	if (PF_SKIP(&s, "resent-message-id=")) {
		/* other servers may know the message by it */
		event_add_key(pf_add(p, ACTION_INFO, 0), KEY_MESSAGE_ID,
		              REL_ALTERNATE, LINK_HANDOFF, bare_id(s));
		return true;
	}
	if (!PF_SKIP(&s, "message-id="))
		return false;
	id = bare_id(s);
	if (id.len == 0)
		id = arena_slice(p->arena, SLICE("<>"));
	e = pf_add(p, ACTION_INFO, ROLE_OPENS_WEAKLY);
	event_set(e, EV_MESSAGE_ID, id);
	if (!slice_eq(id, SLICE("<>")))
		event_add_key(e, KEY_MESSAGE_ID, REL_OWN, LINK_HANDOFF, id);
	if (p->qid.len)
		set_made_here(e, id, p->qid);
	return true;
}

/* Header and body checks -------------------------------------------------- */

static const struct {
	struct slice name;
	enum action action;
	unsigned roles;
} checks[] = {
	{ PF_TEXT("warning"), ACTION_INFO, 0 },
	{ PF_TEXT("info"), ACTION_INFO, 0 },
	{ PF_TEXT("reject"), ACTION_REJECT, ROLE_ATTEMPT | ROLE_CLOSES },
	{ PF_TEXT("hold"), ACTION_HOLD, ROLE_ATTEMPT },
	{ PF_TEXT("discard"), ACTION_DISCARD, ROLE_ATTEMPT | ROLE_CLOSES },
	{ PF_TEXT("replace"), ACTION_INFO, 0 },
	{ PF_TEXT("prepend"), ACTION_INFO, 0 },
	{ PF_TEXT("redirect"), ACTION_INFO, 0 },
	{ PF_TEXT("filter"), ACTION_INFO, 0 },
	{ PF_TEXT("strip"), ACTION_INFO, 0 },
	{ PF_TEXT("delay"), ACTION_INFO, 0 },
	{ PF_TEXT("bcc"), ACTION_INFO, 0 },
	{ PF_TEXT("pass"), ACTION_INFO, 0 },
	{ PF_TEXT("warn"), ACTION_INFO, 0 },
};

struct check {
	struct slice value; /* "Subject: …" or a body line */
	struct pf_peer peer;
	struct pf_tail tail;
	bool doubt;
};

/* " from NAME[IP]; from=<…" or " from local; from=<…" at S, which begins with
 * " from ", with nothing but fields to the end of the line. */
static bool context_at(struct slice s, struct check *c)
{
	struct check here = { .peer = { .port = -1 } };

	if (!PF_SKIP(&s, " from "))
		return false;
	if (!PF_SKIP(&s, "local; ") &&
	    (!pf_peer(&s, &here.peer) || !PF_SKIP(&s, "; ")))
		return false;
	if (!pf_tail(s, true, &here.tail))
		return false;
	c->peer = here.peer;
	c->tail = here.tail;
	return true;
}

/* A value may hold " from x[1.2.3.4]; from=<…": the last one is Postfix's. Where
 * an earlier one fits too a client may have forged it, in a header or its HELO. */
static void find_context(struct slice s, struct check *c)
{
	struct slice head = s;
	struct check other;
	size_t at = 0;

	c->value = s;
	for (int tries = 0; tries < 16; tries++) {
		at = slice_rfind(head, SLICE(" from "));
		if (at == SLICE_NONE)
			return;
		if (context_at(slice_from(s, at), c))
			break;
		head = slice_to(s, at);
		at = SLICE_NONE;
	}
	if (at == SLICE_NONE)
		return;
	c->value = head = slice_to(s, at);
	if (PF_FIND(head, "; from=<") == SLICE_NONE)
		return;
	for (int tries = 0; tries < 16 && !c->doubt; tries++) {
		at = slice_rfind(head, SLICE(" from "));
		if (at == SLICE_NONE)
			return;
		c->doubt = context_at(slice_from(s, at), &other);
		head = slice_to(s, at);
	}
}

static struct slice unquote(struct slice s)
{
	const char *end;

	if (s.len && s.ptr[0] == '"') {
		while (s.len && s.ptr[0] == '"')
			s = slice_from(s, 1);
		end = memchr(s.ptr, '"', s.len);
	} else {
		end = memchr(s.ptr, ';', s.len);
	}
	return end ? slice_to(s, (size_t)(end - s.ptr)) : s;
}

/* filename=, filename*=, and name= of Content-Type. */
static struct slice attachment_of(struct slice s)
{
	size_t at = slice_find_nocase(s, SLICE("name"));

	while (at != SLICE_NONE) {
		s = slice_from(s, at + 4);
		if (s.len && s.ptr[0] == '*')
			s = slice_from(s, slice_chr(s, '='));
		if (s.len > 1 && s.ptr[0] == '=')
			return unquote(slice_from(s, 1));
		at = slice_find_nocase(s, SLICE("name"));
	}
	return slice_of(NULL, 0);
}

static void set_header(struct event *e, struct slice value)
{
	struct slice text = value, name = slice_cut(&text, ':');
	struct slice file;

	text = slice_trim(text);
	if (text.len == 0)
		return;
	if (slice_eq_nocase(name, SLICE("Subject"))) {
		event_set(e, EV_SUBJECT, text);
	} else if (slice_eq_nocase(name, SLICE("From"))) {
		event_set(e, EV_HEADER_FROM, text);
	} else if (slice_eq_nocase(name, SLICE("Content-Disposition")) ||
	           slice_eq_nocase(name, SLICE("Content-Type"))) {
		file = attachment_of(text);
		if (file.len)
			event_set(e, EV_ATTACHMENT, file);
	}
}

static void set_check(struct event *e, const struct check *c, bool header)
{
	struct pf_answer a = pf_answer(c->tail.text);

	if (header)
		set_header(e, c->value);
	pf_set_client(e, &c->peer);
	pf_set_tail(e, &c->tail);
	if (c->doubt)
		pf_damage(e);
	if (!(e->roles & ROLE_ATTEMPT) || c->tail.text.len == 0)
		return;
	event_set(e, EV_REPLY, c->tail.text);
	pf_set_answer(e, &a);
	if (e->action == ACTION_REJECT &&
	    (a.code >= 400 ? a.code < 500 : a.dsn.len && a.dsn.ptr[0] == '4'))
		e->action = ACTION_TEMPFAIL;
}

/* "ACTION: header NAME: VALUE from NAME[IP]; from=<> to=<> …[: TEXT]" */
static bool check_line(struct pf *p)
{
	struct slice s = p->body, verb;
	struct check c = { .peer = { .port = -1 } };
	struct event *e;
	bool header;
	size_t i, n = slice_chr(s, ':');

	if (n == SLICE_NONE || n > 24)
		return false;
	verb = slice_to(s, n);
	s = slice_from(s, n + 1);
	PF_SKIP(&verb, "milter-header-");
	header = PF_SKIP(&s, " header ") || PF_SKIP(&s, " mime header ") ||
	         PF_SKIP(&s, " mime-header ");
	if (!header && !PF_SKIP(&s, " body ") && !PF_SKIP(&s, " content ") &&
	    !PF_SKIP(&s, " mime-error "))
		return false;
	for (i = 0; i < sizeof checks / sizeof *checks; i++)
		if (slice_eq(verb, checks[i].name))
			break;
	e = i < sizeof checks / sizeof *checks
	            ? pf_add(p, checks[i].action, checks[i].roles)
	            : pf_add(p, ACTION_INFO, 0);
	find_context(s, &c);
	set_check(e, &c, header);
	return true;
}

/* "removed (canceled)", "removed (discarded)": it died before the queue. */
static bool removed_line(struct pf *p)
{
	if (!p->qid.len || !PF_STARTS(p->body, "removed"))
		return false;
	pf_add(p, ACTION_REMOVED, ROLE_CLOSES);
	return true;
}

/* A milter that refuses or discards the message ends it. */
static bool milter_line(struct pf *p)
{
	size_t n = p->out->n;
	struct event *e;

	if (!pf_refusal(p))
		return false;
	e = &p->out->list[n];
	if (p->qid.len && (e->action == ACTION_REJECT ||
	                   e->action == ACTION_TEMPFAIL ||
	                   e->action == ACTION_DISCARD))
		e->roles |= ROLE_CLOSES;
	return true;
}

bool pf_cleanup(struct pf *p)
{
	if (message_id(p))
		return true;
	return check_line(p) || milter_line(p) || removed_line(p);
}
