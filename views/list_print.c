/* SPDX-License-Identifier: MIT */
/* Cells that several panes print alike. */
#include "views/list.h"

#include "tui/chart.h"
#include "views/shell_info.h"

void list_print_number(const struct list_row *r, const struct list_column *c,
                       struct strbuf *out)
{
	if (list_text(r, c->column).ptr)
		text_add_number(out, list_number(r, c->column));
}

void list_print_size(const struct list_row *r, const struct list_column *c,
                     struct strbuf *out)
{
	if (list_text(r, c->column).ptr)
		text_add_size(out, list_number(r, c->column));
}

void list_print_percent(const struct list_row *r, const struct list_column *c,
                        struct strbuf *out)
{
	struct slice text = list_text(r, c->column);
	size_t dot = slice_chr(text, '.');

	/* one decimal */
	strbuf_add_slice(out, dot == SLICE_NONE ? text : slice_to(text, dot + 2));
	if (text.len && dot == SLICE_NONE)
		strbuf_add_str(out, ".0");
}

void list_print_over_time(const struct list_row *r, const struct list_column *c,
                          struct strbuf *out)
{
	struct slice text = list_text(r, c->column);
	uint64_t values[64];
	size_t n = 0;

	while (text.len && n < 64)
		if (slice_u64(slice_cut(&text, ' '), &values[n]))
			n++;
	chart_strip_text(r->theme, values, n, out);
}

static const struct {
	const char *name;
	enum sign sign;
	enum tone tone;
} outcomes[] = {
	{ "delivered", SIGN_DELIVERED, TONE_GOOD },
	{ "relayed", SIGN_RELAYED, TONE_GOOD },
	{ "failed", SIGN_FAILED, TONE_BAD },
	{ "refused", SIGN_REFUSED, TONE_BAD },
	{ "withheld", SIGN_WITHHELD, TONE_BAD },
	{ "delayed", SIGN_DELAYED, TONE_WAIT },
};
#define OUTCOMES (sizeof outcomes / sizeof *outcomes)

enum sign list_outcome_sign(struct slice outcome)
{
	for (size_t i = 0; i < OUTCOMES; i++)
		if (slice_eq(slice_str(outcomes[i].name), outcome))
			return outcomes[i].sign;
	return SIGN_UNKNOWN;
}

enum tone list_outcome_tone(struct slice outcome)
{
	for (size_t i = 0; i < OUTCOMES; i++)
		if (slice_eq(slice_str(outcomes[i].name), outcome))
			return outcomes[i].tone;
	return TONE_UNSURE;
}

void list_add_or(struct strbuf *out, struct slice text, const char *other)
{
	if (text.ptr)
		strbuf_add_slice(out, text);
	else
		strbuf_add_str(out, other);
}

bool list_raw_line(const struct list_row *r, struct strbuf *out)
{
	struct list_row line = *r;
	struct row_ref ref;

	if (!list_text(r, "raw").ptr) {
		line.result = list_answer(r, SLOT_RAW);
		line.row = 0;
	}
	if (!line.result || line.row >= line.result->nrows ||
	    !list_ref(r->step, &ref) || !ref.source)
		return false;
	look_add_citation(r->look, ref.source, ref.line, out);
	strbuf_addf(out, " @%.*s  ", SLICE_FMT(list_text(&line, "offset")));
	strbuf_add_slice(out, list_text(&line, "raw"));
	return true;
}
