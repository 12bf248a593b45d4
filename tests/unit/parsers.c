/* SPDX-License-Identifier: MIT */
/* Every example of every framing and parser: what it must give, that nobody
 * else wants it, that order does not matter, and that neither cuts nor hostile
 * bytes break what must hold of a record. */
#include "base/alloc.h"
#include "parsers/mail.h"
#include "parsers/user_format.h"
#include "tests/reading.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* The examples of all parsers as one list. */
struct example {
	const struct parser *parser;
	const char *line, *events;
};

struct examples {
	struct example *list;
	size_t n, cap;
};

static struct examples collect(void)
{
	struct examples all = { 0 };

	for (size_t p = 0; parsers[p]; p++) {
		for (size_t i = 0; i < parsers[p]->nexamples; i++) {
			GROW(all.list, all.n, all.cap);
			all.list[all.n++] = (struct example){
				parsers[p],
				parsers[p]->examples[i].line,
				parsers[p]->examples[i].events,
			};
		}
	}
	return all;
}

static void tables(void **state)
{
	(void)state;
	for (size_t i = 0; framings[i]; i++) {
		const struct framing *f = framings[i];

		assert_ptr_equal(framing_find(slice_str(f->name)), f);
		assert_non_null(f->about);
		assert_non_null(f->detect);
		assert_non_null(f->next);
		assert_non_null(f->peel);
		/* a user's formats bring their own samples */
		if (f->nexamples == 0 && f != &framing_user)
			fail_msg("framing %s has no example", f->name);
	}
	for (size_t i = 0; parsers[i]; i++) {
		const struct parser *p = parsers[i];

		assert_ptr_equal(parser_find(slice_str(p->name)), p);
		assert_non_null(p->about);
		assert_non_null(p->claims);
		assert_non_null(p->parse);
		if (p->nexamples == 0 && p != &parser_user)
			fail_msg("parser %s has no example", p->name);
	}
	assert_null(framing_find(SLICE("")));
	assert_null(parser_find(SLICE("nobody")));
}

static void peel_example(const struct framing *f,
                         const struct framing_example *e)
{
	struct strbuf got = { 0 };
	struct reading r;
	size_t n = 0;

	reading_init(&r, f, slice_str(e->line));
	while (reading_cut(&r)) {
		const char *fault = reading_fault_record(&r);

		if (fault)
			fail_msg("%s: %s: %s", f->name, e->line, fault);
		if (r.record.flags & (RECORD_BLANK | RECORD_HEADER))
			continue;
		if (n++)
			strbuf_add_str(&got, " & ");
		reading_print_record(&r, &got);
	}
	assert_string_equal(strbuf_text(&got), e->peeled);
	reading_release(&r);
	strbuf_release(&got);
}

static void framing_examples(void **state)
{
	(void)state;
	for (size_t i = 0; framings[i]; i++)
		for (size_t k = 0; k < framings[i]->nexamples; k++)
			peel_example(framings[i], &framings[i]->examples[k]);
}

/* No framing claims another's example. */
static void framing_detects(void **state)
{
	(void)state;
	for (size_t i = 0; framings[i]; i++) {
		for (size_t k = 0; k < framings[i]->nexamples; k++) {
			const char *line = framings[i]->examples[k].line;
			struct sample s = reading_sample(slice_str(line));
			const struct framing *f = framing_detect(&s, NULL);

			if (f != framings[i])
				fail_msg("%s takes the %s line %s", f->name,
				         framings[i]->name, line);
		}
	}
}

static void parser_examples(void **state)
{
	struct examples all = collect();
	struct strbuf got = { 0 };

	(void)state;
	for (size_t i = 0; i < all.n; i++) {
		struct reading r;

		strbuf_reset(&got);
		reading_init(&r, NULL, slice_str(all.list[i].line));
		reading_print_all(&r, &got);
		if (strcmp(strbuf_text(&got), all.list[i].events) != 0)
			fail_msg("%s: %s\n   gives %s\n  wanted %s",
			         all.list[i].parser->name, all.list[i].line,
			         strbuf_text(&got), all.list[i].events);
		reading_release(&r);
	}
	strbuf_release(&got);
	free(all.list);
}

static void check_claims(const struct example *e, const struct reading *r)
{
	const struct slice program = r->record.program;

	if (parser_for(r->layout, &r->record) != e->parser)
		fail_msg("%s: not its own line: %s", e->parser->name, e->line);
	/* what the syslog daemon says carries the tag of others */
	if (r->layout->parser || !e->parser->claims(program))
		return;
	for (size_t p = 0; parsers[p]; p++)
		if (parsers[p] != e->parser && parsers[p]->claims(program))
			fail_msg("%s claims the tag %.*s of %s",
			         parsers[p]->name, SLICE_FMT(program),
			         e->parser->name);
}

/* Exactly one parser wants a tag. */
static void parser_claims(void **state)
{
	struct examples all = collect();

	(void)state;
	for (size_t i = 0; i < all.n; i++) {
		struct reading r;

		reading_init(&r, NULL, slice_str(all.list[i].line));
		while (reading_cut(&r))
			if (!(r.record.flags & (RECORD_BLANK | RECORD_HEADER)))
				check_claims(&all.list[i], &r);
		reading_release(&r);
	}
	free(all.list);
}

/* Events of example I, parsed with what the examples before it left behind. */
static void parse_one(const struct example *e, struct arena *arena,
                      struct events *events, struct strbuf *out)
{
	struct reading r;

	reading_init(&r, NULL, slice_str(e->line));
	while (reading_cut(&r)) {
		record_parse(r.layout, &r.record, arena, events, NULL);
		for (size_t i = 0; i < events->n; i++) {
			event_print(&events->list[i], out);
			strbuf_add_char(out, '\n');
		}
	}
	arena_reset(arena);
	reading_release(&r);
}

enum { ROUND_FORWARDS, ROUND_BACKWARDS, ROUND_SHUFFLED, ROUNDS = 5 };

/* Which example comes at place I; a stride that shares no factor with N visits
 * each once. */
static size_t place(size_t round, size_t i, size_t n)
{
	static const size_t strides[] = { 104729, 1299709, 15485863 };

	if (round == ROUND_FORWARDS)
		return i;
	if (round == ROUND_BACKWARDS)
		return n - 1 - i;
	return (i * strides[round - ROUND_SHUFFLED] + round) % n;
}

static void purity(void **state)
{
	struct examples all = collect();
	struct strbuf *first = mem_alloc(all.n * sizeof *first);
	struct arena arena = { 0 };
	struct events events = { 0 };
	struct strbuf got = { 0 };

	(void)state;
	for (size_t round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < all.n; i++) {
			size_t k = place(round, i, all.n);

			if (round == 0) {
				parse_one(&all.list[k], &arena, &events,
				          &first[k]);
				continue;
			}
			strbuf_reset(&got);
			parse_one(&all.list[k], &arena, &events, &got);
			assert_string_equal(strbuf_text(&got),
			                    strbuf_text(&first[k]));
		}
	}
	for (size_t i = 0; i < all.n; i++)
		strbuf_release(&first[i]);
	free(first);
	free(all.list);
	strbuf_release(&got);
	arena_release(&arena);
	events_release(&events);
}

/* Reads TEXT with R's layout from a copy of exactly its size, so that the
 * sanitiser sees a byte too many, and checks what must hold. */
static void check_text(struct reading *r, struct slice text, const char *what)
{
	char *copy = mem_copy(text.ptr, text.len ? text.len : 1);
	const char *fault = NULL;

	reading_again(r, slice_of(copy, text.len));
	while (!fault && reading_cut(r)) {
		fault = reading_fault_record(r);
		reading_parse(r);
		if (!fault)
			fault = reading_fault_events(r);
	}
	if (fault)
		fail_msg("%s: %.*s: %s", what, SLICE_FMT(text), fault);
	if (r->rest.len)
		fail_msg("%s: %.*s: bytes are left", what, SLICE_FMT(text));
	free(copy);
}

/* Cut at every byte, at both ends. */
static void truncated(void **state)
{
	struct examples all = collect();

	(void)state;
	for (size_t i = 0; i < all.n; i++) {
		struct slice line = slice_str(all.list[i].line);
		struct reading r;

		reading_init(&r, NULL, line);
		for (size_t n = 0; n <= line.len; n++) {
			check_text(&r, slice_to(line, n), "cut");
			check_text(&r, slice_from(line, n), "cut in front");
		}
		reading_release(&r);
	}
	free(all.list);
}

/* A record that says less must not say what stood only in the part cut off: the
 * text of every event of it lies in the record, which check_text saw; and a body
 * cut before a recipient gives none. */
static void truncated_says_less(void **state)
{
	struct examples all = collect();

	(void)state;
	for (size_t i = 0; i < all.n; i++) {
		struct slice line = slice_str(all.list[i].line);
		struct reading r;

		reading_init(&r, NULL, line);
		while (reading_cut(&r)) {
			struct slice body = r.record.body;

			/* the tag alone tells no event of a message */
			r.record.body = slice_to(body, 0);
			reading_parse(&r);
			for (size_t k = 0; k < r.events.n; k++) {
				const struct event *e = &r.events.list[k];

				if (!r.layout->parser &&
				    (event_has(e, EV_RECIPIENT) ||
				     event_has(e, EV_SENDER)))
					fail_msg("%s: says of nothing: %s",
					         all.list[i].parser->name,
					         all.list[i].line);
			}
		}
		reading_release(&r);
	}
	free(all.list);
}

static const char hostile[] = "\0\x1b\r\n\t\xff\xc3\x80<>\"',;=:[](){}\\%#/ -0A@";

/* Each hostile byte at each position, in between and in place of another. */
static void inject(struct reading *r, struct slice line, char *room)
{
	for (size_t at = 0; at <= line.len; at++) {
		memcpy(room, line.ptr, at);
		memcpy(room + at + 1, line.ptr + at, line.len - at);
		for (size_t k = 0; k < sizeof hostile - 1; k++) {
			room[at] = hostile[k];
			check_text(r, slice_of(room, line.len + 1), "injected");
		}
		if (at == line.len)
			continue;
		memcpy(room, line.ptr, line.len);
		room[at] = hostile[at % (sizeof hostile - 1)];
		check_text(r, slice_of(room, line.len), "replaced");
	}
}

static void injected(void **state)
{
	struct examples all = collect();

	(void)state;
	for (size_t i = 0; i < all.n; i++) {
		struct slice line = slice_str(all.list[i].line);
		char *room = mem_alloc(line.len + 2);
		struct reading r;

		reading_init(&r, NULL, line);
		inject(&r, line, room);
		reading_release(&r);
		free(room);
	}
	free(all.list);
}

/* Each framing over what is nobody's log. */
static void odd_sources(void **state)
{
	static const struct slice odd[] = {
		{ "", 0 },       { "\n", 1 },         { "\0\0\0\0", 4 },
		{ "\r\n\r", 3 }, { "\xff\xfe" "a\0", 4 }, { "\"", 1 },
		{ "\xef\xbb\xbf", 3 }, { "#Fields:", 8 }, { "{", 1 },
		{ "<", 1 },      { "a\nb\r\nc", 6 },
	};

	(void)state;
	for (size_t f = 0; framings[f]; f++) {
		for (size_t i = 0; i < COUNT(odd); i++) {
			struct reading r;

			reading_init(&r, framings[f], odd[i]);
			check_text(&r, odd[i], framings[f]->name);
			reading_release(&r);
		}
	}
}

/* A line of 2.5 MB: pieces of at most RECORD_MAX that add up, all flagged but
 * the last. */
static void long_line(void **state)
{
	size_t len = 2 * RECORD_MAX + RECORD_MAX / 2;
	char *text = mem_alloc(len);
	const struct slice head =
		SLICE("Mar 14 09:15:02 mx1 postfix/smtpd[1]: ");

	(void)state;
	memset(text, 'x', len);
	memcpy(text, head.ptr, head.len);
	text[len - 1] = '\n';
	for (size_t f = 0; framings[f]; f++) {
		struct reading r;

		reading_init(&r, framings[f], slice_of(text, len));
		while (reading_cut(&r)) {
			const char *fault = reading_fault_record(&r);

			assert_null(fault);
			assert_true(r.record.length <= RECORD_MAX);
			reading_parse(&r);
			assert_null(reading_fault_events(&r));
			assert_int_equal(
				!(r.record.flags & RECORD_SPLIT), !r.rest.len);
		}
		assert_int_equal(r.rest.len, 0);
		reading_release(&r);
	}
	free(text);
}

/* What a case keeps of a layout reads its source as the layout did. */
static void layouts_kept(void **state)
{
	struct examples all = collect();

	(void)state;
	for (size_t i = 0; i < all.n; i++) {
		struct slice line = slice_str(all.list[i].line);
		struct strbuf kept = { 0 }, got = { 0 };
		struct reading r;
		struct err err;

		reading_init(&r, NULL, line);
		layout_print(r.layout, &kept);
		layout_free(r.layout);
		r.layout = layout_parse(strbuf_slice(&kept), &err);
		if (!r.layout)
			fail_msg("%s: %s", all.list[i].line, err.text);
		reading_print_all(&r, &got);
		assert_string_equal(strbuf_text(&got), all.list[i].events);
		reading_release(&r);
		strbuf_release(&kept);
		strbuf_release(&got);
	}
	free(all.list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables),
		cmocka_unit_test(framing_examples),
		cmocka_unit_test(framing_detects),
		cmocka_unit_test(parser_examples),
		cmocka_unit_test(parser_claims),
		cmocka_unit_test(purity),
		cmocka_unit_test(truncated),
		cmocka_unit_test(truncated_says_less),
		cmocka_unit_test(injected),
		cmocka_unit_test(odd_sources),
		cmocka_unit_test(long_line),
		cmocka_unit_test(layouts_kept),
	};

	return cmocka_run_group_tests_name("parsers", tests, NULL, NULL);
}
