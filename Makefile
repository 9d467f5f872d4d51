# Short names for the commands a developer types most; CONTRIBUTING.md says what each does.
.PHONY: demo test lint docs oldest known-styles ci

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

known-styles:
	NEWSLETTER_WRITE_KNOWN_STYLES=1 pytest -q -n 0 tests/design/test_known_styles.py -k up_to_date

ci:
	bash .ci/run
