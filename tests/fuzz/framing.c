/* SPDX-License-Identifier: MIT */
/* Any bytes as a source: records cover them exactly, however the bytes come in,
 * and what is peeled stays within them. */
#include "base/alloc.h"
#include "tests/reading.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct span {
	size_t length;
	uint32_t lines;
	unsigned flags;
};

struct spans {
	struct span *list;
	size_t n, cap;
};

static void check(const char *fault)
{
	if (fault)
		BUG(fault);
}

static size_t count_lines(struct slice text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += text.ptr[i] == '\n';
	return n + (text.len && text.ptr[text.len - 1] != '\n');
}

/* All at once. */
static void cut_whole(struct reading *r, struct spans *out)
{
	size_t lines = 0;

	while (reading_cut(r)) {
		check(reading_fault_record(r));
		GROW(out->list, out->n, out->cap);
		out->list[out->n++] =
			(struct span){ r->record.length, r->record.lines,
				       r->record.flags };
		lines += r->record.lines;
	}
	if (r->rest.len)
		BUG("bytes are left behind the last record");
	/* of another encoding not every such byte ends a line */
	if (r->layout->framing->wraps < 2 && lines != count_lines(r->text))
		BUG("the lines of the records do not add up");
}

/* In parts whose sizes SEED tells, each in a buffer of exactly its size. */
static void cut_parts(const struct layout *l, struct slice text, uint64_t seed,
                      const struct spans *expected)
{
	/* what is inside of a record may be blank or a header: peel tells */
	unsigned same = l->framing->wraps ? ~(RECORD_BLANK | RECORD_HEADER) : ~0u;
	size_t used = 0, have = 0, n = 0;

	while (used < text.len) {
		bool last = have == text.len;
		size_t len = have - used;
		char *part = mem_copy(text.ptr + used, len ? len : 1);
		struct record r = { 0 };
		enum cut cut = l->framing->next(l, slice_of(part, len), last,
		                                &r);

		free(part);
		if (cut != CUT_RECORD) {
			if (last)
				BUG("the end holds no record");
			seed = seed * UINT64_C(6364136223846793005) + 1;
			have += 1 + (seed >> 33) % 40;
			if (have > text.len)
				have = text.len;
			continue;
		}
		if (n == expected->n || r.length != expected->list[n].length ||
		    r.lines != expected->list[n].lines ||
		    (r.flags ^ expected->list[n].flags) & same)
			BUG("records depend on how the bytes came in");
		n++;
		used += r.length;
	}
}

static void layout_round_trip(const struct layout *l)
{
	struct strbuf once = { 0 }, twice = { 0 };
	struct layout *again;

	layout_print(l, &once);
	again = layout_parse(strbuf_slice(&once), NULL);
	if (!again)
		BUG("a printed layout is refused");
	layout_print(again, &twice);
	if (!slice_eq(strbuf_slice(&once), strbuf_slice(&twice)))
		BUG("a printed layout prints otherwise");
	layout_free(again);
	strbuf_release(&once);
	strbuf_release(&twice);
}

static void read_as(const struct framing *f, struct slice text, uint64_t seed)
{
	struct spans spans = { 0 };
	struct reading r;

	reading_init(&r, f, text);
	cut_whole(&r, &spans);
	cut_parts(r.layout, text, seed, &spans);
	layout_round_trip(r.layout);
	reading_release(&r);
	free(spans.list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of((const char *)data, size);
	struct sample s = reading_sample(text);
	const struct framing *best;
	int confidence;
	size_t n = 0;

	best = framing_detect(&s, &confidence);
	if (!best || confidence < 0 || confidence > 100)
		BUG("a confidence that is none");
	read_as(best, text, size);
	while (framings[n])
		n++;
	/* each framing meets what is not its own, too */
	read_as(framings[size % n], text, size * 7);
	layout_free(layout_parse(text, NULL));
	return 0;
}
