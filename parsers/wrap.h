/* SPDX-License-Identifier: MIT */
/* Lines inside something else: a container's log, an export, another encoding.
 * The framing of what is outside takes it off; the layout's inner one reads what
 * was inside, as if it had been the file. */
#ifndef PARSERS_WRAP_H
#define PARSERS_WRAP_H

#include "parsers/framing.h"

/* What stands around one line, and the line. Absent: nothing said. */
struct wrapped {
	struct slice line; /* of the record or the arena; absent: no line inside */
	struct stamp time; /* TIME_NONE */
	struct slice time_raw;
	struct slice host, program, pid;
	bool prompt;    /* TIME is that of the writing, not of some collecting: it
	                   stands where the line has no year or zone */
	bool host_wins; /* over the line's own */
};

struct wrapping {
	const struct framing *framing; /* the outer one */
	/* RAW is a record's; W is zeroed. False: nothing stands around it. */
	bool (*unwrap)(const struct layout *l, struct slice raw,
	               struct arena *arena, struct wrapped *w);
};

/* Chooses the inner layout of L by what is inside of the sample. Only framings
 * that wrap less are asked, so that nothing nests for ever. */
void wrap_learn(const struct wrapping *x, const struct sample *s,
                struct layout *l);
/* What framing->peel must do. */
void wrap_peel(const struct wrapping *x, const struct layout *l,
               struct record *r, struct arena *arena);
/* Confidence of the best inner framing; *SHARE, 0..100, of records that
 * something stands around. */
int wrap_confidence(const struct wrapping *x, const struct sample *s,
                    const struct layout *l, int *share);

extern const struct framing framing_docker;
extern const struct framing framing_docker_json;
extern const struct framing framing_elastic_json;
extern const struct framing framing_journal_export;
extern const struct framing framing_journal_json;
extern const struct framing framing_splunk_csv;
extern const struct framing framing_splunk_json;
extern const struct framing framing_utf16be;
extern const struct framing framing_utf16le;

#endif
