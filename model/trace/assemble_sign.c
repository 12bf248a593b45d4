/* SPDX-License-Identifier: MIT */
/* Lines that contradict themselves, and lines whose time does not follow from
 * the lines around them (TRACE §7, T1). */
#include "base/alloc.h"
#include "model/trace/assembly.h"

#define A_YEAR (2 * US_DAY)        /* stamps without a year go back to January */

/* The last lines of one host with one kind of stamp. */
struct walk {
	int64_t was, before; /* times of the last line and the one before */
	uint32_t line, fragment;
	uint32_t sign;       /* + 1: that of the last line; 0 none */
};

static struct walk *walk_of(struct assembler *a, const struct assembling *r)
{
	uint64_t key = ((uint64_t)r->host + 1) << 3 | r->record->time.has;
	uint32_t *at = map_add(&a->walks, key, NONE32);

	if (*at == NONE32) {
		*at = (uint32_t)a->nwalks;
		GROW(a->walk, a->nwalks, a->cwalks);
		a->walk[a->nwalks++] = (struct walk){
			.was = TIME_NONE,
			.before = TIME_NONE,
		};
	}
	return &a->walk[*at];
}

static struct piece_sign *sign_add(struct assembler *a, enum sign_kind kind,
				   uint32_t host, uint32_t line)
{
	struct piece *p = a->piece;

	if (p->nsigns == PIECE_SIGNS)
		return NULL;
	GROW(p->signs, p->nsigns, p->csigns);
	p->signs[p->nsigns] = (struct piece_sign){
		.kind = kind,
		.host = host,
		.fragment = NONE32,
		.line = line,
	};
	return &p->signs[p->nsigns++];
}

static int64_t packed(struct stamp like, int64_t us)
{
	like.us = us;
	return stamp_pack(like);
}

/* T is before the line before it: which of the two is the odd one? */
static void went_back(struct assembler *a, const struct assembling *r,
		      struct walk *w, uint32_t fragment, int64_t race)
{
	struct stamp now = r->record->time;
	bool leapt = w->before != TIME_NONE && now.us >= w->before - race &&
		     w->was > w->before + race && !w->sign;
	struct piece_sign *s = sign_add(a, leapt ? SIGN_OUT : SIGN_BACK,
					r->host, leapt ? w->line : r->line);

	w->sign = 0;
	if (!s)
		return;
	s->fragment = leapt ? w->fragment : fragment;
	s->time = packed(now, leapt ? w->was : now.us);
	s->before = packed(now, leapt ? now.us : w->was);
	if (!leapt)
		w->sign = (uint32_t)a->piece->nsigns;
}

void assemble_walk(struct assembler *a, const struct assembling *r,
		   uint32_t fragment)
{
	struct stamp now = r->record->time;
	int64_t race;
	struct walk *w;

	if (now.us == TIME_NONE)
		return;
	w = walk_of(a, r);
	race = assemble_race(now.us, w->was);
	a->back |= w->was != TIME_NONE && now.us < w->was - race;
	if (w->was != TIME_NONE && now.us < w->was - race &&
	    (now.has & STAMP_YEAR || w->was - now.us < A_YEAR)) {
		went_back(a, r, w, fragment, race);
	} else {
		/* back where it was: the line between was alone */
		if (w->sign && now.us >= w->before - race)
			a->piece->signs[w->sign - 1].kind = SIGN_OUT;
		w->sign = 0;
	}
	w->before = w->was;
	w->was = now.us;
	w->line = r->line;
	w->fragment = fragment;
}

void assemble_sign(struct assembler *a, const struct assembling *r,
		   const struct event *e, uint32_t fragment)
{
	enum sign_kind kind = SIGN_ADDRESS;
	struct piece_sign *s;

	if (e->roles & ROLE_SUM_WRONG)
		kind = SIGN_SUM;
	else if (e->roles & ROLE_PID_WRONG)
		kind = SIGN_PID;
	s = sign_add(a, kind, r->host, r->line);
	if (!s)
		return;
	s->fragment = fragment;
	s->time = s->before = stamp_pack(r->record->time);
}
