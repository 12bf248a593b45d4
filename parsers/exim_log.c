/* SPDX-License-Identifier: MIT */
/* The log files that Exim writes itself: mainlog, rejectlog, paniclog. A record
 * of the rejectlog goes on with the headers of what was rejected. */
#include "parsers/exim.h"

#include "parsers/csv.h"
#include "parsers/ids/id.h"
#include "parsers/stamp.h"

size_t exim_stamp(struct slice s, struct stamp *t, struct slice *raw,
                  struct slice *pid)
{
	size_t n, at;

	if (s.len < 20 || s.ptr[4] != '-' || s.ptr[10] != ' ')
		return 0;
	n = stamp_iso(s, t);
	if (n == 0)
		return 0;
	n += stamp_zone_behind(slice_from(s, n), t);
	*raw = slice_to(s, n);
	*pid = slice_of(NULL, 0);
	if (n >= s.len || s.ptr[n] != ' ')
		return 0;
	n++;
	if (n >= s.len || s.ptr[n] != '[')
		return n;
	for (at = n + 1; at < s.len && ex_digit(s.ptr[at]);)
		at++;
	if (at == n + 1 || at + 1 >= s.len || s.ptr[at] != ']' ||
	    s.ptr[at + 1] != ' ')
		return n;
	*pid = slice_of(s.ptr + n + 1, at - n - 1);
	return at + 2;
}

/* A line of the headers that a record copies: their kind and a blank, or a
 * folded line. None of them begins with a digit. */
static bool goes_on(struct slice s)
{
	if (s.len == 0)
		return false;
	if (s.ptr[0] == ' ' || s.ptr[0] == '\t')
		return true;
	if (s.len > 1 && s.ptr[1] == ' ' && strchr("*BCFIPRST", s.ptr[0]) &&
	    s.ptr[0])
		return true;
	return EX_STARTS(s, "Envelope-from: ") || EX_STARTS(s, "Envelope-to: ");
}

static enum cut next(const struct layout *l, struct slice bytes, bool last,
                     struct record *r)
{
	enum cut cut = framing_next_line(l, bytes, last, r);
	struct record more;
	struct stamp t;
	struct slice raw, pid;

	if (cut != CUT_RECORD || r->flags & RECORD_SPLIT)
		return cut;
	if (r->flags & RECORD_BLANK ||
	    !exim_stamp(csv_skip_bom(r->raw), &t, &raw, &pid))
		return cut;
	for (;;) {
		struct slice rest = slice_from(bytes, r->length);

		/* what follows is not here to be seen */
		if (!rest.len)
			return last ? CUT_RECORD : CUT_MORE;
		if (!goes_on(slice_to(rest, 16)))
			return rest.len >= 16 || last ||
			                       memchr(rest.ptr, '\n', rest.len)
			               ? CUT_RECORD
			               : CUT_MORE;
		more = (struct record){ 0 };
		cut = framing_next_line(l, rest, last, &more);
		if (cut != CUT_RECORD)
			return cut;
		if (r->lines == RECORD_LINES ||
		    r->length + (size_t)more.length > RECORD_MAX)
			return CUT_RECORD;
		r->raw.len = (size_t)(more.raw.ptr + more.raw.len - r->raw.ptr);
		r->length += more.length;
		r->lines += more.lines;
		r->flags |= more.flags & (RECORD_NUL | RECORD_NO_END);
	}
}

static void peel(const struct layout *l, struct record *r, struct arena *arena)
{
	struct slice line = csv_skip_bom(r->raw);
	size_t n = exim_stamp(line, &r->time, &r->time_raw, &r->pid);

	(void)l;
	r->host = slice_of(NULL, 0);
	if (n == 0) {
		r->time = (struct stamp){ TIME_NONE, 0 };
		r->time_raw = r->program = r->pid = slice_of(NULL, 0);
		r->body = r->raw;
		return;
	}
	r->program = arena_slice(arena, SLICE("exim"));
	r->body = slice_from(line, n);
}

/* What only Exim writes behind such a stamp. */
static bool is_exim(struct slice s)
{
	static const struct slice heads[] = {
		EX_TEXT("Start queue run: "), EX_TEXT("End queue run: "),
		EX_TEXT("exim "), EX_TEXT("SMTP connection from "),
		EX_TEXT("SMTP call from "), EX_TEXT("rejected EHLO "),
		EX_TEXT("rejected HELO "), EX_TEXT("no host name found for IP "),
		EX_TEXT("no MAIL in SMTP connection from "),
		EX_TEXT("SMTP command timeout on connection from "),
		EX_TEXT("unexpected disconnection while reading SMTP "),
		EX_TEXT("TLS error on connection from "),
	};
	size_t id = slice_chr(slice_to(s, 24), ' ');

	if (id != SLICE_NONE && id_is_exim(slice_to(s, id)))
		return true;
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		if (slice_starts(s, heads[i]))
			return true;
	if (EX_STARTS(s, "H=") || EX_STARTS(s, "SMTP syntax error in "))
		return slice_find(s, SLICE(" [")) != SLICE_NONE;
	return slice_find(s, SLICE(" authenticator failed for ")) != SLICE_NONE;
}

#define LINES_LOOKED_AT 400

static int detect(const struct sample *s)
{
	int stamped = 0, own = 0, before = 0;

	for (int i = 0; i < 3; i++) {
		struct slice part = s->part[i];

		for (int n = 0; part.len && n < LINES_LOOKED_AT; n++) {
			struct slice line = slice_cut(&part, '\n'), raw, pid;
			struct stamp t;
			size_t at = exim_stamp(csv_skip_bom(line), &t, &raw,
			                       &pid);

			stamped += at > 0;
			/* what no record begins with is no log of Exim's, but
			 * the rest of a record that was cut */
			if (!at && (!slice_trim(line).len || goes_on(line)))
				continue;
			if (!at && i == 0 && !stamped && before++)
				return 0;
			own += at && is_exim(slice_from(csv_skip_bom(line),
			                                at));
		}
	}
	return own ? 2 + 92 * own / stamped : 0;
}

static const struct framing_example examples[] = {
	{ "2026-03-14 09:15:02 1w1L5G-0005Pl-04 Completed",
	  "2026-03-14 09:15:02||exim||1w1L5G-0005Pl-04 Completed" },
	{ "2026-03-14 09:15:02.318 +0100 [20817] 1w1L5G-0005Pl-04 Completed",
	  "2026-03-14 09:15:02.318 +0100||exim|20817|"
	  "1w1L5G-0005Pl-04 Completed" },
	{ "2026-03-14 09:15:02 [123] H=h.example [192.0.2.66] F=<a@example.org> "
	  "rejected RCPT <b@example.com>: no\n"
	  "2026-03-14 09:15:03 Start queue run: pid=7",
	  "2026-03-14 09:15:02||exim|123|H=h.example [192.0.2.66] "
	  "F=<a@example.org> rejected RCPT <b@example.com>: no & "
	  "2026-03-14 09:15:03||exim||Start queue run: pid=7" },
};

const struct framing framing_exim = {
	.name = "exim",
	.about = "Exim's own log files, \"2026-03-14 09:15:02 1w1L5G-0005Pl-04 …\"",
	.detect = detect,
	.next = next,
	.peel = peel,
	.examples = examples,
	.nexamples = sizeof examples / sizeof *examples,
};
