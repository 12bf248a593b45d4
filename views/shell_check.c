/* SPDX-License-Identifier: MIT */
/* `:check`, `:add`, `:format`: the evidence once more, and more of it. */
#include "views/shell_private.h"

#include "base/alloc.h"
#include "model/report/check.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <unistd.h>

/* Check ----------------------------------------------------------------------- */

struct checking {
	char *case_path, *author;
	int64_t now;
};

static void release_checking(void *arg)
{
	struct checking *k = arg;

	free(k->case_path);
	free(k->author);
	free(k);
}

static bool hash_again(void *arg, struct cancel *cancel, struct strbuf *said,
                       struct err *err)
{
	struct checking *k = arg;
	struct engine *e = engine_open(k->case_path, err);
	struct check c = { 0 };
	struct store *s = NULL;
	bool ok = e && check_run(e, &c, cancel, err);

	engine_close(e);
	if (ok)
		s = store_open(k->case_path, err);
	ok = s && check_write(s, &c, k->author, k->now, err);
	store_close(s);
	if (ok)
		check_print(&c, said);
	check_release(&c);
	return ok;
}

void shell_check(struct shell *sh)
{
	struct checking *k;

	if (!shell_can_write(sh))
		return;
	k = mem_alloc(sizeof *k);
	*k = (struct checking){ mem_text(sh->keep.path),
		                mem_text(sh->keep.author), shell_now(sh) };
	if (shell_job_start(sh, &(struct job_work){ k, hash_again,
	                                            release_checking }))
		shell_say(sh, "hashing the evidence again; ^C stops");
}

/* More logs --------------------------------------------------------------------- */

void shell_add(struct shell *sh, struct slice text)
{
	const char *home = sh->keep.folder;
	struct strbuf path = { 0 };
	struct index_options o = { .nlogs = 1 };
	const char *log;

	text = slice_trim(text);
	if (!text.len) {
		shell_line_open(sh, ":", ACT_COMMAND, SLICE("add "));
		return;
	}
	if (home && slice_starts(text, SLICE("~/"))) {
		strbuf_add_str(&path, home);
		text = slice_from(text, 1);
	}
	strbuf_add_slice(&path, text);
	log = strbuf_text(&path);
	o.logs = &log;
	if (access(log, R_OK) != 0)
		shell_error(sh, "%s cannot be read: %s", log, strerror(errno));
	else if (!sh->keep.decide)
		shell_error(sh, "this case cannot be written");
	else if (shell_can_write(sh) && shell_decide(sh, &o))
		shell_say(sh, "reading %s; ^C stops", log);
	strbuf_release(&path);
}

/* Only those that are meant are looked at: others may have changed meanwhile. */
static size_t find_logs(const struct shell *sh, const char *source, char **logs,
                        size_t most)
{
	const struct result *r = sh->sources ? sh->sources->result : NULL;
	size_t n = 0;

	for (size_t i = 0; r && i < r->nrows && n < most; i++) {
		struct strbuf path = { 0 };
		const char *slash;
		bool seen = false;

		strbuf_add_slice(&path, result_cell(r, i, "path")->text);
		slash = strrchr(strbuf_text(&path), '/');
		for (size_t k = 0; k < n; k++)
			seen = seen || strcmp(logs[k], strbuf_text(&path)) == 0;
		if (!seen && (fnmatch(source, strbuf_text(&path), 0) == 0 ||
		              strcmp(source, strbuf_text(&path)) == 0 ||
		              (slash && fnmatch(source, slash + 1, 0) == 0)))
			logs[n++] = strbuf_take(&path);
		strbuf_release(&path);
	}
	return n;
}

void shell_read_as(struct shell *sh, const struct index_rule *rule)
{
	char *logs[256];
	struct index_options o = { .formats = rule, .nformats = 1,
		                   .logs = (const char *const *)logs };

	o.nlogs = find_logs(sh, rule->source, logs, 256);
	if (!o.nlogs)
		shell_error(sh, "no source of this case is %s", rule->source);
	else if (shell_decide(sh, &o))
		shell_say(sh, "%s is read again as %s", rule->source,
		          rule->value);
	for (size_t i = 0; i < o.nlogs; i++)
		free(logs[i]);
}
