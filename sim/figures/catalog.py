"""All figures by name, and those that stand in a table by themselves, in its order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.engine.tables.conditions import holds
from sim.figures.exposure import EXPOSURE
from sim.figures.figure import Figure
from sim.figures.firms import FIRMS as OF_FIRMS
from sim.figures.lender import LENDER
from sim.figures.persons import PERSONS
from sim.figures.runs import RUNS
from sim.figures.scores import FIRM_SCORES, SCORES
from sim.figures.sharing import SHARING

ROOMS = {
    "Persons": PERSONS,
    "Lender": LENDER,
    "Lines before default, and allowances": EXPOSURE,
    "Scores": SCORES,
    "Risk sharing": SHARING,
    "Firms": OF_FIRMS,
    "Scores of firms": FIRM_SCORES,
    "A whole run": RUNS,
}
MONTHLY = tuple(figure for figures in ROOMS.values() if figures is not RUNS for figure in figures)
METRICS: dict[str, Figure] = {figure.name: figure for figure in MONTHLY}
"""Figures of a month."""
FIGURES: dict[str, Figure] = METRICS | {figure.name: figure for figure in RUNS}
"""Figures of a month and of a run."""
assert len(FIGURES) == len(MONTHLY) + len(RUNS), "two figures have one name"
SHIPPED = frozenset(FIGURES)
OWN: dict[str, Figure] = {}
"""Figures of a month that the user's file in use declares; empty without one."""

MAIN = (
    "loss_rate",
    "delinquent_30",
    "delinquent_90",
    "approval_rate",
    "wrong_closures",
    "defaults_caused_by_closing",
    "lender_profit",
    "fund_capital",
)
ACCESS = (
    "access_all",
    "approval_rate",
    "access_thin_file",
    "access_low_income",
    "utilisation",
    "price",
    "median_cash",
)
FIRMS = (
    "output",
    "staff",
    "unemployment",
    "firm_failure_rate",
    "firm_delinquent_90",
    "firm_loss_rate",
    "trade_credit_lost",
    "owner_guarantee_paid",
)
BEARERS = {
    "loss_lender": "Lender",
    "loss_partner": "Partner banks",
    "loss_fund": "Guarantee fund",
    "loss_reguarantee": "Re-guarantee fund",
    "loss_insurer": "Insurer",
    "loss_government": "Government",
}
TABLES = {"main figures": MAIN, "access": ACCESS, "firms": FIRMS, "losses by bearer": tuple(BEARERS)}
"""Tables and charts of the report that are made of a list of figures."""


def absent_from(config: Any) -> frozenset[str]:
    """Names of the figures of a month that the options of a composition leave nothing but 0.

    They are worked out from what was composed and never from what happened, so all runs of an arm have the same.
    """
    needed = {figure.needs for figure in METRICS.values()}
    lacking = {needs for needs in needed if needs and not holds(config, needs)}
    return frozenset(name for name, figure in METRICS.items() if figure.needs in lacking)


def declare_own(figures: Sequence[Figure]) -> None:
    """Take the figures of the user's file in use into the catalogue, and those of the file before out of it.

    Raises
    ------
    ValueError
        One has the name of a figure that is shipped.
    """
    taken = sorted(SHIPPED.intersection(figure.name for figure in figures))
    if taken:
        raise ValueError(f"{taken[0]}: is a figure that is shipped")
    for name in OWN:
        METRICS.pop(name), FIGURES.pop(name)
    OWN.clear()
    for figure in figures:
        OWN[figure.name] = METRICS[figure.name] = FIGURES[figure.name] = figure


def shown_in(name: str) -> str:
    """Where a figure is shown: the tables and charts that are made of a list, and the files that hold them all."""
    tables = [f"the table of {table}" for table, names in TABLES.items() if name in names]
    months = "summary.csv, results of the months" if name in METRICS else "summary.csv"
    return ", ".join([*tables, months])
