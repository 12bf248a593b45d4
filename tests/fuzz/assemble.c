/* SPDX-License-Identifier: MIT */
/* Any bytes as a piece: its ledger adds up, it is the same when made again and
 * when written and read; and any bytes as a written piece. */
#include "base/alloc.h"
#include "model/trace/assemble.h"
#include "tests/reading.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FIRST_LINE 5
#define OFFSET 1000

static void check_ledger(const struct piece *p, struct slice text)
{
	const struct piece_lines *l = &p->columns;
	uint64_t bytes = 0, lines = 0, events = 0;

	for (uint32_t i = 0; i < l->n; i++) {
		bytes += l->length[i];
		lines += l->span ? l->span[i] : 1;
		events += l->events[i];
	}
	if (p->bytes != text.len || bytes != text.len)
		BUG("bytes are lost");
	if (lines != p->lines ||
	    p->event_lines + p->unknown_lines + p->other_lines != lines)
		BUG("the ledger does not add up");
	if (events != p->events)
		BUG("events are lost");
	if (p->first_line != FIRST_LINE || p->offset != OFFSET)
		BUG("a piece that stands elsewhere");
}

static void check_attempts(const struct piece *p)
{
	for (size_t i = 0; i < p->nattempts; i++) {
		const struct attempt *a = &p->attempts[i];

		if (a->offset < OFFSET ||
		    a->offset + a->length > OFFSET + p->bytes ||
		    a->line >= p->lines)
			BUG("an attempt that stands outside");
		if ((a->fragment != NONE32 && a->fragment >= p->nfragments) ||
		    (a->session != NONE32 && a->session >= p->nsessions))
			BUG("an attempt of nobody");
	}
	for (uint32_t i = 0; i < p->columns.n; i++) {
		uint32_t o = p->columns.owner[i];

		if (o && (o - 1) / 2 >= (o % 2 ? p->nfragments : p->nsessions))
			BUG("a line of nobody");
	}
}

/* As if it had been committed to an empty case. */
static void number_words(struct piece *p)
{
	uint32_t n = p->words.count;

	free(p->word_ids);
	p->word_ids = mem_alloc((n + 1) * sizeof *p->word_ids);
	for (uint32_t i = 0; i <= n; i++)
		p->word_ids[i] = i;
}

static void encode(struct piece *p, struct strbuf *rows, struct strbuf *columns)
{
	number_words(p);
	piece_encode(p, rows);
	piece_encode_columns(p, columns);
}

static void check_equal(struct strbuf *a, struct strbuf *b, const char *what)
{
	if (!slice_eq(strbuf_slice(a), strbuf_slice(b)))
		BUG(what);
	strbuf_release(b);
	*b = (struct strbuf){ 0 };
}

/* The bytes of P, read and written again; and P made anew. */
static void check_round_trip(struct assembler *a, const struct layout *l,
                             struct slice text, struct piece *p)
{
	struct strbuf rows = { 0 }, columns = { 0 }, again = { 0 },
	              columns2 = { 0 };
	struct piece *q = piece_new();

	encode(p, &rows, &columns);
	if (!piece_decode(q, strbuf_slice(&rows)) ||
	    !piece_decode_columns(q, strbuf_slice(&columns)))
		BUG("a written piece is refused");
	/* what is written holds the case's numbers for words, not the words */
	for (uint32_t i = 1; i <= p->words.count; i++)
		intern_add(&q->words, intern_get(&p->words, i));
	piece_encode(q, &again);
	piece_encode_columns(q, &columns2);
	check_equal(&rows, &again, "a piece changes when it is read");
	check_equal(&columns, &columns2, "columns change when they are read");
	piece_free(q);
	q = assemble_piece(a, l, text, true, FIRST_LINE, OFFSET, NULL);
	encode(q, &again, &columns2);
	check_equal(&rows, &again, "a piece made again is another");
	check_equal(&columns, &columns2, "columns made again are others");
	piece_free(q);
	strbuf_release(&rows);
	strbuf_release(&columns);
}

/* A case file is evidence of others as well. */
static void decode_hostile(struct slice bytes)
{
	struct piece *p = piece_new();
	struct strbuf out = { 0 };

	if (piece_decode(p, bytes))
		piece_encode(p, &out);
	piece_free(p);
	p = piece_new();
	if (piece_decode_columns(p, bytes))
		piece_encode_columns(p, &out);
	piece_free(p);
	strbuf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of((const char *)data, size);
	struct sample s = reading_sample(text);
	struct layout *l = layout_new(framing_detect(&s, NULL), &s);
	struct assembler *a = assembler_new();
	struct piece *p;

	if (assemble_cut(l, text, true, 1) > size)
		BUG("a piece of more bytes than there are");
	p = assemble_piece(a, l, text, true, FIRST_LINE, OFFSET, NULL);
	check_ledger(p, text);
	check_attempts(p);
	check_round_trip(a, l, text, p);
	piece_free(p);
	assembler_free(a);
	layout_free(l);
	decode_hostile(text);
	return 0;
}
