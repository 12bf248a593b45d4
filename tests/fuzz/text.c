/* SPDX-License-Identifier: MIT */
/* Any bytes through the sanitiser, the escapes and what cuts text to cells. */
#include "base/alloc.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_clean(struct slice s)
{
	while (s.len) {
		uint32_t c = text_next(&s);

		if (c == TEXT_BAD || text_char_is_active(c))
			BUG("sanitised text is not safe");
	}
}

static void sanitise(struct slice s, struct strbuf *clean)
{
	struct strbuf again = { 0 };

	text_sanitise(clean, s);
	check_clean(strbuf_slice(clean));
	text_sanitise(&again, strbuf_slice(clean));
	if (!slice_eq(strbuf_slice(&again), strbuf_slice(clean)))
		BUG("sanitised text changes when it is sanitised");
	strbuf_release(&again);
}

static void escape(struct slice s)
{
	struct strbuf once = { 0 }, back = { 0 };

	text_escape(&once, s);
	check_clean(strbuf_slice(&once));
	if (!text_unescape(&back, strbuf_slice(&once)) ||
	    !slice_eq(strbuf_slice(&back), s))
		BUG("escaped text does not come back");
	strbuf_reset(&once);
	strbuf_reset(&back);
	if (text_unescape(&back, s)) {
		text_escape(&once, strbuf_slice(&back));
		if (!slice_eq(strbuf_slice(&once), s))
			BUG("unescaped what was never escaped");
	}
	strbuf_release(&once);
	strbuf_release(&back);
}

static void fit(struct slice clean)
{
	static const int widths[] = { 0, 1, 2, 3, 5, 9, 20, 79 };
	struct strbuf out = { 0 };

	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
		for (int cut = TEXT_CUT_END; cut <= TEXT_CUT_ADDRESS; cut++) {
			strbuf_reset(&out);
			text_fit(&out, clean, widths[i], (enum text_cut)cut,
			         i % 2 ? "…" : "~");
			check_clean(strbuf_slice(&out));
			if (text_width(strbuf_slice(&out)) > widths[i])
				BUG("text is wider than its column");
		}
	}
	strbuf_reset(&out);
	text_fit(&out, clean, text_width(clean), TEXT_CUT_END, "…");
	if (!slice_eq(strbuf_slice(&out), clean))
		BUG("text that fits is cut");
	strbuf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = slice_of((const char *)data, size);
	struct strbuf clean = { 0 }, decoded = { 0 };

	sanitise(s, &clean);
	fit(strbuf_slice(&clean));
	escape(s);
	text_decode_2047(&decoded, s);
	strbuf_reset(&clean);
	sanitise(strbuf_slice(&decoded), &clean);
	if (size < 64)
		(void)slice_glob(slice_from(s, size / 2), slice_to(s, size / 2));
	strbuf_release(&clean);
	strbuf_release(&decoded);
	return 0;
}
