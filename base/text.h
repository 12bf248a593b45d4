/* SPDX-License-Identifier: MIT */
/* UTF-8, display width, and the one sanitiser: the only way by which log text,
 * file names and column headings reach a terminal or a table. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/strbuf.h"

#define TEXT_BAD 0xFFFFFFFFu

/* Takes one character off S. Invalid UTF-8 (also overlong forms and
 * surrogates) takes one byte and gives TEXT_BAD. S must not be empty. */
uint32_t text_next(struct slice *s);
void text_add_char(struct strbuf *out, uint32_t c); /* UTF-8 of C */
/* The same into the four bytes at TO: how many it takes. */
size_t text_put_char(char *to, uint32_t c);
bool text_is_utf8(struct slice s);

/* Cells that C takes on a terminal: 0, 1 or 2 (wcwidth of libc; controls never
 * come here, they are escaped first). */
int text_char_width(uint32_t c);
int text_width(struct slice s);

/* What must never be sent as it is: C0, DEL, C1, U+2028/2029, bidi controls,
 * zero-width characters, tag characters, lone combining at the start,
 * unassigned and private use (QUESTIONS.md §9.13). */
bool text_char_is_active(uint32_t c);

/* Appends S for a screen or a table cell: active characters and invalid bytes
 * become \xHH (bytes below 0x80 and invalid ones) or <U+HHHH>. A newline or
 * TAB is escaped too. The result holds no active character. */
void text_sanitise(struct strbuf *out, struct slice s);

/* Appends S for a CSV cell, so that it can be undone: bytes below 0x20, DEL,
 * invalid bytes \xHH, other active characters as the \xHH of their UTF-8
 * bytes, a backslash as two. */
void text_escape(struct strbuf *out, struct slice s);
/* Undoes text_escape; false if S is not its output. */
bool text_unescape(struct strbuf *out, struct slice s);

/* Decodes RFC 2047 words for display only; text without any is copied.
 * Charsets by iconv; what cannot be decoded stays as it was written. */
void text_decode_2047(struct strbuf *out, struct slice s);

enum text_cut {
	TEXT_CUT_END,    /* "text, rep…" */
	TEXT_CUT_MIDDLE, /* "4fXwft…zFpTn" */
	TEXT_CUT_LEFT,   /* "…s/mx/rejectlog" */
	TEXT_CUT_ADDRESS /* "sal…@…iversity.example" */
};

/* Appends S, already sanitised, cut to WIDTH cells with ELLIPSIS ("…" or "~")
 * where something was left out. Never cuts a wide character in half: the freed
 * cell becomes a blank. Never more than WIDTH cells. */
void text_fit(struct strbuf *out, struct slice s, int width, enum text_cut cut,
              const char *ellipsis);

/* 1234567 -> "1,234,567"; 3127 -> "3.1K" as in columns of sizes. */
void text_add_number(struct strbuf *out, int64_t n);
void text_add_size(struct strbuf *out, int64_t bytes);

#endif
