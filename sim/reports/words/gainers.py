"""Who gains and who loses by a package, in sentences: each person and firm under it and under its parent."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import scipy

from sim.figures.scales import number
from sim.reports.folder import Study
from sim.reports.words.payers import quoted

PER = 1000
OF = number(PER, 0)
KEYS = ["segment", "outcome"]
ALONE = ("parent's alone", "its own alone")


def rows(study: Study, scenario: str, arm: str, dimension: str, event: str = "default") -> pd.DataFrame:
    """Return who gains and who loses by a package, run by run; empty where the study keeps no such table."""
    table = study.gains
    if table.empty:
        return table
    of = (table["scenario"] == scenario) & (table["arm"] == arm)
    return table[of & (table["dimension"] == dimension) & (table["event"] == event)]


def pairs(study: Study, scenario: str, arm: str, dimension: str, event: str = "default") -> pd.DataFrame:
    """Return the same summed by segment and outcome, mean of the replications."""
    found = rows(study, scenario, arm, dimension, event)
    if found.empty:
        return found
    runs = found["replication"].nunique()
    return found.groupby(KEYS, sort=False).sum(numeric_only=True).drop(columns="replication") / runs


def net(study: Study, scenario: str, arm: str, dimension: str, event: str) -> str:
    """Say how many more are saved than caused, of the same thousand in every run, with the interval of its mean."""
    found = rows(study, scenario, arm, dimension, event)
    same = (
        found[~found["outcome"].isin(ALONE)].groupby(["replication", "outcome"])["number"].sum().unstack(fill_value=0)
    )
    parts = {name: same.get(name, 0) for name in ("saved", "caused")}
    each = PER * (parts["saved"] - parts["caused"]) / same.sum(axis=1)
    if len(each) < 2:
        return f"net {number(float(each.mean()), 1, signed=True)} saved, of one run"
    reach = (
        scipy.stats.t.ppf((1 + study.confidence) / 2, len(each) - 1)
        * float(np.std(each, ddof=1))
        / math.sqrt(len(each))
    )
    return f"net {number(float(each.mean()), 1, signed=True)} ± {number(reach, 1)} saved"


def compared(study: Study, scenario: str) -> list[str]:
    """Packages whose persons live otherwise than under the parent, in the order of the report."""
    return [arm.name for arm in study.arms if _differs(pairs(study, scenario, arm.name, "income_decile"))]


def _differs(found: pd.DataFrame) -> bool:
    """Whether any default, line or interest differs."""
    if found.empty:
        return False
    moved = found.loc[found.index.isin(["saved", "caused"], level="outcome"), "number"].sum()
    lines = found["line_months_lost"].sum() + found["line_months_gained"].sum()
    return (
        bool(moved + lines) or float(found["interest_received"].sum()) != found["interest_received_with_parent"].sum()
    )


def of_outcome(found: pd.DataFrame, outcome: str) -> float:
    """Number of persons or firms with an outcome."""
    return float(found.loc[found.index.isin([outcome], level="outcome"), "number"].sum())


def defaults(study: Study, scenario: str, arm: str) -> str:
    """Say how many persons a package saves from a default and for how many it causes one."""
    found = pairs(study, scenario, arm, "income_decile")
    whole = found["number"].sum() / PER
    saved, caused, both = (of_outcome(found, one) / whole for one in ("saved", "caused", "in both"))
    return (
        f"Of {OF} persons, {quoted(arm)} saves {number(saved, 1)} from a default within {study.months(scenario)} "
        f"months that they have under {quoted(study.arm(arm).parent)}, and {number(caused, 1)} default that do not "
        f"under it ({net(study, scenario, arm, 'income_decile', 'default')}); {number(both, 1)} default under both."
    )


def lines(study: Study, scenario: str, arm: str) -> str:
    """Say how long persons are without a line that they had under the parent, and the other way round."""
    found = pairs(study, scenario, arm, "income_decile")
    if not found["line_months_lost"].sum() + found["line_months_gained"].sum():
        return ""
    each = found.groupby("segment")[["line_months_lost", "line_months_gained", "number"]].sum()
    net = (each["line_months_gained"] - each["line_months_lost"]) / each["number"]
    lost, gained = (found[f"line_months_{what}"].sum() / found["number"].sum() for what in ("lost", "gained"))
    return (
        f"Under {quoted(arm)} a person is without an open line in {number(lost, 1)} months in which there is one under "
        f"{quoted(study.arm(arm).parent)}, and has one in {number(gained, 1)} in which there is none; net that is "
        f"{number(net['1'], 1, signed=True)} months for the lowest tenth of true income and "
        f"{number(net['10'], 1, signed=True)} for the highest."
    )


def price(study: Study, scenario: str, arm: str) -> str:
    """Say what draws cost the same persons under both."""
    found = pairs(study, scenario, arm, "income_decile")
    here, parent = (100 * found[f"rate_of_draws{side}"].sum() / max(found[f"drawn{side}"].sum(), 1.0)
                    for side in ("", "_with_parent"))  # fmt: skip
    if number(here, 2) == number(parent, 2):
        return ""
    return (
        f"What persons draw under {quoted(arm)} costs {number(here, 2)}\u202f% a year, and {number(parent, 2)}\u202f% "
        f"under {quoted(study.arm(arm).parent)}; who draws and how much differs, too."
    )


def departures(study: Study, scenario: str, arm: str) -> str:
    """Say how many leave the platform under one of the two alone."""
    found = pairs(study, scenario, arm, "income_decile")
    whole = found["number"].sum() / PER
    here, parent = (found[f"left_{side}_alone"].sum() / whole for side in ("here", "with_parent"))
    if not here + parent:
        return ""
    return (
        f"Of {OF} persons, {number(here, 1)} have left the platform at the end under {quoted(arm)} alone and "
        f"{number(parent, 1)} under {quoted(study.arm(arm).parent)} alone."
    )


def failures(study: Study, scenario: str, arm: str) -> str:
    """Say how many of the firms that stood at the policy date a package saves, and how many fail by it."""
    found = pairs(study, scenario, arm, "sector_size", "failure")
    known = sum(of_outcome(found, one) for one in ("in neither", "in both", "saved", "caused")) if len(found) else 0.0
    if not known or not of_outcome(found, "saved") + of_outcome(found, "caused"):
        return ""
    saved, caused = (PER * of_outcome(found, one) / known for one in ("saved", "caused"))
    return (
        f"Of {OF} firms that stood at the policy date, {number(saved, 1)} fail under {quoted(study.arm(arm).parent)} "
        f"and not under {quoted(arm)}, and {number(caused, 1)} the other way round "
        f"({net(study, scenario, arm, 'sector_size', 'failure')})."
    )
