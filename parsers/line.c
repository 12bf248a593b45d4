/* SPDX-License-Identifier: MIT */
/* Plain lines of anything that no other framing knows. */
#include "parsers/stamp.h"
#include "parsers/syslog.h"

static int detect(const struct sample *s)
{
	(void)s;
	return 1;
}

/* A stamp at the start of the line, if it is of a common kind. */
static size_t find_stamp(struct slice s, struct stamp *t)
{
	size_t n = stamp_iso(s, t);

	if (n == 0)
		n = stamp_bsd(s, t);
	if (n == 0)
		n = stamp_asctime(s, t);
	return n ? n : stamp_day_first(s, t);
}

static void peel(const struct layout *l, struct record *r, struct arena *arena)
{
	struct slice s = slice_trim(r->raw);
	size_t n;

	(void)l;
	(void)arena;
	r->time = (struct stamp){ TIME_NONE, 0 };
	r->time_raw = r->host = r->program = r->pid = slice_of(NULL, 0);
	r->body = r->raw;
	if (s.len && s.ptr[0] == '[')
		s = slice_from(s, 1);
	n = find_stamp(s, &r->time);
	if (n)
		r->time_raw = slice_to(s, n);
	else
		r->time = (struct stamp){ TIME_NONE, 0 };
}

static const struct framing_example examples[] = {
	{ "whatever stands here", "||||whatever stands here" },
	{ "[20-Oct-2020 14:56:10 +0100]: <x1> User u@example.com",
	  "20-Oct-2020 14:56:10 +0100||||"
	  "[20-Oct-2020 14:56:10 +0100]: <x1> User u@example.com" },
	{ "2026-03-14 09:15:02 what", "2026-03-14 09:15:02||||2026-03-14 09:15:02 what" },
};

const struct framing framing_line = {
	.name = "line",
	.about = "plain lines, searchable but not understood",
	.detect = detect,
	.next = framing_next_line,
	.peel = peel,
	.examples = examples,
	.nexamples = sizeof examples / sizeof *examples,
};
