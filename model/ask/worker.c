/* SPDX-License-Identifier: MIT */
/* The thread that asks. One mutex guards the slots; the engine belongs to the
 * thread alone. A slot holds at most one request that waits, one that runs and
 * one reply; the newest of each wins. */
#include "model/ask/worker.h"

#include "base/alloc.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct slot_state {
	bool asked;             /* waiting is to be run */
	struct request waiting; /* its filter is referenced */
	struct reply *reply;    /* not yet taken */
	struct cancel cancel;   /* of the request that runs */
};

struct worker {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake; /* something was asked, or the end */
	pthread_cond_t idle; /* nothing is asked and nothing runs */
	struct slot_state slots[SLOT_NUMBER];
	int running; /* slot, -1 none */
	bool ending;
	char *reopen; /* path to open before the next request, owned */
	int fd;
	struct engine *engine; /* the thread's */
	struct err open_error; /* why there is no engine */
};

/* What a newcomer waits for first: rows, then what stands around them. */
static const enum slot order[SLOT_NUMBER] = { SLOT_PAGE, SLOT_PROMPT, SLOT_DETAIL,
	SLOT_RAW, SLOT_COUNT_ROWS, SLOT_HISTOGRAM, SLOT_RANK, SLOT_INFO };

void reply_free(struct reply *r)
{
	if (!r)
		return;
	result_free(r->result);
	histogram_free(r->histogram);
	trace_free(r->trace);
	free(r);
}

struct scan {
	uint64_t n, limit;
};

static bool count_match(void *arg, const struct cell *cells, size_t n, int64_t id)
{
	struct scan *s = arg;

	(void)cells;
	(void)n;
	(void)id;
	return ++s->n < s->limit || !s->limit;
}

/* How many lines hold the text: reply->count. */
static bool run_scan(struct engine *e, const struct request *r, struct reply *out,
                     struct cancel *cancel)
{
	struct scan s = { .limit = r->limit };
	uint64_t scanned;

	if (!engine_scan(e, r->source, slice_str(r->text), true, count_match, &s,
	                 &scanned, cancel, &out->err))
		return false;
	out->count.n = s.n;
	out->count.total = scanned;
	out->count.exact = !r->limit || s.n < r->limit;
	return true;
}

static bool run_request(struct engine *e, const struct request *r,
                        struct reply *out, struct cancel *c)
{
	const struct query *q = &r->query;
	struct slice text = slice_str(r->text);

	switch (r->kind) {
	case REQUEST_PAGE:
		out->result = engine_page(e, q, &r->anchor, r->before, r->after,
		                          r->columns, c, &out->err);
		return out->result;
	case REQUEST_GROUPS:
		out->result = engine_groups(e, q, r->limit, c, &out->err);
		return out->result;
	case REQUEST_COUNT:
		return engine_count(e, q, &out->count, c, &out->err);
	case REQUEST_RANK:
		return engine_rank(e, q, r->id, &out->rank, c, &out->err);
	case REQUEST_HISTOGRAM:
		out->histogram = engine_histogram(e, q, r->bars, c, &out->err);
		return out->histogram;
	case REQUEST_VALUES:
		out->result = engine_values(e, q, r->field, text, r->limit, c,
		                            &out->err);
		return out->result;
	case REQUEST_TRACE:
		out->trace = engine_trace(e, r->id, c, &out->err);
		return out->trace;
	case REQUEST_FIND:
		return engine_find_journeys(e, text, out->journeys,
		                            sizeof out->journeys /
		                                    sizeof *out->journeys,
		                            &out->njourneys, c, &out->err);
	case REQUEST_LINES:
		out->result = engine_lines(e, r->source, r->line, r->before,
		                           r->after, c, &out->err);
		return out->result;
	case REQUEST_SCAN:
		return run_scan(e, r, out, c);
	}
	BUG("a request of no kind");
}

static double seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct reply *answer(struct worker *w, struct request *r,
                            struct cancel *cancel)
{
	struct reply *out = mem_alloc(sizeof *out);
	double start = seconds_now();

	out->kind = r->kind;
	out->serial = r->serial;
	r->query.where = r->filter ? r->filter->where : NULL;
	if (!w->engine) {
		out->err = w->open_error;
	} else {
		out->generation = engine_generation(w->engine);
		out->ok = run_request(w->engine, r, out, cancel);
	}
	out->cancelled = !out->ok && cancel_asked(cancel);
	out->seconds = seconds_now() - start;
	return out;
}

static void open_case(struct worker *w, const char *path)
{
	engine_close(w->engine);
	w->engine = engine_open(path, &w->open_error);
}

/* The slot to serve next, -1 none. The lock is held. */
static int next_slot(const struct worker *w)
{
	for (int i = 0; i < SLOT_NUMBER; i++)
		if (w->slots[order[i]].asked)
			return (int)order[i];
	return -1;
}

static void notify(struct worker *w)
{
	uint64_t one = 1;

	while (write(w->fd, &one, sizeof one) < 0 && errno == EINTR)
		;
}

/* One request from its slot to its reply. The lock is held, but not meanwhile. */
static void serve(struct worker *w, int slot)
{
	struct slot_state *s = &w->slots[slot];
	struct request r = s->waiting;
	char *reopen = w->reopen;
	struct reply *reply;

	s->asked = false;
	cancel_reset(&s->cancel);
	w->running = slot;
	w->reopen = NULL;
	pthread_mutex_unlock(&w->lock);
	if (reopen)
		open_case(w, reopen);
	free(reopen);
	reply = answer(w, &r, &s->cancel);
	filter_unref(r.filter);
	pthread_mutex_lock(&w->lock);
	w->running = -1;
	reply_free(s->reply);
	s->reply = reply;
	notify(w);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	int slot;

	pthread_mutex_lock(&w->lock);
	while (!w->ending) {
		slot = next_slot(w);
		if (slot >= 0) {
			serve(w, slot);
			continue;
		}
		pthread_cond_broadcast(&w->idle);
		pthread_cond_wait(&w->wake, &w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* Signals are main's: the thread begins with all of them blocked. */
static int start_thread(struct worker *w)
{
	sigset_t all, before;
	int status;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	status = pthread_create(&w->thread, NULL, work, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return status;
}

struct worker *worker_new(const char *case_path, struct err *err)
{
	struct worker *w = mem_alloc(sizeof *w);
	int status;

	w->running = -1;
	w->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	w->engine = engine_open(case_path, err);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	pthread_cond_init(&w->idle, NULL);
	status = w->fd < 0 ? errno : w->engine ? start_thread(w) : 0;
	if (w->engine && status == 0)
		return w;
	if (w->engine)
		err_set(err, "cannot start the thread that reads the case: %s",
		        strerror(status));
	engine_close(w->engine);
	if (w->fd >= 0)
		close(w->fd);
	free(w);
	return NULL;
}

static void forget(struct slot_state *s)
{
	if (s->asked)
		filter_unref(s->waiting.filter);
	s->asked = false;
	cancel_ask(&s->cancel);
}

void worker_free(struct worker *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->ending = true;
	for (int i = 0; i < SLOT_NUMBER; i++)
		forget(&w->slots[i]);
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	for (int i = 0; i < SLOT_NUMBER; i++)
		reply_free(w->slots[i].reply);
	engine_close(w->engine);
	close(w->fd);
	free(w->reopen);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->wake);
	pthread_cond_destroy(&w->idle);
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

	pthread_mutex_lock(&w->lock);
	forget(s);
	s->waiting = *r;
	s->waiting.filter = r->filter ? filter_ref(r->filter) : NULL;
	s->asked = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

void worker_cancel(struct worker *w, enum slot slot)
{
	pthread_mutex_lock(&w->lock);
	forget(&w->slots[slot]);
	pthread_mutex_unlock(&w->lock);
}

void worker_cancel_all(struct worker *w)
{
	for (int i = 0; i < SLOT_NUMBER; i++)
		worker_cancel(w, (enum slot)i);
}

int worker_fd(const struct worker *w)
{
	return w->fd;
}

struct reply *worker_take(struct worker *w, enum slot slot)
{
	struct reply *r;
	uint64_t n;
	bool more = false;

	pthread_mutex_lock(&w->lock);
	r = w->slots[slot].reply;
	w->slots[slot].reply = NULL;
	for (int i = 0; i < SLOT_NUMBER; i++)
		more |= w->slots[i].reply != NULL;
	/* readable as long as a reply waits */
	if (!more)
		while (read(w->fd, &n, sizeof n) < 0 && errno == EINTR)
			;
	pthread_mutex_unlock(&w->lock);
	return r;
}

bool worker_is_busy(struct worker *w, enum slot slot)
{
	bool busy;

	pthread_mutex_lock(&w->lock);
	busy = w->slots[slot].asked || w->running == (int)slot;
	pthread_mutex_unlock(&w->lock);
	return busy;
}

void worker_wait(struct worker *w)
{
	pthread_mutex_lock(&w->lock);
	while (next_slot(w) >= 0 || w->running >= 0)
		pthread_cond_wait(&w->idle, &w->lock);
	pthread_mutex_unlock(&w->lock);
}
