# What people type. Each target can be repeated: what is done already is not done again.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EXAMPLE := --local examples/local_users.txt --cryo examples/cryo_users.txt --select any

# `make up` shows Usermon on the example facility, with its state beside it.
up down status images: export USERMON_STATE_DIR ?= $(CURDIR)/state
up down status images: export USERMON_CONFIG ?= $(CURDIR)/examples/usermon.toml

.PHONY: help up down status install images test check bench lock screenshots engine dev clean

help:
	@echo 'make up           the example facility: engine, images, dashboards, overview; prints where they are'
	@echo 'make down         ends it; ports, passwords and data stay in ./state'
	@echo 'make status       what of it runs'
	@echo 'make install      .venv with the commands orchestrator, usermon-collect, usermon-overview'
	@echo 'make images       builds both images'
	@echo 'make check        format, lint, types'
	@echo 'make test         make check and all tests; installs what they need from the distribution'
	@echo 'make bench        the budgets, measured on this machine'
	@echo 'make screenshots  takes the README pictures anew, of the example facility'
	@echo 'make lock         resolves pyproject.toml into locks/*.txt'

up: engine images
	@$(BIN)/python -m examples.generate --if-missing
	-@$(BIN)/python -m examples.live --start
	@tools/with-engine $(BIN)/orchestrator up $(EXAMPLE)

down: install
	-@$(BIN)/python -m examples.live --stop
	@tools/with-engine $(BIN)/orchestrator down

status: install
	@tools/with-engine $(BIN)/orchestrator status

install: $(VENV)/.host

images: engine install
	@tools/with-engine $(BIN)/orchestrator build

engine:
	@tools/ensure-engine

$(VENV)/.host: locks/host.txt pyproject.toml
	@tools/make-venv $(PYTHON) $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/host.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-index --no-build-isolation --editable .
	@touch $@

dev: $(VENV)/.dev

$(VENV)/.dev: locks/dev.txt $(VENV)/.host
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/dev.txt
	@touch $@

check: dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

test: check
	tools/ensure-test-machine
	@$(MAKE) --no-print-directory images
	@tools/with-engine $(BIN)/python -m pytest

bench: dev images
	@tools/with-engine $(BIN)/python -m benchmarks

screenshots: dev up
	tools/ensure-test-machine
	@tools/with-engine $(BIN)/python tools/take-pictures

lock:
	tools/lock

clean:
	-@[ ! -x $(BIN)/python ] || $(BIN)/python -m examples.live --stop
	rm -rf build .mypy_cache .ruff_cache .pytest_cache .hypothesis
