/* SPDX-License-Identifier: MIT */
/* The files that Dovecot writes itself (log_path, info_log_path, debug_log_path):
 * a stamp as log_timestamp says, then service, level and message.
 *
 * "Mar 14 09:15:02 imap-login: Info: Login: user=<…>" has neither host nor the tag
 * "dovecot:" of syslog. The level is what no syslog line without a host has: it
 * stands behind the service and the first ": ", always. */
#include "parsers/dovecot.h"

#include "parsers/csv.h"
#include "parsers/stamp.h"

/* "%b %d %H:%M:%S " unless it is configured, "%{usec}" as a fraction. */
static size_t file_stamp(struct slice s, struct stamp *t, struct slice *raw)
{
	size_t n = stamp_iso(s, t);

	if (n)
		n += stamp_zone_behind(slice_from(s, n), t);
	else
		n = stamp_bsd(s, t);
	if (n == 0)
		n = stamp_asctime(s, t);
	if (n == 0)
		n = stamp_day_first(s, t);
	if (n == 0 || n >= s.len || s.ptr[n] != ' ')
		return 0;
	*raw = slice_to(s, n);
	return n + 1;
}

static bool has_level(struct slice s)
{
	static const struct slice levels[] = {
		AG_TEXT("Info: "),  AG_TEXT("Warning: "), AG_TEXT("Error: "),
		AG_TEXT("Debug: "), AG_TEXT("Fatal: "),   AG_TEXT("Panic: "),
	};

	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
		if (slice_starts(s, levels[i]))
			return true;
	return false;
}

/* "imap-login", "lmtp" of "lmtp(bob)<1><x>: Info: …"; absent if S is no such
 * line. Who is logged in front of the level may have a ": " in the name, but not
 * one that ends the prefix: such lines are left to be seen as unknown. */
static struct slice service_of(struct slice s)
{
	const struct slice none = { NULL, 0 };
	struct slice service;
	size_t n = 0;

	while (n < s.len && n < 24 &&
	       ((s.ptr[n] >= 'a' && s.ptr[n] <= 'z') || ag_digit(s.ptr[n]) ||
	        s.ptr[n] == '-' || s.ptr[n] == '_'))
		n++;
	if (n < 3 || n == s.len || !memchr(":(<", s.ptr[n], 3))
		return none;
	service = slice_to(s, n);
	s = slice_from(s, n);
	for (size_t at; (at = AG_FIND(s, ": ")) != SLICE_NONE;
	     s = slice_from(s, at + 2))
		if (at == 0 || s.ptr[at - 1] == ')' || s.ptr[at - 1] == '>')
			return has_level(slice_from(s, at + 2)) ? service
			                                        : none;
	return none;
}

static void peel(const struct layout *l, struct record *r, struct arena *arena)
{
	struct slice line = csv_skip_bom(r->raw);
	size_t n = file_stamp(line, &r->time, &r->time_raw);

	(void)l;
	r->host = r->program = r->pid = slice_of(NULL, 0);
	r->body = r->raw;
	if (n == 0) {
		r->time = (struct stamp){ TIME_NONE, 0 };
		r->time_raw = slice_of(NULL, 0);
		return;
	}
	r->body = slice_from(line, n);
	/* what Dovecot did not write is not read as its word */
	if (service_of(r->body).len)
		r->program = arena_slice(arena, SLICE("dovecot"));
}

/* Services that no other program is called like; "auth: Info: …" alone proves
 * nothing. */
static bool is_telling(struct slice service)
{
	static const struct slice names[] = {
		AG_TEXT("lmtp"),        AG_TEXT("lda"),
		AG_TEXT("imap"),        AG_TEXT("pop3"),
		AG_TEXT("managesieve"), AG_TEXT("submission"),
		AG_TEXT("imap-hibernate"), AG_TEXT("auth-worker"),
		AG_TEXT("anvil"),       AG_TEXT("indexer-worker"),
		AG_TEXT("doveadm"),     AG_TEXT("doveconf"),
		AG_TEXT("replicator"),  AG_TEXT("quota-status"),
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_eq(service, names[i]))
			return true;
	return slice_ends(service, SLICE("-login"));
}

/* "master: Info: Dovecot v2.3.19.1 (…) starting up" */
static bool is_own(struct slice line, struct slice service)
{
	return is_telling(service) ||
	       AG_FIND(slice_to(line, 48), ": Dovecot v") != SLICE_NONE;
}

#define LINES_LOOKED_AT 400

/* More than syslog where most is Dovecot's: that reads the service as the tag of a
 * line without a host. */
static int detect(const struct sample *s)
{
	int lines = 0, shaped = 0, own = 0;

	for (int i = 0; i < 3; i++) {
		struct slice part = s->part[i];

		for (int n = 0; part.len && n < LINES_LOOKED_AT; n++) {
			struct slice line = csv_skip_bom(slice_cut(&part, '\n'));
			struct slice raw, service;
			struct stamp t;
			size_t at = file_stamp(line, &t, &raw);

			if (!slice_trim(line).len)
				continue;
			lines++;
			line = slice_from(line, at);
			service = at ? service_of(line) : slice_of(NULL, 0);
			shaped += service.len > 0;
			own += service.len && is_own(line, service);
		}
	}
	if (!own)
		return 0;
	return shaped * 4 >= lines * 3 ? 94 : 94 * shaped / lines;
}

static const struct framing_example examples[] = {
	{ "Mar 14 09:15:02 lmtp(bob@example.com)<9246><SH2cOSLkAGseJAAAxNy1UQ>: "
	  "Info: msgid=<m1@example.org>: saved mail to INBOX",
	  "Mar 14 09:15:02||dovecot||lmtp(bob@example.com)<9246>"
	  "<SH2cOSLkAGseJAAAxNy1UQ>: Info: msgid=<m1@example.org>: "
	  "saved mail to INBOX" },
	{ "Mar 14 09:15:02 lmtp(9246, bob): Info: SH2cOSLkAGseJAAAxNy1UQ: "
	  "msgid=<m1@example.org>: saved mail to INBOX",
	  "Mar 14 09:15:02||dovecot||lmtp(9246, bob): Info: "
	  "SH2cOSLkAGseJAAAxNy1UQ: msgid=<m1@example.org>: saved mail to "
	  "INBOX" },
	{ "Mar 14 09:15:02.318204 imap-login: Info: Login: "
	  "user=<bob@example.com>, method=PLAIN, rip=192.0.2.9",
	  "Mar 14 09:15:02.318204||dovecot||imap-login: Info: Login: "
	  "user=<bob@example.com>, method=PLAIN, rip=192.0.2.9" },
	{ "2026-03-14 09:15:02 master: Info: Dovecot v2.3.19.1 (0123456789) "
	  "starting up for lmtp",
	  "2026-03-14 09:15:02||dovecot||master: Info: Dovecot v2.3.19.1 "
	  "(0123456789) starting up for lmtp" },
	{ "2026-03-14 09:15:02.318204 +0100 pop3-login: Warning: x",
	  "2026-03-14 09:15:02.318204 +0100||dovecot||pop3-login: Warning: x" },
	{ "2026-03-14T09:15:02+0100 lda(bob)<7><a>: Error: x",
	  "2026-03-14T09:15:02+0100||dovecot||lda(bob)<7><a>: Error: x" },
};

const struct framing framing_dovecot = {
	.name = "dovecot",
	.about = "Dovecot's own log file, \"Mar 14 09:15:02 imap-login: Info: …\"",
	.file = "dovecot",
	.detect = detect,
	.next = framing_next_line,
	.peel = peel,
	.examples = examples,
	.nexamples = sizeof examples / sizeof *examples,
};
