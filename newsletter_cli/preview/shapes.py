"""The shapes the terminal preview is drawn with: a bar beside a quotation, an underlined title, columns, half-blocks."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from rich.align import AlignMethod
from rich.cells import cell_len
from rich.color import Color
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.segment import Segment
from rich.style import Style
from rich.table import Table
from rich.text import Text

NARROWEST_COLUMN = 24
_GAP = 3


class Barred:
    """Something with a bar down its left side, as quotations have."""

    def __init__(self, inner: RenderableType) -> None:
        self.inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = max(1, options.max_width - 2)
        for row in console.render_lines(self.inner, options.update(width=width), pad=False):
            yield Segment("▌ ", Style(color="cyan"))
            yield from row
            yield Segment.line()


class Underlined:
    """A title with a stroke as long as its longest line."""

    def __init__(self, text: Text, stroke: str, style: str) -> None:
        self.text, self.stroke, self.style = text, stroke, style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        rows = self.text.wrap(console, options.max_width, justify="left")
        longest = max((cell_len(row.plain.rstrip()) for row in rows), default=0)
        yield self.text
        if longest:
            yield Text(self.stroke * longest, self.style, justify=self.text.justify, no_wrap=True, overflow="crop")


class SideBySide:
    """Cells beside each other where each gets at least 24 characters, else below each other.

    `order` -1 begins on the right.
    """

    def __init__(self, cells: Sequence[RenderableType], widths: Sequence[int], order: Literal[1, -1] = 1) -> None:
        self.cells, self.widths, self.order = cells, widths, order

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        shares = share_out(self.widths, options.max_width - _GAP * (len(self.cells) - 1))
        if min(shares) < NARROWEST_COLUMN:
            for number, cell in enumerate(self.cells):
                yield Group("", cell) if number else cell
            return
        rows = Table.grid(padding=(0, _GAP, 0, 0), pad_edge=False)
        for width in shares[:: self.order]:
            rows.add_column(width=width)
        rows.add_row(*self.cells[:: self.order])
        yield rows


class HalfBlocks:
    """A picture as `▀` characters: the upper pixel is the character's colour, the lower one its ground."""

    def __init__(self, file: Path, width: int, side: AlignMethod = "left") -> None:
        self.file, self.width, self.side = file, width, side

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from PIL import Image

        # A mail is 600 px wide; the picture takes the same share of the columns there are, 60 at most.
        columns = max(4, min(60, options.max_width, round(options.max_width * (self.width or 600) / 600)))
        with Image.open(self.file) as opened:
            ground = Image.new("RGBA", opened.size, "white")
            ground.alpha_composite(opened.convert("RGBA"))
            rows = max(1, round(columns * opened.height / opened.width / 2))
            small = ground.convert("RGB").resize((columns, rows * 2), Image.Resampling.LANCZOS)
        levels = iter(small.tobytes())  # red, green, blue of each pixel, row by row
        grid = [
            [Color.from_rgb(next(levels), next(levels), next(levels)) for _ in range(columns)] for _ in range(rows * 2)
        ]
        margin = {"center": (options.max_width - columns) // 2, "right": options.max_width - columns}.get(self.side, 0)
        for row in range(rows):
            yield Segment(" " * margin)
            for upper, lower in zip(grid[2 * row], grid[2 * row + 1], strict=True):
                yield Segment("▀", Style(color=upper, bgcolor=lower))
            yield Segment.line()


def share_out(widths: Sequence[int], room: int) -> list[int]:
    """The room shared as the columns' pixels ask; a column that does not say asks for the average."""
    known = [width for width in widths if width]
    average = sum(known) // len(known) if known else 1
    asked = [width or average for width in widths]
    return [room * width // sum(asked) for width in asked]
