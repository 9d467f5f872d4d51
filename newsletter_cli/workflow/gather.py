"""`newsletter gather`: from sources to article files, further-reading cards and a list of what was left out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date as Date
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from newsletter_cli.config import Settings
from newsletter_cli.config.settings import issue_month
from newsletter_cli.errors import NewsletterError, UsageError
from newsletter_cli.gather.article_text import article_text
from newsletter_cli.gather.candidates import Candidate, Skipped
from newsletter_cli.gather.earlier import Earlier, last_issue_date
from newsletter_cli.gather.fetching import Fetcher
from newsletter_cli.gather.found import PART, Found
from newsletter_cli.gather.issue_edit import with_articles, with_cards
from newsletter_cli.gather.links import comparing_key
from newsletter_cli.gather.pictures import Pictures
from newsletter_cli.gather.pieces import Picture
from newsletter_cli.gather.provenance import KEPT
from newsletter_cli.gather.sources import Sources, folder_beside
from newsletter_cli.gather.store import Store
from newsletter_cli.gather.window import Window, month_window
from newsletter_cli.gather.words import folded
from newsletter_cli.gather.writing import NEW, Articles, Gathered
from newsletter_cli.http import Client
from newsletter_cli.model.article import Card
from newsletter_cli.paths import Workspace, write_file

MOST_AT_ONCE = 20
INSIDE, NEAR, UNDATED, OUTSIDE, RAN = "inside", "near", "undated", "outside", "ran"


@dataclass(frozen=True, slots=True)
class Choice:
    """A candidate, how it stands to the window and to earlier issues, and whether it would be taken unasked."""

    number: int
    candidate: Candidate
    standing: str
    why: str = ""

    @property
    def taken(self) -> bool:
        return self.standing == INSIDE


@dataclass(frozen=True, slots=True)
class Gathering:
    """What came of it: articles, cards found, those of them new to issue.md (`added`), and what was left out."""

    issue_id: str
    articles: tuple[Gathered, ...] = ()
    cards: tuple[Card, ...] = ()
    added: tuple[Card, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    @property
    def failed(self) -> bool:
        return any(each.fault for each in self.skipped)


@dataclass(frozen=True, slots=True)
class Shown:
    """Article files that were not written, the cards found beside them, and the sources that could not be read."""

    texts: tuple[str, ...]
    cards: tuple[Card, ...]
    failed: tuple[Skipped, ...]


@dataclass(slots=True)
class Gatherer:
    """One run of gathering for one issue.

    Attributes:
        window: which days count for what comes out of lists; None lets every day through.
        again: take what an earlier issue already ran.
        offline: fetch nothing, use what was fetched before.
        allow_local: open loopback and private addresses.
        leaves_nothing: not even what was fetched is kept (to show or to list only).
        pasted: reads standard input for the source `-`.
        progress: told what is being done, for a person.
    """

    workspace: Workspace
    settings: Settings
    issue_id: str
    now: datetime
    window: Window = field(default_factory=Window)
    again: bool = False
    offline: bool = False
    allow_local: bool = False
    leaves_nothing: bool = False
    pasted: Callable[[], str] = str
    progress: Callable[[str], None] = lambda _: None
    client: Client | None = None
    _store: Store = field(init=False)
    _fetcher: Fetcher = field(init=False)

    def __post_init__(self) -> None:
        gather = self.settings.gather
        client = self.client or Client(
            contact=gather.contact or self.settings.newsletter.website,
            allow_local=self.allow_local,
            requests_per_second=gather.requests_per_second,
        )
        beside = self.workspace.issue(self.issue_id) / "articles" / KEPT
        self._store = Store(self.workspace.cache / "gathered", beside, writes=not self.leaves_nothing)
        self._fetcher = Fetcher(client, self._store, self.now, offline=self.offline)

    def choices(self, names: Sequence[str]) -> tuple[tuple[Choice, ...], tuple[Skipped, ...]]:
        """Everything the named sources offer (or those of newsletter.toml), judged; and the sources that failed."""
        failed: list[Skipped] = []
        offered: list[Candidate] = []
        for name, read in self._reads(names):
            self.progress(name)
            try:
                offered += read()
            except NewsletterError as error:
                failed.append(Skipped(name, _sentence(error), fault=True))
        return tuple(self._judged(_unique(offered))), tuple(failed)

    def _reads(self, names: Sequence[str]) -> Iterator[tuple[str, Callable[[], list[Candidate]]]]:
        sources = Sources(self._fetcher, self.settings.zone, self._today, self.window, self.pasted, self.progress)
        if names:
            for name in dict.fromkeys(names):
                yield name, partial(sources.named, name)
            return
        if not self.settings.sources:
            raise UsageError(
                "No source was named, and newsletter.toml lists none.",
                "Say `newsletter gather ADDRESS-OR-FILE`, or add a [[sources]] table.",
            )
        for each in self.settings.sources:
            yield each.name or each.url, partial(sources.configured, each, self.workspace.root)

    @property
    def _today(self) -> Date:
        return self.now.astimezone(self.settings.zone).date()

    def _judged(self, offered: list[Candidate]) -> Iterator[Choice]:
        earlier = Earlier(self.workspace, self.issue_id)
        for number, each in enumerate(offered, 1):
            ran = "" if self.again else earlier.issue_of(each.link, each.feed_id)
            if ran:
                yield Choice(number, each, RAN, f"It already ran in {ran}; --again takes it once more.")
            elif not each.listed or self.window.holds(each.date):
                yield Choice(number, each, INSIDE)
            elif each.date is None:
                yield Choice(number, each, UNDATED, "It has no date, so it cannot be told whether it belongs here.")
            elif self.window.just_misses(each.date):
                yield Choice(number, each, NEAR, f"{each.date} is a day outside {self.window}.")
            else:
                yield Choice(number, each, OUTSIDE, f"{each.date} is outside {self.window}.")

    def gather(self, choices: Sequence[Choice], skipped: Sequence[Skipped] = ()) -> Gathering:
        """Read the chosen articles, store their pictures, write their files, add cards and articles to issue.md."""
        folder = self.workspace.issue(self.issue_id)
        articles = Articles(folder / "articles", self._store, self.now)
        earlier = Earlier(self.workspace, self.issue_id)
        left = [articles.staying(each) for each in skipped]
        done: list[Gathered] = []
        cards: list[Card] = []
        for choice in choices:
            if choice.candidate.listed:
                self.progress(choice.candidate.title or choice.candidate.source)
            try:
                found = choice.candidate.read()
                if (why := self._refusal(found, earlier, done)) and not choice.candidate.listed:
                    left.append(Skipped(_name(choice.candidate), why))
                    continue
                why = "" if self.again else articles.left_alone(found, choice.candidate.listed)
                if why:
                    left.append(Skipped(_name(choice.candidate), why))
                    continue
                if why := articles.would_lose(found):
                    left.append(Skipped(_name(choice.candidate), why, fault=True))
                    continue
                found = _suspected(found, done, articles)
                if remote := sum(each.startswith(("http://", "https://")) for each in _pictures(found)):
                    self.progress(f"  with {remote} picture{'s' if remote > 1 else ''}")
                pictures = Pictures(folder / "images", self._fetcher, folder_beside(found.source), dict(found.parts))
                gathered = articles.write(pictures.bring(found))
            except NewsletterError as error:
                left.append(articles.staying(Skipped(_name(choice.candidate), _sentence(error), fault=True)))
                continue
            done.append(gathered)
            cards += found.cards
        own = {comparing_key(each.found.link) for each in done if each.found.link}
        fresh = {comparing_key(each.link) or folded(each.title): each for each in reversed(cards)}
        kept = tuple(each for key, each in reversed(fresh.items()) if key not in own)
        return Gathering(self.issue_id, tuple(done), kept, self._noted(done, kept, folder), tuple(left))

    def _refusal(self, found: Found, earlier: Earlier, done: Sequence[Gathered]) -> str:
        """Why an article that a person named is not written, or ""."""
        if not found.title and not found.pieces:
            return "Nothing that reads like an article was found in it."
        ran = "" if self.again else earlier.issue_of(found.link, found.feed_id)
        if ran:
            return f"It already ran in {ran}; --again takes it once more."
        if found.link and any(comparing_key(each.found.link) == comparing_key(found.link) for each in done):
            return "It is the same article as one above."
        return ""

    def _noted(self, done: Sequence[Gathered], cards: Sequence[Card], folder: Path) -> tuple[Card, ...]:
        """issue.md with new articles and cards added; nothing in it is changed."""
        issue = folder / "issue.md"
        if not issue.is_file():
            return ()
        before = issue.read_bytes()
        try:
            text = before.decode("utf-8")
        except UnicodeDecodeError:
            return ()
        text, added = with_cards(text, cards, Pictures(folder / "images", self._fetcher).bring_cards)
        text = with_articles(text, [each.path.stem for each in done if each.state == NEW])
        if text.encode() != before:
            write_file(issue, text)
        return added

    def show(self, choices: Sequence[Choice]) -> Shown:
        """The article files as they would be written, and what could not be read; writes nothing."""
        texts: list[str] = []
        cards: list[Card] = []
        failed: list[Skipped] = []
        for choice in choices:
            try:
                found = choice.candidate.read()
                texts.append(article_text(found).replace(PART, "images/"))
                cards += found.cards
            except NewsletterError as error:
                failed.append(Skipped(_name(choice.candidate), _sentence(error), fault=True))
        return Shown(tuple(texts), tuple(cards), tuple(failed))


def _pictures(found: Found) -> set[str]:
    """The addresses of an article's pictures; those that came inside it are not among them."""
    shown = [each for each in (found.image, *found.pieces) if isinstance(each, Picture)]
    return {each.src for each in shown if not each.src.startswith(PART)}


def _suspected(found: Found, done: Sequence[Gathered], articles: Articles) -> Found:
    """The same title within a week, or in this issue already, may be the same story: a person decides."""
    twin = articles.twin_of(found)
    for each in done:
        near = not (each.found.date and found.date) or abs(each.found.date - found.date) <= timedelta(days=7)
        if found.title and folded(each.found.title) == folded(found.title):
            twin = each.path.name if near else ""
    return replace(found, look=(*found.look, f"It may be the same story as {twin}.")) if twin else found


def left_out(choices: Sequence[Choice], taken: Sequence[Choice]) -> list[Skipped]:
    """What of the offer was not taken, and why."""
    numbers = {each.number for each in taken}
    return [
        Skipped(
            _name(each.candidate),
            each.why or "It was not picked.",
            title=each.candidate.title,
            minor=each.standing in (INSIDE, OUTSIDE),
        )
        for each in choices
        if each.number not in numbers
    ]


def default_window(workspace: Workspace, issue_id: str) -> Window:
    """Since the last issue; without one, the month the issue's id names; else every day."""
    last = last_issue_date(workspace, issue_id)
    if last is not None:
        return Window(since=last)
    month = issue_month(issue_id)
    return month_window(f"{month:%Y-%m}") if month else Window()


def chosen_window(month: str, since: Date | None, until: Date | None) -> Window | None:
    """The window the options give, or None when they give none.

    Raises:
        UsageError: they contradict each other.
    """
    if month and (since or until):
        raise UsageError("--month and --since or --until were both given.", "Use one of them.")
    if since and until and since > until:
        raise UsageError(f"--since {since} is later than --until {until}.", "Swap them.")
    return month_window(month) if month else Window(since, until) if since or until else None


def _unique(offered: Sequence[Candidate]) -> list[Candidate]:
    """Without an article that a second source offers too: same address, else same feed id."""
    seen: set[str] = set()
    kept = []
    for each in offered:
        keys = {
            key
            for key in (comparing_key(each.link) if each.link else "", f"id:{each.feed_id}" if each.feed_id else "")
            if key
        }
        if not keys & seen:
            kept.append(each)
        seen |= keys
    return kept


def _name(candidate: Candidate) -> str:
    return candidate.link or (f"{candidate.source}: {candidate.title}" if candidate.title else candidate.source)


def _sentence(error: NewsletterError) -> str:
    return f"{error.message} {error.hint}".strip()
