"""Runs that start from the first month of a tape: values put in, months lived, moments counted."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.fit.moments import MOMENTS, ROLLS, Book, Floats, levels
from sim.fit.prior import BELIEFS
from sim.loan.states import LINE_CHARGED_OFF
from sim.study.run.burn_in import release
from sim.study.run.cell import default_engine

COLUMNS = ("months_past_due", "paid", "alive", "line", "principal", "interest")


def with_values(config: Any, values: Mapping[str, float], seed: int) -> Any:
    """Put values of behaviour and of the tape's beliefs into a configuration, under a seed of its own."""
    beliefs = {key.removeprefix(BELIEFS): float(value) for key, value in values.items() if key.startswith(BELIEFS)}
    behaviour = {key.split(".")[1]: float(value) for key, value in values.items() if not key.startswith(BELIEFS)}
    tape = copy.copy(config.tape)  # every run of this process reads the same one
    tape.beliefs = dataclasses.replace(tape.beliefs, **beliefs)
    machine = dataclasses.replace(config.machine, threads=1)
    told = dataclasses.replace(config.behaviour, **behaviour)
    return dataclasses.replace(config, tape=tape, seed=seed, machine=machine, behaviour=told)


def lived(config: Any, steps: int) -> Book:
    """Live so many months; the book has those of the start and after each, shape (1 + steps, accounts)."""
    model, count = default_engine()(config), config.tape.accounts
    months: list[dict[str, Any]] = []
    for step in range(1 + steps):
        if step:
            model.step()
        # Columns are the model's own: a month is what they hold now.
        rows = {name: model.accounts[name][:count].astype(np.int64) for name in COLUMNS}
        owed = rows["principal"] + rows["interest"]
        there = (rows["alive"] != 0) & (rows["line"] != LINE_CHARGED_OFF)
        months.append({"late": rows["months_past_due"], "owed": owed, "paid": rows["paid"], "there": there})
    release(model)
    late, owed, paid = (
        np.array([month[name] for month in months], dtype=np.int64) for name in ("late", "owed", "paid")
    )
    there = np.logical_and.accumulate([month["there"] for month in months], axis=0)
    return Book(np.where(owed > 0, late, 0), owed, paid, there, config.tape.evidence.limit)


def seen_at(config: Any, values: Mapping[str, float], seed: int, fitted: int, steps: int) -> Floats:
    """Moments of one run: those of the months fitted, then rolls of the months held out (none: none).

    Parameters
    ----------
    fitted, steps : int
        Month up to which moments are compared, and months lived in all.

    Returns
    -------
    float64[moments + rolls]
        On the scale of comparison.
    """
    book = lived(with_values(config, values, seed), steps)
    held = levels(ROLLS, book, fitted, steps) if steps > fitted else np.zeros(0)
    return np.concatenate([levels(MOMENTS, book, 0, fitted), held])
