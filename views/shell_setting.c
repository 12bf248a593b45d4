/* SPDX-License-Identifier: MIT */
/* `:set`: alone it opens the settings, with a name and a value it sets. */
#include "views/shell_private.h"

#include "base/civil.h"
#include "model/store/setting.h"
#include "tui/loop.h"
#include "views/list.h"

#define MANY_LINES 1000000

struct pair {
	struct strbuf name, value;
};

static bool set(struct shell *sh, struct store *s, void *arg, struct err *err)
{
	struct pair *p = arg;
	int64_t now = sh->keep.now > 0 ? sh->keep.now
	                               : (int64_t)time(NULL) * US_SECOND;

	return store_set(s, strbuf_text(&p->name), strbuf_text(&p->value),
	                 "given", sh->keep.author, now, err);
}

/* Runs beside the screen, as reading does; false: said why not. */
bool shell_decide(struct shell *sh, struct index_options *o)
{
	struct err err = { 0 };

	o->case_path = sh->keep.path;
	o->now = sh->keep.now > 0 ? sh->keep.now : TIME_NONE;
	for (int i = 0; i < SLOT_NUMBER; i++)
		shell_cancel(sh, (enum slot)i);
	if (!sh->keep.decide(sh->keep.decide_arg, o, &sh->index, &err)) {
		shell_error(sh, "%s", err.text);
		return false;
	}
	reply_free(sh->settings);
	sh->settings = NULL;
	sh->indexing = true;
	sh->stopping = false;
	sh->progress_due = loop_now();
	sh->epoch_due = loop_now() + SHELL_EPOCH_MS;
	sh->index.progress(sh->index.arg, &sh->progress);
	return true;
}

/* Directions of very many messages turn beside the screen. */
static bool takes_long(const struct shell *sh, const struct pair *p)
{
	const struct result *r = sh->sources ? sh->sources->result : NULL;
	int64_t lines = 0;

	for (size_t i = 0; r && i < r->nrows; i++)
		lines += result_cell(r, i, "lines")->number;
	return lines >= MANY_LINES && sh->keep.decide &&
	       setting_is_own(strbuf_slice(&p->name));
}

static void set_aside(struct shell *sh, const struct pair *p)
{
	const char *own = p->value.ptr;
	struct index_options o = { .own = &own, .nown = 1 };

	if (shell_can_write(sh) && shell_decide(sh, &o))
		shell_say(sh, "%s is %s; directions follow",
		          strbuf_text(&p->name), own);
}

/* False: nothing follows, or it cannot be done here. */
bool shell_link_anew(struct shell *sh, struct slice name)
{
	struct index_options o = { 0 };

	return setting_is_for_links(name) && sh->keep.decide &&
	       shell_decide(sh, &o);
}

static void set_value(struct shell *sh, struct slice name, struct slice value)
{
	struct pair p = { 0 };
	struct err err = { 0 };

	if (!setting_check(name, value, &p.name, &p.value, &err)) {
		shell_error(sh, "%s", err.text);
	} else if (takes_long(sh, &p)) {
		set_aside(sh, &p);
	} else if (shell_keep_write(sh, set, &p)) {
		bool anew = shell_link_anew(sh, strbuf_slice(&p.name));

		shell_say(sh, "%s is %s%s", strbuf_text(&p.name),
		          strbuf_text(&p.value),
		          anew ? "; links are decided anew" : "");
		shell_keep_offer(sh);
	}
	strbuf_release(&p.name);
	strbuf_release(&p.value);
}

void shell_setting(struct shell *sh, struct slice text, bool remove)
{
	struct slice name = slice_cut(&text, ' ');

	if (!remove) {
		set_value(sh, name, text);
		return;
	}
	strbuf_reset(&sh->keep.name);
	strbuf_reset(&sh->keep.value);
	strbuf_add_slice(&sh->keep.name, name);
	strbuf_add_slice(&sh->keep.value, text);
	sh->mode = MODE_CONFIRM;
	sh->confirm = ACT_SET;
	shell_say(sh, "take %.*s %.*s back? y or n", SLICE_FMT(name),
	          SLICE_FMT(text));
}

/* Tab in ":set own.d" gives what all names that begin so have in common. */
void shell_complete_setting(struct shell *sh)
{
	struct slice typed = slice_from(strbuf_slice(&sh->line.text), 4);
	struct slice found = { 0 };

	for (const struct setting_info *s = settings; s->name; s++) {
		struct slice name = slice_str(s->name);

		if (!slice_starts(name, typed))
			continue;
		if (!found.ptr)
			found = name;
		while (!slice_starts(name, found))
			found.len--;
	}
	if (found.len > typed.len)
		prompt_replace(&sh->line, 4, typed.len, found);
}

void shell_set(struct shell *sh, struct slice text)
{
	const struct view *v = view_find("Settings");
	struct target t = { .filter = SLICE("") };
	struct slice name;

	text = slice_trim(text);
	name = slice_cut(&text, ' ');
	if (name.len)
		set_value(sh, name, text);
	else if (shell_top(sh)->view == v)
		shell_line_open(sh, ":", ACT_COMMAND, SLICE("set "));
	else
		shell_open(sh, v, &t);
}

/* Sources -------------------------------------------------------------------- */

static bool source_here(struct shell *sh, struct strbuf *out)
{
	const struct step *s = shell_top(sh);
	struct list_row r;
	struct slice member;

	if (s->unit != UNIT_SOURCES || s->ngroups || !s->view->list ||
	    !list_current(s, NULL, &r))
		return false;
	strbuf_add_slice(out, list_text(&r, "path"));
	member = list_text(&r, "member");
	if (member.len)
		strbuf_addf(out, "/%.*s", SLICE_FMT(member));
	return true;
}

/* "mx*.log=+01:00"; what has no = is meant for the source under the cursor. */
static bool read_rule(struct shell *sh, struct slice text, struct strbuf *source,
                      struct strbuf *value)
{
	size_t equals = slice_rchr(text, '=');

	strbuf_add_slice(value, slice_trim(equals == SLICE_NONE
	                                           ? text
	                                           : slice_from(text,
	                                                        equals + 1)));
	if (equals != SLICE_NONE && equals > 0)
		strbuf_add_slice(source, slice_trim(slice_to(text, equals)));
	return source->len || source_here(sh, source);
}

static void decide(struct shell *sh, enum act a, const struct index_rule *rule)
{
	struct index_options o = { 0 };

	switch ((int)a) {
	case ACT_ZONE: o.zones = rule, o.nzones = 1; break;
	case ACT_YEAR: o.years = rule, o.nyears = 1; break;
	default: o.servers = rule, o.nservers = 1; break;
	}
	if (shell_decide(sh, &o))
		shell_say(sh, "%s of %s is %s; times and links are decided anew",
		          a == ACT_ZONE ? "zone" : a == ACT_YEAR ? "year" : "server",
		          rule->source, rule->value);
}

void shell_source_rule(struct shell *sh, enum act a, struct slice text)
{
	struct strbuf source = { 0 }, value = { 0 };

	if (!text.len)
		shell_say(sh, "it takes SOURCE=VALUE, in Sources VALUE for the "
		              "source here");
	else if (!sh->keep.decide)
		shell_error(sh, "this case cannot be written");
	else if (!read_rule(sh, text, &source, &value))
		shell_say(sh, "which source? SOURCE=VALUE, or open Sources");
	else if (shell_can_write(sh) && a == ACT_FORMAT)
		shell_read_as(sh, &(struct index_rule){ strbuf_text(&source),
		                                        strbuf_text(&value) });
	else if (shell_can_write(sh))
		decide(sh, a, &(struct index_rule){ strbuf_text(&source),
		                                    strbuf_text(&value) });
	strbuf_release(&source);
	strbuf_release(&value);
}
