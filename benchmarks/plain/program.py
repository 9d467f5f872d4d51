"""The peer of benchmarks/compose.py: an issue's files to HTML and text with Jinja2, markdown-it and premailer's defaults.

Run: python program.py WORKSPACE ISSUE. What a developer writes in an afternoon: no settings, no checks, no sandbox, no merge
fields, pictures taken as they are, no .eml. It reads the same files and gives the same page; a test holds it to that.
"""

import sys
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markdown_it import MarkdownIt
from markupsafe import Markup
from mdit_py_plugins.attrs import attrs_plugin
from premailer import transform

CLASSES = {"p": "p", "ol": "list", "ul": "list", "li": "li", "h2": "h3", "blockquote": "quote"}


def read(path: Path) -> dict[str, object]:
    """The keys of a file's header, and its body as `text`."""
    _, header, body = path.read_text("utf-8").split("---\n", 2)
    facts: dict[str, object] = {"text": body.strip()}
    key = ""
    for line in header.splitlines():
        if line.startswith(" "):
            facts[key] = f"{facts[key]}\n{line.strip()}".strip()
        else:
            key, _, value = line.partition(":")
            facts[key] = value.strip()
    return facts


def cards(text: str) -> list[dict[str, str]]:
    """`- Title -> address`, a date, a sentence, and `image:` and `alt:` below it."""
    found = []
    for piece in text.split("- ")[1:]:
        first, date, words, image, alt = piece.strip().splitlines()[:5]
        title, link = first.split(" -> ")
        found.append({"title": title, "link": link, "date": date, "words": words, "image": image[7:], "alt": alt[5:]})
    return found


def main() -> None:
    workspace, issue_id = Path(sys.argv[1]), sys.argv[2]
    folder = workspace / "issues" / issue_id
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).use(attrs_plugin)

    def html(text: str) -> Markup:
        rendered = parser.render(text.replace('{{ subscriber.first_name | default("friend") }}', "friend"))
        for tag, name in CLASSES.items():
            rendered = rendered.replace(f"<{tag}>", f'<{tag} class="{name}">')
        return Markup(rendered)

    issue = read(folder / "issue.md")
    names = str(issue["articles"]).split(", ")
    label, _, address = str(issue["call_to_action"]).partition(" -> ")
    environment = Environment(
        loader=FileSystemLoader([Path(__file__).parent, workspace / "plain"]),
        autoescape=lambda name: str(name).endswith(".html"),
    )
    environment.filters["html"] = html
    context = {
        "issue": issue,
        "articles": [read(folder / "articles" / f"{name}.md") for name in names],
        "cards": cards(str(issue["further_reading"])),
        "call": {"label": label, "link": address.partition("\n")[0], "words": address.partition("\n")[2]},
        "pictures": f"https://images.example.org/newsletter/{issue_id}",
        "archive": f"https://www.example.org/newsletter/{issue_id}/",
    }
    page = environment.get_template("issue.html").render(context)
    out = workspace / "plain"
    (out / "issue.html").write_text(transform(page, allow_network=False), "utf-8")
    (out / "issue.txt").write_text(environment.get_template("issue.txt").render(context), "utf-8")


if __name__ == "__main__":
    main()
