"""From a path of unemployment to the chances of losing and of finding a job.

Unemployment follows ``u' = u + s (1 - u) - f u`` with s the monthly chance to lose a job and f the one to
find one. A path gives one equation a month for two unknowns, so a split is needed. Write the log of the flow
ratio s/f, in deviation from calm, as x = x_level + x_change: x_level is what would hold unemployment where it
now is (the log change of its odds), x_change the rest, which moves it. Finding carries
``finding_share_of_level`` of the first and ``finding_share_of_change`` of the second, separations carry what
is left.

With both shares equal this is the usual log decomposition (Elsby, Michaels and Solon 2009). The default gives
finding 0.75 of the level (Shimer 2012: three quarters of the fluctuations in the US since 1948) and 0.40 of
the change: separations lead and finding lags (Fujita and Ramey 2009, who give separations 40-50 % and more
once the lag is counted), so a recession opens with layoffs and ends with long spells.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from sim.economy.arithmetic import exp, log
from sim.economy.sectors import EMPLOYMENT_SHARES
from sim.economy.settings import LabourSettings
from sim.engine.loops.diskcache import kept
from sim.engine.loops.transforms import exponential_function

# Odds of unemployment below this are taken as this, so that an economy without unemployment has a logarithm.
LOWEST_ODDS = 1e-4
STEPS = 200
LOWEST_CHANGE, HIGHEST_CHANGE = -30.0, 30.0


@dataclass(frozen=True)
class Flows:
    """A month's chances to lose and to find a job, and the unemployment that they lead to."""

    separation: float
    finding: float
    unemployment: float


def calm_flows(labour: LabourSettings, unemployment: float) -> Flows:
    """Return the flows that hold unemployment constant at its calm level: s = f u / (1 - u)."""
    return Flows(labour.finding_calm * unemployment / (1.0 - unemployment), labour.finding_calm, unemployment)


def _odds(unemployment: float) -> float:
    return max(unemployment / (1.0 - unemployment), LOWEST_ODDS)


@kept
def root(gain: Any, rise: Any, loss: Any, fall: Any, target: Any) -> Any:
    """Solve ``gain exp(rise d) - loss exp(-fall d) = target`` for d; the left side never falls in d.

    The bounds of d are returned where the target lies beyond them.
    """
    low, high = LOWEST_CHANGE, HIGHEST_CHANGE
    if gain * exponential_function(rise * low) - loss * exponential_function(-fall * low) - target >= 0.0:
        return low
    if gain * exponential_function(rise * high) - loss * exponential_function(-fall * high) - target <= 0.0:
        return high
    d = 0.0
    for _ in range(STEPS):
        up, down = gain * exponential_function(rise * d), loss * exponential_function(-fall * d)
        value, slope = up - down - target, rise * up + fall * down
        low, high = (low, d) if value >= 0.0 else (d, high)
        step = d - value / slope if slope > 0.0 else math.inf
        d, last = (step if low < step < high else 0.5 * (low + high)), d
        if abs(d - last) < 1e-13:
            break
    return d


def solve_flows(labour: LabourSettings, calm: Flows, before: float, after: float) -> Flows:
    """Find the flows that take unemployment from ``before`` to ``after`` in one month.

    Parameters
    ----------
    labour : LabourSettings
        The split between losing and finding jobs, and the largest chances allowed.
    calm : Flows
        Flows and unemployment of calm times.
    before, after : float
        Unemployment, fractions.

    Returns
    -------
    Flows
        Exact: ``before + s (1 - before) - f before`` equals ``unemployment``, which is ``after`` unless the
        largest chances allowed do not reach it in a month; then it is as near as they come.
    """
    if before == calm.unemployment and after == calm.unemployment:
        return calm
    level = log(_odds(after) / _odds(calm.unemployment))
    of_level, of_change = labour.finding_share_of_level, labour.finding_share_of_change
    separation = calm.separation * exp((1.0 - of_level) * level)
    finding = calm.finding * exp(-of_level * level)
    change = root(separation * (1.0 - before), 1.0 - of_change, finding * before, float(of_change), after - before)
    finding = min(finding * exp(-of_change * change), labour.highest_finding)
    # The identity, not the root, sets separations: so the path is followed to the last bit that floats allow.
    separation = (after - before + finding * before) / (1.0 - before)
    if separation > labour.highest_separation and before > 0.0:
        separation = labour.highest_separation
        finding = max((separation * (1.0 - before) - (after - before)) / before, 0.0)
    separation = min(max(separation, 0.0), labour.highest_separation)
    return Flows(separation, finding, before + separation * (1.0 - before) - finding * before)


def share_out(separation: float, weights: list[float], tilts: list[float], highest: float) -> list[float]:
    """Divide a mean chance of job loss over sectors in proportion to their tilts.

    Parameters
    ----------
    separation : float
        Mean over the employed; at most ``highest``.
    weights : list of float
        Employed share of each sector, summing to 1.
    tilts : list of float
        Relative chances, positive.
    highest : float
        Largest chance in any sector; what it cuts off is taken by the others.

    Returns
    -------
    list of float
        Chances whose mean over ``weights`` is ``separation``.
    """
    result = [0.0] * len(tilts)
    free = list(range(len(tilts)))
    left = separation
    while free:
        scale = left / sum(weights[k] * tilts[k] for k in free)
        capped = [k for k in free if scale * tilts[k] > highest]
        for k in capped or free:
            result[k] = highest if capped else scale * tilts[k]
        if not capped:
            break
        left = max(left - highest * sum(weights[k] for k in capped), 0.0)
        free = [k for k in free if k not in capped]
    return result


@dataclass(frozen=True)
class Hazards:
    """Chances by month, and the unemployment that they make one expect.

    Parameters
    ----------
    unemployment : list of float
        Expected at the end of each month: the path itself wherever ``reached``.
    separation : list of list of float
        ``[month][sector]``.
    finding : list of float
        By month, equal in all sectors: the jobless look for work wherever it is. Assumption.
    unreached : list of int
        Months in which the largest chances allowed fall short of the path.
    """

    unemployment: list[float]
    separation: list[list[float]]
    finding: list[float]
    unreached: list[int]


def hazards_along(
    labour: LabourSettings, calm_unemployment: float, path: list[float], tilts: list[list[float]]
) -> Hazards:
    """Turn a path into hazards, sector by sector, such that expected unemployment follows the path exactly.

    Sectors that lose more jobs have fewer left to lose, so the weights of the tilts are the employed still
    expected in each sector, not the shares of calm times: with those the path would be missed a little more
    each month.

    Parameters
    ----------
    labour : LabourSettings
        Split and largest chances.
    calm_unemployment : float
        Level before the first month, equal in all sectors.
    path : list of float
        Unemployment at the end of each month.
    tilts : list of list of float
        ``[month][sector]``, relative chances of job loss.

    Returns
    -------
    Hazards
        See there.
    """
    calm = calm_flows(labour, calm_unemployment)
    sectors = [calm_unemployment] * len(EMPLOYMENT_SHARES)
    before = calm_unemployment
    result = Hazards([], [], [], [])
    for month, after in enumerate(path):
        flows = solve_flows(labour, calm, before, after)
        weights = [share * (1.0 - u) / (1.0 - before) for share, u in zip(EMPLOYMENT_SHARES, sectors, strict=True)]
        separations = share_out(flows.separation, weights, tilts[month], labour.highest_separation)
        sectors = [u + s * (1.0 - u) - flows.finding * u for u, s in zip(sectors, separations, strict=True)]
        before = flows.unemployment
        result.unemployment.append(before)
        result.separation.append(separations)
        result.finding.append(flows.finding)
        if abs(before - after) > 1e-12:
            result.unreached.append(month)
    return result
