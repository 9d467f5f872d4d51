"""Draws a message in a terminal: the inbox line, the page as read, and its links."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from rich import box
from rich.align import Align
from rich.console import Console, Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text as RichText

from newsletter_cli.model.message import Message
from newsletter_cli.preview import page as read
from newsletter_cli.preview.inbox import CUTS, inbox_lines
from newsletter_cli.preview.reading import read_page
from newsletter_cli.preview.shapes import Barred, HalfBlocks, SideBySide, Underlined
from newsletter_cli.preview.words import clean

WIDEST = 100


def render_message(message: Message, *, width: int, colour: bool, pictures: Mapping[str, Path] | None = None) -> str:
    """The message as lines of text, with ANSI colours only when `colour`.

    Args:
        message: personalised (a token left in it is shown as it stands).
        width: columns to write in; more than 100 are not used, for lines are hard to read then.
        colour: whether the reader's terminal takes colour.
        pictures: files of pictures to draw as half-blocks, by their `src`.
    """
    page = read_page(message.html)
    painter = Painter(page, colour, pictures or {})
    return draw((*painter.inbox(message), *painter.stacked(page.pieces), *painter.links()), width, colour)


def draw(parts: Sequence[RenderableType], width: int, colour: bool) -> str:
    """Rich renderables as text without white space at the ends of lines."""
    console = Console(
        file=io.StringIO(),
        width=min(width, WIDEST),
        force_terminal=colour,
        no_color=not colour,
        color_system="auto" if colour else None,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    with console.capture() as capture:
        console.print(Group(*parts))  # together: printed one by one, texts lose their own alignment
    return "\n".join(row.rstrip() for row in capture.get().split("\n")).rstrip("\n") + "\n"


class Painter:
    """Turns pieces of a page into what rich can draw."""

    def __init__(self, page: read.Page, colour: bool, pictures: Mapping[str, Path]) -> None:
        self.page, self.colour, self.pictures = page, colour, pictures

    def inbox(self, message: Message) -> list[RenderableType]:
        """Who it is from, then subject and preheader cut as three kinds of screen cut them."""
        about = Table.grid(padding=(0, 2, 0, 0))
        about.add_column(style="dim", no_wrap=True)
        about.add_column()
        sender = f"{message.sender.name} <{message.sender.email}>" if message.sender.name else message.sender.email
        subject, preheader = clean(message.subject), clean(message.preheader)
        about.add_row("From", RichText(clean(sender)))
        about.add_row("Subject", RichText(subject, "bold") if subject else RichText("(none)", "bold red"))
        about.add_row("Preheader", RichText(preheader) if preheader else RichText("(none)", "bold red"))
        cuts = Table.grid(padding=(0, 1, 0, 0))
        for line in inbox_lines(subject, preheader):
            for number, text in enumerate(line.lines):
                row = RichText(text, "dim" if number else "bold", no_wrap=True, overflow="ellipsis")
                cuts.add_row("" if number else RichText(str(line.characters), "dim"), RichText("│", "dim"), row)
        screens = ", ".join(f"{screen} {characters}" for characters, screen in CUTS)
        cutting = RichText(f"Cut where inboxes cut it ({screens} characters):", "dim")
        return [_rule("Inbox"), about, "", cutting, cuts, "", _rule("Message")]

    def stacked(self, pieces: Sequence[read.Piece]) -> list[RenderableType]:
        """Pieces below each other, a blank line between those that do not belong together."""
        parts: list[RenderableType] = []
        before: read.Piece | None = None
        for piece in pieces:
            drawn = self.piece(piece)
            if drawn is None:
                continue
            if before is not None and not _belongs(piece, before):
                parts.append("")
            parts.append(drawn)
            before = piece
        return parts

    def group(self, pieces: Sequence[read.Piece]) -> RenderableType:
        return Group(*self.stacked(pieces))

    def piece(self, piece: read.Piece) -> RenderableType | None:
        """One piece; None for a picture that is decoration."""
        match piece:
            case read.Text():
                return self.words(piece.spans, "dim" if piece.look.small else "", piece.look)
            case read.Title():
                return self.title(piece)
            case read.Picture():
                return self.picture(piece)
            case read.ButtonPiece():
                return self.button(piece)
            case read.RuleLine():
                return Rule(style="dim")
            case read.Quotation():
                return Barred(self.group(piece.pieces))
            case read.Listing():
                return self.listing(piece)
            case read.Columns():
                return self.columns(piece)
            case read.Grid():
                return self.grid(piece)
            case read.Announced():
                return self.group(piece.pieces)

    def words(self, spans: Sequence[read.Span], base: str = "", look: read.Look | None = None) -> RichText:
        """Words with their styles; a link is underlined and followed by its number."""
        text = RichText(style=base, justify=self.side(look or read.Look()))
        for number, span in enumerate(spans):
            style = " ".join(name for name in ("bold", "italic") if getattr(span, name))
            text.append(span.text, f"{style} underline" if span.link else style)
            after = spans[number + 1].link if number + 1 < len(spans) else 0
            if span.link and after != span.link:
                text.append(_numbered(span.link), "not underline not bold cyan")
        return text

    def side(self, look: read.Look) -> read.Align:
        return "right" if self.page.rtl and look.align == "left" else look.align

    def title(self, piece: read.Title) -> RenderableType:
        """A heading; the first two levels are underlined, so that they stand out without colour too."""
        text = self.words(piece.spans, "bold", piece.look)
        if piece.level > 2:
            return text
        return Underlined(text, "═" if piece.level == 1 else "─", "bold" if piece.level == 1 else "dim")

    def picture(self, piece: read.Picture) -> RenderableType | None:
        if piece.src in self.pictures:
            drawn = HalfBlocks(self.pictures[piece.src], piece.width, self.side(piece.look))
            return Group(drawn, RichText(_numbered(piece.link).strip(), "cyan")) if piece.link else drawn
        if piece.alt == "" and not piece.link:
            return None
        text = RichText("▣ ", "magenta", justify=self.side(piece.look))
        if piece.alt:
            text.append(piece.alt, "italic")
        else:
            text.append("(NO ALT)", "bold red")
        return text.append(_numbered(piece.link), "cyan") if piece.link else text

    def button(self, piece: read.ButtonPiece) -> RenderableType:
        """A block in the button's own colours; brackets where there is no colour."""
        label = " ".join(read.plain(piece.spans).split())
        if self.colour:
            style = f"bold {piece.colour or '#ffffff'} on {piece.background}" if piece.background else "bold reverse"
            block = RichText.assemble((f"  {label}  ", style))
        else:
            block = RichText(f"[ {label} ]")
        return Align(block.append(_numbered(piece.link), "cyan"), self.side(piece.look))

    def listing(self, piece: read.Listing) -> RenderableType:
        rows = Table.grid(padding=(0, 1, 0, 0))
        rows.add_column(justify="right", no_wrap=True)
        rows.add_column()
        for marker, pieces in piece.items:
            rows.add_row(f"  {marker}", self.group(pieces))
        return rows

    def columns(self, piece: read.Columns) -> RenderableType:
        """Side by side where there is room, the first one on the right in a right-to-left page."""
        order: Literal[1, -1] = -1 if self.page.rtl else 1
        return SideBySide([self.group(cell) for cell in piece.cells], piece.widths, order)

    def grid(self, piece: read.Grid) -> RenderableType:
        table = Table(box=box.SIMPLE_HEAD, show_header=piece.heads > 0, pad_edge=False)
        head = piece.rows[0] if piece.heads else ()
        for number in range(max(len(row) for row in piece.rows)):
            table.add_column(self.words(head[number]) if number < len(head) else "")
        for row in piece.rows[1 if piece.heads else 0 :]:
            table.add_row(*(self.words(cell) for cell in row))
        return table

    def links(self) -> list[RenderableType]:
        """Every address once with the numbers that lead to it, whole: a cut address cannot be checked."""
        if not self.page.links:
            return []
        rows = Table.grid(padding=(0, 1, 0, 0))
        rows.add_column(justify="right", style="cyan", no_wrap=True)
        rows.add_column(overflow="fold")
        numbers: dict[str, list[str]] = {}
        for link in self.page.links:
            numbers.setdefault(link.target, []).append(str(link.number))
        for target, at in numbers.items():
            more = f", +{len(at) - 3}" if len(at) > 3 else ""
            rows.add_row(f"[{', '.join(at[:3])}{more}]", _target(target))
        return ["", _rule("Links"), rows]


def _rule(title: str) -> Rule:
    return Rule(RichText(title, "dim"), style="dim", align="left")


def _target(target: str) -> RichText:
    if not target or target == "#":
        return RichText("(leads nowhere)", "bold red")
    return RichText(target, f"link {target}" if target.startswith(("https:", "http:")) else "")


def _numbered(link: int) -> str:
    return f"\N{NO-BREAK SPACE}[{link}]"


def _belongs(piece: read.Piece, before: read.Piece) -> bool:
    """Whether a piece follows without a blank line: the small print under a picture, but no heading-like line."""
    caption = isinstance(piece, read.Text) and piece.look.small and not all(span.bold for span in piece.spans)
    return caption and isinstance(before, read.Picture)
