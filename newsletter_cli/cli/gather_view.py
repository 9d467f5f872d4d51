"""Shows what can be gathered and what was, for people and as JSON."""

from typing import TYPE_CHECKING, Any

from newsletter_cli.cli.app import App, plural
from newsletter_cli.errors import ExitStatus, NewsletterError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from newsletter_cli.gather.candidates import Skipped
    from newsletter_cli.gather.writing import Gathered
    from newsletter_cli.model.article import Card
    from newsletter_cli.workflow.gather import Choice, Gatherer, Gathering


def rows(choices: "Sequence[Choice]") -> "Iterator[tuple[str, Choice | None]]":
    """The numbered list of what there is to choose from: the name of each source above what it offers."""
    before = ""
    for each in choices:
        source = each.candidate.source if each.candidate.listed else ""
        if source and source != before:
            yield source, None
        before = source
        yield _row(each), each


def _row(choice: "Choice") -> str:
    marks = {"near": "a day outside", "undated": "no date", "outside": "outside", "ran": "already ran"}
    mark = marks.get(choice.standing, "")
    each = choice.candidate
    day = each.date.isoformat() if each.date else "          "
    return f"{choice.number:>3}  {day}  {each.title or each.link or each.source}" + (f"  ({mark})" if mark else "")


def show_articles(app: App, gatherer: "Gatherer", taken: "Sequence[Choice]", failed: "Sequence[Skipped]") -> None:
    """`--show`: the articles as Markdown on stdout; ends with 1 when a source failed."""
    shown = gatherer.show(taken)
    text = "\n".join(shown.texts)
    failed = [*failed, *shown.failed]
    if failed and not shown.texts:
        raise NewsletterError(failed[0].why, "", [each.why for each in failed[1:]])
    app.result(text.rstrip("\n") if shown.texts else "Nothing to show.")
    for card in shown.cards:
        app.note(f"Further reading: {card.title}" + (f", {card.date}" if card.date else ""))
    tell_failed(app, failed)
    app.emit({"markdown": text, "further_reading": _cards(shown.cards), "skipped": _skipped(failed)})
    if failed:
        app.exit(ExitStatus.FAILED)


def list_choices(app: App, choices: "Sequence[Choice]", taken: "Sequence[Choice]", failed: "Sequence[Skipped]") -> None:
    """`--dry-run`: the numbered list, with a star at what would be taken; ends with 1 when a source failed."""
    numbers = {each.number for each in taken}
    for row, choice in rows(choices):
        mark = "" if choice is None else "* " if choice.number in numbers else "  "
        app.result(mark + row)
    tell_failed(app, failed)
    app.emit(
        {
            "choices": [
                {
                    "number": each.number,
                    "title": each.candidate.title,
                    "date": _iso(each.candidate.date),
                    "link": each.candidate.link,
                    "source": each.candidate.source,
                    "standing": each.standing,
                    "taken": each.number in numbers,
                }
                for each in choices
            ],
            "skipped": _skipped(failed),
        }
    )
    app.note(f"{plural(len(numbers), 'article')} of {len(choices)} would be taken (*). Nothing was written.")
    if failed:
        app.exit(ExitStatus.FAILED)


def tell_failed(app: App, failed: "Sequence[Skipped]") -> None:
    """The sources that could not be read, and why."""
    for each in failed:
        app.warn(f"Failed: {_named(each)}")


def _named(skipped: "Skipped") -> str:
    """Why something was left out, behind its source where the reason does not name it."""
    return skipped.why if skipped.source in skipped.why else f"{skipped.source}: {skipped.why}"


def report_gathering(app: App, gathering: "Gathering") -> None:
    """What was written, added and left out; ends with 1 when a source failed."""
    for each in gathering.articles:
        _report_article(app, each)
    if gathering.added:
        app.result(
            f"{plural(len(gathering.added), 'further-reading card')} added to issues/{gathering.issue_id}/issue.md:"
        )
        for card in gathering.added:
            app.result(f"  {card.title}" + (f", {card.date}" if card.date else ""))
    _tell_left_out(app, gathering.skipped)
    if not gathering.articles and not gathering.failed:
        app.result("Nothing was gathered.")
    app.emit(_as_json(app, gathering))
    if gathering.articles:
        doubtful = any(each.look for each in gathering.articles)
        app.next(f"newsletter compose {gathering.issue_id}", "after a look at the lines marked ?" if doubtful else "")
    if gathering.failed:
        app.exit(ExitStatus.FAILED)


def _tell_left_out(app: App, skipped: "Sequence[Skipped]") -> None:
    """Each thing that a person may miss by its title; the rest in a number, for -n lists it."""
    for each in skipped:
        if each.fault:
            app.warn(f"Left out: {_named(each)}")
        elif not each.minor:
            app.note(f"Left out: {each.title or each.source}: {each.why}")
    minor = sum(each.minor for each in skipped)
    if minor:
        app.note(f"{plural(minor, 'other article')} not taken: of other days, or not picked. -n lists every one.")


def _report_article(app: App, each: "Gathered") -> None:
    states = {
        "new": "",
        "unchanged": "  (unchanged)",
        "refreshed": "  (refreshed: the source changed, nobody had edited the file)",
        "kept": "  (yours, kept: the source is unchanged)",
        "waiting": "  (yours, kept: the source changed)",
    }
    app.result(app.style(app.workspace.relative(each.path), bold=True) + states[each.state])
    app.result(
        f"  {each.found.title}" + (f", {each.found.date.day} {each.found.date:%B %Y}" if each.found.date else "")
    )
    if each.beside is not None:
        app.result(f"  The new text is in {app.workspace.relative(each.beside)}.")
    for line in each.changes:
        app.result(f"  ~ {line}")
    for line in each.look:
        app.result(f"  ? {line}")


def _as_json(app: App, gathering: "Gathering") -> dict[str, Any]:
    return {
        "articles": [
            {
                "file": app.workspace.relative(each.path),
                "title": each.found.title,
                "date": _iso(each.found.date),
                "standfirst": each.found.standfirst,
                "link": each.found.link,
                "image": each.found.image.src if each.found.image else "",
                "alt": each.found.image.alt if each.found.image else "",
                "look": list(each.look),
                "state": each.state,
                "new_file": app.workspace.relative(each.beside) if each.beside else None,
                "changes": list(each.changes),
            }
            for each in gathering.articles
        ],
        "further_reading": _cards(gathering.cards),
        "skipped": _skipped(gathering.skipped),
    }


def _cards(cards: "Sequence[Card]") -> list[dict[str, Any]]:
    return [
        {"title": card.title, "date": _iso(card.date), "standfirst": card.standfirst, "link": card.link}
        for card in cards
    ]


def _skipped(left: "Sequence[Skipped]") -> list[dict[str, str]]:
    return [{"source": each.source, "why": each.why} for each in left]


def _iso(day: "date | None") -> str | None:
    return day.isoformat() if day else None
