/* SPDX-License-Identifier: MIT */
/* OpenSMTPD: addresses, numbers and answers. */
#include "parsers/opensmtpd.h"

bool os_hex(struct slice *s, size_t n, struct slice *hex)
{
	if (s->len < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!os_digit(s->ptr[i]) && (s->ptr[i] < 'a' || s->ptr[i] > 'f'))
			return false;
	*hex = slice_to(*s, n);
	*s = slice_from(*s, n);
	return true;
}

bool os_address(struct os *p, struct slice *s, struct slice mark,
                         struct slice *text)
{
	bool quoted = false;

	if (!s->len || s->ptr[0] != '<')
		return false;
	for (size_t i = 1; i < s->len; i++) {
		if (s->ptr[i] == '\\' && quoted)
			i++;
		else if (s->ptr[i] == '"')
			quoted = !quoted;
		else if (s->ptr[i] == '>' && !quoted &&
		         slice_starts(slice_from(*s, i + 1), mark)) {
			*text = i == 1 ? slice_to(*s, 2)
			               : slice_of(s->ptr + 1, i - 1);
			if (slice_chr(*text, '>') != SLICE_NONE && i > 1)
				p->damaged = true;
			*s = slice_from(*s, i + 1 + mark.len);
			return true;
		}
	}
	return false;
}

bool os_until(struct slice *s, struct slice mark, struct slice *text)
{
	size_t at = slice_find(*s, mark);

	if (at == SLICE_NONE)
		return false;
	*text = slice_to(*s, at);
	*s = slice_from(*s, at + mark.len);
	return true;
}

bool os_number(struct slice s, int64_t *value)
{
	uint64_t n;

	if (!slice_u64(s, &n) || n > INT64_MAX)
		return false;
	*value = (int64_t)n;
	return true;
}

struct slice os_ip(struct slice s)
{
	bool mark = false;

	if (s.len > 2 && s.ptr[0] == '[' && s.ptr[s.len - 1] == ']')
		s = slice_of(s.ptr + 1, s.len - 2);
	OS_SKIP(&s, "IPv6:");
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		mark = mark || c == '.' || c == ':';
		if (c != '.' && c != ':' && !os_digit(c) &&
		    (unsigned)((c | 32) - 'a') > 5)
			return slice_of(NULL, 0);
	}
	return mark ? s : slice_of(NULL, 0);
}

void os_set_tls(struct os *p, struct event *e, struct slice s)
{
	struct slice version = slice_cut(&s, ':');
	struct slice cipher = slice_cut(&s, ':');

	if (cipher.len)
		event_set(e, EV_TLS,
		          arena_printf(p->arena, "%.*s %.*s",
		                       SLICE_FMT(version), SLICE_FMT(cipher)));
}
