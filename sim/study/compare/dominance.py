"""Whether one package is better than another in every respect: ``dominance.csv``, a row for each pair and figure.

Better and worse are directions that hold after adjustment for the number of figures. Not worse is no absence of these:
it is an interval that excludes a loss beyond a stated margin, for every party that bears or receives money.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.study.compare.compare import chance_of, interval
from sim.study.compare.figures import figures_of
from sim.study.compare.intervals import Floats, holm
from sim.study.compare.worlds import by_place
from sim.study.plan.settings import StudySettings

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.01
"""Level of better and worse, after Holm's adjustment over the figures of a pair."""

OUTSTANDING, ACCESS, PERSONS = "margin_outstanding", "margin_access", "margin_persons"


@dataclass(frozen=True)
class Respect:
    """One figure in which packages are compared: whose it is, whether more (1) or less (-1) is better, its margin."""

    party: str
    better: int
    margin: str
    money: bool = False


RESPECTS = {
    "loss_rate": Respect("all lenders and guarantors", -1, OUTSTANDING),
    "delinquent_90": Respect("all lenders and guarantors", -1, OUTSTANDING),
    "approval_rate": Respect("borrowers", 1, ACCESS),
    "access_all": Respect("borrowers", 1, ACCESS),
    "access_low_income": Respect("borrowers", 1, ACCESS),
    "wrong_closures": Respect("borrowers", -1, PERSONS),
    "defaults_caused_by_closing": Respect("borrowers", -1, PERSONS),
    "borrowers_cost": Respect("borrowers", -1, OUTSTANDING),
    "lender_profit": Respect("lender", 1, OUTSTANDING, money=True),
    "partner_result": Respect("partner banks", 1, OUTSTANDING, money=True),
    "fund_result": Respect("guarantee fund", 1, OUTSTANDING, money=True),
    "reguarantee_result": Respect("re-guarantee fund", 1, OUTSTANDING, money=True),
    "insurer_result": Respect("insurer", 1, OUTSTANDING, money=True),
    "government_result": Respect("government", 1, OUTSTANDING, money=True),
    "other_losses": Respect("other lenders", -1, OUTSTANDING, money=True),
}
"""Losses as a whole, access, and every party that bears or receives money."""

IDENTICAL, BETTER, WORSE = "identical in every run", "better", "worse"
EQUIVALENT, NOT_WORSE, NOT_BETTER, OPEN = "alike within the margin", "not worse", "not better", "open"


class Compared(NamedTuple):
    """One figure of a pair; ``verdict`` speaks of the first package."""

    party: str
    figure: str
    unit: str
    difference: float
    low: float
    high: float
    margin: float
    p_holm: float
    verdict: str
    not_worse: bool
    other_not_worse: bool


COLUMNS = ("scenario", "arm", "other", *Compared._fields, "dominates")


def dominance(runs: pd.DataFrame, arms: Sequence[str], study: StudySettings | None = None) -> pd.DataFrame:
    """Compare each pair of packages in every respect, run by run under the same luck.

    A package dominates another when it is better in at least one figure and not worse in any. Each figure must pass at
    the study's confidence; as all must, their number calls for no adjustment (Berger, 1982).

    Parameters
    ----------
    runs : DataFrame
        Indexed by arm, scenario and replication; a column a figure, those of `RESPECTS` among them.
    arms : sequence of str
        Packages, in the order of the report.
    study : StudySettings, optional
        Margins, confidence and method of the intervals.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`. ``difference`` is ``arm`` less ``other``, with its interval; ``margin`` is in the figure's
        own unit; ``verdict`` speaks of ``arm``; ``dominates`` names the package, and is empty where neither does.
    """
    import pandas as pd

    study = study or StudySettings()
    rows: list[tuple[object, ...]] = []
    for scenario in dict.fromkeys(runs.index.get_level_values("scenario")):
        here = runs.xs(scenario, level="scenario")
        for place, arm in enumerate(arms):
            for other in arms[place + 1 :]:
                pair = _pair(here.loc[arm], here.loc[other], study)
                winner = _dominates(pair, arm, other)
                rows += [(scenario, arm, other, *row, winner) for row in pair]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _pair(ours: pd.DataFrame, theirs: pd.DataFrame, study: StudySettings) -> list[Compared]:
    figures = figures_of(ours.columns)
    names = [name for name in RESPECTS if name in ours]
    gaps = [by_place(ours[name] - theirs[name].reindex(ours.index)) for name in names]
    adjusted = holm([chance_of(gap, study.worlds) for gap in gaps])
    rows = []
    for name, gap, chance in zip(names, gaps, adjusted, strict=True):
        respect = RESPECTS[name]
        margin = getattr(study, respect.margin) * _base(respect, ours, theirs)
        ends = interval(gap, study.confidence, study.interval, study.worlds)[:3]
        said = verdict(respect.better * gap, margin, chance, study)
        rows.append(Compared(respect.party, name, figures[name].unit, *ends, margin, chance, *said))
    return rows


def _base(respect: Respect, ours: pd.DataFrame, theirs: pd.DataFrame) -> float:
    """What a margin is a fraction of, in the figure's own unit: one month's share of loans, or persons, of the pair."""
    if respect.margin == PERSONS:
        return _middle(ours, theirs, "persons")
    return _middle(ours, theirs, "outstanding") / 12.0 if respect.money else 1.0


def _middle(ours: pd.DataFrame, theirs: pd.DataFrame, name: str) -> float:
    """Mean of both packages; 0, so that no loss is small, where it was not recorded."""
    return float((ours[name].mean() + theirs[name].mean()) / 2) if name in ours else 0.0


def verdict(gain: Floats, margin: float, p_adjusted: float, study: StudySettings) -> tuple[str, bool, bool]:
    """Say what a paired difference shows.

    Parameters
    ----------
    gain : float64[runs]
        By how much the package is better, one number a run.
    margin : float
        Loss that is tolerated, in the same unit, at least 0.
    p_adjusted : float
        That the mean gain is zero, adjusted over the figures of the pair.

    Returns
    -------
    tuple
        The verdict in words, whether the package is not worse, and whether the other is not. Where there are too few
        runs for an interval, only what is identical in every run is known.
    """
    known = gain[np.isfinite(gain)]
    if len(known) and not known.any():
        return IDENTICAL, True, True
    mean, low, high, _ = interval(gain, study.confidence, study.interval, study.worlds)
    not_worse, not_better = bool(low >= -margin), bool(high <= margin)
    if p_adjusted <= LEVEL:
        return (BETTER if mean > 0 else WORSE), not_worse, not_better
    words = {(True, True): EQUIVALENT, (True, False): NOT_WORSE, (False, True): NOT_BETTER}
    return words.get((not_worse, not_better), OPEN), not_worse, not_better


def _dominates(pair: Sequence[Compared], arm: str, other: str) -> str:
    verdicts = {row.verdict for row in pair}
    if BETTER in verdicts and all(row.not_worse for row in pair):
        return arm
    return other if WORSE in verdicts and all(row.other_not_worse for row in pair) else ""
