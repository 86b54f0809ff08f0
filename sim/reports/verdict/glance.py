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
from sim.reports.verdict.telling import Telling
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
TO = "\N{RIGHTWARDS ARROW}"


class Column:
    """A column: its figure, and the unit in which all its cells are written."""

    def __init__(self, measure: Measure, found: Sequence[Finding], say: Words) -> None:
        self.measure, self.say = measure, say
        if measure.kind == MONEY:
            largest = max(abs(one.level) for one in found) / say.fen
            size, name = next((size, name) for start, size, name in UNITS[say.language] if largest >= start)
            self.factor, self.decimals = 1.0 / (say.fen * size), 2 if largest < 10 * size else 1
            self.unit = say(f"unit.{name}", amount="").strip()
        elif measure.kind == COUNT:
            self.factor, self.decimals, self.unit = 1.0, 0, say(f"front_unit.{COUNTED.get(measure.figure, 'persons')}")
        else:
            self.factor, self.decimals, self.unit = 100.0, 1, say("glance.unit_rate")

    @property
    def head(self) -> str:
        """Name and unit."""
        name = self.say(f"glance.{self.measure.figure}")
        return self.say("front_table.head", label=name, unit=self.unit) if self.unit else name

    def text(self, value: float, *, signed: bool = False) -> str:
        """Write a change or a level in the unit of the column."""
        return number(value * self.factor, self.decimals, signed=signed)

    def says_something(self, one: Finding) -> bool:
        """Whether a change has a direction and is no rounding."""
        return bool(sign_of(one)) and any(digit in "123456789" for digit in self.text(one.difference))

    def cell(self, one: Finding | None) -> tuple[str, str]:
        """What a cell says, and its kind: better or worse for whom it concerns, or neither."""
        if one is None or not one.is_there:
            return self.say("glance.nothing"), "neither"
        if one.identical:
            return self.say("glance.same"), "neither"
        text = self.text(one.difference, signed=True)
        if one.parent_level:  # else the change is the level
            text += f" {TO} {self.text(one.level)}"
        if not self.says_something(one):
            return text, "neither"
        better = sign_of(one) * (-1 if self.measure.figure in LESS_IS_BETTER else 1)
        return text, "better" if better > 0 else "worse"


def columns(verdict: Verdict, say: Words) -> list[Column]:
    """Columns with a change in some cell: of lender, payers (the public side as one), borrowers, firms and jobs."""
    payers = [name for pair in verdict.pairs for name in pair.payers if BY_FIGURE[name].party not in PUBLIC]
    paid = [name for name in dict.fromkeys((*payers, PUBLIC_SIDE)) if BY_FIGURE[name].party in PAYERS]
    made = []
    for name in (*BEFORE, *paid, *AFTER):
        found = [one for pair in verdict.pairs for one in pair.of(name) if one.is_there]
        column = Column(BY_FIGURE[name], found, say) if found else None
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
    roots = [name for name in dict.fromkeys(pair.parent for pair in verdict.pairs) if name in meanings]
    roots = [name for name in roots if name not in {pair.arm for pair in verdict.pairs}]
    rows = [_headed(name, meanings[name], len(heads)) for name in roots]
    order = list(meanings)  # a parent before those that are built on it, as the study has them
    pairs = sorted(verdict.pairs, key=lambda pair: order.index(pair.arm) if pair.arm in order else len(order))
    rows += [row for pair in pairs for row in _rows(pair, shown, telling, meanings.get(pair.arm, ""))]
    sure = say("unit.percent", amount=f"{100 * verdict.confidence:g}")
    how_sure = say("glance.unsure") if verdict.runs < 2 else say("glance.sure", sure=sure)
    caption = f"{say('glance.caption', runs=verdict.runs)} {how_sure}"
    return table(html.escape(caption), heads, rows, kind=' class="text glance grouped"')


def _headed(name: str, told: str, width: int) -> str:
    """Return the row of a package's name and what is said of it."""
    head = f"{name_of(name)} <span>{html.escape(told)}</span>"
    return f'<tr class="measure"><th scope="rowgroup" colspan="{width}">{head}</th></tr>'


def _rows(pair: Pair, shown: Sequence[Column], telling: Telling, meaning: str) -> list[str]:
    """Return the rows of a pair: what it is, and one for each economy."""
    against = telling.say("glance.against", parent=pair.parent)
    told = telling.say("glance.meaning", against=against, meaning=meaning) if meaning else against
    rows = [_headed(pair.arm, told, 1 + len(shown))]
    for scenario in telling.scenarios:
        cells = []
        for column in shown:
            found = next((one for one in pair.of(column.measure.figure) if one.scenario == scenario), None)
            text, kind = column.cell(found)
            cells.append(f'<td class="value {kind}">{html.escape(text)}</td>')
        rows.append(
            f'<tr><th scope="row">{html.escape(scenario_title(scenario, telling.say))}</th>{"".join(cells)}</tr>'
        )
    return rows
