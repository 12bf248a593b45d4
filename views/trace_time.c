/* SPDX-License-Identifier: MIT */
/* Times in Trace: as they were logged, else as the analyst wants them. */
#include "views/trace.h"

#include "base/civil.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Where "hh:mm:ss" begins; SLICE_NONE: the stamp is a number or a date alone. */
static size_t clock_in(struct slice s)
{
	for (size_t i = 0; i + 8 <= s.len; i++)
		if (is_digit(s.ptr[i]) && is_digit(s.ptr[i + 1]) &&
		    s.ptr[i + 2] == ':' && is_digit(s.ptr[i + 3]) &&
		    is_digit(s.ptr[i + 4]) && s.ptr[i + 5] == ':' &&
		    is_digit(s.ptr[i + 6]) && is_digit(s.ptr[i + 7]))
			return i;
	return SLICE_NONE;
}

/* The day in front: "Mar 10 ", "03-10 ". */
static struct slice day_before(struct slice raw, size_t at)
{
	size_t start = at > 7 ? at - 7 : 0;

	if (at >= 6 && (raw.ptr[at - 1] == 'T' || raw.ptr[at - 4] == '-'))
		start = at - 6;
	return slice_of(raw.ptr + start, at - start);
}

/* Of ".318204" the first three digits, with the point. */
static size_t fraction_length(struct slice s)
{
	size_t n = 1;

	if (!s.len || (s.ptr[0] != '.' && s.ptr[0] != ','))
		return 0;
	while (n < s.len && n < 4 && is_digit(s.ptr[n]))
		n++;
	return n > 1 ? n : 0;
}

void trace_add_logged(struct strbuf *out, struct slice raw, bool day,
                      bool fraction)
{
	size_t at = clock_in(raw), end;

	if (at == SLICE_NONE) {
		strbuf_add_slice(out, raw);
		return;
	}
	if (day && at > 0) {
		strbuf_add_slice(out, day_before(raw, at));
		if (out->ptr[out->len - 1] == 'T')
			out->ptr[out->len - 1] = ' ';
	}
	end = at + 8;
	if (fraction)
		end += fraction_length(slice_from(raw, end));
	strbuf_add_slice(out, slice_of(raw.ptr + at, end - at));
}

static bool takes_days(const struct step *s)
{
	const struct result *j = trace_of(s)->journey;

	return tree_number(j, 0, "first_utc") / US_DAY !=
	       tree_number(j, 0, "last_utc") / US_DAY;
}

/* The stamp of the first record of TRANSACTION; absent if it is not here. */
static struct slice logged_of(const struct step *s, int64_t transaction)
{
	const struct result *r = step_result(s, TRACE_EVENTS);

	for (size_t i = 0; r && i < r->nrows; i++)
		if (tree_number(r, i, "transaction_id") == transaction)
			return tree_text(r, i, "time_raw");
	return slice_of(NULL, 0);
}

void trace_add_time(struct strbuf *out, const struct telling *to,
                    int64_t transaction, int64_t us)
{
	const struct step *s = to->step;
	const struct look *look = to->look;
	bool wide = to->wide, day = takes_days(s);
	struct slice raw = look->times.mode == TIMES_LOGGED
	                           ? logged_of(s, transaction)
	                           : slice_of(NULL, 0);
	struct strbuf text = { 0 };

	if (raw.len) {
		trace_add_logged(out, raw, day, wide);
		return;
	}
	if (!us || us == TIME_NONE) {
		strbuf_add_str(out, "--:--:--");
		return;
	}
	if (look->times.mode == TIMES_CORRECTED) {
		trace_add_corrected(out, to, transaction, us);
		return;
	}
	times_add(&look->times, us, wide ? 3 : 0, &text);
	/* "2026-03-10 09:16:21" */
	strbuf_add_slice(out, slice_from(strbuf_slice(&text), day ? 5 : 11));
	if (look->times.mode == TIMES_LOGGED)
		strbuf_add_char(out, 'Z'); /* its stamp is not known here */
	strbuf_release(&text);
}
