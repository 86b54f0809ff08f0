"""What the tests of a fit share: a made-up tape, what is asked of a small fit, and runs that are a formula."""

from __future__ import annotations

import numpy as np
import pytest

from sim.fit.asked import asked_of
from sim.fit.drawing import JOURNAL, Journal, mark_of
from sim.fit.fitting import fit
from sim.fit.moments import MOMENTS, ROLLS, levels
from sim.fit.prior import UNCERTAIN, logit
from sim.inputs.synthetic_tape import write_tape


@pytest.fixture(scope="session")
def tape(tmp_path_factory):
    """A made-up tape of 900 accounts and six months."""
    file = tmp_path_factory.mktemp("tape") / "tape.csv"
    write_tape(file, 900)
    return file


@pytest.fixture(scope="session")
def words(tape):
    """What is asked of a small fit; no firms, as jobs then come from the path alone."""
    return (f"tape={tape}", "mapping=taiwan_2005", "draws=400", "worlds=4", "firms=none", "prior=even")


@pytest.fixture(scope="session")
def formula():
    """Runs whose moments are a formula: the first number shows in who falls behind, the rest in nothing.

    Called with the levels that the moments have in the middle of the prior.
    """
    first = UNCERTAIN[0]

    def made(middle, rolls):
        def seen_at(config, values, seed, fitted, steps):
            luck = 0.02 * np.random.default_rng(seed).standard_normal(len(middle) + len(rolls))
            rise = 0.3 * float(logit(np.asarray(first.place(values[first.key]))))
            return np.concatenate([middle + np.where(np.arange(len(middle)) == 0, rise, 0.0), rolls + rise]) + luck

        return seen_at

    return made


@pytest.fixture(scope="session")
def asked(words, tmp_path_factory):
    """What a small fit was asked."""
    return asked_of([*words, f"to={tmp_path_factory.mktemp('small') / 'fit'}"])


@pytest.fixture(scope="session")
def found(asked, formula):
    """A small fit by the formula, under which the tape's entries are those of place 0.7 of the first number."""
    middle = levels(MOMENTS, asked.history, 0, asked.fitted)
    middle[0] -= 0.3 * float(logit(np.array(0.7)))
    rolls = levels(ROLLS, asked.history, asked.fitted, asked.steps)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.fit.drawing.seen_at", formula(middle, rolls))
        journal = Journal(asked.folder / JOURNAL, mark_of(asked.config, asked.fitted, asked.steps))
        return fit(asked, journal, 1, lambda runs: None)
