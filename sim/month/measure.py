"""Measuring the month: stocks recomputed from the tables, and figures for the record."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from sim.engine.loops.diskcache import kept
from sim.engine.loops.listing import rows_with
from sim.engine.loops.middle import middle
from sim.engine.loops.order import mean
from sim.engine.tables.numbers import Numbers
from sim.engine.tables.population import Population
from sim.figures.catalog import METRICS
from sim.figures.formula import Absent, Month, compiled
from sim.firms.firms import Firms
from sim.firms.measures import firm_stocks_of
from sim.lender.lender import Lender
from sim.lender.measures import lender_figures
from sim.lender.scorekeeper import ScoreKeeper
from sim.loan.ledger import Ledger
from sim.loan.postings import FIRM, prefixed
from sim.loan.ratios import ratio
from sim.loan.states import CAUSES, MONTHS_90, NEVER
from sim.month.declared import own_figures
from sim.persons.inclusion import inclusion_figures
from sim.sharing.figures import reported
from sim.sharing.institutions import systemic
from sim.sharing.state import RiskSharing

Bins = Mapping[str, np.ndarray]

_FIGURES: dict[tuple[Any, ...], Callable[..., Any]] = {}  # how to take those that months of a shape have
DEFAULTED = tuple((place, f"default_{cause}") for place, cause in enumerate(CAUSES) if cause != "none")
SAMPLE = 4096  # persons looked at for the median: all of a small population, every k-th of a large one


class UnknownFigureError(KeyError):
    """A number that nobody declares as a figure: a defect of the engine, never of the input."""


def of_both(bins: Bins, name: str) -> int:
    """Sum of a histogram of the lender's book over persons and firms; of a few places a list is summed up quicker."""
    firms = bins.get(prefixed(FIRM, name))
    return sum(bins[name].tolist()) + (sum(firms.tolist()) if firms is not None else 0)


def stocks_of(firms: Firms, ledger: Ledger, bins: Bins) -> dict[str, int]:
    """Closing stocks in fen as the tables hold them."""
    totals = ledger.flows
    return {
        **firm_stocks_of(firms, ledger, bins),
        "people": totals["persons"],
        "cash": totals["sum_cash"],
        "principal": sum(bins["balance"].tolist()),
        "interest": totals["sum_interest"],
        "other_debt": totals["sum_other_debt"],
        "covered": sum(bins["covered_balance"].tolist()),
        "triggered": totals["sum_triggered"],
        "written_off": totals["sum_written_off"],
    }


def record_month(
    month: int,
    config: Any,
    environment: Numbers,
    people: Population,
    firms: Firms,
    lender: Lender,
    scores: ScoreKeeper,
    firm_scores: ScoreKeeper,
    sharing: RiskSharing,
    ledger: Ledger,
    bins: Bins,
    absent: frozenset[str],
    events: Mapping[str, list[np.ndarray]],
    records: list[dict[str, Any]],
) -> None:
    """Record the month's figures in the order of the catalogue; what the options cannot produce is absent."""
    told: dict[str, Any] = {
        "flow_to_m3": _flow_to_m3(lender.balance_history),
        "median_cash": median_cash(people),
        "lender_profit": lender.profit,
        "lender_equity": lender.equity,
        "capital_ratio": lender.capital_ratio,
        "provisions": lender.provisions,
        "funding": lender.funding,
        "lender_failed": lender.failed,
        **lender_figures(config, people, firms, lender, scores, firm_scores, ledger),
        **inclusion_figures(config, bins),
        **{name: value for name, value in reported(sharing).items() if name in METRICS},
        **(systemic(sharing, lender.equity) if sharing.shares_anything else {}),
        **({"trade_credit": ledger.stocks["trade_credit"]} if firms.exist else {}),
        **_defaults(month, config, environment, people, firms, ledger, events),
    }
    record = taken(Month(ledger.flows, bins, told, absent))
    record.update(own_figures(config.own.figures, ledger.flows))
    records.append(record)


def taken(month: Month) -> dict[str, Any]:
    """Every figure that a month has.

    Raises
    ------
    UnknownFigureError
        What a part of the model tells is no figure.
    """
    shape = month.shape
    figures = _FIGURES.get(shape)
    if figures is None:  # months of a shape tell the same
        if not month.told.keys() <= METRICS.keys():
            strange = min(month.told.keys() - METRICS.keys())
            raise UnknownFigureError(f"{strange}: is told at the month's close and is no figure")
        figures = _FIGURES[shape] = compiled(f"{{{', '.join(_expressions(month))}}}")
    record: dict[str, Any] = month.take(figures)
    return record


def _expressions(month: Month) -> Iterator[str]:
    """Each figure that months of this shape have: its name, and how to take it."""
    for name, figure in METRICS.items():
        with contextlib.suppress(Absent):
            yield f"{name!r}: {figure.code(month)}"


def _flow_to_m3(history: list[np.ndarray]) -> float:
    """Product of the bucket flows M0 to M1, M1 to M2 and M2 to M3 over the last four months."""
    if len(history) < 4:
        return 0.0
    flow = 1.0
    for step in range(3):
        flow *= ratio(float(history[-3 + step][step + 1]), float(history[-4 + step][step]))
    return flow


def median_cash(people: Population) -> int:
    """Median liquid wealth in fen of at most some thousands of persons at even steps."""
    return middle(people.private["cash"], people.accounts["alive"], max(1, people.size // SAMPLE))


def _defaults(
    month: int,
    config: Any,
    environment: Numbers,
    people: Population,
    firms: Firms,
    ledger: Ledger,
    events: Mapping[str, list[np.ndarray]],
) -> dict[str, Any]:
    """Defaults of the month by recorded cause, how many could have paid, and what had been seen of them before."""
    persons, accounts, flows = people.private, people.accounts, ledger.flows
    rows = rows_with(accounts["default_month"], month)
    events["default"].append(rows)
    events["closure"].append(
        rows_with(accounts["closed_month"], month) if flows["closures"] else np.empty(0, dtype=np.int64)
    )
    shares = environment["default_share_by_community"]
    counts = np.zeros(len(CAUSES) + 2, dtype=np.int64)
    # A closing in the months in which the arrears grow to 90 days comes too late.
    columns = persons["cause"], persons["can_pay"], accounts["alert"], accounts["closed_month"]
    count_defaults(rows, *columns, month - MONTHS_90, counts)
    *causes, could_pay, missed = counts.tolist()
    found = {
        "defaults": len(rows),
        "defaults_missed": missed,
        "neighbours_of_defaulters": mean(shares[persons["community"][rows]]) if len(rows) else 0.0,
        "neighbours_of_all": mean(shares) if len(rows) else 0.0,
        "can_pay_defaults": could_pay / len(rows) if len(rows) else 0.0,
        **{figure: causes[place] for place, figure in DEFAULTED},
    }
    if "restructured" in flows or "holidays_begun" in flows:
        found["redefaults"] = int(np.count_nonzero(accounts["reliefs"][rows]))
    if config.policy.education.courses:
        found["defaults_taught"] = int(np.count_nonzero(persons["taught"][rows]))
    if "alerts" in flows or "firm.alerts" in flows:
        book = firms.accounts
        found |= _warned(np.concatenate([accounts["alert"][rows], book["alert"][book["default_month"] == month]]))
    return found


@kept
def count_defaults(
    rows: Any, cause: Any, can_pay: Any, alert: Any, closed_month: Any, too_late: Any, counts: Any
) -> None:
    """Count defaults by cause, then who could have paid, then who was neither warned nor closed until too late."""
    causes = counts.size - 2
    for row in rows:
        counts[cause[row]] += 1
        counts[causes] += can_pay[row]
        if alert[row] == 0 and (closed_month[row] == NEVER or closed_month[row] > too_late):
            counts[causes + 1] += 1


def _warned(warned: np.ndarray) -> dict[str, float]:
    """How many of some defaults a warning preceded, and by how many months."""
    true = int(np.count_nonzero(warned))
    return {
        "alerts_true": true,
        "warning_recall": mean(warned > 0) if len(warned) else 0.0,
        "warning_lead": mean(warned[warned > 0]) if true else 0.0,
    }
