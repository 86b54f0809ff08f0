"""Are the shipped defaults those that fit? ``python experiments/calibration/run.py [--reduced] [--to FOLDER]``.

Searches (``creditcycle experiment=calibration``; goes on where it was stopped), then looks around the values found: the
slope of every moment in every parameter, by central differences under common random numbers.
"""

from __future__ import annotations

import argparse
import io
import math
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from rich.console import Console

from experiments.calibration.profile import draw
from experiments.kept import digest, note, put_between_marks
from experiments.tabled import Tabled
from sim.config.axes import axis_of
from sim.config.job import plan
from sim.config.locate import config_folder
from sim.reports import build
from sim.study.run.job import side_by_side
from sim.study.run.runner import run_study
from sim.study.sweep.fitting import moment, parts_of, target_of
from sim.study.sweep.sweeping import cell_figures

HERE = Path(__file__).resolve().parent
CLAIMED = Tabled(
    HERE,
    {"fit.csv": ("moment",), "values.csv": ("key",), "identification.csv": ("singular value",)},
    {"default": "default_error", "fitted": "fitted_error"},
)
SETTINGS = yaml.safe_load((config_folder() / "experiment" / "calibration.yaml").read_text(encoding="utf-8"))
AXES = [axis_of(text) for text in SETTINGS["design"]["vary"]]
TARGETS = [target_of(text) for text in SETTINGS["design"]["targets"]]
STEP = 0.12  # of an axis, to both sides
AROUND = 32  # replications at each point around the fit
UNWEIGHTED = {
    "utilisation of open limits": "utilisation",
    "repaid a month, of what is outstanding": "repaid/outstanding",
    "median liquid wealth, fen": "median_cash",
    "flow of unpaid balances to 90 days, v_shape over calm": "v_shape:npl_new/npl_new",
}
REDUCED = {"search": ["design.size=16", "study.replications=2", "population.borrowers=1000"], "around": 3}


def searched(folder: Path, more: list[str]) -> pd.DataFrame:
    """Run the search, or read it; every run's figures with the values of its point."""
    run_study(plan(["experiment=calibration", *more]), folder, console=Console(stderr=True), report=build)
    return pd.read_parquet(folder / "cells.parquet")


def around(folder: Path, fitted: dict[str, float], replications: int, more: list[str]) -> dict[str, pd.DataFrame]:
    """Figures at the defaults, at the values found, and a step to both sides of these in every parameter."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = {"default": {axis.key: default(axis.key) for axis in AXES}, "fitted": dict(fitted)}
    for axis in AXES:
        for side, name in ((-1, "low"), (1, "high")):
            place = min(max(axis.place(fitted[axis.key]) + side * STEP, 0.0), 1.0)
            rows[f"{axis.key} {name}"] = fitted | {axis.key: axis.at(place)}
    points = folder / "points_asked.csv"
    pd.DataFrame(rows.values()).to_csv(points, index=False)
    told = [f"{group}.{key}={_word(value)}" for group in ("study", "population", "economy")
            for key, value in _flat(SETTINGS[group])]  # fmt: skip
    resolved = plan([*told, "firms=none", "design=file", f"design.file='{points}'", *more,
                     f"study.replications={replications}"])  # fmt: skip
    run_study(resolved, folder / "study", console=Console(stderr=True), report=build)
    runs = cell_figures(folder / "study", resolved).xs("lenient", level="arm")
    runs = side_by_side(runs, SETTINGS["study"]["scenarios"])
    return {name: runs.xs(number, level="point") for number, name in enumerate(rows)}


def default(key: str) -> float:
    """Shipped value of a key."""
    import sim

    node = sim.compose([])
    for part in key.split("."):
        node = getattr(node, part)
    return float(node)


def jackknife(tables: list[pd.DataFrame], value) -> tuple[float, float]:
    """Value of some paired tables of runs, and its standard error with one replication left out at a time."""
    runs = list(tables[0].index)
    left = np.array([value(*(table.drop(index=run) for table in tables)) for run in runs])
    error = math.sqrt((len(runs) - 1) / len(runs) * float(((left - left.mean()) ** 2).sum()))
    return value(*tables), error


def cost(cells: pd.DataFrame) -> float:
    """Sum of squared misses, in scales."""
    return sum(((moment(cells, name) - target) / scale) ** 2 for name, target, scale in TARGETS)


def fit_table(cells: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Every moment at the defaults and at the values found, beside its target; what has none comes last."""
    rows = []
    names = [(name, name, target, scale) for name, target, scale in TARGETS]
    for words, name, target, scale in [*names, *((w, n, math.nan, math.nan) for w, n in UNWEIGHTED.items())]:
        row = {"moment": words, "target": target, "scale": scale}
        for place in ("default", "fitted"):
            row[place], row[f"{place}_error"] = jackknife([cells[place]], lambda one, name=name: moment(one, name))
            row[f"{place}_miss"] = (row[place] - target) / scale
        rows.append(row)
    both = {"moment": "cost: sum of squared misses", "target": 0.0}
    for place in ("default", "fitted"):
        both[place], both[f"{place}_error"] = jackknife([cells[place]], cost)
    gap, error = jackknife([cells["default"], cells["fitted"]], lambda one, other: cost(one) - cost(other))
    paired = {"moment": "cost at the defaults less that at the values found, paired", "default": gap}
    return pd.DataFrame([*rows, both, paired | {"default_error": error}])


def slopes(cells: dict[str, pd.DataFrame], fitted: dict[str, float]) -> pd.DataFrame:
    """Change of every moment, in scales, along a whole axis: a row a parameter, two columns a moment (with error)."""
    rows = []
    for axis in AXES:
        ends = [min(max(axis.place(fitted[axis.key]) + side * STEP, 0.0), 1.0) for side in (-1, 1)]
        row = {"key": axis.key}
        for name, _, scale in TARGETS:
            width = scale * (ends[1] - ends[0])
            slope = lambda low, high, name=name, width=width: (moment(high, name) - moment(low, name)) / width  # noqa: E731
            both = [cells[f"{axis.key} low"], cells[f"{axis.key} high"]]
            row[short(name)], row[f"{short(name)} error"] = jackknife(both, slope)
        rows.append(row)
    return pd.DataFrame(rows)


def values_table(jacobian: np.ndarray, fitted: dict[str, float]) -> pd.DataFrame:
    """Default and value found of every parameter, and how well the targets pin it down.

    ``alone`` is the step, as a share of the axis, that costs 1 with the others held; ``doubt`` the same with the others
    free to make up for it (Gauss-Newton).
    """
    information = jacobian @ jacobian.T
    doubt = np.sqrt(np.diag(np.linalg.pinv(information)))
    rows = []
    for number, axis in enumerate(AXES):
        shipped = default(axis.key)
        rows.append(
            {
                "key": axis.key,
                "low": axis.low,
                "high": axis.high,
                "default": shipped,
                "fitted": fitted[axis.key],
                "apart": axis.place(fitted[axis.key]) - axis.place(shipped),
                "alone": 1.0 / math.sqrt(information[number, number]),
                "doubt": doubt[number],
            }
        )
    return pd.DataFrame(rows)


def identification(jacobian: np.ndarray) -> pd.DataFrame:
    """Singular values of the slopes with the direction of each: what the targets tell best, and what least.

    ``collinearity`` is that of Brun, Reichert and Kuensch (2001) of all together: above 10 to 15 the others can make up
    for a change of one.
    """
    left, singular, _ = np.linalg.svd(jacobian)
    scaled = jacobian / np.linalg.norm(jacobian, axis=1, keepdims=True)
    least = float(np.linalg.eigvalsh(scaled @ scaled.T)[0])
    rows = [
        {"singular_value": value, "costs_1_at": 1.0 / value}
        | {axis.key: left[number, place] for number, axis in enumerate(AXES)}
        for place, value in enumerate(singular)
    ]
    made = pd.DataFrame(rows)
    made["condition_number"] = singular[0] / singular
    made["collinearity"] = [*[math.nan] * (len(rows) - 1), 1.0 / math.sqrt(max(least, 1e-12))]
    return made


def short(name: str) -> str:
    """Name of a moment without the figure that it is divided by."""
    return ":".join(filter(None, parts_of(name)[0])) + (" ratio" if "/" in name else "")


def text(table: pd.DataFrame) -> str:
    """A table as committed: rounded to what another machine's last bits cannot move."""
    return table.to_csv(index=False, na_rep="n/a", float_format="%.4g", lineterminator="\n")


def markdown(table: pd.DataFrame) -> str:
    """A table for the README."""
    shown = table.map(lambda value: "" if isinstance(value, float) and math.isnan(value) else value)
    cells = [[f"{value:.3g}" if isinstance(value, float) else str(value) for value in row] for row in shown.to_numpy()]
    lines = ["| " + " | ".join(row) + " |" for row in [[name.replace("_", " ") for name in table.columns], *cells]]
    return "\n".join([lines[0], "|---" * len(table.columns) + "|", *lines[1:]])


def _flat(tree: dict, path: str = "") -> list[tuple[str, object]]:
    found = []
    for key, value in tree.items():
        found += _flat(value, f"{path}{key}.") if isinstance(value, dict) else [(f"{path}{key}", value)]
    return found


def _word(value: object) -> str:
    return f"[{','.join(map(str, value))}]" if isinstance(value, list) else str(value)


def tables(to: Path, more: list[str], reduced: bool) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """All tables by the name of their file, and the runs of the search."""
    small = REDUCED["search"] if reduced else []
    search = searched(to / "search", [*small, *more])
    found = pd.read_csv(to / "search" / "fitted.csv", na_values="n/a")
    fitted = dict(zip(found["key"], found["value"], strict=True))
    crowd = [word for word in small if word.startswith("population")]
    cells = around(to / "around", fitted, REDUCED["around"] if reduced else AROUND, [*crowd, *more])
    steep = slopes(cells, fitted)
    jacobian = steep[[short(name) for name, _, _ in TARGETS]].to_numpy()
    made = {"fit": fit_table(cells), "values": values_table(jacobian, fitted), "slopes": steep}
    return made | {"identification": identification(jacobian)}, search


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("overrides", nargs="*", help="settings of the machine, such as machine.workers=1")
    parser.add_argument("--reduced", action="store_true", help="the small form that a test runs")
    parser.add_argument("--to", type=Path, default=Path("out"))
    given = parser.parse_args()
    made, search = tables(given.to / ("calibration_reduced" if given.reduced else "calibration"), given.overrides,
                          given.reduced)  # fmt: skip
    whole = "".join(text(table) for table in made.values())
    if given.reduced:
        note(HERE, reduced=digest(whole))
        return
    for name, table in made.items():
        (HERE / f"{name}.csv").write_text(text(table), encoding="utf-8")
    note(HERE, table=digest(whole))
    shown = [pd.read_csv(io.StringIO(text(table)), na_values="n/a") for table in made.values()]
    put_between_marks(HERE / "README.md", "\n\n".join(markdown(table) for table in shown))
    fitted = dict(zip(made["values"]["key"], made["values"]["fitted"], strict=True))
    picture = draw(search, AXES, TARGETS, {axis.key: default(axis.key) for axis in AXES}, fitted)
    (HERE / "profile.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
