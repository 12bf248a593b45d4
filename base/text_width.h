/* SPDX-License-Identifier: MIT */
/* The table behind text.h; nobody else needs it. */
#ifndef BASE_TEXT_WIDTH_H
#define BASE_TEXT_WIDTH_H

#include <stdint.h>

/* 0, 1 or 2 cells for an assigned character from U+00A0 on; -1 for unassigned
 * and private use. */
int text_table_width(uint32_t c);

#endif
