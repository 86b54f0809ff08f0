"""Courts: suits on debts that were charged off, and what the evidence kept is worth in them."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.stage import Tally, stage
from sim.loan.states import COURT_LOST, COURT_WON

EVIDENCE = {"none": (0.55, 0.30, 0), "logged": (0.70, 0.15, 10), "notarised": (0.90, 0.05, 60)}
"""Evidence by kind: chance to win in court, share of cases disputed, fen a contract. Assumptions."""


class GoToCourt(NamedTuple):
    """What `go_to_court` leaves."""

    court: int
    suits: Tally
    judgments_won: Tally
    judgments_lost: Tally


@stage(where="alive written_off", rare=True)
def go_to_court(
    written_off: int,
    court: int,
    months_in_state: int,
    smallest_suit: int,
    court_months: int,
    dispute_months: int,
    win_chance: float,
    dispute_chance: float,
    lasting_dispute: float,
    collecting: float,
    luck_dispute: float,
    luck_hearing: float,
) -> GoToCourt:
    """Sue for debts worth it as soon as they are charged off; hear the judgment after the court's delay.

    Disputed cases take longer; how many are, and how many are won, depends on the evidence kept. Where courts rest
    (``collecting`` below 1) a case stands still in as many of its months.
    """
    if court in (COURT_WON, COURT_LOST) or (court == 0 and (months_in_state > 0 or written_off < smallest_suit)):
        return GoToCourt(court=court, suits=0, judgments_won=0, judgments_lost=0)
    if court == 0:
        return GoToCourt(court=1, suits=1, judgments_won=0, judgments_lost=0)
    length = court_months + (dispute_months if lasting_dispute < dispute_chance else 0)
    if luck_hearing >= collecting:
        return GoToCourt(court=court, suits=0, judgments_won=0, judgments_lost=0)
    if court < length:
        return GoToCourt(court=court + 1, suits=0, judgments_won=0, judgments_lost=0)
    if luck_dispute < win_chance:
        return GoToCourt(court=COURT_WON, suits=0, judgments_won=1, judgments_lost=0)
    return GoToCourt(court=COURT_LOST, suits=0, judgments_won=0, judgments_lost=1)
