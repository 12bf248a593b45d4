/* SPDX-License-Identifier: MIT */
/* One evidence file: its bytes as they lie on the disk, hashed once on their
 * way, and the streams of log bytes that come out of them. */
#include "model/evidence/evidence.h"

#include "base/alloc.h"
#include "base/civil.h"
#include "model/evidence/feed.h"
#include "model/evidence/file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define RATIO_DEFAULT 1000
#define MAX_DEFAULT ((uint64_t)1 << 40)
/* A stream of equal lines may pack well; short ones are never a danger. */
#define RATIO_FREE ((uint64_t)16 << 20)

/* The lowest feed: the file. */
struct disk {
	int fd;
	bool is_stdin;
	uint64_t length; /* at open: what is appended later is not read */
	uint64_t done;
	struct sha256 *sha;
	struct err err;
	bool broken;
};

struct evidence {
	char *path;
	struct evidence_limits limits;
	struct stat st;
	struct disk disk;
	struct unpack *unpack;
	struct feed feed;      /* of the item being read */
	struct sha256 *sha;    /* of its content, if that is not the file's */
	uint64_t content;      /* bytes given of it */
	struct err err;
	bool broken, ended;
};

static ptrdiff_t disk_fail(struct disk *d, const char *why, struct err *err)
{
	d->broken = true;
	err_set(&d->err, "%s at byte %llu", why, (unsigned long long)d->done);
	if (err)
		*err = d->err;
	return -1;
}

static ptrdiff_t disk_read(void *self, void *buf, size_t cap, struct err *err)
{
	struct disk *d = self;
	uint64_t left = d->length - d->done;
	ssize_t n;

	if (d->broken) {
		if (err)
			*err = d->err;
		return -1;
	}
	if (cap > left)
		cap = (size_t)left;
	do
		n = read(d->fd, buf, cap);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return disk_fail(d, strerror(errno), err);
	if (n == 0 && cap > 0 && !d->is_stdin)
		return disk_fail(d, "the file became shorter while it was read: "
		                    "it ends", err);
	sha256_add(d->sha, buf, (size_t)n);
	d->done += (uint64_t)n;
	return n;
}

static bool disk_open(struct evidence *e, struct err *err)
{
	struct disk *d = &e->disk;

	if (strcmp(e->path, "-") == 0) {
		d->is_stdin = true;
		d->fd = STDIN_FILENO;
		d->length = UINT64_MAX;
		return true;
	}
	d->fd = file_open(e->path, &e->st, err);
	if (d->fd < 0)
		return false;
	d->length = (uint64_t)e->st.st_size;
	posix_fadvise(d->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return true;
}

struct evidence *evidence_open(const char *path,
                               const struct evidence_limits *limits,
                               struct err *err)
{
	struct evidence *e = mem_alloc(sizeof *e);

	e->path = mem_text(path);
	if (limits)
		e->limits = *limits;
	if (!e->limits.ratio)
		e->limits.ratio = RATIO_DEFAULT;
	if (!e->limits.max_bytes)
		e->limits.max_bytes = MAX_DEFAULT;
	if (!disk_open(e, err)) {
		free(e->path);
		free(e);
		return NULL;
	}
	e->disk.sha = sha256_new();
	e->unpack = unpack_new((struct feed){ disk_read, &e->disk });
	return e;
}

void evidence_close(struct evidence *e)
{
	if (!e)
		return;
	unpack_free(e->unpack);
	if (!e->disk.is_stdin)
		close(e->disk.fd);
	sha256_free(e->disk.sha);
	sha256_free(e->sha);
	free(e->path);
	free(e);
}

bool evidence_next(struct evidence *e, struct evidence_item *item)
{
	bool packed = unpack_is_packed(e->unpack);
	bool on_disk = !e->disk.is_stdin;
	struct member m;

	if (!unpack_next(e->unpack, &m))
		return false;
	e->feed = unpack_feed(e->unpack);
	sha256_free(e->sha);
	e->sha = packed ? sha256_new() : NULL;
	e->content = 0;
	e->broken = e->ended = false;
	if (m.mtime == TIME_NONE && on_disk)
		m.mtime = e->st.st_mtim.tv_sec * US_SECOND +
		          e->st.st_mtim.tv_nsec / 1000;
	*item = (struct evidence_item){
		.path = e->path,
		.member = m.name,
		.kept = packed || !on_disk ? EVIDENCE_UNPACKED : EVIDENCE_PLAIN,
		.mtime = m.mtime,
		.bytes = on_disk ? e->st.st_size : -1,
		.inode = on_disk ? e->st.st_ino : 0,
	};
	return true;
}

/* Whether the unpacked bytes outgrow what a log may. */
static bool within_limits(struct evidence *e)
{
	uint64_t packed = e->disk.done, ratio = e->limits.ratio;

	if (!e->sha)
		return true;
	if (e->content > e->limits.max_bytes)
		return err_set(&e->err, "it unpacks to more than %llu bytes, "
		               "the limit for one file",
		               (unsigned long long)e->limits.max_bytes);
	if (e->content > RATIO_FREE && e->content / ratio > packed)
		return err_set(&e->err, "it unpacks to more than %llu times its "
		               "size: reading stopped",
		               (unsigned long long)ratio);
	return true;
}

size_t evidence_read(struct evidence *e, void *buf, size_t cap)
{
	ptrdiff_t n;

	if (e->broken || e->ended || !cap)
		return 0;
	if (!within_limits(e)) {
		e->broken = true;
		return 0;
	}
	n = feed_read(&e->feed, buf, cap, &e->err);
	e->broken = n < 0;
	e->ended = n == 0;
	if (n <= 0)
		return 0;
	if (e->sha)
		sha256_add(e->sha, buf, (size_t)n);
	e->content += (uint64_t)n;
	return (size_t)n;
}

void evidence_sum(struct evidence *e, struct evidence_sum *sum)
{
	struct strbuf tmp = { 0 };

	*sum = (struct evidence_sum){
		.content_bytes = e->content,
		.file_bytes = e->disk.done,
		.file_sha256_known = e->ended && !e->sha,
	};
	sha256_sum(e->disk.sha, sum->file_sha256);
	sha256_sum(e->sha ? e->sha : e->disk.sha, sum->content_sha256);
	if (!e->broken)
		return;
	sum->state = e->content ? EVIDENCE_CUT : EVIDENCE_ERROR;
	err_set(&sum->error, "%s: %s", file_shown(e->path, &tmp), e->err.text);
	strbuf_release(&tmp);
}

void evidence_finish(struct evidence *e, struct evidence_sum *sum)
{
	size_t cap = (size_t)256 << 10;
	char *buf = mem_alloc(cap);

	evidence_sum(e, sum);
	while (disk_read(&e->disk, buf, cap, NULL) > 0)
		;
	free(buf);
	sum->file_bytes = e->disk.done;
	sum->file_sha256_known = true;
	sha256_sum(e->disk.sha, sum->file_sha256);
}

uint64_t evidence_position(const struct evidence *e)
{
	return e->disk.done;
}
