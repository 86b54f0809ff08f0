"""Runs that start from the card tape of Taiwan (Yeh and Lien, 2009), and figures that are set beside the tape's own.

The tape is a user's copy (docs/own_data.md says where it is found). From April the book is left to itself until
September; from September it lives one month, into the default of October that the tape tells.
"""

from __future__ import annotations

import copy
import csv
import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.config.compose import compose
from sim.config.tape import read_mapping
from sim.config.validate import build
from sim.inputs.tape_months import months_of_wide, months_past_due, start_of
from sim.inputs.tape_table import read_tape_table
from sim.month.model import Model
from sim.study.run.burn_in import release
from validation.targets.gradients import area
from validation.targets.pooling import Floats, Measure, Worlds, ratio
from validation.targets.runs import BOOK, NOTHING, TAIWAN, Run, World, chosen

MAPPING, OUTCOME = "taiwan_2005", "DEFAULT_NEXT_MONTH"
MONTHS = ("2005-04", "2005-05", "2005-06", "2005-07", "2005-08")  # in which a status of 2 is the first month past due
MOST = 50_000_000  # accounts
STATES = ("at most 0", "2", "3 or worse")
# From, to: the rolls that are compared. "2 or 3 or worse" joins the last two states.
ROLLS = (
    ("at most 0", ("2", "3 or worse")),
    ("2", ("at most 0",)),
    ("2", ("2",)),
    ("2", ("3 or worse",)),
    ("3 or worse", ("at most 0",)),
    ("3 or worse", ("2",)),
    ("3 or worse", ("3 or worse",)),
)
BELIEFS = "tape.beliefs."  # keys of the mapping, which no override reaches


def started(
    file: str, month: str, overrides: Sequence[str] = (), beliefs: Mapping[str, float] | None = None, seed: int = 1
) -> Any:
    """Configuration of a run from a month of the tape; beliefs stand over those of the mapping."""
    tape = ("population=tape", f"population.file={file}", f"population.mapping={MAPPING}", f"population.start={month}")
    config = compose([*tape, "machine.threads=1", f"seed={seed}", *overrides])
    given = {key.removeprefix(BELIEFS): value for key, value in (beliefs or {}).items()}
    assert config.tape is not None
    tape_read = copy.copy(config.tape)  # every run of this process reads the same one
    tape_read.beliefs = dataclasses.replace(tape_read.beliefs, **given)
    return dataclasses.replace(config, tape=tape_read)


def lived(config: Any, months: int) -> Run:
    """Live so many months; the panel holds the tape's accounts at the start and after each, float32[1 + months, n]."""
    model, kept = Model(config), []
    for month in range(1 + months):
        if month:
            model.step()
        kept.append({name: model.accounts[name][: config.tape.accounts].astype(np.float32) for name in BOOK})
    release(model)
    return Run({}, {name: np.stack([book[name] for book in kept]) for name in BOOK})


def outcome(file: str) -> NDArray[np.bool_]:
    """Default of October as the tape tells it; no account where it has no such column."""
    with Path(file).open(encoding="utf-8", newline="") as stream:
        return np.array([float(row.get(OUTCOME) or 0) > 0 for row in csv.DictReader(stream)])


def tape_world(
    file: str,
    seed: int,
    overrides: Sequence[str] = (),
    beliefs: Mapping[str, float] | None = None,
    preset: str = TAIWAN,
) -> World:
    """Live both runs of one seed under a preset: April to September as `calm`, September to October."""
    words = [*chosen(preset), *overrides]
    april = lived(started(file, MONTHS[0], words, beliefs, seed), len(MONTHS))
    config = started(file, "2005-09", words, beliefs, seed)
    september = lived(config, 1)
    bad = outcome(file)[: config.tape.accounts].astype(np.float32)
    september.panel["default"] = np.stack([np.zeros_like(bad), bad])
    runs = {each.name: NOTHING for each in dataclasses.fields(World)}
    return World(**{**runs, "calm": april, "september": september})


def moves_between(past_due: NDArray[Any]) -> NDArray[np.int64]:
    """Moves of each month between the states of the tape, int64[months - 1, from, to]; `past_due` is [months, n]."""
    states = np.minimum(past_due.astype(np.int64), len(STATES) - 1)
    moves = np.zeros((len(states) - 1, len(STATES), len(STATES)), dtype=np.int64)
    for month in range(len(states) - 1):
        np.add.at(moves[month], (states[month], states[month + 1]), 1)
    return moves


def own_moves(file: str) -> NDArray[np.int64]:
    """Moves of the tape itself, April to August."""
    mapping = read_mapping(MAPPING, build)
    _, months, _ = months_of_wide(read_tape_table(file, mapping), mapping, start_of(mapping, MONTHS[-1]), MOST)
    return moves_between(months_past_due(months, mapping))


def share_of(moves: NDArray[np.int64], start: str, ends: Sequence[str]) -> float:
    """Share of those in a state who are in one of others a month later, of one table of moves, [from, to]."""
    row = moves[STATES.index(start)]
    return ratio(sum(row[STATES.index(end)] for end in ends), row.sum())


def roll(start: str, ends: Sequence[str]) -> Measure:
    """Share of accounts in a state that are in one of others a month later, over the four steps from April on."""

    def measure(worlds: Worlds) -> float:
        runs = [moves_between(world.calm.panel["months_past_due"][: len(MONTHS)]) for world in worlds]
        return share_of(np.sum([moves.sum(axis=0) for moves in runs], axis=0), start, ends)

    return measure


def late_in_october(worlds: Worlds) -> Floats:
    """Share of seeds in which each account is past due in October, float64[n]."""
    return np.mean([world.september.panel["months_past_due"][1] > 0 for world in worlds], axis=0)


def area_of_october(worlds: Worlds) -> float:
    """Area under the curve of that share, for the default that the tape tells."""
    return area(-late_in_october(worlds), worlds[0].september.panel["default"][1].astype(np.float64))


def level_of_october(worlds: Worlds) -> float:
    """Share of accounts past due in October."""
    return float(late_in_october(worlds).mean())


def by_limit(worlds: Worlds) -> float:
    """Past due in October: tenth of the lowest limits over that of the highest, equal limits in one part."""
    late, limit = late_in_october(worlds), worlds[0].september.panel["limit"][0]
    low, high = np.quantile(limit, (0.1, 0.9))
    return ratio(late[limit <= low].mean(), late[limit > high].mean())


def by_use(worlds: Worlds) -> float:
    """Past due in October: above .6 of the limit used in September over .1 to .2."""
    late, panel = late_in_october(worlds), worlds[0].september
    used = panel.owed[0] / panel.panel["limit"][0]
    return ratio(late[used > 0.6].mean(), late[(used > 0.1) & (used <= 0.2)].mean())
