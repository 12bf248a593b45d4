/* SPDX-License-Identifier: MIT */
/* Names of what events hold, the list of a record's events, and their text. */
#include "parsers/event.h"

#include "base/alloc.h"
#include "base/text.h"
#include "parsers/parser.h"

static const char *const action_names[ACTION_COUNT] = {
	[ACTION_UNKNOWN] = "unknown",
	[ACTION_INFO] = "info",
	[ACTION_CONNECT] = "connect",
	[ACTION_DISCONNECT] = "disconnect",
	[ACTION_AUTH_OK] = "auth_ok",
	[ACTION_AUTH_FAIL] = "auth_fail",
	[ACTION_TLS] = "tls",
	[ACTION_ACCEPT] = "accept",
	[ACTION_REJECT] = "reject",
	[ACTION_TEMPFAIL] = "tempfail",
	[ACTION_DISCARD] = "discard",
	[ACTION_QUARANTINE] = "quarantine",
	[ACTION_HOLD] = "hold",
	[ACTION_DELIVER] = "deliver",
	[ACTION_RELAY] = "relay",
	[ACTION_DEFER] = "defer",
	[ACTION_BOUNCE] = "bounce",
	[ACTION_EXPIRE] = "expire",
	[ACTION_EXPAND] = "expand",
	[ACTION_REDIRECT] = "redirect",
	[ACTION_BOUNCE_GENERATED] = "bounce_generated",
	[ACTION_REMOVED] = "removed",
};

static const char *const field_names[EV_FIELD_COUNT] = {
	[EV_QUEUE_ID] = "queue_id",
	[EV_MESSAGE_ID] = "message_id",
	[EV_SENDER] = "sender",
	[EV_RECIPIENT] = "recipient",
	[EV_ORIG_RECIPIENT] = "orig_recipient",
	[EV_CLIENT_IP] = "client_ip",
	[EV_CLIENT_NAME] = "client_name",
	[EV_HELO] = "helo",
	[EV_USER] = "user",
	[EV_AUTH_METHOD] = "auth_method",
	[EV_RELAY_IP] = "relay_ip",
	[EV_RELAY_NAME] = "relay_name",
	[EV_DSN] = "dsn",
	[EV_REPLY] = "reply",
	[EV_SAID_BY] = "said_by",
	[EV_STAGE] = "stage",
	[EV_PLACE] = "place",
	[EV_SUBJECT] = "subject",
	[EV_HEADER_FROM] = "header_from",
	[EV_ATTACHMENT] = "attachment",
	[EV_VERDICT] = "verdict",
	[EV_TLS] = "tls",
	[EV_NEXT_QUEUE_ID] = "next_queue_id",
	[EV_SESSION_ID] = "session_id",
	[EV_INSTANCE] = "instance",
	[EV_SERVICE] = "service",
	[EV_COUNTERS] = "counters",
	[EV_CLIENT_PORT] = "client_port",
	[EV_RELAY_PORT] = "relay_port",
	[EV_CODE] = "code",
	[EV_SIZE] = "size",
	[EV_NRCPT] = "nrcpt",
	[EV_DELAY] = "delay",
	[EV_TRANSFER] = "transfer",
	[EV_REPEAT] = "repeat",
	[EV_ID_TIME] = "id_time",
};

static const char *const link_names[LINK_KIND_COUNT] = {
	[LINK_HANDOFF] = "handoff",
	[LINK_FILTER] = "filter",
	[LINK_RETRY] = "retry",
	[LINK_EXPANSION] = "expansion",
	[LINK_ALIAS] = "alias",
	[LINK_FORWARD] = "forward",
	[LINK_REQUEUE] = "requeue",
	[LINK_BOUNCE] = "bounce",
	[LINK_LATE_BOUNCE] = "late_bounce",
	[LINK_OBSERVED] = "observed",
};

static const char *const role_names[] = {
	"opens", "opens_weakly", "activates", "closes", "session_opens",
	"session_closes", "attempt", "admin", "repeats", "probe", "not_mail",
	"gap", "copy", "envelope", "damaged", "observed",
	"addressed", "sum_wrong", "pid_wrong", "address_wrong",
};

static const char *const kind_names[] = {
	[KEY_QUEUE] = "queue",
	[KEY_SESSION] = "session",
	[KEY_MESSAGE_ID] = "message_id",
	[KEY_NETWORK_ID] = "network_id",
	[KEY_COUNTER] = "counter",
};

static const char *const relation_names[] = {
	[REL_OWN] = "own",
	[REL_NEXT_HOP] = "next_hop",
	[REL_PARENT] = "parent",
	[REL_CHILD] = "child",
	[REL_ORIGINAL] = "original",
	[REL_ALTERNATE] = "alternate",
};

const char *action_name(enum action a)
{
	return action_names[a];
}

bool action_find(struct slice name, enum action *a)
{
	for (int i = 0; i < ACTION_COUNT; i++) {
		if (slice_eq(name, slice_str(action_names[i]))) {
			*a = (enum action)i;
			return true;
		}
	}
	return false;
}

const char *role_name(enum role r)
{
	for (unsigned i = 0; i < sizeof role_names / sizeof *role_names; i++)
		if (r == (enum role)(1u << i))
			return role_names[i];
	return NULL;
}

bool role_find(struct slice name, enum role *r)
{
	for (unsigned i = 0; i < sizeof role_names / sizeof *role_names; i++) {
		if (slice_eq(name, slice_str(role_names[i]))) {
			*r = (enum role)(1u << i);
			return true;
		}
	}
	return false;
}

const char *link_kind_name(enum link_kind k)
{
	return link_names[k];
}

const char *event_field_name(enum event_field f)
{
	return field_names[f];
}

void events_release(struct events *e)
{
	free(e->list);
	*e = (struct events){ 0 };
}

struct event *events_add(struct events *e)
{
	struct event *ev;

	GROW(e->list, e->n, e->cap);
	ev = &e->list[e->n++];
	/* the presence mask rules the rest: it need not be cleared */
	ev->action = ACTION_INFO;
	ev->roles = 0;
	ev->fields = 0;
	ev->keys = 0;
	return ev;
}

void event_add_key(struct event *e, enum key_kind kind, enum key_relation rel,
                   enum link_kind link, struct slice text)
{
	if (text.len == 0 || e->keys == EVENT_KEYS)
		return;
	e->key[e->keys++] = (struct event_key){ kind, rel, link, text };
}

const struct event_key *event_key(const struct event *e, enum key_kind kind,
                                  enum key_relation rel)
{
	for (unsigned i = 0; i < e->keys; i++)
		if (e->key[i].kind == kind && e->key[i].relation == rel)
			return &e->key[i];
	return NULL;
}

static bool is_plain(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] == ' ' || s.ptr[i] == '"' || s.ptr[i] == '&')
			return false;
	return s.len > 0;
}

/* Escaped, and in quotes where the end of the value would not be clear. */
static void print_text(struct strbuf *out, struct slice s)
{
	struct strbuf safe = { 0 };

	text_escape(&safe, s);
	if (is_plain(s)) {
		strbuf_add_slice(out, strbuf_slice(&safe));
	} else {
		strbuf_add_char(out, '"');
		for (size_t i = 0; i < safe.len; i++) {
			if (safe.ptr[i] == '"')
				strbuf_add_char(out, '\\');
			strbuf_add_char(out, safe.ptr[i]);
		}
		strbuf_add_char(out, '"');
	}
	strbuf_release(&safe);
}

/* "2s", "0.06s" */
static void print_seconds(struct strbuf *out, int64_t us)
{
	strbuf_addf(out, "%lld.%06lld", (long long)(us / US_SECOND),
	            (long long)(us % US_SECOND));
	while (out->ptr[out->len - 1] == '0')
		out->ptr[--out->len] = 0;
	if (out->ptr[out->len - 1] == '.')
		out->ptr[--out->len] = 0;
	strbuf_add_char(out, 's');
}

static void print_number(struct strbuf *out, enum event_field f, int64_t value)
{
	if (f == EV_ID_TIME)
		civil_add_iso(out, value);
	else if (f == EV_DELAY || f == EV_TRANSFER)
		print_seconds(out, value);
	else
		strbuf_addf(out, "%lld", (long long)value);
}

static void print_roles(struct strbuf *out, unsigned roles)
{
	const char *before = " roles=";

	for (unsigned i = 0; i < sizeof role_names / sizeof *role_names; i++) {
		if (!(roles >> i & 1))
			continue;
		strbuf_addf(out, "%s%s", before, role_names[i]);
		before = ",";
	}
}

/* The own queue id is a field already. */
static void print_keys(struct strbuf *out, const struct event *e)
{
	for (unsigned i = 0; i < e->keys; i++) {
		const struct event_key *k = &e->key[i];

		if (k->relation == REL_OWN && k->kind == KEY_QUEUE)
			continue;
		strbuf_addf(out, " %s:%s", kind_names[k->kind],
		            relation_names[k->relation]);
		if (k->relation != REL_OWN)
			strbuf_addf(out, ":%s", link_names[k->link]);
		strbuf_add_char(out, '=');
		print_text(out, k->text);
	}
}

void event_print(const struct event *e, struct strbuf *out)
{
	strbuf_add_str(out, action_names[e->action]);
	for (unsigned f = 0; f < EV_FIELD_COUNT; f++) {
		if (!event_has(e, (enum event_field)f))
			continue;
		strbuf_addf(out, " %s=", field_names[f]);
		if (f < EV_TEXT_COUNT)
			print_text(out, e->text[f]);
		else
			print_number(out, (enum event_field)f,
			             e->number[f - EV_TEXT_COUNT]);
	}
	print_roles(out, e->roles & ~(unsigned)(ROLE_SUM_WRONG |
						ROLE_PID_WRONG |
						ROLE_ADDRESS_WRONG));
	print_keys(out, e);
}
