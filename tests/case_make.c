/* SPDX-License-Identifier: MIT */
/* A small case from invented logs, through the whole indexer. */
#include "tests/case_make.h"

#include "base/civil.h"
#include "model/index/index.h"
#include "tests/store_make.h"

static void stamp(struct strbuf *b, const char *host, int64_t second)
{
	struct civil c;

	civil_of(INT64_C(1789000000) * US_SECOND + second * US_SECOND +
	                 second % 1000,
	         &c);
	strbuf_addf(b, "%04d-%02d-%02dT%02d:%02d:%02d.%06d+00:00 %s postfix/",
	            c.year, c.month, c.day, c.hour, c.minute, c.second, c.us,
	            host);
}

static void add_taken(struct strbuf *b, int i, int64_t s, const char *id)
{
	stamp(b, "mx", s);
	strbuf_addf(b, "smtpd[%d]: connect from c%d.example.org[192.0.2.%d]\n",
	            100 + i, i % 9, i % 9);
	stamp(b, "mx", s);
	strbuf_addf(b, "smtpd[%d]: %s: client=c%d.example.org[192.0.2.%d]%s\n",
	            100 + i, id, i % 9, i % 9,
	            i % 4 == 3 ? ", sasl_method=PLAIN, sasl_username=joe" : "");
	stamp(b, "mx", s);
	strbuf_addf(b, "cleanup[77]: %s: message-id=<M%d@example.org>\n", id, i);
	stamp(b, "mx", s);
	if (i % 10 == 5)
		strbuf_addf(b, "qmgr[50]: %s: from=<>, ", id);
	else
		strbuf_addf(b, "qmgr[50]: %s: from=<%s%d@example.org>, ", id,
		            i % 3 ? "s" : "S", i % 5);
	strbuf_addf(b, "size=%d, nrcpt=%d (queue active)\n", 500 * i + 900,
	            1 + i % 2);
	stamp(b, "mx", s + 1);
	strbuf_addf(b, "smtpd[%d]: disconnect from c%d.example.org[192.0.2.%d]"
	               " ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5\n",
	            100 + i, i % 9, i % 9);
}

static void add_answer(struct strbuf *b, int i, int64_t s, const char *id,
                       const char *to, const char *status)
{
	stamp(b, "mx", s);
	strbuf_addf(b,
	            "smtp[9]: %s: to=<%s>, relay=store.example.com"
	            "[198.51.100.7]:25, delay=%d, delays=1/0/0/1, %s\n",
	            id, to, i + 2, status);
}

static void add_answers(struct strbuf *b, int i, int64_t s, const char *id)
{
	struct strbuf sent = { 0 }, to = { 0 };
	const char *no = "dsn=5.1.1, status=bounced (host store.example.com"
			 "[198.51.100.7] said: 550 5.1.1 no such user)";

	strbuf_addf(&sent,
	            "dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as B%07X)",
	            0x10000 + i);
	strbuf_addf(&to, "r%d@example.com", i % 7);
	if (i % 6 == 1)
		add_answer(b, i, s, id, strbuf_text(&to),
		           "dsn=4.2.0, status=deferred (host store.example.com"
		           "[198.51.100.7] said: 450 4.2.0 try later)");
	if (i % 6 == 1)
		s += 300;
	add_answer(b, i, s, id, strbuf_text(&to),
	           i % 7 == 2 ? no : strbuf_text(&sent));
	if (i % 2)
		add_answer(b, i, s, id, "alice@partner.example",
		           i % 5 == 1 ? no
		                      : "dsn=2.0.0, status=sent (250 2.0.0 Ok)");
	if (i % 11 != 7) {
		stamp(b, "mx", s + 1);
		strbuf_addf(b, "qmgr[50]: %s: removed\n", id);
	}
	strbuf_release(&sent);
	strbuf_release(&to);
}

static void add_refused(struct strbuf *b, int i, int64_t s)
{
	stamp(b, "mx", s);
	strbuf_addf(b, "smtpd[%d]: connect from unknown[203.0.113.%d]\n",
	            900 + i, i % 5);
	stamp(b, "mx", s);
	if (i % 3)
		strbuf_addf(b,
		            "smtpd[%d]: NOQUEUE: reject: RCPT from unknown"
		            "[203.0.113.%d]: 554 5.7.1 <x@example.net>: Relay "
		            "access denied; from=<spam%d@example.net> "
		            "to=<x@example.net> proto=ESMTP helo=<liar>\n",
		            900 + i, i % 5, i % 3);
	else
		strbuf_addf(b,
		            "smtpd[%d]: NOQUEUE: reject: MAIL from unknown"
		            "[203.0.113.%d]: 550 5.1.8 <spam@nowhere.example>: "
		            "Sender address rejected: Domain not found; "
		            "from=<spam@nowhere.example> proto=ESMTP "
		            "helo=<liar>\n",
		            900 + i, i % 5);
	if (i % 4 == 0) {
		stamp(b, "mx", s);
		strbuf_addf(b,
		            "smtpd[%d]: warning: unknown[203.0.113.%d]: SASL "
		            "LOGIN authentication failed: bad password\n",
		            900 + i, i % 5);
	}
	stamp(b, "mx", s + 1);
	strbuf_addf(b, "smtpd[%d]: disconnect from unknown[203.0.113.%d]\n",
	            900 + i, i % 5);
}

static void mx_log(struct strbuf *b, int n)
{
	for (int i = 0; i < n; i++) {
		int64_t s = (int64_t)i * 400;
		char id[32];

		snprintf(id, sizeof id, "A%07X", 0x10000 + i);
		add_taken(b, i, s, id);
		add_answers(b, i, s + 2, id);
		if (i % 2)
			add_refused(b, i, s + 350);
		if (i % 8 == 0) {
			stamp(b, "mx", s + 360);
			strbuf_add_str(b, "strange[1]: a line \x1b[31m that "
			                  "nobody knows\n");
		}
	}
}

static void store_log(struct strbuf *b, int n)
{
	for (int i = 0; i < n; i++) {
		int64_t s = (int64_t)i * 400 + 2 + (i % 6 == 1 ? 300 : 0);
		char id[32];

		if (i % 7 == 2 || i % 13 == 12)
			continue;
		snprintf(id, sizeof id, "B%07X", 0x10000 + i);
		stamp(b, "store", s);
		strbuf_addf(b, "smtpd[8]: %s: client=mx.example.com"
		               "[198.51.100.1]\n", id);
		stamp(b, "store", s);
		strbuf_addf(b, "cleanup[9]: %s: message-id=<M%d@example.org>\n",
		            id, i);
		stamp(b, "store", s);
		strbuf_addf(b, "qmgr[5]: %s: from=<s%d@example.org>, size=%d, "
		               "nrcpt=1 (queue active)\n", id, i % 5, 500 * i + 950);
		stamp(b, "store", s + 1);
		strbuf_addf(b, "local[4]: %s: to=<r%d@example.com>, relay=local,"
		               " delay=0.1, delays=0/0/0/0.1, dsn=2.0.0, "
		               "status=sent (delivered to mailbox)\n", id, i % 7);
		stamp(b, "store", s + 1);
		strbuf_addf(b, "qmgr[5]: %s: removed\n", id);
	}
}

void small_case_make(struct small_case *c, int n)
{
	struct strbuf b = { 0 };
	struct index_result result = { 0 };
	struct indexer *x;
	struct err err;

	c->folder = make_folder();
	c->log_mx = make_path(c->folder, "mx.log");
	c->log_store = make_path(c->folder, "store.log");
	c->path = make_path(c->folder, "../ms-small.case");
	free(c->path);
	c->path = NULL;
	mx_log(&b, n);
	write_file(c->log_mx, b.ptr, b.len);
	strbuf_reset(&b);
	store_log(&b, n);
	write_file(c->log_store, b.ptr, b.len);
	strbuf_release(&b);
	{
		const char *logs[] = { c->log_mx, c->log_store };
		const char *own[] = { "example.com", "192.0.2.0/24" };
		struct index_options o = { .logs = logs, .nlogs = 2,
			                   .own = own, .nown = 2,
			                   .now = INT64_C(1790000000) * US_SECOND,
			                   .threads = 1, .piece_records = 200 };
		struct strbuf path = { 0 };

		strbuf_addf(&path, "%s.case", c->folder);
		c->path = strbuf_take(&path);
		o.case_path = c->path;
		x = indexer_new(&o, &err);
		if (!x || !indexer_run(x, NULL, &result, &err)) {
			fprintf(stderr, "%s\n", err.text);
			abort();
		}
		indexer_free(x);
		strbuf_release(&result.warnings);
	}
}

void small_case_free(struct small_case *c)
{
	remove(c->path);
	remove_folder(c->folder);
	free(c->log_mx);
	free(c->log_store);
	free(c->path);
}
