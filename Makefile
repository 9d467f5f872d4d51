# Short names for the commands a developer types most; the README says what each does.
.PHONY: demo test lint ci docs

demo:
	newsletter demo

test:
	pytest

lint:
	ruff check . && ruff format --check . && mypy && lint-imports setup.cfg

docs:
	python -m newsletter_cli.cli.reference > docs/commands.md

ci:
	bash .ci/run
