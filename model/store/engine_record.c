/* SPDX-License-Identifier: MIT */
/* A record read again from the evidence. */
#include "model/store/engine_text.h"

#include "model/store/engine_private.h"

void text_record_release(struct text_record *r)
{
	strbuf_release(&r->bytes);
	arena_release(&r->arena);
	events_release(&r->events);
	*r = (struct text_record){ 0 };
}

static void peel_record(const struct chunk *c, uint32_t i,
                        struct text_record *r)
{
	const struct layout *l = c->source->layout;
	struct record *record = &r->record;

	if (!l ||
	    l->framing->next(l, strbuf_slice(&r->bytes), true, record) !=
	            CUT_RECORD)
		return;
	record->line = c->line[i];
	record->offset = c->offset[i];
	record->time.us = TIME_NONE;
	l->framing->peel(l, record, &r->arena);
}

void text_record_peel(struct engine *e, const struct chunk *c, uint32_t i,
                      struct text_record *r)
{
	r->source = 0;
	strbuf_reset(&r->bytes);
	arena_reset(&r->arena);
	r->events.n = 0;
	r->record = (struct record){ 0 };
	r->here = text_read(e, c->source, c->offset[i],
	                    c->columns->columns.length[i], &r->bytes, &r->why);
	if (r->here)
		peel_record(c, i, r);
}

void text_record_read(struct engine *e, const struct chunk *c, uint32_t i,
                      struct text_record *r)
{
	const struct record *record = &r->record;

	if (r->source == c->source->id && r->offset == c->offset[i])
		return;
	text_record_peel(e, c, i, r);
	r->source = c->source->id;
	r->offset = c->offset[i];
	if (record->raw.ptr && !(record->flags & (RECORD_BLANK | RECORD_HEADER)))
		record_parse(c->source->layout, record, &r->arena, &r->events,
		             NULL);
}
