"""Draws: runs of a fit, over processes, kept in a journal so that a fit that was stopped goes on."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.fit.living import seen_at
from sim.fit.prior import Floats, values_of
from sim.study.plan.differences import digest, model_part
from sim.study.run.pool import WorkerPool
from sim.study.store.provenance import program_digest

JOURNAL = "draws.jsonl"
A_BATCH = 12
"""Runs that a worker is handed at a time."""
Job = tuple[int, Mapping[str, float]]
Key = tuple[float, ...]


def seen_by(config: Any, jobs: Sequence[Job], fitted: int, steps: int) -> list[list[float]]:
    """Moments of several runs, each a seed and its values; what a worker is handed."""
    return [seen_at(config, values, seed, fitted, steps).tolist() for seed, values in jobs]


def mark_of(config: Any, fitted: int, steps: int) -> str:
    """Mark of all that the moments of a run depend on, beside its seed and the values that are drawn."""
    return digest([program_digest(), model_part(config), fitted, steps])


class Journal:
    """Runs that are done, in a file: a line each, with seed, values and moments; other values are lived anew.

    Parameters
    ----------
    file : Path or None
        None: nothing is kept.
    mark : str
        Of all that moments depend on beside the values; a file of another mark is begun anew.
    """

    def __init__(self, file: Path | None, mark: str) -> None:
        self.file = file
        self.known = dict(self._read(mark)) if file is not None and file.exists() else {}
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            lines = [json.dumps({"mark": mark}), *(_line(key, seen) for key, seen in self.known.items())]
            file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def _read(self, mark: str) -> Iterator[tuple[Key, list[float]]]:
        """Lines of this mark; one that was cut off in the middle is lived again."""
        assert self.file is not None
        first, *lines = self.file.read_text(encoding="utf-8").splitlines() or [""]
        with contextlib.suppress(ValueError, KeyError):
            if json.loads(first)["mark"] != mark:
                return
            for line in lines:
                told = json.loads(line)
                yield tuple(told["key"]), told["seen"]

    def add(self, key: Key, seen: list[float]) -> None:
        """Keep one run."""
        self.known[key] = seen
        if self.file is not None:
            with self.file.open("a", encoding="utf-8") as stream:
                stream.write(f"{_line(key, seen)}\n")


def _line(key: Key, seen: list[float]) -> str:
    return json.dumps({"key": key, "seen": seen})


class Runner:
    """Lives draws of a fit in this process or in several, and reports each batch that is done.

    Parameters
    ----------
    config : Config
        Of every run, but for values and seed.
    fitted, steps : int
        Month up to which moments are compared, and months lived.
    journal : Journal
        What is known already.
    workers : int
        Processes; 1: this one.
    advance : callable
        Is told how many runs more are done.
    """

    def __init__(
        self, config: Any, fitted: int, steps: int, journal: Journal, workers: int, advance: Callable[[int], None]
    ) -> None:
        self.config, self.fitted, self.steps = config, fitted, steps
        self.journal, self.advance = journal, advance
        self.pool = WorkerPool(workers) if workers > 1 else None

    def seen(self, places: Floats, first_seed: int) -> Floats:
        """Moments at places float64[runs, numbers]; the seeds count up from the first."""
        named = values_of(places)
        jobs = [(first_seed + row, {key: float(of[row]) for key, of in named.items()}) for row in range(len(places))]
        keys = [(float(seed), *values.values()) for seed, values in jobs]
        missing = [place for place, key in enumerate(keys) if key not in self.journal.known]
        self.advance(len(jobs) - len(missing))
        batches = [missing[start : start + A_BATCH] for start in range(0, len(missing), A_BATCH)]
        for batch, found in self._each([[jobs[place] for place in batch] for batch in batches], batches):
            for place, seen in zip(batch, found, strict=True):
                self.journal.add(keys[place], seen)
            self.advance(len(batch))
        return np.array([self.journal.known[key] for key in keys])

    def _each(
        self, jobs: Sequence[Sequence[Job]], batches: Sequence[Sequence[int]]
    ) -> Iterator[tuple[Sequence[int], list[list[float]]]]:
        """Answers in the order of the batches, whichever process is done first."""
        if self.pool is None:
            for batch, some in zip(batches, jobs, strict=True):
                yield batch, seen_by(self.config, some, self.fitted, self.steps)
            return
        futures = [self.pool.submit(seen_by, self.config, some, self.fitted, self.steps) for some in jobs]
        for batch, future in zip(batches, futures, strict=True):
            yield batch, future.result()

    def close(self, *, now: bool) -> None:
        """Let the processes go; ``now``: without waiting for what they are at."""
        if self.pool is not None:
            self.pool.kill() if now else self.pool.shutdown()
