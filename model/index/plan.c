/* SPDX-License-Identifier: MIT */
/* Before reading: which files are known, unchanged, grown or others now. Only
 * what makes a doubt is hashed. */
#include "model/index/private.h"

#include "base/alloc.h"
#include "base/civil.h"
#include "model/index/rules.h"
#include "parsers/user_format.h"

#include <sys/stat.h>

enum verdict {
	SAME,  /* nothing to read */
	GROWN, /* only what is new */
	GO_ON, /* a run that was broken off */
	ANEW,
};

struct planner {
	struct indexer *indexer;
	struct cancel *cancel;
	struct source_list sources;
	bool *reset; /* by source id */
	uint32_t nreset;
};

static void plan_add(struct indexer *x, const char *path, bool read,
                     int64_t bytes)
{
	GROW(x->plan, x->nplan, x->cplan);
	x->plan[x->nplan++] = (struct plan_file){ mem_text(path), read, bytes };
}

static bool is_planned(const struct indexer *x, const char *path)
{
	for (size_t i = 0; i < x->nplan; i++)
		if (strcmp(x->plan[i].path, path) == 0)
			return true;
	return false;
}

static int64_t mtime_of(const struct stat *st)
{
	return st->st_mtim.tv_sec * US_SECOND + st->st_mtim.tv_nsec / 1000;
}

/* Sure without a hash. A member's time is not its archive's. */
static bool looks_same(const struct source *src, const struct stat *st)
{
	return src->bytes == st->st_size && src->inode == st->st_ino &&
	       (*src->member || src->mtime == mtime_of(st));
}

static bool hash_is(const char *path, uint64_t length, const uint8_t *sha256,
                    struct cancel *cancel)
{
	uint8_t now[SHA256_BYTES];
	uint64_t bytes;

	return evidence_hash_head(path, length, now, &bytes, cancel, NULL) &&
	       bytes == length && memcmp(now, sha256, SHA256_BYTES) == 0;
}

static bool is_settled(const struct source *src)
{
	return src->state == SOURCE_OK || src->state == SOURCE_CUT ||
	       src->state == SOURCE_COPY;
}

/* --read-as says otherwise than it was read. */
static bool read_otherwise(const struct indexer *x, const struct source *src)
{
	const char *value = rule_value(x->options.formats, x->options.nformats,
	                               src->path, src->member);
	const struct framing *framing;
	const struct parser *parser;
	const struct user_format *user, *was;
	struct layout *l;
	bool other;

	if (!value)
		return false;
	user = user_formats_find(x->options.described, slice_str(value));
	if ((!user && !rule_format(value, &framing, &parser)) ||
	    !(l = layout_parse(slice_str(src->layout), NULL)))
		return false;
	was = layout_user_format(l);
	if (user)
		other = !was || !slice_eq(user_format_text(user),
		                          user_format_text(was));
	else
		other = (framing && framing != l->framing) ||
		        (parser && parser != l->parser);
	layout_free(l);
	return other;
}

static enum verdict judge(struct planner *p, const struct source *src,
                          const struct stat *st)
{
	if (read_otherwise(p->indexer, src))
		return ANEW;
	if (src->state == SOURCE_READING)
		return looks_same(src, st) ? GO_ON : ANEW;
	if (src->state == SOURCE_ERROR || !src->hashed)
		return ANEW;
	if (looks_same(src, st) && is_settled(src) && !*src->member)
		return SAME;
	if (src->bytes == st->st_size)
		return hash_is(src->path, (uint64_t)st->st_size, src->sha256,
		               p->cancel) ? SAME : ANEW;
	if (src->kept == EVIDENCE_PLAIN && src->state == SOURCE_OK &&
	    src->bytes < st->st_size &&
	    hash_is(src->path, src->content_bytes, src->content_sha256,
	            p->cancel))
		return GROWN;
	return ANEW;
}

static void set_text(char **to, const char *text)
{
	free(*to);
	*to = mem_text(text);
}

static bool reset(struct planner *p, struct source *src, const char *why,
                  struct err *err)
{
	if (src->id < p->nreset)
		p->reset[src->id] = true;
	src->state = SOURCE_READING;
	src->hashed = false;
	src->copy_of = 0;
	src->content_bytes = 0;
	set_text(&src->message, why);
	set_text(&src->layout, "");
	return store_reset_source(p->indexer->store, src->id, err) &&
	       store_update_source(p->indexer->store, src, err);
}

static bool apply(struct planner *p, struct source *src, enum verdict v,
                  const struct stat *st, struct err *err)
{
	struct store *s = p->indexer->store;
	bool fresh = src->state == SOURCE_ERROR ||
	             (src->state == SOURCE_READING && !src->pieces);
	bool touch = !looks_same(src, st) || !is_settled(src);

	if (v == GO_ON)
		return true;
	if (v == SAME && !touch)
		return true;
	src->bytes = st->st_size;
	src->inode = st->st_ino;
	if (!*src->member)
		src->mtime = mtime_of(st);
	if (v == SAME) {
		if (!is_settled(src))
			src->state = src->copy_of ? SOURCE_COPY : SOURCE_OK;
		return store_update_source(s, src, err);
	}
	if (v == ANEW)
		return reset(p, src, fresh                                ? ""
		             : read_otherwise(p->indexer, src)
		                     ? "it was read anew in the format given"
		                     : "it changed since it was indexed and was "
		                       "read anew", err);
	/* its last record may go on in the bytes that came */
	src->state = SOURCE_READING;
	src->content_bytes = 0; /* as the pieces that are left say */
	return (!src->pieces ||
	        store_drop_pieces(s, src->id, src->pieces - 1, err)) &&
	       store_update_source(s, src, err);
}

/* All streams of a file share its fate. */
static enum verdict judge_all(struct planner *p, const char *path,
                              const struct stat *st)
{
	enum verdict all = SAME;
	bool any = false;

	for (size_t i = 0; i < p->sources.n; i++) {
		const struct source *src = &p->sources.list[i];
		enum verdict v;

		if (strcmp(src->path, path) != 0)
			continue;
		/* members share the hash of the file: one tells for all */
		if (any && *src->member && all == SAME &&
		    src->state != SOURCE_READING)
			continue;
		v = judge(p, src, st);
		all = !any ? v : v > all ? v : all;
		any = true;
	}
	return any ? all : GO_ON; /* not known: read */
}

static bool plan_file(struct planner *p, const char *path, struct err *err)
{
	struct stat st = { 0 };
	enum verdict v;

	if (stat(path, &st) != 0) {
		plan_add(p->indexer, path, true, 0);
		return true;
	}
	v = judge_all(p, path, &st);
	if (cancel_asked(p->cancel))
		return err_set(err, "cancelled");
	plan_add(p->indexer, path, v != SAME, st.st_size);
	for (size_t i = 0; i < p->sources.n; i++) {
		struct source *src = &p->sources.list[i];

		if (strcmp(src->path, path) == 0 &&
		    !apply(p, src, v, &st, err))
			return false;
	}
	return true;
}

/* Standard input that was broken off cannot be gone on with: what it gave stays,
 * unless it is given again. */
static bool plan_stdin(struct planner *p, bool given, struct err *err)
{
	bool reused = false;

	for (size_t i = 0; i < p->sources.n; i++) {
		struct source *src = &p->sources.list[i];

		if (strcmp(src->path, "-") != 0 || src->state != SOURCE_READING)
			continue;
		if (given && !reused) {
			reused = true;
			if (!reset(p, src, "", err))
				return false;
			continue;
		}
		src->state = SOURCE_CUT;
		set_text(&src->message, "standard input was not read to its "
		                        "end");
		if (!store_update_source(p->indexer->store, src, err))
			return false;
	}
	if (given)
		plan_add(p->indexer, "-", true, 0);
	return true;
}

/* A copy whose original is read anew must be read itself. */
static bool plan_orphans(struct planner *p, struct err *err)
{
	for (size_t i = 0; i < p->sources.n; i++) {
		struct source *src = &p->sources.list[i];

		if (src->state != SOURCE_COPY || !src->copy_of ||
		    src->copy_of >= p->nreset || !p->reset[src->copy_of])
			continue;
		if (!reset(p, src, "", err))
			return false;
		for (size_t k = 0; k < p->indexer->nplan; k++)
			if (strcmp(p->indexer->plan[k].path, src->path) == 0)
				p->indexer->plan[k].read = true;
		if (!is_planned(p->indexer, src->path))
			plan_add(p->indexer, src->path, true, src->bytes);
	}
	return true;
}

/* Files that an earlier run left unfinished. */
static bool plan_unfinished(struct planner *p, struct err *err)
{
	for (size_t i = 0; i < p->sources.n; i++) {
		const struct source *src = &p->sources.list[i];

		if (src->state == SOURCE_READING &&
		    strcmp(src->path, "-") != 0 &&
		    !is_planned(p->indexer, src->path) &&
		    !plan_file(p, src->path, err))
			return false;
	}
	return true;
}

/* Zones, years and names given now. */
static bool plan_rules(struct planner *p, struct err *err)
{
	struct indexer *x = p->indexer;

	for (size_t i = 0; i < p->sources.n; i++) {
		struct source *src = &p->sources.list[i];

		if (!rules_apply(&x->options, src))
			continue;
		if (!store_mark_stale(x->store, err) ||
		    !store_update_source(x->store, src, err) ||
		    !index_audit_rules(x, src, err))
			return false;
	}
	return true;
}

static bool plan_all(struct planner *p, struct err *err)
{
	struct indexer *x = p->indexer;
	bool stdin_given = false;

	for (size_t i = 0; i < x->found.n; i++) {
		if (strcmp(x->found.paths[i], "-") == 0)
			stdin_given = true;
		else if (!plan_file(p, x->found.paths[i], err))
			return false;
	}
	return plan_stdin(p, stdin_given, err) && plan_unfinished(p, err) &&
	       plan_orphans(p, err) && plan_rules(p, err);
}

static uint64_t plan_bytes(const struct indexer *x, bool *any)
{
	uint64_t sum = 0;

	*any = false;
	for (size_t i = 0; i < x->nplan; i++)
		if (x->plan[i].read) {
			*any = true;
			sum += (uint64_t)x->plan[i].bytes;
		}
	return sum;
}

bool index_plan(struct indexer *x, struct cancel *cancel, struct err *err)
{
	struct planner p = { .indexer = x, .cancel = cancel };
	uint64_t total;
	bool ok, any;

	if (!store_sources(x->store, &p.sources, err))
		return false;
	for (size_t i = 0; i < p.sources.n; i++)
		if (p.sources.list[i].id >= p.nreset)
			p.nreset = p.sources.list[i].id + 1;
	p.reset = mem_alloc(p.nreset + 1);
	ok = plan_all(&p, err);
	source_list_release(&p.sources);
	free(p.reset);
	total = plan_bytes(x, &any);
	pthread_mutex_lock(&x->lock);
	x->progress.bytes_total = total;
	x->progress.sources_total = (uint32_t)x->nplan;
	pthread_mutex_unlock(&x->lock);
	if (ok && any)
		ok = store_mark_stale(x->store, err);
	return ok && store_sources(x->store, &x->known, err) &&
	       contents_load(x, err);
}
