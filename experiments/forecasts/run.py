"""Does the model forecast? ``python experiments/forecasts/run.py [--seeds N] [--to FOLDER]``.

US card delinquency 2007-2013 and card charge-offs 1985-1999 from rolling origins, with published unemployment as given:
beside a random walk, an autoregression, and a regression on unemployment alone. Writes ``table.csv``, ``paths.csv``,
``forecasts.svg`` and the tables of ``README.md``.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import sim
from experiments.forecasts.scoring import (
    HORIZONS,
    Array,
    autoregression,
    corrected,
    diebold_mariano,
    errors,
    fitted,
    half,
    model,
    random_walk,
    regression,
    rmse,
)
from experiments.kept import put_between_marks
from experiments.tabled import Tabled
from sim.study.plan.differences import digest
from sim.study.store.provenance import program_digest
from validation.targets.runs import US, chosen

HERE = Path(__file__).resolve().parent
CLAIMED = Tabled(
    HERE,
    {
        "table.csv": ("series", "rule", "quarters ahead"),
        "taiwan.csv": ("what", "forecast"),
        "sba.csv": ("forecast",),
    },
    {"value": "se"},
)
NAIVE_BIAS = "random walk's bias"
FIGURES = ("delinquent_30", "charged_off", "outstanding")
CALM = ("economy.season=[1.,1.,1.,1.,1.,1.,1.,1.,1.,1.,1.,1.]", "study.burn_in=120", "machine.threads=1", "firms=none")


@dataclass(frozen=True)
class Series:
    """A published series: column, where the model begins, what is forecast, quarters seen at the first origin."""

    title: str
    column: str
    begins: str
    first: str
    last: str
    seen: int


SERIES = (
    Series("delinquency 2007-2013", "delinquent_percent", "2004Q1", "2007Q1", "2013Q4", 8),
    Series("charge-offs 1985-1999", "charged_off_percent", "1985Q1", "1985Q1", "1999Q4", 16),
)
RULES = {
    "model": model,
    "model and random walk, equal parts": half,
    "model, slope fitted": fitted,
    "equal parts, gap closed": corrected,
}


def settings() -> list[str]:
    """Overrides: the preset of US cards, persons alone, in the labour market of the scenario `us_2007_2012`."""
    return [*chosen(US), *CALM, "economy.labour.finding_calm=0.28", "economy.income.volatility_trough=0.12"]


def published() -> tuple[list[str], dict[str, Array]]:
    """Quarters, and each column of the published figures; not-a-number where there is none."""
    lines = [line for line in (HERE / "published.csv").read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    rows = list(csv.DictReader(lines))
    columns = {name: np.array([float(row[name] or "nan") for row in rows]) for name in rows[0] if name != "quarter"}
    return [row["quarter"] for row in rows], columns


def write_path(file: Path, quarters: Sequence[str], rates: Array) -> None:
    """Write unemployment by month, in line between the middles of quarters, as `economy=path` reads it."""
    rates = np.interp(np.arange(3 * len(rates)), 3 * np.arange(len(rates)) + 1, rates)
    names = [f"{quarter[:4]}-{3 * int(quarter[5]) - 2 + k:02d}" for quarter in quarters for k in range(3)]
    lines = [f"{name},{rate:.3f}" for name, rate in zip(names, rates, strict=True)]
    file.write_text("\n".join(["month,unemployment", *lines]) + "\n", encoding="utf-8")


def lived(overrides: Sequence[str], file: Path, seed: int, figures: Sequence[str]) -> Array:
    """Live along a path of unemployment, per cent; figures after the burn-in, float64[figures, months]."""
    path = ["economy=path", f"economy.file={file}", "economy.units=percent", f"seed={seed}"]
    config = sim.compose([*overrides, *path])
    ran = sim.Model(config)
    for _ in range(config.study.burn_in + len(file.read_text(encoding="utf-8").splitlines()) - 1):
        ran.step()
    return np.array([[float(month[name]) for month in ran.records[config.study.burn_in :]] for name in figures])


def kept(made: Path, overrides: Sequence[str], file: Path, seed: int, figures: Sequence[str]) -> Array:
    """The same, read where this program has lived it before: a run that was stopped goes on."""
    mark = digest([program_digest(), list(overrides), file.read_text(encoding="utf-8"), seed, list(figures)])
    there = made / f"{mark[:24]}.npy"
    if not there.exists():
        made.mkdir(parents=True, exist_ok=True)
        np.save(there, lived(overrides, file, seed, figures))
    return np.load(there)


def simulated(made: Path, overrides: Sequence[str], file: Path, seeds: int) -> dict[str, Array]:
    """Both series of the model, of all seeds together, float64[quarters]."""
    runs = [kept(made, overrides, file, seed, FIGURES) for seed in range(1, seeds + 1)]
    late, lost, owed = np.mean(runs, axis=0).reshape(len(FIGURES), -1, 3)
    return {
        "delinquent_percent": 100.0 * late[:, -1],
        "charged_off_percent": 400.0 * lost.sum(axis=1) / owed.mean(axis=1),
    }


def smoothed(path: Array) -> Array:
    """Log of a path, a quarter of each neighbour in every quarter: few default in one, and chance is no forecast.

    The neighbour ahead is the model's own under the unemployment that is given; nothing published enters.
    """
    ends = np.pad(np.log(path), 1, mode="edge")
    return (ends[:-2] + 2.0 * ends[1:-1] + ends[2:]) / 4.0


def rows_of(series: Series, actual: Array, path: Array, rate: Array) -> list[dict[str, str]]:
    """Scores of every rule at every horizon."""
    rules = {"autoregression": (autoregression, rate), "unemployment alone": (regression, rate)}
    rules |= {rule: (function, smoothed(path)) for rule, function in RULES.items()}
    rows = []
    for ahead in HORIZONS:
        naive = errors(random_walk, actual, rate, series.seen, ahead)
        for rule, (function, drive) in rules.items():
            wrong = errors(function, actual, drive, series.seen, ahead)
            statistic, chance = diebold_mariano(wrong, naive, ahead)
            rows.append({
                "series": series.title, "rule": rule, "quarters ahead": str(ahead),
                "origins": str(len(wrong)), "RMSE": f"{rmse(wrong):.3f}",
                "over random walk": f"{rmse(wrong) / rmse(naive):.2f}", "bias": f"{wrong.mean():.2f}",
                NAIVE_BIAS: f"{naive.mean():.2f}", "Diebold-Mariano": two(statistic), "p": two(chance),
            })  # fmt: skip
    return rows


def two(number: float) -> str:
    """Write a number with two decimals."""
    return f"{number:.2f}" if np.isfinite(number) else "n/a"


def write(file: Path, rows: list[dict[str, str]]) -> None:
    """Write rows of text as CSV."""
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def markdown(rows: list[dict[str, str]]) -> str:
    """Rows as a table of the README."""
    lines = [f"| {' | '.join(rows[0])} |", "|---" * len(rows[0]) + "|"]
    return "\n".join([*lines, *(f"| {' | '.join(row.values())} |" for row in rows)])


def shown(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The table of the README: a row for each rule, with its error over the random walk's at every horizon."""
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for row in rows:
        mark = row["series"], row["rule"]
        line = found.setdefault(mark, {"series": mark[0], "rule": mark[1]})
        line[f"{row['quarters ahead']} ahead"] = row["over random walk"]
        if row["quarters ahead"] == "4":
            line["bias, 4 ahead (random walk)"] = f"{row['bias']} ({row[NAIVE_BIAS]})"
            line["Diebold-Mariano, 4 ahead (p)"] = f"{row['Diebold-Mariano']} ({row['p']})"
    return list(found.values())


def draw(file: Path, found: dict[str, tuple[Series, list[str], Array, Array]]) -> None:
    """Draw what was published, and forecasts four quarters ahead from every origin."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    plt.rcParams.update({"font.size": 8.5, "svg.hashsalt": "forecasts", "axes.spines.top": False,
                         "axes.spines.right": False})  # fmt: skip
    picture, axes = plt.subplots(1, len(found), figsize=(10, 3.6), layout="constrained")
    for axis, (series, quarters, actual, path) in zip(axes, found.values(), strict=True):
        places = np.arange(len(actual))
        axis.plot(places, actual, color="#a63d2f", lw=2, label="published")
        there = np.arange(series.seen + 3, len(actual))
        for rule, colour, label in (
            (half, "#17406d", "model and random walk, equal parts"),
            (random_walk, "#8b959e", "random walk"),
        ):
            wrong = errors(rule, actual, smoothed(path), series.seen, 4)
            axis.plot(there, actual[there] + wrong, color=colour, lw=1.3, label=f"{label}, 4 quarters ahead")
        axis.set_title(f"{series.title}, per cent", loc="left", fontsize=9)
        axis.set_xticks(places[::8], [quarter[:4] for quarter in quarters[::8]])
        axis.set_ylim(0, None)
        axis.legend(frameon=False, fontsize=7)
    picture.savefig(file, metadata={"Date": None})
    file.write_text("\n".join(line.rstrip() for line in file.read_text().splitlines()) + "\n")


def main() -> None:
    """Simulate, forecast, score, and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=16, help="seeds 1 to N")
    parser.add_argument("--persons", type=int, default=20_000)
    parser.add_argument("--kept", type=Path, default=Path("out") / "forecasts", help="where runs are kept")
    parser.add_argument("--to", type=Path, default=HERE, help="folder for the files")
    given = parser.parse_args()
    for folder in (given.to, given.kept):
        folder.mkdir(parents=True, exist_ok=True)
    quarters, columns = published()
    rows, drawn = [], {}
    paths: dict[str, dict[str, str]] = {}
    for series in SERIES:
        begin, first, last = (quarters.index(name) for name in (series.begins, series.first, series.last))
        there, rates = slice(first, last + 1), columns["unemployment_percent"]
        file = given.kept / f"unemployment_{series.begins}.csv"
        write_path(file, quarters[begin : last + 1], rates[begin : last + 1])
        words = [*settings(), f"population.borrowers={given.persons}"]
        path = simulated(given.kept, words, file, given.seeds)[series.column][first - begin :]
        rows += rows_of(series, columns[series.column][there], path, rates[there])
        for quarter, value in zip(quarters[there], path, strict=True):
            paths.setdefault(quarter, {"quarter": quarter})[series.title] = f"{value:.3f}"
        drawn[series.title] = series, quarters[there], columns[series.column][there], path
    write(given.to / "table.csv", rows)
    heads = dict.fromkeys(key for row in paths.values() for key in row)
    write(given.to / "paths.csv", [{**dict.fromkeys(heads, ""), **paths[quarter]} for quarter in sorted(paths)])
    draw(given.to / "forecasts.svg", drawn)
    text = f"{given.seeds} seeds of {given.persons:,} persons.\n\n{markdown(shown(rows))}"
    print(text)
    if given.to == HERE:
        put_between_marks(HERE / "README.md", text)


if __name__ == "__main__":
    main()
