/* SPDX-License-Identifier: MIT */
/* Editing the filter in its bar, counted and completed while it is typed; and
 * the keys that add and drop terms. */
#include "views/shell_private.h"

#include "base/alloc.h"
#include "tui/loop.h"
#include "views/list.h"

#define COMPLETIONS 8 /* lines of the list */

static void forget_replies(struct filter_edit *e)
{
	reply_free(e->count);
	reply_free(e->values);
	e->count = e->values = NULL;
}

void shell_filter_release(struct shell *sh)
{
	struct filter_edit *e = &sh->edit;

	prompt_release(&e->prompt);
	filter_unref(e->good);
	forget_replies(e);
	e->good = NULL;
}

bool shell_filter_shows_error(const struct shell *sh)
{
	const struct filter_edit *e = &sh->edit;
	bool begun = e->word.in_value && e->word.len == 0;

	return !e->good && e->due < 0 && !begun;
}

/* Completion --------------------------------------------------------------- */

static struct slice word_text(const struct filter_edit *e)
{
	struct slice all = strbuf_slice(&e->prompt.text);

	return slice_to(slice_from(all, e->word.start), e->word.len);
}

static bool field_begins(const struct field *f, struct slice word)
{
	return slice_eq_nocase(slice_to(slice_str(f->name), word.len), word);
}

static void list_fields(struct shell *sh)
{
	struct filter_edit *e = &sh->edit;
	struct slice word = word_text(e);

	e->nlisted = 0;
	if (word.len && word.ptr[0] == '-')
		word = slice_from(word, 1);
	for (size_t i = 0; fields[i] && e->nlisted < COMPLETIONS; i++)
		if (word.len && field_begins(fields[i], word) &&
		    field_in(fields[i], shell_top(sh)->unit))
			e->listed[e->nlisted++] = fields[i];
}

/* Values are offered behind a colon or comma; not of sizes or times, of which
 * each row has its own. */
static bool wants_values(const struct filter_edit *e)
{
	const struct field *f = e->word.field;
	char before = e->word.start ? e->prompt.text.ptr[e->word.start - 1] : 0;

	if (!e->word.in_value || !f || (before != ':' && before != ','))
		return false;
	return f->type != FIELD_SIZE && f->type != FIELD_TIME &&
	       f->type != FIELD_DURATION && f->type != FIELD_FLAG;
}

static size_t value_rows(const struct filter_edit *e)
{
	const struct result *r = e->values && e->values->ok ? e->values->result
	                                                    : NULL;

	if (!r || !r->ncolumns)
		return 0;
	return r->nrows < COMPLETIONS ? r->nrows : COMPLETIONS;
}

static void set_listed(struct shell *sh)
{
	struct filter_edit *e = &sh->edit;

	e->prompt.listed = (int)(e->word.in_value ? value_rows(e) : e->nlisted);
	if (e->prompt.chosen >= e->prompt.listed)
		e->prompt.chosen = -1;
}

static void shell_completion(const struct shell *sh, size_t i, struct strbuf *out)
{
	const struct filter_edit *e = &sh->edit;
	struct strbuf term = { 0 };
	size_t colon;

	if (!e->word.in_value) {
		if (word_text(e).len && word_text(e).ptr[0] == '-')
			strbuf_add_char(out, '-');
		strbuf_addf(out, "%s:", e->listed[i]->name);
		return;
	}
	/* quoted as the language wants it: what stands behind the colon */
	filter_add_term(&term, e->word.field,
	                e->values->result->cells[i * e->values->result->ncolumns]
	                        .text, false);
	colon = slice_chr(strbuf_slice(&term), ':');
	if (colon != SLICE_NONE)
		strbuf_add_slice(out, slice_from(strbuf_slice(&term), colon + 1));
	strbuf_release(&term);
}

/* Typing ------------------------------------------------------------------- */

static void read_text(struct shell *sh)
{
	struct filter_context c = shell_filter_context(sh);
	struct filter_edit *e = &sh->edit;
	struct slice text = strbuf_slice(&e->prompt.text);
	struct field const *before = e->word.field;

	filter_unref(e->good);
	e->err = (struct err){ 0 };
	e->good = filter_parse(text, &c, &e->err);
	filter_word_at(text, e->prompt.cursor, &e->word);
	reply_free(e->count);
	e->count = NULL;
	if (!e->word.in_value || e->word.field != before) {
		reply_free(e->values);
		e->values = NULL;
	}
	list_fields(sh);
	set_listed(sh);
	e->stage = EDIT_COUNT;
	e->due = loop_now() + SHELL_REST_MS;
	shell_cancel(sh, SLOT_PROMPT);
}

void shell_filter_open(struct shell *sh, struct slice text)
{
	sh->mode = MODE_FILTER;
	shell_cancel(sh, SLOT_PROMPT);
	prompt_open(&sh->edit.prompt, text);
	if (text.len)
		prompt_insert(&sh->edit.prompt, SLICE(" "));
	forget_replies(&sh->edit);
	read_text(sh);
}

static void leave(struct shell *sh)
{
	sh->mode = MODE_LIST;
	sh->edit.due = -1;
	shell_cancel(sh, SLOT_PROMPT);
	forget_replies(&sh->edit);
}

/* Under a zone of the analyst's own, times are written out with it: the filter
 * must not change its meaning with the zone shown. */
static void apply(struct shell *sh)
{
	struct filter *f = sh->edit.good;
	struct strbuf text = { 0 };

	if (!f) {
		sh->edit.due = -1;
		return;
	}
	if (sh->times.mode == TIMES_OWN && f->where)
		filter_print(f->where, &text);
	else
		strbuf_add_slice(&text, slice_trim(f->text));
	prompt_remember(&sh->edit.prompt);
	leave(sh);
	shell_set_filter(sh, strbuf_slice(&text));
	strbuf_release(&text);
}

static void take(struct shell *sh)
{
	struct filter_edit *e = &sh->edit;
	struct strbuf text = { 0 };

	if (e->prompt.listed <= 0)
		return;
	shell_completion(sh, e->prompt.chosen < 0 ? 0 : (size_t)e->prompt.chosen,
	                 &text);
	prompt_replace(&e->prompt, e->word.start, e->word.len,
	               strbuf_slice(&text));
	strbuf_release(&text);
	read_text(sh);
}

static void insert_value(struct shell *sh)
{
	struct strbuf value = { 0 };
	struct row_ref ref;
	struct look look;

	shell_look(sh, &look);
	if (shell_top(sh)->view->list)
		list_value(shell_top(sh), &look, &value);
	else if (shell_top(sh)->view->ref &&
	         shell_top(sh)->view->ref(shell_top(sh), &ref))
		strbuf_add_slice(&value, ref.value);
	prompt_insert(&sh->edit.prompt, strbuf_slice(&value));
	strbuf_release(&value);
	read_text(sh);
}

void shell_filter_key(struct shell *sh, const struct input *in)
{
	int chosen = sh->edit.prompt.chosen;

	if (in->key == CTRL('y')) {
		insert_value(sh);
		return;
	}
	if (in->key == CTRL('c')) {
		leave(sh);
		return;
	}
	switch (prompt_key(&sh->edit.prompt, in)) {
	case PROMPT_ACCEPT: apply(sh); return;
	case PROMPT_LEAVE: leave(sh); return;
	case PROMPT_TAKE: take(sh); return;
	case PROMPT_IGNORED: return;
	case PROMPT_MORE: break;
	}
	/* choosing from the list changes no text */
	if (sh->edit.prompt.chosen == chosen || sh->edit.prompt.listed <= 0 ||
	    (in->key != KEY_CODE_UP && in->key != KEY_CODE_DOWN &&
	     in->key != CTRL('p') && in->key != CTRL('n')))
		read_text(sh);
}

/* Asking ------------------------------------------------------------------- */

static void fill_query(const struct shell *sh, struct want *w)
{
	const struct step *s = shell_top(sh);

	w->on = true;
	w->request.query.unit = list_counted(s);
	w->request.query.counted = w->request.query.unit;
	w->request.query.from = s->from;
	w->request.query.to = s->to;
}

static void ask_count(struct shell *sh)
{
	struct want w = { 0 };

	fill_query(sh, &w);
	w.request.kind = REQUEST_COUNT;
	sh->prompt_use = USE_FILTER;
	shell_ask(sh, SLOT_PROMPT, &w, sh->edit.good);
}

/* The filter without the term that is being typed. */
static struct filter *rest_of_filter(struct shell *sh)
{
	struct filter_context c = shell_filter_context(sh);
	struct slice all = strbuf_slice(&sh->edit.prompt.text);
	size_t start = sh->edit.word.start;
	size_t end = start + sh->edit.word.len;
	struct strbuf text = { 0 };
	struct filter *f;

	while (start && all.ptr[start - 1] != ' ')
		start--;
	strbuf_add_slice(&text, slice_to(all, start));
	strbuf_add_slice(&text, slice_from(all, end));
	f = filter_parse(strbuf_slice(&text), &c, NULL);
	strbuf_release(&text);
	return f ? f : filter_parse(SLICE(""), &c, NULL);
}

static void ask_values(struct shell *sh)
{
	struct filter *rest = rest_of_filter(sh);
	struct want w = { 0 };
	struct slice prefix = word_text(&sh->edit);

	fill_query(sh, &w);
	w.request.kind = REQUEST_VALUES;
	w.request.field = sh->edit.word.field;
	w.request.limit = COMPLETIONS;
	snprintf(w.request.text, sizeof w.request.text, "%.*s",
	         SLICE_FMT(prefix));
	sh->prompt_use = USE_FILTER;
	shell_ask(sh, SLOT_PROMPT, &w, rest);
	filter_unref(rest);
}

void shell_filter_tick(struct shell *sh)
{
	struct filter_edit *e = &sh->edit;

	e->due = -1;
	if (e->stage == EDIT_COUNT && e->good)
		ask_count(sh);
	else if (wants_values(e))
		ask_values(sh);
	e->stage = EDIT_VALUES;
}

void shell_filter_reply(struct shell *sh, struct reply *r)
{
	struct filter_edit *e = &sh->edit;

	if (sh->mode != MODE_FILTER) {
		reply_free(r);
		return;
	}
	if (r->kind == REQUEST_COUNT) {
		reply_free(e->count);
		e->count = r;
		if (wants_values(e))
			ask_values(sh);
		return;
	}
	reply_free(e->values);
	e->values = r;
	set_listed(sh);
}

/* Terms by key ------------------------------------------------------------- */

/* The cell under the cursor is the (none) of a group: its value is absent. */
static bool is_none(const struct step *s, const struct list_column *c)
{
	const char *name = list_column_name(s, c);
	struct list_row row;

	if (!name || !list_current(s, NULL, &row))
		return false;
	for (size_t i = 0; i < s->ngroups; i++)
		if (strcmp(s->groups[i]->name, name) == 0)
			return !list_text(&row, name).ptr;
	return false;
}

void shell_combine(struct shell *sh, struct slice term)
{
	struct strbuf text = { 0 }, replaced = { 0 };

	filter_combine(shell_top(sh)->filter->text, term, &text, &replaced);
	if (slice_eq(strbuf_slice(&text), shell_top(sh)->filter->text))
		shell_say(sh, "the filter says so already");
	else if (shell_set_filter(sh, strbuf_slice(&text)) && replaced.len)
		shell_say(sh, "replaced %s; Esc brings it back",
		          strbuf_text(&replaced));
	strbuf_release(&text);
	strbuf_release(&replaced);
}

/* Of a count: row and class. What it does not count is no single term. */
static bool add_count(struct shell *sh, bool not)
{
	struct strbuf text = { 0 };
	bool counts;

	strbuf_add_slice(&text, shell_top(sh)->filter->text);
	counts = list_count_filter(shell_top(sh), &text);
	if (counts && not)
		shell_say(sh, "F takes a value; go to the column of the name");
	else if (counts)
		shell_set_filter(sh, strbuf_slice(&text));
	strbuf_release(&text);
	return counts;
}

static void add_own_term(struct shell *sh, bool not)
{
	const struct step *s = shell_top(sh);
	struct strbuf term = { 0 };

	if (s->view->term && s->view->term(s, not, &term))
		shell_combine(sh, strbuf_slice(&term));
	else
		shell_say(sh, "%s", term.len ? strbuf_text(&term)
		                             : "nothing here to filter by");
	strbuf_release(&term);
}

void shell_add_term(struct shell *sh, bool not)
{
	struct step *s = shell_top(sh);
	struct strbuf value = { 0 }, term = { 0 };
	const struct list_column *c;
	const struct field *f;
	const char *name;
	struct look look;

	if (!s->view->list) {
		add_own_term(sh, not);
		return;
	}
	if (add_count(sh, not))
		return;
	shell_look(sh, &look);
	c = list_value(s, &look, &value);
	name = c ? list_column_field(s, c) : NULL;
	f = name ? field_find(slice_str(name)) : NULL;
	/* a time: the minute, which stands in the cell and is of use */
	if (c && c->is_time && value.len > 16) {
		value.len = 16;
		strbuf_add_char(&value, 'Z');
	}
	if (!c)
		shell_say(sh, "there is no row here");
	else if (!f)
		shell_say(sh, "%s cannot be filtered by; go to another column",
		          list_column_title(s, c));
	else if (!value.len && !is_none(s, c))
		shell_say(sh, "this cell is empty");
	else {
		filter_add_term(&term, f, is_none(s, c)
		                                  ? slice_of(NULL, 0)
		                                  : strbuf_slice(&value), not);
		shell_combine(sh, strbuf_slice(&term));
	}
	strbuf_release(&value);
	strbuf_release(&term);
}

void shell_drop(struct shell *sh, size_t term)
{
	struct strbuf text = { 0 };

	filter_without(shell_top(sh)->filter, term, &text);
	shell_set_filter(sh, strbuf_slice(&text));
	strbuf_release(&text);
}

void shell_drop_start(struct shell *sh)
{
	size_t n = shell_top(sh)->filter->nterms;

	if (n == 0)
		shell_say(sh, "there is no term to drop");
	else if (n == 1)
		shell_drop(sh, 0);
	else
		sh->mode = MODE_DROP;
}

void shell_drop_key(struct shell *sh, int key)
{
	size_t n = shell_top(sh)->filter->nterms;

	sh->mode = MODE_LIST;
	if (key == 'r')
		shell_drop(sh, n - 1);
	else if (key >= '1' && key <= '9' && (size_t)(key - '1') < n)
		shell_drop(sh, (size_t)(key - '1'));
	else if (key == KEY_CODE_ESC)
		shell_say(sh, "no term dropped");
	else
		shell_say(sh, "no such term");
}
