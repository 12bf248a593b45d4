/* SPDX-License-Identifier: MIT */
/* The start screen: its keys and its loop. */
#include "views/start_private.h"

#include "base/alloc.h"
#include "base/civil.h"
#include "tui/loop.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define LOOK_MS 50

static void say(struct start *s, const char *text)
{
	strbuf_reset(&s->message);
	strbuf_add_str(&s->message, text);
}

static void load(struct start *s)
{
	job_free(s->job);
	case_list_release(&s->cases);
	case_list_load(&s->cases, s->o.folder);
	if (s->cursor >= s->cases.n)
		s->cursor = s->cases.n ? s->cases.n - 1 : 0;
	s->job = case_list_look(&s->cases, &s->looked, s->o.here);
}

/* The job's list stays its own until it has ended. */
const struct case_list *start_cases(struct start *s)
{
	return s->job && job_has_ended(s->job) ? s->looked : &s->cases;
}

struct start *start_new(const struct start_options *o)
{
	struct start *s = mem_alloc(sizeof *s);

	s->o = *o;
	s->line.chosen = -1;
	s->now = o->now > 0 ? o->now : (int64_t)time(NULL) * US_SECOND;
	load(s);
	return s;
}

void start_free(struct start *s)
{
	if (!s)
		return;
	job_free(s->job);
	case_list_release(&s->cases);
	prompt_release(&s->line);
	strbuf_release(&s->message);
	free(s->path);
	free(s);
}

bool start_done(const struct start *s)
{
	return s->done;
}

const char *start_path(const struct start *s)
{
	return s->path;
}

/* Opening ------------------------------------------------------------------- */

/* What is not there is said here, where another can be named. */
static void choose(struct start *s, struct slice path)
{
	const char *home = s->o.home;
	struct strbuf text = { 0 };

	path = slice_trim(path);
	if (home && slice_starts(path, SLICE("~/"))) {
		strbuf_add_str(&text, home);
		path = slice_from(path, 1);
	}
	strbuf_add_slice(&text, path);
	if (!text.len || access(strbuf_text(&text), R_OK) != 0) {
		strbuf_reset(&s->message);
		strbuf_addf(&s->message, "error: %s cannot be read: %s",
		            strbuf_text(&text), strerror(errno));
		strbuf_release(&text);
		return;
	}
	s->path = strbuf_take(&text);
	s->done = true;
}

static void ask(struct start *s, const char *title)
{
	s->mode = START_LINE;
	s->title = title;
	prompt_open(&s->line, SLICE(""));
}

static void forget(struct start *s)
{
	if (!recent_note(s->cases.list[s->cursor].path, 0, s->o.folder))
		say(s, "error: the list of cases cannot be written");
	else
		say(s, "taken off the list; the file stays");
	load(s);
}

/* Keys ----------------------------------------------------------------------- */

/* The part that all names which begin so have in common. */
static void complete(struct start *s)
{
	struct slice typed = strbuf_slice(&s->line.text), name = typed;
	size_t slash = slice_rchr(typed, '/');
	struct strbuf folder = { 0 }, found = { 0 };
	const char *home = s->o.home;
	bool any = false;
	DIR *d;

	if (slash != SLICE_NONE)
		name = slice_from(typed, slash + 1);
	if (home && slice_starts(typed, SLICE("~/")))
		strbuf_addf(&folder, "%s%.*s", home, (int)slash, typed.ptr + 1);
	else if (slash != SLICE_NONE)
		strbuf_add_slice(&folder, slice_to(typed, slash + 1));
	d = opendir(folder.len ? strbuf_text(&folder) : ".");
	for (struct dirent *e; d && (e = readdir(d));) {
		struct slice entry = slice_str(e->d_name);

		if (!slice_starts(entry, name) ||
		    (entry.ptr[0] == '.' && !name.len))
			continue;
		if (!any)
			strbuf_add_slice(&found, entry);
		while (!slice_starts(entry, strbuf_slice(&found)))
			found.len--;
		any = true;
	}
	if (d)
		closedir(d);
	if (any && found.len > name.len)
		prompt_replace(&s->line, typed.len - name.len, name.len,
		               strbuf_slice(&found));
	strbuf_release(&folder);
	strbuf_release(&found);
}

static void line_key(struct start *s, const struct input *in)
{
	enum prompt_result r = in->key == CTRL('c') ? PROMPT_LEAVE
	                                            : prompt_key(&s->line, in);

	if (r == PROMPT_TAKE)
		complete(s);
	if (r != PROMPT_ACCEPT && r != PROMPT_LEAVE)
		return;
	s->mode = START_LIST;
	if (r == PROMPT_ACCEPT && s->line.text.len)
		choose(s, strbuf_slice(&s->line.text));
}

static void open_sample(struct start *s)
{
	if (s->o.sample)
		choose(s, slice_str(s->o.sample));
	else
		say(s, "the sample's logs are not installed here");
}

static void move(struct start *s, int key)
{
	switch (key) {
	case 'j': case KEY_CODE_DOWN: case CTRL('n'):
		s->cursor += s->cursor + 1 < s->cases.n;
		break;
	case 'k': case KEY_CODE_UP: case CTRL('p'):
		s->cursor -= s->cursor > 0;
		break;
	case 'g': case KEY_CODE_HOME: s->cursor = 0; break;
	default: s->cursor = s->cases.n ? s->cases.n - 1 : 0; break;
	}
}

static void list_key(struct start *s, int key)
{
	bool any = s->cases.n > 0;

	switch (key) {
	case 'j': case 'k': case 'g': case 'G': case CTRL('n'): case CTRL('p'):
	case KEY_CODE_DOWN: case KEY_CODE_UP:
	case KEY_CODE_HOME: case KEY_CODE_END:
		move(s, key);
		break;
	case KEY_CODE_ENTER:
		if (any)
			choose(s, slice_str(s->cases.list[s->cursor].path));
		else
			say(s, "no case is known yet; o opens logs, s the "
			       "sample");
		break;
	case 'o': ask(s, "open logs"); break;
	case 'c': ask(s, "case file"); break;
	case 's': open_sample(s); break;
	case 'D':
		if (any) {
			s->mode = START_FORGET;
			say(s, "take this case off the list? The file stays. "
			       "y or n");
		}
		break;
	case 'Q': case KEY_CODE_F1 + 9: s->done = true; break;
	case CTRL('l'):
		if (s->screen)
			screen_redraw(s->screen);
		break;
	case CTRL('z'):
		if (s->screen)
			screen_suspend(s->screen);
		break;
	case '?': case KEY_CODE_F1:
		say(s, "j k choose, Enter open, o logs, s sample, c case file, "
		       "D forget, Q quit");
		break;
	default: say(s, "that does nothing here; Q quits"); break;
	}
}

void start_key(struct start *s, const struct input *in)
{
	if (in->key == KEY_CODE_RESIZE || in->key == KEY_CODE_MOUSE)
		return;
	strbuf_reset(&s->message);
	if (s->mode == START_LIST && in->key == KEY_CODE_PASTE)
		ask(s, "open logs");
	switch (s->mode) {
	case START_LIST: list_key(s, in->key); break;
	case START_LINE: line_key(s, in); break;
	case START_FORGET:
		s->mode = START_LIST;
		if (in->key == 'y')
			forget(s);
		else
			say(s, "not done");
		break;
	}
}

/* The loop ---------------------------------------------------------------------- */

static void on_key(void *arg, const struct input *in)
{
	start_key(arg, in);
}

static void on_nothing(void *arg)
{
	(void)arg;
}

static int on_wait(void *arg)
{
	struct start *s = arg;

	return s->job && !job_has_ended(s->job) ? LOOK_MS : -1;
}

static void on_draw(void *arg, const struct window *w)
{
	start_draw(arg, w);
}

static bool on_done(void *arg)
{
	return start_done(arg);
}

bool start_run(const struct start_options *o, struct start_choice *out,
               struct err *err)
{
	struct screen_options so = { .ascii = o->ascii, .colour = o->colour,
		                     .mouse = o->mouse };
	struct start *s = start_new(o);
	struct loop_client client = { .arg = s, .key = on_key,
		                      .ready = on_nothing, .wait = on_wait,
		                      .tick = on_nothing, .draw = on_draw,
		                      .done = on_done };
	bool ok = false;

	s->screen = screen_open(&so, err);
	if (s->screen) {
		ok = loop_run(s->screen, -1, &client, err);
		screen_close(s->screen);
	}
	*out = (struct start_choice){ s->path };
	s->path = NULL;
	start_free(s);
	return ok;
}
