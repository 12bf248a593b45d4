/* SPDX-License-Identifier: MIT */
/* How long from a key to the painted screen, in the real program on a pseudo
 * terminal: 1,000 keys while it indexes, 1,000 while a query runs. One key is
 * one write to the terminal, so the first bytes that come back are the screen.
 *
 * usage: keys MAILSPOOR CASE LOG DIR
 *   CASE is opened for the query; LOG is indexed into DIR/keys.case. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEYS 1000
#define LATE_MS 1000 /* no answer within this: the key painted nothing */

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static bool readable(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, ms) > 0 && (p.revents & POLLIN);
}

/* Reads until nothing comes for MS. */
static void drain(int fd, int ms)
{
	char buf[65536];

	while (readable(fd, ms))
		if (read(fd, buf, sizeof buf) <= 0)
			return;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* LOG may be NULL. */
static pid_t start(char *program, char *case_path, char *log, int *fd)
{
	char flag[] = "-c", *argv[] = { program, flag, case_path, log, NULL };
	struct winsize size = { .ws_row = 48, .ws_col = 160 };
	pid_t pid = forkpty(fd, NULL, NULL, &size);

	if (pid == 0) {
		execv(argv[0], argv);
		_exit(127);
	}
	return pid;
}

static void type(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) < 0)
		perror("keys: write");
}

/* SCRIPT's characters in turn, KEYS of them, each measured. */
static void measure(int fd, const char *script, const char *what)
{
	double took[KEYS];
	int n = 0, silent = 0;
	char buf[65536];

	for (int i = 0; i < KEYS; i++) {
		double from;

		drain(fd, 0);
		from = now_ms();
		if (write(fd, &script[i % strlen(script)], 1) != 1)
			break;
		if (readable(fd, LATE_MS) && read(fd, buf, sizeof buf) > 0)
			took[n++] = now_ms() - from;
		else
			silent++;
		usleep(1000);
	}
	if (!n) {
		printf("keys %s: no key was answered\n", what);
		return;
	}
	qsort(took, (size_t)n, sizeof *took, by_size);
	printf("keys %s: %d keys, p50 %.1f ms, p99 %.1f ms, worst %.1f ms, %d "
	       "painted nothing\n", what, n, took[n / 2], took[n * 99 / 100],
	       took[n - 1], silent);
}

static void stop(pid_t pid, int fd)
{
	kill(pid, SIGTERM);
	drain(fd, 300);
	waitpid(pid, NULL, 0);
	close(fd);
}

int main(int argc, char **argv)
{
	char new_case[4096];
	int fd;
	pid_t pid;

	if (argc != 5) {
		fputs("usage: keys MAILSPOOR CASE LOG DIR\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	snprintf(new_case, sizeof new_case, "%s/keys.case", argv[4]);
	pid = start(argv[1], new_case, argv[3], &fd);
	drain(fd, 300);
	measure(fd, "3080", "while indexing");
	stop(pid, fd);
	pid = start(argv[1], argv[2], NULL, &fd);
	drain(fd, 1000);
	type(fd, "3");
	drain(fd, 500);
	type(fd, "\\raw:nosuchtextanywhere\r");
	measure(fd, "jjkk", "while a query runs");
	stop(pid, fd);
	return 0;
}
