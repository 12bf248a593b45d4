/* SPDX-License-Identifier: MIT */
/* Messages without upstream by what may tell where they came from, each kind of
 * key in the order of time. */
#include "base/alloc.h"
#include "model/trace/unsaid.h"

static uint64_t id_hash(const struct derive *d, const struct txn *t)
{
	struct slice id = unsaid_mid(d, t);

	return id.len ? hash64(slice_to(id, id.len < 64 ? id.len : 64)) : 0;
}

static uint64_t make_key(uint32_t server, uint64_t a, uint64_t b)
{
	return key_of(hash_mix(hash_mix(a, server + UINT64_C(1)), b));
}

static void index_add(struct index *x, uint64_t key, uint32_t right)
{
	if (x->n && x->p[x->n - 1].key == key && x->p[x->n - 1].value == right)
		return;
	GROW(x->p, x->n, x->cap);
	x->p[x->n++] = (struct pair){key, right};
}

static void index_recipients(struct unsaid *u, enum key k, uint32_t i,
			     uint64_t id)
{
	const struct derive *d = u->d;
	const struct txn *t = &d->txns[u->rights[i].txn];

	for (uint32_t j = t->dels; j < t->dels + t->ndels; j++) {
		uint32_t words[2] = {d->dels[j].recipient, d->dels[j].orig};

		for (unsigned w = 0; w < 2; w++) {
			uint64_t a;

			if (!words[w])
				continue;
			a = unsaid_address_key(word_text(d, words[w]));
			index_add(&u->index[k],
				  make_key(t->server, a,
					   k == KEY_ID_ADDRESS ? id : id != 0),
				  i);
		}
	}
}

static void index_right(struct unsaid *u, enum key k, uint32_t i)
{
	const struct derive *d = u->d;
	const struct txn *t = &d->txns[u->rights[i].txn];
	uint64_t id = id_hash(d, t);
	uint32_t list[PLACES_MAX];
	unsigned n;

	switch (k) {
	case KEY_ID_ADDRESS:
		if (id)
			index_recipients(u, k, i, id);
		break;
	case KEY_ID:
		if (id)
			index_add(&u->index[k], make_key(t->server, id, 0), i);
		break;
	case KEY_ADDRESS:
		index_recipients(u, k, i, id);
		break;
	case KEY_OTHER_ID:
		if (id)
			index_recipients(u, k, i, id);
		break;
	case KEY_PLACE:
		n = places_of_client(d, t, list);
		while (n--)
			index_add(&u->index[k],
				  make_key(t->server, list[n] + UINT64_C(1),
					   id != 0),
				  i);
		break;
	case KEY_COUNT:
		break;
	}
}

void unsaid_index_make(struct unsaid *u, enum key k)
{
	struct index *x = &u->index[k];

	if (x->made)
		return;
	x->made = true;
	/* in the order of time: the sort is stable */
	for (uint32_t i = 0; i < u->nrights; i++)
		index_right(u, k, i);
	if (x->n)
		pairs_sort(x->p, x->n);
	x->crowds = mem_alloc((x->n + 1) * sizeof *x->crowds);
}

size_t unsaid_index_first(const struct unsaid *u, const struct index *x,
			  uint64_t key, int64_t time)
{
	size_t lo = 0, hi = x->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct pair *p = &x->p[mid];

		if (p->key < key ||
		    (p->key == key &&
		     u->d->txns[u->rights[p->value].txn].opened < time))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

unsigned unsaid_keys(const struct unsaid *u, const struct left *l,
		     uint32_t server, uint64_t key[2])
{
	const struct derive *d = u->d;
	const struct txn *t = &d->txns[l->txn];
	const struct del *v = &d->dels[d->atts[l->att].del];
	uint64_t id = id_hash(d, t), a;

	switch (u->round->key) {
	case KEY_ID_ADDRESS:
		a = unsaid_address_key(word_text(d, v->recipient));
		key[0] = make_key(server, a, id);
		return id != 0;
	case KEY_ID:
		key[0] = make_key(server, id, 0);
		return id != 0;
	case KEY_ADDRESS:
		a = unsaid_address_key(word_text(d, v->recipient));
		key[0] = make_key(server, a, 0);
		key[1] = make_key(server, a, 1);
		return id ? 1 : 2;
	case KEY_OTHER_ID:
		a = unsaid_address_key(word_text(d, v->recipient));
		key[0] = make_key(server, a, 1);
		return id != 0;
	case KEY_PLACE:
		a = t->server + UINT64_C(1);
		key[0] = make_key(server, a, 0);
		key[1] = make_key(server, a, 1);
		return id ? 1 : 2;
	case KEY_COUNT:
		break;
	}
	return 0;
}
