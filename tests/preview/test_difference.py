"""What differs between two messages for their reader."""

from dataclasses import replace

from newsletter_cli.model.message import Message
from newsletter_cli.preview.difference import Change, compare, word_parts


def test_a_changed_word_is_shown_in_its_sentence(message: Message) -> None:
    changed = replace(message, html=message.html.replace("for years", "for decades"))
    difference = compare(message, changed)
    (sentence,) = difference.words
    assert sentence.kind == "changed"
    assert ("old", "years ") in sentence.parts
    assert ("new", "decades ") in sentence.parts
    assert difference.links[0].kind == "changed"


def test_markup_alone_is_no_difference(message: Message) -> None:
    changed = replace(message, html=message.html.replace("<h1>", '<h1 style="color:#123456">').replace("\n", " \n "))
    assert compare(message, changed).nothing


def test_links_and_pictures_that_came_or_went_are_named(message: Message) -> None:
    changed = replace(
        message,
        html=message.html.replace("example.org/friend", "example.org/stories/friend").replace("lead.jpg", "new.jpg"),
    )
    difference = compare(message, changed)
    assert difference.words == ()
    assert [each.kind for each in difference.links] == ["added", "removed"]
    assert [each.kind for each in difference.pictures] == ["added", "removed"]
    assert "stories/friend" in difference.links[0].parts[0][1]


def test_a_new_subject_is_a_difference(message: Message) -> None:
    assert compare(message, replace(message, subject="Awake")).words[0].parts[-1] == ("new", "Awake")


def test_another_paragraph_is_not_a_changed_one(message: Message) -> None:
    changed = replace(message, html=message.html.replace("<h2>", "<p>Something else entirely, friends</p><h2>"))
    assert compare(message, changed).words == (Change("added", (("new", "Something else entirely, friends"),)),)


def test_word_parts_join_to_either_sentence() -> None:
    parts = word_parts("one two three", "one 2 three four")
    assert "".join(text for kind, text in parts if kind != "old") == "one 2 three four"
