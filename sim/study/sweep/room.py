"""Room that a study takes: on the disk from its runs, months and figures, in memory from its persons and firms.

Every number below was measured (2 000 to 200 000 borrowers, with and without firms, one to eight packages, sweeps); a
test runs small studies of several kinds and compares.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sim.figures.catalog import METRICS, ROOMS
from sim.figures.persons import BY_TRUE_INCOME
from sim.sharing.terms import LENDER
from sim.study.plan.parts import Task
from sim.study.plan.plan import Plan

OF_FIRMS, OF_SHARING = ("Firms", "Scores of firms"), "Risk sharing"
USUAL, USUAL_SHARED = 0.64, 0.65
"""Share of the figures, and of those of risk sharing, that a usual composition has; others come all or not at all."""
OF_A_RUN = 14
"""Figures of a whole run beside those of its months."""

# Bytes of a result file for a column, whatever stands in it, and for each of its values: digits grow with persons.
A_COLUMN, A_VALUE, MORE_BY_TEN = 370, 1.7, 1.3
MEASURED_AT = 2000  # borrowers
A_RUN_IN_THE_JOURNAL, A_CELL_IN_THE_JOURNAL = 400, 300
A_ROW_OF_THE_SUMMARY, A_PAIR_IN_DOMINANCE = 160, 1950
THE_MANIFEST, A_FIGURE_IN_IT, A_PACKAGE_IN_IT = 18_000, 145, 1200
THE_REPORT, A_PLACE_IN_IT, A_MONTH_IN_IT = 50_000, 25_000, 600  # a place is a package in a scenario
A_FIGURE_OF_A_POINT, A_COLUMN_OF_CELLS, A_VALUE_OF_CELLS = 28, 730, 0.6
# Tables beside the months: of a file, of pairs in it, of a month of a run and of a pair with 20 000 persons and firms.
A_FILE_OF_TABLES, PAIRS_IN_A_FILE, A_MONTH_OF_TABLES, A_PAIR = 32_000, 20_000, 630, 10_800
WITHOUT_FIRMS = 0.67

# Bytes of memory, at the worst moment of a cell.
A_PROCESS, RULES_OF_FIRMS, RULES_OF_A_PACKAGE = 230e6, 20e6, 8e6
A_PERSON, A_PERSON_A_MONTH, JUDGED, JUDGED_A_MONTH, A_FIRM = 400, 2, 30, 1, 3700
WHERE_RUNS_BEGIN, ANOTHER_PACKAGE = 80, 170  # of a person: what all runs of a cell begin from, who watches each package
THE_STUDY = 330e6
"""Of the process that hands out the cells and makes tables and report."""


@dataclass(frozen=True)
class Shape:
    """What decides how much a cell stores and holds: persons, firms, and which figures come out."""

    borrowers: int
    firms: int = 0
    shares: bool = False
    inclusion: bool = False

    @property
    def columns(self) -> int:
        """Figures of a month, about."""
        by_income = sum(BY_TRUE_INCOME in figure.formula.text for figure in METRICS.values())
        of_firms = sum(len(ROOMS[room]) for room in OF_FIRMS)
        rest = len(METRICS) - by_income - of_firms - len(ROOMS[OF_SHARING])
        shared = USUAL_SHARED * len(ROOMS[OF_SHARING]) * self.shares
        return round(USUAL * rest + shared + of_firms * (self.firms > 0) + by_income * self.inclusion)


def shape_of(task: Task) -> Shape:
    """The shape of a cell, the values of its point put in."""
    config = task.root_config
    tape = getattr(config, "tape", None)
    borrowers = int(getattr(getattr(config, "population", None), "borrowers", 0) or 0)
    if tape is not None:
        borrowers = min(borrowers, tape.accounts)
    firms = getattr(config, "firms", None)
    packages = [next(iter(arm.configs.values())) for arm in task.arms if not arm.shadow_of]
    return Shape(
        borrowers,
        firms.count_among(borrowers) if firms else 0,
        any(_shares(one) for one in packages),
        bool(config.study.inclusion),
    )


def _shares(config: Any) -> bool:
    return hasattr(config, "sharing") and set(config.sharing.participants) != {LENDER}


def memory(shape: Shape, task: Task) -> float:
    """Bytes that a process holds at most while it computes a cell."""
    longest = task.burn_in + max(scenario.months for scenario in task.scenarios)
    judged, runs = bool(task.paired or task.approving), len(task.arms) * len(task.scenarios)
    watched = sum(not arm.shadow_of for arm in task.arms) if task.noted else 1
    a_person = A_PERSON + A_PERSON_A_MONTH * longest + judged * (JUDGED + JUDGED_A_MONTH * longest)
    a_person += WHERE_RUNS_BEGIN * (runs > 1 or bool(task.calm)) + ANOTHER_PACKAGE * (watched - 1)
    rules = RULES_OF_A_PACKAGE * len(task.arms) + RULES_OF_FIRMS * (shape.firms > 0)
    return A_PROCESS + rules + shape.borrowers * a_person + shape.firms * A_FIRM


def disk(plan: Plan, tasks: Sequence[Task], shape: Shape, files: int) -> float:
    """Bytes that the cells to run and the tables and the report of the study take.

    Parameters
    ----------
    files : int
        Result files that the cells are stored in.
    """
    packages = len(plan.shown)
    rows = sum(packages * scenario.months for task in tasks for scenario in task.scenarios)
    runs = sum(packages * len(task.scenarios) for task in tasks)
    digits = A_VALUE + MORE_BY_TEN * math.log10(max(shape.borrowers, 1) / MEASURED_AT)
    results = shape.columns * (A_COLUMN * files + min(max(digits, 0.8), 8.0) * rows)
    journal = A_RUN_IN_THE_JOURNAL * runs + A_CELL_IN_THE_JOURNAL * len(tasks)
    manifest = THE_MANIFEST + A_FIGURE_IN_IT * shape.columns + A_PACKAGE_IN_IT * packages
    tables = _noted(tasks, shape, files, rows) if plan.noted else 0.0
    return results + tables + journal + manifest + (_swept if plan.has_design else _compared)(plan, shape, runs)


def _noted(tasks: Sequence[Task], shape: Shape, files: int, rows: int) -> float:
    """Bytes of the tables beside the months, ``rows`` months of runs in all; they fill up with the log of persons."""
    pairs = sum(len(task.scenarios) * sum(bool(arm.parent) for arm in task.arms if not arm.shadow_of) for task in tasks)
    full = math.log10(max(shape.borrowers, 300) / 200) / 2 * (1.0 if shape.firms else WITHOUT_FIRMS)
    return files * (A_FILE_OF_TABLES + PAIRS_IN_A_FILE * bool(pairs)) + full * (
        A_MONTH_OF_TABLES * rows + A_PAIR * pairs
    )


def _compared(plan: Plan, shape: Shape, _: int) -> float:
    """Bytes of tables and report of a study without a design."""
    packages, scenarios = len(plan.shown), len(plan.scenarios)
    summary = A_ROW_OF_THE_SUMMARY * packages * scenarios * (shape.columns + OF_A_RUN)
    dominance = A_PAIR_IN_DOMINANCE * scenarios * math.comb(packages, 2)
    report = sum(A_PLACE_IN_IT + A_MONTH_IN_IT * scenario.months for scenario in plan.scenarios)
    return summary + dominance + THE_REPORT + packages * report


def _swept(plan: Plan, shape: Shape, runs: int) -> float:
    """Bytes of tables and report of a study with a design."""
    places = len(plan.points) * len(plan.shown) * len(plan.scenarios)
    points = A_FIGURE_OF_A_POINT * places * (shape.columns + OF_A_RUN)
    return points + shape.columns * (A_COLUMN_OF_CELLS + A_VALUE_OF_CELLS * runs) + THE_REPORT
