"""The fit: two rounds of draws, what the model misses, plausible worlds, and what these worlds then give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.fit.asked import Asked
from sim.fit.drawing import Journal, Runner
from sim.fit.moments import MOMENTS, ROLLS
from sim.fit.posterior import NEAR, Posterior, chosen, curved, posterior, ranks, tail_of
from sim.fit.prior import BELIEFS, EDGE, UNCERTAIN, Box, Floats, expit, logit

TAILS, MARGIN = 0.001, 0.25
"""Share of the first answer left out at each end of the second round's box, and by how much the box is wider."""
OUT = 0.01
"""Share of the draws at each end beyond which a moment is held to be out of the model's reach."""
FAR = 2.0
"""Errors by which a moment may be off before something is done about it."""
GROSS = 5.0
"""Errors by which worlds must miss a moment to be asked again: pressed closer, they would follow the drawn start."""
CORRECTIONS, DAMPED = 5, 0.7
"""Times that the worlds are lived again at most, and the part of a difference that is put right at a time."""
FIRST_OF_ROUND = (1, 2)
WORLD_SEED = 1_000_003
"""Added to the seeds of runs that live the worlds."""
TOLD, HARDLY = 0.6, 0.85
"""Width of an answer over that of the prior below which the tape tells a number, and above which it does not."""
PARTS, SURE = 10, 1.645
"""Parts of the draws of which one is left out at a time, and standard errors within which a width is 19 times of 20."""
INSIDE, LEFT_OUT = 0.9, 50
"""Share of truths that an interval is to hold, and draws that take turns as truths to see whether it does."""


@dataclass(frozen=True, eq=False)
class Fit:
    """What came out.

    Attributes
    ----------
    asked : Asked
        What was asked.
    places : float64[draws, numbers]
        Draws that the answer rests on.
    seen : float64[draws, moments told]
        Their moments.
    found : Posterior
        Values of all numbers, given the tape.
    granted : float64[moments told]
        Error that each moment was granted: ``Moment.seated``, more where it is out of the model's reach.
    widths : float64[numbers]
        Standard deviation of each number over that of the prior.
    errors : float64[numbers]
        Standard error of each width: how much it hangs on which draws were made.
    tail : float
        Share of the answer that an interval of 90 % leaves out at each end: see `tail_of`.
    worlds : float64[worlds, numbers]
        Plausible places; beliefs are at their middle in all of them.
    middle : float64[numbers]
        Middle of the answer.
    lived : float64[worlds, moments + rolls]
        What the worlds give over the months fitted, and over those held out.
    """

    asked: Asked
    places: Floats
    seen: Floats
    found: Posterior
    granted: Floats
    widths: Floats
    errors: Floats
    tail: float
    worlds: Floats
    middle: Floats
    lived: Floats


def columns_of(asked: Asked) -> list[int]:
    """Places of the moments that the tape tells among all."""
    keys = [moment.key for moment in MOMENTS]
    return [keys.index(moment.key) for moment, _ in asked.observed]


def fit(asked: Asked, journal: Journal, workers: int, advance: Callable[[int], None]) -> Fit:
    """Draw, compare, draw again near what was found, live the worlds, and put right what the regression got wrong.

    Parameters
    ----------
    asked : Asked
        The tape and what to do with it.
    journal : Journal
        Runs that are known already.
    workers : int
        Processes.
    advance : callable
        Is told how many runs more are done.
    """
    runner = Runner(asked.config, asked.fitted, asked.steps, journal, workers, advance)
    done = False
    try:
        settings, told = asked.settings, columns_of(asked)
        first, seed = settings.draws // 2, settings.seed * 10 * settings.draws
        wide = asked.prior.within(first, (settings.seed, FIRST_OF_ROUND[0]))
        seen = runner.seen(wide, seed)
        tape = seen_of(asked, seen[:, told])
        box = box_of(answer(wide, seen[:, told], tape.target, tape.granted))
        near = asked.prior.within(settings.draws - first, (settings.seed, FIRST_OF_ROUND[1]), box)
        seen = np.concatenate([seen, runner.seen(near, seed + first)])
        places, seen = inside(np.concatenate([wide, near]), seen, box)
        for pass_ in range(1 + CORRECTIONS):
            found = answer(places, seen[:, told], tape.target, tape.granted)
            middle, worlds = found.mean(), worlds_of(found, settings.worlds)
            lived = runner.seen(worlds, seed + WORLD_SEED * (1 + pass_))
            target = corrected(tape, lived[:, told])
            if pass_ == CORRECTIONS or (target == tape.target).all():
                break
            tape = tape._replace(target=target)
            places, seen = np.concatenate([places, worlds]), np.concatenate([seen, lived])
        advance(settings.worlds * (CORRECTIONS - pass_))
        done = True
    finally:
        runner.close(now=not done)
    spread = asked.prior.draw(100_000, np.random.default_rng(1)).std(axis=0)
    seen = seen[:, told]
    widths, errors = found.spread() / spread, error_of_spread(places, seen, tape.target, tape.granted) / spread
    tail = tail_of(ranks(places, _erring(seen, tape.granted), LEFT_OUT, _found), INSIDE)
    return Fit(asked, places, seen, found, tape.granted, widths, errors, tail, worlds, middle, lived)


class Looked(NamedTuple):
    """Moments of a tape as the answer looks at them, float64[moments] each.

    ``level`` and ``error`` are the tape's own, ``low`` and ``high`` the ends of what draws of the prior give,
    ``target`` is where values are asked for, ``granted`` the error that a moment is granted.
    """

    level: Floats
    error: Floats
    low: Floats
    high: Floats
    target: Floats
    granted: Floats


def seen_of(asked: Asked, seen: Floats) -> Looked:
    """Look at a tape beside draws of the prior, float64[draws, moments].

    A regression asked at a place that no run comes near extrapolates and pushes values to an end (Frazier, Robert and
    Rousseau, 2020). So a moment beyond what the draws give is looked at where they end, and granted an error as large
    as what is missed; it then says little.
    """
    level, error = (np.array([getattr(one, name) for _, one in asked.observed]) for name in ("level", "error"))
    seated = np.array([moment.seated for moment, _ in asked.observed])
    low, high = np.quantile(seen, (OUT, 1.0 - OUT), axis=0)
    target = np.clip(level, low, high)
    missed = np.abs(level - target)
    granted = np.where(missed > FAR * error, np.maximum(seated, missed), seated)
    return Looked(level, error, low, high, np.where(granted > seated, target, level), granted)


def answer(places: Floats, seen: Floats, target: Floats, granted: Floats) -> Posterior:
    """Values given moments, with the errors that these are granted.

    Errors are drawn into the simulated moments (Wilkinson, 2013): that of a private state which is drawn where a book
    has come to it, and what is missed.

    Parameters
    ----------
    places, seen : float64[draws, numbers], float64[draws, moments]
        Draws and their moments.
    target, granted : float64[moments]
        Where values are asked for, and the error of each moment.
    """
    return _found(places, _erring(seen, granted), target)


def _found(places: Floats, seen: Floats, target: Floats) -> Posterior:
    return posterior(places, seen, target, curved, NEAR)


def error_of_spread(places: Floats, seen: Floats, target: Floats, granted: Floats) -> Floats:
    """Standard error of the spread of an answer, float64[numbers], by leaving out a tenth of the draws at a time.

    Draws that are left out whole (Shao and Wu, 1989) never stand twice, as those of a bootstrap do: the answer
    foretells each row by the others, and would know such a one.
    """
    seen, part = _erring(seen, granted), np.arange(len(places)) % PARTS
    rest = (part != one for one in range(PARTS))
    spreads = np.array([_found(places[kept], seen[kept], target).spread() for kept in rest])
    return np.sqrt((PARTS - 1.0) * spreads.var(axis=0))


def _erring(seen: Floats, granted: Floats) -> Floats:
    return seen + granted * np.random.default_rng(1).standard_normal(seen.shape)


def corrected(tape: Looked, lived: Floats) -> Floats:
    """Ask for more, or less, of each moment in which the worlds are far off the tape; float64[moments].

    Where a regression is not straight, the worlds that it gives miss what it was asked for. The difference is added to
    what is asked for, within what draws give; a moment that is off by no more than some of its own errors and the luck
    of the worlds is left alone.

    Parameters
    ----------
    lived : float64[worlds, moments]
        What the worlds give.
    """
    off = np.clip(tape.level, tape.low, tape.high) - lived.mean(axis=0)
    luck = np.sqrt(tape.granted**2 + tape.error**2 + lived.var(axis=0) / len(lived))
    return np.where(np.abs(off) > GROSS * luck, np.clip(tape.target + DAMPED * off, tape.low, tape.high), tape.target)


def worlds_of(found: Posterior, count: int) -> Floats:
    """Plausible places, float64[worlds, numbers], with beliefs at their middle: a mapping has one set of them."""
    worlds, beliefs = (
        chosen(found, count),
        [place for place, one in enumerate(UNCERTAIN) if one.key.startswith(BELIEFS)],
    )
    worlds[:, beliefs] = found.mean()[beliefs]
    return worlds


def box_of(found: Posterior) -> Box:
    """Where the second round draws: wherever values are plausible after the first, and somewhat beyond."""
    low, high = (logit(found.quantile(share)) for share in (TAILS, 1.0 - TAILS))
    room = MARGIN * (high - low)
    ends = expit(low - room), expit(high + room)
    return np.where(ends[0] <= 2.0 * EDGE, 0.0, ends[0]), np.where(ends[1] >= 1.0 - 2.0 * EDGE, 1.0, ends[1])


def inside(places: Floats, seen: Floats, box: Box) -> tuple[Floats, Floats]:
    """Draws of both rounds that lie in the box."""
    kept = ((places >= box[0]) & (places <= box[1])).all(axis=1)
    return places[kept], seen[kept]


def standing(width: float, error: float) -> str:
    """Whether a tape tells a number: ``told``, ``hardly`` or ``not``, by its width over that of the prior.

    It is told where the width lies below `TOLD` whichever draws had been made, by the width's standard error.
    """
    return "told" if width + SURE * error < TOLD else "hardly" if width < HARDLY else "not"


def rolls_of(fit: Fit) -> Floats:
    """What the worlds give of the rolls held out, float64[worlds, rolls]."""
    return fit.lived[:, len(MOMENTS) : len(MOMENTS) + len(ROLLS)]
