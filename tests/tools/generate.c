/* SPDX-License-Identifier: MIT */
/* Writes logs of several invented Postfix servers and a list of what happened,
 * so that every count can be checked exactly. The same seed gives the same
 * bytes. The shapes follow what real servers log; nothing here knows a parser.
 *
 * usage: generate LINES SEED DIR [one]
 *   DIR/logs/{mx1,out,store}.log, or with "one" DIR/logs/all.log as a collector
 *   writes it; DIR/truth.jsonl one line a message; DIR/recipients.tsv one line a
 *   final recipient (message-id, sender, address, outcome); DIR/counts.txt the
 *   sums. */
#include "base/alloc.h"
#include "base/civil.h"
#include "base/strbuf.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>

enum server { MX1, OUT, STORE, SERVERS };

static const struct {
	const char *name, *fqdn, *ip;
	int long_ids;
} server[SERVERS] = {
	[MX1] = { "mx1", "mx1.corp.example", "192.0.2.10", 0 },
	[OUT] = { "out", "out.corp.example", "192.0.2.13", 1 },
	[STORE] = { "store", "store.corp.example", "192.0.2.12", 0 },
};

struct line {
	int64_t us;
	uint64_t order; /* lines of one instant keep it */
	enum server at;
	char *text;
};

struct counts {
	uint64_t lines, messages, refused_messages, bounces;
	uint64_t delivered, relayed, failed, refused, delayed, attempts;
	uint64_t auth_ok, auth_fail, handoffs;
};

struct world {
	uint64_t seed, order, target, made;
	int64_t now;
	struct line *heap;
	size_t n, cap;
	uint64_t inode[SERVERS];
	unsigned pid[SERVERS];
	FILE *log[SERVERS], *truth, *recipients;
	struct counts sum;
};

static uint64_t random_next(struct world *w)
{
	uint64_t z = w->seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static unsigned below(struct world *w, unsigned n)
{
	return (unsigned)(random_next(w) % n);
}

static int chance(struct world *w, unsigned percent)
{
	return below(w, 100) < percent;
}

/* Lines waiting for their time ------------------------------------------- */

static int line_before(const struct line *a, const struct line *b)
{
	return a->us != b->us ? a->us < b->us : a->order < b->order;
}

static void heap_push(struct world *w, struct line l)
{
	size_t i = w->n;

	GROW(w->heap, w->n, w->cap);
	for (w->n++; i > 0 && line_before(&l, &w->heap[(i - 1) / 2]);
	     i = (i - 1) / 2)
		w->heap[i] = w->heap[(i - 1) / 2];
	w->heap[i] = l;
}

static struct line heap_pop(struct world *w)
{
	struct line top = w->heap[0], last = w->heap[--w->n];
	size_t i = 0, child;

	while ((child = 2 * i + 1) < w->n) {
		if (child + 1 < w->n &&
		    line_before(&w->heap[child + 1], &w->heap[child]))
			child++;
		if (!line_before(&w->heap[child], &last))
			break;
		w->heap[i] = w->heap[child];
		i = child;
	}
	w->heap[i] = last;
	return top;
}

static void flush_until(struct world *w, int64_t us)
{
	while (w->n && w->heap[0].us < us) {
		struct line l = heap_pop(w);

		fputs(l.text, w->log[l.at]);
		free(l.text);
		w->sum.lines++;
	}
}

__attribute__((format(printf, 4, 5))) static void
say(struct world *w, int64_t us, enum server at, const char *fmt, ...)
{
	static const char month[12][4] = { "Jan", "Feb", "Mar", "Apr",
		"May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct strbuf b = { 0 };
	struct civil c;
	va_list args;

	civil_of(us, &c);
	if (at == OUT) { /* this one logs RFC 3339 */
		strbuf_addf(&b, "%04d-%02d-%02dT%02d:%02d:%02d.%06d+00:00 ", c.year,
		            c.month, c.day, c.hour, c.minute, c.second, c.us);
	} else {
		strbuf_addf(&b, "%s %2d %02d:%02d:%02d ", month[c.month - 1], c.day,
		            c.hour, c.minute, c.second);
	}
	strbuf_addf(&b, "%s postfix/", server[at].name);
	va_start(args, fmt);
	strbuf_addv(&b, fmt, args);
	va_end(args);
	strbuf_add_char(&b, '\n');
	heap_push(w, (struct line){ us, w->order++, at, strbuf_take(&b) });
	w->made++;
}

/* Ids ---------------------------------------------------------------------- */

static const char alphabet[] =
	"0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";

static void base_digits(uint64_t value, unsigned base, int width, char *out)
{
	for (int i = width - 1; i >= 0; i--, value /= base)
		out[i] = alphabet[value % base];
	out[width] = '\0';
}

static void queue_id(struct world *w, enum server at, int64_t us, char *id)
{
	uint64_t inode = 0x20000 + w->inode[at]++ % 400000;

	if (server[at].long_ids) {
		base_digits((uint64_t)(us / US_SECOND), 52, 6, id);
		base_digits((uint64_t)(us % US_SECOND), 52, 4, id + 6);
		id[10] = 'z';
		base_digits(inode, 51, 4, id + 11);
	} else {
		snprintf(id, 24, "%05X%llX", (unsigned)(us % US_SECOND),
		         (unsigned long long)inode);
	}
}

static unsigned next_pid(struct world *w, enum server at)
{
	return 2000 + w->pid[at]++ % 28000;
}

/* Parts of a message's life -------------------------------------------------- */

struct mail {
	char sender[64], message_id[80], outcome[8][12], rcpt[8][64];
	int nrcpt;
	unsigned size;
	const char *user; /* authenticated, or NULL */
};

static void truth_write(struct world *w, const struct mail *m, const char *kind)
{
	fprintf(w->truth, "{\"kind\":\"%s\",\"message_id\":\"%s\",\"sender\":\"%s\","
	        "\"recipients\":[", kind, m->message_id, m->sender);
	for (int i = 0; i < m->nrcpt; i++)
		fprintf(w->truth, "%s{\"address\":\"%s\",\"outcome\":\"%s\"}",
		        i ? "," : "", m->rcpt[i], m->outcome[i]);
	fputs("]}\n", w->truth);
	for (int i = 0; i < m->nrcpt; i++) {
		const char *o = m->outcome[i];

		fprintf(w->recipients, "%s\t%s\t%s\t%s\n",
		        strcmp(kind, "refused") ? m->message_id : "", m->sender,
		        m->rcpt[i], o);
		w->sum.delivered += !strcmp(o, "delivered");
		w->sum.relayed += !strcmp(o, "relayed");
		w->sum.failed += !strcmp(o, "failed");
		w->sum.refused += !strcmp(o, "refused");
		w->sum.delayed += !strcmp(o, "delayed");
	}
	if (strcmp(kind, "refused") == 0)
		w->sum.refused_messages++;
	else
		w->sum.messages++;
}

/* Accepted at AT from NAME[IP]: the lines up to the queue. */
static void accept_mail(struct world *w, int64_t us, enum server at,
                        const char *service, const char *name, const char *ip,
                        const struct mail *m, const char *id)
{
	unsigned pid = next_pid(w, at);

	say(w, us, at, "%s[%u]: connect from %s[%s]", service, pid, name, ip);
	if (m->user)
		say(w, us + 30000, at, "%s[%u]: %s: client=%s[%s], sasl_method=PLAIN, "
		    "sasl_username=%s", service, pid, id, name, ip, m->user);
	else
		say(w, us + 30000, at, "%s[%u]: %s: client=%s[%s]", service, pid, id,
		    name, ip);
	w->sum.auth_ok += m->user != NULL;
	w->sum.attempts += m->user != NULL;
	say(w, us + 31000, at, "cleanup[%u]: %s: message-id=<%s>", pid + 1, id,
	    m->message_id);
	say(w, us + 35000, at, "qmgr[901]: %s: from=<%s>, size=%u, nrcpt=%d "
	    "(queue active)", id, strcmp(m->sender, "<>") ? m->sender : "",
	    m->size, m->nrcpt);
	say(w, us + 36000, at, "%s[%u]: disconnect from %s[%s] ehlo=1 mail=1 "
	    "rcpt=%d data=1 quit=1 commands=%d", service, pid, name, ip, m->nrcpt,
	    m->nrcpt + 4);
}

/* Into the mailboxes of store; each recipient delivered. */
static void store_mail(struct world *w, int64_t us, enum server from,
                       struct mail *m, const char *id)
{
	accept_mail(w, us, STORE, "smtpd", server[from].fqdn, server[from].ip,
	            m, id);
	for (int i = 0; i < m->nrcpt; i++) {
		say(w, us + 60000, STORE, "lmtp[%u]: %s: to=<%s>, "
		    "relay=store.corp.example[private/dovecot-lmtp], delay=0.06, "
		    "delays=0.03/0/0/0.03, dsn=2.0.0, status=sent (250 2.0.0 <%s> "
		    "kAbCdEfGhIjKlMnOpQrStU Saved)", next_pid(w, STORE), id,
		    m->rcpt[i], m->rcpt[i]);
		memcpy(m->outcome[i], "delivered", 10);
		w->sum.attempts++;
	}
	say(w, us + 61000, STORE, "qmgr[801]: %s: removed", id);
}

/* FROM hands the whole message over to store. */
static void hand_to_store(struct world *w, int64_t us, enum server from,
                          struct mail *m, const char *id)
{
	char next[24];
	struct mail inner = *m;

	inner.user = NULL;
	inner.size += 420;
	queue_id(w, STORE, us + 20000, next);
	store_mail(w, us + 10000, from, &inner, next);
	for (int i = 0; i < m->nrcpt; i++) {
		say(w, us + 50000, from, "relay/smtp[%u]: %s: to=<%s>, "
		    "relay=store.corp.example[192.0.2.12]:25, delay=0.1, "
		    "delays=0.04/0/0.01/0.05, dsn=2.0.0, status=sent (250 2.0.0 Ok: "
		    "queued as %s)", next_pid(w, from), id, m->rcpt[i], next);
		memcpy(m->outcome[i], "delivered", 10);
		w->sum.attempts++;
	}
	w->sum.handoffs++;
	say(w, us + 120000, from, "qmgr[901]: %s: removed", id);
}

static void fill_mail(struct world *w, struct mail *m, const char *sender_domain,
                      const char *rcpt_domain, int most)
{
	memset(m, 0, sizeof *m);
	snprintf(m->sender, sizeof m->sender, "user%u@%s", below(w, 20000),
	         sender_domain);
	m->nrcpt = 1 + (chance(w, 20) ? (int)below(w, (unsigned)most) : 0);
	unsigned first = below(w, 20000);
	for (int i = 0; i < m->nrcpt; i++)
		snprintf(m->rcpt[i], sizeof m->rcpt[i], "staff%u@%s",
		         (first + (unsigned)i * 7) % 20000, rcpt_domain);
	snprintf(m->message_id, sizeof m->message_id, "%016llx.%llu@%s",
	         (unsigned long long)random_next(w), (unsigned long long)w->order,
	         sender_domain);
	m->size = 600 + below(w, 90000);
}

static void client_of(struct world *w, char *ip)
{
	snprintf(ip, 16, "198.51.%u.%u", 100 + below(w, 20), 1 + below(w, 250));
}

/* Kinds of mail ------------------------------------------------------------------ */

static void inbound(struct world *w)
{
	struct mail m;
	char id[24], ip[16], name[64];

	fill_mail(w, &m, "shop.example", "corp.example", 3);
	client_of(w, ip);
	snprintf(name, sizeof name, "mail%u.shop.example", below(w, 900));
	queue_id(w, MX1, w->now + 30000, id);
	accept_mail(w, w->now, MX1, "smtpd", name, ip, &m, id);
	hand_to_store(w, w->now + 40000, MX1, &m, id);
	truth_write(w, &m, "inbound");
}

/* The notification goes back to the sender, a mailbox of ours. */
static void bounce_back(struct world *w, int64_t us, const struct mail *m,
                        const char *failed_id)
{
	struct mail b;
	char id[24];

	memset(&b, 0, sizeof b);
	queue_id(w, OUT, us, id);
	snprintf(b.sender, sizeof b.sender, "<>");
	snprintf(b.rcpt[0], sizeof b.rcpt[0], "%s", m->sender);
	snprintf(b.message_id, sizeof b.message_id, "%s@out.corp.example", id);
	b.nrcpt = 1;
	b.size = m->size + 2000;
	say(w, us, OUT, "cleanup[77]: %s: message-id=<%s>", id, b.message_id);
	say(w, us + 1000, OUT, "bounce[78]: %s: sender non-delivery notification: "
	    "%s", failed_id, id);
	say(w, us + 2000, OUT, "qmgr[901]: %s: from=<>, size=%u, nrcpt=1 "
	    "(queue active)", id, b.size);
	hand_to_store(w, us + 3000, OUT, &b, id);
	w->sum.bounces++;
	truth_write(w, &b, "bounce");
}

static void outbound(struct world *w)
{
	struct mail m;
	char id[24], ip[16], user[64];
	int64_t us = w->now;
	int fails = 0, fate = (int)below(w, 100);

	fill_mail(w, &m, "corp.example", "partner.example", 4);
	snprintf(user, sizeof user, "%s", m.sender);
	m.user = user;
	client_of(w, ip);
	queue_id(w, OUT, us + 30000, id);
	accept_mail(w, us, OUT, "submission/smtpd", "unknown", ip, &m, id);
	us += 200000;
	if (fate < 12) { /* deferred once, then tried again */
		for (int i = 0; i < m.nrcpt; i++, w->sum.attempts++)
			say(w, us, OUT, "smtp[%u]: %s: to=<%s>, relay=mx.partner.example"
			    "[203.0.113.25]:25, delay=0.4, delays=0.1/0.1/0.1/0.1, "
			    "dsn=4.7.1, status=deferred (host mx.partner.example"
			    "[203.0.113.25] said: 451 4.7.1 Try again later (in reply to "
			    "RCPT TO command))", next_pid(w, OUT), id, m.rcpt[i]);
		us += 300 * US_SECOND;
		say(w, us, OUT, "qmgr[901]: %s: from=<%s>, size=%u, nrcpt=%d (queue "
		    "active)", id, m.sender, m.size, m.nrcpt);
		us += 100000;
	}
	if (fate == 50) { /* never tried again: still queued at the end */
		for (int i = 0; i < m.nrcpt; i++, w->sum.attempts++) {
			say(w, us, OUT, "smtp[%u]: %s: to=<%s>, relay=none, delay=30, "
			    "delays=0.1/0/30/0, dsn=4.4.1, status=deferred (connect to "
			    "mx.partner.example[203.0.113.25]:25: Connection timed out)",
			    next_pid(w, OUT), id, m.rcpt[i]);
			memcpy(m.outcome[i], "delayed", 8);
		}
		truth_write(w, &m, "outbound");
		return;
	}
	for (int i = 0; i < m.nrcpt; i++, w->sum.attempts++) {
		if (chance(w, 6)) {
			say(w, us, OUT, "smtp[%u]: %s: to=<%s>, relay=mx.partner.example"
			    "[203.0.113.25]:25, delay=0.4, delays=0.1/0/0.1/0.2, "
			    "dsn=5.1.1, status=bounced (host mx.partner.example"
			    "[203.0.113.25] said: 550 5.1.1 <%s>: User unknown (in reply "
			    "to RCPT TO command))", next_pid(w, OUT), id, m.rcpt[i],
			    m.rcpt[i]);
			memcpy(m.outcome[i], "failed", 7);
			fails++;
		} else {
			say(w, us, OUT, "smtp[%u]: %s: to=<%s>, relay=mx.partner.example"
			    "[203.0.113.25]:25, delay=0.4, delays=0.1/0/0.1/0.2, "
			    "dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as %010llX)",
			    next_pid(w, OUT), id, m.rcpt[i],
			    (unsigned long long)(random_next(w) & 0xffffffffff));
			memcpy(m.outcome[i], "relayed", 8);
		}
	}
	if (fails)
		bounce_back(w, us + 5000, &m, id);
	say(w, us + 9000, OUT, "qmgr[901]: %s: removed", id);
	truth_write(w, &m, "outbound");
}

static void refuse_lines(struct world *w, int64_t us, const struct mail *m,
                         const char *ip, const char *reply)
{
	unsigned pid = next_pid(w, MX1);

	say(w, us, MX1, "smtpd[%u]: connect from unknown[%s]", pid, ip);
	for (int i = 0; i < m->nrcpt; i++, w->sum.attempts++)
		say(w, us + 20000, MX1, "smtpd[%u]: NOQUEUE: reject: RCPT from "
		    "unknown[%s]: %s; from=<%s> to=<%s> proto=ESMTP helo=<host%u>",
		    pid, ip, reply, m->sender, m->rcpt[i], m->size % 50);
	say(w, us + 30000, MX1, "smtpd[%u]: disconnect from unknown[%s] ehlo=1 "
	    "mail=1 rcpt=0/%d quit=1 commands=3/%d", pid, ip, m->nrcpt,
	    m->nrcpt + 3);
}

static void refused(struct world *w)
{
	struct mail m;
	char ip[16];

	fill_mail(w, &m, "spam.example", "corp.example", 5);
	client_of(w, ip);
	refuse_lines(w, w->now, &m, ip, "554 5.7.1 <unknown>: Relay access denied");
	for (int i = 0; i < m.nrcpt; i++)
		memcpy(m.outcome[i], "refused", 8);
	truth_write(w, &m, "refused");
}

static void greylisted(struct world *w)
{
	struct mail m;
	char ip[16], id[24];
	int64_t again = w->now + 400 * US_SECOND;

	fill_mail(w, &m, "slow.example", "corp.example", 1);
	client_of(w, ip);
	refuse_lines(w, w->now, &m, ip, "450 4.2.0 Recipient address rejected: "
	             "Greylisted");
	queue_id(w, MX1, again + 30000, id);
	accept_mail(w, again, MX1, "smtpd", "unknown", ip, &m, id);
	hand_to_store(w, again + 40000, MX1, &m, id);
	truth_write(w, &m, "greylisted");
}

static void bad_login(struct world *w)
{
	unsigned pid = next_pid(w, OUT), tries = 1 + below(w, 3);
	char ip[16];

	client_of(w, ip);
	say(w, w->now, OUT, "submission/smtpd[%u]: connect from unknown[%s]", pid,
	    ip);
	for (unsigned i = 0; i < tries; i++) {
		say(w, w->now + (i + 1) * US_SECOND, OUT, "submission/smtpd[%u]: "
		    "warning: unknown[%s]: SASL LOGIN authentication failed: "
		    "authentication failure, sasl_username=user%u@corp.example", pid,
		    ip, below(w, 500));
		w->sum.auth_fail++;
		w->sum.attempts++;
	}
	say(w, w->now + 5 * US_SECOND, OUT, "submission/smtpd[%u]: disconnect from "
	    "unknown[%s] ehlo=1 auth=0/%u quit=1 commands=2/%u", pid, ip, tries,
	    tries + 2);
}

static void one_thing(struct world *w)
{
	unsigned kind = below(w, 100);

	if (kind < 52)
		inbound(w);
	else if (kind < 78)
		outbound(w);
	else if (kind < 88)
		refused(w);
	else if (kind < 92)
		greylisted(w);
	else
		bad_login(w);
}

static FILE *open_file(const char *dir, const char *name)
{
	struct strbuf path = { 0 };
	FILE *f;

	strbuf_addf(&path, "%s/%s", dir, name);
	f = fopen(strbuf_text(&path), "we");
	if (!f) {
		fprintf(stderr, "generate: cannot write %s: %s\n",
		        strbuf_text(&path), strerror(errno));
		exit(3);
	}
	strbuf_release(&path);
	return f;
}

static void counts_write(const struct world *w, const char *dir)
{
	const struct counts *c = &w->sum;
	FILE *f = open_file(dir, "counts.txt");

	fprintf(f, "lines %" PRIu64 "\nmessages %" PRIu64 "\nrefused_messages %"
	        PRIu64 "\nbounces %" PRIu64 "\nrecipients %" PRIu64 "\n"
	        "delivered %" PRIu64 "\nrelayed %" PRIu64 "\nfailed %" PRIu64 "\n"
	        "refused %" PRIu64 "\ndelayed %" PRIu64 "\nattempts %" PRIu64 "\n"
	        "auth_ok %" PRIu64 "\nauth_fail %" PRIu64 "\nhandoffs %" PRIu64 "\n",
	        c->lines, c->messages, c->refused_messages, c->bounces,
	        c->delivered + c->relayed + c->failed + c->refused + c->delayed,
	        c->delivered, c->relayed, c->failed, c->refused, c->delayed,
	        c->attempts, c->auth_ok, c->auth_fail, c->handoffs);
	fclose(f);
}

int main(int argc, char **argv)
{
	struct world w = { .now = civil_days(2026, 3, 2) * US_DAY };
	struct strbuf logs = { 0 };
	int one = argc > 4 && strcmp(argv[4], "one") == 0;

	if (argc < 4) {
		fputs("usage: generate LINES SEED DIR [one]\n", stderr);
		return 2;
	}
	w.target = strtoull(argv[1], NULL, 10);
	w.seed = strtoull(argv[2], NULL, 10);
	strbuf_addf(&logs, "%s/logs", argv[3]);
	mkdir(argv[3], 0755);
	mkdir(strbuf_text(&logs), 0755);
	w.truth = open_file(argv[3], "truth.jsonl");
	w.recipients = open_file(argv[3], "recipients.tsv");
	for (int i = 0; i < SERVERS; i++) {
		char name[32];

		snprintf(name, sizeof name, "logs/%s.log", server[i].name);
		w.log[i] = one && i ? w.log[0]
		                    : open_file(argv[3], one ? "logs/all.log" : name);
	}
	while (w.made < w.target) {
		flush_until(&w, w.now);
		one_thing(&w);
		w.now += 1000 + (int64_t)below(&w, 400000);
	}
	flush_until(&w, INT64_MAX);
	counts_write(&w, argv[3]);
	fclose(w.truth);
	fclose(w.recipients);
	for (int i = 0; i < (one ? 1 : SERVERS); i++)
		fclose(w.log[i]);
	free(w.heap);
	strbuf_release(&logs);
	return 0;
}
