"""The personal versions, each once, nobody named."""

from dataclasses import replace

from newsletter_cli.model.message import MergeField, Message
from newsletter_cli.model.subscriber import Subscriber
from newsletter_cli.preview.variants import Variant, count_variants


def test_names_are_masked_and_counted(message: Message) -> None:
    people = [Subscriber("a@example.org", "Ann"), Subscriber("b@example.org", "Bo"), Subscriber("c@example.org", " ")]
    assert count_variants(message, people) == (
        Variant(2, ("Dear ‹first name›,",)),
        Variant(1, ("Dear friend,",)),
    )


def test_a_field_with_neither_value_nor_default_leaves_a_gap(message: Message) -> None:
    fields = (MergeField("nlt0x", "subscriber.first_name"), message.merge_fields[1])
    (variant,) = count_variants(replace(message, merge_fields=fields), [Subscriber("a@example.org")])
    assert variant == Variant(1, ("Dear ,",), broken=True)


def test_a_value_is_shown_only_when_a_crowd_shares_it(message: Message) -> None:
    fields = (MergeField("nlt0x", "subscriber.town", ""), message.merge_fields[1])
    towns = ["Padua"] * 5 + ["Leeds"] * 4
    people = [Subscriber(f"{number}@example.org", attributes={"town": town}) for number, town in enumerate(towns)]
    assert count_variants(replace(message, merge_fields=fields), people) == (
        Variant(5, ("Dear Padua,",)),
        Variant(4, ("Dear ‹town›,",)),
    )


def test_without_personal_fields_there_is_one_version(message: Message) -> None:
    plain = replace(message, merge_fields=message.merge_fields[1:])
    assert count_variants(plain, [Subscriber("a@example.org"), Subscriber("b@example.org")]) == (Variant(2, ()),)
    assert count_variants(plain, []) == ()
