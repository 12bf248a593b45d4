/* SPDX-License-Identifier: MIT */
/* Syslog lines of every grammar (FORMATS.md §1.1), told apart line by line. */
#include "parsers/syslog.h"

#include "parsers/stamp.h"
#include "parsers/syslog_parts.h"

struct header {
	struct stamp time;
	struct slice time_raw, host, program, pid, body;
};

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_letter(char c)
{
	return (unsigned)((c | 32) - 'a') < 26;
}

static inline struct slice skip_blanks(struct slice s)
{
	while (s.len && (*s.ptr == ' ' || *s.ptr == '\t'))
		s = slice_from(s, 1);
	return s;
}

/* The bytes up to the next blank; *S goes behind that blank. */
static inline struct slice take_word(struct slice *s)
{
	const char *end = memchr(s->ptr, ' ', s->len);
	struct slice word = slice_to(*s, end ? (size_t)(end - s->ptr) : s->len);

	*s = slice_from(*s, word.len + 1);
	return word;
}

/* Bytes of "<22>", 0 if none stands there. */
static size_t pri_length(struct slice s)
{
	size_t n = 1;

	if (s.len < 3 || s.ptr[0] != '<')
		return 0;
	while (n < s.len && n < 4 && is_digit(s.ptr[n]))
		n++;
	return n > 1 && n < s.len && s.ptr[n] == '>' ? n + 1 : 0;
}

/* Solaris puts "[ID 197553 mail.info] " between tag and message. */
static struct slice skip_message_id(struct slice s)
{
	const char *end;

	if (s.len < 8 || memcmp(s.ptr, "[ID ", 4) != 0 || !is_digit(s.ptr[4]))
		return s;
	end = memchr(s.ptr, ']', s.len < 48 ? s.len : 48);
	return end ? skip_blanks(slice_from(s, (size_t)(end - s.ptr) + 1)) : s;
}

static inline bool ends_tag(char c)
{
	return c == '[' || c == ':' || c == ' ' || c == '\t';
}

/* "postfix/smtpd[16325]: " or "dovecot: "; false if no tag stands there, as in
 * "last message repeated 3 times". */
static bool read_tag(struct slice s, struct header *h)
{
	size_t n = 0, start, end;
	bool letter = false;
	struct stamp stamp;

	/* "2026-03-14T09" is no tag */
	if (s.len && is_digit(*s.ptr) && stamp_iso(s, &stamp))
		return false;
	while (n < s.len && !ends_tag(s.ptr[n]))
		letter |= is_letter(s.ptr[n++]);
	if (!letter || n == s.len || s.ptr[n] == ' ' || s.ptr[n] == '\t')
		return false;
	h->program = slice_to(s, n);
	h->pid = slice_of(NULL, 0);
	if (s.ptr[n] == '[') {
		start = ++n;
		while (n < s.len && is_digit(s.ptr[n]))
			n++;
		end = n;
		while (n < s.len && s.ptr[n] != ']' && s.ptr[n] != ' ')
			n++;
		if (n == s.len || s.ptr[n] != ']')
			return false;
		if (end == n && end > start)
			h->pid = slice_of(s.ptr + start, end - start);
		n++;
	}
	if (n < s.len && s.ptr[n] == ':')
		n++;
	else if (n < s.len && s.ptr[n] != ' ')
		return false;
	if (n < s.len && s.ptr[n] == ' ')
		n++;
	h->body = skip_message_id(slice_from(s, n));
	return true;
}

static bool word_is_any(struct slice word, const char *const *list)
{
	for (; *list; list++)
		if (slice_eq(word, slice_str(*list)))
			return true;
	return false;
}

/* "mail.info": some write it behind the time. */
static bool is_facility(struct slice word)
{
	static const char *const facilities[] = {
		"kern", "user", "mail", "daemon", "auth", "syslog", "lpr",
		"news", "uucp", "cron", "authpriv", "local0", "local1",
		"local2", "local3", "local4", "local5", "local6", "local7", NULL
	};
	static const char *const levels[] = {
		"emerg", "alert", "crit", "err", "error", "warning", "warn",
		"notice", "info", "debug", NULL
	};
	const char *dot = memchr(word.ptr, '.', word.len);
	size_t at = dot ? (size_t)(dot - word.ptr) : 0;

	return at && at < 9 && word_is_any(slice_from(word, at + 1), levels) &&
	       word_is_any(slice_to(word, at), facilities);
}

static enum syslog_grammar read_header(struct slice s, struct header *h,
                                       int depth);

/* Host, tag and body behind the stamp. */
static void read_rest(struct slice s, struct header *h, int depth)
{
	struct slice rest = skip_blanks(s), word, after;
	struct header inner = { 0 };

	h->host = h->program = h->pid = slice_of(NULL, 0);
	after = rest;
	word = take_word(&after);
	if (is_facility(word) && !read_tag(skip_blanks(after), h)) {
		rest = skip_blanks(after);
		after = rest;
		word = take_word(&after);
	}
	/* no host at all: busybox -K, macOS */
	if (word.len && word.ptr[word.len - 1] == ':' && read_tag(rest, h))
		return;
	h->host = word;
	rest = skip_blanks(after);
	h->body = rest;
	if (read_tag(rest, h)) {
		/* an appliance's own stamp behind its tag is the event's */
		size_t n = h->body.len && is_letter(h->body.ptr[0])
		                   ? stamp_asctime(h->body, &inner.time)
		                   : 0;

		if (n == 0)
			return;
		h->time = inner.time;
		h->time_raw = slice_to(h->body, n);
		h->body = skip_blanks(slice_from(h->body, n));
		return;
	}
	h->program = h->pid = slice_of(NULL, 0);
	h->body = rest;
	/* a collector put its header before the sender's: the inner host wrote
	 * the line. Only where no tag stands between them, so that no program
	 * can be made to log a header for another one. */
	if (depth == 0 && read_header(rest, &inner, 1) && inner.program.len)
		*h = inner;
}

static bool read_sd(struct slice *s)
{
	bool quoted = false;
	size_t n = 0;

	if (s->len && s->ptr[0] == '-') {
		*s = slice_from(*s, 1);
		return true;
	}
	while (n < s->len && s->ptr[n] == '[') {
		for (n++; n < s->len && (quoted || s->ptr[n] != ']'); n++) {
			if (s->ptr[n] == '\\')
				n++;
			else if (s->ptr[n] == '"')
				quoted = !quoted;
		}
		n++;
	}
	if (n == 0 || n > s->len)
		return false;
	*s = slice_from(*s, n);
	return true;
}

static struct slice nil_to_absent(struct slice s)
{
	return slice_eq(s, SLICE("-")) ? slice_of(NULL, 0) : s;
}

static bool all_digits(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_digit(s.ptr[i]))
			return false;
	return s.len > 0;
}

/* "1 TIMESTAMP HOST APP PROCID MSGID SD MSG", the PRI taken off. */
static bool read_5424(struct slice s, struct header *h)
{
	struct slice time;

	if (s.len < 12 || s.ptr[0] != '1' || s.ptr[1] != ' ')
		return false;
	s = slice_from(s, 2);
	time = take_word(&s);
	h->time = (struct stamp){ TIME_NONE, 0 };
	h->time_raw = slice_of(NULL, 0);
	if (!slice_eq(time, SLICE("-"))) {
		if (stamp_iso(time, &h->time) != time.len)
			return false;
		h->time_raw = time;
	}
	h->host = nil_to_absent(take_word(&s));
	h->program = nil_to_absent(take_word(&s));
	h->pid = take_word(&s);
	if (!all_digits(h->pid))
		h->pid = slice_of(NULL, 0);
	take_word(&s);
	if (!read_sd(&s))
		return false;
	if (s.len && s.ptr[0] == ' ')
		s = slice_from(s, 1);
	if (slice_starts(s, SLICE("\xef\xbb\xbf")))
		s = slice_from(s, 3);
	h->body = s;
	return true;
}

/* "- 1131566490 2005.11.09 host Nov  9 12:01:30 …": a collector's columns. */
static struct slice skip_collector(struct slice s)
{
	struct slice rest = slice_from(s, 2);

	if (!all_digits(take_word(&rest)) || rest.len < 11 ||
	    rest.ptr[4] != '.' || rest.ptr[7] != '.')
		return s;
	take_word(&rest);
	take_word(&rest);
	return rest;
}

static enum syslog_grammar read_header(struct slice s, struct header *h,
                                       int depth)
{
	enum syslog_grammar g = SYSLOG_3164;
	size_t n;

	s = skip_blanks(s);
	n = pri_length(s);
	if (n) {
		s = slice_from(s, n);
		if (read_5424(s, h))
			return SYSLOG_5424;
		s = skip_blanks(s);
	}
	if (s.len > 20 && s.ptr[0] == '-' && s.ptr[1] == ' ')
		s = skip_collector(s);
	if (s.len && is_letter(s.ptr[0])) {
		n = stamp_bsd(s, &h->time);
		if (n == 0)
			n = stamp_asctime(s, &h->time);
	} else {
		g = SYSLOG_3339;
		n = stamp_iso(s, &h->time);
	}
	if (n == 0 || n >= s.len || (s.ptr[n] != ' ' && s.ptr[n] != '\t'))
		return SYSLOG_NONE;
	h->time_raw = slice_to(s, n);
	read_rest(slice_from(s, n), h, depth);
	/* "2016-02-03 06:58:12 " also begins lines that are no syslog at all:
	 * with a blank inside the stamp only a tag proves the grammar */
	if (g == SYSLOG_3339 && s.ptr[10] == ' ' && !h->program.len)
		return SYSLOG_NONE;
	return g;
}

static const struct slice byte_order_mark = { "\xef\xbb\xbf", 3 };

enum syslog_grammar syslog_peel(struct slice line, struct record *r)
{
	struct header h;
	enum syslog_grammar g;

	if (line.len > 3 && slice_starts(line, byte_order_mark))
		line = slice_from(line, 3);
	g = read_header(line, &h, 0);
	if (g == SYSLOG_NONE)
		return g;
	r->time = h.time;
	r->time_raw = h.time_raw;
	r->host = h.host;
	r->program = h.program;
	r->pid = h.pid;
	r->body = h.body;
	return g;
}

static void peel(const struct layout *l, struct record *r, struct arena *arena)
{
	(void)l;
	if (r->lines > 1 && syslog_peel_parts(r, arena))
		return;
	if (syslog_peel(r->raw, r) != SYSLOG_NONE)
		return;
	r->time = (struct stamp){ TIME_NONE, 0 };
	r->time_raw = r->host = r->program = r->pid = slice_of(NULL, 0);
	r->body = r->raw;
}

/* journalctl writes "-- Logs begin at …", "-- Boot …" among its lines. */
static enum cut next(const struct layout *l, struct slice bytes, bool last,
                     struct record *r)
{
	enum cut cut = framing_next_line(l, bytes, last, r);

	if (cut == CUT_RECORD && slice_starts(r->raw, SLICE("-- ")) &&
	    (slice_starts(r->raw, SLICE("-- Logs begin")) ||
	     slice_starts(r->raw, SLICE("-- Journal begins")) ||
	     slice_starts(r->raw, SLICE("-- Boot ")) ||
	     slice_starts(r->raw, SLICE("-- Reboot --")) ||
	     slice_starts(r->raw, SLICE("-- No entries --"))))
		r->flags |= RECORD_HEADER;
	return cut == CUT_RECORD ? syslog_join_parts(l, bytes, last, r) : cut;
}

/* Detection ---------------------------------------------------------------- */

#define LINES_LOOKED_AT 400

struct tally {
	int lines, of[4];  /* of: per enum syslog_grammar */
	int forward, back; /* steps of time between neighbours of one kind */
};

static void tally_part(struct slice part, struct tally *t)
{
	struct stamp before = { TIME_NONE, 0 };
	enum syslog_grammar g;
	struct record r;

	for (int n = 0; part.len && n < LINES_LOOKED_AT; n++) {
		struct slice line = slice_cut(&part, '\n');

		if (slice_trim(line).len == 0)
			continue;
		t->lines++;
		g = syslog_peel(line, &r);
		t->of[g]++;
		if (g == SYSLOG_NONE || r.time.us == TIME_NONE)
			continue;
		if (before.us != TIME_NONE && (before.has ^ r.time.has) <= 1) {
			t->forward += r.time.us > before.us;
			t->back += r.time.us < before.us;
		}
		before = r.time;
	}
}

static struct tally tally_sample(const struct sample *s)
{
	struct tally t = { 0 };

	for (int i = 0; i < 3; i++)
		tally_part(s->part[i], &t);
	return t;
}

/* The peel reads every grammar, so the commonest one takes the whole file. */
static int confidence(const struct sample *s, enum syslog_grammar own)
{
	struct tally t = tally_sample(s);
	int all = t.of[SYSLOG_3164] + t.of[SYSLOG_3339] + t.of[SYSLOG_5424];

	if (t.of[own] == 0)
		return 0;
	for (int g = SYSLOG_3164; g <= SYSLOG_5424; g++)
		if (t.of[g] > t.of[own])
			return 90 * t.of[own] / t.lines / 2;
	return 2 + 88 * all / t.lines;
}

static int detect_3164(const struct sample *s)
{
	return confidence(s, SYSLOG_3164);
}

static int detect_3339(const struct sample *s)
{
	return confidence(s, SYSLOG_3339);
}

static int detect_5424(const struct sample *s)
{
	return confidence(s, SYSLOG_5424);
}

/* There is no header; but exports often come newest first. */
static bool learn(const struct sample *s, struct layout *l)
{
	struct tally t = tally_sample(s);

	if (t.back > 4 && t.back > 4 * t.forward)
		l->order = ORDER_NEWEST_FIRST;
	return true;
}

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct framing_example examples_3164[] = {
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: connect from unknown[192.0.2.1]",
	  "Feb  3 01:01:12|mx1|postfix/smtpd|16325|connect from unknown[192.0.2.1]" },
	{ "<22>Feb 13 01:01:12 mx1.example.com dovecot: lmtp(bob)<1><x>: saved",
	  "Feb 13 01:01:12|mx1.example.com|dovecot||lmtp(bob)<1><x>: saved" },
	{ " Feb 20 14:03:16 mail sendmail[14276]: s1KJ39AQ014274: to=<bob>",
	  "Feb 20 14:03:16|mail|sendmail|14276|s1KJ39AQ014274: to=<bob>" },
	/* as copied out of a web page */
	{ "Feb\302\240 3 01:01:12 mx1 postfix/qmgr[2]: 307DF802B3: removed",
	  "Feb\302\240 3 01:01:12|mx1|postfix/qmgr|2|307DF802B3: removed" },
	{ "Feb  3 2014 01:01:12 asa1 mail_logs: Info: up",
	  "Feb  3 2014 01:01:12|asa1|mail_logs||Info: up" },
	{ "Feb  3 01:01:12.123456 mx1 postfix/qmgr[2]: 307DF802B3: removed",
	  "Feb  3 01:01:12.123456|mx1|postfix/qmgr|2|307DF802B3: removed" },
	{ "Feb  3 01:01:12 mx1 last message repeated 3 times",
	  "Feb  3 01:01:12|mx1|||last message repeated 3 times" },
	{ "Feb  3 01:01:12 postfix/qmgr[2]: 307DF802B3: removed",
	  "Feb  3 01:01:12||postfix/qmgr|2|307DF802B3: removed" },
	{ "Feb  3 01:01:12 mail.info mx1 postfix/qmgr[2]: 307DF802B3: removed",
	  "Feb  3 01:01:12|mx1|postfix/qmgr|2|307DF802B3: removed" },
	{ "Feb  3 01:01:12 sun1 sendmail[2]: [ID 801593 mail.info] x: y",
	  "Feb  3 01:01:12|sun1|sendmail|2|x: y" },
	{ "Feb  3 01:01:13 loghost Feb  3 01:01:12 mx1 postfix/qmgr[2]: A: b",
	  "Feb  3 01:01:12|mx1|postfix/qmgr|2|A: b" },
	{ "Mar 14 09:15:03 loghost 2026-03-14T09:15:02Z mx1 postfix/qmgr[2]: A: b",
	  "2026-03-14T09:15:02Z|mx1|postfix/qmgr|2|A: b" },
	{ "<166> Aug 10 10:08:00 esa01 mail_logs: Mon Aug 10 09:56:56 2020 Info: x",
	  "Mon Aug 10 09:56:56 2020|esa01|mail_logs||Info: x" },
	{ "- 1131566490 2005.11.09 h1 Nov 9 12:01:30 src@h1 sendmail[4306]: x",
	  "Nov 9 12:01:30|src@h1|sendmail|4306|x" },
};

static const struct framing_example examples_3339[] = {
	{ "2026-03-14T09:15:02.318204+03:00 mx1 postfix/qmgr[349830]: CDB9F43623: removed",
	  "2026-03-14T09:15:02.318204+03:00|mx1|postfix/qmgr|349830|CDB9F43623: removed" },
	{ "2026-03-14T09:15:02Z mx1 postfix/qmgr[2]: CDB9F43623: removed",
	  "2026-03-14T09:15:02Z|mx1|postfix/qmgr|2|CDB9F43623: removed" },
	{ "2026-03-14T09:15:02+0100 mx1 sshd[7]: Accepted publickey",
	  "2026-03-14T09:15:02+0100|mx1|sshd|7|Accepted publickey" },
	{ "2026:03:14-09:15:02 utm1 smtpd[7]: hello",
	  "2026:03:14-09:15:02|utm1|smtpd|7|hello" },
};

static const struct framing_example examples_5424[] = {
	{ "<22>1 2026-03-14T09:15:02.318Z mx1 postfix/smtpd 2211 - - "
	  "4fXwft2FgJzFpTn: client=mail.example[192.0.2.9]",
	  "2026-03-14T09:15:02.318Z|mx1|postfix/smtpd|2211|"
	  "4fXwft2FgJzFpTn: client=mail.example[192.0.2.9]" },
	{ "<22>1 - - dovecot - - [a@1 k=\"x]\\\"y\"][b] \xef\xbb\xbfhi",
	  "||dovecot||hi" },
};

const struct framing framing_rfc3164 = {
	.name = "rfc3164",
	.about = "syslog with \"Feb  3 01:01:12\", no year, no zone",
	.detect = detect_3164,
	.learn = learn,
	.next = next,
	.peel = peel,
	.examples = examples_3164,
	.nexamples = COUNT(examples_3164),
};

const struct framing framing_rfc3339 = {
	.name = "rfc3339",
	.about = "syslog with \"2026-03-14T09:15:02.318204+01:00\"",
	.detect = detect_3339,
	.learn = learn,
	.next = next,
	.peel = peel,
	.examples = examples_3339,
	.nexamples = COUNT(examples_3339),
};

const struct framing framing_rfc5424 = {
	.name = "rfc5424",
	.about = "syslog with \"<22>1 2026-03-14T09:15:02Z host app pid - -\"",
	.detect = detect_5424,
	.learn = learn,
	.next = next,
	.peel = peel,
	.examples = examples_5424,
	.nexamples = COUNT(examples_5424),
};
