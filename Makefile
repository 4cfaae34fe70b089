# The portal's commands. `make run` serves it, `make test` runs every check and test, `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
  "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$name"; exit; }; done; echo python3)
PORT ?= 8000
VENV_PYTHON := .venv/bin/python
MANAGE := $(VENV_PYTHON) manage.py

.PHONY: help python setup setup-dev run demo doctor test lint check test-sqlite test-postgres test-browser \
  bench audit mutation lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "错误：未找到 Python 3.11 或更新版本。请执行：sudo apt-get install -y python3 python3-venv" >&2; exit 1; }

setup: python ## everything the portal needs, demo data included, without serving
	@$(PYTHON) -m scripts.setup

setup-dev: python
	@$(PYTHON) -m scripts.setup --dev --no-demo

run: setup ## set up what is missing, then serve at http://127.0.0.1:8000 (PORT=8123 for another)
	@exec $(VENV_PYTHON) -m scripts.serve --port "$(PORT)"

demo: setup ## load the demo data and print its accounts
	@$(MANAGE) demo
	@$(MANAGE) demo --print-accounts

doctor: python ## say what is missing on this machine and how to get it
	@$(PYTHON) -m scripts.doctor

# The whole suite on SQLite comes last, so that its closing line closes the output.
test: setup-dev ## every check and test: lint, types, both databases, browser
	@$(MAKE) lint check test-postgres test-browser test-sqlite

lint: setup-dev ## style, imports between apps, types, templates
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -W error -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	$(VENV_PYTHON) -m mypy
	$(VENV_PYTHON) -m djlint templates --lint --quiet

check: setup-dev ## Django's own checks and that no migration is missing
	DJANGO_SETTINGS_MODULE=config.settings.test $(VENV_PYTHON) -W error manage.py check --fail-level WARNING
	DJANGO_SETTINGS_MODULE=config.settings.test $(VENV_PYTHON) -W error manage.py makemigrations --check --dry-run

test-sqlite: setup-dev ## the suite on the embedded database
	env -u DATABASE_URL -u REDIS_URL $(VENV_PYTHON) -m pytest -n 2 --dist worksteal $(PYTEST_OPTIONS)

test-postgres: setup-dev ## the suite on PostgreSQL, with Redis, where they answer on their standard local ports
	$(VENV_PYTHON) -m scripts.services -- -n 2 --dist worksteal $(PYTEST_OPTIONS)

test-browser: setup-dev ## the browser tests in Chromium
	env -u DATABASE_URL -u REDIS_URL $(VENV_PYTHON) -m pytest -m browser tests/browser -n 2 --dist worksteal $(PYTEST_OPTIONS)

bench: setup-dev ## the benchmarks of rulebooks and pages (PostgreSQL too: BENCH_OPTIONS="--postgres bench_portal")
	$(VENV_PYTHON) -m bench.rulebooks
	$(VENV_PYTHON) -m bench.pages $(BENCH_OPTIONS)
	$(VENV_PYTHON) -m bench.pages --world life $(BENCH_OPTIONS)

audit: setup ## verify the chain of acts and its daily digests
	@$(MANAGE) audit verify

mutation: setup-dev ## mutation testing of the rulebooks
	$(VENV_PYTHON) -m mutmut run
	$(VENV_PYTHON) -m mutmut results

lock: setup-dev ## bring requirements/*.txt and package-lock.json to the newest versions the ranges allow
	@$(PYTHON) -m scripts.lock

clean: ## remove database, files and caches of this machine; keeps .venv, node_modules and fonts
	@find var -mindepth 1 -maxdepth 1 ! -name fonts -exec rm -rf {} + 2>/dev/null || true
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov mutants
