/* SPDX-License-Identifier: MIT */
/* Which files there are: folders walked whole, everything sorted. */
#include "model/evidence/evidence.h"

#include "base/alloc.h"
#include "model/evidence/file.h"

#include <dirent.h>
#include <errno.h>

/* Folders still to walk stand on a stack of our own: no recursion on input. */
struct walk {
	struct evidence_list *found, folders;
	struct strbuf *warnings;
};

static void list_add(struct evidence_list *l, char *path)
{
	GROW(l->paths, l->n, l->cap);
	l->paths[l->n++] = path;
}

void evidence_list_release(struct evidence_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->paths[i]);
	free(list->paths);
	*list = (struct evidence_list){ 0 };
}

static void warn(struct walk *w, const char *path, const char *what)
{
	struct strbuf tmp = { 0 };

	if (w->warnings)
		strbuf_addf(w->warnings, "%s: %s\n", file_shown(path, &tmp),
		            what);
	strbuf_release(&tmp);
}

static void warn_special(struct walk *w, const char *path, mode_t mode)
{
	char text[64];

	snprintf(text, sizeof text, "%s, left out", file_kind(mode));
	warn(w, path, text);
}

/* Takes PATH, an entry of a folder. */
static void walk_entry(struct walk *w, char *path)
{
	struct stat st;
	bool link;

	if (lstat(path, &st) != 0) {
		warn(w, path, strerror(errno));
		free(path);
		return;
	}
	link = S_ISLNK(st.st_mode);
	if (link && stat(path, &st) != 0)
		warn(w, path, "a link that leads nowhere, left out");
	else if (S_ISDIR(st.st_mode) && link)
		warn(w, path, "a link to a folder, not followed");
	else if (S_ISDIR(st.st_mode)) {
		list_add(&w->folders, path);
		return;
	} else if (S_ISREG(st.st_mode)) {
		list_add(w->found, path);
		return;
	} else
		warn_special(w, path, st.st_mode);
	free(path);
}

static char *path_join(const char *folder, const char *name)
{
	struct strbuf b = { 0 };

	strbuf_add_str(&b, folder);
	if (b.len == 0 || b.ptr[b.len - 1] != '/')
		strbuf_add_char(&b, '/');
	strbuf_add_str(&b, name);
	return strbuf_take(&b);
}

static void walk_folder(struct walk *w, const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *d;

	if (!dir) {
		warn(w, folder, strerror(errno));
		return;
	}
	while ((d = readdir(dir)))
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			walk_entry(w, path_join(folder, d->d_name));
	closedir(dir);
}

/* One path as it was given. */
static bool walk_given(struct walk *w, const char *path, struct err *err)
{
	struct strbuf tmp = { 0 };
	struct stat st;

	if (strcmp(path, "-") == 0) {
		list_add(w->found, mem_text(path));
		return true;
	}
	if (stat(path, &st) != 0) {
		err_set(err, "cannot read %s: %s", file_shown(path, &tmp),
		        strerror(errno));
		strbuf_release(&tmp);
		return false;
	}
	if (S_ISREG(st.st_mode))
		list_add(w->found, mem_text(path));
	else if (!S_ISDIR(st.st_mode))
		warn_special(w, path, st.st_mode);
	else
		list_add(&w->folders, mem_text(path));
	while (w->folders.n) {
		char *folder = w->folders.paths[--w->folders.n];

		walk_folder(w, folder);
		free(folder);
	}
	return true;
}

static int path_cmp(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted, and each path once. */
static void list_settle(struct evidence_list *l)
{
	size_t kept = 0;

	if (l->n)
		qsort(l->paths, l->n, sizeof *l->paths, path_cmp);
	for (size_t i = 0; i < l->n; i++) {
		if (kept && strcmp(l->paths[kept - 1], l->paths[i]) == 0)
			free(l->paths[i]);
		else
			l->paths[kept++] = l->paths[i];
	}
	l->n = kept;
}

bool evidence_find(const char *const *paths, size_t n,
                   struct evidence_list *list, struct strbuf *warnings,
                   struct err *err)
{
	struct walk w = { .found = list, .warnings = warnings };
	bool ok = true;

	*list = (struct evidence_list){ 0 };
	for (size_t i = 0; i < n; i++)
		if (!walk_given(&w, paths[i], ok ? err : NULL))
			ok = false; /* the first is told, the rest goes on */
	evidence_list_release(&w.folders);
	list_settle(list);
	return ok;
}
