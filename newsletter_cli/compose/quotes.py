"""Reads who said it from the last line of a quotation."""

import re

from newsletter_cli.records import record

_DASH = re.compile(r"^(?:[—–―]|--)\s*(.+)$")
_PARAPHRASE = re.compile(r"\s*[\[(](?:a\s+)?(?:paraphrased?|in our words|our words)[\])]\.?\s*$", re.I)


@record
class Attribution:
    """The person quoted, what they are, and whether the words are a paraphrase."""

    who: str
    role: str = ""
    paraphrase: bool = False


def split_attribution(text: str) -> Attribution | None:
    """`— Dr Sirio Dupont, University of Padua (paraphrase)` in the last line of a text, or None.

    The name ends at the first comma; the rest is the role.
    """
    found = _DASH.match(text.rpartition("\n")[2].strip())
    if not found:
        return None
    words, paraphrased = _PARAPHRASE.subn("", found[1])
    who, _, role = words.partition(",")
    return Attribution(who.strip(), role.strip(), bool(paraphrased))
