/* SPDX-License-Identifier: MIT */
/* The panes and pages that there are. */
#include "views/view.h"

extern const struct view view_messages, view_events, view_sources;

/* Panes in the order of their digits, then pages. */
const struct view *const views[] = {
	&view_messages,
	&view_events,
	&view_sources,
	NULL,
};

const struct view *view_find(const char *name)
{
	for (size_t i = 0; views[i]; i++)
		if (slice_eq_nocase(slice_str(views[i]->name), slice_str(name)))
			return views[i];
	return NULL;
}

const struct view *view_of_digit(char digit)
{
	for (size_t i = 0; views[i]; i++)
		if (views[i]->digit == digit)
			return views[i];
	return NULL;
}
