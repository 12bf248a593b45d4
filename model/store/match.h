/* SPDX-License-Identifier: MIT */
/* Whether a text is what a term of a filter asks for: wildcards, addresses,
 * domains on label boundaries, addresses of hosts and networks, regex. */
#ifndef MODEL_STORE_MATCH_H
#define MODEL_STORE_MATCH_H

#include "model/store/query.h"

/* * any run, ? one character; "\*", "\?" and "\\" stand for themselves. NOCASE
 * ignores ASCII case. Linear in S for each * of PATTERN: no text makes it slow
 * beyond that. */
bool match_glob(struct slice s, struct slice pattern, bool nocase);

/* Whether some text without blanks in place of each HOLE byte of S would make
 * it match PATTERN. */
bool match_glob_with_hole(struct slice s, char hole, struct slice pattern,
                          bool nocase);

/* An address or a network; IPv4 stands in ::ffff:0:0/96. */
struct ip_net {
	uint8_t bytes[16];
	unsigned bits; /* 0..128 that count */
};
/* "192.0.2.1", "192.0.2.0/24", "2001:db8::/32", in brackets or with "IPv6:" in
 * front too; false on anything else, also on bits set behind the prefix. */
bool ip_parse(struct slice s, struct ip_net *net);
bool ip_in(const struct ip_net *address, const struct ip_net *net);

/* The domain part: behind the last @; all of S if there is none. */
struct slice address_domain(struct slice s);
/* S is DOMAIN or a name below it; ASCII case and a final dot are ignored. */
bool domain_within(struct slice s, struct slice domain);

/* A term made ready: one per thread, since a regex has its match data. */
struct matcher;
/* OWN: what `own` stands for besides values that bring their own text. */
struct matcher *matcher_new(const struct predicate *term,
                            const struct slice *own, size_t nown);
void matcher_free(struct matcher *m);
/* TEXT is there (absent text matches nothing). */
bool matcher_test(struct matcher *m, struct slice text);
/* The same for a text with a HOLE byte that stands for an unknown run without
 * blanks: false only if no filling could match. */
bool matcher_may(struct matcher *m, struct slice text, char hole);
/* Case counts for ids: queue ids may differ in nothing else. */
void matcher_set_case(struct matcher *m, bool exact_case);

#endif
