"""How much work the cases do: the reduced form for every day, the full form for the page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Numbers of persons, months and seeds.

    Attributes
    ----------
    pool_persons, pool_runs : int
        Persons and seeds of the pools under a common factor.
    limit_runs : int
        Seeds of the limits of its correlation.
    chain_persons : int
        Persons of each Markov chain.
    regime_runs, regime_months : int
        Seeds and months of the regime chain.
    guarantee_runs, guarantee_persons : int
        Seeds and persons of the guarantee.
    """

    pool_persons: int
    pool_runs: int
    limit_runs: int
    chain_persons: int
    regime_runs: int
    regime_months: int
    guarantee_runs: int
    guarantee_persons: int


REDUCED = Size(2_000, 150, 60, 5_000, 4, 240, 40, 1_000)
FULL = Size(5_000, 3_000, 1_000, 50_000, 20, 1_000, 600, 3_000)
