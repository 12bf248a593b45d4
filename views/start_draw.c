/* SPDX-License-Identifier: MIT */
/* How the start screen looks (UI.md §11). */
#include "views/start_private.h"

#include "base/civil.h"
#include "model/report/export.h"

#define NAME_COLS 32

static const char *const about[] = {
	"What happened to every message: who sent it, through which servers it went,",
	"who got it, and what each server said. From logs, offline, read-only.",
};
static const char *const ways[] = {
	"o  open logs: a file, folder, archive or compressed file",
	"s  open the sample (an account is broken into; 7 servers)",
	"c  open a case file from elsewhere",
};
static const char *const shell_ways[] = {
	"Or from the shell:  mailspoor mail.log*     mailspoor -c new.case /evidence",
	"                    zcat mail.log.2.gz | mailspoor -",
};
static const char *const formats[] = {
	"Postfix, Sendmail, Exim, Exchange, OpenSMTPD, Dovecot, Zeek and more; what",
	"no format knows is kept as it is. Nothing is written beside the logs.",
};
#define LINES(of) (of), (int)(sizeof(of) / sizeof *(of))

static int put_lines(const struct window *w, int row, int end,
                     const char *const *lines, int n)
{
	if (row + n > end)
		return row;
	for (int i = 0; i < n; i++)
		window_put(w, row + i, 2, TONE_NORMAL, lines[i]);
	return row + n + 1;
}

static void add_short(struct strbuf *out, const char *home, const char *path)
{
	size_t n = home ? strlen(home) : 0;

	if (n > 1 && strncmp(path, home, n) == 0 && path[n] == '/')
		strbuf_addf(out, "~%s", path + n);
	else
		strbuf_add_str(out, path);
}

static void put_name(const struct start *s, const struct window *w, int row,
                     int width, const struct known_case *k)
{
	struct strbuf text = { 0 };
	int col = 2;

	if (k->cached)
		col = window_put(w, row, col, TONE_NORMAL, "(cache) ");
	add_short(&text, s->o.home, k->cached && k->from ? k->from : k->path);
	window_text(w, row, col, width + 2 - col, TONE_NORMAL, TEXT_CUT_LEFT,
	            strbuf_slice(&text));
	strbuf_release(&text);
}

static void add_opened(int64_t now, int64_t opened, struct strbuf *out)
{
	struct civil a, b;

	civil_of(opened, &a);
	civil_of(now, &b);
	if (!opened)
		return;
	if (a.year == b.year && a.month == b.month && a.day == b.day)
		strbuf_addf(out, "today %02d:%02d", a.hour, a.minute);
	else
		strbuf_addf(out, "%04d-%02d-%02d", a.year, a.month, a.day);
}

static void put_number(const struct window *w, int row, int col, int width,
                       int64_t n, bool is_size)
{
	struct strbuf text = { 0 };

	if (is_size)
		text_add_size(&text, n);
	else
		text_add_number(&text, n);
	window_text_right(w, row, col, width, TONE_NORMAL, strbuf_slice(&text));
	strbuf_release(&text);
}

static void put_case(const struct start *s, const struct window *w, int row,
                     const struct known_case *k, bool here)
{
	int extra = w->cols >= 120 ? 40 : 0, name = NAME_COLS - 2 + extra;
	struct strbuf text = { 0 };

	if (w->cols < 76)
		name = w->cols - 4;
	window_put(w, row, 0, TONE_NORMAL, here ? ">" : " ");
	put_name(s, w, row, name, k);
	add_opened(s->now, k->opened, &text);
	if (w->cols >= 76) {
		if (k->looked && !k->broken) {
			put_number(w, row, 33 + extra, 7, (int64_t)k->sources,
			           false);
			put_number(w, row, 41 + extra, 10,
			           (int64_t)k->messages, false);
		}
		if (k->bytes >= 0)
			put_number(w, row, 52 + extra, 6, k->bytes, true);
		window_put(w, row, 62 + extra, TONE_NORMAL,
		           strbuf_text(&text));
	}
	if (here) {
		window_tone(w, row, 0, w->cols, TONE_CURSOR);
		window_cursor(w, row, 0, true);
	}
	strbuf_release(&text);
}

static int put_cases(struct start *s, const struct window *w, int row, int most)
{
	const struct case_list *l = start_cases(s);
	int extra = w->cols >= 120 ? 40 : 0, n = (int)l->n, top = 0;

	window_put(w, row, 2, TONE_STRONG, "Cases");
	if (w->cols >= 76)
		window_put(w, row, 33 + extra, TONE_NORMAL,
		           "sources   messages   size   opened");
	if (!n) {
		window_put(w, row + 1, 2, TONE_NORMAL,
		           "none is known yet: open logs, or the sample");
		return row + 3;
	}
	if (n > most)
		n = most;
	if ((int)s->cursor >= n)
		top = (int)s->cursor - n + 1;
	for (int i = 0; i < n; i++)
		put_case(s, w, row + 1 + i, &l->list[top + i],
		         top + i == (int)s->cursor);
	return row + 2 + n;
}

/* Whether its logs are as they were, by their time stamps alone. */
static void add_state(const struct known_case *k, struct strbuf *out)
{
	strbuf_add_str(out, ": ");
	if (k->bytes < 0)
		strbuf_add_str(out, "the file is not there any more");
	else if (!k->looked)
		strbuf_add_str(out, "looking");
	else if (k->broken)
		strbuf_add_str(out, "it cannot be opened as a case");
	else if (!k->changed && !k->missing)
		strbuf_add_str(out, "logs unchanged since they were indexed");
	else {
		if (k->changed)
			strbuf_addf(out, "%llu changed since indexed",
			            (unsigned long long)k->changed);
		if (k->missing)
			strbuf_addf(out, "%s%llu not there any more",
			            k->changed ? ", " : "",
			            (unsigned long long)k->missing);
	}
}

static void put_detail(struct start *s, const struct window *w, int row)
{
	const struct case_list *l = start_cases(s);
	struct strbuf text = { 0 };
	struct slice path;
	int room, col;

	if (s->cursor >= l->n)
		return;
	add_state(&l->list[s->cursor], &text);
	path = slice_str(l->list[s->cursor].path);
	room = w->cols - 2 - text_width(strbuf_slice(&text));
	if (room > text_width(path))
		room = text_width(path);
	if (room < 8)
		room = 8;
	col = window_text(w, row, 1, room, TONE_NORMAL, TEXT_CUT_LEFT, path);
	window_text(w, row, col, w->cols - 1 - col, TONE_NORMAL, TEXT_CUT_END,
	            strbuf_slice(&text));
	strbuf_release(&text);
}

static void put_legend(struct start *s, const struct window *w, int row)
{
	int col;

	if (s->mode == START_LINE) {
		col = window_put(w, row, 1, TONE_STRONG, s->title);
		col = window_put(w, row, col + 1, TONE_NORMAL,
		                 theme_sign(w->theme, SIGN_CRUMB)) + 1;
		prompt_draw(&s->line, w, row, col, w->cols - col - 1, 1);
	} else if (s->message.len) {
		window_text(w, row, 1, w->cols - 2, TONE_NORMAL, TEXT_CUT_END,
		            strbuf_slice(&s->message));
	} else {
		window_put(w, row, 1, TONE_NORMAL,
		           w->cols >= 64
		               ? "Enter open  o open logs  s sample  c case "
		                 "file  D forget  Q quit"
		               : "Enter open  o logs  Q quit");
	}
}

void start_draw(struct start *s, const struct window *w)
{
	int end = w->rows - 2, row = 2, most;

	window_cursor(w, 0, 0, false);
	window_put(w, 0, 1, TONE_STRONG, "mailspoor " MAILSPOOR_VERSION);
	window_put(w, 0, w->cols - 7, TONE_NORMAL, "? help");
	window_fill(w, 1, 0, w->cols, TONE_NORMAL,
	            theme_sign(w->theme, SIGN_RULE));
	if (w->rows >= 20 && w->cols >= 78)
		row = put_lines(w, row, end, LINES(about));
	most = end - row - 1 - (w->rows >= 20 ? 11 : 0);
	if (w->rows >= 20 && w->rows < 30 && most < 3)
		most = 3;
	row = put_cases(s, w, row, most > 0 ? most : 1);
	row = put_lines(w, row, end, LINES(ways));
	if (w->cols >= 78) {
		row = put_lines(w, row, end, LINES(shell_ways));
		put_lines(w, row, end, LINES(formats));
	}
	put_detail(s, w, w->rows - 2);
	put_legend(s, w, w->rows - 1);
}
