# `make` prints what there is. Everything runs in .venv, which is built on first use.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# We start processes by the dozen: what one has compiled, the next need not, whatever images say.
export PYTHONDONTWRITEBYTECODE :=

# A stamp for each set of pins, named after its contents: a checkout that touches files costs nothing.
RUN_PINS := requirements/base.txt requirements/embedded.txt
ALL_PINS := $(RUN_PINS) requirements/dev.txt
ASSETS := requirements/assets.txt
RUN_STAMP := .venv/stamps/run-$(shell cat $(RUN_PINS) $(ASSETS) | cksum | cut -d' ' -f1)
ALL_STAMP := .venv/stamps/all-$(shell cat $(ALL_PINS) $(ASSETS) | cksum | cut -d' ' -f1)

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint bench mutations browser clean

help: ## This list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

setup: $(ALL_STAMP) ## Build .venv with all that the project needs (quick when it is there)
	@echo "Ready. Try next: make demo"

demo: $(RUN_STAMP) ## Run the whole of TxHub here, with a demo bank, until Ctrl-C (PORT=8000)
	@PORT=$(PORT) exec $(BIN)/python -m embedded.demo

test: $(ALL_STAMP) browser ## Run all tests, each process on an engine and Redis of its own
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

lint: $(ALL_STAMP) ## Check style, types, layers, templates, migrations and the API's schema
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/djlint templates txhub/templates --lint --quiet
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --file /dev/null

bench: $(ALL_STAMP) ## Run the benchmarks, or one: make bench B=ingest
	$(BIN)/python -m benchmarks $(B)

mutations: $(ALL_STAMP) ## Break each guard (docs/guards.md) and see a test fail; or some: G=prune
	$(BIN)/python -m tests.mutations $(G)

browser: ## Install Chromium for the browser tests, where this machine lets us
	@.ci/browser

clean: ## Remove .venv, and var/ with all data in it
	rm -rf .venv var

$(RUN_STAMP):
	@.ci/install $(PYTHON) $(RUN_PINS)
	@mkdir -p $(@D) && touch $@

$(ALL_STAMP):
	@.ci/install $(PYTHON) $(ALL_PINS)
	@mkdir -p $(@D) && touch $@ $(RUN_STAMP)
