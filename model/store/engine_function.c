/* SPDX-License-Identifier: MIT */
/* SQL functions of the engine's own connection; nothing stored refers to them.
 * What they test against comes as a bound pointer, never as text. */
#include "model/store/engine_private.h"
#include "model/store/piece.h"

static struct slice value_slice(sqlite3_value *v)
{
	const char *ptr;

	if (sqlite3_value_type(v) == SQLITE_NULL)
		return slice_of(NULL, 0);
	ptr = sqlite3_value_blob(v);
	return slice_of(ptr ? ptr : "", (size_t)sqlite3_value_bytes(v));
}

static uint32_t value_word(sqlite3_value *v)
{
	int64_t id = sqlite3_value_int64(v);

	return id > 0 && id < UINT32_MAX ? (uint32_t)id : 0;
}

/* ms_match(text, matcher) */
static void f_match(sqlite3_context *c, int n, sqlite3_value **v)
{
	struct matcher *m = sqlite3_value_pointer(v[1], "ms");

	(void)n;
	sqlite3_result_int(c, m && matcher_test(m, value_slice(v[0])));
}

/* ms_in(number, set) */
static void f_in(sqlite3_context *c, int n, sqlite3_value **v)
{
	const struct id_set *s = sqlite3_value_pointer(v[1], "ms");
	int64_t id = sqlite3_value_int64(v[0]);

	(void)n;
	sqlite3_result_int(c, s && id > 0 && id < s->nbits &&
	                              (s->bits[id / 8] >> (id % 8) & 1));
}

/* ms_reply(word, next_id, matcher): a reply with what was cut out of it. */
static void f_reply(sqlite3_context *c, int n, sqlite3_value **v)
{
	struct engine *e = sqlite3_user_data(c);
	struct matcher *m = sqlite3_value_pointer(v[2], "ms");
	struct slice text = engine_word(e, value_word(v[0]));
	struct strbuf b = { 0 };

	(void)n;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == REPLY_CUT)
			strbuf_add_slice(&b, value_slice(v[1]));
		else
			strbuf_add_char(&b, text.ptr[i]);
	}
	sqlite3_result_int(c, m && matcher_test(m, strbuf_slice(&b)));
	strbuf_release(&b);
}

/* ms_rank(word): its place in the order of texts */
static void f_rank(sqlite3_context *c, int n, sqlite3_value **v)
{
	(void)n;
	if (sqlite3_value_type(v[0]) == SQLITE_NULL)
		return;
	sqlite3_result_int64(
		c, words_rank(sqlite3_user_data(c), value_word(v[0])));
}

/* ms_fold(word): one number for words that differ in case only */
static void f_fold(sqlite3_context *c, int n, sqlite3_value **v)
{
	(void)n;
	if (sqlite3_value_type(v[0]) == SQLITE_NULL)
		return;
	sqlite3_result_int64(
		c, words_fold(sqlite3_user_data(c), value_word(v[0])));
}

/* ms_domain(word) */
static void f_domain(sqlite3_context *c, int n, sqlite3_value **v)
{
	struct slice s =
		words_domain(sqlite3_user_data(c), value_word(v[0]));

	(void)n;
	if (s.ptr)
		sqlite3_result_text64(c, s.ptr, s.len, SQLITE_TRANSIENT,
		                      SQLITE_UTF8);
}

/* A name of a machine: "local" and "private/lmtp" are none, "unknown" stands for
 * a name that there is none of. */
static bool is_host(struct slice name, bool has_ip)
{
	if (!name.len || slice_eq_nocase(name, SLICE("unknown")))
		return false;
	return has_ip || (slice_chr(name, '.') != SLICE_NONE &&
	                  slice_chr(name, '/') == SLICE_NONE);
}

/* ms_host(name, ip): the machine by its name, else by its address; words or
 * texts, the result is one of the arguments. */
static void f_host(sqlite3_context *c, int n, sqlite3_value **v)
{
	struct engine *e = sqlite3_user_data(c);
	bool has_ip = sqlite3_value_type(v[1]) != SQLITE_NULL;
	struct slice name = sqlite3_value_type(v[0]) == SQLITE_INTEGER
	                            ? engine_word(e, value_word(v[0]))
	                            : value_slice(v[0]);

	(void)n;
	if (is_host(name, has_ip))
		sqlite3_result_value(c, v[0]);
	else if (has_ip)
		sqlite3_result_value(c, v[1]);
}

static int64_t local_time(sqlite3_value **v)
{
	const struct zone *z = sqlite3_value_pointer(v[1], "ms");
	int64_t us = sqlite3_value_int64(v[0]);

	return us + (z ? zone_offset_at(z, us) * US_SECOND : 0);
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* ms_hour(us, zone), ms_weekday(us, zone) */
static void f_hour(sqlite3_context *c, int n, sqlite3_value **v)
{
	int64_t us;

	(void)n;
	if (sqlite3_value_type(v[0]) == SQLITE_NULL)
		return;
	us = local_time(v);
	sqlite3_result_int64(c, (us - floor_div(us, US_DAY) * US_DAY) / US_HOUR);
}

static void f_weekday(sqlite3_context *c, int n, sqlite3_value **v)
{
	(void)n;
	if (sqlite3_value_type(v[0]) == SQLITE_NULL)
		return;
	sqlite3_result_int(c, civil_weekday(local_time(v)));
}

void engine_add_functions(struct engine *e)
{
	static const struct {
		const char *name;
		int n;
		void (*call)(sqlite3_context *, int, sqlite3_value **);
	} list[] = {
		{ "ms_match", 2, f_match }, { "ms_in", 2, f_in },
		{ "ms_reply", 3, f_reply }, { "ms_rank", 1, f_rank },
		{ "ms_fold", 1, f_fold },   { "ms_domain", 1, f_domain },
		{ "ms_host", 2, f_host },
		{ "ms_hour", 2, f_hour },   { "ms_weekday", 2, f_weekday },
	};

	for (size_t i = 0; i < sizeof list / sizeof *list; i++)
		sqlite3_create_function(e->db, list[i].name, list[i].n,
		                        SQLITE_UTF8 | SQLITE_DETERMINISTIC, e,
		                        list[i].call, NULL, NULL);
}
