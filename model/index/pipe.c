/* SPDX-License-Identifier: MIT */
/* The ring between reader, workers and writer. */
#include "model/index/pipe.h"

#include "base/alloc.h"

void file_reading_free(struct file_reading *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->n; i++) {
		struct source_list one = { mem_copy(&f->list[i]->src,
		                                    sizeof f->list[i]->src), 1 };

		source_list_release(&one);
		layout_free(f->list[i]->layout);
		free(f->list[i]);
	}
	free(f->list);
	free(f->path);
	free(f);
}

struct reading *file_reading_add(struct file_reading *f, const char *member)
{
	struct reading *r = mem_alloc(sizeof *r);

	GROW(f->list, f->n, f->cap);
	f->list[f->n++] = r;
	r->src.path = mem_text(f->path);
	r->src.member = mem_text(member);
	r->src.bytes = f->bytes;
	r->src.mtime = f->mtime;
	r->src.inode = f->inode;
	r->src.state = SOURCE_READING;
	return r;
}

void pipe_init(struct pipe *p, unsigned places, struct cancel *cancel)
{
	*p = (struct pipe){ .size = places, .cancel = cancel };
	p->ring = mem_alloc(places * sizeof *p->ring);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->moved, NULL);
}

static void buffer_free(struct buffer *b)
{
	free(b->bytes);
	free(b);
}

/* Jobs that nobody committed are those of a run that was stopped. */
void pipe_release(struct pipe *p)
{
	for (uint64_t i = p->committed; i < p->put; i++) {
		struct job *job = &p->ring[i % p->size];

		if (job->buffer)
			pipe_buffer_done(p, job->buffer);
		piece_free(job->piece);
		if (job->kind == JOB_FILE)
			file_reading_free(job->file);
	}
	while (p->spare) {
		struct buffer *b = p->spare;

		p->spare = b->next;
		buffer_free(b);
	}
	free(p->ring);
	pthread_cond_destroy(&p->moved);
	pthread_mutex_destroy(&p->lock);
}

void pipe_stop(struct pipe *p)
{
	pthread_mutex_lock(&p->lock);
	p->stopped = true;
	pthread_cond_broadcast(&p->moved);
	pthread_mutex_unlock(&p->lock);
}

bool pipe_stopped(struct pipe *p)
{
	bool stopped;

	pthread_mutex_lock(&p->lock);
	stopped = p->stopped;
	pthread_mutex_unlock(&p->lock);
	return stopped || cancel_asked(p->cancel);
}

bool pipe_put(struct pipe *p, const struct job *job)
{
	bool ok;

	pthread_mutex_lock(&p->lock);
	while (!p->stopped && p->put - p->committed == p->size)
		pthread_cond_wait(&p->moved, &p->lock);
	ok = !p->stopped;
	if (ok) {
		struct job *place = &p->ring[p->put % p->size];

		*place = *job;
		place->done = job->kind != JOB_PIECE;
		p->put++;
		pthread_cond_broadcast(&p->moved);
	}
	pthread_mutex_unlock(&p->lock);
	return ok;
}

struct buffer *pipe_buffer(struct pipe *p, size_t cap)
{
	struct buffer *b;

	pthread_mutex_lock(&p->lock);
	b = p->spare;
	if (b)
		p->spare = b->next;
	pthread_mutex_unlock(&p->lock);
	if (!b)
		b = mem_alloc(sizeof *b);
	if (b->cap < cap) {
		free(b->bytes);
		b->bytes = mem_alloc(cap);
		b->cap = cap;
	}
	b->users = 1;
	return b;
}

void pipe_buffer_use(struct pipe *p, struct buffer *b)
{
	pthread_mutex_lock(&p->lock);
	b->users++;
	pthread_mutex_unlock(&p->lock);
}

void pipe_buffer_done(struct pipe *p, struct buffer *b)
{
	if (!b)
		return;
	pthread_mutex_lock(&p->lock);
	if (--b->users == 0) {
		b->next = p->spare;
		p->spare = b;
	}
	pthread_mutex_unlock(&p->lock);
}

/* What workers have nothing to do with is passed by. */
static struct job *next_piece(struct pipe *p)
{
	/* the writer may have passed by those that need no worker */
	if (p->taken < p->committed)
		p->taken = p->committed;
	while (p->taken < p->put) {
		struct job *job = &p->ring[p->taken % p->size];

		if (job->kind == JOB_LAST)
			return job; /* stays there for every worker */
		p->taken++;
		if (job->kind == JOB_PIECE)
			return job;
	}
	return NULL;
}

struct job *pipe_take(struct pipe *p)
{
	struct job *job = NULL;

	pthread_mutex_lock(&p->lock);
	while (!p->stopped && !(job = next_piece(p)))
		pthread_cond_wait(&p->moved, &p->lock);
	if (p->stopped || (job && job->kind == JOB_LAST))
		job = NULL;
	pthread_mutex_unlock(&p->lock);
	return job;
}

void pipe_done(struct pipe *p, struct job *job)
{
	pthread_mutex_lock(&p->lock);
	job->done = true;
	pthread_cond_broadcast(&p->moved);
	pthread_mutex_unlock(&p->lock);
}

struct job *pipe_oldest(struct pipe *p)
{
	struct job *job = NULL;

	pthread_mutex_lock(&p->lock);
	while (!p->stopped &&
	       (p->committed == p->put ||
	        !p->ring[p->committed % p->size].done))
		pthread_cond_wait(&p->moved, &p->lock);
	if (!p->stopped)
		job = &p->ring[p->committed % p->size];
	pthread_mutex_unlock(&p->lock);
	return job;
}

void pipe_committed(struct pipe *p)
{
	pthread_mutex_lock(&p->lock);
	p->committed++;
	pthread_cond_broadcast(&p->moved);
	pthread_mutex_unlock(&p->lock);
}
