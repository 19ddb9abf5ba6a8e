# Every target works from a fresh clone with nothing but Python >= 3.11 and make; see README.md.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNS ?= 1000
SEED ?= 1
# Tests mostly wait for servers: more of them at once than there are processors.
WORKERS ?= 3
STAMP := $(VENV)/.klar

.DEFAULT_GOAL := help
.PHONY: help demo test check faults bench docs run clean distclean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

demo: $(STAMP) ## the hub on a synthetic population, from CPR file to health card (ARGS='--behold')
	$(BIN)/sygesikring demo $(ARGS)

run: $(STAMP) ## services against given addresses (ARGS='laegevalg digital_post')
	$(BIN)/sygesikring run $(ARGS)

check: $(STAMP) ## format, lint, types and imports, in seconds
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports

test: check ## check, then every test on real Kafka and PostgreSQL
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

faults: $(STAMP) ## kill -9, outages and poison at full length, within an hour
	FAULTS=full $(BIN)/python -m pytest tests/faults $(ARGS)

bench: $(STAMP) ## messages per second of one hop and of the whole way
	$(BIN)/sygesikring bench $(ARGS)

simulate: $(STAMP) ## seeded simulation over in-memory doubles (RUNS=1000 SEED=1)
	$(BIN)/python -m simulation --runs $(RUNS) --seed $(SEED) $(ARGS)

docs: $(STAMP) ## write the generated documents again
	$(BIN)/sygesikring docs $(ARGS)

clean: ## what builds and tests leave behind
	rm -rf build *.egg-info .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage* .cache/run
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

distclean: clean ## also what was fetched: as freshly cloned
	rm -rf $(VENV) .cache

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 eller nyere mangler som '$(PYTHON)': installer den, eller kald make med PYTHON=/sti/til/python3.12." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Pythons modul venv mangler (Debian og Ubuntu: apt install python3-venv): installer det og prøv igen." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
