/* SPDX-License-Identifier: MIT */
/* Exim: "<= sender …", a message that was taken. */
#include "parsers/exim.h"

#include "parsers/ids/id.h"

/* A HELO may hold what looks like the end of the peer and keys behind it: the
 * first reading that explains the whole line stands. */
static void read_fields(struct ex *p, struct slice s, struct ex_fields *f)
{
	struct ex_fields first;
	struct slice rest = s;

	ex_fields(&rest, EX_ARRIVAL, 0, &first);
	*f = first;
	if (!rest.len && !first.twice)
		return;
	p->damaged = true;
	for (unsigned nth = 1; nth < 8; nth++) {
		rest = s;
		ex_fields(&rest, EX_ARRIVAL, nth, f);
		if (f->has_peer && !rest.len && !f->twice)
			return;
	}
	*f = first;
}

/* Without the backslashes that keep its quotes apart from the closing one. */
static struct slice unescaped(struct arena *arena, struct slice s)
{
	char *out;
	size_t n = 0;

	if (slice_find(s, SLICE("\\\"")) == SLICE_NONE)
		return s;
	out = arena_bytes(arena, s.len);
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '\\' && i + 1 < s.len && s.ptr[i + 1] == '"')
			i++;
		out[n++] = s.ptr[i];
	}
	return slice_of(out, n);
}

/* Addresses behind "for ": -1 if they are not plain. */
static int64_t count_recipients(struct slice s)
{
	int64_t n = 0;

	while (s.len) {
		struct slice word;

		if (!ex_address(&s, &word) ||
		    slice_chr(word, '@') == SLICE_NONE)
			return -1;
		if (s.len)
			s = slice_from(s, 1);
		n++;
	}
	return n ? n : -1;
}

/* "plain:bob@example.com" */
static void set_login(struct event *e, struct slice auth)
{
	struct slice method = slice_cut(&auth, ':');
	struct slice user = slice_cut(&auth, ':');

	if (method.len)
		event_set(e, EV_AUTH_METHOD, method);
	if (user.len)
		event_set(e, EV_USER, user);
}

static void set_origin(struct ex *p, struct event *e, const struct ex_fields *f,
                       bool bounce)
{
	if (f->has_peer) {
		ex_set_client(p, e, &f->peer);
	} else {
		event_set(e, EV_CLIENT_NAME,
		          arena_slice(p->arena, SLICE("local")));
		if (f->user.len && !bounce)
			event_set(e, EV_USER, f->user);
	}
	if (f->auth.len)
		set_login(e, f->auth);
	if (f->tls.len)
		ex_set_tls(p, e, f->tls);
}

bool ex_arrival(struct ex *p)
{
	struct slice s = p->body, sender;
	struct ex_fields f;
	struct event *e;
	uint64_t size;
	int64_t n;
	bool bounce;

	if (!p->qid.len || (!EX_SKIP(&s, "<= ") && !EX_SKIP(&s, "(= ")) ||
	    !ex_address(&s, &sender))
		return false;
	read_fields(p, s, &f);
	bounce = slice_eq(sender, SLICE("<>")) && f.parent.len;
	e = ex_add(p, ACTION_ACCEPT, ROLE_OPENS | ROLE_ENVELOPE);
	ex_set_id_time(p, e);
	event_set(e, EV_SENDER, sender);
	set_origin(p, e, &f, bounce);
	if (slice_u64(f.size, &size) && size < INT64_MAX)
		event_set_number(e, EV_SIZE, (int64_t)size);
	if (f.subject.len)
		event_set(e, EV_SUBJECT, unescaped(p->arena, f.subject));
	n = count_recipients(f.recipients);
	if (n > 0)
		event_set_number(e, EV_NRCPT, n);
	if (f.msgid.len) {
		event_set(e, EV_MESSAGE_ID, f.msgid);
		if (!p->damaged)
			event_add_key(e, KEY_MESSAGE_ID, REL_OWN, LINK_HANDOFF,
			              f.msgid);
	}
	if (id_is_exim(f.parent))
		event_add_key(e, KEY_QUEUE, REL_PARENT,
		              bounce ? LINK_BOUNCE : LINK_FORWARD, f.parent);
	if (!f.auth.len || !f.has_peer)
		return true;
	e = ex_add(p, ACTION_AUTH_OK, ROLE_ATTEMPT);
	e->keys = 0; /* of the session, not of the message */
	ex_set_client(p, e, &f.peer);
	set_login(e, f.auth);
	return true;
}
