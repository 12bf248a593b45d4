/* SPDX-License-Identifier: MIT */
/* Zones: TZif files and fixed offsets. */
#include "base/zone.h"

#include "base/alloc.h"
#include "base/civil.h"
#include "base/zone_rule.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define ZONEINFO "/usr/share/zoneinfo"
#define FILE_MAX ((size_t)1 << 20)
#define OFFSET_MAX 93599 /* 25:59:59, RFC 8536 §3.2 */

struct zone {
	char *name;
	size_t ntimes;
	int64_t *times;   /* seconds UTC, ascending */
	int32_t *offsets; /* from times[i] on */
	int32_t first;    /* before times[0] */
	bool has_rule;
	struct zone_rule rule; /* behind the last of times */
};

struct reader {
	const unsigned char *at, *end;
};

struct header {
	int version;
	uint32_t isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt;
};

static int64_t read_int(struct reader *r, int bytes)
{
	/* the sign of the first byte counts */
	uint64_t v = r->at[0] & 0x80 ? UINT64_MAX : 0;

	for (int i = 0; i < bytes; i++)
		v = v << 8 | *r->at++;
	return (int64_t)v;
}

/* RFC 8536 §3.1 */
static bool read_header(struct reader *r, struct header *h)
{
	uint32_t *counts[] = { &h->isutcnt, &h->isstdcnt, &h->leapcnt,
		               &h->timecnt, &h->typecnt,  &h->charcnt };

	if (r->end - r->at < 44 || memcmp(r->at, "TZif", 4) != 0)
		return false;
	h->version = r->at[4];
	r->at += 20;
	for (size_t i = 0; i < 6; i++) {
		int64_t n = read_int(r, 4);

		if (n < 0 || n > (int64_t)FILE_MAX)
			return false;
		*counts[i] = (uint32_t)n;
	}
	return h->typecnt > 0 && h->typecnt <= 256;
}

/* Bytes of the data block whose times have TIME_SIZE bytes. */
static size_t block_size(const struct header *h, size_t time_size)
{
	return h->timecnt * (time_size + 1) + h->typecnt * 6u + h->charcnt +
	       h->leapcnt * (time_size + 4) + h->isstdcnt + h->isutcnt;
}

static bool read_block(struct reader *r, const struct header *h, int time_size,
                       struct zone *z)
{
	struct reader types = *r, which = *r;
	int32_t offsets[256];

	which.at += h->timecnt * (size_t)time_size;
	types.at = which.at + h->timecnt;
	for (uint32_t i = 0; i < h->typecnt; i++) {
		int64_t offset = read_int(&types, 4);

		if (offset > OFFSET_MAX || offset < -OFFSET_MAX)
			return false;
		offsets[i] = (int32_t)offset;
		types.at += 2;
	}
	z->first = offsets[0];
	z->ntimes = h->timecnt;
	z->times = mem_alloc(h->timecnt * sizeof *z->times);
	z->offsets = mem_alloc(h->timecnt * sizeof *z->offsets);
	for (size_t i = 0; i < z->ntimes; i++) {
		unsigned type = *which.at++;

		z->times[i] = read_int(r, time_size);
		if (type >= h->typecnt || (i && z->times[i] <= z->times[i - 1]))
			return false;
		z->offsets[i] = offsets[type];
	}
	return true;
}

/* The footer: "\nCET-1CEST,M3.5.0,M10.5.0/3\n"; empty: no rule. */
static bool read_footer(struct reader *r, struct zone *z)
{
	struct slice s = slice_of((const char *)r->at, (size_t)(r->end - r->at));
	size_t end;

	if (s.len < 2 || s.ptr[0] != '\n')
		return false;
	s = slice_from(s, 1);
	end = slice_chr(s, '\n');
	if (end == SLICE_NONE)
		return false;
	s = slice_to(s, end);
	z->has_rule = s.len > 0;
	return s.len == 0 || zone_rule_parse(s, &z->rule);
}

static bool read_tzif(struct slice bytes, struct zone *z)
{
	struct reader r = { (const unsigned char *)bytes.ptr,
		            (const unsigned char *)bytes.ptr + bytes.len };
	struct header h;
	size_t size;

	if (!read_header(&r, &h))
		return false;
	size = block_size(&h, 4);
	if (size > (size_t)(r.end - r.at))
		return false;
	if (h.version == 0)
		return h.leapcnt == 0 && read_block(&r, &h, 4, z);
	r.at += size;
	if (!read_header(&r, &h))
		return false;
	size = block_size(&h, 8);
	/* "right" zones count leap seconds, which no log's clock does */
	if (size > (size_t)(r.end - r.at) || h.leapcnt != 0)
		return false;
	{
		struct reader block = r;

		r.at += size;
		return read_block(&block, &h, 8, z) && read_footer(&r, z);
	}
}

static struct slice read_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct slice bytes = { NULL, 0 };
	struct stat st;
	char *text;
	ssize_t n;

	if (fd < 0)
		return bytes;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
	    (size_t)st.st_size <= FILE_MAX) {
		text = mem_alloc((size_t)st.st_size);
		n = read(fd, text, (size_t)st.st_size);
		bytes = slice_of(text, n > 0 ? (size_t)n : 0);
	}
	close(fd);
	return bytes;
}

/* Letters, digits, "_+-" and single slashes between; never a dot. */
static bool name_is_sane(struct slice name)
{
	char before = '/';

	if (name.len == 0 || name.len > 100)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		bool word = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		            (c >= '0' && c <= '9') || c == '_' || c == '+' ||
		            c == '-';

		if (!word && (c != '/' || before == '/'))
			return false;
		before = c;
	}
	return before != '/';
}

/* No symbolic link may lead out of the folder. */
static bool path_is_inside(const char *path)
{
	char *real = realpath(path, NULL), *folder = realpath(ZONEINFO, NULL);
	size_t len = folder ? strlen(folder) : 0;
	bool inside = real && folder && strncmp(real, folder, len) == 0 &&
	              real[len] == '/';

	free(real);
	free(folder);
	return inside;
}

static struct zone *zone_named(struct slice name, struct err *err)
{
	char path[sizeof ZONEINFO + 128];
	struct slice bytes = { NULL, 0 };
	struct zone *z;
	bool ok;

	/* the last would mean another zone on another machine */
	if (!name_is_sane(name) || slice_eq(name, SLICE("localtime"))) {
		err_set(err, "a time zone is a name like Europe/Berlin, UTC or "
		             "an offset like +01:00");
		return NULL;
	}
	snprintf(path, sizeof path, ZONEINFO "/%.*s", SLICE_FMT(name));
	if (path_is_inside(path))
		bytes = read_file(path);
	if (bytes.len == 0) {
		free((void *)(uintptr_t)bytes.ptr);
		err_set(err,
		        "no time zone %.*s in " ZONEINFO
		        "; give a name like Europe/Berlin or an offset like "
		        "+01:00",
		        SLICE_FMT(name));
		return NULL;
	}
	z = mem_alloc(sizeof *z);
	ok = read_tzif(bytes, z);
	free((void *)(uintptr_t)bytes.ptr);
	if (!ok) {
		zone_free(z);
		err_set(err, "%s is no time zone file that can be used", path);
		return NULL;
	}
	z->name = mem_text(path + sizeof ZONEINFO);
	return z;
}

/* "+01:00", "-0500", "+01": 0 to 25 hours. */
static bool offset_parse(struct slice s, int32_t *offset)
{
	int digits[4] = { 0 }, n = 0;
	int32_t v;

	if (s.len < 3 || (s.ptr[0] != '+' && s.ptr[0] != '-'))
		return false;
	for (size_t i = 1; i < s.len; i++) {
		if (s.ptr[i] == ':' && i == 3 && s.len == 6)
			continue;
		if (s.ptr[i] < '0' || s.ptr[i] > '9' || n == 4)
			return false;
		digits[n++] = s.ptr[i] - '0';
	}
	if ((n != 2 && n != 4) || digits[2] > 5)
		return false;
	v = (digits[0] * 10 + digits[1]) * 3600 +
	    (digits[2] * 10 + digits[3]) * 60;
	*offset = s.ptr[0] == '-' ? -v : v;
	return v <= OFFSET_MAX;
}

struct zone *zone_fixed(int32_t offset_seconds)
{
	struct zone *z = mem_alloc(sizeof *z);
	struct strbuf name = { 0 };

	civil_add_offset(&name, offset_seconds);
	z->name = strbuf_take(&name);
	z->first = offset_seconds;
	return z;
}

struct zone *zone_new(struct slice name, struct err *err)
{
	int32_t offset = 0;
	bool utc = slice_eq(name, SLICE("UTC")) || slice_eq(name, SLICE("Z"));
	struct zone *z;

	if (!utc && !offset_parse(name, &offset))
		return zone_named(name, err);
	z = zone_fixed(offset);
	if (utc) {
		free(z->name);
		z->name = mem_text("UTC");
	}
	return z;
}

void zone_free(struct zone *z)
{
	if (!z)
		return;
	free(z->name);
	free(z->times);
	free(z->offsets);
	free(z);
}

const char *zone_name(const struct zone *z)
{
	return z->name;
}

bool zone_is_fixed(const struct zone *z)
{
	if (z->has_rule && z->rule.has_summer)
		return false;
	for (size_t i = 0; i < z->ntimes; i++)
		if (z->offsets[i] != z->first)
			return false;
	return !z->has_rule || z->rule.standard == z->first;
}

int32_t zone_offset_at(const struct zone *z, int64_t us)
{
	size_t lo = 0, hi = z->ntimes;
	int64_t s = us / US_SECOND - (us % US_SECOND < 0);

	if (hi == 0 || s >= z->times[hi - 1]) {
		if (z->has_rule)
			return zone_rule_offset(&z->rule, s);
		return hi ? z->offsets[hi - 1] : z->first;
	}
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (z->times[mid] <= s)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? z->offsets[lo - 1] : z->first;
}

int64_t zone_to_utc(const struct zone *z, int64_t local, bool later,
                    bool *ambiguous)
{
	/* a day off to each side no change of this wall time can still lie
	 * ahead or already have happened */
	int32_t before = zone_offset_at(z, local - US_DAY);
	int32_t after = zone_offset_at(z, local + US_DAY);
	int64_t early = local - before * US_SECOND;
	int64_t late = local - after * US_SECOND;
	bool early_holds = zone_offset_at(z, early) == before;
	bool late_holds = zone_offset_at(z, late) == after;

	if (ambiguous)
		*ambiguous = before != after && early_holds == late_holds;
	if (early_holds && late_holds)
		return (early < late) != later ? early : late;
	return late_holds ? late : early;
}
