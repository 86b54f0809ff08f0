"""Amounts, places and names as sentences hold them, in the words of one language."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from sim.figures.scales import UNITS, number
from sim.language.words import Words
from sim.reports.verdict.measures import COUNT, MONEY, RATE, Measure
from sim.reports.words.formats import listing, scenario_title
from sim.reports.words.payers import quoted


class Telling:
    """Writes figures of a verdict.

    Parameters
    ----------
    say : Words
        Texts of the language.
    scenarios : sequence of str
        Economies of the study, in its order.
    """

    def __init__(self, say: Words, scenarios: Sequence[str]) -> None:
        self.say = say
        self.scenarios = tuple(scenarios)

    def money(self, fen: Iterable[float], *, signed: bool = False) -> str:
        """Write money as one amount or a range, without signs unless they are asked for."""
        amounts = [value / self.say.fen for value in fen if math.isfinite(value)]
        largest = max(map(abs, amounts), default=0.0)
        size, unit = next((size, unit) for start, size, unit in UNITS[self.say.language] if largest >= start)
        shown = largest / size
        decimals = 0 if unit == "yuan" else decimals_of(shown)
        return self.say(f"unit.{unit}", amount=self.range([value / size for value in amounts], decimals, signed=signed))

    def percent(self, shares: Iterable[float], *, signed: bool = False) -> str:
        """Write fractions in per cent, as one figure or a range."""
        values = [100.0 * share for share in shares]
        return self.say("unit.percent", amount=self.range(values, _decimals(values), signed=signed))

    def points(self, shares: Iterable[float]) -> str:
        """Write differences of fractions in percentage points."""
        values = [100.0 * share for share in shares]
        return self.say("unit.points", amount=self.range(values, _decimals(values)))

    def range(self, values: Sequence[float], decimals: int, *, signed: bool = False) -> str:
        """Write the smallest and the largest of some values, once where they read alike."""
        known = [value if signed else abs(value) for value in values if math.isfinite(value)]
        least = 10.0**-decimals
        if known and not signed and 0.0 < max(known) < least / 2:
            return self.say("unit.under", amount=number(least, decimals))
        ends = [number(end, decimals, signed=signed) for end in (min(known), max(known))] if known else [number(None)]
        if ends[0] == ends[-1]:
            return ends[0]
        return self.say("unit.range", low=ends[0], high=ends[-1])

    def months(self, counts: Iterable[float]) -> str:
        """Write numbers of months, or of a month, as one or a range."""
        return self.range([float(count) for count in counts], 0)

    def span(self, counts: Iterable[float]) -> str:
        """Write a length in months, or a range of lengths, with their noun."""
        lengths = list(counts)
        return self.say("unit.month" if set(lengths) == {1} else "unit.months", amount=self.months(lengths))

    def when(self, months: Sequence[float]) -> str:
        """Name a month of the results, or the first and the last of some."""
        return self.say("unit.in_month" if len(set(months)) == 1 else "unit.in_months", amount=self.months(months))

    def within(self, fen: float, half: float) -> str:
        """Write money with half its interval, both in the unit of the larger."""
        largest = max(abs(fen), abs(half)) / self.say.fen
        size, unit = next((size, unit) for start, size, unit in UNITS[self.say.language] if largest >= start)
        decimals = 0 if unit == "yuan" else 2 if largest < 10 * size else 1
        ends = [number(value / self.say.fen / size, decimals) for value in (fen, half)]
        return self.say(f"unit.{unit}", amount=f"{ends[0]} \N{PLUS-MINUS SIGN} {ends[1]}")

    def amount(self, measure: Measure, values: Sequence[float]) -> str:
        """Write differences in a figure, without their signs."""
        if measure.kind == MONEY:
            return self.money(values)
        if measure.kind == RATE:
            return self.points(values)
        return self.range(values, _of_counts(values))

    def signed(self, measure: Measure, value: float) -> str:
        """Write one difference with its sign, those of rates in points and without their unit, as a table holds it."""
        if measure.kind == MONEY:
            return self.money([value], signed=True)
        shown = 100.0 * value if measure.kind == RATE else value
        return number(shown, _decimals([shown]) if measure.kind == RATE else _of_counts([shown]), signed=True)

    def level(self, measure: Measure, value: float) -> str:
        """Write a figure as it stands, with its sign."""
        if measure.kind == MONEY:
            return self.money([value], signed=True).replace("+", "")
        if measure.kind == RATE:
            return self.percent([value], signed=True).replace("+", "")
        return number(value, _of_counts([value])) if measure.kind == COUNT else number(value)

    def economy(self, name: str) -> str:
        """Name an economy; one of the user's goes by its own name."""
        key = f"economy.{name}"
        return self.say(key) if key in self.say else scenario_title(name)

    def placed(self, text: str, names: Sequence[str]) -> str:
        """Say in which economies something holds, in the order of the study; nothing more where it does in all."""
        if set(names) == set(self.scenarios):
            return text
        there = [self.economy(one) for one in self.scenarios if one in names]
        return self.say("list.placed", text=text, places=self.listing(there))

    def at(self, text: str, names: Sequence[str]) -> str:
        """Say first in which economies something holds; the text alone where it does in all."""
        if set(names) == set(self.scenarios):
            return text
        there = [self.economy(one) for one in self.scenarios if one in names]
        return self.say("list.at", text=text, places=self.listing(there))

    def figure(self, measure: Measure) -> str:
        """Name a figure."""
        return self.say(f"figure.{measure.figure}")

    def party(self, name: str) -> str:
        """Name a party."""
        return self.say(f"party.{name}")

    def package(self, name: str) -> str:
        """Name a package, marked as a name."""
        return quoted(name)

    def listing(self, items: Sequence[str]) -> str:
        """Join words as a sentence does."""
        return listing(items, self.say)

    def joined(self, items: Iterable[str]) -> str:
        """Join parts of a sentence."""
        return self.say("list.semicolon").join(items)


def decimals_of(largest: float) -> int:
    """Decimals of amounts by the largest of them, so that it has three or four figures."""
    return 2 if largest < 10 else 1 if largest < 1000 else 0


def _decimals(percents: Sequence[float]) -> int:
    """Two decimals below one per cent, one from there on."""
    return 2 if max(map(abs, percents), default=0.0) < 1.0 else 1


def _of_counts(values: Sequence[float]) -> int:
    return 1 if max(map(abs, values), default=0.0) < 100.0 else 0
