/* SPDX-License-Identifier: MIT */
/* The parsers of this folder: the one list that parser.c makes its table of. */
#ifndef PARSERS_MAIL_H
#define PARSERS_MAIL_H

#include "parsers/parser.h"

extern const struct parser parser_amavis;
extern const struct parser parser_dkim;
extern const struct parser parser_dovecot;
extern const struct parser parser_exchange_mailbox;
extern const struct parser parser_exchange_online;
extern const struct parser parser_exchange_smtp;
extern const struct parser parser_exchange_tracking;
extern const struct parser parser_mailscanner;
extern const struct parser parser_exim;
extern const struct parser parser_opensmtpd;
extern const struct parser parser_policy;
extern const struct parser parser_postfix;
extern const struct parser parser_raw;
extern const struct parser parser_rspamd;
extern const struct parser parser_sendmail;
extern const struct parser parser_spamd;
extern const struct parser parser_user;
extern const struct parser parser_zeek;

#endif
