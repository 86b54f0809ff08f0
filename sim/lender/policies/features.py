"""Features of a scorecard: what the book says of an account, each a formula over columns of the book.

A card names the features that it weighs. Their formulas are written out into the rule that scores (compiled), and
worked out with NumPy on the accounts that a fit looks at: one text for both.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import CodeType, MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from sim.engine.loops.order import each
from sim.engine.loops.stage import Stage, stage
from sim.engine.loops.transforms import logarithm
from sim.persons.watching import see_balance, see_firm_balance, see_neighbours, see_statements

COMMON_INFLOW = 12.8  # log of the fen a month that most accounts show


@dataclass(frozen=True)
class Feature:
    """One feature.

    Attributes
    ----------
    formula : str
        Over columns of the book and ``per_inflow``, one over the 12-month average of the inflow seen.
    meaning : str
        In words, with its unit.
    person, firm : Stage or None
        What brings into the book what the formula needs beyond the usual signals.
    """

    formula: str
    meaning: str
    person: Stage | None = None
    firm: Stage | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the book that the formula reads."""
        words = re.findall(r"[a-z_]+", self.formula)
        own = [word for word in words if word not in ("min", "max", "logarithm", "per_inflow")]
        return tuple(dict.fromkeys([*own, *(["inflow_slow"] if "per_inflow" in words else [])]))


class RememberFlows(NamedTuple):
    """What `remember_flows` leaves."""

    inflow_swing: float
    inflow_long: float


@stage()
def remember_flows(inflow_fast: float, inflow_slow: float, inflow_swing: float, inflow_long: float) -> RememberFlows:
    """Remember how far the inflow swings, and what it was: memories of 12 and 24 months over the two averages.

    ``inflow_swing`` is the mean absolute deviation of the 3-month from the 12-month average, as a share:
    noise of single months is gone, spells without work or with less turnover are in.
    """
    swing = abs(inflow_fast / (inflow_slow + 1.0) - 1.0)
    first = inflow_slow if inflow_long == 0.0 else inflow_long
    return RememberFlows(
        inflow_swing=inflow_swing + (min(swing, 2.0) - inflow_swing) * (1.0 / 12.0),
        inflow_long=first + (inflow_slow - first) * (1.0 / 24.0),
    )


REGISTRY: Mapping[str, Feature] = MappingProxyType(
    {
        "signal": Feature("signal", "alternative data, standard deviations"),
        "trend": Feature("min(max(inflow_fast * per_inflow - 1.0, -1.0), 0.5)", "3-month over 12-month inflow, less 1"),
        "burden": Feature("min(payment * per_inflow, 1.5)", "instalment over inflow"),
        "used": Feature("min(principal / (limit + 1.0), 1.2)", "balance over limit"),
        "owes": Feature("min(principal, 1)", "something is owed, 1 or 0"),
        "memory": Feature("delinquency_memory", "worst arrears, fading, months"),
        "tenure": Feature("min(months_on_book, 24) * (1.0 / 24.0)", "time on the book, two years and more are 1"),
        "level": Feature(f"logarithm(inflow_slow + 1.0) - {COMMON_INFLOW}", "log of the inflow seen"),
        "bureau": Feature("min(bureau_debt * per_inflow * (1.0 / 6.0), 2.0)", "debt elsewhere, half-years of inflow"),
        "volatility": Feature("min(inflow_swing, 1.0)", "how far the inflow swings, share"),
        "growth": Feature(
            "min(max(inflow_slow / (inflow_long + 1.0) - 1.0, -1.0), 1.0)", "12-month inflow over that of years, less 1"
        ),
        "scarcity": Feature(
            "1.0 / (1.0 + max(balance_seen, 0.0) * per_inflow)",
            "inflow a month over it and the balance kept here",
            see_balance,
            see_firm_balance,
        ),
        "large_outflows": Feature("min(outflow_memory, 6.0)", "months with a large outflow, fading", see_balance),
        "balance": Feature(
            "min(balance_seen * per_inflow, 6.0)", "balance kept here, months of inflow", see_balance, see_firm_balance
        ),
        "social": Feature("min(social_default, 1.0)", "online neighbours 90 days past due, share", see_neighbours),
        "receivables": Feature(
            "min(receivable_turnover * (1.0 / 12.0), 4.0)", "sales a month over receivables", firm=see_statements
        ),
        "inventory": Feature(
            "min(inventory_turnover * (1.0 / 12.0), 4.0)", "sales a month over inventory", firm=see_statements
        ),
        "research": Feature("min(research_seen, 1.0)", "research and development over sales", firm=see_statements),
    }
)
FEATURES = (
    "signal",
    "trend",
    "burden",
    "used",
    "memory",
    "tenure",
    "level",
    "bureau",
    "scarcity",
)  # of the card without sectors
BY_SECTOR = (
    *("owes", *FEATURES),
    *("volatility", "growth", "large_outflows", "social", "receivables", "inventory"),
)  # of the cards by sector as shipped
REMEMBERED = ("inflow_swing", "inflow_long")
WITH_NUMPY = {"min": np.minimum, "max": np.maximum, "logarithm": functools.partial(each, logarithm)}


def values_of(names: tuple[str, ...], accounts: Any, rows: np.ndarray, signal: str = "signal") -> np.ndarray:
    """Features of accounts as a card's rule works them out.

    Parameters
    ----------
    names : tuple of str
        Features, of `REGISTRY`.
    accounts : Table
        The book.
    rows : int64[n]
        Whose.
    signal : str
        Column that holds alternative data as they reach the card.

    Returns
    -------
    float64[n, len(names)]
    """
    given = {name: accounts[signal if name == "signal" else name] for name in _columns_of(names)}
    book = {name: column.take(rows).astype(np.float64) for name, column in given.items()}
    book["per_inflow"] = 1.0 / (book["inflow_slow"] + 1.0)
    space = {**WITH_NUMPY, "__builtins__": {}}
    found = np.empty((len(rows), len(names)))
    for place, name in enumerate(names):
        found[:, place] = eval(_code_of(name), space, book)
    return found


@functools.cache
def _columns_of(names: tuple[str, ...]) -> tuple[str, ...]:
    read = (column for name in names for column in REGISTRY[name].columns)
    return tuple(dict.fromkeys((*read, "inflow_slow")))


@functools.cache
def _code_of(name: str) -> CodeType:
    return compile(REGISTRY[name].formula, f"<feature {name}>", "eval")
