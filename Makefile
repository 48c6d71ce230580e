# Two commands: `make evidence` certifies every provider against its simulator, `make test` tries everything.
# Both set up what they need, once, in .venv. Paths are relative, so that the folder's own path may hold spaces.

PYTHON ?= python3
BIN := .venv/bin
OUTPUT ?= evidence

.PHONY: evidence test check falsify bench wheel clean

evidence: .venv/run.stamp
	@$(BIN)/python -m accredit run --make-key "$(OUTPUT)/signing.key" --output "$(OUTPUT)" $(if $(SUMMARY),--summary "$(SUMMARY)")

test: .venv/dev.stamp check
	@$(BIN)/python -m pytest tests --timeout 300 --numprocesses auto --maxprocesses 4 --dist worksteal

check: .venv/dev.stamp
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check . --quiet || { echo "run: $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m accredit lint
	@$(BIN)/python -m accredit contract lint

falsify: .venv/run.stamp
	@$(BIN)/python -m accredit falsify

bench: .venv/dev.stamp
	@$(BIN)/python tests/bench.py
	@$(BIN)/python tests/bench_fuzz.py
	@$(BIN)/python tests/bench_verify.py
	@$(BIN)/python tests/bench_bundle.py
	@$(BIN)/python tests/bench_report.py
	@$(BIN)/python tests/bench_parity.py
	@$(BIN)/python tests/bench_budget.py
	@$(BIN)/python tests/bench_gate.py

wheel: .venv/dev.stamp
	@$(BIN)/python -m hatchling build -t wheel

clean:
	rm -rf .venv dist

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "accredit needs python3, 3.11 or newer, with venv: $(PYTHON) was not found."; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "accredit needs Python 3.11 or newer; this is $$($(PYTHON) --version 2>&1). Install a newer one, or: make PYTHON=/path/to/python3.11"; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "accredit needs Python's venv; on Debian and Ubuntu: apt-get install python3-venv"; exit 2; }
	@echo "Setting up .venv, once …"
	@$(PYTHON) -m venv .venv

.venv/run.stamp: requirements/run.txt pyproject.toml | .venv/bin/python
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/run.stamp
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@
