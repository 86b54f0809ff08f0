"""Tables whose columns are worked out from the monthly results, and left out where nothing happened."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.reports.chapters.tables import cell, group_heading, months_of, row, table
from sim.reports.drawing.figures import mean_known
from sim.reports.folder import Study
from sim.reports.glossary.links import figured, of_head
from sim.reports.words.formats import number, percent, scenario_title

YEARLY = "yearly"
"""Unit of what `yearly` counts."""

Value = Callable[[Study, str, str], float]


@dataclass(frozen=True)
class Column:
    """One column: the key of its head, what it holds for a scenario and a package, and how that is written.

    ``blanks`` are those of the head, ``entry`` what the glossary calls it where the head does not say so,
    ``unit`` the name of the words of a unit that the head lacks.
    """

    head: str
    value: Value
    show: Callable[[float], str]
    blanks: Mapping[str, str] = field(default_factory=dict)
    entry: str = ""
    unit: str = ""

    def told(self, study: Study) -> str:
        """Return the head with its unit, as a link to what the column shows."""
        say, key = study.say, self.unit
        label = say(self.head, **self.blanks)
        if key == YEARLY and not study.borrowers:
            key = "yearly_in_run"
        text = say("front_table.head", label=label, unit=say(f"front_unit.{key}")) if key else label
        return figured(self.entry or of_head(self.head), text)


def yearly(*names: str) -> Value:
    """Counts a year per 1 000 borrowers (in a run where their number is unknown), summed over some metrics."""

    def value(study: Study, scenario: str, arm: str) -> float:
        found = [study.paths(scenario, arm, name) for name in names]
        cells = max((paths.size for paths in found), default=0)
        total = sum(float(np.nansum(paths)) for paths in found)
        per = 1000 / study.borrowers if study.borrowers else 1.0
        return 12 * per * total / cells if cells else math.nan

    return value


def mean(name: str, factor: float = 1.0) -> Value:
    """Mean over months and replications."""

    def value(study: Study, scenario: str, arm: str) -> float:
        paths = study.paths(scenario, arm, name)
        return factor * float(mean_known(paths)) if paths.size else math.nan

    return value


def amount(name: str) -> Value:
    """Mean over months and replications of money, in the currency that the study is told in."""
    return lambda study, scenario, arm: 1.0 / study.say.fen * mean(name)(study, scenario, arm)


def last(name: str, factor: float = 1.0) -> Value:
    """Mean over replications of the last month; for figures that stand until they are judged anew."""

    def value(study: Study, scenario: str, arm: str) -> float:
        paths = study.paths(scenario, arm, name)
        return factor * float(mean_known(paths[:, -1])) if paths.size else math.nan

    return value


def ratio(top: str, bottom: str) -> Value:
    """One sum over another, over all months and replications; ``nan`` where the other is 0."""

    def value(study: Study, scenario: str, arm: str) -> float:
        whole = float(np.nansum(study.paths(scenario, arm, bottom)))
        return float(np.nansum(study.paths(scenario, arm, top))) / whole if whole else math.nan

    return value


def weighted(name: str, weight: str) -> Value:
    """Mean over months, each counted by another metric."""

    def value(study: Study, scenario: str, arm: str) -> float:
        values, weights = (study.paths(scenario, arm, one) for one in (name, weight))
        if values.shape != weights.shape or not np.nansum(weights):
            return math.nan
        known = np.isfinite(values) & (weights > 0)
        return float(np.average(values[known], weights=weights[known])) if known.any() else math.nan

    return value


def digits(decimals: int) -> Callable[[float], str]:
    """Write with so many decimals."""
    return lambda value: number(value, decimals)


def share(decimals: int = 1) -> Callable[[float], str]:
    """Write a fraction in per cent."""
    return lambda value: percent(value, decimals)


def columns_table(study: Study, columns: Sequence[Column], key: str, scenarios: Sequence[str] = ()) -> str | None:
    """Return a table by scenario and package, without columns that hold nothing anywhere; None without any.

    ``key`` is that of the caption.
    """
    say = study.say
    places = list(scenarios or study.scenarios)
    values = {
        (place, scenario, arm.name): column.value(study, scenario, arm.name)
        for place, column in enumerate(columns)
        for scenario in places
        for arm in study.arms
    }
    moved = {place for (place, _, _), value in values.items() if math.isfinite(value) and value != 0.0}
    shown = {place: column for place, column in enumerate(columns) if place in moved}
    if not shown:
        return None
    rows = []
    for scenario in places:
        rows.append(group_heading(scenario_title(scenario, say), months_of(study, scenario), 1 + len(shown)))
        for arm in study.arms:
            found = {place: values[place, scenario, arm.name] for place in shown}
            rows.append(row(arm.name, [cell(shown[place].show(value), value) for place, value in found.items()]))
    heads = [say("front_table.package"), *(column.told(study) for column in shown.values())]
    return table(say(key), heads, rows, kind=' class="grouped"', say=say)
