/* SPDX-License-Identifier: MIT */
/* What the files of this folder share. Nobody else includes it. */
#ifndef PARSERS_IDS_FAMILY_H
#define PARSERS_IDS_FAMILY_H

#include "parsers/ids/id.h"

extern const struct id_family id_postfix_long, id_postfix_short,
        id_postfix_message_id;
extern const struct id_family id_sendmail, id_sendmail_message_id;
extern const struct id_family id_exim, id_exim_message_id;
extern const struct id_family id_exchange_network, id_exchange_session,
        id_exchange_internal;
extern const struct id_family id_dovecot_mail, id_dovecot_login;
extern const struct id_family id_gmail_reply, id_qmail_reply, id_ses;
extern const struct id_family id_barracuda, id_puremessage, id_courier,
        id_haraka_file, id_tai64n, id_splogger;
extern const struct id_family id_thunderbird, id_javamail, id_outlook, id_srs,
        id_batv;

/* A table of values of the characters of an alphabet, plus one; 0 is none. */
typedef unsigned char id_alphabet[256];

/* S in BASE; false on a strange character, on none and above INT64_MAX. */
bool id_number(struct slice s, const id_alphabet digits, unsigned base,
               int64_t *value);
extern const id_alphabet id_base62; /* 0-9A-Za-z */
extern const id_alphabet id_hex;    /* both cases */

bool id_decimal(struct slice s, int64_t *value);

/* Sets the time and ID_TIME: from LO, LENGTH us long. */
void id_set_time(struct id *id, int64_t lo, int64_t length);
/* The same from SECONDS since 1970 known to the second; false if that is not
 * between 1990 and 2100: then the text is no id of this kind. */
bool id_set_epoch(struct id *id, int64_t seconds);

/* TEXT without the outer <>. */
struct slice id_bare(struct slice text);

/* Decodes SIZE bytes of base64 without padding; all of S must be used. */
bool id_base64(struct slice s, unsigned char *bytes, size_t size);

#define ID_EXAMPLES(list) \
	.examples = (list), .nexamples = sizeof(list) / sizeof *(list)

#endif
