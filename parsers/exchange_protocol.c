/* SPDX-License-Identifier: MIT */
/* Exchange's protocol logs of SMTP: what both sides said, line by line. A line
 * knows nothing of the ones before it; the session's id joins them. */
#include "parsers/exchange.h"
#include "parsers/mail.h"

#include "parsers/ids/id.h"

/* One line on its way to its event. */
struct smtp {
	const struct ex_row *row;
	struct arena *arena;
	struct event *e;
	struct slice data, context;
	bool receives; /* else the other side is the next server */
};

static bool claims(struct slice program)
{
	return slice_eq(program, SLICE("exchange/protocol"));
}

static bool is_reply(struct slice s)
{
	return s.len >= 3 && s.ptr[0] >= '2' && s.ptr[0] <= '5' &&
	       s.ptr[1] >= '0' && s.ptr[1] <= '9' && s.ptr[2] >= '0' &&
	       s.ptr[2] <= '9' &&
	       (s.len == 3 || s.ptr[3] == ' ' || s.ptr[3] == '-');
}

/* Connectors that receive are called "SERVER\NAME"; without such a name the side
 * that answers tells. */
static bool receives(const struct ex_row *row)
{
	char sign = row->cell[EX_EVENT].len ? row->cell[EX_EVENT].ptr[0] : 0;

	if (slice_chr(row->cell[EX_CONNECTOR], '\\') != SLICE_NONE)
		return true;
	if (sign == '>')
		return is_reply(row->cell[EX_DATA]);
	return sign == '<' && !is_reply(row->cell[EX_DATA]);
}

static void set_peers(struct smtp *p)
{
	struct slice ip;
	int64_t port;

	if (!ex_endpoint(p->row->cell[EX_REMOTE], &ip, &port))
		return;
	event_set(p->e, p->receives ? EV_CLIENT_IP : EV_RELAY_IP, ip);
	event_set_number(p->e, p->receives ? EV_CLIENT_PORT : EV_RELAY_PORT,
	                 port);
}

static void set_common(struct smtp *p)
{
	struct slice id = p->row->cell[EX_SESSION];
	struct slice name = p->row->cell[EX_CONNECTOR];
	size_t at = slice_chr(name, '\\');

	if (at != SLICE_NONE)
		name = slice_from(name, at + 1);
	if (name.len)
		event_set(p->e, EV_SERVICE, name);
	if (id.len)
		event_set(p->e, EV_SESSION_ID, id);
	/* a conversation with the next server is no client's session */
	if (p->receives)
		event_add_key(p->e, KEY_SESSION, REL_OWN, LINK_HANDOFF, id);
	if (p->row->damaged)
		p->e->roles |= ROLE_DAMAGED;
	set_peers(p);
}

/* The '>' that closes the path at the start of S; quoted local parts may hold
 * one. SLICE_NONE if there is none. */
static size_t path_end(struct slice s)
{
	bool quoted = false;

	for (size_t i = 1; i < s.len; i++) {
		if (quoted && s.ptr[i] == '\\')
			i++;
		else if (s.ptr[i] == '"')
			quoted = !quoted;
		else if (s.ptr[i] == '>' && !quoted)
			return i;
	}
	return SLICE_NONE;
}

/* "<a@b> SIZE=1": the address; what follows is left in *S. */
static struct slice cut_path(struct slice *s)
{
	struct slice path;
	size_t end;

	*s = slice_trim(*s);
	if (s->len == 0 || s->ptr[0] != '<')
		return slice_cut(s, ' ');
	end = path_end(*s);
	if (end == SLICE_NONE)
		return slice_of(NULL, 0);
	path = end == 1 ? slice_to(*s, 2) : slice_of(s->ptr + 1, end - 1);
	*s = slice_from(*s, end + 1);
	return path;
}

static bool skip_verb(struct slice *s, struct slice verb)
{
	if (!slice_eq_nocase(slice_to(*s, verb.len), verb))
		return false;
	*s = slice_from(*s, verb.len);
	return true;
}

/* "NAME=value" among blanks. */
static struct slice parameter(struct slice s, struct slice name)
{
	while (s.len) {
		struct slice value = slice_cut(&s, ' ');
		struct slice key = slice_cut(&value, '=');

		if (slice_eq_nocase(key, name))
			return value;
	}
	return slice_of(NULL, 0);
}

static void set(struct event *e, enum event_field f, struct slice s)
{
	if (s.len)
		event_set(e, f, s);
}

static void read_command(struct smtp *p)
{
	struct slice s = p->data, path;
	uint64_t n;

	if (skip_verb(&s, SLICE("EHLO ")) || skip_verb(&s, SLICE("HELO "))) {
		set(p->e, EV_HELO, slice_trim(s));
	} else if (skip_verb(&s, SLICE("MAIL FROM:"))) {
		path = cut_path(&s);
		set(p->e, EV_SENDER, path);
		if (slice_u64(parameter(s, SLICE("SIZE")), &n) &&
		    n <= INT64_MAX)
			event_set_number(p->e, EV_SIZE, (int64_t)n);
	} else if (skip_verb(&s, SLICE("RCPT TO:"))) {
		path = cut_path(&s);
		set(p->e, EV_RECIPIENT, path);
	} else if (skip_verb(&s, SLICE("AUTH "))) {
		set(p->e, EV_AUTH_METHOD, slice_cut(&s, ' '));
	} else if (skip_verb(&s, SLICE("XPROXYFROM ")) ||
	           skip_verb(&s, SLICE("XPROXY "))) {
		/* the front end tells whom it stands for */
		set(p->e, EV_CLIENT_IP, parameter(s, SLICE("IP")));
		p->e->fields &= ~(UINT64_C(1) << EV_CLIENT_PORT);
		set(p->e, EV_HELO, parameter(s, SLICE("DOMAIN")));
	}
}

/* "[InternalId=N, Hostname=EX01.example.com]": whether N is an id of HOST. */
static bool is_own_id(struct slice reply, struct slice host)
{
	const struct slice mark = SLICE(", Hostname=");
	size_t at = slice_rfind(reply, mark);

	if (at == SLICE_NONE || host.len == 0)
		return false;
	reply = slice_from(reply, at + mark.len);
	reply = slice_to(reply, slice_chr(reply, ']'));
	return slice_eq_nocase(slice_cut(&reply, '.'), slice_cut(&host, '.'));
}

/* The server took a message. The front end repeats the answer of transport,
 * which may run on another server: then the id is not one of its own. */
static void read_queued(struct smtp *p, struct slice id)
{
	p->e->action = ACTION_ACCEPT;
	event_set(p->e, EV_INSTANCE, arena_slice(p->arena, SLICE("exchange")));
	event_set(p->e, EV_QUEUE_ID, id);
	if (!is_own_id(p->data, ex_writer(p->row)))
		return;
	event_add_key(p->e, KEY_QUEUE, REL_OWN, LINK_HANDOFF, id);
	p->e->roles |= ROLE_OPENS_WEAKLY;
}

/* What this server answered. */
static void read_own_answer(struct smtp *p)
{
	int class = ex_set_reply(p->e, p->data);
	int64_t code = event_number(p->e, EV_CODE, 0);
	struct slice id = id_next_of_reply(p->data);

	if (code == 535 || code == 534) {
		p->e->action = ACTION_AUTH_FAIL;
		p->e->roles |= ROLE_ATTEMPT;
	} else if (class == 5 || class == 4) {
		p->e->action = class == 5 ? ACTION_REJECT : ACTION_TEMPFAIL;
		p->e->roles |= ROLE_ATTEMPT;
	} else if (id.len && slice_find(p->data, SLICE("[InternalId=")) !=
	                             SLICE_NONE) {
		read_queued(p, id);
	}
}

/* What the next server answered; tracking has the recipients' fates. */
static void read_next_answer(struct smtp *p)
{
	struct slice id = id_next_of_reply(p->data);

	ex_set_reply(p->e, p->data);
	set(p->e, EV_SAID_BY, event_text(p->e, EV_RELAY_IP));
	if (id.len)
		event_set(p->e, EV_NEXT_QUEUE_ID, id);
}

/* "TLS protocol SP_PROT_TLS1_2_SERVER negotiation succeeded using bulk
 * encryption algorithm CALG_AES_256 with strength 256 bits, …" */
static bool read_tls(struct smtp *p, struct slice s)
{
	const struct slice protocol = SLICE("SP_PROT_TLS1_");
	const struct slice cipher = SLICE("encryption algorithm ");
	size_t at = slice_find(s, protocol), with;
	struct slice name = slice_of(NULL, 0);

	if (slice_find(s, SLICE("negotiation succeeded")) == SLICE_NONE)
		return false;
	p->e->action = ACTION_TLS;
	with = slice_find(s, cipher);
	if (at == SLICE_NONE || at + protocol.len >= s.len)
		return true;
	if (with != SLICE_NONE) {
		name = slice_from(s, with + cipher.len);
		name = slice_cut(&name, ' ');
	}
	event_set(p->e, EV_TLS,
	          arena_printf(p->arena, "TLSv1.%c%s%.*s",
	                       s.ptr[at + protocol.len], name.len ? " " : "",
	                       SLICE_FMT(name)));
	return true;
}

/* "sending message with RecordId 5 and InternetMessageId <m1@example.org>" */
static bool read_sending(struct smtp *p)
{
	const struct slice head = SLICE("sending message with RecordId ");
	const struct slice mark = SLICE("InternetMessageId <");
	struct slice s = p->context, id;
	uint64_t n;
	size_t at;

	if (!slice_starts(s, head))
		return false;
	s = slice_from(s, head.len);
	id = slice_cut(&s, ' ');
	if (slice_u64(id, &n))
		event_set(p->e, EV_QUEUE_ID, id);
	at = slice_find(s, mark);
	if (at == SLICE_NONE)
		return true;
	s = slice_from(s, at + mark.len);
	set(p->e, EV_MESSAGE_ID, slice_to(s, slice_rchr(s, '>')));
	return true;
}

static void read_note(struct smtp *p)
{
	if (slice_eq(p->context, SLICE("authenticated")) && p->receives) {
		p->e->action = ACTION_AUTH_OK;
		p->e->roles |= ROLE_ATTEMPT;
		set(p->e, EV_USER, p->data);
		return;
	}
	if (!read_tls(p, p->context) && !read_tls(p, p->data))
		read_sending(p);
}

static void read_sign(struct smtp *p, char sign)
{
	switch (sign) {
	case '+':
		p->e->action = ACTION_CONNECT;
		if (p->receives)
			p->e->roles |= ROLE_SESSION_OPENS;
		break;
	case '-':
		p->e->action = ACTION_DISCONNECT;
		if (p->receives)
			p->e->roles |= ROLE_SESSION_CLOSES;
		break;
	case '*':
		read_note(p);
		break;
	default: /* '<' and '>': only the side that serves answers */
		if ((sign == '>') != p->receives || !is_reply(p->data))
			read_command(p);
		else if (p->receives)
			read_own_answer(p);
		else
			read_next_answer(p);
		break;
	}
}

static enum parse parse(const struct layout *l, const struct record *r,
                        struct arena *arena, struct events *out)
{
	struct ex_row row;
	struct smtp p = { .row = &row, .arena = arena };
	struct slice sign;

	ex_row_read(l, r->body, arena, &row);
	sign = row.cell[EX_EVENT];
	if (row.table != EX_SMTP || sign.len != 1 ||
	    !strchr("+-<>*", sign.ptr[0]))
		return PARSE_NO;
	p.data = slice_trim(row.cell[EX_DATA]);
	p.context = slice_trim(row.cell[EX_CONTEXT]);
	p.receives = receives(&row);
	p.e = events_add(out);
	set_common(&p);
	read_sign(&p, sign.ptr[0]);
	return row.damaged ? PARSE_DAMAGED : PARSE_OK;
}

static const struct parser_example examples[] = {
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,0,192.0.2.10:25,198.51.100.7:40112,+,,",
	  "connect client_ip=198.51.100.7 session_id=08DE819FFEEE4380 "
	  "service=\"Default Frontend EX01\" client_port=40112 "
	  "roles=session_opens session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,1,192.0.2.10:25,198.51.100.7:40112,<,EHLO "
	  "mail.example.org,",
	  "info client_ip=198.51.100.7 helo=mail.example.org "
	  "session_id=08DE819FFEEE4380 service=\"Default Frontend EX01\" "
	  "client_port=40112 session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,2,192.0.2.10:25,198.51.100.7:40112,*,,\"TLS "
	  "protocol SP_PROT_TLS1_2_SERVER negotiation succeeded using bulk "
	  "encryption algorithm CALG_AES_256 with strength 256 bits, MAC hash "
	  "algorithm CALG_SHA_384 with strength 384 bits\"",
	  "tls client_ip=198.51.100.7 tls=\"TLSv1.2 CALG_AES_256\" "
	  "session_id=08DE819FFEEE4380 service=\"Default Frontend EX01\" "
	  "client_port=40112 session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,3,192.0.2.10:25,198.51.100.7:40112,*,"
	  "EXAMPLE\\alice,authenticated",
	  "auth_ok client_ip=198.51.100.7 user=EXAMPLE\\\\alice "
	  "session_id=08DE819FFEEE4380 service=\"Default Frontend EX01\" "
	  "client_port=40112 roles=attempt session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,4,192.0.2.10:25,198.51.100.7:40112,>,535 5.7.3 "
	  "Authentication unsuccessful,",
	  "auth_fail client_ip=198.51.100.7 dsn=5.7.3 reply=\"535 5.7.3 "
	  "Authentication unsuccessful\" session_id=08DE819FFEEE4380 "
	  "service=\"Default Frontend EX01\" client_port=40112 code=535 "
	  "roles=attempt session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,5,192.0.2.10:25,198.51.100.7:40112,<,MAIL "
	  "FROM:<alice@example.org> SIZE=2048,",
	  "info sender=alice@example.org client_ip=198.51.100.7 "
	  "session_id=08DE819FFEEE4380 service=\"Default Frontend EX01\" "
	  "client_port=40112 size=2048 session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,6,192.0.2.10:25,198.51.100.7:40112,<,RCPT "
	  "TO:<nobody@example.com>,",
	  "info recipient=nobody@example.com client_ip=198.51.100.7 "
	  "session_id=08DE819FFEEE4380 service=\"Default Frontend EX01\" "
	  "client_port=40112 session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,7,192.0.2.10:25,198.51.100.7:40112,>,550 5.1.10 "
	  "RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP "
	  "address lookup,",
	  "reject client_ip=198.51.100.7 dsn=5.1.10 reply=\"550 5.1.10 "
	  "RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP "
	  "address lookup\" session_id=08DE819FFEEE4380 service=\"Default "
	  "Frontend EX01\" client_port=40112 code=550 roles=attempt "
	  "session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default EX01,08DE819FFEEE4380,8,"
	  "192.0.2.10:2525,198.51.100.7:40112,>,\"250 2.6.0 <m1@example.org> "
	  "[InternalId=41399189774878, Hostname=EX01.example.com] 2048 bytes "
	  "in 0.1, 20 KB/sec Queued mail for delivery\",",
	  "accept queue_id=41399189774878 client_ip=198.51.100.7 dsn=2.6.0 "
	  "reply=\"250 2.6.0 <m1@example.org> [InternalId=41399189774878, "
	  "Hostname=EX01.example.com] 2048 bytes in 0.1, 20 KB/sec Queued "
	  "mail for delivery\" session_id=08DE819FFEEE4380 instance=exchange "
	  "service=\"Default EX01\" client_port=40112 code=250 "
	  "roles=opens_weakly session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,9,192.0.2.10:25,198.51.100.7:40112,-,,Remote",
	  "disconnect client_ip=198.51.100.7 session_id=08DE819FFEEE4380 "
	  "service=\"Default Frontend EX01\" client_port=40112 "
	  "roles=session_closes session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,Internet,08DE819FFEEE4380,0,"
	  "192.0.2.10:4021,203.0.113.25:25,+,,",
	  "connect relay_ip=203.0.113.25 session_id=08DE819FFEEE4380 "
	  "service=Internet relay_port=25" },
	{ "2026-03-14T09:15:02.318Z,Internet,08DE819FFEEE4380,1,"
	  "192.0.2.10:4021,203.0.113.25:25,*,,sending message with RecordId "
	  "41399189774879 and InternetMessageId <m2@example.org>",
	  "info queue_id=41399189774879 message_id=m2@example.org "
	  "relay_ip=203.0.113.25 session_id=08DE819FFEEE4380 service=Internet "
	  "relay_port=25" },
	{ "2026-03-14T09:15:02.318Z,Internet,08DE819FFEEE4380,2,"
	  "192.0.2.10:4021,203.0.113.25:25,>,RCPT TO:<carol@example.net>,",
	  "info recipient=carol@example.net relay_ip=203.0.113.25 "
	  "session_id=08DE819FFEEE4380 service=Internet relay_port=25" },
	{ "2026-03-14T09:15:02.318Z,Internet,08DE819FFEEE4380,3,"
	  "192.0.2.10:4021,203.0.113.25:25,<,250 2.0.0 Ok: queued as "
	  "4fXwft0pR1zFpTn,",
	  "info relay_ip=203.0.113.25 dsn=2.0.0 reply=\"250 2.0.0 Ok: queued "
	  "as 4fXwft0pR1zFpTn\" said_by=203.0.113.25 "
	  "next_queue_id=4fXwft0pR1zFpTn session_id=08DE819FFEEE4380 "
	  "service=Internet relay_port=25 code=250" },
	{ "2026-03-14T09:15:02.318Z,Internet,08DE819FFEEE4380,4,"
	  "192.0.2.10:4021,203.0.113.25:25,<,550 5.7.1 Relaying denied,",
	  "info relay_ip=203.0.113.25 dsn=5.7.1 reply=\"550 5.7.1 Relaying "
	  "denied\" said_by=203.0.113.25 session_id=08DE819FFEEE4380 "
	  "service=Internet relay_port=25 code=550" },
};

const struct parser parser_exchange_smtp = {
	.name = "exchange_smtp",
	.about = "Exchange SMTP receive and send protocol logs",
	.claims = claims,
	.parse = parse,
	.examples = examples,
	.nexamples = sizeof examples / sizeof *examples,
};
