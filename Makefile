# SPDX-License-Identifier: MIT
# GNU make, no configure step. `make help` lists the targets.

prefix ?= /usr/local
bindir = $(prefix)/bin
mandir = $(prefix)/share/man
libdir = $(prefix)/lib/mailspoor
bashdir = $(prefix)/share/bash-completion/completions
zshdir = $(prefix)/share/zsh/vendor-completions
BUILD ?= build
CFLAGS ?= -O2 -g

# ARCHITECTURE: one static library a folder; who may know whom stands in
# tools/layers.txt, which the lint and the link order share.
LAYERS = base parsers model/evidence model/store model/trace model/index \
         model/ask model/report tui views commands
PACKAGES = ncursesw libpcre2-8 sqlite3 libarchive libzstd libcrypto libxxhash \
           libidn2 jansson zlib liblzma
PKG_CONFIG ?= pkg-config

WARN = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
       -Wmissing-prototypes -Wvla -Wformat=2 -Wswitch-enum -Wwrite-strings \
       -Wpointer-arith -Wundef $(WERROR)
OWN_CFLAGS = -std=c11 -D_GNU_SOURCE -I. -include base/banned.h $(WARN) -pthread \
             $(shell $(PKG_CONFIG) --cflags $(PACKAGES)) $(SANITIZE)
# bzip2 comes without a .pc file
LIBS = $(shell $(PKG_CONFIG) --libs $(PACKAGES)) -lbz2 -lm -pthread

lib = $(BUILD)/lib$(subst /,-,$(1)).a
LAYER_LIBS = $(foreach l,$(LAYERS),$(call lib,$(l)))
sources = $(wildcard $(1)/*.c $(if $(filter parsers,$(1)),parsers/ids/*.c))
objects = $(patsubst %.c,$(BUILD)/%.o,$(call sources,$(1)))
# a later layer may use an earlier one, never the other way round
LINK = $(shell echo $(LAYER_LIBS) | tr ' ' '\n' | tac)

UNIT = $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/*.c))
HELPERS = $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/*.c))
FUZZERS = $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))
TOOLS = $(patsubst %.c,$(BUILD)/%,$(wildcard tests/tools/*.c))

V ?= 0
Q = $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),,@echo '  $(1) $(2)';)

.PHONY: all check asan fuzz bench lint accept format format-check install \
        uninstall clean help tools unit clang fuzzers \
        extension man deb
.SECONDARY:
all: $(BUILD)/mailspoor

# changed flags rebuild
$(BUILD)/flags: FORCE
	@mkdir -p $(BUILD)
	@echo '$(CC) $(CFLAGS) $(OWN_CFLAGS) $(LDFLAGS)' | cmp -s - $@ || \
	 echo '$(CC) $(CFLAGS) $(OWN_CFLAGS) $(LDFLAGS)' > $@
FORCE:

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(dir $@)
	$(call say,CC,$<)$(CC) $(OWN_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

define layer_rule
$(call lib,$(1)): $(call objects,$(1))
	@mkdir -p $$(dir $$@)
	$$(call say,AR,$$@)rm -f $$@; $(AR) rcs $$@ $$(filter %.o,$$^)
endef
$(foreach l,$(LAYERS),$(eval $(call layer_rule,$(l))))

$(BUILD)/mailspoor: $(BUILD)/mailspoor.o $(LAYER_LIBS)
	$(call say,LD,$@)$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $< $(LINK) $(LIBS)

# The extension of sqlite3: the lower layers once more, as a shared object that
# calls the SQLite of whoever loads it.
PIC_SOURCES = $(foreach l,base parsers model/evidence model/store,\
              $(call sources,$(l))) extension/mailspoor.c
PIC = $(PIC_SOURCES:%.c=$(BUILD)/pic/%.o)
PIC_FLAGS = -fPIC -fvisibility=hidden -include extension/host_sqlite.h

$(BUILD)/pic/%.o: %.c $(BUILD)/flags
	@mkdir -p $(dir $@)
	$(call say,CC,$< for the extension)$(CC) $(filter-out $(SANITIZE),$(OWN_CFLAGS)) $(CFLAGS) \
	 $(PIC_FLAGS) -MMD -MP -c -o $@ $<

extension: $(BUILD)/mailspoor.so ## v_event for the sqlite3 program
$(BUILD)/mailspoor.so: $(PIC)
	$(call say,LD,$@)$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-z,defs -o $@ $^ \
	 $(filter-out -lsqlite3,$(LIBS))

# Tests ------------------------------------------------------------------
$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(HELPERS) $(LAYER_LIBS)
	$(call say,LD,$@)$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $< $(HELPERS) \
	 $(LINK) $(LIBS) $(shell $(PKG_CONFIG) --libs cmocka)

$(BUILD)/tests/tools/%: $(BUILD)/tests/tools/%.o $(LAYER_LIBS)
	$(call say,LD,$@)$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $< $(LINK) $(LIBS)

tools: $(TOOLS)
unit: $(UNIT)

check: all extension man $(UNIT) $(TOOLS) ## all tests but fuzz
	@BUILD=$(BUILD) tests/run

# one sanitized build serves the tests and the fuzz targets
SANITIZED = BUILD=build-asan CC=clang \
            CFLAGS='-O1 -g -fno-omit-frame-pointer' \
            SANITIZE='-fsanitize=fuzzer-no-link,address,undefined \
            -fno-sanitize-recover=all'

asan: clang ## address + undefined behaviour sanitizers, own build folder, then check
	$(MAKE) $(SANITIZED) check

fuzz: ## short run per fuzz target; FUZZ_TIME=seconds
	@MAKE='$(MAKE)' tests/fuzz/run $(FUZZERS)

clang:
	@echo 'int main(void) { return 0; }' | \
	 clang -fsanitize=fuzzer-no-link,address,undefined -x c -o /dev/null - || \
	 { echo 'asan and fuzz need clang and its runtime: on Debian' \
	   'apt install clang libclang-rt-dev (libclang-rt-14-dev on Debian 12)'; \
	   exit 1; } >&2

fuzzers: clang
	@$(MAKE) $(SANITIZED) $(FUZZERS:%=build-fuzz/fuzz/%) \
	 build-asan/tests/tools/examples

build-fuzz/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/reading.o $(LAYER_LIBS)
	@mkdir -p $(dir $@)
	$(call say,FUZZ,$@)$(CC) $(CFLAGS) $(SANITIZE) -fsanitize=fuzzer $(LDFLAGS) \
	 -o $@ $< $(BUILD)/tests/reading.o $(LINK) $(LIBS)

bench: all tools ## speed and memory, as ratios; BENCH_LINES=1000000
	@BUILD=$(BUILD) tests/bench/run

lint: ## layers, size limits, forbidden calls; each rule has a test
	@tools/lint

accept: all $(UNIT) ## rewrite screen goldens for review
	@ACCEPT=1 BUILD=$(BUILD) tests/run screens

format:
	clang-format -i $(shell git ls-files '*.c' '*.h')
format-check:
	clang-format --dry-run -Werror $(shell git ls-files '*.c' '*.h')

# What is filled from the program's own tables: man pages and completions.
PAGES = $(patsubst man/%.in,%,$(wildcard man/*.in))
MANUAL = $(PAGES:%=$(BUILD)/man/%)
COMPLETION = $(BUILD)/completion/mailspoor.bash $(BUILD)/completion/_mailspoor
DATA = $(wildcard formats/*.format sample/*.log.gz)
INSTALLED = $(bindir)/mailspoor $(libdir)/mailspoor.so \
            $(foreach p,$(PAGES),$(mandir)/man$(subst .,,$(suffix $(p)))/$(p)) \
            $(bashdir)/mailspoor $(zshdir)/_mailspoor \
            $(DATA:%=$(prefix)/share/mailspoor/%)

$(BUILD)/tools/manual: $(BUILD)/tools/manual.o $(LAYER_LIBS)
	$(call say,LD,$@)$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $< $(LINK) $(LIBS)

$(MANUAL) $(COMPLETION): $(BUILD)/%: %.in $(BUILD)/tools/manual $(wildcard formats/*.format)
	@mkdir -p $(dir $@)
	$(call say,FILL,$@)$(BUILD)/tools/manual $< > $@.new && mv $@.new $@

man: $(MANUAL) $(COMPLETION) ## man pages and completions

install: all extension man ## program, extension, formats, man pages, completions; DESTDIR, prefix
	install -D -m 755 $(BUILD)/mailspoor $(DESTDIR)$(bindir)/mailspoor
	install -D -m 644 $(BUILD)/mailspoor.so $(DESTDIR)$(libdir)/mailspoor.so
	for p in $(PAGES); do install -D -m 644 $(BUILD)/man/$$p \
	 $(DESTDIR)$(mandir)/man$${p##*.}/$$p || exit 1; done
	install -D -m 644 $(BUILD)/completion/mailspoor.bash $(DESTDIR)$(bashdir)/mailspoor
	install -D -m 644 $(BUILD)/completion/_mailspoor $(DESTDIR)$(zshdir)/_mailspoor
	for f in $(DATA); do install -D -m 644 $$f \
	 $(DESTDIR)$(prefix)/share/mailspoor/$$f || exit 1; done
uninstall:
	rm -f $(INSTALLED:%=$(DESTDIR)%)

deb: ## a package for this Debian or Ubuntu, into build/
	@BUILD=$(BUILD) MAKE='$(MAKE)' packaging/deb

clean:
	rm -rf build build-asan build-fuzz

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 14

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
