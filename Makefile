# `make` renders the shipped template for every profile, `make test` runs the tests that take a minute; both install
# what they need into .venv, or where VENV says. Needs Python 3.11 or newer with venv.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# the versions of the tools; without any, the newest that fit
PINS ?= requirements-dev.txt
# the tests start hundreds of processes, each of which would have to compile dfrender
unexport PYTHONDONTWRITEBYTECODE

.PHONY: render test test-all test-engine lint bench docs pins dist clean

render: $(VENV)/installed
	$(BIN)/dfrender render

PYTEST := $(BIN)/pytest -n auto --dist worksteal

test: $(VENV)/installed-dev
	$(PYTEST) -m 'not slow and not engine'

# all tests, each with all its examples, and the branch coverage that they reach; those on an engine are skipped where
# none answers. One engine is shared by all, so they are not run side by side.
test-all: $(VENV)/installed-dev
	$(PYTEST) -m 'not engine' --hypothesis-profile thorough --cov --cov-report= --cov-fail-under 0
	$(BIN)/pytest -n 0 -m engine --cov --cov-append

# on an engine that answers, else on one of its own, which it needs root and Debian's docker.io for
test-engine: $(VENV)/installed-dev
	$(BIN)/python -m tests.engine.daemon $(BIN)/pytest tests/engine

lint: $(VENV)/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/codespell

bench: $(VENV)/installed-dev
	$(BIN)/python bench/bench.py
	$(BIN)/python bench/inputs.py

# brings what is generated up to date: pipelines and bake file from the plan, parts of the README and of docs
docs: $(VENV)/installed-dev
	$(BIN)/dfrender plan -p ci Dockerfile.j2 --format azure > azure-pipelines.yml
	$(BIN)/dfrender plan -p ci Dockerfile.j2 --format azure-template > azure-build-stage.yml
	$(BIN)/dfrender plan -p ci Dockerfile.j2 --format bake 2> /dev/null > examples/docker-bake.json
	$(BIN)/dfrender plan -p ci --set registry=ghcr.io/example/api --set 'publish=[production]' Dockerfile.j2 --handover registry --format github > examples/github.yml
	$(BIN)/dfrender plan -p ci --set registry=registry.gitlab.com/example/api --set 'publish=[production]' Dockerfile.j2 --handover registry --format gitlab > examples/gitlab-ci.yml
	$(BIN)/python -m tests.readme

# the newest versions of the tools that pyproject.toml allows
pins: $(VENV)/installed-dev
	$(BIN)/pip install --quiet --upgrade --upgrade-strategy eager --editable '.[dev]'
	$(BIN)/python -m tests.pins

# what is published
dist: $(VENV)/installed-dev
	rm -rf dist
	$(BIN)/hatchling build

clean:
	rm -rf $(VENV) dist

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed $(PINS)
	$(BIN)/pip install --quiet $(addprefix --constraint ,$(PINS)) --editable '.[dev]'
	@touch $@
