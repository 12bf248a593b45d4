/* SPDX-License-Identifier: MIT */
/* Dovecot's own log files: whose lines they are, and whose they are not. */
#include "parsers/framing.h"
#include "tests/reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char *framing_of(const char *text)
{
	struct sample s = reading_sample(slice_str(text));

	return framing_detect(&s, NULL)->name;
}

static void test_detect(void **state)
{
	static const struct {
		const char *text, *framing;
	} cases[] = {
		{ "Mar 14 09:15:02 imap-login: Info: Login: user=<bob>\n",
		  "dovecot" },
		{ "Mar 14 09:15:02 lmtp(bob): Info: x: msgid=<m@example.org>: "
		  "saved mail to INBOX\n",
		  "dovecot" },
		{ "\xef\xbb\xbf" "2026-03-14 09:15:02 anvil: Warning: x\n",
		  "dovecot" },
		{ "Mar 14 09:15:02 auth: Error: x\n"
		  "Mar 14 09:15:02 pop3-login: Info: Aborted login: rip=x\n",
		  "dovecot" },
		/* a quarter is what somebody else wrote */
		{ "Mar 14 09:15:02 lda(b)<1><a>: Info: x\n"
		  "Mar 14 09:15:02 lda(b)<1><a>: Info: x\n"
		  "Mar 14 09:15:02 lda(b)<1><a>: Info: x\n"
		  "backtrace\n",
		  "dovecot" },
		/* syslog, with its tag, with or without a host */
		{ "Mar 14 09:15:02 mx1 dovecot: imap-login: Info: Login: x\n",
		  "rfc3164" },
		{ "Mar 14 09:15:02 dovecot: imap-login: Info: Login: x\n",
		  "rfc3164" },
		{ "Mar 14 09:15:02 dovecot: imap-login: Login: user=<bob>\n",
		  "rfc3164" },
		{ "Mar 14 09:15:02 mx1 imap-login: Info: Login: x\n", "rfc3164" },
		{ "Mar 14 09:15:02 imap-login: Login: user=<bob>\n", "rfc3164" },
		{ "2026-03-14 09:15:02 lmtp(bob): x\n", "rfc3339" },
		/* levels of other programs */
		{ "Mar 14 09:15:02 mail_logs: Info: MID 1 ICID 2\n", "rfc3164" },
		{ "Mar 14 09:15:02 auth: Info: x\n"
		  "Mar 14 09:15:03 master: Warning: y\n",
		  "rfc3164" },
		{ "Mar 14 09:15:02 postfix/smtpd[7]: warning: imap-login: "
		  "Info: x\n",
		  "rfc3164" },
		/* what a client can bring into another's log */
		{ "Mar 14 09:15:02 mx1 postfix/smtpd[7]: a\n"
		  "Mar 14 09:15:02 lmtp(bob)<1><x>: Info: msgid=<m>: b\n",
		  "rfc3164" },
		{ "lmtp(bob)<1><x>: Info: msgid=<m>: saved mail to INBOX\n",
		  "line" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (strcmp(framing_of(cases[i].text), cases[i].framing) != 0)
			fail_msg("%s takes %s", framing_of(cases[i].text),
			         cases[i].text);
}

static void check_peel(const char *line, const char *peeled)
{
	struct strbuf got = { 0 };
	struct reading r;

	reading_init(&r, framing_find(SLICE("dovecot")), slice_str(line));
	assert_true(reading_cut(&r));
	reading_print_record(&r, &got);
	assert_string_equal(strbuf_text(&got), peeled);
	reading_release(&r);
	strbuf_release(&got);
}

static void test_peel(void **state)
{
	(void)state;
	check_peel("Mar 14 09:15:02 lda(b: c)<1><a>: Info: x",
	           "Mar 14 09:15:02||dovecot||lda(b: c)<1><a>: Info: x");
	/* no line of Dovecot's: the time is all that is read */
	check_peel("Mar 14 09:15:02 lmtp(b)<1><a>: x",
	           "Mar 14 09:15:02||||lmtp(b)<1><a>: x");
	check_peel("Mar 14 09:15:02 lmtp(b): c): Info: x",
	           "Mar 14 09:15:02||||lmtp(b): c): Info: x");
	check_peel("Mar 14 09:15:02 lmtp", "Mar 14 09:15:02||||lmtp");
	check_peel("Mar 14 09:15:02 lmtp(", "Mar 14 09:15:02||||lmtp(");
	check_peel("Mar 14 09:15:02 : Info: x",
	           "Mar 14 09:15:02||||: Info: x");
	check_peel("Mar 14 09:15:02", "||||Mar 14 09:15:02");
	check_peel("lmtp(b)<1><a>: Info: x", "||||lmtp(b)<1><a>: Info: x");
	check_peel("2026-02-30 09:15:02 lmtp: Info: x",
	           "||||2026-02-30 09:15:02 lmtp: Info: x");
}

static void test_file(void **state)
{
	static const char *const none[] = { "dovecots", "mail", "", "my-dovecot" };

	(void)state;
	assert_true(slice_eq(framing_file(SLICE("dovecot")), SLICE("dovecot")));
	assert_true(slice_eq(framing_file(SLICE("dovecot-info")),
	                     SLICE("dovecot")));
	assert_true(slice_eq(framing_file(SLICE("rspamd")), SLICE("rspamd")));
	for (size_t i = 0; i < COUNT(none); i++)
		assert_null(framing_file(slice_str(none[i])).ptr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_detect),
		cmocka_unit_test(test_peel),
		cmocka_unit_test(test_file),
	};

	return cmocka_run_group_tests_name("dovecot_file", tests, NULL, NULL);
}
