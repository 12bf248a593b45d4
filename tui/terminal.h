/* SPDX-License-Identifier: MIT */
/* What the loop needs of the screen, and the terminal below it: modes, signals,
 * and how all of it is put back. Within tui only. */
#ifndef TUI_TERMINAL_H
#define TUI_TERMINAL_H

#include "base/err.h"
#include "base/slice.h"
#include "tui/screen.h"

/* Of the screen, for the loop. */
int screen_input(const struct screen *s);   /* -1: headless */
int screen_signals(const struct screen *s); /* readable: screen_next_signal */
int screen_next_signal(struct screen *s);   /* 0: none waits */
void screen_continue(struct screen *s);     /* after SIGCONT */

struct terminal;

/* Raw mode on standard input and output, or on /dev/tty where those are files.
 * From now on until terminal_close the signals that end, stop, or resize are
 * blocked and wait in terminal_signals; standard error, if it is the terminal,
 * is kept back until then. */
struct terminal *terminal_open(struct err *err);
/* Writes RESTORE (what leaves the alternate screen, shows the cursor and turns
 * modes off) and puts back all that was changed. */
void terminal_close(struct terminal *t);
/* RESTORE is kept: also fatal signals and exit() write it. */
void terminal_set_restore(struct terminal *t, struct slice restore);
int terminal_input(const struct terminal *t);
int terminal_signals(const struct terminal *t);
int terminal_next_signal(struct terminal *t);
bool terminal_size(const struct terminal *t, int *rows, int *cols);
/* One write, but for what the kernel does not take at once. */
void terminal_write(struct terminal *t, struct slice bytes);
/* Puts the modes back, stops, and takes them again when continued. */
void terminal_suspend(struct terminal *t);
void terminal_resume(struct terminal *t); /* raw mode again */

#endif
