# spikekit: `make` alone shows what there is.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What measures load needs the machine to itself; what only waits for servers goes in pairs; the others share it.
WAITING := $(addprefix tests/,guard metrics serve trial) $(patsubst %,tests/end_to_end/test_%.py,\
	access_logs bad_luck ends gate locust_journeys locustfile preflight review watch)
ALONE := $(addprefix tests/,end_to_end engine preflight shop)
.PHONY: help demo test check format dashboards clean

help: ## show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/run: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "spikekit needs Python 3.11 or newer; try: make PYTHON=python3.11 demo"; exit 1; }
	@test -x $(BIN)/python || { echo "making the environment in $(VENV) (once)"; $(PYTHON) -m venv $(VENV); }
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/dev: pyproject.toml $(VENV)/run
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(VENV)/run ## the whole story on a sample shop, under 90 s; needs nothing but PyPI
	@$(BIN)/spikekit demo

test: $(VENV)/dev ## every test, on real servers; installs the Debian packages it needs when it may
	@$(BIN)/python tests/packages.py
	@$(BIN)/python -m pytest -n auto $(addprefix --ignore=,$(WAITING) $(ALONE))
	@$(BIN)/python -m pytest -n 2 $(WAITING)
	@$(BIN)/python -m pytest $(ALONE) $(addprefix --ignore=,$(WAITING))

check: $(VENV)/dev ## style, types, import direction
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/test_architecture.py

format: $(VENV)/dev ## put the code into its one format
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .

dashboards: $(VENV)/dev ## write the dashboards and rules from their code
	@$(BIN)/python -m dashboards.source

clean: ## remove the environment and what tools left behind
	@rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
