/* SPDX-License-Identifier: MIT */
/* Plain files: opened read-only, read by position, hashed. Never mapped: a file
 * that is truncated meanwhile would end the program with SIGBUS. */
#include "model/evidence/file.h"

#include "base/alloc.h"
#include "base/text.h"
#include "model/evidence/evidence.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

const char *file_shown(const char *path, struct strbuf *tmp)
{
	strbuf_reset(tmp);
	text_sanitise(tmp, slice_str(path));
	return strbuf_text(tmp);
}

const char *file_kind(mode_t mode)
{
	if (S_ISFIFO(mode))
		return "a FIFO";
	if (S_ISCHR(mode) || S_ISBLK(mode))
		return "a device";
	if (S_ISSOCK(mode))
		return "a socket";
	if (S_ISDIR(mode))
		return "a folder";
	return "not a file";
}

static bool open_failed(const char *path, const char *why, struct err *err)
{
	struct strbuf tmp = { 0 };

	err_set(err, "cannot read %s: %s", file_shown(path, &tmp), why);
	strbuf_release(&tmp);
	return false;
}

int file_open(const char *path, struct stat *st, struct err *err)
{
	/* O_NONBLOCK: a FIFO put there meanwhile must not hold us up */
	int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	int fd = open(path, flags | O_NOATIME);

	if (fd < 0 && errno == EPERM) /* only the owner may ask for it */
		fd = open(path, flags);
	if (fd < 0) {
		open_failed(path, strerror(errno), err);
		return -1;
	}
	if (fstat(fd, st) != 0)
		open_failed(path, strerror(errno), err);
	else if (!S_ISREG(st->st_mode))
		open_failed(path, file_kind(st->st_mode), err);
	else
		return fd;
	close(fd);
	return -1;
}

struct evidence_file {
	int fd;
	char *path;
};

struct evidence_file *evidence_file_open(const char *path, struct err *err)
{
	struct evidence_file *f;
	struct stat st;
	int fd = file_open(path, &st, err);

	if (fd < 0)
		return NULL;
	f = mem_alloc(sizeof *f);
	f->fd = fd;
	f->path = mem_text(path);
	return f;
}

bool evidence_file_read(struct evidence_file *f, uint64_t offset, void *buf,
                        size_t length, struct err *err)
{
	size_t done = 0;

	while (done < length) {
		ssize_t n = pread(f->fd, (char *)buf + done, length - done,
		                  (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return open_failed(f->path, strerror(errno), err);
		if (n == 0)
			return open_failed(f->path, "it is shorter than it was "
			                            "when it was indexed", err);
		done += (size_t)n;
	}
	return true;
}

void evidence_file_close(struct evidence_file *f)
{
	if (!f)
		return;
	close(f->fd);
	free(f->path);
	free(f);
}

#define HASH_STEP ((size_t)1 << 20)

/* Hashes up to LENGTH bytes of FD; false if it cannot be read or CANCEL. */
static bool hash_fd(int fd, uint64_t length, struct sha256 *s,
                    uint64_t *done, struct cancel *cancel)
{
	char *buf = mem_alloc(HASH_STEP);
	bool ok = true;

	*done = 0;
	while (*done < length && ok) {
		uint64_t left = length - *done;
		ssize_t n = read(fd, buf, left < HASH_STEP ? left : HASH_STEP);

		if (n == 0)
			break;
		if (n < 0) {
			ok = errno == EINTR;
			continue;
		}
		sha256_add(s, buf, (size_t)n);
		*done += (uint64_t)n;
		if (cancel_asked(cancel)) {
			errno = ECANCELED;
			ok = false;
		}
	}
	free(buf);
	return ok;
}

bool evidence_hash_file(const char *path, uint8_t sha256[SHA256_BYTES],
                        uint64_t *bytes, struct cancel *cancel,
                        struct err *err)
{
	return evidence_hash_head(path, UINT64_MAX, sha256, bytes, cancel, err);
}

bool evidence_hash_head(const char *path, uint64_t length,
                        uint8_t sha256[SHA256_BYTES], uint64_t *bytes,
                        struct cancel *cancel, struct err *err)
{
	struct sha256 *s;
	struct stat st;
	int fd = file_open(path, &st, err);
	bool ok;

	if (fd < 0)
		return false;
	/* what is appended meanwhile is not part of what is hashed */
	if (length > (uint64_t)st.st_size)
		length = (uint64_t)st.st_size;
	s = sha256_new();
	ok = hash_fd(fd, length, s, bytes, cancel);
	if (ok)
		sha256_sum(s, sha256);
	else
		open_failed(path, strerror(errno), err);
	sha256_free(s);
	close(fd);
	return ok;
}
