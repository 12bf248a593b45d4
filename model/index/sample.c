/* SPDX-License-Identifier: MIT */
/* Framing by its detector; the parser of most lines by reading some. */
#include "model/index/sample.h"

#include "base/alloc.h"
#include "model/index/rules.h"
#include "model/index/sample_order.h"

#define SAMPLE_RECORDS 100 /* of each part */
#define PARSERS_MAX 64
#define SAMPLE_WHOLE (4 * SAMPLE_BYTES) /* shorter ones are taken whole */

struct tally {
	const struct parser *parser[PARSERS_MAX];
	unsigned count[PARSERS_MAX];
	size_t n;
	unsigned read, sampled; /* sampled: that are not blank or header */
};

/* Without the half lines at its ends. AT_START, AT_END: of the source. */
static struct slice whole_lines(struct slice s, bool at_start, bool at_end)
{
	size_t cut;

	if (!at_start && (cut = slice_chr(s, '\n')) != SLICE_NONE)
		s = slice_from(s, cut + 1);
	if (!at_end && (cut = slice_rchr(s, '\n')) != SLICE_NONE)
		s = slice_to(s, cut + 1);
	return s;
}

/* Middle and tail of what is at hand. */
static void sample_bytes(struct sample *s, struct slice all, bool whole)
{
	size_t middle = all.len / 2 - SAMPLE_BYTES / 2;

	s->part[0] = whole_lines(slice_to(all, SAMPLE_BYTES), true,
	                         whole && all.len <= SAMPLE_BYTES);
	if (all.len < SAMPLE_WHOLE)
		return;
	s->part[1] = whole_lines(slice_of(all.ptr + middle, SAMPLE_BYTES),
	                         false, false);
	s->part[2] = whole_lines(slice_from(all, all.len - SAMPLE_BYTES), false,
	                         whole);
}

/* The same of a file, wherever its reading begins. ROOM: of SAMPLE_WHOLE. */
static bool sample_file(struct sample *s, const char *path, uint64_t size,
                        char *room)
{
	struct evidence_file *f = evidence_file_open(path, NULL);
	uint64_t at[3] = { 0, size / 2 - SAMPLE_BYTES / 2, size - SAMPLE_BYTES };
	bool ok = f != NULL;

	if (ok && size < SAMPLE_WHOLE) {
		ok = evidence_file_read(f, 0, room, (size_t)size, NULL);
		if (ok)
			sample_bytes(s, slice_of(room, (size_t)size), true);
		evidence_file_close(f);
		return ok;
	}
	for (int i = 0; i < 3 && ok; i++) {
		char *part = room + (size_t)i * SAMPLE_BYTES;

		ok = evidence_file_read(f, at[i], part, SAMPLE_BYTES, NULL);
		s->part[i] = whole_lines(slice_of(part, SAMPLE_BYTES), i == 0,
		                         i == 2);
	}
	evidence_file_close(f);
	return ok;
}

static void tally_add(struct tally *t, const struct parser *p)
{
	size_t i = 0;

	while (i < t->n && t->parser[i] != p)
		i++;
	if (i == PARSERS_MAX)
		return;
	if (i == t->n) {
		t->n++;
		t->parser[i] = p;
		t->count[i] = 0;
	}
	t->count[i]++;
	t->read++;
}

static void tally_part(struct tally *t, const struct layout *l, struct slice s)
{
	struct arena arena = { 0 };
	struct events events = { 0 };

	for (unsigned n = 0; s.len && n < SAMPLE_RECORDS; n++) {
		const struct parser *used = NULL;
		struct record r = { 0 };

		if (l->framing->next(l, s, true, &r) != CUT_RECORD || !r.length)
			break;
		s = slice_from(s, r.length);
		if (r.flags & (RECORD_BLANK | RECORD_HEADER))
			continue;
		arena_reset(&arena);
		l->framing->peel(l, &r, &arena);
		t->sampled++;
		if (record_parse(l, &r, &arena, &events, &used) != PARSE_NO &&
		    used)
			tally_add(t, used);
	}
	arena_release(&arena);
	events_release(&events);
}

/* "rfc3164/postfix", "98 of 100 sampled lines" */
static void name_format(struct source *src, const struct layout *l,
                        const struct tally *t)
{
	struct strbuf format = { 0 }, basis = { 0 };
	size_t best = 0;

	for (size_t i = 1; i < t->n; i++)
		if (t->count[i] > t->count[best])
			best = i;
	strbuf_addf(&format, "%s/%s", l->framing->name,
	            t->n ? layout_parser_name(l, t->parser[best]) : "unknown");
	strbuf_addf(&basis, "%u of %u sampled lines",
	            t->n ? t->count[best] : 0, t->sampled);
	free(src->format);
	free(src->format_basis);
	src->format = strbuf_take(&format);
	src->format_basis = strbuf_take(&basis);
}

static struct layout *make_layout(const struct sample *s, const char *read_as)
{
	const struct framing *framing = NULL;
	const struct parser *parser = NULL;
	struct layout *l;

	if (read_as && user_formats_find(s->formats, slice_str(read_as)))
		return user_format_layout(user_formats_find(s->formats,
		                                            slice_str(read_as)));
	if (read_as)
		rule_format(read_as, &framing, &parser);
	l = layout_new(framing ? framing : framing_detect(s, NULL), s);
	if (parser)
		l->parser = parser;
	if (l->order == ORDER_FORWARD && !l->user &&
	    sample_is_newest_first(l, s))
		l->order = ORDER_NEWEST_FIRST;
	return l;
}

struct layout *sample_format(struct source *src, struct slice head, bool whole,
                             const char *path, const char *read_as,
                             const struct user_formats *formats)
{
	char *room = mem_alloc(SAMPLE_WHOLE);
	struct layout *l = NULL;
	struct sample s = { .formats = formats };
	struct tally t = { 0 };
	struct strbuf text = { 0 };
	const char *name = *src->member ? src->member : src->path;
	const char *slash = strrchr(name, '/');

	s.name = slice_str(slash ? slash + 1 : name);
	if (!path || !sample_file(&s, path, (uint64_t)src->bytes, room))
		sample_bytes(&s, head, whole);
	/* what has been read in a layout is read on in it */
	if (src->layout && *src->layout)
		l = layout_parse(slice_str(src->layout), NULL);
	if (!l)
		l = make_layout(&s, read_as);
	for (int i = 0; i < 3; i++)
		tally_part(&t, l, s.part[i]);
	name_format(src, l, &t);
	layout_print(l, &text);
	free(src->layout);
	src->layout = strbuf_take(&text);
	free(room);
	return l;
}
