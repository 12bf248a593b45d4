/* SPDX-License-Identifier: MIT */
/* One writer at a time: a locked file beside the case that names its holder. */
#include "base/alloc.h"
#include "base/strbuf.h"
#include "model/store/case_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static long holder(int fd)
{
	char text[32] = { 0 };

	return pread(fd, text, sizeof text - 1, 0) > 0
	               ? strtol(text, NULL, 10)
	               : 0;
}

static bool refused(int fd, const char *case_path, struct err *err)
{
	long pid = holder(fd);

	if (pid <= 0)
		return err_set(err,
		               "%s is being written by another process; wait "
		               "for it to end",
		               case_path);
	return err_set(err,
	               "%s is being written by process %ld; wait for it to "
	               "end",
	               case_path, pid);
}

/* The file may have been removed between open and lock: then it locks nobody
 * out. */
static bool is_still(int fd, const char *path)
{
	struct stat mine, there;

	return fstat(fd, &mine) == 0 && stat(path, &there) == 0 &&
	       mine.st_dev == there.st_dev && mine.st_ino == there.st_ino;
}

static bool write_pid(int fd)
{
	char text[32];
	int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());

	return ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)n, 0) == n;
}

/* 1 held, 0 try again, -1 failed. */
static int try_lock(struct case_lock *l, const char *case_path,
                    struct err *err)
{
	l->fd = open(l->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (l->fd < 0) {
		err_set(err,
		        "cannot write beside the case (%s: %s); put the case "
		        "into a folder that can be written",
		        l->path, strerror(errno));
		return -1;
	}
	if (flock(l->fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EWOULDBLOCK)
			refused(l->fd, case_path, err);
		else
			err_set(err, "cannot lock %s: %s", l->path,
			        strerror(errno));
		return -1;
	}
	if (!is_still(l->fd, l->path))
		return 0;
	if (write_pid(l->fd))
		return 1;
	err_set(err, "cannot write %s: %s", l->path, strerror(errno));
	unlink(l->path);
	return -1;
}

bool case_lock_take(struct case_lock *l, const char *case_path,
                    struct err *err)
{
	struct strbuf path = { 0 };
	int got;

	strbuf_addf(&path, "%s.lock", case_path);
	l->path = strbuf_take(&path);
	while ((got = try_lock(l, case_path, err)) == 0)
		close(l->fd);
	if (got > 0)
		return true;
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	free(l->path);
	l->path = NULL;
	return false;
}

void case_lock_release(struct case_lock *l)
{
	if (!l->path)
		return;
	/* while it is still locked: nobody can hold the next one yet */
	unlink(l->path);
	close(l->fd);
	l->fd = -1;
	free(l->path);
	l->path = NULL;
}
