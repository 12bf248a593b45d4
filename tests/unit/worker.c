/* SPDX-License-Identifier: MIT */
/* The thread that asks: the newest request of a slot is the one answered. */
#include "model/ask/worker.h"

#include "base/civil.h"
#include "tests/case_make.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct fixture {
	struct small_case c;
	struct worker *w;
};

static int setup(void **state)
{
	static struct fixture f;
	struct err err;

	small_case_make(&f.c, 20);
	f.w = worker_new(f.c.path, &err);
	*state = &f;
	return f.w ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	worker_free(f->w);
	small_case_free(&f->c);
	return 0;
}

static struct request page(uint64_t serial)
{
	return (struct request){
		.kind = REQUEST_PAGE,
		.serial = serial,
		.query = { .unit = UNIT_MESSAGES, .from = TIME_NONE,
		           .to = TIME_NONE },
		.after = 5,
	};
}

static bool readable(struct worker *w)
{
	struct pollfd p = { .fd = worker_fd(w), .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static void kinds(void **state)
{
	struct fixture *f = *state;

	for (int k = REQUEST_PAGE; k <= REQUEST_FIND; k++) {
		struct request r = page((uint64_t)k + 100);
		struct reply *reply;

		r.kind = (enum request_kind)k;
		r.bars = 20;
		r.id = 1;
		r.field = field_find(SLICE("from"));
		if (k == REQUEST_GROUPS) {
			r.query.ngroups = 1;
			r.query.groups[0] = r.field;
		}
		if (k == REQUEST_FIND)
			snprintf(r.text, sizeof r.text, "M3@example.org");
		worker_ask(f->w, SLOT_DETAIL, &r);
		worker_wait(f->w);
		assert_true(readable(f->w));
		reply = worker_take(f->w, SLOT_DETAIL);
		assert_non_null(reply);
		if (!reply->ok)
			fail_msg("%d: %s", k, reply->err.text);
		assert_int_equal(reply->serial, k + 100);
		reply_free(reply);
		assert_false(readable(f->w));
		assert_null(worker_take(f->w, SLOT_DETAIL));
	}
}

static void filtered(void **state)
{
	struct fixture *f = *state;
	struct request r = page(1);
	struct err err;
	struct reply *reply;

	r.kind = REQUEST_COUNT;
	r.filter = filter_parse(SLICE("from:s1"), NULL, &err);
	worker_ask(f->w, SLOT_COUNT_ROWS, &r);
	filter_unref(r.filter); /* the worker has its own */
	worker_wait(f->w);
	reply = worker_take(f->w, SLOT_COUNT_ROWS);
	assert_true(reply->ok);
	assert_true(reply->count.n > 0 && reply->count.n < reply->count.total);
	reply_free(reply);
	r.filter = filter_parse(SLICE("code:5xx"), NULL, &err);
	r.query.unit = UNIT_LINKS;
	worker_ask(f->w, SLOT_COUNT_ROWS, &r);
	filter_unref(r.filter);
	worker_wait(f->w);
	reply = worker_take(f->w, SLOT_COUNT_ROWS);
	assert_false(reply->ok || reply->cancelled);
	assert_string_equal(reply->err.text, "links have no code");
	reply_free(reply);
}

/* A thousand requests at once: the newest of each slot is answered, and no
 * reply of an older one is ever taken after it. */
static void newest_wins(void **state)
{
	struct fixture *f = *state;
	uint64_t last[SLOT_NUMBER] = { 0 };

	for (uint64_t i = 1; i <= 1000; i++) {
		struct request r = page(i);
		enum slot slot = (enum slot)(i % SLOT_NUMBER);
		struct reply *reply = i % 7 == 0 ? worker_take(f->w, slot)
		                                 : NULL;

		if (reply) {
			assert_true(reply->serial == last[slot]);
			reply_free(reply);
		}
		worker_ask(f->w, slot, &r);
		last[slot] = i;
		if (i % 50 == 0)
			worker_cancel(f->w, (enum slot)((i + 1) % SLOT_NUMBER));
	}
	worker_wait(f->w);
	for (int s = 0; s < SLOT_NUMBER; s++) {
		struct reply *reply = worker_take(f->w, (enum slot)s);

		assert_non_null(reply);
		assert_int_equal(reply->serial, last[s]);
		assert_true(reply->ok || reply->cancelled);
		reply_free(reply);
		assert_false(worker_is_busy(f->w, (enum slot)s));
	}
	assert_false(readable(f->w));
}

static void cancels(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 200; i++) {
		struct request r = page((uint64_t)i);
		struct reply *reply;

		r.kind = REQUEST_GROUPS;
		r.query.ngroups = 1;
		r.query.groups[0] = field_find(SLICE("from"));
		worker_ask(f->w, SLOT_PAGE, &r);
		worker_cancel_all(f->w);
		worker_wait(f->w);
		reply = worker_take(f->w, SLOT_PAGE);
		assert_non_null(reply);
		assert_int_equal(reply->serial, i);
		assert_true(reply->cancelled || reply->ok);
		reply_free(reply);
	}
}

static void reopens(void **state)
{
	struct fixture *f = *state;
	struct request r = page(9);
	struct reply *reply;

	worker_reopen(f->w, "/nowhere/at/all.case");
	worker_ask(f->w, SLOT_PAGE, &r);
	worker_wait(f->w);
	reply = worker_take(f->w, SLOT_PAGE);
	assert_false(reply->ok || reply->cancelled);
	assert_true(reply->err.text[0] != '\0');
	reply_free(reply);
	worker_reopen(f->w, f->c.path);
	worker_ask(f->w, SLOT_PAGE, &r);
	worker_wait(f->w);
	reply = worker_take(f->w, SLOT_PAGE);
	assert_true(reply->ok);
	assert_int_equal(reply->result->nrows, 6);
	reply_free(reply);
}

static void ends(void **state)
{
	struct fixture *f = *state;
	struct err err;

	assert_null(worker_new("/nowhere/at/all.case", &err));
	for (int i = 0; i < 20; i++) {
		struct worker *w = worker_new(f->c.path, &err);
		struct request r = page(1);

		for (int k = 0; k < i; k++)
			worker_ask(w, (enum slot)(k % SLOT_NUMBER), &r);
		worker_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),       cmocka_unit_test(filtered),
		cmocka_unit_test(newest_wins), cmocka_unit_test(cancels),
		cmocka_unit_test(reopens),     cmocka_unit_test(ends),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
