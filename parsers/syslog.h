/* SPDX-License-Identifier: MIT */
/* The framings of this folder, and the syslog header that several share. */
#ifndef PARSERS_SYSLOG_H
#define PARSERS_SYSLOG_H

#include "parsers/framing.h"

extern const struct framing framing_rfc3164;
extern const struct framing framing_rfc3339;
extern const struct framing framing_rfc5424;
extern const struct framing framing_line;

enum syslog_grammar {
	SYSLOG_NONE, /* no header stands there */
	SYSLOG_3164,
	SYSLOG_3339,
	SYSLOG_5424,
};

/* Peels what LINE says of time, host, program and pid into R and leaves the rest
 * as its body; R is untouched if it is SYSLOG_NONE. For framings that wrap
 * syslog lines. */
enum syslog_grammar syslog_peel(struct slice line, struct record *r);

#endif
