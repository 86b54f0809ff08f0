"""How a figure follows from a month: sums and ratios of what was tallied, written once, as text and as an expression.

Two months of one shape have the same figures. So the expressions are put together once for a shape, with what it has,
and all figures of a month are taken by one function.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from sim.loan.postings import FIRM, check_declared
from sim.loan.ratios import ratio

ASKED: set[str] = set()
"""Flows and histograms on whose presence a formula depends; what else a month holds says nothing of its figures."""


TERM = re.compile(r"int\((?:flows\['[^']+'\]|bins\['[^']+'\]\[\d+\]|sum\(bins\['[^']+'\]\[\d+:\d*\]\))\)")
"""What expressions take of a month, as `_flow` and `_stretch` write it."""


class Absent(Exception):
    """The options that were composed have nothing that this figure could be taken from."""


class Lists(dict[str, list[int]]):
    """Histograms as lists, made when they are asked for: many figures take a part of a short one."""

    def __init__(self, bins: Mapping[str, NDArray[Any]]) -> None:
        super().__init__()
        self._bins = bins

    def __missing__(self, name: str) -> list[int]:
        self[name] = self._bins[name].tolist()
        return self[name]


@dataclass(frozen=True)
class Month:
    """What figures are taken from: flows, histograms, and what parts of the model tell by the figure's own name.

    ``absent`` names figures that the options leave nothing but 0.
    """

    flows: Mapping[str, int]
    bins: Mapping[str, NDArray[Any]]
    told: Mapping[str, float]
    absent: frozenset[str] = frozenset()

    @property
    def shape(self) -> tuple[Any, ...]:
        """What there is to take figures from: flows, histograms with their lengths, what is told, what is absent."""
        known = len(ASKED)
        bins = in_order(asked_of(tuple(self.bins), known))
        lengths = tuple([len(self.bins[name]) for name in bins])
        return asked_of(tuple(self.flows), known), bins, lengths, all_of(tuple(self.told)), self.absent

    def take(self, figures: Callable[..., Any]) -> Any:
        """Evaluate what `compiled` made for months of this shape."""
        return figures(self.flows, Lists(self.bins), self.told)


@functools.lru_cache(maxsize=64)  # a month books in the order of the one before, or nearly so
def asked_of(names: tuple[str, ...], _known: int) -> frozenset[str]:
    """Which of some flows or histograms the formulas ask for, of which so many are known by now."""
    return frozenset(filter(ASKED.__contains__, names))


@functools.lru_cache(maxsize=64)
def in_order(names: frozenset[str]) -> tuple[str, ...]:
    """Names in the order of the alphabet: a set's own is another in each set."""
    return tuple(sorted(names))


@functools.lru_cache(maxsize=64)
def all_of(names: tuple[str, ...]) -> frozenset[str]:
    """The set of some names."""
    return frozenset(names)


def compiled(expression: str) -> Callable[..., Any]:
    """A function of flows, histograms and told figures from an expression of them; each is taken once."""
    names = {term: f"_{number}" for number, term in enumerate(dict.fromkeys(TERM.findall(expression)))}
    lines = [f"    {name} = {term}\n" for term, name in names.items()]
    body = TERM.sub(lambda found: names[found[0]], expression)
    space: dict[str, Any] = {"ratio": ratio}
    exec(f"def take(flows, bins, told):\n{''.join(lines)}    return {body}\n", space)
    function: Callable[..., Any] = space["take"]
    return function


@dataclass(frozen=True)
class Formula:
    """A number of the month: in words, and as an expression; sums, differences, multiples and ratios are formulas too.

    ``code`` gives the expression for months of the shape of one, and raises `Absent` where there is nothing to take;
    it is left out for what a part of the model tells under the figure's own name.
    """

    text: str
    code: Callable[[Month], str] | None = None
    is_sum: bool = False

    def __call__(self, month: Month) -> Any:
        """The number in this month."""
        return month.take(compiled(self.part(month)))

    def part(self, month: Month) -> str:
        """The expression, as part of another one."""
        assert self.code is not None
        return f"({self.code(month)})"

    @property
    def factor(self) -> str:
        """The text as part of a product."""
        return f"({self.text})" if self.is_sum else self.text

    def __add__(self, other: Formula) -> Formula:
        text = f"{self.text} + {other.text}"
        return Formula(text, lambda month: f"{self.part(month)} + {other.part(month)}", True)

    def __sub__(self, other: Formula) -> Formula:
        text = f"{self.text} - {other.factor}"
        return Formula(text, lambda month: f"{self.part(month)} - {other.part(month)}", True)

    def __truediv__(self, other: Formula) -> Formula:
        """Ratio; 0 where the other is 0."""
        text = f"{self.factor} / {other.factor}"
        return Formula(text, lambda month: f"ratio({self.part(month)}, {other.part(month)})")

    def __rmul__(self, times: float) -> Formula:
        return Formula(f"{times:g} * {self.factor}", lambda month: f"{times!r} * {self.part(month)}")


def told(text: str) -> Formula:
    """What a part of the model tells by the figure's own name."""
    return Formula(text)


def figure_told(name: str) -> Formula:
    """What a part of the model tells by another figure's name."""

    def code(month: Month) -> str:
        if name not in month.told:
            raise Absent(name)
        return f"int(told[{name!r}])"

    return Formula(name, code)


def tally(name: str) -> Formula:
    """One flow, of persons or (``firm.``) of firms."""
    ASKED.add(name)
    return Formula(name, lambda month: _of(name, month.flows, _flow))


def both(name: str) -> Formula:
    """One flow over persons and firms, as far as either is there."""
    ASKED.update((name, FIRM + name))
    return Formula(f"{name} + {FIRM}{name}", lambda month: _of_both(name, month.flows, _flow), True)


def booked(name: str, *where: str) -> Formula:
    """A flow that a step books when it happens; there where the month tallies one of ``where``."""
    ASKED.update(FIRM * of_firms + one for one in where for of_firms in (0, 1))

    def code(month: Month) -> str:
        for one in (name, *where):
            check_declared(one)
        if not any(FIRM * of_firms + one in month.flows for one in where for of_firms in (0, 1)):
            raise Absent(name)
        return f"flows[{name!r}]"

    return Formula(name, code)


def if_any(formula: Formula) -> Formula:
    """A term that is nothing where the composed options have no such thing."""

    def code(month: Month) -> str:
        try:
            return formula.part(month)
        except Absent:
            return "0"

    return Formula(formula.text, code, formula.is_sum)


def entries(name: str, first: int = 0, stop: int | None = None) -> Formula:
    """Sum of a histogram, or of a stretch of it."""
    ASKED.add(name)
    take = _stretch(first, stop)
    return Formula(_words(name, first, stop), lambda month: _of(name, month.bins, take))


def entries_of_both(name: str, first: int = 0, stop: int | None = None) -> Formula:
    """The same over persons and firms, as far as either is there."""
    ASKED.update((name, FIRM + name))
    text = f"{_words(name, first, stop)} + {FIRM}{_words(name, first, stop)}"
    take = _stretch(first, stop)
    return Formula(text, lambda month: _of_both(name, month.bins, take), True)


def entry(name: str, place: int) -> Formula:
    """One place of a histogram; absent where it has fewer."""
    ASKED.add(name)

    def code(month: Month) -> str:
        found = _of(name, month.bins, lambda one: f"int(bins[{one!r}][{place}])")
        if place >= len(month.bins[name]):
            raise Absent(name)
        return found

    return Formula(f"{name}[{place}]", code)


def _flow(name: str) -> str:
    return f"int(flows[{name!r}])"


def _stretch(first: int, stop: int | None) -> Callable[[str], str]:
    if stop is not None and stop == first + 1:
        return lambda name: f"int(bins[{name!r}][{first}])"
    return lambda name: f"int(sum(bins[{name!r}][{first}:{'' if stop is None else stop}]))"


def _words(name: str, first: int, stop: int | None) -> str:
    if stop is not None and stop == first + 1:
        return f"{name}[{first}]"
    return f"{name}[{first}:{'' if stop is None else stop}]" if first or stop is not None else name


def _of(name: str, held: Container[str], take: Callable[[str], str]) -> str:
    check_declared(name)
    if name not in held:
        raise Absent(name)
    return take(name)


def _of_both(name: str, held: Container[str], take: Callable[[str], str]) -> str:
    there = [one for one in (name, FIRM + name) if one in held]
    return " + ".join(map(take, there)) if there else _of(name, held, take)
