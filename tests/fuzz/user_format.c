/* SPDX-License-Identifier: MIT */
/* Any bytes as a format file, and behind a NUL as lines of its log: it is read
 * or refused with a place, and what it reads keeps the contract of event.h. */
#include "base/alloc.h"
#include "parsers/user_format.h"
#include "tests/reading.h"

#define LINES_MAX 8 /* patterns that give up are slow */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_lines(struct reading *r)
{
	for (int i = 0; i < LINES_MAX && reading_cut(r); i++) {
		const char *fault = reading_fault_record(r);

		if (!fault) {
			reading_parse(r);
			fault = reading_fault_events(r);
		}
		if (fault)
			BUG(fault);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice log = slice_of((const char *)data, size);
	struct slice text = slice_cut(&log, '\0');
	struct err err = { 0 };
	struct user_format *f = user_format_new("f", text, &err);
	struct reading r;

	if (!f) {
		if (!*err.text || !err.column)
			BUG("refused without a reason or a place");
		return 0;
	}
	(void)user_format_check(f, "f", &err);
	reading_init(&r, &framing_user, log);
	layout_free(r.layout);
	r.layout = user_format_layout(f);
	read_lines(&r);
	reading_release(&r);
	user_format_free(f);
	return 0;
}
