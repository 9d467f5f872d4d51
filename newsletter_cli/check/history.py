"""Rules that remember: stories, pictures and calls to action that ran in earlier issues, and when."""

from collections.abc import Iterator

from newsletter_cli.check.blocks import Place, pictures
from newsletter_cli.check.elements import same_page
from newsletter_cli.check.material import Material
from newsletter_cli.check.rules import INFO, WARNING, Example, Hit, rule
from newsletter_cli.check.words import short, words_of
from newsletter_cli.model.article import Article, Card
from newsletter_cli.model.issue import Issue

_OLD = ("/issues/2022-01/issue.md", "subject: January")
_STORY = "title: Cells that sleep\ndate: 2 January 2022\nlink: https://www.example.org/cells"
_OTHER = "title: Cells that wake\ndate: 2 February 2022\nlink: https://www.example.org/wake"
_MONTHS = 3


def _same(one: Article | Card, other: Article | Card) -> bool:
    if one.link and other.link and same_page(one.link) == same_page(other.link):
        return True
    title = words_of(one.title)
    return len(title) >= 2 and title == words_of(other.title)


@rule(
    "story-repeated",
    WARNING,
    "Readers notice a story they have had before.",
    "Take it out, or say what is new in it.",
    passing=Example(files=(_OLD, ("/issues/2022-01/articles/cells.md", _STORY), ("articles/wake.md", _OTHER))),
    failing=Example(files=(_OLD, ("/issues/2022-01/articles/cells.md", _STORY), ("articles/cells.md", _STORY))),
)
def story_repeated(material: Material) -> Iterator[Hit]:
    issue = material.issue
    if issue is None:
        return
    for article in issue.articles:
        ran = next((old for old in material.earlier for each in old.articles if _same(article, each)), None)
        if ran:
            place = Place(article.file, article.line("title"))
            yield Hit(f"“{short(article.title, 40)}” ran in {_named(ran)} already.", place)
    for card in issue.further_reading:
        # Further reading may well lead back to older stories; to the last issue's it should not.
        last = material.earlier[0] if material.earlier else None
        ran_there: list[Article | Card] = [*last.articles, *last.further_reading] if last else []
        if last and any(_same(card, each) for each in ran_there):
            yield Hit(f"“{short(card.title, 40)}” was in the last issue, {_named(last)}.", Place(issue.file, card.line))


@rule(
    "lead-again",
    WARNING,
    "The same subject leads for the third month running.",
    "Let another story lead this time.",
    passing=Example(files=(_OLD, ("/issues/2022-01/articles/cells.md", _STORY), ("articles/wake.md", _OTHER))),
    failing=Example(
        files=(
            _OLD,
            ("/issues/2022-01/articles/a.md", "title: One\nlink: https://www.example.org/1\ntopic: Breast cancer"),
            ("/issues/2021-12/issue.md", "subject: December"),
            ("/issues/2021-12/articles/a.md", "title: Two\nlink: https://www.example.org/2\ntopic: Breast cancer"),
            ("articles/a.md", "title: Three\nlink: https://www.example.org/3\ntopic: Breast cancer"),
        )
    ),
)
def lead_again(material: Material) -> Iterator[Hit]:
    issue = material.issue
    if issue is None or not issue.articles or not issue.articles[0].topic:
        return
    lead = issue.articles[0]
    count = 1
    for old in material.earlier:
        if not old.articles or old.articles[0].topic.strip().lower() != lead.topic.strip().lower():
            break
        count += 1
    if count >= _MONTHS:
        words = {3: "third", 4: "fourth", 5: "fifth"}.get(count, f"{count}th")
        yield Hit(f"{lead.topic} leads for the {words} issue running.", Place(lead.file, lead.line("topic")))


@rule(
    "picture-repeated",
    INFO,
    "The same picture makes a new story look like an old one.",
    "Choose another picture, unless it is meant.",
    passing=Example(files=(_OLD, ("articles/wake.md", _OTHER))),
    failing=Example(
        files=(
            _OLD,
            ("/issues/2022-01/articles/cells.md", _STORY + "\nimage: https://www.example.org/cell.jpg\nalt: A cell"),
            ("articles/wake.md", _OTHER + "\nimage: https://www.example.org/cell.jpg\nalt: A cell"),
        )
    ),
)
def picture_repeated(material: Material) -> Iterator[Hit]:
    issue = material.issue
    if issue is None:
        return
    for each in pictures(issue):
        key = _picture_key(material, issue, each.figure.src)
        ran = next(
            (
                old
                for old in material.earlier
                for other in pictures(old)
                if _picture_key(material, old, other.figure.src) == key
            ),
            None,
        )
        # A portrait is the person's face; it may well come again with the next quote.
        if ran and not each.figure.decorative:
            yield Hit(f"{short(each.figure.src, 40)} was in {_named(ran)} already.", each.place)


def _picture_key(material: Material, issue: Issue, src: str) -> str:
    """The content of a local picture, else its address."""
    folder = issue.file.rpartition("/")[0]
    local = material.pictures.get(f"{folder}/{src}")
    return local.sha256 if local else src if "://" in src else f"{folder}/{src}"


@rule(
    "call-repeated",
    INFO,
    "A call that readers have seen many times is no longer seen.",
    "Ask for something else, or say it in another way.",
    passing=Example(
        files=(("issue.md", "subject: News\ncall_to_action: Become a Curestarter -> https://www.example.org/give"),)
    ),
    failing=Example(
        files=(
            ("issue.md", "subject: News\ncall_to_action: Become a Curestarter -> https://www.example.org/give"),
            *(
                (
                    f"/issues/2021-{month}/issue.md",
                    "subject: News\ncall_to_action: Become a Curestarter -> https://www.example.org/give",
                )
                for month in ("09", "10", "11", "12")
            ),
        )
    ),
)
def call_repeated(material: Material) -> Iterator[Hit]:
    issue = material.issue
    if issue is None or issue.call_to_action is None:
        return
    call = issue.call_to_action
    same = 0
    for old in material.earlier:
        if old.call_to_action is None or words_of(old.call_to_action.button.label) != words_of(call.button.label):
            break
        same += 1
    if same > _MONTHS:
        place = Place(issue.file, call.line or issue.line("call_to_action"))
        yield Hit(f"“{short(call.button.label, 40)}” has run in the last {same} issues as well.", place)


def _named(issue: Issue) -> str:
    return f"{issue.id}" + (f" ({issue.date.day} {issue.date:%B %Y})" if issue.date else "")
