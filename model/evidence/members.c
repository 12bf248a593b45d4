/* SPDX-License-Identifier: MIT */
/* Members of tar and zip archives, read as a stream by libarchive. */
#include "model/evidence/feed.h"

#include "base/alloc.h"
#include "base/civil.h"
#include "base/strbuf.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

#define BLOCK ((size_t)128 << 10)
#define SECONDS_MAX (INT64_C(1) << 40) /* in us still an int64 */

struct members {
	struct archive *archive;
	struct feed in;
	struct err err; /* if in_broke or damaged */
	bool opened, in_broke, ended, raw;
	bool damaged; /* a header was: what is behind it is searched on */
	uint64_t number;
	struct strbuf name;
	char *buf;
};

static la_ssize_t pull(struct archive *a, void *self, const void **buf)
{
	struct members *m = self;
	ptrdiff_t n = feed_read(&m->in, m->buf, BLOCK, &m->err);

	*buf = m->buf;
	if (n < 0) {
		m->in_broke = true;
		archive_set_error(a, EIO, "%s", m->err.text);
	}
	return n;
}

struct members *members_new(enum packing p, struct feed in)
{
	struct members *m = mem_alloc(sizeof *m);

	m->in = in;
	m->buf = mem_alloc(BLOCK);
	m->archive = archive_read_new();
	if (!m->archive)
		BUG("libarchive cannot start");
	if (p == PACKING_TAR)
		archive_read_support_format_tar(m->archive);
	else if (p == PACKING_ZIP)
		archive_read_support_format_zip_streamable(m->archive);
	else {
		/* never "all": that would run programs for some */
		m->raw = true;
		archive_read_support_filter_compress(m->archive);
		archive_read_support_filter_lzip(m->archive);
		archive_read_support_filter_lz4(m->archive);
		archive_read_support_format_empty(m->archive);
		archive_read_support_format_raw(m->archive);
	}
	return m;
}

void members_free(struct members *m)
{
	if (!m)
		return;
	archive_read_free(m->archive);
	strbuf_release(&m->name);
	free(m->buf);
	free(m);
}

/* What failed: the layer below knows more than libarchive, which only sees that
 * its bytes end. */
static int broke(struct members *m, struct err *err)
{
	const char *text = archive_error_string(m->archive);

	if (m->in_broke || m->damaged) {
		if (err)
			*err = m->err;
	} else
		err_set(err, "the archive is damaged: %s",
		        text ? text : "it cannot be read on");
	return -1;
}

/* A name in another encoding than this terminal's has no pathname here. */
static void take_name(struct members *m, struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry);

	strbuf_reset(&m->name);
	if (m->raw)
		return;
	if (!name)
		name = archive_entry_pathname_utf8(entry);
	if (name && *name)
		strbuf_add_str(&m->name, name);
	else
		strbuf_addf(&m->name, "member %llu",
		            (unsigned long long)m->number);
}

static int open_archive(struct members *m)
{
	m->opened = true;
	return archive_read_open(m->archive, m, NULL, pull, NULL);
}

static int64_t entry_mtime(struct archive_entry *entry)
{
	int64_t s = archive_entry_mtime(entry);

	if (!archive_entry_mtime_is_set(entry) || s < -SECONDS_MAX ||
	    s > SECONDS_MAX)
		return TIME_NONE;
	return s * US_SECOND + archive_entry_mtime_nsec(entry) / 1000;
}

int members_next(struct members *m, struct member *out, struct err *err)
{
	struct archive_entry *entry;

	if (m->ended)
		return 0;
	if (!m->opened && open_archive(m) < ARCHIVE_WARN) {
		m->ended = true;
		return broke(m, err);
	}
	for (;;) {
		int result = archive_read_next_header(m->archive, &entry);

		if (result == ARCHIVE_RETRY) {
			if (!m->damaged)
				broke(m, &m->err);
			m->damaged = true;
			continue;
		}
		if (result < ARCHIVE_WARN || result == ARCHIVE_EOF)
			m->ended = true;
		if (result == ARCHIVE_EOF && !m->damaged)
			return 0;
		if (m->ended)
			return broke(m, err);
		m->number++;
		/* a hard link's bytes stand where its target is */
		if (m->raw || (archive_entry_filetype(entry) == AE_IFREG &&
		               !archive_entry_hardlink(entry)))
			break;
	}
	take_name(m, entry);
	*out = (struct member){ strbuf_text(&m->name), entry_mtime(entry) };
	return 1;
}

static ptrdiff_t member_read(void *self, void *buf, size_t cap, struct err *err)
{
	struct members *m = self;
	la_ssize_t n;

	do
		n = archive_read_data(m->archive, buf, cap);
	while (n == ARCHIVE_RETRY);
	if (n >= 0)
		return n;
	if (n == ARCHIVE_FATAL)
		m->ended = true; /* nothing behind it can be read either */
	return broke(m, err);
}

struct feed members_feed(struct members *m)
{
	return (struct feed){ member_read, m };
}
