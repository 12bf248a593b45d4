/* SPDX-License-Identifier: MIT */
/* Exim: what became of a recipient. */
#include "parsers/exim.h"

#include "base/strbuf.h"
#include "parsers/answer.h"
#include "parsers/ids/id.h"

struct target {
	struct slice final, orig; /* orig absent if it was not changed */
};

/* The local part of "a b"@example.com without what quotes it equals PLAIN's. */
static bool is_unquoted(struct slice plain, struct slice quoted)
{
	size_t n = 0, i = 1;

	if (quoted.len < 2 || quoted.ptr[0] != '"')
		return false;
	for (; i < quoted.len && quoted.ptr[i] != '"'; i++, n++) {
		if (quoted.ptr[i] == '\\')
			i++;
		/* the domain's case, and in part the local one's, is lost */
		if (i >= quoted.len || n >= plain.len ||
		    !slice_eq_nocase(slice_of(plain.ptr + n, 1),
		                     slice_of(quoted.ptr + i, 1)))
			return false;
	}
	return i < quoted.len && slice_eq_nocase(slice_from(plain, n),
	                                         slice_from(quoted, i + 1));
}

/* "a b@example.com <"a b"@example.com> R=…": a quoted address is printed
 * without its quotes, which may have hidden anything; but it follows again. */
static bool take_unquoted(struct slice *s, struct target *t)
{
	for (size_t i = 0; i + 3 < s->len; i++) {
		struct slice rest = slice_from(*s, i + 1), quoted;

		if (s->ptr[i] != ' ' || s->ptr[i + 1] != '<' ||
		    s->ptr[i + 2] != '"' || !ex_path(&rest, &quoted) ||
		    !is_unquoted(slice_to(*s, i), quoted))
			continue;
		t->final = quoted;
		*s = rest;
		return true;
	}
	return false;
}

/* "/var/mail/x <bob@example.com>", "|/usr/bin/x -y <bob@example.com>" */
static bool take_file(struct slice *s, struct target *t)
{
	size_t at;

	if (!s->len || !strchr("/|>\"", s->ptr[0]) || !s->ptr[0])
		return false;
	at = slice_find(*s, SLICE(" <"));
	if (at == SLICE_NONE)
		return false;
	t->final = slice_to(*s, at);
	*s = slice_from(*s, at);
	return true;
}

/* The address and where it came from; *S goes to the keys behind them. */
static bool take_target(struct slice *s, struct target *t)
{
	struct slice rest, local;

	*t = (struct target){ .orig = { NULL, 0 } };
	if (take_unquoted(s, t))
		return true;
	if (!take_file(s, t) && !ex_address(s, &t->final))
		return false;
	if (t->final.len > 1 && t->final.ptr[0] != ':' &&
	    t->final.ptr[t->final.len - 1] == ':') {
		t->final.len--; /* "** a@example.com: text" */
		*s = slice_of(s->ptr - 1, s->len + 1);
	}
	rest = *s;
	if (EX_SKIP(&rest, " (")) { /* parents between, with all_parents */
		size_t end = slice_find(rest, SLICE(") <"));

		if (end != SLICE_NONE)
			*s = slice_from(rest, end + 1);
	}
	rest = *s;
	if (!EX_SKIP(&rest, " ") || !ex_path(&rest, &t->orig))
		return true;
	*s = rest;
	/* a mailbox here is called by its user alone */
	local = slice_to(t->orig, slice_rchr(t->orig, '@'));
	if (slice_eq_nocase(t->final, local) || slice_eq(t->final, t->orig)) {
		t->final = t->orig;
		t->orig = slice_of(NULL, 0);
	}
	return true;
}

/* What the next server said, without what Exim writes before it. */
static struct slice remote_answer(struct slice text, bool *remote)
{
	static const struct slice heads[] = {
		EX_TEXT("SMTP error from remote mail server after "),
		EX_TEXT("LMTP error after "),
		EX_TEXT("SMTP error from remote mailer after "),
	};
	size_t at;

	*remote = false;
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		size_t begin = slice_find(text, heads[i]);
		struct slice s;

		if (begin == SLICE_NONE)
			continue;
		s = slice_from(text, begin + heads[i].len);
		/* "RCPT TO:<\"x: 250 y\"@example.com>: 550 …" */
		at = slice_chr(s, '<');
		if (at != SLICE_NONE && at < 12) {
			struct slice path = slice_from(s, at), ignored;

			if (ex_path(&path, &ignored))
				s = path;
		}
		at = slice_find(s, SLICE(": "));
		if (at == SLICE_NONE)
			return text;
		*remote = true;
		return slice_from(s, at + 2);
	}
	return text;
}

static void set_relay(struct event *e, const struct ex_fields *f)
{
	if (f->has_peer) {
		if (f->peer.ip.len)
			event_set(e, EV_RELAY_IP, f->peer.ip);
		if (f->peer.name.len)
			event_set(e, EV_RELAY_NAME, f->peer.name);
		if (f->peer.port >= 0)
			event_set_number(e, EV_RELAY_PORT, f->peer.port);
	} else if (f->transport.len) {
		event_set(e, EV_RELAY_NAME, f->transport);
	}
}

static void set_said_by(struct event *e)
{
	if (event_has(e, EV_RELAY_NAME))
		event_set(e, EV_SAID_BY, e->text[EV_RELAY_NAME]);
	else if (event_has(e, EV_RELAY_IP))
		event_set(e, EV_SAID_BY, e->text[EV_RELAY_IP]);
}

/* C="250 …": quotes inside are escaped. */
static void set_confirmation(struct ex *p, struct event *e,
                             const struct ex_fields *f)
{
	struct slice next = id_next_of_reply(f->reply);
	int64_t near = p->r->time.has & STAMP_YEAR ? p->r->time.us : TIME_NONE;
	int64_t time = id_time_of_reply(f->reply, near);

	if (!f->reply.len)
		return;
	event_set(e, EV_REPLY, f->reply);
	event_set_answer(e, f->reply);
	set_said_by(e);
	if (next.len)
		event_set(e, EV_NEXT_QUEUE_ID, next);
	if (time != TIME_NONE)
		event_set_number(e, EV_ID_TIME, time);
}

static bool has_word(struct slice s, const char *word)
{
	return slice_find_nocase(s, slice_str(word)) != SLICE_NONE;
}

/* Into a mailbox, file or command here, or to another server. */
static void set_delivered(struct event *e, const struct target *t,
                          const struct ex_fields *f)
{
	e->action = f->has_peer ? ACTION_RELAY : ACTION_DELIVER;
	if (has_word(f->transport, "lmtp") ||
	    slice_ends(f->reply, SLICE(" Saved")))
		e->action = ACTION_DELIVER;
	if (f->has_peer || !t->final.len)
		return;
	if (strchr("/|", t->final.ptr[0]))
		event_set(e, EV_PLACE, t->final);
	if (slice_eq(t->final, SLICE("/dev/null")) ||
	    EX_STARTS(t->final, ":blackhole:") ||
	    slice_eq(t->final, SLICE("discarded")))
		e->action = ACTION_DISCARD;
}

static void set_target(struct event *e, const struct target *t)
{
	struct slice to = t->final;

	/* nobody has it: the address is all there is */
	if (EX_STARTS(to, ":blackhole:") && t->orig.len)
		to = t->orig;
	else if (t->orig.len)
		event_set(e, EV_ORIG_RECIPIENT, t->orig);
	event_set(e, EV_RECIPIENT, to);
}

/* "R=x T=y: text", "R=x T=y defer (111): text": what stands behind the keys. */
static void set_trouble(struct ex *p, struct event *e, struct slice s,
                        const struct ex_fields *f)
{
	struct slice text = s;
	bool remote;
	size_t at;

	EX_SKIP(&text, ": ");
	if (EX_STARTS(s, " defer (") || EX_STARTS(s, " "))
		text = slice_from(s, 1);
	at = slice_find(text, SLICE("): "));
	if (EX_STARTS(text, "defer (") && at != SLICE_NONE && at < 16) {
		text = slice_from(text, at + 3);
	} else if (EX_STARTS(text, "defer (")) {
		/* "defer (-44) H=… DT=1s: text" */
		struct ex_fields more;
		struct slice rest = text;

		slice_cut(&rest, ')');
		ex_fields(&rest, EX_DELIVERY, 0, &more);
		if (more.has_peer && !f->has_peer)
			set_relay(e, &more);
		if (EX_SKIP(&rest, ": "))
			text = rest;
	}
	at = slice_rfind(text, SLICE(" DT="));
	if (at != SLICE_NONE && text.len - at < 16)
		text = slice_to(text, at);
	text = remote_answer(text, &remote);
	if (text.len)
		event_set(e, EV_REPLY, text);
	else
		p->damaged = true;
	if (remote) {
		event_set_answer(e, text);
		set_said_by(e);
	}
	if (e->action == ACTION_BOUNCE &&
	    slice_ends(text, SLICE("retry timeout exceeded")))
		e->action = ACTION_EXPIRE;
}

static const struct {
	struct slice flag;
	enum action action; /* of a success it is found out later */
} flags[] = {
	{ EX_TEXT("=> "), ACTION_RELAY },  { EX_TEXT("-> "), ACTION_RELAY },
	{ EX_TEXT(">> "), ACTION_RELAY },  { EX_TEXT("** "), ACTION_BOUNCE },
	{ EX_TEXT("== "), ACTION_DEFER },  { EX_TEXT("*> "), ACTION_INFO },
	{ EX_TEXT("> "), ACTION_INFO }, /* what autoreply made */
};

bool ex_delivery(struct ex *p)
{
	size_t i = 0, n = sizeof flags / sizeof *flags;
	struct slice s = p->body;
	struct target t;
	struct ex_fields f;
	struct event *e;
	int64_t us;

	while (i < n && !slice_starts(s, flags[i].flag))
		i++;
	if (!p->qid.len || i == n)
		return false;
	s = slice_from(s, flags[i].flag.len);
	if (!take_target(&s, &t))
		return false;
	ex_fields(&s, EX_DELIVERY, 0, &f);
	e = ex_add(p, flags[i].action,
	           flags[i].action == ACTION_INFO ? 0 : ROLE_ATTEMPT);
	set_target(e, &t);
	set_relay(e, &f);
	if (f.sender.len)
		event_set(e, EV_SENDER, f.sender);
	if (ex_seconds(f.qt, &us))
		event_set_number(e, EV_DELAY, us);
	if (ex_seconds(f.dt, &us))
		event_set_number(e, EV_TRANSFER, us);
	if (f.tls.len)
		ex_set_tls(p, e, f.tls);
	p->damaged = p->damaged || f.twice;
	if (flags[i].action == ACTION_BOUNCE ||
	    flags[i].action == ACTION_DEFER) {
		set_trouble(p, e, s, &f);
		return true;
	}
	if (flags[i].action == ACTION_RELAY)
		set_delivered(e, &t, &f);
	set_confirmation(p, e, &f);
	p->damaged = p->damaged || s.len;
	return true;
}
