/* SPDX-License-Identifier: MIT */
/* The shell as a whole: made, fed with keys and time, freed. */
#include "views/shell_private.h"

#include "base/alloc.h"
#include "base/civil.h"
#include "tui/loop.h"
#include "views/list.h"

#include <stdlib.h>

#define LOG_MESSAGES 500

/* Messages ----------------------------------------------------------------- */

static void log_message(struct shell *sh)
{
	if (sh->nlog >= LOG_MESSAGES) {
		free(sh->log[0]);
		memmove(sh->log, sh->log + 1,
		        --sh->nlog * sizeof *sh->log);
	}
	GROW(sh->log, sh->nlog, sh->clog);
	sh->log[sh->nlog++] = mem_text(strbuf_text(&sh->message));
}

void shell_say(struct shell *sh, const char *fmt, ...)
{
	va_list args;

	sh->message_is_error = false;
	strbuf_reset(&sh->message);
	va_start(args, fmt);
	strbuf_addv(&sh->message, fmt, args);
	va_end(args);
	log_message(sh);
}

void shell_error(struct shell *sh, const char *fmt, ...)
{
	va_list args;

	sh->message_is_error = true;
	strbuf_reset(&sh->message);
	va_start(args, fmt);
	strbuf_addv(&sh->message, fmt, args);
	va_end(args);
	log_message(sh);
}

/* Life --------------------------------------------------------------------- */

static size_t count_views(void)
{
	size_t n = 0;

	while (views[n])
		n++;
	return n;
}

static bool first_step(struct shell *sh, const struct shell_options *o,
                       struct err *err)
{
	struct filter_context c = shell_filter_context(sh);
	const struct view *v = view_find(o->pane ? o->pane : "Messages");
	struct filter *f = filter_parse(slice_str(o->filter ? o->filter : ""),
	                                &c, err);
	struct target none = { 0 };
	struct step *s;

	if (!f)
		return err_context(err, "filter");
	s = step_new(v ? v : views[0], f);
	if (s->view->open && !s->view->open(s, &none, err)) {
		step_free(s);
		return false;
	}
	shell_push(sh, s);
	return true;
}

struct shell *shell_new(const struct shell_options *o, struct err *err)
{
	struct shell *sh = mem_alloc(sizeof *sh);

	sh->worker = o->worker;
	sh->screen = o->screen;
	sh->case_name = mem_text(o->case_name ? o->case_name : "");
	sh->memory = mem_alloc(count_views() * sizeof *sh->memory);
	shell_keep_init(sh, o);
	sh->jobs_here = o->jobs_here;
	sh->own_zone = o->zone;
	sh->times.zone = o->zone;
	sh->page_times = TIMES_LOGGED;
	sh->rows = 24;
	sh->cols = 80;
	sh->edit.due = -1;
	sh->edit.prompt.chosen = sh->line.chosen = -1;
	if (o->index) {
		sh->index = *o->index;
		sh->indexing = true;
		sh->progress_due = loop_now();
		sh->epoch_due = loop_now() + SHELL_EPOCH_MS;
	}
	if (!first_step(sh, o, err)) {
		shell_free(sh);
		return NULL;
	}
	shell_info_start(sh);
	shell_refresh(sh);
	return sh;
}

static void free_steps(struct shell *sh)
{
	for (size_t i = 0; i < sh->nsteps; i++)
		step_free(sh->steps[i]);
	free(sh->steps);
}

void shell_free(struct shell *sh)
{
	if (!sh)
		return;
	worker_cancel_all(sh->worker);
	job_free(sh->job);
	if (sh->nsteps)
		shell_keep_marks(sh, true);
	shell_keep_release(sh);
	free_steps(sh);
	for (int i = 0; i < SLOT_NUMBER; i++)
		filter_unref(sh->pending[i].request.filter);
	for (size_t i = 0; i < sh->nlog; i++)
		free(sh->log[i]);
	free(sh->log);
	free(sh->memory);
	free(sh->case_name);
	reply_free(sh->sources);
	reply_free(sh->gaps);
	reply_free(sh->clocks);
	reply_free(sh->notes);
	reply_free(sh->settings);
	shell_filter_release(sh);
	shell_export_release(sh);
	reply_free(sh->fields);
	marks_release(&sh->marks);
	prompt_release(&sh->line);
	strbuf_release(&sh->message);
	strbuf_release(&sh->copied);
	strbuf_release(&sh->found);
	zone_free(sh->given_zone);
	free(sh);
}

/* What relative times and zoneless literals of a filter mean here. */
struct filter_context shell_filter_context(const struct shell *sh)
{
	struct filter_context c = { .last = TIME_NONE };
	const struct result *r = sh->sources ? sh->sources->result : NULL;

	if (sh->times.mode == TIMES_OWN)
		c.zone = sh->times.zone;
	r = sh->settings ? sh->settings->result : NULL;
	c.own_known = r != NULL;
	for (size_t i = 0; r && i < r->nrows; i++) {
		struct slice name = result_cell(r, i, "name")->text;

		if (!slice_eq(result_cell(r, i, "basis")->text, SLICE("given")))
			continue;
		c.own_domains += slice_eq(name, SLICE("own.domain"));
		c.own_networks += slice_eq(name, SLICE("own.network"));
	}
	r = sh->sources ? sh->sources->result : NULL;
	for (size_t i = 0; r && i < r->nrows; i++) {
		const struct cell *last = result_cell(r, i, "last_utc");

		if (last && last->text.ptr && last->number > c.last)
			c.last = last->number;
	}
	return c;
}

bool shell_done(const struct shell *sh)
{
	return sh->done;
}

int64_t shell_cursor(const struct shell *sh)
{
	return shell_top(sh)->place.id;
}

const struct step *shell_step(const struct shell *sh)
{
	return shell_top(sh);
}

/* Size --------------------------------------------------------------------- */

/* The cursor leaves a column that this width drops. */
static void fix_column(struct step *s)
{
	int widths[LIST_COLUMNS];
	int n = list_fit(s, s->place.cols, widths);

	for (int i = s->place.column; i >= 0; i--)
		if (i < n && widths[i]) {
			s->place.column = i;
			return;
		}
}

void shell_fit(struct shell *sh, struct step *s)
{
	struct layout l;

	shell_layout(sh, &l);
	s->place.height = l.body_rows > 0 ? l.body_rows : 1;
	s->place.cols = sh->cols;
	s->place.logged = sh->times.mode == TIMES_LOGGED;
	s->place.bars = !l.strip_rows ? 0 : sh->cols - (l.tall ? 42 : 31);
	if (s->view->list) {
		fix_column(s);
		list_scroll(s);
	}
}

void shell_resize(struct shell *sh, int rows, int cols)
{
	sh->rows = rows;
	sh->cols = cols;
	shell_refresh(sh);
}

/* Keys --------------------------------------------------------------------- */

static void confirm_key(struct shell *sh, int key)
{
	sh->mode = MODE_LIST;
	if (key != 'y') {
		shell_say(sh, "not done");
		return;
	}
	if (sh->confirm != ACT_QUIT) {
		shell_keep_confirmed(sh, sh->confirm);
		return;
	}
	sh->done = true;
	if (sh->indexing && sh->index.stop)
		sh->index.stop(sh->index.arg);
}

static void log_key(struct shell *sh, int key)
{
	if (key == KEY_CODE_ESC || key == 'q' || key == KEY_CODE_BACKSPACE)
		sh->mode = MODE_LIST;
}

static void list_key(struct shell *sh, const struct input *in)
{
	enum context c = shell_top(sh)->view->context;
	const struct key_row *r;
	struct strbuf why = { 0 };

	if (in->key == KEY_CODE_PASTE) {
		shell_paste(sh, strbuf_slice(&in->text));
		return;
	}
	r = key_lookup(c, in->key);
	if (r && !r->later) {
		shell_do(sh, r->act, SLICE(""), in->key);
		return;
	}
	key_explain(c, in->key, &why);
	shell_say(sh, "%s", strbuf_text(&why));
	strbuf_release(&why);
}

void shell_key(struct shell *sh, const struct input *in)
{
	if (in->key == KEY_CODE_RESIZE)
		return; /* draw tells the size */
	if (in->key == KEY_CODE_MOUSE) {
		shell_mouse(sh, in);
		shell_refresh(sh);
		return;
	}
	strbuf_reset(&sh->message);
	switch (sh->mode) {
	case MODE_LIST: list_key(sh, in); break;
	case MODE_FILTER: shell_filter_key(sh, in); break;
	case MODE_PROMPT: shell_line_key(sh, in); break;
	case MODE_DROP: shell_drop_key(sh, in->key); break;
	case MODE_CONFIRM: confirm_key(sh, in->key); break;
	case MODE_FIELDS: shell_fields_key(sh, in->key); break;
	case MODE_LOG: log_key(sh, in->key); break;
	case MODE_MENU: shell_menu_key(sh, in->key); break;
	case MODE_EXPORT: shell_export_key(sh, in); break;
	}
	shell_refresh(sh);
}

/* Time --------------------------------------------------------------------- */

static int64_t next_paint(const struct shell *sh)
{
	int64_t busy = shell_busy_ms(sh), now = loop_now(), since = now - busy;

	if (busy < 0)
		return -1;
	if (sh->painted < since + SHELL_STALE_MS)
		return since + SHELL_STALE_MS;
	return since + ((sh->painted - since) / SHELL_BUSY_MS + 1) *
	               SHELL_BUSY_MS;
}

static int64_t sooner(int64_t a, int64_t b)
{
	if (a < 0 || b < 0)
		return a > b ? a : b;
	return a < b ? a : b;
}

int shell_wait(struct shell *sh)
{
	int64_t due = next_paint(sh), now = loop_now();

	if (sh->mode == MODE_FILTER)
		due = sooner(due, sh->edit.due);
	if (sh->indexing)
		due = sooner(due, sh->progress_due);
	if (sh->job)
		due = sooner(due, sh->job_due);
	if (due < 0)
		return -1;
	return due > now ? (int)(due - now) : 0;
}

static void index_ended(struct shell *sh)
{
	struct strbuf text = { 0 };

	sh->indexing = false;
	sh->index.summary(sh->index.arg, &text);
	shell_reload(sh, sh->index.path(sh->index.arg));
	if (sh->keep.path) {
		free(sh->keep.path);
		sh->keep.path = mem_text(sh->index.path(sh->index.arg));
	}
	if (text.len)
		shell_say(sh, "%s", strbuf_text(&text));
	strbuf_release(&text);
}

static void look_at_index(struct shell *sh)
{
	int64_t now = loop_now();

	if (!sh->index.progress(sh->index.arg, &sh->progress)) {
		index_ended(sh);
		return;
	}
	sh->progress_due = now + SHELL_INDEX_MS;
	if (now >= sh->epoch_due) {
		sh->epoch_due = now + SHELL_EPOCH_MS;
		shell_reload(sh, NULL);
	}
}

void shell_tick(struct shell *sh)
{
	int64_t now = loop_now();

	sh->painted = now;
	if (sh->mode == MODE_FILTER && sh->edit.due >= 0 && now >= sh->edit.due)
		shell_filter_tick(sh);
	if (sh->indexing && now >= sh->progress_due)
		look_at_index(sh);
	if (sh->job && now >= sh->job_due)
		shell_job_look(sh);
	shell_refresh(sh);
}
