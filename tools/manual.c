/* SPDX-License-Identifier: MIT */
/* Writes a man page or completion from its template: a line `@name` becomes the
 * table of that name, made from the tables that the program itself uses, so that
 * page and program cannot differ. Usage: manual TEMPLATE > PAGE */
#include "base/strbuf.h"
#include "commands/command.h"
#include "model/store/engine.h"
#include "model/store/setting.h"
#include "parsers/parser.h"
#include "views/keys.h"

#include <stdlib.h>
#include <string.h>

/* TEXT as it stands, in the middle of a line of mdoc. */
static void put_text(struct strbuf *out, const char *text)
{
	for (const char *c = text; *c; c++) {
		if (*c == '\\')
			strbuf_add_str(out, "\\e");
		else if (strchr(":;,!?)(]", *c) && c == text && !c[1])
			strbuf_addf(out, "\\&%c", *c);
		else if (*c == '"')
			strbuf_add_str(out, "\\(dq");
		else if ((*c == '.' || *c == '\'') && c == text)
			strbuf_addf(out, "\\&%c", *c);
		else if (*c == '-')
			strbuf_add_str(out, "\\-");
		else if (*c == '~')
			strbuf_add_str(out, "\\(ti");
		else if (*c == '^')
			strbuf_add_str(out, "\\(ha");
		else if (*c == '`')
			strbuf_add_str(out, "\\(ga");
		else
			strbuf_addf(out, "%c", *c);
	}
}

static void put_item(struct strbuf *out, const char *macro, const char *text)
{
	strbuf_addf(out, ".It %s \"", macro);
	put_text(out, text);
	strbuf_add_str(out, "\"\n");
}

static void put_line(struct strbuf *out, const char *text)
{
	put_text(out, text);
	strbuf_add_str(out, "\n");
}

static void options_table(struct strbuf *out)
{
	struct option_text o;

	strbuf_add_str(out, ".Bl -tag -width Ds\n");
	for (size_t i = 0; option_text(i, &o); i++) {
		strbuf_add_str(out, ".It ");
		if (o.letter)
			strbuf_addf(out, "Fl %c , ", o.letter);
		strbuf_add_str(out, "Fl \\-");
		put_text(out, o.name + 2);
		if (o.value)
			strbuf_addf(out, " Ar %s", o.value);
		strbuf_add_str(out, "\n");
		put_line(out, o.about);
	}
	strbuf_add_str(out, ".El\n");
}

static void verbs_table(struct strbuf *out)
{
	strbuf_add_str(out, ".Bl -tag -width Ds\n");
	for (size_t i = 0; commands[i]; i++) {
		put_item(out, "Ic", commands[i]->synopsis);
		put_line(out, commands[i]->about);
	}
	strbuf_add_str(out, ".El\n");
}

static void settings_table(struct strbuf *out)
{
	struct strbuf line = { 0 };

	strbuf_add_str(out, ".Bl -tag -width Ds\n");
	for (const struct setting_info *s = settings; s->name; s++) {
		strbuf_reset(&line);
		strbuf_addf(&line, "%s%s", s->name, s->what ? s->what : "");
		put_item(out, "Sy", strbuf_text(&line));
		strbuf_reset(&line);
		strbuf_addf(&line, "%s, as %s%s", s->about, s->example,
		            s->many ? "; several values" : "");
		put_line(out, strbuf_text(&line));
	}
	strbuf_add_str(out, ".El\n");
	strbuf_release(&line);
}

static void keys_of(struct strbuf *out, enum context c)
{
	strbuf_add_str(out, ".Bl -tag -width 16n -compact\n");
	for (const struct key_row *r = key_rows; r->act; r++) {
		struct strbuf names = { 0 };

		if (!(r->where & (1u << c)) || r->later || !r->keys[0])
			continue;
		key_add_names(r, sizeof r->keys / sizeof *r->keys, &names);
		put_item(out, "Ic", strbuf_text(&names));
		put_line(out, r->help);
		strbuf_release(&names);
	}
	strbuf_add_str(out, ".El\n");
}

static void list_keys(struct strbuf *out)
{
	keys_of(out, CONTEXT_LIST);
}

static void trace_keys(struct strbuf *out)
{
	keys_of(out, CONTEXT_TRACE);
}

static void raw_keys(struct strbuf *out)
{
	keys_of(out, CONTEXT_RAW);
}

static void colon_commands(struct strbuf *out)
{
	strbuf_add_str(out, ".Bl -tag -width 16n -compact\n");
	for (const struct key_row *r = key_rows; r->act; r++) {
		if (!r->command || r->later)
			continue;
		strbuf_add_str(out, ".It Ic \":");
		put_text(out, r->command);
		strbuf_add_str(out, "\"");
		if (r->argument)
			strbuf_addf(out, " Ar %s", r->argument);
		strbuf_add_str(out, "\n");
		put_line(out, r->help);
	}
	strbuf_add_str(out, ".El\n");
}

static const char *type_name(enum field_type t)
{
	static const char *const names[] = {
		[FIELD_TEXT] = "text", [FIELD_LINE] = "line of text",
		[FIELD_ADDRESS] = "address", [FIELD_DOMAIN] = "domain",
		[FIELD_IP] = "address or network", [FIELD_NUMBER] = "number",
		[FIELD_CODE] = "reply code", [FIELD_SIZE] = "size",
		[FIELD_TIME] = "time", [FIELD_DURATION] = "duration",
		[FIELD_WORD] = "one of", [FIELD_HOUR] = "hour",
		[FIELD_WEEKDAY] = "day of the week", [FIELD_FLAG] = "one of",
	};

	return names[t];
}

static void field_units(struct strbuf *out, const struct field *f)
{
	const char *between = "In: ";

	for (int u = 0; u < UNIT_COUNT; u++) {
		if (!field_in(f, (enum unit)u))
			continue;
		strbuf_addf(out, "%s%s", between, units[u].name);
		between = ", ";
	}
	strbuf_add_str(out, ".\n");
}

static void fields_table(struct strbuf *out)
{
	strbuf_add_str(out, ".Bl -tag -width Ds\n");
	for (size_t i = 0; fields[i]; i++) {
		const struct field *f = fields[i];

		put_item(out, "Sy", f->name);
		put_text(out, f->about);
		strbuf_addf(out, " (%s", type_name(f->type));
		if (f->values) {
			strbuf_add_str(out, ": ");
			put_text(out, f->values);
		}
		strbuf_add_str(out, ").\n");
		if (*f->aliases) {
			strbuf_add_str(out, "Also: ");
			put_text(out, f->aliases);
			strbuf_add_str(out, ".\n");
		}
		field_units(out, f);
	}
	strbuf_add_str(out, ".El\n");
}

static const struct field *field_of_column(enum unit u, const char *column)
{
	for (size_t i = 0; fields[i]; i++) {
		const struct field_source *s = field_in(fields[i], u);

		if (s && s->column && strcmp(s->column, column) == 0)
			return fields[i];
	}
	return NULL;
}

static void columns_of(struct strbuf *out, enum unit u)
{
	strbuf_add_str(out, ".Bl -tag -width 18n -compact\n");
	for (const char *const *c = engine_columns(u); *c; c++) {
		const struct field *f = field_of_column(u, *c);

		put_item(out, "Va", *c);
		put_line(out, f ? f->about : "");
	}
	strbuf_add_str(out, ".El\n");
}

static void views_table(struct strbuf *out)
{
	for (int u = 0; u < UNIT_COUNT; u++) {
		strbuf_addf(out, ".Ss %s\n", units[u].view);
		put_text(out, units[u].about);
		strbuf_addf(out, "; on the command line\n.Cm %s .\n",
		            units[u].name);
		columns_of(out, (enum unit)u);
	}
}

static void formats_table(struct strbuf *out)
{
	strbuf_add_str(out, ".Bl -tag -width 12n -compact\n");
	for (size_t i = 0; parsers[i]; i++) {
		put_item(out, "Sy", parsers[i]->name);
		put_line(out, parsers[i]->about);
	}
	strbuf_add_str(out, ".El\n");
}

static void put_words(struct strbuf *out, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!words[i])
			continue;
		strbuf_add_str(out, ".Ql ");
		put_text(out, words[i]);
		strbuf_add_str(out, i + 1 < n ? " ,\n" : " .\n");
	}
}

/* Those that a line can state: an id's time is read off the id. */
static void event_fields(struct strbuf *out)
{
	const char *words[EV_FIELD_COUNT];

	for (int f = 0; f < EV_FIELD_COUNT; f++)
		words[f] = f == EV_ID_TIME ? NULL
		                           : event_field_name((enum event_field)f);
	/* the last word ends the list */
	put_words(out, words, EV_ID_TIME);
}

static void event_actions(struct strbuf *out)
{
	const char *words[ACTION_COUNT];

	for (int a = 0; a < ACTION_COUNT; a++)
		words[a] = action_name((enum action)a);
	put_words(out, words, ACTION_COUNT);
}

static void event_roles(struct strbuf *out)
{
	const char *words[32];
	size_t n = 0;

	while (n < 32 && (words[n] = role_name((enum role)(1u << n))))
		n++;
	put_words(out, words, n);
}

/* The file as it stands; behind a blank, lines are not folded. */
static void puremessage(struct strbuf *out)
{
	char line[2048];
	FILE *in = fopen("formats/puremessage.format", "r");

	if (!in) {
		perror("formats/puremessage.format");
		exit(1);
	}
	while (fgets(line, sizeof line, in)) {
		if (*line != '\n')
			strbuf_add_char(out, ' ');
		put_text(out, line);
	}
	fclose(in);
}

static void framings_table(struct strbuf *out)
{
	strbuf_add_str(out, ".Bl -tag -width 12n -compact\n");
	for (size_t i = 0; framings[i]; i++) {
		put_item(out, "Sy", framings[i]->name);
		put_line(out, framings[i]->about);
	}
	strbuf_add_str(out, ".El\n");
}

/* Words for completion, on one line each. */
static void verb_words(struct strbuf *out)
{
	for (size_t i = 0; commands[i]; i++)
		strbuf_addf(out, "%s%s", i ? " " : "verbs='", commands[i]->name);
	strbuf_add_str(out, "'\n");
}

static void unit_words(struct strbuf *out)
{
	for (int u = 0; u < UNIT_COUNT; u++)
		strbuf_addf(out, "%s%s", u ? " " : "units='", units[u].name);
	strbuf_add_str(out, "'\n");
}

static void field_words(struct strbuf *out)
{
	for (size_t i = 0; fields[i]; i++)
		strbuf_addf(out, "%s%s", i ? " " : "fields='", fields[i]->name);
	strbuf_add_str(out, "'\n");
}

static void option_words(struct strbuf *out)
{
	struct option_text o;

	for (size_t i = 0; option_text(i, &o); i++)
		strbuf_addf(out, "%s%s", i ? " " : "options='", o.name);
	strbuf_add_str(out, "'\n");
}

static const struct table {
	const char *name;
	void (*write)(struct strbuf *out);
} tables[] = {
	{ "options", options_table },     { "verbs", verbs_table },
	{ "settings", settings_table },
	{ "list-keys", list_keys },       { "trace-keys", trace_keys },
	{ "raw-keys", raw_keys },         { "commands", colon_commands },
	{ "fields", fields_table },       { "views", views_table },
	{ "event-actions", event_actions }, { "event-fields", event_fields },
	{ "event-roles", event_roles },   { "puremessage", puremessage },
	{ "formats", formats_table },     { "framings", framings_table },
	{ "verb-words", verb_words },     { "unit-words", unit_words },
	{ "field-words", field_words },   { "option-words", option_words },
};

/* Text is folded as mdoc wants it, requests and examples stay as they are. */
static void print_folded(struct slice line, FILE *out)
{
	bool text = line.len && line.ptr[0] != '.' && line.ptr[0] != '$' &&
	            line.ptr[0] != ' ';

	while (text && line.len > 78) {
		size_t cut = 78;

		while (cut && (line.ptr[cut] != ' ' || line.ptr[cut + 1] == '.' ||
		               line.ptr[cut + 1] == '\''))
			cut--;
		if (!cut)
			break;
		fprintf(out, "%.*s\n", (int)cut, line.ptr);
		line = slice_from(line, cut + 1);
	}
	fprintf(out, "%.*s\n", SLICE_FMT(line));
}

static void print_page(struct slice page, bool fold, FILE *out)
{
	while (page.len) {
		struct slice line = slice_cut(&page, '\n');

		if (fold)
			print_folded(line, out);
		else
			fprintf(out, "%.*s\n", SLICE_FMT(line));
	}
}

static bool fill(const char *name, struct strbuf *out)
{
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		if (strcmp(tables[i].name, name) != 0)
			continue;
		tables[i].write(out);
		return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	FILE *in = argc == 2 ? fopen(argv[1], "re") : NULL;
	struct strbuf out = { 0 };
	char line[1024];

	if (!in) {
		fputs("manual: give a template that can be read\n", stderr);
		return 2;
	}
	while (fgets(line, sizeof line, in)) {
		if (line[0] != '@') {
			strbuf_add_str(&out, line);
			continue;
		}
		line[strcspn(line, "\n")] = '\0';
		if (!fill(line + 1, &out)) {
			fprintf(stderr, "manual: %s: no table %s\n", argv[1],
			        line);
			return 1;
		}
	}
	fclose(in);
	print_page(strbuf_slice(&out), strbuf_text(&out)[0] == '.', stdout);
	strbuf_release(&out);
	return fflush(stdout) != 0;
}
