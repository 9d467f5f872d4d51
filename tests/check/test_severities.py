"""What holds a send back and what only asks to look, where one rule sees things of different weight."""

from datetime import date

import pytest

from newsletter_cli.check import Mail, find_rule, prepare, run
from newsletter_cli.check.material import LocalPicture
from newsletter_cli.model.article import Article, Figure
from newsletter_cli.model.issue import Issue
from newsletter_cli.model.message import Image

LONG = "Our team found why some cells sleep for years. "


@pytest.mark.parametrize(
    ("rule", "html", "severity"),
    [
        ("tag-forbidden", "<style>@import url(https://fonts.bbc.co.uk/a.css);p{margin:0}</style><p>x</p>", "error"),
        ("tag-forbidden", '<link rel="stylesheet" href="https://fonts.bbc.co.uk/a.css"><p>x</p>', "error"),
        ("tag-forbidden", '<p><input name="mail"></p>', "error"),
        ("tag-forbidden", '<video src="https://v.bbc.co.uk/a.mp4"></video>', "error"),
        ("img-src", '<img src="http://i.bbc.co.uk/a.jpg" alt="A">', "warning"),
        ("img-src", '<img src="images/a.jpg" alt="A">', "error"),
        ("image-only-mail", f'<img src="https://i.bbc.co.uk/a.jpg" alt="A" width="600"><p>{LONG * 5}</p>', "warning"),
        ("image-only-mail", f'<img src="https://i.bbc.co.uk/a.jpg" alt="A" width="600"><p>{LONG * 2}</p>', "error"),
        ("contrast", '<p style="color:#dddddd;background-color:#ffffff">Hello</p>', "error"),
        ("contrast", '<p style="color:#808080;background-color:#ffffff">Hello</p>', "warning"),
        ("font-size", '<p style="font-size:11px">Hello there</p>', "error"),
        ("font-size", '<p style="font-size:13px">Hello there</p>', "warning"),
        ("doctype", "<html><body><p>x</p></body></html>", "error"),
    ],
)
def test_a_fault_weighs_as_much_as_it_costs(rule: str, html: str, severity: str) -> None:
    known = find_rule(rule)
    assert known is not None
    found = list(run(prepare(Mail("html", html, "mail.html"), today=date(2022, 2, 24)), [known]))
    assert [str(each.severity) for each in found] == [severity]


def test_a_picture_of_our_own_by_http_fails_the_check() -> None:
    known = find_rule("img-src")
    assert known is not None
    mail = Mail("issue", '<img src="http://i.bbc.co.uk/a.jpg" alt="A">', "mail.html")
    (found,) = run(prepare(mail, today=date(2022, 2, 24)), [known])
    assert str(found.severity) == "error"


@pytest.mark.parametrize(
    ("pixels", "severity"), [(1200, None), (1194, None), (1000, "info"), (899, "warning"), (600, "warning")]
)
def test_a_picture_is_soft_below_twice_the_width_it_is_shown_at(pixels: int, severity: str | None) -> None:
    known = find_rule("img-soft")
    assert known is not None
    article = Article("a", "issues/2022-02/articles/a.md", "A", image=Figure("images/Red Boat.jpg", "A red boat"))
    mail = Mail(
        "issue", "<p>x</p>", "mail.html", images=(Image("https://i.org/1", "b/red-boat-0a1b2c3d4e.jpg", "A", 600, 400),)
    )
    material = prepare(
        mail,
        issue=Issue("2022-02", "issues/2022-02/issue.md", "News", articles=(article,)),
        today=date(2022, 2, 24),
        pictures={"issues/2022-02/images/Red Boat.jpg": LocalPicture("x", "JPEG", pixels, pixels, 90_000, "0")},
    )
    assert [str(each.severity) for each in run(material, [known])] == ([severity] if severity else [])
