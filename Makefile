# gudang-renja. `make help` lists the targets. Python >= 3.11 (< 3.14) and make are all that a machine needs.
SHELL := /bin/sh
.DEFAULT_GOAL := help
VENV ?= .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
RUN_STAMP := $(STAMPS)/run
DEV_STAMP := $(STAMPS)/dev
RAW ?= data/raw
OUT ?= data/out
ARGS ?=
export DAGSTER_DISABLE_TELEMETRY := yes
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help run test lint format dev bench picture sample real-form lock setup clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(RUN_STAMP) ## read data/raw, publish data/out (sets up what is missing; RAW=, OUT=, ARGS=--strict)
	@$(BIN)/renja run --raw "$(RAW)" --out "$(OUT)" $(ARGS)

test: $(DEV_STAMP) ## every test (ARGS=... goes to pytest)
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

lint: $(DEV_STAMP) ## formatting, lint, types, SQL
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/sqlfluff lint --processes 2 dbt_like_sql/models

format: $(DEV_STAMP) ## bring Python into shape
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

dev: $(RUN_STAMP) ## Dagster's pages on this machine only; sensor and nightly schedule run by themselves
	@$(BIN)/python -m pipelines.orchestration.serve --raw "$(RAW)" --out "$(OUT)"

bench: $(DEV_STAMP) ## measure against the script that a person would write
	@$(BIN)/python tests/benchmark/bench.py $(ARGS)

picture: $(RUN_STAMP) ## workbooks as pictures in build/gambar, a PNG a page (FILES="data/out/perbaikan/….xlsx"; needs LibreOffice and poppler)
	@sh tools/picture.sh build/gambar $(or $(FILES),$(firstword $(wildcard $(OUT)/perbaikan/*.xlsx)) $(lastword $(wildcard $(OUT)/laporan/rekap_*.xlsx)))

sample: $(RUN_STAMP) ## a synthetic regency in data/contoh (ARGS="--kecamatan 5 --tahun 2024")
	@$(BIN)/renja sample --out data/contoh $(ARGS)

real-form: $(DEV_STAMP) ## build data/raw/2024/tw2/lumajang.xlsx from ../shared/source again
	@$(BIN)/python tools/real_form.py

lock: ## resolve the dependencies of pyproject.toml again, with hashes, naming no index
	@sh tools/lock.sh

setup: $(RUN_STAMP) ## set up only

clean: ## remove the environment and caches; data stays
	rm -rf "$(VENV)" build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis dbt_like_sql/target dbt_like_sql/logs
	find pipelines tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is written last: a set-up that was cut short is done again. Tests' set-up includes the run's.
$(RUN_STAMP): requirements.txt pyproject.toml tools/setup.sh
	@sh tools/setup.sh "$(VENV)" requirements.txt
	@mkdir -p "$(STAMPS)" && touch "$@"

$(DEV_STAMP): requirements-dev.txt pyproject.toml tools/setup.sh
	@sh tools/setup.sh "$(VENV)" requirements-dev.txt
	@mkdir -p "$(STAMPS)" && touch "$(RUN_STAMP)" "$@"
