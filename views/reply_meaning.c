/* SPDX-License-Identifier: MIT */
/* What reply codes and enhanced codes say. */
#include "views/reply_meaning.h"

static const struct {
	int code;
	bool general; /* an enhanced code says it better */
	const char *text;
} codes[] = {
	{ 220, false, "ready" },
	{ 221, false, "closing" },
	{ 235, false, "login accepted" },
	{ 250, true, "accepted" },
	{ 251, false, "will forward it" },
	{ 252, false, "taken, not verified" },
	{ 334, false, "login goes on" },
	{ 354, false, "send the message" },
	{ 421, true, "closing, try later" },
	{ 450, true, "mailbox busy, later" },
	{ 451, true, "local error, later" },
	{ 452, true, "storage short, later" },
	{ 454, false, "TLS or login, later" },
	{ 455, false, "parameter, later" },
	{ 500, false, "unknown command" },
	{ 501, false, "bad syntax" },
	{ 502, false, "no such command" },
	{ 503, false, "bad sequence" },
	{ 504, false, "bad parameter" },
	{ 521, false, "takes no mail" },
	{ 530, false, "must use TLS or login" },
	{ 534, false, "login too weak" },
	{ 535, false, "login failed" },
	{ 538, false, "login needs TLS" },
	{ 550, true, "mailbox unavailable" },
	{ 551, true, "user is not local" },
	{ 552, true, "storage or size" },
	{ 553, true, "bad mailbox name" },
	{ 554, true, "transaction failed" },
	{ 555, false, "bad parameter" },
	{ 556, false, "domain takes no mail" },
};

/* Subject and detail; what class 4 says where it differs. X.0.0 says nothing. */
static const struct {
	const char *dsn, *text, *later;
} details[] = {
	{ "1.0", "address problem", NULL },
	{ "1.1", "no such mailbox", NULL },
	{ "1.2", "no such domain", NULL },
	{ "1.3", "bad address syntax", NULL },
	{ "1.4", "ambiguous mailbox", NULL },
	{ "1.6", "mailbox has moved", NULL },
	{ "1.7", "bad sender address", NULL },
	{ "1.8", "bad sender domain", NULL },
	{ "1.10", "domain takes no mail", NULL },
	{ "2.0", "mailbox problem", NULL },
	{ "2.1", "mailbox is disabled", NULL },
	{ "2.2", "mailbox full", NULL },
	{ "2.3", "too big for mailbox", NULL },
	{ "2.4", "list problem", NULL },
	{ "3.0", "mail system problem", NULL },
	{ "3.1", "disk full", NULL },
	{ "3.2", "takes no mail now", NULL },
	{ "3.3", "feature not supported", NULL },
	{ "3.4", "message too big", NULL },
	{ "3.5", "badly configured", NULL },
	{ "4.0", "network problem", NULL },
	{ "4.1", "no answer from host", NULL },
	{ "4.2", "connection lost", NULL },
	{ "4.3", "name server failed", NULL },
	{ "4.4", "no route to host", NULL },
	{ "4.5", "congested", NULL },
	{ "4.6", "mail loop", NULL },
	{ "4.7", "expired in the queue", NULL },
	{ "5.0", "protocol problem", NULL },
	{ "5.1", "bad command", NULL },
	{ "5.2", "bad syntax", NULL },
	{ "5.3", "too many recipients", NULL },
	{ "5.4", "bad arguments", NULL },
	{ "5.6", "login line too long", NULL },
	{ "6.0", "content problem", NULL },
	{ "6.7", "no international mail", NULL },
	{ "7.0", "refused by policy", "policy, try later" },
	{ "7.1", "refused by policy", "policy, try later" },
	{ "7.8", "login failed", "login, try later" },
	{ "7.9", "login too weak", NULL },
	{ "7.11", "login needs TLS", NULL },
	{ "7.20", "no DKIM passed", NULL },
	{ "7.23", "SPF failed", NULL },
	{ "7.24", "SPF check broken", NULL },
	{ "7.25", "no reverse DNS", NULL },
	{ "7.26", "several checks failed", NULL },
	{ "7.27", "sender has null MX", NULL },
};

#define LENGTH(a) (sizeof(a) / sizeof *(a))

char reply_class(int64_t code, struct slice dsn)
{
	if (code >= 200 && code <= 599)
		return (char)('0' + code / 100);
	if (dsn.len > 1 && dsn.ptr[1] == '.' && dsn.ptr[0] >= '2' &&
	    dsn.ptr[0] <= '5')
		return dsn.ptr[0];
	return 0;
}

bool reply_differs(int64_t code, struct slice dsn)
{
	char by_dsn = reply_class(0, dsn);

	return code && by_dsn && reply_class(code, dsn) != by_dsn;
}

const char *reply_code_meaning(int64_t code)
{
	for (size_t i = 0; i < LENGTH(codes); i++)
		if (codes[i].code == code)
			return codes[i].text;
	return NULL;
}

const char *reply_dsn_meaning(struct slice dsn, char class)
{
	if (dsn.len < 5)
		return NULL;
	for (size_t i = 0; i < LENGTH(details); i++)
		if (slice_eq(slice_from(dsn, 2), slice_str(details[i].dsn)))
			return class == '4' && details[i].later
			               ? details[i].later
			               : details[i].text;
	return NULL;
}

static bool is_general(int64_t code)
{
	for (size_t i = 0; i < LENGTH(codes); i++)
		if (codes[i].code == code)
			return codes[i].general;
	return true;
}

static const char *class_meaning(char class)
{
	switch (class) {
	case '2': return "accepted";
	case '3': return "go on";
	case '4': return "not now, try later";
	case '5': return "no, permanent";
	default: return NULL;
	}
}

const char *reply_meaning(int64_t code, struct slice dsn)
{
	char class = reply_class(code, dsn);
	const char *by_code = reply_code_meaning(code);
	const char *by_dsn = NULL;

	if (class == '4' || class == '5')
		by_dsn = reply_differs(code, dsn) ? NULL
		                                  : reply_dsn_meaning(dsn, class);
	if (by_code && !(by_dsn && is_general(code)))
		return by_code;
	return by_dsn ? by_dsn : class_meaning(class);
}
