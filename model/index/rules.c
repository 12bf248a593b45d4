/* SPDX-License-Identifier: MIT */
/* What was given for sources by name. */
#include "model/index/rules.h"

#include "model/index/private.h"

#include "base/alloc.h"
#include "base/text.h"
#include "base/zone.h"
#include "model/store/setting.h"
#include "parsers/user_format.h"

#define YEAR_MIN 1970
#define YEAR_MAX 2200

static bool glob_end(const char *path, struct slice pattern)
{
	for (const char *p = path; p; p = strchr(p, '/')) {
		p += *p == '/';
		if (slice_glob(slice_str(p), pattern))
			return true;
	}
	return false;
}

static bool rule_fits(const struct index_rule *r, const char *path,
                      const char *member)
{
	struct slice pattern = slice_str(r->source);
	struct strbuf both = { 0 };
	bool fits;

	if (slice_starts(pattern, SLICE("./")))
		pattern = slice_from(pattern, 2);
	if (slice_glob(slice_str(path), pattern) || glob_end(path, pattern))
		return true;
	if (!*member)
		return false;
	strbuf_addf(&both, "%s/%s", path, member);
	fits = glob_end(strbuf_text(&both), pattern);
	strbuf_release(&both);
	return fits;
}

const char *rule_value(const struct index_rule *rules, size_t n,
                       const char *path, const char *member)
{
	while (n--)
		if (rule_fits(&rules[n], path, member ? member : ""))
			return rules[n].value;
	return NULL;
}

static bool year_of(const char *value, int *year)
{
	uint64_t n;

	if (!slice_u64(slice_str(value), &n) || n < YEAR_MIN || n > YEAR_MAX)
		return false;
	*year = (int)n;
	return true;
}

static bool replace(char **text, const char *value)
{
	if (!value || (*text && strcmp(*text, value) == 0))
		return false;
	free(*text);
	*text = mem_text(value);
	return true;
}

bool rules_apply(const struct index_options *o, struct source *src)
{
	const char *year = rule_value(o->years, o->nyears, src->path,
	                              src->member);
	bool changed = false;
	int y;

	changed |= replace(&src->zone_given,
	                   rule_value(o->zones, o->nzones, src->path,
	                              src->member));
	changed |= replace(&src->server,
	                   rule_value(o->servers, o->nservers, src->path,
	                              src->member));
	if (year && year_of(year, &y) && y != src->year_given) {
		src->year_given = y;
		changed = true;
	}
	return changed;
}

static bool is_given(const char *text)
{
	return text && *text;
}

bool index_audit_rules(struct indexer *x, const struct source *src,
                       struct err *err)
{
	const char *author = getenv("USER");
	struct strbuf detail = { 0 };
	bool good;

	if (!is_given(src->zone_given) && !is_given(src->server) &&
	    !src->year_given)
		return true;
	strbuf_addf(&detail, "%s%s%s:", src->path, is_given(src->member) ? "/"
	                                                                 : "",
	            is_given(src->member) ? src->member : "");
	if (is_given(src->zone_given))
		strbuf_addf(&detail, " zone %s", src->zone_given);
	if (src->year_given)
		strbuf_addf(&detail, " year %d", src->year_given);
	if (is_given(src->server))
		strbuf_addf(&detail, " server %s", src->server);
	good = store_audit(x->store, "source", strbuf_text(&detail),
	                   author ? author : "", x->now, err);
	strbuf_release(&detail);
	return good;
}

bool rule_format(const char *value, const struct framing **framing,
                 const struct parser **parser)
{
	struct slice rest = slice_str(value);
	struct slice first = slice_cut(&rest, '/');

	*framing = framing_find(first);
	*parser = rest.len ? parser_find(rest)
	          : *framing ? NULL : parser_find(first);
	return (*framing || (*parser && !rest.len)) && (!rest.len || *parser);
}

static bool bad(const struct index_rule *r, const char *option,
                const char *what, struct err *err)
{
	struct strbuf shown = { 0 };

	text_sanitise(&shown, slice_str(r->value));
	err_set(err, "%s: %s is no %s", option, strbuf_text(&shown), what);
	strbuf_release(&shown);
	return false;
}

static bool own_check(const struct index_options *o, struct err *err)
{
	struct strbuf name = { 0 }, value = { 0 };
	bool good = true;

	for (size_t i = 0; good && i < o->nown; i++)
		good = setting_check(SLICE("own"), slice_str(o->own[i]), &name,
		                     &value, err) || err_context(err, "--own");
	strbuf_release(&name);
	strbuf_release(&value);
	return good;
}

bool rules_check(const struct index_options *o, struct err *err)
{
	const struct framing *framing;
	const struct parser *parser;
	int year;

	if (!own_check(o, err))
		return false;
	for (size_t i = 0; i < o->nzones; i++) {
		struct zone *z = zone_new(slice_str(o->zones[i].value), err);

		if (!z)
			return err_context(err, "--zone");
		zone_free(z);
	}
	for (size_t i = 0; i < o->nyears; i++)
		if (!year_of(o->years[i].value, &year))
			return bad(&o->years[i], "--year", "year", err);
	for (size_t i = 0; i < o->nformats; i++)
		if (!rule_format(o->formats[i].value, &framing, &parser) &&
		    !user_formats_find(o->described,
		                       slice_str(o->formats[i].value)))
			return bad(&o->formats[i], "--read-as",
			           "format that mailspoor reads", err);
	return true;
}
