# make demo        retouches the photos in examples/shoot and opens a before/after page; results in demo/
# make test        the tests; nothing but Python, make and a package registry is needed
# make test-lowest  the tests that read and write photos, with the oldest versions that pyproject.toml allows
# make test-hosts  the tests against other programs; installs them with apt-get
# make test-darktable SUITE=trixie-backports   the tests of darktable, with another Debian's darktable (5.0 in trixie, 5.4 there)
# make test-ray    render and cube on a Ray cluster of two nodes, which it starts on this machine; Linux; about five minutes
# make test-lua    the specs of the Lua plug-ins; installs Lua, busted and luacheck with apt-get
# make bundle      dist/lutbridge-VERSION-SYSTEM-MACHINE: a folder with its own Python, and the same packed
# make test-bundle  that bundle, in a Debian with nothing in it, and as darktable's helper; needs root, or sudo
# make test-tools  the wheel by pipx, uv and pip, from a package registry
# make fuzz        FUZZ_FILES damaged photos and models, FUZZ_RUNS inputs of each parser, made from FUZZ_SEED; FUZZ_REQUESTS to each address of the helper
# make soak        a batch of SOAK_PHOTOS photos in one process, SOAK_KILLS batches killed, photos of up to 400 MP;
#                  the helper under 50 clients for SOAK_SECONDS, and SOAK_REQUESTS requests
# make evaluate DATA=FOLDER   measures the built-in model on a data set
# make bench       times lutbridge against its peers and draws docs/performance.svg; a quarter of an hour on an idle machine
# make mutants     small faults put into copies of the tree: do the tests notice? tests/mutants/mutants.toml lists them
# make lint        ruff
# make docs        builds the docs site into site/, and fails on a broken link

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
HOST_PACKAGES := chromium ffmpeg libimage-exiftool-perl darktable rawtherapee xvfb xdotool imagemagick gmic curl lua5.1 lua-dkjson
LUA_PACKAGES := lua5.1 lua5.4 lua-busted lua-check

.PHONY: demo test test-lowest test-hosts test-darktable test-ray test-lua bundle test-bundle test-tools fuzz soak mutants evaluate bench lint docs

# Stamps, so that a second run installs nothing. The test set-up builds on the base one.
$(VENV)/base.stamp: constraints.txt pyproject.toml
	@echo "Installing lutbridge into $(VENV); the first time takes a few minutes."
	$(PYTHON) -m venv $(VENV)
	$(PIP) install -c constraints.txt setuptools
	$(PIP) install -c constraints.txt --no-build-isolation -e .
	touch $@

$(VENV)/test.stamp: $(VENV)/base.stamp
	$(PIP) install -c constraints.txt --no-build-isolation -e '.[test,lint]'
	touch $@

demo: $(VENV)/base.stamp
	rm -rf demo
	$(BIN)/lutbridge cube examples/shoot -o demo/luts > /dev/null
	$(BIN)/lutbridge render examples/shoot -o demo/retouched --group folder --report demo/report.html --open > /dev/null
	@echo
	@echo "Real photos under open licences, most of them with an error put in: examples/shoot/SOURCES.md."
	@echo "  photos         $(CURDIR)/examples/shoot"
	@echo "  retouched      $(CURDIR)/demo/retouched"
	@echo "  .cube files    $(CURDIR)/demo/luts"
	@echo "  before/after   $(CURDIR)/demo/report.html"

test: $(VENV)/test.stamp
	$(BIN)/python -m pytest --ignore=tests/hosts --ignore=tests/ray --ignore=tests/fuzz --ignore=tests/soak --ignore=tests/bundle --ignore=tests/tools

# An environment of its own, and without the extras of training.
LOWEST := .venv-lowest/bin/python
.venv-lowest/stamp: pyproject.toml tests/lowest_versions.py
	$(PYTHON) -m venv .venv-lowest
	$(PYTHON) tests/lowest_versions.py > .venv-lowest/constraints.txt
	$(LOWEST) -m pip --disable-pip-version-check --quiet install -c .venv-lowest/constraints.txt -e '.[raw,heif]' pytest hypothesis
	touch $@

test-lowest: .venv-lowest/stamp
	$(LOWEST) -m pytest tests/test_without_extras.py tests/image/formats tests/image/metadata \
	  $(patsubst %,tests/image/test_%.py,read write convert round_trip formats_table unusual_files orientation recognise target)

# Installs the Debian packages that are missing.
define apt_install
	@for package in $(1); do dpkg -s $$package > /dev/null 2>&1 || missing="$$missing $$package"; done; \
	  if [ -n "$$missing" ]; then \
	    as_root=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	    $$as_root apt-get update && DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -y $$missing; \
	  fi
endef

test-hosts: $(VENV)/test.stamp
	$(call apt_install,$(HOST_PACKAGES))
	$(PIP) install -c constraints.txt --no-build-isolation -e '.[hosts]'
	$(BIN)/python -m pytest tests/hosts

# Another Debian's darktable, unpacked with its libraries into a folder: nothing of it is installed on this system.
SUITE ?= trixie-backports
DARKTABLE := .darktable-$(SUITE)
DARKTABLE_PACKAGES := mmdebstrap xvfb xdotool imagemagick libimage-exiftool-perl curl
MIRROR ?= $(shell apt-get indextargets --format '$$(REPO_URI)' 'Label: Debian' | head -n 1)
RELEASE := $(firstword $(subst -, ,$(SUITE)))
$(DARKTABLE)/stamp: tests/hosts/darktable/unpacked.sh
	$(call apt_install,$(DARKTABLE_PACKAGES))
	rm -rf $(DARKTABLE)
	mkdir -p $(DARKTABLE)/bin
	mmdebstrap --quiet --variant=extract --include=darktable/$(SUITE) $(RELEASE) $(DARKTABLE)/root \
	  "deb $(MIRROR) $(RELEASE) main" "deb $(MIRROR) $(SUITE) main"
	for program in darktable darktable-cli; do cp $< $(DARKTABLE)/bin/$$program; done
	touch $@

test-darktable: $(VENV)/test.stamp $(DARKTABLE)/stamp
	$(PIP) install -c constraints.txt --no-build-isolation -e '.[hosts]'
	PATH="$(CURDIR)/$(DARKTABLE)/bin:$$PATH" $(BIN)/python -m pytest tests/hosts/darktable tests/hosts/test_darktable_style.py

# An environment of its own, as Ray holds on to many packages; without torch, which it can do without.
.venv-ray/stamp: constraints.txt pyproject.toml
	$(PYTHON) -m venv .venv-ray
	.venv-ray/bin/python -m pip --disable-pip-version-check --quiet install -c constraints.txt -e '.[ray]' pytest
	touch $@

test-ray: .venv-ray/stamp
	.venv-ray/bin/python -m pytest tests/ray

test-lua:
	$(call apt_install,$(LUA_PACKAGES))
	luacheck --quiet plugin_lua
	busted --lua=/usr/bin/lua5.1 --exclude-pattern=darktable
	busted --lua=/usr/bin/lua5.4 --exclude-pattern=lightroom

# An environment of its own: what is installed in it goes into the bundle.
BUNDLE := .venv-bundle/$(if $(filter Windows_NT,$(OS)),Scripts,bin)/python
BUNDLE_PACKAGES := debootstrap darktable xvfb xdotool imagemagick curl
.venv-bundle/stamp: constraints.txt pyproject.toml
	$(PYTHON) -m venv .venv-bundle
	$(BUNDLE) -m pip --disable-pip-version-check --quiet install -c constraints.txt '.[raw,bundle]'
	touch $@

bundle: .venv-bundle/stamp
	rm -rf build
	$(BUNDLE) -m pip --disable-pip-version-check --quiet install --no-deps --force-reinstall .
	$(BUNDLE) bundle/build.py

test-bundle: bundle
	$(if $(filter Linux,$(shell uname -s)),$(call apt_install,$(BUNDLE_PACKAGES)))
	$(BUNDLE) -m pip --disable-pip-version-check --quiet install -c constraints.txt pytest
	$(BUNDLE) -m pytest -rs tests/bundle

test-tools: $(VENV)/test.stamp
	$(BIN)/python -m pytest tests/tools

fuzz: $(VENV)/test.stamp
	$(PIP) install -c constraints.txt --no-build-isolation -e '.[fuzz]'
	$(BIN)/python -m pytest tests/fuzz

soak: $(VENV)/test.stamp
	$(BIN)/python -m pytest tests/soak

mutants: $(VENV)/test.stamp
	$(BIN)/python tests/mutants/run.py

evaluate: $(VENV)/test.stamp
	@test -n "$(DATA)" || { echo "usage: make evaluate DATA=FOLDER"; exit 2; }
	@echo "At commit $$(git describe --always --dirty):"
	$(BIN)/lutbridge evaluate --data "$(DATA)"

bench: $(VENV)/base.stamp
	$(PIP) install -c constraints.txt --no-build-isolation -e '.[bench]'
	$(BIN)/python benchmarks/kernels.py --json benchmarks/kernels.json
	$(BIN)/python benchmarks/render.py --runs 5 --json benchmarks/render.json
	$(BIN)/python benchmarks/lut.py --json benchmarks/lut.json
	$(BIN)/python benchmarks/training.py --json benchmarks/training.json
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/road.py --json benchmarks/road.json
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/server.py --json benchmarks/server.json
	$(BIN)/python benchmarks/growth.py --json benchmarks/growth.json
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/large.py --json benchmarks/large.json
	$(BIN)/python benchmarks/chart.py

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

docs: $(VENV)/base.stamp
	$(PIP) install -c constraints.txt --no-build-isolation -e '.[docs]'
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict
	@echo "docs           $(CURDIR)/site/index.html"
