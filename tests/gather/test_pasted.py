"""What Google Docs, Word and Office.com put on the clipboard, and saved mails."""

from datetime import UTC, date
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from newsletter_cli.gather.mail import read_mail
from newsletter_cli.gather.markdown_text import markdown
from newsletter_cli.gather.pasted import read_pasted
from newsletter_cli.gather.pieces import Picture

TODAY = date(2022, 3, 10)

GOOGLE = """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1"><h1 dir="ltr"><span style="font-weight:400;">A kinder
 scan</span></h1><p dir="ltr"><span style="font-style:italic;">23 February 2022</span></p><p dir="ltr"><span style="font-weight:400;">Twelve children told </span><a
 href="https://www.google.com/url?q=https://example.org/scan&amp;sa=D&amp;ust=1"><span>the architects</span></a><span style="font-weight:700;"> all</span>.</p>
<h2><span>Wishes</span></h2><ul><li aria-level="1"><p role="presentation">a window</p></li><ul><li aria-level="2"><p>a wide one</p></li></ul></ul></b>"""

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal {margin:0}</style></head><body><p>not copied</p><!--StartFragment-->
<p class=MsoTitle>A kinder scan<o:p></o:p></p><p class=MsoSubtitle>Twelve children spoke up.<o:p></o:p></p><p class=MsoNormal>23 February 2022</p>
<p class=MsoNormal>Plain text.</p>
<p class=MsoListParagraph style='text-indent:-18pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>·<span>&nbsp; </span></span><![endif]>a window</p>
<p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>o&nbsp;</span>a wide one</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>1.&nbsp;</span>first</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>2.&nbsp;</span>second</p>
<p class=MsoQuote>Nobody had ever asked me.</p><p><img src="https://www.example.org/a.jpg" alt="A girl"></p><p class=MsoCaption>Oona. Photo: Anna Bell</p>
<p><img src="file:///C:/Users/x/clip_image002.jpg"></p><!--EndFragment--></body></html>"""

OFFICE = """<html><body><div class="OutlineElement"><p role="heading" aria-level="1"><span>A kinder scan</span></p></div><div><p><span style="font-weight:bold">Bold</span><span> text.</span></p></div>
<div><p role="heading" aria-level="2"><span>Wishes</span></p></div><div class="ListContainerWrapper"><ul><li><p>a window</p></li></ul></div><div
 class="ListContainerWrapper"><ul><li><p>music</p></li></ul></div></body></html>"""


def test_google_docs_wrapper_is_no_bold_and_its_links_lead_where_they_say() -> None:
    found = read_pasted(GOOGLE, today=TODAY)
    assert (found.title, found.date) == ("A kinder scan", date(2022, 2, 23))
    assert markdown(found.pieces) == (
        "Twelve children told [the architects](https://example.org/scan) **all**.\n\n## Wishes\n\n- a window\n  - a wide one"
    )


def test_word_styles_and_lists_mean_what_they_show() -> None:
    found = read_pasted(WORD, today=TODAY)
    assert (found.title, found.standfirst, found.date) == (
        "A kinder scan",
        "Twelve children spoke up.",
        date(2022, 2, 23),
    )
    assert markdown(found.pieces) == (
        "Plain text.\n\n- a window\n  - a wide one\n\n1. first\n2. second\n\n> Nobody had ever asked me."
    )
    assert found.image == Picture("https://www.example.org/a.jpg", "A girl", "Oona.", "Anna Bell")


def test_a_picture_left_on_the_disk_of_the_copier_is_told() -> None:
    assert read_pasted(WORD, today=TODAY).look == (
        "A picture did not come along with the paste: save the file as .docx and gather that.",
    )


def test_office_com_headings_by_role_are_headings_and_its_split_lists_one() -> None:
    found = read_pasted(OFFICE, today=TODAY)
    assert found.title == "A kinder scan"
    assert markdown(found.pieces) == "**Bold** text.\n\n## Wishes\n\n- a window\n- music"


def test_office_com_lists_keep_the_levels_they_only_number() -> None:
    rows = [("ul", 1, "one"), ("ul", 2, "one a"), ("ul", 2, "one b"), ("ul", 3, "deep"), ("ul", 1, "two")]
    rows += [("ol", 1, "first"), ("ol", 2, "first a"), ("ol", 1, "second")]
    lists = "".join(
        f'<div class="ListContainerWrapper"><{tag} role="list"><li data-aria-level="{level}"><p>{text}</p></li></{tag}></div>'
        for tag, level, text in rows
    )
    found = read_pasted(f"<div><p>Title</p></div>{lists}<div><p>After.</p></div>", today=TODAY)
    assert markdown(found.pieces) == (
        "- one\n  - one a\n  - one b\n    - deep\n- two\n\n1. first\n   1. first a\n2. second\n\nAfter."
    )


def test_no_list_below_an_item_is_lost() -> None:
    text = "<h1>T</h1><ul><li>a<ul><li>b</li></ul><ol><li>c</li></ol></li><ul><li>d</li></ul></ul><ul><ul><li>e</li></ul></ul>"
    assert markdown(read_pasted(text, today=TODAY).pieces) == "- a\n  - b\n  - c\n  - d\n- e"


def test_bold_of_word_is_bold_and_a_callout_of_notion_and_a_name_below_a_quote_stay() -> None:
    text = (
        "<h1>T</h1><p><b style='mso-bidi-font-weight:normal'>Bold</b> <s>gone</s></p><aside>A callout.</aside>"
        "<blockquote>Words.</blockquote><p>— Amina Rossi, Padua</p>"
    )
    found = read_pasted(text, today=TODAY)
    assert markdown(found.pieces) == "**Bold** gone\n\nA callout.\n\n> Words.\n>\n> — Amina Rossi, Padua"
    assert found.look == ("Struck-through words were kept: “gone”.",)


def test_what_can_act_is_gone_from_pasted_html() -> None:
    text = (
        "<h1>T<script>alert(4)</script></h1><p class=MsoSubtitle>Sub<style>alert(5)</style></p><p>See <a href='\u00a0javascript:alert(1)'>this</a> <a href='data:text/html,x'>that</a>"
        "<img src=x onerror=alert(1)><svg><style><img src=x onerror=alert(2)></style></svg><script>alert(3)</script></p>"
    )
    found = read_pasted(text, today=TODAY)
    assert (found.title, found.standfirst, markdown(found.pieces)) == ("T", "Sub", "See this that")


def test_a_saved_mail_becomes_an_article_with_its_pictures(a_picture: Any) -> None:
    mail = EmailMessage()
    mail["Subject"] = "News in März"
    mail["From"] = "Hope Trust <news@example.org>"
    mail["Date"] = "Wed, 23 Feb 2022 10:00:00 +0100"
    mail.set_content("The text part.")
    mail.add_alternative(
        "<html><body><table><tr><td><h1>Spring is here</h1><img src='cid:one' alt='A daffodil' width=600><p>It is "
        "<b>warm</b>.</p><a href='https://www.example.org/x?utm_source=mail'>More about it</a></td></tr></table></body></html>",
        subtype="html",
    )
    html = mail.get_payload()[1]  # type: ignore[index]
    html.add_related(a_picture(), "image", "jpeg", cid="<one>")  # type: ignore[union-attr]
    (found,) = read_mail(mail.as_bytes(), source="a.eml", zone=UTC)
    assert (found.title, found.date, found.author) == ("News in März", date(2022, 2, 23), "Hope Trust")
    assert markdown(found.pieces) == (
        "## Spring is here\n\nIt is **warm**.\n\n[More about it](https://www.example.org/x)"
    )
    assert found.image is not None
    assert found.image.alt == "A daffodil"
    assert dict(found.parts)[found.image.src] == a_picture()
    assert found.look


NEWSLETTER = """<html><body><span style="display:none">Preheader</span><table><tr><td><a href="https://mailchi.mp/x?e=1">View this email in
 your browser</a></td></tr><tr><td><h1>Hello Priya,</h1><p>Dear friends.</p></td></tr><tr><td><img src="https://example.org/ward.jpg" alt="A ward" width="500"></td></tr>
<tr><td><h2>The ward is new</h2><p>Fifty people came. <a href="https://example.org/ward?mc_eid=1">Read the story</a></p></td></tr>
<tr><td><h2>The bus runs</h2><p>Every night.</p><a style="background-color:#c00;padding:12px" href="https://x.list-manage.com/track/click?e=me">Give today</a></td></tr>
<tr><td><em>Copyright 2022, All rights reserved.</em><br><a href="https://x.list-manage.com/unsubscribe?e=me">unsubscribe from this list</a></td></tr></table></body></html>"""


def a_mail(html: str) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"] = "February", "Hope Trust <news@example.org>"
    mail["Date"] = "Wed, 23 Feb 2022 10:00:00 +0100"
    mail.set_content(html, subtype="html")
    return mail


def test_a_newsletter_of_another_tool_becomes_its_stories_without_its_footer() -> None:
    letter, ward, bus = read_mail(a_mail(NEWSLETTER).as_bytes(), source="a.eml", zone=UTC)
    assert (letter.title, markdown(letter.pieces)) == ("February", "## Hello Priya,\n\nDear friends.")
    assert (ward.title, ward.link, markdown(ward.pieces)) == (
        "The ward is new",
        "https://example.org/ward",
        "Fifty people came.",
    )
    assert ward.image == Picture("https://example.org/ward.jpg", "A ward")
    assert (bus.title, bus.date, bus.source) == ("The bus runs", date(2022, 2, 23), "a.eml#2")
    assert markdown(bus.pieces).endswith("[Give today](https://x.list-manage.com/track/click?e=me){.button}")
    assert bus.look == ("Links lead through the click counter x.list-manage.com: put the pages' own addresses.",)
    assert not any("unsubscribe" in markdown(each.pieces) for each in (letter, ward, bus))


def test_the_text_of_a_mail_keeps_its_lists_and_its_attachments_are_named() -> None:
    mail = EmailMessage()
    mail["Subject"] = "News"
    mail.set_content("Hello there.\n\n* one\n* two\n\n-- \nUnsubscribe here\n")
    mail.add_attachment(b"x", maintype="application", subtype="pdf", filename="plan.pdf")
    (found,) = read_mail(mail.as_bytes(), source="a.eml", zone=UTC)
    assert markdown(found.pieces) == "Hello there.\n\n- one\n- two"
    assert found.look[0] == "Attached to the mail and not read: plan.pdf."


def test_the_stories_of_a_mail_are_chosen_one_by_one(gathering: Path, newsletter: Any) -> None:
    (gathering / "february.eml").write_bytes(a_mail(NEWSLETTER).as_bytes())
    ran = newsletter("gather", "february.eml", "--only", "3", "--issue", "2022-02", "--offline", cwd=gathering)
    assert ran.status == 0
    assert [each.name for each in (gathering / "issues/2022-02/articles").glob("*.md")] == ["the-bus-runs.md"]
