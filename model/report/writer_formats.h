/* SPDX-License-Identifier: MIT */
/* The formats behind writer.h, one file each. */
#ifndef MODEL_REPORT_WRITER_FORMATS_H
#define MODEL_REPORT_WRITER_FORMATS_H

#include "model/report/writer.h"

extern const struct writer_format format_csv, format_json, format_table;

/* Writes out what stands in W->line. */
void writer_flush(struct writer *w);

#endif
