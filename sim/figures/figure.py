"""A figure is one declaration: what it is called, its unit and meaning, what it is computed from, how it is written."""

from __future__ import annotations

from dataclasses import dataclass

from sim.figures.formula import Absent, Formula, Month

WINDOWS = {
    "sum": "a month, mean over the window",
    "mean": "mean over the months of the window",
    "last": "at the end of the window",
    "pooled": "over the window, months by their base",
    "total": "over the whole horizon",
    "annual": "over the window, annualised",
    "ever": "at least once in the window",
    "lowest": "lowest of the window",
}
FIRST_VERSION = "0.1.0"


@dataclass(frozen=True)
class Figure:
    """One figure of a month or of a run.

    Attributes
    ----------
    unit, meaning : str
        For tables and axes.
    kind : str
        ``money`` (whole fen), ``count``, ``level`` (another whole number), ``share`` or another ``index``.
    over : str
        How months combine, see `WINDOWS`: ``sum`` for flows, ``mean`` for ratios, ``last`` for stocks, ``pooled`` for
        ratios whose base a month may lack, ``annual`` for the loss rate (twelve times net charge-offs over
        outstanding), ``total`` for what is counted once for a run.
    formula : Formula
        What it is computed from.
    base : str
        Figure by which months count in a pooled one: a month without any says nothing, and does not count as 0.
    called, span : str
        Its label and the words after its printed unit, where they are not the name and the unit. A count with a label
        of its own is printed for each 1 000 borrowers.
    since : str
        The version that it came with, as the changelog heads it.
    needs : str
        Condition on the options (`sim.engine.tables.conditions`) without which it is 0 whatever happens: an arm that
        does not fulfil it has no such figure. Empty where what it is taken from says so itself; else 0 is an answer.
    """

    name: str
    unit: str
    meaning: str
    kind: str
    over: str
    formula: Formula
    base: str = ""
    called: str = ""
    span: str = ""
    since: str = FIRST_VERSION
    needs: str = ""

    def code(self, month: Month) -> str:
        """The expression of the figure in months of the shape of one.

        Raises
        ------
        Absent
            Where the composed options cannot produce it.
        UnknownFlowError
            Where it asks for a flow that nobody declares.
        """
        if self.name in month.absent:
            raise Absent(self.name)
        if self.formula.code is not None:
            return self.formula.code(month)
        if self.name not in month.told:
            raise Absent(self.name)
        return f"told[{self.name!r}]"

    @property
    def label(self) -> str:
        """What it is called in tables and on axes."""
        return self.called or self.name.replace("_", " ").capitalize()

    @property
    def period(self) -> str:
        """What follows the printed unit: of what, and over which time."""
        return self.span or self.unit

    @property
    def window(self) -> str:
        """What span of time the figure of a run speaks for."""
        return WINDOWS[self.over]

    @property
    def is_whole(self) -> bool:
        """Whether it is stored as a whole number."""
        return self.kind in ("money", "count", "level")

    @property
    def is_share(self) -> bool:
        """Whether it is a fraction that is printed in per cent."""
        return self.kind == "share"


class FigureOfAUser(Figure):
    """A figure of a user's own."""

    @property
    def is_whole(self) -> bool:
        """Never: it is stored as a real number, money too."""
        return False


def flow(name: str, meaning: str, formula: Formula, **written: str) -> Figure:
    """Declare fen a month."""
    return Figure(name, "fen a month", meaning, "money", "sum", formula, **written)


def stock(name: str, meaning: str, formula: Formula, **written: str) -> Figure:
    """Declare fen at the end of the month."""
    return Figure(name, "fen", meaning, "money", "last", formula, **written)


def count(name: str, meaning: str, formula: Formula, unit: str = "persons a month", **written: str) -> Figure:
    """Declare a number of cases in the month."""
    return Figure(name, unit, meaning, "count", "sum", formula, **written)


def number(
    name: str, unit: str, meaning: str, formula: Formula, kind: str = "count", over: str = "last", **written: str
) -> Figure:
    """Declare a number that stands at the end of the month."""
    return Figure(name, unit, meaning, kind, over, formula, **written)


def share(name: str, unit: str, meaning: str, formula: Formula, over: str = "mean", **written: str) -> Figure:
    """Declare a fraction of the month, printed in per cent."""
    return Figure(name, unit, meaning, "share", over, formula, **written)


def index(name: str, unit: str, meaning: str, formula: Formula, **written: str) -> Figure:
    """Declare another ratio of the month, printed as it is."""
    return Figure(name, unit, meaning, "index", "mean", formula, **written)


def pooled(name: str, unit: str, meaning: str, base: str, formula: Formula, **written: str) -> Figure:
    """Declare a fraction that only months with a base speak for."""
    return Figure(name, unit, meaning, "share", "pooled", formula, base, **written)


def of_a_user(name: str, unit: str, meaning: str, over: str, formula: Formula) -> Figure:
    """Declare a figure of a user's own: money where its unit begins with fen, a share where it does with fraction."""
    for start, kind in (("fen", "money"), ("fraction", "share")):
        if unit == start or unit.startswith(f"{start} "):
            span = unit.removeprefix(start).strip() or WINDOWS[over]
            return FigureOfAUser(name, unit, meaning, kind, over, formula, span=span)
    return FigureOfAUser(name, unit, meaning, "index", over, formula)
