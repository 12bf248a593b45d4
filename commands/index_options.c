/* SPDX-License-Identifier: MIT */
/* Options of reading, from the command line's words to the indexer's. */
#include "commands/index_options.h"

#include "base/alloc.h"
#include "commands/formats.h"

static struct index_rule *rules_of(const struct rule *rules, size_t n)
{
	struct index_rule *r = mem_alloc((n + 1) * sizeof *r);

	for (size_t i = 0; i < n; i++)
		r[i] = (struct index_rule){ rules[i].source, rules[i].value };
	return r;
}

/* For tests of equality: how the work is cut must not show in the result. */
static unsigned tuning(const char *name)
{
	const char *value = getenv(name);
	uint64_t n;

	return value && slice_u64(slice_str(value), &n) ? (unsigned)n : 0;
}

static struct user_formats *formats_of(const struct options *o, bool *ok,
                                       struct err *err)
{
	struct user_formats *l = mem_alloc(sizeof *l);
	struct strbuf warnings = { 0 };

	*ok = formats_load(o, l, &warnings, err);
	fwrite(strbuf_text(&warnings), 1, warnings.len, stderr);
	strbuf_release(&warnings);
	return l;
}

bool index_options_fill(struct index_options *io, const struct options *o,
                        struct err *err)
{
	bool ok;

	*io = (struct index_options){
		.case_path = o->case_path,
		.logs = o->args,
		.nlogs = o->nargs,
		.zones = rules_of(o->zones, o->nzones),
		.nzones = o->nzones,
		.years = rules_of(o->years, o->nyears),
		.nyears = o->nyears,
		.servers = rules_of(o->servers, o->nservers),
		.nservers = o->nservers,
		.formats = rules_of(o->formats, o->nformats),
		.nformats = o->nformats,
		.own = o->own,
		.nown = o->nown,
		.keep_text = o->keep_text,
		.now = o->now_us,
		.threads = tuning("MAILSPOOR_THREADS"),
		.piece_records = tuning("MAILSPOOR_PIECE_RECORDS"),
		.random_order = tuning("MAILSPOOR_RANDOM_ORDER") != 0,
		.described = formats_of(o, &ok, err),
	};
	return ok;
}

void index_options_free(struct index_options *io)
{
	free((void *)(uintptr_t)io->zones);
	free((void *)(uintptr_t)io->years);
	free((void *)(uintptr_t)io->servers);
	free((void *)(uintptr_t)io->formats);
	if (io->described)
		user_formats_release(io->described);
	free(io->described);
}
