# CreditCycle. `make` alone lists what can be made; each target works from a fresh clone, in any order.
PYTHON ?= python3
VENV ?= .venv
ARGS ?=
PYTHONS ?= 3.11 3.12 3.13

.DEFAULT_GOAL := help
.PHONY: help set-up extras docs run experiments test test-pythons lint format lock clean

help: ## List the targets
	@echo 'make TARGET [ARGS="..."] [PYTHON=python3.12]'
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-12s %s\n", $$1, $$2}' Makefile

set-up: ## Make the virtual environment from requirements.lock (the other targets do it themselves)
	@command -v $(PYTHON) >/dev/null || { echo 'CreditCycle needs Python 3.11 or newer: $(PYTHON) is not found' >&2; exit 1; }
	@$(PYTHON) tools/set_up.py $(VENV)

extras: ## Add the libraries of creditcycle[cluster], [analysis], [office], [notebooks] and [docs] to the environment
	@command -v $(PYTHON) >/dev/null || { echo 'CreditCycle needs Python 3.11 or newer: $(PYTHON) is not found' >&2; exit 1; }
	@$(PYTHON) tools/set_up.py $(VENV) extras

run: set-up ## Run the main study; ARGS="seed=7 study.replications=5" changes it
	@$(VENV)/bin/creditcycle $(ARGS)

experiments: extras ## Run all experiments once more and see which findings hold; ARGS="fraud" runs one
	$(VENV)/bin/python -m experiments $(ARGS)

test: extras ## Run the tests; ARGS="-m slow" runs the slow ones
	$(VENV)/bin/python -m pytest $(ARGS)

test-pythons: ## Run the tests of the extras and of the kernels on each Python of PYTHONS that is here, in VENV-VERSION
	@for version in $(PYTHONS); do \
		python$$version -c '' 2>/dev/null || { echo "python$$version is not here: left out"; continue; }; \
		$(MAKE) --no-print-directory extras PYTHON=python$$version VENV=$(VENV)-$$version || exit 1; \
		$(VENV)-$$version/bin/python -m pytest $(ARGS) tests/engine $$(grep -rl 'make extras' tests) || exit 1; \
	done

docs: extras ## Build the documentation site into site/, to be opened as site/index.html; a link that leads nowhere stops it
	@NO_MKDOCS_2_WARNING=1 $(VENV)/bin/python -m mkdocs build --strict $(ARGS)

lint: set-up ## Check style, formatting and types
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

format: set-up ## Put the code into the agreed form
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

lock: ## Choose the dependencies anew within pyproject.toml (needs uv and a network)
	uv pip compile pyproject.toml --extra dev --group build --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-emit-index-url --no-annotate --custom-compile-command 'make lock' \
		--quiet --output-file requirements.lock
	uv pip compile pyproject.toml --extra dev --extra cluster --extra analysis --extra office \
		--extra notebooks --extra docs --group build --universal \
		--python-version 3.11 --constraint requirements.lock --generate-hashes --no-emit-index-url --no-annotate \
		--custom-compile-command 'make lock' --quiet --output-file requirements-extras.lock

clean: ## Remove the environment, caches and build products; study results stay
	rm -rf $(VENV) $(PYTHONS:%=$(VENV)-%) .pytest_cache .hypothesis .mypy_cache .ruff_cache .numba_cache build dist site *.egg-info
	find sim tests tools benchmarks experiments -name __pycache__ -type d -prune -exec rm -rf {} +
