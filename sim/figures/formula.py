"""How a figure follows from a month: sums and ratios of what was tallied, written once, as text and as function."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from numpy.typing import NDArray

from sim.loan.postings import FIRM, check_declared
from sim.loan.ratios import ratio

Held = TypeVar("Held")


class Absent(Exception):
    """The options that were composed have nothing that this figure could be taken from."""


@dataclass(frozen=True)
class Month:
    """What figures are taken from: flows, histograms, and what parts of the model tell by the figure's own name."""

    flows: Mapping[str, int]
    bins: Mapping[str, NDArray[Any]]
    told: Mapping[str, float]

    def flow(self, name: str) -> int:
        """A flow of the month; an undeclared name is refused."""
        return int(_held(self.flows, name))

    def bin(self, name: str) -> list[int]:
        """A histogram of the month; an undeclared name is refused."""
        if name not in self._lists:
            self._lists[name] = _held(self.bins, name).tolist()
        return self._lists[name]

    @functools.cached_property
    def _lists(self) -> dict[str, list[int]]:
        return {}  # short ones, of which many figures take a part: lists are quicker

    def of_both(self, name: str, take: Callable[[str], Any]) -> Any:
        """Sum over persons and firms, as far as either is there."""
        held = [one for one in (name, FIRM + name) if one in self.flows or one in self.bins]
        return sum(map(take, held)) if held else take(name)

    @property
    def shape(self) -> frozenset[str]:
        """What there is to take figures from: two months of one shape have the same figures."""
        return frozenset((*self.flows, *self.told, *(f"{name}[{len(bins)}]" for name, bins in self.bins.items())))


def _held(by_name: Mapping[str, Held], name: str) -> Held:
    if name in by_name:
        return by_name[name]
    check_declared(name)
    raise Absent(name)


@dataclass(frozen=True)
class Formula:
    """A number of the month: in words, and as a function; sums, differences, multiples and ratios are formulas too.

    ``of`` is left out for what a part of the model tells under the figure's own name.
    """

    text: str
    of: Callable[[Month], Any] | None = None
    is_sum: bool = False

    def __call__(self, month: Month) -> Any:
        """The number in this month."""
        return self.term(month)

    @property
    def term(self) -> Callable[[Month], Any]:
        """The function, as part of another one."""
        assert self.of is not None
        return self.of

    @property
    def factor(self) -> str:
        """The text as part of a product."""
        return f"({self.text})" if self.is_sum else self.text

    def __add__(self, other: Formula) -> Formula:
        one, two = self.term, other.term
        return Formula(f"{self.text} + {other.text}", lambda month: one(month) + two(month), True)

    def __sub__(self, other: Formula) -> Formula:
        one, two = self.term, other.term
        return Formula(f"{self.text} - {other.factor}", lambda month: one(month) - two(month), True)

    def __truediv__(self, other: Formula) -> Formula:
        """Ratio; 0 where the other is 0."""
        one, two = self.term, other.term
        return Formula(f"{self.factor} / {other.factor}", lambda month: ratio(one(month), two(month)))

    def __rmul__(self, times: float) -> Formula:
        one = self.term
        return Formula(f"{times:g} * {self.factor}", lambda month: times * one(month))


def told(text: str) -> Formula:
    """What a part of the model tells by the figure's own name."""
    return Formula(text)


def tally(name: str) -> Formula:
    """One flow, of persons or (``firm.``) of firms."""
    return Formula(name, lambda month: int(_held(month.flows, name)))


def both(name: str) -> Formula:
    """One flow over persons and firms."""
    return Formula(f"{name} + {FIRM}{name}", lambda month: month.of_both(name, month.flow), True)


def booked(name: str, *where: str) -> Formula:
    """A flow that a step books when it happens; there where the month tallies one of ``where``."""

    def of(month: Month) -> int:
        for one in (name, *where):
            check_declared(one)
        if not any(FIRM * of_firms + one in month.flows for one in where for of_firms in (0, 1)):
            raise Absent(name)
        return month.flows[name]

    return Formula(name, of)


def if_any(formula: Formula) -> Formula:
    """A term that is nothing where the composed options have no such thing."""
    term = formula.term

    def of(month: Month) -> Any:
        try:
            return term(month)
        except Absent:
            return 0

    return Formula(formula.text, of, formula.is_sum)


def entries(name: str, first: int = 0, stop: int | None = None) -> Formula:
    """Sum of a histogram, or of a stretch of it."""
    return Formula(_stretch(name, first, stop), lambda month: int(sum(month.bin(name)[first:stop])))


def entries_of_both(name: str, first: int = 0, stop: int | None = None) -> Formula:
    """The same over persons and firms."""
    return Formula(
        f"{_stretch(name, first, stop)} + {FIRM}{_stretch(name, first, stop)}",
        lambda month: int(month.of_both(name, lambda one: sum(month.bin(one)[first:stop]))),
        True,
    )


def _stretch(name: str, first: int, stop: int | None) -> str:
    if stop is not None and stop == first + 1:
        return f"{name}[{first}]"
    return f"{name}[{first}:{'' if stop is None else stop}]" if first or stop is not None else name


def entry(name: str, place: int) -> Formula:
    """One place of a histogram; absent where it has fewer."""

    def of(month: Month) -> int:
        amounts = month.bin(name)
        if place >= len(amounts):
            raise Absent(name)
        return int(amounts[place])

    return Formula(f"{name}[{place}]", of)
