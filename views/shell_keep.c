/* SPDX-License-Identifier: MIT */
/* What the analyst adds to the case: tags, notes, marks, and its name. Each
 * change is on disk when its message stands in the last line. */
#include "views/shell_private.h"

#include "base/alloc.h"
#include "base/civil.h"
#include "views/list.h"

#include <libgen.h>
#include <limits.h>
#include <stdlib.h>

void shell_keep_init(struct shell *sh, const struct shell_options *o)
{
	sh->keep = (struct keep){
		.path = o->case_path ? mem_text(o->case_path) : NULL,
		.is_cache = o->case_is_cache,
		.decide = o->decide,
		.decide_arg = o->decide_arg,
		.author = mem_text(o->author ? o->author : ""),
		.folder = o->folder ? mem_text(o->folder) : NULL,
		.now = o->now,
	};
}

void shell_keep_release(struct shell *sh)
{
	free(sh->keep.path);
	free(sh->keep.author);
	free(sh->keep.folder);
	free(sh->keep.notes);
	strbuf_release(&sh->keep.name);
	strbuf_release(&sh->keep.value);
	marks_release(&sh->noted);
}

const char *shell_case_path(const struct shell *sh)
{
	return sh->keep.path;
}

int64_t shell_now(const struct shell *sh)
{
	return sh->keep.now > 0 ? sh->keep.now
	                        : (int64_t)time(NULL) * US_SECOND;
}

/* Writing ------------------------------------------------------------------ */

bool shell_can_write(struct shell *sh)
{
	if (sh->indexing)
		shell_error(sh, "logs are still being read into this case; "
		                "write again when they are");
	else if (!sh->keep.path)
		shell_error(sh, "this case cannot be written");
	return !sh->indexing && sh->keep.path;
}

bool shell_keep_write(struct shell *sh, keep_fn fn, void *arg)
{
	struct err err = { 0 };
	struct store *s;
	bool good;

	if (!shell_can_write(sh))
		return false;
	/* a question that runs would hold the case as it was */
	for (int i = 0; i < SLOT_NUMBER; i++)
		shell_cancel(sh, (enum slot)i);
	s = store_open(sh->keep.path, &err);
	good = s && fn(sh, s, arg, &err);
	store_close(s);
	if (!good)
		shell_error(sh, "%s", err.text);
	/* until they are read again only the case itself knows what is own */
	reply_free(sh->settings);
	sh->settings = NULL;
	shell_reload(sh, NULL);
	return good;
}

static char *default_name(const struct shell *sh)
{
	const char *home = sh->keep.folder;
	size_t len = strcspn(sh->case_name, " ");
	struct strbuf name = { 0 };

	if (len > 5 && strncmp(sh->case_name + len - 5, ".case", 5) == 0)
		len -= 5;
	strbuf_addf(&name, "%s%s%.*s.case", home ? home : "", home ? "/" : "",
	            (int)len, sh->case_name);
	return strbuf_take(&name);
}

void shell_keep_offer(struct shell *sh)
{
	char *name;

	if (!sh->keep.is_cache || sh->keep.offered)
		return;
	sh->keep.offered = true;
	name = default_name(sh);
	shell_line_open(sh, "keep this case as (Esc: it stays in the cache)",
	                ACT_KEEP, slice_str(name));
	free(name);
}

/* What a prompt will write on ------------------------------------------------ */

static int64_t journey_of(const struct step *s, int64_t id)
{
	const struct result *r = step_result(s, SLOT_PAGE);
	const struct cell *c;

	for (size_t i = 0; r && i < r->nrows; i++)
		if (list_row_id(s, r, i) == id) {
			c = result_cell(r, i, "journey_id");
			return c ? c->number : 0;
		}
	return 0;
}

static void add_target(struct shell *sh, enum unit u, int64_t id)
{
	struct keep *k = &sh->keep;

	k->notes = mem_resize(k->notes, (k->nnotes + 1) * sizeof *k->notes);
	k->notes[k->nnotes++] = (struct note){
		.unit = u,
		.row = id,
		.journey = journey_of(shell_top(sh), id),
		.author = k->author,
		.now = shell_now(sh),
	};
}

/* The marked rows of this pane if there are any, else the one here. */
static bool find_targets(struct shell *sh)
{
	const struct step *s = shell_top(sh);
	bool page = s->view->flags & VIEW_PAGE;
	struct row_ref ref = { 0 };

	sh->keep.nnotes = 0;
	if (!shell_can_write(sh))
		return false;
	if (s->ngroups || !note_takes(s->unit)) {
		shell_say(sh, "notes and tags stand on messages, events, …; "
		              "Enter opens them");
		return false;
	}
	for (size_t i = 0; i < sh->marks.n && !page; i++)
		if (sh->marks.list[i].unit == s->unit)
			add_target(sh, s->unit, sh->marks.list[i].id);
	if (sh->keep.nnotes)
		return true;
	if (!s->view->ref || !s->view->ref(s, &ref) || !ref.id) {
		shell_say(sh, "there is no row here");
		return false;
	}
	/* a page says itself what stands under its cursor */
	add_target(sh, page ? ref.unit : s->unit, ref.id);
	if (page)
		sh->keep.notes[0].journey = ref.journey;
	return true;
}

static struct slice note_text(const struct result *r, size_t row,
                              const char *column)
{
	const struct cell *c = result_cell(r, row, column);

	return c ? c->text : slice_of(NULL, 0);
}

/* The note KIND on the row with TEXT (absent: any), from NEXT on; -1 none. */
static int find_note(const struct result *r, const char *kind, enum unit u,
                     int64_t row, struct slice text)
{
	for (size_t i = 0; r && i < r->nrows; i++)
		if (result_cell(r, i, "row_id")->number == row &&
		    result_cell(r, i, "row_id")->text.ptr &&
		    slice_eq(note_text(r, i, "kind"), slice_str(kind)) &&
		    slice_eq(note_text(r, i, "unit"), slice_str(units[u].name)) &&
		    (!text.ptr || slice_eq(note_text(r, i, "text"), text)))
			return (int)i;
	return -1;
}

static const struct result *notes_of(const struct shell *sh)
{
	return sh->notes ? sh->notes->result : NULL;
}

static void add_what(const struct shell *sh, struct strbuf *out)
{
	if (sh->keep.nnotes == 1)
		strbuf_add_str(out, "this row");
	else
		strbuf_addf(out, "%zu marked rows", sh->keep.nnotes);
}

static bool write_notes(struct shell *sh, struct store *s, void *arg,
                        struct err *err)
{
	(void)arg;
	return store_add_notes(s, sh->keep.notes, sh->keep.nnotes, err);
}

static void written(struct shell *sh, const char *done)
{
	struct strbuf what = { 0 };

	if (!shell_keep_write(sh, write_notes, NULL))
		return;
	add_what(sh, &what);
	shell_say(sh, "%s %s", done, strbuf_text(&what));
	strbuf_release(&what);
	shell_keep_offer(sh);
}

/* Tags ------------------------------------------------------------------------ */

/* "phish" puts it on, "-phish" takes it off. */
static void write_tag(struct shell *sh, struct slice text)
{
	struct keep *k = &sh->keep;
	struct strbuf tag = { 0 };
	bool off = slice_starts(text, SLICE("-"));
	size_t n = 0;

	strbuf_add_slice(&tag, slice_trim(slice_from(text, off)));
	for (size_t i = 0; i < k->nnotes; i++) {
		struct note note = k->notes[i];
		int at = find_note(notes_of(sh), "tag", note.unit, note.row,
		                   strbuf_slice(&tag));

		note.kind = NOTE_TAG;
		note.text = off ? NULL : strbuf_text(&tag);
		note.replaces = off && at >= 0 ? notes_of(sh)->ids[at] : 0;
		if (off ? at >= 0 : at < 0)
			k->notes[n++] = note;
	}
	k->nnotes = n;
	if (!tag.len)
		shell_say(sh, "no tag was given");
	else if (!n)
		shell_say(sh, off ? "no such tag is there" : "it is tagged so");
	else
		written(sh, off ? "tag taken off" : "tagged");
	strbuf_release(&tag);
}

/* The tags of the case, most recent first; NTH from 0. False: no more. */
static bool tag_at(const struct result *r, size_t nth, struct slice begins,
                   struct slice *out)
{
	for (size_t i = r ? r->nrows : 0; i-- > 0;) {
		struct slice text = note_text(r, i, "text");
		bool seen = !slice_eq(note_text(r, i, "kind"), SLICE("tag")) ||
		            !slice_starts(text, begins);

		for (size_t k = i + 1; k < r->nrows && !seen; k++)
			seen = slice_eq(note_text(r, k, "kind"),
			                SLICE("tag")) &&
			       slice_eq(note_text(r, k, "text"), text);
		if (seen || nth-- > 0)
			continue;
		*out = text;
		return true;
	}
	return false;
}

void shell_complete_tag(struct shell *sh)
{
	struct slice typed = strbuf_slice(&sh->line.text), tag;

	if (tag_at(notes_of(sh), 0, typed, &tag))
		prompt_replace(&sh->line, 0, typed.len, tag);
}

static void open_prompt(struct shell *sh, const char *verb, enum act a,
                        struct slice text)
{
	static const char *const titles[][2] = {
		{ "tag this row", "note on this row" },
		{ "tag the marked rows", "note on the marked rows" },
	};

	(void)verb;
	shell_line_open(sh, titles[sh->keep.nnotes > 1][a == ACT_NOTE], a, text);
}

void shell_tag(struct shell *sh, struct slice text)
{
	struct strbuf known = { 0 };
	struct slice tag;

	if (!find_targets(sh))
		return;
	if (text.len) {
		write_tag(sh, text);
		return;
	}
	for (size_t i = 0; i < 6 && tag_at(notes_of(sh), i, SLICE(""), &tag); i++)
		strbuf_addf(&known, "%s%.*s", i ? ", " : "", SLICE_FMT(tag));
	open_prompt(sh, "tag", ACT_TAG, SLICE(""));
	strbuf_reset(&sh->keep.name);
	strbuf_add_slice(&sh->keep.name, strbuf_slice(&known));
	strbuf_release(&known);
}

/* Notes ------------------------------------------------------------------------ */

static void write_note(struct shell *sh, struct slice text)
{
	struct keep *k = &sh->keep;
	struct strbuf kept = { 0 };

	strbuf_add_slice(&kept, text);
	for (size_t i = 0; i < k->nnotes; i++) {
		k->notes[i].kind = NOTE_NOTE;
		k->notes[i].text = strbuf_text(&kept);
	}
	written(sh, "noted on");
	strbuf_release(&kept);
}

/* An empty text takes the note away, which asks. */
static void ask_delete(struct shell *sh)
{
	if (sh->keep.nnotes != 1 || !sh->keep.notes[0].replaces) {
		shell_say(sh, "no note was written");
		return;
	}
	sh->mode = MODE_CONFIRM;
	sh->confirm = ACT_NOTE;
	shell_say(sh, "delete the note on this row? y or n");
}

void shell_note(struct shell *sh, struct slice text)
{
	struct slice old = SLICE("");
	int at = -1;

	if (!find_targets(sh))
		return;
	if (sh->keep.nnotes == 1)
		at = find_note(notes_of(sh), "note", sh->keep.notes[0].unit,
		               sh->keep.notes[0].row, slice_of(NULL, 0));
	if (at >= 0) {
		old = note_text(notes_of(sh), (size_t)at, "text");
		sh->keep.notes[0].replaces = notes_of(sh)->ids[at];
	}
	if (text.len)
		write_note(sh, text);
	else
		open_prompt(sh, "note", ACT_NOTE, old);
}

/* The case's name ---------------------------------------------------------------- */

/* Nothing is ever written beside evidence. */
bool shell_lies_in_evidence(const struct shell *sh, const char *path)
{
	const struct result *r = sh->sources ? sh->sources->result : NULL;
	char *copy = mem_text(path), *folder = realpath(dirname(copy), NULL);
	bool inside = false;

	for (size_t i = 0; folder && r && i < r->nrows; i++) {
		struct slice source = result_cell(r, i, "path")->text;
		size_t slash = slice_rchr(source, '/');
		struct slice own = slice_str(folder);

		if (slash == SLICE_NONE || !slash)
			continue;
		source = slice_to(source, slash);
		inside |= slice_starts(own, source) &&
		          (own.len == source.len || own.ptr[source.len] == '/');
	}
	free(folder);
	free(copy);
	return inside;
}

static bool copy_case(struct shell *sh, struct store *s, void *arg,
                      struct err *err)
{
	(void)sh;
	return store_copy(s, arg, err);
}

static void keep_as(struct shell *sh, struct slice text)
{
	const char *home = sh->keep.folder, *slash;
	struct strbuf path = { 0 };

	if (!text.len) {
		shell_say(sh, "the case stays in the cache; :keep FILE keeps it");
		return;
	}
	if (home && slice_starts(text, SLICE("~/"))) {
		strbuf_add_str(&path, home);
		text = slice_from(text, 1);
	}
	strbuf_add_slice(&path, text);
	if (shell_lies_in_evidence(sh, strbuf_text(&path))) {
		shell_error(sh, "%s would lie beside the evidence: put it "
		                "elsewhere", strbuf_text(&path));
	} else if (shell_keep_write(sh, copy_case, path.ptr)) {
		free(sh->keep.path);
		sh->keep.path = mem_text(strbuf_text(&path));
		sh->keep.is_cache = false;
		slash = strrchr(sh->keep.path, '/');
		free(sh->case_name);
		sh->case_name = mem_text(slash ? slash + 1 : sh->keep.path);
		shell_reload(sh, sh->keep.path);
		shell_say(sh, "kept as %s; what you add goes there now",
		          sh->keep.path);
	}
	strbuf_release(&path);
}

void shell_keep_line(struct shell *sh, enum act a, struct slice text)
{
	text = slice_trim(text);
	if (a == ACT_KEEP)
		keep_as(sh, text);
	else if (a == ACT_TAG)
		write_tag(sh, text);
	else if (text.len)
		write_note(sh, text);
	else
		ask_delete(sh);
}

/* Marks -------------------------------------------------------------------------- */

static bool unit_of(struct slice name, enum unit *u)
{
	for (int i = 0; i < UNIT_COUNT; i++)
		if (slice_eq(slice_str(units[i].name), name)) {
			*u = (enum unit)i;
			return true;
		}
	return false;
}

/* Marks of an earlier session are taken over once. */
void shell_keep_arrived(struct shell *sh)
{
	const struct result *r = notes_of(sh);
	enum unit u;

	marks_release(&sh->noted);
	for (size_t i = 0; r && i < r->nrows; i++) {
		const struct cell *row = result_cell(r, i, "row_id");

		if (!row->text.ptr || !unit_of(note_text(r, i, "unit"), &u))
			continue;
		if (!slice_eq(note_text(r, i, "kind"), SLICE("mark")))
			marks_set(&sh->noted, u, row->number, true);
		else if (!sh->keep.marks_known)
			marks_set(&sh->marks, u, row->number, true);
	}
	sh->keep.marks_known = true;
}

static void add_note(struct note **list, size_t *n, const struct shell *sh,
                     enum unit u, int64_t row)
{
	*list = mem_resize(*list, (*n + 1) * sizeof **list);
	(*list)[(*n)++] = (struct note){ .kind = NOTE_MARK, .unit = u,
		.row = row, .text = "", .author = sh->keep.author,
		.now = shell_now(sh),
		.journey = u == UNIT_EVENTS ? journey_of(shell_top(sh), row)
		                            : 0 };
}

static bool write_marks(struct shell *sh, struct store *s, void *arg,
                        struct err *err)
{
	const struct result *r = notes_of(sh);
	struct note *on = NULL, *off = NULL;
	size_t non = 0, noff = 0;
	enum unit u;
	bool good;

	(void)arg;
	for (size_t i = 0; r && i < r->nrows; i++) {
		int64_t row = result_cell(r, i, "row_id")->number;

		if (slice_eq(note_text(r, i, "kind"), SLICE("mark")) &&
		    unit_of(note_text(r, i, "unit"), &u) &&
		    !marks_has(&sh->marks, u, row))
			add_note(&off, &noff, sh, u, row);
	}
	for (size_t i = 0; i < sh->marks.n; i++)
		if (note_takes(sh->marks.list[i].unit))
			add_note(&on, &non, sh, sh->marks.list[i].unit,
			         sh->marks.list[i].id);
	good = (!noff || store_unmark(s, off, noff, err)) &&
	       (!non || store_add_notes(s, on, non, err));
	free(on);
	free(off);
	return good;
}

void shell_keep_marks(struct shell *sh, bool at_end)
{
	struct err err;
	struct store *s;

	if (!sh->keep.marks_changed || !sh->keep.marks_known || sh->indexing ||
	    !sh->keep.path)
		return;
	if (!at_end && slice_find(shell_top(sh)->filter->text,
	                          SLICE("marked")) == SLICE_NONE)
		return;
	sh->keep.marks_changed = false;
	if (!at_end) {
		shell_keep_write(sh, write_marks, NULL);
		return;
	}
	s = store_open(sh->keep.path, &err);
	if (s)
		write_marks(sh, s, NULL, &err);
	store_close(s);
}

/* y ------------------------------------------------------------------------------- */

static bool take_back(struct shell *sh, struct store *s, void *arg,
                      struct err *err)
{
	(void)arg;
	return store_unset(s, strbuf_text(&sh->keep.name),
	                   strbuf_text(&sh->keep.value), sh->keep.author,
	                   shell_now(sh), err);
}

void shell_keep_confirmed(struct shell *sh, enum act a)
{
	if (a == ACT_NOTE) {
		sh->keep.notes[0].kind = NOTE_NOTE;
		sh->keep.notes[0].text = NULL;
		written(sh, "note deleted on");
	} else if (a == ACT_SET && shell_keep_write(sh, take_back, NULL)) {
		bool anew = shell_link_anew(sh, strbuf_slice(&sh->keep.name));

		shell_say(sh, "%s %s is not set any more%s",
		          strbuf_text(&sh->keep.name),
		          strbuf_text(&sh->keep.value),
		          anew ? "; links are decided anew" : "");
	}
}
