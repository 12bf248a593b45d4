/* SPDX-License-Identifier: MIT */
/* The command line: one table of options, from which help is printed too. */
#include "base/alloc.h"
#include "commands/command.h"

#include <stddef.h>

enum kind { KIND_FLAG, KIND_TEXT, KIND_NUMBER, KIND_RULE, KIND_OWN, KIND_FORMAT,
	KIND_NOW, KIND_ALIAS };

struct option_info {
	const char *name; /* "--zone" */
	char letter;      /* "-c", or 0 */
	enum kind kind;
	size_t offset;    /* in struct options */
	const char *value, *about;
};

#define AT(member) offsetof(struct options, member)

static const struct option_info infos[] = {
	{ "--case", 'c', KIND_TEXT, AT(case_path), "FILE", "the case to open or make" },
	{ "--filter", 'f', KIND_TEXT, AT(filter), "FILTER", "only what matches" },
	{ "--output", 'o', KIND_TEXT, AT(output), "FILE", "write there; never overwrites" },
	{ "--format", 0, KIND_FORMAT, 0, "FORMAT", "table, csv, json, text or dot" },
	{ "--json", 0, KIND_ALIAS, FORMAT_JSON, NULL, "short for --format json" },
	{ "--dot", 0, KIND_ALIAS, FORMAT_DOT, NULL, "short for --format dot" },
	{ "--columns", 0, KIND_TEXT, AT(columns), "A,B", "only these columns" },
	{ "--sort", 0, KIND_TEXT, AT(sort), "COLUMN", "order; -COLUMN reverses" },
	{ "--limit", 0, KIND_NUMBER, AT(limit), "N", "at most N rows" },
	{ "--unit", 0, KIND_TEXT, AT(unit), "UNIT", "what top counts" },
	{ "--by-time", 0, KIND_TEXT, AT(by_time), "LENGTH", "counts over time: 1h, 1d" },
	{ "--all", 0, KIND_FLAG, AT(all), NULL, "trace: every journey" },
	{ "--unknown", 0, KIND_FLAG, AT(unknown), NULL, "explain: only lines no parser knows" },
	{ "--remove", 0, KIND_FLAG, AT(remove), NULL, "set: take the value back" },
	{ "--author", 0, KIND_TEXT, AT(author), "NAME", "who sets it; else $USER" },
	{ "--selected", 0, KIND_FLAG, AT(selected), NULL, "only rows marked in the browser" },
	{ "--raw-csv", 0, KIND_FLAG, AT(raw_csv), NULL, "leave formulas in CSV cells alone" },
	{ "--zone", 0, KIND_RULE, AT(zones), "SOURCE=ZONE", "zone of a source without one" },
	{ "--year", 0, KIND_RULE, AT(years), "SOURCE=YYYY", "year of a source without one" },
	{ "--server", 0, KIND_RULE, AT(servers), "SOURCE=NAME", "the server that wrote it" },
	{ "--read-as", 0, KIND_RULE, AT(formats), "SOURCE=FORMAT", "its format" },
	{ "--formats", 0, KIND_TEXT, AT(formats_folder), "DIR", "more formats: mailspoor-formats(7)" },
	{ "--own", 0, KIND_OWN, AT(own), "DOMAIN|CIDR", "a domain or network of your own" },
	{ "--keep-text", 0, KIND_FLAG, AT(keep_text), NULL, "keep the log text in the case" },
	{ "--now", 0, KIND_NOW, AT(now), "TIME", "pretend it is TIME: reproducible output" },
	{ "--ascii", 0, KIND_FLAG, AT(ascii), NULL, "no signs beyond ASCII" },
	{ "--color", 0, KIND_TEXT, AT(color), "never", "no colours" },
	{ "--mouse", 0, KIND_FLAG, AT(mouse), NULL, "mouse on" },
	{ "--help", 'h', KIND_FLAG, AT(help), NULL, "this text" },
	{ "--version", 0, KIND_FLAG, AT(version), NULL, "the version" },
};
#define INFOS (sizeof infos / sizeof *infos)

static bool read_rule(struct options *o, const struct option_info *i, char *value,
                      struct err *err)
{
	struct rule **list = (struct rule **)((char *)o + i->offset);
	/* the counts stand in the order of the lists */
	size_t *n = &o->nzones + (list - &o->zones);
	char *equals = strchr(value, '=');

	if (!equals || equals == value)
		return err_set(err, "%s takes %s, as in %s 'mx1*=+01:00'", i->name,
		               i->value, i->name);
	*equals = '\0';
	*list = mem_resize(*list, (*n + 1) * sizeof **list);
	(*list)[(*n)++] = (struct rule){ value, equals + 1 };
	return true;
}

static bool read_format(struct options *o, const char *value, struct err *err)
{
	static const char *const name[] = { [FORMAT_TABLE] = "table",
		[FORMAT_CSV] = "csv", [FORMAT_JSON] = "json",
		[FORMAT_TEXT] = "text", [FORMAT_DOT] = "dot" };

	for (int i = FORMAT_TABLE; i <= FORMAT_DOT; i++) {
		if (strcmp(name[i], value) != 0)
			continue;
		o->format = (enum format)i;
		return o->format_given = true;
	}
	return err_set(err, "there is no format %s: table, csv, json, text or dot",
	               value);
}

static bool read_now(struct options *o, const char *value, struct err *err)
{
	bool has_zone;
	int32_t offset;

	o->now = value;
	return civil_parse(slice_str(value), &o->now_us, NULL, &has_zone, &offset) ||
	       err_set(err, "--now %s is no time: 2026-03-14T09:15:02Z", value);
}

static bool read_value(struct options *o, const struct option_info *i, char *value,
                       struct err *err)
{
	char *member = (char *)o + i->offset;

	switch (i->kind) {
	case KIND_TEXT:
		*(const char **)member = value;
		return true;
	case KIND_NUMBER:
		return slice_u64(slice_str(value), (uint64_t *)member) ||
		       err_set(err, "%s takes a number, not %s", i->name, value);
	case KIND_RULE:
		return read_rule(o, i, value, err);
	case KIND_OWN:
		o->own = mem_resize(o->own, (o->nown + 1) * sizeof *o->own);
		o->own[o->nown++] = value;
		return true;
	case KIND_FORMAT:
		return read_format(o, value, err);
	case KIND_NOW:
		return read_now(o, value, err);
	case KIND_FLAG:
	case KIND_ALIAS:
		break;
	}
	BUG("an option without a value was given one");
}

static void set_flag(struct options *o, const struct option_info *i)
{
	if (i->kind == KIND_FLAG) {
		*(bool *)((char *)o + i->offset) = true;
		return;
	}
	o->format = (enum format)i->offset;
	o->format_given = true;
}

/* "--zone=X", "--zone X", "-cX", "-c X". *VALUE: what is glued on, or NULL. */
static const struct option_info *find(char *arg, char **value)
{
	*value = NULL;
	for (size_t i = 0; i < INFOS; i++) {
		size_t len = strlen(infos[i].name);

		if (arg[1] != '-' && arg[1] == infos[i].letter) {
			*value = arg[2] ? arg + 2 : NULL;
			return &infos[i];
		}
		if (strncmp(arg, infos[i].name, len) != 0)
			continue;
		if (arg[len] == '=')
			*value = arg + len + 1;
		if (arg[len] == '=' || arg[len] == '\0')
			return &infos[i];
	}
	return NULL;
}

static bool read_option(struct options *o, int *at, int argc, char **argv,
                        struct err *err)
{
	char *value;
	const struct option_info *i = find(argv[*at], &value);

	if (!i)
		return err_set(err, "there is no option %s: see mailspoor --help",
		               argv[*at]);
	if (!i->value) {
		set_flag(o, i);
		return !value || err_set(err, "%s takes no value", i->name);
	}
	if (!value && *at + 1 < argc)
		value = argv[++*at];
	if (!value)
		return err_set(err, "%s needs a value: %s %s", i->name, i->name,
		               i->value);
	return read_value(o, i, value, err);
}

bool options_read(struct options *o, int argc, char **argv,
                  const struct command **verb, struct err *err)
{
	bool plain = false; /* behind "--" */

	*o = (struct options){ .now_us = TIME_NONE };
	*verb = NULL;
	o->args = mem_alloc(((size_t)argc + 1) * sizeof *o->args);
	for (int i = 0; i < argc; i++) {
		if (!plain && strcmp(argv[i], "--") == 0)
			plain = true;
		else if (plain || argv[i][0] != '-' || argv[i][1] == '\0')
			o->args[o->nargs++] = argv[i];
		else if (!read_option(o, &i, argc, argv, err))
			return false;
	}
	if (o->nargs && (*verb = command_find(o->args[0])))
		memmove(o->args, o->args + 1, o->nargs-- * sizeof *o->args);
	return true;
}

void options_release(struct options *o)
{
	free(o->zones);
	free(o->years);
	free(o->servers);
	free(o->formats);
	free(o->own);
	free(o->args);
}

bool option_text(size_t i, struct option_text *out)
{
	if (i >= INFOS)
		return false;
	*out = (struct option_text){ infos[i].name, infos[i].letter,
		                     infos[i].value, infos[i].about };
	return true;
}

void options_help(FILE *out)
{
	fputs("mailspoor [-c CASE] [-f FILTER] [LOG...]\n"
	      "    opens the browser on logs (files, folders, archives, -) or a case\n\n",
	      out);
	for (size_t i = 0; commands[i]; i++)
		fprintf(out, "mailspoor %-34s %s\n", commands[i]->synopsis,
		        commands[i]->about);
	fputc('\n', out);
	for (size_t i = 0; i < INFOS; i++)
		fprintf(out, "  %c%c %-11s %-14s %s\n", infos[i].letter ? '-' : ' ',
		        infos[i].letter ? infos[i].letter : ' ', infos[i].name,
		        infos[i].value ? infos[i].value : "", infos[i].about);
}
