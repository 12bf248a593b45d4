/* SPDX-License-Identifier: MIT */
/* The panes and pages that there are. */
#include "views/view.h"

/* A row each: panes in the order of their digits, then pages. */
#define VIEWS(X)                                                             \
	X(overview)                                                          \
	X(timeline)                                                          \
	X(messages)                                                          \
	X(senders)                                                           \
	X(recipients)                                                        \
	X(hosts)                                                             \
	X(replies)                                                           \
	X(events)                                                            \
	X(sources)                                                           \
	X(groups)                                                            \
	X(settings)                                                          \
	X(wanted)                                                            \
	X(missing)                                                           \
	X(dossier)                                                           \
	X(trace)                                                             \
	X(raw)                                                               \
	X(help)

#define DECLARE(name) extern const struct view view_##name;
#define ADDRESS(name) &view_##name,

VIEWS(DECLARE)

const struct view *const views[] = { VIEWS(ADDRESS) NULL };

const struct view *view_find(const char *name)
{
	for (size_t i = 0; views[i]; i++)
		if (slice_eq_nocase(slice_str(views[i]->name), slice_str(name)))
			return views[i];
	return NULL;
}

const struct view *view_of_digit(char digit)
{
	for (size_t i = 0; digit && views[i]; i++)
		if (views[i]->digit == digit)
			return views[i];
	return NULL;
}
