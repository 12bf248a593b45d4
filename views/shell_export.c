/* SPDX-License-Identifier: MIT */
/* The export dialog (e): which rows, as what, into which file. Writing runs
 * beside the screen, by the code of the verb. */
#include "views/shell_private.h"

#include "base/alloc.h"
#include "base/civil.h"

#include <stdlib.h>
#include <unistd.h>

#define MARKS_NAMED 1000 /* a filter takes no more values; is:marked takes all */

/* What names one row of a unit in a filter; NULL: nothing does. */
static const char *const id_fields[UNIT_COUNT] = {
	[UNIT_MESSAGES] = "journey",     [UNIT_RECIPIENTS] = "recipient_id",
	[UNIT_TRANSACTIONS] = "transaction", [UNIT_DELIVERIES] = "delivery",
	[UNIT_ATTEMPTS] = "attempt",     [UNIT_SESSIONS] = "session",
	[UNIT_EVENTS] = "event",
};

enum unit shell_export_unit(const struct export_dialog *d)
{
	return d->as[d->chosen];
}

bool shell_export_is_traces(const struct export_dialog *d)
{
	return d->has_traces && d->chosen == 0;
}

const char *shell_export_format(const struct export_dialog *d)
{
	return shell_export_is_traces(d) ? d->form->name : d->format->name;
}

static const char *const *columns_of(const struct export_dialog *d)
{
	static const char *const none[] = { NULL };

	if (shell_export_is_traces(d))
		return none;
	return d->only_shown ? d->shown : engine_columns(shell_export_unit(d));
}

size_t shell_export_columns(const struct export_dialog *d)
{
	const char *const *list = columns_of(d);
	size_t n = 0;

	while (list[n])
		n++;
	return n;
}

/* What can be chosen ---------------------------------------------------------- */

static void find_units(struct export_dialog *d)
{
	static const enum unit always[] = { UNIT_MESSAGES, UNIT_RECIPIENTS,
		                            UNIT_EVENTS };

	d->as[d->nas++] = d->own;
	for (size_t i = 0; i < 3; i++)
		if (always[i] != d->own)
			d->as[d->nas++] = always[i];
	/* the usual three in their usual order */
	if (d->nas == 3)
		for (size_t i = 0; i < 3; i++) {
			d->as[i] = always[i];
			if (always[i] == d->own)
				d->chosen = i;
		}
}

static void find_marked(struct export_dialog *d, const struct marks *m)
{
	const char *field = id_fields[d->own];

	for (size_t i = 0; field && i < m->n; i++) {
		if (m->list[i].unit != d->own)
			continue;
		strbuf_addf(&d->marked, "%s%lld",
		            d->nmarked ? "," : "",
		            (long long)m->list[i].id);
		d->nmarked++;
	}
	d->has[EXPORT_MARKED] = d->nmarked > 0;
}

/* Of a page: its message; of groups: what the row counts. */
static void find_here(const struct shell *sh, struct export_dialog *d)
{
	const struct step *s = shell_top(sh);
	const char *field = id_fields[d->own];
	struct row_ref ref = { 0 };

	if (s->ngroups && s->view->list) {
		strbuf_add_slice(&d->here, s->filter->text);
		d->has[EXPORT_THIS] = list_row_filter(s, &d->here);
		return;
	}
	if (!s->view->ref || !s->view->ref(s, &ref))
		return;
	if (!s->view->list && ref.journey)
		strbuf_addf(&d->here, "journey:%lld", (long long)ref.journey);
	else if (s->view->list && field && ref.id)
		strbuf_addf(&d->here, "%s:%lld", field, (long long)ref.id);
	d->has[EXPORT_THIS] = d->here.len > 0;
}

static bool unit_has_column(enum unit u, const char *name)
{
	const char *const *list = engine_columns(u);

	while (*list && strcmp(*list, name) != 0)
		list++;
	return *list;
}

/* Those on the screen that the unit's view has: a page knows some more. */
static void find_columns(const struct shell *sh, struct export_dialog *d)
{
	const struct step *s = shell_top(sh);
	int widths[LIST_COLUMNS], n;

	if (!s->view->list || s->ngroups)
		return;
	n = list_fit(s, sh->cols, widths);
	for (int i = 0; i < n; i++) {
		const char *name = list_column_name(
			s, list_column_at(s, (size_t)i));
		size_t k = 0;

		if (!widths[i] || !name || !unit_has_column(d->own, name))
			continue;
		while (k < d->nshown && strcmp(d->shown[k], name) != 0)
			k++;
		if (k == d->nshown)
			d->shown[d->nshown++] = name;
	}
}

/* The file ---------------------------------------------------------------------- */

/* Where cases are kept exports are too; nothing belongs into the cache. */
static void add_folder(const struct shell *sh, struct strbuf *out)
{
	const char *path = sh->keep.path, *slash = path ? strrchr(path, '/') : NULL;

	if (slash && !sh->keep.is_cache)
		strbuf_add_slice(out, slice_of(path, (size_t)(slice_str(path).len -
			strlen(slash))));
	else if (sh->keep.folder)
		strbuf_add_str(out, sh->keep.folder);
	else
		strbuf_add_str(out, ".");
}

void shell_export_path(const struct shell *sh, struct strbuf *out)
{
	struct slice name = slice_trim(strbuf_slice(&sh->export.file.text));

	if (sh->keep.folder && slice_starts(name, SLICE("~/"))) {
		strbuf_add_str(out, sh->keep.folder);
		name = slice_from(name, 1);
	} else if (!slice_starts(name, SLICE("/"))) {
		add_folder(sh, out);
		strbuf_add_char(out, '/');
	}
	strbuf_add_slice(out, name);
}

bool shell_export_is_free(const struct shell *sh)
{
	struct strbuf path = { 0 };
	bool free_name;

	shell_export_path(sh, &path);
	free_name = access(strbuf_text(&path), F_OK) != 0;
	strbuf_add_str(&path, ".manifest.json");
	free_name = free_name && access(strbuf_text(&path), F_OK) != 0;
	strbuf_release(&path);
	return free_name;
}

/* "acme-messages-20260316-1.csv", with a number that is free. */
static void make_name(struct shell *sh)
{
	struct export_dialog *d = &sh->export;
	bool traces = shell_export_is_traces(d);
	size_t len = strcspn(sh->case_name, " ");
	struct strbuf name = { 0 };
	struct civil now;

	civil_of(shell_now(sh), &now);
	if (len > 5 && strncmp(sh->case_name + len - 5, ".case", 5) == 0)
		len -= 5;
	for (int n = 1; n < 10000; n++) {
		strbuf_reset(&name);
		strbuf_addf(&name, "%.*s-%s-%04d%02d%02d-%d.%s", (int)len,
		            sh->case_name,
		            traces ? "traces" : units[shell_export_unit(d)].name,
		            now.year, now.month, now.day, n,
		            traces ? d->form->ending : d->format->name);
		prompt_open(&d->file, strbuf_slice(&name));
		if (shell_export_is_free(sh))
			break;
	}
	strbuf_release(&name);
}

/* The rows ------------------------------------------------------------------------ */

static void add_filter(const struct shell *sh, struct strbuf *out)
{
	const struct export_dialog *d = &sh->export;

	switch (d->rows) {
	case EXPORT_MARKED:
		if (d->nmarked > MARKS_NAMED)
			strbuf_add_str(out, "is:marked");
		else
			strbuf_addf(out, "%s:%s", id_fields[d->own],
			            strbuf_text(&d->marked));
		break;
	case EXPORT_THIS:
		strbuf_add_slice(out, strbuf_slice(&d->here));
		break;
	case EXPORT_FILTERED:
	case EXPORT_ROWS_COUNT:
		strbuf_add_slice(out, shell_top(sh)->filter->text);
		break;
	}
}

static struct filter *make_filter(struct shell *sh, struct err *err)
{
	struct filter_context c = shell_filter_context(sh);
	struct strbuf text = { 0 };
	struct filter *f;

	add_filter(sh, &text);
	f = filter_parse(strbuf_slice(&text), &c, err);
	strbuf_release(&text);
	return f;
}

/* In the order of the pane, if these are its rows. */
static struct query make_query(const struct shell *sh)
{
	const struct export_dialog *d = &sh->export;
	const struct step *s = shell_top(sh);
	const struct list *l = s->view->list;
	enum unit u = shell_export_unit(d);
	struct query q = { .unit = u, .counted = u, .from = TIME_NONE,
		           .to = TIME_NONE };
	const char *sort = s->sort ? s->sort : l ? l->sort : NULL;

	q.hidden = d->rows != EXPORT_FILTERED;
	if (d->rows == EXPORT_FILTERED) {
		q.from = s->from;
		q.to = s->to;
	}
	if (l && !s->ngroups && u == s->unit && sort &&
	    unit_has_column(u, sort)) {
		q.sort = sort;
		q.descending = s->descending;
	}
	return q;
}

static void ask_count(struct shell *sh)
{
	struct export_dialog *d = &sh->export;
	struct want w = { .on = true, .request.kind = REQUEST_COUNT };
	struct filter *f;

	shell_cancel(sh, SLOT_PROMPT);
	d->counted = d->failed = false;
	f = make_filter(sh, &d->err);
	if (!f) {
		d->failed = true;
		return;
	}
	w.request.query = make_query(sh);
	sh->prompt_use = USE_EXPORT;
	shell_ask(sh, SLOT_PROMPT, &w, f);
	filter_unref(f);
}

void shell_export_reply(struct shell *sh, struct reply *r)
{
	struct export_dialog *d = &sh->export;

	d->counted = r->ok;
	d->failed = !r->ok && !r->cancelled;
	d->gives = r->count.n + r->count.refused;
	d->err = r->err;
	reply_free(r);
}

static void look_at_file(struct shell *sh)
{
	struct strbuf path = { 0 };

	shell_export_path(sh, &path);
	sh->export.beside_evidence =
		shell_lies_in_evidence(sh, strbuf_text(&path));
	strbuf_release(&path);
}

static void changed(struct shell *sh)
{
	struct export_dialog *d = &sh->export;

	if (shell_export_unit(d) != d->own || shell_export_is_traces(d))
		d->only_shown = false;
	if (!d->typed)
		make_name(sh);
	look_at_file(sh);
	ask_count(sh);
}

void shell_export_release(struct shell *sh)
{
	prompt_release(&sh->export.file);
	strbuf_release(&sh->export.marked);
	strbuf_release(&sh->export.here);
}

static void prepare(struct shell *sh)
{
	const struct step *s = shell_top(sh);
	struct export_dialog *d = &sh->export;

	shell_export_release(sh);
	*d = (struct export_dialog){ .own = UNIT_MESSAGES,
		                     .rows = EXPORT_FILTERED };
	d->file.chosen = -1;
	if (s->view->list)
		d->own = list_counted(s);
	d->format = writer_format_find("csv");
	d->form = trace_forms[0];
	d->has_traces = s->view->context == CONTEXT_TRACE;
	d->has[EXPORT_FILTERED] = true;
	find_units(d);
	find_marked(d, &sh->marks);
	find_here(sh, d);
	find_columns(sh, d);
	if (d->has[EXPORT_MARKED])
		d->rows = EXPORT_MARKED;
	else if ((s->view->flags & VIEW_PAGE) && d->has[EXPORT_THIS])
		d->rows = EXPORT_THIS;
}

/* Writing ---------------------------------------------------------------------------- */

struct writing {
	char *path, *case_path;
	struct filter *filter;
	struct query query;
	struct export export;
	const char *columns[LIST_COLUMNS + 1]; /* if not all */
};

static void release_writing(void *arg)
{
	struct writing *w = arg;

	filter_unref(w->filter);
	free(w->path);
	free(w->case_path);
	free(w);
}

static bool write_it(void *arg, struct cancel *cancel, struct strbuf *said,
                     struct err *err)
{
	struct writing *w = arg;
	struct engine *e = engine_open(w->case_path, err);
	const char *slash = strrchr(w->path, '/');
	uint64_t rows;
	bool ok = e && export_write(e, &w->export, &rows, cancel, err);

	engine_close(e);
	if (!ok && cancel_asked(cancel))
		return err_set(err, "export stopped; %s was taken away",
		               slash ? slash + 1 : w->path);
	if (!ok)
		return false;
	strbuf_add_str(said, "exported ");
	text_add_number(said, (int64_t)rows);
	strbuf_addf(said, " %s%s to %s; the manifest lies beside it",
	            w->export.trace ? "trace" : "row", rows == 1 ? "" : "s",
	            slash ? slash + 1 : w->path);
	return true;
}

static struct writing *make_writing(struct shell *sh, struct err *err)
{
	const struct export_dialog *d = &sh->export;
	struct filter *f = make_filter(sh, err);
	struct strbuf path = { 0 };
	struct writing *w;

	if (!f)
		return NULL;
	w = mem_alloc(sizeof *w);
	shell_export_path(sh, &path);
	w->path = strbuf_take(&path);
	w->case_path = mem_text(sh->keep.path);
	w->filter = f;
	w->query = make_query(sh);
	w->query.where = f->where;
	memcpy(w->columns, d->shown, sizeof w->columns);
	w->export = (struct export){ .path = w->path,
		.case_path = w->case_path, .format = d->format,
		.query = &w->query, .filter = f->text,
		.trace = shell_export_is_traces(d) ? d->form : NULL,
		.ncolumns = shell_export_columns(d), .raw = d->raw,
		.now = shell_now(sh) };
	w->export.columns = d->only_shown ? w->columns : columns_of(d);
	return w;
}

/* One sentence why it cannot be done; NULL: it can. */
static const char *obstacle(const struct shell *sh)
{
	const struct export_dialog *d = &sh->export;

	if (d->failed)
		return d->err.text;
	if (sh->indexing)
		return "logs are still being read; export when they are";
	if (!sh->keep.path)
		return "this case has no file to export from";
	if (!slice_trim(strbuf_slice(&d->file.text)).len)
		return "the file has no name yet";
	if (d->beside_evidence)
		return "that would lie beside the evidence: name another folder";
	if (!shell_export_is_free(sh))
		return "that file is there already and is not overwritten: name "
		       "another";
	return NULL;
}

static void start(struct shell *sh)
{
	const char *why = obstacle(sh);
	struct err err = { 0 };
	struct writing *w = why ? NULL : make_writing(sh, &err);

	if (!w) {
		shell_error(sh, "%s", why ? why : err.text);
		return;
	}
	if (shell_job_start(sh, &(struct job_work){ w, write_it,
	                                            release_writing })) {
		sh->mode = MODE_LIST;
		shell_say(sh, "exporting to %s; ^C stops",
		          strbuf_text(&sh->export.file.text));
	}
}

/* A name that was given tells its format. */
static void format_by_name(struct export_dialog *d, struct slice file)
{
	if (slice_ends(file, SLICE(".json")) ||
	    slice_ends(file, SLICE(".jsonl")))
		d->format = writer_format_find("json");
	for (size_t i = 0; trace_forms[i]; i++) {
		struct slice ending = slice_str(trace_forms[i]->ending);

		if (slice_ends(file, ending) && file.len > ending.len &&
		    file.ptr[file.len - ending.len - 1] == '.')
			d->form = trace_forms[i];
	}
}

void shell_export_open(struct shell *sh, struct slice file)
{
	file = slice_trim(file);
	prepare(sh);
	format_by_name(&sh->export, file);
	if (!file.len) {
		sh->mode = MODE_EXPORT;
		changed(sh);
		return;
	}
	sh->export.typed = true;
	prompt_open(&sh->export.file, file);
	look_at_file(sh);
	start(sh);
}

/* Keys ----------------------------------------------------------------------------------- */

static void next_rows(struct export_dialog *d, int by)
{
	int at = (int)d->rows;

	do
		at += by;
	while (at >= 0 && at < EXPORT_ROWS_COUNT && !d->has[at]);
	if (at >= 0 && at < EXPORT_ROWS_COUNT)
		d->rows = (enum export_rows)at;
}

static void next_form(struct export_dialog *d, int by)
{
	size_t at = 0;

	while (trace_forms[at] != d->form)
		at++;
	if (by < 0 ? at > 0 : trace_forms[at + 1] != NULL)
		d->form = trace_forms[by < 0 ? at - 1 : at + 1];
}

/* The table for terminals is no file format. */
static void next_format(struct export_dialog *d, int by)
{
	int at = 0, n = 0;

	while (writer_formats[n])
		n++;
	while (writer_formats[at] != d->format)
		at++;
	do
		at += by;
	while (at >= 0 && at < n &&
	       strcmp(writer_formats[at]->name, "table") == 0);
	if (at >= 0 && at < n)
		d->format = writer_formats[at];
}

static void choose(struct shell *sh, int by)
{
	struct export_dialog *d = &sh->export;

	switch (d->line) {
	case EXPORT_ROWS: next_rows(d, by); break;
	case EXPORT_AS:
		if (d->chosen + (size_t)by < d->nas)
			d->chosen += (size_t)by;
		break;
	case EXPORT_FORMAT:
		if (shell_export_is_traces(d))
			next_form(d, by);
		else
			next_format(d, by);
		break;
	case EXPORT_COLUMNS:
		d->only_shown = by > 0 && d->nshown &&
		                shell_export_unit(d) == d->own &&
		                !shell_export_is_traces(d);
		break;
	case EXPORT_FILE:
	case EXPORT_LINES: break;
	}
	changed(sh);
}

static void move(struct export_dialog *d, int by)
{
	d->line = (enum export_line)(((int)d->line + by + EXPORT_LINES) %
	                             EXPORT_LINES);
}

static void tick(struct shell *sh)
{
	struct export_dialog *d = &sh->export;

	if (d->line == EXPORT_FORMAT)
		d->raw = !d->raw;
	else
		choose(sh, 1);
}

static void leave(struct shell *sh)
{
	shell_cancel(sh, SLOT_PROMPT);
	sh->mode = MODE_LIST;
}

/* Keys that mean the same in the file's line. */
static bool common_key(struct shell *sh, int key)
{
	switch (key) {
	case KEY_CODE_DOWN: case KEY_CODE_TAB: move(&sh->export, 1); break;
	case KEY_CODE_UP: case KEY_CODE_BACKTAB: move(&sh->export, -1); break;
	case KEY_CODE_ENTER: start(sh); break;
	case KEY_CODE_ESC: case CTRL('c'): leave(sh); break;
	default: return false;
	}
	return true;
}

static void file_key(struct shell *sh, const struct input *in)
{
	prompt_key(&sh->export.file, in);
	sh->export.typed = true;
	look_at_file(sh);
}

void shell_export_key(struct shell *sh, const struct input *in)
{
	if (common_key(sh, in->key))
		return;
	if (sh->export.line == EXPORT_FILE) {
		file_key(sh, in);
		return;
	}
	switch (in->key) {
	case 'j': case CTRL('n'): move(&sh->export, 1); break;
	case 'k': case CTRL('p'): move(&sh->export, -1); break;
	case 'h': case KEY_CODE_LEFT: choose(sh, -1); break;
	case 'l': case KEY_CODE_RIGHT: choose(sh, 1); break;
	case ' ': tick(sh); break;
	case 'q': case KEY_CODE_BACKSPACE: leave(sh); break;
	default:
		shell_say(sh, "j k line, h l choice, Space tick, Enter export, "
		              "Esc leave");
		break;
	}
}
