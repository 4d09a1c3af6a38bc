# gudang-renja. `make` alone lists the targets. Python 3.11-3.13 and make are all that a fresh machine needs.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && { echo $$p; break; }; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# A stamp is written last, so that a set-up that was cut off is done again.
$(VENV)/run.stamp: requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 atau 3.13 tidak ditemukan; pasang dahulu, lalu ulangi." >&2; exit 1; }
	@echo "Menyiapkan lingkungan Python di $(VENV) (sekali saja, sekitar dua menit) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) -r requirements.txt
	@$(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q -j 0 $(VENV)/lib pipelines >/dev/null 2>&1 || true
	@touch $@
	@echo "Siap."

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/run.stamp
	@echo "Menambahkan alat uji dan pemeriksa kode ..."
	@$(PIP) -r requirements-dev.txt
	@$(BIN)/python -m compileall -q -j 0 $(VENV)/lib >/dev/null 2>&1 || true
	@touch $@

.PHONY: test
test: $(VENV)/dev.stamp ## set up what is missing, then every test
	@$(BIN)/python -m pytest $(ARGS)

.PHONY: lint
lint: $(VENV)/dev.stamp ## format, lint, types, SQL
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@if ls dbt_like_sql/models/*/*.sql >/dev/null 2>&1; then $(BIN)/sqlfluff lint --processes 2 dbt_like_sql/models; fi

.PHONY: format
format: $(VENV)/dev.stamp ## mend what the formatters can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

.PHONY: real-form
real-form: $(VENV)/dev.stamp ## build data/raw/2024/tw2/lumajang.xlsx from ../shared/source again
	@$(BIN)/python tools/real_form.py

.PHONY: lock
lock: ## resolve the dependencies of pyproject.toml again, with hashes and without naming an index
	@$(PYTHON) -m venv $(VENV)-lock && $(VENV)-lock/bin/python -m pip --disable-pip-version-check install --quiet uv
	@for extra in "--extra setup --extra dev -o requirements-dev.txt" "--extra setup -c $(VENV)-lock/constraints.txt -o requirements.txt"; do \
		$(VENV)-lock/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
			--no-emit-find-links --no-header --no-annotate --no-strip-extras --quiet $$extra && \
		sed 's/\[[a-z,-]*\]==/==/' requirements-dev.txt > $(VENV)-lock/constraints.txt || exit 1; done
	@rm -rf $(VENV)-lock

.PHONY: clean
clean: ## remove the environment and everything that a run wrote
	rm -rf $(VENV) $(VENV)-lock data/out .mypy_cache .ruff_cache .pytest_cache .hypothesis
