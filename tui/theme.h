/* SPDX-License-Identifier: MIT */
/* Roles of text and how a terminal shows them (UI.md §6). */
#ifndef TUI_THEME_H
#define TUI_THEME_H

#include <stdbool.h>
#include <stdint.h>

enum tone {
	TONE_NORMAL,
	TONE_GOOD,     /* delivered, relayed */
	TONE_WAIT,     /* delayed */
	TONE_BAD,      /* failed, refused, withheld */
	TONE_UNSURE,   /* unknown; no log there */
	TONE_PROOF,    /* proof lines, bars */
	TONE_CURSOR,   /* the row with the focus */
	TONE_HEADING,  /* column of the cursor, marks */
	TONE_HIT,      /* search hit */
	TONE_FAINT,    /* stale rows, secondary text, inferred */
	TONE_ESCAPED,  /* \x1b */
	TONE_KEY,      /* in the legend */
	TONE_ERROR,
	TONE_STRONG,
	TONE_NUMBER
};

/* Signs: one of Unicode, one of ASCII. */
enum sign {
	SIGN_DELIVERED, SIGN_RELAYED, SIGN_DELAYED, SIGN_FAILED, SIGN_REFUSED,
	SIGN_WITHHELD, SIGN_UNKNOWN, SIGN_TRANSACTION, SIGN_FILTER, SIGN_PROOF,
	SIGN_SAME, SIGN_ELLIPSIS, SIGN_UP, SIGN_DOWN, SIGN_TREE_DOWN,
	SIGN_TREE_FORK, SIGN_TREE_LAST, SIGN_TREE_DASH, SIGN_RULE, SIGN_CRUMB,
	SIGN_ABOUT, SIGN_VARIES, SIGN_ARROW_LEFT, SIGN_ARROW_RIGHT,
	SIGN_DASH, SIGN_TREE_DOTS, SIGN_NUMBER
};

struct theme {
	bool colour, ascii, blocks; /* blocks: eighth blocks can be drawn */
	bool utf8; /* the locale can print what is not ASCII */
	int colours;                /* 8 or 256; 0 none */
	unsigned attr[TONE_NUMBER]; /* ncurses attributes with colour pairs */
};

/* After initscr or newterm. ASCII also follows from the locale and TERM, COLOUR
 * from NO_COLOR and the terminal. */
void theme_init(struct theme *t, bool ascii, bool colour);
const char *theme_sign(const struct theme *t, enum sign s);
/* The ASCII that stands for C of the program's own text: "x" of "×". */
const char *theme_ascii(uint32_t c);
/* LEVEL 0..8 of a bar: a blank, then "▁" … "█" or ".:-=+*#@". */
const char *theme_bar(const struct theme *t, int level);

#endif
