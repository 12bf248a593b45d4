/* SPDX-License-Identifier: MIT */
/* The framing of rspamd's own log file; its lines name no host. */
#ifndef PARSERS_RSPAMD_H
#define PARSERS_RSPAMD_H

#include "parsers/framing.h"

extern const struct framing framing_rspamd;

#endif
