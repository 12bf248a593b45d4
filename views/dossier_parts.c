/* SPDX-License-Identifier: MIT */
/* What a dossier asks: the table of its parts. */
#include "views/dossier.h"

#include "model/ask/filter.h"

#define ADDRESS DOSSIER_ADDRESS
#define IP DOSSIER_IP
#define HOST DOSSIER_HOST
#define DOMAIN DOSSIER_DOMAIN
#define USER DOSSIER_USER

#define LOGINS "action:auth_ok,auth_fail"
#define M UNIT_MESSAGES
#define R UNIT_RECIPIENTS
#define A UNIT_ATTEMPTS
#define E UNIT_EVENTS

#define PART(kinds_, section_, what_, unit_, field_, more_, group_, rows_)  \
	{ .kinds = kinds_, .section = section_, .what = what_,              \
	  .unit = unit_, .field = field_, .more = more_, .group = group_,   \
	  .rows = rows_ }
#define TOTAL(kinds, section, unit, field) \
	PART(kinds, section, NULL, unit, field, NULL, NULL, 0)
#define SOME(kinds, section, what, unit, field, more) \
	PART(kinds, section, what, unit, field, more, NULL, 0)
#define TOP(kinds, section, what, unit, field, group, rows) \
	PART(kinds, section, what, unit, field, NULL, group, rows)

const struct dossier_part dossier_parts[] = {
	TOTAL(ADDRESS, "as sender", M, "from"),
	TOTAL(ADDRESS, "as sender", R, "from"),
	TOP(ADDRESS, "as sender", "to", R, "from", "to", 5),
	TOP(ADDRESS, "as sender", "answer", A, "from", "code", 5),
	TOP(ADDRESS, "as sender", "from client", M, "from", "client_ip", 5),
	TOP(ADDRESS, "as sender", "logged in as", M, "from", "user", 3),
	TOTAL(ADDRESS, "as recipient", R, "to"),
	TOP(ADDRESS, "as recipient", "from", R, "to", "from", 5),
	TOP(ADDRESS, "as recipient", "answer", A, "to", "code", 5),

	TOTAL(IP, "as client", M, "client_ip"),
	TOTAL(IP, "as client", R, "client_ip"),
	SOME(IP, "as client", "connections", E, "client_ip", "action:connect"),
	SOME(IP, "as client", "refused at the door", A, "client_ip",
	     "action:reject,tempfail"),
	TOP(IP, "as client", "name", M, "client_ip", "client", 4),
	TOP(IP, "as client", "says HELO", M, "client_ip", "helo", 4),
	TOP(IP, "as client", "from", M, "client_ip", "from", 5),
	TOP(IP, "as client", "to", R, "client_ip", "to", 5),
	TOP(IP, "as client", "answer", A, "client_ip", "code", 5),
	TOTAL(IP, "mail given to it", R, "relay_ip"),
	TOP(IP, "mail given to it", "name", R, "relay_ip", "relay", 4),
	TOP(IP, "mail given to it", "domain", R, "relay_ip", "to_domain", 5),
	TOP(IP, "mail given to it", "answer", A, "relay_ip", "code", 5),

	TOTAL(HOST, "in any role", M, "host"),
	TOTAL(HOST, "as client", M, "client"),
	TOTAL(HOST, "as client", R, "client"),
	SOME(HOST, "as client", "connections", E, "client", "action:connect"),
	SOME(HOST, "as client", "refused at the door", A, "client",
	     "action:reject,tempfail"),
	TOP(HOST, "as client", "address", M, "client", "client_ip", 4),
	TOP(HOST, "as client", "says HELO", M, "client", "helo", 4),
	TOP(HOST, "as client", "from", M, "client", "from", 5),
	TOTAL(HOST, "mail given to it", R, "relay"),
	TOP(HOST, "mail given to it", "address", R, "relay", "relay_ip", 4),
	TOP(HOST, "mail given to it", "domain", R, "relay", "to_domain", 5),
	TOP(HOST, "mail given to it", "answer", A, "relay", "code", 5),
	TOTAL(HOST, "in its own log", M, "server"),
	TOP(HOST, "in its own log", "client", M, "server", "client_ip", 5),
	TOP(HOST, "in its own log", "answer", A, "server", "code", 5),

	TOTAL(DOMAIN, "mail from the domain", M, "from_domain"),
	TOTAL(DOMAIN, "mail from the domain", R, "from_domain"),
	TOP(DOMAIN, "mail from the domain", "from", M, "from_domain", "from", 5),
	TOP(DOMAIN, "mail from the domain", "from client", M, "from_domain",
	    "client_ip", 5),
	TOTAL(DOMAIN, "mail to the domain", R, "to_domain"),
	TOP(DOMAIN, "mail to the domain", "to", R, "to_domain", "to", 5),
	TOP(DOMAIN, "mail to the domain", "from", R, "to_domain", "from", 5),
	TOP(DOMAIN, "mail to the domain", "given to", R, "to_domain", "relay",
	    4),
	TOP(DOMAIN, "mail to the domain", "answer", A, "to_domain", "code", 5),

	TOTAL(USER, "mail sent after login", M, "user"),
	TOTAL(USER, "mail sent after login", R, "user"),
	TOP(USER, "mail sent after login", "from", M, "user", "from", 5),
	TOP(USER, "mail sent after login", "to", R, "user", "to", 5),

	SOME(ADDRESS | USER, "logins", "worked", A, "user", "action:auth_ok"),
	SOME(ADDRESS | USER, "logins", "failed", A, "user", "action:auth_fail"),
	PART(ADDRESS | USER, "logins", "from client", A, "user", LOGINS,
	     "client_ip", 6),
	SOME(IP, "logins", "worked", A, "client_ip", "action:auth_ok"),
	SOME(IP, "logins", "failed", A, "client_ip", "action:auth_fail"),
	PART(IP, "logins", "as user", A, "client_ip", LOGINS, "user", 6),

	TOP(ADDRESS, "servers that saw it", "server", M, "addr", "server", 6),
	TOP(IP, "servers that saw it", "server", M, "ip", "server", 6),
	TOP(HOST, "servers that saw it", "server", M, "host", "server", 6),
	TOP(DOMAIN, "servers that saw it", "server", M, "domain", "server", 6),
	TOP(USER, "servers that saw it", "server", M, "user", "server", 6),
	{ .kinds = 0 },
};

/* Kinds --------------------------------------------------------------------- */

static const struct {
	const char *field;
	unsigned kinds;
} by_field[] = {
	{ "from", ADDRESS },      { "to", ADDRESS },
	{ "addr", ADDRESS },      { "header", ADDRESS },
	{ "addressed_as", ADDRESS }, { "client_ip", IP },
	{ "relay_ip", IP },       { "ip", IP },
	{ "client", HOST },       { "relay", HOST },
	{ "server", HOST },       { "said_by", HOST },
	{ "helo", HOST },         { "domain", DOMAIN },
	{ "from_domain", DOMAIN }, { "to_domain", DOMAIN },
	{ "user", ADDRESS | USER },
};

static bool is_ip(struct slice s)
{
	size_t digits = 0, colons = 0, dots = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (!memchr("0123456789abcdefABCDEF.:", s.ptr[i], 24))
			return false;
		digits += s.ptr[i] >= '0' && s.ptr[i] <= '9';
		colons += s.ptr[i] == ':';
		dots += s.ptr[i] == '.';
	}
	return digits && (colons >= 2 || (dots == 3 && digits >= 4));
}

static unsigned by_looks(struct slice value)
{
	if (is_ip(value))
		return IP;
	if (slice_chr(value, '@') != SLICE_NONE ||
	    slice_eq(value, SLICE("<>")))
		return ADDRESS;
	if (slice_chr(value, '.') != SLICE_NONE)
		return HOST | DOMAIN | USER;
	return USER | HOST;
}

unsigned dossier_kinds(struct slice value, const struct field *f)
{
	unsigned kinds = by_looks(value);

	for (size_t i = 0; f && i < sizeof by_field / sizeof *by_field; i++)
		if (strcmp(by_field[i].field, f->name) == 0)
			kinds = by_field[i].kinds;
	/* a login need be no address, a name may be an address literal */
	if (kinds == (ADDRESS | USER))
		return slice_chr(value, '@') != SLICE_NONE ? ADDRESS : USER;
	return kinds == HOST && is_ip(value) ? IP : kinds;
}

const char *dossier_kind_name(unsigned kinds)
{
	switch (kinds) {
	case ADDRESS: return "an address";
	case IP: return "an IP address";
	case HOST: return "a host";
	case DOMAIN: return "a domain";
	case USER: return "a login";
	case HOST | DOMAIN | USER: return "a host, domain or login";
	default: return "a login or host";
	}
}

/* The login of an address is the address or what stands before its @. */
static void add_login(struct slice address, struct strbuf *out)
{
	const struct field *user = field_find(SLICE("user"));
	size_t at = slice_chr(address, '@');

	strbuf_add_char(out, '(');
	filter_add_term(out, user, address, false);
	if (at != SLICE_NONE && at > 0) {
		strbuf_add_str(out, " or ");
		filter_add_term(out, user, slice_to(address, at), false);
	}
	strbuf_add_char(out, ')');
}

void dossier_filter(const struct dossier_part *p, unsigned kinds,
                    struct slice value, struct strbuf *out)
{
	if (strcmp(p->field, "user") == 0 && (kinds & ADDRESS))
		add_login(value, out);
	else
		filter_add_term(out, field_find(slice_str(p->field)), value,
		                false);
	if (p->more)
		strbuf_addf(out, " %s", p->more);
}
