"""Word files: by their styles, as far as they can be read, and with what a draft hides left out."""

import io
import zipfile
from datetime import date

import pytest

from newsletter_cli.gather.markdown_text import markdown
from newsletter_cli.gather.pieces import Picture, Quotation, Title
from newsletter_cli.gather.word import NoWordFile, read_word

TODAY = date(2022, 3, 10)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PICTURE = (
    '<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"><wp:docPr id="1" name="p" descr="A ward"/>'
    '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData><pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture">'
    f'<pic:blipFill><a:blip xmlns:r="{RELATIONS}" r:embed="pic"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>'
)


def docx(body: str, **parts: bytes) -> bytes:
    out = io.BytesIO()
    main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    names = [
        ("Title", "Title"),
        ("Subtitle", "Subtitle"),
        ("Quote", "Quote"),
        ("Heading1", "heading 1"),
        ("Odd", "Odd Style"),
        ("House", "House quote", "Quote"),
        ("Body", "Body Text"),
        ("Two", "List Bullet 2"),
        ("One", "List Bullet"),
    ]
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/>{"".join(f"""<w:basedOn w:val="{each}"/>""" for each in base)}</w:style>'
        for key, name, *base in names
    )
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        archive.writestr(
            "word/_rels/document.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="pic" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="media/image1.png"/></Relationships>',
        )
        archive.writestr("word/styles.xml", f'<w:styles xmlns:w="{main}">{styles}</w:styles>')
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{main}"><w:body>{body}</w:body></w:document>')
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def p(text: str, style: str = "") -> str:
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}<w:r><w:t>{text}</w:t></w:r></w:p>"


def test_a_word_file_is_read_by_its_styles() -> None:
    data = docx(
        p("A title", "Title")
        + p("A standfirst.", "Subtitle")
        + p("3 February 2022")
        + p("Text.")
        + p("Half way", "Heading1")
        + p("Yes.", "Quote")
        + p("Odd.", "Odd")
    )
    found = read_word(data, source="a.docx", today=TODAY)
    assert (found.title, found.standfirst, found.date) == ("A title", "A standfirst.", date(2022, 2, 3))
    assert [type(each) for each in found.pieces if isinstance(each, Title | Quotation)] == [Title, Quotation]
    assert any("Odd Style" in each for each in found.look)


def test_a_word_file_cut_off_anywhere_is_an_error_with_its_name() -> None:
    whole = docx(p("A title", "Title") + p("Text. " * 200))
    for length in (0, 1, 10, 100, len(whole) // 2, len(whole) - 5):
        with pytest.raises(NoWordFile, match=r"a\.docx"):
            read_word(whole[:length], source="a.docx", today=TODAY)


def test_an_own_style_means_what_the_style_it_is_based_on_means() -> None:
    data = docx(
        p("A title", "Title") + p("We could not believe it.", "House") + p("— Dr Rossi, Padua") + p("End.", "Body")
    )
    found = read_word(data, source="a.docx", today=TODAY)
    assert markdown(found.pieces) == "> We could not believe it.\n>\n> — Dr Rossi, Padua\n\nEnd."
    assert not any("Word style" in each for each in found.look)


def test_lists_by_style_keep_their_levels_and_a_byline_is_the_author() -> None:
    data = docx(p("A title", "Title") + p("By Jo Marsh") + p("one", "One") + p("one a", "Two") + p("two", "One"))
    found = read_word(data, source="a.docx", today=TODAY)
    assert (found.author, markdown(found.pieces)) == ("Jo Marsh", "- one\n  - one a\n- two")


def test_what_word_hides_stays_out_and_what_is_struck_through_is_told() -> None:
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>Not for print.</w:t></w:r>"
    shown = '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>Seen. </w:t></w:r>'
    struck = "<w:r><w:rPr><w:strike/></w:rPr><w:t>Old words.</w:t></w:r>"
    found = read_word(docx(p("A title", "Title") + f"<w:p>{shown}{hidden}{struck}</w:p>"), source="a.docx", today=TODAY)
    assert markdown(found.pieces) == "Seen. Old words."
    assert found.look == ("Words that Word hides were left out.", "Struck-through words were kept: “Old words.”.")


def test_a_damaged_picture_does_not_lose_the_words() -> None:
    whole = docx(p("A title", "Title") + PICTURE + p("Text."), **{"word/media/image1.png": b"PICTURE-BYTES" * 9})
    found = read_word(whole, source="a.docx", today=TODAY)
    assert isinstance(found.image, Picture)
    damaged = whole.replace(b"PICTURE-BYTES", b"PICTURE-BITES", 1)  # the checksum tells
    found = read_word(damaged, source="a.docx", today=TODAY)
    assert (found.image, markdown(found.pieces)) == (None, "Text.")
    assert found.look == ("A picture that is damaged in the Word file was left out.",)


def test_no_address_that_acts_comes_out_of_a_word_file() -> None:
    link = "".join(
        f"<w:r>{each}</w:r>"
        for each in (
            '<w:fldChar w:fldCharType="begin"/>',
            '<w:instrText> HYPERLINK "\u00a0javascript:alert(1)" </w:instrText>',
            '<w:fldChar w:fldCharType="separate"/>',
            "<w:t>press here</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
        )
    )
    words = "&lt;img src=x onerror=alert(1)&gt;"
    found = read_word(docx(p("A title", "Title") + f"<w:p>{link}</w:p>" + p(words)), source="a.docx", today=TODAY)
    assert markdown(found.pieces) == "press here\n\n\\<img src=x onerror=alert(1)>"
