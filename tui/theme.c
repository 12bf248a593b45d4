/* SPDX-License-Identifier: MIT */
/* Tones as ncurses attributes, signs as text (UI.md §6). */
#include "tui/theme.h"

#include "base/alloc.h"
#include "base/text.h"
#include "tui/grid.h"

#include <langinfo.h>
#include <locale.h>

struct look {
	short colour256, colour8; /* -1: the terminal's own */
	attr_t coloured, plain;   /* attributes with and without colours */
};

/* The 256 colours have a contrast of 3.9:1 or more on black and on white. */
static const struct look looks[TONE_NUMBER] = {
	[TONE_NORMAL] = { -1, -1, 0, 0 },
	[TONE_GOOD] = { 28, COLOR_GREEN, 0, 0 },
	[TONE_WAIT] = { 130, COLOR_YELLOW, 0, 0 },
	[TONE_BAD] = { 160, COLOR_RED, 0, A_BOLD },
	[TONE_UNSURE] = { 133, COLOR_MAGENTA, 0, A_BOLD },
	[TONE_PROOF] = { 31, COLOR_CYAN, 0, A_BOLD },
	[TONE_CURSOR] = { -1, -1, A_REVERSE, A_REVERSE },
	[TONE_HEADING] = { -1, -1, A_BOLD, A_BOLD },
	[TONE_HIT] = { -1, -1, A_BOLD | A_UNDERLINE, A_BOLD | A_UNDERLINE },
	[TONE_FAINT] = { 243, -1, 0, 0 },
	[TONE_ESCAPED] = { 133, COLOR_MAGENTA, 0, A_UNDERLINE },
	[TONE_KEY] = { -1, -1, A_BOLD, A_BOLD },
	[TONE_ERROR] = { 160, COLOR_RED, A_BOLD, A_BOLD },
	[TONE_STRONG] = { -1, -1, A_BOLD, A_BOLD },
};

static const struct {
	const char *unicode, *ascii;
} signs[SIGN_NUMBER] = {
	[SIGN_DELIVERED] = { "✓", "+" },
	[SIGN_RELAYED] = { "→", ">" },
	[SIGN_DELAYED] = { "…", "~" },
	[SIGN_FAILED] = { "✗", "x" },
	[SIGN_REFUSED] = { "⊘", "#" },
	[SIGN_WITHHELD] = { "⊘", "#" },
	[SIGN_UNKNOWN] = { "?", "?" },
	[SIGN_TRANSACTION] = { "●", "@" },
	[SIGN_FILTER] = { "○", "o" },
	[SIGN_PROOF] = { "=", "=" },
	[SIGN_SAME] = { "│", ":" },
	[SIGN_ELLIPSIS] = { "…", "~" },
	[SIGN_UP] = { "▴", "^" },
	[SIGN_DOWN] = { "▾", "v" },
	[SIGN_TREE_DOWN] = { "│", "|" },
	[SIGN_TREE_FORK] = { "├", "|" },
	[SIGN_TREE_LAST] = { "└", "`" },
	[SIGN_TREE_DASH] = { "─", "-" },
	[SIGN_RULE] = { "─", "-" },
	[SIGN_CRUMB] = { "›", ">" },
	[SIGN_ABOUT] = { "≈", "~" },
	[SIGN_VARIES] = { "◊", "%" },
	[SIGN_ARROW_LEFT] = { "←", "<" },
	[SIGN_ARROW_RIGHT] = { "→", ">" },
	[SIGN_DASH] = { "—", "-" },
	[SIGN_TREE_DOTS] = { "╌", "." },
};

/* Other characters that the program's own texts use. */
static const struct {
	uint32_t c;
	const char *ascii;
} others[] = {
	{ 0x00ab, "<" }, { 0x00b1, "+-" }, { 0x00b7, "-" }, { 0x00bb, ">" },
	{ 0x00d7, "x" }, { 0x2013, "-" }, { 0x2018, "'" }, { 0x2019, "'" },
	{ 0x2022, "*" }, { 0x25be, "v" },
	{ 0x201c, "\"" }, { 0x201d, "\"" }, { 0x2191, "^" }, { 0x2193, "v" },
	{ 0x2212, "-" }, { 0x2264, "<=" }, { 0x2265, ">=" }, { 0x27e8, "<" },
	{ 0x27e9, ">" }, { 0x250c, "+" }, { 0x2510, "+" }, { 0x2518, "+" },
	{ 0x2591, "." }, { 0x2588, "#" },
};

static bool locale_is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* There the signs' width is ambiguous: one cell here, two on some terminals. */
static bool locale_is_wide(void)
{
	const char *name = setlocale(LC_CTYPE, NULL);

	return name && (strncmp(name, "ja", 2) == 0 ||
	                strncmp(name, "ko", 2) == 0 ||
	                strncmp(name, "zh", 2) == 0);
}

static bool terminal_is_linux(void)
{
	const char *term = termname();

	return term && strncmp(term, "linux", 5) == 0;
}

static int usable_colours(bool wanted)
{
	const char *no = getenv("NO_COLOR");

	if (!wanted || (no && *no) || !has_colors())
		return 0;
	if (start_color() == ERR || use_default_colors() == ERR)
		return 0;
	return COLORS >= 256 ? 256 : COLORS >= 8 ? 8 : 0;
}

static unsigned tone_attr(const struct theme *t, int tone)
{
	const struct look *l = &looks[tone];
	short colour = t->colours == 256 ? l->colour256 : l->colour8;

	if (!t->colour)
		return (unsigned)l->plain;
	if (colour < 0)
		return (unsigned)l->coloured;
	init_pair((short)(tone + 1), colour, -1);
	return (unsigned)(l->coloured | (attr_t)COLOR_PAIR(tone + 1));
}

void theme_init(struct theme *t, bool ascii, bool colour)
{
	t->utf8 = locale_is_utf8();
	t->ascii = ascii || !t->utf8 || locale_is_wide();
	t->blocks = !t->ascii && !terminal_is_linux();
	t->colours = usable_colours(colour);
	t->colour = t->colours != 0;
	for (int i = 0; i < TONE_NUMBER; i++)
		t->attr[i] = tone_attr(t, i);
}

const char *theme_sign(const struct theme *t, enum sign s)
{
	return t->ascii ? signs[s].ascii : signs[s].unicode;
}

static bool sign_is(const char *sign, uint32_t c)
{
	struct slice s = slice_str(sign);

	return text_next(&s) == c;
}

const char *theme_ascii(uint32_t c)
{
	for (size_t i = 0; i < SIGN_NUMBER; i++)
		if (sign_is(signs[i].unicode, c))
			return signs[i].ascii;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (others[i].c == c)
			return others[i].ascii;
	return "?";
}

const char *theme_bar(const struct theme *t, int level)
{
	static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄",
		                              "▅", "▆", "▇", "█" };
	static const char *const ascii[] = { " ", ".", ":", "-", "=",
		                             "+", "*", "#", "@" };

	if (level < 0 || level > 8)
		BUG("a bar has levels 0 to 8");
	return t->blocks ? blocks[level] : ascii[level];
}
