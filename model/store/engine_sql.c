/* SPDX-License-Identifier: MIT */
/* Statements under construction: numbered parameters, sets of numbers. */
#include "model/store/engine_private.h"

/* Sets up to this size are written out, so that an index can serve them. */
#define SET_INLINE 2000

void sql_release(struct sql *s)
{
	for (size_t i = 0; i < s->nsets; i++) {
		free(s->sets[i]->ids);
		free(s->sets[i]->bits);
		free(s->sets[i]);
	}
	for (size_t i = 0; i < s->nmatchers; i++)
		matcher_free(s->matchers[i]);
	free(s->sets);
	free(s->matchers);
	free(s->params);
	strbuf_release(&s->text);
	arena_release(&s->memory);
	*s = (struct sql){ 0 };
}

static struct sql_param *add_param(struct sql *s, struct strbuf *out)
{
	GROW(s->params, s->nparams, s->cparams);
	strbuf_addf(out, "?%zu", s->nparams + 1);
	s->params[s->nparams] = (struct sql_param){ 0 };
	return &s->params[s->nparams++];
}

void sql_add_number(struct sql *s, struct strbuf *out, int64_t n)
{
	struct sql_param *p = add_param(s, out);

	p->kind = PARAM_NUMBER;
	p->number = n;
}

void sql_add_text(struct sql *s, struct strbuf *out, struct slice t)
{
	struct sql_param *p = add_param(s, out);

	p->kind = PARAM_TEXT;
	p->text = t;
}

void sql_add_pointer(struct sql *s, struct strbuf *out, void *pointer)
{
	struct sql_param *p = add_param(s, out);

	p->kind = PARAM_POINTER;
	p->pointer = pointer;
}

sqlite3_stmt *sql_make(struct sql *s, struct engine *e, struct err *err)
{
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v2(e->db, strbuf_text(&s->text), -1, &stmt, NULL) !=
	    SQLITE_OK) {
		engine_failed(e, err);
		return NULL;
	}
	for (size_t i = 0; i < s->nparams; i++) {
		const struct sql_param *p = &s->params[i];
		int at = (int)i + 1;

		/* a fragment may have been left out of this statement */
		if (at > sqlite3_bind_parameter_count(stmt))
			break;
		if (p->kind == PARAM_NUMBER)
			sqlite3_bind_int64(stmt, at, p->number);
		else if (p->kind == PARAM_TEXT)
			sql_bind_slice(stmt, at, p->text);
		else
			sqlite3_bind_pointer(stmt, at, p->pointer, "ms", NULL);
	}
	return stmt;
}

void id_set_add(struct id_set *s, uint32_t id)
{
	GROW(s->ids, s->n, s->cap);
	s->ids[s->n++] = id;
}

static void set_bits(struct id_set *s)
{
	uint32_t last = s->ids[s->n - 1];

	if (s->bits)
		return;
	s->nbits = last + 1;
	s->bits = mem_alloc(last / 8 + 1);
	for (size_t i = 0; i < s->n; i++)
		s->bits[s->ids[i] / 8] |= (uint8_t)(1u << s->ids[i] % 8);
}

void sql_add_set(struct sql *s, struct strbuf *out, struct slice expr,
                 struct id_set *set)
{
	if (set->n == 0) {
		strbuf_add_char(out, '0');
		return;
	}
	if (set->n > SET_INLINE) {
		set_bits(set);
		strbuf_addf(out, "ms_in(%.*s,", SLICE_FMT(expr));
		sql_add_pointer(s, out, set);
		strbuf_add_char(out, ')');
		return;
	}
	strbuf_addf(out, "%.*s IN(", SLICE_FMT(expr));
	for (size_t i = 0; i < set->n; i++)
		strbuf_addf(out, "%s%u", i ? "," : "", set->ids[i]);
	strbuf_add_char(out, ')');
}
