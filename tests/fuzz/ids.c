/* SPDX-License-Identifier: MIT */
/* Any bytes as an id of every family, and as the reply that carries one. */
#include "base/alloc.h"
#include "base/strbuf.h"
#include "parsers/ids/id.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* 2026-03-14T09:15:02Z */
#define NEAR INT64_C(1773479702000000)

static void check_id(const struct id *id)
{
	if (!id->family || !id->has)
		BUG("an id that says nothing");
	if (id->has & (ID_TIME | ID_FRACTION) && id->lo > id->hi)
		BUG("an interval that ends before it begins");
	if (id->has & ID_FRACTION && (id->lo < 0 || id->hi > 999999))
		BUG("a fraction of more than a second");
	if (id->has & ID_PORT && (id->port < 0 || id->port > 65535))
		BUG("a port that is none");
	if (!memchr(id->ip, 0, sizeof id->ip))
		BUG("an address without end");
}

static void decode(const struct id_family *f, struct slice s, int64_t near)
{
	struct strbuf once = { 0 }, twice = { 0 };
	struct id id = { 0 }, again;

	memset(&again, 0x55, sizeof again);
	again.has = 0;
	if (f->decode(s, near, &id)) {
		check_id(&id);
		id_print(&id, &once);
		/* the second run must not see what stood there before */
		if (!f->decode(s, near, &again))
			BUG("an id is one only once");
		id_print(&again, &twice);
		if (!slice_eq(strbuf_slice(&once), strbuf_slice(&twice)))
			BUG("an id says something else the second time");
	}
	strbuf_release(&once);
	strbuf_release(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = slice_of((const char *)data, size), next;

	for (size_t i = 0; id_families[i]; i++) {
		decode(id_families[i], s, NEAR);
		decode(id_families[i], s, TIME_NONE);
	}
	next = id_next_of_reply(s);
	if (next.ptr && (next.ptr < s.ptr || next.len == 0 ||
	                 next.ptr + next.len > s.ptr + s.len))
		BUG("the next id is not within the reply");
	(void)id_time_of_reply(s, NEAR);
	(void)id_time_of_reply(s, TIME_NONE);
	(void)id_is_postfix_long(s);
	(void)id_is_postfix_short(s);
	(void)id_is_exim(s);
	(void)id_is_sendmail(s);
	return 0;
}
