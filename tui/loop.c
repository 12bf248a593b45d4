/* SPDX-License-Identifier: MIT */
/* Waits, reads all that has arrived, paints once. */
#include "tui/loop.h"

#include "tui/decode.h"
#include "tui/terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* -1: the real clock; tests set another for the whole process */
static int64_t set_now = -1;

int64_t loop_now(void)
{
	struct timespec t;

	if (set_now >= 0)
		return set_now;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void loop_set_now(int64_t ms)
{
	set_now = ms;
}

struct loop {
	struct screen *screen;
	const struct loop_client *client;
	struct decoder decoder;
	struct pollfd fds[3]; /* keys, signals, the client's */
	bool ended;
	struct err *err;
};

enum { POLL_KEYS, POLL_SIGNALS, POLL_CLIENT };

static bool is_done(const struct loop *l)
{
	return l->ended || (l->client->done && l->client->done(l->client->arg));
}

static void on_key(void *arg, const struct input *in)
{
	struct loop *l = arg;

	if (!is_done(l))
		l->client->key(l->client->arg, in);
}

static bool end_with(struct loop *l, const char *why)
{
	l->ended = true;
	return err_set(l->err, "ended by %s; the case is as it was last saved",
	               why);
}

static void paint(struct loop *l)
{
	struct window w = screen_window(l->screen);

	window_clear(&w);
	l->client->draw(l->client->arg, &w);
	screen_update(l->screen);
}

/* Waits MS (-1: for ever) until keys can be read. */
static bool keys_wait(const struct loop *l, int ms)
{
	struct pollfd p = { .fd = l->fds[POLL_KEYS].fd, .events = POLLIN };

	return poll(&p, 1, ms) > 0 && p.revents;
}

/* Reads once; false when nothing more can come. */
static bool read_some(struct loop *l)
{
	char buf[4096];
	ssize_t n = read(l->fds[POLL_KEYS].fd, buf, sizeof buf);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (n <= 0) {
		end_with(l, "the terminal, which is gone");
		return false;
	}
	decoder_feed(&l->decoder, slice_of(buf, (size_t)n), loop_now(), on_key,
	             l);
	return true;
}

/* Everything that is there, and the rest of a sequence that has begun, so that
 * painting in between cannot make an Esc of it. */
static void read_keys(struct loop *l)
{
	int ms = 0;

	while (!is_done(l) && keys_wait(l, ms) && read_some(l)) {
		ms = decoder_wait(&l->decoder, loop_now());
		if (ms < 0 || ms > DECODE_ESC_MS)
			ms = 0;
	}
}

static void resized(struct loop *l)
{
	screen_resize(l->screen, 0, 0);
	on_key(l, &(struct input){ .key = KEY_CODE_RESIZE });
}

static void on_signal(struct loop *l, int sig)
{
	switch (sig) {
	case SIGWINCH: resized(l); break;
	case SIGTSTP:
		screen_suspend(l->screen);
		resized(l);
		break;
	case SIGCONT:
		screen_continue(l->screen);
		resized(l);
		break;
	case SIGTERM: end_with(l, "SIGTERM"); break;
	case SIGHUP: end_with(l, "SIGHUP"); break;
	case SIGINT: end_with(l, "SIGINT"); break;
	default: break;
	}
}

static void read_signals(struct loop *l)
{
	int sig;

	while (!l->ended && (sig = screen_next_signal(l->screen)) != 0)
		on_signal(l, sig);
}

static int sooner(int a, int b)
{
	if (a < 0 || b < 0)
		return a > b ? a : b;
	return a < b ? a : b;
}

static void wait_and_handle(struct loop *l)
{
	const struct loop_client *c = l->client;
	int wait = c->wait ? c->wait(c->arg) : -1;

	wait = sooner(wait, decoder_wait(&l->decoder, loop_now()));
	for (int i = 0; i < 3; i++)
		l->fds[i].revents = 0;
	if (poll(l->fds, 3, wait) < 0 && errno != EINTR) {
		end_with(l, strerror(errno));
		return;
	}
	read_signals(l);
	read_keys(l);
	decoder_tick(&l->decoder, loop_now(), on_key, l);
	if (!is_done(l) && l->fds[POLL_CLIENT].revents && c->ready)
		c->ready(c->arg);
	if (!is_done(l) && c->tick && c->wait && c->wait(c->arg) == 0)
		c->tick(c->arg);
}

static int escape_delay(void)
{
	const char *text = getenv("ESCDELAY");
	uint64_t ms;

	if (!text || !slice_u64(slice_str(text), &ms) || ms < 1 || ms > 5000)
		return DECODE_ESC_MS;
	return (int)ms;
}

bool loop_run(struct screen *s, int fd, const struct loop_client *c,
              struct err *err)
{
	struct loop l = {
		.screen = s,
		.client = c,
		.decoder = { .delay = escape_delay() },
		.fds = { { .fd = screen_input(s), .events = POLLIN },
		         { .fd = screen_signals(s), .events = POLLIN },
		         { .fd = fd, .events = POLLIN } },
		.err = err,
	};

	while (!is_done(&l)) {
		paint(&l);
		wait_and_handle(&l);
	}
	decoder_release(&l.decoder);
	return !l.ended;
}
