/* SPDX-License-Identifier: MIT */
/* Postfix: the queue manager, local submission, notifications, postsuper. */
#include "parsers/postfix.h"

/* ADDRESS stands between '<' and '>'. */
static struct slice null_or(struct slice address)
{
	return address.len ? address : slice_of(address.ptr - 1, 2);
}

/* The number behind KEY in ", size=1234, nrcpt=2 (queue active)". */
static bool number_after(struct slice s, struct slice key, int64_t *value)
{
	size_t at = pf_find(s, key), n = 0;
	uint64_t number;

	if (at == SLICE_NONE)
		return false;
	s = slice_from(s, at + key.len);
	while (n < s.len && pf_digit(s.ptr[n]))
		n++;
	if (!slice_u64(slice_to(s, n), &number) || number > INT64_MAX)
		return false;
	*value = (int64_t)number;
	return true;
}

/* "from=<S>, size=N, nrcpt=N (queue active)". Behind S stand only Postfix's own
 * words, so S ends at the last mark: it may hold anything that looks like one. */
static void active_line(struct pf *p, struct slice s)
{
	size_t end = slice_rfind(s, SLICE(">, size="));
	struct event *e = pf_add(p, ACTION_INFO, ROLE_ACTIVATES | ROLE_ENVELOPE);
	int64_t n;

	if (end == SLICE_NONE) {
		pf_damage(e);
		return;
	}
	event_set(e, EV_SENDER, null_or(slice_to(s, end)));
	s = slice_from(s, end);
	if (number_after(s, SLICE("size="), &n))
		event_set_number(e, EV_SIZE, n);
	if (number_after(s, SLICE("nrcpt="), &n))
		event_set_number(e, EV_NRCPT, n);
	else
		pf_damage(e);
}

static bool expire_line(struct pf *p, struct slice s)
{
	size_t end;

	if (!slice_ends(s, SLICE("expired, returned to sender")))
		return false;
	end = slice_rfind(s, SLICE(">, status="));
	if (end == SLICE_NONE)
		return false;
	event_set(pf_add(p, ACTION_EXPIRE, 0), EV_SENDER,
	          null_or(slice_to(s, end)));
	return true;
}

static bool manager_line(struct pf *p)
{
	struct slice s = p->body;

	if (!p->qid.len)
		return false;
	if (slice_eq(s, SLICE("removed")) ||
	    PF_STARTS(s, "removed ")) {
		pf_add(p, ACTION_REMOVED, ROLE_CLOSES);
		return true;
	}
	if (!PF_SKIP(&s, "from=<"))
		return false;
	if (!expire_line(p, s))
		active_line(p, s);
	return true;
}

/* "uid=33 from=<www-data>[ orig_id=Q]" */
static bool pickup_line(struct pf *p)
{
	struct slice s = p->body, user, from;
	struct event *e;
	size_t end, orig;

	if (!p->qid.len || !PF_STARTS(s, "uid="))
		return false;
	user = slice_to(s, slice_chr(s, ' '));
	s = slice_from(s, user.len);
	e = pf_add(p, ACTION_ACCEPT, ROLE_OPENS);
	event_set(e, EV_CLIENT_NAME, arena_slice(p->arena, SLICE("local")));
	event_set(e, EV_USER, user);
	pf_set_id_time(e, p->qid);
	if (!PF_SKIP(&s, " from=<") ||
	    (end = slice_rchr(s, '>')) == SLICE_NONE) {
		pf_damage(e);
		return true;
	}
	orig = slice_rfind(s, SLICE("> orig_id="));
	from = slice_to(s, orig == SLICE_NONE ? end : orig);
	event_set(e, EV_SENDER, null_or(from));
	if (orig != SLICE_NONE && pf_is_id(slice_from(s, orig + 10)))
		event_add_key(e, KEY_QUEUE, REL_ORIGINAL, LINK_REQUEUE,
		              slice_from(s, orig + 10));
	return true;
}

/* "sender non-delivery notification: Q2" and its kin: what it was made for is
 * this id, what was made is Q2. */
static bool bounce_line(struct pf *p)
{
	size_t at = PF_FIND(p->body, " notification: ");
	struct slice child;
	struct event *e;

	if (!p->qid.len || at == SLICE_NONE)
		return false;
	child = slice_from(p->body, at + sizeof " notification: " - 1);
	e = pf_add(p, ACTION_BOUNCE_GENERATED, 0);
	if (pf_is_id(child))
		event_add_key(e, KEY_QUEUE, REL_CHILD, LINK_BOUNCE, child);
	else
		pf_damage(e);
	return true;
}

/* Done by a human. A requeued message goes on under another id, and its old one
 * is never "removed". */
static bool super_line(struct pf *p)
{
	static const struct {
		struct slice text;
		enum action action;
		unsigned roles;
	} lines[] = {
		{ PF_TEXT("removed"), ACTION_REMOVED, ROLE_CLOSES },
		{ PF_TEXT("requeued"), ACTION_INFO, ROLE_CLOSES },
		{ PF_TEXT("placed on hold"), ACTION_HOLD, 0 },
		{ PF_TEXT("released from hold"), ACTION_INFO, 0 },
		{ PF_TEXT("expired"), ACTION_EXPIRE, 0 },
	};

	for (size_t i = 0; p->qid.len && i < sizeof lines / sizeof *lines; i++) {
		if (!slice_starts(p->body, lines[i].text))
			continue;
		pf_add(p, lines[i].action, lines[i].roles | ROLE_ADMIN);
		return true;
	}
	pf_add(p, ACTION_INFO, ROLE_ADMIN);
	return true;
}

/* "statistics: max connection rate 12/60s for (smtp:192.0.2.1) at Feb  3 …" */
static bool anvil_line(struct pf *p)
{
	struct slice s = p->body;
	size_t at = PF_FIND(s, " for ("), colon, end;
	struct event *e;

	if (!PF_STARTS(s, "statistics: ") || at == SLICE_NONE)
		return false;
	s = slice_from(s, at + 6);
	colon = slice_chr(s, ':');
	end = slice_chr(s, ')');
	e = pf_add(p, ACTION_INFO, 0);
	if (colon < end && end != SLICE_NONE && end > colon + 1)
		event_set(e, EV_CLIENT_IP,
		          slice_of(s.ptr + colon + 1, end - colon - 1));
	return true;
}

bool pf_queue(struct pf *p)
{
	if (p->daemon == PF_QMGR)
		return manager_line(p);
	if (p->daemon == PF_PICKUP)
		return pickup_line(p);
	if (p->daemon == PF_BOUNCE)
		return bounce_line(p);
	if (p->daemon == PF_POSTSUPER)
		return super_line(p);
	return p->daemon == PF_ANVIL && anvil_line(p);
}
