/* SPDX-License-Identifier: MIT */
/* The dialogs of a list: its columns (c), what it is grouped by (b). */
#include "views/shell_private.h"

#include "base/civil.h"
#include "views/list.h"

#include <time.h>

/* What rows are grouped by, as far as the unit has it. */
static const char *const group_fields[] = {
	"from", "to", "from_domain", "to_domain", "client_ip", "client", "host",
	"server", "relay", "relay_ip", "user", "helo", "code", "dsn", "said_by",
	"reply", "action", "outcome", "subject", "direction", "hour", "weekday",
	"header", "place", "tls", "state", "program", "source", "instance",
	"service",
};
#define GROUP_FIELDS (sizeof group_fields / sizeof *group_fields)

/* Letters that choose; those of the dialog's own keys are left out. */
static const char letters[] = "abcdefgimnoprstuvwxyzABCDEFGHIMNOP";

static struct menu_item *add_item(struct menu *m)
{
	m->items[m->n] = (struct menu_item){ 0 };
	return &m->items[m->n++];
}

static void open_menu(struct shell *sh, enum menu_kind kind)
{
	sh->menu = (struct menu){ .kind = kind };
	sh->mode = MODE_MENU;
}

/* Columns ------------------------------------------------------------------- */

static bool is_listed(const struct menu *m, uint8_t column)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->items[i].column == column)
			return true;
	return false;
}

static void add_column(const struct step *s, struct menu *m, uint8_t column,
                       bool on)
{
	const struct list_column *c = &s->view->list->columns[column];
	struct menu_item *item;

	if (c->group && (size_t)c->group > s->ngroups)
		return;
	item = add_item(m);
	item->column = column;
	item->on = on;
	item->name = c->is_time ? "time" : list_column_title(s, c);
}

void shell_columns_open(struct shell *sh)
{
	const struct step *s = shell_top(sh);
	const struct list_column *c = s->view->list->columns;

	open_menu(sh, MENU_COLUMNS);
	for (size_t i = 0; i < s->order.n; i++)
		add_column(s, &sh->menu, s->order.list[i], true);
	for (uint8_t i = 0; c[i].shape.title; i++)
		if (!is_listed(&sh->menu, i))
			add_column(s, &sh->menu, i, !s->order.n);
}

static void set_order(struct shell *sh, const struct column_order *order)
{
	struct step *s = shell_top(sh);
	uint8_t column = s->order.n ? s->order.list[s->place.column]
	                            : (uint8_t)s->place.column;

	s->order = *order;
	shell_memory(sh, s->view)->order = *order;
	list_put_column(s, column); /* the cursor stays on its column */
}

struct pair {
	struct strbuf name, value;
};

static bool write_order(struct shell *sh, struct store *s, void *arg,
                        struct err *err)
{
	struct pair *p = arg;
	int64_t now = sh->keep.now > 0 ? sh->keep.now
	                               : (int64_t)time(NULL) * US_SECOND;

	return store_set(s, strbuf_text(&p->name), strbuf_text(&p->value),
	                 "given", sh->keep.author, now, err);
}

/* "columns.Senders": titles, since numbers would not outlive a new column. A case
 * that cannot be written has them for the session. */
static void keep_order(struct shell *sh, const struct column_order *order)
{
	const struct list_column *c = shell_top(sh)->view->list->columns;
	struct pair p = { 0 };

	if (!sh->keep.path || sh->indexing)
		return;
	strbuf_addf(&p.name, "columns.%s", shell_top(sh)->view->name);
	for (uint8_t i = 0; i < order->n; i++)
		strbuf_addf(&p.value, "%s%s", i ? "," : "",
		            c[order->list[i]].shape.title);
	if (!order->n)
		strbuf_add_str(&p.value, "own");
	shell_keep_write(sh, write_order, &p);
	strbuf_release(&p.name);
	strbuf_release(&p.value);
}

static bool has_column(const struct column_order *o, uint8_t column)
{
	for (uint8_t i = 0; i < o->n; i++)
		if (o->list[i] == column)
			return true;
	return false;
}

static void read_order(const struct list *l, struct slice titles,
                       struct column_order *out)
{
	*out = (struct column_order){ 0 };
	while (titles.len && out->n < COLUMN_ORDER) {
		struct slice title = slice_trim(slice_cut(&titles, ','));

		for (uint8_t i = 0; l->columns[i].shape.title; i++)
			if (slice_eq(slice_str(l->columns[i].shape.title),
			             title) && !has_column(out, i)) {
				out->list[out->n++] = i;
				break;
			}
	}
}

static void take_order(struct shell *sh, const struct view *v,
                       struct slice titles)
{
	struct column_order *order = &shell_memory(sh, v)->order;

	read_order(v->list, titles, order);
	for (size_t i = 0; i < sh->nsteps; i++) {
		struct step *s = sh->steps[i];

		if (s->view != v || s->order.n)
			continue;
		s->order = *order;
		list_put_column(s, s->place.column);
	}
}

void shell_columns_arrived(struct shell *sh)
{
	const struct result *r = sh->settings ? sh->settings->result : NULL;

	for (size_t i = 0; r && i < r->nrows && !sh->columns_known; i++) {
		struct slice name = result_cell(r, i, "name")->text;
		struct strbuf pane = { 0 };
		const struct view *v;

		if (!slice_starts(name, SLICE("columns.")))
			continue;
		strbuf_add_slice(&pane, slice_from(name, 8));
		v = view_find(strbuf_text(&pane));
		if (v && v->list)
			take_order(sh, v, result_cell(r, i, "value")->text);
		strbuf_release(&pane);
	}
	sh->columns_known = true;
}

static void accept_columns(struct shell *sh)
{
	struct column_order order = { 0 };
	bool own = true;

	for (size_t i = 0; i < sh->menu.n; i++) {
		const struct menu_item *item = &sh->menu.items[i];

		own = own && item->on && item->column == i;
		if (item->on)
			order.list[order.n++] = item->column;
	}
	if (!order.n) {
		shell_say(sh, "one column at least must be shown");
		return;
	}
	if (own)
		order.n = 0;
	sh->mode = MODE_LIST;
	set_order(sh, &order);
	keep_order(sh, &order);
	if (!sh->message_is_error)
		shell_say(sh, own ? "%s has its own columns again"
		                  : "columns kept for %s",
		          shell_top(sh)->view->name);
}

static void move_item(struct menu *m, int by)
{
	size_t to = m->cursor + (size_t)by;
	struct menu_item item;

	if (m->kind != MENU_COLUMNS || to >= m->n)
		return;
	item = m->items[to];
	m->items[to] = m->items[m->cursor];
	m->items[m->cursor] = item;
	m->cursor = to;
}

/* Groups --------------------------------------------------------------------- */

void shell_groups_open(struct shell *sh)
{
	const struct step *s = shell_top(sh);
	enum unit unit = list_counted(s);

	open_menu(sh, MENU_GROUPS);
	for (size_t i = 0; i < GROUP_FIELDS; i++) {
		const struct field *f = field_find(slice_str(group_fields[i]));
		struct menu_item *item;

		if (!f || !field_in(f, unit))
			continue;
		/* of lines only whole addresses are told apart */
		if (unit == UNIT_EVENTS && f->type == FIELD_DOMAIN)
			continue;
		item = add_item(&sh->menu);
		item->name = f->name;
		item->about = f->about;
		item->field = f;
		for (size_t k = 0; k < s->ngroups; k++)
			if (s->groups[k] == f) {
				item->on = true;
				item->place = (uint8_t)++sh->menu.chosen;
			}
	}
	if (!sh->menu.n) {
		sh->mode = MODE_LIST;
		shell_say(sh, "%s are not grouped", units[unit].name);
	}
}

/* The fields that are ticked, in the order of the ticks. */
static size_t chosen_fields(const struct menu *m,
                            const struct field *list[QUERY_GROUPS])
{
	size_t n = 0;

	for (size_t place = 1; place <= m->chosen; place++)
		for (size_t i = 0; i < m->n && n < QUERY_GROUPS; i++)
			if (m->items[i].on && m->items[i].place == place)
				list[n++] = m->items[i].field;
	return n;
}

static void accept_groups(struct shell *sh)
{
	const struct step *s = shell_top(sh);
	struct target t = { .unit = &units[list_counted(s)] };
	struct strbuf label = { 0 };
	size_t n = chosen_fields(&sh->menu, t.groups);

	if (!n)
		t.groups[n++] = sh->menu.items[sh->menu.cursor].field;
	strbuf_add_str(&label, "by ");
	for (size_t i = 0; i < n; i++)
		strbuf_addf(&label, "%s%s", i ? ", " : "", t.groups[i]->name);
	t.label = strbuf_slice(&label);
	sh->mode = MODE_LIST;
	shell_open(sh, view_find(VIEW_NAME_GROUPS), &t);
	strbuf_release(&label);
}

static void tick(struct shell *sh, size_t i)
{
	struct menu *m = &sh->menu;
	struct menu_item *item = &m->items[i];
	const struct field *list[QUERY_GROUPS];

	if (m->kind == MENU_GROUPS && !item->on &&
	    chosen_fields(m, list) == QUERY_GROUPS) {
		shell_say(sh, "%d fields at most", QUERY_GROUPS);
		return;
	}
	item->on = !item->on;
	if (item->on)
		item->place = (uint8_t)++m->chosen;
}

/* Keys ------------------------------------------------------------------------ */

static void accept(struct shell *sh)
{
	if (sh->menu.kind == MENU_COLUMNS)
		accept_columns(sh);
	else
		accept_groups(sh);
}

static void letter(struct shell *sh, int key)
{
	const char *at = key > 0 && key < 128 ? strchr(letters, key) : NULL;

	if (!at || (size_t)(at - letters) >= sh->menu.n) {
		shell_say(sh, "that is no line here; Esc leaves");
		return;
	}
	sh->menu.cursor = (size_t)(at - letters);
	tick(sh, sh->menu.cursor);
}

void shell_menu_key(struct shell *sh, int key)
{
	struct menu *m = &sh->menu;

	switch (key) {
	case 'j': case KEY_CODE_DOWN: case KEY_CODE_TAB:
		m->cursor += m->cursor + 1 < m->n;
		break;
	case 'k': case KEY_CODE_UP: case KEY_CODE_BACKTAB:
		m->cursor -= m->cursor > 0;
		break;
	case 'J': case 'l': case KEY_CODE_RIGHT: move_item(m, 1); break;
	case 'K': case 'h': case KEY_CODE_LEFT: move_item(m, -1); break;
	case ' ': tick(sh, m->cursor); break;
	case KEY_CODE_ENTER: accept(sh); break;
	case 'q': case KEY_CODE_ESC: case KEY_CODE_BACKSPACE: case CTRL('c'):
		sh->mode = MODE_LIST;
		break;
	default: letter(sh, key); break;
	}
}

/* Drawing ----------------------------------------------------------------------- */

static void put_item(const struct shell *sh, const struct window *w, int row,
                     size_t i)
{
	const struct menu_item *item = &sh->menu.items[i];
	bool columns = sh->menu.kind == MENU_COLUMNS;
	const struct field *list[QUERY_GROUPS];
	size_t n = chosen_fields(&sh->menu, list), place = 0;
	struct strbuf text = { 0 };

	while (!columns && place < n && list[place] != item->field)
		place++;
	strbuf_addf(&text, "%c%c ", sh->menu.cursor == i ? '>' : ' ',
	            i < sizeof letters - 1 ? letters[i] : ' ');
	if (columns)
		strbuf_addf(&text, "[%c] ", item->on ? 'x' : ' ');
	else if (item->on)
		strbuf_addf(&text, "[%zu] ", place + 1);
	else
		strbuf_add_str(&text, "[ ] ");
	strbuf_addf(&text, columns ? "%s" : "%-12s ", item->name);
	if (item->about)
		strbuf_add_str(&text, item->about);
	window_text(w, row, 1, w->cols - 2, TONE_NORMAL, TEXT_CUT_END,
	            strbuf_slice(&text));
	if (sh->menu.cursor == i) {
		window_tone(w, row, 1, w->cols - 2, TONE_CURSOR);
		window_cursor(w, row, 1, true);
	}
	strbuf_release(&text);
}

void shell_menu_draw(const struct shell *sh, const struct window *body)
{
	const struct menu *m = &sh->menu;
	bool columns = m->kind == MENU_COLUMNS;
	int rows = (int)m->n + 2, cols = columns ? 24 : 64, top = 0;
	struct window w;

	if (rows > body->rows)
		rows = body->rows;
	if (cols > body->cols)
		cols = body->cols;
	w = window_part(body, 0, body->cols - cols, rows, cols);
	window_clear(&w);
	window_box(&w, columns ? "columns" : "group by");
	if ((int)m->cursor >= rows - 2)
		top = (int)m->cursor - (rows - 3);
	for (int i = 0; i < rows - 2 && top + i < (int)m->n; i++)
		put_item(sh, &w, 1 + i, (size_t)(top + i));
}
