/* SPDX-License-Identifier: MIT */
/* The loadable extension: `.load mailspoor` in sqlite3 gives a case its v_event,
 * the one view that is no plain SQL. */
#include "extension/host_sqlite.h"
#include "model/store/v_event.h"

SQLITE_EXTENSION_INIT1

__attribute__((visibility("default"))) int
sqlite3_mailspoor_init(sqlite3 *db, char **message,
                       const sqlite3_api_routines *api);

static void close_engine(void *engine)
{
	engine_close(engine);
}

/* The lines are read over a connection of its own, to the same file. */
int sqlite3_mailspoor_init(sqlite3 *db, char **message,
                           const sqlite3_api_routines *api)
{
	struct engine *e;
	struct err err = { 0 };
	const char *path;

	SQLITE_EXTENSION_INIT2(api);
	path = sqlite3_db_filename(db, "main");
	if (!path || !*path) {
		*message = sqlite3_mprintf("mailspoor: open a case file first, "
		                           "then load the extension");
		return SQLITE_ERROR;
	}
	e = engine_open(path, &err);
	if (!e) {
		*message = sqlite3_mprintf("mailspoor: %s", err.text);
		return SQLITE_ERROR;
	}
	return v_event_register(e, db, close_engine);
}
