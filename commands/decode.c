/* SPDX-License-Identifier: MIT */
/* decode ID: what an id says by itself. Needs no case. */
#include "commands/command.h"
#include "parsers/ids/id.h"

static enum exit_status decode_run(const struct options *o, FILE *out,
                                   struct err *err)
{
	size_t found = 0;
	struct id id;

	if (o->nargs != 1) {
		err_set(err, "decode needs one id");
		return EXIT_USAGE;
	}
	for (size_t i = 0; id_families[i]; i++) {
		struct strbuf text = { 0 };

		if (!id_families[i]->decode(slice_str(o->args[0]), o->now_us, &id))
			continue;
		id_print(&id, &text);
		fprintf(out, "%s  %s\n", id_families[i]->name, strbuf_text(&text));
		strbuf_release(&text);
		found++;
	}
	return found ? EXIT_DONE : EXIT_NOTHING;
}

const struct command command_decode = {
	.name = "decode",
	.synopsis = "decode ID",
	.about = "what an id says: family, UTC time, pid, inode, address",
	.run = decode_run,
};
