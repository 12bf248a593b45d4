/* SPDX-License-Identifier: MIT */
/* The thread that asks, so that no key waits for an answer.
 *
 * Each slot holds at most one request that waits, one that runs and one reply.
 * A newer request drops the one that waits and cancels the one that runs; its
 * reply, cancelled, is thrown away here. */
#include "model/ask/worker.h"

#include "base/alloc.h"
#include "base/civil.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct slot_state {
	struct request *waiting; /* NULL: none */
	struct reply *reply;     /* not yet taken */
	struct cancel cancel;
	bool runs;
	bool stale;    /* the one that runs was replaced or dropped */
	bool dropped;  /* … by worker_cancel: its reply says cancelled */
};

struct worker {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake, idle;
	int fd;
	bool stop;
	char *reopen; /* path to open before the next request, or NULL */
	char *path;
	struct engine *engine; /* the thread's own */
	struct slot_state slots[SLOT_NUMBER];
	unsigned turn; /* slots take turns: none starves */
};

static void request_free(struct request *r)
{
	if (!r)
		return;
	filter_unref(r->filter);
	free(r);
}

void reply_free(struct reply *r)
{
	if (!r)
		return;
	result_free(r->result);
	histogram_free(r->histogram);
	trace_free(r->trace);
	free(r);
}

/* Running a request -------------------------------------------------------- */

/* Hits of a search through evidence become rows like any others. */
struct scan_rows {
	struct result *result;
	size_t cap, limit;
};

static bool add_hit(void *arg, const struct cell *cells, size_t n, int64_t id)
{
	struct scan_rows *s = arg;
	struct result *r = s->result;

	if (r->nrows == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 64;
		r->cells = mem_resize(r->cells,
		                      s->cap * r->ncolumns * sizeof *r->cells);
		r->ids = mem_resize(r->ids, s->cap * sizeof *r->ids);
	}
	for (size_t i = 0; i < r->ncolumns; i++) {
		struct cell *c = &r->cells[r->nrows * r->ncolumns + i];

		*c = (struct cell){ 0 };
		if (i >= n)
			continue;
		*c = cells[i];
		if (c->text.ptr)
			c->text = arena_slice(&r->memory, c->text);
	}
	r->ids[r->nrows++] = id;
	return s->limit == 0 || r->nrows < s->limit;
}

static bool run_scan(struct engine *e, const struct request *r, struct reply *out,
                     struct cancel *cancel)
{
	static const char *const columns[] = { "source_id", "line", "offset",
		                               "length", "raw" };
	struct scan_rows s = { .limit = r->limit };
	uint64_t scanned = 0;

	s.result = mem_alloc(sizeof *s.result);
	s.result->unit = UNIT_EVENTS;
	s.result->columns = columns;
	s.result->ncolumns = sizeof columns / sizeof *columns;
	out->result = s.result;
	if (!engine_scan(e, r->source, slice_str(r->text), true, add_hit, &s,
	                 &scanned, cancel, &out->err))
		return false;
	out->rank = scanned;
	return true;
}

static bool run(struct engine *e, const struct request *r, struct reply *out,
                struct cancel *cancel)
{
	struct query q = r->query;
	struct err *err = &out->err;

	q.where = r->filter ? r->filter->where : NULL;
	switch (r->kind) {
	case REQUEST_PAGE:
		out->result = engine_page(e, &q, &r->anchor, r->before, r->after,
		                          r->columns, cancel, err);
		return out->result;
	case REQUEST_GROUPS:
		out->result = engine_groups(e, &q, r->limit, cancel, err);
		return out->result;
	case REQUEST_COUNT:
		return engine_count(e, &q, &out->count, cancel, err);
	case REQUEST_RANK:
		return engine_rank(e, &q, r->id, &out->rank, cancel, err);
	case REQUEST_HISTOGRAM:
		out->histogram = engine_histogram(e, &q, r->bars, cancel, err);
		return out->histogram;
	case REQUEST_VALUES:
		out->result = engine_values(e, &q, r->field, slice_str(r->text),
		                            r->limit, cancel, err);
		return out->result;
	case REQUEST_TRACE:
		out->trace = engine_trace(e, r->id, cancel, err);
		return out->trace;
	case REQUEST_FIND:
		return engine_find_journeys(
			e, slice_str(r->text), out->journeys,
			sizeof out->journeys / sizeof *out->journeys,
			&out->njourneys, cancel, err);
	case REQUEST_LINES:
		out->result = engine_lines(e, r->source, r->line, r->before,
		                           r->after, cancel, err);
		return out->result;
	case REQUEST_SCAN: return run_scan(e, r, out, cancel);
	}
	return false;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct reply *answer(struct worker *w, const struct request *r,
                            struct cancel *cancel)
{
	struct reply *out = mem_alloc(sizeof *out);
	double start = now();

	out->kind = r->kind;
	out->serial = r->serial;
	if (!w->engine)
		w->engine = engine_open(w->path, &out->err);
	if (w->engine) {
		out->ok = run(w->engine, r, out, cancel);
		out->generation = engine_generation(w->engine);
	}
	out->cancelled = !out->ok && cancel_asked(cancel);
	out->seconds = now() - start;
	return out;
}

/* The thread ---------------------------------------------------------------- */

static int next_slot(struct worker *w)
{
	for (unsigned i = 0; i < SLOT_NUMBER; i++) {
		unsigned s = (w->turn + i) % SLOT_NUMBER;

		if (!w->slots[s].waiting)
			continue;
		w->turn = s + 1;
		return (int)s;
	}
	return -1;
}

static void ring(struct worker *w)
{
	uint64_t one = 1;

	while (write(w->fd, &one, sizeof one) < 0 && errno == EINTR)
		;
}

static void reopen(struct worker *w)
{
	if (!w->reopen)
		return;
	engine_close(w->engine);
	w->engine = NULL;
	free(w->path);
	w->path = w->reopen;
	w->reopen = NULL;
}

/* Held: the lock; given back while the request runs. */
static void serve(struct worker *w, int i)
{
	struct slot_state *s = &w->slots[i];
	struct request *r = s->waiting;
	struct reply *out;

	s->waiting = NULL;
	s->runs = true;
	s->stale = s->dropped = false;
	cancel_reset(&s->cancel);
	reopen(w);
	pthread_mutex_unlock(&w->lock);
	out = answer(w, r, &s->cancel);
	request_free(r);
	pthread_mutex_lock(&w->lock);
	s->runs = false;
	if (s->stale) {
		reply_free(out);
		return;
	}
	if (s->dropped) {
		out->cancelled = true;
		out->ok = false;
	}
	reply_free(s->reply);
	s->reply = out;
	ring(w);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	int i;

	pthread_mutex_lock(&w->lock);
	while (!w->stop) {
		i = next_slot(w);
		if (i >= 0) {
			serve(w, i);
			continue;
		}
		pthread_cond_broadcast(&w->idle);
		pthread_cond_wait(&w->wake, &w->lock);
	}
	pthread_cond_broadcast(&w->idle);
	pthread_mutex_unlock(&w->lock);
	engine_close(w->engine);
	w->engine = NULL;
	return NULL;
}

/* Signals are the main thread's. */
static bool start(struct worker *w)
{
	sigset_t all, old;
	int code;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	code = pthread_create(&w->thread, NULL, work, w);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return code == 0;
}

struct worker *worker_new(const char *case_path, struct err *err)
{
	struct engine *probe = engine_open(case_path, err);
	struct worker *w;

	/* the thread opens its own: errors of the case show here, at once */
	if (!probe)
		return NULL;
	engine_close(probe);
	w = mem_alloc(sizeof *w);
	w->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	w->path = mem_text(case_path);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	pthread_cond_init(&w->idle, NULL);
	if (w->fd >= 0 && start(w))
		return w;
	err_set(err, "cannot start a thread: %s", strerror(errno));
	if (w->fd >= 0)
		close(w->fd);
	free(w->path);
	free(w);
	return NULL;
}

void worker_free(struct worker *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	for (int i = 0; i < SLOT_NUMBER; i++)
		cancel_ask(&w->slots[i].cancel);
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	for (int i = 0; i < SLOT_NUMBER; i++) {
		request_free(w->slots[i].waiting);
		reply_free(w->slots[i].reply);
	}
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->wake);
	pthread_cond_destroy(&w->idle);
	close(w->fd);
	free(w->reopen);
	free(w->path);
	free(w);
}

void worker_reopen(struct worker *w, const char *case_path)
{
	pthread_mutex_lock(&w->lock);
	free(w->reopen);
	w->reopen = mem_text(case_path);
	pthread_mutex_unlock(&w->lock);
}

void worker_ask(struct worker *w, enum slot slot, const struct request *r)
{
	struct slot_state *s = &w->slots[slot];
	struct request *copy = mem_copy(r, sizeof *r);

	copy->filter = filter_ref(r->filter);
	pthread_mutex_lock(&w->lock);
	request_free(s->waiting);
	s->waiting = copy;
	reply_free(s->reply);
	s->reply = NULL;
	if (s->runs) {
		s->stale = true;
		cancel_ask(&s->cancel);
	}
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

/* A request that had not begun is answered all the same: cancelled. */
static void drop(struct worker *w, struct slot_state *s)
{
	if (s->waiting) {
		struct reply *out = mem_alloc(sizeof *out);

		out->kind = s->waiting->kind;
		out->serial = s->waiting->serial;
		out->cancelled = true;
		err_set(&out->err, "cancelled");
		reply_free(s->reply);
		s->reply = out;
		request_free(s->waiting);
		s->waiting = NULL;
		ring(w);
	} else if (s->runs) {
		s->dropped = true;
		cancel_ask(&s->cancel);
	}
}

void worker_cancel(struct worker *w, enum slot slot)
{
	pthread_mutex_lock(&w->lock);
	drop(w, &w->slots[slot]);
	pthread_mutex_unlock(&w->lock);
}

void worker_cancel_all(struct worker *w)
{
	pthread_mutex_lock(&w->lock);
	for (int i = 0; i < SLOT_NUMBER; i++)
		drop(w, &w->slots[i]);
	pthread_mutex_unlock(&w->lock);
}

int worker_fd(const struct worker *w)
{
	return w->fd;
}

struct reply *worker_take(struct worker *w, enum slot slot)
{
	struct reply *out;
	uint64_t rings;
	bool more = false;

	pthread_mutex_lock(&w->lock);
	out = w->slots[slot].reply;
	w->slots[slot].reply = NULL;
	for (int i = 0; i < SLOT_NUMBER; i++)
		more |= w->slots[i].reply != NULL;
	/* readable means that a reply waits, no more and no less */
	while (!more && read(w->fd, &rings, sizeof rings) < 0 && errno == EINTR)
		;
	pthread_mutex_unlock(&w->lock);
	return out;
}

bool worker_is_busy(struct worker *w, enum slot slot)
{
	bool busy;

	pthread_mutex_lock(&w->lock);
	busy = w->slots[slot].waiting ||
	       (w->slots[slot].runs && !w->slots[slot].stale);
	pthread_mutex_unlock(&w->lock);
	return busy;
}

static bool is_idle(const struct worker *w)
{
	for (int i = 0; i < SLOT_NUMBER; i++)
		if (w->slots[i].waiting || w->slots[i].runs)
			return false;
	return true;
}

void worker_wait(struct worker *w)
{
	pthread_mutex_lock(&w->lock);
	while (!w->stop && !is_idle(w))
		pthread_cond_wait(&w->idle, &w->lock);
	pthread_mutex_unlock(&w->lock);
}
