/* SPDX-License-Identifier: MIT */
/* The table of framings, the choice among them, and layouts as text. */
#include "parsers/framing.h"

#include "base/alloc.h"
#include "base/text.h"
#include "parsers/dovecot.h"
#include "parsers/exchange.h"
#include "parsers/exim.h"
#include "parsers/parser.h"
#include "parsers/rspamd.h"
#include "parsers/syslog.h"
#include "parsers/user_format.h"
#include "parsers/wrap.h"
#include "parsers/zeek.h"

#include <limits.h>

/* On equal confidence the earlier one wins. */
const struct framing *const framings[] = {
	&framing_user, /* what the analyst describes is meant */
	&framing_utf16le,
	&framing_utf16be,
	&framing_journal_json,
	&framing_journal_export,
	&framing_splunk_csv,
	&framing_splunk_json,
	&framing_docker_json,
	&framing_docker,
	&framing_zeek,
	&framing_zeek_json,
	&framing_elastic_json,
	&framing_rfc5424,
	&framing_rfc3339,
	&framing_rfc3164,
	&framing_exchange,
	&framing_rspamd,
	&framing_exim,
	&framing_dovecot,
	&framing_exchange_online,
	&framing_exchange_json,
	&framing_line,
	NULL,
};

const struct framing *framing_find(struct slice name)
{
	for (size_t i = 0; framings[i]; i++)
		if (slice_eq(name, slice_str(framings[i]->name)))
			return framings[i];
	return NULL;
}

struct slice framing_file(struct slice stem)
{
	for (size_t i = 0; framings[i]; i++) {
		struct slice file;

		if (!framings[i]->file)
			continue;
		file = slice_str(framings[i]->file);
		if (slice_starts(stem, file) &&
		    (stem.len == file.len || stem.ptr[file.len] == '-'))
			return file;
	}
	return slice_of(NULL, 0);
}

const struct framing *framing_detect_within(const struct sample *s,
                                            unsigned wraps, int *confidence)
{
	const struct framing *best = &framing_line;
	int most = -1;

	for (size_t i = 0; framings[i]; i++) {
		int n;

		if (framings[i]->wraps >= wraps)
			continue;
		n = framings[i]->detect(s);
		if (n > most) {
			most = n;
			best = framings[i];
		}
	}
	if (confidence)
		*confidence = most;
	return best;
}

const struct framing *framing_detect(const struct sample *s, int *confidence)
{
	return framing_detect_within(s, UINT_MAX, confidence);
}

struct layout *layout_new(const struct framing *f, const struct sample *s)
{
	struct layout *l = mem_alloc(sizeof *l);

	l->framing = f;
	l->order = ORDER_FORWARD;
	/* what the header does not say stays as it is */
	if (f->learn && s)
		(void)f->learn(s, l);
	return l;
}

void layout_free(struct layout *l)
{
	struct arena memory;

	if (!l)
		return;
	layout_free((struct layout *)l->inner);
	user_format_free(l->user);
	memory = l->memory;
	free(l);
	arena_release(&memory);
}

static const char *const order_names[] = {
	[ORDER_FORWARD] = "forward",
	[ORDER_NEWEST_FIRST] = "newest first",
	[ORDER_NONE] = "none",
};

/* One "key value" a line, values escaped; an inner layout follows its line. */
void layout_print(const struct layout *l, struct strbuf *out)
{
	strbuf_addf(out, "framing %s\norder %s\n", l->framing->name,
	            order_names[l->order]);
	if (l->parser)
		strbuf_addf(out, "parser %s\n", l->parser->name);
	if (l->separator)
		strbuf_addf(out, "separator %d\n", (unsigned char)l->separator);
	for (size_t i = 0; i < l->ncolumns; i++) {
		strbuf_add_str(out, "column ");
		text_escape(out, l->columns[i]);
		strbuf_add_char(out, '\n');
	}
	if (l->user) {
		strbuf_add_str(out, "user ");
		text_escape(out, user_format_text(l->user));
		strbuf_add_char(out, '\n');
	}
	if (l->inner) {
		strbuf_add_str(out, "inner\n");
		layout_print(l->inner, out);
	}
}

static bool parse_order(struct slice value, struct layout *l)
{
	for (size_t i = 0; i < sizeof order_names / sizeof *order_names; i++) {
		if (slice_eq(value, slice_str(order_names[i]))) {
			l->order = (enum order)i;
			return true;
		}
	}
	return false;
}

static bool parse_column(struct slice value, struct layout *l)
{
	struct strbuf name = { 0 };
	struct slice *grown;
	bool ok = text_unescape(&name, value);

	if (ok) {
		/* few columns, read once per source */
		grown = arena_alloc(&l->memory,
		                    (l->ncolumns + 1) * sizeof *grown);
		if (l->ncolumns)
			memcpy(grown, l->columns, l->ncolumns * sizeof *grown);
		grown[l->ncolumns++] =
			arena_slice(&l->memory, strbuf_slice(&name));
		l->columns = grown;
	}
	strbuf_release(&name);
	return ok;
}

/* The format travels with the case: its file need not be here. */
static bool parse_user(struct slice value, struct layout *l)
{
	struct strbuf text = { 0 };

	if (!l->user && text_unescape(&text, value))
		l->user = user_format_new("layout", strbuf_slice(&text), NULL);
	strbuf_release(&text);
	return l->user != NULL;
}

static bool parse_entry(struct slice key, struct slice value, struct layout *l)
{
	uint64_t n;

	if (slice_eq(key, SLICE("framing")))
		return (l->framing = framing_find(value)) != NULL;
	if (slice_eq(key, SLICE("order")))
		return parse_order(value, l);
	if (slice_eq(key, SLICE("parser")))
		return (l->parser = parser_find(value)) != NULL;
	if (slice_eq(key, SLICE("column")))
		return parse_column(value, l);
	if (slice_eq(key, SLICE("user")))
		return parse_user(value, l);
	if (slice_eq(key, SLICE("separator"))) {
		if (!slice_u64(value, &n) || n == 0 || n > 255)
			return false;
		l->separator = (char)(unsigned char)n;
		return true;
	}
	return false;
}

#define LAYOUT_DEPTH 4

static struct layout *parse_at(struct slice text, int depth, struct err *err)
{
	struct layout *l = mem_alloc(sizeof *l);

	while (text.len) {
		struct slice value = slice_cut(&text, '\n');
		struct slice key = slice_cut(&value, ' ');

		if (slice_eq(key, SLICE("inner")) && depth < LAYOUT_DEPTH) {
			l->inner = parse_at(text, depth + 1, err);
			if (!l->inner)
				goto bad;
			break;
		}
		if (!parse_entry(key, value, l)) {
			err_set(err, "cannot read the layout of a source at "
			             "\"%.*s\": made by another version? "
			             "index the source again",
			        SLICE_FMT(slice_to(key, 40)));
			goto bad;
		}
	}
	if (l->framing)
		return l;
	err_set(err, "the layout of a source names no framing; "
	             "index the source again");
bad:
	layout_free(l);
	return NULL;
}

struct layout *layout_parse(struct slice text, struct err *err)
{
	return parse_at(text, 0, err);
}

static bool is_blank(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] != ' ' && s.ptr[i] != '\t' && s.ptr[i] != '\r')
			return false;
	return true;
}

enum cut framing_next_line(const struct layout *l, struct slice bytes, bool last,
                           struct record *r)
{
	size_t room = bytes.len < RECORD_MAX ? bytes.len : RECORD_MAX;
	const char *end;

	(void)l;
	if (bytes.len == 0)
		return CUT_END;
	end = memchr(bytes.ptr, '\n', room);
	if (!end && room < RECORD_MAX && !last)
		return CUT_MORE;
	r->lines = 1;
	r->flags = 0;
	r->raw = slice_to(bytes, end ? (size_t)(end - bytes.ptr) : room);
	r->length = (uint32_t)(r->raw.len + (end ? 1 : 0));
	if (end && r->raw.len && r->raw.ptr[r->raw.len - 1] == '\r')
		r->raw.len--;
	if (!end)
		r->flags |= room == RECORD_MAX ? RECORD_SPLIT : RECORD_NO_END;
	if (memchr(r->raw.ptr, 0, r->raw.len))
		r->flags |= RECORD_NUL;
	if (r->raw.len == 0 || (r->raw.ptr[0] <= ' ' && is_blank(r->raw)))
		r->flags |= RECORD_BLANK;
	return CUT_RECORD;
}
