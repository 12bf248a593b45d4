/* SPDX-License-Identifier: MIT */
/* Sendmail: addresses, peers and answers. */
#include "parsers/sendmail.h"

/* Where the quoted string or <…> at the start of S ends, behind its last
 * character; SLICE_NONE if it does not. */
static size_t closed_at(struct slice s, char close)
{
	bool quoted = close == '"';

	for (size_t i = 1; i < s.len; i++) {
		if (quoted && s.ptr[i] == '\\') {
			i++;
			continue;
		}
		if (s.ptr[i] == close && (!quoted || close == '"'))
			return i + 1;
		if (s.ptr[i] == '"')
			quoted = !quoted;
	}
	return SLICE_NONE;
}

static size_t bare_end(struct slice s)
{
	size_t n = 0;

	while (n < s.len && s.ptr[n] != ',' && s.ptr[n] != ' ') {
		size_t q = s.ptr[n] == '"' ? closed_at(slice_from(s, n), '"')
		                           : 1;

		n += q == SLICE_NONE ? 1 : q;
	}
	return n;
}

bool sm_address(struct slice *s, struct slice *text)
{
	size_t end;

	if (s->len == 0)
		return false;
	if (s->ptr[0] != '<') {
		end = bare_end(*s);
		*text = slice_to(*s, end);
		*s = slice_from(*s, end);
		return end > 0;
	}
	end = closed_at(*s, '>');
	if (end == SLICE_NONE)
		return false;
	*text = end == 2 ? slice_to(*s, 2) : slice_of(s->ptr + 1, end - 2);
	*s = slice_from(*s, end);
	return true;
}

static bool is_ip(struct slice s)
{
	bool mark = false;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (c == '.' || c == ':')
			mark = true;
		else if (!sm_digit(c) && (unsigned)((c | 32) - 'a') > 5)
			return false;
	}
	return mark;
}

/* "[192.0.2.1]", "[IPv6:2001:db8::1]": absent if S is none. */
static struct slice bracketed(struct slice s)
{
	if (s.len < 3 || s.ptr[0] != '[' || s.ptr[s.len - 1] != ']')
		return slice_of(NULL, 0);
	s = slice_of(s.ptr + 1, s.len - 2);
	SM_SKIP(&s, "IPv6:");
	return is_ip(s) ? s : slice_of(NULL, 0);
}

struct sm_peer sm_peer(struct slice s)
{
	struct sm_peer peer = { 0 };
	size_t at;

	s = slice_trim(s);
	if (slice_ends(s, SLICE(" (may be forged)")))
		s.len -= sizeof " (may be forged)" - 1;
	at = slice_rchr(s, ' ');
	peer.ip = bracketed(at == SLICE_NONE ? s : slice_from(s, at + 1));
	if (peer.ip.len)
		s = slice_to(s, at == SLICE_NONE ? 0 : at);
	if (bracketed(s).len || slice_chr(s, ' ') != SLICE_NONE)
		return peer;
	at = slice_rchr(s, '@'); /* "user@localhost", by ident or submission */
	if (at != SLICE_NONE) {
		peer.user = slice_to(s, at);
		s = slice_from(s, at + 1);
	}
	if (s.len > 1 && s.ptr[s.len - 1] == '.')
		s.len--;
	if (s.len && s.ptr[0] != '[')
		peer.name = s;
	return peer;
}

void sm_set_client(struct event *e, const struct sm_peer *peer)
{
	if (peer->ip.len)
		event_set(e, EV_CLIENT_IP, peer->ip);
	if (peer->name.len)
		event_set(e, EV_CLIENT_NAME, peer->name);
}

void sm_set_relay(struct event *e, const struct sm_peer *peer)
{
	if (peer->ip.len)
		event_set(e, EV_RELAY_IP, peer->ip);
	if (peer->name.len)
		event_set(e, EV_RELAY_NAME, peer->name);
}

bool sm_cut_last(struct slice *s, struct slice mark, struct slice *value)
{
	size_t at = slice_rfind(*s, mark);

	if (at == SLICE_NONE)
		return false;
	*value = slice_from(*s, at + mark.len);
	*s = slice_to(*s, at);
	return true;
}
