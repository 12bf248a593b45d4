/* SPDX-License-Identifier: MIT */
/* Evidence against its stored SHA-256. */
#include "model/report/check.h"

#include "base/alloc.h"
#include "model/evidence/evidence.h"

#include <stdlib.h>
#include <unistd.h>

struct run {
	struct check *check;
	struct cancel *cancel;
	uint8_t sha[SHA256_BYTES]; /* of the source before: members share it */
	const char *path;
	enum source_state found;
};

static enum source_state state_of(struct slice name)
{
	for (int i = 0; i < SOURCE_STATE_COUNT; i++)
		if (slice_eq(slice_str(source_state_name((enum source_state)i)),
		             name))
			return (enum source_state)i;
	return SOURCE_ERROR;
}

static char *text_of(struct slice s)
{
	struct strbuf out = { 0 };

	strbuf_add_slice(&out, s);
	return strbuf_take(&out);
}

static enum source_state compare(struct run *r, const char *path,
                                 struct slice wanted)
{
	struct strbuf text = { 0 };
	bool hashed, same;
	uint64_t bytes;

	if (path[0] != '/' || !wanted.len)
		return SOURCE_ERROR;
	if (access(path, F_OK) != 0)
		return SOURCE_MISSING;
	/* members of one archive come one after the other */
	hashed = r->path && strcmp(r->path, path) == 0;
	if (!hashed && !evidence_hash_file(path, r->sha, &bytes, r->cancel, NULL))
		return SOURCE_ERROR;
	r->path = path;
	sha256_print(r->sha, &text);
	same = slice_eq(strbuf_slice(&text), wanted);
	strbuf_release(&text);
	return same ? SOURCE_OK : SOURCE_CHANGED;
}

static bool check_one(void *arg, const struct cell *cells, size_t n, int64_t id)
{
	struct run *r = arg;
	struct check *c = r->check;
	struct check_source *s;

	(void)n;
	GROW(c->list, c->n, c->cap);
	s = &c->list[c->n++];
	*s = (struct check_source){ .id = (uint32_t)id,
		                    .path = text_of(cells[0].text),
		                    .member = text_of(cells[1].text),
		                    .before = state_of(cells[3].text) };
	s->now = compare(r, s->path, cells[2].text);
	c->same += s->now == SOURCE_OK;
	c->changed += s->now == SOURCE_CHANGED;
	c->missing += s->now == SOURCE_MISSING;
	c->other += s->now == SOURCE_ERROR;
	return !cancel_asked(r->cancel);
}

bool check_run(struct engine *e, struct check *out, struct cancel *cancel,
               struct err *err)
{
	static const char *const columns[] = { "path", "member", "sha256",
		                               "state", NULL };
	struct query q = { .unit = UNIT_SOURCES, .counted = UNIT_SOURCES,
		           .from = TIME_NONE, .to = TIME_NONE };
	struct run r = { .check = out, .cancel = cancel };

	*out = (struct check){ 0 };
	if (!engine_each(e, &q, columns, 0, check_one, &r, cancel, err))
		return false;
	if (cancel_asked(cancel))
		return err_set(err, "the check was stopped before its end");
	return true;
}

void check_release(struct check *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->list[i].path);
		free(c->list[i].member);
	}
	free(c->list);
	*c = (struct check){ 0 };
}

static const struct check_source *find(const struct check *c, uint32_t id)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->list[i].id == id)
			return &c->list[i];
	return NULL;
}

/* What was cut or a copy stays so as long as its bytes are the same. */
static bool update(struct store *s, struct source *src,
                   const struct check_source *found, struct err *err)
{
	bool was_wrong = src->state == SOURCE_CHANGED ||
	                 src->state == SOURCE_MISSING;

	if (!found || found->now == SOURCE_ERROR || found->now == src->state ||
	    (found->now == SOURCE_OK && !was_wrong))
		return true;
	src->state = found->now;
	if (found->now == SOURCE_OK && src->copy_of)
		src->state = SOURCE_COPY;
	return store_update_source(s, src, err);
}

bool check_write(struct store *s, const struct check *c, const char *author,
                 int64_t now, struct err *err)
{
	struct source_list list = { 0 };
	struct strbuf text = { 0 };
	bool ok = store_sources(s, &list, err);

	for (size_t i = 0; ok && i < list.n; i++)
		ok = update(s, &list.list[i], find(c, list.list[i].id), err);
	source_list_release(&list);
	check_print(c, &text);
	ok = ok && store_audit(s, "check", strbuf_text(&text), author, now, err);
	strbuf_release(&text);
	return ok;
}

static void add_names(const struct check *c, enum source_state state,
                      size_t n, const char *what, struct strbuf *out)
{
	const char *between = ": ";

	if (!n)
		return;
	strbuf_addf(out, ", %zu %s", n, what);
	for (size_t i = 0; i < c->n; i++) {
		const char *slash = strrchr(c->list[i].path, '/');

		if (c->list[i].now != state)
			continue;
		strbuf_addf(out, "%s%s", between,
		            slash ? slash + 1 : c->list[i].path);
		between = " ";
	}
}

void check_print(const struct check *c, struct strbuf *out)
{
	strbuf_addf(out, "%zu source%s unchanged", c->same,
	            c->same == 1 ? "" : "s");
	add_names(c, SOURCE_CHANGED, c->changed, "changed", out);
	add_names(c, SOURCE_MISSING, c->missing, "missing", out);
	if (c->other)
		strbuf_addf(out, ", %zu not compared", c->other);
}
