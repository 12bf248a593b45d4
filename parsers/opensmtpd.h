/* SPDX-License-Identifier: MIT */
/* What the files of the OpenSMTPD parser share. Nobody else includes it. */
#ifndef PARSERS_OPENSMTPD_H
#define PARSERS_OPENSMTPD_H

#include "parsers/parser.h"

/* One line on its way to events. */
struct os {
	const struct record *r;
	struct arena *arena;
	struct events *out;
	struct slice session; /* 16 hex digits, or absent */
	bool damaged;         /* cut, or to be read in two ways */
};

/* A new event with all that the line's front says. */
struct event *os_add(struct os *p, enum action action, unsigned roles);
/* The event is one of the message whose id is ID or the start of it. */
void os_set_message(struct event *e, struct slice id);

/* Each reads what stands behind "SID smtp ", "SID mta ", "SID mda " and adds
 * events; false: an unknown shape. */
bool os_smtp(struct os *p, struct slice s);
bool os_mta(struct os *p, struct slice s);
bool os_mda(struct os *p, struct slice s);
bool os_queue(struct os *p, struct slice s); /* "relay: Expire for …" */

/* Scanning ----------------------------------------------------------------- */

#define OS_TEXT(literal) { (literal), sizeof(literal) - 1 }
#define OS_SKIP(s, literal) os_skip((s), SLICE(literal))

static inline bool os_skip(struct slice *s, struct slice head)
{
	if (!slice_starts(*s, head))
		return false;
	*s = slice_from(*s, head.len);
	return true;
}

static inline bool os_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* N hex digits at the start of *S, which goes behind them. */
bool os_hex(struct slice *s, size_t n, struct slice *hex);

/* "<…>" and MARK behind it, behind which *S goes. Quoted local parts may hold
 * both: those within quotes do not count. */
bool os_address(struct os *p, struct slice *s, struct slice mark,
                struct slice *text);

/* The bytes up to MARK, behind which *S goes. */
bool os_until(struct slice *s, struct slice mark, struct slice *text);

bool os_number(struct slice s, int64_t *value);

/* "192.0.2.1", "[2001:db8::1]", "IPv6:2001:db8::1": absent if it is none. */
struct slice os_ip(struct slice s);

/* "TLSv1.3:TLS_AES_256_GCM_SHA384:256" */
void os_set_tls(struct os *p, struct event *e, struct slice s);

#endif
