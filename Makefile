# Every target works from a fresh clone: what is missing is set up first.
VENV := .venv
PY := $(VENV)/bin/python
# Superset needs other versions of half the packages: it lives alone
SUPERSET_VENV := .venv-superset
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

setup: $(VENV)/.ready ## .venv from the lock file

$(VENV)/.ready: requirements.lock pyproject.toml
	python3 -m venv $(VENV)
	@grep -A100 '^uv==' requirements.lock | awk 'NR==1 || /^    --hash/ {print; next} {exit}' > $(VENV)/uv.lock.txt
	$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r $(VENV)/uv.lock.txt
	$(VENV)/bin/uv pip install -q --python $(PY) --require-hashes -r requirements.lock \
	  || $(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(PY) -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: setup ## simulate a region, run the night, show where to look
	$(VENV)/bin/jixiao demo

test: setup ## the whole suite
	PYTHONHASHSEED=0 $(PY) -m pytest -n auto --dist loadfile --no-loadscope-reorder

lint: setup ## ruff and sqlfluff, few rules, all enforced
	$(VENV)/bin/ruff check .
	$(VENV)/bin/sqlfluff lint models analyses tests/dbt macros --processes 2

bench: setup ## a full year at published scale: seconds, memory, ratios to a floor
	$(PY) -m nightly.bench

compatibility: setup ## the live release read by the oldest and newest DuckDB and through SQLAlchemy
	$(PY) -m compatibility.check

screenshots: setup ## pictures of the live release's pages for the README
	@PYTHONPATH=. $(PY) tests/python/pages/screenshots.py

torture: setup ## campaigns that try to break the promises, two hours; rewrites torture/报告.md
	$(PY) -m torture.hostile_files
	$(PY) -m torture.hostile_night
	$(PY) -m torture.kill_campaign
	$(PY) -m torture.determinism

lock: ## recompile the lock files from the .in files
	@for names in requirements.in compatibility/*.in dashboards/superset/requirements.in; do \
	  $(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate \
	    --no-header --no-emit-index-url $$names -o $${names%.in}.lock || exit 1; done

sbom: setup ## sbom.cdx.json and docs/依赖与许可.md from the lock file
	$(PY) -m nightly.sbom

determinism: setup ## nights in other surroundings must give the same tables (half an hour)
	$(PY) -m torture.determinism

$(SUPERSET_VENV)/.ready: dashboards/superset/requirements.lock | setup
	python3 -m venv $(SUPERSET_VENV)
	$(VENV)/bin/uv pip install -q --python $(SUPERSET_VENV)/bin/python --require-hashes \
	  -r dashboards/superset/requirements.lock \
	  || $(SUPERSET_VENV)/bin/python -m pip install -q --disable-pip-version-check \
	    --require-hashes -r dashboards/superset/requirements.lock
	touch $@

superset: $(SUPERSET_VENV)/.ready ## Superset on the live release, this machine only (docs/连接BI工具.md)
	@$(SUPERSET_VENV)/bin/python -m dashboards.superset.serve

superset-check: $(SUPERSET_VENV)/.ready ## looks at Superset's dashboard in a headless Chromium
	@PYTHONPATH=. $(PY) tests/python/pages/superset_check.py

clean: ## remove what the project made (not the landing of a real installation)
	rm -rf target logs .pytest_cache

.PHONY: help setup demo test lint bench compatibility superset superset-check screenshots torture \
	sbom determinism lock clean
