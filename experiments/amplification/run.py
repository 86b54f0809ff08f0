"""How much of a recession do firms add, and through which link? ``python experiments/amplification/run.py``.

Each arm switches on some links between firms, persons and the lender and lives a calm and a severe economy under the
same seeds. What an arm adds is the difference severe less calm, compared with that of the arm without any link. The
first and the last arm are repeated for other weights of the platform, and one arm lives two full cycles. Writes
``table.csv``, ``cycle.csv`` and ``amplification.svg`` beside this file.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from numpy.typing import NDArray

import sim
from experiments.findings import Change, Estimate, Part, estimate
from sim.config.errors import UsageError, nearest, refusal
from sim.config.worlds import read_table, table_of

HERE = Path(__file__).resolve().parent
LINKS = ("credit", "jobs", "demand", "trade_credit", "fire_sale", "funding")
BURN_IN, MONTHS, TURN = 24, 60, 69
BORROWERS, RUNS = 5000, 6
COMMON = (f"population.borrowers={BORROWERS}", f"study.burn_in={BURN_IN}", "machine.threads=1")
# The platform's part of final demand, and of the firms that it banks.
WEIGHTS = {"small": (0.10, 0.30), "usual": (0.25, 0.60), "large": (0.60, 0.90)}
FIGURES = ("output", "unemployment", "delinquent_90", "firm_failure_rate", "drawn", "charged_off", "outstanding")
LAG = "economy.shock_lag=6"
ECONOMIES = {"calm": ("economy=calm",), "severe_recession": ("economy=severe_recession", LAG)}
Run = dict[str, NDArray[np.float64]]


def arms() -> dict[str, tuple[str, ...]]:
    """Overrides of every arm: no link, each alone, all, and the ends under other weights of the platform."""
    found = {"none": ("feedback=none",)}
    full = {link: sim.compose(["feedback=all"]).feedback.__getattribute__(link) for link in LINKS}
    for link in LINKS:
        found[f"only {link}"] = ("feedback=none", f"feedback.{link}={full[link]}")
    found["all"] = ("feedback=all",)
    for weight, (demand, credit) in WEIGHTS.items():
        if weight != "usual":
            shares = (f"firms.demand_share={demand}", f"firms.credit_share={credit}")
            found |= {f"{name}, {weight} platform": (f"feedback={name}", *shares) for name in ("none", "all")}
    return found


def tasks(seeds: Sequence[int]) -> list[tuple[tuple[str, ...], int]]:
    """Overrides and months of every run: all arms in both economies, then two cycles with all links."""
    paired = [
        ((*overrides, *economy, f"seed={seed}"), MONTHS)
        for overrides in arms().values()
        for economy in ECONOMIES.values()
        for seed in seeds
    ]
    return [*paired, *((("feedback=all", "economy=sinusoidal", f"seed={seed}"), 2 * TURN) for seed in seeds)]


def lived(task: tuple[tuple[str, ...], int]) -> Run:
    """Live one run; the months after the burn-in."""
    overrides, months = task
    model = sim.Model(sim.compose([*COMMON, *overrides]))
    for _ in range(BURN_IN + months):
        model.step()
    return {name: np.array([float(r[name]) for r in model.records[BURN_IN:]]) for name in FIGURES}


def effects(calm: Run, severe: Run) -> dict[str, float]:
    """What the recession does, over the 36 months from its start: paired, because both lived under one seed."""
    months = slice(6, 42)
    change = {name: severe[name][months].mean() - calm[name][months].mean() for name in FIGURES}
    lent = calm["drawn"][months].mean() or float("nan")  # a lender that funders have left lends nothing
    return {
        "output, %": 100 * change["output"] / calm["output"][months].mean(),
        "unemployment, points": 100 * change["unemployment"],
        "90+ of the book, points": 100 * change["delinquent_90"],
        "failures of firms, points a year": 100 * change["firm_failure_rate"],
        "new lending, %": 100 * change["drawn"] / lent,
    }


CYCLE = "loss rate of a cycle, peak over trough"
EFFECTS = ("output, %", "unemployment, points", "90+ of the book, points", "failures of firms, points a year",
           "new lending, %")  # fmt: skip


class Links:
    """The claims on what links add, measured again: effects less those without links, seed by seed."""

    folder = HERE

    def asked(self, part: Part) -> None:
        """Refuse a part that names what this experiment has not."""
        for key, names in (("figure", (*EFFECTS, CYCLE)), ("arm", tuple(arms())), ("against", ("", "level", *arms()))):
            if getattr(part, key) not in names:
                raise UsageError(refusal(key, getattr(part, key), ", ".join(names), nearest(getattr(part, key), names)))

    def measure(self, parts: Sequence[Part], change: Change, to: Path, more: Sequence[str] = ()) -> list[Estimate]:
        """Estimates of the parts; what a level is compared with is nothing, and nothing is kept in a folder."""
        for part in parts:
            self.asked(part)
        size, *_ = change.overrides(BORROWERS, RUNS)
        luck = lives(change)
        needed = {name for part in parts for name in (part.arm, _base(part)) if name}
        asked = [(arm, economy, one) for arm in sorted(needed) for economy in ECONOMIES for one in luck]
        turns = luck if any(part.figure == CYCLE for part in parts) else []
        given = [((*arms()[arm], *ECONOMIES[economy], *one, size), MONTHS) for arm, economy, one in asked]
        given += [(("feedback=all", "economy=sinusoidal", *one, size), 2 * TURN) for one in turns]
        workers = [int(word.partition("=")[2]) for word in more if word.startswith("machine.workers=")]
        with ProcessPoolExecutor(workers[0] if workers else None) as pool:
            runs = list(pool.map(lived, given))
        of = dict(zip(asked, runs, strict=False))
        found = {arm: [effects(*(of[arm, economy, one] for economy in ECONOMIES)) for one in luck] for arm in needed}
        ratios = np.array([float(row["peak over trough"]) for row in swing(runs[len(asked) :])[:-1]]) if turns else None

        def told(part: Part) -> Estimate:
            if part.figure == CYCLE and ratios is not None:
                return estimate(ratios, "times", change.worlds)
            own, base = (np.array([run[part.figure] for run in found.get(arm, [])]) for arm in (part.arm, _base(part)))
            unit = part.figure.rpartition(", ")[2]
            if len(base):
                return estimate(own - base, unit.replace("%", "points"), change.worlds)
            return estimate(own, unit, change.worlds)

        return [told(part) for part in parts]


def lives(change: Change) -> list[tuple[str, ...]]:
    """Seed, and world where there are worlds, of every run of a change: run ``r`` lives in world ``r % worlds``."""
    runs = int(change.overrides(BORROWERS, RUNS)[1].partition("=")[2])
    keys, rows = read_table(table_of("china_platform")) if change.worlds else ([], [[]])
    count = max(change.worlds, 1)
    return [
        (f"seed={change.seed + run}", *(f"{key}={value}" for key, value in zip(keys, rows[run % count], strict=True)))
        for run in range(runs * count)
    ]


def _base(part: Part) -> str:
    """What an arm is compared with: the same platform without links, unless the part says otherwise."""
    if part.against or part.figure == CYCLE:
        return part.against.replace("level", "")
    return "none" + part.arm.removeprefix("all") if part.arm.startswith("all") else "none"


CLAIMED = Links()


def table(found: dict[str, list[dict[str, float]]]) -> list[dict[str, str]]:
    """One row for each arm and figure: mean, 95 % interval, and what the arm adds to the one without links."""
    rows = []
    for arm, runs in found.items():
        base = "none" + arm.removeprefix("all") if arm.startswith("all") else "none"
        for name in runs[0]:
            own = np.array([run[name] for run in runs])
            added = own - np.array([run[name] for run in found[base]])
            half = 2.0 * added.std(ddof=1) / len(added) ** 0.5 if len(added) > 1 else float("nan")
            rows.append(
                {
                    "arm": arm,
                    "effect of the recession on": name,
                    "mean": f"{own.mean():.2f}",
                    "added by the links": f"{added.mean():.2f}",
                    "low": f"{added.mean() - half:.2f}",
                    "high": f"{added.mean() + half:.2f}",
                }
            )
    return rows


def swing(runs: list[Run]) -> list[dict[str, str]]:
    """Peak over trough of the loss rate over the second cycle, by seed: twelve-month means, annual rates.

    The first is left out: a young book has not charged off yet what it will.
    """
    rows = []
    together = {name: np.mean([run[name] for run in runs], axis=0) for name in FIGURES}
    for seed, run in (*enumerate(runs, 1), ("mean path", together)):
        rate = 12 * run["charged_off"][-TURN - 11 :] / run["outstanding"][-TURN - 11 :]
        year = np.convolve(rate, np.ones(12) / 12, "valid")
        rows.append(
            {
                "seed": str(seed),
                "trough, % a year": f"{100 * year.min():.2f}",
                "peak, % a year": f"{100 * year.max():.2f}",
                "peak over trough": f"{year.max() / year.min():.2f}",
            }
        )
    return rows


def draw(file: Path, found: dict[str, dict[str, list[Run]]]) -> None:
    """Paths of the recession less calm, without links and with all, with 90 % of the seeds."""
    matplotlib.rcParams["svg.hashsalt"] = "amplification"
    picture = Figure(figsize=(10, 3.2), layout="constrained")
    FigureCanvasSVG(picture)
    panels = (("output", 100, "output, % of calm"), ("unemployment", 100, "unemployment, points"))
    panels += (("delinquent_90", 100, "90+ of the book, points"),)
    for axis, (name, scale, title) in zip(picture.subplots(1, len(panels)), panels, strict=True):
        for arm, colour in (("none", "#8b959e"), ("all", "#a63d2f")):
            pairs = zip(*(found[arm][economy] for economy in ECONOMIES), strict=True)
            gaps = np.array([scale * (severe[name] - calm[name]) / _level(calm, name) for calm, severe in pairs])
            smooth = np.array([np.convolve(gap, np.ones(3) / 3, "valid") for gap in gaps])
            months = np.arange(smooth.shape[1]) + 1
            axis.fill_between(months, *np.quantile(smooth, (0.05, 0.95), axis=0), color=colour, alpha=0.2, lw=0)
            axis.plot(months, smooth.mean(axis=0), color=colour, label=f"links: {arm}")
        axis.axhline(0, color="#c9d0d6", lw=0.8, zorder=0)
        axis.set_title(title, loc="left", fontsize=9)
        axis.set_xlabel("months from the policy date; shock in month 6", fontsize=8)
        axis.spines[["top", "right"]].set_visible(False)
        axis.legend(frameon=False, fontsize=8)
    picture.savefig(file, metadata={"Date": None})
    file.write_text("\n".join(line.rstrip() for line in file.read_text().splitlines()) + "\n")


def _level(run: Run, name: str) -> NDArray[np.float64] | float:
    return run[name] if name == "output" else 1.0


def write(file: Path, rows: list[dict[str, str]]) -> None:
    """Write rows of text as CSV."""
    with file.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    """Run all arms, print the table and write the files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=RUNS, help="seeds 1 to N")
    parser.add_argument("--workers", type=int, default=None, help="processes; one a core when left out")
    parser.add_argument("--to", type=Path, default=HERE, help="folder for the files")
    given = parser.parse_args()
    given.to.mkdir(parents=True, exist_ok=True)
    seeds = range(1, given.seeds + 1)
    with ProcessPoolExecutor(given.workers) as pool:
        runs = iter(pool.map(lived, tasks(seeds)))
        found = {arm: {economy: [next(runs) for _ in seeds] for economy in ECONOMIES} for arm in arms()}
        cycles = list(runs)
    rows = table({arm: [effects(*pair) for pair in zip(*of.values(), strict=True)] for arm, of in found.items()})
    for row in rows:
        print(*row.values(), sep="  ")
    write(given.to / "table.csv", rows)
    write(given.to / "cycle.csv", swing(cycles))
    print(*(row["peak over trough"] for row in swing(cycles)), sep="  ")
    draw(given.to / "amplification.svg", found)


if __name__ == "__main__":
    main()
