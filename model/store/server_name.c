/* SPDX-License-Identifier: MIT */
/* The names of servers, from hosts and from files. */
#include "model/store/server_name.h"

#include "base/hash.h"
#include "parsers/framing.h"

#define DATE_DIGITS 6 /* fewer are part of a name: "mx-2" */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_address(struct slice host)
{
	if (slice_chr(host, ':') != SLICE_NONE)
		return true;
	for (size_t i = 0; i < host.len; i++)
		if (!is_digit(host.ptr[i]) && host.ptr[i] != '.')
			return false;
	return true;
}

static bool is_nobody(struct slice host)
{
	return slice_eq_nocase(host, SLICE("localhost")) ||
	       slice_starts(host, SLICE("127.")) ||
	       slice_eq(host, SLICE("::1"));
}

struct slice server_of_host(struct slice host)
{
	size_t dot = slice_chr(host, '.');

	if (!is_address(host) && dot && dot != SLICE_NONE)
		host = slice_to(host, dot);
	return is_nobody(host) ? slice_to(host, 0) : host;
}

uint64_t server_hash(struct slice name)
{
	uint64_t h = name.len;

	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.ptr[i];

		h = hash_mix(h, c >= 'A' && c <= 'Z' ? c | 0x20u : c);
	}
	return h;
}

/* Without "-20260314", "_2026-03-14" or "-20260314-0917" at its end. */
static struct slice without_date(struct slice name)
{
	size_t end = name.len, digits = 0;

	while (end && (is_digit(name.ptr[end - 1]) || name.ptr[end - 1] == '-' ||
		       name.ptr[end - 1] == '_'))
		digits += is_digit(name.ptr[--end]);
	while (end < name.len && is_digit(name.ptr[end])) {
		digits--; /* of the name itself: "mx2-20260314" */
		end++;
	}
	return end && digits >= DATE_DIGITS ? slice_to(name, end) : name;
}

struct slice server_stem(struct slice path)
{
	size_t slash = slice_rchr(path, '/'), dot;

	if (slash != SLICE_NONE)
		path = slice_from(path, slash + 1);
	dot = slice_chr(path, '.');
	if (dot && dot != SLICE_NONE)
		path = slice_to(path, dot);
	return without_date(path);
}

void server_of_file(struct slice path, struct strbuf *out)
{
	static const struct slice beside[] = {
		{"rejectlog", 9},
		{"paniclog", 8},
	};

	path = server_stem(path);
	for (size_t i = 0; i < sizeof beside / sizeof *beside; i++)
		if (slice_ends(path, beside[i])) {
			strbuf_add_slice(
				out, slice_to(path, path.len - beside[i].len));
			strbuf_add_slice(out, SLICE("mainlog"));
			return;
		}
	strbuf_add_slice(out, framing_file(path).len ? framing_file(path) : path);
}
