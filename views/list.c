/* SPDX-License-Identifier: MIT */
/* Lists: which rows are wanted, how the cursor moves over them, what opens. The
 * cursor is on an entity; its row in memory follows each new page. */
#include "views/list_private.h"

#include "base/civil.h"
#include "base/hash.h"
#include "views/step.h"

#define PAGE_ROWS 100 /* before and after the anchor, at least */

struct slice list_text(const struct list_row *r, const char *name)
{
	const struct cell *c = result_cell(r->result, r->row, name);

	return c ? c->text : slice_of(NULL, 0);
}

int64_t list_number(const struct list_row *r, const char *name)
{
	const struct cell *c = result_cell(r->result, r->row, name);

	return c ? c->number : 0;
}

/* Groups have no id: their values name them. */
static int64_t group_id(const struct step *s, const struct result *r, size_t row)
{
	uint64_t id = 1;

	for (size_t i = 0; i < s->ngroups && i < r->ncolumns; i++)
		id = hash_mix(id, hash64(r->cells[row * r->ncolumns + i].text));
	return (int64_t)(id >> 1) + 1;
}

int64_t list_row_id(const struct step *s, const struct result *r, size_t row)
{
	return s->ngroups ? group_id(s, r, row) : r->ids[row];
}

bool list_open(struct step *s, const struct target *t, struct err *err)
{
	const struct list *l = s->view->list;

	if (t->unit && list_other_unit(s, (enum unit)(t->unit - units)))
		s->unit = (enum unit)(t->unit - units);
	for (size_t i = 0; i < QUERY_GROUPS && t->groups[i]; i++) {
		s->groups[i] = t->groups[i];
		s->ngroups = i + 1;
	}
	for (size_t i = 0; l->groups[i]; i++) {
		s->groups[i] = field_find(slice_str(l->groups[i]));
		if (!s->groups[i])
			return err_set(err, "no field %s", l->groups[i]);
		s->ngroups = i + 1;
	}
	if (s->sort || s->place.id)
		return true; /* as it was left */
	s->descending = l->descending;
	list_put_column(s, l->column);
	return true;
}

/* What is wanted ----------------------------------------------------------- */

static void fill_query(const struct step *s, struct query *q)
{
	const struct list *l = s->view->list;

	*q = (struct query){ .unit = s->unit,
		             .from = s->from,
		             .to = s->to,
		             .sort = s->sort ? s->sort : l->sort,
		             .descending = s->descending };
	q->counted = list_counted(s);
	q->ngroups = s->ngroups;
	memcpy(q->groups, s->groups, sizeof q->groups);
}

static void want_page(const struct step *s, struct wants *w)
{
	struct request *r = &want_add(w, SLOT_PAGE, REQUEST_PAGE)->request;
	size_t rows = (size_t)s->place.height * 2;

	fill_query(s, &r->query);
	r->anchor = s->place.anchor;
	r->before = r->after = rows > PAGE_ROWS ? rows : PAGE_ROWS;
	r->columns = list_needs(s);
}

/* As many as the column has cells on this screen. */
static int bars_shown(const struct step *s)
{
	const struct list *l = s->view->list;
	int widths[LIST_COLUMNS], n = list_fit(s, s->place.cols, widths);

	for (int i = 0; i < n; i++)
		if (list_column_at(s, (size_t)i)->print == list_print_over_time)
			return widths[i] < 2 ? 0
			       : widths[i] < l->bars ? widths[i] : l->bars;
	return l->bars;
}

static void want_groups(const struct step *s, struct wants *w)
{
	struct request *r = &want_add(w, SLOT_PAGE, REQUEST_GROUPS)->request;
	const struct reply *h = step_reply(s, SLOT_HISTOGRAM);
	const struct list *l = s->view->list;
	int bars = bars_shown(s);

	fill_query(s, &r->query);
	r->query.exact = true;
	while (l->shown[r->query.nshown]) {
		r->query.shown[r->query.nshown] =
			field_find(slice_str(l->shown[r->query.nshown]));
		r->query.nshown++;
	}
	if (bars && h && h->histogram)
		/* buckets begin at round times: one more than the span holds */
		r->query.bucket = h->histogram->bucket *
		                  (((int64_t)h->histogram->n + bars - 2) /
		                   (bars - 1));
}

static void want_numbers(const struct step *s, struct wants *w)
{
	struct request *count =
		&want_add(w, SLOT_COUNT_ROWS, REQUEST_COUNT)->request;
	struct request *strip;

	fill_query(s, &count->query);
	count->query.sort = NULL;
	count->query.descending = false;
	count->query.ngroups = 0;
	if (s->ngroups)
		count->query.unit = count->query.counted;
	if (s->place.bars <= 0)
		return;
	strip = &want_add(w, SLOT_HISTOGRAM, REQUEST_HISTOGRAM)->request;
	strip->query = count->query;
	if (s->view->list->strip_of_events)
		strip->query.unit = strip->query.counted = UNIT_EVENTS;
	strip->bars = (size_t)s->place.bars;
}

static void want_rank(const struct step *s, struct wants *w)
{
	const struct result *r = step_result(s, SLOT_PAGE);
	struct request *rank;

	if (s->ngroups || s->place.base >= 0 || !r || !r->nrows ||
	    !step_is_fresh(s, w, SLOT_PAGE))
		return;
	rank = &want_add(w, SLOT_RANK, REQUEST_RANK)->request;
	fill_query(s, &rank->query);
	rank->id = r->ids[0];
}

void list_wants(const struct step *s, struct wants *w)
{
	struct list_row row;

	want_numbers(s, w);
	if (s->ngroups)
		want_groups(s, w);
	else
		want_page(s, w);
	want_rank(s, w);
	if (s->view->list->wants && list_current(s, NULL, &row))
		s->view->list->wants(&row, w);
}

/* Answers ------------------------------------------------------------------ */

static int find_row(const struct step *s, const struct result *r, int64_t id)
{
	for (size_t i = 0; id && i < r->nrows; i++)
		if (list_row_id(s, r, i) == id)
			return (int)i;
	return -1;
}

static const char *order_column(const struct step *s)
{
	const struct list *l = s->view->list;

	if (s->sort)
		return s->sort;
	return l->sort ? l->sort : units[s->unit].time;
}

static int64_t key_of_row(const struct step *s, const struct result *r,
                          size_t row)
{
	const char *column = order_column(s);
	const struct cell *c = column ? result_cell(r, row, column) : NULL;

	return c ? c->number : 0;
}

/* Where a row that is gone would stand. */
static int nearest_row(const struct step *s, const struct result *r)
{
	for (size_t i = 0; s->place.key && i < r->nrows; i++) {
		int64_t key = key_of_row(s, r, i);

		if (s->descending ? key <= s->place.key : key >= s->place.key)
			return (int)i;
	}
	if (s->place.key)
		return (int)r->nrows - 1;
	return s->place.row < (int)r->nrows ? s->place.row : (int)r->nrows - 1;
}

static void scroll(struct step *s, const struct result *r)
{
	struct table_cursor c = { .row = s->place.row, .top = s->place.top };

	table_move(&c, 0, (int64_t)r->nrows, s->place.height);
	s->place.row = (int)c.row;
	s->place.top = (int)c.top;
}

void list_scroll(struct step *s)
{
	const struct result *r = step_result(s, SLOT_PAGE);

	if (r && r->nrows)
		scroll(s, r);
}

static void set_row(struct step *s, const struct result *r, int row)
{
	s->place.row = row;
	s->place.id = list_row_id(s, r, (size_t)row);
	s->place.key = key_of_row(s, r, (size_t)row);
	scroll(s, r);
}

static bool anchor_is(const struct anchor *a, const struct anchor *b)
{
	return a->kind == b->kind && a->id == b->id && a->time == b->time;
}

/* More rows are wanted when the cursor comes near the end of those here. */
static void reach_out(struct step *s, const struct result *r)
{
	const struct answer *a = s->answers[SLOT_PAGE];
	int margin = s->place.height;
	bool more = (r->before && s->place.row < margin) ||
	            (r->after && s->place.row + margin >= (int)r->nrows);

	if (more && anchor_is(&a->asked.anchor, &s->place.anchor) &&
	    !(a->asked.anchor.kind == ANCHOR_ROW &&
	      a->asked.anchor.id == s->place.id))
		s->place.anchor = (struct anchor){ .kind = ANCHOR_ROW,
			                           .id = s->place.id };
}

static void move(struct step *s, int by)
{
	const struct result *r = step_result(s, SLOT_PAGE);
	int row = s->place.row + by, last;

	if (!r || !r->nrows || !s->place.id) {
		s->place.owed += by; /* to first or last: not here yet */
		return;
	}
	last = (int)r->nrows - 1;
	s->place.owed = 0;
	if (row < 0 && r->before)
		s->place.owed = row;
	if (row > last && r->after)
		s->place.owed = row - last;
	set_row(s, r, row < 0 ? 0 : row > last ? last : row);
	reach_out(s, r);
}

/* The position of the first loaded row, as far as it follows from the last. */
static void find_base(struct step *s, const struct result *r, int old_row,
                      bool found)
{
	if (!r->before)
		s->place.base = 0;
	else if (found && s->place.base >= 0)
		s->place.base += old_row - s->place.row;
	else
		s->place.base = -1;
}

/* Where the row of ANCHOR_NUMBER is among those loaded, which follow it and
 * stand before it as far as there are. */
static int numbered_row(struct step *s, const struct result *r)
{
	const struct request *asked = &s->answers[SLOT_PAGE]->asked;
	int64_t row = r->before ? (int64_t)asked->before : asked->anchor.id;

	if (row >= (int64_t)r->nrows)
		row = (int64_t)r->nrows - 1;
	s->place.base = asked->anchor.id - row;
	return (int)row;
}

static void page_arrived(struct step *s)
{
	const struct result *r = step_result(s, SLOT_PAGE);
	int old_row = s->place.row, line = s->place.row - s->place.top, row;
	int owed = s->place.owed;
	bool found;

	if (!r)
		return;
	if (!r->nrows) {
		s->place.row = s->place.top = 0;
		s->place.base = 0;
		s->place.owed = 0;
		return;
	}
	row = find_row(s, r, s->place.id);
	found = row >= 0;
	if (!s->place.id &&
	    s->answers[SLOT_PAGE]->asked.anchor.kind == ANCHOR_NUMBER) {
		row = old_row = numbered_row(s, r);
		found = true;
	} else if (!found && s->place.id)
		row = nearest_row(s, r);
	else if (!found)
		row = s->place.anchor.kind == ANCHOR_LAST ? (int)r->nrows - 1
		                                          : 0;
	s->place.top = row - line;
	set_row(s, r, row);
	find_base(s, r, old_row, found);
	s->place.owed = 0;
	if (owed)
		move(s, owed);
	else
		reach_out(s, r);
}

static void rank_arrived(struct step *s)
{
	const struct answer *rank = s->answers[SLOT_RANK];
	const struct answer *page = s->answers[SLOT_PAGE];
	const struct result *r = step_result(s, SLOT_PAGE);

	if (!r || !r->nrows || !rank->reply->ok ||
	    rank->asked.id != r->ids[0] ||
	    rank->asked.filter != page->asked.filter ||
	    rank->asked.query.sort != page->asked.query.sort ||
	    rank->asked.query.descending != page->asked.query.descending)
		return;
	s->place.base = (int64_t)rank->reply->rank;
}

void list_arrived(struct step *s, enum slot slot)
{
	if (slot == SLOT_PAGE)
		page_arrived(s);
	else if (slot == SLOT_RANK)
		rank_arrived(s);
}

void list_go_to(struct step *s, int64_t id)
{
	const struct result *r = step_result(s, SLOT_PAGE);
	int row = r ? find_row(s, r, id) : -1;

	s->place.owed = 0;
	if (row >= 0) {
		set_row(s, r, row);
		reach_out(s, r);
		return;
	}
	s->place.id = id;
	s->place.key = 0;
	s->place.base = -1;
	s->place.anchor = (struct anchor){ .kind = ANCHOR_ROW, .id = id };
}

bool list_go_to_row(struct step *s, uint64_t n)
{
	const struct result *r = step_result(s, SLOT_PAGE);
	int64_t row = (int64_t)n - 1 - s->place.base;

	const struct reply *all = step_reply(s, SLOT_COUNT_ROWS);

	if (!r || !r->nrows || n < 1 || n > INT64_MAX)
		return false;
	if (s->place.base >= 0 && row >= 0 && row < (int64_t)r->nrows) {
		set_row(s, r, (int)row);
		reach_out(s, r);
		return true;
	}
	if (s->ngroups || !all || !all->ok ||
	    n > all->count.n + all->count.refused)
		return false;
	s->place.owed = 0;
	s->place.id = s->place.key = 0;
	s->place.base = -1;
	s->place.anchor = (struct anchor){ .kind = ANCHOR_NUMBER,
		                           .id = (int64_t)n - 1 };
	return true;
}

/* The row under the cursor ------------------------------------------------- */

bool list_current(const struct step *s, const struct look *look,
                  struct list_row *out)
{
	const struct result *r = step_result(s, SLOT_PAGE);

	if (!r || s->place.row >= (int)r->nrows)
		return false;
	*out = (struct list_row){ .result = r, .row = (size_t)s->place.row,
		                  .step = s, .look = look };
	return true;
}

const struct result *list_answer(const struct list_row *r, enum slot slot)
{
	const struct answer *a = r->step->answers[slot];

	if (!a || a->asked.id != list_row_id(r->step, r->result, r->row))
		return NULL;
	return a->reply->ok ? a->reply->result : NULL;
}

void list_want_line(const struct list_row *r, struct wants *w)
{
	struct request *line;

	if (!list_number(r, "line"))
		return;
	line = &want_add(w, SLOT_RAW, REQUEST_LINES)->request;
	line->id = list_row_id(r->step, r->result, r->row);
	line->source = (uint32_t)list_number(r, "source_id");
	line->line = (uint64_t)list_number(r, "line");
}

static struct slice raw_text(const struct list_row *row)
{
	struct list_row line = { .result = list_answer(row, SLOT_RAW) };

	if (list_text(row, "raw").ptr)
		return list_text(row, "raw");
	return line.result && line.result->nrows ? list_text(&line, "raw")
	                                         : slice_of(NULL, 0);
}

bool list_ref(const struct step *s, struct row_ref *out)
{
	struct list_row row;

	*out = (struct row_ref){ .unit = s->unit };
	if (!list_current(s, NULL, &row))
		return false;
	out->id = list_row_id(s, row.result, row.row);
	if (s->ngroups)
		return true;
	out->journey = out->unit == UNIT_MESSAGES
	                       ? out->id
	                       : list_number(&row, "journey_id");
	out->source = out->unit == UNIT_SOURCES
	                      ? (uint32_t)out->id
	                      : (uint32_t)list_number(&row, "source_id");
	out->line = out->unit == UNIT_SOURCES
	                    ? 1
	                    : (uint64_t)list_number(&row, "line");
	if (!out->line)
		out->source = 0;
	out->raw = raw_text(&row);
	return true;
}

static void add_value(const struct list_row *r, const struct list_column *c,
                      struct strbuf *out)
{
	const char *name = list_column_name(r->step, c);

	if (c->value)
		c->value(r, c, out);
	else if (name)
		strbuf_add_slice(out, list_text(r, name));
}

const struct list_column *list_value(const struct step *s,
                                     const struct look *look,
                                     struct strbuf *out)
{
	const struct list_column *c = list_column_now(s);
	struct list_row row;

	if (!list_current(s, look, &row))
		return NULL;
	add_value(&row, c, out);
	return c;
}

/* Keys --------------------------------------------------------------------- */

static void to_end(struct step *s, bool last)
{
	const struct result *r = step_result(s, SLOT_PAGE);

	s->place.owed = 0;
	if (r && r->nrows && (last ? !r->after : !r->before)) {
		/* other rows that are on their way are not wanted any more */
		s->place.anchor = s->answers[SLOT_PAGE]->asked.anchor;
		set_row(s, r, last ? (int)r->nrows - 1 : 0);
		return;
	}
	s->place.anchor = (struct anchor){ .kind = last ? ANCHOR_LAST
		                                        : ANCHOR_FIRST };
	s->place.id = s->place.key = 0;
	s->place.base = -1;
}

static void move_column(struct step *s, int by)
{
	int widths[LIST_COLUMNS];
	int n = list_fit(s, s->place.cols, widths);

	for (int i = s->place.column + by; i >= 0 && i < n; i += by)
		if (widths[i]) {
			s->place.column = i;
			return;
		}
}

/* Another order: the rows follow the entity under the cursor. */
static void reorder(struct step *s)
{
	s->place.base = -1;
	s->place.owed = 0;
	s->place.key = 0;
	s->place.anchor = (struct anchor){ .kind = ANCHOR_FIRST };
	if (s->place.id && !s->ngroups)
		s->place.anchor = (struct anchor){ .kind = ANCHOR_ROW,
			                           .id = s->place.id };
}

static bool sort_by_column(struct shell *sh, struct step *s)
{
	const struct list_column *c = list_column_now(s);

	const char *name = list_column_name(s, c);

	if (!list_has_order(s, c)) {
		shell_say(sh, "%s has no order; go to another column",
		          list_column_title(s, c));
		return true;
	}
	if (strcmp(order_column(s) ? order_column(s) : "", name) == 0) {
		s->descending = !s->descending;
	} else {
		s->sort = name;
		s->descending = c->shape.right; /* numbers: the most first */
	}
	reorder(s);
	return true;
}

/* The cursor leaves a column that these rows do not have. */
static void fix_column(struct step *s)
{
	int widths[LIST_COLUMNS];

	list_fit(s, s->place.cols, widths);
	if (!widths[s->place.column])
		s->place.column = 0;
}

static bool unit_has_groups(const struct step *s, enum unit u)
{
	for (size_t i = 0; i < s->ngroups; i++)
		if (!field_in(s->groups[i], u))
			return false;
	return true;
}

/* On to the next unit; behind the last the view's own. */
static bool next_unit(struct shell *sh, struct step *s)
{
	const struct list_unit *u = s->view->list->units;
	const struct list_unit *now = list_other_unit(s, s->unit);

	if (!u)
		return false;
	u = now ? now + 1 : u;
	while (u->unit != UNIT_COUNT && !unit_has_groups(s, u->unit))
		u++;
	s->unit = u->unit == UNIT_COUNT ? s->view->unit : u->unit;
	if (!unit_has_groups(s, list_counted(s)))
		s->unit = now ? now->unit : s->unit;
	if (s->sort && !list_has_column(s, s->sort))
		s->sort = NULL;
	if (!s->ngroups)
		s->place.id = 0;
	fix_column(s);
	reorder(s);
	shell_say(sh, "counted now: %s", units[list_counted(s)].name);
	return true;
}

bool list_can(const struct step *s, enum act a)
{
	const struct list_column *c = list_column_now(s);
	const struct result *r = step_result(s, SLOT_PAGE);
	bool rows = r && r->nrows;

	switch ((int)a) {
	case ACT_DROP_TERM: return s->filter->nterms > 0;
	case ACT_ONLY:
		return rows && (list_column_field(s, c) ||
		                (s->ngroups && c->counts));
	case ACT_NOT: return rows && list_column_field(s, c);
	case ACT_SORT: return rows && list_has_order(s, c);
	case ACT_OPEN: case ACT_COPY: case ACT_MARK: case ACT_FIND:
		return rows;
	/* what only a row of its own has, not a group of rows */
	case ACT_TRACE: case ACT_RAW: case ACT_COPY_LINE: case ACT_FIELDS:
		return rows && !s->ngroups;
	case ACT_UNIT: return s->view->list->units;
	default: return true;
	}
}

bool list_act(struct shell *sh, struct step *s, enum act a, struct slice arg)
{
	int page = s->place.height > 1 ? s->place.height - 1 : 1;

	(void)arg;
	switch ((int)a) {
	case ACT_DOWN: move(s, 1); return true;
	case ACT_UP: move(s, -1); return true;
	case ACT_HALF_DOWN: move(s, (page + 1) / 2); return true;
	case ACT_HALF_UP: move(s, -(page + 1) / 2); return true;
	case ACT_PAGE_DOWN: move(s, page); return true;
	case ACT_PAGE_UP: move(s, -page); return true;
	case ACT_FIRST: to_end(s, false); return true;
	case ACT_LAST: to_end(s, true); return true;
	case ACT_LEFT: move_column(s, -1); return true;
	case ACT_RIGHT: move_column(s, 1); return true;
	case ACT_UNIT: return next_unit(sh, s);
	case ACT_SORT: return sort_by_column(sh, s);
	case ACT_SORT_DEFAULT:
		s->sort = NULL;
		s->descending = s->view->list->descending;
		reorder(s);
		return true;
	case ACT_OPEN: list_open_cell(sh, s); return true;
	default: return false;
	}
}
