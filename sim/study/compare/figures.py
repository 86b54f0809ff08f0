"""The figures of a comparison: unit, meaning, and how the months of a run combine into one number."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

from sim.study.compare.closures import ClosureFigures
from sim.study.compare.parties import BORROWERS_PAY, PARTIES, recorded
from sim.study.run.cell import KEYS

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
"""Metrics of the main table, in its order."""

PERIODS = {
    "sum": "a month, mean over the window",
    "mean": "mean over the months of the window",
    "last": "at the end of the window",
    "pooled": "over the window, months by their base",
    "total": "over the whole horizon",
    "annual": "over the window, annualised",
    "ever": "at least once in the window",
    "lowest": "lowest of the window",
}


@dataclass(frozen=True)
class Figure:
    """One figure of the comparison.

    ``over`` says how months combine: ``sum`` (a flow, shown as its monthly mean), ``mean``, ``last``,
    ``pooled`` (mean with each month counted by its ``base``, another figure), ``total`` (counted once for a run)
    or ``annual`` (the loss rate: twelve times net charge-offs over outstanding).
    """

    name: str
    unit: str
    meaning: str
    over: str
    base: str = ""

    @property
    def period(self) -> str:
        """What span of time the figure speaks for."""
        return PERIODS[self.over]


CLOSURE_FIGURES = {
    figure.name: figure
    for figure in (
        Figure("closures", "persons", "persons whose line was closed for the first time", "total"),
        Figure("censored_closures", "persons", "closures with fewer than 12 months left", "total"),
        Figure("wrong_closures", "persons", "closed, yet without closing not 90+ within 12 months", "total"),
        Figure(
            "defaults_caused_by_closing",
            "persons",
            "90+ within 12 months of the closure, and not without closing",
            "total",
        ),
        Figure(
            "loss_avoided",
            "fen",
            "charge-offs net of recoveries on persons of judged closures: without closing, less with it",
            "total",
        ),
        Figure(
            "margin_forgone",
            "fen",
            "interest less funding cost on persons of judged closures: without closing, less with it",
            "total",
        ),
        Figure("loss_avoided_per_closure", "fen a judged closure", "loss avoided, a closed line", "total"),
        Figure("margin_forgone_per_closure", "fen a judged closure", "margin forgone, a closed line", "total"),
        Figure("random_closures", "persons", "judged lines of a random choice of the same size", "total"),
        Figure("random_wrong_closures", "persons", "wrong closures of that random choice", "total"),
        Figure("wrong_closure_share", "fraction of judged closures", "closures that were wrong", "total"),
        Figure(
            "random_wrong_closure_share",
            "fraction of judged closures",
            "closures that were wrong, had as many been closed at random",
            "total",
        ),
    )
}
WORST_FIGURES = {
    Figure("fund_exhausted", "0 or 1", "the guarantee fund was exhausted in at least one month", "ever"): "fund_state",
    Figure(
        "lowest_capital_ratio", "equity over own loans", "lender's capital ratio in its worst month", "lowest"
    ): "capital_ratio",
}
"""Figures of the worst month of a run, and the column that they come from."""

PARTY_FIGURES = {
    **{name: Figure(name, "fen a month", party.meaning, "sum") for name, party in PARTIES.items()},
    "borrowers_cost": Figure(
        "borrowers_cost", "fraction of outstanding a year", "interest and premium that borrowers paid", "annual"
    ),
}
"""What each party of a run gains or pays."""

assert {field.name for field in dataclasses.fields(ClosureFigures)} <= set(CLOSURE_FIGURES)


def figures_of(columns: Iterable[str]) -> dict[str, Figure]:
    """Figures for the columns of a results table, the closure figures added."""
    from sim.figures.catalog import METRICS

    found = {}
    for name in columns:
        if name in KEYS:
            continue
        metric = METRICS.get(name)
        if name == "loss_rate":
            unit = "fraction of outstanding a year"
            found[name] = Figure(name, unit, "net charge-offs over loans outstanding", "annual")
        elif metric is None:
            found[name] = Figure(name, "", "", "mean")
        else:
            found[name] = Figure(name, metric.unit, metric.meaning, metric.over, metric.base)
    for figure, source in WORST_FIGURES.items():
        if source in found:
            found[figure.name] = figure
    for name, party in PARTIES.items():
        if recorded(party.columns, found):
            found[name] = PARTY_FIGURES[name]
    if recorded(BORROWERS_PAY, found):
        found["borrowers_cost"] = PARTY_FIGURES["borrowers_cost"]
    return found | CLOSURE_FIGURES
