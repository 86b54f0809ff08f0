"""How often what is known lies in the interval that a fit finds, for each number and over made-up tapes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sim.config.worlds import read_table, table_of
from sim.fit.asked import asked_of
from sim.fit.drawing import JOURNAL, Journal, mark_of
from sim.fit.fitting import INSIDE, SURE, TOLD, Fit, fit
from sim.fit.posterior import curved, posterior, ranks
from sim.fit.prior import BELIEFS, UNCERTAIN, Prior, values_of
from sim.fit.results import NARROW, WIDE, held_out, numbers_of
from sim.study.store.provenance import program_digest
from validation.fit.tapes import made_up
from validation.targets.runs import CHINA

SEED = 77
LEFT_OUT = 25
"""Draws of each fit that take turns as truths."""
KEYS = tuple(one.key for one in UNCERTAIN if not one.key.startswith(BELIEFS))


@dataclass(frozen=True)
class Tape:
    """What a fit found of one tape.

    Attributes
    ----------
    truth, low, high, width : dict of str to float
        What is known, the interval of 90 %, and the width of the answer over that of the prior, by key.
    told : list of str
        Keys of the numbers of which the fit says that the tape tells them.
    rolls_within, rolls : int
        Rolls of the months held out within sampling error, and all.
    ranks : list of list of float
        Ranks of draws left out, in the order of `UNCERTAIN`.
    """

    truth: dict[str, float]
    low: dict[str, float]
    high: dict[str, float]
    width: dict[str, float]
    told: list[str]
    rolls_within: int
    rolls: int
    ranks: list[list[float]]

    def holds(self, key: str) -> bool:
        """Whether what is known lies in the interval."""
        return self.low[key] <= self.truth[key] <= self.high[key]


def truth_of(tape: int) -> dict[str, float]:
    """Values of behaviour of a made-up tape, drawn from the prior of a fit."""
    prior = Prior(*read_table(table_of(CHINA)))
    values = values_of(prior.within(1, (SEED, tape)))
    return {key: float(of[0]) for key, of in values.items() if key in KEYS}


def fitted(folder: Path, tape: int, draws: int, persons: int, months: int) -> Tape:
    """Make and fit one tape; what is kept of it in the folder is taken as it is."""
    here = folder / f"{tape}_{draws}_{persons}_{months}"
    kept, mark = here / "found.json", program_digest()
    known = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    if known.get("made_by") == mark:
        return Tape(**known["found"])
    truth = truth_of(tape)
    made_up(here, truth, SEED + tape, persons, months, CHINA)
    words = [f"tape={here}/tape.csv", f"mapping={here}/mapping.yaml", f"draws={draws}", "worlds=8", "firms=none"]
    asked = asked_of(words)
    journal = Journal(here / JOURNAL, mark_of(asked.config, asked.fitted, asked.steps))
    found = of_fit(fit(asked, journal, 1, lambda runs: None), truth)
    kept.write_text(json.dumps({"made_by": mark, "found": asdict(found)}), encoding="utf-8")
    return found


def of_fit(found: Fit, truth: dict[str, float]) -> Tape:
    """What a fit found, beside what is known."""
    numbers = {one.key: one for one in numbers_of(found) if one.key in KEYS}
    of: dict[str, Any] = {
        name: {key: getattr(one, name) for key, one in numbers.items()} for name in ("low", "high", "width")
    }
    told = [key for key, one in numbers.items() if one.standing == "told"]
    rolls = held_out(found)
    near = partial(posterior, summary=curved)
    seen = found.seen + found.granted * np.random.default_rng(2).standard_normal(found.seen.shape)
    left = ranks(found.places, seen, LEFT_OUT, near)
    return Tape(
        truth, **of, told=told, rolls_within=sum(one.within for one in rolls), rolls=len(rolls), ranks=left.tolist()
    )


def text_of(tapes: Sequence[Tape], draws: int, persons: int, months: int) -> str:
    """A table by number, and sums."""
    told = [(tape, key) for tape in tapes for key in tape.told]
    every = [(tape, key) for tape in tapes for key in KEYS]
    left = np.array([rank for tape in tapes for rank in tape.ranks])
    inside = (left > NARROW) & (left < WIDE)
    rolls = sum(tape.rolls for tape in tapes), sum(tape.rolls_within for tape in tapes)
    lines = [
        f"{len(tapes)} made-up tapes of {months} months, each of a book of {persons:,} persons that had lived two years"
        f" by values drawn from the prior; {draws} runs a fit.",
        "",
        f"**The known value lies in the 90 % interval in {_share(told)} of the cases in which the tape tells the number"
        f" (width below {TOLD:g} by {SURE:g} of its standard errors), and in {_share(every)} of all.** Rolls of the"
        f" month held out within sampling error: {rolls[1]} of {rolls[0]}. Draws left out as truths, {len(left)} in"
        f" all: {inside.mean():.0%} in the middle {INSIDE:.0%} of the answer; an interval is widened until it holds"
        f" {INSIDE:.0%} of them.",
        "",
        "| key | tapes that tell it | in the interval of these | in the interval of all | median width |"
        " draws left out: in the middle 90 % of the answer |",
        "|---|---|---|---|---|---|",
    ]
    for place, one in enumerate(UNCERTAIN):
        if one.key not in KEYS:
            continue
        these = [(tape, one.key) for tape in tapes if one.key in tape.told]
        width = np.median([tape.width[one.key] for tape in tapes])
        cells = [len(these), _share(these), _share([(tape, one.key) for tape in tapes]), f"{width:.2f}"]
        lines.append(f"| {one.key} | {' | '.join(map(str, cells))} | {inside[:, place].mean():.0%} |")
    return "\n".join(lines)


def _share(cases: Sequence[tuple[Tape, str]]) -> str:
    """Cases that hold, of how many."""
    if not cases:
        return "–"
    held = sum(tape.holds(key) for tape, key in cases)
    return f"{held / len(cases):.0%} ({held} of {len(cases)})"
