"""A message from an issue and a design."""

import pytest

from newsletter_cli.compose.issue_file import read_issue
from newsletter_cli.compose.message import IssueUnreadable, compose, compose_message
from newsletter_cli.compose.template_errors import DesignNotFound, TemplateFault
from newsletter_cli.config import Settings, load_settings
from newsletter_cli.model.message import MergeField, Message
from newsletter_cli.paths import Workspace


def _compose(workspace: Workspace, settings: Settings) -> Message:
    return compose_message(workspace, settings, read_issue(workspace, settings, "2022-02").issue)


def _with(workspace: Workspace, name: str, old: str, new: str) -> None:
    path = workspace.root / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_styles_are_inlined_and_merge_fields_are_tokens(workspace: Workspace, settings: Settings) -> None:
    message = _compose(workspace, settings)
    friend, leave = message.merge_fields
    assert (friend.name, friend.default) == ("subscriber.first_name", "friend")
    assert leave == MergeField(leave.token, "unsubscribe_url", None)
    assert message.subject == f"News for {friend.token}"
    assert '<h1 class="h1" style="color:#112233">Cells &amp; &lt;sleep&gt;</h1>' in message.html
    assert f'<p class="p" style="margin:0 0 16px">Dear {friend.token},</p>' in message.html
    assert f'<a href="{leave.token}" style="color:#0b5fa5">leave</a>' in message.html
    assert "<style>@media (max-width:599px){.h1{color:#000000 !important}}</style>" in message.html
    assert f"leave: {leave.token}" in message.text


def test_the_text_of_an_article_is_never_evaluated(workspace: Workspace, settings: Settings) -> None:
    message = _compose(workspace, settings)
    assert "Braces {{ 7 * 7 }} and {{ subscriber.email }} stay, <strong>bold</strong> too." in message.html
    assert {field.name for field in message.merge_fields} == {"subscriber.first_name", "unsubscribe_url"}


def test_a_title_brings_no_tag_along_even_through_the_inline_filter(workspace: Workspace, settings: Settings) -> None:
    _with(workspace, "templates/plain/issue.html", "{{ article.title }}", "{{ article.title | inline }}")
    assert "Cells &amp; &lt;sleep&gt;" in _compose(workspace, settings).html


def test_the_same_files_give_the_same_message(workspace: Workspace, settings: Settings) -> None:
    cold = _compose(workspace, settings)
    assert _compose(workspace, settings) == cold
    for path in sorted(workspace.cache.rglob("*")):
        if path.is_file():
            path.unlink()
    assert _compose(workspace, settings) == cold


def test_tokens_avoid_letters_that_the_sources_hold(workspace: Workspace, settings: Settings) -> None:
    _with(workspace, "templates/plain/issue.txt", "{{ t.unsubscribe }}", "NLMERGE0x nlmerge1x0z {{ t.unsubscribe }}")
    _with(workspace, "issues/2022-02/articles/cells.md", "title: Cells", "title: nlmerge2x0z Cells")
    message = _compose(workspace, settings)
    assert {field.token[:9] for field in message.merge_fields} == {"nlmerge3x"}


def test_a_default_of_another_text_is_another_field(workspace: Workspace, settings: Settings) -> None:
    _with(workspace, "issues/2022-02/issue.md", "From us", 'From us, {{ subscriber.first_name | default("reader") }}')
    defaults = [each.default for each in _compose(workspace, settings).merge_fields]
    assert defaults == ["friend", "reader", None]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("{% if subscriber.town %}x{% endif %}", "`subscriber.town` cannot be used in a condition"),
        ("{% if subscriber.town == 'Padua' %}x{% endif %}", "cannot be compared"),
        ("{{ subscriber.town | upper }}", "cannot be given to `upper`"),
        ("{{ subscriber.town.upper() }}", "cannot be taken apart"),
        ("{{ subscriber.town + '!' }}", "cannot be joined with +"),
        ("{% for each in subscriber.town %}x{% endfor %}", "cannot be taken apart"),
        ("{% if subscriber.town is none %}x{% endif %}", "cannot be given to `none`"),
        ("{% if subscriber %}x{% endif %}", "`subscriber` cannot be used in a condition"),
    ],
)
def test_asking_for_a_subscribers_value_explains_segments(
    workspace: Workspace, settings: Settings, written: str, words: str
) -> None:
    _with(workspace, "templates/plain/issue.html", "{% for article", f"\n{written}\n{{% for article")
    with pytest.raises(TemplateFault, match="differs from reader to reader") as caught:
        _compose(workspace, settings)
    assert words in caught.value.message
    assert "segment" in caught.value.hint
    assert caught.value.message.startswith("templates/plain/issue.html:8: ")


def test_a_token_changed_by_a_filter_block_is_caught(workspace: Workspace, settings: Settings) -> None:
    _with(workspace, "templates/plain/issue.html", "{{ subject }}", "{% filter upper %}{{ subject }}{% endfilter %}")
    with pytest.raises(TemplateFault, match="a filter changed a merge field"):
        _compose(workspace, settings)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "issue.html",
            "{{ preheader }}",
            "{{ preheadr }}",
            "issue.html:5: `preheadr` is not known. Did you mean `preheader`?",
        ),
        (
            "issue.html",
            "article.title",
            "article.titel",
            "issue.html:7: `titel` is not part of an Article. Did you mean `title`?",
        ),
        (
            "issue.html",
            "t.unsubscribe",
            "t.unsubscribed",
            "issue.html:11: `unsubscribed` is not part of this group. Did you mean `unsubscribe`?",
        ),
        (
            "theme.css",
            "theme.accent",
            "theme.acent",
            "theme.css:2: `acent` is not part of this group. Did you mean `accent`?",
        ),
        ("issue.html", "{% endfor %}\n{% for", "{% endfr %}\n{% for", "issue.html:6: Encountered unknown tag 'endfr'"),
        ("issue.html", "| inline", "| inlin", "issue.html:6: No filter named 'inlin'. Did you mean `inline`?"),
        ("issue.html", '"theme.css"', '"thme.css"', "issue.html:3: there is no template thme.css."),
        ("issue.html", "{{ lang }}", "{{ 1 / 0 }}", "issue.html:2: division by zero."),
        ("issue.html", "{{ lang }}", "{{ ''.__class__.__mro__ }}", "issue.html:2: access to attribute '__class__'"),
        ("issue.txt", "{{ preheader }}", "{{ preheader | wrap('x') }}", "issue.txt:1: "),
    ],
)
def test_a_fault_in_a_template_names_file_line_and_the_nearest_name(
    workspace: Workspace, settings: Settings, file: str, old: str, new: str, message: str
) -> None:
    _with(workspace, f"templates/plain/{file}", old, new)
    with pytest.raises(TemplateFault) as caught:
        _compose(workspace, settings)
    assert f"{caught.value.message} {caught.value.hint}".startswith(f"templates/plain/{message}")


@pytest.mark.parametrize(
    "name", ["../plain/issue.md", "/etc/passwd", "../../newsletter.toml", "../../issues/2022-02/issue.md"]
)
def test_a_template_reads_no_file_but_templates(workspace: Workspace, settings: Settings, name: str) -> None:
    _with(workspace, "templates/plain/issue.html", '"theme.css"', f'"{name}"')
    with pytest.raises(TemplateFault, match="there is no template"):
        _compose(workspace, settings)


@pytest.mark.parametrize(
    "written", ["newsletter.parse_file('/etc/passwd')", "issue.__init__.__globals__", "picture.__self__"]
)
def test_a_template_reaches_nothing_behind_its_values(workspace: Workspace, settings: Settings, written: str) -> None:
    _with(workspace, "templates/plain/issue.html", "{{ lang }}", "{{ " + written + " }}")
    with pytest.raises(TemplateFault):
        _compose(workspace, settings)


def test_an_unknown_design_names_the_nearest(workspace: Workspace, settings: Settings) -> None:
    _with(workspace, "issues/2022-02/issue.md", "design: plain", "design: plane")
    with pytest.raises(DesignNotFound) as caught:
        _compose(workspace, settings)
    assert caught.value.hint == "Did you mean plain?"


def test_braces_in_the_letter_that_are_no_merge_field_are_told_at_once(
    workspace: Workspace, settings: Settings
) -> None:
    _with(workspace, "issues/2022-02/issue.md", "From us", "{{ firstname }}")
    _with(workspace, "issues/2022-02/issue.md", "[leave]", "{% if subscriber.town %}[leave]")
    with pytest.raises(IssueUnreadable) as caught:
        _compose(workspace, settings)
    assert [each.split(": ")[0] for each in caught.value.problems] == [
        "issues/2022-02/issue.md:3",
        "issues/2022-02/issue.md:9",
    ]


def test_a_template_in_another_encoding_is_told(workspace: Workspace, settings: Settings) -> None:
    (workspace.templates / "plain/theme.css").write_bytes(b"/* caf\xe9 */")
    with pytest.raises(TemplateFault, match="not UTF-8"):
        _compose(workspace, settings)


def test_a_logo_that_is_not_there_is_reported(workspace: Workspace) -> None:
    text = workspace.settings_file.read_text("utf-8")
    workspace.settings_file.write_text(text + '\n[theme]\nlogo = "logo.png"\n', encoding="utf-8")
    _with(workspace, "issues/2022-02/issue.md", "design: plain", "design: classic")
    settings = load_settings(workspace.settings_file)
    issue = read_issue(workspace, settings, "2022-02").issue
    assert [(each.rule, each.file) for each in compose(workspace, settings, issue).findings] == [
        ("image-missing", "newsletter.toml")
    ]


def test_an_arabic_issue_reads_from_right_to_left(workspace: Workspace, settings: Settings) -> None:
    _with(workspace, "issues/2022-02/issue.md", "design: plain", "design: plain\nlang: ar")
    _with(workspace, "templates/plain/issue.html", "{{ preheader }}", "{{ start }} {{ issue.date | long_date }}")
    message = _compose(workspace, settings)
    assert '<html lang="ar" dir="rtl">' in message.html
    assert "right 28 فبراير 2022" in message.html.replace("\u200f", "")


@pytest.mark.parametrize(
    ("lang", "date"),
    [
        ("en", "28 February 2022"),
        ("en-US", "February 28, 2022"),
        ("de", "28. Februar 2022"),
        ("fr", "28 février 2022"),
        ("xx", "28 February 2022"),
    ],
)
def test_dates_are_written_in_the_issues_language(
    workspace: Workspace, settings: Settings, lang: str, date: str
) -> None:
    _with(workspace, "issues/2022-02/issue.md", "design: plain", f"design: plain\nlang: {lang}")
    _with(workspace, "templates/plain/issue.html", "{{ preheader }}", "{{ issue.date | long_date }}")
    assert date in _compose(workspace, settings).html


def test_a_language_without_words_is_reported(workspace: Workspace, settings: Settings) -> None:
    _with(workspace, "issues/2022-02/issue.md", "design: plain", "design: plain\nlang: cy")
    issue = read_issue(workspace, settings, "2022-02").issue
    assert [each.rule for each in compose(workspace, settings, issue).findings] == ["language-words"]
    strings = workspace.templates / "strings/cy.toml"
    strings.parent.mkdir()
    strings.write_text('unsubscribe = "Dad-danysgrifio"\n', encoding="utf-8")
    composed = compose(workspace, settings, issue)
    assert composed.findings == ()
    assert "Dad-danysgrifio" in composed.message.html


@pytest.mark.parametrize("design", ["classic", "letter", "digest"])
def test_every_shipped_design_composes(workspace: Workspace, settings: Settings, design: str) -> None:
    _with(workspace, "issues/2022-02/issue.md", "design: plain", f"design: {design}")
    message = _compose(workspace, settings)
    assert "Cells &amp; &lt;sleep&gt;" in message.html
    assert "Cells & <sleep>" in message.text
