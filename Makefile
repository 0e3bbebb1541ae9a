# One command each. Needs only Python >= 3.11 with venv, and make; everything else goes into .venv and the cache.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
MADE_OF := .venv/.made-of
LOCK := .venv/uv/requirements.lock

# A checkout may lie anywhere: where the locale knows only ASCII, Python 3.11 could not read a path that holds more.
ifneq ($(shell locale charmap 2>/dev/null),UTF-8)
ifeq ($(LC_ALL),)
export LC_CTYPE := C.UTF-8
else
export SWITCHDRILL_LANG := $(or $(SWITCHDRILL_LANG),$(if $(filter zh%,$(LC_ALL)),zh,en))
export LC_ALL := C.UTF-8
endif
endif

STALL := drills/test_site_loss.py::test_viewers_move_to_the_standby_when_the_primary_site_is_lost[stall]

.PHONY: help setup drill drills staging test bench soak machine lint types contracts check lock clean venv-anew

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(STAMP)  ## the virtual environment, and a Toxiproxy server for it
	@$(BIN)/switchdrill doctor --mend

# Judged by what is in these files, not by their dates: a checkout or `make lock` that changes nothing rebuilds nothing.
$(STAMP): requirements.lock pyproject.toml
	@if sha256sum requirements.lock pyproject.toml | cmp -s - $(MADE_OF); then touch $(STAMP); \
		else $(MAKE) --no-print-directory venv-anew; fi

# toxiproxy-python is source only and its build wants pytest-runner: the pinned build tools go in first,
# cut out of the same lock file, so that nothing is fetched that the lock does not name.
venv-anew:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "switchdrill needs Python 3.11 or newer, this is " + sys.version)'
	@echo "setting up .venv (about a minute) ..."
	@$(PYTHON) -m venv --clear .venv
	@awk '/^(setuptools|wheel|pytest-runner|packaging)==/ {on=1} on {print} on && !/\\$$/ {on=0}' requirements.lock > .venv/build.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r .venv/build.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --no-build-isolation -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@sha256sum requirements.lock pyproject.toml > $(MADE_OF)
	@touch $(STAMP)

drill: setup  ## everything, up to the finished report of a site-loss drill on the embedded platform
	@$(BIN)/switchdrill run "$(STALL)"

# It goes down however the drill ends, and the drill's exit code stays; one that was up before is refused, and stays up.
staging: setup  ## the same drill on the staging platform: real servers in Docker, started, drilled, stopped
	@$(BIN)/switchdrill up staging
	@down() { code=$$?; trap - EXIT; $(BIN)/switchdrill down staging || code=$$(( code ? code : $$? )); exit $$code; }; \
		trap down EXIT; trap 'exit 130' INT; trap 'exit 143' TERM HUP; \
		$(BIN)/switchdrill run "$(STALL)" --platform staging

# On plain processes nobody can take a site's power away.
drills: setup  ## every drill on both platforms, one after the other: about half an hour
	@status=0; for each in embedded staging; do \
		$(BIN)/switchdrill up $$each || exit; \
		words=$$([ $$each = embedded ] && echo "not power_off" || echo "drill or not drill"); \
		$(BIN)/switchdrill run drills --platform $$each -k "$$words" || status=$$?; \
		$(BIN)/switchdrill down $$each || status=$$(( status ? status : $$? )); done; exit $$status

test: setup  ## all tests, two at a time; what may run beside what stands in tests/lanes.py
	@$(BIN)/python -m pytest --basetemp=.venv/tests -n 2 $(ARGS)

bench: setup  ## speed and accuracy, as ratios against a named rival in the same run; nothing fails by it
	@$(BIN)/python -m pytest tests/bench -o python_files='bench_*.py' -p no:xdist -q --basetemp=.venv/bench $(ARGS)

soak: setup  ## KILLS=1000 runners killed at random instants, over all mechanisms (root, Docker); SEED= repeats one
	@$(BIN)/python -m tests.kills.soak --kills $(or $(KILLS),1000) $(if $(SEED),--seed $(SEED))

lint: $(STAMP)  ## ruff
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

# staging/ imports what its compose.yaml mounts from embedded/.
types: $(STAMP)  ## mypy --strict, of the packages and of both platforms' programs
	@$(BIN)/mypy
	@for each in embedded staging; do \
		MYPYPATH=drills/platforms/$$each:drills/platforms/embedded \
		$(BIN)/mypy --config-file pyproject.toml drills/platforms/$$each/*.py || exit; done

machine:  ## Docker engine, mmdebstrap, nft and a browser: installed and started as root, else told how
	@.ci/machine

contracts: $(STAMP)  ## who may import whom
	@$(BIN)/lint-imports

check: test lint types contracts  ## what CI runs

lock:  ## refresh requirements.lock: the newest versions that pyproject.toml allows, with hashes, no index address
	@test -x .venv/uv/bin/uv || { echo "fetching uv, which finds the versions, into .venv/uv ..." && $(PYTHON) -m venv .venv/uv \
		&& .venv/uv/bin/pip install --quiet --disable-pip-version-check uv; }
	@echo "asking the package index for the newest versions that pyproject.toml allows (up to a minute) ..."
	@cp requirements.lock $(LOCK)
	@.venv/uv/bin/uv pip compile pyproject.toml --group dev --group build --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
		--custom-compile-command "make lock" --upgrade --quiet -o $(LOCK)
	@if cmp -s $(LOCK) requirements.lock; then echo "requirements.lock has the newest already; nothing was changed"; \
		else diff <(grep == requirements.lock) <(grep == $(LOCK)) | sed -n 's/ .$$//; s/^[<>]/  &/p'; \
		cp $(LOCK) requirements.lock; \
		echo "requirements.lock was changed (< before, > now); .venv is set up anew by the next make setup, drill or test"; fi

clean:  ## the virtual environment and the runs
	@rm -rf .venv runs
