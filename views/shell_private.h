/* SPDX-License-Identifier: MIT */
/* The shell's own state, shared by shell_*.c only. */
#ifndef VIEWS_SHELL_PRIVATE_H
#define VIEWS_SHELL_PRIVATE_H

#include "model/store/store.h"
#include "tui/prompt.h"
#include "views/job.h"
#include "views/marks.h"
#include "views/shell.h"
#include "views/shell_export.h"
#include "views/step.h"

#define SHELL_STALE_MS 150   /* nothing changes on the screen before */
#define SHELL_REST_MS 120    /* of typing, before a filter is counted */
#define SHELL_BUSY_MS 250    /* between two showings of "busy 0.8 s" */
#define SHELL_INDEX_MS 250   /* between two looks at the progress */
#define SHELL_EPOCH_MS 1000  /* … and two at the rows while reading */
#define SHELL_JOB_MS 50     /* between two looks at work beside */
#define SHELL_STEPS 200      /* Esc goes back so far */

enum shell_mode {
	MODE_LIST,    /* keys go to the view */
	MODE_FILTER,  /* the filter bar is edited */
	MODE_PROMPT,  /* a line in the legend's place */
	MODE_DROP,    /* r: which term? */
	MODE_CONFIRM, /* y or n */
	MODE_FIELDS,  /* v: all fields of the row */
	MODE_LOG,     /* :messages */
	MODE_MENU,    /* c, b: a dialog in front of the rows */
	MODE_EXPORT,  /* e */
};

/* A question that has no answer yet. */
struct pending {
	bool on;
	uint64_t serial, step; /* of the request; of the step that asked */
	struct request request;
	char filter[WANT_FILTER];
	int64_t since; /* loop_now */
};

/* What the analyst writes into the case: shell_keep.c. */
struct keep {
	char *path;          /* of the case; NULL: not to be written */
	bool is_cache, offered;
	bool marks_known, marks_changed; /* read from the case; not yet there */
	char *author, *folder; /* folder NULL: none */
	int64_t now;
	struct note *notes;  /* that the prompt is about; owned, without text */
	size_t nnotes;
	bool (*decide)(void *arg, const struct index_options *o,
	               struct shell_index *out, struct err *err);
	void *decide_arg;
	struct strbuf name, value; /* of the setting that y takes back */
};

/* What a pane was like when it was left. */
struct memory {
	bool known;
	struct place place;
	const char *sort;
	bool descending;
	struct column_order order; /* also while not KNOWN */
};

/* Who asked what SLOT_PROMPT answers. */
enum prompt_use { USE_NONE, USE_FILTER, USE_FIND, USE_WHY,
	USE_FIELDS, USE_MARKS, USE_EXPORT };

enum info_stage {
	INFO_SOURCES, INFO_GAPS, INFO_CLOCKS, INFO_NOTES, INFO_SETTINGS,
	INFO_DONE
};

/* What the prompt of the filter knows beside its text. */
struct filter_edit {
	struct prompt prompt;
	struct filter *good; /* the text as a filter, NULL: it is wrong */
	struct err err;
	int64_t due;         /* when to ask, -1: nothing to ask */
	enum { EDIT_COUNT, EDIT_VALUES, EDIT_IDLE } stage;
	struct filter_word word;
	struct reply *count, *values;
	const struct field *listed[64]; /* fields that complete the word */
	size_t nlisted;
};

/* Why nothing was found: filled one count after the other; the step's. */
struct why_term {
	uint64_t alone, without, alone_refused, without_refused;
	bool has_alone, has_without;
	struct reply *near; /* values that begin like it */
	struct strbuf like; /* the nearest of them */
	uint64_t like_count;
};
enum why_stage { WHY_ALONE, WHY_WITHOUT, WHY_NEAR, WHY_RAW, WHY_DONE };
struct why {
	struct why_term *terms; /* one a term of the step's filter */
	size_t nterms, next, cursor;
	enum why_stage stage;
	bool asked, has_raw;
	uint64_t raw; /* events whose line holds the text */
};

/* The dialog of columns or groups. */
enum menu_kind { MENU_COLUMNS, MENU_GROUPS };
struct menu_item {
	const char *name, *about; /* ABOUT may be NULL */
	const struct field *field;
	uint8_t column; /* in the pane's table */
	uint8_t place;  /* of groups: the order of the ticks */
	bool on;
};
struct menu {
	enum menu_kind kind;
	struct menu_item items[COLUMN_ORDER];
	size_t n, cursor, chosen;
};

struct shell {
	struct worker *worker;
	struct screen *screen;
	char *case_name;
	struct step **steps; /* the last is shown */
	size_t nsteps, csteps;
	struct memory *memory; /* one a view, in the order of views[] */
	struct pending pending[SLOT_NUMBER];
	uint64_t serials, step_serials, asked;
	uint64_t epoch;      /* rows of older ones are asked again */
	enum prompt_use prompt_use;
	int64_t painted;     /* when the busy time was last shown */
	struct times times;
	enum times_mode page_times; /* of Trace: as logged first */
	const struct zone *own_zone;
	struct zone *given_zone; /* owned; by :zone */
	struct marks marks;
	int rows, cols;
	enum shell_mode mode;

	struct strbuf message;
	bool message_is_error;
	char **log;          /* messages so far */
	size_t nlog, clog;

	struct filter_edit edit;
	struct prompt line;
	const char *line_title;
	enum act line_act;
	enum act confirm;
	struct strbuf copied; /* ^y in prompts */

	struct strbuf found; /* what / looks for */
	int find_by;         /* +1, -1: which way is asked now; 0 not */
	enum { FIND_ROW, FIND_WRAPPED, FIND_COUNT, FIND_RANK } find_stage;
	uint64_t find_hits;
	bool find_wrapped;
	bool mark_all; /* what USE_MARKS asks for: all rows, else a range */

	struct menu menu;
	struct export_dialog export;
	struct job *job;     /* beside the screen; NULL: none */
	int64_t job_due;
	bool jobs_here;
	bool columns_known;
	struct reply *fields; /* all columns of the row, for v */
	int fields_top;       /* first line of it that is shown */

	enum info_stage info_stage;
	struct reply *sources, *gaps, *clocks, *notes, *settings;
	struct marks noted;  /* rows with a tag or note */
	struct keep keep;

	struct shell_index index;
	bool indexing, stopping;
	struct index_progress progress;
	int64_t progress_due, epoch_due;
	bool done;
};

static inline struct step *shell_top(const struct shell *sh)
{
	return sh->steps[sh->nsteps - 1];
}

/* shell.c */
/* Tells step S the size of the screen. */
void shell_fit(struct shell *sh, struct step *s);

/* shell_steps.c */
void shell_pane(struct shell *sh, const struct view *v);
void shell_next_pane(struct shell *sh, int by);
/* A step with another filter. TEXT must parse; false: said why. */
bool shell_set_filter(struct shell *sh, struct slice text);
struct filter_context shell_filter_context(const struct shell *sh);

struct memory *shell_memory(struct shell *sh, const struct view *v);

/* shell_ask.c */
void shell_refresh(struct shell *sh);
bool shell_is_stale(const struct shell *sh, enum slot slot);
bool shell_is_any_stale(const struct shell *sh);
/* Whether the number of rows that is here answers the question of now. */
bool shell_is_counted(const struct shell *sh);
/* How long the oldest open question of the top step is, ms; -1 none. */
int64_t shell_busy_ms(const struct shell *sh);
void shell_stop(struct shell *sh);
void shell_cancel(struct shell *sh, enum slot slot);
/* Asks on the shell's own behalf. */
void shell_ask(struct shell *sh, enum slot slot, const struct want *w,
               struct filter *f);
void shell_reload(struct shell *sh, const char *path);

/* shell_info.c */
void shell_info_start(struct shell *sh);
void shell_info_reply(struct shell *sh, struct reply *r); /* takes R */
void shell_info_title(const struct shell *sh, int width, struct strbuf *out);

/* shell_filter.c, shell_filter_draw.c */
void shell_filter_open(struct shell *sh, struct slice text);
void shell_filter_key(struct shell *sh, const struct input *in);
void shell_filter_tick(struct shell *sh);
void shell_filter_reply(struct shell *sh, struct reply *r); /* takes R */
void shell_filter_release(struct shell *sh);
void shell_filter_draw(const struct shell *sh, const struct window *w, int row,
                       int rows);
/* An error that is still being typed is not shouted. */
bool shell_filter_shows_error(const struct shell *sh);
/* Lines that the text being edited takes, at most MOST. */
int shell_filter_edit_lines(const struct shell *sh, int most);
void shell_filter_list(const struct shell *sh, const struct window *w, int row);
void shell_add_term(struct shell *sh, bool not);
void shell_drop_key(struct shell *sh, int key);
void shell_drop_start(struct shell *sh);
void shell_drop(struct shell *sh, size_t term);

/* TERM added to the filter; says what it replaces. */
void shell_combine(struct shell *sh, struct slice term);

/* shell_zoom.c */
void shell_zoom_row(struct shell *sh);
void shell_zoom_out(struct shell *sh);
void shell_chart(struct shell *sh);

/* shell_marks.c */
void shell_mark(struct shell *sh);
void shell_mark_range(struct shell *sh);
void shell_mark_all(struct shell *sh);
void shell_marks_reply(struct shell *sh, struct reply *r); /* takes R */

/* shell_find.c */
void shell_find(struct shell *sh, struct slice text);
void shell_find_again(struct shell *sh, int by);
void shell_find_reply(struct shell *sh, struct reply *r); /* takes R */

/* shell_why.c */
void shell_why_update(struct shell *sh);
void shell_why_reply(struct shell *sh, struct reply *r); /* takes R */
bool shell_why_is_shown(const struct shell *sh);
bool shell_why_key(struct shell *sh, enum act a);
/* Term I of the filter; the lines that the cursor goes over: terms, what is left
 * without each, raw lines. */
struct slice shell_why_term(const struct step *s, size_t i);
size_t shell_why_lines(const struct shell *sh);
/* "raw:text": what is looked for in the lines; false: no term has a text. */
bool shell_why_raw(const struct shell *sh, struct strbuf *out);
/* shell_why_draw.c */
void shell_why_draw(const struct shell *sh, const struct window *w);

/* shell_command.c */
void shell_do(struct shell *sh, enum act a, struct slice arg, int key);
void shell_command(struct shell *sh, struct slice text);
/* A paste outside of a prompt never runs keys: it opens the go-to line. */
void shell_paste(struct shell *sh, struct slice text);
void shell_go_to(struct shell *sh, struct slice text);
void shell_line_open(struct shell *sh, const char *title, enum act a,
                     struct slice text);
void shell_line_key(struct shell *sh, const struct input *in);
bool shell_can(const struct shell *sh, const struct key_row *r);

/* shell_keep.c, shell_setting.c */
void shell_keep_init(struct shell *sh, const struct shell_options *o);
void shell_keep_release(struct shell *sh);
void shell_tag(struct shell *sh, struct slice text);
void shell_note(struct shell *sh, struct slice text);
/* Enter in a prompt for ACT_TAG, ACT_NOTE or ACT_KEEP, which may be empty. */
void shell_keep_line(struct shell *sh, enum act a, struct slice text);
void shell_keep_confirmed(struct shell *sh, enum act a);
/* The notes of the case have come: marks and signs of rows. */
void shell_keep_arrived(struct shell *sh);
/* Marks that a filter asks for are written before it is asked. */
void shell_keep_marks(struct shell *sh, bool at_end);
void shell_set(struct shell *sh, struct slice text);
/* Writes the case by FN; what changed is asked again. False: said why. */
typedef bool (*keep_fn)(struct shell *sh, struct store *s, void *arg,
                        struct err *err);
bool shell_can_write(struct shell *sh); /* false: said why not */
bool shell_keep_write(struct shell *sh, keep_fn fn, void *arg);
/* Whether a file at PATH would lie beside a log. */
bool shell_lies_in_evidence(const struct shell *sh, const char *path);
int64_t shell_now(const struct shell *sh); /* us */
/* In a cache case the first time: offers to keep it under a name. */
void shell_keep_offer(struct shell *sh);
/* :zone, :year, :server of the source here, or SOURCE=VALUE. */
void shell_source_rule(struct shell *sh, enum act a, struct slice text);
/* Reads and decides as O says, beside the screen; false: said why not. */
bool shell_decide(struct shell *sh, struct index_options *o);
/* Begins to, if setting NAME is one that links rest on. */
bool shell_link_anew(struct shell *sh, struct slice name);
/* shell_check.c */
void shell_check(struct shell *sh);
void shell_add(struct shell *sh, struct slice text);
void shell_read_as(struct shell *sh, const struct index_rule *rule);
void shell_complete_setting(struct shell *sh);
void shell_complete_tag(struct shell *sh);

/* shell_frame.c */
/* Lines of each part of the frame at the size now. */
struct layout {
	int panes, filter, filter_rows, strip, strip_rows, rule, body, body_rows,
		detail, detail_rows, legend;
	bool tall; /* 30 rows or more */
};
void shell_layout(const struct shell *sh, struct layout *out);
void shell_look(const struct shell *sh, struct look *out);
int shell_filter_lines(const struct shell *sh);

/* shell_mouse.c */
void shell_mouse(struct shell *sh, const struct input *in);

/* shell_legend.c */
void shell_legend_draw(const struct shell *sh, const struct window *w, int row);
/* shell_bar.c */
void shell_title_draw(const struct shell *sh, const struct window *w);
void shell_panes_draw(const struct shell *sh, const struct window *w, int row);
/* The pane whose name is at cell COL of its line; NULL: none. */
const struct view *shell_pane_at(const struct shell *sh, int col);
/* The term at a cell of the filter bar; their number: none. */
size_t shell_term_at(const struct shell *sh, int line, int col);
void shell_bar_draw(const struct shell *sh, const struct window *w, int row,
                    int rows);
void shell_strip_draw(const struct shell *sh, const struct window *w, int row,
                      int rows);
/* shell_menu.c */
void shell_columns_open(struct shell *sh);
void shell_groups_open(struct shell *sh);
/* The settings are here: the columns of an earlier session. */
void shell_columns_arrived(struct shell *sh);
void shell_menu_key(struct shell *sh, int key);
void shell_menu_draw(const struct shell *sh, const struct window *body);

/* shell_export.c: the dialog of e; FILE: at once, as the dialog would. */
void shell_export_open(struct shell *sh, struct slice file);
void shell_export_key(struct shell *sh, const struct input *in);
void shell_export_reply(struct shell *sh, struct reply *r); /* takes R */
void shell_export_release(struct shell *sh);
enum unit shell_export_unit(const struct export_dialog *d);
bool shell_export_is_traces(const struct export_dialog *d);
const char *shell_export_format(const struct export_dialog *d);
size_t shell_export_columns(const struct export_dialog *d); /* how many */
void shell_export_path(const struct shell *sh, struct strbuf *out);
bool shell_export_is_free(const struct shell *sh); /* that path */
/* shell_export_draw.c */
void shell_export_draw(const struct shell *sh, const struct window *w);

/* shell_job.c: one at a time. False: said why not. */
bool shell_job_start(struct shell *sh, const struct job_work *w);
void shell_job_look(struct shell *sh);

/* shell_fields.c */
void shell_fields_open(struct shell *sh);
void shell_fields_reply(struct shell *sh, struct reply *r); /* takes R */
void shell_fields_draw(const struct shell *sh, const struct window *w);
void shell_fields_key(struct shell *sh, int key);
void shell_log_draw(const struct shell *sh, const struct window *w);

#endif
