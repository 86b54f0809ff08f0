"""Which values of persons' behaviour bring the calm book closest to published figures.

``python -m validation.targets.fit`` draws points by Optuna's tree-structured Parzen estimator under common random
numbers, goes on where it was stopped, and writes what it found to ``docs/fit.md``: axes, defaults and values found, and
every figure at both, over seeds that the search never saw. Needs ``make extras``. The parameters are changed by hand,
after reading: nothing here writes a default.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from validation.targets.bands import EXPOSURE, ROLLS, TARGETS, Target
from validation.targets.page import number, put_between
from validation.targets.pooling import Worlds, ratio
from validation.targets.runs import Run, World, live

PAGE = Path(__file__).resolve().parents[2] / "docs" / "fit.md"
BEGIN, END = "<!-- fit: begin -->", "<!-- fit: end -->"
AXES: Mapping[str, tuple[float, float]] = {
    "population.essential_share": (0.40, 0.54),
    "population.median_patience": (1.2, 2.4),
    "behaviour.benefit_share": (0.15, 0.45),
    "behaviour.expense_size": (1.0, 2.5),
    "behaviour.limit_response": (0.6, 1.0),
    "behaviour.ample_liquidity": (1.2, 2.6),
    "behaviour.strategic_hazard": (0.0004, 0.003),
    "behaviour.sunk_hazard": (0.3, 1.0),
    "behaviour.resume_hazard": (0.003, 0.03),
    "behaviour.oversight": (0.02, 0.05),
}
FARTHEST = 4.0  # half-bands beyond which a miss costs no more
CENTRE = 0.05  # cost of lying half a band off the middle, within the band or without


def told(top: str, bottom: str = "") -> Any:
    """Mean of a figure over months and seeds, or its quotient with that of another."""

    def measure(worlds: Worlds) -> float:
        means = [np.mean([world.calm.told[name].mean() for world in worlds]) for name in (top, bottom) if name]
        return ratio(means[0], means[1]) if bottom else float(means[0])

    return measure


OWN = "the joint band of this project"
CALM = (
    Target("delinquent_30", "", "30+ by balance", "1.2-1.9 %", 0.012, 0.019, OWN, "own", "share",
           told("person_delinquent_30")),
    Target("charge_offs", "", "charged off over outstanding", "1.0-1.6 %", 0.010, 0.016, OWN, "own", "a year",
           lambda worlds: 12.0 * told("charged_off", "outstanding")(worlds)),
    Target("ninety_of_thirty", "", "90+ over 30+", "0.55-0.75", 0.55, 0.75, OWN, "own", "ratio",
           told("person_delinquent_90", "person_delinquent_30")),
    Target("can_pay", "", "defaulters who could pay", "0.20-0.38", 0.20, 0.38, "Gerardi et al. (2018)", "A", "share",
           told("can_pay_defaults")),
    Target("several", "", "borrowers in order who owe several lenders", "0.44", 0.34, 0.54,
           "Beijing Internet Finance Association", "S", "share", told("several_lenders", "accounts_m0")),
)  # fmt: skip
WEIGHTS = {"delinquent_30": 4.0, "charge_offs": 2.0, "loss_from_90": 2.0, "leaves": 2.0}
FITTED = (*(one for one in TARGETS if one.section in (EXPOSURE, ROLLS) and not np.isnan(one.low)), *CALM)


def worlds_at(point: Mapping[str, float], seeds: Sequence[int], persons: int, months: int) -> list[World]:
    """Live the calm run of every seed; the other runs of a world are empty."""
    words = [f"{key}={value:.5g}" for key, value in point.items()]
    nothing = [Run({}) for _ in range(8)]
    return [World(live(months, seed, persons, words, watched=True), *nothing) for seed in seeds]


def miss(target: Target, value: float) -> float:
    """What a figure costs: its distance from the band in half-bands, and a little for lying off the middle."""
    half = (target.high - target.low) / 2.0
    away = abs(value - (target.low + half)) / half if np.isfinite(value) else FARTHEST + 1.0
    return min(max(away - 1.0, 0.0), FARTHEST) + CENTRE * min(away, 2.0)


def cost(worlds: Worlds) -> float:
    """Weighted sum of all misses."""
    return sum(WEIGHTS.get(target.key, 1.0) * miss(target, target.measure(worlds)) for target in FITTED)


def defaults() -> dict[str, float]:
    """Shipped values along the axes."""
    from sim.config.compose import compose

    config = compose([])
    return {key: float(getattr(getattr(config, key.split(".")[0]), key.split(".")[1])) for key in AXES}


def search(folder: Path, trials: int, seeds: Sequence[int], persons: int, months: int) -> dict[str, float]:
    """Return the best point of so many trials; those kept in the folder count."""
    import optuna
    from optuna.storages.journal import JournalFileBackend

    folder.mkdir(parents=True, exist_ok=True)
    storage = optuna.storages.JournalStorage(JournalFileBackend(str(folder / "trials.log")))
    sampler = optuna.samplers.TPESampler(seed=1, multivariate=True, n_startup_trials=30)
    study = optuna.create_study(study_name="fit", storage=storage, sampler=sampler, load_if_exists=True)
    if not study.trials:
        study.enqueue_trial({key: float(np.clip(value, *AXES[key])) for key, value in defaults().items()})

    def tried(trial: Any) -> float:
        point = {key: trial.suggest_float(key, *ends) for key, ends in AXES.items()}
        return cost(worlds_at(point, seeds, persons, months))

    study.optimize(tried, n_trials=max(trials - len(study.trials), 0), show_progress_bar=True)
    return dict(study.best_params)


def text_of(found: Mapping[str, float], seeds: Sequence[int], persons: int, months: int) -> str:
    """Tables of axes and figures, at the defaults and at the values found, over seeds of their own."""
    given = defaults()
    ours, best = (worlds_at(point, seeds, persons, months) for point in (given, found))
    rows = [(target, target.measure(ours), target.measure(best)) for target in FITTED]
    held = [sum(bool(target.holds(row[place])) for target, *row in rows) for place in (0, 1)]
    lines = [
        f"{len(seeds)} seeds of {persons:,} persons that the search did not use, {months} months after the burn-in.",
        "",
        f"**In band: {held[0]} of {len(rows)} at the defaults, {held[1]} at the values found**; "
        f"cost {cost(ours):.2f} and {cost(best):.2f}.",
        "",
        "| key | low | high | default | found |",
        "|---|---|---|---|---|",
        *(f"| {key} | {low:g} | {high:g} | {given[key]:g} | {found[key]:.3g} |" for key, (low, high) in AXES.items()),
        "",
        "| figure | published | band | source | default | in band | found | in band |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for target, at_default, at_found in rows:
        marks = ["yes" if target.holds(value) else "**NO**" for value in (at_default, at_found)]
        band = f"{number(target.low)} to {number(target.high)}"
        lines.append(f"| {target.definition} | {target.published} | {band} | {target.source} | {number(at_default)} | "
                     f"{marks[0]} | {number(at_found)} | {marks[1]} |")  # fmt: skip
    return "\n".join(lines)


def main() -> None:
    """Search, print, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=200, help="points in all, those kept included")
    parser.add_argument("--persons", type=int, default=8_000)
    parser.add_argument("--seeds", type=int, default=3, help="seeds of the search: 1, 2, 3 and so on")
    parser.add_argument("--months", type=int, default=60, help="months after the burn-in")
    parser.add_argument("--folder", type=Path, default=Path("out") / "fit", help="where trials are kept")
    parser.add_argument("--reduced", action="store_true", help="a small search, printed and not written")
    given = parser.parse_args()
    size = (2, [1], 1_500, 24) if given.reduced else (
        given.trials, range(1, given.seeds + 1), given.persons, given.months
    )  # fmt: skip
    found = search(given.folder, *size)
    fresh = range(101, 102 if given.reduced else 109)
    text = text_of(found, list(fresh), *size[2:])
    print(text)
    if not given.reduced:
        put_between(PAGE, BEGIN, END, text)


if __name__ == "__main__":
    main()
