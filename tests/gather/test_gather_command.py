"""`newsletter gather` as a person runs it."""

import json
import shutil
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "newsletter_cli" / "demo" / "news-page.html"

TEXT = """\
Killing time in the waiting room: what readers told us
23 February 2022
We asked four hundred readers what helps while they wait. Their answers were short and useful.
A drawing of an empty chair
Most of them wanted one thing only, which was to be told how long it would take, even when the answer was long.
“I brought a book and never opened it. What I wanted was a clock and somebody to say good morning,” said one.
Rosa Lindgren
There were other wishes too. A plant. A window. Tea.
Join our monthly newsletter
Get the latest news in your inbox.
Email address
Sign up
Further reading
A bench for a friend
8 June 2021
What is new on the ward
7 October 2021
Five good ideas from nurses
12 October 2021
© 2022 A charity
"""


def test_a_news_page_becomes_an_article_its_teasers_become_cards(gathering: Path, newsletter: Any) -> None:
    ran = newsletter("gather", str(PAGE), "--issue", "2022-02", "--json", cwd=gathering)
    assert ran.status == 0, ran.stderr
    told = json.loads(ran.stdout)
    (article,) = told["articles"]
    assert article["title"] == "Forty miles for one microscope: the walk that lit up a laboratory"
    assert article["date"] == "2022-02-18"
    assert article["standfirst"].startswith("Thirty-one people walked the whole bay")
    assert article["link"] == "https://www.example.org/news/forty-miles-for-one-microscope"
    assert article["alt"].startswith("Drawing of five walkers")
    assert (gathering / "issues/2022-02" / article["image"]).is_file()
    assert [(card["title"], card["date"]) for card in told["further_reading"]] == [
        ("The night shift: a porter’s view of the ward", "2021-11-30"),
        ("The letters we keep in the drawer", "2021-09-14"),
        ("What a trial asks of you, and what it gives", "2022-01-20"),
    ]
    assert told["further_reading"][0]["standfirst"].startswith("What a hospital sounds like")
    assert told["skipped"] == []
    text = (gathering / article["file"]).read_text(encoding="utf-8")
    for expected in (
        "caption: The first five reach the lighthouse, twenty-two miles in.",
        "credit: Tomas Reed",
        "\n## Why a week matters\n",
        "[live-cell microscope](https://www.example.org/research/live-cell-microscope).",
        "> ![Drawn portrait of Dr Leila Marsh](images/",
        "> We used to guess what happened between two photographs. Now we can simply look.",
        "> — Dr Leila Marsh, head of the cell laboratory",
        '"The new microscope keeps cells alive while it watches them. Credit: Tomas Reed")',
        "\n- a cake stall at mile twelve that sold out before breakfast;\n",
        "*eleven seconds long*",
        "[Walk with us next year](https://www.example.org/events/bay-walk){.button}",
    ):
        assert expected in text, expected
    for furniture in ("Sign up", "newsletter", "Share", "cookies", "Give today", "Topics:", "Privacy"):
        assert furniture.lower() not in text.lower(), furniture


def test_cards_are_added_below_those_somebody_wrote(gathering: Path, newsletter: Any) -> None:
    newsletter("gather", str(PAGE), cwd=gathering)
    text = (gathering / "issues/2022-02/issue.md").read_text(encoding="utf-8")
    before, _, after = text.partition("  - The night shift")
    assert before.endswith("  - A card somebody wrote -> https://www.example.org/ours\n    1 February 2022\n")
    assert after.endswith("---\nDear reader,\n")
    newsletter("gather", str(PAGE), cwd=gathering)
    assert (gathering / "issues/2022-02/issue.md").read_text(encoding="utf-8") == text


def test_a_page_saved_as_text_is_told_apart_where_that_is_possible(gathering: Path, newsletter: Any) -> None:
    (gathering / "news.txt").write_text(TEXT, encoding="utf-8")
    told = json.loads(newsletter("gather", "news.txt", "--json", cwd=gathering).stdout)
    (article,) = told["articles"]
    assert article["title"] == "Killing time in the waiting room: what readers told us"
    assert article["date"] == "2022-02-23"
    assert article["standfirst"].startswith("We asked four hundred readers")
    assert [(card["title"], card["date"]) for card in told["further_reading"]] == [
        ("A bench for a friend", "2021-06-08"),
        ("What is new on the ward", "2021-10-07"),
        ("Five good ideas from nurses", "2021-10-12"),
    ]
    text = (gathering / article["file"]).read_text(encoding="utf-8")
    assert "There were other wishes too." in text
    for furniture in ("newsletter", "inbox", "Email", "Sign up", "©"):
        assert furniture not in text, furniture
    assert any("A drawing of an empty chair" in each for each in article["look"])
    assert any("Rosa Lindgren" in each for each in article["look"])


def test_gathering_again_changes_nothing(gathering: Path, newsletter: Any) -> None:
    newsletter("gather", str(PAGE), cwd=gathering)
    (file,) = (gathering / "issues/2022-02/articles").glob("*.md")
    before = file.read_bytes()
    told = json.loads(newsletter("gather", str(PAGE), "--json", cwd=gathering).stdout)
    assert told["articles"][0]["state"] == "unchanged"
    assert file.read_bytes() == before


def test_cards_that_are_there_already_are_not_said_to_be_added(gathering: Path, newsletter: Any) -> None:
    first = newsletter("gather", str(PAGE), "--issue", "2022-02", cwd=gathering)
    assert "3 further-reading cards added" in first.stdout
    again = newsletter("gather", str(PAGE), "--issue", "2022-02", cwd=gathering)
    assert "added" not in again.stdout


OTTERS = """<!doctype html><html lang="en"><head><title>Otters are back</title>
<meta property="og:image" content="/img/otter.png">
<meta property="article:published_time" content="2022-03-08T09:00:00Z"></head><body><main><article>
<h1>Otters are back</h1><p class="meta">By <span class="author">Jo Marsh</span> · <time datetime="2022-03-08">8 March 2022</time></p>
<figure><img src="/img/otter.png" alt="An otter on a stone"><figcaption>An otter. Photo: Lee Ford</figcaption></figure>
<p>For the first time since surveys began in 1977 more rivers have otters than have none, and volunteers walked 240 miles.</p>
<p>Each stretch was walked twice by two people who did not know of each other's result, and the results were compared.</p>
<table><tr><th>River</th><th>2012</th><th>2022</th></tr><tr><td>Tamar</td><td>2</td><td>5</td></tr></table>
</article></main></body></html>
"""


def test_a_saved_page_keeps_its_table_and_its_site_s_pictures_and_its_byline_stands_in_the_header(
    gathering: Path, newsletter: Any, tmp_path_factory: Any
) -> None:
    site = tmp_path_factory.mktemp("site")
    (site / "img").mkdir()
    shutil.copy(next((PAGE.parents[2] / "issues").rglob("*.png")), site / "img" / "otter.png")
    (site / "otters.html").write_text(OTTERS, encoding="utf-8")
    ran = newsletter("gather", str(site / "otters.html"), "--issue", "2022-02", "--json", cwd=gathering)
    (article,) = json.loads(ran.stdout)["articles"]
    text = (gathering / article["file"]).read_text(encoding="utf-8")
    assert (article["image"], article["alt"]) == ("images/otter.png", "An otter on a stone")
    assert "author: Jo Marsh" in text
    assert "By Jo Marsh" not in text
    assert "| Tamar | 2 | 5 |" in text


def test_no_issue_is_started_for_a_source_that_cannot_be_read(gathering: Path, newsletter: Any) -> None:
    ran = newsletter("gather", "nowhere.html", "--issue", "2023-01", cwd=gathering)
    assert ran.status == 1
    assert not (gathering / "issues" / "2023-01").exists()


def test_an_edited_file_stays_and_the_new_text_waits_beside_it(gathering: Path, newsletter: Any) -> None:
    page = gathering / "page.html"
    page.write_bytes(PAGE.read_bytes())
    newsletter("gather", "page.html", cwd=gathering)
    (file,) = (gathering / "issues/2022-02/articles").glob("*.md")
    edited = file.read_text(encoding="utf-8").replace("nobody went home", "everybody stayed")
    file.write_text(edited, encoding="utf-8")
    kept = json.loads(newsletter("gather", "page.html", "--json", cwd=gathering).stdout)
    assert kept["articles"][0]["state"] == "kept"
    page.write_bytes(PAGE.read_bytes().replace(b"forty miles around the bay", b"forty-one miles around the bay"))
    ran = newsletter("gather", "page.html", cwd=gathering)
    assert file.read_text(encoding="utf-8") == edited
    waiting = file.with_name(f"{file.stem}.new.md")
    assert "forty-one miles around the bay" in waiting.read_text(encoding="utf-8")
    assert "«**forty» → «**forty-one»" in ran.stdout


def test_an_unedited_file_is_refreshed(gathering: Path, newsletter: Any) -> None:
    page = gathering / "page.html"
    page.write_bytes(PAGE.read_bytes())
    newsletter("gather", "page.html", cwd=gathering)
    page.write_bytes(PAGE.read_bytes().replace(b"Boots will be needed.", b"Boots and a torch will be needed."))
    told = json.loads(newsletter("gather", "page.html", "--json", cwd=gathering).stdout)
    assert told["articles"][0]["state"] == "refreshed"
    assert "torch" in (gathering / told["articles"][0]["file"]).read_text(encoding="utf-8")


def test_what_an_earlier_issue_ran_is_said_and_left_out(gathering: Path, newsletter: Any) -> None:
    newsletter("gather", str(PAGE), "--issue", "2022-02", cwd=gathering)
    told = json.loads(newsletter("gather", str(PAGE), "--issue", "2022-03", "--json", cwd=gathering).stdout)
    assert told["articles"] == []
    assert "already ran in 2022-02" in told["skipped"][0]["why"]
    again = json.loads(newsletter("gather", str(PAGE), "--issue", "2022-03", "--again", "--json", cwd=gathering).stdout)
    assert len(again["articles"]) == 1


def test_show_prints_markdown_and_writes_nothing(gathering: Path, newsletter: Any) -> None:
    ran = newsletter("gather", "--show", str(PAGE), cwd=gathering)
    assert ran.stdout.startswith("---\ntitle: Forty miles for one microscope")
    assert sorted(each.name for each in (gathering / "issues/2022-02").iterdir()) == ["issue.md"]


def test_one_bad_source_does_not_stop_the_others(gathering: Path, newsletter: Any) -> None:
    ran = newsletter("gather", "missing.html", str(PAGE), "--json", cwd=gathering)
    told = json.loads(ran.stdout)
    assert ran.status == 1
    assert len(told["articles"]) == 1
    assert told["skipped"][0]["source"] == "missing.html"


def test_what_is_pasted_is_gathered_from_standard_input(gathering: Path, newsletter: Any) -> None:
    html = (
        '<meta charset="utf-8"><b style="font-weight:normal" id="docs-internal-guid-1"><h1>A title of ours</h1>'
        '<p>2 February 2022</p><p>It is <span style="font-weight:700">bold</span> and has a '
        '<a href="https://www.google.com/url?q=https://www.example.org/x&amp;sa=D">link</a>.</p></b>'
    )
    told = json.loads(newsletter("gather", "-", "--json", cwd=gathering, stdin=html).stdout)
    (article,) = told["articles"]
    assert (article["title"], article["date"]) == ("A title of ours", "2022-02-02")
    text = (gathering / article["file"]).read_text(encoding="utf-8")
    assert "It is **bold** and has a [link](https://www.example.org/x)." in text


def test_no_source_at_all_says_what_to_write(gathering: Path, newsletter: Any) -> None:
    ran = newsletter("gather", "2022-02", cwd=gathering)
    assert ran.status == 2
    assert "[[sources]]" in ran.stderr
