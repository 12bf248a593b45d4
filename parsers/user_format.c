/* SPDX-License-Identifier: MIT */
/* Records of a user-defined format: what its patterns find in them. */
#include "parsers/mail.h"
#include "parsers/user_parts.h"

#include "base/alloc.h"

#define EACH_MAX 1000u /* events of one pattern in one record */

struct regex_match *user_scratch_take(struct user_format *f)
{
	const struct regex *most = f->prefix.regex;
	struct regex_match *m;

	for (int i = 0; i < USER_SCRATCH; i++)
		if ((m = atomic_exchange(&f->scratch[i], NULL)))
			return m;
	for (size_t i = 0; i < f->nlines; i++) {
		const struct user_line *l = &f->lines[i];

		if (regex_groups(l->first.regex) > regex_groups(most))
			most = l->first.regex;
		for (size_t k = 0; k < l->neach; k++)
			if (regex_groups(l->each[k].regex) > regex_groups(most))
				most = l->each[k].regex;
	}
	return regex_match_new(most);
}

void user_scratch_give(struct user_format *f, struct regex_match *m)
{
	for (int i = 0; i < USER_SCRATCH; i++) {
		struct regex_match *none = NULL;

		if (atomic_compare_exchange_strong(&f->scratch[i], &none, m))
			return;
	}
	regex_match_free(m);
}

/* Front -------------------------------------------------------------------- */

static bool is_number(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	return s.len > 0;
}

static void front_value(const struct user_format *f, int target,
                        struct slice s, struct record *r)
{
	if (target == USER_BODY) {
		r->body = s;
	} else if (target == USER_HOST) {
		r->host = s;
	} else if (target == USER_PROGRAM) {
		r->program = s;
	} else if (target == USER_PID) {
		r->pid = is_number(s) ? s : slice_of(NULL, 0);
	} else if (target == USER_TIME && user_time_read(f->time, s, &r->time)) {
		r->time_raw = s;
	}
}

static void peel(const struct layout *l, struct record *r, struct arena *arena)
{
	struct user_format *f = l->user;
	struct regex_match *m;

	r->time = (struct stamp){ TIME_NONE, 0 };
	r->time_raw = r->host = r->program = r->pid = slice_of(NULL, 0);
	r->body = r->raw;
	if (!f)
		return;
	if (f->program.len)
		r->program = arena_slice(arena, f->program);
	m = user_scratch_take(f);
	if (regex_match(f->prefix.regex, m, r->raw) == REGEX_YES) {
		struct slice whole = regex_group(m, r->raw, 0);

		r->body = slice_trim(slice_from(
			r->raw, (size_t)(whole.ptr - r->raw.ptr) + whole.len));
		for (size_t i = 0; i < f->prefix.nvalues; i++) {
			const struct user_value *v = &f->prefix.values[i];
			struct slice s = regex_group(m, r->raw, v->group);

			if (s.ptr)
				front_value(f, v->target, s, r);
		}
	}
	user_scratch_give(f, m);
}

/* Events ------------------------------------------------------------------- */

/* Without the <> around it, which are the null sender if they hold nothing. */
static struct slice bare(struct slice s, struct arena *arena)
{
	if (s.len >= 2 && s.ptr[0] == '<' && s.ptr[s.len - 1] == '>')
		s = slice_of(s.ptr + 1, s.len - 2);
	return s.len ? s : arena_slice(arena, SLICE("<>"));
}

static void set_number(struct event *e, enum event_field f, struct slice s)
{
	uint64_t n;
	int64_t us;

	if (f == EV_DELAY || f == EV_TRANSFER) {
		if (duration_parse(s, &us) && us >= 0)
			event_set_number(e, f, us);
		return;
	}
	if (!slice_u64(s, &n) || n > INT64_MAX)
		return;
	if (f == EV_CODE ? n < 200 || n > 599
	                 : (f == EV_CLIENT_PORT || f == EV_RELAY_PORT) && n > 65535)
		return;
	event_set_number(e, f, (int64_t)n);
}

static void set_value(struct event *e, int target, struct slice s,
                      struct arena *arena)
{
	enum event_field f = (enum event_field)target;

	if (target == USER_PARENT_ID)
		event_add_key(e, KEY_QUEUE, REL_PARENT, LINK_EXPANSION, s);
	else if (target == USER_CHILD_ID)
		event_add_key(e, KEY_QUEUE, REL_CHILD, LINK_EXPANSION, s);
	else if (target == USER_ORIGINAL_ID)
		event_add_key(e, KEY_QUEUE, REL_ORIGINAL, LINK_FILTER, s);
	else if (target >= EV_FIELD_COUNT)
		return;
	else if (target >= EV_TEXT_COUNT)
		set_number(e, f, s);
	else if (f == EV_SENDER || f == EV_MESSAGE_ID)
		event_set(e, f, bare(s, arena));
	else if (f == EV_RECIPIENT || f == EV_ORIG_RECIPIENT) {
		s = bare(s, arena);
		if (!slice_eq(s, SLICE("<>")))
			event_set(e, f, s);
	} else if (s.len || f == EV_SUBJECT) {
		event_set(e, f, s);
	}
}

static void set_id_time(const struct user_format *f, const struct record *r,
                        struct event *e)
{
	int64_t near = r->time.has & STAMP_YEAR ? r->time.us : TIME_NONE;

	for (size_t i = 0; i < f->nids; i++) {
		struct id id = { 0 };

		if (!f->ids[i]->decode(event_text(e, EV_QUEUE_ID), near, &id) ||
		    !(id.has & ID_TIME))
			continue;
		event_set_number(e, EV_ID_TIME, id.lo);
		return;
	}
}

static bool next_id_is_in_reply(const struct event *e)
{
	struct slice id = event_text(e, EV_NEXT_QUEUE_ID);
	struct slice reply = event_text(e, EV_REPLY);
	uintptr_t a = (uintptr_t)id.ptr, b = (uintptr_t)reply.ptr;

	return !reply.ptr || (a >= b && a + id.len <= b + reply.len);
}

static void add_keys(struct event *e)
{
	if (event_has(e, EV_NEXT_QUEUE_ID) && !next_id_is_in_reply(e))
		e->fields &= ~(UINT64_C(1) << EV_NEXT_QUEUE_ID);
	event_add_key(e, KEY_QUEUE, REL_OWN, LINK_HANDOFF,
	              event_text(e, EV_QUEUE_ID));
	if (!slice_eq(event_text(e, EV_MESSAGE_ID), SLICE("<>")))
		event_add_key(e, KEY_MESSAGE_ID, REL_OWN, LINK_HANDOFF,
		              event_text(e, EV_MESSAGE_ID));
	event_add_key(e, KEY_SESSION, REL_OWN, LINK_HANDOFF,
	              event_text(e, EV_SESSION_ID));
	event_add_key(e, KEY_QUEUE, REL_NEXT_HOP, LINK_HANDOFF,
	              event_text(e, EV_NEXT_QUEUE_ID));
}

/* One record on its way to events. */
struct user_record {
	const struct user_format *f;
	const struct record *r;
	struct regex_match *m;
	struct arena *arena;
	struct events *out;
	bool damaged;
};

/* The event of a match; what identifies the transaction comes from FIRST, the
 * event that the line itself gave. */
static void add_event(struct user_record *u, const struct user_pattern *p,
                      const struct event *first)
{
	static const enum event_field shared[] = { EV_QUEUE_ID, EV_MESSAGE_ID,
		                                   EV_SESSION_ID, EV_INSTANCE };
	struct event *e = events_add(u->out);

	e->action = p->action;
	e->roles = p->roles;
	for (size_t i = 0; first && i < sizeof shared / sizeof *shared; i++)
		if (event_has(first, shared[i]))
			event_set(e, shared[i], first->text[shared[i]]);
	for (size_t i = 0; i < p->nvalues; i++) {
		const struct user_value *v = &p->values[i];
		struct slice s = v->text.ptr
		                         ? arena_slice(u->arena, v->text)
		                         : regex_group(u->m, u->r->body, v->group);

		if (s.ptr)
			set_value(e, v->target, s, u->arena);
	}
	if (!first)
		set_id_time(u->f, u->r, e);
	add_keys(e);
}

static void add_each(struct user_record *u, const struct user_pattern *p,
                     const struct event *first)
{
	struct slice body = u->r->body;
	enum regex_result result = REGEX_NO;
	size_t at = 0;
	unsigned n = 0;

	while (n < EACH_MAX && (result = regex_match_from(p->regex, u->m, body,
	                                                  at)) == REGEX_YES) {
		struct slice whole = regex_group(u->m, body, 0);
		size_t end = (size_t)(whole.ptr - body.ptr) + whole.len;

		if (!whole.ptr)
			break;
		add_event(u, p, first);
		n++;
		/* an empty match, or one that a lookbehind moved back */
		at = end > at ? end : at + 1;
	}
	u->damaged |= n == EACH_MAX || result == REGEX_LIMIT;
}

static enum parse add_line(struct user_record *u, const struct user_line *l)
{
	struct event first;

	add_event(u, &l->first, NULL);
	first = u->out->list[0];
	for (size_t i = 0; i < l->neach; i++)
		add_each(u, &l->each[i], &first);
	if (!u->damaged)
		return PARSE_OK;
	for (size_t i = 0; i < u->out->n; i++)
		u->out->list[i].roles |= ROLE_DAMAGED;
	return PARSE_DAMAGED;
}

static enum parse parse(const struct layout *l, const struct record *r,
                        struct arena *arena, struct events *out)
{
	struct user_record u = { l->user, r, NULL, arena, out,
		                 r->flags & RECORD_SPLIT };
	enum regex_result result = REGEX_NO;
	enum parse said = PARSE_NO;

	if (!l->user)
		return PARSE_NO;
	u.m = user_scratch_take(l->user);
	/* a pattern that gave up would give up on most such lines */
	for (size_t i = 0; i < l->user->nlines && result == REGEX_NO; i++) {
		const struct user_line *line = &l->user->lines[i];

		result = regex_match(line->first.regex, u.m, r->body);
		if (result == REGEX_YES)
			said = add_line(&u, line);
	}
	user_scratch_give(l->user, u.m);
	return said;
}

static bool claims(struct slice program)
{
	(void)program; /* the layout says so, never the program */
	return false;
}

const struct parser parser_user = {
	.name = "user",
	.about = "lines of formats that a file describes: see USER-DEFINED FORMATS",
	.claims = claims,
	.parse = parse,
};

/* Detection ---------------------------------------------------------------- */

#define LINES_LOOKED_AT 200 /* of each part */
#define CONFIDENCE_OWN 97
#define CONFIDENCE_SHIPPED 95

struct look {
	const struct layout layout;
	struct arena arena;
	struct events events;
	int lines, stamped, known; /* known: stamped, and a pattern fits */
};

static void look_at(struct look *k, struct slice part)
{
	for (int n = 0; part.len && n < LINES_LOOKED_AT; n++) {
		struct record r = { 0 };

		if (framing_next_line(NULL, part, true, &r) != CUT_RECORD)
			return;
		part = slice_from(part, r.length);
		if (r.flags & RECORD_BLANK)
			continue;
		arena_reset(&k->arena);
		k->lines++;
		peel(&k->layout, &r, &k->arena);
		if (r.time.us == TIME_NONE)
			continue;
		k->stamped++;
		k->known += record_parse(&k->layout, &r, &k->arena, &k->events,
		                         NULL) != PARSE_NO;
	}
}

/* None if no pattern fits. A prefix that fits most lines is meant, whatever
 * generic framing could read all of them. */
static int confidence(struct user_format *f, const struct sample *s, int most)
{
	struct look k = {
		.layout = { .framing = &framing_user, .parser = &parser_user,
		            .user = f },
	};
	int share;

	for (int i = 0; i < 3; i++)
		look_at(&k, s->part[i]);
	arena_release(&k.arena);
	events_release(&k.events);
	if (!k.known)
		return 0;
	share = 100 * k.stamped / k.lines;
	return share < 50 ? most * share / 100 : most - (100 - share) / 25;
}

static struct user_format *choose(const struct sample *s, int *most)
{
	struct user_format *best = NULL;

	*most = 0;
	for (size_t i = 0; s->formats && i < s->formats->n; i++) {
		int n = confidence(s->formats->list[i], s,
		                   i < s->formats->own ? CONFIDENCE_OWN
		                                       : CONFIDENCE_SHIPPED);

		if (n > *most) {
			*most = n;
			best = s->formats->list[i];
		}
	}
	return best;
}

static int detect(const struct sample *s)
{
	int most;

	(void)choose(s, &most);
	return most;
}

static void take_format(struct layout *l, const struct user_format *f)
{
	/* it was read once, so it can be again */
	l->user = user_format_new("layout", user_format_text(f), NULL);
	l->parser = &parser_user;
	l->order = f->order;
}

static bool learn(const struct sample *s, struct layout *l)
{
	int most;
	const struct user_format *f = choose(s, &most);

	if (f)
		take_format(l, f);
	return f != NULL;
}

struct layout *user_format_layout(const struct user_format *f)
{
	struct layout *l = layout_new(&framing_user, NULL);

	take_format(l, f);
	return l;
}

const struct framing framing_user = {
	.name = "user",
	.about = "what a format file describes: see USER-DEFINED FORMATS",
	.detect = detect,
	.learn = learn,
	.next = framing_next_line,
	.peel = peel,
};

const struct user_format *layout_user_format(const struct layout *l)
{
	while (l && !l->user)
		l = l->inner;
	return l ? l->user : NULL;
}

const char *layout_parser_name(const struct layout *l, const struct parser *p)
{
	const struct user_format *f = layout_user_format(l);

	return f && p == &parser_user ? user_format_name(f) : p->name;
}
