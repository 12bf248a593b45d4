/* SPDX-License-Identifier: MIT */
/* When a piece has records: runs without silence, how long pauses usually are,
 * and the log's own word that lines are missing. */
#include "base/alloc.h"
#include "model/trace/assembly.h"

static bool run_fits(const struct time_run *run, struct stamp t)
{
	struct stamp last = stamp_unpack(run->last);

	return t.us <= last.us + RUN_SILENCE &&
	       t.us >= last.us - RUN_BACK;
}

static struct time_run *run_begin(struct assembler *a,
				  const struct assembling *r, uint32_t *newest)
{
	struct piece *p = a->piece;
	int64_t t = stamp_pack(r->record->time);

	GROW(p->runs, p->nruns, p->cruns);
	*newest = (uint32_t)p->nruns++;
	p->runs[*newest] = (struct time_run){
		.host = r->host,
		.first = t,
		.last = t,
		.first_line = r->line,
		.last_line = r->line,
	};
	return &p->runs[*newest];
}

static void count_pause(struct assembler *a, struct stamp t)
{
	struct stamp was = a->stamped;
	uint64_t hour;

	a->stamped = t;
	if (was.us == TIME_NONE || was.has != t.has || t.us < was.us)
		return;
	hour = (uint64_t)(was.us / US_HOUR % 24 + 24) % 24;
	if (!a->pauses)
		a->pauses = mem_alloc(24 * PAUSE_STEPS * sizeof *a->pauses);
	a->pauses[hour * PAUSE_STEPS + pause_step(t.us - was.us)]++;
}

void assemble_time(struct assembler *a, const struct assembling *r, bool mail)
{
	struct stamp t = r->record->time;
	int64_t packed = stamp_pack(t);
	struct time_run *run;
	uint32_t *newest;

	if (t.us == TIME_NONE) {
		/* the rest of a record, a header */
		if (a->piece->nruns)
			a->piece->runs[a->piece->nruns - 1].lines +=
				r->record->lines ? r->record->lines : 1;
		return;
	}
	count_pause(a, t);
	newest = map_add(&a->runs, ((uint64_t)r->host + 1) << 3 | t.has, NONE32);
	run = *newest == NONE32 ? NULL : &a->piece->runs[*newest];
	if (!run || !run_fits(run, t))
		run = run_begin(a, r, newest);
	if (packed < run->first) {
		run->first = packed;
		run->first_line = r->line;
	}
	if (packed >= run->last) {
		run->last = packed;
		run->last_line = r->line;
	}
	run->lines += r->record->lines ? r->record->lines : 1;
	run->events += mail;
}

/* A number of messages stands in front of the first "message": FORMATS §1.3. */
static int64_t number_lost(struct slice body)
{
	while (body.len) {
		struct slice word = slice_cut(&body, ' ');
		uint64_t n;

		if (slice_u64(word, &n) && slice_starts(body, SLICE("message")))
			return n > INT32_MAX ? INT32_MAX : (int64_t)n;
	}
	return 0;
}

void assemble_note(struct assembler *a, const struct assembling *r)
{
	struct piece *p = a->piece;

	GROW(p->notes, p->nnotes, p->cnotes);
	p->notes[p->nnotes++] = (struct gap_note){
		.host = r->host,
		.line = r->line,
		.time = stamp_pack(r->record->time),
		.lost = number_lost(r->record->body),
	};
}

void assemble_pauses(struct assembler *a)
{
	struct piece *p = a->piece;

	for (uint32_t i = 0; a->pauses && i < 24 * PAUSE_STEPS; i++) {
		if (!a->pauses[i])
			continue;
		GROW(p->pauses, p->npauses, p->cpauses);
		p->pauses[p->npauses++] =
			(struct pause_count){i, a->pauses[i]};
		a->pauses[i] = 0;
	}
}
