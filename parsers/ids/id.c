/* SPDX-License-Identifier: MIT */
/* The table of families, and what their decoders share. */
#include "parsers/ids/family.h"

bool id_pid_differs(const struct id *id, struct slice pid)
{
	uint64_t n;

	return id->has & ID_PID && slice_u64(pid, &n) &&
	       n != (uint64_t)id->pid;
}

/* Distinctive shapes first: what decode prints comes in this order. */
const struct id_family *const id_families[] = {
	&id_postfix_long,
	&id_postfix_short,
	&id_postfix_message_id,
	&id_sendmail,
	&id_sendmail_message_id,
	&id_exim,
	&id_exim_message_id,
	&id_exchange_network,
	&id_exchange_session,
	&id_exchange_internal,
	&id_dovecot_mail,
	&id_dovecot_login,
	&id_gmail_reply,
	&id_qmail_reply,
	&id_ses,
	&id_barracuda,
	&id_puremessage,
	&id_courier,
	&id_haraka_file,
	&id_tai64n,
	&id_splogger,
	&id_thunderbird,
	&id_javamail,
	&id_outlook,
	&id_srs,
	&id_batv,
	NULL,
};

const struct id_family *id_family_find(struct slice name)
{
	for (size_t i = 0; id_families[i]; i++)
		if (slice_eq(name, slice_str(id_families[i]->name)))
			return id_families[i];
	return NULL;
}

/* clang-format off */
const id_alphabet id_base62 = {
	['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6,
	['6'] = 7, ['7'] = 8, ['8'] = 9, ['9'] = 10,
	['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
	['G'] = 17, ['H'] = 18, ['I'] = 19, ['J'] = 20, ['K'] = 21, ['L'] = 22,
	['M'] = 23, ['N'] = 24, ['O'] = 25, ['P'] = 26, ['Q'] = 27, ['R'] = 28,
	['S'] = 29, ['T'] = 30, ['U'] = 31, ['V'] = 32, ['W'] = 33, ['X'] = 34,
	['Y'] = 35, ['Z'] = 36,
	['a'] = 37, ['b'] = 38, ['c'] = 39, ['d'] = 40, ['e'] = 41, ['f'] = 42,
	['g'] = 43, ['h'] = 44, ['i'] = 45, ['j'] = 46, ['k'] = 47, ['l'] = 48,
	['m'] = 49, ['n'] = 50, ['o'] = 51, ['p'] = 52, ['q'] = 53, ['r'] = 54,
	['s'] = 55, ['t'] = 56, ['u'] = 57, ['v'] = 58, ['w'] = 59, ['x'] = 60,
	['y'] = 61, ['z'] = 62,
};

const id_alphabet id_hex = {
	['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6,
	['6'] = 7, ['7'] = 8, ['8'] = 9, ['9'] = 10,
	['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
	['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};
/* clang-format on */

bool id_number(struct slice s, const id_alphabet digits, unsigned base,
               int64_t *value)
{
	uint64_t v = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned digit = digits[(unsigned char)s.ptr[i]];

		if (digit == 0 || digit > base ||
		    v > (uint64_t)(INT64_MAX - 64) / base)
			return false;
		v = v * base + digit - 1;
	}
	*value = (int64_t)v;
	return true;
}

bool id_decimal(struct slice s, int64_t *value)
{
	return id_number(s, id_base62, 10, value);
}

void id_set_time(struct id *id, int64_t lo, int64_t length)
{
	id->has |= ID_TIME;
	id->lo = lo;
	id->hi = lo + length - 1;
}

#define EPOCH_MIN INT64_C(631152000)  /* 1990 */
#define EPOCH_MAX INT64_C(4102444800) /* 2100 */

bool id_set_epoch(struct id *id, int64_t seconds)
{
	if (seconds < EPOCH_MIN || seconds >= EPOCH_MAX)
		return false;
	id_set_time(id, seconds * US_SECOND, US_SECOND);
	return true;
}

struct slice id_bare(struct slice text)
{
	if (text.len >= 2 && text.ptr[0] == '<' &&
	    text.ptr[text.len - 1] == '>')
		return slice_of(text.ptr + 1, text.len - 2);
	return text;
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool id_base64(struct slice s, unsigned char *bytes, size_t size)
{
	uint32_t bits = 0;
	size_t n = 0;
	int have = 0;

	if (s.len != (size * 8 + 5) / 6)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		int v = base64_value(s.ptr[i]);

		if (v < 0)
			return false;
		bits = bits << 6 | (uint32_t)v;
		have += 6;
		if (have >= 8 && n < size) {
			have -= 8;
			bytes[n++] = (unsigned char)(bits >> have);
		}
	}
	return n == size;
}

/* The start of a full stamp, and Z. */
static void add_short(struct strbuf *out, int64_t us, size_t len)
{
	size_t start = out->len;

	civil_add_iso(out, us);
	if (out->len < start + len)
		return;
	out->len = start + len;
	if (len > 10) /* more than the date */
		out->ptr[out->len++] = 'Z';
	out->ptr[out->len] = '\0';
}

static void add_time(struct strbuf *out, int64_t lo, int64_t hi)
{
	int64_t length = hi - lo + 1;

	if (length == US_SECOND && lo % US_SECOND == 0) {
		add_short(out, lo, 19);
	} else if (length == US_MINUTE && lo % US_MINUTE == 0) {
		add_short(out, lo, 16);
	} else if (length == US_DAY && lo % US_DAY == 0) {
		add_short(out, lo, 10);
	} else {
		civil_add_iso(out, lo);
		if (length <= 1000)
			return;
		strbuf_add_str(out, "..");
		civil_add_iso(out, hi);
	}
}

void id_print(const struct id *id, struct strbuf *out)
{
	const struct {
		enum id_has bit;
		const char *name;
		int64_t value;
	} parts[] = {
		{ ID_PID, "pid", id->pid },
		{ ID_INODE, "inode", id->inode },
		{ ID_GENERATION, "generation", id->generation },
		{ ID_SEQUENCE, "sequence", id->sequence },
		{ ID_PORT, "port", id->port },
	};
	const char *blank = "";

	if (id->has & ID_TIME)
		add_time(out, id->lo, id->hi);
	else if (id->has & ID_FRACTION)
		strbuf_addf(out, ".%06d", (int)id->lo);
	if (id->has & (ID_TIME | ID_FRACTION))
		blank = " ";
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (!(id->has & parts[i].bit))
			continue;
		strbuf_addf(out, "%s%s=%lld", blank, parts[i].name,
		            (long long)parts[i].value);
		blank = " ";
	}
	if (id->has & ID_IP)
		strbuf_addf(out, "%sip=%s", blank, id->ip);
}
