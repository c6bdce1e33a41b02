# `make demo` and `make test` are all that a newcomer needs; both set up what they use.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ARGS ?=

.PHONY: demo test lint bench lock clean

demo: $(READY)
	@$(BIN)/warp demo $(ARGS)

# By file, because the tests of a file share what takes long to make.
test: lint
	@$(BIN)/pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile $(ARGS)

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

bench: $(READY)
	@$(BIN)/python tests/bench/bench.py $(ARGS)
	@$(BIN)/python -m tests.bench.figures $(ARGS)

# Needs uv. The lock holds hashes for every platform, and no addresses.
lock:
	@uv pip compile --universal --generate-hashes --python-version 3.11 --extra dev pyproject.toml \
		--quiet --no-annotate --no-header --output-file requirements/lock.txt
	@echo pandas | uv pip compile --universal --generate-hashes --python-version 3.11 - \
		--constraint requirements/lock.txt --quiet --no-annotate --no-header --output-file requirements/readers.txt
	@printf 'reader\nsetuptools\n' | uv pip compile --universal --generate-hashes --python-version 3.11 - \
		--constraint requirements/lock.txt --quiet --no-annotate --no-header --output-file requirements/clients.txt
	@echo sgmllib3k | uv pip compile --universal --generate-hashes --python-version 3.11 - \
		--quiet --no-annotate --no-header --output-file requirements/sgmllib.txt

clean:
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist

$(READY): requirements/lock.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { \
		echo "Python 3.11 or newer is needed, and '$(PYTHON)' is not there. Try: make PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed; this is $$($(PYTHON) --version). Try: make PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "Python's venv module is missing. On Debian and Ubuntu: apt install python3-venv" >&2; exit 2; }
	@echo "Setting up in $(VENV); the first time takes a minute or two."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/lock.txt || { \
		echo "Installing failed. If a compiler is missing: apt install gcc python3-dev. Else: is the network there?" >&2; \
		exit 2; }
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
