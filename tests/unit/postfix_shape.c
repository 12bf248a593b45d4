/* SPDX-License-Identifier: MIT */
/* Postfix: lines whose tag is "postfix" alone give what those of the daemon
 * give; no text of a client chooses another daemon. */
#include "tests/parsing.h"

#include "parsers/mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

struct plain {
	const char *daemon, *body;
};

static const struct plain lines[] = {
	{ "smtpd", "connect from h.example[192.0.2.1]" },
	{ "smtpd", "disconnect from h.example[192.0.2.1] ehlo=1 quit=1 commands=2" },
	{ "smtpd", "lost connection after RCPT from h.example[192.0.2.1]" },
	{ "smtpd", "307DF802B3: client=h.example[192.0.2.1]" },
	{ "smtpd", "307DF802B3: client=h.example[192.0.2.1], sasl_method=PLAIN, "
	           "sasl_username=removed" },
	{ "smtpd", "NOQUEUE: reject: RCPT from h.example[192.0.2.1]: 550 5.1.1 "
	           "<no@example.com>: Recipient address rejected: User unknown; "
	           "from=<a@example.org> to=<no@example.com> proto=ESMTP "
	           "helo=<x from [192.0.2.9]>" },
	{ "smtpd", "warning: h.example[192.0.2.1]: SASL LOGIN authentication "
	           "failed: UGFzc3dvcmQ6" },
	{ "smtpd", "Anonymous TLS connection established from "
	           "h.example[192.0.2.1]: TLSv1.3 with cipher "
	           "TLS_AES_256_GCM_SHA384 (256/256 bits)" },
	{ "smtp", "Trusted TLS connection established to "
	          "h.example[192.0.2.1]:25: TLSv1.3 with cipher "
	          "TLS_AES_256_GCM_SHA384 (256/256 bits)" },
	{ "smtpd", "improper command pipelining after QUIT from "
	           "h.example[192.0.2.1]: removed" },
	{ "postscreen", "NOQUEUE: reject: RCPT from [192.0.2.1]:4711: 550 5.3.2 "
	                "Service currently unavailable; from=<a@example.org>, "
	                "to=<b@example.com>, proto=ESMTP, helo=<x>" },
	{ "postscreen", "CONNECT from [192.0.2.1]:4711 to [192.0.2.2]:25" },
	{ "cleanup", "307DF802B3: message-id=<a1@example.org>" },
	{ "cleanup", "307DF802B3: message-id=<client=h.example[192.0.2.9]>" },
	{ "cleanup", "307DF802B3: reject: header Subject: client=x from "
	             "h.example[192.0.2.1]; from=<a@example.org> "
	             "to=<b@example.com> proto=ESMTP helo=<x>: 5.7.1 no" },
	{ "qmgr", "307DF802B3: from=<a@example.org>, size=1372, nrcpt=3 (queue "
	          "active)" },
	{ "qmgr", "307DF802B3: from=<\"to=<x>, relay=local\"@example.org>, "
	          "size=1, nrcpt=1 (queue active)" },
	{ "qmgr", "307DF802B3: removed" },
	{ "smtp", "307DF802B3: to=<b@example.org>, "
	          "relay=mail.example.org[192.0.2.11]:25, delay=2, "
	          "delays=0.06/0.07/0.77/1.1, dsn=2.0.0, status=sent (250 ok "
	          "queued as 2BF1C23A7B)" },
	{ "lmtp", "307DF802B3: to=<b@example.org>, "
	          "relay=mx1.example[private/dovecot-lmtp], delay=0.1, "
	          "delays=0/0/0/0.1, dsn=2.0.0, status=sent (250 2.0.0 "
	          "<b@example.org> Saved)" },
	{ "local", "307DF802B3: to=<list@example.com>, relay=local, delay=0.02, "
	           "delays=0/0/0/0.01, dsn=2.0.0, status=sent (forwarded as "
	           "2BF1C23A7B)" },
	{ "virtual", "307DF802B3: to=<b@example.com>, relay=virtual, delay=0.02, "
	             "delays=0/0/0/0.01, dsn=2.0.0, status=sent (delivered to "
	             "maildir)" },
	{ "pipe", "307DF802B3: to=<\"x>, relay=local, y\"@example.com>, "
	          "relay=filter, delay=0.02, delays=0/0/0/0.01, dsn=2.0.0, "
	          "status=sent (delivered via filter service)" },
	{ "bounce", "307DF802B3: sender non-delivery notification: 2BF1C23A7B" },
	{ "pickup", "307DF802B3: uid=33 from=<www-data>" },
	{ "anvil", "statistics: max connection rate 12/60s for "
	           "(smtp:192.0.2.1) at Feb  3 01:01:12" },
};

static enum parse parse_as(const char *tag, const char *body,
                           struct strbuf *out)
{
	struct strbuf line = { 0 };
	enum parse result;

	strbuf_addf(&line, "Feb  3 01:01:12 mx1 %s[9]: %s", tag, body);
	result = parsing_line(strbuf_slice(&line), out);
	strbuf_release(&line);
	return result;
}

/* The key of the session has the tag in it. */
static struct slice without_session(struct strbuf *b)
{
	struct slice s = strbuf_slice(b);

	return slice_to(s, slice_find(s, SLICE(" session:own=")));
}

static void same_as_daemon(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct strbuf plain = { 0 }, full = { 0 }, tag = { 0 };

		strbuf_addf(&tag, "postfix/%s", lines[i].daemon);
		assert_int_equal(parse_as(strbuf_text(&tag), lines[i].body, &full),
		                 PARSE_OK);
		assert_int_equal(parse_as("postfix", lines[i].body, &plain),
		                 PARSE_OK);
		if (!slice_eq(without_session(&plain), without_session(&full)))
			assert_string_equal(strbuf_text(&plain),
			                    strbuf_text(&full));
		assert_true(strcmp(lines[i].daemon, "smtpd") != 0 ||
		            slice_find(strbuf_slice(&plain),
		                       SLICE(" session:own=postfix[9]")) !=
		                    SLICE_NONE);
		strbuf_release(&plain);
		strbuf_release(&full);
		strbuf_release(&tag);
	}
}

static void unknown_stays(void **state)
{
	static const char *const strange[] = {
		"", "what is this", "307DF802B3: what is this",
		"warning: connect from h.example[192.0.2.1]",
		"warning: x removed", "NOQUEUE: what is this",
		"x connect from h.example[192.0.2.1]",
		" 307DF802B3: removed", "307DF802B3:removed",
		"2026: removed", "fatal: no",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(strange); i++) {
		struct strbuf out = { 0 };

		assert_int_equal(parse_as("postfix", strange[i], &out), PARSE_NO);
		strbuf_release(&out);
	}
}

static void hostile(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct strbuf line = { 0 };

		strbuf_addf(&line, "Feb  3 01:01:12 mx1 postfix: %s",
		            lines[i].body);
		parsing_check_hostile(strbuf_slice(&line));
		strbuf_release(&line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_as_daemon),
		cmocka_unit_test(unknown_stays),
		cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests_name("postfix_shape", tests, NULL, NULL);
}
