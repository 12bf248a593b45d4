/* SPDX-License-Identifier: MIT */
/* explain LOG: how each line is read. Needs no case. */
#include "base/alloc.h"
#include "base/text.h"
#include "commands/command.h"
#include "model/evidence/evidence.h"
#include "commands/formats.h"

struct explain {
	const struct options *options;
	FILE *out;
	struct user_formats formats;
	struct layout *layout;
	struct arena arena;
	struct events events;
	struct strbuf bytes, line;
	uint64_t number, records, unknown, printed;
};

static void print_text(struct explain *x, struct slice s)
{
	struct strbuf clean = { 0 };

	text_sanitise(&clean, s);
	fwrite(strbuf_text(&clean), 1, clean.len, x->out);
	strbuf_release(&clean);
}

static void print_record(struct explain *x, const struct record *r,
                         const struct parser *used)
{
	fprintf(x->out, "%llu  ", (unsigned long long)x->number);
	print_text(x, record_text(r));
	fprintf(x->out, "\n    %s/%s", x->layout->framing->name,
	        used ? layout_parser_name(x->layout, used)
	             : r->flags & RECORD_BLANK ? "blank" : "header");
	if (r->time_raw.len) {
		fputs("  time ", x->out);
		print_text(x, r->time_raw);
		fputs(r->time.has & STAMP_YEAR ? "" : " (no year)", x->out);
		fputs(r->time.has & STAMP_ZONE ? "" : " (no zone)", x->out);
	}
	if (r->host.len) {
		fputs("  host ", x->out);
		print_text(x, r->host);
	}
	fputc('\n', x->out);
	for (size_t i = 0; i < x->events.n; i++) {
		strbuf_reset(&x->line);
		event_print(&x->events.list[i], &x->line);
		fputs("    ", x->out);
		print_text(x, strbuf_slice(&x->line));
		fputc('\n', x->out);
	}
	x->printed++;
}

static void explain_record(struct explain *x, struct record *r)
{
	const struct parser *used = NULL;
	enum parse p;
	bool unknown;

	arena_reset(&x->arena);
	x->layout->framing->peel(x->layout, r, &x->arena);
	p = record_parse(x->layout, r, &x->arena, &x->events, &used);
	unknown = p == PARSE_NO && x->events.n > 0;
	x->records++;
	x->unknown += unknown;
	if (!x->options->unknown || unknown)
		print_record(x, r, used);
	x->number += r->lines;
}

/* All whole records at the front of x->bytes; what is left stays there. */
static void explain_bytes(struct explain *x, bool last)
{
	struct slice rest = strbuf_slice(&x->bytes);

	for (;;) {
		struct record r = { .line = x->number, .lines = 1 };

		if (x->layout->framing->next(x->layout, rest, last, &r) !=
		    CUT_RECORD)
			break;
		explain_record(x, &r);
		rest = slice_from(rest, r.length);
	}
	memmove(x->bytes.ptr, rest.ptr, rest.len);
	x->bytes.len = rest.len;
}

static void explain_item(struct explain *x, struct evidence *e,
                         const struct evidence_item *item)
{
	struct sample sample = { .name = slice_str(item->path),
		                 .formats = &x->formats };
	int confidence = 0;
	size_t n;

	strbuf_reset(&x->bytes);
	do {
		n = evidence_read(e, strbuf_room(&x->bytes, SAMPLE_BYTES),
		                  SAMPLE_BYTES);
		x->bytes.len += n;
	} while (n && x->bytes.len < SAMPLE_BYTES);
	sample.part[0] = strbuf_slice(&x->bytes);
	x->layout = layout_new(framing_detect(&sample, &confidence), &sample);
	x->number = 1;
	x->records = x->unknown = 0;
	explain_bytes(x, n == 0);
	while (n) {
		n = evidence_read(e, strbuf_room(&x->bytes, SAMPLE_BYTES),
		                  SAMPLE_BYTES);
		x->bytes.len += n;
		explain_bytes(x, n == 0);
	}
	print_text(x, slice_str(item->path));
	if (*item->member) {
		fputs("//", x->out);
		print_text(x, slice_str(item->member));
	}
	fprintf(x->out, ": %s, confidence %d of 100; %llu records, %llu unknown\n",
	        x->layout->framing->name, confidence,
	        (unsigned long long)x->records, (unsigned long long)x->unknown);
	layout_free(x->layout);
}

static bool explain_file(struct explain *x, const char *path, struct err *err)
{
	struct evidence *e = evidence_open(path, NULL, err);
	struct evidence_item item;
	struct evidence_sum sum;
	bool ok = true;

	if (!e)
		return false;
	while (evidence_next(e, &item)) {
		explain_item(x, e, &item);
		evidence_sum(e, &sum);
		if (sum.state != EVIDENCE_OK) {
			ok = false;
			if (err)
				*err = sum.error;
		}
	}
	evidence_close(e);
	return ok;
}

static enum exit_status explain_run(const struct options *o, FILE *out,
                                    struct err *err)
{
	struct explain x = { .options = o, .out = out };
	struct evidence_list list = { 0 };
	struct strbuf warnings = { 0 };
	bool ok;

	if (o->nargs == 0) {
		err_set(err, "explain needs a log: mailspoor explain LOG");
		return EXIT_USAGE;
	}
	ok = formats_load(o, &x.formats, &warnings, err);
	if (!ok) {
		user_formats_release(&x.formats);
		strbuf_release(&warnings);
		return EXIT_USAGE;
	}
	ok = evidence_find(o->args, o->nargs, &list, &warnings, err);
	fwrite(strbuf_text(&warnings), 1, warnings.len, stderr);
	for (size_t i = 0; ok && i < list.n; i++)
		ok = explain_file(&x, list.paths[i], err);
	evidence_list_release(&list);
	user_formats_release(&x.formats);
	strbuf_release(&warnings);
	strbuf_release(&x.bytes);
	strbuf_release(&x.line);
	events_release(&x.events);
	arena_release(&x.arena);
	if (!ok)
		return EXIT_CASE;
	return x.printed ? EXIT_DONE : EXIT_NOTHING;
}

const struct command command_explain = {
	.name = "explain",
	.synopsis = "explain LOG",
	.about = "how each line is read: format, fields; --unknown the rest",
	.run = explain_run,
};
