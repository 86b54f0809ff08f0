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
        return study.say("front_gains.net_of_one", net=number(float(each.mean()), 1, signed=True))
    reach = (
        scipy.stats.t.ppf((1 + study.confidence) / 2, len(each) - 1)
        * float(np.std(each, ddof=1))
        / math.sqrt(len(each))
    )
    return study.say("front_gains.net", net=number(float(each.mean()), 1, signed=True), reach=number(reach, 1))


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
    return study.say(
        "front_gains.defaults", of=OF, arm=quoted(arm), saved=number(saved, 1), months=study.months(scenario),
        parent=quoted(study.arm(arm).parent), caused=number(caused, 1), both=number(both, 1),
        net=net(study, scenario, arm, "income_decile", "default"),
    )  # fmt: skip


def lines(study: Study, scenario: str, arm: str) -> str:
    """Say how long persons are without a line that they had under the parent, and the other way round."""
    found = pairs(study, scenario, arm, "income_decile")
    if not found["line_months_lost"].sum() + found["line_months_gained"].sum():
        return ""
    each = found.groupby("segment")[["line_months_lost", "line_months_gained", "number"]].sum()
    net = (each["line_months_gained"] - each["line_months_lost"]) / each["number"]
    lost, gained = (found[f"line_months_{what}"].sum() / found["number"].sum() for what in ("lost", "gained"))
    return study.say(
        "front_gains.lines", arm=quoted(arm), parent=quoted(study.arm(arm).parent), lost=number(lost, 1),
        gained=number(gained, 1), lowest=number(net["1"], 1, signed=True), highest=number(net["10"], 1, signed=True),
    )  # fmt: skip


def price(study: Study, scenario: str, arm: str) -> str:
    """Say what draws cost the same persons under both."""
    found = pairs(study, scenario, arm, "income_decile")
    here, parent = (100 * found[f"rate_of_draws{side}"].sum() / max(found[f"drawn{side}"].sum(), 1.0)
                    for side in ("", "_with_parent"))  # fmt: skip
    if number(here, 2) == number(parent, 2):
        return ""
    rates = {"here": number(here, 2), "there": number(parent, 2)}
    return study.say("front_gains.price", arm=quoted(arm), parent=quoted(study.arm(arm).parent), **rates)


def departures(study: Study, scenario: str, arm: str) -> str:
    """Say how many leave the platform under one of the two alone."""
    found = pairs(study, scenario, arm, "income_decile")
    whole = found["number"].sum() / PER
    here, parent = (found[f"left_{side}_alone"].sum() / whole for side in ("here", "with_parent"))
    if not here + parent:
        return ""
    numbers = {"of": OF, "here": number(here, 1), "there": number(parent, 1)}
    return study.say("front_gains.departures", arm=quoted(arm), parent=quoted(study.arm(arm).parent), **numbers)


def failures(study: Study, scenario: str, arm: str) -> str:
    """Say how many of the firms that stood at the policy date a package saves, and how many fail by it."""
    found = pairs(study, scenario, arm, "sector_size", "failure")
    known = sum(of_outcome(found, one) for one in ("in neither", "in both", "saved", "caused")) if len(found) else 0.0
    if not known or not of_outcome(found, "saved") + of_outcome(found, "caused"):
        return ""
    saved, caused = (PER * of_outcome(found, one) / known for one in ("saved", "caused"))
    return study.say(
        "front_gains.failures", of=OF, arm=quoted(arm), parent=quoted(study.arm(arm).parent), saved=number(saved, 1),
        caused=number(caused, 1), net=net(study, scenario, arm, "sector_size", "failure"),
    )  # fmt: skip
