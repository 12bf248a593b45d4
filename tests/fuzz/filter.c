/* SPDX-License-Identifier: MIT */
/* Any bytes as a filter: no crash, and what is taken prints as its equal. */
#include "base/alloc.h"
#include "base/civil.h"
#include "model/ask/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of((const char *)data, size);
	const struct filter_context c = { .last = US_DAY };
	struct strbuf once = { 0 }, twice = { 0 };
	struct filter_word w;
	struct err err;
	struct filter *f = filter_parse(text, &c, &err), *again;

	filter_word_at(text, size / 2, &w);
	filter_combine(text, SLICE("from:bob"), &once, NULL);
	strbuf_reset(&once);
	filter_add_term(&once, field_find(SLICE("from")), text, false);
	again = size < 4000 ? filter_parse(strbuf_slice(&once), &c, &err) : NULL;
	if (size < 4000 && !again)
		BUG("a term made for a value is refused");
	filter_unref(again);
	if (f) {
		strbuf_reset(&once);
		filter_print(f->where, &once);
		again = filter_parse(strbuf_slice(&once), &c, &err);
		/* escapes may make it longer than a filter may be */
		if (!again && once.len < 60000)
			BUG("a printed filter is refused");
		filter_print(again ? again->where : NULL, &twice);
		if (again && !slice_eq(strbuf_slice(&once),
		                       strbuf_slice(&twice)))
			BUG("a printed filter prints otherwise");
		filter_unref(again);
		filter_unref(f);
	}
	strbuf_release(&once);
	strbuf_release(&twice);
	return 0;
}
