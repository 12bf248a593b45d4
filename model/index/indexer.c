/* SPDX-License-Identifier: MIT */
/* One run: find, plan, read, derive, publish. */
#include "model/index/private.h"
#include "model/index/spill.h"

#include "base/alloc.h"
#include "base/civil.h"
#include "base/text.h"
#include "model/index/rules.h"
#include "model/store/copies.h"
#include "model/store/setting.h"
#include "model/trace/assemble.h"

#include <libgen.h>
#include <limits.h>
#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>

#define THREADS_MAX 16

double index_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

char *index_path(const char *path)
{
	struct strbuf b = { 0 };
	char *cwd;

	if (*path == '/' || strcmp(path, "-") == 0 || !(cwd = getcwd(NULL, 0)))
		return mem_text(path);
	while (path[0] == '.' && path[1] == '/')
		for (path += 2; *path == '/'; path++)
			;
	strbuf_add_str(&b, cwd);
	if (*path && strcmp(path, ".") != 0)
		strbuf_addf(&b, "%s%s", cwd[1] ? "/" : "", path);
	free(cwd);
	return strbuf_take(&b);
}

void index_warn(struct indexer *x, const char *fmt, ...)
{
	struct strbuf text = { 0 };
	va_list args;

	va_start(args, fmt);
	strbuf_addv(&text, fmt, args);
	va_end(args);
	text_sanitise(&x->warnings, strbuf_slice(&text));
	strbuf_add_char(&x->warnings, '\n');
	strbuf_release(&text);
}

void index_phase(struct indexer *x, enum index_phase phase)
{
	pthread_mutex_lock(&x->lock);
	x->progress.phase = phase;
	pthread_mutex_unlock(&x->lock);
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Nothing is ever written beside evidence: the case must not lie in a folder
 * that was given, nor be one of its files. */
static bool case_is_apart(const struct index_options *o, struct err *err)
{
	char *name = mem_text(o->case_path);
	char *folder = realpath(dirname(name), NULL);
	char *file = realpath(o->case_path, NULL);
	bool apart = true;

	for (size_t i = 0; folder && apart && i < o->nlogs; i++) {
		char *log = realpath(o->logs[i], NULL);
		size_t n = log ? strlen(log) : 0;

		if (log && is_folder(log))
			apart = n > 1 && (strncmp(folder, log, n) != 0 ||
			                  (folder[n] && folder[n] != '/'));
		else if (log && file)
			apart = strcmp(log, file) != 0;
		if (!apart)
			err_set(err, "the case %s would lie in the evidence %s: "
			             "put it elsewhere with -c",
			        o->case_path, o->logs[i]);
		free(log);
	}
	free(name);
	free(folder);
	free(file);
	return apart;
}

static bool find(struct indexer *x, struct err *err)
{
	const struct index_options *o = &x->options;
	char **paths = mem_alloc((o->nlogs + 1) * sizeof *paths);
	struct err missing = { 0 };

	for (size_t i = 0; i < o->nlogs; i++)
		paths[i] = index_path(o->logs[i]);
	x->missing = !evidence_find((const char *const *)paths, o->nlogs,
	                            &x->found, &x->warnings, &missing);
	for (size_t i = 0; i < o->nlogs; i++)
		free(paths[i]);
	free(paths);
	if (!x->missing)
		return true;
	if (x->found.n)
		index_warn(x, "%s", missing.text);
	else if (err)
		*err = missing;
	return x->found.n > 0;
}

struct indexer *indexer_new(const struct index_options *o, struct err *err)
{
	struct indexer *x = mem_alloc(sizeof *x);

	x->options = *o;
	x->started = index_clock();
	x->now = o->now != TIME_NONE ? o->now : (int64_t)time(NULL) * US_SECOND;
	pthread_mutex_init(&x->lock, NULL);
	if (rules_check(o, err) && case_is_apart(o, err) && find(x, err) &&
	    (x->store = store_open(o->case_path, err)))
		return x;
	indexer_free(x);
	return NULL;
}

void indexer_free(struct indexer *x)
{
	if (!x)
		return;
	store_close(x->store);
	evidence_list_release(&x->found);
	source_list_release(&x->known);
	contents_release(&x->contents);
	index_forget_pieces(x);
	spill_free(x->spill);
	for (size_t i = 0; i < x->nplan; i++)
		free(x->plan[i].path);
	free(x->plan);
	strbuf_release(&x->warnings);
	pthread_mutex_destroy(&x->lock);
	free(x);
}

const char *indexer_path(const struct indexer *x)
{
	return store_path(x->store);
}

void indexer_progress(struct indexer *x, struct index_progress *out)
{
	pthread_mutex_lock(&x->lock);
	*out = x->progress;
	pthread_mutex_unlock(&x->lock);
	out->bytes_done = atomic_load(&x->file_base) +
	                  atomic_load(&x->file_done);
	out->seconds = index_clock() - x->started;
}

struct worker {
	pthread_t thread;
	struct pipe *pipe;
};

static void *worker_run(void *arg)
{
	struct worker *w = arg;
	struct assembler *a = assembler_new();
	struct job *job;

	while ((job = pipe_take(w->pipe))) {
		job->piece = assemble_piece(a, job->reading->layout, job->bytes,
		                            job->last, 1, job->offset,
		                            w->pipe->cancel);
		if (!job->piece)
			pipe_stop(w->pipe); /* cancelled */
		pipe_done(w->pipe, job);
	}
	assembler_free(a);
	return NULL;
}

static unsigned thread_count(const struct index_options *o)
{
	long n = o->threads ? (long)o->threads : sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : (unsigned)n;
}

/* Reader and workers beside this thread, which writes. */
static bool read_all(struct indexer *x, struct cancel *cancel, struct err *err)
{
	unsigned n = thread_count(&x->options), started = 0;
	struct worker workers[THREADS_MAX];
	struct pipe pipe;
	struct reader reader = { .indexer = x, .pipe = &pipe };
	pthread_t thread;
	bool ok = true;

	pipe_init(&pipe, n + 2, cancel);
	while (started < n && ok) {
		workers[started].pipe = &pipe;
		ok = pthread_create(&workers[started].thread, NULL, worker_run,
		                    &workers[started]) == 0;
		started += ok;
	}
	ok = started && pthread_create(&thread, NULL, reader_run, &reader) == 0;
	if (ok) {
		ok = writer_run(x, &pipe, err);
		if (!ok)
			pipe_stop(&pipe);
		pthread_join(thread, NULL);
	} else {
		err_set(err, "cannot start a thread");
		pipe_stop(&pipe);
	}
	while (started)
		pthread_join(workers[--started].thread, NULL);
	pipe_release(&pipe);
	file_reading_free(reader.file);
	malloc_trim(0); /* what the threads' heaps hold is wanted by the links */
	return ok;
}

/* They change directions at once; nothing is read or linked for that. */
static bool set_own(struct indexer *x, struct err *err)
{
	const struct index_options *o = &x->options;
	const char *author = getenv("USER");
	struct strbuf name = { 0 }, value = { 0 };
	bool good = true;

	for (size_t i = 0; good && i < o->nown; i++) {
		strbuf_reset(&name);
		strbuf_reset(&value);
		good = setting_check(SLICE("own"), slice_str(o->own[i]), &name,
		                     &value, err) &&
		       store_set(x->store, strbuf_text(&name),
		                 strbuf_text(&value), "given",
		                 author ? author : "", x->now, err);
	}
	strbuf_release(&name);
	strbuf_release(&value);
	return good;
}

static bool must_read(const struct indexer *x)
{
	for (size_t i = 0; i < x->nplan; i++)
		if (x->plan[i].read)
			return true;
	return false;
}

/* For tests: files in another order. */
static void shuffle_plan(struct indexer *x)
{
	for (size_t i = 0, k = x->nplan; i + 1 < k; i++, k--) {
		struct plan_file f = x->plan[i];

		x->plan[i] = x->plan[k - 1];
		x->plan[k - 1] = f;
	}
}

static bool was_asked(const struct indexer *x, const char *path)
{
	for (size_t i = 0; i < x->nplan; i++)
		if (strcmp(x->plan[i].path, path) == 0)
			return true;
	return false;
}

/* Also of what an earlier run found out: it is not read again for that. */
static void warn_of(struct indexer *x, const struct source *src)
{
	if (strstr(src->message, src->path))
		index_warn(x, "%s", src->message);
	else
		index_warn(x, "%s%s%s: %s", src->path, *src->member ? "/" : "",
		           src->member, *src->message
		                                ? src->message
		                                : source_state_name(src->state));
}

static bool sum_up(struct indexer *x, struct index_result *r, struct err *err)
{
	struct source_list l;

	if (!store_sources(x->store, &l, err))
		return false;
	r->sources = (uint32_t)l.n;
	r->new_sources = x->new_sources;
	r->damaged = x->missing;
	for (size_t i = 0; i < l.n; i++) {
		const struct source *src = &l.list[i];

		r->copies += src->state == SOURCE_COPY;
		if (src->state == SOURCE_OK || src->state == SOURCE_COPY ||
		    !was_asked(x, src->path))
			continue;
		r->damaged++;
		warn_of(x, src);
	}
	source_list_release(&l);
	return true;
}

/* Without logs everything is decided anew, but what is own only turns directions,
 * which set_own has done. */
static bool decides_anew(const struct index_options *o)
{
	return !o->nlogs && !o->nown;
}

static bool run(struct indexer *x, struct cancel *cancel, struct err *err)
{
	/* the allocator would raise this with every large block that is freed,
	 * and the linking's arrays would leave holes behind as they grow */
	mallopt(M_MMAP_THRESHOLD, 1 << 20);
	if (!index_plan(x, cancel, err) || !set_own(x, err))
		return false;
	if (x->options.random_order)
		shuffle_plan(x);
	index_phase(x, INDEX_READING);
	if (must_read(x) && !read_all(x, cancel, err))
		return false;
	if ((store_is_stale(x->store) || decides_anew(&x->options)) &&
	    !index_derive(x, cancel, err))
		return false;
	if (!store_knows_copies(x->store) && !index_copies(x, cancel, err))
		return false;
	return store_publish(x->store, err);
}

bool indexer_run(struct indexer *x, struct cancel *cancel,
                 struct index_result *result, struct err *err)
{
	bool ok;

	*result = (struct index_result){ 0 };
	ok = run(x, cancel, err) && sum_up(x, result, err);
	result->lines = x->new_lines;
	result->bytes = x->new_bytes;
	result->seconds = index_clock() - x->started;
	strbuf_add_slice(&result->warnings, strbuf_slice(&x->warnings));
	index_phase(x, INDEX_DONE);
	return ok;
}
