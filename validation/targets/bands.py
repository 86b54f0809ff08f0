"""Published figures, as bands: what each is, where it was read, how sure it is, and what measures it here.

A figure of one market alone is asked of the preset of that market.
"""

from __future__ import annotations

from validation.targets.bands_of_accounts import OF_ACCOUNTS
from validation.targets.bands_of_downturns import OF_DOWNTURNS
from validation.targets.bands_of_lending import OF_LENDING
from validation.targets.runs import CHINA
from validation.targets.target import CLOSING, EXPOSURE, GUARANTEES, Target

ALL_TARGETS: tuple[Target, ...] = (*OF_ACCOUNTS, *OF_LENDING, *OF_DOWNTURNS)


def targets_of(preset: str) -> tuple[Target, ...]:
    """Published figures that are asked of a preset."""
    return tuple(target for target in ALL_TARGETS if preset in target.presets)


TARGETS = targets_of(CHINA)

WAITING: tuple[tuple[str, str, str, str], ...] = (
    (EXPOSURE, "usage abnormal from about 12 months before default", "Norden and Weber (2010) [A]",
     "no figure but the date; the months above show what there is"),
    (GUARANTEES, "share of final charge-offs seen by age", "SBA 7(a) [V]",
     "loans last 12 months and runs 5 years: cohorts of ten years are not seen"),
    (GUARANTEES, "jobs and sales of guaranteed firms", "Allinson (2013) [V], Barrot et al. [A]",
     "no firm is followed with its guarantee and without"),
    (CLOSING, "a micro lender that closes every line", "Advanta 2009 [S]", "no run here closes every line on one day"),
    (CLOSING, "debt added per unit of limit (.11 a quarter, .28 in 3 years)", "Aydin (2022) [A]",
     "no pair of runs in which limits rise by chance"),
)  # fmt: skip
