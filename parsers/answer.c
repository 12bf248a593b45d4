/* SPDX-License-Identifier: MIT */
/* Code and enhanced code (RFC 5321 section 4.2, RFC 3463) of an answer. */
#include "parsers/answer.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "5.1.1" at the front of S, absent if none stands there. OpenSMTPD puts a
 * colon behind it. */
static struct slice dsn_of(struct slice s)
{
	size_t n = 0, dots = 0;

	while (n < s.len && (is_digit(s.ptr[n]) || s.ptr[n] == '.'))
		dots += s.ptr[n++] == '.';
	if (n < 5 || n > 9 || dots != 2 || s.ptr[1] != '.' ||
	    s.ptr[2] == '.' || s.ptr[n - 1] == '.' ||
	    (s.ptr[0] != '2' && s.ptr[0] != '4' && s.ptr[0] != '5') ||
	    (n < s.len && s.ptr[n] != ' ' && s.ptr[n] != ':'))
		return slice_of(NULL, 0);
	return slice_to(s, n);
}

int event_set_answer(struct event *e, struct slice s)
{
	int class = 0;
	struct slice dsn;

	if (s.len >= 3 && s.ptr[0] >= '2' && s.ptr[0] <= '5' &&
	    is_digit(s.ptr[1]) && is_digit(s.ptr[2]) &&
	    (s.len == 3 || s.ptr[3] == ' ' || s.ptr[3] == '-')) {
		class = s.ptr[0] - '0';
		event_set_number(e, EV_CODE,
		                 class * 100 + (s.ptr[1] - '0') * 10 +
		                         (s.ptr[2] - '0'));
		s = slice_from(s, 4);
	}
	dsn = dsn_of(s);
	if (dsn.len) {
		event_set(e, EV_DSN, dsn);
		class = class ? class : dsn.ptr[0] - '0';
	}
	return class;
}
