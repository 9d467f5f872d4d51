"""Invented people and a message for tests and benchmarks."""

from collections.abc import Iterator

from newsletter_cli.delivery.snapshot import Frozen
from newsletter_cli.model.message import Address, MergeField, Message

TOKEN = "nlfieldfirst"  # noqa: S105  (stands for a merge field)


def sample_message(issue: str = "2022-02", paragraphs: int = 1) -> Message:
    """A message with one merge field."""
    body = "".join(f"<p>Dear {TOKEN}, this is paragraph {number}.</p>" for number in range(paragraphs))
    return Message(
        issue_id=issue,
        subject="Sleeping cells",
        preheader="",
        html=body,
        text=f"Dear {TOKEN}",
        sender=Address("news@example.org", "Example News"),
        merge_fields=(MergeField(TOKEN, "subscriber.first_name", "friend"),),
    )


def sample_people(count: int) -> Iterator[Frozen]:
    """So many readers on example.org."""
    for number in range(count):
        email = f"reader{number}@example.org"
        yield Frozen(email, email, f"Reader {number}", (f"Reader{number}",))
