/* SPDX-License-Identifier: MIT */
/* The table of formats, and what they share. */
#include "model/report/writer_formats.h"

const struct writer_format *const writer_formats[] = {
	&format_table,
	&format_csv,
	&format_json,
	NULL,
};

const struct writer_format *writer_format_find(const char *name)
{
	for (size_t i = 0; writer_formats[i]; i++)
		if (strcmp(writer_formats[i]->name, name) == 0)
			return writer_formats[i];
	return NULL;
}

void writer_flush(struct writer *w)
{
	fwrite(strbuf_text(&w->line), 1, w->line.len, w->out);
	strbuf_reset(&w->line);
}

void writer_begin(struct writer *w, const struct writer_format *f, FILE *out,
                  const char *const *columns, size_t ncolumns, bool raw)
{
	*w = (struct writer){ .format = f, .out = out, .columns = columns,
		.ncolumns = ncolumns, .raw = raw };
	f->begin(w);
}

void writer_row(struct writer *w, const struct cell *cells)
{
	w->rows++;
	w->format->row(w, cells);
}

bool writer_end(struct writer *w)
{
	w->format->end(w);
	strbuf_release(&w->line);
	return fflush(w->out) == 0 && !ferror(w->out);
}
