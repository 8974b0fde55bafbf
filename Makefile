# Everything starts here. `make help` lists it.
PYTHON ?= python3
V := .venv/bin
export PYTHONUTF8 = 1

.PHONY: help demo test looks check bench proofs spark lock run dev

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

run:
	@$(PYTHON) tools/bootstrap.py run

dev:
	@$(PYTHON) tools/bootstrap.py dev

demo: run ## the invented city of Madoka with 10,000 residents on this machine (ARGS="--check --residents 500")
	@$(V)/madoguchi demo $(ARGS)

test: dev ## every quick test, on SQLite and on PostgreSQL where there is one
	@$(V)/python -m tools.run_tests

looks: dev ## every screen in every state in a browser, what no role may see, and each room on the other database (half an hour)
	@$(V)/python -m tools.run_tests looks

check: dev ## style, types, layers, templates, migrations, procedures
	@$(V)/python -m tools.run_checks

bench: dev ## the benchmarks, written to benchmarks/RESULTS.md
	@$(V)/python -m benchmarks.run

proofs: dev ## every promise shown at full size, and with its guard taken out (hours; resumable); ARGS="--quick": ten minutes
	@$(V)/python -m proofs.run $(ARGS)

spark: dev ## what the engine "spark" of whole registers needs (some 400 MB; and Java 17)
	@$(V)/uv pip install -q "pyspark>=4,<4.1"

lock: dev ## make the lock files anew from pyproject.toml
	@$(V)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -o requirements.lock
	@$(V)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -o requirements-dev.lock
