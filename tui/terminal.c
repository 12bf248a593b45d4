/* SPDX-License-Identifier: MIT */
/* Modes and signals of the terminal, put back on every way out. */
#include "tui/terminal.h"

#include "base/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

/* Signals after which the process dies where it stands. */
static const int fatal[] = { SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGQUIT,
	                     SIGSYS };
#define FATAL (sizeof fatal / sizeof *fatal)

struct terminal {
	int in, out;   /* descriptors */
	bool own;      /* they are /dev/tty, opened here */
	int signals;   /* signalfd */
	int errors;    /* the terminal behind standard error, -1: not ours */
	int held;      /* what was written to standard error meanwhile */
	struct termios saved;
	sigset_t mask; /* as it was */
	struct sigaction actions[FATAL];
	char restore[512];
	size_t nrestore;
};

/* A signal handler has no argument: the one terminal of the process. */
static struct terminal *volatile current;
static _Alignas(16) char signal_stack[64 * 1024]; /* for a stack overflow */

static void write_all(int fd, const char *ptr, size_t len)
{
	while (len) {
		ssize_t n = write(fd, ptr, len);

		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return;
		if (n > 0) {
			ptr += n;
			len -= (size_t)n;
		}
	}
}

static void show_held(const struct terminal *t)
{
	char buf[512];
	ssize_t n;

	if (t->errors < 0)
		return;
	dup2(t->errors, STDERR_FILENO);
	if (lseek(t->held, 0, SEEK_SET) != 0)
		return;
	while ((n = read(t->held, buf, sizeof buf)) > 0)
		write_all(STDERR_FILENO, buf, (size_t)n);
}

/* Only what may be called in a signal handler. */
static void put_back(struct terminal *t)
{
	write_all(t->out, t->restore, t->nrestore);
	tcsetattr(t->in, TCSADRAIN, &t->saved);
	show_held(t);
}

static void on_fatal(int sig)
{
	struct terminal *t = current;

	current = NULL;
	if (t) {
		put_back(t);
		for (size_t i = 0; i < FATAL; i++)
			sigaction(fatal[i], &t->actions[i], NULL);
	} else {
		signal(sig, SIG_DFL);
	}
	/* A fault happens again on return; what was sent must be sent again. */
	raise(sig);
}

static void on_exit_left_open(void)
{
	struct terminal *t = current;

	current = NULL;
	if (t)
		put_back(t);
}

static void catch_fatal(struct terminal *t)
{
	struct sigaction a = { .sa_handler = on_fatal, .sa_flags = SA_ONSTACK };
	stack_t stack = { .ss_sp = signal_stack,
		          .ss_size = sizeof signal_stack };
	static bool registered;

	sigaltstack(&stack, NULL);
	sigemptyset(&a.sa_mask);
	for (size_t i = 0; i < FATAL; i++)
		sigaction(fatal[i], &a, &t->actions[i]);
	if (!registered)
		registered = atexit(on_exit_left_open) == 0;
}

static void block_signals(struct terminal *t)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigaddset(&set, SIGTSTP);
	sigaddset(&set, SIGCONT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	pthread_sigmask(SIG_BLOCK, &set, &t->mask);
	t->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Flow control, signals and output processing off: each key arrives. */
static void make_raw(const struct terminal *t)
{
	struct termios raw = t->saved;

	cfmakeraw(&raw);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tcsetattr(t->in, TCSADRAIN, &raw);
}

/* What a library prints must neither spoil the screen nor get lost. */
static void hold_errors(struct terminal *t)
{
	t->errors = -1;
	if (!isatty(STDERR_FILENO))
		return;
	t->held = memfd_create("stderr", MFD_CLOEXEC);
	if (t->held < 0)
		return;
	t->errors = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (t->errors >= 0)
		dup2(t->held, STDERR_FILENO);
}

static bool open_descriptors(struct terminal *t, struct err *err)
{
	t->in = STDIN_FILENO;
	t->out = STDOUT_FILENO;
	if (!isatty(t->out))
		return err_set(err, "standard output is not a terminal: use a "
		               "verb, as in mailspoor list, or run it without "
		               "a redirection");
	if (!isatty(t->in)) {
		t->in = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
		if (t->in < 0)
			return err_set(err, "no terminal to read keys from: "
			               "cannot open /dev/tty: %s",
			               strerror(errno));
		t->own = true;
	}
	if (tcgetattr(t->in, &t->saved) != 0)
		return err_set(err, "cannot read the modes of the terminal: %s",
		               strerror(errno));
	return true;
}

struct terminal *terminal_open(struct err *err)
{
	struct terminal *t = mem_alloc(sizeof *t);

	if (current)
		BUG("a terminal is open already");
	if (!open_descriptors(t, err)) {
		if (t->own)
			close(t->in);
		free(t);
		return NULL;
	}
	block_signals(t);
	hold_errors(t);
	catch_fatal(t);
	current = t;
	make_raw(t);
	return t;
}

void terminal_close(struct terminal *t)
{
	current = NULL;
	for (size_t i = 0; i < FATAL; i++)
		sigaction(fatal[i], &t->actions[i], NULL);
	put_back(t);
	if (t->errors >= 0) {
		close(t->errors);
		close(t->held);
	}
	close(t->signals);
	if (t->own)
		close(t->in);
	pthread_sigmask(SIG_SETMASK, &t->mask, NULL);
	free(t);
}

void terminal_set_restore(struct terminal *t, struct slice restore)
{
	size_t len = restore.len < sizeof t->restore ? restore.len
	                                             : sizeof t->restore;

	t->nrestore = 0; /* half of it must not be written */
	memcpy(t->restore, restore.ptr, len);
	t->nrestore = len;
}

int terminal_input(const struct terminal *t)
{
	return t->in;
}

int terminal_signals(const struct terminal *t)
{
	return t->signals;
}

int terminal_next_signal(struct terminal *t)
{
	struct signalfd_siginfo info;

	if (read(t->signals, &info, sizeof info) != (ssize_t)sizeof info)
		return 0;
	return (int)info.ssi_signo;
}

bool terminal_size(const struct terminal *t, int *rows, int *cols)
{
	struct winsize size;

	if (ioctl(t->out, TIOCGWINSZ, &size) != 0 || !size.ws_row ||
	    !size.ws_col)
		return false;
	*rows = size.ws_row;
	*cols = size.ws_col;
	return true;
}

void terminal_write(struct terminal *t, struct slice bytes)
{
	write_all(t->out, bytes.ptr, bytes.len);
}

void terminal_suspend(struct terminal *t)
{
	struct sigaction stop = { .sa_handler = SIG_DFL }, before;
	sigset_t set;

	write_all(t->out, t->restore, t->nrestore);
	tcsetattr(t->in, TCSADRAIN, &t->saved);
	sigemptyset(&stop.sa_mask);
	sigaction(SIGTSTP, &stop, &before);
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	/* the whole job stops, as when the terminal sends it */
	kill(0, SIGTSTP);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	/* here it is stopped, and goes on with SIGCONT */
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	sigaddset(&set, SIGCONT);
	while (sigtimedwait(&set, NULL, &(struct timespec){ 0 }) > 0)
		; /* has been dealt with */
	sigaction(SIGTSTP, &before, NULL);
	terminal_resume(t);
}

void terminal_resume(struct terminal *t)
{
	struct termios now;

	/* what the shell has set meanwhile is what it wants back */
	if (tcgetattr(t->in, &now) == 0 && (now.c_lflag & ICANON))
		t->saved = now;
	make_raw(t);
}
