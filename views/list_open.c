/* SPDX-License-Identifier: MIT */
/* Where Enter leads: what a cell counts, or the row. */
#include "views/list_private.h"

static void combine(struct strbuf *text, struct slice term)
{
	struct strbuf out = { 0 }, replaced = { 0 };

	filter_combine(strbuf_slice(text), term, &out, &replaced);
	strbuf_release(text);
	strbuf_release(&replaced);
	*text = out;
}

static void add_field(struct strbuf *text, const struct field *f,
                      struct slice value)
{
	struct strbuf term = { 0 };

	filter_add_term(&term, f, value, false);
	combine(text, strbuf_slice(&term));
	strbuf_release(&term);
}

/* What the breadcrumb calls the rows that are opened: the row's own value. */
static struct slice row_label(const struct list_row *r)
{
	const struct list *l = r->step->view->list;

	if (r->step->ngroups)
		return r->result->cells[r->row * r->result->ncolumns].text;
	return l->opens_column ? list_text(r, l->opens_column)
	                       : slice_of(NULL, 0);
}

/* The filter that leaves what the row stands for. */
static void add_row_terms(const struct list_row *r, struct strbuf *text)
{
	const struct step *s = r->step;
	const struct list *l = s->view->list;

	for (size_t i = 0; i < s->ngroups && i < r->result->ncolumns; i++) {
		const struct cell *c =
			&r->result->cells[r->row * r->result->ncolumns + i];

		add_field(text, s->groups[i], c->text);
	}
	if (!s->ngroups && l->opens_field)
		add_field(text, field_find(slice_str(l->opens_field)),
		          list_text(r, l->opens_column));
}

static void open_filtered(struct shell *sh, const struct list_row *r,
                          const char *view, const char *counts)
{
	struct strbuf text = { 0 };
	struct target t = { 0 };

	strbuf_add_slice(&text, r->step->filter->text);
	add_row_terms(r, &text);
	if (counts && *counts)
		combine(&text, slice_str(counts));
	t.filter = strbuf_slice(&text);
	t.label = row_label(r);
	t.unit = &units[list_counted(r->step)];
	shell_open(sh, view_find(view), &t);
	strbuf_release(&text);
}

static const char *counts_of(const struct step *s, const struct list_column *c)
{
	return c->counts_attempts && list_counted(s) == UNIT_ATTEMPTS
	               ? c->counts_attempts
	               : c->counts;
}

bool list_row_filter(const struct step *s, struct strbuf *text)
{
	struct list_row row;

	if (!list_current(s, NULL, &row) || row.result->unit != s->unit)
		return false;
	add_row_terms(&row, text);
	return true;
}

bool list_count_filter(const struct step *s, struct strbuf *text)
{
	const struct list_column *c = list_column_now(s);
	struct list_row row;

	if (!s->ngroups || !c->counts || !list_current(s, NULL, &row))
		return false;
	add_row_terms(&row, text);
	if (*c->counts)
		combine(text, slice_str(counts_of(s, c)));
	return true;
}

static void open_row(struct shell *sh, const struct list_row *r)
{
	const char *name = list_opens(r->step);
	struct target t = { 0 };

	list_ref(r->step, &t.row);
	if (!t.row.journey && strcmp(name, VIEW_NAME_TRACE) == 0) {
		name = VIEW_NAME_RAW;
		if (!t.row.source) {
			shell_say(sh, "no message and no line to open here");
			return;
		}
	}
	shell_open(sh, view_find(name), &t);
}

void list_open_cell(struct shell *sh, const struct step *s)
{
	const struct list *l = s->view->list;
	const struct list_column *c = list_column_now(s);
	struct list_row row;

	if (!list_current(s, NULL, &row)) {
		shell_say(sh, step_result(s, SLOT_PAGE)
		                      ? "there is no row to open"
		                      : "the rows are not here yet");
		return;
	}
	if (row.result->unit != s->unit) {
		shell_say(sh, "the rows are still those of %s; wait",
		          units[row.result->unit].name);
		return;
	}
	if (c->counts && (c->opens || s->ngroups))
		open_filtered(sh, &row, c->opens ? c->opens : list_opens(s),
		              counts_of(s, c));
	else if (s->ngroups || l->opens_field)
		open_filtered(sh, &row, list_opens(s), NULL);
	else
		open_row(sh, &row);
}

/* Somebody or some machine. */
static bool is_subject(const struct field *f)
{
	static const char *const names[] = { "user", "client", "relay", "host",
		                             "server", "helo", "said_by" };

	if (!f)
		return false;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], f->name) == 0)
			return true;
	return f->type == FIELD_ADDRESS || f->type == FIELD_IP ||
	       f->type == FIELD_DOMAIN;
}

const struct field *list_subject(const struct step *s, const struct look *look,
                                 struct strbuf *out)
{
	const char *name = list_column_field(s, list_column_now(s));
	const struct field *f = name ? field_find(slice_str(name)) : NULL;
	struct list_row row;

	if (is_subject(f) && list_value(s, look, out))
		return out->len ? f : NULL;
	if (f || !s->ngroups || !is_subject(s->groups[0]) ||
	    !list_current(s, look, &row))
		return NULL;
	strbuf_add_slice(out, row.result->cells[row.row * row.result->ncolumns]
	                              .text);
	return out->len ? s->groups[0] : NULL;
}
