"""Which findings stand: what was chosen, what somebody lives with for a reason, and in which order they are told."""

import pytest

from newsletter_cli.check.verdict import chosen, judge
from newsletter_cli.errors import UsageError
from newsletter_cli.model.article import Article
from newsletter_cli.model.finding import Finding, Severity
from newsletter_cli.model.issue import Issue

RULES = ("link-http", "link-generic", "subject", "quote-attribution")
HTTP_IN_A = Finding("link-http", Severity.WARNING, "http", "", "a.md", 5)
HTTP_IN_B = Finding("link-http", Severity.WARNING, "http", "", "b.md", 7)


def issue(own: tuple[tuple[str, str], ...] = (), of_a: tuple[tuple[str, str], ...] = ()) -> Issue:
    articles = (Article("a", "a.md", "A", ignores=of_a), Article("b", "b.md", "B"))
    return Issue("2022-02", "issue.md", "Subject", articles=articles, ignores=own)


def test_an_articles_ignore_is_for_that_article_alone() -> None:
    report = judge((HTTP_IN_A, HTTP_IN_B), issue(of_a=(("link-http", "the museum has no https"),)), RULES)

    assert report.findings == (HTTP_IN_B,)
    assert [(each.finding, each.reason) for each in report.ignored] == [(HTTP_IN_A, "the museum has no https")]


def test_an_issues_ignore_is_for_all_of_it_and_may_be_a_pattern() -> None:
    assert judge((HTTP_IN_A, HTTP_IN_B), issue(own=(("link-*", "an archive"),)), RULES).findings == ()


def test_an_ignore_without_a_reason_or_of_no_rule_is_told_and_not_followed() -> None:
    report = judge((HTTP_IN_A,), issue(own=(("link-http", ""), ("lnk-http", "a slip"))), RULES)

    assert [each.rule for each in report.findings] == ["link-http", "ignore-reason", "ignore-unknown"]


def test_errors_come_first_and_the_same_finding_once() -> None:
    error = Finding("subject", Severity.ERROR, "none", "", "issue.md", 2)
    info = Finding("link-generic", Severity.INFO, "here", "", "a.md", 1)

    report = judge((info, HTTP_IN_A, error, HTTP_IN_A), None, RULES)

    assert report.findings == (error, HTTP_IN_A, info)
    assert (report.errors, report.warnings, report.infos) == (1, 1, 1)


def test_rules_are_chosen_and_left_out_by_name_or_pattern() -> None:
    assert chosen(RULES, (), ()) == frozenset(RULES)
    assert chosen(RULES, ("link-*",), ("link-http",)) == {"link-generic"}
    with pytest.raises(UsageError, match="no rule link-htp") as slip:
        chosen(RULES, ("link-htp",), ())
    assert "Did you mean link-http?" in slip.value.hint
