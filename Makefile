# 历程 Licheng. Two commands are all a newcomer needs: `make demo` and `make test`.

.DEFAULT_GOAL := help
.PHONY: demo test setup setup-dev demo-reset lint format types imports translations bench lock help
.DELETE_ON_ERROR:

HOST ?= 127.0.0.1
PORT ?= 8000
JOBS ?= 2
ARGS ?=

# Everything is called through the environment's own python: its scripts carry absolute paths, which may hold spaces.
PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check -qq --no-input
ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	if command -v $$name >/dev/null 2>&1 && $$name -c '$(ENOUGH)' 2>/dev/null; then echo $$name; break; fi; done)
# The demonstration keeps to itself, whatever servers the shell points at.
DEMO := env -u DATABASE_URL -u REDIS_URL DJANGO_SETTINGS_MODULE=config.settings.demo $(PY) manage.py

demo: setup ## set everything up and run the product: http://127.0.0.1:8000
	@echo "历程：正在准备演示数据（首次约需半分钟）…"
	@$(DEMO) migrate --no-input --verbosity 0
	@$(DEMO) programmes load --all
	@$(DEMO) demo
	@$(DEMO) serve --host $(HOST) --port $(PORT)

test: setup-dev ## set everything up and run the tests (ARGS="tests/audit -k chain")
	@$(PY) -m pytest -n $(JOBS) --dist loadgroup $(ARGS)

setup: .venv/.base ## prepare .venv with what the product needs

setup-dev: .venv/.dev ## the same with what tests, lints and types it

.venv/.base: requirements/base.lock
	@[ -n "$(PYTHON)" ] || { \
	  echo "历程需要 Python 3.11 或更高版本，本机未找到。请安装后重试，或指定：make PYTHON=/path/to/python3.11 …" >&2; \
	  echo "Licheng needs Python 3.11 or newer; none was found here (python3 is: $$(python3 --version 2>&1))." >&2; \
	  exit 1; }
	@$(PY) -c '$(ENOUGH)' 2>/dev/null && $(PY) -m pip --version >/dev/null 2>&1 || { \
	  rm -rf .venv && echo "正在建立 .venv（$$($(PYTHON) --version)）…" && "$(PYTHON)" -m venv .venv || { \
	    rm -rf .venv; \
	    echo "未能建立虚拟环境。Debian / Ubuntu 请先执行：apt-get install python3-venv" >&2; \
	    echo "Could not create a virtual environment: install the venv module of your Python." >&2; \
	    exit 1; }; }
	@echo "正在安装依赖…"
	@$(PIP) install --require-hashes -r requirements/base.lock
	@touch $@

.venv/.dev: requirements/dev.lock .venv/.base
	@echo "正在安装测试与检查工具…"
	@$(PIP) install --require-hashes -r requirements/dev.lock
	@touch $@

demo-reset: ## throw the demonstration's data away; the next make demo starts anew
	@rm -rf "$${LICHENG_VAR:-var}"/licheng.sqlite3* "$${LICHENG_VAR:-var}"/files
	@echo "演示数据已清除。"

lint: setup-dev ## ruff: rules and formatting
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

format: setup-dev ## let ruff put the formatting right
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

types: setup-dev ## mypy, strict where rules live
	@$(PY) -m mypy

imports: setup-dev ## the rooms import one way only
	@$(PY) -c 'from importlinter.cli import lint_imports_command as lint; lint(["--no-logo"])'

translations: setup-dev ## every Chinese string has its English one
	@$(PY) manage.py translations check

bench: setup-dev ## the measurements
	@$(PY) -m pytest -m bench -n 0 -s $(ARGS)

lock: setup-dev ## pin the dependencies anew, with hashes
	@$(PY) -c 'import uv' 2>/dev/null || $(PIP) install uv
	@for name in base dev; do \
	  $(PY) -m uv pip compile --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header \
	    requirements/$$name.in -o requirements/$$name.lock >/dev/null; done
	@! grep -nE 'https?://' requirements/*.lock

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | while IFS="$$(printf '\t')" read -r name text; do \
	  printf '  make %-14s %s\n' "$$name" "$$text"; done
