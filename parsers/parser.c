/* SPDX-License-Identifier: MIT */
/* The table of parsers and the one way in which a record is read. */
#include "parsers/parser.h"

#include "parsers/mail.h"

const struct parser *const parsers[] = {
	&parser_postfix,
	&parser_sendmail,
	&parser_exim,
	&parser_opensmtpd,
	&parser_zeek,
	&parser_exchange_tracking,
	&parser_dovecot,
	&parser_amavis,
	&parser_exchange_smtp,
	&parser_exchange_mailbox,
	&parser_dkim,
	&parser_policy,
	&parser_rspamd,
	&parser_spamd,
	&parser_mailscanner,
	&parser_exchange_online,
	&parser_user,
	&parser_raw, /* last: takes what nobody claims */
	NULL,
};

const struct parser *parser_find(struct slice name)
{
	for (size_t i = 0; parsers[i]; i++)
		if (slice_eq(name, slice_str(parsers[i]->name)))
			return parsers[i];
	return NULL;
}

/* "message repeated 2 times: [ … ]" carries the program's tag but is said by the
 * syslog daemon. */
static bool is_repeat(struct slice body)
{
	if (body.len < 21 || (body.ptr[0] != 'm' && body.ptr[0] != 'l'))
		return false;
	return slice_starts(body, SLICE("message repeated ")) ||
	       slice_starts(body, SLICE("last message repeated "));
}

const struct parser *parser_for(const struct layout *l, const struct record *r)
{
	if (l->parser)
		return l->parser;
	if (is_repeat(r->body))
		return &parser_raw;
	for (size_t i = 0; parsers[i]; i++)
		if (parsers[i]->claims(r->program))
			return parsers[i];
	return &parser_raw;
}

enum parse record_parse(const struct layout *l, const struct record *r,
                        struct arena *arena, struct events *out,
                        const struct parser **used)
{
	const struct parser *p;
	enum parse result;

	/* the layout of the lines themselves knows their columns */
	while (!l->parser && l->inner)
		l = l->inner;
	p = parser_for(l, r);
	out->n = 0;
	if (used)
		*used = p;
	if (r->flags & (RECORD_BLANK | RECORD_HEADER))
		return PARSE_NO;
	result = p->parse(l, r, arena, out);
	if (result != PARSE_NO && out->n)
		return result;
	out->n = 0;
	if (used)
		*used = &parser_raw;
	events_add(out)->action = ACTION_UNKNOWN;
	return PARSE_NO;
}
