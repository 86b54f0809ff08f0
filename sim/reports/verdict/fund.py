"""What becomes of a guarantee fund: its capital, claims that it cannot pay, loans that it no longer covers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.reports.chapters import guarantee
from sim.reports.folder import Study
from sim.reports.verdict.telling import Telling


@dataclass(frozen=True)
class Fund:
    """The guarantee fund of a package in one economy, over all its months; money in fen, mean over the runs.

    Attributes
    ----------
    start, added, end : float
        Capital at the policy date, what the government put in later, and net assets in the last month: cash less
        claims that await payment.
    lasted : int
        Runs in which the fund pays every claim when it is due.
    unpaid : float
        Claims that it could not pay.
    lent, uncovered : float
        New lending, and what of it was lent without cover while new cover was stopped.
    lost, kept : float
        Net charge-offs, and what of them the lender bears.
    """

    scenario: str
    runs: int
    start: float
    added: float
    end: float
    lasted: int
    unpaid: float
    lent: float
    uncovered: float
    lost: float
    kept: float


def fund_of(study: Study, scenario: str, arm: str) -> Fund | None:
    """Return what becomes of a package's fund in an economy; None where it has none or its capital was not kept."""
    put_in, capital = (study.paths(scenario, arm, name) for name in ("fund_put_in", "fund_capital"))
    states = study.paths(scenario, arm, "fund_state")
    if not (put_in.size and capital.size and states.size):
        return None

    def each(name: str) -> np.ndarray:
        return guarantee.amounts(study, scenario, arm, name)

    topped_up = study.paths(scenario, arm, "replenishment")
    start = put_in[:, 0] - (topped_up[:, 0] if topped_up.size else 0.0)
    drawn = study.paths(scenario, arm, "drawn")
    stopped = np.zeros(states.shape, dtype=bool)
    stopped[:, 1:] = states[:, :-1] >= guarantee.SUSPENDED  # a month's end decides for the next one
    covered = study.paths(scenario, arm, "guaranteed_lending")
    lent = drawn - covered if drawn.shape == covered.shape == states.shape else np.zeros(states.shape)
    uncovered = np.where(stopped, lent, 0.0).sum(axis=1)
    return Fund(
        scenario, len(states), float(start.mean()), float((put_in[:, -1] - start).mean()), float(capital[:, -1].mean()),
        int((states < guarantee.EXHAUSTED).all(axis=1).sum()), float(each("compensation_unpaid").mean()),
        float(each("drawn").mean()), float(uncovered.mean()),
        float((each("charged_off") - each("recovered")).mean()), float(each("loss_lender").mean()),
    )  # fmt: skip


def funds_of(study: Study) -> dict[str, tuple[Fund, ...]]:
    """Return what becomes of the fund of each package that has one, in the order of the economies."""
    found = {
        arm: tuple(one for name in study.scenarios if (one := fund_of(study, name, arm))) for arm in study.funded()
    }
    return {arm: funds for arm, funds in found.items() if funds}


def sentence(arm: str, funds: Sequence[Fund], falls_on: str, telling: Telling) -> str:
    """Say what a fund begins with, what is left, whether it lasts, and what it did not pay or cover.

    Parameters
    ----------
    falls_on : str
        On whom the contract lets fall what the fund cannot pay; empty where the manifest does not say.
    """
    say = telling.say
    added = [one.added for one in funds if one.added > 0]
    parts = {
        "start": telling.money([one.start for one in funds]),
        "added": say("fund.added", amount=telling.money(added)) if added else "",
        "ends": telling.joined(_by_economy(funds, lambda one: _end(one, telling), telling)),
        "unpaid": _unpaid(funds, falls_on, telling),
        "uncovered": _uncovered(funds, telling),
    }
    return say("fund.told", arm=telling.package(arm), **parts)


def _end(one: Fund, telling: Telling) -> str:
    """Say what a fund holds or lacks at the end, and in how many runs it paid all claims."""
    key = "fund.left" if one.end >= 0 else "fund.lacks"
    return telling.say(key, amount=telling.money([one.end]), count=one.lasted, runs=one.runs)


def _by_economy(funds: Sequence[Fund], told: Callable[[Fund], str], telling: Telling) -> list[str]:
    """Say something of each economy, once for those of which the same is said."""
    found: dict[str, list[str]] = {}
    for one in funds:
        found.setdefault(told(one), []).append(one.scenario)
    return [telling.at(text, places) for text, places in found.items()]


def _unpaid(funds: Sequence[Fund], falls_on: str, telling: Telling) -> str:
    """Say how much of the claims the fund could not pay, and on whom that fell."""
    short = [one for one in funds if one.unpaid > 0]
    if not short:
        return telling.say("fund.all_paid")
    amounts = _by_economy(short, lambda one: telling.money([one.unpaid]), telling)
    who = telling.say(f"front_scheme.party.{falls_on}") if falls_on else telling.say("fund.somebody")
    return telling.say("fund.unpaid", amounts=telling.joined(amounts), who=who)


def _uncovered(funds: Sequence[Fund], telling: Telling) -> str:
    """Say how much was lent without cover while that was stopped, and what part of all losses the lender bears."""
    say = telling.say
    shares = [one.uncovered / one.lent for one in funds if one.uncovered > 0 and one.lent > 0]
    kept = [one.kept / one.lost for one in funds if one.lost > 0]
    text = say("fund.uncovered", share=telling.percent(shares)) if shares else ""
    return text + (say("fund.kept", share=telling.percent(kept)) if kept else "")
