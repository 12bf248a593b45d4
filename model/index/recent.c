/* SPDX-License-Identifier: MIT */
/* The list of cases known. */
#include "model/index/recent.h"

#include "base/alloc.h"
#include "base/strbuf.h"
#include "model/index/cache.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define LISTED 200

static bool add_folder(struct strbuf *out, const char *folder)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (folder)
		strbuf_add_str(out, folder);
	else if (cache && *cache)
		strbuf_addf(out, "%s/mailspoor", cache);
	else if (home && *home)
		strbuf_addf(out, "%s/.cache/mailspoor", home);
	return out->len > 0;
}

static struct recent_case *find(struct recent *r, struct slice path)
{
	for (size_t i = 0; i < r->n; i++)
		if (slice_eq(slice_str(r->list[i].path), path))
			return &r->list[i];
	return NULL;
}

static struct recent_case *add(struct recent *r, struct slice path)
{
	struct recent_case *c = find(r, path);
	struct strbuf text = { 0 };

	if (c)
		return c;
	GROW(r->list, r->n, r->cap);
	c = &r->list[r->n++];
	strbuf_add_slice(&text, path);
	*c = (struct recent_case){ .path = strbuf_take(&text) };
	return c;
}

static void read_line(struct recent *r, struct slice line)
{
	struct slice time = slice_cut(&line, ' ');
	bool forgotten = slice_eq(time, SLICE("-"));
	struct recent_case *c;
	uint64_t us = 0;

	if (!line.len || line.ptr[0] != '/' ||
	    (!forgotten && !slice_u64(time, &us)))
		return;
	c = add(r, line);
	c->opened = (int64_t)us;
	c->forgotten = forgotten;
}

static void read_list(struct recent *r, const char *folder)
{
	struct strbuf path = { 0 };
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	FILE *f;

	strbuf_addf(&path, "%s/recent", folder);
	f = fopen(strbuf_text(&path), "re");
	while (f && (n = getline(&line, &size, f)) > 0)
		read_line(r, slice_of(line, (size_t)n -
		                            (line[n - 1] == '\n')));
	if (f)
		fclose(f);
	free(line);
	strbuf_release(&path);
}

static void read_cache(struct recent *r, const char *folder)
{
	DIR *d = opendir(folder);

	for (struct dirent *e; d && (e = readdir(d));) {
		struct strbuf path = { 0 };
		struct recent_case *c;
		struct stat st;

		strbuf_addf(&path, "%s/%s", folder, e->d_name);
		if (slice_ends(slice_str(e->d_name), SLICE(".case")) &&
		    stat(strbuf_text(&path), &st) == 0 &&
		    cache_is_case(strbuf_text(&path))) {
			c = add(r, strbuf_slice(&path));
			c->cached = true;
			if (!c->opened && !c->forgotten)
				c->opened = (int64_t)st.st_mtime * 1000000;
		}
		strbuf_release(&path);
	}
	if (d)
		closedir(d);
}

static int later(const void *a, const void *b)
{
	const struct recent_case *x = a, *y = b;

	if (x->opened != y->opened)
		return x->opened < y->opened ? 1 : -1;
	return strcmp(x->path, y->path);
}

void recent_load(struct recent *r, const char *where)
{
	struct strbuf folder = { 0 };

	*r = (struct recent){ 0 };
	if (add_folder(&folder, where)) {
		read_list(r, strbuf_text(&folder));
		read_cache(r, strbuf_text(&folder));
	}
	if (r->n)
		qsort(r->list, r->n, sizeof *r->list, later);
	strbuf_release(&folder);
}

void recent_release(struct recent *r)
{
	for (size_t i = 0; i < r->n; i++)
		free(r->list[i].path);
	free(r->list);
	*r = (struct recent){ 0 };
}

static bool write_list(const struct recent *r, const char *folder)
{
	struct strbuf path = { 0 }, new = { 0 };
	FILE *f;
	bool good = false;

	strbuf_addf(&path, "%s/recent", folder);
	strbuf_addf(&new, "%s/recent.%ld", folder, (long)getpid());
	f = fopen(strbuf_text(&new), "wxe");
	for (size_t i = 0; f && i < r->n && i < LISTED; i++) {
		const struct recent_case *c = &r->list[i];

		if (strchr(c->path, '\n'))
			continue;
		if (c->forgotten)
			fprintf(f, "- %s\n", c->path);
		else
			fprintf(f, "%lld %s\n", (long long)c->opened, c->path);
	}
	if (f) {
		good = fclose(f) == 0 && rename(strbuf_text(&new),
		                                strbuf_text(&path)) == 0;
		if (!good)
			unlink(strbuf_text(&new));
	}
	strbuf_release(&path);
	strbuf_release(&new);
	return good;
}

bool recent_note(const char *path, int64_t now, const char *where)
{
	struct strbuf folder = { 0 };
	char real[PATH_MAX];
	struct recent_case *c;
	struct recent r;
	bool good;

	recent_load(&r, where);
	c = add(&r, slice_str(realpath(path, real) ? real : path));
	c->forgotten = now == 0;
	c->opened = now;
	qsort(r.list, r.n, sizeof *r.list, later);
	good = add_folder(&folder, where) && write_list(&r, strbuf_text(&folder));
	strbuf_release(&folder);
	recent_release(&r);
	return good;
}
