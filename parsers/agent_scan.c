/* SPDX-License-Identifier: MIT */
/* Scanning for the parsers of filters, delivery agents and policy daemons. */
#include "parsers/agent.h"

#include "parsers/ids/id.h"

bool ag_number(struct slice *s, int64_t *value)
{
	size_t n = 0;
	uint64_t v;

	while (n < s->len && n < 18 && ag_digit(s->ptr[n]))
		n++;
	if (!slice_u64(slice_to(*s, n), &v))
		return false;
	*value = (int64_t)v;
	*s = slice_from(*s, n);
	return true;
}

bool ag_is_ip(struct slice s)
{
	unsigned dots = 0, colons = 0;

	if (s.len < 2 || s.len > 45)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (c == '.')
			dots++;
		else if (c == ':')
			colons++;
		else if (!ag_digit(c) && (unsigned)((c | 32) - 'a') > 5)
			return false;
	}
	return colons >= 2 || (dots == 3 && !colons && ag_digit(s.ptr[0]));
}

bool ag_is_queue_id(struct slice s)
{
	return id_is_postfix_short(s) || id_is_postfix_long(s) ||
	       id_is_sendmail(s) || id_is_exim(s);
}

bool ag_take_queue_id(struct slice *s, struct slice *id)
{
	size_t at = slice_chr(slice_to(*s, 40), ':');

	if (at == SLICE_NONE || at + 1 >= s->len || s->ptr[at + 1] != ' ' ||
	    !ag_is_queue_id(slice_to(*s, at)))
		return false;
	*id = slice_to(*s, at);
	*s = slice_from(*s, at + 2);
	return true;
}

/* Behind the '>' that ends the "<…" of S, SLICE_NONE if none does. */
static size_t address_end(struct slice s, bool quotes)
{
	bool quoted = false;

	for (size_t i = 1; i < s.len; i++) {
		if (quoted && s.ptr[i] == '\\')
			i++;
		else if (quotes && s.ptr[i] == '"')
			quoted = !quoted;
		else if (!quoted && s.ptr[i] == '>')
			return i + 1;
	}
	return SLICE_NONE;
}

bool ag_address(struct slice *s, struct slice *text)
{
	size_t end;

	if (!AG_STARTS(*s, "<"))
		return false;
	end = address_end(*s, true);
	if (end == SLICE_NONE)
		end = address_end(*s, false);
	if (end == SLICE_NONE)
		return false;
	*text = end == 2 ? slice_to(*s, 2) : slice_of(s->ptr + 1, end - 2);
	*s = slice_from(*s, end);
	return true;
}

void ag_own(struct event *e, struct slice qid)
{
	if (qid.len == 0)
		return;
	event_set(e, EV_QUEUE_ID, qid);
	event_add_key(e, KEY_QUEUE, REL_OWN, LINK_HANDOFF, qid);
}

void ag_set(struct event *e, enum event_field f, struct slice s)
{
	if (s.len)
		event_set(e, f, s);
}

void ag_set_message_id(struct event *e, struct slice s)
{
	if (s.len > 2 && s.ptr[0] == '<' && s.ptr[s.len - 1] == '>')
		s = slice_of(s.ptr + 1, s.len - 2);
	ag_set(e, EV_MESSAGE_ID, s);
}

void ag_set_sender(struct event *e, struct arena *arena, struct slice s)
{
	event_set(e, EV_SENDER, s.len ? s : arena_slice(arena, SLICE("<>")));
}

bool ag_of_itself(struct slice s, const struct slice *heads, size_t n,
                  struct events *out)
{
	for (size_t i = 0; i < n; i++)
		if (slice_starts(s, heads[i])) {
			events_add(out);
			return true;
		}
	return false;
}

enum parse ag_result(struct events *out, bool damaged)
{
	if (!out->n)
		return PARSE_NO;
	if (!damaged)
		return PARSE_OK;
	for (size_t i = 0; i < out->n; i++)
		out->list[i].roles |= ROLE_DAMAGED;
	return PARSE_DAMAGED;
}
