/* SPDX-License-Identifier: MIT */
/* Writes the examples of the tables as files: those of framings and parsers
 * into DIR/lines, those of ids into DIR/ids. Seeds of the fuzz targets.
 * usage: examples DIR */
#include "base/strbuf.h"
#include "parsers/ids/id.h"
#include "parsers/parser.h"

#include <errno.h>
#include <sys/stat.h>

static bool make_folder(const char *top, const char *name)
{
	struct strbuf path = { 0 };
	bool ok;

	strbuf_addf(&path, "%s/%s", top, name);
	ok = mkdir(strbuf_text(&path), 0777) == 0 || errno == EEXIST;
	strbuf_release(&path);
	return ok;
}

/* TOP/KIND/NAME-N; what has slashes in its name gets blanks. */
static bool write_example(const char *top, const char *kind, const char *name,
                          size_t n, const char *text)
{
	struct strbuf path = { 0 };
	size_t start;
	FILE *f;
	bool ok;

	strbuf_addf(&path, "%s/%s/", top, kind);
	start = path.len;
	strbuf_addf(&path, "%s-%zu", name, n);
	for (size_t i = start; i < path.len; i++)
		if (path.ptr[i] == '/' || path.ptr[i] == ' ')
			path.ptr[i] = '_';
	f = fopen(strbuf_text(&path), "w");
	ok = f && fputs(text, f) >= 0;
	if (f && fclose(f) != 0)
		ok = false;
	if (!ok)
		fprintf(stderr, "examples: cannot write %s: %s\n",
		        strbuf_text(&path), strerror(errno));
	strbuf_release(&path);
	return ok;
}

int main(int argc, char **argv)
{
	const char *top = argc == 2 ? argv[1] : NULL;
	bool ok;

	if (!top) {
		fprintf(stderr, "usage: examples DIR\n");
		return 2;
	}
	ok = make_folder(top, "lines") && make_folder(top, "ids");
	for (size_t i = 0; ok && framings[i]; i++)
		for (size_t k = 0; ok && k < framings[i]->nexamples; k++)
			ok = write_example(top, "lines", framings[i]->name, k,
			                   framings[i]->examples[k].line);
	for (size_t i = 0; ok && parsers[i]; i++)
		for (size_t k = 0; ok && k < parsers[i]->nexamples; k++)
			ok = write_example(top, "lines", parsers[i]->name, k,
			                   parsers[i]->examples[k].line);
	for (size_t i = 0; ok && id_families[i]; i++)
		for (size_t k = 0; ok && k < id_families[i]->nexamples; k++)
			ok = write_example(top, "ids", id_families[i]->name, k,
			                   id_families[i]->examples[k].text);
	return ok ? 0 : 3;
}
