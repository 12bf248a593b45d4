/* SPDX-License-Identifier: MIT */
/* The cases of the start screen: opened read-only, their logs only asked for
 * their time stamps. */
#include "views/start_cases.h"

#include "base/alloc.h"
#include "base/civil.h"
#include "model/store/engine.h"

#include <stdlib.h>
#include <sys/stat.h>

static void take(struct known_case *k, const struct recent_case *c)
{
	struct stat st;

	*k = (struct known_case){ .path = mem_text(c->path),
		                  .cached = c->cached, .opened = c->opened };
	k->bytes = stat(c->path, &st) == 0 ? (int64_t)st.st_size : -1;
}

void case_list_load(struct case_list *l, const char *folder)
{
	struct recent r;

	recent_load(&r, folder);
	*l = (struct case_list){ .list = mem_alloc((r.n + 1) *
	                                           sizeof *l->list) };
	for (size_t i = 0; i < r.n; i++)
		if (!r.list[i].forgotten)
			take(&l->list[l->n++], &r.list[i]);
	recent_release(&r);
}

void case_list_release(struct case_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->list[i].path);
		free(l->list[i].from);
	}
	free(l->list);
	*l = (struct case_list){ 0 };
}

static void narrow(struct known_case *k, struct slice path)
{
	struct strbuf text = { 0 };
	size_t n = 0, slash;

	if (!k->from) {
		strbuf_add_slice(&text, path);
		k->from = strbuf_take(&text);
		return;
	}
	while (n < path.len && k->from[n] == path.ptr[n])
		n++;
	if (n == path.len && !k->from[n])
		return;
	slash = slice_rchr(slice_of(k->from, n), '/');
	k->from[slash == SLICE_NONE ? 0 : slash + 1] = '\0';
}

static bool look_at_source(void *arg, const struct cell *cells, size_t n,
                           int64_t id)
{
	struct known_case *k = arg;
	char *path = NULL;
	struct strbuf text = { 0 };
	struct stat st;

	(void)n;
	(void)id;
	k->sources++;
	strbuf_add_slice(&text, cells[0].text);
	path = strbuf_take(&text);
	narrow(k, cells[0].text);
	if (path[0] == '/' && stat(path, &st) != 0)
		k->missing++;
	else if (path[0] == '/' && cells[1].text.ptr &&
	         cells[1].number / US_SECOND != (int64_t)st.st_mtime)
		k->changed++;
	free(path);
	return true;
}

static void look(struct known_case *k, struct cancel *cancel)
{
	static const char *const columns[] = { "path", "mtime_utc", NULL };
	struct query q = { .unit = UNIT_SOURCES, .counted = UNIT_SOURCES,
		           .from = TIME_NONE, .to = TIME_NONE };
	struct count count = { 0 };
	struct err err;
	struct engine *e = k->bytes < 0 ? NULL : engine_open(k->path, &err);

	k->looked = true;
	k->broken = !e || !engine_each(e, &q, columns, 0, look_at_source, k,
	                               cancel, &err);
	q.unit = q.counted = UNIT_MESSAGES;
	if (!k->broken && engine_count(e, &q, &count, cancel, &err))
		k->messages = count.total;
	engine_close(e);
}

static bool look_at_all(void *arg, struct cancel *cancel, struct strbuf *said,
                        struct err *err)
{
	struct case_list *l = arg;

	(void)said;
	(void)err;
	for (size_t i = 0; i < l->n && !cancel_asked(cancel); i++)
		look(&l->list[i], cancel);
	return true;
}

static void release(void *arg)
{
	case_list_release(arg);
	free(arg);
}

struct job *case_list_look(const struct case_list *l, struct case_list **out,
                           bool here)
{
	struct case_list *own = mem_alloc(sizeof *own);
	struct err err;

	own->list = mem_alloc((l->n + 1) * sizeof *own->list);
	for (; own->n < l->n; own->n++) {
		own->list[own->n] = l->list[own->n];
		own->list[own->n].path = mem_text(l->list[own->n].path);
	}
	*out = own;
	return job_start(&(struct job_work){ own, look_at_all, release }, here,
	                 &err);
}
