"""What a figure means, in the language of a page: label, unit, period, meaning, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from sim.figures.catalog import BEARERS, FIGURES
from sim.figures.figure import Figure
from sim.figures.naming import bearer_of, label_of
from sim.figures.own import OWN
from sim.language.words import ENGLISH, Words
from sim.reports.glossary.links import WHOLE
from sim.reports.glossary.sources import SOURCES

IN_PERCENT = ("roe",)
"""Ratios that are printed in per cent, beside shares."""


@dataclass(frozen=True)
class Entry:
    """One figure of a glossary; ``source`` is in columns of the results and the same in all languages."""

    name: str
    label: str
    unit: str
    period: str
    meaning: str
    source: str

    def told(self, say: Words) -> str:
        """Unit, period and meaning in a line; a statistic of other figures has unit and period of theirs alike."""
        key = "glossary.alike" if self.unit == self.period else "glossary.entry"
        period = {} if self.unit == self.period else {"period": self.period}
        return say(key, unit=self.unit, meaning=self.meaning[:1].upper() + self.meaning[1:], **period)


def entry_of(name: str, say: Words) -> Entry:
    """Return what a figure means.

    Raises
    ------
    KeyError
        There is no such figure.
    """
    if name in SOURCES:
        label, unit, period, meaning = (
            say(f"meaning.{name}.{part}") for part in ("label", "unit", "period", "meaning")
        )
        return Entry(name, label, unit, period, meaning, SOURCES[name])
    bare = name.removeprefix(WHOLE)
    figure = OWN.get(bare) or FIGURES[bare]
    whole = name.startswith(WHOLE)
    label = say("glossary.whole", label=_label(figure, say)) if whole else _label(figure, say)
    period = say(f"meaning_window.{'whole' if whole else figure.over}")
    return Entry(name, label, unit_of(figure, say, whole=whole), period, meaning_of(figure, say), figure.name)


def _label(figure: Figure, say: Words) -> str:
    """Return the label that is declared, or what a verdict calls a figure without one."""
    if figure.name in BEARERS:
        return say("glossary.borne", who=bearer_of(figure.name, say))
    spoken = f"figure.{figure.name}"
    if figure.called or spoken not in say:
        return label_of(figure, say)
    return say(spoken)[:1].upper() + say(spoken)[1:]


def unit_of(figure: Figure, say: Words, *, whole: bool = False) -> str:
    """Return the unit in which a figure is printed: shares in per cent, money in its currency; ``whole``: of a sum."""
    if say.language == ENGLISH:
        unit = _in_english(figure, say)
        unit = unit.removesuffix(" a month") if whole else unit
    else:
        unit = say(f"figure_unit.{figure.name}") if figure.name not in OWN else _in_english(figure, say)
        unit = unit.removesuffix(say("front_unit.month")) if whole else unit
    per_thousand = figure.kind == "count" and figure.called and not whole
    return say("glossary.per_thousand", unit=unit) if per_thousand else unit


def _in_english(figure: Figure, say: Words) -> str:
    if figure.is_share or figure.name in IN_PERCENT:
        rest = figure.unit.removeprefix("fraction ") if figure.unit.startswith("fraction ") else figure.unit
        return f"% {rest}"
    return figure.unit.replace("fen", say.currency, 1) if figure.kind == "money" else figure.unit


def meaning_of(figure: Figure, say: Words) -> str:
    """Return what a figure is, in a line: English, or a user's own, as it is declared."""
    own = say.language == ENGLISH or figure.name in OWN
    return figure.meaning if own else say(f"figure_meaning.{figure.name}")
