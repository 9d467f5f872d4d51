"""Word files (.docx): by their styles, with their pictures; what is not understood is said."""

import io
import re
import zipfile
import zlib
from datetime import date as Date

from newsletter_cli.errors import NewsletterError
from newsletter_cli.gather import dates
from newsletter_cli.gather.found import PART, Found
from newsletter_cli.gather.fragment import byline, captioned, struck_out
from newsletter_cli.gather.page.cleaning import cleaned
from newsletter_cli.gather.page.headings import levelled
from newsletter_cli.gather.page.quotes import attributed
from newsletter_cli.gather.page.structure import Structure, plain
from newsletter_cli.gather.page.tree import Element, drop, names_of, text_of
from newsletter_cli.gather.pieces import Picture, Piece, Prose, Title
from newsletter_cli.gather.word_styles import style_map, without_hidden

_MOST_UNPACKED = 200_000_000
_UNKNOWN = re.compile(r"Unrecognised (paragraph|run) style: '?([^'(]+)")


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
    root = cleaned(html)
    for each in list(root.iter("a")):
        if str(each.get("href") or "").startswith(("#footnote-ref", "#endnote-ref")):
            drop(each)  # the arrow back from a note
    taken = _take(root)
    captions = {text_of(each) for each in root.iter("p") if "doc-caption" in names_of(each)}
    pieces = attributed(captioned([each.piece for each in Structure("part:").candidates(root)], captions))
    title = taken.get("title", "")
    if not title and pieces and isinstance(pieces[0], Title | Prose) and len(plain(pieces[0])) <= 160:
        title, pieces = plain(pieces[0]), pieces[1:]
    when, pieces = _date(taken.get("date", ""), pieces, today)
    author, pieces = byline(pieces) if "author" not in taken else (taken["author"], pieces)
    lead = next((each for each in pieces[:2] if isinstance(each, Picture)), None)
    return Found(
        source=source,
        kind="word",
        title=title,
        date=when,
        date_from="said" if when else "",
        standfirst=taken.get("standfirst", ""),
        author=re.sub(r"(?i)^by\s+", "", author),
        image=lead,
        pieces=tuple(levelled([each for each in pieces if each is not lead])),
        parts=tuple(parts.items()),
        look=(*messages, *struck_out(root)),
    )


def _converted(data: bytes, source: str) -> tuple[str, dict[str, bytes], tuple[str, ...]]:
    """The file as HTML, its pictures by the name the HTML uses, and what mammoth did not understand."""
    import mammoth

    data, styles, hidden = _opened(data, source)
    parts: dict[str, bytes] = {}
    look = ["Words that Word hides were left out."] if hidden else []

    def keep(image: "mammoth.documents.Image") -> dict[str, str]:
        # A picture linked from elsewhere raises KeyError inside mammoth, a damaged one whatever zlib raises: neither
        # may lose the whole file.
        try:
            with image.open() as opened:
                content = opened.read()
        except (KeyError, OSError, ValueError):
            look.append("A picture that is only linked in the Word file was left out.")
            return {"src": ""}
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
            look.append("A picture that is damaged in the Word file was left out.")
            return {"src": ""}
        name = f"{PART}{len(parts) + 1}.{(image.content_type or '').rpartition('/')[2] or 'bin'}"
        parts[name] = content
        return {"src": name}

    try:
        made = mammoth.convert_to_html(
            io.BytesIO(data),
            style_map=style_map(styles),
            include_embedded_style_map=False,
            convert_image=mammoth.images.img_element(keep),
            external_file_access=False,
        )
    except Exception as error:  # mammoth raises whatever its XML and zip readers raise on a broken file
        raise NoWordFile(source, str(error)[:100] or type(error).__name__) from error
    unknown = dict.fromkeys(found.groups() for each in made.messages if (found := _UNKNOWN.search(each.message)))
    kept = {"paragraph": "its text was kept as plain paragraphs", "run": "its words were kept as plain text"}
    look += [f"The Word style “{name.strip()}” is not known; {kept[kind]}." for kind, name in unknown]
    return made.value, parts, tuple(dict.fromkeys(look))


def _opened(data: bytes, source: str) -> tuple[bytes, bytes, bool]:
    """The file without its hidden words, its styles, and whether words were hidden."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(each.file_size for each in archive.infolist()) > _MOST_UNPACKED:
                raise NoWordFile(source, "it unpacks to more than 200 MB")
            document, hidden = without_hidden(archive.read("word/document.xml"))
            names = archive.namelist()
            styles = archive.read("word/styles.xml") if "word/styles.xml" in names else b""
            return _with_document(archive, document) if hidden else data, styles, hidden
    except KeyError as error:
        raise NoWordFile(source, "it holds no document") from error
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, NotImplementedError) as error:
        old = data.startswith(b"\xd0\xcf\x11\xe0")
        raise NoWordFile(
            source, "it is an old .doc or has a password" if old else "it is damaged or cut off"
        ) from error


def _with_document(archive: zipfile.ZipFile, document: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for each in archive.infolist():
            made.writestr(each.filename, document if each.filename == "word/document.xml" else archive.read(each))
    return out.getvalue()


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
