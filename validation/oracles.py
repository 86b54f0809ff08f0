"""All cases in the order of the page, run and judged as one family."""

from __future__ import annotations

from collections.abc import Callable

from validation import annuity, chains, guarantees, pools
from validation.checks import Check, Verdict, judge
from validation.size import Size

Oracle = Callable[[Size], list[Check]]

ORACLES: dict[str, Oracle] = {
    "large pool": pools.large_pool,
    "finite pool": pools.finite_pool,
    "limits of the correlation": pools.limits_of_correlation,
    "roll rates": chains.roll_rates,
    "time to charge-off": chains.time_to_write_off,
    "exclusion": chains.exclusion,
    "oldest arrears first": chains.partial_cures,
    "employment": chains.employment,
    "constant hazard": chains.constant_hazard,
    "regimes": chains.regimes,
    "annuity": annuity.annuities,
    "guarantees": guarantees.guarantees,
}


def run(size: Size, told: Callable[[str], None] = lambda name: None) -> list[Verdict]:
    """Run every oracle and judge the family.

    Parameters
    ----------
    size : Size
        How much work to do.
    told : callable
        Hears the name of each oracle as it begins.
    """
    checks: list[Check] = []
    for name, oracle in ORACLES.items():
        told(name)
        checks.extend(oracle(size))
    return judge(checks)
