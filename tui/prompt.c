/* SPDX-License-Identifier: MIT */
/* Editing of one line: movement, deletion, history, the choice from a list. */
#include "tui/prompt.h"

#include "base/alloc.h"

#include <stdlib.h>

void prompt_release(struct prompt *p)
{
	for (size_t i = 0; i < p->nhistory; i++)
		free(p->history[i]);
	free(p->history);
	strbuf_release(&p->text);
	strbuf_release(&p->draft);
	*p = (struct prompt){ .chosen = -1 };
}

static void set_text(struct prompt *p, struct slice text)
{
	strbuf_reset(&p->text);
	strbuf_add_slice(&p->text, text);
	p->cursor = p->text.len;
}

void prompt_open(struct prompt *p, struct slice text)
{
	struct strbuf copy = { 0 };

	strbuf_add_slice(&copy, text); /* TEXT may be the prompt's own */
	set_text(p, strbuf_slice(&copy));
	strbuf_release(&copy);
	strbuf_reset(&p->draft);
	p->at = p->nhistory;
	p->chosen = -1;
	p->listed = 0;
}

void prompt_replace(struct prompt *p, size_t start, size_t len,
                    struct slice text)
{
	struct slice all = strbuf_slice(&p->text);
	struct strbuf out = { 0 };

	strbuf_add_slice(&out, slice_to(all, start));
	strbuf_add_slice(&out, text);
	p->cursor = out.len;
	if (start + len < all.len)
		strbuf_add_slice(&out, slice_from(all, start + len));
	strbuf_release(&p->text);
	p->text = out;
	p->chosen = -1;
}

void prompt_insert(struct prompt *p, struct slice text)
{
	prompt_replace(p, p->cursor, 0, text);
}

static bool continues(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

static size_t char_before(const struct prompt *p, size_t at)
{
	if (at)
		at--;
	while (at && continues(p->text.ptr[at]))
		at--;
	return at;
}

static size_t char_after(const struct prompt *p, size_t at)
{
	if (at < p->text.len)
		at++;
	while (at < p->text.len && continues(p->text.ptr[at]))
		at++;
	return at;
}

static size_t word_before(const struct prompt *p, size_t at)
{
	while (at && p->text.ptr[at - 1] == ' ')
		at--;
	while (at && p->text.ptr[at - 1] != ' ')
		at--;
	return at;
}

static void cut(struct prompt *p, size_t start, size_t end)
{
	prompt_replace(p, start, end - start, SLICE(""));
}

/* Text of place AT of the history, whose last place is the line itself. */
static void show_history(struct prompt *p, size_t at)
{
	if (p->at == p->nhistory) {
		strbuf_reset(&p->draft);
		strbuf_add_slice(&p->draft, strbuf_slice(&p->text));
	}
	p->at = at;
	set_text(p, at == p->nhistory ? strbuf_slice(&p->draft)
	                              : slice_str(p->history[at]));
}

static void move_up(struct prompt *p)
{
	if (p->listed > 0)
		p->chosen = p->chosen < 0 ? p->listed - 1 : p->chosen - 1;
	else if (p->at > 0)
		show_history(p, p->at - 1);
}

static void move_down(struct prompt *p)
{
	if (p->listed > 0)
		p->chosen = p->chosen + 1 < p->listed ? p->chosen + 1 : -1;
	else if (p->at < p->nhistory)
		show_history(p, p->at + 1);
}

/* The next older line that holds what was typed. */
static void search_history(struct prompt *p)
{
	struct slice wanted = p->at == p->nhistory ? strbuf_slice(&p->text)
	                                           : strbuf_slice(&p->draft);

	for (size_t i = p->at; i-- > 0;)
		if (slice_find_nocase(slice_str(p->history[i]), wanted) !=
		    SLICE_NONE) {
			show_history(p, i);
			return;
		}
}

static void insert_paste(struct prompt *p, struct slice text)
{
	struct strbuf line = { 0 };

	text = slice_trim(text);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		strbuf_add_char(&line, c == '\n' || c == '\r' || c == '\t'
		                               ? ' ' : c);
	}
	prompt_insert(p, slice_trim(strbuf_slice(&line)));
	strbuf_release(&line);
}

static bool insert_char(struct prompt *p, int key)
{
	struct strbuf text = { 0 };

	if (key < ' ' || key == KEY_CODE_BACKSPACE || key > 0x10ffff)
		return false;
	text_add_char(&text, (uint32_t)key);
	prompt_insert(p, strbuf_slice(&text));
	strbuf_release(&text);
	return true;
}

static enum prompt_result edit(struct prompt *p, const struct input *in)
{
	switch (in->key) {
	case KEY_CODE_LEFT: p->cursor = char_before(p, p->cursor); break;
	case KEY_CODE_RIGHT: p->cursor = char_after(p, p->cursor); break;
	case CTRL('a'):
	case KEY_CODE_HOME: p->cursor = 0; break;
	case CTRL('e'):
	case KEY_CODE_END: p->cursor = p->text.len; break;
	case KEY_CODE_BACKSPACE:
		cut(p, char_before(p, p->cursor), p->cursor);
		break;
	case CTRL('d'):
	case KEY_CODE_DELETE:
		cut(p, p->cursor, char_after(p, p->cursor));
		p->chosen = -1;
		break;
	case CTRL('w'): cut(p, word_before(p, p->cursor), p->cursor); break;
	case CTRL('u'): cut(p, 0, p->cursor); break;
	case CTRL('k'): cut(p, p->cursor, p->text.len); break;
	case KEY_CODE_UP:
	case CTRL('p'): move_up(p); break;
	case KEY_CODE_DOWN:
	case CTRL('n'): move_down(p); break;
	case CTRL('r'): search_history(p); break;
	case KEY_CODE_PASTE: insert_paste(p, strbuf_slice(&in->text)); break;
	default: return insert_char(p, in->key) ? PROMPT_MORE : PROMPT_IGNORED;
	}
	return PROMPT_MORE;
}

enum prompt_result prompt_key(struct prompt *p, const struct input *in)
{
	if (in->key == KEY_CODE_ENTER)
		return p->chosen >= 0 && p->listed > 0 ? PROMPT_TAKE
		                                       : PROMPT_ACCEPT;
	if (in->key == KEY_CODE_ESC)
		return PROMPT_LEAVE;
	/* with nothing left to delete it goes back, as in a list */
	if (in->key == KEY_CODE_BACKSPACE && p->text.len == 0)
		return PROMPT_LEAVE;
	if (in->key == KEY_CODE_TAB)
		return PROMPT_TAKE;
	return edit(p, in);
}

void prompt_remember(struct prompt *p)
{
	size_t kept = 0;

	if (!p->text.len)
		return;
	for (size_t i = 0; i < p->nhistory; i++)
		if (slice_eq(slice_str(p->history[i]), strbuf_slice(&p->text)))
			free(p->history[i]);
		else
			p->history[kept++] = p->history[i];
	p->nhistory = kept;
	GROW(p->history, p->nhistory, p->chistory);
	p->history[p->nhistory++] = mem_text(strbuf_text(&p->text));
	p->at = p->nhistory;
}
