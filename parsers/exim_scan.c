/* SPDX-License-Identifier: MIT */
/* Exim: addresses, peers, and the keys that stand behind them. */
#include "parsers/exim.h"

/* Where the quoted string at the start of S ends, behind its last quote. */
static size_t quoted_end(struct slice s)
{
	for (size_t i = 1; i < s.len; i++) {
		if (s.ptr[i] == '\\')
			i++;
		else if (s.ptr[i] == '"')
			return i + 1;
	}
	return SLICE_NONE;
}

/* Up to END outside quotes, SLICE_NONE if it is not there. */
static size_t unquoted(struct slice s, char end)
{
	for (size_t i = 0; i < s.len;) {
		size_t n = s.ptr[i] == '"' ? quoted_end(slice_from(s, i)) : 1;

		if (s.ptr[i] == end)
			return i;
		i += n == SLICE_NONE ? 1 : n;
	}
	return SLICE_NONE;
}

bool ex_path(struct slice *s, struct slice *text)
{
	size_t end;

	if (!s->len || s->ptr[0] != '<')
		return false;
	end = unquoted(*s, '>');
	if (end == SLICE_NONE)
		return false;
	*text = end == 1 ? slice_to(*s, 2) : slice_of(s->ptr + 1, end - 1);
	*s = slice_from(*s, end + 1);
	return true;
}

bool ex_address(struct slice *s, struct slice *text)
{
	size_t end = unquoted(*s, ' ');

	*text = slice_to(*s, end);
	*s = slice_from(*s, text->len);
	return text->len > 0;
}

static bool is_ip(struct slice s)
{
	bool mark = false;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		mark = mark || c == '.' || c == ':';
		if (c != '.' && c != ':' && !ex_digit(c) &&
		    (unsigned)((c | 32) - 'a') > 5)
			return false;
	}
	return mark;
}

/* "[ip]" or "[ip]:port" at the start of *S; "*" behind it: used again. */
static bool take_ip(struct slice *s, struct ex_peer *peer)
{
	size_t end = slice_chr(*s, ']'), n = 0;
	uint64_t port;

	if (!s->len || s->ptr[0] != '[' || end == SLICE_NONE ||
	    !is_ip(slice_of(s->ptr + 1, end - 1)))
		return false;
	peer->ip = slice_of(s->ptr + 1, end - 1);
	*s = slice_from(*s, end + 1);
	if (s->len > 1 && s->ptr[0] == ':' && ex_digit(s->ptr[1])) {
		for (n = 1; n < s->len && ex_digit(s->ptr[n]);)
			n++;
		if (slice_u64(slice_of(s->ptr + 1, n - 1), &port) &&
		    port < 65536)
			peer->port = (int)port;
		*s = slice_from(*s, n);
	}
	EX_SKIP(s, "*");
	return true;
}

/* "(helo) " at the start of *S, up to the NTH ") [" that is followed by an
 * address. */
static bool take_helo(struct slice *s, unsigned nth, struct slice *helo)
{
	struct ex_peer ignored = { .port = -1 };

	for (size_t i = 1; i + 3 < s->len; i++) {
		struct slice rest = slice_from(*s, i + 2);

		if (s->ptr[i] != ')' || s->ptr[i + 1] != ' ' ||
		    !take_ip(&rest, &ignored) || nth-- > 0)
			continue;
		*helo = slice_of(s->ptr + 1, i - 1);
		*s = slice_from(*s, i + 2);
		return true;
	}
	return false;
}

bool ex_peer(struct slice *s, unsigned nth, struct ex_peer *peer)
{
	struct slice rest = *s;

	*peer = (struct ex_peer){ .port = -1 };
	if (rest.len && rest.ptr[0] != '(' && rest.ptr[0] != '[') {
		peer->name = slice_cut(&rest, ' ');
		if (!rest.len)
			return false;
	}
	if (rest.len && rest.ptr[0] == '(') {
		if (!take_helo(&rest, nth, &peer->helo))
			return false;
	} else if (nth) {
		return false;
	}
	if (!take_ip(&rest, peer))
		return false;
	*s = rest;
	return true;
}

void ex_set_client(struct ex *p, struct event *e, const struct ex_peer *peer)
{
	struct slice key = slice_of(NULL, 0);

	if (peer->ip.len)
		event_set(e, EV_CLIENT_IP, peer->ip);
	if (peer->name.len)
		event_set(e, EV_CLIENT_NAME, peer->name);
	if (peer->helo.len)
		event_set(e, EV_HELO, peer->helo);
	if (peer->port >= 0)
		event_set_number(e, EV_CLIENT_PORT, peer->port);
	/* the port tells conversations apart, even those that the daemon says
	 * under its own pid; else each has a process */
	if (peer->ip.len && peer->port >= 0)
		key = arena_printf(p->arena, "[%.*s]:%d", SLICE_FMT(peer->ip),
		                   peer->port);
	else if (peer->ip.len && p->pid.len)
		key = arena_printf(p->arena, "exim[%.*s]", SLICE_FMT(p->pid));
	event_add_key(e, KEY_SESSION, REL_OWN, LINK_HANDOFF, key);
}

bool ex_seconds(struct slice s, int64_t *us)
{
	int64_t sum = 0, n = 0, unit;
	size_t i = 0;

	if (!s.len || s.len > 24)
		return false;
	while (i < s.len) {
		size_t from = i;

		for (n = 0; i < s.len && ex_digit(s.ptr[i]) && i < from + 9;)
			n = n * 10 + (s.ptr[i++] - '0');
		if (i == from || i == s.len)
			return false;
		if (s.ptr[i] == '.') { /* "0.147s" */
			sum += n * US_SECOND;
			unit = US_SECOND / 10;
			for (i++; i < s.len && ex_digit(s.ptr[i]); i++) {
				sum += (s.ptr[i] - '0') * unit;
				unit /= 10;
			}
			*us = sum;
			return i + 1 == s.len && s.ptr[i] == 's';
		}
		switch (s.ptr[i++]) {
		case 'w': sum += 7 * n * US_DAY; break;
		case 'd': sum += n * US_DAY; break;
		case 'h': sum += n * US_HOUR; break;
		case 'm': sum += n * US_MINUTE; break;
		case 's': sum += n * US_SECOND; break;
		default: return false;
		}
	}
	*us = sum;
	return true;
}

void ex_set_tls(struct ex *p, struct event *e, struct slice s)
{
	struct slice version = slice_cut(&s, ':');
	struct slice cipher = slice_to(s, slice_rchr(s, ':'));

	if (!cipher.len)
		return;
	if (EX_SKIP(&version, "TLSv") || EX_SKIP(&version, "TLS"))
		event_set(e, EV_TLS,
		          arena_printf(p->arena, "TLSv%.*s %.*s",
		                       SLICE_FMT(version), SLICE_FMT(cipher)));
}

/* Keys ----------------------------------------------------------------------- */

enum shape {
	WORD,   /* up to a blank */
	PATH,   /* <…> */
	QUOTED, /* "…" */
	PEER,
	BARE,   /* the key alone */
	REST,   /* all that follows */
};

#define KINDS(a) (1u << (a))
#define OFFSET(field) offsetof(struct ex_fields, field)
#define NOWHERE ((size_t)-1)

/* "T=" is a subject on arrival and a transport later, and so on. */
static const struct key {
	struct slice name;
	unsigned kinds;
	enum shape shape;
	size_t to;
} keys[] = {
	{ EX_TEXT("H="), 7, PEER, NOWHERE },
	{ EX_TEXT("I="), 7, WORD, NOWHERE },
	{ EX_TEXT("U="), 5, WORD, OFFSET(user) },
	{ EX_TEXT("R="), KINDS(EX_ARRIVAL), WORD, OFFSET(parent) },
	{ EX_TEXT("R="), KINDS(EX_DELIVERY), WORD, OFFSET(router) },
	{ EX_TEXT("P=<"), KINDS(EX_DELIVERY), PATH, NOWHERE },
	{ EX_TEXT("P="), 5, WORD, OFFSET(protocol) },
	{ EX_TEXT("F=<"), 6, PATH, OFFSET(sender) },
	{ EX_TEXT("T=\""), KINDS(EX_ARRIVAL), QUOTED, OFFSET(subject) },
	{ EX_TEXT("T="), KINDS(EX_DELIVERY), WORD, OFFSET(transport) },
	{ EX_TEXT("X="), 7, WORD, OFFSET(tls) },
	{ EX_TEXT("CV="), 7, WORD, NOWHERE },
	{ EX_TEXT("DN=\""), 7, QUOTED, NOWHERE },
	{ EX_TEXT("SNI=\""), 7, QUOTED, NOWHERE },
	{ EX_TEXT("SNI="), 7, WORD, NOWHERE },
	{ EX_TEXT("A="), 7, WORD, OFFSET(auth) },
	{ EX_TEXT("S="), 3, WORD, OFFSET(size) },
	{ EX_TEXT("M8S="), 3, WORD, NOWHERE },
	{ EX_TEXT("RT="), 3, WORD, NOWHERE },
	{ EX_TEXT("QT="), 3, WORD, OFFSET(qt) },
	{ EX_TEXT("DT="), 3, WORD, OFFSET(dt) },
	{ EX_TEXT("C=\""), KINDS(EX_DELIVERY), QUOTED, OFFSET(reply) },
	{ EX_TEXT("id="), KINDS(EX_ARRIVAL), WORD, OFFSET(msgid) },
	{ EX_TEXT("id*="), KINDS(EX_ARRIVAL), WORD, OFFSET(msgid) },
	{ EX_TEXT("PRX="), 7, WORD, NOWHERE },
	{ EX_TEXT("DKIM="), 3, WORD, NOWHERE },
	{ EX_TEXT("from <"), KINDS(EX_ARRIVAL), PATH, NOWHERE },
	{ EX_TEXT("for "), KINDS(EX_ARRIVAL), REST, OFFSET(recipients) },
	{ EX_TEXT("L.-"), 7, BARE, NOWHERE },
	{ EX_TEXT("L*-"), 7, BARE, NOWHERE },
	{ EX_TEXT("L."), 7, BARE, NOWHERE },
	{ EX_TEXT("L-"), 7, BARE, NOWHERE },
	{ EX_TEXT("L*"), 7, BARE, NOWHERE },
	{ EX_TEXT("L"), 7, BARE, NOWHERE },
	{ EX_TEXT("K"), 7, BARE, NOWHERE },
	{ EX_TEXT("PRDR"), 7, BARE, NOWHERE },
	{ EX_TEXT("TFO*"), 7, BARE, NOWHERE },
	{ EX_TEXT("TFO"), 7, BARE, NOWHERE },
};

/* The value at the start of *S. A word that ends in ':' leaves it there: text
 * begins behind it. */
static bool take_value(struct slice *s, const struct key *k, unsigned nth,
                       struct ex_fields *f, struct slice *value)
{
	size_t end;

	switch (k->shape) {
	case WORD:
		end = unquoted(*s, ' ');
		*value = slice_to(*s, end);
		if (value->len && value->ptr[value->len - 1] == ':')
			value->len--;
		*s = slice_from(*s, value->len);
		return true;
	case PATH:
		*s = slice_of(s->ptr - 1, s->len + 1); /* with its '<' */
		return ex_path(s, value);
	case QUOTED:
		*s = slice_of(s->ptr - 1, s->len + 1);
		end = quoted_end(*s);
		if (end == SLICE_NONE)
			return false;
		*value = slice_of(s->ptr + 1, end - 2);
		*s = slice_from(*s, end);
		return true;
	case PEER:
		*value = slice_of(NULL, 0);
		f->has_peer = ex_peer(s, nth, &f->peer);
		return f->has_peer;
	case BARE:
		*value = slice_of(NULL, 0);
		return true;
	case REST:
		*value = *s;
		*s = slice_from(*s, s->len);
		return true;
	}
	return false;
}

static bool ends_value(struct slice s)
{
	return !s.len || s.ptr[0] == ' ' || s.ptr[0] == ':';
}

static const struct key *find_key(struct slice s, enum ex_kind kind)
{
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (keys[i].kinds & KINDS(kind) &&
		    slice_starts(s, keys[i].name) &&
		    (keys[i].shape != BARE ||
		     ends_value(slice_from(s, keys[i].name.len))))
			return &keys[i];
	return NULL;
}

void ex_fields(struct slice *s, enum ex_kind kind, unsigned nth,
               struct ex_fields *f)
{
	uint64_t seen = 0;

	*f = (struct ex_fields){ .peer = { .port = -1 } };
	while (s->len > 1 && s->ptr[0] == ' ') {
		struct slice rest = slice_from(*s, 1), value;
		const struct key *k = find_key(rest, kind);
		uint64_t bit;

		if (!k)
			return;
		rest = slice_from(rest, k->name.len);
		if (!take_value(&rest, k, nth, f, &value) || !ends_value(rest))
			return;
		bit = UINT64_C(1) << (k - keys);
		f->twice = f->twice || (seen & bit && k->shape != BARE);
		seen |= bit;
		f->seen++;
		if (k->to != NOWHERE)
			memcpy((char *)f + k->to, &value, sizeof value);
		*s = rest;
	}
}
