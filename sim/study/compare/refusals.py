"""Judging refusals with a paired run that approves everybody who applies: pure functions on arrays of events.

Definitions (months counted from the policy date, ``t`` the month of a person's first refusal):

- **judged**: in the paired run the person owes something in one of the months ``t + 1`` to ``t + 12``; whoever was
  approved and never drew says nothing about paying;
- **wrong rejection**: judged, and in the paired run not 90+ days past due at the end of ``t`` nor entering 90+ in
  the months ``t + 1`` to ``t + 12``: rejected though the person would have borrowed and paid;
- refusals with fewer than 12 months left are neither.

All other refusals of the paired run are approvals, too, so credit, jobs and neighbours differ between the runs where
they are linked; with links off the runs differ in these persons alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.study.compare.closures import FOLLOW_UP, Trace, first_of, reaches

DECILES = 10


@dataclass
class Applicants:
    """What a run tells of refusals and of who owes, month by month from the policy date.

    Attributes
    ----------
    refused : list of int64 arrays
        Rows refused in the month.
    owing : list of bit-packed boolean arrays
        Whether each row owes the lender principal at the end of the month.
    thin : bool[rows]
        Thin files, as the last month knows them.
    decile : int64[rows]
        Decile of true permanent income, 0 the lowest.
    """

    refused: list[NDArray[np.int64]] = field(default_factory=list)
    owing: list[NDArray[np.uint8]] = field(default_factory=list)
    thin: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    decile: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def owes(self, month: int, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each row owes in one of the twelve months after ``month``."""
        later = [
            np.unpackbits(packed).astype(np.bool_)[rows] for packed in self.owing[month + 1 : month + 1 + FOLLOW_UP]
        ]
        return np.any(later, axis=0) if later else np.zeros(len(rows), dtype=np.bool_)


def judged_refusals(run: Applicants, twin: Applicants, paths: Trace) -> dict[str, NDArray[np.int64]]:
    """Refusals judged and wrong, by the month of the refusal.

    Parameters
    ----------
    run, twin : Applicants
        The run whose refusals are judged, and its pair that approves everybody.
    paths : Trace
        Who defaults in the pair.

    Returns
    -------
    dict of str to int64[months]
        ``rejections_judged`` and ``wrong_rejections``, of all, ``_thin`` and ``_decile_1`` to ``_decile_10``.
    """
    months = len(run.refused)
    names = ["", "_thin", *(f"_decile_{k}" for k in range(1, DECILES + 1))]
    found = {what + name: np.zeros(months, dtype=np.int64) for what in ("rejections_judged", "wrong_rejections")
             for name in names}  # fmt: skip
    for month, rows in enumerate(first_of(run.refused, paths.rows)):
        if not len(rows) or month + FOLLOW_UP > months - 1:
            continue
        judged = rows[twin.owes(month, rows)]
        wrong = judged[~reaches(paths, month, judged)]
        for what, part in (("rejections_judged", judged), ("wrong_rejections", wrong)):
            found[what][month] = len(part)
            found[f"{what}_thin"][month] = int(run.thin[part].sum())
            for k, count in enumerate(np.bincount(run.decile[part], minlength=DECILES), 1):
                found[f"{what}_decile_{k}"][month] = count
    return found
