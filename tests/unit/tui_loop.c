/* SPDX-License-Identifier: MIT */
/* The loop and the screen on a terminal of their own: a child runs them on a
 * pty, the test types and reads what arrives. */
#include "tests/tui.h"

#include "base/alloc.h"
#include "tui/loop.h"

#include <errno.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

/* newterm of an unknown terminal leaks; for `make asan` */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:new_prescr";
}

/* Stands before the C library's, so that writes can be counted. */
static unsigned writes;
ssize_t write(int fd, const void *ptr, size_t len);
ssize_t write(int fd, const void *ptr, size_t len)
{
	if (fd == STDOUT_FILENO)
		writes++;
	return syscall(SYS_write, fd, ptr, len);
}

struct report {
	unsigned writes, draws, keys;
	int rows, cols, last;
};

/* The child: each j changes every cell. */
struct child {
	struct screen *screen;
	int pipe;
	bool done;
	int state;
	struct report r;
	bool hostile;
};

static void child_report(struct child *c)
{
	c->r.writes = writes;
	if (write(c->pipe, &c->r, sizeof c->r) != (ssize_t)sizeof c->r)
		_exit(9);
}

static void child_key(void *arg, const struct input *in)
{
	struct child *c = arg;

	c->r.keys++;
	c->r.last = in->key;
	switch (in->key) {
	case 'j': c->state++; break;
	case 'r': child_report(c); break;
	case 'q': c->done = true; break;
	case 'A': abort();
	case 'B': BUG("a test wants it");
	case 'E': exit(7);
	case 'h': c->hostile = true; break;
	case 'y': screen_copy(c->screen, SLICE("a\nb\x1b")); break;
	case 'm': screen_set_mouse(c->screen, true); break;
	default: break;
	}
}

static void child_draw(void *arg, const struct window *w)
{
	struct child *c = arg;
	char letter[2] = { (char)('a' + c->state % 26), 0 };
	char text[64];

	c->r.draws++;
	c->r.rows = w->rows;
	c->r.cols = w->cols;
	for (int row = 1; row < w->rows; row++)
		window_fill(w, row, 0, w->cols, (enum tone)(row % 4), letter);
	snprintf(text, sizeof text, "state %d, %dx%d", c->state, w->cols,
	         w->rows);
	/* elsewhere each time, or only what differs would be sent */
	window_put(w, 0, c->state % 5 * 24, TONE_NORMAL, text);
	if (c->hostile)
		window_text(w, 0, 90, 60, TONE_NORMAL, TEXT_CUT_END,
		            SLICE("<\x1b]52;c;ZXZpbA==\x07\x9b" "2J\x0e\xe2\x80\xae>"));
}

static bool child_done(void *arg)
{
	return ((struct child *)arg)->done;
}

static _Noreturn void child_main(int pipe)
{
	struct child c = { .pipe = pipe };
	struct loop_client client = { .arg = &c, .key = child_key,
		                      .draw = child_draw, .done = child_done };
	struct screen_options o = { .colour = true };
	struct err err = { 0 };
	bool ok;

	/* cmocka has its own handlers */
	for (int sig = 1; sig < 32; sig++)
		signal(sig, SIG_DFL);
	c.screen = screen_open(&o, &err);
	if (!c.screen) {
		fprintf(stderr, "%s\n", err.text);
		exit(8);
	}
	ok = loop_run(c.screen, -1, &client, &err);
	screen_close(c.screen);
	if (!ok)
		fprintf(stderr, "%s\n", err.text);
	exit(ok ? 0 : 4);
}

struct run {
	pid_t pid;
	int tty, pipe;
	struct strbuf out;
	struct termios before;
	bool ended;
};

static void start(struct run *r)
{
	struct winsize size = { .ws_row = 50, .ws_col = 160 };
	int fds[2], slave;

	*r = (struct run){ 0 };
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(openpty(&r->tty, &slave, NULL, NULL, &size), 0);
	assert_int_equal(tcgetattr(slave, &r->before), 0);
	r->pid = fork();
	assert_true(r->pid >= 0);
	if (r->pid == 0) {
		putenv((char *)(uintptr_t)"TERM=xterm-256color");
		close(r->tty);
		close(fds[0]);
		if (login_tty(slave) != 0)
			_exit(6);
		child_main(fds[1]);
	}
	close(slave);
	close(fds[1]);
	r->pipe = fds[0];
}

/* Reads once; false at the end. */
static bool drain(struct run *r)
{
	ssize_t n = read(r->tty, strbuf_room(&r->out, 65536), 65536);

	if (n <= 0)
		return false;
	r->out.len += (size_t)n;
	strbuf_room(&r->out, 1)[0] = '\0';
	return true;
}

static void type(struct run *r, const char *keys)
{
	size_t len = strlen(keys);

	assert_int_equal(write(r->tty, keys, len), len);
}

/* Until WANTED has arrived; what came before is forgotten. */
static void expect(struct run *r, const char *wanted)
{
	size_t at;

	while ((at = slice_find(strbuf_slice(&r->out), slice_str(wanted))) ==
	       SLICE_NONE)
		if (!drain(r))
			fail_msg("ended without %s", wanted);
	at += strlen(wanted);
	memmove(r->out.ptr, r->out.ptr + at, r->out.len - at);
	r->out.len -= at;
}

static struct report ask(struct run *r)
{
	struct report rep;

	type(r, "r");
	assert_int_equal(read(r->pipe, &rep, sizeof rep), sizeof rep);
	return rep;
}

/* What waitpid says; all that the child wrote is in OUT. The terminal must be
 * as it was, in the main screen and with paste mode off. */
static int finish(struct run *r)
{
	struct termios after;
	int status;

	while (drain(r))
		;
	assert_int_equal(waitpid(r->pid, &status, 0), r->pid);
	assert_int_equal(tcgetattr(r->tty, &after), 0);
	assert_int_equal(after.c_lflag, r->before.c_lflag);
	assert_int_equal(after.c_iflag, r->before.c_iflag);
	assert_int_equal(after.c_oflag, r->before.c_oflag);
	assert_memory_equal(after.c_cc, r->before.c_cc, sizeof after.c_cc);
	expect(r, "\x1b[?2004l");
	expect(r, "\x1b[?1049l");
	close(r->tty);
	close(r->pipe);
	return status;
}

static void end(struct run *r)
{
	strbuf_release(&r->out);
}

static void one_update_is_one_write(void **state)
{
	struct report a, b;
	struct run r;

	(void)state;
	start(&r);
	expect(&r, "state 0, 160x50");
	a = ask(&r);
	type(&r, "j");
	expect(&r, "state 1");
	b = ask(&r);
	assert_int_equal(b.writes - a.writes, 1);
	type(&r, "kkkk");
	a = ask(&r);
	assert_int_equal(a.writes, b.writes);
	type(&r, "q");
	assert_int_equal(finish(&r), 0);
	end(&r);
}

static void keys_that_have_arrived_are_painted_once(void **state)
{
	struct report a, b;
	struct run r;
	char keys[1001];

	(void)state;
	start(&r);
	expect(&r, "state 0");
	a = ask(&r);
	memset(keys, 'j', 1000);
	keys[1000] = '\0';
	type(&r, keys);
	b = ask(&r);
	assert_int_equal(b.keys - a.keys, 1001);
	assert_true(b.draws - a.draws < 100);
	type(&r, "q");
	assert_int_equal(finish(&r), 0);
	end(&r);
}

static void size_follows_the_terminal(void **state)
{
	struct winsize size = { .ws_row = 12, .ws_col = 40 };
	struct report a;
	struct run r;

	(void)state;
	start(&r);
	expect(&r, "160x50");
	ioctl(r.tty, TIOCSWINSZ, &size);
	expect(&r, "40x12");
	a = ask(&r);
	assert_int_equal(a.rows, 12);
	assert_int_equal(a.cols, 40);
	type(&r, "q");
	assert_int_equal(finish(&r), 0);
	end(&r);
}

static void signals_end_it_in_order(void **state)
{
	static const int signals[] = { SIGTERM, SIGHUP, SIGINT };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct run r;
		int status;

		start(&r);
		expect(&r, "state 0");
		kill(r.pid, signals[i]);
		status = finish(&r);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 4);
		expect(&r, i == 0 ? "SIGTERM" : i == 1 ? "SIGHUP" : "SIGINT");
		end(&r);
	}
}

static void fatal_signals_leave_a_sane_terminal(void **state)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGQUIT, SIGABRT };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct run r;
		int status;

		start(&r);
		type(&r, "m");
		expect(&r, "\x1b[?1006h");
		kill(r.pid, signals[i]);
		while (drain(&r))
			;
		assert_true(slice_find(strbuf_slice(&r.out),
		                       SLICE("\x1b[?1006l")) != SLICE_NONE);
		status = finish(&r);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), signals[i]);
		end(&r);
	}
}

static void a_bug_is_told_on_the_main_screen(void **state)
{
	struct run r;
	int status;

	(void)state;
	start(&r);
	expect(&r, "state 0");
	type(&r, "B");
	status = finish(&r);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	/* finish has read on to where the main screen came back */
	expect(&r, "a test wants it");
	end(&r);
}

static void exit_from_within_puts_back_too(void **state)
{
	struct run r;
	int status;

	(void)state;
	start(&r);
	expect(&r, "state 0");
	type(&r, "E");
	status = finish(&r);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	end(&r);
}

/* Every control in what arrives is one of our own: CSI, charset, CR LF BS. */
static void assert_tame(const struct strbuf *out)
{
	for (size_t i = 0; i < out->len; i++) {
		unsigned char c = (unsigned char)out->ptr[i];
		char next = i + 1 < out->len ? out->ptr[i + 1] : '[';

		if (c == 0x1b)
			assert_non_null(strchr("[(=>78", next));
		else if (c < ' ')
			assert_non_null(strchr("\r\n\b", c));
		assert_int_not_equal(c, 0x7f);
	}
}

static void hostile_text_sends_no_controls(void **state)
{
	struct run r;

	(void)state;
	start(&r);
	expect(&r, "state 0");
	type(&r, "h");
	expect(&r, "<U+202E>");
	type(&r, "jjj");
	ask(&r);
	type(&r, "q");
	while (drain(&r))
		;
	assert_tame(&r.out);
	assert_int_equal(finish(&r), 0);
	end(&r);
}

static void copy_is_one_sequence(void **state)
{
	struct run r;

	(void)state;
	start(&r);
	type(&r, "y");
	/* base64 of "a\x0ab\x1b" with the escapes as letters */
	expect(&r, "\x1b]52;c;YVx4MGFiXHgxYg==\a");
	type(&r, "q");
	assert_int_equal(finish(&r), 0);
	end(&r);
}

static void copy_has_a_limit(void **state)
{
	char *text = mem_alloc(80000);
	struct screen *s = open_screen(24, 80);

	(void)state;
	memset(text, 'x', 80000);
	assert_true(screen_copy(s, slice_of(text, 74000)));
	assert_false(screen_copy(s, slice_of(text, 74001)));
	assert_true(screen_copy_lines(s, SLICE("a\nb\n")));
	free(text);
	screen_close(s);
}

static void no_terminal_is_said(void **state)
{
	struct screen_options o = { 0 };
	struct err err = { 0 };
	int out = dup(STDOUT_FILENO), null;

	(void)state;
	putenv((char *)(uintptr_t)"TERM=xterm");
	null = memfd_create("out", 0);
	fflush(stdout);
	dup2(null, STDOUT_FILENO);
	assert_null(screen_open(&o, &err));
	dup2(out, STDOUT_FILENO);
	assert_non_null(strstr(err.text, "not a terminal"));
	close(out);
	close(null);
}

static void unknown_terminal_is_said(void **state)
{
	struct screen_options o = { 0 };
	struct err err = { 0 };

	(void)state;
	putenv((char *)(uintptr_t)"TERM=no-such-terminal");
	assert_null(screen_open(&o, &err));
	assert_non_null(strstr(err.text, "no-such-terminal"));
	putenv((char *)(uintptr_t)"TERM=dumb");
	assert_null(screen_open(&o, &err));
	assert_non_null(strstr(err.text, "cannot move its cursor"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_update_is_one_write),
		cmocka_unit_test(keys_that_have_arrived_are_painted_once),
		cmocka_unit_test(size_follows_the_terminal),
		cmocka_unit_test(signals_end_it_in_order),
		cmocka_unit_test(fatal_signals_leave_a_sane_terminal),
		cmocka_unit_test(a_bug_is_told_on_the_main_screen),
		cmocka_unit_test(exit_from_within_puts_back_too),
		cmocka_unit_test(hostile_text_sends_no_controls),
		cmocka_unit_test(copy_is_one_sequence),
		cmocka_unit_test(copy_has_a_limit),
		cmocka_unit_test(no_terminal_is_said),
		cmocka_unit_test(unknown_terminal_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
