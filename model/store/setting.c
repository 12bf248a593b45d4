/* SPDX-License-Identifier: MIT */
/* The table of settings, and what their values must look like. */
#include "model/store/setting.h"

#include "base/text.h"
#include "model/store/match.h"

#define NAME_BYTES 400
#define VALUE_BYTES 4000

const struct setting_info settings[] = {
	{ "own.domain", NULL, SETTING_DOMAIN, true,
	  "a domain of your own, with the names below it", "corp.example" },
	{ "own.network", NULL, SETTING_NETWORK, true,
	  "a network or address of your own", "198.51.100.0/24" },
	{ "server.", "SERVER", SETTING_TEXT, true,
	  "a name, address or instance of that server", "198.51.100.25" },
	{ "exhibit.", "SOURCE", SETTING_TEXT, false,
	  "what citations call that source", "EX-7" },
	{ "case.number", NULL, SETTING_TEXT, false, "number of the case",
	  "2026-117" },
	{ "case.title", NULL, SETTING_TEXT, false, "what the case is about",
	  "the invoice phish" },
	{ "case.examiner", NULL, SETTING_TEXT, false, "who examines it",
	  "A. Analyst" },
	{ "columns.", "PANE", SETTING_TEXT, false,
	  "the columns of a pane in order; own: as it has them",
	  "sender,outcome,code" },
	{ "work.hours", NULL, SETTING_HOURS, false, "working hours", "08..18" },
	{ "work.days", NULL, SETTING_DAYS, false, "working days", "mon..fri" },
	{ NULL, NULL, SETTING_TEXT, false, NULL, NULL },
};

const struct setting_info *setting_find(struct slice name)
{
	for (const struct setting_info *s = settings; s->name; s++) {
		struct slice known = slice_str(s->name);

		if (s->what ? slice_starts(name, known) && name.len > known.len
		            : slice_eq(name, known))
			return s;
	}
	return NULL;
}

static bool fail_name(struct slice name, struct err *err)
{
	struct strbuf list = { 0 };

	for (const struct setting_info *s = settings; s->name; s++)
		strbuf_addf(&list, "%s%s%s", s == settings ? "own, " : ", ",
		            s->name, s->what ? s->what : "");
	err_set(err, "there is no setting %.*s: %s",
	        (int)(name.len < 60 ? name.len : 60), name.ptr ? name.ptr : "",
	        strbuf_text(&list));
	strbuf_release(&list);
	return false;
}

/* "@Corp.Example." and "*.corp.example" are corp.example. */
static bool add_domain(struct slice value, struct strbuf *out)
{
	size_t start = out->len;

	if (slice_starts(value, SLICE("*.")))
		value = slice_from(value, 2);
	else if (slice_starts(value, SLICE("@")))
		value = slice_from(value, 1);
	if (slice_ends(value, SLICE(".")))
		value = slice_to(value, value.len - 1);
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.ptr[i];
		bool good = c > ' ' && c != 127 && !strchr("@*?<>\"'()/\\,;:", c);

		if (!good || (c == '.' && (!i || value.ptr[i - 1] == '.')))
			return false;
		strbuf_add_char(out, c >= 'A' && c <= 'Z' ? (char)(c + 32)
		                                          : (char)c);
	}
	return out->len > start;
}

static bool is_network(struct slice value)
{
	struct ip_net net;

	return ip_parse(value, &net);
}

static bool is_range_of(struct slice value, bool (*one)(struct slice))
{
	size_t dots = slice_find(value, SLICE(".."));

	return dots != SLICE_NONE && one(slice_to(value, dots)) &&
	       one(slice_from(value, dots + 2));
}

static bool is_hour(struct slice s)
{
	uint64_t n;

	return s.len <= 2 && slice_u64(s, &n) && n <= 24;
}

static bool is_day(struct slice s)
{
	static const char *const days[] = { "mon", "tue", "wed", "thu", "fri",
		                            "sat", "sun" };

	for (size_t i = 0; i < 7; i++)
		if (slice_eq_nocase(s, slice_str(days[i])))
			return true;
	return false;
}

static const char *const expected[] = {
	[SETTING_TEXT] = "text in one line",
	[SETTING_DOMAIN] = "a domain is corp.example",
	[SETTING_NETWORK] = "a network is 198.51.100.0/24 or 2001:db8::/32, "
	                    "with no bits set behind the prefix",
	[SETTING_HOURS] = "hours are 08..18",
	[SETTING_DAYS] = "days are mon..fri",
};

static bool add_value(enum setting_kind kind, struct slice value,
                      struct strbuf *out)
{
	bool good = value.len > 0 && value.len <= VALUE_BYTES &&
	            memchr(value.ptr, '\0', value.len) == NULL &&
	            memchr(value.ptr, '\n', value.len) == NULL;

	if (kind == SETTING_DOMAIN)
		return good && add_domain(value, out);
	if (kind == SETTING_NETWORK)
		good = good && is_network(value);
	if (kind == SETTING_HOURS)
		good = good && is_range_of(value, is_hour);
	if (kind == SETTING_DAYS)
		good = good && is_range_of(value, is_day);
	if (good)
		strbuf_add_slice(out, value);
	return good;
}

bool setting_check(struct slice name, struct slice value, struct strbuf *name_out,
                   struct strbuf *value_out, struct err *err)
{
	const struct setting_info *info;
	struct strbuf shown = { 0 };

	name = slice_trim(name);
	value = slice_trim(value);
	if (slice_eq(name, SLICE("own")))
		name = is_network(value) || slice_chr(value, '/') != SLICE_NONE
		               ? SLICE("own.network")
		               : SLICE("own.domain");
	info = name.len <= NAME_BYTES ? setting_find(name) : NULL;
	if (!info)
		return fail_name(name, err);
	if (add_value(info->kind, value, value_out)) {
		strbuf_add_slice(name_out, name);
		return true;
	}
	text_sanitise(&shown, slice_to(value, value.len < 60 ? value.len : 60));
	err_set(err, "%.*s cannot be \"%s\": %s", SLICE_FMT(name),
	        strbuf_text(&shown), expected[info->kind]);
	strbuf_release(&shown);
	return false;
}
