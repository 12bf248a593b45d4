/* SPDX-License-Identifier: MIT */
/* The forms of a written journey, and what they share. */
#include "base/civil.h"
#include "base/hash.h"
#include "model/report/trace_private.h"

static const struct trace_form form_text = {
	.name = "text", .ending = "txt", .add = trace_add_text,
};
static const struct trace_form form_json = {
	.name = "json", .ending = "json", .events = true, .add = trace_add_json,
};
static const struct trace_form form_dot = {
	.name = "dot", .ending = "dot", .add = trace_add_dot,
};
static const struct trace_form form_csv = {
	.name = "csv", .ending = "csv", .begin = trace_csv_header,
	.add = trace_add_csv,
};

const struct trace_form *const trace_forms[] = { &form_text, &form_json,
	&form_dot, &form_csv, NULL };

const struct trace_form *trace_form_find(const char *name)
{
	if (strcmp(name, "table") == 0)
		return &form_text;
	for (size_t i = 0; trace_forms[i]; i++)
		if (strcmp(trace_forms[i]->name, name) == 0)
			return trace_forms[i];
	return NULL;
}

bool trace_write(struct engine *e, const struct trace_form *f, int64_t journey,
                 bool raw, struct strbuf *out, struct cancel *cancel,
                 struct err *err)
{
	struct trace *t = engine_trace(e, journey, cancel, err);
	struct result *events = NULL;
	bool ok = t;

	if (ok && f->events)
		ok = (events = engine_journey_events(e, journey, cancel, err));
	if (ok)
		f->add(out, t, events, raw);
	trace_free(t);
	result_free(events);
	return ok;
}

/* ---- shared ------------------------------------------------------------- */

struct slice trace_text(const struct result *r, size_t row, const char *column)
{
	const struct cell *c = r && row < r->nrows ? result_cell(r, row, column)
	                                           : NULL;

	return c ? c->text : slice_of(NULL, 0);
}

int64_t trace_number(const struct result *r, size_t row, const char *column)
{
	const struct cell *c = r && row < r->nrows ? result_cell(r, row, column)
	                                           : NULL;

	return c && c->text.ptr ? c->number : 0;
}

struct lookup trace_by_number(const struct result *r, const char *column)
{
	struct lookup l = { 0 };

	for (size_t i = 0; r && i < r->nrows; i++)
		lookup_add(&l, (uint64_t)trace_number(r, i, column), (int64_t)i,
		           i);
	lookup_sort(&l);
	return l;
}

static uint64_t queue_key(const struct result *r, size_t row)
{
	return hash_mix(hash64(trace_text(r, row, "server")),
	                hash64(trace_text(r, row, "queue_id")));
}

static uint64_t delivery_key(int64_t transaction, struct slice address)
{
	return hash_mix((uint64_t)transaction, hash64(address));
}

static struct lookup deliveries_of(const struct result *d)
{
	struct lookup l = { 0 };

	for (size_t i = 0; d && i < d->nrows; i++)
		lookup_add(&l, delivery_key(trace_number(d, i, "transaction_id"),
		                            trace_text(d, i, "recipient")),
		           0, i);
	lookup_sort(&l);
	return l;
}

struct lookup trace_ends(const struct trace *t)
{
	const struct result *r = t->recipients, *x = t->transactions;
	struct lookup queues = { 0 }, ends = { 0 };
	struct lookup deliveries = deliveries_of(t->deliveries);

	for (size_t i = 0; i < x->nrows; i++)
		lookup_add(&queues, queue_key(x, i), 0, i);
	lookup_sort(&queues);
	for (size_t i = 0; i < r->nrows; i++) {
		uint64_t queue = queue_key(r, i);
		struct slice address = trace_text(r, i, "address");
		size_t tx = SIZE_MAX;

		for LOOKUP_EACH (p, &queues, queue) {
			const struct place *d;
			uint64_t key = delivery_key(x->ids[p->row], address);

			d = lookup_find(&deliveries, key);
			if (tx == SIZE_MAX ||
			    (d && d < deliveries.places + deliveries.n &&
			     d->key == key))
				tx = p->row;
		}
		lookup_add(&ends, tx, (int64_t)i, i);
	}
	lookup_sort(&ends);
	lookup_release(&queues);
	lookup_release(&deliveries);
	return ends;
}

static size_t source_row(const struct result *r, int64_t id)
{
	for (size_t i = 0; r && i < r->nrows; i++)
		if (r->ids[i] == id)
			return i;
	return SIZE_MAX;
}

#define HASH_DIGITS 8 /* of a citation */

void trace_add_cited(struct strbuf *out, const struct trace *t, size_t row,
                        const char *column, bool by_hash)
{
	bool from = *column == 'f';
	const struct result *e = t->evidence;
	struct slice line = trace_text(e, row, from ? "from_line" : "to_line");
	size_t at = source_row(t->sources,
	                       trace_number(e, row, from ? "from_source"
	                                                 : "to_source"));
	struct slice name = trace_text(t->sources, at, by_hash ? "sha256"
	                                                       : "exhibit");

	if (!line.ptr)
		return;
	if (by_hash && name.len > HASH_DIGITS)
		name = slice_to(name, HASH_DIGITS);
	if (!name.ptr) /* a source without a hash has its number */
		name = trace_text(e, row, from ? "from_source" : "to_source");
	strbuf_add_slice(out, name);
	strbuf_addf(out, ":%.*s", SLICE_FMT(line));
}
