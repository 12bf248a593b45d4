/* SPDX-License-Identifier: MIT */
/* Handoffs of which no answer says the next id (TRACE §3). */
#include "model/trace/link.h"

void link_unsaid(struct derive *d)
{
	(void)d;
}
