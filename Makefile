# Everything is installed from the lock into .venv; `make up` and `make test` set up what they need.
PYTHON ?= python3
VENV = $(PYTHON) -m venv
BIN := .venv/bin
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check
FROM_LOCK := --no-deps --require-hashes
# what is compiled is kept: a test starts some hundred processes, and each would compile all of it anew
unexport PYTHONDONTWRITEBYTECODE
# a file to a worker, in the order that tests/conftest.py gives
FILES := --dist loadfile --no-loadscope-reorder --durations=10

.PHONY: up test fast whole slow nightly simulate bench lint types walls pictures malls sbom check clean lock

.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 eller senare behövs (PYTHON=...)")'
	$(VENV) .venv
	$(INSTALL) $(FROM_LOCK) -r requirements.lock
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch .venv/ready

.venv/tests: .venv/ready requirements-dev.lock  # the tests' own tools, which the service does without
	$(INSTALL) $(FROM_LOCK) -r requirements-dev.lock
	@touch .venv/tests

up: .venv/ready  ## the whole service, until Ctrl-C
	$(BIN)/arshjul up

test: .venv/tests  ## every test
	$(BIN)/python -m pytest -q -n 4 $(FILES)

fast: .venv/tests  ## the pure tests, in seconds
	$(BIN)/python -m pytest -q -m "not slow and not whole and not nightly" -n 2

whole: .venv/tests  ## those that go through the whole service in one process, on a store
	$(BIN)/python -m pytest -q -m "whole and not slow and not nightly" -n 2 $(FILES)

slow: .venv/tests  ## those that start servers, processes or browsers
	$(BIN)/python -m pytest -q -m "slow and not nightly" -n 4 $(FILES)

nightly: .venv/tests  ## long runs of many seeds, kills and stresses, and examples that no run has tried
	$(BIN)/python -m pytest -q -m nightly -n 2 $(FILES)
	EXAMPLES=anew $(BIN)/python -m pytest -q -n 2 $(FILES) $$(grep -rl "^from hypothesis" tests --include="test_*.py")

simulate: .venv/tests  ## years in which anything can happen, every rule held after each step: make simulate SEEDS=1-100 IN=ange
	$(BIN)/python -m tests.simulation $(or $(SEEDS),1-100) $(if $(IN),--in $(IN)) $(if $(SHRINK),--shrink)

bench: .venv/tests  ## every measurement in one run, minutes; on a machine that does nothing else
	@missed=; for file in plan watchdog outbox runs sie reading townhall; do \
	  echo "== $$file"; $(BIN)/python benchmarks/$$file.py || missed="$$missed $$file"; \
	done; test -z "$$missed" || { echo "goals not met:$$missed"; exit 1; }

lint: .venv/tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/tests
	$(BIN)/mypy

pictures: .venv/tests  ## docs/house.md and docs/tables.md, drawn from the code
	$(BIN)/python -m tests.drawing

malls: .venv/tests  ## tests/files/mallar.txt, the digests of the mallar, when they are meant to change
	$(BIN)/python -m tests.rig.files.kept_malls

walls: .venv/tests  ## the arrows of the house
	$(BIN)/lint-imports

sbom: .venv/tests  ## build/sbom.cdx.json: what runs, with versions and hashes (CycloneDX)
	@mkdir -p build
	$(BIN)/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible --output-file build/sbom.cdx.json

check: lint types walls test

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
lock: .venv/ready  ## resolve pyproject.toml anew, with hashes and without any index's address: what runs, and what tests
	$(BIN)/python -m pip install --quiet $(FROM_LOCK) -r .ci/uv.lock
	$(COMPILE) --extra install pyproject.toml -o requirements.lock
	$(COMPILE) --extra install --extra dev --constraints requirements.lock pyproject.toml -o requirements-dev.lock
	$(COMPILE) --no-deps --no-annotate tests/files/sources.in -o tests/files/sources.lock

clean:
	rm -rf .venv data build dist
