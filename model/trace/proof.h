/* SPDX-License-Identifier: MIT */
/* What two logs say independently of each other about one step (TRACE §3): E5 to
 * E12. It corroborates a link that a server states, and ranks candidates where
 * none does. Private to this folder. */
#ifndef MODEL_TRACE_PROOF_H
#define MODEL_TRACE_PROOF_H

#include "model/trace/link.h"

/* Items of one group count once. */
#define PROOF_SERVER_SAID (E(1) | E(2) | E(3))
#define PROOF_NETWORK (E(4) | E(6) | E(10) | E(11))
#define PROOF_SENDER (E(5) | E(7) | E(8) | E(9) | E(12))
/* Of the network's, what no client can write into the log of another: its own
 * addresses. A HELO and a cipher that half the world uses prove nothing alone. */
#define PROOF_ADDRESSES (E(4) | E(6))
/* Half of E6: the address of one end. No evidence of its own: for proof_class. */
#define PROOF_ONE_ADDRESS (1u << 31)
/* Of the sender's, what means one message: many have one size or one subject. */
#define PROOF_MESSAGE (E(5) | E(7) | E(12))

/* The bits of E5 to E12 that hold between FROM and TO, where ATT (index of an
 * attempt of FROM, NONE32: none is known) would be the one that TO is the result
 * of. Pure; nothing is said of time. Known once places_learn ran:
 * - E5 both Message-IDs are there and equal; one that fills its server's limit may
 *   be cut;
 * - E6 the relay of ATT is TO's server, and TO's client FROM's, by addresses that
 *   the analyst gave, that other handoffs show, or that a server's name usually has
 *   (place.h): a name alone proves nothing;
 * - E7 envelope sender and recipient are equal once rewritings are undone;
 * - E8 TO's size is FROM's and the header lines of a hop;
 * - E9 both log a subject, and it is the same without "Re:" and tags;
 * - E10 TO's client said it was FROM's server;
 * - E11 both log TLS of that connection, version and cipher the same;
 * - E12 TO's Message-ID names FROM's server and queue id, and the time in it, if
 *   there is one, is FROM's. */
unsigned proof_between(const struct derive *d, uint32_t from, uint32_t to,
		       uint32_t att);

/* Half of E6: the relay of K's attempt is its end's server, or the client there
 * its beginning's. */
bool proof_names_one(const struct derive *d, const struct link *k);

/* The class that EVIDENCE gives to one of CANDIDATES in the window. */
enum link_class proof_class(unsigned evidence, unsigned candidates);

/* Each of E5 to E12 of two texts, as the logs have them. */
bool proof_message_id(struct slice a, struct slice b);  /* E5 */
bool proof_size(int64_t from, int64_t to);              /* E8 */
bool proof_subject(struct slice a, struct slice b);     /* E9 */
bool proof_tls(struct slice a, struct slice b);         /* E11 */
/* E12: MID names QUEUE_ID of a host; its name in *HOST. The time that stands in it
 * must be near OPENED (us UTC; TIME_NONE not known). */
bool proof_origin(struct slice mid, struct slice queue_id, int64_t opened,
		  bool assumed, struct slice *host);

/* What cannot be of one message, known rewritings and cut texts apart; false as long
 * as one side does not say it. Envelope senders, Message-IDs. */
bool proof_senders_differ(struct slice a, struct slice b);
bool proof_ids_differ(struct slice a, struct slice b);

#endif
