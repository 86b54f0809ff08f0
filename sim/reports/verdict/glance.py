"""The verdict at a glance: what each package changes against its parent, by economy, a column for whom it concerns."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from sim.figures.scales import UNITS, number
from sim.language.words import Words
from sim.reports.chapters.tables import name_of, table
from sim.reports.glossary.links import figured
from sim.reports.verdict.differing import sign_of
from sim.reports.verdict.measures import BY_FIGURE, COUNT, MONEY, PAYERS, PUBLIC, Measure
from sim.reports.verdict.sentences import PUBLIC_SIDE
from sim.reports.verdict.short import matters, public_payers
from sim.reports.verdict.telling import Telling, decimals_of
from sim.reports.verdict.verdict import Finding, Pair, Verdict
from sim.reports.words.formats import scenario_title

BEFORE, AFTER = (
    ("lender_profit",),
    ("approval_rate", "defaults_caused_by_closing", "firm_failures", "staff"),
)
"""Figures before and after those of whoever else pays."""
LESS_IS_BETTER = ("defaults_caused_by_closing", "firm_failures")
COUNTED = {"firm_failures": "firms"}
"""What is counted where it is not persons."""


class Column:
    """A column: its figure, and the unit in which all its cells are written."""

    def __init__(self, measure: Measure, found: Sequence[Finding], say: Words, named: str = "") -> None:
        self.measure, self.say, self.named = measure, say, named or measure.figure
        if measure.kind == MONEY:
            largest = max(abs(one.level) for one in found) / say.fen
            size, name = next((size, name) for start, size, name in UNITS[say.language] if largest >= start)
            self.factor, self.decimals = 1.0 / (say.fen * size), decimals_of(largest / size)
            self.unit = say(f"unit.{name}", amount="").strip()
        elif measure.kind == COUNT:
            self.factor, self.decimals, self.unit = 1.0, 0, say(f"front_unit.{COUNTED.get(measure.figure, 'persons')}")
        else:
            self.factor, self.decimals, self.unit = 100.0, 1, say("glance.unit_rate")

    @property
    def head(self) -> str:
        """Name and unit."""
        name = self.say(f"glance.{self.named}")
        return self.say("front_table.head", label=name, unit=self.unit) if self.unit else name

    def text(self, value: float, *, signed: bool = False) -> str:
        """Write a change or a level in the unit of the column."""
        return number(value * self.factor, self.decimals, signed=signed)

    def says_something(self, one: Finding) -> bool:
        """Whether a change has a direction, matters, and is no rounding."""
        return bool(sign_of(one)) and matters(one) and any(digit in "123456789" for digit in self.text(one.difference))

    def base(self, one: Finding | None) -> str:
        """Write the level of the package that a finding is set against; a mark where there is none of it."""
        return self.text(one.parent_level) if one and one.parent_level else self.say("glance.nothing")

    def cell(self, one: Finding | None) -> tuple[str, str]:
        """What a cell says, and its kind: better or worse for whom it concerns, or neither."""
        if one is None or not one.is_there:
            return self.say("glance.nothing"), "neither"
        if one.identical:
            return self.say("glance.same"), "neither"
        text = f"{self.text(one.level)} ({self.text(one.difference, signed=True)})"
        if not self.says_something(one):
            return text, "neither"
        better = sign_of(one) * (-1 if self.measure.figure in LESS_IS_BETTER else 1)
        return text, "better" if better > 0 else "worse"


def columns(verdict: Verdict, say: Words) -> list[Column]:
    """Columns with a change in some cell: of lender, payers (the public side as one), borrowers, firms and jobs."""
    payers = [name for pair in verdict.pairs for name in pair.payers if BY_FIGURE[name].party not in PUBLIC]
    paid = [name for name in dict.fromkeys((*payers, PUBLIC_SIDE)) if BY_FIGURE[name].party in PAYERS]
    public = public_payers(verdict.pairs)
    made = []
    for name in (*BEFORE, *paid, *AFTER):
        found = [one for pair in verdict.pairs for one in pair.of(name) if one.is_there]
        only = public[0] if name == PUBLIC_SIDE and len(public) == 1 else ""
        column = Column(BY_FIGURE[name], found, say, only) if found else None
        if column and any(column.says_something(one) for one in found):
            made.append(column)
    return made


def glance_table(verdict: Verdict, say: Words, meanings: Mapping[str, str]) -> str:
    """Return the grid as HTML; empty where no package has a parent, or nothing differs.

    Parameters
    ----------
    meanings : mapping
        What a package is, in a sentence, by its name; those that are not told are not explained.
    """
    shown = columns(verdict, say)
    if not shown:
        return ""
    telling = Telling(say, verdict.scenarios)
    heads = [
        html.escape(say("glance.package")),
        *(figured(column.measure.entry, html.escape(column.head)) for column in shown),
    ]
    rows = []
    for name in verdict.arms:
        pair = next((pair for pair in verdict.pairs if pair.arm == name), None)
        based = [one for one in verdict.pairs if one.parent == name]
        if pair:
            rows += [_headed(name, _told(pair, telling, meanings), len(heads)), *_rows(pair, shown, telling)]
        elif based:
            rows += [_headed(name, meanings.get(name, ""), len(heads)), *_base(based, shown, telling)]
    sure, chance = (say("unit.percent", amount=f"{100 * share:g}") for share in _shares(verdict.confidence))
    how_sure = say("glance.unsure") if verdict.runs < 2 else say("glance.sure", sure=sure, chance=chance)
    caption = f"{say('glance.caption', runs=verdict.runs, lengths=_lengths(verdict, telling))} {how_sure}"
    return table(html.escape(caption), heads, rows, kind=' class="text glance grouped"')


def _headed(name: str, told: str, width: int) -> str:
    """Return the row of a package's name and what is said of it."""
    head = f"{name_of(name)} <span>{html.escape(told)}</span>"
    return f'<tr class="measure"><th scope="rowgroup" colspan="{width}">{head}</th></tr>'


def _shares(confidence: float) -> tuple[float, float]:
    return confidence, round(1.0 - confidence, 6)


def _lengths(verdict: Verdict, telling: Telling) -> str:
    """How many months each economy has, once where all have as many."""
    spans = {name: telling.span([months]) for name, months in verdict.months.items()}
    if len(set(spans.values())) == 1:
        return next(iter(spans.values()))
    titles = {name: scenario_title(name, telling.say) for name in spans}
    named = [telling.say("glance.length", economy=titles[name], span=span) for name, span in spans.items()]
    return telling.say("list.comma").join(named)


def _told(pair: Pair, telling: Telling, meanings: Mapping[str, str]) -> str:
    """What a package is set against, and what it is."""
    against, meaning = telling.say("glance.against", parent=pair.parent), meanings.get(pair.arm, "")
    return telling.say("glance.meaning", against=against, meaning=meaning) if meaning else against


def _rows(pair: Pair, shown: Sequence[Column], telling: Telling) -> list[str]:
    """Return a row for each economy of a pair: levels, and changes in brackets."""
    return [_row(scenario, [column.cell(_there(pair, column, scenario)) for column in shown], telling)
            for scenario in telling.scenarios]  # fmt: skip


def _base(based: Sequence[Pair], shown: Sequence[Column], telling: Telling) -> list[str]:
    """Return a row for each economy of a package that others are set against: levels alone."""
    rows = []
    for scenario in telling.scenarios:
        those = [[one for pair in based if (one := _there(pair, column, scenario))] for column in shown]
        levels = [(column, found[0] if found else None) for column, found in zip(shown, those, strict=True)]
        rows.append(_row(scenario, [(column.base(one), "neither") for column, one in levels], telling))
    return rows


def _there(pair: Pair, column: Column, scenario: str) -> Finding | None:
    return next((one for one in pair.of(column.measure.figure) if one.scenario == scenario), None)


def _row(scenario: str, cells: Sequence[tuple[str, str]], telling: Telling) -> str:
    inner = "".join(f'<td class="value {kind}">{html.escape(text)}</td>' for text, kind in cells)
    return f'<tr><th scope="row">{html.escape(scenario_title(scenario, telling.say))}</th>{inner}</tr>'
