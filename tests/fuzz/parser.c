/* SPDX-License-Identifier: MIT */
/* Any bytes as log lines, as they stand and under every program tag: the same
 * bytes give the same events, and these keep the contract of event.h. */
#include "base/alloc.h"
#include "base/intern.h"
#include "tests/reading.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static void parse_twice(struct reading *r, struct reading *other)
{
	const char *fault;

	reading_parse(r);
	fault = reading_fault_events(r);
	if (fault)
		BUG(fault);
	/* the second run meets an arena that holds something else */
	arena_reset(&other->arena);
	memset(arena_bytes(&other->arena, 64), 'x', 64);
	if (record_parse(r->layout, &r->record, &other->arena, &other->events,
	                 NULL) != r->result ||
	    !reading_same_events(&r->events, &other->events))
		BUG("the same record gives other events");
}

/* Tags that examples carry: what the parsers claim. */
static void collect_tags(struct intern *tags)
{
	for (size_t p = 0; parsers[p]; p++) {
		for (size_t i = 0; i < parsers[p]->nexamples; i++) {
			struct reading r;

			reading_init(&r, NULL,
			             slice_str(parsers[p]->examples[i].line));
			while (reading_cut(&r))
				if (r.record.program.len && !r.layout->parser)
					intern_add(tags, r.record.program);
			reading_release(&r);
		}
	}
}

static struct intern *tags_once(void)
{
	static struct intern tags;
	static bool done;

	if (!done)
		collect_tags(&tags);
	done = true;
	return &tags;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	tags_once();
	return 0;
}

/* The record under one tag after the other: as its own and as its body. */
static void parse_as_each(struct reading *r, struct reading *other)
{
	struct intern *tags = tags_once();
	struct slice own = r->record.program;

	for (uint32_t i = 1; i <= tags->count; i++) {
		/* a copy, since a parser may take text from its tag */
		r->record.program =
			arena_slice(&r->arena, intern_get(tags, i));
		parse_twice(r, other);
	}
	r->record.program = own;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of((const char *)data, size);
	struct reading r, other;
	unsigned n = 0;

	reading_init(&r, NULL, text);
	reading_init(&other, NULL, text);
	while (reading_cut(&r)) {
		parse_twice(&r, &other);
		/* the first lines are enough, and keep it quick */
		if (!r.layout->parser && n++ < 2)
			parse_as_each(&r, &other);
	}
	reading_release(&r);
	reading_release(&other);
	return 0;
}
