/* SPDX-License-Identifier: MIT */
/* What the files that read Zeek's smtp.log share: one record by field, however
 * it was written. Private to this folder. */
#ifndef PARSERS_ZEEK_H
#define PARSERS_ZEEK_H

#include "parsers/parser.h"

enum zeek_field {
	ZEEK_TS,
	ZEEK_UID,
	ZEEK_ORIG_H,
	ZEEK_ORIG_P,
	ZEEK_RESP_H,
	ZEEK_RESP_P,
	ZEEK_TRANS_DEPTH,
	ZEEK_HELO,
	ZEEK_MAILFROM,
	ZEEK_RCPTTO,
	ZEEK_DATE,
	ZEEK_FROM,
	ZEEK_TO,
	ZEEK_CC,
	ZEEK_REPLY_TO,
	ZEEK_MSG_ID,
	ZEEK_IN_REPLY_TO,
	ZEEK_SUBJECT,
	ZEEK_X_ORIGINATING_IP,
	ZEEK_FIRST_RECEIVED,
	ZEEK_SECOND_RECEIVED,
	ZEEK_LAST_REPLY,
	ZEEK_PATH,
	ZEEK_USER_AGENT,
	ZEEK_TLS,
	ZEEK_FUIDS,
	ZEEK_IS_WEBMAIL,
	ZEEK_FIELDS,
};

#define ZEEK_RCPT_MAX 4096 /* of one record; newer sensors stop at 1000 */

struct zeek {
	struct slice value[ZEEK_FIELDS]; /* absent if unset; of a list the first */
	struct slice *rcpt;              /* all of ZEEK_RCPTTO */
	size_t nrcpt, crcpt;
	bool damaged;
};

/* The field of a column of the TSV form; ZEEK_FIELDS if it is none of ours. */
enum zeek_field zeek_field(struct slice name);

/* Text from the record or ARENA. */
void zeek_read_tsv(const struct layout *l, struct slice line, struct zeek *z,
                   struct arena *arena);
void zeek_read_json(struct slice text, struct zeek *z, struct arena *arena);

/* Adds an element of a list, or sets a field. */
void zeek_set(struct zeek *z, enum zeek_field f, struct slice value,
              struct arena *arena);

/* "1332014962.270000", in milliseconds as some exporters write, or ISO. */
bool zeek_time(struct slice s, struct stamp *t);

extern const struct framing framing_zeek;
extern const struct framing framing_zeek_json;

#endif
