.PHONY: setup
setup:
	python3 -m venv .venv
	.venv/bin/pip install -q --require-hashes -r requirements.lock
	.venv/bin/pip install -q --no-build-isolation --no-deps -e .
