"""What came out as tables: moments, rolls held out, and what the tape tells of each number."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from sim.fit.fitting import Fit, columns_of, rolls_of, standing
from sim.fit.moments import ROLLS, Counted, Moment, Steps, counted, enough, value_of
from sim.fit.prior import BELIEFS, UNCERTAIN, Floats
from sim.persons.behaviour import BehaviourSettings
from sim.persons.conditional import Beliefs

WITHIN = 1.96
"""Standard errors within which 19 of 20 lie by chance."""
NARROW, MIDDLE_OF_ALL, WIDE = 0.05, 0.5, 0.95


@dataclass(frozen=True)
class Compared:
    """A moment of the tape beside what the worlds give.

    Attributes
    ----------
    key : str
        Of the moment.
    tape, low, high : float
        Share or ratio on the tape, and the ends of its 95 % interval of sampling.
    model, model_low, model_high : float
        Mean over the worlds, and the least and greatest of them; each world is one run, so their luck is in it.
    off : float
        Tape less worlds, in standard errors of both.
    missed : bool
        Whether the fit held that the model misses it, and let it say little.
    """

    key: str
    tape: float
    low: float
    high: float
    model: float
    model_low: float
    model_high: float
    off: float
    missed: bool = False

    @property
    def within(self) -> bool:
        """Whether the two differ by no more than luck."""
        return abs(self.off) <= WITHIN


def compared(moment: Moment, count: Counted, lived: Floats, missed: bool = False) -> Compared:
    """Set a moment of the tape beside those of the worlds, float64[worlds] on the scale of comparison."""
    luck = float(np.sqrt(count.error**2 + lived.var(ddof=1)))
    off = (count.level - float(lived.mean())) / max(luck, 1e-12)
    ends = [count.level + step * count.error for step in (-WITHIN, 0.0, WITHIN)]
    model = [float(lived.mean()), float(lived.min()), float(lived.max())]
    low, tape, high, *told = (float(value_of(moment, level)) for level in (*ends, *model))
    return Compared(moment.key, tape, low, high, told[0], told[1], told[2], off, missed)


def moments_of(fit: Fit) -> list[Compared]:
    """Moments over the months fitted."""
    places = zip(fit.asked.observed, columns_of(fit.asked), fit.granted, strict=True)
    return [
        compared(moment, count, fit.lived[:, place], error > moment.seated) for (moment, count), place, error in places
    ]


def held_out(fit: Fit) -> list[Compared]:
    """Rolls of the months held out; those that the tape shows too seldom are left out."""
    steps = Steps(fit.asked.history, fit.asked.fitted, fit.asked.steps)
    found = [(moment, counted(moment, steps)) for moment in ROLLS]
    told = zip(found, rolls_of(fit).T, strict=True)
    return [compared(moment, count, lived) for (moment, count), lived in told if enough(moment, count)]


@dataclass(frozen=True)
class Number:
    """What the tape tells of a number.

    Attributes
    ----------
    key : str
        As in a configuration; those of a mapping begin with ``beliefs.``.
    prior_low, prior_high : float
        Ends of the middle 90 % before the tape is looked at.
    value, low, high : float
        Middle, and ends of the interval of 90 %, given the tape: those between which nine of ten draws lie that take
        turns as truths.
    width : float
        Standard deviation over that of the prior.
    error : float
        Standard error of the width.
    standing : str
        ``told``, ``hardly`` or ``not``.
    unit, meaning : str
        As they are declared, in English.
    """

    key: str
    prior_low: float
    prior_high: float
    value: float
    low: float
    high: float
    width: float
    error: float
    standing: str
    unit: str = ""
    meaning: str = ""


def numbers_of(fit: Fit) -> list[Number]:
    """What the tape tells of each number, in the order of `UNCERTAIN`."""
    drawn = np.quantile(fit.asked.prior.draw(100_000, np.random.default_rng(1)), (NARROW, WIDE), axis=0)
    low, high = fit.found.quantile(fit.tail), fit.found.quantile(1.0 - fit.tail)
    rows = []
    for place, one in enumerate(UNCERTAIN):
        spots = drawn[0][place], drawn[1][place], fit.middle[place], low[place], high[place]
        before_low, before_high, value, after_low, after_high = (float(one.value(spot)) for spot in spots)
        width, error = float(fit.widths[place]), float(fit.errors[place])
        told = before_low, before_high, value, after_low, after_high, width, error, standing(width, error)
        rows.append(Number(one.key, *told, *declared(one.key)))
    return rows


def declared(key: str) -> tuple[str, str]:
    """Unit and meaning of a number as they are declared; where its default comes from is left out."""
    owner = Beliefs if key.startswith(BELIEFS) else BehaviourSettings
    setting = {field.name: field.metadata["setting"] for field in dataclasses.fields(owner)}[key.partition(".")[2]]
    return setting.unit, setting.meaning.partition(" (")[0]
