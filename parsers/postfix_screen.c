/* SPDX-License-Identifier: MIT */
/* Postfix: postscreen and its helpers, who stand before the SMTP server. */
#include "parsers/postfix.h"

/* One client at a time has this address and port. */
static void set_session(struct pf *p, struct slice endpoint)
{
	const struct slice head = SLICE("postscreen ");
	char *copy = arena_bytes(p->arena, head.len + endpoint.len);

	memcpy(copy, head.ptr, head.len);
	memcpy(copy + head.len, endpoint.ptr, endpoint.len);
	p->session = slice_of(copy, head.len + endpoint.len);
}

/* What each line begins with, up to the client or the words before it. Those who
 * passed go on to the SMTP server: nothing more is logged here of them. */
static const struct {
	struct slice head;
	enum action action;
	unsigned roles;
} screen_lines[] = {
	{ PF_TEXT("CONNECT "), ACTION_CONNECT, ROLE_SESSION_OPENS },
	{ PF_TEXT("DISCONNECT "), ACTION_DISCONNECT, ROLE_SESSION_CLOSES },
	{ PF_TEXT("PASS "), ACTION_INFO, ROLE_SESSION_CLOSES },
	{ PF_TEXT("WHITELISTED "), ACTION_INFO, ROLE_SESSION_CLOSES },
	{ PF_TEXT("ALLOWLISTED "), ACTION_INFO, ROLE_SESSION_CLOSES },
	{ PF_TEXT("BLACKLISTED "), ACTION_INFO, 0 },
	{ PF_TEXT("DENYLISTED "), ACTION_INFO, 0 },
	{ PF_TEXT("WHITELIST VETO "), ACTION_INFO, 0 },
	{ PF_TEXT("ALLOWLIST VETO "), ACTION_INFO, 0 },
	{ PF_TEXT("PREGREET "), ACTION_INFO, 0 },
	{ PF_TEXT("DNSBL "), ACTION_INFO, 0 },
	{ PF_TEXT("HANGUP "), ACTION_INFO, 0 },
	{ PF_TEXT("NON-SMTP COMMAND "), ACTION_INFO, 0 },
	{ PF_TEXT("BARE NEWLINE "), ACTION_INFO, 0 },
	{ PF_TEXT("COMMAND TIME LIMIT "), ACTION_INFO, 0 },
	{ PF_TEXT("COMMAND COUNT LIMIT "), ACTION_INFO, 0 },
	{ PF_TEXT("COMMAND LENGTH LIMIT "), ACTION_INFO, 0 },
	{ PF_TEXT("COMMAND PIPELINING "), ACTION_INFO, 0 },
	{ PF_TEXT("DATA without valid RCPT "), ACTION_INFO, 0 },
};

/* The first "[IP]:port": what a client sends stands only behind it. */
static bool find_endpoint(struct slice s, struct slice *endpoint,
                          struct pf_peer *peer)
{
	size_t at = slice_chr(s, '[');
	struct slice rest;

	if (at == SLICE_NONE)
		return false;
	rest = slice_from(s, at);
	*endpoint = rest;
	if (!pf_peer(&rest, peer) || peer->ip.len == 0)
		return false;
	endpoint->len = (size_t)(rest.ptr - endpoint->ptr);
	return true;
}

/* "PREGREET 14 after 0.2", "DNSBL rank 5": what the test found. */
static struct slice verdict_of(struct slice body, struct slice endpoint)
{
	struct slice s = slice_trim(
		slice_to(body, (size_t)(endpoint.ptr - body.ptr)));

	if (slice_ends(s, SLICE(" from")))
		s.len -= sizeof " from" - 1;
	else if (slice_ends(s, SLICE(" for")))
		s.len -= sizeof " for" - 1;
	return s;
}

static bool screen_line(struct pf *p)
{
	struct slice endpoint;
	struct pf_peer peer;
	struct event *e;
	size_t i;

	for (i = 0; i < sizeof screen_lines / sizeof *screen_lines; i++)
		if (slice_starts(p->body, screen_lines[i].head))
			break;
	if (i == sizeof screen_lines / sizeof *screen_lines)
		return false;
	if (!find_endpoint(p->body, &endpoint, &peer)) {
		pf_damage(pf_add(p, ACTION_INFO, 0));
		return true;
	}
	set_session(p, endpoint);
	e = pf_add(p, screen_lines[i].action, screen_lines[i].roles);
	pf_set_client(e, &peer);
	if (screen_lines[i].action == ACTION_INFO)
		event_set(e, EV_VERDICT, verdict_of(p->body, endpoint));
	return true;
}

/* "NOQUEUE: reject: RCPT from [IP]:port: 550 …" */
static bool screen_refusal(struct pf *p)
{
	struct slice endpoint;
	struct pf_peer peer;

	if (p->noqueue && find_endpoint(p->body, &endpoint, &peer))
		set_session(p, endpoint);
	return pf_refusal(p);
}

/* "addr IP listed by domain D as A" */
static bool dnsblog_line(struct pf *p)
{
	struct slice s = p->body, ip;
	struct event *e;

	if (!PF_SKIP(&s, "addr "))
		return false;
	ip = slice_to(s, slice_chr(s, ' '));
	s = slice_trim(slice_from(s, ip.len));
	e = pf_add(p, ACTION_INFO, 0);
	if (ip.len)
		event_set(e, EV_CLIENT_IP, ip);
	if (s.len)
		event_set(e, EV_VERDICT, s);
	return true;
}

/* tlsproxy's sessions are postscreen's. */
static bool proxy_line(struct pf *p)
{
	struct slice endpoint;
	struct pf_peer peer;
	struct event *e;

	if (!PF_STARTS(p->body, "CONNECT ") && !PF_STARTS(p->body, "DISCONNECT "))
		return false;
	e = pf_add(p, ACTION_INFO, 0);
	if (find_endpoint(p->body, &endpoint, &peer))
		pf_set_client(e, &peer);
	return true;
}

/* "cache btree:… full cleanup: retained=0 dropped=0 entries" */
static bool cache_line(struct pf *p)
{
	if (!slice_starts(p->body, SLICE("cache ")))
		return false;
	pf_add(p, ACTION_INFO, 0);
	return true;
}

bool pf_postscreen(struct pf *p)
{
	if (p->daemon == PF_DNSBLOG)
		return dnsblog_line(p);
	if (p->daemon == PF_TLSPROXY)
		return proxy_line(p) || pf_tls(p);
	return screen_line(p) || screen_refusal(p) || cache_line(p);
}
