/* SPDX-License-Identifier: MIT */
/* The settings: what the analyst said of the case, and what the evidence
 * suggests to say. Opened by :set. */
#include "views/list.h"

#include "model/store/setting.h"

static enum tone tone_basis(const struct list_row *r)
{
	return slice_eq(list_text(r, "basis"), SLICE("given")) ? TONE_NORMAL
	                                                       : TONE_FAINT;
}

static void print_author(const struct list_row *r, const struct list_column *c,
                         struct strbuf *out)
{
	if (list_text(r, "time_utc").ptr)
		list_add_or(out, list_text(r, c->column),
		            theme_sign(r->theme, SIGN_DASH));
	else
		strbuf_add_str(out, "the logs");
}

static const struct list_column columns[] = {
	{ .shape = { .title = "setting", .min = 12, .want = 18, .drop = 0 },
	  .want_wide = 24, .column = "name", .field = "name" },
	{ .shape = { .title = "value", .min = 16, .want = 32, .drop = 0 },
	  .want_wide = 60, .column = "value", .field = "value" },
	{ .shape = { .title = "basis", .min = 9, .want = 9, .drop = 1 },
	  .column = "basis", .field = "basis", .tone = tone_basis },
	{ .shape = { .title = "by", .min = 8, .want = 8, .drop = 3 },
	  .want_wide = 16, .column = "author", .field = "author",
	  .print = print_author },
	{ .shape = { .title = "time", .min = 14, .want = 14, .drop = 4 },
	  .want_wide = 19, .column = "time_utc", .is_time = true },
	{ .shape = { .title = NULL } },
};

static bool detail(const struct list_row *r, int n, struct strbuf *out)
{
	const struct setting_info *info = setting_find(list_text(r, "name"));
	bool given = slice_eq(list_text(r, "basis"), SLICE("given"));

	if (n == 0) {
		strbuf_addf(out, "%.*s  ", SLICE_FMT(list_text(r, "name")));
		strbuf_add_slice(out, list_text(r, "value"));
		return true;
	}
	if (n == 1 && info) {
		strbuf_addf(out, "%s%s", given ? "" : "suggested: ", info->about);
		strbuf_addf(out, ", as %s", info->example);
		return true;
	}
	return false;
}

static const struct list list = {
	.columns = columns,
	.column = 1,
	.sort = "basis",
	.nothing = "Nothing is set yet. :set own.domain corp.example names a "
	           "domain of your own.",
	.detail = detail,
};

static bool row_here(const struct step *s, struct list_row *r)
{
	return list_current(s, NULL, r);
}

/* A suggestion is accepted; a value is edited. */
static void open_row(struct shell *sh, const struct step *s)
{
	struct strbuf text = { 0 };
	struct list_row r;

	if (!row_here(s, &r)) {
		shell_prompt(sh, ":", ACT_COMMAND, SLICE("set "));
		return;
	}
	strbuf_addf(&text, "%.*s ", SLICE_FMT(list_text(&r, "name")));
	strbuf_add_slice(&text, list_text(&r, "value"));
	if (slice_eq(list_text(&r, "basis"), SLICE("suggested")))
		shell_setting(sh, strbuf_slice(&text), false);
	else {
		struct strbuf line = { 0 };

		strbuf_addf(&line, "set %s", strbuf_text(&text));
		shell_prompt(sh, ":", ACT_COMMAND, strbuf_slice(&line));
		strbuf_release(&line);
	}
	strbuf_release(&text);
}

static void drop_row(struct shell *sh, const struct step *s)
{
	struct strbuf text = { 0 };
	struct list_row r;

	if (!row_here(s, &r))
		return;
	strbuf_addf(&text, "%.*s ", SLICE_FMT(list_text(&r, "name")));
	strbuf_add_slice(&text, list_text(&r, "value"));
	shell_setting(sh, strbuf_slice(&text), true);
	strbuf_release(&text);
}

static bool act(struct shell *sh, struct step *s, enum act a, struct slice arg)
{
	switch ((int)a) {
	case ACT_OPEN: open_row(sh, s); return true;
	case ACT_DISMISS: drop_row(sh, s); return true;
	default: return list_act(sh, s, a, arg);
	}
}

static bool can(const struct step *s, enum act a)
{
	return a == ACT_DISMISS || list_can(s, a);
}

static const struct legend legend[] = {
	{ ACT_OPEN, "accept, change", "accept a suggestion, change a value" },
	{ ACT_DISMISS, "take back", "take back" },
	{ ACT_SET, "NAME VALUE", "NAME VALUE" },
	{ ACT_ONLY, NULL, NULL },
	{ ACT_SORT, NULL, NULL },
	{ ACT_COPY, NULL, NULL },
	{ ACT_HELP, NULL, NULL },
	{ ACT_NONE, NULL, NULL },
};

const struct view view_settings = {
	.name = "Settings",
	.brief = "Sets",
	.unit = UNIT_SETTINGS,
	.list = &list,
	.legend = legend,
	.context = CONTEXT_LIST,
	.open = list_open,
	.wants = list_wants,
	.act = act,
	.can = can,
	.arrived = list_arrived,
	.draw = list_draw,
	.ref = list_ref,
};
