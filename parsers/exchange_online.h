/* SPDX-License-Identifier: MIT */
/* What the files of Exchange Online share: one row of any of its reports, its
 * cells by what they mean. Nobody else includes it. */
#ifndef PARSERS_EXCHANGE_ONLINE_H
#define PARSERS_EXCHANGE_ONLINE_H

#include "parsers/exchange.h"

enum eo_cell {
	EO_TIME,
	EO_SENDER,
	EO_HEADER_FROM,
	EO_RECIPIENT,
	EO_RECIPIENTS, /* "a@b##Receive, Deliver;c@d##…" */
	EO_SUBJECT,
	EO_STATUS,
	EO_PLACE,
	EO_TO_IP,
	EO_FROM_IP,
	EO_FROM_IP6,
	EO_SIZE,
	EO_MESSAGE_ID,
	EO_NETWORK_ID,
	EO_THREATS,
	EO_CELLS
};

struct eo_row {
	struct slice cell[EO_CELLS]; /* absent where there is no column */
	bool damaged;
};

enum eo_cell eo_cell_of(struct slice name); /* EO_CELLS if it is none */
/* Whether these cells make a report of the service's. */
bool eo_is_report(const bool *has);
/* A line of JSON, or of CSV with the columns of L. */
void eo_row_read(const struct layout *l, struct slice raw, struct arena *arena,
                 struct eo_row *out);
/* "2026-03-14T09:15:02", "3/14/2026 9:15:02 AM", "/Date(1773479702000)/"; all
 * UTC. */
bool eo_time(struct slice s, bool day_first, struct stamp *t);

#endif
