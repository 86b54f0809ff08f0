"""Does the model retrace US card delinquency of 2007-2012? ``python experiments/backtest_us_2007/run.py``.

Runs the published path of unemployment under a ladder of settings, each one change away from the one before,
and under the last one with one further change at a time. Writes ``steps.csv``, ``paths.csv`` and
``index.svg`` beside this file. ``--seeds N`` and ``--to FOLDER`` for a quick look.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import sim
from experiments.tabled import Tabled

HERE = Path(__file__).resolve().parent
CLAIMED = Tabled(HERE, {"steps.csv": ("step",)}, {"2012 / 2007": "its standard error"})
QUARTERS = [f"{year}Q{quarter}" for year in range(2007, 2013) for quarter in (1, 2, 3, 4)]
BASE_YEAR, LAST_YEAR = slice(0, 4), slice(20, 24)
BURN_IN = 120
Array = NDArray[np.float64]

# The published series is seasonally adjusted, so the model's year has no seasons here. Ten calm years come
# first: with limits and closings at work the book takes that long to stop improving by itself.
COMMON = (
    "population=demo",
    "economy=us_2007_2012",
    # The default's options, which the preset of the scenario would exchange.
    *("behaviour=china_platform", "lender=default", "policy/limit=fixed", "policy/collections=staged", "bureau=none"),
    "firms=standard",
    "economy.season=[1.,1.,1.,1.,1.,1.,1.,1.,1.,1.,1.,1.]",
    f"study.burn_in={BURN_IN}",
    "study.months=72",
    "machine.threads=1",
)
CONTROL = "control: unemployment stays"
NO_RISE = "economy.income.volatility_trough=0.12"
RISE = "economy.income.volatility_trough=0.21"
# Each rung adds its overrides to those of the rungs above it.
LADDER: dict[str, tuple[str, ...]] = {
    "defaults, income risk 0.21": (RISE,),
    "charge-off at 180 days": ("lender.charge_off_months=7",),
    "limits follow behaviour": ("policy/limit=behavioural",),
    "lines closed at a threshold": ("policy/closing=threshold",),
    "income risk does not rise": (NO_RISE,),
    "unequal job risk": ("behaviour.job_risk_spread=1",),
    "lender tightens": ("policy.closing.closing_tightening=1750", "policy.limit.cut_tightening=1750"),
    "milder caution": ("behaviour.caution_slope=3",),
    "precaution remembered": ("behaviour.precaution_memory=36",),
}
# One change at a time, from the last rung.
BESIDE: dict[str, tuple[str, ...]] = {
    "without: charge-off at 180 days": ("lender.charge_off_months=13",),
    "without: income risk does not rise": (RISE,),
    "without: unequal job risk": ("behaviour.job_risk_spread=0",),
    "without: lender tightens": ("policy.closing.closing_tightening=0", "policy.limit.cut_tightening=0"),
    "without: any precaution": ("behaviour.precaution_slope=0",),
    "with: more precaution": ("behaviour.precaution_slope=12",),
    "with: benefit for 22 months": ("behaviour.benefit_months=22",),
    "with: benefit for 22 months at 45 %": ("behaviour.benefit_months=22", "behaviour.benefit_share=0.45"),
    "with: finding takes all of the level": (
        "economy.labour.finding_share_of_level=1",
        "economy.labour.finding_share_of_change=0.2",
    ),
    "with: excluded for 84 months": ("lender.exclusion_months=84",),
    "with: no approval above 10 % risk": ("policy.approval.highest_default=0.1",),
    "with: other lenders do not tighten": ("behaviour.other_appetite_slope=0", "behaviour.other_rollover_slope=0"),
    CONTROL: ("economy=calm", "economy.unemployment=0.046", "economy.labour.finding_calm=0.28"),
}


def steps() -> dict[str, tuple[str, ...]]:
    """Overrides of every row of the table, in its order."""
    rows, so_far = {}, COMMON
    for name, added in LADDER.items():
        so_far = rows[name] = (*so_far, *added)
    for name, changed in BESIDE.items():
        keys = {word.split("=")[0] for word in changed}
        keys |= {NO_RISE.split("=")[0]} if name == CONTROL else set()  # income risk rises where unemployment does
        rows[name] = (*(word for word in so_far if word.split("=")[0] not in keys), *changed)
    return rows


def published(file: Path = HERE / "card_delinquency.csv") -> Array:
    """Return the published index, 2007 = 1, shape (24,)."""
    lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    percent = {row["quarter"]: float(row["delinquent_percent"]) for row in csv.DictReader(lines)}
    return index_of(np.array([percent[quarter] for quarter in QUARTERS]))


def index_of(path: Array) -> Array:
    """Divide a path of quarters by its mean of 2007."""
    return path / path[BASE_YEAR].mean()


def simulate(overrides: Sequence[str], seed: int) -> dict[str, Array]:
    """Live one run; figures at the end of each quarter, shape (24,)."""
    model = sim.Model(sim.compose([*overrides, f"seed={seed}"]))
    for _ in range(BURN_IN + 72):
        model.step()
    ends = model.records[BURN_IN + 2 :: 3]
    names = ("delinquent_30", "outstanding", "open_lines", "unemployment")
    return {name: np.array([record[name] for record in ends], dtype=float) for name in names}


def figures(index: Array, actual: Array) -> dict[str, str]:
    """What the backtest is judged by, of one path or of the mean of many."""
    peak = int(np.argmax(index))
    return {
        "correlation": f"{np.corrcoef(index, actual)[0, 1]:.2f}",
        "peak": f"{index[peak]:.2f}",
        "peak quarter": QUARTERS[peak],
        "2012 / 2007": f"{index[LAST_YEAR].mean():.2f}",
    }


def row(name: str, runs: list[dict[str, Array]], actual: Array) -> dict[str, str]:
    """One line of the table: figures of the mean path, their error from seeds, and the volumes."""
    levels = np.array([run["delinquent_30"] for run in runs])
    mean = levels.mean(axis=0)
    own = np.array([index_of(level) for level in levels])
    ended = own[:, LAST_YEAR].mean(axis=1)
    spread = ended.std(ddof=1) / len(runs) ** 0.5 if len(runs) > 1 else float("nan")
    volume = {key: index_of(np.mean([run[key] for run in runs], axis=0)) for key in ("open_lines", "outstanding")}
    return {
        "step": name,
        **figures(index_of(mean), actual),
        "its standard error": f"{spread:.2f}",
        "30+ in 2007, %": f"{100 * mean[BASE_YEAR].mean():.2f}",
        "open lines, 2010Q3": f"{volume['open_lines'][QUARTERS.index('2010Q3')]:.2f}",
        "outstanding, 2010Q3": f"{volume['outstanding'][QUARTERS.index('2010Q3')]:.2f}",
    }


def net_row(name: str, runs: list[dict[str, Array]], control: list[dict[str, Array]], actual: Array) -> dict[str, str]:
    """Figures of a path over that of the control: same persons, same luck, without the book's own ageing."""
    path, still = (index_of(np.mean([run["delinquent_30"] for run in each], axis=0)) for each in (runs, control))
    return {"step": f"net of the control: {name}", **figures(path / still, actual)}


def write(file: Path, rows: list[dict[str, str]]) -> None:
    """Write rows of text as CSV."""
    with file.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def draw(file: Path, actual: Array, found: dict[str, list[dict[str, Array]]]) -> None:
    """Draw the published index beside the model's, the unemployment behind it, and the rungs."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    plt.rcParams.update(
        {"font.size": 8.5, "svg.hashsalt": "backtest", "axes.spines.top": False, "axes.spines.right": False}
    )
    picture, (left, right) = plt.subplots(1, 2, figsize=(10, 4), sharey=True, layout="constrained")
    places = np.arange(len(QUARTERS))
    last = found[list(LADDER)[-1]]
    own = np.array([index_of(run["delinquent_30"]) for run in last])
    middle = index_of(np.mean([run["delinquent_30"] for run in last], axis=0))
    left.fill_between(places, *np.quantile(own, (0.05, 0.95), axis=0), color="#a9c1da", lw=0, label="90 % of seeds")
    left.plot(places, middle, color="#17406d", lw=2, label="model, last rung")
    still = index_of(np.mean([run["delinquent_30"] for run in found[CONTROL]], axis=0))
    left.plot(places, still, color="#3d8f8a", ls="--", label="model, unemployment stays")
    left.plot(places, index_of(np.mean([run["unemployment"] for run in last], axis=0)), color="#8b959e", ls=":",
              label="unemployment in the model")  # fmt: skip
    left.set_title("30+ days past due, index, 2007 = 1", loc="left", fontsize=9)
    shades = plt.get_cmap("cividis")(np.linspace(0.9, 0.1, len(LADDER)))
    for name, colour in zip(LADDER, shades, strict=True):
        level = np.mean([run["delinquent_30"] for run in found[name]], axis=0)
        right.plot(places, index_of(level), color=colour, lw=1.3, label=name)
    right.set_title("rung by rung", loc="left", fontsize=9)
    for axis in (left, right):
        axis.plot(places, actual, color="#a63d2f", lw=2, label="published")
        axis.axhline(1, color="#c9d0d6", lw=0.8, zorder=0)
        axis.set_xticks(places[::4], [quarter[:4] for quarter in QUARTERS[::4]])
        axis.set_ylim(0, None)
        axis.legend(frameon=False, fontsize=7)
    picture.savefig(file, metadata={"Date": None})
    file.write_text("\n".join(line.rstrip() for line in file.read_text().splitlines()) + "\n")


def main() -> None:
    """Run every row, print the table as it grows, and write the files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=8, help="seeds 1 to N")
    parser.add_argument("--to", type=Path, default=HERE, help="folder for the files")
    given = parser.parse_args()
    given.to.mkdir(parents=True, exist_ok=True)
    actual, found, rows = published(), {}, []
    rows.append({"step": "published", **figures(actual, actual)})
    for name, overrides in steps().items():
        found[name] = [simulate(overrides, seed) for seed in range(1, given.seeds + 1)]
        rows.append(row(name, found[name], actual))
        print(*rows[-1].values(), sep="  ", flush=True)
    for name in (*list(LADDER)[-1:], "with: more precaution"):
        rows.append(net_row(name, found[name], found[CONTROL], actual))
        print(*rows[-1].values(), sep="  ", flush=True)
    write(given.to / "steps.csv", [{**dict.fromkeys(rows[1], ""), **one} for one in rows])
    paths = []
    for place, quarter in enumerate(QUARTERS):
        line = {"quarter": quarter, "published": f"{actual[place]:.3f}"}
        for name in (*LADDER, "with: more precaution", CONTROL):
            level = np.mean([run["delinquent_30"] for run in found[name]], axis=0)
            line[name] = f"{index_of(level)[place]:.3f}"
        paths.append(line)
    write(given.to / "paths.csv", paths)
    draw(given.to / "index.svg", actual, found)


if __name__ == "__main__":
    main()
