/* SPDX-License-Identifier: MIT */
/* The words that stand for the closed lists of rows.h. */
#include "model/store/rows.h"

static const char *name_of(const char *const *names, unsigned n, unsigned i)
{
	return i < n ? names[i] : "unknown";
}

const char *transaction_state_name(enum transaction_state s)
{
	static const char *const names[STATE_COUNT] = {
		[STATE_COMPLETE] = "complete",   [STATE_OPEN] = "open",
		[STATE_TRUNCATED] = "truncated", [STATE_LOST] = "lost",
		[STATE_REFUSED] = "refused",     [STATE_OBSERVED] = "observed",
	};

	return name_of(names, STATE_COUNT, (unsigned)s);
}

const char *outcome_name(enum outcome o)
{
	static const char *const names[OUTCOME_COUNT] = {
		[OUTCOME_DELIVERED] = "delivered",
		[OUTCOME_RELAYED] = "relayed",
		[OUTCOME_FAILED] = "failed",
		[OUTCOME_REFUSED] = "refused",
		[OUTCOME_WITHHELD] = "withheld",
		[OUTCOME_DELAYED] = "delayed",
		[OUTCOME_UNKNOWN] = "unknown",
	};

	return name_of(names, OUTCOME_COUNT, (unsigned)o);
}

const char *link_class_name(enum link_class c)
{
	static const char *const names[CLASS_COUNT] = {
		[CLASS_CONFIRMED] = "confirmed",
		[CLASS_PROBABLE] = "probable",
		[CLASS_POSSIBLE] = "possible",
		[CLASS_CONTRADICTED] = "contradicted",
	};

	return name_of(names, CLASS_COUNT, (unsigned)c);
}

const char *direction_name(enum direction d)
{
	static const char *const names[DIRECTION_COUNT] = {
		[DIRECTION_UNKNOWN] = "unknown",
		[DIRECTION_INBOUND] = "inbound",
		[DIRECTION_OUTBOUND] = "outbound",
		[DIRECTION_INTERNAL] = "internal",
	};

	return name_of(names, DIRECTION_COUNT, (unsigned)d);
}

const char *finding_severity_name(enum finding_severity s)
{
	static const char *const names[SEVERITY_COUNT] = {
		[SEVERITY_INFO] = "info",
		[SEVERITY_LOW] = "low",
		[SEVERITY_MEDIUM] = "medium",
		[SEVERITY_HIGH] = "high",
	};

	return names[s];
}

const char *missing_kind_name(enum missing_kind k)
{
	static const char *const names[MISSING_COUNT_OF] = {
		[MISSING_NO_LOG] = "no log",
		[MISSING_NOT_COVERED] = "not covered",
		[MISSING_ABSENT] = "absent",
		[MISSING_UNSENT] = "not sent",
		[MISSING_STATUS] = "status conflict",
		[MISSING_ENVELOPE] = "envelope conflict",
		[MISSING_TIME] = "time conflict",
		[MISSING_COUNT] = "count conflict",
		[MISSING_LOST] = "lost",
	};

	return names[k];
}

const char *stretch_basis_name(enum stretch_basis b)
{
	static const char *const names[BASIS_COUNT] = {
		[BASIS_LINE] = "line",
		[BASIS_HEADER] = "header",
		[BASIS_ID] = "id",
		[BASIS_REPLY] = "reply",
		[BASIS_HANDOFF] = "handoff",
		[BASIS_SIBLING] = "sibling",
		[BASIS_FILE_NAME] = "file name",
		[BASIS_MTIME] = "mtime",
		[BASIS_GIVEN] = "given",
		[BASIS_ASSUMED] = "assumed",
		[BASIS_COPY] = "copy",
	};

	return name_of(names, BASIS_COUNT, (unsigned)b);
}
