"""Draws from the prior: values of uncertain numbers, and the published figures as the engine gives them there."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from sim.config.compose import compose
from sim.study.plan.differences import digest, model_part
from sim.study.store.provenance import program_digest
from validation.targets.bands import TARGETS
from validation.targets.runs import BOOK, CHINA, NOTHING, SEVERE, World, live
from validation.targets.searches import ON_OPENING, ON_PATH, SEARCHES

Floats = NDArray[np.float64]

CLOSING = "policy/closing=threshold"
PRIOR: Mapping[str, tuple[float, float]] = {
    **SEARCHES[CHINA].axes,
    # What calm figures cannot tell, and answers about policies hang on.
    "behaviour.closed_line_factor": (1.0, 4.0),
    "behaviour.contagion": (0.0, 20.0),
    "behaviour.precaution_slope": (3.0, 12.0),
    "behaviour.caution_slope": (1.0, 10.0),
    "behaviour.other_appetite_slope": (2.0, 12.0),
}
"""Uncertain numbers, each spread evenly between two ends: an assumption."""

DOWNTURN = ("charge_off_peak", "worst_return", "saved_by_closing")
FIGURES = (
    *(one for one in SEARCHES[CHINA].fitted if one.key not in (*ON_OPENING, *ON_PATH)),
    *(one for one in TARGETS if one.key in DOWNTURN),
)
"""What worlds are judged by: a calm book, and three figures of a severe recession."""

DIGITS = 5


@dataclass(frozen=True, eq=False)
class Table:
    """Draws and what came out: ``values`` float64[draws, numbers], ``seen`` float64[draws, figures]."""

    values: Floats
    seen: Floats


def points(count: int, first: int = 0) -> Floats:
    """Values of draws ``first`` to ``count``: a scrambled Sobol sequence over the prior, float64[draws, numbers]."""
    ends = np.array(list(PRIOR.values()))
    sequence = qmc.Sobol(len(PRIOR), rng=np.random.default_rng(1))
    sequence.fast_forward(first) if first else None
    places = sequence.random(count - first) if count > first else np.zeros((0, len(PRIOR)))
    return np.array([[float(f"{x:.{DIGITS}g}") for x in row] for row in ends[:, 0] + places * np.ptp(ends, axis=1)])


def shipped() -> Floats:
    """Values of the preset, float64[numbers]."""
    config = compose([])
    return np.array([float(getattr(getattr(config, group), name)) for group, name in (key.split(".") for key in PRIOR)])


def figures_at(values: Sequence[float], seed: int, persons: int, months: int) -> list[float]:
    """Every figure of one small world: a calm run, a severe recession, and one in which weak lines are closed."""
    words = [f"{key}={value:.{DIGITS}g}" for key, value in zip(PRIOR, values, strict=True)]
    nothing = {each.name: NOTHING for each in fields(World)}
    calm = live(months, seed, persons, words, watched=BOOK)
    severe, closing = (live(months, seed, persons, [*words, SEVERE], later=more) for more in ([], [CLOSING]))
    world = World(**{**nothing, "calm": calm, "severe": severe, "closing": closing})
    return [target.measure([world]) for target in FIGURES]


def drawn(folder: Path, count: int, again: int, persons: int, months: int) -> tuple[Table, Table]:
    """Measure what is not yet in the folder; return draws from the prior, and the preset under ``again`` seeds."""
    at_preset = np.tile(shipped(), (again, 1))
    return (
        measured(folder, "draws", points(count), 1, persons, months),
        measured(folder, "preset", at_preset, 1_000_001, persons, months),
    )


def made_by() -> str:
    """Mark of all that figures depend on beside the drawn values: program and preset. Draws of another are not kept."""
    rest = model_part(compose([]))
    for key in PRIOR:
        group, name = key.split(".")
        del rest[group][name]
    return f"seed, made by {digest([program_digest(), rest])[:12]}"


def measured(folder: Path, name: str, values: Floats, seed: int, persons: int, months: int) -> Table:
    """Go on with a file of draws, a row each: its seed, values and figures; other values are measured anew."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}_{persons}_{months}.csv"
    head = [made_by(), *PRIOR, *(target.key for target in FIGURES)]
    known: dict[tuple[float, ...], list[float]] = {}
    if file.exists():
        with file.open(encoding="utf-8", newline="") as stream:
            first, *rows = list(csv.reader(stream)) or [[]]
        if first == head:
            whole = [[float(cell) for cell in row] for row in rows if len(row) == len(head)]
            known = {tuple(row[: 1 + len(PRIOR)]): row[1 + len(PRIOR) :] for row in whole}
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(head)
        for row, figures in known.items():
            writer.writerow([int(row[0]), *row[1:], *figures])
        seen = []
        for place, row in enumerate(values.tolist()):
            mark = (float(seed + place), *row)
            if mark not in known:
                known[mark] = figures_at(row, seed + place, persons, months)
                writer.writerow([seed + place, *row, *known[mark]])
                stream.flush()
            seen.append(known[mark])
    return Table(values, np.array(seen))
