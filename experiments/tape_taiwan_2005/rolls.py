"""Rolls between repayment states: the tape's own, and those of the model started from its first month."""

from __future__ import annotations

import copy
import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import yaml

import sim
from sim.config.tape import read_mapping
from sim.config.validate import build
from sim.inputs.tape import Months, months_past_due
from sim.inputs.tape_table import read_tape_table

HERE = Path(__file__).resolve().parent
MONTHS = ("2005-04", "2005-05", "2005-06", "2005-07", "2005-08")
STEPS = len(MONTHS) - 1
STATES = ("at most 0", "2", "3 or worse")
# From, to: the rolls that are compared. "2 or worse" joins the last two states.
ROLLS = (
    ("at most 0", ("2", "3 or worse")),
    ("2", ("at most 0",)),
    ("2", ("2",)),
    ("2", ("3 or worse",)),
    ("3 or worse", ("at most 0",)),
    ("3 or worse", ("2",)),
    ("3 or worse", ("3 or worse",)),
)


def state_of(months_past_due: np.ndarray) -> np.ndarray:
    """Put months past due into one of the three states of the tape: status 2 is the first month past due."""
    return np.minimum(months_past_due, 2)


def counts_between(states: np.ndarray) -> np.ndarray:
    """Count moves in each month, shape (months - 1, from, to)."""
    moves = np.zeros((len(states) - 1, 3, 3), dtype=np.int64)
    for month in range(len(states) - 1):
        np.add.at(moves[month], (states[month], states[month + 1]), 1)
    return moves


def shares(counts: np.ndarray) -> dict[tuple[str, str], float]:
    """Share of each roll in one table of counts, shape (from, to)."""
    found = {}
    for start, ends in ROLLS:
        row = counts[STATES.index(start)]
        found[start, " or ".join(ends)] = float(sum(row[STATES.index(end)] for end in ends) / max(row.sum(), 1))
    return found


def own_moves(file: str) -> np.ndarray:
    """Moves of the tape itself."""
    mapping = read_mapping("taiwan_2005", build)
    status = Months.of(read_tape_table(file, mapping), mapping).status
    return counts_between(state_of(months_past_due(status, mapping, len(MONTHS))))


def start_config(file: str) -> Any:
    """Configuration of a run from the first month of the tape, with the default behaviour."""
    given = [
        *("population=tape", f"population.file={file}", "population.mapping=taiwan_2005"),
        *(f"population.start={MONTHS[0]}", "machine.threads=1"),
    ]
    return sim.compose(given)


def fitted_settings() -> dict[str, float]:
    """Read the fitted setting: keys of the configuration, and of the mapping's beliefs."""
    found: dict[str, float] = yaml.safe_load((HERE / "config.yaml").read_text(encoding="utf-8"))
    return found


def with_settings(config: Any, settings: dict[str, float], seed: int = 1) -> Any:
    """Put settings such as ``behaviour.oversight`` or ``beliefs.cash_late`` into a configuration."""
    config = dataclasses.replace(config, seed=seed)
    for key, value in settings.items():
        group, name = key.split(".")
        if group == "beliefs":
            tape = copy.copy(config.tape)
            tape.beliefs = dataclasses.replace(tape.beliefs, **{name: value})
            config = dataclasses.replace(config, tape=tape)
        else:
            section = dataclasses.replace(getattr(config, group), **{name: value})
            config = dataclasses.replace(config, **{group: section})
    return config


def simulated_moves(config: Any) -> np.ndarray:
    """Moves of the model, lived month by month from the tape's first month."""
    model = sim.Model(config)
    count = config.tape.accounts
    seen = [state_of(model.accounts["months_past_due"][:count])]
    for _ in range(STEPS):
        model.step()
        seen.append(state_of(model.accounts["months_past_due"][:count]))
    return counts_between(np.array(seen))
