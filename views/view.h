/* SPDX-License-Identifier: MIT */
/* The contract of a pane or page: everything that fills the screen's middle.
 *
 * A view is a const table entry of functions; it has no state of its own. State
 * lives in a `struct step`: what the screen shows now (view, filter, sort, zoom,
 * cursor, answers of the case, and what the view keeps in step->state). The
 * shell owns steps, asks the case, and draws the frame: title, pane line, filter
 * bar, strip, messages, prompts, legend.
 *
 *   wants  pure: which requests does this step need now? Called after every
 *          key. The shell asks only what differs from what it has asked, and
 *          keeps the old answer (dimmed) until the new one is here.
 *   act    a key or `:` command changes the step, or goes elsewhere by
 *          shell_open. It never asks the case and never draws.
 *   draw   step and answers -> cells. No request, no lasting allocation, no
 *          change.
 *
 * So Esc can put back any step with its answers, without a query.
 *
 * A list pane is no code but a description: see list.h. It sets .list and takes
 * LIST_HOOKS for its functions. A pane that is no list (Overview, Timeline) has
 * a context and functions of its own below filter bar and strip: see pane.h. A
 * page of another kind (Trace, raw line, help) sets VIEW_PAGE; it draws
 * everything between the title line and the legend line.
 *
 * To add any: one file with `const struct view view_NAME`, one line in
 * views.c, tests/screens/NAME.keys. */
#ifndef VIEWS_VIEW_H
#define VIEWS_VIEW_H

#include "base/zone.h"
#include "model/ask/worker.h"
#include "model/index/index.h"
#include "tui/screen.h"
#include "tui/table.h"
#include "views/keys.h"

struct shell;
struct step;
struct list;

/* What a row stands for; what `t`, `o`, `y` and `Y` work with. Texts live as
 * long as the step's answers. */
struct row_ref {
	enum unit unit;
	int64_t id;      /* 0: no row here */
	int64_t journey; /* 0: none known */
	uint32_t source; /* 0: no single line */
	uint64_t line;
	struct slice value;    /* what y copies; of lists: absent */
	const struct field *field; /* that VALUE is of; NULL: none known */
	struct slice raw;      /* of the line, if it is here */
	struct slice citation; /* "mail.log:14203"; absent: the shell makes it */
};

/* Where to go: what shell_open hands to view.open. Zeroed fields mean "none". */
struct target {
	struct row_ref row; /* a trace: .journey; a raw line: .source, .line */
	struct slice filter; /* of a pane; absent: the filter that is set now */
	struct slice text;   /* an id that was typed */
	struct slice label;  /* in the breadcrumb; absent: the view's name */
	const struct unit_info *unit; /* of its rows; NULL: the view's own */
	const struct field *groups[QUERY_GROUPS]; /* of Groups; a chart: its
	                                             lanes; a dossier: what
	                                             .text is; NULL ends */
	enum context from;   /* help: the context that it is about */
};

#define WANT_FILTER 1024 /* bytes of a want's own filter, with its NUL */

/* An answer, shared by the steps that show it. */
struct answer {
	unsigned refs;
	struct request asked;
	char filter[WANT_FILTER]; /* of a want with its own */
	uint64_t epoch;   /* counts the shell's looks at a case that grows */
	struct reply *reply;
};

/* What `wants` fills: at most one request per slot. SLOT_PROMPT and SLOT_INFO
 * are the shell's; in front of a list a VIEW_PAGE leaves SLOT_PAGE to the list,
 * so that its rows go on loading. The step's filter goes with each request unless FILTER names
 * another one ("journey:17"). */
struct want {
	bool on;
	struct request request; /* serial and filter are filled by the shell */
	char filter[WANT_FILTER];
};
struct wants {
	struct want slot[SLOT_NUMBER];
};
struct want *want_add(struct wants *w, enum slot slot, enum request_kind kind);

/* How times are shown. */
enum times_mode {
	TIMES_UTC,
	TIMES_OWN,
	TIMES_LOGGED,
	TIMES_CORRECTED, /* UTC less the offset of the clock: pages only */
};
struct times {
	enum times_mode mode;
	const struct zone *zone; /* of TIMES_OWN */
};

/* What draw may look at beside the step. */
struct look {
	struct times times;
	bool stale;         /* rows are older than the question: dim them */
	bool counted;       /* the count is of this question */
	const struct marks *marks;
	struct slice found; /* what `/` looks for; absent: nothing */
	/* of the case; NULL: not yet */
	const struct result *sources, *gaps, *clocks, *settings;
	const struct marks *noted;   /* rows with a tag or note */
	const struct result *notes;  /* v_note; NULL: not yet */
	const struct index_progress *progress; /* NULL: nothing is being read */
	int detail_rows;    /* of the window, at its end; with a rule if TALL */
	bool tall;          /* 30 rows or more */
};

/* Cursor of a list; see list.c. */
struct place {
	int64_t id;        /* of the row under the cursor; 0: the first to come */
	int row, top;      /* of the loaded rows */
	int column;
	struct anchor anchor; /* of the page that is wanted */
	int64_t base;      /* position of the first loaded row; -1 not known */
	int owed;          /* rows still to move when more are loaded */
	int64_t key;       /* of the cursor's row in the order; 0 not known */
	int height, cols, bars; /* of the list, of the strip, on this screen */
	bool logged;       /* times are shown as they were written */
	/* of a chart over time, whose cursor is at the bar that begins at KEY: */
	int64_t range;     /* start of the chosen range, us; 0 none */
	bool one_scale;    /* all lanes have the same */
};

/* Columns that the analyst chose, in order: numbers in the pane's table. */
#define COLUMN_ORDER 32
struct column_order {
	uint8_t n; /* 0: the pane's own */
	uint8_t list[COLUMN_ORDER];
};

/* What the screen shows: pane, filter, order, cursor, answers. */
struct step {
	const struct view *view;
	enum unit unit; /* of rows, or what groups count; the view's until U */
	struct filter *filter;           /* never NULL */
	const struct field *groups[QUERY_GROUPS];
	size_t ngroups;
	int64_t from, to;                /* zoom, us; TIME_NONE open */
	const char *sort;                /* column; NULL: the pane's own */
	bool descending;
	struct place place;              /* of lists */
	struct column_order order;       /* of lists */
	void *state;                     /* the view's own; view.close frees */
	struct answer *answers[SLOT_NUMBER];
	char label[64];                  /* breadcrumb, log text allowed */
	bool by_pane_key;
	uint64_t serial;                 /* names this step in the shell */
	struct why *why;                 /* the shell's: nothing was found */
};

/* The answer of SLOT, even if an older question's; NULL: none yet. */
const struct reply *step_reply(const struct step *s, enum slot slot);
/* Its rows; NULL also if it failed. */
const struct result *step_result(const struct step *s, enum slot slot);

/* A press, a drag (both set) or the release (neither) of the first button. */
struct pointer {
	int row, col; /* from the corner of the body */
	bool press, drag;
};

enum view_flags {
	VIEW_PAGE = 1u << 0, /* draws between title and legend, no filter bar */
	VIEW_NO_STRIP = 1u << 1, /* a pane that is a chart itself */
};

struct legend {
	enum act act;
	const char *label, *label_wide; /* NULL: the key table's */
};

struct view {
	const char *name;   /* "Messages"; also the `:` command that opens it */
	const char *brief;  /* "Msgs" */
	char digit;         /* '3'; 0: no pane */
	unsigned flags;
	enum unit unit;
	enum context context;
	const struct list *list; /* of list panes, else NULL */
	int detail_rows;         /* of other panes, from 30 rows on; 0: 2 */
	/* Order and labels of the last line; ends with ACT_NONE. NULL: by rank. */
	const struct legend *legend;

	/* Fills step->state and label from T. False: ERR, the step is not made.
	 * NULL: nothing to do. */
	bool (*open)(struct step *s, const struct target *t, struct err *err);
	void (*close)(struct step *s); /* frees step->state; may be NULL */
	void (*wants)(const struct step *s, struct wants *w);
	/* False: does nothing here; the shell says so. ARG is the argument of a
	 * `:` command or of a prompt ("" for a key alone). */
	bool (*act)(struct shell *sh, struct step *s, enum act a,
	            struct slice arg);
	/* Whether A would do something now: legend and help leave it out else.
	 * NULL: yes for every key of the context. */
	bool (*can)(const struct step *s, enum act a);
	/* A new answer of SLOT has come: place the cursor. May be NULL. */
	void (*arrived)(struct step *s, enum slot slot);
	void (*draw)(const struct step *s, const struct look *look,
	             const struct window *w);
	/* Right end of the title: "as logged". May be NULL. */
	void (*title)(const struct step *s, struct strbuf *out);
	/* The row under the cursor; false: none. May be NULL. */
	bool (*ref)(const struct step *s, struct row_ref *out);
	/* Of a pane that is no list: what f (NOT: F) adds to the filter. False:
	 * OUT says in a sentence why nothing. May be NULL. */
	bool (*term)(const struct step *s, bool not, struct strbuf *out);
	/* The mouse in the body, if it is on. May be NULL. */
	void (*mouse)(struct shell *sh, struct step *s,
	              const struct pointer *p);
};

/* Pages that others open by name; a pane's opens is a name too. */
#define VIEW_NAME_TRACE "Trace"
#define VIEW_NAME_WANTED "Wanted"
#define VIEW_NAME_MISSING "Missing"
#define VIEW_NAME_RAW "Raw line"
#define VIEW_NAME_GROUPS "Groups"
#define VIEW_NAME_DOSSIER "Dossier"
#define VIEW_NAME_HELP "Help"

extern const struct view *const views[]; /* views.c; ends with NULL */
const struct view *view_find(const char *name); /* ASCII case ignored */
const struct view *view_of_digit(char digit);

/* What a view may ask of the shell ----------------------------------------- */

/* A new step on the stack. V NULL (a view that does not exist): says that it is
 * not in this version. */
void shell_open(struct shell *sh, const struct view *v, const struct target *t);
void shell_back(struct shell *sh);
/* Leaves this page and does A in the step below, as its key would: help. */
void shell_run(struct shell *sh, enum act a);
/* The message line, until the next key. Log text is sanitised there. */
void shell_say(struct shell *sh, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void shell_error(struct shell *sh, const char *fmt, ...) /* "error: …" */
	__attribute__((format(printf, 2, 3)));
/* A copy of the shown step: change it, then push it. */
struct step *shell_fork(struct shell *sh);
void shell_push(struct shell *sh, struct step *s);
/* Narrows the filter to this time, half open, us. */
void shell_zoom(struct shell *sh, int64_t from, int64_t to);
/* A one-line prompt in the legend's place; Enter calls the view's act with A
 * and the text. TITLE: "find". */
void shell_prompt(struct shell *sh, const char *title, enum act a,
                  struct slice text);
/* Sets "NAME VALUE", or asks whether to take it back. */
void shell_setting(struct shell *sh, struct slice text, bool remove);
/* To the clipboard and into the prompts' ^y; says what was copied. */
void shell_copy(struct shell *sh, struct slice text);
/* Moves the cursor of the list below by DELTA rows: J and K of Trace. False:
 * no list below, or no row there (*LAST: the list ends, else rows are still
 * being loaded). *REF is the new row. */
bool shell_neighbour(struct shell *sh, int delta, struct row_ref *ref,
                     bool *last);
/* The text as time in the chosen zone: "2026-03-10 09:16:21", DIGITS of the
 * fraction; absent if not known. */
void times_add(const struct times *t, int64_t us, int digits,
               struct strbuf *out);
const char *times_name(const struct times *t); /* "UTC", "+01:00", "as logged" */

#endif
