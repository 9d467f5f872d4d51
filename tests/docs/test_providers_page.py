"""docs/providers.md is held to the adapters."""

from pathlib import Path

import pytest

from newsletter_cli.providers.registry import provider_classes

PAGE = (Path(__file__).parent.parent.parent / "docs" / "providers.md").read_text(encoding="utf-8")
ROWS = {row.split("|")[2].strip(" `"): row for row in PAGE.splitlines() if row.startswith("| ") and "`" in row}


@pytest.mark.parametrize("name", [name for name, each in provider_classes().items() if each.kind == "transactional"])
def test_each_provider_has_a_row_with_its_facts(name: str) -> None:
    adapter, row = provider_classes()[name], ROWS[name]
    able = adapter.capabilities
    assert adapter.title in row
    for fact in (*adapter.key_env, f" {able.max_recipients:,} ", *able.suppressions, *able.statistics):
        assert fact in row
    assert ("merges" in row) is able.merges
    assert ("| own |" in row) is able.own_unsubscribe
