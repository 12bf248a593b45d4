/* SPDX-License-Identifier: MIT */
/* Bytes of a terminal into keys: escape sequences, UTF-8, pastes, mouse. Pure:
 * time is told. Within tui, and for its tests. */
#ifndef TUI_DECODE_H
#define TUI_DECODE_H

#include "tui/key.h"

#include <stdint.h>

#define DECODE_ESC_MS 25     /* a sequence follows its Esc within that */
#define DECODE_LATE_MS 500   /* … or, cut by a slow link, within that */
#define DECODE_PASTE_MS 10000 /* a paste without an end ends then */
#define DECODE_PASTE_MAX ((size_t)1 << 20) /* bytes kept of a paste */

enum decode_state {
	DECODE_PLAIN,
	DECODE_UTF8,
	DECODE_ESC,       /* an Esc alone, so far */
	DECODE_ALT,       /* rest of a character behind an Esc */
	DECODE_CSI,
	DECODE_SS3,
	DECODE_FUNCTION,  /* CSI [ of the Linux console: one more */
	DECODE_PASTE,
};

struct decoder {
	enum decode_state state;
	bool late;         /* this sequence's Esc was already told as Esc */
	char seq[64];      /* parameters of a CSI, bytes of a character */
	size_t nseq;
	int64_t since;     /* ms: when STATE began */
	int64_t esc;       /* ms: when a lone Esc was told; valid if HAS_ESC */
	bool has_esc;
	int delay;         /* ms; 0: DECODE_ESC_MS */
	struct strbuf paste;
};

typedef void (*decode_fn)(void *arg, const struct input *in);

void decoder_release(struct decoder *d);
/* Calls FN for each key that BYTES complete; what it gets dies after the call. */
void decoder_feed(struct decoder *d, struct slice bytes, int64_t now,
                  decode_fn fn, void *arg);
/* Milliseconds until decoder_tick has something to tell; -1: never. */
int decoder_wait(const struct decoder *d, int64_t now);
void decoder_tick(struct decoder *d, int64_t now, decode_fn fn, void *arg);

#endif
