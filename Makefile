# Everything is installed from the lock into .venv; `make up` and `make test` set up what they need.
PYTHON ?= python3
BIN := .venv/bin
# a file to a worker, in the order that tests/conftest.py gives
FILES := --dist loadfile --no-loadscope-reorder --durations=10

.PHONY: up test fast whole slow nightly simulate bench lint types walls pictures check clean lock

.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 eller senare behövs (PYTHON=...)")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch .venv/ready

up: .venv/ready  ## the whole service, until Ctrl-C
	$(BIN)/arshjul up

test: .venv/ready  ## every test
	$(BIN)/python -m pytest -q -n 4 $(FILES)

fast: .venv/ready  ## the pure tests, in seconds
	$(BIN)/python -m pytest -q -m "not slow and not whole and not nightly" -n 2

whole: .venv/ready  ## those that go through the whole service in one process, on a store
	$(BIN)/python -m pytest -q -m "whole and not slow and not nightly" -n 2 $(FILES)

slow: .venv/ready  ## those that start servers, processes or browsers
	$(BIN)/python -m pytest -q -m "slow and not nightly" -n 3 $(FILES)

nightly: .venv/ready  ## long runs of many seeds, kills and stresses
	$(BIN)/python -m pytest -q -m nightly -n 2 $(FILES)

simulate: .venv/ready  ## years in which anything can happen, every rule held after each step: make simulate SEEDS=1-100
	$(BIN)/python -m tests.simulation $(or $(SEEDS),1-100) $(if $(SHRINK),--shrink)

bench: .venv/ready  ## every measurement in one run, minutes; on a machine that does nothing else
	@missed=; for file in plan watchdog outbox runs sie reading townhall; do \
	  echo "== $$file"; $(BIN)/python benchmarks/$$file.py || missed="$$missed $$file"; \
	done; test -z "$$missed" || { echo "goals not met:$$missed"; exit 1; }

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/ready
	$(BIN)/mypy

pictures: .venv/ready  ## docs/house.md and docs/tables.md, drawn from the code
	PYTHONPATH=.:calendar $(BIN)/python -m tests.drawing

walls: .venv/ready  ## the arrows of the house
	$(BIN)/lint-imports

check: lint types walls test

lock: .venv/ready  ## resolve pyproject.toml anew, with hashes and without any index's address
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev pyproject.toml -o requirements.lock

clean:
	rm -rf .venv data build dist
