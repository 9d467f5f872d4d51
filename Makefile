# Short names for the commands a developer types most; CONTRIBUTING.md says what each does.
.PHONY: demo test lint docs oldest ci

demo:
	newsletter demo

test:
	pytest

lint:
	ruff check . && ruff format --check . && mypy && lint-imports setup.cfg

docs:
	python -m newsletter_cli.cli.reference > docs/commands.md
	python -m newsletter_cli.cli.check_reference > docs/checks.md

oldest:
	bash .ci/oldest -m "not slow"

ci:
	bash .ci/run
