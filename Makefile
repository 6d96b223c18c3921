# Vitrine. `make help` lists what there is.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# Debian packages. What the programs are compiled and linked against:
BUILD_PACKAGES := libavformat-dev libavcodec-dev libavfilter-dev libswscale-dev \
	libswresample-dev libavutil-dev libvips-dev libpoppler-glib-dev libsqlite3-dev \
	pkg-config
# What makes sample media and judges the results, in the demonstration and in the tests:
ORACLE_PACKAGES := ffmpeg libvips-tools libimage-exiftool-perl jq curl
TEST_PACKAGES := $(ORACLE_PACKAGES) chromium strace libxml2-utils python3-jsonschema \
	python3-m3u8 python3-mpegdash python3-pil python3-venv webp prometheus systemd \
	mandoc zsh fish tmux poppler-utils qpdf poppler-data e2fsprogs xfsprogs libjxl-tools \
	imagemagick libheif-examples libjpeg-turbo-progs libtiff-tools
BENCH_PACKAGES := $(ORACLE_PACKAGES) hyperfine inotify-tools imagemagick python3-pil
# A systemd to boot, in a container of its own:
SYSTEMD_PACKAGES := $(ORACLE_PACKAGES) python3 systemd systemd-container
# What makes the Debian package, judges it, and makes a Debian to install it in:
PACKAGING_PACKAGES := debhelper dpkg-dev lintian
DEB_TEST_PACKAGES := $(SYSTEMD_PACKAGES) mmdebstrap
# What makes and runs a container:
CONTAINER_PACKAGES := $(ORACLE_PACKAGES) python3 podman buildah runc mmdebstrap
# A kernel of its own:
VIRTUAL_MACHINE_PACKAGES := $(ORACLE_PACKAGES) python3 qemu-system-x86 mmdebstrap e2fsprogs

# Every module checks that it imports only what Package.swift lets it import.
SWIFT_FLAGS := --explicit-target-dependency-import-check error
SWIFT_SOURCES := Sources Tests Package.swift

# $(call install,PACKAGES): installs those that are missing; quick when none is.
define install
	@missing=(); \
	for package in $(1); do \
		dpkg-query -W -f='$${db:Status-Status}\n' "$$package" 2>/dev/null | grep -qx installed \
			|| missing+=("$$package"); \
	done; \
	if [ $${#missing[@]} -gt 0 ]; then \
		echo "installing: $${missing[*]}"; \
		if [ "$$(id -u)" = 0 ]; then root=(env); else root=(sudo env); fi; \
		"$${root[@]}" apt-get update -q </dev/null; \
		"$${root[@]}" DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
			--no-install-recommends "$${missing[@]}" </dev/null; \
	fi
endef

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' Makefile

.PHONY: swift
swift:
	@command -v swift >/dev/null || { \
		echo "Swift 6.3 is needed: https://www.swift.org/install/linux/" >&2; exit 1; }

# Judges of the control interface that Debian does not have, beside the Python packages it has.
PYTHON_ORACLES := schemathesis==4.32.5 openapi-spec-validator==0.9.0 iiif==1.0.10
# The packages that hls.js and OpenSeadragon are taken out of.
PLAYER_PACKAGE := gradio==6.31.0
ZOOM_PACKAGE := tissuumaps==3.2.1.14
ORACLES := .build/oracles

.PHONY: deps
deps: swift ## Install what is missing for building and testing
	$(call install,$(BUILD_PACKAGES) $(TEST_PACKAGES))
	@[ "$$(cat $(ORACLES)/installed 2>/dev/null)" = "$(PYTHON_ORACLES) $(PLAYER_PACKAGE) $(ZOOM_PACKAGE)" ] || { \
		echo "installing: $(PYTHON_ORACLES), hls.js of $(PLAYER_PACKAGE), OpenSeadragon of $(ZOOM_PACKAGE)"; \
		/usr/bin/python3 -m venv --clear --system-site-packages $(ORACLES) \
			&& $(ORACLES)/bin/pip install -q $(PYTHON_ORACLES) \
			&& $(ORACLES)/bin/pip download -q --no-deps -d $(ORACLES)/player $(PLAYER_PACKAGE) \
			&& fixtures/hls-player.py $(ORACLES)/player/*.whl $(ORACLES)/hls.mjs \
			&& rm -r $(ORACLES)/player \
			&& $(ORACLES)/bin/pip download -q --no-deps -d $(ORACLES)/zoom $(ZOOM_PACKAGE) \
			&& fixtures/zoom-viewer.py $(ORACLES)/zoom/*.whl $(ORACLES)/openseadragon.js \
			&& rm -r $(ORACLES)/zoom \
			&& echo "$(PYTHON_ORACLES) $(PLAYER_PACKAGE) $(ZOOM_PACKAGE)" >$(ORACLES)/installed \
			|| echo "PyPI cannot be reached: the tests that need these will fail" >&2; }

.PHONY: build-deps
build-deps: swift
	$(call install,$(BUILD_PACKAGES))

.PHONY: build
build: build-deps ## Build vitrined, vitrine-worker and vitrinectl for release
	swift build -c release $(SWIFT_FLAGS)

# A first look should not wait for the optimiser: the codecs are the installed, optimised ones
# anyway. CONFIGURATION=release for the real thing.
CONFIGURATION ?= debug

.PHONY: quick-build
quick-build: build-deps
	swift build -c $(CONFIGURATION) $(SWIFT_FLAGS)

.PHONY: demo
demo: quick-build ## Process sample media (or FILES="a.mov b.jpg") in ./demo and show what comes out
	$(call install,$(ORACLE_PACKAGES))
	@FILES="$(FILES)" fixtures/demo.sh "$$(swift build -c $(CONFIGURATION) --show-bin-path)" ./demo

.PHONY: run
run: quick-build ## Run vitrined in the foreground on ./demo; end it with control-C
	@mkdir -p demo
	"$$(swift build -c $(CONFIGURATION) --show-bin-path)/vitrined" --embedded ./demo

.PHONY: man
man: quick-build ## Write the manual pages to .build/man, from what the programs say of themselves
	@mkdir -p .build/man
	@bin="$$(swift build -c $(CONFIGURATION) --show-bin-path)"; \
	for page in vitrinectl.1 vitrined.8; do \
		python3 man/manual.py "$$bin/$${page%.*}" "$${page##*.}" >.build/man/$$page; \
		echo ".build/man/$$page"; \
	done

.PHONY: test-build
test-build: deps
	swift build --build-tests $(SWIFT_FLAGS)

# `FILTER=LadderTests make test` runs what a name matches.
# Tests that start daemons and workers, wait for what the kernel tells, or look at the whole process:
# one after the other, or two cores spend their time switching and every wait becomes long.
# What is played in a browser is shown by the clock, too. What poppler complains of belongs to the
# process.
STATEFUL := ^((EndToEndTests|DaemonTests|PipelineTests|IntakeTests)\.|VipsTests\.MemoryTests|PopplerTests\.|TranscodingTests\.(BrowserPlaybackTests|CaptionTests|TrackTests|GaplessTests|DocumentTests|DocumentCorpusTests|HostileDocumentTests))
QUIETLY := grep --line-buffered -vE '^(◇|↳)|^. Test case passing .* (started|passed)'

.PHONY: test
test: test-build ## Run every test (FILTER=name for some)
ifdef FILTER
	swift test --skip-build --disable-xctest --filter "$(FILTER)" 2>&1 | $(QUIETLY)
else
	swift test --skip-build --disable-xctest --skip '$(STATEFUL)' 2>&1 | $(QUIETLY)
	swift test --skip-build --disable-xctest --no-parallel --filter '$(STATEFUL)' 2>&1 | $(QUIETLY)
endif

# Tests/FAULTS.md says what each of them does. TEST_FAILPOINT="storage.rename=kill:3" plays one case of
# the failpoints, TEST_BUG=manifestFirst one seeded bug, TEST_CALL="picture:37=ENOSPC" one failing call.
FAULT_TESTS := (EndToEndTests.(Kill|Stop|LoadedStop|StorageFault|FullDisk|WorkerFault|Poison|Failpoint|FailingCall|SeededBug|PowerCut|Attack)Tests|DaemonTests.HostileClientTests|IntakeTests.(HostileInbox|InboxRace)Tests|JobStoreSQLiteTests.JobStoreSimulation)

.PHONY: test-faults
test-faults: test-build ## Run the fault tests: every failpoint with every action, ten times the kills, 100 power cuts
	TEST_KILLS=250 TEST_FAULTS=all TEST_CALLS=200 TEST_CALL_KILLS=10 TEST_DISKS=all TEST_POISON=5 TEST_RACES=200 \
	TEST_BURST=20000 TEST_POWER_CUTS=50 TEST_STOPS=10 TEST_FRAMES=10000 VITRINE_SEEDS=1000 \
	swift test --skip-build --disable-xctest --no-parallel \
		--filter '$(FAULT_TESTS)'
	Tests/SystemTests/test_soak.py "$$(swift build --show-bin-path)" --jobs 5000 --real 100

.PHONY: soak
soak: test-build build ## Run the fault tests once as usual and nine times at drawn moments, a thousand kills of each kind, and a day's jobs
	TEST_KILLS=1000 TEST_FAULTS=all TEST_FAULT_SEEDS=9 TEST_CALLS=2000 TEST_CALL_KILLS=1 TEST_DISKS=all TEST_POISON=50 \
	TEST_RACES=10000 TEST_BURST=20000 TEST_POWER_CUTS=500 TEST_STOPS=200 TEST_FRAMES=100000 VITRINE_SEEDS=10000 \
	swift test --skip-build --disable-xctest --no-parallel --filter '$(FAULT_TESTS)'
	Tests/SystemTests/test_soak.py "$$(swift build -c release --show-bin-path)" --jobs 86400 --real 2000 $(SOAK)

# Alone, for other numbers or the same ones again: SOAK="--jobs 20000 --real 500 --seed 7".
.PHONY: test-soak
test-soak: build ## Give one daemon 5,000 jobs (SOAK="--jobs N --real N --seed N") and see whether it grows or leaks
	@Tests/SystemTests/test_soak.py "$$(swift build -c release --show-bin-path)" $(SOAK)

.PHONY: test-release
test-release: build quick-build ## Show that the release build has no failpoints and no seeded bugs
	@Tests/SystemTests/no_failpoints.sh "$$(swift build -c debug --show-bin-path)" \
		"$$(swift build -c release --show-bin-path)"

.PHONY: hostile-corpus
hostile-corpus: ## Fetch files that once broke decoders into .build/hostile, for TEST_HOSTILE and MUTANTS="--files …"
	@fixtures/hostile-corpus.sh .build/hostile

# Every mutant follows from the seed and its number: what one of them finds is replayed by
# MUTANTS="--only 291 --seed 1". CORPUS=directory adds its small files to the originals. MUTANTS=--cuts
# gives every original in a hundred lengths, MUTANTS=--zzuf what zzuf makes of them, and
# MUTANTS="--files directory" files as they are.
.PHONY: test-mutants
test-mutants: build ## Feed one daemon 2,000 damaged uploads (MUTANTS="--count 50000 --seed 7" for more)
	$(call install,$(ORACLE_PACKAGES) zzuf)
	@Tests/SystemTests/test_mutants.py "$$(swift build -c release --show-bin-path)" \
		$(if $(CORPUS),--corpus "$(CORPUS)") --keep .build/mutants $(MUTANTS)

# SANITIZE="--sanitizer thread --whole" looks for threads at one place; --zzuf, --files directory and --only
# as above.
.PHONY: test-sanitizers
test-sanitizers: build-deps ## Give 500 damaged uploads to the worker's engine, built with AddressSanitizer
	$(call install,$(ORACLE_PACKAGES) zzuf)
	@Tests/Sanitizing/sanitize.py $(if $(CORPUS),--corpus "$(CORPUS)") $(SANITIZE)

# FORMATS="--only prores" takes the files with that in their names.
.PHONY: test-formats
test-formats: build ## Feed one daemon what every encoder of FFmpeg and every mode of Pillow writes
	$(call install,$(ORACLE_PACKAGES) python3-pil)
	@Tests/SystemTests/test_formats.py "$$(swift build -c release --show-bin-path)" --keep .build/formats \
		$(FORMATS)

# What the parsers of ours have learned stays in .build/fuzzing. CORPUS=directory adds beginnings of files.
.PHONY: fuzz
fuzz: build-deps ## Give our own parsers to libFuzzer, a minute each (FUZZ="--seconds 3600 --only raw" for more)
	$(call install,$(ORACLE_PACKAGES))
	@Tests/Fuzzing/fuzz.py $(if $(CORPUS),--corpus "$(CORPUS)") $(FUZZ)

# The debug build has a program of the tests that tries to leave the sandbox, which runs inside the
# unit too. FILTER="starts survives_a_kill" for some.
.PHONY: test-systemd
test-systemd: test-build ## Run the service under a real systemd, in systemd-nspawn (needs root)
	$(call install,$(SYSTEMD_PACKAGES))
	@Tests/SystemTests/test_systemd.py "$$(swift build --show-bin-path)" $(FILTER)

# Memory limits of control groups need a kernel that is nobody else's. FILTER as above.
.PHONY: test-groups
test-groups: test-build ## Run the service with a control group per worker, in qemu (needs root)
	$(call install,$(VIRTUAL_MACHINE_PACKAGES))
	@Tests/SystemTests/test_groups.py "$$(swift build --show-bin-path)" .build/machines $(FILTER)

# The Swift runtime inside, the codecs from Debian. In a place of its own, as everything is compiled
# differently for that.
# Swift links with gold. Debian 13 has none, and GNU ld leaves relocations and constants of the static
# runtime writable; lld, of the tool chain, does not.
PACKAGE_BUILD := -c release --static-swift-stdlib --scratch-path .build/package \
	$(if $(shell command -v ld.gold),,-Xswiftc -use-ld=lld)

.PHONY: deb
deb: build-deps ## Make the Debian package, in .build/deb
	$(call install,$(PACKAGING_PACKAGES))
	swift build $(PACKAGE_BUILD) $(SWIFT_FLAGS)
	packaging/build-deb.sh "$$(swift build $(PACKAGE_BUILD) --show-bin-path)" .build/deb
	lintian --allow-root --fail-on error,warning --tag-display-limit 0 .build/deb/*.deb

# SUITE=trixie for a package that was made on another Debian than this one.
.PHONY: test-deb
test-deb: ## Install, upgrade, remove and purge what `make deb` made, in a Debian of its own (needs root)
	$(call install,$(DEB_TEST_PACKAGES))
	@Tests/SystemTests/test_deb.py .build/deb/*.deb .build/deb $(SUITE)

.PHONY: test-container
test-container: test-build ## Make and run the container with what `make deb` built (needs root)
	$(call install,$(CONTAINER_PACKAGES))
	@Tests/SystemTests/test_container.py "$$(swift build $(PACKAGE_BUILD) --show-bin-path)" .build/machines \
		"$$(swift build --show-bin-path)/sandbox-probe"

.PHONY: test-handbook
test-handbook: test-build ## Execute the commands of docs/handbook.md on a machine of its own (needs root)
	$(call install,$(SYSTEMD_PACKAGES) nginx-light)
	@Tests/SystemTests/test_handbook.py "$$(swift build --show-bin-path)"

.PHONY: install
install: ## Put the release build below DESTDIR, as a package does
	@packaging/install.sh "$$(swift build -c release --show-bin-path)" "$(DESTDIR)"

.PHONY: corpus
corpus: build ## Run every file of CORPUS=directory (with INDEX.tsv) through one daemon, as a table
	$(call install,$(ORACLE_PACKAGES))
	@rm -rf .build/corpus
	@fixtures/corpus-table.sh "$$(swift build -c release --show-bin-path)" \
		"$(or $(CORPUS),../shared/corpus)" .build/corpus

.PHONY: bench
bench: build ## Measure against the named baselines (BENCH="--rows 7,11" for some)
	$(call install,$(BENCH_PACKAGES) python3)
	@Benchmarks/run.py --bin "$$(swift build -c release --show-bin-path)" $(BENCH)

.PHONY: lint
lint: swift ## Check the style of the sources
	swift format lint --strict --parallel --recursive $(SWIFT_SOURCES)

.PHONY: format
format: swift ## Bring the sources into the house's style
	swift format --in-place --parallel --recursive $(SWIFT_SOURCES)

.PHONY: clean
clean: ## Remove what was built and what the demonstration made
	rm -rf .build demo
