# Everything here needs python3 with pip, and GNU make. `make` alone explains the targets in Russian.
#
# Paths are relative to this folder, so a checkout may lie in a folder with spaces. The one absolute path
# of the project (python's own) is written by uv into .venv, which is why a moved checkout starts with
# `make clean-all`.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
UV := .tools/uv/bin/uv
BIN := .venv/bin
STAMP := .venv/.set-up
BENCH_STAMP := .venv-bench/.set-up
CLUSTER_STAMP := .venv-cluster/.set-up

# uv brings its own certificates; where the machine has a store of its own, an organisation's proxy is in it.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt),)
export UV_SYSTEM_CERTS ?= true
endif
# The cache may lie on another disk than .venv: a copy works everywhere and warns of nothing.
export UV_LINK_MODE ?= copy

CATALOGUES := $(wildcard rostok/wording/locale/*/LC_MESSAGES/*.po)
COMPILED := $(CATALOGUES:.po=.mo)

# Two at a time: the machines this is built on have two cores. `make test WORKERS=0` runs in one process.
WORKERS ?= 2
# Further words for pytest, e.g. make test TESTS="tests/unit -k numbers".
TESTS ?=
# Names of measurements, e.g. make bench BENCH="store"; all when empty.
BENCH ?=

DEMO := demo
DEMO_OPTIONS ?=

.PHONY: help setup demo test cluster cluster-test cluster-bench check format bench docs screenshots messages lock clean clean-all

help: ## это описание
	@printf '%s\n\n' 'Росток. Нужны python3, pip и make; всё остальное ставит «make setup» внутрь этой папки.'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile
	@printf '\n%s\n' 'Начните с «make demo». После «make setup» команда лежит в .venv/bin/rostok.'

setup: $(STAMP) $(COMPILED) ## поставить команду rostok в .venv (повторный вызов ничего не делает)

# uv is put into a folder of its own: --target needs neither python3-venv nor the rights to the system's
# packages, and "uv venv" needs no python3-venv either.
$(UV): requirements/uv.txt
	@printf '%s\n' 'Ставлю Росток в эту папку: около минуты в первый раз.'
	@rm -rf .tools/uv
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action ignore --no-warn-script-location \
	    --require-hashes --only-binary :all: --target .tools/uv -r requirements/uv.txt
	@touch $@

# A virtual environment remembers where its python lies: where it no longer runs, it is made anew.
$(STAMP): $(UV) requirements/dev.txt pyproject.toml
	@if ! $(BIN)/python -c pass 2>/dev/null; then \
	    rm -rf .venv; \
	    $(UV) venv --quiet --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" .venv; \
	fi
	@VIRTUAL_ENV=.venv $(UV) pip sync --quiet --require-hashes requirements/dev.txt
	@VIRTUAL_ENV=.venv $(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

%.mo: %.po | $(STAMP)
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

demo: setup ## показать всё на выдуманном регионе из 180 школ: отчёт появится в папке demo/
	$(BIN)/rostok demo --out $(DEMO) $(DEMO_OPTIONS)

test: setup ## все проверки поведения; без Chromium его тесты пропускаются с объяснением
	$(BIN)/pytest -n $(WORKERS) --dist loadfile $(TESTS)

check: setup ## оформление, типы, направление зависимостей
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## привести исходный текст к общему оформлению
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# pandas and Polars are peers, not parts: they live in an environment of their own, so that Ibis and Arrow do
# not import pandas in every run of the product.
$(BENCH_STAMP): requirements/bench.txt $(STAMP)
	@$(UV) venv --quiet --clear --python $(BIN)/python .venv-bench
	@VIRTUAL_ENV=.venv-bench $(UV) pip sync --quiet --require-hashes requirements/bench.txt
	@VIRTUAL_ENV=.venv-bench $(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

bench: setup $(BENCH_STAMP) ## измерить скорость и память (долго, около получаса)
	.venv-bench/bin/python -m benchmarks $(BENCH)

# Spark is four hundred megabytes that a run without a cluster never needs, and brings pandas.
$(CLUSTER_STAMP): requirements/cluster.txt $(STAMP)
	@$(UV) venv --quiet --clear --python $(BIN)/python .venv-cluster
	@VIRTUAL_ENV=.venv-cluster $(UV) pip sync --quiet --require-hashes requirements/cluster.txt
	@VIRTUAL_ENV=.venv-cluster $(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

cluster: setup $(CLUSTER_STAMP) ## поставить rostok с движком Spark: .venv-cluster/bin/rostok (нужна Java 17)

# In one process: the cluster is one, and a worker of it is killed. ROSTOK_CLUSTER_SCRIPTS=20000 is a short form.
cluster-test: setup $(CLUSTER_STAMP) ## кластер Spark на этой машине: те же числа, и когда узел убит
	.venv-cluster/bin/pytest -n 0 --durations=15 tests/cluster

cluster-bench: setup $(CLUSTER_STAMP) ## измерить работу кластера Spark: процессорное время и обмен
	.venv-cluster/bin/python -m benchmarks cluster $(BENCH)

docs: setup ## собрать руководство: docs/_build/html/index.html
	$(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build/html

screenshots: setup ## обновить картинки руководства (нужен Chromium)
	ROSTOK_SCREENSHOTS=docs/images $(BIN)/pytest -n 0 -m screenshot tests/functional

# Russian needs only the plural forms (the messages are Russian already), English needs everything; what click
# says by itself is English, so that it needs Russian.
messages: setup ## для разработчиков: собрать новые сообщения в каталоги переводов
	@template=$$(mktemp); trap 'rm -f "$$template"' EXIT; \
	collect() { \
	    $(BIN)/pybabel --quiet extract --no-default-keywords --keywords "$$3" --no-wrap --sort-output \
	        --output-file "$$template" "$${@:4}"; \
	    $(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete --no-wrap \
	        --ignore-pot-creation-date --domain "$$2" --locale "$$1" \
	        --input-file "$$template" --output-dir rostok/wording/locale; \
	    sed -i -E '/^"(Report-Msgid|POT-|PO-|Last-Tr|Language-Team|Generated)/d' \
	        "rostok/wording/locale/$$1/LC_MESSAGES/$$2.po"; \
	}; \
	ours=(--mapping-file babel.cfg --add-location=file rostok); \
	collect ru rostok "ngettext:1,2" "$${ours[@]}"; \
	collect en rostok "gettext ngettext:1,2 N_ _" "$${ours[@]}"; \
	collect ru click "_ ngettext:1,2" --no-location \
	    "$$($(BIN)/python -c 'import click; print(*click.__path__)')"

lock: setup ## для разработчиков: пересчитать requirements/*.txt из *.in
	for name in uv runtime dev bench cluster; do \
	    $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	        --no-header --output-file requirements/$$name.txt requirements/$$name.in; \
	done

clean: ## удалить собранное, кроме .venv
	rm -rf $(DEMO) build dist .venv-bench .venv-cluster docs/_build docs/_generated .pytest_cache .mypy_cache .ruff_cache \
	    .hypothesis .import_linter_cache .coverage
	rm -f $(COMPILED)
	find rostok tests benchmarks docs -name __pycache__ -type d -prune -exec rm -rf {} +

clean-all: clean ## удалить и .venv с инструментами
	rm -rf .venv .tools
