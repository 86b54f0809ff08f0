"""What figures are called in each language: English as they are declared, others by name in the file of texts."""

from __future__ import annotations

from sim.figures.figure import Figure
from sim.language.words import Words

SPANS = {"a year": "year", "a month": "month"}
"""How a period that belongs to the unit is declared, and the key of its words."""


def label_of(figure: Figure, say: Words) -> str:
    """Return what a figure is called in tables and on axes; one that a language has no word for keeps its own."""
    key = f"figure_label.{figure.name}"
    return say(key) if key in say else figure.label


def period_of(figure: Figure, say: Words) -> str:
    """Return what follows the printed unit, of what and over which time, as `label_of` returns the label."""
    key = f"figure_period.{figure.name}"
    return say(key) if key in say else figure.period


def bearer_of(column: str, say: Words) -> str:
    """Return who bears what a column ``loss_*`` holds."""
    return say(f"front_party.{column.removeprefix('loss_')}")


def span_of(figure: Figure, say: Words) -> str:
    """Return the words that make a unit one of a year or a month, where the period begins or ends so; else none."""
    for span, key in SPANS.items():
        if figure.period.startswith(span) or figure.period.endswith(f", {span}"):
            return say(f"front_unit.{key}")
    return ""


def headed(figure: Figure, unit: str, say: Words) -> str:
    """Return the head of a column of figures: label, unit, and the year or month that the unit is one of."""
    after = f"{unit}{span_of(figure, say)}".strip()
    return say("front_table.head", label=label_of(figure, say), unit=after) if after else label_of(figure, say)
