/* SPDX-License-Identifier: MIT */
/* Postfix: the daemon of a line whose tag is "postfix" alone, as rsyslog's
 * %programname% cuts it at the slash. Told by what stands at the very front,
 * which no client chooses; what two daemons could write stays unknown. */
#include "parsers/postfix.h"

struct shape {
	struct slice head;
	enum pf_daemon daemon;
	struct slice service;
};

#define SHAPE(head, daemon, service) { PF_TEXT(head), daemon, PF_TEXT(service) }

/* Behind "QID: ". postsuper says "removed" too, though far less often. */
static const struct shape of_message[] = {
	SHAPE("client=", PF_SMTPD, "smtpd"),
	SHAPE("message-id=", PF_CLEANUP, "cleanup"),
	SHAPE("resent-message-id=", PF_CLEANUP, "cleanup"),
	SHAPE("reject: header ", PF_CLEANUP, "cleanup"),
	SHAPE("reject: body ", PF_CLEANUP, "cleanup"),
	SHAPE("reject: mime-header ", PF_CLEANUP, "cleanup"),
	SHAPE("warning: header ", PF_CLEANUP, "cleanup"),
	SHAPE("warning: body ", PF_CLEANUP, "cleanup"),
	SHAPE("hold: header ", PF_CLEANUP, "cleanup"),
	SHAPE("discard: header ", PF_CLEANUP, "cleanup"),
	SHAPE("milter-reject: END-OF-MESSAGE ", PF_CLEANUP, "cleanup"),
	SHAPE("milter-hold: END-OF-MESSAGE ", PF_CLEANUP, "cleanup"),
	SHAPE("milter-discard: END-OF-MESSAGE ", PF_CLEANUP, "cleanup"),
	SHAPE("reject: ", PF_SMTPD, "smtpd"),
	SHAPE("milter-reject: ", PF_SMTPD, "smtpd"),
	SHAPE("from=<", PF_QMGR, "qmgr"),
	SHAPE("removed", PF_QMGR, "qmgr"),
	SHAPE("uid=", PF_PICKUP, "pickup"),
	SHAPE("sender non-delivery notification: ", PF_BOUNCE, "bounce"),
	SHAPE("sender delay notification: ", PF_BOUNCE, "bounce"),
	SHAPE("sender delivery status notification: ", PF_BOUNCE, "bounce"),
	SHAPE("postmaster non-delivery notification: ", PF_BOUNCE, "bounce"),
	SHAPE("host ", PF_SMTP, "smtp"),
	SHAPE("lost connection with ", PF_SMTP, "smtp"),
	SHAPE("conversation with ", PF_SMTP, "smtp"),
	SHAPE("requeued", PF_POSTSUPER, "postsuper"),
	SHAPE("placed on hold", PF_POSTSUPER, "postsuper"),
	SHAPE("released from hold", PF_POSTSUPER, "postsuper"),
};

/* Without an id. */
static const struct shape of_session[] = {
	SHAPE("connect from ", PF_SMTPD, "smtpd"),
	SHAPE("disconnect from ", PF_SMTPD, "smtpd"),
	SHAPE("lost connection after ", PF_SMTPD, "smtpd"),
	SHAPE("timeout after ", PF_SMTPD, "smtpd"),
	SHAPE("improper command pipelining after ", PF_SMTPD, "smtpd"),
	SHAPE("connect to ", PF_SMTP, "smtp"),
	SHAPE("statistics: ", PF_ANVIL, "anvil"),
	SHAPE("CONNECT from [", PF_POSTSCREEN, "postscreen"),
	SHAPE("DISCONNECT [", PF_POSTSCREEN, "postscreen"),
	SHAPE("PASS NEW [", PF_POSTSCREEN, "postscreen"),
	SHAPE("PASS OLD [", PF_POSTSCREEN, "postscreen"),
};

static void is_shape(struct pf *p, enum pf_daemon daemon, struct slice service)
{
	p->daemon = daemon;
	p->service = arena_slice(p->arena, service);
}

static void find_shape(struct pf *p, const struct shape *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!slice_starts(p->body, list[i].head))
			continue;
		is_shape(p, list[i].daemon, list[i].service);
		return;
	}
}

/* "reject: RCPT from NAME[IP]: …": postscreen knows no name of a client. */
static void find_refusal(struct pf *p)
{
	struct slice s = p->body;
	size_t from;

	if (!PF_STARTS(s, "reject: ") && !PF_STARTS(s, "milter-reject: ") &&
	    !PF_STARTS(s, "reject_warning: "))
		return;
	from = PF_FIND(s, " from ");
	if (from != SLICE_NONE && PF_STARTS(slice_from(s, from), " from ["))
		is_shape(p, PF_POSTSCREEN, SLICE("postscreen"));
	else
		is_shape(p, PF_SMTPD, SLICE("smtpd"));
}

/* "Anonymous TLS connection established from NAME[IP]: TLSv1.3 …" */
static void find_tls(struct pf *p)
{
	static const struct slice heads[] = {
		PF_TEXT("Anonymous"), PF_TEXT("Untrusted"), PF_TEXT("Trusted"),
		PF_TEXT("Verified"),
	};

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		struct slice s = p->body;

		if (!pf_skip(&s, heads[i]) ||
		    !PF_SKIP(&s, " TLS connection established "))
			continue;
		if (PF_STARTS(s, "from "))
			is_shape(p, PF_SMTPD, SLICE("smtpd"));
		else if (PF_STARTS(s, "to "))
			is_shape(p, PF_SMTP, SLICE("smtp"));
	}
}

/* "warning: NAME[IP]: SASL LOGIN authentication failed: …" */
static void find_complaint(struct pf *p)
{
	struct slice s = p->body;
	struct pf_peer peer;

	if (pf_peer(&s, &peer) && peer.ip.len && PF_STARTS(s, ": SASL "))
		is_shape(p, PF_SMTPD, SLICE("smtpd"));
}

void pf_shape(struct pf *p)
{
	if (p->level)
		find_complaint(p);
	else if (p->noqueue)
		find_refusal(p);
	else if (p->qid.len)
		find_shape(p, of_message, sizeof of_message / sizeof *of_message);
	else
		find_shape(p, of_session, sizeof of_session / sizeof *of_session);
	if (p->daemon == PF_NONE && !p->qid.len)
		find_tls(p);
}

void pf_shape_delivery(struct pf *p, struct slice relay,
                       const struct pf_peer *peer)
{
	if (slice_eq(relay, SLICE("local")) || slice_eq(relay, SLICE("virtual")))
		is_shape(p, PF_LOCAL, relay);
	else if (slice_eq(relay, SLICE("none")) || !relay.len)
		p->daemon = PF_ERROR; /* one that asked nobody: which, is not said */
	else if (peer->ip.len && peer->port != 24)
		is_shape(p, PF_SMTP, SLICE("smtp"));
	else if (peer->ip.len || peer->name.len) /* its port, or a socket */
		is_shape(p, PF_LMTP, SLICE("lmtp"));
	else
		is_shape(p, PF_PIPE, SLICE("pipe"));
}
