"""One loan pays another: debts to other lenders stack, and whoever took loans there defaults more often.

Paired runs: the same seeds, persons and luck with ``behaviour.stacking`` off and on; bounds are one-sided at three
standard errors, of ratios by leaving out one seed at a time.
"""

from collections.abc import Iterator
from dataclasses import fields

import numpy as np
import pytest

from validation.targets.gradients import many_loans_over_none, of_two
from validation.targets.runs import BOOK, NOTHING, World, live

SEEDS = tuple(range(11, 19))
PERSONS, MONTHS = 8_000, 48

some_over_none = of_two("loans", lambda loans: loans >= 0.9, lambda loans: loans < 0.5)
"""Default of those who took a loan elsewhere of late over that of those who took none within two years."""


def lived(stacking: int) -> list[World]:
    """A calm book of each seed, without firms."""
    words = ["firms=none", f"behaviour.stacking={stacking}"]
    runs = [live(MONTHS, seed, PERSONS, words, watched=BOOK) for seed in SEEDS]
    return [World(**{**{each.name: NOTHING for each in fields(World)}, "calm": run}) for run in runs]


@pytest.fixture(scope="module")
def books() -> Iterator[tuple[list[World], list[World]]]:
    """Books without stacking and with it; they hold every month of every account, and are let go with the module."""
    yield lived(0), lived(1)


def test_debts_to_other_lenders_stack(books) -> None:
    off, on = (np.array([world.calm.told["other_debt"].mean() for world in worlds]) for worlds in books)
    gain = on / off - 1.0
    error = gain.std(ddof=1) / np.sqrt(len(SEEDS))
    assert gain.mean() > 3 * error and gain.mean() > 0.003, (gain.mean(), error)


def test_default_rises_with_loans_taken_elsewhere_because_they_pay_what_is_due(books) -> None:
    """Loans of appetite alone say next to nothing of default; those of need do."""
    off, on = books
    rest = np.array([
        [some_over_none(worlds[:k] + worlds[k + 1 :]) for k in range(len(SEEDS))] for worlds in (off, on)
    ])  # fmt: skip
    error = float(np.sqrt((len(SEEDS) - 1) * (rest[1] - rest[0]).var()))
    gain = some_over_none(on) - some_over_none(off)
    assert gain > 3 * error and gain > 0.1, (gain, error)
    assert some_over_none(on) > some_over_none(off) and many_loans_over_none(on) > many_loans_over_none(off)
