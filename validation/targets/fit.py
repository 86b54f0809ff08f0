"""Which values of persons' behaviour bring the calm book closest to published figures.

``python -m validation.targets.fit`` draws points by Optuna's tree-structured Parzen estimator under common random
numbers, goes on where it was stopped, and writes what it found to ``docs/fit.md``: axes, defaults and values found, and
every figure at both, over seeds that the search never saw. Needs ``make extras``. The parameters are changed by hand,
after reading: nothing here writes a default.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np

from sim.config.compose import compose
from validation.targets.page import number, put_between
from validation.targets.pooling import Worlds
from validation.targets.runs import (
    BOOK,
    CHINA,
    CHINA_2020,
    EVERYONE,
    OPENING,
    PUBLISHED_MONTHS,
    SEVERE,
    STATES_2020,
    TAIWAN,
    US,
    US_MONTHS,
    US_PATH,
    Run,
    World,
    chosen,
    live,
)
from validation.targets.searches import SEARCHES, Search
from validation.targets.tape import BELIEFS, MONTHS, started, tape_world
from validation.targets.target import Target

PAGE = Path(__file__).resolve().parents[2] / "docs" / "fit.md"
OUT = 0.5  # cost of lying out of band at all
FARTHEST = 3.0  # half-bands beyond which a miss costs no more
MOST = 50_000_000  # accounts of a tape
CENTRE = 0.05  # cost of lying half a band off the middle, within the band or without


def worlds_at(
    search: Search, point: Mapping[str, float], seeds: Sequence[int], persons: int, months: int
) -> list[World]:
    """Live what a search asks for: calm and severe, the first months with and without refusals, published paths."""
    given = [f"{key}={said(key, value)}" for key, value in point.items() if not key.startswith(BELIEFS)]
    if search.preset == TAIWAN:
        beliefs = {key: value for key, value in point.items() if key.startswith(BELIEFS)}
        words = [*given, f"population.borrowers={persons}"]
        return [tape_world(search.tape, seed, words, beliefs) for seed in seeds]
    words = [*chosen(search.preset), *given]
    nothing = {each.name: Run({}) for each in fields(World)}
    worlds = []
    for seed in seeds:
        runs = {
            "calm": live(months, seed, persons, words, watched=BOOK),
            "first": live(OPENING, seed, persons, words, watched=BOOK, burn_in=0),
            "everyone": live(OPENING, seed, persons, [*words, EVERYONE], watched=BOOK, burn_in=0),
        }
        runs["severe"] = live(months, seed, persons, [*words, SEVERE])
        if search.preset == US:
            runs["path"] = live(US_MONTHS, seed, persons, [*words, *US_PATH])
            runs["states_2020"] = live(PUBLISHED_MONTHS, seed, persons, [*words, STATES_2020])
        else:
            runs["china_2020"] = live(PUBLISHED_MONTHS, seed, persons, [*words, *CHINA_2020], watched=BOOK)
        worlds.append(World(**{**nothing, **runs}))
    return worlds


def said(key: str, value: float) -> str:
    """Write a value as its key takes it: months are whole."""
    return str(round(value)) if key.endswith(("_months", "_memory", "_income")) else f"{value:.5g}"


def miss(target: Target, value: float) -> float:
    """What a figure costs: being out of band, half its distance in half-bands, a little for lying off the middle."""
    half = (target.high - target.low) / 2.0
    away = abs(value - (target.low + half)) / half if np.isfinite(value) else FARTHEST + 1.0
    return OUT * (away > 1.0) + 0.5 * min(max(away - 1.0, 0.0), FARTHEST) + CENTRE * min(away, 2.0)


def cost(search: Search, worlds: Worlds) -> float:
    """Weighted sum of all misses."""
    weights = search.weights
    return sum(weights.get(target.key, 1.0) * miss(target, target.measure(worlds)) for target in search.fitted)


def defaults(search: Search) -> dict[str, float]:
    """Shipped values along the axes."""
    words = chosen(search.preset)
    config = started(search.tape, MONTHS[0], words) if search.preset == TAIWAN else compose(words)
    return {key: float(attrgetter(key)(config)) for key in search.axes}


def best_of(
    search: Search, folder: Path, trials: int, seeds: Sequence[int], persons: int, months: int
) -> dict[str, float]:
    """Return the best point of so many trials; those kept in the folder count."""
    import optuna
    from optuna.storages.journal import JournalFileBackend

    folder.mkdir(parents=True, exist_ok=True)
    storage = optuna.storages.JournalStorage(JournalFileBackend(str(folder / "trials.log")))
    sampler = optuna.samplers.TPESampler(seed=1, multivariate=True, n_startup_trials=30)
    study = optuna.create_study(study_name=search.preset, storage=storage, sampler=sampler, load_if_exists=True)
    if not study.trials:
        study.enqueue_trial({key: float(np.clip(value, *search.axes[key])) for key, value in defaults(search).items()})

    def tried(trial: Any) -> float:
        point = {key: trial.suggest_float(key, *ends) for key, ends in search.axes.items()}
        return cost(search, worlds_at(search, point, seeds, persons, months))

    study.optimize(tried, n_trials=max(trials - len(study.trials), 0), show_progress_bar=True)
    return dict(study.best_params)


def text_of(search: Search, found: Mapping[str, float], seeds: Sequence[int], persons: int, months: int) -> str:
    """Tables of axes and figures, at the defaults and at the values found, over seeds of their own."""
    given = defaults(search)
    ours, best = (worlds_at(search, point, seeds, persons, months) for point in (given, found))
    rows = [(target, target.measure(ours), target.measure(best)) for target in search.fitted]
    held = [sum(bool(target.holds(row[place])) for target, *row in rows) for place in (0, 1)]
    size = f"{persons:,} persons" if search.preset != TAIWAN else f"{ours[0].september.owed.shape[1]:,} accounts"
    lived = f", {months} months after the burn-in" if search.preset != TAIWAN else ""
    lines = [
        f"{len(seeds)} seeds of {size} that the search did not use{lived}.",
        "",
        f"**In band: {held[0]} of {len(rows)} at the shipped values, {held[1]} at the values found**; "
        f"cost {cost(search, ours):.2f} and {cost(search, best):.2f}.",
        "",
        "| key | low | high | shipped | found |",
        "|---|---|---|---|---|",
        *(f"| {key} | {low:g} | {high:g} | {given[key]:g} | {found[key]:.3g} |"
          for key, (low, high) in search.axes.items()),
        "",
        "| figure | published | band | source | shipped | in band | found | in band |",
        "|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for target, at_default, at_found in rows:
        marks = ["yes" if target.holds(value) else "**NO**" for value in (at_default, at_found)]
        band = f"{number(target.low)} to {number(target.high)}"
        lines.append(f"| {target.definition} | {target.published} | {band} | {target.source} | {number(at_default)} | "
                     f"{marks[0]} | {number(at_found)} | {marks[1]} |")  # fmt: skip
    return "\n".join(lines)


def main() -> None:
    """Search, print, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", choices=tuple(SEARCHES), default=CHINA)
    parser.add_argument("--trials", type=int, default=200, help="points in all, those kept included")
    parser.add_argument("--persons", type=int, help="8 000, or all accounts of the tape")
    parser.add_argument("--seeds", type=int, default=3, help="seeds of the search: 1, 2, 3 and so on")
    parser.add_argument("--months", type=int, default=60, help="months after the burn-in")
    parser.add_argument("--tape", default="", help=f"your copy of the card tape, for {TAIWAN}")
    parser.add_argument("--folder", type=Path, default=Path("out") / "fit", help="where trials are kept, by preset")
    parser.add_argument("--reduced", action="store_true", help="a small search, printed and not written")
    given = parser.parse_args()
    persons = given.persons or (MOST if given.preset == TAIWAN else 8_000)
    size = (2, [1], 1_500, 24) if given.reduced else (given.trials, range(1, given.seeds + 1), persons, given.months)
    if given.preset == TAIWAN and not given.tape:
        parser.error(f"--preset {TAIWAN} needs --tape FILE: docs/own_data.md says where it is found")
    search = replace(SEARCHES[given.preset], tape=given.tape)
    found = best_of(search, given.folder / given.preset, *size)
    fresh = range(101, 102 if given.reduced else 109)
    text = text_of(search, found, list(fresh), *size[2:])
    print(text)
    if not given.reduced:
        put_between(PAGE, *marks(given.preset), text)


def marks(preset: str) -> tuple[str, str]:
    """Marks of the page between which a preset's tables stand."""
    return f"<!-- {preset}: begin -->", f"<!-- {preset}: end -->"


if __name__ == "__main__":
    main()
