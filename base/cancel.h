/* SPDX-License-Identifier: MIT */
/* A request to stop, set by one thread and looked at by another. */
#ifndef BASE_CANCEL_H
#define BASE_CANCEL_H

#include <stdatomic.h>
#include <stdbool.h>

struct cancel {
	atomic_bool asked;
};

static inline void cancel_ask(struct cancel *c)
{
	atomic_store_explicit(&c->asked, true, memory_order_relaxed);
}

static inline void cancel_reset(struct cancel *c)
{
	atomic_store_explicit(&c->asked, false, memory_order_relaxed);
}

/* C may be NULL: never asked. */
static inline bool cancel_asked(struct cancel *c)
{
	return c && atomic_load_explicit(&c->asked, memory_order_relaxed);
}

#endif
