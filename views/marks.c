/* SPDX-License-Identifier: MIT */
/* A sorted set of rows. */
#include "views/marks.h"

#include "base/alloc.h"

#include <stdlib.h>

void marks_release(struct marks *m)
{
	free(m->list);
	*m = (struct marks){ 0 };
}

static bool before(const struct mark *a, enum unit u, int64_t id)
{
	return a->unit != u ? a->unit < u : a->id < id;
}

static size_t place_of(const struct marks *m, enum unit u, int64_t id)
{
	size_t low = 0, high = m->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (before(&m->list[mid], u, id))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool stands_at(const struct marks *m, size_t i, enum unit u, int64_t id)
{
	return i < m->n && m->list[i].unit == u && m->list[i].id == id;
}

bool marks_has(const struct marks *m, enum unit u, int64_t id)
{
	return stands_at(m, place_of(m, u, id), u, id);
}

void marks_set(struct marks *m, enum unit u, int64_t id, bool on)
{
	size_t i = place_of(m, u, id);

	if (stands_at(m, i, u, id) == on)
		return;
	if (!on) {
		m->n--;
		memmove(m->list + i, m->list + i + 1,
		        (m->n - i) * sizeof *m->list);
		return;
	}
	GROW(m->list, m->n, m->cap);
	memmove(m->list + i + 1, m->list + i, (m->n - i) * sizeof *m->list);
	m->list[i] = (struct mark){ u, id };
	m->n++;
}
