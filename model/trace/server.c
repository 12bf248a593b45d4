/* SPDX-License-Identifier: MIT */
/* One name for one server: host names have no case, and files that are called
 * alike on every server are told apart by their folders. */
#include "model/store/server_name.h"
#include "model/trace/derive.h"
#include "parsers/framing.h"

static uint64_t nocase_key(struct slice name)
{
	uint64_t h = name.len;

	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.ptr[i];

		h = hash_mix(h, c >= 'A' && c <= 'Z' ? c | 0x20u : c);
	}
	return key_of(h);
}

/* Small letters sort behind large ones. */
static bool sorts_behind(struct slice a, struct slice b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int order = n ? memcmp(a.ptr, b.ptr, n) : 0;

	return order ? order > 0 : a.len > b.len;
}

static void learn_host(struct derive *d, uint32_t host)
{
	struct slice name = server_of_host(word_text(d, host));
	uint32_t *of;

	if (!name.len)
		return;
	of = map_add(&d->places.spelled, nocase_key(name), 0);
	if (!*of || sorts_behind(name, word_text(d, *of)))
		*of = d->sink->word(d->sink->arg, name);
}

void servers_learn(struct derive *d)
{
	struct map seen = {0};

	for (uint32_t i = 0; i < d->npieces; i++) {
		const struct piece *p = d->pieces[i];

		for (size_t k = 0; k < p->nruns; k++) {
			uint32_t host = word_in(p, p->runs[k].host);
			uint32_t *known = map_add(&seen, host + UINT64_C(1), 0);

			if (host && !*known)
				learn_host(d, host);
			*known = 1;
		}
	}
	map_release(&seen);
}

uint32_t server_spelled(const struct derive *d, struct slice name)
{
	const uint32_t *of = map_find(&d->places.spelled, nocase_key(name));

	return of && slice_eq_nocase(word_text(d, *of), name) ? *of : 0;
}

/* What daemons and packagers call their logs everywhere. */
static bool is_common(struct slice stem)
{
	static const struct slice names[] = {
		{"maillog", 7},  {"mail", 4},   {"current", 7},
		{"messages", 8}, {"syslog", 6},
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_eq_nocase(stem, names[i]))
			return true;
	return slice_ends(stem, SLICE("mainlog")) || framing_file(stem).len;
}

/* "2026-03", "old": what rotation makes, of the same server. */
static bool is_server_folder(struct slice folder)
{
	static const struct slice rotated[] = {
		{"old", 3},    {"archive", 7}, {"archives", 8}, {"backup", 6},
		{"rotated", 7}, {"new", 3},    {"log", 3},      {"logs", 4},
	};

	for (size_t i = 0; i < sizeof rotated / sizeof *rotated; i++)
		if (slice_eq_nocase(folder, rotated[i]))
			return false;
	for (size_t i = 0; i < folder.len; i++) {
		char c = folder.ptr[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
			return true;
	}
	return false;
}

/* Where A and B part: the folder of A there; absent if it is a file. */
static struct slice parting(struct slice a, struct slice b)
{
	size_t from = 0, end;

	for (size_t i = 0; i < a.len && i < b.len && a.ptr[i] == b.ptr[i]; i++)
		if (a.ptr[i] == '/')
			from = i + 1;
	a = slice_from(a, from);
	end = slice_chr(a, '/');
	return end == SLICE_NONE ? slice_of(NULL, 0) : slice_to(a, end);
}

static bool same_stem(struct slice path, struct slice stem)
{
	struct strbuf other = {0};
	bool same;

	server_of_file(path, &other);
	same = slice_eq(strbuf_slice(&other), stem);
	strbuf_release(&other);
	return same;
}

struct slice server_folder(const struct derive *d, const struct trace_source *s,
			   struct slice stem)
{
	struct slice folder = {0};

	if (!is_common(stem))
		return folder;
	for (size_t i = 0; i < d->in->nsources; i++) {
		const struct trace_source *o = &d->in->sources[i];
		struct slice mine, theirs;

		if (o == s || o->server.len || !same_stem(o->path, stem))
			continue;
		mine = parting(s->path, o->path);
		theirs = parting(o->path, s->path);
		if (slice_eq(mine, theirs))
			continue; /* of one folder: a rotation */
		if (!is_server_folder(mine) || !is_server_folder(theirs))
			return slice_of(NULL, 0);
		/* the outermost that parts it from another */
		if (!folder.ptr || mine.ptr < folder.ptr)
			folder = mine;
	}
	return folder;
}

/* The folder of PATH with its slash; of "log/daemon/daemon.log" the outer one,
 * where other daemons log. */
static struct slice folder_of(struct slice path)
{
	size_t slash = slice_rchr(path, '/');
	struct slice name;

	if (slash == SLICE_NONE)
		return slice_to(path, 0);
	name = slice_to(path, slash);
	path = slice_to(path, slash + 1);
	slash = slice_rchr(name, '/');
	if (slash != SLICE_NONE)
		name = slice_from(name, slash + 1);
	if (!framing_file(name).len)
		return path;
	return slice_to(path, path.len - name.len - 1);
}

/* The server of the lines of HOST in PIECE; 0 if that is a file of a daemon that
 * tells none, NONE32 if nobody knows. */
static uint32_t server_told(struct derive *d, uint32_t piece, uint32_t host)
{
	struct slice name =
		server_of_host(word_text(d, word_in(d->pieces[piece], host)));
	struct strbuf stem = {0};
	uint32_t server = 0;

	if (name.len) {
		server = derive_server(d, piece, host);
		return server ? server : NONE32;
	}
	/* named by its file: not by asking those beside it in turn */
	server_of_file(d->sources[piece]->path, &stem);
	if (!is_common(strbuf_slice(&stem)))
		server = derive_server(d, piece, 0);
	strbuf_release(&stem);
	return server;
}

uint32_t server_beside(struct derive *d, const struct trace_source *s,
		       struct slice stem)
{
	struct slice folder = folder_of(s->path);
	uint32_t server = 0;

	if (!framing_file(stem).len)
		return 0;
	for (uint32_t i = 0; i < d->npieces; i++) {
		const struct trace_source *o = d->sources[i];
		const struct piece *p = d->pieces[i];

		if (!o || o == s || !slice_eq(folder_of(o->path), folder))
			continue;
		for (size_t k = 0; k < p->nruns; k++) {
			uint32_t told = server_told(d, i, p->runs[k].host);

			if (told && server && told != server)
				return 0;
			server = told ? told : server;
		}
	}
	return server == NONE32 ? 0 : server;
}
