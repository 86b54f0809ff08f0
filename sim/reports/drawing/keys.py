"""Keys of figures: names beside swatches or markers along the top, in as many lines as they need."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from sim.reports.drawing import style
from sim.reports.drawing.figures import letters

LINE = 0.17  # inches
SWATCH, SIGN, GAP = 0.034, 0.0148, 0.03
"""Shares of the figure's width: a swatch with its distance, a letter, the space between two entries."""


def laid_out(labels: Sequence[str]) -> list[tuple[float, int]]:
    """Return where each entry begins, as a share of the figure's width, and in which line."""
    found, left, line = [], 0.0, 0
    for label in labels:
        width = SWATCH + SIGN * letters(label)
        if left and left + width > 1.0:
            left, line = 0.0, line + 1
        found.append((left, line))
        left += width + GAP
    return found


def key_height(labels: Sequence[str]) -> float:
    """Return the height of a key in inches."""
    return LINE * (1 + max((line for _, line in laid_out(labels)), default=-1))


def swatch_key(figure: Figure, entries: Sequence[tuple[str, str]]) -> None:
    """Write names beside swatches of their colours along the top."""
    height = figure.get_figheight()
    for (name, colour), (left, line) in zip(entries, laid_out([name for name, _ in entries]), strict=True):
        middle = 1 - (0.09 + LINE * line) / height
        box = Rectangle((left, middle - 0.05 / height), 0.024, 0.1 / height, color=colour, transform=figure.transFigure)
        figure.patches.append(box)
        figure.text(left + SWATCH, middle, name, va="center", fontsize=style.SMALL, color=style.INK)


def marker_key(figure: Figure, labels: Sequence[str]) -> None:
    """Write the names of groups beside their markers along the top."""
    height = figure.get_figheight()
    for label, (left, line), (colour, marker) in zip(labels, laid_out(labels), style.GROUP_STYLES, strict=False):
        middle = 1 - (0.09 + LINE * line) / height
        dot = Line2D([left + 0.014], [middle], marker=marker, color=colour, markersize=4.5, linestyle="none")
        dot.set_transform(figure.transFigure)
        figure.add_artist(dot)
        figure.text(left + SWATCH, middle, label, va="center", fontsize=style.SMALL)
