"""What composing costs, against plain Jinja2 + premailer (and the mjml CLI where it is installed).

Run: python benchmarks/compose.py [ROUNDS]. Everything runs in turn in one go; medians of CPU time are compared.

1. An issue, whole process, against `plain`: a program that renders the finished page of the example with Jinja2 and inlines
   it with premailer's defaults. `engine` does the same with our inliner, its style sheet known or its cache empty. Goals:
   0.35 and 0.65; 0.25 of the mjml CLI. `compose` is the whole command: it also validates the settings, reads the issue's
   files, prepares pictures, and writes the text part and the .eml, which the other two do not.
2. Inlining again, as a live preview does, in one process, also with 400 rules more. Goal: 0.25 of premailer's defaults,
   byte-equal to premailer at the same options.
3. A copy for each reader, in one process. Goals: 1,000 times as fast as Jinja2 + premailer for each, 3 times as fast as
   Jinja2 on the inlined page.
"""

import os
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
MJML = ROOT / "tests" / "npm" / "node_modules" / ".bin" / "mjml"
PLAIN = """
import sys
from jinja2 import Environment, FileSystemLoader
from premailer import transform
page = Environment(loader=FileSystemLoader(sys.argv[1]), autoescape=True).get_template("page.html")
open(sys.argv[1] + "/out.html", "w").write(transform(page.render(name="friend"), allow_network=False))
"""
ENGINE = """
import sys
from pathlib import Path
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader
from newsletter_cli.compose.inline import inline_styles
folder = Path(sys.argv[1])
(folder / "cache").mkdir(exist_ok=True)
kept = FileSystemBytecodeCache(str(folder / "cache"))
page = Environment(loader=FileSystemLoader(str(folder)), autoescape=True, bytecode_cache=kept).get_template("page.html")
(folder / "out.html").write_text(inline_styles(page.render(name="friend"), folder / "cache"))
"""
MAIL = """<mjml><mj-head><mj-title>News</mj-title></mj-head><mj-body>{}</mj-body></mjml>""".format(
    "<mj-section><mj-column><mj-text>Words</mj-text><mj-button href='https://x.org'>Go</mj-button></mj-column></mj-section>"
    * 6
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


def whole_process(workspace: Path, rounds: int) -> None:
    compose = [sys.executable, "-m", "newsletter_cli", "compose", "2022-02"]
    plain = [sys.executable, "-c", PLAIN, str(workspace)]
    engine = [sys.executable, "-c", ENGINE, str(workspace)]
    names = ("plain", "engine, known", "engine, empty", "compose, known", "compose, empty", "mjml")
    times: dict[str, list[float]] = {name: [] for name in names}
    (workspace / "mail.mjml").write_text(MAIL)
    cpu_of(compose, workspace)
    for _ in range(rounds):
        times["plain"].append(cpu_of(plain, workspace))
        shutil.rmtree(workspace / "cache", ignore_errors=True)
        times["engine, empty"].append(cpu_of(engine, workspace))
        times["engine, known"].append(cpu_of(engine, workspace))
        times["compose, known"].append(cpu_of(compose, workspace))
        shutil.rmtree(workspace / ".newsletter/cache/styles")
        shutil.rmtree(workspace / ".newsletter/cache/templates")
        times["compose, empty"].append(cpu_of(compose, workspace))
        if MJML.exists():
            times["mjml"].append(cpu_of([str(MJML), "mail.mjml", "-o", "out.html"], workspace))
    medians = {name: statistics.median(each) for name, each in times.items() if each}
    print("1. an issue, whole process (CPU)")
    for name, seconds in medians.items():
        print(f"   {name:<15} {seconds * 1000:8.1f} ms  {seconds / medians['plain']:.2f} x plain")
    if "mjml" in medians:
        print(f"   engine, known is {medians['engine, known'] / medians['mjml']:.2f} x the mjml CLI")


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
        whole_process(workspace, rounds)
        again(page, workspace / "cache", rounds)
        copies(page, rounds)


if __name__ == "__main__":
    main()
