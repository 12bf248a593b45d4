/* SPDX-License-Identifier: MIT */
/* What denies that an answer's id means the transaction that bears it: a relay
 * writes into its answer what it likes, also the id of somebody else's mail.
 * Private to this folder. */
#ifndef MODEL_TRACE_DENY_H
#define MODEL_TRACE_DENY_H

#include "model/trace/link.h"

/* Whether an answer alone says that K's end took the message: another server's,
 * or one that was reached over the network. */
bool deny_is_answer(const struct derive *d, const struct link *k);

/* Whether FROM and TO bear different Message-IDs, and TO another sender, or other
 * recipients than the one of attempt ATT (NONE32: than all of FROM). */
bool deny_message(const struct derive *d, uint32_t from, uint32_t to,
		  uint32_t att);

/* Whether sender and recipient of K's ends differ, and no Message-ID says that
 * it is one message all the same. */
bool deny_envelope(const struct derive *d, const struct link *k);

/* Whether TO names its recipients, all of them, and not that of attempt ATT. */
bool deny_recipient(const struct derive *d, uint32_t to, uint32_t att);

#endif
