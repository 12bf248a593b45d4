/* SPDX-License-Identifier: MIT */
/* What keys and `:` commands do that all views share. */
#include "views/shell_private.h"

#include "views/list.h"
#include "views/shell_info.h"

/* Whether a key would do something here now: only such are in the legend. */
bool shell_can(const struct shell *sh, const struct key_row *r)
{
	const struct step *s = shell_top(sh);

	if (r->later)
		return false;
	if (r->act == ACT_TRACE && !view_find(VIEW_NAME_TRACE))
		return false;
	if (r->act == ACT_RAW && !view_find(VIEW_NAME_RAW))
		return false;
	if (r->act == ACT_HELP && !view_find(VIEW_NAME_HELP))
		return false;
	return !s->view->can || s->view->can(s, r->act);
}

/* Going elsewhere ---------------------------------------------------------- */

static bool current_ref(const struct shell *sh, struct row_ref *ref)
{
	const struct step *s = shell_top(sh);

	*ref = (struct row_ref){ 0 };
	return s->view->ref && s->view->ref(s, ref);
}

static void open_trace(struct shell *sh)
{
	struct target t = { 0 };

	if (!current_ref(sh, &t.row) || !t.row.journey) {
		const struct step *s = shell_top(sh);

		shell_say(sh, s->view->list && !step_result(s, SLOT_PAGE)
		                      ? "the rows are not here yet"
		                      : "this row belongs to no message; "
		                        "T traces an id typed");
		return;
	}
	shell_open(sh, view_find(VIEW_NAME_TRACE), &t);
}

static void open_raw(struct shell *sh)
{
	struct target t = { 0 };

	if (!current_ref(sh, &t.row) || !t.row.source) {
		shell_say(sh, "this row stands for no single line");
		return;
	}
	shell_open(sh, view_find(VIEW_NAME_RAW), &t);
}

static void open_help(struct shell *sh)
{
	struct target t = { .from = shell_top(sh)->view->context };

	shell_open(sh, view_find(VIEW_NAME_HELP), &t);
}

static void trace_id(struct shell *sh, struct slice id)
{
	struct target t = { .text = slice_trim(id) };

	if (!t.text.len)
		shell_line_open(sh, "trace id", ACT_TRACE_ID, SLICE(""));
	else
		shell_open(sh, view_find(VIEW_NAME_TRACE), &t);
}

/* Blanks, quotes, <>, [] and line ends around what was pasted. */
static struct slice strip(struct slice s)
{
	const char *around = " \t\r\n<>[]\"'";

	while (s.len && strchr(around, s.ptr[0]))
		s = slice_from(s, 1);
	while (s.len && strchr(around, s.ptr[s.len - 1]))
		s.len--;
	return s;
}

static bool looks_like_ip(struct slice s)
{
	size_t digits = 0, dots = 0, colons = 0, other = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		dots += c == '.';
		colons += c == ':';
		digits += c >= '0' && c <= '9';
		other += !strchr("0123456789abcdefABCDEF.:/", c);
	}
	if (other || !digits)
		return false;
	return colons >= 2 || (dots == 3 && digits >= 4);
}

static bool looks_like_domain(struct slice s)
{
	size_t dot = slice_rchr(s, '.');

	if (dot == SLICE_NONE || dot == 0 || s.len - dot < 3)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-.",
		            s.ptr[i] | (s.ptr[i] >= 'A' && s.ptr[i] <= 'Z'
		                                ? 32 : 0)))
			return false;
	return s.ptr[s.len - 1] < '0' || s.ptr[s.len - 1] > '9';
}

/* Of a page's value, which may be a whole line: an address or a machine. */
static bool looks_like_subject(struct slice s)
{
	return s.len && s.len < 255 && slice_chr(s, ' ') == SLICE_NONE &&
	       (slice_chr(s, '@') != SLICE_NONE || looks_like_ip(s) ||
	        looks_like_domain(s));
}

/* Of what is typed, else of the value in the cell; a count stands for its row. */
static void open_dossier(struct shell *sh, struct slice arg)
{
	const struct step *s = shell_top(sh);
	struct strbuf value = { 0 };
	struct target t = { .text = slice_trim(arg) };
	struct row_ref ref;
	struct look look;

	shell_look(sh, &look);
	if (!t.text.len && !s->view->list && current_ref(sh, &ref) &&
	    (ref.field || looks_like_subject(ref.value))) {
		strbuf_add_slice(&value, ref.value);
		t.groups[0] = ref.field;
	} else if (!t.text.len && s->view->list)
		t.groups[0] = list_subject(s, &look, &value);
	if (value.len)
		t.text = strbuf_slice(&value);
	if (t.text.len)
		shell_open(sh, view_find(VIEW_NAME_DOSSIER), &t);
	else
		shell_line_open(sh, "dossier of", ACT_DOSSIER, SLICE(""));
	strbuf_release(&value);
}

/* Ids are taken for what they are by their digits: a queue id has three and no
 * dot, a message-id many of them before its @. */
static bool looks_like_id(struct slice s)
{
	size_t at = slice_chr(s, '@'), digits = 0;

	if (slice_chr(s, ' ') != SLICE_NONE || s.len < 6)
		return false;
	for (size_t i = 0; i < s.len && i < at; i++)
		digits += s.ptr[i] >= '0' && s.ptr[i] <= '9';
	if (at != SLICE_NONE)
		return digits >= 6 || (at >= 20 && digits >= 4);
	return digits >= 3 && slice_chr(s, '.') == SLICE_NONE;
}

static void filter_by(struct shell *sh, const char *field, struct slice text)
{
	const struct field *f = field ? field_find(slice_str(field)) : NULL;
	struct strbuf term = { 0 };
	struct target t = { 0 };

	if (f) {
		filter_add_term(&term, f, text, false);
	} else {
		strbuf_add_char(&term, '"');
		for (size_t i = 0; i < text.len; i++)
			if (text.ptr[i] != '"')
				strbuf_add_char(&term, text.ptr[i]);
		strbuf_add_char(&term, '"');
	}
	t.filter = strbuf_slice(&term);
	shell_open(sh, view_find("Messages"), &t);
	strbuf_release(&term);
}

void shell_paste(struct shell *sh, struct slice text)
{
	struct input in = { .key = KEY_CODE_PASTE };

	shell_line_open(sh, "go to", ACT_GO_TO, SLICE(""));
	strbuf_add_slice(&in.text, strip(text));
	shell_line_key(sh, &in);
	strbuf_release(&in.text);
}

void shell_go_to(struct shell *sh, struct slice text)
{
	text = strip(text);
	if (!text.len)
		return;
	if (looks_like_ip(text))
		filter_by(sh, "ip", text);
	else if (looks_like_id(text) && view_find(VIEW_NAME_TRACE))
		trace_id(sh, text);
	else if (slice_chr(text, '@') != SLICE_NONE &&
	         slice_chr(text, ' ') == SLICE_NONE)
		filter_by(sh, "addr", text);
	else if (looks_like_domain(text))
		filter_by(sh, "domain", text);
	else
		filter_by(sh, NULL, text);
}

/* Keeping ------------------------------------------------------------------ */

void shell_copy(struct shell *sh, struct slice text)
{
	struct strbuf clean = { 0 };
	int width;

	strbuf_reset(&sh->copied);
	strbuf_add_slice(&sh->copied, text);
	text_sanitise(&clean, text);
	width = text_width(strbuf_slice(&clean));
	strbuf_release(&clean);
	if (sh->screen && !screen_copy(sh->screen, text))
		shell_error(sh, "%d characters are too long for the terminal; "
		                "export them", width);
	else
		shell_say(sh, "copied %d characters", width);
}

static void copy_value(struct shell *sh)
{
	const struct step *s = shell_top(sh);
	struct strbuf value = { 0 };
	struct row_ref ref;
	struct look look;

	shell_look(sh, &look);
	if (s->view->list)
		list_value(s, &look, &value);
	else if (current_ref(sh, &ref))
		strbuf_add_slice(&value, ref.value);
	if (value.len)
		shell_copy(sh, strbuf_slice(&value));
	else
		shell_say(sh, "nothing to copy here");
	strbuf_release(&value);
}

static void copy_line(struct shell *sh)
{
	struct strbuf text = { 0 };
	struct row_ref ref;
	struct look look;

	if (!current_ref(sh, &ref) || !ref.source || !ref.raw.ptr) {
		shell_say(sh, "the line is not here; o opens it");
		return;
	}
	shell_look(sh, &look);
	look_add_citation(&look, ref.source, ref.line, &text);
	strbuf_add_str(&text, "  ");
	strbuf_add_slice(&text, ref.raw);
	shell_copy(sh, strbuf_slice(&text));
	strbuf_release(&text);
}

/* Program ------------------------------------------------------------------ */

/* Only Trace shows corrected times. */
static enum times_mode behind_zones(struct shell *sh)
{
	return shell_top(sh)->view == view_find(VIEW_NAME_TRACE)
	               ? TIMES_CORRECTED
	               : TIMES_LOGGED;
}

static void cycle_times(struct shell *sh)
{
	bool page = shell_top(sh)->view->flags & VIEW_PAGE;
	enum times_mode *mode = page ? &sh->page_times : &sh->times.mode;
	struct times now = sh->times;

	switch (*mode) {
	case TIMES_UTC: *mode = now.zone ? TIMES_OWN : behind_zones(sh); break;
	case TIMES_OWN: *mode = behind_zones(sh); break;
	case TIMES_LOGGED: *mode = TIMES_UTC; break;
	case TIMES_CORRECTED: *mode = TIMES_LOGGED; break;
	}
	now.mode = *mode;
	shell_say(sh, "times: %s%s", times_name(&now),
	          now.zone ? "" : "; :zone NAME sets a zone of your own");
}

static void set_zone(struct shell *sh, struct slice name)
{
	struct zone *z;
	struct err err;

	if (slice_chr(name, '=') != SLICE_NONE) {
		shell_source_rule(sh, ACT_ZONE, name);
		return;
	}
	z = zone_new(name, &err);
	if (!z) {
		shell_error(sh, "%s", err.text);
		return;
	}
	zone_free(sh->given_zone);
	sh->given_zone = z;
	sh->times = (struct times){ .mode = TIMES_OWN, .zone = z };
	shell_say(sh, "times: %s", zone_name(z));
}

static void quit(struct shell *sh)
{
	if (!sh->indexing) {
		sh->done = true;
		return;
	}
	sh->mode = MODE_CONFIRM;
	sh->confirm = ACT_QUIT;
	shell_say(sh, "logs are still being read; quit and keep what is read? "
	              "y or n");
}

static void stop(struct shell *sh)
{
	if (sh->job) {
		job_cancel(sh->job);
		return;
	}
	if (!sh->indexing || sh->stopping || shell_busy_ms(sh) >= SHELL_STALE_MS) {
		shell_stop(sh);
		return;
	}
	sh->stopping = true;
	sh->index.stop(sh->index.arg);
	shell_say(sh, "stopping; what is read stays in the case");
}

static void pane_key(struct shell *sh, struct slice arg, int key)
{
	struct strbuf name = { 0 };
	const struct view *v;

	strbuf_add_slice(&name, arg);
	v = name.len ? view_find(strbuf_text(&name))
	             : view_of_digit((char)key);
	if (v && v->digit)
		shell_pane(sh, v);
	else if (name.len)
		shell_say(sh, "no pane %s in this version", strbuf_text(&name));
	else
		shell_say(sh, "pane %c is not in this version", key);
	strbuf_release(&name);
}

static void toggle_mouse(struct shell *sh)
{
	bool on = sh->screen && !screen_has_mouse(sh->screen);

	if (sh->screen)
		screen_set_mouse(sh->screen, on);
	shell_say(sh, on ? "mouse on; with Shift the terminal still selects text"
	                 : "mouse off");
}

/* Acts of the shell; false: it is the view's. */
static void open_wanted(struct shell *sh)
{
	struct target t = { .filter = SLICE("") };

	shell_open(sh, view_find(VIEW_NAME_WANTED), &t);
}

static bool do_goes(struct shell *sh, enum act a, struct slice arg, int key)
{
	switch ((int)a) {
	case ACT_BACK: shell_back(sh); return true;
	case ACT_PANE: pane_key(sh, arg, key); return true;
	case ACT_NEXT_PANE: shell_next_pane(sh, 1); return true;
	case ACT_PREVIOUS_PANE: shell_next_pane(sh, -1); return true;
	case ACT_TRACE: open_trace(sh); return true;
	case ACT_TRACE_ID: trace_id(sh, arg); return true;
	case ACT_GO_TO: shell_go_to(sh, arg); return true;
	case ACT_DOSSIER: open_dossier(sh, arg); return true;
	case ACT_WANTED: open_wanted(sh); return true;
	case ACT_RAW: open_raw(sh); return true;
	case ACT_HELP: open_help(sh); return true;
	default: return false;
	}
}

static bool do_filter(struct shell *sh, enum act a, struct slice arg)
{
	switch ((int)a) {
	case ACT_EDIT_FILTER:
		if (arg.len)
			shell_set_filter(sh, arg);
		else
			shell_filter_open(sh, shell_top(sh)->filter->text);
		return true;
	case ACT_ONLY: shell_add_term(sh, false); return true;
	case ACT_NOT: shell_add_term(sh, true); return true;
	case ACT_DROP_TERM: shell_drop_start(sh); return true;
	case ACT_ZOOM_OUT: shell_zoom_out(sh); return true;
	default: return false;
	}
}

static bool do_rows(struct shell *sh, enum act a, struct slice arg)
{
	switch ((int)a) {
	case ACT_FIND: shell_find(sh, arg); return true;
	case ACT_FIND_NEXT: shell_find_again(sh, 1); return true;
	case ACT_FIND_PREVIOUS: shell_find_again(sh, -1); return true;
	case ACT_FIELDS: shell_fields_open(sh); return true;
	case ACT_COLUMNS: shell_columns_open(sh); return true;
	case ACT_GROUP: shell_groups_open(sh); return true;
	case ACT_ZOOM_IN: shell_zoom_row(sh); return true;
	case ACT_CHART: shell_chart(sh); return true;
	case ACT_MARK: shell_mark(sh); return true;
	case ACT_MARK_RANGE: shell_mark_range(sh); return true;
	case ACT_MARK_ALL: shell_mark_all(sh); return true;
	case ACT_UNIT:
		if (shell_top(sh)->view->list->units)
			return false;
		shell_say(sh, "%s has one unit: %s",
		          shell_top(sh)->view->name,
		          units[shell_top(sh)->unit].name);
		return true;
	default: return false;
	}
}

static bool do_program(struct shell *sh, enum act a, struct slice arg)
{
	switch ((int)a) {
	case ACT_COPY: copy_value(sh); return true;
	case ACT_COPY_LINE: copy_line(sh); return true;
	case ACT_TAG: shell_tag(sh, arg); return true;
	case ACT_NOTE: shell_note(sh, arg); return true;
	case ACT_TIMES: cycle_times(sh); return true;
	case ACT_ZONE: set_zone(sh, arg); return true;
	case ACT_YEAR:
	case ACT_FORMAT:
	case ACT_SERVER: shell_source_rule(sh, a, arg); return true;
	case ACT_COMMAND:
		shell_line_open(sh, ":", ACT_COMMAND, SLICE(""));
		return true;
	case ACT_SET: shell_set(sh, arg); return true;
	case ACT_KEEP: shell_keep_line(sh, a, arg); return true;
	case ACT_ADD: shell_add(sh, arg); return true;
	case ACT_CHECK: shell_check(sh); return true;
	case ACT_EXPORT: shell_export_open(sh, arg); return true;
	case ACT_MESSAGES: sh->mode = MODE_LOG; return true;
	case ACT_STOP: stop(sh); return true;
	case ACT_REDRAW:
		if (sh->screen)
			screen_redraw(sh->screen);
		return true;
	case ACT_SUSPEND:
		if (sh->screen)
			screen_suspend(sh->screen);
		return true;
	case ACT_MOUSE: toggle_mouse(sh); return true;
	case ACT_QUIT: quit(sh); return true;
	default: return false;
	}
}

/* A line before the rows that are found takes the cursor keys. */
static bool do_why(struct shell *sh, enum act a)
{
	return shell_why_is_shown(sh) && shell_why_key(sh, a);
}

void shell_do(struct shell *sh, enum act a, struct slice arg, int key)
{
	struct step *s = shell_top(sh);
	bool list = s->view->list, page = s->view->flags & VIEW_PAGE;

	if (do_why(sh, a))
		return;
	/* what is no list has its own /, n, v, y where it handles them */
	if (!list && s->view->act(sh, s, a, arg))
		return;
	if (do_goes(sh, a, arg, key) || do_program(sh, a, arg))
		return;
	if (!page && do_filter(sh, a, arg))
		return;
	if (list && do_rows(sh, a, arg))
		return;
	if (list && s->view->act(sh, s, a, arg))
		return;
	shell_say(sh, "that does nothing here");
}

void shell_run(struct shell *sh, enum act a)
{
	if (sh->nsteps > 1)
		shell_back(sh);
	shell_do(sh, a, SLICE(""), 0);
}

/* The line: `:` commands, go to, find, and what views ask for --------------- */

void shell_line_open(struct shell *sh, const char *title, enum act a,
                     struct slice text)
{
	sh->mode = MODE_PROMPT;
	sh->line_title = title;
	sh->line_act = a;
	prompt_open(&sh->line, text);
}

void shell_prompt(struct shell *sh, const char *title, enum act a,
                  struct slice text)
{
	shell_line_open(sh, title, a, text);
}

static void go_to_row(struct shell *sh, uint64_t row)
{
	if (list_go_to_row(shell_top(sh), row))
		shell_say(sh, "row %llu", (unsigned long long)row);
	else
		shell_error(sh, "there is no row %llu",
		            (unsigned long long)row);
}

void shell_command(struct shell *sh, struct slice text)
{
	enum context c = shell_top(sh)->view->context;
	struct slice arg = slice_trim(text);
	struct slice name = slice_cut(&arg, ' ');
	const struct key_row *r = key_command(c, name);
	struct strbuf word = { 0 };
	uint64_t row;

	arg = slice_trim(arg);
	strbuf_add_slice(&word, name);
	if (r && r->later)
		shell_say(sh, ":%s (%s) is not in this version", r->command,
		          r->help);
	else if (r)
		shell_do(sh, r->act, arg, r->keys[0]);
	else if (view_find(strbuf_text(&word)) &&
	         view_find(strbuf_text(&word))->digit)
		pane_key(sh, name, 0);
	else if (slice_u64(name, &row) && shell_top(sh)->view->list)
		go_to_row(sh, row);
	else if (name.len)
		shell_error(sh, "no command %s here; ? lists them",
		            strbuf_text(&word));
	strbuf_release(&word);
}

/* Tab completes a command that only one row begins with. */
static void complete_command(struct shell *sh)
{
	enum context c = shell_top(sh)->view->context;
	struct slice typed = strbuf_slice(&sh->line.text);
	const struct key_row *found = NULL;
	size_t n = 0;

	if (sh->line_act == ACT_TAG)
		shell_complete_tag(sh);
	if (sh->line_act == ACT_COMMAND && slice_starts(typed, SLICE("set "))) {
		shell_complete_setting(sh);
		return;
	}
	if (sh->line_act != ACT_COMMAND || !typed.len)
		return;
	for (const struct key_row *r = key_rows; r->act; r++)
		if ((r->where & (1u << c)) && r->command &&
		    slice_starts(slice_str(r->command), typed)) {
			found = r;
			n++;
		}
	if (n == 1)
		prompt_replace(&sh->line, 0, typed.len,
		               slice_str(found->command));
}

static void accept_line(struct shell *sh)
{
	struct strbuf text = { 0 };

	prompt_remember(&sh->line);
	strbuf_add_slice(&text, strbuf_slice(&sh->line.text));
	sh->mode = MODE_LIST;
	if (sh->line_act == ACT_COMMAND)
		shell_command(sh, strbuf_slice(&text));
	else if (sh->line_act == ACT_TAG || sh->line_act == ACT_NOTE ||
	         sh->line_act == ACT_KEEP)
		shell_keep_line(sh, sh->line_act, strbuf_slice(&text));
	else if (text.len)
		shell_do(sh, sh->line_act, strbuf_slice(&text), 0);
	strbuf_release(&text);
}

void shell_line_key(struct shell *sh, const struct input *in)
{
	if (in->key == CTRL('y')) {
		prompt_insert(&sh->line, strbuf_slice(&sh->copied));
		return;
	}
	if (in->key == CTRL('c')) {
		sh->mode = MODE_LIST;
		return;
	}
	switch (prompt_key(&sh->line, in)) {
	case PROMPT_ACCEPT: accept_line(sh); return;
	case PROMPT_LEAVE: sh->mode = MODE_LIST; return;
	case PROMPT_TAKE: complete_command(sh); return;
	case PROMPT_MORE:
	case PROMPT_IGNORED: return;
	}
}
