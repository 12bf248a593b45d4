/* SPDX-License-Identifier: MIT */
/* Postfix: peers, addresses, answers and the fields behind a refusal. */
#include "parsers/ids/id.h"
#include "parsers/postfix.h"

static bool is_address(struct slice s)
{
	bool mark = false;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (c == '.' || c == ':')
			mark = true;
		else if (!pf_digit(c) && (unsigned)((c | 32) - 'a') > 5 &&
		         c != '%')
			return false;
	}
	return mark;
}

bool pf_peer(struct slice *s, struct pf_peer *peer)
{
	struct slice rest;
	const char *open = s->len ? memchr(s->ptr, '[', s->len) : NULL, *close;
	size_t n;

	*peer = (struct pf_peer){ .port = -1 };
	if (!open || memchr(s->ptr, ' ', (size_t)(open - s->ptr)))
		return false;
	rest = slice_from(*s, (size_t)(open - s->ptr) + 1);
	close = memchr(rest.ptr, ']', rest.len);
	if (!close)
		return false;
	if (open > s->ptr)
		peer->name = slice_of(s->ptr, (size_t)(open - s->ptr));
	peer->ip = slice_of(open + 1, (size_t)(close - open) - 1);
	if (!is_address(peer->ip))
		peer->ip = slice_of(NULL, 0);
	rest = slice_from(rest, (size_t)(close - rest.ptr) + 1);
	if (rest.len > 1 && rest.ptr[0] == ':' && pf_digit(rest.ptr[1])) {
		int port = 0;

		for (n = 1; n < rest.len && n < 6 && pf_digit(rest.ptr[n]); n++)
			port = port * 10 + (rest.ptr[n] - '0');
		if (port <= 65535)
			peer->port = port;
		rest = slice_from(rest, n);
	}
	*s = rest;
	return true;
}

void pf_set_client(struct event *e, const struct pf_peer *peer)
{
	if (peer->ip.len)
		event_set(e, EV_CLIENT_IP, peer->ip);
	if (peer->name.len)
		event_set(e, EV_CLIENT_NAME, peer->name);
	if (peer->port >= 0)
		event_set_number(e, EV_CLIENT_PORT, peer->port);
}

void pf_set_relay(struct event *e, const struct pf_peer *peer)
{
	if (peer->ip.len)
		event_set(e, EV_RELAY_IP, peer->ip);
	if (peer->name.len)
		event_set(e, EV_RELAY_NAME, peer->name);
	if (peer->port >= 0)
		event_set_number(e, EV_RELAY_PORT, peer->port);
}

/* The '>' that closes S, which begins with '<': quoted strings hold anything. */
static size_t quoted_end(struct slice s)
{
	const char *close = memchr(s.ptr, '>', s.len);
	bool quoted = false;

	if (!close)
		return SLICE_NONE;
	if (!memchr(s.ptr, '"', (size_t)(close - s.ptr)))
		return (size_t)(close - s.ptr);
	for (size_t i = 1; i < s.len; i++) {
		if (quoted && s.ptr[i] == '\\')
			i++;
		else if (s.ptr[i] == '"')
			quoted = !quoted;
		else if (s.ptr[i] == '>' && !quoted)
			return i;
	}
	return SLICE_NONE;
}

/* Postfix before 3.5 logs local parts without their quotes. */
static size_t bare_end(struct slice s, bool (*follows)(struct slice rest))
{
	for (size_t i = 1; i < s.len; i++)
		if (s.ptr[i] == '>' && follows(slice_from(s, i + 1)))
			return i;
	return SLICE_NONE;
}

bool pf_address(struct slice *s, bool (*follows)(struct slice rest),
                struct slice *text)
{
	size_t end;

	if (s->len < 2 || s->ptr[0] != '<')
		return false;
	end = quoted_end(*s);
	if (end == SLICE_NONE || !follows(slice_from(*s, end + 1)))
		end = bare_end(*s, follows);
	if (end == SLICE_NONE)
		return false;
	*text = end == 1 ? slice_to(*s, 2) : slice_of(s->ptr + 1, end - 1);
	*s = slice_from(*s, end + 1);
	return true;
}

/* Bytes of "5.1.1" at the start of S. */
static size_t dsn_length(struct slice s)
{
	size_t n = 2, dots = 1;

	if (s.len < 5 || (s.ptr[0] != '2' && s.ptr[0] != '4' && s.ptr[0] != '5') ||
	    s.ptr[1] != '.')
		return 0;
	while (n < s.len && n < 9 && (pf_digit(s.ptr[n]) || s.ptr[n] == '.'))
		dots += s.ptr[n++] == '.';
	return dots == 2 && pf_digit(s.ptr[n - 1]) && s.ptr[2] != '.' &&
	                       (n == s.len || s.ptr[n] == ' ')
	               ? n
	               : 0;
}

struct pf_answer pf_answer(struct slice s)
{
	struct pf_answer a = { .code = -1 };
	size_t n;

	if (s.len >= 3 && s.ptr[0] >= '2' && s.ptr[0] <= '5' &&
	    pf_digit(s.ptr[1]) && pf_digit(s.ptr[2]) &&
	    (s.len == 3 || s.ptr[3] == ' ' || s.ptr[3] == '-')) {
		a.code = (s.ptr[0] - '0') * 100 + (s.ptr[1] - '0') * 10 +
		         (s.ptr[2] - '0');
		s = slice_from(s, 4);
	}
	n = dsn_length(s);
	if (n)
		a.dsn = slice_to(s, n);
	return a;
}

void pf_set_answer(struct event *e, const struct pf_answer *a)
{
	if (a->code >= 0)
		event_set_number(e, EV_CODE, a->code);
	if (a->dsn.len)
		event_set(e, EV_DSN, a->dsn);
}

static bool next_field(struct slice rest)
{
	if (rest.len && rest.ptr[0] == ',')
		rest = slice_from(rest, 1);
	return PF_STARTS(rest, " to=<") || PF_STARTS(rest, " proto=") ||
	       PF_STARTS(rest, " helo=<") || PF_STARTS(rest, " sasl_");
}

static bool tail_follows(struct slice rest)
{
	return rest.len == 0 || PF_STARTS(rest, ": ") || next_field(rest);
}

/* Blanks part the fields; postscreen puts commas too. */
static void skip_separator(struct slice *s)
{
	PF_SKIP(s, ",");
	PF_SKIP(s, " ");
}

/* The name that a client gave itself holds what it likes, but only a login or
 * the text of a header check can stand behind it. */
static bool read_helo(struct slice *s, bool with_text, struct pf_tail *t)
{
	size_t end = with_text ? PF_FIND(*s, ">: ") : SLICE_NONE;

	if (end == SLICE_NONE && s->len && s->ptr[s->len - 1] == '>')
		end = s->len - 1;
	if (end == SLICE_NONE)
		end = slice_rfind(*s, SLICE("> sasl_"));
	if (end == SLICE_NONE)
		return false;
	t->helo = slice_to(*s, end);
	*s = slice_from(*s, end + 1);
	return true;
}

static void read_login(struct slice *s, struct pf_tail *t)
{
	if (PF_SKIP(s, "sasl_method=")) {
		t->method = slice_to(*s, slice_chr(*s, ' '));
		*s = slice_from(*s, t->method.len);
		skip_separator(s);
	}
	if (PF_SKIP(s, "sasl_username=")) {
		size_t end = slice_rfind(*s, SLICE(" sasl_sender="));

		t->user = slice_to(*s, end);
		*s = slice_from(*s, t->user.len);
		skip_separator(s);
	}
	if (PF_STARTS(*s, "sasl_sender="))
		*s = slice_from(*s, s->len);
}

/* Some collectors put the length of the record behind it: "helo=<x> 294". */
static struct slice without_length(struct slice s)
{
	size_t n = s.len;

	while (n > 0 && pf_digit(s.ptr[n - 1]))
		n--;
	if (n < 2 || n == s.len || s.ptr[n - 1] != ' ' || s.ptr[n - 2] != '>')
		return s;
	return slice_to(s, n - 1);
}

bool pf_tail(struct slice s, bool with_text, struct pf_tail *t)
{
	struct slice all;

	if (!with_text || PF_FIND(s, ">: ") == SLICE_NONE)
		s = without_length(s);
	all = s;
	*t = (struct pf_tail){ 0 };
	if (PF_SKIP(&s, "from=") && !pf_address(&s, tail_follows, &t->sender))
		return false;
	skip_separator(&s);
	if (PF_SKIP(&s, "to=") && !pf_address(&s, tail_follows, &t->recipient))
		return false;
	skip_separator(&s);
	if (PF_SKIP(&s, "proto="))
		while (s.len && *s.ptr != ' ' && *s.ptr != ',' && *s.ptr != ':')
			s = slice_from(s, 1);
	skip_separator(&s);
	if (PF_SKIP(&s, "helo=<") && !read_helo(&s, with_text, t))
		return false;
	skip_separator(&s);
	read_login(&s, t);
	if (s.len == all.len)
		return false;
	if (with_text && PF_SKIP(&s, ": ")) {
		t->text = s;
		return true;
	}
	return slice_trim(s).len == 0;
}

void pf_set_tail(struct event *e, const struct pf_tail *t)
{
	if (t->sender.len)
		event_set(e, EV_SENDER, t->sender);
	if (t->recipient.len)
		event_set(e, EV_RECIPIENT, t->recipient);
	if (t->helo.len)
		event_set(e, EV_HELO, t->helo);
	if (t->method.len)
		event_set(e, EV_AUTH_METHOD, t->method);
	if (t->user.len)
		event_set(e, EV_USER, t->user);
}

bool pf_seconds(struct slice s, int64_t *us)
{
	int64_t value = 0, unit = US_SECOND;
	size_t i = 0;

	for (; i < s.len && i < 12 && pf_digit(s.ptr[i]); i++)
		value = value * 10 + (s.ptr[i] - '0');
	value *= US_SECOND;
	if (i == 0)
		return false;
	if (i < s.len && s.ptr[i] == '.') {
		for (i++; i < s.len && pf_digit(s.ptr[i]); i++)
			value += (unit /= 10) * (s.ptr[i] - '0');
	}
	*us = value;
	return i == s.len;
}

/* Also ids that no clock can have made: the line is what it is. */
bool pf_is_id(struct slice s)
{
	size_t hex = 0;

	if (s.len < 6 || s.len > 24)
		return false;
	while (hex < s.len &&
	       (pf_digit(s.ptr[hex]) || (s.ptr[hex] >= 'A' && s.ptr[hex] <= 'F')))
		hex++;
	return hex == s.len || id_is_postfix_long(s);
}
