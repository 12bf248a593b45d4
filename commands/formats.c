/* SPDX-License-Identifier: MIT */
/* Folders of user-defined formats. */
#include "commands/formats.h"

#include "base/alloc.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define SUFFIX ".format"

struct loader {
	struct user_formats *list;
	struct strbuf *warnings;
};

/* One byte more than a format may have tells that it is too long. */
static bool read_text(const char *path, struct strbuf *text, struct err *err)
{
	FILE *in = fopen(path, "rb");
	bool ok;

	if (!in)
		return err_set(err, "cannot open %s: %s", path, strerror(errno));
	text->len += fread(strbuf_room(text, USER_FORMAT_MAX + 1), 1,
	                   USER_FORMAT_MAX + 1, in);
	ok = !ferror(in);
	if (!ok)
		err_set(err, "cannot read %s: %s", path, strerror(errno));
	fclose(in);
	return ok;
}

static void load_file(struct loader *x, const char *path)
{
	struct strbuf text = { 0 };
	struct err err = { 0 };
	struct user_format *f = NULL;

	if (read_text(path, &text, &err))
		f = user_format_new(path, strbuf_slice(&text), &err);
	if (f && user_format_check(f, path, &err)) {
		(void)user_formats_add(x->list, f);
	} else {
		strbuf_addf(x->warnings, "mailspoor: %s; the format is not used\n",
		            err.text);
		user_format_free(f);
	}
	strbuf_release(&text);
}

static int is_format(const struct dirent *entry)
{
	struct slice name = slice_str(entry->d_name);

	return name.ptr[0] != '.' && slice_ends(name, SLICE(SUFFIX));
}

static bool load_folder(struct loader *x, const char *folder)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, is_format, alphasort);

	if (n < 0)
		return false;
	for (int i = 0; i < n; i++) {
		struct strbuf path = { 0 };

		strbuf_addf(&path, "%s/%s", folder, entries[i]->d_name);
		load_file(x, strbuf_text(&path));
		strbuf_release(&path);
		free(entries[i]);
	}
	free(entries);
	return true;
}

/* No such folder is no fault. */
static void load_home(struct loader *x)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	struct strbuf folder = { 0 };

	if (config && *config)
		strbuf_addf(&folder, "%s/mailspoor/formats", config);
	else if (home && *home)
		strbuf_addf(&folder, "%s/.config/mailspoor/formats", home);
	if (folder.len)
		(void)load_folder(x, strbuf_text(&folder));
	strbuf_release(&folder);
}

/* PREFIX/share beside the PREFIX/bin that this program runs from. */
static void load_beside(struct loader *x)
{
	struct strbuf folder = { 0 };
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self);
	struct slice path = slice_of(self, n > 0 ? (size_t)n : 0);
	size_t at = slice_rfind(path, SLICE("/bin/"));

	if (at != SLICE_NONE) {
		strbuf_add_slice(&folder, slice_to(path, at));
		strbuf_add_str(&folder, "/share/mailspoor/formats");
		(void)load_folder(x, strbuf_text(&folder));
	}
	strbuf_release(&folder);
}

static void load_shared(struct loader *x)
{
	const char *dirs = getenv("XDG_DATA_DIRS");
	struct slice rest = slice_str(dirs && *dirs ? dirs
	                                            : "/usr/local/share:/usr/share");

	load_beside(x);
	while (rest.len) {
		struct slice one = slice_cut(&rest, ':');
		struct strbuf folder = { 0 };

		strbuf_add_slice(&folder, one);
		strbuf_add_str(&folder, "/mailspoor/formats");
		if (one.len)
			(void)load_folder(x, strbuf_text(&folder));
		strbuf_release(&folder);
	}
}

bool formats_load(const struct options *o, struct user_formats *l,
                  struct strbuf *warnings, struct err *err)
{
	struct loader x = { l, warnings };

	*l = (struct user_formats){ 0 };
	if (o->formats_folder && !load_folder(&x, o->formats_folder))
		return err_set(err, "cannot read the folder %s of --formats: %s",
		               o->formats_folder, strerror(errno));
	load_home(&x);
	l->own = l->n;
	load_shared(&x);
	return true;
}
