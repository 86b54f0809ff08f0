"""Does the model forecast cohorts of small-business loans? ``python experiments/forecasts/sba.py [--seeds N]``.

Share of SBA 7(a) loans charged off within 60 months, by fiscal year of approval, every second year from 1997: forecast
at approval, unemployment of later years given, beside the last cohort whose 60 months are over. The firms of the model
live through US unemployment 1990-2020; a cohort's rate in the model is that of their charge-offs over their loans in
months 13 to 60 after approval. Writes ``sba.csv``.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np

from experiments.forecasts.run import CALM, HERE, kept, markdown, published, two, write, write_path
from experiments.forecasts.scoring import HALF, Array, diebold_mariano, rmse
from validation.targets.page import put_between

FIRST_YEAR, APART, WITHIN = 1990, 6, "within_60"  # six years: cohorts are of every second year, 60 months are five
APPROVED_IN = 3  # months into a calendar year: the middle of a fiscal year, which ends in September


def cohorts() -> dict[int, float]:
    """Per cent of a cohort charged off within 60 months, by fiscal year of approval."""
    lines = (HERE / "sba_cohorts.csv").read_text(encoding="utf-8").splitlines()
    return {
        int(row["approved"]): float(row[WITHIN]) for row in csv.DictReader(line for line in lines if line[0] != "#")
    }


def simulated(made: Path, file: Path, persons: int, seeds: int) -> tuple[Array, Array]:
    """Firms' charge-offs and loans month by month, mean over seeds, float64[months] each."""
    words = [word for word in CALM if word != "firms=none"] + [f"population.borrowers={persons}"]
    runs = [kept(made, words, file, seed, ("firm_charged_off", "firm_outstanding")) for seed in range(1, seeds + 1)]
    lost, owed = np.mean(runs, axis=0)
    return lost, owed


def rate_of(year: int, lost: Array, owed: Array) -> float:
    """Firms' charge-offs over their loans in months 13 to 60 after the middle of a fiscal year, a month."""
    start = 12 * (year - FIRST_YEAR) + APPROVED_IN
    return float(lost[start + 12 : start + 60].sum() / owed[start + 12 : start + 60].sum())


def forecasts(known: dict[int, float], rates: dict[int, float]) -> dict[str, tuple[Array, Array]]:
    """Forecast and outcome of each rule, float64[cohorts] each; a cohort needs one whose 60 months are over."""
    years = [year for year in known if year - APART in known]
    actual = np.array([known[year] for year in years])
    naive = np.array([known[year - APART] for year in years])
    move = np.array([rates[year] / rates[year - APART] for year in years])
    return {
        "last cohort that is complete": (naive, actual),
        "model": (naive * move, actual),
        "model and last cohort, equal parts": (naive * move**HALF, actual),
    }


def main() -> None:
    """Simulate, forecast, score, write and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=6, help="seeds 1 to N")
    parser.add_argument("--persons", type=int, default=20_000)
    parser.add_argument("--kept", type=Path, default=Path("out") / "forecasts", help="where runs are kept")
    parser.add_argument("--to", type=Path, default=HERE, help="folder for the files")
    given = parser.parse_args()
    quarters, columns = published()
    given.kept.mkdir(parents=True, exist_ok=True)
    file, begin = given.kept / "unemployment_1990Q1.csv", quarters.index(f"{FIRST_YEAR}Q1")
    write_path(file, quarters[begin:], columns["unemployment_percent"][begin:])
    lost, owed = simulated(given.kept, file, given.persons, given.seeds)
    known = cohorts()
    rates = {year: rate_of(year, lost, owed) for year in known}
    found = {name: guess - actual for name, (guess, actual) in forecasts(known, rates).items()}
    naive = next(iter(found.values()))
    rows = []
    for name, wrong in found.items():
        statistic, chance = diebold_mariano(wrong, naive, 1)
        rows.append({
            "forecast": name, "cohorts": str(len(wrong)), "RMSE": f"{rmse(wrong):.2f}",
            "over last cohort": f"{rmse(wrong) / rmse(naive):.2f}", "bias": f"{wrong.mean():.2f}",
            "Diebold-Mariano": two(statistic), "p": two(chance),
        })  # fmt: skip
    write(given.to / "sba.csv", rows)
    print(markdown(rows))
    if given.to == HERE:
        put_between(HERE / "README.md", "<!-- sba: begin -->", "<!-- sba: end -->", markdown(rows))
    print("a year, per cent:", {year: round(1200 * rate, 2) for year, rate in rates.items()})


if __name__ == "__main__":
    main()
