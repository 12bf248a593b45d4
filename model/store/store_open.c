/* SPDX-License-Identifier: MIT */
/* Opening, publishing and closing a case. */
#include "base/alloc.h"
#include "base/civil.h"
#include "base/hash.h"
#include "model/store/store_private.h"

#include <sys/random.h>
#include <unistd.h>

#define TO_TEXT(x) #x
#define AS_TEXT(x) TO_TEXT(x)
#define PAGE_SIZE "8192"

bool store_open_file(struct store *s, const char *path, struct err *err)
{
	int code = sqlite3_open_v2(path, &s->db,
	                           SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
	                           NULL);

	if (code != SQLITE_OK)
		return sql_err(err, s->db, path);
	sqlite3_busy_timeout(s->db, 5000);
	/* views may be opened by anybody: no function with side effects */
	return sql_exec(s->db, path,
	                "PRAGMA cache_size=-65536; PRAGMA trusted_schema=OFF",
	                err);
}

static bool add_views(struct store *s, struct err *err)
{
	struct strbuf text = { 0 };
	bool good = true;

	for (const struct schema_view *v = schema_views; good && v->name;
	     v++) {
		strbuf_reset(&text);
		strbuf_addf(&text, "DROP VIEW IF EXISTS %s;", v->name);
		schema_view_sql(v, &text);
		good = sql_exec(s->db, store_name(s), strbuf_text(&text), err);
	}
	strbuf_release(&text);
	return good;
}

/* Changes when the text of a view does. */
static int64_t views_hash(void)
{
	struct strbuf text = { 0 };
	int64_t hash;

	for (const struct schema_view *v = schema_views; v->name; v++)
		schema_view_sql(v, &text);
	hash = (int64_t)(hash64(strbuf_slice(&text)) >> 1);
	strbuf_release(&text);
	return hash;
}

static bool add_meta(struct store *s, struct err *err)
{
	unsigned char id[8] = { 0 };
	struct strbuf text = { 0 };
	bool good;

	if (getrandom(id, sizeof id, 0) != sizeof id)
		return err_set(err, "the system gives no random numbers");
	strbuf_add_str(&text, "INSERT INTO meta VALUES('generation',0),"
	                      "('case_id','");
	for (size_t i = 0; i < sizeof id; i++)
		strbuf_addf(&text, "%02x", id[i]);
	strbuf_addf(&text, "'),('created',%lld),('views',%lld)",
	            (long long)time(NULL) * US_SECOND, (long long)views_hash());
	good = sql_exec(s->db, store_name(s), strbuf_text(&text), err);
	strbuf_release(&text);
	return good;
}

static bool add_schema(struct store *s, struct err *err)
{
	for (size_t i = 0; schema_tables[i]; i++)
		if (!sql_exec(s->db, store_name(s), schema_tables[i], err))
			return false;
	for (size_t i = 0; schema_derived[i]; i++)
		if (!sql_exec(s->db, store_name(s), schema_derived[i], err))
			return false;
	return add_views(s, err) && add_meta(s, err) &&
	       sql_exec(s->db, store_name(s),
	                "PRAGMA application_id=" AS_TEXT(CASE_APPLICATION_ID)
	                "; PRAGMA user_version=" AS_TEXT(CASE_VERSION),
	                err);
}

/* Everything that makes the file a case comes with its first commit. */
static bool fill_new(struct store *s, struct err *err)
{
	return store_open_file(s, s->building, err) &&
	       sql_exec(s->db, s->building,
	                "PRAGMA page_size=" PAGE_SIZE
	                "; PRAGMA encoding='UTF-8'; BEGIN IMMEDIATE",
	                err) &&
	       ((add_schema(s, err) &&
	         sql_exec(s->db, s->building, "COMMIT", err)) ||
	        store_rollback(s));
}

/* Cases of builds that could not write notes yet: their table has none. */
static bool renew_notes(struct store *s, struct err *err)
{
	const char *const *table = schema_tables;

	if (sql_number(s->db,
	               "SELECT count(*) FROM pragma_table_info('note')"
	               " WHERE name='root_line'",
	               1))
		return true;
	while (!strstr(*table, "CREATE TABLE note("))
		table++;
	return sql_exec(s->db, store_name(s), "DROP TABLE note", err) &&
	       sql_exec(s->db, store_name(s), *table, err);
}

/* Views are the program's, not the case's: those of another build give way. */
static bool renew_views(struct store *s, struct err *err)
{
	struct strbuf text = { 0 };
	int64_t hash = views_hash();
	bool good;

	if (sql_number(s->db, "SELECT value FROM meta WHERE name='views'",
	               -1) == hash)
		return true;
	strbuf_addf(&text, "UPDATE meta SET value=%lld WHERE name='views'",
	            (long long)hash);
	good = store_begin(s, true, err);
	if (good)
		good = (renew_notes(s, err) && add_views(s, err) &&
		        sql_exec(s->db, store_name(s), strbuf_text(&text),
		                 err) &&
		        store_commit(s, err)) ||
		       store_rollback(s);
	strbuf_release(&text);
	return good;
}

/* The roots of all tables can be read. */
static bool check_tables(struct store *s, struct err *err)
{
	static const char query[] =
		"SELECT (SELECT count(*) FROM meta), "
		"(SELECT 1 FROM source), (SELECT 1 FROM source_version), "
		"(SELECT 1 FROM piece), (SELECT 1 FROM block), "
		"(SELECT 1 FROM word), (SELECT 1 FROM setting), "
		"(SELECT 1 FROM note), (SELECT 1 FROM audit), "
		"(SELECT 1 FROM saved), (SELECT 1 FROM tx), "
		"(SELECT 1 FROM attempt), (SELECT 1 FROM journey)";
	struct err why = { 0 };

	if (sql_exec(s->db, store_name(s), query, &why))
		return true;
	if ((sqlite3_errcode(s->db) & 0xff) != SQLITE_ERROR) {
		if (err)
			*err = why;
		return false;
	}
	/* a table is missing: no program of ours leaves that behind */
	return err_set(err,
	               "%s: this case is broken (%s) and was left as it is; "
	               "use a copy of it or index into a new case",
	               store_name(s), sqlite3_errmsg(s->db));
}

static bool open_old(struct store *s, struct err *err)
{
	return case_file_check(store_name(s), err) &&
	       store_open_file(s, store_name(s), err) && check_tables(s, err) &&
	       renew_views(s, err);
}

static bool is_empty(const char *path)
{
	FILE *f = fopen(path, "re");
	bool empty = f && fgetc(f) == EOF && !ferror(f);

	if (f)
		fclose(f);
	return empty;
}

/* Killed within the first commit: rolls back to an empty file. */
static void roll_back(const char *path)
{
	sqlite3 *db = NULL;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) ==
	    SQLITE_OK)
		sql_number(db, "SELECT count(*) FROM sqlite_schema", 0);
	sqlite3_close(db);
}

static bool open_building(struct store *s, struct err *err)
{
	if (!case_file_exists(s->building))
		return case_file_create(s->building, err) && fill_new(s, err);
	if (case_file_has_journal(s->building))
		roll_back(s->building);
	if (is_empty(s->building))
		return fill_new(s, err);
	return open_old(s, err);
}

static char *beside(const char *path, const char *suffix)
{
	struct strbuf name = { 0 };

	strbuf_addf(&name, "%s%s", path, suffix);
	return strbuf_take(&name);
}

static char *case_id(const char *path)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *stmt = NULL;
	char *id = NULL;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) ==
	            SQLITE_OK &&
	    sqlite3_prepare_v2(db,
	                       "SELECT value FROM meta WHERE name='case_id'",
	                       -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW && sqlite3_column_text(stmt, 0))
		id = mem_text((const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return id;
}

/* A publication by copy that was killed leaves the copy or, after it got its
 * name, what it was copied from. */
static void remove_leftovers(struct store *s)
{
	char *copy = beside(s->building, ".copy");
	char *left, *mine;

	case_file_remove(copy);
	free(copy);
	if (!s->published || !case_file_exists(s->building) ||
	    !case_file_check(s->building, NULL))
		return;
	left = case_id(s->building);
	mine = case_id(s->path);
	if (left && mine && strcmp(left, mine) == 0)
		case_file_remove(s->building);
	free(left);
	free(mine);
}

static bool open_case(struct store *s, struct err *err)
{
	if (!case_lock_take(&s->lock, s->path, err))
		return false;
	s->published = case_file_exists(s->path);
	if (!(s->published ? open_old(s, err) : open_building(s, err)))
		return false;
	remove_leftovers(s);
	return true;
}

struct store *store_open(const char *path, struct err *err)
{
	struct store *s = mem_alloc(sizeof *s);

	s->path = case_file_resolve(path);
	s->building = beside(s->path, ".building");
	s->lock.fd = -1;
	if (open_case(s, err))
		return s;
	store_close(s);
	return NULL;
}

const char *store_path(const struct store *s)
{
	return store_name(s);
}

void store_close(struct store *s)
{
	if (!s)
		return;
	store_derive_abort(s);
	store_forget_texts(s, 0);
	free(s->texts);
	store_finalize(s);
	if (s->db && s->wal && s->published)
		store_fold(s);
	sqlite3_close(s->db);
	case_lock_release(&s->lock);
	intern_release(&s->words);
	free(s->path);
	free(s->building);
	free(s);
}

/* Everything of the case into the new file TO, in DELETE mode. */
static bool copy_case(struct store *s, const char *to, struct err *err)
{
	sqlite3 *db = NULL;
	sqlite3_backup *backup;
	bool good;

	case_file_remove(to);
	if (!case_file_create(to, err))
		return false;
	good = sqlite3_open_v2(to, &db, SQLITE_OPEN_READWRITE, NULL) ==
	       SQLITE_OK;
	backup = good ? sqlite3_backup_init(db, "main", s->db, "main") : NULL;
	good = backup && sqlite3_backup_step(backup, -1) == SQLITE_DONE;
	good = sqlite3_backup_finish(backup) == SQLITE_OK && good &&
	       sqlite3_exec(db, "PRAGMA journal_mode=DELETE", NULL, NULL,
	                    NULL) == SQLITE_OK;
	if (!good)
		sql_err(err, db, to);
	sqlite3_close(db);
	if (!good)
		case_file_remove(to);
	return good;
}

bool store_copy(struct store *s, const char *to, struct err *err)
{
	if (case_file_exists(to))
		return err_set(err, "%s exists already and is never overwritten; "
		                    "give another name",
		               to);
	return copy_case(s, to, err);
}

/* Readers have the file open in WAL mode and will look for its log under the
 * old name: they keep the old file, the case becomes a copy. */
static bool publish_copy(struct store *s, struct err *err)
{
	char *copy = beside(s->building, ".copy");
	bool good = copy_case(s, copy, err) &&
	            case_file_name(copy, s->path, err);

	if (good) {
		sqlite3_close(s->db);
		s->db = NULL;
		case_file_remove(s->building);
	}
	free(copy);
	return good;
}

static bool publish_name(struct store *s, struct err *err)
{
	sqlite3_close(s->db);
	s->db = NULL;
	if (case_file_name(s->building, s->path, err))
		return true;
	store_open_file(s, s->building, NULL);
	return false;
}

bool store_publish(struct store *s, struct err *err)
{
	store_finalize(s);
	if (s->published) {
		if (s->wal)
			store_fold(s);
		return true;
	}
	if (!(store_fold(s) ? publish_name(s, err) : publish_copy(s, err)))
		return false;
	s->published = true;
	s->wal = false;
	return store_open_file(s, s->path, err);
}
