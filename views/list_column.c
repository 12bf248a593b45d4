/* SPDX-License-Identifier: MIT */
/* The columns of a list as the step shows them, and what its unit changes. */
#include "views/list_private.h"

static size_t own_columns(const struct list *l)
{
	size_t n = 0;

	while (l->columns[n].shape.title)
		n++;
	return n;
}

size_t list_columns(const struct step *s)
{
	return s->order.n ? s->order.n : own_columns(s->view->list);
}

const struct list_column *list_column_at(const struct step *s, size_t i)
{
	return &s->view->list->columns[s->order.n ? s->order.list[i] : i];
}

const struct list_column *list_column_now(const struct step *s)
{
	return list_column_at(s, (size_t)s->place.column);
}

void list_put_column(struct step *s, int own)
{
	int i = 0;

	while (i < (int)s->order.n && s->order.list[i] != own)
		i++;
	s->place.column = !s->order.n ? own : i < (int)s->order.n ? i : 0;
}

static const struct field *group_of(const struct step *s,
                                    const struct list_column *c)
{
	return c->group && (size_t)c->group <= s->ngroups
	               ? s->groups[c->group - 1] : NULL;
}

const char *list_column_name(const struct step *s, const struct list_column *c)
{
	return group_of(s, c) ? group_of(s, c)->name : c->column;
}

const char *list_column_field(const struct step *s, const struct list_column *c)
{
	return group_of(s, c) ? group_of(s, c)->name : c->field;
}

const char *list_column_title(const struct step *s, const struct list_column *c)
{
	if (c->is_count && list_counted(s) == UNIT_RECIPIENTS)
		return "rcpts";
	if (c->is_count)
		return units[list_counted(s)].name;
	return group_of(s, c) ? group_of(s, c)->name : c->shape.title;
}

/* Its unit other than the view's own; NULL: that is the step's. */
const struct list_unit *list_other_unit(const struct step *s, enum unit unit)
{
	const struct list_unit *u = s->view->list->units;

	for (; u && u->unit != UNIT_COUNT; u++)
		if (u->unit == unit)
			return u;
	return NULL;
}

enum unit list_counted(const struct step *s)
{
	return s->view->list && s->ngroups && s->unit == s->view->unit
	               ? s->view->list->counted
	               : s->unit;
}

const char *const *list_needs(const struct step *s)
{
	const struct list_unit *u = list_other_unit(s, s->unit);

	return u ? u->needs : s->view->list->needs;
}

const char *list_opens(const struct step *s)
{
	const struct list_unit *u = list_other_unit(s, s->unit);

	return u ? u->opens : s->view->list->opens;
}

const char *list_open_label(const struct step *s)
{
	const struct list_unit *u = list_other_unit(s, s->unit);

	return u ? u->label : NULL;
}

static bool is_in(const char *const *list, const char *column)
{
	while (list && *list && strcmp(*list, column) != 0)
		list++;
	return list && *list;
}

bool list_has_column(const struct step *s, const char *column)
{
	return s->ngroups || s->unit == s->view->unit ||
	       is_in(engine_columns(s->unit), column) ||
	       is_in(list_needs(s), column);
}

/* The pages of a unit know more than what its rows can be ordered by. */
bool list_has_order(const struct step *s, const struct list_column *c)
{
	const char *name = list_column_name(s, c);

	return name && (s->ngroups || (s->unit == s->view->unit
	                                       ? name != NULL
	                                       : is_in(engine_columns(s->unit),
	                                               name)));
}
