"""A memo as a Word file: its own styles, so that whoever edits it changes a style and not a paragraph."""

from __future__ import annotations

import io
from typing import Any

from sim.language.words import MARKS
from sim.office.archive import dateless, printable
from sim.office.book import MADE
from sim.office.memo import Group, Memo, runs_of
from sim.study.store.extras import extra

LATIN, EASTERN, HEADS = "Times New Roman", "宋体", "微软雅黑"
"""Fonts that Word and WPS have; the eastern ones draw Chinese signs, in running text and in headings."""

SMALLER = 0.5
"""Points by which the type is smaller than the PDF's: a word processor sets lines less tightly."""

LINE = 1.22
"""Distance of lines, in sizes of the type."""

INK, NAVY, MUTED = "1C2733", "17406D", "5A6672"
IN_TABLE = 0.82
NAMES = 0.36
"""Size of the type in the scorecard, and the share of the page's width that names of rows take there."""


def word_of(memo: Memo, picture: bytes | None, size: float, sentences: int) -> bytes:
    """Write a memo as a Word file; the same memo gives the same bytes.

    Parameters
    ----------
    picture : bytes or None
        The figure as PNG.
    size, sentences : float, int
        Points of the type and sentences a group at which the PDF fits on two pages.

    Raises
    ------
    ExtraMissing
        python-docx comes with the extra ``office``.
    """
    page = _Page(memo, size - SMALLER)
    page.add(memo.heads["kicker"], "small")
    page.add(memo.title, "title")
    page.add(memo.facts, "small")
    page.head(memo.heads["found"])
    for group in memo.shortened(sentences):
        page.group(group)
    if picture is not None and memo.picture is not None:
        page.head(memo.heads["figure"])
        page.picture(picture, memo.picture.title)
        page.add(memo.picture.caption, "small")
    if memo.grid is not None:
        page.head(memo.heads["score"])
        page.grid(memo.grid)
        page.add(memo.grid.note, "small")
    page.head(memo.heads["made"])
    for group in memo.made:
        page.group(group)
    page.head(memo.heads["limits"])
    for text in memo.limits:
        page.add(text, "bullet")
    page.foot(memo.foot)
    return page.content()


class _Page:
    """A Word document that is being written."""

    def __init__(self, memo: Memo, size: float) -> None:
        docx = extra("docx", "office")
        self.shared, self.size = extra("docx.shared", "office"), size
        self.made: Any = docx.Document()
        self._properties(memo)
        self._spoken(self.made.styles["Normal"].element.get_or_add_rPr())
        section = self.made.sections[0]
        section.page_width, section.page_height = self.shared.Mm(210), self.shared.Mm(297)
        section.left_margin = section.right_margin = self.shared.Mm(18)
        section.top_margin, section.bottom_margin = self.shared.Mm(14), self.shared.Mm(14)
        section.footer_distance = self.shared.Mm(7)
        for name, scale, colour, space, heading in (
            ("Normal", 1.0, INK, (0, 2), False),
            ("Title", 1.5, NAVY, (0, 2), True),
            ("Heading 1", 1.12, NAVY, (6, 2), True),
            ("Heading 2", 1.0, NAVY, (2, 0), True),
            ("List Bullet", 1.0, INK, (0, 1), False),
            ("Caption", 0.85, MUTED, (0, 2), False),
            ("Footer", 0.75, MUTED, (0, 0), False),
        ):
            self._style(name, scale, colour, space, heading)

    def _properties(self, memo: Memo) -> None:
        about = self.made.core_properties
        about.title, about.author, about.comments = printable(memo.title.replace("`", ""))[:255], "CreditCycle", ""
        about.created = about.modified = MADE.replace(tzinfo=None)
        about.last_modified_by, about.revision, about.language = "CreditCycle", 1, MARKS[memo.language]

    @staticmethod
    def _spoken(marks: Any) -> None:
        """Mark Chinese signs as simplified ones, which decides their shapes and where punctuation stands."""
        names = extra("docx.oxml.ns", "office")
        words = f'<w:lang {names.nsdecls("w")} w:val="en-GB" w:eastAsia="zh-CN"/>'
        marks.append(extra("docx.oxml", "office").parse_xml(words))

    def _style(self, name: str, scale: float, colour: str, space: tuple[int, int], heading: bool) -> None:
        style = self.made.styles[name]
        style.font.size = self.shared.Pt(round(self.size * scale * 2) / 2)
        style.font.name, style.font.bold, style.font.italic = LATIN, heading, False
        style.font.color.rgb = self.shared.RGBColor.from_string(colour)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in list(fonts.attrib):
            if key.endswith("Theme"):
                del fonts.attrib[key]
        self._east(fonts, HEADS if heading else EASTERN)
        shape = style.paragraph_format
        shape.space_before, shape.space_after = (self.shared.Pt(points) for points in space)
        # An exact distance, so that a font with taller lines (Chinese ones) takes no more room.
        shape.line_spacing, shape.keep_with_next = self.shared.Pt(round(self.size * scale * LINE, 1)), heading
        if name == "List Bullet":
            shape.left_indent, shape.first_line_indent = self.shared.Mm(4), self.shared.Mm(-4)
        if name == "Title":
            for border in style.element.xpath(".//w:pBdr"):
                border.getparent().remove(border)

    @staticmethod
    def _east(fonts: Any, name: str) -> None:
        qn = extra("docx.oxml.ns", "office").qn
        for key, font in (("w:ascii", LATIN), ("w:hAnsi", LATIN), ("w:eastAsia", name)):
            fonts.set(qn(key), font)

    def add(self, text: str, kind: str = "plain", lead: str = "") -> None:
        """Add a paragraph; names are bold, and ``lead`` goes before it."""
        styles = {"title": "Title", "small": "Caption", "bullet": "List Bullet", "plain": "Normal"}
        paragraph = self.made.add_paragraph(style=styles[kind])
        if lead:
            run = paragraph.add_run(f"{printable(lead)}  ")
            run.bold, run.font.color.rgb = True, self.shared.RGBColor.from_string(NAVY)
        self._fill(paragraph, text)

    @staticmethod
    def _fill(paragraph: Any, text: str) -> None:
        for words, is_name in runs_of(text):
            paragraph.add_run(printable(words)).bold = True if is_name else None

    def head(self, text: str) -> None:
        """Add a heading of a part."""
        self.made.add_heading(printable(text), level=1)

    def group(self, group: Group) -> None:
        """Add the sentences of a group: one beside its heading, several as a list below it."""
        heading, told = group
        if heading and len(told) == 1:
            self.add(told[0], lead=heading)
            return
        if heading:
            self.made.add_heading(printable(heading), level=2)
        for text in told:
            self.add(text, "bullet")

    def grid(self, grid: Any) -> None:
        """Add the scorecard; its heads come again where it goes on on another page."""
        columns = len(grid.heads)
        table = self.made.add_table(rows=0, cols=columns)
        table.autofit = False
        self._narrow(table)
        whole = self.made.sections[0].page_width - 2 * self.made.sections[0].left_margin
        first = int(whole * NAMES)
        for spot, column in enumerate(table.columns):
            column.width = first if spot == 0 else (whole - first) // max(columns - 1, 1)
        widths = [first] + [(whole - first) // max(columns - 1, 1)] * (columns - 1)
        for number, row in enumerate((grid.heads, *grid.rows)):
            cells = table.add_row().cells
            if len(row) == 1:
                cells = [cells[0].merge(cells[-1])]
            for spot, (cell, words) in enumerate(zip(cells, row, strict=True)):
                cell.width = widths[spot] if len(row) > 1 else whole
                self._cell(cell, words, bold=number == 0 or len(row) == 1, right=spot > 0, block=len(row) == 1)
        if table.rows:
            self._repeated(table.rows[0])

    def _cell(self, cell: Any, words: str, *, bold: bool, right: bool, block: bool) -> None:
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = self.shared.Pt(0)
        paragraph.paragraph_format.space_before = self.shared.Pt(2 if block else 0)
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.line_spacing = self.shared.Pt(round(self.size * IN_TABLE * LINE, 1))
        paragraph.alignment = 2 if right else 0
        run = paragraph.add_run(printable(words))
        run.bold, run.font.size = bold, self.shared.Pt(round(self.size * IN_TABLE * 2) / 2)
        if block:
            run.font.color.rgb = self.shared.RGBColor.from_string(NAVY)

    @staticmethod
    def _narrow(table: Any) -> None:
        """Leave two points between the text of a cell and its edges."""
        names, xml = extra("docx.oxml.ns", "office"), extra("docx.oxml", "office")
        sides = "".join(f'<w:{side} w:w="40" w:type="dxa"/>' for side in ("left", "right"))
        table._tbl.tblPr.append(xml.parse_xml(f"<w:tblCellMar {names.nsdecls('w')}>{sides}</w:tblCellMar>"))

    @staticmethod
    def _repeated(row: Any) -> None:
        xml = extra("docx.oxml", "office")
        names = extra("docx.oxml.ns", "office")
        marks = row._tr.get_or_add_trPr()
        marks.append(xml.parse_xml(f"<w:tblHeader {names.nsdecls('w')}/>"))

    def picture(self, content: bytes, title: str) -> None:
        """Add the figure at the width of the page, with its title for those who cannot see it."""
        section = self.made.sections[0]
        width = section.page_width - section.left_margin - section.right_margin
        paragraph = self.made.add_paragraph(style="Normal")
        paragraph.paragraph_format.keep_with_next, paragraph.paragraph_format.line_spacing = True, 1.0
        shape = paragraph.add_run().add_picture(io.BytesIO(content), width=width)
        shape._inline.docPr.set("descr", printable(title))

    def foot(self, text: str) -> None:
        """Write the line at the foot of every page."""
        self.made.sections[0].footer.paragraphs[0].add_run(printable(text))

    def content(self) -> bytes:
        """Return the bytes of the file."""
        sink = io.BytesIO()
        self.made.save(sink)
        return dateless(sink.getvalue())
