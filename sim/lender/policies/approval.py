"""Admission and approval: hard rules first, then expected profit on the loss that the lender keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from sim.engine.loops.stage import Stage, Tally, stage
from sim.engine.tables.declare import setting
from sim.lender.policies.looking import applied, look_at_application
from sim.lender.policies.reviewing import opening_limit
from sim.lender.policies.scoring import POINTS, probability_of_default
from sim.loan.states import (
    LINE_APPLIED,
    LINE_CHARGED_OFF,
    LINE_CLOSED,
    LINE_FROZEN,
    LINE_NONE,
    LINE_OPEN,
    LINE_REFUSED,
)


class EstimateDefault(NamedTuple):
    """What `estimate_default` leaves."""

    default_expected: float


@stage(where="alive line", when=applied)
def estimate_default(
    line: int,
    score: float,
    thin_file: int,
    review: float,
    score_intercept: float,
    appetite_points: float,
    parity_points: float,
    review_weight: float,
    conservatism: float,
    thin_conservatism: float,
    outlook: float,
    unemployment_rise: float,
) -> EstimateDefault:
    """Probability of default of an applicant, as the decision takes it.

    ``appetite_points`` are given to every score, ``parity_points`` to thin files; what a manual review found counts
    with ``review_weight``. A margin of conservatism is added for what the estimate may err by, a further one where
    there is little to go by (Regulation (EU) 575/2013, article 179): so that sound customers of whom little is known
    are refused, too. The score tells risk through the cycle; ``outlook`` makes it that of the times, by how much
    unemployment has risen in a year: banks tighten standards as they see the economy worsen (Bassett, Chosak, Driscoll
    and Zakrajsek, 2014), as in a satellite model of stress tests (Drehmann, 2009), and ease late.
    """
    if line != LINE_APPLIED:
        return EstimateDefault(default_expected=0.0)
    points = score + appetite_points + parity_points * thin_file + review_weight * review
    points -= POINTS * (conservatism + thin_conservatism * thin_file + outlook * unemployment_rise)
    return EstimateDefault(default_expected=probability_of_default(points, score_intercept))


class ReckonSmallLoan(NamedTuple):
    """What `reckon_small_loan` leaves."""

    small_loan_cost: float


@stage(where="alive line", when=applied)
def reckon_small_loan(
    line: int, inflow_slow: float, opening_multiple: float, limit_cap: int, account_cost: int, usual_use: float
) -> ReckonSmallLoan:
    """Cost of an account over the balance that its line lets expect, a year: the smaller the loan, the dearer."""
    if line != LINE_APPLIED:
        return ReckonSmallLoan(small_loan_cost=0.0)
    owed = usual_use * opening_limit(inflow_slow, opening_multiple, limit_cap)
    return ReckonSmallLoan(small_loan_cost=min(account_cost / (owed + 1.0), 1.0))


class SetBar(NamedTuple):
    """What `set_bar` leaves."""

    default_bearable: float


@stage(where="alive line", when=applied)
def set_bar(
    line: int,
    offer_rate: float,
    small_loan_cost: float,
    cover_part: float,
    highest_default: float,
    margin_share: float,
    margin_cost: float,
    loss_share: float,
    whole_loss: float,
    whole_cost: float,
    weighs_retained_loss: int,
) -> SetBar:
    """Highest probability of default at which the margin on the lender's own part bears its loss: PD x LGD x its share.

    The margin is what is left of the price after funding, the return asked on capital, servicing and the account.
    What it keeps is less on the part that the scheme would cover: more coverage by others, laxer standards (moral
    hazard emerges).
    """
    if line != LINE_APPLIED:
        return SetBar(default_bearable=0.0)
    margin, loss = offer_rate - whole_cost, whole_loss
    if weighs_retained_loss:
        margin = (1.0 - cover_part) * margin + cover_part * (margin_share * offer_rate - margin_cost)
        loss = (1.0 - cover_part) * loss + cover_part * loss_share
    margin -= small_loan_cost
    if margin < 0.0:
        return SetBar(default_bearable=-1.0)
    return SetBar(default_bearable=highest_default if margin >= loss * highest_default else margin / loss)


class WeighApplication(NamedTuple):
    """What `weigh_application` leaves."""

    worth_lending: int


@stage(where="alive line", when=applied)
def weigh_application(
    line: int,
    default_expected: float,
    default_bearable: float,
    delinquency_memory: float,
    largest_memory: float,
    lending_open: int,
) -> WeighApplication:
    """Accept whose default is expected below the bar, without serious arrears of late, while the lender lends."""
    if line != LINE_APPLIED:
        return WeighApplication(worth_lending=0)
    worth = lending_open and delinquency_memory <= largest_memory and default_expected <= default_bearable
    return WeighApplication(worth_lending=1 if worth else 0)


class AcceptEveryone(NamedTuple):
    """What `accept_everyone` leaves."""

    worth_lending: int


@stage(where="alive line")
def accept_everyone(lending_open: int) -> AcceptEveryone:
    """Accept every applicant while the lender lends."""
    return AcceptEveryone(worth_lending=1 if lending_open else 0)


class DecideApplication(NamedTuple):
    """What `decide_application` leaves."""

    line: int
    months_in_state: int
    approvals: Tally
    applications_decided: Tally
    approvals_thin: Tally
    applications_thin: Tally


def waits(line: int) -> bool:
    """Whether a decision is waited for, or the end of a wait: not where the line is open or was charged off."""
    return line not in (LINE_OPEN, LINE_CHARGED_OFF)


@stage(where="alive line", when=waits)
def decide_application(
    line: int, months_in_state: int, principal: int, thin_file: int, worth_lending: int, cooling_months: int
) -> DecideApplication:
    """Approve or refuse an application; count how long a refused or repaid closed line cools down."""
    if line == LINE_APPLIED:
        return DecideApplication(
            line=LINE_OPEN if worth_lending else LINE_REFUSED,
            months_in_state=0,
            approvals=worth_lending,
            applications_decided=1,
            approvals_thin=thin_file * worth_lending,
            applications_thin=thin_file,
        )
    # The months since a charge-off are counted where recoveries are booked.
    months = months_in_state if line in (LINE_OPEN, LINE_CHARGED_OFF) else min(months_in_state + 1, 120)
    cooled = line in (LINE_CLOSED, LINE_FROZEN, LINE_REFUSED) and months_in_state >= cooling_months and principal == 0
    return DecideApplication(
        line=LINE_NONE if cooled else line,
        months_in_state=0 if cooled else months,
        approvals=0,
        applications_decided=0,
        approvals_thin=0,
        applications_thin=0,
    )


@dataclass(frozen=True)
class Profit:
    """Approve what earns more than the loss that the lender itself keeps."""

    name: str = setting("profit", meaning="approve on expected profit", choices=("profit",))
    highest_default: float = setting(
        0.25, 0.0, 1.0, unit="within 12 months", meaning="no approval above this probability of default"
    )
    largest_memory: float = setting(
        1.5, 0.0, 13.0, unit="months past due, fading", meaning="admission: no serious recent arrears"
    )
    conservatism: float = setting(
        0.1, 0.0, 5.0, unit="log-odds", meaning="added to default for what the estimate may err by (assumption)"
    )
    thin_conservatism: float = setting(
        0.5, 0.0, 5.0, unit="log-odds", meaning="added where there is little history outside (assumption)"
    )
    outlook: float = setting(
        0.0, 0.0, 5.0, unit="log-odds a point", meaning="added for each point that unemployment rose in a year: persons"
    )
    firm_outlook: float = setting(
        0.25,
        0.0,
        5.0,
        unit="log-odds a point",
        meaning="the same for firms",
        needs="firms.per_person>0 and policy/approval!=everyone",
    )
    cooling_months: int = setting(12, 0, 120, unit="months", meaning="wait after a refusal or a repaid closed line")
    weighs_retained_loss: bool = setting(
        True, meaning="the cutoff weighs income and loss after sharing (true) or as if nothing were shared (false)"
    )
    stages: ClassVar[tuple[Stage, ...]] = (
        *(estimate_default, reckon_small_loan, set_bar),
        *(weigh_application, decide_application),
    )
    reviews: ClassVar[tuple[Stage, ...]] = ()

    def next_parity(self, points: float, decided: Mapping[str, int]) -> float:
        """Points that thin files are given next month: none."""
        return 0.0

    def next_review_share(self, grey: int) -> float:
        """Share of the grey zone that is looked at next month: none."""
        return 0.0


@dataclass(frozen=True)
class Parity(Profit):
    """Approve thin files as often as others: points for the group that is approved less."""

    name: str = setting("parity", meaning="thin files are approved as often as others", choices=("parity",))
    parity_pace: float = setting(
        20.0, 0.0, 600.0, unit="points a month per unit of gap", meaning="pace of closing the gap (assumption)"
    )
    parity_limit: float = setting(120.0, 0.0, 600.0, unit="points", meaning="furthest shift (assumption)")

    def next_parity(self, points: float, decided: Mapping[str, int]) -> float:
        """Points for thin files after a month's decisions: the gap of approval rates is worked off."""
        thin, others = decided["applications_thin"], decided["applications_decided"] - decided["applications_thin"]
        if thin == 0 or others == 0:
            return points
        gap = (decided["approvals"] - decided["approvals_thin"]) / others - decided["approvals_thin"] / thin
        return min(max(points + self.parity_pace * gap, -self.parity_limit), self.parity_limit)


@dataclass(frozen=True)
class Reviewed(Profit):
    """People look at applications in the grey zone, as many as the budget allows."""

    name: str = setting("reviewed", meaning="the grey zone is looked at by hand", choices=("reviewed",))
    review_band: float = setting(
        30.0, 0.0, 600.0, unit="points", meaning="grey zone on either side of the bar (assumption)"
    )
    review_budget: int = setting(
        50, 0, 10_000_000, unit="applications a month", meaning="what reviewers can do (assumption)"
    )
    review_noise: float = setting(
        0.7, 0.0, 10.0, unit="standard deviations", meaning="error of a review's finding (assumption)"
    )
    review_weight: float = setting(
        25.0, 0.0, 300.0, unit="points per standard deviation", meaning="weight of a finding (assumption)"
    )
    review_cost: int = setting(3_000, 0, 10_000_000, unit="fen a review", meaning="cost of a review (assumption)")
    reviews: ClassVar[tuple[Stage, ...]] = (estimate_default, reckon_small_loan, set_bar, look_at_application)

    def next_review_share(self, grey: int) -> float:
        """Share of next month's grey zone that the budget covers, were it as large as this month's."""
        return min(self.review_budget / grey, 1.0) if grey > 0 else 1.0


@dataclass(frozen=True)
class Everyone(Profit):
    """Nobody who applies is refused: what refusals are judged by."""

    NEEDS: ClassVar[str] = "policy/approval!=everyone"  # the numbers of those whom it stands in for

    name: str = setting("everyone", meaning="every application is approved", choices=("everyone",))
    stages: ClassVar[tuple[Stage, ...]] = (accept_everyone, decide_application)


OPTIONS: dict[str, type] = {"profit": Profit, "parity": Parity, "reviewed": Reviewed, "everyone": Everyone}
