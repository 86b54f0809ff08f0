"""What public money buys: the public cost of each loan approved, and each job kept, that would not be without it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.reports.chapters.guarantee import amounts, half_width, jackknife, public_cost, surely_positive
from sim.reports.folder import Study
from sim.reports.verdict.telling import Telling

LOANS, JOBS = "loans", "jobs"
AMOUNT, NONE_ADDED, NO_COST = "amount", "none_added", "no_cost"
"""What can be said: an amount for each; that no addition, or no public cost, can be told from none."""


@dataclass(frozen=True)
class Worth:
    """Public cost of what a package adds to its parent in one economy, run by run, over all its months.

    ``each`` is the ratio of the sums over runs, fen, with ``half`` its interval (leaving one run out, Student's), where
    ``state`` is `AMOUNT`; ``nan`` elsewhere. ``what`` is `LOANS` or `JOBS`.
    """

    scenario: str
    what: str
    state: str
    each: float = math.nan
    half: float = math.nan


def approved(study: Study, scenario: str, arm: str) -> np.ndarray:
    """Lines opened to persons and applications of firms approved, over all months, for each run.

    Empty where the results do not say how many applications of firms were decided.
    """
    rates = study.paths(scenario, arm, "firm_approval_rate")
    decided = study.paths(scenario, arm, "firm_applications_decided")
    persons = amounts(study, scenario, arm, "approvals")
    if not rates.size and not decided.size:
        return persons  # there are no firms
    return persons + np.nansum(rates * decided, axis=1) if rates.shape == decided.shape else np.empty(0)


def jobs(study: Study, scenario: str, arm: str) -> np.ndarray:
    """Persons employed by firms, mean over all months, for each run; empty without firms."""
    staff = study.paths(scenario, arm, "staff")
    return staff.mean(axis=1) if staff.size else np.empty(0)


def worth_of(study: Study, arm: str, parent: str) -> tuple[Worth, ...]:
    """Return what public money buys under a package beyond its parent, by economy.

    Empty where neither has a public payer, with one run, and with plausible worlds, whose doubt it would leave out.
    """
    found = []
    if study.world_count or study.replications < 2:
        return ()
    if study.has("fund_capital") and not study.has("fund_put_in"):
        return ()  # what the fund lost is not known
    for scenario in study.scenarios:
        ours, theirs = (public_cost(study, scenario, name) for name in (arm, parent))
        if ours.shape == theirs.shape and (ours.any() or theirs.any()):
            cost = ours - theirs
            for what, count in ((LOANS, approved), (JOBS, jobs)):
                more, fewer = count(study, scenario, arm), count(study, scenario, parent)
                if more.shape == fewer.shape == cost.shape:
                    found.append(_worth(scenario, what, cost, more - fewer, study.confidence))
    return tuple(found)


def _worth(scenario: str, what: str, cost: np.ndarray, added: np.ndarray, confidence: float) -> Worth:
    """Divide public cost by what is added, where both lie above zero for sure."""
    if not surely_positive(added, confidence):
        return Worth(scenario, what, NONE_ADDED)
    if not surely_positive(cost, confidence):
        return Worth(scenario, what, NO_COST)
    each, error = jackknife(cost, added)
    return Worth(scenario, what, AMOUNT, each, half_width(error, len(cost), confidence))


def sentence(names: dict[str, str], found: Sequence[Worth], sure: str, telling: Telling) -> str:
    """Say the public cost of each additional loan and job of a pair.

    Parameters
    ----------
    names : dict of str to str
        ``arm`` and ``parent``.
    sure : str
        Coverage of the intervals, in words.
    """
    items = []
    for what in (LOANS, JOBS):
        told: dict[str, list[str]] = {}
        for one in [one for one in found if one.what == what]:
            told.setdefault(_told(one, telling), []).append(one.scenario)
        parts = [telling.at(text, places) for text, places in told.items()]
        if parts:
            items.append(telling.say(f"worth.{what}", parts=telling.joined(parts)))
    half = telling.say("worth.half", sure=sure) if any(one.state == AMOUNT for one in found) else ""
    return telling.say("worth.told", **names, items=telling.joined(items), half=half)


def _told(one: Worth, telling: Telling) -> str:
    if one.state == AMOUNT:
        return telling.within(one.each, one.half)
    return telling.say(f"worth.{one.state}_{one.what}")
