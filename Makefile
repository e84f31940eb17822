# The front door: builds, installs and tests the extension through PGXS, and starts the project's other builds and
# tests.

front_goals := help deps deps-lint deps-sanitize sidecar tests demo play check check-fast bench torture sanitize \
    matrix lint states reasons reference dist clean-all plan-update
goals := $(or $(MAKECMDGOALS),all)
front_asked := $(filter $(front_goals),$(goals))
engine_asked := $(filter-out $(front_goals),$(goals))

version := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" extension/telephony.control)

ifneq (,$(and $(front_asked),$(engine_asked)))
# Goals of both kinds: each in a make of its own, in the order given, as PGXS has a `check` of its own.
.NOTPARALLEL:
.PHONY: $(goals)
$(goals):
	$(MAKE) $@

else ifeq (,$(engine_asked))
# ---------------------------------------------------------------- goals that need no PostgreSQL to be installed yet
.PHONY: $(front_goals)

help:
	@echo 'telephony $(version)'
	@echo
	@echo 'The extension (server chosen by PG_CONFIG=/path/to/pg_config):'
	@echo '  make               build telephony.so, its companion for libsodium, and the install script'
	@echo '  make install       install them into that server (as its owner, usually root)'
	@echo '  make installcheck  run the regression tests against that running server (PGHOST, PGPORT, PGUSER)'
	@echo '  make uninstall     remove what install put there'
	@echo '  make clean         remove the products of make; clean-all: those of every goal'
	@echo
	@echo 'The whole project:'
	@echo '  make deps          install the packages that building and testing need'
	@echo '  make sidecar       build telephonyd and the Twilio simulator in build/'
	@echo '  make tests         build these and the unit tests'
	@echo '  make demo          install what is needed, build, and show the whole story on a private server'
	@echo '  make play          the same private system, empty, and psql in it'
	@echo '  make check         install what is needed, build, and run every test once (LEVELS=unit,e2e: only those;'
	@echo '                     FILES=jobs,shapes: only these files of them; BUILT=1: as it is built and installed)'
	@echo '  make check-fast    the tests of a minute: unit, pg_regress, one end-to-end story'
	@echo '  make bench         measure the promises of speed'
	@echo '  make torture       kills, cuts and faults from a seed, and what came of them (ROUNDS=, SEED=, FIRST=);'
	@echo '                     SOAK=3600: an even load for an hour, after which nothing may have grown'
	@echo '  make sanitize      tests under ASan, UBSan, TSan and valgrind, and libFuzzer: hours (SECTIONS=address,thread,'
	@echo '                     valgrind,fuzz: only those; FUZZ_SECONDS=600 each target; LEVELS=, FILES=)'
	@echo '  make matrix        check and demo in a root of each supported Debian suite (tools/matrix/matrix.mjs --help)'
	@echo '  make plan-update   take the newest numbering metadata into the checked-in plan (VERSION=)'
	@echo '  make lint          clang-format, clang-tidy, shellcheck, eslint and the rules of the house'
	@echo '  make states        renew the picture of the states in docs/architecture.md'
	@echo '  make reasons       renew the table of docs/reasons.md'
	@echo '  make reference     renew docs/api.md and web/types from the catalog'
	@echo '  make dist          pack the committed tree as build/telephony-$(version).zip'

deps:
	test/harness/install_packages.sh

sidecar tests:
	cmake -S . -B build $(if $(shell command -v ninja),-G Ninja) -DCMAKE_BUILD_TYPE=RelWithDebInfo
	cmake --build build $(if $(filter sidecar,$@),--target telephonyd twilio_simulator)

# Nothing in the caller's environment changes what these do: node takes its options and sh its locale before
# test/harness/environment.mjs leaves the names it knows.
unexport NODE_OPTIONS NODE_PATH NODE_TLS_REJECT_UNAUTHORIZED LANGUAGE
export LC_ALL := C.UTF-8

# Each builds and installs what it needs, and says so.
demo play check bench torture reference: deps
	@node test/$@.mjs

# The packages of sanitize alone.
deps-sanitize: deps
	test/harness/install_packages.sh sanitize

sanitize: deps-sanitize
	@node test/sanitize.mjs

check-fast: deps
	@LEVELS=unit,pg_regress,story node test/check.mjs

# The packages of lint alone, which no build and no test needs.
deps-lint: deps
	test/harness/install_packages.sh lint

# Formats, rules, shell and JavaScript first, which take seconds and are a level of `make check` too; clang-tidy looks
# only at what has changed since it was clean.
lint: deps-lint
	node tools/lint/main.mjs --report
	node tools/lint/includes.mjs
	node tools/lint/programs.mjs
	cmake -S . -B build $(if $(shell command -v ninja),-G Ninja) >/dev/null
	node tools/lint/clang_tidy.mjs

# The picture in docs/architecture.md, from the file of transitions.
states:
	node tools/lint/states.mjs

# The table of docs/reasons.md, from the register.
reasons:
	node tools/lint/reasons.mjs

dist:
	mkdir -p build
	git archive --format=zip --prefix=telephony-$(version)/ --output=build/telephony-$(version).zip HEAD

# The README's commands on every supported system: makes a root of each with debootstrap, and keeps it.
matrix:
	@node tools/matrix/matrix.mjs

# The newest metadata from npm, as a change to review (VERSION= takes another one).
plan-update:
	node tools/plan_update/plan_update.mjs

clean-all:
	rm -rf build
	$(if $(shell command -v $(or $(PG_CONFIG),pg_config)),$(MAKE) clean)

else
# ---------------------------------------------------------------- the extension, through PGXS
PG_CONFIG ?= pg_config
# CXX in the environment chooses the compiler here as it does in CMake, although the server's own settings name
# another one.
ifeq (environment,$(origin CXX))
override CXX := $(CXX)
endif
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
ifeq (,$(wildcard $(PGXS)))
$(error $(PG_CONFIG) gives no PGXS: install the server's development files (Debian and Ubuntu: apt install \
postgresql-server-dev-all, Fedora: dnf install postgresql-server-devel), name the program with PG_CONFIG=, \
or run `make deps`)
endif
ifneq (,$(filter-out clean uninstall,$(goals)))
too_old := $(shell tools/oldest/refuse.sh '$(PG_CONFIG)' '$(CXX)')
$(if $(too_old),$(error $(too_old)))
endif

EXTENSION = extension/telephony
MODULE_big = telephony
# A file *_main.cpp is a program of its own, built by CMake.
# What needs libsodium is another module; only the reading of a key file does not.
sodium_core = $(filter-out %/key_file.cpp,$(wildcard extension/core/credential/*.cpp))
sources = $(sort $(wildcard extension/core/*/*.cpp extension/pg/*.cpp))
OBJS = $(patsubst %.cpp,%.o,$(filter-out %_main.cpp $(sodium_core),$(sources)))
DATA = $(wildcard extension/update/telephony--*--*.sql)
DATA_built = telephony--$(version).sql

# The numbering plan: compiled from the checked-in data, or from NUMBERING_PLAN_XML (of NUMBERING_PLAN_VERSION).
plan_compiler = extension/generated/plan_compiler
plan_source = extension/generated/numbering_plan.cpp
plan_data = extension/core/numbering/plan_data/numbering_plan.txt
plan_arguments = $(if $(NUMBERING_PLAN_XML), \
    --xml '$(NUMBERING_PLAN_XML)' --version '$(or $(NUMBERING_PLAN_VERSION),unnamed)',--data $(plan_data))
plan_choice = extension/generated/numbering_plan.choice
plan_compiler_sources = $(addprefix extension/core/numbering/,plan.cpp e164.cpp) \
    $(sort $(wildcard extension/core/numbering/compiler/*.cpp))
OBJS += $(plan_source:.cpp=.o)

# The module that needs libsodium is another one: a backend loads that library when it first seals credentials.
sodium_module = telephony_libsodium$(DLSUFFIX)
sodium_objects = $(patsubst %.cpp,%.o,$(sort $(sodium_core) $(wildcard extension/pg/libsodium/*.cpp))) \
    extension/core/credential/key_file.o extension/pg/public_key_file.o extension/pg/guard.o
# Raises every kind of error for the test of the guard; never installed.
guard_test_objects = extension/pg/guard_test/guard_test.o extension/pg/guard.o
guard_test_module = extension/pg/guard_test/telephony_guard_test$(DLSUFFIX)

REGRESS = first_use shared_names e164 e164_index numbers dirty_numbers numbering_plan numbers_guide \
    numbers_search mmi dial_codes forwarding_codes tenancy org_uuid request_limits credentials guard
REGRESS_OPTS = --load-extension=telephony
# The same results whatever the server's default locale is.
ENCODING = UTF8
NO_LOCALE = 1
EXTRA_CLEAN = extension/generated $(sodium_module) $(guard_test_module) \
    $(sort $(sodium_objects) $(guard_test_objects)) $(dependencies)

# The server's headers are system headers: warnings are about this project's code.
PG_CPPFLAGS = -DNDEBUG -Iextension/core -Iextension -Iextension/generated \
    -isystem $(shell $(PG_CONFIG) --includedir-server) \
    -DTELEPHONY_VERSION='"$(version)"'
PG_CXXFLAGS = -std=c++20 -fvisibility=hidden -Wall -Wextra $(if $(WERROR),-Werror) $(unknown_flags)
# The server's own flags are those of the compiler that built it.
unknown_flags = $(if $(findstring clang,$(shell $(CXX) --version)), \
    -Wno-unknown-warning-option -Wno-ignored-optimization-argument)
# The C++ library's part that is used goes into the module, where there is one to take it from: to load the shared one
# would cost each backend a tenth of a millisecond and the pages that its relocations write to.
cxx_library := $(wildcard $(shell $(CXX) -print-file-name=libstdc++.a))
SHLIB_LINK = $(module_link) $(if $(cxx_library),-static-libgcc $(cxx_library),-lstdc++)
# Bitcode would let the JIT inline SQL functions; its compile rule knows no C++20, and these bodies gain nothing by it.
override with_llvm = no

include $(PGXS)

# What of the C++ library's templates is instantiated here stays here.
module_link = $(if $(filter darwin,$(PORTNAME)),,-Wl,--version-script=extension/pg/exports.map)
dependencies = $(patsubst %.o,%.d,$(sort $(OBJS) $(sodium_objects) $(guard_test_objects)))

%.o: %.cpp
	$(COMPILE.cc) -MMD -MP -o $@ $<

-include $(dependencies)

plan_compiler_headers = $(sort $(wildcard extension/core/*/*.hpp extension/core/numbering/compiler/*.hpp))
$(plan_compiler): $(plan_compiler_sources) $(plan_compiler_headers)
	mkdir -p $(@D)
	$(CXX) -std=c++20 -O2 -Wall -Wextra -Iextension/core -o $@ $(plan_compiler_sources)

# What the plan was made of: renewed when that changes, and then the plan is.
.PHONY: always
$(plan_choice): always
	@mkdir -p $(@D)
	@printf '%s\n' "$(plan_arguments)" | cmp -s - $@ || printf '%s\n' "$(plan_arguments)" > $@

$(plan_source): $(plan_compiler) $(plan_choice) $(or $(NUMBERING_PLAN_XML),$(plan_data))
	$(plan_compiler) $(plan_arguments) --source $@

extension/pg/module.o extension/pg/libsodium/module.o: extension/telephony.control

# The state machines, from their one home.
transitions = extension/tenant/transitions
machines = $(addprefix extension/generated/functions/,jobs/set_machines.sql jobs/is_ended.sql sidecar/contract.sql)
$(machines): $(transitions) $(transitions).awk
	@mkdir -p $(@D)
	@awk -v make=sql -v part=$(basename $(@F)) -f $(transitions).awk $(transitions) > $@.part
	@mv $@.part $@

# The reason codes, from their one home: a function of the tenant schema, and constants of C++.
reasons = extension/tenant/reasons
reason_function = extension/generated/functions/access/reason_codes.sql
reason_header = extension/generated/reasons.hpp
$(reason_function): make = sql
$(reason_header): make = header
$(reason_function) $(reason_header): $(reasons) $(reasons).awk
	@mkdir -p $(@D)
	@awk -v make=$(make) -f $(reasons).awk $(reasons) > $@.part
	@mv $@.part $@
$(OBJS) $(sodium_objects) $(guard_test_objects): | $(reason_header)

tenant_files = extension/tenant/tables/releases $(sort $(wildcard extension/tenant/tables/*.sql)) \
    $(machines) $(reason_function) $(sort $(wildcard extension/tenant/functions/*/*.sql))
$(DATA_built): $(sort $(wildcard extension/install/*.sql)) $(tenant_files) extension/tenant/embed.awk
$(DATA_built): extension/telephony.control Makefile
	@{ printf '%s\n' '\echo Use "CREATE EXTENSION telephony" to load this file. \quit' && \
	  awk -f extension/tenant/embed.awk $(tenant_files) && cat $(filter extension/install/%,$^); } > $@.part
	mv $@.part $@

all: $(sodium_module)
$(shlib) $(sodium_module) $(guard_test_module): extension/pg/exports.map
$(sodium_module): $(sodium_objects)
	$(CXX) $(CXXFLAGS) -shared -o $@ $(sodium_objects) $(LDFLAGS) $(LDFLAGS_SL) $(SHLIB_LINK) -lsodium
$(guard_test_module): $(guard_test_objects)
	$(CXX) $(CXXFLAGS) -shared -o $@ $(guard_test_objects) $(LDFLAGS) $(LDFLAGS_SL) $(module_link)

further_modules = $(sodium_module)
install: install-further-modules
.PHONY: install-further-modules uninstall-further-modules
install-further-modules: $(further_modules) | installdirs-lib
	$(INSTALL_SHLIB) $(further_modules) '$(DESTDIR)$(pkglibdir)/'
uninstall: uninstall-further-modules
uninstall-further-modules:
	rm -f $(patsubst %,'$(DESTDIR)$(pkglibdir)/%',$(further_modules))

installcheck: $(guard_test_module)
installcheck: export GUARD_TEST_MODULE = $(abspath $(guard_test_module))
endif
