# `make demo` for a studio to look at, `make test` for the proof. CONTRIBUTING.md says more.
.DEFAULT_GOAL := help
.PHONY: help setup demo up test compose-test check format lock screenshots bench

help:  ## Say what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile

setup:  ## Make .venv from the lock file (PYTHON=… chooses the interpreter)
	@sh tools/setup.sh

demo: setup  ## Start a demo studio; PHOTOS=folder takes your own photos, PORT=8001 another port
	@exec .venv/bin/safelight demo $${PHOTOS:+--photos "$$PHOTOS"}

up: setup  ## Start the studio that lies in ./var (SAFELIGHT_DATA moves it)
	@exec .venv/bin/safelight up

test: setup  ## Run every test; ARGS="-k picks" runs some
	@sh tools/test_servers.sh
	@exec .venv/bin/python -m pytest -n auto --maxprocesses 4 --dist loadgroup $(ARGS)

compose-test: setup  ## Prove compose.yaml with a Docker engine (on Debian, root gets a throw-away one)
	@sh tools/compose_sandbox.sh .venv/bin/python -m tools.compose_test

check: setup  ## Format, lint, types, layers, messages, templates, lock
	@exec .venv/bin/python tools/check.py

format: setup  ## Put the source into its one form
	@.venv/bin/ruff check -q --fix-only .
	@.venv/bin/ruff format .

screenshots: setup  ## Photograph every page into screenshots/index.html
	@exec .venv/bin/python -m tools.screenshots

bench: setup  ## Measure what the product promises; the table stands in var/bench.json too
	@exec .venv/bin/python -m benchmarks

lock: setup  ## Pin every dependency again (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv"; exit 1; }
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
		--python-version 3.11 --extra dev pyproject.toml -o requirements.lock
