/* SPDX-License-Identifier: MIT */
/* Dovecot: mail GUIDs (guid.c) and login sessions (client-common.c). */
#include "parsers/ids/family.h"

#include <arpa/inet.h>

static uint64_t little(const unsigned char *p, int bytes)
{
	uint64_t v = 0;

	for (int i = bytes - 1; i >= 0; i--)
		v = v << 8 | p[i];
	return v;
}

/* "qYyyBMsl9FRuZQAAA15QOA", and ":2" behind it for the second recipient:
 * nanoseconds, seconds, pid, host hash. */
static bool decode_mail(struct slice s, int64_t near, struct id *id)
{
	struct slice rest = s, head = slice_cut(&rest, ':');
	unsigned char b[16];
	uint64_t ns, seconds;

	(void)near;
	*id = (struct id){ .family = id_dovecot_mail.name };
	if (!id_base64(head, b, sizeof b))
		return false;
	ns = little(b, 4);
	seconds = little(b + 4, 4);
	id->pid = (int64_t)little(b + 8, 4);
	if (ns >= 1000000000 || id->pid == 0 || id->pid > 4194304 ||
	    !id_set_epoch(id, (int64_t)seconds))
		return false;
	id_set_time(id, (int64_t)seconds * US_SECOND + (int64_t)(ns / 1000), 1);
	id->has |= ID_PID;
	return true;
}

/* 48 bits of microseconds come round every 8.92 years. */
#define LAP (INT64_C(1) << 48)
#define UNKNOWN_FROM INT64_C(1514764800000000) /* 2018-01-01 */

static int64_t unwrap(int64_t us, int64_t near)
{
	int64_t from = near == TIME_NONE ? UNKNOWN_FROM : near - LAP / 2;

	if (from <= us)
		return us;
	return us + (from - us + LAP - 1) / LAP * LAP;
}

/* Time, port of the client, its address (4 or 16 bytes). */
static bool decode_login(struct slice s, int64_t near, struct id *id)
{
	unsigned char b[24];
	int family;

	*id = (struct id){ .family = id_dovecot_login.name };
	if (s.len == 16 && id_base64(s, b, 12))
		family = AF_INET;
	else if (s.len == 32 && id_base64(s, b, 24))
		family = AF_INET6;
	else
		return false;
	id_set_time(id, unwrap((int64_t)little(b, 6), near), 1);
	id->port = (int)little(b + 6, 2);
	id->has |= ID_PORT | ID_IP;
	return inet_ntop(family, b + 8, id->ip, sizeof id->ip) != NULL;
}

static const struct id_example mail_examples[] = {
	{ "qYyyBMsl9FRuZQAAA15QOA", "2015-03-02T08:56:43.078810Z pid=25966",
	  NULL },
	{ "iNH3FxIntWnpdgAALRw7Xg", "2026-03-14T09:14:58.402117Z pid=30441",
	  NULL },
	{ "iNH3FxIntWnpdgAALRw7Xg:2", "2026-03-14T09:14:58.402117Z pid=30441",
	  NULL },
};

const struct id_family id_dovecot_mail = {
	.name = "dovecot mail session",
	.about = "start of the LMTP transaction; reliable to about a second",
	.decode = decode_mail,
	ID_EXAMPLES(mail_examples),
};

static const struct id_example login_examples[] = {
	{ "RvV0BITVsNqsFYMy",
	  "2022-01-14T05:24:30.726470Z port=55984 ip=172.21.131.50", NULL },
	{ "e5MLrgYvcMZ/AAAB",
	  "2025-02-26T07:39:56.567419Z port=50800 ip=127.0.0.1", NULL },
	{ "RvV0BITVsNqsFYMy",
	  "2013-02-12T09:54:54.015814Z port=55984 ip=172.21.131.50",
	  "2013-01-01" },
};

const struct id_family id_dovecot_login = {
	.name = "dovecot login session",
	.about = "client's address and port; the time comes round every 8.92 "
	         "years (taken from 2018 on where nothing else is known)",
	.decode = decode_login,
	ID_EXAMPLES(login_examples),
};
