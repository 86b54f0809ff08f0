"""By how much a book drawn from a tape differs from one that has lived, at the true values of behaviour."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.fit.asked import Asked, asked_of
from sim.fit.living import seen_at
from sim.fit.moments import MOMENTS, Steps, counted, enough
from sim.fit.prior import BELIEFS, UNCERTAIN, Floats, Prior, logit, values_of
from validation.fit.coverage import truth_of
from validation.fit.tapes import made_up
from validation.targets.runs import CHINA

FIRST = 1_000  # number of the first tape, so that none is one of those that are fitted
BELIEFS_DRAWN = 50
LEAST = 0.15  # error of a moment beside those of sampling and luck, so that no one decides the beliefs alone
PLACES = [place for place, one in enumerate(UNCERTAIN) if one.key.startswith(BELIEFS)]


class Off(NamedTuple):
    """Difference of a tape from a seated book, float64[moments], nan where the tape tells no moment; sampling error."""

    gap: Floats
    error: Floats


def off(folder: Path, tape: int, persons: int, months: int) -> Off:
    """Make one tape, live it at the true behaviour under many beliefs, and take the beliefs that come nearest."""
    truth, here = truth_of(FIRST + tape), folder / f"seated_{tape}_{persons}_{months}"
    made_up(here, truth, FIRST + tape, persons, months, CHINA)
    asked = asked_of([f"tape={here}/tape.csv", f"mapping={here}/mapping.yaml", "firms=none"])
    places = Prior().draw(BELIEFS_DRAWN, np.random.default_rng(FIRST + tape))
    return nearest_of(asked, places, lived(asked, truth, places))


def lived(asked: Asked, truth: dict[str, float], places: Floats) -> Floats:
    """Moments at the true behaviour, with beliefs of each draw, float64[draws, moments]."""
    values = values_of(places)
    beliefs = [{key: float(of[row]) for key, of in values.items()} for row in range(len(places))]
    runs = [
        seen_at(asked.config, {**each, **truth}, row, asked.fitted, asked.fitted) for row, each in enumerate(beliefs)
    ]
    return np.array(runs)


def nearest_of(asked: Asked, places: Floats, seen: Floats) -> Off:
    """What is left of the moments under the beliefs that come nearest, straight in their log-odds."""
    counts = [counted(moment, Steps(asked.history, 0, asked.fitted)) for moment in MOMENTS]
    told = np.array([enough(moment, count) for moment, count in zip(MOMENTS, counts, strict=True)])
    level, error = (np.array([getattr(count, name) for count in counts]) for name in ("level", "error"))
    beliefs = logit(places[:, PLACES])
    columns = np.hstack([np.ones((len(beliefs), 1)), beliefs - beliefs.mean(axis=0)])
    slopes, *_ = np.linalg.lstsq(columns, seen, rcond=None)
    luck = (seen - columns @ slopes).std(axis=0, ddof=columns.shape[1])
    weight = np.where(told, 1.0 / np.sqrt(error**2 + luck**2 + LEAST**2), 0.0)
    above = np.vstack([(slopes[1:] * weight).T, np.diag(1.0 / beliefs.std(axis=0))])
    gap = np.concatenate([(level - slopes[0]) * weight, np.zeros(len(PLACES))])
    best, *_ = np.linalg.lstsq(above, gap, rcond=None)
    return Off(np.where(told, level - slopes[0] - best @ slopes[1:], np.nan), np.where(told, error, np.nan))


def text_of(tapes: Sequence[Off]) -> str:
    """A table by moment: mean and root mean square over the tapes, sampling error, and what a fit grants."""
    gaps, errors = (np.array([getattr(one, name) for one in tapes]) for name in ("gap", "error"))
    lines = [
        f"{len(tapes)} made-up tapes; differences on the scale of comparison (log-odds, or the logarithm of a ratio).",
        "",
        "| moment | tapes that tell it | mean | root mean square | sampling error | granted |",
        "|---|---|---|---|---|---|",
    ]
    for place, moment in enumerate(MOMENTS):
        there = np.isfinite(gaps[:, place])
        if there.any():
            gap, error = gaps[there, place], errors[there, place]
            cells = [int(there.sum()), f"{gap.mean():.3f}", f"{np.sqrt((gap**2).mean()):.3f}", f"{error.mean():.3f}"]
            lines.append(f"| {moment.key} | {' | '.join(map(str, cells))} | {moment.seated:g} |")
    return "\n".join(lines)
