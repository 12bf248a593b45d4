/* SPDX-License-Identifier: MIT */
/* set: what the analyst says of a case: its own domains, networks and servers,
 * working hours, numbers and names. Alone it lists what is set. */
#include "commands/common.h"

#include "model/store/setting.h"
#include "model/store/store.h"

#include <stdlib.h>
#include <unistd.h>

static enum exit_status list_settings(const struct options *o, FILE *out,
                                      struct err *err)
{
	struct options list = *o;
	const char *unit[] = { "settings" };
	struct strbuf filter = { 0 };
	enum exit_status status;

	list.args = unit;
	list.nargs = 1;
	if (o->nargs) {
		strbuf_add_str(&filter, "name:\"");
		strbuf_add_str(&filter, strchr(o->args[0], '"') ? ""
		                                                : o->args[0]);
		strbuf_add_str(&filter, "\"");
		list.filter = strbuf_text(&filter);
	}
	status = command_find("list")->run(&list, out, err);
	strbuf_release(&filter);
	return status;
}

static int64_t now_of(const struct options *o)
{
	return o->now_us != TIME_NONE ? o->now_us
	                              : (int64_t)time(NULL) * US_SECOND;
}

static const char *author_of(const struct options *o)
{
	const char *user = getenv("USER");

	return o->author ? o->author : user ? user : "";
}

/* All values are looked at before the first is set. */
static bool check_all(const struct options *o, struct err *err)
{
	struct strbuf name = { 0 }, value = { 0 };
	bool good = true;

	for (size_t i = 1; good && i < o->nargs; i++)
		good = setting_check(slice_str(o->args[0]),
		                     slice_str(o->args[i]), &name, &value, err);
	strbuf_release(&name);
	strbuf_release(&value);
	return good;
}

static bool set_one(struct store *s, const struct options *o, const char *text,
                    struct err *err)
{
	struct strbuf name = { 0 }, value = { 0 };
	bool good = setting_check(slice_str(o->args[0]), slice_str(text), &name,
	                          &value, err);

	if (good && o->remove)
		good = store_unset(s, strbuf_text(&name), strbuf_text(&value),
		                   author_of(o), now_of(o), err);
	else if (good)
		good = store_set(s, strbuf_text(&name), strbuf_text(&value),
		                 "given", author_of(o), now_of(o), err);
	strbuf_release(&name);
	strbuf_release(&value);
	return good;
}

/* A setting with one value is taken back without naming it. */
static bool unset_name(struct store *s, const struct options *o,
                       struct err *err)
{
	return store_unset(s, o->args[0], "", author_of(o), now_of(o), err);
}

/* Reading a case is cheap, linking millions of lines is not: several names are
 * given before they are linked once. */
static void say_when(const struct options *o)
{
	if (setting_is_for_links(slice_str(o->args[0])))
		fprintf(stderr, "mailspoor: links follow when they are decided "
		        "anew: mailspoor index -c %s\n", o->case_path);
}

static enum exit_status change(const struct options *o, struct err *err)
{
	struct store *s;
	bool good = true;

	if (access(o->case_path, F_OK) != 0) {
		err_set(err, "%s: there is no such case; mailspoor index -c %s "
		        "LOG... makes it", o->case_path, o->case_path);
		return EXIT_CASE;
	}
	s = store_open(o->case_path, err);
	if (!s)
		return EXIT_CASE;
	if (o->remove && o->nargs == 1)
		good = unset_name(s, o, err);
	for (size_t i = 1; good && i < o->nargs; i++)
		good = set_one(s, o, o->args[i], err);
	store_close(s);
	if (good)
		say_when(o);
	return good ? EXIT_DONE : EXIT_CASE;
}

static bool is_named(const struct options *o, struct err *err)
{
	const struct setting_info *info = setting_find(slice_str(o->args[0]));

	if (info && !info->many)
		return true;
	return err_set(err, info ? "%s has several values: name the one to take "
	                           "back"
	                         : "there is no setting %s: mailspoor set lists "
	                           "what is set",
	               o->args[0]);
}

static enum exit_status set_run(const struct options *o, FILE *out,
                                struct err *err)
{
	if (!o->case_path) {
		err_set(err, "set needs a case: mailspoor set NAME VALUE -c "
		        "CASE");
		return EXIT_USAGE;
	}
	if (o->remove && !o->nargs) {
		err_set(err, "set --remove needs a name: mailspoor set NAME "
		        "VALUE --remove -c CASE");
		return EXIT_USAGE;
	}
	if (o->nargs < 2 && !o->remove)
		return list_settings(o, out, err);
	if (o->nargs == 1 && !is_named(o, err))
		return EXIT_USAGE;
	if (!check_all(o, err))
		return EXIT_USAGE;
	return change(o, err);
}

const struct command command_set = {
	.name = "set",
	.synopsis = "set NAME VALUE... -c CASE",
	.about = "own domains and networks, servers, hours; alone: what is set",
	.run = set_run,
};
