"""Tables and lines for a terminal of any width: a name is never dropped, a number never cut from its sign or unit.

A table stands in columns where these fit, and one row below the other where they do not.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.figures.scales import NOT_AVAILABLE

WIDE = "\u2e80-\uffef"
CLOSING = "\uff0c\u3002\uff1b\uff1a\u3001\uff09"
BREAKS = re.compile(f"\uff08?[^ {WIDE}]+[{CLOSING}]* *|\uff08?[{WIDE}][{CLOSING}]* *| +")
"""Pieces of prose between which a line may end: Latin words, and wide characters with the marks at their sides."""

STEP = "  "
"""How far a line goes in that belongs to the one above it."""


@dataclass(frozen=True)
class Number:
    """A figure as written, and below it the difference to the parent with half its interval; empty where unknown.

    ``unit`` stands beside it where there are no columns, and is that of its column if left out; ``signs`` says in how
    many worlds the sign of the difference holds.
    """

    value: str
    difference: str = ""
    half: str = ""
    sure: bool = True
    unit: str = ""
    signs: str = ""

    def lines(self, joined: bool) -> list[str]:
        """Lines of a cell: the half interval beside the difference, or below it, and signs below both."""
        beside = [self.difference + self.half] if joined else [self.difference, self.half]
        return [self.value, *filter(None, [*beside, self.signs])]

    def cell(self, joined: bool) -> Text:
        """The cell of a table, dim where the interval of the difference holds zero."""
        first, *rest = self.lines(joined)
        return Text(first).append("".join(f"\n{line}" for line in rest), style="" if self.sure else "dim")


@dataclass(frozen=True)
class Column:
    """A column of figures: its heading, their unit, a figure for each row, and the unit of differences."""

    words: str
    unit: str
    numbers: Sequence[Number]
    difference_unit: str = ""

    def cells(self, joined: bool) -> list[Text]:
        """Cells of the table."""
        return [number.cell(joined) for number in self.numbers]

    def width(self, joined: bool, *, least: bool) -> int:
        """Cells across: of its longest figure and, at least, of the longest word of its heading."""
        heads = [self.words, self.unit]
        heads = [word for text in heads for word in text.split()] if least else heads
        return longest([*heads, *(line for cell in self.cells(joined) for line in cell.plain.split("\n"))])


@dataclass(frozen=True)
class Row:
    """What names a row, and what it is compared with; empty for a root."""

    name: str
    parent: str = ""


def longest(texts: Iterable[str]) -> int:
    """Cells across of the longest of some texts."""
    return max((cell_len(text) for text in texts), default=0)


def print_table(console: Console, title: str, first: str, rows: Sequence[Row], columns: Sequence[Column]) -> None:
    """Print a table in columns as wide as they need, then as narrow as they can be, else stacked.

    Parameters
    ----------
    console : Console
        Where, and how wide.
    title, first : str
        Heading of the table, and of its first column.
    rows : sequence of Row
        Names.
    columns : sequence of Column
        Figures, one for each row.
    """
    for part in filled([title], console.width):
        console.print(Text(part, "bold"), soft_wrap=True)
    names = longest([first, *(line for row in rows for line in (row.name, row.parent and f"to {row.parent}"))])
    for joined, least in ((True, False), (True, True), (False, True)):
        widths = [column.width(joined, least=least) for column in columns]
        if names + sum(widths) + len(widths) <= console.width:
            console.print(_in_columns(first, rows, columns, [names, *widths], joined))
            return
    for stacked in _stacked(rows, columns, console.width):
        console.print(stacked, highlight=False, soft_wrap=True)


def print_told(console: Console, told: object) -> None:
    """Print a list of headings with their sentences, these set in and names without backticks; nothing for no list."""
    if not isinstance(told, list) or not told:
        return
    for heading, sentences in told:
        console.print(Text(heading, "bold"))
        for sentence in sentences:
            for line in prose_lines(sentence.replace("`", ""), console.width - len(STEP)):
                console.print(Text(STEP + line), soft_wrap=True)
    console.print()


def prose_lines(text: str, width: int) -> list[str]:
    """Fill lines of so many cells; Latin words break at blanks alone, Chinese at any character but its marks."""
    lines, line = [], ""
    for piece in BREAKS.findall(text):
        if line and cell_len(line) + cell_len(piece.rstrip(" ")) > width:
            lines.append(line.rstrip(" "))
            line = ""
        *whole, piece = chop_cells(piece, max(width, 1)) if cell_len(piece.rstrip(" ")) > width else [piece]
        lines += whole
        line += piece
    return [*lines, line.rstrip(" ")]


def _in_columns(
    first: str, rows: Sequence[Row], columns: Sequence[Column], widths: Sequence[int], joined: bool
) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    second = "\n" if any(column.unit for column in columns) else ""
    table.add_column(first + second, width=widths[0])
    for column, width in zip(columns, widths[1:], strict=True):
        heading = Text(column.words + second).append(column.unit, style="dim")
        table.add_column(heading, justify="right", overflow="fold", width=width)
    cells = [column.cells(joined) for column in columns]
    for place, row in enumerate(rows):
        name = Text(row.name).append(f"\nto {row.parent}" if row.parent else "", style="dim")
        table.add_row(name, *(column[place] for column in cells))
    return table


def _stacked(rows: Sequence[Row], columns: Sequence[Column], width: int) -> Iterator[Text]:
    """Lines of a table without columns: a name, then a line for each of its figures."""
    for place, row in enumerate(rows):
        yield from (Text(line) for line in filled([row.name], width))
        if row.parent:
            yield from (Text(line, style="dim") for line in filled(["to", row.parent], width, STEP))
        for column in columns:
            number = column.numbers[place]
            unit = (number.unit or column.unit) if number.value != NOT_AVAILABLE else ""
            figure = " ".join(filter(None, [number.value, unit]))
            yield from (Text(line) for line in filled([*column.words.split(), figure], width, STEP))
            if number.difference:
                unit = column.difference_unit if number.half else ""
                parts = [number.difference, " ".join(filter(None, [number.half, unit])), number.signs]
                style = "" if number.sure else "dim"
                yield from (Text(line, style) for line in filled([*filter(None, parts)], width, 2 * STEP))


def filled(pieces: Sequence[str], width: int, indent: str = "") -> list[str]:
    """Fill lines with pieces that stay whole where a line can hold them; else they break at blanks, names anywhere.

    Parameters
    ----------
    pieces : sequence of str
        Words, or figures with their unit.
    width : int
        Cells across.
    indent : str
        Goes before the first line; later ones go in one step more.
    """
    lines, line = [], indent
    for piece in _held(pieces, max(width - len(indent + STEP), 1)):
        if line.strip() and cell_len(line) + 1 + cell_len(piece) > width:
            lines.append(line)
            line = indent + STEP
        line += piece if not line.strip() else " " + piece
    return [*lines, line]


def _held(pieces: Sequence[str], room: int) -> Iterator[str]:
    """Break what no line can hold: a figure after its number and first word of unit, then words, then a long name."""
    for piece in pieces:
        if cell_len(piece) <= room:
            yield piece
            continue
        number, *unit = piece.split(" ")
        start = [f"{number} {unit[0]}"] if unit and cell_len(f"{number} {unit[0]}") <= room else [number, *unit[:1]]
        for word in [*start, *unit[1:]]:
            yield from chop_cells(word, room) if cell_len(word) > room else [word]


def to_terminal(text: str) -> None:
    """Write lines to standard output, those that the terminal cannot hold broken between words."""
    width = terminal_width()
    lines = text.removesuffix("\n").split("\n")
    sys.stdout.write("".join(f"{line}\n" for whole in lines for line in fitted(whole, width)))


def terminal_width() -> int:
    """Cells across of the terminal, or what COLUMNS says; 0, which is no limit, for a file or a pipe."""
    if not sys.stdout.isatty():
        said = os.environ.get("COLUMNS", "")
        return int(said) if said.isdecimal() else 0
    return shutil.get_terminal_size().columns


def fitted(line: str, width: int) -> list[str]:
    """Break a line between words so that no piece is wider; a word is never cut."""
    if not width or cell_len(line) <= width:
        return [line]
    start = line[: len(line) - len(line.lstrip())]
    lines, part = [], start
    for word in line.split():
        if part.strip() and cell_len(part) + 1 + cell_len(word) > width:
            lines.append(part)
            part = start + 2 * STEP
        part += word if not part.strip() else " " + word
    return [*lines, part]
