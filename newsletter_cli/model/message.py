"""The composed thing: subject, preheader, HTML, text, headers and the merge fields left in them."""

import hashlib
import html as html_escape
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from newsletter_cli.records import record

UNSUBSCRIBE = "unsubscribe_url"
UNSUBSCRIBE_TOKEN = "unsubscribe_token"  # noqa: S105  (the name of a merge field, not a secret)
BROWSER = "browser_url"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOK_ALIKES = str.maketrans("OIL", "011")


@record
class Address:
    """A mailbox: display name and address (RFC 5322 section 3.4)."""

    email: str
    name: str = ""


@record
class MergeField:
    """A value that differs from reader to reader.

    Attributes:
        token: the ASCII letters and digits that stand for it in subject, preheader, html, text and headers;
            chosen so that they occur nowhere else.
        name: `subscriber.first_name`, `unsubscribe_url`, `browser_url`; in a message bound to an unsubscribe page
            also `unsubscribe_token`, what differs from reader to reader in that page's address.
        default: what a reader without a value gets; None when the author gave none.
    """

    token: str
    name: str
    default: str | None = None


@record
class Image:
    """A picture the message shows: its address in the HTML, and the prepared local file ("" when it is remote)."""

    src: str
    file: str = ""
    alt: str = ""
    width: int = 0
    height: int = 0
    bytes: int = 0


@record
class Message:
    """What goes out, the same for everyone but for the tokens of `merge_fields`.

    `headers` are extra header fields (name, value); values may hold tokens. `list_id` is the bare List-Id
    (RFC 2919) without angle brackets, "" for none.
    """

    issue_id: str
    subject: str
    preheader: str
    html: str
    text: str
    sender: Address
    reply_to: Address | None = None
    list_id: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    merge_fields: tuple[MergeField, ...] = ()
    images: tuple[Image, ...] = ()
    lang: str = "en"

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) over everything a reader could notice; the thing an approval is bound to."""
        noticed = asdict(self)
        for image in noticed["images"]:  # its name tells its content; the folder it lies in nobody can notice
            image["file"] = image["file"].rpartition("/")[2]
        canonical = json.dumps(noticed, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "Message":
        """The message that `to_json` wrote."""
        raw: dict[str, Any] = json.loads(text)
        return cls(
            **raw
            | {
                "sender": Address(**raw["sender"]),
                "reply_to": Address(**raw["reply_to"]) if raw["reply_to"] else None,
                "headers": tuple((name, value) for name, value in raw["headers"]),
                "merge_fields": tuple(MergeField(**each) for each in raw["merge_fields"]),
                "images": tuple(Image(**each) for each in raw["images"]),
            }
        )


def split_tokens(text: str, fields: Sequence[MergeField]) -> tuple[str | MergeField, ...]:
    """The text cut at its tokens: strings and merge fields in turn, joined they give the text again."""
    if not fields:
        return (text,)
    by_token = {each.token: each for each in fields}
    pattern = re.compile("(" + "|".join(re.escape(token) for token in sorted(by_token, key=len, reverse=True)) + ")")
    return tuple(by_token.get(part, part) for part in pattern.split(text) if part)


def fill_tokens(text: str, fields: Sequence[MergeField], value: Callable[[MergeField], str]) -> str:
    """The text with each token replaced by what `value` gives for its field (once; values are not searched again)."""
    return "".join(part if isinstance(part, str) else value(part) for part in split_tokens(text, fields))


def personalise(message: Message, values: Mapping[str, str]) -> Message:
    """One reader's copy: values are looked up by token, HTML-escaped in the HTML part only; no merge field is left."""

    def plain(field: MergeField) -> str:
        return values.get(field.token, field.default or "")

    fields = message.merge_fields
    return replace(
        message,
        subject=fill_tokens(message.subject, fields, plain),
        preheader=fill_tokens(message.preheader, fields, plain),
        html=fill_tokens(message.html, fields, lambda each: html_escape.escape(plain(each))),
        text=fill_tokens(message.text, fields, plain),
        headers=tuple((name, fill_tokens(value, fields, plain)) for name, value in message.headers),
        merge_fields=(),
    )


def approval_code(fingerprint: str) -> str:
    """The short code that stands for this very content, such as `7F3K-9QXM-02TD`.

    Sixty bits of the fingerprint in Crockford's base 32 (no I, L, O, U), so that it survives a phone call.

    Args:
        fingerprint: SHA-256 in hex, as `Message.fingerprint` gives it.
    """
    number = int(fingerprint[:15], 16)
    letters = "".join(_CROCKFORD[number >> shift & 31] for shift in range(55, -1, -5))
    return "-".join(letters[at : at + 4] for at in range(0, 12, 4))


def is_approval_code(typed: str, fingerprint: str) -> bool:
    """Whether what a person typed is the code of this content: case, spaces, hyphens and O/0, I/L/1 do not matter."""
    return _spoken(typed) == _spoken(approval_code(fingerprint))


def _spoken(code: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", code.upper()).translate(_LOOK_ALIKES)
