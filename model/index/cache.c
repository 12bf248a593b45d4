/* SPDX-License-Identifier: MIT */
/* Names of cases in the user's cache. */
#include "model/index/cache.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "model/store/store.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>

static bool make_folder(const char *path, struct err *err)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return true;
	return err_set(err, "cannot make the cache folder %s: %s; name a case with "
	               "-c FILE", path, strerror(errno));
}

static bool add_folder(struct strbuf *out, struct err *err)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (cache && *cache)
		strbuf_add_str(out, cache);
	else if (home && *home)
		strbuf_addf(out, "%s/.cache", home);
	else
		return err_set(err, "neither XDG_CACHE_HOME nor HOME is set: name a "
		               "case with -c FILE");
	if (!make_folder(strbuf_text(out), err))
		return false;
	strbuf_add_str(out, "/mailspoor");
	return make_folder(strbuf_text(out), err);
}

/* The last part of a path, with nothing that could matter in a file name. */
static void add_name(struct strbuf *out, const char *path)
{
	struct slice s = slice_str(path);

	while (s.len > 1 && s.ptr[s.len - 1] == '/')
		s.len--;
	if (slice_rchr(s, '/') != SLICE_NONE)
		s = slice_from(s, slice_rchr(s, '/') + 1);
	for (size_t i = 0; i < s.len && i < 40; i++) {
		char c = s.ptr[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		             (c >= '0' && c <= '9') || c == '.' || c == '-';

		strbuf_add_char(out, plain ? c : '_');
	}
}

bool cache_case_path(const char *const *logs, size_t n, struct strbuf *out,
                     struct err *err)
{
	uint64_t sum = 0;

	if (!add_folder(out, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		char real[PATH_MAX];
		const char *path = realpath(logs[i], real) ? real : logs[i];

		sum += hash64(slice_str(path)); /* in any order */
	}
	strbuf_add_char(out, '/');
	if (n)
		add_name(out, logs[0]);
	/* a case of another format is left to the program that made it */
	sum += CASE_VERSION;
	strbuf_addf(out, "-%016llx.case", (unsigned long long)sum);
	return true;
}

bool cache_is_case(const char *path)
{
	char head[16] = "";
	FILE *f = fopen(path, "re");
	size_t n = f ? fread(head, 1, sizeof head, f) : 0;

	if (f)
		fclose(f);
	return n == sizeof head && memcmp(head, "SQLite format 3", 16) == 0;
}
