"""Writes docs/checks.md from the rules themselves: `python -m newsletter_cli.cli.check_reference > docs/checks.md`."""

import sys

from newsletter_cli.check import Example, all_rules
from newsletter_cli.check.clients import load_table
from newsletter_cli.check.online.catalogue import ONLINE_RULES
from newsletter_cli.cli.check_output import shown

_GROUPS = {
    "subject": "What the inbox shows",
    "content": "The words",
    "merging": "Personal values",
    "sender": "Who writes, and how one leaves",
    "weight": "Size and encoding",
    "head": "The frame of the HTML",
    "structure": "Headings and tables",
    "images": "Pictures",
    "links": "Links",
    "looks": "Contrast and size",
    "markup": "Markup",
    "text_part": "The text part",
    "dates": "Dates",
    "people": "Consent and embargo",
    "history": "What ran before",
    "language": "Spelling and numbers",
    "rehearsal": "What each reader will read",
    "compatibility": "Mail programs",
}
_INTRODUCTION = """\
# What `newsletter check` looks for

Written by `python -m newsletter_cli.cli.check_reference` from the rules; every example below is run as a test.

```
newsletter check 2022-02                     an issue: its files, its message, its audience, earlier issues
newsletter check mail.html                   a mail from any tool; an .eml too
newsletter check 2022-02 --online            also links, pictures, source pages and name servers
newsletter check 2022-02 --strict            fail on warnings too
newsletter check 2022-02 --select 'link-*' --ignore link-http
newsletter check 2022-02 --format sarif      or text, json, github
newsletter check --explain link-generic      one rule, in the terminal
```

An **error** ends with status 3 and holds a send back; a **warning** asks to look, and fails only with `--strict`; **info** tells.
A finding names the author's own file and line (an article, issue.md, newsletter.toml, a template of the workspace)
where the fault comes from one, else the line of the HTML. Lines of an `.eml` are those of its HTML part.

**To live with a finding**, write into the header of the issue, or of the article it is in, the rule and the reason:

```
ignore: heading-as-bold (our logo line), link-http (the museum has no https)
```

Without a reason it is not followed, and is itself a finding (`ignore-reason`). `[check] ignore` in newsletter.toml leaves
a rule out for good. `[check]` also has `select`, `clients`, `glossary`, `staging_hosts`, `dictionaries` and `dkim_selectors`
([settings.md](settings.md)).

**Spelling** is looked at when the package `spylls` is installed (`pip install 'newsletter-cli[spelling]'`) and a hunspell
dictionary of the issue's language lies where the system keeps them or in a folder of `[check] dictionaries`.
**SpamAssassin** is asked when `spamassassin` is installed (rule `spamassassin`); no mail leaves the machine for it.

**Mail programs**: rule `css-client` uses the tests of [caniemail.com](https://www.caniemail.com) as of {date}
(MIT; `newsletter_cli/check/clients`). It speaks only of what breaks a layout or loses content, once for each feature, and
names the month of the test, for many are old. `[check] clients` takes names such as `"outlook.windows"` or `"gmail"`, each with
a share of your readers in percent if you like: `"gmail.android 22"`. Below 3 % together it stays silent.
"""


def page() -> str:
    """The whole page."""
    rows = [_INTRODUCTION.format(date=load_table().date), _contents()]
    group = ""
    for rule in all_rules():
        if rule.group != group:
            group = rule.group
            rows.append(f"## {_GROUPS[group]}\n")
        rows.append(f"### {rule.id}\n\n*{rule.severity}* {rule.reason}\n\n**Do:** {_code(rule.hint)}\n")
        rows += [_example("Good", rule.passing), _example("Bad", rule.failing)]
    rows.append("## Online, with `--online`\n")
    rows.append(
        "Links are asked by HEAD, then GET, 100 at most, two a second at one host, redirects looked at one by one; private addresses are"
        "\nrefused. A link by which one leaves, or with a personal value in it, is never asked: a GET may unsubscribe.\n"
    )
    rows += [
        f"### {each.id}\n\n*{each.severity}* {each.reason}\n\n**Do:** {_code(each.hint)}\n" for each in ONLINE_RULES
    ]
    return "\n".join(rows)


def _contents() -> str:
    """Every rule in one table, a group a row, each a link to its place below."""
    groups: dict[str, list[str]] = {}
    for rule in all_rules():
        groups.setdefault(_GROUPS[rule.group], []).append(rule.id)
    groups["Online, with `--online`"] = [each.id for each in ONLINE_RULES]
    rows = (f"| {title} | {', '.join(f'[{id}](#{id})' for id in ids)} |" for title, ids in groups.items())
    return "\n".join(("## All of them\n", "| about | rules |", "|---|---|", *rows, ""))


def _example(title: str, example: Example) -> str:
    lines = [line.replace("\x93", "<0x93>").replace("\x94", "<0x94>") for line in shown(example)]
    return f"{title}:\n\n```\n" + "\n".join(lines) + "\n```\n"


def _code(text: str) -> str:
    """Tags as code, so that Markdown shows them."""
    return text if "<" not in text or "`" in text else f"`{text}`"


if __name__ == "__main__":
    sys.stdout.write(page())
