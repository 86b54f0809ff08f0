"""What breaks a guarantee fund: a sweep of eight parameters, and the mildest recession that exhausts a thin fund.

python experiments/stress_sweep/run.py [--reduced] [--to FOLDER]

Writes the tables and the figure beside this file; the study folders stay where --to says (default: out).
"""

import argparse
import io
import json
import shutil
from pathlib import Path

import pandas as pd
from rich.console import Console

from experiments.kept import digest, note
from experiments.paired import Experiment, Figure
from sim.config.job import plan
from sim.reports import build
from sim.reports.drawing.sweep import heat_map, read_sweep, tornado
from sim.study.run.runner import run_study

HERE = Path(__file__).resolve().parent
REDUCED = {
    "stress_sweep": ["design.size=24", "population.borrowers=1000", "study.months=36", "study.replications=2"],
    "reverse_stress": ["design.size=8", "population.borrowers=1000", "study.months=36", "study.replications=2"],
}
# The ends of the axes that the findings name, one at a time: the same luck at both.
ENDS = {
    "severe": (),
    "half_as_deep": ("economy.systematic.severity_mean=0.5",),
    "twice_as_deep": ("economy.systematic.severity_mean=2",),
    "four_times_as_deep": ("economy.systematic.severity_mean=4",),
    "small_fund": ("fund.capital_share=0.005",),
    "large_fund": ("fund.capital_share=0.1",),
    "few_bills": ("behaviour.expense_probability=0.01",),
    "many_bills": ("behaviour.expense_probability=0.04",),
    "free": ("fund.premium_rate=0",),
    "dear": ("fund.premium_rate=0.03",),
}
OWED = "(compensation_fund + compensation_unpaid + 1e-9)"
CLAIMED = Experiment(
    folder=HERE,
    arms={"guaranteed": ""},
    worlds=ENDS,
    borrowers=3000,
    runs=10,
    figures=(
        Figure("loss rate", "12 * (charged_off - recovered) / outstanding", "points a year", 100, "% a year"),
        Figure("compensation left unpaid", f"compensation_unpaid / {OWED}", "points", 100, "%"),
        Figure("lender's profit", "lender_profit", mean_unit="fen a month"),
    ),
    strokes=(),
)
TABLES = {"stress_sweep": ("sensitivity", "boxes", "spread"), "reverse_stress": ("reverse", "front")}


def study(name: str, folder: Path, *, reduced: bool, quiet: bool = False) -> dict[str, str]:
    """Run one of the two studies and return its tables."""
    overrides = [f"experiment={name}", *(REDUCED[name] if reduced else [])]
    console = Console(file=io.StringIO()) if quiet else None
    run_study(plan(overrides), folder, console=console, report=build)
    return tables(name, folder)


def hash_of(made: dict[str, str]) -> str:
    """Hash of tables as committed: figures that are measured beside them do not change it."""
    return digest("".join(made.values()))


def tables(name: str, folder: Path) -> dict[str, str]:
    """Tables of a study as committed: rounded to what another machine's last bits cannot move."""
    found = {}
    for table in TABLES[name]:
        path = folder / f"{table}.csv"
        if path.exists():
            frame = pd.read_csv(path, na_values="n/a").head(40)
            found[f"{table}.csv"] = frame.to_csv(index=False, na_rep="n/a", float_format="%.4g", lineterminator="\n")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reduced", action="store_true", help="a small form of both studies, as the test runs it")
    parser.add_argument("--to", type=Path, default=Path("out"))
    given = parser.parse_args()
    for name in TABLES:
        folder = given.to / name
        if not given.reduced and folder.exists() and not (folder / "manifest.json").exists():
            shutil.rmtree(folder)
        made = study(name, folder, reduced=given.reduced)
        note(HERE, **{f"{name}_reduced" if given.reduced else name: hash_of(made)})
        if not given.reduced:
            for file, text in made.items():
                (HERE / file).write_text(text, encoding="utf-8")
    if given.reduced:
        return
    folder = given.to / "stress_sweep"
    sweep = read_sweep(folder, json.loads((folder / "manifest.json").read_text()))
    (arm, scenario, rows), *_ = sweep.blocks()
    for picture in (
        heat_map(sweep, arm, scenario, rows, "heat"),
        tornado(sweep, arm, scenario, "loss_rate", "tornado"),
    ):
        if picture is not None:
            head = '<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" style="background:white"'
            (HERE / f"{picture.key}.svg").write_text(picture.svg.replace("<svg", head, 1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
