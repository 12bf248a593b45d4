/* SPDX-License-Identifier: MIT */
/* The writer: the only one that touches the case while evidence is read. */
#include "model/index/private.h"

#include "base/alloc.h"

#define TEXT_BLOCK ((size_t)256 << 10)

static bool begin(struct indexer *x, struct reading *r, struct err *err)
{
	if (r->src.id)
		return store_update_source(x->store, &r->src, err);
	x->new_sources++;
	if (!store_add_source(x->store, &r->src, err))
		return false;
	return index_audit_rules(x, &r->src, err);
}

/* Text that cannot be read again where it came from. */
static bool keep_text(struct indexer *x, const struct job *job, struct err *err)
{
	const struct reading *r = job->reading;

	if (r->src.kept == EVIDENCE_PLAIN && !x->options.keep_text)
		return true;
	for (size_t at = 0; at < job->bytes.len; at += TEXT_BLOCK) {
		struct slice part = slice_to(slice_from(job->bytes, at),
		                             TEXT_BLOCK);

		if (!store_put_text(x->store, r->src.id, job->offset + at, part,
		                    err))
			return false;
	}
	return true;
}

static void show_piece(struct indexer *x, const struct piece *p)
{
	x->new_lines += p->lines;
	x->new_bytes += p->bytes;
	pthread_mutex_lock(&x->lock);
	x->progress.lines += p->lines;
	x->progress.unknown += p->unknown_lines;
	pthread_mutex_unlock(&x->lock);
}

static bool put_piece(struct indexer *x, struct pipe *pipe, struct job *job,
                      struct err *err)
{
	struct reading *r = job->reading;
	struct piece *p = job->piece;
	bool ok;

	if (!p)
		return err_set(err, "cancelled");
	p->source = r->src.id;
	p->number = r->number;
	p->first_line = r->lines + 1; /* known only now: pieces are assembled
	                                 in any order */
	ok = keep_text(x, job, err) && store_put_piece(x->store, p, err);
	if (!ok)
		return false;
	r->number++;
	r->lines += p->lines;
	show_piece(x, p);
	index_keep_piece(x, p);
	job->piece = NULL;
	pipe_buffer_done(pipe, job->buffer);
	job->buffer = NULL;
	return true;
}

static void take_text(char **to, const char *text)
{
	free(*to);
	*to = mem_text(text);
}

static void settle(const struct file_reading *f, struct reading *r)
{
	struct source *src = &r->src;

	src->state = r->sum.state == EVIDENCE_OK    ? SOURCE_OK
	             : r->sum.state == EVIDENCE_CUT ? SOURCE_CUT
	                                            : SOURCE_ERROR;
	if (src->state != SOURCE_OK)
		take_text(&src->message, r->sum.error.text);
	src->bytes = f->bytes;
	src->inode = f->inode;
	src->content_bytes = r->sum.content_bytes;
	src->hashed = r->copy ? r->sum.file_sha256_known
	                      : f->sum.file_sha256_known;
	memcpy(src->sha256, r->copy ? r->sum.file_sha256 : f->sum.file_sha256,
	       SHA256_BYTES);
	memcpy(src->content_sha256, r->sum.content_sha256, SHA256_BYTES);
}

static bool finish_reading(struct indexer *x, const struct file_reading *f,
                           struct reading *r, struct err *err)
{
	struct source *src = &r->src;
	uint32_t of;

	if (r->skip > r->sum.content_bytes) {
		/* it stays unfinished, and the next run sees that it changed */
		index_warn(x, "%s changed while it was read: index it again",
		           src->path);
		return true;
	}
	of = r->copy ? store_find_content(x->store, r->of_length, r->of_sha256)
	             : store_find_content(x->store, r->sum.content_bytes,
	                                  r->sum.content_sha256);
	settle(f, r);
	if (!src->id && !begin(x, r, err))
		return false;
	if (!store_update_source(x->store, src, err))
		return false;
	if (of && of != src->id && src->content_bytes)
		return store_mark_copy(x->store, src->id, of, r->lines, err);
	return !src->hashed || src->state != SOURCE_OK || !src->content_bytes ||
	       store_add_version(x->store, src->id, src->content_bytes,
	                         src->content_sha256, err);
}

/* A row as it is but for its state: what it holds stays. */
static bool mark(struct indexer *x, const struct source *known,
                 enum source_state state, const char *why, struct err *err)
{
	struct source src = *known;
	bool ok;

	src.state = state;
	src.message = mem_text(why);
	ok = store_update_source(x->store, &src, err);
	free(src.message);
	return ok;
}

/* A file that could not be opened at all still has its row. */
static bool finish_failed(struct indexer *x, struct file_reading *f,
                          struct err *err)
{
	struct reading *r;

	for (size_t i = 0; i < x->known.n; i++)
		if (strcmp(x->known.list[i].path, f->path) == 0)
			return mark(x, &x->known.list[i], SOURCE_ERROR,
			            f->sum.error.text, err);
	r = file_reading_add(f, "");
	r->src.state = SOURCE_ERROR;
	take_text(&r->src.message, f->sum.error.text);
	return begin(x, r, err);
}

static bool was_met(const struct file_reading *f, const char *member)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->list[i]->src.member, member) == 0)
			return true;
	return false;
}

/* Members that the archive no longer has. */
static bool finish_absent(struct indexer *x, const struct file_reading *f,
                          struct err *err)
{
	for (size_t i = 0; i < x->known.n; i++) {
		const struct source *k = &x->known.list[i];

		if (k->state == SOURCE_READING &&
		    strcmp(k->path, f->path) == 0 && !was_met(f, k->member) &&
		    !mark(x, k, SOURCE_MISSING, "no longer in the archive",
		          err))
			return false;
	}
	return true;
}

static bool finish_file(struct indexer *x, struct file_reading *f,
                        struct err *err)
{
	bool ok = true;

	if (f->failed)
		ok = finish_failed(x, f, err);
	else {
		for (size_t i = 0; ok && i < f->n; i++)
			ok = finish_reading(x, f, f->list[i], err);
		ok = ok && finish_absent(x, f, err);
	}
	pthread_mutex_lock(&x->lock);
	x->progress.sources_done++;
	pthread_mutex_unlock(&x->lock);
	return ok;
}

bool writer_run(struct indexer *x, struct pipe *pipe, struct err *err)
{
	struct job *job;

	while ((job = pipe_oldest(pipe))) {
		struct file_reading *file = NULL;
		bool ok = true;

		switch (job->kind) {
		case JOB_BEGIN:
			ok = begin(x, job->reading, err);
			break;
		case JOB_PIECE:
			ok = put_piece(x, pipe, job, err);
			break;
		case JOB_FILE:
			ok = finish_file(x, job->file, err);
			file = job->file;
			break;
		case JOB_LAST:
			return true;
		}
		if (!ok)
			return false;
		pipe_committed(pipe);
		file_reading_free(file);
	}
	return err_set(err, "cancelled");
}
