/* SPDX-License-Identifier: MIT */
/* ncurses draws into a file in memory, and what it wrote there goes to the
 * terminal in one write: its own buffer would cut a full screen into pieces.
 * Modes of the terminal are therefore set in terminal.c, not by ncurses. */
#include "tui/screen.h"

#include "base/alloc.h"
#include "tui/grid.h"
#include "tui/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define PASTE_ON "\x1b[?2004h"
#define PASTE_OFF "\x1b[?2004l"
#define MOUSE_ON "\x1b[?1002h\x1b[?1006h"
#define MOUSE_OFF "\x1b[?1002l\x1b[?1006l"
#define COPY_MAX 74000 /* bytes of text; terminals drop longer ones whole */

struct screen {
	struct terminal *terminal; /* NULL: headless */
	SCREEN *curses;
	FILE *out, *in; /* memory, /dev/null */
	struct grid grid;
	struct theme theme;
	bool mouse, suspended;
};

static FILE *memory_file(void)
{
	int fd = memfd_create("screen", MFD_CLOEXEC);

	return fd < 0 ? NULL : fdopen(fd, "w+");
}

static void close_files(struct screen *s)
{
	if (s->out)
		fclose(s->out);
	if (s->in)
		fclose(s->in);
}

/* newterm takes the place of handlers that are not its business. */
static SCREEN *new_term(struct screen *s, const char *type)
{
	static const int taken[] = { SIGINT, SIGTERM, SIGTSTP, SIGWINCH };
	struct sigaction before[sizeof taken / sizeof *taken];
	SCREEN *curses;

	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
		sigaction(taken[i], NULL, &before[i]);
	use_env(FALSE);
	/* else a type whose description has no size, as linux, is refused */
	use_tioctl(TRUE);
	curses = newterm(type, s->out, s->in);
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
		sigaction(taken[i], &before[i], NULL);
	return curses;
}

/* A string of the terminal's description, NULL if it has none. */
static const char *capability(const char *name)
{
	const char *text = tigetstr((char *)(uintptr_t)name);

	return text == (const char *)-1 ? NULL : text;
}

static bool open_curses(struct screen *s, const struct screen_options *o,
                        struct err *err)
{
	const char *type = o->headless ? "xterm-256color" : getenv("TERM");

	s->out = memory_file();
	s->in = fopen("/dev/null", "r");
	if (!s->out || !s->in)
		return err_set(err, "cannot make room for the screen: %s",
		               strerror(errno));
	s->curses = new_term(s, type && *type ? type : "unknown");
	if (!s->curses || !capability("cup"))
		return err_set(err, "the terminal type %s is not known here or "
		               "cannot move its cursor: set TERM, for example "
		               "to xterm", type && *type ? type : "(none)");
	noecho();
	nonl();
	typeahead(-1); /* an update is not broken off by a key */
	theme_init(&s->theme, o->ascii, o->colour);
	return true;
}

static bool add_capability(struct strbuf *out, const char *name)
{
	const char *text = capability(name);

	if (text)
		strbuf_add_str(out, text);
	return text && *text;
}

/* What takes the terminal back to where it was, for the signal handler too. */
static void prepare_restore(struct screen *s)
{
	struct strbuf b = { 0 };

	if (!s->terminal)
		return;
	strbuf_add_str(&b, PASTE_OFF);
	if (s->mouse)
		strbuf_add_str(&b, MOUSE_OFF);
	add_capability(&b, "sgr0");
	add_capability(&b, "op");
	strbuf_add_str(&b, tparm(capability("cup"), (long)s->grid.rows - 1, 0L));
	add_capability(&b, "cnorm");
	if (!add_capability(&b, "rmcup"))
		strbuf_add_str(&b, "\r\n");
	terminal_set_restore(s->terminal, strbuf_slice(&b));
	strbuf_release(&b);
}

static void forget(int fd)
{
	if (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0)
		BUG("a file in memory cannot be emptied");
}

/* Everything that ncurses has written, with BEFORE in front, in one write. */
static void flush(struct screen *s, const char *before)
{
	int fd = fileno(s->out);
	off_t size = fflush(s->out) == 0 ? lseek(fd, 0, SEEK_CUR) : 0;
	struct strbuf b = { 0 };
	ssize_t n;

	strbuf_add_str(&b, before);
	if (size > 0 && s->terminal) {
		n = pread(fd, strbuf_room(&b, (size_t)size), (size_t)size, 0);
		if (n > 0)
			b.len += (size_t)n;
	}
	if (size > 0)
		forget(fd);
	if (b.len && s->terminal)
		terminal_write(s->terminal, strbuf_slice(&b));
	strbuf_release(&b);
}

static const char *modes(const struct screen *s)
{
	return s->mouse ? PASTE_ON MOUSE_ON : PASTE_ON;
}

struct screen *screen_open(const struct screen_options *o, struct err *err)
{
	struct screen *s = mem_alloc(sizeof *s);

	setlocale(LC_CTYPE, "");
	s->mouse = o->mouse;
	if (!open_curses(s, o, err))
		goto failed;
	if (!o->headless) {
		s->terminal = terminal_open(err);
		if (!s->terminal)
			goto failed;
	}
	s->grid.win = stdscr;
	screen_resize(s, o->rows, o->cols);
	flush(s, s->terminal ? modes(s) : "");
	return s;
failed:
	if (s->curses) {
		endwin();
		delscreen(s->curses);
	}
	close_files(s);
	free(s);
	return NULL;
}

void screen_close(struct screen *s)
{
	if (!s)
		return;
	/* terminal_close writes what leaves the screen; ncurses' own farewell
	 * stays in memory */
	endwin();
	delscreen(s->curses);
	if (s->terminal)
		terminal_close(s->terminal);
	close_files(s);
	free(s);
}

struct window screen_window(struct screen *s)
{
	return (struct window){ .cells = &s->grid, .rows = s->grid.rows,
		                .cols = s->grid.cols, .theme = &s->theme };
}

const struct theme *screen_theme(const struct screen *s)
{
	return &s->theme;
}

static void place_cursor(struct screen *s)
{
	struct grid *g = &s->grid;
	int row = g->cursor_row, col = g->cursor_col;

	wmove(g->win, row < g->rows ? row : g->rows - 1,
	      col < g->cols ? col : g->cols - 1);
	curs_set(g->cursor_visible ? 1 : 0);
}

void screen_update(struct screen *s)
{
	place_cursor(s);
	wnoutrefresh(s->grid.win);
	doupdate();
	flush(s, "");
}

void screen_redraw(struct screen *s)
{
	clearok(curscr, TRUE);
	if (s->terminal)
		flush(s, modes(s));
}

void screen_resize(struct screen *s, int rows, int cols)
{
	struct grid *g = &s->grid;

	if ((rows <= 0 || cols <= 0) &&
	    !(s->terminal && terminal_size(s->terminal, &rows, &cols))) {
		rows = g->rows ? g->rows : 24;
		cols = g->cols ? g->cols : 80;
	}
	if (rows != g->rows || cols != g->cols) {
		resizeterm(rows, cols);
		werase(g->win); /* what was drawn for another size */
		clearok(curscr, TRUE);
	}
	g->rows = rows;
	g->cols = cols;
	prepare_restore(s);
}

void screen_continue(struct screen *s)
{
	if (!s->terminal)
		return;
	terminal_resume(s->terminal);
	screen_redraw(s);
}

void screen_suspend(struct screen *s)
{
	if (!s->terminal)
		return;
	endwin();
	forget(fileno(s->out)); /* its farewell; the terminal's does it all */
	terminal_suspend(s->terminal);
	screen_redraw(s);
	screen_resize(s, 0, 0);
}

bool screen_has_mouse(const struct screen *s)
{
	return s->mouse;
}

void screen_set_mouse(struct screen *s, bool on)
{
	if (s->mouse == on)
		return;
	s->mouse = on;
	prepare_restore(s);
	if (s->terminal)
		flush(s, on ? MOUSE_ON : MOUSE_OFF);
}

static void add_base64(struct strbuf *out, struct slice s)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < s.len; i += 3) {
		size_t n = s.len - i < 3 ? s.len - i : 3;
		uint32_t v = (uint32_t)(unsigned char)s.ptr[i] << 16;

		if (n > 1)
			v |= (uint32_t)(unsigned char)s.ptr[i + 1] << 8;
		if (n > 2)
			v |= (unsigned char)s.ptr[i + 2];
		strbuf_add_char(out, digits[v >> 18]);
		strbuf_add_char(out, digits[v >> 12 & 63]);
		strbuf_add_char(out, n > 1 ? digits[v >> 6 & 63] : '=');
		strbuf_add_char(out, n > 2 ? digits[v & 63] : '=');
	}
}

static bool copy_clean(struct screen *s, struct slice clean)
{
	struct strbuf b = { 0 };

	if (clean.len > COPY_MAX)
		return false;
	strbuf_add_str(&b, "\x1b]52;c;");
	add_base64(&b, clean);
	strbuf_add_str(&b, "\a");
	if (s->terminal)
		terminal_write(s->terminal, strbuf_slice(&b));
	strbuf_release(&b);
	return true;
}

bool screen_copy(struct screen *s, struct slice text)
{
	struct strbuf clean = { 0 };
	bool ok;

	text_sanitise(&clean, text);
	ok = copy_clean(s, strbuf_slice(&clean));
	strbuf_release(&clean);
	return ok;
}

bool screen_copy_lines(struct screen *s, struct slice text)
{
	struct strbuf clean = { 0 };
	bool ok;

	while (text.len) {
		text_sanitise(&clean, slice_cut(&text, '\n'));
		if (text.len)
			strbuf_add_char(&clean, '\n');
	}
	ok = copy_clean(s, strbuf_slice(&clean));
	strbuf_release(&clean);
	return ok;
}

int screen_input(const struct screen *s)
{
	return s->terminal ? terminal_input(s->terminal) : -1;
}

int screen_signals(const struct screen *s)
{
	return s->terminal ? terminal_signals(s->terminal) : -1;
}

int screen_next_signal(struct screen *s)
{
	return s->terminal ? terminal_next_signal(s->terminal) : 0;
}
