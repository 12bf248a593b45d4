/* SPDX-License-Identifier: MIT */
/* Exports and their manifests. */
#include "model/report/export.h"

#include "base/alloc.h"
#include "base/civil.h"
#include "model/evidence/evidence.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* A file of our own that nobody else has: 0600 as the case is. */
static FILE *create(const char *path, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0) {
		err_set(err, errno == EEXIST
		                ? "%s exists already and is not overwritten: name "
		                  "another file (%s)"
		                : "cannot write %s: %s", path, strerror(errno));
		return NULL;
	}
	return fdopen(fd, "w");
}

static bool write_row(void *arg, const struct cell *cells, size_t n, int64_t id)
{
	struct writer *w = arg;

	(void)n;
	(void)id;
	writer_row(w, cells);
	return !ferror(w->out);
}

static bool write_rows(struct engine *e, const struct export *x, FILE *out,
                       uint64_t *rows, struct cancel *cancel, struct err *err)
{
	struct writer w;
	bool ok;

	writer_begin(&w, x->format, out, x->columns, x->ncolumns, x->raw);
	ok = engine_each(e, x->query, x->columns, x->limit, write_row, &w, cancel,
	                 err);
	if (!writer_end(&w) && ok)
		ok = err_set(err, "%s could not be written to its end: is the disk "
		             "full?", x->path);
	*rows = w.rows;
	return ok;
}

struct ids {
	int64_t *list;
	size_t n, cap;
};

static bool keep_id(void *arg, const struct cell *cells, size_t n, int64_t id)
{
	struct ids *ids = arg;

	(void)cells;
	(void)n;
	GROW(ids->list, ids->n, ids->cap);
	ids->list[ids->n++] = id;
	return true;
}

/* The engine answers one question at a time: ids first, journeys then. */
static bool write_traces(struct engine *e, const struct export *x, FILE *out,
                         uint64_t *rows, struct cancel *cancel, struct err *err)
{
	static const char *const columns[] = { "journey_id", NULL };
	struct strbuf text = { 0 };
	struct ids ids = { 0 };
	bool ok = engine_each(e, x->query, columns, x->limit, keep_id, &ids,
	                      cancel, err);

	if (x->trace->begin)
		fputs(x->trace->begin, out);
	for (size_t i = 0; ok && i < ids.n; i++) {
		strbuf_reset(&text);
		ok = trace_write(e, x->trace, ids.list[i], x->raw, &text, cancel,
		                 err);
		fwrite(strbuf_text(&text), 1, text.len, out);
	}
	if (ok && ferror(out))
		ok = err_set(err, "%s could not be written to its end: is the disk "
		             "full?", x->path);
	*rows = ids.n;
	free(ids.list);
	strbuf_release(&text);
	return ok;
}

static void add_member(struct strbuf *out, const char *name, struct slice value)
{
	strbuf_addf(out, "  \"%s\": ", name);
	json_add_string(out, value);
	strbuf_add_str(out, ",\n");
}

static bool add_row(void *arg, const struct cell *cells, size_t n, int64_t id)
{
	struct writer *w = arg;

	(void)n;
	(void)id;
	strbuf_add_str(&w->line, w->rows++ ? ",\n    {" : "\n    {");
	for (size_t i = 0; i < w->ncolumns; i++) {
		strbuf_addf(&w->line, "%s\"%s\": ", i ? ", " : "", w->columns[i]);
		json_add_cell(&w->line, &cells[i]);
	}
	strbuf_add_char(&w->line, '}');
	return true;
}

/* An array of rows of a view: sources, settings, coverage. */
static bool add_view(struct engine *e, struct strbuf *out, const char *name,
                     enum unit unit, const char *const *columns, struct err *err)
{
	struct query q = { .unit = unit, .from = TIME_NONE, .to = TIME_NONE };
	struct writer w = { .columns = columns };
	bool ok;

	while (columns[w.ncolumns])
		w.ncolumns++;
	ok = engine_each(e, &q, columns, 0, add_row, &w, NULL, err);
	strbuf_addf(out, "  \"%s\": [", name);
	strbuf_add_slice(out, strbuf_slice(&w.line));
	strbuf_add_str(out, "\n  ]");
	strbuf_release(&w.line);
	return ok;
}

static bool add_views(struct engine *e, struct strbuf *out, struct err *err)
{
	static const char *const sources[] = { "path", "member", "sha256",
		"content_sha256", "bytes", "lines", "unknown_lines", "zone",
		"zone_basis", "year_basis", "state", NULL };
	static const char *const coverage[] = { "server", "source_id", "from_utc",
		"to_utc", "kind", "lines", NULL };
	static const char *const settings[] = { "name", "value", "basis", NULL };

	if (!add_view(e, out, "sources", UNIT_SOURCES, sources, err))
		return false;
	strbuf_add_str(out, ",\n");
	if (!add_view(e, out, "coverage", UNIT_COVERAGE, coverage, err))
		return false;
	strbuf_add_str(out, ",\n");
	return add_view(e, out, "settings", UNIT_SETTINGS, settings, err);
}

static bool add_manifest(struct engine *e, const struct export *x, uint64_t rows,
                         struct strbuf *out, struct err *err)
{
	uint8_t sha[SHA256_BYTES];
	struct strbuf text = { 0 };
	uint64_t bytes;

	if (!evidence_hash_file(x->path, sha, &bytes, NULL, err))
		return false;
	strbuf_add_str(out, "{\n");
	add_member(out, "file", slice_str(x->path));
	sha256_print(sha, &text);
	add_member(out, "sha256", strbuf_slice(&text));
	strbuf_addf(out, "  \"bytes\": %llu,\n  \"rows\": %llu,\n",
	            (unsigned long long)bytes, (unsigned long long)rows);
	add_member(out, "format", slice_str(x->trace ? x->trace->name
	                                             : x->format->name));
	add_member(out, "unit", slice_str(x->trace
	                                          ? "traces"
	                                          : units[x->query->unit].name));
	add_member(out, "filter", x->filter);
	strbuf_reset(&text);
	for (size_t i = 0; i < x->ncolumns; i++)
		strbuf_addf(&text, "%s%s", i ? "," : "", x->columns[i]);
	add_member(out, "columns", strbuf_slice(&text));
	strbuf_addf(out, "  \"formulas_guarded\": %s,\n",
	            x->raw ? "false" : "true");
	add_member(out, "case", slice_str(x->case_path));
	add_member(out, "version", slice_str("mailspoor " MAILSPOOR_VERSION));
	strbuf_reset(&text);
	civil_add_iso(&text, x->now);
	add_member(out, "time", strbuf_slice(&text));
	strbuf_release(&text);
	if (!add_views(e, out, err))
		return false;
	strbuf_add_str(out, "\n}\n");
	return true;
}

static bool write_manifest(struct engine *e, const struct export *x,
                           uint64_t rows, struct err *err)
{
	struct strbuf path = { 0 }, text = { 0 };
	FILE *out = NULL;
	bool ok = add_manifest(e, x, rows, &text, err);

	strbuf_addf(&path, "%s.manifest.json", x->path);
	if (ok)
		out = create(strbuf_text(&path), err);
	if (out) {
		ok = fwrite(strbuf_text(&text), 1, text.len, out) == text.len;
		if (fclose(out) != 0 || !ok) {
			ok = err_set(err, "%s could not be written to its end: is the "
			             "disk full?", strbuf_text(&path));
			unlink(strbuf_text(&path));
		}
	}
	strbuf_release(&path);
	strbuf_release(&text);
	return ok && out;
}

bool export_write(struct engine *e, const struct export *x, uint64_t *rows,
                  struct cancel *cancel, struct err *err)
{
	FILE *out = create(x->path, err);
	bool ok;

	if (!out)
		return false;
	ok = x->trace ? write_traces(e, x, out, rows, cancel, err)
	              : write_rows(e, x, out, rows, cancel, err);
	if (fclose(out) != 0 && ok)
		ok = err_set(err, "%s could not be written to its end: is the disk "
		             "full?", x->path);
	if (ok && write_manifest(e, x, *rows, err))
		return true;
	unlink(x->path);
	return false;
}
