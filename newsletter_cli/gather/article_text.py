"""The text of an article file from what was found."""

from newsletter_cli.gather.doubts import doubts
from newsletter_cli.gather.found import Found
from newsletter_cli.gather.markdown_text import markdown
from newsletter_cli.model.header import write_header


def article_text(found: Found) -> str:
    """The whole file: header by the keys of model.article, body as Markdown."""
    image = found.image
    look = doubts(found)
    values = {
        "title": found.title,
        "date": written_date(found),
        "standfirst": found.standfirst,
        "link": found.link,
        "author": found.author,
        "image": image.src if image else "",
        "alt": image.alt if image else "",
        "caption": image.caption if image else "",
        "credit": image.credit if image else "",
        "topic": found.topic,
        "look": "\n" + "\n".join(look) if look else "",
    }
    return write_header({key: value for key, value in values.items() if value}, markdown(found.pieces))


def written_date(found: Found) -> str:
    """`23 February 2022`: no reader takes it for another day."""
    if found.date is None:
        return ""
    months = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
    return f"{found.date.day} {months[found.date.month - 1]} {found.date.year}"
