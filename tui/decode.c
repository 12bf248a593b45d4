/* SPDX-License-Identifier: MIT */
/* Decodes what xterm, tmux, screen, rxvt and the Linux console send. */
#include "tui/decode.h"

#include "base/text.h"

#define PASTE_END "\x1b[201~"

struct target {
	decode_fn fn;
	void *arg;
};

static void tell(const struct target *t, int key)
{
	t->fn(t->arg, &(struct input){ .key = key });
}

/* What follows Esc O, and final bytes of CSI without a number. */
static int key_of_letter(char c)
{
	switch (c) {
	case 'A': return KEY_CODE_UP;
	case 'B': return KEY_CODE_DOWN;
	case 'C': return KEY_CODE_RIGHT;
	case 'D': return KEY_CODE_LEFT;
	case 'H': return KEY_CODE_HOME;
	case 'F': return KEY_CODE_END;
	case 'M': return KEY_CODE_ENTER; /* of the keypad */
	case 'P': return KEY_CODE_F1;
	case 'Q': return KEY_CODE_F1 + 1;
	case 'R': return KEY_CODE_F1 + 2;
	case 'S': return KEY_CODE_F1 + 3;
	case 'Z': return KEY_CODE_BACKTAB;
	default: return KEY_CODE_UNKNOWN;
	}
}

/* The VT220 numbers: CSI n ~. F5 and F6, F10 and F11 are not neighbours. */
static int key_of_number(unsigned n)
{
	static const int keys[] = {
		[1] = KEY_CODE_HOME, [3] = KEY_CODE_DELETE,
		[4] = KEY_CODE_END, [5] = KEY_CODE_PAGE_UP,
		[6] = KEY_CODE_PAGE_DOWN, [7] = KEY_CODE_HOME,
		[8] = KEY_CODE_END, [11] = KEY_CODE_F1,
		[12] = KEY_CODE_F1 + 1, [13] = KEY_CODE_F1 + 2,
		[14] = KEY_CODE_F1 + 3, [15] = KEY_CODE_F1 + 4,
		[17] = KEY_CODE_F1 + 5, [18] = KEY_CODE_F1 + 6,
		[19] = KEY_CODE_F1 + 7, [20] = KEY_CODE_F1 + 8,
		[21] = KEY_CODE_F1 + 9, [23] = KEY_CODE_F1 + 10,
		[24] = KEY_CODE_F12,
	};

	if (n >= sizeof keys / sizeof *keys || !keys[n])
		return KEY_CODE_UNKNOWN;
	return keys[n];
}

static void enter(struct decoder *d, enum decode_state state, int64_t now)
{
	d->state = state;
	d->since = now;
	d->nseq = 0;
}

/* SGR 1006: CSI < button ; column ; row, M pressed or m released. */
static void tell_mouse(struct slice params, char final, const struct target *t)
{
	struct slice parts[3];
	uint64_t v[3];
	struct input in = { .key = KEY_CODE_MOUSE };

	params = slice_from(params, 1);
	for (int i = 0; i < 3; i++) {
		parts[i] = slice_cut(&params, ';');
		if (!slice_u64(parts[i], &v[i]) || v[i] > 10000)
			return;
	}
	in.mouse_col = v[1] ? (int)v[1] - 1 : 0;
	in.mouse_row = v[2] ? (int)v[2] - 1 : 0;
	in.mouse_press = final == 'M';
	in.mouse_drag = (v[0] & 32) != 0;
	if (v[0] & 64)
		in.mouse_button = (v[0] & 1) ? 5 : 4;
	else
		in.mouse_button = final == 'M' ? (int)(v[0] & 3) + 1 : 0;
	t->fn(t->arg, &in);
}

static int key_of_csi(struct slice params, char final)
{
	uint64_t n;

	if (!params.len)
		return key_of_letter(final);
	if (final == '~' && slice_u64(params, &n) && n < 1000)
		return key_of_number((unsigned)n);
	return KEY_CODE_UNKNOWN; /* with Shift, Control or Alt */
}

static void csi_end(struct decoder *d, char final, int64_t now,
                    const struct target *t)
{
	struct slice params = slice_of(d->seq, d->nseq);

	if (final == '~' && slice_eq(params, SLICE("200"))) {
		strbuf_reset(&d->paste);
		enter(d, DECODE_PASTE, now);
		return;
	}
	d->state = DECODE_PLAIN;
	if (d->late)
		return;
	if (params.len && params.ptr[0] == '<')
		tell_mouse(params, final, t);
	else if (!params.len || params.ptr[0] < '<' || params.ptr[0] > '?')
		tell(t, key_of_csi(params, final));
	/* else an answer of the terminal that nobody asked for */
}

static void in_csi(struct decoder *d, char c, int64_t now,
                   const struct target *t)
{
	if (c == '\x1b') {
		enter(d, DECODE_ESC, now);
	} else if (c == '[' && d->nseq == 0) {
		enter(d, DECODE_FUNCTION, now);
	} else if (c >= '@' && c <= '~') {
		csi_end(d, c, now, t);
	} else if (c < ' ' || c > '?') {
		d->state = DECODE_PLAIN;
	} else if (d->nseq < sizeof d->seq) {
		d->seq[d->nseq++] = c;
	}
}

static void tell_if_new(struct decoder *d, int key, const struct target *t)
{
	d->state = DECODE_PLAIN;
	if (!d->late)
		tell(t, key);
}

static void tell_esc(struct decoder *d, int64_t now, const struct target *t)
{
	d->state = DECODE_PLAIN;
	d->has_esc = true;
	d->esc = now;
	tell(t, KEY_CODE_ESC);
}

static void in_esc(struct decoder *d, char c, int64_t now,
                   const struct target *t)
{
	d->late = false;
	if (c == '[') {
		enter(d, DECODE_CSI, now);
	} else if (c == 'O') {
		enter(d, DECODE_SS3, now);
	} else if (c == '\x1b') {
		tell_esc(d, now, t);
		enter(d, DECODE_ESC, now);
	} else {
		enter(d, (c & 0x80) ? DECODE_ALT : DECODE_PLAIN, now);
		tell(t, KEY_CODE_UNKNOWN);
	}
}

static size_t utf8_length(char c)
{
	unsigned char u = (unsigned char)c;

	return u > 0xF4 ? 1 : u >= 0xF0 ? 4 : u >= 0xE0 ? 3 : u >= 0xC2 ? 2 : 1;
}

static void in_utf8(struct decoder *d, char c, const struct target *t)
{
	struct slice s;
	uint32_t key;

	d->seq[d->nseq++] = c;
	if (d->nseq < utf8_length(d->seq[0]))
		return;
	s = slice_of(d->seq, d->nseq);
	key = text_next(&s);
	d->state = DECODE_PLAIN;
	tell(t, key == TEXT_BAD ? KEY_CODE_UNKNOWN : (int)key);
}

static int key_of_byte(char c)
{
	switch (c) {
	case '\0': return KEY_CODE_UNKNOWN; /* ^Space */
	case '\b': return KEY_CODE_BACKSPACE;
	case '\n': return KEY_CODE_ENTER;
	default: return (unsigned char)c;
	}
}

static void in_plain(struct decoder *d, char c, int64_t now,
                     const struct target *t)
{
	bool late = d->has_esc && now - d->esc <= DECODE_LATE_MS;

	d->has_esc = false;
	d->late = late;
	if (c == '\x1b') {
		enter(d, DECODE_ESC, now);
	} else if (late && c == '[') {
		enter(d, DECODE_CSI, now);
	} else if (late && c == 'O') {
		enter(d, DECODE_SS3, now);
	} else if ((c & 0x80) && utf8_length(c) > 1) {
		enter(d, DECODE_UTF8, now);
		d->seq[d->nseq++] = c;
	} else {
		tell(t, (c & 0x80) ? KEY_CODE_UNKNOWN : key_of_byte(c));
	}
}

static void paste_end(struct decoder *d, const struct target *t)
{
	struct input in = { .key = KEY_CODE_PASTE, .text = d->paste };

	d->state = DECODE_PLAIN;
	d->paste = (struct strbuf){ 0 };
	t->fn(t->arg, &in);
	strbuf_release(&in.text);
}

static void in_paste(struct decoder *d, char c, int64_t now,
                     const struct target *t)
{
	struct slice end = SLICE(PASTE_END);

	d->since = now;
	strbuf_add_char(&d->paste, c);
	if (c == '~' && slice_ends(strbuf_slice(&d->paste), end)) {
		d->paste.len -= end.len;
		if (d->paste.len > DECODE_PASTE_MAX)
			d->paste.len = DECODE_PASTE_MAX;
		d->paste.ptr[d->paste.len] = '\0';
		paste_end(d, t);
	} else if (d->paste.len > DECODE_PASTE_MAX + end.len) {
		/* keep what was first, and the bytes that may begin the end */
		memmove(d->paste.ptr + DECODE_PASTE_MAX,
		        d->paste.ptr + d->paste.len - end.len, end.len);
		d->paste.len = DECODE_PASTE_MAX + end.len;
	}
}

static void feed_byte(struct decoder *d, char c, int64_t now,
                      const struct target *t)
{
	/* the rest of a character ends with the first byte of another */
	if (((unsigned char)c & 0xC0) != 0x80) {
		if (d->state == DECODE_UTF8)
			tell(t, KEY_CODE_UNKNOWN);
		if (d->state == DECODE_UTF8 || d->state == DECODE_ALT)
			d->state = DECODE_PLAIN;
	}
	switch (d->state) {
	case DECODE_PLAIN: in_plain(d, c, now, t); break;
	case DECODE_UTF8: in_utf8(d, c, t); break;
	case DECODE_ESC: in_esc(d, c, now, t); break;
	case DECODE_ALT: break;
	case DECODE_CSI: in_csi(d, c, now, t); break;
	case DECODE_SS3: tell_if_new(d, key_of_letter(c), t); break;
	case DECODE_FUNCTION:
		tell_if_new(d, c >= 'A' && c <= 'E' ? KEY_CODE_F1 + c - 'A'
		                                    : KEY_CODE_UNKNOWN, t);
		break;
	case DECODE_PASTE: in_paste(d, c, now, t); break;
	}
}

void decoder_release(struct decoder *d)
{
	strbuf_release(&d->paste);
	*d = (struct decoder){ .delay = d->delay };
}

void decoder_feed(struct decoder *d, struct slice bytes, int64_t now,
                  decode_fn fn, void *arg)
{
	struct target t = { fn, arg };

	/* a paste that a slow link held up goes on: its rest must not act as keys */
	if (d->state != DECODE_PASTE)
		decoder_tick(d, now, fn, arg);
	for (size_t i = 0; i < bytes.len; i++)
		feed_byte(d, bytes.ptr[i], now, &t);
}

/* How long STATE may last; -1: as long as it likes. */
static int patience(const struct decoder *d)
{
	switch (d->state) {
	case DECODE_ESC: return d->delay > 0 ? d->delay : DECODE_ESC_MS;
	case DECODE_CSI:
	case DECODE_SS3:
	case DECODE_FUNCTION: return DECODE_LATE_MS;
	case DECODE_PASTE: return DECODE_PASTE_MS;
	case DECODE_PLAIN:
	case DECODE_UTF8:
	case DECODE_ALT: return -1;
	}
	return -1;
}

int decoder_wait(const struct decoder *d, int64_t now)
{
	int ms = patience(d);
	int64_t left;

	if (ms < 0)
		return -1;
	left = d->since + ms - now;
	return left > 0 ? (int)left : 0;
}

void decoder_tick(struct decoder *d, int64_t now, decode_fn fn, void *arg)
{
	struct target t = { fn, arg };

	if (decoder_wait(d, now) != 0)
		return;
	if (d->state == DECODE_ESC)
		tell_esc(d, now, &t);
	else if (d->state == DECODE_PASTE)
		paste_end(d, &t);
	else
		tell_if_new(d, KEY_CODE_UNKNOWN, &t);
}
