"""Shows a receipt's sum for people."""

from typing import TYPE_CHECKING

from newsletter_cli.cli.app import App

if TYPE_CHECKING:
    from newsletter_cli.model.campaign import Counts

_MEANING = {
    "accepted": "taken over by {provider}",
    "suppressed": "left out: they left, bounced, complained, or gave no basis for it",
    "rejected": "refused by {provider}",
    "unknown": "{provider} did not say whether it took them",
    "pending": "still to be handed over",
}


def show_sum(app: App, counts: "Counts", provider: str, local: bool = False) -> None:
    """The six numbers, as a sum."""
    meaning = _MEANING | ({"accepted": "written to the outbox on this machine; nothing was mailed"} if local else {})
    width = len(f"{counts.audience:,}")
    app.result(f"  {counts.audience:>{width},}  audience")
    for name, words in meaning.items():
        number = getattr(counts, name)
        if number or name == "accepted":
            app.result(f"  {number:>{width},}  {name:<11} {words.format(provider=provider)}")
    app.result("  It adds up." if counts.adds_up else app.style("  It does NOT add up.", fg="red", bold=True))
