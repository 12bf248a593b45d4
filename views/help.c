/* SPDX-License-Identifier: MIT */
/* Help: the keys of the page it was called from, out of the key table; then the
 * words of filters, the signs and how things are counted. */
#include "views/view.h"

#include "base/alloc.h"
#include "model/store/rows.h"

#include <stdlib.h>

enum item_kind { ITEM_HEADING, ITEM_KEY, ITEM_WORD };

struct item {
	enum item_kind kind;
	const struct key_row *key; /* ITEM_KEY */
	const char *name, *about;  /* ITEM_WORD; ABOUT alone of a heading */
	enum sign sign;            /* ITEM_WORD without a name */
};

struct help_state {
	enum context context;
	bool all;           /* keys of all places */
	struct item *items;
	size_t n, cap;
	size_t at;          /* item under the cursor */
	size_t page;        /* items on the screen, as last drawn */
	struct strbuf find;
};

#define NAMES 13 /* cells of the keys */

/* ---- what there is to say ---------------------------------------------- */

static void add_item(struct help_state *st, struct item item)
{
	GROW(st->items, st->n, st->cap);
	st->items[st->n++] = item;
}

static void add_heading(struct help_state *st, const char *text)
{
	add_item(st, (struct item){ .kind = ITEM_HEADING, .about = text });
}

/* Keys whose place in the program is still empty are left out. */
static void add_keys(struct help_state *st, unsigned where)
{
	for (int g = 0; g < GROUP_COUNT; g++) {
		bool headed = false;

		for (const struct key_row *r = key_rows; r->act; r++) {
			if (r->group != (enum key_group)g || r->later ||
			    !(r->where & where))
				continue;
			if (!headed)
				add_heading(st, key_groups[g]);
			headed = true;
			add_item(st, (struct item){ .kind = ITEM_KEY,
				                    .key = r });
		}
	}
}

static void add_fields(struct help_state *st)
{
	add_heading(st, "FILTER WORDS   from:bob code:5xx");
	for (size_t i = 0; fields[i]; i++)
		add_item(st, (struct item){ .kind = ITEM_WORD,
			                    .name = fields[i]->name,
			                    .about = fields[i]->about });
}

static void add_signs(struct help_state *st)
{
	static const struct item signs[] = {
		{ ITEM_WORD, NULL, NULL, "delivered to a mailbox here",
		  SIGN_DELIVERED },
		{ ITEM_WORD, NULL, NULL, "relayed to a server without a log here",
		  SIGN_RELAYED },
		{ ITEM_WORD, NULL, NULL, "delayed, or still queued", SIGN_DELAYED },
		{ ITEM_WORD, NULL, NULL, "failed: bounced, expired", SIGN_FAILED },
		{ ITEM_WORD, NULL, NULL, "refused; withheld", SIGN_REFUSED },
		{ ITEM_WORD, NULL, NULL, "unknown: the log cannot tell",
		  SIGN_UNKNOWN },
		{ ITEM_WORD, NULL, NULL, "transaction of a server",
		  SIGN_TRANSACTION },
		{ ITEM_WORD, NULL, NULL, "pass through a filter", SIGN_FILTER },
		{ ITEM_WORD, NULL, NULL, "this line proves the step", SIGN_PROOF },
		{ ITEM_WORD, NULL, NULL, "line of the same message", SIGN_SAME },
	};

	add_heading(st, "SIGNS");
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		add_item(st, signs[i]);
}

static void add_counting(struct help_state *st)
{
	static const struct item words[] = {
		{ ITEM_WORD, NULL, "messages", "once, whatever hops and retries",
		  0 },
		{ ITEM_WORD, NULL, "recipients", "once a message, final outcome",
		  0 },
		{ ITEM_WORD, NULL, "attempts", "each answer given or got", 0 },
		{ ITEM_WORD, NULL, "copy", "y Y use OSC 52; tmux: set -s "
		  "set-clipboard on", 0 },
	};

	add_heading(st, "HOW WE COUNT, COPY");
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		add_item(st, words[i]);
}

static void fill(struct help_state *st)
{
	st->n = 0;
	add_keys(st, st->all ? IN_ALL : 1u << st->context);
	add_fields(st);
	add_signs(st);
	add_counting(st);
	st->at = 1; /* behind the first heading */
}

static bool help_open(struct step *s, const struct target *t, struct err *err)
{
	struct help_state *st = mem_alloc(sizeof *st);

	(void)err;
	st->context = t->from;
	fill(st);
	s->state = st;
	snprintf(s->label, sizeof s->label, "help");
	return true;
}

static void help_close(struct step *s)
{
	struct help_state *st = s->state;

	if (!st)
		return;
	free(st->items);
	strbuf_release(&st->find);
	free(st);
	s->state = NULL;
}

static void help_wants(const struct step *s, struct wants *w)
{
	(void)s;
	(void)w;
}

/* ---- keys -------------------------------------------------------------- */

static void add_names(struct strbuf *out, const struct key_row *r)
{
	if (r->keys[0]) {
		key_add_names(r, 3, out);
		return;
	}
	strbuf_addf(out, ":%s", r->command ? r->command : "");
	if (r->argument)
		strbuf_addf(out, " %s", r->argument);
}

static void move_rows(struct help_state *st, int64_t by)
{
	int64_t at = (int64_t)st->at + by;

	if (at >= (int64_t)st->n)
		at = (int64_t)st->n - 1;
	if (at < 0)
		at = 0;
	/* headings are no place to stand on */
	if (st->items[at].kind == ITEM_HEADING)
		at += by < 0 && at > 0 ? -1 : 1;
	if (at < (int64_t)st->n)
		st->at = (size_t)at;
}

static bool item_holds(const struct item *i, struct slice text)
{
	struct strbuf names = { 0 };
	const char *about = i->kind == ITEM_KEY ? i->key->help : i->about;
	bool found;

	if (i->kind == ITEM_KEY)
		add_names(&names, i->key);
	else if (i->name)
		strbuf_add_str(&names, i->name);
	found = slice_find_nocase(slice_str(about), text) != SLICE_NONE ||
	        slice_find_nocase(strbuf_slice(&names), text) != SLICE_NONE;
	strbuf_release(&names);
	return found && i->kind != ITEM_HEADING;
}

static bool find(struct shell *sh, struct help_state *st, int by,
                 struct slice arg)
{
	if (arg.len) {
		strbuf_reset(&st->find);
		strbuf_add_slice(&st->find, arg);
	}
	if (!st->find.len) {
		shell_prompt(sh, "find", ACT_FIND, SLICE(""));
		return true;
	}
	for (size_t k = 1; k <= st->n; k++) {
		size_t i = (st->at + (by > 0 ? k : st->n - k)) % st->n;

		if (item_holds(&st->items[i], strbuf_slice(&st->find))) {
			st->at = i;
			return true;
		}
	}
	shell_say(sh, "nothing here says %.*s",
	          SLICE_FMT(strbuf_slice(&st->find)));
	return true;
}

static bool run_key(struct shell *sh, const struct help_state *st)
{
	const struct item *i = &st->items[st->at];

	if (i->kind != ITEM_KEY) {
		shell_say(sh, "this is no key");
		return true;
	}
	if (!(i->key->where & (1u << st->context))) {
		shell_say(sh, "this key works elsewhere");
		return true;
	}
	shell_run(sh, i->key->act);
	return true;
}

static bool help_act(struct shell *sh, struct step *s, enum act a,
                     struct slice arg)
{
	struct help_state *st = s->state;
	int64_t page = st->page > 1 ? (int64_t)st->page : 1;

	switch ((int)a) {
	case ACT_DOWN: move_rows(st, 1); return true;
	case ACT_UP: move_rows(st, -1); return true;
	case ACT_HALF_DOWN: move_rows(st, page / 2); return true;
	case ACT_HALF_UP: move_rows(st, -page / 2); return true;
	case ACT_PAGE_DOWN: move_rows(st, page); return true;
	case ACT_PAGE_UP: move_rows(st, -page); return true;
	case ACT_FIRST: move_rows(st, -(int64_t)st->n); return true;
	case ACT_LAST: move_rows(st, (int64_t)st->n); return true;
	case ACT_OPEN: return run_key(sh, st);
	case ACT_ALL_PANES:
		st->all = !st->all;
		fill(st);
		return true;
	case ACT_FIND:
		if (!arg.len)
			strbuf_reset(&st->find);
		return find(sh, st, 1, arg);
	case ACT_FIND_NEXT: return find(sh, st, 1, slice_of(NULL, 0));
	case ACT_FIND_PREVIOUS: return find(sh, st, -1, slice_of(NULL, 0));
	default: return false;
	}
}

/* ---- drawing ----------------------------------------------------------- */

static void draw_key(const struct window *w, int row, const struct key_row *r)
{
	struct strbuf names = { 0 };
	int width, col;

	add_names(&names, r);
	/* a command with its argument may be longer than the column */
	width = text_width(strbuf_slice(&names));
	col = 4 + (width > NAMES ? width : NAMES);
	window_text(w, row, 3, width, TONE_KEY, TEXT_CUT_END,
	            strbuf_slice(&names));
	window_text(w, row, col, w->cols - col - 1, TONE_NORMAL, TEXT_CUT_END,
	            slice_str(r->help));
	strbuf_release(&names);
}

static void draw_item(const struct window *w, int row, const struct item *i)
{
	switch (i->kind) {
	case ITEM_HEADING:
		window_text(w, row, 1, w->cols - 2, TONE_STRONG, TEXT_CUT_END,
		            slice_str(i->about));
		break;
	case ITEM_KEY: draw_key(w, row, i->key); break;
	case ITEM_WORD:
		window_put(w, row, 3, TONE_KEY,
		           i->name ? i->name : theme_sign(w->theme, i->sign));
		window_text(w, row, i->name ? 4 + NAMES : 6,
		            w->cols - (i->name ? 5 + NAMES : 7), TONE_NORMAL,
		            TEXT_CUT_END, slice_str(i->about));
		break;
	}
}

/* How many items one column of ROWS takes from FIRST: a heading is not left
 * alone at its foot. */
static size_t column_takes(const struct help_state *st, size_t first, int rows)
{
	size_t n = st->n - first < (size_t)rows ? st->n - first : (size_t)rows;

	if (n > 1 && first + n < st->n &&
	    st->items[first + n - 1].kind == ITEM_HEADING)
		n--;
	return n;
}

static size_t page_takes(const struct help_state *st, size_t first, int columns,
                         int rows)
{
	size_t n = 0;

	for (int c = 0; c < columns && first + n < st->n; c++)
		n += column_takes(st, first + n, rows);
	return n;
}

/* The page that holds the cursor. */
static size_t page_of_cursor(const struct help_state *st, int columns, int rows,
                             size_t *number)
{
	size_t first = 0, n;

	*number = 1;
	while ((n = page_takes(st, first, columns, rows)) > 0 &&
	       first + n <= st->at) {
		first += n;
		++*number;
	}
	return first;
}

static size_t count_pages(const struct help_state *st, int columns, int rows)
{
	size_t pages = 0, first = 0, n;

	while (first < st->n && (n = page_takes(st, first, columns, rows)) > 0) {
		first += n;
		pages++;
	}
	return pages;
}

static void draw_column(const struct window *w, const struct help_state *st,
                        size_t first, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		draw_item(w, (int)i, &st->items[first + i]);
		if (first + i != st->at)
			continue;
		window_put(w, (int)i, 1, TONE_NORMAL, ">");
		window_tone(w, (int)i, 1, w->cols - 2, TONE_CURSOR);
		window_cursor(w, (int)i, 1, false);
	}
}

static void help_draw(const struct step *s, const struct look *look,
                      const struct window *w)
{
	struct help_state *st = s->state;
	const struct item *chosen = &st->items[st->at];
	int columns = w->cols >= 140 ? 3 : w->cols >= 76 ? 2 : 1;
	int rows = w->rows - 2, width = w->cols / columns;
	size_t number, first;
	struct strbuf text = { 0 };

	(void)look;
	window_cursor(w, 0, 0, false);
	if (rows < 1)
		return;
	first = page_of_cursor(st, columns, rows, &number);
	st->page = page_takes(st, first, columns, rows);
	window_fill(w, 0, 0, w->cols, TONE_FAINT,
	            theme_sign(w->theme, SIGN_RULE));
	for (int c = 0; c < columns && first < st->n; c++) {
		size_t n = column_takes(st, first, rows);
		struct window part = window_part(w, 1, c * width, rows, width);

		draw_column(&part, st, first, n);
		first += n;
	}
	strbuf_addf(&text, "%zu of %zu", number, count_pages(st, columns, rows));
	window_text_right(w, w->rows - 1, 1, w->cols - 2, TONE_FAINT,
	                  strbuf_slice(&text));
	/* whole, where its column is too narrow */
	window_text(w, w->rows - 1, 1, w->cols - 4 - (int)text.len, TONE_NORMAL,
	            TEXT_CUT_END,
	            slice_str(chosen->kind == ITEM_KEY ? chosen->key->help
	                                               : chosen->about));
	strbuf_release(&text);
}

const struct view view_help = {
	.name = VIEW_NAME_HELP, .brief = "Help", .flags = VIEW_PAGE,
	.context = CONTEXT_HELP, .open = help_open, .close = help_close,
	.wants = help_wants, .act = help_act, .draw = help_draw,
};
