/* SPDX-License-Identifier: MIT */
/* UTF-8, the sanitiser, escapes, encoded words, cutting to cells. */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define TEXT(literal) literal, sizeof(literal) - 1

struct row {
	const char *in;
	size_t len;
	const char *out;
};

static void check(void (*add)(struct strbuf *, struct slice),
                  const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct strbuf b = { 0 };

		strbuf_add_str(&b, "|");
		add(&b, slice_of(rows[i].in, rows[i].len));
		if (strcmp(strbuf_text(&b) + 1, rows[i].out) != 0)
			fail_msg("row %zu: got '%s', want '%s'", i,
			         strbuf_text(&b) + 1, rows[i].out);
		strbuf_release(&b);
	}
}

static void test_next(void **state)
{
	static const struct {
		const char *text;
		uint32_t c;
		size_t used;
	} rows[] = {
		{ "a", 'a', 1 },
		{ "\x7f", 0x7f, 1 },
		{ "\xc3\xa9", 0xe9, 2 },
		{ "\xe2\x82\xac", 0x20ac, 3 },
		{ "\xf0\x9f\x98\x80", 0x1f600, 4 },
		{ "\xf4\x8f\xbf\xbf", 0x10ffff, 4 },
		{ "\xed\x9f\xbf", 0xd7ff, 3 },
		{ "\x80", TEXT_BAD, 1 },
		{ "\xbf\xbf", TEXT_BAD, 1 },
		{ "\xc0\x80", TEXT_BAD, 1 },         /* overlong NUL */
		{ "\xc1\xbf", TEXT_BAD, 1 },
		{ "\xe0\x80\x80", TEXT_BAD, 1 },     /* overlong */
		{ "\xe0\x9f\xbf", TEXT_BAD, 1 },
		{ "\xf0\x80\x80\x80", TEXT_BAD, 1 },
		{ "\xf0\x8f\xbf\xbf", TEXT_BAD, 1 },
		{ "\xed\xa0\x80", TEXT_BAD, 1 },     /* surrogate */
		{ "\xed\xbf\xbf", TEXT_BAD, 1 },
		{ "\xf4\x90\x80\x80", TEXT_BAD, 1 }, /* above 10FFFF */
		{ "\xf5\x80\x80\x80", TEXT_BAD, 1 },
		{ "\xff", TEXT_BAD, 1 },
		{ "\xc3", TEXT_BAD, 1 },
		{ "\xc3" "a", TEXT_BAD, 1 },
		{ "\xe2\x82", TEXT_BAD, 1 },
		{ "\xe2" "aa", TEXT_BAD, 1 },
		{ "\xf0\x9f\x98", TEXT_BAD, 1 },
		{ "\xf0\x9f" "aa", TEXT_BAD, 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		/* on the heap, so that the sanitiser sees a byte too many */
		struct slice s = slice_str(rows[i].text), rest;
		char *copy = malloc(s.len);

		memcpy(copy, s.ptr, s.len);
		rest = slice_of(copy, s.len);
		if (text_next(&rest) != rows[i].c ||
		    s.len - rest.len != rows[i].used)
			fail_msg("row %zu", i);
		assert_int_equal(text_is_utf8(slice_of(copy, s.len)),
		                 rows[i].c != TEXT_BAD);
		free(copy);
	}
	assert_true(text_is_utf8(SLICE("")));
	assert_true(text_is_utf8(SLICE("plain ASCII of some length\0\x7f")));
	assert_false(text_is_utf8(SLICE("plain ASCII of some len\xff"
	                                "gth")));
}

/* Every character is read back as it was written. */
static void test_all_characters(void **state)
{
	struct strbuf b = { 0 };

	(void)state;
	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		struct slice s;

		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		strbuf_reset(&b);
		text_add_char(&b, c);
		s = strbuf_slice(&b);
		if (text_next(&s) != c || s.len)
			fail_msg("U+%04X", (unsigned)c);
	}
	strbuf_reset(&b);
	text_add_char(&b, 0xd800);
	text_add_char(&b, 0x110000);
	assert_string_equal(strbuf_text(&b), "\xef\xbf\xbd\xef\xbf\xbd");
	strbuf_release(&b);
}

static void test_active(void **state)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x00, 0x1f },         { 0x7f, 0x9f },     { 0x200b, 0x200f },
		{ 0x2028, 0x202e },     { 0x2060, 0x206f }, { 0xfeff, 0xfeff },
		{ 0xe0000, 0xe007f },   { 0xe000, 0xf8ff }, { 0xfff9, 0xfffb },
		{ 0xf0000, 0x10ffff },  { 0x61c, 0x61c },   { 0xad, 0xad },
		{ 0xfdd0, 0xfdef },     { 0x378, 0x379 },   { 0x1fffe, 0x1ffff },
		{ 0x3164, 0x3164 },     { 0xfffe, 0xffff },
	};
	static const uint32_t harmless[] = { ' ',     '~',    0xa0,  0xe9,
		                             0x301,   0x5d0,  0x4e2d, 0x1f600,
		                             0xfe0f,  0x2026, 0xfffd, 0x20ac };

	(void)state;
	for (size_t i = 0; i < COUNT(ranges); i++)
		for (uint32_t c = ranges[i].first; c <= ranges[i].last; c++)
			if (!text_char_is_active(c))
				fail_msg("U+%04X passes", (unsigned)c);
	for (size_t i = 0; i < COUNT(harmless); i++)
		if (text_char_is_active(harmless[i]))
			fail_msg("U+%04X is held", (unsigned)harmless[i]);
}

/* Each sequence that QUESTIONS calls dangerous. */
static const struct row dangerous[] = {
	{ TEXT(""), "" },
	{ TEXT("plain text, longer than eight"), "plain text, longer than eight" },
	{ TEXT("a\\b"), "a\\b" },
	{ TEXT("\x1b[31mred"), "\\x1b[31mred" },
	{ TEXT("\x1b]0;title\x07"), "\\x1b]0;title\\x07" },
	{ TEXT("\x1b]52;c;AAAA\x1b\\"), "\\x1b]52;c;AAAA\\x1b\\" },
	{ TEXT("\x1b]8;;http://x.example\x1b\\"),
	  "\\x1b]8;;http://x.example\\x1b\\" },
	{ TEXT("\x1bP$qm\x1b\\"), "\\x1bP$qm\\x1b\\" },
	{ TEXT("\xc2\x9b" "31m"), "<U+009B>31m" },
	{ TEXT("\xc2\x9d" "0;t\xc2\x9c"), "<U+009D>0;t<U+009C>" },
	{ TEXT("\x9b" "31m"), "\\x9b31m" },
	{ TEXT("a\0b"), "a\\x00b" },
	{ TEXT("a\tb\nc\rd\be\fg\vh"), "a\\x09b\\x0ac\\x0dd\\x08e\\x0cg\\x0bh" },
	{ TEXT("\x7f"), "\\x7f" },
	{ TEXT("a\xe2\x80\xa8" "b\xe2\x80\xa9"), "a<U+2028>b<U+2029>" },
	{ TEXT("a\xe2\x80\xae" "b"), "a<U+202E>b" },
	{ TEXT("\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad"),
	  "<U+202A><U+202B><U+202C><U+202D>" },
	{ TEXT("\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9"),
	  "<U+2066><U+2067><U+2068><U+2069>" },
	{ TEXT("\xe2\x80\x8e\xe2\x80\x8f"), "<U+200E><U+200F>" },
	{ TEXT("\xe2\x80\x8b\xe2\x80\x8c\xe2\x80\x8d\xef\xbb\xbf"),
	  "<U+200B><U+200C><U+200D><U+FEFF>" },
	{ TEXT("\xf3\xa0\x80\x81\xf3\xa0\x81\xbf"), "<U+E0001><U+E007F>" },
	{ TEXT("\xed\xa0\x80"), "\\xed\\xa0\\x80" },
	{ TEXT("\xc0\xaf"), "\\xc0\\xaf" },
	{ TEXT("ok\xff\xfe"), "ok\\xff\\xfe" },
	{ TEXT("\xe2\x82"), "\\xe2\\x82" },
	{ TEXT("\xcc\x81" "a"), "<U+0301>a" }, /* no letter to stand on */
	{ TEXT("a\xcc\x81"), "a\xcc\x81" },
	{ TEXT("\xee\x80\x80"), "<U+E000>" },
	{ TEXT("\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80"),
	  "\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80" },
	{ TEXT("1234567\x1b"), "1234567\\x1b" },
	{ TEXT("12345678\x1b"), "12345678\\x1b" },
	{ TEXT("\x1b" "1234567812345678"), "\\x1b1234567812345678" },
};

static void test_sanitise(void **state)
{
	(void)state;
	check(text_sanitise, dangerous, COUNT(dangerous));
}

/* Nothing active comes out, whatever goes in. */
static void test_sanitise_noise(void **state)
{
	uint64_t seed = 88172645463325252u;
	struct strbuf b = { 0 };

	(void)state;
	for (int i = 0; i < 20000; i++) {
		unsigned char noise[24];
		struct slice s;

		for (size_t k = 0; k < sizeof noise; k++) {
			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			noise[k] = (unsigned char)(k % 3 ? seed >> 40
			                                 : 0xe2 - seed % 3);
		}
		strbuf_reset(&b);
		text_sanitise(&b, slice_of((char *)noise, i % 25u));
		for (s = strbuf_slice(&b); s.len;) {
			uint32_t c = text_next(&s);

			if (c == TEXT_BAD || text_char_is_active(c))
				fail_msg("U+%04X came out", (unsigned)c);
		}
	}
	strbuf_release(&b);
}

/* Each single byte, alone and within plain text. */
static void test_sanitise_bytes(void **state)
{
	(void)state;
	for (int i = 0; i < 256; i++) {
		char text[] = "plain text ? more of it", want[64];
		struct strbuf b = { 0 };

		text[11] = (char)i;
		if (i >= 0x20 && i < 0x7f)
			snprintf(want, sizeof want, "%s", text);
		else
			snprintf(want, sizeof want,
			         "plain text \\x%02x more of it", i);
		text_sanitise(&b, slice_of(text, sizeof text - 1));
		assert_string_equal(strbuf_text(&b), want);
		strbuf_release(&b);
	}
}

static void test_escape(void **state)
{
	static const struct row rows[] = {
		{ TEXT(""), "" },
		{ TEXT("plain"), "plain" },
		{ TEXT("C:\\x41"), "C:\\\\x41" },
		{ TEXT("\\\\"), "\\\\\\\\" },
		{ TEXT("a\nb\0"), "a\\x0ab\\x00" },
		{ TEXT("\xe2\x80\xae"), "\\xe2\\x80\\xae" },
		{ TEXT("\xc2\x9b"), "\\xc2\\x9b" },
		{ TEXT("\xc3\xa9\xff"), "\xc3\xa9\\xff" },
		{ TEXT("\xed\xa0\x80"), "\\xed\\xa0\\x80" },
		{ TEXT("1234567890\\"), "1234567890\\\\" },
	};
	static const char *const wrong[] = {
		"\\",     "\\x",    "\\x4",   "\\x41",         "\\n",
		"\\x1B",  "a\\",    "\n",     "\xff",          "\xe2\x80\xae",
		"\\xc3\\xa9", "\\x5c", "\\x0", "\\xzz",
	};

	(void)state;
	check(text_escape, rows, COUNT(rows));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf b = { 0 };

		assert_true(text_unescape(&b, slice_str(rows[i].out)));
		assert_true(slice_eq(strbuf_slice(&b),
		                     slice_of(rows[i].in, rows[i].len)));
		strbuf_release(&b);
	}
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct strbuf b = { 0 };

		strbuf_add_str(&b, "kept");
		if (text_unescape(&b, slice_str(wrong[i])))
			fail_msg("taken: '%s'", wrong[i]);
		assert_string_equal(strbuf_text(&b), "kept");
		strbuf_release(&b);
	}
}

static void test_escape_undone(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct strbuf b = { 0 }, back = { 0 };
		unsigned char noise[16];
		struct slice s = slice_of((char *)noise, i % 17u);

		for (size_t k = 0; k < sizeof noise; k++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			noise[k] = k % 5 ? (unsigned char)(seed >> 33) : '\\';
		}
		text_escape(&b, s);
		assert_true(text_unescape(&back, strbuf_slice(&b)));
		assert_true(slice_eq(strbuf_slice(&back), s));
		strbuf_release(&b);
		strbuf_release(&back);
	}
}

static void test_decode_2047(void **state)
{
	static const struct row rows[] = {
		{ TEXT(""), "" },
		{ TEXT("plain = ?"), "plain = ?" },
		{ TEXT("=?UTF-8?B?w6TDtg==?="), "\xc3\xa4\xc3\xb6" },
		{ TEXT("=?utf-8?q?=C3=A4_b=c3=b6?="), "\xc3\xa4 b\xc3\xb6" },
		{ TEXT("=?ISO-8859-1?Q?caf=E9?="), "caf\xc3\xa9" },
		{ TEXT("=?iso-8859-1*en?Q?caf=E9?="), "caf\xc3\xa9" },
		{ TEXT("=?windows-1252?Q?=80?="), "\xe2\x82\xac" },
		{ TEXT("Re: =?UTF-8?Q?a?= b"), "Re: a b" },
		/* blanks between words are none, others stay */
		{ TEXT("=?UTF-8?Q?a?= =?UTF-8?Q?b?="), "ab" },
		{ TEXT("=?UTF-8?Q?a?=\r\n\t=?UTF-8?Q?b?="), "ab" },
		{ TEXT("=?UTF-8?Q?a?= =?ISO-8859-1?Q?=E9?="), "a\xc3\xa9" },
		{ TEXT("=?UTF-8?Q?a?=  x =?UTF-8?Q?b?="), "a  x b" },
		{ TEXT("=?UTF-8?Q?a?= =?UTF-8?Q"), "a =?UTF-8?Q" },
		/* a character cut in two between words */
		{ TEXT("=?UTF-8?Q?=C3?= =?UTF-8?Q?=A4?="), "\xc3\xa4" },
		{ TEXT("=?UTF-8?B?ww==?= =?UTF-8?B?pA==?="), "\xc3\xa4" },
		/* what cannot be decoded stays */
		{ TEXT("=?UTF-8?Q?=C3?="), "=?UTF-8?Q?=C3?=" },
		{ TEXT("=?UTF-8?Q?=GG?="), "=?UTF-8?Q?=GG?=" },
		{ TEXT("=?UTF-8?Q?=4?="), "=?UTF-8?Q?=4?=" },
		{ TEXT("=?UTF-8?B?!!!?="), "=?UTF-8?B?!!!?=" },
		{ TEXT("=?no-such?Q?a?="), "=?no-such?Q?a?=" },
		{ TEXT("=??Q?a?="), "=??Q?a?=" },
		{ TEXT("=?UTF-8//IGNORE?Q?a?="), "=?UTF-8//IGNORE?Q?a?=" },
		{ TEXT("=?../../x?Q?a?="), "=?../../x?Q?a?=" },
		{ TEXT("=?UTF-8?X?a?="), "=?UTF-8?X?a?=" },
		{ TEXT("=?UTF-8?Q?a b?="), "=?UTF-8?Q?a b?=" },
		{ TEXT("=?"), "=?" },
		{ TEXT("=?=?=?UTF-8?Q?a?="), "=?=?a" },
	};

	(void)state;
	check(text_decode_2047, rows, COUNT(rows));
}

/* What is decoded may be active: only the sanitiser makes it safe. Many
 * half words must take no quadratic time. */
static void test_decode_2047_hostile(void **state)
{
	struct strbuf in = { 0 }, out = { 0 }, safe = { 0 };

	(void)state;
	text_decode_2047(&out, SLICE("=?UTF-8?Q?=1B[31m?="));
	text_sanitise(&safe, strbuf_slice(&out));
	assert_string_equal(strbuf_text(&safe), "\\x1b[31m");
	for (int i = 0; i < 200000; i++)
		strbuf_add_str(&in, "=?a?Q");
	strbuf_reset(&out);
	text_decode_2047(&out, strbuf_slice(&in));
	assert_true(slice_eq(strbuf_slice(&in), strbuf_slice(&out)));
	strbuf_release(&in);
	strbuf_release(&out);
	strbuf_release(&safe);
}

static void test_width(void **state)
{
	static const struct {
		const char *text;
		int width;
	} rows[] = {
		{ "", 0 },
		{ "abc", 3 },
		{ "\xc3\xa9", 1 },
		{ "e\xcc\x81", 1 },
		{ "\xe4\xb8\xad\xe6\x96\x87", 4 },
		{ "\xf0\x9f\x98\x80", 2 },
		{ "\xef\xbc\xa1", 2 }, /* full width A */
		{ "\xef\xbd\xb1", 1 }, /* half width kana */
		{ "\xd7\x90", 1 },
		{ "\xe2\x80\xa6", 1 },
		{ "plain ASCII and \xe4\xb8\xad", 18 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(text_width(slice_str(rows[i].text)),
		                 rows[i].width);
}

static void test_fit(void **state)
{
	static const struct {
		const char *text;
		int width;
		enum text_cut cut;
		const char *ellipsis, *out;
	} rows[] = {
		{ "text", 4, TEXT_CUT_END, "~", "text" },
		{ "text", 9, TEXT_CUT_END, "~", "text" },
		{ "text, reply", 6, TEXT_CUT_END, "~", "text,~" },
		{ "text, reply", 6, TEXT_CUT_END, "…", "text,…" },
		{ "text", 1, TEXT_CUT_END, "~", "~" },
		{ "text", 0, TEXT_CUT_END, "~", "" },
		{ "text", -5, TEXT_CUT_END, "~", "" },
		{ "text", 2, TEXT_CUT_END, "...", ".." },
		{ "中文字", 5, TEXT_CUT_END, "…", "中文…" },
		{ "中文字", 4, TEXT_CUT_END, "…", "中 …" },
		{ "中文字", 2, TEXT_CUT_END, "…", " …" },
		{ "e\xcc\x81" "abc", 2, TEXT_CUT_END, "~", "e\xcc\x81~" },
		{ "4fXwft2FgJzFpTn", 12, TEXT_CUT_MIDDLE, "…", "4fXwft…zFpTn" },
		{ "4fXwft2FgJzFpTn", 15, TEXT_CUT_MIDDLE, "…",
		  "4fXwft2FgJzFpTn" },
		{ "abcdef", 2, TEXT_CUT_MIDDLE, "~", "a~" },
		{ "中文字中", 6, TEXT_CUT_MIDDLE, "~", "中 ~中" },
		{ "/var/log/exim/mx/rejectlog", 16, TEXT_CUT_LEFT, "…",
		  "…im/mx/rejectlog" },
		{ "中文字", 4, TEXT_CUT_LEFT, "…", "… 字" },
		{ "abce\xcc\x81", 2, TEXT_CUT_LEFT, "~", "~e\xcc\x81" },
		{ "abe\xcc\x81" "c", 2, TEXT_CUT_LEFT, "~", "~c" },
		{ "bob@partner.example", 40, TEXT_CUT_ADDRESS, "…",
		  "bob@partner.example" },
		{ "bob@partner.example", 18, TEXT_CUT_ADDRESS, "…",
		  "bob@…rtner.example" },
		{ "bob@partner.example +41", 22, TEXT_CUT_ADDRESS, "…",
		  "bob@…rtner.example +41" },
		{ "salesteam@example.org +101", 22, TEXT_CUT_ADDRESS, "…",
		  "sale…@example.org +101" },
		{ "salesteam@example.org", 17, TEXT_CUT_ADDRESS, "…",
		  "sale…@example.org" },
		{ "salesteam@example.org", 15, TEXT_CUT_ADDRESS, "…",
		  "sal…@…ample.org" },
		{ "salaries@faraway-university.example", 22, TEXT_CUT_ADDRESS,
		  "…", "sal…@…iversity.example" },
		{ "alice@example.org", 16, TEXT_CUT_ADDRESS, "~",
		  "ali~@example.org" },
		{ "no-domain-at-all", 8, TEXT_CUT_ADDRESS, "~", "no-doma~" },
		{ "<>", 1, TEXT_CUT_ADDRESS, "~", "~" },
		{ "alice@example.org", 5, TEXT_CUT_ADDRESS, "~", "alic~" },
		{ "a@b@example.org", 8, TEXT_CUT_ADDRESS, "~", "a@b@~org" },
		{ "中文字@example.org", 13, TEXT_CUT_ADDRESS, "~",
		  "中 ~@~ple.org" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf b = { 0 };

		text_fit(&b, slice_str(rows[i].text), rows[i].width,
		         rows[i].cut, rows[i].ellipsis);
		if (strcmp(strbuf_text(&b), rows[i].out) != 0)
			fail_msg("row %zu: got '%s', want '%s'", i,
			         strbuf_text(&b), rows[i].out);
		strbuf_release(&b);
	}
}

/* At no width more cells than asked, whatever the text. */
static void test_fit_never_wider(void **state)
{
	static const char *const texts[] = {
		"", "a", "alice@example.org", "中文字@中文字.example +12", "a@",
		"@", "@@@@", " +1", "x +99999999999", "\xcc\x81\xcc\x81\xcc\x81",
		"e\xcc\x81" "e\xcc\x81@" "e\xcc\x81中" "e\xcc\x81",
		"averylonglocalpart@b",
	};
	static const char *const dots[] = { "…", "~", "..." };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		for (int w = -1; w < 40; w++)
			for (int k = 0; k < 12; k++) {
				struct strbuf b = { 0 };
				struct slice s = slice_str(texts[i]);
				int width;

				text_fit(&b, s, w, (enum text_cut)(k % 4),
				         dots[k / 4]);
				width = text_width(strbuf_slice(&b));
				assert_true(width <= (w < 0 ? 0 : w));
				assert_true(text_is_utf8(strbuf_slice(&b)));
				/* and what fits is whole */
				if (w >= text_width(s) && w > 0)
					assert_true(slice_eq(strbuf_slice(&b),
					                     s));
				strbuf_release(&b);
			}
}

static void test_numbers(void **state)
{
	static const struct {
		int64_t n;
		const char *number, *size;
	} rows[] = {
		{ 0, "0", "0" },
		{ 7, "7", "7" },
		{ 999, "999", "999" },
		{ 1000, "1,000", "1000" },
		{ 1023, "1,023", "1023" },
		{ 1024, "1,024", "1.0K" },
		{ 3127, "3,127", "3.1K" },
		{ 10188, "10,188", "9.9K" },
		{ 10189, "10,189", "10K" },
		{ 1023487, "1,023,487", "999K" },
		{ 1023488, "1,023,488", "1.0M" },
		{ 1234567, "1,234,567", "1.2M" },
		{ 42991616, "42,991,616", "41M" },
		{ INT64_MAX, "9,223,372,036,854,775,807", "8.0E" },
		{ -1234, "-1,234", "-1.2K" },
		{ INT64_MIN, "-9,223,372,036,854,775,808", "-8.0E" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf b = { 0 };

		text_add_number(&b, rows[i].n);
		assert_string_equal(strbuf_text(&b), rows[i].number);
		strbuf_reset(&b);
		text_add_size(&b, rows[i].n);
		assert_string_equal(strbuf_text(&b), rows[i].size);
		strbuf_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_all_characters),
		cmocka_unit_test(test_active),
		cmocka_unit_test(test_sanitise),
		cmocka_unit_test(test_sanitise_noise),
		cmocka_unit_test(test_sanitise_bytes),
		cmocka_unit_test(test_escape),
		cmocka_unit_test(test_escape_undone),
		cmocka_unit_test(test_decode_2047),
		cmocka_unit_test(test_decode_2047_hostile),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_fit),
		cmocka_unit_test(test_fit_never_wider),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
