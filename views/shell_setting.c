/* SPDX-License-Identifier: MIT */
/* `:set`: alone it opens the settings, with a name and a value it sets. */
#include "views/shell_private.h"

#include "base/civil.h"
#include "model/store/setting.h"

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

static void set_value(struct shell *sh, struct slice name, struct slice value)
{
	struct pair p = { 0 };
	struct err err = { 0 };

	if (!setting_check(name, value, &p.name, &p.value, &err)) {
		shell_error(sh, "%s", err.text);
	} else if (shell_keep_write(sh, set, &p)) {
		shell_say(sh, "%s is %s", strbuf_text(&p.name),
		          strbuf_text(&p.value));
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
