"""A workspace with a small design of its own and one issue, for the tests of composing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter_cli.config import Settings, load_settings
from newsletter_cli.paths import Workspace

HTML = """\
<!DOCTYPE html>
<html lang="{{ lang }}" dir="{{ dir }}"><head><meta charset="utf-8"><title>{{ subject }}</title>
<style>{% include "theme.css" %}</style>
<style data-premailer="ignore">@media (max-width:599px){.h1{color:#000000 !important}}</style>
</head><body class="body"><div style="display:none">{{ preheader }}</div>
{% for block in letter %}{% if block is paragraph %}<p class="p">{{ block.html | inline }}</p>{% endif %}{% endfor %}
{% for article in articles %}<h1 class="h1">{{ article.title }}</h1>
{% for block in article.blocks %}{% if block is paragraph %}<p class="p">{{ block.html | inline }}</p>{% endif %}{% endfor %}
{% if article.image %}{% set made = picture(article.image, 600) %}<img src="{{ made.src }}" width="{{ made.width }}" height="{{ made.height }}" alt="{{ made.alt }}">{% endif %}
{% endfor %}
<p class="foot"><a href="{{ unsubscribe_url }}">{{ t.unsubscribe }}</a></p></body></html>
"""
TEXT = """\
{{ preheader }}
{% for block in letter %}{% if block is paragraph %}
{{ block.html | plain | wrap(72) }}
{% endif %}{% endfor %}
{% for article in articles %}
{{ article.title }}
{% endfor %}
{{ t.unsubscribe }}: {{ unsubscribe_url }}
"""
CSS = ".body{margin:0}\n.h1{color:{{ theme.accent }}}\n.p{margin:0 0 16px}\na{color:#0b5fa5}\n"
ISSUE = """\
---
subject: News for {{ subscriber.first_name | default("friend") }}
preheader: From us
date: 28 February 2022
design: plain
---
Dear {{ subscriber.first_name | default("friend") }},

[leave]({{ unsubscribe_url }})
"""
ARTICLE = """\
---
title: Cells & <sleep>
date: 23 February 2022
link: https://www.example.org/cells
---
Braces {{ 7 * 7 }} and {{ subscriber.email }} stay, **bold** too.
"""

Write = Callable[[str, str], None]


@pytest.fixture
def workspace(workspace_folder: Path) -> Workspace:
    """A workspace with the design `plain` and the issue 2022-02."""
    files = {
        "templates/plain/issue.html": HTML,
        "templates/plain/issue.txt": TEXT,
        "templates/plain/theme.css": CSS,
        "templates/plain/theme.toml": '[theme]\naccent = "#112233"\nwidth = 600\n',
        "issues/2022-02/issue.md": ISSUE,
        "issues/2022-02/articles/cells.md": ARTICLE,
    }
    for name, text in files.items():
        path = workspace_folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Workspace(workspace_folder)


@pytest.fixture
def settings(workspace: Workspace) -> Settings:
    return load_settings(workspace.settings_file)


@pytest.fixture
def write(workspace: Workspace) -> Write:
    """Write a file of the workspace."""

    def put(name: str, text: str) -> None:
        (workspace.root / name).write_text(text, encoding="utf-8")

    return put
