/* SPDX-License-Identifier: MIT */
/* Evidence again, for the engine: sources with their layouts, zones and pieces,
 * the bytes of a record, checked before they are shown. */
#ifndef MODEL_STORE_ENGINE_TEXT_H
#define MODEL_STORE_ENGINE_TEXT_H

#include "model/store/engine.h"

struct text_store;
struct text_store *text_store_new(struct engine *e);
void text_store_free(struct text_store *t);
/* The case has changed: sources and pieces are read anew. */
void text_store_forget(struct text_store *t);

#endif
