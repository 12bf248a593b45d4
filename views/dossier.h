/* SPDX-License-Identifier: MIT */
/* A dossier: all that the case says of an address, machine, domain or login.
 * Its parts are questions, asked one after the other; each answer gives lines
 * whose count opens what it counts. */
#ifndef VIEWS_DOSSIER_H
#define VIEWS_DOSSIER_H

#include "base/strbuf.h"
#include "model/store/field.h"

enum dossier_kind {
	DOSSIER_ADDRESS = 1u << 0,
	DOSSIER_IP = 1u << 1,
	DOSSIER_HOST = 1u << 2,
	DOSSIER_DOMAIN = 1u << 3,
	DOSSIER_USER = 1u << 4,
};

struct dossier_part {
	unsigned kinds;      /* for which it is asked; 0 ends the table */
	const char *section; /* "as sender": a heading where it changes */
	const char *what;    /* of a total its unit, of groups before the value */
	enum unit unit;      /* that is counted */
	const char *field;   /* which is the value */
	const char *more;    /* terms beside it; NULL none */
	const char *group;   /* NULL: one total with its outcomes */
	int rows;            /* of groups, at most */
};
extern const struct dossier_part dossier_parts[];

/* What VALUE is: by the field that it was found in, NULL: by its looks. */
unsigned dossier_kinds(struct slice value, const struct field *f);
/* "an address", "a host or domain" */
const char *dossier_kind_name(unsigned kinds);
/* The filter of P's rows. */
void dossier_filter(const struct dossier_part *p, unsigned kinds,
                    struct slice value, struct strbuf *out);

#endif
