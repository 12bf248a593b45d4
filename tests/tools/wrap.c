/* SPDX-License-Identifier: MIT */
/* Puts syslog lines into other clothes: what a journal, a container tool, an
 * export or a Windows editor would have made of them. Knows no parser.
 *
 * usage: wrap HOW YEAR < LOG
 *   HOW: rfc3339 journal-json journal-export docker compose cri docker-json
 *   utf16le utf16be splunk-csv splunk-json elastic-json. LOG has RFC 3164 stamps
 *   in UTC, or RFC 3339 ones of +00:00. */
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>

struct line {
	struct slice all, stamp, host, program, pid, body;
	long long us; /* UTC */
	char iso[40]; /* "2026-03-14T09:15:02.000000Z" */
};

static long long days_from(int y, int m, int d)
{
	y -= m <= 2;
	long era = (y >= 0 ? y : y - 399) / 400;
	int yoe = (int)(y - era * 400);
	int doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return era * 146097LL + doe - 719468;
}

static int month_of(struct slice s)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12; i++)
		if (memcmp(s.ptr, names + 3 * i, 3) == 0)
			return i + 1;
	return 0;
}

/* "mx1 postfix/smtpd[16325]: text" behind the stamp. */
static void read_tail(struct line *l, struct slice s)
{
	size_t n = 0;

	l->host = slice_cut(&s, ' ');
	while (n < s.len && s.ptr[n] != '[' && s.ptr[n] != ':')
		n++;
	l->program = slice_to(s, n);
	l->pid = slice_of(NULL, 0);
	if (n < s.len && s.ptr[n] == '[') {
		l->pid = slice_from(s, n + 1);
		l->pid = slice_cut(&l->pid, ']');
		n += l->pid.len + 2;
	}
	l->body = slice_from(s, n + 2);
}

static void read_line(struct line *l, struct slice s, int year)
{
	int month, day, h, m, sec;
	char text[33] = "";
	double fine = 0;

	l->all = s;
	memcpy(text, s.ptr, s.len < 32 ? s.len : 32);
	if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%lfZ", &year, &month, &day, &h, &m,
	           &fine) == 6) {
		l->stamp = slice_to(s, slice_chr(s, ' '));
		sec = 0;
	} else if (sscanf(text + 4, "%2d %2d:%2d:%2d", &day, &h, &m, &sec) == 4) {
		month = month_of(s);
		l->stamp = slice_to(s, 15);
	} else {
		fprintf(stderr, "wrap: no stamp in \"%.*s\"\n", SLICE_FMT(s));
		exit(1);
	}
	l->us = ((days_from(year, month, day) * 24 + h) * 60 + m) * 60000000LL +
	        sec * 1000000LL + (long long)(fine * 1000000 + 0.5);
	snprintf(l->iso, sizeof l->iso, "%04d-%02d-%02dT%02d:%02d:%02d.%06uZ",
	         year % 10000, month % 100, day % 100, h % 100, m % 100,
	         (int)(l->us / 1000000 % 60),
	         (unsigned)(l->us % 1000000));
	read_tail(l, slice_from(s, l->stamp.len + 1));
}

static void add_json(struct strbuf *b, struct slice s)
{
	strbuf_add_char(b, '"');
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c == '"' || c == '\\')
			strbuf_addf(b, "\\%c", c);
		else if (c < ' ')
			strbuf_addf(b, "\\u%04x", c);
		else
			strbuf_add_char(b, (char)c);
	}
	strbuf_add_char(b, '"');
}

/* Every seventh as journald writes what is no UTF-8. */
static void add_message(struct strbuf *b, struct slice s, size_t number)
{
	if (number % 7) {
		add_json(b, s);
		return;
	}
	strbuf_add_char(b, '[');
	for (size_t i = 0; i < s.len; i++)
		strbuf_addf(b, "%s%u", i ? "," : "", (unsigned char)s.ptr[i]);
	strbuf_add_char(b, ']');
}

static void journal_json(const struct line *l, size_t n, struct strbuf *b)
{
	strbuf_addf(b, "{\"__CURSOR\":\"s=%zu\",\"MESSAGE\":", n);
	add_message(b, l->body, n);
	strbuf_addf(b, ",\"__REALTIME_TIMESTAMP\":\"%lld\",\"_HOSTNAME\":"
	               "\"%.*s\",\"SYSLOG_IDENTIFIER\":\"%.*s\"",
	            l->us, SLICE_FMT(l->host), SLICE_FMT(l->program));
	if (l->pid.ptr)
		strbuf_addf(b, ",\"_PID\":\"%.*s\"", SLICE_FMT(l->pid));
	strbuf_add_str(b, "}\n");
}

static void journal_export(const struct line *l, size_t n, struct strbuf *b)
{
	strbuf_addf(b, "__CURSOR=s=%zu\n__REALTIME_TIMESTAMP=%lld\n"
	               "_HOSTNAME=%.*s\nSYSLOG_IDENTIFIER=%.*s\n",
	            n, l->us, SLICE_FMT(l->host), SLICE_FMT(l->program));
	if (l->pid.ptr)
		strbuf_addf(b, "_PID=%.*s\n", SLICE_FMT(l->pid));
	if (n % 7) {
		strbuf_addf(b, "MESSAGE=%.*s\n\n", SLICE_FMT(l->body));
		return;
	}
	strbuf_add_str(b, "MESSAGE\n");
	for (int i = 0; i < 8; i++)
		strbuf_add_char(b, (char)((uint64_t)l->body.len >> (8 * i)));
	strbuf_add_slice(b, l->body);
	strbuf_add_str(b, "\n\n");
}

static void docker(const struct line *l, size_t n, struct strbuf *b)
{
	strbuf_addf(b, "%.26s%03uZ %.*s\n", l->iso, (unsigned)(n % 1000),
	            SLICE_FMT(l->all));
}

static void compose(const struct line *l, size_t n, struct strbuf *b)
{
	(void)n;
	strbuf_addf(b, "mail-1  | %.*s\n", SLICE_FMT(l->all));
}

static void cri(const struct line *l, size_t n, struct strbuf *b)
{
	strbuf_addf(b, "%s std%s F %.*s\n", l->iso, n % 2 ? "out" : "err",
	            SLICE_FMT(l->all));
}

static void docker_json(const struct line *l, size_t n, struct strbuf *b)
{
	struct strbuf log = { 0 };

	(void)n;
	strbuf_addf(&log, "%.*s\n", SLICE_FMT(l->all));
	strbuf_add_str(b, "{\"log\":");
	add_json(b, strbuf_slice(&log));
	strbuf_addf(b, ",\"stream\":\"stdout\",\"time\":\"%s\"}\n", l->iso);
	strbuf_release(&log);
}

static void add_unit(struct strbuf *b, uint32_t c, bool big)
{
	strbuf_add_char(b, (char)(big ? c >> 8 : c));
	strbuf_add_char(b, (char)(big ? c : c >> 8));
}

static void utf16(const struct line *l, size_t n, struct strbuf *b, bool big)
{
	struct slice s = l->all;

	if (n == 0)
		add_unit(b, 0xFEFF, big);
	while (s.len) {
		uint32_t c = text_next(&s);

		if (c == TEXT_BAD)
			c = 0xFFFD;
		if (c >= 0x10000) {
			add_unit(b, 0xD800 + ((c - 0x10000) >> 10), big);
			c = 0xDC00 + (c & 0x3FF);
		}
		add_unit(b, c, big);
	}
	add_unit(b, '\r', big);
	add_unit(b, '\n', big);
}

static void utf16le(const struct line *l, size_t n, struct strbuf *b)
{
	utf16(l, n, b, false);
}

static void utf16be(const struct line *l, size_t n, struct strbuf *b)
{
	utf16(l, n, b, true);
}

static void splunk_csv(const struct line *l, size_t n, struct strbuf *b)
{
	if (n == 0)
		strbuf_add_str(b, "\"_time\",\"_raw\",host,source\r\n");
	strbuf_add_str(b, "\"2026-05-01T10:00:00.000+0000\",\"");
	for (size_t i = 0; i < l->all.len; i++) {
		if (l->all.ptr[i] == '"')
			strbuf_add_char(b, '"');
		strbuf_add_char(b, l->all.ptr[i]);
	}
	strbuf_addf(b, "\",%.*s,/var/log/mail.log\r\n", SLICE_FMT(l->host));
}

static void splunk_json(const struct line *l, size_t n, struct strbuf *b)
{
	strbuf_addf(b, "{\"preview\":false,\"offset\":%zu,\"result\":{\"_raw\":",
	            n);
	add_json(b, l->all);
	strbuf_addf(b, ",\"_time\":\"2026-05-01 10:00:00.000 UTC\","
	               "\"host\":\"%.*s\"}}\n", SLICE_FMT(l->host));
}

static void elastic_json(const struct line *l, size_t n, struct strbuf *b)
{
	strbuf_addf(b, "{\"_index\":\"mail\",\"_id\":\"%zu\",\"_source\":"
	               "{\"@timestamp\":\"2026-05-01T10:00:00.000Z\","
	               "\"message\":", n);
	add_json(b, l->all);
	strbuf_add_str(b, "}}\n");
}

static void rfc3339(const struct line *l, size_t n, struct strbuf *b)
{
	(void)n;
	strbuf_addf(b, "%s%.*s\n", l->iso,
	            SLICE_FMT(slice_from(l->all, l->stamp.len)));
}

static const struct how {
	const char *name;
	void (*put)(const struct line *l, size_t n, struct strbuf *b);
} hows[] = {
	{ "rfc3339", rfc3339 },         { "journal-json", journal_json },
	{ "journal-export", journal_export }, { "docker", docker },
	{ "compose", compose },         { "cri", cri },
	{ "docker-json", docker_json }, { "utf16le", utf16le },
	{ "utf16be", utf16be },         { "splunk-csv", splunk_csv },
	{ "splunk-json", splunk_json }, { "elastic-json", elastic_json },
};

int main(int argc, char **argv)
{
	const struct how *how = NULL;
	struct strbuf out = { 0 };
	char *text = NULL;
	size_t room = 0, number = 0;
	ssize_t n;

	for (size_t i = 0; argc == 3 && i < sizeof hows / sizeof *hows; i++)
		if (strcmp(argv[1], hows[i].name) == 0)
			how = &hows[i];
	if (!how) {
		fprintf(stderr, "usage: wrap HOW YEAR < LOG\n");
		return 2;
	}
	while ((n = getline(&text, &room, stdin)) > 0) {
		struct line l;

		if (text[n - 1] == '\n')
			n--;
		if (n < 20)
			continue;
		read_line(&l, slice_of(text, (size_t)n), (int)strtol(argv[2], NULL, 10));
		strbuf_reset(&out);
		how->put(&l, number++, &out);
		fwrite(out.ptr, 1, out.len, stdout);
	}
	free(text);
	strbuf_release(&out);
	return 0;
}
