"""Word files (.docx): by their styles, with their pictures; what is not understood is said."""

import io
import re
import zipfile
from datetime import date as Date

from newsletter_cli.errors import NewsletterError
from newsletter_cli.gather import dates
from newsletter_cli.gather.found import Found
from newsletter_cli.gather.fragment import captioned
from newsletter_cli.gather.page.body import levelled
from newsletter_cli.gather.page.structure import Structure, plain
from newsletter_cli.gather.page.tree import Element, drop, names_of, parsed, text_of
from newsletter_cli.gather.pieces import Picture, Piece, Prose, Title

_STYLES = """
p[style-name='Title'] => h1.doc-title:fresh
p[style-name='Subtitle'] => p.doc-standfirst:fresh
p[style-name='Standfirst'] => p.doc-standfirst:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Block Text'] => blockquote > p:fresh
p[style-name='Attribution'] => blockquote > p.attribution:fresh
p[style-name='Caption'] => p.doc-caption:fresh
p[style-name='Byline'] => p.doc-author:fresh
p[style-name='Author'] => p.doc-author:fresh
p[style-name='Date'] => p.doc-date:fresh
"""
_MOST_UNPACKED = 200_000_000
_UNKNOWN = re.compile(r"Unrecognised (?:paragraph|run) style: '?([^'(]+)")


class NoWordFile(NewsletterError):
    """The bytes are no .docx that can be read."""

    def __init__(self, source: str, why: str) -> None:
        super().__init__(
            f"{source} is no Word file that can be read: {why}.", "Open it in Word and save it again as .docx."
        )


def read_word(data: bytes, *, source: str, today: Date) -> Found:
    """Read an article from a .docx.

    Raises:
        NoWordFile: it is cut off, encrypted, an old .doc, or unpacks to more than 200 MB.
    """
    html, parts, messages = _converted(data, source)
    root = parsed(f"<div>{html}</div>")
    taken = _take(root)
    captions = {text_of(each) for each in root.iter("p") if "doc-caption" in names_of(each)}
    pieces = captioned([each.piece for each in Structure("part:").candidates(root)], captions)
    title = taken.get("title", "")
    if not title and pieces and isinstance(pieces[0], Title | Prose) and len(plain(pieces[0])) <= 160:
        title, pieces = plain(pieces[0]), pieces[1:]
    when, pieces = _date(taken.get("date", ""), pieces, today)
    lead = next((each for each in pieces[:2] if isinstance(each, Picture)), None)
    return Found(
        source=source,
        kind="word",
        title=title,
        date=when,
        date_from="said" if when else "",
        standfirst=taken.get("standfirst", ""),
        author=re.sub(r"(?i)^by\s+", "", taken.get("author", "")),
        image=lead,
        pieces=tuple(levelled([each for each in pieces if each is not lead])),
        parts=tuple(parts.items()),
        look=messages,
    )


def _converted(data: bytes, source: str) -> tuple[str, dict[str, bytes], tuple[str, ...]]:
    """The file as HTML, its pictures by the name the HTML uses, and what mammoth did not understand."""
    import mammoth

    _guard(data, source)
    parts: dict[str, bytes] = {}
    look: list[str] = []

    def keep(image: "mammoth.documents.Image") -> dict[str, str]:
        # A picture linked from elsewhere raises KeyError inside mammoth and would lose the whole file.
        try:
            with image.open() as opened:
                content = opened.read()
        except (KeyError, OSError, ValueError):
            look.append("A picture that is only linked in the Word file was left out.")
            return {"src": ""}
        name = f"https://part.invalid/{len(parts) + 1}.{(image.content_type or '').rpartition('/')[2] or 'bin'}"
        parts[name] = content
        return {"src": name}

    try:
        made = mammoth.convert_to_html(
            io.BytesIO(data),
            style_map=_STYLES,
            convert_image=mammoth.images.img_element(keep),
            external_file_access=False,
        )
    except Exception as error:  # mammoth raises whatever its XML and zip readers raise on a broken file
        raise NoWordFile(source, str(error)[:100] or type(error).__name__) from error
    styles = dict.fromkeys(found[1].strip() for each in made.messages if (found := _UNKNOWN.search(each.message)))
    look += [f"The Word style “{name}” is not known; its text was kept as plain paragraphs." for name in styles]
    return made.value, parts, tuple(dict.fromkeys(look))


def _guard(data: bytes, source: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(each.file_size for each in archive.infolist()) > _MOST_UNPACKED:
                raise NoWordFile(source, "it unpacks to more than 200 MB")
            archive.getinfo("word/document.xml")
    except KeyError as error:
        raise NoWordFile(source, "it holds no document") from error
    except (zipfile.BadZipFile, OSError, ValueError, EOFError) as error:
        old = data.startswith(b"\xd0\xcf\x11\xe0")
        raise NoWordFile(
            source, "it is an old .doc or has a password" if old else "it is damaged or cut off"
        ) from error


def _take(root: Element) -> dict[str, str]:
    """Title, standfirst, author and date by their styles, taken out of the tree."""
    taken: dict[str, str] = {}
    for each in list(root.iter("h1", "p")):
        found = re.search(r"doc-(title|standfirst|author|date)", names_of(each))
        if found and found[1] not in taken and text_of(each):
            taken[found[1]] = text_of(each)
            drop(each)
    return taken


def _date(styled: str, pieces: list[Piece], today: Date) -> tuple[Date | None, list[Piece]]:
    found = dates.day(styled) if styled else None
    if found:
        return found, pieces
    for number, each in enumerate(pieces[:4]):
        if isinstance(each, Prose) and (found := dates.only_a_date(plain(each))) and dates.plausible(found, today):
            return found, pieces[:number] + pieces[number + 1 :]
    return None, pieces
