/* SPDX-License-Identifier: MIT */
/* The reader: evidence into big buffers, buffers cut into pieces. It hashes on
 * its way; parsing and storing are the others' work. */
#include "model/index/private.h"

#include "base/alloc.h"
#include "base/text.h"
#include "model/index/rules.h"
#include "model/index/sample.h"
#include "model/trace/assemble.h"

#define BUFFER ((size_t)8 << 20)
#define BUFFER_MAX ((size_t)128 << 20)
#define READ_STEP ((size_t)1 << 20) /* bytes between looks at cancel */

/* A stream on its way through buffers. */
struct stream {
	struct reader *reader;
	struct evidence *evidence;
	struct reading *reading;
	struct buffer *buffer;
	size_t have;     /* bytes in it */
	uint64_t offset; /* of its first byte in the stream */
	bool ended;
	bool plain;
	uint32_t records;
};

static bool stopped(const struct reader *r)
{
	return pipe_stopped(r->pipe);
}

static void show_current(struct indexer *x, const char *path)
{
	struct strbuf b = { 0 };
	size_t n;

	text_sanitise(&b, slice_str(path));
	pthread_mutex_lock(&x->lock);
	n = b.len < sizeof x->progress.current - 1
	            ? b.len : sizeof x->progress.current - 1;
	memcpy(x->progress.current, strbuf_text(&b), n);
	x->progress.current[n] = '\0';
	pthread_mutex_unlock(&x->lock);
	strbuf_release(&b);
}

static void show_position(struct reader *r)
{
	atomic_store(&r->indexer->file_done, evidence_position(r->evidence));
}

/* Fills the buffer, or reads to the stream's end. */
static void stream_fill(struct stream *s)
{
	while (!s->ended && s->have < s->buffer->cap && !stopped(s->reader)) {
		size_t room = s->buffer->cap - s->have;
		size_t n = evidence_read(s->evidence,
		                         s->buffer->bytes + s->have,
		                         room < READ_STEP ? room : READ_STEP);

		s->ended = n == 0;
		s->have += n;
		show_position(s->reader);
	}
}

/* What the case has already goes by, for the hash alone. */
static bool stream_skip(struct stream *s)
{
	uint64_t left = s->reading->skip;
	char *buf;

	if (!left)
		return true;
	buf = mem_alloc(READ_STEP);
	while (left && !stopped(s->reader)) {
		size_t n = evidence_read(s->evidence, buf,
		                         left < READ_STEP ? (size_t)left
		                                          : READ_STEP);

		if (!n)
			break;
		left -= n;
		show_position(s->reader);
	}
	free(buf);
	return left == 0;
}

static bool put_piece(struct stream *s, size_t start, size_t len, bool last)
{
	struct job job = {
		.kind = JOB_PIECE,
		.reading = s->reading,
		.buffer = s->buffer,
		.bytes = slice_of(s->buffer->bytes + start, len),
		.last = last,
		.offset = s->offset + start,
	};

	pipe_buffer_use(s->reader->pipe, s->buffer);
	if (pipe_put(s->reader->pipe, &job))
		return true;
	pipe_buffer_done(s->reader->pipe, s->buffer);
	return false;
}

/* All whole records of the buffer; *USED bytes of it. */
static bool stream_cut(struct stream *s, size_t *used)
{
	struct slice all = slice_of(s->buffer->bytes, s->have);

	*used = 0;
	while (*used < s->have) {
		struct slice rest = slice_from(all, *used);
		size_t n = assemble_cut(s->reading->layout, rest, s->ended,
		                        s->records);

		/* one record larger than any buffer, or a framing that will
		 * not end: whatever is there is taken as it is */
		if (!n && (s->ended || s->have >= BUFFER_MAX))
			n = rest.len;
		if (!n)
			return true;
		if (!put_piece(s, *used, n, s->ended && n == rest.len))
			return false;
		*used += n;
	}
	return true;
}

/* A new buffer that begins with what is left of the old one. */
static void stream_carry(struct stream *s, size_t used)
{
	struct pipe *p = s->reader->pipe;
	size_t left = s->have - used;
	size_t cap = left > s->buffer->cap / 2 ? s->buffer->cap * 2 : BUFFER;
	struct buffer *next = pipe_buffer(p, cap);

	memcpy(next->bytes, s->buffer->bytes + used, left);
	pipe_buffer_done(p, s->buffer);
	s->buffer = next;
	s->have = left;
	s->offset += used;
}

static void stream_format(struct stream *s)
{
	struct reading *r = s->reading;
	const struct index_options *o = &s->reader->indexer->options;
	const char *read_as = rule_value(o->formats, o->nformats, r->src.path,
	                                 r->src.member);

	if (r->skip && !s->plain) /* its head went by */
		r->layout = layout_parse(slice_str(r->src.layout), NULL);
	if (!r->layout)
		r->layout = sample_format(&r->src,
		                          slice_of(s->buffer->bytes, s->have),
		                          s->ended, s->plain ? r->src.path : NULL,
		                          read_as, o->described);
}

static bool stream_pieces(struct stream *s)
{
	struct job begin = { .kind = JOB_BEGIN, .reading = s->reading };
	size_t used;

	s->buffer = pipe_buffer(s->reader->pipe, BUFFER);
	s->offset = s->reading->skip;
	stream_fill(s);
	stream_format(s);
	if (!pipe_put(s->reader->pipe, &begin))
		return false;
	while (!stopped(s->reader)) {
		if (!stream_cut(s, &used))
			return false;
		if (s->ended)
			return true;
		stream_carry(s, used);
		stream_fill(s);
	}
	return false;
}

/* The row of the case for this stream, if it has one: then its texts and what
 * it holds are taken over. */
static void take_known(struct reader *r, struct reading *reading)
{
	struct source *src = &reading->src;
	const struct source *k = NULL;

	for (size_t i = 0; i < r->indexer->known.n && !k; i++) {
		const struct source *c = &r->indexer->known.list[i];

		if (c->state == SOURCE_READING &&
		    strcmp(c->path, src->path) == 0 &&
		    strcmp(c->member, src->member) == 0)
			k = c;
	}
	if (!k)
		return;
	src->id = k->id;
	src->layout = mem_text(k->layout);
	src->format = mem_text(k->format);
	src->format_basis = mem_text(k->format_basis);
	src->server = mem_text(k->server);
	src->zone_given = mem_text(k->zone_given);
	src->message = mem_text(k->message);
	src->year_given = k->year_given;
	reading->skip = k->content_bytes;
	reading->number = k->pieces;
	reading->lines = k->lines;
}

/* A name that comes twice in an archive gets a number. */
static struct reading *reading_new(struct reader *r,
                                   const struct evidence_item *item)
{
	struct strbuf name = { 0 };
	struct reading *reading;
	unsigned same = 1;

	for (size_t i = 0; i < r->file->n; i++) {
		struct slice m = slice_str(r->file->list[i]->src.member);
		size_t n = strlen(item->member);

		if (slice_starts(m, slice_str(item->member)) &&
		    (m.len == n || m.ptr[n] == '#'))
			same++;
	}
	strbuf_add_str(&name, item->member);
	if (same > 1)
		strbuf_addf(&name, "#%u", same);
	reading = file_reading_add(r->file, strbuf_text(&name));
	strbuf_release(&name);
	reading->src.kept = item->kept;
	reading->src.mtime = item->mtime;
	take_known(r, reading);
	rules_apply(&r->indexer->options, &reading->src);
	return reading;
}

static bool is_copy(struct reader *r, struct reading *reading)
{
	const struct content *of = NULL;
	uint64_t lines = 0; /* of a file that turns out to be no copy: not read */

	if (reading->src.kept != EVIDENCE_PLAIN || reading->skip ||
	    !contents_find(&r->indexer->contents, reading->src.path,
	                   (uint64_t)reading->src.bytes, &reading->sum,
	                   &lines, &of, r->pipe->cancel))
		return false;
	reading->lines = lines;
	reading->copy = true;
	reading->of_length = of->length;
	memcpy(reading->of_sha256, of->sha256, SHA256_BYTES);
	return true;
}

static bool read_item(struct reader *r, const struct evidence_item *item)
{
	struct indexer *x = r->indexer;
	struct reading *reading = reading_new(r, item);
	struct stream s = {
		.reader = r,
		.evidence = r->evidence,
		.reading = reading,
		.plain = item->kept == EVIDENCE_PLAIN,
		.records = x->options.piece_records ? x->options.piece_records
		                                    : PIECE_RECORDS,
	};
	bool ok;

	if (is_copy(r, reading))
		return true;
	ok = stream_skip(&s) ? stream_pieces(&s) : !stopped(r);
	pipe_buffer_done(r->pipe, s.buffer);
	evidence_sum(r->evidence, &reading->sum);
	if (ok)
		contents_add(&x->contents, reading->sum.content_bytes,
		             reading->sum.content_sha256,
		             s.plain ? reading->src.path : NULL);
	return ok;
}

static bool read_items(struct reader *r)
{
	struct evidence_item item;

	while (evidence_next(r->evidence, &item)) {
		r->file->bytes = item.bytes;
		r->file->inode = item.inode;
		if (stopped(r) || !read_item(r, &item))
			return false;
		if (item.kept == EVIDENCE_PLAIN)
			break; /* a file that is but one stream */
	}
	return !stopped(r);
}

static void read_failed(struct file_reading *f, const struct err *err)
{
	f->failed = true;
	f->sum.state = EVIDENCE_ERROR;
	f->sum.error = *err;
}

/* False: stopped. The file stays with the reader until it is handed on. */
static bool read_file(struct reader *r, const struct plan_file *p)
{
	struct job job = { .kind = JOB_FILE };
	struct err err = { 0 };
	bool ok = true;

	show_current(r->indexer, p->path);
	r->file = mem_alloc(sizeof *r->file);
	r->file->path = mem_text(p->path);
	r->file->bytes = p->bytes;
	r->file->mtime = TIME_NONE;
	r->evidence = evidence_open(p->path, NULL, &err);
	if (!r->evidence)
		read_failed(r->file, &err);
	else {
		ok = read_items(r);
		if (ok && !(r->file->n && r->file->list[0]->copy))
			evidence_finish(r->evidence, &r->file->sum);
		evidence_close(r->evidence);
		r->evidence = NULL;
	}
	job.file = r->file;
	if (!ok || !pipe_put(r->pipe, &job))
		return false;
	r->file = NULL;
	atomic_fetch_add(&r->indexer->file_base, (uint64_t)p->bytes);
	atomic_store(&r->indexer->file_done, 0);
	return true;
}

void *reader_run(void *arg)
{
	struct reader *r = arg;
	struct job last = { .kind = JOB_LAST };
	struct indexer *x = r->indexer;

	for (size_t i = 0; i < x->nplan; i++)
		if (x->plan[i].read && !read_file(r, &x->plan[i])) {
			pipe_stop(r->pipe);
			return NULL;
		}
	pipe_put(r->pipe, &last);
	return NULL;
}
