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
	struct slice text = list_text(r, "over_time");
	uint64_t values[512], value;
	size_t n = 0, width = r->width > 0 ? (size_t)r->width : 1, together;

	(void)c;
	while (text.len && n < sizeof values / sizeof *values)
		if (slice_u64(slice_cut(&text, ' '), &value))
			values[n++] = value;
	/* a cell holds as many buckets as the column is too narrow for */
	together = (n + width - 1) / width;
	for (size_t i = 1; i < n && together > 1; i++) {
		value = values[i];
		values[i] = 0;
		if (i % together)
			values[i / together] += value;
		else
			values[i / together] = value;
	}
	n = together ? (n + together - 1) / together : 0;
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
