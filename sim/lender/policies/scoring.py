"""The score: a scorecard over what the book shows, in points, and the default rate it stands for.

Log-odds of default = card . features, no lower than a floor. There is a card for applications and one for accounts
that owe, each for thin files and thick ones: lenders keep an application and a behaviour scorecard apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.economy.sectors import SECTORS
from sim.engine.loops.compiled import scalar
from sim.engine.loops.stage import Stage, stage
from sim.engine.loops.transforms import logarithm, logistic
from sim.engine.tables.declare import as_in, setting
from sim.lender.policies.blurring import blur_signal, call_for_score, take_signal
from sim.lender.policies.features import COMMON_INFLOW
from sim.lender.policies.shipped import SEASON, SECTOR, WAVE, season_wave, shipped
from sim.persons.watching import see_balance, see_firm_balance

ANCHOR = 650.0  # points at which log-odds equal the intercept
POINTS = 60.0  # points per unit of log-odds


@scalar
def probability_of_default(score: float, score_intercept: float) -> float:
    """Probability of reaching 90+ days past due within 12 months that a score stands for.

    PD = 1 / (1 + exp(intercept + (score - 650) / 60)).
    """
    return logistic(-(score_intercept + (score - ANCHOR) / POINTS))


@scalar
def log_odds(probability: float) -> float:
    """Logarithm of the odds, ln(p / (1 - p)), of a probability kept away from 0 and 1."""
    inside = min(max(probability, 1e-6), 1.0 - 1e-6)
    return logarithm(inside) - logarithm(1.0 - inside)


class Scored(NamedTuple):
    """The score of an account."""

    score: float


class ChooseCard(NamedTuple):
    """What `choose_card` leaves."""

    segment: int


@stage()
def choose_card(principal: int, thin_file: int) -> ChooseCard:
    """Choose the card by what there is to know: an application or an account that owes, a thin file or a thick one."""
    return ChooseCard(segment=(2 if principal > 0 else 0) + thin_file)


Card = tuple[float, float, float, float, float, float, float, float, float, float, float]
"""Log-odds of default: base, and the weights of signal, trend, burden, use, memory, tenure, level, bureau, scarcity;
last the lowest log-odds."""


@stage(where="alive score_due")
def score_by_card(
    signal_used: float,
    inflow_fast: float,
    inflow_slow: float,
    delinquency_memory: float,
    months_on_book: int,
    payment: int,
    principal: int,
    limit: int,
    bureau_debt: int,
    balance_seen: float,
    card_by_segment: Card,
    card_move_by_stated_sector: float,
    score_intercept: float,
) -> Scored:
    """Score by the card in force: the score whose probability of default the card gives.

    Log-odds are moved by sector, and by the season of the month, as the card says (``card_move_by_stated_sector``).
    Some default for reasons that no account foretells, so that the log-odds have a floor (Basel Committee, 2006,
    paragraph 331, has one, too).
    """
    base, of_signal, of_trend, of_burden, of_use, of_memory, of_tenure, of_level, of_bureau, of_scarcity, floor = (
        card_by_segment
    )
    per_inflow = 1.0 / (inflow_slow + 1.0)
    odds = base + card_move_by_stated_sector + of_signal * signal_used + of_memory * delinquency_memory
    odds += of_trend * min(max(inflow_fast * per_inflow - 1.0, -1.0), 0.5)
    odds += of_burden * min(payment * per_inflow, 1.5) + of_use * min(principal / (limit + 1.0), 1.2)
    odds += of_tenure * min(months_on_book, 24) * (1.0 / 24.0)
    odds += of_level * (logarithm(inflow_slow + 1.0) - COMMON_INFLOW)
    odds += of_bureau * min(bureau_debt * per_inflow * (1.0 / 6.0), 2.0)
    odds += of_scarcity / (1.0 + max(balance_seen, 0.0) * per_inflow)
    return Scored(score=min(max(ANCHOR - POINTS * (max(odds, floor) + score_intercept), 350.0), 950.0))


@dataclass(frozen=True)
class Static:
    """The lender's card as shipped, its level learned in the burn-in."""

    name: str = setting("static", meaning="one card, its level learned in the burn-in", choices=("static",))
    bias: float = setting(
        0.0,
        -5.0,
        5.0,
        unit="log-odds",
        meaning="error of the card: above 0 it expects too much default, below too little",
    )
    level_prior: float = setting(
        1000.0,
        1.0,
        1e6,
        unit="defaults",
        meaning="what the shipped card's level counts against the lender's own (assumption)",
        needs="study.burn_in>12",
    )
    alternative_weight: float = setting(
        1.0, 0.0, 5.0, unit="factor", meaning="weight of alternative data against the card's own"
    )
    data_missing: float = setting(0.0, 0.0, 1.0, unit="share of persons", meaning="no alternative data at all")
    data_error: float = setting(0.0, 0.0, 1.0, unit="share of persons", meaning="alternative data of somebody else")
    privacy_epsilon: float = setting(
        0.0, 0.0, 100.0, unit="epsilon", meaning="privacy budget of alternative data; 0 adds no noise"
    )
    refresh_interval: int = setting(1, 1, 120, unit="months", meaning="a score is worked out anew every so often")
    balance_shift: float = setting(
        0.2, 0.0, 1.0, unit="share of balance", meaning="moved to or from other banks in a month at most (assumption)"
    )

    @property
    def sights(self) -> tuple[Stage, ...]:
        """Rules that carry more than the usual signals of persons into the book."""
        return (see_balance,)

    @property
    def firm_sights(self) -> tuple[Stage, ...]:
        """The same of firms."""
        return (see_firm_balance,)

    @property
    def refit_interval(self) -> int:
        """Months between two fits; 0 for never."""
        return 0

    @property
    def sectors(self) -> tuple[str, ...]:
        """Sectors that it names."""
        return ()

    @property
    def blurred(self) -> bool:
        """Whether the data reach the card other than they are."""
        return self.data_missing > 0 or self.data_error > 0 or self.privacy_epsilon > 0 or self.refresh_interval > 1

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The rules that do what the settings ask for."""
        signal = (blur_signal, call_for_score) if self.blurred else (take_signal,)
        return (*signal, choose_card, score_by_card)

    def card(self, preset: str, customer: str, bureau_weight: float) -> np.ndarray:
        """Weights of a preset's card, float64[4, 11]: base, features and lowest log-odds, by segment.

        ``bureau_weight`` says how far the card counts debts elsewhere: 0 not at all, 1 as it was fitted.
        """
        without, reading = (shipped(preset, customer, bureau) for bureau in (False, True))
        card: np.ndarray = without + bureau_weight * (reading - without)
        card[:, 1] *= self.alternative_weight
        return card

    def moves(self, preset: str, customer: str, bureau_weight: float) -> np.ndarray:
        """What a preset's card adds to log-odds by sector and month, float64[6, 12]: a level for each and a wave."""
        without, reading = (
            (
                shipped(preset, customer, bureau, (SECTOR,), SECTORS)[0],
                shipped(preset, customer, bureau, (SEASON,), WAVE)[0],
            )
            for bureau in (False, True)
        )
        sector, wave = (low + bureau_weight * (high - low) for low, high in zip(without, reading, strict=True))
        moved: np.ndarray = sector[:, None] + (wave[:, None] * season_wave(np.arange(12))).sum(axis=0)
        return moved

    def numbers(self) -> dict[str, float]:
        """Numbers that rules read beside the settings."""
        return {"privacy_noise": 4.0 / self.privacy_epsilon if self.privacy_epsilon > 0 else 0.0}


@dataclass(frozen=True)
class Refitted(Static):
    """The card is fitted anew every few months to accounts whose outcome is known."""

    name: str = setting("refitted", meaning="fitted anew every few months", choices=("refitted",))
    refit_months: int = setting(6, 1, 12, unit="months", meaning="time between two fits")
    segmented: bool = setting(False, meaning="a card of their own for thin files")
    recalibrated: bool = setting(
        False, meaning="the level is fitted, too (true), or only the order of accounts is (false)"
    )
    smallest_sample: int = setting(30, 1, 100_000, unit="defaults", meaning="no fit on fewer (assumption)")

    @property
    def refit_interval(self) -> int:
        """Months between two fits."""
        return self.refit_months


@dataclass(frozen=True)
class Segmented(Refitted):
    """Fitted anew, thin files with a card of their own."""

    name: str = setting("segmented", meaning="fitted anew, thin files apart", choices=("segmented",))
    segmented: bool = as_in(Refitted, "segmented", True)
