/* SPDX-License-Identifier: MIT */
/* Lists of pieces in a mapped file without a name. It is written with pwrite,
 * so that a full disk is an error and not a signal. */
#include "model/index/spill.h"

#include "base/alloc.h"

#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define REGION ((size_t)64 << 20) /* mapped at once; takes no disk yet */
#define ALIGN ((size_t)16)
#define FAULTS 256

struct region {
	char *base;
	size_t size;
	off_t at; /* in the file */
};

struct spill {
	struct piece_pages pages; /* first: looked finds the rest by it */
	int fd;                   /* -1: none, or no room left */
	struct region *list;
	size_t n, cap;
	size_t used; /* of the last one */
	off_t end;   /* of the file */
	long faults; /* of this thread when pages were last let go */
};

static long faults(void)
{
	struct rusage used;

	return getrusage(RUSAGE_THREAD, &used) == 0 ? used.ru_minflt : 0;
}

/* Each look that finds no page brings 64 KB or more, so that their number tells how
 * much is there. What is let go stays in the file. */
static void looked(struct piece_pages *pages)
{
	struct spill *s = (struct spill *)pages;
	long now = faults();

	if (now - s->faults < FAULTS)
		return;
	s->faults = now;
	for (size_t i = 0; i < s->n; i++)
		madvise(s->list[i].base, s->list[i].size, MADV_DONTNEED);
}

/* Some file systems know no files without a name. */
static int open_named(const char *case_path)
{
	struct strbuf name = { 0 };
	int fd;

	strbuf_addf(&name, "%s-parts-XXXXXX", case_path);
	fd = mkostemp(name.ptr, O_CLOEXEC);
	if (fd >= 0)
		unlink(strbuf_text(&name));
	strbuf_release(&name);
	return fd;
}

struct spill *spill_new(const char *case_path)
{
	struct spill *s = mem_alloc(sizeof *s);
	char *name = mem_text(case_path);

	s->pages.looked = looked;
	s->fd = open(dirname(name), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (s->fd < 0)
		s->fd = open_named(case_path);
	free(name);
	return s;
}

static void stop(struct spill *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

void spill_free(struct spill *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++)
		munmap(s->list[i].base, s->list[i].size);
	stop(s);
	free(s->list);
	free(s);
}

struct piece_pages *spill_pages(struct spill *s)
{
	return &s->pages;
}

static bool add_region(struct spill *s, size_t least)
{
	size_t size = REGION;
	void *base;

	while (size < least)
		size *= 2;
	if (ftruncate(s->fd, s->end + (off_t)size) != 0)
		return false;
	base = mmap(NULL, size, PROT_READ, MAP_SHARED, s->fd, s->end);
	if (base == MAP_FAILED)
		return false;
	GROW(s->list, s->n, s->cap);
	s->list[s->n++] = (struct region){ base, size, s->end };
	s->end += (off_t)size;
	s->used = 0;
	return true;
}

static bool write_all(int fd, const char *bytes, size_t n, off_t at)
{
	while (n) {
		ssize_t done = pwrite(fd, bytes, n, at);

		if (done <= 0)
			return false;
		bytes += done;
		n -= (size_t)done;
		at += done;
	}
	return true;
}

/* Where SIZE bytes will be; NULL: nowhere. */
static void *place(struct spill *s, size_t size)
{
	struct region *r;

	s->used = (s->used + ALIGN - 1) & ~(ALIGN - 1);
	if (s->fd >= 0 &&
	    (!s->n || size > s->list[s->n - 1].size - s->used) &&
	    !add_region(s, size))
		stop(s);
	if (s->fd < 0)
		return NULL;
	r = &s->list[s->n - 1];
	s->used += size;
	return r->base + (s->used - size);
}

static void *put(struct spill *s, const void *list, size_t size)
{
	char *to = place(s, size);
	const struct region *r;

	if (!to)
		return NULL;
	r = &s->list[s->n - 1];
	if (!write_all(s->fd, list, size, r->at + (to - r->base)))
		stop(s);
	return to;
}

/* Texts one behind the other, and slices that point there. */
static void put_texts(struct spill *s, const struct intern *from,
                      struct intern *to)
{
	struct slice *strings;
	struct strbuf all = { 0 };
	const char *text;

	*to = (struct intern){ .count = from->count };
	if (!from->count)
		return;
	for (uint32_t i = 1; i <= from->count; i++)
		strbuf_add_slice(&all, from->strings[i]);
	text = put(s, strbuf_text(&all), all.len);
	strings = mem_copy(from->strings,
	                   (from->count + (size_t)1) * sizeof *strings);
	for (uint32_t i = 1; text && i <= from->count; i++) {
		strings[i].ptr = text;
		text += strings[i].len;
	}
	to->strings = put(s, strings,
	                  (from->count + (size_t)1) * sizeof *strings);
	free(strings);
	strbuf_release(&all);
}

#define MOVE(list, n) q.list = put(s, p->list, (n) * sizeof *q.list)

void spill_piece(struct spill *s, struct piece *p)
{
	struct piece q = *p;

	if (p->borrowed)
		return;
	q.borrowed = true;
	MOVE(fragments, q.nfragments);
	MOVE(sessions, q.nsessions);
	MOVE(attempts, q.nattempts);
	MOVE(keys, q.nkeys);
	MOVE(hints, q.nhints);
	MOVE(jumps, q.njumps);
	MOVE(repeats, q.nrepeats);
	MOVE(runs, q.nruns);
	MOVE(pauses, q.npauses);
	MOVE(notes, q.nnotes);
	MOVE(signs, q.nsigns);
	MOVE(word_ids, q.nword_ids);
	put_texts(s, &p->texts, &q.texts);
	if (s->fd < 0)
		return;
	piece_free(mem_copy(p, sizeof *p));
	*p = q;
}
