"""A memo as a PDF of two pages: typst sets it, smaller, then with fewer sentences, until it fits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any
from unicodedata import east_asian_width

from sim.language.words import CHINESE
from sim.office.memo import Memo, joined, runs_of
from sim.reports.drawing.memo import fonts_folder
from sim.reports.drawing.style import CHINESE_FONTS
from sim.study.store.extras import extra
from sim.study.store.files import StoreError

PAGES = 2
SIZES = (9.5, 9.0, 8.5, 8.0)
SENTENCES = (99, 4, 3, 2, 1)
"""Points of the type and sentences a group, in the order in which they are tried: all sentences at any size first."""

LATIN = "Libertinus Serif"
OF_FIGURES = "DejaVu Sans"
"""Fonts that come with typst and with matplotlib: without Chinese signs, the same pages come out on every machine."""


def pdf_of(memo: Memo) -> tuple[bytes, float, int]:
    """Set a memo on two pages.

    Returns
    -------
    tuple
        The PDF, the size of its type in points, and how many sentences a group it holds at most. The same memo gives
        the same bytes, with Chinese signs on machines with the same font.

    Raises
    ------
    StoreError
        It does not fit, however small and short.
    ExtraMissing
        typst comes with the extra ``office``.
    """
    for sentences, size in product(SENTENCES, SIZES):
        compiler = _compiler(memo, sentences, size)
        if int(json.loads(compiler.query("<pages>", field="value", one=True))) <= PAGES:
            return bytes(compiler.compile(_template(), format="pdf", timestamp=0)), size, sentences
    raise StoreError(
        f"more than {PAGES} pages at {SIZES[-1]:g} points with one sentence a heading: name fewer packages"
    )


def _compiler(memo: Memo, sentences: int, size: float) -> Any:
    picture = memo.picture
    data = {
        "title": memo.title.replace("`", ""), "title_runs": runs_of(memo.title), "facts": memo.facts,
        "found": joined(memo.shortened(sentences)), "made": joined(memo.made),
        "limits": [runs_of(text) for text in memo.limits], "heads": memo.heads, "foot": memo.foot,
        "grid": memo.grid and {"heads": memo.grid.heads, "rows": memo.grid.rows, "note": memo.grid.note},
        "figure": picture is not None, "caption": picture.caption if picture else "",
        "language": memo.language, "fonts": list(fonts_for(memo.texts)),
    }  # fmt: skip
    inputs = {"data": json.dumps(data, ensure_ascii=False), "size": f"{size:g}"}
    if picture is not None:
        inputs["figure"] = standing_alone(picture.svg)
    return _typst(_template(), inputs, bool(wide(memo.texts)))


def _template() -> bytes:
    return (files("sim.office") / "memo.typ").read_bytes()


def _typst(source: bytes, inputs: dict[str, str], system: bool) -> Any:
    """A compiler that reads the fonts of the system only where they are needed."""
    typst = extra("typst", "office")
    return typst.Compiler(source, font_paths=_fonts(system), sys_inputs=inputs)


@cache
def _fonts(system: bool) -> Any:
    typst = extra("typst", "office")
    return typst.Fonts(include_system_fonts=system, font_paths=[str(fonts_folder())])


def standing_alone(svg: str) -> str:
    """Return the inline SVG of a page as a file of its own, drawn with the font that it was measured with."""
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" font-family="{OF_FIGURES}" '
    return svg.replace("<svg ", opening, 1)


def picture_of(memo: Memo, ppi: float = 200.0) -> bytes:
    """Return the figure of a memo as PNG, for programs that draw no SVG.

    Parameters
    ----------
    ppi : float
        Pixels an inch, at a width of 170 mm.
    """
    assert memo.picture is not None
    fonts = json.dumps(list(fonts_for(memo.texts)), ensure_ascii=False)
    source = (
        "#set page(width: auto, height: auto, margin: 0pt)\n"
        f"#set text(font: json(bytes({json.dumps(fonts, ensure_ascii=False)})))\n"
        '#image(bytes(sys.inputs.figure), format: "svg", width: 170mm)\n'
    )
    inputs = {"figure": standing_alone(memo.picture.svg)}
    made = _typst(source.encode(), inputs, bool(wide(memo.texts)))
    return bytes(made.compile(source.encode(), format="png", ppi=ppi))


def wide(text: str) -> str:
    """Return the signs of a text that take two places: Chinese ones and their like."""
    return "".join(dict.fromkeys(sign for sign in text if east_asian_width(sign) in "WF"))


def fonts_for(text: str) -> Iterator[str]:
    """Yield the fonts of a text, the first choice first."""
    yield LATIN
    if wide(text):
        found = chinese_font()
        yield from (found,) if found else ()
    yield OF_FIGURES


@cache
def chinese_font() -> str:
    """Return a font of this system that has Chinese signs; empty where there is none."""
    families: Iterable[str] = _fonts(True).families()
    return next((name for name in CHINESE_FONTS if name in set(families)), "")


def missing_font(memo: Memo) -> str:
    """Say in one line that a system cannot show the signs of a memo; empty where it can."""
    if not wide(memo.texts) or chinese_font():
        return ""
    which = "its Chinese" if memo.language == CHINESE else "some of its"
    return (
        f"note: no font of this system has {which} signs, memo.pdf shows boxes in their place; install one "
        f"({CHINESE_FONTS[0]}, say), or open memo.docx"
    )
