"""Scorecards by sector: features by name, weights by sector and customer, written out as one scalar rule.

The cards are those that the lender's preset ships, or written down line by line, or fitted: each sector's own where
enough of its accounts turned bad, else the card of all sectors together.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.engine.loops.stage import Stage
from sim.engine.tables.declare import setting
from sim.lender.policies.blurring import blur_signal, call_for_score
from sim.lender.policies.bureau import DEBT_ELSEWHERE
from sim.lender.policies.features import BY_SECTOR, REGISTRY, REMEMBERED, remember_flows
from sim.lender.policies.scoring import Refitted, Segmented, Static
from sim.lender.policies.shipped import shipped
from sim.lender.policies.user import executed

ALL = "all"
FITTED = "policy.scoring.refit_months>0"
CUSTOMERS = ("person", "firm")
USUAL = -3.1  # log-odds of default of an average account, on which lines of cards stand (assumption)
OFFSETS = ("base", "thin")  # log-odds of an average account, and of a thin file beside it


@dataclass(frozen=True)
class Weight:
    """One line of a card: what a feature adds to the log-odds of default, for whom."""

    feature: str = setting("signal", meaning="feature, base or thin", choices=(*OFFSETS, *REGISTRY))
    weight: float = setting(0.0, -100.0, 100.0, unit="log-odds per unit", meaning="above 0 for what points to default")
    sector: str = setting(ALL, meaning="sector as stated; all for every sector")
    customer: str = setting(ALL, meaning="whose card", choices=(ALL, *CUSTOMERS))


@dataclass(frozen=True)
class SectorCards(Static):
    """A card for each sector, of persons and of firms."""

    name: str = setting("sector", meaning="a card for each sector, of persons and of firms", choices=("sector",))
    features: tuple[str, ...] = setting(BY_SECTOR, meaning="what the cards weigh", choices=tuple(REGISTRY))
    cards: tuple[Weight, ...] = setting(
        (),
        meaning="weights, line by line, in place of the shipped ones; a sector's own line stands before that of all",
    )
    refit_months: int = setting(0, 0, 12, unit="months", meaning="time between two fits; 0 for never")
    recalibrated: bool = setting(
        False, meaning="the level is fitted, too (true), or only the order of accounts is (false)", needs=FITTED
    )
    smallest_sample: int = setting(
        60,
        1,
        100_000,
        unit="defaults",
        meaning="a sector with fewer takes the card of all; no fit on fewer in all",
        needs=FITTED,
    )
    balance_shift: float = setting(
        0.2,
        0.0,
        1.0,
        unit="share of balance",
        meaning="moved to or from other banks in a month at most (assumption)",
        needs="policy.scoring.features=balance|scarcity|large_outflows",
    )
    large_outflow: float = setting(
        0.6,
        0.0,
        1.0,
        unit="share of balance",
        meaning="gone within a month: a large outflow (assumption)",
        needs="policy.scoring.features=large_outflows",
    )
    statement_error: float = setting(
        0.2,
        0.0,
        1.0,
        unit="share",
        meaning="error of a small firm's statements at most (assumption)",
        needs="policy.scoring.features=receivables|inventory|research and firms.per_person>0",
    )

    @property
    def refit_interval(self) -> int:
        """Months between two fits; 0 for never."""
        return self.refit_months

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Remember what the features ask for, blur what is blurred, and score."""
        asked = {column for name in self.features for column in REGISTRY[name].columns}
        remembered = (remember_flows,) if asked & set(REMEMBERED) else ()
        blurred = (blur_signal,) if self.blurred and "signal" in self.features else ()
        waits = (call_for_score,) if self.blurred else ()
        return (*remembered, *blurred, *waits, stage_of(self.features, self.blurred))

    @property
    def sights(self) -> tuple[Stage, ...]:
        """Rules that carry what the features need of persons into the book."""
        return tuple(dict.fromkeys(found for name in self.features if (found := REGISTRY[name].person)))

    @property
    def firm_sights(self) -> tuple[Stage, ...]:
        """The same of firms."""
        return tuple(dict.fromkeys(found for name in self.features if (found := REGISTRY[name].firm)))

    @property
    def names(self) -> tuple[str, ...]:
        """Columns of a card: base, thin file, and each feature."""
        return (*OFFSETS, *self.features)

    @property
    def sectors(self) -> tuple[str, ...]:
        """Sectors that have lines of their own."""
        return tuple(line.sector for line in self.cards if line.sector != ALL)

    def cards_of(self, preset: str, customer: str, sectors: tuple[str, ...], bureau_weight: float) -> np.ndarray:
        """Cards as written down, or as shipped where no line is.

        Parameters
        ----------
        preset : str
            Whose shipped cards.
        customer : str
            ``person`` or ``firm``.
        sectors : tuple of str
            In the order of the sector codes.
        bureau_weight : float
            How far debts elsewhere count, 1 as usual.

        Returns
        -------
        float64[sectors, 2 + features]
            Log-odds per unit; what no line names weighs nothing.
        """
        if not self.cards:
            without, reading = (shipped(preset, customer, bureau, sectors, self.names) for bureau in (False, True))
            scales = [self.alternative_weight if name == "signal" else 1.0 for name in self.names]
            return np.asarray((without + bureau_weight * (reading - without)) * np.array(scales))
        card = np.zeros((len(sectors), len(self.names)))
        card[:, 0] = USUAL
        if "bureau" in self.features:
            card[:, self.names.index("bureau")] = bureau_weight * DEBT_ELSEWHERE
        # From the general to the particular: a later line covers an earlier one.
        for line in sorted(self.cards, key=lambda line: (line.sector != ALL, line.customer != ALL)):
            if line.customer in (ALL, customer):
                rows = slice(None) if line.sector == ALL else sectors.index(line.sector)
                offset = USUAL if line.feature == "base" else 0.0
                scale = self.alternative_weight if line.feature == "signal" else 1.0
                card[rows, self.names.index(line.feature)] = offset + scale * line.weight
        return card

    def check(self) -> Iterator[str]:
        """Problems between features and cards, one line each."""
        if not self.features or len(set(self.features)) < len(self.features):
            yield "policy.scoring.features: each feature once, and at least one"
        for place, line in enumerate(self.cards):
            if line.feature not in self.names:
                yield (
                    f"policy.scoring.cards[{place}].feature: {line.feature} is not allowed: "
                    f"one of policy.scoring.features ({', '.join(self.features)}), base or thin"
                )


@functools.cache
def stage_of(features: tuple[str, ...], blurred: bool) -> Stage:
    """Write cards of these features out as one scalar rule; weights are read by the sector that was stated."""
    formulas = {name: REGISTRY[name].formula for name in features}
    if blurred and "signal" in formulas:
        formulas["signal"] = "signal_used"
    columns = [column for name in features if name != "signal" for column in REGISTRY[name].columns]
    columns += [formulas["signal"]] if "signal" in formulas else []
    weights = ", ".join(f"of_{name}" for name in (*OFFSETS, *features))
    names = dict.fromkeys(["thin_file", *columns, "card_by_stated_sector", "score_intercept"])
    lines = [
        "from sim.engine.loops.compiled import scalar",
        "from sim.engine.loops.transforms import logarithm",
        "from sim.lender.policies.scoring import ANCHOR, POINTS",
        "",
        f"def score_by_sector({', '.join(names)}):",
    ]
    lines.append(f"    {weights} = card_by_stated_sector")
    if any("per_inflow" in formula for formula in formulas.values()):
        lines.append("    per_inflow = 1.0 / (inflow_slow + 1.0)")
    lines.append("    odds = of_base + of_thin * thin_file")
    lines += [f"    odds += of_{name} * ({formula})" for name, formula in formulas.items()]
    lines.append("    return min(max(ANCHOR - POINTS * (odds + score_intercept), 350.0), 950.0)")
    where = ("alive", "score_due") if blurred else ("alive",)
    return Stage("score_by_sector", executed("\n".join(lines) + "\n")["score_by_sector"], ("score",), where=where)


OPTIONS: dict[str, type] = {"static": Static, "refitted": Refitted, "segmented": Segmented, "sector": SectorCards}


def shifted(card: np.ndarray, *odds: float) -> np.ndarray:
    """Cards that give everybody so many log-odds more, one after the other, the safest included: base and floor."""
    moved = card.copy()
    ends = moved[:, :: moved.shape[1] - 1]
    for more in odds:
        ends += more
    return moved
