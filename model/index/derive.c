/* SPDX-License-Identifier: MIT */
/* From the pieces of a case to its rows. */
#include "model/index/private.h"

#include "base/alloc.h"
#include "model/index/spill.h"
#include "model/store/copies.h"

struct pieces {
	struct indexer *indexer;
	struct piece **list;
	size_t n, cap;
};

void index_keep_piece(struct indexer *x, struct piece *p)
{
	struct kept *k = &x->kept;

	if (!x->spill)
		x->spill = spill_new(store_path(x->store));
	piece_shrink(p);
	spill_piece(x->spill, p);
	GROW(k->list, k->n, k->cap);
	k->list[k->n++] = p;
}

void index_forget_pieces(struct indexer *x)
{
	for (size_t i = 0; i < x->kept.n; i++)
		piece_free(x->kept.list[i]);
	free(x->kept.list);
	x->kept = (struct kept){ 0 };
}

/* They are asked for nearly in the order in which they were stored. */
static struct piece *known_piece(void *arg, uint32_t source, uint32_t number)
{
	struct kept *k = &((struct pieces *)arg)->indexer->kept;

	for (size_t i = 0; i < k->n; i++) {
		size_t at = (k->next + i) % k->n;
		struct piece *p = k->list[at];

		if (!p || p->source != source || p->number != number)
			continue;
		k->list[at] = NULL;
		k->next = at + 1;
		return p;
	}
	return NULL;
}

struct names {
	struct slice *list;
	size_t n, cap;
};

static bool take_piece(void *arg, struct piece *p, struct err *err)
{
	struct pieces *all = arg;

	(void)err;
	spill_piece(all->indexer->spill, p);
	GROW(all->list, all->n, all->cap);
	all->list[all->n++] = p;
	return true;
}

static void take_name(void *arg, const char *name, const char *value,
                      const char *basis)
{
	struct names *all = arg;

	(void)name;
	if (strcmp(basis, "given") != 0)
		return;
	GROW(all->list, all->n, all->cap);
	all->list[all->n++] = slice_str(mem_text(value));
}

struct server_names {
	struct server_name *list;
	size_t n, cap;
};

/* "server.mx1", "198.51.100.25" */
static void take_server(void *arg, const char *name, const char *value,
                        const char *basis)
{
	struct server_names *all = arg;

	if (strncmp(name, "server.", 7) != 0 || strcmp(basis, "given") != 0)
		return;
	GROW(all->list, all->n, all->cap);
	all->list[all->n++] = (struct server_name){
		slice_str(mem_text(name + 7)), slice_str(mem_text(value))
	};
}

static void server_names_release(struct server_names *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free((char *)(uintptr_t)s->list[i].server.ptr);
		free((char *)(uintptr_t)s->list[i].name.ptr);
	}
	free(s->list);
}

static void names_release(struct names *n)
{
	for (size_t i = 0; i < n->n; i++)
		free((char *)(uintptr_t)n->list[i].ptr);
	free(n->list);
}

/* For tests: the order of pieces must not matter. */
static void shuffle(struct pieces *all)
{
	uint64_t x = 88172645463325252u;

	for (size_t i = all->n; i > 1; i--) {
		struct piece *p = all->list[i - 1];
		size_t k;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		k = (size_t)(x % i);
		all->list[i - 1] = all->list[k];
		all->list[k] = p;
	}
}

static struct slice given(const char *text)
{
	return text && *text ? slice_str(text) : slice_of(NULL, 0);
}

static struct trace_source *trace_sources(const struct source_list *l)
{
	struct trace_source *list = mem_alloc((l->n + 1) * sizeof *list);

	for (size_t i = 0; i < l->n; i++) {
		const struct source *src = &l->list[i];

		list[i] = (struct trace_source){
			.id = src->id,
			.path = *src->member ? slice_str(src->member)
			                     : slice_str(src->path),
			.server = given(src->server),
			.zone = given(src->zone_given),
			.year = src->year_given,
			.mtime = src->mtime,
			.copy = src->state == SOURCE_COPY,
			.cut = src->state == SOURCE_CUT,
		};
	}
	return list;
}

static bool fill(struct indexer *x, const struct trace_input *in,
                 struct cancel *cancel, struct err *err)
{
	struct stretch *stretches = NULL;
	struct row_sink sink;
	size_t n = 0;
	bool ok;

	if (!store_derive_begin(x->store, &sink, err))
		return false;
	index_phase(x, INDEX_LINKING);
	ok = trace_stretches(in, &sink, &stretches, &n, err) &&
	     trace_derive(in, stretches, n, &sink, cancel, err);
	index_phase(x, INDEX_STORING);
	if (ok)
		ok = store_derive_commit(x->store, stretches, n, err);
	else
		store_derive_abort(x->store);
	free(stretches);
	return ok;
}

static bool load(struct indexer *x, struct source_list *sources,
                 struct pieces *pieces, struct names names[2],
                 struct cancel *cancel, struct err *err)
{
	return store_sources(x->store, sources, err) &&
	       store_settings(x->store, "own.domain", take_name, &names[0],
	                      err) &&
	       store_settings(x->store, "own.network", take_name, &names[1],
	                      err) &&
	       store_each_known_piece(x->store, known_piece, take_piece, pieces,
	                              cancel, err);
}

/* COPIES: lines that are told before, NULL if that is not known yet. */
static bool derive(struct indexer *x, const struct copy_list *copies,
                   struct cancel *cancel, struct err *err)
{
	struct source_list sources = { 0 };
	struct pieces pieces = { .indexer = x };
	struct names own[2] = { 0 };
	struct server_names servers = { 0 };
	struct trace_source *list = NULL;
	bool ok;

	if (!x->spill)
		x->spill = spill_new(store_path(x->store));
	ok = load(x, &sources, &pieces, own, cancel, err) &&
	     store_settings(x->store, NULL, take_server, &servers, err);
	index_forget_pieces(x); /* those that did not stay in the case */
	if (ok) {
		struct trace_input in = {
			.sources = list = trace_sources(&sources),
			.nsources = sources.n,
			.pieces = pieces.list,
			.npieces = pieces.n,
			.pages = spill_pages(x->spill),
			.copies = copies,
			.settings = {
				.own_domains = own[0].list,
				.nown_domains = own[0].n,
				.own_networks = own[1].list,
				.nown_networks = own[1].n,
				.servers = servers.list,
				.nservers = servers.n,
				.now = x->now,
			},
		};

		if (x->options.random_order)
			shuffle(&pieces);
		ok = fill(x, &in, cancel, err);
	}
	for (size_t i = 0; i < pieces.n; i++)
		piece_free(pieces.list[i]);
	free(pieces.list);
	free(list);
	source_list_release(&sources);
	names_release(&own[0]);
	names_release(&own[1]);
	server_names_release(&servers);
	return ok;
}

bool index_derive(struct indexer *x, struct cancel *cancel, struct err *err)
{
	return derive(x, NULL, cancel, err);
}

/* Found by the times that the first derivation gave them; where there are any,
 * a second one leaves them out. */
bool index_copies(struct indexer *x, struct cancel *cancel, struct err *err)
{
	struct engine *e = engine_open(store_path(x->store), err);
	struct copy_list found = { 0 };
	bool ok = e && copies_find(e, &found, cancel, err);

	engine_close(e);
	if (ok && found.n)
		ok = derive(x, &found, cancel, err);
	ok = ok && store_put_copies(x->store, &found, err);
	free(found.list);
	return ok;
}
