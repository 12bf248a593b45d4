/* SPDX-License-Identifier: MIT */
/* Layers of packing: compressed, archive, compressed member, however they nest
 * within a limit, down to streams that are not packed. */
#include "model/evidence/feed.h"

#include "base/alloc.h"
#include "base/civil.h"
#include "base/strbuf.h"

/* A compressed archive that holds compressed archives of compressed files is
 * five layers. An archive that holds itself would have no end. */
#define LAYERS 5

/* The first bytes, looked at and then handed on. */
struct peek {
	struct feed in;
	uint8_t head[PACKING_HEAD];
	size_t pos, have;
	bool broken;
	struct err err;
};

struct unpack {
	struct peek peek;
	enum packing packing;
	unsigned layer;
	bool given;  /* not packed, or refused: its one stream was given */
	bool broken; /* the stream just given is the archive's break itself */
	struct err err;
	struct decoder *decoder;
	struct members *members;
	struct member member;   /* the one that inner is in */
	struct unpack *inner;
	struct strbuf name;
};

static void peek_fill(struct peek *p, struct feed in)
{
	p->in = in;
	while (p->have < sizeof p->head) {
		ptrdiff_t n = feed_read(&in, p->head + p->have,
		                        sizeof p->head - p->have, &p->err);

		p->broken = n < 0;
		if (n <= 0)
			return;
		p->have += (size_t)n;
	}
}

static ptrdiff_t peek_read(void *self, void *buf, size_t cap, struct err *err)
{
	struct peek *p = self;
	size_t n = p->have - p->pos < cap ? p->have - p->pos : cap;

	if (n) {
		memcpy(buf, p->head + p->pos, n);
		p->pos += n;
		return (ptrdiff_t)n;
	}
	if (p->broken && err)
		*err = p->err;
	return p->broken ? -1 : feed_read(&p->in, buf, cap, err);
}

static struct unpack *layer_new(struct feed in, unsigned layer)
{
	struct unpack *u = mem_alloc(sizeof *u);
	struct slice head;

	u->layer = layer;
	peek_fill(&u->peek, in);
	head = slice_of((char *)u->peek.head, u->peek.have);
	u->packing = packing_of(head);
	in = (struct feed){ peek_read, &u->peek };
	if (u->packing == PACKING_REFUSED)
		err_set(&u->err, "it is a %s archive: unpack it first",
		        packing_name(u->packing, head));
	else if (u->packing != PACKING_NONE && layer == LAYERS) {
		err_set(&u->err, "it is packed more than %d times: unpack it "
		                 "first", LAYERS);
		u->packing = PACKING_REFUSED;
	} else if (u->packing >= PACKING_OTHER)
		u->members = members_new(u->packing, in);
	else if (u->packing != PACKING_NONE)
		u->decoder = decoder_new(u->packing, in);
	u->broken = u->packing == PACKING_REFUSED;
	return u;
}

struct unpack *unpack_new(struct feed in)
{
	return layer_new(in, 0);
}

void unpack_free(struct unpack *u)
{
	if (!u)
		return;
	unpack_free(u->inner);
	decoder_free(u->decoder);
	members_free(u->members);
	strbuf_release(&u->name);
	free(u);
}

bool unpack_is_packed(const struct unpack *u)
{
	return u->packing != PACKING_NONE;
}

/* A stream of this layer itself. */
static bool give_own(struct unpack *u, struct member *out)
{
	if (u->given)
		return false;
	u->given = true;
	*out = (struct member){ "", TIME_NONE };
	return true;
}

static void name_member(struct unpack *u, struct member *out)
{
	if (*out->name) {
		strbuf_reset(&u->name);
		strbuf_addf(&u->name, "%s%s%s", u->member.name,
		            *u->member.name ? "/" : "", out->name);
		out->name = strbuf_text(&u->name);
	} else
		out->name = u->member.name;
	if (out->mtime == TIME_NONE)
		out->mtime = u->member.mtime;
}

static bool next_of_archive(struct unpack *u, struct member *out)
{
	int result;

	for (;;) {
		if (u->inner && unpack_next(u->inner, out)) {
			name_member(u, out);
			return true;
		}
		unpack_free(u->inner);
		u->inner = NULL;
		result = members_next(u->members, &u->member, &u->err);
		if (result <= 0)
			break;
		u->given = true;
		u->inner = layer_new(members_feed(u->members), u->layer + 1);
	}
	/* an archive without any file is one empty stream; where it broke
	 * between two members, the break is one */
	u->broken = result < 0;
	u->given &= !u->broken;
	return give_own(u, out);
}

bool unpack_next(struct unpack *u, struct member *out)
{
	if (u->members)
		return next_of_archive(u, out);
	if (!u->decoder)
		return give_own(u, out);
	if (!u->inner)
		u->inner = layer_new(decoder_as_feed(u->decoder), u->layer + 1);
	return unpack_next(u->inner, out);
}

static ptrdiff_t no_more(void *self, void *buf, size_t cap, struct err *err)
{
	struct unpack *u = self;

	(void)buf;
	(void)cap;
	if (u->broken && err)
		*err = u->err;
	return u->broken ? -1 : 0;
}

struct feed unpack_feed(struct unpack *u)
{
	if (u->inner)
		return unpack_feed(u->inner);
	if (u->packing == PACKING_NONE)
		return (struct feed){ peek_read, &u->peek };
	return (struct feed){ no_more, u };
}
