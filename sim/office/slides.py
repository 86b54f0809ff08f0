"""A memo as five slides: the bottom line, the scorecard, the figure, how it was made, limits and what to do next."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len

from sim.office.archive import dateless, printable
from sim.office.book import MADE
from sim.office.memo import Group, Memo, runs_of
from sim.study.store.extras import extra

WIDTH, HEIGHT, EDGE = 13.333, 7.5, 0.55
TOP, FOOT = 1.5, 0.45
"""Inches of a slide, of its edge, and of what its title and its foot take."""

NAVY, INK, MUTED = "17406D", "1C2733", "5A6672"
LATIN, EASTERN = "Calibri", "微软雅黑"
LARGEST, SMALLEST = 18.0, 9.0
"""Points of running text."""

NAMES = 0.36
"""Share of a slide's width that names of rows take in the scorecard."""

SENTENCES = 2
"""Sentences a group on the first slide; report and memo hold all."""


def slides_of(memo: Memo, picture: bytes | None) -> bytes:
    """Write a memo as five slides; the same memo gives the same bytes.

    Parameters
    ----------
    picture : bytes or None
        The figure as PNG.

    Raises
    ------
    ExtraMissing
        python-pptx comes with the extra ``office``.
    """
    deck = _Deck(memo)
    deck.words(memo.title, memo.shortened(SENTENCES), memo.facts)
    deck.table(memo.heads["score"], memo)
    deck.figure(memo.heads["figure"], picture, memo)
    deck.words(memo.heads["made"], memo.made)
    deck.words(memo.heads["limits"], [("", memo.limits)])
    return deck.content()


def size_for(groups: Sequence[Group], width: float, height: float) -> float:
    """Return the largest size of type, in half points, at which groups of sentences fit into a box of inches."""
    for half in range(round(2 * LARGEST), round(2 * SMALLEST), -1):
        size = half / 2
        signs = width * 72 / (0.5 * size)
        lines = sum((1.2 if heading else 0.0) + sum(_lines(text, signs) for text in told) for heading, told in groups)
        if lines * size * 1.25 <= height * 72:
            return size
    return SMALLEST


def _lines(text: str, signs: float) -> float:
    return -(-(cell_len(text) + 3) // signs) + 0.2


class _Deck:
    """Slides that are being written."""

    def __init__(self, memo: Memo) -> None:
        self.util = extra("pptx.util", "office")
        self.colour = extra("pptx.dml.color", "office").RGBColor.from_string
        self.made: Any = extra("pptx", "office").Presentation()
        self.made.slide_width, self.made.slide_height = self.util.Inches(WIDTH), self.util.Inches(HEIGHT)
        about = self.made.core_properties
        about.title, about.author = printable(memo.title.replace("`", ""))[:255], "CreditCycle"
        about.created = about.modified = MADE.replace(tzinfo=None)
        about.last_modified_by, about.revision = "CreditCycle", 1
        self.foot = memo.foot

    def _slide(self, title: str, below: str = "") -> Any:
        """Add a slide with a title, a line below it, and the foot."""
        slide = self.made.slides.add_slide(self.made.slide_layouts[5])
        place = slide.shapes.title
        place.left, place.top = self.util.Inches(EDGE), self.util.Inches(0.35)
        place.width, place.height = self.util.Inches(WIDTH - 2 * EDGE), self.util.Inches(0.8)
        self._write(place.text_frame, title, 24 if len(title) < 90 else 20, NAVY, bold=True)
        if below:
            self._write(self._box(slide, 1.12, 0.35), below, 12, MUTED)
        self._write(self._box(slide, HEIGHT - FOOT, 0.3), self.foot, 8, MUTED)
        return slide

    def _box(self, slide: Any, top: float, height: float) -> Any:
        inches = self.util.Inches
        frame = slide.shapes.add_textbox(inches(EDGE), inches(top), inches(WIDTH - 2 * EDGE), inches(height)).text_frame
        frame.word_wrap = True
        return frame

    def _write(self, frame: Any, text: str, size: float, colour: str, *, bold: bool = False, new: bool = False) -> None:
        """Write a paragraph; names are bold."""
        paragraph = frame.add_paragraph() if new else frame.paragraphs[0]
        paragraph.alignment = 1
        for words, is_name in runs_of(text):
            self._run(paragraph, words, size, colour, bold or is_name)

    def _run(self, paragraph: Any, words: str, size: float, colour: str, bold: bool) -> None:
        run = paragraph.add_run()
        run.text = printable(words)
        run.font.size, run.font.bold, run.font.name = self.util.Pt(size), bold, LATIN
        run.font.color.rgb = self.colour(colour)
        east = run._r.get_or_add_rPr().makeelement("{http://schemas.openxmlformats.org/drawingml/2006/main}ea", {})
        east.set("typeface", EASTERN)
        run.font._rPr.append(east)

    def words(self, title: str, groups: Sequence[Group], below: str = "") -> None:
        """Add a slide of headed sentences, as large as fits."""
        height = HEIGHT - TOP - FOOT - 0.1
        size = size_for(groups, WIDTH - 2 * EDGE, height)
        frame = self._box(self._slide(title, below), TOP, height)
        first = True
        for heading, told in groups:
            if heading:
                self._write(frame, heading, size, NAVY, bold=True, new=not first)
                first = False
            for text in told:
                self._write(frame, f"\N{BULLET} {text}", size, INK, new=not first)
                first = False

    def table(self, title: str, memo: Memo) -> None:
        """Add a slide with the scorecard."""
        slide = self._slide(title)
        if memo.grid is None:
            return
        rows = (memo.grid.heads, *memo.grid.rows)
        inches = self.util.Inches
        height = HEIGHT - TOP - FOOT - 0.4
        size = min(14.0, max(6.0, height * 72 / len(rows) / 1.6))
        made = slide.shapes.add_table(
            len(rows), len(memo.grid.heads), inches(EDGE), inches(TOP - 0.25), inches(WIDTH - 2 * EDGE),
            inches(height / len(rows)) * len(rows),
        ).table  # fmt: skip
        made.horz_banding = False
        whole, columns = inches(WIDTH - 2 * EDGE), len(memo.grid.heads)
        for spot in range(columns):
            made.columns[spot].width = int(whole * (NAMES if spot == 0 else (1 - NAMES) / max(columns - 1, 1)))
        for number, row in enumerate(rows):
            made.rows[number].height = inches(height / len(rows))
            for spot, words in enumerate(row):
                cell = made.cell(number, spot)
                cell.margin_top = cell.margin_bottom = 0
                block = len(row) == 1
                colour = "FFFFFF" if number == 0 else NAVY if block else INK
                self._write(cell.text_frame, words, size, colour, bold=number == 0 or block)
                cell.text_frame.paragraphs[0].alignment = 3 if spot else 1
            if len(row) == 1:
                made.cell(number, 0).merge(made.cell(number, len(memo.grid.heads) - 1))
        self._write(self._box(slide, HEIGHT - FOOT - 0.4, 0.3), memo.grid.note, 9, MUTED)

    def figure(self, title: str, picture: bytes | None, memo: Memo) -> None:
        """Add a slide with the figure and its caption."""
        slide = self._slide(title)
        if picture is None or memo.picture is None:
            return
        inches = self.util.Inches
        shape = slide.shapes.add_picture(io.BytesIO(picture), inches(EDGE), inches(TOP), width=inches(WIDTH - 2 * EDGE))
        room = inches(HEIGHT - TOP - FOOT - 0.6)
        if shape.height > room:
            shape.width, shape.height = int(shape.width * room / shape.height), room
        shape.left = (self.made.slide_width - shape.width) // 2
        shape._element.nvPicPr.cNvPr.set("descr", printable(memo.picture.title))
        self._write(self._box(slide, HEIGHT - FOOT - 0.45, 0.3), memo.picture.caption, 11, MUTED)

    def content(self) -> bytes:
        """Return the bytes of the file."""
        sink = io.BytesIO()
        self.made.save(sink)
        return dateless(sink.getvalue())
