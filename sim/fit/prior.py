"""What is uncertain before a tape is looked at: numbers with their ends, spread evenly or as worlds of a preset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BELIEFS = "beliefs."
"""Begins the keys of a mapping's beliefs; the others are keys of a configuration."""
EDGE = 1e-3
DIGITS = 5
MOST_TRIED = 4_000_000
A_LOT = 100_000


@dataclass(frozen=True)
class Uncertain:
    """A number that a tape may tell: its key, its ends, and whether it is spread by ratios."""

    key: str
    low: float
    high: float
    log: bool = False

    def place(self, value: Floats | float) -> Floats:
        """Where values lie between the ends, 0 to 1; those outside lie at the end."""
        low, high, value = self._scaled(self.low), self._scaled(self.high), self._scaled(value)
        return np.clip((value - low) / (high - low), EDGE, 1.0 - EDGE)

    def value(self, place: Floats | float) -> Floats:
        """Value at a place between the ends."""
        low, high = self._scaled(self.low), self._scaled(self.high)
        found = low + np.asarray(place) * (high - low)
        return np.exp(found) if self.log else found

    def _scaled(self, value: Floats | float) -> Floats:
        found = np.asarray(value, dtype=np.float64)
        return np.log(np.maximum(found, 1e-12)) if self.log else found


UNCERTAIN = (
    Uncertain("behaviour.oversight", 0.002, 0.1, log=True),
    Uncertain("behaviour.arrears_habit", 0.0, 1.0),
    Uncertain("behaviour.expense_probability", 0.003, 0.08, log=True),
    Uncertain("behaviour.expense_size", 0.5, 3.0),
    Uncertain("behaviour.strategic_hazard", 0.0002, 0.02, log=True),
    Uncertain("behaviour.sunk_hazard", 0.0, 1.0),
    Uncertain("behaviour.resume_hazard", 0.0001, 0.6, log=True),
    Uncertain("behaviour.want_probability", 0.04, 0.5, log=True),
    Uncertain("behaviour.limit_response", 0.3, 1.0),
    Uncertain("behaviour.ample_liquidity", 0.5, 3.0),
    Uncertain("behaviour.prepay_probability", 0.01, 0.4, log=True),
    Uncertain("behaviour.benefit_share", 0.1, 0.6),
    Uncertain("behaviour.family_probability", 0.1, 0.7),
    Uncertain("behaviour.other_appetite", 0.02, 0.6, log=True),
    Uncertain("behaviour.other_due_share", 0.03, 0.12),
    Uncertain("behaviour.other_growth", 0.01, 0.08),
    Uncertain("beliefs.jobless_late", 0.0, 0.5),
    Uncertain("beliefs.unwilling_late", 0.01, 0.3),
    Uncertain("beliefs.habit_late", 0.0, 0.7),
    Uncertain("beliefs.cash_full", 0.3, 3.0, log=True),
    Uncertain("beliefs.cash_minimum", 0.15, 1.5, log=True),
    Uncertain("beliefs.cash_late", 0.02, 0.5, log=True),
    Uncertain("beliefs.other_debt", 0.3, 3.0, log=True),
)
"""What a fit may move. Ends are assumptions, wide enough for every shipped preset."""

Box = tuple[Floats, Floats]
"""Least and greatest places, float64[numbers] each."""
EVERYWHERE: Box = (np.zeros(len(UNCERTAIN)), np.ones(len(UNCERTAIN)))


class Prior:
    """Places between the ends before the tape is looked at.

    Parameters
    ----------
    keys, rows : sequence of str, sequence of sequence of float
        Worlds of a preset: what published figures leave of it. Keys that are uncertain here are drawn from a normal
        distribution of the log-odds of their places, with the mean and covariance of the worlds; all other numbers
        evenly between their ends. Empty: all of them.
    """

    def __init__(self, keys: Sequence[str] = (), rows: Sequence[Sequence[float]] = ()) -> None:
        columns = {one.key: place for place, one in enumerate(UNCERTAIN)}
        self.known = [columns[key] for key in keys if key in columns]
        table = np.array(rows, dtype=np.float64).reshape(len(rows), len(keys))
        places = [UNCERTAIN[columns[key]].place(table[:, n]) for n, key in enumerate(keys) if key in columns]
        if self.known:
            logits = logit(np.array(places).T)
            self.mean = logits.mean(axis=0)
            self.root = np.linalg.cholesky(np.cov(logits.T) + 1e-6 * np.eye(len(self.known)))

    def draw(self, count: int, luck: np.random.Generator) -> Floats:
        """Draw places, float64[count, numbers]."""
        places = EDGE + (1.0 - 2.0 * EDGE) * luck.random((count, len(UNCERTAIN)))
        if self.known:
            normal = luck.standard_normal((count, len(self.known)))
            places[:, self.known] = np.clip(expit(self.mean + normal @ self.root.T), EDGE, 1.0 - EDGE)
        return places

    def within(self, count: int, seed: Sequence[int], box: Box = EVERYWHERE) -> Floats:
        """Draw places that lie in a box, float64[count, numbers]; a box that holds next to nothing is widened.

        A prior cut off where no value is plausible any more is still the prior wherever one is: nothing is weighed
        anew (Deistler, Goncalves and Macke, 2022).
        """
        low, high = box
        luck = np.random.default_rng(list(seed))
        found: list[Floats] = []
        tried = 0
        while sum(len(some) for some in found) < count:
            places = self.draw(min(A_LOT, 50 * count), luck)
            found.append(places[((places >= low) & (places <= high)).all(axis=1)])
            tried += len(places)
            if tried > MOST_TRIED:
                low, high, tried = 0.5 * low, 0.5 + 0.5 * high, 0
        return np.concatenate(found)[:count]


def values_of(places: Floats) -> Mapping[str, Floats]:
    """Values at places float64[..., numbers], by key, of so many digits as they are written with."""
    return {one.key: rounded(one.value(places[..., n])) for n, one in enumerate(UNCERTAIN)}


def rounded(values: Floats) -> Floats:
    """Round to the digits that are written, so that what is written is what was lived."""
    return np.vectorize(lambda value: float(f"{value:.{DIGITS}g}"), otypes=[np.float64])(values)


def logit(places: Floats) -> Floats:
    """Log-odds of places, which are kept from the ends."""
    inside = np.clip(places, EDGE, 1.0 - EDGE)
    return np.log(inside / (1.0 - inside))


def expit(logits: Floats) -> Floats:
    """Places of log-odds."""
    return 1.0 / (1.0 + np.exp(-logits))
