"""Recessions that come by themselves: a two-state Markov chain drawn from the seed."""

from __future__ import annotations

from sim.economy.scenario import RegimeSettings
from sim.economy.systematic import uniform

CALM, RECESSION = 0, 1


def stationary_recession(stay_calm: float, stay_recession: float) -> float:
    """Return the long-run share of months in recession.

    With p the chance to stay calm and q the chance to stay in recession it is (1-p)/((1-p)+(1-q)): p=.95 and
    q=.80 give .20, with mean durations 1/(1-p)=20 and 1/(1-q)=5 months. Where neither state is ever left it
    is 0.
    """
    leaving, returning = 1.0 - stay_calm, 1.0 - stay_recession
    return leaving / (leaving + returning) if leaving + returning > 0.0 else 0.0


def draw_regimes(settings: RegimeSettings, seed: int, length: int) -> list[int]:
    """Draw the regime of each month from the policy date on.

    Parameters
    ----------
    settings : RegimeSettings
        Chances to stay and the regime at the policy date.
    seed : int
        Seed of the replication.
    length : int
        Months; a longer draw starts with the shorter one.

    Returns
    -------
    list of int
        ``CALM`` or ``RECESSION`` for each month.
    """
    regime = CALM
    if settings.start == "stationary":
        share = stationary_recession(settings.stay_calm, settings.stay_recession)
        regime = RECESSION if uniform(seed, "economy_regime", who=1) < share else CALM
    elif settings.start == "recession":
        regime = RECESSION
    regimes = []
    for month in range(length):
        if month:
            stay = settings.stay_calm if regime == CALM else settings.stay_recession
            if uniform(seed, "economy_regime", month=month) >= stay:
                regime = RECESSION - regime
        regimes.append(regime)
    return regimes


def depth_of(settings: RegimeSettings, regimes: list[int]) -> list[float]:
    """Return how deep the economy is in recession: 0 calm, 1 the limit of a recession that never ends.

    Each month of recession closes the share ``onset`` of the distance to 1, each calm month gives back the
    share ``recovery`` of what is left: by default the way down is the faster one. Assumption.
    """
    depth, depths = 0.0, []
    for regime in regimes:
        depth += settings.onset * (1.0 - depth) if regime == RECESSION else -settings.recovery * depth
        depths.append(depth)
    return depths
