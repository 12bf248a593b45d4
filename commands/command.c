/* SPDX-License-Identifier: MIT */
/* The verbs, and what they share: the case opened, the filter read. */
#include "commands/common.h"

#include "base/alloc.h"
#include "base/civil.h"

#include <unistd.h>

extern const struct command command_index, command_trace, command_list,
	command_top, command_export, command_check, command_explain, command_decode,
	command_set;

const struct command *const commands[] = {
	&command_index,
	&command_trace,
	&command_list,
	&command_top,
	&command_export,
	&command_check,
	&command_explain,
	&command_decode,
	&command_set,
	NULL,
};

const struct command *command_find(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static bool count_own(void *arg, const struct cell *cells, size_t n, int64_t id)
{
	struct work *w = arg;

	(void)n;
	(void)id;
	if (!slice_eq(cells[1].text, SLICE("given")))
		return true;
	w->own_domains += slice_eq(cells[0].text, SLICE("own.domain"));
	w->own_networks += slice_eq(cells[0].text, SLICE("own.network"));
	return true;
}

static bool read_last(void *arg, const struct cell *cells, size_t n, int64_t id)
{
	struct work *w = arg;

	(void)n;
	(void)id;
	if (cells[0].text.ptr && cells[0].number > w->last)
		w->last = cells[0].number;
	return true;
}

static bool read_context(struct work *w, struct err *err)
{
	static const char *const setting[] = { "name", "basis", NULL };
	static const char *const last[] = { "last_utc", NULL };
	struct query q = { .unit = UNIT_SETTINGS, .from = TIME_NONE,
		.to = TIME_NONE };

	if (!engine_each(w->engine, &q, setting, 0, count_own, w, NULL, err))
		return false;
	q.unit = UNIT_SOURCES;
	w->last = TIME_NONE;
	return engine_each(w->engine, &q, last, 0, read_last, w, NULL, err);
}

/* -f, and with --selected also that the rows are marked. */
static struct filter *read_filter(const struct options *o,
                                  const struct filter_context *c,
                                  struct err *err)
{
	struct slice text = slice_str(o->filter ? o->filter : "");
	struct filter *f = filter_parse(text, c, err); /* its own errors first */
	struct strbuf both = { 0 };

	if (!f || !o->selected)
		return f;
	if (f->nterms)
		strbuf_addf(&both, "(%.*s) ", SLICE_FMT(text));
	strbuf_add_str(&both, "is:marked");
	filter_unref(f);
	f = filter_parse(strbuf_slice(&both), c, err);
	strbuf_release(&both);
	return f;
}

enum exit_status work_open(struct work *w, const struct options *o,
                           enum unit unit, struct err *err)
{
	struct filter_context context = { 0 };

	*w = (struct work){ 0 };
	if (!o->case_path) {
		err_set(err, "no case is named: give one with -c CASE");
		return EXIT_USAGE;
	}
	w->engine = engine_open(o->case_path, err);
	if (!w->engine || !read_context(w, err))
		return EXIT_CASE;
	context.last = w->last;
	context.own_known = true;
	context.own_domains = w->own_domains;
	context.own_networks = w->own_networks;
	w->filter = read_filter(o, &context, err);
	if (!w->filter)
		return EXIT_USAGE;
	w->query = (struct query){ .unit = unit, .where = w->filter->where,
		.counted = unit, .from = TIME_NONE, .to = TIME_NONE };
	if (o->sort) {
		w->query.descending = *o->sort == '-';
		w->query.sort = o->sort + w->query.descending;
	}
	return EXIT_DONE;
}

void work_close(struct work *w)
{
	engine_close(w->engine);
	filter_unref(w->filter);
	arena_release(&w->memory);
}

const struct writer_format *options_format(const struct options *o, FILE *out)
{
	static const char *const name[] = { [FORMAT_TABLE] = "table",
		[FORMAT_CSV] = "csv", [FORMAT_JSON] = "json",
		[FORMAT_TEXT] = "table", [FORMAT_DOT] = "table" };

	if (o->format_given)
		return writer_format_find(name[o->format]);
	return writer_format_find(isatty(fileno(out)) ? "table" : "csv");
}

bool column_exists(enum unit unit, const char *name)
{
	for (const char *const *c = engine_columns(unit); *c; c++)
		if (strcmp(*c, name) == 0)
			return true;
	return false;
}

const char *const *options_columns(const struct options *o, enum unit unit,
                                   struct work *w, size_t *n, struct err *err)
{
	const char *const *all = engine_columns(unit);
	struct slice rest = slice_str(o->columns);
	const char **list = NULL;
	size_t cap = 0;

	*n = 0;
	if (!o->columns) {
		while (all[*n])
			(*n)++;
		return all;
	}
	while (rest.len) {
		const char *name = arena_text(&w->memory,
		                              slice_trim(slice_cut(&rest, ',')));

		if (!column_exists(unit, name)) {
			err_set(err, "%s has no column %s: see the view %s in "
			        "mailspoor-case(5)", units[unit].name, name,
			        units[unit].view);
			free(list);
			return NULL;
		}
		GROW(list, *n, cap);
		list[(*n)++] = name;
	}
	const char **kept = arena_alloc(&w->memory, (*n + 1) * sizeof *kept);
	memcpy(kept, list, *n * sizeof *kept);
	free(list);
	return kept;
}
