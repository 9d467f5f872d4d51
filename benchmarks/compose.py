"""What composing costs, against plain Jinja2 + premailer (and the mjml CLI where it is installed).

Run: python benchmarks/compose.py [ROUNDS]. Everything runs in turn in one go; medians of CPU time are compared.

1. An issue, whole process. In each round a word of an article is another one; the style sheet stays. `plain` is
   plain/program.py: the same files (header, Markdown), the same style sheet, a page of the same size, HTML and text, with
   Jinja2, markdown-it and premailer's defaults. `page` is less: the finished page through Jinja2 and premailer, nothing
   read or put together. `compose` is `newsletter compose`, which also validates settings, reports faults, looks
   after pictures and writes an .eml: with everything kept from the round before, said again with no word changed, and
   with its cache empty (style sheets, templates, names of months; pictures stay prepared, for the peers prepare none).
   Goals, against `plain`: 0.35 and 0.65; 0.25 of the mjml CLI.
2. Inlining again, as a live preview does, in one process, also with 400 rules more. Goal: 0.25 of premailer's defaults,
   byte-equal to premailer at the same options.
3. A copy for each reader, in one process. Goals: 1,000 times as fast as Jinja2 + premailer for each, 3 times as fast as
   Jinja2 on the inlined page.
"""

import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
MJML = shutil.which("mjml", path=f"{ROOT}/tests/npm/node_modules/.bin{os.pathsep}{os.environ['PATH']}")
PROGRAM = ROOT / "benchmarks" / "plain" / "program.py"
PAGE = """
import sys
from jinja2 import Environment, FileSystemLoader
from premailer import transform
page = Environment(loader=FileSystemLoader(sys.argv[1]), autoescape=True).get_template("page.html")
open(sys.argv[1] + "/out.html", "w").write(transform(page.render(name="friend"), allow_network=False))
"""
# As many pictures, paragraphs, buttons and columns as the example has.
STORY = (
    "<mj-section><mj-column><mj-image src='https://x.org/a.jpg' alt='A picture' width='600px'/><mj-text><h2>A story</h2></mj-text>"
    + "<mj-text><p>Words of a story that goes on for a while.</p></mj-text>" * 8
    + "<mj-button href='https://x.org'>Read on</mj-button></mj-column></mj-section>"
)
CARD = "<mj-column><mj-image src='https://x.org/b.jpg' alt='Another'/><mj-text><h3>A card</h3><p>Words.</p></mj-text></mj-column>"
MAIL = (
    "<mjml><mj-head><mj-title>News</mj-title><mj-preview>Words</mj-preview></mj-head><mj-body>"
    + f"{STORY * 3}<mj-section>{CARD * 2}</mj-section><mj-section>{CARD * 2}</mj-section></mj-body></mjml>"
)


def cpu_of(words: list[str], cwd: Path) -> float:
    """CPU seconds, user and system, of one process and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run(words, cwd=cwd, env=environ, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def cpu_each(work: Callable[[], object], times: int) -> float:
    """CPU seconds of one call, over several."""
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times


def page_of(workspace: Path) -> str:
    """The example's page before its styles are inlined."""
    from newsletter_cli.compose import message as composing
    from newsletter_cli.compose.issue_file import read_issue
    from newsletter_cli.config import load_settings
    from newsletter_cli.paths import Workspace

    pages: list[str] = []
    inline = composing.inline_styles

    def kept(html: str, cache: Path | None = None) -> str:
        pages.append(html)
        return inline(html, cache)

    composing.inline_styles = kept
    place = Workspace(workspace)
    settings = load_settings(place.settings_file)
    composing.compose_message(place, settings, read_issue(place, settings, "2022-02").issue)
    composing.inline_styles = inline
    return pages[-1]


def change_a_word(workspace: Path, number: int) -> None:
    """Another word in the lead article; its length stays."""
    article = workspace / "issues/2022-02/articles/sleeping-cells.md"
    text = re.sub(r"how they survive( \d{4})?", f"how they survive {number:04}", article.read_text("utf-8"))
    article.write_text(text, "utf-8")


def style_sheets(workspace: Path, page: str) -> None:
    """The style sheet of the page as two files, for the peer's template."""
    folder = workspace / "plain"
    folder.mkdir()
    sheets = re.findall(r"<style[^>]*>(.*?)</style>", re.sub(r"<!--.*?-->", "", page, flags=re.S), re.S)
    for name, text in zip(("theme.css", "head.css"), sheets, strict=True):
        (folder / name).write_text(text, encoding="utf-8")


def whole_process(workspace: Path, rounds: int) -> None:
    compose = [sys.executable, "-m", "newsletter_cli", "compose", "2022-02"]
    plain = [sys.executable, str(PROGRAM), str(workspace), "2022-02"]
    page = [sys.executable, "-c", PAGE, str(workspace)]
    names = ("plain", "page", "compose", "compose again", "compose, empty", "mjml")
    times: dict[str, list[float]] = {name: [] for name in names}
    (workspace / "mail.mjml").write_text(MAIL)
    cpu_of(compose, workspace)
    for number in range(rounds):
        change_a_word(workspace, number)
        times["plain"].append(cpu_of(plain, workspace))
        times["page"].append(cpu_of(page, workspace))
        times["compose"].append(cpu_of(compose, workspace))
        times["compose again"].append(cpu_of(compose, workspace))
        for kept in ("styles", "templates", "dates"):
            shutil.rmtree(workspace / ".newsletter/cache" / kept, ignore_errors=True)
        times["compose, empty"].append(cpu_of(compose, workspace))
        if MJML:
            times["mjml"].append(cpu_of([MJML, "mail.mjml", "-o", "out.html"], workspace))
    print("1. an issue, whole process (CPU; ratios are medians over the rounds)")
    for name, each in times.items():
        if each:
            ratios = "  ".join(
                f"{ratio(each, times[peer]):.2f} x {peer}" for peer in ("plain", "page", "mjml") if times[peer]
            )
            print(f"   {name:<15} {statistics.median(each) * 1000:8.1f} ms  {ratios}")


def ratio(ours: list[float], theirs: list[float]) -> float:
    """The median of the rounds' own ratios: a machine that slows down slows both."""
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=True))


def again(page: str, cache: Path, rounds: int) -> None:
    import cssutils
    from premailer import Premailer, transform

    from newsletter_cli.compose.hidden_parts import hide
    from newsletter_cli.compose.inline import inline_styles

    def at_our_options(html: str) -> str:
        body, hidden = hide(html)
        five = ["width", "height", "align", "valign", "bgcolor"]
        options = {"strip_important": False, "disable_basic_attributes": five, "align_floating_images": False}
        options |= {"disable_validation": True, "remove_unset_properties": False, "allow_network": False}
        return hidden.restore(Premailer(body, **options).transform(pretty_print=False))

    more = "".join(f".extra{number}{{margin:0 0 {number}px;color:#{number:06x}}}" for number in range(400))
    print("2. inlining again in one process (CPU)")
    for title, html in (("as it is", page), ("400 rules more", page.replace("</style>", more + "</style>", 1))):
        ours, theirs = [], []
        inline_styles(html, cache)
        cssutils.ser.prefs.minimizeColorHash = False
        equal = inline_styles(html, cache) == at_our_options(html)
        for _ in range(rounds):
            ours.append(cpu_each(lambda html=html: inline_styles(html, cache), 10))
            theirs.append(cpu_each(lambda html=html: transform(html, allow_network=False), 3))
        one, other = statistics.median(ours), statistics.median(theirs)
        print(
            f"   {title:<15} {one * 1000:6.1f} ms, premailer {other * 1000:6.1f} ms: {one / other:.2f} x; byte-equal: {equal}"
        )


def copies(page: str, rounds: int) -> None:
    from jinja2 import Template
    from premailer import transform

    from newsletter_cli.compose.inline import inline_styles
    from newsletter_cli.model.message import MergeField, split_tokens

    names = ("first_name", "town", "member", "unsubscribe")
    fields = [MergeField(f"nlm{number}z", name, "") for number, name in enumerate(names)]
    body = page.replace("</body>", "".join(f"<p>{field.token}</p>" for field in fields) + "</body>")
    inlined = inline_styles(body)
    as_jinja = inlined
    for field in fields:
        as_jinja = as_jinja.replace(field.token, "{{ " + field.name + " | e }}")
    values = {field.name: f"Anna {field.name}" for field in fields}
    template, source = Template(as_jinja), Template(body)
    parts = split_tokens(inlined, fields)
    by_token = {field.token: values[field.name] for field in fields}

    def join() -> str:
        return "".join([part if isinstance(part, str) else by_token[part.token] for part in parts])

    ours, jinja, both = [], [], []
    for _ in range(rounds):
        ours.append(cpu_each(join, 5000))
        jinja.append(cpu_each(lambda: template.render(values), 2000))
        both.append(cpu_each(lambda: transform(source.render(values), allow_network=False), 3))
    mine = statistics.median(ours)
    print("3. a copy for each reader (CPU)")
    print(f"   split once, joined for each {mine * 1e6:8.2f} µs")
    for title, each in (("Jinja2 on the inlined page", jinja), ("Jinja2 + premailer for each", both)):
        print(f"   {title:<27} {statistics.median(each) * 1e6:8.2f} µs: {statistics.median(each) / mine:,.1f} x ours")


def main() -> None:
    sys.path.insert(0, str(ROOT))
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as name:
        workspace = Path(name)
        shutil.copytree(ROOT / "issues", workspace / "issues")
        shutil.copy(ROOT / "newsletter.toml", workspace)
        page = page_of(workspace)
        (workspace / "page.html").write_text(page, encoding="utf-8")
        style_sheets(workspace, page)
        whole_process(workspace, rounds)
        again(page, workspace / "cache", rounds)
        copies(page, rounds)


if __name__ == "__main__":
    main()
