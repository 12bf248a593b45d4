/* SPDX-License-Identifier: MIT */
/* Header check, naming and fsync of case files. */
#include "model/store/case_file.h"

#include "base/alloc.h"
#include "base/strbuf.h"
#include "model/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* SQLite's file header: offsets and sizes of its documented format. */
enum {
	HEADER_BYTES = 100,
	HEADER_PAGE_SIZE = 16,
	HEADER_CHANGES = 24,
	HEADER_PAGES = 28,
	HEADER_USER_VERSION = 60,
	HEADER_APPLICATION_ID = 68,
	HEADER_VALID_FOR = 92,
};

static uint32_t get32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static bool has_beside(const char *path, const char *suffix)
{
	struct strbuf name = { 0 };
	struct stat st;
	bool there;

	strbuf_addf(&name, "%s%s", path, suffix);
	there = stat(strbuf_text(&name), &st) == 0 && st.st_size > 0;
	strbuf_release(&name);
	return there;
}

/* A log beside the file may hold pages that are not in it yet. */
static bool is_short(const char *path, const unsigned char *head, off_t size)
{
	uint64_t page = (uint64_t)head[HEADER_PAGE_SIZE] << 8 |
	                head[HEADER_PAGE_SIZE + 1];

	if (page == 1)
		page = 65536;
	if (get32(head + HEADER_CHANGES) != get32(head + HEADER_VALID_FOR))
		return false;
	if (has_beside(path, "-wal") || has_beside(path, "-journal"))
		return false;
	return (uint64_t)size < page * get32(head + HEADER_PAGES);
}

static bool check_header(const char *path, const unsigned char *head,
                         off_t size, struct err *err)
{
	uint32_t version = get32(head + HEADER_USER_VERSION);

	if (memcmp(head, "SQLite format 3", 16) != 0)
		return err_set(err,
		               "%s is not a case (no SQLite file); nothing was "
		               "changed, name another file with -c",
		               path);
	if (get32(head + HEADER_APPLICATION_ID) != CASE_APPLICATION_ID)
		return err_set(err,
		               "%s is an SQLite file but no case; nothing was "
		               "changed, name another file with -c",
		               path);
	if (version > CASE_VERSION)
		return err_set(err,
		               "%s was made by a newer version (case format "
		               "%u, this program knows %d); use that version",
		               path, version, CASE_VERSION);
	if (version != CASE_VERSION)
		return err_set(err,
		               "%s: this case is broken (its format number is "
		               "%u) and was left as it is; index into a new "
		               "case",
		               path, version);
	if (is_short(path, head, size))
		return err_set(err,
		               "%s: this case is broken (cut off at %lld "
		               "bytes) and was left as it is; use a copy of it "
		               "or index into a new case",
		               path, (long long)size);
	return true;
}

bool case_file_check(const char *path, struct err *err)
{
	unsigned char head[HEADER_BYTES] = { 0 };
	struct stat st;
	ssize_t got;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return err_set(err, "cannot open the case %s: %s", path,
		               strerror(errno));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(err,
		               "%s is not a file; name a case with -c", path);
	}
	got = pread(fd, head, sizeof head, 0);
	close(fd);
	if (got < 0)
		return err_set(err, "cannot read the case %s: %s", path,
		               strerror(errno));
	return check_header(path, head, st.st_size, err);
}

char *case_file_resolve(const char *path)
{
	struct stat st;

	if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode)) {
		char *real = realpath(path, NULL);

		if (real)
			return real;
	}
	return mem_text(path);
}

bool case_file_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

bool case_file_has_journal(const char *path)
{
	return has_beside(path, "-journal");
}

bool case_file_create(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_set(err, "cannot make the case %s: %s", path,
		               strerror(errno));
	close(fd);
	return true;
}

static bool sync_path(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);
	bool good;

	if (fd < 0)
		return false;
	/* some file systems have no fsync for folders */
	good = fsync(fd) == 0 || errno == EINVAL;
	close(fd);
	return good;
}

static bool sync_folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder;
	bool good;

	if (!slash)
		return sync_path(".", O_RDONLY | O_DIRECTORY);
	folder = mem_text(path);
	folder[slash == path ? 1 : slash - path] = 0;
	good = sync_path(folder, O_RDONLY | O_DIRECTORY);
	free(folder);
	return good;
}

static bool give_name(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return true;
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	/* a file system without it: the lock keeps others of us away */
	if (case_file_exists(to)) {
		errno = EEXIST;
		return false;
	}
	return rename(from, to) == 0;
}

bool case_file_name(const char *from, const char *to, struct err *err)
{
	if (!sync_path(from, O_RDONLY))
		return err_set(err, "cannot write %s to the disk: %s", from,
		               strerror(errno));
	if (!give_name(from, to))
		return err_set(err, "cannot name %s %s: %s", from, to,
		               strerror(errno));
	if (!sync_folder_of(to))
		return err_set(err, "cannot write the folder of %s: %s", to,
		               strerror(errno));
	return true;
}

bool case_file_replace(const char *from, const char *to, struct err *err)
{
	if (!sync_path(from, O_RDONLY) || rename(from, to) != 0 ||
	    !sync_folder_of(to))
		return err_set(err, "cannot write %s to the disk: %s", to,
		               strerror(errno));
	return true;
}

/* For file systems that cannot copy by themselves. */
static bool copy_by_hand(int from, int to)
{
	char bytes[65536];
	ssize_t got;

	while ((got = read(from, bytes, sizeof bytes)) > 0)
		for (ssize_t done = 0, n; done < got; done += n)
			if ((n = write(to, bytes + done,
			               (size_t)(got - done))) <= 0)
				return false;
	return got == 0;
}

static bool copy_bytes(int from, int to)
{
	ssize_t n;

	do {
		n = copy_file_range(from, NULL, to, NULL, (size_t)1 << 30, 0);
	} while (n > 0);
	return n == 0 || copy_by_hand(from, to);
}

bool case_file_copy(const char *from, const char *to, struct err *err)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool good = in >= 0 && out >= 0 && copy_bytes(in, out);

	if (!good)
		err_set(err, "cannot copy %s to %s: %s", from, to,
		        strerror(errno));
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return good;
}

void case_file_remove(const char *path)
{
	static const char *const suffixes[] = { "", "-wal", "-shm",
		                                "-journal" };
	struct strbuf name = { 0 };

	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		strbuf_reset(&name);
		strbuf_addf(&name, "%s%s", path, suffixes[i]);
		unlink(strbuf_text(&name));
	}
	strbuf_release(&name);
}
