"""Gathering again: nothing that was gathered whole is put away for less."""

import shutil
from pathlib import Path
from typing import Any

from tests.gather.test_sources import LONG, RSS, a_gatherer, a_page, gathered

ARTICLES = "issues/2022-02/articles"


def test_a_whole_article_is_not_replaced_by_the_teaser_of_a_page_that_is_gone(gathering: Path, site: Any) -> None:
    feed = site.put("/feed", RSS.format(site=site.url, long=LONG))
    a_page(site, "/two", "Second: with a colon")
    gathered(a_gatherer(gathering), feed)
    file = gathering / ARTICLES / "second-with-a-colon.md"
    before = file.read_text(encoding="utf-8")
    assert LONG.strip() in before
    site.put("/two", "gone", status=410)
    done = gathered(a_gatherer(gathering), feed)
    assert file.read_text(encoding="utf-8") == before
    (left,) = [each for each in done.skipped if each.source.endswith("/two")]
    assert left.fault
    assert "410" in left.why
    assert "second-with-a-colon.md stays as it is" in left.why


def test_the_article_of_a_page_that_is_gone_is_named_and_stays(gathering: Path, site: Any) -> None:
    page = a_page(site, "/one", "A story of cells")
    gathered(a_gatherer(gathering), page)
    site.put("/one", "gone", status=410)
    (left,) = gathered(a_gatherer(gathering), page).skipped
    assert left.fault
    assert left.why.endswith("a-story-of-cells.md stays as it is.")
    assert (gathering / ARTICLES / "a-story-of-cells.md").is_file()


def test_a_page_without_text_today_does_not_empty_its_article(gathering: Path, site: Any) -> None:
    page = a_page(site, "/story", "A story")
    (first,) = gathered(a_gatherer(gathering), page).articles
    before = first.path.read_text(encoding="utf-8")
    url = site.url + "/story"
    site.put(
        "/story", f'<html><head><title>A story</title><link rel="canonical" href="{url}"></head><body></body></html>'
    )
    done = gathered(a_gatherer(gathering), page)
    assert first.path.read_text(encoding="utf-8") == before
    assert [each.fault for each in done.skipped] == [True]


def test_a_picture_that_cannot_be_fetched_today_stays(gathering: Path, site: Any, a_picture: Any) -> None:
    picture = site.put("/cell.jpg", a_picture(), Content_Type="image/jpeg")
    text = f'<h1>T</h1><p>{LONG}</p><p>{LONG}</p><figure><img src="{picture}" alt="A cell"></figure><p>{LONG} End.</p>'
    page = site.put("/story", f"<html><body><main><article>{text}</article></main></body></html>")
    (first,) = gathered(a_gatherer(gathering), page).articles
    before = first.path.read_text(encoding="utf-8")
    assert "images/cell.jpg" in before
    site.put("/cell.jpg", "busy", status=500)
    (again,) = gathered(a_gatherer(gathering), page).articles
    assert again.state == "unchanged"
    assert first.path.read_text(encoding="utf-8") == before


def test_without_the_cache_an_unchanged_source_is_unchanged_and_a_change_is_told_in_words(
    gathering: Path, site: Any
) -> None:
    page = a_page(site, "/story", "A story")
    gathered(a_gatherer(gathering), page)
    shutil.rmtree(gathering / ".newsletter")
    (again,) = gathered(a_gatherer(gathering), page).articles
    assert again.state == "unchanged"
    shutil.rmtree(gathering / ".newsletter")
    site.put("/story", site.pages["/story"][1].replace(b"is long enough", b"is quite long enough"))
    (changed,) = gathered(a_gatherer(gathering), page).articles
    assert changed.state == "refreshed"
    assert any("quite" in each for each in changed.changes)
    assert len(changed.changes) > 1


def test_offline_works_from_what_lies_beside_the_articles(gathering: Path, site: Any) -> None:
    page = a_page(site, "/story", "A story")
    (first,) = gathered(a_gatherer(gathering), page).articles
    shutil.rmtree(gathering / ".newsletter")
    first.path.unlink()
    site.close()
    (again,) = gathered(a_gatherer(gathering, offline=True), page).articles
    assert again.path.is_file()
    assert again.found.title == "A story"


def test_a_renamed_file_is_known_again_by_its_link(gathering: Path, site: Any) -> None:
    page = a_page(site, "/story", "A story")
    (first,) = gathered(a_gatherer(gathering), page).articles
    renamed = first.path.rename(first.path.with_name("cells.md"))
    (again,) = gathered(a_gatherer(gathering), page).articles
    assert (again.path, again.state) == (renamed, "unchanged")
    renamed.write_text(renamed.read_text(encoding="utf-8") + "\nOurs.\n", encoding="utf-8")
    site.put("/story", site.pages["/story"][1].replace(b"is long enough", b"is quite long enough"))
    (changed,) = gathered(a_gatherer(gathering), page).articles
    assert (changed.path, changed.state) == (renamed, "waiting")
    assert sorted(each.name for each in renamed.parent.glob("*.md")) == ["cells.md", "cells.new.md"]


def test_a_file_taken_out_of_the_issue_does_not_come_back_by_itself(gathering: Path, site: Any) -> None:
    feed = site.put("/feed", RSS.format(site=site.url, long=LONG))
    a_page(site, "/two", "Second: with a colon")
    gathered(a_gatherer(gathering), feed)
    file = gathering / ARTICLES / "second-with-a-colon.md"
    file.unlink()
    done = gathered(a_gatherer(gathering), feed)
    assert not file.exists()
    assert any("taken out of this issue" in each.why and not each.fault for each in done.skipped)
    gathered(a_gatherer(gathering, again=True), feed)
    assert file.exists()


def test_an_article_written_by_hand_is_not_gathered_a_second_time(gathering: Path, site: Any) -> None:
    page = a_page(site, "/story", "A story")
    file = gathering / ARTICLES / "mine.md"
    file.parent.mkdir()
    file.write_text(f"---\ntitle: Mine\nlink: {page}?utm_source=x\n---\nMine.\n", encoding="utf-8")
    done = gathered(a_gatherer(gathering), page)
    assert not done.articles
    assert [each.why for each in done.skipped] == ["mine.md is the same article, written by hand; it stays."]
    assert sorted(each.name for each in file.parent.glob("*.md")) == ["mine.md"]


def test_the_same_title_as_an_article_gathered_before_is_told_and_not_taken_for_a_change(
    gathering: Path, site: Any
) -> None:
    gathered(a_gatherer(gathering), a_page(site, "/one", "A story of cells"))
    other = a_page(site, "/two", "A story of cells")
    (second,) = gathered(a_gatherer(gathering), other).articles
    assert "It may be the same story as a-story-of-cells.md." in second.look
    text = second.path.read_text(encoding="utf-8")
    (again,) = gathered(a_gatherer(gathering), other).articles
    assert (again.state, again.path.read_text(encoding="utf-8")) == ("unchanged", text)
    second.path.write_text(text.replace("This sentence", "My sentence", 1), encoding="utf-8")
    (edited,) = gathered(a_gatherer(gathering), other).articles
    assert edited.state == "kept"
    assert not list((gathering / ARTICLES).glob("*.new.md"))
