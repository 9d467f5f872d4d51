"""Bytes and text as they come from elsewhere, made plain."""

import re
import unicodedata

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_INVISIBLE = re.compile(r"[\u00ad\u200b\u200e\u200f\u2060\ufeff]")


def decoded(data: bytes, declared: str = "") -> str:
    """Bytes as text: a BOM, else UTF-8 if it is, else what header or meta declare, else windows-1252.

    Of 1,756 real pages 1,723 are UTF-8, ten of them declare something else; so the bytes are asked first.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data.decode(name, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    meta = _META_CHARSET.search(data[:4096])
    for name in (declared, meta[1].decode("ascii") if meta else ""):
        # A UTF-8 page cut in the middle of a character says UTF-8 and is best read so.
        try:
            text = data.decode(name, "replace") if name else ""
        except (LookupError, ValueError):
            continue
        if text and text.count("\ufffd") <= len(text) // 100:
            return text
    return data.decode("windows-1252", "replace")


def squeezed(text: str) -> str:
    """One line: every run of white space a single space, nothing invisible."""
    return " ".join(_INVISIBLE.sub("", _CONTROL.sub(" ", text)).split())


def folded(text: str) -> str:
    """For comparing only: lower case, plain quotes and dashes, letters and digits."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.findall(r"\w+", plain.replace("’", "'").replace("'", "")))


def slug(text: str, longest: int = 60) -> str:
    """A file name from a title: `Killing cells: how` is `killing-cells-how`; letters of any script stay.

    Accents go (é is e), since some file systems change their form.
    """
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ø", "o").replace("æ", "ae"))
    plain = "".join(each for each in plain if not unicodedata.combining(each))
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", plain.casefold().replace("’", "").replace("'", "")))
    made = ""
    for word in words:
        if len(made) + len(word) + 1 > longest:
            break
        made += ("-" if made else "") + word
    return made or (words[0][:longest] if words else "article")
