"""Drawing surface: a matplotlib figure in, one accessible inline SVG element out."""

from __future__ import annotations

import html
import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unicodedata import east_asian_width

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.transforms import blended_transform_factory, offset_copy

from sim.language.words import Words
from sim.reports.drawing import style
from sim.reports.words.formats import number, wrapped

WIDTH = 5.0  # inches: on a telephone 400 pixels wide a point is a pixel and some, and paper enlarges none
ROW_HEAD = 17.5  # points from a panel to a title that stands above the name of its row
ENOUGH_FOR_QUANTILES = 10
IN_A_NOTEBOOK = 144  # pixels an inch


@dataclass(frozen=True)
class Picture:
    """One numbered figure: inline SVG, its title, what it shows for those who cannot see it, its caption.

    ``figures`` are the names of what is drawn, as the glossary of a page has them.
    """

    key: str
    title: str
    svg: str
    caption: str
    figures: tuple[str, ...] = ()


class Drawing(Figure):
    """A figure that a notebook shows where it is the value of a cell."""

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=IN_A_NOTEBOOK)
        return buffer.getvalue()


@dataclass(frozen=True)
class Band:
    """Mean path over replications with the band around it; float64[months] each, in stored units."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def months(self) -> np.ndarray:
        """Months from the policy date, int64[months]."""
        return np.arange(len(self.mean))


def mean_known(values: np.ndarray, axis: int | None = None) -> Any:
    """Return the mean of the values that are known, float64; not-a-number where none is."""
    counts = (~np.isnan(values)).sum(axis=axis)
    return np.where(counts > 0, np.nansum(values, axis=axis) / np.maximum(counts, 1), np.nan)


def band_of(paths: np.ndarray) -> Band:
    """Return the mean and the band over replications of ``paths``, float64[replications, months].

    With ten replications or more the band holds the middle 80 %, with three to nine all of them, with fewer
    there is none (``nan``).
    """
    empty = np.full(paths.shape[1], np.nan)
    if paths.size == 0:
        return Band(empty, empty, empty)
    holes = np.isnan(paths).all(axis=0)
    filled = np.where(holes, 0.0, paths)
    mean = mean_known(paths, axis=0)
    if len(paths) < 3:
        return Band(mean, empty, empty)
    edges = (0.1, 0.9) if len(paths) >= ENOUGH_FOR_QUANTILES else (0.0, 1.0)
    quantile = np.nanquantile if np.isnan(filled).any() else np.quantile  # the same, and many times as fast
    low, high = quantile(filled, edges, axis=0)
    return Band(mean, np.where(holes, np.nan, low), np.where(holes, np.nan, high))


def band_words(replications: int, say: Words) -> str:
    """Say what the band of ``band_of`` is, for captions."""
    if replications >= ENOUGH_FOR_QUANTILES:
        return say("front_figure.band", runs=replications)
    if replications >= 3:
        return say("front_figure.range", runs=replications)
    return say("front_figure.no_band")


@contextmanager
def canvas(height: float, width: float = WIDTH) -> Iterator[Drawing]:
    """Give an empty figure of ``width`` x ``height`` inches under the report's style.

    Text stays text in the SVG, and the reader's own fonts draw it: a name in signs that our font lacks is only measured
    with a stand-in, which is nothing to warn about.
    """
    with matplotlib.rc_context(style.FIGURE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from font", UserWarning)
        figure = Drawing(figsize=(width, height))
        FigureCanvasSVG(figure)
        yield figure


def grid(figure: Figure, rows: int, columns: int, **margins: float) -> np.ndarray:
    """Lay out ``rows`` x ``columns`` panels; returns an object array of Axes of that shape."""
    spaces = {
        "left": 0.1,
        "right": 0.985,
        "top": 0.93,
        "bottom": 0.08,
        "wspace": 0.12,
        "hspace": 0.35,
        **margins,
    }
    return figure.subplots(rows, columns, squeeze=False, gridspec_kw=spaces)


def to_svg(figure: Figure, key: str, title: str, description: str) -> str:
    """Return ``figure`` as inline SVG with a title and a description, without date or outside reference.

    The same figure and key give the same bytes; ids carry the key, so several figures share one page.
    """
    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": f"creditcycle-{key}"}):
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    used = set(re.findall(r"#([\w-]+)", text))
    text = re.sub(r' id="([^"]*)"', lambda found: found[0] if found[1] in used else "", text)
    text = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", text)
    text = re.sub(r"<style[^>]*>.*?</style>|<defs>\s*</defs>", "", text, flags=re.DOTALL)
    text = re.sub(r' transform="rotate\(-?0 [^"]*\)"', "", text.replace("xlink:href=", "href="))
    text = re.sub(r"font-family: [^;\"]*;?\s?|font: [^;\"]*DejaVu[^;\"]*;?\s?", "", text)
    text = _shorter(text)
    opening = (
        f'<svg role="img" aria-labelledby="{key}-title {key}-about" '
        f'viewBox="0 0 {figure.get_figwidth() * 72:g} {figure.get_figheight() * 72:g}">'
        f'<title id="{key}-title">{html.escape(title)}</title>'
        f'<desc id="{key}-about">{html.escape(description)}</desc>'
    )
    return re.sub(r"<svg[^>]*>", lambda _: opening, text, count=1).strip()


def _shorter(text: str) -> str:
    """Drop digits that no screen shows and space between elements."""
    text = re.sub(r"(?<=\d\.\d)\d+(?=[ \"\n,)])", "", text)
    return re.sub(r"\s*\n\s*", " ", text)


def name_margin(names: list[str]) -> float:
    """Return the share of the figure's width that package names, broken by `in_margin`, take on the left."""
    lines = [line for name in names for line in in_margin(name).split("\n")]
    return min(0.36, 0.03 + 0.0155 * max(map(letters, lines), default=0))


def in_margin(name: str) -> str:
    """Break a name for the left margin into at most two lines."""
    return wrapped(name, 16, 2)


def letters(name: str) -> int:
    """Width of a name in Latin letters; a Chinese sign takes two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in name)


def months_label(figure: Figure, words: str) -> None:
    """Name the horizontal axis once, at the lower right."""
    figure.text(0.985, 0.012, words, ha="right", va="bottom", color=style.MUTED, fontsize=style.SMALL)


def row_head(figure: Figure, axes: Axes, text: str, colour: str = style.MUTED) -> None:
    """Write what a row of panels shows above it, from the left edge of the figure on."""
    place = blended_transform_factory(figure.transFigure, axes.transAxes)
    above = offset_copy(place, figure, y=5.0, units="points")
    axes.text(0.0, 1.0, text, ha="left", va="bottom", color=colour, fontsize=style.SMALL, transform=above)


def in_panel(title: str, share: float, lines: int = 2) -> str:
    """Break a title into lines that go into a share of the figure's width, wide signs counted as two."""
    return wrapped(title, max(1, signs_of(share) * len(title) // max(1, letters(title))), lines)


def signs_of(share: float, size: float = style.TITLE) -> int:
    """Return how many bold letters of ``size`` points go into a share of the figure's width; at least six."""
    return max(6, int(share * WIDTH * 72 / (0.66 * size)))


def round_numbers(limits: tuple[float, float], factor: float, count: int) -> tuple[np.ndarray, list[str]]:
    """Return few round ticks within ``limits`` (stored units) and their printed labels."""
    low, high = limits[0] * factor, limits[1] * factor
    step = nice_step((high - low) / count)
    first = np.ceil(low / step - 1e-9) * step
    ticks = np.arange(first, high + step * 1e-6, step)
    decimals = max(0, -int(np.floor(np.log10(step) + 1e-9)))
    return ticks / factor, [number(float(tick), decimals) for tick in ticks]


def nice_step(rough: float) -> float:
    """Return the round step (1, 2 or 5 times a power of ten) next above ``rough``."""
    if not np.isfinite(rough) or rough <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(rough))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= rough * (1 - 1e-9)))


def limits_of(bands: list[Band], *, from_zero: bool) -> tuple[float, float]:
    """Return common limits for panels that show ``bands``, with a little air."""
    values = [np.concatenate([band.mean, band.low, band.high]) for band in bands if len(band.mean)]
    joined = np.concatenate(values) if values else np.zeros(1)
    finite = joined[np.isfinite(joined)]
    if finite.size == 0:
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    if from_zero and low >= 0:
        low = 0.0
    air = 0.06 * (high - low) or abs(high) * 0.1 or 1.0
    return low - (0.0 if low == 0.0 else air), high + air
