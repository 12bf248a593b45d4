/* SPDX-License-Identifier: MIT */
/* Runs a command and prints what it cost: "wall_s cpu_s peak_mb status". The
 * command's output goes to standard error. usage: measure COMMAND [ARG...] */
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static double seconds_of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	struct rusage used;
	double start = now();
	int status;
	pid_t pid;

	if (argc < 2)
		return 2;
	pid = fork();
	if (pid == 0) {
		dup2(STDERR_FILENO, STDOUT_FILENO);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &used) != pid)
		return 3;
	printf("%.3f %.3f %.1f %d\n", now() - start,
	       seconds_of(used.ru_utime) + seconds_of(used.ru_stime),
	       (double)used.ru_maxrss / 1024,
	       WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	return 0;
}
